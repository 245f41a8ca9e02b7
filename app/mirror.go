package app

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"baqylau/api"
	"baqylau/control"
)

// Versioned is a mirrored object with its version.
type Versioned[T any] struct {
	Version int64
	Body    T
}

// mirroredAll decodes all mirrored objects of a kind, by id.
func mirroredAll[T any](d *Desk, kind api.ObjectKind) ([]Versioned[T], error) {
	objects, err := d.store.Objects(string(kind))
	if err != nil {
		return nil, err
	}
	list := make([]Versioned[T], len(objects))
	for i, o := range objects {
		list[i].Version = o.Version
		if err := json.Unmarshal(o.Body, &list[i].Body); err != nil {
			return nil, fmt.Errorf("read the mirrored %s %s: %w", kind, o.ID, err)
		}
	}
	return list, nil
}

// mirroredOne decodes one; false when the mirror has it not.
func mirroredOne[T any](d *Desk, kind api.ObjectKind, id string) (v Versioned[T], found bool, err error) {
	o, found, err := d.store.Object(string(kind), id)
	if err != nil || !found {
		return v, false, err
	}
	if err := json.Unmarshal(o.Body, &v.Body); err != nil {
		return v, false, fmt.Errorf("read the mirrored %s %s: %w", kind, id, err)
	}
	v.Version = o.Version
	return v, true, nil
}

// files is everything mirrored of desk control, grouped by purchase.
type files struct {
	purchases     map[string]Versioned[control.Purchase]
	assignments   map[string]Versioned[api.Assignment] // by lot
	marks         map[string]Versioned[api.Marks]      // by lot and direction
	notifications map[string]Versioned[api.Notification]
	certificates  map[string]Versioned[api.Certificate]
}

func (d *Desk) files() (*files, error) {
	f := &files{
		purchases: map[string]Versioned[control.Purchase]{}, assignments: map[string]Versioned[api.Assignment]{},
		marks: map[string]Versioned[api.Marks]{}, notifications: map[string]Versioned[api.Notification]{},
		certificates: map[string]Versioned[api.Certificate]{},
	}
	for _, load := range []func() error{
		func() error {
			return index(d, api.ObjectKindPurchase, f.purchases, func(p control.Purchase) string { return p.ID })
		},
		func() error {
			return index(d, api.ObjectKindAssignment, f.assignments, func(a api.Assignment) string { return a.Lot })
		},
		func() error {
			return index(d, api.ObjectKindMarks, f.marks, func(m api.Marks) string { return api.MarksID(m.Lot, m.Direction) })
		},
		func() error {
			return index(d, api.ObjectKindNotification, f.notifications, func(n api.Notification) string { return n.ID })
		},
		func() error {
			return index(d, api.ObjectKindCertificate, f.certificates, func(c api.Certificate) string { return c.ID })
		},
	} {
		if err := load(); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func index[T any](d *Desk, kind api.ObjectKind, into map[string]Versioned[T], key func(T) string) error {
	list, err := mirroredAll[T](d, kind)
	for _, v := range list {
		into[key(v.Body)] = v
	}
	return err
}

// rulesFor asks the rules about a mirrored purchase as it stands, by the centre's time.
func (d *Desk) rulesFor(f *files, p *control.Purchase) (*control.Case, error) {
	all := func(yield func(api.Notification) bool) {
		for _, n := range f.notifications {
			if !yield(n.Body) {
				return
			}
		}
	}
	work := api.Work(p,
		func(lot string) api.Assignment { return f.assignments[lot].Body },
		func(id string) api.Marks { return f.marks[id].Body },
		all)
	for i := range work {
		// What another department has is not mirrored here, nor that it has it.
		_, assigned := f.assignments[p.Lots[i].ID]
		work[i].Unknown = !assigned
	}
	stands := api.Effective(p, all, d.Now())
	return d.rules().Case(&stands.Purchase, work, d.Now())
}

// Assignees lists my colleagues to whom I may assign lots, by name.
func (d *Desk) Assignees() ([]api.Person, error) {
	return d.colleagues(func(p control.Actor) bool { return control.FitAssignee(d.Actor(), p).Allowed })
}

// Agreers lists my colleagues, myself included, who may agree on our notifications, by name.
func (d *Desk) Agreers() ([]api.Person, error) {
	n := control.Notification{Organization: d.Me().Person.Organization}
	return d.colleagues(func(p control.Actor) bool { return n.FitAgreer(p).Allowed })
}

// Colleagues lists the people of my organisation who have any of the roles, by name.
func (d *Desk) Colleagues(roles ...control.Role) ([]api.Person, error) {
	return d.colleagues(func(p control.Actor) bool { return p.HasAny(roles...) })
}

func (d *Desk) colleagues(fit func(control.Actor) bool) ([]api.Person, error) {
	people, err := mirroredAll[api.Person](d, api.ObjectKindPerson)
	if err != nil {
		return nil, err
	}
	var list []api.Person
	for _, p := range people {
		if p.Body.Organization == d.Me().Person.Organization && fit(p.Body.Actor()) {
			list = append(list, p.Body)
		}
	}
	slices.SortFunc(list, func(a, b api.Person) int { return strings.Compare(a.FullName(), b.FullName()) })
	return list, nil
}

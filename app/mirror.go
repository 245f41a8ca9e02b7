package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"baqylau/api"
	"baqylau/control"
	"baqylau/localstore"
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
	return decoded[T](objects)
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

// decoded decodes mirrored objects.
func decoded[T any](objects []localstore.Object) ([]Versioned[T], error) {
	list := make([]Versioned[T], len(objects))
	for i, o := range objects {
		list[i].Version = o.Version
		if err := json.Unmarshal(o.Body, &list[i].Body); err != nil {
			return nil, fmt.Errorf("read the mirrored %s %s: %w", o.Kind, o.ID, err)
		}
	}
	return list, nil
}

// file is everything mirrored of desk control on one purchase.
type file struct {
	purchase      Versioned[control.Purchase]
	assignments   map[string]Versioned[api.Assignment] // by lot
	marks         map[string]Versioned[api.Marks]      // by lot and direction
	notifications []Versioned[api.Notification]
	certificates  []Versioned[api.Certificate]
}

// file reads a purchase with the work on it; false when the mirror has it not.
func (d *Desk) file(purchase string) (f *file, found bool, err error) {
	f = &file{assignments: map[string]Versioned[api.Assignment]{}, marks: map[string]Versioned[api.Marks]{}}
	if f.purchase, found, err = mirroredOne[control.Purchase](d, api.ObjectKindPurchase, purchase); err != nil || !found {
		return nil, false, err
	}
	p := &f.purchase.Body
	var lots, marks []string
	for i := range p.Lots {
		lots = append(lots, p.Lots[i].ID)
		for _, direction := range p.Method.Directions() {
			marks = append(marks, api.MarksID(p.Lots[i].ID, direction))
		}
	}
	err = errors.Join(
		byID(d, api.ObjectKindAssignment, lots, f.assignments, func(a api.Assignment) string { return a.Lot }),
		byID(d, api.ObjectKindMarks, marks, f.marks, func(m api.Marks) string { return api.MarksID(m.Lot, m.Direction) }),
	)
	if err != nil {
		return nil, false, err
	}
	if f.notifications, err = grouped[api.Notification](d, api.ObjectKindNotification, purchase); err != nil {
		return nil, false, err
	}
	f.certificates, err = grouped[api.Certificate](d, api.ObjectKindCertificate, purchase)
	return f, true, err
}

// byID decodes those of the objects that the mirror has.
func byID[T any](d *Desk, kind api.ObjectKind, ids []string, into map[string]Versioned[T], key func(T) string) error {
	objects, err := d.store.Some(string(kind), ids)
	if err != nil {
		return err
	}
	list, err := decoded[T](objects)
	for _, v := range list {
		into[key(v.Body)] = v
	}
	return err
}

// grouped decodes the objects of a kind that belong to a purchase.
func grouped[T any](d *Desk, kind api.ObjectKind, purchase string) ([]Versioned[T], error) {
	objects, err := d.store.Group(string(kind), purchase)
	if err != nil {
		return nil, err
	}
	return decoded[T](objects)
}

// rulesFor asks the rules about a mirrored purchase as it stands, by the centre's time.
func (d *Desk) rulesFor(f *file) (*control.Case, error) {
	p := &f.purchase.Body
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
	if err := d.laySaved(p, work); err != nil {
		return nil, err
	}
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

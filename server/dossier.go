package server

import (
	"errors"
	"time"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server/store"
)

// dossier is a purchase with everything that people have done on it: what every rule is asked about.
type dossier struct {
	record        store.Record
	purchase      control.Purchase
	assignments   map[string]versioned[api.Assignment]   // by lot
	marks         map[string]versioned[api.Marks]        // by lot and direction
	notifications map[string]versioned[api.Notification] // by id
	certificates  map[string]versioned[api.Certificate]  // by id
	rules         *control.Case
}

type versioned[T any] struct {
	record store.Record
	body   T
}

// dossier loads a purchase and the work on it, and asks by the unit's clock.
func (u *unit) dossier(id string) (*dossier, error) { return u.dossierAt(id, u.now) }

// dossierAt asks by another time: windows and terms are of then, facts are what is known now.
func (u *unit) dossierAt(id string, at time.Time) (*dossier, error) {
	d, err := loadDossier(u.Tx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, errNotFound
	}
	if err != nil {
		return nil, err
	}
	d.rules, err = d.ask(u.rules, at)
	return d, err
}

func loadDossier(tx *store.Tx, id string) (*dossier, error) {
	record, err := tx.Get(kindPurchase, id)
	if err != nil {
		return nil, err
	}
	d := &dossier{
		record:        record,
		assignments:   map[string]versioned[api.Assignment]{},
		marks:         map[string]versioned[api.Marks]{},
		notifications: map[string]versioned[api.Notification]{},
		certificates:  map[string]versioned[api.Certificate]{},
	}
	if err := decode(record, &d.purchase); err != nil {
		return nil, err
	}
	children, err := tx.Of(id)
	if err != nil {
		return nil, err
	}
	for _, r := range children {
		switch r.Kind {
		case kindAssignment:
			err = keep(d.assignments, r)
		case kindMarks:
			err = keep(d.marks, r)
		case kindNotification:
			err = keep(d.notifications, r)
		case kindCertificate:
			err = keep(d.certificates, r)
		}
		if err != nil {
			return nil, err
		}
	}
	return d, nil
}

func keep[T any](in map[string]versioned[T], r store.Record) error {
	v := versioned[T]{record: r}
	if err := decode(r, &v.body); err != nil {
		return err
	}
	in[r.ID] = v
	return nil
}

// work is what has been done, lot by lot.
func (d *dossier) work() []control.LotWork {
	return api.Work(&d.purchase,
		func(lot string) api.Assignment { return d.assignments[lot].body },
		func(id string) api.Marks { return d.marks[id].body },
		d.all)
}

func (d *dossier) all(yield func(api.Notification) bool) {
	for _, n := range d.notifications {
		if !yield(n.body) {
			return
		}
	}
}

// ask puts the rules to the purchase as it stands, by the portal's facts and our effects (R-3.11.a).
func (d *dossier) ask(rules *control.Rules, now time.Time) (*control.Case, error) {
	stands := api.Effective(&d.purchase, d.all, now)
	return rules.Case(&stands.Purchase, d.work(), now)
}

func (d *dossier) lot(id string) (int, bool) {
	for i := range d.purchase.Lots {
		if d.purchase.Lots[i].ID == id {
			return i, true
		}
	}
	return 0, false
}

// controlScopes are the people of an organisation who do desk control: they see its purchases,
// marks, certificates and notifications. The administrator is not among them.
func controlScopes(organization string) []string {
	return scopesFor(control.DeskReaders(organization))
}

// scopesFor are the scopes of groups of readers: whom a change is told to are those who may read it.
func scopesFor(readers control.Readers) []string {
	all := readers.All()
	scopes := make([]string, len(all))
	for i, r := range all {
		scopes[i] = roleScope(r.Organization, r.Role)
		if r.Everywhere {
			scopes[i] = everywhereScope(r.Role)
		}
	}
	return scopes
}

func roleScope(organization string, role control.Role) string {
	return "r/" + organization + "/" + string(role)
}

// allScope is of everybody who is enrolled.
const allScope = "all"

func personScope(person string) string         { return "p/" + person }
func organizationScope(bin string) string      { return "o/" + bin }
func everywhereScope(role control.Role) string { return "e/" + string(role) }

// scopesOf are all scopes that a person belongs to.
func scopesOf(a control.Actor) []string {
	scopes := []string{allScope, personScope(a.Person), organizationScope(a.Organization)}
	for _, role := range a.Roles {
		scopes = append(scopes, roleScope(a.Organization, role), everywhereScope(role))
	}
	return scopes
}

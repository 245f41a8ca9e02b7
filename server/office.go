package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server/portal"
	"baqylau/server/store"
)

// Office is what whoever holds the store may do to it without the API: enrol the first
// administrator, and take the portal's data over.
type Office struct {
	Store *store.Store
	Clock func() time.Time
	// Name stands in the events as the actor.
	Name string
}

func (o Office) update(ctx context.Context, f func(*unit) error) error {
	return o.Store.Update(ctx, func(tx *store.Tx) error {
		clerk := caller{actor: control.Actor{Person: o.Name}}
		return f(&unit{Tx: tx, now: o.Clock(), caller: clerk})
	})
}

// Enrol enrols an organisation and people of it, or changes them. A refusal is an [api.Problem] that
// names the field; then nobody is enrolled.
func (o Office) Enrol(ctx context.Context, organization api.Organization, people ...api.Person) error {
	return o.update(ctx, func(u *unit) error {
		if err := u.enrolOrganization(organization); err != nil {
			return err
		}
		for _, p := range people {
			if err := u.enrolPerson(p); err != nil {
				return err
			}
		}
		return nil
	})
}

// ErrAdministered means that the centre has an administrator, who enrols the others.
var ErrAdministered = errors.New("the centre has an administrator already")

// EnrolAdministrator gives the first administrator the role, else [ErrAdministered]. Whoever is
// enrolled already keeps what they have, and so does the organisation.
func (o Office) EnrolAdministrator(ctx context.Context, organization api.Organization, p api.Person) error {
	return o.update(ctx, func(u *unit) error {
		others, err := u.administrators(p.IIN)
		if err != nil {
			return err
		}
		if others > 0 {
			return ErrAdministered
		}
		_, err = u.Get(kindOrganization, organization.BIN)
		if errors.Is(err, store.ErrNotFound) {
			err = u.enrolOrganization(organization)
		}
		if err != nil {
			return err
		}
		known, err := read[api.Person](u.Tx, kindPerson, p.IIN)
		switch {
		case err == nil && known.Organization == p.Organization:
			p = known
		case err != nil && !errors.Is(err, store.ErrNotFound):
			return err
		}
		if !p.Actor().Has(control.Administrator) {
			p.Roles = append(p.Roles, control.Administrator)
		}
		return u.enrolPerson(p)
	})
}

// Imported says what an import came to.
type Imported struct {
	portal.Report
	New, Changed int // purchases
	Waiting      []portal.Waiting
}

// Import takes files of the portal over, all sound records of all files in one transaction.
// The same files again change nothing; no version but the purchases' own ever changes.
func (o Office) Import(ctx context.Context, files []portal.Source, limits portal.Limits) (Imported, error) {
	batch, err := portal.Read(ctx, files, limits)
	if err != nil {
		return Imported{}, err
	}
	var result Imported
	err = o.update(ctx, func(u *unit) error {
		outcome, err := portal.Apply(ctx, u.Portal(), batch)
		if err != nil {
			return err
		}
		result = Imported{Report: outcome.Report, Waiting: outcome.Waiting}
		for _, p := range outcome.Purchases {
			if err := u.take(p, &result); err != nil {
				return fmt.Errorf("take purchase %s: %w", p.Number, err)
			}
		}
		return nil
	})
	if err != nil {
		return Imported{}, fmt.Errorf("import: %w", err)
	}
	return result, nil
}

// take stores a purchase unless it is known as it is.
func (u *unit) take(p control.Purchase, result *Imported) error {
	before, err := u.Get(kindPurchase, p.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		result.New++
	case err != nil:
		return err
	default:
		var known control.Purchase
		if err := decode(before, &known); err != nil {
			return err
		}
		if portal.Digest(known) == portal.Digest(p) {
			return nil
		}
		result.Changed++
	}
	r := store.Record{Kind: kindPurchase, ID: p.ID}
	if r.Body, err = json.Marshal(p); err != nil {
		return err
	}
	if r.Version, err = u.Put(r, before.Version); err != nil {
		return err
	}
	if err := u.IndexPurchase(store.PurchaseKey{ID: p.ID, Method: string(p.Method), Status: string(p.Status), Published: p.PublishedAt}); err != nil {
		return err
	}
	scopes, err := u.purchaseScopes(p.ID)
	if err != nil {
		return err
	}
	return u.tell(r, "import", scopes)
}

// purchaseScopes are the departments that a lot of the purchase is assigned in.
func (u *unit) purchaseScopes(id string) ([]string, error) {
	departments, err := assignedIn(u.Tx, id)
	var scopes []string
	for _, department := range departments {
		scopes = append(scopes, controlScopes(department)...)
	}
	return scopes, err
}

// Seeded says whether the store holds purchases: the demo puts them in last.
func (o Office) Seeded(ctx context.Context) (seeded bool, err error) {
	err = o.Store.View(ctx, func(tx *store.Tx) error {
		purchases, err := tx.Every(kindPurchase, "", 1)
		seeded = len(purchases) > 0
		return err
	})
	return seeded, err
}

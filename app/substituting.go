package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"baqylau/api"
	"baqylau/control"
	"baqylau/localstore"
)

// Acting says whether I sit here in another's place.
func (d *Desk) Acting() bool { return d.Me().Acting.Absent.IIN != "" }

// Principal is the person whose work is done here: the absent one, where I act in their place, else I.
func (d *Desk) Principal() api.Person {
	me := d.Me()
	if me.Acting.Absent.IIN != "" {
		return me.Acting.Absent
	}
	return me.Person
}

// Substitutions lists those in force now by which I may act for another, what ends first first. In
// another's place there are none: a deputy has no deputy.
func (d *Desk) Substitutions() ([]api.Substitution, error) {
	all, err := d.AllSubstitutions()
	if err != nil {
		return nil, err
	}
	var mine []api.Substitution
	for _, s := range all {
		absent, found, err := mirroredOne[api.Person](d, api.ObjectKindPerson, s.State.Absent)
		if err != nil {
			return nil, err
		}
		_, verdict := control.InPlaceOf([]control.Substitution{s.State}, d.Actor(), absent.Body.Actor(), d.Now())
		if found && verdict.Allowed {
			mine = append(mine, s)
		}
	}
	slices.SortStableFunc(mine, func(a, b api.Substitution) int { return a.State.Until.Compare(b.State.Until) })
	return mine, nil
}

// AllSubstitutions lists those that I may see, by id: mine; all of them, as an administrator.
func (d *Desk) AllSubstitutions() ([]api.Substitution, error) {
	all, err := mirroredAll[api.Substitution](d, api.ObjectKindSubstitution)
	list := make([]api.Substitution, len(all))
	for i, s := range all {
		list[i] = s.Body
	}
	return list, err
}

// ActFor seats me in an absent person's place, beside my own desk and by its session. What I may see
// there is another's: it has a local store of its own, which only I can open. Without the centre, or a
// session, I sit down at what was mirrored there before; [ErrNoSeat] where that is nothing.
func (d *Desk) ActFor(ctx context.Context, absent string) (*Desk, error) {
	client := d.client.InPlaceOf(absent)
	me, err := client.Me(ctx)
	if errors.Is(err, api.ErrOffline) && ctx.Err() == nil || sessionEnded(err) {
		return d.actAlone(client, absent)
	}
	if err != nil {
		return nil, err
	}
	store, err := d.storeFor(me.Acting.Absent.IIN)
	if err != nil {
		return nil, err
	}
	return newDesk(client, store, d.clock, d.log).seat(ctx, me, d.Centre)
}

// actAlone seats me there without the centre, while the substitution as it was told still runs.
func (d *Desk) actAlone(client *api.Client, absent string) (*Desk, error) {
	if _, been, err := d.store.Preference(keyFor(absent)); err != nil || !been {
		return nil, cmp.Or(err, ErrNoSeat)
	}
	store, err := d.storeFor(absent)
	if err != nil {
		return nil, err
	}
	acting := newDesk(client, store, d.clock, d.log)
	err = acting.recall()
	if err == nil {
		me := acting.Me()
		if _, v := me.Acting.Substitution.Act(me.Person.Actor(), me.Acting.Absent.Actor(), d.Now()); !v.Allowed {
			err = v
		}
	}
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return acting, nil
}

// keyFor is the name under which my own store keeps the key of the one for an absent person.
func keyFor(absent string) string { return "key for " + absent }

// storeFor opens the local store for what I do in an absent person's place, beside my own. Its random
// key is kept in my own store, sealed as everything there. The file's name tells the key: to whom the
// key was lost, another file is begun.
func (d *Desk) storeFor(absent string) (*localstore.Store, error) {
	name := keyFor(absent)
	sealed, found, err := d.store.Preference(name)
	if err != nil {
		return nil, err
	}
	defer clear(sealed)
	var key localstore.Key
	defer key.Zero()
	if found && len(sealed) == len(key) {
		copy(key[:], sealed)
	} else {
		rand.Read(key[:]) // never fails
		if err := d.store.SetPreference(name, key[:]); err != nil {
			return nil, err
		}
	}
	sum := sha256.Sum256(key[:])
	path := strings.TrimSuffix(d.store.Path(), ".db") + "-for-" + absent + "-" + hex.EncodeToString(sum[:4]) + ".db"
	return localstore.Open(path, key)
}

// Substitute has the administrator enter a substitution; until is exclusive.
func (d *Desk) Substitute(ctx context.Context, absent, deputy string, from, until time.Time) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	return d.do(ctx, command{
		aggregate: id.String(), path: "/v1/admin/substitutions", label: "command." + string(control.ActionSubstitute),
		body: api.SubstituteCommand{ID: id.String(), Absent: absent, Deputy: deputy, From: from, Until: until},
	})
}

// EndSubstitution has the administrator end one now.
func (d *Desk) EndSubstitution(ctx context.Context, id string) error {
	const kind, action = api.ObjectKindSubstitution, control.ActionEndSubstitution
	return d.live(ctx, kind, id, commandPath("admin/substitutions", id, "end"), "command."+string(action), nil)
}

// OpenWork lists for the administrator what a person leaves open. It needs the centre.
func (d *Desk) OpenWork(ctx context.Context, person string) ([]api.OpenWork, error) {
	return d.client.OpenWork(ctx, person)
}

// Dismiss has the administrator dismiss a person, or move them to another organisation, and hand their
// open work over. Where work is left with nobody, the refusal ([api.Problem]) lists all of it.
func (d *Desk) Dismiss(ctx context.Context, person, to string, heirs []api.Heir) error {
	return d.do(ctx, command{
		aggregate: person, path: commandPath("admin/people", person, "dismiss"), label: "command." + string(control.ActionDismiss),
		body: api.DismissCommand{Organization: to, Heirs: append([]api.Heir{}, heirs...)},
	})
}

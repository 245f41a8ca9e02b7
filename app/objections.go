package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"baqylau/api"
	"baqylau/control"
)

// ObjectionCard is an objection with what may be done to it: its journal row and its card.
type ObjectionCard struct {
	Objection                 api.Objection
	Version                   int64
	Assign, Prolong, Conclude control.Verdict
	Overdue                   bool // the term to review it has passed with no conclusion
	DaysLeft                  int  // to review it; -1 when over or concluded
}

// Objections lists what I may see of them, newest first.
func (d *Desk) Objections() ([]ObjectionCard, error) {
	all, err := mirroredAll[api.Objection](d, api.ObjectKindObjection)
	if err != nil {
		return nil, err
	}
	cards := make([]ObjectionCard, len(all))
	for i, o := range all {
		cards[i] = d.objectionCard(o)
	}
	slices.SortFunc(cards, func(a, b ObjectionCard) int {
		return cmp.Or(b.Objection.State.FiledAt.Compare(a.Objection.State.FiledAt), cmp.Compare(b.Objection.ID, a.Objection.ID))
	})
	return cards, nil
}

// Objection shows one. [ErrGone] when the mirror has it not.
func (d *Desk) Objection(id string) (ObjectionCard, error) {
	o, found, err := mirroredOne[api.Objection](d, api.ObjectKindObjection, id)
	if err == nil {
		err = missing(found)
	}
	if err != nil {
		return ObjectionCard{}, err
	}
	return d.objectionCard(o), nil
}

// anyText stands for what a person is asked for only once they act: a reason.
const anyText = "-"

func (d *Desk) objectionCard(o Versioned[api.Objection]) ObjectionCard {
	a, s := d.Actor(), &o.Body.State
	// Whoever will be chosen: asked of a controller whom nothing stands in the way of.
	anybody := control.Actor{Person: a.Person, Organization: s.Committee, Roles: []control.Role{control.Controller}}
	card := ObjectionCard{
		Objection: o.Body, Version: o.Version, DaysLeft: -1,
		Assign: s.Assign(a, anybody), Prolong: s.Prolong(a, anyText, d.Now()), Conclude: s.Conclude(a), Overdue: s.Overdue(d.Now()),
	}
	if s.Status.Open() && !s.Due.IsZero() {
		card.DaysLeft = d.DaysLeft(s.Due)
	}
	return card
}

// AssignObjections gives objections to a controller of my organisation, one or many. Of a batch
// that was refused in part the error is a [BatchError].
func (d *Desk) AssignObjections(ctx context.Context, objections []string, controller string) error {
	batch, err := uuid.NewV7()
	if err != nil {
		return err
	}
	c := api.AssignObjectionsCommand{Controller: controller}
	for _, id := range objections {
		o, found, err := d.store.Object(string(api.ObjectKindObjection), id)
		if err != nil {
			return err
		}
		if !found {
			return ErrGone
		}
		c.Objections = append(c.Objections, api.ObjectionRef{ID: id, Version: o.Version})
	}
	if len(c.Objections) == 0 {
		return fmt.Errorf("assign: no objection is chosen")
	}
	return d.do(ctx, command{
		aggregate: "objections " + batch.String(), path: "/v1/objections/assign", body: c,
		label: "command." + string(control.ActionAssignObjection),
	})
}

// ProlongObjection prolongs the review, once and with a reason.
func (d *Desk) ProlongObjection(ctx context.Context, id, reason string) error {
	return d.act(ctx, id, control.ActionProlongObjection, api.RejectCommand{Reason: reason})
}

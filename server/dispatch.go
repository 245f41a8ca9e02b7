package server

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server/store"
)

// PostDispatch sends every approved notification of an announcement and direction, all or none: the
// caller names the version and file of each that was seen.
func (s *Server) PostDispatch(ctx context.Context, r api.PostDispatchRequestObject) (api.PostDispatchResponseObject, error) {
	d, err := s.command(ctx, r.Params.IdempotencyKey, r, func(u *unit) error { return u.dispatch(*r.Body) })
	return api.PostDispatch200JSONResponse{DoneJSONResponse: d}, err
}

func (u *unit) dispatch(c api.DispatchCommand) error {
	const action = control.ActionSend
	d, err := u.dossier(c.Purchase)
	if err != nil {
		return err
	}
	if err := demand(d.rules.SendAll(u.caller.actor, c.Direction), action); err != nil {
		return err
	}
	approved := d.approved(c.Direction)
	if !sameAsSeen(approved, c.Notifications) {
		return refusal{control.Verdict{Rule: "R-3.10", Reason: control.VersionChanged, Subject: d.purchase.Number}, action}
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	if err := u.Claim("dispatch "+d.purchase.ID+" "+string(c.Direction), id.String()); err != nil {
		if errors.Is(err, store.ErrTaken) {
			return refusal{control.Verdict{Rule: "R-3.10", Reason: control.ShutOut}, action}
		}
		return err
	}
	recipients, err := u.Owned(kindPerson, d.purchase.AuditObject().BIN, "", 10000)
	if err != nil {
		return err
	}
	for _, n := range approved {
		if err := u.deliver(d, n, recipients); err != nil {
			return err
		}
	}
	return nil
}

// approved lists the approved notifications of a direction, by id.
func (d *dossier) approved(direction control.Direction) []versioned[api.Notification] {
	var list []versioned[api.Notification]
	for _, n := range sortedByID(d.notifications) {
		if n.body.State.Direction == direction && n.body.State.Status == control.NotificationApproved {
			list = append(list, n)
		}
	}
	return list
}

func sameAsSeen(approved []versioned[api.Notification], seen []api.Seen) bool {
	if len(approved) != len(seen) {
		return false
	}
	byID := map[string]api.Seen{}
	for _, one := range seen {
		byID[one.ID] = one
	}
	for _, n := range approved {
		one, found := byID[n.body.ID]
		if !found || one.Version != n.record.Version || one.Digest != n.body.File {
			return false
		}
	}
	return true
}

// deliver is for one notification: the status, the time to the millisecond, the remedies, the
// deadlines, and a message to everyone of the audit object.
func (u *unit) deliver(d *dossier, v versioned[api.Notification], recipients []store.Record) error {
	n := &notification{record: v.record, body: v.body}
	lot, _ := d.lot(n.body.Lot)
	var err error
	if n.body.State, err = d.rules.Deliver(n.body.State, lot, u.now); err != nil {
		return err
	}
	facts, err := u.rules.Case(&d.purchase, nil, u.now) // an effect remembers what the portal said
	if err != nil {
		return err
	}
	n.body.Effect = facts.EffectOf(n.body.ID, lot, n.body.State.Direction, n.body.State.DeliveredAt)
	n.body.Trail = append(n.body.Trail, u.turn(control.ActionSend, api.TrailEntry{}))
	if err := u.store(n, control.ActionSend); err != nil {
		return err
	}
	if err := u.watch(n); err != nil {
		return err
	}
	for _, r := range recipients {
		if err := u.message(n.body, r.ID); err != nil {
			return err
		}
	}
	return nil
}

// message puts a word into a person's cabinet.
func (u *unit) message(n api.Notification, person string) error {
	id := n.ID + ":" + person
	return u.put(store.Record{Kind: kindMessage, ID: id, Owner: person}, 0, api.Message{
		ID: id, Person: person, Notification: n.ID, NotificationNumber: n.Number, PurchaseNumber: n.PurchaseNumber, At: u.now,
	}, "message", []string{personScope(person)})
}

package server

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server/store"
)

// GetDispatch tells whoever may send all in a direction what that would send and shut out, other
// departments' notifications too: nothing of them but what sending has to name.
func (s *Server) GetDispatch(ctx context.Context, r api.GetDispatchRequestObject) (api.GetDispatchResponseObject, error) {
	answer := api.Dispatch{Notifications: []api.DispatchItem{}, ShutOut: []string{}}
	c, direction := callerOf(ctx), r.Params.Direction
	err := s.store.View(ctx, func(tx *store.Tx) error {
		u, err := s.unit(tx, c)
		if err != nil {
			return err
		}
		d, err := u.dossier(r.Params.Purchase)
		if err != nil {
			return err
		}
		if err := demand(d.rules.SendAll(c.actor, direction), control.ActionSend); err != nil {
			return err
		}
		for _, n := range d.approved(direction) {
			department, err := read[api.Organization](tx, kindOrganization, n.body.State.Organization)
			if err != nil {
				return fmt.Errorf("load the author's organisation: %w", err)
			}
			answer.Notifications = append(answer.Notifications, api.DispatchItem{
				ID: n.body.ID, Number: n.body.Number, Lot: n.body.Lot, Version: n.record.Version, Digest: n.body.File,
				Department: department.BIN, DepartmentKK: department.NameKK, DepartmentRU: department.NameRU,
			})
		}
		_, out := d.rules.Dispatch(direction)
		for _, lot := range out {
			answer.ShutOut = append(answer.ShutOut, d.purchase.Lots[lot].ID)
		}
		return nil
	})
	return api.GetDispatch200JSONResponse(answer), err
}

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
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	claimed, err := u.claimed("dispatch "+d.purchase.ID+" "+string(c.Direction), id.String())
	if err != nil {
		return err
	}
	approved := d.approved(c.Direction)
	verdict := d.rules.SendSeen(u.caller.actor, c.Direction, seenOf(approved), seen(c.Notifications), claimed)
	if err := demand(verdict, action); err != nil {
		return err
	}
	for _, n := range approved {
		if err := u.deliver(d, n); err != nil {
			return err
		}
	}
	return nil
}

// approved lists the notifications that sending all sends in a direction, by id.
func (d *dossier) approved(direction control.Direction) []versioned[api.Notification] {
	goes, _ := d.rules.Dispatch(direction)
	return slices.DeleteFunc(sortedByID(d.notifications), func(n versioned[api.Notification]) bool {
		lot, found := d.lot(n.body.Lot)
		return !found || n.body.State.Direction != direction || !slices.Contains(goes, lot)
	})
}

// seenOf is what there is to be seen of notifications before they are sent.
func seenOf(list []versioned[api.Notification]) []control.Seen {
	all := make([]control.Seen, len(list))
	for i, n := range list {
		all[i] = control.Seen{ID: n.body.ID, Version: n.record.Version, Digest: n.body.File}
	}
	return all
}

// seen is what the caller says to have seen.
func seen(list []api.Seen) []control.Seen {
	all := make([]control.Seen, len(list))
	for i, s := range list {
		all[i] = control.Seen{ID: s.ID, Version: s.Version, Digest: s.Digest}
	}
	return all
}

// deliver is for one notification: what the rule makes of it, and a message to everyone of the
// audit object.
func (u *unit) deliver(d *dossier, v versioned[api.Notification]) error {
	n := &notification{record: v.record, body: v.body}
	lot, _ := d.lot(n.body.Lot)
	var err error
	n.body.State, n.body.Effect, err = d.rules.Deliver(n.body.State, n.body.ID, lot, &d.purchase, u.now)
	if err != nil {
		return err
	}
	n.body.Trail = append(n.body.Trail, u.turn(control.ActionSend, api.TrailEntry{}))
	if err := u.store(n, control.ActionSend); err != nil {
		return err
	}
	people, err := u.notificationAudience(control.Organizer, &n.body.State)
	if err != nil {
		return err
	}
	return u.inform(people, n.body.ID, delivery(&n.body))
}

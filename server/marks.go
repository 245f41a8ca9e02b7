package server

import (
	"context"
	"errors"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server/store"
)

const actionMark control.Action = "mark"

// PostMarks saves the marks of lots in one direction; each lot is answered by itself (R-2.2 … ).
func (s *Server) PostMarks(ctx context.Context, r api.PostMarksRequestObject) (api.PostMarksResponseObject, error) {
	answer, err := perform(ctx, s, r.Params.IdempotencyKey, r, func(u *unit) (api.BatchDone, error) {
		d, err := u.dossier(r.Body.Purchase)
		if err != nil {
			return api.BatchDone{}, err
		}
		return u.batch(len(r.Body.Lots), func(i int) (string, error) {
			return r.Body.Lots[i].Lot, u.mark(d, r.Body.Direction, r.Body.Lots[i])
		})
	})
	return api.PostMarks200JSONResponse{BatchDoneJSONResponse: api.BatchDoneJSONResponse(answer)}, err
}

func (u *unit) mark(d *dossier, direction control.Direction, m api.LotMarks) error {
	lot, found := d.lot(m.Lot)
	if !found {
		return errNotFound
	}
	if err := demand(d.rules.Mark(u.caller.actor, lot, direction), actionMark); err != nil {
		return err
	}
	if err := demand(d.rules.CheckMarks(direction, m.Marks), actionMark); err != nil {
		return err
	}
	id := api.MarksID(m.Lot, direction)
	before, err := u.Get(kindMarks, id) // not of the dossier: the batch may have changed it since
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if before.Version != m.Version {
		return u.staleness(before)
	}
	organization := u.caller.actor.Organization
	body := api.Marks{
		Purchase: d.purchase.ID, Lot: m.Lot, Direction: direction, Marks: m.Marks,
		By: u.caller.actor.Person, Deputy: u.caller.actor.Deputy, Organization: organization, At: u.now,
	}
	if body.Marks == nil {
		body.Marks = []control.Mark{}
	}
	return u.put(store.Record{Kind: kindMarks, ID: id, Parent: d.purchase.ID, Owner: organization}, m.Version,
		body, string(actionMark), controlScopes(organization))
}

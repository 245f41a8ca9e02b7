package server

import (
	"context"
	"errors"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server/store"
)

const actionAssign control.Action = "assign"

// PostAssignments assigns lots, or takes assignments back; each lot is answered by itself (R-1.3 … ).
func (s *Server) PostAssignments(ctx context.Context, r api.PostAssignmentsRequestObject) (api.PostAssignmentsResponseObject, error) {
	answer, err := perform(ctx, s, r.Params.IdempotencyKey, r, func(u *unit) (api.BatchDone, error) {
		assignee, err := u.person(r.Body.Assignee, "assignee")
		if err != nil {
			return api.BatchDone{}, err
		}
		return u.batch(len(r.Body.Lots), func(i int) (string, error) {
			return r.Body.Lots[i].Lot, u.assign(r.Body.Lots[i], assignee)
		})
	})
	return api.PostAssignments200JSONResponse{BatchDoneJSONResponse: api.BatchDoneJSONResponse(answer)}, err
}

// batch answers for each item by itself. A refusal leaves the others as they are; any other failure
// undoes the whole.
func (u *unit) batch(n int, item func(i int) (id string, err error)) (api.BatchDone, error) {
	b := api.BatchDone{Items: make([]api.ItemAnswer, 0, n)}
	for i := range n {
		id, err := item(i)
		answer := api.ItemAnswer{ID: id, Done: err == nil}
		if err != nil {
			var known api.Problem
			var no refusal
			var old stale
			if !errors.As(err, &known) && !errors.As(err, &no) && !errors.As(err, &old) {
				return api.BatchDone{}, err
			}
			answer.Problem = u.s.problem(context.Background(), err)
		}
		b.Items = append(b.Items, answer)
	}
	b.Objects = u.done().Objects
	return b, nil
}

func (u *unit) assign(ref api.LotRef, assignee api.Person) error {
	d, err := u.dossier(ref.Purchase)
	if err != nil {
		return err
	}
	lot, found := d.lot(ref.Lot)
	if !found {
		return errNotFound
	}
	verdict := d.rules.Unassign(u.caller.actor, lot)
	if assignee.IIN != "" {
		verdict = d.rules.Assign(u.caller.actor, lot, assignee.Actor())
	}
	if err := demand(verdict, actionAssign); err != nil {
		return err
	}
	before, organization := d.assignments[ref.Lot], u.caller.actor.Organization
	if before.record.Version != ref.Version {
		return u.staleness(before.record)
	}
	scopes := controlScopes(organization)
	if owner := before.record.Owner; owner != "" && owner != organization {
		scopes = append(scopes, controlScopes(owner)...) // who had it and gave it back loses sight of it
	}
	err = u.put(store.Record{Kind: kindAssignment, ID: ref.Lot, Parent: ref.Purchase, Owner: organization}, ref.Version,
		api.Assignment{
			Purchase: ref.Purchase, Lot: ref.Lot, Assignee: assignee.IIN, Organization: assignee.Organization,
			By: u.caller.actor.Person, At: u.now,
		}, string(actionAssign), scopes)
	if err != nil {
		return err
	}
	// The purchase comes into the sight of those who will work on it.
	return u.tell(d.record, string(actionAssign), scopes)
}

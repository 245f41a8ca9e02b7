package server

import (
	"context"
	"fmt"

	"baqylau/api"
	"baqylau/control"
)

// punish moves penalty information or suspension of a notification along by an action that was allowed,
// and writes the trail. Both are parts of the notification, which the one version guards.
func (u *unit) punish(n *notification, action control.Action, entry api.TrailEntry) error {
	after, found := n.body.State.Punished(action)
	if !found {
		return fmt.Errorf("notification %s: %s leads nowhere", n.body.ID, action)
	}
	n.body.State = after
	n.body.Trail = append(n.body.Trail, u.turn(action, entry))
	return nil
}

// PostNotificationPenalty saves the information on imposed penalties, in the place of what was saved
// before.
func (s *Server) PostNotificationPenalty(ctx context.Context, r api.PostNotificationPenaltyRequestObject) (api.PostNotificationPenaltyResponseObject, error) {
	const action = control.ActionSavePenalty
	d, err := s.change(ctx, r.Params.IdempotencyKey, r.ID, r.Params.IfMatch, r, action, func(u *unit, n *notification) error {
		info := penaltyInfo(*r.Body)
		if err := demand(u.rules.SavePenalty(&n.body.State, u.caller.actor, &info, u.now), action); err != nil {
			return err
		}
		n.body.Penalty = api.Penalty{Info: info, By: u.caller.actor.By(), ByName: u.caller.me.Person.FullName(), At: u.now}
		return u.punish(n, action, api.TrailEntry{})
	})
	return api.PostNotificationPenalty200JSONResponse{DoneJSONResponse: d}, err
}

func penaltyInfo(c api.PenaltyCommand) control.PenaltyInfo {
	tiyn := func(n *int64) *control.Tiyn {
		if n == nil {
			return nil
		}
		t := control.Tiyn(*n)
		return &t
	}
	return control.PenaltyInfo{
		Officials: c.Officials, Imposed: tiyn(c.Imposed), Recovered: tiyn(c.Recovered),
		LetterOn: c.LetterOn, SentOn: c.SentOn, RecheckKK: clean(c.RecheckKK), RecheckRU: clean(c.RecheckRU),
	}
}

// PostNotificationCompletePenalty locks the information.
func (s *Server) PostNotificationCompletePenalty(ctx context.Context, r api.PostNotificationCompletePenaltyRequestObject) (api.PostNotificationCompletePenaltyResponseObject, error) {
	const action = control.ActionCompletePenalty
	d, err := s.change(ctx, r.Params.IdempotencyKey, r.ID, r.Params.IfMatch, r, action, func(u *unit, n *notification) error {
		if err := demand(n.body.State.CompletePenalty(u.caller.actor), action); err != nil {
			return err
		}
		return u.punish(n, action, api.TrailEntry{})
	})
	return api.PostNotificationCompletePenalty200JSONResponse{DoneJSONResponse: d}, err
}

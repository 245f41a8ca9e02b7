package server

import (
	"context"

	"baqylau/api"
	"baqylau/control"
)

// PostNotificationBegin records that the audit object has begun to execute.
func (s *Server) PostNotificationBegin(ctx context.Context, r api.PostNotificationBeginRequestObject) (api.PostNotificationBeginResponseObject, error) {
	const action = control.ActionBegin
	d, err := s.change(ctx, r.Params.IdempotencyKey, r.ID, r.Params.IfMatch, r, action, func(u *unit, n *notification) error {
		if err := demand(n.body.State.Begin(u.caller.actor, u.now), action); err != nil {
			return err
		}
		return u.step(n, action, api.TrailEntry{})
	})
	return api.PostNotificationBegin200JSONResponse{DoneJSONResponse: d}, err
}

// PostNotificationExecute records the remedy that the audit object reports, or that it goes on without
// executing. Where the author has to answer the report, the term to do so begins.
func (s *Server) PostNotificationExecute(ctx context.Context, r api.PostNotificationExecuteRequestObject) (api.PostNotificationExecuteResponseObject, error) {
	remedy := control.Remedy(r.Body.Remedy)
	d, err := s.change(ctx, r.Params.IdempotencyKey, r.ID, r.Params.IfMatch, r, remedy.Action(), func(u *unit, n *notification) error {
		if err := demand(n.body.State.Execute(u.caller.actor, remedy, u.now), remedy.Action()); err != nil {
			return err
		}
		report := clean(r.Body.Text)
		if err := u.step(n, remedy.Action(), api.TrailEntry{Text: report}); err != nil {
			return err
		}
		n.body.Report, n.body.ReporterName = report, u.caller.me.Person.FullName()
		n.body.NotConfirmedFor = ""
		var err error
		n.body.ConfirmUntil, err = u.rules.AnswerDue(&n.body.State)
		return err
	})
	return api.PostNotificationExecute200JSONResponse{DoneJSONResponse: d}, err
}

// PostNotificationConfirm records that the author found it executed.
func (s *Server) PostNotificationConfirm(ctx context.Context, r api.PostNotificationConfirmRequestObject) (api.PostNotificationConfirmResponseObject, error) {
	const action = control.ActionConfirm
	d, err := s.change(ctx, r.Params.IdempotencyKey, r.ID, r.Params.IfMatch, r, action, func(u *unit, n *notification) error {
		if err := demand(n.body.State.Confirm(u.caller.actor), action); err != nil {
			return err
		}
		return u.step(n, action, api.TrailEntry{})
	})
	return api.PostNotificationConfirm200JSONResponse{DoneJSONResponse: d}, err
}

// PostNotificationRefuseConfirmation records that the author found it not executed, and why; the audit
// object is told the why, since it may execute again.
func (s *Server) PostNotificationRefuseConfirmation(ctx context.Context, r api.PostNotificationRefuseConfirmationRequestObject) (api.PostNotificationRefuseConfirmationResponseObject, error) {
	const action = control.ActionRefuseConfirmation
	d, err := s.change(ctx, r.Params.IdempotencyKey, r.ID, r.Params.IfMatch, r, action, func(u *unit, n *notification) error {
		reason := clean(r.Body.Reason)
		if err := demand(n.body.State.RefuseConfirmation(u.caller.actor, reason), action); err != nil {
			return err
		}
		n.body.NotConfirmedFor = reason
		return u.step(n, action, api.TrailEntry{Text: reason})
	})
	return api.PostNotificationRefuseConfirmation200JSONResponse{DoneJSONResponse: d}, err
}

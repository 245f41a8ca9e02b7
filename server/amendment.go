package server

import (
	"context"
	"errors"
	"slices"

	"baqylau/api"
	"baqylau/control"
)

const actionAmend control.Action = "amend_rulebook"

// amendment is a rule book that an administrator would put in force, and what it says differently.
type amendment struct {
	book     api.Rulebook
	findings []control.Finding
	verdict  control.Verdict
}

// administers demands that the caller is an administrator.
func (u *unit) administers() error {
	return demand(control.May(u.caller.actor, control.ActionAdminister, control.Facts{}), control.ActionAdminister)
}

// amend reads an administrator's files over the book in force. A file that can't be read is bad input.
func (u *unit) amend(c api.RulebookCommand) (a amendment, err error) {
	a.book = u.book.body
	for name, text := range map[control.Part]string{
		control.PartCalendar: c.Calendar, control.PartCatalogue: c.Catalogue, control.PartTerms: c.Terms,
	} {
		if part := a.book.Part(name); text != "" && text != part.Text {
			*part = partOf([]byte(text), api.Administrator, u.now)
		}
	}
	next, err := a.book.Files().Rules()
	var bad *control.BadFile
	if errors.As(err, &bad) {
		return a, api.BadRulebook(bad)
	}
	if err != nil {
		return a, err
	}
	reason := clean(c.Reason)
	a.findings = u.rules.Amend(next, u.now)
	a.verdict = control.MayAmend(u.caller.actor, a.findings, reason)
	for _, name := range control.Parts() {
		if slices.ContainsFunc(a.findings, func(f control.Finding) bool { return f.Part == name && f.Weight == control.Past }) {
			a.book.Part(name).Reason = reason
		}
	}
	return a, nil
}

// PostRulebook puts an administrator's files in force. Every command that begins after
// it is decided by them, on whichever server.
func (s *Server) PostRulebook(ctx context.Context, r api.PostRulebookRequestObject) (api.PostRulebookResponseObject, error) {
	d, err := s.command(ctx, r.Params.IdempotencyKey, r, func(u *unit) error {
		if err := u.administers(); err != nil {
			return err
		}
		record, err := u.Get(kindRulebook, api.RulebookID)
		if err != nil {
			return err
		}
		if err := u.match(record, r.Params.IfMatch); err != nil {
			return err
		}
		a, err := u.amend(*r.Body)
		if err != nil {
			return err
		}
		if err := demand(a.verdict, actionAmend); err != nil {
			return err
		}
		return u.setBook(record, a.book, string(actionAmend))
	})
	if err == nil {
		s.log.Info("an administrator put a rule book in force", "by", callerOf(ctx).actor.By())
	}
	return api.PostRulebook200JSONResponse{DoneJSONResponse: d}, err
}

// PostRulebookCheck says what an administrator's files would change, and changes nothing.
func (s *Server) PostRulebookCheck(ctx context.Context, r api.PostRulebookCheckRequestObject) (api.PostRulebookCheckResponseObject, error) {
	check, err := perform(ctx, s, r.Params.IdempotencyKey, r, func(u *unit) (api.RulebookCheck, error) {
		if err := u.administers(); err != nil {
			return api.RulebookCheck{}, err
		}
		a, err := u.amend(*r.Body)
		if err != nil {
			return api.RulebookCheck{}, err
		}
		check := api.RulebookCheck{Version: u.book.number, Changes: api.RulebookChanges(a.findings)}
		if !a.verdict.Allowed {
			check.Refusal = api.Refusal(a.verdict, actionAmend)
		}
		return check, nil
	})
	return api.PostRulebookCheck200JSONResponse(check), err
}

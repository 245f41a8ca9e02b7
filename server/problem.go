package server

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"baqylau/api"
	"baqylau/control"
	"baqylau/control/calendar"
	"baqylau/server/store"
)

// refusal is a rule's No to an action.
type refusal struct {
	verdict control.Verdict
	action  control.Action
}

func (r refusal) Error() string { return string(r.action) + " " + r.verdict.Error() }

// demand turns a verdict on an action into an error when it refuses.
func demand(v control.Verdict, action control.Action) error {
	if v.Allowed {
		return nil
	}
	return refusal{v, action}
}

// stale says that the caller's version is not the present one, and gives the present one.
type stale struct {
	current api.Object
	signed  control.Rule // by which the old version was signed; empty where it wasn't
}

func (stale) Error() string { return "stale version" }

func (s stale) problem() api.Problem {
	p := api.Fault(http.StatusPreconditionFailed, "stale")
	if s.signed != "" {
		told := api.Refusal(control.Overtaken(s.signed), "")
		p.Rule, p.DetailKK, p.DetailRU = told.Rule, told.DetailKK, told.DetailRU
	}
	p.Current = s.current
	return p
}

var (
	errUnauthenticated = api.Fault(http.StatusUnauthorized, "unauthenticated")
	errSessionExpired  = api.Fault(http.StatusUnauthorized, "session_expired")
	errNotFound        = api.Fault(http.StatusNotFound, "not_found")
	errNoPrecondition  = api.Fault(http.StatusPreconditionRequired, "precondition_required")
	errOtherBody       = api.Fault(http.StatusUnprocessableEntity, "idempotency_mismatch")
	errTooLarge        = api.Fault(http.StatusRequestEntityTooLarge, "too_large")
	errUnknownPerson   = api.Fault(http.StatusForbidden, "unknown_certificate")
	errInternal        = api.Fault(http.StatusInternalServerError, "internal")
	errResync          = api.Fault(http.StatusGone, "resync")
)

func badInput(field string) api.Problem {
	return api.Fault(http.StatusUnprocessableEntity, "bad_input", "field", field)
}

// badRequest is the problem of a request that could not be read.
func badRequest(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return errTooLarge
	}
	var missing *api.RequiredParamError
	if errors.As(err, &missing) {
		return badInput(missing.ParamName)
	}
	var format *api.InvalidParamFormatError
	if errors.As(err, &format) {
		return badInput(format.ParamName)
	}
	return badInput("body")
}

// problem says in the API's terms what went wrong.
func (s *Server) problem(ctx context.Context, err error) api.Problem {
	var known api.Problem
	var no refusal
	var left workLeft
	var old stale
	var year calendar.UnknownYear
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &no):
		return api.Refusal(no.verdict, no.action)
	case errors.As(err, &left):
		p := api.Refusal(left.verdict, left.action)
		p.OpenWork = left.work
		return p
	case errors.As(err, &old):
		return old.problem()
	case errors.As(err, &year):
		return api.Fault(http.StatusConflict, "no_calendar", "year", strconv.Itoa(year.Year))
	case errors.Is(err, store.ErrNotFound):
		return errNotFound
	case errors.Is(err, store.ErrStale):
		return api.Fault(http.StatusPreconditionFailed, "stale")
	case errors.Is(err, store.ErrBusy):
		return api.Fault(http.StatusServiceUnavailable, "internal")
	case ctx.Err() != nil:
		return api.Fault(http.StatusServiceUnavailable, "internal")
	default:
		id, _ := ctx.Value(requestIDKey{}).(string)
		s.log.Error("request failed", "id", id, "cause", err)
		return errInternal
	}
}

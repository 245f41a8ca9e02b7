package server

import (
	"context"
	"errors"
	"net/http"
	"time"

	"baqylau/api"
	"baqylau/control"
	"baqylau/document"
	"baqylau/server/store"
)

// headerActingFor names the absent person in whose place a request is made.
const headerActingFor = "Acting-For"

// actingFor is the person whom a request names so; empty when it names none.
func actingFor(h http.Header) (string, error) {
	named := h.Values(headerActingFor)
	switch {
	case len(named) == 0:
		return "", nil
	case len(named) > 1 || !control.ValidIIN(named[0]):
		return "", badInput(headerActingFor)
	default:
		return named[0], nil
	}
}

// inPlaceOf is the caller in an absent person's place, by the substitutions as they are now. Whether
// somebody is enrolled whom the caller does not substitute, it does not tell.
func inPlaceOf(tx *store.Tx, c caller, absent string, now time.Time) (caller, error) {
	records, err := tx.Owned(kindSubstitution, c.me.Person.IIN, "", 10000)
	if err != nil {
		return caller{}, err
	}
	all := make([]control.Substitution, 0, len(records))
	for _, r := range records {
		var s api.Substitution
		if err := decode(r, &s); err != nil {
			return caller{}, err
		}
		all = append(all, s.State)
	}
	person, err := read[api.Person](tx, kindPerson, absent)
	if errors.Is(err, store.ErrNotFound) {
		person, err = api.Person{IIN: absent}, nil
	}
	if err != nil {
		return caller{}, err
	}
	actor, verdict := control.InPlaceOf(all, c.actor, person.Actor(), now)
	if err := demand(verdict, control.ActionActFor); err != nil {
		return caller{}, err
	}
	c.actor = actor
	c.me.Acting = api.Acting{Absent: person, Substitution: control.Substitution{
		Absent: absent, Deputy: c.me.Person.IIN, From: verdict.Opens, Until: verdict.Closes,
	}}
	return c, nil
}

// principal is the person whose work it is: the absent one, where the caller acts in another's place.
func (c caller) principal() api.Person {
	if c.actor.Deputy != "" {
		return c.me.Acting.Absent
	}
	return c.me.Person
}

// absentName is the full name of the person in whose place the caller acts; empty when in their own.
func (c caller) absentName() string {
	if c.actor.Deputy == "" {
		return ""
	}
	return c.me.Acting.Absent.FullName()
}

// onPaper is the caller as a document names them, with the person in whose place they act.
func (c caller) onPaper() document.Person {
	p := documentPerson(c.me.Person)
	if c.actor.Deputy != "" {
		absent := documentPerson(c.me.Acting.Absent)
		p.Substituted = &absent
	}
	return p
}

// mayReadMatter says whether an actor may read what a message is about.
func mayReadMatter(tx *store.Tx, a control.Actor, r store.Record) (bool, error) {
	var m api.Message
	if err := decode(r, &m); err != nil {
		return false, err
	}
	kind, id := kindNotification, m.Notification
	if m.Objection != "" {
		kind, id = kindObjection, m.Objection
	}
	about, err := tx.Get(kind, id)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return mayView(tx, a, about)
}

// substitutionScopes are those who are told of a substitution: the two people and the administrators.
func substitutionScopes(s control.Substitution) []string {
	return []string{personScope(s.Absent), personScope(s.Deputy), everywhereScope(control.Administrator)}
}

// administer demands the administrator's right (§0).
func (c caller) administer() error {
	return demand(control.May(c.actor, control.ActionAdminister, control.Facts{}), control.ActionAdminister)
}

// PostSubstitution enters a substitution.
func (s *Server) PostSubstitution(ctx context.Context, r api.PostSubstitutionRequestObject) (api.PostSubstitutionResponseObject, error) {
	d, err := s.command(ctx, r.Params.IdempotencyKey, r, func(u *unit) error { return u.substitute(*r.Body) })
	return api.PostSubstitution200JSONResponse{DoneJSONResponse: d}, err
}

func (u *unit) substitute(c api.SubstituteCommand) error {
	if err := u.caller.administer(); err != nil {
		return err
	}
	if !validID(c.ID) {
		return badInput("id")
	}
	absent, err := u.person(c.Absent, "absent")
	if err != nil {
		return err
	}
	deputy, err := u.person(c.Deputy, "deputy")
	if err != nil {
		return err
	}
	state := control.Substitution{Absent: c.Absent, Deputy: c.Deputy, From: c.From, Until: c.Until}
	if err := demand(state.Enter(u.caller.actor, absent.Actor(), deputy.Actor(), u.now), control.ActionSubstitute); err != nil {
		return err
	}
	err = u.put(store.Record{Kind: kindSubstitution, ID: c.ID, Owner: c.Deputy}, 0, api.Substitution{
		ID: c.ID, Organization: absent.Organization, AbsentName: absent.FullName(), DeputyName: deputy.FullName(),
		By: u.caller.actor.By(), ByName: u.caller.me.Person.FullName(), At: u.now, State: state,
	}, string(control.ActionSubstitute), substitutionScopes(state))
	if errors.Is(err, store.ErrStale) {
		return badInput("id") // an aggregate of this id is there already
	}
	return err
}

// PostSubstitutionEnd ends a substitution now.
func (s *Server) PostSubstitutionEnd(ctx context.Context, r api.PostSubstitutionEndRequestObject) (api.PostSubstitutionEndResponseObject, error) {
	d, err := s.command(ctx, r.Params.IdempotencyKey, r, func(u *unit) error {
		if err := u.caller.administer(); err != nil {
			return err
		}
		record, err := u.Get(kindSubstitution, r.ID)
		if err != nil {
			return err
		}
		if err := u.match(record, r.Params.IfMatch); err != nil {
			return err
		}
		return u.endSubstitution(record)
	})
	return api.PostSubstitutionEnd200JSONResponse{DoneJSONResponse: d}, err
}

func (u *unit) endSubstitution(record store.Record) error {
	const action = control.ActionEndSubstitution
	var s api.Substitution
	if err := decode(record, &s); err != nil {
		return err
	}
	ended, verdict := s.State.End(u.caller.actor, u.now)
	if err := demand(verdict, action); err != nil {
		return err
	}
	s.State, s.EndedByName = ended, u.caller.me.Person.FullName()
	return u.put(record, record.Version, s, string(action), substitutionScopes(s.State))
}

// GetSubstitutions lists all substitutions for the administrator, by id, page by page.
func (s *Server) GetSubstitutions(ctx context.Context, r api.GetSubstitutionsRequestObject) (api.GetSubstitutionsResponseObject, error) {
	if err := callerOf(ctx).administer(); err != nil {
		return nil, err
	}
	page, err := journal(ctx, s, kindSubstitution, r.Params.After, r.Params.Limit, func(api.Substitution) bool { return true })
	return api.GetSubstitutions200JSONResponse(page), err
}

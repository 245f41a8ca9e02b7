package server

import (
	"context"
	"errors"
	"net/http"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server/store"
)

// errNoCommittee says that nobody is enrolled who could review an objection.
var errNoCommittee = api.Fault(http.StatusConflict, "no_committee")

// objectionScopes are those who are told of an objection: whoever may read it.
func objectionScopes(o api.Objection) []string { return scopesFor(o.State.Readers()) }

// objectionFor is what an actor may see of an objection: outside the committee, nothing of who reviews
// it and of a conclusion that is not delivered.
func objectionFor(a control.Actor, o api.Objection) api.Objection {
	if o.State.ViewReview(a).Allowed {
		return o
	}
	o.State, o.Trail = o.State.For(a), []api.TrailEntry{}
	o.ControllerName, o.Versions = "", ""
	if o.State.Conclusion == "" {
		o.Conclusion = ""
	}
	return o
}

// objection loads one that the caller may see; to others it does not exist.
func (u *unit) objection(id string) (*versioned[api.Objection], error) {
	record, err := u.Get(kindObjection, id)
	if err != nil {
		return nil, err
	}
	o := &versioned[api.Objection]{record: record}
	if err := decode(record, &o.body); err != nil {
		return nil, err
	}
	if !o.body.State.View(u.caller.actor).Allowed {
		return nil, errNotFound
	}
	return o, nil
}

// storeObjection stores an objection, and when to come back to it.
func (u *unit) storeObjection(o *versioned[api.Objection], action control.Action) error {
	o.body.Versions = u.book.versions()
	if err := u.put(o.record, o.record.Version, o.body, string(action), objectionScopes(o.body)); err != nil {
		return err
	}
	return u.watchObjection(&o.body)
}

// PostObjection files an objection to a notification at the version that the caller saw; both change
// together.
func (s *Server) PostObjection(ctx context.Context, r api.PostObjectionRequestObject) (api.PostObjectionResponseObject, error) {
	d, err := s.command(ctx, r.Params.IdempotencyKey, r, func(u *unit) error {
		n, err := u.notification(r.Body.Notification)
		if err != nil {
			return err
		}
		if err := u.match(n.record, r.Params.IfMatch); err != nil {
			return err
		}
		return u.object(n, *r.Body)
	})
	return api.PostObjection200JSONResponse{DoneJSONResponse: d}, err
}

func (u *unit) object(n *notification, c api.ObjectionCommand) error {
	const action = control.ActionObject
	if !validID(c.ID) {
		return badInput("id")
	}
	state := control.Objection{
		Author: u.caller.actor.Person, Organization: n.body.State.Recipient, Department: n.body.State.Organization,
		TextKK: clean(c.TextKK), TextRU: clean(c.TextRU),
	}
	if err := demand(n.body.State.FileObjection(u.caller.actor, &state, u.now), action); err != nil {
		return err
	}
	var err error
	if state.Committee, err = u.committee(); err != nil {
		return err
	}
	if state, err = u.rules.File(state, u.now.Truncate(millisecond)); err != nil {
		return err
	}
	o := &versioned[api.Objection]{
		record: store.Record{Kind: kindObjection, ID: c.ID, Parent: n.body.Purchase, Owner: state.Committee},
		body: api.Objection{
			ID: c.ID, Notification: n.body.ID, NotificationNumber: n.body.Number,
			Purchase: n.body.Purchase, PurchaseNumber: n.body.PurchaseNumber, Lot: n.body.Lot, LotNumber: n.body.LotNumber,
			NameKK: n.body.NameKK, NameRU: n.body.NameRU, Organizer: n.body.Organizer,
			AuthorName: u.caller.me.Person.FullName(), State: state, Trail: []api.TrailEntry{u.turn(action, api.TrailEntry{})},
		},
	}
	if o.body.Number, err = u.number("objection", "ҚС-%d-%04d"); err != nil {
		return err
	}
	if err := u.storeObjection(o, action); err != nil {
		if errors.Is(err, store.ErrStale) {
			return badInput("id") // an aggregate of this id is there already
		}
		return err
	}
	n.body.Objection = c.ID
	if err := u.step(n, action, api.TrailEntry{}); err != nil {
		return err
	}
	return u.store(n, action)
}

// committee is the organisation that reviews objections: the first committee by BIN. There is one.
func (u *unit) committee() (string, error) {
	for after := ""; ; {
		records, err := u.Every(kindOrganization, after, maxPage)
		if err != nil {
			return "", err
		}
		if len(records) == 0 {
			return "", errNoCommittee
		}
		for _, record := range records {
			after = record.ID
			var o api.Organization
			if err := decode(record, &o); err != nil {
				return "", err
			}
			if o.Kind == api.Committee {
				return o.BIN, nil
			}
		}
	}
}

// PostObjectionsAssign gives objections to a controller; each is answered by itself.
func (s *Server) PostObjectionsAssign(ctx context.Context, r api.PostObjectionsAssignRequestObject) (api.PostObjectionsAssignResponseObject, error) {
	answer, err := perform(ctx, s, r.Params.IdempotencyKey, r, func(u *unit) (api.BatchDone, error) {
		controller, err := u.person(r.Body.Controller, "controller")
		if err != nil {
			return api.BatchDone{}, err
		}
		return u.batch(len(r.Body.Objections), func(i int) (string, error) {
			return r.Body.Objections[i].ID, u.assignObjection(r.Body.Objections[i], controller)
		})
	})
	return api.PostObjectionsAssign200JSONResponse{BatchDoneJSONResponse: api.BatchDoneJSONResponse(answer)}, err
}

func (u *unit) assignObjection(ref api.ObjectionRef, controller api.Person) error {
	const action = control.ActionAssignObjection
	o, err := u.objection(ref.ID)
	if errors.Is(err, store.ErrNotFound) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	if err := demand(o.body.State.Assign(u.caller.actor, controller.Actor()), action); err != nil {
		return err
	}
	if o.record.Version != ref.Version {
		return u.staleness(o.record)
	}
	o.body.State, o.body.ControllerName = o.body.State.Assigned(controller.IIN), controller.FullName()
	o.body.Trail = append(o.body.Trail, u.turn(action, api.TrailEntry{To: controller.IIN, ToName: controller.FullName()}))
	return u.storeObjection(o, action)
}

// PostObjectionProlong prolongs the review, once and with a reason.
func (s *Server) PostObjectionProlong(ctx context.Context, r api.PostObjectionProlongRequestObject) (api.PostObjectionProlongResponseObject, error) {
	const action = control.ActionProlongObjection
	d, err := s.command(ctx, r.Params.IdempotencyKey, r, func(u *unit) error {
		o, err := u.objection(r.ID)
		if err != nil {
			return err
		}
		if err := u.match(o.record, r.Params.IfMatch); err != nil {
			return err
		}
		reason := clean(r.Body.Reason)
		if err := demand(o.body.State.Prolong(u.caller.actor, reason, u.now), action); err != nil {
			return err
		}
		if o.body.State, err = u.rules.Prolonged(o.body.State, u.now.Truncate(millisecond)); err != nil {
			return err
		}
		o.body.ProlongedFor = reason
		o.body.Trail = append(o.body.Trail, u.turn(action, api.TrailEntry{Text: reason}))
		return u.storeObjection(o, action)
	})
	return api.PostObjectionProlong200JSONResponse{DoneJSONResponse: d}, err
}

// GetObjection gives one objection.
func (s *Server) GetObjection(ctx context.Context, r api.GetObjectionRequestObject) (api.GetObjectionResponseObject, error) {
	one, err := s.one(ctx, kindObjection, r.ID)
	return api.GetObjection200JSONResponse{OneJSONResponse: one}, err
}

// GetObjections lists the objections that the caller may see, by id, page by page.
func (s *Server) GetObjections(ctx context.Context, r api.GetObjectionsRequestObject) (api.GetObjectionsResponseObject, error) {
	page, err := journal(ctx, s, kindObjection, r.Params.After, r.Params.Limit, func(o api.Objection) bool {
		return (r.Params.Status == "" || string(o.State.Status) == r.Params.Status) &&
			(r.Params.Controller == "" || o.State.Controller == r.Params.Controller)
	})
	return api.GetObjections200JSONResponse(page), err
}

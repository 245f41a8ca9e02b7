package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server/store"
)

// Kinds of aggregates, as the store and the feed name them.
const (
	kindPurchase     = string(api.ObjectKindPurchase)
	kindAssignment   = string(api.ObjectKindAssignment)
	kindMarks        = string(api.ObjectKindMarks)
	kindCertificate  = string(api.ObjectKindCertificate)
	kindNotification = string(api.ObjectKindNotification)
	kindObjection    = string(api.ObjectKindObjection)
	kindConclusion   = string(api.ObjectKindConclusion)
	kindMessage      = string(api.ObjectKindMessage)
	kindPerson       = string(api.ObjectKindPerson)
	kindOrganization = string(api.ObjectKindOrganization)
	kindRulebook     = string(api.ObjectKindRulebook)
	kindSubstitution = string(api.ObjectKindSubstitution)
)

// unit is one command in the making: its transaction, its time, its caller, the rules that it is decided
// by, and what it has changed.
type unit struct {
	*store.Tx
	s       *Server
	now     time.Time
	caller  caller
	book    *inForce
	rules   *control.Rules // the book's; nil in an office, which asks none
	objects []api.Object
	gone    []api.Ref
}

// unit begins a command of a caller: it is decided by the rule book that its transaction sees.
func (s *Server) unit(tx *store.Tx, c caller) (*unit, error) {
	book, err := s.bookIn(tx)
	if err != nil {
		return nil, err
	}
	return &unit{Tx: tx, s: s, now: s.now(), caller: c, book: book, rules: book.rules}, nil
}

// perform carries out a command once: the same caller's same key gives the same answer, with
// another request it is refused. request is what the key stands for.
func perform[A any](ctx context.Context, s *Server, key string, request any, f func(*unit) (A, error)) (answer A, err error) {
	if key == "" {
		return answer, errNoPrecondition
	}
	body, err := json.Marshal(request)
	if err != nil {
		return answer, fmt.Errorf("digest the request: %w", err)
	}
	c := callerOf(ctx)
	named := fmt.Appendf(nil, "%T %s", request, body)
	if c.actor.Deputy != "" { // the same in another's place is another request
		named = fmt.Appendf(named, " for %s", c.actor.Person)
	}
	sum := sha256.Sum256(named)
	digest := hex.EncodeToString(sum[:])
	err = s.store.Update(ctx, func(tx *store.Tx) error {
		given, err := tx.Answered(c.actor.By(), key)
		switch {
		case err == nil && given.Digest != digest:
			return errOtherBody
		case err == nil:
			return json.Unmarshal(given.Body, &answer)
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		// Who the caller is, is read again here: roles may have been taken, and a substitution may have
		// ended, since the request was let in.
		now, err := s.present(tx, c.actor.By(), c.me.Acting.Absent.IIN)
		if err != nil {
			return err
		}
		u, err := s.unit(tx, now)
		if err != nil {
			return err
		}
		if answer, err = f(u); err != nil {
			return err
		}
		body, err := json.Marshal(answer)
		if err != nil {
			return err
		}
		return tx.Remember(c.actor.By(), key, store.Answer{Digest: digest, Body: body}, u.now)
	})
	return answer, err
}

// done is the answer of most commands.
func (u *unit) done() api.Done {
	d := api.Done{Objects: u.objects, Gone: u.gone}
	if d.Objects == nil {
		d.Objects = []api.Object{}
	}
	if d.Gone == nil {
		d.Gone = []api.Ref{}
	}
	return d
}

// command carries out a command that answers with what it changed.
func (s *Server) command(ctx context.Context, key string, request any, f func(*unit) error) (api.DoneJSONResponse, error) {
	d, err := perform(ctx, s, key, request, func(u *unit) (api.Done, error) {
		err := f(u)
		return u.done(), err
	})
	return api.DoneJSONResponse(d), err
}

// read gets an aggregate's body.
func read[T any](tx *store.Tx, kind, id string) (body T, err error) {
	r, err := tx.Get(kind, id)
	if err != nil {
		return body, err
	}
	return body, decode(r, &body)
}

func decode(r store.Record, into any) error {
	if err := json.Unmarshal(r.Body, into); err != nil {
		return fmt.Errorf("decode %s %s: %w", r.Kind, r.ID, err)
	}
	return nil
}

// put stores an aggregate over a version, with its event, and shows it in the answer. r needs no
// body and no version.
func (u *unit) put(r store.Record, base int64, body any, action string, scopes []string) error {
	var err error
	if r.Body, err = json.Marshal(body); err != nil {
		return err
	}
	if r.Version, err = u.Put(r, base); err != nil {
		return err
	}
	if err := u.tell(r, action, scopes); err != nil {
		return err
	}
	return u.show(r)
}

// show adds an aggregate to the answer, where the caller may read it: a command may change what only
// others see.
func (u *unit) show(r store.Record) error {
	visible, err := mayView(u.Tx, u.caller.actor, r)
	if err != nil || !visible {
		return err
	}
	object, err := objectFor(u.Tx, u.caller.actor, r)
	u.objects = append(u.objects, object)
	return err
}

// tell records the present form of an aggregate as an event for the scopes.
func (u *unit) tell(r store.Record, action string, scopes []string) error {
	return u.Record(store.Event{
		Kind: r.Kind, Object: r.ID, Version: r.Version, Actor: u.caller.actor.By(), Action: action,
		At: u.now, Body: r.Body, Scopes: scopes,
	})
}

// remove deletes an aggregate at a version, with its event.
func (u *unit) remove(r store.Record, action string, scopes []string) error {
	if err := u.Delete(r.Kind, r.ID, r.Version); err != nil {
		return err
	}
	u.gone = append(u.gone, api.Ref{Kind: r.Kind, ID: r.ID})
	return u.Record(store.Event{
		Kind: r.Kind, Object: r.ID, Version: r.Version + 1, Gone: true, Actor: u.caller.actor.By(),
		Action: action, At: u.now, Body: r.Body, Scopes: scopes,
	})
}

// match demands that the caller's version (If-Match) is the present one.
func (u *unit) match(r store.Record, ifMatch string) error {
	if ifMatch == "" {
		return errNoPrecondition
	}
	if ifMatch == etag(r.Version) {
		return nil
	}
	return u.staleness(r)
}

// staleness refuses with the present form, where the caller may read it.
func (u *unit) staleness(r store.Record) error {
	visible, err := mayView(u.Tx, u.caller.actor, r)
	if err != nil {
		return err
	}
	if !visible {
		return stale{}
	}
	current, err := objectFor(u.Tx, u.caller.actor, r)
	if err != nil {
		return err
	}
	return stale{current: current}
}

func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// objectFor is an aggregate as an actor may see it, with what stands beside it: the evidence collected
// for a signature changes nothing of what people decide by, and so no version.
func objectFor(tx *store.Tx, a control.Actor, r store.Record) (api.Object, error) {
	o := api.Object{Kind: api.ObjectKind(r.Kind), ID: r.ID, Version: r.Version, Body: r.Body}
	var err error
	switch r.Kind {
	case kindNotification:
		o.Body, err = shown(r, func(n *api.Notification) (err error) {
			*n = notificationFor(a, *n)
			n.SignatureWithEvidence, err = tx.Lasting(n.Signature)
			return err
		})
	case kindObjection:
		o.Body, err = shown(r, func(o *api.Objection) error {
			*o = objectionFor(a, *o)
			return nil
		})
	case kindConclusion:
		o.Body, err = shown(r, func(c *api.Conclusion) (err error) {
			*c = conclusionFor(a, *c)
			c.SignatureWithEvidence, err = tx.Lasting(c.Signature)
			return err
		})
	case kindCertificate:
		o.Body, err = shown(r, func(c *api.Certificate) (err error) {
			c.SignatureWithEvidence, err = tx.Lasting(c.Signature)
			return err
		})
	}
	return o, err
}

// shown is a body as it is shown to its reader.
func shown[T any](r store.Record, show func(*T) error) ([]byte, error) {
	var body T
	if err := decode(r, &body); err != nil {
		return nil, err
	}
	if err := show(&body); err != nil {
		return nil, err
	}
	return json.Marshal(body)
}

// person finds an enrolled person for a field of the request; one that is not enrolled is bad input.
func (u *unit) person(id, field string) (api.Person, error) {
	if id == "" {
		return api.Person{}, nil
	}
	p, err := read[api.Person](u.Tx, kindPerson, id)
	if errors.Is(err, store.ErrNotFound) {
		return p, badInput(field)
	}
	return p, err
}

// validID says whether a client's id may name a new aggregate.
func validID(id string) bool {
	if len(id) < 8 || len(id) > 64 {
		return false
	}
	for _, r := range id {
		if !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r == '-') {
			return false
		}
	}
	return true
}

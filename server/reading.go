package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server/store"
)

// GetPeople lists the people of the caller's organisation.
func (s *Server) GetPeople(ctx context.Context, r api.GetPeopleRequestObject) (api.GetPeopleResponseObject, error) {
	people := []api.Person{}
	err := s.store.View(ctx, func(tx *store.Tx) error {
		records, err := tx.Owned(kindPerson, callerOf(ctx).actor.Organization, "", 10000)
		if err != nil {
			return err
		}
		for _, record := range records {
			var p api.Person
			if err := decode(record, &p); err != nil {
				return err
			}
			if r.Params.Role == "" || slices.Contains(p.Roles, control.Role(r.Params.Role)) {
				people = append(people, p)
			}
		}
		return nil
	})
	return api.GetPeople200JSONResponse{People: people}, err
}

// one reads an aggregate that the caller may see; to others it does not exist.
func (s *Server) one(ctx context.Context, kind, id string) (api.OneJSONResponse, error) {
	var object api.Object
	a := callerOf(ctx).actor
	err := s.store.View(ctx, func(tx *store.Tx) error {
		record, err := tx.Get(kind, id)
		if err != nil {
			return err
		}
		visible, err := mayView(tx, a, record)
		if err != nil {
			return err
		}
		if !visible {
			return errNotFound
		}
		object, err = objectFor(tx, a, record)
		return err
	})
	return api.OneJSONResponse{Body: object, Headers: api.OneResponseHeaders{ETag: etag(object.Version)}}, err
}

// GetPurchase gives the portal's facts of a purchase.
func (s *Server) GetPurchase(ctx context.Context, r api.GetPurchaseRequestObject) (api.GetPurchaseResponseObject, error) {
	one, err := s.one(ctx, kindPurchase, r.ID)
	return api.GetPurchase200JSONResponse{OneJSONResponse: one}, err
}

// GetNotification gives one notification.
func (s *Server) GetNotification(ctx context.Context, r api.GetNotificationRequestObject) (api.GetNotificationResponseObject, error) {
	one, err := s.one(ctx, kindNotification, r.ID)
	return api.GetNotification200JSONResponse{OneJSONResponse: one}, err
}

// GetNotifications is the journal: what the caller may see, by id, page by page.
func (s *Server) GetNotifications(ctx context.Context, r api.GetNotificationsRequestObject) (api.GetNotificationsResponseObject, error) {
	page, err := journal(ctx, s, kindNotification, r.Params.After, r.Params.Limit, func(n api.Notification) bool {
		return (r.Params.Status == "" || string(n.State.Status) == r.Params.Status) &&
			(r.Params.Purchase == "" || n.Purchase == r.Params.Purchase)
	})
	return api.GetNotifications200JSONResponse(page), err
}

// journal lists the aggregates of a kind that the caller may see and that fit, by id, page by page.
func journal[T any](ctx context.Context, s *Server, kind, after string, limit int, fits func(T) bool) (api.Page, error) {
	a := callerOf(ctx).actor
	if limit <= 0 || limit > maxPage {
		limit = defaultPage
	}
	page := api.Page{Objects: []api.Object{}}
	err := s.store.View(ctx, func(tx *store.Tx) error {
		for len(page.Objects) < limit {
			records, err := tx.Every(kind, after, maxPage)
			if err != nil || len(records) == 0 {
				page.Next = ""
				return err
			}
			for _, record := range records {
				after = record.ID
				object, fits, err := journalRow(tx, a, record, fits)
				if err != nil {
					return err
				}
				if !fits {
					continue
				}
				page.Objects, page.Next = append(page.Objects, object), after
				if len(page.Objects) == limit {
					return nil
				}
			}
		}
		return nil
	})
	return page, err
}

func journalRow[T any](tx *store.Tx, a control.Actor, record store.Record, fits func(T) bool) (object api.Object, fit bool, err error) {
	visible, err := mayView(tx, a, record)
	if err != nil || !visible {
		return object, false, err
	}
	if object, err = objectFor(tx, a, record); err != nil {
		return object, false, err
	}
	var shown T // a filter must not tell what the reader may not see
	if err := json.Unmarshal(object.Body, &shown); err != nil {
		return object, false, err
	}
	return object, fits(shown), nil
}

// GetFile gives a file to whoever may see what it belongs to; of a notification or a
// conclusion, to others than those who agreed on it, only the files in force. A signature with evidence
// goes to whoever may have the signature.
func (s *Server) GetFile(ctx context.Context, r api.GetFileRequestObject) (api.GetFileResponseObject, error) {
	a := callerOf(ctx).actor
	var body []byte
	err := s.store.View(ctx, func(tx *store.Tx) error {
		accepted, err := tx.Accepted(r.Digest)
		if err != nil {
			return err
		}
		uses, err := tx.FileUses(r.Digest)
		if err != nil {
			return err
		}
		for _, use := range uses {
			visible, err := mayReadFile(tx, a, use, accepted)
			if err != nil {
				return err
			}
			if visible {
				_, body, err = tx.File(r.Digest)
				return err
			}
		}
		return errNotFound
	})
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	if digestOf(body) != r.Digest {
		return nil, fmt.Errorf("file %s: its content has the digest %x", r.Digest, sum)
	}
	return api.GetFile200ApplicationOctetStreamResponse{
		Body: bytes.NewReader(body), ContentLength: int64(len(body)),
		Headers: api.GetFile200ResponseHeaders{ContentDigest: "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"},
	}, nil
}

func mayReadFile(tx *store.Tx, a control.Actor, use store.Record, digest string) (bool, error) {
	visible, err := mayView(tx, a, use)
	if err != nil || !visible {
		return false, err
	}
	switch use.Kind {
	case kindNotification:
		var n api.Notification
		err := decode(use, &n)
		return n.State.ViewFile(a, n.Papers(), digest, n.Suspension.Order.Scan, n.Revocation.Order.Scan).Allowed, err
	case kindConclusion:
		var c api.Conclusion
		err := decode(use, &c)
		return c.State.ViewFile(a, c.Papers(), digest).Allowed, err
	default:
		return true, nil
	}
}

// PostOrganization enrols an organisation, or changes its names: the administrator alone.
func (s *Server) PostOrganization(ctx context.Context, r api.PostOrganizationRequestObject) (api.PostOrganizationResponseObject, error) {
	d, err := s.command(ctx, r.Params.IdempotencyKey, r, func(u *unit) error {
		if err := u.caller.administer(); err != nil {
			return err
		}
		return u.enrolOrganization(*r.Body)
	})
	return api.PostOrganization200JSONResponse{DoneJSONResponse: d}, err
}

// PostPerson enrols a person, or changes position and roles: the administrator alone.
func (s *Server) PostPerson(ctx context.Context, r api.PostPersonRequestObject) (api.PostPersonResponseObject, error) {
	d, err := s.command(ctx, r.Params.IdempotencyKey, r, func(u *unit) error {
		if err := u.caller.administer(); err != nil {
			return err
		}
		return u.enrolPerson(*r.Body)
	})
	return api.PostPerson200JSONResponse{DoneJSONResponse: d}, err
}

func (u *unit) enrolOrganization(o api.Organization) error {
	if !control.ValidBIN(o.BIN) {
		return badInput("bin")
	}
	o.NameKK, o.NameRU = clean(o.NameKK), clean(o.NameRU)
	if strings.TrimSpace(o.NameKK+o.NameRU) == "" {
		return badInput("name_kk")
	}
	return u.enrol(store.Record{Kind: kindOrganization, ID: o.BIN}, o, string(control.ActionEnrol), []string{organizationScope(o.BIN)})
}

func (u *unit) enrolPerson(p api.Person) error {
	if !control.ValidIIN(p.IIN) {
		return badInput("iin")
	}
	if p.Surname, p.Given, p.Patronymic = clean(p.Surname), clean(p.Given), clean(p.Patronymic); strings.TrimSpace(p.Surname) == "" {
		return badInput("surname")
	}
	p.PositionKK, p.PositionRU = clean(p.PositionKK), clean(p.PositionRU)
	for _, role := range p.Roles {
		if !slices.Contains(control.Roles(), role) {
			return badInput("roles")
		}
	}
	if _, err := u.Get(kindOrganization, p.Organization); errors.Is(err, store.ErrNotFound) {
		return badInput("organization")
	} else if err != nil {
		return err
	}
	if err := u.EndSessions(p.IIN); err != nil { // what a session may follows from the roles
		return err
	}
	scopes := []string{organizationScope(p.Organization)}
	before, err := u.Get(kindPerson, p.IIN)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if len(before.Body) > 0 {
		if err := u.mayBecome(before, p); err != nil {
			return err
		}
	}
	p.DismissedAt = time.Time{} // whoever is enrolled works here
	if before.Owner != "" && before.Owner != p.Organization {
		scopes = append(scopes, organizationScope(before.Owner)) // the old colleagues lose sight of who moved
	}
	return u.enrol(store.Record{Kind: kindPerson, ID: p.IIN, Owner: p.Organization}, p, string(control.ActionEnrol), scopes)
}

// mayBecome demands that a person's change leaves the centre an administrator, and no open work with
// nobody.
func (u *unit) mayBecome(before store.Record, p api.Person) error {
	var known api.Person
	if err := decode(before, &known); err != nil {
		return err
	}
	others, err := u.administrators(p.IIN)
	if err != nil {
		return err
	}
	if err := demand(control.KeepAdministrator(known.Actor(), p.Actor(), others), control.ActionEnrol); err != nil {
		return err
	}
	return u.keepWork(known, p)
}

// administrators counts the people with the administrator's role, one person aside.
func (u *unit) administrators(aside string) (n int, err error) {
	after := ""
	for {
		records, err := u.Every(kindPerson, after, maxPage)
		if err != nil || len(records) == 0 {
			return n, err
		}
		for _, r := range records {
			after = r.ID
			var p api.Person
			if err := decode(r, &p); err != nil {
				return 0, err
			}
			if r.ID != aside && p.Actor().Has(control.Administrator) {
				n++
			}
		}
	}
}

func (u *unit) enrol(r store.Record, body any, action string, scopes []string) error {
	before, err := u.Get(r.Kind, r.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return u.put(r, before.Version, body, action, scopes)
}

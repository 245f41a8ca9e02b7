package server

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"strings"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server/store"
)

const (
	pathFiles = "/v1/files"
	// maxUploads bounds the scans that are in memory at a time: each may have 20 MiB.
	maxUploads = 8
	// noteScan is what a scan belongs to before an order names it: nobody reads it by that.
	noteScan = "scan"
)

// PostFile takes the scan of an order. What it is, its content tells, whatever its name says.
func (s *Server) PostFile(ctx context.Context, r api.PostFileRequestObject) (api.PostFileResponseObject, error) {
	select {
	case s.uploads <- struct{}{}:
		defer func() { <-s.uploads }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	// Who may not bring it is told so before anything of it is read.
	err := s.store.View(ctx, func(tx *store.Tx) error {
		u, err := s.unit(tx, callerOf(ctx))
		if err != nil {
			return err
		}
		return u.mayBring(r.Params.Notification)
	})
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, badRequest(err)
	}
	upload := api.Upload{Digest: digestOf(content), Size: int64(len(content))}
	if r.Params.IdempotencyKey == "" {
		return nil, errNoPrecondition
	}
	if contentDigest(r.Params.ContentDigest) != upload.Digest {
		return nil, badInput("Content-Digest")
	}
	kind, verdict := control.ScanOf(content)
	if err := demand(verdict, control.ActionSuspend); err != nil {
		return nil, err
	}
	upload.Type = string(kind)
	type request struct{ Notification, Digest string }
	upload, err = perform(ctx, s, r.Params.IdempotencyKey, request{r.Params.Notification, upload.Digest}, func(u *unit) (api.Upload, error) {
		if err := u.mayBring(r.Params.Notification); err != nil {
			return upload, err
		}
		return upload, u.PutFile(upload.Digest, upload.Type, content, noteScan, r.Params.Notification)
	})
	return api.PostFile200JSONResponse(upload), err
}

// mayBring demands that the caller may save an order on the notification, or its revocation.
func (u *unit) mayBring(id string) error {
	n, err := u.notification(id)
	if err != nil {
		return err
	}
	return demand(n.body.State.BringScan(u.caller.actor), control.ActionSuspend)
}

// contentDigest is the SHA-256 that a Content-Digest (RFC 9530) names, in hexadecimal; empty when it
// names none.
func contentDigest(field string) string {
	for member := range strings.SplitSeq(field, ",") {
		value, found := strings.CutPrefix(strings.TrimSpace(member), "sha-256=:")
		if !found {
			continue
		}
		sum, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(value, ":"))
		if err != nil {
			return ""
		}
		return hex.EncodeToString(sum)
	}
	return ""
}

// PostNotificationSuspend saves the suspension order, for good.
func (s *Server) PostNotificationSuspend(ctx context.Context, r api.PostNotificationSuspendRequestObject) (api.PostNotificationSuspendResponseObject, error) {
	const action = control.ActionSuspend
	d, err := s.change(ctx, r.Params.IdempotencyKey, r.ID, r.Params.IfMatch, r, action, func(u *unit, n *notification) error {
		order, scanType, err := u.orderOf(n, *r.Body)
		if err != nil {
			return err
		}
		if err := demand(u.rules.Suspend(&n.body.State, u.caller.actor, &order, u.now), action); err != nil {
			return err
		}
		if err := u.saveOrder(n, order, scanType, &n.body.Suspension); err != nil {
			return err
		}
		return u.punish(n, action, api.TrailEntry{File: order.Scan})
	})
	return api.PostNotificationSuspend200JSONResponse{DoneJSONResponse: d}, err
}

// PostNotificationRevokeSuspension saves the revocation of the order, for good.
func (s *Server) PostNotificationRevokeSuspension(ctx context.Context, r api.PostNotificationRevokeSuspensionRequestObject) (api.PostNotificationRevokeSuspensionResponseObject, error) {
	const action = control.ActionRevokeSuspension
	d, err := s.change(ctx, r.Params.IdempotencyKey, r.ID, r.Params.IfMatch, r, action, func(u *unit, n *notification) error {
		revocation, scanType, err := u.orderOf(n, *r.Body)
		if err != nil {
			return err
		}
		verdict := u.rules.Revoke(&n.body.State, u.caller.actor, &n.body.Suspension.Order, &revocation, u.now)
		if err := demand(verdict, action); err != nil {
			return err
		}
		if err := u.saveOrder(n, revocation, scanType, &n.body.Revocation); err != nil {
			return err
		}
		return u.punish(n, action, api.TrailEntry{File: revocation.Scan})
	})
	return api.PostNotificationRevokeSuspension200JSONResponse{DoneJSONResponse: d}, err
}

// orderOf is the order as it was given, with the type of its scan. Only a scan that was brought for this
// notification is one: to name another file would be a way to read it.
func (u *unit) orderOf(n *notification, c api.OrderCommand) (order control.Order, scanType string, err error) {
	order = control.Order{
		Number: c.Number, On: c.On, BodyKK: clean(c.BodyKK), BodyRU: clean(c.BodyRU), Amount: control.Tiyn(c.Amount),
		NoteKK: clean(c.NoteKK), NoteRU: clean(c.NoteRU), Scan: c.Scan,
	}
	scanType, err = u.NotedFile(order.Scan, noteScan, n.body.ID)
	if errors.Is(err, store.ErrNotFound) {
		order.Scan, err = "", nil
	}
	return order, scanType, err
}

// saveOrder puts an order into its place, and shows its scan to whoever may see that.
func (u *unit) saveOrder(n *notification, order control.Order, scanType string, into *api.SavedOrder) error {
	*into = api.SavedOrder{Order: order, ScanType: scanType, By: u.caller.actor.By(), ByName: u.caller.me.Person.FullName(), At: u.now}
	return u.NoteFile(order.Scan, kindNotification, n.body.ID)
}

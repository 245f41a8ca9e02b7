package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"baqylau/api"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/server/store"
)

const (
	defaultPage = 200
	maxPage     = 1000

	reasonRestored = "restored"
)

// cursor is a place in the feed: the store that it belongs to, the scopes that it was read with, and the
// place of the last event seen in the log. With another store, other scopes or another log it no longer
// holds.
type cursor struct {
	epoch, scopes string
	at            store.Place
}

func (c cursor) String() string {
	return fmt.Sprintf("%s.%s.%d.%s.%d", c.epoch, c.scopes, c.at.Seq, c.at.Digest, c.at.At.UnixMicro())
}

// parseCursor reads a cursor. Those of older centres, without a digest, are other cursors.
func parseCursor(text string) (c cursor, err error) {
	parts := strings.Split(text, ".")
	if len(parts) == 3 {
		parts = append(parts, "", "0")
	}
	if len(parts) != 5 {
		return c, badInput("after")
	}
	seq, err := strconv.ParseUint(parts[2], 10, 63)
	at, err2 := strconv.ParseInt(parts[4], 10, 64)
	if errors.Join(err, err2) != nil {
		return c, badInput("after")
	}
	return cursor{parts[0], parts[1], store.Place{Seq: int64(seq), Digest: parts[3], At: time.UnixMicro(at)}}, nil
}

func scopesDigest(scopes []string) string {
	slices.Sort(scopes)
	sum := sha256.Sum256([]byte(strings.Join(scopes, "\n")))
	return hex.EncodeToString(sum[:6])
}

// GetChanges tells what changed of all that the caller may see, each object once, in its present
// form. A cursor that no longer holds is answered with 410: the client mirrors anew.
func (s *Server) GetChanges(ctx context.Context, r api.GetChangesRequestObject) (api.GetChangesResponseObject, error) {
	c := callerOf(ctx)
	scopes := scopesOf(c.actor)
	at := cursor{epoch: s.store.Epoch(), scopes: scopesDigest(scopes)}
	limit := r.Params.Limit
	if limit <= 0 || limit > maxPage {
		limit = defaultPage
	}
	answer := api.Changes{Time: s.now(), Objects: []api.Object{}, Gone: []api.Ref{}}
	err := s.store.View(ctx, func(tx *store.Tx) error {
		head, err := tx.Head()
		if err != nil {
			return err
		}
		if r.Params.After != "" {
			if at, err = resume(tx, r.Params.After, at, head); err != nil {
				return err
			}
		}
		changes, err := tx.Changes(scopes, at.at.Seq, limit)
		if err != nil {
			return err
		}
		if answer.More = len(changes) == limit; answer.More {
			head = changes[len(changes)-1].Seq
		} // else what lies between is not for these scopes
		if at.at, err = tx.Place(head); err != nil {
			return err
		}
		return collect(tx, c.actor, changes, &answer)
	})
	if err != nil {
		return nil, err
	}
	answer.Cursor = at.String()
	return api.GetChanges200JSONResponse(answer), nil
}

// resume finds where a cursor goes on, if it holds still. Whether the log is the one that it was read from
// comes before what the caller may see: who mirrors anew should know why.
func resume(tx *store.Tx, text string, now cursor, head int64) (cursor, error) {
	c, err := parseCursor(text)
	switch {
	case err != nil:
		return c, err
	case c.epoch != now.epoch, c.at.Digest == "" && c.at.Seq > 0:
		return c, errResync
	}
	here, err := tx.Place(min(c.at.Seq, head))
	switch {
	case err != nil:
		return c, err
	case here.Seq != c.at.Seq, here.Digest != c.at.Digest:
		return c, restored(tx, c.at, head)
	case c.scopes != now.scopes:
		return c, errResync
	}
	return c, nil
}

// restored is the answer to a cursor of a log that this centre's has parted from, or doesn't reach.
func restored(tx *store.Tx, read store.Place, head int64) error {
	now, err := tx.Place(head)
	if err != nil {
		return err
	}
	p := api.Fault(http.StatusGone, reasonRestored, "read", assets.DateTime(read.At), "head", assets.DateTime(now.At))
	p.Restored = api.Restored{Read: read.At, Head: now.At}
	return p
}

// collect adds the present form of every changed object that the actor may see.
func collect(tx *store.Tx, a control.Actor, changes []store.Change, answer *api.Changes) error {
	seen := map[api.Ref]bool{}
	for _, c := range changes {
		ref := api.Ref{Kind: c.Kind, ID: c.Object}
		if seen[ref] {
			continue
		}
		seen[ref] = true
		record, err := tx.Get(c.Kind, c.Object)
		if errors.Is(err, store.ErrNotFound) {
			answer.Gone = append(answer.Gone, ref)
			continue
		}
		if err != nil {
			return err
		}
		visible, err := mayView(tx, a, record)
		if err != nil {
			return err
		}
		if !visible {
			answer.Gone = append(answer.Gone, ref)
			continue
		}
		object, err := objectFor(tx, a, record)
		if err != nil {
			return err
		}
		answer.Objects = append(answer.Objects, object)
	}
	return nil
}

// mayView says whether an actor may read an aggregate: by default, no.
func mayView(tx *store.Tx, a control.Actor, r store.Record) (bool, error) {
	switch r.Kind {
	case kindNotification:
		var n api.Notification
		if err := decode(r, &n); err != nil {
			return false, err
		}
		return n.State.View(a).Allowed, nil
	case kindObjection:
		var o api.Objection
		if err := decode(r, &o); err != nil {
			return false, err
		}
		return o.State.View(a).Allowed, nil
	case kindConclusion:
		var c api.Conclusion
		if err := decode(r, &c); err != nil {
			return false, err
		}
		return c.State.View(a).Allowed, nil
	case kindAssignment, kindMarks, kindCertificate:
		return control.ViewDesk(a, r.Owner).Allowed, nil
	case kindPurchase:
		if control.ViewPurchase(a).Allowed {
			return true, nil // whoever may read all of them is not asked where they are assigned
		}
		departments, err := assignedIn(tx, r.ID)
		return control.ViewPurchase(a, departments...).Allowed, err
	case kindMessage:
		if control.ViewMessage(a, r.Owner, false).Allowed {
			return true, nil // whatever it is about
		}
		readable, err := mayReadMatter(tx, a, r)
		return control.ViewMessage(a, r.Owner, readable).Allowed, err
	case kindSubstitution:
		var s api.Substitution
		if err := decode(r, &s); err != nil {
			return false, err
		}
		return s.State.View(a).Allowed, nil
	case kindPerson:
		return control.ViewPerson(a, r.Owner).Allowed, nil
	case kindOrganization, kindRulebook:
		return true, nil
	default:
		return false, nil
	}
}

// assignedIn lists the departments that a lot of the purchase is assigned in.
func assignedIn(tx *store.Tx, purchase string) ([]string, error) {
	children, err := tx.Of(purchase)
	var departments []string
	for _, child := range children {
		if child.Kind == kindAssignment && !slices.Contains(departments, child.Owner) {
			departments = append(departments, child.Owner)
		}
	}
	return departments, err
}

package server

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"baqylau/api"
	"baqylau/control"
	"baqylau/document"
	"baqylau/server/store"
)

// notificationScopes are those who are told of a notification: whoever may read it.
func notificationScopes(n api.Notification) []string { return scopesFor(n.State.Readers()) }

// notificationFor is what an actor may see of a notification: to others than those who agreed on it,
// nothing of how it came about, and of penalties only to whom R-10 shows them.
func notificationFor(a control.Actor, n api.Notification) api.Notification {
	if n.State.ViewAgreement(a).Allowed {
		return n
	}
	if !n.State.ViewPenalty(a).Allowed {
		n.Penalty, n.Suspension, n.Revocation = api.Penalty{}, api.SavedOrder{}, api.SavedOrder{}
	}
	n.State, n.Trail = n.State.For(a), []api.TrailEntry{}
	n.AgreerName, n.PreparedBy, n.PreparedAt, n.Versions = "", "", time.Time{}, ""
	return n
}

// notification is one being changed by a command.
type notification struct {
	record store.Record
	body   api.Notification
}

// notification loads one that the caller may see; to others it does not exist.
func (u *unit) notification(id string) (*notification, error) {
	record, err := u.Get(kindNotification, id)
	if err != nil {
		return nil, err
	}
	n := &notification{record: record}
	if err := decode(record, &n.body); err != nil {
		return nil, err
	}
	if !n.body.State.View(u.caller.actor).Allowed {
		return nil, errNotFound
	}
	return n, nil
}

// change loads a notification at the caller's version, lets f change it, and stores it.
func (s *Server) change(ctx context.Context, key, id, ifMatch string, request any, action control.Action, f func(*unit, *notification) error) (api.DoneJSONResponse, error) {
	return s.command(ctx, key, request, func(u *unit) error {
		n, err := u.notification(id)
		if err != nil {
			return err
		}
		if err := u.match(n.record, ifMatch); err != nil {
			return err
		}
		if err := f(u, n); err != nil {
			return err
		}
		return u.store(n, action)
	})
}

// store stores a notification, and when to come back to it.
func (u *unit) store(n *notification, action control.Action) error {
	n.body.Versions = u.book.versions()
	if err := u.put(n.record, n.record.Version, n.body, string(action), notificationScopes(n.body)); err != nil {
		return err
	}
	return u.watch(&n.body)
}

// step moves the notification along its life cycle by an action that was allowed, and writes the trail.
func (u *unit) step(n *notification, action control.Action, entry api.TrailEntry) error {
	after, found := n.body.State.After(action, u.now.Truncate(millisecond))
	if !found {
		return fmt.Errorf("notification %s: %s leads nowhere from %q", n.body.ID, action, n.body.State.Status)
	}
	n.body.State = after
	n.body.Trail = append(n.body.Trail, u.turn(action, entry))
	return nil
}

// turn is an entry of a trail: who did what, when, and in whose place.
func (u *unit) turn(action control.Action, entry api.TrailEntry) api.TrailEntry {
	entry.Person, entry.Name, entry.Action = u.caller.actor.By(), u.caller.me.Person.FullName(), action
	if u.caller.actor.Deputy != "" {
		entry.For, entry.ForName = u.caller.actor.Person, u.caller.absentName()
	}
	if entry.At.IsZero() {
		entry.At = u.now
	}
	return entry
}

// PostNotification creates a draft (R-3.1 … ).
func (s *Server) PostNotification(ctx context.Context, r api.PostNotificationRequestObject) (api.PostNotificationResponseObject, error) {
	d, err := s.command(ctx, r.Params.IdempotencyKey, r, func(u *unit) error { return u.create(*r.Body) })
	return api.PostNotification200JSONResponse{DoneJSONResponse: d}, err
}

func (u *unit) create(c api.CreateCommand) error {
	if !validID(c.ID) {
		return badInput("id")
	}
	d, err := u.dossier(c.Purchase)
	if err != nil {
		return err
	}
	i, found := d.lot(c.Lot)
	if !found {
		return badInput("lot")
	}
	claimed, err := u.claimed(claimName(c.Lot, c.Direction), c.ID)
	if err != nil {
		return err
	}
	if err := demand(d.rules.CreateUnclaimed(u.caller.actor, i, c.Direction, claimed), control.ActionCreate); err != nil {
		return err
	}
	n := &notification{record: store.Record{
		Kind: kindNotification, ID: c.ID, Parent: d.purchase.ID, Owner: u.caller.actor.Organization,
	}}
	n.body = u.newNotification(d, i, c)
	if n.body.Number, err = u.number("notification", "%d-%04d"); err != nil {
		return err
	}
	if err := u.write(n, c.TextKK, c.TextRU, c.Agreer); err != nil {
		return err
	}
	if err := u.step(n, control.ActionCreate, api.TrailEntry{}); err != nil {
		return err
	}
	if err := u.store(n, control.ActionCreate); err != nil {
		if errors.Is(err, store.ErrStale) {
			return badInput("id") // an aggregate of this id is there already
		}
		return err
	}
	return nil
}

// claimed takes a name for a holder; true when another holds it. A refusal gives it back with all else.
func (u *unit) claimed(name, holder string) (bool, error) {
	err := u.Claim(name, holder)
	if errors.Is(err, store.ErrTaken) {
		return true, nil
	}
	return false, err
}

func claimName(lot string, d control.Direction) string { return "notification " + api.MarksID(lot, d) }

func (u *unit) newNotification(d *dossier, i int, c api.CreateCommand) api.Notification {
	lot := &d.purchase.Lots[i]
	object := d.purchase.AuditObject()
	return api.Notification{
		ID: c.ID, Purchase: d.purchase.ID, PurchaseNumber: d.purchase.Number,
		Lot: lot.ID, LotNumber: lot.Number, NameKK: lot.NameKK, NameRU: lot.NameRU, Amount: lot.Amount,
		Organizer: object, AuthorName: u.caller.me.Person.FullName(), CreatedAt: u.now,
		State: control.Notification{
			Direction: c.Direction, Author: u.caller.actor.Person, Organization: u.caller.actor.Organization,
			Recipient: object.BIN, Profiles: d.rules.Violated(i, c.Direction),
		},
	}
}

// write sets what the author may edit. A text may be missing in a draft; an agreer once named must
// be fit.
func (u *unit) write(n *notification, kk, ru, agreer string) error {
	p, err := u.person(agreer, "agreer")
	if err != nil {
		return err
	}
	if agreer != "" {
		if err := demand(n.body.State.FitAgreer(p.Actor()), control.ActionEdit); err != nil {
			return err
		}
	}
	n.body.State.TextKK, n.body.State.TextRU = clean(kk), clean(ru)
	n.body.State.Agreer, n.body.AgreerName = agreer, ""
	if agreer != "" {
		n.body.AgreerName = p.FullName()
	}
	return nil
}

// clean drops control characters from what a person typed, but for line breaks and tabs, and what
// changes the direction of writing.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < ' ' && r != '\n' && r != '\t', r == 0x7f, r >= 0x80 && r < 0xa0, r == '\u2028', r == '\u2029':
			return -1
		case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069': // they would show a text in another order
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
}

// PostNotificationEdit changes the text and the agreer.
func (s *Server) PostNotificationEdit(ctx context.Context, r api.PostNotificationEditRequestObject) (api.PostNotificationEditResponseObject, error) {
	d, err := s.change(ctx, r.Params.IdempotencyKey, r.ID, r.Params.IfMatch, r, control.ActionEdit, func(u *unit, n *notification) error {
		if err := demand(n.body.State.May(u.caller.actor, control.ActionEdit), control.ActionEdit); err != nil {
			return err
		}
		return u.write(n, r.Body.TextKK, r.Body.TextRU, r.Body.Agreer)
	})
	return api.PostNotificationEdit200JSONResponse{DoneJSONResponse: d}, err
}

// PostNotificationDelete deletes a draft or a rejected notification; its marks thaw.
func (s *Server) PostNotificationDelete(ctx context.Context, r api.PostNotificationDeleteRequestObject) (api.PostNotificationDeleteResponseObject, error) {
	d, err := s.command(ctx, r.Params.IdempotencyKey, r, func(u *unit) error {
		n, err := u.notification(r.ID)
		if err != nil {
			return err
		}
		if err := u.match(n.record, r.Params.IfMatch); err != nil {
			return err
		}
		if err := demand(n.body.State.May(u.caller.actor, control.ActionDelete), control.ActionDelete); err != nil {
			return err
		}
		if err := u.Release(claimName(n.body.Lot, n.body.State.Direction), r.ID); err != nil {
			return err
		}
		return u.remove(n.record, string(control.ActionDelete), notificationScopes(n.body))
	})
	return api.PostNotificationDelete200JSONResponse{DoneJSONResponse: d}, err
}

// PostNotificationSendToAgreement sends it to the agreer with its file.
func (s *Server) PostNotificationSendToAgreement(ctx context.Context, r api.PostNotificationSendToAgreementRequestObject) (api.PostNotificationSendToAgreementResponseObject, error) {
	const action = control.ActionSendToAgreement
	d, err := s.change(ctx, r.Params.IdempotencyKey, r.ID, r.Params.IfMatch, r, action, func(u *unit, n *notification) error {
		agreer, err := u.person(n.body.State.Agreer, "agreer")
		if err != nil {
			return err
		}
		if err := demand(n.body.State.SendToAgreement(u.caller.actor, agreer.Actor()), action); err != nil {
			return err
		}
		if err := u.render(n, nil); err != nil {
			return err
		}
		return u.step(n, action, api.TrailEntry{To: agreer.IIN, ToName: agreer.FullName(), File: n.body.File})
	})
	return api.PostNotificationSendToAgreement200JSONResponse{DoneJSONResponse: d}, err
}

// PostNotificationAgree agrees and passes on.
func (s *Server) PostNotificationAgree(ctx context.Context, r api.PostNotificationAgreeRequestObject) (api.PostNotificationAgreeResponseObject, error) {
	const action = control.ActionAgree
	d, err := s.change(ctx, r.Params.IdempotencyKey, r.ID, r.Params.IfMatch, r, action, func(u *unit, n *notification) error {
		d, lot, err := u.dossierOf(n, u.now)
		if err != nil {
			return err
		}
		next, err := u.person(r.Body.Next, "next")
		if err != nil {
			return err
		}
		if err := demand(d.rules.Agree(u.caller.actor, &n.body.State, lot, next.Actor()), action); err != nil {
			return err
		}
		n.body.State.Agreer, n.body.AgreerName = next.IIN, next.FullName()
		n.keepPapers(action)
		return u.step(n, action, api.TrailEntry{To: next.IIN, ToName: next.FullName(), Text: clean(r.Body.Comment)})
	})
	return api.PostNotificationAgree200JSONResponse{DoneJSONResponse: d}, err
}

// keepPapers leaves of file and signature what an action leaves; all stays stored as what it was.
func (n *notification) keepPapers(action control.Action) {
	left := n.body.Papers().After(action, sentFile(n.body.Trail, control.ActionSendToAgreement))
	n.body.File, n.body.PreparedBy = left.File, left.Prepared
	if left.Prepared == "" {
		n.body.PreparedAt = time.Time{}
	}
	if n.body.Signature != left.Signature {
		n.body.Signature, n.body.SignedAt = left.Signature, time.Time{}
		n.body.Signer, n.body.SignerName, n.body.SignerForName = "", "", ""
	}
}

// sentFile is the file that an action last sent.
func sentFile(trail []api.TrailEntry, action control.Action) (file string) {
	for _, entry := range trail {
		if entry.Action == action {
			file = entry.File
		}
	}
	return file
}

// PostNotificationReject rejects with a reason.
func (s *Server) PostNotificationReject(ctx context.Context, r api.PostNotificationRejectRequestObject) (api.PostNotificationRejectResponseObject, error) {
	const action = control.ActionReject
	d, err := s.change(ctx, r.Params.IdempotencyKey, r.ID, r.Params.IfMatch, r, action, func(u *unit, n *notification) error {
		reason := clean(r.Body.Reason)
		if err := demand(n.body.State.Reject(u.caller.actor, reason), action); err != nil {
			return err
		}
		n.keepPapers(action)
		return u.step(n, action, api.TrailEntry{Text: reason})
	})
	return api.PostNotificationReject200JSONResponse{DoneJSONResponse: d}, err
}

// PostNotificationRecall takes it back to a draft; file and signature stay in the trail.
func (s *Server) PostNotificationRecall(ctx context.Context, r api.PostNotificationRecallRequestObject) (api.PostNotificationRecallResponseObject, error) {
	const action = control.ActionRecall
	d, err := s.change(ctx, r.Params.IdempotencyKey, r.ID, r.Params.IfMatch, r, action, func(u *unit, n *notification) error {
		if err := demand(n.body.State.May(u.caller.actor, action), action); err != nil {
			return err
		}
		entry := api.TrailEntry{File: n.body.File, Signature: n.body.Signature}
		n.keepPapers(action)
		return u.step(n, action, entry)
	})
	return api.PostNotificationRecall200JSONResponse{DoneJSONResponse: d}, err
}

// PostNotificationPrepare makes the final file with the approver's position and name.
func (s *Server) PostNotificationPrepare(ctx context.Context, r api.PostNotificationPrepareRequestObject) (api.PostNotificationPrepareResponseObject, error) {
	d, err := s.change(ctx, r.Params.IdempotencyKey, r.ID, r.Params.IfMatch, r, "prepare", func(u *unit, n *notification) error {
		d, lot, err := u.dossierOf(n, u.now)
		if err != nil {
			return err
		}
		if err := demand(d.rules.Approve(u.caller.actor, &n.body.State, lot), control.ActionApprove); err != nil {
			return err
		}
		approver := u.caller.onPaper()
		if err := u.render(n, &approver); err != nil {
			return err
		}
		n.body.PreparedBy, n.body.PreparedAt = u.caller.actor.By(), u.now
		return nil
	})
	return api.PostNotificationPrepare200JSONResponse{DoneJSONResponse: d}, err
}

// PostNotificationApprove approves with the signature over exactly the final file.
func (s *Server) PostNotificationApprove(ctx context.Context, r api.PostNotificationApproveRequestObject) (api.PostNotificationApproveResponseObject, error) {
	const action = control.ActionApprove
	d, err := s.command(ctx, r.Params.IdempotencyKey, r, func(u *unit) error {
		n, err := u.notification(r.ID)
		if err != nil {
			return err
		}
		if err := u.approve(n, r.Params.IfMatch, *r.Body); err != nil {
			return err
		}
		return u.store(n, action)
	})
	return api.PostNotificationApprove200JSONResponse{DoneJSONResponse: d}, err
}

func (u *unit) approve(n *notification, ifMatch string, c api.SignCommand) error {
	const rule, action = "R-3.7", control.ActionApprove
	if ifMatch == "" {
		return errNoPrecondition
	}
	signature, err := u.handed(n.record, c, n.body.File, n.body.PreparedAt)
	if err != nil {
		return err
	}
	d, lot, err := u.dossierOf(n, signature.at)
	if err != nil {
		return err
	}
	verdict := d.rules.ApproveFile(u.caller.actor, &n.body.State, lot, n.body.Papers(), signature.seen)
	if err := demand(verdict, action); err != nil {
		return err
	}
	if err := u.matchSigned(n.record, ifMatch, rule); err != nil {
		return err
	}
	if n.body.Signature, err = u.accept(signature, kindNotification, n.body.ID, rule); err != nil {
		return err
	}
	n.body.SignedAt = signature.at
	n.body.Signer, n.body.SignerName = u.caller.actor.By(), u.caller.me.Person.FullName()
	n.body.SignerForName = u.caller.absentName()
	return u.step(n, action, api.TrailEntry{File: n.body.File, Signature: n.body.Signature})
}

// PostNotificationAcknowledge records that the audit object has opened it.
func (s *Server) PostNotificationAcknowledge(ctx context.Context, r api.PostNotificationAcknowledgeRequestObject) (api.PostNotificationAcknowledgeResponseObject, error) {
	const action = control.ActionAcknowledge
	d, err := s.change(ctx, r.Params.IdempotencyKey, r.ID, r.Params.IfMatch, r, action, func(u *unit, n *notification) error {
		if err := demand(n.body.State.Acknowledge(u.caller.actor, u.now), action); err != nil {
			return err
		}
		n.body.OpenedAt = u.now
		return u.step(n, action, api.TrailEntry{})
	})
	return api.PostNotificationAcknowledge200JSONResponse{DoneJSONResponse: d}, err
}

// dossierOf loads the purchase of a notification, as of a time, and finds its lot.
func (u *unit) dossierOf(n *notification, at time.Time) (*dossier, int, error) {
	d, err := u.dossierAt(n.body.Purchase, at)
	if err != nil {
		return nil, 0, err
	}
	i, found := d.lot(n.body.Lot)
	if !found {
		return nil, 0, fmt.Errorf("notification %s: its lot %s is not in the purchase", n.body.ID, n.body.Lot)
	}
	return d, i, nil
}

// render makes the notification's file, once; those bytes are law from then on. Without an approver
// it is the file of the agreement, with one the final one.
func (u *unit) render(n *notification, approver *document.Person) error {
	d, i, err := u.dossierOf(n, u.now)
	if err != nil {
		return err
	}
	author, err := u.person(n.body.State.Author, "author")
	if err != nil {
		return err
	}
	department, err := read[api.Organization](u.Tx, kindOrganization, n.body.State.Organization)
	if err != nil {
		return fmt.Errorf("load the author's organisation: %w", err)
	}
	data := u.notificationData(d, i, n.body)
	data.Author, data.Department, data.Approver = documentPerson(author), documentOrganization(department), approver
	pdf, err := document.RenderNotification(data)
	if err != nil {
		return fmt.Errorf("render notification: %w", err)
	}
	n.body.File = digestOf(pdf)
	return u.PutFile(n.body.File, typePDF, pdf, kindNotification, n.body.ID)
}

func (u *unit) notificationData(d *dossier, i int, n api.Notification) document.Notification {
	p, lot, terms := &d.purchase, &d.purchase.Lots[i], u.rules.Terms
	data := document.Notification{
		ID: n.ID, Number: n.Number, PurchaseNumber: p.Number, NameKK: p.NameKK, NameRU: p.NameRU,
		Method: string(p.Method), Direction: string(n.State.Direction), Organizer: documentParty(n.Organizer),
		Lot: document.NotifiedLot{
			PlanPoint: p.Method.ByPlanPoint(), Number: lot.Number, NameKK: lot.NameKK, NameRU: lot.NameRU, Amount: int64(lot.Amount),
		},
		TextKK: n.State.TextKK, TextRU: n.State.TextRU, At: u.now, Demo: u.s.store.Demo(),
		Terms: document.Terms{
			Execute: int(terms.At(control.ExecutionTerm, u.now)), Object: int(terms.At(control.ObjectionTerm, u.now)),
		},
	}
	// What sending will open, and not all that the catalogue has for a profile.
	var remedies []string
	for _, open := range d.rules.Remedies(i, n.State.Direction, n.State.Profiles, u.now) {
		remedies = append(remedies, string(open.Remedy))
	}
	for _, number := range n.State.Profiles {
		profile, found := d.rules.Worded(number, n.State.Direction, n.CreatedAt)
		if !found {
			continue // retired since: the certificate keeps its wording
		}
		v := document.Violation{Number: number, NameKK: profile.NameKK, NameRU: profile.NameRU, Remedies: remedies}
		data.Violations = append(data.Violations, v)
	}
	return data
}

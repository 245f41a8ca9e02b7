package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"baqylau/api"
	"baqylau/control"
	"baqylau/document"
	"baqylau/server/store"
)

// conclusionScopes are those who are told of a conclusion: whoever may read it.
func conclusionScopes(c api.Conclusion) []string { return scopesFor(c.State.Readers()) }

// conclusionFor is what an actor may see of a conclusion: outside the committee, nothing of how it came
// about.
func conclusionFor(a control.Actor, c api.Conclusion) api.Conclusion {
	if c.State.ViewReview(a).Allowed {
		return c
	}
	c.State, c.Trail = c.State.For(a), []api.TrailEntry{}
	c.AgreerName, c.PreparedBy, c.PreparedAt, c.Versions = "", "", time.Time{}, ""
	return c
}

// conclusion is one being changed by a command, with the objection that it is on: they change together.
type conclusion struct {
	record    store.Record
	body      api.Conclusion
	objection *versioned[api.Objection]
}

// conclusion loads one that the caller may see; to others it does not exist.
func (u *unit) conclusion(id string) (*conclusion, error) {
	record, err := u.Get(kindConclusion, id)
	if err != nil {
		return nil, err
	}
	c := &conclusion{record: record}
	if err := decode(record, &c.body); err != nil {
		return nil, err
	}
	if !c.body.State.View(u.caller.actor).Allowed {
		return nil, errNotFound
	}
	c.objection, err = u.objectionOf(c.body.Objection)
	return c, err
}

// objectionOf loads an objection for what is made of it, whether or not the caller may read it.
func (u *unit) objectionOf(id string) (*versioned[api.Objection], error) {
	record, err := u.Get(kindObjection, id)
	if err != nil {
		return nil, fmt.Errorf("load the objection %s: %w", id, err)
	}
	o := &versioned[api.Objection]{record: record}
	return o, decode(record, &o.body)
}

// changeConclusion loads a conclusion at the caller's version, lets f change it, and stores it with its objection.
func (s *Server) changeConclusion(ctx context.Context, key, id, ifMatch string, request any, action control.Action, f func(*unit, *conclusion) error) (api.DoneJSONResponse, error) {
	return s.command(ctx, key, request, func(u *unit) error {
		c, err := u.conclusion(id)
		if err != nil {
			return err
		}
		if err := u.match(c.record, ifMatch); err != nil {
			return err
		}
		if err := f(u, c); err != nil {
			return err
		}
		return u.storeConclusion(c, action)
	})
}

// storeConclusion stores a conclusion, and the objection when the conclusion's status is another one.
func (u *unit) storeConclusion(c *conclusion, action control.Action) error {
	c.body.Versions = u.book.versions()
	if err := u.put(c.record, c.record.Version, c.body, string(action), conclusionScopes(c.body)); err != nil {
		return err
	}
	if c.objection.body.State.Conclusion == c.body.State.Status {
		return nil
	}
	c.objection.body.State.Conclusion, c.objection.body.Conclusion = c.body.State.Status, c.body.ID
	return u.storeObjection(c.objection, action)
}

// advance moves the conclusion along its life cycle by an action that was allowed, and writes the trail.
func (u *unit) advance(c *conclusion, action control.Action, entry api.TrailEntry) error {
	after, found := c.body.State.After(action)
	if !found {
		return fmt.Errorf("conclusion %s: %s leads nowhere from %q", c.body.ID, action, c.body.State.Status)
	}
	c.body.State = after
	c.body.Trail = append(c.body.Trail, u.turn(action, entry))
	return nil
}

// PostConclusion begins a conclusion on an objection.
func (s *Server) PostConclusion(ctx context.Context, r api.PostConclusionRequestObject) (api.PostConclusionResponseObject, error) {
	d, err := s.command(ctx, r.Params.IdempotencyKey, r, func(u *unit) error { return u.beginConclusion(*r.Body) })
	return api.PostConclusion200JSONResponse{DoneJSONResponse: d}, err
}

func (u *unit) beginConclusion(command api.ConcludeCommand) error {
	const action = control.ActionCreateConclusion
	if !validID(command.ID) {
		return badInput("id")
	}
	o, err := u.objection(command.Objection)
	if err != nil {
		return err
	}
	if err := demand(o.body.State.Conclude(u.caller.actor), action); err != nil {
		return err
	}
	b := &o.body
	c := &conclusion{
		record: store.Record{Kind: kindConclusion, ID: command.ID, Parent: b.Purchase, Owner: b.State.Committee},
		body: api.Conclusion{
			ID: command.ID, Objection: b.ID, ObjectionNumber: b.Number, Notification: b.Notification, NotificationNumber: b.NotificationNumber,
			Purchase: b.Purchase, PurchaseNumber: b.PurchaseNumber, Lot: b.Lot, LotNumber: b.LotNumber, NameKK: b.NameKK, NameRU: b.NameRU,
			Organizer: b.Organizer, AuthorName: u.caller.principal().FullName(), CreatedAt: u.now,
			State: control.Conclusion{
				Author: u.caller.actor.Person, Organization: b.State.Committee, Department: b.State.Department, Recipient: b.State.Organization,
			},
		},
		objection: o,
	}
	if c.body.Number, err = u.number("conclusion", "ҚТ-%d-%04d"); err != nil {
		return err
	}
	if err := u.writeConclusion(c, command.TextKK, command.TextRU, command.Agreer, command.Outcome); err != nil {
		return err
	}
	if err := u.advance(c, action, api.TrailEntry{}); err != nil {
		return err
	}
	if err := u.storeConclusion(c, action); err != nil {
		if errors.Is(err, store.ErrStale) {
			return badInput("id") // an aggregate of this id is there already
		}
		return err
	}
	return nil
}

// writeConclusion sets what the author may edit; text, outcome and agreer may be missing in a draft
//
func (u *unit) writeConclusion(c *conclusion, kk, ru, agreer string, outcome api.ChosenOutcome) error {
	p, err := u.person(agreer, "agreer")
	if err != nil {
		return err
	}
	c.body.AgreerName = ""
	if agreer != "" {
		if err := demand(c.body.State.FitAgreer(p.Actor()), control.ActionSendConclusion); err != nil {
			return err
		}
		c.body.AgreerName = p.FullName()
	}
	s := &c.body.State
	s.TextKK, s.TextRU, s.Agreer, s.Outcome = clean(kk), clean(ru), agreer, control.Outcome(outcome)
	return nil
}

// PostConclusionEdit changes text, outcome and agreer.
func (s *Server) PostConclusionEdit(ctx context.Context, r api.PostConclusionEditRequestObject) (api.PostConclusionEditResponseObject, error) {
	const action = control.ActionEditConclusion
	d, err := s.changeConclusion(ctx, r.Params.IdempotencyKey, r.ID, r.Params.IfMatch, r, action, func(u *unit, c *conclusion) error {
		if err := demand(c.body.State.May(u.caller.actor, action), action); err != nil {
			return err
		}
		return u.writeConclusion(c, r.Body.TextKK, r.Body.TextRU, r.Body.Agreer, r.Body.Outcome)
	})
	return api.PostConclusionEdit200JSONResponse{DoneJSONResponse: d}, err
}

// PostConclusionDelete deletes a draft or a rejected conclusion: the objection has none again.
func (s *Server) PostConclusionDelete(ctx context.Context, r api.PostConclusionDeleteRequestObject) (api.PostConclusionDeleteResponseObject, error) {
	const action = control.ActionDeleteConclusion
	d, err := s.command(ctx, r.Params.IdempotencyKey, r, func(u *unit) error {
		c, err := u.conclusion(r.ID)
		if err != nil {
			return err
		}
		if err := u.match(c.record, r.Params.IfMatch); err != nil {
			return err
		}
		if err := demand(c.body.State.May(u.caller.actor, action), action); err != nil {
			return err
		}
		if err := u.remove(c.record, string(action), conclusionScopes(c.body)); err != nil {
			return err
		}
		c.objection.body.State.Conclusion, c.objection.body.Conclusion = "", ""
		return u.storeObjection(c.objection, action)
	})
	return api.PostConclusionDelete200JSONResponse{DoneJSONResponse: d}, err
}

// PostConclusionSendToAgreement sends it to the agreer with its file.
func (s *Server) PostConclusionSendToAgreement(ctx context.Context, r api.PostConclusionSendToAgreementRequestObject) (api.PostConclusionSendToAgreementResponseObject, error) {
	const action = control.ActionSendConclusion
	d, err := s.changeConclusion(ctx, r.Params.IdempotencyKey, r.ID, r.Params.IfMatch, r, action, func(u *unit, c *conclusion) error {
		agreer, err := u.person(c.body.State.Agreer, "agreer")
		if err != nil {
			return err
		}
		if err := demand(c.body.State.SendToAgreement(u.caller.actor, agreer.Actor()), action); err != nil {
			return err
		}
		if err := u.renderConclusion(c, nil); err != nil {
			return err
		}
		return u.advance(c, action, api.TrailEntry{To: agreer.IIN, ToName: agreer.FullName(), File: c.body.File})
	})
	return api.PostConclusionSendToAgreement200JSONResponse{DoneJSONResponse: d}, err
}

// PostConclusionAgree agrees and passes on.
func (s *Server) PostConclusionAgree(ctx context.Context, r api.PostConclusionAgreeRequestObject) (api.PostConclusionAgreeResponseObject, error) {
	const action = control.ActionAgreeConclusion
	d, err := s.changeConclusion(ctx, r.Params.IdempotencyKey, r.ID, r.Params.IfMatch, r, action, func(u *unit, c *conclusion) error {
		next, err := u.person(r.Body.Next, "next")
		if err != nil {
			return err
		}
		if err := demand(c.body.State.Agree(u.caller.actor, next.Actor()), action); err != nil {
			return err
		}
		c.body.State.Agreer, c.body.AgreerName = next.IIN, next.FullName()
		c.keepPapers(action)
		return u.advance(c, action, api.TrailEntry{To: next.IIN, ToName: next.FullName(), Text: clean(r.Body.Comment)})
	})
	return api.PostConclusionAgree200JSONResponse{DoneJSONResponse: d}, err
}

// keepPapers leaves of the file what an action leaves, as of a notification; one in agreement is not signed.
func (c *conclusion) keepPapers(action control.Action) {
	left := c.body.Papers().After(action, sentFile(c.body.Trail, control.ActionSendConclusion))
	c.body.File, c.body.PreparedBy = left.File, left.Prepared
	if left.Prepared == "" {
		c.body.PreparedAt = time.Time{}
	}
}

// PostConclusionReject rejects with a reason.
func (s *Server) PostConclusionReject(ctx context.Context, r api.PostConclusionRejectRequestObject) (api.PostConclusionRejectResponseObject, error) {
	const action = control.ActionRejectConclusion
	d, err := s.changeConclusion(ctx, r.Params.IdempotencyKey, r.ID, r.Params.IfMatch, r, action, func(u *unit, c *conclusion) error {
		reason := clean(r.Body.Reason)
		if err := demand(c.body.State.Reject(u.caller.actor, reason), action); err != nil {
			return err
		}
		c.keepPapers(action)
		return u.advance(c, action, api.TrailEntry{Text: reason})
	})
	return api.PostConclusionReject200JSONResponse{DoneJSONResponse: d}, err
}

// PostConclusionPrepare makes the final file with the approver's position and name.
func (s *Server) PostConclusionPrepare(ctx context.Context, r api.PostConclusionPrepareRequestObject) (api.PostConclusionPrepareResponseObject, error) {
	d, err := s.changeConclusion(ctx, r.Params.IdempotencyKey, r.ID, r.Params.IfMatch, r, "prepare_conclusion", func(u *unit, c *conclusion) error {
		if err := demand(c.body.State.Approve(u.caller.actor), control.ActionApproveConclusion); err != nil {
			return err
		}
		approver := u.caller.onPaper()
		if err := u.renderConclusion(c, &approver); err != nil {
			return err
		}
		c.body.PreparedBy, c.body.PreparedAt = u.caller.actor.By(), u.now
		return nil
	})
	return api.PostConclusionPrepare200JSONResponse{DoneJSONResponse: d}, err
}

// PostConclusionApprove delivers the conclusion with the signature over exactly the final file;
// objection and notification follow in the same transaction.
func (s *Server) PostConclusionApprove(ctx context.Context, r api.PostConclusionApproveRequestObject) (api.PostConclusionApproveResponseObject, error) {
	const action = control.ActionApproveConclusion
	d, err := s.command(ctx, r.Params.IdempotencyKey, r, func(u *unit) error {
		c, err := u.conclusion(r.ID)
		if err != nil {
			return err
		}
		if err := u.approveConclusion(c, r.Params.IfMatch, *r.Body); err != nil {
			return err
		}
		return u.storeConclusion(c, action)
	})
	return api.PostConclusionApprove200JSONResponse{DoneJSONResponse: d}, err
}

func (u *unit) approveConclusion(c *conclusion, ifMatch string, s api.SignCommand) error {
	const rule, action = "R-5.3", control.ActionApproveConclusion
	if ifMatch == "" {
		return errNoPrecondition
	}
	signature, err := u.handed(c.record, s, c.body.File, c.body.PreparedAt)
	if err != nil {
		return err
	}
	if err := demand(c.body.State.ApproveFile(u.caller.actor, c.body.Papers(), signature.seen), action); err != nil {
		return err
	}
	if err := u.matchSigned(c.record, ifMatch, rule); err != nil {
		return err
	}
	if c.body.Signature, err = u.accept(signature, kindConclusion, c.body.ID, rule); err != nil {
		return err
	}
	c.body.Signer, c.body.SignerName = u.caller.actor.By(), u.caller.me.Person.FullName()
	c.body.SignerForName = u.caller.absentName()
	c.body.Trail = append(c.body.Trail, u.turn(action, api.TrailEntry{File: c.body.File, Signature: c.body.Signature}))
	return u.deliverConclusion(c)
}

// deliverConclusion is for all three: what the conclusion decides, the objection and the
// notification become. The caller stores the conclusion.
func (u *unit) deliverConclusion(c *conclusion) error {
	const action = control.ActionApproveConclusion
	record, err := u.Get(kindNotification, c.body.Notification)
	if err != nil {
		return fmt.Errorf("load the notification: %w", err)
	}
	n := &notification{record: record}
	if err := decode(record, &n.body); err != nil {
		return err
	}
	after, err := u.rules.Conclude(c.body.State, c.objection.body.State, n.body.State, u.now)
	if err != nil {
		return err
	}
	c.body.State, n.body.State = after.Conclusion, after.Notification
	c.objection.body.State, c.objection.body.Conclusion = after.Objection, c.body.ID
	c.objection.body.Trail = append(c.objection.body.Trail, u.turn(action, api.TrailEntry{}))
	if err := u.storeObjection(c.objection, action); err != nil {
		return err
	}
	n.body.Conclusion = c.body.ID
	n.body.Trail = append(n.body.Trail, u.turn(action, api.TrailEntry{}))
	return u.store(n, action)
}

// renderConclusion makes the conclusion's file, once. Without an approver it is the file of the
// agreement, with one the final one.
func (u *unit) renderConclusion(c *conclusion, approver *document.Person) error {
	purchase, err := read[control.Purchase](u.Tx, kindPurchase, c.body.Purchase)
	if err != nil {
		return fmt.Errorf("load the purchase: %w", err)
	}
	lot, found := purchase.Lot(c.body.Lot)
	if !found {
		return fmt.Errorf("conclusion %s: its lot %s is not in the purchase", c.body.ID, c.body.Lot)
	}
	n, err := read[api.Notification](u.Tx, kindNotification, c.body.Notification)
	if err != nil {
		return fmt.Errorf("load the notification: %w", err)
	}
	author, err := u.writer(c.body)
	if err != nil {
		return err
	}
	committee, err := read[api.Organization](u.Tx, kindOrganization, c.body.State.Organization)
	if err != nil {
		return fmt.Errorf("load the committee: %w", err)
	}
	data := document.Conclusion{
		ID: c.body.ID, Number: c.body.Number, PurchaseNumber: purchase.Number, NameKK: purchase.NameKK, NameRU: purchase.NameRU,
		Objection:    document.Reference{Number: c.body.ObjectionNumber, At: c.objection.body.State.FiledAt},
		Notification: document.Reference{Number: n.Number, At: n.State.DeliveredAt},
		Objector:     documentParty(c.body.Organizer), ByCustomer: purchase.Method.ByPlanPoint(),
		Method: string(purchase.Method), Direction: string(n.State.Direction),
		Lot: document.NotifiedLot{
			PlanPoint: purchase.Method.ByPlanPoint(), Number: lot.Number, NameKK: lot.NameKK, NameRU: lot.NameRU, Amount: int64(lot.Amount),
		},
		Department: documentOrganization(committee), TextKK: c.body.State.TextKK, TextRU: c.body.State.TextRU,
		Outcome: string(c.body.State.Outcome), Author: author, Approver: approver, At: u.now, Demo: u.s.store.Demo(),
	}
	pdf, err := document.RenderConclusion(data)
	if err != nil {
		return fmt.Errorf("render conclusion: %w", err)
	}
	c.body.File = digestOf(pdf)
	return u.PutFile(c.body.File, typePDF, pdf, kindConclusion, c.body.ID)
}

// writer is the author as the paper names them: with who wrote it in their place, where that was so
//
func (u *unit) writer(c api.Conclusion) (document.Person, error) {
	author, err := u.person(c.State.Author, "author")
	if err != nil {
		return document.Person{}, err
	}
	principal := documentPerson(author)
	for _, entry := range c.Trail {
		if entry.Action != control.ActionCreateConclusion || entry.For != author.IIN {
			continue
		}
		deputy, err := u.person(entry.Person, "author")
		if err != nil {
			return document.Person{}, err
		}
		written := documentPerson(deputy)
		written.Substituted = &principal
		return written, nil
	}
	return principal, nil
}

// GetConclusion gives one conclusion.
func (s *Server) GetConclusion(ctx context.Context, r api.GetConclusionRequestObject) (api.GetConclusionResponseObject, error) {
	one, err := s.one(ctx, kindConclusion, r.ID)
	return api.GetConclusion200JSONResponse{OneJSONResponse: one}, err
}

// GetConclusions lists the conclusions that the caller may see, by id, page by page.
func (s *Server) GetConclusions(ctx context.Context, r api.GetConclusionsRequestObject) (api.GetConclusionsResponseObject, error) {
	page, err := journal(ctx, s, kindConclusion, r.Params.After, r.Params.Limit, func(c api.Conclusion) bool {
		return r.Params.Status == "" || string(c.State.Status) == r.Params.Status
	})
	return api.GetConclusions200JSONResponse(page), err
}

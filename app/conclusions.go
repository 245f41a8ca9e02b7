package app

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"baqylau/api"
	"baqylau/control"
)

// ConclusionCard is a conclusion with what may be done to it: its journal row and its card.
type ConclusionCard struct {
	Conclusion                                            api.Conclusion
	Version                                               int64
	Edit, Delete, SendToAgreement, Agree, Reject, Approve control.Verdict
	Unsent                                                bool // something typed on this machine has not reached the centre
}

// Conclusions lists what I may see of them, newest first, with drafts that only this
// machine has.
func (d *Desk) Conclusions() ([]ConclusionCard, error) {
	all, err := mirroredAll[api.Conclusion](d, api.ObjectKindConclusion)
	if err != nil {
		return nil, err
	}
	unsent, err := d.unsent(api.ObjectKindConclusion)
	if err != nil {
		return nil, err
	}
	cards := make([]ConclusionCard, 0, len(all))
	for _, c := range all {
		card := d.conclusionCard(c)
		_, card.Unsent = unsent[c.Body.ID]
		delete(unsent, c.Body.ID)
		cards = append(cards, card)
	}
	for _, form := range unsent {
		card, known, err := d.unsentConclusion(form)
		if err != nil {
			return nil, err
		}
		if known {
			cards = append(cards, card)
		}
	}
	slices.SortFunc(cards, func(a, b ConclusionCard) int {
		return cmp.Or(b.Conclusion.CreatedAt.Compare(a.Conclusion.CreatedAt), cmp.Compare(b.Conclusion.ID, a.Conclusion.ID))
	})
	return cards, nil
}

// Conclusion shows one. [ErrGone] when neither the mirror nor a draft has it.
func (d *Desk) Conclusion(id string) (ConclusionCard, error) {
	c, found, err := mirroredOne[api.Conclusion](d, api.ObjectKindConclusion, id)
	if err != nil {
		return ConclusionCard{}, err
	}
	unsent, err := d.unsent(api.ObjectKindConclusion)
	if err != nil {
		return ConclusionCard{}, err
	}
	form, typed := unsent[id]
	switch {
	case found:
		card := d.conclusionCard(c)
		card.Unsent = typed
		return card, nil
	case !typed:
		return ConclusionCard{}, ErrGone
	}
	card, known, err := d.unsentConclusion(form)
	if err == nil {
		err = missing(known)
	}
	return card, err
}

func (d *Desk) conclusionCard(c Versioned[api.Conclusion]) ConclusionCard {
	a, s := d.Actor(), &c.Body.State
	may := func(action control.Action) control.Verdict { return s.May(a, action) }
	return ConclusionCard{
		Conclusion: c.Body, Version: c.Version,
		Edit: may(control.ActionEditConclusion), Delete: may(control.ActionDeleteConclusion),
		SendToAgreement: may(control.ActionSendConclusion), Agree: may(control.ActionAgreeConclusion),
		Reject: may(control.ActionRejectConclusion), Approve: s.Approve(a),
	}
}

// unsentConclusion shows a form that the centre has not got: without a number.
func (d *Desk) unsentConclusion(f Form) (ConclusionCard, bool, error) {
	o, found, err := mirroredOne[api.Objection](d, api.ObjectKindObjection, f.Objection)
	if err != nil || !found {
		return ConclusionCard{}, false, err
	}
	draft, _, err := d.store.Draft(draftConclusion, f.ID)
	if err != nil {
		return ConclusionCard{}, false, err
	}
	on, me := o.Body, d.Principal()
	card := d.conclusionCard(Versioned[api.Conclusion]{Body: api.Conclusion{
		ID: f.ID, Objection: on.ID, ObjectionNumber: on.Number, Notification: on.Notification, NotificationNumber: on.NotificationNumber,
		Purchase: on.Purchase, PurchaseNumber: on.PurchaseNumber, Lot: on.Lot, LotNumber: on.LotNumber, NameKK: on.NameKK, NameRU: on.NameRU,
		Organizer: on.Organizer, AuthorName: me.FullName(), CreatedAt: draft.Saved,
		State: control.Conclusion{
			Status: control.ConclusionDraft, Outcome: f.Text.Outcome, Author: me.IIN, Organization: me.Organization,
			Department: on.State.Department, Recipient: on.State.Organization, Agreer: f.Text.Agreer, TextKK: f.Text.KK, TextRU: f.Text.RU,
		},
	}})
	card.Unsent = true
	return card, true, nil
}

func conclusionText(c api.Conclusion) Text {
	s := &c.State
	return Text{KK: s.TextKK, RU: s.TextRU, Agreer: s.Agreer, Outcome: s.Outcome}
}

// NewConclusion begins a conclusion on an objection, or takes up the draft that was begun on it.
// [Desk.SaveForm] and [Desk.SendToAgreement] take it from there, as a notification.
func (d *Desk) NewConclusion(objection string) (Form, error) {
	return d.newForm(Form{Objection: objection, New: true})
}

// ConclusionForm takes up a conclusion to change it: with what was typed and not sent, if anything.
func (d *Desk) ConclusionForm(id string) (Form, error) {
	if f, typed, err := d.typed(api.ObjectKindConclusion, id); err != nil || typed {
		return f, err
	}
	c, found, err := mirroredOne[api.Conclusion](d, api.ObjectKindConclusion, id)
	if err != nil || !found {
		return Form{}, errors.Join(err, missing(found))
	}
	text := conclusionText(c.Body)
	return Form{ID: id, Objection: c.Body.Objection, Base: c.Version, Text: text, Was: text}, nil
}

// DeleteConclusion deletes a draft or a rejected one, and what is typed of it.
func (d *Desk) DeleteConclusion(ctx context.Context, id string) error {
	return d.remove(ctx, id, control.ActionDeleteConclusion)
}

// AgreeConclusion agrees and passes it on to the next agreer.
func (d *Desk) AgreeConclusion(ctx context.Context, id, next, comment string) error {
	return d.act(ctx, id, control.ActionAgreeConclusion, api.AgreeCommand{Next: next, Comment: comment})
}

// RejectConclusion rejects it with a reason.
func (d *Desk) RejectConclusion(ctx context.Context, id, reason string) error {
	return d.act(ctx, id, control.ActionRejectConclusion, api.RejectCommand{Reason: reason})
}

// PrepareConclusion has the centre make the final file of a conclusion with my position and name;
// [Desk.SignPapers] approves and delivers it.
func (d *Desk) PrepareConclusion(ctx context.Context, id string) (Paper, error) {
	const kind = api.ObjectKindConclusion
	return d.prepare(ctx, kind, id, "command.prepare_conclusion", func() (Paper, control.Papers, error) {
		c, found, err := mirroredOne[api.Conclusion](d, kind, id)
		p := Paper{Kind: kind, ID: id, Number: c.Body.Number, Title: c.Body.LotNumber, Version: c.Version, Digest: c.Body.File}
		return p, c.Body.Papers(), errors.Join(err, missing(found))
	})
}

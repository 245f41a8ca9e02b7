package app

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/google/uuid"

	"baqylau/api"
	"baqylau/control"
	"baqylau/localstore"
)

// Text is what the author of a notification or of a conclusion writes.
type Text struct {
	KK      string          `json:"kk"`
	RU      string          `json:"ru"`
	Agreer  string          `json:"agreer"`            // person; empty while not chosen
	Outcome control.Outcome `json:"outcome,omitempty"` // of a conclusion; empty while not chosen
}

// Form is a notification or a conclusion in the making: a new one, or one that its author changes.
type Form struct {
	ID        string            `json:"id"`
	Objection string            `json:"objection,omitempty"` // that a conclusion is on; empty in a notification
	Purchase  string            `json:"purchase,omitempty"`  // of a notification, as lot and direction
	Lot       string            `json:"lot,omitempty"`
	Direction control.Direction `json:"direction,omitempty"`
	Text      Text              `json:"text"`
	New       bool              `json:"new"`  // the centre has not got it yet
	Base      int64             `json:"base"` // the version that it was written over
	Was       Text              `json:"was"`  // the text at that version
	Trail     Trail             `json:"trail,omitzero"`

	// Theirs is the centre's text where it has changed since what is written was begun and the two can't
	// be merged: saving is refused until a person decides, see [Form.Conflict] and [Desk.Decide].
	// Else nil.
	Theirs  *Text `json:"-"`
	version int64 // of Theirs
}

// kind is what the form makes; its drafts go by the same name.
func (f Form) kind() api.ObjectKind {
	if f.Objection != "" {
		return api.ObjectKindConclusion
	}
	return api.ObjectKindNotification
}

// ownStep is what a command of this desk made of a notification or a conclusion, or a text of others that
// it merged what was written here with.
type ownStep struct {
	from, to int64
	text     Text
	theirs   bool
}

func textOf(n api.Notification) Text {
	return Text{KK: n.State.TextKK, RU: n.State.TextRU, Agreer: n.State.Agreer}
}

// written is the text of a notification or a conclusion as it is mirrored.
func (d *Desk) written(kind api.ObjectKind, id string) (v Versioned[Text], found bool, err error) {
	if kind == api.ObjectKindConclusion {
		c, found, err := mirroredOne[api.Conclusion](d, kind, id)
		return Versioned[Text]{Version: c.Version, Body: conclusionText(c.Body)}, found, err
	}
	n, found, err := mirroredOne[api.Notification](d, kind, id)
	return Versioned[Text]{Version: n.Version, Body: textOf(n.Body)}, found, err
}

// Present brings a form to what is mirrored now: it follows this desk's own commands, and takes in what
// others changed in the fields that it leaves alone. [Form.Theirs] tells of a text that it can't be merged
// with; then nothing of the form is touched.
func (d *Desk) Present(f Form) (Form, error) {
	f, f.Theirs = d.lift(f), nil
	theirs, found, err := d.written(f.kind(), f.ID)
	if err != nil || !found {
		return f, err
	}
	now := theirs.Body
	if f.New { // it has arrived, and its answer has not
		f.New = false
		if f.Base = 1; theirs.Version == f.Base { // what arrived is what was written here
			f.Was = now
		}
	}
	if theirs.Version <= f.Base {
		return f, nil
	}
	merged, clashes := merge(f.Was, f.Text, now)
	if len(clashes) > 0 {
		f.Theirs, f.version = &now, theirs.Version
		return f, nil
	}
	d.step(f.ID, ownStep{from: f.Base, to: theirs.Version, text: now, theirs: true})
	return f.over(merged, theirs.Version, now), nil
}

// over has a text in the form that was written over a version of the centre's.
func (f Form) over(text Text, version int64, was Text) Form {
	f = f.Write(text)
	f.Base, f.Was = version, was
	return f
}

// lift raises the base over what this desk's own commands made of it.
func (d *Desk) lift(f Form) Form {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, step := range d.own[f.ID] {
		if step.from != f.Base {
			continue
		}
		text := f.Text
		if step.theirs {
			merged, clashes := merge(f.Was, f.Text, step.text)
			if len(clashes) > 0 { // written since it was merged
				return f
			}
			text = merged
		}
		f.New = false
		f = f.over(text, step.to, step.text)
	}
	return f
}

// step remembers what was made of what was written over a version.
func (d *Desk) step(id string, s ownStep) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.Contains(d.own[id], s) {
		d.own[id] = append(d.own[id], s)
	}
}

// NewForm begins a notification on a lot, or takes up the draft that was begun on it.
func (d *Desk) NewForm(purchase, lot string, direction control.Direction) (Form, error) {
	return d.newForm(Form{Purchase: purchase, Lot: lot, Direction: direction, New: true})
}

// newForm takes up the draft that was begun on the same, or begins one.
func (d *Desk) newForm(fresh Form) (Form, error) {
	unsent, err := d.unsent(fresh.kind())
	if err != nil {
		return Form{}, err
	}
	for _, f := range unsent {
		if f.New && f.Lot == fresh.Lot && f.Direction == fresh.Direction && f.Objection == fresh.Objection {
			return f, nil
		}
	}
	id, err := uuid.NewV7()
	fresh.ID = id.String()
	return fresh, err
}

// Form takes up a notification to change it: with what was typed and not sent, if anything.
func (d *Desk) Form(id string) (Form, error) {
	if f, typed, err := d.typed(api.ObjectKindNotification, id); err != nil || typed {
		return f, err
	}
	n, found, err := mirroredOne[api.Notification](d, api.ObjectKindNotification, id)
	if err != nil || !found {
		return Form{}, errors.Join(err, missing(found))
	}
	text := textOf(n.Body)
	return Form{
		ID: id, Purchase: n.Body.Purchase, Lot: n.Body.Lot, Direction: n.Body.State.Direction, Base: n.Version, Text: text, Was: text,
	}, nil
}

// typed takes up what was typed and not sent of something, if anything.
func (d *Desk) typed(kind api.ObjectKind, id string) (f Form, typed bool, err error) {
	draft, typed, err := d.store.Draft(string(kind), id)
	if err != nil || !typed {
		return f, false, err
	}
	if err := json.Unmarshal(draft.Body, &f); err != nil {
		return Form{}, false, err
	}
	f, err = d.Present(f)
	return f, true, err
}

// KeepForm keeps what is typed on this machine.
func (d *Desk) KeepForm(f Form) error {
	draft, err := formDraft(d.lift(f))
	if err != nil {
		return err
	}
	d.typing.Lock()
	defer d.typing.Unlock()
	return d.store.SaveDraft(draft)
}

// DropForm throws away what was typed and not sent.
func (d *Desk) DropForm(id string) error {
	d.typing.Lock()
	defer d.typing.Unlock()
	return errors.Join(d.forget(draftNotification, id), d.forget(draftConclusion, id))
}

// forget drops a draft with its history. The caller holds typing.
func (d *Desk) forget(kind, id string) error {
	return errors.Join(d.store.DropDraft(kind, id), d.store.ForgetHistory(kind, id))
}

func formDraft(f Form) (localstore.Draft, error) {
	body, err := json.Marshal(f)
	return localstore.Draft{Kind: string(f.kind()), ID: f.ID, Base: f.Base, Body: body}, err
}

// SaveForm sends what was written to the centre, which gives a new one its number. Without
// the centre it is kept and sent later: [ErrQueued]. What others changed meanwhile is merged with it where
// that can be; else the centre refuses what was written over an older text, and what was written stays a
// draft: see [Form.Theirs].
//
// Sending to agreement that waits behind what was saved before waits behind this.
func (d *Desk) SaveForm(ctx context.Context, f Form) error {
	return d.saveMerged(ctx, f, waitsToBeAgreed)
}

// waitsToBeAgreed says whether a command sends what was written to agreement, and nothing hinders it.
func waitsToBeAgreed(c localstore.Command) bool {
	return c.State == localstore.Queued &&
		(c.Path == steps[control.ActionSendToAgreement].path(c.Aggregate) || c.Path == steps[control.ActionSendConclusion].path(c.Aggregate))
}

// saveMerged saves the form with what was written elsewhere meanwhile, as far as the two are disjoint.
func (d *Desk) saveMerged(ctx context.Context, f Form, stays func(localstore.Command) bool) error {
	f, err := d.Present(f)
	for range mergesMost {
		if err != nil {
			return err
		}
		err = d.saveForm(ctx, f, stays)
		if !Overtaken(err) || f.Theirs != nil {
			return err
		}
		before, refused := f.Base, err
		if f, err = d.Present(f); err == nil && (f.Theirs != nil || f.Base == before) {
			return refused
		}
	}
	return err
}

// Overtaken says whether the centre refused what was written over an older version.
func Overtaken(err error) bool {
	var p api.Problem
	return errors.As(err, &p) && p.Reason == reasonStale
}

func (d *Desk) saveForm(ctx context.Context, f Form, stays func(localstore.Command) bool) error {
	draft, err := formDraft(f)
	if err != nil {
		return err
	}
	return d.doInstead(ctx, f.ID, stays, func(under []localstore.Command) command {
		if len(under) > 0 { // what is under way may have arrived: this one changes what it makes
			f.New, f.Base = false, under[len(under)-1].Base
		}
		return formCommand(f, draft)
	})
}

func formCommand(f Form, draft localstore.Draft) command {
	c := command{aggregate: f.ID, base: f.Base, path: commandPath(collection(f.kind()), f.ID, stepEdit), draft: &draft}
	if f.New {
		c.base, c.path = 0, "/v1/"+collection(f.kind())
	}
	t := f.Text
	switch outcome := api.ChosenOutcome(t.Outcome); {
	case f.Objection == "" && f.New:
		c.after, c.label = pageAggregate+pageID(f.Purchase, f.Direction), "command.create" // asks for the marks
		c.body = api.CreateCommand{
			ID: f.ID, Purchase: f.Purchase, Lot: f.Lot, Direction: f.Direction, TextKK: t.KK, TextRU: t.RU, Agreer: t.Agreer,
		}
	case f.Objection == "":
		c.label, c.body = "command.edit", api.EditCommand{TextKK: t.KK, TextRU: t.RU, Agreer: t.Agreer}
	case f.New:
		c.label = "command.create_conclusion"
		c.body = api.ConcludeCommand{ID: f.ID, Objection: f.Objection, Outcome: outcome, TextKK: t.KK, TextRU: t.RU, Agreer: t.Agreer}
	default:
		c.label = "command.edit_conclusion"
		c.body = api.EditConclusionCommand{Outcome: outcome, TextKK: t.KK, TextRU: t.RU, Agreer: t.Agreer}
	}
	return c
}

// withdraw takes the commands of an aggregate that have not been sent out of the outbox; it gives those that
// have been, of which nobody knows yet whether they have arrived.
func (d *Desk) withdraw(id string) (under []localstore.Command, err error) {
	d.syncing.Lock() // nothing is sent meanwhile
	defer d.syncing.Unlock()
	under, waiting, err := d.sentAndNot(id)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(waiting))
	for i, c := range waiting {
		ids[i] = c.ID
	}
	return under, d.store.Remove(ids...)
}

// SendToAgreement saves the form and sends it to its agreer.
func (d *Desk) SendToAgreement(ctx context.Context, f Form) error {
	action := control.ActionSendToAgreement
	if f.Objection != "" {
		action = control.ActionSendConclusion
	}
	err := d.saveMerged(ctx, f, none) // what waited to be sent is sent by this
	switch {
	case err == nil:
		return d.act(ctx, f.ID, action, nil)
	case errors.Is(err, ErrQueued):
		return d.behind(ctx, f.ID, action)
	default:
		return err
	}
}

// behind queues an action behind what waits for the same aggregate; accepting that moves it to the
// version that it made.
func (d *Desk) behind(ctx context.Context, id string, action control.Action) error {
	outbox, err := d.store.Outbox()
	if err != nil {
		return err
	}
	waits, base := false, int64(0)
	for _, c := range outbox {
		if c.Aggregate == id {
			waits, base = true, c.Base
		}
	}
	if !waits { // it has arrived since
		return d.act(ctx, id, action, nil)
	}
	return d.do(ctx, command{aggregate: id, base: base, path: steps[action].path(id), label: "command." + string(action)})
}

// Delete deletes a draft or a rejected notification, and what is typed of it; one that has
// not left this machine goes with what waits of it.
func (d *Desk) Delete(ctx context.Context, id string) error {
	return d.remove(ctx, id, control.ActionDelete)
}

func (d *Desk) remove(ctx context.Context, id string, action control.Action) error {
	under, err := d.withdraw(id)
	if err != nil {
		return err
	}
	_, arrived, err := d.store.Object(string(steps[action].kind), id)
	switch {
	case err != nil:
	case len(under) > 0: // it may have arrived: if so, it is deleted there
		err = d.behind(ctx, id, action)
	case arrived:
		err = d.act(ctx, id, action, nil)
	}
	if err != nil && !errors.Is(err, ErrQueued) {
		return err
	}
	return errors.Join(err, d.DropForm(id))
}

// Agree agrees and passes it on to the next agreer.
func (d *Desk) Agree(ctx context.Context, id, next, comment string) error {
	return d.act(ctx, id, control.ActionAgree, api.AgreeCommand{Next: next, Comment: comment})
}

// Reject rejects it with a reason.
func (d *Desk) Reject(ctx context.Context, id, reason string) error {
	return d.act(ctx, id, control.ActionReject, api.RejectCommand{Reason: reason})
}

// Recall takes it back to a draft.
func (d *Desk) Recall(ctx context.Context, id string) error {
	return d.act(ctx, id, control.ActionRecall, nil)
}

// Acknowledge says that the audit object has opened it.
func (d *Desk) Acknowledge(ctx context.Context, id string) error {
	return d.act(ctx, id, control.ActionAcknowledge, nil)
}

package app

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/google/uuid"

	"baqylau/api"
	"baqylau/control"
	"baqylau/localstore"
)

// Text is what the author of a notification writes.
type Text struct {
	KK     string `json:"kk"`
	RU     string `json:"ru"`
	Agreer string `json:"agreer"` // person; empty while not chosen
}

// Form is a notification in the making: a new one, or one that its author changes.
type Form struct {
	ID        string            `json:"id"`
	Purchase  string            `json:"purchase"`
	Lot       string            `json:"lot"`
	Direction control.Direction `json:"direction"`
	Text      Text              `json:"text"`
	New       bool              `json:"new"`  // the centre has not got it yet
	Base      int64             `json:"base"` // the version that it was written over
	Was       Text              `json:"was"`  // the text at that version

	// Theirs is the centre's text where it has changed since what is written was begun: saving
	// is refused until one of the two is chosen, see [Form.KeepMine] and [Form.TakeTheirs]. Else nil.
	Theirs  *Text `json:"-"`
	version int64 // of Theirs
}

// ownStep is what a command of this desk made of a notification.
type ownStep struct {
	from, to int64
	text     Text
}

// KeepMine keeps what is written here over what the centre has.
func (f Form) KeepMine() Form {
	if f.Theirs != nil {
		f.Base, f.Was, f.Theirs = f.version, *f.Theirs, nil
	}
	return f
}

// TakeTheirs takes the centre's text in place of what is written here.
func (f Form) TakeTheirs() Form {
	if f.Theirs != nil {
		f.Text = *f.Theirs
	}
	return f.KeepMine()
}

func textOf(n api.Notification) Text {
	return Text{KK: n.State.TextKK, RU: n.State.TextRU, Agreer: n.State.Agreer}
}

// Present brings a form to what is mirrored now, without touching its text: it follows this desk's own
// commands, and versions that left the text as it was; [Form.Theirs] tells of a text that did change.
func (d *Desk) Present(f Form) (Form, error) {
	f, f.Theirs = d.lift(f), nil
	n, found, err := mirroredOne[api.Notification](d, api.ObjectKindNotification, f.ID)
	if err != nil || !found {
		return f, err
	}
	now := textOf(n.Body)
	if f.New { // it has arrived, and its answer has not
		f.New = false
		if f.Base = 1; n.Version == f.Base { // what arrived is what was written here
			f.Was = now
		}
	}
	switch {
	case n.Version <= f.Base:
	case now == f.Was, now == f.Text:
		f.Base, f.Was = n.Version, now
	default:
		f.Theirs, f.version = &now, n.Version
	}
	return f, nil
}

// lift raises the base over what this desk's own commands made of it.
func (d *Desk) lift(f Form) Form {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, step := range d.own[f.ID] {
		if step.from == f.Base {
			f.New, f.Base, f.Was = false, step.to, step.text
		}
	}
	return f
}

// NewForm begins a notification on a lot, or takes up the draft that was begun on it.
func (d *Desk) NewForm(purchase, lot string, direction control.Direction) (Form, error) {
	drafts, err := d.store.Drafts(draftNotification)
	if err != nil {
		return Form{}, err
	}
	for _, draft := range drafts {
		var f Form
		if err := json.Unmarshal(draft.Body, &f); err != nil {
			return Form{}, err
		}
		if f.New && f.Lot == lot && f.Direction == direction {
			return f, nil
		}
	}
	id, err := uuid.NewV7()
	return Form{ID: id.String(), Purchase: purchase, Lot: lot, Direction: direction, New: true}, err
}

// Form takes up a notification to change it: with what was typed and not sent, if anything.
func (d *Desk) Form(id string) (Form, error) {
	n, found, err := mirroredOne[api.Notification](d, api.ObjectKindNotification, id)
	if err != nil {
		return Form{}, err
	}
	draft, typed, err := d.store.Draft(draftNotification, id)
	if err != nil {
		return Form{}, err
	}
	var f Form
	switch {
	case typed:
		if err := json.Unmarshal(draft.Body, &f); err != nil {
			return Form{}, err
		}
		return d.Present(f)
	case found:
		text := textOf(n.Body)
		return Form{
			ID: id, Purchase: n.Body.Purchase, Lot: n.Body.Lot, Direction: n.Body.State.Direction, Base: n.Version,
			Text: text, Was: text,
		}, nil
	default:
		return Form{}, ErrGone
	}
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
	return d.store.DropDraft(draftNotification, id)
}

func formDraft(f Form) (localstore.Draft, error) {
	body, err := json.Marshal(f)
	return localstore.Draft{Kind: draftNotification, ID: f.ID, Base: f.Base, Body: body}, err
}

// SaveForm sends what was written to the centre, which gives a new one its number. Without
// the centre it is kept and sent later: [ErrQueued]. The centre refuses what was written over an older
// text, and what was written stays a draft: see [Form.Theirs].
func (d *Desk) SaveForm(ctx context.Context, f Form) error {
	f, err := d.Present(f)
	if err != nil {
		return err
	}
	draft, err := formDraft(f)
	if err != nil {
		return err
	}
	d.syncing.Lock() // nothing is sent while it is rewritten
	under, err := d.withdraw(f.ID)
	d.syncing.Unlock()
	if err != nil {
		return err
	}
	if len(under) > 0 { // what is under way may have arrived: this one changes what it makes
		f.New, f.Base = false, under[len(under)-1].Base
	}
	return d.do(ctx, formCommand(f, draft))
}

func formCommand(f Form, draft localstore.Draft) command {
	if f.New {
		return command{
			aggregate: f.ID, path: pathCreate, label: "command.create", draft: &draft,
			body: api.CreateCommand{
				ID: f.ID, Purchase: f.Purchase, Lot: f.Lot, Direction: f.Direction,
				TextKK: f.Text.KK, TextRU: f.Text.RU, Agreer: f.Text.Agreer,
			},
		}
	}
	return command{
		aggregate: f.ID, base: f.Base, path: commandPath("notifications", f.ID, "edit"), label: "command.edit", draft: &draft,
		body: api.EditCommand{TextKK: f.Text.KK, TextRU: f.Text.RU, Agreer: f.Text.Agreer},
	}
}

// withdraw takes the commands of a notification that have not been sent out of the outbox, for what
// is written now to take their place; it gives those that have been sent, of which nobody knows yet
// whether they have arrived. The caller holds syncing.
func (d *Desk) withdraw(id string) (under []localstore.Command, err error) {
	outbox, err := d.store.Outbox()
	if err != nil {
		return nil, err
	}
	for _, c := range outbox {
		switch {
		case c.Aggregate != id:
		case c.State == localstore.Sent:
			under = append(under, c)
		default:
			if err := d.store.Remove(c.ID); err != nil {
				return nil, err
			}
		}
	}
	return under, nil
}

// SendToAgreement saves the form and sends it to its agreer.
func (d *Desk) SendToAgreement(ctx context.Context, f Form) error {
	err := d.SaveForm(ctx, f)
	switch {
	case err == nil:
		return d.notify(ctx, f.ID, control.ActionSendToAgreement, nil)
	case errors.Is(err, ErrQueued):
		return d.behind(ctx, f.ID, control.ActionSendToAgreement)
	default:
		return err
	}
}

// behind queues an action behind what waits for the same notification; accepting that moves it to the
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
		return d.notify(ctx, id, action, nil)
	}
	return d.do(ctx, command{
		aggregate: id, base: base, path: commandPath("notifications", id, notificationPaths[action]), label: "command." + string(action),
	})
}

// paths of the commands on a notification.
var notificationPaths = map[control.Action]string{
	control.ActionDelete: "delete", control.ActionSendToAgreement: "send-to-agreement", control.ActionAgree: "agree",
	control.ActionReject: "reject", control.ActionRecall: "recall", control.ActionAcknowledge: "acknowledge",
	control.ActionBegin: "begin", control.ActionConfirm: "confirm", control.ActionRefuseConfirmation: "refuse-confirmation",
}

// notify does an action to a notification as it is mirrored.
func (d *Desk) notify(ctx context.Context, id string, action control.Action, body any) error {
	return d.live(ctx, id, commandPath("notifications", id, notificationPaths[action]), "command."+string(action), body)
}

// Delete deletes a draft or a rejected notification, and what is typed of it; one that has
// not left this machine goes with what waits of it.
func (d *Desk) Delete(ctx context.Context, id string) error {
	d.syncing.Lock()
	under, err := d.withdraw(id)
	d.syncing.Unlock()
	if err != nil {
		return err
	}
	_, arrived, err := d.store.Object(string(api.ObjectKindNotification), id)
	switch {
	case err != nil:
	case len(under) > 0: // it may have arrived: if so, it is deleted there
		err = d.behind(ctx, id, control.ActionDelete)
	case arrived:
		err = d.notify(ctx, id, control.ActionDelete, nil)
	}
	if err != nil && !errors.Is(err, ErrQueued) {
		return err
	}
	return errors.Join(err, d.DropForm(id))
}

// Agree agrees and passes it on to the next agreer.
func (d *Desk) Agree(ctx context.Context, id, next, comment string) error {
	return d.notify(ctx, id, control.ActionAgree, api.AgreeCommand{Next: next, Comment: comment})
}

// Reject rejects it with a reason.
func (d *Desk) Reject(ctx context.Context, id, reason string) error {
	return d.notify(ctx, id, control.ActionReject, api.RejectCommand{Reason: reason})
}

// Recall takes it back to a draft.
func (d *Desk) Recall(ctx context.Context, id string) error {
	return d.notify(ctx, id, control.ActionRecall, nil)
}

// Acknowledge says that the audit object has opened it.
func (d *Desk) Acknowledge(ctx context.Context, id string) error {
	return d.notify(ctx, id, control.ActionAcknowledge, nil)
}

package app

import (
	"encoding/json"

	"baqylau/api"
	"baqylau/control"
	"baqylau/localstore"
)

// Paths of the commands that carry what was typed.
const (
	pathCreate   = "/v1/notifications"
	pathConclude = "/v1/conclusions"
	pathMarks    = "/v1/marks"
)

// settle drops the draft of an accepted command, as far as the draft says what has arrived: what was
// marked since, or refused, stays. Of forms, settleForm has done so.
func (d *Desk) settle(c localstore.Command, refused *BatchError) error {
	d.typing.Lock()
	defer d.typing.Unlock()
	switch id := c.Aggregate; c.Path {
	case pathMarks:
		return d.settleMarks(c, refused)
	case steps[control.ActionDelete].path(id):
		return d.forget(draftNotification, id)
	case steps[control.ActionDeleteConclusion].path(id):
		return d.forget(draftConclusion, id)
	default:
		return nil
	}
}

// formOfCommand is the kind of the form that a command carries; empty for another command.
func formOfCommand(c localstore.Command) string {
	switch id := c.Aggregate; c.Path {
	case pathCreate, step{api.ObjectKindNotification, stepEdit}.path(id):
		return draftNotification
	case pathConclude, step{api.ObjectKindConclusion, stepEdit}.path(id):
		return draftConclusion
	default:
		return ""
	}
}

// settleForm has an outcome drop the draft of an accepted form that says what has arrived; what was typed
// since stays. It also remembers which version came of what was written over which: who goes on typing wrote
// over that.
func (d *Desk) settleForm(c localstore.Command, o *localstore.Outcome) error {
	kind := formOfCommand(c)
	if kind == "" {
		return nil
	}
	arrived, err := sentText(c)
	if err != nil {
		return err
	}
	if o.Version > c.Base {
		d.step(c.Aggregate, ownStep{from: c.Base, to: o.Version, text: arrived})
	}
	draft, found, err := d.store.Draft(kind, c.Aggregate)
	if err != nil || !found {
		return err
	}
	var typed Form
	if err := json.Unmarshal(draft.Body, &typed); err != nil {
		return err
	}
	if typed.Text == arrived {
		o.Drop = &localstore.Ref{Kind: kind, ID: c.Aggregate}
		return nil
	}
	if draft, err = formDraft(d.lift(typed)); err != nil {
		return err
	}
	o.Keep = &draft
	return nil
}

// sentText is the text that a command carries.
func sentText(c localstore.Command) (Text, error) {
	var sent api.EditConclusionCommand // what creates carries the same, and a notification no outcome
	err := json.Unmarshal(c.Body, &sent)
	return Text{KK: sent.TextKK, RU: sent.TextRU, Agreer: sent.Agreer, Outcome: control.Outcome(sent.Outcome)}, err
}

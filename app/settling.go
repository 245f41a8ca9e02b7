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
// typed since, or refused, stays. version is the aggregate's since then.
func (d *Desk) settle(c localstore.Command, version int64, refused *BatchError) error {
	d.typing.Lock()
	defer d.typing.Unlock()
	switch id := c.Aggregate; c.Path {
	case pathMarks:
		return d.settleMarks(c, refused)
	case pathCreate, step{api.ObjectKindNotification, stepEdit}.path(id):
		return d.settleForm(draftNotification, c, version)
	case pathConclude, step{api.ObjectKindConclusion, stepEdit}.path(id):
		return d.settleForm(draftConclusion, c, version)
	case steps[control.ActionDelete].path(id):
		return d.forget(draftNotification, id)
	case steps[control.ActionDeleteConclusion].path(id):
		return d.forget(draftConclusion, id)
	default:
		return nil
	}
}

// settleForm also remembers which version came of what was written over which: who goes on typing
// wrote over that.
func (d *Desk) settleForm(kind string, c localstore.Command, version int64) error {
	arrived, err := sentText(c)
	if err != nil {
		return err
	}
	if version > c.Base {
		d.step(c.Aggregate, ownStep{from: c.Base, to: version, text: arrived})
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
		return d.store.DropDraft(kind, c.Aggregate)
	}
	if draft, err = formDraft(d.lift(typed)); err != nil {
		return err
	}
	return d.store.SaveDraft(draft)
}

// sentText is the text that a command carries.
func sentText(c localstore.Command) (Text, error) {
	var sent api.EditConclusionCommand // what creates carries the same, and a notification no outcome
	err := json.Unmarshal(c.Body, &sent)
	return Text{KK: sent.TextKK, RU: sent.TextRU, Agreer: sent.Agreer, Outcome: control.Outcome(sent.Outcome)}, err
}

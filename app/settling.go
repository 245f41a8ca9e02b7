package app

import (
	"encoding/json"

	"baqylau/api"
	"baqylau/localstore"
)

// Paths of the commands that carry what was typed.
const (
	pathCreate = "/v1/notifications"
	pathMarks  = "/v1/marks"
)

// settle drops the draft of an accepted command, as far as the draft says what has arrived: what was
// typed since, or refused, stays. version is the aggregate's since then.
func (d *Desk) settle(c localstore.Command, version int64, refused *BatchError) error {
	d.typing.Lock()
	defer d.typing.Unlock()
	switch {
	case c.Path == pathMarks:
		return d.settleMarks(c, refused)
	case c.Path == pathCreate, c.Path == commandPath("notifications", c.Aggregate, "edit"):
		return d.settleForm(c, version)
	case c.Path == commandPath("notifications", c.Aggregate, "delete"):
		return d.store.DropDraft(draftNotification, c.Aggregate)
	default:
		return nil
	}
}

// settleForm also remembers which version came of what was written over which: who goes on typing
// wrote over that.
func (d *Desk) settleForm(c localstore.Command, version int64) error {
	var sent api.EditCommand // a create carries the same texts
	if err := json.Unmarshal(c.Body, &sent); err != nil {
		return err
	}
	arrived := Text{KK: sent.TextKK, RU: sent.TextRU, Agreer: sent.Agreer}
	if version > c.Base {
		d.mu.Lock()
		d.own[c.Aggregate] = append(d.own[c.Aggregate], ownStep{from: c.Base, to: version, text: arrived})
		d.mu.Unlock()
	}
	draft, found, err := d.store.Draft(draftNotification, c.Aggregate)
	if err != nil || !found {
		return err
	}
	var typed Form
	if err := json.Unmarshal(draft.Body, &typed); err != nil {
		return err
	}
	if typed.Text == arrived {
		return d.store.DropDraft(draftNotification, c.Aggregate)
	}
	if draft, err = formDraft(d.lift(typed)); err != nil {
		return err
	}
	return d.store.SaveDraft(draft)
}

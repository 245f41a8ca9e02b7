package app

import (
	"encoding/json"
	"slices"
	"strings"

	"baqylau/api"
	"baqylau/localstore"
)

// Paths of the commands that carry what was typed.
const (
	pathCreate = "/v1/notifications"
	pathMarks  = "/v1/marks"
)

// settle drops the draft of an accepted command, as far as the draft says what has arrived: what was
// typed since, or refused, stays.
func (d *Desk) settle(c localstore.Command, refused *BatchError) error {
	d.typing.Lock()
	defer d.typing.Unlock()
	switch {
	case c.Path == pathMarks:
		return d.settleMarks(c, refused)
	case c.Path == pathCreate, c.Path == commandPath("notifications", c.Aggregate, "edit"):
		return d.settleForm(c)
	case c.Path == commandPath("notifications", c.Aggregate, "delete"):
		return d.store.DropDraft(draftNotification, c.Aggregate)
	default:
		return nil
	}
}

func (d *Desk) settleForm(c localstore.Command) error {
	draft, found, err := d.store.Draft(draftNotification, c.Aggregate)
	if err != nil || !found {
		return err
	}
	var typed Form
	if err := json.Unmarshal(draft.Body, &typed); err != nil {
		return err
	}
	var sent api.EditCommand // a create carries the same texts
	if err := json.Unmarshal(c.Body, &sent); err != nil {
		return err
	}
	if typed.Text != (Text{KK: sent.TextKK, RU: sent.TextRU, Agreer: sent.Agreer}) {
		return nil
	}
	return d.store.DropDraft(draftNotification, c.Aggregate)
}

func (d *Desk) settleMarks(c localstore.Command, refused *BatchError) error {
	id := strings.TrimPrefix(c.Aggregate, pageAggregate)
	typed, err := d.unsaved(id)
	if err != nil || len(typed.Lots) == 0 {
		return err
	}
	var sent api.MarksCommand
	if err := json.Unmarshal(c.Body, &sent); err != nil {
		return err
	}
	for _, lot := range sent.Lots {
		if !refused.has(lot.Lot) && slices.Equal(typed.Lots[lot.Lot], lot.Marks) {
			delete(typed.Lots, lot.Lot)
		}
	}
	return d.keepMarks(id, typed.Lots)
}

// has says whether a lot of the batch was refused.
func (e *BatchError) has(lot string) bool {
	return e != nil && slices.ContainsFunc(e.Items, func(item api.ItemAnswer) bool { return item.Lot == lot && !item.Done })
}

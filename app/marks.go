package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"baqylau/api"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/localstore"
)

const (
	draftMarks        = "marks"
	draftNotification = string(api.ObjectKindNotification)
	draftConclusion   = string(api.ObjectKindConclusion)

	// pageAggregate begins the name under which a page's marks stand in the outbox.
	pageAggregate = "page "
	// reasonStale is the centre's code for what was written over an older version.
	reasonStale = "stale"
	// mergesMost is how often marks are merged anew when others keep saving theirs meanwhile.
	mergesMost = 3
)

// unsavedMarks is the draft of a page's marks: lot by lot, the cells that were set.
type unsavedMarks struct {
	Lots map[string][]typedMark `json:"lots"`
}

// typedMark is a cell that was set, and what was saved in it when that was begun.
type typedMark struct {
	Mark control.Mark `json:"mark"`
	Was  control.Mark `json:"was"`
}

func pageID(purchase string, direction control.Direction) string {
	return purchase + ":" + string(direction)
}

// lay lays the cells that were set over the lot's saved ones, however these have changed meanwhile.
func (l *DeskLot) lay(typed []typedMark) {
	l.Marks = slices.Clone(l.Saved)
	for _, t := range typed {
		i := slices.IndexFunc(l.Marks, func(m control.Mark) bool { return m.Profile == t.Mark.Profile })
		if i < 0 || l.Saved[i] == t.Mark {
			continue
		}
		l.Marks[i] = t.Mark
		l.Unsaved++
		l.Clash = l.Clash || l.stored[i] != t.Was && l.stored[i] != t.Mark
	}
}

func (d *Desk) unsaved(id string) (u unsavedMarks, err error) {
	u.Lots = map[string][]typedMark{}
	draft, found, err := d.store.Draft(draftMarks, id)
	if err != nil || !found {
		return u, err
	}
	return u, json.Unmarshal(draft.Body, &u)
}

// KeepMarks keeps marks that are not saved yet, so that they survive a crash. lots holds the
// marks of every lot that differs from what is saved. What was kept of other lots is forgotten, unless
// they may no longer be marked; nil forgets everything.
func (d *Desk) KeepMarks(purchase string, direction control.Direction, lots map[string][]control.Mark) error {
	d.typing.Lock()
	defer d.typing.Unlock()
	id := pageID(purchase, direction)
	queued, err := d.queuedMarks(purchase, direction)
	if err != nil {
		return err
	}
	before, err := d.unsaved(id)
	if err != nil {
		return err
	}
	kept := map[string][]typedMark{}
	if lots != nil {
		if kept, err = d.stuckMarks(purchase, direction, before, lots); err != nil {
			return err
		}
	}
	for lot := range queued {
		if _, again := lots[lot]; !again && len(before.Lots[lot]) > 0 {
			kept[lot] = cellsOf(before.Lots[lot], queued[lot])
		}
	}
	for lot, row := range lots {
		stored, _, err := mirroredOne[api.Marks](d, api.ObjectKindMarks, api.MarksID(lot, direction))
		if err != nil {
			return err
		}
		saved, waits := queued[lot]
		if !waits {
			saved = stored.Body.Marks
		}
		if cells := typedCells(row, saved, stored.Body.Marks, before.Lots[lot]); len(cells) > 0 {
			kept[lot] = cells
		}
	}
	return d.keepMarks(id, kept)
}

// cellsOf are the cells of a draft as they were saved: what was set since is forgotten.
func cellsOf(cells []typedMark, saved []control.Mark) []typedMark {
	return slices.DeleteFunc(cells, func(c typedMark) bool { return markOf(saved, c.Mark.Profile) != c.Mark })
}

// typedCells are the cells of a row that differ from the saved ones, and those that are saved here and not
// stored at the centre yet. One that was set before stays begun over what was stored then.
func typedCells(row, saved, stored []control.Mark, before []typedMark) (cells []typedMark) {
	for _, m := range row {
		cell := typedMark{Mark: m, Was: markOf(stored, m.Profile)}
		if cell.Mark == cell.Was && cell.Mark == markOf(saved, m.Profile) {
			continue
		}
		for _, b := range before {
			if b.Mark.Profile == m.Profile {
				cell.Was = b.Was
			}
		}
		cells = append(cells, cell)
	}
	return cells
}

// queuedMarks are the marks of a page that were saved here and have not reached the centre, by lot.
func (d *Desk) queuedMarks(purchase string, direction control.Direction) (map[string][]control.Mark, error) {
	commands, err := d.store.Of(pageAggregate + pageID(purchase, direction))
	if err != nil || len(commands) == 0 {
		return nil, err
	}
	queued := map[string][]control.Mark{}
	for _, c := range commands {
		if c.State != localstore.Queued && c.State != localstore.Sent {
			continue // not taken: they are not saved
		}
		var sent api.MarksCommand
		if err := json.Unmarshal(c.Body, &sent); err != nil {
			return nil, err
		}
		for _, lot := range sent.Lots {
			queued[lot.Lot] = lot.Marks
		}
	}
	return queued, nil
}

// violated are the risk profiles that a form is written on, whether or not they have reached the centre.
func (d *Desk) violated(f Form) ([]int, error) {
	queued, err := d.queuedMarks(f.Purchase, f.Direction)
	if marks, waits := queued[f.Lot]; waits || err != nil {
		return control.Violated(marks), err
	}
	marks, _, err := mirroredOne[api.Marks](d, api.ObjectKindMarks, api.MarksID(f.Lot, f.Direction))
	return control.Violated(marks.Body.Marks), err
}

// laySaved lays the marks that were saved here over what is mirrored of them: the rules are asked about the
// work as I have done it, whether or not it has reached the centre.
func (d *Desk) laySaved(p *control.Purchase, work []control.LotWork) error {
	for _, direction := range p.Method.Directions() {
		queued, err := d.queuedMarks(p.ID, direction)
		if err != nil {
			return err
		}
		for i := range p.Lots {
			if marks, waits := queued[p.Lots[i].ID]; waits {
				in := work[i].In(direction)
				in.Marks, in.MarkedBy = marks, d.Principal().IIN
			}
		}
	}
	return nil
}

func markOf(marks []control.Mark, profile int) control.Mark {
	for _, m := range marks {
		if m.Profile == profile {
			return m
		}
	}
	return control.Mark{Profile: profile}
}

// stuckMarks are what was kept of lots that may no longer be marked: nobody took it back, so it stays.
func (d *Desk) stuckMarks(
	purchase string, direction control.Direction, before unsavedMarks, named map[string][]control.Mark,
) (map[string][]typedMark, error) {
	stuck := map[string][]typedMark{}
	for lot, cells := range before.Lots {
		if _, again := named[lot]; !again {
			stuck[lot] = cells
		}
	}
	if len(stuck) == 0 {
		return stuck, nil
	}
	page, _, err := d.Page(purchase, direction)
	for _, lot := range page.Lots {
		if lot.Mark.Allowed {
			delete(stuck, lot.Lot.ID)
		}
	}
	return stuck, err
}

// keepMarks writes the draft. The caller holds typing.
func (d *Desk) keepMarks(id string, lots map[string][]typedMark) error {
	if len(lots) == 0 {
		return d.store.DropDraft(draftMarks, id)
	}
	body, err := json.Marshal(unsavedMarks{lots})
	if err != nil {
		return err
	}
	return d.store.SaveDraft(localstore.Draft{Kind: draftMarks, ID: id, Body: body})
}

// SaveMarks saves the kept marks of a page: from then on they count. saved counts the marks
// that the centre took. Marks that others saved meanwhile on other cells stay. What is not taken stays
// kept, and the error says why: the rules' [control.Verdict] on a lot that may no longer be marked, an
// [api.Problem] for a cell that was set otherwise elsewhere, the centre's [BatchError], or [ErrQueued].
func (d *Desk) SaveMarks(ctx context.Context, purchase string, direction control.Direction) (saved int, err error) {
	for range mergesMost {
		var n int
		n, err = d.saveMarks(ctx, purchase, direction)
		saved += n
		var batch *BatchError
		if !errors.As(err, &batch) || !batch.stale() {
			break
		}
	}
	return saved, err
}

// saveMarks is one attempt over the marks as they are mirrored.
func (d *Desk) saveMarks(ctx context.Context, purchase string, direction control.Direction) (saved int, err error) {
	page, found, err := d.Page(purchase, direction)
	if err != nil || !found {
		return 0, errors.Join(err, missing(found))
	}
	queued, err := d.queuedMarks(purchase, direction)
	if err != nil {
		return 0, err
	}
	c := api.MarksCommand{Purchase: purchase, Direction: direction}
	cells := map[string]int{} // by lot
	var held error
	for i := range page.Lots {
		lot := &page.Lots[i]
		_, waits := queued[lot.Lot.ID] // its place is taken by what is saved now
		switch {
		case lot.Unsaved == 0 && (!waits || page.Unsaved == 0):
		case !lot.Mark.Allowed:
			held = errors.Join(held, fmt.Errorf("save the marks of lot %s: %w", lot.Lot.Number, lot.Mark))
		case lot.Clash:
			held = errors.Join(held, fmt.Errorf("save the marks of lot %s: %w", lot.Lot.Number, staleMarks(lot.Lot.Number)))
		default:
			c.Lots = append(c.Lots, api.LotMarks{Lot: lot.Lot.ID, Version: lot.Version, Marks: lot.Marks})
			cells[lot.Lot.ID] = lot.Unsaved
		}
	}
	id := pageID(purchase, direction)
	if len(c.Lots) == 0 {
		return 0, held
	}
	err = d.doInstead(ctx, pageAggregate+id, none, func([]localstore.Command) command {
		return command{aggregate: pageAggregate + id, path: pathMarks, body: c, label: "command.marks"}
	})
	var batch *BatchError
	if err != nil && !errors.As(err, &batch) {
		return 0, errors.Join(err, held)
	}
	for lot, n := range cells {
		if !batch.has(lot) {
			saved += n
		}
	}
	return saved, errors.Join(err, held)
}

// staleMarks refuses as the centre would: a cell of the lot was set otherwise elsewhere.
func staleMarks(lot string) api.Problem {
	return api.Problem{
		Type: "urn:baqylau:refusal", Title: reasonStale, Status: http.StatusPreconditionFailed, Reason: reasonStale, Subject: lot,
		DetailKK: assets.KK.T("app.marks_clash", "lot", lot), DetailRU: assets.RU.T("app.marks_clash", "lot", lot),
	}
}

// settleMarks takes what has arrived out of the draft. What was set since was set over that.
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
		if refused.has(lot.Lot) {
			continue
		}
		var left []typedMark
		for _, t := range typed.Lots[lot.Lot] {
			if now := markOf(lot.Marks, t.Mark.Profile); now != t.Mark {
				left = append(left, typedMark{Mark: t.Mark, Was: now})
			}
		}
		if len(left) > 0 {
			typed.Lots[lot.Lot] = left
		} else {
			delete(typed.Lots, lot.Lot)
		}
	}
	return d.keepMarks(id, typed.Lots)
}

// has says whether a lot of the batch was refused.
func (e *BatchError) has(lot string) bool {
	return e != nil && slices.ContainsFunc(e.Items, func(item api.ItemAnswer) bool { return item.ID == lot && !item.Done })
}

// stale says whether something of the batch was written over an older version.
func (e *BatchError) stale() bool {
	return slices.ContainsFunc(e.Items, func(item api.ItemAnswer) bool { return !item.Done && item.Problem.Reason == reasonStale })
}

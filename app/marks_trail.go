package app

import (
	"encoding/json"

	"baqylau/control"
)

// Bounds of what is kept to be taken back of marking; the oldest goes first.
const (
	trailSteps = 200
	TrailCells = 2000 // of all steps together
)

// MarkCell is a cell that a step of marking changed.
type MarkCell struct {
	Lot  string       `json:"lot"`
	From control.Mark `json:"from"`
	To   control.Mark `json:"to"`
}

// MarkTrail is how the marks of a page came to be, step by step, for taking back and doing again.
type MarkTrail struct {
	Done   [][]MarkCell `json:"done,omitempty"`   // the last one is taken back first
	Undone [][]MarkCell `json:"undone,omitempty"` // the last one is done again first
}

// trailName is the preference that a page's trail is kept under: it is no draft, for nothing of it waits.
func trailName(purchase string, direction control.Direction) string {
	return "marks trail " + pageID(purchase, direction)
}

// MarkTrail is the trail of the marks of a page that was kept last.
func (d *Desk) MarkTrail(purchase string, direction control.Direction) (t MarkTrail, err error) {
	body, found, err := d.store.Preference(trailName(purchase, direction))
	if err != nil || !found || len(body) == 0 {
		return MarkTrail{}, err
	}
	return t, json.Unmarshal(body, &t)
}

// KeepMarkTrail keeps the steps of marking, as far as they are not too many, so that they are taken back
// after a restart too. An empty trail forgets them.
func (d *Desk) KeepMarkTrail(purchase string, direction control.Direction, t MarkTrail) error {
	var body []byte
	if t.Done, t.Undone = lastSteps(t.Done), lastSteps(t.Undone); len(t.Done)+len(t.Undone) > 0 {
		var err error
		if body, err = json.Marshal(t); err != nil {
			return err
		}
	}
	return d.store.SetPreference(trailName(purchase, direction), body)
}

// lastSteps are as many of the last steps as the bounds allow.
func lastSteps(steps [][]MarkCell) [][]MarkCell {
	cells := 0
	for i := len(steps) - 1; i >= 0; i-- {
		if cells += len(steps[i]); cells > TrailCells || len(steps)-i > trailSteps {
			return steps[i+1:]
		}
	}
	return steps
}

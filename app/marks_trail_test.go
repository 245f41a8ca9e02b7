package app_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"baqylau/app"
	"baqylau/control"
)

// TestTheStepsOfMarkingOutliveTheProgram: and are bounded.
func TestTheStepsOfMarkingOutliveTheProgram(t *testing.T) {
	h := given(t)
	auditor := h.enter("auditor")
	step := func(lot string, cells int) (step []app.MarkCell) {
		for n := range cells {
			step = append(step, app.MarkCell{Lot: lot, From: control.Mark{Profile: n}, To: control.Mark{Profile: n, Checked: true}})
		}
		return step
	}
	want := app.MarkTrail{Done: [][]app.MarkCell{step("a", 1), step("b", 3)}, Undone: [][]app.MarkCell{step("c", 2)}}
	ok(t, auditor.KeepMarkTrail("p", control.D1, want))
	auditor.leave()
	auditor = h.enter("auditor")
	got, err := auditor.MarkTrail("p", control.D1)
	ok(t, err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if other, err := auditor.MarkTrail("p", control.D2); err != nil || len(other.Done) != 0 {
		t.Errorf("another page has %+v, %v", other, err)
	}
	var many app.MarkTrail
	for n := range 300 {
		many.Done = append(many.Done, step(fmt.Sprint(n), 1))
	}
	many.Undone = [][]app.MarkCell{step("a", 1500), step("b", 1500)}
	ok(t, auditor.KeepMarkTrail("p", control.D1, many))
	got, err = auditor.MarkTrail("p", control.D1)
	ok(t, err)
	if n := len(got.Done); n != 200 || got.Done[n-1][0].Lot != "299" || len(got.Undone) != 1 || got.Undone[0][0].Lot != "b" {
		t.Errorf("kept are %d steps and %d", n, len(got.Undone))
	}
	ok(t, auditor.KeepMarkTrail("p", control.D1, app.MarkTrail{}))
	if got, err = auditor.MarkTrail("p", control.D1); err != nil || len(got.Done)+len(got.Undone) != 0 {
		t.Errorf("forgotten, it is %+v, %v", got, err)
	}
}

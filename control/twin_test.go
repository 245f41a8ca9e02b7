package control_test

import (
	"testing"

	"baqylau/control"
)

func TestR14bTwinsHaveOneNameAndOneCode(t *testing.T) {
	paper := control.TwinOf("Қағаз", "Бумага, А4", "17.12.14")
	for _, r := range []struct {
		name string
		twin control.Twin
		want bool
	}{
		{"the same", control.TwinOf("Қағаз", "Бумага, А4", "17.12.14"), true},
		{"in other letters and with other marks", control.TwinOf("", " бумага (а4) ", "17.12.14"), true},
		{"whatever the Kazakh name, where there is a Russian one", control.TwinOf("Картон", "Бумага А4", "17.12.14"), true},
		{"another number", control.TwinOf("Қағаз", "Бумага, А3", "17.12.14"), false},
		{"another name", control.TwinOf("Қағаз", "Картон", "17.12.14"), false},
		{"another code", control.TwinOf("Қағаз", "Бумага, А4", "17.12.15"), false},
		{"words that run together", control.TwinOf("Қағаз", "БумагаА4", "17.12.14"), false},
	} {
		if got := r.twin == paper; got != r.want {
			t.Errorf("%s: %v", r.name, got)
		}
	}
	if control.TwinOf("Қағаз", "", "1") != control.TwinOf("қағаз", "", "1") || control.TwinOf("Қағаз", "", "1") == control.TwinOf("Картон", "", "1") {
		t.Error("the Kazakh name doesn't decide where there is no Russian one")
	}
	for _, s := range []control.Status{control.Approved, control.ContractDraft, control.Held, control.OtherStatus, control.Cancelled} {
		if paper.Counts(s) != (s != "cancelled") || control.TwinOf("Қағаз", "Бумага", "").Counts(s) {
			t.Errorf("a point that is %s counts wrongly", s)
		}
	}
}

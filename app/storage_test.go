package app_test

import (
	"context"
	"path/filepath"
	"testing"

	"baqylau/app"
	"baqylau/control"
	"baqylau/localstore"
)

// at seats the auditor at a computer whose records are labelled.
func (h *house) at(machine string) *seat {
	h.t.Helper()
	s, err := h.tryEnterBy("auditor", nil, func(who app.Owner, _ []byte) (*localstore.Store, error) {
		return localstore.Open(filepath.Join(h.seats, machine+".db"), localstore.Key{1}, localstore.WithOwner(who))
	})
	ok(h.t, err)
	return s
}

// TestWhatWasTypedAtTwoComputersComesTogether: marks cell by cell, and of two texts the earlier one is in the history,
// with a reason that there are words for.
func TestWhatWasTypedAtTwoComputersComesTogether(t *testing.T) {
	h := given(t)
	h.marked().leave()
	train, office := h.at("train"), h.at("office")
	form := train.form(0)
	page := train.hero()
	set := func(s *seat, lot, profile int) {
		row := s.hero().Lots[lot]
		marks := map[string][]control.Mark{}
		for _, l := range s.hero().Lots {
			if l.Unsaved > 0 {
				marks[l.Lot.ID] = l.Marks
			}
		}
		marks[row.Lot.ID] = append([]control.Mark(nil), row.Marks...)
		marks[row.Lot.ID][profile] = row.Marks[profile].Set(true, !row.Marks[profile].Violated)
		ok(t, s.KeepMarks(page.Purchase.ID, control.D1, marks))
	}
	set(train, 0, 1)
	set(train, 1, 2)
	ok(t, train.KeepForm(form.Write(app.Text{RU: "В поезде"})))
	set(office, 0, 2)
	ok(t, office.KeepForm(form.Write(app.Text{RU: "В кабинете"})))

	carried := filepath.Join(t.TempDir(), "records.age")
	_, err := train.Export(ctx, carried, []byte("жол сөзі ұзақ"))
	ok(t, err)
	done, err := office.Import(ctx, carried, []byte("жол сөзі ұзақ"))
	ok(t, err)
	lots := office.hero().Lots
	if lots[0].Unsaved != 2 || lots[1].Unsaved != 1 {
		t.Errorf("marked are %d and %d", lots[0].Unsaved, lots[1].Unsaved)
	}
	if len(done.GaveWay) != 1 || done.GaveWay[0].ID != form.ID {
		t.Errorf("%v gave way", done.GaveWay)
	}
	past, err := office.History(form)
	ok(t, err)
	if len(past) != 1 || past[0].Text.RU != "В поезде" || past[0].Reason != app.PastEarlier {
		t.Errorf("the history is %+v", past)
	}
}

// TestADeskCopiesTheRecordsByItself: a damaged file costs what was typed since the last copy.
func TestADeskCopiesTheRecordsByItself(t *testing.T) {
	auditor := given(t).enter("auditor")
	before, err := auditor.Storage()
	ok(t, err)
	over, end := context.WithCancel(ctx)
	end()
	auditor.Run(over)
	after, err := auditor.Storage()
	ok(t, err)
	auditor.Run(over)
	again, err := auditor.Storage()
	ok(t, err)
	if !before.Copied.IsZero() || after.Copied.IsZero() || !again.Copied.Equal(after.Copied) {
		t.Errorf("copied at %v, %v, %v", before.Copied, after.Copied, again.Copied)
	}
}

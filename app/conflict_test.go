package app_test

import (
	"errors"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"

	"baqylau/api"
	"baqylau/app"
	"baqylau/control"
	"baqylau/localstore"
	"baqylau/signing/demo"
)

// collided has one text typed at home and another saved in the office meanwhile; home has entered again.
func collided(t *testing.T) (home *seat, id string) {
	t.Helper()
	h := given(t)
	office := h.marked()
	form := office.form(0)
	ok(t, office.SaveForm(ctx, form))
	home = h.enterAt("auditor", "home")
	mine, err := home.Form(form.ID)
	ok(t, err)
	mine.Text.RU = "Дома"
	ok(t, home.KeepForm(mine))
	home.leave()
	theirs, err := office.Form(form.ID)
	ok(t, err)
	theirs.Text.RU = "В кабинете"
	ok(t, office.SaveForm(ctx, theirs))
	return h.enterAt("auditor", "home"), form.ID
}

// TestANewerTextIsNotOverwritten, the centre refuses, and what was typed stays typed.
func TestANewerTextIsNotOverwritten(t *testing.T) {
	home, id := collided(t)
	form, err := home.Form(id)
	ok(t, err)
	if form.Theirs == nil || form.Theirs.RU != "В кабинете" || form.Text.RU != "Дома" {
		t.Fatalf("the form is %+v", form)
	}
	refused(t, home.SaveForm(ctx, form), "stale")
	if got := home.card(id).Notification.State.TextRU; got != "В кабинете" {
		t.Errorf("the centre has %q", got)
	}
	if again, err := home.Form(id); err != nil || again.Text.RU != "Дома" || again.Theirs == nil {
		t.Errorf("kept is %+v, %v", again, err)
	}
	home.empty()
}

// TestOneOfTwoTextsIsChosen: and the one that was chosen is saved.
func TestOneOfTwoTextsIsChosen(t *testing.T) {
	for want, lost := range map[string]app.Past{
		"Дома":        {Text: app.Text{RU: "В кабинете"}, Reason: app.PastTheirs},
		"В кабинете":  {Text: app.Text{RU: "Дома"}, Reason: app.PastMine},
		"Дома и там.": {Text: app.Text{RU: "Дома"}, Reason: app.PastMine}, // typed anew
	} {
		home, id := collided(t)
		form, err := home.Form(id)
		ok(t, err)
		_, err = home.Decide(form, form.Text.With(app.FieldRU, want))
		ok(t, err)
		form, err = home.Form(id)
		ok(t, err)
		if form.Theirs != nil || form.Text.RU != want {
			t.Errorf("chosen is %+v", form)
		}
		ok(t, home.SaveForm(ctx, form))
		if got := home.card(id).Notification.State.TextRU; got != want {
			t.Errorf("saved is %q, want %q", got, want)
		}
		if home.drafts() != 0 {
			t.Error("a draft stays")
		}
		past, err := home.History(form)
		ok(t, err)
		if len(past) == 0 || past[0].Text.RU != lost.Text.RU || past[0].Reason != lost.Reason {
			t.Errorf("the history is %+v", past)
		}
	}
}

// TestAVersionThatLeavesTheTextIsNoConflict: sending to agreement and recalling elsewhere changes no text.
func TestAVersionThatLeavesTheTextIsNoConflict(t *testing.T) {
	h := given(t)
	office := h.marked()
	form := office.form(0)
	ok(t, office.SaveForm(ctx, form))
	home := h.enterAt("auditor", "home")
	mine, err := home.Form(form.ID)
	ok(t, err)
	mine.Text.RU = "Дома"
	ok(t, home.KeepForm(mine))
	sent, err := office.Form(form.ID)
	ok(t, err)
	ok(t, office.SendToAgreement(ctx, sent))
	ok(t, office.Recall(ctx, form.ID))
	ok(t, home.Sync(ctx))
	ok(t, home.SaveForm(ctx, mine))
	if got := home.card(form.ID).Notification.State.TextRU; got != "Дома" {
		t.Errorf("saved is %q", got)
	}
}

// TestOnesOwnSavingIsNoConflict: who types on while it is saved, or without the centre, wrote over that.
func TestOnesOwnSavingIsNoConflict(t *testing.T) {
	h := given(t)
	auditor := h.marked()
	form := auditor.form(0)
	for _, text := range []string{"Первый", "Второй", "Третий"} { // the form itself never hears of its version
		form.Text.RU = text
		ok(t, auditor.SaveForm(ctx, form))
	}
	h.down()
	form.Text.RU = "Без связи"
	queued(t, auditor.SaveForm(ctx, form))
	form.Text.RU = "Дальше"
	ok(t, auditor.KeepForm(form))
	h.up()
	ok(t, auditor.Sync(ctx))
	again, err := auditor.Form(form.ID)
	ok(t, err)
	if again.Theirs != nil || again.Text.RU != "Дальше" {
		t.Fatalf("the form is %+v", again)
	}
	ok(t, auditor.SaveForm(ctx, form))
	if got := auditor.card(form.ID).Notification.State.TextRU; got != "Дальше" {
		t.Errorf("saved is %q", got)
	}
}

// set keeps one mark of the first lot as typed.
func (s *seat) set(profile int, violated bool) {
	s.h.t.Helper()
	page := s.hero()
	row := slices.Clone(page.Lots[0].Marks)
	row[profile] = row[profile].Set(true, violated)
	ok(s.h.t, s.KeepMarks(page.Purchase.ID, control.D1, map[string][]control.Mark{page.Lots[0].Lot.ID: row}))
}

func (s *seat) saveMarks() (int, error) { return s.SaveMarks(ctx, s.hero().Purchase.ID, control.D1) }

// TestMarksOfTwoMachinesMerge: cells that only one of them set are all there, whether or not the second
// knew of the first.
func TestMarksOfTwoMachinesMerge(t *testing.T) {
	for name, knows := range map[string]bool{"known": true, "not known": false} {
		t.Run(name, func(t *testing.T) {
			h := given(t)
			office := h.assigned().enter("auditor")
			home := h.enterAt("auditor", "home")
			home.set(0, false)
			office.set(2, true)
			_, err := office.saveMarks()
			ok(t, err)
			if knows {
				ok(t, home.Sync(ctx))
				if page := home.hero(); page.Unsaved != 1 || !page.Lots[0].Marks[2].Violated {
					t.Errorf("%d unsaved of %v", page.Unsaved, page.Lots[0].Marks)
				}
			}
			n, err := home.saveMarks()
			ok(t, err)
			saved := home.hero().Lots[0].Saved
			if n != 1 || !saved[0].Checked || !saved[2].Violated || home.drafts() != 0 {
				t.Errorf("%d told as saved, %v are", n, saved)
			}
		})
	}
}

// TestOneMarkSetTwiceIsRefused: it stays typed until it is set back or anew.
func TestOneMarkSetTwiceIsRefused(t *testing.T) {
	h := given(t)
	office := h.assigned().enter("auditor")
	home := h.enterAt("auditor", "home")
	home.set(0, false)
	office.set(0, true)
	_, err := office.saveMarks()
	ok(t, err)
	n, err := home.saveMarks()
	refused(t, err, "stale")
	if page := home.hero(); n != 0 || page.Unsaved != 1 || !page.Lots[0].Saved[0].Violated || page.Lots[0].Marks[0].Violated {
		t.Errorf("%d told as saved, %d unsaved, %+v", n, page.Unsaved, page.Lots[0])
	}
	home.empty()
	home.set(0, true) // as it is saved
	home.set(0, false)
	n, err = home.saveMarks()
	ok(t, err)
	if n != 1 || home.hero().Lots[0].Saved[0].Violated {
		t.Errorf("%d told as saved: %v", n, home.hero().Lots[0].Saved)
	}
}

// TestMarksOfAFrozenLotAreNotThrownAway: the rules say why they can't be saved, and they stay typed.
func TestMarksOfAFrozenLotAreNotThrownAway(t *testing.T) {
	h := given(t)
	office := h.marked()
	home := h.enterAt("auditor", "home")
	page := home.hero()
	rows := map[string][]control.Mark{}
	for _, lot := range page.Lots[:2] {
		row := slices.Clone(lot.Marks)
		row[1] = row[1].Set(true, true)
		rows[lot.Lot.ID] = row
	}
	ok(t, home.KeepMarks(page.Purchase.ID, control.D1, rows))
	ok(t, office.SaveForm(ctx, office.form(0)))
	ok(t, home.Sync(ctx))
	n, err := home.saveMarks()
	var v control.Verdict
	if !errors.As(err, &v) || v.Reason != control.Frozen || v.Subject != page.Lots[0].Lot.Number {
		t.Fatalf("got %v", err)
	}
	inWords(t, err)
	after := home.hero()
	if n != 1 || after.Unsaved != 1 || home.drafts() != 1 || !after.Lots[1].Saved[1].Violated {
		t.Errorf("%d told as saved, %d unsaved, %d drafts", n, after.Unsaved, home.drafts())
	}
	ok(t, home.KeepMarks(page.Purchase.ID, control.D1, map[string][]control.Mark{}))
	if home.hero().Unsaved != 1 {
		t.Error("another lot's marks took them away")
	}
	ok(t, home.KeepMarks(page.Purchase.ID, control.D1, nil))
	if home.drafts() != 0 {
		t.Error("they can't be forgotten")
	}
}

// TestWhoCannotSitDownLeavesNoSession: the session ends when the local store can't be opened.
func TestWhoCannotSitDownLeavesNoSession(t *testing.T) {
	h := given(t)
	door, err := app.Knock(ctx, h.origin, discard())
	ok(t, err)
	var ended atomic.Int32
	h.answering(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/v1/logout" && r.Header.Get("Authorization") != "" {
			ended.Add(1)
		}
		return false
	})
	_, err = door.Enter(ctx, h.key("auditor", demo.Signing), nil, func(app.Owner, []byte) (*localstore.Store, error) {
		return nil, localstore.ErrInUse
	})
	if !errors.Is(err, localstore.ErrInUse) || errors.As(err, new(api.Problem)) {
		t.Errorf("got %v", err)
	}
	if n := ended.Load(); n != 1 {
		t.Errorf("%d sessions were ended", n)
	}
}

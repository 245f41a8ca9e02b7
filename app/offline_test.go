package app_test

import (
	"errors"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"baqylau/api"
	"baqylau/app"
	"baqylau/control"
	"baqylau/localstore"
	"baqylau/signing"
	"baqylau/signing/demo"
)

// resume seats a person at their machine without the centre.
func (h *house) resume(login string) *seat {
	h.t.Helper()
	desk, err := h.tryResume(login)
	if err != nil {
		h.t.Fatalf("%s sits down: %v", login, err)
	}
	s := &seat{Desk: desk, h: h, login: login}
	h.t.Cleanup(s.leave)
	return s
}

func (h *house) tryResume(login string) (*app.Desk, error) {
	h.t.Helper()
	store, err := localstore.Open(filepath.Join(h.seats, login+".db"), localstore.Key{1})
	ok(h.t, err)
	return app.Resume(store, h.origin, discard())
}

func (s *seat) renew(login string) error { return s.Renew(ctx, s.h.key(login, demo.Signing)) }

// waits demands how many commands have not reached the centre.
func (s *seat) waits(n int) {
	s.h.t.Helper()
	if got := s.State().Waiting(); got != n {
		s.h.t.Errorf("%d commands wait, want %d", got, n)
	}
}

// TestADayWithoutTheCentreArrivesOnceInOrder; the program is started without the centre, everything
// is read and written, and when the centre is back it goes there after entering again, and not before.
func TestADayWithoutTheCentreArrivesOnceInOrder(t *testing.T) {
	h := given(t)
	h.assigned().enter("auditor").leave()
	before := h.events()
	h.down()
	auditor := h.resume("auditor")
	if s := auditor.State(); !s.Away() || s.Online || s.Mirrored.IsZero() {
		t.Errorf("the desk stands as %+v", s)
	}
	if me := auditor.Me(); me.Person.IIN != h.made.people["auditor"].IIN || me.Organization.BIN != departmentBIN {
		t.Errorf("who sits there is %+v", me)
	}
	if behind := noon().Sub(auditor.Now()); behind > 0 {
		t.Errorf("the clock is %v behind the centre's", behind)
	}
	queued(t, auditor.mark())
	if page := auditor.hero(); !page.Lots[0].Mark.Allowed {
		t.Errorf("the rules say %+v", page.Lots[0].Mark)
	}
	form := auditor.form(0)
	queued(t, auditor.SaveForm(ctx, form))
	form.Text.RU = "Набрано в поезде"
	queued(t, auditor.SendToAgreement(ctx, form))
	auditor.waits(3) // marks, the notification as it was written last, agreement
	auditor.leave()

	again := h.resume("auditor") // the lid was shut
	again.waits(3)
	h.up()
	if err := again.Sync(ctx); !errors.Is(err, app.ErrPaused) {
		t.Errorf("a round without a session gives %v", err)
	}
	if s := again.State(); !s.Online || !s.Expired {
		t.Errorf("the centre is back, and the desk stands as %+v", s)
	}
	second := again.form(1)
	paused(t, again.SaveForm(ctx, second))
	again.waits(4)
	if n := h.events(); n != before {
		t.Errorf("%d things have happened at the centre without entering", n-before)
	}
	ok(t, again.renew("auditor"))
	ok(t, again.Sync(ctx))
	again.empty()
	if s := again.State(); s.Away() {
		t.Errorf("after entering the desk stands as %+v", s)
	}
	sent := again.card(form.ID).Notification
	if sent.State.Status != control.NotificationInAgreement || sent.State.TextRU != form.Text.RU {
		t.Errorf("the notification is %s: %q", sent.State.Status, sent.State.TextRU)
	}
	if n := len(h.notifications()); n != 2 {
		t.Errorf("%d notifications at the centre", n)
	}
}

// TestOnlyTheirOwnKeyLetsAPersonInAgain: nothing is sent by another's session, and what is typed stays.
func TestOnlyTheirOwnKeyLetsAPersonInAgain(t *testing.T) {
	h := given(t)
	auditor := h.marked()
	form := auditor.form(0)
	ok(t, h.store.Update(ctx, endSessions(h.made.people["auditor"].IIN)))
	paused(t, auditor.SaveForm(ctx, form))
	typed := form
	typed.Text.RU = "Набирается"
	ok(t, auditor.KeepForm(typed))
	for name, key := range map[string]signing.Signatory{
		"a file, whose owner is known beforehand":   h.key("approver", demo.Signing),
		"NCALayer, whose owner the centre tells of": unknown{h.key("approver", demo.Signing)},
	} {
		err := auditor.Renew(ctx, key)
		if !errors.Is(err, app.ErrOtherPerson) {
			t.Errorf("%s: %v", name, err)
		}
		inWords(t, err)
		if !auditor.State().Expired {
			t.Errorf("%s: there is a session", name)
		}
	}
	auditor.waits(1)
	ok(t, auditor.renew("auditor"))
	ok(t, auditor.Sync(ctx))
	auditor.empty()
	if again, err := auditor.Form(form.ID); err != nil || again.Text != typed.Text || again.New {
		t.Errorf("what was typed is %+v, %v", again, err)
	}
	if n := len(h.notifications()); n != 1 {
		t.Errorf("%d notifications at the centre", n)
	}
}

// unknown is a key whose owner nobody knows before it has signed.
type unknown struct{ signing.Signatory }

func (unknown) Identity() signing.Identity { return signing.Identity{} }

// TestNothingIsSentToAnotherCentre: of the address of one's own.
func TestNothingIsSentToAnotherCentre(t *testing.T) {
	h := given(t)
	h.assigned().enter("auditor").leave()
	h.down()
	auditor := h.resume("auditor")
	queued(t, auditor.mark())
	h.up()
	h.answering(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/v1/centre" {
			t.Errorf("another centre is sent %s", r.URL.Path)
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		_, err := w.Write([]byte(`{"epoch":"another","origin":"` + h.origin + `","time":"2030-01-01T00:00:00Z"}`))
		ok(t, err)
		return true
	})
	before := auditor.Now()
	err := auditor.Sync(ctx)
	if !errors.Is(err, app.ErrOtherCentre) || !auditor.State().Other || !auditor.State().Away() {
		t.Errorf("a round gives %v, the desk stands as %+v", err, auditor.State())
	}
	inWords(t, err)
	if err := auditor.renew("auditor"); !errors.Is(err, app.ErrOtherCentre) {
		t.Errorf("entering gives %v", err)
	}
	if moved := auditor.Now().Sub(before); moved.Hours() > 1 {
		t.Errorf("its clock moved this one by %v", moved)
	}
	auditor.waits(1)
	h.answering(nil)
	ok(t, auditor.renew("auditor"))
	ok(t, auditor.Sync(ctx))
	auditor.empty()
}

// TestWithoutFactsNobodySitsDown: there has to be a complete mirror to work with.
func TestWithoutFactsNobodySitsDown(t *testing.T) {
	h := given(t)
	if _, err := h.tryResume("auditor"); !errors.Is(err, app.ErrNoSeat) {
		t.Errorf("at an empty store: %v", err)
	} else {
		inWords(t, err)
	}
	s := h.enter("auditor")
	h.answering(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/v1/changes" && r.URL.Query().Get("after") != "" {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusGone)
			_, err := w.Write([]byte(`{"type":"x","title":"Gone","status":410,"reason":"resync"}`))
			ok(t, err)
			return true
		}
		if r.URL.Path == "/v1/changes" { // the mirror was forgotten, and the centre goes away
			w.WriteHeader(http.StatusBadGateway)
			return true
		}
		return false
	})
	if err := s.Sync(ctx); !errors.Is(err, api.ErrOffline) {
		t.Fatalf("the round gives %v", err)
	}
	s.leave()
	if _, err := h.tryResume("auditor"); !errors.Is(err, app.ErrNoSeat) {
		t.Errorf("at a mirror that was broken off: %v", err)
	}
	if _, err := h.tryEnter("auditor", "auditor"); !errors.Is(err, api.ErrOffline) {
		t.Errorf("entering gives %v", err)
	}
	h.answering(nil)
	h.enter("auditor").leave()
	h.resume("auditor")
}

// TestWhoEntersOnABadLineSitsDownAllTheSame: at what was mirrored before, with the session that they have.
func TestWhoEntersOnABadLineSitsDownAllTheSame(t *testing.T) {
	h := given(t)
	h.assigned().enter("auditor").leave()
	h.answering(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasPrefix(r.URL.Path, "/v1/changes") {
			return false
		}
		w.WriteHeader(http.StatusBadGateway)
		return true
	})
	auditor := h.enter("auditor")
	if s := auditor.State(); s.Online || s.Expired || s.Mirrored.IsZero() {
		t.Errorf("the desk stands as %+v", s)
	}
	ok(t, auditor.KeepMarks(auditor.hero().Purchase.ID, control.D1, auditor.all()))
	h.answering(nil)
	ok(t, auditor.Sync(ctx))
	ok(t, auditor.mark())
}

// TestTheRulesAreAskedForWhoIAmNow: a change of roles ends the session, and who enters again has the new ones.
func TestTheRulesAreAskedForWhoIAmNow(t *testing.T) {
	h := given(t)
	auditor := h.enter("auditor")
	p := h.made.people["auditor"]
	h.enrol(p.IIN, p.Surname, control.Auditor, control.OrderManager)
	if err := auditor.Sync(ctx); !errors.Is(err, app.ErrPaused) {
		t.Errorf("the round gives %v", err)
	}
	ok(t, auditor.renew("auditor"))
	ok(t, auditor.Sync(ctx))
	auditor.leave()
	h.down()
	if roles := h.resume("auditor").Me().Person.Roles; !slices.Contains(roles, control.OrderManager) {
		t.Errorf("without the centre my roles are %v", roles)
	}
}

// TestADeputyWorksWithoutTheCentreInBothPlaces, where they sat before, and while it runs.
func TestADeputyWorksWithoutTheCentreInBothPlaces(t *testing.T) {
	h := given(t)
	auditor := h.marked()
	form := auditor.form(0)
	ok(t, auditor.SendToAgreement(ctx, form))
	h.substituted()
	absent := h.made.people["approver"].IIN
	second := h.enter("second-auditor")
	second.actFor("approver").leave()
	second.leave()
	h.down()
	own := h.resume("second-auditor")
	if _, err := own.ActFor(ctx, h.made.people["auditor"].IIN); !errors.Is(err, app.ErrNoSeat) {
		t.Errorf("where nobody sat before: %v", err)
	}
	acting := own.actFor("approver")
	if a := acting.Actor(); a.Person != absent || a.By() != h.made.people["second-auditor"].IIN {
		t.Errorf("I act as %+v", a)
	}
	queued(t, acting.Reject(ctx, form.ID, "Не то"))
	h.up()
	paused(t, own.Sync(ctx))
	ok(t, own.renew("second-auditor")) // one's own session serves both
	ok(t, acting.Sync(ctx))
	acting.empty()
	if n := acting.card(form.ID).Notification.State; n.Status != control.NotificationRejected {
		t.Errorf("it is %s", n.Status)
	}
}

// TestMarksThatWaitAreGoneOnWith: what was saved without the centre is saved, and is changed on top of that.
func TestMarksThatWaitAreGoneOnWith(t *testing.T) {
	h := given(t)
	h.assigned().enter("auditor").leave()
	h.down()
	auditor := h.resume("auditor")
	queued(t, auditor.mark()) // profile 1 of each lot is violated
	id := auditor.hero().Purchase.ID
	keep := func(lot int, set func(control.Mark) control.Mark) {
		t.Helper()
		l := auditor.hero().Lots[lot]
		row := slices.Clone(l.Marks)
		row[0] = set(row[0])
		ok(t, auditor.KeepMarks(id, control.D1, map[string][]control.Mark{l.Lot.ID: row}))
	}
	want := func(unsaved int, first ...control.Mark) {
		t.Helper()
		page := auditor.hero()
		if page.Unsaved != unsaved {
			t.Errorf("%d are not saved, want %d", page.Unsaved, unsaved)
		}
		for i, m := range first {
			m.Profile = 1
			if got := page.Lots[i].Marks[0]; got != m {
				t.Errorf("lot %d has %+v, want %+v", i, got, m)
			}
			if page.Lots[i].Clash {
				t.Errorf("lot %d clashes with what was saved here", i)
			}
		}
	}
	violated, clear, none := control.Mark{Checked: true, Violated: true}, control.Mark{Checked: true}, control.Mark{}
	want(0, violated, violated, violated)
	keep(0, func(m control.Mark) control.Mark { return m.Set(false, false) }) // as it is at the centre
	want(1, none, violated, violated)
	ok(t, auditor.KeepMarks(id, control.D1, nil)) // thought better of it
	want(0, violated, violated, violated)
	keep(1, func(m control.Mark) control.Mark { return m.Set(true, false) })
	want(1, violated, clear, violated)
	_, err := auditor.SaveMarks(ctx, id, control.D1)
	queued(t, err)
	want(0, violated, clear, violated)
	auditor.waits(1)
	auditor.leave()
	auditor = h.resume("auditor")
	want(0, violated, clear, violated)
	h.up()
	paused(t, auditor.Sync(ctx))
	ok(t, auditor.renew("auditor"))
	ok(t, auditor.Sync(ctx))
	auditor.empty()
	want(0, violated, clear, violated)
	if n := auditor.drafts(); n != 0 {
		t.Errorf("%d drafts stay", n)
	}
}

// TestMarksThatAreNotTakenAreNotSaved: what waited is told to be unsaved once the centre has refused it.
func TestMarksThatAreNotTakenAreNotSaved(t *testing.T) {
	h := given(t)
	h.assigned().enter("auditor").leave()
	h.down()
	auditor := h.resume("auditor")
	queued(t, auditor.mark())
	h.up()
	manager := h.enter("lot-manager")
	ok(t, manager.Assign(ctx, manager.heroRows(), h.made.people["second-auditor"].IIN))
	manager.leave()
	ok(t, auditor.renew("auditor"))
	if err := auditor.Sync(ctx); err != nil {
		t.Logf("the round: %v", err)
	}
	if n := auditor.drafts(); n == 0 {
		t.Error("what was marked is lost")
	}
	page, found, err := auditor.Page(h.heroID(), control.D1)
	ok(t, err)
	if found && len(page.Lots) > 0 && page.Lots[0].Saved[0].Checked {
		t.Error("they count all the same")
	}
}

// heroID is the purchase of the story.
func (h *house) heroID() string {
	h.t.Helper()
	manager := h.enter("lot-manager")
	defer manager.leave()
	return manager.heroRows()[0].Purchase
}

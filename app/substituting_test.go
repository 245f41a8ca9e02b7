package app_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baqylau/api"
	"baqylau/app"
	"baqylau/control"
	"baqylau/localstore"
)

// substituted has the administrator let the second auditor act for the approver, from an hour ago for a
// day.
func (h *house) substituted() {
	h.t.Helper()
	h.substitute("approver", "second-auditor")
}

func (h *house) substitute(absent, deputy string) {
	h.t.Helper()
	admin := h.enter("administrator")
	defer admin.leave()
	from := noon().Add(-time.Hour)
	ok(h.t, admin.Substitute(ctx, h.made.people[absent].IIN, h.made.people[deputy].IIN, from, from.AddDate(0, 0, 1)))
	admin.empty()
}

// actFor seats a person in another's place.
func (s *seat) actFor(absent string) *seat {
	s.h.t.Helper()
	desk, err := s.ActFor(ctx, s.h.made.people[absent].IIN)
	ok(s.h.t, err)
	acting := &seat{Desk: desk, h: s.h, login: s.login}
	s.h.t.Cleanup(acting.leave)
	return acting
}

// TestADeputySignsAtADeskInAnothersPlace, with one's own key; one's own desk is not
// touched by it.
func TestADeputySignsAtADeskInAnothersPlace(t *testing.T) {
	h := given(t)
	auditor := h.marked()
	form := auditor.form(0)
	ok(t, auditor.SendToAgreement(ctx, form))
	h.substituted()

	second := h.enter("second-auditor")
	mine, err := second.Substitutions()
	ok(t, err)
	if len(mine) != 1 || mine[0].State.Absent != h.made.people["approver"].IIN {
		t.Fatalf("I may act for %+v", mine)
	}
	if _, err := auditor.ActFor(ctx, h.made.people["approver"].IIN); err == nil {
		t.Error("the auditor acts for the approver")
	} else {
		refused(t, err, "not_substituting")
	}
	acting := second.actFor("approver")
	if a := acting.Actor(); a.Person != h.made.people["approver"].IIN || a.By() != h.made.people["second-auditor"].IIN || acting.Principal().IIN != a.Person {
		t.Errorf("I act as %+v", a)
	}
	if nested, err := acting.Substitutions(); err != nil || len(nested) != 0 {
		t.Errorf("in another's place I may act for %+v, %v", nested, err)
	}
	tasks, err := acting.Tasks()
	ok(t, err)
	if len(tasks) != 1 || tasks[0].Kind != app.TaskSign || tasks[0].Notification != form.ID {
		t.Errorf("there wait %+v", tasks)
	}
	if own, err := second.Tasks(); err != nil || len(own) != 0 {
		t.Errorf("at my own desk there wait %+v, %v", own, err)
	}
	ok(t, acting.approve(form.ID))
	n := acting.card(form.ID).Notification
	if n.State.Status != control.NotificationApproved || n.SignerForName == "" || n.Signer != h.made.people["second-auditor"].IIN {
		t.Errorf("it is %s, signed by %s for %q", n.State.Status, n.SignerName, n.SignerForName)
	}
	acting.leave()
	ok(t, second.Sync(ctx)) // the session is my own desk's, and goes on
}

// TestWhatIsDoneInAnothersPlaceIsKeptApart: typed there, it is not in my own store, and is still there
// when I act again; no key but mine opens it.
func TestWhatIsDoneInAnothersPlaceIsKeptApart(t *testing.T) {
	h := given(t).assigned()
	h.substitute("auditor", "second-auditor")
	second := h.enter("second-auditor")
	acting := second.actFor("auditor")
	page := acting.hero()
	ok(t, acting.KeepMarks(page.Purchase.ID, control.D1, acting.all()))
	if n := second.drafts(); n != 0 {
		t.Errorf("%d drafts are in my own store", n)
	}
	path := acting.Store().Path()
	acting.leave()
	if _, err := localstore.Open(path, localstore.Key{1}); !errors.Is(err, localstore.ErrWrongKey) {
		t.Errorf("opened with another key: %v", err)
	}
	acting = second.actFor("auditor")
	if n := acting.drafts(); n != 1 || acting.Store().Path() != path {
		t.Errorf("acting again, there are %d drafts in %s", n, acting.Store().Path())
	}
	_, err := acting.SaveMarks(ctx, page.Purchase.ID, control.D1)
	ok(t, err)
	for _, lot := range acting.hero().Lots {
		if lot.Create.Allowed || lot.Create.Reason != control.NotByDeputy {
			t.Errorf("creating: %+v", lot.Create)
		}
	}
	if tasks, err := acting.Tasks(); err != nil || len(tasks) != 0 {
		t.Errorf("there wait %+v, %v", tasks, err) // to create is the absent person's
	}
	stores, err := filepath.Glob(filepath.Join(h.seats, "*-for-*.db"))
	ok(t, err)
	if len(stores) != 1 {
		t.Errorf("there are the stores %v", stores)
	}
	data, err := os.ReadFile(path)
	ok(t, err)
	if strings.Contains(string(data), page.Purchase.NameRU) {
		t.Error("the store can be read without the key")
	}
}

// TestASubstitutionThatEndsLosesNothing: the desk says so, refuses by itself, and keeps what was typed.
func TestASubstitutionThatEndsLosesNothing(t *testing.T) {
	h := given(t).assigned()
	h.substitute("auditor", "second-auditor")
	second := h.enter("second-auditor")
	acting := second.actFor("auditor")
	page := acting.hero()
	ok(t, acting.KeepMarks(page.Purchase.ID, control.D1, acting.all()))
	admin := h.enter("administrator")
	all, err := admin.AllSubstitutions()
	ok(t, err)
	if len(all) != 1 {
		t.Fatalf("the administrator sees %+v", all)
	}
	ok(t, admin.EndSubstitution(ctx, all[0].ID))
	refused(t, admin.EndSubstitution(ctx, all[0].ID), "window_closed")
	if _, err := acting.SaveMarks(ctx, page.Purchase.ID, control.D1); err == nil {
		t.Error("marks are saved after the end")
	}
	if err := acting.Sync(ctx); err == nil || !acting.State().Over || acting.State().Expired {
		t.Errorf("in step after the end: %v, %+v", err, acting.State())
	}
	if n := acting.drafts(); n != 1 {
		t.Errorf("%d drafts are kept", n)
	}
	ok(t, second.Sync(ctx))
	if mine, err := second.Substitutions(); err != nil || len(mine) != 0 || second.State().Over {
		t.Errorf("I may still act for %+v, %v", mine, err)
	}
}

// TestTheAdministratorDismisses: with the list of the open work first, and then its heirs.
func TestTheAdministratorDismisses(t *testing.T) {
	h := given(t)
	auditor := h.marked()
	ok(t, auditor.SaveForm(ctx, auditor.form(0)))
	admin := h.enter("administrator")
	leaving, heir := h.made.people["auditor"].IIN, h.made.people["second-auditor"].IIN
	work, err := admin.OpenWork(ctx, leaving)
	ok(t, err)
	var p api.Problem
	if err := admin.Dismiss(ctx, leaving, "", nil); !errors.As(err, &p) || p.Reason != "work_left" || len(p.OpenWork) != len(work) || len(work) != 4 {
		t.Fatalf("got %v with %v, of %v", err, p.OpenWork, work)
	}
	inWords(t, p)
	admin.empty()
	admin.leave()
	ok(t, h.dismissed("auditor", "second-auditor"))
	if err := auditor.Sync(ctx); err == nil || !auditor.State().Expired {
		t.Errorf("who was dismissed is still in: %v", err)
	}
	second := h.enter("second-auditor")
	if lots := second.hero().Lots; len(lots) != 3 || !lots[0].Mine {
		t.Errorf("the heir has %+v", lots)
	}
	cards, err := second.Notifications()
	ok(t, err)
	if len(cards) != 1 || cards[0].Notification.State.Author != heir || !cards[0].Edit.Allowed {
		t.Errorf("the heir has %+v", cards)
	}
	_, err = second.OpenWork(ctx, leaving)
	refused(t, err, "missing_role")
}

// dismissed has the administrator dismiss somebody with one heir of everything.
func (h *house) dismissed(login, heir string) error {
	h.t.Helper()
	admin := h.enter("administrator")
	defer admin.leave()
	work, err := admin.OpenWork(ctx, h.made.people[login].IIN)
	ok(h.t, err)
	var heirs []api.Heir
	for _, w := range work {
		heirs = append(heirs, api.Heir{Kind: w.Kind, ID: w.ID, Heir: h.made.people[heir].IIN})
	}
	return admin.Dismiss(ctx, h.made.people[login].IIN, "", heirs)
}

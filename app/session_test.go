package app_test

import (
	"encoding/json"
	"errors"
	"testing"

	"baqylau/api"
	"baqylau/app"
	"baqylau/control"
)

// TestASessionThatEndsLosesNothing: what is done meanwhile arrives after entering again, once.
func TestASessionThatEndsLosesNothing(t *testing.T) {
	h := given(t)
	auditor := h.marked()
	form := auditor.form(0)
	ok(t, h.store.Update(ctx, endSessions(h.made.people["auditor"].IIN)))
	paused(t, auditor.SaveForm(ctx, form))
	if !auditor.State().Expired {
		t.Error("the state doesn't say so")
	}
	form.Text.RU = "После"
	paused(t, auditor.SaveForm(ctx, form))
	auditor.leave()
	again := h.enter("auditor")
	again.empty()
	if got := again.card(form.ID).Notification.State.TextRU; got != "После" {
		t.Errorf("the text is %q", got)
	}
	if n := len(h.notifications()); n != 1 {
		t.Errorf("%d notifications at the centre", n)
	}
}

// TestAChangeOfRolesRebuildsTheMirror: 410; what may no longer be seen goes, what is typed stays.
func TestAChangeOfRolesRebuildsTheMirror(t *testing.T) {
	h := given(t)
	auditor := h.marked()
	ok(t, auditor.SaveForm(ctx, auditor.form(0)))
	kept := auditor.form(1)
	ok(t, auditor.KeepForm(kept))
	auditor.leave()
	p := h.made.people["auditor"]
	ok(t, h.dismissed("auditor", "second-auditor"))
	h.enrol(p.IIN, p.Surname, control.OrderManager)
	stranger := h.enter("auditor")
	cards, err := stranger.Notifications()
	ok(t, err)
	if len(cards) != 0 {
		t.Errorf("%d notifications are still shown", len(cards))
	}
	objects, err := stranger.Store().Objects("")
	ok(t, err)
	for _, o := range objects {
		if o.Kind != "person" && o.Kind != "organization" && o.Kind != "rulebook" {
			t.Errorf("%s %s is still mirrored", o.Kind, o.ID)
		}
	}
	stranger.leave()
	h.enrol(p.IIN, p.Surname, control.Auditor)
	again := h.enter("auditor")
	if f, err := again.Form(kept.ID); err != nil || f.Text != kept.Text {
		t.Errorf("what was typed is %+v, %v", f, err)
	}
	if cards, err := again.Notifications(); err != nil || len(cards) != 1+1 { // a colleague's now, and what is typed
		t.Errorf("the mirror was rebuilt with %d notifications, %v", len(cards), err)
	}
}

// TestSendingPutsNothingIntoTheSendersCabinet, the messages are the organiser's.
func TestSendingPutsNothingIntoTheSendersCabinet(t *testing.T) {
	h := given(t)
	auditor, id := h.approved()
	plan, err := auditor.PrepareDispatch(ctx, auditor.hero().Purchase.ID, control.D1)
	ok(t, err)
	if len(plan.Sent) != 1 || len(plan.ShutOut) != 2 {
		t.Errorf("the plan sends %d and shuts %d out", len(plan.Sent), len(plan.ShutOut))
	}
	ok(t, auditor.Send(ctx, plan))
	messages, err := auditor.Messages()
	ok(t, err)
	if len(messages) != 0 {
		t.Errorf("the sender has %d messages", len(messages))
	}
	organizer := h.enter("organizer")
	messages, err = organizer.Messages()
	ok(t, err)
	if len(messages) != 1 || messages[0].Notification != id {
		t.Errorf("the organiser has %+v", messages)
	}
	ok(t, organizer.Acknowledge(ctx, id))
	refused(t, organizer.Acknowledge(ctx, id), "wrong_status")
}

// TestALotThatIsTakenAwayLeavesMyList: and what was typed on it says why it can't be sent.
func TestALotThatIsTakenAwayLeavesMyList(t *testing.T) {
	h := given(t).assigned()
	auditor := h.enter("auditor")
	page := auditor.hero()
	ok(t, auditor.KeepMarks(page.Purchase.ID, control.D1, auditor.all()))
	manager := h.enter("lot-manager")
	ok(t, manager.Assign(ctx, manager.heroRows(), h.made.people["second-auditor"].IIN))
	// The machine does not know yet; the centre does.
	_, err := auditor.SaveMarks(ctx, page.Purchase.ID, control.D1)
	var batch *app.BatchError
	if !errors.As(err, &batch) || len(batch.Items) != 3 {
		t.Fatalf("got %v", err)
	}
	inWords(t, err)
	if auditor.drafts() == 0 {
		t.Error("what was marked is lost")
	}
	ok(t, auditor.Sync(ctx))
	lots, err := auditor.MyLots()
	ok(t, err)
	if len(lots) != 0 {
		t.Errorf("%d lots are still mine", len(lots))
	}
	auditor.empty()
}

// TestPartOfABatchRefusedKeepsThatPart: the marks that were taken are saved, the others stay typed.
func TestPartOfABatchRefusedKeepsThatPart(t *testing.T) {
	h := given(t).assigned()
	auditor := h.enter("auditor")
	page := auditor.hero()
	marks := auditor.all()
	ok(t, auditor.KeepMarks(page.Purchase.ID, control.D1, marks))
	manager := h.enter("lot-manager")
	var one []api.ReportRow
	for _, row := range manager.heroRows() {
		if row.Lot == page.Lots[0].Lot.ID {
			one = append(one, row)
		}
	}
	ok(t, manager.Assign(ctx, one, h.made.people["second-auditor"].IIN))
	_, err := auditor.SaveMarks(ctx, page.Purchase.ID, control.D1)
	var batch *app.BatchError
	if !errors.As(err, &batch) {
		t.Fatalf("got %v", err)
	}
	draft, found, err := auditor.Store().Draft("marks", page.Purchase.ID+":D1")
	ok(t, err)
	var kept struct {
		Lots map[string]json.RawMessage `json:"lots"`
	}
	if found {
		ok(t, json.Unmarshal(draft.Body, &kept))
	}
	if _, stays := kept.Lots[page.Lots[0].Lot.ID]; !stays {
		t.Error("what was refused is lost")
	}
	ok(t, auditor.Sync(ctx))
	if after, found, err := auditor.Page(page.Purchase.ID, control.D1); err != nil || !found || !after.Lots[1].Saved[0].Checked {
		t.Errorf("the others are not saved: %v", err)
	}
}

func (h *house) enrol(iin, surname string, roles ...control.Role) {
	h.t.Helper()
	admin := h.enter("administrator")
	defer admin.leave()
	office := officeOf(h)
	ok(h.t, office.Enrol(ctx, h.department(), api.Person{IIN: iin, Surname: surname, Organization: departmentBIN, Roles: roles}))
}

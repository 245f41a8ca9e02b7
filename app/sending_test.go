package app_test

import (
	"testing"

	"baqylau/api"
	"baqylau/app"
	"baqylau/control"
)

// markMine has everything checked on the lots that are the seat's, and one profile violated.
func (s *seat) markMine() {
	s.h.t.Helper()
	page := s.hero()
	marks := map[string][]control.Mark{}
	for i, row := range s.all() {
		for _, lot := range page.Lots {
			if lot.Mine && lot.Lot.ID == i {
				marks[i] = row
			}
		}
	}
	ok(s.h.t, s.KeepMarks(page.Purchase.ID, control.D1, marks))
	_, err := s.SaveMarks(ctx, page.Purchase.ID, control.D1)
	ok(s.h.t, err)
}

// TestTheAuthorSendsWhatAnotherDepartmentApproved, whoever wrote it. The author's client knows
// nothing of the other department's work, and asks the centre what would be sent.
func TestTheAuthorSendsWhatAnotherDepartmentApproved(t *testing.T) {
	h := given(t)
	manager := h.enter("lot-manager")
	rows := manager.heroRows()
	ok(t, manager.Assign(ctx, rows[:2], h.made.people["auditor"].IIN))
	manager.leave()
	other := h.enter("all-alone")
	ok(t, other.Assign(ctx, rows[2:], allAlone.IIN))
	other.markMine()
	auditor := h.enter("auditor")
	auditor.markMine()

	form := auditor.form(0)
	ok(t, auditor.SendToAgreement(ctx, form))
	approver := h.enter("approver")
	ok(t, approver.approve(form.ID))
	approver.leave()
	foreign := other.form(2)
	foreign.Text.Agreer = allAlone.IIN
	ok(t, other.SendToAgreement(ctx, foreign))
	ok(t, other.approve(foreign.ID))
	ok(t, auditor.Sync(ctx))

	page := auditor.hero()
	if !page.SendAll.Allowed || !page.Approved {
		t.Errorf("sending is offered: %v, approved %v", page.SendAll, page.Approved)
	}
	h.down()
	mirrored, err := auditor.PrepareDispatch(ctx, page.Purchase.ID, control.D1)
	h.up()
	if err != nil || !mirrored.Mirrored || len(mirrored.Sent) != 1 || mirrored.Sent[0].Department != departmentBIN {
		t.Errorf("without the centre: %+v, %v", mirrored, err)
	}
	refused(t, auditor.Send(ctx, mirrored), "version_changed")

	plan, err := auditor.PrepareDispatch(ctx, page.Purchase.ID, control.D1)
	ok(t, err)
	names := map[string]api.DispatchItem{}
	for _, n := range plan.Sent {
		names[plan.Lot(n).Number] = n
	}
	theirs := names[page.Lots[2].Lot.Number]
	if plan.Mirrored || len(plan.Sent) != 2 || theirs.Department != otherDepartmentBIN || theirs.DepartmentRU != elsewhere.NameRU || theirs.Number == "" {
		t.Errorf("with the centre: %+v", plan.Sent)
	}
	if len(plan.ShutOut) != 1 || plan.ShutOut[0].ID != page.Lots[1].Lot.ID {
		t.Errorf("shut out: %+v", plan.ShutOut)
	}
	ok(t, auditor.Send(ctx, plan))
	ok(t, other.Sync(ctx))
	for who, id := range map[*seat]string{auditor: form.ID, other: foreign.ID} {
		if got := who.card(id).Notification.State.Status; got != control.NotificationDelivered {
			t.Errorf("%s finds it %s", who.login, got)
		}
	}
	_, err = other.PrepareDispatch(ctx, page.Purchase.ID, control.D1)
	refused(t, err, "shut_out")
	_, err = auditor.PrepareDispatch(ctx, "none", control.D1)
	if err != app.ErrGone {
		t.Errorf("of a purchase that is not mirrored: %v", err)
	}
}

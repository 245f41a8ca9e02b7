package app_test

import (
	"errors"
	"testing"

	"baqylau/control"
)

// annulled leads a notification to where penalties may be told of.
func (h *house) annulled() (notification string) {
	h.t.Helper()
	controller, id := h.assignedObjection()
	form := controller.conclude(control.OutcomeSatisfied)
	ok(h.t, controller.SendToAgreement(ctx, form))
	controller.leave()
	approver := h.enter("controller-approver")
	defer approver.leave()
	ok(h.t, approver.sign(approver.PrepareConclusion(ctx, form.ID)))
	return id
}

func fined(officials int, imposed control.Tiyn) control.PenaltyInfo {
	return control.PenaltyInfo{Officials: &officials, Imposed: &imposed, RecheckRU: "Нарушение подтверждено"}
}

// TestPenaltiesAndSuspension; the buttons know what the centre says.
func TestPenaltiesAndSuspension(t *testing.T) {
	h := given(t)
	id := h.annulled()
	auditor, orders := h.enter("auditor"), h.enter("order-manager")
	if _, err := orders.Card(id); err == nil {
		t.Error("the order manager sees it before there is penalty information")
	}
	if may := auditor.card(id).Answers; !may.SavePenalty.Allowed || may.CompletePenalty.Allowed {
		t.Errorf("before: %+v", may)
	}
	lacking := fined(2, 30_000_000)
	lacking.Officials = nil
	refused(t, auditor.SavePenalty(ctx, id, lacking), "no_officials")
	ok(t, auditor.SavePenalty(ctx, id, fined(1, 30_000_000)))
	ok(t, auditor.SavePenalty(ctx, id, fined(2, 55_000_000)))
	if got := auditor.card(id); *got.Notification.Penalty.Info.Officials != 2 || !got.Answers.CompletePenalty.Allowed {
		t.Errorf("saved: %+v", got.Notification.Penalty)
	}
	ok(t, auditor.CompletePenalty(ctx, id))
	if may := auditor.card(id).Answers; may.SavePenalty.Reason != control.WrongStatus || may.Suspend.Allowed {
		t.Errorf("completed: %+v", may)
	}
	refused(t, auditor.SavePenalty(ctx, id, fined(3, 1)), "wrong_status")

	ok(t, orders.Sync(ctx))
	if may := orders.card(id).Answers; !may.Suspend.Allowed || may.Revoke.Allowed {
		t.Errorf("the order manager: %+v", may)
	}
	order := control.Order{Number: "14-Р", On: noon(), BodyRU: "Комитет", Amount: 100}
	var v control.Verdict
	if err := orders.Suspend(ctx, id, order, []byte("MZ")); !errors.As(err, &v) || v.Reason != control.ScanUnknown {
		t.Errorf("a program for a scan: %v", err)
	}
	ok(t, orders.Suspend(ctx, id, order, []byte("%PDF-1.4 order")))
	refused(t, orders.Suspend(ctx, id, order, []byte("%PDF-1.4 order")), "wrong_status")
	before := order
	before.On = noon().AddDate(0, 0, -1)
	refused(t, orders.RevokeSuspension(ctx, id, before, []byte("%PDF-1.4 revocation")), "revoked_before")
	ok(t, orders.RevokeSuspension(ctx, id, order, []byte("%PDF-1.4 revocation")))
	n := orders.card(id).Notification
	if n.State.Suspension != control.Revoked || n.Suspension.Order.Scan == n.Revocation.Order.Scan {
		t.Errorf("revoked: %s, scans %s and %s", n.State.Suspension, n.Suspension.Order.Scan, n.Revocation.Order.Scan)
	}
	if scan, err := orders.File(ctx, n.Revocation.Order.Scan); err != nil || string(scan) != "%PDF-1.4 revocation" {
		t.Errorf("the scan reads %q, %v", scan, err)
	}
	orders.empty()
}

// TestAScanNeedsTheCentre: an order is final, so nothing of it waits.
func TestAScanNeedsTheCentre(t *testing.T) {
	h := given(t)
	id := h.annulled()
	auditor := h.enter("auditor")
	ok(t, auditor.SavePenalty(ctx, id, fined(1, 1)))
	orders := h.enter("order-manager")
	h.down()
	err := orders.Suspend(ctx, id, control.Order{Number: "1", On: noon(), BodyRU: "Комитет", Amount: 100}, []byte("%PDF-1.4"))
	inWords(t, err)
	if err == nil {
		t.Error("saved without the centre")
	}
	orders.empty()
}

package ui

import (
	"context"
	"testing"

	"fyne.io/fyne/v2"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
)

func statusOf(t *testing.T, desk *app.Desk, notification string) control.NotificationStatus {
	t.Helper()
	card, err := desk.Card(notification)
	if err != nil {
		t.Fatal(err)
	}
	return card.Notification.State.Status
}

func TestSendAllNamesWhatGoesAndWhatIsShutOut(t *testing.T) {
	h, purchase, notification := givenApproved(t)
	s := h.seat("auditor", assets.KK)
	s.visit(route{name: pageDesk, id: purchase, direction: control.D1})
	s.lookAround("desk-approved")
	for _, lang := range []assets.Lang{assets.RU, assets.KK} {
		s.setLang(lang)
		s.settle()
		s.click(lang.T("desk.send_all"))
		s.sees(lang.T("dispatch.title"), lang.T("dispatch.ask"), lang.T("dispatch.warning"), "90010001-ОК1", "90010002-ОК1", "90010003-ОК1")
		s.look("dispatch")
		s.press(fyne.KeyEscape)
	}
	if got := statusOf(t, s.desk, notification); got != control.NotificationApproved {
		t.Fatalf("it is %s though nobody confirmed", got)
	}
	s.click(assets.KK.T("desk.send_all"))
	s.press(fyne.KeyReturn)
	if got := statusOf(t, s.desk, notification); got != control.NotificationApproved {
		t.Fatalf("Enter alone has sent it: %s", got)
	}
	s.click(assets.KK.T("desk.send_all"))
	s.click(assets.KK.T("dispatch.confirm"))
	if got := statusOf(t, s.desk, notification); got != control.NotificationDelivered {
		t.Errorf("it is %s, want delivered", got)
	}
	if s.last != assets.KK.N("dispatch.sent", 1) {
		t.Errorf("it says %q", s.last)
	}
	s.look("desk-sent")
}

func TestWhatWasRecalledMeanwhileIsNotSent(t *testing.T) { // all that was seen, or none
	h, purchase, notification := givenApproved(t)
	s := h.seat("auditor", assets.RU)
	s.visit(route{name: pageDesk, id: purchase, direction: control.D1})
	s.click(assets.RU.T("desk.send_all"))
	h.seats = t.TempDir()
	h.as("auditor", func(ctx context.Context, desk *app.Desk) error { return desk.Recall(ctx, notification) })
	s.click(assets.RU.T("dispatch.confirm"))
	s.sees(assets.RU.T("shell.not_done"))
	s.look("dispatch-refused")
	s.press(fyne.KeyEscape)
	s.sync()
	if got := statusOf(t, s.desk, notification); got != control.NotificationDraft {
		t.Errorf("it is %s, want draft", got)
	}
}

func TestSendAllNamesTheDepartmentThatWroteWhatGoes(t *testing.T) { // whoever wrote it
	h, purchase, _ := givenApproved(t)
	s := h.seat("auditor", assets.RU)
	s.visit(route{name: pageDesk, id: purchase, direction: control.D1})
	plan, err := s.desk.PrepareDispatch(t.Context(), purchase, control.D1)
	if err != nil {
		t.Fatal(err)
	}
	foreign := plan.Sent[0]
	foreign.Number, foreign.Lot, foreign.Department = "2026-0999", plan.Purchase.Lots[2].ID, "090540990046"
	foreign.DepartmentKK, foreign.DepartmentRU = "Астана қаласы бойынша ІМАД", "ДВГА по городу Астане"
	plan.Sent, plan.Mirrored = append(plan.Sent, foreign), true
	for _, lang := range []assets.Lang{assets.RU, assets.KK} {
		s.setLang(lang)
		s.settle()
		s.askToSendAll(plan, nil)
		s.settle()
		own, department := plan.Sent[0], inLang(lang, foreign.DepartmentKK, foreign.DepartmentRU)
		s.sees(own.Number, "2026-0999", lang.T("dispatch.foreign", "department", department), lang.T("dispatch.mirrored"))
		s.look("dispatch-foreign")
		s.press(fyne.KeyEscape)
	}
}

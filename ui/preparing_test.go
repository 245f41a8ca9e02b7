package ui

import (
	"context"
	"testing"

	"fyne.io/fyne/v2"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/signing/demo"
)

// fromMore opens «Ещё» and takes an entry.
func (s *seat) fromMore(text string) {
	s.t.Helper()
	s.click("Ещё")
	var entry fyne.Tappable
	walk(s.top(), func(o fyne.CanvasObject) bool {
		if t, is := o.(fyne.Tappable); is && wordsOf(o) == text {
			entry = t
		}
		return true
	})
	if entry == nil {
		s.t.Fatalf("%q is not in the menu: %s", text, s.words())
	}
	entry.Tapped(&fyne.PointEvent{})
	s.settle()
}

// TestAPaperIsPreparedOnItsCardAndSignedWithoutTheCentre: issue 5, R-3.7.
func TestAPaperIsPreparedOnItsCardAndSignedWithoutTheCentre(t *testing.T) {
	h := givenCentre(t)
	id := h.drafted("Оразалы")
	s := h.seat("approver", assets.RU)
	s.visit(route{name: pageCard, id: id})
	s.fromMore("Подготовить к подписанию")
	s.sees("Подготовлен 1 документ, теперь его можно подписать и без связи.", "Подготовлено к подписанию на 11.03.2026 10:")
	s.lookAround("prepared-card")
	s.setLang(assets.RU)
	s.settle()
	h.goAway()
	s.round()
	s.visit(route{name: pageCabinet})
	s.sees("Подписать подготовленное (1)")
	s.lookAround("prepared-cabinet-away")
	s.setLang(assets.RU)
	s.settle()
	s.click("Подписать подготовленное (1)")
	s.sees("Подписание 1 документа", "подписываются файлы, подготовленные на этом компьютере")
	s.look("prepared-sign")
	s.signs("approver.p12", demo.Password)
	s.sees("Подписан 1 документ. Подпись хранится на этом компьютере")
	if s.button("Подписать подготовленное (1)") != nil {
		t.Error("it is to be signed again")
	}
	s.visit(route{name: pageCard, id: id})
	s.sees("ждёт отправки в центр")
	s.look("prepared-waits")
	h.comeBack()
	s.sync()
	if got := s.status(id); got != control.NotificationApproved {
		t.Errorf("it is %s: %s", got, s.words())
	}
	if n := s.desk.State().Waiting(); n > 0 {
		t.Errorf("%d commands wait", n)
	}
}

// TestWhatWasNotPreparedSaysSoWithoutTheCentre.
func TestWhatWasNotPreparedSaysSoWithoutTheCentre(t *testing.T) {
	h := givenCentre(t)
	id := h.drafted("Оразалы")
	s := h.seat("approver", assets.RU)
	h.goAway()
	s.round()
	s.sees("к подписанию ничего не подготовлено")
	s.look("prepared-none")
	s.visit(route{name: pageCard, id: id})
	if s.button("Утвердить и отправить") != nil {
		t.Error("it can be signed")
	}
	s.click("Ещё")
	s.sees("Утвердить и отправить — Документ не подготовлен к подписанию на этом компьютере", "Подготовить к подписанию — Подготовить документ можно только на связи с центром")
	s.look("prepared-none-card")
}

// TestAllThatWaitsIsPreparedFromTheCabinet: and a failure is told by number.
func TestAllThatWaitsIsPreparedFromTheCabinet(t *testing.T) {
	h := givenCentre(t)
	id := h.drafted("Оразалы")
	s := h.seat("approver", assets.RU)
	s.sees("Подготовить к подписанию (1)")
	s.lookAround("prepared-cabinet")
	s.setLang(assets.RU)
	s.settle()
	h.as("auditor", func(ctx context.Context, desk *app.Desk) error { return desk.Recall(ctx, id) })
	s.click("Подготовить к подписанию (1)")
	s.sees("Подготовлено: 0, осталось: 1.", "№ 2026-0001: ")
	s.lookAround("prepared-failed")
}

// TestACertificateIsPreparedOnTheDesk.
func TestACertificateIsPreparedOnTheDesk(t *testing.T) {
	h := givenCentre(t)
	purchase, _ := h.violated()
	s := h.seat("auditor", assets.RU)
	s.visit(route{name: pageDesk, id: purchase, direction: control.D1})
	s.fromMore("Подготовить справку к подписанию")
	s.sees("Справка А-2026-0001 подготовлена к подписанию на 11.03.2026 10:")
	s.lookAround("prepared-desk")
	s.setLang(assets.RU)
	s.settle()
	h.goAway()
	s.round()
	s.click("Завершить…")
	s.signs("auditor.p12", demo.Password)
	h.comeBack()
	s.sync()
	page, _, err := s.desk.Page(purchase, control.D1)
	h.must(err)
	if page.Certified == nil || page.Prepared.ID != "" {
		t.Errorf("certified is %+v", page.Certified)
	}
}

package ui

import (
	"context"
	"strings"
	"testing"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
)

func TestTheOutboxSaysWhyAndLetsGo(t *testing.T) {
	s, f := givenForm(t, assets.RU)
	id := f.form.ID
	back := s.house.down()
	s.write(russianText)
	s.agreer("Оразалы")
	s.save()
	back()
	elsewhere := &house{Centre: s.house.Centre, t: t, seats: t.TempDir()}
	elsewhere.as("auditor", func(ctx context.Context, desk *app.Desk) error { // was quicker, at another machine
		form, err := desk.NewForm(f.form.Purchase, f.form.Lot, control.D1)
		if err != nil {
			return err
		}
		form.Text.RU = "Другой текст"
		return desk.SaveForm(ctx, form)
	})
	s.sync()
	s.visit(route{name: pageOutbox})
	page, ok := s.current.(*outboxPage)
	if !ok || len(page.rows) != 1 {
		t.Fatalf("%T has not the one command", s.current)
	}
	if row := page.rows[0]; row.State != app.ParcelRefused || !strings.Contains(row.Why(assets.RU), "уведомление уже есть") || row.Label != "command.create" {
		t.Errorf("the row is %+v", row)
	}
	page.list.ToggleDetails()
	s.settle()
	s.sees("Не принято", "Центр это не принял", "уведомление уже есть")
	s.look("outbox-refused")
	page.retry([]string{page.rows[0].ID})
	s.settle()
	s.sees("Отправляется снова")
	page.remove([]string{page.rows[0].ID})
	s.settle()
	s.sees("Убрать из очереди: Составление уведомления № ")
	s.click("Убрать из очереди")
	s.sees("Всё дошло до центра")
	if got := s.card(id).Notification.State.TextRU; got != russianText {
		t.Errorf("the draft has %q", got)
	}
}

func TestEveryCommandAndStateHasItsWords(t *testing.T) {
	for _, lang := range []assets.Lang{assets.KK, assets.RU} {
		for _, state := range app.ParcelStates() {
			if parcelLooks[state].Icon == "" {
				t.Errorf("%s has no look", state)
			}
			for _, key := range []string{"outbox.state." + string(state), "outbox.explain." + string(state)} {
				if strings.Contains(lang.T(key), "⟦") {
					t.Errorf("%s: no words for %s", lang, key)
				}
			}
		}
		for _, reason := range []app.PastReason{app.PastMine, app.PastTheirs, app.PastReplaced, app.PastEarlier} {
			if key := "history.reason." + string(reason); strings.Contains(lang.T(key), "⟦") {
				t.Errorf("%s: no words for %s", lang, key)
			}
		}
		for _, field := range app.Fields() {
			if key := "text.field." + string(field); strings.Contains(lang.T(key), "⟦") {
				t.Errorf("%s: no words for %s", lang, key)
			}
		}
		for _, row := range control.NotificationLife {
			if _, known := trailStatus[row.Action]; !known && row.To != "" && row.Relation != control.Itself {
				t.Errorf("a trail has no words for %s", row.Action)
			}
		}
		for action := range trailStatus {
			if key := "card.trail." + string(action); strings.Contains(lang.T(key), "⟦") {
				t.Errorf("%s: no words for %s", lang, key)
			}
		}
		for _, d := range (&cardPage{}).deeds() {
			if key := "card.action." + string(d.action); strings.Contains(lang.T(key), "⟦") {
				t.Errorf("%s: no words for %s", lang, key)
			}
		}
	}
}

func TestAnEmptyInboxSaysSo(t *testing.T) {
	s := givenCentre(t).seat("organizer", assets.RU)
	s.visit(route{name: pageInbox})
	s.sees("Сообщений пока нет")
	s.look("inbox-empty")
}

package ui

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"baqylau/api"
	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/localstore"
)

// told puts the clock forward and waits until the centre has told a person of something.
func (h *house) told(login string, at time.Time, code api.AboutCode) {
	h.t.Helper()
	h.ahead.Store(int64(at.Sub(morning)))
	h.as(login, func(ctx context.Context, desk *app.Desk) error {
		for {
			if letters, err := desk.FindLetters(ctx, app.Inbox{About: code}); err != nil || letters.Len() > 0 {
				return err
			}
			if err := desk.Sync(ctx); err != nil {
				return err
			}
		}
	})
}

func (s *seat) inbox() *inboxPage {
	s.t.Helper()
	page, ok := s.current.(*inboxPage)
	if !ok {
		s.t.Fatalf("the page is %T", s.current)
	}
	return page
}

// rows are what the inbox shows: what about, the status, the days left.
func (s *seat) rows() []string {
	s.t.Helper()
	var rows []string
	found := s.inbox().found
	for i := range found.Len() {
		c := s.inbox().at(found, i)
		rows = append(rows, strings.Join([]string{c[0].Text, c[4].Text, c[6].Text}, " · "))
	}
	return rows
}

// TestTheInboxTellsWhatTimeBrought; each message in words, found by what it is about.
func TestTheInboxTellsWhatTimeBrought(t *testing.T) {
	h := givenCentre(t)
	id := h.delivered()
	h.told("organizer", time.Date(2026, 3, 27, 9, 0, 0, 0, morning.Location()), api.RemindExecution)
	s := h.seat("organizer", assets.RU)
	s.visit(route{name: pageInbox})
	s.sees("показано 2 из 2")
	if got := s.rows(); got[0] != "Уведомление · Новое · 1 р.д." || got[1] != "Близок срок исполнения · Доставлено · 1 р.д." {
		t.Errorf("it shows %q", got)
	}
	s.lookAround("inbox-reminded")
	s.setLang(assets.RU)
	s.settle()
	s.inbox().list.ToggleDetails()
	s.sees("Поступило уведомление 2026-0001, исполнить его нужно до 30.03.2026 включительно.")
	s.inbox().view.Filters[filterAbout] = string(api.RemindExecution)
	s.inbox().refresh()
	s.settle()
	s.sees("показано 1 из 2", "О чём: Близок срок исполнения", "Срок исполнения уведомления 2026-0001 подходит к концу, последний день – 30.03.2026.")
	s.lookAround("inbox-filtered")
	s.setLang(assets.RU)
	s.settle()
	s.inbox().focus()
	s.press(fyne.KeyReturn)
	if c, ok := s.current.(*cardPage); !ok || c.id != id {
		t.Fatalf("Enter opened %T", s.current)
	}
}

// TestTheAuthorLearnsThatItLapsed; by the author's own inbox.
func TestTheAuthorLearnsThatItLapsed(t *testing.T) {
	h := givenCentre(t)
	id := h.delivered()
	h.told("auditor", time.Date(2026, 4, 20, 9, 0, 0, 0, morning.Location()), api.Lapse)
	s := h.seat("auditor", assets.KK)
	s.visit(route{name: pageInbox})
	s.sees("Келген хабарлар")
	if got := s.rows(); len(got) != 1 || !strings.HasPrefix(got[0], "Мерзімінде орындалмады · Орындалмады. Таныспады · ") {
		t.Errorf("it shows %q", got)
	}
	s.lookAround("inbox-author")
	s.current.focus()
	s.press(fyne.KeyReturn)
	if got := s.status(id); got != control.NotificationLapsedUnknown {
		t.Errorf("it is %s", got)
	}
}

// TestAMessageThatOpensNothingIsReadBesideTheList: of an objection, by who may not read the notification, or
// of a centre that knows more.
func TestAMessageThatOpensNothingIsReadBesideTheList(t *testing.T) {
	s := givenCentre(t).seat("organizer", assets.RU)
	due := morning.AddDate(0, 0, 2)
	o := api.Objection{ID: "o", NameRU: "Спортзал"}
	o.State.Status, o.State.Due = control.ObjectionNew, due
	s.mirrors(api.ObjectKindObjection, "o", o)
	s.mirrors(api.ObjectKindMessage, "1", api.Message{ID: "1", At: morning, Objection: "o", About: api.About{Code: api.RemindReview, Number: "ҚС-1", Deadline: due}})
	s.mirrors(api.ObjectKindMessage, "2", api.Message{ID: "2", About: api.About{Code: "of tomorrow", Number: "7"}})
	s.visit(route{name: pageInbox})
	b := s.inbox()
	if got := s.rows(); got[0] != "Близок срок рассмотрения ·  · 2 р.д." || got[1] != "Сообщение ·  · " {
		t.Errorf("it shows %q", got)
	}
	b.open("1")
	s.settle()
	s.sees("Срок рассмотрения возражения ҚС-1 подходит к концу, последний день – 13.03.2026.", "Спортзал")
	b.list.Focus()
	s.press(fyne.KeyDown)
	s.sees("обновите программу")
	b.view.Place.Search = "спорт"
	b.refresh()
	s.settle()
	s.sees("показано 1 из 2")
}

// mirrors puts an invented object into the seat's mirror.
func (s *seat) mirrors(kind api.ObjectKind, id string, object any) {
	s.t.Helper()
	body, err := json.Marshal(object)
	if err != nil {
		s.t.Fatal(err)
	}
	store := s.desk.Store()
	if err := store.ApplyChanges(context.Background(), store.Cursor(), []localstore.Object{{Kind: string(kind), ID: id, Version: 1, Body: body}}, nil); err != nil {
		s.t.Fatal(err)
	}
}

// TestEverythingToldHasItsWords: in both languages, and is known to the contract.
func TestEverythingToldHasItsWords(t *testing.T) {
	for _, kind := range control.DutyKinds() {
		if !api.AboutCode(kind).Valid() {
			t.Errorf("the contract does not know %s", kind)
		}
	}
	for _, code := range append(subjects(), "of tomorrow") {
		for _, lang := range []assets.Lang{assets.KK, assets.RU} {
			if strings.Contains(lang.T(subject(code)), "⟦") {
				t.Errorf("%s: no words for %s", lang, code)
			}
		}
	}
	if got := len(subjects()); got != len(control.DutyKinds())+1 {
		t.Errorf("%d can be filtered by", got)
	}
}

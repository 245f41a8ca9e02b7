package app_test

import (
	"encoding/json"
	"testing"

	"baqylau/api"
	"baqylau/app"
	"baqylau/server/store"
)

// letters are what the seat was told, brought up to date.
func (s *seat) letters(want int) []app.Letter {
	s.h.t.Helper()
	ok(s.h.t, s.Sync(ctx))
	found, err := s.FindLetters(ctx, app.Inbox{})
	ok(s.h.t, err)
	list := make([]app.Letter, found.Len())
	for i := range list {
		list[i], err = found.Letter(i)
		ok(s.h.t, err)
	}
	if len(list) != want {
		s.h.t.Fatalf("%s has %d letters, want %d: %+v", s.login, len(list), want, list)
	}
	return list
}

// rewrite has the centre hold another message in the place of one, or none.
func (h *house) rewrite(id string, m *api.Message) {
	h.t.Helper()
	ok(h.t, h.store.Update(ctx, func(tx *store.Tx) error {
		r, err := tx.Get("message", id)
		if err != nil {
			return err
		}
		if m == nil {
			err = tx.Delete(r.Kind, r.ID, r.Version)
		} else if r.Body, err = json.Marshal(m); err == nil {
			r.Version, err = tx.Put(r, r.Version)
		}
		if err != nil {
			return err
		}
		return tx.Record(store.Event{Kind: r.Kind, Object: r.ID, Version: r.Version, Gone: m == nil, At: noon(), Body: r.Body, Scopes: []string{"p/" + r.Owner}})
	}))
}

// TestWhatCameIsListedWhoeverWroteOfIt; what was delivered is found with its message, with one that
// an older centre wrote, and with none, as by who came to the organisation later.
func TestWhatCameIsListedWhoeverWroteOfIt(t *testing.T) {
	h := given(t)
	id := h.sent()
	organizer := h.enter("organizer")
	check := func(name string) {
		t.Helper()
		l := organizer.letters(1)[0]
		n := l.Card.Notification
		if l.About.Code != api.Delivered || !l.Unread || !l.Known || n.ID != id || l.About.Number != n.Number || l.KK != n.NameKK || l.PurchaseNumber != heroNumber || !l.Came.Equal(n.State.DeliveredAt) {
			t.Errorf("%s: %+v", name, l)
		}
	}
	check("with its message")
	messages, err := organizer.Messages()
	ok(t, err)
	m := messages[0]
	m.About = api.About{}
	h.rewrite(m.ID, &m)
	check("with an older centre's message")
	h.rewrite(m.ID, nil)
	check("with none")
	ok(t, organizer.Acknowledge(ctx, id))
	if organizer.letters(1)[0].Unread {
		t.Error("it is unread once it was opened")
	}
}

// TestALetterSpeaksOfATermWhileItRuns; to the controller, until the review is prolonged.
func TestALetterSpeaksOfATermWhileItRuns(t *testing.T) {
	h := given(t)
	h.sent()
	organizer := h.enter("organizer")
	messages, err := organizer.Messages()
	ok(t, err)
	controller, id := h.enter("controller"), organizer.letters(1)[0].Card.Notification.ID
	ok(t, organizer.Object(ctx, id, "Келіспейміз", ""))
	manager := h.enter("objection-manager")
	o := manager.objection().Objection
	for _, p := range []string{"controller", "objection-manager"} {
		m := messages[0]
		m.ID, m.Person, m.Objection = "reminder to "+p, h.made.people[p].IIN, o.ID
		m.About = api.About{Code: api.RemindReview, Number: o.Number, Deadline: o.State.Due}
		h.tell(m)
	}
	ok(t, manager.Sync(ctx))
	if l := manager.letters(1)[0]; l.Known || !l.Term.Equal(o.State.Due) || l.RU != o.NameRU || l.PurchaseNumber != heroNumber {
		t.Errorf("the manager, who reads no notification, has %+v", l)
	}
	if l := controller.letters(1)[0]; !l.Known || !l.Term.IsZero() { // a new objection is not the controllers' to read
		t.Errorf("before it is assigned the controller has %+v", l)
	}
	ok(t, manager.AssignObjections(ctx, []string{o.ID}, h.made.people["controller"].IIN))
	if l := controller.letters(1)[0]; !l.Term.Equal(o.State.Due) || l.Unread {
		t.Errorf("the controller has %+v", l)
	}
	ok(t, controller.ProlongObjection(ctx, o.ID, "Сложно"))
	if l := controller.letters(1)[0]; !l.Term.IsZero() {
		t.Errorf("once the review is prolonged the old term runs on: %+v", l)
	}
}

// tell puts a message into a cabinet.
func (h *house) tell(m api.Message) {
	h.t.Helper()
	ok(h.t, h.store.Update(ctx, func(tx *store.Tx) error {
		body, err := json.Marshal(m)
		if err != nil {
			return err
		}
		if _, err := tx.Put(store.Record{Kind: "message", ID: m.ID, Owner: m.Person, Body: body}, 0); err != nil {
			return err
		}
		return tx.Record(store.Event{Kind: "message", Object: m.ID, Version: 1, At: noon(), Body: body, Scopes: []string{"p/" + m.Person}})
	}))
}

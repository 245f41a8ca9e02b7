package server_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"baqylau/api"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/server"
)

// book is a rule book at the centre, by its number; 0: the one in force.
func (w *world) book(number string) (api.Rulebook, int64) {
	w.t.Helper()
	path := "/v1/rulebook"
	if number != "" {
		path += "?version=" + number
	}
	o := as[api.Object](w.t, w.get(person("R/audit_object"), path).ok(w.t))
	if o.Kind != api.ObjectKindRulebook || o.ID != api.RulebookID {
		w.t.Errorf("the book is a %s %s", o.Kind, o.ID)
	}
	return body[api.Rulebook](w.t, o), o.Version
}

// beside is another server over the same store, of a program with a built-in book.
func (w *world) beside(book control.Book, log *bytes.Buffer) *world {
	w.t.Helper()
	other := served(w.t, w.store, func(c *server.Config) {
		c.Book, c.Clock = book, w.clock.now
		if log != nil {
			c.Log = slog.New(slog.NewTextHandler(log, nil))
		}
	})
	other.clock = w.clock
	return other
}

// TestANewCentreTakesTheBuiltInBook: and everybody is fed it.
func TestANewCentreTakesTheBuiltInBook(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		book, number := w.book("")
		if number != 1 {
			t.Errorf("the first book is number %d", number)
		}
		for name, want := range map[control.Part][]byte{
			control.PartCalendar: assets.WorkCalendar, control.PartCatalogue: assets.RiskProfiles, control.PartTerms: assets.Terms,
		} {
			part := book.Part(name)
			if part.Text != string(want) || part.Origin != api.Program || !part.At.Equal(noon()) || part.Version != control.FileVersion(want) {
				t.Errorf("the %s is another: %s %s %s", name, part.Origin, part.Version, part.At)
			}
		}
		for _, p := range []string{"A/auditor", "S/audit_object", "C/controller"} {
			fed := w.changes(person(p)).Objects
			if n := len(slices.DeleteFunc(fed, func(o api.Object) bool { return o.Kind != api.ObjectKindRulebook || o.Version != 1 })); n != 1 {
				t.Errorf("%s is fed %d books", p, n)
			}
		}
		w.unchanged(func() { w.beside(server.BuiltInBook(), nil) })
	})
}

// TestABookIsSentToWhoHasItNot, a decision's book is found by its number.
func TestABookIsSentToWhoHasItNot(t *testing.T) {
	w := given(t)
	first := w.get(person("A/auditor"), "/v1/rulebook").ok(t)
	if tag := first.header.Get("ETag"); tag != `"1"` {
		t.Errorf("the tag is %s", tag)
	}
	if got := w.unless(`"1"`); got.status != http.StatusNotModified || len(got.body) > 0 {
		t.Errorf("who has it gets %d %s", got.status, got.body)
	}
	if got := w.unless(`"2"`); got.status != http.StatusOK {
		t.Errorf("who has another gets %d", got.status)
	}
	for _, number := range []string{"2", "-1", "99999999999"} {
		w.get(person("A/auditor"), "/v1/rulebook?version="+number).refusedAs(t, http.StatusNotFound, "not_found")
	}
	w.get(person("A/auditor"), "/v1/rulebook?version=x").refusedAs(t, http.StatusUnprocessableEntity, "bad_input")
}

// unless asks for the book in force unless it has a tag.
func (w *world) unless(tag string) answer {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.url+"/v1/rulebook", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+person("A/auditor").token())
	req.Header.Set("If-None-Match", tag)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	return read(w.t, resp)
}

// changed is the built-in book with a text replaced in a part.
func changed(t testing.TB, part control.Part, from, to string) control.Book {
	t.Helper()
	book := server.BuiltInBook()
	file := book.File(part)
	text := strings.Replace(string(*file), from, to, 1)
	if text == string(*file) {
		t.Fatalf("the %s has no %q", part, from)
	}
	*file = []byte(text)
	return book
}

// TestANewerProgramBringsItsBook: and an older one that starts again later does not take it back.
func TestANewerProgramBringsItsBook(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		newer := changed(t, control.PartTerms, `"terms": [`, `"terms": [
			{"name": "execution", "value": 12, "unit": "working_days", "from": "2026-10-01", "basis": "an amendment"},`)
		var log bytes.Buffer
		before := w.events()
		other := w.beside(newer, &log)
		if n := w.events() - before; n != 1 {
			t.Errorf("%d events", n)
		}
		if !strings.Contains(log.String(), "taken over") || !strings.Contains(log.String(), "terms") || strings.Contains(log.String(), "calendar") {
			t.Errorf("the log says: %s", log.String())
		}
		for _, server := range []*world{w, other} {
			book, number := server.book("")
			if number != 2 || book.Terms.Text != string(newer.Terms) || book.Calendar.Text != string(assets.WorkCalendar) {
				t.Errorf("the book is number %d", number)
			}
			old, number := server.book("1")
			if number != 1 || old.Terms.Text != string(assets.Terms) {
				t.Errorf("the former book is number %d", number)
			}
		}
		w.unchanged(func() { w.beside(server.BuiltInBook(), nil) })
		if _, number := w.book(""); number != 2 {
			t.Errorf("the older program made it number %d", number)
		}
	})
}

// TestABrokenBuiltInBookIsRefused: no centre runs by half a book.
func TestABrokenBuiltInBookIsRefused(t *testing.T) {
	w := given(t)
	broken := server.BuiltInBook()
	broken.Calendar = []byte("{}")
	w.unchanged(func() {
		if _, err := server.New(t.Context(), server.Config{Store: w.store, Book: broken, Trust: w.trust(), Clock: w.clock.now}); err == nil {
			t.Error("it is taken")
		}
	})
}

package server_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"baqylau/api"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/control/calendar"
	"baqylau/server"
	"baqylau/server/store"
)

// cabinet is what somebody was told, in the order in which it came.
func (w *world) cabinet(p who) []api.Message {
	w.t.Helper()
	var list []api.Message
	err := w.store.View(w.t.Context(), func(tx *store.Tx) error {
		list = nil
		records, err := tx.Owned("message", p.iin, "", 1000)
		for _, r := range records {
			list = append(list, as[api.Message](w.t, answer{body: r.Body}))
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	slices.SortStableFunc(list, func(a, b api.Message) int { return a.At.Compare(b.At) })
	return list
}

// told is what somebody was told, as "delivered remind_execution".
func (w *world) told(p who) string {
	w.t.Helper()
	var codes []string
	for _, m := range w.cabinet(p) {
		codes = append(codes, string(m.About.Code))
	}
	return strings.Join(codes, " ")
}

// fallsDue is when a duty of the story's notification or objection does, as they stand now.
func (w *world) fallsDue(kind control.DutyKind) control.Duty {
	w.t.Helper()
	n := w.seenBy(person("auditor"))
	duties, err := rules(w.t).NotificationDuties(&n.State, n.ConfirmUntil)
	if n.Objection != "" {
		o, _ := w.objection(person("objection-manager"))
		more, failed := rules(w.t).ObjectionDuties(&o.State)
		duties, err = append(duties, more...), errors.Join(err, failed)
	}
	i := slices.IndexFunc(duties, func(d control.Duty) bool { return d.Kind == kind })
	if err != nil || i < 0 {
		w.t.Fatalf("time brings %v: %v", duties, err)
	}
	return duties[i]
}

// until moves the clock to an instant and has the centre do what is due.
func (w *world) until(at time.Time) {
	w.t.Helper()
	w.clock.set(at)
	w.catchUp()
}

// TestTimeTellsWhomItConcerns; at the instant and not before, once, with the
// number and the term.
func TestTimeTellsWhomItConcerns(t *testing.T) {
	object, author := []string{"*@R"}, []string{"auditor"}
	for _, r := range []struct {
		kind  control.DutyKind
		stage stage
		to    []string
	}{
		{control.RemedyOpens, delivered, object},
		{control.RemindExecution, delivered, object},
		{control.RemindExecution, acknowledged, object},
		{control.RemindExecution, concluded, object},
		{control.RemindExecution, notConfirmed, object},
		{control.LapseDue, delivered, append(author, object...)},
		{control.LapseDue, acknowledged, append(author, object...)},
		{control.RemindConfirmation, reported, author},
		{control.ConfirmationOverdue, reported, author},
		{control.RemindReview, objected, []string{"objection_manager@C"}},
		{control.RemindReview, objectionAssigned, []string{"controller"}},
		{control.ReviewOverdue, objected, []string{"objection_manager@C"}},
		{control.ReviewOverdue, concluding, []string{"controller"}},
	} {
		t.Run(fmt.Sprintf("%s at stage %d", r.kind, r.stage), func(t *testing.T) {
			w := at(t, r.stage)
			d := w.fallsDue(r.kind)
			number := w.seenBy(person("auditor")).Number
			if d.Kind == control.RemindReview || d.Kind == control.ReviewOverdue {
				o, _ := w.objection(person("objection-manager"))
				number = o.Number
			}
			have := func(p who) (n int) {
				for _, m := range w.cabinet(p) {
					if string(m.About.Code) != string(r.kind) {
						continue
					}
					n++
					if m.About.Number != number || !m.About.Deadline.Equal(d.Term) || m.Notification != notificationID || !m.At.Equal(w.clock.now()) {
						t.Errorf("%s is told %+v", p.name, m)
					}
				}
				return n
			}
			w.until(d.At.Add(-time.Millisecond))
			before := have(person("organizer")) + have(person("auditor")) + have(person("controller")) + have(person("objection-manager"))
			if before > 0 {
				t.Errorf("%d were told before", before)
			}
			w.until(d.At)
			for _, p := range everybody() {
				want := map[bool]int{true: 1}[names(r.to, p)]
				if got := have(p); p.iin != "" && got != want {
					t.Errorf("%s was told %d times, want %d", p.name, got, want)
				}
			}
			w.unchanged(w.catchUp)
		})
	}
}

// TestTheCabinetReachesTheProgram: messages come with the feed, old ones and new.
func TestTheCabinetReachesTheProgram(t *testing.T) {
	w := at(t, delivered)
	w.until(w.fallsDue(control.RemindExecution).At)
	var codes []string
	for _, o := range w.changes(person("organizer")).Objects {
		if o.Kind == api.ObjectKindMessage {
			codes = append(codes, string(body[api.Message](t, o).About.Code))
		}
	}
	if diff := cmp.Diff([]string{"delivered", "remedy_opens", "remind_execution"}, codes); diff != "" {
		t.Error(diff)
	}
}

// newcomer enrols an employee of an audit object of whom the cast has nobody.
func (w *world) newcomer(of control.Party) who {
	w.t.Helper()
	p := who{name: "newcomer", iin: strangerIIN, org: of.BIN, role: []control.Role{control.AuditObject}}
	office := server.Office{Store: w.store, Clock: w.clock.now, Name: "test"}
	err := office.Enrol(w.t.Context(),
		api.Organization{BIN: of.BIN, Kind: api.Organizer, NameKK: of.NameKK, NameRU: of.NameRU},
		api.Person{IIN: p.iin, Surname: "Жаңа", Organization: of.BIN, Roles: p.role})
	if err == nil {
		err = w.store.Update(w.t.Context(), func(tx *store.Tx) error {
			return tx.PutSession(digest([]byte(p.token())), p.iin, w.clock.now().AddDate(1, 0, 0))
		})
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// TestAnEffectThatBeginsIsShownAnew: D3; whoever sees the purchase or the notification learns that
// time changed the statuses.
func TestAnEffectThatBeginsIsShownAnew(t *testing.T) {
	for name, objects := range map[string]bool{"it runs": false, "an objection is open": true} {
		t.Run(name, func(t *testing.T) {
			w := given(t)
			purchase := w.notify("18391866-1", control.D3, 0)
			object := w.newcomer(w.seenBy(person("auditor")).Organizer)
			if objects {
				w.object(object).ok(t)
			}
			cursors := map[string]string{}
			for _, p := range []who{object, person("auditor")} {
				cursors[p.name] = w.changes(p).Cursor
			}
			w.until(w.seenBy(person("auditor")).Effect.From)
			kinds := func(p who) string {
				var kinds []string
				for _, o := range as[api.Changes](t, w.get(p, "/v1/changes?after="+cursors[p.name]).ok(t)).Objects {
					if o.Kind != api.ObjectKindMessage && (o.ID == purchase.ID || o.ID == notificationID) {
						kinds = append(kinds, string(o.Kind))
					}
				}
				return strings.Join(kinds, " ")
			}
			if got := kinds(person("auditor")); got != "notification purchase" {
				t.Errorf("the department is shown %q", got)
			}
			if got := kinds(object); got != "notification" {
				t.Errorf("the audit object is shown %q", got)
			}
			want := map[bool]string{false: "remedy_opens", true: ""}[objects]
			for _, p := range []who{object, person("auditor")} {
				if got := w.told(p); got != want {
					t.Errorf("%s is told %q, want %q", p.name, got, want)
				}
			}
		})
	}
}

// TestAfterAnOutage: what fell due while nothing ran comes once and in order; nobody is reminded of a
// term that is over.
func TestAfterAnOutage(t *testing.T) {
	for _, r := range []struct {
		name      string
		stage     stage
		back      func(*world) time.Time
		to, story string
	}{
		{"within the term", delivered, func(w *world) time.Time { return w.fallsDue(control.LapseDue).At.Add(-1) }, "organizer", "delivered remedy_opens remind_execution"},
		{"weeks after the deadline", delivered, func(w *world) time.Time { return w.fallsDue(control.LapseDue).At.AddDate(0, 0, 40) }, "organizer", "delivered lapse"},
		{"the author, too", delivered, func(w *world) time.Time { return w.fallsDue(control.LapseDue).At.AddDate(0, 0, 40) }, "auditor", "lapse"},
		{"a report that nobody answered", reported, func(w *world) time.Time { return w.fallsDue(control.ConfirmationOverdue).At.AddDate(0, 0, 40) }, "auditor", "confirmation_overdue"},
		{"a refused report", notConfirmed, func(w *world) time.Time { return w.fallsDue(control.RemindExecution).Term.AddDate(0, 0, 40) }, "organizer", "delivered"},
		{"a review", objectionAssigned, func(w *world) time.Time { return w.fallsDue(control.ReviewOverdue).At.AddDate(0, 0, 40) }, "controller", "review_overdue"},
	} {
		t.Run(r.name, func(t *testing.T) {
			w := at(t, r.stage)
			w.until(r.back(w))
			if got := w.told(person(r.to)); got != r.story {
				t.Errorf("%s is told %q, want %q", r.to, got, r.story)
			}
			w.unchanged(w.catchUp)
		})
	}
}

// TestAMovedDeadlineIsTheOneThatIsTold, by a conclusion, by a prolongation.
func TestAMovedDeadlineIsTheOneThatIsTold(t *testing.T) {
	t.Run("a conclusion", func(t *testing.T) {
		w := at(t, conclusionReady)
		old := w.seenBy(person("auditor")).State.Deadline
		w.until(old.AddDate(0, 0, 10))
		w.deliverConclusion().ok(t)
		moved := w.seenBy(person("auditor")).State.Deadline
		if !moved.After(old) {
			t.Fatalf("the deadline is still %s", moved)
		}
		w.until(moved.Add(-time.Millisecond))
		if got := w.told(person("organizer")); got != "delivered remedy_opens remind_execution" {
			t.Errorf("before the moved deadline: %q", got)
		}
		if m := w.cabinet(person("organizer"))[2]; !m.About.Deadline.Equal(moved) {
			t.Errorf("reminded of %s", m.About.Deadline)
		}
		w.until(moved)
		if got := w.told(person("auditor")); got != "lapse" {
			t.Errorf("at the moved deadline: %q", got)
		}
	})
	t.Run("a reminder that came already comes again with the new deadline", func(t *testing.T) {
		w := at(t, acknowledged)
		old := w.seenBy(person("auditor")).State.Deadline
		until := w.seenBy(person("auditor")).State.ObjectionUntil
		w.until(until.Add(-time.Millisecond)) // before the reminder
		scenes[objected](w)
		w.until(old.Add(-time.Millisecond)) // the reminder's instant passes: the clock stands
		for s := objectionAssigned; s <= concluded; s++ {
			scenes[s](w)
		}
		moved := w.seenBy(person("auditor")).State.Deadline
		w.until(moved.Add(-time.Millisecond))
		if got := w.told(person("organizer")); got != "delivered remedy_opens remind_execution" || !moved.After(old) {
			t.Errorf("told %q; the deadline moved from %s to %s", got, old, moved)
		}
	})
	t.Run("a prolongation", func(t *testing.T) {
		w := at(t, objectionAssigned)
		old := w.fallsDue(control.ReviewOverdue).At
		_, version := w.objection(person("controller"))
		w.postAt(person("controller"), "/v1/objections/"+objectionID+"/prolong", version, api.RejectCommand{Reason: "Сложно"}).ok(t)
		w.until(old)
		if got := w.told(person("controller")); got != "" {
			t.Errorf("by the old term: %q", got)
		}
		w.until(w.fallsDue(control.RemindReview).At)
		w.until(w.fallsDue(control.ReviewOverdue).At)
		if got := w.told(person("controller")); got != "remind_review review_overdue" {
			t.Errorf("by the new term: %q", got)
		}
	})
}

// TestManyServersDoItOnce: they share one store.
func TestManyServersDoItOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.play(delivered)
		for _, r := range []struct {
			at    time.Time
			story string
		}{
			{w.fallsDue(control.RemindExecution).At, "delivered remedy_opens remind_execution"},
			{w.fallsDue(control.LapseDue).At, "delivered remedy_opens remind_execution lapse"},
		} {
			w.clock.set(r.at)
			_, err := atOnce(4, func(int) (struct{}, error) {
				s := served(t, w.store, func(c *server.Config) { c.Clock = w.clock.now })
				return struct{}{}, s.centre.CatchUp(t.Context())
			})
			if err != nil {
				t.Error(err)
			}
			if got := w.told(person("organizer")); got != r.story {
				t.Errorf("told %q", got)
			}
		}
		if got := w.told(person("auditor")); got != "lapse" {
			t.Errorf("the author is told %q", got)
		}
	})
}

// TestWhateverServersDo: they come and go, die over jobs, and people act between; whatever happens, no
// message comes twice, none too early or too late, and the deadline is not missed.
func TestWhateverServersDo(t *testing.T) {
	copied := filepath.Join(t.TempDir(), "copy.db")
	at(t, delivered).copyTo(copied)
	file, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		w := restored(t, file)
		lapses, reminds := w.fallsDue(control.LapseDue).At, w.fallsDue(control.RemindExecution).At
		for w.clock.now().Before(lapses.AddDate(0, 0, 3)) {
			w.clock.set(w.clock.now().Add(time.Duration(rapid.IntRange(1, 90).Draw(rt, "hours")) * time.Hour))
			switch rapid.IntRange(0, 3).Draw(rt, "what") {
			case 0: // a server takes what is due, and dies
				now := w.clock.now()
				if _, err := w.store.Take(t.Context(), now, now.Add(time.Minute), rapid.IntRange(1, 3).Draw(rt, "jobs")); err != nil {
					rt.Fatal(err)
				}
			case 1: // another one is started
				fresh := served(t, w.store, func(c *server.Config) { c.Clock = w.clock.now })
				fresh.catchUp()
			case 2:
				w.catchUp()
			case 3: // what is stored anew is scheduled anew
				_, version := w.notification(notificationID)
				if _, err := w.try(person("organizer"), request{method: "POST", path: "/v1/notifications/" + notificationID + "/acknowledge", ifMatch: etag(version)}); err != nil {
					rt.Fatal(err)
				}
			}
		}
		w.clock.set(w.clock.now().Add(time.Hour)) // all leases are over
		w.catchUp()
		count := map[api.AboutCode]int{}
		for _, m := range w.cabinet(person("organizer")) {
			count[m.About.Code]++
			if m.About.Code == api.RemindExecution && (m.At.Before(reminds) || !m.At.Before(lapses)) {
				rt.Errorf("reminded at %s", m.At)
			}
		}
		if count[api.Lapse] != 1 || count[api.RemindExecution] > 1 || count[api.RemedyOpens] > 1 || w.told(person("auditor")) != "lapse" {
			rt.Errorf("told %v", count)
		}
	})
}

// forget drops everything that is scheduled, as if an older centre had stored what there is.
func (w *world) forget() {
	w.t.Helper()
	never := w.clock.now().AddDate(10, 0, 0)
	jobs, err := w.store.Take(w.t.Context(), never, never, 1000)
	if err == nil {
		err = w.store.Update(w.t.Context(), func(tx *store.Tx) error {
			for _, j := range jobs {
				if err := tx.Drop(j); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil || len(jobs) == 0 {
		w.t.Fatalf("forgot %d jobs: %v", len(jobs), err)
	}
}

// TestWhatAnOlderCentreLeftIsWatched: at the start, however many lie before it, and once.
func TestWhatAnOlderCentreLeftIsWatched(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.play(objected)
		w.forget()
		err := w.store.Update(t.Context(), func(tx *store.Tx) error {
			for i := range 1001 { // more than a page, that come before
				id := fmt.Sprintf("0000-%04d", i)
				body := mustJSON(t, api.Notification{ID: id, State: control.Notification{Status: control.NotificationDraft}})
				if _, err := tx.Put(store.Record{Kind: "notification", ID: id, Body: body}, 0); err != nil {
					return err
				}
			}
			_, err := tx.Put(store.Record{Kind: "notification", ID: "0000-broken", Body: []byte(`"?"`)}, 0)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		again := served(t, w.store, func(c *server.Config) { c.Clock = w.clock.now })
		w.unchanged(again.catchUp)
		w.clock.set(w.fallsDue(control.RemindReview).At)
		again.catchUp()
		if got := w.told(person("objection-manager")); got != "remind_review" {
			t.Errorf("told %q", got)
		}
		w.unchanged(served(t, w.store, func(c *server.Config) { c.Clock = w.clock.now }).catchUp)
	})
}

// calendarOf is the built-in book with another calendar: with a note that makes it a new one, and without
// some years.
func calendarOf(t *testing.T, note string, without ...string) control.Book {
	t.Helper()
	years := map[string]json.RawMessage{}
	if err := json.Unmarshal(assets.WorkCalendar, &years); err != nil {
		t.Fatal(err)
	}
	for _, year := range without {
		if _, known := years[year]; !known {
			t.Fatalf("the calendar has no %s anyway", year)
		}
		delete(years, year)
	}
	years["note"] = mustJSON(t, note)
	book := server.BuiltInBook()
	book.Calendar = mustJSON(t, years)
	return book
}

// TestAYearThatTheCalendarLacksLosesNothing: it is said, what needs no calendar goes on, and the rest waits
// for the year without trying all the time.
func TestAYearThatTheCalendarLacksLosesNothing(t *testing.T) {
	for name, scheduled := range map[string]bool{"what was scheduled before": true, "what could not be": false} {
		t.Run(name, func(t *testing.T) {
			w := at(t, delivered)
			reminds, lapses := w.fallsDue(control.RemindExecution).At, w.fallsDue(control.LapseDue).At
			if !scheduled {
				w.forget()
			}
			var log bytes.Buffer
			with := func(book control.Book) *world {
				return served(t, w.store, func(c *server.Config) {
					c.Clock, c.Book, c.Log = w.clock.now, book, slog.New(slog.NewTextHandler(&log, nil))
				})
			}
			lacking := with(calendarOf(t, "less", "2026"))
			lacking.catchUp()
			if !strings.Contains(log.String(), calendar.UnknownYear{Year: 2026}.Error()) {
				t.Errorf("it logs %q", &log)
			}
			w.clock.set(reminds)
			w.act(person("organizer"), notificationID, "acknowledge", nil).ok(t) // who acts is not hindered
			var year calendar.UnknownYear
			if err := lacking.centre.CatchUp(t.Context()); errors.As(err, &year) != scheduled {
				t.Errorf("it says %v", err)
			}
			w.unchanged(lacking.catchUp) // and at rest: it tried once
			if got := w.told(person("organizer")); got != "delivered remedy_opens" {
				t.Errorf("without the year: %q", got)
			}
			complete := with(calendarOf(t, "all again"))
			w.clock.set(reminds.Add(10 * time.Minute))
			complete.catchUp()
			if got := w.told(person("organizer")); got != "delivered remedy_opens remind_execution" {
				t.Errorf("with the year: %q", got)
			}
			with(calendarOf(t, "less again", "2026"))
			w.until(lapses)
			if n := w.seenBy(person("auditor")); n.State.Status != control.NotificationLapsedKnown {
				t.Errorf("it is %s at its deadline", n.State.Status)
			}
		})
	}
}

// TestAnotherCalendarMovesReminders: a day that is off after all makes the reminder come earlier, whatever
// was scheduled by the calendar before.
func TestAnotherCalendarMovesReminders(t *testing.T) {
	w := at(t, delivered)
	old := w.fallsDue(control.RemindExecution).At
	book := server.BuiltInBook()
	var members map[string]json.RawMessage
	if err := json.Unmarshal(book.Calendar, &members); err != nil {
		t.Fatal(err)
	}
	var year map[string]any
	if err := json.Unmarshal(members["2026"], &year); err != nil {
		t.Fatal(err)
	}
	year["off"] = append(year["off"].([]any), old.In(noon().Location()).Format(time.DateOnly))
	delete(year, "work_days_5day_week")
	book.Calendar = mustJSON(t, map[string]any{"2026": year})
	changed := served(t, w.store, func(c *server.Config) { c.Clock, c.Book = w.clock.now, book })
	w.clock.set(old.Add(-time.Millisecond))
	changed.catchUp()
	if got := w.told(person("organizer")); got != "delivered remedy_opens remind_execution" {
		t.Errorf("before the old instant: %q", got)
	}
	w.until(old)
	if got := w.told(person("organizer")); got != "delivered remedy_opens remind_execution" {
		t.Errorf("at the old instant: %q", got)
	}
}

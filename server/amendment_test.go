package server_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"baqylau/api"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/server"
)

const year2027 = ` "2027": {
  "off": ["2027-01-01", "2027-01-04", "2027-01-07", "2027-03-08", "2027-03-22", "2027-03-23", "2027-03-24",
   "2027-05-03", "2027-05-07", "2027-05-10", "2027-07-06", "2027-08-30", "2027-10-25", "2027-12-16"],
  "working_weekend": [],
  "work_days_5day_week": 247
 },
`

// with2027 is the built-in calendar and a year more.
func with2027() string {
	return strings.Replace(string(assets.WorkCalendar), ` "other":`, year2027+` "other":`, 1)
}

// amends sends files of the rule book over a version.
func (w *world) amends(p who, version int64, c api.RulebookCommand) answer {
	w.t.Helper()
	return w.postAt(p, "/v1/admin/rulebook", version, c)
}

func (w *world) checks(c api.RulebookCommand) api.RulebookCheck {
	w.t.Helper()
	var check api.RulebookCheck
	w.unchanged(func() {
		check = as[api.RulebookCheck](w.t, w.post(person("A/administrator"), "/v1/admin/rulebook/check", c).ok(w.t))
	})
	return check
}

// TestAYearThatTheCalendarLacksIsAskedForAndAdded, with no restart, on every server.
func TestAYearThatTheCalendarLacksIsAskedForAndAdded(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		other := w.beside(server.BuiltInBook(), nil)
		p := w.hero()
		p.ID, p.Number = p.ID+"-2027", "27000001-1"
		p.DiscussionEndsAt = time.Time{}
		p.PublishedAt = time.Date(2027, 2, 10, 11, 0, 0, 0, noon().Location())
		for i := range p.Lots {
			p.Lots[i].ID += "-2027"
		}
		w.keep(p)
		w.clock.set(p.PublishedAt.AddDate(0, 0, 1))
		for _, server := range []*world{w, other} {
			refusal := server.post(person("lot-manager"), "/v1/assignments", api.AssignCommand{
				Assignee: person("auditor").iin, Lots: []api.LotRef{{Purchase: p.ID, Lot: p.Lots[0].ID}},
			}).refusedAs(t, http.StatusConflict, "no_calendar")
			if !strings.Contains(refusal.DetailKK, "2027") || !strings.Contains(refusal.DetailRU, "2027") {
				t.Errorf("it is told: %s %s", refusal.DetailKK, refusal.DetailRU)
			}
		}
		w.amends(person("A/administrator"), 1, api.RulebookCommand{Calendar: with2027()}).ok(t)
		for i, server := range []*world{w, other} {
			server.post(person("lot-manager"), "/v1/assignments", api.AssignCommand{
				Assignee: person("auditor").iin, Lots: []api.LotRef{{Purchase: p.ID, Lot: p.Lots[i].ID}},
			}).each(t)
			if rows := server.reportPage("method=open_tender&number=27000001", "", 10).Rows; len(rows) == 0 ||
				!rows[0].Closes.Equal(time.Date(2027, 2, 18, 0, 0, 0, 0, noon().Location())) {
				t.Errorf("the report says %+v", rows)
			}
		}
	})
}

// TestANewBookIsTakenWithItsEvent: everybody is fed it, and the former one stays under its number.
func TestANewBookIsTakenWithItsEvent(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		before := w.events()
		taken := w.amends(person("A/administrator"), 1, api.RulebookCommand{Calendar: with2027()})
		book := body[api.Rulebook](t, taken.changed(t, api.ObjectKindRulebook, api.RulebookID))
		if w.events()-before != 1 {
			t.Errorf("%d events", w.events()-before)
		}
		now, number := w.book("")
		if number != 2 || now != book || now.Calendar.Text != with2027() || now.Calendar.Origin != api.Administrator || now.Terms.Origin != api.Program {
			t.Errorf("the book is number %d, of %s and %s", number, now.Calendar.Origin, now.Terms.Origin)
		}
		if same, number := w.book("2"); number != 2 || same != now {
			t.Errorf("number 2 is %d", number)
		}
		if old, number := w.book("1"); number != 1 || old.Calendar.Text != string(assets.WorkCalendar) || old.Calendar.Origin != api.Program {
			t.Errorf("number 1 is %d, of %s", number, old.Calendar.Origin)
		}
		if got := w.get(person("A/auditor"), "/v1/rulebook").header.Get("ETag"); got != `"2"` {
			t.Errorf("its tag is %s", got)
		}
		fed := false
		for _, o := range w.changes(person("S/audit_object")).Objects {
			fed = fed || o.Kind == api.ObjectKindRulebook && o.Version == 2
		}
		if !fed {
			t.Error("an organiser is not fed it")
		}
	})
}

// TestADecisionNamesItsBook.
func TestADecisionNamesItsBook(t *testing.T) {
	w := at(t, marked)
	draft := func(id string, lot int) string {
		w.draft(person("auditor"), id, lot, person("approver"))
		n, _ := w.notification(id)
		return n.Versions
	}
	first := draft(notificationID, 0)
	w.amends(person("A/administrator"), 1, api.RulebookCommand{Calendar: with2027()}).ok(t)
	second := draft("01920000-0000-7000-8000-0000000000f2", 1)
	if !strings.Contains(first, "book 1,") || !strings.Contains(second, "book 2,") || !strings.HasSuffix(second, "calendar "+control.FileVersion([]byte(with2027()))) {
		t.Errorf("they name %q and %q", first, second)
	}
}

// TestWhatANewBookMayChange: the past only with a reason, and nothing that former decisions rest on.
func TestWhatANewBookMayChange(t *testing.T) {
	terms := func(entry string) string {
		text := strings.Replace(string(assets.Terms), `"terms": [`, `"terms": [`+entry, 1)
		return strings.Replace(text, `"built-in-2026-11"`, `"ours"`, 1)
	}
	replaced := func(file []byte, from, to string) string {
		if !strings.Contains(string(file), from) {
			t.Fatalf("there is no %s", from)
		}
		return strings.Replace(string(file), from, to, 1)
	}
	moved := replaced([]byte(replaced(assets.WorkCalendar, "\n   \"2026-08-31\",", "")), "2026-05-27", "2026-05-28")
	moved = replaced([]byte(moved), `"working_weekend": [],
  "work_days_5day_week": 246`, `"working_weekend": [],
  "work_days_5day_week": 247`)
	const later = `{"name": "execution", "value": 12, "unit": "working_days", "from": "%s", "basis": "an amendment"},`
	for _, r := range []struct {
		name    string
		command api.RulebookCommand
		changes string // what and weight of each
		refusal string // without a reason
		always  bool   // and with one
	}{
		{"a year more", api.RulebookCommand{Calendar: with2027()}, "year_added plain 2027", "", false},
		{"days that are to come", api.RulebookCommand{Calendar: moved}, "day_worked plain 2026-05-27, day_off plain 2026-05-28, day_worked plain 2026-08-31", "", false},
		{
			"a day of the past", api.RulebookCommand{Calendar: replaced([]byte(replaced(assets.WorkCalendar, `"2026-03-09",
`, "")), `"working_weekend": [],
  "work_days_5day_week": 246`, `"working_weekend": [],
  "work_days_5day_week": 247`)}, "day_worked past 2026-03-09", "past_unexplained", false,
		},
		{
			"a year less",
			api.RulebookCommand{Calendar: `{"2026":` + strings.Split(string(assets.WorkCalendar), `"2026":`)[1]},
			"year_dropped refused 2025", "lacks_year", true,
		},
		{
			"a year that nobody vouches for",
			api.RulebookCommand{Calendar: strings.Replace(with2027(), ",\n  \"work_days_5day_week\": 247", "", 1)},
			"year_added plain 2027, year_uncounted refused 2027", "lacks_count", true,
		},
		{"a term from a day on", api.RulebookCommand{Terms: terms(fmt.Sprintf(later, "2026-10-01"))}, "term_changed plain execution", "", false},
		{"a term from a day of the past", api.RulebookCommand{Terms: terms(fmt.Sprintf(later, "2026-01-01"))}, "term_changed past execution", "past_unexplained", false},
		{
			"a term that was always another",
			api.RulebookCommand{Terms: replaced([]byte(terms("")), `"discussion", "value": 5`, `"discussion", "value": 6`)},
			"term_changed past discussion", "past_unexplained", false,
		},
		{
			"another book of terms under its old name",
			api.RulebookCommand{Terms: strings.Replace(terms(fmt.Sprintf(later, "2026-10-01")), `"ours"`, `"built-in-2026-11"`, 1)},
			"term_changed plain execution, terms_unnamed refused built-in-2026-11", "same_version", true,
		},
		{
			"other words of a profile",
			api.RulebookCommand{Catalogue: replaced(assets.RiskProfiles, "Способ государственных закупок выбран неправомерно", "Иначе")},
			"profile_changed past 3", "past_unexplained", false,
		},
		{
			"a profile less",
			api.RulebookCommand{Catalogue: strings.Join(strings.SplitAfter(string(assets.RiskProfiles), "\n")[:18], "")},
			"profile_dropped refused 18", "lacks_profile", true,
		},
		{"the same", api.RulebookCommand{Catalogue: string(assets.RiskProfiles), Terms: string(assets.Terms)}, "", "nothing_changed", true},
		{"nothing", api.RulebookCommand{}, "", "nothing_changed", true},
	} {
		t.Run(r.name, func(t *testing.T) {
			w := given(t)
			check := w.checks(r.command)
			var changes []string
			for _, c := range check.Changes {
				changes = append(changes, fmt.Sprintf("%s %s %s", c.What, c.Weight, c.Subject))
				inWords(t, api.Problem{DetailKK: c.DetailKK, DetailRU: c.DetailRU})
			}
			if got := strings.Join(changes, ", "); got != r.changes || check.Refusal.Reason != r.refusal || check.Version != 1 {
				t.Errorf("it would change %s and be refused by %q; want %s and %q", got, check.Refusal.Reason, r.changes, r.refusal)
			}
			send := func(want string) {
				t.Helper()
				if want == "" {
					w.amends(person("A/administrator"), 1, r.command).ok(t)
					return
				}
				w.unchanged(func() {
					w.amends(person("A/administrator"), 1, r.command).refusedAs(t, http.StatusConflict, want)
				})
			}
			if r.refusal == "" {
				send("")
				return
			}
			send(r.refusal)
			r.command.Reason = " Опечатка в приказе "
			if r.always {
				send(r.refusal)
				return
			}
			if again := w.checks(r.command); again.Refusal.Reason != "" {
				t.Errorf("with a reason it would be refused by %s", again.Refusal.Reason)
			}
			send("")
			book, _ := w.book("")
			reasons := 0
			for _, name := range control.Parts() {
				if book.Part(name).Reason != "" {
					reasons++
				}
			}
			if reasons != 1 {
				t.Errorf("the reason stands with %d parts", reasons)
			}
		})
	}
}

// TestAFileThatCannotBeReadNamesLineAndField: and changes nothing, whatever came with it.
func TestAFileThatCannotBeReadNamesLineAndField(t *testing.T) {
	w := given(t)
	deep := strings.Repeat(`{"a":`, 10_000)
	for name, r := range map[string]struct {
		command api.RulebookCommand
		part    control.Part
		field   string
		line    int
	}{
		"no JSON":              {api.RulebookCommand{Calendar: "{\n\n<html>"}, control.PartCalendar, "", 3},
		"cut short":            {api.RulebookCommand{Calendar: with2027()[:400]}, control.PartCalendar, "2025.off[8]", 14},
		"no date":              {api.RulebookCommand{Calendar: strings.Replace(with2027(), "2027-03-08", "2027-02-30", 1)}, control.PartCalendar, "2027.off[3]", 63},
		"a year twice":         {api.RulebookCommand{Calendar: strings.Replace(with2027(), `"2025"`, `"2026"`, 1)}, control.PartCalendar, "2026", 34},
		"nested":               {api.RulebookCommand{Calendar: deep}, control.PartCalendar, "a.a.a.a.a", 1},
		"a wrong count":        {api.RulebookCommand{Calendar: strings.Replace(with2027(), ": 247", ": 246", 1)}, control.PartCalendar, "2027", 62},
		"half a term":          {api.RulebookCommand{Terms: strings.Replace(string(assets.Terms), `"value": 5,`, `"value": 5.5,`, 1)}, control.PartTerms, "terms[0].value", 4},
		"terms in the table":   {api.RulebookCommand{Catalogue: string(assets.Terms)}, control.PartCatalogue, "", 1},
		"a row too short":      {api.RulebookCommand{Catalogue: string(assets.RiskProfiles) + "19,D1\n"}, control.PartCatalogue, "", 20},
		"an unknown direction": {api.RulebookCommand{Catalogue: strings.Replace(string(assets.RiskProfiles), "3,D1", "3,D9", 1)}, control.PartCatalogue, "direction", 3},
		"too large":            {api.RulebookCommand{Terms: strings.Repeat("Ә", 200<<10)}, control.PartTerms, "", 1},
	} {
		for _, path := range []string{"/v1/admin/rulebook", "/v1/admin/rulebook/check"} {
			w.unchanged(func() {
				p := w.postAt(person("A/administrator"), path, 1, r.command).refusedAs(t, http.StatusUnprocessableEntity, "bad_rulebook")
				if p.Subject != string(r.part) || p.Field != r.field || p.Line != r.line {
					t.Errorf("%s: it names %s, line %d, %s: %s", name, p.Subject, p.Line, p.Field, p.DetailRU)
				}
				if r.field != "" && !strings.Contains(p.DetailKK, r.field) || !strings.Contains(p.DetailRU, fmt.Sprintf("строка %d", r.line)) {
					t.Errorf("%s: it is told: %s %s", name, p.DetailKK, p.DetailRU)
				}
			})
		}
	}
	// A good file beside a bad one is not taken either.
	w.unchanged(func() {
		w.amends(person("A/administrator"), 1, api.RulebookCommand{Calendar: with2027(), Terms: "{}"}).refusedAs(t, http.StatusUnprocessableEntity, "bad_rulebook")
	})
}

// TestOfTwoAdministratorsOneIsTold: the other's book is in force, and he sees it.
func TestOfTwoAdministratorsOneIsTold(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		servers := []*world{w, w.beside(server.BuiltInBook(), nil)}
		later := changed(t, control.PartTerms, `"terms": [`, `"terms": [
			{"name": "execution", "value": 12, "unit": "working_days", "from": "2026-10-01", "basis": "an amendment"},`)
		books := []api.RulebookCommand{
			{Calendar: with2027()},
			{Terms: strings.Replace(string(later.Terms), "built-in-2026-11", "ours", 1)},
		}
		before := w.events()
		answers, err := atOnce(2, func(i int) (answer, error) {
			p := []who{person("A/administrator"), person("B/administrator")}[i]
			return servers[i].try(p, request{method: http.MethodPost, path: "/v1/admin/rulebook", body: books[i], ifMatch: etag(1), key: fmt.Sprint("book ", i)})
		})
		if err != nil {
			t.Fatal(err)
		}
		won := 0
		for i, a := range answers {
			if a.status == http.StatusOK {
				won++
				continue
			}
			p := a.refusedAs(t, http.StatusPreconditionFailed, "stale")
			if p.Current.Kind != api.ObjectKindRulebook || p.Current.Version != 2 {
				t.Errorf("he is shown %s %d", p.Current.Kind, p.Current.Version)
			}
			// Over what is in force now, his change is taken too, and takes nothing of the other's away.
			servers[i].amends(person("B/administrator"), 2, books[i]).ok(t)
		}
		if won != 1 || w.events()-before != 2 {
			t.Errorf("%d won, %d events", won, w.events()-before)
		}
		book, number := w.book("")
		if number != 3 || book.Calendar.Text != books[0].Calendar || book.Terms.Text != books[1].Terms {
			t.Errorf("the book is number %d", number)
		}
	})
}

// TestADeadlineStaysAsItsDaySetIt: whatever later books say.
func TestADeadlineStaysAsItsDaySetIt(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		other := w.beside(server.BuiltInBook(), nil)
		w.play(delivered)
		deadline := w.seenBy(person("auditor")).State.Deadline
		terms := strings.Replace(string(assets.Terms), `"execution", "value": 10`, `"execution", "value": 20`, 1)
		terms = strings.Replace(terms, "built-in-2026-11", "ours", 1)
		w.amends(person("A/administrator"), 1, api.RulebookCommand{Terms: terms, Reason: "Опечатка"}).ok(t)
		for _, server := range []*world{w, other} {
			if got := server.seenBy(person("auditor")).State.Deadline; !got.Equal(deadline) {
				t.Errorf("the deadline is %v now", got)
			}
		}
	})
}

// TestTheAdministratorsBookOutlivesThePrograms: a newer program leaves it, and says so.
func TestTheAdministratorsBookOutlivesThePrograms(t *testing.T) {
	w := given(t)
	w.amends(person("A/administrator"), 1, api.RulebookCommand{Calendar: with2027()}).ok(t)
	newer := changed(t, control.PartCalendar, `"source": "pobipb.kz"`, `"source": "another"`)
	newer.Catalogue = []byte(strings.Replace(string(newer.Catalogue), "Способ государственных", "Вид государственных", 1))
	var log bytes.Buffer
	before := w.events()
	w.beside(newer, &log)
	book, number := w.book("")
	if number != 3 || book.Calendar.Text != with2027() || book.Catalogue.Text != string(newer.Catalogue) || w.events()-before != 1 {
		t.Errorf("the book is number %d", number)
	}
	if text := log.String(); !strings.Contains(text, "administrator's stays") || !strings.Contains(text, "taken over") {
		t.Errorf("the log says: %s", text)
	}
	w.unchanged(func() { w.beside(newer, nil) })
	if _, err := server.New(t.Context(), server.Config{Store: w.store, Trust: w.trust(), Clock: w.clock.now}); err == nil || !errors.As(err, new(*control.BadFile)) {
		t.Errorf("a program without a book: %v", err)
	}
}

// reworded is the built-in catalogue in which profile 1 says something else from a day on.
func reworded(day, before string) string {
	var out []string
	for i, row := range strings.Split(strings.TrimSuffix(string(assets.RiskProfiles), "\n"), "\n") {
		switch {
		case i == 0:
			out = append(out, row+",valid_from,valid_to")
		case strings.HasPrefix(row, "1,"):
			out = append(out, row+",,"+before, "1,D1,open_tender|prequalified_tender|auction,amend_documentation,Басқаша,Иначе,ours,"+day+",")
		default:
			out = append(out, row+",,")
		}
	}
	return strings.Join(out, "\n") + "\n"
}

// TestANotificationKeepsTheWordingOfItsDay: what a profile will say next year stands on no notification of this one.
func TestANotificationKeepsTheWordingOfItsDay(t *testing.T) {
	file := func(amend bool) string {
		w := at(t, marked)
		if amend {
			w.amends(person("A/administrator"), 1, api.RulebookCommand{Catalogue: reworded("2027-01-01", "2026-12-31")}).ok(t)
		}
		w.draft(person("auditor"), notificationID, 0, person("approver"))
		w.act(person("auditor"), notificationID, "send-to-agreement", nil).ok(t)
		n, _ := w.notification(notificationID)
		return n.File
	}
	if file(false) != file(true) {
		t.Error("the notification is worded by a catalogue that is not in force yet")
	}
}

// withOff is the built-in calendar with one more day off in 2026.
func withOff(day string) string {
	before, year, _ := strings.Cut(string(assets.WorkCalendar), `"2026": {`)
	year = strings.Replace(year, `"off": [`, `"off": ["`+day+`",`, 1)
	return before + `"2026": {` + strings.Replace(year, "246", "245", 1)
}

// TestTheTermOfAnAnswerStays; whatever the calendar says later, and the overdue mark comes once.
func TestTheTermOfAnAnswerStays(t *testing.T) {
	w := at(t, reported)
	d := w.fallsDue(control.ConfirmationOverdue)
	n := w.seenBy(person("auditor"))
	if !n.ConfirmUntil.Equal(d.At) {
		t.Fatalf("the answer is due by %s, and overdue from %s", n.ConfirmUntil, d.At)
	}
	last := d.At.AddDate(0, 0, -1).In(noon().Location()).Format(time.DateOnly)
	text := withOff(last)
	w.amends(person("A/administrator"), 1, api.RulebookCommand{Calendar: text}).ok(t)
	w.until(d.At)
	if got := w.told(person("auditor")); !strings.HasSuffix(got, "confirmation_overdue") {
		t.Errorf("told at the end of the term: %q", got)
	}
	w.until(d.At.AddDate(0, 0, 4))
	if got := w.told(person("auditor")); strings.Count(got, "confirmation_overdue") != 1 {
		t.Errorf("told later: %q", got)
	}
}

// TestAReminderIsNotToldTwice; a day that is off after all would have had it told earlier.
func TestAReminderIsNotToldTwice(t *testing.T) {
	w := at(t, delivered)
	d := w.fallsDue(control.RemindExecution)
	w.until(d.At)
	off := d.At.AddDate(0, 0, 1).In(noon().Location()).Format(time.DateOnly)
	text := withOff(off)
	w.amends(person("A/administrator"), 1, api.RulebookCommand{Calendar: text}).ok(t)
	w.until(d.At.Add(time.Hour))
	if got := w.told(person("organizer")); strings.Count(got, "remind_execution") != 1 {
		t.Errorf("told %q", got)
	}
}

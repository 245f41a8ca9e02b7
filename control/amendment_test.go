package control_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"baqylau/control"
	"baqylau/control/calendar"
)

// findingLine is a finding as one line: what, how heavy, of what, for which days, and the values.
func findingLine(f control.Finding) string {
	day := func(t time.Time) string {
		if t.IsZero() {
			return "…"
		}
		return t.In(time.FixedZone("", 5*60*60)).Format("2006-01-02 15:04")
	}
	text := fmt.Sprintf("%s %s %s %s [%s, %s)", f.Part, f.What, f.Weight, f.Subject, day(f.From), day(f.To))
	if f.Was != 0 || f.Will != 0 {
		text += fmt.Sprintf(" %d → %d", f.Was, f.Will)
	}
	return text
}

func amended(t *testing.T, was, next *control.Rules) []string {
	t.Helper()
	list := []string{}
	for _, f := range was.Amend(next, almaty(t, "2026-03-12 00:00")) {
		list = append(list, findingLine(f))
	}
	return list
}

func calendarOf(t *testing.T, file string) *calendar.Calendar {
	t.Helper()
	c, err := calendar.Read([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// a year may be added; what was a working day stays one unless it is said why; no year goes.
func TestWhatACalendarMayChange(t *testing.T) {
	const counted = `, "work_days_5day_week": 260}`
	is := func(days string, count int) string {
		return fmt.Sprintf(`"2026": {"off": [%s], "work_days_5day_week": %d}`, days, count)
	}
	for _, r := range []struct {
		name, was, next string
		want            []string
	}{
		{"nothing", is(`"2026-01-01"`, 260), is(`"2026-01-01"`, 260) + `, "note": 1`, []string{}},
		{"a year to come", is(`"2026-01-01"`, 260), is(`"2026-01-01"`, 260) + `, "2027": {"off": ["2027-01-01"]` + counted, []string{"calendar year_added plain 2027 […, …)"}},
		{"a year of the past", is(`"2026-01-01"`, 260), is(`"2026-01-01"`, 260) + `, "2019": {"off": ["2019-01-01"]` + counted, []string{"calendar year_added plain 2019 […, …)"}},
		{"a year that nobody vouches for", is(`"2026-01-01"`, 260), is(`"2026-01-01"`, 260) + `, "2027": {}`, []string{"calendar year_added plain 2027 […, …)", "calendar year_uncounted refused 2027 […, …)"}},
		{"a year less", is(`"2026-01-01"`, 260) + `, "2025": {}`, is(`"2026-01-01"`, 260), []string{"calendar year_dropped refused 2025 […, …)"}},
		{"yesterday", is(`"2026-03-11"`, 260), is(``, 261), []string{"calendar day_worked past 2026-03-11 [2026-03-11 00:00, 2026-03-12 00:00)"}},
		{"today, which has just begun", is(``, 261), is(`"2026-03-12"`, 260), []string{"calendar day_off plain 2026-03-12 [2026-03-12 00:00, 2026-03-13 00:00)"}},
		{
			"a day moved", is(`"2026-05-11"`, 260), is(`"2026-05-12"`, 260),
			[]string{"calendar day_worked plain 2026-05-11 [2026-05-11 00:00, 2026-05-12 00:00)", "calendar day_off plain 2026-05-12 [2026-05-12 00:00, 2026-05-13 00:00)"},
		},
		{
			"days of a year that nobody vouches for any more", is(`"2026-05-11", "2026-05-12"`, 259), `"2026": {}`,
			[]string{
				"calendar day_worked plain 2026-05-11 [2026-05-11 00:00, 2026-05-12 00:00)", "calendar year_uncounted refused 2026 […, …)",
				"calendar day_worked plain 2026-05-12 [2026-05-12 00:00, 2026-05-13 00:00)",
			},
		},
	} {
		was, next := *builtInRules(t), *builtInRules(t)
		was.Calendar, next.Calendar = calendarOf(t, "{"+r.was+"}"), calendarOf(t, "{"+r.next+"}")
		if got := amended(t, &was, &next); !slices.Equal(got, r.want) {
			t.Errorf("%s: it says\n%q\nwant\n%q", r.name, got, r.want)
		}
	}
}

// terms.md: a term is added to, and the value of a past day is never changed without a word.
func TestWhatABookOfTermsMayChange(t *testing.T) {
	term := func(value int64, from, basis string) control.Term {
		term := control.Term{Name: control.ExecutionTerm, Value: value, Basis: basis}
		if from != "" {
			term.From = almaty(t, from+" 00:00")
		}
		return term
	}
	for _, r := range []struct {
		name      string
		was, next []control.Term
		want      []string
	}{
		{"nothing", []control.Term{term(10, "", "x")}, []control.Term{term(10, "", "x")}, []string{}},
		{"a value from a day on", []control.Term{term(10, "", "x")}, []control.Term{term(10, "", "x"), term(12, "2026-07-01", "y")}, []string{"terms term_changed plain execution [2026-07-01 00:00, …) 10 → 12"}},
		{"a value from today on", []control.Term{term(10, "", "x")}, []control.Term{term(10, "", "x"), term(12, "2026-03-12", "y")}, []string{"terms term_changed plain execution [2026-03-12 00:00, …) 10 → 12"}},
		{"a value from yesterday on", []control.Term{term(10, "", "x")}, []control.Term{term(10, "", "x"), term(12, "2026-03-11", "y")}, []string{"terms term_changed past execution [2026-03-11 00:00, …) 10 → 12"}},
		{"another value for always", []control.Term{term(10, "", "x")}, []control.Term{term(12, "", "x")}, []string{"terms term_changed past execution […, …) 10 → 12"}},
		{
			"a value that goes",
			[]control.Term{term(10, "", "x"), term(12, "2026-01-01", "y"), term(14, "2026-07-01", "z")},
			[]control.Term{term(10, "", "x"), term(12, "2026-01-01", "y")},
			[]string{"terms term_changed plain execution [2026-07-01 00:00, …) 14 → 12"},
		},
		{
			"a value that was for a time",
			[]control.Term{term(10, "", "x"), term(12, "2026-01-01", "y"), term(10, "2026-02-01", "x")},
			[]control.Term{term(10, "", "x")},
			[]string{"terms term_changed past execution [2026-01-01 00:00, 2026-02-01 00:00) 12 → 10"},
		},
		{
			"the same change over two spans",
			[]control.Term{term(10, "", "x")},
			[]control.Term{term(12, "", "x"), term(12, "2026-01-01", "y")},
			[]string{"terms term_changed past execution […, …) 10 → 12"},
		},
		{
			"the same change, past and to come",
			[]control.Term{term(10, "", "x")},
			[]control.Term{term(12, "", "x"), term(12, "2026-07-01", "y")},
			[]string{"terms term_changed past execution […, …) 10 → 12"},
		},
		{
			"two values that become one",
			[]control.Term{term(10, "", "x"), term(11, "2026-01-01", "x")},
			[]control.Term{term(12, "", "x")},
			[]string{"terms term_changed past execution […, 2026-01-01 00:00) 10 → 12", "terms term_changed past execution [2026-01-01 00:00, …) 11 → 12"},
		},
		{
			"two changes, one after the other",
			[]control.Term{term(10, "", "x")},
			[]control.Term{term(10, "", "x"), term(12, "2026-01-01", "y"), term(13, "2026-02-01", "y"), term(14, "2026-07-01", "y")},
			[]string{
				"terms term_changed past execution [2026-01-01 00:00, 2026-02-01 00:00) 10 → 12", "terms term_changed past execution [2026-02-01 00:00, 2026-07-01 00:00) 10 → 13",
				"terms term_changed plain execution [2026-07-01 00:00, …) 10 → 14",
			},
		},
		{
			"two changes with a time of peace",
			[]control.Term{term(10, "", "x")},
			[]control.Term{term(12, "", "x"), term(10, "2024-06-01", "x"), term(12, "2025-01-01", "x")},
			[]string{"terms term_changed past execution […, 2024-06-01 00:00) 10 → 12", "terms term_changed past execution [2025-01-01 00:00, …) 10 → 12"},
		},
		{"another basis", []control.Term{term(10, "", "x")}, []control.Term{term(10, "", "y")}, []string{"terms basis_changed plain execution […, …) 10 → 10"}},
	} {
		was, next := *builtInRules(t), *builtInRules(t)
		was.Terms, next.Terms = control.NewTermBook("a", r.was), control.NewTermBook("b", r.next)
		if got := amended(t, &was, &next); !slices.Equal(got, r.want) {
			t.Errorf("%s: it says\n%q\nwant\n%q", r.name, got, r.want)
		}
		if len(r.want) == 0 {
			continue
		}
		next.Terms = control.NewTermBook("a", r.next)
		if got := amended(t, &was, &next); !slices.Equal(got, append(r.want, "terms terms_unnamed refused a […, …)")) {
			t.Errorf("%s, under the old name: it says %q", r.name, got)
		}
	}
}

// A retired profile stays, so that old notifications go on explaining themselves.
func TestWhatACatalogueMayChange(t *testing.T) {
	const head = "number,direction,methods,remedies,name_kk,name_ru,status,valid_from,valid_to\n"
	row := func(number, name, from, to string) string {
		return number + ",D1,auction,cancel_purchase," + name + "," + name + ",x," + from + "," + to + "\n"
	}
	one := row("1", "a", "", "")
	for _, r := range []struct {
		name, was, next string
		want            []string
	}{
		{"nothing", one, one, []string{}},
		{"the order", one + row("2", "b", "", ""), row("2", "b", "", "") + one, []string{}},
		{"a profile more", one, one + row("2", "b", "2026-03-12", ""), []string{"catalogue profile_added plain 2 [2026-03-12 00:00, …)"}},
		{"a profile more from yesterday on", one, one + row("2", "b", "2026-03-11", ""), []string{"catalogue profile_added past 2 [2026-03-11 00:00, …)"}},
		{"a profile for a time", one, one + row("2", "b", "2026-04-01", "2026-04-30"), []string{"catalogue profile_added plain 2 [2026-04-01 00:00, 2026-05-01 00:00)"}},
		{"a profile that ends", one, row("1", "a", "", "2026-03-11"), []string{"catalogue profile_ended plain 1 [2026-03-12 00:00, …)"}},
		{"a profile that has ended", one, row("1", "a", "", "2026-03-10"), []string{"catalogue profile_ended past 1 [2026-03-11 00:00, …)"}},
		{"a profile that goes", one + row("2", "b", "", ""), one, []string{"catalogue profile_dropped refused 2 […, …)"}},
		{"other words from a day on", one, row("1", "a", "", "2026-03-31") + row("1", "b", "2026-04-01", ""), []string{"catalogue profile_changed plain 1 [2026-04-01 00:00, …)"}},
		{"other words for always", one, row("1", "b", "", ""), []string{"catalogue profile_changed past 1 […, …)"}},
		{
			"other words, and then an end", one, row("1", "b", "", "2026-03-31"),
			[]string{"catalogue profile_changed past 1 […, 2026-04-01 00:00)", "catalogue profile_ended plain 1 [2026-04-01 00:00, …)"},
		},
		{"another Kazakh name", one, strings.Replace(one, "a,a", "b,a", 1), []string{"catalogue profile_changed past 1 […, …)"}},
		{"another Russian name", one, strings.Replace(one, "a,a", "a,b", 1), []string{"catalogue profile_changed past 1 […, …)"}},
		{"another direction", one, strings.Replace(one, "D1", "D2", 1), []string{"catalogue profile_changed past 1 […, …)"}},
		{"another method", one, strings.Replace(one, "auction", "open_tender", 1), []string{"catalogue profile_changed past 1 […, …)"}},
		{"another remedy", one, strings.Replace(one, "cancel_purchase", "review_results", 1), []string{"catalogue profile_changed past 1 […, …)"}},
		{"another note", one, strings.Replace(one, ",x,", ",y,", 1), []string{"catalogue note_changed plain 1 […, …)"}},
		{"the numbers in their order", row("3", "c", "", "") + one, row("3", "d", "", "") + row("1", "b", "", "") + row("2", "b", "2027-01-01", ""), []string{
			"catalogue profile_changed past 1 […, …)", "catalogue profile_added plain 2 [2027-01-01 00:00, …)", "catalogue profile_changed past 3 […, …)",
		}},
	} {
		read := func(table string) *control.Catalogue {
			c, err := control.ReadCatalogue(strings.NewReader(head+table), "x")
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		was, next := *builtInRules(t), *builtInRules(t)
		was.Catalogue, next.Catalogue = read(r.was), read(r.next)
		if got := amended(t, &was, &next); !slices.Equal(got, r.want) {
			t.Errorf("%s: it says\n%q\nwant\n%q", r.name, got, r.want)
		}
	}
}

func TestAllPartsAreCompared(t *testing.T) {
	was, next := *builtInRules(t), *builtInRules(t)
	next.Calendar = calendarOf(t, `{"2025": {}, "2026": {}}`)
	next.Terms = control.NewTermBook("x", nil)
	next.Catalogue = &control.Catalogue{}
	parts := map[control.Part]bool{}
	for _, f := range was.Amend(&next, almaty(t, "2026-03-12 00:00")) {
		parts[f.Part] = true
	}
	if len(parts) != len(control.Parts()) {
		t.Errorf("only %v", parts)
	}
}

// and who may: the administrator himself.
func TestWhetherABookMayTakeTheOthersPlace(t *testing.T) {
	ruler := control.Actor{Person: "ruler", Organization: "astana", Roles: []control.Role{control.Administrator}}
	plain := control.Finding{What: control.YearAdded, Weight: control.Plain, Subject: "2027"}
	past := control.Finding{What: control.TermChanged, Weight: control.Past, Subject: "execution"}
	refused := func(what control.Amended) control.Finding {
		return control.Finding{What: what, Weight: control.Refused, Subject: "x"}
	}
	for _, r := range []struct {
		name     string
		actor    control.Actor
		findings []control.Finding
		reason   string
		want     string
		subject  string
	}{
		{"what is to come", ruler, []control.Finding{plain}, "", "R-11.7", ""},
		{"the past, without a word", ruler, []control.Finding{plain, past}, " \n", "R-11.7 past_unexplained", "execution"},
		{"the past alone, without a word", ruler, []control.Finding{past}, "", "R-11.7 past_unexplained", "execution"},
		{"the past, with one", ruler, []control.Finding{plain, past}, "x", "R-11.7", ""},
		{"nothing", ruler, nil, "x", "R-11.7 nothing_changed", ""},
		{"a year less", ruler, []control.Finding{past, refused(control.YearDropped)}, "x", "R-11.7 lacks_year", "x"},
		{"a year without a count", ruler, []control.Finding{refused(control.YearUncounted)}, "x", "R-11.7 lacks_count", "x"},
		{"a profile less", ruler, []control.Finding{refused(control.ProfileDropped)}, "x", "R-11.7 lacks_profile", "x"},
		{"the old name", ruler, []control.Finding{refused(control.TermsUnnamed)}, "x", "R-11.7 same_version", "x"},
		{"somebody else", aigul, []control.Finding{plain}, "", "§0 missing_role", "administrator"},
		{"the administrator's deputy", control.Actor{Person: "x", Deputy: "y", Roles: ruler.Roles}, []control.Finding{plain}, "", "§0 not_by_deputy", ""},
	} {
		v := control.MayAmend(r.actor, r.findings, r.reason)
		expect(t, v, r.want)
		if v.Subject != r.subject || v.Allowed == (v.Reason != "") {
			t.Errorf("%s: it speaks of %q, want %q", r.name, v.Subject, r.subject)
		}
	}
}

// Each change is told in both languages; those that are refused, as refusals.
func TestEveryChangeHasItsSentence(t *testing.T) {
	told := []control.Amended{
		"year_added", "day_off", "day_worked", "term_changed", "basis_changed", "profile_added", "profile_changed", "profile_ended", "note_changed",
	}
	for _, lang := range []string{"kk", "ru"} {
		data, err := os.ReadFile("../assets/words/" + lang + "/rulebook.json")
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]string
		if err := json.Unmarshal(data, &texts); err != nil {
			t.Fatal(err)
		}
		for _, what := range told {
			if texts["amendment."+string(what)] == "" {
				t.Errorf("%s: amendment.%s has no text", lang, what)
			}
		}
		for _, name := range control.TermNames() {
			if texts["rulebook.term."+string(name)] == "" {
				t.Errorf("%s: rulebook.term.%s has no text", lang, name)
			}
		}
		for _, part := range control.Parts() {
			if texts["rulebook."+string(part)] == "" {
				t.Errorf("%s: rulebook.%s has no text", lang, part)
			}
		}
	}
}

package control_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"baqylau/control"
	"baqylau/control/lines"
)

func termFile(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile("../assets/catalogue/terms.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestTheFileOfTermsHasThemAll(t *testing.T) {
	book, err := control.ReadTerms([]byte(termFile(t)))
	if err != nil {
		t.Fatal(err)
	}
	var names []control.TermName
	for _, term := range book.All() {
		names = append(names, term.Name)
	}
	want := slices.Clone(control.TermNames())
	slices.Sort(want)
	if !slices.Equal(names, want) {
		t.Errorf("terms %v, want %v", names, want)
	}
}

// a new value counts from its day on in Asia/Almaty, and the old one goes on explaining old decisions.
func TestATermHoldsFromItsDay(t *testing.T) {
	text := strings.Replace(termFile(t), `"terms": [`, `"terms": [
		{"name": "execution", "value": 7, "unit": "working_days", "from": "2026-07-01", "basis": "an amendment"},
		{"name": "single_min", "value": 6000000.05, "unit": "tenge", "from": "2026-07-01", "basis": "an amendment"},`, 1)
	book, err := control.ReadTerms([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	from := almaty(t, "2026-07-01 00:00")
	for _, r := range []struct {
		name control.TermName
		at   time.Time
		want int64
	}{
		{control.ExecutionTerm, from.Add(-1), 10},
		{control.ExecutionTerm, from, 7},
		{control.SingleAmount, from.Add(-1), int64(5_000_000 * tenge)},
		{control.SingleAmount, from, int64(6_000_000*tenge + 5)},
	} {
		if got := book.At(r.name, r.at); got != r.want {
			t.Errorf("%s on %v is %d, want %d", r.name, r.at, got, r.want)
		}
	}
}

func TestABookOfTermsIsTakenWholeOrNotAtAll(t *testing.T) {
	whole := termFile(t)
	change := func(old, new string) string {
		if !strings.Contains(whole, old) {
			t.Fatalf("the file has no %s", old)
		}
		return strings.Replace(whole, old, new, 1)
	}
	entry := func(text string) string { return change(`"terms": [`, `"terms": [`+text+",") }
	for _, r := range []struct {
		name, text string
		want       lines.Fault // the code, the place and what it speaks of
		why        string
	}{
		{"no JSON", "terms", lines.Fault{Line: 1, Code: "broken"}, "this is no JSON: invalid character 'e' in literal true (expecting 'r')"},
		{"two books", whole + "\n{}", lines.Fault{Line: 25, Code: "more"}, "something follows it"},
		{"a list", "[]", lines.Fault{Line: 1, Code: "kind"}, "is no object"},
		{"terms that are no list", "{\"version\": \"x\",\n\"terms\": {}}", lines.Fault{Field: "terms", Line: 2, Code: "kind"}, "is no list"},
		{"an unknown field", change(`"version"`, `"edition"`), lines.Fault{Field: "edition", Line: 2, Code: "unknown", Value: "edition"}, "the field is unknown"},
		{"no version", "{\"terms\": []}", lines.Fault{Field: "version", Line: 1, Code: "missing", Value: "version"}, "is needed"},
		{"no terms", "{\n\"version\": \"x\"}", lines.Fault{Field: "terms", Line: 1, Code: "missing", Value: "terms"}, "is needed"},
		{"a blank version", change(`"built-in-2026-11"`, `" "`), lines.Fault{Field: "version", Line: 2, Code: "missing"}, "is empty"},
		{"a version of two lines", change(`"built-in-2026-11"`, `"a\nb"`), lines.Fault{Field: "version", Line: 2, Code: "too_long", Value: "64"}, "has more than 64 characters, or one of no line"},
		{"a version that is a book", change(`"built-in-2026-11"`, `"`+strings.Repeat("ә", 65)+`"`), lines.Fault{Field: "version", Line: 2, Code: "too_long", Value: "64"}, "has more than 64 characters, or one of no line"},
		{"a version that is a number", change(`"built-in-2026-11"`, `7`), lines.Fault{Field: "version", Line: 2, Code: "kind", Value: "7"}, "7 is no text"},
		{"an unknown name", entry(`{"name": "patience", "value": 1, "unit": "working_days", "basis": "x"}`), lines.Fault{Field: "terms[0].name", Line: 3, Code: "unknown", Value: "patience"}, `"patience" is unknown`},
		{"no name", entry(`{"value": 1, "unit": "working_days", "basis": "x"}`), lines.Fault{Field: "terms[0].name", Line: 3, Code: "missing", Value: "name"}, "is needed"},
		{"no unit", entry(`{"name": "execution", "value": 1, "basis": "x"}`), lines.Fault{Field: "terms[0].unit", Line: 3, Code: "missing", Value: "unit"}, "is needed"},
		{"no value", entry(`{"name": "execution", "unit": "working_days", "basis": "x"}`), lines.Fault{Field: "terms[0].value", Line: 3, Code: "missing", Value: "value"}, "is needed"},
		{"no basis", entry(`{"name": "execution", "unit": "working_days", "value": 1}`), lines.Fault{Field: "terms[0].basis", Line: 3, Code: "missing", Value: "basis"}, "is needed"},
		{"another unit", change(`"unit": "working_days"`, `"unit": "calendar_days"`), lines.Fault{Field: "terms[0].unit", Line: 4, Code: "wrong_unit", Value: "working_days"}, `"calendar_days", want working_days`},
		{"working days for calendar days", change(`"unit": "calendar_days"`, `"unit": "working_days"`), lines.Fault{Field: "terms[1].unit", Line: 5, Code: "wrong_unit", Value: "calendar_days"}, `"working_days", want calendar_days`},
		{"days for money", change(`"unit": "tenge"`, `"unit": "working_days"`), lines.Fault{Field: "terms[6].unit", Line: 10, Code: "wrong_unit", Value: "tenge"}, `"working_days", want tenge`},
		{"a blank basis", entry(`{"name": "execution", "value": 1, "unit": "working_days", "from": "2026-01-01", "basis": " "}`), lines.Fault{Field: "terms[0].basis", Line: 3, Code: "missing"}, "is empty"},
		{"too long a basis", entry(`{"name": "execution", "value": 1, "unit": "working_days", "from": "2026-01-01", "basis": "` + strings.Repeat("x", 1001) + `"}`), lines.Fault{Field: "terms[0].basis", Line: 3, Code: "too_long", Value: "1000"}, "has more than 1000 characters, or one of no line"},
		{"no date", entry(`{"name": "execution", "value": 1, "unit": "working_days", "from": "1 January", "basis": "x"}`), lines.Fault{Field: "terms[0].from", Line: 3, Code: "no_date", Value: "1 January"}, `"1 January" is no date`},
		{"the same day twice", entry(`{"name": "execution", "value": 1, "unit": "working_days", "basis": "x"}`), lines.Fault{Field: "terms[11]", Line: 14, Code: "same_day", Value: "execution"}, "execution stands twice for the same day"},
		{"no days", change(`"discussion", "value": 5`, `"discussion", "value": 0`), lines.Fault{Field: "terms[0].value", Line: 4, Code: "no_days", Value: "0"}, "0 is no number of days from 1 to 366"},
		{"a year and a day", change(`"discussion", "value": 5`, `"discussion", "value": 367`), lines.Fault{Field: "terms[0].value", Line: 4, Code: "no_days", Value: "367"}, "367 is no number of days from 1 to 366"},
		{"half a day", change(`"discussion", "value": 5`, `"discussion", "value": 1.5`), lines.Fault{Field: "terms[0].value", Line: 4, Code: "no_days", Value: "1.5"}, "1.5 is no number of days from 1 to 366"},
		{"days in words", change(`"discussion", "value": 5`, `"discussion", "value": "5"`), lines.Fault{Field: "terms[0].value", Line: 4, Code: "kind", Value: "5"}, `"5" is no number`},
		{"a part of a tiyn", change(`"value": 5000000`, `"value": 5000000.001`), lines.Fault{Field: "terms[7].value", Line: 11, Code: "no_tenge", Value: "5000000.001"}, "5000000.001 is no amount of tenge: it has more than two decimals"},
		{"a debt", change(`"value": 5000000`, `"value": -5000000`), lines.Fault{Field: "terms[7].value", Line: 11, Code: "no_tenge", Value: "-5000000"}, "-5000000 is no amount of tenge"},
		{"money in powers", change(`"value": 5000000`, `"value": 5e6`), lines.Fault{Field: "terms[7].value", Line: 11, Code: "no_tenge", Value: "5e6"}, "5e6 is no amount of tenge"},
		{"too much money", change(`"value": 5000000`, `"value": 92233720368547758.08`), lines.Fault{Field: "terms[7].value", Line: 11, Code: "no_tenge", Value: "92233720368547758.08"}, "92233720368547758.08 is no amount of tenge"},
		{"one that is missing", change(`"review"`, `"execution"`), lines.Fault{Field: "terms[13]", Line: 17, Code: "same_day", Value: "execution"}, "execution stands twice for the same day"},
		{"one from a day on alone", change(`"basis": "order № 1318`, `"from": "2023-12-26", "basis": "order № 1318`), lines.Fault{Field: "terms", Line: 3, Code: "not_always", Value: "confirmation"}, "confirmation has no value from always on"},
		{"as many terms as there may be", entry(strings.Repeat("null,", 981) + "null"), lines.Fault{Field: "terms[0]", Line: 3, Code: "kind"}, "is no object"},
		{"a term too many", entry(strings.Repeat("0,", 982) + "0"), lines.Fault{Field: "terms", Line: 20, Code: "many", Value: "1000"}, "has more than 1000 entries"},
		{"too large a file", whole + strings.Repeat(" ", 256<<10), lines.Fault{Line: 1, Code: "large", Value: "262144"}, "it is larger than 262144 bytes"},
		{"too deep a file", strings.Replace(whole, `"basis": "order`, `"x": [[[1]]], "basis": "order`, 1), lines.Fault{Field: "terms[11].x[0][0]", Line: 15, Code: "deep"}, "too deep"},
	} {
		t.Run(r.name, func(t *testing.T) {
			book, err := control.ReadTerms([]byte(r.text))
			if book != nil || err == nil || !strings.HasPrefix(err.Error(), "read terms: line ") || !strings.HasSuffix(err.Error(), ": "+r.why) {
				t.Fatalf("it gives %v, %v", book, err)
			}
			wrongBy(t, err, r.want)
		})
	}
	for _, good := range []string{
		change(`"discussion", "value": 5`, `"discussion", "value": 1`), change(`"discussion", "value": 5`, `"discussion", "value": 366`),
		change(`"built-in-2026-11"`, `"`+strings.Repeat("ә", 64)+`"`),
		entry(`{"name": "execution", "value": 1, "unit": "working_days", "from": "2026-01-01", "basis": "` + strings.Repeat("ә", 1000) + `"}`),
		whole + strings.Repeat(" ", 256<<10-len(whole)),
		change(`"value": 5000000`, `"value": 0`), change(`"value": 5000000`, `"value": 5000000.5`),
	} {
		if _, err := control.ReadTerms([]byte(good)); err != nil {
			t.Error(err)
		}
	}
}

// wrongBy demands that an error is a fault of a code at a place.
func wrongBy(t *testing.T, err error, want lines.Fault) {
	t.Helper()
	var got *lines.Fault
	if !errors.As(err, &got) {
		t.Fatalf("it is no fault: %v", err)
	}
	if got.Why == "" {
		t.Error("it doesn't say why")
	}
	place := *got
	place.Why = ""
	if place != want {
		t.Errorf("it is wrong by %+v, want %+v: %v", place, want, err)
	}
}

// A file that was saved by a program that marks its encoding is read like any other.
func TestAMarkOfTheEncodingIsNoFault(t *testing.T) {
	book, err := builtInBook()
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range control.Parts() {
		file := book.File(part)
		*file = append([]byte("\xef\xbb\xbf"), *file...)
	}
	if _, err := book.Rules(); err != nil {
		t.Error(err)
	}
}

func TestABookNamesTheFileThatIsWrong(t *testing.T) {
	for _, part := range control.Parts() {
		book, err := builtInBook()
		if err != nil {
			t.Fatal(err)
		}
		*book.File(part) = []byte("?")
		rules, err := book.Rules()
		var bad *control.BadFile
		if rules != nil || !errors.As(err, &bad) || bad.Part != part || !strings.HasPrefix(bad.Error(), string(part)+": read ") {
			t.Errorf("%s: %v, %v", part, rules, err)
		}
		if fault := new(lines.Fault); !errors.As(err, &fault) || fault.Line != 1 {
			t.Errorf("%s: %v", part, err)
		}
	}
	if (&control.Book{}).File("?") != nil {
		t.Error("there is a part more")
	}
}

func TestUnitsOfTerms(t *testing.T) {
	for _, name := range control.TermNames() {
		want := control.UnitWorkingDays
		switch name {
		case "not_discussed", "acceptance":
			want = control.UnitCalendarDays
		case "quotations_min", "single_min", "supplement_min", "results_min":
			want = control.UnitTenge
		}
		if name.Unit() != want {
			t.Errorf("%s is counted in %s, want %s", name, name.Unit(), want)
		}
	}
	if control.UnitWorkingDays != "working_days" || control.UnitCalendarDays != "calendar_days" || control.UnitTenge != "tenge" {
		t.Error("the units have other names in the file")
	}
}

func TestProfilesHoldForTheirDays(t *testing.T) {
	const table = `number,direction,methods,remedies,name_kk,name_ru,status,valid_from,valid_to
1,D1,auction,cancel_purchase,ескі,старое,x,,2026-03-10
1,D1,auction,cancel_purchase,жаңа,новое,x,2026-03-11,
3,D1,auction,cancel_purchase,бір,один,x,2026-03-01,2026-03-10
2,D1,auction,cancel_purchase,екі,два,x,,
`
	c, err := control.ReadCatalogue(strings.NewReader(table), "dated")
	if err != nil {
		t.Fatal(err)
	}
	names := func(profiles []control.RiskProfile) string {
		var all []string
		for _, p := range profiles {
			all = append(all, p.NameRU)
		}
		return strings.Join(all, " ")
	}
	for at, want := range map[string]string{
		"2020-01-01 00:00": "старое два", "2026-02-28 23:59": "старое два", "2026-03-01 00:00": "старое два один",
		"2026-03-10 23:59:59.999": "старое два один", "2026-03-11 00:00": "новое два", "2040-01-01 00:00": "новое два",
	} {
		if got := names(c.ForAt(control.Auction, control.D1, almaty(t, at))); got != want {
			t.Errorf("at %s: %s, want %s", at, got, want)
		}
	}
	if got := names(c.ForAt(control.Auction, control.D1, time.Time{})); got != "старое два" {
		t.Errorf("before all time: %s", got)
	}
	if got := names(c.For(control.Auction, control.D1)); got != "новое два" {
		t.Errorf("the newest are %s", got)
	}
	if got := c.For(control.OpenTender, control.D1); len(got) != 0 {
		t.Errorf("of another method: %v", got)
	}
	if got := c.For("barter", control.D1); got != nil {
		t.Errorf("of no method: %v", got)
	}
	if got := c.ForAt("barter", control.D1, time.Time{}); got != nil {
		t.Errorf("of no method: %v", got)
	}
	if p, ok := c.Profile(1); !ok || p.NameRU != "новое" {
		t.Errorf("profile 1 is %v", p)
	}
	if p, ok := c.ProfileAt(1, almaty(t, "2026-03-10 12:00")); !ok || p.NameRU != "старое" {
		t.Errorf("profile 1 was %v", p)
	}
	if _, ok := c.ProfileAt(3, almaty(t, "2026-03-11 00:00")); ok {
		t.Error("profile 3 is still there")
	}
	if _, ok := c.ProfileAt(9, time.Time{}); ok {
		t.Error("profile 9 is there")
	}
	// The case asks for those of the event's day.
	g := inD1(t)
	g.purchase.Method = control.Auction
	g.rules = &control.Rules{Calendar: g.rules.Calendar, Terms: g.rules.Terms, Catalogue: c}
	if got := names(g.build().Profiles(control.D1)); got != "старое два один" { // published on 10 March, asked on 12 March
		t.Errorf("published on the last day: %s", got)
	}
	g.purchase.PublishedAt = time.Time{}
	if got := names(g.build().Profiles(control.D1)); got != "новое два" {
		t.Errorf("with no event, now: %s", got)
	}
}

func TestADatedTableIsCheckedToo(t *testing.T) {
	const head = "number,direction,methods,remedies,name_kk,name_ru,status,valid_from,valid_to\n"
	row := func(number, from, to string) string {
		return number + ",D1,auction,cancel_purchase,a,b,x," + from + "," + to + "\n"
	}
	for _, r := range []struct{ name, table, want string }{
		{"no first day", head + row("1", "yesterday", ""), `line 2: valid_from: "yesterday" is no date`},
		{"no last day", head + row("1", "", "2026-13-01"), `line 2: valid_to: "2026-13-01" is no date`},
		{"an end before its beginning", head + row("1", "2026-03-02", "2026-03-01"), "line 2: valid_to: 2026-03-01 is before valid_from"},
		{"a day that two rows share", head + row("1", "", "2026-03-10") + row("1", "2026-03-10", ""), "line 3: number: 1 stands twice"},
		{"the same, the other way round", head + row("1", "2026-03-10", "") + row("1", "", "2026-03-10"), "line 3: number: 1 stands twice"},
		{"always, twice", head + row("1", "", "") + row("1", "", ""), "line 3: number: 1 stands twice"},
		{"one column of the two", strings.Replace(head, ",valid_to", "", 1), "line 1: want the columns number,direction,methods,remedies,name_kk,name_ru,status"},
	} {
		if c, err := control.ReadCatalogue(strings.NewReader(r.table), "x"); err == nil || c != nil || err.Error() != "read risk profiles: "+r.want {
			t.Errorf("%s: %v, %v; want %s", r.name, c, err, r.want)
		}
	}
	for _, good := range []string{
		head + row("1", "2026-03-01", "2026-03-01"), head + row("1", "", "2026-03-09") + row("1", "2026-03-10", ""),
		head + row("1", "2026-03-10", "") + row("1", "", "2026-03-09"), head + row("1", "", "") + row("2", "", ""),
	} {
		if _, err := control.ReadCatalogue(strings.NewReader(good), "x"); err != nil {
			t.Error(err)
		}
	}
}

func TestAFileIsNamedByItsContent(t *testing.T) {
	if got := control.FileVersion([]byte("x")); got != "2d711642" { // SHA-256 of x begins so
		t.Errorf("it is called %s", got)
	}
}

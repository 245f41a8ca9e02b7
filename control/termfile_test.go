package control_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"baqylau/control"
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
	for _, r := range []struct{ name, text, want string }{
		{"no JSON", "terms", "invalid character 'e' in literal true (expecting 'r')"},
		{"two books", whole + "{}", "something follows the book"},
		{"an unknown field", change(`"version"`, `"edition"`), "json: unknown field \"edition\""},
		{"no version", change(`"built-in-2026-11"`, `" "`), "the version is missing"},
		{"an unknown name", entry(`{"name": "patience", "value": 1, "unit": "working_days", "basis": "x"}`), "terms[0] (patience): the name is unknown"},
		{"another unit", change(`"unit": "working_days"`, `"unit": "calendar_days"`), "terms[0] (discussion): unit: \"calendar_days\", want working_days"},
		{"working days for calendar days", change(`"unit": "calendar_days"`, `"unit": "working_days"`), "terms[1] (not_discussed): unit: \"working_days\", want calendar_days"},
		{"days for money", change(`"unit": "tenge"`, `"unit": "working_days"`), "terms[6] (quotations_min): unit: \"working_days\", want tenge"},
		{"no basis", entry(`{"name": "execution", "value": 1, "unit": "working_days", "from": "2026-01-01", "basis": " "}`), "terms[0] (execution): basis: is needed"},
		{"no date", entry(`{"name": "execution", "value": 1, "unit": "working_days", "from": "1 January", "basis": "x"}`), "terms[0] (execution): from: \"1 January\" is no date"},
		{"the same day twice", entry(`{"name": "execution", "value": 1, "unit": "working_days", "basis": "x"}`), "terms[11] (execution): stands twice for the same day"},
		{"no days", change(`"discussion", "value": 5`, `"discussion", "value": 0`), "terms[0] (discussion): value: \"0\" is no number of days from 1 to 366"},
		{"a year and a day", change(`"discussion", "value": 5`, `"discussion", "value": 367`), " is no number of days from 1 to 366"},
		{"half a day", change(`"discussion", "value": 5`, `"discussion", "value": 1.5`), " is no number of days from 1 to 366"},
		{"a part of a tiyn", change(`"value": 5000000`, `"value": 5000000.001`), "value: \"5000000.001\" has more than two decimals"},
		{"a debt", change(`"value": 5000000`, `"value": -5000000`), "value: \"-5000000\" is no amount of tenge"},
		{"money in powers", change(`"value": 5000000`, `"value": 5e6`), " is no amount of tenge"},
		{"too much money", change(`"value": 5000000`, `"value": 92233720368547758.08`), " is no amount of tenge"},
		{"one that is missing", change(`"review"`, `"execution"`), "terms[13] (execution): stands twice for the same day"},
		{"one from a day on alone", change(`"basis": "order № 1318`, `"from": "2023-12-26", "basis": "order № 1318`), "confirmation has no value from always on"},
	} {
		t.Run(r.name, func(t *testing.T) {
			book, err := control.ReadTerms([]byte(r.text))
			if err == nil || book != nil || !strings.HasSuffix(err.Error(), r.want) || !strings.HasPrefix(err.Error(), "read terms: ") {
				t.Errorf("it gives %v, %v; want …%s…", book, err, r.want)
			}
		})
	}
	for _, good := range []string{
		change(`"discussion", "value": 5`, `"discussion", "value": 1`), change(`"discussion", "value": 5`, `"discussion", "value": 366`),
		change(`"value": 5000000`, `"value": 0`), change(`"value": 5000000`, `"value": 5000000.5`),
	} {
		if _, err := control.ReadTerms([]byte(good)); err != nil {
			t.Error(err)
		}
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
		{"a day that two rows share", head + row("1", "", "2026-03-10") + row("1", "2026-03-10", ""), "line 3: number 1 stands twice"},
		{"the same, the other way round", head + row("1", "2026-03-10", "") + row("1", "", "2026-03-10"), "line 3: number 1 stands twice"},
		{"always, twice", head + row("1", "", "") + row("1", "", ""), "line 3: number 1 stands twice"},
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

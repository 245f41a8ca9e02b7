package control_test

import (
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"baqylau/control"
	"baqylau/control/lines"
)

const header = "number,direction,methods,remedies,name_kk,name_ru,status\n"

// terms.md: what the manual's text fixes of the official table.
func TestTheBuiltInCatalogueHasWhatTheManualFixes(t *testing.T) {
	c := builtInRules(t).Catalogue
	for number, want := range map[int]struct {
		direction control.Direction
		remedy    control.Remedy
	}{
		1:  {control.D1, control.AmendDocumentation},
		3:  {control.D1, control.CancelPurchase},
		4:  {control.D1, control.CancelPurchase},
		12: {control.D1, control.CancelPurchase},
		5:  {control.D4, control.ReviewResults},
		6:  {control.D4, control.ReviewResults},
		7:  {control.D4, control.ReviewResults},
	} {
		p, known := c.Profile(number)
		if !known || p.Direction != want.direction || !slices.Contains(p.Remedies, want.remedy) || p.NameKK == "" || p.NameRU == "" {
			t.Errorf("profile %d is %+v (known %v), want it in %s by %s", number, p, known, want.direction, want.remedy)
		}
	}
	for _, p := range c.All() {
		if !p.Sample() {
			t.Errorf("profile %d is not marked as a sample, and the official table is not at hand", p.Number)
		}
	}
	for _, m := range control.Methods() {
		for _, d := range m.Directions() {
			if len(c.For(m, d)) == 0 {
				t.Errorf("%s has nothing to check in %q", m, d)
			}
		}
	}
	if _, known := c.Profile(99); known {
		t.Error("profile 99 is known")
	}
}

func TestACatalogueIsListedByNumberAndCannotBeChangedThroughAll(t *testing.T) {
	c, err := control.ReadCatalogue(strings.NewReader(header+
		"7,D1,open_tender|auction,cancel_purchase,ж,р,official\n"+
		"2,D1,open_tender,amend_documentation|cancel_purchase,к,с,official\n"+
		"3,,single_source,cancel_purchase,л,т,sample\n"), "2026")
	if err != nil {
		t.Fatal(err)
	}
	var numbers []int
	for _, p := range c.For(control.OpenTender, control.D1) {
		numbers = append(numbers, p.Number)
	}
	if diff := cmp.Diff([]int{2, 7}, numbers); diff != "" {
		t.Errorf("the profiles of D1 (-want +got):\n%s", diff)
	}
	if n := len(c.For(control.Auction, control.D1)); n != 1 {
		t.Errorf("auctions have %d profiles in D1, want 1", n)
	}
	if p, _ := c.Profile(7); p.Sample() {
		t.Error("an official profile reads as a sample")
	}
	c.All()[0].Number = 99
	if _, known := c.Profile(99); known || c.Version != "2026" {
		t.Error("the catalogue was changed from outside")
	}
}

// terms.md: a notification keeps the profile's wording of its day.
func TestAProfileIsWordedAsOnTheDayOfItsEvent(t *testing.T) {
	catalogue, err := control.ReadCatalogue(strings.NewReader(strings.TrimSuffix(header, "\n")+",valid_from,valid_to\n"+
		"1,D1,open_tender,cancel_purchase,қ,old,,2020-01-01,2026-03-10\n"+
		"1,D1,open_tender,cancel_purchase,қ,new,,2026-03-11,\n"+
		"2,,commodity_exchange,cancel_purchase,қ,old,,,2026-03-10\n"+
		"2,,commodity_exchange,cancel_purchase,қ,new,,2026-03-11,\n"), "x")
	if err != nil {
		t.Fatal(err)
	}
	created := almaty(t, "2026-03-12 10:00")
	for _, r := range []struct {
		stage     func(testing.TB) *given
		direction control.Direction
		number    int
		published string
		created   time.Time
		want      string
	}{
		{inD1, control.D1, 1, "2026-03-10 23:59:59", created, "old"},
		{inD1, control.D1, 1, "2026-03-11 00:00", created, "new"},
		{inD1, control.D1, 1, "2019-03-11 00:00", created, "new"}, // it was not checked then
		{inExchange, control.Undirected, 2, "2026-03-11 00:00", created, "new"},
		{inExchange, control.Undirected, 2, "2026-03-11 00:00", almaty(t, "2026-03-10 23:59"), "old"},
		{inD1, control.D1, 3, "2026-03-11 00:00", created, ""},
	} {
		g := r.stage(t)
		g.purchase.PublishedAt, g.purchase.DiscussionEndsAt = almaty(t, r.published), almaty(t, "2026-03-17 00:00")
		g.rules = &control.Rules{Calendar: g.rules.Calendar, Terms: g.rules.Terms, Catalogue: catalogue}
		p, found := g.build().Worded(r.number, r.direction, r.created)
		if p.NameRU != r.want || found != (r.want != "") {
			t.Errorf("published %s and created %s, profile %d is %q, want %q", r.published, r.created, r.number, p.NameRU, r.want)
		}
	}
}

func TestACatalogueThatIsWrongIsRefusedWithLineAndColumn(t *testing.T) {
	const good = "1,D1,open_tender,cancel_purchase,қ,р,sample\n"
	long := strings.Repeat("ә", 1001)
	many := header
	for i := range 401 {
		many += strconv.Itoa(i+1) + ",D" + strconv.Itoa(i%4+1) + "," + []string{"open_tender", "auction"}[i/4%2] + ",cancel_purchase,қ,р,\n"
	}
	atOnce := header
	for i := range 101 {
		atOnce += strconv.Itoa(i+1) + ",D1,open_tender,cancel_purchase,қ,р,\n"
	}
	for name, r := range map[string]struct{ table, want string }{
		"empty":                       {"", "line 1: want the columns number,direction,methods,remedies,name_kk,name_ru,status"},
		"other columns":               {"a,b,c,d,e,f,g\n", "line 1: want the columns number,direction,methods,remedies,name_kk,name_ru,status"},
		"too few fields":              {header + "1,D1\n", "line 2: this is no row of the table: wrong number of fields"},
		"no table":                    {"\"number", `line 1: this is no row of the table: extraneous or missing " in quoted-field`},
		"a quote that never ends":     {header + good + "2,D1,\"\n", `line 3: this is no row of the table: extraneous or missing " in quoted-field`},
		"no number":                   {header + good + "x,D1,open_tender,cancel_purchase,қ,р,\n", `line 3: number: "x" is no whole number from 1 to 999`},
		"number nought":               {header + "0,D1,open_tender,cancel_purchase,қ,р,\n", `line 2: number: "0" is no whole number from 1 to 999`},
		"number one thousand":         {header + "1000,D1,open_tender,cancel_purchase,қ,р,\n", `line 2: number: "1000" is no whole number from 1 to 999`},
		"a number twice":              {header + good + good, "line 3: number: 1 stands twice"},
		"an unknown direction":        {header + "1,D5,open_tender,cancel_purchase,қ,р,\n", `line 2: direction: "D5" is unknown`},
		"an unknown method":           {header + "1,D1,lottery,cancel_purchase,қ,р,\n", `line 2: methods: "lottery" is unknown`},
		"a method twice":              {header + "1,D1,auction|auction,cancel_purchase,қ,р,\n", `line 2: methods: "auction" stands twice`},
		"no method":                   {header + "1,D1,,cancel_purchase,қ,р,\n", `line 2: methods: "" is unknown`},
		"a direction with plan point": {header + "1,D1,single_source,cancel_purchase,қ,р,\n", `line 2: direction: "D1" does not go with single_source`},
		"a tender without direction":  {header + "1,,open_tender,cancel_purchase,қ,р,\n", `line 2: direction: "" does not go with open_tender`},
		"an unknown remedy":           {header + "1,D1,open_tender,pray,қ,р,\n", `line 2: remedies: "pray" is unknown`},
		"a remedy twice":              {header + "1,D1,open_tender,cancel_purchase|cancel_purchase,қ,р,\n", `line 2: remedies: "cancel_purchase" stands twice`},
		"no Kazakh name":              {header + "1,D1,open_tender,cancel_purchase, ,р,\n", "line 2: name_kk: both languages are needed"},
		"no Russian name":             {header + "1,D1,open_tender,cancel_purchase,қ,,\n", "line 2: name_ru: both languages are needed"},
		"a name of two lines":         {header + "1,D1,open_tender,cancel_purchase,қ,\"р\nр\",\n", "line 2: name_ru: has more than 1000 characters, or one of no line"},
		"a name in another order":     {header + "1,D1,open_tender,cancel_purchase,қ,р\u202eр,\n", "line 2: name_ru: has more than 1000 characters, or one of no line"},
		"a name of two paragraphs":    {header + "1,D1,open_tender,cancel_purchase,қ\u2029қ,р,\n", "line 2: name_kk: has more than 1000 characters, or one of no line"},
		"a note of two lines":         {header + "1,D1,open_tender,cancel_purchase,қ,р,a\u2028b\n", "line 2: status: has more than 1000 characters, or one of no line"},
		"a name behind two lines":     {header + "1,D1,open_tender,cancel_purchase,қ,р,\n\n2,D1,open_tender,cancel_purchase,қ," + long + ",\n", "line 4: name_ru: has more than 1000 characters, or one of no line"},
		"a note that is a book":       {header + "1,D1,open_tender,cancel_purchase,қ,р," + long + "\n", "line 2: status: has more than 1000 characters, or one of no line"},
		"too many profiles":           {many, "line 402: more than 400 profiles"},
		"too many at the same time":   {atOnce, `line 102: number: more than 100 profiles of open_tender and "D1" at the same time`},
		"too large":                   {header + strings.Repeat("\n", 256<<10), "line 1: it is larger than 262144 bytes"},
	} {
		c, err := control.ReadCatalogue(strings.NewReader(r.table), "x")
		if err == nil || c != nil || err.Error() != "read risk profiles: "+r.want {
			t.Errorf("%s: %v, %v; want an error that says %q", name, c, err, r.want)
		}
	}
}

// What a reader is told speaks of the word that is wrong, not of the whole field.
func TestAFaultOfACatalogueSpeaksOfItsWord(t *testing.T) {
	row := func(text string) string { return header + text + "\n" }
	for _, r := range []struct {
		table string
		want  lines.Fault
	}{
		{"a,b\n", lines.Fault{Line: 1, Code: "columns", Value: "number,direction,methods,remedies,name_kk,name_ru,status"}},
		{row("1"), lines.Fault{Line: 2, Code: "broken"}},
		{row("x,D1,auction,cancel_purchase,қ,р,"), lines.Fault{Field: "number", Line: 2, Code: "no_number", Value: "x"}},
		{row("1,D9,auction,cancel_purchase,қ,р,"), lines.Fault{Field: "direction", Line: 2, Code: "unknown", Value: "D9"}},
		{row("1,D1,auction|raffle,cancel_purchase,қ,р,"), lines.Fault{Field: "methods", Line: 2, Code: "unknown", Value: "raffle"}},
		{row("1,D1,auction|auction,cancel_purchase,қ,р,"), lines.Fault{Field: "methods", Line: 2, Code: "twice", Value: "auction"}},
		{row("1,D1,auction|single_source,cancel_purchase,қ,р,"), lines.Fault{Field: "direction", Line: 2, Code: "misdirected", Value: "single_source"}},
		{row("1,D1,auction,pray,қ,р,"), lines.Fault{Field: "remedies", Line: 2, Code: "unknown", Value: "pray"}},
		{row("1,D1,auction,cancel_purchase,,р,"), lines.Fault{Field: "name_kk", Line: 2, Code: "missing"}},
		{row("1,D1,auction,cancel_purchase,қ,р," + strings.Repeat("x", 1001)), lines.Fault{Field: "status", Line: 2, Code: "too_long", Value: "1000"}},
		{
			strings.TrimSpace(header) + ",valid_from,valid_to\n1,D1,auction,cancel_purchase,қ,р,,2026-03-02,2026-03-01\n",
			lines.Fault{Field: "valid_to", Line: 2, Code: "reversed", Value: "2026-03-01"},
		},
		{header + strings.Repeat("1,D1,auction,cancel_purchase,қ,р,\n", 2), lines.Fault{Field: "number", Line: 3, Code: "same_day", Value: "1"}},
		{header + strings.Repeat("\n", 256<<10), lines.Fault{Line: 1, Code: "large", Value: "262144"}},
	} {
		_, err := control.ReadCatalogue(strings.NewReader(r.table), "x")
		wrongBy(t, err, r.want)
	}
	full := header + strings.Repeat("\n", 256<<10-len(header))
	for _, good := range []string{full, row("999,D1,auction,cancel_purchase,қ,р,")} {
		if _, err := control.ReadCatalogue(strings.NewReader(good), "x"); err != nil {
			t.Error(err)
		}
	}
	if _, err := control.ReadCatalogue(iotest.ErrReader(os.ErrClosed), "x"); !errors.Is(err, os.ErrClosed) {
		t.Errorf("a reader that fails gives %v", err)
	}
}

func FuzzReadCatalogue(f *testing.F) {
	data, err := os.ReadFile("../assets/catalogue/risk-profiles.csv")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(data))
	f.Add(header)
	f.Fuzz(func(t *testing.T, table string) {
		if c, err := control.ReadCatalogue(strings.NewReader(table), "x"); (c == nil) == (err == nil) {
			t.Errorf("ReadCatalogue gives %v, %v", c, err)
		}
	})
}

// terms.md, line by line.
func TestTheBuiltInTerms(t *testing.T) {
	million := int64(1_000_000 * control.Tenge)
	want := map[control.TermName]int64{
		control.DiscussionTerm: 5, control.UndiscussedTerm: 10, control.AcceptanceTerm: 10, control.SupplementTerm: 3,
		control.ComplaintsTerm: 5, control.QuotationsTerm: 5, control.ExecutionTerm: 10, control.ObjectionTerm: 5,
		control.ConfirmationTerm: 3, control.QuotationsAmount: 2 * million, control.SingleAmount: 5 * million,
		control.SupplementAmount: 5 * million, control.ResultsAmount: 50 * million,
		control.ReviewTerm: 15, control.ProlongationTerm: 15,
		control.ExecutionReminder: 3, control.ReviewReminder: 3, control.ConfirmationReminder: 1,
	}
	book := builtInRules(t).Terms
	got := map[control.TermName]int64{}
	for _, term := range book.All() {
		got[term.Name] = term.Value
		if term.Basis == "" {
			t.Errorf("%s doesn't say where it comes from", term.Name)
		}
		if at := book.At(term.Name, time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC)); at != term.Value {
			t.Errorf("%s was %d in 2019, want %d", term.Name, at, term.Value)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("terms (-want +got):\n%s", diff)
	}
	if book.Version == "" {
		t.Error("the book has no version to record (R-11.7)")
	}
}

func TestATermHoldsFromItsFirstInstantOn(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }
	book := control.NewTermBook("x", []control.Term{
		{Name: control.ObjectionTerm, Value: 7, From: day(20)},
		{Name: control.ObjectionTerm, Value: 3, From: day(1)},
		{Name: control.ObjectionTerm, Value: 5, From: day(10)},
		{Name: control.ConfirmationTerm, Value: 1, From: day(1)},
	})
	for _, r := range []struct {
		at   time.Time
		want int64
	}{
		{day(1).Add(-1), 0},
		{day(1), 3},
		{day(10).Add(-1), 3},
		{day(10), 5},
		{day(20).Add(-1), 5},
		{day(20), 7},
		{day(31), 7},
	} {
		if got := book.At(control.ObjectionTerm, r.at); got != r.want {
			t.Errorf("at %v it is %d, want %d", r.at, got, r.want)
		}
	}
	if got := book.At(control.ExecutionTerm, day(31)); got != 0 {
		t.Errorf("a term that nobody entered is %d, want 0", got)
	}
	var listed []int64
	for _, term := range book.All() {
		listed = append(listed, term.Value)
	}
	if diff := cmp.Diff([]int64{1, 7, 5, 3}, listed); diff != "" {
		t.Errorf("all terms, by name and newest first (-want +got):\n%s", diff)
	}
}

func TestALotIsFoundByItsID(t *testing.T) {
	g := inD1(t)
	g.another()
	if l, found := g.purchase.Lot("lot-2"); !found || l != &g.purchase.Lots[1] {
		t.Errorf("lot-2 is %v, %v", l, found)
	}
	if l, found := g.purchase.Lot("lot-3"); found || l != nil {
		t.Errorf("lot-3 is %v, %v", l, found)
	}
}

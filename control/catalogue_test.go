package control_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"baqylau/control"
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

func TestACatalogueThatIsWrongIsRefusedWithLineAndColumn(t *testing.T) {
	const good = "1,D1,open_tender,cancel_purchase,қ,р,sample\n"
	for name, r := range map[string]struct{ table, want string }{
		"empty":                       {"", "line 1: want the columns number,direction,methods,remedies,name_kk,name_ru,status"},
		"other columns":               {"a,b,c,d,e,f,g\n", "line 1: want the columns number,direction,methods,remedies,name_kk,name_ru,status"},
		"too few fields":              {header + "1,D1\n", "record on line 2: wrong number of fields"},
		"no number":                   {header + good + "x,D1,open_tender,cancel_purchase,қ,р,\n", `line 3: number: "x" is no positive whole number`},
		"number nought":               {header + "0,D1,open_tender,cancel_purchase,қ,р,\n", `line 2: number: "0" is no positive whole number`},
		"a number twice":              {header + good + good, "line 3: number 1 stands twice"},
		"an unknown direction":        {header + "1,D5,open_tender,cancel_purchase,қ,р,\n", `line 2: direction: "D5" is unknown`},
		"an unknown method":           {header + "1,D1,lottery,cancel_purchase,қ,р,\n", `line 2: methods: "lottery" is unknown`},
		"no method":                   {header + "1,D1,,cancel_purchase,қ,р,\n", `line 2: methods: "" is unknown`},
		"a direction with plan point": {header + "1,D1,single_source,cancel_purchase,қ,р,\n", `line 2: direction: "D1" does not go with single_source`},
		"a tender without direction":  {header + "1,,open_tender,cancel_purchase,қ,р,\n", `line 2: direction: "" does not go with open_tender`},
		"an unknown remedy":           {header + "1,D1,open_tender,pray,қ,р,\n", `line 2: remedies: "pray" is unknown`},
		"no Kazakh name":              {header + "1,D1,open_tender,cancel_purchase,,р,\n", "line 2: name: both languages are needed"},
		"no Russian name":             {header + "1,D1,open_tender,cancel_purchase,қ,,\n", "line 2: name: both languages are needed"},
	} {
		c, err := control.ReadCatalogue(strings.NewReader(r.table), "x")
		if err == nil || c != nil || err.Error() != "read risk profiles: "+r.want {
			t.Errorf("%s: %v, %v; want an error that says %q", name, c, err, r.want)
		}
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

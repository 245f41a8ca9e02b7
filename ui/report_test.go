package ui

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"baqylau/assets"
	"baqylau/control"
)

// givenReport is a report page of a person.
func givenReport(t *testing.T, login string, lang assets.Lang) (*seat, *reportPage) {
	s := givenCentre(t).seat(login, lang)
	s.visit(route{name: pageReport})
	return s, s.report()
}

func (s *seat) report() *reportPage {
	s.t.Helper()
	page, ok := s.current.(*reportPage)
	if !ok {
		s.t.Fatalf("the page is %T", s.current)
	}
	return page
}

// hero forms the report of the story's announcement alone.
func (s *seat) heroReport() *reportPage {
	s.t.Helper()
	s.report().filter.Number = heroNumber
	s.report().showFilters()
	s.click(s.lang.T("report.form"))
	return s.report()
}

func numbers(r *reportPage) []string {
	var list []string
	for _, row := range r.rows {
		list = append(list, row.Number)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func TestAReportIsFormedWhenItIsAskedFor(t *testing.T) {
	s, r := givenReport(t, "lot-manager", assets.RU)
	s.sees(assets.RU.T("report.begin"), "Вид отчёта: Открытый конкурс")
	if len(r.rows) != 0 {
		t.Fatalf("%d rows before it was formed", len(r.rows))
	}
	r.sort("amount", true)
	s.sees(assets.RU.T("report.begin"))
	s.look("report-begin")
	s.click("Сформировать")
	if !slices.Contains(numbers(r), heroNumber) {
		t.Fatalf("%s is not among %v", heroNumber, numbers(r))
	}
	for _, row := range r.rows {
		if row.Method != control.OpenTender {
			t.Errorf("%s is by %s", row.Number, row.Method)
		}
	}
	s.press(fyne.KeySpace, fyne.KeyDown, fyne.KeySpace)
	if n := len(r.list.Selected()); n != 2 {
		t.Errorf("%d rows are chosen by the keyboard, want 2", n)
	}
	s.lookAround("report")
}

func TestEveryFilterOfTheReportIsAskedOfTheCentre(t *testing.T) {
	s, r := givenReport(t, "lot-manager", assets.RU)
	s.click("Сформировать")
	all := len(r.rows)
	for _, filter := range r.filters {
		t.Run(filter.key, func(t *testing.T) {
			typed := "такого нет"
			switch filter.key {
			case "amount":
				typed = "999 999 999 999"
			case "published":
				typed = "01.01.2031"
			}
			value := ""
			if len(filter.options) > 0 {
				value = filter.options[0].Value
			}
			r.choose(filter.key, value)
			if filter.ask != nil {
				s.write(typed)
				s.press(fyne.KeyReturn)
			}
			s.settle()
			if s.controller.Busy() {
				t.Fatalf("the dialog is still open: %s", s.words())
			}
			if active := r.active(); len(active) != 1 || active[0].Key != filter.key {
				t.Errorf("the filters in force are %v", active)
			}
			if filter.ask != nil && len(r.rows) != 0 {
				t.Errorf("%d rows fit a filter that fits nothing", len(r.rows))
			}
			r.clear(filter.key)
			s.settle()
			if len(r.active()) != 0 || len(r.rows) != all {
				t.Errorf("%d rows after the filter was cleared, %d before it was set", len(r.rows), all)
			}
		})
	}
}

func TestAnAmountIsReadAsPeopleWriteIt(t *testing.T) {
	for text, want := range map[string]int64{
		"": 0, "5000000": 500000000, "5 000 000,5": 500000050, "5 000 000.05": 500000005, "12 ₸": 1200,
	} {
		if got, ok := tenge(text); !ok || got != want {
			t.Errorf("%q is %d, %v; want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"-1", "пять", "1,234", "99999999999999999999", "1,x", ","} {
		if got, ok := tenge(text); ok {
			t.Errorf("%q is taken for %d", text, got)
		}
	}
}

func TestAWrongRangeIsSaidAndNotApplied(t *testing.T) {
	s, r := givenReport(t, "lot-manager", assets.KK)
	r.choose("amount", "")
	s.settle()
	s.write("10")
	s.press(fyne.KeyTab)
	s.write("5")
	s.click(assets.KK.T("report.apply"))
	s.sees(assets.KK.T("report.wrong.range"))
	s.look("report-filter")
	if r.filter.AmountFrom != 0 {
		t.Error("the wrong range is in force")
	}
}

func TestLotsAreAssignedAndTakenBack(t *testing.T) {
	s, _ := givenReport(t, "lot-manager", assets.KK)
	s.heroReport()
	s.press(fyne.KeySpace, fyne.KeyDown, fyne.KeySpace)
	s.lookAround("report-chosen")
	if n := len(s.report().list.Selected()); n != 2 {
		t.Fatalf("%d rows are chosen after the page was built anew, want 2", n)
	}
	s.setLang(assets.KK)
	r := s.report()
	s.click(assets.KK.T("report.assign"))
	s.sees(assets.KK.N("report.chosen", 2), assets.KK.T("report.save"))
	s.look("report-assign")
	s.press(fyne.KeyDown) // Сейтқали stands after Жұмаділ
	s.click(assets.KK.T("report.save"))
	want := map[string]int{"Сейтқали Айнұр Бекболатқызы": 2, "": len(r.rows) - 2}
	if diff := cmp.Diff(want, assignees(r)); diff != "" {
		t.Errorf("assignees (-want +got):\n%s", diff)
	}
	for _, row := range r.rows {
		if row.Assignee != "" && row.AssigneeOrganizationKK == "" {
			t.Error("the row doesn't say where the assignee works")
		}
	}
	s.look("report-assigned")

	r.list.SelectAll()
	s.click(assets.KK.T("report.unassign"))
	s.click(assets.KK.T("report.unassign"))
	if diff := cmp.Diff(map[string]int{"": len(r.rows)}, assignees(r)); diff != "" {
		t.Errorf("assignees (-want +got):\n%s", diff)
	}
}

func assignees(r *reportPage) map[string]int {
	names := map[string]int{}
	for _, row := range r.rows {
		names[row.AssigneeName]++
	}
	return names
}

func TestAnAssignedLotStaysInViewThoughTheFilterAskedForFreeOnes(t *testing.T) {
	s, r := givenReport(t, "lot-manager", assets.RU)
	free := false
	r.filter.Assigned = &free
	r = s.heroReport()
	s.press(fyne.KeySpace)
	s.click("Выбрать ответственного")
	s.press(fyne.KeyReturn)
	if n := assignees(r)[""]; n != len(r.rows)-1 {
		t.Errorf("%d of %d rows are free, want all but one", n, len(r.rows))
	}
}

func TestAnActionThatIsOffSaysWhy(t *testing.T) {
	s, _ := givenReport(t, "lot-manager", assets.RU)
	s.heroReport()
	s.press(fyne.KeySpace)
	if b := s.button("Снять отписку"); b == nil || !b.Disabled() {
		t.Error("what nobody has can be taken back")
	}
	s.sees(assets.RU.T("report.none_assigned"))

	other := s.house.seat("auditor", assets.RU)
	reasons := (&reportPage{p: other.Program}).bulk()
	for _, action := range reasons {
		if why := action.Reason(nil); why == "" {
			t.Errorf("%q is open to an auditor", action.Text)
		}
	}
}

func TestAReportIsFoundAgain(t *testing.T) {
	s, _ := givenReport(t, "lot-manager", assets.RU)
	r := s.heroReport()
	s.press(fyne.KeyDown)
	cursor := r.list.Cursor()
	s.visit(route{name: pageCabinet})
	s.goBack()
	s.settle()
	again := s.report()
	if again == r {
		t.Fatal("the page was not left")
	}
	if again.filter.Number != heroNumber || len(again.rows) != len(r.rows) || again.list.Cursor() != cursor {
		t.Errorf("filter %q, %d rows, cursor %q; want %q, %d, %q", again.filter.Number, len(again.rows), again.list.Cursor(),
			heroNumber, len(r.rows), cursor)
	}
}

func TestAFilterIsFoundAgainThoughNothingWasFormed(t *testing.T) {
	s, r := givenReport(t, "lot-manager", assets.RU)
	r.filter.Number = heroNumber
	s.visit(route{name: pageCabinet})
	s.goBack()
	s.settle()
	if again := s.report(); again.filter.Number != heroNumber || again.formed {
		t.Errorf("filter %q, formed %v; want %q, false", again.filter.Number, again.formed, heroNumber)
	}
}

func TestAReportThatTheCentreCantGiveSaysSo(t *testing.T) {
	s, _ := givenReport(t, "lot-manager", assets.KK)
	s.house.goAway()
	s.click(assets.KK.T("report.form"))
	s.sees(assets.KK.T("report.no_link"), assets.KK.T("report.again"))
	s.look("report-offline")
}

func TestFormingAReportCanBeStopped(t *testing.T) {
	s, r := givenReport(t, "lot-manager", assets.RU)
	r.form() // its answer is not let in before settle
	stop := s.button(assets.RU.T("ui.cancel"))
	if stop == nil {
		t.Fatalf("nothing stops it: %s", s.words())
	}
	stop.OnTapped()
	s.settle()
	if r.formed || r.forming || len(r.rows) > 0 {
		t.Errorf("formed %v, forming %v, %d rows", r.formed, r.forming, len(r.rows))
	}
	s.sees(assets.RU.T("report.begin"))
}

func TestTheExportHoldsTheRowsOfTheReport(t *testing.T) {
	s, _ := givenReport(t, "lot-manager", assets.RU)
	r := s.heroReport()
	path := filepath.Join(t.TempDir(), "report.xlsx")
	f, err := os.Create(path)
	s.house.must(err)
	s.house.must(s.desk.ExportReport(context.Background(), f, assets.RU, r.filter, func(int) {}))
	s.house.must(f.Close())
	data, err := os.ReadFile(path)
	s.house.must(err)
	book, err := excelize.OpenReader(bytes.NewReader(data))
	s.house.must(err)
	cells, err := book.GetRows(book.GetSheetName(0))
	s.house.must(err)
	found := 0
	for _, line := range cells {
		if slices.Contains(line, heroNumber) {
			found++
		}
	}
	if found != len(r.rows) {
		t.Errorf("%d rows in the file, %d on the screen", found, len(r.rows))
	}
}

func TestTheColumnsSortTheReport(t *testing.T) {
	s, r := givenReport(t, "lot-manager", assets.RU)
	s.click("Сформировать")
	for _, key := range []string{"number", "lot", "name", "amount", "direction", "due", "assignee", "organization", "organizer", "status"} {
		r.sort(key, false)
		first, last := r.rows[0], r.rows[len(r.rows)-1]
		r.sort(key, true)
		if key == "amount" && (first.Amount > last.Amount || r.rows[0].Amount < first.Amount) {
			t.Errorf("by %s: %d … %d", key, first.Amount, last.Amount)
		}
		if key == "number" && (first.Number > last.Number || r.rows[0].Number != last.Number) {
			t.Errorf("by %s: %s … %s", key, first.Number, last.Number)
		}
	}
}

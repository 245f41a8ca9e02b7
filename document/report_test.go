package document

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"baqylau/assets"
)

var reportColumns = []Column{{"Лот", 16}, {"Атауы", 60}, {"Саны", 0}, {"Сомасы", 20}, {"Күні", 12}, {"Уақыты", 18}}

func reportOf(t testing.TB, title string, rows ...[]Cell) *excelize.File {
	t.Helper()
	var out bytes.Buffer
	if err := Report(context.Background(), &out, assets.KK, title, reportColumns, Rows(rows)); err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	})
	return file
}

func cellAt(t testing.TB, file *excelize.File, name string, raw bool) string {
	t.Helper()
	value, err := file.GetCellValue(file.GetSheetName(0), name, excelize.Options{RawCellValue: raw})
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func TestReportCellsAreTyped(t *testing.T) {
	at := time.Date(2026, 3, 17, 19, 5, 31, 0, time.UTC) // 18 March, 00:05 in Almaty
	file := reportOf(
		t, "Лоттар бойынша есеп",
		[]Cell{Text("84492164-ОК1"), Text("Плита"), Integer(12), Tenge(926896552), Day(at), Moment(at)},
		[]Cell{Text("00123"), {}, Integer(-3), Tenge(math.MaxInt64), Day(time.Time{}), Moment(time.Time{})},
		[]Cell{Text("12.03.2026")},
	)
	for name, want := range map[string]string{
		"A1": "Лот", "F1": "Уақыты", "A2": "84492164-ОК1", "C2": "12", "D2": "9268965.52", "E2": "46099",
		"A3": "00123", "B3": "", "C3": "-3", "D3": assets.Money(math.MaxInt64), "E3": "", "F3": "", "A4": "12.03.2026", "B4": "",
	} {
		if got := cellAt(t, file, name, true); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]string{"E2": "18.03.2026", "F2": "18.03.2026 00:05"} {
		if got := cellAt(t, file, name, false); got != want {
			t.Errorf("%s is shown as %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]excelize.CellType{
		"A2": excelize.CellTypeInlineString, "A3": excelize.CellTypeInlineString, "D2": excelize.CellTypeUnset,
		"D3": excelize.CellTypeInlineString, "E2": excelize.CellTypeUnset,
	} {
		if got, err := file.GetCellType(file.GetSheetName(0), name); err != nil || got != want {
			t.Errorf("%s has type %v (%v), want %v", name, got, err, want)
		}
	}
}

func TestReportTextStaysText(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a formula", "=HYPERLINK(\"http://x\",\"y\")", "=HYPERLINK(\"http://x\",\"y\")"},
		{"a command", "=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"},
		{"a plus", "+7 727 000", "+7 727 000"},
		{"an at sign", "@SUM(A1)", "@SUM(A1)"},
		{"XML", "</t></is></c><row>&amp;<![CDATA[", "</t></is></c><row>&amp;<![CDATA["},
		{"an escape of the format itself", "_x0041_", "_x0041_"},
		{"control characters", "a\x00b\x08c\td", "a b c d"},
		{"turned direction", "a\u202eb", "ab"},
		{"invalid bytes", "a\xffb", "a\ufffdb"},
		{"an emoji", "😀", "😀"},
		{"outer spaces", "  a  ", "  a  "},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := reportOf(t, "x", []Cell{Text(c.text)})
			if got := cellAt(t, file, "A2", true); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if formula, err := file.GetCellFormula(file.GetSheetName(0), "A2"); err != nil || formula != "" {
				t.Errorf("it became the formula %q (%v)", formula, err)
			}
		})
	}
	long := reportOf(t, "x", []Cell{Text(strings.Repeat("😀", 40_000))})
	if got := cellAt(t, long, "A2", true); !strings.HasSuffix(got, "😀…") || len(got) < 4*15_000 {
		t.Errorf("a long text has %d bytes and ends with %q", len(got), got[max(0, len(got)-8):])
	}
}

func TestReportHeaderIsFrozenAndFiltered(t *testing.T) {
	file := reportOf(t, "Есеп", []Cell{Text("1")}, []Cell{Text("2")})
	sheet := file.GetSheetName(0)
	panes, err := file.GetPanes(sheet)
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes %+v, %v", panes, err)
	}
	var filters []string
	for _, name := range file.GetDefinedName() {
		filters = append(filters, name.RefersTo)
	}
	if diff := cmp.Diff([]string{"'Есеп'!$A$1:$F$3"}, filters); diff != "" {
		t.Errorf("filter (-want +got):\n%s", diff)
	}
	if width, err := file.GetColWidth(sheet, "B"); err != nil || width != 60 {
		t.Errorf("width %v, %v", width, err)
	}
	if width, err := file.GetColWidth(sheet, "C"); err != nil || width != defaultWidth {
		t.Errorf("default width %v, %v", width, err)
	}
}

func TestReportTitleBecomesASheetName(t *testing.T) {
	for title, want := range map[string]string{
		"":                          "Есеп",
		"///":                       "Есеп",
		"'a'":                       "a",
		"лот: [1] / тармақ?*":       "лот 1 тармақ",
		strings.Repeat("ұзын ", 20): "ұзын ұзын ұзын ұзын ұзын ұзын ұ",
		"a\x00b😀c":                  "a b c",
	} {
		if got := reportOf(t, title).GetSheetName(0); got != want {
			t.Errorf("%q becomes %q, want %q", title, got, want)
		}
	}
}

func TestReportEndsWithTheCauseOfTheEnd(t *testing.T) {
	broken := errors.New("the source broke")
	cancelled, cancel := context.WithCancelCause(context.Background())
	left := errors.New("the person left the page")
	for _, c := range []struct {
		name    string
		ctx     context.Context
		rows    iter.Seq2[[]Cell, error]
		columns []Column
		want    error
	}{
		{"the source fails", context.Background(), func(yield func([]Cell, error) bool) {
			_ = yield([]Cell{Text("1")}, nil) && yield(nil, broken)
		}, reportColumns, broken},
		{"the person leaves", cancelled, func(yield func([]Cell, error) bool) {
			for i := 0; yield([]Cell{Integer(1)}, nil); i++ {
				if i == 1000 {
					cancel(left)
				}
			}
		}, reportColumns, left},
		{"no columns", context.Background(), Rows(nil), nil, ErrTooLarge},
		{"too many columns", context.Background(), Rows(nil), make([]Column, maxSheetColumns+1), ErrTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			err := Report(c.ctx, &out, assets.RU, "x", c.columns, c.rows)
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if out.Len() != 0 {
				t.Errorf("%d bytes were written", out.Len())
			}
		})
	}
}

func TestReportRefusesARowThatIsTooLong(t *testing.T) {
	err := Report(context.Background(), io.Discard, assets.KK, "x", reportColumns[:1], Rows([][]Cell{{Text("1"), Text("2")}}))
	if err == nil || !strings.Contains(err.Error(), "2 cells for 1 columns") {
		t.Errorf("got %v", err)
	}
}

func TestReportRefusesMoreRowsThanASheetHolds(t *testing.T) {
	file := excelize.NewFile()
	defer file.Close()
	b, err := newBook(file, assets.KK, "x", reportColumns)
	if err != nil {
		t.Fatal(err)
	}
	b.written = maxSheetRows - 1
	if err := b.row([]Cell{Text("соңғы")}); err != nil {
		t.Errorf("the last row: %v", err)
	}
	if err := b.row([]Cell{Text("артық")}); !errors.Is(err, ErrTooManyRows) {
		t.Errorf("one row more: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestReportTellsThatTheDiskIsFull(t *testing.T) {
	full := errors.New("no space left")
	err := Report(context.Background(), failing{full}, assets.KK, "x", reportColumns, Rows([][]Cell{{Text("1")}}))
	if !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

func BenchmarkReport100kRows(b *testing.B) {
	at := noon
	rows := func(yield func([]Cell, error) bool) {
		row := make([]Cell, 10)
		for i := range 100_000 {
			for j := range 4 {
				row[j] = Text(fmt.Sprintf("84492164-ОК%d", i))
			}
			row[4], row[5], row[6] = Integer(int64(i)), Tenge(int64(i)*12345), Day(at)
			row[7], row[8], row[9] = Moment(at), Text("Ашық конкурс"), Text("Жарияланды")
			if !yield(row, nil) {
				return
			}
		}
	}
	columns := make([]Column, 10)
	b.ReportAllocs()
	for b.Loop() {
		if err := Report(context.Background(), io.Discard, assets.KK, "Есеп", columns, rows); err != nil {
			b.Fatal(err)
		}
	}
}

package document

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
	"unicode"

	"github.com/xuri/excelize/v2"

	"baqylau/assets"
)

// ErrTooManyRows is the answer to a report with more rows than a worksheet can hold.
var ErrTooManyRows = errors.New("report has more rows than a worksheet can hold")

// The limits of a worksheet; those on names and cells are Excel's own.
const (
	maxSheetRows    = 1_048_575 // beside the header
	maxSheetColumns = 200
	maxSheetName    = 31
	maxCellText     = 32_000
	exactTiyn       = 1_000_000_000_000_000 // more digits than Excel keeps of a number
	rowsPerCheck    = 256
	defaultWidth    = 18
)

// Column is a column of a report; Width is in characters of the default font, 0 takes 18.
type Column struct {
	Title string
	Width float64
}

// Cell is a typed value of a report, made by Text, Integer, Tenge, Day or Moment; the zero Cell is an empty one.
type Cell struct {
	format format
	text   string
	number int64
	at     time.Time
}

type format int

const (
	plain format = iota
	whole
	tenge
	day
	moment
)

// Text is a cell that stays text whatever it looks like: a leading «=», «+» or «@» makes no formula of it.
func Text(text string) Cell { return Cell{format: plain, text: text} }

// Integer is a whole number.
func Integer(n int64) Cell { return Cell{format: whole, number: n} }

// Tenge is an amount of tiyn, shown in tenge.
func Tenge(tiyn int64) Cell { return Cell{format: tenge, number: tiyn} }

// Day is the date in Asia/Almaty; the zero time is an empty cell.
func Day(t time.Time) Cell { return Cell{format: day, at: t} }

// Moment is date and time in Asia/Almaty, to the minute; the zero time is an empty cell.
func Moment(t time.Time) Cell { return Cell{format: moment, at: t} }

// Rows makes a source for Report of rows that are in memory already.
func Rows(rows [][]Cell) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// Report writes an .xlsx workbook of one sheet: a frozen header with a filter over it, then the rows as they come
// from the source, which may be of any length and counts progress itself if it wants to. A row may be shorter than
// the header, not longer.
//
// The first error of the source, or the end of ctx, ends the report with that error. Nothing is written to w before
// the source is exhausted; an error while writing leaves w incomplete, so the caller writes to a temporary name.
func Report(
	ctx context.Context, w io.Writer, lang assets.Lang, title string, columns []Column, rows iter.Seq2[[]Cell, error],
) (err error) {
	if len(columns) == 0 || len(columns) > maxSheetColumns {
		return fmt.Errorf("report of %d columns, at most %d: %w", len(columns), maxSheetColumns, ErrTooLarge)
	}
	file := excelize.NewFile()
	defer func() { err = errors.Join(err, file.Close()) }()
	b, err := newBook(file, lang, title, columns)
	if err != nil {
		return fmt.Errorf("begin report: %w", err)
	}
	if err := b.rows(ctx, rows); err != nil {
		return err
	}
	if err := b.finish(); err != nil {
		return fmt.Errorf("finish report: %w", err)
	}
	if _, err := file.WriteTo(&cancellable{ctx, w}); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// book is a workbook that is being written.
type book struct {
	file    *excelize.File
	stream  *excelize.StreamWriter
	sheet   string
	columns int
	styles  [moment + 1]int
	written int
	values  []any // of the current row, reused
}

func newBook(file *excelize.File, lang assets.Lang, title string, columns []Column) (*book, error) {
	b := &book{file: file, sheet: sheetName(lang, title), columns: len(columns), values: make([]any, len(columns))}
	if err := file.SetSheetName("Sheet1", b.sheet); err != nil {
		return nil, err
	}
	properties := excelize.DocProperties{Title: cellText(title), Creator: "Baqylau", Language: string(lang)}
	if err := file.SetDocProps(&properties); err != nil {
		return nil, err
	}
	for kind, pattern := range [...]string{
		plain: "@", whole: "#,##0", tenge: `#,##0.00\ "₸"`, day: "dd.mm.yyyy", moment: `dd.mm.yyyy\ hh:mm`,
	} {
		id, err := file.NewStyle(&excelize.Style{
			CustomNumFmt: &pattern,
			Alignment:    &excelize.Alignment{Vertical: "top", WrapText: format(kind) == plain},
		})
		if err != nil {
			return nil, err
		}
		b.styles[kind] = id
	}
	var err error
	if b.stream, err = file.NewStreamWriter(b.sheet); err != nil {
		return nil, err
	}
	return b, b.header(columns)
}

func (b *book) header(columns []Column) error {
	style, err := b.file.NewStyle(&excelize.Style{
		Font:      &excelize.Font{Bold: true, Color: "FFFFFF"},
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"00798C"}},
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: true},
	})
	if err != nil {
		return err
	}
	for i, c := range columns {
		width := c.Width
		if width <= 0 {
			width = defaultWidth
		}
		if err := b.stream.SetColWidth(i+1, i+1, min(width, excelize.MaxColumnWidth)); err != nil {
			return err
		}
		b.values[i] = excelize.Cell{StyleID: style, Value: cellText(c.Title)}
	}
	panes := excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}
	if err := b.stream.SetPanes(&panes); err != nil {
		return err
	}
	return b.stream.SetRow("A1", b.values, excelize.RowOpts{Height: 32})
}

func (b *book) rows(ctx context.Context, rows iter.Seq2[[]Cell, error]) error {
	for row, err := range rows {
		if err != nil {
			return fmt.Errorf("row %d of the report: %w", b.written+1, err)
		}
		if b.written%rowsPerCheck == 0 && ctx.Err() != nil {
			return fmt.Errorf("report: %w", context.Cause(ctx))
		}
		if err := b.row(row); err != nil {
			return fmt.Errorf("row %d of the report: %w", b.written+1, err)
		}
	}
	if ctx.Err() != nil {
		return fmt.Errorf("report: %w", context.Cause(ctx))
	}
	return nil
}

func (b *book) row(cells []Cell) error {
	if len(cells) > b.columns {
		return fmt.Errorf("%d cells for %d columns", len(cells), b.columns)
	}
	if b.written >= maxSheetRows {
		return ErrTooManyRows
	}
	for i, c := range cells {
		b.values[i] = excelize.Cell{StyleID: b.styles[c.format], Value: c.value()}
	}
	b.written++
	name, err := excelize.CoordinatesToCellName(1, b.written+1)
	if err != nil {
		return err
	}
	return b.stream.SetRow(name, b.values[:len(cells)])
}

// value is what excelize writes: a string becomes text, a number a number, nil an empty cell.
func (c Cell) value() any {
	switch c.format {
	case whole:
		return c.number
	case tenge:
		if c.number >= exactTiyn || c.number <= -exactTiyn {
			return assets.Money(c.number)
		}
		return float64(c.number) / 100
	case day:
		return serial(c.at, 24*time.Hour, assets.Date)
	case moment:
		return serial(c.at, time.Minute, assets.DateTime)
	default:
		if c.text == "" {
			return nil
		}
		return cellText(c.text)
	}
}

// serial is Excel's count of days since 30 December 1899 of the wall clock in Asia/Almaty, down to the unit. Excel
// has no dates before March 1900 that other programs agree on, so those become words.
func serial(t time.Time, unit time.Duration, words func(time.Time) string) any {
	if t.IsZero() {
		return nil
	}
	local := t.In(assets.Almaty())
	if local.Year() < 1901 || local.Year() > 9999 {
		return words(t)
	}
	wall := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), 0, 0, time.UTC)
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	const secondsADay = 24 * 60 * 60
	seconds := wall.Unix() - epoch.Unix()
	seconds -= seconds % int64(unit/time.Second)
	return float64(seconds) / secondsADay
}

func (b *book) finish() error {
	last, err := excelize.CoordinatesToCellName(b.columns, b.written+1)
	if err != nil {
		return err
	}
	if err := b.file.AutoFilter(b.sheet, "A1:"+last, nil); err != nil {
		return err
	}
	return b.stream.Flush()
}

// sheetName makes a name that Excel takes of the title: without its forbidden characters, at most 31 long.
func sheetName(lang assets.Lang, title string) string {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) || r > 0xFFFF {
			return ' '
		}
		return r
	}, cellText(title))
	runes := []rune(strings.Join(strings.Fields(name), " "))
	name = strings.TrimSpace(string(runes[:min(len(runes), maxSheetName)]))
	return or(name, lang.T("document.report"))
}

// cellText makes a text of unknown origin fit for a cell: valid UTF-8, no control characters but line breaks,
// nothing that turns the direction of writing, at most as long as Excel takes.
func cellText(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Bidi_Control, r), r == 0xFFFE, r == 0xFFFF:
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	if len(text) <= maxCellText {
		return text
	}
	units := 0
	for i, r := range text {
		if units++; r > 0xFFFF {
			units++
		}
		if units >= maxCellText {
			return text[:i] + "…"
		}
	}
	return text
}

// cancellable stops writing when its context ends.
type cancellable struct {
	ctx context.Context
	w   io.Writer
}

func (c *cancellable) Write(p []byte) (int, error) {
	if c.ctx.Err() != nil {
		return 0, context.Cause(c.ctx)
	}
	return c.w.Write(p)
}

package document

import (
	"strconv"

	"baqylau/assets"
)

// The measures of a table, in millimetres.
const (
	cellPad = 1.1
	// A row higher than this part of a page is broken over pages; a lower one moves to the next page whole.
	unbrokenPart = 0.4
	// Less room than this isn't worth beginning a broken row in.
	shortestSlice = 16.0
)

type align int

const (
	leftward align = iota
	centred
	rightward
)

// cell is the lines of one cell; seamless leaves out the rule below it, so that it flows into the cell beneath.
type cell struct {
	lines    []line
	align    align
	seamless bool
}

// figure is a cell of one short text that is shrunk rather than broken.
func figure(text string, st style, width float64, a align) cell {
	pad := min(cellPad, width/16)
	if a == rightward {
		pad = cellPad
	}
	return cell{lines: []line{{text: text, style: st.fit(text, width-2*pad)}}, align: a}
}

// frame is which rules a table draws.
type frame int

const (
	ruled frame = iota // below rows only
	boxed              // around every cell
)

// table prints rows downwards on a sheet; head is printed again at the top of each page that the table reaches.
type table struct {
	sheet  *sheet
	widths []float64
	frame  frame
	head   func()
}

// begin prints the head; there must be room for it and a first row, else it goes to a new page.
func (t *table) begin(firstRow float64) {
	t.sheet.keep(firstRow)
	if t.head != nil {
		t.head()
	}
}

func (t *table) newPage() {
	t.sheet.newPage()
	if t.head != nil {
		t.head()
	}
}

// row prints one row, on a new page or broken over pages where it must be.
func (t *table) row(cells []cell) {
	height := rowHeight(cells)
	if height > t.sheet.left() && height <= unbrokenPart*t.sheet.bodyHeight() {
		t.newPage()
	}
	rest := append([]cell(nil), cells...)
	for rowHeight(rest) > t.sheet.left() {
		if t.sheet.left() < shortestSlice {
			t.newPage()
			continue
		}
		slice := make([]cell, len(rest))
		for i, c := range rest {
			n, _ := fitting(c.lines, t.sheet.left()-2*cellPad)
			slice[i] = cell{lines: c.lines[:n], align: c.align, seamless: c.seamless}
			rest[i].lines = c.lines[n:]
		}
		t.sheet.drawRow(t.widths, slice, t.frame)
		t.newPage()
	}
	t.sheet.drawRow(t.widths, rest, t.frame)
}

func rowHeight(cells []cell) float64 {
	height := 0.0
	for _, c := range cells {
		height = max(height, heightOf(c.lines))
	}
	return height + 2*cellPad
}

// headRow prints a tinted row that is never broken.
func (s *sheet) headRow(widths []float64, cells []cell, f frame) {
	total := 0.0
	for _, w := range widths {
		total += w
	}
	s.fill(marginLeft, s.y, total, rowHeight(cells), tint)
	s.drawRow(widths, cells, f)
}

func (s *sheet) drawRow(widths []float64, cells []cell, f frame) {
	height, x := rowHeight(cells), marginLeft
	for i, c := range cells {
		s.drawCell(x, widths[i], c)
		if f == boxed {
			s.vline(x, s.y, s.y+height)
			s.vline(x+widths[i], s.y, s.y+height)
			s.hline(x, x+widths[i], s.y, 0.15, rule)
		}
		if !c.seamless {
			s.hline(x, x+widths[i], s.y+height, 0.15, rule)
		}
		x += widths[i]
	}
	s.y += height
}

func (s *sheet) vline(x, y1, y2 float64) {
	s.pdf.SetDrawColor(rule.r, rule.g, rule.b)
	s.pdf.SetLineWidth(0.15)
	s.pdf.Line(x, y1, x, y2)
}

func (s *sheet) drawCell(x, width float64, c cell) {
	if c.align == leftward {
		s.lines(x+cellPad, s.y+cellPad, c.lines)
		return
	}
	top := s.y + cellPad
	for _, l := range c.lines {
		top += l.gap
		offset := width - cellPad - l.style.width(l.text)
		if c.align == centred {
			offset = (width - l.style.width(l.text)) / 2
		}
		s.write(x+offset, top+l.style.baseline(), l.text, l.style)
		top += l.style.leading()
	}
}

// numberedTable is a table of a number and a text in each language; room is the width of a text's lines.
type numberedTable struct {
	table *table
	room  float64
}

const numberWidth = 14.0

// numberedTable begins one whose columns of text have the given name.
func (s *sheet) numberedTable(name string) numberedTable {
	half := (s.bodyWidth() - numberWidth) / 2
	room := half - 2*cellPad
	t := &table{sheet: s, widths: []float64{numberWidth, half, half}, frame: boxed}
	t.head = func() {
		s.headRow(t.widths, []cell{
			{lines: tableBold.wrap("№", numberWidth), align: centred},
			{lines: tableBold.wrap(assets.KK.T(name), room)},
			{lines: tableBold.wrap(assets.RU.T(name), room)},
		}, boxed)
	}
	t.begin(shortestSlice)
	return numberedTable{t, room}
}

func (t numberedTable) row(number int, kk, ru []line) {
	t.table.row([]cell{
		figure(strconv.Itoa(number), tableBold, numberWidth, centred), {lines: kk}, {lines: ru},
	})
}

package kit

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"baqylau/ui/ink"
	"baqylau/ui/look"
)

// head is the place of the cursor in the row or the column of heads.
const head = -1

// spot is a place of the grid; head in one or both of its parts.
type spot struct{ row, column int }

// gridBody is the part of a grid that scrolls and takes keys, drawn as one picture.
type gridBody struct {
	control
	grid     *Grid
	marks    *marks
	cursor   spot
	anchor   spot // the other corner of the marked rectangle
	shift    bool
	press    fyne.KeyModifier
	dragging bool
	top      float32 // how far the cells are scrolled
	left     float32
	painter  *ink.Painter
	raster   *canvas.Raster
	headings [][]string // the notes of the columns, broken into lines
	broken   float32    // the column width that they are broken for
}

var (
	_ fyne.Tappable     = (*gridBody)(nil)
	_ fyne.Focusable    = (*gridBody)(nil)
	_ fyne.Shortcutable = (*gridBody)(nil)
	_ fyne.Scrollable   = (*gridBody)(nil)
	_ fyne.Draggable    = (*gridBody)(nil)
	_ desktop.Keyable   = (*gridBody)(nil)
	_ desktop.Mouseable = (*gridBody)(nil)
)

func newGridBody(g *Grid) *gridBody {
	b := &gridBody{
		grid: g, painter: ink.New(),
		marks: newMarks(len(g.spec.Rows), len(g.spec.Columns), g.spec.Marks, g.spec.Frozen),
	}
	b.extend(b)
	return b
}

// CreateRenderer implements fyne.Widget.
func (b *gridBody) CreateRenderer() fyne.WidgetRenderer {
	b.raster = canvas.NewRaster(b.paint)
	r := &rendering{objects: []fyne.CanvasObject{b.raster}}
	r.layout = func(size fyne.Size) {
		b.raster.Resize(size)
	}
	r.min = func() fyne.Size {
		m := b.measure(fyne.Size{})
		return fyne.NewSize(m.rowHead+2*m.cellWide, m.headHigh+3*m.rowHigh)
	}
	r.refresh = func() {
		b.raster.Refresh()
	}
	r.refresh()
	return r
}

// measures are the lengths of a grid in a size; the cells have what is left of the heads.
type measures struct {
	rowHead, headHigh, cellWide, rowHigh float32
	roomWide, roomHigh                   float32
}

func (b *gridBody) measure(size fyne.Size) measures {
	m := measures{
		rowHead: look.Scaled(264), headHigh: look.Scaled(68), rowHigh: look.Scaled(look.Row), cellWide: look.Scaled(92),
	}
	if m.rowHead > size.Width/2 && size.Width > 0 {
		m.rowHead = max(look.Scaled(120), size.Width/2)
	}
	m.roomWide, m.roomHigh = max(0, size.Width-m.rowHead-scrollBar), max(0, size.Height-m.headHigh-scrollBar)
	if n := b.marks.columns; n > 0 {
		m.cellWide = max(m.cellWide, min(look.Scaled(260), m.roomWide/float32(n)))
	}
	return m
}

// scrollTo keeps the offsets within the cells.
func (b *gridBody) scrollTo(left, top float32) {
	m := b.measure(b.Size())
	b.left = max(0, min(left, m.cellWide*float32(b.marks.columns)-m.roomWide))
	b.top = max(0, min(top, m.rowHigh*float32(b.marks.rows)-m.roomHigh))
}

// reveal scrolls as little as shows the cursor.
func (b *gridBody) reveal() {
	m, left, top := b.measure(b.Size()), b.left, b.top
	if c := float32(b.cursor.column); c >= 0 {
		left = min(max(left, (c+1)*m.cellWide-m.roomWide), c*m.cellWide)
	}
	if r := float32(b.cursor.row); r >= 0 {
		top = min(max(top, (r+1)*m.rowHigh-m.roomHigh), r*m.rowHigh)
	}
	b.scrollTo(left, top)
}

// marked is the rectangle that a mark goes to: from the anchor to the cursor; a head stands for all that it heads.
func (b *gridBody) marked() block {
	r := block{
		min(b.cursor.row, b.anchor.row), min(b.cursor.column, b.anchor.column),
		max(b.cursor.row, b.anchor.row), max(b.cursor.column, b.anchor.column),
	}
	if b.cursor.row == head {
		r.top, r.bottom = 0, b.marks.rows-1
	}
	if b.cursor.column == head {
		r.left, r.right = 0, b.marks.columns-1
	}
	r.top, r.left = max(0, r.top), max(0, r.left)
	return r
}

// paint draws what is in view; Fyne calls it with the size in pixels.
func (b *gridBody) paint(width, height int) image.Image {
	p, size := look.Now(), b.Size()
	b.scrollTo(b.left, b.top)
	m := b.measure(size)
	b.painter.Begin(width, height, size.Width, p.Surface)
	b.paintCells(m, size)
	b.paintRowHeads(m, size)
	b.paintColumnHeads(m, size)
	b.paintCorner(m)
	b.paintBars(m, size)
	paintRing(b.painter, b.Size(), b.focused)
	return b.painter.Picture()
}

// inView gives the first and the last row and column that are to be drawn.
func (b *gridBody) inView(m measures, size fyne.Size) block {
	return block{
		top: int(b.top / m.rowHigh), left: int(b.left / m.cellWide),
		bottom: min(b.marks.rows-1, int((b.top+size.Height-m.headHigh)/m.rowHigh)),
		right:  min(b.marks.columns-1, int((b.left+size.Width-m.rowHead)/m.cellWide)),
	}
}

func (b *gridBody) cellBox(m measures, row, column int) ink.Box {
	return ink.Box{
		X: m.rowHead + float32(column)*m.cellWide - b.left,
		Y: m.headHigh + float32(row)*m.rowHigh - b.top,
		W: m.cellWide, H: m.rowHigh,
	}
}

// spotAt gives the place at a point; ok is false beside the grid.
func (b *gridBody) spotAt(x, y float32) (at spot, ok bool) {
	m := b.measure(b.Size())
	at = spot{head, head}
	if y >= m.headHigh {
		at.row = int((y - m.headHigh + b.top) / m.rowHigh)
	}
	if x >= m.rowHead {
		at.column = int((x - m.rowHead + b.left) / m.cellWide)
	}
	return at, at.row < b.marks.rows && at.column < b.marks.columns
}

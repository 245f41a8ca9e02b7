package kit

import (
	"image"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"baqylau/ui/ink"
	"baqylau/ui/look"
)

// table is the rows of a journal, drawn as one picture. The row of the cursor is −1 in the header.
type table struct {
	control
	journal    *Journal
	columns    []Column
	list       List
	rows       rowCursor
	inHeader   bool
	column     int // of the cursor in the header, as an index of columns; −1 is the box that selects all
	selected   map[string]bool
	sortKey    string
	descending bool
	left       float32 // how far the columns are scrolled
	blank      bool
	shift      bool
	press      fyne.KeyModifier // held when the mouse went down
	lastTap    time.Time
	dragging   bool // the handle at the right
	shifting   bool // the handle at the foot
	hover      int  // the row under the mouse, or −1
	painter    *ink.Painter
	raster     *canvas.Raster
}

var (
	_ fyne.Tappable     = (*table)(nil)
	_ fyne.Focusable    = (*table)(nil)
	_ fyne.Shortcutable = (*table)(nil)
	_ fyne.Scrollable   = (*table)(nil)
	_ fyne.Draggable    = (*table)(nil)
	_ desktop.Keyable   = (*table)(nil)
	_ desktop.Mouseable = (*table)(nil)
	_ desktop.Hoverable = (*table)(nil)
)

// doubleTap is how soon a second click on a row opens it.
const doubleTap = 400 * time.Millisecond

const (
	boxColumn    float32 = 36 // the column of the boxes, at the ordinary text size
	scrollBar    float32 = 10
	cellPad      float32 = 8
	allBox               = -1
	leastThumb   float32 = 28
	wheelPerTick float32 = 3 // Fyne's ticks are small
)

func newTable(j *Journal) *table {
	t := &table{
		journal: j, columns: append([]Column(nil), j.spec.Columns...),
		selected: map[string]bool{}, painter: ink.New(), hover: -1,
	}
	t.rows.cursor = 0
	t.extend(t)
	return t
}

// CreateRenderer implements fyne.Widget.
func (t *table) CreateRenderer() fyne.WidgetRenderer {
	t.raster = canvas.NewRaster(t.paint)
	r := &rendering{objects: []fyne.CanvasObject{t.raster}}
	r.layout = func(size fyne.Size) {
		t.raster.Resize(size)
		t.rows.page = max(1, int((size.Height-t.rowHeight())/t.rowHeight()))
		t.rows.clamp()
	}
	r.min = func() fyne.Size { return fyne.NewSize(240, 4*t.rowHeight()) }
	r.refresh = func() {
		t.raster.Refresh()
	}
	r.refresh()
	return r
}

func (t *table) rowHeight() float32 { return look.Scaled(look.Row) }

func (t *table) selectable() bool { return len(t.journal.spec.Bulk) > 0 }

func (t *table) setList(list List) {
	cursor := t.cursorID()
	t.list = list
	t.rows.count = list.Len
	if index := t.indexOf(cursor); index >= 0 {
		t.rows.cursor = index
	}
	t.rows.clamp()
	t.keepSelected()
	t.Refresh()
}

func (t *table) setBlank(blank bool) {
	t.blank = blank
	t.Refresh()
}

func (t *table) cursorID() string {
	if t.list.Len == 0 || t.rows.cursor >= t.list.Len {
		return ""
	}
	return t.list.ID(t.rows.cursor)
}

// indexOf looks near the cursor first, because most refreshes change little.
func (t *table) indexOf(id string) int {
	if id == "" {
		return -1
	}
	if c := t.rows.cursor; c < t.list.Len && t.list.ID(c) == id {
		return c
	}
	for i := range t.list.Len {
		if t.list.ID(i) == id {
			return i
		}
	}
	return -1
}

// keepSelected drops from the selection what the list no longer has.
func (t *table) keepSelected() {
	if len(t.selected) == 0 {
		return
	}
	kept := map[string]bool{}
	for i := range t.list.Len {
		if id := t.list.ID(i); t.selected[id] {
			kept[id] = true
		}
	}
	t.selected = kept
	t.journal.selectionChanged()
}

func (t *table) selection() []string {
	ids := make([]string, 0, len(t.selected))
	for i := 0; i < t.list.Len && len(ids) < len(t.selected); i++ {
		if id := t.list.ID(i); t.selected[id] {
			ids = append(ids, id)
		}
	}
	return ids
}

func (t *table) restore(place JournalPlace) {
	if index := t.indexOf(place.Cursor); index >= 0 {
		t.rows.cursor = index
	}
	t.rows.top = place.Top
	t.rows.clamp()
	t.selected = map[string]bool{}
	for _, id := range place.Selected {
		t.selected[id] = true
	}
	t.keepSelected()
	t.Refresh()
}

func (t *table) topRow() int { return t.rows.top }

func (t *table) selectAll() {
	if !t.selectable() {
		return
	}
	all := len(t.selected) == t.list.Len
	t.selected = map[string]bool{}
	for i := 0; i < t.list.Len && !all; i++ {
		t.selected[t.list.ID(i)] = true
	}
	t.selectionDone()
}

func (t *table) clearSelection() {
	t.selected = map[string]bool{}
	t.selectionDone()
}

func (t *table) toggle(row int) {
	if !t.selectable() || row < 0 || row >= t.list.Len {
		return
	}
	if id := t.list.ID(row); t.selected[id] {
		delete(t.selected, id)
	} else {
		t.selected[id] = true
	}
	t.selectionDone()
}

// selectSpan adds the rows between two to the selection.
func (t *table) selectSpan(from, to int) {
	if !t.selectable() {
		return
	}
	for i := min(from, to); i <= max(from, to) && i < t.list.Len; i++ {
		t.selected[t.list.ID(i)] = true
	}
	t.selectionDone()
}

func (t *table) selectionDone() {
	t.journal.selectionChanged()
	t.Refresh()
}

func (t *table) open() {
	if id := t.cursorID(); id != "" && t.journal.spec.OnOpen != nil {
		t.journal.spec.OnOpen(id)
	}
}

func (t *table) sortBy(index int) {
	column := t.columns[index]
	if !column.Sortable || t.journal.spec.OnSort == nil {
		return
	}
	t.descending = t.sortKey == column.Key && !t.descending
	t.sortKey = column.Key
	t.Refresh()
	t.journal.spec.OnSort(t.sortKey, t.descending)
}

func (t *table) visibleColumns() int {
	n := 0
	for _, column := range t.columns {
		if !column.Hidden {
			n++
		}
	}
	return n
}

// placed is a visible column with its place in the table, before scrolling.
type placed struct {
	index    int
	x, width float32
}

// placeColumns spreads the visible columns over the width and gives how wide they are together.
func (t *table) placeColumns(width float32) ([]placed, float32) {
	x, natural, growing := float32(0), float32(0), float32(0)
	if t.selectable() {
		x = look.Scaled(boxColumn)
	}
	for _, column := range t.columns {
		if column.Hidden {
			continue
		}
		natural += look.Scaled(column.Width)
		if column.Grow {
			growing += look.Scaled(column.Width)
		}
	}
	extra := max(0, width-x-natural-scrollBar)
	places := make([]placed, 0, len(t.columns))
	for i, column := range t.columns {
		if column.Hidden {
			continue
		}
		w := look.Scaled(column.Width)
		switch {
		case column.Grow:
			w += extra * w / growing
		case growing == 0:
			w += extra * w / natural
		}
		places = append(places, placed{i, x, w})
		x += w
	}
	return places, x
}

// paint draws the visible rows; Fyne calls it with the size in pixels.
func (t *table) paint(width, height int) image.Image {
	p, size, high := look.Now(), t.Size(), t.rowHeight()
	t.painter.Begin(width, height, size.Width, p.Surface)
	places, total := t.placeColumns(size.Width)
	t.left = max(0, min(t.left, total+scrollBar-size.Width))
	if !t.blank {
		last := min(t.list.Len, t.rows.top+int(size.Height/high)+1)
		for row := t.rows.top; row < last; row++ {
			t.paintRow(row, ink.Box{Y: high * float32(row-t.rows.top+1), W: size.Width, H: high}, places)
		}
	}
	t.paintHeader(ink.Box{W: size.Width, H: high}, places)
	t.paintThumbs(size)
	paintRing(t.painter, t.Size(), t.focused)
	return t.painter.Picture()
}

package kit

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"baqylau/ui/look"
)

// rowCursor is the cursor of a list of which page rows are in view, the first of them top.
type rowCursor struct {
	count, cursor, top, page int
}

// clamp keeps the cursor within the list and the view within the rows; it doesn't bring the cursor into view.
func (r *rowCursor) clamp() {
	r.cursor = max(0, min(r.cursor, r.count-1))
	r.top = max(0, min(r.top, r.count-r.page))
}

// to moves the cursor to a row and the view as little as shows it.
func (r *rowCursor) to(row int) {
	r.cursor = row
	r.clamp()
	if r.cursor < r.top {
		r.top = r.cursor
	}
	if r.page > 0 && r.cursor >= r.top+r.page {
		r.top = r.cursor - r.page + 1
	}
	r.clamp()
}

func (t *table) move(row int) {
	from := t.rows.cursor
	t.inHeader = false
	t.rows.to(row)
	if t.shift && t.rows.cursor != from {
		t.selectSpan(from, t.rows.cursor)
	}
	t.Refresh()
	if t.rows.cursor != from {
		t.journal.cursorMoved()
	}
}

// FocusLost implements fyne.Focusable; a Shift that is let go elsewhere isn't seen here.
func (t *table) FocusLost() {
	t.shift = false
	t.control.FocusLost()
}

// KeyDown implements desktop.Keyable, to know whether Shift is held.
func (t *table) KeyDown(key *fyne.KeyEvent) {
	if key.Name == desktop.KeyShiftLeft || key.Name == desktop.KeyShiftRight {
		t.shift = true
	}
}

// KeyUp implements desktop.Keyable.
func (t *table) KeyUp(key *fyne.KeyEvent) {
	if key.Name == desktop.KeyShiftLeft || key.Name == desktop.KeyShiftRight {
		t.shift = false
	}
}

// TypedKey implements fyne.Focusable.
func (t *table) TypedKey(key *fyne.KeyEvent) {
	if t.inHeader {
		t.headerKey(key)
		return
	}
	switch key.Name {
	case fyne.KeyUp:
		if t.rows.cursor == 0 || t.list.Len == 0 {
			t.enterHeader()
			return
		}
		t.move(t.rows.cursor - 1)
	case fyne.KeyDown:
		t.move(t.rows.cursor + 1)
	case fyne.KeyPageUp:
		t.move(t.rows.cursor - t.rows.page)
	case fyne.KeyPageDown:
		t.move(t.rows.cursor + t.rows.page)
	case fyne.KeyHome:
		t.move(0)
	case fyne.KeyEnd:
		t.move(t.list.Len - 1)
	case fyne.KeyLeft:
		t.scrollSideways(-look.Scaled(64))
	case fyne.KeyRight:
		t.scrollSideways(look.Scaled(64))
	case fyne.KeySpace:
		t.toggle(t.rows.cursor)
	case fyne.KeyReturn, fyne.KeyEnter:
		t.open()
	case fyne.KeyEscape:
		if len(t.selected) > 0 {
			t.clearSelection()
			return
		}
		passKey(t, key)
	default:
		passKey(t, key)
	}
}

func (t *table) headerKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeyDown, fyne.KeyEscape:
		t.inHeader = false
	case fyne.KeyLeft:
		t.stepHeader(-1)
	case fyne.KeyRight:
		t.stepHeader(1)
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		if t.column == allBox {
			t.selectAll()
		} else {
			t.sortBy(t.column)
		}
	default:
		passKey(t, key)
		return
	}
	t.Refresh()
}

func (t *table) enterHeader() {
	t.inHeader = true
	if t.column < 0 || t.columns[t.column].Hidden {
		t.column = allBox
		t.stepHeader(1)
	}
	t.Refresh()
}

// stepHeader goes to the next column that is shown, or to the box that selects all.
func (t *table) stepHeader(step int) {
	for at := t.column + step; at >= allBox && at < len(t.columns); at += step {
		if at == allBox && !t.selectable() || at >= 0 && t.columns[at].Hidden {
			continue
		}
		t.column = at
		return
	}
}

// TypedShortcut implements fyne.Shortcutable.
func (t *table) TypedShortcut(shortcut fyne.Shortcut) {
	switch s := shortcut.(type) {
	case *fyne.ShortcutSelectAll:
		t.selectAll()
	case *desktop.CustomShortcut:
		if s.KeyName == fyne.KeyI && s.Modifier == fyne.KeyModifierShortcutDefault {
			t.journal.ToggleDetails()
			return
		}
		passShortcut(t, shortcut)
	default:
		passShortcut(t, shortcut)
	}
}

// rowAt gives the row at a height, or −1.
func (t *table) rowAt(y float32) int {
	row := t.rows.top + int(y/t.rowHeight()) - 1
	if y < t.rowHeight() || row >= t.list.Len || t.blank {
		return -1
	}
	return row
}

// Tapped implements fyne.Tappable.
func (t *table) Tapped(at *fyne.PointEvent) {
	focusOn(t)
	if at.Position.X > t.Size().Width-scrollBar && t.thumb(t.Size()).H > 0 {
		t.jump(at.Position.Y)
		return
	}
	if at.Position.Y < t.rowHeight() {
		t.tapHeader(at.Position.X)
		return
	}
	row := t.rowAt(at.Position.Y)
	if row < 0 {
		return
	}
	before, again := t.rows.cursor, time.Since(t.lastTap) < doubleTap
	t.lastTap = time.Now()
	switch {
	case t.selectable() && at.Position.X < look.Scaled(boxColumn), t.press&fyne.KeyModifierShortcutDefault != 0:
		t.move(row)
		t.toggle(row)
	case t.press&fyne.KeyModifierShift != 0:
		t.move(row)
		t.selectSpan(before, row)
	default:
		t.move(row)
		if again && row == before {
			t.lastTap = time.Time{}
			t.open()
		}
	}
}

func (t *table) tapHeader(x float32) {
	if t.selectable() && x < look.Scaled(boxColumn) {
		t.selectAll()
		return
	}
	places, _ := t.placeColumns(t.Size().Width)
	for _, place := range places {
		if x >= place.x-t.left && x < place.x-t.left+place.width {
			t.column = place.index
			t.sortBy(place.index)
		}
	}
}

// MouseDown implements desktop.Mouseable, to know what is held while clicking.
func (t *table) MouseDown(e *desktop.MouseEvent) {
	t.press = e.Modifier
	t.dragging = e.Position.X > t.Size().Width-scrollBar
	t.shifting = !t.dragging && e.Position.Y > t.Size().Height-scrollBar && t.lying(t.Size()).W > 0
}

// MouseUp implements desktop.Mouseable.
func (t *table) MouseUp(*desktop.MouseEvent) {}

// MouseIn implements desktop.Hoverable.
func (t *table) MouseIn(e *desktop.MouseEvent) { t.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (t *table) MouseMoved(e *desktop.MouseEvent) { t.setHover(t.rowAt(e.Position.Y)) }

// MouseOut implements desktop.Hoverable.
func (t *table) MouseOut() { t.setHover(-1) }

func (t *table) setHover(row int) {
	if t.hover != row {
		t.hover = row
		t.Refresh()
	}
}

// Scrolled implements fyne.Scrollable.
func (t *table) Scrolled(e *fyne.ScrollEvent) {
	if e.Scrolled.DX != 0 {
		t.scrollSideways(-e.Scrolled.DX)
	}
	if rows := -e.Scrolled.DY * wheelPerTick / t.rowHeight(); rows != 0 {
		t.scrollRows(roundAway(rows))
	}
}

func (t *table) scrollRows(rows int) {
	t.rows.top += rows
	t.rows.clamp()
	t.Refresh()
}

func (t *table) scrollSideways(by float32) {
	t.left = max(0, t.left+by) // paint knows the other end
	t.Refresh()
}

// Dragged implements fyne.Draggable: the scroll bar.
func (t *table) Dragged(e *fyne.DragEvent) {
	switch {
	case t.dragging:
		t.jump(e.Position.Y)
	case t.shifting:
		_, total := t.placeColumns(t.Size().Width)
		t.scrollSideways(e.Dragged.DX * total / t.Size().Width)
	}
}

// DragEnd implements fyne.Draggable.
func (t *table) DragEnd() { t.dragging, t.shifting = false, false }

// jump puts the middle of the scroll bar's handle at a height.
func (t *table) jump(y float32) {
	thumb, room := t.thumb(t.Size()), t.Size().Height-t.rowHeight()
	if thumb.H == 0 || room <= thumb.H {
		return
	}
	share := (y - t.rowHeight() - thumb.H/2) / (room - thumb.H)
	t.rows.top = int(share * float32(t.rows.count-t.rows.page))
	t.scrollRows(0)
}

// roundAway rounds to a whole number that isn't 0.
func roundAway(v float32) int {
	if v < 0 {
		return min(-1, int(v-0.5))
	}
	return max(1, int(v+0.5))
}

package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// FocusLost implements fyne.Focusable; a Shift that is let go elsewhere isn't seen here.
func (b *gridBody) FocusLost() {
	b.shift = false
	b.control.FocusLost()
}

// KeyDown implements desktop.Keyable, to know whether Shift is held.
func (b *gridBody) KeyDown(key *fyne.KeyEvent) {
	if key.Name == desktop.KeyShiftLeft || key.Name == desktop.KeyShiftRight {
		b.shift = true
	}
}

// KeyUp implements desktop.Keyable.
func (b *gridBody) KeyUp(key *fyne.KeyEvent) {
	if key.Name == desktop.KeyShiftLeft || key.Name == desktop.KeyShiftRight {
		b.shift = false
	}
}

// TypedKey implements fyne.Focusable.
func (b *gridBody) TypedKey(key *fyne.KeyEvent) {
	at := b.cursor
	page := max(1, int(b.measure(b.Size()).roomHigh/b.measure(b.Size()).rowHigh)-1)
	switch key.Name {
	case fyne.KeyUp:
		at.row--
	case fyne.KeyDown:
		at.row++
	case fyne.KeyLeft:
		at.column--
	case fyne.KeyRight:
		at.column++
	case fyne.KeyPageUp:
		at.row = max(0, at.row-page)
	case fyne.KeyPageDown:
		at.row += page
	case fyne.KeyHome:
		at.column = 0
	case fyne.KeyEnd:
		at.column = b.marks.columns - 1
	case fyne.KeySpace:
		b.did(b.marks.cycle(b.marked()))
		return
	case fyne.KeyF1:
		b.help()
		return
	case fyne.KeyEscape:
		if b.anchor != b.cursor {
			b.moveTo(b.cursor, false)
			return
		}
		passKey(b, key)
		return
	default:
		passKey(b, key)
		return
	}
	b.moveTo(at, b.shift)
}

// moveTo moves the cursor as far as the grid goes; extending keeps the other corner and stays within the cells.
func (b *gridBody) moveTo(at spot, extend bool) {
	least := head
	if extend && b.anchor.row != head && b.anchor.column != head {
		least = 0
	}
	at.row = max(least, min(at.row, b.marks.rows-1))
	at.column = max(least, min(at.column, b.marks.columns-1))
	b.cursor = at
	if !extend || least == head {
		b.anchor = at
	}
	b.reveal()
	b.Refresh()
}

// TypedRune implements fyne.Focusable. On the Kazakh layout the row of digits types letters and signs; these stand on
// its keys 0, 1 and 2.
func (b *gridBody) TypedRune(r rune) {
	switch r {
	case '0', 'қ', 'Қ':
		b.did(b.marks.set(b.marked(), Unchecked))
	case '1', '"', '!':
		b.did(b.marks.set(b.marked(), Clear))
	case '2', 'ә', 'Ә':
		b.did(b.marks.set(b.marked(), Violated))
	}
}

// TypedShortcut implements fyne.Shortcutable.
func (b *gridBody) TypedShortcut(shortcut fyne.Shortcut) {
	switch shortcut.(type) {
	case *fyne.ShortcutUndo:
		b.grid.Undo()
	case *fyne.ShortcutRedo:
		b.grid.Redo()
	case *fyne.ShortcutSelectAll:
		b.anchor, b.cursor = spot{0, 0}, spot{b.marks.rows - 1, b.marks.columns - 1}
		b.Refresh()
	default:
		passShortcut(b, shortcut)
	}
}

func (b *gridBody) help() {
	if b.cursor.column != head && b.grid.spec.OnHelp != nil {
		b.grid.spec.OnHelp(b.cursor.column)
	}
}

func (b *gridBody) did(changes []MarkChange) {
	b.grid.changed(changes)
	b.Refresh()
}

// Tapped implements fyne.Tappable.
func (b *gridBody) Tapped(e *fyne.PointEvent) {
	focused := b.focused
	focusOn(b)
	at, ok := b.spotAt(e.Position.X, e.Position.Y)
	if !ok {
		return
	}
	if b.press&fyne.KeyModifierShift != 0 && at.row != head && at.column != head {
		b.moveTo(at, true)
		return
	}
	again := focused && at == b.cursor && b.anchor == b.cursor
	b.moveTo(at, false)
	if again || at.row == head || at.column == head {
		b.did(b.marks.cycle(b.marked()))
	}
}

// MouseDown implements desktop.Mouseable, to know what is held while clicking and where a drag begins.
func (b *gridBody) MouseDown(e *desktop.MouseEvent) { b.press = e.Modifier }

// MouseUp implements desktop.Mouseable.
func (b *gridBody) MouseUp(*desktop.MouseEvent) {}

// Dragged implements fyne.Draggable: over the cells it extends the rectangle, on a scroll bar it scrolls.
func (b *gridBody) Dragged(e *fyne.DragEvent) {
	size := b.Size()
	m := b.measure(size)
	switch x, y := e.Position.X, e.Position.Y; {
	case x > size.Width-scrollBar:
		b.scrollTo(b.left, (y-m.headHigh)/m.roomHigh*m.rowHigh*float32(b.marks.rows)-m.roomHigh/2)
	case y > size.Height-scrollBar:
		b.scrollTo((x-m.rowHead)/m.roomWide*m.cellWide*float32(b.marks.columns)-m.roomWide/2, b.top)
	default:
		from, fromOK := b.spotAt(x-e.Dragged.DX, y-e.Dragged.DY)
		at, ok := b.spotAt(x, y)
		if !ok || !fromOK || at.row == head || at.column == head {
			return
		}
		if !b.dragging {
			b.dragging = true
			focusOn(b)
			b.moveTo(from, false)
		}
		b.moveTo(at, true)
	}
	b.Refresh()
}

// DragEnd implements fyne.Draggable.
func (b *gridBody) DragEnd() { b.dragging = false }

// Scrolled implements fyne.Scrollable.
func (b *gridBody) Scrolled(e *fyne.ScrollEvent) {
	b.scrollTo(b.left-e.Scrolled.DX*wheelPerTick, b.top-e.Scrolled.DY*wheelPerTick)
	b.Refresh()
}

package kit

import (
	"image/color"

	"fyne.io/fyne/v2"

	"baqylau/ui/ink"
	"baqylau/ui/look"
)

func (b *gridBody) paintCells(m measures, size fyne.Size) {
	view, marked := b.inView(m, size), b.marked()
	b.painter.Clip(ink.Box{X: m.rowHead, Y: m.headHigh, W: size.Width - m.rowHead, H: size.Height - m.headHigh})
	for row := view.top; row <= view.bottom; row++ {
		for column := view.left; column <= view.right; column++ {
			inside := row >= marked.top && row <= marked.bottom && column >= marked.left && column <= marked.right
			b.paintCell(b.cellBox(m, row, column), row, column, inside && marked.top+marked.left != marked.bottom+marked.right)
		}
	}
	if b.cursor.row != head && b.cursor.column != head {
		b.painter.Frame(b.cellBox(m, b.cursor.row, b.cursor.column), look.Ring, b.cursorInk())
	}
	b.painter.Clip(ink.Box{})
}

// cursorInk shows whether keys go to the grid.
func (b *gridBody) cursorInk() color.NRGBA {
	if b.focused {
		return look.Now().Primary
	}
	return look.Now().Muted
}

func (b *gridBody) paintCell(box ink.Box, row, column int, inMarked bool) {
	p, side := look.Now(), look.Scaled(18)
	mark, frozen := b.marks.at(row, column), b.marks.isFrozen(row, column)
	ground, fore, icon := p.Surface, p.Muted, look.IconDot
	switch mark {
	case Clear:
		ground, fore, icon = p.Shade(look.Success).Tint, p.Shade(look.Success).Ink, look.IconCheck
	case Violated:
		ground, fore, icon = p.Shade(look.Danger).Tint, p.Shade(look.Danger).Ink, look.IconCross
	case Unchecked:
		side = look.Scaled(8)
	}
	if frozen {
		ground = p.Background
	}
	if inMarked {
		ground = look.Mix(ground, p.Primary, 0.16)
	}
	b.painter.Rect(box, ground)
	b.painter.Rect(ink.Box{X: box.X, Y: box.Y + box.H - 1, W: box.W, H: 1}, p.Line)
	b.painter.Rect(ink.Box{X: box.X + box.W - 1, Y: box.Y, W: 1, H: box.H}, p.Line)
	b.painter.Icon(icon, middle(box, side), fore)
	if frozen {
		lock := look.Scaled(12)
		b.painter.Icon(look.IconLock, ink.Box{X: box.X + box.W - lock - 6, Y: box.Y + (box.H-lock)/2, W: lock, H: lock}, p.Muted)
	}
	if b.marks.isUnsaved(row, column) {
		b.painter.Round(ink.Box{X: box.X + 5, Y: box.Y + 5, W: 6, H: 6}, 3, p.Primary)
	}
}

// middle is a square in the middle of a box, on whole units so that icons stay sharp.
func middle(box ink.Box, side float32) ink.Box {
	return ink.Box{
		X: box.X + float32(int((box.W-1-side)/2)), Y: box.Y + float32(int((box.H-1-side)/2)),
		W: side, H: side,
	}
}

func (b *gridBody) paintRowHeads(m measures, size fyne.Size) {
	p, view := look.Now(), b.inView(m, size)
	area := ink.Box{Y: m.headHigh, W: m.rowHead, H: size.Height - m.headHigh}
	b.painter.Rect(area, p.Surface)
	b.painter.Clip(area)
	for row := view.top; row <= view.bottom; row++ {
		box := ink.Box{Y: m.headHigh + float32(row)*m.rowHigh - b.top, W: m.rowHead, H: m.rowHigh}
		if row == b.cursor.row {
			b.painter.Rect(box, p.Selection)
		}
		b.painter.Rect(ink.Box{Y: box.Y + box.H - 1, W: box.W, H: 1}, p.Line)
		text, lot := box.Inset(12, 0), b.grid.spec.Rows[row]
		note := min(b.painter.Width(lot.Note, look.Scaled(13), false)+1, text.W/2)
		b.painter.Text(ink.Box{X: text.X, Y: text.Y, W: text.W - note - 8, H: text.H - 1}, lot.Title,
			ink.Style{Size: look.Scaled(look.Body), Color: p.Text})
		b.painter.Text(ink.Box{X: text.X + text.W - note, Y: text.Y, W: note, H: text.H - 1}, lot.Note,
			ink.Style{Size: look.Scaled(13), Color: p.Muted, Align: ink.Trailing})
		if row == b.cursor.row && b.cursor.column == head {
			b.painter.Frame(box.Inset(1, 1), look.Ring, b.cursorInk())
		}
	}
	rows := min(area.H, m.rowHigh*float32(b.marks.rows)-b.top)
	b.painter.Rect(ink.Box{X: m.rowHead - 1, Y: m.headHigh, W: 1, H: rows}, p.InputLine)
	b.painter.Clip(ink.Box{})
}

func (b *gridBody) paintColumnHeads(m measures, size fyne.Size) {
	p, view := look.Now(), b.inView(m, size)
	area := ink.Box{X: m.rowHead, W: size.Width - m.rowHead, H: m.headHigh}
	b.painter.Rect(area, p.Background)
	b.painter.Clip(area)
	b.breakHeadings(m)
	for column := view.left; column <= view.right; column++ {
		box := ink.Box{X: m.rowHead + float32(column)*m.cellWide - b.left, W: m.cellWide, H: m.headHigh}
		if column == b.cursor.column {
			b.painter.Rect(box, p.Selection)
		}
		b.painter.Rect(ink.Box{X: box.X + box.W - 1, W: 1, H: box.H}, p.Line)
		line := ink.Box{X: box.X + 6, Y: 5, W: box.W - 12, H: look.Scaled(20)}
		b.painter.Text(line, b.grid.spec.Columns[column].Title,
			ink.Style{Size: look.Scaled(look.Body), Bold: true, Color: p.Text, Align: ink.Center})
		line.H, line.Y = look.Scaled(17), line.Y+line.H+2
		for _, text := range b.headings[column] {
			b.painter.Text(line, text, ink.Style{Size: look.Scaled(look.Caption), Color: p.Muted, Align: ink.Center})
			line.Y += line.H
		}
		if column == b.cursor.column && b.cursor.row == head {
			b.painter.Frame(box.Inset(1, 1), look.Ring, b.cursorInk())
		}
	}
	b.painter.Rect(ink.Box{X: area.X, Y: area.H - 1, W: area.W, H: 1}, p.InputLine)
	b.painter.Clip(ink.Box{})
}

// breakHeadings breaks the notes into two lines, anew when the columns have become wider or narrower.
func (b *gridBody) breakHeadings(m measures) {
	if b.broken == m.cellWide {
		return
	}
	b.broken = m.cellWide
	b.headings = make([][]string, b.marks.columns)
	for i, column := range b.grid.spec.Columns {
		b.headings[i] = b.painter.Lines(column.Note, look.Scaled(look.Caption), false, m.cellWide-12, 2)
	}
}

func (b *gridBody) paintCorner(m measures) {
	p := look.Now()
	box := ink.Box{W: m.rowHead, H: m.headHigh}
	b.painter.Rect(box, p.Background)
	b.painter.Text(box.Inset(12, 0), b.grid.spec.Corner, ink.Style{Size: look.Scaled(13), Color: p.Muted})
	b.painter.Rect(ink.Box{X: m.rowHead - 1, W: 1, H: m.headHigh}, p.InputLine)
	b.painter.Rect(ink.Box{Y: m.headHigh - 1, W: m.rowHead, H: 1}, p.InputLine)
	if b.cursor == (spot{head, head}) {
		b.painter.Frame(box.Inset(1, 1), look.Ring, b.cursorInk())
	}
}

// bars gives the handles of the scroll bars; a handle without length isn't needed.
func (b *gridBody) bars(m measures, size fyne.Size) (down, across ink.Box) {
	all := m.rowHigh * float32(b.marks.rows)
	if all > m.roomHigh && m.roomHigh > 0 {
		high := max(leastThumb, m.roomHigh*m.roomHigh/all)
		y := m.headHigh + (m.roomHigh-high)*b.top/(all-m.roomHigh)
		down = ink.Box{X: size.Width - scrollBar + 2, Y: y, W: scrollBar - 4, H: high}
	}
	all = m.cellWide * float32(b.marks.columns)
	if all > m.roomWide+0.5 && m.roomWide > 0 {
		long := max(leastThumb, m.roomWide*m.roomWide/all)
		x := m.rowHead + (m.roomWide-long)*b.left/(all-m.roomWide)
		across = ink.Box{X: x, Y: size.Height - scrollBar + 2, W: long, H: scrollBar - 4}
	}
	return down, across
}

func (b *gridBody) paintBars(m measures, size fyne.Size) {
	down, across := b.bars(m, size)
	for _, bar := range []ink.Box{down, across} {
		if bar.W > 0 {
			b.painter.Round(bar, 3, look.Now().Scroll)
		}
	}
}

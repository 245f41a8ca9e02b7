package kit

import (
	"fyne.io/fyne/v2"

	"baqylau/ui/ink"
	"baqylau/ui/look"
)

func (t *table) paintRow(row int, line ink.Box, places []placed) {
	p, id := look.Now(), t.list.ID(row)
	under := row == t.rows.cursor && !t.inHeader
	switch {
	case under || t.selected[id]:
		t.painter.Rect(line, p.Selection)
	case row == t.hover:
		t.painter.Rect(line, p.Hover)
	}
	t.painter.Rect(ink.Box{X: line.X, Y: line.Y + line.H - 1, W: line.W, H: 1}, p.Line)
	cells := t.list.At(row)
	for _, place := range places {
		if place.index < len(cells) {
			t.paintCell(cells[place.index], t.columns[place.index].Align, t.cellBox(place, line))
		}
	}
	if t.selectable() {
		box := ink.Box{X: line.X, Y: line.Y, W: look.Scaled(boxColumn), H: line.H - 1}
		ground := p.Surface
		if under || t.selected[id] {
			ground = p.Selection
		}
		t.painter.Rect(box, ground)
		t.paintBox(box, t.selected[id])
	}
	if under {
		t.painter.Rect(ink.Box{X: line.X, Y: line.Y, W: 3, H: line.H - 1}, p.Primary)
	}
}

func (t *table) cellBox(place placed, line ink.Box) ink.Box {
	return ink.Box{X: place.x - t.left, Y: line.Y, W: place.width, H: line.H - 1}.Inset(cellPad, 0)
}

func (t *table) paintCell(cell Cell, align ink.Align, box ink.Box) {
	p := look.Now()
	if cell.Status == (look.Status{}) {
		t.painter.Text(box, cell.Text, ink.Style{Size: look.Scaled(look.Body), Bold: cell.Strong, Color: p.Text, Align: align})
		return
	}
	fore, ground := chipColours(p, cell.Status)
	size, icon, pad := look.Scaled(13), look.Scaled(14), look.Scaled(6)
	width := t.painter.Width(cell.Text, size, false) + 2*pad + icon + 4
	chip := ink.Box{X: box.X - 2, Y: box.Y + (box.H-look.Scaled(24))/2, W: min(box.W+4, width), H: look.Scaled(24)}
	if cell.Status.Plain {
		chip.X -= pad - 2
	} else {
		t.painter.Round(chip, 4, ground)
	}
	t.painter.Icon(cell.Status.Icon, ink.Box{X: chip.X + pad, Y: chip.Y, W: icon, H: chip.H}, fore)
	text := ink.Box{X: chip.X + pad + icon + 4, Y: chip.Y, W: chip.W - 2*pad - icon - 2, H: chip.H}
	t.painter.Text(text, cell.Text, ink.Style{Size: size, Color: fore})
}

func (t *table) paintBox(box ink.Box, on bool) {
	p, side := look.Now(), look.Scaled(18)
	icon, colour := look.IconBox, p.Muted
	if on {
		icon, colour = look.IconBoxChecked, p.Primary
	}
	t.painter.Icon(icon, ink.Box{X: box.X + (box.W-side)/2 + 2, Y: box.Y + (box.H-side)/2, W: side, H: side}, colour)
}

func (t *table) paintHeader(line ink.Box, places []placed) {
	p := look.Now()
	t.painter.Rect(line, p.Background)
	for _, place := range places {
		column := t.columns[place.index]
		box := t.cellBox(place, line)
		style := ink.Style{Size: look.Scaled(13), Color: p.Muted, Align: column.Align}
		if column.Key == t.sortKey {
			style.Color = p.Text
			arrow := look.Scaled(14)
			icon := look.IconUp
			if t.descending {
				icon = look.IconDown
			}
			width := min(t.painter.Width(column.Title, style.Size, false), box.W-arrow-2)
			x := box.X + width + 2
			if column.Align == ink.Trailing {
				x = box.X + box.W - arrow
			}
			t.painter.Icon(icon, ink.Box{X: x, Y: box.Y, W: arrow, H: box.H}, p.Text)
			box.W -= arrow + 2
		}
		t.painter.Text(box, column.Title, style)
		if t.inHeader && t.focused && t.column == place.index {
			t.painter.Frame(ink.Box{X: place.x - t.left + 1, Y: 1, W: place.width - 2, H: line.H - 3}, look.Ring, p.Primary)
		}
	}
	if t.selectable() {
		box := ink.Box{W: look.Scaled(boxColumn), H: line.H - 1}
		t.painter.Rect(box, p.Background)
		t.paintBox(box, t.list.Len > 0 && len(t.selected) == t.list.Len)
		if t.inHeader && t.focused && t.column == allBox {
			t.painter.Frame(box.Inset(1, 1), look.Ring, p.Primary)
		}
	}
	t.painter.Rect(ink.Box{Y: line.H - 1, W: line.W, H: 1}, p.Line)
}

// thumb is the handle of the scroll bar; its height is 0 when all rows are in view.
func (t *table) thumb(size fyne.Size) ink.Box {
	room := size.Height - t.rowHeight()
	if t.list.Len <= t.rows.page || t.blank || room <= 0 {
		return ink.Box{}
	}
	high := max(leastThumb, room*float32(t.rows.page)/float32(t.list.Len))
	top := (room - high) * float32(t.rows.top) / float32(t.list.Len-t.rows.page)
	return ink.Box{X: size.Width - scrollBar + 2, Y: t.rowHeight() + top, W: scrollBar - 4, H: high}
}

// lying is the handle of the scroll bar at the foot; its width is 0 when all columns are in view.
func (t *table) lying(size fyne.Size) ink.Box {
	_, total := t.placeColumns(size.Width)
	room := size.Width - scrollBar
	if total <= room+0.5 || t.blank || room <= 0 {
		return ink.Box{}
	}
	long := max(leastThumb, room*room/total)
	return ink.Box{X: (room - long) * t.left / (total - room), Y: size.Height - scrollBar + 2, W: long, H: scrollBar - 4}
}

func (t *table) paintThumbs(size fyne.Size) {
	for _, thumb := range []ink.Box{t.thumb(size), t.lying(size)} {
		if thumb.H > 0 {
			t.painter.Round(thumb, 3, look.Now().Scroll)
		}
	}
}

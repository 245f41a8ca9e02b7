package kit

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"baqylau/ui/ink"
	"baqylau/ui/look"
)

// RailItem is an entry of the left rail. Count 0 shows no number; an Urgent one is drawn as a warning.
type RailItem struct {
	ID     string
	Text   string
	Icon   look.Icon
	Count  int
	Urgent bool
}

// rail is the list of places at the left: ↑ ↓ move, Enter and Space go there.
type rail struct {
	control
	items   []RailItem
	active  string
	cursor  int
	hover   int
	onTap   func(id string)
	painter *ink.Painter
	raster  *canvas.Raster
}

var (
	_ fyne.Tappable     = (*rail)(nil)
	_ fyne.Focusable    = (*rail)(nil)
	_ desktop.Hoverable = (*rail)(nil)
)

func newRail(items []RailItem, onTap func(id string)) *rail {
	r := &rail{items: items, hover: -1, onTap: onTap, painter: ink.New()}
	r.extend(r)
	return r
}

const (
	railRow  float32 = 40
	railWide float32 = 216
)

// CreateRenderer implements fyne.Widget.
func (r *rail) CreateRenderer() fyne.WidgetRenderer {
	r.raster = canvas.NewRaster(r.paint)
	out := &rendering{objects: []fyne.CanvasObject{r.raster}}
	out.layout = func(size fyne.Size) {
		r.raster.Resize(size)
	}
	out.min = func() fyne.Size {
		return fyne.NewSize(look.Scaled(railWide), look.Scaled(railRow)*float32(len(r.items))+8)
	}
	out.refresh = func() {
		r.raster.Refresh()
	}
	out.refresh()
	return out
}

func (r *rail) paint(width, height int) image.Image {
	p := look.Now()
	r.painter.Begin(width, height, r.Size().Width, p.Surface)
	for i, item := range r.items {
		line := ink.Box{Y: 4 + float32(i)*look.Scaled(railRow), W: r.Size().Width, H: look.Scaled(railRow)}
		r.paintItem(item, line.Inset(6, 2), i)
	}
	paintRing(r.painter, r.Size(), r.focused)
	return r.painter.Picture()
}

func (r *rail) paintItem(item RailItem, box ink.Box, index int) {
	p, fore := look.Now(), look.Now().Text
	switch {
	case item.ID == r.active:
		r.painter.Round(box, 4, p.Selection)
		r.painter.Rect(ink.Box{X: box.X, Y: box.Y + 6, W: 3, H: box.H - 12}, p.Primary)
	case index == r.hover:
		r.painter.Round(box, 4, p.Hover)
	}
	if index == r.cursor && r.focused {
		r.painter.Frame(box, look.Ring, p.Primary)
	}
	side := look.Scaled(iconUnits)
	r.painter.Icon(item.Icon, ink.Box{X: box.X + 12, Y: box.Y + (box.H-side)/2, W: side, H: side}, fore)
	x := box.X + 12 + side + 10
	right := box.X + box.W - 8
	if text := count(item.Count); text != "" {
		size := look.Scaled(look.Caption)
		wide := max(look.Scaled(22), r.painter.Width(text, size, false)+12)
		pill := ink.Box{X: right - wide, Y: box.Y + (box.H-look.Scaled(20))/2, W: wide, H: look.Scaled(20)}
		shade := p.Shade(look.Neutral)
		if item.Urgent {
			shade = p.Shade(look.Warning)
		}
		r.painter.Round(pill, look.Scaled(10), shade.Tint)
		r.painter.Text(pill, text, ink.Style{Size: size, Color: shade.Ink, Align: ink.Center})
		right -= wide + 6
	}
	r.painter.Text(ink.Box{X: x, Y: box.Y, W: right - x, H: box.H}, item.Text,
		ink.Style{Size: look.Scaled(look.Body), Color: fore})
}

// FocusGained implements fyne.Focusable: the cursor begins where one is.
func (r *rail) FocusGained() {
	for i, item := range r.items {
		if item.ID == r.active {
			r.cursor = i
		}
	}
	r.control.FocusGained()
}

// TypedKey implements fyne.Focusable.
func (r *rail) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeyUp:
		r.cursor = max(0, r.cursor-1)
	case fyne.KeyDown:
		r.cursor = max(0, min(len(r.items)-1, r.cursor+1))
	case fyne.KeyHome:
		r.cursor = 0
	case fyne.KeyEnd:
		r.cursor = max(0, len(r.items)-1)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		r.choose(r.cursor)
	default:
		passKey(r, key)
		return
	}
	r.Refresh()
}

func (r *rail) choose(index int) {
	if index >= 0 && index < len(r.items) && r.onTap != nil {
		r.onTap(r.items[index].ID)
	}
}

func (r *rail) indexAt(y float32) int {
	index := int((y - 4) / look.Scaled(railRow))
	if y < 4 || index >= len(r.items) {
		return -1
	}
	return index
}

// Tapped implements fyne.Tappable.
func (r *rail) Tapped(e *fyne.PointEvent) {
	index := r.indexAt(e.Position.Y)
	if index >= 0 {
		r.cursor = index
		r.choose(index)
	}
}

// MouseIn implements desktop.Hoverable.
func (r *rail) MouseIn(e *desktop.MouseEvent) { r.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (r *rail) MouseMoved(e *desktop.MouseEvent) { r.setHover(r.indexAt(e.Position.Y)) }

// MouseOut implements desktop.Hoverable.
func (r *rail) MouseOut() { r.setHover(-1) }

func (r *rail) setHover(index int) {
	if r.hover != index {
		r.hover = index
		r.Refresh()
	}
}

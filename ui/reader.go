package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"baqylau/ui/look"
)

// reader shows what is longer than its place: ↑ ↓ PgUp PgDn Home End move while it has the keyboard.
type reader struct {
	widget.BaseWidget
	content fyne.CanvasObject
	scroll  *container.Scroll
	ring    *canvas.Rectangle
}

var _ fyne.Focusable = (*reader)(nil)

func newReader(content fyne.CanvasObject) *reader {
	content = container.New(gutter{}, content)
	r := &reader{content: content, scroll: container.NewVScroll(content), ring: canvas.NewRectangle(nil)}
	r.ring.StrokeWidth, r.ring.CornerRadius, r.ring.Hidden = look.Ring, 6, true
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer implements fyne.Widget.
func (r *reader) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.New(readerLayout{r}, r.scroll, r.ring))
}

// readerLayout lets the content learn its width before it is asked for its height.
type readerLayout struct{ r *reader }

// Layout implements fyne.Layout.
func (l readerLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	l.r.natural(size.Width)
	l.r.scroll.Resize(size)
	l.r.ring.Resize(size)
}

// MinSize implements fyne.Layout.
func (l readerLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSquareSize(look.Scaled(64))
}

// natural is the height that all of it takes at a width.
func (r *reader) natural(width float32) float32 {
	for range 2 { // what wraps knows its height only after it was laid out once
		r.content.Resize(fyne.NewSize(width, r.content.MinSize().Height))
	}
	return r.content.MinSize().Height
}

// gutter leaves room at the right for the scroll bar.
type gutter struct{}

const gutterWidth float32 = 12

// Layout implements fyne.Layout.
func (gutter) Layout(children []fyne.CanvasObject, size fyne.Size) {
	for _, o := range children {
		o.Resize(size.SubtractWidthHeight(gutterWidth, 0))
	}
}

// MinSize implements fyne.Layout.
func (gutter) MinSize(children []fyne.CanvasObject) fyne.Size {
	var high float32
	for _, o := range children {
		high = max(high, o.MinSize().Height)
	}
	return fyne.NewSize(0, high)
}

// FocusGained implements fyne.Focusable.
func (r *reader) FocusGained() {
	r.ring.StrokeColor, r.ring.Hidden = look.Now().Primary, false
	r.ring.Refresh()
}

// FocusLost implements fyne.Focusable.
func (r *reader) FocusLost() {
	r.ring.Hidden = true
	r.ring.Refresh()
}

// TypedRune implements fyne.Focusable.
func (r *reader) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (r *reader) TypedKey(key *fyne.KeyEvent) {
	line, page := look.Scaled(look.Row), r.scroll.Size().Height*0.9
	at := r.scroll.Offset
	switch key.Name {
	case fyne.KeyUp:
		at.Y -= line
	case fyne.KeyDown:
		at.Y += line
	case fyne.KeyPageUp:
		at.Y -= page
	case fyne.KeyPageDown:
		at.Y += page
	case fyne.KeyHome:
		at.Y = 0
	case fyne.KeyEnd:
		at.Y = r.content.Size().Height
	default:
		if c := fyne.CurrentApp().Driver().CanvasForObject(r); c != nil && c.OnTypedKey() != nil {
			c.OnTypedKey()(key)
		}
		return
	}
	r.moveTo(at.Y)
}

// moveTo brings a height of the content to the top, as far as there is more below it.
func (r *reader) moveTo(y float32) {
	most := max(0, r.content.Size().Height-r.scroll.Size().Height)
	r.scroll.ScrollToOffset(fyne.NewPos(0, max(0, min(most, y))))
}

// columns lays its children beside each other where there is room for it, else below each other. A
// width of 0 shares in what is left; widths are at the ordinary text size.
type columns struct {
	widths  []float32
	least   float32 // of the whole, to stand beside each other
	gap     float32
	stacked []int   // the order below each other; nil for their own
	width   float32 // of the last layout: what wraps knows its height by it
}

// Layout implements fyne.Layout.
func (c *columns) Layout(children []fyne.CanvasObject, size fyne.Size) {
	c.width = size.Width
	beside := size.Width >= look.Scaled(c.least)
	x, y := float32(0), float32(0)
	for n := range children {
		i, width := n, size.Width
		if beside {
			width = c.widthOf(i, size.Width)
		} else if c.stacked != nil {
			i = c.stacked[n]
		}
		o := children[i]
		for range 2 {
			o.Resize(fyne.NewSize(width, o.MinSize().Height))
		}
		o.Move(fyne.NewPos(x, y))
		if beside {
			x += width + c.gap
		} else {
			y += o.Size().Height + c.gap
		}
	}
}

func (c *columns) widthOf(i int, all float32) float32 {
	rest, shares := all-c.gap*float32(len(c.widths)-1), 0
	for _, width := range c.widths {
		rest -= look.Scaled(width)
		if width == 0 {
			shares++
		}
	}
	if c.widths[i] > 0 {
		return look.Scaled(c.widths[i])
	}
	return rest / float32(shares)
}

// MinSize implements fyne.Layout: as high as the last width demands.
func (c *columns) MinSize(children []fyne.CanvasObject) fyne.Size {
	var high, all float32
	for _, o := range children {
		high = max(high, o.MinSize().Height)
		all += o.MinSize().Height
	}
	if c.width >= look.Scaled(c.least) {
		return fyne.NewSize(0, high)
	}
	return fyne.NewSize(0, all+c.gap*float32(len(children)-1))
}

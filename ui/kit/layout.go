package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"baqylau/ui/look"
)

// flow lays children from left to right and wraps to further lines; each keeps its smallest size.
type flow struct {
	gap   float32
	width float32 // of the last layout, which decides the height to ask for
}

func newFlow(gap float32, children ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flow{gap: gap}, children...)
}

// Layout implements fyne.Layout.
func (f *flow) Layout(children []fyne.CanvasObject, size fyne.Size) {
	f.width = size.Width
	f.arrange(children, size.Width, func(o fyne.CanvasObject, pos fyne.Position, size fyne.Size) {
		o.Move(pos)
		o.Resize(size)
	})
}

// MinSize implements fyne.Layout: as wide as the widest child, as high as the last width demands.
func (f *flow) MinSize(children []fyne.CanvasObject) fyne.Size {
	var widest, height float32
	for _, o := range children {
		if o.Visible() {
			widest = max(widest, o.MinSize().Width)
		}
	}
	width := f.width
	if width == 0 {
		width = 1 << 20
	}
	f.arrange(children, max(width, widest), func(_ fyne.CanvasObject, pos fyne.Position, size fyne.Size) {
		height = max(height, pos.Y+size.Height)
	})
	return fyne.NewSize(widest, height)
}

// arrange centres the children of one line on each other.
func (f *flow) arrange(children []fyne.CanvasObject, width float32, place func(fyne.CanvasObject, fyne.Position, fyne.Size)) {
	var line []fyne.CanvasObject
	var x, y, high float32
	end := func() {
		left := float32(0)
		for _, o := range line {
			size := o.MinSize()
			size.Width = min(size.Width, width)
			place(o, fyne.NewPos(left, y+(high-size.Height)/2), size)
			left += size.Width + f.gap
		}
		y += high + f.gap
		line, x, high = line[:0], 0, 0
	}
	for _, o := range children {
		if !o.Visible() {
			continue
		}
		size := o.MinSize()
		if len(line) > 0 && x+size.Width > width {
			end()
		}
		line = append(line, o)
		x += size.Width + f.gap
		high = max(high, size.Height)
	}
	if len(line) > 0 {
		end()
	}
}

// column lays children below each other; one of them takes what height is left. Each first learns its width, so that
// what wraps asks for the right height.
type column struct {
	gap  float32
	grow fyne.CanvasObject
}

// newColumn makes a column in which grow, one of the children, grows.
func newColumn(gap float32, grow fyne.CanvasObject, children ...fyne.CanvasObject) *fyne.Container {
	return container.New(&column{gap, grow}, children...)
}

// Layout implements fyne.Layout.
func (c *column) Layout(children []fyne.CanvasObject, size fyne.Size) {
	heights, rest, shown := make([]float32, len(children)), size.Height, 0
	for i, o := range children {
		if !o.Visible() {
			continue
		}
		shown++
		if o == c.grow {
			continue
		}
		o.Resize(fyne.NewSize(size.Width, o.MinSize().Height))
		heights[i] = o.MinSize().Height
		rest -= heights[i]
	}
	rest -= c.gap * float32(max(0, shown-1))
	y := float32(0)
	for i, o := range children {
		if !o.Visible() {
			continue
		}
		if o == c.grow {
			heights[i] = max(0, rest)
		}
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, heights[i]))
		y += heights[i] + c.gap
	}
}

// MinSize implements fyne.Layout.
func (c *column) MinSize(children []fyne.CanvasObject) fyne.Size {
	return (&stack{c.gap}).MinSize(children)
}

// stack lays children below each other at full width with a gap; a VBox whose gap is ours.
type stack struct{ gap float32 }

func newStack(gap float32, children ...fyne.CanvasObject) *fyne.Container {
	return container.New(&stack{gap}, children...)
}

// Layout implements fyne.Layout.
func (s *stack) Layout(children []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range children {
		if !o.Visible() {
			continue
		}
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, o.MinSize().Height)) // a wrapping child first learns its width …
		height := o.MinSize().Height
		o.Resize(fyne.NewSize(size.Width, height)) // … and then knows its height
		y += height + s.gap
	}
}

// MinSize implements fyne.Layout.
func (s *stack) MinSize(children []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range children {
		if !o.Visible() {
			continue
		}
		least := o.MinSize()
		if size.Height > 0 {
			size.Height += s.gap
		}
		size.Height += least.Height
		size.Width = max(size.Width, least.Width)
	}
	return size
}

// wide gives one child a least width and height; 0 leaves the child's own.
type wide struct{ width, height float32 }

func newWide(width, height float32, child fyne.CanvasObject) *fyne.Container {
	return container.New(&wide{width, height}, child)
}

// Layout implements fyne.Layout.
func (w *wide) Layout(children []fyne.CanvasObject, size fyne.Size) {
	size = size.Max(fyne.Size{}) // in too small a window a border leaves less than nothing
	for _, o := range children {
		o.Move(fyne.Position{})
		o.Resize(size)
	}
}

// MinSize implements fyne.Layout.
func (w *wide) MinSize(children []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(w.width, w.height)
	for _, o := range children {
		size = size.Max(o.MinSize())
	}
	return size
}

// tail leaves room after one child.
type tail struct{ room float32 }

// Layout implements fyne.Layout.
func (l *tail) Layout(children []fyne.CanvasObject, size fyne.Size) {
	for _, o := range children {
		o.Move(fyne.Position{})
		o.Resize(size.SubtractWidthHeight(l.room, 0))
	}
}

// MinSize implements fyne.Layout.
func (l *tail) MinSize(children []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range children {
		size = size.Max(o.MinSize())
	}
	return size.AddWidthHeight(l.room, 0)
}

// padded leaves room around one child.
func padded(horizontal, vertical float32, child fyne.CanvasObject) *fyne.Container {
	return container.New(&margin{horizontal, vertical}, child)
}

type margin struct{ horizontal, vertical float32 }

// Layout implements fyne.Layout.
func (m *margin) Layout(children []fyne.CanvasObject, size fyne.Size) {
	for _, o := range children {
		o.Move(fyne.NewPos(m.horizontal, m.vertical))
		o.Resize(size.SubtractWidthHeight(2*m.horizontal, 2*m.vertical))
	}
}

// MinSize implements fyne.Layout.
func (m *margin) MinSize(children []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range children {
		size = size.Max(o.MinSize())
	}
	return size.AddWidthHeight(2*m.horizontal, 2*m.vertical)
}

// Wide gives content a least width and height, at the ordinary text size; 0 leaves the content's own.
func Wide(width, height float32, content fyne.CanvasObject) fyne.CanvasObject {
	return newWide(look.Scaled(width), look.Scaled(height), content)
}

// Stack lays content below each other at full width with a gap.
func Stack(gap float32, content ...fyne.CanvasObject) *fyne.Container {
	return newStack(gap, content...)
}

// Filled does the same and gives the height that is left to grow, which is one of the content.
func Filled(gap float32, grow fyne.CanvasObject, content ...fyne.CanvasObject) *fyne.Container {
	return newColumn(gap, grow, content...)
}

// Flow lays content from left to right and wraps.
func Flow(gap float32, content ...fyne.CanvasObject) *fyne.Container { return newFlow(gap, content...) }

// Inset leaves room around content.
func Inset(horizontal, vertical float32, content fyne.CanvasObject) *fyne.Container {
	return padded(horizontal, vertical, content)
}

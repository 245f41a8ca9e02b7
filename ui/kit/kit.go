// Package kit holds the widgets that the pages of the desktop are made of.
//
// A widget of the kit holds no rule of desk control: plain values come in, texts already formatted, and callbacks go
// out. It promises that whatever can be done with the mouse can be done with the keyboard; that what has the focus
// shows a ring of two units; that a key which it has no use for reaches the window (so that Escape closes a dialog
// from within a field); and that it takes its colours and sizes from look at every refresh, so that a change of theme
// needs no rebuild. A change of language does: the language is given once, when a widget is made.
//
// Its limits: everything here belongs to Fyne's main goroutine. Who comes from another one calls fyne.Do first.
package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"baqylau/ui/ink"
	"baqylau/ui/look"
)

// control is what every focusable of the kit shares. The widget that embeds it calls extend with itself.
type control struct {
	widget.BaseWidget
	self    focusWidget // the outermost widget, which is the one that stands on the canvas
	focused bool
	off     bool
}

type focusWidget interface {
	fyne.Widget
	fyne.Focusable
}

func (c *control) extend(self focusWidget) {
	c.self = self
	c.ExtendBaseWidget(self)
}

// FocusGained implements fyne.Focusable.
func (c *control) FocusGained() {
	c.focused = true
	c.Refresh()
}

// FocusLost implements fyne.Focusable.
func (c *control) FocusLost() {
	c.focused = false
	c.Refresh()
}

// TypedRune implements fyne.Focusable; letters mean nothing to most controls.
func (c *control) TypedRune(rune) {}

// Disabled implements fyne.Disableable, so that Tab passes by what is off.
func (c *control) Disabled() bool { return c.off }

// Enable implements fyne.Disableable.
func (c *control) Enable() { c.setOff(false) }

// Disable implements fyne.Disableable.
func (c *control) Disable() { c.setOff(true) }

func (c *control) setOff(off bool) {
	if c.off != off {
		c.off = off
		c.Refresh()
	}
}

// passKey gives a key that a focused widget has no use for to the window.
func passKey(from fyne.CanvasObject, key *fyne.KeyEvent) {
	if c := canvasOf(from); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(key)
	}
}

// passShortcut does the same for a shortcut; Fyne gives a focused widget all of them (fyne.md, trap 8).
func passShortcut(from fyne.CanvasObject, shortcut fyne.Shortcut) {
	if c, ok := canvasOf(from).(fyne.Shortcutable); ok {
		c.TypedShortcut(shortcut)
	}
}

func canvasOf(o fyne.CanvasObject) fyne.Canvas {
	return fyne.CurrentApp().Driver().CanvasForObject(o)
}

// focusOn moves the keyboard to a widget when it is on a canvas.
func focusOn(w focusWidget) {
	if c := canvasOf(w); c != nil {
		c.Focus(w)
	}
}

// newRing is the mark of the focus; it lies over what has it.
func newRing() *canvas.Rectangle {
	ring := canvas.NewRectangle(nil)
	ring.StrokeWidth = look.Ring
	ring.CornerRadius = 4
	ring.Hide()
	return ring
}

// showRing draws the ring around the whole of a widget while it has the focus.
func showRing(ring *canvas.Rectangle, focused bool) {
	ring.StrokeColor = look.Now().Primary
	ring.Hidden = !focused
	ring.Refresh()
}

func layRing(ring *canvas.Rectangle, size fyne.Size) {
	ring.Move(fyne.NewSquareOffsetPos(look.Ring / 2))
	ring.Resize(size.SubtractWidthHeight(look.Ring, look.Ring).Max(fyne.Size{})) // in too small a window there is less than nothing
}

// paintRing draws the ring of a widget that is one picture.
func paintRing(p *ink.Painter, size fyne.Size, focused bool) {
	if focused {
		p.Clip(ink.Box{})
		p.Frame(ink.Box{W: size.Width, H: size.Height}, look.Ring, look.Now().Primary)
	}
}

// rendering is a fyne.WidgetRenderer made of functions.
type rendering struct {
	objects []fyne.CanvasObject
	layout  func(fyne.Size)
	min     func() fyne.Size
	refresh func()
}

func (r *rendering) Destroy()                     {}
func (r *rendering) Layout(size fyne.Size)        { r.layout(size) }
func (r *rendering) MinSize() fyne.Size           { return r.min() }
func (r *rendering) Objects() []fyne.CanvasObject { return r.objects }

func (r *rendering) Refresh() {
	if r.refresh != nil {
		r.refresh()
	}
}

package kit

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"baqylau/ui/look"
)

// WindowBarSpec says when a window opens and closes (closes is exclusive), what the time is, and all of it in words:
// "10.03 09:00 … 17.03 24:00 · бүгін 12.03 · 4 ж.к. қалды". DaysLeft sharpens the colour as in NewDeadline.
type WindowBarSpec struct {
	Opens, Closes, Now time.Time
	Text               string
	DaysLeft           int
}

// NewWindowBar draws a window on a line of time with now on it, and its words beside it.
func NewWindowBar(spec WindowBarSpec) fyne.CanvasObject {
	bar := &windowBar{spec: spec}
	bar.ExtendBaseWidget(bar)
	text := newWords(spec.Text, 13, inkText)
	if !spec.open() {
		text.ink = inkMuted
	}
	return container.NewBorder(nil, nil, nil, container.NewCenter(text), padded(0, 0, bar))
}

func (s WindowBarSpec) open() bool { return !s.Now.Before(s.Opens) && s.Now.Before(s.Closes) }

// shares places opening, closing and now between 0 and 1 on the line, which begins and ends a sixth of the window's
// length beside it, or at now where that lies further away.
func (s WindowBarSpec) shares() (opens, closes, now float32) {
	length := s.Closes.Sub(s.Opens)
	if length <= 0 {
		length = time.Hour
	}
	from, to := s.Opens.Add(-length/6), s.Closes.Add(length/6)
	if limit := s.Now.Add(-length / 20); limit.Before(from) {
		from = limit
	}
	if limit := s.Now.Add(length / 20); limit.After(to) {
		to = limit
	}
	share := func(t time.Time) float32 {
		return max(0, min(1, float32(t.Sub(from).Seconds()/to.Sub(from).Seconds())))
	}
	return share(s.Opens), share(s.Closes), share(s.Now)
}

type windowBar struct {
	widget.BaseWidget
	spec WindowBarSpec
}

// CreateRenderer implements fyne.Widget.
func (b *windowBar) CreateRenderer() fyne.WidgetRenderer {
	axis, span, past, pin := canvas.NewRectangle(nil), canvas.NewRectangle(nil), canvas.NewRectangle(nil), canvas.NewRectangle(nil)
	knob := canvas.NewCircle(nil)
	r := &rendering{objects: []fyne.CanvasObject{axis, span, past, pin, knob}}
	place := func(o fyne.CanvasObject, x, y, width, height float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(width, height))
	}
	r.layout = func(size fyne.Size) {
		opens, closes, now := b.spec.shares()
		width, middle := size.Width-12, size.Height/2
		place(axis, 0, middle-1, width, 2)
		place(span, width*opens, middle-5, width*(closes-opens), 10)
		place(past, width*opens, middle-5, width*max(0, min(now, closes)-opens), 10)
		place(pin, width*now-1, middle-10, 2, 20)
		place(knob, width*now-5, middle-14, 10, 10)
	}
	r.min = func() fyne.Size { return fyne.NewSize(look.Scaled(160), look.Scaled(look.Row)) }
	r.refresh = func() {
		p := look.Now()
		shade := p.Shade(look.Deadline(b.spec.DaysLeft).Tone)
		if look.Deadline(b.spec.DaysLeft).Tone == look.Neutral {
			shade = p.Shade(look.Info)
		}
		if !b.spec.open() {
			shade = p.Shade(look.Neutral)
		}
		axis.FillColor, span.FillColor, past.FillColor = p.Line, look.Mix(p.Surface, shade.Solid, 0.3), shade.Solid
		pin.FillColor, knob.FillColor = p.Text, p.Text
		for _, o := range r.objects {
			o.Refresh()
		}
	}
	r.refresh()
	return r
}

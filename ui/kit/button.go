package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"baqylau/ui/look"
)

// Weight is how much a button asks for.
type Weight int

// The weights. A screen has one Primary button; what destroys is a Destructive text button that asks first.
const (
	Secondary Weight = iota
	Primary
	Quiet
	Destructive
)

// Button is a button of the kit: Space, Enter and a click press it. Text or Icon may be empty, not both; Hint names a
// button that has no Text.
type Button struct {
	control
	Text     string
	Hint     string
	Icon     look.Icon
	Weight   Weight
	OnTapped func()

	trailing look.Icon
	compact  bool      // the height of a row
	shrunk   bool      // its sign stands for its text, for want of room
	pressed  bool      // one of several that is chosen
	tone     look.Tone // of the icon
	hovered  bool
}

var (
	_ fyne.Tappable     = (*Button)(nil)
	_ fyne.Focusable    = (*Button)(nil)
	_ fyne.Disableable  = (*Button)(nil)
	_ fyne.Accessible   = (*Button)(nil)
	_ desktop.Hoverable = (*Button)(nil)
)

// NewButton makes a button.
func NewButton(text string, icon look.Icon, weight Weight, tapped func()) *Button {
	b := &Button{Text: text, Icon: icon, Weight: weight, OnTapped: tapped}
	b.extend(b)
	return b
}

// NewIconButton makes a quiet button that shows an icon alone; the hint is its name for assistive programs.
func NewIconButton(icon look.Icon, hint string, tapped func()) *Button {
	b := NewButton("", icon, Quiet, tapped)
	b.Hint = hint
	return b
}

// SetText changes the text.
func (b *Button) SetText(text string) {
	if b.Text != text {
		b.Text = text
		b.Refresh()
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (b *Button) AccessibilityLabel() string {
	if b.Text != "" {
		return b.Text
	}
	return b.Hint
}

// AccessibilityRole implements fyne.Accessible.
func (b *Button) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// Tapped implements fyne.Tappable.
func (b *Button) Tapped(*fyne.PointEvent) {
	if !b.off {
		focusOn(b.self)
		b.press()
	}
}

func (b *Button) press() {
	if !b.off && b.OnTapped != nil {
		b.OnTapped()
	}
}

// TypedKey implements fyne.Focusable.
func (b *Button) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		b.press()
	default:
		passKey(b.self, key)
	}
}

// MouseIn implements desktop.Hoverable.
func (b *Button) MouseIn(*desktop.MouseEvent) {
	b.hovered = true
	b.Refresh()
}

// MouseMoved implements desktop.Hoverable.
func (b *Button) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (b *Button) MouseOut() {
	b.hovered = false
	b.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	body, ring := canvas.NewRectangle(nil), newRing()
	icon, trailing := newIcon(), newIcon()
	text := canvas.NewText("", nil)
	const pad, gap = 12, 6
	r := &rendering{objects: []fyne.CanvasObject{body, icon, text, trailing, ring}}
	width := func() float32 {
		parts, total := 0, float32(0)
		for _, w := range []float32{iconWidth(b.Icon), b.textWidth(text), iconWidth(b.trailing)} {
			if w > 0 {
				parts++
				total += w
			}
		}
		return total + gap*float32(max(0, parts-1))
	}
	r.min = func() fyne.Size {
		high := look.Scaled(look.Control)
		if b.compact {
			high = look.Scaled(look.Row)
		}
		if b.Text == "" || b.shrunk && b.trailing == "" {
			return fyne.NewSquareSize(high)
		}
		return fyne.NewSize(width()+2*pad, high)
	}
	r.layout = func(size fyne.Size) {
		body.Move(fyne.NewSquareOffsetPos(1))
		body.Resize(size.SubtractWidthHeight(2, 2))
		layRing(ring, size)
		x := max(2, (size.Width-width())/2)
		x = placeIcon(icon, b.Icon, x, size.Height, gap)
		text.Move(fyne.NewPos(x, 0))
		text.Resize(fyne.NewSize(b.textWidth(text), size.Height))
		text.Hidden = b.shrunk
		if b.Text != "" && !b.shrunk {
			x += b.textWidth(text) + gap
		}
		placeIcon(trailing, b.trailing, x, size.Height, gap)
	}
	r.refresh = func() {
		ink, fill, line := b.colours(look.Now())
		body.FillColor, body.StrokeColor, body.StrokeWidth, body.CornerRadius = fill, line, 1, 4
		text.Text, text.TextSize, text.Color = b.Text, look.Scaled(look.Body), ink
		sign := ink
		if b.tone != look.Neutral {
			sign = look.Now().Shade(b.tone).Ink
		}
		setIcon(icon, b.Icon, sign)
		setIcon(trailing, b.trailing, ink)
		showRing(ring, b.focused)
		if b.Weight == Primary {
			ring.StrokeColor = look.Now().Text // the ring's own colour is the button's
		}
		r.layout(b.Size())
		body.Refresh()
		text.Refresh()
	}
	r.refresh()
	return r
}

// textWidth is the room that the text takes.
func (b *Button) textWidth(text *canvas.Text) float32 {
	if b.shrunk {
		return 0
	}
	return textWidth(text)
}

// colours gives ink, ground and outline; nil draws nothing.
func (b *Button) colours(p *look.Palette) (ink color.NRGBA, fill, line color.Color) {
	if b.off {
		if b.Weight == Primary || b.Weight == Secondary {
			return p.Muted, p.Background, p.Line
		}
		return p.Muted, nil, nil
	}
	if b.hovered {
		fill = p.Hover
	}
	if b.pressed {
		fill = p.Selection
	}
	switch b.Weight {
	case Primary:
		if b.hovered {
			return p.OnPrimary, p.PrimaryHover, p.PrimaryHover
		}
		return p.OnPrimary, p.Primary, p.Primary
	case Destructive:
		return p.Shade(look.Danger).Ink, fill, nil
	case Quiet:
		return p.Text, fill, nil
	default:
		if !b.hovered {
			fill = p.Surface
		}
		return p.Text, fill, p.InputLine
	}
}

package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"baqylau/assets"
	"baqylau/ui/look"
)

// Chip shows a status: an icon and a word on a tint.
type Chip struct {
	widget.BaseWidget
	text   string
	status look.Status
}

// NewChip makes a chip with any text.
func NewChip(text string, status look.Status) *Chip {
	c := &Chip{text: text, status: status}
	c.ExtendBaseWidget(c)
	return c
}

// NewStatusChip makes the chip of a status by the key of its word, "notification.in_agreement".
func NewStatusChip(l assets.Lang, key string) *Chip { return NewChip(l.T(key), look.StatusOf(key)) }

// NewDeadline makes the label of a deadline; text says it in words («осталось 3 рабочих дня»), daysLeft sharpens its
// look (0 is the last day, negative is overdue).
func NewDeadline(text string, daysLeft int) *Chip {
	return NewChip(text, look.Deadline(daysLeft))
}

// Set changes what the chip shows.
func (c *Chip) Set(text string, status look.Status) {
	if c.text != text || c.status != status {
		c.text, c.status = text, status
		c.Refresh()
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (c *Chip) AccessibilityLabel() string { return c.text }

// AccessibilityRole implements fyne.Accessible.
func (c *Chip) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// chipColours gives ink and ground of a status.
func chipColours(p *look.Palette, s look.Status) (ink, ground color.NRGBA) {
	shade := p.Shade(s.Tone)
	if s.Filled {
		return shade.OnSolid, shade.Solid
	}
	return shade.Ink, shade.Tint
}

// CreateRenderer implements fyne.Widget.
func (c *Chip) CreateRenderer() fyne.WidgetRenderer {
	body, icon, text := canvas.NewRectangle(nil), newIcon(), canvas.NewText("", nil)
	const pad, gap = 8, 4
	r := &rendering{objects: []fyne.CanvasObject{body, icon, text}}
	side := func() float32 {
		if c.status.Plain {
			return 0
		}
		return pad
	}
	iconSide := func() float32 { return look.Scaled(14) }
	r.min = func() fyne.Size {
		width := textWidth(text) + 2*side()
		if c.status.Icon != "" {
			width += iconSide() + gap
		}
		return fyne.NewSize(width, look.Scaled(24))
	}
	r.layout = func(size fyne.Size) {
		high := min(size.Height, look.Scaled(24))
		top := (size.Height - high) / 2
		body.Move(fyne.NewPos(0, top))
		body.Resize(fyne.NewSize(min(size.Width, r.min().Width), high))
		x := side()
		if c.status.Icon != "" {
			icon.Move(fyne.NewPos(x, (size.Height-iconSide())/2))
			icon.Resize(fyne.NewSquareSize(iconSide()))
			x += iconSide() + gap
		}
		text.Move(fyne.NewPos(x, 0))
		text.Resize(fyne.NewSize(textWidth(text), size.Height))
	}
	r.refresh = func() {
		ink, ground := chipColours(look.Now(), c.status)
		body.FillColor, body.CornerRadius, body.Hidden = ground, 4, c.status.Plain
		text.Text, text.TextSize, text.Color = c.text, look.Scaled(13), ink
		setIcon(icon, c.status.Icon, ink)
		r.layout(c.Size())
		body.Refresh()
		text.Refresh()
	}
	r.refresh()
	return r
}

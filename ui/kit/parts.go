package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"baqylau/ui/look"
)

// The smallest parts that widgets share.

const iconUnits = 18

func newIcon() *canvas.Image {
	img := &canvas.Image{FillMode: canvas.ImageFillContain}
	img.Hide()
	return img
}

// setIcon shows an icon in a colour, or nothing for the empty icon.
func setIcon(img *canvas.Image, icon look.Icon, c color.NRGBA) {
	if icon == "" {
		img.Hidden = true
		return
	}
	img.Hidden = false
	if resource := icon.In(c); img.Resource == nil || img.Resource.Name() != resource.Name() {
		img.Resource = resource
		img.Refresh()
	}
}

func iconWidth(icon look.Icon) float32 {
	if icon == "" {
		return 0
	}
	return look.Scaled(iconUnits)
}

// placeIcon puts an icon at x in the middle of a height and gives the x after it and the gap.
func placeIcon(img *canvas.Image, icon look.Icon, x, height, gap float32) float32 {
	w := iconWidth(icon)
	if w == 0 {
		return x
	}
	img.Move(fyne.NewPos(x, (height-w)/2))
	img.Resize(fyne.NewSquareSize(w))
	return x + w + gap
}

func textWidth(t *canvas.Text) float32 {
	if t.Text == "" {
		return 0
	}
	return t.MinSize().Width
}

// NewHeading is the title of a page; what doesn't fit is cut.
func NewHeading(text string) fyne.CanvasObject {
	title := newWords(text, look.Heading, inkText)
	title.bold = true
	return newWide(0, look.Scaled(look.Control), container.NewClip(inMiddle(title)))
}

// NewSubheading is the title of a part of a page.
func NewSubheading(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.TextStyle = fyne.TextStyle{Bold: true}
	return l
}

// NewParagraph is running text that wraps at words.
func NewParagraph(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// NewMuted is running text of second rank.
func NewMuted(text string) *widget.Label {
	l := NewParagraph(text)
	l.Importance = widget.LowImportance
	l.SizeName = theme.SizeNameCaptionText
	return l
}

// NewPanel puts content on a surface with an outline.
func NewPanel(content fyne.CanvasObject) fyne.CanvasObject {
	return container.NewStack(newGround(groundSurface), container.NewPadded(content))
}

// ground is a rectangle that follows the theme.
type ground struct {
	widget.BaseWidget
	kind groundKind
	tone look.Tone
}

type groundKind int

const (
	groundSurface groundKind = iota // a panel: surface with an outline
	groundBar                       // a bar: surface without an outline
	groundRaised                    // a dialog
	groundLine                      // a line of one unit
	groundPage                      // the page itself
	groundTint                      // the tint of a tone
	groundEdge                      // the colour of a tone
)

func newTint(tone look.Tone) *ground {
	g := &ground{kind: groundTint, tone: tone}
	g.ExtendBaseWidget(g)
	return g
}

func newGround(kind groundKind) *ground {
	g := &ground{kind: kind}
	g.ExtendBaseWidget(g)
	return g
}

// CreateRenderer implements fyne.Widget.
func (g *ground) CreateRenderer() fyne.WidgetRenderer {
	rect := canvas.NewRectangle(nil)
	r := &rendering{objects: []fyne.CanvasObject{rect}}
	r.layout = func(size fyne.Size) { rect.Resize(size) }
	r.min = func() fyne.Size { return fyne.NewSquareSize(1) }
	r.refresh = func() {
		p := look.Now()
		switch g.kind {
		case groundSurface:
			rect.FillColor, rect.StrokeColor, rect.StrokeWidth, rect.CornerRadius = p.Surface, p.Line, 1, 6
		case groundBar:
			rect.FillColor = p.Surface
		case groundRaised:
			rect.FillColor, rect.CornerRadius = p.Raised, 6
		case groundTint:
			rect.FillColor, rect.CornerRadius = p.Shade(g.tone).Tint, 6
		case groundEdge:
			rect.FillColor, rect.CornerRadius = p.Shade(g.tone).Solid, 1
		case groundPage:
			rect.FillColor = p.Background
		case groundLine:
			rect.FillColor = p.Line
		}
		rect.Refresh()
	}
	r.refresh()
	return r
}

// words is one line of text that follows the theme: cheaper than a label, and without its padding.
type words struct {
	widget.BaseWidget
	text  string
	size  float32
	bold  bool
	align fyne.TextAlign
	ink   func(*look.Palette) color.NRGBA
}

func newWords(text string, size float32, ink func(*look.Palette) color.NRGBA) *words {
	w := &words{text: text, size: size, ink: ink}
	w.ExtendBaseWidget(w)
	return w
}

func inkText(p *look.Palette) color.NRGBA    { return p.Text }
func inkMuted(p *look.Palette) color.NRGBA   { return p.Muted }
func inkPrimary(p *look.Palette) color.NRGBA { return p.Primary }

func inkOf(tone look.Tone) func(*look.Palette) color.NRGBA {
	return func(p *look.Palette) color.NRGBA { return p.Shade(tone).Ink }
}

func (w *words) set(text string) {
	if w.text != text {
		w.text = text
		w.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (w *words) CreateRenderer() fyne.WidgetRenderer {
	text := canvas.NewText("", nil)
	r := &rendering{objects: []fyne.CanvasObject{text}}
	r.layout = func(size fyne.Size) { text.Resize(size) }
	r.min = func() fyne.Size { return text.MinSize() }
	r.refresh = func() {
		text.Text, text.TextSize, text.TextStyle.Bold = w.text, look.Scaled(w.size), w.bold
		text.Alignment, text.Color = w.align, w.ink(look.Now())
		text.Refresh()
	}
	r.refresh()
	return r
}

// picture is an icon that follows the theme.
type picture struct {
	widget.BaseWidget
	icon look.Icon
	size float32
	ink  func(*look.Palette) color.NRGBA
}

func newPicture(icon look.Icon, size float32, ink func(*look.Palette) color.NRGBA) *picture {
	p := &picture{icon: icon, size: size, ink: ink}
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer implements fyne.Widget.
func (i *picture) CreateRenderer() fyne.WidgetRenderer {
	img := newIcon()
	r := &rendering{objects: []fyne.CanvasObject{img}}
	r.layout = func(size fyne.Size) { img.Resize(size) }
	r.min = func() fyne.Size { return fyne.NewSquareSize(look.Scaled(i.size)) }
	r.refresh = func() { setIcon(img, i.icon, i.ink(look.Now())) }
	r.refresh()
	return r
}

// NewIcon shows an icon beside a text.
func NewIcon(icon look.Icon) fyne.CanvasObject {
	return padded(8, 0, container.NewCenter(newPicture(icon, 24, inkMuted)))
}

// NewLines shows a line of text over a smaller one of second rank; what doesn't fit is cut.
func NewLines(text, note string) fyne.CanvasObject {
	lines := newStack(2, newWords(text, look.Body, inkText), newWords(note, look.Caption, inkMuted))
	return newWide(0, look.Scaled(44), container.NewClip(inMiddle(lines)))
}

// inMiddle puts one child at its full width in the middle of the height.
func inMiddle(child fyne.CanvasObject) *fyne.Container {
	return container.New(&middleLayout{}, child)
}

// middleLayout puts one child at its full width in the middle of the height.
type middleLayout struct{}

// Layout implements fyne.Layout.
func (*middleLayout) Layout(children []fyne.CanvasObject, size fyne.Size) {
	for _, o := range children {
		o.Resize(fyne.NewSize(size.Width, o.MinSize().Height))
		high := o.MinSize().Height
		o.Move(fyne.NewPos(0, (size.Height-high)/2))
		o.Resize(fyne.NewSize(size.Width, high))
	}
}

// MinSize implements fyne.Layout.
func (*middleLayout) MinSize(children []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range children {
		size = size.Max(o.MinSize())
	}
	return size
}

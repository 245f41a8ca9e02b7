package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"baqylau/assets"
	"baqylau/ui/look"
)

// Span is a run of a text that is compared with another one.
type Span struct {
	Text string
	Mark SpanMark
}

// SpanMark says how a run differs: what is new is bold and underlined, what is gone is struck through.
type SpanMark int

// The marks.
const (
	SpanSame SpanMark = iota
	SpanNew
	SpanGone
)

// NewSpans is running text with its differences; none shows the words for an empty text.
func NewSpans(l assets.Lang, spans []Span) fyne.CanvasObject {
	rich := widget.NewRichText()
	rich.Wrapping = fyne.TextWrapWord
	if len(spans) == 0 {
		spans = []Span{{Text: l.T("ui.compare.empty")}}
		rich.Segments = []widget.RichTextSegment{spanSegment(spans[0], theme.ColorNamePlaceHolder)}
		return rich
	}
	for _, span := range spans {
		rich.Segments = append(rich.Segments, spanSegment(span, theme.ColorNameForeground))
	}
	return rich
}

func spanSegment(span Span, ink fyne.ThemeColorName) widget.RichTextSegment {
	style := widget.RichTextStyle{Inline: true, ColorName: ink, SizeName: theme.SizeNameText}
	switch span.Mark {
	case SpanNew:
		style.ColorName, style.TextStyle = theme.ColorNamePrimary, fyne.TextStyle{Bold: true, Underline: true}
	case SpanGone:
		style.ColorName, style.TextStyle = theme.ColorNamePlaceHolder, fyne.TextStyle{Strikethrough: true}
	}
	return &widget.TextSegment{Style: style, Text: span.Text}
}

// CompareSides is how many texts stand beside each other.
const CompareSides = 3

// CompareSpec is what a comparison is made from: the names of the sides, and the parts to choose in.
type CompareSpec struct {
	Lang      assets.Lang
	Sides     [CompareSides]string
	Parts     []ComparePart
	OnChanged func() // after each choice
}

// ComparePart is one part of what is compared, with its text on each side.
type ComparePart struct {
	Title  string
	Note   string // beside the title: why it was chosen already
	Texts  [CompareSides][]Span
	Chosen int // the side that stays; -1 while none is chosen
}

// Compare shows texts side by side, part by part, and lets a person choose which side of each part stays.
//
// Keys in a part: 1, 2, 3 choose a side, ← → go from side to side, Space goes round; ↑ ↓ PgUp PgDn Home End scroll;
// Tab goes to the next part. A click on a text chooses it.
type Compare struct {
	widget.BaseWidget
	spec    CompareSpec
	rows    []*compareRow
	list    *fyne.Container
	scroll  *container.Scroll
	content fyne.CanvasObject
}

// NewCompare makes a comparison.
func NewCompare(spec CompareSpec) *Compare {
	c := &Compare{spec: spec, list: newStack(12)}
	for i := range spec.Parts {
		row := newCompareRow(c, i)
		c.rows = append(c.rows, row)
		c.list.Add(row)
	}
	head := container.New(&thirds{})
	for _, side := range spec.Sides {
		head.Add(NewSubheading(side))
	}
	c.scroll = container.NewVScroll(container.New(&tail{compareGutter}, c.list))
	c.content = newColumn(4, c.scroll, container.New(&tail{compareGutter}, head), c.scroll)
	c.ExtendBaseWidget(c)
	return c
}

const (
	compareGutter float32 = 14 // for the scroll bar
	compareGap    float32 = 8
)

// CreateRenderer implements fyne.Widget.
func (c *Compare) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(c.content) }

// Resize implements fyne.CanvasObject: texts that wrap know their height only after they were laid out once.
func (c *Compare) Resize(size fyne.Size) {
	c.BaseWidget.Resize(size)
	for range 2 {
		c.list.Resize(fyne.NewSize(max(0, c.scroll.Size().Width-compareGutter), c.list.MinSize().Height))
	}
	c.scroll.Refresh()
}

// Chosen is the side that stays in a part; -1 while none is chosen.
func (c *Compare) Chosen(part int) int { return c.spec.Parts[part].Chosen }

// Choose chooses a side in a part.
func (c *Compare) Choose(part, side int) {
	if c.spec.Parts[part].Chosen == side {
		return
	}
	c.spec.Parts[part].Chosen = side
	c.rows[part].show()
	if c.spec.OnChanged != nil {
		c.spec.OnChanged()
	}
}

// Focusable is the first part that nothing is chosen in, else the first, for DialogSpec.Focus.
func (c *Compare) Focusable() fyne.Focusable {
	for i, part := range c.spec.Parts {
		if part.Chosen < 0 {
			return c.rows[i]
		}
	}
	if len(c.rows) == 0 {
		return nil
	}
	return c.rows[0]
}

// move scrolls by so many units.
func (c *Compare) move(by float32) {
	most := max(0, c.scroll.Content.MinSize().Height-c.scroll.Size().Height)
	c.scroll.ScrollToOffset(fyne.NewPos(0, max(0, min(most, c.scroll.Offset.Y+by))))
}

// reveal brings a part into view, its beginning when it is higher than the place.
func (c *Compare) reveal(row *compareRow) {
	top, high := row.Position().Y, row.Size().Height
	switch view := c.scroll.Size().Height; {
	case top < c.scroll.Offset.Y || high > view:
		c.move(top - c.scroll.Offset.Y)
	case top+high > c.scroll.Offset.Y+view:
		c.move(top + high - view - c.scroll.Offset.Y)
	}
}

// compareRow is one part: its title, and its texts to choose from.
type compareRow struct {
	control
	compare *Compare
	part    int
	sides   [CompareSides]*compareSide
	content fyne.CanvasObject
}

var _ fyne.Focusable = (*compareRow)(nil)

func newCompareRow(c *Compare, part int) *compareRow {
	r := &compareRow{compare: c, part: part}
	spec := c.spec.Parts[part]
	texts := container.New(&thirds{})
	for i := range r.sides {
		r.sides[i] = newCompareSide(r, i, NewSpans(c.spec.Lang, spec.Texts[i]))
		texts.Add(r.sides[i])
	}
	title := container.NewBorder(nil, nil, NewSubheading(spec.Title), nil, inMiddle(NewMuted(spec.Note)))
	r.content = padded(4, 4, newStack(0, title, texts))
	r.extend(r)
	r.show()
	return r
}

func (r *compareRow) show() {
	for i, side := range r.sides {
		side.choose(r.compare.spec.Parts[r.part].Chosen == i)
	}
}

// FocusGained implements fyne.Focusable.
func (r *compareRow) FocusGained() {
	r.control.FocusGained()
	r.compare.reveal(r)
}

// TypedRune implements fyne.Focusable.
func (r *compareRow) TypedRune(key rune) {
	if side := int(key - '1'); side >= 0 && side < CompareSides {
		r.compare.Choose(r.part, side)
	}
}

// TypedKey implements fyne.Focusable.
func (r *compareRow) TypedKey(key *fyne.KeyEvent) {
	chosen := r.compare.Chosen(r.part)
	line, page := look.Scaled(look.Row), r.compare.scroll.Size().Height*0.9
	switch key.Name {
	case fyne.KeyLeft:
		r.compare.Choose(r.part, max(0, chosen-1))
	case fyne.KeyRight:
		r.compare.Choose(r.part, min(CompareSides-1, chosen+1))
	case fyne.KeySpace:
		r.compare.Choose(r.part, (chosen+1)%CompareSides)
	case fyne.KeyUp:
		r.compare.move(-line)
	case fyne.KeyDown:
		r.compare.move(line)
	case fyne.KeyPageUp:
		r.compare.move(-page)
	case fyne.KeyPageDown:
		r.compare.move(page)
	case fyne.KeyHome:
		r.compare.move(-r.compare.scroll.Offset.Y)
	case fyne.KeyEnd:
		r.compare.move(r.compare.list.Size().Height)
	default:
		passKey(r, key)
	}
}

// CreateRenderer implements fyne.Widget.
func (r *compareRow) CreateRenderer() fyne.WidgetRenderer {
	ring := newRing()
	showRing(ring, r.focused)
	return &compareRendering{&ringed{widget.NewSimpleRenderer(r.content), ring}, r}
}

// compareRendering shows the ring while the part has the keyboard.
type compareRendering struct {
	*ringed
	row *compareRow
}

func (r *compareRendering) Refresh() {
	showRing(r.ring, r.row.focused)
	r.ringed.Refresh()
}

// compareSide is the text of one side, framed when it stays.
type compareSide struct {
	widget.BaseWidget
	row    *compareRow
	side   int
	chosen bool
	text   fyne.CanvasObject
	stays  *fyne.Container
}

func newCompareSide(r *compareRow, side int, text fyne.CanvasObject) *compareSide {
	s := &compareSide{row: r, side: side, text: text}
	sign := container.NewCenter(newPicture(look.IconCheck, 16, inkPrimary))
	s.stays = container.NewHBox(padded(8, 0, sign), newWords(r.compare.spec.Lang.T("ui.compare.stays"), look.Caption, inkPrimary))
	s.ExtendBaseWidget(s)
	return s
}

func (s *compareSide) choose(chosen bool) {
	s.chosen = chosen
	s.stays.Hidden = !chosen
	s.Refresh()
}

// Tapped implements fyne.Tappable.
func (s *compareSide) Tapped(*fyne.PointEvent) {
	focusOn(s.row)
	s.row.compare.Choose(s.row.part, s.side)
}

// CreateRenderer implements fyne.Widget.
func (s *compareSide) CreateRenderer() fyne.WidgetRenderer {
	ground := canvas.NewRectangle(nil)
	ground.CornerRadius = 6
	foot := look.Scaled(look.Caption) * 2
	r := &rendering{objects: []fyne.CanvasObject{ground, s.text, s.stays}}
	r.min = func() fyne.Size { return fyne.NewSize(look.Scaled(80), s.text.MinSize().Height+foot) }
	r.layout = func(size fyne.Size) {
		ground.Resize(size)
		s.text.Resize(fyne.NewSize(size.Width, size.Height-foot))
		s.stays.Resize(fyne.NewSize(size.Width, foot))
		s.stays.Move(fyne.NewPos(0, size.Height-foot))
	}
	r.refresh = func() {
		p := look.Now()
		ground.FillColor, ground.StrokeColor, ground.StrokeWidth = p.Surface, p.Line, 1
		if s.chosen {
			ground.FillColor, ground.StrokeColor, ground.StrokeWidth = p.Selection, p.Primary, look.Ring
		}
		ground.Refresh()
		s.stays.Refresh()
	}
	r.refresh()
	return r
}

// thirds lays children beside each other in equal widths, as high as the highest of them.
type thirds struct{}

func (thirds) width(n int, all float32) float32 {
	return max(0, (all-compareGap*float32(n-1))/float32(n))
}

// Layout implements fyne.Layout.
func (t *thirds) Layout(children []fyne.CanvasObject, size fyne.Size) {
	width := t.width(len(children), size.Width)
	for i, o := range children {
		o.Move(fyne.NewPos(float32(i)*(width+compareGap), 0))
		o.Resize(fyne.NewSize(width, o.MinSize().Height)) // a wrapping child first learns its width …
	}
	high := t.MinSize(children).Height // … and then knows its height
	for _, o := range children {
		o.Resize(fyne.NewSize(width, high))
	}
}

// MinSize implements fyne.Layout.
func (*thirds) MinSize(children []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range children {
		least := o.MinSize()
		size = fyne.NewSize(size.Width+least.Width+compareGap, max(size.Height, least.Height))
	}
	return size
}

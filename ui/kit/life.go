package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"baqylau/ui/look"
)

// Step is a stage in the life of a notification. Done and present steps have a note: when and by whom.
type Step struct {
	Text   string
	Note   string
	Status look.Status
	State  StepState
}

// StepState says where a step lies.
type StepState int

// The states of a step.
const (
	Ahead StepState = iota
	Present
	Done
)

// NewStepper shows a life from top to bottom, with the branch that it took.
func NewStepper(steps []Step) fyne.CanvasObject {
	rows := newStack(0)
	for i, step := range steps {
		sign := &stepSign{step: step, first: i == 0, last: i == len(steps)-1, lit: step.State != Ahead}
		sign.ExtendBaseWidget(sign)
		text := newWords(step.Text, look.Body, inkText)
		switch step.State {
		case Ahead:
			text.ink = inkMuted
		case Present:
			text.bold = true
		}
		body := newStack(2, text)
		if step.Note != "" {
			note := NewMuted(step.Note)
			body.Add(container.New(&pull{left: -8, up: -8}, note))
		}
		rows.Add(container.NewBorder(nil, nil, sign, nil, padded(4, 8, body)))
	}
	return rows
}

// pull takes away the padding that a label has around itself.
type pull struct{ left, up float32 }

// Layout implements fyne.Layout.
func (l *pull) Layout(children []fyne.CanvasObject, size fyne.Size) {
	for _, o := range children {
		o.Move(fyne.NewPos(l.left, l.up))
		o.Resize(size.SubtractWidthHeight(2*l.left, 2*l.up))
	}
}

// MinSize implements fyne.Layout.
func (l *pull) MinSize(children []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range children {
		size = size.Max(o.MinSize())
	}
	return size.AddWidthHeight(2*l.left, 2*l.up)
}

// stepSign is the disc of a step with the line to its neighbours.
type stepSign struct {
	widget.BaseWidget
	step             Step
	first, last, lit bool
}

// CreateRenderer implements fyne.Widget.
func (s *stepSign) CreateRenderer() fyne.WidgetRenderer {
	above, below, disc, icon := canvas.NewRectangle(nil), canvas.NewRectangle(nil), canvas.NewCircle(nil), newIcon()
	above.Hidden, below.Hidden = s.first, s.last
	r := &rendering{objects: []fyne.CanvasObject{above, below, disc, icon}}
	r.min = func() fyne.Size { return fyne.NewSize(look.Scaled(32), look.Scaled(32)) }
	r.layout = func(size fyne.Size) {
		side, top := look.Scaled(24), look.Scaled(5)
		x := (size.Width - side) / 2
		above.Move(fyne.NewPos(size.Width/2-1, 0))
		above.Resize(fyne.NewSize(2, top))
		below.Move(fyne.NewPos(size.Width/2-1, top+side))
		below.Resize(fyne.NewSize(2, max(0, size.Height-top-side)))
		disc.Move(fyne.NewPos(x, top))
		disc.Resize(fyne.NewSquareSize(side))
		inner := look.Scaled(14)
		icon.Move(fyne.NewPos(x+(side-inner)/2, top+(side-inner)/2))
		icon.Resize(fyne.NewSquareSize(inner))
	}
	r.refresh = func() {
		p := look.Now()
		status := s.step.Status
		status.Filled = s.step.State == Present
		ink, ground := chipColours(p, status)
		line := p.Line
		if s.step.State == Ahead {
			ink, ground = p.Muted, p.Background
		}
		if s.lit {
			line = p.Muted
		}
		above.FillColor, below.FillColor = line, line
		if s.step.State == Present {
			below.FillColor = p.Line
		}
		disc.FillColor, disc.StrokeColor, disc.StrokeWidth = ground, ink, 1
		setIcon(icon, status.Icon, ink)
		for _, o := range r.objects {
			o.Refresh()
		}
	}
	r.refresh()
	return r
}

// Remark is one turn of an agreement: who did what, when, and why.
type Remark struct {
	Who, What, When string
	Text            string
	Status          look.Status
}

// NewTrail shows an agreement as a conversation, oldest first.
func NewTrail(remarks []Remark) fyne.CanvasObject {
	rows := newStack(8)
	for _, remark := range remarks {
		who := newWords(remark.Who, look.Body, inkText)
		who.bold = true
		when := newWords(remark.When, look.Caption, inkMuted)
		// Names are long in Kazakh: what was done stands on a line of its own.
		body := newStack(4, newFlow(8, who, when), newFlow(0, NewChip(remark.What, remark.Status)))
		if remark.Text != "" {
			body.Add(container.New(&pull{left: -8, up: -6}, NewParagraph(remark.Text)))
		}
		edge := newWide(3, 0, newEdge(remark.Status.Tone))
		rows.Add(container.NewBorder(nil, nil, edge, nil, padded(8, 4, body)))
	}
	return rows
}

func newEdge(tone look.Tone) *ground {
	g := &ground{kind: groundEdge, tone: tone}
	g.ExtendBaseWidget(g)
	return g
}

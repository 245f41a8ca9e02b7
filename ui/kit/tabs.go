package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"baqylau/ui/look"
)

// Tab is a direction of control: its name, and a note such as "18.03 ашылады".
type Tab struct {
	Text  string
	Note  string
	State TabState
}

// TabState says whether a direction may be worked on.
type TabState int

// The states of a tab; NotApplicable can't be chosen.
const (
	NotApplicable TabState = iota
	Later
	Open
	Past
)

func (s TabState) icon() look.Icon {
	return [...]look.Icon{look.IconDash, look.IconRing, look.IconDot, look.IconCheck}[s]
}

// DirectionTabs chooses a direction: ← → move, as does a click.
type DirectionTabs struct {
	control
	tabs     []Tab
	chosen   int
	OnChosen func(index int)
}

var _ fyne.Focusable = (*DirectionTabs)(nil)

// NewDirectionTabs makes tabs with one chosen.
func NewDirectionTabs(tabs []Tab, chosen int, onChosen func(index int)) *DirectionTabs {
	t := &DirectionTabs{tabs: tabs, chosen: chosen, OnChosen: onChosen}
	t.extend(t)
	return t
}

// Chosen is the index of the chosen tab.
func (t *DirectionTabs) Chosen() int { return t.chosen }

// Choose chooses a tab and calls back when it is another one.
func (t *DirectionTabs) Choose(index int) {
	if index < 0 || index >= len(t.tabs) || index == t.chosen || t.tabs[index].State == NotApplicable {
		return
	}
	t.chosen = index
	t.Refresh()
	if t.OnChosen != nil {
		t.OnChosen(index)
	}
}

// TypedKey implements fyne.Focusable.
func (t *DirectionTabs) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeyLeft:
		t.step(-1)
	case fyne.KeyRight:
		t.step(1)
	default:
		passKey(t, key)
	}
}

// step goes to the next tab that can be chosen.
func (t *DirectionTabs) step(by int) {
	for i := t.chosen + by; i >= 0 && i < len(t.tabs); i += by {
		if t.tabs[i].State != NotApplicable {
			t.Choose(i)
			return
		}
	}
}

// Tapped implements fyne.Tappable.
func (t *DirectionTabs) Tapped(e *fyne.PointEvent) {
	focusOn(t)
	x := float32(0)
	for i, width := range t.widths() {
		if e.Position.X >= x && e.Position.X < x+width {
			t.Choose(i)
		}
		x += width
	}
}

const (
	tabPad float32 = 14
	tabGap float32 = 6
)

func (t *DirectionTabs) widths() []float32 {
	widths := make([]float32, len(t.tabs))
	for i, tab := range t.tabs {
		widths[i] = 2*tabPad + look.Scaled(14) + tabGap + wordWidth(tab.Text, look.Body)
		if tab.Note != "" {
			widths[i] += tabGap + wordWidth(tab.Note, look.Caption)
		}
	}
	return widths
}

func wordWidth(text string, size float32) float32 {
	return fyne.MeasureText(text, look.Scaled(size), fyne.TextStyle{}).Width
}

// CreateRenderer implements fyne.Widget.
func (t *DirectionTabs) CreateRenderer() fyne.WidgetRenderer {
	line, mark, ring := canvas.NewRectangle(nil), canvas.NewRectangle(nil), newRing()
	objects := []fyne.CanvasObject{line, mark}
	var icons []*canvas.Image
	var texts, notes []*canvas.Text
	for range t.tabs {
		icons, texts, notes = append(icons, newIcon()), append(texts, canvas.NewText("", nil)), append(notes, canvas.NewText("", nil))
	}
	for i := range t.tabs {
		objects = append(objects, icons[i], texts[i], notes[i])
	}
	r := &rendering{objects: append(objects, ring)}
	r.min = func() fyne.Size {
		size := fyne.NewSize(0, look.Scaled(look.Control))
		for _, width := range t.widths() {
			size.Width += width
		}
		return size
	}
	r.layout = func(size fyne.Size) {
		line.Move(fyne.NewPos(0, size.Height-1))
		line.Resize(fyne.NewSize(size.Width, 1))
		layRing(ring, fyne.NewSize(min(size.Width, r.min().Width), size.Height))
		x := float32(0)
		for i, width := range t.widths() {
			if i == t.chosen {
				mark.Move(fyne.NewPos(x, size.Height-3))
				mark.Resize(fyne.NewSize(width, 3))
			}
			side := look.Scaled(14)
			icons[i].Move(fyne.NewPos(x+tabPad, (size.Height-side)/2))
			icons[i].Resize(fyne.NewSquareSize(side))
			texts[i].Move(fyne.NewPos(x+tabPad+side+tabGap, 0))
			texts[i].Resize(fyne.NewSize(wordWidth(t.tabs[i].Text, look.Body), size.Height))
			notes[i].Move(fyne.NewPos(x+tabPad+side+2*tabGap+wordWidth(t.tabs[i].Text, look.Body), 0))
			notes[i].Resize(fyne.NewSize(wordWidth(t.tabs[i].Note, look.Caption), size.Height))
			x += width
		}
	}
	r.refresh = func() {
		p := look.Now()
		line.FillColor, mark.FillColor = p.Line, p.Primary
		for i, tab := range t.tabs {
			ink := p.Text
			if tab.State == NotApplicable || tab.State == Later {
				ink = p.Muted
			}
			sign := ink
			if tab.State == Open {
				sign = p.Shade(look.Success).Ink
			}
			setIcon(icons[i], tab.State.icon(), sign)
			texts[i].Text, texts[i].TextSize, texts[i].Color = tab.Text, look.Scaled(look.Body), ink
			notes[i].Text, notes[i].TextSize, notes[i].Color = tab.Note, look.Scaled(look.Caption), p.Muted
			texts[i].Refresh()
			notes[i].Refresh()
		}
		showRing(ring, t.focused)
		r.layout(t.Size())
		line.Refresh()
		mark.Refresh()
	}
	r.refresh()
	return r
}

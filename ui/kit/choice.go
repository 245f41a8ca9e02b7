package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// ChoiceField shows what is chosen of a list whose entries may be off, each with its reason: Space, Enter,
// an arrow or a click opens the list as a menu.
type ChoiceField struct {
	widget.Select
	Choices func() []Choice
}

// NewChoiceField makes a field whose entries are asked for each time it opens. The placeholder stands where
// nothing is chosen.
func NewChoiceField(placeholder string, choices func() []Choice) *ChoiceField {
	f := &ChoiceField{Choices: choices}
	f.PlaceHolder = placeholder
	f.ExtendBaseWidget(f)
	return f
}

// Say shows what is chosen.
func (f *ChoiceField) Say(text string) {
	f.Selected = text
	f.Refresh()
}

// Tapped implements fyne.Tappable.
func (f *ChoiceField) Tapped(*fyne.PointEvent) {
	if !f.Disabled() {
		focusOn(f)
		showMenu(f, f.Choices(), fyne.NewPos(0, f.Size().Height))
	}
}

// TypedKey implements fyne.Focusable.
func (f *ChoiceField) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter, fyne.KeyDown, fyne.KeyUp:
		f.Tapped(nil)
	default:
		passKey(f, key)
	}
}

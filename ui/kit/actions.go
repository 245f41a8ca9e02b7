package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"baqylau/assets"
	"baqylau/ui/look"
)

// Action is something that a person may do here. With a Reason it is off and the reason is shown.
type Action struct {
	Text        string
	Icon        look.Icon
	Reason      string
	Destructive bool
	OnTapped    func()
}

// ActionBarSpec says what a page offers: the one main action, the next to it, and what else there is with its reasons.
type ActionBarSpec struct {
	Lang      assets.Lang
	Note      string // at the left while nothing is off: "3 unsaved marks"
	Primary   *Action
	Secondary []Action
	More      []Action
}

// ActionBar is the row of actions at the foot of a page: the primary one at the lower right, «Ещё» left of the others,
// the reason of the first action that is off beside them.
type ActionBar struct {
	widget.BaseWidget
	content *fyne.Container
}

// NewActionBar makes a row of actions.
func NewActionBar(spec ActionBarSpec) *ActionBar {
	b := &ActionBar{content: container.NewStack()}
	b.Set(spec)
	b.ExtendBaseWidget(b)
	return b
}

// Set replaces the actions. What had the focus loses it when its button is gone.
func (b *ActionBar) Set(spec ActionBarSpec) {
	buttons := container.NewHBox()
	if len(spec.More) > 0 {
		buttons.Add(NewMenuButton(spec.Lang.T("ui.more"), look.IconMore, Quiet, func() []Choice { return choicesOf(spec.More) }))
	}
	for _, action := range spec.Secondary {
		buttons.Add(newActionButton(action, Secondary))
	}
	if spec.Primary != nil {
		buttons.Add(newActionButton(*spec.Primary, Primary))
	}
	var note fyne.CanvasObject = layout.NewSpacer()
	if text, off := spec.note(); text != "" {
		label := NewMuted(text)
		label.Alignment = fyne.TextAlignTrailing
		note = inMiddle(label)
		if off {
			label.Alignment = fyne.TextAlignLeading
			sign := padded(4, 0, container.NewCenter(newPicture(look.IconInfo, 16, inkMuted)))
			note = container.NewBorder(nil, nil, sign, nil, inMiddle(label))
		}
	}
	b.content.Objects = []fyne.CanvasObject{container.NewBorder(nil, nil, nil, container.NewCenter(buttons), note)}
	b.content.Refresh()
}

// note gives the reason of the first action that is off, else the page's note.
func (spec ActionBarSpec) note() (string, bool) {
	if spec.Primary != nil && spec.Primary.Reason != "" {
		return spec.Primary.sentence(spec.Lang), true
	}
	for _, action := range spec.Secondary {
		if action.Reason != "" {
			return action.sentence(spec.Lang), true
		}
	}
	return spec.Note, false
}

// sentence names the action with its reason: «Завершить…»: 84492165-ОК1 не проверен.
func (a Action) sentence(l assets.Lang) string {
	return l.T("ui.action.off", "action", a.Text, "reason", a.Reason)
}

func newActionButton(action Action, weight Weight) *Button {
	if action.Destructive {
		weight = Destructive
	}
	button := NewButton(action.Text, action.Icon, weight, action.OnTapped)
	if action.Reason != "" {
		button.Disable()
	}
	return button
}

func choicesOf(actions []Action) []Choice {
	choices := make([]Choice, len(actions))
	for i, action := range actions {
		choices[i] = Choice{Text: action.Text, Reason: action.Reason, Icon: action.Icon, OnTapped: action.OnTapped}
	}
	return choices
}

// CreateRenderer implements fyne.Widget.
func (b *ActionBar) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(b.content) }

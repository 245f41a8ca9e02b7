package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
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
	var note fyne.CanvasObject = container.NewWithoutLayout()
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
	b.content.Objects = []fyne.CanvasObject{container.New(&footLayout{said: note.MinSize().Width > 0}, note, buttons)}
	b.content.Refresh()
}

// footLayout places a note left of the buttons, or above them where it would be squeezed.
type footLayout struct {
	said  bool    // there is a note
	width float32 // of the last layout: what wraps knows its height by it
}

const (
	footGap   float32 = 8
	footLeast float32 = 200 // that a note takes beside the buttons, at the ordinary text size
)

func (f *footLayout) above(buttons fyne.CanvasObject) bool {
	return f.said && f.width > 0 && f.width-buttons.MinSize().Width-footGap < look.Scaled(footLeast)
}

// Layout implements fyne.Layout.
func (f *footLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	note, buttons := o[0], o[1]
	f.width = size.Width
	least := buttons.MinSize()
	buttons.Resize(fyne.NewSize(min(least.Width, size.Width), least.Height))
	if f.above(buttons) {
		note.Move(fyne.Position{})
		note.Resize(fyne.NewSize(size.Width, note.MinSize().Height)) // it first learns its width …
		note.Resize(fyne.NewSize(size.Width, note.MinSize().Height)) // … and then knows its height
		buttons.Move(fyne.NewPos(max(0, size.Width-least.Width), size.Height-least.Height))
		return
	}
	note.Move(fyne.Position{})
	note.Resize(fyne.NewSize(max(0, size.Width-least.Width-footGap), size.Height))
	buttons.Move(fyne.NewPos(max(0, size.Width-least.Width), (size.Height-least.Height)/2))
}

// MinSize implements fyne.Layout: as high as the last width demands.
func (f *footLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	note, least := o[0].MinSize(), o[1].MinSize()
	switch {
	case f.above(o[1]):
		return fyne.NewSize(max(note.Width, least.Width), note.Height+least.Height)
	case f.said:
		return fyne.NewSize(note.Width+least.Width+footGap, max(note.Height, least.Height))
	default:
		return least
	}
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

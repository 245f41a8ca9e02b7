package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"baqylau/ui/look"
)

// Choice is an entry of a menu. With a Reason it is off, and the reason stands beside it; a Fact is only
// read; Separator draws a line before it.
type Choice struct {
	Text      string
	Reason    string
	Icon      look.Icon
	Checked   bool
	Fact      bool
	Separator bool
	Children  []Choice // opens beside it
	OnTapped  func()
}

// MenuButton is a button that opens a menu below itself: Space or Enter opens, the arrows choose, Escape closes.
type MenuButton struct {
	Button
	choices func() []Choice
}

// NewMenuButton makes a button whose entries are asked for each time it opens.
func NewMenuButton(text string, icon look.Icon, weight Weight, choices func() []Choice) *MenuButton {
	b := &MenuButton{choices: choices}
	b.Text, b.Icon, b.Weight = text, icon, weight
	if text != "" {
		b.trailing = look.IconDown
	}
	b.extend(b)
	b.OnTapped = b.Open
	return b
}

// Open shows the menu.
func (b *MenuButton) Open() {
	showMenu(b, b.choices(), fyne.NewPos(0, b.Size().Height))
}

// showMenu opens a menu at a place relative to a widget; with nothing to choose from nothing happens.
func showMenu(at fyne.CanvasObject, choices []Choice, relative fyne.Position) {
	c := canvasOf(at)
	if c == nil || len(choices) == 0 {
		return
	}
	pos := fyne.CurrentApp().Driver().AbsolutePositionForObject(at).Add(relative)
	widget.ShowPopUpMenuAtPosition(newMenu(choices), c, pos)
}

func newMenu(choices []Choice) *fyne.Menu {
	items := make([]*fyne.MenuItem, 0, len(choices))
	for i, choice := range choices {
		if choice.Separator && i > 0 {
			items = append(items, fyne.NewMenuItemSeparator())
		}
		items = append(items, choice.item())
	}
	return fyne.NewMenu("", items...)
}

func (c Choice) item() *fyne.MenuItem {
	text := c.Text
	if c.Reason != "" {
		text += " — " + c.Reason
	}
	item := fyne.NewMenuItem(text, c.OnTapped)
	item.Disabled = c.Reason != "" || c.Fact
	item.Checked = c.Checked
	if len(c.Children) > 0 {
		item.Action, item.ChildMenu = nil, newMenu(c.Children)
	}
	if c.Icon != "" {
		item.Icon = c.Icon.Themed()
	}
	return item
}

package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"baqylau/assets"
	"baqylau/ui/look"
)

// The bars around a journal's table: filters above it, bulk actions below it, and what stands in place of rows.

func (j *Journal) showFilters() {
	l := j.spec.Lang
	j.filters.Objects = nil
	if j.search != nil {
		j.filters.Add(newWide(look.Scaled(220), 0, j.search))
	}
	for _, filter := range j.active {
		chip := NewButton(filter.Text, "", Secondary, func() {
			if j.spec.OnClearFilter != nil {
				j.spec.OnClearFilter(filter.Key)
			}
		})
		chip.trailing, chip.compact = look.IconClose, true
		chip.Hint = l.T("ui.journal.clear_filter", "filter", filter.Text)
		j.filters.Add(chip)
	}
	if len(j.spec.Filters) > 0 && j.spec.OnFilter != nil {
		add := NewMenuButton(l.T("ui.journal.add_filter"), look.IconPlus, Quiet, j.filterChoices)
		add.compact, add.trailing = true, ""
		j.filters.Add(add)
	}
	if j.spec.Saved != nil {
		saved := NewMenuButton(l.T("ui.journal.saved"), "", Quiet, j.spec.Saved)
		saved.compact = true
		j.filters.Add(saved)
	}
	j.filters.Refresh()
	if j.content != nil {
		j.content.Refresh()
	}
}

func (j *Journal) filterChoices() []Choice {
	choices := make([]Choice, 0, len(j.spec.Filters))
	for _, filter := range j.spec.Filters {
		choice := Choice{Text: filter.Title, OnTapped: func() { j.spec.OnFilter(filter.Key, "") }}
		for _, option := range filter.Options {
			choice.Children = append(choice.Children, Choice{
				Text:     option.Text,
				OnTapped: func() { j.spec.OnFilter(filter.Key, option.Value) },
			})
		}
		choices = append(choices, choice)
	}
	return choices
}

func (j *Journal) showBulk() {
	l := j.spec.Lang
	ids := j.Selected()
	row := container.NewHBox()
	if len(ids) == 0 || len(j.spec.Bulk) == 0 {
		row.Add(newWords(l.T(j.hint()), look.Caption, inkMuted))
		j.bulk.Objects = []fyne.CanvasObject{newWide(0, look.Scaled(look.Control), container.NewHBox(container.NewCenter(row)))}
		j.bulk.Refresh()
		return
	}
	text := newWords(l.N("ui.journal.selected", len(ids)), look.Body, inkText)
	row.Add(container.NewCenter(text))
	var why string
	for _, action := range j.spec.Bulk {
		button := NewButton(action.Text, action.Icon, Secondary, func() { action.OnTapped(j.Selected()) })
		if action.Destructive {
			button.Weight = Destructive
		}
		if action.Reason != nil {
			if reason := action.Reason(ids); reason != "" {
				button.Disable()
				if why == "" {
					why = Action{Text: action.Text, Reason: reason}.sentence(l)
				}
			}
		}
		row.Add(button)
	}
	row.Add(NewButton(l.T("ui.journal.drop_selection"), "", Quiet, j.ClearSelection))
	j.bulk.Objects = []fyne.CanvasObject{container.NewBorder(nil, nil, row, nil, inMiddle(NewMuted(why)))}
	j.bulk.Refresh()
}

// hint says what the keys of the table do, as far as this journal does it.
func (j *Journal) hint() string {
	if len(j.spec.Bulk) > 0 {
		return "ui.journal.hint_select"
	}
	return "ui.journal.hint"
}

// newNotice says in the middle of an empty place why it is empty, and what to do.
func newNotice(icon look.Icon, sentence string, action *Action) fyne.CanvasObject {
	text := NewParagraph(sentence)
	text.Alignment = fyne.TextAlignCenter
	box := container.NewVBox(container.NewCenter(newPicture(icon, 36, inkMuted)), newWide(look.Scaled(360), 0, text))
	if action != nil {
		box.Add(container.NewCenter(NewButton(action.Text, action.Icon, Secondary, action.OnTapped)))
	}
	return container.NewCenter(box)
}

// newBanner is a line above a page that says something lasting.
func newBanner(tone look.Tone, icon look.Icon, sentence string, action *Action) fyne.CanvasObject {
	text := inMiddle(NewParagraph(sentence))
	var button fyne.CanvasObject
	if action != nil {
		button = NewButton(action.Text, action.Icon, Quiet, action.OnTapped)
	}
	sign := padded(8, 0, container.NewCenter(newPicture(icon, iconUnits, inkOf(tone))))
	if button != nil {
		button = container.NewCenter(button)
	}
	return container.NewStack(newTint(tone), container.NewBorder(nil, nil, sign, button, text))
}

// NewNotice says in the middle of an empty page why it is empty, and offers the next useful step (action may be nil).
func NewNotice(icon look.Icon, sentence string, action *Action) fyne.CanvasObject {
	return newNotice(icon, sentence, action)
}

// NewBanner is a line on a tint that says something lasting (action may be nil).
func NewBanner(tone look.Tone, icon look.Icon, sentence string, action *Action) fyne.CanvasObject {
	return newBanner(tone, icon, sentence, action)
}

// count is a number as it is shown beside a word; nothing for 0.
func count(n int) string {
	if n == 0 {
		return ""
	}
	return assets.Number(int64(n))
}

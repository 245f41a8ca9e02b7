package kit

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"baqylau/assets"
	"baqylau/ui/look"
)

// BilingualEditor holds a text in Kazakh and in Russian side by side. A missing one is marked calmly: bilingual entry
// is never forced. Tab goes from one field to the other and on.
type BilingualEditor struct {
	widget.BaseWidget
	OnChanged func(kk, ru string)

	lang    assets.Lang
	kk, ru  *Field
	notes   map[*Field]*words
	content fyne.CanvasObject
}

// NewBilingualEditor makes an editor with a title over both fields and rows of text in view.
func NewBilingualEditor(l assets.Lang, title string, rows int, kk, ru string) *BilingualEditor {
	e := &BilingualEditor{lang: l, notes: map[*Field]*words{}}
	e.kk, e.ru = NewTextArea("", rows), NewTextArea("", rows)
	e.kk.SetText(kk)
	e.ru.SetText(ru)
	for _, field := range []*Field{e.kk, e.ru} {
		e.notes[field] = newWords("", look.Caption, inkMuted)
		field.OnChanged = func(string) { e.changed() }
	}
	sides := container.NewGridWithColumns(2, e.side(assets.KK, e.kk), e.side(assets.RU, e.ru))
	e.content = sides
	if title != "" {
		e.content = container.NewBorder(NewSubheading(title), nil, nil, nil, sides)
	}
	e.mark()
	e.ExtendBaseWidget(e)
	return e
}

func (e *BilingualEditor) side(l assets.Lang, field *Field) fyne.CanvasObject {
	name := newWords(e.lang.T("language."+string(l)), 13, inkText)
	return container.NewBorder(container.NewBorder(nil, nil, name, e.notes[field]), nil, nil, nil, field)
}

// CreateRenderer implements fyne.Widget.
func (e *BilingualEditor) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(e.content)
}

// Texts gives both texts as they stand.
func (e *BilingualEditor) Texts() (kk, ru string) { return e.kk.Text, e.ru.Text }

// SetTexts shows other texts without calling OnChanged; the cursor stays where it is as far as there is text.
func (e *BilingualEditor) SetTexts(kk, ru string) {
	for field, text := range map[*Field]string{e.kk: kk, e.ru: ru} {
		if field.Text == text {
			continue
		}
		changed := field.OnChanged
		field.OnChanged = nil
		field.SetText(text)
		field.OnChanged = changed
	}
	e.mark()
}

// SetUndo has Ctrl+Z and Ctrl+Y in either field call these in place of what the field itself would take back.
func (e *BilingualEditor) SetUndo(undo, redo func()) {
	for _, field := range []*Field{e.kk, e.ru} {
		field.OnUndo, field.OnRedo = undo, redo
	}
}

// Focus gives the keyboard to the field of a language.
func (e *BilingualEditor) Focus(l assets.Lang) {
	if l == assets.RU {
		focusOn(e.ru)
		return
	}
	focusOn(e.kk)
}

// SetReadOnly locks both fields, or opens them.
func (e *BilingualEditor) SetReadOnly(locked bool) {
	for _, field := range []*Field{e.kk, e.ru} {
		if locked {
			field.Disable()
		} else {
			field.Enable()
		}
	}
}

func (e *BilingualEditor) changed() {
	e.mark()
	if e.OnChanged != nil {
		e.OnChanged(e.kk.Text, e.ru.Text)
	}
}

// mark notes an empty field when the other one has text, and both when neither has.
func (e *BilingualEditor) mark() {
	for field, note := range e.notes {
		text := ""
		if strings.TrimSpace(field.Text) == "" {
			text = e.lang.T("ui.bilingual.missing")
		}
		note.set(text)
	}
	if e.content != nil {
		e.content.Refresh()
	}
}

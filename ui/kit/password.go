package kit

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"baqylau/assets"
	"baqylau/ui/look"
)

// PasswordField takes a password: an eye shows it while asked to, and a line below says which keyboard layout the
// letters come from and whether Caps Lock seems on. Fyne tells neither, so both are judged by what is typed.
//
// The text can't be copied out nor brought back by undo. Clear forgets it as far as a program can: the strings that
// Fyne made while it was typed stay in memory until they are collected.
type PasswordField struct {
	widget.BaseWidget
	OnChanged   func()
	OnSubmitted func()

	lang    assets.Lang
	entry   *secretEntry
	eye     *Button
	hint    *words
	content fyne.CanvasObject
}

// NewPasswordField makes an empty field.
func NewPasswordField(l assets.Lang, placeholder string) *PasswordField {
	f := &PasswordField{lang: l, hint: newWords("", look.Caption, inkMuted)}
	f.entry = &secretEntry{field: f}
	f.entry.Password = true
	f.entry.prepare(f.entry, placeholder)
	f.entry.OnChanged = func(string) {
		if f.OnChanged != nil {
			f.OnChanged()
		}
	}
	f.entry.OnSubmitted = func(string) {
		if f.OnSubmitted != nil {
			f.OnSubmitted()
			return
		}
		passKey(f.entry, &fyne.KeyEvent{Name: fyne.KeyReturn})
	}
	f.eye = NewIconButton(look.IconEye, l.T("ui.password.show"), f.toggle)
	f.entry.ActionItem = newWide(0, 0, container.NewCenter()) // keeps Fyne from adding its own eye
	f.content = newStack(2, container.NewBorder(nil, nil, nil, f.eye, f.entry), newWide(0, look.Scaled(18), f.hint))
	f.ExtendBaseWidget(f)
	return f
}

// CreateRenderer implements fyne.Widget.
func (f *PasswordField) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(f.content)
}

// Empty tells whether nothing is typed.
func (f *PasswordField) Empty() bool { return f.entry.Text == "" }

// Take gives what is typed and forgets it; the caller clears the bytes when it is done.
func (f *PasswordField) Take() []byte {
	secret := []byte(f.entry.Text)
	f.Clear()
	return secret
}

// Clear forgets what is typed and hides again.
func (f *PasswordField) Clear() {
	changed := f.entry.OnChanged
	f.entry.OnChanged = nil
	f.entry.SetText("")
	f.entry.OnChanged = changed
	f.hint.set("")
	f.show(false)
}

// Focusable is the part that takes the keyboard, for DialogSpec.Focus.
func (f *PasswordField) Focusable() fyne.Focusable { return f.entry }

// Focus gives the keyboard to the field.
func (f *PasswordField) Focus() { focusOn(f.entry) }

func (f *PasswordField) toggle() {
	f.show(f.entry.Password)
	f.Focus()
}

func (f *PasswordField) show(open bool) {
	f.entry.Password = !open
	f.eye.Icon, f.eye.Hint = look.IconEye, f.lang.T("ui.password.show")
	if open {
		f.eye.Icon, f.eye.Hint = look.IconEyeOff, f.lang.T("ui.password.hide")
	}
	f.entry.Refresh()
	f.eye.Refresh()
}

// typed judges layout and Caps Lock by one letter; digits and signs say nothing.
func (f *PasswordField) typed(r rune, shift bool) {
	if !unicode.IsLetter(r) {
		return
	}
	text := f.lang.T("ui.password.layout", "layout", f.lang.T("ui.layout."+layoutOf(r)))
	if unicode.IsUpper(r) != shift {
		text = f.lang.T("ui.password.caps") + " · " + text
	}
	f.hint.set(text)
}

// layoutOf names the layout that a letter comes from. Letters that Kazakh shares with Russian count as Russian, as
// they stand on both.
func layoutOf(r rune) string {
	switch {
	case strings.ContainsRune("әіңғүұқөһӘІҢҒҮҰҚӨҺ", r):
		return "kk"
	case unicode.Is(unicode.Cyrillic, r):
		return "ru"
	default:
		return "en"
	}
}

// secretEntry is an entry that gives its text to nobody but the field.
type secretEntry struct {
	Field
	field *PasswordField
	shift bool
}

// TypedRune implements fyne.Focusable.
func (e *secretEntry) TypedRune(r rune) {
	e.Entry.TypedRune(r)
	e.field.typed(r, e.shift)
}

// KeyDown implements desktop.Keyable.
func (e *secretEntry) KeyDown(key *fyne.KeyEvent) {
	if key.Name == desktop.KeyShiftLeft || key.Name == desktop.KeyShiftRight {
		e.shift = true
	}
	e.Entry.KeyDown(key)
}

// KeyUp implements desktop.Keyable.
func (e *secretEntry) KeyUp(key *fyne.KeyEvent) {
	if key.Name == desktop.KeyShiftLeft || key.Name == desktop.KeyShiftRight {
		e.shift = false
	}
	e.Entry.KeyUp(key)
}

// FocusLost implements fyne.Focusable.
func (e *secretEntry) FocusLost() {
	e.shift = false
	e.Field.FocusLost()
}

// TypedShortcut implements fyne.Shortcutable: nothing is copied out, nothing comes back by undo.
func (e *secretEntry) TypedShortcut(shortcut fyne.Shortcut) {
	switch shortcut.(type) {
	case *fyne.ShortcutCopy, *fyne.ShortcutCut, *fyne.ShortcutUndo, *fyne.ShortcutRedo:
	default:
		e.Field.TypedShortcut(shortcut)
	}
}

// TappedSecondary opens no menu: it would offer to bring text back.
func (e *secretEntry) TappedSecondary(*fyne.PointEvent) {}

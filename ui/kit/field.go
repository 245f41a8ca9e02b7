package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"baqylau/ui/look"
)

// Field is a text field with the kit's focus ring, whose Escape (and Enter, where it submits nothing) reach the window.
// In a field of several lines Tab leaves it.
type Field struct {
	widget.Entry
	OnEscape func() // before the window's own; nil passes Escape on
	OnUndo   func() // in place of the field's own; nil leaves that
	OnRedo   func()
	self     focusWidget // the outermost widget
	ring     *canvas.Rectangle
	focused  bool
}

// NewField makes a field of one line.
func NewField(placeholder string) *Field {
	f := &Field{}
	f.prepare(f, placeholder)
	return f
}

// NewTextArea makes a field of several lines that wraps at words and shows rows of them.
func NewTextArea(placeholder string, rows int) *Field {
	f := &Field{}
	f.MultiLine, f.Wrapping = true, fyne.TextWrapWord
	f.SetMinRowsVisible(rows)
	f.prepare(f, placeholder)
	return f
}

// NewSearchField makes a field of one line with a magnifying glass.
func NewSearchField(placeholder string) *Field {
	f := NewField(placeholder)
	f.Icon = look.IconSearch.Themed()
	return f
}

func (f *Field) prepare(self focusWidget, placeholder string) {
	f.self = self
	f.ring = newRing()
	f.PlaceHolder = placeholder
	f.ExtendBaseWidget(self)
}

// Resize implements fyne.CanvasObject; in too small a window there is less than nothing.
func (f *Field) Resize(size fyne.Size) { f.Entry.Resize(size.Max(fyne.Size{})) }

// FocusGained implements fyne.Focusable.
func (f *Field) FocusGained() {
	f.focused = true
	showRing(f.ring, true)
	f.Entry.FocusGained()
}

// FocusLost implements fyne.Focusable.
func (f *Field) FocusLost() {
	f.focused = false
	showRing(f.ring, false)
	f.Entry.FocusLost()
}

// AcceptsTab implements fyne.Tabbable: Tab always goes on to the next widget.
func (f *Field) AcceptsTab() bool { return false }

// TypedKey implements fyne.Focusable.
func (f *Field) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeyEscape:
		if f.OnEscape != nil {
			f.OnEscape()
			return
		}
		passKey(f.self, key)
	case fyne.KeyReturn, fyne.KeyEnter:
		if !f.MultiLine && f.OnSubmitted == nil {
			passKey(f.self, key)
			return
		}
		f.Entry.TypedKey(key)
	default:
		f.Entry.TypedKey(key)
	}
}

// TypedShortcut implements fyne.Shortcutable: what an entry doesn't edit with goes to the window.
func (f *Field) TypedShortcut(shortcut fyne.Shortcut) {
	if undo := f.undo(shortcut); undo != nil {
		undo()
		return
	}
	if editing(shortcut) {
		f.Entry.TypedShortcut(shortcut)
		return
	}
	passShortcut(f.self, shortcut)
}

// undo is what stands in place of the field's own undo or redo, if anything.
func (f *Field) undo(shortcut fyne.Shortcut) func() {
	switch shortcut.(type) {
	case *fyne.ShortcutUndo:
		return f.OnUndo
	case *fyne.ShortcutRedo:
		return f.OnRedo
	default:
		return nil
	}
}

// editing tells whether an entry has a use for a shortcut; moving by words (Ctrl+←) comes as a shortcut of its own.
func editing(shortcut fyne.Shortcut) bool {
	switch s := shortcut.(type) {
	case *fyne.ShortcutCut, *fyne.ShortcutCopy, *fyne.ShortcutPaste, *fyne.ShortcutSelectAll, *fyne.ShortcutUndo, *fyne.ShortcutRedo:
		return true
	case fyne.KeyboardShortcut:
		switch s.Key() {
		case fyne.KeyLeft, fyne.KeyRight, fyne.KeyBackspace, fyne.KeyDelete, fyne.KeyHome, fyne.KeyEnd:
			return s.Mod()&fyne.KeyModifierAlt == 0
		}
	}
	return false
}

// CreateRenderer implements fyne.Widget.
func (f *Field) CreateRenderer() fyne.WidgetRenderer {
	inner := f.Entry.CreateRenderer()
	showRing(f.ring, f.focused)
	return &ringed{inner, f.ring}
}

// ringed lays the focus ring over another renderer.
type ringed struct {
	fyne.WidgetRenderer
	ring *canvas.Rectangle
}

func (r *ringed) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	layRing(r.ring, size)
}

func (r *ringed) Objects() []fyne.CanvasObject {
	inner := r.WidgetRenderer.Objects()
	return append(inner[:len(inner):len(inner)], r.ring)
}

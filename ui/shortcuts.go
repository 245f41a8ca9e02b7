package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// saver is a page on which Ctrl+S does something.
type saver interface{ save() }

// searcher is a page with a search of its own.
type searcher interface{ startSearch() }

// shortcuts makes the main menu: every command of the window is an entry of it with a shortcut, for
// only those are heard while a field has the keyboard.
func (p *Program) shortcuts() {
	item := func(key string, shortcut fyne.Shortcut, do func()) *fyne.MenuItem {
		m := fyne.NewMenuItem(p.lang.T(key), func() {
			if p.desk != nil && !p.controller.Busy() {
				do()
			}
		})
		m.Shortcut = shortcut
		return m
	}
	ctrl := func(key fyne.KeyName) fyne.Shortcut {
		return &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}
	}
	alt := func(key fyne.KeyName) fyne.Shortcut {
		return &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierAlt}
	}
	p.window.SetMainMenu(fyne.NewMainMenu(fyne.NewMenu(p.lang.T("menu.page"),
		item("menu.save", ctrl(fyne.KeyS), func() {
			if s, ok := p.current.(saver); ok {
				s.save()
			}
		}),
		item("menu.search", ctrl(fyne.KeyK), func() { p.frame.FocusSearch() }),
		item("menu.find", ctrl(fyne.KeyF), func() {
			if s, ok := p.current.(searcher); ok {
				s.startSearch()
			}
		}),
		item("menu.back", alt(fyne.KeyLeft), p.goBack),
		item("menu.forward", alt(fyne.KeyRight), p.goForward),
		item("menu.rail", ctrl(fyne.KeyM), func() { p.frame.FocusRail() }),
		item("menu.refresh", ctrl(fyne.KeyR), func() { p.desk.Kick() }),
	)))
}

// key hears what nothing else had a use for.
func (p *Program) key(event *fyne.KeyEvent) {
	if p.desk != nil && event.Name == fyne.KeyF5 {
		p.desk.Kick()
	}
}

// userName is who sits here, and in whose place.
func (p *Program) userName() string {
	me := p.desk.Me()
	if !p.desk.Acting() {
		return me.Person.ShortName()
	}
	return p.lang.T("shell.acting", "name", me.Person.ShortName(), "absent", me.Acting.Absent.ShortName())
}

const (
	preferenceTheme = "theme"
	preferenceSize  = "text size"
)

// Theme is the look that the person chose.
func Theme(preferences fyne.Preferences) fyne.Theme {
	return look.New(look.Mode(preferences.StringWithFallback(preferenceTheme, string(look.Light))), preferences.IntWithFallback(preferenceSize, 100))
}

func (p *Program) themeChoices() []kit.Choice {
	var choices []kit.Choice
	for _, mode := range []look.Mode{look.System, look.Light, look.Dark} {
		choices = append(choices, kit.Choice{
			Text:     p.lang.T("shell.theme." + string(mode)),
			Checked:  p.fyne.Preferences().StringWithFallback(preferenceTheme, string(look.Light)) == string(mode),
			OnTapped: func() { p.fyne.Preferences().SetString(preferenceTheme, string(mode)); p.restyle() },
		})
	}
	return choices
}

func (p *Program) sizeChoices() []kit.Choice {
	var choices []kit.Choice
	for _, size := range look.TextSizes() {
		choices = append(choices, kit.Choice{
			Text:     p.lang.T("shell.percent", "n", size),
			Checked:  p.fyne.Preferences().IntWithFallback(preferenceSize, 100) == size,
			OnTapped: func() { p.fyne.Preferences().SetInt(preferenceSize, size); p.restyle() },
		})
	}
	return choices
}

func (p *Program) restyle() {
	p.fyne.Settings().SetTheme(Theme(p.fyne.Preferences()))
	if p.desk != nil {
		if k, ok := p.current.(keeper); ok {
			k.keep()
		}
		p.buildFrame()
		p.build()
	}
}

package ui

import (
	"context"
	"errors"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/widget"
	"github.com/ncruces/zenity"

	"baqylau/app"
	"baqylau/signing"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// keyPicker chooses one of the person's keys, wherever they are kept: what can't serve is off and says why. It
// outlives its widgets.
type keyPicker struct {
	p        *Program
	unusable func(app.Identity) string
	changed  func() // another is chosen, or more is known of it

	list    []app.Identity
	chosen  string // key of an entry; "" for none
	problem error  // of a store that could not be looked into

	field *kit.ChoiceField
	about *widget.Label
}

const preferenceKey = "key file"

// newKeyPicker shows the key files at once, and what else there is when it has been looked for.
func (p *Program) newKeyPicker(unusable func(app.Identity) string) *keyPicker {
	k := &keyPicker{p: p, unusable: unusable, list: p.keys.Files(), changed: func() {}}
	k.prefer(p.fyne.Preferences().String(preferenceKey))
	k.look()
	return k
}

// prefer chooses the entry if it can serve, else the first that can.
func (k *keyPicker) prefer(key string) {
	first := ""
	for _, i := range k.list {
		switch {
		case k.unusable(i) != "":
		case i.Key() == key:
			k.chosen = key
			return
		case first == "":
			first = i.Key()
		}
	}
	k.chosen = first
}

// look looks again into all stores; what is chosen stays so.
func (k *keyPicker) look() {
	p := k.p
	p.start(func() {
		list, err := p.keys.Identities(context.Background())
		p.post(func() {
			if err != nil {
				p.options.Log.Info("list keys", "cause", err)
			}
			k.list, k.problem = list, err
			if _, still := k.current(); !still {
				k.prefer(p.fyne.Preferences().String(preferenceKey))
			}
			k.show()
		})
	})
}

// current is the entry that is chosen.
func (k *keyPicker) current() (app.Identity, bool) {
	at := slices.IndexFunc(k.list, func(i app.Identity) bool { return i.Key() == k.chosen })
	if at < 0 {
		return app.Identity{}, false
	}
	return k.list[at], true
}

// choose takes an entry.
func (k *keyPicker) choose(key string) {
	k.chosen = key
	k.show()
}

// remember has the chosen entry offered first from now on.
func (k *keyPicker) remember() { k.p.fyne.Preferences().SetString(preferenceKey, k.chosen) }

// build makes the field, what it says of the chosen key, and the menu of where else keys may come from.
func (k *keyPicker) build() fyne.CanvasObject {
	t := k.p.lang.T
	k.field = kit.NewChoiceField(t("login.no_key"), k.choices)
	k.about = kit.NewMuted("")
	k.about.Wrapping = fyne.TextWrapWord
	more := kit.NewMenuButton(t("identity.more"), look.IconFolder, kit.Quiet, func() []kit.Choice {
		return []kit.Choice{
			{Text: t("login.other_file"), Icon: look.IconFolder, OnTapped: k.browse},
			{Text: t("identity.refresh"), Icon: look.IconRefresh, OnTapped: k.look},
			{Separator: true, Text: t("identity.driver"), Icon: look.IconSettings, OnTapped: k.askDriver},
		}
	})
	k.show()
	return kit.Stack(2, container.NewBorder(nil, nil, nil, more, k.field), k.about)
}

func (k *keyPicker) choices() []kit.Choice {
	choices := make([]kit.Choice, 0, len(k.list))
	for n, i := range k.list {
		icon := look.IconFile
		switch i.Store {
		case signing.StoreToken:
			icon = look.IconKey
		case signing.StoreNCALayer:
			icon = look.IconSeal
		}
		choices = append(choices, kit.Choice{
			Text: k.name(i), Reason: k.unusable(i), Icon: icon, Checked: i.Key() == k.chosen,
			Separator: n > 0 && i.Store != k.list[n-1].Store,
			OnTapped:  func() { k.choose(i.Key()) },
		})
	}
	return choices
}

// name is an entry in a line, with its folder where two files are named alike.
func (k *keyPicker) name(i app.Identity) string {
	alike := 0
	for _, other := range k.list {
		if other.Store == signing.StoreFile && other.Name == i.Name {
			alike++
		}
	}
	name := app.Listed(k.p.lang, i)
	if i.Store == signing.StoreFile && alike > 1 {
		name += " · " + i.Folder()
	}
	return name
}

// show says what is chosen, and why it can't serve after all.
func (k *keyPicker) show() {
	if k.field == nil {
		return
	}
	i, chosen := k.current()
	name, about := "", ""
	if chosen {
		name, about = k.name(i), app.Described(k.p.lang, i)
		if why := k.unusable(i); why != "" {
			about = why + " · " + about
		}
	}
	if k.problem != nil {
		if about != "" {
			about += "\n"
		}
		about += app.Sentence(k.p.lang, k.problem, "")
	}
	k.field.Say(name)
	k.about.SetText(about)
	k.changed()
}

// asked is what the chosen entry is opened with, in words.
func (k *keyPicker) asked() string {
	if i, _ := k.current(); i.Store == signing.StoreToken {
		return k.p.lang.T("identity.pin")
	}
	return k.p.lang.T("login.password")
}

// ready tells whether an entry is chosen that can serve.
func (k *keyPicker) ready() (app.Identity, bool) {
	i, chosen := k.current()
	return i, chosen && k.unusable(i) == ""
}

// browse takes a key file from anywhere, by the system's own dialog, or by ours where there is none.
func (k *keyPicker) browse() {
	t := k.p.lang.T
	k.p.start(func() {
		path, err := zenity.SelectFile(zenity.Title(t("login.other_file")),
			zenity.FileFilter{Name: t("login.key_files"), Patterns: keyPatterns("*"), CaseFold: true})
		k.p.post(func() {
			switch {
			case errors.Is(err, zenity.ErrCanceled):
			case err != nil:
				k.browseHere()
			default:
				k.take(path)
			}
		})
	})
}

// keyPatterns are the endings of key files, each after a prefix.
func keyPatterns(prefix string) []string { return []string{prefix + ".p12", prefix + ".pfx"} }

// browseHere is the dialog of the toolkit.
func (k *keyPicker) browseHere() {
	d := dialog.NewFileOpen(func(file fyne.URIReadCloser, err error) {
		if err != nil || file == nil {
			return
		}
		path := file.URI().Path()
		if err := file.Close(); err != nil {
			k.p.options.Log.Error("close a key file", "cause", err)
		}
		k.take(path)
	}, k.p.window)
	d.SetFilter(storage.NewExtensionFileFilter(keyPatterns("")))
	d.Show()
	d.Resize(fyne.NewSize(900, 600))
}

// take puts a key file into the list and chooses it.
func (k *keyPicker) take(path string) {
	k.p.keys.Take(path)
	others := slices.DeleteFunc(k.list, func(i app.Identity) bool { return i.Store == signing.StoreFile })
	k.list = append(k.p.keys.Files(), others...)
	k.choose(path)
}

const preferenceDriver = "token driver"

// askDriver asks for the path of the tokens' driver, and says what it finds.
func (k *keyPicker) askDriver() {
	p, t := k.p, k.p.lang.T
	path := kit.NewField("")
	path.SetText(p.keys.Module())
	save := &kit.Action{Text: t("identity.driver.save"), Icon: look.IconCheck}
	d := p.controller.Show(kit.DialogSpec{
		Title: t("identity.driver.title"), Width: 620, Over: true, EnterConfirms: true,
		Body:    kit.Stack(8, kit.NewParagraph(t("identity.driver.hint")), path),
		Primary: save,
	})
	save.OnTapped = func() {
		module := path.Text
		d.Close()
		p.fyne.Preferences().SetString(preferenceDriver, module)
		p.start(func() {
			if err := p.keys.SetModule(module); err != nil {
				p.options.Log.Error("leave the token driver", "cause", err)
			}
			p.post(k.look)
		})
	}
	d.SetActions(save)
}

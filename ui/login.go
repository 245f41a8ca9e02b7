package ui

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/widget"
	"github.com/ncruces/zenity"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/signing"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// login is the first screen: which key, and its password. It outlives its widgets: in another language
// it is built anew with the keys, the choice and the refusal that it has.
type login struct {
	p       *Program
	keys    []string
	chosen  int   // of the keys; -1 for none
	refusal error // why the last attempt failed
	busy    bool

	choose   *widget.Select
	password *kit.PasswordField
	enter    *kit.Button
	message  *fyne.Container
}

// showLogin shows the first screen.
func (p *Program) showLogin() {
	p.login = &login{p: p, keys: app.KeyFiles(p.place.KeyFolders...)}
	p.login.chosen = p.login.remembered()
	p.login.show()
}

// show builds the screen in the language of the program.
func (l *login) show() {
	l.p.window.SetContent(l.p.controller.Layer(l.build()))
	l.p.whenShown(l.password.Focus)
}

func (l *login) build() fyne.CanvasObject {
	t := l.p.lang.T
	l.choose = widget.NewSelect(l.names(), nil)
	l.choose.PlaceHolder = t("login.no_key")
	l.choose.SetSelectedIndex(l.chosen)
	l.choose.OnChanged = func(string) { l.update() }
	l.password = kit.NewPasswordField(l.p.lang, t("login.password"))
	l.password.OnChanged = l.update
	l.password.OnSubmitted = l.submit
	l.enter = kit.NewButton("", look.IconKey, kit.Primary, l.submit)
	l.message = container.NewStack()
	other := kit.NewButton(t("login.other_file"), look.IconFolder, kit.Quiet, l.browse)
	form := kit.Stack(12,
		kit.NewHeading(t("app.name")), kit.NewMuted(t("app.about")),
		kit.NewSubheading(t("login.key")), container.NewBorder(nil, nil, nil, other, l.choose),
		kit.NewSubheading(t("login.password")), l.password,
		l.message,
		container.NewBorder(nil, nil, l.languages(), container.NewCenter(l.enter)),
	)
	content := []fyne.CanvasObject{kit.NewPanel(kit.Inset(24, 24, form))}
	if l.p.place.DemoPassword != "" {
		content = append(content, kit.NewBanner(look.Danger, look.IconWarning, t("login.demo", "password", l.p.place.DemoPassword), nil))
	}
	l.update()
	return container.NewCenter(kit.Wide(520, 0, kit.Stack(16, content...)))
}

// names are the files' names, with their folder where two are named alike.
func (l *login) names() []string {
	names, times := make([]string, len(l.keys)), map[string]int{}
	for _, path := range l.keys {
		times[filepath.Base(path)]++
	}
	for i, path := range l.keys {
		names[i] = filepath.Base(path)
		if times[names[i]] > 1 {
			names[i] += " · " + filepath.Dir(path)
		}
	}
	return names
}

const preferenceKey = "key file"

// remembered is the key that was entered with last, else the first; -1 where there is none.
func (l *login) remembered() int {
	if len(l.keys) == 0 {
		return -1
	}
	last := l.p.fyne.Preferences().String(preferenceKey)
	for i, path := range l.keys {
		if path == last {
			return i
		}
	}
	return 0
}

func (l *login) languages() fyne.CanvasObject {
	row := container.NewHBox()
	for _, lang := range []assets.Lang{assets.KK, assets.RU} {
		weight := kit.Quiet
		if lang == l.p.lang {
			weight = kit.Secondary
		}
		row.Add(kit.NewButton(lang.T("language."+string(lang)), "", weight, func() { l.p.setLang(lang) }))
	}
	return row
}

// update shows what the last attempt came to and whether there may be another.
func (l *login) update() {
	l.chosen = l.choose.SelectedIndex()
	l.message.RemoveAll()
	if l.refusal != nil {
		l.message.Add(kit.NewBanner(look.Danger, look.IconWarning, app.Sentence(l.p.lang, l.refusal, ""), nil))
	}
	text := "login.enter"
	if l.busy {
		text = "login.entering"
	}
	l.enter.SetText(l.p.lang.T(text))
	if l.busy || l.chosen < 0 || l.password.Empty() {
		l.enter.Disable()
	} else {
		l.enter.Enable()
	}
}

// browse takes a key file from anywhere, by the system's own dialog, or by ours where there is none.
func (l *login) browse() {
	t := l.p.lang.T
	l.p.start(func() {
		path, err := zenity.SelectFile(zenity.Title(t("login.other_file")),
			zenity.FileFilter{Name: t("login.key_files"), Patterns: keyPatterns("*"), CaseFold: true})
		l.p.post(func() {
			switch {
			case l.p.login != l || errors.Is(err, zenity.ErrCanceled):
			case err != nil:
				l.browseHere()
			default:
				l.take(path)
			}
		})
	})
}

// keyPatterns are the endings of key files, each after a prefix.
func keyPatterns(prefix string) []string { return []string{prefix + ".p12", prefix + ".pfx"} }

// browseHere is the dialog of the toolkit.
func (l *login) browseHere() {
	d := dialog.NewFileOpen(func(file fyne.URIReadCloser, err error) {
		if err != nil || file == nil {
			return
		}
		path := file.URI().Path()
		if err := file.Close(); err != nil {
			l.p.options.Log.Error("close a key file", "cause", err)
		}
		l.take(path)
	}, l.p.window)
	d.SetFilter(storage.NewExtensionFileFilter(keyPatterns("")))
	d.Show()
	d.Resize(fyne.NewSize(900, 600))
}

// take puts a key file into the list and chooses it.
func (l *login) take(path string) {
	at := slices.Index(l.keys, path)
	if at < 0 {
		l.keys, at = append([]string{path}, l.keys...), 0
	}
	l.choose.SetOptions(l.names())
	l.choose.SetSelectedIndex(at)
	l.p.whenShown(l.password.Focus)
}

// submit opens the key and enters with it.
func (l *login) submit() {
	at := l.choose.SelectedIndex()
	if l.busy || at < 0 || l.password.Empty() {
		return
	}
	path, password := l.keys[at], l.password.Take()
	l.busy, l.refusal = true, nil
	l.update()
	p := l.p
	p.start(func() {
		p.leaving.Wait() // who comes back at once finds the store closed
		desk, err := p.enterWith(path, password)
		p.post(func() {
			if err != nil {
				p.options.Log.Info("login refused", "cause", err)
				l.refused(err)
				return
			}
			p.fyne.Preferences().SetString(preferenceKey, path)
			p.enter(desk)
		})
	})
}

// refused says why one can't enter; the key stays chosen.
func (l *login) refused(err error) {
	l.busy, l.refusal = false, err
	l.update()
	l.p.whenShown(l.password.Focus)
}

// enterWith logs in at the centre. The password is overwritten.
func (p *Program) enterWith(path string, password []byte) (*app.Desk, error) {
	secret := bytes.Clone(password)
	key, err := app.OpenKey(path, password)
	if err != nil {
		clear(secret)
		return nil, err
	}
	desk, err := p.enterWithKey(key, secret)
	if closed := key.Close(); closed != nil {
		p.options.Log.Error("close the key", "cause", closed)
	}
	return desk, err
}

func (p *Program) enterWithKey(key signing.Signatory, secret []byte) (*app.Desk, error) {
	ctx := context.Background()
	door, err := app.Knock(ctx, p.place.Address, p.options.Log)
	if err != nil {
		clear(secret)
		return nil, err
	}
	return door.Enter(ctx, key, secret, p.options.OpenStore)
}

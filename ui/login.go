package ui

import (
	"bytes"
	"context"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
	"github.com/ncruces/zenity"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/signing"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// login is the first screen: which key, and its password.
type login struct {
	p        *Program
	keys     []string
	choose   *widget.Select
	password *kit.PasswordField
	enter    *kit.Button
	message  *fyne.Container
	busy     bool
}

// showLogin shows the first screen, with a sentence about what went wrong before; empty for none.
func (p *Program) showLogin(wrong string) {
	l := &login{p: p, keys: app.KeyFiles(p.place.KeyFolders...)}
	p.window.SetContent(p.controller.Layer(l.build(wrong)))
	l.password.Focus()
}

func (l *login) build(wrong string) fyne.CanvasObject {
	t := l.p.lang.T
	l.choose = widget.NewSelect(l.names(), func(string) { l.update() })
	l.choose.PlaceHolder = t("login.no_key")
	if len(l.keys) > 0 {
		l.choose.SetSelectedIndex(l.remembered())
	}
	l.password = kit.NewPasswordField(l.p.lang, t("login.password"))
	l.password.OnChanged = l.update
	l.password.OnSubmitted = l.submit
	l.enter = kit.NewButton(t("login.enter"), look.IconKey, kit.Primary, l.submit)
	l.message = container.NewStack()
	l.say(wrong)
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

func (l *login) names() []string {
	names := make([]string, len(l.keys))
	for i, path := range l.keys {
		names[i] = filepath.Base(path)
	}
	return names
}

const preferenceKey = "key file"

// remembered is the key that was entered with last, else the first.
func (l *login) remembered() int {
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

func (l *login) say(wrong string) {
	l.message.RemoveAll()
	if wrong != "" {
		l.message.Add(kit.NewBanner(look.Danger, look.IconWarning, wrong, nil))
	}
}

func (l *login) update() {
	if l.enter == nil || l.password == nil {
		return
	}
	if l.busy || l.choose.SelectedIndex() < 0 || l.password.Empty() {
		l.enter.Disable()
	} else {
		l.enter.Enable()
	}
}

// browse takes a key file from anywhere.
func (l *login) browse() {
	t := l.p.lang.T
	l.p.start(func() {
		path, err := zenity.SelectFile(zenity.Title(t("login.other_file")),
			zenity.FileFilter{Name: t("login.key_files"), Patterns: []string{"*.p12", "*.pfx"}, CaseFold: true})
		if err != nil {
			return // cancelled, or no dialog program: the list remains
		}
		l.p.post(func() {
			l.keys = append([]string{path}, l.keys...)
			l.choose.SetOptions(l.names())
			l.choose.SetSelectedIndex(0)
		})
	})
}

// submit opens the key and enters with it.
func (l *login) submit() {
	at := l.choose.SelectedIndex()
	if l.busy || at < 0 || l.password.Empty() {
		return
	}
	path, password := l.keys[at], l.password.Take()
	l.busy = true
	l.enter.SetText(l.p.lang.T("login.entering"))
	l.say("")
	l.update()
	p := l.p
	p.start(func() {
		desk, err := p.enterWith(path, password)
		p.post(func() {
			if err != nil {
				p.options.Log.Info("login refused", "cause", err)
				p.showLogin(app.Sentence(p.lang, err, ""))
				return
			}
			p.fyne.Preferences().SetString(preferenceKey, path)
			p.enter(desk)
		})
	})
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

func (p *Program) enterWithKey(key *signing.Key, secret []byte) (*app.Desk, error) {
	ctx := context.Background()
	door, err := app.Knock(ctx, p.place.Address, p.options.Log)
	if err != nil {
		clear(secret)
		return nil, err
	}
	return door.Enter(ctx, key, secret, p.options.OpenStore)
}

package ui

import (
	"bytes"
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"baqylau/api"
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
	keys    *keyPicker
	refusal error // why the last attempt failed
	busy    bool
	stop    context.CancelFunc // gives the attempt up while NCALayer waits for the person; else nil
	offline bool               // the centre did not answer at the last attempt
	aside   bool               // the other side is shown
	alone   alone

	password *kit.PasswordField
	asked    *widget.Label   // what the password is
	secret   *fyne.Container // the password, where it is asked for here
	enter    *kit.Button
	message  *fyne.Container
	box      *fyne.Container // all of it
	without  *kit.Button     // to the other side, where it has anybody to offer
}

// showLogin shows the first screen.
func (p *Program) showLogin() {
	l := &login{p: p}
	l.keys = p.newKeyPicker(func(i app.Identity) string {
		return i.Unusable(p.lang, signing.ForLogin, "", time.Now())
	})
	l.keys.changed = l.update
	l.alone.l = l
	p.login = l
	l.show()
	l.learn()
}

// show builds the screen in the language of the program.
func (l *login) show() {
	l.p.window.SetContent(l.p.controller.Layer(l.build()))
	l.p.whenShown(func() {
		switch {
		case !l.aside:
			l.password.Focus()
		case l.alone.asks():
			l.alone.password.Focus()
		default:
			l.p.window.Canvas().Focus(l.alone.enter)
		}
	})
}

func (l *login) build() fyne.CanvasObject {
	l.box = nil
	side := l.byKey
	if l.aside {
		side = l.alone.build
	}
	content := []fyne.CanvasObject{kit.NewPanel(kit.Inset(24, 24, side()))}
	if l.p.place.DemoPassword != "" {
		content = append(content, kit.NewBanner(look.Danger, look.IconWarning, l.p.lang.T("login.demo", "password", l.p.place.DemoPassword), nil))
	}
	l.box = container.NewCenter(kit.Wide(520, 0, kit.Stack(16, content...)))
	l.update()
	return l.box
}

// byKey is the side on which one enters with a key.
func (l *login) byKey() fyne.CanvasObject {
	t := l.p.lang.T
	l.password = kit.NewPasswordField(l.p.lang, t("login.password"))
	l.password.OnChanged = l.update
	l.password.OnSubmitted = l.submit
	l.asked = kit.NewSubheading("")
	l.secret = kit.Stack(12, l.asked, l.password)
	l.enter = kit.NewButton("", look.IconKey, kit.Primary, l.submit)
	l.message = container.NewStack()
	l.without = kit.NewButton(t("offline.login.without"), look.IconOffline, kit.Quiet, func() { l.turn(true) })
	return kit.Stack(12,
		kit.NewHeading(t("app.name")), kit.NewMuted(t("app.about")),
		kit.NewSubheading(t("login.key")), l.keys.build(),
		l.secret,
		l.message,
		container.NewBorder(nil, nil, container.NewHBox(l.languages(), l.without), container.NewCenter(l.enter)),
	)
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
	if l.box == nil {
		return // not built yet
	}
	defer l.box.Refresh() // what comes and goes takes room
	if l.aside {
		l.alone.update()
		return
	}
	l.without.Hidden = len(l.alone.known) == 0
	l.without.Refresh()
	l.message.RemoveAll()
	if l.refusal != nil {
		l.message.Add(kit.NewBanner(look.Danger, look.IconWarning, app.Sentence(l.p.lang, l.refusal, ""), nil))
	}
	key, ready := l.keys.ready()
	l.asked.SetText(l.keys.asked())
	l.secret.Hidden = ready && !key.Secret()
	l.secret.Refresh()
	text := "login.enter"
	switch {
	case l.stop != nil:
		text = "ui.cancel"
	case l.busy:
		text = "login.entering"
	}
	l.enter.SetText(l.p.lang.T(text))
	if l.stop != nil {
		l.enter.Enable()
		return
	}
	if l.busy || !ready || key.Secret() && l.password.Empty() {
		l.enter.Disable()
	} else {
		l.enter.Enable()
	}
}

// submit opens the key and enters with it.
func (l *login) submit() {
	if l.stop != nil {
		l.stop()
		return
	}
	key, ready := l.keys.ready()
	if l.busy || !ready || key.Secret() && l.password.Empty() {
		return
	}
	var secret []byte
	if key.Secret() {
		secret = l.password.Take()
	}
	l.try(key, secret, l.p.options.Stores.Open)
}

// try enters with a key, and with one way to open the records. The secret is overwritten.
func (l *login) try(key app.Identity, secret []byte, open app.StoreOpener) {
	ctx, stop := context.WithCancel(context.Background())
	l.busy, l.refusal = true, nil
	if !key.Secret() {
		l.stop = stop
	}
	l.update()
	p, again := l.p, bytes.Clone(secret)
	p.start(func() {
		p.leaving.Wait() // who comes back at once finds the store closed
		desk, err := p.enterWith(ctx, key, secret, open)
		stop()
		p.post(func() {
			if err != nil {
				p.options.Log.Info("login refused", "cause", err)
				l.refused(err)
			}
			if app.Shut(err) {
				l.askFormer(err, key, again)
				return
			}
			clear(again)
			if err != nil {
				return
			}
			l.keys.remember()
			p.enter(desk)
		})
	})
}

// refused says why one can't enter; the key stays chosen.
func (l *login) refused(err error) {
	l.busy, l.stop, l.refusal = false, nil, err
	l.offline = errors.Is(err, api.ErrOffline) && !errors.Is(err, context.Canceled)
	if l.offline && len(l.alone.known) > 0 {
		l.turn(true)
		return
	}
	l.keys.look() // a PIN may be locked now, a token gone
	l.update()
	l.p.whenShown(l.password.Focus)
}

// enterWith logs in at the centre. The secret is overwritten.
func (p *Program) enterWith(ctx context.Context, chosen app.Identity, secret []byte, open app.StoreOpener) (*app.Desk, error) {
	kept := bytes.Clone(secret)
	key, err := p.keys.Open(ctx, chosen, secret, "", p.lang)
	if err != nil {
		clear(kept)
		return nil, err
	}
	desk, err := p.enterWithKey(ctx, key, kept, open)
	if closed := key.Close(); closed != nil {
		p.options.Log.Error("close the key", "cause", closed)
	}
	return desk, err
}

func (p *Program) enterWithKey(ctx context.Context, key signing.Signatory, secret []byte, open app.StoreOpener) (*app.Desk, error) {
	door, err := app.Knock(ctx, p.place.Address, p.options.Log)
	if err != nil {
		clear(secret)
		return nil, err
	}
	return door.Enter(ctx, key, secret, open)
}

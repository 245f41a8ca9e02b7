package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// alone is the first screen's other side: a person whom this computer knows opens what it keeps of them, and
// works without the centre. It outlives its widgets, as the login does.
type alone struct {
	l       *login
	known   []app.Known // of the centre at this address
	who     app.Owner
	locked  bool // what opens by itself did not
	refusal error

	field    *kit.ChoiceField
	about    *widget.Label
	secret   *fyne.Container
	password *kit.PasswordField
	enter    *kit.Button
	message  *fyne.Container
}

// preferencePerson is who sat here last.
const preferencePerson = "person"

// learn finds out whom this computer knows, and offers them; at once, when the centre doesn't answer.
func (l *login) learn() {
	p := l.p
	p.start(func() {
		known, err := p.options.Stores.Known()
		if err != nil {
			p.options.Log.Error("list the people whom this computer knows", "cause", err)
		}
		here := strings.TrimRight(p.place.Address, "/")
		known = slices.DeleteFunc(known, func(k app.Known) bool { return k.Address != here || k.Name == "" || len(k.Locks) == 0 })
		if len(known) == 0 {
			return
		}
		p.post(func() { l.alone.offer(known) })
		ctx, cancel := context.WithTimeout(context.Background(), answerTime)
		defer cancel()
		if away := app.Away(ctx, p.place.Address); away {
			p.post(l.missed)
		}
	})
}

// answerTime is how long the centre may take to say that it is there.
const answerTime = 3 * time.Second

// offer takes the people to choose from: who sat here last is chosen.
func (a *alone) offer(known []app.Known) {
	a.known = known
	last := a.l.p.fyne.Preferences().String(preferencePerson)
	for i, k := range known {
		if i == 0 || k.Person == last {
			a.who = k.Owner
		}
	}
	a.l.update()
}

// missed turns to the other side, for the centre doesn't answer, unless somebody is entering by now.
func (l *login) missed() {
	if l.p.login == l && !l.aside && !l.busy && l.password.Empty() {
		l.offline = true
		l.turn(true)
	}
}

// turn shows the other side of the first screen.
func (l *login) turn(alone bool) {
	l.aside, l.refusal, l.alone.refusal = alone, nil, nil
	l.show()
}

func (a *alone) build() fyne.CanvasObject {
	t := a.l.p.lang.T
	a.field = kit.NewChoiceField("", a.choices)
	a.about = kit.NewMuted("")
	a.about.Wrapping = fyne.TextWrapWord
	a.password = kit.NewPasswordField(a.l.p.lang, t("offline.login.secret"))
	a.password.OnChanged, a.password.OnSubmitted = a.l.update, a.submit
	a.secret = kit.Stack(12, kit.NewSubheading(t("offline.login.secret")), a.password)
	a.enter = kit.NewButton("", look.IconOffline, kit.Primary, a.submit)
	a.message = container.NewStack()
	back := kit.NewButton(t("offline.login.by_key"), look.IconKey, kit.Quiet, func() { a.l.turn(false) })
	return kit.Stack(12,
		kit.NewHeading(t("app.name")), kit.NewParagraph(t("offline.login.about")),
		kit.NewSubheading(t("offline.login.who")), kit.Stack(2, a.field, a.about),
		a.secret, a.message,
		container.NewBorder(nil, nil, container.NewHBox(a.l.languages(), back), container.NewCenter(a.enter)),
	)
}

func (a *alone) choices() []kit.Choice {
	choices := make([]kit.Choice, len(a.known))
	for i, k := range a.known {
		choices[i] = kit.Choice{Text: k.Name, Icon: look.IconUser, Checked: k.Person == a.who.Person && k.Epoch == a.who.Epoch, OnTapped: func() {
			a.who, a.locked, a.refusal = k.Owner, false, nil
			a.l.update()
		}}
	}
	return choices
}

// chosen is the one who opens their records.
func (a *alone) chosen() app.Known {
	i := slices.IndexFunc(a.known, func(k app.Known) bool { return k.Person == a.who.Person && k.Epoch == a.who.Epoch })
	return a.known[i]
}

// asks tells whether a password is needed: what opens by the keyring asks for nothing.
func (a *alone) asks() bool {
	return a.locked || !app.ByItself(a.chosen())
}

func (a *alone) update() {
	p, k := a.l.p, a.chosen()
	a.field.Say(k.Name)
	about := inLang(p.lang, k.CentreKK, k.CentreRU)
	for _, role := range k.Roles {
		about += " · " + p.lang.T("role."+role)
	}
	a.about.SetText(about + "\n" + p.lang.T("offline.login.used", "time", assets.DateTime(k.Used)))
	a.secret.Hidden = !a.asks()
	a.secret.Refresh()
	a.message.RemoveAll()
	if a.refusal != nil {
		a.message.Add(kit.NewBanner(look.Danger, look.IconWarning, app.Sentence(p.lang, a.refusal, ""), nil))
	} else if a.l.offline {
		a.message.Add(kit.NewBanner(look.Warning, look.IconOffline, p.lang.T("offline.login.away"), nil))
	}
	a.enter.SetText(p.lang.T("offline.login.open"))
	if a.l.busy || a.asks() && a.password.Empty() {
		a.enter.Disable()
	} else {
		a.enter.Enable()
	}
}

// submit opens the records of the one who is chosen and sits them down.
func (a *alone) submit() {
	if a.l.busy || a.asks() && a.password.Empty() {
		return
	}
	var secret []byte
	if a.asks() {
		secret = a.password.Take()
	}
	p, who := a.l.p, a.who
	a.l.busy, a.refusal = true, nil
	a.l.update()
	p.start(func() {
		defer clear(secret)
		p.leaving.Wait() // who comes back at once finds the store closed
		desk, err := p.resume(who, secret)
		p.post(func() {
			a.l.busy = false
			if err == nil {
				p.enter(desk)
				return
			}
			p.options.Log.Info("the records are not opened", "cause", err)
			if !a.asks() && app.Shut(err) {
				a.locked = true // the keyring has lost its key: a password is asked for
			} else {
				a.refusal = err
			}
			a.l.update()
			p.whenShown(a.password.Focus)
		})
	})
}

// resume opens a person's records and seats them without the centre.
func (p *Program) resume(who app.Owner, secret []byte) (*app.Desk, error) {
	store, err := p.options.Stores.Open(who, secret)
	if err != nil {
		return nil, err
	}
	return app.Resume(store, p.place.Address, p.options.Log)
}

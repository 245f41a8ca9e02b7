package ui

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"baqylau/app"
	"baqylau/signing"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// renewal is the dialog in which the person at a desk enters again, in front of the page as it is.
type renewal struct {
	p        *Program
	keys     *keyPicker
	password *kit.PasswordField
	asked    *widget.Label   // what the password is
	secret   *fyne.Container // the password, where it is asked for here
	message  *fyne.Container
	dialog   *kit.Dialog
	busy     bool
	stop     context.CancelFunc // ends the attempt under way; else nil
	closed   bool
}

// askToEnter has the person enter again at this desk: what is typed stays, what waits is sent.
func (p *Program) askToEnter() *renewal {
	r := &renewal{p: p}
	t := p.lang.T
	r.keys = p.newKeyPicker(func(i app.Identity) string {
		if p.desk == nil {
			return "" // nobody is in any more
		}
		return i.Unusable(p.lang, signing.ForLogin, p.desk.Me().Person.IIN, p.desk.Now())
	})
	r.password = kit.NewPasswordField(p.lang, t("login.password"))
	r.password.OnChanged, r.password.OnSubmitted = r.update, r.enter
	r.asked = kit.NewSubheading(r.keys.asked())
	r.secret = kit.Stack(12, r.asked, r.password)
	r.message = container.NewStack()
	body := kit.Stack(12,
		kit.NewParagraph(t("offline.enter.about", "name", p.desk.Me().Person.FullName())),
		kit.NewSubheading(t("login.key")), r.keys.build(), r.secret, kit.Wide(0, 72, r.message),
	)
	r.dialog = p.controller.Show(kit.DialogSpec{
		Title: t("offline.enter_again"), Body: body, Primary: r.primary(), Width: 560,
		Focus: r.password.Focusable(), OnCancel: r.cancel,
	})
	r.keys.changed = r.update
	r.update()
	return r
}

func (r *renewal) cancel() {
	r.closed = true
	r.password.Clear()
	if r.stop != nil {
		r.stop()
	}
}

func (r *renewal) primary() *kit.Action {
	t := r.p.lang.T
	action := &kit.Action{Text: t("login.enter"), Icon: look.IconKey, OnTapped: r.enter}
	key, ready := r.keys.ready()
	switch {
	case r.busy:
		action.Reason = t("login.entering")
	case !ready:
		action.Reason = t("login.no_key")
	case key.Secret() && r.password.Empty():
		action.Reason = t("sign.need_password")
	}
	return action
}

func (r *renewal) update() {
	if r.dialog == nil {
		return
	}
	key, ready := r.keys.ready()
	r.asked.SetText(r.keys.asked())
	r.secret.Hidden = ready && !key.Secret()
	r.secret.Refresh()
	r.dialog.SetActions(r.primary())
}

func (r *renewal) enter() {
	if action := r.primary(); action.Reason != "" {
		return
	}
	chosen, _ := r.keys.ready()
	var secret []byte
	if chosen.Secret() {
		secret = r.password.Take()
	}
	p, desk := r.p, r.p.ownDesk()
	ctx, stop := context.WithCancel(p.session)
	r.busy, r.stop = true, stop
	r.message.RemoveAll()
	r.update()
	p.start(func() {
		err := p.renew(ctx, desk, chosen, secret)
		stop()
		p.post(func() { r.done(err) })
	})
}

// done closes the dialog, or says why one was not let in; the key stays chosen.
func (r *renewal) done(err error) {
	p := r.p
	r.busy, r.stop = false, nil
	switch {
	case p.session == nil || p.session.Err() != nil || r.closed:
	case err != nil:
		p.options.Log.Info("login refused", "cause", err)
		r.message.Add(kit.NewBanner(look.Danger, look.IconWarning, app.Sentence(p.lang, err, ""), nil))
		r.keys.look() // a PIN may be locked now, a token gone
		r.update()
		r.password.Focus()
	default:
		r.dialog.Close()
		r.keys.remember()
		p.desk.Kick()
		p.tell(look.Success, p.lang.T("offline.entered"))
		p.factsChanged()
	}
}

// ownDesk is the one whose session serves the desk in front.
func (p *Program) ownDesk() *app.Desk {
	if p.own != nil {
		return p.own
	}
	return p.desk
}

// renew opens the key and enters with it at a desk. The secret is overwritten.
func (p *Program) renew(ctx context.Context, desk *app.Desk, chosen app.Identity, secret []byte) error {
	key, err := p.keys.Open(ctx, chosen, secret, desk.Me().Person.IIN, p.lang)
	if err != nil {
		return err
	}
	return errors.Join(desk.Renew(ctx, key), key.Close())
}

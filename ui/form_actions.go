package ui

import (
	"context"
	"errors"

	"baqylau/app"
	"baqylau/control"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// changed takes what is written now, to be put away soon.
func (f *formPage) changed() {
	kk, ru := f.editor.Texts()
	f.form = f.form.Write(app.Text{KK: kk, RU: ru, Agreer: f.agreer.chosen()})
	f.keepSoon()
	f.update()
}

// takeBack takes the last step of writing back; doAgain does it again.
func (f *formPage) takeBack() { f.leap(app.Form.Undo) }

func (f *formPage) doAgain() { f.leap(app.Form.Redo) }

func (f *formPage) leap(which func(app.Form) (app.Form, bool)) {
	v, _ := f.written()
	form, is := which(f.form)
	if !is || !v.Allowed && !f.here() {
		return
	}
	f.form = form
	f.showText()
	f.keepSoon()
	f.update()
}

// showText shows the text of the form in its fields.
func (f *formPage) showText() {
	f.editor.SetTexts(f.form.Text.KK, f.form.Text.RU)
	f.agreer.show(f.form.Text.Agreer)
}

// keepSoon has what is written now put away soon.
func (f *formPage) keepSoon() {
	f.typed = true
	if f.keeping.typed(f.form) {
		p, keeping := f.p, f.keeping
		p.controller.After(keepAfter, func() { p.start(func() { p.kept(keeping.write()) }) })
	}
}

// kept tells when what is typed could not be put away. It may be called from any goroutine.
func (p *Program) kept(err error) {
	if err != nil {
		p.options.Log.Error("keep a form", "cause", err)
		p.post(func() { p.tell(look.Danger, app.Sentence(p.lang, err, "")) })
	}
}

// keep puts away what is typed at once. From then on the route names the draft, so that the page built
// anew, or gone back to, goes on with it.
func (f *formPage) keep() {
	if f.gone {
		return
	}
	f.p.kept(f.keeping.write())
	f.nameRoute()
}

func (f *formPage) nameRoute() {
	if f.keeping.there() && f.p.current == page(f) {
		f.p.route = route{name: pageForm, id: f.form.ID}
	}
}

// take asks how far the centre has it: the version to write over, the number, what may be done. What
// others changed in the fields that are left alone here is taken in, and told.
func (f *formPage) take() {
	if f.gone {
		return
	}
	before := f.form.Text
	if fresh, err := f.p.desk.Present(f.form); err == nil {
		f.form = fresh
	}
	if f.editor != nil && f.form.Text != before {
		f.showText()
		f.p.tell(look.Info, f.p.lang.T("form.merged", "fields", fieldNames(f.p.lang, changedFields(before, f.form.Text))))
	}
	if card, err := f.p.desk.Card(f.form.ID); err == nil {
		f.card = &card
	} else if !f.form.New {
		f.card = nil
	}
}

// showTheirs tells of a text at the centre that clashes with this one, for the person to decide.
func (f *formPage) showTheirs() {
	var theirs *app.Text
	if !f.busy { // what is on its way may be what the centre has
		theirs = f.form.Theirs
	}
	if theirs == f.told || theirs != nil && f.told != nil && *theirs == *f.told {
		return
	}
	f.told = theirs
	f.theirs.RemoveAll()
	if theirs != nil {
		f.theirs.Add(kit.NewBanner(look.Warning, look.IconWarning, f.p.lang.T("form.theirs"), &kit.Action{
			Text: f.p.lang.T("conflict.open"), OnTapped: f.decide,
		}))
	}
}

// decide asks what stays of two texts, and goes on with it.
func (f *formPage) decide() {
	f.keep()
	f.keeping.settle()
	f.p.askDecide(f.form, f.goOn)
}

// goOn goes on with another text in the form, which is put away already.
func (f *formPage) goOn(form app.Form) {
	now := f.now()
	now.form, now.typed = form, true
	if now.p.current == page(now) {
		now.nameRoute()
		now.p.build()
	}
}

// here says that it has not reached the centre yet.
func (f *formPage) here() bool { return f.card == nil || f.card.Version == 0 }

// written is the rules' word on writing it now, and the action that it is about.
func (f *formPage) written() (control.Verdict, control.Action) {
	switch {
	case !f.here():
		return f.card.Edit, control.ActionEdit
	case f.facts.lot.ID != "":
		return f.facts.create, control.ActionCreate
	default: // it is not known yet what the rules are about
		return control.Verdict{Allowed: true}, control.ActionCreate
	}
}

// whyNotSent is the first thing that is missing to send it to agreement; empty for none.
func (f *formPage) whyNotSent() string {
	me := f.p.desk.Actor()
	s := control.Notification{Status: control.NotificationDraft, Direction: f.form.Direction, Author: me.Person, Organization: me.Organization}
	if f.card != nil {
		s = f.card.Notification.State
	}
	s.TextKK, s.TextRU, s.Agreer = f.form.Text.KK, f.form.Text.RU, f.form.Text.Agreer
	return f.p.desk.Why(f.p.lang, s.SendToAgreement(me, f.agreer.actor()), control.ActionSendToAgreement)
}

// actions are what the form offers now.
func (f *formPage) actions() kit.ActionBarSpec {
	t := f.p.lang.T
	spec := kit.ActionBarSpec{Lang: f.p.lang, Note: f.note()}
	v, action := f.written()
	if !v.Allowed && !f.here() {
		spec.Note = f.p.desk.Why(f.p.lang, v, action)
		spec.Primary = &kit.Action{Text: t("form.open_card"), Icon: look.IconFile, OnTapped: func() { f.p.replace(route{name: pageCard, id: f.form.ID}) }}
		return spec
	}
	save := kit.Action{Text: t("form.save"), OnTapped: f.save, Reason: f.p.desk.Why(f.p.lang, v, action)}
	send := kit.Action{Text: t("form.send"), Icon: look.IconSend, OnTapped: f.send, Reason: save.Reason}
	if send.Reason == "" {
		send.Reason = f.whyNotSent()
	}
	if f.busy {
		save.Reason, send.Reason = t("form.busy"), t("form.busy")
	}
	spec.Primary, spec.Secondary = &send, []kit.Action{save}
	if (f.typed || f.keeping.there()) && !f.busy {
		spec.More = []kit.Action{{Text: t("form.delete"), Icon: look.IconTrash, Destructive: true, OnTapped: f.delete}}
	}
	return spec
}

// note says where what is written lies.
func (f *formPage) note() string {
	switch {
	case f.told != nil: // what is told above says more
		return ""
	case f.typed || f.card != nil && f.card.Unsent:
		return f.p.lang.T("form.note.here")
	case f.card != nil:
		return f.p.lang.T("form.note.saved")
	default:
		return ""
	}
}

// update shows what may be done now; buttons that stay the same keep the keyboard.
func (f *formPage) update() {
	f.showTheirs()
	f.showTrail()
	spec := f.actions()
	says := spec.Note
	for _, a := range append(append([]kit.Action{*spec.Primary}, spec.Secondary...), spec.More...) {
		says += "\n" + a.Text + "\n" + a.Reason
	}
	if says == f.shown {
		return
	}
	f.shown = says
	f.bar.Set(spec)
	f.body.Refresh() // its sentence may take another line
	v, _ := f.written()
	locked := !v.Allowed && !f.here()
	f.editor.SetReadOnly(locked)
	if locked {
		f.agreer.content.Disable()
	} else {
		f.agreer.content.Enable()
	}
}

// showTrail says whether there is something to take back, or to do again.
func (f *formPage) showTrail() {
	for button, steps := range map[*kit.Button]int{f.undo: len(f.form.Trail.Done), f.redo: len(f.form.Trail.Undone)} {
		if steps > 0 {
			button.Enable()
		} else {
			button.Disable()
		}
	}
}

// now is the page that shows this form: built anew since, perhaps.
func (f *formPage) now() *formPage {
	if current, ok := f.p.current.(*formPage); ok && current.keeping == f.keeping {
		return current
	}
	return f
}

// carry does something with the form at the centre. What is typed stays, whatever comes of it; where the
// text was overtaken by another, both are shown.
func (f *formPage) carry(action control.Action, done string, work func(context.Context, app.Form) error, then func()) {
	form := f.form
	f.busy = true
	f.update()
	var outcome error
	f.p.act(action, "", func(ctx context.Context) error {
		defer f.p.post(func() {
			now := f.now()
			now.busy = false
			now.nameRoute()
			now.update()
		})
		f.keeping.settle()
		if outcome = work(ctx, form); app.Overtaken(outcome) {
			return nil // told below
		}
		return outcome
	}, func() {
		now := f.now()
		if app.Overtaken(outcome) {
			now.overtaken(outcome)
			return
		}
		if now.form.Text == form.Text || now.form.Text == now.form.Was {
			now.typed = false
		} else {
			now.changed() // typed while it was on its way
		}
		now.update()
		if outcome == nil && done != "" {
			f.p.tell(look.Success, done)
		}
		then()
	})
}

// overtaken shows the text that was quicker beside the one that is written here.
func (f *formPage) overtaken(refusal error) {
	f.take()
	f.update()
	if f.form.Theirs == nil || f.p.current != page(f) {
		f.p.controller.Tell(f.p.lang.T("shell.not_done"), app.Sentence(f.p.lang, refusal, ""))
		return
	}
	f.decide()
}

// save sends what is written to the centre.
func (f *formPage) save() {
	v, action := f.written()
	switch {
	case f.gone || f.busy:
	case !v.Allowed:
		f.p.tell(look.Warning, f.p.desk.Why(f.p.lang, v, action))
	default:
		desk := f.p.desk
		f.carry(action, f.p.lang.T("form.saved"), desk.SaveForm, func() {})
	}
}

// send sends it to its agreer and goes on to the journal. Without the centre the text is kept
// here and goes there by itself; sending it to agreement waits for the person.
func (f *formPage) send() {
	if f.gone || f.busy || f.whyNotSent() != "" {
		return
	}
	sent, desk := false, f.p.desk
	f.carry(control.ActionSendToAgreement, "", func(ctx context.Context, form app.Form) error {
		err := desk.SendToAgreement(ctx, form)
		sent = err == nil
		if errors.Is(err, app.ErrQueued) {
			return nil // told below: text and sending wait together
		}
		return err
	}, func() {
		if sent {
			f.p.tell(look.Success, f.p.lang.T("form.sent", "name", shortName(f.now().agreer.name())))
		} else {
			f.p.tell(look.Warning, f.p.lang.T("form.kept_here"))
		}
		if f.p.current == page(f.now()) {
			f.p.replace(route{name: pageNotifications})
		}
	})
}

// delete throws it away once that is confirmed.
func (f *formPage) delete() {
	f.keep()
	card, err := f.p.desk.Card(f.form.ID)
	if err != nil {
		f.p.options.Log.Error("delete a form", "cause", err)
		f.p.controller.Tell(f.p.lang.T("shell.not_done"), app.Sentence(f.p.lang, err, control.ActionDelete))
		return
	}
	f.p.askDelete(card, func() {
		if f.p.current == page(f.now()) {
			f.p.replace(route{name: pageNotifications})
		}
	})
}

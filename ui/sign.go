package ui

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"baqylau/app"
	"baqylau/signing"
	"baqylau/ui/kit"
	"baqylau/ui/look"
	"baqylau/ui/preview"
)

// signPapers runs the sign dialog (ui.md) over papers that prepare gets: what, with which key, the
// password once for all, progress, result. then runs when at least one signature was taken.
func (p *Program) signPapers(prepare func(context.Context) ([]app.Paper, error), then func()) {
	progress := p.controller.Progress(p.lang.T("sign.preparing"), nil)
	ctx := p.session
	p.start(func() {
		papers, err := prepare(ctx)
		p.post(func() {
			progress.Finish()
			if err != nil {
				p.controller.Tell(p.lang.T("shell.not_done"), app.Sentence(p.lang, err, "approve"))
				p.factsChanged()
				return
			}
			(&signDialog{p: p, papers: papers, then: then}).open()
		})
	})
}

type signDialog struct {
	p        *Program
	papers   []app.Paper
	then     func()
	keys     *keyPicker
	password *kit.PasswordField
	asked    *widget.Label   // what the password is
	secret   *fyne.Container // the password, where it is asked for here
	message  *fyne.Container
	dialog   *kit.Dialog
}

func (d *signDialog) open() {
	p, t := d.p, d.p.lang.T
	d.keys = p.newKeyPicker(func(i app.Identity) string {
		if p.desk == nil {
			return "" // nobody is in any more
		}
		return i.Unusable(p.lang, signing.ForDocument, p.desk.Me().Person.IIN, p.desk.Now())
	})
	d.password = kit.NewPasswordField(p.lang, t("login.password"))
	d.password.OnChanged = d.update
	d.password.OnSubmitted = d.sign
	d.asked = kit.NewSubheading(d.keys.asked())
	d.secret = kit.Stack(12, d.asked, d.password)
	d.message = container.NewStack()
	body := kit.Stack(12,
		kit.NewSubheading(t("sign.what")), d.apart(), d.what(),
		kit.NewSubheading(t("sign.with")), d.keys.build(),
		d.secret, kit.Wide(0, 72, d.message),
	)
	d.dialog = p.controller.Show(kit.DialogSpec{
		Title: p.lang.N("sign.title", len(d.papers)), Body: body, Primary: d.primary(), Width: 620,
		Focus: d.password.Focusable(), OnCancel: d.password.Clear,
	})
	d.keys.changed = d.update
	d.update()
}

// what lists the papers: number, digest, and the very bytes one click away.
func (d *signDialog) what() fyne.CanvasObject {
	rows := kit.Stack(4)
	for _, paper := range d.papers {
		name := paper.Number
		if paper.Title != "" {
			name += " · " + paper.Title
		}
		file := preview.File{Name: "№ " + name, Size: d.p.size(len(paper.Bytes)), Digest: paper.Digest}
		rows.Add(preview.NewRow(d.p.lang, file, func() { d.p.openBytes(paper.Number+".pdf", paper.Bytes) }, nil))
	}
	if len(d.papers) > 3 {
		return kit.Wide(0, 220, container.NewVScroll(rows))
	}
	return rows
}

func (d *signDialog) primary() *kit.Action {
	action := &kit.Action{Text: d.p.lang.T("sign.do"), Icon: look.IconSign, OnTapped: d.sign}
	key, ready := d.keys.ready()
	switch {
	case !ready:
		action.Reason = d.p.lang.T("login.no_key")
	case key.Secret() && d.password.Empty():
		action.Reason = d.p.lang.T("sign.need_password")
	}
	return action
}

func (d *signDialog) update() {
	if d.dialog == nil {
		return
	}
	key, ready := d.keys.ready()
	d.asked.SetText(d.keys.asked())
	d.secret.Hidden = ready && !key.Secret()
	d.secret.Refresh()
	d.dialog.SetActions(d.primary())
}

func (d *signDialog) sign() {
	chosen, ready := d.keys.ready()
	if !ready || chosen.Secret() && d.password.Empty() {
		return
	}
	var secret []byte
	if chosen.Secret() {
		secret = d.password.Take()
	}
	p, desk := d.p, d.p.desk
	p.start(func() {
		key, err := p.keys.Open(p.session, chosen, secret, desk.Me().Person.IIN, p.lang)
		if err == nil {
			if unfit := desk.FitToSign(key); unfit != nil {
				err = errors.Join(unfit, key.Close())
			}
		}
		p.post(func() {
			if err != nil {
				d.say(app.Sentence(p.lang, err, "approve"))
				d.keys.look() // what was learnt of the key stands in the list now
				return
			}
			d.dialog.Close()
			d.run(key)
		})
	})
}

func (d *signDialog) say(wrong string) {
	d.message.RemoveAll()
	d.message.Add(kit.NewBanner(look.Danger, look.IconWarning, wrong, nil))
	d.password.Focus()
	d.update()
}

// run signs one paper after the other; what failed is told and may be tried again.
func (d *signDialog) run(key signing.Signatory) {
	p := d.p
	ctx, cancel := context.WithCancel(p.session)
	progress := p.controller.Progress(p.lang.T("sign.signing"), cancel)
	p.start(func() {
		results := p.desk.SignPapers(ctx, key, d.papers, func(done int, last app.Signed) {
			progress.Report(done, len(d.papers), last.Paper.Number)
		})
		if err := key.Close(); err != nil {
			p.options.Log.Error("close the key", "cause", err)
		}
		cancel()
		p.post(func() {
			progress.Finish()
			d.result(results)
		})
	})
}

func (d *signDialog) result(results []app.Signed) {
	t := d.p.lang.T
	signed, waiting := 0, 0
	text := ""
	for _, r := range results {
		switch {
		case r.Err == nil:
			signed++
		case errors.Is(r.Err, app.ErrQueued):
			waiting++
		default:
			text += "\n№ " + r.Paper.Number + ": " + app.Sentence(d.p.lang, r.Err, "approve")
		}
	}
	for _, paper := range d.papers[len(results):] {
		text += "\n№ " + paper.Number + ": " + t("sign.not_begun")
	}
	left := app.Left(d.papers, results)
	d.p.factsChanged()
	kept := ""
	if waiting > 0 {
		kept = d.p.lang.N("prepared.waiting", waiting)
	}
	if text == "" {
		switch {
		case waiting > 0:
			d.p.tell(look.Warning, kept)
		default:
			d.p.tell(look.Success, d.p.lang.N("sign.done", signed))
		}
		if d.then != nil {
			d.then()
		}
		return
	}
	summary := strings.TrimLeft(kept+"\n", "\n") + t("sign.partly", "signed", signed, "failed", len(left)) + text
	again := &kit.Action{Text: t("sign.retry"), Icon: look.IconRefresh}
	if len(left) == 0 {
		again.Reason = t("sign.none_left")
	}
	dialog := d.p.controller.Show(kit.DialogSpec{
		Title: t("sign.result"), Body: kit.NewParagraph(summary), Primary: again, Cancel: t("ui.close"), Width: 560,
		OnCancel: func() {
			if signed+waiting > 0 && d.then != nil {
				d.then()
			}
		},
	})
	again.OnTapped = func() {
		dialog.Close()
		(&signDialog{p: d.p, papers: left, then: d.then}).open()
	}
	dialog.SetActions(again)
}

// approvals gets the final files of notifications that wait for my signature.
func (p *Program) approvals(ids []string) func(context.Context) ([]app.Paper, error) {
	desk := p.desk
	return func(ctx context.Context) ([]app.Paper, error) { return desk.PapersToSign(ctx, ids) }
}

// apart says what is signed while the centre is away, and what comes of it; nothing while it is there.
func (d *signDialog) apart() fyne.CanvasObject {
	if !d.p.desk.State().Away() {
		return kit.Stack(0)
	}
	return kit.NewBanner(look.Info, look.IconInfo, d.p.lang.T("prepared.offline"), nil)
}

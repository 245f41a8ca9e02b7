package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// showHistory shows what gave way in this form, for one of the texts to be brought back.
func (f *formPage) showHistory() {
	if f.gone {
		return
	}
	f.keep()
	p, form := f.p, f.form
	ctx, desk := p.session, p.desk
	p.start(func() {
		past, err := desk.History(form)
		p.post(func() {
			switch {
			case ctx.Err() != nil || p.current != page(f.now()):
			case err != nil:
				p.options.Log.Error("read the history of a form", "cause", err)
				p.controller.Tell(p.lang.T("shell.not_done"), app.Sentence(p.lang, err, ""))
			case len(past) == 0:
				p.controller.Tell(p.lang.T("history.title"), p.lang.T("history.empty"))
			default:
				(&history{form: f.now(), past: past}).open()
			}
		})
	})
}

// history is the dialog of the texts that gave way.
type history struct {
	form   *formPage
	past   []app.Past
	at     int // the one that is shown
	names  map[string]string
	field  *kit.ChoiceField
	text   *fyne.Container
	reader *reader
	dialog *kit.Dialog
}

func (h *history) open() {
	p := h.form.p
	t := p.lang.T
	var err error
	if h.names, err = p.desk.Names(); err != nil {
		p.options.Log.Error("read the colleagues", "cause", err)
	}
	h.field = kit.NewChoiceField("", h.choices)
	h.text = kit.Stack(4)
	h.reader = newReader(h.text)
	body := kit.Filled(8, h.reader, kit.NewParagraph(t("history.about")), h.field, h.reader)
	width, height := p.room(820, 560)
	h.dialog = p.controller.Show(kit.DialogSpec{
		Title: t("history.title"), Body: body, Primary: h.restore(), Cancel: t("ui.close"), Focus: h.field, Width: width, Height: height,
	})
	h.show(0)
}

// name is how a text is listed: when it gave way, and to what.
func (h *history) name(i int) string {
	past := h.past[i]
	return h.form.p.lang.T("history.entry", "time", assets.DateTime(past.At), "reason", h.form.p.lang.T("history.reason."+string(past.Reason)))
}

func (h *history) choices() []kit.Choice {
	choices := make([]kit.Choice, len(h.past))
	for i := range h.past {
		choices[i] = kit.Choice{Text: h.name(i), Checked: i == h.at, OnTapped: func() { h.show(i) }}
	}
	return choices
}

// show shows a text with what differs in it from what is written now.
func (h *history) show(i int) {
	h.at = i
	h.field.Say(h.name(i))
	l, now, then := h.form.p.lang, h.form.form.Text, h.past[i].Text
	h.text.RemoveAll()
	for _, field := range app.Fields() {
		if now.Part(field) == "" && then.Part(field) == "" {
			continue
		}
		h.text.Add(kit.NewSubheading(l.T("text.field." + string(field))))
		h.text.Add(kit.NewSpans(l, spansOf(now.Words(l, field, h.names), then.Words(l, field, h.names))))
	}
	h.reader.natural(h.reader.Size().Width)
	h.reader.moveTo(0)
	h.reader.Refresh()
	h.dialog.SetActions(h.restore())
}

func (h *history) restore() *kit.Action {
	t := h.form.p.lang.T
	action := &kit.Action{Text: t("history.restore"), Icon: look.IconUndo, OnTapped: h.bringBack}
	v, doing := h.form.written()
	switch {
	case !v.Allowed && !h.form.here():
		action.Reason = h.form.p.desk.Why(h.form.p.lang, v, doing)
	case h.past[h.at].Text == h.form.form.Text:
		action.Reason = t("history.same")
	}
	return action
}

// bringBack brings the text that is shown back into the form.
func (h *history) bringBack() {
	f, past := h.form, h.past[h.at]
	h.dialog.Close()
	f.keeping.settle()
	form, desk := f.form, f.p.desk
	f.p.act("", f.p.lang.T("history.restored"), func(context.Context) error {
		restored, err := desk.Restore(form, past)
		if err == nil {
			form = restored
		}
		return err
	}, func() { f.goOn(form) })
}

package ui

import (
	"fyne.io/fyne/v2/container"

	"baqylau/app"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// askFormer is for whom the centre has let in, or could, and whose records on this computer nothing at hand
// opens: their key or its password is another than before. It asks for the former password or for the
// passphrase of their own; who has neither begins anew, and loses nothing of the former records.
func (l *login) askFormer(refusal error, key app.Identity, secret []byte) {
	p, t := l.p, l.p.lang.T
	field := kit.NewPasswordField(p.lang, "")
	var d *kit.Dialog
	open := &kit.Action{Text: t("storage.former.open"), Icon: look.IconKey}
	open.OnTapped = func() {
		if field.Empty() {
			return
		}
		former := field.Take()
		d.Close()
		l.try(key, secret, app.ByFormer(p.options.Stores, former))
	}
	anew := kit.Action{Text: t("storage.former.anew"), OnTapped: func() {
		field.Clear()
		d.Close()
		l.try(key, secret, p.options.Stores.OpenAnew)
	}}
	d = p.controller.Show(kit.DialogSpec{
		Title: t("storage.former.title"), Width: 560, EnterConfirms: true, Primary: open, Secondary: []kit.Action{anew},
		Body: kit.Stack(8,
			kit.NewParagraph(app.Sentence(p.lang, refusal, "")),
			kit.Stack(2, kit.NewSubheading(t("storage.former.field")), field),
			container.NewStack(kit.NewMuted(t("storage.former.anew.about")))),
		Focus: field.Focusable(),
		OnCancel: func() {
			clear(secret)
			field.Clear()
			p.whenShown(l.password.Focus)
		},
	})
}

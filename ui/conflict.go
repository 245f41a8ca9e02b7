package ui

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// The sides of the comparison, in the order in which they stand.
const (
	sideMine = iota
	sideTheirs
	sideBase
)

// askDecide shows what two wrote over one text, mine, theirs and what was before side by side, and asks
// what stays, field by field; then gets the form with the decision.
func (p *Program) askDecide(form app.Form, then func(app.Form)) {
	d := &decision{p: p, form: form, conflict: form.Conflict(), then: then}
	names, err := p.desk.Names()
	if err != nil {
		p.options.Log.Error("read the colleagues", "cause", err)
	}
	d.fields, d.names = d.conflict.Differ(), names
	d.open()
}

// decision is the dialog of two texts.
type decision struct {
	p        *Program
	form     app.Form
	conflict app.Conflict
	fields   []app.Field
	names    map[string]string // of people, by IIN
	then     func(app.Form)
	compare  *kit.Compare
	dialog   *kit.Dialog
	busy     bool
}

func (d *decision) open() {
	t := d.p.lang.T
	spec := kit.CompareSpec{
		Lang: d.p.lang, OnChanged: d.update,
		Sides: [kit.CompareSides]string{sideMine: t("conflict.mine"), sideTheirs: t("conflict.theirs"), sideBase: t("conflict.base")},
	}
	for _, field := range d.fields {
		spec.Parts = append(spec.Parts, d.part(field))
	}
	d.compare = kit.NewCompare(spec)
	body := kit.Filled(4, d.compare, kit.NewParagraph(t("conflict.about")), d.everywhere(), d.compare, kit.NewMuted(t("conflict.keys")))
	width, height := d.p.room(1180, 620)
	d.dialog = d.p.controller.Show(kit.DialogSpec{
		Title: t("conflict.title", "number", d.p.cited(d.form)), Body: body, Primary: d.primary(),
		Focus: d.compare.Focusable(), Width: width, Height: height,
	})
}

// everywhere chooses one side in all fields that clash, where there are several.
func (d *decision) everywhere() fyne.CanvasObject {
	choose := func(side int) func() {
		return func() {
			for i, field := range d.fields {
				if slices.Contains(d.conflict.Clashes, field) {
					d.compare.Choose(i, side)
				}
			}
		}
	}
	buttons := kit.Flow(8,
		kit.NewButton(d.p.lang.T("conflict.all_mine"), "", kit.Secondary, choose(sideMine)),
		kit.NewButton(d.p.lang.T("conflict.all_theirs"), "", kit.Secondary, choose(sideTheirs)),
	)
	buttons.Hidden = len(d.conflict.Clashes) < 2
	return buttons
}

// part is a field with its texts; what only one side changed is chosen already.
func (d *decision) part(field app.Field) kit.ComparePart {
	c := d.conflict
	part := kit.ComparePart{Title: d.p.lang.T("text.field." + string(field)), Chosen: -1}
	words := func(text app.Text) string { return text.Words(d.p.lang, field, d.names) }
	part.Texts = [kit.CompareSides][]kit.Span{
		sideMine:   spansOf(words(c.Base), words(c.Mine)),
		sideTheirs: spansOf(words(c.Base), words(c.Theirs)),
		sideBase:   spansOf(words(c.Base), words(c.Base)),
	}
	switch {
	case c.Mine.Part(field) == c.Base.Part(field):
		part.Chosen, part.Note = sideTheirs, d.p.lang.T("conflict.one_side")
	case c.Theirs.Part(field) == c.Base.Part(field), c.Theirs.Part(field) == c.Mine.Part(field):
		part.Chosen, part.Note = sideMine, d.p.lang.T("conflict.one_side")
	}
	return part
}

// spansOf shows a text with what differs from the one that it came from. Of one that is new for the most
// part, what is gone would only be in the way.
func spansOf(was, now string) (spans []kit.Span) {
	pieces := app.Differ(was, now)
	same := 0
	for _, piece := range pieces {
		if piece.Kind == app.PieceSame {
			same += len(piece.Text)
		}
	}
	anew := same*2 < len(was)
	for i, piece := range pieces {
		switch piece.Kind {
		case app.PieceSame:
			spans = append(spans, kit.Span{Text: piece.Text})
		case app.PieceNew:
			mark := kit.SpanNew
			if anew {
				mark = kit.SpanSame
			}
			spans = append(spans, kit.Span{Text: piece.Text, Mark: mark})
		case app.PieceGone:
			if anew {
				continue
			}
			spans = append(spans, kit.Span{Text: piece.Text, Mark: kit.SpanGone})
			if i+1 < len(pieces) && strings.TrimSpace(piece.Text[len(piece.Text)-1:]) != "" {
				spans = append(spans, kit.Span{Text: " "}) // the last word has no blank behind it
			}
		}
	}
	return spans
}

// text is what stays, by what is chosen; missing are the fields that nothing is chosen in.
func (d *decision) text() (text app.Text, missing []app.Field) {
	text = d.conflict.Merged
	for i, field := range d.fields {
		switch d.compare.Chosen(i) {
		case sideMine:
			text = text.With(field, d.conflict.Mine.Part(field))
		case sideTheirs:
			text = text.With(field, d.conflict.Theirs.Part(field))
		case sideBase:
			text = text.With(field, d.conflict.Base.Part(field))
		default:
			missing = append(missing, field)
		}
	}
	return text, missing
}

func (d *decision) primary() *kit.Action {
	action := &kit.Action{Text: d.p.lang.T("conflict.keep"), Icon: look.IconCheck, OnTapped: d.keep}
	if _, missing := d.text(); len(missing) > 0 {
		action.Reason = d.p.lang.T("conflict.need", "fields", fieldNames(d.p.lang, missing))
	}
	return action
}

func (d *decision) update() {
	if d.dialog != nil {
		d.dialog.SetActions(d.primary())
	}
}

// keep puts away what was chosen; the dialog stays until that is done.
func (d *decision) keep() {
	text, missing := d.text()
	if len(missing) > 0 || d.busy {
		return
	}
	d.busy = true
	desk, form := d.p.desk, d.form
	d.p.act("", d.p.lang.T("conflict.decided"), func(context.Context) error {
		defer d.p.post(d.dialog.Close)
		decided, err := desk.Decide(form, text)
		if err == nil {
			form = decided
		}
		return err
	}, func() { d.then(form) })
}

// cited is how people cite what a form makes.
func (p *Program) cited(form app.Form) string {
	if card, err := p.desk.Card(form.ID); err == nil {
		return number(p.lang, card)
	}
	return p.lang.T("number.none")
}

// room is the size of a large dialog, at the ordinary text size: what it would like, as far as the window
// has room for it.
func (p *Program) room(width, height float32) (w, h float32) {
	have := p.window.Canvas().Size().SubtractWidthHeight(64, 64)
	return min(width, have.Width/look.Scaled(1)), min(height, have.Height/look.Scaled(1))
}

// changedFields are the fields in which two texts differ.
func changedFields(one, other app.Text) (fields []app.Field) {
	for _, f := range app.Fields() {
		if one.Part(f) != other.Part(f) {
			fields = append(fields, f)
		}
	}
	return fields
}

// fieldNames names fields within a sentence.
func fieldNames(l assets.Lang, fields []app.Field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = strings.ToLower(l.T("text.field." + string(f)))
	}
	return strings.Join(names, ", ")
}

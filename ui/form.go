package ui

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// formPage is the form «№ {…} жасау және жіберу» (R-3.2 … ). What is typed is put away on this
// machine as it is typed; saving sends it to the centre.
type formPage struct {
	p       *Program
	form    app.Form
	gone    bool      // it is no longer there
	card    *app.Card // nil while the centre has not got it and nothing is put away
	facts   formFacts
	keeping *formKeeping
	typed   bool // something was typed since it was saved
	busy    bool // on its way to the centre

	head   *fyne.Container
	undo   *kit.Button
	redo   *kit.Button
	theirs *fyne.Container // that two texts clash, while they do
	told   *app.Text       // the centre's text that it tells of
	about  *fyne.Container
	body   *fyne.Container
	reader *reader
	editor *kit.BilingualEditor
	agreer *agreerChoice
	bar    *kit.ActionBar
	shown  string // what the bar says now
}

// formFacts are what the form is about, as the desk-control page knows it.
type formFacts struct {
	purchase control.Purchase
	lot      control.Lot
	profiles []control.RiskProfile
	create   control.Verdict
}

// newFormPage opens the form of a route: a new notification on a lot, or one that is there. Built anew
// in another language it goes on with what is typed.
func newFormPage(p *Program, r route) page {
	f := &formPage{p: p}
	if old, ok := p.current.(*formPage); ok && old.shows(r) {
		f.form, f.gone, f.card, f.facts, f.keeping = old.form, old.gone, old.card, old.facts, old.keeping
		f.typed, f.busy = old.typed, old.busy
		return f
	}
	var err error
	if r.lot != "" {
		f.form, err = p.desk.NewForm(r.id, r.lot, r.direction)
	} else {
		f.form, err = p.desk.Form(r.id)
	}
	if err != nil {
		f.gone = true
		if !errors.Is(err, app.ErrGone) {
			p.options.Log.Error("open a form", "cause", err)
		}
	}
	f.keeping = &formKeeping{desk: p.desk, kept: r.lot == ""}
	f.take()
	if f.card != nil {
		f.typed = f.card.Unsent
	}
	return f
}

// shows says whether this is the form of a route.
func (f *formPage) shows(r route) bool {
	if r.lot == "" {
		return f.form.ID == r.id
	}
	return f.form.Lot == r.lot && f.form.Direction == r.direction && f.form.New
}

func (f *formPage) rail() string { return pageNotifications }

func (f *formPage) crumbs() []kit.Crumb {
	return []kit.Crumb{
		f.p.home(),
		{Text: f.p.lang.T("rail.notifications"), OnTapped: func() { f.p.navigate(route{name: pageNotifications}) }},
		{Text: f.title()},
	}
}

func (f *formPage) title() string {
	if f.card == nil || f.card.Notification.Number == "" {
		return f.p.lang.T("form.title.new")
	}
	return f.p.lang.T("form.title", "number", f.card.Notification.Number)
}

func (f *formPage) focus() {
	if f.editor != nil {
		f.editor.Focus(f.p.lang)
	}
}

func (f *formPage) content() fyne.CanvasObject {
	t := f.p.lang.T
	if f.gone {
		return kit.NewNotice(look.IconInbox, t("card.gone"), &kit.Action{
			Text: t("rail.notifications"), Icon: look.IconList, OnTapped: func() { f.p.replace(route{name: pageNotifications}) },
		})
	}
	f.about = kit.Stack(8)
	f.reader = newReader(f.about)
	f.editor = kit.NewBilingualEditor(f.p.lang, t("form.text"), 4, f.form.Text.KK, f.form.Text.RU)
	f.editor.OnChanged = func(_, _ string) { f.changed() }
	f.editor.SetUndo(f.takeBack, f.doAgain)
	f.agreer = newAgreerChoice(f.p, f.form.Text.Agreer)
	f.agreer.onChanged = f.changed
	agreer := container.NewBorder(nil, nil, kit.NewSubheading(t("form.agreer")), nil, f.agreer.content)
	f.bar = kit.NewActionBar(kit.ActionBarSpec{Lang: f.p.lang})
	f.head, f.theirs, f.told = container.NewStack(kit.NewHeading(f.title())), kit.Stack(8), nil
	f.undo = kit.NewIconButton(look.IconUndo, t("form.undo"), f.takeBack)
	f.redo = kit.NewIconButton(look.IconRedo, t("form.redo"), f.doAgain)
	history := kit.NewButton(t("history.open"), look.IconClock, kit.Quiet, f.showHistory)
	head := container.NewBorder(nil, nil, nil, container.NewHBox(f.undo, f.redo, history), f.head)
	f.body = container.New(formLayout{f.reader}, kit.Stack(8, head, f.theirs), kit.NewPanel(f.reader), f.editor, agreer, f.bar)
	f.showFacts()
	f.update()
	return f.body
}

// refresh shows what the rules and the centre say now. What is typed stays.
func (f *formPage) refresh() {
	if f.gone {
		return
	}
	before := f.title()
	f.take()
	if f.title() != before { // the centre has given it its number
		f.head.Objects = []fyne.CanvasObject{kit.NewHeading(f.title())}
		f.head.Refresh()
	}
	f.update()
	form, desk := f.form, f.p.desk
	load(f.p, func(context.Context) (formFacts, error) { return factsOf(desk, form) }, func(facts formFacts, err error) {
		if err != nil {
			f.p.options.Log.Error("read what a form is about", "cause", err)
			return
		}
		f.facts = facts
		f.showFacts()
		f.update()
	})
}

// factsOf reads what a form is about from the desk-control page.
func factsOf(desk *app.Desk, form app.Form) (formFacts, error) {
	page, found, err := desk.Page(form.Purchase, form.Direction)
	if err != nil || !found {
		return formFacts{}, err
	}
	facts := formFacts{purchase: page.Purchase}
	for _, lot := range page.Lots {
		if lot.Lot.ID != form.Lot {
			continue
		}
		facts.lot, facts.create = lot.Lot, lot.Create
		for i, mark := range lot.Saved {
			if mark.Violated && i < len(page.Profiles) {
				facts.profiles = append(facts.profiles, page.Profiles[i])
			}
		}
	}
	return facts, nil
}

// showFacts shows the lot and what is violated.
func (f *formPage) showFacts() {
	l := f.p.lang
	f.about.RemoveAll()
	profiles := f.facts.profiles
	if f.card != nil {
		profiles = f.card.Profiles
	}
	if f.facts.lot.ID != "" {
		lot, party := f.facts.lot, f.facts.purchase.AuditObject()
		f.about.Add(kit.NewMuted(l.T("card.about", "purchase", f.facts.purchase.Number, "lot", lot.Number,
			"name", inLang(l, lot.NameKK, lot.NameRU), "amount", assets.Money(int64(lot.Amount)), "direction", l.T("direction."+string(f.form.Direction))) +
			"\n" + inLang(l, party.NameKK, party.NameRU) + ", " + l.T("term.bin") + " " + party.BIN))
	}
	f.about.Add(violations(l, profiles))
	f.body.Refresh()
}

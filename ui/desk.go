package ui

import (
	"errors"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// deskPage is the desk-control page of a purchase in one direction (R-2.2 … ): lots × risk
// profiles, the certificate, and what follows from the marks.
type deskPage struct {
	p         *Program
	id        string // of the purchase
	direction control.Direction
	page      app.DeskPage
	lots      []int // of the purchase, in the order of the rows: mine first

	tabs       *kit.DirectionTabs
	tabbed     []kit.Tab // what the tabs show
	tabsHolder *fyne.Container
	head       *fyne.Container
	notes      *fyne.Container
	grid       *deskGrid
	bar        *kit.ActionBar
	whole      *fyne.Container
	keeping    *marksKeeping
	earlier    *app.MarkTrail // of the page that this one was built anew from
	choosing   bool           // the direction was changed by the tabs, so they keep the keyboard
}

func newDeskPage(p *Program, r route) page {
	d := &deskPage{p: p, id: r.id, direction: r.direction}
	if old, ok := p.current.(*deskPage); ok {
		d.choosing = old.choosing
		if old.grid != nil && old.id == d.id && old.direction == d.direction {
			steps := old.grid.steps()
			d.earlier = &steps
		}
	}
	return d
}

func (d *deskPage) rail() string { return pageMyLots }

func (d *deskPage) crumbs() []kit.Crumb {
	toLots := kit.Crumb{Text: d.p.lang.T("rail.my-lots"), OnTapped: func() { d.p.navigate(route{name: pageMyLots}) }}
	return []kit.Crumb{d.p.home(), toLots, {Text: "№ " + d.page.Purchase.Number}}
}

func (d *deskPage) focus() {
	switch {
	case d.grid == nil:
	case d.choosing && d.tabs != nil:
		d.choosing = false
		d.p.window.Canvas().Focus(d.tabs)
	default:
		d.p.whenShown(d.grid.focus)
	}
}

// save makes the marks count. Ctrl+S does it too.
func (d *deskPage) save() {
	if d.marked() == 0 {
		return
	}
	d.saveThen(d.goOn)
}

// goOn gives the keyboard back to the grid when something is done: the button that did it may be gone.
func (d *deskPage) goOn() {
	if d.p.current == page(d) && !d.p.controller.Busy() {
		d.focus()
	}
}

// marked is how many marks are not saved.
func (d *deskPage) marked() int {
	if d.grid == nil {
		return 0
	}
	return d.grid.Unsaved()
}

// unsaved says what would be lost by leaving.
func (d *deskPage) unsaved() string {
	if n := d.marked(); n > 0 {
		return d.p.lang.N("desk.unsaved", n)
	}
	return ""
}

// discard forgets the marks that were not saved.
func (d *deskPage) discard() {
	d.keeping.marked(d.direction, nil)
	if err := d.keeping.write(); err != nil {
		d.p.options.Log.Error("forget marks", "cause", err)
	}
	if d.grid != nil {
		d.grid.forgetSteps()
	}
}

// keep waits until what was marked is put away: the page is being left.
func (d *deskPage) keep() {
	if d.grid != nil {
		d.putAway(errors.Join(d.keeping.write(), d.grid.trail.write()))
	}
}

// putAway says so when marks could not be put away.
func (d *deskPage) putAway(err error) {
	if err != nil {
		d.p.options.Log.Error("keep marks", "cause", err)
		d.p.tell(look.Warning, app.Sentence(d.p.lang, err, actionMark))
	}
}

func (d *deskPage) content() fyne.CanvasObject {
	d.head, d.tabsHolder, d.notes = kit.Stack(4), container.NewStack(), kit.Stack(8)
	d.bar = kit.NewActionBar(kit.ActionBarSpec{Lang: d.p.lang})
	d.whole = container.NewStack()
	found := d.read()
	if !found {
		return d.whole
	}
	d.keeping = &marksKeeping{desk: d.p.desk, purchase: d.id}
	d.grid = newDeskGrid(d)
	// Where large text leaves the grid too little room, all above the actions scrolls.
	above := container.NewVScroll(container.New(narrow{}, kit.Filled(8, d.grid.holder, d.head, d.tabsHolder, d.notes, d.grid.holder)))
	d.whole.Add(kit.Filled(8, above, above, d.bar))
	return d.whole
}

// read takes the page as the mirror has it now; false when it shows instead why it can't.
func (d *deskPage) read() bool {
	page, found, err := d.p.desk.Page(d.id, d.direction)
	if err == nil && !found {
		err = app.ErrGone
	}
	if err != nil {
		d.p.options.Log.Error("read the desk-control page", "cause", err)
		back := &kit.Action{Text: d.p.lang.T("rail.my-lots"), Icon: look.IconList, OnTapped: func() { d.p.navigate(route{name: pageMyLots}) }}
		d.grid = nil
		d.whole.Objects = []fyne.CanvasObject{kit.NewNotice(look.IconWarning, app.Sentence(d.p.lang, err, ""), back)}
		d.whole.Refresh()
		return false
	}
	if fit := fitDirection(page); fit != d.direction {
		d.direction = fit
		d.p.route.direction = fit
		return d.read()
	}
	d.page = page
	d.lots = d.lots[:0]
	for i := range page.Lots {
		d.lots = append(d.lots, i)
	}
	slices.SortStableFunc(d.lots, func(a, b int) int {
		switch {
		case page.Lots[a].Mine == page.Lots[b].Mine:
			return 0
		case page.Lots[a].Mine:
			return -1
		default:
			return 1
		}
	})
	return true
}

// fitDirection is the direction of the page, or the first open one where the route named none that
// the method has.
func fitDirection(page app.DeskPage) control.Direction {
	for _, state := range page.Directions {
		if state.Direction == page.Direction {
			return page.Direction
		}
	}
	for _, state := range page.Directions {
		if state.Open {
			return state.Direction
		}
	}
	if len(page.Directions) > 0 {
		return page.Directions[0].Direction
	}
	return page.Direction
}

func (d *deskPage) refresh() {
	if d.grid == nil {
		if d.read() {
			d.p.build() // it has come
		}
		return
	}
	if !d.read() {
		return
	}
	d.grid.update()
	d.showHead()
	d.showTabs()
	d.showNotes()
	d.changed()
}

// changed shows what can be done now.
func (d *deskPage) changed() {
	d.bar.Set(d.actions())
	d.whole.Refresh()
}

func (d *deskPage) showHead() {
	l, p := d.p.lang, &d.page.Purchase
	about := l.T("desk.about", "method", l.T("method."+string(p.Method)), "amount", assets.Money(int64(p.Amount)),
		"organizer", inLang(l, p.AuditObject().NameKK, p.AuditObject().NameRU))
	status := container.NewCenter(kit.NewStatusChip(l, "status."+string(p.Status)))
	d.head.Objects = []fyne.CanvasObject{
		kit.NewHeading(l.T("desk.heading", "number", p.Number)),
		container.NewBorder(nil, nil, status, nil, kit.NewMuted(about)),
	}
	d.head.Refresh()
}

// showTabs shows the directions; methods without directions have none (R-1.4.c).
func (d *deskPage) showTabs() {
	if !d.page.Purchase.Method.HasDirections() {
		return
	}
	tabs, chosen := make([]kit.Tab, len(d.page.Directions)), 0
	for i, state := range d.page.Directions {
		tabs[i] = d.tab(state)
		if state.Direction == d.direction {
			chosen = i
			if tabs[i].State == kit.NotApplicable {
				tabs[i].State = kit.Later
			}
		}
	}
	if slices.Equal(tabs, d.tabbed) {
		return
	}
	held := d.tabs != nil && d.p.window.Canvas().Focused() == fyne.Focusable(d.tabs)
	d.tabbed, d.tabs = tabs, kit.NewDirectionTabs(tabs, chosen, d.choose)
	d.tabsHolder.Objects = []fyne.CanvasObject{d.tabs}
	d.tabsHolder.Refresh()
	if held {
		d.p.window.Canvas().Focus(d.tabs)
	}
}

func (d *deskPage) tab(state app.DirectionState) kit.Tab {
	tab := kit.Tab{Text: directionName(d.p.lang, state.Direction)}
	w := state.Window
	switch {
	case state.Open:
		tab.State = kit.Open
	case w.Opens.IsZero():
	case d.page.Now.Before(w.Opens):
		tab.State, tab.Note = kit.Later, d.p.lang.T("desk.tab.opens", "date", assets.Date(w.Opens))
	case !w.Closes.IsZero() && !d.page.Now.Before(w.Closes):
		tab.State, tab.Note = kit.Past, d.p.lang.T("desk.tab.closed", "date", lastDay(w.Closes))
	default:
		tab.State = kit.Open
	}
	return tab
}

// choose shows another direction. Marks that are not saved are asked about first.
func (d *deskPage) choose(index int) {
	to := d.page.Directions[index].Direction
	if to == d.direction {
		return
	}
	if d.unsaved() != "" { // the tabs go back until it is answered
		for i, state := range d.page.Directions {
			if state.Direction == d.direction {
				d.tabs.Choose(i)
			}
		}
	}
	d.p.away(func() {
		d.choosing = true
		d.p.replace(route{name: pageDesk, id: d.id, lot: d.p.route.lot, direction: to})
	})
}

// window is the window of the direction in words and on a line of time.
func (d *deskPage) window() fyne.CanvasObject {
	l, now := d.p.lang, d.page.Now
	var state app.DirectionState
	for _, each := range d.page.Directions {
		if each.Direction == d.direction {
			state = each
		}
	}
	w := state.Window
	switch {
	case w.Opens.IsZero() && state.Open:
		return kit.NewMuted(l.T("desk.window.unlimited"))
	case w.Opens.IsZero() || w.Closes.IsZero():
		return kit.NewMuted(l.T("desk.window.none"))
	}
	key, left := "desk.window.open", d.p.desk.DaysLeft(w.Closes)
	switch {
	case now.Before(w.Opens):
		key, left = "desk.window.later", 100 // nothing presses
	case !now.Before(w.Closes):
		key, left = "desk.window.past", -1
	}
	text := l.T(key, "opens", assets.DateTime(w.Opens), "closes", endOf(w.Closes), "left", app.DaysLeft(l, left))
	return kit.NewWindowBar(kit.WindowBarSpec{Opens: w.Opens, Closes: w.Closes, Now: now, Text: text, DaysLeft: left})
}

// endOf writes an exclusive end as people do: midnight as 24:00 of the day before.
func endOf(closes time.Time) string {
	if clock := assets.Clock(closes); clock != "00:00" {
		return assets.DateTime(closes)
	}
	return lastDay(closes) + " 24:00"
}

// narrow lets its one child be narrower than the child would like: what doesn't fit is cut at its end
// and not pushed out of the window.
type narrow struct{}

// Layout implements fyne.Layout.
func (narrow) Layout(children []fyne.CanvasObject, size fyne.Size) { children[0].Resize(size) }

// MinSize implements fyne.Layout.
func (narrow) MinSize(children []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, children[0].MinSize().Height)
}

package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// route names a page and what it shows, so that it can be gone back to and built anew.
type route struct {
	name      string
	id        string // of the purchase or notification
	lot       string
	direction control.Direction
}

// The pages.
const (
	pageCabinet       = "cabinet"
	pageReport        = "report"
	pageMyLots        = "my-lots"
	pageDesk          = "desk"
	pageNotifications = "notifications"
	pageCard          = "card"
	pageForm          = "form"
	pageInbox         = "inbox"
	pageOutbox        = "outbox"
	pageStorage       = "storage"
)

// page is a screen within the frame.
type page interface {
	// rail names the entry of the left rail that the page belongs to.
	rail() string
	// crumbs is the path to the page, itself last.
	crumbs() []kit.Crumb
	// content is built once, in the language of the day.
	content() fyne.CanvasObject
	// refresh shows what the mirror says now, without disturbing what the person is doing.
	refresh()
	// focus gives the keyboard to the page's main part.
	focus()
}

// keeper is a page with something typed in it: keep puts it away before the page is built anew.
type keeper interface{ keep() }

// asker is a page that must not be left unasked: unsaved says what would be lost; empty when nothing.
type asker interface {
	unsaved() string
	// discard forgets what was not saved.
	discard()
	// saveThen saves it and goes on when that is done; a refusal is told, and nothing goes on.
	saveThen(then func())
}

// open makes the page of a route.
func (p *Program) open(r route) page {
	switch r.name {
	case pageReport:
		return newReportPage(p)
	case pageMyLots:
		return newMyLotsPage(p)
	case pageDesk:
		return newDeskPage(p, r)
	case pageNotifications:
		return newNotificationsPage(p)
	case pageCard:
		return newCardPage(p, r)
	case pageForm:
		return newFormPage(p, r)
	case pageInbox:
		return newInboxPage(p)
	case pageOutbox:
		return newOutboxPage(p)
	case pageStorage:
		return newStoragePage(p)
	default:
		return newCabinetPage(p)
	}
}

// go shows another page, after asking for what is not saved on this one.
func (p *Program) navigate(r route) {
	p.away(func() {
		if p.current != nil && r != p.route {
			p.back, p.forward = append(p.back, p.route), nil
		}
		p.show(r)
	})
}

// away leaves the page in front: what is not saved is asked about first.
func (p *Program) away(then func()) {
	a, ok := p.current.(asker)
	if !ok || a.unsaved() == "" {
		if k, ok := p.current.(keeper); ok {
			k.keep()
		}
		then()
		return
	}
	p.askToSave(a, then)
}

// askToSave asks what to do with what is not saved: save it, forget it, or stay.
func (p *Program) askToSave(a asker, then func()) {
	t := p.lang.T
	var d *kit.Dialog
	save := &kit.Action{Text: t("shell.unsaved.save"), Icon: look.IconCheck, OnTapped: func() {
		d.Close()
		a.saveThen(then) // what was changed meanwhile is kept on this machine
	}}
	discard := kit.Action{Text: t("shell.unsaved.discard"), Destructive: true, OnTapped: func() {
		d.Close()
		a.discard()
		then()
	}}
	d = p.controller.Show(kit.DialogSpec{
		Title: t("shell.unsaved.title"), Body: kit.NewParagraph(a.unsaved()),
		Primary: save, Secondary: []kit.Action{discard}, EnterConfirms: true, Width: 560,
	})
}

func (p *Program) goBack() {
	if len(p.back) == 0 {
		return
	}
	p.away(func() {
		to := p.back[len(p.back)-1]
		p.back, p.forward = p.back[:len(p.back)-1], append(p.forward, p.route)
		p.show(to)
	})
}

func (p *Program) goForward() {
	if len(p.forward) == 0 {
		return
	}
	p.away(func() {
		to := p.forward[len(p.forward)-1]
		p.forward, p.back = p.forward[:len(p.forward)-1], append(p.back, p.route)
		p.show(to)
	})
}

func (p *Program) show(r route) {
	p.route = r
	p.build()
	p.whenShown(p.current.focus)
}

// build makes the page in front anew.
func (p *Program) build() {
	p.loads++ // what was asked for by the page before comes too late
	p.current = p.open(p.route)
	content := p.current.content()
	p.frame.SetPage(p.current.rail(), p.current.crumbs(), content)
	p.frame.SetHistory(len(p.back) > 0, len(p.forward) > 0)
	p.current.refresh()
}

// replace shows a page in the place of the one in front, which is not gone back to.
func (p *Program) replace(r route) { p.show(r) }

func (p *Program) buildFrame() {
	p.frame = kit.NewFrame(kit.FrameSpec{
		Lang: p.lang, User: p.userName(), Demo: p.desk.Centre.Demo, Menu: p.userMenu, Rail: p.railItems(),
		OnLang: p.setLang, OnGo: func(id string) { p.navigate(route{name: id}) },
		OnConnection: func() { p.navigate(route{name: pageOutbox}) },
		OnSearch:     p.search, OnBack: p.goBack, OnForward: p.goForward,
	})
	p.frame.SetLast(p.last)
	p.notice = notice{}
	p.window.SetContent(p.controller.Layer(p.frame))
	p.showState()
}

func (p *Program) userMenu() []kit.Choice {
	me := p.desk.Me()
	var choices []kit.Choice
	for _, line := range []string{
		me.Person.FullName(),
		inLang(p.lang, me.Person.PositionKK, me.Person.PositionRU),
		inLang(p.lang, me.Organization.NameKK, me.Organization.NameRU),
	} {
		if line != "" {
			choices = append(choices, kit.Choice{Text: short(line, menuRunes), Fact: true})
		}
	}
	choices = append(choices, p.placeChoices()...)
	if p.notice.again {
		choices = append(choices, kit.Choice{Separator: true, Text: p.lang.T("offline.enter_again"), Icon: look.IconKey, OnTapped: func() { p.askToEnter() }})
	}
	if !p.desk.Acting() { // there it is another's work, opened by a key among my own
		choices = append(choices, kit.Choice{
			Separator: true, Text: p.lang.T("storage.title"), Icon: look.IconLock, OnTapped: func() { p.navigate(route{name: pageStorage}) },
		})
	}
	return append(choices,
		kit.Choice{Separator: true, Text: p.lang.T("shell.theme"), Icon: look.IconSettings, Children: p.themeChoices()},
		kit.Choice{Text: p.lang.T("shell.text_size"), Icon: look.IconSettings, Children: p.sizeChoices()},
		kit.Choice{Separator: true, Text: p.lang.T("shell.exit"), Icon: look.IconUser, OnTapped: p.exit},
	)
}

// menuRunes is how long a line of a menu may be.
const menuRunes = 48

// short cuts a text that has more than most letters, and shows that it did.
func short(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return strings.TrimRight(string(runes[:most-1]), " ,.-«") + "…"
}

// railItems are the entries that the person's roles use.
func (p *Program) railItems() []kit.RailItem {
	counts := p.counts
	items := []kit.RailItem{{ID: pageCabinet, Text: p.lang.T("rail.cabinet"), Icon: look.IconHome, Count: counts[pageCabinet], Urgent: counts["urgent"] > 0}}
	add := func(shown bool, id string, icon look.Icon) {
		if shown {
			items = append(items, kit.RailItem{ID: id, Text: p.lang.T("rail." + id), Icon: icon, Count: counts[id]})
		}
	}
	add(p.desk.MayReport().Allowed, pageReport, look.IconChart)
	add(p.desk.Uses(control.ActionMyLots), pageMyLots, look.IconList)
	add(p.desk.Uses(control.ActionJournal), pageNotifications, look.IconEnvelope)
	add(p.desk.Uses(control.ActionInbox), pageInbox, look.IconInbox)
	return items
}

// showRail shows the rail with the counts that are known, and counts anew off Fyne's goroutine. What changes
// while it counts is counted once more.
func (p *Program) showRail() {
	if p.frame == nil {
		return
	}
	p.frame.SetRail(p.railItems())
	if p.counting {
		p.countAgain = true
		return
	}
	p.counting, p.countAgain = true, false
	desk, ctx := p.desk, p.session
	p.start(func() {
		counts, err := countTasks(desk)
		p.post(func() {
			p.counting = false
			if ctx.Err() == nil {
				if err != nil {
					p.options.Log.Error("count tasks", "cause", err)
				}
				p.counts = counts
				p.frame.SetRail(p.railItems())
			}
			if p.countAgain { // perhaps at another desk
				p.showRail()
			}
		})
	})
}

// countTasks counts what waits, for the rail's entries.
func countTasks(desk *app.Desk) (map[string]int, error) {
	counts := map[string]int{}
	tasks, err := desk.Tasks()
	if err != nil {
		return counts, err
	}
	counts[pageCabinet] = len(tasks)
	for _, t := range tasks {
		switch {
		case t.Notification == "":
			counts[pageMyLots]++
		case t.Kind == "acknowledge":
			counts[pageInbox]++
		default:
			counts[pageNotifications]++
		}
		if !t.Due.IsZero() && t.DaysLeft <= 0 {
			counts["urgent"]++
		}
	}
	return counts, nil
}

func (p *Program) home() kit.Crumb {
	return kit.Crumb{Text: p.lang.T("rail.cabinet"), OnTapped: func() { p.navigate(route{name: pageCabinet}) }}
}

// search finds by number, name or BIN: in the journal, or at the organiser's in the inbox.
func (p *Program) search(text string) {
	to := route{name: pageNotifications, id: text}
	switch {
	case p.desk.Uses(control.ActionJournal):
	case p.desk.Uses(control.ActionInbox):
		to.name = pageInbox
	default:
		to = route{name: pageReport}
	}
	p.navigate(to)
}

func inLang(l assets.Lang, kk, ru string) string {
	if l == assets.RU && ru != "" || kk == "" {
		return ru
	}
	return kk
}

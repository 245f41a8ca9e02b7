package ui

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// notificationsPage is the journal of notifications.
type notificationsPage struct {
	p     *Program
	list  *kit.Journal
	view  journalView
	found *app.Found // what search and filters leave; nil before it has come
	shown bool       // the list has come and its place is restored
}

// newNotificationsPage opens the journal on the search that the route carries. Built anew in another
// language it keeps what is in view.
func newNotificationsPage(p *Program) page {
	n := &notificationsPage{p: p}
	if old, ok := p.current.(*notificationsPage); ok && old.view.Search == p.route.id {
		n.view = old.viewNow()
	} else {
		n.view = p.keptView(pageNotifications, p.route.id)
	}
	return n
}

func (n *notificationsPage) rail() string { return pageNotifications }
func (n *notificationsPage) crumbs() []kit.Crumb {
	return []kit.Crumb{n.p.home(), {Text: n.p.lang.T("rail.notifications")}}
}
func (n *notificationsPage) focus()       { n.list.Focus() }
func (n *notificationsPage) startSearch() { n.list.FocusSearch() }
func (n *notificationsPage) keep()        { n.p.keepView(pageNotifications, n.viewNow()) }

// viewNow is what is in view; before the list has come, what will be.
func (n *notificationsPage) viewNow() journalView {
	if n.shown {
		n.view.Place, n.view.Known = n.list.Place(), true
	}
	return n.view
}

func (n *notificationsPage) content() fyne.CanvasObject {
	t := n.p.lang.T
	n.list = kit.NewJournal(kit.JournalSpec{
		Lang: n.p.lang, Title: t("rail.notifications"),
		Columns: []kit.Column{
			{Key: "number", Title: t("journal.column.number"), Width: 100, Sortable: true},
			{Key: "purchase", Title: t("journal.column.purchase"), Width: 95, Sortable: true},
			{Key: "lot", Title: t("journal.column.lot"), Width: 115, Sortable: true},
			{Key: "direction", Title: t("journal.column.direction"), Width: 55, Sortable: true},
			{Key: "status", Title: t("journal.column.status"), Width: 172, Sortable: true},
			{Key: "agreer", Title: t("journal.column.agreer"), Width: 110, Sortable: true},
			{Key: "organizer", Title: t("journal.column.organizer"), Width: 100, Sortable: true, Grow: true},
			{Key: "due", Title: t("journal.column.due"), Width: 128, Sortable: true},
			{Key: "author", Title: t("journal.column.author"), Width: 150, Sortable: true, Hidden: true},
			{Key: "name", Title: t("journal.column.name"), Width: 240, Sortable: true, Hidden: true},
		},
		Filters: n.filters(),
		Bulk: []kit.BulkAction{{
			Text: t("journal.sign"), Icon: look.IconSign, Reason: n.whyNotSigned,
			OnTapped: func(ids []string) { n.p.signPapers(n.p.approvals(ids), n.list.ClearSelection) },
		}, {
			Text: t("prepared.do"), Icon: look.IconSeal, Reason: n.whyNotPrepared,
			OnTapped: func(ids []string) { n.p.prepareForSigning(ids, n.list.ClearSelection) },
		}},
		Saved:    n.presets,
		OnSearch: func(text string) { n.view.Place.Search = text; n.refresh() },
		OnFilter: n.filter,
		OnClearFilter: func(key string) {
			delete(n.view.Filters, key)
			n.refresh()
		},
		OnSort: func(key string, descending bool) {
			n.view.Sort, n.view.Descending = key, descending
			n.refresh()
		},
		OnOpen:  n.p.openNotification,
		Details: n.details,
	})
	return n.list
}

// openNotification opens a card.
func (p *Program) openNotification(id string) { p.navigate(route{name: pageCard, id: id}) }

// refresh searches anew, off Fyne's goroutine.
func (n *notificationsPage) refresh() {
	desk, asked := n.p.desk, n.asked()
	load(n.p, func(ctx context.Context) (*app.Found, error) { return desk.FindNotifications(ctx, asked) }, func(found *app.Found, err error) {
		if err != nil {
			n.p.options.Log.Error("read the notifications", "cause", err)
			n.list.SetState(kit.Failed, app.Sentence(n.p.lang, err, ""), &kit.Action{
				Text: n.p.lang.T("journal.again"), Icon: look.IconRefresh, OnTapped: n.refresh,
			})
			return
		}
		n.found = found
		n.show()
		if !n.shown {
			n.shown = true
			n.view.restore(n.list)
		}
	})
}

// show shows what was found.
func (n *notificationsPage) show() {
	if n.shown {
		n.view.Place = n.list.Place()
	}
	n.list.SetFilters(n.active())
	n.list.SetSort(n.view.Sort, n.view.Descending)
	found := n.found
	n.list.SetList(kit.List{Len: found.Len(), Total: found.Total, ID: found.ID, At: func(i int) []kit.Cell { return n.row(found, i) }})
	n.say()
}

// row is a notification in the list; blank when it is gone since.
func (n *notificationsPage) row(found *app.Found, i int) []kit.Cell {
	c, err := found.Card(i)
	if err != nil {
		if !errors.Is(err, app.ErrGone) {
			n.p.options.Log.Error("read a notification", "cause", err)
		}
		return make([]kit.Cell, len(n.cells(app.Card{})))
	}
	return n.cells(c)
}

// say tells why there is nothing, or that it may be old.
func (n *notificationsPage) say() {
	t := n.p.lang.T
	switch {
	case n.found.Total == 0:
		n.list.SetState(kit.Empty, t("journal.empty"), &kit.Action{
			Text: t("rail.cabinet"), Icon: look.IconHome, OnTapped: func() { n.p.navigate(route{name: pageCabinet}) },
		})
	case n.found.Len() == 0:
		n.list.SetState(kit.Empty, t("journal.nothing_fits"), &kit.Action{
			Text: t("journal.clear"), Icon: look.IconClose, OnTapped: n.clear,
		})
	default:
		n.p.sayOffline(n.list)
	}
}

// sayOffline says over the rows of a list that they are as of some time ago, when they are.
func (p *Program) sayOffline(list *kit.Journal) {
	if state := p.desk.State(); !state.Online {
		list.SetState(kit.Offline, p.lang.T("journal.offline", "time", assets.Clock(state.Mirrored)), nil)
	}
}

func (n *notificationsPage) clear() {
	clear(n.view.Filters)
	n.list.SetSearch("")
	n.view.Place.Search = ""
	n.refresh()
	n.list.Focus()
}

func (n *notificationsPage) cells(c app.Card) []kit.Cell {
	l, s := n.p.lang, &c.Notification.State
	status := "notification." + string(s.Status)
	return []kit.Cell{
		numberCell(l, c),
		{Text: c.Notification.PurchaseNumber},
		{Text: c.Notification.LotNumber},
		{Text: strings.TrimPrefix(string(s.Direction), "D")},
		{Text: l.T(status), Status: look.StatusOf(status)},
		{Text: shortName(c.Notification.AgreerName)},
		{Text: inLang(l, c.Notification.Organizer.NameKK, c.Notification.Organizer.NameRU)},
		n.dueCell(c),
		{Text: shortName(c.Notification.AuthorName)},
		{Text: inLang(l, c.Notification.NameKK, c.Notification.NameRU)},
	}
}

// numberCell is the number, with a mark while something of it waits on this machine.
func numberCell(l assets.Lang, c app.Card) kit.Cell {
	cell := kit.Cell{Text: number(l, c), Strong: true}
	if c.Unsent {
		cell.Status = look.Status{Tone: look.Warning, Icon: look.IconCloud}
	}
	return cell
}

// number is how people cite a notification; one that the centre has not got has none.
func number(l assets.Lang, c app.Card) string {
	if c.Notification.Number == "" {
		return l.T("number.none")
	}
	return c.Notification.Number
}

func (n *notificationsPage) dueCell(c app.Card) kit.Cell {
	days, open := n.p.desk.TermOf(c)
	if !open {
		return kit.Cell{}
	}
	return kit.Cell{Text: app.DaysLeftShort(n.p.lang, days), Status: look.Deadline(days)}
}

// shortName makes of "Сейтқали Айнұр Бекболатқызы" the surname with an initial.
func shortName(full string) string {
	surname, rest, found := strings.Cut(full, " ")
	if !found {
		return full
	}
	for _, initial := range rest {
		return surname + " " + string(initial) + "."
	}
	return surname
}

// whyNotSigned says which of the selected can't be signed, and why.
func (n *notificationsPage) whyNotSigned(ids []string) string {
	for _, id := range ids {
		c, err := n.p.desk.Card(id)
		if err != nil {
			return app.Sentence(n.p.lang, err, control.ActionApprove)
		}
		switch {
		case !c.Approve.Allowed:
			return "№ " + number(n.p.lang, c) + ": " + n.p.desk.Why(n.p.lang, c.Approve, control.ActionApprove)
		case c.Prepared.IsZero() && n.p.apart:
			return "№ " + number(n.p.lang, c) + ": " + n.p.lang.T("prepared.none")
		}
	}
	return ""
}

// whyNotPrepared says likewise which can't be prepared for signing.
func (n *notificationsPage) whyNotPrepared(ids []string) string {
	if n.p.apart {
		return n.p.lang.T("prepared.need_centre")
	}
	return n.whyNotSigned(ids)
}

// details is the notification under the cursor in few words.
func (n *notificationsPage) details(id string) fyne.CanvasObject {
	c, err := n.p.desk.Card(id)
	if err != nil {
		return kit.NewMuted("")
	}
	return n.p.summary(c)
}

package ui

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"baqylau/api"
	"baqylau/app"
	"baqylau/assets"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// inboxPage is what the audit object was sent: a row for each notification, unread ones first.
type inboxPage struct {
	p     *Program
	list  *kit.Journal
	view  journalView
	rows  []letter // all that came
	found []letter // what the search leaves
	came  bool     // the list has come
	shown bool     // and its place is restored
}

// letter is a notification that came, with the message that brought it.
type letter struct {
	card   app.Card
	came   time.Time
	unread bool
}

func newInboxPage(p *Program) page {
	b := &inboxPage{p: p}
	if old, ok := p.current.(*inboxPage); ok && old.view.Search == p.route.id {
		b.view = old.viewNow()
	} else {
		b.view = p.keptView(pageInbox, p.route.id)
	}
	return b
}

func (b *inboxPage) rail() string { return pageInbox }
func (b *inboxPage) crumbs() []kit.Crumb {
	return []kit.Crumb{b.p.home(), {Text: b.p.lang.T("rail.inbox")}}
}
func (b *inboxPage) focus()       { b.list.Focus() }
func (b *inboxPage) startSearch() { b.list.FocusSearch() }
func (b *inboxPage) keep()        { b.p.keepView(pageInbox, b.viewNow()) }

func (b *inboxPage) viewNow() journalView {
	if b.shown {
		b.view.Place, b.view.Known = b.list.Place(), true
	}
	return b.view
}

func (b *inboxPage) content() fyne.CanvasObject {
	t := b.p.lang.T
	b.list = kit.NewJournal(kit.JournalSpec{
		Lang: b.p.lang, Title: t("rail.inbox"),
		Columns: []kit.Column{
			{Key: "number", Title: t("inbox.column.number"), Width: 120},
			{Key: "status", Title: t("inbox.column.status"), Width: 170},
			{Key: "purchase", Title: t("inbox.column.purchase"), Width: 120},
			{Key: "name", Title: t("inbox.column.name"), Width: 215, Grow: true},
			{Key: "came", Title: t("inbox.column.came"), Width: 150},
			{Key: "due", Title: t("inbox.column.due"), Width: 128},
		},
		OnSearch: func(text string) { b.view.Place.Search = text; b.show() },
		OnOpen:   b.p.openNotification,
		Details:  b.details,
	})
	return b.list
}

func (b *inboxPage) refresh() {
	desk := b.p.desk
	load(b.p, func(context.Context) ([]letter, error) { return letters(desk) }, func(rows []letter, err error) {
		if err != nil {
			b.p.options.Log.Error("read the inbox", "cause", err)
			b.list.SetState(kit.Failed, app.Sentence(b.p.lang, err, ""), &kit.Action{
				Text: b.p.lang.T("journal.again"), Icon: look.IconRefresh, OnTapped: b.refresh,
			})
			return
		}
		b.rows, b.came = rows, true
		b.show()
		if !b.shown {
			b.shown = true
			b.view.restore(b.list)
		}
	})
}

// letters are the notifications that my organisation was sent, unread ones first, then newest first.
func letters(desk *app.Desk) ([]letter, error) {
	cards, err := desk.Notifications()
	if err != nil {
		return nil, err
	}
	messages, err := desk.Messages()
	if err != nil {
		return nil, err
	}
	var rows []letter
	for _, c := range cards {
		s := &c.Notification.State
		if !s.Received(desk.Actor()) {
			continue
		}
		l := letter{card: c, came: s.DeliveredAt, unread: c.Acknowledge.Allowed}
		if i := slices.IndexFunc(messages, func(m api.Message) bool {
			return m.Notification == c.Notification.ID && (m.About.Code == api.Delivered || m.About.Code == "")
		}); i >= 0 {
			l.came = messages[i].At
		}
		rows = append(rows, l)
	}
	slices.SortStableFunc(rows, func(a, b letter) int {
		if a.unread != b.unread {
			return map[bool]int{true: -1, false: 1}[a.unread]
		}
		return b.came.Compare(a.came)
	})
	return rows, nil
}

// show shows what the search leaves.
func (b *inboxPage) show() {
	if !b.came {
		return
	}
	t := b.p.lang.T
	b.found = b.found[:0:0]
	for _, row := range b.rows {
		if matches(row.card, b.view.Place.Search) {
			b.found = append(b.found, row)
		}
	}
	rows := b.found
	b.list.SetList(kit.List{
		Len: len(rows), Total: len(b.rows),
		ID: func(i int) string { return rows[i].card.Notification.ID },
		At: func(i int) []kit.Cell { return b.cells(rows[i]) },
	})
	switch {
	case len(b.rows) == 0:
		b.list.SetState(kit.Empty, t("inbox.empty"), nil)
	case len(rows) == 0:
		b.list.SetState(kit.Empty, t("journal.nothing_fits"), &kit.Action{Text: t("journal.clear"), Icon: look.IconClose, OnTapped: func() {
			b.list.SetSearch("")
			b.view.Place.Search = ""
			b.show()
			b.list.Focus()
		}})
	default:
		b.p.sayOffline(b.list)
	}
}

func (b *inboxPage) cells(row letter) []kit.Cell {
	l, n := b.p.lang, &row.card.Notification
	status := "notification." + string(n.State.Status)
	word := l.T(status)
	if row.unread {
		word = l.T("inbox.unread")
	}
	due := kit.Cell{}
	if days, open := b.p.daysLeft(row.card); open {
		due = kit.Cell{Text: app.DaysLeftShort(l, days), Status: look.Deadline(days)}
	}
	return []kit.Cell{
		{Text: n.Number, Strong: row.unread},
		{Text: word, Status: look.StatusOf(status)},
		{Text: n.PurchaseNumber, Strong: row.unread},
		{Text: inLang(l, n.NameKK, n.NameRU), Strong: row.unread},
		{Text: assets.DateTime(row.came)},
		due,
	}
}

func (b *inboxPage) details(id string) fyne.CanvasObject {
	for _, row := range b.found {
		if row.card.Notification.ID == id {
			return b.p.summary(row.card)
		}
	}
	return kit.NewMuted("")
}

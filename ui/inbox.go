package ui

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"baqylau/api"
	"baqylau/app"
	"baqylau/assets"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// inboxPage is what came to me, a row for each message: notifications to my organisation, unread ones first
// and what time brought to what is mine to do.
type inboxPage struct {
	p     *Program
	list  *kit.Journal
	view  journalView
	found *app.Letters // what search and filter leave; nil before it has come
	shown bool         // and its place is restored
}

// filterAbout is the filter by what messages are about.
const filterAbout = "about"

// subjects are what messages are about, as people meet them.
func subjects() []api.AboutCode {
	return []api.AboutCode{
		api.Delivered, api.RemedyOpens, api.RemindExecution, api.Lapse,
		api.RemindConfirmation, api.ConfirmationOverdue, api.RemindReview, api.ReviewOverdue,
	}
}

// subject is the key of the words for what a message is about.
func subject(code api.AboutCode) string {
	if !code.Valid() { // of a newer centre
		return "message.other"
	}
	return "message." + string(code)
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
			{Key: "about", Title: t("inbox.column.about"), Width: 224},
			{Key: "number", Title: t("inbox.column.number"), Width: 110},
			{Key: "purchase", Title: t("inbox.column.purchase"), Width: 98},
			{Key: "name", Title: t("inbox.column.name"), Width: 130, Grow: true},
			{Key: "status", Title: t("inbox.column.status"), Width: 165},
			{Key: "came", Title: t("inbox.column.came"), Width: 135},
			{Key: "due", Title: t("inbox.column.due"), Width: 118},
		},
		Filters:  []kit.Filter{b.aboutFilter()},
		OnSearch: func(text string) { b.view.Place.Search = text; b.refresh() },
		OnFilter: func(key, value string) { b.view.Filters[key] = value; b.refresh() },
		OnClearFilter: func(key string) {
			delete(b.view.Filters, key)
			b.refresh()
		},
		OnOpen:  b.open,
		Details: b.details,
	})
	return b.list
}

func (b *inboxPage) aboutFilter() kit.Filter {
	f := kit.Filter{Key: filterAbout, Title: b.p.lang.T("inbox.column.about")}
	for _, code := range subjects() {
		f.Options = append(f.Options, kit.Option{Value: string(code), Text: b.p.lang.T(subject(code))})
	}
	return f
}

// refresh searches anew, off Fyne's goroutine.
func (b *inboxPage) refresh() {
	desk, asked := b.p.desk, app.Inbox{Text: b.view.Place.Search, About: api.AboutCode(b.view.Filters[filterAbout])}
	load(b.p, func(ctx context.Context) (*app.Letters, error) { return desk.FindLetters(ctx, asked) }, func(found *app.Letters, err error) {
		if err != nil {
			b.p.options.Log.Error("read the inbox", "cause", err)
			b.list.SetState(kit.Failed, app.Sentence(b.p.lang, err, ""), &kit.Action{
				Text: b.p.lang.T("journal.again"), Icon: look.IconRefresh, OnTapped: b.refresh,
			})
			return
		}
		b.found = found
		b.show()
		if !b.shown {
			b.shown = true
			b.view.restore(b.list)
		}
	})
}

// show shows what was found.
func (b *inboxPage) show() {
	t := b.p.lang.T
	about := b.view.Filters[filterAbout]
	var active []kit.ActiveFilter
	if about != "" {
		value := t(subject(api.AboutCode(about)))
		active = []kit.ActiveFilter{{Key: filterAbout, Text: t("journal.filter.chip", "filter", t("inbox.column.about"), "value", value)}}
	}
	b.list.SetFilters(active)
	found := b.found
	b.list.SetList(kit.List{Len: found.Len(), Total: found.Total, ID: found.ID, At: func(i int) []kit.Cell { return b.at(found, i) }})
	switch {
	case found.Total == 0:
		b.list.SetState(kit.Empty, t("inbox.empty"), nil)
	case found.Len() == 0:
		b.list.SetState(kit.Empty, t("journal.nothing_fits"), &kit.Action{Text: t("journal.clear"), Icon: look.IconClose, OnTapped: func() {
			clear(b.view.Filters)
			b.list.SetSearch("")
			b.view.Place.Search = ""
			b.refresh()
			b.list.Focus()
		}})
	default:
		b.p.sayOffline(b.list)
	}
}

// at is a letter in the list; blank when it is gone since.
func (b *inboxPage) at(found *app.Letters, i int) []kit.Cell {
	row, err := found.Letter(i)
	if err != nil {
		if !errors.Is(err, app.ErrGone) {
			b.p.options.Log.Error("read a letter", "cause", err)
		}
		return make([]kit.Cell, len(b.cells(app.Letter{})))
	}
	return b.cells(row)
}

func (b *inboxPage) cells(row app.Letter) []kit.Cell {
	l, about := b.p.lang, subject(row.About.Code)
	status, due := kit.Cell{}, kit.Cell{}
	if row.Known {
		key := "notification." + string(row.Card.Notification.State.Status)
		status = kit.Cell{Text: l.T(key), Status: look.StatusOf(key)}
	}
	if row.Unread {
		status.Text = l.T("inbox.unread")
	}
	if days, open := b.due(row); open {
		due = kit.Cell{Text: app.DaysLeftShort(l, days), Status: look.Deadline(days)}
	}
	return []kit.Cell{
		{Text: l.T(about), Status: look.StatusOf(about)},
		{Text: row.About.Number, Strong: row.Unread},
		{Text: row.PurchaseNumber, Strong: row.Unread},
		{Text: inLang(l, row.KK, row.RU), Strong: row.Unread},
		status,
		{Text: assets.DateTime(row.Came)},
		due,
	}
}

// due counts the working days of the term that a message is about; false when it is about none that runs.
func (b *inboxPage) due(row app.Letter) (days int, open bool) {
	switch row.About.Code {
	case api.RemindConfirmation, api.ConfirmationOverdue, api.RemindReview, api.ReviewOverdue:
		return b.p.desk.DaysLeft(row.Term), !row.Term.IsZero()
	default:
		if !row.Known {
			return 0, false
		}
		return b.p.desk.TermOf(row.Card)
	}
}

// row finds a row in view.
func (b *inboxPage) row(id string) (app.Letter, bool) {
	for i := range b.found.Len() {
		if b.found.ID(i) == id {
			row, err := b.found.Letter(i)
			return row, err == nil
		}
	}
	return app.Letter{}, false
}

// open opens the notification. Who may not read it has what the message says beside the list.
func (b *inboxPage) open(id string) {
	switch row, found := b.row(id); {
	case !found:
	case row.Known:
		b.p.openNotification(row.Card.Notification.ID)
	default:
		b.list.ToggleDetails()
	}
}

// details are what the message says, and the notification in few words.
func (b *inboxPage) details(id string) fyne.CanvasObject {
	row, found := b.row(id)
	if !found {
		return kit.NewMuted("")
	}
	says := kit.NewParagraph(b.says(row))
	if row.Known {
		return kit.Stack(0, says, b.p.summary(row.Card))
	}
	return kit.Stack(0, says, kit.NewMuted(row.PurchaseNumber+"\n"+inLang(b.p.lang, row.KK, row.RU)))
}

// says is a message in a sentence. The deadline of a delivery may have moved since.
func (b *inboxPage) says(row app.Letter) string {
	m := api.Message{About: row.About}
	if row.About.Code == api.Delivered && row.Known {
		m.About.Deadline = row.Card.Notification.State.Deadline
	}
	return app.MessageText(b.p.lang, m)
}

package ui

import (
	"context"
	"encoding/json"
	"slices"

	"fyne.io/fyne/v2"

	"baqylau/api"
	"baqylau/app"
	"baqylau/assets"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// outboxPage is what has not reached the centre yet, and why.
type outboxPage struct {
	p     *Program
	list  *kit.Journal
	bar   *kit.ActionBar
	body  *fyne.Container
	rows  []parcel
	place kit.JournalPlace
	shown bool
}

// parcel is a command that waits, as the page shows it.
type parcel struct {
	id, label, state string
	about            string // whose number it has, when that is known
	notification     string // to open; empty for anything else
	since            string
	attempts         int
	why              string // what the centre said
}

func newOutboxPage(p *Program) page {
	o := &outboxPage{p: p}
	if old, ok := p.current.(*outboxPage); ok && old.shown {
		o.place = old.list.Place()
	}
	return o
}

func (o *outboxPage) rail() string { return "" }
func (o *outboxPage) crumbs() []kit.Crumb {
	return []kit.Crumb{o.p.home(), {Text: o.p.lang.T("outbox.title")}}
}
func (o *outboxPage) focus() { o.list.Focus() }

func (o *outboxPage) content() fyne.CanvasObject {
	t := o.p.lang.T
	o.list = kit.NewJournal(kit.JournalSpec{
		Lang: o.p.lang, Title: t("outbox.title"),
		Columns: []kit.Column{
			{Key: "what", Title: t("outbox.column.what"), Width: 220},
			{Key: "about", Title: t("outbox.column.about"), Width: 130},
			{Key: "state", Title: t("outbox.column.state"), Width: 180},
			{Key: "since", Title: t("outbox.column.since"), Width: 140},
			{Key: "why", Title: t("outbox.column.why"), Width: 280, Grow: true},
		},
		Bulk: []kit.BulkAction{
			{Text: t("outbox.retry"), Icon: look.IconRefresh, OnTapped: o.retry},
			{Text: t("outbox.remove"), Icon: look.IconTrash, Destructive: true, OnTapped: o.remove},
		},
		OnOpen: o.open, Details: o.details,
	})
	o.bar = kit.NewActionBar(kit.ActionBarSpec{Lang: o.p.lang})
	o.body = kit.Filled(8, o.list, flush(kit.NewMuted(t("outbox.about"))), o.list, o.bar)
	return o.body
}

func (o *outboxPage) refresh() {
	p := o.p
	load(p, func(context.Context) ([]parcel, error) { return p.parcels() }, func(rows []parcel, err error) {
		if err != nil {
			p.options.Log.Error("read the outbox", "cause", err)
			o.list.SetState(kit.Failed, app.Sentence(p.lang, err, ""), &kit.Action{
				Text: p.lang.T("journal.again"), Icon: look.IconRefresh, OnTapped: o.refresh,
			})
			return
		}
		o.rows = rows
		o.show()
		if !o.shown {
			o.shown = true
			if o.place.Cursor != "" {
				o.list.Restore(o.place)
			}
		}
	})
}

func (o *outboxPage) show() {
	t, rows := o.p.lang.T, o.rows
	o.list.SetList(kit.List{
		Len: len(rows), Total: len(rows),
		ID: func(i int) string { return rows[i].id },
		At: func(i int) []kit.Cell { return o.cells(rows[i]) },
	})
	if len(rows) == 0 {
		o.list.SetState(kit.Empty, t("outbox.empty"), nil)
		o.bar.Set(kit.ActionBarSpec{Lang: o.p.lang})
		o.body.Refresh()
		return
	}
	if !o.p.desk.State().Online {
		o.list.SetState(kit.Offline, t("outbox.offline"), nil)
	}
	all := make([]string, len(rows))
	for i, row := range rows {
		all[i] = row.id
	}
	o.bar.Set(kit.ActionBarSpec{Lang: o.p.lang, Primary: &kit.Action{Text: t("outbox.send_now"), Icon: look.IconSend, OnTapped: func() { o.retry(all) }}})
	o.body.Refresh() // the bar is higher now
}

// parcels reads the outbox. Off Fyne's goroutine.
func (p *Program) parcels() ([]parcel, error) {
	commands, err := p.desk.Outbox()
	if err != nil {
		return nil, err
	}
	rows := make([]parcel, len(commands))
	for i, c := range commands {
		rows[i] = parcel{id: c.ID, label: c.Label, state: string(c.State), since: assets.DateTime(c.Queued), attempts: c.Attempts}
		if card, err := p.desk.Card(c.Aggregate); err == nil {
			rows[i].notification, rows[i].about = c.Aggregate, card.Notification.Number
			if rows[i].about == "" {
				rows[i].about = card.Notification.LotNumber
			}
		}
		var problem api.Problem
		if len(c.Answer) > 0 && json.Unmarshal(c.Answer, &problem) == nil {
			rows[i].why = problem.Detail(p.lang)
		}
	}
	return rows, nil
}

// parcelLooks are how the states of a command look.
var parcelLooks = map[string]look.Status{
	"queued": {Icon: look.IconHourglass}, "sent": {Tone: look.Info, Icon: look.IconSend},
	"conflict": {Tone: look.Warning, Icon: look.IconWarning}, "refused": {Tone: look.Danger, Icon: look.IconCross},
}

func (o *outboxPage) cells(row parcel) []kit.Cell {
	t := o.p.lang.T
	return []kit.Cell{
		{Text: t(row.label), Strong: true},
		{Text: row.about},
		{Text: t("outbox.state." + row.state), Status: parcelLooks[row.state]},
		{Text: row.since},
		{Text: row.why},
	}
}

func (o *outboxPage) row(id string) (parcel, bool) {
	i := slices.IndexFunc(o.rows, func(row parcel) bool { return row.id == id })
	if i < 0 {
		return parcel{}, false
	}
	return o.rows[i], true
}

func (o *outboxPage) open(id string) {
	if row, found := o.row(id); found && row.notification != "" {
		o.p.openNotification(row.notification)
	}
}

func (o *outboxPage) details(id string) fyne.CanvasObject {
	t := o.p.lang.T
	row, found := o.row(id)
	if !found {
		return kit.NewMuted("")
	}
	rows := kit.Stack(8,
		kit.NewSubheading(t(row.label)),
		kit.Flow(8, kit.NewChip(t("outbox.state."+row.state), parcelLooks[row.state])),
		kit.NewParagraph(t("outbox.explain."+row.state)),
		kit.NewMuted(o.p.lang.N("outbox.attempts", row.attempts, "since", row.since)),
	)
	if row.why != "" {
		rows.Add(kit.NewBanner(look.Warning, look.IconInfo, row.why, nil))
	}
	return rows
}

// retry sends what was refused or is in conflict again, and what waits at once.
func (o *outboxPage) retry(ids []string) {
	p, desk := o.p, o.p.desk
	p.act("", "", func(context.Context) error {
		for _, id := range ids {
			if err := desk.Retry(id); err != nil {
				return err
			}
		}
		return nil
	}, func() { p.tell(look.Info, p.lang.T("outbox.retrying")) })
}

// remove takes commands out once that is confirmed; what was typed stays a draft.
func (o *outboxPage) remove(ids []string) {
	p, desk, t := o.p, o.p.desk, o.p.lang.T
	p.controller.Confirm(kit.ConfirmSpec{
		Title: p.lang.N("outbox.remove.title", len(ids)), Text: t("outbox.remove.text"), Action: t("outbox.remove"), Icon: look.IconTrash, Destructive: true,
		OnConfirm: func() {
			p.act("", t("outbox.removed"), func(context.Context) error {
				for _, id := range ids {
					if err := desk.Discard(id); err != nil {
						return err
					}
				}
				return nil
			}, nil)
		},
	})
}

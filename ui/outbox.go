package ui

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

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
	rows  []app.Parcel
	place kit.JournalPlace
	shown bool
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
			{Key: "what", Title: t("outbox.column.what"), Width: 240},
			{Key: "about", Title: t("outbox.column.about"), Width: 120},
			{Key: "order", Title: t("outbox.column.order"), Width: 78},
			{Key: "state", Title: t("outbox.column.state"), Width: 196},
			{Key: "since", Title: t("outbox.column.since"), Width: 136},
			{Key: "why", Title: t("outbox.column.why"), Width: 180, Grow: true},
		},
		Bulk: []kit.BulkAction{
			{Text: t("outbox.retry"), Icon: look.IconRefresh, OnTapped: o.retry},
			{Text: t("outbox.remove"), Icon: look.IconTrash, Destructive: true, OnTapped: o.remove},
		},
		Export: func() []kit.Choice {
			return []kit.Choice{
				{Text: t("outbox.export.text"), Icon: look.IconFile, OnTapped: func() { o.export(".txt", o.writeText) }},
				{Text: t("outbox.export.json"), Icon: look.IconExport, OnTapped: func() { o.export(".json", o.p.desk.ExportOutboxJSON) }},
			}
		},
		OnOpen: o.open, Details: o.details,
	})
	o.bar = kit.NewActionBar(kit.ActionBarSpec{Lang: o.p.lang})
	o.body = kit.Filled(8, o.list, flush(kit.NewMuted(t("outbox.about"))), o.list, o.bar)
	return o.body
}

func (o *outboxPage) refresh() {
	p, desk := o.p, o.p.desk
	load(p, func(context.Context) ([]app.Parcel, error) { return desk.Parcels() }, func(rows []app.Parcel, err error) {
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
		ID: func(i int) string { return rows[i].ID },
		At: func(i int) []kit.Cell { return o.cells(rows[i]) },
	})
	if len(rows) == 0 {
		o.list.SetState(kit.Empty, t("outbox.empty"), nil)
		o.bar.Set(kit.ActionBarSpec{Lang: o.p.lang})
		o.body.Refresh()
		return
	}
	all := make([]string, len(rows))
	for i, row := range rows {
		all[i] = row.ID
	}
	o.bar.Set(kit.ActionBarSpec{Lang: o.p.lang, Primary: &kit.Action{Text: t("outbox.send_now"), Icon: look.IconSend, OnTapped: func() { o.retry(all) }}})
	o.body.Refresh() // the bar is higher now
}

// parcelLooks are how the states of a command look.
var parcelLooks = map[app.ParcelState]look.Status{
	app.ParcelQueued: {Icon: look.IconHourglass}, app.ParcelBehind: {Icon: look.IconList}, app.ParcelPaused: {Tone: look.Warning, Icon: look.IconLock},
	app.ParcelSent: {Tone: look.Info, Icon: look.IconSend}, app.ParcelConflict: {Tone: look.Warning, Icon: look.IconWarning},
	app.ParcelRefused: {Tone: look.Danger, Icon: look.IconCross},
}

func (o *outboxPage) cells(row app.Parcel) []kit.Cell {
	t := o.p.lang.T
	order := ""
	if row.Of > 1 {
		order = strconv.Itoa(row.Place) + " / " + strconv.Itoa(row.Of)
	}
	return []kit.Cell{
		{Text: t(row.Label), Strong: true},
		{Text: row.Number},
		{Text: order},
		{Text: t("outbox.state." + string(row.State)), Status: parcelLooks[row.State]},
		{Text: assets.DateTime(row.Since)},
		{Text: row.Why(o.p.lang)},
	}
}

func (o *outboxPage) row(id string) (app.Parcel, bool) {
	i := slices.IndexFunc(o.rows, func(row app.Parcel) bool { return row.ID == id })
	if i < 0 {
		return app.Parcel{}, false
	}
	return o.rows[i], true
}

// open opens what a command is about: of two texts that clash, both.
func (o *outboxPage) open(id string) {
	switch row, found := o.row(id); {
	case !found:
	case row.Clash:
		o.decide(row)
	case row.Card != "":
		o.p.openNotification(row.Card)
	}
}

// decide asks what stays of two texts, and sends it.
func (o *outboxPage) decide(row app.Parcel) {
	form, err := o.p.desk.Clash(row.Object)
	if err != nil {
		if !errors.Is(err, app.ErrGone) {
			o.p.options.Log.Error("read two texts that clash", "cause", err)
		}
		o.p.controller.Tell(o.p.lang.T("shell.not_done"), app.Sentence(o.p.lang, err, ""))
		return
	}
	o.p.askDecide(form, func(app.Form) {})
}

func (o *outboxPage) details(id string) fyne.CanvasObject {
	t := o.p.lang.T
	row, found := o.row(id)
	if !found {
		return kit.NewMuted("")
	}
	explain := "outbox.explain." + string(row.State)
	if row.Clash {
		explain = "outbox.explain.clash"
	}
	rows := kit.Stack(8,
		kit.NewSubheading(t(row.Label)),
		kit.Flow(8, kit.NewChip(t("outbox.state."+string(row.State)), parcelLooks[row.State])),
		kit.NewParagraph(t(explain)),
	)
	if row.Clash {
		rows.Add(kit.Flow(8, kit.NewButton(t("outbox.decide"), "", kit.Secondary, func() { o.decide(row) })))
	}
	rows.Add(kit.NewMuted(o.p.lang.N("outbox.attempts", row.Attempts, "since", assets.DateTime(row.Since))))
	if why := row.Why(o.p.lang); why != "" {
		rows.Add(kit.NewBanner(look.Warning, look.IconInfo, why, nil))
	}
	if row.Of > 1 {
		rows.Add(kit.NewMuted(o.line(row)))
	}
	return rows
}

// line is what waits for the same object, in order.
func (o *outboxPage) line(row app.Parcel) string {
	t := o.p.lang.T
	lines := []string{t("outbox.line")}
	for _, other := range o.rows {
		if other.Object == row.Object {
			lines = append(lines, t("outbox.line.entry", "place", other.Place, "what", t(other.Label), "state", t("outbox.state."+string(other.State))))
		}
	}
	return strings.Join(lines, "\n")
}

// retry sends what was refused or is in conflict again, and what waits at once.
func (o *outboxPage) retry(ids []string) {
	p, desk := o.p, o.p.desk
	p.act("", "", func(context.Context) error { return desk.Retry(ids...) }, func() { p.tell(look.Info, p.lang.T("outbox.retrying")) })
}

// name names a command with what it is about.
func (o *outboxPage) name(row app.Parcel) string {
	if row.Number == "" {
		return o.p.lang.T(row.Label)
	}
	return o.p.lang.T("outbox.name", "what", o.p.lang.T(row.Label), "number", row.Number)
}

// remove takes commands out, with what waits behind them, once that is confirmed; what was typed stays a
// draft.
func (o *outboxPage) remove(ids []string) {
	p, desk, t := o.p, o.p.desk, o.p.lang.T
	along := app.Along(o.rows, ids)
	title := p.lang.N("outbox.remove.title", len(ids))
	text := []string{t("outbox.remove.text")}
	var others []string
	sent := false
	for _, row := range along {
		if sent = sent || row.State == app.ParcelSent; !slices.Contains(ids, row.ID) {
			others = append(others, o.name(row))
		} else if len(ids) == 1 {
			title = t("outbox.remove.one", "name", o.name(row))
		}
	}
	if len(others) > 0 {
		text = append(text, t("outbox.remove.along", "names", strings.Join(others, "; ")))
	}
	if sent {
		text = append(text, t("outbox.remove.sent"))
	}
	p.controller.Confirm(kit.ConfirmSpec{
		Title: title, Text: strings.Join(text, " "), Action: t("outbox.remove"), Icon: look.IconTrash, Destructive: true,
		OnConfirm: func() {
			p.act("", t("outbox.removed"), func(context.Context) error { return desk.Discard(ids...) }, nil)
		},
	})
}

// writeText writes what waits for a person to read.
func (o *outboxPage) writeText(w io.Writer) error { return o.p.desk.ExportOutboxText(w, o.p.lang) }

// export asks for a place and writes there what waits.
func (o *outboxPage) export(ending string, write func(io.Writer) error) {
	o.p.saveAs(o.p.lang.T("outbox.export.name")+ending, func(path string) error {
		return writeWhole(path, func(f *os.File) error { return write(f) })
	})
}

package ui

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/ui/ink"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// myLotsPage lists the lots and plan points that are assigned to me.
type myLotsPage struct {
	p       *Program
	list    *kit.Journal
	bar     *kit.ActionBar
	whole   fyne.CanvasObject
	lots    []app.MyLot // all of them, in the order of the page
	shown   []app.MyLot
	come    bool
	search  string
	sortKey string
	descend bool
	place   kit.JournalPlace
}

func newMyLotsPage(p *Program) page {
	m := &myLotsPage{p: p}
	if old, ok := p.current.(*myLotsPage); ok {
		m.search, m.sortKey, m.descend, m.place = old.search, old.sortKey, old.descend, old.list.Place()
	} else {
		m.place.Cursor = p.route.lot
	}
	return m
}

func (m *myLotsPage) rail() string { return pageMyLots }
func (m *myLotsPage) crumbs() []kit.Crumb {
	return []kit.Crumb{m.p.home(), {Text: m.p.lang.T("rail.my-lots")}}
}
func (m *myLotsPage) focus()       { m.list.Focus() }
func (m *myLotsPage) startSearch() { m.list.FocusSearch() }

// keep notes where the cursor is, for who comes back.
func (m *myLotsPage) keep() { m.p.route.lot = m.list.Cursor() }

func (m *myLotsPage) content() fyne.CanvasObject {
	t := m.p.lang.T
	m.bar = kit.NewActionBar(kit.ActionBarSpec{Lang: m.p.lang})
	m.list = kit.NewJournal(kit.JournalSpec{
		Lang: m.p.lang, Title: t("lots.heading"),
		Columns: []kit.Column{
			{Key: "number", Title: t("lots.column.number"), Width: 96, Sortable: true},
			{Key: "lot", Title: t("lots.column.lot"), Width: 134, Sortable: true},
			{Key: "name", Title: t("lots.column.name"), Width: 170, Grow: true, Sortable: true},
			{Key: "direction", Title: t("lots.column.direction"), Width: 78, Sortable: true},
			{Key: "due", Title: t("lots.column.due"), Width: 150, Sortable: true},
			{Key: "checks", Title: t("lots.column.checks"), Width: 150, Sortable: true},
			{Key: "notification", Title: t("lots.column.notification"), Width: 136, Sortable: true},
			{Key: "certificate", Title: t("lots.column.certificate"), Width: 116, Sortable: true},
			{Key: "amount", Title: t("report.column.amount"), Width: 140, Align: ink.Trailing, Sortable: true},
		},
		OnSearch: m.find, OnSort: m.sort, OnOpen: m.open, OnCursor: func(string) { m.bar.Set(m.actions()) },
		Details: m.details,
	})
	m.list.SetSearch(m.search)
	m.whole = kit.Filled(8, m.list, m.list, m.bar)
	return m.whole
}

// refresh reads the lots, off Fyne's goroutine.
func (m *myLotsPage) refresh() {
	desk := m.p.desk
	load(m.p, func(context.Context) ([]app.MyLot, error) { return desk.MyLots() }, func(lots []app.MyLot, err error) {
		if err != nil {
			m.p.options.Log.Error("read my lots", "cause", err)
			again := &kit.Action{Text: m.p.lang.T("report.again"), Icon: look.IconRefresh, OnTapped: m.refresh}
			m.list.SetState(kit.Failed, app.Sentence(m.p.lang, err, ""), again)
			return
		}
		m.lots, m.come = lots, true
		m.arrange()
		m.show()
	})
}

func (m *myLotsPage) show() {
	m.shown = slices.DeleteFunc(slices.Clone(m.lots), func(lot app.MyLot) bool { return !m.fits(lot) })
	shown := m.shown
	m.list.SetList(kit.List{Len: len(shown), Total: len(m.lots), ID: func(i int) string { return myLotID(shown[i]) }, At: m.row})
	m.list.SetSort(m.sortKey, m.descend)
	if m.place.Cursor != "" || m.place.Hidden != nil || m.place.Details {
		m.place.Search = m.search
		m.list.Restore(m.place)
		m.place = kit.JournalPlace{}
	}
	switch {
	case len(m.lots) == 0:
		m.list.SetState(kit.Empty, m.p.lang.T("lots.empty"), nil)
	case len(shown) == 0:
		m.list.SetState(kit.Empty, m.p.lang.T("lots.none_found"), nil)
	case !m.p.desk.State().Online:
		m.list.SetState(kit.Offline, "", nil)
	}
	m.bar.Set(m.actions())
	m.whole.Refresh()
}

func myLotID(lot app.MyLot) string { return lot.Lot.ID + " " + string(lot.Direction) }

func (m *myLotsPage) row(i int) []kit.Cell {
	lot, l := &m.shown[i], m.p.lang
	cells := []kit.Cell{
		{Text: lot.Purchase.Number, Strong: true},
		{Text: lot.Lot.Number},
		{Text: inLang(l, lot.Lot.NameKK, lot.Lot.NameRU)},
		{Text: directionNumber(l, lot.Direction)},
		m.due(lot),
		{Text: m.checks(lot)},
		{},
		{},
		{Text: assets.Money(int64(lot.Lot.Amount))},
	}
	if lot.Standing != nil {
		key := "notification." + string(lot.Standing.State.Status)
		cells[6] = kit.Cell{Text: l.T(key), Status: look.StatusOf(key)}
	}
	if lot.Certificate != nil {
		cells[7] = kit.Cell{Text: lot.Certificate.Number}
	}
	return cells
}

// due says how long the lot may still be marked.
func (m *myLotsPage) due(lot *app.MyLot) kit.Cell {
	switch l := m.p.lang; {
	case !lot.Open.Allowed:
		return kit.Cell{Text: l.T("lots.closed"), Status: look.Status{Icon: look.IconLock, Plain: true}}
	case lot.Open.Closes.IsZero():
		return kit.Cell{Text: l.T("lots.no_term"), Status: look.Status{Icon: look.IconClock, Plain: true}}
	default:
		return kit.Cell{Text: app.DaysLeftShort(l, lot.DaysLeft), Status: look.Deadline(lot.DaysLeft)}
	}
}

// checks is how many of the profiles are checked, and what was found.
func (m *myLotsPage) checks(lot *app.MyLot) string {
	text := m.p.lang.T("lots.checks", "checked", lot.Checked, "profiles", lot.Profiles)
	if lot.Violated > 0 {
		text += " · " + m.p.lang.N("lots.violations", lot.Violated)
	}
	return text
}

// at is the lot under the cursor; nil when there is none.
func (m *myLotsPage) at(id string) *app.MyLot {
	for i := range m.shown {
		if myLotID(m.shown[i]) == id {
			return &m.shown[i]
		}
	}
	return nil
}

func (m *myLotsPage) details(id string) fyne.CanvasObject {
	lot, l := m.at(id), m.p.lang
	if lot == nil {
		return kit.NewMuted("")
	}
	p := lot.Purchase
	return kit.Stack(0, kit.NewSubheading(lot.Lot.Number), kit.NewParagraph(inLang(l, lot.Lot.NameKK, lot.Lot.NameRU)), facts(l,
		"report.column.number", p.Number+" · "+inLang(l, p.NameKK, p.NameRU),
		"report.column.method", l.T("method."+string(p.Method)),
		"report.column.status", l.T("status."+string(lot.Lot.Status)),
		"report.column.amount", assets.Money(int64(lot.Lot.Amount)),
		"report.column.organizer", party(l, p.AuditObject()),
		"report.column.closes", lastDay(lot.Open.Closes),
		"lots.assigned", day(lot.Assigned),
		"lots.why_closed", m.p.desk.Why(l, lot.Open, actionMark),
	))
}

// actionMark, actionCertify name in refusals what package control has no transition for.
const (
	actionMark    control.Action = "mark"
	actionCertify control.Action = "certify"
)

// actions are what can be done with the lot under the cursor.
func (m *myLotsPage) actions() kit.ActionBarSpec {
	spec, t := kit.ActionBarSpec{Lang: m.p.lang}, m.p.lang.T
	if m.list == nil {
		return spec
	}
	id := m.list.Cursor()
	lot := m.at(id)
	if lot == nil {
		return spec
	}
	spec.Primary = &kit.Action{Text: t("lots.open"), Icon: look.IconCheck, OnTapped: func() { m.open(id) }}
	if lot.Standing != nil {
		notification := lot.Standing.ID
		spec.Secondary = append(spec.Secondary, kit.Action{
			Text: t("lots.notification"), Icon: look.IconEnvelope,
			OnTapped: func() { m.p.navigate(route{name: pageCard, id: notification}) },
		})
	}
	if c := lot.Certificate; c != nil {
		spec.Secondary = append(spec.Secondary, kit.Action{
			Text: t("lots.certificate", "number", c.Number), Icon: look.IconFile,
			OnTapped: func() { m.p.openFile(c.Number+".pdf", c.File) },
		})
	}
	return spec
}

func (m *myLotsPage) open(id string) {
	if lot := m.at(id); lot != nil {
		m.p.navigate(route{name: pageDesk, id: lot.Purchase.ID, lot: lot.Lot.ID, direction: lot.Direction})
	}
}

func (m *myLotsPage) find(text string) {
	m.search = text
	if m.come {
		m.show()
	}
}

// fits tells whether a lot has the searched text in its numbers, names or organiser.
func (m *myLotsPage) fits(lot app.MyLot) bool {
	of := lot.Purchase.AuditObject()
	return holds(strings.Join([]string{
		lot.Purchase.Number, lot.Lot.Number, lot.Lot.NameKK, lot.Lot.NameRU, of.NameKK, of.NameRU, of.BIN,
	}, "\n"), m.search)
}

func (m *myLotsPage) sort(key string, descending bool) {
	m.sortKey, m.descend = key, descending
	m.refresh()
}

// arrange puts the lots into the order of the chosen column; without one what closes first is first.
func (m *myLotsPage) arrange() {
	compare, known := map[string]func(a, b *app.MyLot) int{
		"number":       func(a, b *app.MyLot) int { return strings.Compare(a.Purchase.Number, b.Purchase.Number) },
		"lot":          func(a, b *app.MyLot) int { return strings.Compare(a.Lot.Number, b.Lot.Number) },
		"name":         func(a, b *app.MyLot) int { return strings.Compare(m.name(a), m.name(b)) },
		"direction":    func(a, b *app.MyLot) int { return cmp.Compare(a.Direction, b.Direction) },
		"due":          func(a, b *app.MyLot) int { return a.Open.Closes.Compare(b.Open.Closes) },
		"checks":       func(a, b *app.MyLot) int { return cmp.Compare(a.Checked, b.Checked) },
		"notification": func(a, b *app.MyLot) int { return cmp.Compare(standingStatus(a), standingStatus(b)) },
		"certificate":  func(a, b *app.MyLot) int { return strings.Compare(certificateNumber(a), certificateNumber(b)) },
		"amount":       func(a, b *app.MyLot) int { return cmp.Compare(a.Lot.Amount, b.Lot.Amount) },
	}[m.sortKey]
	if !known {
		return
	}
	slices.SortStableFunc(m.lots, func(a, b app.MyLot) int {
		if m.descend {
			a, b = b, a
		}
		return compare(&a, &b)
	})
}

func (m *myLotsPage) name(lot *app.MyLot) string {
	return inLang(m.p.lang, lot.Lot.NameKK, lot.Lot.NameRU)
}

func standingStatus(lot *app.MyLot) control.NotificationStatus {
	if lot.Standing == nil {
		return ""
	}
	return lot.Standing.State.Status
}

func certificateNumber(lot *app.MyLot) string {
	if lot.Certificate == nil {
		return ""
	}
	return lot.Certificate.Number
}

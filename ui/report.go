package ui

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"baqylau/api"
	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/ui/ink"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

const (
	reportPart = 500    // rows asked for at a time
	reportMost = 20_000 // rows shown; Excel takes all of them
)

// reportPage is the report on what is subject to control, and where lots are assigned
//
type reportPage struct {
	p       *Program
	filter  api.GetReportParams
	filters []reportFilter
	kind    *fyne.Container // the button of the report's type
	list    *kit.Journal
	bar     *kit.ActionBar
	whole   fyne.CanvasObject

	rows    []api.ReportRow
	more    bool // the report has more rows than are shown
	formed  bool
	sortKey string
	descend bool
	place   kit.JournalPlace

	forming bool
	stop    context.CancelFunc // of what is being formed
}

// newReportPage opens the report. Its filter stands in its route, so that who comes back finds it and
// what was formed is formed again; a page that is built anew takes the rows over as they are.
func newReportPage(p *Program) page {
	r := &reportPage{p: p, filter: api.GetReportParams{Method: string(control.OpenTender)}}
	if old, ok := p.current.(*reportPage); ok && !old.forming {
		r.filter, r.rows, r.more, r.formed = old.filter, old.rows, old.more, old.formed
		r.sortKey, r.descend, r.place = old.sortKey, old.descend, old.list.Place()
	} else if p.route.id != "" {
		var place reportPlace
		if err := json.Unmarshal([]byte(p.route.id), &place); err != nil {
			p.options.Log.Error("read the filter of a report", "cause", err)
			return r
		}
		r.filter, r.forming, r.place.Cursor = place.Filter, place.Formed, p.route.lot
	}
	return r
}

// reportPlace is what stands in the route, for who comes back.
type reportPlace struct {
	Filter api.GetReportParams
	Formed bool
}

func (r *reportPage) rail() string { return pageReport }
func (r *reportPage) crumbs() []kit.Crumb {
	return []kit.Crumb{r.p.home(), {Text: r.p.lang.T("rail.report")}}
}
func (r *reportPage) focus() { r.list.Focus() }

// keep stops what is being formed and notes where the cursor is.
func (r *reportPage) keep() {
	if r.stop != nil {
		r.stop()
	}
	r.remember()
}

// startSearch asks for a word of the names.
func (r *reportPage) startSearch() { r.choose("text", "") }

func (r *reportPage) content() fyne.CanvasObject {
	t := r.p.lang.T
	r.filters = r.allFilters()
	r.kind = container.NewHBox()
	r.list = kit.NewJournal(kit.JournalSpec{
		Lang: r.p.lang, Title: t("report.heading"),
		Columns: []kit.Column{
			{Key: "number", Title: t("lots.column.number"), Width: 96, Sortable: true},
			{Key: "lot", Title: t("lots.column.lot"), Width: 134, Sortable: true},
			{Key: "name", Title: t("report.column.name"), Width: 190, Grow: true, Sortable: true},
			{Key: "amount", Title: t("report.column.amount"), Width: 136, Align: ink.Trailing, Sortable: true},
			{Key: "direction", Title: t("lots.column.direction"), Width: 78, Sortable: true},
			{Key: "due", Title: t("report.column.due"), Width: 128, Sortable: true},
			{Key: "assignee", Title: t("report.column.assignee"), Width: 230, Sortable: true},
			{Key: "organization", Title: t("report.column.organization"), Width: 260, Sortable: true},
			{Key: "organizer", Title: t("report.column.organizer"), Width: 260, Sortable: true},
			{Key: "status", Title: t("report.column.status"), Width: 220, Sortable: true},
		},
		Filters: r.choices(), Bulk: r.bulk(),
		OnFilter: r.choose, OnClearFilter: r.clear, OnSort: r.sort, Details: r.details,
	})
	r.bar = kit.NewActionBar(r.actions())
	r.whole = kit.Filled(8, r.list, r.kind, r.list, r.bar)
	r.showFilters()
	return r.whole
}

func (r *reportPage) actions() kit.ActionBarSpec {
	t := r.p.lang.T
	spec := kit.ActionBarSpec{
		Lang:      r.p.lang,
		Primary:   &kit.Action{Text: t("report.form"), Icon: look.IconChart, OnTapped: r.form},
		Secondary: []kit.Action{{Text: t("report.excel"), Icon: look.IconExport, OnTapped: r.excel}},
	}
	if r.more {
		spec.Note = t("report.more", "rows", assets.Number(int64(len(r.rows))))
	}
	return spec
}

// kinds are the report types: the six methods of procurement.
func (r *reportPage) kinds() []kit.Choice {
	var choices []kit.Choice
	for _, method := range control.Methods() {
		choices = append(choices, kit.Choice{
			Text: r.p.lang.T("method." + string(method)), Checked: r.filter.Method == string(method),
			OnTapped: func() {
				r.filter.Method = string(method)
				r.filterChanged()
			},
		})
	}
	return choices
}

func (r *reportPage) refresh() {
	switch {
	case r.forming && r.stop == nil:
		r.form()
	case r.forming:
	case !r.formed:
		r.list.SetState(kit.Empty, r.p.lang.T("report.begin"), nil)
	default:
		r.show()
	}
}

// form asks the centre for the report, part by part.
func (r *reportPage) form() {
	r.cancel()
	r.forming = true
	ctx, stop := context.WithCancel(r.p.session)
	r.stop = stop
	r.counted(ctx, 0)
	filter, desk := r.filter, r.p.desk
	load(r.p, func(context.Context) (reportRead, error) {
		defer stop()
		return readReport(ctx, desk, filter, func(n int) { r.p.post(func() { r.counted(ctx, n) }) })
	}, func(read reportRead, err error) {
		r.forming, r.stop = false, nil
		if err != nil {
			r.notFormed(err)
			return
		}
		r.rows, r.more, r.formed = read.rows, read.more, true
		r.arrange()
		r.show()
		r.list.Focus()
	})
}

// cancel ends what is being formed; its answer is dropped.
func (r *reportPage) cancel() {
	if r.stop != nil {
		r.stop()
		r.p.loads++
	}
	r.forming, r.stop = false, nil
}

// counted says how many rows have come.
func (r *reportPage) counted(ctx context.Context, n int) {
	if ctx.Err() != nil || r.p.current != page(r) {
		return
	}
	stop := &kit.Action{Text: r.p.lang.T("ui.cancel"), Icon: look.IconClose, OnTapped: func() {
		r.cancel()
		r.refresh()
	}}
	r.list.SetState(kit.Loading, r.p.lang.T("report.forming", "rows", assets.Number(int64(n))), stop)
}

// remember puts the filter and the cursor into the route.
func (r *reportPage) remember() {
	text, err := json.Marshal(reportPlace{r.filter, r.formed})
	if err != nil {
		r.p.options.Log.Error("keep the filter of a report", "cause", err)
		return
	}
	r.p.route.id, r.p.route.lot = string(text), r.list.Cursor()
}

func (r *reportPage) notFormed(err error) {
	r.p.options.Log.Info("the report was not formed", "cause", err)
	again := &kit.Action{Text: r.p.lang.T("report.again"), Icon: look.IconRefresh, OnTapped: r.form}
	sentence := app.Sentence(r.p.lang, err, "")
	if errors.Is(err, api.ErrOffline) {
		sentence = r.p.lang.T("report.no_link")
	}
	if !r.formed {
		r.list.SetState(kit.Failed, sentence, again)
		return
	}
	r.show()
	r.list.SetState(kit.Offline, sentence, again)
}

// reportRead is what of a report is shown.
type reportRead struct {
	rows []api.ReportRow
	more bool
}

// readReport reads a report part by part; told hears how many rows there are so far.
func readReport(ctx context.Context, desk *app.Desk, filter api.GetReportParams, told func(int)) (reportRead, error) {
	var read reportRead
	filter.Limit = reportPart
	for {
		part, err := desk.Report(ctx, filter)
		if err != nil {
			return reportRead{}, err
		}
		read.rows = append(read.rows, part.Rows...)
		if part.Next == "" {
			return read, nil
		}
		if len(read.rows) >= reportMost {
			read.more = true
			return read, nil
		}
		told(len(read.rows))
		filter.After = part.Next
	}
}

func (r *reportPage) show() {
	rows := r.rows
	r.list.SetList(kit.List{Len: len(rows), Total: len(rows), ID: func(i int) string { return rowID(rows[i]) }, At: r.row})
	r.list.SetSort(r.sortKey, r.descend)
	if r.place.Cursor != "" || r.place.Hidden != nil || r.place.Details {
		r.list.Restore(r.place)
		r.place = kit.JournalPlace{}
	}
	again := &kit.Action{Text: r.p.lang.T("report.again"), Icon: look.IconRefresh, OnTapped: r.form}
	switch {
	case len(rows) == 0:
		r.list.SetState(kit.Empty, r.p.lang.T("report.empty"), r.withoutFilters())
	case !r.p.desk.State().Online:
		r.list.SetState(kit.Offline, r.p.lang.T("report.offline"), again)
	}
	r.bar.Set(r.actions())
	r.whole.Refresh()
}

// withoutFilters offers to form the report anew with nothing but its type.
func (r *reportPage) withoutFilters() *kit.Action {
	if len(r.active()) == 0 {
		return nil
	}
	return &kit.Action{Text: r.p.lang.T("report.without_filters"), Icon: look.IconFilter, OnTapped: func() {
		r.filter = api.GetReportParams{Method: r.filter.Method}
		r.showFilters()
		r.form()
	}}
}

func rowID(row api.ReportRow) string { return row.Lot + " " + string(row.Direction) }

func (r *reportPage) row(i int) []kit.Cell {
	row, l := &r.rows[i], r.p.lang
	return []kit.Cell{
		{Text: row.Number, Strong: true},
		{Text: row.LotNumber},
		{Text: inLang(l, row.LotNameKK, row.LotNameRU)},
		{Text: assets.Money(int64(row.Amount))},
		{Text: directionNumber(l, row.Direction)},
		r.due(row.Closes),
		{Text: row.AssigneeName},
		{Text: inLang(l, row.AssigneeOrganizationKK, row.AssigneeOrganizationRU)},
		{Text: inLang(l, row.Organizer.NameKK, row.Organizer.NameRU)},
		{Text: l.T("status." + string(row.Status)), Status: look.StatusOf("status." + string(row.Status))},
	}
}

// due is the last day with the working days that are left.
func (r *reportPage) due(closes time.Time) kit.Cell {
	if closes.IsZero() {
		return kit.Cell{}
	}
	left := r.p.desk.DaysLeft(closes)
	return kit.Cell{Text: app.DaysLeftShort(r.p.lang, left), Status: look.Deadline(left)}
}

func directionName(l assets.Lang, d control.Direction) string {
	if d == control.Undirected {
		return l.T("direction.none")
	}
	return l.T("direction." + string(d))
}

// directionNumber names a direction in a column of that heading.
func directionNumber(l assets.Lang, d control.Direction) string {
	if d == control.Undirected {
		return l.T("none")
	}
	return strings.TrimPrefix(string(d), "D")
}

// details shows everything of a row.
func (r *reportPage) details(id string) fyne.CanvasObject {
	at := slices.IndexFunc(r.rows, func(row api.ReportRow) bool { return rowID(row) == id })
	if at < 0 {
		return kit.NewMuted("")
	}
	row, l := r.rows[at], r.p.lang
	lines := facts(l,
		"report.column.number", row.Number+" · "+inLang(l, row.NameKK, row.NameRU),
		"report.column.method", l.T("method."+string(row.Method)),
		"report.column.status", l.T("status."+string(row.Status)),
		"report.column.amount", assets.Money(int64(row.Amount)),
		"report.column.ens_tru", row.EnsTRU,
		"report.column.organizer", party(l, row.Organizer),
		"report.column.customer", party(l, row.Customer),
		"report.column.direction", directionName(l, row.Direction),
		"report.column.published", day(row.PublishedAt),
		"report.column.closes", lastDay(row.Closes),
		"report.column.assignee", row.AssigneeName,
		"report.column.organization", inLang(l, row.AssigneeOrganizationKK, row.AssigneeOrganizationRU),
	)
	return kit.Stack(0, kit.NewSubheading(row.LotNumber), kit.NewParagraph(inLang(l, row.LotNameKK, row.LotNameRU)), lines)
}

// closeUp takes back the room that labels leave around themselves, so that lines that belong together
// stand together.
const closeUp = -12

// facts lists what is known under its headings: keys and values by turns; what is empty is left out.
func facts(l assets.Lang, pairs ...string) fyne.CanvasObject {
	lines := kit.Stack(0)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			lines.Add(kit.Stack(closeUp, kit.NewMuted(l.T(pairs[i])), kit.NewParagraph(pairs[i+1])))
		}
	}
	return lines
}

func party(l assets.Lang, p control.Party) string {
	return strings.TrimSuffix(inLang(l, p.NameKK, p.NameRU)+", "+p.BIN, ", ")
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return assets.Date(t)
}

// lastDay is the day that ends at an exclusive instant.
func lastDay(closes time.Time) string {
	if closes.IsZero() {
		return ""
	}
	return assets.Date(closes.Add(-time.Nanosecond))
}

func (r *reportPage) sort(key string, descending bool) {
	r.sortKey, r.descend = key, descending
	if !r.formed || r.forming { // it comes in this order
		r.list.SetSort(key, descending)
		return
	}
	r.arrange()
	r.show()
}

// arrange puts the rows into the order of the chosen column; without one they stay as they came.
func (r *reportPage) arrange() {
	compare, known := map[string]func(a, b *api.ReportRow) int{
		"number":    func(a, b *api.ReportRow) int { return strings.Compare(a.Number, b.Number) },
		"lot":       func(a, b *api.ReportRow) int { return strings.Compare(a.LotNumber, b.LotNumber) },
		"name":      r.byName(func(row *api.ReportRow) (kk, ru string) { return row.LotNameKK, row.LotNameRU }),
		"amount":    func(a, b *api.ReportRow) int { return cmp.Compare(a.Amount, b.Amount) },
		"direction": func(a, b *api.ReportRow) int { return cmp.Compare(a.Direction, b.Direction) },
		"due":       func(a, b *api.ReportRow) int { return a.Closes.Compare(b.Closes) },
		"assignee":  func(a, b *api.ReportRow) int { return strings.Compare(a.AssigneeName, b.AssigneeName) },
		"organization": r.byName(func(row *api.ReportRow) (kk, ru string) {
			return row.AssigneeOrganizationKK, row.AssigneeOrganizationRU
		}),
		"organizer": r.byName(func(row *api.ReportRow) (kk, ru string) { return row.Organizer.NameKK, row.Organizer.NameRU }),
		"status":    func(a, b *api.ReportRow) int { return cmp.Compare(a.Status, b.Status) },
	}[r.sortKey]
	if !known {
		return
	}
	slices.SortStableFunc(r.rows, func(a, b api.ReportRow) int {
		if r.descend {
			a, b = b, a
		}
		return compare(&a, &b)
	})
}

func (r *reportPage) byName(name func(*api.ReportRow) (kk, ru string)) func(a, b *api.ReportRow) int {
	text := func(row *api.ReportRow) string {
		kk, ru := name(row)
		return inLang(r.p.lang, kk, ru)
	}
	return func(a, b *api.ReportRow) int { return strings.Compare(text(a), text(b)) }
}

// excel writes the report without showing it first.
func (r *reportPage) excel() {
	l, desk, filter := r.p.lang, r.p.desk, r.filter
	name := l.T("report.file", "date", assets.Date(desk.Now())) + ".xlsx"
	r.p.exportTo(name, func(ctx context.Context, f *os.File, progress func(int)) error {
		return desk.ExportReport(ctx, f, l, filter, progress)
	})
}

package kit

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"baqylau/assets"
	"baqylau/ui/ink"
	"baqylau/ui/look"
)

// Column is a column of a journal. Width is in Fyne's units at the ordinary text size; what is left over goes to the
// columns that Grow, or to all in proportion.
type Column struct {
	Key      string
	Title    string
	Width    float32
	Align    ink.Align
	Sortable bool
	Grow     bool
	Hidden   bool // until the person shows it
}

// Cell is one cell of a row, already in words. With a Status it is drawn as a chip.
type Cell struct {
	Text   string
	Status look.Status
	Strong bool
}

// List is what a journal shows: Len rows out of Total. At is asked for the visible rows alone, in the order of all
// columns; ID names a row steadily while lists change.
type List struct {
	Len, Total int
	ID         func(i int) string
	At         func(i int) []Cell
}

// Filter is a filter that may be added. With Options a menu offers its values; without, OnFilter is called with an
// empty value and the page asks.
type Filter struct {
	Key, Title string
	Options    []Option
}

// Option is one value with its word.
type Option struct{ Value, Text string }

// ActiveFilter is a filter in force, shown as a chip that can be cleared: "мәртебесі: келісілуде".
type ActiveFilter struct{ Key, Text string }

// BulkAction acts on all selected rows. Reason, when given, says why it is off for them; "" means on.
type BulkAction struct {
	Text        string
	Icon        look.Icon
	Destructive bool
	Reason      func(ids []string) string
	OnTapped    func(ids []string)
}

// JournalState is what the place of the rows shows.
type JournalState int

// The states. Offline keeps the rows and says so above them; the others stand in their place.
const (
	Ready JournalState = iota
	Loading
	Empty
	Offline
	Failed
)

// JournalSpec is what a journal is made from. Callbacks may be nil; what they serve isn't shown then.
type JournalSpec struct {
	Lang    assets.Lang
	Title   string
	Columns []Column
	Filters []Filter
	Bulk    []BulkAction
	Saved   func() []Choice // saved filters
	Export  func() []Choice

	OnSearch      func(text string)
	OnFilter      func(key, value string)
	OnClearFilter func(key string)
	OnSort        func(key string, descending bool)
	OnOpen        func(id string)
	OnCursor      func(id string)
	Details       func(id string) fyne.CanvasObject
}

// JournalPlace is what a person had in view, for going back and forward.
type JournalPlace struct {
	Cursor   string
	Top      int // the first row in view
	Selected []string
	Hidden   []string
	Details  bool
	Search   string
}

// Journal is the one list of the desktop: filters, a virtual table, selection with bulk actions, details beside it.
//
// Keys in the table: ↑ ↓ PgUp PgDn Home End move, Space selects, Shift+↑↓ selects on the way, Enter opens, Ctrl+A
// selects all, Ctrl+I shows the details, Escape drops the selection; ↑ from the first row goes into the header, where
// ← → choose a column and Enter sorts by it.
type Journal struct {
	widget.BaseWidget
	spec    JournalSpec
	table   *table
	search  *Field
	filters *fyne.Container
	active  []ActiveFilter
	count   *words
	bulk    *fyne.Container
	banner  *fyne.Container
	notice  *fyne.Container
	details *fyne.Container
	beside  *fyne.Container
	shown   string // the row whose details are shown
	content fyne.CanvasObject
}

// NewJournal makes a journal that is loading.
func NewJournal(spec JournalSpec) *Journal {
	j := &Journal{spec: spec}
	j.table = newTable(j)
	j.count = newWords("", look.Body, inkMuted)
	j.filters = newFlow(8)
	j.bulk = container.NewStack()
	j.banner = container.NewStack()
	j.banner.Hide()
	j.notice = container.NewStack()
	j.details = container.NewStack()
	j.beside = container.NewStack(NewPanel(newWide(look.Scaled(320), 0, container.NewVScroll(j.details))))
	j.beside.Hide()
	if spec.OnSearch != nil {
		j.search = NewSearchField(spec.Lang.T("ui.journal.search"))
		j.search.OnChanged = spec.OnSearch
	}
	table := container.NewStack(NewPanel(container.NewStack(j.table, j.notice)))
	middle := container.NewBorder(nil, nil, nil, j.beside, table)
	j.content = newColumn(8, middle, j.head(), j.filterBar(), j.banner, middle, j.bulk)
	j.showFilters()
	j.showBulk()
	j.SetState(Loading, "", nil)
	j.ExtendBaseWidget(j)
	return j
}

// CreateRenderer implements fyne.Widget.
func (j *Journal) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(j.content) }

func (j *Journal) head() fyne.CanvasObject {
	l := j.spec.Lang
	buttons := container.NewHBox(NewMenuButton(l.T("ui.journal.columns"), look.IconColumns, Quiet, j.columnChoices))
	if j.spec.Export != nil {
		buttons.Add(NewMenuButton(l.T("ui.journal.export"), look.IconExport, Quiet, j.spec.Export))
	}
	return container.NewBorder(nil, nil, nil, buttons, NewHeading(j.spec.Title))
}

func (j *Journal) filterBar() fyne.CanvasObject {
	right := container.NewVBox(newWide(0, look.Scaled(look.Control), inMiddle(j.count)))
	return container.NewBorder(nil, nil, nil, right, j.filters)
}

// SetList shows rows; the cursor stays on the row that it was on, if that is still there, and the selection keeps the
// rows that are. The state becomes Ready, or Empty when there is nothing.
func (j *Journal) SetList(list List) {
	j.table.setList(list)
	l := j.spec.Lang
	j.count.set(l.T("ui.journal.shown", "n", assets.Number(int64(list.Len)), "total", assets.Number(int64(list.Total))))
	if list.Len == 0 {
		j.SetState(Empty, "", nil)
	} else {
		j.SetState(Ready, "", nil)
	}
	j.shown = "\x00" // the same row may say something else now
	j.cursorMoved()
}

// SetState says why there are no rows, or that they may be old. An empty sentence takes the kit's own; action, when
// given, is offered beside it ("try again", "clear the filters").
func (j *Journal) SetState(state JournalState, sentence string, action *Action) {
	if sentence == "" {
		sentence = j.spec.Lang.T("ui.journal.state." + state.word())
	}
	j.banner.Hide()
	j.notice.Hide()
	switch state {
	case Ready:
	case Offline:
		j.banner.Objects = []fyne.CanvasObject{newBanner(look.Warning, look.IconOffline, sentence, action)}
		j.banner.Show()
	default:
		j.notice.Objects = []fyne.CanvasObject{newNotice(state.icon(), sentence, action)}
		j.notice.Show()
	}
	j.table.setBlank(state == Loading || state == Empty || state == Failed)
	j.content.Refresh()
}

func (s JournalState) word() string {
	return [...]string{"ready", "loading", "empty", "offline", "failed"}[s]
}

func (s JournalState) icon() look.Icon {
	return [...]look.Icon{"", look.IconHourglass, look.IconInbox, look.IconOffline, look.IconWarning}[s]
}

// SetFilters shows the filters in force.
func (j *Journal) SetFilters(active []ActiveFilter) {
	j.active = active
	j.showFilters()
}

// SetSort shows by which column the rows are sorted; it sorts nothing.
func (j *Journal) SetSort(key string, descending bool) {
	j.table.sortKey, j.table.descending = key, descending
	j.table.Refresh()
}

// SetSearch puts a text into the search field without a callback.
func (j *Journal) SetSearch(text string) {
	if j.search != nil {
		changed := j.search.OnChanged
		j.search.OnChanged = nil
		j.search.SetText(text)
		j.search.OnChanged = changed
	}
}

// Cursor is the row under the cursor, or "".
func (j *Journal) Cursor() string { return j.table.cursorID() }

// Selected gives the selected rows in their order in the list.
func (j *Journal) Selected() []string { return j.table.selection() }

// SelectAll selects every row of the list, or none when all are.
func (j *Journal) SelectAll() { j.table.selectAll() }

// ClearSelection selects nothing.
func (j *Journal) ClearSelection() { j.table.clearSelection() }

// ToggleDetails shows or hides the details of the row under the cursor.
func (j *Journal) ToggleDetails() {
	if j.spec.Details == nil {
		return
	}
	j.beside.Hidden = !j.beside.Hidden
	j.shown = "\x00"
	j.showDetails()
	j.content.Refresh()
}

// Focus gives the keyboard to the table; FocusSearch to the search field.
func (j *Journal) Focus() { focusOn(j.table) }

// FocusSearch gives the keyboard to the search field.
func (j *Journal) FocusSearch() {
	if j.search != nil {
		focusOn(j.search)
	}
}

// Place gives what is in view, for Restore.
func (j *Journal) Place() JournalPlace {
	place := JournalPlace{
		Cursor: j.Cursor(), Top: j.table.topRow(), Selected: j.Selected(), Details: j.beside.Visible(),
	}
	for _, column := range j.table.columns {
		if column.Hidden {
			place.Hidden = append(place.Hidden, column.Key)
		}
	}
	if j.search != nil {
		place.Search = j.search.Text
	}
	return place
}

// Restore brings a place back; call it after SetList. The search text is shown, not searched.
func (j *Journal) Restore(place JournalPlace) {
	for i := range j.table.columns {
		j.table.columns[i].Hidden = slices.Contains(place.Hidden, j.table.columns[i].Key)
	}
	j.SetSearch(place.Search)
	j.table.restore(place)
	if place.Details != j.beside.Visible() {
		j.ToggleDetails()
	}
	j.cursorMoved()
	j.showBulk()
}

func (j *Journal) columnChoices() []Choice {
	choices := make([]Choice, len(j.table.columns))
	for i := range j.table.columns {
		column := &j.table.columns[i]
		choices[i] = Choice{Text: column.Title, Checked: !column.Hidden, OnTapped: func() {
			if column.Hidden || j.table.visibleColumns() > 1 {
				column.Hidden = !column.Hidden
				j.table.Refresh()
			}
		}}
	}
	return choices
}

// cursorMoved and selectionChanged are called by the table.
func (j *Journal) cursorMoved() {
	j.showDetails()
	if j.spec.OnCursor != nil {
		j.spec.OnCursor(j.Cursor())
	}
}

func (j *Journal) selectionChanged() { j.showBulk() }

func (j *Journal) showDetails() {
	id := j.Cursor()
	if j.spec.Details == nil || !j.beside.Visible() || id == j.shown {
		return
	}
	j.shown = id
	j.details.Objects = nil
	if id != "" {
		j.details.Objects = []fyne.CanvasObject{j.spec.Details(id)}
	}
	j.details.Refresh()
}

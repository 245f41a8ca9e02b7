package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"baqylau/assets"
	"baqylau/ui/look"
)

// GridColumn heads a column: a risk profile with its number and a few words.
type GridColumn struct{ Title, Note string }

// GridRow heads a row: a lot with its amount.
type GridRow struct{ Title, Note string }

// GridSpec is what a grid is made from. Marks holds what is saved, by row and column; what is missing is unchecked.
// Frozen cells show a lock and don't change. OnChange hears of every change of marks, undo included.
type GridSpec struct {
	Lang     assets.Lang
	Corner   string // over the row heads
	Columns  []GridColumn
	Rows     []GridRow
	Marks    [][]Mark
	Frozen   func(row, column int) bool
	OnChange func([]MarkChange)
	OnHelp   func(column int)
}

// Grid is the desk-control grid, lots × risk profiles, with a legend and the count of unsaved marks.
//
// Keys: arrows, PgUp PgDn Home End move, into the heads too; Shift extends a rectangle; Space goes · → ✔ → ✖, the keys
// 0 1 2 set one of them; on a head both mark the whole row or column; Ctrl+A takes all; Ctrl+Z and Ctrl+Y take back and
// forth; F1 explains the column. A click on a cell moves there, a click on the cell of the cursor marks it, a click
// on a head marks its row or column.
type Grid struct {
	widget.BaseWidget
	spec    GridSpec
	body    *gridBody
	unsaved *words
	content fyne.CanvasObject
}

// NewGrid makes a grid.
func NewGrid(spec GridSpec) *Grid {
	g := &Grid{spec: spec}
	g.body = newGridBody(g)
	g.unsaved = newWords("", look.Body, inkText)
	g.content = container.NewBorder(nil, padded(4, 8, g.legend()), nil, nil, NewPanel(g.body))
	g.ExtendBaseWidget(g)
	return g
}

// CreateRenderer implements fyne.Widget.
func (g *Grid) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(g.content) }

func (g *Grid) legend() fyne.CanvasObject {
	l := g.spec.Lang
	row := container.NewHBox()
	for _, entry := range []struct {
		icon look.Icon
		tone look.Tone
		key  string
	}{
		{look.IconDot, look.Neutral, "check.none"},
		{look.IconCheck, look.Success, "check.clear"},
		{look.IconCross, look.Danger, "check.violated"},
		{look.IconLock, look.Neutral, "ui.grid.frozen"},
	} {
		size := float32(16)
		if entry.icon == look.IconDot {
			size = 10
		}
		row.Add(container.NewCenter(newPicture(entry.icon, size, inkOf(entry.tone))))
		row.Add(container.New(&tail{12}, newWords(l.T(entry.key), 13, inkMuted)))
	}
	return container.NewHBox(row, layout.NewSpacer(), g.unsaved)
}

// Unsaved is how many cells differ from what is saved.
func (g *Grid) Unsaved() int { return g.body.marks.unsaved() }

// UnsavedChanges lists them, from the saved mark to the present one.
func (g *Grid) UnsavedChanges() []MarkChange { return g.body.marks.unsavedChanges() }

// Mark gives the present mark of a cell.
func (g *Grid) Mark(row, column int) Mark { return g.body.marks.at(row, column) }

// Saved takes the present marks as saved.
func (g *Grid) Saved() {
	copy(g.body.marks.saved, g.body.marks.cells)
	g.changed(nil)
}

// Recover lays marks that weren't saved over what is; it can't be undone and calls nothing back.
func (g *Grid) Recover(changes []MarkChange) {
	for _, c := range changes {
		if c.Row >= 0 && c.Row < len(g.spec.Rows) && c.Column >= 0 && c.Column < len(g.spec.Columns) && c.To <= Violated {
			g.body.marks.write([]MarkChange{c})
		}
	}
	g.changed(nil)
}

// Steps are what can be taken back, the last one first to go, and what can be done again.
func (g *Grid) Steps() (done, undone [][]MarkChange) { return g.body.marks.done, g.body.marks.undone }

// SetSteps brings back what could be taken back and done again, as far as it fits the marks that are there.
func (g *Grid) SetSteps(done, undone [][]MarkChange) { g.body.marks.setSteps(done, undone) }

// Undo and Redo take changes back and forth; they tell whether there was one.
func (g *Grid) Undo() bool { return g.changed(g.body.marks.undo()) }

// Redo takes back the last Undo.
func (g *Grid) Redo() bool { return g.changed(g.body.marks.redo()) }

// Focus gives the keyboard to the grid.
func (g *Grid) Focus() { focusOn(g.body) }

func (g *Grid) changed(changes []MarkChange) bool {
	text := ""
	if n := g.Unsaved(); n > 0 {
		text = g.spec.Lang.N("ui.grid.unsaved", n)
	}
	g.unsaved.set(text)
	g.content.Refresh()
	if len(changes) > 0 && g.spec.OnChange != nil {
		g.spec.OnChange(changes)
	}
	return len(changes) > 0
}

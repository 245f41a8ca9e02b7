package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/ui/kit"
)

// deskGrid keeps the kit's grid in step with the page: what is typed lies over what is saved, and is
// kept on this machine at each change.
type deskGrid struct {
	*kit.Grid
	d       *deskPage
	holder  *fyne.Container
	rows    []kit.GridRow
	saved   [][]kit.Mark
	frozen  []bool
	trail   *markTrail
	focused fyne.Focusable // the part of the grid that takes keys
}

func newDeskGrid(d *deskPage) *deskGrid {
	g := &deskGrid{d: d, holder: container.NewStack(), trail: &markTrail{desk: d.p.desk, purchase: d.id, direction: d.direction}}
	g.build(g.unsavedOf(d.page))
	if d.earlier != nil {
		g.retrace(*d.earlier)
	} else {
		g.recall()
	}
	return g
}

// unsavedOf are the marks that were kept and not saved, the ones of a crash too.
func (g *deskGrid) unsavedOf(page app.DeskPage) []kit.MarkChange {
	var changes []kit.MarkChange
	for row, at := range g.d.lots {
		lot := &page.Lots[at]
		for column := range lot.Marks {
			if lot.Marks[column] != lot.Saved[column] {
				changes = append(changes, kit.MarkChange{
					Row: row, Column: column, From: kit.MarkOf(lot.Saved[column]), To: kit.MarkOf(lot.Marks[column]),
				})
			}
		}
	}
	return changes
}

// build makes the grid from the page, with marks laid over the saved ones.
func (g *deskGrid) build(unsaved []kit.MarkChange) {
	held := g.focused != nil && g.d.p.window.Canvas().Focused() == g.focused
	g.rows, g.saved, g.frozen = g.facts()
	frozen := g.frozen
	g.Grid = kit.NewGrid(kit.GridSpec{
		Lang: g.d.p.lang, Corner: g.d.p.lang.T("desk.corner"), Columns: g.columns(), Rows: g.rows, Marks: g.saved,
		Frozen:   func(row, _ int) bool { return frozen[row] },
		OnChange: func([]kit.MarkChange) { g.keep() },
		OnHelp:   func(column int) { g.d.help(g.d.page.Profiles[column]) },
	})
	g.Recover(unsaved)
	g.holder.Objects = []fyne.CanvasObject{g.Grid}
	g.holder.Refresh()
	if held {
		g.focus()
	}
}

func (g *deskGrid) focus() {
	g.Focus()
	g.focused = g.d.p.window.Canvas().Focused()
}

// facts are what the grid is made from.
func (g *deskGrid) facts() (rows []kit.GridRow, saved [][]kit.Mark, frozen []bool) {
	for _, at := range g.d.lots {
		lot := &g.d.page.Lots[at]
		marks := make([]kit.Mark, len(lot.Saved))
		for i, m := range lot.Saved {
			marks[i] = kit.MarkOf(m)
		}
		rows = append(rows, kit.GridRow{Title: lot.Lot.Number, Note: assets.Money(int64(lot.Lot.Amount))})
		saved = append(saved, marks)
		frozen = append(frozen, !lot.Mark.Allowed)
	}
	return rows, saved, frozen
}

func (g *deskGrid) columns() []kit.GridColumn {
	columns := make([]kit.GridColumn, len(g.d.page.Profiles))
	for i, profile := range g.d.page.Profiles {
		columns[i] = kit.GridColumn{
			Title: g.d.p.lang.T("desk.profile", "number", profile.Number),
			Note:  inLang(g.d.p.lang, profile.NameKK, profile.NameRU),
		}
	}
	return columns
}

// update takes over what has changed at the centre. What was typed meanwhile stays.
func (g *deskGrid) update() {
	rows, saved, frozen := g.facts()
	same := slices.Equal(rows, g.rows) && slices.Equal(frozen, g.frozen)
	switch {
	case same && slices.EqualFunc(saved, g.saved, slices.Equal[[]kit.Mark]):
	case same && g.shows(saved): // my own marks have been saved
		g.saved = saved
		g.Saved()
	default:
		var typed []kit.MarkChange
		if slices.Equal(rows, g.rows) {
			for _, change := range g.UnsavedChanges() {
				if !frozen[change.Row] && saved[change.Row][change.Column] != change.To {
					typed = append(typed, change)
				}
			}
		}
		steps := g.steps()
		g.build(typed)
		g.retrace(steps)
		if len(typed) > 0 {
			g.keep()
		}
	}
}

// shows tells whether the grid shows exactly these marks.
func (g *deskGrid) shows(marks [][]kit.Mark) bool {
	for row := range marks {
		for column, mark := range marks[row] {
			if g.Mark(row, column) != mark {
				return false
			}
		}
	}
	return true
}

// keep has the marks that are not saved put away on this machine.
func (g *deskGrid) keep() {
	unsaved := map[string][]control.Mark{}
	for _, change := range g.UnsavedChanges() {
		lot := &g.d.page.Lots[g.d.lots[change.Row]]
		if unsaved[lot.Lot.ID] == nil {
			unsaved[lot.Lot.ID] = slices.Clone(lot.Saved)
		}
		mark := &unsaved[lot.Lot.ID][change.Column]
		to := change.To.Rules()
		*mark = mark.Set(to.Checked, to.Violated)
	}
	if d := g.d; d.keeping.marked(d.direction, unsaved) {
		d.p.start(func() {
			if err := d.keeping.write(); err != nil {
				d.p.post(func() { d.putAway(err) })
			}
		})
	}
	g.keepSteps()
	g.d.changed()
}

// help shows what risk profiles mean: the full wording and the ways of elimination.
func (d *deskPage) help(profiles ...control.RiskProfile) {
	l := d.p.lang
	body := kit.Stack(8)
	for _, profile := range profiles {
		remedies := make([]string, len(profile.Remedies))
		for i, remedy := range profile.Remedies {
			remedies[i] = "— " + l.T("remedy."+string(remedy))
		}
		about := kit.Stack(closeUp,
			kit.NewSubheading(l.T("desk.profile.title", "number", profile.Number)), kit.NewParagraph(inLang(l, profile.NameKK, profile.NameRU)),
			kit.NewMuted(l.T("desk.profile.remedies")), kit.NewParagraph(strings.Join(remedies, "\n")),
		)
		if profile.Sample() {
			about.Add(kit.NewMuted(l.T("desk.profile.sample")))
		}
		body.Add(about)
	}
	spec := kit.DialogSpec{Title: l.T("desk.help"), Body: body, Cancel: l.T("ui.understood"), Width: 600}
	if len(profiles) > 1 {
		spec.Body, spec.Height = container.NewVScroll(body), 560
	}
	d.p.controller.Show(spec)
}

package ui

import (
	"slices"
	"sync"

	"baqylau/app"
	"baqylau/control"
	"baqylau/ui/kit"
)

// markTrail keeps the steps of marking on this machine, off Fyne's goroutine and not at each of them: marks
// themselves are kept at once, and a crash may cost what was done last its way back. It is safe for use by
// many goroutines.
type markTrail struct {
	desk      *app.Desk
	purchase  string
	direction control.Direction

	writing sync.Mutex // held while the store is written

	mu    sync.Mutex
	trail app.MarkTrail
	dirty bool
}

// step takes the steps as they are now; it tells whether nothing waited to be kept before.
func (m *markTrail) step(t app.MarkTrail) (first bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	first = !m.dirty
	m.trail, m.dirty = t, true
	return first
}

// write keeps the steps that were taken last.
func (m *markTrail) write() error {
	m.writing.Lock()
	defer m.writing.Unlock()
	m.mu.Lock()
	trail, dirty := m.trail, m.dirty
	m.dirty = false
	m.mu.Unlock()
	if !dirty {
		return nil
	}
	return m.desk.KeepMarkTrail(m.purchase, m.direction, trail)
}

// steps are the steps of the grid, by lot and profile.
func (g *deskGrid) steps() app.MarkTrail {
	done, undone := g.Steps()
	return app.MarkTrail{Done: g.named(done), Undone: g.named(undone)}
}

// named are the last of the steps, as many as are kept.
func (g *deskGrid) named(steps [][]kit.MarkChange) (named [][]app.MarkCell) {
	from, all := len(steps), 0
	for from > 0 && all+len(steps[from-1]) <= app.TrailCells {
		from--
		all += len(steps[from])
	}
	for _, step := range steps[from:] {
		cells := make([]app.MarkCell, len(step))
		for i, c := range step {
			profile := g.d.page.Profiles[c.Column].Number
			cells[i] = app.MarkCell{Lot: g.d.page.Lots[g.d.lots[c.Row]].Lot.ID, From: c.From.Rules(), To: c.To.Rules()}
			cells[i].From.Profile, cells[i].To.Profile = profile, profile
		}
		named = append(named, cells)
	}
	return named
}

// recall brings the steps back that were kept.
func (g *deskGrid) recall() {
	trail, err := g.d.p.desk.MarkTrail(g.d.id, g.d.direction)
	if err != nil {
		g.d.p.options.Log.Error("read the steps of marking", "cause", err)
	}
	g.retrace(trail)
}

// retrace lets steps be taken back and done again, as far as their lots and profiles are there.
func (g *deskGrid) retrace(trail app.MarkTrail) {
	rows, columns := map[string]int{}, map[int]int{}
	for row, at := range g.d.lots {
		rows[g.d.page.Lots[at].Lot.ID] = row
	}
	for column, profile := range g.d.page.Profiles {
		columns[profile.Number] = column
	}
	placed := func(steps [][]app.MarkCell) (list [][]kit.MarkChange) {
		for _, step := range slices.Backward(steps) {
			changes := make([]kit.MarkChange, len(step))
			for n, c := range step {
				row, lot := rows[c.Lot]
				column, profile := columns[c.To.Profile]
				if !lot || !profile {
					return list
				}
				changes[n] = kit.MarkChange{Row: row, Column: column, From: kit.MarkOf(c.From), To: kit.MarkOf(c.To)}
			}
			list = slices.Insert(list, 0, changes)
		}
		return list
	}
	g.SetSteps(placed(trail.Done), placed(trail.Undone))
}

// forgetSteps has the steps forgotten, as when the marks are.
func (g *deskGrid) forgetSteps() {
	g.trail.step(app.MarkTrail{})
	g.writeSteps()
}

func (g *deskGrid) writeSteps() {
	trail, p := g.trail, g.d.p
	p.start(func() {
		if err := trail.write(); err != nil {
			p.options.Log.Error("keep the steps of marking", "cause", err)
		}
	})
}

// keepSteps has the steps kept soon.
func (g *deskGrid) keepSteps() {
	if g.trail.step(g.steps()) {
		g.d.p.controller.After(keepAfter, g.writeSteps)
	}
}

package kit

import rules "baqylau/control"

// Mark is what a cell of the grid says. A violation is always a checked one too.
type Mark uint8

// The marks, in the order in which Space goes through them.
const (
	Unchecked Mark = iota
	Clear
	Violated
)

// MarkOf is what a cell says of a mark.
func MarkOf(m rules.Mark) Mark {
	switch {
	case m.Violated:
		return Violated
	case m.Checked:
		return Clear
	default:
		return Unchecked
	}
}

// Rules is the cell as the rules know it, of no profile.
func (m Mark) Rules() rules.Mark {
	return rules.Mark{Checked: m != Unchecked, Violated: m == Violated}
}

// MarkChange is one cell that changed.
type MarkChange struct {
	Row, Column int
	From, To    Mark
}

// marks is what the grid holds: the cells, what of them is saved, and how they came about.
type marks struct {
	rows, columns int
	cells, saved  []Mark
	frozen        func(row, column int) bool
	done, undone  [][]MarkChange
}

// maxUndo bounds the history; a step is at most the whole grid.
const maxUndo = 200

// block is a rectangle of cells; all edges belong to it.
type block struct{ top, left, bottom, right int }

func newMarks(rows, columns int, saved [][]Mark, frozen func(row, column int) bool) *marks {
	m := &marks{rows: rows, columns: columns, frozen: frozen}
	m.cells, m.saved = make([]Mark, rows*columns), make([]Mark, rows*columns)
	for row := range min(rows, len(saved)) {
		copy(m.saved[row*columns:(row+1)*columns], saved[row])
	}
	copy(m.cells, m.saved)
	return m
}

func (m *marks) at(row, column int) Mark { return m.cells[row*m.columns+column] }

func (m *marks) isFrozen(row, column int) bool { return m.frozen != nil && m.frozen(row, column) }

func (m *marks) isUnsaved(row, column int) bool {
	at := row*m.columns + column
	return m.cells[at] != m.saved[at]
}

func (m *marks) unsaved() int {
	n := 0
	for i, mark := range m.cells {
		if mark != m.saved[i] {
			n++
		}
	}
	return n
}

// each visits the cells of a block that aren't frozen.
func (m *marks) each(b block, visit func(row, column int, mark Mark)) {
	for row := max(0, b.top); row <= min(b.bottom, m.rows-1); row++ {
		for column := max(0, b.left); column <= min(b.right, m.columns-1); column++ {
			if !m.isFrozen(row, column) {
				visit(row, column, m.at(row, column))
			}
		}
	}
}

// set marks a block. Where it is more than a cell, it is as the rule has it of many at once.
func (m *marks) set(b block, to Mark) []MarkChange {
	bulk := b.top != b.bottom || b.left != b.right
	return m.apply(b, func(from Mark) Mark {
		if bulk {
			return MarkOf(from.Rules().SetMany(to != Unchecked, to == Violated))
		}
		return to
	})
}

// cycle takes a cell to its next mark. A larger block goes in steps that lose nothing: first what is unchecked becomes
// clear, then what is clear a violation, then all unchecked again.
func (m *marks) cycle(b block) []MarkChange {
	if b.top == b.bottom && b.left == b.right {
		return m.apply(b, func(from Mark) Mark { return (from + 1) % (Violated + 1) })
	}
	least := Violated
	m.each(b, func(_, _ int, mark Mark) { least = min(least, mark) })
	return m.apply(b, func(from Mark) Mark {
		switch {
		case least == Violated:
			return Unchecked
		case from == least:
			return least + 1
		default:
			return from
		}
	})
}

func (m *marks) apply(b block, next func(Mark) Mark) []MarkChange {
	var changes []MarkChange
	m.each(b, func(row, column int, from Mark) {
		if to := next(from); to != from {
			changes = append(changes, MarkChange{row, column, from, to})
		}
	})
	if len(changes) == 0 {
		return nil
	}
	m.write(changes)
	m.undone = nil
	m.done = append(m.done, changes)
	if len(m.done) > maxUndo {
		m.done = m.done[1:]
	}
	return changes
}

func (m *marks) write(changes []MarkChange) {
	for _, c := range changes {
		m.cells[c.Row*m.columns+c.Column] = c.To
	}
}

func (m *marks) undo() []MarkChange {
	if len(m.done) == 0 {
		return nil
	}
	last := m.done[len(m.done)-1]
	m.done = m.done[:len(m.done)-1]
	m.undone = append(m.undone, last)
	back := make([]MarkChange, len(last))
	for i, c := range last {
		back[i] = MarkChange{c.Row, c.Column, c.To, c.From}
	}
	m.write(back)
	return back
}

func (m *marks) redo() []MarkChange {
	if len(m.undone) == 0 {
		return nil
	}
	next := m.undone[len(m.undone)-1]
	m.undone = m.undone[:len(m.undone)-1]
	m.done = append(m.done, next)
	m.write(next)
	return next
}

// setSteps takes steps over as far back, and as far forth, as they fit the cells.
func (m *marks) setSteps(done, undone [][]MarkChange) {
	m.done = m.fitting(done, func(c MarkChange) MarkChange { return MarkChange{c.Row, c.Column, c.To, c.From} })
	m.undone = m.fitting(undone, func(c MarkChange) MarkChange { return c })
}

// fitting are the last of the steps that can be made one after the other from the cells as they are.
func (m *marks) fitting(steps [][]MarkChange, way func(MarkChange) MarkChange) [][]MarkChange {
	reached := map[[2]int]Mark{}
	for i := len(steps) - 1; i >= 0; i-- {
		for _, change := range steps[i] {
			c, at := way(change), [2]int{change.Row, change.Column}
			if !m.holds(c) {
				return steps[i+1:]
			}
			now, changed := reached[at]
			if !changed {
				now = m.at(c.Row, c.Column)
			}
			if now != c.From {
				return steps[i+1:]
			}
			reached[at] = c.To
		}
	}
	return steps
}

// holds says whether a change is of a cell that is there and may be changed.
func (m *marks) holds(c MarkChange) bool {
	return c.Row >= 0 && c.Row < m.rows && c.Column >= 0 && c.Column < m.columns && max(c.From, c.To) <= Violated && !m.isFrozen(c.Row, c.Column)
}

// unsavedChanges lists what differs from what is saved.
func (m *marks) unsavedChanges() []MarkChange {
	var changes []MarkChange
	for i, mark := range m.cells {
		if mark != m.saved[i] {
			changes = append(changes, MarkChange{i / m.columns, i % m.columns, m.saved[i], mark})
		}
	}
	return changes
}

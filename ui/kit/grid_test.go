package kit

import (
	"image"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"baqylau/assets"
	"baqylau/ui/look"
)

func givenGrid(t testing.TB, rows, columns int, frozen func(row, column int) bool) *Grid {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.New(look.Light, 100))
	g := newSampleGrid(rows, columns, frozen)
	w := test.NewTempWindow(t, g)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(1040, 640))
	g.Focus()
	return g
}

func newSampleGrid(rows, columns int, frozen func(row, column int) bool) *Grid {
	spec := GridSpec{Lang: assets.KK, Frozen: frozen}
	for range columns {
		spec.Columns = append(spec.Columns, GridColumn{Title: "№ 12", Note: "Құжаттамаға өзгерістер енгізу"})
	}
	for range rows {
		spec.Rows = append(spec.Rows, GridRow{Title: "84492164-ОК1", Note: assets.Money(926_896_552)})
	}
	return NewGrid(spec)
}

func (b *gridBody) typed(keys ...fyne.KeyName) {
	for _, key := range keys {
		b.TypedKey(&fyne.KeyEvent{Name: key})
	}
}

// naive is the grid as requirements and ui.md describe it, written in the plainest way.
type naive struct {
	rows, columns  int
	cells          map[spot]Mark
	cursor, anchor spot
	steps          []map[spot]Mark
	undone         []map[spot]Mark
}

func (n *naive) frozen(at spot) bool { return at.row == 2 && at.column == 1 }

func (n *naive) marked() []spot {
	var spots []spot
	for row := range n.rows {
		for column := range n.columns {
			inRow := n.cursor.row == head || row >= min(n.cursor.row, n.anchor.row) && row <= max(n.cursor.row, n.anchor.row)
			inColumn := n.cursor.column == head || column >= min(n.cursor.column, n.anchor.column) && column <= max(n.cursor.column, n.anchor.column)
			if inRow && inColumn {
				spots = append(spots, spot{row, column})
			}
		}
	}
	return spots
}

func (n *naive) change(next func(at spot, many bool) Mark) {
	before, changed := map[spot]Mark{}, false
	for at, mark := range n.cells {
		before[at] = mark
	}
	spots := n.marked()
	wanted := map[spot]Mark{}
	for _, at := range spots {
		if !n.frozen(at) {
			wanted[at] = next(at, len(spots) > 1)
		}
	}
	for at, mark := range wanted {
		changed = changed || n.cells[at] != mark
		n.cells[at] = mark
	}
	if changed {
		n.steps, n.undone = append(n.steps, before), nil
	}
}

func (n *naive) space() {
	least := Violated
	for _, at := range n.marked() {
		if !n.frozen(at) {
			least = min(least, n.cells[at])
		}
	}
	n.change(func(at spot, many bool) Mark {
		mark := n.cells[at]
		if !many || mark == least {
			return (mark + 1) % 3
		}
		return mark
	})
}

func (n *naive) set(to Mark) {
	n.change(func(at spot, many bool) Mark {
		if many && to == Violated && n.cells[at] == Unchecked {
			return Unchecked // bulk violated skips unchecked cells
		}
		return to
	})
}

func (n *naive) back(from, to *[]map[spot]Mark) {
	if len(*from) == 0 {
		return
	}
	present := map[spot]Mark{}
	for at, mark := range n.cells {
		present[at] = mark
	}
	last := (*from)[len(*from)-1]
	*from, *to = (*from)[:len(*from)-1], append(*to, present)
	n.cells = map[spot]Mark{}
	for at, mark := range last {
		n.cells[at] = mark
	}
}

func (n *naive) move(dr, dc int, shift bool) {
	least := head
	if shift && n.anchor.row != head && n.anchor.column != head {
		least = 0
	}
	n.cursor = spot{
		max(least, min(n.rows-1, n.cursor.row+dr)),
		max(least, min(n.columns-1, n.cursor.column+dc)),
	}
	if !shift || least == head {
		n.anchor = n.cursor
	}
}

// whatever keys are typed, the grid holds what the description says, and tells of each change.
func TestGridDoesWhatItsKeysSay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const rows, columns = 5, 4
		g := givenGrid(t, rows, columns, func(row, column int) bool { return row == 2 && column == 1 })
		told := map[spot]Mark{}
		g.spec.OnChange = func(changes []MarkChange) {
			for _, c := range changes {
				if told[spot{c.Row, c.Column}] != c.From {
					rt.Fatalf("change %+v, but it was %v", c, told[spot{c.Row, c.Column}])
				}
				told[spot{c.Row, c.Column}] = c.To
			}
		}
		n := &naive{rows: rows, columns: columns, cells: map[spot]Mark{}}
		arrows := map[string][2]int{"Up": {-1, 0}, "Down": {1, 0}, "Left": {0, -1}, "Right": {0, 1}}
		keys := rapid.SliceOfN(rapid.SampledFrom([]string{"Up", "Down", "Left", "Right", "Up", "Down", "Left", "Right", "Space", "0", "1", "2", "Shift", "Z", "Y"}), 1, 60).Draw(rt, "keys")
		for _, key := range keys {
			switch key {
			case "Space":
				g.body.typed(fyne.KeySpace)
				n.space()
			case "0", "1", "2":
				g.body.TypedRune(rune(key[0]))
				n.set(Mark(key[0] - '0'))
			case "Shift":
				event := &fyne.KeyEvent{Name: desktop.KeyShiftLeft}
				if g.body.shift {
					g.body.KeyUp(event)
				} else {
					g.body.KeyDown(event)
				}
			case "Z":
				g.body.TypedShortcut(&fyne.ShortcutUndo{})
				n.back(&n.steps, &n.undone)
			case "Y":
				g.body.TypedShortcut(&fyne.ShortcutRedo{})
				n.back(&n.undone, &n.steps)
			default:
				n.move(arrows[key][0], arrows[key][1], g.body.shift)
				g.body.typed(fyne.KeyName(key))
			}
			if g.body.cursor != n.cursor || g.body.anchor != n.anchor {
				rt.Fatalf("after %s the cursor is %v from %v, want %v from %v", key, g.body.cursor, g.body.anchor, n.cursor, n.anchor)
			}
			unsaved := 0
			for row := range rows {
				for column := range columns {
					at := spot{row, column}
					if g.Mark(row, column) != n.cells[at] || told[at] != n.cells[at] {
						rt.Fatalf("after %s cell %v is %v (told %v), want %v", key, at, g.Mark(row, column), told[at], n.cells[at])
					}
					if n.cells[at] != Unchecked {
						unsaved++
					}
				}
			}
			if g.Unsaved() != unsaved {
				rt.Fatalf("after %s %d are unsaved, want %d", key, g.Unsaved(), unsaved)
			}
		}
	})
}

func TestBulkViolationSkipsUncheckedCells(t *testing.T) {
	g := givenGrid(t, 2, 2, nil)
	g.body.TypedRune('1')
	g.body.TypedShortcut(&fyne.ShortcutSelectAll{})
	g.body.TypedRune('2')
	want := []MarkChange{{0, 0, Unchecked, Violated}}
	if diff := cmp.Diff(want, g.UnsavedChanges()); diff != "" {
		t.Errorf("unsaved changes (-want +got):\n%s", diff)
	}
}

func TestKazakhDigitRowMarksToo(t *testing.T) {
	for _, c := range []struct {
		typed rune
		want  Mark
	}{{'"', Clear}, {'ә', Violated}, {'қ', Unchecked}} {
		g := givenGrid(t, 1, 1, nil)
		g.body.TypedRune('1')
		g.body.TypedRune(c.typed)
		if got := g.Mark(0, 0); got != c.want {
			t.Errorf("%q marks %v, want %v", c.typed, got, c.want)
		}
	}
}

func TestHeadsMarkTheirRowOrColumnByMouseAndKeys(t *testing.T) {
	for _, c := range []struct {
		name string
		act  func(b *gridBody)
		want []spot
	}{
		{"click on a column head", func(b *gridBody) {
			b.Tapped(&fyne.PointEvent{Position: fyne.NewPos(b.measure(b.Size()).rowHead+5, 5)})
		}, []spot{{0, 0}, {1, 0}}},
		{"click on a row head", func(b *gridBody) {
			b.Tapped(&fyne.PointEvent{Position: fyne.NewPos(5, b.measure(b.Size()).headHigh+5)})
		}, []spot{{0, 0}, {0, 1}, {0, 2}}},
		{"Space on a row head", func(b *gridBody) { b.typed(fyne.KeyDown, fyne.KeyLeft, fyne.KeySpace) }, []spot{{1, 0}, {1, 1}, {1, 2}}},
		{"Space on a column head", func(b *gridBody) { b.typed(fyne.KeyRight, fyne.KeyUp, fyne.KeySpace) }, []spot{{0, 1}, {1, 1}}},
		{"Space on the corner", func(b *gridBody) { b.typed(fyne.KeyLeft, fyne.KeyUp, fyne.KeySpace) }, []spot{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}}},
		{"second click on a cell", func(b *gridBody) {
			m := b.measure(b.Size())
			at := &fyne.PointEvent{Position: fyne.NewPos(m.rowHead+m.cellWide+5, m.headHigh+5)}
			b.Tapped(at)
			b.Tapped(at)
		}, []spot{{0, 1}}},
		{"first click on a cell", func(b *gridBody) {
			m := b.measure(b.Size())
			b.Tapped(&fyne.PointEvent{Position: fyne.NewPos(m.rowHead+m.cellWide+5, m.headHigh+5)})
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := givenGrid(t, 2, 3, nil)
			c.act(g.body)
			var got []spot
			for _, change := range g.UnsavedChanges() {
				got = append(got, spot{change.Row, change.Column})
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("marked %v, want %v", got, c.want)
			}
		})
	}
}

func TestDragExtendsARectangle(t *testing.T) {
	g := givenGrid(t, 5, 5, nil)
	m := g.body.measure(g.body.Size())
	from := g.body.cellBox(m, 1, 1)
	g.body.Dragged(&fyne.DragEvent{
		PointEvent: fyne.PointEvent{Position: fyne.NewPos(from.X+5+m.cellWide, from.Y+5+m.rowHigh)},
		Dragged:    fyne.NewDelta(m.cellWide, m.rowHigh),
	})
	g.body.DragEnd()
	if got, want := g.body.marked(), (block{1, 1, 2, 2}); got != want {
		t.Errorf("marked %v, want %v", got, want)
	}
}

func TestSavedMarksAreNoLongerUnsavedAndRecoveredOnesAre(t *testing.T) {
	g := givenGrid(t, 2, 2, nil)
	g.body.typed(fyne.KeySpace)
	g.Saved()
	if g.Unsaved() != 0 {
		t.Errorf("%d unsaved after saving", g.Unsaved())
	}
	g.Recover([]MarkChange{{1, 1, Unchecked, Violated}, {7, 7, Unchecked, Clear}, {0, -1, Unchecked, Clear}, {0, 1, Unchecked, 9}})
	want := []MarkChange{{1, 1, Unchecked, Violated}}
	if diff := cmp.Diff(want, g.UnsavedChanges()); diff != "" {
		t.Errorf("recovered (-want +got):\n%s", diff)
	}
}

func TestHelpIsAskedForTheColumnOfTheCursor(t *testing.T) {
	g := givenGrid(t, 2, 3, nil)
	asked := -1
	g.spec.OnHelp = func(column int) { asked = column }
	g.body.typed(fyne.KeyRight, fyne.KeyRight, fyne.KeyF1)
	if asked != 2 {
		t.Errorf("help for column %d, want 2", asked)
	}
}

func TestCursorIsAlwaysInView(t *testing.T) {
	g := givenGrid(t, 200, 12, nil)
	size := g.body.Size()
	for _, key := range []fyne.KeyName{fyne.KeyPageDown, fyne.KeyPageDown, fyne.KeyEnd, fyne.KeyDown, fyne.KeyPageDown, fyne.KeyHome, fyne.KeyPageUp, fyne.KeyUp, fyne.KeyEnd} {
		g.body.typed(key)
		m := g.body.measure(size)
		box := g.body.cellBox(m, g.body.cursor.row, g.body.cursor.column)
		if box.X < m.rowHead-0.5 || box.Y < m.headHigh-0.5 || box.X+box.W > size.Width || box.Y+box.H > size.Height {
			t.Errorf("after %s the cursor is at %+v of %v", key, box, size)
		}
	}
}

func TestEmptyGridTakesKeys(t *testing.T) {
	for _, size := range [][2]int{{0, 0}, {0, 3}, {3, 0}} {
		g := givenGrid(t, size[0], size[1], nil)
		g.body.typed(fyne.KeyDown, fyne.KeyRight, fyne.KeySpace, fyne.KeyPageDown, fyne.KeyEnd, fyne.KeyF1)
		g.body.TypedRune('1')
		g.body.TypedShortcut(&fyne.ShortcutSelectAll{})
		g.body.paint(400, 300)
		if g.Unsaved() != 0 {
			t.Errorf("%v: %d marks in no cells", size, g.Unsaved())
		}
	}
}

// ui.md: 200 lots × 12 profiles redraw within 16 ms. A redraw is every pixel of the grid anew on a window of 1280 × 800,
// after a mark and a step of the cursor.
func BenchmarkGridRedraw200x12(b *testing.B) { benchmarkRedraw(b, 200, 12) }

func BenchmarkGridRedraw500x15(b *testing.B) { benchmarkRedraw(b, 500, 15) }

func benchmarkRedraw(b *testing.B, rows, columns int) {
	g := givenGrid(b, rows, columns, nil)
	g.body.Resize(fyne.NewSize(1240, 700))
	var picture image.Image
	keys := []fyne.KeyName{fyne.KeyDown, fyne.KeySpace, fyne.KeyPageDown, fyne.KeyRight, fyne.KeySpace, fyne.KeyUp}
	for i := 0; b.Loop(); i++ {
		g.body.typed(keys[i%len(keys)])
		picture = g.body.raster.Generator(1240, 700)
	}
	if picture.Bounds().Dx() != 1240 {
		b.Fatal("nothing was drawn")
	}
}

func TestStepsComeBackAsFarAsTheyFit(t *testing.T) {
	step := func(row, column int, from, to Mark) []MarkChange { return []MarkChange{{row, column, from, to}} }
	for name, c := range map[string]struct {
		done   [][]MarkChange
		undone [][]MarkChange
		want   int // steps that are taken back
		again  int
	}{
		"all of them":                {[][]MarkChange{step(0, 0, Unchecked, Clear), step(0, 0, Clear, Violated)}, [][]MarkChange{step(1, 0, Clear, Violated), step(1, 0, Unchecked, Clear)}, 2, 2},
		"none of another mark":       {[][]MarkChange{step(0, 0, Unchecked, Clear)}, [][]MarkChange{step(1, 0, Clear, Violated)}, 0, 0},
		"those after what is other":  {[][]MarkChange{step(0, 0, Violated, Clear), step(0, 0, Clear, Violated), step(0, 0, Clear, Violated)}, nil, 1, 0},
		"none of a cell not there":   {[][]MarkChange{step(7, 0, Unchecked, Clear)}, [][]MarkChange{step(0, -1, Unchecked, Clear)}, 0, 0},
		"none of a frozen cell":      {[][]MarkChange{step(1, 1, Unchecked, Unchecked)}, nil, 0, 0},
		"none of a mark there isn't": {[][]MarkChange{step(0, 0, 9, Violated)}, nil, 0, 0},
	} {
		m := newMarks(2, 2, [][]Mark{{Violated}}, func(row, column int) bool { return row == 1 && column == 1 })
		m.setSteps(c.done, c.undone)
		if len(m.done) != c.want || len(m.undone) != c.again {
			t.Errorf("%s: %d steps back, %d forth", name, len(m.done), len(m.undone))
		}
	}
}

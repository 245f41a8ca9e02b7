package kit

import (
	"fmt"
	"image"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"baqylau/assets"
	"baqylau/ui/look"
)

func listOf(n int) List {
	return List{
		Len: n, Total: 2160,
		ID: func(i int) string { return fmt.Sprintf("id%d", i) },
		At: func(i int) []Cell {
			return []Cell{{Text: fmt.Sprint(i)}, {Text: "Сейтқали"}, {Text: "Жоба", Status: look.StatusOf("notification.draft")}}
		},
	}
}

func journalSpec() JournalSpec {
	return JournalSpec{
		Lang: assets.KK, Title: "т",
		Columns: []Column{{Key: "n", Title: "№", Width: 80, Sortable: true}, {Key: "who", Title: "к", Width: 120, Sortable: true}, {Key: "s", Title: "с", Width: 100}},
		Bulk:    []BulkAction{{Text: "а", OnTapped: func([]string) {}}},
	}
}

func givenJournal(t testing.TB, n int, spec JournalSpec) (*Journal, fyne.Window) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.New(look.Light, 100))
	j := NewJournal(spec)
	w := test.NewTempWindow(t, j)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(900, 600))
	j.SetList(listOf(n))
	j.Focus()
	return j, w
}

func (t *table) typed(keys ...fyne.KeyName) {
	for _, key := range keys {
		t.TypedKey(&fyne.KeyEvent{Name: key})
	}
}

// The keys of ui.md's journal, against a model that is a number and a set.
func TestJournalDoesWhatItsKeysSay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 200).Draw(rt, "rows")
		j, _ := givenJournal(t, n, journalSpec())
		page := j.table.rows.page
		cursor, selected := 0, map[int]bool{}
		for _, key := range rapid.SliceOfN(rapid.SampledFrom([]fyne.KeyName{
			fyne.KeyUp, fyne.KeyDown, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyPageDown, fyne.KeyHome, fyne.KeyEnd, fyne.KeySpace, "Shift+Down", "All", fyne.KeyEscape,
		}), 1, 50).Draw(rt, "keys") {
			before := cursor
			switch key {
			case fyne.KeyUp:
				if cursor == 0 {
					continue // goes into the header, which has its own test
				}
				cursor--
			case fyne.KeyDown:
				cursor = min(n-1, cursor+1)
			case fyne.KeyPageUp:
				cursor = max(0, cursor-page)
			case fyne.KeyPageDown:
				cursor = min(n-1, cursor+page)
			case fyne.KeyHome:
				cursor = 0
			case fyne.KeyEnd:
				cursor = n - 1
			case fyne.KeySpace:
				selected[cursor] = !selected[cursor]
			case "Shift+Down":
				if cursor < n-1 {
					cursor++
					selected[before], selected[cursor] = true, true
				}
				j.table.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
				j.table.typed(fyne.KeyDown)
				j.table.KeyUp(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
			case "All":
				all := 0
				for i := range n {
					if selected[i] {
						all++
					}
				}
				for i := range n {
					selected[i] = all != n
				}
				j.table.TypedShortcut(&fyne.ShortcutSelectAll{})
			case fyne.KeyEscape:
				selected = map[int]bool{}
			}
			if key != "Shift+Down" && key != "All" {
				j.table.typed(key)
			}
			var want []string
			for i := range n {
				if selected[i] {
					want = append(want, fmt.Sprintf("id%d", i))
				}
			}
			if got := j.Selected(); !slices.Equal(got, want) {
				rt.Fatalf("after %s selected %v, want %v", key, got, want)
			}
			if got, want := j.Cursor(), fmt.Sprintf("id%d", cursor); got != want {
				rt.Fatalf("after %s the cursor is on %s, want %s", key, got, want)
			}
			if top := j.table.rows.top; cursor < top || cursor >= top+page {
				rt.Fatalf("after %s row %d isn't in view from %d", key, cursor, top)
			}
		}
	})
}

func TestEnterOpensAndTwoClicksDoToo(t *testing.T) {
	var opened []string
	spec := journalSpec()
	spec.OnOpen = func(id string) { opened = append(opened, id) }
	j, _ := givenJournal(t, 10, spec)
	j.table.typed(fyne.KeyDown, fyne.KeyReturn)
	at := &fyne.PointEvent{Position: fyne.NewPos(200, 3.5*j.table.rowHeight())}
	j.table.Tapped(at)
	j.table.Tapped(at)
	if want := []string{"id1", "id2"}; !slices.Equal(opened, want) {
		t.Errorf("opened %v, want %v", opened, want)
	}
}

func TestHeaderSortsByClickAndByKeys(t *testing.T) {
	var sorted []string
	spec := journalSpec()
	spec.OnSort = func(key string, descending bool) { sorted = append(sorted, fmt.Sprint(key, descending)) }
	j, _ := givenJournal(t, 10, spec)
	places, _ := j.table.placeColumns(j.table.Size().Width)
	j.table.Tapped(&fyne.PointEvent{Position: fyne.NewPos(places[0].x+5, 5)})
	j.table.Tapped(&fyne.PointEvent{Position: fyne.NewPos(places[0].x+5, 5)})
	j.table.Tapped(&fyne.PointEvent{Position: fyne.NewPos(places[2].x+5, 5)})
	j.table.typed(fyne.KeyUp, fyne.KeyLeft, fyne.KeyReturn)
	if want := []string{"nfalse", "ntrue", "whofalse"}; !slices.Equal(sorted, want) {
		t.Errorf("sorted by %v, want %v", sorted, want)
	}
}

func TestHeaderBoxSelectsAll(t *testing.T) {
	j, _ := givenJournal(t, 3, journalSpec())
	j.table.Tapped(&fyne.PointEvent{Position: fyne.NewPos(10, 5)})
	if len(j.Selected()) != 3 {
		t.Errorf("selected %v, want all", j.Selected())
	}
	j.table.typed(fyne.KeyUp, fyne.KeyLeft, fyne.KeyLeft, fyne.KeySpace)
	if len(j.Selected()) != 0 {
		t.Errorf("selected %v, want none", j.Selected())
	}
}

func TestShiftAndControlClicksSelect(t *testing.T) {
	j, _ := givenJournal(t, 10, journalSpec())
	click := func(row int, held fyne.KeyModifier) {
		at := fyne.NewPos(200, (float32(row)+1.5)*j.table.rowHeight())
		j.table.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}, Modifier: held})
		j.table.Tapped(&fyne.PointEvent{Position: at})
	}
	click(1, 0)
	click(3, fyne.KeyModifierShift)
	click(6, fyne.KeyModifierShortcutDefault)
	if want := []string{"id1", "id2", "id3", "id6"}; !slices.Equal(j.Selected(), want) {
		t.Errorf("selected %v, want %v", j.Selected(), want)
	}
}

func TestCursorAndSelectionStayWithTheirRowsWhenTheListChanges(t *testing.T) {
	j, _ := givenJournal(t, 10, journalSpec())
	j.table.typed(fyne.KeyDown, fyne.KeyDown, fyne.KeySpace, fyne.KeyDown, fyne.KeySpace)
	ids := []string{"new", "id2", "id5", "id3"}
	j.SetList(List{Len: 4, Total: 4, ID: func(i int) string { return ids[i] }, At: func(int) []Cell { return nil }})
	if j.Cursor() != "id3" {
		t.Errorf("the cursor is on %s, want id3", j.Cursor())
	}
	if want := []string{"id2", "id3"}; !slices.Equal(j.Selected(), want) {
		t.Errorf("selected %v, want %v", j.Selected(), want)
	}
}

func TestPlaceComesBack(t *testing.T) {
	spec := journalSpec()
	spec.Details = func(string) fyne.CanvasObject { return container.NewStack() }
	spec.OnSearch = func(string) { t.Error("restoring searches") }
	j, _ := givenJournal(t, 100, spec)
	j.table.typed(fyne.KeyPageDown, fyne.KeyPageDown, fyne.KeySpace)
	j.table.columns[1].Hidden = true
	j.ToggleDetails()
	j.SetSearch("мектеп")
	want := j.Place()
	again, _ := givenJournal(t, 100, spec)
	again.Restore(want)
	if diff := cmp.Diff(want, again.Place()); diff != "" {
		t.Errorf("place (-want +got):\n%s", diff)
	}
}

func TestDetailsFollowTheCursor(t *testing.T) {
	var shown []string
	spec := journalSpec()
	spec.Details = func(id string) fyne.CanvasObject {
		shown = append(shown, id)
		return container.NewStack()
	}
	j, _ := givenJournal(t, 10, spec)
	j.table.typed(fyne.KeyDown)
	j.table.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyI, Modifier: fyne.KeyModifierShortcutDefault})
	j.table.typed(fyne.KeyDown, fyne.KeySpace, fyne.KeyDown)
	if want := []string{"id1", "id2", "id3"}; !slices.Equal(shown, want) {
		t.Errorf("details of %v, want %v", shown, want)
	}
}

func TestEmptyListTakesKeys(t *testing.T) {
	j, _ := givenJournal(t, 0, journalSpec())
	j.table.typed(fyne.KeyDown, fyne.KeyEnd, fyne.KeySpace, fyne.KeyReturn, fyne.KeyPageUp, fyne.KeyUp, fyne.KeyRight, fyne.KeySpace)
	j.table.Tapped(&fyne.PointEvent{Position: fyne.NewPos(100, 200)})
	if j.Cursor() != "" || len(j.Selected()) != 0 {
		t.Errorf("cursor %q, selected %v in an empty list", j.Cursor(), j.Selected())
	}
}

func TestLastShownColumnCannotBeHidden(t *testing.T) {
	j, _ := givenJournal(t, 1, journalSpec())
	for _, choice := range j.columnChoices() {
		choice.OnTapped()
	}
	if got := j.table.visibleColumns(); got != 1 {
		t.Errorf("%d columns are shown, want 1", got)
	}
}

// Only what is in view is asked for, so that a hundred thousand rows scroll like a hundred.
func TestOnlyVisibleRowsAreAskedFor(t *testing.T) {
	j, w := givenJournal(t, 0, journalSpec())
	asked := map[int]bool{}
	list := listOf(100_000)
	at := list.At
	list.At = func(i int) []Cell {
		asked[i] = true
		return at(i)
	}
	j.SetList(list)
	j.table.typed(fyne.KeyEnd)
	w.Canvas().Capture()
	if len(asked) > 40 {
		t.Errorf("%d rows are asked for", len(asked))
	}
	if !asked[99_999] {
		t.Error("the last row isn't shown")
	}
}

func BenchmarkJournalScroll100k(b *testing.B) {
	j, _ := givenJournal(b, 100_000, journalSpec())
	j.table.Resize(fyne.NewSize(1040, 640))
	var picture image.Image
	for b.Loop() {
		j.table.typed(fyne.KeyPageDown)
		picture = j.table.raster.Generator(1040, 640)
	}
	if picture.Bounds().Dx() != 1040 {
		b.Fatal("nothing was drawn")
	}
}

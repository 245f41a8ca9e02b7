package kit

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"baqylau/assets"
	"baqylau/ui/look"
)

func givenWindow(t *testing.T, content fyne.CanvasObject) fyne.Window {
	w := test.NewTempWindow(t, content)
	w.Resize(fyne.NewSize(800, 600))
	return w
}

func givenApp(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(look.New(look.Light, 100))
}

func TestPasswordIsTakenOnceAndForgotten(t *testing.T) {
	givenApp(t)
	f := NewPasswordField(assets.RU, "")
	givenWindow(t, f)
	f.Focus()
	test.Type(f.entry, "Qwerty12")
	if got := string(f.Take()); got != "Qwerty12" {
		t.Errorf("took %q", got)
	}
	if !f.Empty() || len(f.Take()) != 0 {
		t.Error("the password is still there")
	}
	f.entry.TypedShortcut(&fyne.ShortcutUndo{})
	if !f.Empty() {
		t.Error("undo brings the password back")
	}
}

func TestPasswordIsNeverCopiedOut(t *testing.T) {
	givenApp(t)
	f := NewPasswordField(assets.RU, "")
	givenWindow(t, f)
	f.Focus()
	test.Type(f.entry, "secret")
	f.toggle()
	clipboard := test.NewClipboard()
	f.entry.TypedShortcut(&fyne.ShortcutSelectAll{})
	f.entry.TypedShortcut(&fyne.ShortcutCopy{Clipboard: clipboard})
	f.entry.TypedShortcut(&fyne.ShortcutCut{Clipboard: clipboard})
	if clipboard.Content() != "" || f.Empty() {
		t.Errorf("the clipboard holds %q", clipboard.Content())
	}
}

func TestEyeShowsAndClearHidesAgain(t *testing.T) {
	givenApp(t)
	f := NewPasswordField(assets.KK, "")
	givenWindow(t, f)
	test.Tap(f.eye)
	if f.entry.Password {
		t.Error("the eye doesn't show the password")
	}
	f.Clear()
	if !f.entry.Password {
		t.Error("Clear leaves the password readable")
	}
}

func TestPasswordSaysLayoutAndCapsLock(t *testing.T) {
	for _, c := range []struct {
		typed  rune
		shift  bool
		layout string
		caps   bool
	}{
		{'ә', false, "ҚАЗ", false},
		{'ж', false, "РУС", false},
		{'q', false, "ENG", false},
		{'Q', true, "ENG", false},
		{'Q', false, "ENG", true},
		{'q', true, "ENG", true},
		{'1', false, "", false},
	} {
		givenApp(t)
		f := NewPasswordField(assets.RU, "")
		givenWindow(t, f)
		f.Focus()
		if c.shift {
			f.entry.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
		}
		f.entry.TypedRune(c.typed)
		hint := f.hint.text
		if !strings.HasSuffix(hint, c.layout) || strings.Contains(hint, "Caps") != c.caps {
			t.Errorf("%q with shift %v says %q", c.typed, c.shift, hint)
		}
	}
}

func TestTabLeavesEveryField(t *testing.T) {
	givenApp(t)
	e := NewBilingualEditor(assets.KK, "", 3, "", "")
	w := givenWindow(t, e)
	e.Focus(assets.KK)
	if e.kk.AcceptsTab() {
		t.Error("Tab stays in the field")
	}
	w.Canvas().FocusNext()
	if w.Canvas().Focused() != e.ru {
		t.Errorf("Tab goes to %T", w.Canvas().Focused())
	}
}

// bilingual entry is never forced; what is missing is marked calmly.
func TestMissingLanguageIsMarkedAndTellsBothTexts(t *testing.T) {
	givenApp(t)
	e := NewBilingualEditor(assets.RU, "т", 3, "мәтін", "")
	var kk, ru string
	e.OnChanged = func(k, r string) { kk, ru = k, r }
	givenWindow(t, e)
	if e.notes[e.kk].text != "" || e.notes[e.ru].text == "" {
		t.Errorf("notes %q, %q", e.notes[e.kk].text, e.notes[e.ru].text)
	}
	e.Focus(assets.RU)
	test.Type(e.ru, "текст")
	if kk != "мәтін" || ru != "текст" || e.notes[e.ru].text != "" {
		t.Errorf("told %q, %q; note %q", kk, ru, e.notes[e.ru].text)
	}
}

func TestDaysAreReadAsTheyAreWritten(t *testing.T) {
	for _, c := range []struct {
		text string
		want Day
		ok   bool
	}{
		{"", Day{}, true},
		{"21.11.2026", Day{2026, time.November, 21}, true},
		{" 1.2.26 ", Day{2026, time.February, 1}, true},
		{"29.02.2028", Day{2028, time.February, 29}, true},
		{"29.02.2026", Day{}, false},
		{"31.04.2026", Day{}, false},
		{"0.1.2026", Day{}, false},
		{"12.13.2026", Day{}, false},
		{"21/11/2026", Day{}, false},
		{"21.11.20261", Day{}, false},
		{"-1.-1.2026", Day{}, false},
		{"a.b.c", Day{}, false},
		{"1.1", Day{}, false},
		{strings.Repeat("1.", 10000), Day{}, false},
	} {
		got, ok := ParseDay(c.text)
		if got != c.want || ok != c.ok {
			t.Errorf("%.20q reads as %v %v, want %v %v", c.text, got, ok, c.want, c.ok)
		}
		if again, _ := ParseDay(got.String()); again != got {
			t.Errorf("%v written and read is %v", got, again)
		}
	}
}

func TestMonthIsWorkedByKeys(t *testing.T) {
	start := Day{2026, time.March, 31}
	for _, c := range []struct {
		keys []fyne.KeyName
		want Day
	}{
		{[]fyne.KeyName{fyne.KeyRight}, Day{2026, time.April, 1}},
		{[]fyne.KeyName{fyne.KeyUp}, Day{2026, time.March, 24}},
		{[]fyne.KeyName{fyne.KeyPageUp}, Day{2026, time.February, 28}},
		{[]fyne.KeyName{fyne.KeyPageDown, fyne.KeyPageDown}, Day{2026, time.May, 30}},
		{[]fyne.KeyName{fyne.KeyPageDown, fyne.KeyHome}, Day{2026, time.March, 12}},
	} {
		givenApp(t)
		m := newMonth(assets.KK, start, Day{2026, time.March, 12})
		var chosen Day
		m.onChosen = func(day Day) { chosen = day }
		for _, key := range append(c.keys, fyne.KeyReturn) {
			m.TypedKey(&fyne.KeyEvent{Name: key})
		}
		if chosen != c.want {
			t.Errorf("%v chooses %v, want %v", c.keys, chosen, c.want)
		}
	}
}

func TestMonthBeginsOnMondayAndClickChooses(t *testing.T) {
	givenApp(t)
	m := newMonth(assets.RU, Day{2026, time.March, 12}, Day{2026, time.March, 12})
	m.Resize(m.MinSize())
	if want := (Day{2026, time.February, 23}); m.first() != want {
		t.Errorf("the grid begins on %v, want %v", m.first(), want)
	}
	var chosen Day
	m.onChosen = func(day Day) { chosen = day }
	box := m.cell(1, 0)
	m.Tapped(&fyne.PointEvent{Position: fyne.NewPos(box.X+2, box.Y+2)})
	if want := (Day{2026, time.March, 2}); chosen != want {
		t.Errorf("a click chooses %v, want %v", chosen, want)
	}
}

func TestDateFieldTellsDaysAndMarksNone(t *testing.T) {
	givenApp(t)
	today := Day{2026, time.March, 12}
	d := NewDateField(assets.RU, Day{}, func() Day { return today })
	var told []Day
	d.OnChanged = func(day Day) { told = append(told, day) }
	w := givenWindow(t, d)
	focusOn(d.field)
	test.Type(d.field, "31.02.2026")
	if _, ok := d.Day(); ok || !d.note.Visible() || len(told) != 0 {
		t.Error("the 31st of February isn't marked")
	}
	d.open()
	month, ok := w.Canvas().Focused().(*month)
	if !ok {
		t.Fatalf("the keyboard is with %T, not with the month", w.Canvas().Focused())
	}
	month.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if day, ok := d.Day(); !ok || day != today {
		t.Errorf("chose %v, want today", day)
	}
	if told[len(told)-1] != today {
		t.Errorf("told %v", told)
	}
}

func TestTabsSkipWhatDoesNotApply(t *testing.T) {
	givenApp(t)
	var chosen []int
	tabs := NewDirectionTabs([]Tab{{Text: "1", State: Open}, {Text: "2"}, {Text: "3", State: Later}}, 0, func(i int) { chosen = append(chosen, i) })
	givenWindow(t, tabs)
	for _, key := range []fyne.KeyName{fyne.KeyLeft, fyne.KeyRight, fyne.KeyRight, fyne.KeyLeft} {
		tabs.TypedKey(&fyne.KeyEvent{Name: key})
	}
	tabs.Tapped(&fyne.PointEvent{Position: fyne.NewPos(tabs.widths()[0]+3, 3)})
	if len(chosen) != 2 || chosen[0] != 2 || chosen[1] != 0 {
		t.Errorf("chose %v, want 2 and back 0", chosen)
	}
}

func TestWindowBarPlacesNow(t *testing.T) {
	opens := time.Date(2026, 3, 10, 0, 0, 0, 0, assets.Almaty())
	for _, c := range []struct {
		name string
		now  time.Time
		open bool
	}{
		{"before", opens.AddDate(0, 0, -30), false},
		{"at the opening", opens, true},
		{"within", opens.AddDate(0, 0, 3), true},
		{"at the closing", opens.AddDate(0, 0, 8), false},
		{"long after", opens.AddDate(1, 0, 0), false},
	} {
		s := WindowBarSpec{Opens: opens, Closes: opens.AddDate(0, 0, 8), Now: c.now}
		from, to, now := s.shares()
		if s.open() != c.open || from < 0 || to > 1 || from > to || now < 0 || now > 1 || (now >= from && now < to) != c.open {
			t.Errorf("%s: open %v, %v … %v, now %v", c.name, s.open(), from, to, now)
		}
	}
}

func TestButtonThatIsOffIsPassedByAndDoesNothing(t *testing.T) {
	givenApp(t)
	pressed := 0
	off, on := NewButton("a", "", Primary, func() { pressed++ }), NewButton("b", "", Secondary, func() { pressed += 10 })
	off.Disable()
	w := givenWindow(t, NewPanel(newStack(0, off, on)))
	test.Tap(off)
	w.Canvas().FocusNext()
	typeKey(w, fyne.KeySpace)
	typeKey(w, fyne.KeyReturn)
	if pressed != 20 {
		t.Errorf("pressed %d, want the second one twice", pressed)
	}
}

// an action that is off says why, and the primary one first.
func TestReasonOfWhatIsOffStandsBesideTheActions(t *testing.T) {
	on, off := Action{Text: "А"}, Action{Text: "Б", Reason: "(R-3.1)"}
	for _, c := range []struct {
		name string
		spec ActionBarSpec
		want string
	}{
		{"all on", ActionBarSpec{Primary: &on, Secondary: []Action{on}, Note: "3"}, "3"},
		{"primary off", ActionBarSpec{Primary: &off, Secondary: []Action{{Text: "В", Reason: "r"}}}, "«Б»: (R-3.1)"},
		{"another off", ActionBarSpec{Primary: &on, Secondary: []Action{on, off}, Note: "3"}, "«Б»: (R-3.1)"},
	} {
		c.spec.Lang = assets.KK
		if got, _ := c.spec.note(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestMenuShowsReasonsAndChecks(t *testing.T) {
	item := Choice{Text: "Кері шақыру", Reason: "R-3.9"}.item()
	if !item.Disabled || item.Label != "Кері шақыру — R-3.9" {
		t.Errorf("item %q, disabled %v", item.Label, item.Disabled)
	}
}

// Tab goes through the frame from the top to the page; the mouse is never needed.
func TestTabWalksTheFrame(t *testing.T) {
	givenApp(t)
	gone := ""
	f := NewFrame(FrameSpec{Lang: assets.KK, Rail: []RailItem{{ID: "a", Text: "a"}, {ID: "b", Text: "b"}}, User: "u", OnGo: func(id string) { gone = id }})
	page := NewField("")
	f.SetPage("a", []Crumb{{Text: "a", OnTapped: func() {}}, {Text: "b"}}, page)
	w := givenWindow(t, f)
	var order []string
	for range 12 {
		w.Canvas().FocusNext()
		switch focused := w.Canvas().Focused().(type) {
		case *Field:
			order = append(order, map[bool]string{true: "page", false: "search"}[focused == page])
		case *rail:
			order = append(order, "rail")
			typeKey(w, fyne.KeyDown)
			typeKey(w, fyne.KeyReturn)
		case *Button:
			order = append(order, "button")
		case *MenuButton:
			order = append(order, "user")
		}
		if focusedPage := order[len(order)-1] == "page"; focusedPage {
			break
		}
	}
	want := "search button button button user rail button page"
	if got := strings.Join(order, " "); got != want {
		t.Errorf("Tab goes %s, want %s", got, want)
	}
	if gone != "b" {
		t.Errorf("the rail goes to %q, want b", gone)
	}
}

// Whatever takes the keyboard shows a ring of the primary colour around itself, in both themes.
func TestFocusIsVisible(t *testing.T) {
	for _, mode := range []look.Mode{look.Light, look.Dark} {
		test.NewTempApp(t).Settings().SetTheme(look.New(mode, 100))
		primary := look.Now().Primary
		for name, widget := range map[string]fyne.CanvasObject{
			"button": NewButton("b", "", Secondary, nil), "icon button": NewIconButton(look.IconClose, "h", nil),
			"menu": NewMenuButton("m", "", Quiet, nil), "field": NewField(""), "area": NewTextArea("", 3),
			"password": NewPasswordField(assets.KK, ""), "date": NewDateField(assets.KK, Day{}, nil),
			"tabs": NewDirectionTabs([]Tab{{Text: "t", State: Open}}, 0, nil),
			"grid": newSampleGrid(2, 2, nil), "month": newMonth(assets.KK, Day{2026, 3, 12}, Day{2026, 3, 12}),
			"rail": newRail([]RailItem{{ID: "a", Text: "a"}}, nil), "table": newTable(NewJournal(journalSpec())),
		} {
			w := givenWindow(t, widget)
			ringed := func() int {
				shot, n := w.Canvas().Capture(), 0
				for y := range 600 {
					for x := range 800 {
						if r, g, b, _ := shot.At(x, y).RGBA(); uint8(r>>8) == primary.R && uint8(g>>8) == primary.G && uint8(b>>8) == primary.B {
							n++
						}
					}
				}
				return n
			}
			before := ringed()
			w.Canvas().FocusNext()
			if w.Canvas().Focused() == nil {
				t.Errorf("%s takes no focus", name)
			} else if more := ringed() - before; more < 60 {
				t.Errorf("%s with the focus in %s: %d more points of the ring's colour", name, mode, more)
			}
		}
	}
}

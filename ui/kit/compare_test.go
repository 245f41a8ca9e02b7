package kit_test

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"baqylau/assets"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// sampleCompare has three parts: one that clashes, one that is chosen already, a long one.
func sampleCompare(l assets.Lang, changed func()) *kit.Compare {
	same := []kit.Span{{Text: "Конкурстық құжаттамада тауар белгісі көрсетілген."}}
	long := []kit.Span{}
	for range 40 {
		long = append(long, kit.Span{Text: "В документации указан "}, kit.Span{Text: "товарный ", Mark: kit.SpanGone}, kit.Span{Text: "фирменный ", Mark: kit.SpanNew}, kit.Span{Text: "знак. "})
	}
	return kit.NewCompare(kit.CompareSpec{
		Lang: l, OnChanged: changed, Sides: [kit.CompareSides]string{l.T("conflict.mine"), l.T("conflict.theirs"), l.T("conflict.base")},
		Parts: []kit.ComparePart{
			{Title: l.T("text.field.kk"), Note: l.T("conflict.one_side"), Chosen: 1, Texts: [kit.CompareSides][]kit.Span{same, append(slices.Clone(same), kit.Span{Text: " Жаңа.", Mark: kit.SpanNew}), same}},
			{Title: l.T("text.field.ru"), Chosen: -1, Texts: [kit.CompareSides][]kit.Span{long, same, nil}},
			{Title: l.T("text.field.agreer"), Chosen: -1, Texts: [kit.CompareSides][]kit.Span{same, nil, nil}},
		},
	})
}

func TestAComparisonIsWorkedByTheKeyboard(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.New(look.Light, 100))
	changes := 0
	c := sampleCompare(assets.KK, func() { changes++ })
	w := test.NewTempWindow(t, container.NewStack(c))
	w.Resize(fyne.NewSize(900, 400))
	w.Canvas().Focus(c.Focusable())
	chosen := func() []int { return []int{c.Chosen(0), c.Chosen(1), c.Chosen(2)} }
	for _, step := range []struct {
		name string
		do   func()
		want []int
	}{
		{"nothing is chosen that clashes", func() {}, []int{1, -1, -1}},
		{"→ begins on the left", func() { press(w, fyne.KeyRight) }, []int{1, 0, -1}},
		{"→ goes on", func() { press(w, fyne.KeyRight) }, []int{1, 1, -1}},
		{"and stops at the end", func() { press(w, fyne.KeyRight, fyne.KeyRight) }, []int{1, 2, -1}},
		{"← goes back", func() { press(w, fyne.KeyLeft) }, []int{1, 1, -1}},
		{"Space goes round", func() { press(w, fyne.KeySpace, fyne.KeySpace) }, []int{1, 0, -1}},
		{"a number chooses", func() { w.Canvas().Focused().TypedRune('3') }, []int{1, 2, -1}},
		{"another letter does not", func() { w.Canvas().Focused().TypedRune('4'); w.Canvas().Focused().TypedRune('ә') }, []int{1, 2, -1}},
		{"Tab goes to the next part", func() { w.Canvas().FocusNext(); w.Canvas().Focused().TypedRune('1') }, []int{1, 2, 0}},
		{"and whoever made it may choose", func() { c.Choose(1, 1) }, []int{1, 1, 0}},
	} {
		step.do()
		if got := chosen(); !slices.Equal(got, step.want) {
			t.Errorf("%s: %v, want %v", step.name, got, step.want)
		}
	}
	if changes != 9 {
		t.Errorf("%d changes were told", changes)
	}
	heard := 0
	w.Canvas().SetOnTypedKey(func(*fyne.KeyEvent) { heard++ })
	press(w, fyne.KeyEscape, fyne.KeyDown, fyne.KeyUp, fyne.KeyPageDown, fyne.KeyPageUp, fyne.KeyEnd, fyne.KeyHome)
	if heard != 1 {
		t.Errorf("the window heard %d keys, want Escape alone", heard)
	}
}

func TestATextOfAComparisonIsChosenByAClick(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(look.New(look.Light, 100))
	c := sampleCompare(assets.RU, nil)
	w := test.NewTempWindow(t, container.NewStack(c))
	w.Resize(fyne.NewSize(900, 700))
	test.TapCanvas(w.Canvas(), fyne.NewPos(100, 110))
	if got := c.Chosen(0); got != 0 {
		t.Errorf("chosen is %d", got)
	}
}

func TestAFieldLeavesUndoToWhoeverAsks(t *testing.T) {
	test.NewTempApp(t)
	undone, redone := 0, 0
	e := kit.NewBilingualEditor(assets.KK, "", 2, "бұрын", "раньше")
	e.SetUndo(func() { undone++ }, func() { redone++ })
	changed := 0
	e.OnChanged = func(_, _ string) { changed++ }
	w := test.NewTempWindow(t, container.NewStack(e))
	e.Focus(assets.KK)
	field := w.Canvas().Focused().(fyne.Shortcutable)
	field.TypedShortcut(&fyne.ShortcutUndo{})
	field.TypedShortcut(&fyne.ShortcutRedo{})
	field.TypedShortcut(&fyne.ShortcutSelectAll{})
	if undone != 1 || redone != 1 {
		t.Errorf("undo was asked for %d times, redo %d times", undone, redone)
	}
	e.SetTexts("енді", "теперь")
	if kk, ru := e.Texts(); kk != "енді" || ru != "теперь" || changed != 0 {
		t.Errorf("the texts are %q and %q, %d changes were told", kk, ru, changed)
	}
}

func TestANoteThatWouldBeSqueezedStandsAboveTheButtons(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(look.New(look.Light, 150))
	bar := kit.NewActionBar(kit.ActionBarSpec{
		Lang: assets.RU, Note: "Написанное сохраняется на этом компьютере, в центр ещё не отправлено.",
		Primary: &kit.Action{Text: "Отправить на согласование"}, Secondary: []kit.Action{{Text: "Сохранить"}},
	})
	w := test.NewTempWindow(t, kit.Filled(0, bar, bar))
	high := func(width float32) float32 {
		w.Resize(fyne.NewSize(width, 600))
		bar.Resize(fyne.NewSize(width, bar.MinSize().Height))
		return bar.MinSize().Height
	}
	beside, above := high(1400), high(640)
	if above < beside*1.3 || above > beside*2.5 {
		t.Errorf("it is %v high with room, %v without", beside, above)
	}
}

package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
)

// TestWhatCouldNotBePutAwayIsTriedAgainWithTheNextKey; a disk that was full once costs nothing later.
func TestWhatCouldNotBePutAwayIsTriedAgainWithTheNextKey(t *testing.T) {
	s, f := givenForm(t, assets.RU)
	k := &formKeeping{desk: s.desk}
	form := f.form
	form.Text.RU = "Первое"
	if !k.typed(form) || k.typed(form) {
		t.Error("not one is told to write")
	}
	s.house.must(s.desk.Store().Close()) // every write fails from here
	if k.write() == nil {
		t.Fatal("a closed store took it")
	}
	if !k.typed(form) {
		t.Error("after a failure nobody is told to write again")
	}
	m := &marksKeeping{desk: s.desk, purchase: f.form.Purchase}
	if !m.marked(control.D1, nil) || m.marked(control.D1, nil) {
		t.Error("not one is told to write marks")
	}
	if m.write() == nil {
		t.Fatal("a closed store took marks")
	}
	if !m.marked(control.D1, nil) {
		t.Error("after a failure nobody is told to write marks again")
	}
}

// BenchmarkKeystroke types into a form whose text is long already, and marks a cell of a grid: what Fyne's goroutine
// spends until the next key, and of that until what is typed is handed over to be put away. Promised is 1 ms for the
// latter.
func BenchmarkKeystroke(b *testing.B) {
	h := givenCentre(b)
	purchase, lot := h.violated()
	s := h.seat("auditor", assets.RU)
	s.visit(route{name: pageForm, id: purchase, lot: lot, direction: control.D1})
	f := s.form()
	text := strings.Repeat("Техническая спецификация ограничивает конкуренцию. ", 80)
	var saves, wholes []time.Duration
	for i := 0; b.Loop(); i++ {
		text += "ж"
		began := time.Now()
		f.form = f.form.Write(app.Text{KK: f.form.Text.KK, RU: text, Agreer: f.form.Text.Agreer})
		f.keepSoon()
		saves = append(saves, time.Since(began))
		f.update()
		wholes = append(wholes, time.Since(began))
		if i%25 == 24 { // half a second of quick typing
			b.StopTimer()
			s.settle()
			b.StartTimer()
		}
	}
	s.settle()
	if kept, err := s.desk.NewForm(purchase, lot, control.D1); err != nil || kept.Text.RU != text {
		b.Fatalf("not what was typed last is kept: %v", err)
	}
	p95 := func(of []time.Duration) float64 {
		slices.Sort(of)
		return of[(len(of)-1)*95/100].Seconds() * 1000
	}
	b.ReportMetric(p95(saves), "save-p95-ms")
	b.ReportMetric(p95(wholes), "key-p95-ms")
}

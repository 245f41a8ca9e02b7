package app_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"baqylau/api"
	"baqylau/app"
)

// writer is an author at one of two machines, over the same notification.
type writer struct {
	*seat
	machine string
	id      string
	form    app.Form
	wrote   *[]string       // what was ever written, each text once
	over    map[string]bool // what somebody saw in a field and wrote over
}

// restart leaves and enters again: what is not on the disk is gone.
func (w *writer) restart() {
	w.h.t.Helper()
	w.leave()
	w.seat = w.h.enterAt("auditor", w.machine)
	var err error
	w.form, err = w.Form(w.id)
	ok(w.h.t, err)
}

// write writes something new in a field, over what stands there.
func (w *writer) write(field app.Field) {
	w.over[w.form.Text.Part(field)] = true
	text := fmt.Sprintf("%s-%d", w.machine, len(*w.wrote))
	*w.wrote = append(*w.wrote, text)
	w.form = w.form.Write(w.form.Text.With(field, text))
	ok(w.h.t, w.KeepForm(w.form))
}

// save saves, as far as the line and the other one let it.
func (w *writer) save() {
	err := w.SaveForm(ctx, w.form)
	var p api.Problem
	if err != nil && !errors.Is(err, app.ErrQueued) && (!errors.As(err, &p) || p.Reason != "stale") {
		w.h.t.Fatalf("saving: %v", err)
	}
	w.look()
}

// look brings the form to what is known.
func (w *writer) look() {
	w.h.t.Helper()
	var err error
	w.form, err = w.Present(w.form)
	ok(w.h.t, err)
}

// decide chooses by chance in each field that clashes, if there is a conflict.
func (w *writer) decide(by *rand.Rand) {
	w.look()
	if w.form.Theirs == nil {
		return
	}
	c := w.form.Conflict()
	text := c.Merged
	for _, f := range c.Clashes {
		text = text.With(f, []app.Text{c.Mine, c.Theirs, c.Base}[by.IntN(3)].Part(f))
	}
	var err error
	w.form, err = w.Decide(w.form, text)
	ok(w.h.t, err)
}

// settle decides and saves until everything has arrived.
func (w *writer) settle(by *rand.Rand) {
	for range 20 {
		ok(w.h.t, w.Sync(ctx))
		w.decide(by)
		ok(w.h.t, w.Sync(ctx))
		if w.look(); w.form.Theirs == nil && w.form.Text == w.form.Was && w.State().Waiting() == 0 {
			return
		}
		w.save()
	}
	outbox, err := w.Outbox()
	w.h.t.Fatalf("it never settles: %+v, %+v, %v", w.form, outbox, err)
}

// TestNothingWrittenAtTwoMachinesIsLost. Whatever order of writing, saving, losing the line, leaving and
// deciding: each text that nobody saw and wrote over is at the centre in the end, or in a history.
func TestNothingWrittenAtTwoMachinesIsLost(t *testing.T) {
	for seed := range uint64(16) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			by := rand.New(rand.NewPCG(seed, 5))
			home, office, id := twoSeats(t)
			h := home.h
			var wrote []string
			over := map[string]bool{}
			writers := []*writer{}
			for _, w := range []*writer{{seat: home, machine: "home"}, {seat: office, machine: "auditor"}} {
				w.id, w.wrote, w.over = id, &wrote, over
				var err error
				w.form, err = w.Form(id)
				ok(t, err)
				writers = append(writers, w)
			}
			down := false
			for range 40 {
				w := writers[by.IntN(2)]
				switch by.IntN(11) {
				case 0, 1, 2, 3:
					w.write([]app.Field{app.FieldKK, app.FieldRU}[by.IntN(2)])
				case 4, 5:
					w.save()
				case 6:
					if err := w.Sync(ctx); (err != nil) != down {
						t.Fatalf("down %v, and %v", down, err)
					}
					w.look()
				case 7:
					w.decide(by)
				case 8:
					if !down {
						w.restart()
					}
				case 9, 10:
					if down = !down; down {
						h.down()
					} else {
						h.up()
					}
				}
			}
			if down {
				h.up()
			}
			for range 2 { // the second may merge what the first has yet to see
				writers[0].settle(by)
				writers[1].settle(by)
			}
			var kept []string
			for _, w := range writers {
				past, err := w.History(w.form)
				ok(t, err)
				for _, p := range past {
					kept = append(kept, p.Text.KK, p.Text.RU)
				}
			}
			final := writers[0].text(id)
			for _, text := range wrote {
				if !over[text] && text != final.KK && text != final.RU && !slices.Contains(kept, text) {
					t.Errorf("%q is lost: the centre has %+v, the histories %v", text, final, kept)
				}
			}
		})
	}
}

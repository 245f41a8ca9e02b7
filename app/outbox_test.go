package app_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"baqylau/app"
	"baqylau/control"
	"baqylau/localstore"
)

var ctx = context.Background()

// TestADraftWrittenWhileTheCentreIsAwayReachesItOnce.
func TestADraftWrittenWhileTheCentreIsAwayReachesItOnce(t *testing.T) {
	h := given(t)
	auditor := h.marked()
	form := auditor.form(0)
	h.down()
	queued(t, auditor.SaveForm(ctx, form))
	card := auditor.card(form.ID)
	if card.Notification.Number != "" || !card.Unsent {
		t.Errorf("before it has arrived: number %q, unsent %v", card.Notification.Number, card.Unsent)
	}
	if s := auditor.State(); s.Online || s.Waiting() != 1 {
		t.Errorf("the state is %+v", s)
	}
	h.up()
	ok(t, auditor.Sync(ctx))
	card = auditor.card(form.ID)
	if card.Notification.Number == "" || card.Unsent || card.Notification.State.TextRU != "Нарушение" {
		t.Errorf("after it has arrived: %+v", card)
	}
	if n := len(h.notifications()); n != 1 {
		t.Errorf("%d notifications at the centre", n)
	}
	auditor.empty()
	if n := auditor.drafts(); n != 0 {
		t.Errorf("%d drafts stay after they have arrived", n)
	}
}

// TestSendingToAgreementWhileTheCentreIsAwayIsDoneInOrder: what the person asked for is done, all of it.
func TestSendingToAgreementWhileTheCentreIsAwayIsDoneInOrder(t *testing.T) {
	for name, before := range map[string]func(*seat, app.Form) app.Form{
		"of a new notification": func(_ *seat, f app.Form) app.Form { return f },
		"of one that is changed": func(s *seat, f app.Form) app.Form {
			ok(t, s.SaveForm(ctx, f))
			again, err := s.Form(f.ID)
			ok(t, err)
			again.Text.RU = "Иначе"
			return again
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := given(t)
			auditor := h.marked()
			form := before(auditor, auditor.form(0))
			h.down()
			queued(t, auditor.SendToAgreement(ctx, form))
			h.up()
			ok(t, auditor.Sync(ctx))
			auditor.empty()
			n := auditor.card(form.ID).Notification
			if n.State.Status != control.NotificationInAgreement || n.State.TextRU != form.Text.RU {
				t.Errorf("it is %s with the text %q", n.State.Status, n.State.TextRU)
			}
		})
	}
}

// TestWhatWasSavedStaysWhenWhatIsSavedOverItCantBe: it waits to be sent until the other one has taken its place.
func TestWhatWasSavedStaysWhenWhatIsSavedOverItCantBe(t *testing.T) {
	h := given(t)
	auditor := h.marked()
	form := auditor.form(0)
	h.down()
	queued(t, auditor.SaveForm(ctx, form))
	if err := auditor.SaveForm(ctx, form.Write(app.Text{RU: strings.Repeat("а", localstore.MaxValue)})); !errors.Is(err, localstore.ErrTooLarge) {
		t.Fatalf("it ended with %v", err)
	}
	waiting, err := auditor.Outbox()
	ok(t, err)
	if len(waiting) != 1 || !strings.Contains(string(waiting[0].Body), "Нарушение") {
		t.Errorf("what waits is %d commands", len(waiting))
	}
}

// TestWhatWasWrittenLastArrives: a form that is saved again and again while the centre is away.
func TestWhatWasWrittenLastArrives(t *testing.T) {
	for _, cut := range []bool{false, true} {
		t.Run(fmt.Sprintf("answer cut %v", cut), func(t *testing.T) {
			h := given(t)
			auditor := h.marked()
			form := auditor.form(0)
			if cut { // the centre has it, and nobody knows
				h.spoil(cutAnswer)
				queued(t, auditor.SaveForm(ctx, form))
				h.mend()
			}
			h.down()
			for _, text := range []string{"Первое", "Второе", "Третье"} {
				form.Text.RU = text
				queued(t, auditor.SaveForm(ctx, form))
			}
			h.up()
			ok(t, auditor.Sync(ctx))
			auditor.empty()
			if got := auditor.card(form.ID).Notification.State.TextRU; got != "Третье" {
				t.Errorf("the text is %q", got)
			}
			if n := len(h.notifications()); n != 1 {
				t.Errorf("%d notifications at the centre", n)
			}
			if n := auditor.drafts(); n != 0 {
				t.Errorf("%d drafts stay", n)
			}
		})
	}
}

// The ways in which the line fails in mid-command.
const (
	cutAnswer   = `{"name":"cut","type":"limit_data","stream":"downstream","attributes":{"bytes":1}}`
	cutRequest  = `{"name":"cut","type":"limit_data","stream":"upstream","attributes":{"bytes":60}}`
	resetBefore = `{"name":"reset","type":"reset_peer","stream":"upstream","attributes":{"timeout":0}}`
	resetAfter  = `{"name":"reset","type":"reset_peer","stream":"downstream","attributes":{"timeout":0}}`
	slow        = `{"name":"slow","type":"latency","stream":"downstream","attributes":{"latency":60}}`
	dribble     = `{"name":"dribble","type":"slicer","stream":"downstream","attributes":{"average_size":64,"size_variation":32,"delay":10}}`
)

// TestACommandIsDoneOnceHoweverTheLineFails: exactly one effect, counted at the centre, for every
// command of the client.
func TestACommandIsDoneOnceHoweverTheLineFails(t *testing.T) {
	for name, c := range map[string]struct {
		given   func(h *house) (*seat, func() error)
		effects int64
	}{
		"assign": {func(h *house) (*seat, func() error) {
			s := h.enter("lot-manager")
			rows := s.heroRows()
			return s, func() error { return s.Assign(ctx, rows, h.made.people["auditor"].IIN) }
		}, 6}, // an assignment and the purchase's coming into sight, three times
		"marks": {func(h *house) (*seat, func() error) {
			s := h.assigned().enter("auditor")
			return s, s.mark
		}, 3},
		"create": {func(h *house) (*seat, func() error) {
			s := h.marked()
			form := s.form(0)
			return s, func() error { return s.SaveForm(ctx, form) }
		}, 1},
		"send to agreement": {func(h *house) (*seat, func() error) {
			s := h.marked()
			form := s.form(0)
			return s, func() error { return s.SendToAgreement(ctx, form) }
		}, 2},
		"recall": {func(h *house) (*seat, func() error) {
			s, id := h.approved()
			return s, func() error { return s.Recall(ctx, id) }
		}, 1},
		"send all": {func(h *house) (*seat, func() error) {
			s, _ := h.approved()
			plan, err := s.PrepareDispatch(ctx, s.hero().Purchase.ID, control.D1)
			ok(t, err)
			return s, func() error { return s.Send(ctx, plan) }
		}, 3}, // the notification and a message to each employee of the organiser
	} {
		for fault, toxic := range map[string]string{
			"the answer is cut": cutAnswer, "the request is cut": cutRequest,
			"a reset before": resetBefore, "a reset after": resetAfter, "slow": slow, "in dribbles": dribble,
		} {
			t.Run(name+", "+fault, func(t *testing.T) {
				t.Parallel()
				h := given(t)
				s, act := c.given(h)
				before := h.events()
				h.spoil(toxic)
				err := act()
				if err != nil {
					queued(t, err)
				} else if toxic != slow && toxic != dribble {
					t.Error("it says that it is done")
				}
				h.mend()
				ok(t, s.Sync(ctx))
				s.empty()
				if n := h.events() - before; n != c.effects {
					t.Errorf("%d effects, want %d", n, c.effects)
				}
				if n := s.drafts(); n != 0 {
					t.Errorf("%d drafts stay", n)
				}
			})
		}
	}
}

// TestARefusedDraftKeepsItsText: somebody waits for the answer, or nobody does.
func TestARefusedDraftKeepsItsText(t *testing.T) {
	unfit := func(h *house, f app.Form) app.Form {
		f.Text.Agreer = h.made.people["organizer"].IIN
		return f
	}
	t.Run("at once", func(t *testing.T) {
		h := given(t)
		auditor := h.marked()
		form := unfit(h, auditor.form(0))
		refused(t, auditor.SaveForm(ctx, form), "unfit_agreer")
		auditor.empty()
		again, err := auditor.Form(form.ID)
		ok(t, err)
		if again.Text != form.Text || !again.New {
			t.Errorf("kept is %+v", again)
		}
		form.Text.Agreer = h.made.people["approver"].IIN
		ok(t, auditor.SaveForm(ctx, form)) // mended, it goes
	})
	t.Run("later", func(t *testing.T) {
		h := given(t)
		auditor := h.marked()
		form := unfit(h, auditor.form(0))
		h.down()
		queued(t, auditor.SendToAgreement(ctx, form))
		h.up()
		ok(t, auditor.Sync(ctx))
		outbox, err := auditor.Outbox()
		ok(t, err)
		if len(outbox) == 0 || outbox[0].State != localstore.Refused {
			t.Fatalf("the outbox is %+v", outbox)
		}
		again, err := auditor.Form(form.ID)
		ok(t, err)
		if again.Text != form.Text {
			t.Errorf("kept is %+v", again)
		}
		again.Text.Agreer = h.made.people["approver"].IIN
		ok(t, auditor.SendToAgreement(ctx, again)) // mended, it goes, and takes what waited behind it along
		auditor.empty()
		if got := auditor.card(form.ID).Notification.State.Status; got != control.NotificationInAgreement {
			t.Errorf("it is %s", got)
		}
	})
	t.Run("and thrown away by the person", func(t *testing.T) {
		h := given(t)
		auditor := h.marked()
		form := unfit(h, auditor.form(0))
		h.down()
		queued(t, auditor.SaveForm(ctx, form))
		h.up()
		ok(t, auditor.Sync(ctx))
		outbox, err := auditor.Outbox()
		ok(t, err)
		for _, c := range outbox {
			ok(t, auditor.Discard(c.ID))
		}
		if again, err := auditor.Form(form.ID); err != nil || again.Text != form.Text {
			t.Errorf("what was typed is %+v, %v", again, err)
		}
		ok(t, auditor.DropForm(form.ID))
		if _, err := auditor.Card(form.ID); !errors.Is(err, app.ErrGone) {
			t.Errorf("it is still there: %v", err)
		}
	})
}

// TestADraftThatIsDeletedBeforeItArrivesIsGone: on this machine and, where it may have arrived, at the centre.
func TestADraftThatIsDeletedBeforeItArrivesIsGone(t *testing.T) {
	for name, toxic := range map[string]string{"it never left": "", "the answer was cut": cutAnswer} {
		t.Run(name, func(t *testing.T) {
			h := given(t)
			auditor := h.marked()
			form := auditor.form(0)
			if toxic != "" {
				h.spoil(toxic)
				queued(t, auditor.SaveForm(ctx, form))
				h.mend()
				h.down()
				queued(t, auditor.Delete(ctx, form.ID))
			} else {
				ok(t, auditor.KeepForm(form))
				h.down()
				ok(t, auditor.Delete(ctx, form.ID))
			}
			h.up()
			ok(t, auditor.Sync(ctx))
			auditor.empty()
			if _, err := auditor.Card(form.ID); !errors.Is(err, app.ErrGone) || auditor.drafts() != 0 {
				t.Errorf("it is still here: %v", err)
			}
			if n := len(h.notifications()); n != 0 {
				t.Errorf("%d notifications at the centre", n)
			}
		})
	}
}

// TestAConflictKeepsBoth: the same person at two machines.
func TestAConflictKeepsBoth(t *testing.T) {
	h := given(t)
	office := h.marked()
	form := office.form(0)
	ok(t, office.SaveForm(ctx, form))
	home := h.enterAt("auditor", "home")
	mine, err := home.Form(form.ID)
	ok(t, err)
	theirs, err := office.Form(form.ID)
	ok(t, err)
	theirs.Text.RU = "В кабинете"
	ok(t, office.SaveForm(ctx, theirs))
	mine.Text.RU = "Дома"
	refused(t, home.SaveForm(ctx, mine), "stale")
	if got := home.card(form.ID).Notification.State.TextRU; got != "В кабинете" {
		t.Errorf("theirs is %q", got)
	}
	kept, err := home.Form(form.ID)
	ok(t, err)
	if kept.Text.RU != "Дома" {
		t.Errorf("mine is %q", kept.Text.RU)
	}
	kept, err = home.Decide(kept, kept.Text) // the person has seen both
	ok(t, err)
	ok(t, home.SaveForm(ctx, kept))
	home.empty()
}

// TestWhatIsTypedWhileItIsSavedStays: the draft goes when what it says has arrived, not before.
func TestWhatIsTypedWhileItIsSavedStays(t *testing.T) {
	h := given(t)
	auditor := h.marked()
	form := auditor.form(0)
	later := form
	later.Text.RU = "Набрано во время отправки"
	h.answering(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost {
			if err := auditor.KeepForm(later); err != nil {
				t.Error(err)
			}
		}
		return false
	})
	ok(t, auditor.SaveForm(ctx, form))
	h.answering(nil)
	again, err := auditor.Form(form.ID)
	ok(t, err)
	if again.Text.RU != later.Text.RU || again.New {
		t.Errorf("kept is %+v", again)
	}
	ok(t, auditor.SaveForm(ctx, again))
	if got := auditor.card(form.ID).Notification.State.TextRU; got != later.Text.RU {
		t.Errorf("the text is %q", got)
	}
}

// TestMarksSurviveACrash, unsaved marks survive on the machine where they were set.
func TestMarksSurviveACrash(t *testing.T) {
	h := given(t)
	auditor := h.assigned().enter("auditor")
	marks := auditor.all()
	ok(t, auditor.KeepMarks(auditor.hero().Purchase.ID, control.D1, marks))
	ok(t, auditor.Store().Close()) // no leave: the program is gone
	auditor.gone = true
	again := h.enter("auditor")
	page := again.hero()
	if page.Unsaved == 0 {
		t.Fatal("the marks are lost")
	}
	for _, lot := range page.Lots {
		if fmt.Sprint(lot.Marks) != fmt.Sprint(marks[lot.Lot.ID]) {
			t.Errorf("the marks of %s are %v", lot.Lot.Number, lot.Marks)
		}
		for _, m := range lot.Saved {
			if m.Checked {
				t.Error("they count before they are saved")
			}
		}
	}
	_, err := again.SaveMarks(ctx, page.Purchase.ID, control.D1)
	ok(t, err)
	if page := again.hero(); page.Unsaved != 0 || again.drafts() != 0 {
		t.Errorf("%d marks stay unsaved, %d drafts", page.Unsaved, again.drafts())
	}
}

// TestMarksSavedWhileTheCentreIsAwayArrive: and are no longer called unsaved.
func TestMarksSavedWhileTheCentreIsAwayArrive(t *testing.T) {
	h := given(t)
	auditor := h.assigned().enter("auditor")
	h.down()
	queued(t, auditor.mark())
	page := auditor.hero()
	if lot := page.Lots[0]; page.Unsaved != 0 || !lot.Marks[0].Checked || !lot.Create.Allowed {
		t.Errorf("%d unsaved, the marks are %v, a notification: %+v", page.Unsaved, lot.Marks, lot.Create)
	}
	h.up()
	ok(t, auditor.Sync(ctx))
	auditor.empty()
	if page := auditor.hero(); page.Unsaved != 0 || auditor.drafts() != 0 || !page.Lots[0].Saved[0].Checked {
		t.Errorf("%d unsaved, %d drafts, saved %v", page.Unsaved, auditor.drafts(), page.Lots[0].Saved)
	}
}

// TestOneCommandThatFailsAtTheCentreHoldsNothingElseUp: it is repeated; the others and the feed go on.
func TestOneCommandThatFailsAtTheCentreHoldsNothingElseUp(t *testing.T) {
	h := given(t)
	auditor := h.marked()
	h.down()
	queued(t, auditor.SaveForm(ctx, auditor.form(0)))
	second := auditor.form(1)
	queued(t, auditor.SaveForm(ctx, second))
	h.up()
	h.answering(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/v1/notifications" || r.ContentLength < 0 {
			return false
		}
		body := make([]byte, r.ContentLength)
		if _, err := r.Body.Read(body); err != nil && err.Error() != "EOF" {
			t.Error(err)
		}
		r.Body = http.MaxBytesReader(w, nopCloser{strings.NewReader(string(body))}, 1<<20)
		if strings.Contains(string(body), second.ID) {
			return false
		}
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprint(w, `{"type":"x","title":"Internal Server Error","status":500,"reason":"internal","detail_kk":"Қ.","detail_ru":"Ц."}`)
		return true
	})
	if err := auditor.Sync(ctx); err == nil {
		t.Error("the round says that all went well")
	}
	if auditor.card(second.ID).Notification.Number == "" {
		t.Error("the other notification has not arrived")
	}
	if !auditor.State().Online {
		t.Error("the centre is called away")
	}
	// Somebody else's change comes in all the same.
	approver := h.enter("approver")
	approver.leave()
	auditor.leave()
	again, err := h.tryEnter("auditor", "auditor")
	if err != nil {
		t.Fatalf("the person can't enter any more: %v", err)
	}
	h.answering(nil)
	ok(t, again.Sync(ctx))
	again.empty()
	if n := len(h.notifications()); n != 2 {
		t.Errorf("%d notifications at the centre", n)
	}
}

type nopCloser struct{ *strings.Reader }

func (nopCloser) Close() error { return nil }

// TestAGateThatAnswersForTheCentreIsNotBelieved: a command is done when the centre says so.
func TestAGateThatAnswersForTheCentreIsNotBelieved(t *testing.T) {
	for name, gate := range map[string]func(http.ResponseWriter){
		"a page": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<html>Wi-Fi</html>")
		},
		"an empty object": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, "{}")
		},
		"nothing":     func(w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) },
		"a redirect":  func(w http.ResponseWriter) { w.Header().Set("Location", "/"); w.WriteHeader(http.StatusFound) },
		"a refusal":   func(w http.ResponseWriter) { http.Error(w, "Forbidden", http.StatusForbidden) },
		"an overload": func(w http.ResponseWriter) { http.Error(w, "busy", http.StatusServiceUnavailable) },
	} {
		t.Run(name, func(t *testing.T) {
			h := given(t)
			auditor := h.marked()
			form := auditor.form(0)
			h.answering(func(w http.ResponseWriter, _ *http.Request) bool {
				gate(w)
				return true
			})
			err := auditor.SaveForm(ctx, form)
			queued(t, err)
			inWords(t, err)
			h.answering(nil)
			ok(t, auditor.Sync(ctx))
			auditor.empty()
			if n := len(h.notifications()); n != 1 {
				t.Errorf("%d notifications at the centre", n)
			}
		})
	}
}

// TestWhatIsSavedAgainStillGoesToAgreement: sending that waits is not taken back by a later saving, and goes behind
// the last text.
func TestWhatIsSavedAgainStillGoesToAgreement(t *testing.T) {
	h := given(t)
	auditor := h.marked()
	form := auditor.form(0)
	h.down()
	queued(t, auditor.SendToAgreement(ctx, form))
	for _, text := range []string{"Второе", "Третье"} {
		form.Text.RU = text
		queued(t, auditor.SaveForm(ctx, form))
		auditor.waits(3) // the first text, which may have arrived; the last one; agreement
	}
	h.up()
	ok(t, auditor.Sync(ctx))
	auditor.empty()
	if s := auditor.card(form.ID).Notification.State; s.Status != control.NotificationInAgreement || s.TextRU != "Третье" {
		t.Errorf("it is %s with %q", s.Status, s.TextRU)
	}
}

package app_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"baqylau/api"
	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
)

// twoSeats are the same author at two machines, over one notification.
func twoSeats(t *testing.T) (home, office *seat, id string) {
	t.Helper()
	h := given(t)
	office = h.marked()
	form := office.form(0)
	ok(t, office.SaveForm(ctx, form))
	return h.enterAt("auditor", "home"), office, form.ID
}

// rewrite saves a field of a notification.
func (s *seat) rewrite(id string, field app.Field, part string) {
	s.h.t.Helper()
	form, err := s.Form(id)
	ok(s.h.t, err)
	form.Text = form.Text.With(field, part)
	ok(s.h.t, s.SaveForm(ctx, form))
}

// text is what the centre has of a notification, as far as the seat knows.
func (s *seat) text(id string) app.Text {
	n := s.card(id).Notification.State
	return app.Text{KK: n.TextKK, RU: n.TextRU, Agreer: n.Agreer}
}

// TestFieldsOfTwoMachinesMerge, whether or not the second knew of the first when it saved.
func TestFieldsOfTwoMachinesMerge(t *testing.T) {
	for name, knows := range map[string]bool{"known": true, "not known": false} {
		t.Run(name, func(t *testing.T) {
			home, office, id := twoSeats(t)
			mine, err := home.Form(id)
			ok(t, err)
			mine = mine.Write(mine.Text.With(app.FieldRU, "Дома"))
			ok(t, home.KeepForm(mine))
			office.rewrite(id, app.FieldKK, "Кеңседе")
			if knows {
				ok(t, home.Sync(ctx))
				shown, err := home.Present(mine)
				ok(t, err)
				if shown.Theirs != nil || shown.Text.KK != "Кеңседе" || shown.Text.RU != "Дома" {
					t.Errorf("shown is %+v", shown)
				}
			}
			ok(t, home.SaveForm(ctx, mine))
			if got := home.text(id); got.KK != "Кеңседе" || got.RU != "Дома" {
				t.Errorf("saved is %+v", got)
			}
			later := mine.Write(mine.Text.With(app.FieldRU, "Дома, дальше")) // typed on while it was saved
			shown, err := home.Present(later)
			ok(t, err)
			if shown.Theirs != nil || shown.Text.KK != "Кеңседе" || shown.Text.RU != "Дома, дальше" {
				t.Errorf("who typed on sees %+v", shown)
			}
			if home.drafts() != 0 {
				t.Error("a draft stays")
			}
		})
	}
}

// TestWhatWaitedMergesByItself: written with no network, overtaken, and the fields are others. What waits
// behind it goes along.
func TestWhatWaitedMergesByItself(t *testing.T) {
	home, office, id := twoSeats(t)
	mine, err := home.Form(id)
	ok(t, err)
	mine.Text.RU = "Дома"
	home.h.down()
	queued(t, home.SendToAgreement(ctx, mine))
	home.h.up()
	office.rewrite(id, app.FieldKK, "Кеңседе")
	ok(t, home.Sync(ctx))
	home.empty()
	if got := home.text(id); got.KK != "Кеңседе" || got.RU != "Дома" || home.drafts() != 0 {
		t.Errorf("arrived is %+v, %d drafts", got, home.drafts())
	}
	if got := home.card(id).Notification.State.Status; got != control.NotificationInAgreement {
		t.Errorf("it is %s", got)
	}
}

// parcels are what waits, and how.
func (s *seat) parcels() (list []app.Parcel, states []app.ParcelState) {
	s.h.t.Helper()
	list, err := s.Parcels()
	ok(s.h.t, err)
	for _, p := range list {
		states = append(states, p.State)
	}
	return list, states
}

func wantStates(t *testing.T, got []app.ParcelState, want ...app.ParcelState) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("not the states that were wanted (-want +got):\n%s", diff)
	}
}

// clashed has an edit and its sending to agreement wait at home, overtaken in the same field.
func clashed(t *testing.T) (home *seat, id string) {
	t.Helper()
	home, office, id := twoSeats(t)
	mine, err := home.Form(id)
	ok(t, err)
	mine.Text.RU = "Дома"
	home.h.down()
	if err := home.Sync(ctx); err == nil {
		t.Error("the round says that all went well")
	}
	queued(t, home.SendToAgreement(ctx, mine))
	_, states := home.parcels()
	wantStates(t, states, app.ParcelQueued, app.ParcelBehind)
	home.h.up()
	office.rewrite(id, app.FieldRU, "В кабинете")
	ok(t, home.Sync(ctx))
	return home, id
}

// TestAClashWaitsForAPersonAndThenGoes, all of it, in order, and what gave way is kept.
func TestAClashWaitsForAPersonAndThenGoes(t *testing.T) {
	home, id := clashed(t)
	list, states := home.parcels()
	wantStates(t, states, app.ParcelConflict, app.ParcelBehind)
	if !list[0].Clash || list[0].Card != id || list[0].Number != home.card(id).Notification.Number || list[1].Place != 2 || list[1].Of != 2 {
		t.Errorf("what waits is %+v", list)
	}
	if err := home.Retry(list[0].ID, list[1].ID); !errors.Is(err, app.ErrClash) {
		t.Errorf("sent again: %v", err)
	}
	inWords(t, app.ErrClash)
	form, err := home.Clash(id)
	ok(t, err)
	conflict := form.Conflict()
	if !slices.Equal(conflict.Clashes, []app.Field{app.FieldRU}) || conflict.Base.RU != "Нарушение" || conflict.Mine.RU != "Дома" || conflict.Theirs.RU != "В кабинете" {
		t.Fatalf("the conflict is %+v", conflict)
	}
	_, err = home.Decide(form, conflict.Mine)
	ok(t, err)
	ok(t, home.Sync(ctx))
	home.empty()
	n := home.card(id).Notification.State
	if n.TextRU != "Дома" || n.Status != control.NotificationInAgreement || home.drafts() != 0 {
		t.Errorf("it is %s with %q, %d drafts", n.Status, n.TextRU, home.drafts())
	}
	past, err := home.History(form)
	ok(t, err)
	if len(past) != 1 || past[0].Text.RU != "В кабинете" || past[0].Reason != app.PastTheirs || past[0].At.IsZero() {
		t.Errorf("the history is %+v", past)
	}
}

// TestAnActionThatWasOvertakenIsRepeatedOverWhatIsThere: the person has seen it.
func TestAnActionThatWasOvertakenIsRepeatedOverWhatIsThere(t *testing.T) {
	home, office, id := twoSeats(t)
	form, err := home.Form(id)
	ok(t, err)
	home.h.down()
	queued(t, home.Delete(ctx, id))
	home.h.up()
	office.rewrite(id, app.FieldRU, "В кабинете")
	ok(t, home.Sync(ctx))
	list, states := home.parcels()
	wantStates(t, states, app.ParcelConflict)
	if list[0].Clash {
		t.Error("a text is said to clash")
	}
	ok(t, home.Retry(list[0].ID))
	ok(t, home.Sync(ctx))
	home.empty()
	if _, err := home.Card(id); !errors.Is(err, app.ErrGone) {
		t.Errorf("it is still there: %v", err)
	}
	if past, err := home.History(form); err != nil || len(past) != 0 {
		t.Errorf("of what was deleted there is %+v, %v", past, err)
	}
}

// TestWhatIsTakenOutTakesAlongWhatWasMadeOnTopOfIt: it would do something else alone.
func TestWhatIsTakenOutTakesAlongWhatWasMadeOnTopOfIt(t *testing.T) {
	home, id := clashed(t)
	second := home.form(1)
	home.h.down()
	if err := home.Sync(ctx); err == nil {
		t.Error("the round says that all went well")
	}
	queued(t, home.SaveForm(ctx, second))
	list, states := home.parcels()
	wantStates(t, states, app.ParcelConflict, app.ParcelBehind, app.ParcelQueued)
	if along := app.Along(list, []string{list[1].ID}); len(along) != 1 {
		t.Errorf("along with the last goes %+v", along)
	}
	if along := app.Along(list, []string{list[0].ID}); len(along) != 2 || along[1].ID != list[1].ID {
		t.Errorf("along with the first goes %+v", along)
	}
	ok(t, home.Discard(list[0].ID))
	_, states = home.parcels()
	wantStates(t, states, app.ParcelQueued)
	if form, err := home.Form(id); err != nil || form.Text.RU != "Дома" {
		t.Errorf("what was typed is %+v, %v", form, err)
	}
}

// TestAnEndedSessionPausesTheOutbox: nothing is dropped.
func TestAnEndedSessionPausesTheOutbox(t *testing.T) {
	h := given(t)
	auditor := h.marked()
	h.down()
	queued(t, auditor.SaveForm(ctx, auditor.form(0)))
	h.up()
	h.answering(func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusUnauthorized)
		_, err := w.Write([]byte(`{"type":"x","title":"x","status":401,"reason":"not_logged_in","detail_kk":"Қ.","detail_ru":"Ц."}`))
		return err == nil
	})
	if err := auditor.Sync(ctx); err == nil {
		t.Error("the round says that all went well")
	}
	_, states := auditor.parcels()
	wantStates(t, states, app.ParcelPaused)
	h.answering(nil)
	ok(t, auditor.renew("auditor"))
	ok(t, auditor.Sync(ctx))
	auditor.empty()
}

// TestANotificationWaitsBehindItsMarks: asks for them.
func TestANotificationWaitsBehindItsMarks(t *testing.T) {
	h := given(t)
	auditor := h.assigned().enter("auditor")
	h.down()
	if err := auditor.Sync(ctx); err == nil {
		t.Error("the round says that all went well")
	}
	queued(t, auditor.mark())
	queued(t, auditor.SaveForm(ctx, auditor.form(0)))
	list, states := auditor.parcels()
	wantStates(t, states, app.ParcelQueued, app.ParcelBehind)
	if list[0].Number != heroNumber || list[0].Card != "" || list[1].Of != 1 {
		t.Errorf("what waits is %+v", list)
	}
}

// TestAnOlderTextIsBroughtBack: and what it takes the place of is kept in turn.
func TestAnOlderTextIsBroughtBack(t *testing.T) {
	home, id := collided(t)
	form, err := home.Form(id)
	ok(t, err)
	form, err = home.Decide(form, *form.Theirs)
	ok(t, err)
	past, err := home.History(form)
	ok(t, err)
	if len(past) != 1 || past[0].Text.RU != "Дома" {
		t.Fatalf("the history is %+v", past)
	}
	form, err = home.Restore(form, past[0])
	ok(t, err)
	if form.Text.RU != "Дома" {
		t.Errorf("brought back is %+v", form.Text)
	}
	if past, err = home.History(form); err != nil || len(past) != 2 || past[0].Text.RU != "В кабинете" || past[0].Reason != app.PastReplaced {
		t.Errorf("the history is %+v, %v", past, err)
	}
	if back, was := form.Undo(); !was || back.Text.RU != "В кабинете" {
		t.Errorf("taken back it is %+v", back.Text)
	}
	ok(t, home.SaveForm(ctx, form))
	if got := home.text(id).RU; got != "Дома" {
		t.Errorf("saved is %q", got)
	}
}

// TestTakingBackGoesOnAfterARestart: the steps are sealed with the draft.
func TestTakingBackGoesOnAfterARestart(t *testing.T) {
	h := given(t)
	auditor := h.marked()
	form := auditor.form(0)
	form = form.Write(form.Text.With(app.FieldRU, "Нарушение установлено"))
	form = form.Write(form.Text.With(app.FieldKK, ""))
	form, _ = form.Undo()
	ok(t, auditor.KeepForm(form))
	ok(t, auditor.Store().Close()) // no leave: the program is gone
	auditor.gone = true
	again, err := h.enter("auditor").Form(form.ID)
	ok(t, err)
	if diff := cmp.Diff(form.Trail, again.Trail); diff != "" {
		t.Error(diff)
	}
	if redone, is := again.Redo(); !is || redone.Text.KK != "" {
		t.Errorf("done again it is %+v", redone.Text)
	}
	if back, is := again.Undo(); !is || back.Text.RU != "Нарушение" {
		t.Errorf("taken back it is %+v", back.Text)
	}
}

// TestWhatWaitsIsExportedForPeopleAndPrograms: all of the text is in it.
func TestWhatWaitsIsExportedForPeopleAndPrograms(t *testing.T) {
	home, id := clashed(t)
	home.h.down()
	for _, lang := range []assets.Lang{assets.KK, assets.RU} {
		var text strings.Builder
		ok(t, home.ExportOutboxText(&text, lang))
		for _, want := range []string{
			home.card(id).Notification.Number, "Дома", "Бұзушылық", lang.T("command.edit"), lang.T("command.send_to_agreement"), lang.T("outbox.state.conflict"),
		} {
			if !strings.Contains(text.String(), want) {
				t.Errorf("%q is not in:\n%s", want, &text)
			}
		}
		if strings.ContainsAny(text.String(), "⟦⟧{}") {
			t.Errorf("something lacks its words:\n%s", &text)
		}
	}
	var data strings.Builder
	ok(t, home.ExportOutboxJSON(&data))
	var got struct {
		Person, Centre string
		Commands       []struct {
			ID, Path, State string
			Base            int64
			Body            api.EditCommand
			Answer          api.Problem
		}
	}
	ok(t, json.Unmarshal([]byte(data.String()), &got))
	if len(got.Commands) != 2 || got.Commands[0].Body.TextRU != "Дома" || got.Commands[0].Answer.Reason != "stale" || got.Person != home.h.made.people["auditor"].IIN || got.Centre == "" {
		t.Errorf("exported is %+v", got)
	}
}

package app_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baqylau/api"
	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/localstore"
	"baqylau/server/store"
)

// backup copies the centre's store as it is now.
func (h *house) backup() string {
	h.t.Helper()
	db, err := sql.Open("sqlite", h.path)
	ok(h.t, err)
	defer db.Close()
	copied := filepath.Join(h.t.TempDir(), "backup.db")
	_, err = db.Exec("VACUUM INTO ?", copied)
	ok(h.t, err)
	return copied
}

// restore has the centre go on from a backup.
func (h *house) restore(backup string) {
	h.t.Helper()
	ok(h.t, h.store.Close())
	for _, part := range []string{"-wal", "-shm"} {
		if err := os.Remove(h.path + part); err != nil && !os.IsNotExist(err) {
			h.t.Fatal(err)
		}
	}
	content, err := os.ReadFile(backup)
	ok(h.t, err)
	ok(h.t, os.WriteFile(h.path, content, 0o600))
	h.store, err = store.OpenSQLite(context.Background(), h.path, store.Options{Demo: true})
	ok(h.t, err)
	h.serve()
}

// toldOfRestoring demands that the seat says that the centre was restored, in both languages, until the person has
// seen it.
func (s *seat) toldOfRestoring(kept int) {
	s.h.t.Helper()
	r := s.State().Restored
	if r.Noticed.IsZero() || !r.Read.Equal(noon()) || !r.Head.Equal(noon()) || r.Kept != kept {
		s.h.t.Fatalf("it says %+v", r)
	}
	for _, lang := range []assets.Lang{assets.KK, assets.RU} {
		if text := app.RestoredSentence(lang, r); !strings.Contains(text, assets.DateTime(noon())) || strings.ContainsAny(text, "⟦⟧!{}") {
			s.h.t.Errorf("said in %s: %s", lang, text)
		}
	}
}

// TestARestoredCentreIsNoticed: what waits is sent again and done once, what the backup lost of my texts is a
// draft again, and the mirror is the centre's.
func TestARestoredCentreIsNoticed(t *testing.T) {
	h := given(t)
	auditor := h.marked()
	changed := auditor.form(0)
	ok(t, auditor.SaveForm(ctx, changed))
	backup := h.backup()
	changed, err := auditor.Form(changed.ID)
	ok(t, err)
	changed.Text.RU = "После копии"
	ok(t, auditor.SaveForm(ctx, changed))
	lost := auditor.form(1)
	ok(t, auditor.SaveForm(ctx, lost))
	h.spoil(cutAnswer) // the centre had it, nobody knew, and the backup has it not
	waits := auditor.form(2)
	queued(t, auditor.SaveForm(ctx, waits))
	h.mend()
	h.down()
	h.restore(backup)
	h.up()
	ok(t, auditor.Sync(ctx))
	auditor.toldOfRestoring(2)
	auditor.empty()
	if n := len(h.notifications()); n != 2 { // the first, and what waited
		t.Errorf("%d notifications at the centre", n)
	}
	if got := auditor.card(waits.ID).Notification.Number; got == "" {
		t.Error("what waited has not arrived")
	}
	for _, want := range []app.Form{changed, lost} {
		f, err := auditor.Form(want.ID)
		ok(t, err)
		if f.Text != want.Text || f.New != (want.ID == lost.ID) {
			t.Errorf("kept is %+v", f)
		}
		ok(t, auditor.SaveForm(ctx, f)) // and goes again
		if got := auditor.card(want.ID).Notification.State.TextRU; got != want.Text.RU {
			t.Errorf("the text is %q", got)
		}
	}
	auditor.leave()
	again := h.enter("auditor")
	again.toldOfRestoring(2)
	ok(t, again.ForgetRestored())
	if !again.State().Restored.Noticed.IsZero() {
		t.Error("it is told again")
	}
	again.leave()
	if r := h.enter("auditor").State().Restored; !r.Noticed.IsZero() {
		t.Errorf("it is told after it was seen: %+v", r)
	}
}

// TestARestoredCentreThatHasGoneOnIsNoticed: its log is longer than what was read of the one before, and the version
// that a waiting command was made over says something else there.
func TestARestoredCentreThatHasGoneOnIsNoticed(t *testing.T) {
	h := given(t)
	office := h.marked()
	form := office.form(0)
	ok(t, office.SaveForm(ctx, form))
	backup := h.backup()
	home := h.enterAt("auditor", "home")
	mine, err := home.Form(form.ID)
	ok(t, err)
	mine.Text.RU = "Дома"
	ok(t, home.SaveForm(ctx, mine)) // version 2
	h.down()
	mine, err = home.Form(form.ID)
	ok(t, err)
	mine.Text.RU = "Дома, без связи"
	queued(t, home.SaveForm(ctx, mine)) // over version 2
	h.restore(backup)
	h.up()
	ok(t, office.Sync(ctx))
	theirs, err := office.Form(form.ID)
	ok(t, err)
	theirs.Text.RU = "В кабинете"
	ok(t, office.SaveForm(ctx, theirs)) // another version 2
	ok(t, office.SaveForm(ctx, office.form(1)))
	home.leave() // the backup doesn't know the session
	home = h.enterAt("auditor", "home")
	home.toldOfRestoring(0)
	outbox, err := home.Outbox()
	ok(t, err)
	if len(outbox) != 1 || outbox[0].State != localstore.Conflict {
		t.Errorf("the outbox is %+v", outbox)
	}
	if got := home.card(form.ID).Notification.State.TextRU; got != "В кабинете" {
		t.Errorf("the centre has %q", got)
	}
	kept, err := home.Form(form.ID)
	ok(t, err)
	if kept.Text.RU != mine.Text.RU || kept.Theirs == nil {
		t.Errorf("kept is %+v", kept)
	}
}

// TestACentreRestoredWhileTheComputerSleptIsNoticed: before what is saved on waking is sent over a version that says
// something else there.
func TestACentreRestoredWhileTheComputerSleptIsNoticed(t *testing.T) {
	h := given(t)
	office := h.marked()
	form := office.form(0)
	ok(t, office.SaveForm(ctx, form))
	home := h.enterAt("auditor", "home")
	backup := h.backup()
	mine, err := home.Form(form.ID)
	ok(t, err)
	mine.Text.RU = "Дома"
	ok(t, home.SaveForm(ctx, mine)) // version 2
	mine, err = home.Form(form.ID)
	ok(t, err)
	h.restore(backup)
	ok(t, office.Sync(ctx))
	theirs, err := office.Form(form.ID)
	ok(t, err)
	theirs.Text.RU = "В кабинете"
	ok(t, office.SaveForm(ctx, theirs)) // another version 2
	app.Sleep(home.Desk, time.Hour)
	mine.Text.RU = "После сна"
	if err := home.SaveForm(ctx, mine); err == nil {
		t.Error("it was saved over a text that was never read")
	}
	if home.State().Restored.Noticed.IsZero() {
		t.Error("the restoring was not noticed")
	}
	if got := office.card(form.ID).Notification.State.TextRU; got != "В кабинете" {
		t.Errorf("the centre has %q", got)
	}
	kept, err := home.Form(form.ID)
	ok(t, err)
	if kept.Text.RU != "После сна" || kept.Theirs == nil {
		t.Errorf("kept is %+v", kept)
	}
}

// TestOtherRolesAreNoRestoring: 410, and nothing is said of a backup.
func TestOtherRolesAreNoRestoring(t *testing.T) {
	h := given(t)
	auditor := h.assigned().enter("auditor")
	p := h.made.people["auditor"]
	office := officeOf(h)
	ok(t, office.Enrol(ctx, h.department(), api.Person{
		IIN: p.IIN, Surname: p.Surname, Organization: departmentBIN, Roles: []control.Role{control.Auditor, control.ControlReports, control.OrderManager},
	}))
	auditor.leave()
	if r := h.enter("auditor").State().Restored; !r.Noticed.IsZero() {
		t.Errorf("it says %+v", r)
	}
}

package app_test

import (
	"errors"
	"os"
	"testing"

	"github.com/zalando/go-keyring"

	"baqylau/app"
	"baqylau/control"
	"baqylau/localstore"
)

// computer is a machine of one person, with a keyring, and records that a password opens too.
type computer struct {
	*localstore.Folder
	h     *house
	owner app.Owner
}

func (h *house) computer() *computer {
	h.t.Helper()
	keyring.MockInit()
	h.t.Cleanup(keyring.MockInit)
	folder := localstore.NewFolder(h.t.TempDir(), discard(), localstore.WithDerivation(func() localstore.Derivation {
		d := localstore.NewDerivation()
		d.Time, d.MemoryKiB, d.Threads = 2, 19<<10, 1
		return d
	}))
	c := &computer{Folder: folder, h: h}
	c.enter("password").leave()
	known, err := folder.Known()
	ok(h.t, err)
	c.owner = known[0].Owner
	return c
}

func (c *computer) enter(secret string) *seat {
	c.h.t.Helper()
	s, err := c.h.tryEnterBy("auditor", []byte(secret), c.Open)
	ok(c.h.t, err)
	return s
}

func (c *computer) resume(secret []byte) *seat {
	c.h.t.Helper()
	store, err := c.Open(c.owner, secret)
	ok(c.h.t, err)
	desk, err := app.Resume(store, c.h.origin, discard())
	ok(c.h.t, err)
	s := &seat{Desk: desk, h: c.h, login: "auditor"}
	c.h.t.Cleanup(s.leave)
	return s
}

// TestWhateverHappensToTheComputerWorkArrivesOnce: marks and a notification are made without the centre, and
// something happens to the records before they are sent, or after. The centre is counted: nothing is missing,
// nothing is there twice.
func TestWhateverHappensToTheComputerWorkArrivesOnce(t *testing.T) {
	none := func(*computer, string) {}
	for _, c := range []struct {
		name   string
		before func(*computer, string) // they are sent
		after  func(*computer, string)
		secret string // by which one enters in the end
		told   bool
	}{
		{name: "nothing", before: none, after: none, secret: "password"},
		{name: "the keyring is gone", secret: "password", after: none, before: func(c *computer, _ string) {
			keyring.MockInitWithError(errors.New("no keyring here"))
		}},
		{name: "the keyring has lost its key", secret: "password", after: none, before: func(*computer, string) { keyring.MockInit() }},
		{name: "the key was renewed", secret: "another password", after: none, before: none},
		{name: "the file is cut", secret: "password", told: true, after: none, before: func(c *computer, path string) {
			info, err := os.Stat(path)
			ok(c.h.t, err)
			ok(c.h.t, os.Truncate(path, info.Size()/2))
		}},
		{name: "its pages are zeroed, though all was sent", secret: "password", told: true, before: none, after: func(c *computer, path string) {
			file, err := os.ReadFile(path)
			ok(c.h.t, err)
			clear(file[:len(file)/2])
			ok(c.h.t, os.WriteFile(path, file, 0o600))
		}},
		{name: "it is gone", secret: "password", told: true, after: none, before: func(c *computer, path string) { ok(c.h.t, os.Remove(path)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := given(t).assigned()
			machine := h.computer()
			h.down()
			auditor := machine.resume(nil)
			queued(t, auditor.mark())
			form := auditor.form(0)
			queued(t, auditor.SaveForm(ctx, form))
			queued(t, auditor.SendToAgreement(ctx, form))
			_, err := auditor.Store().Snapshot()
			ok(t, err)
			path := auditor.Store().Path()
			auditor.leave()
			c.before(machine, path)
			h.up()
			auditor = machine.enter(c.secret)
			told := auditor.Store().Recovery() != nil
			auditor.empty()
			auditor.leave()
			events := h.events()
			c.after(machine, path)
			auditor = machine.enter(c.secret)
			auditor.empty()
			if told = told || auditor.Store().Recovery() != nil; told != c.told {
				t.Errorf("told of an accident: %v", told)
			}
			if n := h.events(); n != events {
				t.Errorf("%d things happened twice", n-events)
			}
			if n := auditor.card(form.ID).Notification; n.State.Status != control.NotificationInAgreement || len(h.notifications()) != 1 {
				t.Errorf("the notification is %s, of %d", n.State.Status, len(h.notifications()))
			}
			auditor.leave()
		})
	}
}

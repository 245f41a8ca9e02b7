package torture

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/localstore"
	"baqylau/server/centre"
)

// house is a centre in this process, and a place for local stores.
type house struct {
	t      *testing.T
	g      *ground
	folder string
	seats  string
	ahead  atomic.Int64 // the centre's clock before the machine's, nanoseconds
	c      *centre.Centre
}

func housed(t *testing.T, folder, seats string) *house {
	t.Helper()
	g, err := prepared()
	ok(t, err)
	h := &house{t: t, g: g, folder: folder, seats: seats}
	if folder == "" {
		h.folder = g.copied(t)
	}
	now := clock()
	h.c, err = centre.Start(context.Background(), centre.Options{Folder: h.folder, Demo: true, Clock: func() time.Time {
		return now().Add(time.Duration(h.ahead.Load()))
	}})
	ok(t, err)
	return h
}

func (h *house) enter() *app.Desk {
	h.t.Helper()
	desk, err := enter(context.Background(), h.c.Origin(), h.folder, h.seats, "auditor")
	ok(h.t, err)
	return desk
}

// close ends the centre and counts: so many commands of so many notifications must have had their effect.
func (h *house) close(commands, notifications int) tally {
	h.t.Helper()
	ok(h.t, h.c.Close(context.Background()))
	c := count(h.t, h.folder)
	if c.changes != commands || c.notifications != notifications {
		h.t.Errorf("%s; want %d changes of %d", c, commands, notifications)
	}
	return c
}

// TestTheDiskOfTheClientIsFull: what was saved is there and arrives, what was not is said, and with room again the
// work goes on.
func TestTheDiskOfTheClientIsFull(t *testing.T) {
	disk := smallDisk(t, 2<<20)
	h := housed(t, "", disk.folder)
	desk := h.enter()
	taken := 0
	var err error
	for err == nil && taken < 1000 {
		l := lotNumbered(taken)
		var form app.Form
		form, err = desk.NewForm(l.Purchase, l.ID, control.D1)
		ok(t, err)
		form.Text = app.Text{KK: longText(taken), RU: textNumbered(1), Agreer: h.g.agreer}
		if err = desk.SaveForm(context.Background(), form); errors.Is(err, app.ErrQueued) {
			err = nil
		}
		if err == nil {
			taken++
		}
	}
	if !errors.Is(err, localstore.ErrDiskFull) {
		t.Fatalf("after %d: %v", taken, err)
	}
	for _, lang := range []assets.Lang{assets.KK, assets.RU} {
		if text := app.Sentence(lang, err, ""); text != lang.T("app.disk_full") {
			t.Errorf("it says: %s", text)
		}
	}
	disk.grow(64 << 20)
	drained(t, desk, 5, func(err error) { t.Fatal(err) })
	l := lotNumbered(taken)
	form, err := desk.NewForm(l.Purchase, l.ID, control.D1)
	ok(t, err)
	form.Text = app.Text{KK: longText(taken), RU: textNumbered(1), Agreer: h.g.agreer}
	ok(t, desk.SaveForm(context.Background(), form))
	ok(t, desk.Leave(context.Background()))
	t.Logf("full after %d notifications; with room again: %s", taken, h.close(taken+1, taken+1))
}

// longText is of 8 KB or so, and another for each number.
func longText(n int) string {
	text := textNumbered(n)
	for len(text) < 8<<10 {
		text += " қазақша мәтін"
	}
	return text
}

// TestTheDiskOfTheCentreIsFull: it fails what it can't keep, and with room again each command is done once.
func TestTheDiskOfTheCentreIsFull(t *testing.T) {
	g, err := prepared()
	ok(t, err)
	disk := smallDisk(t, 10<<20)
	folder := filepath.Join(disk.folder, "centre")
	for _, part := range []string{"centre.db", "keys"} {
		ok(t, copyTree(filepath.Join(g.folder, part), filepath.Join(folder, part)))
	}
	h := housed(t, folder, t.TempDir())
	desk := h.enter()
	room := filepath.Join(disk.folder, "filled by somebody else")
	disk.fill(room)
	commands, failed := g.pile(t, desk.Store(), 0, 200, 2), 0
	for range 3 {
		if err := desk.Sync(context.Background()); err != nil {
			failed++
		}
	}
	waiting := desk.State().Waiting()
	if failed == 0 || waiting == 0 {
		t.Fatal("the disk was never full")
	}
	ok(t, os.Remove(room))
	disk.grow(128 << 20)
	drained(t, desk, 5, func(err error) { t.Logf("a round failed: %v", err) })
	ok(t, desk.Leave(context.Background()))
	t.Logf("%d of %d commands waited for room; %s", waiting, commands, h.close(commands, 200))
}

// TestTheCentresClockIsMovedByADay: forth, so that the session is over, and back.
func TestTheCentresClockIsMovedByADay(t *testing.T) {
	for name, by := range map[string]time.Duration{"forth": 24 * time.Hour, "back": -24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			h := housed(t, "", t.TempDir())
			desk := h.enter()
			commands := h.g.pile(t, desk.Store(), 0, 10, 2)
			drained(t, desk, 1, func(err error) { t.Fatal(err) })
			commands += h.g.pile(t, desk.Store(), 10, 10, 2)
			h.ahead.Store(int64(by))
			if err := desk.Sync(context.Background()); err != nil && !errors.Is(err, app.ErrPaused) {
				t.Fatal(err)
			}
			if paused := desk.State().Waiting(); paused != 0 {
				if paused != 30 {
					t.Errorf("%d wait for the person to enter again", paused)
				}
				ok(t, desk.Leave(context.Background()))
				desk = h.enter()
			}
			drained(t, desk, 3, func(err error) { t.Error(err) })
			h.ahead.Store(0)
			commands += h.g.pile(t, desk.Store(), 20, 10, 2)
			drained(t, desk, 3, func(err error) { t.Error(err) })
			ok(t, desk.Leave(context.Background()))
			t.Log(h.close(commands, 30))
		})
	}
}

// TestADamagedStoreSendsNothingTwice: it is cut or spoiled after part of what waited was done; the snapshot takes its
// place, the person is told, and what it holds of the done is not done again.
func TestADamagedStoreSendsNothingTwice(t *testing.T) {
	for name, spoil := range map[string]func([]byte) []byte{
		"truncated":    func(b []byte) []byte { return b[:6*os.Getpagesize()] }, // the end of the file may be free
		"zeroed pages": func(b []byte) []byte { clear(b[:4*os.Getpagesize()]); return b },
		"emptied":      func([]byte) []byte { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			h := housed(t, "", t.TempDir())
			desk := h.enter()
			commands := h.g.pile(t, desk.Store(), 0, 20, 2)
			_, err := desk.Store().Snapshot()
			ok(t, err)
			drained(t, desk, 1, func(err error) { t.Fatal(err) })
			before := head(t, h.c.Store())
			ok(t, desk.Leave(context.Background()))
			path := filepath.Join(h.seats, "auditor.db")
			content, err := os.ReadFile(path)
			ok(t, err)
			ok(t, os.WriteFile(path, spoil(content), 0o600))
			desk = h.enter() // and all that the snapshot holds is sent again
			if desk.Store().Recovery() == nil || desk.OpeningNotice(assets.RU) == "" {
				t.Error("nothing is said of the damage")
			}
			drained(t, desk, 3, func(err error) { t.Error(err) })
			if again := head(t, h.c.Store()) - before; again != 0 {
				t.Errorf("%d effects came twice", again)
			}
			commands += h.g.pile(t, desk.Store(), 20, 5, 2)
			drained(t, desk, 3, func(err error) { t.Error(err) })
			ok(t, desk.Leave(context.Background()))
			t.Log(h.close(commands, 25))
		})
	}
}

// TestASecondProgramOverTheSameStoreChangesNothing: it is turned away, and the first goes on.
func TestASecondProgramOverTheSameStoreChangesNothing(t *testing.T) {
	h := housed(t, "", t.TempDir())
	desk := h.enter()
	commands := h.g.pile(t, desk.Store(), 0, 5, 2)
	if _, err := enter(context.Background(), h.c.Origin(), h.folder, h.seats, "auditor"); !errors.Is(err, localstore.ErrInUse) {
		t.Errorf("the second: %v", err)
	}
	drained(t, desk, 3, func(err error) { t.Error(err) })
	ok(t, desk.Leave(context.Background()))
	t.Log(h.close(commands, 5))
}

// TestAKeyringThatIsGoneLosesNothing: the password that the key was opened with opens the store all the same.
func TestAKeyringThatIsGoneLosesNothing(t *testing.T) {
	keyring.MockInit()
	h := housed(t, "", t.TempDir())
	stores := localstore.NewFolder(h.seats, slog.New(slog.DiscardHandler))
	by := func(secret string) (*app.Desk, error) {
		return enterBy(context.Background(), h.c.Origin(), h.folder, "auditor", []byte(secret), stores.Open)
	}
	desk, err := by("password of the key")
	ok(t, err)
	commands := h.g.pile(t, desk.Store(), 0, 5, 2)
	ok(t, desk.Leave(context.Background()))
	keyring.MockInitWithError(errors.New("there is none any more"))
	if _, err := by("another"); !errors.As(err, new(*localstore.LockedError)) {
		t.Errorf("by another password: %v", err)
	}
	desk, err = by("password of the key")
	ok(t, err)
	drained(t, desk, 3, func(err error) { t.Error(err) })
	ok(t, desk.Leave(context.Background()))
	t.Log(h.close(commands, 5))
}

package centre_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"baqylau/server"
	"baqylau/server/centre"
	"baqylau/server/store"
	"baqylau/signing/demo"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is when the tests play: a working Wednesday without holidays about.
func noon() time.Time { return time.Date(2026, 4, 15, 11, 0, 0, 0, time.FixedZone("Almaty", 5*60*60)) }

// demoMade is a demo's folder, made once: its keys take a second or two.
var demoMade = sync.OnceValues(func() (files map[string][]byte, err error) {
	folder, err := os.MkdirTemp("", "baqylau-centre")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	c, err := centre.Start(context.Background(), centre.Options{Folder: folder, Demo: true, Clock: noon})
	if err != nil {
		return nil, err
	}
	if err := c.Close(context.Background()); err != nil {
		return nil, err
	}
	return contents(folder)
})

// contents reads every file below a folder.
func contents(folder string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		files[name], err = os.ReadFile(path)
		return err
	})
	return files, err
}

// demoFolder is a copy of a demo that was made.
func demoFolder(t *testing.T) string {
	t.Helper()
	files, err := demoMade()
	if err != nil {
		t.Fatalf("making the demo: %v", err)
	}
	folder := t.TempDir()
	for name, data := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func start(t *testing.T, o centre.Options) *centre.Centre {
	t.Helper()
	c, err := centre.Start(t.Context(), o)
	if err != nil {
		t.Fatalf("starting: %v", err)
	}
	return c
}

func stop(t *testing.T, c *centre.Centre) {
	t.Helper()
	if err := c.Close(context.Background()); err != nil {
		t.Errorf("stopping: %v", err)
	}
}

// events counts what has happened.
func events(t *testing.T, c *centre.Centre) (n int64) {
	t.Helper()
	if err := c.Store().View(t.Context(), func(tx *store.Tx) (err error) {
		n, err = tx.Head()
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestADemoGoesOnWhereItWas(t *testing.T) {
	folder := demoFolder(t)
	c := start(t, centre.Options{Folder: folder, Demo: true, Clock: noon})
	first := events(t, c)
	stop(t, c)
	before, err := os.ReadFile(filepath.Join(folder, "keys", "auditor.p12"))
	if err != nil {
		t.Fatal(err)
	}
	c = start(t, centre.Options{Folder: folder, Demo: true, Clock: noon})
	defer stop(t, c)
	after, err := os.ReadFile(filepath.Join(c.KeysFolder(), "auditor.p12"))
	if err != nil || string(after) != string(before) || events(t, c) != first {
		t.Errorf("the demo was made anew: %d events, %d before; %v", events(t, c), first, err)
	}
}

// TestADemoThatWasHalfMadeIsMade: the first start was interrupted after the keys.
func TestADemoThatWasHalfMadeIsMade(t *testing.T) {
	folder := demoFolder(t)
	for _, name := range []string{"centre.db", "centre.db-wal", "centre.db-shm"} {
		if err := os.Remove(filepath.Join(folder, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	st, err := store.OpenSQLite(t.Context(), filepath.Join(folder, "centre.db"), store.Options{Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	c := start(t, centre.Options{Folder: folder, Demo: true, Clock: noon})
	defer stop(t, c)
	seeded, err := server.Office{Store: c.Store(), Clock: noon}.Seeded(t.Context())
	if err != nil || !seeded {
		t.Errorf("seeded %v, %v", seeded, err)
	}
}

// TestAFolderIsTheDemosOrRealForEver: and who is refused leaves nothing behind.
func TestAFolderIsTheDemosOrRealForEver(t *testing.T) {
	t.Run("a demo's as real", func(t *testing.T) {
		folder := demoFolder(t)
		if _, err := centre.Start(t.Context(), centre.Options{Folder: folder}); !errors.Is(err, store.ErrOtherPurpose) {
			t.Errorf("got %v", err)
		}
		stop(t, start(t, centre.Options{Folder: folder, Demo: true, Clock: noon}))
	})
	t.Run("a real one as the demo's", func(t *testing.T) {
		folder := t.TempDir()
		stop(t, start(t, centre.Options{Folder: folder}))
		before, err := contents(folder)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := centre.Start(t.Context(), centre.Options{Folder: folder, Demo: true}); !errors.Is(err, store.ErrOtherPurpose) {
			t.Errorf("got %v", err)
		}
		after, err := contents(folder)
		if err != nil {
			t.Fatal(err)
		}
		for name := range after {
			if _, there := before[name]; !there {
				t.Errorf("%s was left behind", name)
			}
		}
		stop(t, start(t, centre.Options{Folder: folder}))
	})
}

func TestARealCentreRunsByTheMachinesClock(t *testing.T) {
	folder := t.TempDir()
	if _, err := centre.Start(t.Context(), centre.Options{Folder: folder, Clock: noon}); !errors.Is(err, server.ErrClock) {
		t.Errorf("got %v", err)
	}
	stop(t, start(t, centre.Options{Folder: folder})) // what was opened was closed
}

func TestDemoKeysAreForDemoDataAlone(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(filepath.Join(folder, "anchors"), os.DirFS(filepath.Join(demoFolder(t), "keys"))); err != nil {
		t.Fatal(err)
	}
	for _, e := range []string{"*.p12"} {
		files, err := filepath.Glob(filepath.Join(folder, "anchors", e))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if err := os.Remove(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	if c, err := centre.Start(t.Context(), centre.Options{Folder: folder}); err == nil {
		stop(t, c)
		t.Errorf("the demo's authority %s is an anchor of a real centre", demo.AuthorityFile)
	}
}

func TestAnAddressThatIsTakenIsLeftAlone(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	folder := t.TempDir()
	if _, err := centre.Start(t.Context(), centre.Options{Folder: folder, Listen: taken.Addr().String()}); err == nil {
		t.Fatal("two centres at one address")
	}
	stop(t, start(t, centre.Options{Folder: folder}))
}

// TestACentreAnswersAtItsOrigin: and no more once it is closed.
func TestACentreAnswersAtItsOrigin(t *testing.T) {
	defer http.DefaultClient.CloseIdleConnections()
	c := start(t, centre.Options{Folder: t.TempDir()})
	for path, status := range map[string]int{"/healthz": 204, "/readyz": 204, "/v1/centre": 200, "/v1/me": 401} {
		resp, err := http.Get(c.Origin() + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != status {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
	stop(t, c)
	if resp, err := http.Get(c.Origin() + "/healthz"); err == nil {
		resp.Body.Close()
		t.Error("it still answers")
	}
}

func TestADemoIsSetAsideWhenItsDayIsOver(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "demo")
	if aside, err := centre.Anew(folder, time.Now(), time.Hour); err != nil || aside != "" {
		t.Errorf("where there is none: %q, %v", aside, err)
	}
	if err := os.Rename(demoFolder(t), folder); err != nil {
		t.Fatal(err)
	}
	if aside, err := centre.Anew(folder, time.Now(), time.Hour); err != nil || aside != "" {
		t.Errorf("a young one: %q, %v", aside, err)
	}
	aside, err := centre.Anew(folder, time.Now().Add(2*time.Hour), time.Hour)
	if err != nil || aside == "" {
		t.Fatalf("an old one: %q, %v", aside, err)
	}
	if _, err := os.Stat(filepath.Join(aside, "centre.db")); err != nil {
		t.Errorf("the old one is lost: %v", err)
	}
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its place is not free: %v", err)
	}
}

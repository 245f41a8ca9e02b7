package localstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"
)

var testKey = Key{1, 2, 3, 4, 5}

// noon is the first instant of the tests' clock, which goes on by a second each time it is looked at.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func ticking() func() time.Time {
	var mu sync.Mutex
	now := noon
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Second)
		return now
	}
}

// openedAt opens the store at path; when the test ends it is closed and the file checked to the last value.
func openedAt(t testing.TB, path string, options ...Option) *Store {
	t.Helper()
	s, err := Open(path, testKey, append([]Option{WithClock(ticking())}, options...)...)
	if err != nil {
		t.Fatalf("opening the store: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
		checkEverything(t, path)
	})
	return s
}

func opened(t testing.TB) *Store {
	t.Helper()
	return openedAt(t, filepath.Join(t.TempDir(), "user", "store.db"))
}

// checkEverything checks a closed file: its structure by our reader and by bbolt's, and each sealed value.
func checkEverything(t testing.TB, path string) {
	t.Helper()
	seal := newSealer(testKey)
	db, err := openSound(path, seal)
	if err != nil {
		t.Errorf("the file is not sound: %v", err)
		return
	}
	defer db.Close()
	err = db.View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
			return b.ForEach(func(k, v []byte) error {
				if string(name) == bucketSetAside || string(name) == bucketMeta && string(k) == string(formatKey) {
					return nil
				}
				if _, _, err := seal.open(string(name), k, v); err != nil {
					t.Errorf("%s/%s: %v", name, keyText(string(name), k), err)
				}
				return nil
			})
		})
	})
	if err != nil {
		t.Errorf("reading the file: %v", err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
}

func wantSame(t testing.TB, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("not as wanted (-want +got):\n%s", diff)
	}
}

func TestADraftStaysUntilItIsDropped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openedAt(t, path)
	must(t, s.SaveDraft(Draft{Kind: "notification", ID: "7", Base: 3, Body: []byte(`{"text":"Бұзу`)}))
	must(t, s.SaveDraft(Draft{Kind: "notification", ID: "7", Base: 3, Body: []byte(`{"text":"Бұзушылық"}`)}))
	must(t, s.SaveDraft(Draft{Kind: "marks", ID: "9", Saved: noon, Body: nil}))
	must(t, s.Close())

	s = openedAt(t, path)
	got, err := s.Drafts("")
	must(t, err)
	wantSame(t, got, []Draft{
		{Kind: "marks", ID: "9", Body: []byte{}, Saved: noon},
		{Kind: "notification", ID: "7", Base: 3, Body: []byte(`{"text":"Бұзушылық"}`), Saved: noon.Add(2 * time.Second)},
	})
	must(t, s.DropDraft("marks", "9"))
	must(t, s.DropDraft("marks", "never saved"))
	if _, found, err := s.Draft("marks", "9"); found || err != nil {
		t.Fatalf("a dropped draft: found %v, %v", found, err)
	}
	d, found, err := s.Draft("notification", "7")
	must(t, err)
	if !found || d.Base != 3 {
		t.Fatalf("the other draft: %v %+v", found, d)
	}
	only, err := s.Drafts("marks")
	must(t, err)
	wantSame(t, only, []Draft(nil))
}

func TestPreferencesStay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openedAt(t, path)
	must(t, s.SetPreference("language", []byte("kk")))
	must(t, s.SetPreference("language", []byte("ru")))
	must(t, s.Close())
	s = openedAt(t, path)
	v, found, err := s.Preference("language")
	if string(v) != "ru" || !found || err != nil {
		t.Fatalf("got %q %v %v", v, found, err)
	}
	if _, found, err := s.Preference("theme"); found || err != nil {
		t.Fatalf("a preference never set: %v %v", found, err)
	}
}

func TestTheMirrorFollowsTheChanges(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openedAt(t, path)
	ctx := t.Context()
	must(t, s.ApplyChanges(ctx, "c1", []Object{
		{Kind: "lot", ID: "2", Version: 1, Body: []byte("two")},
		{Kind: "lot", ID: "1", Version: 5, Body: []byte("one")},
		{Kind: "lots", ID: "1", Version: 1, Body: []byte("another kind")},
	}, nil))
	must(t, s.ApplyChanges(ctx, "c2", []Object{
		{Kind: "lot", ID: "1", Version: 4, Body: []byte("late news")},
		{Kind: "lot", ID: "3", Version: 2, Body: []byte("three")},
	}, []Ref{{"lot", "2"}, {"lot", "never seen"}}))
	must(t, s.Close())

	s = openedAt(t, path)
	if s.Cursor() != "c2" {
		t.Fatalf("cursor %q", s.Cursor())
	}
	got, err := s.Objects("lot")
	must(t, err)
	wantSame(t, got, []Object{
		{Kind: "lot", ID: "1", Version: 5, Body: []byte("one")},
		{Kind: "lot", ID: "3", Version: 2, Body: []byte("three")},
	})
	o, found, err := s.Object("lots", "1")
	must(t, err)
	wantSame(t, o, Object{Kind: "lots", ID: "1", Version: 1, Body: []byte("another kind")})
	if _, gone, err := s.Object("lot", "2"); !found || gone || err != nil {
		t.Fatalf("found %v, the tombstone's object %v, %v", found, gone, err)
	}
}

func TestAPageOfChangesIsTakenWholeOrNotAtAll(t *testing.T) {
	s := opened(t)
	must(t, s.ApplyChanges(t.Context(), "c1", []Object{{Kind: "lot", ID: "1", Version: 1}}, nil))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	good := Object{Kind: "lot", ID: "2", Version: 1}
	for name, err := range map[string]error{
		"the context ended":      s.ApplyChanges(ended, "c2", []Object{good}, nil),
		"an object without a id": s.ApplyChanges(t.Context(), "c2", []Object{good, {Kind: "lot"}}, nil),
		"a bad tombstone":        s.ApplyChanges(t.Context(), "c2", []Object{good}, []Ref{{"a\x00b", "1"}}),
		"an object too large":    s.ApplyChanges(t.Context(), "c2", []Object{good, {Kind: "lot", ID: "3", Body: make([]byte, MaxValue+1)}}, nil),
	} {
		if err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	all, err := s.Objects("")
	must(t, err)
	if len(all) != 1 || s.Cursor() != "c1" {
		t.Fatalf("after refused pages: %d objects, cursor %q", len(all), s.Cursor())
	}
}

func TestResettingTheMirrorKeepsAPersonsOwnWork(t *testing.T) {
	s := opened(t)
	must(t, s.ApplyChanges(t.Context(), "c1", []Object{{Kind: "lot", ID: "1", Version: 9}}, nil))
	must(t, s.SaveDraft(Draft{Kind: "marks", ID: "1"}))
	must(t, s.Enqueue(Command{ID: "c", Aggregate: "a"}, nil))
	must(t, s.SetPreference("language", []byte("kk")))
	must(t, s.ResetMirror())
	all, err := s.Objects("")
	must(t, err)
	drafts, err := s.Drafts("")
	must(t, err)
	_, found, err := s.Preference("language")
	must(t, err)
	if len(all) != 0 || s.Cursor() != "" || len(drafts) != 1 || !found || s.Counts().All() != 1 {
		t.Fatalf("%d objects, cursor %q, %d drafts, preference %v, %v", len(all), s.Cursor(), len(drafts), found, s.Counts())
	}
	must(t, s.ApplyChanges(t.Context(), "d1", []Object{{Kind: "lot", ID: "1", Version: 2}}, nil))
	if o, found, err := s.Object("lot", "1"); !found || o.Version != 2 || err != nil {
		t.Fatalf("a restored centre's older version: %v %+v %v", found, o, err)
	}
}

func TestNamesAndSizesAreBounded(t *testing.T) {
	s := opened(t)
	long := fmt.Sprintf("%0300d", 1)
	huge := make([]byte, MaxValue+1)
	for name, c := range map[string]struct{ got, want error }{
		"a draft without kind":   {s.SaveDraft(Draft{ID: "1"}), ErrName},
		"a draft without id":     {s.SaveDraft(Draft{Kind: "k"}), ErrName},
		"a kind with a NUL":      {s.SaveDraft(Draft{Kind: "k\x00", ID: "1"}), ErrName},
		"a long id":              {s.SaveDraft(Draft{Kind: "k", ID: long}), ErrName},
		"a huge draft":           {s.SaveDraft(Draft{Kind: "k", ID: "1", Body: huge}), ErrTooLarge},
		"a command without id":   {s.Enqueue(Command{Aggregate: "a"}, nil), ErrName},
		"a command for nothing":  {s.Enqueue(Command{ID: "1"}, nil), ErrName},
		"a huge command":         {s.Enqueue(Command{ID: "1", Aggregate: "a", Body: huge}, nil), ErrTooLarge},
		"dropping a bad draft":   {s.Enqueue(Command{ID: "1", Aggregate: "a"}, &Ref{}), ErrName},
		"a preference unnamed":   {s.SetPreference("", nil), ErrName},
		"a huge preference":      {s.SetPreference("p", huge), ErrTooLarge},
		"a huge answer":          {s.Finish("1", Outcome{State: Refused, Answer: huge}), ErrTooLarge},
		"reading a nameless one": {func() error { _, _, err := s.Preference(""); return err }(), ErrName},
	} {
		if !errors.Is(c.got, c.want) {
			t.Errorf("%s: got %v, want %v", name, c.got, c.want)
		}
	}
	must(t, s.SaveDraft(Draft{Kind: "k", ID: "1", Body: huge[:MaxValue]}))
	if s.Counts().All() != 0 {
		t.Errorf("a refused command is queued: %v", s.Counts())
	}
}

func TestOnlyTheUserCanReadTheFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	path := filepath.Join(dir, "store.db")
	s := openedAt(t, path)
	snapshot, err := s.Snapshot()
	must(t, err)
	must(t, s.Close())
	must(t, os.Chmod(path, 0o644))
	openedAt(t, path)
	for name, want := range map[string]os.FileMode{
		dir: 0o700, path: 0o600, path + ".header": 0o600, path + ".lock": 0o600,
		path + ".snapshots": 0o700, snapshot: 0o600, path + ".snapshots/header": 0o600,
	} {
		info, err := os.Stat(name)
		must(t, err)
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", filepath.Base(name), info.Mode().Perm(), want)
		}
	}
}

func TestListenersHearEachChangeOnceItIsThere(t *testing.T) {
	s := opened(t)
	var heard []Topic
	cancel := s.Subscribe(func(topic Topic) {
		heard = append(heard, topic)
		if _, err := s.Drafts(""); err != nil { // a listener may use the store
			t.Error(err)
		}
	})
	must(t, s.SaveDraft(Draft{Kind: "k", ID: "1"}))
	must(t, s.Enqueue(Command{ID: "c", Aggregate: "a"}, &Ref{"k", "1"}))
	must(t, s.MarkSent("c"))
	must(t, s.Finish("c", Outcome{State: Accepted, Apply: []Object{{Kind: "k", ID: "1", Version: 1}}}))
	must(t, s.SetPreference("p", nil))
	wantErr(t, s.MarkSent("c"), ErrNotQueued)
	cancel()
	must(t, s.ResetMirror())
	wantSame(t, heard, []Topic{Drafts, Drafts, Outbox, Outbox, Outbox, Mirror, Preferences})
}

func TestAClosedStoreSaysSo(t *testing.T) {
	s := opened(t)
	must(t, s.Close())
	must(t, s.Close())
	_, snapshotErr := s.Snapshot()
	_, nextErr := s.Next(0)
	for _, err := range []error{s.SaveDraft(Draft{Kind: "k", ID: "1"}), snapshotErr, s.ResetMirror()} {
		wantErr(t, err, ErrClosed)
	}
	wantErr(t, nextErr, ErrClosed)
	if s.seal.key != (Key{}) {
		t.Error("the key is not zeroed")
	}
}

func TestManyGoroutinesShareAStore(t *testing.T) {
	s := opened(t)
	s.db.NoSync = true
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 20 {
				id := fmt.Sprintf("%d-%d", g, i)
				_, objectsErr := s.Objects("lot")
				err := errors.Join(
					s.SaveDraft(Draft{Kind: "k", ID: id}),
					s.Enqueue(Command{ID: id, Aggregate: fmt.Sprint(g)}, &Ref{"k", id}),
					s.ApplyChanges(context.Background(), id, []Object{{Kind: "lot", ID: id}}, nil),
					objectsErr,
				)
				if i%10 == 0 {
					_, snapshotErr := s.Snapshot()
					err = errors.Join(err, snapshotErr)
				}
				if err != nil || s.Counts().All() == 0 || s.Cursor() == "" {
					t.Error(err, s.Counts(), s.Cursor())
				}
			}
		})
	}
	wg.Wait()
	next, err := s.Next(0)
	must(t, err)
	if len(next) != 4 || s.Counts() != (Counts{Queued: 80}) {
		t.Fatalf("%d heads, %+v", len(next), s.Counts())
	}
}

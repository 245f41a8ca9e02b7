package localstore

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.etcd.io/bbolt"
)

// wasteful is a store with few records in a file that once held many.
func wasteful(t *testing.T, path string, options ...Option) *Store {
	t.Helper()
	s := openedAt(t, path, options...)
	s.db.NoSync = true
	for i := range 60 {
		must(t, doStep(s, i))
	}
	var lots []Object
	for i := range 2000 {
		lots = append(lots, Object{Kind: "lot", ID: fmt.Sprint(i), Version: 1, Body: make([]byte, 500)})
	}
	must(t, s.ApplyChanges(t.Context(), "c", lots, nil))
	must(t, s.ResetMirror())
	s.db.NoSync = false
	return s
}

func TestCompactingGivesTheRoomBackAndKeepsEverything(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := wasteful(t, path)
	before := contents(t, s)
	large, free, err := s.Room()
	must(t, err)
	if free < large/2 {
		t.Fatalf("of %d only %d are free: the test shows nothing", large, free)
	}
	must(t, s.Compact())
	small, _, err := s.Room()
	must(t, err)
	if small > large/2 {
		t.Errorf("of %d bytes %d are left", large, small)
	}
	wantSame(t, contents(t, s), before)
	for i := 60; i < 65; i++ { // it is written to as before, and the outbox counts on
		must(t, doStep(s, i))
	}
	after := contents(t, s)
	outbox, err := s.Outbox()
	must(t, err)
	if last := outbox[len(outbox)-1]; last.ID != "62" {
		t.Errorf("the last command is %s", last.ID)
	}
	must(t, s.Close())
	s = openedAt(t, path)
	wantSame(t, contents(t, s), after)
	if s.Recovery() != nil {
		t.Errorf("recovered %v", s.Recovery())
	}
	wantErr(t, errors.Join(s.Close(), s.Compact()), ErrClosed)
}

func TestCompactingBesideWritersLosesNoneOfTheirWrites(t *testing.T) {
	s := wasteful(t, filepath.Join(t.TempDir(), "store.db"))
	s.db.NoSync = true
	stop := make(chan struct{})
	var written int
	var writer, reader sync.WaitGroup
	writer.Go(func() {
		for ; ; written++ {
			select {
			case <-stop:
				return
			default:
			}
			if err := s.SaveDraft(Draft{Kind: "typed", ID: fmt.Sprint(written)}); err != nil {
				t.Errorf("writing: %v", err)
				return
			}
		}
	})
	reader.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := s.Outbox(); err != nil {
				t.Errorf("reading: %v", err)
				return
			}
		}
	})
	for range 5 {
		must(t, s.Compact())
	}
	close(stop)
	writer.Wait()
	reader.Wait()
	drafts, err := s.Drafts("typed")
	must(t, err)
	if len(drafts) != written || written == 0 {
		t.Errorf("of %d drafts %d are there", written, len(drafts))
	}
}

func TestACopyThatIsUnlikeIsNotTaken(t *testing.T) {
	s := wasteful(t, filepath.Join(t.TempDir(), "store.db"))
	other := openedAt(t, filepath.Join(t.TempDir(), "other.db"))
	must(t, s.db.View(func(one *bbolt.Tx) error {
		wantErr(t, other.db.View(func(two *bbolt.Tx) error { return sameValues(one, two) }), errUnlike)
		return sameValues(one, one)
	}))
	must(t, s.db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.Bucket([]byte(bucketPreferences)).CreateBucket([]byte("nested"))
		return err
	}))
	before := contents(t, s)
	if err := s.Compact(); err == nil || !strings.Contains(err.Error(), "another one in it") {
		t.Errorf("a bucket in a bucket: %v", err)
	}
	wantSame(t, contents(t, s), before)
	must(t, s.db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte(bucketPreferences)).DeleteBucket([]byte("nested"))
	}))
}

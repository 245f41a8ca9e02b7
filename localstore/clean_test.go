package localstore

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// closedWith is the path of a closed store with some objects in it.
func closedWith(t *testing.T, objects int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.db")
	s := openedAt(t, path)
	s.db.NoSync = true
	var lots []Object
	for i := range objects {
		lots = append(lots, Object{Kind: "lot", ID: fmt.Sprintf("%05d", i), Version: 1, Body: bytes.Repeat([]byte("л"), 100)})
	}
	must(t, s.ApplyChanges(t.Context(), "c", lots, nil))
	must(t, s.Close())
	return path
}

func TestAFileThatNothingTouchedIsOpenedWithoutBeingCheckedFirst(t *testing.T) {
	path := closedWith(t, 100)
	seal := newSealer(testKey)
	mark, err := os.ReadFile(path + cleanSuffix)
	must(t, err)
	if !untouched(path, seal) {
		t.Fatal("it isn't known as untouched")
	}
	s, err := Open(path, testKey)
	must(t, err)
	if untouched(path, seal) {
		t.Fatal("a mark is good more than once")
	}
	must(t, s.Close())
	mark, err = os.ReadFile(path + cleanSuffix)
	must(t, err)
	file, err := os.ReadFile(path)
	must(t, err)
	info, err := os.Stat(path)
	must(t, err)
	again := func() { must(t, os.Chtimes(path, time.Time{}, info.ModTime())) }
	for name, touch := range map[string]func(){
		"written to with the same":   func() { must(t, os.WriteFile(path, file, 0o600)) },
		"cut short":                  func() { must(t, os.Truncate(path, int64(len(file)-1))); again() },
		"longer":                     func() { must(t, os.WriteFile(path, append(bytes.Clone(file), 0), 0o600)); again() },
		"of another transaction":     func() { must(t, os.WriteFile(path, flipped(file, pageHeaderSize+48), 0o600)); again() },
		"gone":                       func() { must(t, os.Remove(path)) },
		"with another's mark":        func() { must(t, os.WriteFile(path+cleanSuffix, flipped(mark, len(mark)-1), 0o600)) },
		"with a mark that is cut":    func() { must(t, os.WriteFile(path+cleanSuffix, mark[:20], 0o600)) },
		"without a mark":             func() { must(t, os.Remove(path+cleanSuffix)) },
		"with the time of some copy": func() { must(t, os.Chtimes(path, time.Time{}, info.ModTime().Add(time.Nanosecond))) },
	} {
		must(t, os.WriteFile(path, file, 0o600))
		again()
		must(t, os.WriteFile(path+cleanSuffix, mark, 0o600))
		touch()
		if untouched(path, seal) {
			t.Errorf("%s, it is taken for untouched", name)
		}
	}
	must(t, os.WriteFile(path, file, 0o600))
}

func flipped(content []byte, at int) []byte {
	content = bytes.Clone(content)
	content[at] ^= 1
	return content
}

// A page that the disk lost without a write: neither size nor time tell.
func TestDamageThatNoWriteMadeIsFoundInTheBackground(t *testing.T) {
	path := closedWith(t, 3000)
	seal := newSealer(testKey)
	s := openedAt(t, path)
	_, err := s.Snapshot()
	must(t, err)
	must(t, s.Close())
	info, err := os.Stat(path)
	must(t, err)
	file, err := os.ReadFile(path)
	must(t, err)
	lot := bytes.Index(file, []byte("lot\x0001500"))
	page := lot / os.Getpagesize() * os.Getpagesize()
	rotten := bytes.Clone(file)
	clear(rotten[page : page+64])
	must(t, os.WriteFile(path, rotten, 0o600))
	must(t, os.Chtimes(path, time.Time{}, info.ModTime()))

	s, err = Open(path, testKey)
	must(t, err)
	if s.Recovery() != nil {
		t.Fatal("it was checked before it was opened: the test shows nothing")
	}
	told := make(chan Topic, 1)
	defer s.Subscribe(func(topic Topic) { told <- topic })()
	must(t, s.Index(newShelf("a"))) // whose making may meet the damage first
	<-told
	var d *DamagedError
	if err := s.SaveDraft(Draft{Kind: "k", ID: "1"}); !errors.As(err, &d) {
		t.Fatalf("after damage: %v", err)
	}
	must(t, s.Close())
	if untouched(path, seal) {
		t.Error("a damaged file is marked as whole")
	}

	s = openedAt(t, path)
	if s.Recovery() == nil || s.Recovery().Snapshot == "" {
		t.Fatalf("recovered from %+v", s.Recovery())
	}
	all, err := s.Objects("lot")
	must(t, err)
	if len(all) != 3000 {
		t.Errorf("%d objects after the recovery", len(all))
	}
}

func TestCheckingBesideWritersFindsNoDamage(t *testing.T) {
	s := openedAt(t, closedWith(t, 2000))
	s.db.NoSync = true
	var writers sync.WaitGroup
	for g := range 2 {
		writers.Go(func() {
			for i := range 150 {
				id := fmt.Sprintf("%05d", (i*37+g)%2500)
				err := errors.Join(
					s.ApplyChanges(t.Context(), id, []Object{{Kind: "lot", ID: id, Version: int64(2 + i), Body: make([]byte, i*50)}}, []Ref{{"lot", fmt.Sprintf("%05d", i*11)}}),
					s.SaveDraft(Draft{Kind: "k", ID: id, Body: make([]byte, 4000)}),
				)
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { writers.Wait(); close(done) }()
	for n := 0; ; n++ {
		must(t, s.checkBeside())
		select {
		case <-done:
			t.Logf("checked %d times", n)
			return
		default:
		}
	}
}

func TestClosingEndsTheCheckInTheBackground(t *testing.T) {
	path := closedWith(t, 3000)
	s, err := Open(path, testKey)
	must(t, err)
	close(s.ending)
	if err := s.checkBeside(); !errors.Is(err, errEnding) {
		t.Errorf("the check goes on: %v", err)
	}
	s.end.Do(func() {}) // it was done above
	must(t, s.Close())
}

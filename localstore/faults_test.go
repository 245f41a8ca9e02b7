package localstore

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// faulty is a disk on which one step fails: it alone, as on a full disk, or it and all that follow, as when the
// power goes.
type faulty struct {
	at, steps int
	alone     bool
	did       []string
}

var errPower = errors.New("the power is gone")

func (f *faulty) before(step, name string) error {
	f.steps++
	f.did = append(f.did, step+" "+filepath.Base(name))
	switch {
	case f.steps == f.at && f.alone:
		return &os.PathError{Op: step, Path: name, Err: syscall.ENOSPC}
	case f.steps >= f.at && !f.alone:
		return errPower
	}
	return nil
}

// fault is something done to a person's records, at any step of which the disk may fail.
type fault struct {
	given func(t *testing.T, f *Folder)       // what was there before
	do    func(t *testing.T, f *Folder) error // on the faulty disk
	then  func(t *testing.T, f *Folder, err error)
}

// TestNoStepOfTheDiskLosesWhatWasThere fails each step of each operation once, in both ways, and looks what is
// left. What was there before is there afterwards, or what was to come is, whole; an operation that said it was
// done was done.
func TestNoStepOfTheDiskLosesWhatWasThere(t *testing.T) {
	noKeyring()
	for name, c := range faults() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ground := folderOf(t)
			c.given(t, ground)
			for _, alone := range []bool{true, false} {
				failed := 0
				for at := 1; ; at++ {
					f := folderOf(t)
					must(t, os.CopyFS(f.path, os.DirFS(ground.path)))
					d := &faulty{at: at, alone: alone}
					broken := NewFolder(f.path, slog.New(slog.DiscardHandler), append(slices.Clone(f.options), withDisk(disk{d.before}))...)
					err := c.do(t, broken)
					if d.steps < at {
						if err != nil {
							t.Fatalf("with nothing failing: %v", err)
						}
						break
					}
					failed++
					if c.then(t, f, err); t.Failed() {
						t.Fatalf("step %d (alone: %v) of %s: %v", at, alone, strings.Join(d.did, ", "), err)
					}
				}
				if failed < 3 {
					t.Errorf("only %d steps failed", failed)
				}
			}
		})
	}
}

func withDisk(d disk) Option { return func(o *settings) { o.disk = d } }

// opensBy opens the person's store by one of the secrets, and says by which.
func opensBy(t *testing.T, f *Folder, secrets ...string) (*Store, string) {
	t.Helper()
	var failed error
	for _, secret := range secrets {
		s, err := f.Open(person, []byte(secret))
		if err == nil {
			return s, secret
		}
		failed = errors.Join(failed, err)
	}
	t.Fatalf("nothing opens the store: %v", failed)
	return nil, ""
}

// withStore does something with the open store; closing it is the system's when the power is gone.
func withStore(t *testing.T, f *Folder, secret string, do func(*Store) error) error {
	t.Helper()
	s, err := f.Open(person, []byte(secret))
	if err != nil {
		return err
	}
	s.scryptWork = 10
	err = do(s)
	must(t, s.Close())
	return err
}

func faults() map[string]fault {
	begun := func(t *testing.T, f *Folder) { begun(t, f, "password") }
	phrased := func(t *testing.T, f *Folder) {
		begun(t, f)
		must(t, withStore(t, f, "password", func(s *Store) error {
			return errors.Join(s.SetPhrase(nil, []byte("former phrase")), s.RemoveLock(LockKey), second(s.Snapshot()))
		}))
	}
	return map[string]fault{
		"beginning": {
			given: func(*testing.T, *Folder) {},
			do: func(t *testing.T, f *Folder) error {
				return withStore(t, f, "password", func(s *Store) error { return s.SaveDraft(Draft{Kind: "k", ID: "word", Body: []byte("сөз")}) })
			},
			then: func(t *testing.T, f *Folder, err error) {
				s, _ := opensBy(t, f, "password")
				drafts, readErr := s.Drafts("")
				must(t, errors.Join(readErr, s.Close()))
				if err == nil && len(drafts) != 1 {
					t.Errorf("%d drafts", len(drafts))
				}
			},
		},
		"changing the phrase": {
			given: phrased,
			do: func(t *testing.T, f *Folder) error {
				return withStore(t, f, "former phrase", func(s *Store) error {
					return s.SetPhrase([]byte("former phrase"), []byte("present phrase"))
				})
			},
			then: func(t *testing.T, f *Folder, err error) {
				s, by := opensBy(t, f, "former phrase", "present phrase")
				if err == nil && by == "former phrase" {
					t.Error("it was changed, and opens by the former one")
				}
				wantWord(t, s)
			},
		},
		"taking over an old store": {
			given: func(t *testing.T, f *Folder) { oldStore(t, f, "password") },
			do: func(t *testing.T, f *Folder) error {
				s, err := f.OpenFormer(person, []byte("password"), []byte("present"))
				if err != nil {
					return err
				}
				return s.Close()
			},
			then: func(t *testing.T, f *Folder, _ error) { // without room it is opened, and taken over next time
				s, _ := opensBy(t, f, "present", "password")
				wantWord(t, s)
			},
		},
		"putting aside": {
			given: func(t *testing.T, f *Folder) {
				begun(t, f)
				must(t, withStore(t, f, "password", func(s *Store) error {
					return errors.Join(second(s.PutFile(t.Context(), strings.NewReader("scan"))), second(s.Snapshot()))
				}))
			},
			do: func(t *testing.T, f *Folder) error {
				s, err := f.OpenAnew(person, []byte("present"))
				if err != nil {
					return err
				}
				return s.Close()
			},
			then: func(t *testing.T, f *Folder, err error) { wantSomewhere(t, f) },
		},
		"keeping a file": {
			given: begun,
			do: func(t *testing.T, f *Folder) error {
				return withStore(t, f, "password", func(s *Store) error { return second(s.PutFile(t.Context(), strings.NewReader("scan"))) })
			},
			then: func(t *testing.T, f *Folder, err error) {
				s, _ := opensBy(t, f, "password")
				content, readErr := fileOf(s, digestOf("scan"))
				if err == nil && readErr != nil || readErr == nil && string(content) != "scan" || readErr != nil && !errors.Is(readErr, ErrNoFile) {
					t.Errorf("the file is %q, %v", content, readErr)
				}
				wantWord(t, s)
				if names, err := namesIn(s.path + filesSuffix); err != nil || len(names) > 1 {
					t.Errorf("there are %v, %v", names, err)
				}
			},
		},
		"compacting": {
			given: phrased,
			do: func(t *testing.T, f *Folder) error {
				return withStore(t, f, "former phrase", func(s *Store) error {
					err := s.Compact()
					return errors.Join(err, s.SaveDraft(Draft{Kind: "k", ID: "after"}))
				})
			},
			then: func(t *testing.T, f *Folder, err error) {
				s, _ := opensBy(t, f, "former phrase")
				if _, found, readErr := s.Draft("k", "after"); readErr != nil || err == nil && !found {
					t.Errorf("what was saved afterwards is gone: %v", readErr)
				}
				wantWord(t, s)
			},
		},
		"taking a snapshot": {
			given: phrased,
			do: func(t *testing.T, f *Folder) error {
				return withStore(t, f, "former phrase", func(s *Store) error { return second(s.Snapshot()) })
			},
			then: func(t *testing.T, f *Folder, err error) {
				s, _ := opensBy(t, f, "former phrase")
				list, listErr := s.snapshots.list()
				if listErr != nil || len(list) == 0 {
					t.Errorf("the snapshots are %v, %v", list, listErr)
				}
				for _, snap := range list {
					must(t, checkStructure(snap.path))
				}
				wantWord(t, s)
			},
		},
		"exporting over an export": {
			given: func(t *testing.T, f *Folder) {
				begun(t, f)
				must(t, withStore(t, f, "password", func(s *Store) error {
					return second(s.Export(t.Context(), filepath.Join(f.path, "records.age"), carrying))
				}))
			},
			do: func(t *testing.T, f *Folder) error {
				return withStore(t, f, "password", func(s *Store) error {
					return second(s.Export(t.Context(), filepath.Join(f.path, "records.age"), carrying))
				})
			},
			then: func(t *testing.T, f *Folder, _ error) {
				to := owned(t, person)
				must(t, second(to.Import(t.Context(), filepath.Join(f.path, "records.age"), carrying)))
				wantWord(t, to)
			},
		},
		"importing": {
			given: func(t *testing.T, f *Folder) {
				begun(t, f)
				from := owned(t, person)
				must(t, from.SaveDraft(Draft{Kind: "k", ID: "carried"}))
				putText(t, from, "scan")
				must(t, second(from.Export(t.Context(), filepath.Join(f.path, "records.age"), carrying)))
			},
			do: func(t *testing.T, f *Folder) error {
				return withStore(t, f, "password", func(s *Store) error {
					return second(s.Import(t.Context(), filepath.Join(f.path, "records.age"), carrying))
				})
			},
			then: func(t *testing.T, f *Folder, err error) {
				s, _ := opensBy(t, f, "password")
				_, found, readErr := s.Draft("k", "carried")
				if readErr != nil || found != (err == nil) || found && !s.HasFile(digestOf("scan")) {
					t.Errorf("the draft is there: %v, its file: %v, %v", found, s.HasFile(digestOf("scan")), readErr)
				}
				wantWord(t, s)
			},
		},
		"forgetting": {
			given: func(t *testing.T, f *Folder) {
				phrased(t, f)
				s, err := f.OpenAnew(person, []byte("password"))
				must(t, err)
				must(t, s.SaveDraft(Draft{Kind: "k", ID: "word", Body: []byte("сөз")}))
				must(t, s.Close())
			},
			do: func(_ *testing.T, f *Folder) error { return f.Forget(person) },
			then: func(t *testing.T, f *Folder, err error) {
				path, pathErr := f.Path(person)
				must(t, pathErr)
				wanted := forgetting(path)
				known, listErr := f.Known()
				must(t, listErr)
				names, namesErr := namesIn(filepath.Dir(path))
				must(t, namesErr)
				gone := len(known) == 0 && (len(names) == 0 || len(names) == 1 && names[0] == filepath.Base(path)+lockSuffix)
				if wanted || err == nil || gone { // it was begun, and is gone on with
					if !gone {
						t.Errorf("known are %v, left are %v", known, names)
					}
					return
				}
				s, _ := opensBy(t, f, "password") // it was not begun
				wantWord(t, s)
			},
		},
	}
}

func digestOf(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

// wantSomewhere wants the word in the person's store or in one that was put aside, with a header by which the
// former password opens it.
func wantSomewhere(t *testing.T, f *Folder) {
	t.Helper()
	path, err := f.Path(person)
	must(t, err)
	names, err := namesIn(filepath.Dir(path))
	must(t, err)
	for _, name := range names {
		store := filepath.Join(filepath.Dir(path), name)
		h, _, err := readHeader(store + headerSuffix)
		if err != nil || !there(store) {
			continue
		}
		a := h.access(nil, []byte("password"))
		if !a.found {
			continue
		}
		s, err := Open(store, a.key)
		must(t, err)
		wantWord(t, s)
		return
	}
	t.Errorf("it is nowhere among %v", names)
}

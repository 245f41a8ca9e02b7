package localstore

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/zalando/go-keyring"
)

var person = Owner{
	Person: "910622497010", Name: "Айгерім Сейітқызы", Roles: []string{"auditor"},
	Epoch: "epoch-1", CentreKK: "Орталық", CentreRU: "Центр", Address: "http://centre",
}

// machine is a computer with a keyring of its own, or without one.
func machine(t *testing.T, withKeyring bool) *Folder {
	t.Helper()
	if withKeyring {
		keyring.MockInit()
	} else {
		noKeyring()
	}
	return folderOf(t)
}

func folderOf(t *testing.T) *Folder {
	t.Helper()
	return NewFolder(t.TempDir(), slog.New(slog.DiscardHandler), WithDerivation(quick), WithClock(ticking()))
}

func noKeyring() { keyring.MockInitWithError(errors.New("no keyring here")) }

// opens opens the person's store, which must say one word, and closes it.
func opens(t *testing.T, f *Folder, secret string) {
	t.Helper()
	s, err := f.Open(person, bytesOf(secret))
	if err != nil {
		t.Fatalf("with %q: %v", secret, err)
	}
	wantWord(t, s)
}

// bytesOf gives nil for no secret.
func bytesOf(secret string) []byte {
	if secret == "" {
		return nil
	}
	return []byte(secret)
}

// wantWord wants the draft that begun saved, no word of an accident, and closes the store.
func wantWord(t *testing.T, s *Store) {
	t.Helper()
	d, found, err := s.Draft("k", "word")
	if err != nil || !found || string(d.Body) != "сөз" || s.Recovery() != nil {
		t.Errorf("the draft is %v %q, %v; recovered %v", found, d.Body, err, s.Recovery())
	}
	must(t, s.Close())
}

func begun(t *testing.T, f *Folder, secret string) {
	t.Helper()
	s, err := f.Open(person, bytesOf(secret))
	must(t, err)
	must(t, s.SaveDraft(Draft{Kind: "k", ID: "word", Body: []byte("сөз")}))
	must(t, s.Close())
}

func wantLocked(t *testing.T, f *Folder, secret string) {
	t.Helper()
	var locked *LockedError
	if s, err := f.Open(person, bytesOf(secret)); !errors.As(err, &locked) || !errors.Is(err, ErrWrongKey) {
		t.Fatalf("with %q: %v, %v", secret, s, err)
	}
}

func kinds(locks []Lock) (list []LockKind) {
	for _, l := range locks {
		list = append(list, l.Kind)
	}
	return list
}

func TestWithoutAKeyringTheSecretOpensTheStore(t *testing.T) {
	f := machine(t, false)
	if _, err := f.Open(person, nil); !errors.Is(err, ErrNoKeyring) {
		t.Fatalf("with neither keyring nor secret: %v", err)
	}
	begun(t, f, "password")
	path, err := f.Path(person)
	must(t, err)
	for _, c := range []struct {
		name string
		lose func() error
	}{
		{"as it was", func() error { return nil }},
		{"the header gone", func() error { return os.Remove(path + ".header") }},
		{"the header damaged", func() error { return os.WriteFile(path+".header", []byte("x"), 0o600) }},
		{"the copy gone", func() error { return os.Remove(path + ".snapshots/header") }},
		{"the copy of an older state", func() error { return os.WriteFile(path+".snapshots/header", []byte("x"), 0o600) }},
		{"both there once more", func() error { return nil }},
	} {
		must(t, c.lose())
		wantLocked(t, f, "passwort")
		wantLocked(t, f, "")
		opens(t, f, "password")
	}
}

func TestTheLossOfEitherKeyringOrSecretLosesNothing(t *testing.T) {
	f := machine(t, true)
	begun(t, f, "first")
	opens(t, f, "")       // by the keyring alone: NCALayer tells no password
	opens(t, f, "second") // of a renewed key, which opens it from now on
	noKeyring()
	opens(t, f, "second")
	opens(t, f, "first")
	wantLocked(t, f, "third")
	keyring.MockInit() // a new one, which knows nothing
	wantLocked(t, f, "")
	opens(t, f, "second")
	opens(t, f, "")
	noKeyring()
	wantLocked(t, f, "")
}

func TestAFormerSecretLetsThePresentOneIn(t *testing.T) {
	f := machine(t, false)
	begun(t, f, "former")
	wantLocked(t, f, "present")
	var locked *LockedError
	if _, err := f.OpenFormer(person, []byte("forgotten"), []byte("present")); !errors.As(err, &locked) {
		t.Fatalf("by a wrong former secret: %v", err)
	}
	s, err := f.OpenFormer(person, []byte("former"), []byte("present"))
	must(t, err)
	wantWord(t, s)
	opens(t, f, "present")
	for _, next := range []string{"1", "2", "3"} { // of keys, the last few
		s, err := f.OpenFormer(person, []byte("present"), []byte(next))
		must(t, err)
		must(t, s.Close())
		if next == "1" {
			wantLocked(t, f, "forgotten")
			opens(t, f, "former")
		}
		if next == "3" {
			break
		}
	}
	wantLocked(t, f, "former")
	opens(t, f, "3")
}

func TestAPhraseOfTheirOwnOpensTheStore(t *testing.T) {
	f := machine(t, false)
	begun(t, f, "password")
	s, err := f.Open(person, []byte("password"))
	must(t, err)
	wantErr(t, s.SetPhrase(nil, []byte("жеті әр")), ErrWeakPhrase)
	must(t, s.SetPhrase(nil, []byte("ұзақ тілек сөз")))
	wantErr(t, s.SetPhrase([]byte("басқа"), []byte("жаңа тілек сөз")), ErrWrongPhrase)
	must(t, s.SetPhrase([]byte("ұзақ тілек сөз"), []byte("жаңа тілек сөз")))
	wantSame(t, kinds(s.Locks()), []LockKind{LockKey, LockPhrase})
	must(t, s.RemoveLock(LockKey))
	wantErr(t, s.RemoveLock(LockPhrase), ErrLastLock)
	wantErr(t, s.AllowKeyring(), ErrNoKeyring)
	must(t, s.Close())
	wantLocked(t, f, "ұзақ тілек сөз")
	wantLocked(t, f, "password")
	opens(t, f, "жаңа тілек сөз")
	s, err = f.OpenFormer(person, []byte("жаңа тілек сөз"), []byte("password"))
	must(t, err)
	wantWord(t, s)
	wantLocked(t, f, "password") // it was declined

	keyring.MockInit()
	opens(t, f, "жаңа тілек сөз")
	opens(t, f, "") // the keyring wasn't declined, and has it now
	s, err = f.Open(person, nil)
	must(t, err)
	must(t, s.RemoveLock(LockKeyring))
	must(t, s.Close())
	wantLocked(t, f, "")
	s, err = f.Open(person, []byte("жаңа тілек сөз"))
	must(t, err)
	must(t, s.AllowKeyring())
	wantSame(t, kinds(s.Locks()), []LockKind{LockPhrase, LockKeyring})
	wantWord(t, s)
	opens(t, f, "")
}

// oldStore gives the person a store of format 1, whose key was the keyring's or was made from a password.
func oldStore(t *testing.T, f *Folder, password string) {
	t.Helper()
	path, err := f.Path(person)
	must(t, err)
	old := header{Format: 1}
	var key Key
	if password == "" {
		key, err = keyFromKeyring(keyringService, person.keyringUser())
	} else {
		d := quick()
		old.Derivation = &d
		key, err = KeyFromPassphrase([]byte(password), d)
	}
	must(t, err)
	s, err := Open(path, key)
	must(t, err)
	must(t, s.SaveDraft(Draft{Kind: "k", ID: "word", Body: []byte("сөз")}))
	old.Check = s.seal.seal(headerBucket, headerCheckKey, 0, nil)
	must(t, s.Close())
	must(t, disk{}.writeHeader(path, path+snapshotsSuffix, old))
}

func TestAStoreOfTheFirstFormatIsTakenOver(t *testing.T) {
	t.Run("sealed by a password", func(t *testing.T) {
		f := machine(t, false)
		oldStore(t, f, "password")
		wantLocked(t, f, "another")
		opens(t, f, "password")
		opens(t, f, "password")
		s, err := f.OpenFormer(person, []byte("password"), []byte("next"))
		must(t, err)
		wantWord(t, s)
		opens(t, f, "next")
	})
	t.Run("sealed by a password, which is not the present one", func(t *testing.T) {
		f := machine(t, false)
		oldStore(t, f, "password")
		s, err := f.OpenFormer(person, []byte("password"), []byte("next"))
		must(t, err)
		wantWord(t, s)
		opens(t, f, "next")
	})
	t.Run("sealed by the keyring", func(t *testing.T) {
		f := machine(t, true)
		oldStore(t, f, "")
		opens(t, f, "password")
		noKeyring()
		opens(t, f, "password")
	})
	t.Run("sealed by the keyring, its header lost", func(t *testing.T) {
		f := machine(t, true)
		oldStore(t, f, "")
		path, err := f.Path(person)
		must(t, err)
		must(t, errors.Join(os.Remove(path+".header"), os.Remove(path+".snapshots/header")))
		opens(t, f, "password")
		noKeyring()
		opens(t, f, "password")
	})
}

func TestWhoCantOpenTheirStoreMayBeginAnew(t *testing.T) {
	f := machine(t, false)
	begun(t, f, "former")
	s, err := f.OpenAnew(person, []byte("present"))
	must(t, err)
	aside, found, err := s.Preference(PreferenceFormer)
	must(t, err)
	if drafts, err := s.Drafts(""); err != nil || len(drafts) != 0 || !found {
		t.Errorf("the new store has %v, %v; the former one is %v", drafts, err, found)
	}
	must(t, s.Close())
	h, _, err := loadHeader(string(aside), string(aside)+snapshotsSuffix)
	must(t, err)
	a := h.access(nil, []byte("former"))
	s, err = Open(string(aside), a.key)
	must(t, err)
	wantWord(t, s)
}

func TestTheComputerListsWhomItKnows(t *testing.T) {
	f := machine(t, true)
	list, err := f.Known()
	must(t, err)
	if len(list) != 0 {
		t.Fatalf("at first it knows %v", list)
	}
	begun(t, f, "password")
	path, err := f.Path(person)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(filepath.Dir(path), "notes.txt"), nil, 0o600))
	must(t, os.WriteFile(filepath.Join(f.path, "notes.txt"), nil, 0o600))
	held, err := Open(filepath.Join(filepath.Dir(path), "910622497010-for-850101300123-00.db"), Key{1})
	must(t, err)
	must(t, held.Close())
	list, err = f.Known()
	must(t, err)
	if len(list) != 1 || list[0].Used.IsZero() {
		t.Fatalf("it knows %+v", list)
	}
	wantSame(t, list[0].Owner, person)
	wantSame(t, kinds(list[0].Locks), []LockKind{LockKeyring, LockKey})

	moved := person
	moved.Roles, moved.Address = []string{"approver"}, "http://elsewhere"
	s, err := f.Open(moved, nil)
	must(t, err)
	wantWord(t, s)
	must(t, os.Remove(path)) // what the header says is enough
	list, err = f.Known()
	must(t, err)
	if len(list) != 1 {
		t.Fatalf("without the file it knows %+v", list)
	}
	wantSame(t, list[0].Owner, moved)
	must(t, errors.Join(os.Remove(path+".header"), os.Remove(path+".snapshots/header"), os.WriteFile(path, []byte("x"), 0o600)))
	list, err = f.Known()
	must(t, err)
	if len(list) != 1 {
		t.Fatalf("without a header it knows %+v", list)
	}
	wantSame(t, list[0].Owner, Owner{Person: person.Person, Epoch: person.Epoch})
}

// TestAFullDiskShutsNobodyOut: what the header should say anew waits until there is room.
func TestAFullDiskShutsNobodyOut(t *testing.T) {
	f := machine(t, false)
	begun(t, f, "password")
	full := NewFolder(f.path, slog.New(slog.DiscardHandler), append(slices.Clone(f.options), withDisk(disk{func(step, name string) error {
		if step == "write" {
			return &os.PathError{Op: step, Path: name, Err: syscall.ENOSPC}
		}
		return nil
	}}))...)
	path, err := f.Path(person)
	must(t, err)
	moved := person
	moved.Roles = []string{"approver"}
	for name, before := range map[string]func() error{
		"under another role":          func() error { return nil },
		"with the header's copy gone": func() error { return os.Remove(path + ".snapshots/header") },
	} {
		must(t, before())
		s, err := full.Open(moved, []byte("password"))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		wantErr(t, s.SetPhrase(nil, []byte("a passphrase")), ErrDiskFull)
		wantWord(t, s)
	}
	s, err := full.OpenFormer(moved, []byte("password"), []byte("present"))
	must(t, err)
	wantWord(t, s)
	s, err = f.Open(moved, []byte("password"))
	must(t, err)
	if owner, _ := s.Owner(); !slices.Equal(owner.Roles, moved.Roles) {
		t.Errorf("with room the label is %+v", owner)
	}
	must(t, s.Close())
	if _, whole, err := loadHeader(path, path+snapshotsSuffix); err != nil || !whole {
		t.Errorf("the copies are not alike: %v", err)
	}
}

// TestALabelThatWasForgedIsNotBelieved: once the store is open, the label says again what was sealed.
func TestALabelThatWasForgedIsNotBelieved(t *testing.T) {
	f := machine(t, true)
	begun(t, f, "")
	path, err := f.Path(person)
	must(t, err)
	h, _, err := loadHeader(path, path+snapshotsSuffix)
	must(t, err)
	forged := person
	forged.Address = "http://thief"
	h.Owner = &forged
	must(t, disk{}.writeHeader(path, path+snapshotsSuffix, h))
	held, found, err := knownToKeyring(keyringService, person.keyringUser())
	must(t, err)
	s, err := Open(path, h.access(&held, nil).key)
	must(t, err)
	if owner, there := s.Owner(); !there || !found {
		t.Error("it has no owner")
	} else {
		wantSame(t, owner, person)
	}
	must(t, s.Close())
}

func TestAnOwnerIsNoPath(t *testing.T) {
	f := machine(t, true)
	for _, who := range []Owner{{}, {Person: "1"}, {Epoch: "e"}, {Person: "..", Epoch: "e"}, {Person: "1", Epoch: "../e"}, {Person: "1/2", Epoch: "e"}, {Person: "a\\b", Epoch: "e"}} {
		if _, err := f.Open(who, nil); !errors.Is(err, ErrName) {
			t.Errorf("%+v: %v", who, err)
		}
		if err := f.Forget(who); !errors.Is(err, ErrName) {
			t.Errorf("forgetting %+v: %v", who, err)
		}
	}
}

func TestWhoIsForgottenLeavesNothing(t *testing.T) {
	f := machine(t, true)
	begun(t, f, "password")
	other := person
	other.Person = "9106224970101" // begins alike
	s, err := f.Open(other, nil)
	must(t, err)
	must(t, s.Close())
	s, err = f.OpenAnew(person, nil)
	must(t, err)
	digest := putText(t, s, "құжат")
	wantErr(t, f.Forget(person), ErrInUse)
	if !s.HasFile(digest) {
		t.Error("forgotten while open, it lost a file")
	}
	must(t, second(s.Snapshot()))
	must(t, s.Close())
	path, err := f.Path(person)
	must(t, err)
	held, err := Open(path[:len(path)-3]+"-for-850101300123-00.db", Key{1})
	must(t, err)
	must(t, held.Close())
	must(t, f.Forget(person))
	must(t, f.Forget(person))
	names, err := namesIn(filepath.Dir(path))
	must(t, err)
	wantSame(t, names, []string{"9106224970101.db", "9106224970101.db.clean", "9106224970101.db.header", "9106224970101.db.lock", "9106224970101.db.snapshots"})
	if _, found, err := knownToKeyring(keyringService, person.keyringUser()); found || err != nil {
		t.Errorf("the keyring has its key still: %v, %v", found, err)
	}
	begun(t, f, "password")
}

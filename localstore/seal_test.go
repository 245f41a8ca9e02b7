package localstore

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"
	"go.etcd.io/bbolt"
)

func TestAValueOpensOnlyInItsPlaceAndVersion(t *testing.T) {
	s := newSealer(testKey)
	sealed := s.seal("drafts", []byte("k\x001"), 7, []byte("text"))
	if plain, version, err := s.open("drafts", []byte("k\x001"), sealed); string(plain) != "text" || version != 7 || err != nil {
		t.Fatalf("in its place: %q %d %v", plain, version, err)
	}
	if again := s.seal("drafts", []byte("k\x001"), 7, []byte("text")); bytes.Equal(again, sealed) {
		t.Error("sealed twice alike")
	}
	for name, place := range map[string][2]string{
		"another key":                    {"drafts", "k\x002"},
		"another bucket":                 {"mirror", "k\x001"},
		"the same bytes, cut elsewhere":  {"draftsk", "\x001"},
		"the same bytes, cut before":     {"draft", "sk\x001"},
		"no key":                         {"drafts", ""},
		"the same key, and one NUL more": {"drafts", "k\x001\x00"},
	} {
		if _, _, err := s.open(place[0], []byte(place[1]), sealed); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
	for i := range sealed {
		altered := bytes.Clone(sealed)
		altered[i] ^= 1
		if _, _, err := s.open("drafts", []byte("k\x001"), altered); err == nil {
			t.Errorf("opened with byte %d altered", i)
		}
	}
	for n := range sealed {
		if _, _, err := s.open("drafts", []byte("k\x001"), sealed[:n]); err == nil {
			t.Errorf("opened when cut to %d bytes", n)
		}
	}
	if _, _, err := newSealer(Key{9}).open("drafts", []byte("k\x001"), sealed); err == nil {
		t.Error("opened with another key")
	}
}

// raw changes the file past the sealing, as somebody with access to it would.
func raw(t *testing.T, s *Store, change func(tx *bbolt.Tx) error) {
	t.Helper()
	must(t, s.db.Update(change))
}

func TestAMirroredValueThatWasTouchedSaysSoAndMends(t *testing.T) {
	objects := []Object{{Kind: "lot", ID: "1", Version: 1, Body: []byte("one")}, {Kind: "lot", ID: "2", Version: 2, Body: []byte("two")}}
	one, two := []byte("lot\x001"), []byte("lot\x002")
	for name, change := range map[string]func(b *bbolt.Bucket) error{
		"moved to another key":    func(b *bbolt.Bucket) error { return b.Put(one, bytes.Clone(b.Get(two))) },
		"its body altered":        func(b *bbolt.Bucket) error { v := bytes.Clone(b.Get(one)); v[len(v)-17] ^= 4; return b.Put(one, v) },
		"its version raised":      func(b *bbolt.Bucket) error { v := bytes.Clone(b.Get(one)); v[1] ^= 1; return b.Put(one, v) },
		"cut to nothing":          func(b *bbolt.Bucket) error { return b.Put(one, nil) },
		"taken from the drafts":   func(b *bbolt.Bucket) error { return b.Put(one, b.Tx().Bucket([]byte(bucketDrafts)).Get(one)) },
		"of a format not yet out": func(b *bbolt.Bucket) error { v := bytes.Clone(b.Get(one)); v[0] = 2; return b.Put(one, v) },
	} {
		t.Run(name, func(t *testing.T) {
			s := opened(t)
			must(t, s.ApplyChanges(t.Context(), "c", objects, nil))
			must(t, s.SaveDraft(Draft{Kind: "lot", ID: "1"}))
			raw(t, s, func(tx *bbolt.Tx) error { return change(tx.Bucket([]byte(bucketMirror))) })
			_, _, err := s.Object("lot", "1")
			var unseal *UnsealError
			if !errors.As(err, &unseal) || *unseal != (UnsealError{Bucket: "mirror", Key: "lot/1"}) {
				t.Fatalf("reading it: %v", err)
			}
			if _, err := s.Objects("lot"); !errors.As(err, &unseal) {
				t.Fatalf("listing it: %v", err)
			}
			must(t, s.ApplyChanges(t.Context(), "c2", objects[:1], nil))
			if o, found, err := s.Object("lot", "1"); !found || string(o.Body) != "one" || err != nil {
				t.Fatalf("after the centre's next word: %v %+v %v", found, o, err)
			}
		})
	}
}

func TestOwnWorkThatWasTouchedIsSetAsideAndTheRestGoesOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openedAt(t, path)
	must(t, s.SaveDraft(Draft{Kind: "k", ID: "1", Body: []byte("one")}))
	must(t, s.SaveDraft(Draft{Kind: "k", ID: "2", Body: []byte("two")}))
	must(t, s.SetPreference("p", []byte("v")))
	must(t, s.Enqueue(Command{ID: "c1", Aggregate: "a"}, nil))
	must(t, s.Enqueue(Command{ID: "c2", Aggregate: "a"}, nil))
	must(t, s.ApplyChanges(t.Context(), "cursor", nil, nil))
	altered := []byte("no longer what it was, and long enough to look like a sealed value")
	raw(t, s, func(tx *bbolt.Tx) error {
		return errors.Join(
			tx.Bucket([]byte(bucketDrafts)).Put([]byte("k\x001"), altered),
			tx.Bucket([]byte(bucketPreferences)).Put([]byte("p"), altered),
			tx.Bucket([]byte(bucketOutbox)).Put(commandKey(1), altered),
			tx.Bucket([]byte(bucketMeta)).Put(cursorKey, altered),
		)
	})
	must(t, s.Close())

	s = openedAt(t, path)
	if s.Recovery() == nil || s.Recovery().KeptAside != "" {
		t.Fatalf("recovery %+v", s.Recovery())
	}
	wantSame(t, s.Recovery().Values, []string{"drafts/k/1", "preferences/p", "outbox/1", "meta/cursor"})
	drafts, err := s.Drafts("")
	must(t, err)
	if len(drafts) != 1 || string(drafts[0].Body) != "two" || s.Cursor() != "" {
		t.Fatalf("drafts %v, cursor %q", drafts, s.Cursor())
	}
	wantHeads(t, s, "c2")
	must(t, s.view(func(tx *txn) error {
		if got := tx.bucket(bucketSetAside).Get([]byte("drafts\x00k\x001")); !bytes.Equal(got, altered) {
			t.Errorf("set aside: %q", got)
		}
		return nil
	}))
	must(t, s.Close())
	if s = openedAt(t, path); s.Recovery() != nil {
		t.Errorf("told again: %v", s.Recovery())
	}
}

func TestNothingReadableLiesInTheFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openedAt(t, path)
	const secret = "құпия мәтін"
	must(t, s.SaveDraft(Draft{Kind: "k", ID: "1", Body: []byte(secret)}))
	must(t, s.Enqueue(Command{ID: "c", Aggregate: "a", Body: []byte(secret), Label: secret, Path: secret}, nil))
	must(t, s.MarkSent("c"))
	must(t, s.Finish("c", Outcome{State: Refused, Answer: []byte(secret)}))
	must(t, s.ApplyChanges(t.Context(), secret, []Object{{Kind: "k", ID: "1", Body: []byte(secret)}}, nil))
	must(t, s.SetPreference("p", []byte(secret)))
	_, err := s.Snapshot()
	must(t, err)
	must(t, s.Close())
	must(t, filepath.WalkDir(filepath.Dir(path), func(name string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(name)
		if bytes.Contains(content, []byte(secret)) || bytes.Contains(content, testKey[:]) {
			t.Errorf("%s can be read", filepath.Base(name))
		}
		return err
	}))
}

func TestAKeySaysNothingOfItself(t *testing.T) {
	js, err := json.Marshal(map[string]any{"k": testKey})
	must(t, err)
	for _, text := range []string{fmt.Sprint(testKey), fmt.Sprintf("%x %v %+v %#v %q", testKey, testKey, &testKey, testKey, testKey), string(js)} {
		if strings.Contains(text, "1 2 3") || strings.Contains(text, "01020304") || strings.Contains(text, "0x1, 0x2") || strings.Contains(text, "AQID") {
			t.Errorf("printed as %s", text)
		}
	}
}

// quick is the least that is allowed, for tests.
func quick() Derivation {
	d := NewDerivation()
	d.Time, d.MemoryKiB, d.Threads = 2, 19<<10, 1
	return d
}

func TestDerivationsOutOfBoundsAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(*Derivation){
		"a short salt":    func(d *Derivation) { d.Salt = d.Salt[:8] },
		"an endless salt": func(d *Derivation) { d.Salt = make([]byte, 65) },
		"no passes":       func(d *Derivation) { d.Time = 0 },
		"endless passes":  func(d *Derivation) { d.Time = 1 << 31 },
		"no memory":       func(d *Derivation) { d.MemoryKiB = 8 },
		"all memory":      func(d *Derivation) { d.MemoryKiB = 1 << 31 },
		"no lanes":        func(d *Derivation) { d.Threads = 0 },
		"too many lanes":  func(d *Derivation) { d.Threads = 255 },
	} {
		d := quick()
		spoil(&d)
		if _, err := KeyFromPassphrase([]byte("p"), d); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := KeyFromPassphrase(nil, quick()); err == nil {
		t.Error("an empty passphrase: taken")
	}
	must(t, NewDerivation().check())
}

func TestAHostileHeaderIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openedAt(t, path)
	must(t, s.Close())
	must(t, disk{}.writeHeader(path, path+".snapshots", header{Format: headerFormat + 1}))
	_, err := Open(path, testKey)
	wantErr(t, err, ErrNewerFormat)
	for _, name := range []string{path + ".header", path + ".snapshots/header"} {
		must(t, os.WriteFile(name, bytes.Repeat([]byte("[{"), 1<<20), 0o600))
	}
	if _, _, err := loadHeader(path, path+".snapshots"); err == nil {
		t.Error("a header of nonsense was taken")
	}
	if s := openedAt(t, path); s.Recovery() != nil { // the store itself is whole, and knows its key
		t.Errorf("recovery %v", s.Recovery())
	}
}

func TestTheKeyringKeepsTheKey(t *testing.T) {
	keyring.MockInit()
	first, err := keyFromKeyring("baqylau", "person@centre")
	must(t, err)
	again, err := keyFromKeyring("baqylau", "person@centre")
	must(t, err)
	other, err := keyFromKeyring("baqylau", "person@other")
	must(t, err)
	if first != again || first == other || first == (Key{}) {
		t.Fatal("the keys are not each store's own")
	}
	must(t, keyring.Set("baqylau", "person@centre", "AQID not a key"))
	if _, found, err := knownToKeyring("baqylau", "person@centre"); found || err == nil || strings.Contains(err.Error(), "AQID") {
		t.Fatalf("an entry that is no key: %v", err)
	}
	if made, err := keyFromKeyring("baqylau", "person@centre"); err != nil || made == first {
		t.Fatalf("in its place: %v", err)
	}
	must(t, dropFromKeyring("baqylau", "person@other"))
	must(t, dropFromKeyring("baqylau", "person@other"))
	if _, found, err := knownToKeyring("baqylau", "person@other"); found || err != nil {
		t.Fatalf("dropped, it is there: %v, %v", found, err)
	}
	keyring.MockInitWithError(errors.New("the keyring is locked"))
	_, err = keyFromKeyring("baqylau", "person@centre")
	wantErr(t, err, ErrNoKeyring)
}

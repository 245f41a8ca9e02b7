package localstore

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.etcd.io/bbolt"
)

// shelf is an indexer that keeps of "group:first:data" the data, and remembers them all.
type shelf struct {
	version string
	mu      sync.Mutex
	there   map[Ref]string
	resets  int
}

func newShelf(version string) *shelf { return &shelf{version: version, there: map[Ref]string{}} }

func (x *shelf) Version() string { return x.version }

func (x *shelf) Entry(o Object) Entry {
	parts := strings.SplitN(string(o.Body), ":", 3)
	if len(parts) < 3 {
		return Entry{}
	}
	return Entry{Group: parts[0], First: parts[1] != "", Data: []byte(x.version + parts[2])}
}

func (x *shelf) Apply(there []Indexed, gone []Ref) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, e := range there {
		if e.Data == nil {
			delete(x.there, e.Ref)
			continue
		}
		x.there[e.Ref] = fmt.Sprintf("%d %s", e.Version, e.Data)
	}
	for _, ref := range gone {
		delete(x.there, ref)
	}
}

func (x *shelf) Reset() {
	x.mu.Lock()
	defer x.mu.Unlock()
	clear(x.there)
	x.resets++
}

func (x *shelf) all() map[Ref]string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return maps.Clone(x.there)
}

// wanted is what an indexer should have of a store, asked of the objects themselves.
func wanted(t testing.TB, s *Store, x *shelf) (map[Ref]string, map[Ref][]string) {
	t.Helper()
	objects, err := s.Objects("")
	must(t, err)
	there, groups := map[Ref]string{}, map[Ref][]string{}
	for _, o := range objects {
		e := x.Entry(o)
		if e.Data != nil {
			there[Ref{o.Kind, o.ID}] = fmt.Sprintf("%d %s", o.Version, e.Data)
		}
		if e.Group != "" {
			groups[Ref{o.Kind, e.Group}] = append(groups[Ref{o.Kind, e.Group}], o.ID)
		}
	}
	return there, groups
}

// wantIndex demands that the index says what the objects do.
func wantIndex(t testing.TB, s *Store, x *shelf) {
	t.Helper()
	must(t, s.Ready(t.Context()))
	there, groups := wanted(t, s, x)
	wantSame(t, x.all(), there)
	for _, kind := range []string{"lot", "note"} {
		for g := range 4 {
			ref := Ref{kind, fmt.Sprint("g", g)}
			objects, err := s.Group(ref.Kind, ref.ID)
			must(t, err)
			var ids []string
			for _, o := range objects {
				ids = append(ids, o.ID)
			}
			wantSame(t, ids, groups[ref])
		}
	}
}

// randomPage is what a feed may tell: objects of some groups, in newer and older versions, and tombstones.
func randomPage(r *rand.Rand) (changed []Object, gone []Ref) {
	name := func() Ref { return Ref{[]string{"lot", "note"}[r.IntN(2)], fmt.Sprint(r.IntN(40))} }
	for range r.IntN(12) {
		ref := name()
		group := []string{"", "g0", "g1", "g2", "g3"}[r.IntN(5)]
		body := fmt.Sprintf("%s:%s:%d", group, []string{"", "first"}[r.IntN(2)], r.IntN(100))
		if r.IntN(8) == 0 {
			body = "nothing is kept of it"
		}
		changed = append(changed, Object{Kind: ref.Kind, ID: ref.ID, Version: int64(r.IntN(6)), Body: []byte(body)})
	}
	for range r.IntN(4) {
		gone = append(gone, name())
	}
	return changed, gone
}

func TestTheIndexSaysWhatTheObjectsDo(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 5))
			path := filepath.Join(t.TempDir(), "store.db")
			s, x := openedAt(t, path), newShelf("a")
			s.db.NoSync = true
			must(t, s.Index(x))
			for i := range 60 {
				changed, gone := randomPage(r)
				switch r.IntN(10) {
				case 0: // opened again, and read while the feed goes on
					must(t, s.Close())
					s, x = openedAt(t, path), newShelf(x.version)
					s.db.NoSync = true
					must(t, s.Index(x))
				case 1:
					must(t, s.ResetMirror())
				case 4:
					must(t, s.Compact())
				case 2: // a program that keeps other things
					must(t, s.Close())
					s, x = openedAt(t, path), newShelf(x.version+"'")
					s.db.NoSync = true
					must(t, s.Index(x))
				case 3: // by the answer to a command
					id := fmt.Sprint("c", i)
					must(t, s.Enqueue(Command{ID: id, Aggregate: id}, nil))
					must(t, s.MarkSent(id))
					must(t, s.Finish(id, Outcome{State: Accepted, Apply: changed}))
				}
				must(t, s.ApplyChanges(t.Context(), fmt.Sprint(i), changed, gone))
				if r.IntN(3) == 0 {
					wantIndex(t, s, x)
				}
			}
			wantIndex(t, s, x)
		})
	}
}

// filled is a closed store of many objects, of which each tenth is needed at once.
func filled(t testing.TB, path string, n int) {
	t.Helper()
	s := openedAt(t, path)
	s.db.NoSync = true
	must(t, s.Index(newShelf("a")))
	var page []Object
	for i := range n {
		page = append(page, Object{Kind: "note", ID: fmt.Sprintf("%06d", i), Version: 1, Body: fmt.Appendf(nil, "%s:%s:%d", map[bool]string{true: fmt.Sprint("g", i%4)}[i%67 == 0], map[bool]string{true: "first"}[i%10 == 0], i)})
	}
	must(t, s.ApplyChanges(t.Context(), "c", page, nil))
	must(t, s.Close())
}

func TestWhatIsNeededAtOnceIsThereAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	filled(t, path, 10_000)
	s, x := openedAt(t, path), newShelf("a")
	must(t, s.Index(x))
	there := x.all()
	for i := range 1000 {
		if there[Ref{"note", fmt.Sprintf("%06d", 10*i)}] == "" {
			t.Fatalf("object %d isn't there, of %d that are", 10*i, len(there))
		}
	}
	must(t, s.AtHand())
	wantIndex(t, s, x)
	if x.resets != 0 {
		t.Error("a whole index was made anew")
	}
}

func TestWhatChangesWhileTheIndexIsReadIsNotOverwritten(t *testing.T) {
	for name, indexer := range map[string]*shelf{"read": newShelf("a"), "made anew": newShelf("b")} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store.db")
			filled(t, path, 20_000)
			s := openedAt(t, path)
			s.db.NoSync = true
			must(t, s.Index(indexer))
			for i := range 50 {
				at := fmt.Sprintf("%06d", 19_999-i*397)
				must(t, s.ApplyChanges(t.Context(), "d", []Object{{Kind: "note", ID: at, Version: 2, Body: []byte("g1::new")}}, []Ref{{"note", fmt.Sprintf("%06d", i*391)}}))
			}
			if name == "read" {
				must(t, s.ResetMirror())
				must(t, s.ApplyChanges(t.Context(), "e", []Object{{Kind: "note", ID: "1", Version: 2, Body: []byte("g1::new")}}, nil))
			}
			wantIndex(t, s, indexer)
		})
	}
}

func TestAnIndexThatCantBeTrustedIsMadeAnew(t *testing.T) {
	altered := func(bucket string) func(*testing.T, *Store) {
		return func(t *testing.T, s *Store) {
			must(t, s.db.Update(func(tx *bbolt.Tx) error {
				b := tx.Bucket([]byte(bucket))
				k, v := b.Cursor().First()
				return b.Put(k, append(bytes.Clone(v[:len(v)-1]), v[len(v)-1]^1))
			}))
		}
	}
	for name, spoil := range map[string]func(*testing.T, *Store){
		"an entry needed at once is altered": altered(bucketIndexFirst),
		"another entry is altered":           altered(bucketIndexRest),
		"its version is altered": func(t *testing.T, s *Store) {
			must(t, s.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket([]byte(bucketMeta)).Put(indexKey, []byte("?")) }))
		},
		"its buckets are gone": func(t *testing.T, s *Store) {
			must(t, s.db.Update(func(tx *bbolt.Tx) error {
				for _, name := range indexBuckets {
					if err := tx.DeleteBucket([]byte(name)); err != nil {
						return err
					}
				}
				return nil
			}))
		},
		"somebody mirrored without an index": func(t *testing.T, s *Store) {
			must(t, s.ApplyChanges(t.Context(), "d", []Object{{Kind: "note", ID: "000007", Version: 3, Body: []byte("g0::seven")}}, nil))
		},
		"somebody began anew without an index": func(t *testing.T, s *Store) { must(t, s.ResetMirror()) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store.db")
			filled(t, path, 300)
			s := openedAt(t, path)
			spoil(t, s)
			must(t, s.Close())
			s, x := openedAt(t, path), newShelf("a")
			must(t, s.Index(x))
			must(t, s.Ready(t.Context()))
			must(t, s.AtHand())
			wantIndex(t, s, x)
			if x.resets == 0 {
				t.Error("it was believed")
			}
			must(t, s.Close())
			s, x = openedAt(t, path), newShelf("a")
			must(t, s.Index(x))
			wantIndex(t, s, x)
			if x.resets != 0 {
				t.Error("it was made anew again")
			}
		})
	}
}

func TestAnIndexHalfMadeIsMadeAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	filled(t, path, 5_000)
	s := openedAt(t, path)
	must(t, s.Index(newShelf("b")))
	must(t, s.Close()) // however far it came
	s, x := openedAt(t, path), newShelf("b")
	must(t, s.Index(x))
	wantIndex(t, s, x)
}

func TestTheIndexIsSealed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openedAt(t, path)
	must(t, s.Index(newShelf("a")))
	must(t, s.ApplyChanges(t.Context(), "c", []Object{{Kind: "note", ID: "1", Version: 1, Body: []byte("group-secret:first:data-secret")}}, nil))
	must(t, s.db.View(func(tx *bbolt.Tx) error {
		n := 0
		for _, name := range indexBuckets {
			must(t, tx.Bucket([]byte(name)).ForEach(func(_, v []byte) error {
				n++
				if bytes.Contains(v, []byte("secret")) {
					t.Errorf("%s has a value in clear", name)
				}
				return nil
			}))
		}
		if n != 2 {
			t.Errorf("%d values, want an entry and a group", n)
		}
		return nil
	}))
}

func TestAGroupsMembersAreToldApart(t *testing.T) {
	ids := []byte("12\x001\x00112\x00")
	for _, c := range []struct {
		id string
		at int
	}{{"12", 0}, {"1", 3}, {"112", 5}, {"2", -1}, {"11", -1}, {"", -1}} {
		if at := member(ids, []byte(c.id+"\x00")); c.id != "" && at != c.at {
			t.Errorf("%q is at %d, want %d", c.id, at, c.at)
		}
	}
	if !slices.Equal(ids, []byte("12\x001\x00112\x00")) {
		t.Error("looking changes it")
	}
}

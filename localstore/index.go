package localstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"

	"go.etcd.io/bbolt"
)

// The index says of each mirrored object in few bytes what lists, searches and the first screen need, so that
// none of them opens the objects themselves. It is sealed like them and written in their transactions, and can
// be made of them anew at any time: another version of it, or one that doesn't open, is.

// The index's buckets: what is needed at once and the rest, each under the object's key; of each group a list of
// the objects in it. They are made when an indexer comes, for a file may be older.
const (
	bucketIndexFirst = "index.first"
	bucketIndexRest  = "index.rest"
	bucketIndexGroup = "index.group"
)

var (
	indexBuckets = []string{bucketIndexFirst, bucketIndexRest, bucketIndexGroup}
	indexKey     = []byte("index") // in meta, sealed: the version of the index that is whole
)

const (
	indexLoads  = 4096 // entries that are read at a time
	indexBuilds = 500  // objects that are indexed at a time
)

// Entry is what the index keeps of an object.
type Entry struct {
	Group string // objects of one group are found together, see Group; empty: of none
	First bool   // in memory as soon as the store has its indexer
	Data  []byte // as the indexer wants it; nil: nothing is kept in memory
}

// Indexed is an object with what the index keeps of it.
type Indexed struct {
	Ref
	Version int64
	Data    []byte
}

// Indexer makes the index and keeps in memory what it says. It calls no store.
type Indexer interface {
	// Version names what Entry makes. The index of another version is made anew.
	Version() string
	// Entry is called by many goroutines, and gives the same for the same object.
	Entry(o Object) Entry
	// Apply tells what there is now and what is gone, Reset that there is nothing. One call follows the other.
	Apply(there []Indexed, gone []Ref)
	Reset()
}

// indexing is a store's indexer with how far memory is behind the file.
type indexing struct {
	Indexer
	ready chan struct{} // closed when everything is in memory, or err says why not

	mu      sync.Mutex
	whole   chan struct{} // closed while the file's index is whole
	changed map[Ref]bool  // since reading began: what is read is older; nil once everything is in memory
	emptied bool          // since reading began: all that is read is older
	err     error
}

// Index gives the store its indexer, or another one in the place of the former. When it returns, what is needed
// at once is in memory; the rest follows in the background, see Ready. An index that is missing, damaged or of
// another version is made anew there, and then all of it follows, see AtHand.
func (s *Store) Index(by Indexer) error {
	ix := &indexing{Indexer: by, ready: make(chan struct{}), whole: make(chan struct{}), changed: map[Ref]bool{}}
	s.writing.Lock()
	whole, err := s.attach(ix)
	s.writing.Unlock()
	if err != nil {
		return fmt.Errorf("reading the index: %w", err)
	}
	if !whole {
		if err := s.forget(ix); err != nil {
			return err
		}
		s.background.Go(func() {
			defer s.settle()
			ix.done(s.build(ix))
		})
		return nil
	}
	close(ix.whole)
	s.background.Go(func() {
		defer s.settle()
		err := s.load(ix)
		var bad *UnsealError
		if errors.As(err, &bad) {
			if err = s.forget(ix); err == nil {
				err = s.build(ix)
			}
		}
		ix.done(err)
	})
	return nil
}

// AtHand waits until the index is whole and what is needed of it at once is in memory, or says why it will not
// be. That takes time only where the index is made anew.
func (s *Store) AtHand() error {
	ix := s.indexing.Load()
	if ix == nil {
		return nil
	}
	ix.mu.Lock()
	whole := ix.whole
	ix.mu.Unlock()
	select {
	case <-whole:
		return nil
	case <-ix.ready:
		return ix.err
	}
}

// Ready waits until the whole index is in memory, or says why it will not be.
func (s *Store) Ready(ctx context.Context) error {
	ix := s.indexing.Load()
	if ix == nil {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-ix.ready:
		return ix.err
	}
}

// attach reads what is needed at once and says whether the index is whole. The caller holds writing.
func (s *Store) attach(ix *indexing) (whole bool, err error) {
	var first []Indexed
	err = s.view(func(t *txn) error {
		version, _, _, err := t.get(bucketMeta, indexKey)
		if err != nil || string(version) != ix.Version() || t.bucket(bucketIndexFirst) == nil {
			return nil // it will be made anew
		}
		whole = true
		err = t.each(bucketIndexFirst, "", func(key, plain []byte, version uint64) error {
			first = append(first, indexed(key, plain, version))
			return nil
		})
		var bad *UnsealError
		if errors.As(err, &bad) {
			whole, first, err = false, nil, nil
		}
		return err
	})
	if err != nil {
		return false, err
	}
	ix.apply(first, nil)
	s.indexing.Store(ix)
	return whole, nil
}

func (ix *indexing) done(err error) {
	ix.mu.Lock()
	ix.changed, ix.err = nil, err
	ix.mu.Unlock()
	close(ix.ready)
}

// has says whether an object has changed since reading began.
func (ix *indexing) has(ref Ref) bool {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	return ix.changed[ref]
}

// empty says that there is nothing in the index any more.
func (ix *indexing) empty() {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	ix.emptied = true
	clear(ix.changed)
	ix.Reset()
}

// apply brings memory after a commit.
func (ix *indexing) apply(there []Indexed, gone []Ref) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	if ix.changed != nil {
		for _, e := range there {
			ix.changed[e.Ref] = true
		}
		for _, ref := range gone {
			ix.changed[ref] = true
		}
	}
	ix.Apply(there, gone)
}

// catchUp brings into memory what was read, unless it has changed since.
func (ix *indexing) catchUp(read []Indexed) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	if !ix.emptied {
		ix.Apply(slices.DeleteFunc(read, func(e Indexed) bool { return ix.changed[e.Ref] }), nil)
	}
}

// load reads the rest of a whole index into memory.
func (s *Store) load(ix *indexing) error {
	for after := []byte(nil); ; {
		read := make([]Indexed, 0, indexLoads)
		err := s.view(func(t *txn) error {
			c := t.bucket(bucketIndexRest).Cursor()
			for k, v := behind(c, after); k != nil && len(read) < indexLoads; k, v = c.Next() {
				plain, version, err := t.open(bucketIndexRest, k, v)
				if err != nil {
					return err
				}
				read = append(read, indexed(k, plain, version))
			}
			return nil
		})
		if err != nil || len(read) == 0 {
			return err
		}
		after, _ = read[len(read)-1].key()
		ix.catchUp(read)
	}
}

// behind puts the cursor on the first key behind another.
func behind(c *bbolt.Cursor, after []byte) (k, v []byte) {
	if after == nil {
		return c.First()
	}
	k, v = c.Seek(after)
	if bytes.Equal(k, after) {
		k, v = c.Next()
	}
	return k, v
}

func (t *txn) emptyIndex() error {
	clear(t.groups)
	for _, name := range indexBuckets {
		if t.bucket(name) != nil {
			if err := t.tx.DeleteBucket([]byte(name)); err != nil {
				return err
			}
		}
		if _, err := t.tx.CreateBucket([]byte(name)); err != nil {
			return err
		}
	}
	return nil
}

// forget empties the index, for it to be made anew.
func (s *Store) forget(ix *indexing) error {
	err := s.update(func(t *txn) error {
		if s.indexing.Load() != ix {
			return errReplaced
		}
		t.after = append(t.after, func() {
			ix.mu.Lock()
			ix.whole = make(chan struct{})
			ix.mu.Unlock()
			ix.empty()
		})
		return errors.Join(t.bucket(bucketMeta).Delete(indexKey), t.emptyIndex())
	})
	if err != nil {
		return fmt.Errorf("forgetting the index: %w", err)
	}
	return nil
}

// build makes the index of the mirror. What is mirrored meanwhile is indexed by who mirrors it.
func (s *Store) build(ix *indexing) error {
	for after := []byte(nil); ; {
		var objects []Object
		err := s.view(func(t *txn) error {
			c := t.bucket(bucketMirror).Cursor()
			for k, v := behind(c, after); k != nil && len(objects) < indexBuilds; k, v = c.Next() {
				plain, version, err := t.open(bucketMirror, k, v)
				if err != nil {
					return err
				}
				ref := refOf(k)
				objects = append(objects, Object{Kind: ref.Kind, ID: ref.ID, Version: int64(version), Body: plain})
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("indexing the mirror: %w", err)
		}
		if len(objects) == 0 {
			break
		}
		last := objects[len(objects)-1]
		after, _ = Ref{last.Kind, last.ID}.key()
		if err := s.buildOf(ix, objects); err != nil {
			return fmt.Errorf("indexing the mirror: %w", err)
		}
	}
	err := s.update(func(t *txn) error {
		if s.indexing.Load() != ix {
			return errReplaced
		}
		return t.put(bucketMeta, indexKey, 0, []byte(ix.Version()))
	})
	if err == nil {
		ix.mu.Lock()
		close(ix.whole)
		ix.mu.Unlock()
	}
	return err
}

func (s *Store) buildOf(ix *indexing, objects []Object) error {
	entries := ix.entries(objects)
	return s.update(func(t *txn) error {
		if s.indexing.Load() != ix {
			return errReplaced
		}
		for i, o := range objects {
			ref := Ref{o.Kind, o.ID}
			key, _ := ref.key() // that the mirror had
			if ix.has(ref) || t.bucket(bucketMirror).Get(key) == nil {
				continue // it was indexed then, or is gone
			}
			if err := t.putEntry(key, o, entries.list[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// errReplaced ends the making of an index whose indexer has given way to another.
var errReplaced = errors.New("another index is made")

// entries are what an indexer says of the objects of a transaction.
type entries struct {
	by   *indexing // nil: there is none
	list []Entry
}

// entries asks the indexer about objects.
func (ix *indexing) entries(objects []Object) entries {
	if ix == nil {
		return entries{}
	}
	e := entries{by: ix, list: make([]Entry, len(objects))}
	for i, o := range objects {
		e.list[i] = ix.Entry(o)
	}
	return e
}

// indexObject keeps the entry of the i-th object of a transaction, which was put. Without an indexer the index is
// known not to be whole from now on.
func (t *txn) indexObject(key []byte, o Object, asked entries, i int) error {
	switch t.indexing {
	case nil:
		return t.bucket(bucketMeta).Delete(indexKey)
	case asked.by:
		return t.putEntry(key, o, asked.list[i])
	default: // it came meanwhile
		return t.putEntry(key, o, t.indexing.Entry(o))
	}
}

// unindexObject takes out the entry of an object that is gone.
func (t *txn) unindexObject(key []byte) error {
	t.gone = append(t.gone, refOf(key))
	return t.dropEntry(key, "")
}

// unindexAll says that nothing is mirrored any more.
func (t *txn) unindexAll() error {
	if t.indexing == nil {
		return t.bucket(bucketMeta).Delete(indexKey)
	}
	t.after = append(t.after, t.indexing.empty)
	return t.emptyIndex()
}

func (t *txn) putEntry(key []byte, o Object, e Entry) error {
	if err := t.dropEntry(key, e.Group); err != nil {
		return err
	}
	t.there = append(t.there, Indexed{Ref: Ref{o.Kind, o.ID}, Version: o.Version, Data: e.Data})
	if e.Group == "" && e.Data == nil {
		return nil
	}
	if err := t.joinGroup(key, o.Kind, e.Group); err != nil {
		return err
	}
	bucket := bucketIndexRest
	if e.First {
		bucket = bucketIndexFirst
	}
	plain := binary.AppendUvarint(make([]byte, 0, 2+len(e.Group)+len(e.Data)), uint64(len(e.Group)))
	plain = append(append(plain, e.Group...), e.Data...)
	return t.put(bucket, key, uint64(o.Version), plain)
}

// reindex brings memory after the file where a commit's outcome is unknown. The caller holds life and writing.
func (s *Store) reindex(unknown *txn) error {
	ix := s.indexing.Load()
	if ix == nil {
		return nil
	}
	refs := unknown.gone
	for _, e := range unknown.there {
		refs = append(refs, e.Ref)
	}
	var there []Indexed
	var gone []Ref
	err := s.judge(catchDamage(func() error {
		return s.db.View(func(tx *bbolt.Tx) error {
			t := &txn{tx: tx, seal: s.seal}
			for _, ref := range refs {
				e, found, err := t.entry(ref)
				switch {
				case err != nil:
					return err
				case found:
					there = append(there, e)
				default:
					gone = append(gone, ref)
				}
			}
			return nil
		})
	}))
	ix.apply(there, gone)
	return err
}

// entry reads what the index keeps of an object.
func (t *txn) entry(ref Ref) (Indexed, bool, error) {
	key, err := ref.key()
	if err != nil {
		return Indexed{}, false, err
	}
	for _, bucket := range []string{bucketIndexFirst, bucketIndexRest} {
		plain, version, found, err := t.get(bucket, key)
		if found || err != nil {
			return indexed(key, plain, version), err == nil, err
		}
	}
	return Indexed{}, false, nil
}

// indexed takes apart what putEntry wrote.
func indexed(key, plain []byte, version uint64) Indexed {
	_, data := entryParts(plain)
	return Indexed{Ref: refOf(key), Version: int64(version), Data: data}
}

func entryParts(plain []byte) (group string, data []byte) {
	n, used := binary.Uvarint(plain)
	if used <= 0 || n > uint64(len(plain)-used) {
		return "", nil // sealed by us, it is never cut short
	}
	plain = plain[used:]
	if len(plain) == int(n) {
		return string(plain), nil
	}
	return string(plain[:n]), plain[n:]
}

// dropEntry takes out an object's entry, and the object out of its group unless that is the one it stays in.
func (t *txn) dropEntry(key []byte, stays string) error {
	for _, bucket := range []string{bucketIndexFirst, bucketIndexRest} {
		if t.bucket(bucket) == nil {
			return nil // no indexer ever came
		}
		plain, _, found, err := t.get(bucket, key)
		if !found {
			continue
		}
		if err == nil { // else which group it was in isn't known: who reads that sees that it isn't there
			if group, _ := entryParts(plain); group != "" && group != stays {
				if err := t.leaveGroup(key, group); err != nil {
					return err
				}
			}
		}
		if err := t.bucket(bucket).Delete(key); err != nil {
			return err
		}
	}
	return nil
}

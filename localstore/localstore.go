// Package localstore keeps on this computer what a person must not lose and what they may see while the
// centre is out of reach: drafts, the outbox of commands, the mirror of the centre's objects, preferences.
// It knows neither HTTP nor the rules of desk control: a body is a sealed piece of bytes to it.
//
// What it promises:
//
//   - A call that returned nil is on the disk: every write is one bbolt transaction with fsync. A command and
//     the draft it was made of, or an answer and the mirror it changes, are one transaction.
//   - A text that gave way to another, and was handed in with it, is kept in the draft's history: of each draft the
//     last hundred.
//   - Values are sealed with XChaCha20-Poly1305 under a random nonce; bucket, key and version are associated
//     data, so that a value altered, renamed or moved doesn't open ([UnsealError]).
//   - One store is open once, on a computer ([ErrInUse]). Commands of one aggregate leave in the order in
//     which they were queued; aggregates don't wait for each other.
//   - Of each mirrored object the index says in few bytes what an [Indexer] wants kept; it is never behind the objects.
//   - A damaged file is never followed, mended in place or deleted: it is moved aside, the newest good
//     snapshot takes its place, and [Store.Recovery] says so. Opening with a wrong key changes nothing.
//   - The key is random and lies behind locks, of which any gives it: the system's keyring, what the person's own key
//     is opened with, a passphrase of their own ([Folder.Open], [Store.Locks]). Changing one writes the header alone.
//   - Files are kept beside the database, sealed in chunks and named by a keyed digest ([Store.PutFile]); one that
//     was altered gives nothing false.
//   - Compacting, exporting, importing, changing a lock and forgetting a person leave what was there or what was to
//     come, whole, wherever they are cut off.
//
// What it doesn't promise: whose the store is can be read without the key, and so can kinds, ids, their number and
// the sizes of values. It is as safe as the weakest of its locks: who copies the files may try passwords for as
// long as they like, some ten a second on each core, and a token's PIN is short. Who has a former passphrase and a
// copy from when it was one opens that copy, and with its key whatever the store holds later; a store carried to
// another computer has another key there. Whoever loses both copies of the header loses the records.
//
// Who can write the folder can put back a whole older file, or an older value under its own key. If the checksum
// of the file's newer meta page is wrong, bbolt opens at the transaction before it, as after a power cut. The file
// shrinks by [Store.Compact] alone. [Store.Close] zeroes the key it was given; what the cipher's own object keeps
// until it is collected is out of reach.
//
// Beside the file P live P.lock (the single-instance guard), P.header (whose it is, and the locks with its key
// behind them), P.files/ (sealed files too large for values), P.snapshots/, P.clean while the store is closed
// (see clean.go) and, after an accident, P.damaged-<time>.
package localstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
)

const lockSuffix = ".lock"

// MaxValue is the largest body or answer that is taken, in bytes.
const MaxValue = 8 << 20

// Store is one open file, of one user at one centre. Its methods may be called from any goroutine, and none
// of them calls the caller's code inside a transaction.
type Store struct {
	path      string
	db        *boltFile
	lock      *os.File
	clock     func() time.Time
	snapshots snapshotFolder
	recovery  *DamagedError

	disk   disk
	files  *sealedFiles
	derive func() Derivation // of new locks

	scryptWork int // of exports

	heading     sync.Mutex // guards header, and its files
	header      header
	headerWhole bool // both copies of the header are there, and the same

	life   sync.RWMutex // read by every operation, written by Close; guards closed and seal
	closed bool
	seal   *sealer

	copying sync.Mutex                   // one snapshot at a time
	writing sync.Mutex                   // one writer at a time, over its commit and its change of memory
	broken  atomic.Pointer[DamagedError] // set once when bbolt met damage while open; nothing is trusted after

	memory sync.RWMutex // guards queue and cursor, which repeat what is committed
	queue  queue
	cursor string

	indexing   atomic.Pointer[indexing] // nil before Index
	background sync.WaitGroup           // what goes on while the store is open
	settled    chan struct{}            // closed once the index is in memory
	settle     func()
	ending     chan struct{} // closed when the store is being closed
	end        sync.Once

	listening sync.Mutex
	listeners map[int]func(Topic)
	nextID    int
}

// Option changes what Open does by default.
type Option func(*settings)

type settings struct {
	clock     func() time.Time
	snapshots snapshotFolder
	owner     *Owner
	locks     []lock // of a new store, or of one of format 1
	derive    func() Derivation
	disk      disk
}

// WithClock gives the clock that stamps drafts, commands and snapshots; time.Now by default. The stamps are
// for people to read: what binds in law is the centre's clock.
func WithClock(clock func() time.Time) Option { return func(o *settings) { o.clock = clock } }

// WithSnapshots gives the folder of the snapshots and how many of them are kept (at least one); by default
// three, in the folder named like the file with ".snapshots" at its end.
func WithSnapshots(dir string, keep int) Option {
	return func(o *settings) { o.snapshots = snapshotFolder{dir: dir, keep: max(keep, 1)} }
}

// WithOwner has the store say in clear, in its header, whose it is.
func WithOwner(o Owner) Option { return func(s *settings) { s.owner = &o } }

// WithDerivation gives how the keys of new locks are derived from passphrases; NewDerivation by default.
func WithDerivation(derive func() Derivation) Option {
	return func(o *settings) { o.derive = derive }
}

func withLocks(locks []lock) Option { return func(o *settings) { o.locks = locks } }

func settingsOf(path string, options []Option) settings {
	o := settings{
		clock: time.Now, derive: NewDerivation,
		snapshots: snapshotFolder{dir: path + snapshotsSuffix, keep: 3},
	}
	for _, set := range options {
		set(&o)
	}
	return o
}

// Open opens the store at path, making it and its folder when they aren't there.
//
// It gives ErrInUse when the store is open already, here or in another process; ErrWrongKey when the key
// doesn't fit, and then nothing was changed; ErrNewerFormat when a newer program wrote it. Damage is recovered
// from and told by Recovery; only when that failed too, the error is a *DamagedError.
func Open(path string, key Key, options ...Option) (*Store, error) {
	defer key.Zero()
	o := settingsOf(path, options)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making the store's folder: %w", storageError(err))
	}
	lock, err := lockFile(path + lockSuffix)
	if err != nil {
		return nil, err
	}
	s := &Store{
		path: path, lock: lock, clock: o.clock, snapshots: o.snapshots, queue: newQueue(),
		seal: newSealer(key), listeners: map[int]func(Topic){}, settled: make(chan struct{}), ending: make(chan struct{}),
		files: newSealedFiles(path, o.disk, key), disk: o.disk, derive: o.derive, scryptWork: scryptWork,
	}
	s.settle = sync.OnceFunc(func() { close(s.settled) })
	if err := s.open(o.owner, o.locks); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// open does what Open promises, once the lock is held. The locks are of a new store, or of one that has none yet.
func (s *Store) open(owner *Owner, locks []lock) error {
	h, whole, err := loadHeader(s.path, s.snapshots.dir)
	known := err == nil
	switch {
	case errors.Is(err, ErrNewerFormat):
		return err
	case known && !h.fits(s.seal):
		return ErrWrongKey
	case !known:
		h = header{Owner: owner, Locks: locks}
	}
	s.header, s.headerWhole = h, whole
	if s.db, err = s.openOrRecover(known); err != nil {
		return err
	}
	if err := s.ensureHeader(); err != nil && !(known && errors.Is(err, ErrDiskFull)) {
		return err
	}
	if err := s.ensureBuckets(); err != nil {
		return err
	}
	// Without room for it the header stays as it is until the next opening: what can be read is not to be shut.
	if err := s.ensureOwner(owner, locks); err != nil && !errors.Is(err, ErrDiskFull) {
		return err
	}
	if err := s.files.sweepParts(); err != nil {
		return err
	}
	return s.openValues()
}

// Recovery tells what Open had to recover from; nil when all was well. It is there to be told to the person.
func (s *Store) Recovery() *DamagedError { return s.recovery }

// Path is the path of the store's file.
func (s *Store) Path() string { return s.path }

// Close waits for the operations under way, closes the file, lets the lock go and zeroes the key. Calling it
// again does nothing; every other method gives ErrClosed afterwards.
func (s *Store) Close() error {
	s.end.Do(func() { close(s.ending) })
	defer s.background.Wait() // it ends with the store
	s.life.Lock()
	defer s.life.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	s.files.close()
	var err error
	switch {
	case s.db == nil: // Open failed before there was one
	case s.broken.Load() != nil:
		err = s.db.abandon()
	default:
		if err = s.db.Close(); err == nil {
			markClean(s.path, s.seal)
		}
	}
	s.seal.close()
	return errors.Join(err, s.lock.Close())
}

// view runs fn in a reading transaction, which sees one moment of the store.
func (s *Store) view(fn func(*txn) error) error {
	s.life.RLock()
	defer s.life.RUnlock()
	if err := s.usable(); err != nil {
		return err
	}
	return s.judge(catchDamage(func() error {
		return s.db.View(func(tx *bbolt.Tx) error { return fn(&txn{tx: tx, seal: s.seal}) })
	}))
}

// update runs fn in a writing transaction, commits it, brings memory after it and calls the listeners.
func (s *Store) update(fn func(*txn) error) error {
	t := &txn{}
	if err := s.commit(t, fn); err != nil {
		return err
	}
	for _, topic := range t.touched {
		s.tell(topic)
	}
	return nil
}

func (s *Store) commit(t *txn, fn func(*txn) error) error {
	s.life.RLock()
	defer s.life.RUnlock()
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.usable(); err != nil {
		return err
	}
	t.seal, t.indexing = s.seal, s.indexing.Load()
	committing := false
	err := s.judge(catchDamage(func() error {
		tx, err := s.db.Begin(true)
		if err != nil {
			return err
		}
		defer tx.Rollback() // says ErrTxClosed after a commit, and there is no other
		t.tx = tx
		if err := fn(t); err != nil {
			return err
		}
		if err := t.writeGroups(); err != nil {
			return err
		}
		committing = true
		return tx.Commit()
	}))
	if err != nil && committing && s.broken.Load() == nil {
		// A commit that failed at its last fsync may be in the file all the same: read it, don't guess.
		return errors.Join(fmt.Errorf("saving: %w", err), s.reload(), s.reindex(t))
	}
	if err != nil {
		return err
	}
	s.memory.Lock()
	defer s.memory.Unlock()
	for _, change := range t.after {
		change()
	}
	if t.indexing != nil && len(t.there)+len(t.gone) > 0 {
		t.indexing.apply(t.there, t.gone)
	}
	return nil
}

// usable says why the store can't be used, if so. The caller holds life.
func (s *Store) usable() error {
	if s.closed {
		return ErrClosed
	}
	if d := s.broken.Load(); d != nil {
		return d
	}
	return nil
}

// judge gives an error of a transaction its type, and stops the store when the error is damage.
func (s *Store) judge(err error) error {
	var d *damage
	if errors.As(err, &d) {
		s.broken.CompareAndSwap(nil, &DamagedError{Path: s.path, Cause: d.cause})
		return s.broken.Load()
	}
	return storageError(err)
}

// Topic names the part of the store that changed.
type Topic string

// The topics that Subscribe tells.
const (
	Drafts      Topic = "drafts"
	Outbox      Topic = "outbox"
	Mirror      Topic = "mirror"
	Preferences Topic = "preferences"
)

// Subscribe has fn called after each committed change, on the goroutine that made it, with no lock held; fn
// returns soon and looks the change up itself. The returned function ends it.
func (s *Store) Subscribe(fn func(Topic)) (cancel func()) {
	s.listening.Lock()
	defer s.listening.Unlock()
	id := s.nextID
	s.nextID++
	s.listeners[id] = fn
	return func() {
		s.listening.Lock()
		defer s.listening.Unlock()
		delete(s.listeners, id)
	}
}

func (s *Store) tell(topic Topic) {
	s.listening.Lock()
	fns := make([]func(Topic), 0, len(s.listeners))
	for _, fn := range s.listeners {
		fns = append(fns, fn)
	}
	s.listening.Unlock()
	for _, fn := range fns {
		fn(topic)
	}
}

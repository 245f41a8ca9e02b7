package localstore

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

// LockKind says what opens a lock.
type LockKind string

// A store's key lies behind one lock or several, and any of them gives it. Changing what opens one writes the
// header anew and none of the records.
const (
	LockKeyring LockKind = "keyring" // a random key in the operating system's keyring
	LockPhrase  LockKind = "phrase"  // a passphrase that the person chose for their records
	LockKey     LockKind = "key"     // what the person's key is opened with: a key file's password, a token's PIN
)

// Lock is what may be known of a lock.
type Lock struct {
	Kind LockKind
	Made time.Time
}

// lock holds the store's key, sealed.
type lock struct {
	Kind       LockKind    `json:"kind"`
	Made       time.Time   `json:"made"`
	Derivation *Derivation `json:"derivation,omitempty"` // from the passphrase; nil: the keyring's
	Wrapped    []byte      `json:"wrapped"`
}

const (
	mostLocks    = 8
	mostKeyLocks = 3   // the person's last keys: a file, a token, the ones before they were renewed
	phraseLeast  = 8   // characters
	phraseMost   = 256 // bytes
)

// The errors of locks.
var (
	// ErrLastLock: without this lock nothing would open the store.
	ErrLastLock = errors.New("nothing else opens the store")
	// ErrWeakPhrase: the passphrase is shorter than 8 characters, or longer than 256 bytes.
	ErrWeakPhrase = errors.New("the passphrase is too short or too long")
	// ErrWrongPhrase: the passphrase isn't the one that was chosen.
	ErrWrongPhrase = errors.New("the passphrase is another")
)

// LockedError says that nothing at hand opens the store: the keyring lost its key or isn't there, and the
// secret isn't one of the store's. The store is as it was. It is an ErrWrongKey.
type LockedError struct {
	Path  string
	Locks []Lock // what would open it; none when its header is lost
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("nothing at hand opens the store %s, which has %d locks", e.Path, len(e.Locks))
}

// Is has it taken for an ErrWrongKey.
func (e *LockedError) Is(target error) bool { return target == ErrWrongKey }

// newLock puts the store's key behind secret.
func newLock(kind LockKind, secret Key, d *Derivation, data Key, made time.Time) lock {
	wrapping := subkey(secret, "lock "+string(kind))
	defer wrapping.Zero()
	s := newSealer(wrapping)
	defer s.close()
	return lock{Kind: kind, Made: made.UTC(), Derivation: d, Wrapped: s.seal(headerBucket, []byte(kind), 0, data[:])}
}

// open gives the store's key; false when secret isn't the one.
func (l lock) open(secret Key) (Key, bool) {
	wrapping := subkey(secret, "lock "+string(l.Kind))
	defer wrapping.Zero()
	s := newSealer(wrapping)
	defer s.close()
	data, _, err := s.open(headerBucket, []byte(l.Kind), l.Wrapped)
	if err != nil || len(data) != len(Key{}) {
		return Key{}, false
	}
	defer clear(data)
	return Key(data), true
}

// openBy tries a passphrase, which takes some tenths of a second. What the header asks for out of bounds is
// not tried: it was altered.
func (l lock) openBy(pass []byte) (Key, bool) {
	if l.Derivation == nil {
		return Key{}, false
	}
	secret, err := KeyFromPassphrase(pass, *l.Derivation)
	if err != nil {
		return Key{}, false
	}
	defer secret.Zero()
	return l.open(secret)
}

// subkey gives a key for one use from a key that has several (RFC 5869).
func subkey(from Key, use string) Key {
	raw, err := hkdf.Key(sha256.New, from[:], nil, sealDomain+" "+use, len(Key{}))
	if err != nil {
		panic(err) // only a length beyond 255 digests gives an error
	}
	defer clear(raw)
	return Key(raw)
}

func (h header) list() []Lock {
	list := make([]Lock, len(h.Locks))
	for i, l := range h.Locks {
		list[i] = Lock{Kind: l.Kind, Made: l.Made}
	}
	if h.Format == 1 {
		kind := LockKeyring
		if h.Derivation != nil {
			kind = LockKey
		}
		list = append(list, Lock{Kind: kind})
	}
	return list
}

// put adds a lock in place of those that it makes needless: one of its kind, of keys the oldest.
func (h *header) put(l lock) {
	h.Declined = slices.DeleteFunc(h.Declined, func(k LockKind) bool { return k == l.Kind })
	if l.Kind != LockKey {
		h.remove(l.Kind)
	}
	h.Locks = append(h.Locks, l)
	for h.count(LockKey) > mostKeyLocks {
		h.Locks = slices.Delete(h.Locks, h.first(LockKey), h.first(LockKey)+1)
	}
}

func (h *header) remove(kind LockKind) {
	h.Locks = slices.DeleteFunc(h.Locks, func(l lock) bool { return l.Kind == kind })
}

func (h header) count(kind LockKind) int {
	n := 0
	for _, l := range h.Locks {
		if l.Kind == kind {
			n++
		}
	}
	return n
}

func (h header) first(kind LockKind) int {
	return slices.IndexFunc(h.Locks, func(l lock) bool { return l.Kind == kind })
}

// Locks tells what opens the store, in the order in which it was added.
func (s *Store) Locks() []Lock {
	s.heading.Lock()
	defer s.heading.Unlock()
	return s.header.list()
}

// SetPhrase has a passphrase of the person's own open the store. Where there is one already, former must be
// it, else the error is ErrWrongPhrase. Wiping both is the caller's.
func (s *Store) SetPhrase(former, phrase []byte) error {
	if err := checkPhrase(phrase); err != nil {
		return err
	}
	if err := s.knowsPhrase(former); err != nil {
		return err
	}
	return s.lockBy(LockPhrase, phrase)
}

func checkPhrase(phrase []byte) error {
	if n := utf8.RuneCount(phrase); n < phraseLeast || len(phrase) > phraseMost {
		return ErrWeakPhrase
	}
	return nil
}

func (s *Store) knowsPhrase(former []byte) error {
	s.heading.Lock()
	h := s.header.clone()
	s.heading.Unlock()
	at := h.first(LockPhrase)
	if at < 0 {
		return nil
	}
	key, fits := h.Locks[at].openBy(former)
	defer key.Zero()
	if !fits {
		return ErrWrongPhrase
	}
	return nil
}

// lockBy has a secret open the store from now on.
func (s *Store) lockBy(kind LockKind, secret []byte) error {
	d := s.derive()
	wrapping, err := KeyFromPassphrase(secret, d)
	if err != nil {
		return err
	}
	defer wrapping.Zero()
	return s.putLock(kind, wrapping, &d)
}

func (s *Store) putLock(kind LockKind, wrapping Key, d *Derivation) error {
	err := s.changeHeader(func(h *header) error {
		h.put(newLock(kind, wrapping, d, s.seal.key, s.clock()))
		return nil
	})
	if err != nil {
		return fmt.Errorf("locking the store: %w", err)
	}
	return nil
}

// AllowKeyring has the operating system's keyring open the store, with nothing to be typed. ErrNoKeyring where
// there is none.
func (s *Store) AllowKeyring() error {
	s.heading.Lock()
	owner := s.header.Owner
	s.heading.Unlock()
	if owner == nil {
		return errNoOwner
	}
	wrapping, err := keyFromKeyring(keyringService, owner.keyringUser())
	if err != nil {
		return err
	}
	defer wrapping.Zero()
	return s.putLock(LockKeyring, wrapping, nil)
}

// RemoveLock has nothing of this kind open the store any more, and none be added by itself. ErrLastLock when
// nothing else would open it.
func (s *Store) RemoveLock(kind LockKind) error {
	var owner *Owner
	err := s.changeHeader(func(h *header) error {
		owner = h.Owner
		h.remove(kind)
		if len(h.Locks) == 0 {
			return ErrLastLock
		}
		if !slices.Contains(h.Declined, kind) {
			h.Declined = append(h.Declined, kind)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("removing a lock: %w", err)
	}
	if kind == LockKeyring && owner != nil {
		return dropFromKeyring(keyringService, owner.keyringUser())
	}
	return nil
}

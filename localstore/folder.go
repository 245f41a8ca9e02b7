package localstore

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Folder is the place of this computer's stores: of each person at each centre one, which the locks in its
// header open.
type Folder struct {
	path    string
	log     *slog.Logger
	options []Option
}

// NewFolder gives the stores below path. The options are for each store that is opened there; they don't move
// its snapshots.
func NewFolder(path string, log *slog.Logger, options ...Option) *Folder {
	return &Folder{path: path, log: log, options: options}
}

const storeSuffix = ".db"

// Path is where the store of an owner is, or would be. ErrName when their ids can't be names of files.
func (f *Folder) Path(who Owner) (string, error) {
	if err := who.check(); err != nil {
		return "", err
	}
	return filepath.Join(f.path, who.Epoch, who.Person+storeSuffix), nil
}

// Known is what the computer knows of a person before anything is unlocked. It was written in clear: believe
// it no more than a label.
type Known struct {
	Owner        // without a name, in a store that no newer program has opened yet
	Locks []Lock // what opens it; none when both copies of its header are lost
	Used  time.Time
}

// Known lists the people whom the computer knows, the last one in use first. A store that can't be read is
// listed by its file's name. What Forget was cut off at is gone on with.
func (f *Folder) Known() ([]Known, error) {
	epochs, err := namesIn(f.path)
	if err != nil {
		return nil, fmt.Errorf("looking for stores: %w", err)
	}
	var list []Known
	for _, epoch := range epochs {
		names, err := namesIn(filepath.Join(f.path, epoch))
		if err != nil {
			return nil, fmt.Errorf("looking for stores: %w", err)
		}
		for _, name := range names {
			person, isMarker := strings.CutSuffix(name, storeSuffix+forgettingSuffix)
			if who := (Owner{Epoch: epoch, Person: person}); isMarker && who.check() == nil {
				if err := f.Forget(who); err != nil {
					f.log.Warn("a store is not forgotten yet", "cause", err)
				}
			}
			person, isHeader := strings.CutSuffix(name, storeSuffix+headerSuffix)
			person, isStore := strings.CutSuffix(person, storeSuffix)
			known, there := f.known(Owner{Epoch: epoch, Person: person})
			if there && (isStore || isHeader && !slices.Contains(names, person+storeSuffix)) {
				list = append(list, known)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Known) int { return b.Used.Compare(a.Used) })
	return list, nil
}

// namesIn gives the names in a folder; of none there are none.
func namesIn(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
		return nil, err
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, nil
}

func (f *Folder) known(who Owner) (Known, bool) {
	path, err := f.Path(who)
	if err != nil || strings.Contains(who.Person, heldFor) || forgetting(path) {
		return Known{}, false
	}
	known := Known{Owner: who}
	for _, name := range []string{path + headerSuffix, path} {
		if info, err := os.Stat(name); err == nil {
			known.Used = info.ModTime()
		}
	}
	if known.Used.IsZero() {
		return Known{}, false
	}
	if h, _, err := loadHeader(path, path+snapshotsSuffix); err == nil {
		known.Locks = h.list()
		if h.Owner != nil && h.Owner.Person == who.Person && h.Owner.Epoch == who.Epoch {
			known.Owner = *h.Owner
		}
	}
	return known, true
}

// heldFor is in the names of stores that are opened by a key in another one.
const heldFor = "-for-"

// Open opens the store of its owner, by the keyring or by the secret that they just gave (what their key was
// opened with, or their own passphrase; nil when there is none), and makes one where there is none. What of the
// two didn't open it does so from now on, unless the person declined that: either may be lost.
//
// It gives a *LockedError when neither opens it, and ErrNoKeyring for a new store when there is no keyring and
// no secret. Wiping the secret is the caller's.
func (f *Folder) Open(who Owner, secret []byte) (*Store, error) {
	return f.open(who, func(h header, held *Key) access { return h.access(held, secret) }, secret)
}

// OpenFormer opens the store by a former secret of its owner, or by their own passphrase; the present secret
// opens it from now on.
func (f *Folder) OpenFormer(who Owner, former, secret []byte) (*Store, error) {
	return f.open(who, func(h header, held *Key) access {
		a := h.access(held, former)
		a.bySecret = false // by the former one
		return a
	}, secret)
}

// access is a store's key and what gave it.
type access struct {
	key                 Key
	byKeyring, bySecret bool
	found               bool
}

func (f *Folder) open(who Owner, try func(header, *Key) access, secret []byte) (*Store, error) {
	path, err := f.Path(who)
	if err != nil {
		return nil, err
	}
	if err := f.finishForgetting(path, who); err != nil {
		return nil, err
	}
	h, _, err := loadHeader(path, path+snapshotsSuffix)
	switch {
	case errors.Is(err, ErrNewerFormat):
		return nil, err
	case err != nil && !there(path):
		return f.begin(path, who, secret)
	case err != nil:
		h = header{Format: 1} // lost: an old store's key may be the keyring's
	}
	held, found, err := knownToKeyring(keyringService, who.keyringUser())
	defer held.Zero()
	if err != nil {
		f.log.Info("no store's key from the keyring", "cause", err)
	}
	var a access
	if found {
		a = try(h, &held)
	} else {
		a = try(h, nil)
	}
	defer a.key.Zero()
	if !a.found {
		return nil, &LockedError{Path: path, Locks: h.list()}
	}
	s, err := f.enter(path, who, h, a, secret)
	if errors.Is(err, ErrWrongKey) {
		return nil, &LockedError{Path: path, Locks: h.list()}
	}
	return s, err
}

func there(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// access tries what the keyring holds (nil: nothing) and the secret, each, so that both are known as good or not.
func (h header) access(held *Key, secret []byte) (a access) {
	if h.Format < headerFormat {
		return h.accessOld(held, secret)
	}
	for _, l := range slices.Backward(h.Locks) {
		switch {
		case l.Kind == LockKeyring && held != nil:
			if key, fits := l.open(*held); fits {
				a.key, a.found, a.byKeyring = key, true, true
			}
		case l.Kind != LockKeyring && len(secret) > 0 && !a.bySecret:
			if key, fits := l.openBy(secret); fits {
				a.key, a.found, a.bySecret = key, true, true
			}
		}
	}
	return a
}

// accessOld gives the key of a store of format 1: the keyring's, or made from the secret. Whether it fits, Open
// says.
func (h header) accessOld(held *Key, secret []byte) access {
	switch {
	case h.Derivation == nil && held != nil:
		return access{key: *held, found: true}
	case h.Derivation != nil && len(secret) > 0:
		key, err := KeyFromPassphrase(secret, *h.Derivation)
		return access{key: key, found: err == nil}
	}
	return access{}
}

// begin makes a new store.
func (f *Folder) begin(path string, who Owner, secret []byte) (*Store, error) {
	a := access{}
	defer a.key.Zero()
	rand.Read(a.key[:]) // crypto/rand never gives an error, it ends the program
	locks, noKeyring := f.lacking(header{}, who, a, secret)
	if len(locks) == 0 {
		return nil, noKeyring
	}
	return Open(path, a.key, f.optionsFor(who, locks)...)
}

// enter opens a store whose key is known, and has what didn't give it do so from now on.
func (f *Folder) enter(path string, who Owner, h header, a access, secret []byte) (*Store, error) {
	locks, err := f.lacking(h, who, a, secret)
	if err != nil {
		f.log.Info("a store is not locked by the keyring", "cause", err)
	}
	s, err := Open(path, a.key, f.optionsFor(who, locks)...)
	if err != nil || h.Format < headerFormat || len(locks) == 0 {
		return s, err
	}
	err = s.changeHeader(func(h *header) error {
		for _, l := range locks {
			h.put(l)
		}
		return nil
	})
	if err != nil { // it is open, and opens again as it did
		f.log.Warn("a store has no new lock", "cause", err)
	}
	return s, nil
}

func (f *Folder) optionsFor(who Owner, locks []lock) []Option {
	return append(slices.Clone(f.options), WithOwner(who), withLocks(locks))
}

// lacking makes the locks that the store hasn't got and could have, around its key. The error says why there is
// none by the keyring.
func (f *Folder) lacking(h header, who Owner, a access, secret []byte) (locks []lock, noKeyring error) {
	o := settingsOf("", f.options)
	if !a.byKeyring && !slices.Contains(h.Declined, LockKeyring) {
		var held Key
		defer held.Zero()
		if held, noKeyring = keyFromKeyring(keyringService, who.keyringUser()); noKeyring == nil {
			locks = append(locks, newLock(LockKeyring, held, nil, a.key, o.clock()))
		}
	}
	if len(secret) > 0 && !a.bySecret && !slices.Contains(h.Declined, LockKey) {
		d := o.derive()
		wrapping, err := KeyFromPassphrase(secret, d)
		if err != nil { // never with parameters of our own
			return locks, err
		}
		defer wrapping.Zero()
		locks = append(locks, newLock(LockKey, wrapping, &d, a.key, o.clock()))
	}
	return locks, noKeyring
}

// PreferenceFormer is the name of the preference under which a store says that another one was put aside for
// it, and where that is.
const PreferenceFormer = "former store"

// OpenAnew begins a new store for a person who can't open their own any more. The former one is kept beside it
// as it is, and the new one says where under PreferenceFormer.
func (f *Folder) OpenAnew(who Owner, secret []byte) (*Store, error) {
	path, err := f.Path(who)
	if err != nil {
		return nil, err
	}
	o := settingsOf(path, f.options)
	aside := path + ".former-" + o.clock().UTC().Format("20060102T150405Z")
	if err := putAside(o.disk, path, aside); err != nil {
		return nil, err
	}
	s, err := f.begin(path, who, secret)
	if err != nil {
		return nil, err
	}
	if err := s.SetPreference(PreferenceFormer, []byte(aside)); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// putAside gives a store's files the names of another store. The header goes with each of them and stays until
// the last one is gone, so that at no moment there are records without it.
func putAside(d disk, path, aside string) (err error) {
	lock, err := lockFile(path + lockSuffix)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if there(aside) || there(aside+headerSuffix) {
		return fmt.Errorf("putting the former store aside: %w", fs.ErrExist)
	}
	own := path + headerSuffix
	if !there(own) {
		own = filepath.Join(path+snapshotsSuffix, headerCopy)
	}
	if there(own) {
		if err := d.replace(aside+headerSuffix, copyFile(own)); err != nil {
			return fmt.Errorf("putting the former store aside: %w", err)
		}
	}
	for _, part := range []string{filesSuffix, "", snapshotsSuffix} {
		if err := d.move(path+part, aside+part); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("putting the former store aside: %w", err)
		}
	}
	if err := d.remove(path + headerSuffix); err != nil {
		return fmt.Errorf("putting the former store aside: %w", err)
	}
	return nil
}

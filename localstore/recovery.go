package localstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

var (
	errMissing = errors.New("the file is gone")
	errEmpty   = errors.New("the file is empty")
)

// openOrRecover gives the open database of a sound file that the key fits. known says that the header of an
// earlier store is there, so that a missing file is a loss and not a beginning.
func (s *Store) openOrRecover(known bool) (*boltFile, error) {
	cause := s.presence()
	if cause == nil {
		db, err := s.openUntouched()
		if db == nil && err == nil {
			db, err = openSound(s.path, s.seal)
		}
		var d *damage
		if !errors.As(err, &d) {
			return db, err
		}
		cause = d.cause
	}
	snapshots, err := s.snapshots.list()
	if err != nil {
		return nil, err
	}
	if errors.Is(cause, errMissing) && len(snapshots) == 0 && !known {
		return s.begin()
	}
	r := &DamagedError{Path: s.path, Cause: cause}
	db, err := s.replaceBy(snapshots, r)
	if err != nil {
		if errors.Is(err, ErrWrongKey) || errors.Is(err, ErrNewerFormat) {
			return nil, err
		}
		r.Cause = errors.Join(cause, err)
		return nil, r
	}
	s.recovery = r
	return db, nil
}

// presence says what is missing before anything can be checked.
func (s *Store) presence() error {
	info, err := os.Stat(s.path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return errMissing
	case err == nil && info.Size() == 0:
		return errEmpty
	}
	return nil
}

// replaceBy puts the newest good snapshot, or else a new store, where the damaged file is, which it moves
// aside. Nothing is moved before it is known that the key fits what comes in its place.
func (s *Store) replaceBy(snapshots []snapshot, r *DamagedError) (*boltFile, error) {
	temp := s.path + ".part"
	for _, snap := range snapshots {
		err := restorable(s.disk, snap.path, temp, s.seal)
		var d *damage
		if errors.As(err, &d) {
			continue // this one is damaged too: an older one may not be
		}
		if err != nil {
			os.Remove(temp) // the next use overwrites it
			return nil, err
		}
		r.Snapshot, r.SnapshotTaken = snap.path, snap.taken
		if r.KeptAside, err = s.keepAside(); err != nil {
			return nil, err
		}
		if err := s.disk.move(temp, s.path); err != nil {
			return nil, err
		}
		return openSound(s.path, s.seal)
	}
	var err error
	if r.KeptAside, err = s.keepAside(); err != nil {
		return nil, err
	}
	return s.begin()
}

// restorable copies the snapshot to temp and opens it there once, to know that it is sound and the key fits.
func restorable(disk disk, snapshot, temp string, seal *sealer) error {
	if err := disk.write(temp, copyFile(snapshot)); err != nil {
		return storageError(err)
	}
	db, err := openSound(temp, seal)
	if err != nil {
		return err
	}
	return db.Close()
}

// keepAside gives the damaged file a name of its own, and returns it; empty when there is no file.
func (s *Store) keepAside() (string, error) {
	stem := s.path + ".damaged-" + s.clock().UTC().Format("20060102T150405Z")
	for i := 0; ; i++ {
		name := stem
		if i > 0 {
			name = fmt.Sprintf("%s-%d", stem, i)
		}
		if _, err := os.Lstat(name); !errors.Is(err, os.ErrNotExist) {
			if err != nil {
				return "", fmt.Errorf("keeping the damaged file aside: %w", err)
			}
			continue
		}
		err := s.disk.move(s.path, name)
		if errors.Is(err, os.ErrNotExist) {
			return "", nil
		}
		return name, err
	}
}

// begin makes a new store whole beside its place and then puts it there: a store that exists is never half made.
func (s *Store) begin() (*boltFile, error) {
	temp := s.path + ".part"
	if err := os.Remove(temp); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("making a new store: %w", err)
	}
	db, err := openBolt(temp)
	if err != nil {
		return nil, fmt.Errorf("making a new store: %w", storageError(err))
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range buckets {
			if _, err := tx.CreateBucket([]byte(name)); err != nil {
				return err
			}
		}
		t := &txn{tx: tx, seal: s.seal}
		if err := tx.Bucket([]byte(bucketMeta)).Put(formatKey, []byte{storeFormat}); err != nil {
			return err
		}
		return t.put(bucketMeta, checkKey, 0, nil)
	})
	if err := errors.Join(err, db.Close()); err != nil {
		return nil, fmt.Errorf("making a new store: %w", storageError(err))
	}
	if err := s.ensureHeader(); err != nil {
		return nil, err
	}
	if err := s.disk.move(temp, s.path); err != nil {
		return nil, fmt.Errorf("making a new store: %w", err)
	}
	return openSound(s.path, s.seal)
}

// openSound opens the file when its structure is sound, it is a store that this program knows, and the key
// fits. The error is a *damage, ErrWrongKey, ErrNewerFormat, ErrInUse, or the system's.
func openSound(name string, seal *sealer) (*boltFile, error) {
	if err := checkStructure(name); err != nil {
		return nil, err
	}
	if err := os.Chmod(name, 0o600); err != nil {
		return nil, fmt.Errorf("closing the store's file to others: %w", err)
	}
	db, err := openBolt(name)
	if err != nil {
		return nil, err
	}
	if err := identify(db, seal, checkPages); err != nil {
		return nil, err
	}
	return db, nil
}

// identify checks that an open file is the store that the key is of, and before it what else is to be checked
// (nil: nothing). Where it isn't, the file is closed.
func identify(db *boltFile, seal *sealer, before func(*bbolt.Tx) error) error {
	err := catchDamage(func() error {
		return db.View(func(tx *bbolt.Tx) error {
			if before != nil {
				if err := before(tx); err != nil {
					return err
				}
			}
			return checkIdentity(tx, seal)
		})
	})
	if err != nil {
		return errors.Join(err, db.Close())
	}
	return nil
}

// boltFile is an open bbolt file.
type boltFile struct {
	*bbolt.DB
	file *os.File
}

// abandon gives the file free without asking bbolt, whose locks may be held for ever once it has panicked. Its
// mapping of the file stays until the process ends.
func (b *boltFile) abandon() error { return errors.Join(unlockFile(b.file), b.file.Close()) }

func openBolt(name string) (*boltFile, error) {
	var b boltFile
	err := catchDamage(func() (err error) {
		b.DB, err = bbolt.Open(name, 0o600, &bbolt.Options{
			Timeout: 100 * time.Millisecond, // the lock is ours already; this is against strangers
			OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
				b.file, err = os.OpenFile(name, flag, mode)
				return b.file, err
			},
		})
		return err
	})
	var d *damage
	switch {
	case err == nil:
		return &b, nil
	case errors.Is(err, berrors.ErrTimeout):
		return nil, ErrInUse
	case errors.As(err, &d) && b.file != nil:
		return nil, errors.Join(err, b.abandon())
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch):
		return nil, &damage{err}
	}
	return nil, err
}

// checkPages is bbolt's own check. Its goroutine ends when everything it says has been heard.
func checkPages(tx *bbolt.Tx) error {
	var first error
	for err := range tx.Check() {
		if first == nil {
			first = err
		}
	}
	if first != nil {
		return &damage{first}
	}
	return nil
}

// checkIdentity says whether the file is a store, of this format, sealed under this key.
func checkIdentity(tx *bbolt.Tx, seal *sealer) error {
	for _, name := range buckets {
		if tx.Bucket([]byte(name)) == nil {
			return damaged("it has no %s", name)
		}
	}
	meta := tx.Bucket([]byte(bucketMeta))
	format := meta.Get(formatKey)
	if len(format) != 1 || format[0] == 0 {
		return damaged("it doesn't say its format")
	}
	if format[0] > storeFormat {
		return ErrNewerFormat
	}
	check := meta.Get(checkKey)
	if check == nil {
		return damaged("it has no check value")
	}
	if _, _, err := seal.open(bucketMeta, checkKey, check); err != nil {
		return ErrWrongKey
	}
	return nil
}

// ensureBuckets makes what stores had not yet when this one was made.
func (s *Store) ensureBuckets() error {
	var missing []string
	err := s.view(func(t *txn) error {
		for _, name := range laterBuckets {
			if t.bucket(name) == nil {
				missing = append(missing, name)
			}
		}
		return nil
	})
	if err != nil || len(missing) == 0 {
		return err
	}
	return s.commit(&txn{}, func(t *txn) error {
		for _, name := range missing {
			if _, err := t.tx.CreateBucket([]byte(name)); err != nil {
				return err
			}
		}
		return nil
	})
}

// openValues reads into memory what is kept there, and sets aside, in the file, the sealed values of a person's
// own work that don't open. The mirror's are opened when asked for: there are many, and the centre has them.
func (s *Store) openValues() error {
	var bad []badValue
	err := s.view(func(t *txn) error {
		for _, name := range []string{bucketDrafts, bucketHistory, bucketPreferences} {
			err := t.bucket(name).ForEach(func(k, v []byte) error {
				if _, _, err := t.seal.open(name, k, v); err != nil {
					bad = append(bad, badValue{name, append([]byte(nil), k...)})
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		worse, err := s.readMemory(t)
		bad = append(bad, worse...)
		return err
	})
	if err != nil || len(bad) == 0 {
		return err
	}
	return s.setAside(bad)
}

type badValue struct {
	bucket string
	key    []byte
}

func (s *Store) setAside(bad []badValue) error {
	err := s.commit(&txn{}, func(t *txn) error {
		for _, b := range bad {
			from := t.bucket(b.bucket)
			place := append([]byte(b.bucket+"\x00"), b.key...)
			if err := t.bucket(bucketSetAside).Put(place, from.Get(b.key)); err != nil {
				return err
			}
			if err := from.Delete(b.key); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("setting values aside that don't open: %w", err)
	}
	if s.recovery == nil {
		s.recovery = &DamagedError{Path: s.path, Cause: errUnsealed}
	}
	for _, b := range bad {
		s.recovery.Values = append(s.recovery.Values, b.bucket+"/"+keyText(b.bucket, b.key))
	}
	return nil
}

// readMemory fills queue and cursor from the file and says which of their values don't open.
func (s *Store) readMemory(t *txn) ([]badValue, error) {
	var bad []badValue
	fresh := newQueue()
	err := t.bucket(bucketOutbox).ForEach(func(k, v []byte) error {
		cmd, err := t.command(k, v)
		if err != nil {
			bad = append(bad, badValue{bucketOutbox, append([]byte(nil), k...)})
			return nil
		}
		fresh.add(entry{seq: binary.BigEndian.Uint64(k), id: cmd.ID, aggregate: cmd.Aggregate, after: cmd.After, state: cmd.State})
		return nil
	})
	if err != nil {
		return nil, err
	}
	cursor, _, found, err := t.get(bucketMeta, cursorKey)
	if found && err != nil {
		bad = append(bad, badValue{bucketMeta, cursorKey})
	}
	s.memory.Lock()
	defer s.memory.Unlock()
	s.queue, s.cursor = fresh, string(cursor)
	return bad, nil
}

// reload brings memory after the file when a commit's outcome is unknown. The caller holds life and writing.
func (s *Store) reload() error {
	return s.judge(catchDamage(func() error {
		return s.db.View(func(tx *bbolt.Tx) error {
			_, err := s.readMemory(&txn{tx: tx, seal: s.seal})
			return err
		})
	}))
}

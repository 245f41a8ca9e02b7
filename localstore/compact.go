package localstore

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"go.etcd.io/bbolt"
)

// Room tells how large the store's file is and how much of that holds nothing, in bytes.
func (s *Store) Room() (size, free int64, err error) {
	s.life.RLock()
	defer s.life.RUnlock()
	if err := s.usable(); err != nil {
		return 0, 0, err
	}
	info, err := os.Stat(s.path)
	if err != nil {
		return 0, 0, fmt.Errorf("measuring the store: %w", err)
	}
	stats := s.db.Stats()
	return info.Size(), int64(stats.FreePageN+stats.PendingPageN) * int64(s.db.Info().PageSize), nil
}

// compactTries is how often the file is copied beside the writers before they are made to wait for it.
const compactTries = 3

// Compact writes the records into a new file without the room of deleted ones, compares the two and puts the
// new one in place of the old in one step. Readers wait for the last step alone, unless writers never rest.
func (s *Store) Compact() error {
	for range compactTries {
		copied, err := s.compactBeside()
		if err != nil {
			return err
		}
		if done, err := s.exchange(copied); done || err != nil {
			return err
		}
	}
	s.life.Lock()
	defer s.life.Unlock()
	if err := s.usable(); err != nil {
		return err
	}
	if _, err := s.copyCompact(); err != nil {
		return err
	}
	return s.putInPlace()
}

// compactBeside makes the new file while readers and writers go on, and says of which transaction it is.
func (s *Store) compactBeside() (txid int, err error) {
	s.life.RLock()
	defer s.life.RUnlock()
	if err := s.usable(); err != nil {
		return 0, err
	}
	return s.copyCompact()
}

// exchange puts the new file in place unless somebody has written since.
func (s *Store) exchange(copied int) (done bool, err error) {
	s.life.Lock()
	defer s.life.Unlock()
	if err := s.usable(); err != nil {
		return false, err
	}
	now := 0
	err = s.judge(catchDamage(func() error {
		return s.db.View(func(tx *bbolt.Tx) error { now = tx.ID(); return nil })
	}))
	if err != nil || now != copied {
		return false, err
	}
	return true, s.putInPlace()
}

// copyCompact writes P.part, which holds what one moment of the store holds. The caller holds life.
func (s *Store) copyCompact() (txid int, err error) {
	s.copying.Lock()
	defer s.copying.Unlock()
	temp := s.path + partSuffix
	if err := s.disk.remove(temp); err != nil {
		return 0, fmt.Errorf("compacting the store: %w", err)
	}
	err = s.judge(catchDamage(func() error {
		return s.db.View(func(tx *bbolt.Tx) error {
			txid = tx.ID()
			return s.copyBuckets(tx, temp)
		})
	}))
	if err != nil {
		os.Remove(temp) // the next use overwrites it
		return 0, fmt.Errorf("compacting the store: %w", err)
	}
	return txid, nil
}

// copyBuckets writes all values into a new file, and reads them back.
func (s *Store) copyBuckets(from *bbolt.Tx, temp string) (err error) {
	if err := s.disk.step("create", temp); err != nil {
		return err
	}
	db, err := openBolt(temp)
	if err != nil {
		return err
	}
	db.NoSync = true // until all of it is there
	err = errors.Join(copyValues(from, db), s.disk.step("flush", temp))
	if err == nil {
		err = db.Sync()
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	db, err = openSound(temp, s.seal)
	if err != nil {
		return err
	}
	err = db.View(func(to *bbolt.Tx) error { return sameValues(from, to) })
	return errors.Join(err, db.Close())
}

// copyStep is how much is written in one transaction of the new file.
const copyStep = 4 << 20

func copyValues(from *bbolt.Tx, db *boltFile) error {
	tx, err := db.Begin(true)
	if err != nil {
		return err
	}
	defer func() { tx.Rollback() }() // says ErrTxClosed after the last commit
	size := 0
	err = from.ForEach(func(name []byte, b *bbolt.Bucket) error {
		to, err := tx.CreateBucket(name)
		if err == nil {
			err = to.SetSequence(b.Sequence())
		}
		if err != nil {
			return err
		}
		return b.ForEach(func(k, v []byte) error {
			if v == nil {
				return fmt.Errorf("the bucket %s has another one in it", name)
			}
			if size += len(k) + len(v); size > copyStep {
				size = 0
				if err := tx.Commit(); err != nil {
					return err
				}
				if tx, err = db.Begin(true); err != nil {
					return err
				}
				to = tx.Bucket(name)
			}
			to.FillPercent = 0.95 // keys come in order
			return to.Put(k, v)
		})
	})
	if err != nil {
		return err
	}
	return tx.Commit()
}

var errUnlike = errors.New("what was copied is not what it was copied from")

// sameValues says whether two files hold the same.
func sameValues(one, other *bbolt.Tx) error {
	if bucketCount(one) != bucketCount(other) {
		return errUnlike
	}
	return one.ForEach(func(name []byte, b *bbolt.Bucket) error {
		to := other.Bucket(name)
		if to == nil || to.Sequence() != b.Sequence() {
			return errUnlike
		}
		c, d := b.Cursor(), to.Cursor()
		k, v := c.First()
		l, w := d.First()
		for ; k != nil || l != nil; k, v = c.Next() {
			if !bytes.Equal(k, l) || !bytes.Equal(v, w) {
				return errUnlike
			}
			l, w = d.Next()
		}
		return nil
	})
}

func bucketCount(tx *bbolt.Tx) (n int) {
	c := tx.Cursor()
	for name, _ := c.First(); name != nil; name, _ = c.Next() {
		n++
	}
	return n
}

// openThere opens a file that is there; bbolt makes one that isn't.
func openThere(name string) (*boltFile, error) {
	if !there(name) {
		return nil, errMissing
	}
	return openBolt(name)
}

// putInPlace gives the new file the store's name. The caller holds life for itself alone, and nothing was
// written since the new file was made.
func (s *Store) putInPlace() error {
	temp := s.path + partSuffix
	err := s.db.Close()
	if err == nil {
		err = s.disk.move(temp, s.path)
	}
	again, openErr := openThere(s.path) // the new file, or the old one if it couldn't be moved away
	if openErr != nil {
		s.db = nil
		s.broken.CompareAndSwap(nil, &DamagedError{Path: s.path, Cause: errors.Join(err, openErr)})
		return s.broken.Load()
	}
	s.db = again
	if err != nil {
		os.Remove(temp) // the next use overwrites it
		return fmt.Errorf("compacting the store: %w", storageError(err))
	}
	return nil
}

package localstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"time"

	"go.etcd.io/bbolt"
)

// A file of many objects takes longer to check than a person wants to look at an empty window. So a store that
// is closed leaves a mark beside its file, P.clean, by which the next opening sees that nothing has touched the
// file since; then it is checked in the background, once the first screen is there. A mark is good once.

const (
	cleanSuffix = ".clean"
	cleanPlace  = "clean" // where the mark says it is; no bucket of the file is called so

	// checkAfter is when the file is checked at the latest, though nobody asked for the index.
	checkAfter = 3 * time.Second
)

var errEnding = errors.New("the store is closing")

// fingerprint tells a file from what it is after any write: its size, its time and both meta pages, one of which
// each transaction changes.
func fingerprint(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	meta, err := newestMeta(f, info.Size())
	if err != nil {
		return nil, err
	}
	print := binary.BigEndian.AppendUint64(nil, uint64(info.Size()))
	print = binary.BigEndian.AppendUint64(print, uint64(info.ModTime().UnixNano()))
	for _, at := range []int64{0, meta.pageSize} {
		raw := make([]byte, pageHeaderSize+metaSize)
		if _, err := f.ReadAt(raw, at); err != nil {
			return nil, err
		}
		print = append(print, raw...)
	}
	return print, nil
}

// markClean leaves the mark for a file that was closed whole. Its time is set to one that no clock gives, so
// that a write that follows at once has another. Where that can't be done there is no mark, and the file is
// checked before it is opened again.
func markClean(path string, seal *sealer) {
	at := time.Now().Add(-time.Duration(rand.Int64N(int64(time.Second))))
	if os.Chtimes(path, time.Time{}, at) != nil {
		return
	}
	info, err := os.Stat(path)
	if err != nil || info.ModTime().Sub(at).Abs() > time.Microsecond { // times are kept too coarsely
		return
	}
	if print, err := fingerprint(path); err == nil {
		os.WriteFile(path+cleanSuffix, seal.seal(cleanPlace, nil, 0, print), 0o600) // cut short, it doesn't open
	}
}

// untouched says whether nothing has touched the file since it was closed whole.
func untouched(path string, seal *sealer) bool {
	mark, err := os.ReadFile(path + cleanSuffix)
	if err != nil {
		return false
	}
	then, _, err := seal.open(cleanPlace, nil, mark)
	if err != nil {
		return false
	}
	now, err := fingerprint(path)
	return err == nil && bytes.Equal(then, now)
}

// openUntouched opens a file that is as its store left it, and takes the mark away; nil when it isn't as it
// was left, or when opening shows damage.
func (s *Store) openUntouched() (*boltFile, error) {
	if !untouched(s.path, s.seal) {
		return nil, nil
	}
	if err := os.Chmod(s.path, 0o600); err != nil {
		return nil, fmt.Errorf("closing the store's file to others: %w", err)
	}
	db, err := openBolt(s.path)
	if err == nil {
		err = identify(db, s.seal, nil)
	}
	var d *damage
	switch {
	case errors.As(err, &d):
		return nil, nil // whoever checks it whole will say what is wrong
	case err != nil:
		return nil, err
	}
	if err := os.Remove(s.path + cleanSuffix); err != nil {
		return nil, errors.Join(fmt.Errorf("taking away the store's mark: %w", err), db.Close())
	}
	s.background.Go(s.checkLater)
	return db, nil
}

// checkLater checks the structure of the whole file while the store is used. After damage nothing is trusted.
func (s *Store) checkLater() {
	later := time.NewTimer(checkAfter)
	defer later.Stop()
	select {
	case <-s.settled:
	case <-later.C:
	case <-s.ending:
		return
	}
	err := s.checkBeside()
	if err != nil && !errors.Is(err, ErrClosed) && !errors.Is(err, errEnding) {
		s.judgeLater(err)
	}
}

// judgeLater stops the store when the error is damage, and tells those who listen, for them to see it.
func (s *Store) judgeLater(err error) {
	s.life.RLock()
	err = s.judge(err)
	s.life.RUnlock()
	var d *DamagedError
	if errors.As(err, &d) {
		s.tell(Mirror)
	}
}

// checkBeside checks the file as one moment has it: what a reading transaction sees is written nowhere else
// until it ends.
func (s *Store) checkBeside() error {
	s.life.RLock()
	defer s.life.RUnlock()
	if err := s.usable(); err != nil {
		return err
	}
	f, err := os.Open(s.path)
	if errors.Is(err, fs.ErrNotExist) { // taken away meanwhile: opening it again will tell
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	var w *walk
	tx, err := s.momentOf(func() error {
		info, err := f.Stat()
		if err == nil {
			w, err = newWalk(f, info.Size())
		}
		return err
	})
	if err != nil {
		return err
	}
	defer tx.Rollback() // of a reading transaction it can't fail but by being done
	w.ending = s.ending
	return w.all()
}

// momentOf begins a reading transaction when nobody writes, with something else that is to be of its moment.
func (s *Store) momentOf(also func() error) (tx *bbolt.Tx, err error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := also(); err != nil {
		return nil, err
	}
	err = catchDamage(func() error {
		tx, err = s.db.Begin(false)
		return err
	})
	return tx, err
}

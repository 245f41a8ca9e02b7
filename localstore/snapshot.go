package localstore

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"
)

// snapshotFolder is where the whole copies of the file lie, named by the instant at which they were taken.
type snapshotFolder struct {
	dir  string
	keep int
}

const (
	snapshotsSuffix = ".snapshots" // of the folder
	snapshotSuffix  = ".snapshot"
	snapshotLayout  = "20060102T150405.000000000Z"
)

type snapshot struct {
	path  string
	taken time.Time
}

// list gives the snapshots, the newest first; other files in the folder are left alone.
func (f snapshotFolder) list() ([]snapshot, error) {
	entries, err := os.ReadDir(f.dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for snapshots: %w", err)
	}
	var found []snapshot
	for _, e := range entries {
		stem, ok := strings.CutSuffix(e.Name(), snapshotSuffix)
		taken, err := time.Parse(snapshotLayout, stem)
		if ok && err == nil && e.Type().IsRegular() {
			found = append(found, snapshot{path: filepath.Join(f.dir, e.Name()), taken: taken})
		}
	}
	slices.SortFunc(found, func(a, b snapshot) int { return b.taken.Compare(a.taken) })
	return found, nil
}

// Snapshot writes a consistent copy of the whole store, for Open to fall back on, and returns its path. The
// copy is checked before it counts, appears whole or not at all, and makes the oldest beyond the number kept
// go. Writers go on meanwhile, unless the file must grow. A command accepted after the snapshot is in its outbox still: sent
// again under its id, it has no second effect at the centre.
func (s *Store) Snapshot() (string, error) {
	s.life.RLock()
	defer s.life.RUnlock()
	if err := s.usable(); err != nil {
		return "", err
	}
	name, err := s.takeSnapshot()
	if err != nil {
		return "", fmt.Errorf("taking a snapshot: %w", s.judge(err))
	}
	return name, nil
}

// LastSnapshot tells when the newest snapshot was taken; the zero time when there is none.
func (s *Store) LastSnapshot() (time.Time, error) {
	list, err := s.snapshots.list()
	if err != nil || len(list) == 0 {
		return time.Time{}, err
	}
	return list[0].taken, nil
}

func (s *Store) takeSnapshot() (string, error) {
	if err := os.MkdirAll(s.snapshots.dir, 0o700); err != nil {
		return "", err
	}
	s.copying.Lock()
	defer s.copying.Unlock()
	before, err := s.snapshots.list()
	if err != nil {
		return "", err
	}
	taken := s.clock().UTC()
	if len(before) > 0 && !taken.After(before[0].taken) {
		taken = before[0].taken.Add(1) // the clock was put back, and the newest must sort first
	}
	name := filepath.Join(s.snapshots.dir, taken.Format(snapshotLayout)+snapshotSuffix)
	temp := name + ".part"
	if err := s.copyTo(temp); err != nil {
		os.Remove(temp) // the next snapshot has another name, and nobody takes this one for one
		return "", err
	}
	if err := s.disk.move(temp, name); err != nil {
		return "", err
	}
	for _, old := range before[min(len(before), s.snapshots.keep-1):] {
		if err := os.Remove(old.path); err != nil {
			return "", err
		}
	}
	return name, nil
}

// copyTo writes a copy that can be opened. What a copy of a damaged store shows is damage of the store.
func (s *Store) copyTo(temp string) error {
	err := catchDamage(func() error {
		return s.db.View(func(tx *bbolt.Tx) error {
			return s.disk.write(temp, func(w io.Writer) error { _, err := tx.WriteTo(w); return err })
		})
	})
	if err != nil {
		return err
	}
	return checkStructure(temp)
}

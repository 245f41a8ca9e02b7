package localstore

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// header is the small file beside the store that is read before there is a key: whose the store is, the locks
// with its key behind them, and a sealed value that only the right key opens. A second copy lies among the
// snapshots. Each is one line of JSON after a line with its SHA-256, so that a damaged copy is known as such
// and not taken for a wrong key. Where the two differ, the first is right: the second is written after it.
type header struct {
	Format   int        `json:"format"`
	Owner    *Owner     `json:"owner,omitempty"`
	Locks    []lock     `json:"locks,omitempty"`    // none: the key is kept by the caller
	Declined []LockKind `json:"declined,omitempty"` // locks that the person doesn't want
	Check    []byte     `json:"check"`              // holds Owner again, sealed

	// Derivation is of format 1, which had no locks: the key itself was made so, or, without it, was the
	// keyring's.
	Derivation *Derivation `json:"derivation,omitempty"`
}

const (
	headerFormat = 2
	headerLimit  = 64 << 10
	headerSuffix = ".header"
	headerCopy   = "header" // the copy's name in the folder of the snapshots
	headerBucket = "header" // where the check value says it is; no bucket of the file is called so
)

var headerCheckKey = []byte("check")

func (h header) fits(s *sealer) bool {
	_, _, err := s.open(headerBucket, headerCheckKey, h.Check)
	return err == nil
}

// seal gives the check value, which repeats the owner: what is in clear may have been written by anybody.
func (h *header) seal(s *sealer) error {
	owner, err := json.Marshal(h.Owner)
	if err != nil {
		return fmt.Errorf("writing the store's header: %w", err)
	}
	h.Check = s.seal(headerBucket, headerCheckKey, 0, owner)
	return nil
}

// genuine says whether the owner in clear is the one that was sealed.
func (h header) genuine(s *sealer) bool {
	sealed, _, err := s.open(headerBucket, headerCheckKey, h.Check)
	if err != nil {
		return false
	}
	clear, err := json.Marshal(h.Owner)
	return err == nil && (bytes.Equal(sealed, clear) || len(sealed) == 0 && h.Owner == nil)
}

// sealedOwner gives the owner that was sealed; nil when none was.
func (h header) sealedOwner(s *sealer) *Owner {
	sealed, _, err := s.open(headerBucket, headerCheckKey, h.Check)
	var owner *Owner
	if err != nil || len(sealed) == 0 || json.Unmarshal(sealed, &owner) != nil {
		return nil
	}
	return owner
}

func (h header) clone() header {
	h.Locks, h.Declined = slices.Clone(h.Locks), slices.Clone(h.Declined)
	return h
}

// loadHeader reads the header or, where that is gone or damaged, its copy; whole says that both are good and
// the same. The error is os.ErrNotExist only when neither is there.
func loadHeader(path, snapshots string) (h header, whole bool, err error) {
	h, raw, err := readHeader(path + headerSuffix)
	again, rawAgain, copyErr := readHeader(filepath.Join(snapshots, headerCopy))
	switch {
	case err == nil:
		return h, copyErr == nil && bytes.Equal(raw, rawAgain), nil
	case copyErr == nil:
		return again, false, nil
	case errors.Is(err, os.ErrNotExist):
		err = copyErr
	}
	return header{}, false, err
}

func readHeader(name string) (h header, raw []byte, err error) {
	f, err := os.Open(name)
	if err != nil {
		return header{}, nil, fmt.Errorf("reading the store's header: %w", err)
	}
	defer f.Close()
	raw, err = io.ReadAll(io.LimitReader(f, headerLimit))
	if err != nil {
		return header{}, nil, fmt.Errorf("reading the store's header: %w", err)
	}
	sum, text, _ := bytes.Cut(raw, []byte("\n"))
	if string(sum) != fmt.Sprintf("%x", sha256.Sum256(text)) {
		return header{}, nil, errors.New("reading the store's header: its digest is another")
	}
	if err := json.Unmarshal(text, &h); err != nil {
		return header{}, nil, fmt.Errorf("reading the store's header: %w", err)
	}
	if h.Format > headerFormat {
		return header{}, nil, fmt.Errorf("reading the store's header: %w", ErrNewerFormat)
	}
	if len(h.Locks) > mostLocks {
		return header{}, nil, fmt.Errorf("reading the store's header: %d locks, not %d at most", len(h.Locks), mostLocks)
	}
	return h, raw, nil
}

// ensureHeader writes both copies unless both were there whole. A new store gets them before it is there
// itself: a store whose locks can't be turned into its key any more would be lost.
func (s *Store) ensureHeader() error {
	if s.headerWhole {
		return nil
	}
	h := s.header.clone()
	if h.Check == nil {
		h.Format = headerFormat
		if err := h.seal(s.seal); err != nil {
			return err
		}
	}
	if err := s.disk.writeHeader(s.path, s.snapshots.dir, h); err != nil {
		return err
	}
	s.header, s.headerWhole = h, true
	return nil
}

// changeHeader writes a changed header. When it returns an error, the header is as it was, here and in the
// file, unless the system didn't tell what became of it: then it is read again.
func (s *Store) changeHeader(change func(*header) error) error {
	s.life.RLock()
	defer s.life.RUnlock()
	s.heading.Lock()
	defer s.heading.Unlock()
	if err := s.usable(); err != nil {
		return err
	}
	h := s.header.clone()
	if err := change(&h); err != nil {
		return err
	}
	if len(h.Locks) > 0 || h.Derivation == nil {
		h.Format, h.Derivation = headerFormat, nil // else format 1 says how the key is made
	}
	if err := h.seal(s.seal); err != nil {
		return err
	}
	if err := s.disk.writeHeader(s.path, s.snapshots.dir, h); err != nil {
		if there, _, readErr := readHeader(s.path + headerSuffix); readErr == nil && there.fits(s.seal) {
			s.header = there
		}
		return err
	}
	s.header = h
	return nil
}

func (d disk) writeHeader(path, snapshots string, h header) error {
	text, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("writing the store's header: %w", err)
	}
	text = fmt.Appendf(nil, "%x\n%s", sha256.Sum256(text), text)
	if err := os.MkdirAll(snapshots, 0o700); err != nil {
		return fmt.Errorf("writing the store's header: %w", storageError(err))
	}
	for _, name := range []string{path + headerSuffix, filepath.Join(snapshots, headerCopy)} {
		err := d.replace(name, func(w io.Writer) error { _, err := w.Write(text); return err })
		if err != nil {
			return fmt.Errorf("writing the store's header: %w", err)
		}
	}
	return nil
}

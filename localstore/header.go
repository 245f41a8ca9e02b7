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
)

// header is the small file beside the store that is read before there is a key: how to make the key, and a
// sealed value that only the right key opens. A second copy lies among the snapshots. Each is one line of JSON
// after a line with its SHA-256, so that a damaged copy is known as such and not taken for a wrong key.
type header struct {
	Format     int         `json:"format"`
	Derivation *Derivation `json:"derivation,omitempty"` // nil: the key is the keyring's
	Check      []byte      `json:"check"`
}

const (
	headerFormat = 1
	headerLimit  = 4 << 10
	headerCopy   = "header" // the copy's name in the folder of the snapshots
	headerBucket = "header" // where the check value says it is; no bucket of the file is called so
)

var headerCheckKey = []byte("check")

func (h header) fits(s *sealer) bool {
	_, _, err := s.open(headerBucket, headerCheckKey, h.Check)
	return err == nil
}

// DerivationOf tells how the key of the store at path is made from its passphrase. false means that the store
// isn't there, or that its key is the keyring's. Of options only WithSnapshots matters.
func DerivationOf(path string, options ...Option) (Derivation, bool, error) {
	o := settings{snapshots: snapshotFolder{dir: path + ".snapshots"}}
	for _, set := range options {
		set(&o)
	}
	h, _, err := loadHeader(path, o.snapshots.dir)
	if errors.Is(err, os.ErrNotExist) || err == nil && h.Derivation == nil {
		return Derivation{}, false, nil
	}
	if err != nil {
		return Derivation{}, false, err
	}
	return *h.Derivation, true, nil
}

// loadHeader reads the header or, where that is gone or damaged, its copy; whole says that both are good. The
// error is os.ErrNotExist only when neither is there.
func loadHeader(path, snapshots string) (h header, whole bool, err error) {
	h, err = readHeader(path + ".header")
	again, copyErr := readHeader(filepath.Join(snapshots, headerCopy))
	switch {
	case err == nil:
		return h, copyErr == nil, nil
	case copyErr == nil:
		return again, false, nil
	case errors.Is(err, os.ErrNotExist):
		err = copyErr
	}
	return header{}, false, err
}

func readHeader(name string) (header, error) {
	f, err := os.Open(name)
	if err != nil {
		return header{}, fmt.Errorf("reading the store's header: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, headerLimit))
	if err != nil {
		return header{}, fmt.Errorf("reading the store's header: %w", err)
	}
	sum, text, _ := bytes.Cut(raw, []byte("\n"))
	if string(sum) != fmt.Sprintf("%x", sha256.Sum256(text)) {
		return header{}, errors.New("reading the store's header: its digest is another")
	}
	var h header
	if err := json.Unmarshal(text, &h); err != nil {
		return header{}, fmt.Errorf("reading the store's header: %w", err)
	}
	if h.Format > headerFormat {
		return header{}, fmt.Errorf("reading the store's header: %w", ErrNewerFormat)
	}
	return h, nil
}

// ensureHeader writes both copies unless both were there whole. A new store gets them before it is there
// itself: a store whose passphrase can't be turned into its key any more would be lost.
func (s *Store) ensureHeader() error {
	if s.headerWhole {
		return nil
	}
	h := header{
		Format: headerFormat, Derivation: s.derivation,
		Check: s.seal.seal(headerBucket, headerCheckKey, 0, nil),
	}
	if err := writeHeader(s.path, s.snapshots.dir, h); err != nil {
		return err
	}
	s.headerWhole = true
	return nil
}

func writeHeader(path, snapshots string, h header) error {
	text, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("writing the store's header: %w", err)
	}
	text = fmt.Appendf(nil, "%x\n%s", sha256.Sum256(text), text)
	if err := os.MkdirAll(snapshots, 0o700); err != nil {
		return fmt.Errorf("writing the store's header: %w", storageError(err))
	}
	for _, name := range []string{filepath.Join(snapshots, headerCopy), path + ".header"} {
		err := replaceFile(name, func(w io.Writer) error { _, err := w.Write(text); return err })
		if err != nil {
			return fmt.Errorf("writing the store's header: %w", err)
		}
	}
	return nil
}

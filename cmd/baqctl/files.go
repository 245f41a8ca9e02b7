package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"baqylau/signing"
)

// Bounds of what is read whole.
const (
	maxKeyFile      = 1 << 20
	maxPasswordFile = 4 << 10
	maxSignature    = 16 << 20
)

var (
	// errTooLarge is a file beyond the bound of its kind.
	errTooLarge = errors.New("the file is too large")
	// errNoPassword is a password file whose first line is missing or endless.
	errNoPassword = errors.New("no password in the first line of the file")
	// errInTheWay is a file where the signature should go, which is not this person's signature.
	errInTheWay = errors.New("another file is in the way")
)

// badInput is input that nothing can be said about: the program ends with the exit status 3.
type badInput struct{ error }

func (b badInput) Unwrap() error { return b.error }

// readBounded reads a file of at most so many bytes; a device without an end is cut off there.
func readBounded(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("%s: %w", path, errTooLarge)
	}
	return data, nil
}

// readPassword is the first line of a file, in a buffer that the caller overwrites. Nothing is read twice, so
// that the file may be a pipe.
func readPassword(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	buffer := make([]byte, maxPasswordFile) // never grown: a grown one leaves a copy behind
	n, err := io.ReadFull(f, buffer)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		clear(buffer)
		return nil, err
	}
	line, rest := buffer[:n], false
	if end := bytes.IndexByte(line, '\n'); end >= 0 {
		line, rest = line[:end], true
	}
	line = bytes.TrimPrefix(bytes.TrimSuffix(line, []byte("\r")), []byte("\ufeff")) // as Notepad writes it
	if len(line) == 0 || n == len(buffer) && !rest {
		clear(buffer)
		return nil, fmt.Errorf("%s: %w", path, errNoPassword)
	}
	clear(buffer[n:])
	return line, nil
}

// openKey opens a key file with the password in the first line of another file.
func openKey(ctx context.Context, path, passwordFile string) (*signing.Key, error) {
	return unlessStopped(ctx, func() (*signing.Key, error) { return readKey(path, passwordFile) })
}

func readKey(path, passwordFile string) (*signing.Key, error) {
	data, err := readBounded(path, maxKeyFile)
	if err != nil {
		return nil, badInput{err}
	}
	defer clear(data)
	password, err := readPassword(passwordFile)
	if err != nil {
		return nil, badInput{err}
	}
	defer clear(password[:cap(password)])
	key, err := signing.OpenPKCS12(filepath.Base(path), data, password)
	if errors.Is(err, signing.ErrNotPKCS12) || errors.Is(err, signing.ErrDamaged) || errors.Is(err, signing.ErrCostly) {
		return nil, badInput{err}
	}
	return key, err
}

// putNew writes a file that must not be there yet: whole under its name, or not at all. [errInTheWay] when there
// is one.
func putNew(path string, write func(io.Writer) error) error {
	making, err := os.OpenFile(filepath.Join(filepath.Dir(path), ".baqctl-"+rand.Text()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	err = write(making)
	if err == nil {
		err = making.Sync()
	}
	err = errors.Join(err, making.Close())
	if err == nil {
		err = nameNew(making.Name(), path)
	}
	if gone := os.Remove(making.Name()); !errors.Is(gone, fs.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return err
}

// nameNew gives a finished file its name, which nobody else may have. A link can't take another's place; where
// the file system has no links (FAT on a memory stick), a look and a renaming must do.
func nameNew(from, to string) error {
	err := os.Link(from, to)
	switch {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s: %w", to, errInTheWay)
	case errors.Is(err, syscall.EPERM), errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.ENOSYS):
		if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
			return errors.Join(err, fmt.Errorf("%s: %w", to, errInTheWay))
		}
		return os.Rename(from, to)
	}
	return err
}

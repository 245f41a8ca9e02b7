package localstore

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"
)

// What a caller must tell apart. No error carries a key, a passphrase or a value.
var (
	// ErrInUse: the store is open already, in this process or another.
	ErrInUse = errors.New("the store is open elsewhere")
	// ErrWrongKey: the key doesn't fit the store; nothing was changed.
	ErrWrongKey = errors.New("the key doesn't fit the store")
	// ErrNoKeyring: the operating system offers no keyring, or it refuses; ask for a passphrase.
	ErrNoKeyring = errors.New("no keyring to keep the key in")
	// ErrNewerFormat: a newer program wrote the store; nothing was changed.
	ErrNewerFormat = errors.New("the store was written by a newer program")
	// ErrDiskFull: no room for the write; what was stored before is whole, and the write may be repeated.
	ErrDiskFull = errors.New("no room left on the disk")
	// ErrClosed: the store was closed.
	ErrClosed = errors.New("the store is closed")
	// ErrTooLarge: a body or an answer is larger than MaxValue.
	ErrTooLarge = errors.New("the value is too large")
	// ErrName: a kind, id, aggregate or other name is empty, too long or has a NUL in it.
	ErrName = errors.New("unusable name")
	// ErrDuplicate: another command has this id.
	ErrDuplicate = errors.New("another command has this id")
	// ErrNotQueued: no command has this id.
	ErrNotQueued = errors.New("no such command in the outbox")
	// ErrOrder: the command's state, or its place behind another of its aggregate, doesn't allow this.
	ErrOrder = errors.New("the command's state or place doesn't allow this")
)

// DamagedError says that the file was damaged and what became of it. Store.Recovery gives it after a recovery
// that worked; as an error it means that the store can't be used until it is opened again.
type DamagedError struct {
	Path          string    // the store's file
	KeptAside     string    // where the damaged file is now; empty when there was none to keep
	Snapshot      string    // the snapshot that took its place; empty when the store began anew
	SnapshotTaken time.Time // when that snapshot was taken
	Values        []string  // "bucket/kind/id" of values that didn't open in a sound file and were set aside in it
	Cause         error
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("the local store %s is damaged: %v", e.Path, e.Cause)
}

func (e *DamagedError) Unwrap() error { return e.Cause }

// UnsealError says that one value doesn't open: it was altered, or is not the value of this key. A mirrored
// object that doesn't open is mended by ResetMirror or by the next change of it.
type UnsealError struct {
	Bucket string
	Key    string // "kind/id", or the number of a command
}

func (e *UnsealError) Error() string {
	return fmt.Sprintf("the stored value %s/%s doesn't open: altered or misplaced", e.Bucket, e.Key)
}

// damage carries what shows a file to be damaged up to where the file's path is known.
type damage struct{ cause error }

func (d *damage) Error() string { return d.cause.Error() }
func (d *damage) Unwrap() error { return d.cause }

func damaged(format string, args ...any) error { return &damage{fmt.Errorf(format, args...)} }

// catchDamage runs fn, which uses bbolt, and returns what a damaged file makes it panic with. A file cut short
// under an open store gives a fault instead of a panic; that too is caught, on this goroutine.
func catchDamage(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = damaged("panic while reading it: %v", r)
		}
	}()
	return fn()
}

// storageError marks an error of a full disk as ErrDiskFull.
func storageError(err error) error {
	if err == nil || errors.Is(err, ErrDiskFull) {
		return err
	}
	for _, no := range noRoom {
		// bbolt keeps only the text of some of the system's errors.
		if errors.Is(err, no) || strings.Contains(err.Error(), no.Error()) {
			return fmt.Errorf("%w: %w", ErrDiskFull, err)
		}
	}
	return err
}

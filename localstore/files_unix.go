//go:build unix

package localstore

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lockFile takes the lock that one store holds while it is open. The system lets it go when the process ends,
// however it ends. The file may have been taken away, with the store, before the lock was taken: then two could
// hold "the" lock, so that it is taken anew.
func lockFile(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking the store: %w", storageError(err))
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errors.Join(ErrInUse, f.Close())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("locking the store: %w", err), f.Close())
	}
	if !isStill(name, f) {
		if err := f.Close(); err != nil {
			return nil, fmt.Errorf("locking the store: %w", err)
		}
		return lockFile(name)
	}
	return f, nil
}

// unlockFile lets a lock go that closing the file doesn't, as long as the file is mapped.
func unlockFile(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_UN) }

// syncFolder makes the names in the folder last over a power cut.
func syncFolder(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// noRoom are a full disk, a used-up quota and a limit on the size of a file.
var noRoom = []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG}

package localstore

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// Windows error numbers that package syscall has no names for.
const (
	errSharingViolation = syscall.Errno(32)
	errHandleDiskFull   = syscall.Errno(39)
	errDiskFull         = syscall.Errno(112)
)

// lockFile opens the lock's file so that nobody else can open it; the system lets it go when the process ends.
func lockFile(name string) (*os.File, error) {
	wide, err := syscall.UTF16PtrFromString(name)
	if err != nil {
		return nil, fmt.Errorf("locking the store: %w", err)
	}
	const noSharing = 0
	h, err := syscall.CreateFile(wide, syscall.GENERIC_READ|syscall.GENERIC_WRITE, noSharing, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, errSharingViolation) {
		return nil, ErrInUse
	}
	if err != nil {
		return nil, fmt.Errorf("locking the store: %w", storageError(err))
	}
	return os.NewFile(uintptr(h), name), nil
}

// unlockFile does nothing: Windows lets the lock go with the handle.
func unlockFile(*os.File) error { return nil }

// syncFolder does nothing: NTFS journals its names, and a folder can't be flushed through package os.
func syncFolder(string) error { return nil }

// noRoom are what a full disk gives.
var noRoom = []syscall.Errno{errDiskFull, errHandleDiskFull}

package localstore

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// replaceFile puts what write writes at name in one step: whoever looks sees the old file or the whole new one.
func replaceFile(name string, write func(io.Writer) error) error {
	temp := name + ".part"
	if err := writeSynced(temp, write); err != nil {
		os.Remove(temp) // the next replacement overwrites it
		return storageError(err)
	}
	return moveFile(temp, name)
}

// moveFile renames and makes the new name last.
func moveFile(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return storageError(err)
	}
	return syncFolder(filepath.Dir(to))
}

func writeSynced(name string, write func(io.Writer) error) (err error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := write(f); err != nil {
		return err
	}
	return f.Sync()
}

func copyFile(from string) func(io.Writer) error {
	return func(w io.Writer) error {
		f, err := os.Open(from)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(w, f)
		return err
	}
}

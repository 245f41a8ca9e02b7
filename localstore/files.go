package localstore

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// disk is how this package changes the names and contents of its files; the database's own file is bbolt's.
// Each step may be the last one: before a person's records can be reached only by the new name, the new
// contents are on the disk.
type disk struct {
	// before is asked before each step; an error of it stands for the system's. nil outside tests.
	before func(step, name string) error
}

func (d disk) step(step, name string) error {
	if d.before == nil {
		return nil
	}
	return d.before(step, name)
}

// replace puts what write writes at name in one step: whoever looks sees the old file or the whole new one.
func (d disk) replace(name string, write func(io.Writer) error) error {
	temp := name + partSuffix
	if err := d.write(temp, write); err != nil {
		os.Remove(temp) // the next replacement overwrites it
		return storageError(err)
	}
	return d.move(temp, name)
}

// partSuffix ends the names of files that are being written; nobody takes them for what they will be.
const partSuffix = ".part"

// move renames and makes the new name last.
func (d disk) move(from, to string) error {
	err := d.step("rename", to)
	if err == nil {
		err = os.Rename(from, to)
	}
	if err != nil {
		return storageError(err)
	}
	return d.sync(filepath.Dir(to))
}

// sync makes the names in a folder last over a power cut.
func (d disk) sync(folder string) error {
	err := d.step("sync", folder)
	if err == nil {
		err = syncFolder(folder)
	}
	return storageError(err)
}

// remove takes a file away; none is no error.
func (d disk) remove(name string) error {
	err := d.step("remove", name)
	if err == nil {
		err = os.Remove(name)
	}
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// write writes a file and has it on the disk when it returns.
func (d disk) write(name string, write func(io.Writer) error) (err error) {
	if err := d.step("create", name); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := write(diskWriter{d, f}); err != nil {
		return err
	}
	if err := d.step("flush", name); err != nil {
		return err
	}
	return f.Sync()
}

type diskWriter struct {
	disk disk
	file *os.File
}

func (w diskWriter) Write(p []byte) (int, error) {
	if err := w.disk.step("write", w.file.Name()); err != nil {
		return 0, err
	}
	return w.file.Write(p)
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

// isStill says whether the open file is the one of this name.
func isStill(name string, f *os.File) bool {
	there, err := os.Stat(name)
	if err != nil {
		return false
	}
	open, err := f.Stat()
	return err == nil && os.SameFile(there, open)
}

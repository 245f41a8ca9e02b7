package localstore

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A file of this name and text says that the person wanted the store forgotten. Whoever comes upon it goes on
// with that: half a store is nobody's.
const (
	forgettingSuffix = ".forgetting"
	forgettingText   = "This store is being deleted for good, as its owner asked.\n"
)

func forgetting(path string) bool {
	text, err := os.ReadFile(path + forgettingSuffix)
	return err == nil && string(text) == forgettingText
}

// Forget deletes for good what the computer keeps of a person at a centre: first the locks, without which
// nothing of it can be read, then the files, former and damaged ones and those held for others among them.
// Cut off at any moment, it is gone on with when the store is next looked for. ErrInUse while it is open.
func (f *Folder) Forget(who Owner) error {
	path, err := f.Path(who)
	if err != nil {
		return err
	}
	d := settingsOf(path, f.options).disk
	if !there(filepath.Dir(path)) {
		return nil
	}
	lock, err := lockFile(path + lockSuffix)
	if err != nil {
		return err
	}
	err = d.replace(path+forgettingSuffix, func(w io.Writer) error { _, err := io.WriteString(w, forgettingText); return err })
	if err == nil {
		err = f.forget(d, path, who)
	}
	if err = errors.Join(err, lock.Close()); err == nil {
		err = d.remove(path + lockSuffix) // not while it is open: Windows doesn't allow it
	}
	if err != nil {
		return fmt.Errorf("forgetting a person: %w", err)
	}
	return nil
}

// finishForgetting goes on with what Forget was cut off at.
func (f *Folder) finishForgetting(path string, who Owner) error {
	if !forgetting(path) {
		return nil
	}
	return f.Forget(who)
}

func (f *Folder) forget(d disk, path string, who Owner) error {
	if err := dropFromKeyring(keyringService, who.keyringUser()); err != nil {
		return err
	}
	names, err := belongings(path)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := d.destroyLocks(name); err != nil {
			return err
		}
	}
	for _, name := range names {
		if err := d.step("remove", name); err != nil {
			return err
		}
		if err := os.RemoveAll(name); err != nil {
			return err
		}
	}
	if err := d.sync(filepath.Dir(path)); err != nil {
		return err
	}
	return d.remove(path + forgettingSuffix)
}

// belongings lists the files and folders of a person's store, but for the marker and the lock of the store.
func belongings(path string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	var names []string
	stem := filepath.Base(path)
	held := strings.TrimSuffix(stem, storeSuffix) + heldFor
	for _, e := range entries {
		mine := e.Name() == stem || strings.HasPrefix(e.Name(), stem+".") || strings.HasPrefix(e.Name(), held)
		if mine && e.Name() != stem+forgettingSuffix && e.Name() != stem+lockSuffix {
			names = append(names, filepath.Join(filepath.Dir(path), e.Name()))
		}
	}
	return names, nil
}

// destroyLocks overwrites a header and the copy in a folder of snapshots before they go. On a disk that writes
// elsewhere instead of over, what was there may last until that place is used again.
func (d disk) destroyLocks(name string) error {
	if strings.HasSuffix(name, snapshotsSuffix) {
		name = filepath.Join(name, headerCopy)
	} else if !strings.HasSuffix(name, headerSuffix) {
		return nil
	}
	if err := d.step("overwrite", name); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if _, err := f.Write(make([]byte, info.Size())); err != nil {
		return err
	}
	return f.Sync()
}

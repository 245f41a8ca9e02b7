package ui

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// viewedPrefix begins the name of each folder of what was viewed.
const viewedPrefix = "baqylau-view-"

// viewedFiles are the files that a session has handed to the system's viewer: unsealed, for the viewer
// reads them, in one folder that nobody else can enter. It is safe for use by many goroutines.
type viewedFiles struct {
	root string // where the folder is made

	mu      sync.Mutex
	folder  string
	removed bool
}

// write puts a file into a folder of its own, so that two of one name don't meet. After remove it fails
// with fs.ErrClosed.
func (v *viewedFiles) write(name string, data []byte) (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.removed {
		return "", fs.ErrClosed
	}
	if v.folder == "" {
		folder, err := os.MkdirTemp(v.root, viewedPrefix)
		if err != nil {
			return "", err
		}
		v.folder = folder
	}
	own, err := os.MkdirTemp(v.folder, "")
	if err != nil {
		return "", err
	}
	path := filepath.Join(own, fileName(name))
	return path, os.WriteFile(path, data, 0o600)
}

// remove takes everything away for good.
func (v *viewedFiles) remove() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.removed = true
	if v.folder == "" {
		return nil
	}
	return os.RemoveAll(v.folder)
}

// removeViewed takes away what sessions left that ended by a crash. Folders of other people, which can't
// be entered, are left alone.
func removeViewed(root string) error {
	folders, err := filepath.Glob(filepath.Join(root, viewedPrefix+"*"))
	if err != nil {
		return err
	}
	var failed []error
	for _, folder := range folders {
		if info, err := os.Lstat(folder); err != nil || !info.IsDir() {
			continue
		}
		if _, err := os.ReadDir(folder); err != nil {
			continue
		}
		failed = append(failed, os.RemoveAll(folder))
	}
	return errors.Join(failed...)
}

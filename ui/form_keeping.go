package ui

import (
	"sync"
	"time"

	"baqylau/app"
)

// keepAfter is how long typing is let go on before it is put away.
const keepAfter = 500 * time.Millisecond

// formKeeping puts away on this machine what is typed, so that a crash loses nothing of it.
// Writes are one at a time, and the last one has what was typed last. It is safe for use by many
// goroutines.
type formKeeping struct {
	desk *app.Desk

	writing sync.Mutex // held while the store is written

	mu    sync.Mutex
	form  app.Form
	dirty bool // something was typed that isn't put away
	due   bool // somebody was told to write, and has not begun
	kept  bool // a draft of it is there, or was taken by the centre
}

// typed takes what is written now; true tells the caller to have it written soon.
func (k *formKeeping) typed(f app.Form) (write bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	write = !k.due
	k.form, k.dirty, k.due = f, true, true
	return write
}

// write puts away what was typed since the last time.
func (k *formKeeping) write() error {
	k.writing.Lock()
	defer k.writing.Unlock()
	k.mu.Lock()
	form, dirty := k.form, k.dirty
	k.dirty, k.due = false, false
	k.mu.Unlock()
	if !dirty {
		return nil
	}
	err := k.desk.KeepForm(form)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.dirty = k.dirty || err != nil
	k.kept = k.kept || err == nil
	return err
}

// settle hands what was typed over to whoever saves it: when it returns nothing of it is being put
// away, and nothing will be. Saving keeps a draft of its own.
func (k *formKeeping) settle() {
	k.writing.Lock()
	defer k.writing.Unlock()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.dirty, k.kept = false, true
}

// there says whether a draft of it was ever put away.
func (k *formKeeping) there() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.kept
}

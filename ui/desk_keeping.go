package ui

import (
	"sync"

	"baqylau/app"
	"baqylau/control"
)

// marksKeeping puts marks that are not saved away on this machine, off Fyne's goroutine. Writes are one
// at a time, and the last one has what was marked last. It is safe for use by many goroutines.
type marksKeeping struct {
	desk     *app.Desk
	purchase string

	writing sync.Mutex // held while the store is written

	mu        sync.Mutex
	direction control.Direction
	lots      map[string][]control.Mark // as KeepMarks wants them
	dirty     bool                      // they are not put away yet
	due       bool                      // somebody was told to write, and has not begun
}

// marked takes what is marked now; true tells the caller to have it written.
func (k *marksKeeping) marked(direction control.Direction, lots map[string][]control.Mark) (write bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	write = !k.due
	k.direction, k.lots, k.dirty, k.due = direction, lots, true, true
	return write
}

// write puts away what was marked since the last time. When it returns nil, nothing waits.
func (k *marksKeeping) write() error {
	k.writing.Lock()
	defer k.writing.Unlock()
	k.mu.Lock()
	direction, lots, dirty := k.direction, k.lots, k.dirty
	k.dirty, k.due = false, false
	k.mu.Unlock()
	if !dirty {
		return nil
	}
	err := k.desk.KeepMarks(k.purchase, direction, lots)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.dirty = k.dirty || err != nil
	return err
}

package app

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/google/uuid"

	"baqylau/api"
	"baqylau/localstore"
)

// command is one change on its way out.
type command struct {
	aggregate string
	after     string // another aggregate, what waits of which goes before
	base      int64  // version that it is made over; 0 sends no If-Match
	path      string
	body      any               // JSON; nil sends none
	label     string            // key of the text that names it to the person
	draft     *localstore.Draft // kept until what it says has arrived
}

// do puts a command into the outbox and waits for its outcome: nil, a refusal ([api.Problem]), or
// [ErrQueued] when the centre is away. Its draft goes when it is accepted; see settle.
func (d *Desk) do(ctx context.Context, c command) error {
	out, err := d.outgoing(c)
	if err != nil {
		return err
	}
	return d.carryNow(ctx, out, c.draft)
}

// attend does what makes sense only while somebody waits for it: a command that the centre was not reached
// with, or has not answered, leaves the outbox again, and is [ErrNotPrepared].
func (d *Desk) attend(ctx context.Context, c command) error {
	out, err := d.outgoing(c)
	if err != nil {
		return err
	}
	if err = d.carryNow(ctx, out, nil); !errors.Is(err, ErrQueued) {
		return err
	}
	d.syncing.Lock() // it is not on its way meanwhile
	defer d.syncing.Unlock()
	if gone := d.store.Remove(out.ID); gone != nil && !errors.Is(gone, localstore.ErrNotQueued) {
		return gone
	}
	return ErrNotPrepared
}

// post puts a command into the outbox for the next round.
func (d *Desk) post(c command) error {
	out, err := d.outgoing(c)
	if err != nil {
		return err
	}
	if err := d.store.Enqueue(out, nil); err != nil {
		return err
	}
	d.Kick()
	if state := d.State(); state.Online && state.Expired {
		return ErrPaused
	}
	return ErrQueued
}

// outgoing is a command as the outbox keeps it.
func (d *Desk) outgoing(c command) (localstore.Command, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return localstore.Command{}, err
	}
	out := localstore.Command{
		ID: id.String(), Aggregate: c.aggregate, After: c.after, Base: c.base, Method: http.MethodPost, Path: c.path, Label: c.label,
		Queued: d.Now(),
	}
	if c.body != nil {
		out.Body, err = json.Marshal(c.body)
	}
	return out, err
}

// carryNow puts a command into the outbox, with the draft that it was made of, and does a round.
func (d *Desk) carryNow(ctx context.Context, out localstore.Command, draft *localstore.Draft) (err error) {
	done := make(chan error, 1)
	d.mu.Lock()
	d.waiting[out.ID] = done
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		delete(d.waiting, out.ID)
		d.mu.Unlock()
	}()
	if draft != nil {
		err = d.store.EnqueueKeeping(out, *draft)
	} else {
		err = d.store.Enqueue(out, nil)
	}
	if err != nil {
		return err
	}
	syncErr := d.Sync(ctx)
	select {
	case err = <-done:
	default: // behind a command that waits for a decision, or the round failed before it
		err = ErrQueued
		if errors.Is(syncErr, ErrPaused) {
			err = ErrPaused
		}
	}
	switch {
	case sessionEnded(err):
		return ErrPaused
	case errors.Is(err, api.ErrOffline):
		return ErrQueued
	}
	return err
}

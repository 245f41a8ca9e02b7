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
func (d *Desk) carryNow(ctx context.Context, out localstore.Command, draft *localstore.Draft) error {
	done := d.expect(out.ID)
	defer d.forsake(out.ID)
	if err := d.store.EnqueueInstead([]localstore.Command{out}, draft); err != nil {
		return err
	}
	return d.await(ctx, done)
}

// doInstead does what do does with a command that takes the place of what waits for its aggregate and has not
// been sent: at one stroke, so that nothing is lost between the two. It is made knowing those that have been
// sent, of which nobody knows yet whether they have arrived. Those that stay go on waiting, behind it.
func (d *Desk) doInstead(
	ctx context.Context, aggregate string, stays func(localstore.Command) bool, made func(under []localstore.Command) command,
) error {
	out, done, err := d.putInstead(aggregate, stays, made)
	defer d.forsake(out.ID)
	if err != nil {
		return err
	}
	return d.await(ctx, done)
}

func (d *Desk) putInstead(
	aggregate string, stays func(localstore.Command) bool, made func(under []localstore.Command) command,
) (out localstore.Command, done <-chan error, err error) {
	d.syncing.Lock() // nothing is sent while it is rewritten
	defer d.syncing.Unlock()
	under, waiting, err := d.sentAndNot(aggregate)
	if err != nil {
		return out, nil, err
	}
	c := made(under)
	if out, err = d.outgoing(c); err != nil {
		return out, nil, err
	}
	cmds, leaving := []localstore.Command{out}, make([]string, len(waiting))
	for i, w := range waiting {
		leaving[i] = w.ID
		if !stays(w) {
			continue
		}
		again, err := uuid.NewV7() // it never left under the former one
		if err != nil {
			return out, nil, err
		}
		w.ID, w.Base = again.String(), out.Base // raised when what it stands behind is accepted
		cmds = append(cmds, w)
	}
	done = d.expect(out.ID)
	return out, done, d.store.EnqueueInstead(cmds, c.draft, leaving...)
}

// none of what waits stays.
func none(localstore.Command) bool { return false }

// sentAndNot are the commands of an aggregate that have been sent and not answered, and the others.
func (d *Desk) sentAndNot(aggregate string) (sent, others []localstore.Command, err error) {
	all, err := d.store.Of(aggregate)
	for _, c := range all {
		if c.State == localstore.Sent {
			sent = append(sent, c)
		} else {
			others = append(others, c)
		}
	}
	return sent, others, err
}

// expect has what becomes of a command told, until forsake.
func (d *Desk) expect(id string) <-chan error {
	done := make(chan error, 1)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting[id] = done
	return done
}

func (d *Desk) forsake(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.waiting, id)
}

// await does a round and says what became of the command that was put into the outbox for it.
func (d *Desk) await(ctx context.Context, done <-chan error) (err error) {
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

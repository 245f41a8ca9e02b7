package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"baqylau/api"
	"baqylau/localstore"
)

const (
	pollEvery   = 2 * time.Second
	feedPage    = 500
	heardFor    = time.Minute // a computer may have slept since, and the centre have been restored
	sendersMost = 64          // commands that are on the line at a time

	// How many commands are marked as sent at a time: few at first, for where the centre is away what was not
	// sent can still be rewritten.
	windowLeast, windowMost = 4, 512
)

// errNoAnswer is for what somebody else answered in the centre's place.
var errNoAnswer = errors.New("it carries no objects")

var (
	// ErrQueued means that the centre can't be reached: the command is kept and will be sent when it is back.
	ErrQueued = errors.New("kept in the outbox")
	// ErrPaused means that there is no session, or no longer: the command is kept, as [ErrQueued] says, and
	// will be sent when the person has entered again.
	ErrPaused = fmt.Errorf("%w until one enters again", ErrQueued)
)

// Run keeps the desk in step with its centre until the context ends: it sends what waits and mirrors
// what changed, at once when kicked, else every two seconds, and more rarely while the centre is away.
func (d *Desk) Run(ctx context.Context) {
	failures := 0
	for {
		d.snapshot()
		wait := pollEvery
		if failures > 0 {
			wait = max(pollEvery, localstore.Backoff(failures, rand.Float64))
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-d.kick:
			timer.Stop()
		case <-timer.C:
		}
		if err := d.Sync(ctx); err != nil && ctx.Err() == nil {
			failures++
			d.log.Info("out of step with the centre", "cause", err)
		} else {
			failures = 0
		}
	}
}

// Kick asks for a round now.
func (d *Desk) Kick() {
	select {
	case d.kick <- struct{}{}:
	default: // one is asked for already
	}
}

// Sync does one round: the outbox, then the feed.
func (d *Desk) Sync(ctx context.Context) error {
	held, err := d.round(ctx)
	return errors.Join(err, held)
}

// round does what Sync says. held is of commands that the centre itself failed at: they are repeated
// in the next round, and hold nothing up but what is behind them. Without a session nothing is sent, and
// the round only asks whether the centre is there.
func (d *Desk) round(ctx context.Context) (held, err error) {
	d.syncing.Lock()
	defer d.syncing.Unlock()
	if d.client.InSession() {
		held, err = d.exchange(ctx)
	} else {
		err = d.listen(ctx)
	}
	if sessionEnded(err) {
		err = fmt.Errorf("%w: %w", ErrPaused, err)
	}
	d.mu.Lock()
	d.over, d.other = substitutionEnded(err), errors.Is(err, ErrOtherCentre)
	d.online, d.heard = !errors.Is(err, api.ErrOffline), err == nil
	if err == nil {
		d.mirrored = d.Now()
	}
	d.mu.Unlock()
	if err == nil {
		d.keepSeatNowAndThen()
		d.tidyPrepared("sweep what was prepared", d.sweepPrepared)
	}
	return held, err
}

// exchange sends what waits and mirrors what changed.
func (d *Desk) exchange(ctx context.Context) (held, err error) {
	d.mu.Lock()
	heard := d.heard && d.clock.now().Sub(d.mirrored) < heardFor
	d.mu.Unlock()
	if !heard { // who comes back hears first whether it is still the same centre
		err = d.mirror(ctx)
	}
	if err == nil {
		held, err = d.drain(ctx)
	}
	if err == nil {
		err = d.mirror(ctx)
	}
	return held, err
}

// listen asks whether the centre is there, and whether it is still the one whose facts are mirrored here.
func (d *Desk) listen(ctx context.Context) error {
	asked := d.clock.ask()
	centre, err := d.client.Centre(ctx)
	switch {
	case err != nil:
		return err
	case centre.Epoch != d.Centre.Epoch:
		return ErrOtherCentre
	}
	d.clock.hear(centre.Time, asked)
	return ErrPaused
}

// sessionEnded says whether the centre no longer knows the session.
func sessionEnded(err error) bool {
	var p api.Problem
	return errors.As(err, &p) && p.Status == http.StatusUnauthorized
}

// substitutionEnded says whether the centre no longer takes me in another's place.
func substitutionEnded(err error) bool {
	var p api.Problem
	return errors.As(err, &p) && p.Rule == "R-11.6"
}

// failedThere says whether the centre was reached and failed by its own fault.
func failedThere(err error) bool {
	var p api.Problem
	return errors.As(err, &p) && p.Status >= http.StatusInternalServerError
}

// mirror reads the feed to its end. A cursor that the centre no longer honours starts it anew.
func (d *Desk) mirror(ctx context.Context) error {
	var lost *lostLog
	for {
		asked := d.clock.ask()
		changes, err := d.client.Changes(ctx, d.store.Cursor(), feedPage)
		var p api.Problem
		if errors.As(err, &p) && p.Status == http.StatusGone {
			again, err := d.restart(p)
			if err != nil {
				return err
			}
			if again != nil {
				lost = again
			}
			continue
		}
		if err != nil {
			return err
		}
		d.clock.hear(changes.Time, asked)
		if err := d.takeBook(changes.Objects); err != nil {
			return err
		}
		if changes.Cursor != d.store.Cursor() || len(changes.Objects) > 0 {
			if err := d.store.ApplyChanges(ctx, changes.Cursor, mirrored(changes.Objects), refs(changes.Gone)); err != nil {
				return err
			}
		}
		if changes.More {
			continue
		}
		if lost != nil {
			return d.mend(lost)
		}
		return nil
	}
}

// mirrorAnew forgets what is mirrored: until all of it is there again, there is nothing to work with
// without the centre.
func (d *Desk) mirrorAnew() error {
	d.mu.Lock()
	d.mirrored = time.Time{}
	d.mu.Unlock()
	return errors.Join(d.store.ResetMirror(), d.keepSeat())
}

func mirrored(objects []api.Object) []localstore.Object {
	list := make([]localstore.Object, len(objects))
	for i, o := range objects {
		list[i] = localstore.Object{Kind: string(o.Kind), ID: o.ID, Version: o.Version, Body: o.Body}
	}
	return list
}

func refs(gone []api.Ref) []localstore.Ref {
	list := make([]localstore.Ref, len(gone))
	for i, g := range gone {
		list[i] = localstore.Ref{Kind: g.Kind, ID: g.ID}
	}
	return list
}

// drain sends what waits: of each aggregate one command after the other, aggregates side by side, more
// and more of them as long as all goes well. A command that the centre fails at holds up its own aggregate
// alone.
func (d *Desk) drain(ctx context.Context) (held, err error) {
	if err := d.reach(ctx); err != nil {
		return nil, err
	}
	stuck := map[string]bool{}
	for most := windowLeast; ; most = min(2*most, windowMost) {
		heads, err := d.store.Next(most + len(stuck))
		heads = slices.DeleteFunc(heads, func(c localstore.Command) bool { return stuck[c.Aggregate] })
		if err != nil || len(heads) == 0 {
			return held, err
		}
		failed, err := d.carryAll(ctx, heads)
		if err != nil {
			return held, err
		}
		for _, f := range failed {
			stuck[f.command.Aggregate], held = true, errors.Join(held, f.err)
		}
	}
}

// reach asks whether a centre that was away is there again, before anything is sent to it: what was sent
// and not answered may have had its effect, and what never left has not.
func (d *Desk) reach(ctx context.Context) error {
	d.mu.Lock()
	online := d.online
	d.mu.Unlock()
	if online {
		return nil
	}
	_, err := d.client.Centre(ctx)
	return err
}

// delivery is what became of a command on its way: the centre's answer, or why there is none.
type delivery struct {
	command localstore.Command
	answer  []byte
	err     error
}

// known says whether the centre decided.
func (v delivery) known() bool {
	var p api.Problem
	refused := errors.As(v.err, &p) && !errors.Is(v.err, api.ErrOffline) && p.Status != http.StatusUnauthorized
	return v.err == nil || refused
}

// carryAll marks commands as sent, on the disk, then sends them side by side. What the answers change here
// is written together, as many as have come meanwhile: an answer that is lost in a crash is given again. It
// returns those that the centre itself failed at; an error ends it, for the others would fare no better.
func (d *Desk) carryAll(ctx context.Context, commands []localstore.Command) (failed []delivery, err error) {
	ids := make([]string, len(commands))
	for i, c := range commands {
		ids[i] = c.ID
	}
	if err := d.store.MarkSent(ids...); err != nil {
		return nil, err
	}
	arrived := make(chan delivery, len(commands))
	var stopped atomic.Bool
	go func() {
		defer close(arrived)
		var senders errgroup.Group
		senders.SetLimit(sendersMost)
		for _, c := range commands {
			senders.Go(func() error {
				if stopped.Load() {
					return nil
				}
				v := d.carry(ctx, c)
				if !v.known() && !failedThere(v.err) {
					stopped.Store(true)
				}
				arrived <- v
				return nil
			})
		}
		_ = senders.Wait()
	}()
	for v := range arrived {
		batch := []delivery{v}
		for range len(arrived) {
			batch = append(batch, <-arrived)
		}
		some, takeErr := d.take(ctx, batch)
		if failed = append(failed, some...); takeErr != nil {
			stopped.Store(true)
			err = cmp.Or(err, takeErr)
		}
	}
	return failed, err
}

// carry carries one command to the centre.
func (d *Desk) carry(ctx context.Context, c localstore.Command) delivery {
	call := api.Call{Method: c.Method, Path: c.Path, Body: c.Body, IdempotencyKey: c.ID}
	if c.Base > 0 {
		call.IfMatch = `"` + strconv.FormatInt(c.Base, 10) + `"`
	}
	answer, err := d.client.Do(ctx, call)
	return delivery{c, answer, err}
}

// take writes down what became of commands. Where the outcome is unknown the command stays sent and is
// repeated under the same key: those that the centre failed at are returned, anything else is an error.
func (d *Desk) take(ctx context.Context, batch []delivery) (failed []delivery, err error) {
	var accepted []delivery
	for _, v := range batch {
		switch {
		case v.err == nil:
			accepted = append(accepted, v)
		case v.known():
			var p api.Problem
			errors.As(v.err, &p)
			err = errors.Join(err, d.reject(ctx, v.command, p))
		default:
			d.answer(v.command.ID, v.err)
			if failedThere(v.err) {
				failed = append(failed, v)
			} else {
				err = errors.Join(err, v.err)
			}
		}
	}
	return failed, errors.Join(err, d.acceptAll(ctx, accepted))
}

// acceptance is an accepted command on its way out of the outbox.
type acceptance struct {
	delivery
	done    api.Done // of a batch the items are for whoever waits
	refused *BatchError
	outcome localstore.Outcome
}

// acceptAll settles accepted commands.
func (d *Desk) acceptAll(ctx context.Context, batch []delivery) (err error) {
	all := make([]acceptance, 0, len(batch))
	for _, v := range batch {
		a := acceptance{delivery: v, refused: batchRefusal(v.answer)}
		if bad := json.Unmarshal(v.answer, &a.done); bad != nil || a.done.Objects == nil {
			bad = fmt.Errorf("%w: the answer to a command is none: %w", api.ErrOffline, errors.Join(bad, errNoAnswer))
			d.answer(v.command.ID, bad)
			err = errors.Join(err, bad)
			continue
		}
		a.outcome = localstore.Outcome{State: localstore.Accepted, Answer: v.answer, Apply: mirrored(a.done.Objects)}
		for _, object := range a.done.Objects {
			if object.ID == v.command.Aggregate {
				a.outcome.Version = object.Version
			}
		}
		all = append(all, a)
	}
	if len(all) == 0 {
		return err
	}
	if failure := d.finishAll(all); failure != nil {
		return errors.Join(err, failure)
	}
	for _, a := range all {
		if failure := d.accept(ctx, a); failure != nil {
			return errors.Join(err, failure)
		}
	}
	return err
}

// finishAll takes accepted commands out of the outbox, with what the centre made of them and what stays to
// be sent of what was typed, at once.
func (d *Desk) finishAll(all []acceptance) error {
	d.typing.Lock()
	defer d.typing.Unlock()
	finished := make([]localstore.Finished, len(all))
	for i, a := range all {
		if err := d.settleForm(a.command, &a.outcome); err != nil {
			return err
		}
		finished[i] = localstore.Finished{ID: a.command.ID, Outcome: a.outcome}
	}
	return d.store.FinishAll(finished...)
}

// accept does what is left to do for a command that has left the outbox.
func (d *Desk) accept(ctx context.Context, a acceptance) error {
	if len(a.done.Gone) > 0 {
		if err := d.store.ApplyChanges(ctx, d.store.Cursor(), nil, refs(a.done.Gone)); err != nil {
			return err
		}
	}
	if err := d.settle(a.command, a.refused); err != nil {
		return err
	}
	if a.refused != nil {
		d.answer(a.command.ID, a.refused)
	} else {
		d.answer(a.command.ID, nil)
	}
	return nil
}

// batchRefusal is the first refusal among the items of a batch: the others are done.
func batchRefusal(body []byte) *BatchError {
	var b api.BatchDone
	if json.Unmarshal(body, &b) != nil {
		return nil
	}
	for _, item := range b.Items {
		if !item.Done {
			return &BatchError{Items: b.Items}
		}
	}
	return nil
}

// BatchError says which items of a batch were refused.
type BatchError struct{ Items []api.ItemAnswer }

func (e *BatchError) Error() string {
	refused := 0
	for _, item := range e.Items {
		if !item.Done {
			refused++
		}
	}
	return strconv.Itoa(refused) + " of " + strconv.Itoa(len(e.Items)) + " refused"
}

// reject settles a refused command. When somebody waits for it, they are told and it leaves the
// outbox: what was typed is still in its draft. Else it stays, for a person to decide,
// unless it can be merged with what others wrote.
func (d *Desk) reject(ctx context.Context, c localstore.Command, p api.Problem) error {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	o := localstore.Outcome{State: localstore.Refused, Answer: body}
	if p.Status == http.StatusPreconditionFailed && !signs(c) { // a signature is over what it is over
		o.State = localstore.Conflict
	}
	if err := d.store.Finish(c.ID, o); err != nil {
		return err
	}
	if p.Current.ID != "" {
		if err := d.store.ApplyChanges(ctx, d.store.Cursor(), mirrored([]api.Object{p.Current}), nil); err != nil {
			return err
		}
	}
	if d.answer(c.ID, p) {
		return d.store.Remove(c.ID)
	}
	if o.State == localstore.Conflict && writes(c) {
		if err := d.remerge(c); !errors.Is(err, ErrClash) {
			return err
		}
	}
	return nil
}

// answer tells whoever waits for a command what became of it, and whether anybody did.
func (d *Desk) answer(id string, err error) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	ch, waited := d.waiting[id]
	if waited {
		delete(d.waiting, id)
		ch <- err
	}
	return waited
}

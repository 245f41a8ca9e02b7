package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
)

// On SQLite one change is made after the other, and each would wait for the disk by itself. So those that come
// while another one is being made join its transaction, each behind a savepoint of its own, and wait for one
// commit. They see each other as if each had been committed before the next began; a change that fails leaves
// nothing behind, and none returns before what it saw of the others is on the disk, be it only to be refused.

// together is how changes share a transaction.
type together struct {
	turn    chan struct{} // held by who makes a change, or commits
	waiting atomic.Int64  // those who wait for their turn
	open    *group        // what the next change joins; only for who has the turn
}

// group is changes that are committed together.
type group struct {
	tx       *sql.Tx
	size     int           // changes that were made in it, those that failed among them
	recorded bool          // events, which are numbered with the commit
	done     chan struct{} // closed when it is known whether they stand
	err      error         // of the commit
}

// largestGroup bounds for how many others a change waits.
const largestGroup = 64

// errSpoiled means that a change which the engine failed at took those before it along.
var errSpoiled = errors.New("another change in the same transaction failed")

// join makes a change within the group that is open, or opens one. When the group doesn't stand, through no
// fault of this change perhaps, the change is made again by itself.
func (s *Store) join(ctx context.Context, f func(*Tx) error) error {
	g, err := s.take(ctx, func(tx *Tx) error { return cmp.Or(f(tx), ctx.Err()) })
	if g == nil && err != nil {
		return err
	}
	if g != nil {
		<-g.done
		if g.err == nil {
			return err
		}
	}
	return s.transact(ctx, sql.LevelSerializable, func(tx *Tx) error {
		if err := tx.whole(f); err != nil || !tx.recorded {
			return err
		}
		return tx.number()
	})
}

// take makes a change when it is its turn, and hands the group on: when nobody else waits, it is committed. A group
// and an error: the change failed over what the others in the group have changed. No group and no error: the change
// must be made by itself.
func (s *Store) take(ctx context.Context, f func(*Tx) error) (*group, error) {
	s.shared.waiting.Add(1)
	select {
	case s.shared.turn <- struct{}{}:
	case <-ctx.Done():
		go func() { // the group may be left to this one
			s.shared.turn <- struct{}{}
			s.shared.waiting.Add(-1)
			s.handOn()
		}()
		return nil, ctx.Err()
	}
	s.shared.waiting.Add(-1)
	defer s.handOn() // after a panic, too
	if s.shared.open == nil {
		return s.begin(ctx, f)
	}
	return s.follow(ctx, f)
}

func (s *Store) handOn() {
	if g := s.shared.open; g != nil && (s.shared.waiting.Load() == 0 || g.size >= largestGroup) {
		g.err = s.commit(g)
		s.close(g)
		s.writing.prepare(context.Background(), s.write)
	}
	<-s.shared.turn
}

// commit numbers the events of a group and commits it.
func (s *Store) commit(g *group) error {
	defer func() { _ = g.tx.Rollback() }() // says that it is over, unless it could not be
	if g.recorded {
		if err := s.member(context.Background(), g.tx).number(); err != nil {
			return err
		}
	}
	return g.tx.Commit()
}

// member is a transaction as one of those who share it sees it.
func (s *Store) member(ctx context.Context, begun *sql.Tx) *Tx {
	// Without what cancels the context: it would end the transaction of all.
	return &Tx{ctx: context.WithoutCancel(ctx), tx: begun, store: s, kept: s.writing}
}

func (s *Store) close(g *group) {
	s.shared.open = nil
	close(g.done)
}

// begin opens a group by its first change.
func (s *Store) begin(ctx context.Context, f func(*Tx) error) (*group, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	begun, err := s.write.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return nil, s.orAgain(fmt.Errorf("begin: %w", err))
	}
	g := &group{tx: begun, done: make(chan struct{})}
	defer func() {
		if s.shared.open == nil {
			_ = begun.Rollback() // what isn't committed is gone with the connection at the latest
		}
	}()
	tx := s.member(ctx, begun)
	if err := tx.whole(f); err != nil {
		return nil, s.orAgain(err)
	}
	g.size, g.recorded, s.shared.open = 1, tx.recorded, g
	return g, nil
}

// orAgain passes an error on, unless the change may be made again by itself for it.
func (s *Store) orAgain(err error) error {
	if s.engine.again(err) {
		return nil
	}
	return err
}

// follow makes a change behind those of a group.
func (s *Store) follow(ctx context.Context, f func(*Tx) error) (*group, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	g := s.shared.open
	g.size++ // whether or not it stands: the others wait for it
	tx := s.member(ctx, g.tx)
	stands := false
	defer func() {
		if stands {
			return
		}
		_, err := g.tx.ExecContext(tx.ctx, `ROLLBACK TO member`)
		if tx.failed != nil || err != nil { // the engine may have ended the transaction
			g.err = errors.Join(errSpoiled, g.tx.Rollback())
			s.close(g)
		}
	}()
	if _, err := tx.exec(`SAVEPOINT member`); err != nil {
		return nil, nil
	}
	if err := tx.whole(f); err != nil {
		if tx.failed != nil {
			return nil, nil // by itself it fails for a reason of its own, or it doesn't
		}
		return g, err
	}
	if _, err := tx.exec(`RELEASE member`); err != nil {
		return nil, nil
	}
	stands = true
	g.recorded = g.recorded || tx.recorded
	return g, nil
}

// whole makes a change, and fails where the change made nothing of a failure.
func (tx *Tx) whole(f func(*Tx) error) error {
	if err := f(tx); err != nil {
		return err
	}
	return tx.failed
}

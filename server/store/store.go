// Package store keeps what the centre knows: aggregates with versions, the events that made them,
// files by their digest, sessions.
//
// Its promise: a change is whole or it is not; a version never goes back; what was claimed once
// can't be claimed twice. It rests on unique keys and compare-and-set inside transactions that are
// repeated when the engine can't serialise them, so it holds on SQLite and on PostgreSQL alike.
//
// Its limit: it knows no rule. A query narrows; what may be done is for package control.
package store

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/pressly/goose/v3"
)

var (
	// ErrNotFound means that there is no such aggregate, file, session or challenge.
	ErrNotFound = errors.New("not found")
	// ErrStale means that the aggregate's version is not the one that the change was based on.
	ErrStale = errors.New("stale version")
	// ErrTaken means that a claim is held by another, or that a name that may be used once is used.
	ErrTaken = errors.New("taken")
	// ErrBusy means that others were in the way for too long. Nothing was changed; it may be tried again.
	ErrBusy = errors.New("too busy with other changes")
	// ErrNewer means that a newer program made the store, whose meaning this one can't know.
	ErrNewer = errors.New("the store was made by a newer program")
	// ErrOtherPurpose means that a real store was opened as the demo's, or the other way round.
	ErrOtherPurpose = errors.New("the store was made for another purpose: demo and real data never share one")
)

// Each file of SQL is a migration, in their order. What is released is never changed.
var (
	//go:embed schema.sql
	schema string
	//go:embed jobs.sql
	jobs string
	//go:embed duties.sql
	duties string
	//go:embed chain.sql
	chain string
	//go:embed lasting.sql
	lasting string
)

// engine is what SQLite and PostgreSQL do differently.
type engine interface {
	dialect() goose.Dialect
	collate() string
	// again says whether a transaction failed only because of another one and may be repeated.
	again(error) bool
	// alone says whether no transaction writes beside another one, so that events can be numbered by
	// the change that records them.
	alone() bool
	// take is the statement that takes jobs: due at $1, until $2, at most $3.
	take() string
}

// Store is an open database of the centre. It is safe for use by many goroutines.
type Store struct {
	engine engine
	write  *sql.DB
	read   *sql.DB
	epoch  string
	real   bool // not the demo's
	// patience bounds for how long a transaction is repeated for the sake of others.
	patience time.Duration
	shared   together
	// Of SQLite alone; nil where the driver keeps them itself.
	writing, reading *statements
}

// Options say what a store is for; they are fixed when it is made.
type Options struct {
	// Demo stores hold made-up data; a store is demo or real for ever.
	Demo bool
}

func open(ctx context.Context, e engine, write, read *sql.DB, o Options) (_ *Store, err error) {
	s := &Store{engine: e, write: write, read: read, patience: 15 * time.Second, shared: together{turn: make(chan struct{}, 1)}}
	if e.alone() {
		s.writing, s.reading = newStatements(), newStatements()
	}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	if err := s.migrate(ctx); err != nil {
		return nil, fmt.Errorf("migrate the store: %w", err)
	}
	purpose := "real"
	if o.Demo {
		purpose = "demo"
	}
	s.real = !o.Demo
	var stored string
	err = s.Update(ctx, func(tx *Tx) error {
		if s.epoch, err = tx.setting("epoch", uuid.NewString()); err != nil {
			return err
		}
		stored, err = tx.setting("purpose", purpose)
		return err
	})
	if err == nil && stored != purpose {
		err = ErrOtherPurpose
	}
	if err == nil {
		err = s.Sequence(ctx) // what a server left that died between a change and its number
	}
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	return s, nil
}

func (s *Store) migrate(ctx context.Context) error {
	provider, err := goose.NewProvider(s.engine.dialect(), s.write, nil,
		goose.WithGoMigrations(s.migration(1, schema, nil), s.migration(2, jobs, nil), s.migration(3, duties, nil), s.migration(4, chain, s.chainAll),
			s.migration(5, lasting, nil)),
		goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	if err := s.write.PingContext(ctx); err != nil {
		return err
	}
	// A server that starts at the same time may be quicker; the next try then finds the work done.
	const tries = 5
	for range tries {
		if _, err = provider.Up(ctx); err == nil || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return err
	}
	current, newest, err := provider.GetVersions(ctx)
	if err == nil && current > newest {
		err = ErrNewer
	}
	return err
}

// migration is a file of SQL as the store's engine reads it, and what is to be done behind it, if anything.
func (s *Store) migration(version int64, ddl string, then func(context.Context, *sql.Tx) error) *goose.Migration {
	ddl = strings.ReplaceAll(ddl, "/*C*/", s.engine.collate())
	return goose.NewGoMigration(version, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		for statement := range strings.SplitSeq(ddl, ";\n") {
			if strings.TrimSpace(statement) == "" {
				continue
			}
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		if then == nil {
			return nil
		}
		return then(ctx, tx)
	}}, nil)
}

// Close closes the database.
func (s *Store) Close() error {
	err := s.write.Close()
	if s.read != s.write {
		err = errors.Join(err, s.read.Close())
	}
	return err
}

// Epoch names this store: another epoch is another store, or one whose feed began anew.
func (s *Store) Epoch() string { return s.epoch }

// Demo says whether the store holds made-up data.
func (s *Store) Demo() bool { return !s.real }

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.read.PingContext(ctx) }

// Update runs f in a transaction and numbers its events. f may run several times: it must change
// nothing but the transaction and what it assigns anew, and must not begin another one. A statement
// that fails spoils the transaction, whatever f makes of it. When Update returns an error of its
// own, the change is not there, with one exception: while PostgreSQL was committing, the connection
// broke or ctx ended. Who sends a change again names it, for Answered to find.
func (s *Store) Update(ctx context.Context, f func(*Tx) error) error {
	if s.engine.alone() {
		return s.join(ctx, f)
	}
	recorded := false
	err := s.transact(ctx, sql.LevelSerializable, func(tx *Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		recorded = tx.recorded
		return nil
	})
	if err == nil && recorded {
		// The change stands whatever becomes of its number: the caller may be gone, and a failure here
		// is no failure of the change. Who numbers next, numbers what is left here.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = s.Sequence(ctx)
	}
	return err
}

// transact repeats a transaction while others are in its way, waiting longer each time, by chance,
// so that those who collided once don't collide again.
func (s *Store) transact(ctx context.Context, level sql.IsolationLevel, f func(*Tx) error) error {
	const longest = 50 * time.Millisecond
	end := time.Now().Add(s.patience)
	for wait := time.Millisecond; ; wait = min(2*wait, longest) {
		err := s.once(ctx, s.write, &sql.TxOptions{Isolation: level}, f)
		switch {
		case err == nil || !s.engine.again(err):
			return err
		case ctx.Err() != nil:
			return errors.Join(ctx.Err(), err)
		case time.Now().After(end):
			return fmt.Errorf("%w: %w", ErrBusy, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(rand.N(wait)):
		}
	}
}

// View runs f in a transaction that only reads, and sees one moment.
func (s *Store) View(ctx context.Context, f func(*Tx) error) error {
	return s.once(ctx, s.read, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}, f)
}

func (s *Store) once(ctx context.Context, db *sql.DB, o *sql.TxOptions, f func(*Tx) error) error {
	kept := s.writing
	if o.ReadOnly {
		kept = s.reading
	}
	begun, err := db.BeginTx(ctx, o)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer kept.prepare(context.WithoutCancel(ctx), db)
	// After a panic, too: SQLite has one connection for all who write. What fails here changes
	// nothing: what isn't committed is gone with the connection at the latest.
	defer func() { _ = begun.Rollback() }()
	tx := &Tx{ctx: ctx, tx: begun, store: s, kept: kept}
	if err := f(tx); err != nil {
		return err
	}
	if tx.failed != nil {
		return tx.failed
	}
	switch err := begun.Commit(); {
	case err == nil:
	case errors.Is(err, sql.ErrTxDone): // the context's end was faster, and rolled it back
		return fmt.Errorf("commit: %w", errors.Join(context.Cause(ctx), err))
	default:
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// Sequence numbers the committed events that have no number yet, in the order of their ids. Feeds
// see only numbered events, so no reader skips one that was committed late. Update sees to it by
// itself; what is left is what a server that died, or lost its database, didn't come to.
func (s *Store) Sequence(ctx context.Context) error {
	// Read committed: each statement sees what was committed before it began, so that the one behind
	// the lock sees all that was numbered by who held it. It can't disturb a serializable change.
	return s.transact(ctx, sql.LevelReadCommitted, (*Tx).number)
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

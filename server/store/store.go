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
	// ErrTaken means that a claim is held by another.
	ErrTaken = errors.New("taken")
)

//go:embed schema.sql
var schema string

// engine is what SQLite and PostgreSQL do differently.
type engine interface {
	dialect() goose.Dialect
	collate() string
	// again says whether a transaction failed only because of another one and may be repeated.
	again(error) bool
}

// Store is an open database of the centre. It is safe for use by many goroutines.
type Store struct {
	engine engine
	write  *sql.DB
	read   *sql.DB
	epoch  string
	real   bool // not the demo's
}

// Options say what a store is for; they are fixed when it is made.
type Options struct {
	// Demo stores hold made-up data; a store is demo or real for ever.
	Demo bool
}

// ErrOtherPurpose means that a real store was opened as the demo's, or the other way round.
var ErrOtherPurpose = errors.New("the store was made for another purpose: demo and real data never share one")

func open(ctx context.Context, e engine, write, read *sql.DB, o Options) (_ *Store, err error) {
	s := &Store{engine: e, write: write, read: read}
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
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	return s, nil
}

func (s *Store) migrate(ctx context.Context) error {
	ddl := strings.ReplaceAll(schema, "/*C*/", s.engine.collate())
	first := goose.NewGoMigration(1, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		for statement := range strings.SplitSeq(ddl, ";\n") {
			if strings.TrimSpace(statement) == "" {
				continue
			}
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	}}, nil)
	provider, err := goose.NewProvider(s.engine.dialect(), s.write, nil,
		goose.WithGoMigrations(first), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
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

// maxTries bounds how often a transaction is repeated for the sake of others.
const maxTries = 20

// Update runs f in a transaction and then numbers its events. f may run several times: it must
// change nothing but the transaction and what it assigns anew.
func (s *Store) Update(ctx context.Context, f func(*Tx) error) error {
	if err := s.transact(ctx, f); err != nil {
		return err
	}
	// The change stands; numbering it is repeated by the next change if it fails here.
	return s.Sequence(ctx)
}

func (s *Store) transact(ctx context.Context, f func(*Tx) error) error {
	for try := 1; ; try++ {
		err := s.once(ctx, s.write, &sql.TxOptions{Isolation: sql.LevelSerializable}, f)
		if err == nil || try == maxTries || ctx.Err() != nil || !s.engine.again(err) {
			return err
		}
	}
}

// View runs f in a transaction that only reads.
func (s *Store) View(ctx context.Context, f func(*Tx) error) error {
	return s.once(ctx, s.read, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}, f)
}

func (s *Store) once(ctx context.Context, db *sql.DB, o *sql.TxOptions, f func(*Tx) error) error {
	tx, err := db.BeginTx(ctx, o)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := f(&Tx{ctx: ctx, tx: tx, store: s}); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// ignoreDone drops the complaint that a transaction which the engine has already ended is ended.
func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// Sequence numbers the committed events that have no number yet, in the order of their ids. Feeds
// see only numbered events, so no reader skips one that was committed late.
func (s *Store) Sequence(ctx context.Context) error {
	return s.transact(ctx, func(tx *Tx) error {
		ids, err := tx.strings(`SELECT id FROM event WHERE seq IS NULL ORDER BY id LIMIT 1000`)
		if err != nil || len(ids) == 0 {
			return err
		}
		var last int64
		// The counter's row is the lock among sequencers.
		err = tx.tx.QueryRowContext(tx.ctx, `INSERT INTO counter (name, value) VALUES ('event', $1)
			ON CONFLICT (name) DO UPDATE SET value = counter.value + $1 RETURNING value`, len(ids)).Scan(&last)
		if err != nil {
			return err
		}
		for i, id := range ids {
			seq := last - int64(len(ids)-1-i)
			if _, err := tx.tx.ExecContext(tx.ctx, `UPDATE event SET seq = $1 WHERE id = $2 AND seq IS NULL`, seq, id); err != nil {
				return err
			}
		}
		return nil
	})
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

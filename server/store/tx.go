package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Tx is a transaction.
type Tx struct {
	ctx   context.Context
	tx    *sql.Tx
	store *Store
}

// Record is an aggregate as stored.
type Record struct {
	Kind, ID string
	Version  int64
	Parent   string // the purchase it belongs to, or empty
	Owner    string // the organisation or person it belongs to, or empty
	Body     []byte // JSON
}

const recordColumns = `kind, id, version, parent, owner, body`

func scanRecord(row interface{ Scan(...any) error }) (Record, error) {
	var r Record
	var body string
	if err := row.Scan(&r.Kind, &r.ID, &r.Version, &r.Parent, &r.Owner, &body); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			err = ErrNotFound
		}
		return Record{}, err
	}
	r.Body = []byte(body)
	return r, nil
}

// Get reads an aggregate. ErrNotFound when there is none.
func (tx *Tx) Get(kind, id string) (Record, error) {
	return scanRecord(tx.tx.QueryRowContext(tx.ctx,
		`SELECT `+recordColumns+` FROM aggregate WHERE kind = $1 AND id = $2`, kind, id))
}

// Of lists the aggregates that belong to a purchase, by kind and id.
func (tx *Tx) Of(parent string) ([]Record, error) {
	return tx.records(`SELECT `+recordColumns+` FROM aggregate WHERE parent = $1 ORDER BY kind, id`, parent)
}

// Owned lists the aggregates of a kind that belong to an organisation or person, by id, after an
// id and at most limit.
func (tx *Tx) Owned(kind, owner, after string, limit int) ([]Record, error) {
	return tx.records(`SELECT `+recordColumns+` FROM aggregate WHERE kind = $1 AND owner = $2 AND id > $3
		ORDER BY id LIMIT $4`, kind, owner, after, limit)
}

// Every lists the aggregates of a kind, by id, after an id and at most limit.
func (tx *Tx) Every(kind, after string, limit int) ([]Record, error) {
	return tx.records(`SELECT `+recordColumns+` FROM aggregate WHERE kind = $1 AND id > $2
		ORDER BY id LIMIT $3`, kind, after, limit)
}

func (tx *Tx) records(query string, args ...any) (_ []Record, err error) {
	rows, err := tx.tx.QueryContext(tx.ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var list []Record
	for rows.Next() {
		r, err := scanRecord(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

func (tx *Tx) strings(query string, args ...any) (_ []string, err error) {
	rows, err := tx.tx.QueryContext(tx.ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var list []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// Put writes an aggregate over the version that the change was based on; 0 makes a new one. It
// returns the new version, or ErrStale.
func (tx *Tx) Put(r Record, base int64) (int64, error) {
	if base == 0 {
		_, err := tx.tx.ExecContext(tx.ctx, `INSERT INTO aggregate (kind, id, version, parent, owner, body)
			SELECT $1, $2, 1, $3, $4, $5 WHERE NOT EXISTS (SELECT 1 FROM aggregate WHERE kind = $1 AND id = $2)`,
			r.Kind, r.ID, r.Parent, r.Owner, string(r.Body))
		if err != nil {
			return 0, fmt.Errorf("put %s %s: %w", r.Kind, r.ID, err)
		}
		stored, err := tx.Get(r.Kind, r.ID)
		if err == nil && (stored.Version != 1 || string(stored.Body) != string(r.Body)) {
			err = ErrStale
		}
		return 1, err
	}
	done, err := tx.tx.ExecContext(tx.ctx, `UPDATE aggregate SET version = $1, parent = $2, owner = $3, body = $4
		WHERE kind = $5 AND id = $6 AND version = $7`,
		base+1, r.Parent, r.Owner, string(r.Body), r.Kind, r.ID, base)
	return base + 1, changedOne(done, err)
}

// Delete removes an aggregate at a version, or ErrStale.
func (tx *Tx) Delete(kind, id string, base int64) error {
	done, err := tx.tx.ExecContext(tx.ctx, `DELETE FROM aggregate WHERE kind = $1 AND id = $2 AND version = $3`, kind, id, base)
	return changedOne(done, err)
}

func changedOne(done sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := done.RowsAffected()
	if err == nil && n != 1 {
		err = ErrStale
	}
	return err
}

// Claim takes a name for a holder. ErrTaken when another holds it.
func (tx *Tx) Claim(name, holder string) error {
	var held string
	err := tx.tx.QueryRowContext(tx.ctx, `INSERT INTO claim (name, holder) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET holder = claim.holder RETURNING holder`, name, holder).Scan(&held)
	if err == nil && held != holder {
		err = ErrTaken
	}
	return err
}

// Release gives a claim back.
func (tx *Tx) Release(name, holder string) error {
	_, err := tx.tx.ExecContext(tx.ctx, `DELETE FROM claim WHERE name = $1 AND holder = $2`, name, holder)
	return err
}

// Next counts a series up and returns the new value, 1 first. A number once taken by a change that
// was committed is never given again.
func (tx *Tx) Next(series string) (n int64, err error) {
	err = tx.tx.QueryRowContext(tx.ctx, `INSERT INTO counter (name, value) VALUES ($1, 1)
		ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value`, series).Scan(&n)
	return n, err
}

// Event is one change of an aggregate, as the log and the feed have it.
type Event struct {
	Kind, Object string
	Version      int64
	Gone         bool   // the object is deleted, or lost from sight of the scopes
	Actor        string // person, or the name of a job
	Action       string
	At           time.Time
	Body         []byte   // the new body
	Scopes       []string // who is told
}

// Record appends an event, unnumbered.
func (tx *Tx) Record(e Event) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	gone := 0
	if e.Gone {
		gone = 1
	}
	_, err = tx.tx.ExecContext(tx.ctx, `INSERT INTO event (id, kind, object, version, gone, actor, action, at, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		id.String(), e.Kind, e.Object, e.Version, gone, e.Actor, e.Action, micros(e.At), string(e.Body))
	if err != nil {
		return err
	}
	for _, scope := range e.Scopes {
		_, err = tx.tx.ExecContext(tx.ctx, `INSERT INTO event_scope (scope, event) VALUES ($1, $2)
			ON CONFLICT (event, scope) DO NOTHING`, scope, id.String())
		if err != nil {
			return err
		}
	}
	return nil
}

// Change is a row of the feed: an object that changed, and whether it is gone.
type Change struct {
	Seq          int64
	Kind, Object string
	Gone         bool
}

// Changes lists what the scopes are told after a sequence number, oldest first, at most limit.
func (tx *Tx) Changes(scopes []string, after int64, limit int) (_ []Change, err error) {
	if len(scopes) == 0 {
		return nil, nil
	}
	args := []any{after, limit}
	marks := make([]string, len(scopes))
	for i, scope := range scopes {
		args = append(args, scope)
		marks[i] = fmt.Sprintf("$%d", i+3)
	}
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT e.seq, e.kind, e.object, e.gone FROM event e
		WHERE e.seq > $1 AND EXISTS (SELECT 1 FROM event_scope s WHERE s.event = e.id AND s.scope IN (`+
		strings.Join(marks, ", ")+`)) ORDER BY e.seq LIMIT $2`, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var list []Change
	for rows.Next() {
		var c Change
		var gone int64
		if err := rows.Scan(&c.Seq, &c.Kind, &c.Object, &gone); err != nil {
			return nil, err
		}
		c.Gone = gone != 0
		list = append(list, c)
	}
	return list, rows.Err()
}

// Head is the number of the last numbered event.
func (tx *Tx) Head() (n int64, err error) {
	err = tx.tx.QueryRowContext(tx.ctx, `SELECT COALESCE(MAX(seq), 0) FROM event`).Scan(&n)
	return n, err
}

// Answer is what a command was answered, kept under its Idempotency-Key.
type Answer struct {
	Digest string // of the request
	Body   []byte
}

// Answered finds the answer that the actor's key was given. ErrNotFound when there is none.
func (tx *Tx) Answered(actor, key string) (Answer, error) {
	var a Answer
	var body string
	err := tx.tx.QueryRowContext(tx.ctx, `SELECT digest, body FROM answer WHERE actor = $1 AND name = $2`, actor, key).Scan(&a.Digest, &body)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	a.Body = []byte(body)
	return a, err
}

// Remember keeps the answer under the key, in the transaction of its effect.
func (tx *Tx) Remember(actor, key string, a Answer, at time.Time) error {
	_, err := tx.tx.ExecContext(tx.ctx, `INSERT INTO answer (actor, name, digest, body, at) VALUES ($1, $2, $3, $4, $5)`,
		actor, key, a.Digest, string(a.Body), micros(at))
	return err
}

// setting reads a setting of the store, or sets it the first time.
func (tx *Tx) setting(name, value string) (stored string, err error) {
	err = tx.tx.QueryRowContext(tx.ctx, `INSERT INTO centre (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = centre.value RETURNING value`, name, value).Scan(&stored)
	return stored, err
}

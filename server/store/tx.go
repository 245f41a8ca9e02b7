package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Tx is a transaction. It is for one goroutine, and of no use after its function has returned.
type Tx struct {
	ctx   context.Context
	tx    *sql.Tx
	store *Store
	kept  *statements // may be nil
	// failed is the first failure of the engine. SQLite ends a transaction by itself when, say, the
	// disk is full, and would take the next statement for one that stands alone and commit it: after
	// a failure nothing reaches the engine.
	failed   error
	recorded bool // an event
}

func (tx *Tx) note(err error) error {
	if tx.failed == nil {
		tx.failed = err
	}
	return err
}

// exec runs a statement and returns how many rows it changed.
func (tx *Tx) exec(query string, args ...any) (int64, error) {
	if tx.failed != nil {
		return 0, tx.failed
	}
	var done sql.Result
	var err error
	if known := tx.kept.of(query); known != nil {
		done, err = tx.tx.StmtContext(tx.ctx, known).ExecContext(tx.ctx, args...)
	} else {
		done, err = tx.tx.ExecContext(tx.ctx, query, args...)
	}
	if err != nil {
		return 0, tx.note(err)
	}
	n, err := done.RowsAffected()
	return n, tx.note(err)
}

// one runs a statement that must change one row; otherwise it returns the error given.
func (tx *Tx) one(otherwise error, query string, args ...any) error {
	n, err := tx.exec(query, args...)
	if err == nil && n != 1 {
		err = otherwise
	}
	return err
}

// row reads the one row that a query gives. ErrNotFound when it gives none.
func (tx *Tx) row(query string, args []any, into ...any) error {
	if tx.failed != nil {
		return tx.failed
	}
	var err error
	if known := tx.kept.of(query); known != nil {
		err = tx.tx.StmtContext(tx.ctx, known).QueryRowContext(tx.ctx, args...).Scan(into...)
	} else {
		err = tx.tx.QueryRowContext(tx.ctx, query, args...).Scan(into...)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return tx.note(err)
}

// each reads the rows that a query gives, one call a row.
func (tx *Tx) each(query string, args []any, read func(scan func(...any) error) error) error {
	if tx.failed != nil {
		return tx.failed
	}
	var rows *sql.Rows
	var err error
	if known := tx.kept.of(query); known != nil {
		rows, err = tx.tx.StmtContext(tx.ctx, known).QueryContext(tx.ctx, args...)
	} else {
		rows, err = tx.tx.QueryContext(tx.ctx, query, args...)
	}
	if err != nil {
		return tx.note(err)
	}
	for rows.Next() && err == nil {
		err = read(rows.Scan)
	}
	return tx.note(errors.Join(err, rows.Err(), rows.Close()))
}

// Record is an aggregate as stored.
type Record struct {
	Kind, ID string
	Version  int64
	Parent   string // the purchase it belongs to, or empty
	Owner    string // the organisation or person it belongs to, or empty
	Body     []byte // JSON
}

// into says where a row of recordColumns goes, and what else its query gives.
func (r *Record) into(more ...any) []any {
	return append([]any{&r.Kind, &r.ID, &r.Version, &r.Parent, &r.Owner, (*text)(&r.Body)}, more...)
}

const recordColumns = `a.kind, a.id, a.version, a.parent, a.owner, a.body`

// text is a body as a column has it: both engines keep it as text.
type text []byte

// Scan makes a text of what a driver read.
func (t *text) Scan(value any) error {
	switch v := value.(type) {
	case string:
		*t = []byte(v)
	case []byte:
		*t = bytes.Clone(v)
	default:
		return fmt.Errorf("a body is a %T", value)
	}
	return nil
}

// Get reads an aggregate. ErrNotFound when there is none.
func (tx *Tx) Get(kind, id string) (Record, error) {
	var r Record
	err := tx.row(`SELECT `+recordColumns+` FROM aggregate a WHERE kind = $1 AND id = $2`, []any{kind, id}, r.into()...)
	return r, err
}

// Version is the version of an aggregate, without its body. ErrNotFound when there is none.
func (tx *Tx) Version(kind, id string) (version int64, err error) {
	err = tx.row(`SELECT version FROM aggregate WHERE kind = $1 AND id = $2`, []any{kind, id}, &version)
	return version, err
}

// Of lists the aggregates that belong to a purchase, by kind and id. Nothing belongs to the empty one.
func (tx *Tx) Of(parent string) ([]Record, error) {
	if parent == "" {
		return nil, nil
	}
	return tx.records(`SELECT `+recordColumns+` FROM aggregate a WHERE parent = $1 ORDER BY kind, id`, parent)
}

// Owned lists the aggregates of a kind that belong to an organisation or person, by id, after an
// id and at most limit.
func (tx *Tx) Owned(kind, owner, after string, limit int) ([]Record, error) {
	return tx.records(`SELECT `+recordColumns+` FROM aggregate a WHERE kind = $1 AND owner = $2 AND id > $3
		ORDER BY id LIMIT $4`, kind, owner, after, limit)
}

// Every lists the aggregates of a kind, by id, after an id and at most limit.
func (tx *Tx) Every(kind, after string, limit int) ([]Record, error) {
	return tx.records(`SELECT `+recordColumns+` FROM aggregate a WHERE kind = $1 AND id > $2
		ORDER BY id LIMIT $3`, kind, after, limit)
}

func (tx *Tx) records(query string, args ...any) (list []Record, err error) {
	err = tx.each(query, args, func(scan func(...any) error) error {
		var r Record
		err := scan(r.into()...)
		list = append(list, r)
		return err
	})
	return list, err
}

// Put writes an aggregate over the version that the change was based on; 0 makes a new one. It
// returns the new version, or ErrStale: when there is another version, none, or, for 0, any.
func (tx *Tx) Put(r Record, base int64) (int64, error) {
	if base == 0 {
		return 1, tx.one(ErrStale, `INSERT INTO aggregate (kind, id, version, parent, owner, body)
			VALUES ($1, $2, 1, $3, $4, $5) ON CONFLICT (kind, id) DO NOTHING`,
			r.Kind, r.ID, r.Parent, r.Owner, string(r.Body))
	}
	return base + 1, tx.one(ErrStale, `UPDATE aggregate SET version = $1, parent = $2, owner = $3, body = $4
		WHERE kind = $5 AND id = $6 AND version = $7`,
		base+1, r.Parent, r.Owner, string(r.Body), r.Kind, r.ID, base)
}

// Delete removes an aggregate at a version, or ErrStale.
func (tx *Tx) Delete(kind, id string, base int64) error {
	return tx.one(ErrStale, `DELETE FROM aggregate WHERE kind = $1 AND id = $2 AND version = $3`, kind, id, base)
}

// Claim takes a name for a holder. ErrTaken when another holds it.
func (tx *Tx) Claim(name, holder string) error {
	var held string
	err := tx.row(`INSERT INTO claim (name, holder) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET holder = claim.holder RETURNING holder`, []any{name, holder}, &held)
	if err == nil && held != holder {
		err = ErrTaken
	}
	return err
}

// Release gives a claim back. What another holds, or nobody, is left alone.
func (tx *Tx) Release(name, holder string) error {
	_, err := tx.exec(`DELETE FROM claim WHERE name = $1 AND holder = $2`, name, holder)
	return err
}

// Next counts a series up and returns the new value, 1 first. A number once taken by a change that
// was committed is never given again, and committed changes leave no gap.
func (tx *Tx) Next(series string) (n int64, err error) {
	err = tx.row(`INSERT INTO counter (name, value) VALUES ($1, 1)
		ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value`, []any{"series " + series}, &n)
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
	tx.recorded = true
	_, err = tx.exec(`INSERT INTO event (id, kind, object, version, gone, actor, action, at, body, digest)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		id.String(), e.Kind, e.Object, e.Version, gone, e.Actor, e.Action, micros(e.At), string(e.Body), e.digest(id.String()))
	if err != nil {
		return err
	}
	for scopes := range slices.Chunk(e.Scopes, 100) {
		if err := tx.address(id.String(), scopes); err != nil {
			return err
		}
	}
	return nil
}

// address says who is told of an event, by one statement.
func (tx *Tx) address(event string, scopes []string) error {
	rows := make([]string, len(scopes))
	args := []any{event}
	for i, scope := range scopes {
		rows[i] = fmt.Sprintf("($%d, $1)", i+2)
		args = append(args, scope)
	}
	_, err := tx.exec(`INSERT INTO event_scope (scope, event) VALUES `+strings.Join(rows, ", ")+`
		ON CONFLICT (event, scope) DO NOTHING`, args...)
	return err
}

// number gives the events that have no number yet the next ones, without a gap, and links them to those before.
func (tx *Tx) number() error {
	var some bool
	err := tx.row(`SELECT EXISTS (SELECT 1 FROM event WHERE seq IS NULL)`, nil, &some)
	if err != nil || !some {
		return err
	}
	// The counter's row is the lock among sequencers.
	var last int64
	err = tx.row(`INSERT INTO counter (name, value) VALUES ('events', 0)
		ON CONFLICT (name) DO UPDATE SET value = counter.value RETURNING value`, nil, &last)
	if err != nil {
		return err
	}
	n, err := tx.chain(last)
	if err != nil {
		return err
	}
	_, err = tx.exec(`UPDATE event_scope SET seq = event.seq FROM event
		WHERE event_scope.seq IS NULL AND event.id = event_scope.event AND event.seq IS NOT NULL`)
	if err != nil {
		return err
	}
	_, err = tx.exec(`UPDATE counter SET value = value + $1 WHERE name = 'events'`, n)
	return err
}

// Change is a row of the feed: an object that changed, and whether it is gone.
type Change struct {
	Seq          int64
	Kind, Object string
	Gone         bool
}

// Changes lists what the scopes (at most 500) are told after a sequence number, oldest first, at most limit.
func (tx *Tx) Changes(scopes []string, after int64, limit int) (list []Change, err error) {
	if len(scopes) == 0 {
		return nil, nil
	}
	args := []any{after, limit}
	for _, scope := range scopes {
		args = append(args, scope)
	}
	err = tx.each(feedQuery(len(scopes)), args, func(scan func(...any) error) error {
		var c Change
		var gone int64
		err := scan(&c.Seq, &c.Kind, &c.Object, &gone)
		c.Gone = gone != 0
		list = append(list, c)
		return err
	})
	return list, err
}

// feedQuery asks for a page of what some scopes are told: after $1, at most $2, of the scopes $3 and
// so on. A page of each scope is enough for a page of all, however long the feed is.
func feedQuery(scopes int) string {
	pages := make([]string, scopes)
	for i := range pages {
		pages[i] = fmt.Sprintf(`SELECT seq FROM (SELECT seq FROM event_scope
			WHERE scope = $%d AND seq > $1 ORDER BY seq LIMIT $2) AS page%d`, i+3, i)
	}
	return `SELECT e.seq, e.kind, e.object, e.gone FROM (` + strings.Join(pages, ` UNION `) + `
		ORDER BY seq LIMIT $2) AS told JOIN event e ON e.seq = told.seq ORDER BY e.seq`
}

// Head is the number of the last numbered event.
func (tx *Tx) Head() (n int64, err error) {
	err = tx.row(`SELECT COALESCE(MAX(seq), 0) FROM event`, nil, &n)
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
	err := tx.row(`SELECT digest, body FROM answer WHERE actor = $1 AND name = $2`, []any{actor, key},
		&a.Digest, (*text)(&a.Body))
	return a, err
}

// Remember keeps the answer under the key, in the transaction of its effect. ErrTaken when there is
// one already.
func (tx *Tx) Remember(actor, key string, a Answer, at time.Time) error {
	return tx.one(ErrTaken, `INSERT INTO answer (actor, name, digest, body, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (actor, name) DO NOTHING`, actor, key, a.Digest, string(a.Body), micros(at))
}

// setting reads a setting of the store, or sets it the first time.
func (tx *Tx) setting(name, value string) (stored string, err error) {
	err = tx.row(`INSERT INTO centre (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = centre.value RETURNING value`, []any{name, value}, &stored)
	return stored, err
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

type sqliteEngine struct{}

func (sqliteEngine) dialect() goose.Dialect { return goose.DialectSQLite3 }
func (sqliteEngine) collate() string        { return "" } // its default sorts by bytes

func (sqliteEngine) again(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code()&0xff == sqlite3.SQLITE_BUSY || e.Code()&0xff == sqlite3.SQLITE_LOCKED)
}

func (sqliteEngine) alone() bool { return true }

// One transaction writes at a time: nobody else takes the same.
func (sqliteEngine) take() string {
	return `UPDATE job SET taken = $2 WHERE (kind, object, due) IN (SELECT kind, object, due FROM job
		WHERE done = 0 AND due <= $1 AND taken <= $1 ORDER BY due, kind, object LIMIT $3) RETURNING kind, object, due`
}

// OpenSQLite opens the store in a file, which it makes when it is missing. Other processes may have
// it open too: writers wait for each other.
func OpenSQLite(ctx context.Context, path string, o Options) (*Store, error) {
	if err := prepare(path); err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	write, err := sql.Open("sqlite", sqliteDSN(path, url.Values{"_txlock": {"immediate"}}))
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	write.SetMaxOpenConns(1) // one writer at a time; the others wait here and not in the engine
	read, err := sql.Open("sqlite", sqliteDSN(path, url.Values{"_query_only": {"1"}}))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the store: %w", err), write.Close())
	}
	read.SetMaxOpenConns(8)
	read.SetMaxIdleConns(8)
	return open(ctx, sqliteEngine{}, write, read, o)
}

// prepare makes the file, for its owner's eyes only: the engine would show it to everybody, and
// doesn't say why it can't.
func prepare(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func sqliteDSN(path string, q url.Values) string {
	q["_busy_timeout"] = []string{"10000"} // milliseconds
	q["_pragma"] = []string{
		"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)",
		"temp_store(MEMORY)",
	} // what a savepoint would undo, above all
	return (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: q.Encode()}).String()
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"
	"github.com/pressly/goose/v3"
)

type postgresEngine struct{}

func (postgresEngine) dialect() goose.Dialect { return goose.DialectPostgres }
func (postgresEngine) collate() string        { return `COLLATE "C"` }

func (postgresEngine) again(err error) bool {
	var e *pgconn.PgError
	// serialization_failure, deadlock_detected; a unique key that a concurrent transaction took first
	// is seen on the next try.
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01" || e.Code == "23505")
}

func (postgresEngine) alone() bool { return false }

// Whoever takes at the same time passes over what this one has locked.
func (postgresEngine) take() string {
	return `UPDATE job SET taken = $2 WHERE (kind, object, due) IN (SELECT kind, object, due FROM job
		WHERE done = 0 AND due <= $1 AND taken <= $1 ORDER BY due, kind, object LIMIT $3 FOR UPDATE SKIP LOCKED) RETURNING kind, object, due`
}

// OpenPostgres opens the store in a PostgreSQL database.
func OpenPostgres(ctx context.Context, url string, o Options) (*Store, error) {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16) // the default of 2 would connect anew all the time
	db.SetConnMaxIdleTime(5 * time.Minute)
	return open(ctx, postgresEngine{}, db, db, o)
}

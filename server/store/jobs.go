package store

import (
	"context"
	"database/sql"
	"time"
)

// Job is work that falls due at an instant.
type Job struct {
	Kind, Object string
	Due          time.Time
}

// Schedule sets when a job falls due, in the place of what was set before.
func (tx *Tx) Schedule(j Job) error {
	_, err := tx.exec(`INSERT INTO job (kind, object, due, taken) VALUES ($1, $2, $3, 0)
		ON CONFLICT (kind, object) DO UPDATE SET due = excluded.due, taken = 0`, j.Kind, j.Object, micros(j.Due))
	return err
}

// Finish removes a job in the transaction of its effect. It says false when the job is not there as it
// was taken: another server finished it, or it was scheduled anew.
func (tx *Tx) Finish(j Job) (bool, error) {
	n, err := tx.exec(`DELETE FROM job WHERE kind = $1 AND object = $2 AND due = $3`, j.Kind, j.Object, micros(j.Due))
	return n == 1, err
}

// Take gives a server at most limit jobs that are due, oldest first, and keeps them from others until
// an instant: whoever dies over a job leaves it to another.
func (s *Store) Take(ctx context.Context, now, until time.Time, limit int) (jobs []Job, err error) {
	err = s.transact(ctx, sql.LevelReadCommitted, func(tx *Tx) error {
		jobs = nil
		return tx.each(s.engine.take(), []any{micros(now), micros(until), limit}, func(scan func(...any) error) error {
			var j Job
			var due int64
			err := scan(&j.Kind, &j.Object, &due)
			j.Due = time.UnixMicro(due)
			jobs = append(jobs, j)
			return err
		})
	})
	return jobs, err
}

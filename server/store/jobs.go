package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"
)

// Job is work that falls due at an instant. Kind, object and instant together tell it from others.
type Job struct {
	Kind, Object string
	Due          time.Time
}

// Schedule sets a job. One that is set already, or done, stays as it is.
func (tx *Tx) Schedule(j Job) error {
	_, err := tx.exec(`INSERT INTO job (kind, object, due, taken, done) VALUES ($1, $2, $3, 0, 0)
		ON CONFLICT (kind, object, due) DO NOTHING`, j.Kind, j.Object, micros(j.Due))
	return err
}

// Finish notes in the transaction of its effect that a job is done. It says false when it is not to be
// done any more: another server finished or dropped it.
func (tx *Tx) Finish(j Job) (bool, error) {
	n, err := tx.exec(`UPDATE job SET done = 1 WHERE kind = $1 AND object = $2 AND due = $3 AND done = 0`,
		j.Kind, j.Object, micros(j.Due))
	return n == 1, err
}

// Drop forgets a job: it may be set again.
func (tx *Tx) Drop(j Job) error {
	_, err := tx.exec(`DELETE FROM job WHERE kind = $1 AND object = $2 AND due = $3`, j.Kind, j.Object, micros(j.Due))
	return err
}

// PutOff keeps a job that isn't done from all servers until an instant.
func (tx *Tx) PutOff(j Job, until time.Time) error {
	_, err := tx.exec(`UPDATE job SET taken = $1 WHERE kind = $2 AND object = $3 AND due = $4 AND done = 0`,
		micros(until), j.Kind, j.Object, micros(j.Due))
	return err
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
	slices.SortFunc(jobs, func(a, b Job) int { // an engine gives what it changed in any order
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Object, b.Object))
	})
	return jobs, err
}

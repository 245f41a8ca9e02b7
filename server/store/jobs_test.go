package store

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// noonOf is when the jobs of the tests are about.
func noonOf() time.Time { return time.UnixMicro(1_700_000_000_000_000) }

func job(object string, minutes int) Job {
	return Job{Kind: "lapse", Object: object, Due: noonOf().Add(time.Duration(minutes) * time.Minute)}
}

func written(t *testing.T, s *Store, f func(*Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// takes demands the objects of the jobs that are due, in their order.
func takes(t *testing.T, s *Store, minutes, limit int, want ...string) {
	t.Helper()
	at := noonOf().Add(time.Duration(minutes) * time.Minute)
	jobs, err := s.Take(t.Context(), at, at.Add(time.Minute), limit)
	var got []string
	for _, j := range jobs {
		got = append(got, j.Object)
	}
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("took %v (%v), want %v", got, err, want)
	}
}

// TestJobsAreTakenOldestFirstAndByOne: what is not due, or what another has, stays.
func TestJobsAreTakenOldestFirstAndByOne(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		written(t, s, func(tx *Tx) error {
			for object, minutes := range map[string]int{"a": -1, "b": -3, "c": -2, "d": 1} {
				if err := tx.Schedule(job(object, minutes)); err != nil {
					return err
				}
			}
			return nil
		})
		takes(t, s, 0, 2, "b", "c")
		takes(t, s, 0, 9, "a")
		takes(t, s, 0, 9)
		written(t, s, func(tx *Tx) error {
			for _, c := range []struct {
				j    Job
				want bool
			}{{job("a", -1), true}, {job("a", -1), false}, {job("c", -5), false}} {
				if done, err := tx.Finish(c.j); err != nil || done != c.want {
					t.Errorf("finished %s: %v (%v)", c.j.Object, done, err)
				}
			}
			return nil
		})
		takes(t, s, 1, 9, "b", "c", "d") // the leases of b and c are over, d falls due
	})
}

// TestWhatIsDoneIsNotSetAgain: unless it was dropped. What a server has is not taken from it by setting it.
func TestWhatIsDoneIsNotSetAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		set := func(tx *Tx) error { return errors.Join(tx.Schedule(job("a", 0)), tx.Schedule(job("b", 0))) }
		written(t, s, set)
		takes(t, s, 0, 9, "a", "b")
		written(t, s, set)
		takes(t, s, 0, 9)
		written(t, s, func(tx *Tx) error {
			_, err := tx.Finish(job("a", 0))
			return errors.Join(err, tx.Drop(job("b", 0)))
		})
		written(t, s, set)
		takes(t, s, 9, 9, "b")
		written(t, s, func(tx *Tx) error { return tx.Schedule(job("a", 1)) }) // another instant is another job
		takes(t, s, 9, 9, "a")
	})
}

// TestWhatIsPutOffWaits: for everybody, until its instant.
func TestWhatIsPutOffWaits(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		written(t, s, func(tx *Tx) error { return tx.Schedule(job("a", 0)) })
		written(t, s, func(tx *Tx) error { return tx.PutOff(job("a", 0), noonOf().Add(10*time.Minute)) })
		takes(t, s, 9, 9)
		takes(t, s, 10, 9, "a")
	})
}

// TestJobsOfAnOlderStoreStay: migration 3 keeps what migration 2 had scheduled.
func TestJobsOfAnOlderStoreStay(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		written(t, s, func(tx *Tx) error {
			for _, statement := range append([]string{`DROP TABLE job`}, statementsOf(s, jobs)...) {
				if _, err := tx.exec(statement); err != nil {
					return err
				}
			}
			_, err := tx.exec(`INSERT INTO job (kind, object, due, taken) VALUES ('lapse', 'a', $1, 0)`, micros(noonOf()))
			return err
		})
		written(t, s, func(tx *Tx) error {
			for _, statement := range statementsOf(s, duties) {
				if _, err := tx.exec(statement); err != nil {
					return err
				}
			}
			return nil
		})
		takes(t, s, 0, 9, "a")
	})
}

func statementsOf(s *Store, ddl string) []string {
	return strings.Split(strings.ReplaceAll(strings.TrimSpace(ddl), "/*C*/", s.engine.collate()), ";\n")
}

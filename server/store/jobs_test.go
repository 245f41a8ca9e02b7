package store

import (
	"slices"
	"testing"
	"time"
)

// TestJobsAreTakenOldestFirstAndByOne: what is not due, or what another has, stays.
func TestJobsAreTakenOldestFirstAndByOne(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		noon := time.UnixMicro(1_700_000_000_000_000)
		job := func(object string, minutes int) Job {
			return Job{Kind: "lapse", Object: object, Due: noon.Add(time.Duration(minutes) * time.Minute)}
		}
		update := func(f func(*Tx) error) {
			t.Helper()
			if err := s.Update(t.Context(), f); err != nil {
				t.Fatal(err)
			}
		}
		take := func(at time.Time, limit int, want ...string) []Job {
			t.Helper()
			jobs, err := s.Take(t.Context(), at, at.Add(time.Minute), limit)
			var got []string
			for _, j := range jobs {
				got = append(got, j.Object)
			}
			slices.Sort(got)
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("took %v (%v), want %v", got, err, want)
			}
			return jobs
		}
		update(func(tx *Tx) error {
			for object, minutes := range map[string]int{"a": -1, "b": -3, "c": -2, "d": 1} {
				if err := tx.Schedule(job(object, minutes)); err != nil {
					return err
				}
			}
			return nil
		})
		take(noon, 2, "b", "c")
		a := take(noon, 9, "a")[0]
		take(noon, 9)
		update(func(tx *Tx) error { return tx.Schedule(job("c", 30)) }) // set anew while somebody has it
		update(func(tx *Tx) error {
			for _, c := range []struct {
				j    Job
				want bool
			}{{a, true}, {a, false}, {job("c", -2), false}} {
				if done, err := tx.Finish(c.j); err != nil || done != c.want {
					t.Errorf("finished %s: %v (%v)", c.j.Object, done, err)
				}
			}
			return nil
		})
		take(noon.Add(time.Minute), 9, "b", "d") // b's lease is over, d falls due
	})
}

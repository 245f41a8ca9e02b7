package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func record(tx *Tx, object string, scopes ...string) error {
	return tx.Record(Event{Kind: "k", Object: object, Version: 1, Actor: "a", Action: "x", Body: []byte("{}"), Scopes: scopes})
}

// follow reads the feed to its end, page by page.
func follow(ctx context.Context, s *Store, scopes []string, after int64, limit int) (all []Change, err error) {
	for {
		var page []Change
		err := s.View(ctx, func(tx *Tx) (err error) {
			page, err = tx.Changes(scopes, after, limit)
			return err
		})
		if err != nil || len(page) == 0 {
			return all, err
		}
		if len(page) > limit {
			return nil, fmt.Errorf("a page of %d has %d changes", limit, len(page))
		}
		for _, c := range page {
			if c.Seq <= after {
				return nil, fmt.Errorf("%d follows %d", c.Seq, after)
			}
			after = c.Seq
		}
		all = append(all, page...)
	}
}

func objects(changes []Change) (list []string) {
	for _, c := range changes {
		list = append(list, c.Object)
	}
	return list
}

func TestEachIsToldWhatHisScopesAreTold(t *testing.T) {
	cases := []struct {
		name   string
		scopes []string
		after  int64
		want   []Change
	}{
		{"no scope", nil, 0, nil},
		{"a scope that is told nothing", []string{"z"}, 0, nil},
		{"one scope", []string{"a"}, 0, []Change{{1, "k", "1", false}, {3, "k", "3", true}}},
		{"a scope by its whole name only", []string{"A", "a ", "%"}, 0, nil},
		{"two scopes, what both are told is told once", []string{"a", "ә"}, 0, []Change{{1, "k", "1", false}, {2, "k", "2", false}, {3, "k", "3", true}}},
		{"the same scope twice", []string{"a", "a"}, 0, []Change{{1, "k", "1", false}, {3, "k", "3", true}}},
		{"from a place on", []string{"a", "ә"}, 2, []Change{{3, "k", "3", true}}},
		{"from the end on", []string{"a", "ә"}, 4, nil},
		{"from beyond the end on", []string{"a", "ә"}, 99, nil},
	}
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		update(t, s, func(tx *Tx) error {
			return errors.Join(record(tx, "1", "a"), record(tx, "2", "ә", "ә"),
				tx.Record(Event{Kind: "k", Object: "3", Gone: true, Scopes: []string{"ә", "a"}}), record(tx, "4"))
		})
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				for _, limit := range []int{1, 2, 500} {
					got, err := follow(t.Context(), s, c.scopes, c.after, limit)
					if err != nil {
						t.Fatal(err)
					}
					if diff := cmp.Diff(c.want, got); diff != "" {
						t.Errorf("%d at a time: %s", limit, diff)
					}
				}
			})
		}
		view(t, s, func(tx *Tx) error {
			head, err := tx.Head()
			if head != 4 {
				t.Errorf("the head is %d", head)
			}
			return err
		})
	})
}

func TestAChangeOfManyEventsIsInTheFeedAtOnceAndInOrder(t *testing.T) {
	const events = 2500 // an import
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		var want []string
		update(t, s, func(tx *Tx) error {
			want = nil
			for i := range events {
				want = append(want, strconv.Itoa(i))
				if err := record(tx, strconv.Itoa(i), "all"); err != nil {
					return err
				}
			}
			return nil
		})
		got, err := follow(t.Context(), s, []string{"all"}, 0, 500)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, objects(got)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestASeriesOfAnyNameLeavesTheFeedAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		update(t, s, func(tx *Tx) error {
			_, err := tx.Next("event")
			_, err2 := tx.Next("events")
			return errors.Join(err, err2, record(tx, "1", "all"))
		})
		got, err := follow(t.Context(), s, []string{"all"}, 0, 10)
		if diff := cmp.Diff([]Change{{1, "k", "1", false}}, got); diff != "" || err != nil {
			t.Error(diff, err)
		}
	})
}

// TestNoReaderMissesAnEvent lets writers of many servers race with a reader who only ever asks for what follows the
// last that he saw.
func TestNoReaderMissesAnEvent(t *testing.T) {
	const writers, changes = 12, 8
	onBoth(t, func(t *testing.T, h home) {
		stores := []*Store{h.store(t), h.store(t), h.store(t)}
		abandoned := errors.New("abandoned")
		written := make([][]string, writers)
		var running atomic.Int64
		running.Store(writers)
		var seen []Change
		errs := atOnce(writers+1, func(i int) error {
			if i == writers {
				for last := int64(0); ; {
					over := running.Load() == 0 // asked before the feed is read, so that the last is read too
					more, err := follow(t.Context(), stores[0], []string{"all"}, last, 7)
					if err != nil {
						return err
					}
					if seen = append(seen, more...); len(seen) > 0 {
						last = seen[len(seen)-1].Seq
					}
					if over {
						return nil
					}
				}
			}
			defer running.Add(-1)
			for n := range changes {
				var names []string
				err := stores[i%len(stores)].Update(t.Context(), func(tx *Tx) error {
					names = nil
					for k := range rand.IntN(4) {
						names = append(names, fmt.Sprintf("%d.%d.%d", i, n, k))
						if err := record(tx, names[k], "all"); err != nil {
							return err
						}
						if _, err := tx.Put(Record{Kind: "k", ID: names[k]}, 0); err != nil {
							return err
						}
					}
					if n%4 == 3 {
						return abandoned
					}
					return nil
				})
				switch {
				case err == nil:
					written[i] = append(written[i], names...)
				case !errors.Is(err, abandoned):
					return err
				}
			}
			return nil
		})
		tally(t, errs, nil)
		for i, c := range seen {
			if c.Seq != int64(i+1) {
				t.Fatalf("number %d is in place %d", c.Seq, i+1)
			}
		}
		want := slices.Sorted(slices.Values(slices.Concat(written...)))
		if diff := cmp.Diff(want, slices.Sorted(slices.Values(objects(seen)))); diff != "" {
			t.Error(diff)
		}
	})
}

// TestALateCommitIsNotSkipped is about PostgreSQL alone: on SQLite nobody writes beside a transaction that writes.
func TestALateCommitIsNotSkipped(t *testing.T) {
	h := postgresHome(t)
	slow, quick := h.store(t), h.store(t)
	recorded, mayCommit := make(chan struct{}), make(chan struct{})
	var seen []Change
	errs := atOnce(2, func(i int) error {
		if i == 0 {
			first := true
			return slow.Update(t.Context(), func(tx *Tx) error {
				if err := record(tx, "late", "all"); err != nil {
					return err
				}
				if first {
					first = false
					close(recorded)
				}
				<-mayCommit
				return nil
			})
		}
		defer close(mayCommit)
		<-recorded
		for n := range 5 {
			err := quick.Update(t.Context(), func(tx *Tx) error { return record(tx, strconv.Itoa(n), "all") })
			if err != nil {
				return err
			}
		}
		var err error
		seen, err = follow(t.Context(), quick, []string{"all"}, 0, 100)
		return err
	})
	tally(t, errs, nil)
	if diff := cmp.Diff([]string{"0", "1", "2", "3", "4"}, objects(seen)); diff != "" {
		t.Fatalf("before it was committed: %s", diff)
	}
	more, err := follow(t.Context(), quick, []string{"all"}, seen[len(seen)-1].Seq, 100)
	if diff := cmp.Diff([]Change{{6, "k", "late", false}}, more); diff != "" || err != nil {
		t.Errorf("after it was committed: %s %v", diff, err)
	}
}

func TestAChangeThatCantBeNumberedStandsOrFailsAsAWhole(t *testing.T) {
	forbid := map[string][]string{
		"sqlite": {`CREATE TRIGGER forbid BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'forbidden'); END`},
		"postgres": {
			`CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''forbidden''; END'`,
			`CREATE TRIGGER forbid BEFORE UPDATE ON event FOR EACH ROW EXECUTE FUNCTION forbid()`,
		},
	}
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		for _, statement := range forbid[h.name] {
			execute(t, s, statement)
		}
		ended := s.Update(t.Context(), func(tx *Tx) error {
			_, err := tx.Put(Record{Kind: "k", ID: "1"}, 0)
			return errors.Join(err, record(tx, "1", "all"))
		})
		err := s.View(t.Context(), func(tx *Tx) error { _, err := tx.Get("k", "1"); return err })
		if stands := err == nil; stands != (ended == nil) {
			t.Errorf("it ended with %v, and it stands: %v", ended, stands)
		}
		if got := rows(t, s, []string{"event"}); (got == "event 1") != (ended == nil) {
			t.Errorf("it ended with %v, and left %s", ended, got)
		}
	})
}

func TestWhatADeadServerLeftUnnumberedIsNumberedByTheNext(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		update(t, s, func(tx *Tx) error { return record(tx, "1", "all") })
		for _, c := range []struct {
			name string
			next func() error
		}{
			{"the one who starts", func() error { h.store(t); return nil }},
			{"the one who is asked to", func() error { return s.Sequence(t.Context()) }},
			{"the one who changes something", func() error {
				return s.Update(t.Context(), func(tx *Tx) error { return record(tx, "2", "others") })
			}},
		} {
			execute(t, s, `UPDATE event SET seq = NULL`)
			execute(t, s, `UPDATE event_scope SET seq = NULL`)
			execute(t, s, `DELETE FROM counter`)
			if err := c.next(); err != nil {
				t.Fatal(err)
			}
			got, err := follow(t.Context(), s, []string{"all"}, 0, 10)
			if diff := cmp.Diff([]Change{{1, "k", "1", false}}, got); diff != "" || err != nil {
				t.Errorf("%s: %s %v", c.name, diff, err)
			}
		}
	})
}

func execute(t testing.TB, s *Store, statement string) {
	t.Helper()
	if _, err := s.write.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

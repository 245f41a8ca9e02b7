package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
)

// inOneGroup makes changes that share a transaction: the first holds its turn until all others wait for theirs.
func inOneGroup(t *testing.T, s *Store, ctx func(i int) context.Context, changes ...func(*Tx) error) []error {
	t.Helper()
	errs := make([]error, len(changes))
	begun, ended := make(chan struct{}), make(chan int)
	for i, change := range changes {
		go func() {
			defer func() {
				if p := recover(); p != nil {
					errs[i] = fmt.Errorf("panic: %v", p)
				}
				ended <- i
			}()
			if i > 0 {
				<-begun
			}
			errs[i] = s.Update(ctx(i), func(tx *Tx) error {
				if i == 0 {
					select {
					case <-begun: // it is made again
					default:
						close(begun)
						for s.shared.waiting.Load() < int64(len(changes)-1) {
							runtime.Gosched()
						}
					}
				}
				return change(tx)
			})
		}()
	}
	for range changes {
		<-ended
	}
	return errs
}

func sqliteStore(t *testing.T) *Store { return sqliteHome(t).store(t) }

// claims are the changes of a group that each claim a name.
func claims(n int, names ...string) (list []func(*Tx) error) {
	for i := range n {
		name := strconv.Itoa(i)
		if i < len(names) {
			name = names[i]
		}
		list = append(list, func(tx *Tx) error { return errors.Join(tx.Claim(name, strconv.Itoa(i)), record(tx, name, "all")) })
	}
	return list
}

// held are the names that are claimed, each with its event.
func held(t *testing.T, s *Store) string {
	t.Helper()
	claims, events := "", ""
	view(t, s, func(tx *Tx) error {
		claims, events = "", ""
		err := tx.each(`SELECT name FROM claim ORDER BY name`, nil, func(scan func(...any) error) error {
			var name string
			err := scan(&name)
			claims += name
			return err
		})
		return errors.Join(err, tx.each(`SELECT object FROM event WHERE seq > 0 ORDER BY object`, nil, func(scan func(...any) error) error {
			var name string
			err := scan(&name)
			events += name
			return err
		}))
	})
	if claims != events {
		t.Errorf("claimed are %s, and told %s", claims, events)
	}
	return claims
}

func TestChangesThatShareATransactionStandAndFailEachByItself(t *testing.T) {
	background := func(int) context.Context { return context.Background() }
	abandoned := errors.New("abandoned")
	for _, c := range []struct {
		name    string
		change  func(*Tx) error // instead of the one at a place
		at      int
		ctx     func(int) context.Context
		want    string
		failure func(error) bool
	}{
		{"all are well", nil, -1, background, "01234", nil},
		{"one is refused", func(*Tx) error { return abandoned }, 2, background, "0134", func(err error) bool { return errors.Is(err, abandoned) }},
		{"the first is refused", func(*Tx) error { return abandoned }, 0, background, "1234", func(err error) bool { return errors.Is(err, abandoned) }},
		{"one changes half", func(tx *Tx) error { return errors.Join(tx.Claim("half", "1"), record(tx, "half", "all"), abandoned) }, 3, background, "0124", func(err error) bool { return errors.Is(err, abandoned) }},
		{"one panics", func(*Tx) error { panic("no") }, 2, background, "0134", func(err error) bool { return err != nil && err.Error() == "panic: no" }},
		{"the first panics", func(*Tx) error { panic("no") }, 0, background, "1234", func(err error) bool { return err != nil && err.Error() == "panic: no" }},
		{"the engine fails at one", func(tx *Tx) error {
			_, err := tx.exec(`INSERT INTO nothing VALUES (1)`)
			return err
		}, 2, background, "0134", func(err error) bool { return err != nil }},
		{"one makes nothing of a failure", func(tx *Tx) error {
			_, _ = tx.exec(`ROLLBACK`) // as the engine does by itself when the disk is full
			_, _ = tx.exec(`INSERT INTO nothing VALUES (1)`)
			return nil
		}, 2, background, "0134", func(err error) bool { return err != nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := sqliteStore(t)
			changes := claims(5)
			if c.at >= 0 {
				changes[c.at] = c.change
			}
			for i, err := range inOneGroup(t, s, c.ctx, changes...) {
				if failed := err != nil; failed != (i == c.at) || failed && !c.failure(err) {
					t.Errorf("change %d ended with %v", i, err)
				}
			}
			if got := held(t, s); got != c.want {
				t.Errorf("what stands is %s, want %s", got, c.want)
			}
			update(t, s, func(tx *Tx) error { return tx.Claim("next", "me") })
		})
	}
}

func TestChangesThatShareATransactionSeeEachOther(t *testing.T) {
	s := sqliteStore(t)
	errs := inOneGroup(t, s, func(int) context.Context { return context.Background() }, claims(3, "a", "a", "a")...)
	if won := tally(t, errs, ErrTaken); won != 1 || held(t, s) != "a" {
		t.Errorf("%d won, and %s stands", won, held(t, s))
	}
}

// TestWhoGivesUpWaitingLeavesTheOthersTheirs: though the group was left to him.
func TestWhoGivesUpWaitingLeavesTheOthersTheirs(t *testing.T) {
	s := sqliteStore(t)
	gone, leave := context.WithCancel(context.Background())
	changes := claims(2)
	first := changes[0]
	changes[0] = func(tx *Tx) error {
		leave()
		return first(tx)
	}
	errs := inOneGroup(t, s, func(i int) context.Context {
		return []context.Context{context.Background(), gone}[i]
	}, changes...)
	if errs[0] != nil || !errors.Is(errs[1], context.Canceled) || held(t, s) != "0" {
		t.Errorf("they ended with %v, and %s stands", errs, held(t, s))
	}
}

// TestSharedTransactionsAreCommittedTogether counts the commits, by what they append to the file's log.
func TestSharedTransactionsAreCommittedTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "centre.db")
	s, err := OpenSQLite(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const changes = 20
	var tries int
	counted := make([]func(*Tx) error, changes)
	for i, change := range claims(changes) {
		counted[i] = func(tx *Tx) error {
			tries++ // by one at a time
			if g := s.shared.open; i > 0 && (g == nil || g.size == 0) {
				t.Error("a change has a transaction of its own")
			}
			return change(tx)
		}
	}
	tally(t, inOneGroup(t, s, func(int) context.Context { return context.Background() }, counted...), nil)
	if tries != changes {
		t.Errorf("%d changes were made %d times", changes, tries)
	}
}

// inTurn makes changes that share a transaction, in their order: each holds its turn until the next one waits for it.
func inTurn(s *Store, changes ...func(*Tx) error) []error {
	errs, ended := make([]error, len(changes)), make(chan struct{})
	var begin func(int)
	begin = func(i int) {
		begun := false
		errs[i] = s.Update(context.Background(), func(tx *Tx) error {
			if !begun && i+1 < len(changes) {
				go begin(i + 1)
				for s.shared.waiting.Load() == 0 {
					runtime.Gosched()
				}
			}
			begun = true
			return changes[i](tx)
		})
		ended <- struct{}{}
	}
	go begin(0)
	for range changes {
		<-ended
	}
	return errs
}

// TestARefusalWaitsForWhatItIsBasedOn: who is told that a name is taken may rely on it. When the change that took it
// doesn't stand, there is nothing to be refused for.
func TestARefusalWaitsForWhatItIsBasedOn(t *testing.T) {
	s := sqliteStore(t)
	changed := errors.New("changed its mind")
	tries := 0
	errs := inTurn(
		s,
		func(tx *Tx) error {
			if tries++; tries > 1 { // once more by itself, for the group didn't stand
				return changed
			}
			return errors.Join(tx.Claim("a", "first"), record(tx, "a", "all"))
		},
		func(tx *Tx) error {
			if err := tx.Claim("a", "second"); err != nil {
				return err
			}
			return record(tx, "a", "all")
		},
		func(tx *Tx) error {
			_, _ = tx.exec(`ROLLBACK`) // as the engine does by itself when the disk is full
			_, err := tx.exec(`INSERT INTO nothing VALUES (1)`)
			return err
		},
	)
	if !errors.Is(errs[0], changed) || errs[1] != nil || errs[2] == nil || held(t, s) != "a" {
		t.Errorf("they ended with %v, and %s stands", errs, held(t, s))
	}
}

// TestNobodyWaitsForEndlessRefusals: a change that fails holds the others up as much as one that stands.
func TestNobodyWaitsForEndlessRefusals(t *testing.T) {
	s := sqliteStore(t)
	refused := errors.New("refused")
	changes := claims(1)
	for range largestGroup {
		changes = append(changes, func(*Tx) error { return refused })
	}
	committed := false
	changes = append(changes, func(*Tx) error {
		return s.View(context.Background(), func(tx *Tx) error {
			return tx.row(`SELECT EXISTS (SELECT 1 FROM claim WHERE name = '0')`, nil, &committed)
		})
	})
	if errs := inTurn(s, changes...); errs[0] != nil || !errors.Is(errs[1], refused) || !committed {
		t.Errorf("the first ended with %v; it was committed behind so many refusals: %t", errs[0], committed)
	}
}

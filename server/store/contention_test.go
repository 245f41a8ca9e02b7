package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestOneOfManyWinsAClaim(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		errs := atOnce(100, func(i int) error {
			return s.Update(t.Context(), func(tx *Tx) error { return tx.Claim("dispatch", strconv.Itoa(i)) })
		})
		if won := tally(t, errs, ErrTaken); won != 1 {
			t.Fatalf("%d won", won)
		}
		winner := slices.Index(errs, nil)
		errs = atOnce(20, func(i int) error {
			return s.Update(t.Context(), func(tx *Tx) error {
				if i == 0 {
					return tx.Release("dispatch", strconv.Itoa(winner))
				}
				return tx.Claim("dispatch", "later "+strconv.Itoa(i))
			})
		})
		if won := tally(t, errs, ErrTaken); won > 2 { // who gave it back, and at most one who came after
			t.Errorf("%d won after it was given back", won)
		}
	})
}

func TestOneOfManyMakesAnAggregate(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		errs := atOnce(30, func(int) error {
			return s.Update(t.Context(), func(tx *Tx) error {
				_, err := tx.Put(Record{Kind: "dispatch", ID: "1", Body: []byte("the same")}, 0)
				return err
			})
		})
		if won := tally(t, errs, ErrStale); won != 1 {
			t.Errorf("%d made it", won)
		}
	})
}

func TestNumbersOfCommittedChangesHaveNoGap(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s, other := h.store(t), h.store(t)
		abandoned := errors.New("abandoned")
		numbers := make([]int64, 60)
		errs := atOnce(len(numbers), func(i int) error {
			return []*Store{s, other}[i%2].Update(t.Context(), func(tx *Tx) (err error) {
				numbers[i], err = tx.Next("notification")
				if err == nil && i%3 == 0 {
					err = abandoned
				}
				return err
			})
		})
		committed := tally(t, errs, abandoned)
		var got, want []int64
		for i, err := range errs {
			if err == nil {
				got = append(got, numbers[i])
				want = append(want, int64(len(want)+1))
			}
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" || committed != 40 {
			t.Errorf("%d were committed: %s", committed, diff)
		}
	})
}

// count adds one to the number that an aggregate's body is.
func count(tx *Tx) error {
	r, err := tx.Get("account", "1")
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(string(r.Body))
	if err != nil {
		return err
	}
	r.Body = []byte(strconv.Itoa(n + 1))
	_, err = tx.Put(r, r.Version)
	return err
}

func TestConcurrentReadingAndWritingLosesNothing(t *testing.T) {
	const writers, times = 20, 5
	onBoth(t, func(t *testing.T, h home) {
		s, other := h.store(t), h.store(t)
		update(t, s, func(tx *Tx) error {
			_, err := tx.Put(Record{Kind: "account", ID: "1", Body: []byte("0")}, 0)
			return err
		})
		var tries atomic.Int64
		errs := atOnce(writers, func(i int) error {
			for range times {
				err := []*Store{s, other}[i%2].Update(t.Context(), func(tx *Tx) error {
					tries.Add(1)
					return count(tx)
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		tally(t, errs, nil)
		view(t, s, func(tx *Tx) error {
			r, err := tx.Get("account", "1")
			if got := string(r.Body); got != strconv.Itoa(writers*times) || r.Version != writers*times+1 {
				t.Errorf("the sum is %s at version %d", got, r.Version)
			}
			return err
		})
		t.Logf("%d changes took %d tries", writers*times, tries.Load())
	})
}

// TestAChangeThatReadWhatAnotherChangedIsRepeated is write skew: each reads what the other writes.
func TestAChangeThatReadWhatAnotherChangedIsRepeated(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		full := errors.New("full")
		// At most one may be there; nobody writes what another writes.
		errs := atOnce(10, func(i int) error {
			return s.Update(t.Context(), func(tx *Tx) error {
				there, err := tx.Of("purchase")
				if err != nil {
					return err
				}
				if len(there) > 0 {
					return full
				}
				_, err = tx.Put(Record{Kind: "notification", ID: strconv.Itoa(i), Parent: "purchase"}, 0)
				return err
			})
		})
		if won := tally(t, errs, full); won != 1 {
			t.Errorf("%d were let in", won)
		}
	})
}

func TestACommandSentManyTimesAtOnceHasOneEffectAndOneAnswer(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		answers := make([]string, 20)
		errs := atOnce(len(answers), func(i int) error {
			return s.Update(t.Context(), func(tx *Tx) error {
				a, err := tx.Answered("person", "key")
				if errors.Is(err, ErrNotFound) {
					var n int64
					n, err = tx.Next("effect")
					a = Answer{Digest: "d", Body: fmt.Appendf(nil, "effect %d of %d", n, i)}
					err = errors.Join(err, tx.Remember("person", "key", a, time.Now()))
				}
				answers[i] = string(a.Body)
				return err
			})
		})
		tally(t, errs, nil)
		if distinct := slices.Compact(slices.Sorted(slices.Values(answers))); len(distinct) != 1 {
			t.Errorf("the answers are %q", distinct)
		}
		view(t, s, func(tx *Tx) error {
			a, err := tx.Answered("person", "key")
			if string(a.Body) != answers[0] || a.Digest != "d" {
				t.Errorf("%q is kept, %q was answered", a, answers[0])
			}
			return err
		})
	})
}

func TestAChallengeIsUsedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		expires := time.Date(2026, 3, 10, 9, 0, 0, 123456000, time.UTC)
		update(t, s, func(tx *Tx) error { return tx.Challenge("nonce", expires) })
		got := make([]time.Time, 20)
		errs := atOnce(len(got), func(i int) error {
			return s.Update(t.Context(), func(tx *Tx) (err error) {
				got[i], err = tx.TakeChallenge("nonce")
				return err
			})
		})
		if won := tally(t, errs, ErrNotFound); won != 1 {
			t.Fatalf("%d used it", won)
		}
		if at := got[slices.Index(errs, nil)]; !at.Equal(expires) {
			t.Errorf("it expires at %v", at)
		}
		refused(t, s, ErrNotFound, func(tx *Tx) error { _, err := tx.TakeChallenge("none such"); return err })
	})
}

func TestAChangeGivesUpWhenOthersNeverLetItThrough(t *testing.T) {
	inTheWay := errors.New("in the way")
	s := sqliteHome(t).store(t)
	s.engine = contended{s.engine, inTheWay}
	s.patience = 20 * time.Millisecond
	tries := 0
	err := s.Update(t.Context(), func(*Tx) error { tries++; return inTheWay })
	if !errors.Is(err, ErrBusy) || !errors.Is(err, inTheWay) || tries < 2 {
		t.Errorf("after %d tries it ended with %v", tries, err)
	}

	s.patience = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	err = s.Update(ctx, func(*Tx) error { cancel(); return inTheWay })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled while it waited, it ended with %v", err)
	}
}

// contended is an engine on which others are always in the way.
type contended struct {
	engine
	err error
}

func (c contended) again(err error) bool { return errors.Is(err, c.err) }

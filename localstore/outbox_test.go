package localstore

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestACommandKeepsWhatItWasGiven(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openedAt(t, path)
	must(t, s.SaveDraft(Draft{Kind: "notification", ID: "n1"}))
	must(t, s.Enqueue(Command{
		ID: "id-1", Aggregate: "notification/n1", Base: 4, Method: "POST", Path: "/v1/notifications/n1/approve",
		Body: []byte(`{"a":1}`), Label: "Бекіту",
	}, &Ref{"notification", "n1"}))
	must(t, s.MarkSent("id-1"))
	must(t, s.Finish("id-1", Outcome{State: Refused, Answer: []byte(`{"rule":"R-3.10"}`)}))
	must(t, s.Close())

	s = openedAt(t, path)
	got, err := s.Outbox()
	must(t, err)
	wantSame(t, got, []Command{{
		ID: "id-1", Aggregate: "notification/n1", Base: 4, Method: "POST", Path: "/v1/notifications/n1/approve",
		Body: []byte(`{"a":1}`), Digest: sha256.Sum256([]byte(`{"a":1}`)), State: Refused, Queued: noon.Add(2 * time.Second),
		Updated: noon.Add(4 * time.Second), Attempts: 1, Answer: []byte(`{"rule":"R-3.10"}`), Label: "Бекіту",
	}})
	if _, found, err := s.Draft("notification", "n1"); found || err != nil {
		t.Fatalf("the draft is there still: %v %v", found, err)
	}
}

func TestACommandIsQueuedWithItsDraftOrNotAtAll(t *testing.T) {
	s := opened(t)
	must(t, s.SaveDraft(Draft{Kind: "k", ID: "1"}))
	must(t, s.Enqueue(Command{ID: "c", Aggregate: "a", Body: []byte("x")}, nil))
	wantErr(t, s.Enqueue(Command{ID: "c", Aggregate: "a", Body: []byte("y")}, &Ref{"k", "1"}), ErrDuplicate)
	if _, found, err := s.Draft("k", "1"); !found || err != nil {
		t.Fatalf("a refused command dropped its draft: %v %v", found, err)
	}
	must(t, s.Enqueue(Command{ID: "c", Aggregate: "a", Body: []byte("x")}, &Ref{"k", "1"}))
	if _, found, err := s.Draft("k", "1"); found || err != nil || s.Counts().All() != 1 {
		t.Fatalf("the same command again: draft %v, %v, %+v", found, err, s.Counts())
	}
	must(t, s.EnqueueKeeping(Command{ID: "d", Aggregate: "a"}, Draft{Kind: "k", ID: "2", Body: []byte("typing")}))
	if d, found, err := s.Draft("k", "2"); !found || string(d.Body) != "typing" || err != nil {
		t.Fatalf("the draft kept with a command: %v %q %v", found, d.Body, err)
	}
}

func TestARefusedOrConflictingCommandHoldsOnlyItsOwnAggregate(t *testing.T) {
	for _, state := range []State{Refused, Conflict} {
		t.Run(string(state), func(t *testing.T) {
			s := opened(t)
			for _, c := range []Command{{ID: "a1", Aggregate: "a"}, {ID: "a2", Aggregate: "a"}, {ID: "b1", Aggregate: "b"}} {
				must(t, s.Enqueue(c, nil))
			}
			wantHeads(t, s, "a1", "b1")
			must(t, s.MarkSent("a1"))
			must(t, s.Finish("a1", Outcome{State: state, Answer: []byte("why")}))
			wantHeads(t, s, "b1")
			wantErr(t, s.MarkSent("a1"), ErrOrder)
			wantErr(t, s.MarkSent("a2"), ErrOrder)

			must(t, s.Retry("a1"))
			wantHeads(t, s, "a1", "b1")
			must(t, s.MarkSent("a1"))
			must(t, s.Finish("a1", Outcome{State: state}))
			must(t, s.Replace("a1", Command{ID: "a1-merged", Aggregate: "a", Base: 7}))
			wantHeads(t, s, "a1-merged", "b1")
			must(t, s.MarkSent("a1-merged"))
			must(t, s.Finish("a1-merged", Outcome{State: state}))
			must(t, s.Remove("a1-merged"))
			wantHeads(t, s, "a2", "b1")
		})
	}
}

func wantHeads(t *testing.T, s *Store, want ...string) {
	t.Helper()
	next, err := s.Next(0)
	must(t, err)
	var got []string
	for _, c := range next {
		got = append(got, c.ID)
	}
	wantSame(t, got, want)
}

func TestACommandGoesAfterWhatWaitsOfAnotherAggregate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openedAt(t, path)
	must(t, s.Enqueue(Command{ID: "notification", Aggregate: "n", After: "marks"}, nil))
	must(t, s.Enqueue(Command{ID: "marks", Aggregate: "marks"}, nil)) // saved again since
	must(t, s.Enqueue(Command{ID: "other", Aggregate: "o", After: "other marks"}, nil))
	must(t, s.Close())

	s = openedAt(t, path)
	wantNext(t, s, "marks", "other")
	if of, err := s.Of("n"); err != nil || len(of) != 1 || of[0].ID != "notification" || of[0].After != "marks" {
		t.Errorf("of the notification wait %+v, %v", of, err)
	}
	if of, err := s.Of("nothing"); err != nil || of != nil {
		t.Errorf("of nothing wait %+v, %v", of, err)
	}
	wantErr(t, s.MarkSent("notification"), ErrOrder)
	must(t, s.MarkSent("marks"))
	must(t, s.Finish("marks", Outcome{State: Refused}))
	wantNext(t, s, "other")
	must(t, s.Replace("marks", Command{ID: "again", Aggregate: "marks"}))
	wantNext(t, s, "again", "other")
	must(t, s.MarkSent("again"))
	must(t, s.Finish("again", Outcome{State: Accepted}))
	wantNext(t, s, "notification", "other")
	must(t, s.MarkSent("notification"))
}

func wantNext(t *testing.T, s *Store, ids ...string) {
	t.Helper()
	next, err := s.Next(0)
	must(t, err)
	got := make([]string, len(next))
	for i, cmd := range next {
		got[i] = cmd.ID
	}
	wantSame(t, got, ids)
}

func TestAnUnknownOutcomeIsSentAgainUnderTheSameID(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openedAt(t, path)
	must(t, s.Enqueue(Command{ID: "c", Aggregate: "a"}, nil))
	must(t, s.MarkSent("c"))
	must(t, s.Close())
	s = openedAt(t, path)
	next, err := s.Next(1)
	must(t, err)
	if len(next) != 1 || next[0].ID != "c" || next[0].State != Sent || next[0].Attempts != 1 {
		t.Fatalf("after a crash between sending and answer: %+v", next)
	}
	must(t, s.MarkSent("c"))
	must(t, s.Retry("c"))
	next, err = s.Next(1)
	must(t, err)
	if next[0].State != Sent || next[0].Attempts != 0 {
		t.Fatalf("retried now: %+v", next[0])
	}
}

func TestAnAcceptedCommandAndItsMirrorAreOneTransaction(t *testing.T) {
	s := opened(t)
	for _, c := range []Command{
		{ID: "1", Aggregate: "a", Base: 3}, {ID: "2", Aggregate: "a", Base: 3}, {ID: "3", Aggregate: "a", Base: 9}, {ID: "4", Aggregate: "b", Base: 3},
	} {
		must(t, s.Enqueue(c, nil))
	}
	must(t, s.MarkSent("1", "4"))
	bad := Outcome{State: Accepted, Version: 4, Apply: []Object{{Kind: "k", ID: "1", Version: 4}, {Kind: "k"}}}
	wantErr(t, s.Finish("1", bad), ErrName)
	if objects, err := s.Objects(""); err != nil || len(objects) != 0 || s.Counts() != (Counts{Queued: 2, Sent: 2}) {
		t.Fatalf("after an outcome that can't be taken: %v, %v, %+v", objects, err, s.Counts())
	}
	must(t, s.Finish("1", Outcome{State: Accepted, Version: 4, Apply: bad.Apply[:1]}))
	left, err := s.Outbox()
	must(t, err)
	bases := map[string]int64{}
	for _, c := range left {
		bases[c.ID] = c.Base
	}
	wantSame(t, bases, map[string]int64{"2": 4, "3": 9, "4": 3})
	if o, found, err := s.Object("k", "1"); !found || o.Version != 4 || err != nil {
		t.Fatalf("the mirror: %v %+v %v", found, o, err)
	}
}

func TestCommandsAreMovedOnlyFromTheirState(t *testing.T) {
	s := opened(t)
	for _, c := range []Command{{ID: "a1", Aggregate: "a"}, {ID: "a2", Aggregate: "a"}, {ID: "b1", Aggregate: "b"}} {
		must(t, s.Enqueue(c, nil))
	}
	for name, c := range map[string]struct{ got, want error }{
		"finishing one not sent":         {s.Finish("a1", Outcome{State: Accepted}), ErrOrder},
		"sending one behind another":     {s.MarkSent("a2"), ErrOrder},
		"sending a good one with it":     {s.MarkSent("b1", "a2"), ErrOrder},
		"finishing one that isn't there": {s.Finish("x", Outcome{State: Accepted}), ErrNotQueued},
		"removing one that isn't there":  {s.Remove("x"), ErrNotQueued},
		"replacing a queued one":         {s.Replace("a1", Command{ID: "n", Aggregate: "a"}), ErrOrder},
		"replacing one not there":        {s.Replace("x", Command{ID: "n", Aggregate: "a"}), ErrNotQueued},
		"replacing by one there already": {s.Replace("a1", Command{ID: "b1", Aggregate: "a"}), ErrDuplicate},
	} {
		wantErrNamed(t, name, c.got, c.want)
	}
	if err := s.Finish("a1", Outcome{State: Queued}); err == nil {
		t.Error("an outcome that is none was taken")
	}
	if s.Counts() != (Counts{Queued: 3}) {
		t.Errorf("something was changed: %+v", s.Counts())
	}
}

func wantErrNamed(t *testing.T, name string, got, want error) {
	t.Helper()
	t.Run(name, func(t *testing.T) { wantErr(t, got, want) })
}

// modelCommand is the simplest thing that an outbox could hold.
type modelCommand struct {
	ID, Aggregate string
	State         State
}

// outboxModel is the outbox as one list.
type outboxModel struct{ all []modelCommand }

func (m *outboxModel) at(id string) int {
	return slices.IndexFunc(m.all, func(c modelCommand) bool { return c.ID == id })
}

func (m *outboxModel) heads() []string {
	var heads []string
	seen := map[string]bool{}
	for _, c := range m.all {
		if !seen[c.Aggregate] && (c.State == Queued || c.State == Sent) {
			heads = append(heads, c.ID)
		}
		seen[c.Aggregate] = true
	}
	return heads
}

// TestTheOutboxIsFIFOPerAggregateAndParallelAcrossThem compares the store with the model over any sequence of
// calls and of closings, after each of them.
func TestTheOutboxIsFIFOPerAggregateAndParallelAcrossThem(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		path := filepath.Join(t.TempDir(), fmt.Sprint(rand.Uint64()), "store.db")
		s := mustOpen(rt, path)
		var m outboxModel
		made := 0
		anyID := func() string {
			if len(m.all) == 0 {
				return "none"
			}
			return rapid.SampledFrom(m.all).Draw(rt, "command").ID
		}
		rt.Repeat(map[string]func(*rapid.T){
			"enqueue": func(rt *rapid.T) {
				made++
				c := modelCommand{fmt.Sprint(made), rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "aggregate"), Queued}
				if err := s.Enqueue(Command{ID: c.ID, Aggregate: c.Aggregate}, nil); err != nil {
					rt.Fatal(err)
				}
				m.all = append(m.all, c)
			},
			"send": func(rt *rapid.T) {
				id := anyID()
				allowed := slices.Contains(m.heads(), id)
				if err := s.MarkSent(id); (err == nil) != allowed {
					rt.Fatalf("sending %s: %v, allowed %v", id, err, allowed)
				}
				if allowed {
					m.all[m.at(id)].State = Sent
				}
			},
			"finish": func(rt *rapid.T) {
				id, state := anyID(), rapid.SampledFrom([]State{Accepted, Conflict, Refused}).Draw(rt, "state")
				allowed := m.at(id) >= 0 && m.all[m.at(id)].State == Sent
				if err := s.Finish(id, Outcome{State: state}); (err == nil) != allowed {
					rt.Fatalf("finishing %s: %v, allowed %v", id, err, allowed)
				}
				switch {
				case allowed && state == Accepted:
					m.all = slices.Delete(m.all, m.at(id), m.at(id)+1)
				case allowed:
					m.all[m.at(id)].State = state
				}
			},
			"retry": func(*rapid.T) {
				id := anyID()
				if err := s.Retry(id); (err == nil) != (m.at(id) >= 0) {
					rt.Fatalf("retrying %s: %v", id, err)
				}
				if i := m.at(id); i >= 0 && m.all[i].State != Sent {
					m.all[i].State = Queued
				}
			},
			"replace": func(rt *rapid.T) {
				made++
				id, next := anyID(), fmt.Sprint(made)
				i := m.at(id)
				allowed := i >= 0 && (m.all[i].State == Conflict || m.all[i].State == Refused)
				by := Command{ID: next, Aggregate: "a"}
				if i >= 0 {
					by.Aggregate = m.all[i].Aggregate
				}
				if err := s.Replace(id, by); (err == nil) != allowed {
					rt.Fatalf("replacing %s: %v, allowed %v", id, err, allowed)
				}
				if allowed {
					m.all[i].ID, m.all[i].State = next, Queued
				}
			},
			"remove": func(*rapid.T) {
				id := anyID()
				if err := s.Remove(id); (err == nil) != (m.at(id) >= 0) {
					rt.Fatalf("removing %s: %v", id, err)
				}
				if i := m.at(id); i >= 0 {
					m.all = slices.Delete(m.all, i, i+1)
				}
			},
			"reopen": func(rt *rapid.T) {
				if err := s.Close(); err != nil {
					rt.Fatal(err)
				}
				s = mustOpen(rt, path)
			},
			"": func(rt *rapid.T) { sameOutbox(rt, s, m) },
		})
		if err := s.Close(); err != nil {
			rt.Fatal(err)
		}
		checkEverything(t, path)
	})
}

func mustOpen(rt *rapid.T, path string) *Store {
	s, err := Open(path, testKey)
	if err != nil || s.Recovery() != nil {
		rt.Fatalf("opening: %v, %v", err, s.Recovery())
	}
	s.db.NoSync = true // no power is cut here, and there are thousands of steps
	return s
}

func sameOutbox(rt *rapid.T, s *Store, m outboxModel) {
	all, err := s.Outbox()
	if err != nil {
		rt.Fatal(err)
	}
	next, err := s.Next(0)
	if err != nil {
		rt.Fatal(err)
	}
	got := []modelCommand{}
	counts := map[State]int{}
	for _, c := range all {
		got = append(got, modelCommand{c.ID, c.Aggregate, c.State})
		counts[c.State]++
	}
	heads := []string{}
	for _, c := range next {
		heads = append(heads, c.ID)
	}
	if !slices.Equal(got, m.all) || !slices.Equal(heads, m.heads()) {
		rt.Fatalf("outbox %v, heads %v; model %v, heads %v", got, heads, m.all, m.heads())
	}
	if c := s.Counts(); c != (Counts{counts[Queued], counts[Sent], counts[Conflict], counts[Refused]}) {
		rt.Fatalf("counts %+v of %v", c, got)
	}
}

func TestNextGivesTheOldestFirst(t *testing.T) {
	s := opened(t)
	for i := range 10 {
		must(t, s.Enqueue(Command{ID: fmt.Sprint(i), Aggregate: fmt.Sprint(-i)}, nil))
	}
	next, err := s.Next(3)
	must(t, err)
	if len(next) != 3 || next[0].ID != "0" || next[2].ID != "2" {
		t.Fatalf("got %v", next)
	}
	if !slices.IsSortedFunc(next, func(a, b Command) int { return cmp.Compare(a.ID, b.ID) }) {
		t.Fatalf("not in order: %v", next)
	}
}

func TestBackoffIsAShareOfADoublingTimeUpToAMinute(t *testing.T) {
	most := func() float64 { return 1 }
	for attempt, want := range map[int]time.Duration{
		-1: 0, 0: 0, 1: time.Second, 2: 2 * time.Second, 6: 32 * time.Second, 7: time.Minute, 8: time.Minute, 1 << 40: time.Minute,
	} {
		if got := Backoff(attempt, most); got != want {
			t.Errorf("after %d tries at most %v, want %v", attempt, got, want)
		}
	}
	if got := Backoff(3, func() float64 { return 0.25 }); got != time.Second {
		t.Errorf("a quarter of 4 s is %v", got)
	}
	if got := Backoff(3, func() float64 { return 0 }); got != 0 {
		t.Errorf("full jitter begins at %v", got)
	}
}

// TestACommandTakesThePlaceOfOthersAtOneStroke: with the draft, or not at all.
func TestACommandTakesThePlaceOfOthersAtOneStroke(t *testing.T) {
	s := owned(t, person)
	for _, id := range []string{"create", "send", "other"} {
		must(t, s.Enqueue(Command{ID: id, Aggregate: "n"}, nil))
	}
	draft := Draft{Kind: "k", ID: "n", Body: []byte("text")}
	for _, c := range []struct {
		cmd    Command
		others []string
		want   error
	}{
		{Command{ID: "again", Aggregate: "n"}, []string{"create", "gone"}, ErrNotQueued},
		{Command{ID: "other", Aggregate: "m"}, []string{"create", "send"}, ErrDuplicate},
	} {
		if err := s.EnqueueInstead([]Command{c.cmd}, &draft, c.others...); !errors.Is(err, c.want) {
			t.Errorf("%s ended with %v", c.cmd.ID, err)
		}
	}
	if _, drafted, err := s.Draft("k", "n"); drafted || err != nil || s.Counts().Queued != 3 {
		t.Errorf("refused, it left %+v and a draft: %t, %v", s.Counts(), drafted, err)
	}
	must(t, s.EnqueueInstead([]Command{{ID: "again", Aggregate: "n"}, {ID: "behind", Aggregate: "n"}}, &draft, "create", "send"))
	next, err := s.Of("n")
	if err != nil || len(next) != 3 || next[0].ID != "other" || next[1].ID != "again" || next[2].ID != "behind" {
		t.Errorf("there are %v, %v", next, err)
	}
	if _, drafted, err := s.Draft("k", "n"); !drafted || err != nil {
		t.Errorf("a draft: %t, %v", drafted, err)
	}
}

// TestALongAnswerToAnAcceptedCommandHoldsNothingUp: what a command of many objects made is more than a value may be.
func TestALongAnswerToAnAcceptedCommandHoldsNothingUp(t *testing.T) {
	s := owned(t, person)
	must(t, s.Enqueue(Command{ID: "many", Aggregate: "dispatch"}, nil))
	must(t, s.MarkSent("many"))
	must(t, s.Finish("many", Outcome{State: Accepted, Answer: make([]byte, MaxValue+1), Apply: []Object{{Kind: "n", ID: "1", Version: 1}}}))
	if _, there, err := s.Object("n", "1"); !there || err != nil || s.Counts().All() != 0 {
		t.Errorf("%d wait, mirrored: %t, %v", s.Counts().All(), there, err)
	}
}

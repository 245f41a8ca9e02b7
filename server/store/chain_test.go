package store

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// places reads the log's places up to its head, and demands that there are none beyond.
func places(t *testing.T, s *Store) (list []Place) {
	t.Helper()
	view(t, s, func(tx *Tx) error {
		list = nil
		head, err := tx.Head()
		if err != nil {
			return err
		}
		for seq := int64(0); seq <= head; seq++ {
			p, err := tx.Place(seq)
			if err != nil {
				return err
			}
			list = append(list, p)
		}
		if _, err := tx.Place(head + 1); !errors.Is(err, ErrNotFound) {
			t.Errorf("beyond the head: %v", err)
		}
		return nil
	})
	return list
}

// event is one of those that the tests of the chain record.
func event(n int) Event {
	return Event{
		Kind: "k", Object: strconv.Itoa(n), Version: 1, Actor: "a", Action: "x", At: time.UnixMicro(int64(n)), Body: []byte("{}"), Scopes: []string{"all"},
	}
}

// TestEachPlaceStandsForAllBeforeIt: computed here again from what the events say.
func TestEachPlaceStandsForAllBeforeIt(t *testing.T) {
	const many = 2*chained + 7 // in one change, over several pages
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		for n := range 3 {
			update(t, s, func(tx *Tx) error { return tx.Record(event(n)) })
		}
		update(t, s, func(tx *Tx) error {
			for n := range many {
				if err := tx.Record(event(3 + n)); err != nil {
					return err
				}
			}
			return nil
		})
		want := []Place{{}}
		view(t, s, func(tx *Tx) error {
			want = want[:1]
			return tx.each(`SELECT id FROM event ORDER BY seq`, nil, func(scan func(...any) error) error {
				var id string
				err := scan(&id)
				before, e := want[len(want)-1], event(len(want)-1)
				want = append(want, Place{before.Seq + 1, link(before.Digest, before.Seq+1, e.digest(id)), e.At})
				return err
			})
		})
		if diff := cmp.Diff(want, places(t, s)); diff != "" || len(want) != 1+3+many {
			t.Error(diff)
		}
	})
}

func TestWhateverAnEventSaysChangesItsDigest(t *testing.T) {
	one := event(1)
	seen := map[string]string{one.digest("id"): "the event itself"}
	for name, e := range map[string]Event{
		"kind": {Kind: "l"}, "object": {Object: "2"}, "version": {Version: 2}, "gone": {Gone: true}, "actor": {Actor: "b"},
		"action": {Action: "y"}, "instant": {At: time.UnixMicro(9)}, "body": {Body: []byte("{} ")}, "parts run together": {Kind: "k1", Object: "1"},
	} {
		other := one
		switch name {
		case "kind":
			other.Kind = e.Kind
		case "object":
			other.Object = e.Object
		case "version":
			other.Version = e.Version
		case "gone":
			other.Gone = e.Gone
		case "actor":
			other.Actor = e.Actor
		case "action":
			other.Action = e.Action
		case "instant":
			other.At = e.At
		case "body":
			other.Body = e.Body
		default:
			other.Kind, other.Object = "k1", ""
		}
		if twin, taken := seen[other.digest("id")]; taken {
			t.Errorf("another %s has the digest of %s", name, twin)
		}
		seen[other.digest("id")] = name
	}
	if _, taken := seen[one.digest("other")]; taken {
		t.Error("another id changes nothing")
	}
}

// TestALogThatWentAnotherWayHasOtherDigests: from where the two part, whatever follows.
func TestALogThatWentAnotherWayHasOtherDigests(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		for n := range 4 {
			update(t, s, func(tx *Tx) error { return tx.Record(event(n)) })
		}
		before := places(t, s)
		execute(t, s, `DELETE FROM event WHERE seq > 2`) // as a backup that was taken then
		execute(t, s, `DELETE FROM event_scope WHERE seq > 2`)
		execute(t, s, `UPDATE counter SET value = 2 WHERE name = 'events'`)
		for n := range 4 {
			update(t, s, func(tx *Tx) error { return tx.Record(event(2 + n)) })
		}
		for seq, p := range places(t, s) {
			if seq >= len(before) {
				continue
			}
			if same := p.Digest == before[seq].Digest; same != (seq <= 2) {
				t.Errorf("at %d the digests are the same: %v", seq, same)
			}
		}
	})
}

// TestTheLogOfAnOlderStoreIsChained: migration 4 gives it the digests that it would have had.
func TestTheLogOfAnOlderStoreIsChained(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		update(t, s, func(tx *Tx) error {
			gone := event(0)
			gone.Gone, gone.At = true, time.Time{}
			if err := tx.Record(gone); err != nil {
				return err
			}
			for n := range chained {
				if err := tx.Record(event(1 + n)); err != nil {
					return err
				}
			}
			return nil
		})
		want := places(t, s)
		execute(t, s, `ALTER TABLE event DROP COLUMN digest`)
		execute(t, s, `ALTER TABLE event DROP COLUMN chain`)
		execute(t, s, `DROP TABLE lasting`) // what came after
		execute(t, s, `DELETE FROM goose_db_version WHERE version_id >= 4`)
		again := h.store(t)
		if diff := cmp.Diff(want, places(t, again)); diff != "" {
			t.Error(diff)
		}
		update(t, again, func(tx *Tx) error { return tx.Record(event(0)) })
		if got := places(t, again); len(got) != len(want)+1 || got[len(want)].Digest == "" {
			t.Errorf("it goes on with %d places", len(got))
		}
	})
}

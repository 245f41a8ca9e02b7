package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestAnAggregateIsReadAsItWasWritten(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		want := Record{
			Kind: "notification", ID: "84492164-ОК1", Parent: "17379677-1", Owner: "«ҚазАвтоЖол» ҰК' АҚ\"; --",
			Body: []byte("{\"text\": \"Ә ә 'одинарные' \\\"двойные\\\" \\u0000 \\\\ $1 ? \u2028 😀\"}"),
		}
		update(t, s, func(tx *Tx) error {
			version, err := tx.Put(want, 0)
			if version != 1 {
				t.Errorf("the first version is %d", version)
			}
			return err
		})
		want.Version = 1
		view(t, s, func(tx *Tx) error {
			got, err := tx.Get(want.Kind, want.ID)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			return err
		})
	})
}

func TestAChangeIsBasedOnTheVersionThatIsStored(t *testing.T) {
	type step func(tx *Tx, id string) error
	put := func(body string, base int64) step {
		return func(tx *Tx, id string) error {
			version, err := tx.Put(Record{Kind: "marks", ID: id, Body: []byte(body)}, base)
			if err == nil && version != base+1 {
				err = fmt.Errorf("version %d follows %d", version, base)
			}
			return err
		}
	}
	remove := func(base int64) step {
		return func(tx *Tx, id string) error { return tx.Delete("marks", id, base) }
	}
	cases := []struct {
		name  string
		given []step
		do    step
		want  error
	}{
		{"a new one", nil, put("a", 0), nil},
		{"new once more", []step{put("a", 0)}, put("b", 0), ErrStale},
		{"new once more, with the same body", []step{put("a", 0)}, put("a", 0), ErrStale},
		{"the version that is stored", []step{put("a", 0)}, put("b", 1), nil},
		{"an older version", []step{put("a", 0), put("b", 1)}, put("c", 1), ErrStale},
		{"an older version, with the same body", []step{put("a", 0), put("b", 1)}, put("b", 1), ErrStale},
		{"a version that is not there yet", []step{put("a", 0)}, put("b", 2), ErrStale},
		{"a version below all", []step{put("a", 0)}, put("b", -1), ErrStale},
		{"a version of what was never there", nil, put("b", 1), ErrStale},
		{"deleting the version that is stored", []step{put("a", 0)}, remove(1), nil},
		{"deleting an older version", []step{put("a", 0), put("b", 1)}, remove(1), ErrStale},
		{"deleting what is not there", nil, remove(1), ErrStale},
		{"deleting twice", []step{put("a", 0), remove(1)}, remove(1), ErrStale},
		{"anew after deletion", []step{put("a", 0), remove(1)}, put("b", 0), nil},
	}
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				for _, given := range c.given {
					update(t, s, func(tx *Tx) error { return given(tx, c.name) })
				}
				refused(t, s, c.want, func(tx *Tx) error { return c.do(tx, c.name) })
			})
		}
	})
}

func TestListsAreSortedByBytesAndPagedWithoutLoss(t *testing.T) {
	// By language ә follows а, ё follows е, and small letters stand beside their capitals; by bytes none of it.
	keys := []string{"10", "9", "A", "a", "Z", "z", "А", "Я", "а", "б", "я", "ё", "Ә", "ә", "қ", "ҚАЗ", "қаз", "😀", "\ufffd"}
	want := slices.Sorted(slices.Values(keys))
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		update(t, s, func(tx *Tx) error {
			var errs []error
			for _, key := range keys {
				_, err := tx.Put(Record{Kind: "k", ID: key, Owner: "o", Parent: "p"}, 0)
				_, err2 := tx.Put(Record{Kind: key, ID: key, Parent: "kinds"}, 0)
				_, err3 := tx.Put(Record{Kind: "other", ID: key, Owner: "other"}, 0)
				errs = append(errs, err, err2, err3)
			}
			return errors.Join(errs...)
		})
		view(t, s, func(tx *Tx) error {
			for _, c := range []struct {
				name  string
				limit int
				list  func(after string) ([]Record, error)
			}{
				{"of a purchase", len(keys) + 1, func(string) ([]Record, error) { return tx.Of("p") }},
				{"of a purchase, by kind", len(keys) + 1, func(string) ([]Record, error) { return tx.Of("kinds") }},
				{"owned", 2, func(after string) ([]Record, error) { return tx.Owned("k", "o", after, 2) }},
				{"every, one at a time", 1, func(after string) ([]Record, error) { return tx.Every("k", after, 1) }},
				{"every, all at once", 100, func(after string) ([]Record, error) { return tx.Every("k", after, 100) }},
			} {
				var got []string
				for after, full := "", true; full; {
					page, err := c.list(after)
					if err != nil {
						return err
					}
					for _, r := range page {
						got = append(got, r.ID)
						after = r.ID
					}
					full = len(page) == c.limit && len(got) <= len(want)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: %s", c.name, diff)
				}
			}
			return nil
		})
	})
}

func TestNothingBelongsToNoPurchase(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		update(t, s, func(tx *Tx) error {
			_, err := tx.Put(Record{Kind: "person", ID: "1"}, 0)
			return err
		})
		view(t, s, func(tx *Tx) error {
			got, err := tx.Of("")
			if len(got) != 0 {
				t.Errorf("got %v", got)
			}
			return err
		})
	})
}

func TestAClaimIsHeldByOneUntilHeGivesItBack(t *testing.T) {
	type step struct {
		do   string
		who  string
		want error
	}
	cases := []struct {
		name  string
		steps []step
	}{
		{"another is told that it is taken", []step{{"claim", "a", nil}, {"claim", "b", ErrTaken}}},
		{"the holder may claim it again", []step{{"claim", "a", nil}, {"claim", "a", nil}, {"claim", "b", ErrTaken}}},
		{"given back, it is anybody's", []step{{"claim", "a", nil}, {"release", "a", nil}, {"claim", "b", nil}, {"claim", "a", ErrTaken}}},
		{"nobody gives back what another holds", []step{{"claim", "a", nil}, {"release", "b", nil}, {"claim", "b", ErrTaken}}},
		{"what nobody holds is given back by nobody", []step{{"release", "a", nil}, {"claim", "b", nil}}},
	}
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				for _, step := range c.steps {
					refused(t, s, step.want, func(tx *Tx) error {
						if step.do == "claim" {
							return tx.Claim(c.name, step.who)
						}
						return tx.Release(c.name, step.who)
					})
				}
			})
		}
	})
}

// TestAggregatesAndClaimsFollowTheirModel compares any sequence of changes with two maps.
func TestAggregatesAndClaimsFollowTheirModel(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		run := 0
		rapid.Check(t, func(t *rapid.T) {
			run++ // a kind for every run: the store is not emptied in between
			kind, stored, held := fmt.Sprint("k", run), map[string]Record{}, map[string]string{}
			id, base := rapid.SampledFrom([]string{"а", "ә", "b"}), rapid.Int64Range(0, 4)
			demand := func(want error, f func(*Tx) error) {
				if err := s.Update(t.Context(), f); !errors.Is(err, want) {
					t.Fatalf("got %v, want %v", err, want)
				}
			}
			t.Repeat(map[string]func(*rapid.T){
				"put": func(t *rapid.T) {
					r := Record{Kind: kind, ID: id.Draw(t, "id"), Body: []byte(rapid.SampledFrom([]string{"x", "y"}).Draw(t, "body"))}
					on, want := base.Draw(t, "base"), error(nil)
					if stored[r.ID].Version != on {
						want = ErrStale
					}
					demand(want, func(tx *Tx) error { _, err := tx.Put(r, on); return err })
					if want == nil {
						r.Version = on + 1
						stored[r.ID] = r
					}
				},
				"delete": func(t *rapid.T) {
					key, on, want := id.Draw(t, "id"), base.Draw(t, "base"), error(nil)
					if r, is := stored[key]; !is || r.Version != on {
						want = ErrStale
					}
					demand(want, func(tx *Tx) error { return tx.Delete(kind, key, on) })
					if want == nil {
						delete(stored, key)
					}
				},
				"claim": func(t *rapid.T) {
					name, holder, want := kind+id.Draw(t, "name"), id.Draw(t, "holder"), error(nil)
					if by, is := held[name]; is && by != holder {
						want = ErrTaken
					}
					demand(want, func(tx *Tx) error { return tx.Claim(name, holder) })
					if want == nil {
						held[name] = holder
					}
				},
				"release": func(t *rapid.T) {
					name, holder := kind+id.Draw(t, "name"), id.Draw(t, "holder")
					demand(nil, func(tx *Tx) error { return tx.Release(name, holder) })
					if held[name] == holder {
						delete(held, name)
					}
				},
				"": func(t *rapid.T) {
					var got []Record
					err := s.View(t.Context(), func(tx *Tx) (err error) { got, err = tx.Every(kind, "", 10); return err })
					if err != nil {
						t.Fatal(err)
					}
					for _, r := range got {
						if diff := cmp.Diff(stored[r.ID], r); diff != "" {
							t.Fatal(diff)
						}
					}
					if len(got) != len(stored) {
						t.Fatalf("%d are stored, want %d", len(got), len(stored))
					}
				},
			})
		})
	})
}

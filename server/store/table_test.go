package store

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"baqylau/server/portal"
)

func TestAFileIsKeptOnceAndKnowsWhoseItIs(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		content := []byte{0, 1, 0xff, '\'', '\n', 0}
		update(t, s, func(tx *Tx) error {
			_, err := tx.Put(Record{Kind: "notification", ID: "1"}, 0)
			_, err2 := tx.Put(Record{Kind: "certificate", ID: "1"}, 0)
			return errors.Join(err, err2,
				tx.PutFile("d", "application/pdf", content, "notification", "1"),
				tx.PutFile("d", "application/pdf", content, "notification", "1"),
				tx.PutFile("d", "text/plain", []byte("other"), "certificate", "1"),
				tx.PutFile("d", "application/pdf", content, "draft", "never stored"),
				tx.PutFile("empty", "text/plain", nil, "notification", "1"))
		})
		view(t, s, func(tx *Tx) error {
			mediaType, got, err := tx.File("d")
			if mediaType != "application/pdf" || !slices.Equal(got, content) {
				t.Errorf("it is %s %v", mediaType, got)
			}
			_, empty, err2 := tx.File("empty")
			if len(empty) != 0 {
				t.Errorf("the empty file is %v", empty)
			}
			_, _, none := tx.File("D")
			if !errors.Is(none, ErrNotFound) {
				t.Errorf("a file that is not there: %v", none)
			}
			uses, err3 := tx.FileUses("d")
			want := []Record{{Kind: "certificate", ID: "1", Version: 1, Body: []byte{}}, {Kind: "notification", ID: "1", Version: 1, Body: []byte{}}}
			if diff := cmp.Diff(want, uses); diff != "" {
				t.Error(diff)
			}
			return errors.Join(err, err2, err3)
		})
	})
}

func TestTheFileWithTheMostEvidenceIsFoundByTheSignatureAndTheSignatureByEachOfThem(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		lasting := func(signature string) (digest string) {
			view(t, s, func(tx *Tx) (err error) {
				digest, err = tx.Lasting(signature)
				return err
			})
			return digest
		}
		for _, step := range []struct{ signature, digest, want string }{
			{"s", "stamped", "stamped"},
			{"other", "of the other", "of the other"},
			{"s", "with a list", "with a list"},
			{"s", "stamped", "with a list"}, // told twice
			{"", "of nothing", ""},
		} {
			update(t, s, func(tx *Tx) error { return tx.PutLasting(step.signature, step.digest) })
			if got := lasting(step.signature); got != step.want {
				t.Errorf("after %q, %q has %q", step.digest, step.signature, got)
			}
		}
		if got := lasting("unsigned"); got != "" {
			t.Errorf("nothing has %q", got)
		}
		for digest, want := range map[string]string{"stamped": "s", "with a list": "s", "of the other": "other", "s": "s", "a file": "a file"} {
			view(t, s, func(tx *Tx) error {
				got, err := tx.Accepted(digest)
				if got != want {
					t.Errorf("%q is of %q", digest, got)
				}
				return err
			})
		}
	})
}

func TestPagesOfPurchasesAreTheWholeListNewestFirst(t *testing.T) {
	moment := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	const purchases = 57
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		var want []string
		update(t, s, func(tx *Tx) error {
			for i := range purchases {
				// Some are published at the same instant, some are not published yet.
				k := PurchaseKey{ID: fmt.Sprintf("%02d-ә", (i*31)%purchases), Method: "tender", Published: moment.Add(time.Duration(i/5) * time.Microsecond)}
				if i < 5 {
					k.Published = time.Time{}
				}
				if _, err := tx.Put(Record{Kind: "purchase", ID: k.ID}, 0); err != nil {
					return err
				}
				if err := tx.IndexPurchase(PurchaseKey{ID: k.ID, Method: "other", Published: moment}); err != nil {
					return err
				}
				if err := tx.IndexPurchase(k); err != nil { // it was published anew
					return err
				}
			}
			return nil
		})
		view(t, s, func(tx *Tx) error {
			all, places, err := tx.Purchases("tender", PurchaseCursor{}, 1000)
			if err != nil {
				return err
			}
			if len(all) != purchases {
				t.Fatalf("%d are listed", len(all))
			}
			for i := range all {
				want = append(want, all[i].ID)
				newer := i == 0 || places[i-1].Published > places[i].Published
				if !newer && (places[i-1].Published != places[i].Published || all[i-1].ID >= all[i].ID) {
					t.Errorf("%v is followed by %v", places[i-1], places[i])
				}
			}
			for _, limit := range []int{1, 7, purchases, purchases + 1} {
				var got []string
				for after, full := (PurchaseCursor{}), true; full; {
					page, places, err := tx.Purchases("tender", after, limit)
					if err != nil {
						return err
					}
					for i, r := range page {
						got, after = append(got, r.ID), places[i]
					}
					full = len(page) == limit && len(got) <= len(want)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%d at a time: %s", limit, diff)
				}
			}
			none, _, err := tx.Purchases("other", PurchaseCursor{}, 1000)
			beyond, _, err2 := tx.Purchases("tender", PurchaseCursor{Published: math.MinInt64, ID: "x"}, 1000)
			if len(none)+len(beyond) != 0 {
				t.Errorf("under their old method %d, beyond the end %d", len(none), len(beyond))
			}
			return errors.Join(err, err2)
		})
	})
}

func TestAnAnswerIsKeptUnderItsActorAndKey(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		first := Answer{Digest: "d1", Body: []byte(`{"a":1}`)}
		update(t, s, func(tx *Tx) error { return tx.Remember("a", "key", first, time.Now()) })
		refused(t, s, ErrTaken, func(tx *Tx) error { return tx.Remember("a", "key", Answer{Digest: "d2"}, time.Now()) })
		update(t, s, func(tx *Tx) error { return tx.Remember("b", "key", Answer{Digest: "d3"}, time.Now()) })
		view(t, s, func(tx *Tx) error {
			got, err := tx.Answered("a", "key")
			if diff := cmp.Diff(first, got); diff != "" {
				t.Error(diff)
			}
			if _, err := tx.Answered("a", "Key"); !errors.Is(err, ErrNotFound) {
				t.Errorf("under another key: %v", err)
			}
			return err
		})
	})
}

func TestSessionsAndChallengesEnd(t *testing.T) {
	now := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	hours := map[string]time.Duration{"a1": 1, "a2": 2, "b1": 3}
	cases := []struct {
		name string
		end  func(*Tx) error
		want []string
	}{
		{"nothing ends by itself", func(*Tx) error { return nil }, []string{"a1", "a2", "b1"}},
		{"one is ended", func(tx *Tx) error { return tx.EndSession("a1") }, []string{"a2", "b1"}},
		{"all of a person are ended", func(tx *Tx) error { return tx.EndSessions("a") }, []string{"b1"}},
		{"ending what is over is no fault", func(tx *Tx) error { return tx.EndSession("none") }, []string{"a1", "a2", "b1"}},
		{"none has expired yet", func(tx *Tx) error { return tx.Forget(now.Add(time.Hour)) }, []string{"a1", "a2", "b1"}},
		{"one has expired", func(tx *Tx) error { return tx.Forget(now.Add(time.Hour + time.Microsecond)) }, []string{"a2", "b1"}},
		{"all have expired", func(tx *Tx) error { return tx.Forget(now.Add(24 * time.Hour)) }, nil},
	}
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				update(t, s, func(tx *Tx) error {
					errs := []error{tx.EndSessions("a"), tx.EndSessions("b")}
					for token, n := range hours {
						errs = append(errs, tx.PutSession(token, token[:1], now.Add(n*time.Hour)))
					}
					return errors.Join(errs...)
				})
				update(t, s, c.end)
				var got []string
				view(t, s, func(tx *Tx) error {
					for _, token := range slices.Sorted(maps.Keys(hours)) {
						person, expires, err := tx.Session(token)
						switch {
						case errors.Is(err, ErrNotFound):
							continue
						case err != nil:
							return err
						case person != token[:1] || !expires.Equal(now.Add(hours[token]*time.Hour)):
							t.Errorf("%s is %s's until %v", token, person, expires)
						}
						got = append(got, token)
					}
					return nil
				})
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Error(diff)
				}
			})
		}
	})
}

func TestAnExpiredChallengeIsForgotten(t *testing.T) {
	now := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		update(t, s, func(tx *Tx) error {
			return errors.Join(tx.Challenge("old", now.Add(-1)), tx.Challenge("new", now), tx.Forget(now))
		})
		refused(t, s, ErrNotFound, func(tx *Tx) error { _, err := tx.TakeChallenge("old"); return err })
		refused(t, s, nil, func(tx *Tx) error { _, err := tx.TakeChallenge("new"); return err })
	})
}

func TestWhatMustBeRandomIsRefusedWhenItRepeats(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		twice := map[string]func(*Tx) error{
			"a nonce": func(tx *Tx) error { return tx.Challenge("n", time.Now()) },
			"a token": func(tx *Tx) error { return tx.PutSession("t", "a", time.Now()) },
		}
		for name, f := range twice {
			t.Run(name, func(t *testing.T) {
				update(t, s, f)
				refused(t, s, ErrTaken, f)
			})
		}
	})
}

func TestWhatImportsBroughtIsFoundByItsKeyAndItsLinks(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		records := []portal.Record{
			{Key: "lots/ә", Links: []string{"root/1", "trd-buy/1"}, Body: []byte(`{"a":"ә"}`)},
			{Key: "lots/б", Links: []string{"trd-buy/1"}, Body: []byte(`{}`)},
			{Key: "plans/1", Body: []byte(`{}`)},
		}
		put := func(r portal.Record) {
			update(t, s, func(tx *Tx) error { return tx.Portal().Put(t.Context(), r) })
		}
		for range 2 { // the same import twice
			for _, r := range records {
				put(r)
			}
		}
		linked := func(link string, want ...portal.Record) {
			t.Helper()
			view(t, s, func(tx *Tx) error {
				got, err := tx.Portal().Linked(t.Context(), link)
				if diff := cmp.Diff(append([]portal.Record{}, want...), got); diff != "" {
					t.Error(link, diff)
				}
				return err
			})
		}
		linked("trd-buy/1", records[1], records[0]) // by bytes б comes before ә
		linked("root/1", records[0])
		linked("none")
		records[0].Links = []string{"root/2"}
		put(records[0])
		linked("trd-buy/1", records[1])
		linked("root/2", records[0])
		view(t, s, func(tx *Tx) error {
			_, found, err := tx.Portal().Get(t.Context(), "plans/2")
			if found {
				t.Error("a record that is not there was found")
			}
			return err
		})
	})
}

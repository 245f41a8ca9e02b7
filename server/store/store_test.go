package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"baqylau/internal/postgres"
)

func TestMain(m *testing.M) {
	if task := os.Getenv(childTask); task != "" {
		os.Exit(child(task))
	}
	goleak.VerifyTestMain(m)
}

// home is where a store lives. It can be opened several times over, as by several servers.
type home struct {
	name string
	open func(context.Context, Options) (*Store, error)
}

// onBoth runs a test on SQLite and on PostgreSQL, each time on a home where no store is yet.
func onBoth(t *testing.T, test func(*testing.T, home)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, sqliteHome(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, postgresHome(t)) })
}

func sqliteHome(t testing.TB) home {
	path := filepath.Join(t.TempDir(), "centre.db")
	return home{"sqlite", func(ctx context.Context, o Options) (*Store, error) { return OpenSQLite(ctx, path, o) }}
}

func postgresHome(t testing.TB) home {
	url := postgres.URL(t)
	return home{"postgres", func(ctx context.Context, o Options) (*Store, error) { return OpenPostgres(ctx, url, o) }}
}

// store opens the store until the test ends.
func (h home) store(t testing.TB) *Store {
	t.Helper()
	s, err := h.open(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func update(t testing.TB, s *Store, f func(*Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func view(t testing.TB, s *Store, f func(*Tx) error) {
	t.Helper()
	if err := s.View(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// refused demands that an update fails with an error.
func refused(t *testing.T, s *Store, want error, f func(*Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), f); !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}

// atOnce runs n of them and returns what each returned.
func atOnce(n int, f func(i int) error) []error {
	var all sync.WaitGroup
	start := make(chan struct{})
	got := make([]error, n)
	for i := range n {
		all.Go(func() {
			<-start
			got[i] = f(i)
		})
	}
	close(start)
	all.Wait()
	return got
}

// tally says how many ended without an error and demands that all others ended with the given one.
func tally(t *testing.T, errs []error, other error) (won int) {
	t.Helper()
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case other == nil || !errors.Is(err, other):
			t.Errorf("ended with %v, want %v", err, other)
		}
	}
	return won
}

func TestAStoreStaysItselfWhenOpenedAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		first := h.store(t)
		update(t, first, func(tx *Tx) error {
			_, err := tx.Put(Record{Kind: "purchase", ID: "1", Body: []byte(`{}`)}, 0)
			return err
		})
		again := h.store(t)
		if first.Epoch() == "" || again.Epoch() != first.Epoch() {
			t.Errorf("the epoch was %q and became %q", first.Epoch(), again.Epoch())
		}
		view(t, again, func(tx *Tx) error {
			_, err := tx.Get("purchase", "1")
			return err
		})
		if err := again.Ping(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestTwoStoresHaveTwoEpochs(t *testing.T) {
	one, other := sqliteHome(t).store(t), sqliteHome(t).store(t)
	if one.Epoch() == other.Epoch() {
		t.Error("another store has the same epoch")
	}
}

func TestManyServersMayStartAtOnceOnAnEmptyStore(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		opened := make([]*Store, 8)
		errs := atOnce(len(opened), func(i int) (err error) {
			opened[i], err = h.open(t.Context(), Options{})
			return err
		})
		if won := tally(t, errs, nil); won != len(opened) {
			t.Fatalf("%d of %d servers started", won, len(opened))
		}
		for _, s := range opened {
			if s.Epoch() != opened[0].Epoch() {
				t.Errorf("one server has epoch %s, another %s", s.Epoch(), opened[0].Epoch())
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestDemoAndRealDataNeverShareAStore(t *testing.T) {
	for _, c := range []struct {
		name        string
		first, then Options
		want        error
	}{
		{"real stays real", Options{}, Options{}, nil},
		{"the demo stays the demo", Options{Demo: true}, Options{Demo: true}, nil},
		{"real is not opened as the demo's", Options{}, Options{Demo: true}, ErrOtherPurpose},
		{"the demo's is not opened as real", Options{Demo: true}, Options{}, ErrOtherPurpose},
	} {
		t.Run(c.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, h home) {
				s, err := h.open(t.Context(), c.first)
				if err != nil {
					t.Fatal(err)
				}
				if s.Demo() != c.first.Demo {
					t.Errorf("it says demo: %v", s.Demo())
				}
				s.Close()
				s, err = h.open(t.Context(), c.then)
				if !errors.Is(err, c.want) {
					t.Errorf("got %v, want %v", err, c.want)
				}
				if err == nil {
					s.Close()
				}
			})
		})
	}
}

func TestAStoreOfANewerProgramIsNotOpened(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		execute(t, h.store(t), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, TRUE)`)
		s, err := h.open(t.Context(), Options{})
		if !errors.Is(err, ErrNewer) {
			t.Errorf("got %v", err)
		}
		if err == nil {
			s.Close()
		}
	})
}

func TestAFailedChangeLeavesNothing(t *testing.T) {
	everything := func(tx *Tx) error {
		_, err := tx.Put(Record{Kind: "purchase", ID: "1", Body: []byte(`{}`)}, 0)
		_, errNext := tx.Next("notification")
		return errors.Join(err, errNext,
			tx.Claim("number", "me"),
			tx.Record(Event{Kind: "purchase", Object: "1", Version: 1, Scopes: []string{"all"}}),
			tx.PutFile("d1", "text/plain", []byte("x"), "purchase", "1"),
			tx.IndexPurchase(PurchaseKey{ID: "1", Method: "tender"}),
			tx.Remember("me", "key", Answer{}, time.Now()),
			tx.Challenge("nonce", time.Now()),
			tx.PutSession("token", "me", time.Now()))
	}
	tables := []string{
		"aggregate", "claim", "event", "event_scope", "file", "file_use", "purchase_index", "answer", "challenge",
		"session", "counter",
	}
	broken := errors.New("broken")
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		before := rows(t, s, tables)
		for _, c := range []struct {
			name string
			fail func() error
		}{
			{"it returns an error", func() error {
				return s.Update(t.Context(), func(tx *Tx) error { return errors.Join(everything(tx), broken) })
			}},
			{"it panics", func() (err error) {
				defer func() {
					if recover() != nil {
						err = broken
					}
				}()
				return s.Update(t.Context(), func(tx *Tx) error {
					if err := everything(tx); err != nil {
						return err
					}
					panic("a defect")
				})
			}},
			{"it is cancelled on the way", func() error {
				ctx, cancel := context.WithCancel(t.Context())
				err := s.Update(ctx, func(tx *Tx) error {
					err := everything(tx)
					cancel()
					return err
				})
				if !errors.Is(err, context.Canceled) {
					return err
				}
				return broken
			}},
		} {
			t.Run(c.name, func(t *testing.T) {
				if err := c.fail(); !errors.Is(err, broken) {
					t.Fatalf("ended with %v", err)
				}
				// A change that holds on to its connection would be waited for without end.
				if after := rows(t, s, tables); after != before {
					t.Errorf("rows were %s, are %s", before, after)
				}
			})
		}
		update(t, s, everything)
		if after := rows(t, s, tables); after == before {
			t.Error("the same change without the failure left nothing either")
		}
	})
}

func TestACancelledChangeNeverBegins(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := s.Update(ctx, func(*Tx) error { t.Error("it began"); return nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("ended with %v", err)
		}
	})
}

// TestAChangeCancelledAtAnyMomentIsWholeOrNot doesn't ask a change that ended with an error to be absent from
// PostgreSQL: what is cancelled while the server commits may stand.
func TestAChangeCancelledAtAnyMomentIsWholeOrNot(t *testing.T) {
	const changes = 100
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		longest := time.Millisecond
		for i := range changes {
			id := strconv.Itoa(i)
			ctx, cancel := context.WithCancel(t.Context())
			timer := time.AfterFunc(rand.N(longest), cancel)
			ended := s.Update(ctx, func(tx *Tx) error {
				_, err := tx.Put(Record{Kind: "k", ID: id}, 0)
				if err != nil {
					return err
				}
				return record(tx, id, "all")
			})
			timer.Stop()
			cancel()
			err := s.View(t.Context(), func(tx *Tx) error { _, err := tx.Get("k", id); return err })
			if err != nil && !errors.Is(err, ErrNotFound) {
				t.Fatal(err)
			}
			if ended == nil { // so that as many are cancelled as not
				longest -= longest / 8
			} else {
				longest += longest / 8
			}
			if (ended == nil) != (err == nil) && (ended == nil || h.name == "sqlite") {
				t.Errorf("it ended with %v and reading it with %v", ended, err)
			}
		}
		if err := s.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		// PostgreSQL may end a commit whose caller has left after it was looked for above: what stands is
		// counted once, when all is over.
		var stands []Record
		err := s.View(t.Context(), func(tx *Tx) (err error) { stands, err = tx.Every("k", "", 2*changes); return err })
		if err != nil {
			t.Fatal(err)
		}
		stand := len(stands)
		feed, err := follow(t.Context(), s, []string{"all"}, 0, 500)
		if len(feed) != stand || err != nil {
			t.Errorf("%d changes stand with %d events (%v)", stand, len(feed), err)
		}
		if stand == 0 || stand == changes {
			t.Errorf("%d of %d stand: nothing was tried", stand, changes)
		}
	})
}

func TestWhatIsOnlyLookedAtCantBeChanged(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		for name, write := range map[string]func(*Tx) error{
			"Put":   func(tx *Tx) error { _, err := tx.Put(Record{Kind: "k", ID: "1"}, 0); return err },
			"Claim": func(tx *Tx) error { return tx.Claim("n", "h") },
			"Next":  func(tx *Tx) error { _, err := tx.Next("s"); return err },
		} {
			if err := s.View(t.Context(), write); err == nil {
				t.Errorf("%s went through a view", name)
			}
		}
		if got := rows(t, s, []string{"aggregate", "claim"}); got != "aggregate 0, claim 0" {
			t.Errorf("the views left %s", got)
		}
	})
}

func TestAViewSeesOneMoment(t *testing.T) {
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		put := func(id string) {
			update(t, s, func(tx *Tx) error {
				_, err := tx.Put(Record{Kind: "k", ID: id}, 0)
				return err
			})
		}
		put("1")
		view(t, s, func(tx *Tx) error {
			before, err := tx.Every("k", "", 10)
			put("2")
			after, err2 := tx.Every("k", "", 10)
			if len(before) != 1 || len(after) != 1 {
				t.Errorf("saw %d, then %d", len(before), len(after))
			}
			return errors.Join(err, err2)
		})
	})
}

// rows counts the rows of tables, with a new connection's eyes.
func rows(t *testing.T, s *Store, tables []string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	var said bytes.Buffer
	for i, table := range tables {
		var n int
		if err := s.write.QueryRowContext(ctx, `SELECT count(*) FROM `+table).Scan(&n); err != nil {
			t.Fatalf("counting %s: %v", table, err)
		}
		if i > 0 {
			said.WriteString(", ")
		}
		fmt.Fprintf(&said, "%s %d", table, n)
	}
	return said.String()
}

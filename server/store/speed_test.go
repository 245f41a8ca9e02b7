package store

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"
)

// fill makes a feed of n events, all told to "all", every thousandth to "rare", and n purchases of one method.
func fill(tb testing.TB, s *Store, n int) {
	tb.Helper()
	numbers := fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) `, n)
	for _, statement := range []string{
		`INSERT INTO event (id, seq, kind, object, version, gone, actor, action, at, body)
			SELECT 'e' || (10000000 + i), i, 'k', 'o' || i, 1, 0, 'a', 'x', 0, '` + strings.Repeat("body", 250) + `' FROM n`,
		`INSERT INTO event_scope (scope, event, seq) SELECT 'all', 'e' || (10000000 + i), i FROM n`,
		`INSERT INTO event_scope (scope, event, seq) SELECT 'rare', 'e' || (10000000 + i), i FROM n WHERE i % 1000 = 0`,
		`INSERT INTO aggregate (kind, id, version, parent, owner, body) SELECT 'purchase', 'p' || i, 1, '', '', '{}' FROM n`,
		`INSERT INTO purchase_index (id, method, status, published) SELECT 'p' || i, 'tender', '', i / 3 FROM n`,
	} {
		execute(tb, s, numbers+statement)
	}
	execute(tb, s, fmt.Sprintf(`INSERT INTO counter (name, value) VALUES ('events', %d)`, n))
	execute(tb, s, `ANALYZE`)
}

func TestPagesAreReadOffAnIndex(t *testing.T) {
	// How the engines call it when they read a whole table, or sort a whole list of purchases.
	whole := map[string]*regexp.Regexp{
		"sqlite":   regexp.MustCompile(`SCAN (e|event|event_scope|i|a)\b|LAST TERM OF ORDER BY|FOR ORDER BY\n.*purchase`),
		"postgres": regexp.MustCompile(`Seq Scan on|Sort Key: i\.`),
	}
	const quick, slow = false, true
	cases := []struct {
		name  string
		query string
		args  []any
		want  bool
	}{
		{"the feed from its start", feedQuery(1), []any{0, 500, "all"}, quick},
		{"the feed from its middle", feedQuery(1), []any{10000, 500, "all"}, quick},
		{"the feed of who is told little", feedQuery(1), []any{0, 500, "rare"}, quick},
		{"the feed of many scopes", feedQuery(4), []any{0, 500, "all", "rare", "none", "other"}, quick},
		{"purchases from the newest", purchasesQuery, []any{"tender", int64(math.MaxInt64), "", 50}, quick},
		{"purchases from a place on", purchasesQuery, []any{"tender", int64(3000), "p9000", 50}, quick},
		{"what no index is for", `SELECT seq FROM event WHERE body = $1`, []any{"x"}, slow},
		{"an order that no index is for", `SELECT id FROM purchase_index i ORDER BY status`, nil, slow},
	}
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		fill(t, s, 20000)
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				plan := explain(t, h, s, c.query, c.args)
				if got := whole[h.name].MatchString(plan); got != c.want {
					t.Errorf("the plan is:\n%s", plan)
				}
			})
		}
	})
}

// explain asks the engine how it goes about a query.
func explain(t *testing.T, h home, s *Store, query string, args []any) (plan string) {
	t.Helper()
	view(t, s, func(tx *Tx) error {
		if h.name == "sqlite" {
			return tx.each(`EXPLAIN QUERY PLAN `+query, args, func(scan func(...any) error) error {
				var id, parent, unused int64
				var line string
				err := scan(&id, &parent, &unused, &line)
				plan += line + "\n"
				return err
			})
		}
		return tx.each(`EXPLAIN `+query, args, func(scan func(...any) error) error {
			var line string
			err := scan(&line)
			plan += line + "\n"
			return err
		})
	})
	return plan
}

// engines runs a benchmark on SQLite and on PostgreSQL. The test's PostgreSQL doesn't wait for the
// disk, so its changes cost what they cost without it; SQLite's do wait.
func engines(b *testing.B, run func(*testing.B, *Store)) {
	b.Run("sqlite", func(b *testing.B) { run(b, sqliteHome(b).store(b)) })
	b.Run("postgres", func(b *testing.B) { run(b, postgresHome(b).store(b)) })
}

func BenchmarkUpdate(b *testing.B) {
	body := []byte(`{"text": "` + strings.Repeat("ә", 500) + `"}`)
	engines(b, func(b *testing.B, s *Store) {
		made := 0 // over all runs: with -count the store stays the same
		for _, writers := range []int{1, 8} {
			b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					made++
					errs := atOnce(writers, func(i int) error {
						id := fmt.Sprintf("%d-%d-%d", writers, made, i)
						return s.Update(b.Context(), func(tx *Tx) error {
							_, err := tx.Put(Record{Kind: "marks", ID: id, Parent: id, Body: body}, 0)
							if err != nil {
								return err
							}
							return tx.Record(Event{Kind: "marks", Object: id, Version: 1, Body: body, Scopes: []string{"person", "organisation"}})
						})
					})
					if err := errors.Join(errs...); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.N*writers)/b.Elapsed().Seconds(), "changes/s")
			})
		}
	})
}

func BenchmarkChanges(b *testing.B) {
	const events, page = 100_000, 500
	engines(b, func(b *testing.B, s *Store) {
		fill(b, s, events)
		for _, c := range []struct {
			name   string
			scopes []string
			after  int64
			want   int
		}{
			{"start", []string{"all"}, 0, page},
			{"end", []string{"all"}, events - page, page},
			{"many scopes", []string{"all", "rare", "none", "a", "b", "c"}, 50_000, page},
			{"told little", []string{"rare", "none"}, 0, events / 1000},
			{"nothing new", []string{"all", "rare"}, events, 0},
		} {
			b.Run(c.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					err := s.View(b.Context(), func(tx *Tx) error {
						list, err := tx.Changes(c.scopes, c.after, page)
						if len(list) != c.want {
							b.Fatalf("%d changes", len(list))
						}
						return err
					})
					if err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	})
}

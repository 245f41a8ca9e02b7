package localstore

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"
)

// A draft of 4 KB, with its fsync.
func BenchmarkSaveDraft4KB(b *testing.B) {
	s := opened(b)
	body := make([]byte, 4<<10)
	for i := 0; b.Loop(); i++ {
		must(b, s.SaveDraft(Draft{Kind: "notification", ID: fmt.Sprint(i % 10), Body: body}))
	}
}

// The same without fsync: what the store itself costs.
func BenchmarkSaveDraft4KBUnsynced(b *testing.B) {
	s := opened(b)
	s.db.NoSync = true
	body := make([]byte, 4<<10)
	for i := 0; b.Loop(); i++ {
		must(b, s.SaveDraft(Draft{Kind: "notification", ID: fmt.Sprint(i % 10), Body: body}))
	}
}

func mirrorOf(b *testing.B, n int) *Store {
	b.Helper()
	s := opened(b)
	for at := 0; at < n; at += 1000 {
		page := make([]Object, 1000)
		for i := range page {
			page[i] = Object{Kind: "notification", ID: fmt.Sprintf("%08d", at+i), Version: 1, Body: make([]byte, 800)}
		}
		must(b, s.ApplyChanges(b.Context(), fmt.Sprint(at), page, nil))
	}
	return s
}

func BenchmarkObjects10k(b *testing.B) {
	s := mirrorOf(b, 10_000)
	for b.Loop() {
		all, err := s.Objects("notification")
		if err != nil || len(all) != 10_000 {
			b.Fatal(len(all), err)
		}
	}
}

// Opening with the whole structure checked twice, ours and bbolt's.
func BenchmarkOpen100kObjects(b *testing.B) {
	s := mirrorOf(b, 100_000)
	must(b, s.Close())
	for b.Loop() {
		s, err := Open(s.Path(), testKey)
		must(b, err)
		must(b, s.Close())
	}
}

// A command's whole way: queued, sent, accepted; three transactions with fsync, in a line of n others.
func BenchmarkCommandBehind10k(b *testing.B) {
	s := openedAt(b, filepath.Join(b.TempDir(), "store.db"))
	s.db.NoSync = true
	for i := range 10_000 {
		must(b, s.Enqueue(Command{ID: fmt.Sprint("w", i), Aggregate: fmt.Sprint(i % 100), Body: make([]byte, 500)}, nil))
	}
	for i := 0; b.Loop(); i++ {
		must(b, s.Enqueue(Command{ID: fmt.Sprint(i), Aggregate: fmt.Sprint(i % 100), Body: make([]byte, 500)}, nil))
		next, err := s.Next(1)
		must(b, err)
		must(b, s.MarkSent(next[0].ID))
		must(b, s.Finish(next[0].ID, Outcome{State: Accepted}))
	}
}

// brief is an indexer that keeps of each object 300 bytes, and of each hundredth at once.
type brief struct{ n int }

func (*brief) Version() string { return "brief" }
func (*brief) Entry(o Object) Entry {
	return Entry{First: o.ID[len(o.ID)-2:] == "00", Data: o.Body[:300]}
}
func (x *brief) Apply(there []Indexed, _ []Ref) { x.n += len(there) }
func (x *brief) Reset()                         { x.n = 0 }

// The index of 100 000 objects: until what is needed at once is in memory, and until all of it is.
func BenchmarkIndex100kObjects(b *testing.B) {
	s := openedAt(b, filepath.Join(b.TempDir(), "store.db"))
	s.db.NoSync = true
	must(b, s.Index(&brief{}))
	for at := 0; at < 100_000; at += 1000 {
		page := make([]Object, 1000)
		for i := range page {
			page[i] = Object{Kind: "notification", ID: fmt.Sprintf("%08d", at+i), Version: 1, Body: make([]byte, 1500)}
		}
		must(b, s.ApplyChanges(b.Context(), fmt.Sprint(at), page, nil))
	}
	path := s.Path()
	must(b, s.Close())
	var opened, first, all time.Duration
	for b.Loop() {
		began := time.Now()
		s, err := Open(path, testKey)
		must(b, err)
		opened += time.Since(began)
		x := &brief{}
		must(b, s.Index(x))
		first += time.Since(began)
		must(b, s.Ready(b.Context()))
		all += time.Since(began)
		if x.n != 100_000 {
			b.Fatalf("%d objects", x.n)
		}
		must(b, s.Close())
	}
	for name, d := range map[string]time.Duration{"open-ms": opened, "first-ms": first, "all-ms": all} {
		b.ReportMetric(d.Seconds()*1000/float64(b.N), name)
	}
}

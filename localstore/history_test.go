package localstore

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

func pastBodies(t *testing.T, s *Store, kind, id string) (bodies []string) {
	t.Helper()
	all, err := s.History(kind, id)
	must(t, err)
	for _, p := range all {
		bodies = append(bodies, string(p.Body))
	}
	return bodies
}

func TestWhatGaveWayOutlivesItsDraft(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openedAt(t, path)
	must(t, s.SaveDraftOver(Draft{Kind: "k", ID: "1", Body: []byte("c")}, Past{Body: []byte("a"), At: noon}, Past{Body: []byte("b")}))
	must(t, s.SaveDraftOver(Draft{Kind: "k", ID: "10", Body: []byte("other")}, Past{Body: []byte("z")}))
	must(t, s.DropDraft("k", "1"))
	must(t, s.Close())

	s = openedAt(t, path)
	got, err := s.History("k", "1")
	must(t, err)
	wantSame(t, got, []Past{{[]byte("b"), noon.Add(time.Second)}, {[]byte("a"), noon}})
	must(t, s.ForgetHistory("k", "1"))
	wantSame(t, pastBodies(t, s, "k", "1"), []string(nil))
	wantSame(t, pastBodies(t, s, "k", "10"), []string{"z"})
}

func TestAHistoryIsBoundedAndLosesTheOldest(t *testing.T) {
	s := opened(t)
	for n := range HistoryMost + 3 {
		must(t, s.SaveDraftOver(Draft{Kind: "k", ID: "1"}, Past{Body: fmt.Append(nil, n)}))
	}
	got := pastBodies(t, s, "k", "1")
	if len(got) != HistoryMost || got[0] != fmt.Sprint(HistoryMost+2) || got[len(got)-1] != "3" {
		t.Errorf("%d are kept, %s … %s", len(got), got[0], got[len(got)-1])
	}
}

func TestADraftAndItsHistoryAreOneTransaction(t *testing.T) {
	s := opened(t)
	wantErr(t, s.SaveDraftOver(Draft{Kind: "k", ID: "1"}, Past{Body: make([]byte, MaxValue+1)}), ErrTooLarge)
	wantErr(t, s.SaveDraftOver(Draft{Kind: "k", ID: "1", Body: make([]byte, MaxValue+1)}, Past{Body: []byte("a")}), ErrTooLarge)
	wantErr(t, s.SaveDraftOver(Draft{Kind: "k"}, Past{}), ErrName)
	if _, found, err := s.Draft("k", "1"); found || err != nil || pastBodies(t, s, "k", "1") != nil {
		t.Errorf("half of it was kept: %v %v", found, err)
	}
}

func TestAnOtherCommandTakesThePlaceAlongWithItsDraft(t *testing.T) {
	s := opened(t)
	must(t, s.Enqueue(Command{ID: "edit", Aggregate: "a", Base: 3}, nil))
	must(t, s.Enqueue(Command{ID: "send", Aggregate: "a", Base: 3}, nil))
	must(t, s.MarkSent("edit"))
	must(t, s.Finish("edit", Outcome{State: Conflict}))
	draft := Draft{Kind: "k", ID: "a", Base: 5, Body: []byte("merged")}
	wantErr(t, s.ReplaceKeeping("send", Command{ID: "x", Aggregate: "a", Base: 5}, draft, Past{Body: []byte("mine")}), ErrOrder)
	if _, found, err := s.Draft("k", "a"); found || err != nil || pastBodies(t, s, "k", "a") != nil {
		t.Fatalf("a refused command kept its draft: %v %v", found, err)
	}
	must(t, s.ReplaceKeeping("edit", Command{ID: "merged", Aggregate: "a", Base: 5}, draft, Past{Body: []byte("mine")}))
	wantSame(t, pastBodies(t, s, "k", "a"), []string{"mine"})
	all, err := s.Outbox()
	must(t, err)
	if len(all) != 2 || all[0].ID != "merged" || all[0].State != Queued || all[1].ID != "send" || all[1].Base != 5 {
		t.Errorf("the outbox is %+v", all)
	}
}

func TestAStoreFromBeforeTheHistoryOpens(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openedAt(t, path)
	must(t, s.SaveDraft(Draft{Kind: "k", ID: "1", Body: []byte("kept")}))
	must(t, s.Close())
	db, err := openBolt(path)
	must(t, err)
	must(t, db.Update(func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte(bucketHistory)) }))
	must(t, db.Close())

	s = openedAt(t, path)
	if s.Recovery() != nil {
		t.Errorf("it was taken for damaged: %v", s.Recovery())
	}
	must(t, s.SaveDraftOver(Draft{Kind: "k", ID: "1", Body: []byte("new")}, Past{Body: []byte("kept")}))
	wantSame(t, pastBodies(t, s, "k", "1"), []string{"kept"})
}

package torture

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"baqylau/api"
	"baqylau/app"
	"baqylau/control"
	"baqylau/localstore"
)

// seated is a desk in this process, at a centre in another.
func seated(t *testing.T, origin, folder, seats string) *app.Desk {
	t.Helper()
	desk, err := enter(context.Background(), origin, folder, seats, "auditor")
	ok(t, err)
	gone := false
	t.Cleanup(func() {
		if !gone {
			gone = true
			_ = desk.Leave(context.Background()) // the centre may be dead
		}
	})
	return desk
}

// pile queues new notifications, each with changes behind it, and gives how many commands they are.
func (g *ground) pile(t *testing.T, s *localstore.Store, first, notifications, changes int) (n int) {
	t.Helper()
	for i := range notifications {
		l, id := lotNumbered(first+i), newID(t)
		create := api.CreateCommand{ID: id, Purchase: l.Purchase, Lot: l.ID, Direction: control.D1, TextKK: "Мәтін", TextRU: textNumbered(1), Agreer: g.agreer}
		ok(t, s.Enqueue(localstore.Command{ID: newID(t), Aggregate: id, Method: http.MethodPost, Path: "/v1/notifications", Body: asJSON(t, create)}, nil))
		for k := range changes {
			edit := api.EditCommand{TextKK: "Мәтін", TextRU: textNumbered(2 + k), Agreer: g.agreer}
			path := "/v1/notifications/" + id + "/edit"
			ok(t, s.Enqueue(localstore.Command{ID: newID(t), Aggregate: id, Method: http.MethodPost, Path: path, Body: asJSON(t, edit)}, nil))
		}
		n += 1 + changes
	}
	return n
}

// drained syncs until nothing waits; between the rounds that fail, mend is called.
func drained(t *testing.T, desk *app.Desk, rounds int, mend func(error)) {
	t.Helper()
	var err error
	for range rounds {
		if err = desk.Sync(context.Background()); err != nil {
			mend(err)
		}
		if desk.State().Waiting() == 0 {
			return
		}
	}
	outbox, _ := desk.Store().Outbox()
	t.Fatalf("%d still wait after %d rounds: %v; the first: %s %s %s", len(outbox), rounds, err, outbox[0].Path, outbox[0].State, outbox[0].Answer)
}

// TestACentreThatIsKilledLosesNothingThatItAnswered kills the centre under the commands of a client, again and again.
func TestACentreThatIsKilledLosesNothingThatItAnswered(t *testing.T) {
	const changes = 2
	kills := scale(5, 100)
	seed := seedOf(t)
	chance := rand.New(rand.NewPCG(seed, 4))
	g, err := prepared()
	ok(t, err)
	folder := g.copied(t)
	address := freePort(t)
	way := lay(t, address, seed)
	centre := serve(t, folder, address, way.origin)
	desk := seated(t, way.origin, folder, t.TempDir())
	caught := map[string]int{}
	commands, first := 0, 0
	for counted := 0; counted < kills; {
		for desk.State().Waiting() < 60 {
			commands += g.pile(t, desk.Store(), first, 20, changes)
			first += 20
		}
		if moment := killUnder(t, centre, way, desk, chance); moment != "" {
			caught[moment]++
			counted++
			centre.start()
		}
	}
	drained(t, desk, 20, func(err error) { t.Logf("a round failed: %v", err) })
	ok(t, desk.Leave(context.Background()))
	centre.kill()
	c := count(t, folder)
	if c.missing = commands - c.changes; c.missing != 0 {
		t.Errorf("%d commands had %d effects", commands, c.changes)
	}
	for _, key := range way.told() {
		if one(t, folder, fmt.Sprintf(`SELECT COUNT(*) FROM answer WHERE name = '%s'`, key)) != 1 {
			t.Errorf("%s was answered, and the centre doesn't know it", key)
		}
	}
	t.Logf("%d kills, all with commands between send and answer:\n%s\n%d commands; %s", kills, histogram(caught), commands, c)
}

// killUnder kills the centre while commands are on their way to it and back, and says how many were at it; "" when
// all of them were done before.
func killUnder(t *testing.T, centre *service, way *line, desk *app.Desk, chance *rand.Rand) string {
	t.Helper()
	due := make(chan struct{}, 1)
	after, steps := 1+chance.IntN(40), 0
	more := time.Duration(chance.IntN(3000)) * time.Microsecond
	way.watch(func(_ string, s stage) {
		way.mu.Lock()
		defer way.mu.Unlock()
		if s == there {
			if steps++; steps == after {
				time.AfterFunc(more, func() { due <- struct{}{} })
			}
		}
	})
	defer way.watch(nil)
	ended := make(chan error, 1)
	go func() { ended <- desk.Sync(context.Background()) }()
	for {
		select {
		case <-due:
		case err := <-ended:
			ok(t, err)
			return ""
		}
		at := way.stages()[there]
		if at == 0 { // nothing in flight just now: it would not count
			steps, after = 0, 1
			continue
		}
		centre.kill()
		<-ended
		return inWords(at)
	}
}

func inWords(n int) string {
	switch {
	case n == 1:
		return "one command at the centre"
	case n < 8:
		return "2 to 7 commands at the centre"
	case n < 16:
		return "8 to 15 commands at the centre"
	default:
		return "16 and more commands at the centre"
	}
}

// TestALineThatFailsLosesAndRepeatsNothing sends over a line that resets three commands in ten, cuts the answers of
// two, and delays, repeats and reorders others.
func TestALineThatFailsLosesAndRepeatsNothing(t *testing.T) {
	const changes = 3
	notifications := scale(25, 500)
	seed := seedOf(t)
	g, err := prepared()
	ok(t, err)
	folder := g.copied(t)
	address := freePort(t)
	way := lay(t, address, seed)
	centre := serve(t, folder, address, way.origin)
	desk := seated(t, way.origin, folder, t.TempDir())
	commands := g.pile(t, desk.Store(), 0, notifications, changes)
	way.mu.Lock()
	way.faulty = true
	way.mu.Unlock()
	rounds := 1
	drained(t, desk, 60*notifications, func(error) { rounds++ })
	ok(t, desk.Leave(context.Background()))
	centre.kill()
	c := count(t, folder)
	if c.missing = commands - c.changes; c.missing != 0 {
		t.Errorf("%d commands had %d effects", commands, c.changes)
	}
	t.Logf("%d commands in %d rounds:\n%s\n%s", commands, rounds, histogram(way.counts), c)
}

// TestACentreFromABackupIsNoticed kills the centre, puts a backup in its place and starts it: the client says so, what
// waits is done once, and what the backup lost of the client's texts is typed again.
func TestACentreFromABackupIsNoticed(t *testing.T) {
	g, err := prepared()
	ok(t, err)
	folder := g.copied(t)
	address := freePort(t)
	way := lay(t, address, seedOf(t))
	centre := serve(t, folder, address, way.origin)
	desk := seated(t, way.origin, folder, t.TempDir())
	kept := g.pile(t, desk.Store(), 0, 5, 1)
	drained(t, desk, 1, func(err error) { t.Fatal(err) })
	centre.kill()
	backup := t.TempDir()
	for _, part := range []string{"centre.db", "centre.db-wal"} {
		ok(t, copyTree(filepath.Join(folder, part), filepath.Join(backup, part)))
	}
	centre.start()
	g.pile(t, desk.Store(), 5, 7, 1) // which the backup has not
	drained(t, desk, 3, func(error) {})
	centre.kill()
	waits := g.pile(t, desk.Store(), 12, 4, 2)
	for _, part := range []string{"centre.db", "centre.db-wal", "centre.db-shm"} {
		ok(t, os.RemoveAll(filepath.Join(folder, part)))
	}
	ok(t, copyTree(backup, folder))
	centre.start()
	drained(t, desk, 3, func(error) {})
	r := desk.State().Restored
	if r.Noticed.IsZero() || r.Read.IsZero() || r.Head.IsZero() || r.Kept != 7 {
		t.Errorf("it says %+v", r)
	}
	drafts, err := desk.Store().Drafts("notification")
	ok(t, err)
	for _, d := range drafts {
		var f app.Form
		ok(t, json.Unmarshal(d.Body, &f))
		if !f.New || numberOf(f.Text.RU) != 2 {
			t.Errorf("typed again is %+v", f)
		}
		ok(t, desk.SaveForm(context.Background(), f))
	}
	ok(t, desk.Leave(context.Background()))
	centre.kill()
	c := count(t, folder)
	if c.changes != kept+waits+7 || c.notifications != 5+7+4 || len(drafts) != 7 {
		t.Errorf("%s; want %d changes of 16", c, kept+waits+7)
	}
	t.Logf("noticed: read up to %s, restored to %s; %d commands that waited were done once, %d texts of the lost ones were kept and sent again; %s",
		r.Read.Format(time.TimeOnly), r.Head.Format(time.TimeOnly), waits, len(drafts), c)
}

package torture

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"baqylau/api"
	"baqylau/app"
	"baqylau/control"
	"baqylau/localstore"
	"baqylau/server/centre"
	"baqylau/server/store"
)

// BenchmarkDrain10000 enters with an outbox of ten thousand commands, which create 2 500 notifications and change
// each of them three times, and with the drafts that they were made of, at a centre of its own on this machine: by
// HTTP, decided by the rules, each on the disk here before it is sent and there before it is answered. Entering is
// counted too. The promise is a thousand in a second.
func BenchmarkDrain10000(b *testing.B) {
	const notifications, changes = 2500, 3
	g, err := prepared()
	ok(b, err)
	outbox := filepath.Join(b.TempDir(), "outbox.db")
	g.fill(b, outbox, notifications, changes)
	var took, busy time.Duration
	rounds := 0
	for b.Loop() {
		b.StopTimer()
		rounds++
		folder, seats := g.copied(b), b.TempDir()
		for _, part := range []string{"", ".header"} {
			ok(b, copyTree(outbox+part, filepath.Join(seats, "auditor.db"+part)))
		}
		c, err := centre.Start(b.Context(), centre.Options{Folder: folder, Demo: true, Clock: clock()})
		ok(b, err)
		before := head(b, c.Store())
		b.StartTimer()
		start, worked := time.Now(), processorTime()
		desk, err := enter(b.Context(), c.Origin(), folder, seats, "auditor")
		took, busy = took+time.Since(start), busy+processorTime()-worked
		b.StopTimer()
		ok(b, err)
		if n := head(b, c.Store()) - before; n != notifications*(1+changes) {
			b.Fatalf("%d effects at the centre", n)
		}
		drafts, err := desk.Store().Drafts("")
		ok(b, err)
		if waits := desk.State().Waiting(); waits != 0 || len(drafts) != 0 {
			b.Fatalf("%d still wait, and %d drafts", waits, len(drafts))
		}
		ok(b, desk.Leave(b.Context()))
		ok(b, c.Close(b.Context()))
		b.StartTimer()
	}
	b.ReportMetric(float64(rounds*notifications*(1+changes))/took.Seconds(), "commands/s")
	b.ReportMetric(float64(busy.Microseconds())/float64(rounds*notifications*(1+changes)), "processor-µs/command")
	b.ReportMetric(0, "ns/op")
}

// fill makes a local store with an outbox. It is made where the disk need not be waited for.
func (g *ground) fill(b *testing.B, path string, notifications, changes int) {
	b.Helper()
	quick, err := os.MkdirTemp("/dev/shm", "baqylau")
	if err != nil {
		quick = b.TempDir()
	}
	defer os.RemoveAll(quick)
	made := filepath.Join(quick, "auditor.db")
	s, err := localstore.Open(made, localstore.Key{1})
	ok(b, err)
	for _, l := range g.lots[:notifications] {
		g.queue(b, s, l, changes)
	}
	ok(b, s.Close())
	for _, part := range []string{"", ".header"} {
		ok(b, copyTree(made+part, path+part))
	}
}

// queue puts what makes a notification and changes it into an outbox, and the draft of it, as forms that were saved
// while the centre was away.
func (g *ground) queue(b *testing.B, s *localstore.Store, l lot, changes int) {
	b.Helper()
	id := newID(b)
	create := api.CreateCommand{ID: id, Purchase: l.Purchase, Lot: l.ID, Direction: control.D1, Agreer: g.agreer}
	for n := range 1 + changes {
		create.TextKK, create.TextRU = fmt.Sprintf("Мәтін %d", n), fmt.Sprintf("Текст %d", n)
		c := localstore.Command{
			ID: newID(b), Aggregate: id, Method: http.MethodPost, Label: "command.edit", Path: "/v1/notifications/" + id + "/edit",
			Body: asJSON(b, api.EditCommand{TextKK: create.TextKK, TextRU: create.TextRU, Agreer: g.agreer}),
		}
		if n == 0 {
			c.Label, c.Path, c.Body = "command.create", "/v1/notifications", asJSON(b, create)
		}
		ok(b, s.Enqueue(c, nil))
	}
	form := app.Form{
		ID: id, Purchase: l.Purchase, Lot: l.ID, Direction: control.D1, New: true,
		Text: app.Text{KK: create.TextKK, RU: create.TextRU, Agreer: g.agreer},
	}
	ok(b, s.SaveDraft(localstore.Draft{Kind: "notification", ID: id, Body: asJSON(b, form)}))
}

func newID(t testing.TB) string {
	t.Helper()
	id, err := uuid.NewV7()
	ok(t, err)
	return id.String()
}

func asJSON(t testing.TB, v any) []byte {
	t.Helper()
	body, err := json.Marshal(v)
	ok(t, err)
	return body
}

// head is how much has happened at a centre.
func head(t testing.TB, st *store.Store) (n int64) {
	t.Helper()
	ok(t, st.View(context.Background(), func(tx *store.Tx) (err error) {
		n, err = tx.Head()
		return err
	}))
	return n
}

package torture

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"baqylau/api"
	"baqylau/app"
	"baqylau/control"
	"baqylau/localstore"
	"baqylau/server/centre"
	"baqylau/server/portal"
	"baqylau/server/store"
	"baqylau/signing"
	"baqylau/signing/demo"
)

const (
	heroNumber = "18400101-1"
	heroID     = "18400101" // what the ids of the hero and of its lots begin with
)

// noon is when the tests play: a working Wednesday without holidays about.
var noon = time.Date(2026, 4, 15, 11, 0, 0, 0, time.FixedZone("Almaty", 5*60*60))

// clock runs from noon on with the machine's.
func clock() func() time.Time {
	start := time.Now()
	return func() time.Time { return noon.Add(time.Since(start)) }
}

// ground is a centre's folder, as made once for all tests: the demo's people and keys, one purchase whose lots are
// assigned to the auditor and marked violated, and as many like it as the tests need.
type ground struct {
	folder    string
	purchases int
	lots      []lot // of the purchases that are like it
	agreer    string
}

type lot struct{ Purchase, ID string }

const twins = 900 // purchases of three lots

// lotNumbered is one of the lots that are like the hero's.
func lotNumbered(n int) lot {
	number := fmt.Sprintf("7%07d", n/3)
	return lot{"trd-buy/" + number, fmt.Sprintf("%s-9001000%d-1", number, n%3+1)}
}

var (
	madeIn   atomic.Pointer[string] // the folder, once there is one
	prepared = sync.OnceValues(func() (*ground, error) {
		folder, err := os.MkdirTemp("", "baqylau-torture")
		if err != nil {
			return nil, err
		}
		madeIn.Store(&folder)
		g := &ground{folder: folder, purchases: twins}
		return g, g.make(context.Background())
	})
)

func (g *ground) make(ctx context.Context) error {
	cast, err := portal.DemoPeople()
	if err != nil {
		return err
	}
	var holders []demo.Person
	for _, p := range cast.People {
		switch p.Key {
		case "auditor", "lot-manager", "approver":
			holders = append(holders, demo.Person{
				Login: p.Key, Surname: p.Surname, Name: p.Given, IIN: p.IIN, Organization: "Ұйым", BIN: p.Organisation, Position: demo.Employee,
			})
		}
		if p.Key == "approver" {
			g.agreer = p.IIN
		}
	}
	authority, err := demo.New(ctx, noon, holders, nil)
	if err != nil {
		return err
	}
	if err := authority.Save(filepath.Join(g.folder, "keys")); err != nil {
		return err
	}
	c, err := centre.Start(ctx, centre.Options{Folder: g.folder, Demo: true, Clock: clock()})
	if err != nil {
		return err
	}
	return errors.Join(g.mark(ctx, c.Origin()), g.multiply(ctx, c.Store()), c.Close(ctx))
}

// mark has the hero assigned and marked by the people themselves.
func (g *ground) mark(ctx context.Context, origin string) error {
	seats := filepath.Join(g.folder, "made by")
	manager, err := enter(ctx, origin, g.folder, seats, "lot-manager")
	if err != nil {
		return err
	}
	defer manager.Leave(ctx)
	report, err := manager.Report(ctx, api.GetReportParams{Method: "open_tender", Number: heroNumber})
	if err != nil {
		return err
	}
	auditor, err := enter(ctx, origin, g.folder, seats, "auditor")
	if err != nil {
		return err
	}
	defer auditor.Leave(ctx)
	if err := errors.Join(manager.Assign(ctx, report.Rows, auditor.Me().Person.IIN), auditor.Sync(ctx)); err != nil {
		return err
	}
	purchase := report.Rows[0].Purchase
	page, found, err := auditor.Page(purchase, control.D1)
	if err != nil || !found {
		return fmt.Errorf("the hero is mirrored: %v: %w", found, err)
	}
	marks := map[string][]control.Mark{}
	for _, l := range page.Lots {
		for _, m := range l.Marks {
			marks[l.Lot.ID] = append(marks[l.Lot.ID], m.Set(true, m.Profile == 1))
		}
	}
	if err := auditor.KeepMarks(purchase, control.D1, marks); err != nil {
		return err
	}
	_, err = auditor.SaveMarks(ctx, purchase, control.D1)
	return err
}

// multiply puts more purchases into the centre's store that are like the hero but for their numbers.
func (g *ground) multiply(ctx context.Context, st *store.Store) error {
	return st.Update(ctx, func(tx *store.Tx) error {
		g.lots = nil
		hero, err := tx.Get("purchase", "trd-buy/"+heroID)
		if err != nil {
			return err
		}
		work, err := tx.Of(hero.ID)
		if err != nil {
			return err
		}
		for n := range g.purchases {
			number := fmt.Sprintf("7%07d", n)
			for _, r := range append([]store.Record{hero}, work...) {
				like := func(s string) string { return strings.ReplaceAll(s, heroID, number) }
				r.ID, r.Parent, r.Body = like(r.ID), like(r.Parent), []byte(like(string(r.Body)))
				if _, err := tx.Put(r, 0); err != nil {
					return err
				}
				if r.Kind == "assignment" {
					g.lots = append(g.lots, lot{r.Parent, r.ID})
				}
			}
		}
		return nil
	})
}

// copied is a copy of the centre's folder for one test.
func (g *ground) copied(t testing.TB) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "centre")
	for _, path := range []string{"centre.db", "keys"} {
		ok(t, copyTree(filepath.Join(g.folder, path), filepath.Join(folder, path)))
	}
	return folder
}

func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		into := to + strings.TrimPrefix(path, from)
		if entry.IsDir() {
			return os.MkdirAll(into, 0o700)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(into), 0o700); err != nil {
			return err
		}
		return os.WriteFile(into, content, 0o600)
	})
}

// enter seats a person at a centre, by the key in its folder and the local store of their own.
func enter(ctx context.Context, origin, folder, seats, login string) (*app.Desk, error) {
	return enterBy(ctx, origin, folder, login, nil, func(localstore.Owner, []byte) (*localstore.Store, error) {
		return localstore.Open(filepath.Join(seats, login+".db"), localstore.Key{1})
	})
}

// enterBy seats a person at a local store that is opened in another way.
func enterBy(ctx context.Context, origin, folder, login string, secret []byte, open app.StoreOpener) (*app.Desk, error) {
	authority, err := demo.Load(filepath.Join(folder, "keys"))
	if err != nil {
		return nil, err
	}
	file, found := authority.Find(login, demo.Signing)
	if !found {
		return nil, fmt.Errorf("%s has no key", login)
	}
	key, err := signing.OpenPKCS12(file.Name, file.PKCS12, []byte(demo.Password))
	if err != nil {
		return nil, err
	}
	defer key.Close()
	door, err := app.Knock(ctx, origin, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	return door.Enter(ctx, key, secret, open)
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

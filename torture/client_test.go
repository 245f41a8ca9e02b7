package torture

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"baqylau/app"
	"baqylau/localstore"
)

// diary is what the client said that it did, notification by notification.
type diary struct {
	mu    sync.Mutex
	notes map[string]*note
	begun int // lots
	last  string
}

type note struct {
	keys        map[int]time.Time // when each was typed
	typed       int               // the last that was said to be saved here
	asked, kept int               // the last that was to be sent, and of which that was said to be taken
}

// hear takes a line of the client.
func (d *diary) hear(text string) (word string, n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	fields := strings.Fields(text)
	if len(fields) != 4 {
		return "", 0
	}
	word = fields[0]
	n, _ = strconv.Atoi(fields[2])
	nano, _ := strconv.ParseInt(fields[3], 10, 64)
	d.last = word
	if fields[1] == "-" {
		return word, n
	}
	of := d.notes[fields[1]]
	if of == nil {
		of = &note{keys: map[int]time.Time{}}
		d.notes[fields[1]] = of
		d.begun++
	}
	switch word {
	case "key":
		of.keys[n] = time.Unix(0, nano)
	case "typed":
		of.typed = n
	case "ask":
		of.asked = n
	case "kept":
		of.kept = n
	}
	return word, n
}

// lost compares what is found typed with what was typed before the kill: how many keys are gone that were said to be
// saved, and how old the oldest key is that is gone.
func (d *diary) lost(found map[string]int, killed time.Time) (broken int, oldest time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, of := range d.notes {
		have, there := found[id]
		if !there {
			have = of.asked // it was accepted, and with it all that was typed, as the count at the end must show
		}
		if of.typed > have {
			broken++
		}
		for n, at := range of.keys {
			if n > have {
				oldest = max(oldest, killed.Sub(at))
				delete(of.keys, n) // it is gone, and counted
			}
		}
	}
	return broken, oldest
}

// typedAt is what a client that is dead has left typed, by notification.
func typedAt(t *testing.T, seats string) map[string]int {
	t.Helper()
	s, err := localstore.Open(filepath.Join(seats, "auditor.db"), localstore.Key{1})
	ok(t, err)
	defer s.Close()
	if r := s.Recovery(); r != nil {
		t.Errorf("the store needed recovery: %v", r)
	}
	drafts, err := s.Drafts("notification")
	ok(t, err)
	found := map[string]int{}
	for _, d := range drafts {
		var f app.Form
		ok(t, json.Unmarshal(d.Body, &f))
		found[d.ID] = numberOf(f.Text.RU)
	}
	return found
}

// plan is when the next kill falls.
type plan struct {
	stage stage // "" while typing
	after int   // so many commands, or keys
	more  time.Duration
}

// A kill's moments, beside those of the line.
const (
	typing stage = "typing"
)

func nextPlan(chance *rand.Rand) plan {
	p := plan{after: 1 + chance.IntN(4), more: time.Duration(chance.IntN(4000)) * time.Microsecond}
	switch n := chance.IntN(20); {
	case n < 5:
		p.stage, p.after = typing, 1+chance.IntN(25)
	case n < 10:
		p.stage = sent
	case n < 12:
		p.stage = there
	case n < 16:
		p.stage = answered
	default:
		p.stage = back
	}
	return p
}

// TestAClientThatIsKilledLosesNothing kills the client while it types and sends, again and again, and counts at the
// centre. It is a process of its own, and so is the centre; between them is a line that knows where the commands are.
func TestAClientThatIsKilledLosesNothing(t *testing.T) {
	kills := scale(8, 200)
	seed := seedOf(t)
	chance := rand.New(rand.NewPCG(seed, 3))
	g, err := prepared()
	ok(t, err)
	folder, seats := g.copied(t), t.TempDir()
	address := freePort(t)
	way := lay(t, address, seed)
	centre := serve(t, folder, address, way.origin)
	written := &diary{notes: map[string]*note{}}
	moments := map[stage]int{}
	var oldest time.Duration
	counted, tries := 0, 0
	for counted < kills {
		if tries++; tries > 3*kills {
			t.Fatalf("of %d kills %d had nothing in flight", tries, tries-counted)
		}
		client := start(t, "client", childOrigin+"="+way.origin, childFolder+"="+folder, childSeats+"="+seats, childAgreer+"="+g.agreer,
			fmt.Sprintf("%s=%d", childLots, written.begun), fmt.Sprintf("%s=%d", childSeed, chance.Uint64()))
		moment, killed := killAt(t, client, way, written, nextPlan(chance))
		if moment != "" {
			counted++
			moments[moment]++
		}
		broken, old := written.lost(typedAt(t, seats), killed)
		if oldest = max(oldest, old); broken > 0 || old > 2*time.Second {
			t.Errorf("kill %d (%s): %d texts are gone that were saved; the oldest key that is gone was typed %s before", counted, moment, broken, old)
		}
	}
	rest := start(t, "rest", childOrigin+"="+way.origin, childFolder+"="+folder, childSeats+"="+seats)
	left := map[string]int{}
	for rest.lines.Scan() {
		if fields := strings.Fields(rest.lines.Text()); len(fields) == 4 && fields[0] == "found" {
			left[fields[1]], _ = strconv.Atoi(fields[2])
		}
	}
	if err := rest.cmd.Wait(); err != nil || rest.wrong.Len() > 0 {
		t.Errorf("the rest: %v %s", err, rest.wrong)
	}
	centre.kill()
	c := count(t, folder)
	for id, of := range written.notes {
		at, there := c.last[id]
		switch {
		case at == of.kept && there == (of.kept > 0):
		case at == of.asked && of.asked > of.kept: // it was killed while it was being taken
		default:
			t.Errorf("%s: the centre has %d; asked for was %d, taken %d; typed is %d", id, at, of.asked, of.kept, left[id])
			c.missing++
		}
	}
	if c.notifications > len(written.notes) {
		t.Errorf("the centre has %d notifications, written were %d", c.notifications, len(written.notes))
	}
	between := moments[sent] + moments[there] + moments[answered]
	t.Logf("%d kills with work in flight, of %d; %d %% between send and answer; typing lost: at most %s\n%s\n%s",
		counted, tries, 100*between/counted, oldest.Round(time.Microsecond), histogram(moments), c)
	if 100*between < 30*counted {
		t.Errorf("only %d of %d kills fell between send and answer", between, counted)
	}
}

// killAt kills the client as it was planned and says where that caught it: "" when nothing was in flight.
func killAt(t *testing.T, client *process, way *line, written *diary, p plan) (moment stage, killed time.Time) {
	t.Helper()
	var once sync.Once
	due := make(chan struct{})
	strike := func() { once.Do(func() { close(due) }) }
	hold := make(chan struct{}) // a command that is held on the line until the client is dead
	steps := 0
	var mu sync.Mutex
	if p.stage != typing {
		way.watch(func(_ string, s stage) {
			mu.Lock()
			if s == p.stage {
				steps++
			}
			now := s == p.stage && steps >= p.after
			mu.Unlock()
			if !now {
				return
			}
			if s == back {
				time.AfterFunc(p.more, strike)
				return
			}
			strike()
			<-hold
		})
	}
	heard := make(chan struct{})
	keys := 0
	go func() {
		defer close(heard)
		for client.lines.Scan() {
			if word, _ := written.hear(client.lines.Text()); word == "key" && p.stage == typing {
				if keys++; keys == p.after {
					time.AfterFunc(p.more, strike)
				}
			}
		}
	}()
	select {
	case <-due:
	case <-heard:
		t.Fatalf("the client ended by itself: %s", client.wrong)
	case <-time.After(time.Minute):
		t.Fatalf("the moment never came: %v after %d", p.stage, p.after)
	}
	moment = inFlight(way, written)
	client.kill()
	killed = time.Now()
	way.watch(nil)
	close(hold)
	<-heard
	client.killed(t)
	way.forget()
	return moment, killed
}

// inFlight says where a kill now would catch the client.
func inFlight(way *line, written *diary) stage {
	stages := way.stages()
	for _, s := range []stage{answered, there, sent} {
		if stages[s] > 0 {
			return s
		}
	}
	written.mu.Lock()
	defer written.mu.Unlock()
	switch written.last {
	case "key", "typed":
		return typing
	case "ask":
		return back // nothing is on the line: not yet, or no longer
	}
	return ""
}

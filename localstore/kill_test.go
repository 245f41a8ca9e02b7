//go:build unix

package localstore

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestWhatWasAcknowledgedSurvivesKill kills a writing process at random moments. Everything that it said it had
// written is there, and at most the one step that it was at beside it, whole or not at all. (It is the process
// that dies here, not the power: what the disk's cache does then is bbolt's order of writes and fsync.)
func TestWhatWasAcknowledgedSurvivesKill(t *testing.T) {
	const kills = 20
	seed := killSeed(t)
	rnd := rand.New(rand.NewPCG(seed, 0))
	path := filepath.Join(t.TempDir(), "store.db")
	model := stepModel{Drafts: map[string]string{}, Mirror: map[string]string{}}
	step, ahead, early := 0, 0, 0
	for range kills {
		words, more := rnd.IntN(30), time.Duration(rnd.IntN(5000))*time.Microsecond
		if rnd.IntN(4) == 0 { // while it starts and opens the store
			words, more = 0, 4*more
		}
		acknowledged := killedAfter(t, "write", path, step, words, more)
		if acknowledged == 0 {
			early++
		}
		for range acknowledged {
			model = model.after(step)
			step++
		}
		s := openedAt(t, path)
		if s.Recovery() != nil {
			t.Fatalf("seed %d, step %d: recovery was needed: %v", seed, step, s.Recovery())
		}
		got := contents(t, s)
		must(t, s.Close())
		checkEverything(t, path)
		if !cmp.Equal(got, model) {
			model = model.after(step)
			step++
			ahead++
		}
		if diff := cmp.Diff(model, got); diff != "" {
			t.Fatalf("seed %d: neither as acknowledged nor one step on (-want +got):\n%s", seed, diff)
		}
	}
	t.Logf("seed %d: %d kills, %d steps acknowledged, %d kills after a commit before its word, %d before the first word",
		seed, kills, step-ahead, ahead, early)
	if step < kills {
		t.Errorf("only %d steps: the kills fell on nothing", step)
	}
}

// killSeed is random unless the environment gives one.
func killSeed(t *testing.T) uint64 {
	t.Helper()
	text := os.Getenv("LOCALSTORE_TEST_SEED")
	if text == "" {
		return rand.Uint64()
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	must(t, err)
	return seed
}

// TestAStoreThatIsTendedSurvivesKill kills a process that compacts, keeps files, changes the phrase, takes
// snapshots and exports. The store opens by one of the two phrases, without a word of an accident, and has every
// file that was said to be kept.
func TestAStoreThatIsTendedSurvivesKill(t *testing.T) {
	const kills = 15
	seed := killSeed(t)
	rnd := rand.New(rand.NewPCG(seed, 0))
	f := machine(t, false)
	s, err := f.Open(person, []byte("password"))
	must(t, err)
	must(t, errors.Join(s.SetPhrase(nil, []byte(tendedBy[0])), s.RemoveLock(LockKey), s.Close()))
	step := 0
	for range kills {
		words, more := rnd.IntN(8), time.Duration(rnd.IntN(40_000))*time.Microsecond
		if rnd.IntN(4) == 0 {
			words, more = 0, 4*more
		}
		step += killedAfter(t, "tend", f.path, step, words, more)
		s, err := openTended(f)
		if err != nil {
			t.Fatalf("seed %d, step %d: %v", seed, step, err)
		}
		if s.Recovery() != nil {
			t.Fatalf("seed %d, step %d: recovery was needed: %v", seed, step, s.Recovery())
		}
		for i := 0; i < step; i += 5 {
			d, found, err := s.Draft("scan", fmt.Sprint(i))
			if err != nil || !found {
				t.Fatalf("seed %d, step %d: the draft %d is gone: %v", seed, step, i, err)
			}
			if content, err := fileOf(s, string(d.Body)); err != nil || string(content) != stepBody(i) {
				t.Fatalf("seed %d, step %d: the file %d has %d bytes, %v", seed, step, i, len(content), err)
			}
		}
		must(t, s.Close())
	}
	t.Logf("seed %d: %d kills, %d steps acknowledged", seed, kills, step)
	if step < kills {
		t.Errorf("only %d steps: the kills fell on nothing", step)
	}
}

// killedAfter starts a writer at step, kills it some time after so many acknowledgements, and returns how many
// there were.
func killedAfter(t *testing.T, role, path string, step, words int, more time.Duration) int {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := childCommand(ctx, role, childPath+"="+path, fmt.Sprintf("%s=%d", childStep, step))
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	if words == 0 {
		time.AfterFunc(more, cancel)
	}
	acknowledged := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() != fmt.Sprint(step+acknowledged) {
			t.Fatalf("the writer says %q at step %d", lines.Text(), step+acknowledged)
		}
		acknowledged++
		if acknowledged == words {
			time.AfterFunc(more, cancel)
		}
	}
	if err := cmd.Wait(); err == nil || said.Len() > 0 {
		t.Fatalf("the writer ended by itself: %v %s", err, said.String())
	}
	return acknowledged
}

func TestAStoreIsOpenOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openedAt(t, path)
	_, err := Open(path, testKey)
	wantErr(t, err, ErrInUse)
	if out := runChild(t, "open", childPath+"="+path); out != "in use\n" {
		t.Fatalf("another process: %q", out)
	}
	must(t, s.SaveDraft(Draft{Kind: "k", ID: "1"}))
	must(t, s.Close())
	if out := runChild(t, "open", childPath+"="+path); out != "opened\n" {
		t.Fatalf("another process, once it is closed: %q", out)
	}
}

func TestAFullDiskLosesNothingThatWasSaved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	saved, err := strconv.Atoi(strings.TrimSpace(runChild(t, "full", childPath+"="+path)))
	must(t, err)
	s := openedAt(t, path)
	drafts, err := s.Drafts("k")
	must(t, err)
	if len(drafts) != saved+1 || s.Counts().All() != saved || s.Recovery() != nil {
		t.Fatalf("%d drafts, %+v, %v; saved %d", len(drafts), s.Counts(), s.Recovery(), saved)
	}
}

func TestWithoutASecretServiceThereIsNoKeyring(t *testing.T) {
	if out := runChild(t, "keyring", "DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(t.TempDir(), "nobody")); out != "no keyring\n" {
		t.Fatalf("the child says %q", out)
	}
}

//go:build unix

package localstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

// TestMain is also the beginning of the processes that the tests start, kill, and starve of room.
func TestMain(m *testing.M) {
	if role := os.Getenv(childRole); role != "" {
		os.Exit(childMain(role))
	}
	goleak.VerifyTestMain(m)
}

// What a child process is to do, at which store, and from which step on.
const (
	childRole = "LOCALSTORE_TEST_CHILD"
	childPath = "LOCALSTORE_TEST_PATH"
	childStep = "LOCALSTORE_TEST_STEP"
)

// childMain is main of the processes that the tests start; what it prints is what it acknowledges.
func childMain(role string) int {
	var err error
	switch role {
	case "write":
		err = childWrites()
	case "tend":
		err = childTends()
	case "open":
		err = childOpens()
	case "full":
		err = childFillsTheDisk()
	case "keyring":
		if _, keyErr := keyFromKeyring("baqylau", "person"); !errors.Is(keyErr, ErrNoKeyring) {
			err = fmt.Errorf("got %w", keyErr)
		} else {
			fmt.Println("no keyring")
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func childCommand(ctx context.Context, role string, env ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(append(os.Environ(), childRole+"="+role), env...)
	cmd.Stderr = os.Stderr
	return cmd
}

func runChild(t *testing.T, role string, env ...string) string {
	t.Helper()
	out, err := childCommand(t.Context(), role, env...).Output()
	if err != nil {
		t.Fatalf("the child: %v", err)
	}
	return string(out)
}

func childOpens() error {
	s, err := Open(os.Getenv(childPath), testKey)
	if errors.Is(err, ErrInUse) {
		fmt.Println("in use")
		return nil
	}
	if err != nil {
		return err
	}
	fmt.Println("opened")
	return s.Close()
}

// childWrites does the steps of doStep one after the other, without end, and prints each that is done.
func childWrites() error {
	s, err := Open(os.Getenv(childPath), testKey)
	if err != nil {
		return err
	}
	if s.Recovery() != nil {
		return s.Recovery()
	}
	from, err := strconv.Atoi(os.Getenv(childStep))
	if err != nil {
		return err
	}
	for i := from; ; i++ {
		if err := doStep(s, i); err != nil {
			return err
		}
		fmt.Println(i)
	}
}

// childFillsTheDisk runs into the limit on the size of a file, which is to a store what a full disk is.
func childFillsTheDisk() error {
	signal.Ignore(syscall.SIGXFSZ)
	s, err := Open(os.Getenv(childPath), testKey)
	if err != nil {
		return err
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1 << 20, Max: limit.Max}); err != nil {
		return err
	}
	saved := 0
	for err == nil {
		id := fmt.Sprint(saved)
		err = s.EnqueueKeeping(Command{ID: id, Aggregate: id}, Draft{Kind: "k", ID: id, Body: make([]byte, 100<<10)})
		saved++
	}
	saved--
	if !errors.Is(err, ErrDiskFull) {
		return fmt.Errorf("no room gives %w", err)
	}
	if _, err := s.PutFile(context.Background(), bytes.NewReader(make([]byte, 2<<20))); !errors.Is(err, ErrDiskFull) {
		return fmt.Errorf("no room for a file gives %w", err)
	}
	if names, err := namesIn(s.path + filesSuffix); err != nil || len(names) != 0 {
		return fmt.Errorf("%v are left: %w", names, err)
	}
	if err := s.Compact(); err != nil && !errors.Is(err, ErrDiskFull) {
		return fmt.Errorf("no room for compacting gives %w", err)
	}
	drafts, err := s.Drafts("k")
	if err != nil || len(drafts) != saved || s.Counts().All() != saved || saved < 3 {
		return fmt.Errorf("of %d saved %d drafts and %d commands are there: %w", saved, len(drafts), s.Counts().All(), err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	if err := s.SaveDraft(Draft{Kind: "k", ID: "with room again", Body: make([]byte, 1<<20)}); err != nil {
		return err
	}
	fmt.Println(saved)
	return s.Close()
}

// tendedBy are the phrases that childTends goes back and forth between.
var tendedBy = []string{"first phrase", "second phrase"}

// childTends does the steps of tendStep one after the other, without end, and prints each that is done.
func childTends() error {
	noKeyring()
	f := NewFolder(os.Getenv(childPath), slog.New(slog.DiscardHandler), WithDerivation(quick))
	from, err := strconv.Atoi(os.Getenv(childStep))
	if err != nil {
		return err
	}
	s, err := openTended(f)
	if err != nil {
		return err
	}
	s.scryptWork = 10
	if s.Recovery() != nil {
		return s.Recovery()
	}
	for i := from; ; i++ {
		if err := tendStep(s, i); err != nil {
			return err
		}
		fmt.Println(i)
	}
}

// openTended opens the store by whichever phrase it has now.
func openTended(f *Folder) (*Store, error) {
	var failed error
	for _, phrase := range tendedBy {
		s, err := f.Open(person, []byte(phrase))
		if err == nil {
			return s, nil
		}
		failed = errors.Join(failed, err)
	}
	return nil, failed
}

// tendStep is one operation on a store, its files or its locks.
func tendStep(s *Store, i int) error {
	switch i % 5 {
	case 0:
		digest, err := s.PutFile(context.Background(), strings.NewReader(stepBody(i)))
		if err != nil {
			return err
		}
		return s.SaveDraft(Draft{Kind: "scan", ID: fmt.Sprint(i), Body: []byte(digest)})
	case 1:
		return s.Compact()
	case 2:
		from, to := tendedBy[i/5%2], tendedBy[(i/5+1)%2]
		if err := s.SetPhrase([]byte(from), []byte(to)); !errors.Is(err, ErrWrongPhrase) {
			return err
		}
		return s.SetPhrase([]byte(to), []byte(from)) // it was changed when the former process was killed
	case 3:
		return second(s.Snapshot())
	}
	return second(s.Export(context.Background(), filepath.Join(filepath.Dir(s.path), "records.age"), carrying))
}

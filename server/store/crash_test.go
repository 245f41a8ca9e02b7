package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// childTask names what this test binary does instead of testing when it is started as a child; childPath the store.
const (
	childTask = "BAQYLAU_TEST_STORE_TASK"
	childPath = "BAQYLAU_TEST_STORE_PATH"
)

func startChild(t *testing.T, program, task, path string, as func(*exec.Cmd)) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), childTask+"="+task, childPath+"="+path)
	as(cmd)
	said, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(said)
}

// child is what a child does; it returns its exit status.
func child(task string) int {
	ctx := context.Background()
	s, err := OpenSQLite(ctx, os.Getenv(childPath), Options{})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer s.Close()
	if task == "write" {
		err = writeForEver(ctx, s)
		fmt.Println(err)
	}
	return 1
}

// writeForEver makes changes from several goroutines and says the number of each one that was committed.
func writeForEver(ctx context.Context, s *Store) error {
	var all sync.WaitGroup
	var mu sync.Mutex
	var errs []error
	for range 3 {
		all.Go(func() {
			for {
				var n int64
				err := s.Update(ctx, func(tx *Tx) (err error) {
					n, err = tx.Next("change")
					return errors.Join(err, change(tx, n))
				})
				mu.Lock()
				if err != nil {
					errs = append(errs, err)
					mu.Unlock()
					return
				}
				os.Stdout.WriteString(strconv.FormatInt(n, 10) + "\n")
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// change writes to many tables, so that half of it would be noticed.
func change(tx *Tx, n int64) error {
	id := strconv.FormatInt(n, 10)
	_, err := tx.Put(Record{Kind: "change", ID: id, Body: make([]byte, 3000)}, 0)
	return errors.Join(err, tx.Claim("change "+id, id), record(tx, id, "all", "other"),
		tx.PutFile(id, "text/plain", make([]byte, 5000), "change", id))
}

func TestAKilledServerLosesNothingThatItAcknowledged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "centre.db")
	acknowledged := map[int64]bool{}
	for range 10 {
		cmd, said := startChild(t, os.Args[0], "write", path, func(*exec.Cmd) {})
		for after := 5 + rand.IntN(40); said.Scan(); after-- {
			n, err := strconv.ParseInt(said.Text(), 10, 64)
			if err != nil {
				t.Fatalf("the child said: %s", said.Text())
			}
			acknowledged[n] = true
			if after == 0 {
				cmd.Process.Kill() // and read what it has said in the meantime
			}
		}
		if err := cmd.Wait(); err == nil || cmd.ProcessState.Exited() {
			t.Fatalf("the child was not killed, it ended with %v", err)
		}
		sound(t, path, acknowledged)
	}
	t.Logf("%d changes were acknowledged", len(acknowledged))
}

// sound demands that the store has every acknowledged change, each as a whole, and nothing that is half a change.
func sound(t *testing.T, path string, acknowledged map[int64]bool) {
	t.Helper()
	s, err := OpenSQLite(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	intact(t, s)
	changes, err := follow(t.Context(), s, []string{"all"}, 0, 500)
	if err != nil {
		t.Fatal(err)
	}
	n := len(changes)
	for i, c := range changes {
		if id := strconv.Itoa(i + 1); c.Seq != int64(i+1) || c.Object != id {
			t.Fatalf("event %d of change %s is in place %s", c.Seq, c.Object, id)
		}
	}
	for a := range acknowledged {
		if a > int64(n) {
			t.Errorf("change %d was acknowledged, and there are %d", a, n)
		}
	}
	want := fmt.Sprintf("aggregate %d, claim %d, event %d, file %d, file_use %d, event_scope %d", n, n, n, n, n, 2*n)
	if got := rows(t, s, []string{"aggregate", "claim", "event", "file", "file_use", "event_scope"}); got != want {
		t.Errorf("there are %s, want %s", got, want)
	}
}

func intact(t *testing.T, s *Store) {
	t.Helper()
	var said string
	if err := s.write.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&said); err != nil || said != "ok" {
		t.Fatalf("integrity_check: %s %v", said, err)
	}
}

func TestAFullDiskFailsAChangeAsAWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "centre.db")
	s, err := OpenSQLite(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var pages int
	if err := s.write.QueryRowContext(t.Context(), `PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	execute(t, s, fmt.Sprintf(`PRAGMA max_page_count = %d`, pages+100))
	acknowledged := map[int64]bool{}
	var failed error
	for failed == nil {
		var n int64
		failed = s.Update(t.Context(), func(tx *Tx) (err error) {
			n, err = tx.Next("change")
			return errors.Join(err, change(tx, n))
		})
		if failed == nil {
			acknowledged[n] = true
		}
		if len(acknowledged) > 1000 {
			t.Fatal("the disk is never full")
		}
	}
	if !strings.Contains(failed.Error(), "disk is full") {
		t.Errorf("it says: %v", failed)
	}
	sound(t, path, acknowledged)

	execute(t, s, fmt.Sprintf(`PRAGMA max_page_count = %d`, pages+10000))
	update(t, s, func(tx *Tx) error {
		n, err := tx.Next("change")
		acknowledged[n] = true
		return errors.Join(err, change(tx, n))
	})
	sound(t, path, acknowledged)
}

// TestAFailedStatementSpoilsItsChange is about a change that makes nothing of a failure. After some of them SQLite has
// ended the transaction, and a statement that comes later would stand alone.
func TestAFailedStatementSpoilsItsChange(t *testing.T) {
	fail := map[string]func(*Tx) error{
		"sqlite":   func(tx *Tx) error { return tx.PutFile("big", "text/plain", make([]byte, 1<<20), "k", "1") },
		"postgres": func(tx *Tx) error { return tx.Claim("no text \xff", "me") },
	}
	onBoth(t, func(t *testing.T, h home) {
		s := h.store(t)
		if h.name == "sqlite" {
			execute(t, s, `PRAGMA max_page_count = 100`)
		}
		before := rows(t, s, []string{"aggregate", "claim", "file"})
		var failure, later, read error
		err := s.Update(t.Context(), func(tx *Tx) error {
			if err := tx.Claim("before", "me"); err != nil {
				return err
			}
			failure = fail[h.name](tx)
			later = tx.Claim("after", "me")
			_, read = tx.Every("k", "", 1)
			return nil
		})
		if failure == nil || !errors.Is(err, failure) || !errors.Is(later, failure) || !errors.Is(read, failure) {
			t.Errorf("it failed with %v; then came %v and %v, and the change ended with %v", failure, later, read, err)
		}
		if after := rows(t, s, []string{"aggregate", "claim", "file"}); after != before {
			t.Errorf("there were %s, there are %s", before, after)
		}
		update(t, s, func(tx *Tx) error { return tx.Claim("next", "me") })
	})
}

// TestSQLiteWaitsForTheDisk looks at the settings: losing power can't be tried here.
func TestSQLiteWaitsForTheDisk(t *testing.T) {
	s := sqliteHome(t).store(t)
	for pragma, want := range map[string]string{"synchronous": "2", "journal_mode": "wal", "busy_timeout": "10000"} {
		var got string
		if err := s.write.QueryRowContext(t.Context(), `PRAGMA `+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s (%v), want %s", pragma, got, err, want)
		}
	}
}

func TestAStoreThatCantBeOpenedSaysWhy(t *testing.T) {
	for _, c := range []struct {
		name string
		path func(t *testing.T, dir string) string
		want string
	}{
		{"its folder is a file", func(t *testing.T, dir string) string {
			return filepath.Join(write(t, filepath.Join(dir, "file"), "x"), "centre.db")
		}, "not a directory"},
		{"it is a folder", func(t *testing.T, dir string) string { return dir }, "directory"},
		{"it is another kind of file", func(t *testing.T, dir string) string {
			return write(t, filepath.Join(dir, "centre.db"), strings.Repeat("this is a letter. ", 1000))
		}, "not a database"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := OpenSQLite(t.Context(), c.path(t, t.TempDir()), Options{})
			if err == nil {
				s.Close()
				t.Fatal("it was opened")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("it says: %v", err)
			}
		})
	}
	t.Run("its server is not there", func(t *testing.T) {
		s, err := OpenPostgres(t.Context(), "postgres:///x?host="+t.TempDir(), Options{})
		if err == nil {
			s.Close()
			t.Fatal("it was opened")
		}
		if !strings.Contains(err.Error(), "connect") {
			t.Errorf("it says: %v", err)
		}
	})
}

func write(t *testing.T, path, content string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAPathMayHaveAnyCharacters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "Құжаттар мен 100% деректер?", "a#b&c=d;e+f.db")
	s, err := OpenSQLite(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read it: %v", info.Mode())
	}
}

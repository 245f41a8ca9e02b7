//go:build unix

// Package postgres gives a test a real PostgreSQL database. It is imported by tests only.
//
// Its promise: one server for a test binary, started from the system's own programs when the first test asks for it,
// reached through a socket that only this user can open, and gone with the test binary however that ends; a fresh
// database for every test. The databases sort text by the rules of the Kazakh language where the server can do that,
// so that a column which has to sort by bytes and doesn't say so is found out.
//
// Its limit: the server keeps nothing through a crash (fsync is off), so it says nothing about durability.
package postgres

import (
	"bufio"
	"context"
	_ "embed"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"baqylau/internal/need"
)

//go:embed server.sh
var script string

// shared is the one server of a test binary: its tests have nothing else in common that could hold it.
var shared server

type server struct {
	once  sync.Once
	err   error
	dir   string
	alive io.Closer // the end of a pipe; when it closes, by the death of this process too, the server stops
	count atomic.Int64
}

// Start starts the server unless it runs already. The test is skipped where PostgreSQL is missing, and fails where
// CI=true. URL does the same by itself; Start is for who wants to pay for it at a time of his own choosing.
func Start(t testing.TB) {
	t.Helper()
	programs := need.Postgres(t)
	shared.once.Do(func() { shared.err = shared.start(programs) })
	if shared.err != nil {
		t.Fatalf("starting PostgreSQL: %v", shared.err)
	}
}

// URL makes an empty database and returns its address, for pgx. The database is dropped when the test ends.
func URL(t testing.TB) string {
	t.Helper()
	Start(t)
	name := fmt.Sprintf("test_%d", shared.count.Add(1))
	shared.run(t, "CREATE DATABASE "+name+" TEMPLATE template0")
	t.Cleanup(func() { shared.run(t, "DROP DATABASE "+name+" WITH (FORCE)") })
	return shared.url(name)
}

func (s *server) url(database string) string {
	q := url.Values{"host": {s.dir}, "user": {"postgres"}, "sslmode": {"disable"}}
	return (&url.URL{Scheme: "postgres", Path: "/" + database, RawQuery: q.Encode()}).String()
}

func (s *server) run(t testing.TB, statement string) {
	t.Helper()
	ctx := context.Background() // the test's own is over when its clean-up runs
	conn, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		t.Fatalf("connecting to PostgreSQL: %v", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func (s *server) start(programs string) error {
	dir, err := os.MkdirTemp("", "pg") // short: the path of a socket has no more than 107 bytes
	if err != nil {
		return err
	}
	s.dir = dir
	cmd := exec.Command("sh", "-c", script, "sh", programs, dir)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
	if err := unprivileged(cmd, dir); err != nil {
		return err
	}
	if s.alive, err = cmd.StdinPipe(); err != nil {
		return err
	}
	said, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	if line, err := bufio.NewReader(said).ReadString('\n'); line != "ready\n" {
		// Best effort, both: there is an error to report already.
		log, _ := os.ReadFile(filepath.Join(dir, "log"))
		_ = os.RemoveAll(dir)
		return fmt.Errorf("it said %q (%v) and logged:\n%s", line, err, log)
	}
	return nil
}

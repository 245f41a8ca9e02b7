//go:build unix

package postgres_test

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"baqylau/internal/postgres"
)

// asChild makes this test binary start a server, say where it is, and wait to be killed.
const asChild = "BAQYLAU_TEST_POSTGRES_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(asChild) != "" {
		os.Exit(m.Run())
	}
	goleak.VerifyTestMain(m)
}

func connect(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func TestEveryTestHasADatabaseOfItsOwn(t *testing.T) {
	one, other := connect(t, postgres.URL(t)), connect(t, postgres.URL(t))
	for _, conn := range []*pgx.Conn{one, other} {
		if _, err := conn.Exec(t.Context(), `CREATE TABLE taken (n INTEGER)`); err != nil {
			t.Errorf("the database is not empty: %v", err)
		}
	}
}

func TestADatabaseEndsWithItsTest(t *testing.T) {
	var address string
	t.Run("test with a database", func(t *testing.T) { address = postgres.URL(t) })
	if address == "" {
		t.Skip("missing component: PostgreSQL server")
	}
	conn, err := pgx.Connect(t.Context(), address)
	if err == nil {
		conn.Close(t.Context())
		t.Error("the database outlived its test")
	}
}

func TestADatabaseSortsTextByLanguageUnlessToldOtherwise(t *testing.T) {
	var byLanguage, byBytes bool
	err := connect(t, postgres.URL(t)).QueryRow(t.Context(),
		`SELECT 'ә' < 'б', 'ә' COLLATE "C" < 'б'`).Scan(&byLanguage, &byBytes)
	if err != nil {
		t.Fatal(err)
	}
	if !byLanguage || byBytes {
		t.Errorf("ә comes before б: by language %v, by bytes %v", byLanguage, byBytes)
	}
}

func TestTheServerEndsWithAKilledTestBinary(t *testing.T) {
	if os.Getenv(asChild) != "" {
		os.Stdout.WriteString(postgres.URL(t) + "\n")
		select {}
	}
	postgres.Start(t) // skips where there is none
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.timeout=30s")
	child.Env = append(os.Environ(), asChild+"=1")
	said, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(said).ReadString('\n')
	if err != nil {
		t.Fatalf("the child said nothing: %v", err)
	}
	address, err := url.Parse(line[:len(line)-1])
	if err != nil {
		t.Fatal(err)
	}
	folder := address.Query().Get("host")
	if _, err := os.Stat(filepath.Join(folder, "log")); err != nil {
		t.Fatalf("the child's server is not where it says: %v", err)
	}
	child.Process.Kill()
	child.Wait()
	tick, deadline := time.NewTicker(5*time.Millisecond), time.After(10*time.Second)
	defer tick.Stop()
	for {
		if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s is still there", folder)
		}
	}
}

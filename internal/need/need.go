// Package need says what a test needs of the machine that it runs on. It is imported by tests only.
//
// Its promise: a test whose component is missing (a program, a database server, a display) is skipped on a
// workstation with a line that names the component, and fails where CI=true, so that a run which calls itself
// complete can't silently be less. The line always begins with "missing component: ", which is what `make test`
// collects into its closing list. Material that no package manager installs (see Shared) is only ever skipped.
//
// Its limit: it looks for a component, it doesn't try whether the component works.
package need

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Program passes when every named program is in PATH.
func Program(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			missing(t, name)
		}
	}
}

// Engine passes when OpenSSL has its engine for GOST.
func Engine(t testing.TB) {
	t.Helper()
	Program(t, "openssl")
	if exec.Command("openssl", "engine", "gost").Run() != nil {
		missing(t, "OpenSSL's engine gost")
	}
}

// Postgres returns the folder that holds initdb, pg_ctl and postgres. Debian keeps the server's programs out of
// PATH, one folder a version; the newest version wins.
func Postgres(t testing.TB) string {
	t.Helper()
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path)
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		missing(t, "PostgreSQL server")
		return ""
	}
	newest := slices.MaxFunc(found, func(a, b string) int {
		return version(a) - version(b)
	})
	return filepath.Dir(newest)
}

// version reads the major version out of /usr/lib/postgresql/15/bin/initdb; what isn't a number counts as the oldest.
func version(path string) int {
	var major int
	if _, err := fmt.Sscanf(path, "/usr/lib/postgresql/%d/", &major); err != nil {
		return 0
	}
	return major
}

// Display starts an X server of the test's own, of the given size in pixels, and returns its name for DISPLAY
// (":7"). The server ends with the test. The person's own display is never used: a test that moves the mouse has no
// business there.
func Display(t testing.TB, width, height int) string {
	t.Helper()
	Program(t, "Xvfb")
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatalf("making a pipe for the name of the display: %v", err)
	}
	defer read.Close()
	// -displayfd lets the server choose a free number and say it when it is ready: no race, no polling.
	server := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", width, height),
		"-nolisten", "tcp", "-noreset")
	server.ExtraFiles = []*os.File{write}
	err = server.Start()
	write.Close()
	if err != nil {
		t.Fatalf("starting Xvfb: %v", err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(os.Interrupt)
		_ = server.Wait()
	})
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("reading the number of the display from Xvfb: %v", err)
	}
	return ":" + strings.TrimSpace(number)
}

// Shared returns the path of a file or folder of the project's shared material, which lies beside the checkout and
// isn't part of it. A test that wants it is skipped without it, on CI as well.
func Shared(t testing.TB, elem ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{filepath.Dir(root(t)), "shared"}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("shared material is not beside the checkout: %s", filepath.Join(elem...))
	}
	return path
}

// root is the folder of go.mod: `go test` runs every test in its package's folder.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatalf("finding the test's folder: %v", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("the test runs outside of the module")
		}
		dir = up
	}
}

func missing(t testing.TB, name string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("missing component: %s", name)
	}
	t.Skipf("missing component: %s", name)
}

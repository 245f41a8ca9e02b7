package need_test

import (
	"fmt"
	"net"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"baqylau/internal/need"
)

// witness notes how a test would have ended; like the real thing, Fatalf and Skipf end the calling goroutine.
type witness struct {
	testing.TB
	outcome string
}

func (w *witness) Helper() {}

func (w *witness) Fatalf(format string, args ...any) {
	w.outcome = "failed: " + fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (w *witness) Skipf(format string, args ...any) {
	w.outcome = "skipped: " + fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func outcome(run func(testing.TB)) string {
	w := &witness{outcome: "went on"}
	done := make(chan struct{})
	go func() {
		defer close(done)
		run(w)
	}()
	<-done
	return w.outcome
}

func TestAMissingProgramIsSkippedHereAndFailsOnCI(t *testing.T) {
	for _, c := range []struct {
		name, ci string
		programs []string
		want     string
	}{
		{"present on a workstation", "", []string{"go"}, "went on"},
		{"present on CI", "true", []string{"go"}, "went on"},
		{"missing on a workstation", "", []string{"go", "no-such-program"}, "skipped: missing component: no-such-program"},
		{"missing on CI", "true", []string{"go", "no-such-program"}, "failed: missing component: no-such-program"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("CI", c.ci)
			got := outcome(func(tb testing.TB) { need.Program(tb, c.programs...) })
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestSharedMaterialIsOnlyEverSkipped(t *testing.T) {
	t.Setenv("CI", "true")
	got := outcome(func(tb testing.TB) { need.Shared(tb, "no", "such", "thing") })
	if !strings.HasPrefix(got, "skipped: ") {
		t.Errorf("got %q, want a skip", got)
	}
}

func TestPostgresNamesTheFolderOfTheServersPrograms(t *testing.T) {
	dir := need.Postgres(t)
	found, err := filepath.Glob(filepath.Join(dir, "initdb"))
	if err != nil || len(found) != 1 {
		t.Errorf("no initdb in %s", dir)
	}
}

func TestADisplayListensUntilItsTestEnds(t *testing.T) {
	var socket string
	t.Run("test with a display", func(t *testing.T) {
		display := need.Display(t, 320, 200)
		socket = "/tmp/.X11-unix/X" + strings.TrimPrefix(display, ":")
		conn, err := net.Dial("unix", socket)
		if err != nil {
			t.Fatalf("the display does not answer: %v", err)
		}
		conn.Close()
	})
	if socket == "" {
		t.Skip("missing component: Xvfb")
	}
	if conn, err := net.Dial("unix", socket); err == nil {
		conn.Close()
		t.Error("the display outlived its test")
	}
}

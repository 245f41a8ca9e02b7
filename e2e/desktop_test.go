//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"baqylau/app"
	"baqylau/internal/need"
	"baqylau/localstore"
	"baqylau/signing/demo"
)

// patience is how long anything may take to appear.
const patience = 25 * time.Second

// desktop is the program in a window of a display of the test's own.
type desktop struct {
	t       testing.TB
	display string
	home    string
	args    []string // of the program
	program *exec.Cmd
	errors  *bytes.Buffer
}

var whole = image.Rect(0, 0, 1280, 800)

// open starts the program as a person would, in a home of its own.
func open(t testing.TB) *desktop { return openAs(t, func(*desktop) {}) }

// openAs starts it in a home that was made ready.
func openAs(t testing.TB, ready func(*desktop)) *desktop {
	need.Program(t, "Xvfb", "openbox", "xdotool", "import", "setxkbmap", "xclip")
	if os.Getenv("BAQYLAU_PROGRAM") == "" {
		t.Fatal("BAQYLAU_PROGRAM doesn't name the program: run by make test")
	}
	d := &desktop{t: t, display: need.Display(t, 1280, 800), home: t.TempDir(), errors: &bytes.Buffer{}}
	manager := exec.Command("openbox")
	manager.Env = d.environment()
	if err := manager.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(manager) })
	d.run("setxkbmap", "-layout", "us,ru", "-option", "grp:alt_shift_toggle")
	ready(d)
	d.start()
	t.Cleanup(func() {
		end(d.program)
		if strings.Contains(d.errors.String(), "Error in Fyne call thread") {
			t.Errorf("the program touched the window from another thread:\n%s", d.errors)
		}
		if t.Failed() {
			t.Logf("the program said:\n%s", d.errors)
		}
	})
	return d
}

// start starts the program, the first time or again in the same home.
func (d *desktop) start() {
	d.t.Helper()
	d.program = exec.Command(os.Getenv("BAQYLAU_PROGRAM"), d.args...)
	d.program.Env, d.program.Stderr = d.environment(), d.errors
	if err := d.program.Start(); err != nil {
		d.t.Fatal(err)
	}
}

func end(c *exec.Cmd) {
	_ = c.Process.Signal(syscall.SIGTERM)
	done := make(chan struct{})
	go func() { _ = c.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		_ = c.Process.Kill()
		<-done
	}
}

func (d *desktop) environment() []string {
	return append(os.Environ(),
		"DISPLAY="+d.display, "WAYLAND_DISPLAY=", "HOME="+d.home, "XDG_DATA_HOME="+filepath.Join(d.home, "data"),
		"XDG_CONFIG_HOME="+filepath.Join(d.home, "config"), "XDG_RUNTIME_DIR="+d.home, "LIBGL_ALWAYS_SOFTWARE=1",
		"DBUS_SESSION_BUS_ADDRESS=", "LANG=C.UTF-8")
}

func (d *desktop) run(name string, args ...string) []byte {
	d.t.Helper()
	c := exec.Command(name, args...)
	c.Env = d.environment()
	out, err := c.Output()
	if err != nil {
		d.t.Fatalf("%s %s: %v", name, strings.Join(args, " "), err)
	}
	return out
}

// screen is what is to be seen now.
func (d *desktop) screen() image.Image {
	d.t.Helper()
	picture, err := png.Decode(bytes.NewReader(d.run("import", "-window", "root", "png:-")))
	if err != nil {
		d.t.Fatal(err)
	}
	return picture
}

// see waits until the words are on the screen and gives their place.
func (d *desktop) see(words string) image.Point { d.t.Helper(); return d.seeIn(words, whole) }

func (d *desktop) seeIn(words string, area image.Rectangle) image.Point {
	d.t.Helper()
	var place image.Rectangle
	var certainty float64
	defer func() {
		if certainty < certain {
			d.t.Logf("the likest place %v has the certainty %.2f", place, certainty)
		}
	}()
	d.until("«"+words+"» is on the screen", func() bool {
		place, certainty = seen(d.screen()).find(d.t, words, area)
		return certainty >= certain
	})
	return place.Min.Add(place.Max).Div(2)
}

// until asks again and again until something holds; when it never does, the last screen is kept.
func (d *desktop) until(what string, holds func() bool) {
	d.t.Helper()
	deadline := time.After(patience)
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for !holds() {
		select {
		case <-again.C:
		case <-deadline:
			kept := filepath.Join(os.TempDir(), "baqylau-e2e-"+strings.ReplaceAll(d.t.Name(), "/", "-")+".png")
			d.save(kept)
			d.t.Fatalf("waited %v until %s; the screen is in %s", patience, what, kept)
		}
	}
}

func (d *desktop) save(path string) {
	d.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(path, d.run("import", "-window", "root", "png:-"), 0o644); err != nil {
		d.t.Fatal(err)
	}
}

// keep leaves a screenshot for the README when asked to: BAQYLAU_SCREENS names the folder.
func (d *desktop) keep(name string) {
	d.t.Helper()
	if folder := os.Getenv("BAQYLAU_SCREENS"); folder != "" {
		d.run("xdotool", "mousemove", "1279", "799")
		d.save(filepath.Join(folder, name+".png"))
	}
}

// click presses the mouse on the words.
func (d *desktop) click(words string) { d.t.Helper(); d.press(d.see(words)) }

func (d *desktop) clickIn(words string, area image.Rectangle) {
	d.t.Helper()
	d.press(d.seeIn(words, area))
}

// scrolls turns the wheel until the words come into sight, and presses the mouse on them.
func (d *desktop) scrolls(words string) {
	d.t.Helper()
	d.until("«"+words+"» is scrolled to", func() bool {
		place, certainty := seen(d.screen()).find(d.t, words, whole)
		if certainty < certain {
			d.run("xdotool", "click", "--repeat", "5", "5")
			return false
		}
		d.press(place.Min.Add(place.Max).Div(2))
		return true
	})
}

func (d *desktop) press(at image.Point) {
	d.t.Helper()
	d.run("xdotool", "mousemove", "--sync", strconv.Itoa(at.X), strconv.Itoa(at.Y), "click", "1")
}

// keys presses keys one after the other: "Tab", "ctrl+s".
func (d *desktop) keys(keys ...string) {
	d.t.Helper()
	d.run("xdotool", append([]string{"key", "--delay", "40"}, keys...)...)
}

// write types a text.
func (d *desktop) write(text string) {
	d.t.Helper()
	d.run("xdotool", "type", "--delay", "15", text)
}

// origin finds the address of the embedded centre: the one port on which the program listens.
func (d *desktop) origin() string {
	d.t.Helper()
	var origin string
	d.until("the embedded centre listens", func() bool {
		if port := listening(d.program.Process.Pid); port != 0 {
			origin = "http://127.0.0.1:" + strconv.Itoa(port)
		}
		return origin != ""
	})
	return origin
}

// listening reads the system's table of sockets for the port that a process listens on; 0 for none.
func listening(pid int) int {
	descriptors, err := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/fd/*")
	if err != nil {
		return 0
	}
	own := map[string]bool{}
	for _, path := range descriptors {
		if to, err := os.Readlink(path); err == nil && strings.HasPrefix(to, "socket:[") {
			own[strings.TrimSuffix(strings.TrimPrefix(to, "socket:["), "]")] = true
		}
	}
	table, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(table)) {
		fields := strings.Fields(line)
		const listens = "0A"
		if len(fields) < 10 || fields[3] != listens || !own[fields[9]] {
			continue
		}
		_, port, _ := strings.Cut(fields[1], ":")
		n, err := strconv.ParseInt(port, 16, 32)
		if err == nil {
			return int(n)
		}
	}
	return 0
}

// keysFolder is where the demo's keys lie.
func (d *desktop) keysFolder() string {
	return filepath.Join(d.home, "data", "baqylau", "demo", "keys")
}

// as enters the centre beside the program, as a person of the demo, to read what has become of things.
func (d *desktop) as(login string) *app.Desk {
	d.t.Helper()
	return enters(d.t, d.origin(), filepath.Join(d.keysFolder(), login+".p12"))
}

// enters sits down at a centre without a window.
func enters(t testing.TB, origin, keyFile string) *app.Desk {
	t.Helper()
	ctx := context.Background()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	door, err := app.Knock(ctx, origin, log)
	if err != nil {
		t.Fatal(err)
	}
	key, err := app.OpenKey(keyFile, []byte(demo.Password))
	if err != nil {
		t.Fatal(err)
	}
	defer key.Close()
	desk, err := door.Enter(ctx, key, nil, func(who app.Owner, _ []byte) (*localstore.Store, error) {
		return localstore.Open(filepath.Join(t.TempDir(), who.Person+".db"), localstore.Key{1})
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := desk.Leave(ctx); err != nil {
			t.Error(err)
		}
	})
	return desk
}

// reads waits until the centre says something.
func (d *desktop) reads(desk *app.Desk, what string, holds func() bool) {
	d.t.Helper()
	d.until(what, func() bool {
		if err := desk.Sync(context.Background()); err != nil {
			d.t.Fatal(err)
		}
		return holds()
	})
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// group is the packages that are tested by one call of `go test`.
type group struct {
	name     string
	packages []string
	tags     string
	cgo      bool
	windowed bool // drives the real program, which must be built first
}

func (g group) command(ctx context.Context, flags ...string) *exec.Cmd {
	args := append([]string{"test"}, flags...)
	if g.tags != "" {
		args = append(args, "-tags", g.tags)
	}
	if g.windowed {
		args = append(args, "-count", "1") // what the program did can't be cached: go test doesn't see it run
	}
	cmd := command(ctx, "go", append(args, g.packages...)...)
	if !g.cgo {
		cmd = withoutCgo(cmd)
	}
	if g.windowed {
		program, err := filepath.Abs(programPath())
		if err != nil {
			program = programPath()
		}
		cmd.Env = append(cmd.Environ(), programVariable+"="+program)
	}
	return cmd
}

// listed is what `go list -json` says of a package or of its test binary.
type listed struct {
	ImportPath string
	ForTest    string
	Deps       []string
}

// listGroups sorts the packages of the tree by how they are tested; a group that would be empty is left out.
func listGroups(ctx context.Context) ([]group, error) {
	list := withoutCgo(command(ctx, "go", "list", "-e", "-test", "-tags", "ci,e2e", "-json=ImportPath,ForTest,Deps", "./..."))
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("listing the packages: %w", err)
	}
	return sortIntoGroups(bytes.NewReader(out))
}

func sortIntoGroups(list io.Reader) ([]group, error) {
	headless := group{name: "tests", cgo: true}
	screens := group{name: "tests of the screens", tags: "ci"}
	window := group{name: "tests of the real window", tags: "e2e", cgo: true, windowed: true}

	var order []string
	fyne := map[string]bool{}
	for dec := json.NewDecoder(list); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("reading the list of packages: %w", err)
		}
		path := p.ImportPath
		if p.ForTest != "" {
			path = p.ForTest
		}
		path = strings.TrimSuffix(path, ".test")
		if _, seen := fyne[path]; !seen {
			order = append(order, path)
		}
		fyne[path] = fyne[path] || reachesFyne(p.Deps)
	}
	for _, path := range order {
		switch {
		case strings.Contains(path+"/", "/e2e/"):
			window.packages = append(window.packages, path)
		case fyne[path]:
			screens.packages = append(screens.packages, path)
		default:
			headless.packages = append(headless.packages, path)
		}
	}
	var groups []group
	for _, g := range []group{headless, screens, window} {
		if len(g.packages) > 0 {
			groups = append(groups, g)
		}
	}
	return groups, nil
}

func reachesFyne(deps []string) bool {
	for _, dep := range deps {
		if dep == "fyne.io/fyne/v2" || strings.HasPrefix(dep, "fyne.io/fyne/v2/") {
			return true
		}
	}
	return false
}

// windowLacks names what the program's window can't be compiled without on this machine, "" when all is there.
func windowLacks() string {
	if _, err := exec.LookPath("gcc"); err != nil {
		return "C compiler"
	}
	headers := []string{"gl", "x11", "xcursor", "xrandr", "xinerama", "xi", "xxf86vm", "wayland-client", "xkbcommon"}
	if err := exec.Command("pkg-config", append([]string{"--exists"}, headers...)...).Run(); err != nil {
		return "headers of OpenGL, X11 and Wayland"
	}
	return ""
}

// command makes a command whose complaints go straight to the person.
func command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stderr = os.Stderr
	return cmd
}

func withoutCgo(cmd *exec.Cmd) *exec.Cmd {
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0")
	return cmd
}

// silent runs a command that prints nothing when all is well; what it says is part of the error. Complaints alone are
// none: on a fresh machine the go command tells there what it downloads.
func silent(cmd *exec.Cmd) error {
	var printed, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &printed, &complaints
	err := cmd.Run()
	if err == nil && printed.Len() > 0 {
		err = errors.New("not clean")
	}
	if err != nil {
		return fmt.Errorf("%s: %w\n%s%s", strings.Join(cmd.Args, " "), err, &printed, &complaints)
	}
	return nil
}

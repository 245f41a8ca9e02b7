package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
)

// tally counts what passed, failed and was skipped, over all steps. A step without tests counts as one; of a test
// with subtests each counts.
type tally struct {
	out     io.Writer
	ci      bool // a missing component is a failure
	passed  int
	failed  []string
	skipped []string
	lacking bool // a test was skipped for a missing component
}

func newTally(out io.Writer, ci bool) *tally { return &tally{out: out, ci: ci} }

// check counts a step by its error.
func (t *tally) check(name string, err error) {
	if err != nil {
		fmt.Fprintf(t.out, "FAIL  %s\n%v\n", name, err)
		t.failed = append(t.failed, name)
		return
	}
	fmt.Fprintf(t.out, "ok    %s\n", name)
	t.passed++
}

func (t *tally) skip(name, reason string) {
	t.skipped = append(t.skipped, name+": "+reason)
	t.lacking = t.lacking || strings.Contains(reason, "missing component")
}

// tests runs a `go test -json` and counts its tests. A run that ends badly without naming a failed test (it could not
// start, was killed, wrote something else) counts as a failure of its own.
func (t *tally) tests(name string, cmd *exec.Cmd) {
	failedBefore := len(t.failed)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.check(name, err)
		return
	}
	if err := cmd.Start(); err != nil {
		t.check(name, err)
		return
	}
	readErr := t.read(out)
	_, drainErr := io.Copy(io.Discard, out) // so that the command can end
	err = errors.Join(readErr, drainErr, cmd.Wait())
	if err != nil && len(t.failed) == failedBefore {
		t.check(name, err)
	}
}

// event is one line of `go test -json`, see `go doc test2json` and `go help buildjson`.
type event struct {
	Action     string
	Package    string
	ImportPath string // of a build's output
	Test       string
	Output     string
	Elapsed    float64 // seconds
}

// maxEvent bounds a line of the stream: a test that prints megabytes without a line end is a fault to be reported.
const maxEvent = 4 << 20

func (t *tally) read(stream io.Reader) error {
	said := map[string][]string{} // output of the tests under way, by package and test
	lines := bufio.NewScanner(stream)
	lines.Buffer(nil, maxEvent)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return fmt.Errorf("reading the test's events: %q: %w", lines.Text(), err)
		}
		name := e.Package
		if e.Test != "" {
			name += "." + e.Test
		}
		switch e.Action {
		case "build-output":
			fmt.Fprint(t.out, e.Output)
		case "output":
			said[name] = append(said[name], e.Output)
		case "pass", "fail", "skip":
			t.ended(e, name, said[name])
			delete(said, name)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("reading the test's events: %w", err)
	}
	return nil
}

func (t *tally) ended(e event, name string, said []string) {
	ofPackage := e.Test == ""
	switch {
	case e.Action == "fail":
		// A package fails with its tests, too; it counts alone only when it names none of them.
		if !ofPackage || !t.failedIn(e.Package) {
			t.failed = append(t.failed, name)
		}
		fmt.Fprintf(t.out, "FAIL  %s (%.1f s)\n%s", name, e.Elapsed, strings.Join(said, ""))
	case e.Action == "pass" && ofPackage:
		fmt.Fprintf(t.out, "ok    %s (%.1f s)\n", name, e.Elapsed)
	case e.Action == "pass":
		t.passed++
	case e.Action == "skip" && !ofPackage: // a package is skipped when it has no tests
		t.skip(name, skipReason(said))
	}
}

func (t *tally) failedIn(pkg string) bool {
	for _, name := range t.failed {
		if strings.HasPrefix(name, pkg+".") {
			return true
		}
	}
	return false
}

var logLine = regexp.MustCompile(`^\s*[^\s:]+\.go:\d+: (.*)`)

// skipReason is the last thing that the test logged.
func skipReason(said []string) string {
	reason := "no reason given"
	for _, line := range said {
		if m := logLine.FindStringSubmatch(line); m != nil {
			reason = m[1]
		}
	}
	return reason
}

// close prints what was skipped and what failed, then the counts, and says whether all is well.
func (t *tally) close() error {
	list(t.out, "Skipped:", t.skipped)
	list(t.out, "Failed:", t.failed)
	fmt.Fprintf(t.out, "\n%d passed, %d failed, %d skipped\n", t.passed, len(t.failed), len(t.skipped))
	switch {
	case len(t.failed) > 0:
		return errors.New("not everything passed")
	case t.ci && t.lacking:
		return errors.New("a component is missing, which CI does not allow")
	}
	return nil
}

func list(out io.Writer, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s\n", title)
	for _, line := range lines {
		fmt.Fprintf(out, "  %s\n", line)
	}
}

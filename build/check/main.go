// Command check runs everything that keeps the project sound, and counts it.
//
//	go run ./build/check test    generation, format, vet, staticcheck, every test, the real window last
//	go run ./build/check bench   every benchmark, and what was promised of records
//	go run ./build/check bench-signing   what was promised of signatures, beside OpenSSL
//	go run ./build/check fuzz 10m [PACKAGE…]   every fuzz target for that long
//
// Its promise: it goes through all of it whatever fails on the way, prints what failed with its output, lists every
// skipped test with its reason, and ends with one line of counts; the exit code is 0 only when nothing failed. Where
// CI=true, a test that was skipped for a missing component counts as failed.
//
// Packages that reach Fyne are tested with Fyne's own test driver (CGO_ENABLED=0, tag ci), which needs neither a
// display nor a C compiler; all others as they are shipped. Its limit: it installs nothing (build/install does).
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
)

// programVariable tells the end-to-end tests which program to drive.
const programVariable = "BAQYLAU_PROGRAM"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	switch {
	case slices.Equal(args, []string{"test"}):
		return test(ctx)
	case slices.Equal(args, []string{"bench"}):
		return bench(ctx)
	case slices.Equal(args, []string{"bench-signing"}):
		return benchSigning(ctx)
	case len(args) >= 2 && args[0] == "fuzz":
		return fuzz(ctx, args[1], args[2:])
	}
	return errors.New("usage: go run ./build/check test|bench|bench-signing|fuzz TIME [PACKAGE…]")
}

func test(ctx context.Context) error {
	groups, err := listGroups(ctx)
	if err != nil {
		return err
	}
	total := newTally(os.Stdout, os.Getenv("CI") == "true")

	total.check("generated files are up to date", generatedIsFresh(ctx, "."))
	total.check("gofumpt", silent(command(ctx, "go", "tool", "gofumpt", "-l", ".")))
	total.check("go vet", silent(withoutCgo(command(ctx, "go", "vet", "-tags", "ci,e2e", "./..."))))
	total.check("staticcheck", silent(withoutCgo(command(ctx, "go", "tool", "staticcheck", "-tags", "ci,e2e", "./..."))))

	for _, g := range groups {
		if g.windowed {
			if missing := windowLacks(); missing != "" {
				total.skip(g.name, "missing component: "+missing)
				continue
			}
			err := buildProgram(ctx)
			total.check("the program builds", err)
			if err != nil {
				continue
			}
		}
		total.tests(g.name, g.command(ctx, "-json", "-timeout", "15m"))
	}
	return total.close()
}

// bench takes a fixed measure, so that two runs can be compared: three times one second each. In the end stands what
// was promised of records; a figure that isn't reached is no failure, the machine may have been busy.
func bench(ctx context.Context) error {
	groups, err := listGroups(ctx)
	if err != nil {
		return err
	}
	var failed error
	var printed bytes.Buffer
	for _, g := range groups {
		if g.windowed {
			if missing := windowLacks(); missing != "" {
				fmt.Println("skipped:", g.name+": missing component:", missing)
				continue
			}
			if err := buildProgram(ctx); err != nil {
				return err
			}
		}
		cmd := g.command(ctx, "-run", "^$", "-bench", ".", "-benchmem", "-benchtime", "1s", "-count", "3", "-p", "1")
		if err := measure(cmd, io.MultiWriter(os.Stdout, &printed)); err != nil {
			failed = errors.Join(failed, fmt.Errorf("benchmarks: %s: %w", g.name, err))
		}
	}
	figures := map[string]map[string]float64{}
	readFigures(printed.Bytes(), figures)
	return errors.Join(failed, printPromises(promisesOfRecords(), figures))
}

// failure is how `go test` tells of a failed benchmark, behind its name when nothing was measured.
var failure = regexp.MustCompile(`--- FAIL: (\S+)`)

// measure runs benchmarks and passes on what they print. They failed when they say so, too: `go test` ends
// well over a benchmark that fails in any run but its first.
func measure(cmd *exec.Cmd, out io.Writer) error {
	var printed bytes.Buffer
	cmd.Stdout = io.MultiWriter(out, &printed)
	err := cmd.Run()
	said := map[string]bool{} // each run says it, in two ways
	for _, found := range failure.FindAllStringSubmatch(printed.String(), -1) {
		if name := found[1]; !said[name] {
			said[name] = true
			err = errors.Join(err, fmt.Errorf("%s failed", name))
		}
	}
	return err
}

// buildProgram builds the real program without the tag migrated_fynedo, which the shipped one carries: without it
// Fyne reports every call from a wrong goroutine, and the end-to-end tests fail on such a report.
func buildProgram(ctx context.Context) error {
	return silent(command(ctx, "go", "build", "-buildvcs=false", "-o", programPath(), "."))
}

func programPath() string { return filepath.Join("bin", "e2e", "baqylau") }

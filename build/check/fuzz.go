package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"text/tabwriter"
)

// target is a fuzz target.
type target struct{ pkg, name string }

// fuzzed is what came of a target.
type fuzzed struct {
	target
	elapsed, executions, corpus string
	err                         error
}

// fuzz runs every fuzz target of the packages (of all, when none is named) for the given time, one after the other,
// and prints the counts. What it finds, the go command has written into the package's testdata.
func fuzz(ctx context.Context, duration string, packages []string) error {
	targets, err := listTargets(ctx, packages)
	if err != nil {
		return err
	}
	if len(targets) == 0 {
		return errors.New("no fuzz targets there")
	}
	var results []fuzzed
	var failed error
	for _, t := range targets {
		result := fuzzOne(ctx, t, duration)
		results = append(results, result)
		failed = errors.Join(failed, result.err)
	}
	return errors.Join(failed, printFuzzed(results))
}

// listTargets asks each package's test binary.
func listTargets(ctx context.Context, packages []string) ([]target, error) {
	if len(packages) == 0 {
		packages = []string{"./..."}
	}
	arguments := append([]string{"test", "-tags", "ci", "-vet", "off", "-list", "^Fuzz"}, packages...)
	out, err := withoutCgo(command(ctx, "go", arguments...)).Output()
	if err != nil {
		return nil, fmt.Errorf("listing the fuzz targets: %w\n%s", err, out)
	}
	return readTargets(string(out)), nil
}

// readTargets reads the names of targets, each package's before the line "ok" with the package.
func readTargets(out string) (targets []target) {
	var names []string
	for _, line := range strings.Split(out, "\n") {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 1 && strings.HasPrefix(line, "Fuzz"):
			names = append(names, fields[0])
		case len(fields) >= 2 && fields[0] == "ok":
			for _, name := range names {
				targets = append(targets, target{fields[1], name})
			}
			names = nil
		}
	}
	return targets
}

// minimising bounds how long a new input is shortened, a minute by default: the time is better spent on other inputs.
const minimising = "1s"

// progress is what the go command says every three seconds.
var progress = regexp.MustCompile(`fuzz: elapsed: (\S+), execs: (\d+) .*\(total: (\d+)\)`)

func fuzzOne(ctx context.Context, t target, duration string) fuzzed {
	cmd := withoutCgo(command(ctx, "go", "test", "-tags", "ci", "-run", "^$", "-fuzz", "^"+t.name+"$", "-fuzztime", duration, "-fuzzminimizetime", minimising, t.pkg))
	var said bytes.Buffer
	cmd.Stdout = io.MultiWriter(os.Stdout, &said)
	err := cmd.Run()
	if err != nil {
		err = fmt.Errorf("%s in %s: %w", t.name, t.pkg, err)
	}
	result := fuzzed{target: t, err: err}
	for _, found := range progress.FindAllStringSubmatch(said.String(), -1) {
		result.elapsed, result.executions, result.corpus = found[1], found[2], found[3]
	}
	return result
}

func printFuzzed(results []fuzzed) error {
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\ntarget\tpackage\ttime\texecutions\tinputs kept\tfindings")
	for _, r := range results {
		finding := "none"
		if r.err != nil {
			finding = "see above"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", r.name, r.pkg, r.elapsed, r.executions, r.corpus, finding)
	}
	return table.Flush()
}

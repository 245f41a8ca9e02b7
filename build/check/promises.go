package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
)

// promise is a figure that a benchmark measures and that was promised.
type promise struct {
	what      string
	pkg       string
	benchmark string // as `go test -bench` prints it, without the number of processors
	rounds    string // of `go test -benchtime`, where the promise is measured by itself: most take twenty
	metric    string
	limit     float64
	atLeast   bool // the limit is from below
}

// promisesOfSigning are those of the signatures. Where there is a peer, it is OpenSSL's gost engine in one process, in turns with ours,
// and the ratio is of the medians of at least twenty rounds.
func promisesOfSigning() []promise {
	const gost, beside = "./signing/gost", "BenchmarkGOSTBesideOpenSSL/"
	return []promise{
		{"GOST-512 sign, time against the engine's", gost, beside + "sign", "1x", "ratio", 0.7, false},
		{"GOST-512 verify, time against the engine's", gost, beside + "verify", "1x", "ratio", 0.65, false},
		{"GOST-512 verify with the key's table, the same", gost, beside + "verify_with_a_table", "1x", "ratio", 0.3, false},
		{"Streebog-512, speed against the engine's", gost, "BenchmarkStreebog512BesideOpenSSL", "1x", "ratio", 1, true},
		{"CMS of 100 KB, time against hash and sign", "./signing", "BenchmarkSign100KB/GOST", "40x", "ratio", 1.2, false},
		{"1 000 × 100 KB on two cores, against one core's hash and sign", "./app", "BenchmarkBatch1000x100KB", "1x", "ratio", 0.65, false},
		{"1 GB signed and verified, peak memory in MB", "./cmd/baqctl", "BenchmarkGigabyte", "1x", "MB", 64, false},
	}
}

// promisesOfRecords are of the records on a person's computer, at 100 000 objects; `bench` prints them when it has
// measured everything.
func promisesOfRecords() []promise {
	const screen, search = "BenchmarkFirstScreen100k", "BenchmarkSearch100k"
	return []promise{
		{"first screen of 100 000 objects, ms", "./app", screen, "", "screen-ms", 300, false},
		{"their whole index in memory, ms", "./app", screen, "", "index-ms", 1000, false},
		{"index of 100 000 notifications in memory, ms", "./app", search, "", "index-ms", 1000, false},
		{"search over them by any filter, p95 in ms", "./app", search, "", "p95-ms", 30, false},
		{"a keystroke's save on the screen's goroutine, p95 in ms", "./ui", "BenchmarkKeystroke", "", "save-p95-ms", 1, false},
		{"10 000 queued commands at a local centre, a second", "./torture", "BenchmarkDrain10000", "", "commands/s", 1000, true},
	}
}

// benchSigning runs what measures the promises and prints the figures beside them. A figure that isn't reached is
// printed, and is no failure: the machine may have been busy.
func benchSigning(ctx context.Context) error {
	figures := map[string]map[string]float64{}
	var failed error
	measured := map[string]bool{}
	for _, p := range promisesOfSigning() {
		name, _, _ := strings.Cut(p.benchmark, "/")
		if measured[p.pkg+name] {
			continue
		}
		measured[p.pkg+name] = true
		fmt.Fprintln(os.Stderr, "measuring", p.pkg, name)
		cmd := command(ctx, "go", "test", "-run", "^$", "-bench", "^"+name+"$", "-benchtime", p.rounds, "-timeout", "30m", p.pkg)
		out, err := cmd.Output()
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s in %s: %w\n%s", name, p.pkg, err, out))
		}
		readFigures(out, figures)
	}
	return errors.Join(failed, printPromises(promisesOfSigning(), figures))
}

// readFigures reads the lines of benchmarks: a name, the number of runs, then figures each before its unit.
func readFigures(out []byte, figures map[string]map[string]float64) {
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := fields[0]
		if dash := strings.LastIndex(name, "-"); dash > 0 { // the number of processors
			name = name[:dash]
		}
		figures[name] = map[string]float64{}
		for i := 2; i+1 < len(fields); i += 2 {
			if figure, err := strconv.ParseFloat(fields[i], 64); err == nil {
				figures[name][fields[i+1]] = figure
			}
		}
	}
}

// printPromises prints what was promised beside what was measured.
func printPromises(promises []promise, figures map[string]map[string]float64) error {
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, p := range promises {
		sign := "≤"
		if p.atLeast {
			sign = "≥"
		}
		figure, there := figures[p.benchmark][p.metric]
		shown, verdict := "not measured", ""
		if there {
			shown, verdict = fmt.Sprintf("%.2f", figure), "not kept"
			if figure <= p.limit != p.atLeast || figure == p.limit {
				verdict = "kept"
			}
		}
		if _, err := fmt.Fprintf(table, "%s\t%s\t%s %v\t%s\n", p.what, shown, sign, p.limit, verdict); err != nil {
			return err
		}
	}
	return table.Flush()
}

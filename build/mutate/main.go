// Command mutate asks whether the tests of package control would notice a wrong rule: it changes every
// comparison, boolean and constant of the package, one at a time, and runs the package's tests.
//
//	go run ./build/mutate
//
// Its promise: each change is of the program as it stands, and nothing in the tree is written. A change
// that no test notices is a survivor; survivors.txt may excuse it with a reason. It exits with 1 when a
// survivor has no excuse or an excuse has no survivor.
//
// Its way: the changes are compiled into one test binary, and an environment variable switches one of
// them on; where Go wants a constant, the changed file is compiled by itself. It takes minutes, so it is
// no part of make test.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// switchName is the environment variable that switches a change on, by its number.
const switchName = "BAQYLAU_MUTANT"

func main() {
	folder := flag.String("package", "control", "the folder of the package")
	workers := flag.Int("workers", 2, "how many tests run at once")
	excuses := flag.String("survivors", "build/mutate/survivors.txt", "the excused survivors")
	only := flag.String("only", "", "only the changes whose name contains this")
	flag.Parse()
	if err := run(*folder, *excuses, *only, *workers); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(folder, excusesPath, only string, workers int) error {
	began := time.Now()
	excused, err := readExcuses(excusesPath)
	if err != nil {
		return err
	}
	p, err := load(folder)
	if err != nil {
		return err
	}
	mutants := p.mutants()
	bench, err := newBench(p)
	if err != nil {
		return err
	}
	defer os.RemoveAll(bench.temp)
	if err := bench.build(); err != nil {
		return err
	}
	if killed, err := bench.test(bench.binary, 0); err != nil || killed {
		return fmt.Errorf("the tests fail on the package as it stands (%v)", err)
	}
	if only != "" {
		mutants = matching(mutants, only)
	}
	if err := bench.all(mutants, workers); err != nil {
		return err
	}
	return report(mutants, excused, only != "", time.Since(began))
}

func matching(mutants []*mutant, part string) []*mutant {
	var some []*mutant
	for _, m := range mutants {
		if strings.Contains(m.name(), part) {
			some = append(some, m)
		}
	}
	return some
}

// report prints what became of the changes.
func report(mutants []*mutant, excused map[string]string, partly bool, took time.Duration) error {
	killed, unexcused := 0, 0
	seen := map[string]bool{}
	for _, m := range mutants {
		if m.killed {
			killed++
			continue
		}
		reason, known := excused[m.name()]
		seen[m.name()] = true
		if !known {
			unexcused++
			reason = "NOT EXCUSED"
		}
		fmt.Printf("survived  %s:%d  %s  (%s)\n", m.file, m.line, m.name(), reason)
	}
	stale := 0
	for name := range excused {
		if !seen[name] && !partly {
			stale++
			fmt.Printf("excused, but no survivor: %s\n", name)
		}
	}
	fmt.Printf("%d changes, %d noticed (%.1f %%), %d not, of which %d are excused; %s\n", len(mutants), killed,
		100*float64(killed)/float64(max(len(mutants), 1)), len(mutants)-killed, len(mutants)-killed-unexcused, took.Round(time.Second))
	if unexcused > 0 || stale > 0 {
		return fmt.Errorf("%d survivors have no excuse, %d excuses have no survivor", unexcused, stale)
	}
	return nil
}

// readExcuses reads lines "name — reason"; lines that begin with # are notes.
func readExcuses(path string) (map[string]string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	excused := map[string]string{}
	for i, line := range strings.Split(string(data), "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, reason, found := strings.Cut(line, " — ")
		if !found || strings.TrimSpace(reason) == "" {
			return nil, fmt.Errorf("%s:%d: an excuse is a name, « — » and a reason", path, i+1)
		}
		excused[strings.TrimSpace(name)] = strings.TrimSpace(reason)
	}
	return excused, nil
}

// bench builds and runs.
type bench struct {
	p      *pack
	temp   string
	binary string
}

func newBench(p *pack) (*bench, error) {
	temp, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return nil, err
	}
	return &bench{p: p, temp: temp, binary: filepath.Join(temp, "all.test")}, nil
}

// build compiles all changes that can be switched into one test binary.
func (b *bench) build() error {
	return b.compile("all", b.p.instrumented(), b.binary)
}

// compile builds the tests with some files of the package replaced or added.
func (b *bench) compile(name string, files map[string]string, binary string) error {
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	folder := filepath.Join(b.temp, name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for file, content := range files {
		changed := filepath.Join(folder, file)
		if err := os.WriteFile(changed, []byte(content), 0o644); err != nil {
			return err
		}
		overlay.Replace[filepath.Join(b.p.folder, file)] = changed
	}
	data, err := json.Marshal(overlay)
	if err != nil {
		return err
	}
	list := filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(list, data, 0o644); err != nil {
		return err
	}
	build := exec.Command("go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", list, "-o", binary, ".")
	build.Dir = b.p.folder
	build.Env = append(build.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("compile %s: %w\n%s", name, err, out)
	}
	return nil
}

// test runs a test binary with one change on and says whether it was noticed. A test that takes a minute
// has noticed too: the change made a loop endless.
func (b *bench) test(binary string, id int) (killed bool, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	test := exec.CommandContext(ctx, binary, "-test.failfast", "-test.short", "-rapid.nofailfile", "-rapid.shrinktime=1ms", "-rapid.seed=1")
	test.Dir = b.p.folder
	test.Env = append(test.Environ(), fmt.Sprintf("%s=%d", switchName, id))
	err = test.Run()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return true, nil
	}
	return false, err
}

// all tries every change.
func (b *bench) all(mutants []*mutant, workers int) error {
	todo := make(chan *mutant)
	faults := make(chan error, len(mutants))
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for m := range todo {
				if err := b.try(m); err != nil {
					faults <- fmt.Errorf("%s: %w", m.name(), err)
				}
			}
		})
	}
	for _, m := range mutants {
		todo <- m
	}
	close(todo)
	group.Wait()
	close(faults)
	return <-faults
}

func (b *bench) try(m *mutant) error {
	binary := b.binary
	if m.alone {
		name := fmt.Sprintf("m%d", m.id)
		binary = filepath.Join(b.temp, name+".test")
		if err := b.compile(name, map[string]string{m.file: m.changed()}, binary); err != nil {
			m.killed = true // the compiler noticed
			return nil
		}
		defer os.Remove(binary)
	}
	var err error
	m.killed, err = b.test(binary, m.id)
	return err
}

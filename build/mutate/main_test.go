package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// The whole way on a small package: what its test doesn't look at survives, the rest is noticed.
func TestTheChangesThatNoTestNoticesSurvive(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "go.mod"), "module sample\n\ngo 1.26\n")
	write(t, filepath.Join(folder, "sample.go"), `package sample

const limit = 18

const name = "adult"

func Adult(age int, known bool) (string, bool) {
	if !known || age < limit {
		return "", false
	}
	return name, known &&
		age >= 0
}
`)
	write(t, filepath.Join(folder, "sample_test.go"), `package sample

import (
	"flag"
	"testing"
)

var _ = flag.Bool("rapid.nofailfile", false, "")
var _ = flag.String("rapid.shrinktime", "", "")
var _ = flag.Int("rapid.seed", 0, "")

func TestAdult(t *testing.T) {
	for age, want := range map[int]bool{17: false, 19: true} {
		got, ok := Adult(age, true)
		if ok != want || want && got != "adult" {
			t.Error(age, got, ok)
		}
	}
	if _, ok := Adult(40, false); ok {
		t.Error("unknown")
	}
}
`)
	p, err := load(folder)
	if err != nil {
		t.Fatal(err)
	}
	mutants := p.mutants()
	b, err := newBench(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(b.temp) })
	if err := b.build(); err != nil {
		t.Fatal(err)
	}
	if err := b.all(mutants, 2); err != nil {
		t.Fatal(err)
	}
	var survived []string
	for _, m := range mutants {
		if !m.killed {
			survived = append(survived, m.name())
		}
		if changed := m.changed(); len(changed) == len(m.source) && changed == m.source {
			t.Errorf("%s changes nothing", m.name())
		}
	}
	want := []string{
		"sample.go limit 18 → 19 #1",
		"sample.go Adult < → <= #1",
		`sample.go Adult "" → "?" #1`,
		"sample.go Adult && → || #1",
		"sample.go Adult >= → > #1",
		"sample.go Adult 0 → 1 #1",
	}
	if !slices.Equal(survived, want) || len(mutants) != 12 {
		t.Errorf("of %d changes survived\n%s\nwant\n%s", len(mutants), strings.Join(survived, "\n"), strings.Join(want, "\n"))
	}
	if err := report(mutants, map[string]string{"x": "y"}, false, 0); err == nil || err.Error() != "6 survivors have no excuse, 1 excuses have no survivor" {
		t.Errorf("the report says %v", err)
	}
	excused := map[string]string{}
	for _, name := range want {
		excused[name] = "not looked at"
	}
	if err := report(mutants, excused, false, 0); err != nil {
		t.Error(err)
	}
}

func TestAnExcuseHasAReason(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "survivors.txt"), "# note\n\na.go F < → <= #1 — both say the same\n")
	if excused, err := readExcuses(path); err != nil || excused["a.go F < → <= #1"] != "both say the same" {
		t.Errorf("%v, %v", excused, err)
	}
	if _, err := readExcuses(write(t, path, "a.go F < → <= #1 — \n")); err == nil {
		t.Error("an excuse with no reason is taken")
	}
	if _, err := readExcuses(path + "x"); err == nil {
		t.Error("no file is taken for no excuse")
	}
}

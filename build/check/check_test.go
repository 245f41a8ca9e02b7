package main

import (
	"crypto/sha256"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheTallyCountsAndNamesWhatHappened(t *testing.T) {
	for _, c := range []struct {
		name, events, want string
		ci, sound          bool
	}{
		{
			name: "all passed; a package without tests is not a skip",
			events: `{"Action":"pass","Package":"m/a","Test":"TestOne"}
				{"Action":"pass","Package":"m/a","Elapsed":1.25}
				{"Action":"skip","Package":"m/none"}`,
			want:  "ok    m/a (1.2 s)\n\n1 passed, 0 failed, 0 skipped\n",
			sound: true,
		},
		{
			name: "a failed test is shown with its output, and its package is not counted again",
			events: `{"Action":"output","Package":"m/a","Test":"TestOne","Output":"  a_test.go:9: is 4, want 5\n"}
				{"Action":"fail","Package":"m/a","Test":"TestOne","Elapsed":0.1}
				{"Action":"output","Package":"m/a","Output":"FAIL\tm/a\n"}
				{"Action":"fail","Package":"m/a","Elapsed":0.2}`,
			want: "FAIL  m/a.TestOne (0.1 s)\n  a_test.go:9: is 4, want 5\nFAIL  m/a (0.2 s)\nFAIL\tm/a\n" +
				"\nFailed:\n  m/a.TestOne\n\n0 passed, 1 failed, 0 skipped\n",
		},
		{
			name: "a package that does not compile fails by itself",
			events: `{"Action":"build-output","ImportPath":"m/a","Output":"a.go:1:1: expected 'package'\n"}
				{"Action":"build-fail","ImportPath":"m/a"}
				{"Action":"fail","Package":"m/a","FailedBuild":"m/a"}`,
			want: "a.go:1:1: expected 'package'\nFAIL  m/a (0.0 s)\n\nFailed:\n  m/a\n\n0 passed, 1 failed, 0 skipped\n",
		},
		{
			name: "a missing component is listed on a workstation",
			events: `{"Action":"output","Package":"m/a","Test":"TestOne","Output":"=== RUN   TestOne\n"}
				{"Action":"output","Package":"m/a","Test":"TestOne","Output":"    a_test.go:7: missing component: Xvfb\n"}
				{"Action":"skip","Package":"m/a","Test":"TestOne"}`,
			want:  "\nSkipped:\n  m/a.TestOne: missing component: Xvfb\n\n0 passed, 0 failed, 1 skipped\n",
			sound: true,
		},
		{
			name: "a missing component is a failure on CI",
			ci:   true,
			events: `{"Action":"output","Package":"m/a","Test":"TestOne","Output":"    a_test.go:7: missing component: Xvfb\n"}
				{"Action":"skip","Package":"m/a","Test":"TestOne"}`,
			want: "\nSkipped:\n  m/a.TestOne: missing component: Xvfb\n\n0 passed, 0 failed, 1 skipped\n",
		},
		{
			name: "another skip is none on CI either",
			ci:   true,
			events: `{"Action":"output","Package":"m/a","Test":"TestOne","Output":"    a_test.go:7: runs on Windows only\n"}
				{"Action":"skip","Package":"m/a","Test":"TestOne"}`,
			want:  "\nSkipped:\n  m/a.TestOne: runs on Windows only\n\n0 passed, 0 failed, 1 skipped\n",
			sound: true,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var said strings.Builder
			total := newTally(&said, c.ci)
			if err := total.read(strings.NewReader(c.events)); err != nil {
				t.Fatal(err)
			}
			if err := total.close(); (err == nil) != c.sound {
				t.Errorf("closed with %v, want sound: %v", err, c.sound)
			}
			if diff := cmp.Diff(c.want, said.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestARunThatNamesNoFailedTestFailsAllTheSame(t *testing.T) {
	for _, c := range []struct{ name, script string }{
		{"it ends with a code", "exit 3"},
		{"it prints something else than events", "echo gibberish"},
		{"it is killed half-way", `echo '{"Action":"pass","Package":"m/a","Test":"TestOne"}'; kill -9 $$`},
	} {
		t.Run(c.name, func(t *testing.T) {
			total := newTally(&strings.Builder{}, false)
			total.tests("tests", exec.Command("sh", "-c", c.script))
			if diff := cmp.Diff([]string{"tests"}, total.failed); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPackagesAreGroupedByHowTheyAreTested(t *testing.T) {
	groups, err := sortIntoGroups(strings.NewReader(`
		{"ImportPath": "m/control", "Deps": ["time"]}
		{"ImportPath": "m/ui", "Deps": ["fyne.io/fyne/v2/widget", "time"]}
		{"ImportPath": "m/onlyitstest", "Deps": ["time"]}
		{"ImportPath": "m/onlyitstest [m/onlyitstest.test]", "ForTest": "m/onlyitstest", "Deps": ["fyne.io/fyne/v2"]}
		{"ImportPath": "m/onlyitstest.test", "Deps": ["fyne.io/fyne/v2"]}
		{"ImportPath": "m/e2e", "Deps": ["time"]}`))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, g := range groups {
		got[g.name] = g.packages
	}
	want := map[string][]string{
		"tests":                    {"m/control"},
		"tests of the screens":     {"m/ui", "m/onlyitstest"},
		"tests of the real window": {"m/e2e"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAStaleAMissingAndASurplusGeneratedFileAreNamed(t *testing.T) {
	digest := func(s string) [sha256.Size]byte { return sha256.Sum256([]byte(s)) }
	before := map[string][sha256.Size]byte{"same": digest("1"), "stale": digest("1"), "gone": digest("1")}
	after := map[string][sha256.Size]byte{"same": digest("1"), "stale": digest("2"), "new": digest("1")}
	if diff := cmp.Diff([]string{"gone", "new", "stale"}, differences(before, after)); diff != "" {
		t.Error(diff)
	}
}

func TestGenerationIsComparedWithWhatWasThere(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "go.mod", "module m\n\ngo 1.26\n")
	write(t, dir, "m.go", "package m\n\n//go:generate cp source made.gen.go\n")
	write(t, dir, "source", "package m // as it should be\n")
	write(t, dir, "made.gen.go", "package m // as it was once\n")

	err := generatedIsFresh(t.Context(), dir)
	if err == nil || !strings.Contains(err.Error(), "made.gen.go") {
		t.Errorf("a stale file passed: %v", err)
	}
	if err := generatedIsFresh(t.Context(), dir); err != nil {
		t.Errorf("the file that was just made anew is refused: %v", err)
	}
}

func TestACheckFailsByItsCodeAndByWhatItPrints(t *testing.T) {
	for _, c := range []struct {
		name, script string
		sound        bool
	}{
		{"silence", "true", true},
		{"a complaint alone, as of a download", "echo downloading >&2", true},
		{"a list of what is not clean", "echo file.go", false},
		{"a code", "exit 1", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := silent(exec.Command("sh", "-c", c.script)); (err == nil) != c.sound {
				t.Errorf("got %v, want sound: %v", err, c.sound)
			}
		})
	}
}

// TestBenchmarksFailWhenTheySaySo: whatever the exit code; all that they print is passed on.
func TestBenchmarksFailWhenTheySaySo(t *testing.T) {
	for _, c := range []struct {
		name, printed string
		code          string
		want          []string
	}{
		{"measured", "BenchmarkOne-2 \t 12\t 3 ns/op\nPASS\n", "0", nil},
		{"failed in its second run", "BenchmarkOne-2 \t 12\t 3 ns/op\nBenchmarkOne-2 \t--- FAIL: BenchmarkOne\n    one_test.go:9: is 4, want 5\nPASS\n", "0", []string{"BenchmarkOne failed"}},
		{"failed again and again", "--- FAIL: BenchmarkOne\n--- FAIL: BenchmarkOne\nPASS\n", "0", []string{"BenchmarkOne failed"}},
		{"two failed", "--- FAIL: BenchmarkOne\n    --- FAIL: BenchmarkTwo/large\n", "0", []string{"BenchmarkOne failed", "BenchmarkTwo/large failed"}},
		{"ended badly", "panic: no\n", "2", []string{"exit status 2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			err := measure(exec.Command("sh", "-c", `printf %s "$0"; exit "$1"`, c.printed, c.code), &out)
			if out.String() != c.printed {
				t.Errorf("passed on: %q", &out)
			}
			if (err != nil) != (c.want != nil) {
				t.Fatalf("got %v", err)
			}
			if c.want != nil && err.Error() != strings.Join(c.want, "\n") {
				t.Errorf("it says %q", err)
			}
		})
	}
}

func TestFiguresAreReadOffBenchmarks(t *testing.T) {
	figures := map[string]map[string]float64{}
	readFigures([]byte("goos: linux\nBenchmarkA/sign-it-2   \t 1\t 0.5 ratio\t 97.5 µs\nBenchmarkB\t 20\t 64 MB\nPASS\nok  x 1s\n"), figures)
	if len(figures) != 2 || figures["BenchmarkA/sign-it"]["ratio"] != 0.5 || figures["BenchmarkA/sign-it"]["µs"] != 97.5 || figures["BenchmarkB"]["MB"] != 64 {
		t.Errorf("got %v", figures)
	}
}

// TestPromisesNameBenchmarks: one that is renamed would never be measured again.
func TestPromisesNameBenchmarks(t *testing.T) {
	for _, p := range append(promisesOfSigning(), promisesOfRecords()...) {
		files, err := filepath.Glob(filepath.Join("..", "..", p.pkg, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		name, _, _ := strings.Cut(p.benchmark, "/")
		found := slices.ContainsFunc(files, func(path string) bool {
			text, err := os.ReadFile(path)
			return err == nil && strings.Contains(string(text), "func "+name+"(")
		})
		if !found {
			t.Errorf("%s has no %s", p.pkg, name)
		}
	}
}

func TestTargetsAreReadOffTheirPackages(t *testing.T) {
	got := readTargets("FuzzA\nFuzzB\nok  \tm/a\t0.1s\nok  \tm/none\t0.1s\n?   \tm/empty\t[no test files]\nFuzzA\nok  \tm/b\t0.1s\n")
	want := []target{{"m/a", "FuzzA"}, {"m/a", "FuzzB"}, {"m/b", "FuzzA"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestAnUnknownOrderIsRefused(t *testing.T) {
	if err := run(t.Context(), []string{"tets"}); err == nil || errors.Unwrap(err) != nil {
		t.Errorf("got %v, want the usage", err)
	}
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

package signing_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every code that this package can give has a text, and every text has a code. The codes are read
// off the sources, so that a new one can't be forgotten.
func TestEveryCodeHasItsWords(t *testing.T) {
	var source strings.Builder
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !strings.HasSuffix(file, "_test.go") {
			source.Write(get(t, ".", file))
		}
	}
	want := []string{"signing.fault.unknown", "signing.report.demo", "signing.report.invalid", "signing.report.valid"}
	for prefix, pattern := range map[string]string{
		"signing.step.":    `StepName = "(\w+)"`,
		"signing.outcome.": `Outcome = "(\w+)"`,
		"signing.unfit.":   `Unfit\w* +Unfit = "(\w+)"`,
		"signing.fault.":   `\{Err\w+, "(\w+)"\}`,
		"signing.reason.":  `(?:refuse\(|shapeError\{|Reason: |Reason = |NotChecked, |Reason, step.Args = )"(\w+)"`,
	} {
		for _, found := range regexp.MustCompile(pattern).FindAllStringSubmatch(source.String(), -1) {
			want = append(want, prefix+found[1])
		}
	}
	slices.Sort(want)
	want = slices.Compact(want)
	if len(want) < 70 {
		t.Fatalf("only %d codes found in the sources: the patterns are stale", len(want))
	}
	for _, language := range []string{"kk", "ru"} {
		data, err := os.ReadFile(filepath.Join("..", "assets", "words", language, "signing.json"))
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]string
		if err := json.Unmarshal(data, &texts); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(texts))); diff != "" {
			t.Errorf("%s (-codes +texts):\n%s", language, diff)
		}
		for key, text := range texts {
			if strings.Contains(text, "!") || strings.HasPrefix(key, "signing.fault.") && strings.Count(text, ".") < 2 {
				t.Errorf("%s %s doesn't say calmly what happened and what next: %s", language, key, text)
			}
		}
	}
}

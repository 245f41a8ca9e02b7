package control_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// ruleList reads testdata/rules.txt: the ids that this package decides by, and those that others do.
func ruleList(t *testing.T) (ours, others []string) {
	t.Helper()
	data, err := os.ReadFile("testdata/rules.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		switch id, who, _ := strings.Cut(line, " "); {
		case who == "control":
			ours = append(ours, id)
		case strings.HasPrefix(who, "elsewhere: "):
			others = append(others, id)
		default:
			t.Errorf("%q says of nobody that he decides", line)
		}
	}
	return ours, others
}

// citations are the ids of rules that Go files of this package cite.
func citations(t *testing.T, tests bool) map[string]bool {
	t.Helper()
	cited := map[string]bool{}
	for _, pattern := range []string{"*.go", "calendar/*.go", "explain/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			if strings.HasSuffix(path, "_test.go") != tests || path == "cited_test.go" {
				continue
			}
			source, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range ruleID.FindAllString(string(source), -1) {
				cited[id] = true
			}
		}
	}
	return cited
}

// ruleID finds ids in a text: a dot that ends a sentence is none of theirs.
var ruleID = regexp.MustCompile(`R-[0-9]+(?:\.(?:[0-9]+|[a-z]\b))*`)

// Whoever looks for a rule finds its code and its tests by its id.
func TestEveryRuleIsCitedWhereItIsDecidedAndTested(t *testing.T) {
	ours, others := ruleList(t)
	code, tests := citations(t, false), citations(t, true)
	for _, id := range ours {
		if !code[id] {
			t.Errorf("no code cites %s", id)
		}
		if !tests[id] {
			t.Errorf("no test cites %s", id)
		}
	}
	for cited := range code {
		if !slices.Contains(ours, cited) && !slices.Contains(others, cited) {
			t.Errorf("%s is cited and is no rule", cited)
		}
	}
}

// The list is that of the requirements, where these are at hand: §1–§8 and §10, and what concerns all.
func TestTheListOfRulesIsTheRequirements(t *testing.T) {
	data, err := os.ReadFile("../../shared/requirements.md")
	if err != nil {
		t.Skip("the requirements are not at hand")
	}
	ours, others := ruleList(t)
	listed := slices.Concat(ours, others)
	there := map[string]bool{}
	for _, m := range regexp.MustCompile(`\*\*(R-(?:[1-8]|10|11)(?:\.[0-9]+(?:\.[0-9a-z]+)*)?)\b`).FindAllStringSubmatch(string(data), -1) {
		there[m[1]] = true
	}
	for id := range there {
		if !slices.Contains(listed, id) {
			t.Errorf("%s is not in the list", id)
		}
	}
	for _, id := range listed {
		parent := id[:max(strings.LastIndex(id, "."), 0)]
		letter := strings.Contains("abcde", id[len(id)-1:])
		if !there[id] && !(letter && there[parent]) {
			t.Errorf("the requirements have no %s", id)
		}
	}
}

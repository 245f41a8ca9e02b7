package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baqylau/control"
)

const (
	words = "../../assets/words"
	pages = "../../docs/states"
)

func TestTheCommittedPagesAreThoseOfTheTables(t *testing.T) {
	all, err := draw(words)
	if err != nil {
		t.Fatal(err)
	}
	for name, page := range all {
		committed, err := os.ReadFile(filepath.Join(pages, name))
		if err != nil {
			t.Errorf("%v: run go generate ./control", err)
			continue
		}
		if string(committed) != page {
			t.Errorf("%s is stale: run go generate ./control", name)
		}
	}
	if entries, err := os.ReadDir(pages); err != nil || len(entries) != len(all) {
		t.Errorf("%d pages are committed (%v), %d are drawn", len(entries), err, len(all))
	}
}

// A status or an action without a word would show its code to people.
func TestEveryLabelIsInWords(t *testing.T) {
	all, err := draw(words)
	if err != nil {
		t.Fatal(err)
	}
	for name, page := range all {
		kazakh, _, _ := strings.Cut(page, "## По-русски")
		russian, _, _ := strings.Cut(page[len(kazakh):], "## English")
		for _, part := range []string{kazakh, russian} {
			arrows := 0
			for line := range strings.Lines(part) {
				quoted, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "state \""), "\" as ")
				if _, label, arrow := strings.Cut(line, " : "); arrow {
					quoted, arrows = label, arrows+1
				} else if !strings.HasPrefix(strings.TrimSpace(line), "state ") {
					continue
				}
				if strings.ContainsAny(quoted, ":;") {
					t.Errorf("%s: %q can't stand in a diagram", name, quoted)
				}
				if strings.IndexFunc(quoted, func(r rune) bool { return r >= 'a' && r <= 'z' }) >= 0 {
					t.Errorf("%s: %q is no word of a person", name, quoted)
				}
			}
			if arrows < 5 {
				t.Errorf("%s has %d arrows", name, arrows)
			}
		}
	}
}

func TestAnArrowIsDrawnOnceWhoeverDoesIt(t *testing.T) {
	life := control.Life[control.ConclusionStatus]{
		{Action: "agree_now", From: "", To: "in_agreement", Role: control.Controller},
		{Action: "agree_now", From: "", To: "in_agreement", Role: control.ControllerApprover},
	}
	const want = "stateDiagram-v2\n    state \"Келісілуде\" as in_agreement\n    [*] --> in_agreement : agree now\n"
	if got := diagram("conclusion", life, map[string]string{"conclusion.in_agreement": "Келісілуде"}); got != want {
		t.Errorf("drawn is\n%swant\n%s", got, want)
	}
}

func TestThePagesAreWritten(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "states")
	if err := run(words, folder); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 3 {
		t.Errorf("%d pages were written (%v)", len(entries), err)
	}
	if err := run(t.TempDir(), folder); err == nil {
		t.Error("pages were drawn without words")
	}
	broken := t.TempDir()
	if err := os.MkdirAll(filepath.Join(broken, "kk"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(broken, "kk", "common.json"), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run(broken, folder); err == nil {
		t.Error("pages were drawn with broken words")
	}
}

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The first case is explain.md's own.
const explainedCase = `{
  "now": "2026-03-12T10:00:00+05:00",
  "actor": {"roles": ["auditor"], "relations": ["assignee", "author"]},
  "announcement": {"number": "17379677-1", "method": "open_tender", "status": "published", "published_at": "2026-03-10T09:00:00+05:00"},
  "lots": [{"number": "84492164-ОК1", "status": "published", "plan_point_status": "published", "amount": 9268965.52, "discussed": true}]
}`

func TestExplainAnswersInJSONAndInWords(t *testing.T) {
	file := filepath.Join(t.TempDir(), "case.json")
	if err := os.WriteFile(file, []byte(explainedCase), 0o600); err != nil {
		t.Fatal(err)
	}
	answer := run(t, "ru", "explain", file)
	if answer.code != 0 {
		t.Errorf("the exit status is %d: %s", answer.code, answer.err)
	}
	var rows []struct {
		Lot, Direction, Action, Rule, Reason string
		Allowed                              bool
		Closes                               *string
	}
	if err := json.Unmarshal([]byte(answer.out), &rows); err != nil {
		t.Fatal(err)
	}
	marked := false
	for _, r := range rows {
		if r.Direction == "D1" && r.Action == "mark" {
			marked = r.Allowed && r.Rule == "R-1.4.d" && r.Closes != nil && *r.Closes == "2026-03-18T00:00:00+05:00"
		}
	}
	if len(rows) == 0 || !marked {
		t.Errorf("the answer is %s", answer.out)
	}
	for lang, want := range map[string]string{"ru": "поставить отметки: можно (R-1.4.d)", "kk": "белгі қою: болады (R-1.4.d)"} {
		words := run(t, "ru", "explain", file, "--lang", lang)
		if words.code != 0 {
			t.Errorf("the exit status is %d: %s", words.code, words.err)
		}
		if !strings.Contains(words.out, want) || strings.Contains(words.out, "⟦") {
			t.Errorf("in %s: %s", lang, words.out)
		}
	}
}

func TestExplainNamesTheFieldAndTheLineOfWhatItCantRead(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"an unknown field": {strings.Replace(explainedCase, `"discussed"`, `"discused"`, 1), "discused"},
		"too fine a sum":   {strings.Replace(explainedCase, "9268965.52", "9268965.523", 1), "amount"},
		"no JSON":          {"{", ""},
	} {
		file := filepath.Join(t.TempDir(), "case.json")
		if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		answer := run(t, "ru", "explain", file)
		if answer.code != 2 {
			t.Errorf("the exit status is %d: %s", answer.code, answer.err)
		}
		if answer.out != "" || !strings.Contains(answer.err, c.want) {
			t.Errorf("%s: %q and %q", name, answer.out, answer.err)
		}
	}
	if missing := run(t, "ru", "explain", filepath.Join(t.TempDir(), "nothing.json")); missing.code != 2 {
		t.Errorf("the exit status of a missing case is %d", missing.code)
	}
}

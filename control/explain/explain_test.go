package explain_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"baqylau/control"
	"baqylau/control/calendar"
	"baqylau/control/explain"
)

func builtIn(t testing.TB) control.Rules {
	t.Helper()
	read := func(path string) []byte {
		data, err := os.ReadFile("../../assets/" + path)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	rules, err := control.Book{
		Calendar: read("calendar/work-calendar.json"), Catalogue: read("catalogue/risk-profiles.csv"), Terms: read("catalogue/terms.json"),
	}.Rules()
	if err != nil {
		t.Fatal(err)
	}
	return *rules
}

// example is a file of testdata: a case, the rules that it shows, and the rows that it fixes.
type example struct {
	Shows  []control.Rule    `json:"shows"`
	Case   json.RawMessage   `json:"case"`
	Expect []json.RawMessage `json:"expect"`
}

func examples(t *testing.T) map[string]example {
	t.Helper()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no case at all (%v)", err)
	}
	all := map[string]example{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var e example
		if err := json.Unmarshal(data, &e); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = e
	}
	return all
}

func TestTheCasesAreAnsweredAsTheRequirementsSay(t *testing.T) {
	for name, e := range examples(t) {
		t.Run(name, func(t *testing.T) {
			rows, err := explain.Explain(e.Case, builtIn(t))
			if err != nil {
				t.Fatal(err)
			}
			for _, raw := range e.Expect {
				var want map[string]any
				if err := json.Unmarshal(raw, &want); err != nil {
					t.Fatal(err)
				}
				got := find(t, rows, want)
				for field := range got {
					if _, asked := want[field]; !asked {
						delete(got, field)
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%v × %v (-want +got):\n%s", want["direction"], want["action"], diff)
				}
			}
			if len(e.Expect) == 0 {
				t.Error("it fixes nothing")
			}
		})
	}
}

// find gives the row of a direction and action as JSON; of the lot named, or of the first.
func find(t *testing.T, rows []explain.Row, want map[string]any) map[string]any {
	t.Helper()
	for _, row := range rows {
		data, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
		if got["direction"] == want["direction"] && got["action"] == want["action"] && (want["lot"] == nil || got["lot"] == want["lot"]) {
			return got
		}
	}
	t.Fatalf("there is no row of %v", want)
	return nil
}

// notShown are the rules of §1–§5 and §10 that no row of explain can show, and where they are tested.
var notShown = map[string]string{
	"R-1.1": "a report is of no purchase: assign_test.go", "R-1.2": "a report: the centre",
	"R-2.1": "a list: the centre", "R-2.3": "a case with such marks is refused: read_test.go, checks_test.go",
	"R-2.4": "a way of marking: the screen", "R-2.5": "no action of explain: checks_test.go",
	"R-3.2": "a form: agreement_test.go", "R-3.3": "a choice of people: agreement_test.go",
	"R-3.4": "no action of explain: agreement_test.go", "R-3.5": "no action of explain: agreement_test.go",
	"R-3.11.a": "the case gives the statuses: effective_test.go", "R-3.15": "a journal: the centre",
	"R-4.1": "no action of explain: objection_test.go", "R-4.2": "no action of explain: objection_test.go",
	"R-4.3": "no action of explain: objection_test.go", "R-5.1": "no action of explain: objection_test.go",
	"R-5.2": "no action of explain: objection_test.go", "R-5.3": "no action of explain: objection_test.go",
	"R-10.1": "no action of explain: penalty_test.go", "R-10.2": "no action of explain: penalty_test.go",
}

// shown are the rules that a row can show: as the one that decided, or by the window.
var shown = []control.Rule{
	"R-1.3", "R-1.4", "R-1.4.a", "R-1.4.b", "R-1.4.c", "R-1.4.d", "R-1.5", "R-1.6", "R-2.2", "R-2.6", "R-2.6.a", "R-2.6.b",
	"R-2.6.c", "R-2.7", "R-2.8", "R-2.9", "R-3.1", "R-3.1.1", "R-3.1.2", "R-3.1.3", "R-3.1.4", "R-3.1.4.a", "R-3.1.4.b",
	"R-3.1.4.c", "R-3.1.4.d", "R-3.1.4.e", "R-3.1.5", "R-3.1.6", "R-3.6", "R-3.7", "R-3.8", "R-3.9", "R-3.10", "R-3.11",
	"R-3.12", "R-3.13", "R-3.14",
}

func TestEveryRuleThatCanBeShownHasACase(t *testing.T) {
	shows := map[control.Rule]bool{}
	for name, e := range examples(t) {
		for _, rule := range e.Shows {
			cited := slices.ContainsFunc(e.Expect, func(raw json.RawMessage) bool {
				var row struct {
					Rule   control.Rule `json:"rule"`
					Closes string       `json:"closes"`
				}
				if err := json.Unmarshal(raw, &row); err != nil {
					t.Fatal(err)
				}
				return row.Rule == rule || (rule == "R-1.6" || rule == "R-3.14") && row.Closes != ""
			})
			if !cited {
				t.Errorf("%s says that it shows %s, but no row of it does", name, rule)
			}
			shows[rule] = true
		}
	}
	for _, rule := range shown {
		parts := slices.ContainsFunc(shown, func(r control.Rule) bool { return strings.HasPrefix(string(r), string(rule)+".") })
		if !shows[rule] && !parts {
			t.Errorf("%s has no case", rule)
		}
	}
}

// facets are what a rule that speaks of several things must be shown of, each by a row of its own.
var facets = []struct {
	rule      control.Rule
	direction control.Direction
	action    control.Action
	reason    control.Reason
}{
	// every direction and what has none, and what holds sending back.
	{"R-3.10", "D1", "send_all", ""},
	{"R-3.10", "D2", "send_all", ""},
	{"R-3.10", "D3", "send_all", ""},
	{"R-3.10", "D4", "send_all", ""},
	{"R-3.10", "", "send_all", ""},
	{"R-3.10", "D1", "send_all", control.WindowClosed},
	{"R-3.10", "D1", "send_all", control.NotChecked},
	{"R-3.10", "D1", "send_all", control.NothingApproved},
	{"R-3.10", "D1", "send_all", control.ShutOut},
	{"R-3.10", "D2", "send_all", control.NotDiscussed},
	{"R-3.10", "D4", "send_all", control.WindowNotOpen},
	{"R-3.10", "D4", "send_all", control.NotApproved},
	{"R-3.10", "D4", "send_all", control.ComplaintFiled},
	{"R-3.1.4.d", "D4", "send_all", control.ComplaintDecided},
	{"R-3.1.4.e", "D4", "send_all", control.ContractExists},
	{"R-3.10", "D1", "create_notification", control.ShutOut},
	// every remedy, where it is one.
	{"R-3.11", "D1", "amend_documentation", ""},
	{"R-3.11", "D1", "amend_documentation", control.WindowNotOpen},
	{"R-3.11", "D1", "cancel_purchase", ""},
	{"R-3.11", "D2", "cancel_purchase", ""},
	{"R-3.11", "D3", "review_admission", ""},
	{"R-3.11", "D3", "continue_without_review", ""},
	{"R-3.11", "D4", "review_results", ""},
	{"R-3.11", "D4", "continue_without_execution", ""},
	{"R-3.11", "D4", "cancel_purchase", ""},
	{"R-3.11", "", "cancel_purchase", ""},
	{"R-3.11", "D4", "mark", control.ShutOut},
	// each step of the order.
	{"R-2.8", "D1", "mark", control.Frozen},
	{"R-2.6.c", "D4", "mark", control.ContractExists},
	{"R-2.6.b", "D4", "mark", control.ComplaintDecided},
	{"R-2.7", "D1", "mark", ""},
	{"R-2.7", "D2", "mark", ""},
	{"R-2.7", "D3", "mark", ""},
	{"R-2.7", "D4", "mark", ""},
	{"R-2.6.a", "D4", "mark", ""},
	{"R-2.9", "D4", "mark", ""},
	{"R-1.4.d", "D1", "mark", ""},
}

func TestEveryFacetOfARuleHasACase(t *testing.T) {
	type row struct {
		Rule      control.Rule      `json:"rule"`
		Direction control.Direction `json:"direction"`
		Action    control.Action    `json:"action"`
		Reason    control.Reason    `json:"reason"`
	}
	fixed := map[row]bool{}
	for _, e := range examples(t) {
		for _, raw := range e.Expect {
			var r row
			if err := json.Unmarshal(raw, &r); err != nil {
				t.Fatal(err)
			}
			fixed[r] = true
		}
	}
	for _, f := range facets {
		if !fixed[row{f.rule, f.direction, f.action, f.reason}] {
			t.Errorf("no case shows %s × %s by %s %s", f.direction, f.action, f.rule, f.reason)
		}
	}
	for _, r := range control.Remedies() {
		shown := false
		for _, f := range facets {
			shown = shown || f.action == r.Action() && f.reason == ""
		}
		if !shown {
			t.Errorf("no facet is of %s", r)
		}
	}
}

// The two lists together are the requirements' own, where these are at hand.
func TestTheRulesAreThoseOfTheRequirements(t *testing.T) {
	data, err := os.ReadFile("../../../shared/requirements.md")
	if err != nil {
		t.Skip("the requirements are not at hand")
	}
	for _, m := range regexp.MustCompile(`\*\*(R-(?:[1-5]|10)\.[0-9]+(?:\.[0-9a-z]+)*)\b`).FindAllSubmatch(data, -1) {
		id := string(m[1])
		if _, elsewhere := notShown[id]; !elsewhere && !slices.Contains(shown, control.Rule(id)) {
			t.Errorf("%s is in neither list", id)
		}
	}
}

// theExample is the case of explain.md.
const theExample = `{
  "now": "2026-03-12T10:00:00+05:00",
  "actor": {"roles": ["auditor"], "relations": ["assignee", "author"]},
  "announcement": {
    "number": "17379677-1", "method": "open_tender", "status": "published",
    "published_at": "2026-03-10T09:00:00+05:00",
    "discussion_ends_at": null, "acceptance_started_at": null, "admission_protocol_at": null, "supplement_ends_at": null, "results_protocol_at": null,
    "repeat": false, "documentation_amended": false
  },
  "lots": [
    {
      "number": "84492164-ОК1", "status": "published", "plan_point_status": "published",
      "amount": 9268965.52, "discussed": true, "applications": 0, "admitted": 0,
      "complaint": null,
      "contract": false, "follow_up_purchase": false,
      "checks": {"D1": {"checked": "all", "violated": [1]}},
      "notifications": [{"direction": "D1", "status": "approved", "author": true, "profiles": [1], "delivered_at": null, "deadline": null}]
    }
  ]
}`

func TestTheExampleOfThePage(t *testing.T) {
	rows, err := explain.Explain([]byte(theExample), builtIn(t))
	if err != nil {
		t.Fatal(err)
	}
	type answer struct {
		rule   control.Rule
		reason control.Reason
	}
	want := map[control.Action]answer{
		"assign": {"R-1.3", "missing_role"}, "mark": {"R-2.8", "frozen"}, "create_notification": {"R-3.1", "exists_already"},
		"agree": {"R-3.6", "missing_relation"}, "approve": {"R-3.7", "missing_role"}, "send_all": {"R-3.10", ""}, "recall": {"R-3.9", ""},
		"cancel_purchase": {"R-3.12", "missing_role"}, "amend_documentation": {"R-3.12", "missing_role"}, "review_admission": {"R-3.12", "missing_role"},
		"review_results": {"R-3.12", "missing_role"}, "continue_without_review": {"R-3.12", "missing_role"}, "continue_without_execution": {"R-3.12", "missing_role"},
	}
	if len(rows) != 4*len(want) || len(explain.Actions()) != len(want) {
		t.Fatalf("there are %d rows of %d actions", len(rows), len(explain.Actions()))
	}
	for i, row := range rows {
		if row.Direction != control.Direction("D"+string(rune('1'+i/len(want)))) || row.Action != explain.Actions()[i%len(want)] || row.Lot != "84492164-ОК1" {
			t.Errorf("row %d is of %s × %s × %s", i, row.Lot, row.Direction, row.Action)
		}
		if row.Direction == "D1" && (want[row.Action] != answer{row.Rule, row.Reason} || row.Allowed != (row.Reason == "")) {
			t.Errorf("%s: %s %s", row.Action, row.Rule, row.Reason)
		}
		if row.Verdict.Rule != row.Rule || row.Verdict.Allowed != row.Allowed {
			t.Errorf("%s: the verdict is %v", row.Action, row.Verdict)
		}
	}
}

// The row that the page prints is that of a lot manager before anything was done on the lot.
func TestTheRowOfThePage(t *testing.T) {
	text := strings.Replace(theExample, `["auditor"]`, `["lot_manager", "control_reports"]`, 1)
	text = strings.Replace(text, `"assignee", "author"`, ``, 1)
	text = regexp.MustCompile(`(?s)"checks".*"deadline": null\}\]`).ReplaceAllString(text, `"notifications": []`)
	rows, err := explain.Explain([]byte(text), builtIn(t))
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(rows[0])
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"lot":"84492164-ОК1","direction":"D1","action":"assign","allowed":true,"rule":"R-1.4.d","reason":"","opens":"2026-03-10T09:00:00+05:00","closes":"2026-03-18T00:00:00+05:00"}`
	if string(got) != want {
		t.Errorf("the row is  %s\nwant        %s", got, want)
	}
}

func TestTheCaseOverridesTermsAndCalendar(t *testing.T) {
	base := `{"now": "2026-03-12T10:00:00+05:00", "actor": {"roles": ["lot_manager", "control_reports"]},
		"announcement": {"method": "open_tender", "status": "published", "published_at": "2026-03-10T09:00:00+05:00"},
		"lots": [{"status": "published", "discussed": true}], `
	book, err := os.ReadFile("../../assets/catalogue/terms.json")
	if err != nil {
		t.Fatal(err)
	}
	whole := bytes.Replace(book, []byte(`"discussion", "value": 5`), []byte(`"discussion", "value": 1`), 1)
	for name, r := range map[string]struct{ override, closes string }{
		"one term":           {`"terms": {"discussion": 2, "results_min": 1.5, "objection": null}}`, "2026-03-13"},
		"a whole book":       {`"terms": ` + string(whole) + `}`, "2026-03-12"},
		"another calendar":   {`"calendar": {"2026": {"off": ["2026-03-11"]}}}`, "2026-03-19"},
		"nothing at all":     {`"calendar": null, "terms": null}`, "2026-03-18"},
		"a term of no value": {`"terms": {}}`, "2026-03-18"},
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := explain.Explain([]byte(base+r.override), builtIn(t))
			if err != nil {
				t.Fatal(err)
			}
			if got := rows[0].Closes.Format(time.DateOnly); got != r.closes {
				t.Errorf("D1 closes %s, want %s", got, r.closes)
			}
		})
	}
	if builtIn(t).Terms.At(control.DiscussionTerm, time.Now()) != 5 {
		t.Error("the defaults were changed")
	}
	_, err = explain.Explain([]byte(base+`"calendar": {"2025": {}}}`), builtIn(t))
	var year calendar.UnknownYear
	if !errors.As(err, &year) || year.Year != 2026 {
		t.Errorf("a calendar without the year gives %v", err)
	}
}

func BenchmarkExplain500Lots(b *testing.B) {
	var text strings.Builder
	text.WriteString(`{"now": "2026-03-12T10:00:00+05:00", "actor": {"roles": ["auditor"], "relations": ["assignee", "author"]},
		"announcement": {"method": "open_tender", "status": "published", "published_at": "2026-03-10T09:00:00+05:00"}, "lots": [{}`)
	for range 499 {
		text.WriteString(`, {"status": "published", "discussed": true, "checks": {"D1": {"checked": "all", "violated": [1]}}}`)
	}
	text.WriteString("]}")
	rules := builtIn(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := explain.Explain([]byte(text.String()), rules); err != nil {
			b.Fatal(err)
		}
	}
}

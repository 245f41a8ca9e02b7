package explain_test

import (
	"errors"
	"strings"
	"testing"

	"baqylau/control/explain"
)

// Whatever can't be read is an error with its field and its line.
func TestWhatIsWrongIsNamedWithItsFieldAndLine(t *testing.T) {
	lots := func(text string) string {
		return "{\"announcement\": {\"method\": \"open_tender\"},\n\"lots\": [{},\n{" + text + "}]}"
	}
	point := func(text string) string { return `{"plan_point": {"method": "single_source", ` + text + `}}` }
	for _, r := range []struct {
		name, text, field string
		line              int
		why               string
	}{
		{"nothing", "", "", 1, "ends too early"},
		{"half a case", "{\n\"now\": ", "now", 2, "ends too early"},
		{"half a list", `{"lots": [`, "lots", 1, "ends too early"},
		{"no JSON", "{\n\n'now'}", "", 3, "no JSON"},
		{"no JSON within", "{\n\"now\": tru}", "now", 2, "no JSON"},
		{"a wrong end", "{\"lots\": [}}", "lots", 1, "no JSON"},
		{"two cases", `{"plan_point": {"method": "single_source"}}` + "\n{}", "", 2, "follows"},
		{"no object", `[]`, "", 1, "no object"},
		{"a text", `"x"`, "", 1, "no object"},
		{"neither announcement nor point", "{}", "", 1, "needs an announcement"},
		{"both", `{"announcement": {}, "plan_point": {}}`, "plan_point", 1, "already"},
		{"a point with lots", `{"lots": [], "plan_point": {}}`, "lots", 1, "no lots"},
		{"no method", "{\"announcement\":\n {}}", "announcement.method", 2, "needed"},
		{"no method of a point", `{"plan_point": {}}`, "plan_point.method", 1, "needed"},
		{"a point's method", `{"announcement": {"method": "single_source"}}`, "announcement.method", 1, "unknown"},
		{"an announcement's method", `{"plan_point": {"method": "auction"}}`, "plan_point.method", 1, "unknown"},
		{"an unknown field", "{\"announcement\": {\"method\": \"auction\"},\n\"nov\": null}", "nov", 2, "unknown"},
		{"an unknown field deep inside", lots(`"complaint": {"by": "x"}`), "lots[1].complaint.by", 3, "unknown"},
		{"a field of a point in a lot", lots(`"same_name_and_code": 1`), "lots[1].same_name_and_code", 3, "unknown"},
		{"a field twice", lots(`"amount": 1, "amount": 2`), "lots[1].amount", 3, "twice"},
		{"no time", `{"now": "2026-03-12"}`, "now", 1, "RFC 3339"},
		{"a number as time", `{"now": 5}`, "now", 1, "RFC 3339"},
		{"an unknown role", `{"actor": {"roles": ["king"]}}`, "actor.roles[0]", 1, "unknown"},
		{"the role of the centre", `{"actor": {"roles": ["system"]}}`, "actor.roles[0]", 1, "unknown"},
		{"an unknown relation", `{"actor": {"relations": ["assignee", "friend"]}}`, "actor.relations[1]", 1, "unknown"},
		{"the relation of the centre", `{"actor": {"relations": ["centre"]}}`, "actor.relations[0]", 1, "unknown"},
		{"roles that are no list", `{"actor": {"roles": "auditor"}}`, "actor.roles", 1, "no list"},
		{"an unknown status", lots(`"status": "draft"`), "lots[1].status", 3, "unknown"},
		{"a text as flag", lots(`"discussed": "yes"`), "lots[1].discussed", 3, "neither"},
		{"a number as text", lots(`"number": 5`), "lots[1].number", 3, "no text"},
		{"three decimals", lots(`"amount": 1.005`), "lots[1].amount", 3, "two decimals"},
		{"three decimals that are zero", lots(`"amount": 1.000`), "lots[1].amount", 3, "two decimals"},
		{"an exponent", lots(`"amount": 1e6`), "lots[1].amount", 3, "exponent"},
		{"a great exponent", lots(`"amount": 1E6`), "lots[1].amount", 3, "exponent"},
		{"a negative amount", lots(`"amount": -1`), "lots[1].amount", 3, "sign"},
		{"too large an amount", lots(`"amount": 92233720368547758.08`), "lots[1].amount", 3, "too large"},
		{"a text as amount", lots(`"amount": "5"`), "lots[1].amount", 3, "no amount"},
		{"half an application", lots(`"applications": 0.5`), "lots[1].applications", 3, "no count"},
		{"less than no application", lots(`"applications": -1`), "lots[1].applications", 3, "no count"},
		{"a text as count", lots(`"admitted": "1"`), "lots[1].admitted", 3, "no number"},
		{"an unknown decision", lots(`"complaint": {"decision": "lost"}`), "lots[1].complaint.decision", 3, "unknown"},
		{"checks of no direction", lots(`"checks": {"checked": "all"}`), "lots[1].checks.checked", 3, "unknown"},
		{"checks of D5", lots(`"checks": {"D5": {}}`), "lots[1].checks.D5", 3, "unknown"},
		{"an unknown state of checks", lots(`"checks": {"D1": {"checked": "most"}}`), "lots[1].checks.D1.checked", 3, "unknown"},
		{"violated and not checked", lots(`"checks": {"D1": {"checked": "none", "violated": [1]}}`), "lots[1].checks.D1", 3, "R-2.3"},
		{"violated and nothing said", lots(`"checks": {"D1": {"violated": [1]}}`), "lots[1].checks.D1", 3, "R-2.3"},
		{"all violated of some", lots(`"checks": {"D2": {"checked": "some", "violated": [8, 13]}}`), "lots[1].checks.D2", 3, "every profile"},
		{"a profile of another direction", lots(`"checks": {"D1": {"checked": "all", "violated": [1, 5]}}`), "lots[1].checks.D1.violated[1]", 3, "no risk profile"},
		{"a profile of another method", point(`"checks": {"checked": "all", "violated": [18]}`), "plan_point.checks.violated[0]", 1, "no risk profile"},
		{"an unknown profile", point(`"checks": {"checked": "all", "violated": [99]}`), "plan_point.checks.violated[0]", 1, "no risk profile"},
		{"a profile twice", point(`"checks": {"checked": "all", "violated": [2, 2]}`), "plan_point.checks.violated[1]", 1, "twice"},
		{"a profile that is a text", point(`"checks": {"checked": "all", "violated": ["2"]}`), "plan_point.checks.violated[0]", 1, "no number"},
		{"directions of a point", point(`"checks": {"D1": {}}`), "plan_point.checks.D1", 1, "unknown"},
		{"a notification of no status", lots(`"notifications": [{"direction": "D1"}]`), "lots[1].notifications[0].status", 3, "needed"},
		{"a notification of no direction", lots(`"notifications": [{"status": "draft"}]`), "lots[1].notifications[0].direction", 3, "needed"},
		{"a direction of a point", point(`"notifications": [{"direction": "D1", "status": "draft"}]`), "plan_point.notifications[0].direction", 1, "unknown"},
		{"two in one direction", lots(`"notifications": [{"direction": "D1", "status": "draft"}, {"direction": "D1", "status": "draft"}]`), "lots[1].notifications[1]", 3, "R-3.1"},
		{"a profile of a notification", lots(`"notifications": [{"profiles": [true]}]`), "lots[1].notifications[0].profiles[0]", 3, "no number"},
		{"a null in a list", lots(`"notifications": [null]`), "lots[1].notifications[0]", 3, "no object"},
		{"terms that are a list", `{"terms": []}`, "terms", 1, "no object"},
		{"an unknown term", `{"terms": {"patience": 1}}`, "terms.patience", 1, "unknown"},
		{"a term of no days", `{"terms": {"discussion": "5"}}`, "terms.discussion", 1, "no number"},
		{"a term too long", `{"terms": {"discussion": 367}}`, "terms.discussion", 1, "too many"},
		{"an amount of no money", `{"terms": {"single_min": 1.234}}`, "terms.single_min", 1, "two decimals"},
		{"a book that is broken", `{"terms": {"version": "x", "terms": []}}`, "terms", 1, "has no value"},
		{"a calendar that is broken", `{"calendar": {"2026": {"off": ["x"]}}}`, "calendar", 1, "no date"},
		{"too deep", strings.Repeat(`{"lots":[`, 20), "lots[0].lots[0].lots[0].lots[0].lots[0].lots[0].lots", 1, "too deep"},
	} {
		t.Run(r.name, func(t *testing.T) {
			rows, err := explain.Explain([]byte(r.text), builtIn(t))
			var fault *explain.Error
			if !errors.As(err, &fault) {
				t.Fatalf("%d rows, %v", len(rows), err)
			}
			if fault.Field != r.field || fault.Line != r.line || !strings.Contains(fault.Why, r.why) {
				t.Errorf("it is refused by %v, want line %d: %s: …%s…", fault, r.line, r.field, r.why)
			}
			if text := fault.Error(); !strings.HasPrefix(text, "line ") || !strings.Contains(text, fault.Field) {
				t.Errorf("it reads %q", text)
			}
		})
	}
}

func TestACaseIsBounded(t *testing.T) {
	many := `{"announcement": {"method": "auction"}, "lots": [{}` + strings.Repeat(",{}", 10_000) + "]}"
	if _, err := explain.Explain([]byte(many), builtIn(t)); err == nil || !strings.Contains(err.Error(), "more than 10000") {
		t.Errorf("ten thousand and one lots give %v", err)
	}
	few := `{"announcement": {"method": "price_quotations"}, "lots": [{}` + strings.Repeat(",{}", 9_999) + "]}"
	if rows, err := explain.Explain([]byte(few), builtIn(t)); err != nil || len(rows) != 10_000*13 {
		t.Errorf("ten thousand lots give %d rows, %v", len(rows), err)
	}
	full := `{"announcement": {"method": "auction"}}` + strings.Repeat(" ", 8<<20-39)
	if rows, err := explain.Explain([]byte(full), builtIn(t)); err != nil || len(rows) != 0 || rows == nil {
		t.Errorf("8 MiB give %d rows, %v", len(rows), err)
	}
	if _, err := explain.Explain([]byte(full+" "), builtIn(t)); err == nil || !strings.Contains(err.Error(), "larger") {
		t.Errorf("a byte more gives %v", err)
	}
}

func FuzzExplain(f *testing.F) {
	f.Add([]byte(theExample))
	f.Add([]byte(`{"plan_point": {"method": "single_source", "amount": 1.5, "checks": {"checked": "some"}}}`))
	f.Add([]byte(`{"terms": {"discussion": 0}, "calendar": {}, "announcement": {"method": "auction"}, "lots": [{}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		rows, err := explain.Explain(text, builtIn(t))
		if (rows == nil) == (err == nil) {
			t.Errorf("%d rows, %v", len(rows), err)
		}
	})
}

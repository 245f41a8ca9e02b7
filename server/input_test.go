package server_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"

	"baqylau/api"
	"baqylau/control"
)

// wicked is a text with everything in it that a text may have and a program may stumble over.
const wicked = "«\"'`</script>\\ \x00\x01\x1b[31m\r\n\t\u0085\u2028 %s {name} ⟦ ' OR 1=1 -- \U0001F600 Ұқыпты"

// survived is what is left of it: everything but the control characters.
const survived = "«\"'`</script>\\ [31m\n\t %s {name} ⟦ ' OR 1=1 -- \U0001F600 Ұқыпты"

// commands are the rows of the matrix that carry a body, each on a centre where it may be asked.
func commands(t *testing.T, test func(t *testing.T, w *world, mighty who, call request)) {
	for id, r := range matrix() {
		t.Run(id, func(t *testing.T) {
			w := at(t, r.stage)
			call := r.call(w)
			if _, file := call.body.([]byte); file || call.body == nil {
				return // carries no JSON
			}
			if id == "postLogin" {
				test(t, w, who{}, call)
				return
			}
			test(t, w, w.mighty(t, r), call)
		})
	}
}

func TestABodyThatIsNoneIsRefusedInWords(t *testing.T) {
	bodies := map[string][]byte{
		"empty":                       {},
		"no JSON":                     []byte("<xml/>"),
		"cut short":                   []byte(`{"purchase":"trd-buy/18400101","di`),
		"nested brackets":             bytes.Repeat([]byte("["), 1<<20),
		"nested objects":              bytes.Repeat([]byte(`{"a":`), 1<<18),
		"a list":                      []byte("[]"),
		"a number":                    []byte("7"),
		"every type wrong":            []byte(`{"id":1,"purchase":{},"lots":"x","notifications":7,"digest":[],"cms":"%","next":3,"reason":3,"text_ru":3,"bin":3,"iin":3,"nonce":3,"officials":"x"}`),
		"something behind":            []byte(`{} {}`),
		"bytes that are no text":      []byte("{\"purchase\":\"\xff\xfe\"}"),
		"a number beyond all numbers": []byte(`{"lots":[{"version":1e999}],"notifications":[{"version":1e999}],"id":1e999,"next":1e999,"reason":1e999,"digest":1e999,"text_ru":1e999,"bin":1e999,"iin":1e999,"nonce":1e999,"officials":1e999}`),
	}
	commands(t, func(t *testing.T, w *world, mighty who, call request) {
		w.unchanged(func() {
			for name, body := range bodies {
				call.body = body
				a := w.send(mighty, call)
				if a.status != http.StatusUnprocessableEntity && a.status != http.StatusRequestEntityTooLarge {
					t.Errorf("%s: got %d %.200s", name, a.status, a.body)
					continue
				}
				inWords(t, a.problem(t))
			}
		})
	})
}

// TestThirtyMegabytesOfBracketsAreRefusedInWords: whether or not somebody is logged in. A body that the
// centre doesn't read to its end costs half a second of waiting for its sender, so once.
func TestThirtyMegabytesOfBracketsAreRefusedInWords(t *testing.T) {
	w := at(t, marked)
	w.unchanged(func() {
		for name, p := range map[string]who{"nobody": {}, "the auditor": person("auditor")} {
			for path, body := range map[string][]byte{"/v1/marks": nested(30 << 20), "/v1/login": nested(30 << 20), "/v1/notifications": nested(200_000), "/v1/certificates": bytes.Repeat([]byte(" "), 5<<20)} {
				if a := w.post(p, path, body); a.status != http.StatusRequestEntityTooLarge && a.status != http.StatusUnprocessableEntity {
					t.Errorf("%s at %s: %d", name, path, a.status)
				} else {
					inWords(t, a.problem(t))
				}
			}
		}
	})
}

// TestTheContractsBoundsHold breaks every bound of every body in the contract, one at a time.
func TestTheContractsBoundsHold(t *testing.T) {
	commands(t, func(t *testing.T, w *world, mighty who, call request) {
		var schema *openapi3.Schema
		for _, op := range operations(t) {
			if op.method == call.method && op.pattern.MatchString(call.path) {
				schema = op.body
			}
		}
		valid, err := json.Marshal(call.body)
		if err != nil {
			t.Fatal(err)
		}
		w.unchanged(func() {
			for _, b := range broken(t, schema, valid) {
				call.body = b.body
				p := w.send(mighty, call).refusedAs(t, http.StatusUnprocessableEntity, "bad_input")
				if p.Field != b.field {
					t.Errorf("%s %s: the field named is %q", b.field, b.how, p.Field)
				}
			}
		})
	})
}

// spoiled is a body with one bound broken.
type spoiled struct {
	field, how string
	body       []byte
}

// broken makes the bodies that break one bound each.
func broken(t *testing.T, schema *openapi3.Schema, valid []byte) []spoiled {
	t.Helper()
	var list []spoiled
	try := func(field, how string, change func(object map[string]any)) {
		var whole map[string]any
		if err := json.Unmarshal(valid, &whole); err != nil {
			t.Fatal(err)
		}
		change(whole)
		body, err := json.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, spoiled{field, how, body})
	}
	var walk func(s *openapi3.Schema, at func(map[string]any) map[string]any)
	walk = func(s *openapi3.Schema, at func(map[string]any) map[string]any) {
		for name, ref := range s.Properties {
			p := ref.Value
			set := func(how string, value any) {
				try(name, how, func(whole map[string]any) { at(whole)[name] = value })
			}
			if p.MaxLength != nil {
				set("too long", strings.Repeat("A", int(*p.MaxLength)+4))
			}
			if p.Pattern != "" || len(p.Enum) > 0 {
				set("of no such form", "x")
			}
			if p.MaxLength != nil && *p.MaxLength <= 128 && p.Format == "" {
				set("with a zero byte", "a\x00b")
			}
			if p.MinItems > 0 {
				set("without an item", []any{})
			}
			if p.MaxItems != nil {
				set("of too many items", slices.Repeat([]any{map[string]any{}}, int(*p.MaxItems)+1))
			}
			if p.Items != nil && len(p.Items.Value.Properties) > 0 {
				walk(p.Items.Value, func(whole map[string]any) map[string]any {
					return at(whole)[name].([]any)[0].(map[string]any)
				})
			}
		}
	}
	walk(schema, func(whole map[string]any) map[string]any { return whole })
	return list
}

// TestADirectionIsOneOfTheFive: another would be taken for none, or for the last.
func TestADirectionIsOneOfTheFive(t *testing.T) {
	commands(t, func(t *testing.T, w *world, mighty who, call request) {
		valid, err := json.Marshal(call.body)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(valid, []byte(`"direction":"D1"`)) {
			return // names no direction
		}
		for _, direction := range []string{"D9", "d1", "D1 ", "D11"} {
			call.body = bytes.Replace(valid, []byte(`"direction":"D1"`), []byte(`"direction":"`+direction+`"`), 1)
			w.unchanged(func() {
				if p := w.send(mighty, call).refusedAs(t, http.StatusUnprocessableEntity, "bad_input"); p.Field != "direction" {
					t.Errorf("%q: %+v", direction, p)
				}
			})
		}
	})
}

// TestNoNameBreaksTheCentre: names in paths and queries with zero bytes, quotes, and bytes that are
// no text, on both engines.
func TestNoNameBreaksTheCentre(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		manager := person("lot-manager")
		for _, name := range []string{"%00", "a%00b", "%ff%fe", "'", "%22%5C", "%2F..%2F", "%E2%80%AE", strings.Repeat("a", 3000), "%0A", " ' OR 1=1 --"} {
			name = strings.ReplaceAll(name, " ", "%20")
			for _, path := range []string{
				"/v1/notifications/" + name, "/v1/purchases/" + name, "/v1/files/" + name,
				"/v1/notifications?after=" + name, "/v1/notifications?status=" + name, "/v1/notifications?purchase=" + name,
				"/v1/changes?after=" + name, "/v1/changes?limit=" + name, "/v1/people?role=" + name,
				"/v1/reports/lots?method=" + name, "/v1/reports/lots?method=open_tender&after=" + name,
				"/v1/reports/lots?method=open_tender&after=1:1:" + name, "/v1/reports/lots?method=open_tender&text=" + name,
				"/v1/reports/lots?method=open_tender&published_from=" + name, "/v1/reports/lots?method=open_tender&repeat=" + name,
			} {
				if a := w.get(manager, path); a.status >= http.StatusInternalServerError {
					t.Errorf("%.80s: %d %s", path, a.status, a.body)
				} else if a.status >= http.StatusBadRequest {
					inWords(t, a.problem(t))
				}
			}
			a := w.post(who{}, "/v1/login", map[string]any{"nonce": name + "\x00", "cms": []byte("x")})
			if a.status >= http.StatusInternalServerError {
				t.Errorf("nonce %q: %d", name, a.status)
			}
		}
	})
}

func TestAnUnknownPlaceIsRefusedInWords(t *testing.T) {
	w := given(t)
	for _, r := range []request{
		{method: http.MethodGet, path: "/"},
		{method: http.MethodGet, path: "/v1/conclusions-of-tomorrow"},
		{method: http.MethodPost, path: "/v1/notifications/" + notificationID + "/annul-by-magic"},
		{method: http.MethodDelete, path: "/v1/notifications/" + notificationID},
		{method: http.MethodPut, path: "/v1/me"},
	} {
		a, err := w.try(person("auditor"), r)
		if err != nil {
			t.Fatal(err)
		}
		if a.header.Get("Content-Type") != "application/problem+json" || a.status != http.StatusNotFound {
			t.Fatalf("%s %s: %d %s %s", r.method, r.path, a.status, a.header.Get("Content-Type"), a.body)
		}
		a.refusedAs(t, http.StatusNotFound, "not_found")
	}
}

// TestEveryTextLosesItsControlCharactersAndNothingElse: what a person types comes back as typed.
func TestEveryTextLosesItsControlCharactersAndNothingElse(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.play(marked)
		p := w.hero()
		same := func(what, got string) {
			t.Helper()
			if got != survived {
				t.Errorf("%s is %q", what, got)
			}
		}
		n := body[api.Notification](t, w.post(person("auditor"), "/v1/notifications", api.CreateCommand{
			ID: notificationID, Purchase: p.ID, Lot: p.Lots[0].ID, Direction: control.D1, TextKK: wicked, TextRU: wicked, Agreer: person("approver").iin,
		}).changed(t, "notification", notificationID))
		same("the text of a draft in Kazakh", n.State.TextKK)
		same("the text of a draft in Russian", n.State.TextRU)
		w.act(person("auditor"), notificationID, "edit", api.EditCommand{TextKK: wicked, TextRU: "", Agreer: person("approver").iin}).ok(t)
		w.act(person("auditor"), notificationID, "send-to-agreement", nil).ok(t)
		w.act(person("approver"), notificationID, "agree", api.AgreeCommand{Next: person("approver").iin, Comment: wicked}).ok(t)
		w.act(person("approver"), notificationID, "reject", api.RejectCommand{Reason: wicked}).ok(t)
		n, _ = w.notification(notificationID)
		same("the text of an edited draft", n.State.TextKK)
		same("a comment", n.Trail[len(n.Trail)-2].Text)
		same("a reason", n.Trail[len(n.Trail)-1].Text)

		admin := person("administrator")
		o := body[api.Organization](t, w.post(admin, "/v1/admin/organizations", api.Organization{
			BIN: departmentBIN, Kind: api.Department, NameKK: wicked, NameRU: wicked,
		}).changed(t, "organization", departmentBIN))
		same("the name of an organisation", o.NameKK)
		same("the name of an organisation", o.NameRU)
		iin := person("A/order_manager").iin
		q := body[api.Person](t, w.post(admin, "/v1/admin/people", api.Person{
			IIN: iin, Organization: departmentBIN, Roles: []control.Role{}, Surname: wicked, Given: wicked, Patronymic: wicked, PositionKK: wicked, PositionRU: wicked,
		}).changed(t, "person", iin))
		for _, text := range []string{q.Surname, q.Given, q.Patronymic, q.PositionKK, q.PositionRU} {
			same("a person's name or position", text)
		}
		// A document is made of all of it.
		w.act(person("auditor"), notificationID, "send-to-agreement", nil).ok(t)
		n, _ = w.notification(notificationID)
		if pdf := w.get(person("auditor"), "/v1/files/"+n.File).ok(t); !bytes.HasPrefix(pdf.body, []byte("%PDF")) {
			t.Errorf("the file is %.40q", pdf.body)
		}
	})
}

// TestANameOfNothingIsNoName: what is left after cleaning must be something.
func TestANameOfNothingIsNoName(t *testing.T) {
	w := at(t, inAgreement)
	w.unchanged(func() {
		for _, nothing := range []string{"", " ", "\x00", "\t\n", "\u00a0"} {
			w.post(person("administrator"), "/v1/admin/organizations", api.Organization{
				BIN: departmentBIN, Kind: api.Department, NameKK: nothing, NameRU: nothing,
			}).refusedAs(t, http.StatusUnprocessableEntity, "bad_input")
			w.post(person("administrator"), "/v1/admin/people", api.Person{
				IIN: strangerIIN, Organization: departmentBIN, Roles: []control.Role{}, Surname: nothing, Given: "Аты",
			}).refusedAs(t, http.StatusUnprocessableEntity, "bad_input")
			w.act(person("approver"), notificationID, "reject", api.RejectCommand{Reason: nothing}).refusedAs(t, http.StatusConflict, "no_reason")
		}
	})
}

// TestAnIDNamesOneThing: another's id can't be taken for a new one.
func TestAnIDNamesOneThing(t *testing.T) {
	w := at(t, prepared)
	p := w.hero()
	w.unchanged(func() {
		a := w.post(person("auditor"), "/v1/certificates", api.CertificateCommand{ID: certificateID, Purchase: p.ID, Direction: control.D1})
		if got := a.refusedAs(t, http.StatusUnprocessableEntity, "bad_input"); got.Field != "id" {
			t.Errorf("the field named is %q", got.Field)
		}
	})
	w.draft(person("auditor"), notificationID, 0, person("approver"))
	w.unchanged(func() {
		a := w.post(person("auditor"), "/v1/notifications", api.CreateCommand{ID: notificationID, Purchase: p.ID, Lot: p.Lots[1].ID, Direction: control.D1})
		if got := a.refusedAs(t, http.StatusUnprocessableEntity, "bad_input"); got.Field != "id" {
			t.Errorf("the field named is %q", got.Field)
		}
	})
}

// TestABatchIsAnsweredItemByItem: one refused item leaves the others as they are, and a lot that is
// named twice is done once.
func TestABatchIsAnsweredItemByItem(t *testing.T) {
	w := at(t, assigned)
	p := w.hero()
	send := func(lots ...api.LotMarks) []api.ItemAnswer {
		a := w.post(person("auditor"), "/v1/marks", api.MarksCommand{Purchase: p.ID, Direction: control.D1, Lots: lots})
		return as[api.BatchDone](t, a.ok(t)).Items
	}
	unknownProfile := checkedAll(t, p.Lots[1].ID, 0)
	unknownProfile.Marks[0].Profile = 99
	unchecked := checkedAll(t, p.Lots[1].ID, 0)
	unchecked.Marks[0] = control.Mark{Profile: unchecked.Marks[0].Profile, Violated: true}
	items := send(checkedAll(t, p.Lots[0].ID, 0, 1), checkedAll(t, p.Lots[0].ID, 0, 3), unknownProfile, unchecked,
		checkedAll(t, "no such lot", 0), checkedAll(t, p.Lots[2].ID, 7), checkedAll(t, p.Lots[1].ID, 0))
	want := []string{"", "stale", "unknown_profile", "violated_unchecked", "not_found", "stale", ""}
	for i, item := range items {
		if item.Problem.Reason != want[i] || item.Done != (want[i] == "") {
			t.Errorf("item %d: %+v; want %q", i, item, want[i])
		}
		if !item.Done {
			inWords(t, item.Problem)
		}
	}
	for _, o := range w.changes(person("auditor")).Objects {
		if o.Kind == api.ObjectKindMarks && o.Version != 1 {
			t.Errorf("the marks %s have the version %d", o.ID, o.Version)
		}
	}
}

func TestAKeyHasItsBounds(t *testing.T) {
	w := at(t, assigned)
	call := request{method: http.MethodPost, path: "/v1/marks", key: strings.Repeat("k", 65), body: api.MarksCommand{
		Purchase: w.hero().ID, Direction: control.D1, Lots: []api.LotMarks{checkedAll(t, w.hero().Lots[0].ID, 0)},
	}}
	w.unchanged(func() { w.send(person("auditor"), call).refusedAs(t, http.StatusUnprocessableEntity, "bad_input") })
	call.key = uuid.NewString()
	w.send(person("auditor"), call).each(t)
}

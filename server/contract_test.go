package server_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// operation is one of the contract's: what a client may ask.
type operation struct {
	id, method, path string
	pattern          *regexp.Regexp
	responses        *openapi3.Responses
	body             *openapi3.Schema // of the request; nil when it has none, or is a file
}

// contract reads api/openapi.yaml, which is the source: no operation is listed by hand.
var contract = sync.OnceValues(func() ([]operation, error) {
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromFile("../api/openapi.yaml")
	if err != nil {
		return nil, err
	}
	var list []operation
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			pattern := regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(path, `[^/]+`)
			found := operation{op.OperationID, method, path, regexp.MustCompile("^" + pattern + "$"), op.Responses, nil}
			if op.RequestBody != nil {
				if media := op.RequestBody.Value.Content.Get("application/json"); media != nil {
					found.body = media.Schema.Value
				}
			}
			list = append(list, found)
		}
	}
	slices.SortFunc(list, func(a, b operation) int { return strings.Compare(a.id, b.id) })
	schemas = doc.Components.Schemas
	return list, nil
})

var schemas openapi3.Schemas

func operations(t testing.TB) []operation {
	t.Helper()
	list, err := contract()
	if err != nil {
		t.Fatalf("reading the contract: %v", err)
	}
	return list
}

// bodies are the schemas of what an object of each kind carries. The portal's facts are control's own.
var bodies = map[string]string{
	"assignment": "Assignment", "marks": "Marks", "certificate": "Certificate", "notification": "Notification",
	"objection": "Objection", "conclusion": "Conclusion",
	"message": "Message", "person": "Person", "organization": "Organization", "rulebook": "Rulebook",
	"substitution": "Substitution",
}

// keepsContract demands of every answer of every test that it is what api/openapi.yaml promises.
func keepsContract(t testing.TB, method, path string, status int, header http.Header, body []byte) {
	t.Helper()
	path, _, _ = strings.Cut(path, "?")
	for _, op := range operations(t) {
		if op.method != method || !op.pattern.MatchString(path) {
			continue
		}
		response := op.responses.Value(strconv.Itoa(status))
		if response == nil {
			response = op.responses.Default()
		}
		if response == nil {
			t.Errorf("%s answers %d, of which the contract knows nothing", op.id, status)
			return
		}
		kind, _, _ := strings.Cut(header.Get("Content-Type"), ";")
		media := response.Value.Content.Get(kind)
		switch {
		case len(response.Value.Content) == 0 && len(body) == 0:
		case media == nil:
			t.Errorf("%s answers %d with the type %q: %.200s", op.id, status, kind, body)
		case kind == "application/json", kind == "application/problem+json":
			fits(t, op.id, media.Schema.Value, body)
		}
		return
	}
	t.Errorf("%s %s is not in the contract", method, path)
}

func fits(t testing.TB, name string, schema *openapi3.Schema, body []byte) {
	t.Helper()
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		t.Errorf("%s answers no JSON: %v: %.200s", name, err, body)
		return
	}
	if err := schema.VisitJSON(value, openapi3.MultiErrors()); err != nil {
		t.Errorf("%s breaks the contract: %v\n%.2000s", name, err, body)
	}
	eachObject(value, func(kind string, object any) {
		if known, found := bodies[kind]; found {
			if err := schemas[known].Value.VisitJSON(object, openapi3.MultiErrors()); err != nil {
				t.Errorf("%s: a %s breaks the contract: %v", name, kind, err)
			}
		}
	})
}

// eachObject visits what stands anywhere in an answer as an object of the feed.
func eachObject(value any, visit func(kind string, body any)) {
	switch v := value.(type) {
	case map[string]any:
		kind, isText := v["kind"].(string)
		body, carries := v["body"]
		if isText && carries {
			visit(kind, body)
		}
		for _, inner := range v {
			eachObject(inner, visit)
		}
	case []any:
		for _, inner := range v {
			eachObject(inner, visit)
		}
	}
}

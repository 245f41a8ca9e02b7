package lines_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"baqylau/control/lines"
)

var limits = lines.Limits{Size: 64, Depth: 2, List: 3}

func TestEveryPieceKnowsItsPlace(t *testing.T) {
	root, err := lines.Parse([]byte("{\n\"a\": [1.50,\n\"x\"], \"b\":\n{\"c\": null}}"), limits)
	if err != nil {
		t.Fatal(err)
	}
	a, b := root.Members[0], root.Members[1]
	for _, r := range []struct {
		value *lines.Value
		path  string
		line  int
		token json.Token
	}{
		{root, "", 1, json.Delim('{')},
		{a.Value, "a", 2, json.Delim('[')},
		{a.Items[0], "a[0]", 2, json.Number("1.50")},
		{a.Items[1], "a[1]", 3, "x"},
		{b.Value, "b", 4, json.Delim('{')},
		{b.Members[0].Value, "b.c", 4, nil},
	} {
		if r.value.Path != r.path || r.value.Line != r.line || r.value.Token != r.token {
			t.Errorf("%q stands in line %d and is %v; want %q, line %d, %v", r.value.Path, r.value.Line, r.value.Token, r.path, r.line, r.token)
		}
	}
	if b.Line != 3 || b.Name != "b" || string(b.Raw) != `{"c": null}` || string(a.Raw) != "[1.50,\n\"x\"]" {
		t.Errorf("the member %s of line %d reads %s and %s", b.Name, b.Line, a.Raw, b.Raw)
	}
}

func TestWhatIsWrongIsNamedByItsPlace(t *testing.T) {
	for _, r := range []struct {
		name, text string
		want       lines.Fault
	}{
		{"nothing", "", lines.Fault{Line: 1, Code: lines.Short}},
		{"half an object", "{\n\"a\":", lines.Fault{Field: "a", Line: 2, Code: lines.Short}},
		{"half a list", "[1,\n", lines.Fault{Field: "[1]", Line: 1, Code: lines.Short}},
		{"half a name", "{\"a", lines.Fault{Line: 1, Code: lines.Short}},
		{"no JSON", "\n\nx", lines.Fault{Line: 3, Code: lines.Broken}},
		{"no name", "{1: 2}", lines.Fault{Line: 1, Code: lines.Broken}},
		{"a wrong end", "[}", lines.Fault{Line: 1, Code: lines.Broken}},
		{"a comma too many", "[1,]", lines.Fault{Field: "[1]", Line: 1, Code: lines.Broken}},
		{"two values", "{}\n\n[]", lines.Fault{Line: 3, Code: lines.More}},
		{"junk behind", "{} x", lines.Fault{Line: 1, Code: lines.More}},
		{"a name twice", "{\"a\": 1,\n\"a\": 2}", lines.Fault{Field: "a", Line: 2, Code: lines.Twice, Value: "a"}},
		{"a name twice, deeper", "{\"a\": {\"b\": 1, \"b\": 2}}", lines.Fault{Field: "a.b", Line: 1, Code: lines.Twice, Value: "b"}},
		{"too deep", "{\"a\": [\n[[]]]}", lines.Fault{Field: "a[0][0]", Line: 2, Code: lines.Deep}},
		{"too long a list", "[1,2,3,\n4]", lines.Fault{Line: 1, Code: lines.Many, Value: "3"}},
		{"too large", strings.Repeat(" ", 65), lines.Fault{Line: 1, Code: lines.Large, Value: "64"}},
	} {
		t.Run(r.name, func(t *testing.T) {
			value, err := lines.Parse([]byte(r.text), limits)
			var got *lines.Fault
			if value != nil || !errors.As(err, &got) {
				t.Fatalf("%v, %v", value, err)
			}
			place := *got
			if place.Why = ""; place != r.want || got.Why == "" {
				t.Errorf("it is wrong by %+v, want %+v", *got, r.want)
			}
		})
	}
	for _, good := range []string{"[1,2,3]", `{"a": [1]}`, strings.Repeat(" ", 62) + "{}", "7"} {
		if _, err := lines.Parse([]byte(good), limits); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
}

func TestAFaultReadsAsASentence(t *testing.T) {
	for want, fault := range map[string]lines.Fault{
		"line 3: a.b: is needed": {Field: "a.b", Line: 3, Why: "is needed"},
		"line 1: is no object":   {Line: 1, Why: "is no object"},
	} {
		if got := fault.Error(); got != want {
			t.Errorf("it reads %q, want %q", got, want)
		}
	}
}

func TestReadersTakeTheirKindAlone(t *testing.T) {
	var text string
	var number json.Number
	var items []string
	readers := map[string]lines.Reader{
		"text": lines.Text(&text), "number": lines.Number(&number),
		"list": lines.List(func(v *lines.Value) error { items = append(items, v.Path); return nil }),
	}
	read := func(t *testing.T, file string) error {
		t.Helper()
		text, number, items = "", "", nil
		root, err := lines.Parse([]byte(file), lines.Limits{Size: 1000, Depth: 5, List: 5})
		if err != nil {
			t.Fatal(err)
		}
		return root.Object(readers)
	}
	if err := read(t, `{"text": "a", "number": 1.0, "list": [1, null]}`); err != nil || text != "a" || number != "1.0" || !slices.Equal(items, []string{"list[0]", "list[1]"}) {
		t.Errorf("they read %q %q %v, %v", text, number, items, err)
	}
	if err := read(t, `{"text": null, "number": null, "list": null}`); err != nil || text != "" || number != "" || items != nil {
		t.Errorf("of nulls they read %q %q %v, %v", text, number, items, err)
	}
	for file, want := range map[string]string{
		`[]`:                 "line 1: is no object",
		`"x"`:                `line 1: "x" is no object`,
		`7`:                  "line 1: 7 is no object",
		`{"text": 5}`:        "line 1: text: 5 is no text",
		`{"text": true}`:     "line 1: text: is no text",
		`{"number": "5"}`:    `line 1: number: "5" is no number`,
		`{"list": {}}`:       "line 1: list: is no list",
		"{\n\"else\": null}": "line 2: else: the field is unknown",
	} {
		if err := read(t, file); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", file, err, want)
		}
	}
	root, err := lines.Parse([]byte(`{"a": {}}`), limits)
	if err != nil {
		t.Fatal(err)
	}
	for want, got := range map[string]error{
		"line 1: b: is needed":   root.Needs("b"),
		"line 1: a.b: is needed": root.Members[0].Needs("b"),
		"line 1: a: no":          root.Members[0].Fault("no"),
	} {
		if got.Error() != want {
			t.Errorf("it reads %q, want %q", got, want)
		}
	}
}

// what can be wrong is told in both languages; and nothing is told that can't be wrong.
func TestEveryCodeHasItsSentenceInBothLanguages(t *testing.T) {
	var codes []string
	for _, folder := range []string{".", "..", "../calendar"} {
		files, err := filepath.Glob(folder + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if !strings.HasSuffix(name, "_test.go") {
				codes = append(codes, codesIn(t, name)...)
			}
		}
	}
	if len(codes) < 20 {
		t.Fatalf("only %d codes were found", len(codes))
	}
	for _, lang := range []string{"kk", "ru"} {
		data, err := os.ReadFile("../../assets/words/" + lang + "/rulebook.json")
		if err != nil {
			t.Fatal(err)
		}
		var words map[string]string
		if err := json.Unmarshal(data, &words); err != nil {
			t.Fatal(err)
		}
		for _, code := range codes {
			if words["fault."+code] == "" {
				t.Errorf("%s: fault.%s has no text", lang, code)
			}
		}
		for key := range words {
			if code, is := strings.CutPrefix(key, "fault."); is && !slices.Contains(codes, code) {
				t.Errorf("%s: %s is of no code", lang, key)
			}
		}
	}
}

// codesIn reads the constants of type Code from a source.
func codesIn(t *testing.T, name string) (codes []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, is := n.(*ast.ValueSpec)
		if !is {
			return true
		}
		kind := ""
		switch k := spec.Type.(type) {
		case *ast.Ident:
			kind = k.Name
		case *ast.SelectorExpr:
			kind = k.Sel.Name
		}
		if kind == "Code" {
			code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, code)
		}
		return true
	})
	return codes
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"a": [1, "x", null, {"b": true}]}`))
	f.Add([]byte("{\"a\": 1, \"a\": 2}"))
	f.Add([]byte(strings.Repeat("[", 40)))
	f.Fuzz(func(t *testing.T, data []byte) {
		value, err := lines.Parse(data, lines.Limits{Size: 1 << 16, Depth: 20, List: 100})
		var fault *lines.Fault
		if (value == nil) == (err == nil) || err != nil && (!errors.As(err, &fault) || fault.Line < 1 || fault.Line > 1+strings.Count(string(data), "\n")) {
			t.Errorf("%v, %v", value, err)
		}
	})
}

package control_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// reasons reads the constants of type Reason from the source: whoever adds one is asked for its words.
func reasons(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "verdict.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Reason" {
			for _, value := range spec.Values {
				code, err := strconv.Unquote(value.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				codes = append(codes, code)
			}
		}
		return true
	})
	return codes
}

func words(t *testing.T, lang string) map[string]string {
	t.Helper()
	data, err := os.ReadFile("../assets/words/" + lang + "/reason.json")
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]string
	if err := json.Unmarshal(data, &texts); err != nil {
		t.Fatal(err)
	}
	return texts
}

// every refusal has a sentence in both languages, and the sentence cites its rule.
func TestEveryReasonHasItsSentenceInBothLanguages(t *testing.T) {
	codes := reasons(t)
	if len(codes) < 30 {
		t.Fatalf("only %d reasons were found in verdict.go", len(codes))
	}
	for _, lang := range []string{"kk", "ru"} {
		texts := words(t, lang)
		for _, code := range codes {
			if strings.TrimSpace(texts["reason."+code]) == "" {
				t.Errorf("%s: reason.%s has no text", lang, code)
			}
		}
		for key, text := range texts {
			if !strings.HasPrefix(key, "reason.") {
				continue
			}
			if code, _, _ := strings.Cut(strings.TrimPrefix(key, "reason."), "."); !slices.Contains(codes, code) {
				t.Errorf("%s: %s is of no reason", lang, key)
			}
			if !strings.Contains(text, "({rule})") {
				t.Errorf("%s: %s doesn't cite the rule", lang, key)
			}
			if !strings.HasSuffix(text, ".") {
				t.Errorf("%s: %s is no full sentence", lang, key)
			}
			if strings.Contains(key, ".window_closed") != strings.Contains(text, "{closes}") {
				t.Errorf("%s: %s: a window that closed, and only that, names its last day", lang, key)
			}
			if strings.Contains(key, ".window_not_open") != strings.Contains(text, "{opens}") {
				t.Errorf("%s: %s: a window that is to open, and only that, names when", lang, key)
			}
		}
	}
}

// The relations that verdicts cite have names in both languages.
func TestEveryRelationHasItsNameInBothLanguages(t *testing.T) {
	for _, lang := range []string{"kk", "ru"} {
		texts := words(t, lang)
		for _, r := range relations {
			if texts["relation."+r.String()] == "" {
				t.Errorf("%s: relation.%s has no name", lang, r)
			}
		}
	}
}

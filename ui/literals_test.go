package ui_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"baqylau/assets"
)

// Words that people read stand in assets: no Go file below ui has a literal with Cyrillic letters (single letters, as
// in the Kazakh layout, aside) or with two Latin words beside each other. What a program alone reads is exempt: errors,
// panics, log lines, and the names that preferences are kept under (constants named preference…).
func TestNoWordsForPeopleInTheCode(t *testing.T) {
	eachLiteral(t, func(name string, line int, text string, forPrograms bool) {
		if !forPrograms && forPeople(text) {
			t.Errorf("%s:%d: %q belongs into assets/words", name, line, text)
		}
	})
}

func TestLiteralForPeopleIsRecognised(t *testing.T) {
	for text, want := range map[string]bool{
		"Сақтау": true, "Save the file": true, "Not found.": true, "ә": false, "ui.journal.empty": false,
		"Asia/Almaty": false, "02.01.2006 15:04": false, " — ": false, "NotoSans-Regular.ttf": false,
		"әіңғүұқөһӘІҢҒҮҰҚӨҺ": false,
	} {
		if got := forPeople(text); got != want {
			t.Errorf("%q is for people: %v, want %v", text, got, want)
		}
	}
}

// Every key that the code names exists; a key that is put together ("ui.layout."+code) needs a key that begins so.
func TestEveryKeyInTheCodeHasWords(t *testing.T) {
	keys := assets.Keys(assets.KK)
	known := map[string]bool{}
	for _, key := range keys {
		known[key] = true
	}
	shape := regexp.MustCompile(`^(ui|check|deadline|language|weekday|month|direction|app|demo|status|notification|term)\.[a-z0-9_.]+$`)
	eachLiteral(t, func(name string, line int, text string, _ bool) {
		if !shape.MatchString(text) {
			return
		}
		if strings.HasSuffix(text, ".") {
			for _, key := range keys {
				if strings.HasPrefix(key, text) {
					return
				}
			}
			t.Errorf("%s:%d: no key begins with %q", name, line, text)
		} else if !known[text] {
			t.Errorf("%s:%d: %q has no words", name, line, text)
		}
	})
}

var latinWords = regexp.MustCompile(`[A-Za-z]{2,} +[A-Za-z]{2,}`)

func forPeople(text string) bool {
	if latinWords.MatchString(text) {
		return true
	}
	cyrillic, alphabet := 0, true
	for _, r := range text {
		if unicode.Is(unicode.Cyrillic, r) {
			cyrillic++
			alphabet = alphabet && strings.ContainsRune("әіңғүұқөһӘІҢҒҮҰҚӨҺ", r)
		}
	}
	return cyrillic > 1 && !alphabet
}

// eachLiteral visits the string literals of every Go file below this folder that isn't a test.
func eachLiteral(t *testing.T, visit func(name string, line int, text string, forPrograms bool)) {
	t.Helper()
	visited := 0
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		exempt := map[ast.Node]bool{}
		ast.Inspect(file, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.Field:
				if n.Tag != nil {
					exempt[n.Tag] = true
				}
			case *ast.ValueSpec:
				for i, value := range n.Values {
					exempt[value] = strings.HasPrefix(n.Names[i].Name, "preference")
				}
			case *ast.CallExpr:
				if speaksToPrograms(n) {
					ast.Inspect(n, func(inner ast.Node) bool { exempt[inner] = true; return true })
				}
			case *ast.BasicLit:
				if n.Kind == token.STRING {
					text, err := strconv.Unquote(n.Value)
					if err != nil {
						t.Fatalf("%s: %v", name, err)
					}
					visited++
					visit(name, files.Position(n.Pos()).Line, text, exempt[n])
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if visited < 100 {
		t.Fatalf("only %d literals found: the scan looks in the wrong place", visited)
	}
}

// speaksToPrograms tells calls whose texts go to logs and programmers.
func speaksToPrograms(call *ast.CallExpr) bool {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name == "panic"
	case *ast.SelectorExpr:
		switch of := lastName(f.X); f.Sel.Name {
		case "Errorf", "New":
			return of == "fmt" || of == "errors"
		case "Debug", "Info", "Warn", "Error", "With":
			return strings.EqualFold(of, "log") || of == "slog"
		}
	}
	return false
}

// lastName is the name that an expression ends in: Log of p.options.Log.
func lastName(of ast.Expr) string {
	switch e := of.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	default:
		return ""
	}
}

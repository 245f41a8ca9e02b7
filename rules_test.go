package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// elsewhere lists what may be said of statuses and roles outside control, and why it decides nothing.
var elsewhere = map[string]string{
	"server/office.go: asks for the role Administrator":   "the first who is enrolled is given it",
	"server/reading.go: asks for the role Administrator":  "counts them, for the rule to say that one stays",
	"ui/card_parts.go: compares NotificationApproved":     "the words of a step of the life",
	"ui/card_parts.go: compares NotificationDelivered":    "the words of a step of the life",
	"ui/card_parts.go: compares NotificationAcknowledged": "the words of a step of the life",
	"ui/card_parts.go: compares NotificationDraft":        "the words of a step of the life",
	"ui/card_parts.go: compares NotificationRejected":     "the words of a step of the life",
}

// facts are the folders that make no decision: they read the portal's codes and dates into facts.
var facts = []string{"server/portal"}

// TestNoRuleIsComposedOutsideControl: nobody else makes a refusal, compares a status to a constant, or asks
// for a role by its name. A table from statuses to words is no decision.
func TestNoRuleIsComposedOutsideControl(t *testing.T) {
	statuses := constantsOf(t, "NotificationStatus", "ObjectionStatus", "ConclusionStatus", "CertificateStatus",
		"PenaltyStatus", "OrdersStatus", "Status", "ComplaintDecision")
	roles := constantsOf(t, "Role")
	excused := map[string]bool{}
	for path, file := range sources(t) {
		top, _, _ := strings.Cut(filepath.ToSlash(path), "/")
		if slices.Contains(facts, filepath.ToSlash(filepath.Dir(path))) || top == "control" || top == "build" || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".gen.go") {
			continue
		}
		for _, finding := range decisions(file, statuses, roles) {
			finding = filepath.ToSlash(path) + ": " + finding
			if elsewhere[finding] == "" {
				t.Errorf("%s: that is for control to say", finding)
			}
			excused[finding] = true
		}
	}
	for finding := range elsewhere {
		if !excused[finding] {
			t.Errorf("%q excuses nothing", finding)
		}
	}
}

// decisions finds what a file decides by itself.
func decisions(file *ast.File, statuses, roles []string) []string {
	var found []string
	control := nameOf(file, module+"/control")
	note := func(what string, of []string, nodes ...ast.Node) {
		for _, name := range selected(control, nodes...) {
			if slices.Contains(of, name) && !slices.Contains(found, what+name) {
				found = append(found, what+name)
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			if kind, is := n.Type.(*ast.SelectorExpr); is && slices.Contains(selected(control, kind), "Verdict") && len(n.Elts) > 0 && !onlyAllowed(n) {
				found = append(found, "makes a verdict")
			}
		case *ast.BinaryExpr:
			if n.Op == token.EQL || n.Op == token.NEQ {
				note("compares ", statuses, n.X, n.Y)
			}
		case *ast.CaseClause:
			for _, value := range n.List {
				note("compares ", statuses, value)
			}
		case *ast.CallExpr:
			called, is := n.Fun.(*ast.SelectorExpr)
			if !is {
				break
			}
			if pkg, of := called.X.(*ast.Ident); of && pkg.Name == "slices" {
				for _, argument := range n.Args {
					note("compares ", statuses, argument)
				}
			}
			if called.Sel.Name == "Has" || called.Sel.Name == "HasAny" {
				for _, argument := range n.Args {
					note("asks for the role ", roles, argument)
				}
			}
		}
		return true
	})
	return found
}

// onlyAllowed says whether a verdict refuses nothing: it stands for a question that is not asked yet.
func onlyAllowed(verdict *ast.CompositeLit) bool {
	for _, element := range verdict.Elts {
		pair, keyed := element.(*ast.KeyValueExpr)
		if !keyed {
			return false
		}
		if field, is := pair.Key.(*ast.Ident); !is || field.Name != "Allowed" {
			return false
		}
	}
	return true
}

// nameOf is the name by which a file knows a package.
func nameOf(file *ast.File, path string) string {
	for _, spec := range file.Imports {
		if spec.Path.Value == strconv.Quote(path) && spec.Name != nil {
			return spec.Name.Name
		}
	}
	return filepath.Base(path)
}

// selected are the names of a package that stand in expressions, as they are or in a list.
func selected(of string, nodes ...ast.Node) []string {
	var names []string
	for _, node := range nodes {
		ast.Inspect(node, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit: // what is in it is found where it stands
				return false
			case *ast.SelectorExpr:
				if pkg, is := n.X.(*ast.Ident); is && pkg.Name == of {
					names = append(names, n.Sel.Name)
				}
			}
			return true
		})
	}
	return names
}

// constantsOf are the constants of package control that are declared with one of the types.
func constantsOf(t *testing.T, types ...string) []string {
	t.Helper()
	files, err := filepath.Glob("control/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			group, is := decl.(*ast.GenDecl)
			if !is || group.Tok != token.CONST {
				continue
			}
			for _, spec := range group.Specs {
				value := spec.(*ast.ValueSpec)
				if kind, typed := value.Type.(*ast.Ident); typed && slices.Contains(types, kind.Name) {
					for _, name := range value.Names {
						names = append(names, name.Name)
					}
				}
			}
		}
	}
	if len(names) < len(types) {
		t.Fatalf("only %d constants of %v are declared", len(names), types)
	}
	return names
}

// TestADecisionIsFoundWhereverItStands shows that the test above finds something.
func TestADecisionIsFoundWhereverItStands(t *testing.T) {
	for source, want := range map[string]string{
		`control.Verdict{Rule: "R-1", Reason: "x"}`:                                    "makes a verdict",
		`control.Verdict{true}`:                                                        "makes a verdict",
		`control.Verdict{Allowed: true}`:                                               "",
		`n.Status == control.NotificationDraft`:                                        "compares NotificationDraft",
		`control.NotificationDraft != n.Status`:                                        "compares NotificationDraft",
		`slices.Contains([]control.NotificationStatus{control.NotificationDraft}, s)`:  "compares NotificationDraft",
		`func() { switch s { case x, control.NotificationDraft: } }`:                   "compares NotificationDraft",
		`a.HasAny(x, control.Auditor)`:                                                 "asks for the role Auditor",
		`map[control.NotificationStatus]string{control.NotificationDraft: "words"}[s]`: "",
	} {
		expr, err := parser.ParseExpr(source)
		if err != nil {
			t.Fatal(err)
		}
		file := &ast.File{Name: ast.NewIdent("x"), Decls: []ast.Decl{&ast.GenDecl{Tok: token.VAR, Specs: []ast.Spec{
			&ast.ValueSpec{Names: []*ast.Ident{ast.NewIdent("_")}, Values: []ast.Expr{expr}},
		}}}}
		got := strings.Join(decisions(file, []string{"NotificationDraft"}, []string{"Auditor"}), ", ")
		if got != want {
			t.Errorf("%s: found %q, want %q", source, got, want)
		}
	}
}

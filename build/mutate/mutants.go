package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// mutant is one change: a stretch of a file and what stands there instead.
type mutant struct {
	id     int
	file   string
	line   int
	decl   string // the function or declaration it is in
	what   string // "< → <="
	nth    int    // of its kind in the declaration
	source string // of the file
	from   int    // offsets of the operator or literal
	to     int
	text   string // that stands there instead
	alone  bool   // has to be compiled by itself
	killed bool
}

// name tells the change again when the lines have moved.
func (m *mutant) name() string { return fmt.Sprintf("%s %s %s #%d", m.file, m.decl, m.what, m.nth) }

// changed is the file with the change.
func (m *mutant) changed() string { return m.source[:m.from] + m.text + m.source[m.to:] }

// pack is the package under test.
type pack struct {
	folder string // absolute
	name   string
	fset   *token.FileSet
	files  []*ast.File
	source map[*ast.File]string
	info   *types.Info
	types  *types.Package

	list  []*mutant
	edits map[*ast.File][]edit
}

// edit is text put into the instrumented file before an offset, or instead of a stretch.
type edit struct {
	from, to int
	text     string
	depth    int // edits at one offset: the outer opens first and closes last
}

func load(folder string) (*pack, error) {
	absolute, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	p := &pack{
		folder: absolute, fset: token.NewFileSet(), source: map[*ast.File]string{}, edits: map[*ast.File][]edit{},
		info: &types.Info{
			Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		},
	}
	names, err := filepath.Glob(filepath.Join(absolute, "*.go"))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(p.fset, name, data, 0)
		if err != nil {
			return nil, err
		}
		p.files = append(p.files, file)
		p.source[file], p.name = string(data), file.Name.Name
	}
	exports, err := exportData(absolute)
	if err != nil {
		return nil, err
	}
	lookUp := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	config := types.Config{Importer: importer.ForCompiler(p.fset, "gc", lookUp)}
	p.types, err = config.Check(p.name, p.fset, p.files, p.info)
	return p, err
}

// exportData finds what the compiler knows of every package that this one needs.
func exportData(folder string) (map[string]string, error) {
	list := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", ".")
	list.Dir, list.Stderr = folder, os.Stderr
	list.Env = append(list.Environ(), "CGO_ENABLED=0")
	out, err := list.Output()
	if err != nil {
		return nil, err
	}
	exports := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if path, file, found := strings.Cut(strings.TrimSpace(line), " "); found {
			exports[path] = file
		}
	}
	return exports, nil
}

// mutants lists every change, and prepares the instrumented files.
func (p *pack) mutants() []*mutant {
	for _, file := range p.files {
		for _, decl := range file.Decls {
			p.declaration(file, decl)
		}
	}
	return p.list
}

func (p *pack) declaration(file *ast.File, decl ast.Decl) {
	name := "package"
	switch d := decl.(type) {
	case *ast.FuncDecl:
		name = d.Name.Name
		if d.Recv != nil {
			name = strings.TrimPrefix(types.ExprString(d.Recv.List[0].Type), "*") + "." + name
		}
	case *ast.GenDecl:
		if d.Tok == token.IMPORT || d.Tok == token.TYPE {
			return
		}
		if spec, ok := d.Specs[0].(*ast.ValueSpec); ok && len(d.Specs) == 1 {
			name = spec.Names[0].Name
		}
	}
	w := &walk{pack: p, file: file, decl: name}
	ast.Walk(w, decl)
}

// walk goes through one declaration.
type walk struct {
	*pack
	file *ast.File
	decl string
	// fixed says that Go wants a constant here: in a type, or in a constant that can't become a variable.
	fixed bool
	depth int
}

func (w *walk) Visit(n ast.Node) ast.Visitor {
	inner := *w
	inner.depth++
	switch n := n.(type) {
	case *ast.Field, *ast.ArrayType, *ast.ImportSpec:
		inner.fixed = true
	case *ast.GenDecl:
		inner.fixed = inner.fixed || n.Tok == token.CONST && !w.becomesVariable(n)
	case *ast.BinaryExpr:
		w.binary(n)
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			w.flip(n, n.Op.String()+" → ", n.OpPos, n.OpPos+1, "")
		}
	case *ast.Ident:
		if (n.Name == "true" || n.Name == "false") && w.info.Uses[n] == types.Universe.Lookup(n.Name) {
			other := strconv.FormatBool(n.Name == "false")
			w.flip(n, n.Name+" → "+other, n.Pos(), n.End(), other)
		}
	case *ast.BasicLit:
		w.literal(n)
	case *ast.CompositeLit:
		// The type of [...]T{…} has no constant, that of [5]T{…} has.
		if n.Type != nil {
			ast.Walk(&inner, n.Type)
		}
		for _, e := range n.Elts {
			ast.Walk(&inner, e)
		}
		return nil
	}
	return &inner
}

// add notes a change of the stretch and gives its number.
func (w *walk) add(what string, from, to token.Pos, text string, alone bool) int {
	at := w.fset.Position(from)
	m := &mutant{
		id: len(w.list) + 1, file: filepath.Base(at.Filename), line: at.Line, decl: w.decl, what: what,
		source: w.source[w.file], from: at.Offset, to: w.fset.Position(to).Offset, text: text, alone: alone, nth: 1,
	}
	for _, o := range w.list {
		if o.file == m.file && o.decl == m.decl && o.what == m.what {
			m.nth++
		}
	}
	w.pack.list = append(w.pack.list, m)
	return m.id
}

// wrap puts an expression into a call.
func (w *walk) wrap(e ast.Expr, before, after string) {
	from, to := w.fset.Position(e.Pos()).Offset, w.fset.Position(e.End()).Offset
	w.edits[w.file] = append(w.edits[w.file], edit{from, from, before, w.depth}, edit{to, to, after, -w.depth})
}

// instead replaces a stretch.
func (w *walk) instead(from, to token.Pos, text string) {
	w.edits[w.file] = append(w.edits[w.file], edit{w.fset.Position(from).Offset, w.fset.Position(to).Offset, text, w.depth})
}

// flip changes a boolean to its opposite.
func (w *walk) flip(e ast.Expr, what string, from, to token.Pos, text string) {
	id := w.add(what, from, to, text, w.fixed)
	if !w.fixed {
		w.wrap(e, fmt.Sprintf("mutantFlip[%s](%d, ", w.typeOf(e), id), ")")
	}
}

var opposites = map[token.Token][]token.Token{
	token.EQL: {token.NEQ}, token.NEQ: {token.EQL},
	token.LSS: {token.LEQ, token.GEQ}, token.LEQ: {token.LSS, token.GTR},
	token.GTR: {token.GEQ, token.LEQ}, token.GEQ: {token.GTR, token.LSS},
	token.LAND: {token.LOR}, token.LOR: {token.LAND},
}

func (w *walk) binary(e *ast.BinaryExpr) {
	others, known := opposites[e.Op]
	if !known {
		return
	}
	end := e.OpPos + token.Pos(len(e.Op.String()))
	var ids []int
	for _, other := range others {
		ids = append(ids, w.add(e.Op.String()+" → "+other.String(), e.OpPos, end, other.String(), w.fixed))
	}
	if w.fixed {
		return
	}
	switch e.Op {
	case token.EQL, token.NEQ:
		w.wrap(e, fmt.Sprintf("mutantFlip[%s](%d, ", w.typeOf(e), ids[0]), ")")
	case token.LAND, token.LOR:
		w.wrap(e, fmt.Sprintf("mutantLogic(%d, %t, func() (mutantB bool) { mutantB = ", ids[0], e.Op == token.LAND), "; return })")
		w.instead(e.OpPos, end, "; return }, func() (mutantB bool) { mutantB = ") // a return would end at the line's end
	default:
		w.wrap(e, fmt.Sprintf("mutantOrder(%d, %d, %q, ", ids[0], ids[1], e.Op.String()), ")")
		w.instead(e.OpPos, end, ", ")
	}
}

// literal changes a number to the next one and a text to another.
func (w *walk) literal(l *ast.BasicLit) {
	value, known := w.info.Types[l]
	if !known {
		return // a tag
	}
	text, kind := "", ""
	switch l.Kind {
	case token.INT:
		n, exact := constant.Int64Val(value.Value)
		if !exact {
			return
		}
		text, kind = strconv.FormatInt(n+1, 10), "mutantNumber"
	case token.STRING:
		text, kind = strconv.Quote(constant.StringVal(value.Value)+"?"), "mutantText"
	case token.CHAR:
		text, kind = l.Value+"+1", "mutantNumber"
	default:
		return
	}
	id := w.add(l.Value+" → "+text, l.Pos(), l.End(), text, w.fixed)
	if !w.fixed {
		w.wrap(l, fmt.Sprintf("%s[%s](%d, ", kind, w.typeOf(l), id), ")")
	}
}

// typeOf writes a type as this package would; an untyped constant has its default one.
func (w *walk) typeOf(e ast.Expr) string {
	return types.TypeString(types.Default(w.info.TypeOf(e)), func(p *types.Package) string {
		if p == w.types {
			return ""
		}
		return p.Name()
	})
}

// becomesVariable makes variables of the constants of a declaration, where each has one type wherever it
// is used and a literal of its own; elsewhere the constants stay.
func (w *walk) becomesVariable(d *ast.GenDecl) bool {
	for _, s := range d.Specs {
		spec := s.(*ast.ValueSpec)
		if len(spec.Values) != len(spec.Names) || slices.ContainsFunc(spec.Values, hasIota) {
			return false
		}
		for _, name := range spec.Names {
			// Only texts: a number is a part of other constants, in tests too.
			one := w.typeWhereUsed(name)
			if one == nil {
				return false
			}
			if basic, ok := one.Underlying().(*types.Basic); !ok || basic.Info()&types.IsString == 0 {
				return false
			}
		}
	}
	w.instead(d.Pos(), d.Pos()+token.Pos(len("const")), "var")
	for _, s := range d.Specs {
		spec := s.(*ast.ValueSpec)
		if spec.Type == nil && len(spec.Names) == 1 {
			name := spec.Names[0]
			typed := types.TypeString(w.typeWhereUsed(name), func(p *types.Package) string {
				if p == w.types {
					return ""
				}
				return p.Name()
			})
			w.instead(name.End(), name.End(), " "+typed)
			w.retype(spec.Values[0], w.typeWhereUsed(name))
		}
	}
	return true
}

// retype gives the literals of an untyped constant the type of the variable.
func (w *walk) retype(e ast.Expr, t types.Type) {
	ast.Inspect(e, func(n ast.Node) bool {
		if literal, ok := n.(ast.Expr); ok {
			if known, ok := w.info.Types[literal]; ok {
				known.Type = t
				w.info.Types[literal] = known
			}
		}
		return true
	})
}

func hasIota(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && id.Name == "iota"
		return !found
	})
	return found
}

// typeWhereUsed is the one type that a constant has wherever it is used; nil where there are several, or
// where a constant is wanted of it.
func (w *walk) typeWhereUsed(name *ast.Ident) types.Type {
	object := w.info.Defs[name]
	if object == nil {
		return nil
	}
	var one types.Type
	if basic, ok := object.Type().(*types.Basic); !ok || basic.Info()&types.IsUntyped == 0 {
		one = object.Type()
	}
	for use, of := range w.info.Uses {
		if of != object {
			continue
		}
		t := types.Default(w.info.TypeOf(use))
		if one != nil && !types.Identical(one, t) {
			return nil
		}
		one = t
	}
	return one
}

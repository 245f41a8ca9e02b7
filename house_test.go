package main_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// module is the import path of the root package, the desktop program.
const module = "baqylau"

// mayImport is the architecture: which of our folders the code of a folder may import. Tests are free. A folder's
// own subfolders go without saying.
var mayImport = map[string][]string{
	"":           {"ui", "app", "server", "document", "localstore", "api", "signing", "control", "roadmap", "assets"},
	"cmd":        {"app", "server", "document", "localstore", "api", "signing", "control", "roadmap", "assets"},
	"ui":         {"app", "document", "api", "signing", "control", "roadmap", "assets"},
	"app":        {"document", "localstore", "api", "signing", "control", "roadmap", "assets"},
	"server":     {"document", "api", "signing", "control", "roadmap", "assets"},
	"document":   {"assets"},
	"localstore": {"api", "signing", "control", "roadmap", "assets"},
	"api":        {"signing", "control", "roadmap", "assets"},
	"signing":    {},
	"control":    {},
	"roadmap":    {},
	"assets":     {},
	"build":      {},
	"internal":   {},
	"e2e":        {},
	"torture":    {},
}

// onlyIn says where alone a module of somebody else may be imported, tests aside.
var onlyIn = map[string][]string{
	"fyne.io/fyne/v2":            {"", "ui"},
	"github.com/digitorus/pkcs7": {"signing"},
	"go.etcd.io/bbolt":           {"localstore"},
	"github.com/go-resty/resty":  {"api"},
}

func TestFoldersImportOnlyWhatTheyMay(t *testing.T) {
	for _, p := range packages(t) {
		from := folder(p.ImportPath)
		allowed, known := mayImport[from]
		if !known {
			t.Errorf("the folder %s has no place in the house: give it a line in mayImport", from)
			continue
		}
		for _, path := range p.Imports {
			to := folder(path)
			if !ours(path) || to == from || slices.Contains(allowed, to) {
				continue
			}
			t.Errorf("%s imports %s", p.ImportPath, path)
		}
	}
}

func TestModulesOfOthersAreImportedInOnePlace(t *testing.T) {
	for _, p := range packages(t) {
		for _, path := range p.Imports {
			for restricted, places := range onlyIn {
				within := path == restricted || strings.HasPrefix(path, restricted+"/")
				if within && !slices.Contains(places, folder(p.ImportPath)) {
					t.Errorf("%s imports %s", p.ImportPath, path)
				}
			}
		}
	}
}

func TestEveryPackageSaysWhatItPromises(t *testing.T) {
	for _, p := range packages(t) {
		if len(p.GoFiles) > 0 && p.Doc == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}

func TestTheHeadlessProgramNeedsNoCompilerOfC(t *testing.T) {
	build := exec.Command("go", "build", "-buildvcs=false", "-o", filepath.Join(t.TempDir(), "baqctl"), "./cmd/baqctl")
	build.Env = append(build.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestFilesAreNamedByTheirConceptAndAreShort(t *testing.T) {
	const most = 600 // lines
	empty := []string{"util", "utils", "helper", "helpers", "common", "manager", "base", "misc"}
	for path := range sources(t) {
		name := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(path), ".go"), "_test")
		if slices.Contains(empty, name) || slices.Contains(empty, filepath.Base(filepath.Dir(path))) {
			t.Errorf("%s is named by nothing that it is", path)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(string(content), "\n"); lines > most && !strings.HasSuffix(path, ".gen.go") {
			t.Errorf("%s has %d lines, more than %d", path, lines, most)
		}
	}
}

func TestNothingRunsByItselfAndNoTestSleeps(t *testing.T) {
	for path, file := range sources(t) {
		for _, decl := range file.Decls {
			if f, is := decl.(*ast.FuncDecl); is && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s has an init", path)
			}
		}
		if !strings.HasSuffix(path, "_test.go") {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, is := n.(*ast.SelectorExpr); is && call.Sel.Name == "Sleep" {
				if pkg, is := call.X.(*ast.Ident); is && pkg.Name == "time" {
					t.Errorf("%s sleeps", path)
				}
			}
			return true
		})
	}
}

// listed is what `go list -json` says of a package.
type listed struct {
	ImportPath string
	Doc        string
	GoFiles    []string
	Imports    []string
}

// packages lists the module as it is without cgo, which is how this test can run everywhere.
func packages(t *testing.T) []listed {
	t.Helper()
	list := exec.Command("go", "list", "-e", "-tags", "ci,e2e", "-json=ImportPath,Doc,GoFiles,Imports", "./...")
	list.Env = append(list.Environ(), "CGO_ENABLED=0")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatalf("listing the packages: %v", err)
	}
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("reading the list of packages: %v", err)
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		t.Fatal("no package is listed")
	}
	return all
}

func ours(path string) bool { return path == module || strings.HasPrefix(path, module+"/") }

// folder is the top folder of one of our packages, "" for the root.
func folder(path string) string {
	below := strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
	top, _, _ := strings.Cut(below, "/")
	return top
}

// sources parses every Go file of the tree, whatever its build tags.
func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	fset := token.NewFileSet()
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := path != "." && strings.HasPrefix(entry.Name(), ".")
		if entry.IsDir() && (hidden || entry.Name() == "testdata") {
			return fs.SkipDir
		}
		if entry.IsDir() || hidden || !strings.HasSuffix(path, ".go") {
			return nil
		}
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		files[path] = file
		return err
	})
	if err != nil {
		t.Fatalf("reading the sources: %v", err)
	}
	return files
}

package main

import (
	"path/filepath"
	"slices"
	"strings"
)

// switches is the file that is added to the instrumented package.
const switches = `package PACKAGE

import (
	"cmp"
	"os"
	"strconv"
)

var mutantOn = func() int {
	n, _ := strconv.Atoi(os.Getenv("` + switchName + `"))
	return n
}()

func mutantFlip[T ~bool](id int, v T) T {
	if mutantOn == id {
		return !v
	}
	return v
}

func mutantLogic(id int, and bool, a, b func() bool) bool {
	if and != (mutantOn == id) {
		return a() && b()
	}
	return a() || b()
}

func mutantOrder[T cmp.Ordered](edge, opposite int, op string, a, b T) bool {
	switch {
	case mutantOn == edge:
		op = map[string]string{"<": "<=", "<=": "<", ">": ">=", ">=": ">"}[op]
	case mutantOn == opposite:
		op = map[string]string{"<": ">=", "<=": ">", ">": "<=", ">=": "<"}[op]
	}
	switch op {
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	default:
		return a >= b
	}
}

func mutantNumber[T ~int | ~int64 | ~uint8 | ~uint16 | ~int32](id int, v T) T {
	if mutantOn == id {
		return v + 1
	}
	return v
}

func mutantText[T ~string](id int, v T) T {
	if mutantOn == id {
		return v + "?"
	}
	return v
}
`

// instrumented gives the files of the package with every change that can be switched in them.
func (p *pack) instrumented() map[string]string {
	files := map[string]string{"mutant_switches.go": strings.Replace(switches, "PACKAGE", p.name, 1)}
	for _, file := range p.files {
		name := filepath.Base(p.fset.Position(file.Pos()).Filename)
		files[name] = apply(p.source[file], p.edits[file])
	}
	return files
}

// apply makes the edits. What closes at an offset stands before what opens there; the inner closes
// first, the outer opens first.
func apply(source string, edits []edit) string {
	slices.SortStableFunc(edits, func(a, b edit) int {
		if a.from != b.from {
			return a.from - b.from
		}
		if (a.depth < 0) != (b.depth < 0) {
			if a.depth < 0 {
				return -1
			}
			return 1
		}
		return a.depth - b.depth
	})
	var out strings.Builder
	at := 0
	for _, e := range edits {
		out.WriteString(source[at:e.from])
		out.WriteString(e.text)
		at = max(at, e.to)
	}
	out.WriteString(source[at:])
	return out.String()
}

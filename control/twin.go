package control

import (
	"strings"
	"unicode"
)

// Twin is what points of one plan have in common when they are a split purchase: the same name and the
// same ENS TRU code (R-1.4.b).
type Twin struct{ name, ensTru string }

// TwinOf normalises the name: case, punctuation and spaces don't tell two things apart. The Russian
// name decides, the Kazakh one where there is none.
func TwinOf(nameKK, nameRU, ensTru string) Twin {
	name := nameRU
	if name == "" {
		name = nameKK
	}
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r)
	})
	return Twin{strings.Join(words, " "), ensTru}
}

// Counts says whether a point in a status counts among its twins: a cancelled one doesn't, and one
// without a code has none (R-1.4.b).
func (t Twin) Counts(s Status) bool { return s != Cancelled && t.ensTru != "" }

package portal

import (
	"strings"
	"unicode"

	"baqylau/control"
)

// twin is what two points of one plan have in common when they are a split purchase: the same name
// and the same ENS TRU code (R-1.4.b).
type twin struct{ name, ensTru string }

// twinOf normalises the name: case, punctuation and spaces don't tell two things apart. The Russian
// name decides, the Kazakh one where there is none.
func twinOf(p *point) twin {
	name := p.NameRU
	if name == "" {
		name = p.NameKK
	}
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r)
	})
	return twin{strings.Join(words, " "), p.EnsTru}
}

// twins counts, over the points of one plan, those of the same name and code. Cancelled points don't
// count, and a point without a code has no twin.
func twins(plan []*point) map[twin]int {
	count := make(map[twin]int, len(plan))
	for _, p := range plan {
		if status, _ := pointStatus(p.Status); status != control.Cancelled && p.EnsTru != "" {
			count[twinOf(p)]++
		}
	}
	return count
}

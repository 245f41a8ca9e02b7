package app

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of what can be taken back; the oldest goes first.
const (
	undoSteps = 200
	undoBytes = 128 << 10
)

// Change is one step of writing: in a field, at a byte, one piece took the place of another.
type Change struct {
	Field Field  `json:"field"`
	At    int    `json:"at"`
	Was   string `json:"was,omitempty"`
	Now   string `json:"now,omitempty"`
}

// Trail is how a text came to be, step by step, for taking back and doing again. It is kept with the
// draft, so that it outlives the program. A Trail is a value: what is done to it makes another.
type Trail struct {
	Done   []Change `json:"done,omitempty"`   // the last one is taken back first
	Undone []Change `json:"undone,omitempty"` // the last one is done again first
}

// Write has a text in the form as it was typed; [Form.Undo] takes it back, a word at a time.
func (f Form) Write(text Text) Form {
	f.Trail = f.Trail.note(f.Text, text)
	f.Text = text
	return f
}

// Undo takes the last step of writing back; false when there is none.
func (f Form) Undo() (Form, bool) {
	n := len(f.Trail.Done)
	if n == 0 {
		return f, false
	}
	step := f.Trail.Done[n-1]
	part, fits := replace(f.Text.Part(step.Field), step.At, step.Now, step.Was)
	if !fits { // it is of another text
		f.Trail = Trail{}
		return f, false
	}
	f.Text = f.Text.With(step.Field, part)
	f.Trail = Trail{Done: f.Trail.Done[:n-1], Undone: append(slices.Clone(f.Trail.Undone), step)}
	return f, true
}

// Redo does the step again that was taken back last; false when there is none.
func (f Form) Redo() (Form, bool) {
	n := len(f.Trail.Undone)
	if n == 0 {
		return f, false
	}
	step := f.Trail.Undone[n-1]
	part, fits := replace(f.Text.Part(step.Field), step.At, step.Was, step.Now)
	if !fits {
		f.Trail = Trail{}
		return f, false
	}
	f.Text = f.Text.With(step.Field, part)
	f.Trail = Trail{Done: append(slices.Clone(f.Trail.Done), step), Undone: f.Trail.Undone[:n-1]}
	return f, true
}

// replace puts one piece of a text in place of another that stands there.
func replace(text string, at int, old, piece string) (string, bool) {
	if at < 0 || at > len(text) || !strings.HasPrefix(text[at:], old) {
		return text, false
	}
	return text[:at] + piece + text[at+len(old):], true
}

// note remembers what led from one text to another. What was taken back can't be done again after it.
func (t Trail) note(from, to Text) Trail {
	if from == to {
		return t
	}
	t = Trail{Done: slices.Clone(t.Done)}
	for _, f := range Fields() {
		if change, is := changeOf(f, from.Part(f), to.Part(f)); is {
			t.add(change)
		}
	}
	size := 0
	for i := len(t.Done) - 1; i >= 0; i-- {
		if size += len(t.Done[i].Was) + len(t.Done[i].Now); size > undoBytes || len(t.Done)-i > undoSteps {
			t.Done = t.Done[i+1:]
			break
		}
	}
	return t
}

// add puts a change at the end, or lengthens the last one by it: a word is typed, or wiped out, in one step.
func (t *Trail) add(c Change) {
	if n := len(t.Done); n > 0 {
		last := &t.Done[n-1]
		switch {
		case last.Field != c.Field || len(last.Now) > 0 && len(last.Was) > 0:
		case c.Was == "" && last.Was == "" && c.At == last.At+len(last.Now) && oneWord(last.Now, c.Now):
			last.Now += c.Now
			return
		case c.Now == "" && last.Now == "" && c.At+len(c.Was) == last.At && oneWord(c.Was, last.Was):
			last.Was, last.At = c.Was+last.Was, c.At
			return
		}
	}
	t.Done = append(t.Done, c)
}

// oneWord says whether two pieces, one of them a single letter, are of one word with the blanks after it.
func oneWord(first, second string) bool {
	if utf8.RuneCountInString(first) > 1 && utf8.RuneCountInString(second) > 1 { // pasted
		return false
	}
	end, _ := utf8.DecodeLastRuneInString(first)
	begin, _ := utf8.DecodeRuneInString(second)
	return !unicode.IsSpace(end) || unicode.IsSpace(begin)
}

// changeOf is what differs between two texts of a field, cut at whole letters.
func changeOf(f Field, from, to string) (Change, bool) {
	if from == to {
		return Change{}, false
	}
	at := 0
	for at < len(from) && at < len(to) && from[at] == to[at] {
		at++
	}
	for at > 0 && (at < len(from) && !utf8.RuneStart(from[at]) || at < len(to) && !utf8.RuneStart(to[at])) {
		at--
	}
	end := 0
	for end < len(from)-at && end < len(to)-at && from[len(from)-1-end] == to[len(to)-1-end] {
		end++
	}
	for end > 0 && !utf8.RuneStart(from[len(from)-end]) {
		end--
	}
	return Change{Field: f, At: at, Was: from[at : len(from)-end], Now: to[at : len(to)-end]}, true
}

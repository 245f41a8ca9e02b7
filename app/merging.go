package app

import (
	"slices"

	"baqylau/control"
)

// Field is a part of a [Text] that is merged, or chosen, on its own.
type Field string

// The fields.
const (
	FieldOutcome Field = "outcome" // of a conclusion
	FieldKK      Field = "kk"
	FieldRU      Field = "ru"
	FieldAgreer  Field = "agreer"
)

// Fields are all of them, in the order in which people read them.
func Fields() []Field { return []Field{FieldOutcome, FieldKK, FieldRU, FieldAgreer} }

// Part is what stands in a field.
func (t Text) Part(f Field) string {
	switch f {
	case FieldKK:
		return t.KK
	case FieldRU:
		return t.RU
	case FieldAgreer:
		return t.Agreer
	default:
		return string(t.Outcome)
	}
}

// With is the text with something else in a field.
func (t Text) With(f Field, part string) Text {
	switch f {
	case FieldKK:
		t.KK = part
	case FieldRU:
		t.RU = part
	case FieldAgreer:
		t.Agreer = part
	default:
		t.Outcome = control.Outcome(part)
	}
	return t
}

// merge brings together two texts that were written over one, field by field: what one of them changed
// is as changed. The fields that both changed, each otherwise, clash, and have mine.
func merge(base, mine, theirs Text) (merged Text, clashes []Field) {
	merged = mine
	for _, f := range Fields() {
		was, my, their := base.Part(f), mine.Part(f), theirs.Part(f)
		switch {
		case my == their, their == was:
		case my == was:
			merged = merged.With(f, their)
		default:
			clashes = append(clashes, f)
		}
	}
	return merged, clashes
}

// Conflict is what two wrote over one text, for a person to decide.
type Conflict struct {
	Base, Mine, Theirs Text
	Merged             Text    // with mine in the fields that clash
	Clashes            []Field // that both changed, each otherwise; empty while there is nothing to decide
}

// Differ are the fields that somebody changed: what there is to see.
func (c Conflict) Differ() []Field {
	return slices.DeleteFunc(Fields(), func(f Field) bool {
		return c.Mine.Part(f) == c.Base.Part(f) && c.Theirs.Part(f) == c.Base.Part(f)
	})
}

// Conflict is what there is to decide in a form that was presented; see [Desk.Decide].
func (f Form) Conflict() Conflict {
	if f.Theirs == nil {
		return Conflict{Base: f.Was, Mine: f.Text, Theirs: f.Was, Merged: f.Text}
	}
	c := Conflict{Base: f.Was, Mine: f.Text, Theirs: *f.Theirs}
	c.Merged, c.Clashes = merge(c.Base, c.Mine, c.Theirs)
	return c
}

// lost are the two texts of a conflict as far as a decision leaves out something that was written.
func (c Conflict) lost(decided Text) (mine, theirs bool) {
	for _, f := range Fields() {
		was, kept := c.Base.Part(f), decided.Part(f)
		mine = mine || c.Mine.Part(f) != was && c.Mine.Part(f) != kept
		theirs = theirs || c.Theirs.Part(f) != was && c.Theirs.Part(f) != kept
	}
	return mine, theirs
}

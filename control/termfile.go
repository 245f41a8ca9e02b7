package control

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"baqylau/control/calendar"
	"baqylau/control/lines"
)

// Unit is what a term is counted in.
type Unit string

const (
	UnitWorkingDays  Unit = "working_days"
	UnitCalendarDays Unit = "calendar_days"
	UnitTenge        Unit = "tenge" // Term.Value counts it in tiyn
)

// MaxTermDays is the longest term that is taken.
const MaxTermDays = 366

// TermNames lists every term that the rules ask for.
func TermNames() []TermName {
	return []TermName{
		DiscussionTerm, UndiscussedTerm, AcceptanceTerm, SupplementTerm, ComplaintsTerm, QuotationsTerm, ExecutionTerm,
		ObjectionTerm, ConfirmationTerm, ReviewTerm, ProlongationTerm, ExecutionReminder, ReviewReminder,
		ConfirmationReminder, QuotationsAmount, SingleAmount, SupplementAmount, ResultsAmount,
	}
}

// Unit is what the term is counted in.
func (n TermName) Unit() Unit {
	switch n {
	case UndiscussedTerm, AcceptanceTerm:
		return UnitCalendarDays
	case QuotationsAmount, SingleAmount, SupplementAmount, ResultsAmount:
		return UnitTenge
	default:
		return UnitWorkingDays
	}
}

// What may be wrong in a file of terms beside what may be wrong in any.
const (
	WrongUnit lines.Code = "wrong_unit" // Value: the unit that is wanted
	NoDays    lines.Code = "no_days"    // no number of days from 1 to MaxTermDays
	NoTenge   lines.Code = "no_tenge"   // no amount of tenge
	NotAlways lines.Code = "not_always" // Value: the term that has no value from always on
	SameDay   lines.Code = "same_day"   // the term, or the profile, stands there twice for a day
	TooLong   lines.Code = "too_long"   // a text of more than Value characters, or with a control character
)

const (
	maxBookFile = 256 << 10 // bytes
	maxTerms    = 1000
	maxLabel    = 64   // characters, of a version
	maxName     = 1000 // characters, of a name or a basis
)

var termLimits = lines.Limits{Size: maxBookFile, Depth: 4, List: maxTerms}

// ReadTerms reads a book of terms: JSON with a version and the terms, each with name, value, unit
// (working_days, calendar_days, tenge), from (a date of Asia/Almaty, or nothing for always) and basis.
// Every term that the rules ask for must be there from always on. It takes the whole book or nothing;
// what is wrong is a *lines.Fault.
func ReadTerms(data []byte) (*TermBook, error) {
	book, err := readTerms(data)
	if err != nil {
		return nil, fmt.Errorf("read terms: %w", err)
	}
	return book, nil
}

func readTerms(data []byte) (*TermBook, error) {
	zone, err := calendar.Almaty()
	if err != nil {
		return nil, err
	}
	root, err := lines.Parse(bytes.TrimPrefix(data, []byte("\ufeff")), termLimits)
	if err != nil {
		return nil, err
	}
	var version string
	var terms []Term
	var list *lines.Value
	err = root.Object(map[string]lines.Reader{
		"version": label(&version, maxLabel),
		"terms": func(v *lines.Value) error {
			list = v
			return lines.List(func(v *lines.Value) error {
				term, err := readTerm(v, zone)
				if err == nil && slices.ContainsFunc(terms, func(t Term) bool { return t.Name == term.Name && t.From.Equal(term.From) }) {
					err = &lines.Fault{Field: v.Path, Line: v.Line, Why: string(term.Name) + " stands twice for the same day", Code: SameDay, Value: string(term.Name)}
				}
				terms = append(terms, term)
				return err
			})(v)
		},
	})
	switch {
	case err != nil:
		return nil, err
	case version == "":
		return nil, root.Needs("version")
	case list == nil:
		return nil, root.Needs("terms")
	}
	for _, name := range TermNames() {
		if !slices.ContainsFunc(terms, func(t Term) bool { return t.Name == name && t.From.IsZero() }) {
			return nil, &lines.Fault{Field: list.Path, Line: list.Line, Why: string(name) + " has no value from always on", Code: NotAlways, Value: string(name)}
		}
	}
	return NewTermBook(version, terms), nil
}

// label reads a text that is not blank and fits into a line of a document.
func label(to *string, most int) lines.Reader {
	return func(v *lines.Value) error {
		if err := lines.Text(to)(v); err != nil {
			return err
		}
		if strings.TrimSpace(*to) == "" {
			return &lines.Fault{Field: v.Path, Line: v.Line, Why: "is empty", Code: lines.Missing}
		}
		if !fitsLine(*to, most) {
			return &lines.Fault{Field: v.Path, Line: v.Line, Why: fmt.Sprintf("has more than %d characters, or one of no line", most), Code: TooLong, Value: strconv.Itoa(most)}
		}
		return nil
	}
}

// fitsLine says whether a text is one line of at most so many characters, none of which would show it in
// another order: it will stand in documents that are signed.
func fitsLine(text string, most int) bool {
	return utf8.RuneCountInString(text) <= most && !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp)
	})
}

func readTerm(v *lines.Value, zone *time.Location) (Term, error) {
	var term Term
	var unit Unit
	var value, units *lines.Value
	err := v.Object(map[string]lines.Reader{
		"name": func(v *lines.Value) error {
			name, _ := v.Token.(string)
			if term.Name = TermName(name); !slices.Contains(TermNames(), term.Name) {
				return v.Wrong(lines.Unknown, "unknown")
			}
			return nil
		},
		"value": func(v *lines.Value) error { value = v; return nil },
		"unit": func(v *lines.Value) error {
			units = v
			return lines.Text((*string)(&unit))(v)
		},
		"from": func(v *lines.Value) (err error) {
			text, _ := v.Token.(string)
			if term.From, err = time.ParseInLocation(time.DateOnly, text, zone); err != nil {
				return v.Wrong(calendar.NoDate, "no date")
			}
			return nil
		},
		"basis": label(&term.Basis, maxName),
	})
	switch {
	case err != nil:
		return term, err
	case term.Name == "":
		return term, v.Needs("name")
	case unit == "":
		return term, v.Needs("unit")
	case unit != term.Name.Unit():
		return term, &lines.Fault{Field: units.Path, Line: units.Line, Why: fmt.Sprintf("%q, want %s", unit, term.Name.Unit()), Code: WrongUnit, Value: string(term.Name.Unit())}
	case term.Basis == "":
		return term, v.Needs("basis")
	case value == nil:
		return term, v.Needs("value")
	}
	err = figure(value, &term)
	return term, err
}

// figure reads a term's value from its literal: days from 1 to [MaxTermDays], or tenge with at most two
// decimals.
func figure(v *lines.Value, to *Term) (err error) {
	var literal json.Number
	if err := lines.Number(&literal)(v); err != nil {
		return err
	}
	if to.Name.Unit() != UnitTenge {
		to.Value, err = strconv.ParseInt(literal.String(), 10, 64)
		if err != nil || to.Value < 1 || to.Value > MaxTermDays {
			return v.Wrong(NoDays, fmt.Sprintf("no number of days from 1 to %d", MaxTermDays))
		}
		return nil
	}
	whole, decimals, _ := strings.Cut(literal.String(), ".")
	if len(decimals) > 2 {
		return v.Wrong(NoTenge, "no amount of tenge: it has more than two decimals")
	}
	to.Value, err = strconv.ParseInt(whole+decimals+strings.Repeat("0", 2-len(decimals)), 10, 64)
	if err != nil || to.Value < 0 {
		return v.Wrong(NoTenge, "no amount of tenge")
	}
	return nil
}

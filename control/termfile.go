package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"baqylau/control/calendar"
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

type termFile struct {
	Version string      `json:"version"`
	Terms   []termEntry `json:"terms"`
}

type termEntry struct {
	Name  TermName    `json:"name"`
	Value json.Number `json:"value"`
	Unit  Unit        `json:"unit"`
	From  string      `json:"from"`
	Basis string      `json:"basis"`
}

// ReadTerms reads a book of terms: JSON with a version and the terms, each with name, value, unit
// (working_days, calendar_days, tenge), from (a date of Asia/Almaty, or nothing for always) and basis.
// Every term that the rules ask for must be there from always on. It takes the whole book or nothing;
// an error names the entry.
func ReadTerms(data []byte) (*TermBook, error) {
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields()
	var file termFile
	if err := in.Decode(&file); err != nil {
		return nil, fmt.Errorf("read terms: %w", err)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("read terms: something follows the book")
	}
	if strings.TrimSpace(file.Version) == "" {
		return nil, errors.New("read terms: the version is missing")
	}
	zone, err := calendar.Almaty()
	if err != nil {
		return nil, fmt.Errorf("read terms: %w", err)
	}
	var terms []Term
	always := map[TermName]bool{}
	for i, entry := range file.Terms {
		term, err := entry.term(zone)
		if err != nil {
			return nil, fmt.Errorf("read terms: terms[%d] (%s): %w", i, entry.Name, err)
		}
		if slices.ContainsFunc(terms, func(t Term) bool { return t.Name == term.Name && t.From.Equal(term.From) }) {
			return nil, fmt.Errorf("read terms: terms[%d] (%s): stands twice for the same day", i, entry.Name)
		}
		always[term.Name] = always[term.Name] || term.From.IsZero()
		terms = append(terms, term)
	}
	for _, name := range TermNames() {
		if !always[name] {
			return nil, fmt.Errorf("read terms: %s has no value from always on", name)
		}
	}
	return NewTermBook(file.Version, terms), nil
}

func (e termEntry) term(zone *time.Location) (Term, error) {
	term := Term{Name: e.Name, Basis: e.Basis}
	switch {
	case !slices.Contains(TermNames(), e.Name):
		return term, errors.New("the name is unknown")
	case e.Unit != e.Name.Unit():
		return term, fmt.Errorf("unit: %q, want %s", e.Unit, e.Name.Unit())
	case strings.TrimSpace(e.Basis) == "":
		return term, errors.New("basis: is needed")
	}
	if e.From != "" {
		from, err := time.ParseInLocation(time.DateOnly, e.From, zone)
		if err != nil {
			return term, fmt.Errorf("from: %q is no date", e.From)
		}
		term.From = from
	}
	var err error
	term.Value, err = e.value()
	return term, err
}

// value reads the figure from its literal: days from 1 to [MaxTermDays], or tenge with at most two decimals.
func (e termEntry) value() (int64, error) {
	if e.Unit != UnitTenge {
		days, err := strconv.ParseInt(e.Value.String(), 10, 64)
		if err != nil || days < 1 || days > MaxTermDays {
			return 0, fmt.Errorf("value: %q is no number of days from 1 to %d", e.Value, MaxTermDays)
		}
		return days, nil
	}
	whole, decimals, _ := strings.Cut(e.Value.String(), ".")
	if len(decimals) > 2 {
		return 0, fmt.Errorf("value: %q has more than two decimals", e.Value)
	}
	tiyn, err := strconv.ParseInt(whole+decimals+strings.Repeat("0", 2-len(decimals)), 10, 64)
	if err != nil || tiyn < 0 {
		return 0, fmt.Errorf("value: %q is no amount of tenge", e.Value)
	}
	return tiyn, nil
}

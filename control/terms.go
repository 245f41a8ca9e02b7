package control

import (
	"cmp"
	"slices"
	"time"
)

// TermName names a dated parameter.
type TermName string

const (
	DiscussionTerm   TermName = "discussion"    // working days, R-1.4.d D1
	UndiscussedTerm  TermName = "not_discussed" // calendar days, R-1.4.d D1
	AcceptanceTerm   TermName = "acceptance"    // calendar days, R-1.4.d D2
	SupplementTerm   TermName = "supplement"    // working days, R-1.4.d D3
	ComplaintsTerm   TermName = "complaints"    // working days, R-2.6
	QuotationsTerm   TermName = "quotations"    // working days, R-1.4.c
	ExecutionTerm    TermName = "execution"     // working days, R-3.14
	ObjectionTerm    TermName = "objection"     // working days, R-3.14
	ConfirmationTerm TermName = "confirmation"  // working days, R-3.13
	ReviewTerm       TermName = "review"        // working days, R-4.3
	ProlongationTerm TermName = "prolongation"  // working days, R-4.3
	// Reminders come when so many working days are left; the requirements leave the figure open.
	ExecutionReminder    TermName = "execution_reminder"
	ReviewReminder       TermName = "review_reminder"
	ConfirmationReminder TermName = "confirmation_reminder"

	QuotationsAmount TermName = "quotations_min" // tiyn, exclusive, R-1.4.c
	SingleAmount     TermName = "single_min"     // tiyn, exclusive, R-1.4.b
	SupplementAmount TermName = "supplement_min" // tiyn, exclusive, R-1.4.d D3
	ResultsAmount    TermName = "results_min"    // tiyn, exclusive, R-1.4.d D4
)

// Term is a parameter of the rules as it stands from a day on. The value in force on the day of the
// event counts, so that old decisions go on explaining themselves.
type Term struct {
	Name  TermName
	Value int64     // days, or tiyn
	From  time.Time // the first instant at which it holds; zero: always
	Basis string    // where the figure comes from
}

// TermBook holds every term that ever stood.
type TermBook struct {
	// Version names the book: decisions record it.
	Version string
	terms   map[TermName][]Term // newest first
}

// NewTermBook orders the terms by name and day.
func NewTermBook(version string, terms []Term) *TermBook {
	b := &TermBook{Version: version, terms: map[TermName][]Term{}}
	for _, t := range terms {
		b.terms[t.Name] = append(b.terms[t.Name], t)
	}
	for _, list := range b.terms {
		slices.SortFunc(list, func(x, y Term) int { return y.From.Compare(x.From) })
	}
	return b
}

// At is the value in force at t; 0 when there is none.
func (b *TermBook) At(name TermName, t time.Time) int64 {
	return b.at(name, t).Value
}

// at is the whole term in force at t; zero when there is none.
func (b *TermBook) at(name TermName, t time.Time) Term {
	for _, term := range b.terms[name] {
		if !t.Before(term.From) {
			return term
		}
	}
	return Term{}
}

// All lists every term by name, newest first.
func (b *TermBook) All() []Term {
	var all []Term
	for _, list := range b.terms {
		all = append(all, list...)
	}
	slices.SortFunc(all, func(x, y Term) int {
		return cmp.Or(cmp.Compare(x.Name, y.Name), y.From.Compare(x.From))
	})
	return all
}

package control

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"baqylau/control/calendar"
)

// Amended names what a new book says differently of the rules. People read its sentence under the key
// "amendment.<name>".
type Amended string

const (
	YearAdded      Amended = "year_added"
	YearDropped    Amended = "year_dropped"
	YearUncounted  Amended = "year_uncounted"
	DayOff         Amended = "day_off"
	DayWorked      Amended = "day_worked"
	TermChanged    Amended = "term_changed"
	BasisChanged   Amended = "basis_changed"
	TermsUnnamed   Amended = "terms_unnamed"
	ProfileAdded   Amended = "profile_added"
	ProfileChanged Amended = "profile_changed"
	ProfileEnded   Amended = "profile_ended"
	ProfileDropped Amended = "profile_dropped"
	NoteChanged    Amended = "note_changed"
)

// Weight says what a finding asks of the administrator.
type Weight string

const (
	// Plain changes what is still to come.
	Plain Weight = "plain"
	// Past changes what was in force already: it must be said why. Deadlines and documents of before stay
	// as they are, and name the book that they were made by.
	Past Weight = "past"
	// Refused may not be: what former decisions rest on would be gone.
	Refused Weight = "refused"
)

// Finding is one thing that a new book says differently.
type Finding struct {
	Part    Part
	What    Amended
	Weight  Weight
	Subject string // a year, a day as 2026-01-31, the name of a term, the number of a profile
	// From and To bound the time for which it is different; To is exclusive. Zero: always, for ever.
	From, To time.Time
	// Was and Will are the values of a term: days, or tiyn.
	Was, Will int64
}

// Amend compares the book in force with the one that is to take its place. now says what is past.
func (r *Rules) Amend(next *Rules, now time.Time) []Finding {
	list := amendCalendar(r.Calendar, next.Calendar, now)
	list = append(list, amendCatalogue(r.Catalogue, next.Catalogue, now)...)
	return append(list, amendTerms(r.Terms, next.Terms, now)...)
}

// weigh tells the past from what is to come: what begins now is to come.
func weigh(from, now time.Time) Weight {
	if from.Before(now) {
		return Past
	}
	return Plain
}

func amendCalendar(was, next *calendar.Calendar, now time.Time) []Finding {
	var list []Finding
	uncounted := map[int]bool{}
	for _, c := range was.Changes(next) {
		f := Finding{Part: PartCalendar, Subject: strconv.Itoa(c.Year), Weight: Plain}
		switch {
		case !c.Day.IsZero():
			f.What, f.Subject, f.From, f.To = DayOff, c.Day.Format(time.DateOnly), c.Day, c.Day.AddDate(0, 0, 1)
			if c.Works {
				f.What = DayWorked
			}
			f.Weight = weigh(c.Day, now)
		case c.Added:
			// Whatever needed this year was refused so far, so that nothing rests on it, past or not.
			f.What = YearAdded
		default:
			f.What, f.Weight = YearDropped, Refused
		}
		list = append(list, f)
		if f.What != YearDropped && !c.Counted && !uncounted[c.Year] {
			uncounted[c.Year] = true
			list = append(list, Finding{Part: PartCalendar, What: YearUncounted, Weight: Refused, Subject: strconv.Itoa(c.Year)})
		}
	}
	return list
}

func amendTerms(was, next *TermBook, now time.Time) []Finding {
	var list []Finding
	for _, name := range TermNames() {
		list = append(list, amendTerm(was, next, name, now)...)
	}
	if len(list) > 0 && was.Version == next.Version {
		list = append(list, Finding{Part: PartTerms, What: TermsUnnamed, Weight: Refused, Subject: next.Version})
	}
	return list
}

// amendTerm compares the values of a term for all time, span by span, and then what they rest on.
func amendTerm(was, next *TermBook, name TermName, now time.Time) []Finding {
	var list []Finding
	spans := starts(was.terms[name], next.terms[name], func(t Term) []time.Time { return []time.Time{t.From} })
	for i, from := range spans {
		before, after := was.at(name, from), next.at(name, from)
		f := Finding{Part: PartTerms, Subject: string(name), Was: before.Value, Will: after.Value, From: from, To: end(spans, i)}
		switch {
		case before.Value != after.Value:
			f.What, f.Weight = TermChanged, weigh(from, now)
		case before.Basis != after.Basis:
			f.What, f.Weight = BasisChanged, Plain
		default:
			continue
		}
		list = joined(list, f)
	}
	return list
}

func amendCatalogue(was, next *Catalogue, now time.Time) []Finding {
	var numbers []int
	for _, p := range append(was.All(), next.profiles...) {
		if !slices.Contains(numbers, p.Number) {
			numbers = append(numbers, p.Number)
		}
	}
	slices.Sort(numbers)
	var list []Finding
	for _, number := range numbers {
		list = append(list, amendProfile(was, next, number, now)...)
	}
	return list
}

// amendProfile compares a profile for all time, span by span. A profile that was ever checked stays in
// the table: it may end, and not go.
func amendProfile(was, next *Catalogue, number int, now time.Time) []Finding {
	subject := strconv.Itoa(number)
	if _, kept := next.Profile(number); !kept {
		return []Finding{{Part: PartCatalogue, What: ProfileDropped, Weight: Refused, Subject: subject}}
	}
	others := func(p RiskProfile) bool { return p.Number != number }
	spans := starts(slices.DeleteFunc(was.All(), others), slices.DeleteFunc(next.All(), others), func(p RiskProfile) []time.Time {
		return []time.Time{p.ValidFrom, p.ValidTo}
	})
	var list []Finding
	for i, from := range spans {
		before, had := was.ProfileAt(number, from)
		after, has := next.ProfileAt(number, from)
		f := Finding{Part: PartCatalogue, Subject: subject, From: from, To: end(spans, i), Weight: weigh(from, now)}
		switch {
		case !had && !has:
			continue
		case !had:
			f.What = ProfileAdded
		case !has:
			f.What = ProfileEnded
		case !before.sameAs(after):
			f.What = ProfileChanged
		case before.Note != after.Note:
			f.What, f.Weight = NoteChanged, Plain
		default:
			continue
		}
		list = joined(list, f)
	}
	return list
}

// sameAs says whether two profiles ask for the same in the same words.
func (p RiskProfile) sameAs(o RiskProfile) bool {
	return p.Direction == o.Direction && p.NameKK == o.NameKK && p.NameRU == o.NameRU &&
		slices.Equal(p.Methods, o.Methods) && slices.Equal(p.Remedies, o.Remedies)
}

// starts are the instants at which any of two lists says something new, in order; the first is the zero
// time, from which on something is always said.
func starts[T any](a, b []T, of func(T) []time.Time) []time.Time {
	list := []time.Time{{}}
	for _, each := range append(slices.Clone(a), b...) {
		list = append(list, of(each)...)
	}
	slices.SortFunc(list, time.Time.Compare)
	return slices.CompactFunc(list, time.Time.Equal)
}

// end is the exclusive end of a span; zero of the last.
func end(starts []time.Time, i int) time.Time {
	if i+1 < len(starts) {
		return starts[i+1]
	}
	return time.Time{}
}

// joined adds a finding, or lets the last one go on into it: one change is told once, and is one of the
// past when it begins there.
func joined(list []Finding, f Finding) []Finding {
	if len(list) == 0 {
		return []Finding{f}
	}
	last := &list[len(list)-1]
	same := last.What == f.What && last.Was == f.Was && last.Will == f.Will
	if same && last.To.Equal(f.From) {
		last.To = f.To
		return list
	}
	return append(list, f)
}

// MayAmend says whether an administrator may put a book in force that differs so from the one that is;
// reason is why he changes the past, where he does.
func MayAmend(a Actor, findings []Finding, reason string) Verdict {
	const rule = "R-11.7"
	if v := administer(a); !v.Allowed {
		return v
	}
	for _, f := range findings {
		if f.Weight == Refused {
			return refuse(rule, f.What.reason(), f.Subject)
		}
	}
	switch past := slices.IndexFunc(findings, func(f Finding) bool { return f.Weight == Past }); {
	case len(findings) == 0:
		return refuse(rule, NothingChanged, "")
	case past >= 0 && strings.TrimSpace(reason) == "":
		return refuse(rule, PastUnexplained, findings[past].Subject)
	default:
		return allow(rule, Window{})
	}
}

// reason is the code of the fact by which a finding is refused.
func (w Amended) reason() Reason {
	switch w {
	case YearDropped:
		return LacksYear
	case YearUncounted:
		return LacksCount
	case ProfileDropped:
		return LacksProfile
	default:
		return SameVersion
	}
}

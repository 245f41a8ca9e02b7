package api

import (
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode"

	"baqylau/assets"
	"baqylau/control"
	"baqylau/control/lines"
)

// RulebookID is the id of the one object of the kind rulebook: the book in force. Its version is the
// book's number.
const RulebookID = "rulebook"

// Files are the book's parts as files.
func (b Rulebook) Files() control.Book {
	return control.Book{Calendar: []byte(b.Calendar.Text), Catalogue: []byte(b.Catalogue.Text), Terms: []byte(b.Terms.Text)}
}

// Part is the part that is so called; nil when none is.
func (b *Rulebook) Part(name control.Part) *RulebookPart {
	switch name {
	case control.PartCalendar:
		return &b.Calendar
	case control.PartCatalogue:
		return &b.Catalogue
	case control.PartTerms:
		return &b.Terms
	default:
		return nil
	}
}

// RulebookChanges puts what a new book says differently into words.
func RulebookChanges(findings []control.Finding) []RulebookChange {
	list := make([]RulebookChange, len(findings))
	for i, f := range findings {
		list[i] = RulebookChange{
			Part: f.Part, What: f.What, Weight: f.Weight, Subject: f.Subject, From: f.From, To: f.To,
			Was: f.Was, Will: f.Will, DetailKK: amended(assets.KK, f), DetailRU: amended(assets.RU, f),
		}
	}
	return list
}

func amended(lang assets.Lang, f control.Finding) string {
	if f.Weight == control.Refused {
		return Sentence(lang, control.MayAmend(control.Actor{Roles: []control.Role{control.Administrator}}, []control.Finding{f}, ""), "")
	}
	args := []any{"subject", f.Subject, "span", span(lang, f.From, f.To), "day", assets.Date(f.From)}
	if f.Part == control.PartTerms {
		name := control.TermName(f.Subject)
		args[1] = lang.T("rulebook.term." + f.Subject)
		args = append(args, "was", figure(lang, name, f.Was), "will", figure(lang, name, f.Will))
	}
	return lang.T("amendment."+string(f.What), args...)
}

// span is the time for which something is different; to is exclusive.
func span(lang assets.Lang, from, to time.Time) string {
	switch {
	case from.IsZero() && to.IsZero():
		return lang.T("amendment.always")
	case to.IsZero():
		return lang.T("amendment.from", "from", assets.Date(from))
	case from.IsZero():
		return lang.T("amendment.until", "to", assets.Date(lastDay(to)))
	default:
		return lang.T("amendment.between", "from", assets.Date(from), "to", assets.Date(lastDay(to)))
	}
}

// figure is the value of a term with its unit.
func figure(lang assets.Lang, name control.TermName, value int64) string {
	switch name.Unit() {
	case control.UnitTenge:
		return assets.Money(value)
	case control.UnitCalendarDays:
		return lang.N("unit.calendar_days", int(value))
	default:
		return lang.N("unit.workdays", int(value))
	}
}

// BadRulebook says which file of a book can't be read, where and why; nothing was changed by it.
func BadRulebook(bad *control.BadFile) Problem {
	fault := &lines.Fault{Code: lines.Broken, Line: 1}
	errors.As(bad, &fault)
	p := Problem{
		Type: "urn:baqylau:fault", Title: http.StatusText(http.StatusUnprocessableEntity),
		Status: http.StatusUnprocessableEntity, Reason: "bad_rulebook",
		Subject: string(bad.Part), Field: short(fault.Field), Line: fault.Line,
	}
	say := func(lang assets.Lang) string {
		key := "refusal.bad_rulebook"
		if p.Field == "" {
			key = "refusal.bad_rulebook_line"
		}
		return lang.T(
			key, "part", lang.T("rulebook."+string(bad.Part)), "line", fault.Line, "field", p.Field,
			"why", lang.T("fault."+string(fault.Code), "value", short(fault.Value)),
		)
	}
	p.DetailKK, p.DetailRU = say(assets.KK), say(assets.RU)
	return p
}

// short is what of a stranger's text is put into a sentence: one line, and not all of a long one.
func short(text string) string {
	const most = 100
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

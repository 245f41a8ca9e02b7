package document

import (
	"strings"
	"time"

	"baqylau/assets"
)

// Notification is the data of a notification on the elimination of violations for one lot or plan point in one
// direction. Names and texts are as people entered them; codes are the glossary's identifiers.
type Notification struct {
	ID             string // of the aggregate, a UUID
	Number         string // given by the centre; empty prints «нөмірсіз / без номера»
	PurchaseNumber string
	NameKK, NameRU string // of the purchase
	Method         string // open_tender …
	Direction      string // D1 … D4; empty where the method has no directions
	Lot            NotifiedLot
	Department     Party
	Organizer      Party
	Violations     []Violation
	TextKK, TextRU string // description of the violation; either may be empty
	Author         Person
	Approver       *Person // nil until approval: the page says that it is a draft
	Terms          Terms
	At             time.Time // when the document is made
	Demo           bool
}

// NotifiedLot is the lot, or the plan point, that the notification is about. Amount is in tiyn.
type NotifiedLot struct {
	PlanPoint      bool
	Number         string
	NameKK, NameRU string
	Amount         int64
}

// Violation is a violated risk profile with the wording of its day and the ways of eliminating it.
type Violation struct {
	Number         int
	NameKK, NameRU string
	Remedies       []string // codes: cancel_purchase …
}

// Terms are the working days to execute and to object, counted from the day after delivery;
// zero leaves the sentence out.
type Terms struct {
	Execute, Object int
}

// Digest is the SHA-256, in lower-case hexadecimal, of the data that the pages are rendered from, the one that
// the QR code carries. Equal data and template give equal digests.
func (n Notification) Digest() (string, error) {
	n.At = instant(n.At)
	return digestOf("notification", n)
}

// RenderNotification makes the PDF. The errors are ErrNoTime and ErrTooLarge, wrapped.
func RenderNotification(n Notification) ([]byte, error) {
	return render(n)
}

func (n Notification) check() error {
	if len(n.Violations) > maxViolations {
		return tooMany("violations", len(n.Violations), maxViolations)
	}
	texts := []string{
		n.ID, n.Number, n.PurchaseNumber, n.NameKK, n.NameRU, n.Method, n.Direction, n.TextKK, n.TextRU,
	}
	for _, v := range n.Violations {
		if err := checkProfile(v.Number); err != nil {
			return err
		}
		if len(v.Remedies) > maxRemedies {
			return tooMany("remedies of one violation", len(v.Remedies), maxRemedies)
		}
		texts = append(append(texts, v.NameKK, v.NameRU), v.Remedies...)
	}
	return bounded(
		n.At, []*Person{&n.Author, n.Approver}, n.Department.texts(), n.Organizer.texts(), n.Lot.texts(), texts,
	)
}

func (n Notification) paper() paper {
	facts := append(
		n.Organizer.facts("document.organizer"),
		purchaseFacts(n.PurchaseNumber, n.NameKK, n.NameRU, n.Method, n.Direction)...,
	)
	return paper{
		kind: "notification", id: n.ID, number: n.Number, subject: n.PurchaseNumber + " " + n.Lot.Number,
		from: n.Department, at: n.At, demo: n.Demo, draft: n.Approver == nil, facts: append(facts, n.Lot.facts()...),
		sections: []func(*sheet){n.violations, n.description, n.terms, n.signatures},
	}
}

func (n Notification) violations(s *sheet) {
	if len(n.Violations) == 0 {
		return
	}
	s.heading("document.violations")
	t := s.numberedTable("document.violation")
	for _, v := range n.Violations {
		t.row(v.Number, v.lines(assets.KK, v.NameKK, t.room), v.lines(assets.RU, v.NameRU, t.room))
	}
	s.y += 4
}

func (v Violation) lines(l assets.Lang, name string, room float64) []line {
	lines := bodyStyle.wrap(cleanLine(name), room)
	if len(v.Remedies) == 0 {
		return lines
	}
	remedies := make([]string, len(v.Remedies))
	for i, code := range v.Remedies {
		remedies[i] = l.T("remedy." + code)
	}
	more := tableMuted.wrap(cleanLine(l.T("document.remedies", "remedies", strings.Join(remedies, "; "))), room)
	if len(lines) > 0 && len(more) > 0 {
		more[0].gap = 0.8
	}
	return append(lines, more...)
}

func (n Notification) description(s *sheet) { s.text("document.description", n.TextKK, n.TextRU) }

func (n Notification) terms(s *sheet) {
	if n.Terms.Execute <= 0 {
		return
	}
	sentence := func(l assets.Lang) string {
		text := l.N("document.execute_within", n.Terms.Execute)
		if n.Terms.Object > 0 {
			text += " " + l.N("document.object_within", n.Terms.Object)
		}
		return text
	}
	s.bilingual(sentence(assets.KK), sentence(assets.RU), bodyStyle)
}

func (n Notification) signatures(s *sheet) { s.approval(n.Author, n.Approver) }

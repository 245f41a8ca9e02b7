package document

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"baqylau/assets"
)

// Conclusion is the data of a conclusion on an objection to a notification. Names and texts are as people
// entered them; codes are the glossary's identifiers.
type Conclusion struct {
	ID             string // of the aggregate, a UUID
	Number         string // given by the centre; empty prints «нөмірсіз / без номера»
	Objection      Reference
	Objector       Party
	ByCustomer     bool // the objector is the purchase's customer, else its organiser
	Notification   Reference
	PurchaseNumber string
	NameKK, NameRU string // of the purchase
	Method         string // open_tender …
	Direction      string // D1 … D4; empty where the method has no directions
	Lot            NotifiedLot
	Department     Party  // department or committee that concludes
	TextKK, TextRU string // either may be empty
	Outcome        string // satisfied, partly_satisfied, refused; may be empty until approval
	// Deadline is the end of the term to execute the notification, 24:00 of its last day; zero says
	// that the rest of the term runs from the conclusion's delivery. It means nothing where the objection is satisfied.
	Deadline time.Time
	Author   Person    // the controller
	Approver *Person   // nil until approval: the page says that it is a draft
	At       time.Time // when the document is made
	Demo     bool
}

// Reference names another document; its number, its time, or both may be missing.
type Reference struct {
	Number string
	At     time.Time
}

const satisfied = "satisfied"

// decisionHeight is the room, in millimetres, for the decision and the signatures below it, substitutes included:
// no signature stands on a page that doesn't say what was decided.
const decisionHeight = 80.0

// Digest is the SHA-256, in lower-case hexadecimal, of the data that the pages are rendered from, the one that
// the QR code carries. Equal data and template give equal digests.
func (c Conclusion) Digest() (string, error) {
	for _, at := range []*time.Time{&c.At, &c.Deadline, &c.Objection.At, &c.Notification.At} {
		*at = instant(*at)
	}
	return digestOf("conclusion", c)
}

// RenderConclusion makes the PDF. The errors are ErrNoTime, ErrTooLarge, wrapped, an outcome that is none of the
// three, and an approval without one.
func RenderConclusion(c Conclusion) ([]byte, error) {
	return render(c)
}

func (c Conclusion) check() error {
	switch {
	case c.Outcome == "" && c.Approver != nil:
		return errors.New("approved conclusion has no outcome")
	case !slices.Contains([]string{"", satisfied, "partly_satisfied", "refused"}, c.Outcome):
		return fmt.Errorf("conclusion has the unknown outcome %q", c.Outcome)
	}
	for _, at := range []time.Time{c.Deadline, c.Objection.At, c.Notification.At} {
		if err := checkYear(at); err != nil {
			return err
		}
	}
	texts := []string{
		c.ID, c.Number, c.Objection.Number, c.Notification.Number, c.PurchaseNumber, c.NameKK, c.NameRU, c.Method,
		c.Direction, c.TextKK, c.TextRU,
	}
	return bounded(
		c.At, []*Person{&c.Author, c.Approver}, c.Department.texts(), c.Objector.texts(), c.Lot.texts(), texts,
	)
}

func (c Conclusion) paper() paper {
	objector := "document.objector.organizer"
	if c.ByCustomer {
		objector = "document.objector.customer"
	}
	facts := append([]fact{c.Objection.fact("document.objection")}, c.Objector.facts(objector)...)
	facts = append(facts, c.Notification.fact("document.notification.name"))
	facts = append(facts, purchaseFacts(c.PurchaseNumber, c.NameKK, c.NameRU, c.Method, c.Direction)...)
	return paper{
		kind: "conclusion", id: c.ID, number: c.Number, subject: c.PurchaseNumber + " " + c.Lot.Number,
		from: c.Department, at: c.At, demo: c.Demo, draft: c.Approver == nil, facts: append(facts, c.Lot.facts()...),
		sections: []func(*sheet){c.reasons, c.outcome, c.signatures},
	}
}

func (r Reference) fact(label string) fact {
	if r.Number == "" && r.At.IsZero() {
		return fact{label: label}
	}
	return same(label, dated(r.Number, r.At))
}

func (c Conclusion) reasons(s *sheet) { s.text("document.reasons", c.TextKK, c.TextRU) }

// outcome prints the decision and what follows of it for the notification.
func (c Conclusion) outcome(s *sheet) {
	if c.Outcome == "" {
		return
	}
	s.keep(decisionHeight)
	s.heading("document.outcome")
	s.bilingual(assets.KK.T("outcome."+c.Outcome), assets.RU.T("outcome."+c.Outcome), strongStyle)
	s.y += 0.8
	s.bilingual(c.consequence(assets.KK), c.consequence(assets.RU), bodyStyle)
}

func (c Conclusion) consequence(l assets.Lang) string {
	switch {
	case c.Outcome == satisfied:
		return l.T("document.outcome.annulled")
	case c.Deadline.IsZero():
		return l.T("document.outcome.execute")
	default:
		// 24:00 is the next day's 00:00: the day to print is the one that it ends.
		return l.T("document.outcome.execute_by", "date", assets.Date(c.Deadline.Add(-time.Nanosecond)))
	}
}

func (c Conclusion) signatures(s *sheet) { s.approval(c.Author, c.Approver) }

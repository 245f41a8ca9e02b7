package document

import (
	"strconv"
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
	if err := n.check(); err != nil {
		return nil, err
	}
	digest, err := n.Digest()
	if err != nil {
		return nil, err
	}
	n.Number = cleanLine(n.Number)
	s, err := newSheet(n.running(digest))
	if err != nil {
		return nil, err
	}
	s.title(n.Department, assets.KK.T("document.notification.title"), assets.RU.T("document.notification.title"),
		numbered("", n.Number)+" · "+assets.Date(n.At))
	s.facts(n.facts())
	n.violations(s)
	n.description(s)
	n.terms(s)
	n.signatures(s)
	return s.finish()
}

func (n Notification) check() error {
	if err := checkTime(n.At); err != nil {
		return err
	}
	if len(n.Violations) > maxViolations {
		return tooMany("violations", len(n.Violations), maxViolations)
	}
	texts := []string{
		n.ID, n.Number, n.PurchaseNumber, n.NameKK, n.NameRU, n.Method, n.Direction, n.TextKK, n.TextRU,
		n.Lot.Number, n.Lot.NameKK, n.Lot.NameRU,
	}
	texts = append(texts, n.Department.texts()...)
	texts = append(texts, n.Organizer.texts()...)
	texts = append(texts, n.Author.texts()...)
	if n.Approver != nil {
		texts = append(texts, n.Approver.texts()...)
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
	return checkText(texts...)
}

func (n Notification) running(digest string) running {
	r := running{
		kind: "NOTIFICATION", id: n.ID, number: n.Number, digest: digest, at: n.At,
		titleKK: numbered(assets.KK.T("document.notification.name"), n.Number),
		titleRU: numbered(assets.RU.T("document.notification.name"), n.Number),
		longKK:  numbered(assets.KK.T("document.notification.title"), n.Number),
		longRU:  numbered(assets.RU.T("document.notification.title"), n.Number),
		subject: cleanLine(n.PurchaseNumber + " " + n.Lot.Number),
		author:  cleanLine(or(n.Department.NameKK, n.Department.NameRU)),
	}
	if n.Demo {
		r.marks = append(r.marks, demoMarks()...)
	}
	if n.Approver == nil {
		r.marks = append(r.marks, pair("document.draft", " / "))
	}
	return r
}

func (n Notification) facts() []fact {
	facts := append(
		n.Organizer.facts("document.organizer"),
		same("document.purchase", n.PurchaseNumber),
		fact{"document.purchase_name", n.NameKK, n.NameRU},
	)
	facts = append(facts, methodFacts(n.Method, n.Direction)...)
	label := "document.lot"
	if n.Lot.PlanPoint {
		label = "document.plan_point"
	}
	return append(
		facts,
		same(label, n.Lot.Number),
		fact{"document.lot_name", n.Lot.NameKK, n.Lot.NameRU},
		same("document.amount", assets.Money(n.Lot.Amount)),
	)
}

func (n Notification) violations(s *sheet) {
	if len(n.Violations) == 0 {
		return
	}
	s.heading("document.violations")
	const numberWidth = 14.0
	half := (s.bodyWidth() - numberWidth) / 2
	room := half - 2*cellPad
	t := &table{sheet: s, widths: []float64{numberWidth, half, half}, frame: boxed}
	t.head = func() {
		s.headRow(t.widths, []cell{
			{lines: tableBold.wrap("№", numberWidth), align: centred},
			{lines: tableBold.wrap(assets.KK.T("document.violation"), room)},
			{lines: tableBold.wrap(assets.RU.T("document.violation"), room)},
		}, boxed)
	}
	t.begin(shortestSlice)
	for _, v := range n.Violations {
		t.row([]cell{
			figure(strconv.Itoa(v.Number), tableBold, numberWidth, centred),
			{lines: v.lines(assets.KK, v.NameKK, room)},
			{lines: v.lines(assets.RU, v.NameRU, room)},
		})
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

func (n Notification) description(s *sheet) {
	kk, ru := clean(n.TextKK), clean(n.TextRU)
	if kk == "" && ru == "" {
		return
	}
	s.heading("document.description")
	s.bilingual(kk, ru, bodyStyle)
	s.y += 3
}

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

func (n Notification) signatures(s *sheet) {
	author := signatory{"document.author", n.Author}
	if n.Approver == nil {
		s.signatures([]signatory{author}, "document.not_signed")
		return
	}
	s.signatures([]signatory{{"document.approver", *n.Approver}, author}, "document.signed_by_eds")
}

package document

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"baqylau/assets"
)

// Certificate is the data of a certificate on the results of desk control: the assignee's lots of one
// announcement in one direction, or one plan point, with both marks of every risk profile.
type Certificate struct {
	ID             string // of the aggregate, a UUID
	Number         string // empty prints «нөмірсіз / без номера»
	PurchaseNumber string
	NameKK, NameRU string // of the purchase
	Method         string // open_tender …
	Direction      string // D1 … D4; empty where the method has no directions
	Department     Party
	Organizer      Party
	Assignee       Person
	SignedBy       *Person // who signs for the assignee that set the marks; nil is the assignee
	Profiles       []Profile
	Rows           []CertificateRow
	RulesVersion   string    // of rules, terms, catalogue and calendar
	At             time.Time // when the document is made
	Demo           bool
}

// Profile is a risk profile with the wording of its day.
type Profile struct {
	Number         int
	NameKK, NameRU string
}

// CertificateRow is a lot or plan point; Marks has one entry for each of the certificate's profiles, in their
// order. Amount is in tiyn.
type CertificateRow struct {
	Lot                  string
	LotNameKK, LotNameRU string
	Amount               int64
	Marks                []Mark
}

// Mark is one cell of the desk control: «Тексерілді» and «Бұзылды».
type Mark struct {
	Checked, Violated bool
}

// Digest is the SHA-256, in lower-case hexadecimal, of the data that the pages are rendered from, the one that
// the QR code carries. Equal data and template give equal digests.
func (c Certificate) Digest() (string, error) {
	c.At = instant(c.At)
	return digestOf("certificate", c)
}

// The measures of the table of lots, in millimetres.
const (
	portraitProfiles = 8
	ordinalWidth     = 9.0
	amountWidth      = 29.0
	narrowestLot     = 55.0
	profileWidth     = 9.6
	widestProfile    = 13.0
)

// RenderCertificate makes the PDF; the pages lie on their side when there are more than eight profiles. The errors
// are ErrNoTime, ErrTooLarge, wrapped, and a row whose marks don't match the profiles.
func RenderCertificate(c Certificate) ([]byte, error) {
	return render(c)
}

func (c Certificate) check() error {
	switch {
	case len(c.Profiles) > maxProfiles:
		return tooMany("profiles", len(c.Profiles), maxProfiles)
	case len(c.Rows) > maxRows:
		return tooMany("rows", len(c.Rows), maxRows)
	case len(c.Rows)*len(c.Profiles) > maxCells:
		return tooMany("marks", len(c.Rows)*len(c.Profiles), maxCells)
	}
	texts := []string{
		c.ID, c.Number, c.PurchaseNumber, c.NameKK, c.NameRU, c.Method, c.Direction, c.RulesVersion,
	}
	for _, p := range c.Profiles {
		if err := checkProfile(p.Number); err != nil {
			return err
		}
		texts = append(texts, p.NameKK, p.NameRU)
	}
	for i, r := range c.Rows {
		if len(r.Marks) != len(c.Profiles) {
			return fmt.Errorf("row %d has %d marks for %d profiles", i, len(r.Marks), len(c.Profiles))
		}
		texts = append(texts, r.Lot, r.LotNameKK, r.LotNameRU)
	}
	return bounded(c.At, []*Person{&c.Assignee, c.SignedBy}, c.Department.texts(), c.Organizer.texts(), texts)
}

func (c Certificate) paper() paper {
	return paper{
		kind: "certificate", id: c.ID, number: c.Number, subject: c.PurchaseNumber, from: c.Department, at: c.At,
		demo: c.Demo, landscape: len(c.Profiles) > portraitProfiles, facts: c.facts(),
		sections: []func(*sheet){c.legend, c.lots, c.summary, c.signatures},
	}
}

func (c Certificate) facts() []fact {
	facts := append(
		c.Organizer.facts("document.organizer"),
		purchaseFacts(c.PurchaseNumber, c.NameKK, c.NameRU, c.Method, c.Direction)...,
	)
	return append(
		facts,
		c.Assignee.fact("document.assignee"),
		same("document.made_at", assets.DateTime(c.At)),
		same("document.rules_version", c.RulesVersion),
	)
}

// legend names the profiles that the columns of the table show by number.
func (c Certificate) legend(s *sheet) {
	if len(c.Profiles) == 0 {
		return
	}
	s.heading("document.profiles")
	t := s.numberedTable("document.profile")
	for _, p := range c.Profiles {
		t.row(p.Number, tableStyle.wrap(cleanLine(p.NameKK), t.room), tableStyle.wrap(cleanLine(p.NameRU), t.room))
	}
	s.y += 5
}

// lots prints the table of lots, as several tables below each other where the profiles don't fit side by side.
func (c Certificate) lots(s *sheet) {
	if len(c.Rows) == 0 {
		return
	}
	s.heading("document.results")
	s.paragraph(pair("document.marks_legend", " · "), labelStyle)
	s.y += 1.5
	most := int((s.bodyWidth() - ordinalWidth - amountWidth - narrowestLot) / profileWidth)
	if len(c.Profiles) == 0 {
		c.lotTable(s, 0, 0)
		return
	}
	for first := range slices.Chunk(indices(len(c.Profiles)), most) {
		c.lotTable(s, first[0], first[len(first)-1]+1)
	}
}

func indices(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// lotTable prints all lots with the profiles from first up to but not including end.
func (c Certificate) lotTable(s *sheet, first, end int) {
	profiles := c.Profiles[first:end]
	wide := profileWidth
	if n := float64(len(profiles)); n > 0 {
		wide = min(widestProfile, (s.bodyWidth()-ordinalWidth-amountWidth-narrowestLot)/n)
	}
	lot := s.bodyWidth() - ordinalWidth - amountWidth - wide*float64(len(profiles))
	grouped := []float64{ordinalWidth, lot, amountWidth}
	widths := slices.Clone(grouped)
	for range profiles {
		grouped = append(grouped, wide)
		widths = append(widths, wide/2, wide/2)
	}
	t := &table{sheet: s, widths: widths, frame: boxed}
	t.head = func() { lotHead(s, grouped, widths, profiles) }
	t.begin(shortestSlice + 12)
	for i, r := range c.Rows {
		t.row(r.cells(i+1, lot-2*cellPad, r.Marks[first:end]))
	}
	s.y += 5
}

// lotHead is two rows: the names of the columns with the numbers of the profiles, and under each number the
// letters of its two marks.
func lotHead(s *sheet, grouped, widths []float64, profiles []Profile) {
	upper := []cell{
		{lines: tableBold.wrap("№", ordinalWidth), align: centred, seamless: true},
		{lines: tableBold.wrap(pair("document.lot", " / "), grouped[1]-2*cellPad), seamless: true},
		{lines: tableBold.wrap(pair("document.amount", " / "), amountWidth-2*cellPad), align: rightward, seamless: true},
	}
	lower := []cell{{}, {}, {}}
	for i, p := range profiles {
		upper = append(upper, figure("№ "+strconv.Itoa(p.Number), tableBold, grouped[3+i], centred))
		for _, key := range []string{"document.mark.checked", "document.mark.violated"} {
			lower = append(lower, figure(pair(key, "/"), tableMuted, grouped[3+i]/2, centred))
		}
	}
	s.headRow(grouped, upper, ruled)
	s.headRow(widths, lower, ruled)
}

func (r CertificateRow) cells(ordinal int, room float64, marks []Mark) []cell {
	kk, ru := cleanLine(r.LotNameKK), cleanLine(r.LotNameRU)
	name := tableBold.wrap(cleanLine(r.Lot), room)
	name = append(name, tableStyle.wrap(kk, room)...)
	if ru != kk {
		name = append(name, tableMuted.wrap(ru, room)...)
	}
	cells := []cell{
		figure(strconv.Itoa(ordinal), tableStyle, ordinalWidth, centred),
		{lines: name},
		figure(assets.Money(r.Amount), tableStyle, amountWidth, rightward),
	}
	for _, m := range marks {
		cells = append(cells, markCell(m.Checked, ink), markCell(m.Violated, danger))
	}
	return cells
}

// markCell shows a mark by a sign that reads the same in both languages and without colour.
func markCell(set bool, c color) cell {
	l := line{text: "–", style: tableMuted}
	if set {
		l = line{text: "+", style: style{size: 9, bold: true, color: c}}
	}
	return cell{lines: []line{l}, align: centred}
}

func (c Certificate) summary(s *sheet) {
	violations := 0
	for _, r := range c.Rows {
		for _, m := range r.Marks {
			if m.Violated {
				violations++
			}
		}
	}
	sentence := func(l assets.Lang) string {
		return l.T("document.summary", "lots", l.N("unit.lots", len(c.Rows)),
			"profiles", l.N("unit.profiles", len(c.Profiles)), "violations", assets.Number(int64(violations)))
	}
	s.keep(12)
	s.bilingual(sentence(assets.KK), sentence(assets.RU), bodyStyle)
}

func (c Certificate) signatures(s *sheet) {
	people := []signatory{{"document.assignee", c.Assignee}}
	if c.SignedBy != nil && *c.SignedBy != c.Assignee {
		people = append([]signatory{{"document.signed_for", *c.SignedBy}}, people...)
	}
	s.signatures(people, "document.signed_by_eds")
}

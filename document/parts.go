package document

import (
	"slices"
	"strings"

	"baqylau/assets"
)

// The styles of a document's body.
var (
	titleStyle   = style{size: 11, bold: true, color: ink}
	headingStyle = style{size: 9.5, bold: true, color: accent}
	bodyStyle    = style{size: 9.5, color: ink}
	strongStyle  = style{size: 9.5, bold: true, color: ink}
	labelStyle   = style{size: 7.5, color: muted}
	tableStyle   = style{size: 8, color: ink}
	tableBold    = style{size: 8, bold: true, color: ink}
	tableMuted   = style{size: 7.5, color: muted}
)

const (
	gutter     = 8.0
	labelWidth = 50.0
)

// fact is a row of the list under the title: what it is, in both languages, and its value in each.
// Where the values are equal, one is printed.
type fact struct {
	label          string // key in document.json
	valueKK, value string
}

func same(label, value string) fact { return fact{label, value, value} }

func worded(label, key string) fact { return fact{label, assets.KK.T(key), assets.RU.T(key)} }

func (p Party) facts(label string) []fact {
	return []fact{{label, p.NameKK, p.NameRU}, same("term.bin", p.BIN)}
}

// fact names a person with the position and, where he acts for another, that one too.
func (p Person) fact(label string) fact {
	if !p.substitutes() {
		return same(label, listed(p.Name, strings.Join(distinct(p.PositionKK, p.PositionRU), " / ")))
	}
	other := *p.Substituted
	return fact{
		label,
		assets.KK.T("document.instead", "person", listed(p.Name, or(p.PositionKK, p.PositionRU)),
			"substituted", listed(other.Name, or(other.PositionKK, other.PositionRU))),
		assets.RU.T("document.instead", "person", listed(p.Name, or(p.PositionRU, p.PositionKK)),
			"substituted", listed(other.Name, or(other.PositionRU, other.PositionKK))),
	}
}

// substitutes tells whether there is a name or a position of another person to print.
func (p Person) substitutes() bool {
	return p.Substituted != nil && cleanLine(strings.Join(p.Substituted.texts(), "")) != ""
}

// listed joins with commas what there is of the texts.
func listed(texts ...string) string { return strings.Join(distinct(texts...), ", ") }

// distinct gives the clean texts, without those that are empty or repeat the one before.
func distinct(texts ...string) []string {
	for i, text := range texts {
		texts[i] = cleanLine(text)
	}
	return slices.Compact(slices.DeleteFunc(texts, empty))
}

func empty(text string) bool { return text == "" }

// purchaseFacts name the purchase, its method and, where the method has them, the direction.
func purchaseFacts(number, kk, ru, method, direction string) []fact {
	facts := []fact{same("document.purchase", number), {"document.purchase_name", kk, ru}}
	if method != "" {
		facts = append(facts, worded("document.method", "method."+method))
	}
	if direction != "" {
		facts = append(facts, worded("document.direction", "direction."+direction))
	}
	return facts
}

func (l NotifiedLot) facts() []fact {
	label := "document.lot"
	if l.PlanPoint {
		label = "document.plan_point"
	}
	return []fact{
		same(label, l.Number),
		{"document.lot_name", l.NameKK, l.NameRU},
		same("document.amount", assets.Money(l.Amount)),
	}
}

// both gives a text in two languages: once where they are equal or one is missing, on one line where they fit,
// else below each other.
func (s style) both(kk, ru string, width float64) []line {
	if kk == "" || ru == "" || kk == ru {
		return s.wrap(or(kk, ru), width)
	}
	if joined := kk + " / " + ru; s.width(joined) <= width {
		return s.wrap(joined, width)
	}
	return append(s.wrap(kk, width), s.wrap(ru, width)...)
}

// facts prints the list; facts without a value are left out.
func (s *sheet) facts(list []fact) {
	t := &table{sheet: s, widths: []float64{labelWidth, s.bodyWidth() - labelWidth}, frame: ruled}
	room := t.widths[1] - 2*cellPad
	for _, f := range list {
		kk, ru := cleanLine(f.valueKK), cleanLine(f.value)
		if kk == "" && ru == "" {
			continue
		}
		label := labelStyle.both(assets.KK.T(f.label), assets.RU.T(f.label), labelWidth-cellPad)
		label[0].gap = bodyStyle.baseline() - labelStyle.baseline()
		t.row([]cell{{lines: label}, {lines: bodyStyle.both(kk, ru, room)}})
	}
	s.y += 4
}

// halves are the widths of two equal columns with their gutter, Kazakh left and Russian right, and the room for
// text in each.
func (s *sheet) halves() (widths []float64, room float64) {
	half := s.bodyWidth() / 2
	return []float64{half + gutter/2, half - gutter/2}, half - gutter/2
}

// title prints the sender and the document's name in two columns.
func (s *sheet) title(from Party, kk, ru, number string) {
	widths, room := s.halves()
	if from != (Party{}) {
		s.flow(widths, [][]line{
			strongStyle.wrap(cleanLine(or(from.NameKK, from.NameRU)), room),
			strongStyle.wrap(cleanLine(or(from.NameRU, from.NameKK)), room),
		})
		s.y += 4
	}
	s.flow(widths, [][]line{
		append(titleStyle.wrap(kk, room), subtitle(number, room)...),
		append(titleStyle.wrap(ru, room), subtitle(number, room)...),
	})
	s.y += 4
}

func subtitle(text string, room float64) []line {
	lines := bodyStyle.wrap(text, room)
	if len(lines) > 0 {
		lines[0].gap = 1
	}
	return lines
}

// heading prints a section's name in both languages and keeps it with what follows.
func (s *sheet) heading(key string) {
	s.keep(headingStyle.leading() + 20)
	s.paragraph(pair(key, " / "), headingStyle)
	s.y += 1.5
}

// bilingual prints two texts side by side; where one of them is empty, the other takes the whole width: entering
// both is never forced.
func (s *sheet) bilingual(kk, ru string, st style) {
	switch {
	case kk == "" || ru == "":
		s.paragraph(or(kk, ru), st)
	default:
		widths, room := s.halves()
		s.flow(widths, [][]line{st.wrap(kk, room), st.wrap(ru, room)})
	}
}

// text prints what a person wrote, under its heading; where nothing was written, nothing.
func (s *sheet) text(heading, kk, ru string) {
	kk, ru = clean(kk), clean(ru)
	if kk == "" && ru == "" {
		return
	}
	s.heading(heading)
	s.bilingual(kk, ru, bodyStyle)
	s.y += 3
}

// signatory is one person of the block at the document's end.
type signatory struct {
	role   string // key in document.json
	person Person
}

func (p signatory) lines(room float64) []line {
	lines := append(labelStyle.wrap(pair(p.role, " / "), room), p.person.lines(strongStyle, room)...)
	if p.person.substitutes() {
		label := labelStyle.wrap(pair("document.instead_of", " / "), room)
		label[0].gap = 1
		lines = append(append(lines, label...), p.person.Substituted.lines(bodyStyle, room)...)
	}
	return lines
}

// lines are the position and, in the given style, the name.
func (p Person) lines(name style, room float64) []line {
	position := bodyStyle.both(cleanLine(p.PositionKK), cleanLine(p.PositionRU), room)
	return append(position, name.wrap(cleanLine(p.Name), room)...)
}

// approval prints who approved and who wrote; before approval the author alone, and that nothing is signed.
func (s *sheet) approval(author Person, approver *Person) {
	people := []signatory{{"document.author", author}}
	if approver == nil {
		s.signatures(people, "document.not_signed")
		return
	}
	s.signatures(append([]signatory{{"document.approver", *approver}}, people...), "document.signed_by_eds")
}

// signatures prints who signs and who wrote, side by side, and in words how the signature is given.
// The block stays on one page unless a name is longer than that.
func (s *sheet) signatures(people []signatory, statement string) {
	widths, room := s.halves()
	var columns [][]line
	for _, p := range people {
		columns = append(columns, p.lines(room))
	}
	words := [][]line{
		labelStyle.wrap(assets.KK.T(statement), room),
		labelStyle.wrap(assets.RU.T(statement), room),
	}
	height := 8.0
	for _, block := range [][][]line{columns, words} {
		tallest := 0.0
		for _, lines := range block {
			tallest = max(tallest, heightOf(lines))
		}
		height += tallest
	}
	s.y += 4
	s.keep(height)
	s.flow(widths, columns)
	s.y += 3
	s.flow(widths, words)
}

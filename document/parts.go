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

func (p Person) fact(label string) fact {
	name, positions := cleanLine(p.Name), []string{cleanLine(p.PositionKK), cleanLine(p.PositionRU)}
	position := strings.Join(slices.Compact(slices.DeleteFunc(positions, empty)), " / ")
	return same(label, strings.Join(slices.DeleteFunc([]string{name, position}, empty), ", "))
}

func empty(text string) bool { return text == "" }

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

// signatory is one person of the block at the document's end.
type signatory struct {
	role   string // key in document.json
	person Person
}

// signatures prints who signs and who wrote, side by side, and in words how the signature is given.
// The block stays on one page unless a name is longer than that.
func (s *sheet) signatures(people []signatory, statement string) {
	widths, room := s.halves()
	var columns [][]line
	for _, p := range people {
		lines := labelStyle.wrap(pair(p.role, " / "), room)
		position := bodyStyle.both(cleanLine(p.person.PositionKK), cleanLine(p.person.PositionRU), room)
		lines = append(append(lines, position...), strongStyle.wrap(cleanLine(p.person.Name), room)...)
		columns = append(columns, lines)
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

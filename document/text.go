package document

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"

	"baqylau/assets"
)

const (
	mmPerPoint = 25.4 / 72
	maxMarks   = 2 // combining marks in a row; more of them would climb over other lines
	missing    = -1
)

// metrics are the advance widths of a font's characters in thousandths of the font size; missing where the font
// has no glyph. fpdf and this package read the same tables, so what is measured here is what is drawn.
type metrics [0x10000]int16

var (
	regularMetrics = sync.OnceValue(func() *metrics { return measure(assets.FontRegular) })
	boldMetrics    = sync.OnceValue(func() *metrics { return measure(assets.FontBold) })
)

// measure panics on a damaged font: the fonts are part of the program, and every test renders with them.
func measure(data []byte) *metrics {
	parsed, err := sfnt.Parse(data)
	if err != nil {
		panic("document: embedded font: " + err.Error())
	}
	var (
		m   metrics
		buf sfnt.Buffer
	)
	for r := range m {
		m[r] = missing
		glyph, err := parsed.GlyphIndex(&buf, rune(r))
		if err != nil || glyph == 0 {
			continue
		}
		advance, err := parsed.GlyphAdvance(&buf, glyph, fixed.I(1000), font.HintingNone)
		if err == nil {
			m[r] = int16(advance.Round())
		}
	}
	return &m
}

// clean makes a text of unknown origin printable: NFC, valid UTF-8, line breaks as \n, tabs and control characters
// as spaces, runs of spaces and of empty lines as one, nothing invisible, nothing that the fonts lack.
func clean(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
	text = norm.NFC.String(strings.Map(visible, text))
	var b strings.Builder
	b.Grow(len(text))
	var space, marks, breaks int
	breaks = 2 // a text doesn't begin with empty lines
	for _, r := range text {
		switch {
		case r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == '\u0085' || r == '\u2028' || r == '\u2029':
			space, marks = 0, 0
			if breaks < 2 {
				b.WriteByte('\n')
				breaks++
			}
			continue
		case r == ' ' || unicode.IsControl(r):
			space, marks = space+1, 0
			continue
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
			if marks++; marks > maxMarks {
				continue
			}
		default:
			marks = 0
		}
		if space > 0 && breaks == 0 {
			b.WriteByte(' ')
		}
		space, breaks = 0, 0
		b.WriteRune(printable(r))
	}
	return strings.TrimRight(b.String(), "\n")
}

// cleanLine is clean for a text that stays on one line until it is wrapped.
func cleanLine(text string) string { return strings.Join(strings.Fields(clean(text)), " ") }

// visible drops format characters: marks of direction, joiners, soft hyphens, tags. A reader can't see what they do.
func visible(r rune) rune {
	if unicode.Is(unicode.Cf, r) {
		return -1
	}
	return r
}

func printable(r rune) rune {
	if r > 0xFFFF || regularMetrics()[r] == missing || boldMetrics()[r] == missing {
		return unicode.ReplacementChar
	}
	return r
}

// style is how a line looks; size is in points.
type style struct {
	size  float64
	bold  bool
	color color
}

type color struct{ r, g, b int }

// The palette of ui.md, light.
var (
	ink    = color{0x1B, 0x1F, 0x24}
	muted  = color{0x57, 0x60, 0x6A}
	accent = color{0x00, 0x79, 0x8C}
	danger = color{0xCF, 0x22, 0x2E}
	rule   = color{0xD0, 0xD7, 0xDE}
	tint   = color{0xF1, 0xF5, 0xF7}
)

func (s style) metrics() *metrics {
	if s.bold {
		return boldMetrics()
	}
	return regularMetrics()
}

// leading is the height of a line in millimetres; a little closer than the font's own 1.36.
func (s style) leading() float64 { return s.size * 1.3 * mmPerPoint }

// baseline is the distance from a line's top to its baseline.
func (s style) baseline() float64 { return s.size * 1.02 * mmPerPoint }

// width measures a clean text in millimetres.
func (s style) width(text string) float64 {
	m, units := s.metrics(), 0
	for _, r := range text {
		units += m.advance(r)
	}
	return s.millimetres(units)
}

func (s style) millimetres(units int) float64 { return float64(units) * s.size * mmPerPoint / 1000 }

func (m *metrics) advance(r rune) int {
	if r > 0xFFFF || m[r] == missing {
		return int(m[unicode.ReplacementChar])
	}
	return int(m[r])
}

// line is one printed line with the space above it, in millimetres.
type line struct {
	text  string
	style style
	gap   float64
}

func (l line) height() float64 { return l.gap + l.style.leading() }

func heightOf(lines []line) float64 {
	total := 0.0
	for _, l := range lines {
		total += l.height()
	}
	return total
}

// wrap breaks a clean text into lines no wider than width: at spaces, and inside a word only when the word is wider
// than the line. An empty text gives no line.
func (s style) wrap(text string, width float64) []line {
	if text == "" {
		return nil
	}
	var lines []line
	for paragraph := range strings.SplitSeq(text, "\n") {
		lines = s.wrapParagraph(lines, paragraph, width)
	}
	return lines
}

func (s style) wrapParagraph(lines []line, text string, width float64) []line {
	m := s.metrics()
	room := int(width / (s.size * mmPerPoint / 1000))
	start, lastSpace, units, unitsAtSpace := 0, -1, 0, 0
	for i, r := range text {
		advance := m.advance(r)
		if r == ' ' {
			lastSpace, unitsAtSpace = i, units+advance
		}
		// What is left after a break at a space may still be too wide for this character.
		for r != ' ' && units+advance > room && i > start {
			end, next := i, i
			if lastSpace > start {
				end, next = lastSpace, lastSpace+1
				units -= unitsAtSpace
			} else {
				units = 0
			}
			lines = append(lines, line{text: text[start:end], style: s})
			start, lastSpace, unitsAtSpace = next, -1, 0
		}
		units += advance
	}
	return append(lines, line{text: text[start:], style: s})
}

// fit gives the style shrunk until the text fits the width. It is for figures, which must never be cut; the bounds
// on profile numbers and amounts keep them legible under a lens at least.
func (s style) fit(text string, width float64) style {
	if natural := s.width(text); natural > width {
		s.size *= width / natural
	}
	return s
}

// elide gives the text, cut with an ellipsis where it is wider than the width. It is for repeated lines, whose full
// text stands elsewhere.
func (s style) elide(text string, width float64) string {
	if s.width(text) <= width {
		return text
	}
	cut, room := 0, width-s.width("…")
	used := 0.0
	for i, r := range text {
		used += s.millimetres(s.metrics().advance(r))
		if used > room {
			break
		}
		cut = i + utf8.RuneLen(r)
	}
	return text[:cut] + "…"
}

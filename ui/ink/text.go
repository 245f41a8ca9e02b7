package ink

import (
	"fmt"
	"image"
	"math"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"baqylau/assets"
)

// A glyph is kept at this many horizontal places between two pixels, which keeps the letters of a word evenly apart.
const places = 4

// maxGlyphs bounds what one face keeps; a table in two alphabets uses some hundreds.
const maxGlyphs = 4096

const ellipsis = '…'

type faceKey struct {
	size int // in 64ths of a pixel
	bold bool
}

type glyphKey struct {
	letter rune
	place  int
}

// glyph is a mask relative to the place on the baseline.
type glyph struct {
	mask *image.Alpha
	x, y int
}

type pair struct{ left, right rune }

type face struct {
	font     font.Face
	ascent   fixed.Int26_6
	height   fixed.Int26_6
	glyphs   map[glyphKey]glyph
	advances map[rune]fixed.Int26_6
	kerns    map[pair]fixed.Int26_6
}

// The two faces are parsed once; a parsed font may be shared.
var (
	regular = sync.OnceValue(func() *sfnt.Font { return mustParse(assets.FontRegular) })
	bold    = sync.OnceValue(func() *sfnt.Font { return mustParse(assets.FontBold) })
)

// mustParse panics on a bad font: it is embedded, and a test draws with it.
func mustParse(data []byte) *sfnt.Font {
	f, err := opentype.Parse(data)
	if err != nil {
		panic(fmt.Sprintf("ink: embedded font: %v", err))
	}
	return f
}

func (p *Painter) face(size float32, isBold bool) *face {
	key := faceKey{int(math.Round(float64(size * p.scale * 64))), isBold}
	if f, ok := p.faces[key]; ok {
		return f
	}
	source := regular()
	if isBold {
		source = bold()
	}
	drawn, err := opentype.NewFace(source, &opentype.FaceOptions{Size: max(1, float64(key.size)/64), DPI: 72})
	if err != nil {
		panic(fmt.Sprintf("ink: embedded font: %v", err))
	}
	metrics := drawn.Metrics()
	f := &face{
		font: drawn, ascent: metrics.Ascent, height: metrics.Ascent + metrics.Descent,
		glyphs: map[glyphKey]glyph{}, advances: map[rune]fixed.Int26_6{}, kerns: map[pair]fixed.Int26_6{},
	}
	p.faces[key] = f
	return f
}

// Width is how wide a text is, in Fyne's units, at the scale of the last Begin.
func (p *Painter) Width(s string, size float32, isBold bool) float32 {
	return float32(p.face(size, isBold).width(s)) / 64 / p.scale
}

// Text draws one line in the vertical middle of a box. What doesn't fit is cut and ends with «…»; line breaks and
// other control characters are drawn as spaces. It tells whether the whole text was drawn.
func (p *Painter) Text(b Box, s string, style Style) bool {
	f := p.face(style.Size, style.Bold)
	room := fixed.Int26_6(b.W * p.scale * 64)
	letters, whole := f.fit(s, room)
	x := fixed.Int26_6(b.X * p.scale * 64)
	if style.Align != Leading {
		left := max(0, room-f.width(string(letters)))
		if style.Align == Center {
			left /= 2
		}
		x += left
	}
	y := int(math.Round(float64((b.Y+b.H/2)*p.scale - float32(f.height)/64/2 + float32(f.ascent)/64)))
	clip := p.clip
	p.clip = clip.Intersect(p.pixels(b))
	previous := rune(-1)
	for _, letter := range letters {
		x += f.kern(previous, letter)
		place := int(x&63) * places / 64
		if g := f.glyph(letter, place); g.mask != nil {
			p.stamp(g.mask, int(x>>6)+g.x, y+g.y, style.Color)
		}
		x += f.advance(letter)
		previous = letter
	}
	p.clip = clip
	return whole
}

// Lines breaks a text at spaces into at most most lines of the width; the last one holds the rest, however long.
func (p *Painter) Lines(s string, size float32, isBold bool, width float32, most int) []string {
	f := p.face(size, isBold)
	room := fixed.Int26_6(width * p.scale * 64)
	var lines []string
	for len(lines) < most-1 {
		cut := f.breakAt(s, room)
		if cut < 0 {
			break
		}
		lines = append(lines, s[:cut])
		s = s[cut+1:]
	}
	return append(lines, s)
}

// breakAt gives the index of the last space before which the text fits, or -1 when it fits as a whole or has none.
func (f *face) breakAt(s string, room fixed.Int26_6) int {
	if f.width(s) <= room {
		return -1
	}
	best := -1
	for i, letter := range s {
		if letter != ' ' {
			continue
		}
		if best >= 0 && f.width(s[:i]) > room {
			break
		}
		best = i
	}
	return best
}

// fit gives the letters that fit into room, with an ellipsis when some don't.
func (f *face) fit(s string, room fixed.Int26_6) ([]rune, bool) {
	letters := make([]rune, 0, len(s))
	dots := f.advance(ellipsis)
	var x fixed.Int26_6
	previous, keep := rune(-1), 0
	for _, letter := range s {
		if letter < ' ' {
			letter = ' '
		}
		x += f.kern(previous, letter) + f.advance(letter)
		if x > room {
			return append(letters[:keep], ellipsis), false
		}
		letters = append(letters, letter)
		if x+dots <= room {
			keep = len(letters)
		}
		previous = letter
	}
	return letters, true
}

func (f *face) width(s string) fixed.Int26_6 {
	var x fixed.Int26_6
	previous := rune(-1)
	for _, letter := range s {
		if letter < ' ' {
			letter = ' '
		}
		x += f.kern(previous, letter) + f.advance(letter)
		previous = letter
	}
	return x
}

func (f *face) advance(letter rune) fixed.Int26_6 {
	if a, ok := f.advances[letter]; ok {
		return a
	}
	a, _ := f.font.GlyphAdvance(letter)
	if len(f.advances) < maxGlyphs {
		f.advances[letter] = a
	}
	return a
}

func (f *face) kern(left, right rune) fixed.Int26_6 {
	if left < 0 {
		return 0
	}
	key := pair{left, right}
	if k, ok := f.kerns[key]; ok {
		return k
	}
	k := f.font.Kern(left, right)
	if len(f.kerns) < maxGlyphs {
		f.kerns[key] = k
	}
	return k
}

func (f *face) glyph(letter rune, place int) glyph {
	key := glyphKey{letter, place}
	if g, ok := f.glyphs[key]; ok {
		return g
	}
	g := f.draw(letter, place)
	if len(f.glyphs) >= maxGlyphs {
		clear(f.glyphs)
	}
	f.glyphs[key] = g
	return g
}

// draw copies the mask, because the face reuses its own.
func (f *face) draw(letter rune, place int) glyph {
	dot := fixed.Point26_6{X: fixed.Int26_6(place * 64 / places)}
	r, mask, at, _, ok := f.font.Glyph(dot, letter)
	if !ok || r.Empty() {
		return glyph{}
	}
	own := image.NewAlpha(image.Rect(0, 0, r.Dx(), r.Dy()))
	for y := range r.Dy() {
		for x := range r.Dx() {
			_, _, _, a := mask.At(at.X+x, at.Y+y).RGBA()
			own.Pix[own.PixOffset(x, y)] = uint8(a >> 8)
		}
	}
	return glyph{mask: own, x: r.Min.X, y: r.Min.Y}
}

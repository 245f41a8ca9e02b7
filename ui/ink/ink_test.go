package ink

import (
	"bytes"
	"image"
	"image/color"
	"strings"
	"testing"

	"baqylau/ui/look"
)

var (
	white = color.NRGBA{255, 255, 255, 255}
	black = color.NRGBA{A: 255}
)

func page(width, height int, scale float32) *Painter {
	p := New()
	p.Begin(width, height, float32(width)/scale, white)
	return p
}

// inked counts the points of a rectangle that aren't white.
func inked(p *Painter, r image.Rectangle) int {
	n := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if p.Picture().RGBAAt(x, y) != (color.RGBA{255, 255, 255, 255}) {
				n++
			}
		}
	}
	return n
}

func TestTextStaysInItsBox(t *testing.T) {
	for _, scale := range []float32{1, 1.5, 2} {
		p := page(int(200*scale), int(60*scale), scale)
		long := strings.Repeat("Сейтқали Әлібек ", 20)
		whole := p.Text(Box{50, 20, 100, 20}, long, Style{Size: 14, Color: black})
		if whole {
			t.Errorf("scale %v: a long text is said to fit", scale)
		}
		in := image.Rect(int(50*scale), int(20*scale), int(150*scale), int(40*scale))
		if inked(p, in) == 0 || inked(p, in) != inked(p, p.Picture().Rect) {
			t.Errorf("scale %v: %d points in the box, %d on the page", scale, inked(p, in), inked(p, p.Picture().Rect))
		}
	}
}

func TestTextThatFitsIsWholeAndTrailingTextEndsAtTheEdge(t *testing.T) {
	p := page(200, 30, 1)
	if !p.Text(Box{0, 0, 200, 30}, "1 234,56 ₸", Style{Size: 14, Color: black, Align: Trailing}) {
		t.Error("a short text is said not to fit")
	}
	if inked(p, image.Rect(185, 0, 200, 30)) == 0 || inked(p, image.Rect(0, 0, 100, 30)) != 0 {
		t.Error("a trailing text isn't at the right edge")
	}
}

func TestEllipsisLeavesWhatFits(t *testing.T) {
	p := page(400, 30, 1)
	f := p.face(14, false)
	for _, s := range []string{"", "а", "Қазақстан", "Қазақстан Республикасы"} {
		all := f.width(s)
		for room := range all + 64 {
			letters, whole := f.fit(s, room)
			if whole != (all <= room) {
				t.Fatalf("%q in %d of %d: whole is %v", s, room, all, whole)
			}
			if room > f.advance(ellipsis) && f.width(string(letters)) > room {
				t.Fatalf("%q in %d: %q is wider", s, room, string(letters))
			}
		}
	}
}

func TestLinesBreakAtSpacesAndLoseNothing(t *testing.T) {
	p := page(100, 30, 1)
	text := "Құжаттамада заңнамада көзделмеген талаптар белгіленген"
	lines := p.Lines(text, 12, false, 100, 3)
	if len(lines) != 3 {
		t.Errorf("%d lines, want 3: %q", len(lines), lines)
	}
	if got := strings.Join(lines, " "); got != text {
		t.Errorf("joined again: %q", got)
	}
	if one := p.Lines("қысқа", 12, false, 100, 3); len(one) != 1 {
		t.Errorf("a short text broke into %q", one)
	}
}

func TestEveryIconLeavesAMask(t *testing.T) {
	for _, icon := range look.Icons() {
		for _, size := range []int{16, 18, 32} {
			mask := trace(icon.SVG(), size)
			if n := len(mask.Pix) - bytes.Count(mask.Pix, []byte{0}); n < size/2 {
				t.Errorf("%s at %d left %d points", icon, size, n)
			}
		}
	}
}

func TestHostileDrawingLeavesAnEmptyMask(t *testing.T) {
	for _, svg := range []string{"", "<svg", "<svg><path d='L 1 1'/></svg>", "<svg><path d='M'/></svg>", "<svg><path d='M 0 0 X'/></svg>"} {
		if mask := trace([]byte(svg), 16); bytes.Count(mask.Pix, []byte{0}) < len(mask.Pix)-4 {
			t.Errorf("%q left a drawing", svg)
		}
	}
}

func TestNothingIsDrawnOutsideTheClip(t *testing.T) {
	p := page(60, 60, 1)
	p.Clip(Box{20, 20, 20, 20})
	p.Rect(Box{0, 0, 60, 60}, black)
	p.Round(Box{-5, -5, 70, 70}, 8, black)
	p.Frame(Box{10, 10, 40, 40}, 2, black)
	p.Icon(look.IconCheck, Box{0, 0, 60, 60}, black)
	p.Text(Box{0, 0, 60, 60}, "Әәә", Style{Size: 40, Color: black})
	if n := inked(p, p.Picture().Rect); n != 400 {
		t.Errorf("%d points are drawn, want the 400 of the clip", n)
	}
}

func TestPainterReusesItsPicture(t *testing.T) {
	p := page(30, 30, 1)
	first := p.Picture()
	p.Begin(30, 30, 30, white)
	if p.Picture() != first {
		t.Error("a picture of the same size is made anew")
	}
}

// BenchmarkTableOfText draws 30 rows of 8 columns, which is a journal on 1280 × 800.
func BenchmarkTableOfText(b *testing.B) {
	p := New()
	for b.Loop() {
		p.Begin(1000, 900, 1000, white)
		for row := range 30 {
			for column := range 8 {
				p.Text(Box{float32(column) * 125, float32(row) * 30, 120, 30}, "84492164-ОК1 Сейтқали", Style{Size: 14, Color: black})
			}
		}
	}
}

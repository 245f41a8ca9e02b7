//go:build e2e

package e2e

import (
	"image"
	"image/draw"
	"math"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"baqylau/assets"
)

// sight finds words on a picture of the screen as a person does, by their shape: the word is drawn
// with the program's font and looked for at every place, in any colour on any even ground.
type sight struct {
	width, height int
	light         []float32 // luminance, row by row, 0 … 1
}

func look(picture image.Image) *sight {
	b := picture.Bounds()
	s := &sight{width: b.Dx(), height: b.Dy(), light: make([]float32, b.Dx()*b.Dy())}
	rgba := image.NewRGBA(image.Rect(0, 0, s.width, s.height))
	draw.Draw(rgba, rgba.Bounds(), picture, b.Min, draw.Src)
	for i := range s.light {
		p := rgba.Pix[i*4:]
		s.light[i] = (0.299*float32(p[0]) + 0.587*float32(p[1]) + 0.114*float32(p[2])) / 255
	}
	return s
}

// shape is a word as drawn: how much ink each of its pixels has.
type shape struct {
	width, height int
	ink           []float32
	inked, blank  []int // a few places that tell ink from ground, as offsets x | y<<16
}

// faces are the sizes and weights that the program writes in.
var faces = []struct {
	size float64
	bold bool
}{{14, false}, {14, true}, {12, false}, {20, true}, {16, true}, {13, false}}

func draws(t testing.TB, text string, size float64, bold bool) shape {
	t.Helper()
	data := assets.FontRegular
	if bold {
		data = assets.FontBold
	}
	parsed, err := opentype.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72})
	if err != nil {
		t.Fatal(err)
	}
	defer face.Close()
	bounds, _ := font.BoundString(face, text)
	left, top := bounds.Min.X.Floor(), bounds.Min.Y.Floor()
	w, h := bounds.Max.X.Ceil()-left, bounds.Max.Y.Ceil()-top
	mask := image.NewAlpha(image.Rect(0, 0, w, h))
	(&font.Drawer{Dst: mask, Src: image.Opaque, Face: face, Dot: fixed.P(-left, -top)}).DrawString(text)
	s := shape{width: w, height: h, ink: make([]float32, w*h)}
	for y := range h {
		for x := range w {
			v := float32(mask.AlphaAt(x, y).A) / 255
			s.ink[y*w+x] = v
			switch {
			case v > 0.85:
				s.inked = append(s.inked, x|y<<16)
			case v < 0.02:
				s.blank = append(s.blank, x|y<<16)
			}
		}
	}
	s.inked, s.blank = spread(s.inked, 24), spread(s.blank, 24)
	return s
}

func spread(all []int, n int) []int {
	if len(all) <= n {
		return all
	}
	some := make([]int, n)
	for i := range some {
		some[i] = all[i*len(all)/n]
	}
	return some
}

// certain is the correlation from which a place counts as the word.
const certain = 0.93

// find gives the place of a word within an area and how certain it is (0 … 1): the best of all
// places and faces.
func (s *sight) find(t testing.TB, text string, area image.Rectangle) (image.Rectangle, float64) {
	t.Helper()
	area = area.Intersect(image.Rect(0, 0, s.width, s.height))
	var best image.Rectangle
	most := 0.0
	for _, f := range faces {
		w := draws(t, text, f.size, f.bold)
		for y := area.Min.Y; y+w.height <= area.Max.Y; y++ {
			for x := area.Min.X; x+w.width <= area.Max.X; x++ {
				if !s.hints(w, x, y) {
					continue
				}
				if c := s.correlation(w, x, y); c > most {
					most, best = c, image.Rect(x, y, x+w.width, y+w.height)
				}
			}
		}
	}
	return best, most
}

// hints asks a few pixels whether the word may be here.
func (s *sight) hints(w shape, x, y int) bool {
	var ink, ground float32
	lowest, highest := float32(2), float32(-1)
	for _, o := range w.blank {
		v := s.light[(y+o>>16)*s.width+x+o&0xffff]
		ground += v
		lowest, highest = min(lowest, v), max(highest, v)
	}
	ground /= float32(len(w.blank))
	for _, o := range w.inked {
		ink += s.light[(y+o>>16)*s.width+x+o&0xffff]
	}
	ink /= float32(len(w.inked))
	d := ink - ground
	return (d > 0.15 || d < -0.15) && highest-lowest < 0.9
}

func (s *sight) correlation(w shape, x, y int) float64 {
	var sumA, sumB, sumAA, sumBB, sumAB float64
	for j := range w.height {
		row := s.light[(y+j)*s.width+x : (y+j)*s.width+x+w.width]
		ink := w.ink[j*w.width : (j+1)*w.width]
		for i, b := range row {
			a, b := float64(ink[i]), float64(b)
			sumA += a
			sumB += b
			sumAA += a * a
			sumBB += b * b
			sumAB += a * b
		}
	}
	n := float64(w.width * w.height)
	cov, va, vb := sumAB-sumA*sumB/n, sumAA-sumA*sumA/n, sumBB-sumB*sumB/n
	if va <= 0 || vb <= 0 {
		return 0
	}
	return math.Abs(cov) / math.Sqrt(va*vb)
}

//go:build e2e

package e2e

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"baqylau/ui/look"
)

// sight finds words on a picture of the screen as a person does, by their shape: the word is drawn
// with the program's font and looked for at every place, in any colour on any even ground.
type sight struct {
	width, height int
	light         []float32 // luminance, row by row, 0 … 1
}

func seen(picture image.Image) *sight {
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
	size float32
	bold bool
}{{14, false}, {14, true}, {12, false}, {20, true}, {16, true}, {13, false}}

// draws draws a word as the program does, with the same shaping and the same font, and cuts it out.
func draws(t testing.TB, text string, size float32, bold bool) shape {
	t.Helper()
	if fyne.CurrentApp() == nil {
		test.NewApp().Settings().SetTheme(look.New(look.Light, 100))
	}
	word := canvas.NewText(text, color.Black)
	word.TextSize, word.TextStyle.Bold = size, bold
	word.Resize(word.MinSize())
	picture := software.Render(word, look.New(look.Light, 100))
	b := inked(picture)
	w, h := b.Dx(), b.Dy()
	s := shape{width: w, height: h, ink: make([]float32, w*h)}
	for y := range h {
		for x := range w {
			v := inkAt(picture, b.Min.X+x, b.Min.Y+y)
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

// inkAt is how much of a pixel is written on, in black on the ground that the corner shows.
func inkAt(p image.Image, x, y int) float32 {
	ground, _, _, _ := p.At(p.Bounds().Min.X, p.Bounds().Min.Y).RGBA()
	here, _, _, _ := p.At(x, y).RGBA()
	return 1 - float32(here)/float32(ground)
}

// inked is the part of a picture that is written on.
func inked(p image.Image) image.Rectangle {
	var r image.Rectangle
	for y := p.Bounds().Min.Y; y < p.Bounds().Max.Y; y++ {
		for x := p.Bounds().Min.X; x < p.Bounds().Max.X; x++ {
			if inkAt(p, x, y) > 0.02 {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return r
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
const certain = 0.86

// find gives the place of a word within an area and how certain it is (0 … 1): the best of all
// places and faces.
func (s *sight) find(t testing.TB, text string, area image.Rectangle) (image.Rectangle, float64) {
	t.Helper()
	area = area.Intersect(image.Rect(0, 0, s.width, s.height))
	var best image.Rectangle
	most := 0.0
	for _, f := range faces {
		w := draws(t, text, f.size, f.bold)
		near, nearest := image.Rectangle{}, 0.0
		for y := area.Min.Y; y+w.height <= area.Max.Y; y++ {
			for x := area.Min.X; x+w.width <= area.Max.X; x++ {
				if !s.hints(w, x, y) {
					continue
				}
				if c := s.correlation(w, x, y); c > nearest {
					nearest, near = c, image.Rect(x, y, x+w.width, y+w.height)
				}
			}
		}
		if nearest > most {
			most, best = nearest, near
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

// Package ink draws tables: thousands of words, icons and tints a second into one picture.
//
// Fyne draws each canvas object by itself; a page of a journal is some five hundred of them, walked several times a
// frame (fyne.md, traps 2 to 4). Ink draws the visible page into one picture instead, with glyphs and icons kept as
// masks, so that a frame costs what its pixels cost.
//
// Its promise: what it draws looks like the rest of the window (same faces, same icons), costs no more memory than the
// picture and the distinct glyphs, and never draws outside the clip. Its limits: text is one line, left to right,
// without ligatures; a letter that Noto Sans lacks is drawn as its empty box. Not safe for concurrent use.
package ink

import (
	"image"
	"image/color"
	"math"

	"baqylau/ui/look"
)

// Box is a rectangle in Fyne's units.
type Box struct{ X, Y, W, H float32 }

// Inset takes dx from the left and the right, dy from the top and the bottom.
func (b Box) Inset(dx, dy float32) Box {
	return Box{b.X + dx, b.Y + dy, max(0, b.W-2*dx), max(0, b.H-2*dy)}
}

// Contains tells whether a point lies in the box; the right and the lower edge belong to the neighbour.
func (b Box) Contains(x, y float32) bool {
	return x >= b.X && y >= b.Y && x < b.X+b.W && y < b.Y+b.H
}

// Align places a text in its box.
type Align int

// The places.
const (
	Leading Align = iota
	Center
	Trailing
)

// Style is how a text is drawn; Size in Fyne's units.
type Style struct {
	Size  float32
	Bold  bool
	Color color.NRGBA
	Align Align
}

// Painter keeps the glyphs and icons of one widget and the picture that it draws on.
type Painter struct {
	picture *image.RGBA
	clip    image.Rectangle
	scale   float32
	faces   map[faceKey]*face
	icons   map[iconKey]*image.Alpha
}

type iconKey struct {
	icon look.Icon
	size int
}

// New makes a painter with nothing drawn yet.
func New() *Painter {
	return &Painter{scale: 1, faces: map[faceKey]*face{}, icons: map[iconKey]*image.Alpha{}}
}

// Begin starts a picture of width × height pixels for a widget that is unitsWide wide in Fyne's units, filled with
// ground. The picture of the previous Begin is reused when it has the same size.
func (p *Painter) Begin(width, height int, unitsWide float32, ground color.NRGBA) {
	width, height = max(1, width), max(1, height)
	bounds := image.Rect(0, 0, width, height)
	if p.picture == nil || p.picture.Rect != bounds {
		p.picture = image.NewRGBA(bounds)
	}
	p.scale = 1
	if unitsWide > 0 {
		p.scale = float32(width) / unitsWide
	}
	p.clip = bounds
	p.fill(bounds, ground)
}

// Picture is what was drawn since Begin.
func (p *Painter) Picture() *image.RGBA { return p.picture }

// Clip confines what follows to a box; the zero Box means the whole picture.
func (p *Painter) Clip(b Box) {
	p.clip = p.picture.Rect
	if b != (Box{}) {
		p.clip = p.clip.Intersect(p.pixels(b))
	}
}

// Rect fills a box.
func (p *Painter) Rect(b Box, c color.NRGBA) { p.fill(p.pixels(b).Intersect(p.clip), c) }

// Frame draws the outline of a box inwards, width units thick.
func (p *Painter) Frame(b Box, width float32, c color.NRGBA) {
	r, w := p.pixels(b), max(1, int(math.Round(float64(width*p.scale))))
	for _, side := range []image.Rectangle{
		{r.Min, image.Pt(r.Max.X, r.Min.Y+w)},
		{image.Pt(r.Min.X, r.Max.Y-w), r.Max},
		{image.Pt(r.Min.X, r.Min.Y+w), image.Pt(r.Min.X+w, r.Max.Y-w)},
		{image.Pt(r.Max.X-w, r.Min.Y+w), image.Pt(r.Max.X, r.Max.Y-w)},
	} {
		p.fill(side.Intersect(p.clip), c)
	}
}

// Round fills a box with rounded corners.
func (p *Painter) Round(b Box, radius float32, c color.NRGBA) {
	r := p.pixels(b)
	rad := float64(min(radius*p.scale, float32(r.Dx())/2, float32(r.Dy())/2))
	for y := max(r.Min.Y, p.clip.Min.Y); y < min(r.Max.Y, p.clip.Max.Y); y++ {
		dy := cornerDistance(float64(y-r.Min.Y)+0.5, float64(r.Dy()), rad)
		edge := 0.0
		if dy > 0 {
			edge = rad - math.Sqrt(max(0, rad*rad-dy*dy))
		}
		left, right := float64(r.Min.X)+edge, float64(r.Max.X)-edge
		from, to := int(math.Ceil(left)), int(math.Floor(right))
		p.fill(image.Rect(from, y, to, y+1).Intersect(p.clip), c)
		p.blend(from-1, y, c, uint32(255*(float64(from)-left)))
		p.blend(to, y, c, uint32(255*(right-float64(to))))
	}
}

// cornerDistance is how far a point at offset lies inside the zone of a rounded end; 0 between the ends.
func cornerDistance(offset, length, radius float64) float64 {
	switch {
	case offset < radius:
		return radius - offset
	case offset > length-radius:
		return offset - (length - radius)
	default:
		return 0
	}
}

// Icon draws an icon as large as fits into the middle of a box.
func (p *Painter) Icon(icon look.Icon, b Box, c color.NRGBA) {
	size := int(math.Round(float64(min(b.W, b.H) * p.scale)))
	if icon == "" || size <= 0 {
		return
	}
	key := iconKey{icon, size}
	mask, ok := p.icons[key]
	if !ok {
		mask = trace(icon.SVG(), size)
		p.icons[key] = mask
	}
	x := int(math.Round(float64(b.X*p.scale))) + (int(b.W*p.scale)-size)/2
	y := int(math.Round(float64(b.Y*p.scale))) + (int(b.H*p.scale)-size)/2
	p.stamp(mask, x, y, c)
}

// pixels rounds a box to whole pixels, each edge by itself, so that neighbours neither gap nor overlap.
func (p *Painter) pixels(b Box) image.Rectangle {
	round := func(v float32) int { return int(math.Round(float64(v * p.scale))) }
	return image.Rect(round(b.X), round(b.Y), round(b.X+b.W), round(b.Y+b.H))
}

// fill expects r within the picture.
func (p *Painter) fill(r image.Rectangle, c color.NRGBA) {
	if r.Empty() || c.A == 0 {
		return
	}
	if c.A != 0xFF {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				p.blend(x, y, c, 255)
			}
		}
		return
	}
	first := p.picture.Pix[p.picture.PixOffset(r.Min.X, r.Min.Y):]
	first = first[:4*r.Dx()]
	first[0], first[1], first[2], first[3] = c.R, c.G, c.B, 0xFF
	for done := 4; done < len(first); done *= 2 {
		copy(first[done:], first[:done])
	}
	for y := r.Min.Y + 1; y < r.Max.Y; y++ {
		copy(p.picture.Pix[p.picture.PixOffset(r.Min.X, y):], first)
	}
}

// blend lays c with coverage 0…255 on one opaque point; outside the clip nothing happens.
func (p *Painter) blend(x, y int, c color.NRGBA, coverage uint32) {
	if coverage == 0 || !(image.Point{x, y}).In(p.clip) {
		return
	}
	a := coverage * uint32(c.A) / 255
	pix := p.picture.Pix[p.picture.PixOffset(x, y):]
	pix = pix[:4:4]
	pix[0] = lay(pix[0], c.R, a)
	pix[1] = lay(pix[1], c.G, a)
	pix[2] = lay(pix[2], c.B, a)
	pix[3] = 0xFF
}

func lay(under, over uint8, a uint32) uint8 {
	return uint8((uint32(under)*(255-a) + uint32(over)*a + 127) / 255)
}

// stamp lays c through a mask whose upper left corner comes to x, y.
func (p *Painter) stamp(mask *image.Alpha, x, y int, c color.NRGBA) {
	r := mask.Rect.Add(image.Pt(x, y)).Intersect(p.clip)
	for py := r.Min.Y; py < r.Max.Y; py++ {
		coverage := mask.Pix[mask.PixOffset(r.Min.X-x, py-y):]
		pix := p.picture.Pix[p.picture.PixOffset(r.Min.X, py):]
		for i := range r.Dx() {
			cover := coverage[i]
			if cover == 0 {
				continue
			}
			a := uint32(cover) * uint32(c.A) / 255
			point := pix[4*i : 4*i+4 : 4*i+4]
			point[0] = lay(point[0], c.R, a)
			point[1] = lay(point[1], c.G, a)
			point[2] = lay(point[2], c.B, a)
			point[3] = 0xFF
		}
	}
}

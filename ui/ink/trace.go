package ink

import (
	"encoding/xml"
	"image"
	"math"
	"strconv"
	"strings"

	"golang.org/x/image/vector"
)

// drawn is the part of SVG that our icons use: paths of M, L, C and Z with absolute coordinates, and circles, each
// either filled or stroked with round ends, in a view box of 24 × 24.
type drawn struct {
	Shapes []shape `xml:",any"`
}

type shape struct {
	XMLName xml.Name
	Fill    string  `xml:"fill,attr"`
	Width   float64 `xml:"stroke-width,attr"`
	D       string  `xml:"d,attr"`
	CX      float64 `xml:"cx,attr"`
	CY      float64 `xml:"cy,attr"`
	R       float64 `xml:"r,attr"`
}

const (
	viewBox = 24
	// curveSteps cuts a curve into straight pieces; at the largest icon (64 px) one is shorter than 4 px.
	curveSteps = 16
)

type point struct{ x, y float64 }

// trace rasterises an icon as a mask of size × size. A drawing that it can't read gives an empty mask: the icons
// are embedded, and a test traces each.
func trace(svg []byte, size int) *image.Alpha {
	mask := image.NewAlpha(image.Rect(0, 0, size, size))
	var d drawn
	if xml.Unmarshal(svg, &d) != nil {
		return mask
	}
	pen := pen{vector.NewRasterizer(size, size), float64(size) / viewBox}
	for _, s := range d.Shapes {
		for _, line := range s.lines() {
			if s.Fill == "none" {
				pen.stroke(line, s.Width)
			} else {
				pen.polygon(line)
			}
		}
	}
	pen.to.Draw(mask, mask.Rect, image.Opaque, image.Point{})
	return mask
}

func (s shape) lines() [][]point {
	switch s.XMLName.Local {
	case "circle":
		return [][]point{circle(point{s.CX, s.CY}, s.R)}
	case "path":
		return parsePath(s.D)
	default:
		return nil
	}
}

func circle(centre point, radius float64) []point {
	const corners = 32
	line := make([]point, 0, corners+1)
	for i := range corners + 1 {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / corners)
		line = append(line, point{centre.x + radius*cos, centre.y + radius*sin})
	}
	return line
}

// parsePath reads "M x y", "L x y", "C x1 y1 x2 y2 x y" and "Z", separated by spaces.
func parsePath(d string) [][]point {
	var lines [][]point
	fields := strings.Fields(strings.NewReplacer("M", " M ", "L", " L ", "C", " C ", "Z", " Z ").Replace(d))
	number := func(i int) float64 {
		if i >= len(fields) {
			return 0
		}
		v, _ := strconv.ParseFloat(fields[i], 64)
		return v
	}
	at := func(i int) point { return point{number(i), number(i + 1)} }
	for i := 0; i < len(fields); {
		last := len(lines) - 1
		switch command := fields[i]; {
		case command == "M":
			lines = append(lines, []point{at(i + 1)})
			i += 3
		case last < 0:
			return nil
		case command == "L":
			lines[last] = append(lines[last], at(i+1))
			i += 3
		case command == "C":
			lines[last] = curve(lines[last], at(i+1), at(i+3), at(i+5))
			i += 7
		case command == "Z":
			lines[last] = append(lines[last], lines[last][0])
			i++
		default:
			return nil
		}
	}
	return lines
}

// curve appends a cubic Bézier curve from the line's end.
func curve(line []point, a, b, end point) []point {
	start := line[len(line)-1]
	for i := 1; i <= curveSteps; i++ {
		t := float64(i) / curveSteps
		u := 1 - t
		w0, w1, w2, w3 := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
		line = append(line, point{
			w0*start.x + w1*a.x + w2*b.x + w3*end.x,
			w0*start.y + w1*a.y + w2*b.y + w3*end.y,
		})
	}
	return line
}

type pen struct {
	to    *vector.Rasterizer
	scale float64
}

// stroke draws each piece as a bar with round ends. All of them turn the same way round, so that where they overlap
// the rasteriser's winding only saturates.
func (p pen) stroke(line []point, width float64) {
	half := width / 2
	for i := range line {
		p.polygon(circle(line[i], half))
		if i == 0 {
			continue
		}
		a, b := line[i-1], line[i]
		length := math.Hypot(b.x-a.x, b.y-a.y)
		if length == 0 {
			continue
		}
		nx, ny := -(b.y-a.y)/length*half, (b.x-a.x)/length*half
		p.polygon([]point{{a.x - nx, a.y - ny}, {b.x - nx, b.y - ny}, {b.x + nx, b.y + ny}, {a.x + nx, a.y + ny}})
	}
}

func (p pen) polygon(line []point) {
	for i, at := range line {
		x, y := float32(at.x*p.scale), float32(at.y*p.scale)
		if i == 0 {
			p.to.MoveTo(x, y)
		} else {
			p.to.LineTo(x, y)
		}
	}
	p.to.ClosePath()
}

package look

import (
	"image/color"
	"math"
	"sync"
)

// Tone is a family of statuses. Colour never stands alone: a tone always comes with an icon or a word.
type Tone string

// The families of ui.md.
const (
	Neutral   Tone = ""
	Info      Tone = "info"
	Success   Tone = "success"
	Warning   Tone = "warning"
	Danger    Tone = "danger"
	Objection Tone = "objection"
)

// Tones lists every family.
func Tones() []Tone { return []Tone{Neutral, Info, Success, Warning, Danger, Objection} }

// Shade is what one tone is drawn with: Ink on Tint, or OnSolid on Solid for a filled chip.
// Ink reads on Tint, Surface and Background; all pairs have a contrast of at least 4.5 : 1.
type Shade struct {
	Ink, Tint, Solid, OnSolid color.NRGBA
}

// Palette is one variant of the tokens. All colours are opaque but Shadow, Scroll and Veil.
type Palette struct {
	Background, Surface, Raised color.NRGBA // page, panels, dialogs
	Text, Muted, Line           color.NRGBA
	InputLine                   color.NRGBA
	Primary, OnPrimary          color.NRGBA
	PrimaryHover                color.NRGBA
	Hover, Selection            color.NRGBA // under the mouse; the row of the cursor, selected things
	Shadow, Scroll, Veil        color.NRGBA
	shades                      map[Tone]Shade
}

// Shade gives the colours of a tone; an unknown tone is neutral.
func (p *Palette) Shade(t Tone) Shade {
	if s, ok := p.shades[t]; ok {
		return s
	}
	return p.shades[Neutral]
}

// tint is how much of a tone's colour its chip has under the word.
const tint = 0.12

// The palettes never change once made, so they are made once.
var (
	light = sync.OnceValue(func() *Palette {
		p := &Palette{
			Background: rgb(0xF5F7F9), Surface: rgb(0xFFFFFF), Raised: rgb(0xFFFFFF),
			Text: rgb(0x1B1F24), Muted: rgb(0x57606A), Line: rgb(0xD8DEE4), InputLine: rgb(0xAFB8C1),
			Primary: rgb(0x00798C), OnPrimary: rgb(0xFFFFFF), PrimaryHover: rgb(0x006475),
			Hover: rgb(0xEEF2F5), Selection: rgb(0xDDF0F3),
			Shadow: color.NRGBA{A: 0x33}, Scroll: color.NRGBA{R: 0x57, G: 0x60, B: 0x6A, A: 0x99}, Veil: color.NRGBA{A: 0x66},
		}
		p.shades = map[Tone]Shade{
			Neutral:   p.shade(0x6B7280, 0x545B67, 0x6B7280),
			Info:      p.shade(0x1F6FEB, 0x1A5CC8, 0x1F65D6),
			Success:   p.shade(0x1A7F37, 0x166B2F, 0x1A7F37),
			Warning:   p.shade(0x9A6700, 0x805600, 0x9A6700),
			Danger:    p.shade(0xCF222E, 0xB01C27, 0xCF222E),
			Objection: p.shade(0x8250DF, 0x6E3FCB, 0x7A47D8),
		}
		return p
	})
	dark = sync.OnceValue(func() *Palette {
		p := &Palette{
			Background: rgb(0x14181C), Surface: rgb(0x1B2026), Raised: rgb(0x222830),
			Text: rgb(0xE6EAEE), Muted: rgb(0x9AA4AF), Line: rgb(0x30363D), InputLine: rgb(0x4A535D),
			Primary: rgb(0x29B6C8), OnPrimary: rgb(0x0B1B1E), PrimaryHover: rgb(0x5CCBD9),
			Hover: rgb(0x252C34), Selection: rgb(0x173C43),
			Shadow: color.NRGBA{A: 0x80}, Scroll: color.NRGBA{R: 0x9A, G: 0xA4, B: 0xAF, A: 0x99}, Veil: color.NRGBA{A: 0x99},
		}
		p.shades = map[Tone]Shade{
			Neutral:   p.shade(0x9AA4AF, 0xAEB7C1, 0x9AA4AF),
			Info:      p.shade(0x6CB0FF, 0x7AB8FF, 0x6CB0FF),
			Success:   p.shade(0x57C06B, 0x62C976, 0x57C06B),
			Warning:   p.shade(0xE0AF3F, 0xE5B84F, 0xE0AF3F),
			Danger:    p.shade(0xFF8480, 0xFF918D, 0xFF8480),
			Objection: p.shade(0xBE9BFF, 0xC5A6FF, 0xBE9BFF),
		}
		return p
	})
)

func (p *Palette) shade(base, ink, solid uint32) Shade {
	return Shade{Ink: rgb(ink), Tint: Mix(p.Surface, rgb(base), tint), Solid: rgb(solid), OnSolid: p.OnPrimary}
}

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xFF}
}

// Mix lays amount (0…1) of over on under; both opaque.
func Mix(under, over color.NRGBA, amount float64) color.NRGBA {
	mix := func(u, o uint8) uint8 { return uint8(math.Round(float64(u)*(1-amount) + float64(o)*amount)) }
	return color.NRGBA{R: mix(under.R, over.R), G: mix(under.G, over.G), B: mix(under.B, over.B), A: 0xFF}
}

// Contrast is the ratio of WCAG 2.1 between two opaque colours: 1 (none) to 21.
func Contrast(a, b color.NRGBA) float64 {
	la, lb := luminance(a), luminance(b)
	if la < lb {
		la, lb = lb, la
	}
	return (la + 0.05) / (lb + 0.05)
}

// luminance is the relative luminance of WCAG 2.1.
func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

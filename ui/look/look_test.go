package look_test

import (
	"bytes"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"golang.org/x/image/font/sfnt"

	"baqylau/assets"
	"baqylau/ui/look"
)

var variants = map[string]fyne.ThemeVariant{"light": theme.VariantLight, "dark": theme.VariantDark}

// ui.md, tokens: text on its ground has a contrast of at least 4.5 : 1 in both themes.
func TestEveryTextReadsOnItsGround(t *testing.T) {
	const least = 4.5
	for name, variant := range variants {
		p := look.New(look.System, 100).Palette(variant)
		type pair struct {
			what         string
			text, ground color.NRGBA
		}
		pairs := []pair{
			{"text on page", p.Text, p.Background},
			{"text on panel", p.Text, p.Surface},
			{"text on dialog", p.Text, p.Raised},
			{"text on selection", p.Text, p.Selection},
			{"text on hover", p.Text, p.Hover},
			{"muted on page", p.Muted, p.Background},
			{"muted on panel", p.Muted, p.Surface},
			{"muted on selection", p.Muted, p.Selection},
			{"muted on hover", p.Muted, p.Hover},
			{"primary button", p.OnPrimary, p.Primary},
			{"primary button under the mouse", p.OnPrimary, p.PrimaryHover},
			{"primary as a word on panel", p.Primary, p.Surface},
			{"primary as a word on page", p.Primary, p.Background},
		}
		for _, tone := range look.Tones() {
			s := p.Shade(tone)
			pairs = append(pairs,
				pair{"chip " + string(tone), s.Ink, s.Tint},
				pair{"word on panel " + string(tone), s.Ink, p.Surface},
				pair{"word on page " + string(tone), s.Ink, p.Background},
				pair{"word on selection " + string(tone), s.Ink, p.Selection},
				pair{"filled chip " + string(tone), s.OnSolid, s.Solid})
		}
		for _, pair := range pairs {
			if got := look.Contrast(pair.text, pair.ground); got < least {
				t.Errorf("%s: %s has a contrast of %.2f, want at least %.1f", name, pair.what, got, least)
			}
		}
	}
}

func TestContrastOfBlackAndWhiteIs21(t *testing.T) {
	if got := look.Contrast(color.NRGBA{A: 255}, color.NRGBA{255, 255, 255, 255}); got < 20.99 || got > 21.01 {
		t.Errorf("contrast of black and white is %.2f, want 21", got)
	}
}

func TestEveryIconRendersInItsColour(t *testing.T) {
	test.NewTempApp(t)
	red := color.NRGBA{R: 0xCF, A: 0xFF}
	for _, icon := range look.Icons() {
		resource := icon.In(red)
		if resource == nil {
			t.Errorf("icon %q has no drawing", icon)
			continue
		}
		if !bytes.Contains(resource.Content(), []byte("#cf0000")) {
			t.Errorf("icon %q isn't drawn in black that can be replaced", icon)
		}
		img := canvas.NewImageFromResource(resource)
		w := test.NewTempWindow(t, img)
		w.SetPadded(false)
		w.Resize(fyne.NewSquareSize(24))
		shot := w.Canvas().Capture()
		inked := 0
		for y := range 24 {
			for x := range 24 {
				r, g, _, _ := shot.At(x, y).RGBA()
				if r > 0x9000 && g < 0x6000 {
					inked++
				}
			}
		}
		if inked < 8 {
			t.Errorf("icon %q drew %d red points, want a drawing", icon, inked)
		}
	}
}

func TestThemeNamesEveryColour(t *testing.T) {
	test.NewTempApp(t)
	test.AssertAllColorNamesDefined(t, look.New(look.Light, 100), "light")
	test.AssertAllColorNamesDefined(t, look.New(look.Dark, 100), "dark")
}

// fyne.md, trap 1: the face that Fyne carries draws the Kazakh «і» without its dot.
func TestFaceHasKazakhLettersAndADotOnI(t *testing.T) {
	for name, resource := range map[string]fyne.Resource{
		"regular": look.New(look.Light, 100).Font(fyne.TextStyle{}),
		"bold":    look.New(look.Light, 100).Font(fyne.TextStyle{Bold: true}),
	} {
		face, err := sfnt.Parse(resource.Content())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var buf sfnt.Buffer
		for _, letter := range "ӘәІіҢңҒғҮүҰұҚқӨөҺһ₸№«»—·…" {
			if index, err := face.GlyphIndex(&buf, letter); err != nil || index == 0 {
				t.Errorf("%s has no %q", name, letter)
			}
		}
		index, _ := face.GlyphIndex(&buf, 'і')
		outline, err := face.LoadGlyph(&buf, index, 1<<16, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		contours := 0
		for _, segment := range outline {
			if segment.Op == sfnt.SegmentOpMoveTo {
				contours++
			}
		}
		if contours != 2 {
			t.Errorf("%s: «і» has %d contours, want a stem and a dot", name, contours)
		}
	}
	if len(assets.FontRegular) == 0 {
		t.Error("no face is embedded")
	}
}

func TestTextSizeGrowsTextAndRows(t *testing.T) {
	app := test.NewTempApp(t)
	for _, percent := range look.TextSizes() {
		app.Settings().SetTheme(look.New(look.Light, percent))
		if got, want := look.Scaled(look.Row), look.Row*float32(percent)/100; got != want {
			t.Errorf("at %d %% a row is %v high, want %v", percent, got, want)
		}
		if got, want := theme.Size(theme.SizeNameText), look.Body*float32(percent)/100; got != want {
			t.Errorf("at %d %% text is %v, want %v", percent, got, want)
		}
	}
}

func TestDeadlineSharpensAsItNears(t *testing.T) {
	for _, c := range []struct {
		left   int
		tone   look.Tone
		filled bool
	}{{10, look.Neutral, false}, {4, look.Neutral, false}, {3, look.Warning, false}, {2, look.Warning, false}, {1, look.Danger, false}, {0, look.Danger, false}, {-1, look.Danger, true}} {
		got := look.Deadline(c.left)
		if got.Tone != c.tone || got.Filled != c.filled {
			t.Errorf("%d days left: %+v, want tone %q filled %v", c.left, got, c.tone, c.filled)
		}
	}
}

// Every status of the glossary that has a word has a look of its own.
func TestEveryStatusWithAWordHasALook(t *testing.T) {
	for _, key := range assets.Keys(assets.KK) {
		for _, area := range []string{"notification.", "conclusion.", "objection.", "status."} {
			if len(key) > len(area) && key[:len(area)] == area && look.StatusOf(key) == (look.Status{Icon: look.IconDot}) {
				t.Errorf("%s has no look", key)
			}
		}
	}
}

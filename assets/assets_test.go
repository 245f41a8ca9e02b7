package assets

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"image/png"
	"testing"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

func contours(t *testing.T, f *sfnt.Font, r rune) int {
	t.Helper()
	var buf sfnt.Buffer
	index, err := f.GlyphIndex(&buf, r)
	if err != nil {
		t.Fatal(err)
	}
	if index == 0 {
		t.Fatalf("%q is missing", r)
	}
	segments, err := f.LoadGlyph(&buf, index, fixed.I(1000), nil)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, s := range segments {
		if s.Op == sfnt.SegmentOpMoveTo {
			n++
		}
	}
	return n
}

// fyne.md, trap 1: the Noto Sans that Fyne bundles draws the Kazakh «і» without its dot.
func TestFontsDrawKazakh(t *testing.T) {
	for name, data := range map[string][]byte{"regular": FontRegular, "bold": FontBold} {
		t.Run(name, func(t *testing.T) {
			f, err := sfnt.Parse(data)
			if err != nil {
				t.Fatal(err)
			}
			if dotted, bare := contours(t, f, 'і'), contours(t, f, 'ı'); dotted != bare+1 {
				t.Errorf("«і» has %d contours, the dotless ı %d: the dot is missing", dotted, bare)
			}
			for _, r := range "ӘәҒғҚқҢңӨөҰұҮүҺһІі₸№«»—\u00a0\ufffd" {
				if r != '\u00a0' && contours(t, f, r) == 0 {
					t.Errorf("%q is drawn as nothing", r)
				}
			}
		})
	}
}

func TestDataFilesAreReadable(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(RiskProfiles)).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Errorf("risk profiles: %d rows, %v", len(rows), err)
	}
	if !json.Valid(WorkCalendar) {
		t.Error("the working calendar is no JSON")
	}
	if icon, err := png.DecodeConfig(bytes.NewReader(Icon)); err != nil || icon.Width != 512 || icon.Height != 512 {
		t.Errorf("icon: %d × %d, %v", icon.Width, icon.Height, err)
	}
	if entries, err := DemoFS.ReadDir("demo"); err != nil || len(entries) == 0 {
		t.Errorf("demo files: %d, %v", len(entries), err)
	}
}

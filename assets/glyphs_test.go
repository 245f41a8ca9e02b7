package assets

import (
	"testing"

	"golang.org/x/image/font/sfnt"
)

// A character that the font lacks shows as a box, or in a face of the system's choosing.
func TestTheFontHasEveryCharacterOfTheTexts(t *testing.T) {
	font, err := sfnt.Parse(FontRegular)
	if err != nil {
		t.Fatal(err)
	}
	var buffer sfnt.Buffer
	for _, lang := range []Lang{KK, RU} {
		for _, key := range Keys(lang) {
			for _, r := range lang.T(key) {
				if r == '\n' {
					continue
				}
				if glyph, err := font.GlyphIndex(&buffer, r); err != nil || glyph == 0 {
					t.Errorf("%s %s: the font has no %q", lang, key, r)
				}
			}
		}
	}
}

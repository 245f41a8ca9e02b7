package preview_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"baqylau/assets"
	"baqylau/ui/kit"
	"baqylau/ui/preview"
)

func TestDigestKeepsItsEnds(t *testing.T) {
	for digest, want := range map[string]string{
		"":                                    "",
		"0123456789abcdef":                    "0123456789abcdef",
		"0123456789abcdef" + "0":              "01234567 … 9abcdef0",
		strings.Repeat("a", 60) + "bcde" + "": "aaaaaaaa … aaaabcde",
	} {
		if got := preview.Digest(digest); got != want {
			t.Errorf("%q is shown as %q, want %q", digest, got, want)
		}
	}
}

func TestRowOpensItsFile(t *testing.T) {
	test.NewTempApp(t)
	opened := 0
	w := test.NewTempWindow(t, preview.NewRow(assets.KK, preview.File{Name: "a.pdf"}, func() { opened++ }, nil))
	w.Canvas().FocusNext()
	button, ok := w.Canvas().Focused().(*kit.Button)
	if !ok {
		t.Fatalf("Tab goes to %T", w.Canvas().Focused())
	}
	test.Tap(button)
	if opened != 1 {
		t.Errorf("opened %d times", opened)
	}
}

package ui

import (
	"testing"

	"fyne.io/fyne/v2/lang"

	"baqylau/assets"
)

func TestTheToolkitSpeaksTheChosenLanguage(t *testing.T) {
	for _, c := range []struct {
		lang assets.Lang
		want string
	}{{assets.KK, "Көшіру"}, {assets.RU, "Копировать"}, {assets.KK, "Көшіру"}} {
		if err := speak(c.lang); err != nil {
			t.Fatal(err)
		}
		if got := lang.X("Copy", "Copy"); got != c.want {
			t.Errorf("in %s the toolkit says %q, want %q", c.lang, got, c.want)
		}
		if got, want := lang.X("thursday", "Thursday"), c.lang.T("toolkit.thursday"); got != want {
			t.Errorf("in %s Thursday is %q, want %q", c.lang, got, want)
		}
	}
}

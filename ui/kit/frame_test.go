package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"baqylau/assets"
	"baqylau/ui/look"
)

func TestTheTopBarShrinksWhereTheWindowIsNarrow(t *testing.T) {
	for _, c := range []struct {
		name          string
		size          int
		width         float32
		wantConnected bool
	}{
		{"an ordinary window", 100, 1280, true},
		{"the least window", 100, 800, false},
		{"large text", 150, 1280, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			app := test.NewTempApp(t)
			app.Settings().SetTheme(look.New(look.Light, c.size))
			f := NewFrame(FrameSpec{Lang: assets.RU, User: "Оразалы Т. Қ."})
			w := test.NewTempWindow(t, f)
			f.SetConnection(look.Warning, "нет связи · данные на 14:05 · не отправлено: 12")
			w.Resize(fyne.NewSize(c.width, 800))
			f.SetClock("14:05")
			if got := w.Canvas().Size().Width; got > c.width {
				t.Errorf("the window is %v wide, want %v", got, c.width)
			}
			if f.connection.shrunk == c.wantConnected {
				t.Errorf("the connection's text is shown: %v, want %v", !f.connection.shrunk, c.wantConnected)
			}
			if f.connection.AccessibilityLabel() == "" {
				t.Error("the connection has no name")
			}
		})
	}
}

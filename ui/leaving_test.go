package ui

import (
	"testing"

	"fyne.io/fyne/v2"

	"baqylau/assets"
	"baqylau/control"
	"baqylau/ui/kit"
)

func TestLeavingMaySaveTheMarks(t *testing.T) {
	for name, away := range map[string]bool{"at the centre": false, "kept to be sent": true} {
		t.Run(name, func(t *testing.T) {
			s, purchase := givenDesk(t, assets.RU)
			if away {
				s.house.goAway()
			}
			s.press(fyne.KeySpace)
			s.visit(route{name: pageCabinet})
			s.click(assets.RU.T("shell.unsaved.save"))
			if s.route.name != pageCabinet {
				t.Fatalf("the page is %s: %s", s.route.name, s.words())
			}
			s.visit(route{name: pageDesk, id: purchase, direction: control.D1})
			if d := s.deskPage(); d.marked() != 0 && !away || d.grid.Mark(0, 0) != kit.Clear {
				t.Errorf("%d marks are not saved, the first cell is %v", d.marked(), d.grid.Mark(0, 0))
			}
		})
	}
}

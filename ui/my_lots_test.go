package ui

import (
	"context"
	"testing"

	"fyne.io/fyne/v2"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
)

func (s *seat) myLots() *myLotsPage {
	s.t.Helper()
	page, ok := s.current.(*myLotsPage)
	if !ok {
		s.t.Fatalf("the page is %T", s.current)
	}
	return page
}

// check saves marks: every profile of every lot clear, but a violation of the first profile of the lots named.
func check(ctx context.Context, desk *app.Desk, purchase string, violated ...int) error {
	page, _, err := desk.Page(purchase, control.D1)
	if err != nil {
		return err
	}
	marks := map[string][]control.Mark{}
	for i, lot := range page.Lots {
		row := make([]control.Mark, len(lot.Marks))
		for n, m := range lot.Marks {
			row[n] = m.Set(true, false)
		}
		for _, at := range violated {
			if at == i {
				row[0] = row[0].Set(true, true)
			}
		}
		marks[lot.Lot.ID] = row
	}
	if err := desk.KeepMarks(purchase, control.D1, marks); err != nil {
		return err
	}
	_, err = desk.SaveMarks(ctx, purchase, control.D1)
	return err
}

func TestMyLotsShowHowTheirChecksStand(t *testing.T) {
	h := givenCentre(t)
	purchase := h.hero()
	h.as("auditor", func(ctx context.Context, desk *app.Desk) error {
		if err := check(ctx, desk, purchase, 0); err != nil {
			return err
		}
		paper, err := desk.PrepareCertificate(ctx, purchase, control.D1)
		if err != nil {
			return err
		}
		h.sign(desk, "auditor", paper)
		form, err := desk.NewForm(purchase, pageOf(t, desk, purchase).Lots[0].Lot.ID, control.D1)
		if err != nil {
			return err
		}
		form.Text.RU = "Требования документации ограничивают конкуренцию."
		return desk.SaveForm(ctx, form)
	})
	s := h.seat("auditor", assets.RU)
	s.visit(route{name: pageMyLots})
	m := s.myLots()
	if len(m.shown) != 3 {
		t.Fatalf("%d lots are mine, want 3", len(m.shown))
	}
	profiles := len(pageOf(t, s.desk, purchase).Profiles)
	for i := range m.shown {
		row := m.row(i)
		due := "4 р.д."
		if m.shown[i].Standing != nil {
			due = assets.RU.T("lots.closed") // its marks are frozen
		}
		if m.shown[i].Checked != profiles || row[7].Text == "" || row[4].Text != due {
			t.Errorf("row %d: %+v", i, row)
		}
		if violated := m.shown[i].Standing != nil; violated != (row[6].Text == "Проект") || violated != (m.shown[i].Violated == 1) {
			t.Errorf("row %d: %+v", i, row)
		}
	}
	s.lookAround("my-lots")
	s.setLang(assets.RU)
	s.myLots().list.ToggleDetails()
	s.look("my-lots-details")

	s.press(fyne.KeyDown, fyne.KeyReturn)
	if s.route.name != pageDesk || s.route.id != purchase || s.route.direction != control.D1 {
		t.Errorf("Enter goes to %+v", s.route)
	}
	s.goBack()
	s.settle()
	if got, want := s.myLots().list.Cursor(), myLotID(m.shown[1]); got != want {
		t.Errorf("the cursor is on %q, want %q", got, want)
	}
}

func pageOf(t *testing.T, desk *app.Desk, purchase string) app.DeskPage {
	t.Helper()
	page, found, err := desk.Page(purchase, control.D1)
	if err != nil || !found {
		t.Fatal(found, err)
	}
	return page
}

func TestMyLotsAreSearched(t *testing.T) {
	h := givenCentre(t)
	h.hero()
	s := h.seat("auditor", assets.KK)
	s.visit(route{name: pageMyLots})
	m := s.myLots()
	s.myLots().startSearch()
	s.write("90010002")
	if len(m.shown) != 1 {
		t.Errorf("%d lots fit, want 1", len(m.shown))
	}
	s.write("х")
	s.sees(assets.KK.T("lots.none_found"))
	s.look("my-lots-none")
}

func TestWhoHasNoLotsIsToldWhereTheyComeFrom(t *testing.T) {
	s := givenCentre(t).seat("second-auditor", assets.KK)
	s.visit(route{name: pageMyLots})
	s.sees(assets.KK.T("lots.empty"))
	s.look("my-lots-empty")
}

func TestALotIsMineOnceItIsAssigned(t *testing.T) {
	h := givenCentre(t)
	s := h.seat("auditor", assets.RU)
	s.visit(route{name: pageMyLots})
	h.hero()
	s.sync()
	if n := len(s.myLots().shown); n != 3 {
		t.Errorf("%d lots are shown, want 3", n)
	}
}

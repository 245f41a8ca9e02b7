package ui

import (
	"context"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"github.com/google/go-cmp/cmp"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/signing/demo"
	"baqylau/ui/kit"
)

func (s *seat) deskPage() *deskPage {
	s.t.Helper()
	page, ok := s.current.(*deskPage)
	if !ok {
		s.t.Fatalf("the page is %T", s.current)
	}
	return page
}

// givenDesk is the auditor at the desk-control page of the story's announcement.
func givenDesk(t *testing.T, lang assets.Lang) (*seat, string) {
	h := givenCentre(t)
	purchase := h.hero()
	s := h.seat("auditor", lang)
	s.visit(route{name: pageDesk, id: purchase, direction: control.D1})
	return s, purchase
}

// checkAll marks every cell clear and the first a violation by the keyboard, and saves: Ctrl+A Space, Home, 2, Ctrl+S.
func (s *seat) checkAll() {
	s.t.Helper()
	s.shortcut(&fyne.ShortcutSelectAll{})
	s.press(fyne.KeySpace, fyne.KeyPageUp, fyne.KeyHome)
	s.write("2")
	s.ctrlS()
}

// ctrlS presses Ctrl+S: the window's menu hears it, which a test window has none of.
func (s *seat) ctrlS() {
	s.t.Helper()
	for _, menu := range s.window.MainMenu().Items {
		for _, item := range menu.Items {
			if key, ok := item.Shortcut.(*desktop.CustomShortcut); ok && key.KeyName == fyne.KeyS {
				item.Action()
				s.settle()
				return
			}
		}
	}
	s.t.Fatal("nothing hears Ctrl+S")
}

func marksOf(t *testing.T, desk *app.Desk, purchase string) [][]kit.Mark {
	t.Helper()
	var all [][]kit.Mark
	for _, lot := range pageOf(t, desk, purchase).Lots {
		var row []kit.Mark
		for _, m := range lot.Saved {
			row = append(row, kit.MarkOf(m))
		}
		all = append(all, row)
	}
	return all
}

func TestMarksCountOnceTheyAreSaved(t *testing.T) {
	s, purchase := givenDesk(t, assets.RU)
	s.sees("Камеральный контроль по № "+heroNumber, "Открытый конкурс", assets.RU.T("check.none"))
	s.look("desk-new")
	s.press(fyne.KeySpace, fyne.KeyDown)
	s.write("1")
	if n := s.deskPage().marked(); n != 2 {
		t.Fatalf("%d marks are not saved, want 2", n)
	}
	if saved := marksOf(t, s.desk, purchase); saved[0][0] != kit.Unchecked {
		t.Error("a mark counts before it is saved")
	}
	s.lookAround("desk-unsaved")
	if n := s.deskPage().marked(); n != 2 {
		t.Fatalf("%d marks are not saved after the page was built anew, want 2", n)
	}
	s.deskPage().focus()
	s.checkAll()
	if n := s.deskPage().marked(); n != 0 {
		t.Errorf("%d marks are not saved, want 0", n)
	}
	saved := marksOf(t, s.desk, purchase)
	want := make([][]kit.Mark, len(saved))
	for i := range want {
		for range saved[i] {
			want[i] = append(want[i], kit.Clear)
		}
	}
	want[0][0] = kit.Violated
	if diff := cmp.Diff(want, saved); diff != "" {
		t.Errorf("saved marks (-want +got):\n%s", diff)
	}
	s.lookAround("desk-saved")
}

func TestUnsavedMarksSurviveACrash(t *testing.T) {
	s, purchase := givenDesk(t, assets.KK)
	s.press(fyne.KeySpace, fyne.KeySpace)
	s.house.must(s.desk.Leave(context.Background())) // without asking, as when the power fails
	s.desk = nil

	again := s.house.seat("auditor", assets.KK)
	again.visit(route{name: pageDesk, id: purchase, direction: control.D1})
	d := again.deskPage()
	if d.marked() != 1 || d.grid.Mark(0, 0) != kit.Violated {
		t.Errorf("%d marks are not saved, the first cell is %v", d.marked(), d.grid.Mark(0, 0))
	}
	d.focus()
	again.shortcut(&fyne.ShortcutUndo{})
	if got := d.grid.Mark(0, 0); got != kit.Clear {
		t.Errorf("taken back after the crash it is %v", got)
	}
	again.setLang(assets.RU) // the page is built anew
	again.settle()
	again.deskPage().focus()
	again.shortcut(&fyne.ShortcutRedo{})
	if got := again.deskPage().grid.Mark(0, 0); got != kit.Violated {
		t.Errorf("done again it is %v", got)
	}
}

func TestLeavingWithUnsavedMarksAsks(t *testing.T) {
	s, purchase := givenDesk(t, assets.RU)
	s.press(fyne.KeySpace)
	s.visit(route{name: pageCabinet})
	s.sees(assets.RU.N("desk.unsaved", 1))
	s.look("desk-leaving")
	s.press(fyne.KeyEscape)
	if d := s.deskPage(); d.marked() != 1 {
		t.Fatalf("%d marks are not saved after going on, want 1", d.marked())
	}
	s.visit(route{name: pageCabinet})
	s.click(assets.RU.T("shell.unsaved.discard"))
	if s.route.name != pageCabinet {
		t.Fatalf("the page is %s", s.route.name)
	}
	s.visit(route{name: pageDesk, id: purchase, direction: control.D1})
	if n := s.deskPage().marked(); n != 0 {
		t.Errorf("%d marks are there after they were discarded", n)
	}
}

func TestAnotherDirectionIsChosenByTheTabs(t *testing.T) {
	s, _ := givenDesk(t, assets.RU)
	d := s.deskPage()
	if d.tabs == nil {
		t.Fatal("there are no tabs")
	}
	if first := d.tabbed[0]; first.Text != assets.RU.T("direction.D1") || first.State != kit.Open {
		t.Errorf("the first tab is %+v", first)
	}
	if second := d.tabbed[1]; second.State != kit.Later || second.Note == "" {
		t.Errorf("the second tab is %+v, want one that says when it opens", second)
	}
	s.press(fyne.KeySpace)
	d.tabs.Choose(1)
	s.settle()
	s.sees(assets.RU.N("desk.unsaved", 1))
	if d.tabs.Chosen() != 0 {
		t.Error("the tabs show a direction that the page doesn't")
	}
	s.click(assets.RU.T("shell.unsaved.discard"))
	if got := s.deskPage().direction; got != control.D2 {
		t.Errorf("the direction is %s, want D2", got)
	}
	s.lookAround("desk-later")
	s.window.Canvas().Focus(s.deskPage().tabs)
	s.press(fyne.KeyLeft)
	if got := s.deskPage().direction; got != control.D1 {
		t.Errorf("the direction is %s, want D1", got)
	}
	if focused := s.window.Canvas().Focused(); focused != fyne.Focusable(s.deskPage().tabs) {
		t.Error("the tabs have lost the keyboard")
	}
}

func TestAProfileIsExplained(t *testing.T) {
	for _, lang := range []assets.Lang{assets.KK, assets.RU} {
		s, purchase := givenDesk(t, lang)
		profile := pageOf(t, s.desk, purchase).Profiles[0]
		s.press(fyne.KeyF1)
		s.sees(inLang(lang, profile.NameKK, profile.NameRU), lang.T("remedy."+string(profile.Remedies[0])), lang.T("desk.profile.sample"))
		s.look("desk-help")
		s.press(fyne.KeyEscape)
		s.deskPage().help(s.deskPage().page.Profiles...)
		s.look("desk-profiles")
	}
}

func TestFinishingSignsTheCertificate(t *testing.T) {
	s, _ := givenDesk(t, assets.RU)
	if b := s.button("Завершить…"); b == nil || !b.Disabled() {
		t.Error("the work can be finished without a mark")
	}
	s.checkAll()
	s.click("Завершить…")
	s.look("desk-sign")
	s.write(demo.Password)
	s.click(assets.RU.T("sign.do"))
	certified := s.deskPage().page.Certified
	if certified == nil {
		t.Fatalf("no certificate: %s", s.words())
	}
	s.sees("Справка № " + certified.Number)
	s.lookAround("desk-certified")
}

func TestANotificationIsWrittenOnALotWithViolations(t *testing.T) {
	s, purchase := givenDesk(t, assets.KK)
	s.press(fyne.KeySpace)
	s.ctrlS()
	s.sees("90010001-ОК1", "(R-3.1)") // why not yet, of the first of my lots
	s.checkAll()
	s.click(assets.KK.T("desk.create"))
	want := route{name: pageForm, id: purchase, lot: pageOf(t, s.desk, purchase).Lots[0].Lot.ID, direction: control.D1}
	if s.route != want {
		t.Errorf("it goes to %+v, want %+v", s.route, want)
	}
}

func TestOfSeveralLotsOneIsChosen(t *testing.T) {
	h := givenCentre(t)
	purchase := h.hero()
	h.as("auditor", func(ctx context.Context, desk *app.Desk) error { return check(ctx, desk, purchase, 0, 2) })
	s := h.seat("auditor", assets.KK)
	s.visit(route{name: pageDesk, id: purchase, direction: control.D1})
	s.click(assets.KK.T("desk.create"))
	s.look("desk-create")
	s.press(fyne.KeyDown, fyne.KeyReturn)
	if want := pageOf(t, s.desk, purchase).Lots[2].Lot.ID; s.route.name != pageForm || s.route.lot != want {
		t.Errorf("it goes to %+v, want the lot %s", s.route, want)
	}
}

func TestALotWithANotificationIsFrozenAndLeadsToIt(t *testing.T) {
	h, purchase, notification := givenApproved(t)
	s := h.seat("auditor", assets.RU)
	s.visit(route{name: pageDesk, id: purchase, direction: control.D1})
	d := s.deskPage()
	if !d.grid.frozen[0] || d.grid.frozen[1] {
		t.Errorf("frozen rows: %v", d.grid.frozen)
	}
	s.press(fyne.KeySpace)
	if d.marked() != 0 {
		t.Error("a frozen cell was marked")
	}
	s.sees(app.Why(assets.RU, d.page.Lots[0].Mark, actionMark))
	s.click(d.paperName(&d.page.Lots[0]))
	if want := (route{name: pageCard, id: notification}); s.route != want {
		t.Errorf("it goes to %+v, want %+v", s.route, want)
	}
}

// givenApproved is the story up to the approved notification on the first lot; the others are clear.
func givenApproved(t *testing.T) (h *house, purchase, notification string) {
	h = givenCentre(t)
	purchase = h.hero()
	h.as("auditor", func(ctx context.Context, desk *app.Desk) error {
		if err := check(ctx, desk, purchase, 0); err != nil {
			return err
		}
		form, err := desk.NewForm(purchase, pageOf(t, desk, purchase).Lots[0].Lot.ID, control.D1)
		if err != nil {
			return err
		}
		people, err := desk.Colleagues(control.AuditorApprover)
		if err != nil {
			return err
		}
		notification = form.ID
		form.Text = app.Text{KK: "Талаптар бәсекелестікті шектейді.", RU: "Требования ограничивают конкуренцию.", Agreer: people[0].IIN}
		return desk.SendToAgreement(ctx, form)
	})
	h.as("approver", func(ctx context.Context, desk *app.Desk) error {
		paper, err := desk.PrepareApproval(ctx, notification)
		if err == nil {
			h.sign(desk, "approver", paper)
		}
		return err
	})
	return h, purchase, notification
}

func TestMarksOfAnotherSessionAreTakenOverWithoutLosingMine(t *testing.T) {
	s, purchase := givenDesk(t, assets.RU)
	s.press(fyne.KeySpace) // mine, on the first cell, not saved
	seats := s.house.seats
	s.house.seats = t.TempDir() // the same person at another machine
	s.house.as("auditor", func(ctx context.Context, desk *app.Desk) error {
		page := pageOf(t, desk, purchase)
		row := make([]control.Mark, len(page.Profiles))
		for i, m := range page.Lots[1].Marks {
			row[i] = m.Set(true, false)
		}
		if err := desk.KeepMarks(purchase, control.D1, map[string][]control.Mark{page.Lots[1].Lot.ID: row}); err != nil {
			return err
		}
		_, err := desk.SaveMarks(ctx, purchase, control.D1)
		return err
	})
	s.house.seats = seats
	s.sync()
	d := s.deskPage()
	if d.marked() != 1 || d.grid.Mark(0, 0) != kit.Clear || d.grid.Mark(1, 0) != kit.Clear {
		t.Errorf("%d not saved; cells %v, %v", d.marked(), d.grid.Mark(0, 0), d.grid.Mark(1, 0))
	}
	if focused := s.window.Canvas().Focused(); focused == nil || focused != d.grid.focused {
		t.Error("the grid has lost the keyboard")
	}
}

func TestMarksAreKeptWhileTheCentreIsAway(t *testing.T) {
	s, purchase := givenDesk(t, assets.KK)
	s.house.goAway()
	s.press(fyne.KeySpace)
	s.ctrlS()
	if n := s.desk.State().Waiting(); n != 1 {
		t.Errorf("%d commands wait, want 1", n)
	}
	if mark := s.deskPage().grid.Mark(0, 0); mark != kit.Clear {
		t.Errorf("the mark is %v", mark)
	}
	s.look("desk-offline")
	s.house.comeBack()
	s.sync()
	if saved := marksOf(t, s.desk, purchase); saved[0][0] != kit.Clear {
		t.Errorf("the centre has %v", saved[0][0])
	}
	if n := s.desk.State().Waiting(); n != 0 {
		t.Errorf("%d commands still wait", n)
	}
	if n := s.deskPage().marked(); n != 0 {
		t.Errorf("%d marks are not saved, want 0", n)
	}
}

func TestAPurchaseWithoutDirectionsHasNoTabs(t *testing.T) { // .c
	h := givenCentre(t)
	var purchase string
	h.as("lot-manager", func(ctx context.Context, desk *app.Desk) error {
		page, err := desk.Report(ctx, reportOf(control.PriceQuotations))
		if err != nil {
			return err
		}
		purchase = page.Rows[0].Purchase
		people, err := desk.Colleagues(control.Auditor)
		if err != nil {
			return err
		}
		for _, p := range people {
			if p.Surname == "Сейтқали" {
				return desk.Assign(ctx, page.Rows[:1], p.IIN)
			}
		}
		return app.ErrGone
	})
	s := h.seat("auditor", assets.KK)
	s.visit(route{name: pageDesk, id: purchase})
	if s.deskPage().tabs != nil {
		t.Error("there are tabs")
	}
	s.lookAround("desk-quotations")
}

func TestAPurchaseThatIsNotThereSaysSo(t *testing.T) {
	s := givenCentre(t).seat("auditor", assets.RU)
	s.visit(route{name: pageDesk, id: "buy-none", direction: control.D1})
	s.sees(assets.RU.T("refusal.not_found"), assets.RU.T("rail.my-lots"))
	s.look("desk-gone")
}

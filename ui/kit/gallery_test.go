package kit_test

import (
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"baqylau/assets"
	"baqylau/ui/ink"
	"baqylau/ui/kit"
	"baqylau/ui/look"
	"baqylau/ui/preview"
)

// galleryFolder is where the pictures go: BAQYLAU_GALLERY when set, else a folder that the test removes.
func galleryFolder(t *testing.T) string {
	t.Helper()
	if folder := os.Getenv("BAQYLAU_GALLERY"); folder != "" {
		return folder
	}
	return t.TempDir()
}

// The gallery renders every widget in both languages, both themes and the largest text, for a person to look at; the
// test itself sees to it that each picture has something on it and that nothing in it lacks a translation.
func TestGallery(t *testing.T) {
	folder := galleryFolder(t)
	for _, l := range []assets.Lang{assets.KK, assets.RU} {
		for _, setting := range []struct {
			mode    look.Mode
			percent int
		}{{look.Light, 100}, {look.Dark, 100}, {look.Light, 150}} {
			for name, view := range views {
				t.Run(fmt.Sprintf("%s-%s-%s-%d", name, l, setting.mode, setting.percent), func(t *testing.T) {
					app := test.NewTempApp(t)
					app.Settings().SetTheme(look.New(setting.mode, setting.percent))
					w := test.NewTempWindow(t, container.NewStack())
					w.SetPadded(false)
					w.Resize(fyne.NewSize(1280, 800))
					view(l, w)
					shot := w.Canvas().Capture()
					colours := map[[3]uint32]bool{}
					for y := 0; y < 800; y += 7 {
						for x := 0; x < 1280; x += 7 {
							r, g, b, _ := shot.At(x, y).RGBA()
							colours[[3]uint32{r, g, b}] = true
						}
					}
					if len(colours) < 10 {
						t.Errorf("the picture has %d colours", len(colours))
					}
					file, err := os.Create(filepath.Join(folder, fmt.Sprintf("%s-%s-%s-%d.png", name, l, setting.mode, setting.percent)))
					if err != nil {
						t.Fatal(err)
					}
					defer file.Close()
					if err := png.Encode(file, shot); err != nil {
						t.Fatal(err)
					}
				})
			}
		}
	}
}

var views = map[string]func(l assets.Lang, w fyne.Window){
	"journal": func(l assets.Lang, w fyne.Window) {
		j := sampleJournal(l, 2160)
		framed(l, w, j)
		j.Focus()
		press(w, fyne.KeyDown, fyne.KeySpace, fyne.KeyDown, fyne.KeySpace, fyne.KeyDown)
	},
	"journal-details": func(l assets.Lang, w fyne.Window) {
		j := sampleJournal(l, 13)
		framed(l, w, j)
		j.SetState(kit.Offline, "", nil)
		j.ToggleDetails()
		j.Focus()
		press(w, fyne.KeyDown, fyne.KeyUp, fyne.KeyUp)
	},
	"journal-empty": func(l assets.Lang, w fyne.Window) {
		j := sampleJournal(l, 0)
		framed(l, w, j)
		j.SetState(kit.Failed, "", &kit.Action{Text: l.T("ui.close")})
	},
	"grid": func(l assets.Lang, w fyne.Window) {
		g := sampleGrid(l, 8, 4)
		tabs := kit.NewDirectionTabs([]kit.Tab{
			{Text: l.T("direction.D1"), State: kit.Open},
			{Text: l.T("direction.D2"), Note: "18.03", State: kit.Later},
			{Text: l.T("direction.D3")},
			{Text: l.T("direction.D4")},
		}, 0, nil)
		day := time.Date(2026, 3, 10, 9, 0, 0, 0, assets.Almaty())
		window := kit.NewWindowBar(kit.WindowBarSpec{
			Opens: day, Closes: day.AddDate(0, 0, 7), Now: day.AddDate(0, 0, 3), DaysLeft: 3,
			Text: "10.03 09:00 … 17.03 24:00 · " + l.N("deadline.workdays_left", 3),
		})
		bar := kit.NewActionBar(kit.ActionBarSpec{
			Lang:    l,
			Primary: &kit.Action{Text: l.T("ui.file.save"), Reason: "84492165-ОК1 " + l.T("check.none") + " (R-3.1)"},
			Secondary: []kit.Action{
				{Text: l.T("ui.close")},
				{Text: l.T("ui.journal.drop_selection")},
			},
			More: []kit.Action{{Text: l.T("ui.cancel"), Reason: "R-3.9"}},
		})
		framed(l, w, kit.Filled(8, g, tabs, window, g, bar))
		g.Focus()
		press(w, fyne.KeyDown, fyne.KeySpace, fyne.KeyRight, fyne.KeySpace, fyne.KeySpace)
	},
	"compare": func(l assets.Lang, w fyne.Window) {
		c := sampleCompare(l, nil)
		framed(l, w, c)
		w.Canvas().Focus(c.Focusable())
		press(w, fyne.KeyRight)
	},
	"grid-large": func(l assets.Lang, w fyne.Window) {
		g := sampleGrid(l, 200, 12)
		framed(l, w, g)
		g.Focus()
		press(w, fyne.KeyPageDown, fyne.KeyEnd, fyne.KeyUp, fyne.KeyUp)
	},
	"card": sampleCard,
	"dialog": func(l assets.Lang, w fyne.Window) {
		c := framed(l, w, sampleJournal(l, 13))
		password := kit.NewPasswordField(l, "")
		c.Show(kit.DialogSpec{
			Title: l.T("term.eds"), Width: 560, Focus: password.Focusable(),
			Body: container.NewVBox(
				kit.NewParagraph(l.T("ui.journal.state.offline")),
				preview.NewRow(l, preview.File{Name: "Хабарлама № 2026-0117.pdf", Size: "102 КБ", Digest: "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"}, func() {}, nil),
				password),
			Primary: &kit.Action{Text: l.T("ui.file.save"), Icon: look.IconSign, Reason: l.T("ui.bilingual.missing")},
		})
		for _, r := range "ҚАЗ" {
			w.Canvas().Focused().TypedRune(r)
		}
	},
	"confirm": func(l assets.Lang, w fyne.Window) {
		c := framed(l, w, sampleJournal(l, 13))
		c.Toast(look.Success, l.T("ui.journal.state.offline"))
		c.Toast(look.Danger, l.T("ui.journal.state.failed"))
		c.Confirm(kit.ConfirmSpec{
			Title: "№ 2026-0117", Text: l.T("ui.journal.state.failed"), Action: l.T("ui.close"), Destructive: true,
		})
	},
}

// framed shows a page in the frame of the program.
func framed(l assets.Lang, w fyne.Window, page fyne.CanvasObject) *kit.Controller {
	f := kit.NewFrame(kit.FrameSpec{
		Lang: l, Demo: true, User: "Сейтқали А.",
		Rail: []kit.RailItem{
			{ID: "cabinet", Text: l.T("term.cabinet"), Icon: look.IconHome, Count: 3, Urgent: true},
			{ID: "mine", Text: l.T("term.assignment"), Icon: look.IconAssign, Count: 12},
			{ID: "notifications", Text: l.T("term.notification"), Icon: look.IconEnvelope, Count: 5},
			{ID: "objections", Text: l.T("term.objection"), Icon: look.IconSpeech, Count: 1},
			{ID: "reports", Text: l.T("role.control_reports"), Icon: look.IconChart},
		},
	})
	f.SetPage("notifications", []kit.Crumb{
		{Text: l.T("term.cabinet"), OnTapped: func() {}},
		{Text: l.T("term.notification"), OnTapped: func() {}},
		{Text: "№ 2026-0117"},
	}, page)
	f.SetHistory(true, false)
	f.SetConnection(look.Success, l.T("notification.delivered")+" · 2")
	f.SetLast(l.T("ui.journal.state.ready") + " · № 2026-0117")
	f.SetClock("Asia/Almaty 21.11.2026 14:05")
	c := kit.NewController(l, w)
	c.After = func(time.Duration, func()) {}
	w.SetContent(c.Layer(f))
	w.Resize(fyne.NewSize(1280, 800))
	return c
}

func press(w fyne.Window, keys ...fyne.KeyName) {
	for _, key := range keys {
		if focused := w.Canvas().Focused(); focused != nil {
			focused.TypedKey(&fyne.KeyEvent{Name: key})
		}
	}
}

func sampleJournal(l assets.Lang, n int) *kit.Journal {
	statuses := []string{"in_agreement", "draft", "delivered", "objection_sent", "executed", "rejected", "not_executed_unacknowledged", "awaiting_confirmation"}
	j := kit.NewJournal(kit.JournalSpec{
		Lang: l, Title: l.T("term.notification"),
		Columns: []kit.Column{
			{Key: "number", Title: "№", Width: 100, Sortable: true},
			{Key: "purchase", Title: l.T("term.announcement"), Width: 110, Sortable: true},
			{Key: "status", Title: l.T("notification.in_agreement"), Width: 190, Grow: true},
			{Key: "agreer", Title: l.T("term.agreer"), Width: 120, Grow: true},
			{Key: "amount", Title: l.T("term.lot"), Width: 130, Align: ink.Trailing, Sortable: true},
			{Key: "deadline", Title: l.T("deadline.today"), Width: 170, Sortable: true},
		},
		Filters: []kit.Filter{{Key: "status", Title: l.T("term.method")}},
		Bulk: []kit.BulkAction{
			{Text: l.T("ui.file.save"), Icon: look.IconCheck, OnTapped: func([]string) {}},
			{Text: l.T("ui.close"), OnTapped: func([]string) {}, Reason: func([]string) string { return l.T("check.none") + " (R-3.6)" }},
		},
		Saved:    func() []kit.Choice { return nil },
		Export:   func() []kit.Choice { return nil },
		OnSearch: func(string) {}, OnFilter: func(string, string) {}, OnClearFilter: func(string) {},
		OnSort: func(string, bool) {},
		Details: func(id string) fyne.CanvasObject {
			return container.NewVBox(kit.NewSubheading("№ 2026-"+id), kit.NewStatusChip(l, "notification.in_agreement"),
				kit.NewParagraph(l.T("ui.journal.state.offline")), kit.NewDeadline(l.N("deadline.workdays_left", 2), 2))
		},
	})
	j.SetList(kit.List{
		Len: n, Total: max(n, 2160),
		ID: func(i int) string { return fmt.Sprintf("%04d", i) },
		At: func(i int) []kit.Cell {
			status := "notification." + statuses[i%len(statuses)]
			return []kit.Cell{
				{Text: fmt.Sprintf("2026-%04d", i), Strong: true},
				{Text: "17379677-1"},
				{Text: l.T(status), Status: look.StatusOf(status)},
				{Text: "Сейтқали Ә. Ғ."},
				{Text: assets.Money(int64(926_896_552 + 7_777*i))},
				{Text: l.N("deadline.workdays_left", i%9), Status: look.Deadline(i % 9)},
			}
		},
	})
	j.SetFilters([]kit.ActiveFilter{{Key: "status", Text: l.T("term.method") + ": " + l.T("method.open_tender")}, {Key: "agreer", Text: l.T("term.agreer") + ": Сейтқали Ә."}})
	j.SetSort("deadline", false)
	return j
}

func sampleGrid(l assets.Lang, rows, columns int) *kit.Grid {
	notes := []string{l.T("remedy.amend_documentation"), l.T("remedy.review_admission"), l.T("method.open_tender"), l.T("remedy.cancel_purchase")}
	spec := kit.GridSpec{Lang: l, Corner: l.T("term.lot"), Frozen: func(row, _ int) bool { return row%7 == 5 }}
	for i := range columns {
		spec.Columns = append(spec.Columns, kit.GridColumn{Title: fmt.Sprintf("№ %d", i+1), Note: notes[i%len(notes)]})
	}
	for i := range rows {
		spec.Rows = append(spec.Rows, kit.GridRow{Title: fmt.Sprintf("%d-ОК1", 84492164+i), Note: assets.Money(926_896_552)})
		marks := make([]kit.Mark, columns)
		for c := range marks {
			marks[c] = kit.Mark((i*c + i) % 3)
		}
		spec.Marks = append(spec.Marks, marks)
	}
	return kit.NewGrid(spec)
}

func sampleCard(l assets.Lang, w fyne.Window) {
	step := func(status, note string, state kit.StepState) kit.Step {
		return kit.Step{Text: l.T("notification." + status), Note: note, Status: look.StatusOf("notification." + status), State: state}
	}
	life := kit.NewStepper([]kit.Step{
		step("draft", "10.03.2026 09:12 · Ахметова Г. С.", kit.Done),
		step("in_agreement", "10.03.2026 11:40 · Сейтқали Ә. Ғ.", kit.Done),
		step("approved", "12.03.2026 16:05 · Нұрланов Б. Қ.", kit.Present),
		step("delivered", "", kit.Ahead), step("in_execution", "", kit.Ahead),
	})
	trail := kit.NewTrail([]kit.Remark{
		{Who: "Ахметова Гүлнәр", What: l.T("notification.in_agreement"), When: "10.03.2026 11:40", Status: look.StatusOf("notification.in_agreement")},
		{Who: "Сейтқали Әлібек Ғалымұлы", What: l.T("notification.rejected"), When: "11.03.2026 10:02", Text: l.T("ui.journal.state.failed"), Status: look.StatusOf("notification.rejected")},
		{Who: "Нұрланов Б. Қ.", What: l.T("notification.approved"), When: "12.03.2026 16:05", Status: look.StatusOf("notification.approved")},
	})
	today := kit.DayOf(time.Date(2026, 3, 12, 10, 0, 0, 0, assets.Almaty()))
	date := kit.NewDateField(l, today, func() kit.Day { return today })
	texts := kit.NewBilingualEditor(l, l.T("term.notification"), 6, "Құжаттамада заңнамада көзделмеген талаптар белгіленген.", "")
	middle := container.NewVBox(texts,
		preview.NewRow(l, preview.File{Name: "№ 2026-0117.pdf", Size: "102 КБ", Digest: "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"}, func() {}, func() {}),
		container.NewHBox(date), kit.NewDeadline(l.N("deadline.workdays_left", 3), 3), kit.NewDeadline(l.N("deadline.workdays_left", 9), 9),
		kit.NewDeadline(l.N("deadline.overdue_workdays", 2), -2), kit.NewBanner(look.Warning, look.IconWarning, l.T("ui.journal.state.offline"), nil))
	framed(l, w, container.NewBorder(nil, nil, kit.Wide(250, 0, life), kit.NewPanel(trail), container.NewVScroll(middle)))
	texts.Focus(assets.RU)
}

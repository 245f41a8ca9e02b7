package ui

import (
	"context"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/ui/look"
)

const (
	officeRussian = "В конкурсной документации указан товарный знак конкретного производителя без слов «или эквивалент», что ограничивает участие потенциальных поставщиков."
	homeRussian   = "В конкурсной документации (приложение 2, пункт 4) указан товарный знак определённого производителя, что ограничивает конкуренцию."
	officeKazakh  = "Конкурстық құжаттамада белгілі бір өндірушінің тауар белгісі «немесе баламасы» деген сөздерсіз көрсетілген, бұл әлеуетті өнім берушілердің қатысуын шектейді."
)

// elsewhere has the same author save a text of a notification at another machine.
func (s *seat) elsewhere(id string, change func(app.Text) app.Text) {
	s.t.Helper()
	other := &house{Centre: s.house.Centre, t: s.t, seats: s.t.(*testing.T).TempDir()}
	other.as("auditor", func(ctx context.Context, desk *app.Desk) error {
		form, err := desk.Form(id)
		if err != nil {
			return err
		}
		form.Text = change(form.Text)
		return desk.SaveForm(ctx, form)
	})
}

// savedForm is a form whose text is at the centre, in both languages, with the author at it.
func savedForm(t *testing.T, lang assets.Lang) (*seat, string) {
	t.Helper()
	s, f := givenForm(t, lang)
	f.editor.SetTexts(kazakhText, russianText)
	f.changed()
	s.agreer("Оразалы")
	s.save()
	return s, f.form.ID
}

// retype types a text in the place of the Russian one.
func (s *seat) retype(text string) {
	kk, _ := s.form().editor.Texts()
	s.form().editor.SetTexts(kk, text)
	s.form().changed()
	s.settle()
}

// clashing has two texts of one notification clash in Russian, and differ in Kazakh.
func clashing(t *testing.T, lang assets.Lang) (*seat, string) {
	t.Helper()
	s, id := savedForm(t, lang)
	s.elsewhere(id, func(text app.Text) app.Text {
		return text.With(app.FieldRU, officeRussian).With(app.FieldKK, officeKazakh)
	})
	s.retype(homeRussian)
	s.save()
	s.sees(lang.T("conflict.about"))
	s.press(fyne.KeyEscape) // put off for now
	return s, id
}

func TestTwoTextsAreDecidedFieldByFieldFromTheKeyboard(t *testing.T) {
	s, id := clashing(t, assets.RU)
	s.sees("то же самое изменилось и в центре")
	s.look("form-theirs")
	s.click("Сравнить и выбрать…")
	s.sees("Два текста уведомления № "+s.card(id).Notification.Number, "Мой текст", "Сейчас в центре", "Было до изменений", "выбрано за Вас")
	if b := s.button("Оставить выбранное"); !b.Disabled() {
		t.Error("it is decided before anything is chosen")
	}
	s.sees("не выбрано, что оставить: текст на русском языке")
	s.press(fyne.KeyRight, fyne.KeyRight, fyne.KeyLeft) // mine is reached first, theirs, and mine again
	s.click("Оставить выбранное")
	kk, ru := s.form().editor.Texts()
	if kk != officeKazakh || ru != homeRussian || s.form().form.Theirs != nil {
		t.Fatalf("the form has %q, %q", kk, ru)
	}
	s.save()
	if got := s.card(id).Notification.State; got.TextRU != homeRussian || got.TextKK != officeKazakh {
		t.Errorf("saved is %q, %q", got.TextRU, got.TextKK)
	}
	s.click("История текста")
	s.sees("текст центра уступил моему")
	s.look("history")
	s.click("Вернуть этот текст")
	if _, ru := s.form().editor.Texts(); ru != officeRussian {
		t.Errorf("brought back is %q", ru)
	}
	s.form().takeBack()
	if _, ru := s.form().editor.Texts(); ru != homeRussian {
		t.Errorf("taken back it is %q", ru)
	}
}

func TestOneSideMayStayInAllThatClashes(t *testing.T) {
	for button, want := range map[string]string{"В спорных частях мой текст": homeRussian, "В спорных частях текст центра": officeRussian} {
		t.Run(button, func(t *testing.T) {
			s, id := savedForm(t, assets.RU)
			s.elsewhere(id, func(text app.Text) app.Text {
				return app.Text{RU: officeRussian, KK: officeKazakh} // and nobody to agree
			})
			s.form().editor.SetTexts("Үйде жазылған.", homeRussian)
			s.form().changed()
			s.save()
			s.press(fyne.KeyEscape)
			s.click("Сравнить и выбрать…")
			s.click(button)
			s.click("Оставить выбранное")
			s.save()
			if got := s.card(id).Notification.State; got.TextRU != want || (got.TextKK == officeKazakh) != (want == officeRussian) || got.Agreer != "" {
				t.Errorf("saved is %+v", got)
			}
		})
	}
}

func TestADecisionThatIsPutOffLosesNothing(t *testing.T) {
	s, id := clashing(t, assets.RU)
	s.click("Сравнить и выбрать…")
	s.press(fyne.KeySpace, fyne.KeyEscape)
	s.sees("то же самое изменилось и в центре")
	if _, ru := s.form().editor.Texts(); ru != homeRussian {
		t.Errorf("the form has %q", ru)
	}
	if got := s.card(id).Notification.State.TextRU; got != officeRussian {
		t.Errorf("the centre has %q", got)
	}
}

func TestTheComparisonHoldsInEveryLook(t *testing.T) {
	s, _ := clashing(t, assets.RU)
	for _, lang := range []assets.Lang{assets.KK, assets.RU} {
		s.setLang(lang)
		s.settle()
		for _, c := range []struct {
			name    string
			mode    look.Mode
			size    fyne.Size
			percent int
		}{
			{"light", look.Light, fyne.NewSize(1280, 800), 100},
			{"dark", look.Dark, fyne.NewSize(1280, 800), 100},
			{"small", look.Light, fyne.NewSize(1024, 700), 100},
			{"large-text", look.Light, fyne.NewSize(1024, 700), 150},
		} {
			s.fyne.Preferences().SetString(preferenceTheme, string(c.mode))
			s.fyne.Preferences().SetInt(preferenceSize, c.percent)
			s.restyle()
			s.window.Resize(c.size)
			s.settle()
			s.look("form-theirs-" + c.name)
			s.click(lang.T("conflict.open"))
			s.press(fyne.KeyRight)
			if over := s.top().MinSize(); over.Width > c.size.Width || over.Height > c.size.Height {
				t.Errorf("%s %s: the dialog needs %v", c.name, lang, over)
			}
			s.look("conflict-" + c.name)
			s.press(fyne.KeyEscape)
		}
	}
}

func TestWhatOthersChangedElsewhereIsTakenIn(t *testing.T) { // disjoint fields
	s, id := savedForm(t, assets.RU)
	s.retype(homeRussian)
	s.elsewhere(id, func(text app.Text) app.Text { return text.With(app.FieldKK, officeKazakh) })
	s.sync()
	s.current.refresh()
	s.settle()
	if kk, ru := s.form().editor.Texts(); kk != officeKazakh || ru != homeRussian {
		t.Errorf("the form has %q, %q", kk, ru)
	}
	if want := "в центре изменилось: текст на казахском языке"; !strings.Contains(s.last, want) {
		t.Errorf("told is %q", s.last)
	}
	s.form().takeBack() // that, too, can be taken back
	if kk, _ := s.form().editor.Texts(); kk != kazakhText {
		t.Errorf("taken back it is %q", kk)
	}
	s.form().doAgain()
	s.save()
	if got := s.card(id).Notification.State; got.TextRU != homeRussian || got.TextKK != officeKazakh {
		t.Errorf("saved is %q, %q", got.TextRU, got.TextKK)
	}
}

func TestWritingIsTakenBackByTheKeysAndAfterARestart(t *testing.T) {
	s, f := givenForm(t, assets.RU)
	id := f.form.ID
	if !f.undo.Disabled() || !f.redo.Disabled() {
		t.Error("there is nothing to take back, and it is offered")
	}
	s.write("Нарушение установлено")
	s.shortcut(&fyne.ShortcutUndo{})
	if _, ru := s.form().editor.Texts(); ru != "Нарушение " {
		t.Errorf("taken back it is %q", ru)
	}
	s.endSession()
	again := s.house.seat("auditor", assets.RU)
	again.visit(route{name: pageForm, id: id})
	again.form().focus()
	again.shortcut(&fyne.ShortcutRedo{})
	if _, ru := again.form().editor.Texts(); ru != "Нарушение установлено" {
		t.Errorf("done again it is %q", ru)
	}
	again.shortcut(&fyne.ShortcutUndo{})
	again.shortcut(&fyne.ShortcutUndo{})
	again.shortcut(&fyne.ShortcutUndo{}) // there is no more
	if _, ru := again.form().editor.Texts(); ru != "" {
		t.Errorf("taken back to the beginning it is %q", ru)
	}
}

// waiting has all kinds of commands wait at once.
func waiting(t *testing.T) (*seat, string) {
	t.Helper()
	s, id := savedForm(t, assets.RU)
	back := s.house.down()
	s.retype(homeRussian)
	s.click("Отправить на согласование")
	back()
	s.elsewhere(id, func(text app.Text) app.Text {
		return text.With(app.FieldRU, officeRussian).With(app.FieldKK, officeKazakh)
	})
	s.sync()
	return s, id
}

// screen leaves a picture for the README when asked to: BAQYLAU_SCREENS names the folder.
func (s *seat) screen(name string) {
	s.t.Helper()
	folder := os.Getenv("BAQYLAU_SCREENS")
	if folder == "" {
		return
	}
	file, err := os.Create(filepath.Join(folder, name+".png"))
	s.house.must(err)
	s.house.must(png.Encode(file, s.window.Canvas().Capture()))
	s.house.must(file.Close())
}

// TestTheOutboxTellsWhatWaitsForWhat: two texts that clash, what waits behind, and what is done with no network since.
func TestTheOutboxTellsWhatWaitsForWhat(t *testing.T) {
	s, id := waiting(t)
	s.house.down()
	if err := s.desk.Sync(context.Background()); err == nil {
		t.Error("the round says that all went well")
	}
	card := s.card(id)
	page, _, err := s.desk.Page(card.Notification.Purchase, control.D1)
	s.house.must(err)
	second := page.Lots[1]
	row := slices.Clone(second.Saved)
	row[0] = row[0].Set(true, true)
	s.house.must(s.desk.KeepMarks(page.Purchase.ID, control.D1, map[string][]control.Mark{second.Lot.ID: row}))
	if _, err := s.desk.SaveMarks(context.Background(), page.Purchase.ID, control.D1); !errors.Is(err, app.ErrQueued) {
		t.Fatalf("the marks: %v", err)
	}
	form, err := s.desk.NewForm(page.Purchase.ID, second.Lot.ID, control.D1)
	s.house.must(err)
	form.Text = app.Text{KK: kazakhText, RU: russianText, Agreer: card.Notification.State.Agreer}
	if err := s.desk.SendToAgreement(context.Background(), form); !errors.Is(err, app.ErrQueued) {
		t.Fatalf("the form: %v", err)
	}
	s.visit(route{name: pageOutbox})
	outbox := s.current.(*outboxPage)
	var got []app.ParcelState
	for _, row := range outbox.rows {
		got = append(got, row.State)
	}
	want := []app.ParcelState{app.ParcelConflict, app.ParcelBehind, app.ParcelQueued, app.ParcelBehind, app.ParcelBehind}
	if !slices.Equal(got, want) {
		t.Fatalf("the states are %v", got)
	}
	s.sees("Связи с центром нет")
	s.look("outbox-waits")
	s.press(fyne.KeyDown, fyne.KeyUp)
	s.screen("outbox")
	s.press(fyne.KeyReturn) // on the first, whose texts clash
	s.sees("Два текста уведомления")
	s.press(fyne.KeyRight)
	s.screen("conflict")
}

func TestTheOutboxLeadsToTheTwoTextsAndSendsWhatStays(t *testing.T) {
	s, id := waiting(t)
	s.visit(route{name: pageOutbox})
	page := s.current.(*outboxPage)
	if len(page.rows) != 2 || page.rows[0].State != app.ParcelConflict || page.rows[1].State != app.ParcelBehind {
		t.Fatalf("what waits is %+v", page.rows)
	}
	page.list.ToggleDetails()
	s.settle()
	s.sees("Сравните оба и выберите", "По этому объекту ждут, по порядку")
	s.lookAround("outbox-conflict")
	s.setLang(assets.RU)
	s.settle()
	page = s.current.(*outboxPage)
	page.remove([]string{page.rows[0].ID})
	s.settle()
	s.sees("Изменение уведомления № "+s.card(id).Notification.Number, "уйдёт из очереди вместе с ними: Отправка на согласование")
	s.press(fyne.KeyEscape)
	page.retry([]string{page.rows[0].ID})
	s.settle()
	s.sees("Сравните оба текста и выберите")
	s.press(fyne.KeyEscape)
	page = s.current.(*outboxPage)
	page.open(page.rows[0].ID)
	s.settle()
	s.window.Canvas().Focused().TypedRune('1')
	s.click("Оставить выбранное")
	s.sync()
	if state := s.desk.State(); state.Waiting() != 0 {
		t.Errorf("%d commands wait", state.Waiting())
	}
	if got := s.card(id).Notification.State; got.TextRU != homeRussian || got.TextKK != officeKazakh || got.Status != control.NotificationInAgreement {
		t.Errorf("it is %s with %q and %q", got.Status, got.TextRU, got.TextKK)
	}
}

func TestWhatWaitsIsWrittenToAFileWhole(t *testing.T) {
	s, _ := waiting(t)
	s.visit(route{name: pageOutbox})
	page := s.current.(*outboxPage)
	path := filepath.Join(t.TempDir(), "outbox.txt")
	s.house.must(writeWhole(path, func(f *os.File) error { return page.writeText(f) }))
	text, err := os.ReadFile(path)
	s.house.must(err)
	if !strings.Contains(string(text), homeRussian) {
		t.Errorf("it is %s", text)
	}
}

package ui

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/server/centre"
)

// violated brings the story's purchase to where its first lot breaks the rules, and names both.
func (h *house) violated() (purchase, lot string) {
	h.t.Helper()
	purchase = h.hero()
	h.as("auditor", func(ctx context.Context, desk *app.Desk) error {
		page, found, err := desk.Page(purchase, control.D1)
		if err != nil || !found {
			return app.ErrGone
		}
		marks := map[string][]control.Mark{}
		for i, lot := range page.Lots {
			row := make([]control.Mark, len(lot.Marks))
			for n, m := range lot.Marks {
				row[n] = m.Set(true, i == 0 && n < 2)
			}
			marks[lot.Lot.ID] = row
		}
		lot = page.Lots[0].Lot.ID
		if err := desk.KeepMarks(purchase, control.D1, marks); err != nil {
			return err
		}
		_, err = desk.SaveMarks(ctx, purchase, control.D1)
		return err
	})
	return purchase, lot
}

// drafted is a notification on that lot, sent to agreement when an agreer is named by surname.
func (h *house) drafted(agreer string) (id string) {
	h.t.Helper()
	purchase, lot := h.violated()
	h.as("auditor", func(ctx context.Context, desk *app.Desk) error {
		form, err := desk.NewForm(purchase, lot, control.D1)
		if err != nil {
			return err
		}
		id = form.ID
		form.Text = app.Text{KK: kazakhText, RU: russianText}
		if agreer == "" {
			return desk.SaveForm(ctx, form)
		}
		if form.Text.Agreer, err = colleague(desk, agreer); err != nil {
			return err
		}
		return desk.SendToAgreement(ctx, form)
	})
	return id
}

func colleague(desk *app.Desk, surname string) (string, error) {
	people, err := desk.Colleagues(control.Auditor, control.AuditorApprover)
	if err != nil {
		return "", err
	}
	for _, p := range people {
		if p.Surname == surname {
			return p.IIN, nil
		}
	}
	return "", app.ErrGone
}

const (
	kazakhText  = "Конкурстық құжаттамада белгілі бір өндірушінің тауар белгісі көрсетілген, бұл әлеуетті өнім берушілердің қатысуын шектейді."
	russianText = "В конкурсной документации указан товарный знак определённого производителя, что ограничивает участие потенциальных поставщиков."
)

// givenForm is the form of a new notification on the story's lot, with its author at it.
func givenForm(t *testing.T, lang assets.Lang) (*seat, *formPage) {
	h := givenCentre(t)
	purchase, lot := h.violated()
	s := h.seat("auditor", lang)
	s.visit(route{name: pageForm, id: purchase, lot: lot, direction: control.D1})
	return s, s.form()
}

func (s *seat) form() *formPage {
	s.t.Helper()
	page, ok := s.current.(*formPage)
	if !ok {
		s.t.Fatalf("the page is %T", s.current)
	}
	return page
}

// agreer chooses a colleague by the keys of the list.
func (s *seat) agreer(surname string) {
	s.t.Helper()
	want, err := colleague(s.desk, surname)
	s.house.must(err)
	s.window.Canvas().Focus(s.form().agreer.content)
	for range len(s.form().agreer.people) {
		if s.form().agreer.chosen() == want {
			return
		}
		s.press(fyne.KeyRight)
	}
	if s.form().agreer.chosen() != want {
		s.t.Fatalf("%s can't be chosen", surname)
	}
}

func (s *seat) card(id string) app.Card {
	s.t.Helper()
	card, err := s.desk.Card(id)
	s.house.must(err)
	return card
}

func TestAFormSaysWhatIsMissing(t *testing.T) {
	s, _ := givenForm(t, assets.RU)
	send := s.button("Отправить на согласование")
	if send == nil || !send.Disabled() {
		t.Fatal("an empty form can be sent")
	}
	s.sees("Описания нарушения нет", "Выявленные нарушения", "№1")
	s.write(russianText)
	s.sees("Согласующий не выбран", "текст не введён, необязательно")
	s.agreer("Оразалы")
	if send := s.button("Отправить на согласование"); send.Disabled() {
		t.Errorf("one language and an agreer are not enough: %s", s.words())
	}
	s.lookAround("form")
}

func TestAFormIsSentFromTheKeyboardAndClosesOntoTheJournal(t *testing.T) {
	s, f := givenForm(t, assets.RU)
	id := f.form.ID
	s.write(russianText)
	s.press(fyne.KeyTab)
	for s.form().agreer.chosen() != "780911397016" { // Оразалы, who approves
		s.press(fyne.KeyRight)
	}
	s.press(fyne.KeyTab, fyne.KeyTab, fyne.KeyTab, fyne.KeySpace) // «Ещё» is there once a draft is, «Сохранить», «Отправить»
	if _, ok := s.current.(*notificationsPage); !ok {
		t.Fatalf("the page is %T: %s", s.current, s.words())
	}
	card := s.card(id)
	if got := card.Notification.State.Status; got != control.NotificationInAgreement || card.Notification.Number == "" || card.Unsent {
		t.Errorf("it is %s, number %q, unsent %v", got, card.Notification.Number, card.Unsent)
	}
	s.goBack()
	s.settle()
}

func TestTypingSurvivesACrash(t *testing.T) {
	h := givenCentre(t)
	purchase, lot := h.violated()
	r := route{name: pageForm, id: purchase, lot: lot, direction: control.D1}
	s := h.seat("auditor", assets.KK)
	s.visit(r)
	s.write(kazakhText)
	s.endSession() // nobody left the page: what was typed had been put away as it was typed
	s = h.seat("auditor", assets.KK)
	s.visit(r)
	if kk, _ := s.form().editor.Texts(); kk != kazakhText {
		t.Errorf("the form has %q", kk)
	}
	s.visit(route{name: pageNotifications})
	if found := s.notifications().found; found.Len() != 1 {
		t.Errorf("the journal has %d rows", found.Len())
	} else if card, err := found.Card(0); err != nil || !card.Unsent || card.Notification.Number != "" {
		t.Errorf("the journal has %+v, %v", card, err)
	}
	s.lookAround("notifications-unsent")
}

func TestAChangeOfLanguageKeepsWhatIsTyped(t *testing.T) {
	s, f := givenForm(t, assets.RU)
	id := f.form.ID
	s.write(russianText)
	s.agreer("Жұмаділ")
	s.setLang(assets.KK)
	s.settle()
	if _, ru := s.form().editor.Texts(); ru != russianText {
		t.Errorf("the text became %q", ru)
	}
	if s.form().form.ID != id || s.form().agreer.chosen() == "" {
		t.Error("it is another form")
	}
	s.sees("Хабарлама жасау және жіберу", "Келісуші")
	s.form().focus()
	s.write(kazakhText)
	s.setLang(assets.RU)
	s.settle()
	if kk, ru := s.form().editor.Texts(); kk != kazakhText || ru != russianText {
		t.Errorf("the texts became %q and %q", kk, ru)
	}
}

func TestAFormIsSavedAndGoesOnAsTheSame(t *testing.T) {
	s, f := givenForm(t, assets.RU)
	id := f.form.ID
	s.write(russianText)
	s.agreer("Оразалы")
	s.save()
	card := s.card(id)
	if card.Notification.Number == "" || card.Notification.State.TextRU != russianText || card.Unsent {
		t.Fatalf("saved as %+v", card)
	}
	s.sees("Создание и отправка № "+card.Notification.Number, "Сохранено в центре")
	s.form().focus()
	s.write(" Ещё.")
	s.sees("Написанное сохраняется на этом компьютере")
	s.save()
	if got := s.card(id).Notification.State.TextRU; got != russianText+" Ещё." && got != " Ещё."+russianText {
		t.Errorf("saved again as %q", got)
	}
}

// save presses what Ctrl+S presses.
func (s *seat) save() {
	s.current.(saver).save()
	s.settle()
}

func TestAFormIsWrittenWhileTheCentreIsDown(t *testing.T) {
	s, f := givenForm(t, assets.RU)
	id := f.form.ID
	back := s.house.down()
	s.write(russianText)
	s.agreer("Оразалы")
	s.save()
	s.sees("Связи с центром нет")
	s.click("Отправить на согласование")
	s.sees("сам отправится на согласование")
	if _, ok := s.current.(*notificationsPage); !ok {
		t.Fatalf("the form closed onto %T", s.current)
	}
	s.visit(route{name: pageOutbox})
	s.lookAround("outbox")
	s.setLang(assets.RU)
	back()
	s.sync()
	got := s.card(id)
	if got.Version == 0 || got.Notification.State.TextRU != russianText {
		t.Fatalf("the centre has %+v", got)
	}
	if got.Notification.State.Status != control.NotificationInAgreement || got.Unsent || s.desk.State().Waiting() > 0 {
		t.Errorf("it is %s, unsent %v, %d commands wait: %s", got.Notification.State.Status, got.Unsent, s.desk.State().Waiting(), s.words())
	}
}

// down stops the centre; what it gives starts it again at the same address.
func (h *house) down() (back func()) {
	h.t.Helper()
	folder := h.KeysFolder() + "/.."
	address := h.Origin()[len("http://"):]
	h.must(h.Close(context.Background()))
	at := time.Now()
	return func() {
		h.t.Helper()
		c, err := centre.Start(context.Background(), centre.Options{
			Folder: folder, Demo: true, Listen: address, Clock: func() time.Time { return morning.Add(time.Since(at) + time.Minute) },
		})
		h.must(err)
		h.Centre = c
		h.t.Cleanup(func() { h.must(c.Close(context.Background())) })
	}
}

func TestARefusalKeepsTheText(t *testing.T) {
	s, f := givenForm(t, assets.RU)
	id := f.form.ID
	s.write(russianText)
	s.agreer("Оразалы")
	// the same person, at another machine
	elsewhere := &house{Centre: s.house.Centre, t: t, seats: t.TempDir()}
	elsewhere.as("auditor", func(ctx context.Context, desk *app.Desk) error {
		form, err := desk.NewForm(f.form.Purchase, f.form.Lot, control.D1)
		if err != nil {
			return err
		}
		form.ID = "0198f3a0-0000-7000-8000-000000000001"
		form.Text.RU = "Другой текст"
		return desk.SaveForm(ctx, form)
	})
	s.click("Отправить на согласование")
	s.sees("уведомление уже есть")
	s.press(fyne.KeyEscape)
	if _, ru := s.form().editor.Texts(); ru != russianText {
		t.Errorf("the text became %q", ru)
	}
	if s.card(id).Notification.State.TextRU != russianText {
		t.Error("the draft is lost")
	}
}

func TestADraftIsDeletedAfterAsking(t *testing.T) {
	s, f := givenForm(t, assets.RU)
	id := f.form.ID
	s.write(russianText)
	s.form().delete()
	s.settle()
	s.sees("Удалить уведомление: без номера")
	s.click("Удалить")
	if _, err := s.desk.Card(id); err == nil {
		t.Error("the draft is still there")
	}
	if _, ok := s.current.(*notificationsPage); !ok {
		t.Errorf("the page is %T", s.current)
	}
}

func TestAFormOfWhatIsGoneSaysSo(t *testing.T) {
	s := givenCentre(t).seat("auditor", assets.RU)
	s.visit(route{name: pageForm, id: "0198f3a0-0000-7000-8000-000000000009"})
	s.sees("Этого уведомления больше нет")
	s.save()
	s.look("form-gone")
}

func TestAFormHoldsInASmallWindowAndWithLargeText(t *testing.T) {
	s, _ := givenForm(t, assets.RU)
	for _, c := range []struct {
		name    string
		size    fyne.Size
		percent int
	}{{"small", fyne.NewSize(1024, 700), 100}, {"largest", fyne.NewSize(1680, 1000), 200}} {
		s.fyne.Preferences().SetInt(preferenceSize, c.percent)
		s.restyle()
		s.window.Resize(c.size)
		s.current.focus()
		s.settle()
		if h := s.form().editor.Size().Height; h < 100 {
			t.Errorf("%s: the editor is %v high", c.name, h)
		}
		s.look("form-" + c.name)
	}
}

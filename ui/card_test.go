package ui

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/signing/demo"
	"baqylau/ui/kit"
)

// list finds the list of the dialog on top.
func (s *seat) list() *widget.Select {
	s.t.Helper()
	var found *widget.Select
	walk(s.top(), func(o fyne.CanvasObject) bool {
		if list, ok := o.(*widget.Select); ok {
			found = list
		}
		return found == nil
	})
	if found == nil {
		s.t.Fatalf("no list in: %s", s.words())
	}
	return found
}

// signs chooses a key file in the sign dialog, types a password and presses «Подписать».
func (s *seat) signs(key, password string) {
	s.t.Helper()
	var keys *kit.ChoiceField
	walk(s.top(), func(o fyne.CanvasObject) bool {
		if field, is := o.(*kit.ChoiceField); is {
			keys = field
		}
		return keys == nil
	})
	if keys == nil {
		s.t.Fatalf("no list of keys in: %s", s.words())
	}
	s.picks(keys, key)
	s.write(password)
	s.press(fyne.KeyReturn)
}

// expired issues a key of the approver that is over.
func (h *house) expired() {
	h.t.Helper()
	authority, err := demo.New(context.Background(), morning, []demo.Person{{
		Login: "approver", Surname: "Оразалы", Name: "Талғат", IIN: "780911397016", Position: demo.Individual, Kinds: []demo.Kind{demo.Expired},
	}}, nil)
	h.must(err)
	file, found := authority.Find("approver", demo.Expired)
	if !found {
		h.t.Fatal("no expired key was made")
	}
	h.must(os.WriteFile(filepath.Join(h.KeysFolder(), file.Name), file.PKCS12, 0o600))
}

func (s *seat) status(id string) control.NotificationStatus {
	s.t.Helper()
	return s.card(id).Notification.State.Status
}

func TestAnApproverSignsFromTheCabinet(t *testing.T) {
	h := givenCentre(t)
	id := h.drafted("Оразалы")
	h.expired()
	s := h.seat("approver", assets.RU)
	s.press(fyne.KeyReturn) // the first task of the cabinet
	if c, ok := s.current.(*cardPage); !ok || c.id != id {
		t.Fatalf("the cabinet opened %T", s.current)
	}
	s.sees("На согласовании", "Сейтқали А.", russianText, kazakhText, "Согласовать и направить далее", "Отклонить")
	s.lookAround("card")
	s.setLang(assets.RU)
	s.current.focus()
	s.press(fyne.KeySpace) // the main action has the keyboard
	s.sees("Подписание 1 документа")
	for _, refused := range []struct{ name, key, password, sentence string }{
		{"wrong password", "approver.p12", "Wrong-1", "пароль не подходит"},
		{"expired key", "approver-expired.p12", demo.Password, "Срок сертификата истёк"},
		{"key for entering", "auditor-auth.p12", demo.Password, "предназначен только для входа"},
		{"somebody else's key", "auditor.p12", demo.Password, "выдан другому человеку"},
	} {
		s.signs(refused.key, refused.password)
		s.sees(refused.sentence)
		if got := s.status(id); got != control.NotificationInAgreement {
			t.Fatalf("%s: it is %s", refused.name, got)
		}
	}
	s.look("sign-refused")
	s.signs("approver.p12", demo.Password)
	if got := s.status(id); got != control.NotificationApproved {
		t.Fatalf("it is %s: %s", got, s.words())
	}
	s.sees("Утверждено", "Сохранить подпись (.p7s)", "Центр проверил подпись, когда принимал её.")
	s.lookAround("card-approved")
	page := s.current.(*cardPage)
	page.card.Notification.SignatureWithEvidence = strings.Repeat("0", 64)
	if words := wordsOf(page.right()); !strings.Contains(words, "приложил к ней собранные доказательства") {
		t.Errorf("nothing is said of the evidence: %s", words)
	}
}

func TestAnAgreerPassesItOn(t *testing.T) {
	h := givenCentre(t)
	id := h.drafted("Жұмаділ")
	s := h.seat("second-auditor", assets.RU)
	s.press(fyne.KeyReturn)
	s.click("Согласовать и направить далее")
	if agree := s.button("Согласовать и направить"); agree == nil || !agree.Disabled() {
		t.Error("it can be passed on to nobody")
	}
	s.look("agree")
	for s.list().Selected != "Оразалы Талғат Серікұлы · Ревизор. Утверждающий" {
		s.press(fyne.KeyRight)
	}
	s.press(fyne.KeyTab)
	s.write("Проверено")
	s.click("Согласовать и направить")
	card := s.card(id)
	if card.Notification.AgreerName != "Оразалы Талғат Серікұлы" || s.status(id) != control.NotificationInAgreement {
		t.Errorf("it is %s with %s", s.status(id), card.Notification.AgreerName)
	}
	s.sees("Проверено", "Кому: Оразалы Т.")
}

func TestARejectionNeedsAReason(t *testing.T) {
	h := givenCentre(t)
	id := h.drafted("Оразалы")
	s := h.seat("approver", assets.KK)
	s.press(fyne.KeyReturn)
	s.click("Қабыл алмау")
	s.sees("Қабыл алмау себебі көрсетілмеген")
	s.look("reject")
	s.write("Өндірушінің атауын көрсетіңіз")
	s.click("Қабыл алмау")
	if got := s.status(id); got != control.NotificationRejected {
		t.Fatalf("it is %s: %s", got, s.words())
	}
	s.sees("Өндірушінің атауын көрсетіңіз", "Қабыл алынбады")

	s.endSession()
	s = h.seat("auditor", assets.RU)
	s.visit(route{name: pageCard, id: id})
	s.sees("Отклонено", "Өндірушінің атауын көрсетіңіз")
	s.look("card-rejected")
	s.click("Отправить на согласование") // opens the form
	if s.form().form.ID != id {
		t.Error("another form is open")
	}
}

func TestAnAuthorRecallsAndDeletes(t *testing.T) {
	h := givenCentre(t)
	id := h.drafted("Оразалы")
	s := h.seat("auditor", assets.RU)
	s.visit(route{name: pageCard, id: id})
	s.click("Отозвать")
	s.sees("Отозвать уведомление: 2026-0001")
	s.click("Отозвать")
	if got := s.status(id); got != control.NotificationDraft {
		t.Fatalf("it is %s: %s", got, s.words())
	}
	s.click("Удалить")
	s.sees("Удалить уведомление: 2026-0001")
	s.look("delete")
	s.click("Удалить")
	if _, err := s.desk.Card(id); err == nil {
		t.Error("it is still there")
	}
	if _, ok := s.current.(*notificationsPage); !ok {
		t.Errorf("the page is %T", s.current)
	}
}

func TestWhatIsOffUnderMoreSaysWhy(t *testing.T) {
	h := givenCentre(t)
	id := h.drafted("Жұмаділ")
	s := h.seat("auditor", assets.RU)
	s.visit(route{name: pageCard, id: id})
	for _, button := range []string{"Утвердить и отправить", "Изменить"} {
		if s.button(button) != nil {
			t.Errorf("%q is offered", button)
		}
	}
	s.click("Ещё")
	s.sees("Изменить — Уведомление изменить нельзя: его статус «На согласовании»")
	s.look("more")
}

func TestAnAgreementGivenOfflineWaitsAndIsGivenOnce(t *testing.T) {
	h := givenCentre(t)
	id := h.drafted("Оразалы")
	s := h.seat("approver", assets.RU)
	s.visit(route{name: pageCard, id: id})
	back := h.down()
	s.click("Отклонить")
	s.write("Нет ссылки на пункт документации")
	s.click("Отклонить")
	s.sees("ждёт отправки в центр")
	if s.button("Отклонить") != nil || s.button("Утвердить и отправить") != nil {
		t.Error("it can be decided again")
	}
	s.look("card-waits")
	back()
	s.sync()
	if got := s.status(id); got != control.NotificationRejected {
		t.Errorf("it is %s", got)
	}
	if n := s.desk.State().Waiting(); n > 0 {
		t.Errorf("%d commands wait", n)
	}
}

// delivered is a notification that reached the organiser.
func (h *house) delivered() (id string) {
	h.t.Helper()
	id = h.drafted("Оразалы")
	h.as("approver", func(ctx context.Context, desk *app.Desk) error {
		paper, err := desk.PrepareApproval(ctx, id)
		if err == nil {
			h.sign(desk, "approver", paper)
		}
		return err
	})
	h.as("auditor", func(ctx context.Context, desk *app.Desk) error {
		card, err := desk.Card(id)
		if err != nil {
			return err
		}
		plan, err := desk.PrepareDispatch(ctx, card.Notification.Purchase, control.D1)
		if err != nil {
			return err
		}
		return desk.Send(ctx, plan)
	})
	return id
}

func TestTheOrganiserOpensWhatCame(t *testing.T) {
	h := givenCentre(t)
	id := h.delivered()
	s := h.seat("organizer", assets.RU)
	s.visit(route{name: pageInbox})
	s.lookAround("inbox")
	s.setLang(assets.RU)
	s.current.focus()
	s.press(fyne.KeyReturn)
	if got := s.status(id); got != control.NotificationAcknowledged {
		t.Fatalf("it is %s: %s", got, s.words())
	}
	s.sees("Ознакомлен", "Исполнить: по ", "Подать возражение: по ", "Способы исполнения", "Оразалы", "Сохранить подпись (.p7s)")
	for _, inner := range []string{"Ход согласования", "Проект", "Сейтқали", "Отозвать", "Ещё"} {
		if strings.Contains(s.words(), inner) {
			t.Errorf("%q is the department's own", inner)
		}
	}
	s.lookAround("card-organiser")
}

// The main action stays within the window, whatever its size and that of the text (ui.md).
func TestTheMainActionStaysInView(t *testing.T) {
	h := givenCentre(t)
	id := h.drafted("Оразалы")
	s := h.seat("approver", assets.KK)
	for _, c := range []struct {
		name    string
		size    fyne.Size
		percent int
	}{
		{"small", fyne.NewSize(1024, 700), 100},
		{"large", fyne.NewSize(1280, 800), 150},
		{"largest", fyne.NewSize(1680, 1000), 200},
	} {
		s.fyne.Preferences().SetInt(preferenceSize, c.percent)
		s.restyle()
		s.window.Resize(c.size)
		s.visit(route{name: pageCard, id: id})
		button := s.current.(*cardPage).primary
		at := s.fyne.Driver().AbsolutePositionForObject(button)
		if at.X < 0 || at.X+button.Size().Width > c.size.Width || at.Y+button.Size().Height > c.size.Height {
			t.Errorf("%s: the button is at %v, %v large", c.name, at, button.Size())
		}
		s.look("card-" + c.name)
	}
}

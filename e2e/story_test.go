//go:build e2e

package e2e

import (
	"image"
	"slices"
	"testing"

	"baqylau/api"
	"baqylau/app"
	"baqylau/control"
)

// Where the parts of the window are at 1280 × 800.
var (
	rail    = image.Rect(0, 50, 226, 760)     // the left rail
	page    = image.Rect(226, 105, 1280, 755) // the page in the frame
	actions = image.Rect(226, 690, 1280, 760) // the row of actions at its foot
	topBar  = image.Rect(780, 50, 1280, 104)  // language, connection, user
)

// What the story is about: the demo's data has it.
const (
	announcement = "18400101-1"
	purchaseID   = "trd-buy/18400101"
	firstLot     = "90010001-ОК1"
)

// TestTheWholeStoryInTheWindow plays from the portal's data to a delivered, signed notification, by
// four people in one window, in Russian; the last screen is looked at in Kazakh.
func TestTheWholeStoryInTheWindow(t *testing.T) {
	d := open(t)
	d.see("Demo-2026")
	d.click("Русский")
	d.see("Войти")
	d.keep("login")
	d.assigns()
	d.checks()
	d.writes()
	d.approves()
	d.sends()
	d.receives()
}

// enter logs a person in: the key file is chosen in the list, the password typed.
func (d *desktop) enter(login string) {
	d.t.Helper()
	d.see("Demo-2026")
	d.press(image.Pt(560, 352))
	d.see("administrator.p12") // the list is open, at its top
	d.scrolls(login + ".p12")
	d.press(d.seeIn("Пароль ключа", image.Rect(380, 440, 900, 520)))
	d.write("Demo-2026")
	d.keys("Return")
	d.seeIn("Кабинет", rail)
}

// leaves logs the person out by the user menu.
func (d *desktop) leaves(name string) {
	d.t.Helper()
	d.clickIn(name, topBar)
	d.click("Выйти")
	d.see("Войти")
}

// signs types the password into the sign dialog.
func (d *desktop) signs() {
	d.t.Helper()
	d.see("Что подписывается")
	d.write("Demo-2026")
	d.keys("Return")
}

// assigns: the manager of lots forms the report and assigns the announcement's lots (R-1.1 … ).
func (d *desktop) assigns() {
	d.t.Helper()
	d.enter("lot-manager")
	d.clickIn("Отчёты", rail)
	d.clickIn("Сформировать", actions)
	d.press(d.see(firstLot))
	d.keys("space", "Down", "space", "Down", "space")
	d.keep("report")
	d.click("Выбрать ответственного")
	d.click("Сейтқали Айнұр Бекболатқызы")
	d.click("Сохранить")
	d.seeIn("Сейтқали", page)
	d.leaves("Қайсарбек Г.")
	auditor := d.as("auditor")
	d.reads(auditor, "three lots are assigned to the auditor", func() bool { return len(d.lots(auditor)) == 3 })
}

func (d *desktop) lots(desk *app.Desk) []app.MyLot {
	d.t.Helper()
	lots, err := desk.MyLots()
	if err != nil {
		d.t.Fatal(err)
	}
	return lots
}

// checks: the auditor marks every profile of every lot by the keyboard, one as violated, saves, and
// signs the certificate (R-2.1 … ).
func (d *desktop) checks() {
	d.t.Helper()
	d.enter("auditor")
	d.clickIn("Отписано мне", rail)
	d.press(d.see(firstLot))
	d.keys("Return")
	d.see("Камеральный контроль по № " + announcement)
	d.press(d.see(firstLot)) // the head of the first row: marks the row as checked
	d.keys("Down", "space", "Down", "space", "Up", "Up", "Right", "2")
	d.see("несохранённых отметок")
	d.keep("desk")
	d.keys("ctrl+s")
	d.see("Сохранено 12 отметок.")
	d.click("Завершить…")
	d.see("Что подписывается")
	d.keep("sign")
	d.signs()
	d.see("Подписан и проверен 1 документ.")
	auditor := d.as("auditor")
	d.reads(auditor, "the certificate is signed and one profile is violated", func() bool {
		return slices.ContainsFunc(d.lots(auditor), func(l app.MyLot) bool { return l.Certificate != nil && l.Violated == 1 })
	})
}

// The text is typed on the keyboard's Russian layout.
const violation = "В технической спецификации указан конкретный производитель."

// writes: the notification is written in Russian and sent to agreement (R-3.1 … ).
func (d *desktop) writes() {
	d.t.Helper()
	d.click("Составить уведомление")
	d.see("Описание нарушения")
	d.press(image.Pt(1000, 530)) // the Russian field
	d.write(violation)
	d.see("Выберите сотрудника")
	d.click("Выберите сотрудника")
	d.click("Оразалы Талғат")
	d.see("В технической спецификации")
	d.keep("form")
	d.clickIn("Отправить на согласование", actions)
	d.see("На согласовании")
	d.keep("journal")
	d.leaves("Сейтқали А.")
}

// approves: the approver opens what waits from the cabinet and signs the final file.
func (d *desktop) approves() {
	d.t.Helper()
	d.enter("approver")
	d.keep("cabinet")
	d.press(d.seeIn("Подписать", image.Rect(226, 370, 560, 560)))
	d.keys("Return")
	d.clickIn("Утвердить и отправить", actions)
	d.signs()
	d.see("Утверждено")
	d.leaves("Оразалы Т.")
	auditor := d.as("auditor")
	d.reads(auditor, "the notification is approved and signed", func() bool {
		n := d.notification(auditor)
		return n.State.Status == control.NotificationApproved && n.Signature != ""
	})
}

func (d *desktop) notification(desk *app.Desk) api.Notification {
	d.t.Helper()
	found, err := desk.FindNotifications(d.t.Context(), app.Journal{})
	if err != nil {
		d.t.Fatal(err)
	}
	if found.Len() != 1 {
		d.t.Fatalf("%d notifications, want 1", found.Len())
	}
	card, err := found.Card(0)
	if err != nil {
		d.t.Fatal(err)
	}
	return card.Notification
}

// sends: the auditor sends everything that is approved; the modal names what is shut out.
func (d *desktop) sends() {
	d.t.Helper()
	d.enter("auditor")
	d.clickIn("Отписано мне", rail)
	d.press(d.see(firstLot))
	d.keys("Return")
	d.clickIn("Отправить все уведомления", actions)
	d.see("Подтверждение отправки утверждённых уведомлений")
	d.keep("dispatch")
	d.click("Подтвердить")
	auditor := d.as("auditor")
	d.reads(auditor, "the notification is delivered", func() bool {
		return d.notification(auditor).State.Status == control.NotificationDelivered
	})
	d.leaves("Сейтқали А.")
}

// receives: the organiser opens the notification, which acknowledges it; the last screen is looked at
// in Kazakh.
func (d *desktop) receives() {
	d.t.Helper()
	d.enter("organizer")
	d.clickIn("Входящие", rail)
	d.press(d.seeIn("2026-0001", page))
	d.keys("Return")
	d.see("Ознакомлен")
	d.keep("card")
	organizer := d.as("organizer")
	d.reads(organizer, "the organiser has acknowledged it", func() bool {
		return d.notification(organizer).State.Status == control.NotificationAcknowledged
	})
	if n := d.notification(organizer); len(n.Trail) != 0 || n.State.Deadline.IsZero() {
		d.t.Errorf("the organiser reads %d entries of the department's trail and the deadline %v", len(n.Trail), n.State.Deadline)
	}
	d.clickIn("ҚАЗ", topBar)
	d.see("Танысты")
	d.keep("kazakh")
}

//go:build e2e

package e2e

import (
	"image"
	"testing"
)

// rail is the left rail of the window.
var rail = image.Rect(0, 50, 226, 760)

// enter logs a person in by the keyboard: the key file is chosen in the list, the password typed.
func (d *desktop) enter(login string) {
	d.t.Helper()
	d.see("Demo-2026")
	d.press(image.Pt(560, 370))
	d.click(login + ".p12")
	d.see("Пароль ключа")
	d.press(d.seeIn("Пароль ключа", image.Rect(380, 440, 900, 520)))
	d.write("Demo-2026")
	d.keys("Return")
	d.seeIn("Кабинет", rail)
}

func TestTheWholeStoryInTheWindow(t *testing.T) {
	d := open(t)
	d.see("Demo-2026")
	d.click("Русский")
	d.see("Войти")
	d.keep("login")
	d.enter("lot-manager")
	d.keep("cabinet")
}

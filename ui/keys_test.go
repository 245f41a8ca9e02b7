package ui

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/signing/demo"
	"baqylau/signing/ncalayer"
	"baqylau/ui/look"
)

// givenNCALayer has somebody listen at NCALayer's port, and deal with whoever speaks.
func (s *seat) givenNCALayer(deal func(net.Conn)) {
	s.t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	s.house.must(err)
	s.t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			deal(conn)
		}
	}()
	port := netip.MustParseAddrPort(listener.Addr().String()).Port()
	s.keys = app.NewKeys(app.KeySources{Folders: s.place.KeyFolders, NCALayer: ncalayer.New().At(port)})
}

func TestNCALayerIsAskedForNoPasswordHere(t *testing.T) {
	s := givenCentre(t).seat("auditor", assets.RU)
	s.givenNCALayer(func(conn net.Conn) { _ = conn.Close() })
	s.exit()
	s.settle()
	if !s.login.enter.Disabled() {
		t.Error("a key file is opened without a password")
	}
	s.picks(s.login.keys.field, "NCALayer")
	if s.login.secret.Visible() || s.login.enter.Disabled() {
		t.Errorf("the password is asked for: %v; one may enter: %v", s.login.secret.Visible(), !s.login.enter.Disabled())
	}
	s.sees("Ключ и пароль спросит окно NCALayer.")
	s.lookLogin("login-ncalayer")
	s.login.enter.Tapped(nil)
	s.settle()
	if s.desk != nil || s.login.refusal == nil || s.login.keys.chosen != "ncalayer" {
		t.Errorf("after a refusal the key is %q, the refusal %v", s.login.keys.chosen, s.login.refusal)
	}
	s.sees("Ответ NCALayer не удалось прочитать")
}

// TestWhoWaitsForNCALayerMayGiveUp: its window may be anywhere.
func TestWhoWaitsForNCALayerMayGiveUp(t *testing.T) {
	s := givenCentre(t).seat("auditor", assets.RU)
	var held []net.Conn // open, and silent
	s.givenNCALayer(func(conn net.Conn) { held = append(held, conn) })
	s.exit()
	s.settle()
	s.picks(s.login.keys.field, "NCALayer")
	s.login.enter.Tapped(nil)
	if s.login.enter.Text != "Отмена" || s.login.enter.Disabled() {
		t.Fatalf("the button says %q", s.login.enter.Text)
	}
	s.login.enter.Tapped(nil)
	s.settle()
	if !errors.Is(s.login.refusal, context.Canceled) || s.login.enter.Text != "Войти" {
		t.Errorf("the button says %q, the refusal is %v", s.login.enter.Text, s.login.refusal)
	}
}

// TestWhatCantServeIsOffAndSaysWhy: in the open list, once the file was opened and its owner is known.
func TestWhatCantServeIsOffAndSaysWhy(t *testing.T) {
	h := givenCentre(t)
	h.expired()
	s := h.seat("auditor", assets.RU)
	s.exit()
	s.settle()
	s.picks(s.login.keys.field, "approver-expired.p12")
	s.write(demo.Password)
	s.press(fyne.KeyReturn)
	s.sees("Срок сертификата истёк")
	for _, choice := range s.login.keys.choices() {
		if off := strings.HasPrefix(choice.Text, "approver-expired.p12"); off != (choice.Reason != "") {
			t.Errorf("%s is off because %q", choice.Text, choice.Reason)
		}
	}
	if !s.login.enter.Disabled() {
		t.Error("one may enter with it once more")
	}
	s.login.keys.field.Tapped(nil)
	s.lookLogin("login-keys")
}

func TestTheTokenDriverIsASetting(t *testing.T) {
	s := givenLogin(t)
	s.login.keys.askDriver()
	s.settle()
	s.sees("Драйвер токена")
	s.lookLogin("login-driver")
	path := filepath.Join(t.TempDir(), "driver.so")
	s.house.must(os.WriteFile(path, nil, 0o600))
	s.write(path)
	s.click("Сохранить")
	if got := s.fyne.Preferences().String(preferenceDriver); got != path || s.keys.Module() != path {
		t.Errorf("the driver is %q, and %q in use", got, s.keys.Module())
	}
	s.sees("токен") // this build of the tests has none, and says so
	if len(s.login.keys.list) == 0 {
		t.Error("the key files are gone")
	}
	s.lookLogin("login-no-driver")
}

// lookLogin looks at the first screen in both themes.
func (s *seat) lookLogin(name string) {
	s.t.Helper()
	for _, mode := range []look.Mode{look.Dark, look.Light} {
		s.fyne.Preferences().SetString(preferenceTheme, string(mode))
		s.restyle()
		s.settle()
		s.look(name + "-" + string(mode))
	}
}

package ui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/zalando/go-keyring"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/signing/demo"
)

// round has the desk ask for its centre, whatever comes of it, as it does every two seconds.
func (s *seat) round() {
	s.t.Helper()
	if err := s.desk.Sync(context.Background()); err != nil {
		s.t.Logf("the round: %v", err)
	}
	s.showState()
	s.settle()
}

func TestVerdictsSayAsOfWhenTheyAreWhileTheCentreIsAway(t *testing.T) {
	s, _ := givenDesk(t, assets.RU)
	if why := s.desk.Why(assets.RU, s.deskPage().page.Certify, actionCertify); why == "" || strings.Contains(why, "данным") {
		t.Errorf("with the centre it says: %s", why)
	}
	s.house.goAway()
	s.round()
	s.sees("Связи с центром нет", "Права и сроки – по данным на")
	if why := s.desk.Why(assets.RU, s.deskPage().page.Certify, actionCertify); !strings.Contains(why, "По данным на 10:0") {
		t.Errorf("without the centre it says: %s", why)
	}
	s.lookAround("apart-away")
	s.setLang(assets.RU)
	s.house.comeBack()
	s.round()
	if strings.Contains(s.words(), "Связи с центром нет") {
		t.Errorf("it is still said: %s", s.words())
	}
}

// laterBy puts the centre's clock forward: past its life a session has ended.
func (h *house) laterBy(d time.Duration) { h.ahead.Add(int64(d)) }

func TestOneEntersAgainInFrontOfThePage(t *testing.T) {
	s, f := givenForm(t, assets.RU)
	s.write("Набрано до конца сеанса")
	desk := s.desk
	s.house.laterBy(13 * time.Hour)
	s.round() // is told that the session has ended
	s.round() // is told the time
	s.sees("Вы в него не вошли", "Войти снова", "Часы этого компьютера отстали: 13 часов")
	s.lookAround("apart-expired")
	s.setLang(assets.RU)
	s.settle()
	enter := s.askToEnter()
	s.settle()
	s.sees("Сейтқали", "набранное на странице останется")
	s.look("apart-enter")
	s.picks(enter.keys.field, "approver.p12")
	s.write(demo.Password)
	s.press(fyne.KeyReturn)
	s.sees("ключ другого человека")
	s.look("apart-other")
	s.picks(enter.keys.field, "auditor.p12")
	s.write(demo.Password)
	s.press(fyne.KeyReturn)
	s.round()
	if s.desk != desk || s.controller.Busy() || strings.Contains(s.words(), "Войти снова") {
		t.Errorf("after entering there is: %s", s.words())
	}
	if got := f.form.Text.RU; !strings.Contains(got, "Набрано до конца сеанса") {
		t.Errorf("what was typed is %q", got)
	}
}

func TestWhomTheComputerKnowsWorksWithoutTheCentre(t *testing.T) {
	s, _ := givenDesk(t, assets.RU)
	s.exit()
	s.settle()
	s.write(demo.Password) // the password of the key is a lock of the records from now on
	s.press(fyne.KeyReturn)
	if s.desk == nil {
		t.Fatalf("not entered: %s", s.words())
	}
	me := s.desk.Me().Person
	epoch := s.desk.Centre.Epoch
	s.exit()
	s.settle()
	s.sees("Без связи")
	s.look("alone-offered")
	s.house.goAway()
	s.write(demo.Password)
	s.press(fyne.KeyReturn)
	s.sees("Центр сейчас не отвечает", me.FullName(), "Ревизор")
	s.look("alone-known")
	s.setLang(assets.KK)
	s.settle()
	s.look("alone-known")
	s.setLang(assets.RU)
	s.settle()
	s.click("Открыть")
	if s.desk == nil || s.desk.State().Online {
		t.Fatalf("nobody sits there: %s", s.words())
	}
	s.sees("Сейтқали А.", "Кабинет", "уйдёт, когда связь появится и Вы войдёте ключом")
	s.lookAround("alone-cabinet")
	s.setLang(assets.RU)
	s.exit()
	s.settle()
	s.house.must(keyring.Delete("baqylau", epoch+" "+me.IIN))
	s.sees("Центр сейчас не отвечает") // is asked at the start
	s.click("Войти ключом")
	s.click("Без связи")
	s.click("Открыть")
	s.sees("Пароль ключа или Ваш пароль записей")
	s.write("wrong")
	s.press(fyne.KeyReturn)
	if s.desk != nil {
		t.Fatal("any password opens the records")
	}
	s.look("alone-refused")
	s.write(demo.Password)
	s.press(fyne.KeyReturn)
	if s.desk == nil {
		t.Fatalf("nobody sits there: %s", s.words())
	}
	s.house.comeBack()
	s.round()
	s.sees("Вы в него не вошли")
	key, err := app.OpenKey(filepath.Join(s.house.KeysFolder(), "auditor.p12"), []byte(demo.Password))
	s.house.must(err)
	s.house.must(errors.Join(s.desk.Renew(context.Background(), key), key.Close()))
	s.round()
	if state := s.desk.State(); state.Away() {
		t.Errorf("the desk stands as %+v", state)
	}
}

func TestACentreThatWasRestoredIsToldOf(t *testing.T) {
	h := givenCentre(t)
	s := h.seat("auditor", assets.RU)
	folder, backup := filepath.Dir(h.KeysFolder()), filepath.Join(t.TempDir(), "backup")
	h.goAway()
	h.must(os.CopyFS(backup, os.DirFS(folder)))
	h.comeBack()
	h.hero() // is assigned after the backup
	s.round()
	h.goAway()
	h.must(errors.Join(os.RemoveAll(folder), os.CopyFS(folder, os.DirFS(backup))))
	h.comeBack()
	s.round()
	s.sees("Центр восстановлен из резервной копии")
	s.look("apart-restored")
	s.click("Понятно")
	s.round()
	if s.controller.Busy() {
		t.Errorf("it is said again: %s", s.words())
	}
	if restored := s.desk.State().Restored; !restored.Noticed.IsZero() {
		t.Errorf("it is remembered still: %+v", restored)
	}
}

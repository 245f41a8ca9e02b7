package ui

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/zalando/go-keyring"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/localstore"
	"baqylau/signing/demo"
)

// storagePageOf goes to the page of the records.
func (s *seat) storagePage() *storagePage {
	s.t.Helper()
	s.visit(route{name: pageStorage})
	page, ok := s.current.(*storagePage)
	if !ok {
		s.t.Fatalf("the page is %T", s.current)
	}
	return page
}

// keyringOf has a test have a keyring of its own, and gives the common one back.
func keyringOf(t *testing.T, mock func()) {
	aKeyring()
	mock()
	t.Cleanup(keyring.MockInit)
}

func TestAPersonChoosesWhatOpensTheirRecords(t *testing.T) {
	s := givenCentre(t).seat("auditor", assets.RU)
	s.storagePage()
	s.sees("Хранилище паролей этого компьютера · с", "Фраза, которую Вы выбрали сами · нет")
	s.screen("storage")
	s.lookAround("storage")
	s.click("Выбрать фразу…")
	s.write("длинная фраза")
	s.press(fyne.KeyTab)
	s.press(fyne.KeyTab) // past the eye
	s.write("другая фраза")
	s.look("storage-phrase")
	s.click("Сохранить")
	s.sees("Фраза введена по-разному")
	s.write("длинная фраза")
	s.press(fyne.KeyTab, fyne.KeyTab)
	s.write("длинная фраза")
	s.click("Сохранить")
	s.sees("Фраза, которую Вы выбрали сами · с", "Сменить фразу…")
	s.click("Убрать") // of the keyring
	s.sees("больше не будет открывать записи")
	s.click("Убрать")
	s.sees("Хранилище паролей этого компьютера · нет")
	s.click("Убрать") // of the phrase, the last one
	s.click("Убрать")
	s.sees("последний способ")
	s.click("Понятно")
	s.exit()
	s.settle()
	if _, err := s.house.machine().Open(s.house.owner(), nil); !errors.Is(err, localstore.ErrWrongKey) {
		t.Errorf("without the phrase: %v", err)
	}
	store, err := s.house.machine().Open(s.house.owner(), []byte("длинная фраза"))
	s.house.must(err)
	s.house.must(store.Close())
}

// owner is the last person whom the computer of the test knows.
func (h *house) owner() app.Owner {
	h.t.Helper()
	known, err := h.machine().Known()
	h.must(err)
	return known[0].Owner
}

func TestRecordsGoToAnotherComputerInAFile(t *testing.T) {
	s, f := givenForm(t, assets.RU)
	back := s.house.down()
	s.write(russianText)
	s.agreer("Оразалы")
	s.save()
	id := f.form.ID
	page := s.storagePage()
	page.export()
	s.settle()
	s.sees("Придумайте фразу")
	s.press(fyne.KeyEscape)
	path := filepath.Join(t.TempDir(), "records.age")
	page.exportTo(path, []byte("фраза в дорогу"))
	s.settle()
	s.sees("В файл записано", "действий, ждущих отправки, – 1", path)
	s.look("storage-exported")
	s.click("Понятно")
	back()
	s.exit()
	s.settle()

	s.house.seats = t.TempDir() // at another computer
	other := s.house.seat("auditor", assets.RU)
	page = other.storagePage()
	page.takeFrom(path)
	other.settle()
	other.sees("Введите фразу, которая открывает файл records.age")
	other.write("другая фраза")
	other.click("Принять")
	other.sees("Фраза не подошла")
	other.click("Понятно")
	page.takeFrom(path)
	other.settle()
	other.write("фраза в дорогу")
	other.click("Принять")
	other.sees("Принято: проектов – 1, действий, ждущих отправки, – 1")
	other.click("Понятно")
	other.sync()
	if got := other.card(id).Notification.State.TextRU; got != russianText {
		t.Errorf("the centre has %q", got)
	}
}

func TestACompactedFileSaysWhatItGained(t *testing.T) {
	s := givenCentre(t).seat("auditor", assets.KK)
	s.storagePage()
	s.click("Файлды ықшамдау")
	s.sees("Файл ықшамдалды")
	s.click("Түсінікті")
	s.look("storage")
}

func TestWhoIsForgottenFindsNothingHere(t *testing.T) {
	s := givenCentre(t).seat("auditor", assets.RU)
	path := s.desk.Store().Path()
	s.storagePage()
	s.click("Удалить всё…")
	s.sees("удалятся навсегда", "действий, ждущих отправки, – 0")
	s.look("storage-forget")
	s.click("Удалить навсегда")
	s.sees("Этот компьютер Вас забыл")
	s.click("Понятно")
	if s.desk != nil {
		t.Error("one is still in")
	}
	left, err := os.ReadDir(filepath.Dir(path))
	s.house.must(err)
	if len(left) != 0 {
		t.Errorf("left are %v", left)
	}
}

// TestARenewedKeyKeepsTheRecords: on a computer without a keyring, where a former password opened them.
func TestARenewedKeyKeepsTheRecords(t *testing.T) {
	s := givenLogin(t)
	keyringOf(t, func() { keyring.MockInitWithError(errors.New("no keyring here")) })
	enter := func() {
		s.picks(s.login.keys.field, "auditor.p12")
		s.write(demo.Password)
		s.alone(func() { s.press(fyne.KeyReturn) })
	}
	s.house.sealedBy("former password")
	enter()
	if s.desk != nil {
		t.Fatal("a renewed key opens what the former one sealed")
	}
	s.sees("Записи на этом компьютере не открылись", "Введите прежний пароль")
	s.look("login-former")
	s.write("not this one")
	s.alone(func() { s.click("Открыть") })
	s.sees("Введите прежний пароль")
	s.write("former password")
	s.alone(func() { s.press(fyne.KeyReturn) })
	if s.desk == nil || !s.kept() {
		t.Fatalf("the former password doesn't let in: %s", s.words())
	}
	s.exit()
	s.settle()
	enter() // the present one opens them from now on
	if s.desk == nil || !s.kept() {
		t.Fatalf("not in again: %s", s.words())
	}
	s.exit()
	s.settle()
}

// TestWhoForgotTheFormerPasswordBeginsAnew, and what they had is kept.
func TestWhoForgotTheFormerPasswordBeginsAnew(t *testing.T) {
	s := givenLogin(t)
	keyringOf(t, func() { keyring.MockInitWithError(errors.New("no keyring here")) })
	path := s.house.sealedBy("forgotten password")
	s.picks(s.login.keys.field, "auditor.p12")
	s.write(demo.Password)
	s.alone(func() { s.press(fyne.KeyReturn) })
	s.press(fyne.KeyEscape)
	if s.desk != nil || s.window.Canvas().Focused() != s.login.password.Focusable() {
		t.Error("given up, the password can't be typed again at once")
	}
	s.write(demo.Password)
	s.alone(func() { s.press(fyne.KeyReturn) })
	s.alone(func() { s.click("Начать новые записи") })
	s.sees("прежние записи на этом компьютере не открываются")
	s.click("Понятно")
	if s.kept() {
		t.Error("the new records have the former draft")
	}
	former, err := filepath.Glob(path + ".former-*")
	s.house.must(err)
	if len(former) < 2 {
		t.Errorf("kept are %v", former)
	}
	s.exit()
	s.settle()
}

// alone does something whose first work alone is done: what runs for a desk once somebody is in never ends.
func (s *seat) alone(do func()) {
	s.Program.start = func(f func()) {
		s.Program.start = func(func()) {}
		f()
	}
	do()
	s.Program.start = s.off
}

// sealedBy gives the last person records that a password alone opens, with a draft in them.
func (h *house) sealedBy(password string) (path string) {
	h.t.Helper()
	owner, folder := h.owner(), h.machine()
	h.must(folder.Forget(owner))
	store, err := folder.Open(owner, []byte(password))
	h.must(err)
	h.must(store.SaveDraft(localstore.Draft{Kind: "k", ID: "kept"}))
	path = store.Path()
	h.must(store.Close())
	return path
}

func (s *seat) kept() bool {
	s.t.Helper()
	_, found, err := s.desk.Store().Draft("k", "kept")
	s.house.must(err)
	return found
}

package ui

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"baqylau/assets"
	"baqylau/ui/kit"
)

// givenLogin is the first screen after a person has left.
func givenLogin(t *testing.T) *seat {
	s := givenCentre(t).seat("auditor", assets.RU)
	s.exit()
	s.settle()
	return s
}

func (s *seat) chosenKey() string { return filepath.Base(s.login.keys.chosen) }

// picks takes an entry of the list of keys by the beginning of its line.
func (s *seat) picks(k *kit.ChoiceField, name string) {
	s.t.Helper()
	var offered []string
	for _, choice := range k.Choices() {
		if strings.HasPrefix(choice.Text, name) && choice.Reason == "" {
			choice.OnTapped()
			s.settle()
			return
		}
		offered = append(offered, choice.Text+" — "+choice.Reason)
	}
	s.t.Fatalf("%s is not among %v", name, offered)
}

func TestARefusedLoginKeepsTheKeyAndAsksForThePassword(t *testing.T) {
	s := givenLogin(t)
	if s.window.Canvas().Focused() != s.login.password.Focusable() {
		t.Error("the password has no keyboard at the start")
	}
	s.picks(s.login.keys.field, "lot-manager.p12")
	s.write("wrong")
	s.press(fyne.KeyReturn)
	if s.desk != nil || s.chosenKey() != "lot-manager.p12" {
		t.Fatalf("the key is %q after a refusal", s.chosenKey())
	}
	if s.window.Canvas().Focused() != s.login.password.Focusable() || !s.login.password.Empty() {
		t.Error("the password can't be typed again at once")
	}
	refusal := s.login.refusal
	if refusal == nil {
		t.Fatal("nothing says why")
	}
	s.look("login-refused")
	s.setLang(assets.KK)
	s.settle()
	if s.chosenKey() != "lot-manager.p12" || s.login.refusal != refusal {
		t.Errorf("in the other language the key is %q, the refusal %v", s.chosenKey(), s.login.refusal)
	}
	s.look("login-refused")
}

func TestAKeyFileFromElsewhereIsChosenOnce(t *testing.T) {
	s := givenLogin(t)
	n := len(s.login.keys.list)
	elsewhere := filepath.Join(t.TempDir(), "auditor.p12") // named as one of the list
	for range 2 {
		s.login.keys.take(elsewhere)
		s.settle()
	}
	if got := len(s.login.keys.list); got != n+1 {
		t.Errorf("%d keys, want one more than %d", got, n)
	}
	if got := s.login.keys.chosen; got != elsewhere {
		t.Errorf("%s is chosen", got)
	}
	s.login.keys.browseHere()
	if s.window.Canvas().Overlays().Top() == nil {
		t.Error("no dialog is shown")
	}
}

func TestTheNextPersonFindsNothingOfTheFormerOne(t *testing.T) {
	s := givenCentre(t).seat("auditor", assets.RU)
	root := t.TempDir()
	s.viewed.root = root
	viewed := s.viewed
	path, err := viewed.write("a/b.pdf", []byte("x"))
	s.house.must(err)
	s.last = "Сохранено"
	s.exit()
	s.settle()
	if s.last != "" {
		t.Errorf("%q is still said", s.last)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("what was viewed is still there: %v", err)
	}
	if _, err := viewed.write("late.pdf", nil); err != fs.ErrClosed {
		t.Errorf("a file that comes late: %v", err)
	}
}

func TestWhatACrashLeftIsRemoved(t *testing.T) {
	root := t.TempDir()
	path, err := (&viewedFiles{root: root}).write("a.pdf", []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Dir(filepath.Dir(path)))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder has %v, %v", info.Mode(), err)
	}
	other := filepath.Join(root, "another's")
	if err := os.Mkdir(other, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := removeViewed(root); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(root)
	if err != nil || len(left) != 1 || left[0].Name() != "another's" {
		t.Errorf("left are %v, %v", left, err)
	}
}

func TestTheUserMenuHasShortLines(t *testing.T) {
	s := givenCentre(t).seat("auditor", assets.RU)
	for _, choice := range s.userMenu() {
		if n := len([]rune(choice.Text)); n > menuRunes {
			t.Errorf("%q has %d letters", choice.Text, n)
		}
	}
	if got, want := short("Департамент внутреннего аудита", 13), "Департамент…"; got != want {
		t.Errorf("cut to %q, want %q", got, want)
	}
}

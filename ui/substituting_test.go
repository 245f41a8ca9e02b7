package ui

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"baqylau/api"
	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/ui/kit"
)

// substituted has the administrator let the second auditor act for the approver for a week.
func (h *house) substituted() {
	h.t.Helper()
	h.as("administrator", func(ctx context.Context, desk *app.Desk) error {
		return desk.Substitute(ctx, h.iin("approver"), h.iin("second-auditor"), h.clock().Add(-time.Hour), h.clock().AddDate(0, 0, 7))
	})
}

// iin is a person of the demo by their key.
func (h *house) iin(login string) string {
	h.t.Helper()
	var found string
	h.as(login, func(_ context.Context, desk *app.Desk) error {
		found = desk.Me().Person.IIN
		return nil
	})
	return found
}

// chooses takes an entry of the person's menu.
func (s *seat) chooses(text string) {
	s.t.Helper()
	at := slices.IndexFunc(s.userMenu(), func(c kit.Choice) bool { return strings.Contains(c.Text, text) && c.OnTapped != nil })
	if at < 0 {
		s.t.Fatalf("the menu has no %s: %+v", text, s.userMenu())
	}
	s.userMenu()[at].OnTapped()
	s.settle()
}

func TestADeputySitsInTheAbsentPlaceAndComesBack(t *testing.T) {
	h := givenCentre(t)
	id := h.drafted("Оразалы")
	h.substituted()
	s := h.seat("second-auditor", assets.RU)
	if tasks, err := s.desk.Tasks(); err != nil || len(tasks) != 0 {
		t.Fatalf("at one's own desk there wait %v, %v", tasks, err)
	}
	s.chooses("Замещение: Оразалы")
	s.sees("вместо: Оразалы", "Подписать (1)")
	s.look("acting")
	s.visit(route{name: pageCard, id: id})
	s.sees("На согласовании", "Утвердить и отправить")
	h.must(s.desk.Reject(context.Background(), id, "Уточните"))
	s.factsChanged()
	s.settle()
	s.visit(route{name: pageCard, id: id})
	s.sees("вместо сотрудника: Оразалы", "Вместо: Оразалы")
	s.lookAround("acted")
	s.setLang(assets.RU)
	facts := s.userMenu()
	if !slices.ContainsFunc(facts, func(c kit.Choice) bool {
		return c.Fact && strings.HasPrefix(c.Text, "Замещение действует до")
	}) {
		t.Errorf("the menu is %+v", facts)
	}
	s.chooses("Вернуться на своё место")
	if s.desk.Acting() || s.own != nil || strings.Contains(s.userName(), "вместо") {
		t.Errorf("back, it is %s", s.userName())
	}
}

func TestASubstitutionThatEndedIsSaid(t *testing.T) {
	h := givenCentre(t)
	h.substituted()
	s := h.seat("second-auditor", assets.RU)
	s.chooses("Замещение: Оразалы")
	h.as("administrator", func(ctx context.Context, desk *app.Desk) error {
		all, err := desk.AllSubstitutions()
		h.must(err)
		return desk.EndSubstitution(ctx, all[0].ID)
	})
	if err := s.desk.Sync(context.Background()); err == nil {
		t.Error("the desk is in step")
	}
	s.showState()
	s.sees("замещение закончилось")
	s.chooses("Вернуться на своё место")
	s.sync()
	if slices.ContainsFunc(s.userMenu(), func(c kit.Choice) bool { return strings.Contains(c.Text, "Замещение") }) {
		t.Error("it is still offered")
	}
	s.actFor(api.Substitution{State: control.Substitution{Absent: h.iin("approver")}})
	s.settle()
	s.sees("Замещение закончилось")
}

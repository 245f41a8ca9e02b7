package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/google/go-cmp/cmp"

	"baqylau/api"
	"baqylau/assets"
	"baqylau/control"
)

func (s *seat) notifications() *notificationsPage {
	s.t.Helper()
	page, ok := s.current.(*notificationsPage)
	if !ok {
		s.t.Fatalf("the page is %T", s.current)
	}
	return page
}

func TestTheJournalOpensTheCardAndIsFoundAgain(t *testing.T) {
	h := givenCentre(t)
	id := h.drafted("Оразалы")
	s := h.seat("approver", assets.RU)
	s.visit(route{name: pageNotifications})
	s.notifications().filter(filterMine, mineAgreer)
	s.notifications().list.ToggleDetails()
	s.settle()
	s.sees("Моя роль: согласующий", "показано 1 из 1", "Выявленные нарушения")
	if hidden := s.notifications().list.Place().Hidden; len(hidden) != 2 {
		t.Errorf("hidden at first: %v", hidden)
	}
	s.lookAround("notifications")
	s.setLang(assets.RU)
	s.settle()
	s.notifications().focus()
	s.press(fyne.KeyReturn)
	if c, ok := s.current.(*cardPage); !ok || c.id != id {
		t.Fatalf("Enter opened %T", s.current)
	}
	s.goBack()
	s.settle()
	s.sees("Моя роль: согласующий", "Выявленные нарушения")
}

func TestTheJournalIsSearchedFromTheTop(t *testing.T) {
	h := givenCentre(t)
	h.drafted("Оразалы")
	s := h.seat("auditor", assets.RU)
	s.search("нет такого")
	s.settle()
	s.sees("ничего не подошло")
	s.click("Снять фильтры")
	s.sees("показано 1 из 1")
	s.search(heroNumber)
	s.settle()
	s.sees("показано 1 из 1")
}

func TestWhatCantBeSignedSaysWhy(t *testing.T) {
	h := givenCentre(t)
	h.drafted("Жұмаділ")
	s := h.seat("approver", assets.RU)
	s.visit(route{name: pageNotifications})
	s.press(fyne.KeySpace)
	s.sees("Сейчас не Ваша очередь")
	if b := s.button("Утвердить и подписать"); b == nil || !b.Disabled() {
		t.Error("it can be signed")
	}
	s.look("notifications-bulk")
}

func TestTheEmptyJournalSaysWhatToDo(t *testing.T) {
	s := givenCentre(t).seat("approver", assets.RU)
	s.visit(route{name: pageNotifications})
	s.sees("Уведомлений пока нет")
	s.look("notifications-empty")
}

// journalOf is the journal over invented notifications, the newest first.
func journalOf(t *testing.T, list ...api.Notification) (*seat, *notificationsPage) {
	s := givenCentre(t).seat("auditor", assets.KK)
	for i, n := range list {
		n.CreatedAt = morning.Add(-time.Duration(i) * time.Hour)
		s.mirrors(api.ObjectKindNotification, n.ID, n)
	}
	s.visit(route{name: pageNotifications})
	return s, s.notifications()
}

func notification(number, agreer string, status control.NotificationStatus, days int) api.Notification {
	n := api.Notification{ID: number, Number: number, AgreerName: agreer}
	n.State.Status, n.State.Deadline = status, morning.AddDate(0, 0, days)
	return n
}

func TestTheJournalIsFilteredAndSorted(t *testing.T) {
	s, n := journalOf(t,
		notification("2026-0004", "Өтеген А", control.NotificationDelivered, 9),
		notification("2026-0003", "Оразалы Т", control.NotificationAcknowledged, -1),
		notification("2026-0002", "Әбенова Ж", control.NotificationAcknowledged, 2),
		notification("2026-0001", "Жұмаділ Д", control.NotificationExecuted, -1),
	)
	for _, c := range []struct {
		name    string
		filters map[string]string
		sort    string
		down    bool
		want    []string
	}{
		{"newest first", nil, "", false, []string{"2026-0004", "2026-0003", "2026-0002", "2026-0001"}},
		{"by number", nil, "number", false, []string{"2026-0001", "2026-0002", "2026-0003", "2026-0004"}},
		{"in the Kazakh alphabet", nil, "agreer", false, []string{"2026-0002", "2026-0001", "2026-0003", "2026-0004"}},
		{"by what ends first, without a term last", nil, "due", false, []string{"2026-0003", "2026-0002", "2026-0004", "2026-0001"}},
		{"overdue", map[string]string{filterDue: duePassed}, "", false, []string{"2026-0003"}},
		{"near its end", map[string]string{filterDue: dueSoon}, "", false, []string{"2026-0002"}},
		{"by status, downwards", map[string]string{filterStatus: "acknowledged"}, "number", true, []string{"2026-0003", "2026-0002"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n.view.Filters, n.view.Sort, n.view.Descending = map[string]string{}, c.sort, c.down
			for key, value := range c.filters {
				n.view.Filters[key] = value
			}
			n.refresh()
			s.settle()
			var got []string
			for i := range n.found.Len() {
				got = append(got, n.found.ID(i))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

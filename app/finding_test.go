package app_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"baqylau/api"
	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/localstore"
)

// mirrors puts invented objects into the seat's mirror.
func (s *seat) mirrors(objects ...localstore.Object) {
	s.h.t.Helper()
	ok(s.h.t, s.Store().ApplyChanges(ctx, s.Store().Cursor(), objects, nil))
}

func objectOf(t testing.TB, kind api.ObjectKind, id string, version int64, body any) localstore.Object {
	t.Helper()
	text, err := json.Marshal(body)
	ok(t, err)
	return localstore.Object{Kind: string(kind), ID: id, Version: version, Body: text}
}

// invented is a notification that some department may have written.
func invented(r *rand.Rand, i int) api.Notification {
	people := []string{"Сейтқали Айнұр", "Оразалы Тимур", "Әбенова Жанар", "Жұмаділ Данияр"}
	n := api.Notification{
		ID: fmt.Sprintf("n%04d", i), Number: fmt.Sprintf("2026-%04d", i), PurchaseNumber: fmt.Sprintf("%d-1", 18_000_000+r.IntN(50)),
		LotNumber: fmt.Sprintf("%d-ОК%d", 84_000_000+r.IntN(1000), 1+r.IntN(3)), Purchase: fmt.Sprint("p", r.IntN(20)), Lot: fmt.Sprint("l", i),
		NameKK: []string{"Қағаз", "Көмір", "Жөндеу"}[r.IntN(3)], NameRU: []string{"Бумага", "Уголь", "Ремонт ЗДАНИЯ"}[r.IntN(3)],
		CreatedAt: noon().Add(-time.Duration(r.IntN(5000)) * time.Hour).UTC(),
	}
	author, agreer := r.IntN(len(people)), r.IntN(len(people))
	n.AuthorName, n.AgreerName = people[author], people[agreer]
	n.Organizer = control.Party{BIN: fmt.Sprintf("%012d", r.IntN(5)), NameKK: fmt.Sprint("Мектеп ", r.IntN(3)), NameRU: fmt.Sprint("Школа ", r.IntN(3))}
	statuses := control.NotificationStatuses()
	n.State = control.Notification{
		Status: statuses[r.IntN(len(statuses))], Direction: []control.Direction{control.D1, control.D2, control.D3, control.D4}[r.IntN(4)],
		Author: fmt.Sprint("person", author), Agreer: fmt.Sprint("person", agreer), Organization: departmentBIN,
	}
	if n.State.Status.Sent() {
		n.State.DeliveredAt = n.CreatedAt.Add(time.Hour)
		n.State.Deadline = noon().AddDate(0, 0, r.IntN(40)-20).Truncate(time.Hour).UTC()
	}
	return n
}

// asked answers a question as it reads, of every card.
func asked(s *seat, cards []app.Card, j app.Journal) []string {
	has := func(text string, fields ...string) bool {
		return text == "" || slices.ContainsFunc(fields, func(f string) bool {
			return strings.Contains(strings.ToLower(f), strings.ToLower(strings.TrimSpace(text)))
		})
	}
	var found []app.Card
	for _, c := range cards {
		n := c.Notification
		days, runs := s.TermOf(c)
		if has(j.Text, n.Number, n.PurchaseNumber, n.LotNumber, n.NameKK, n.NameRU, n.Organizer.BIN, n.Organizer.NameKK, n.Organizer.NameRU, n.AuthorName, n.AgreerName) &&
			has(j.Number, n.Number) && has(j.Announcement, n.PurchaseNumber) && has(j.Lot, n.LotNumber) &&
			has(j.Organizer, n.Organizer.BIN, n.Organizer.NameKK, n.Organizer.NameRU) &&
			(j.Author == "" || j.Author == n.State.Author) && (j.Agreer == "" || j.Agreer == n.State.Agreer) &&
			(j.Status == "" || j.Status == n.State.Status) && (j.Direction == "" || j.Direction == n.State.Direction) &&
			(j.From.IsZero() || !n.CreatedAt.Before(j.From)) && (j.Until.IsZero() || n.CreatedAt.Before(j.Until)) &&
			(j.Due == "" || runs && (j.Due == app.DuePassed && days < 0 || j.Due == app.DueSoon && days >= 0 && days <= app.Soon)) {
			found = append(found, c)
		}
	}
	var ids []string
	for _, c := range found {
		ids = append(ids, c.Notification.ID)
	}
	return ids
}

// questions are every filter alone, and some together.
func questions() map[string]app.Journal {
	return map[string]app.Journal{
		"everything":       {},
		"a text":           {Text: "  ремонт здания "},
		"a name":           {Text: "айнұр"},
		"an organisation":  {Text: "школа 2"},
		"a BIN":            {Text: "000000000003"},
		"nothing fits":     {Text: "нет такого"},
		"a number":         {Number: "-001"},
		"an announcement":  {Announcement: "18000007"},
		"a lot":            {Lot: "ок2"},
		"an organiser":     {Organizer: "мектеп 1"},
		"an author":        {Author: "person2"},
		"an agreer":        {Agreer: "person1"},
		"a status":         {Status: control.NotificationInAgreement},
		"a direction":      {Direction: control.D3},
		"since a day":      {From: noon().AddDate(0, -3, 0)},
		"until a day":      {Until: noon().AddDate(0, -5, 0)},
		"what is late":     {Due: app.DuePassed},
		"what ends soon":   {Due: app.DueSoon},
		"several together": {Text: "уголь", Author: "person0", Direction: control.D1},
		"mine, of a year":  {Agreer: "person3", Status: control.NotificationDelivered, From: noon().AddDate(0, -6, 0), Until: noon()},
	}
}

func idsOf(found *app.Found) []string {
	var ids []string
	for i := range found.Len() {
		ids = append(ids, found.ID(i))
	}
	return ids
}

// TestTheJournalFindsWhatReadingEverythingFinds; while objects come, change and go.
func TestTheJournalFindsWhatReadingEverythingFinds(t *testing.T) {
	h := given(t)
	s := h.assigned().enter("auditor")
	r := rand.New(rand.NewPCG(5, 5))
	hero := s.hero()
	check := func(when string) {
		t.Helper()
		all, err := s.Notifications()
		ok(t, err)
		if !slices.IsSortedFunc(all, func(a, b app.Card) int {
			return cmp.Or(b.Notification.CreatedAt.Compare(a.Notification.CreatedAt), strings.Compare(b.Notification.ID, a.Notification.ID))
		}) {
			t.Errorf("%s: not the newest first", when)
		}
		for name, j := range questions() {
			found, err := s.FindNotifications(ctx, j)
			ok(t, err)
			if diff := gocmp.Diff(asked(s, all, j), idsOf(found)); diff != "" || found.Total != len(all) {
				t.Errorf("%s, %s: of %d not as wanted (-want +got):\n%s", when, name, found.Total, diff)
			}
		}
	}
	var page []localstore.Object
	for i := range 300 {
		n := invented(r, i)
		if i%10 == 0 { // on something that is mirrored, so that a window runs for it
			n.Purchase, n.State.Direction = hero.Purchase.ID, control.D1
		}
		page = append(page, objectOf(t, api.ObjectKindNotification, n.ID, 1, n))
	}
	s.mirrors(page...)
	check("when they have come")
	for i := range 40 {
		n := invented(r, i*3)
		s.mirrors(objectOf(t, api.ObjectKindNotification, n.ID, 2, n))
	}
	ok(t, s.Store().ApplyChanges(ctx, s.Store().Cursor(), nil, []localstore.Ref{{Kind: "notification", ID: "n0001"}, {Kind: "notification", ID: "n0200"}}))
	check("when some have changed and some are gone")
	later := hero.Purchase
	later.PublishedAt = noon().AddDate(0, -2, 0)
	s.mirrors(objectOf(t, api.ObjectKindPurchase, later.ID, 1_000, later))
	check("when a window has moved")
	form := s.form(0)
	ok(t, s.KeepForm(form))
	check("when something is typed that the centre has not got")
	if found, err := s.FindNotifications(ctx, app.Journal{Author: s.Principal().IIN}); err != nil || !slices.Contains(idsOf(found), form.ID) {
		t.Errorf("what is typed is not found: %v", err)
	}
	s.leave()
	s = h.enter("auditor")
	check("when it is read from the disk")
	ok(t, s.Store().ResetMirror())
	ok(t, s.Sync(ctx))
	check("when everything was mirrored anew")
}

// TestTheJournalIsSortedInTheAlphabetOfItsLanguage; both ways, and what is equal stays the newest first.
func TestTheJournalIsSortedInTheAlphabetOfItsLanguage(t *testing.T) {
	s := given(t).enter("auditor")
	mirrored := func(id, agreer, nameKK, nameRU string, status control.NotificationStatus, days int) {
		n := api.Notification{ID: id, Number: id, AgreerName: agreer, NameKK: nameKK, NameRU: nameRU, CreatedAt: noon()}
		n.State.Status, n.State.Deadline = status, noon().AddDate(0, 0, days)
		s.mirrors(objectOf(t, api.ObjectKindNotification, id, 1, n))
	}
	mirrored("4", "Өтеген А", "Бумага", "Уголь", control.NotificationDelivered, 9)
	mirrored("3", "Оразалы Т", "Әйнек", "", control.NotificationAcknowledged, -1)
	mirrored("2", "Әбенова Ж", "Ән", "Аист", control.NotificationAcknowledged, 2)
	mirrored("1", "Жұмаділ Д", "Айна", "Ель", control.NotificationExecuted, -1)
	for _, c := range []struct {
		by   app.JournalColumn
		lang assets.Lang
		want string
	}{
		{"", assets.KK, "4321"},
		{"no column", assets.KK, "4321"},
		{app.ByNumber, assets.KK, "1234"},
		{app.ByAgreer, assets.KK, "2134"},
		{app.ByName, assets.KK, "1324"},
		{app.ByName, assets.RU, "2314"},
		{app.ByStatus, assets.KK, "4321"},
		{app.ByDue, assets.KK, "3241"},
		{app.ByOrganizer, assets.KK, "4321"},
		{app.ByAuthor, assets.KK, "4321"},
		{app.ByAnnouncement, assets.KK, "4321"},
		{app.ByLot, assets.KK, "4321"},
		{app.ByDirection, assets.KK, "4321"},
	} {
		found, err := s.FindNotifications(ctx, app.Journal{Sort: c.by, Lang: c.lang})
		ok(t, err)
		if got := strings.Join(idsOf(found), ""); got != c.want {
			t.Errorf("by %q in %s: %s, want %s", c.by, c.lang, got, c.want)
		}
	}
	found, err := s.FindNotifications(ctx, app.Journal{Sort: app.ByStatus, Descending: true})
	ok(t, err)
	if got := strings.Join(idsOf(found), ""); got != "1324" {
		t.Errorf("by status downwards: %s", got)
	}
	card, err := found.Card(0)
	ok(t, err)
	if card.Notification.ID != "1" {
		t.Errorf("the first card is of %s", card.Notification.ID)
	}
}

// TestWhatIsInvisibleToAnIndexIsToldAndNotHidden: an object that can't be read fails the reading that comes upon it.
func TestWhatIsInvisibleToAnIndexIsToldAndNotHidden(t *testing.T) {
	s := given(t).enter("auditor")
	s.mirrors(localstore.Object{Kind: "notification", ID: "spoilt", Version: 1, Body: []byte("{")})
	if _, err := s.Tasks(); err == nil {
		t.Error("the tasks are told as if it were not there")
	}
	found, err := s.FindNotifications(ctx, app.Journal{})
	ok(t, err)
	if found.Len() != 1 {
		t.Fatalf("%d are found", found.Len())
	}
	if _, err := found.Card(0); err == nil {
		t.Error("it is shown")
	}
}

// TestTheIndexIsOfWhoReads: it says what waits for somebody, so another's is made anew.
func TestTheIndexIsOfWhoReads(t *testing.T) {
	h := given(t)
	auditor := h.marked()
	form := auditor.form(0)
	ok(t, auditor.SendToAgreement(ctx, form))
	auditor.leave()
	for _, login := range []string{"approver", "auditor", "approver"} { // at one machine, with one store
		s := h.enterAt(login, "auditor")
		tasks, err := s.Tasks()
		ok(t, err)
		waits := slices.ContainsFunc(tasks, func(task app.Task) bool { return task.Notification == form.ID && task.Kind == app.TaskSign })
		if waits != (login == "approver") {
			t.Errorf("for %s it waits: %v", login, waits)
		}
		s.leave()
	}
}

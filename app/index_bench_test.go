package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"
	_ "time/tzdata"

	"baqylau/api"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/localstore"
)

// The measures of a large mirror: a department of thirty auditors after some years, at the desk of one of them.

const (
	benchDepartment = "080440990010"
	benchMe         = "860819397013"
)

var benchRoles = []control.Role{control.Auditor, control.AuditorApprover}

// filling puts objects into a store page by page, as the feed would.
type filling struct {
	b     *testing.B
	store *localstore.Store
	page  []localstore.Object
	n     int
}

func (f *filling) put(kind api.ObjectKind, id string, body any) {
	f.b.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		f.b.Fatal(err)
	}
	f.page = append(f.page, localstore.Object{Kind: string(kind), ID: id, Version: 1, Body: text})
	if f.n++; len(f.page) == 2000 {
		f.flush()
	}
}

func (f *filling) flush() {
	f.b.Helper()
	if err := f.store.ApplyChanges(f.b.Context(), fmt.Sprint(f.n), f.page, nil); err != nil {
		f.b.Fatal(err)
	}
	f.page = f.page[:0]
}

// benchDesk opens the store at path and seats its person, without a centre.
func benchDesk(b *testing.B, path string) *Desk {
	b.Helper()
	store, err := localstore.Open(path, localstore.Key{1})
	if err != nil {
		b.Fatal(err)
	}
	d := newDesk(nil, store, newClock(thisMachine()), slog.New(slog.DiscardHandler))
	d.me.Store(&api.Me{Person: api.Person{IIN: benchMe, Surname: "Сейтқали", Given: "Айнұр", Organization: benchDepartment, Roles: benchRoles}})
	if err := d.useIndex(); err != nil {
		b.Fatal(err)
	}
	return d
}

// filled makes a store with what put puts, and the rule book, and closes it.
func filled(b *testing.B, put func(*filling)) (path string) {
	b.Helper()
	path = filepath.Join(b.TempDir(), "store.db")
	d := benchDesk(b, path)
	f := &filling{b: b, store: d.store}
	part := func(text []byte) api.RulebookPart { return api.RulebookPart{Text: string(text)} }
	f.put(api.ObjectKindRulebook, api.RulebookID, api.Rulebook{
		Calendar: part(assets.WorkCalendar), Catalogue: part(assets.RiskProfiles), Terms: part(assets.Terms),
	})
	put(f)
	f.flush()
	d.mirrored = time.Now()
	if err := errors.Join(d.keepSeat(), d.store.Close()); err != nil {
		b.Fatal(err)
	}
	return path
}

func auditorOf(i int) (iin, name string) {
	if i%30 == 0 {
		return benchMe, "Сейтқали Айнұр Бекболатқызы"
	}
	return fmt.Sprintf("%012d", 700_000_000_000+i%30), fmt.Sprint("Қызметкер Аты ", i%30)
}

func benchPurchase(i, lots int) control.Purchase {
	p := control.Purchase{
		ID: fmt.Sprintf("%08d-1", i), Number: fmt.Sprintf("%08d-1", 18_000_000+i), Method: control.OpenTender, Status: "published",
		NameKK: "Мектеп жиһазын сатып алу және жеткізу қызметтері", NameRU: "Приобретение и доставка школьной мебели",
		Organizer:   control.Party{BIN: fmt.Sprintf("%012d", i%700), NameKK: fmt.Sprintf("№ %d жалпы білім беретін мектеп", i%700), NameRU: fmt.Sprintf("Общеобразовательная школа № %d", i%700)},
		PublishedAt: time.Now().Add(-time.Duration(i%400) * 24 * time.Hour), Year: 2026, Amount: 1_000_000_00,
	}
	for n := range lots {
		p.Lots = append(p.Lots, control.Lot{
			ID: fmt.Sprintf("%s-%d", p.ID, n), Number: fmt.Sprintf("%d-ОК%d", 84_000_000+i, n+1), Status: "published", PlanPointStatus: "published",
			NameKK: fmt.Sprintf("Жиһаз жиынтығы %d, ағаш", n), NameRU: fmt.Sprintf("Комплект мебели %d, дерево", n), Amount: 500_000_00, SameNameAndCode: 1,
		})
	}
	return p
}

func benchNotification(i int, p *control.Purchase, lot int) api.Notification {
	statuses := control.NotificationStatuses()
	author, name := auditorOf(i)
	agreer, agreerName := auditorOf(i / 7)
	created := time.Now().Add(-time.Duration(i) * 7 * time.Minute).UTC()
	n := api.Notification{
		ID: fmt.Sprintf("019a-%08d", i), Number: fmt.Sprintf("2026-%06d", i), Purchase: p.ID, PurchaseNumber: p.Number,
		Lot: p.Lots[lot].ID, LotNumber: p.Lots[lot].Number, NameKK: p.Lots[lot].NameKK, NameRU: p.Lots[lot].NameRU, Amount: p.Lots[lot].Amount,
		Organizer: p.Organizer, AuthorName: name, AgreerName: agreerName, CreatedAt: created,
	}
	n.State = control.Notification{
		Status: statuses[4+i%12], Direction: []control.Direction{control.D1, control.D2, control.D3, control.D4}[i%4],
		Author: author, Organization: benchDepartment, Agreer: agreer, Recipient: p.Organizer.BIN, Profiles: []int{1, 3},
		TextKK: "Техникалық ерекшелікте нақты тауар белгісі көрсетілген, бұл бәсекелестікті шектейді.",
		TextRU: "В технической спецификации указан конкретный товарный знак, что ограничивает конкуренцию.",
	}
	if i%40 == 0 { // not sent yet
		n.State.Status = statuses[i/40%4]
	}
	if n.State.Status.Sent() {
		n.State.DeliveredAt, n.State.Deadline = created.Add(time.Hour), created.AddDate(0, 0, 15).Truncate(24*time.Hour)
	}
	for step := range 4 {
		n.Trail = append(n.Trail, api.TrailEntry{Person: author, Name: name, Action: control.ActionEdit, At: created.Add(time.Duration(step) * time.Hour)})
	}
	return n
}

// department fills a store with 100 000 objects of every kind.
func department(f *filling) {
	const lots = 3
	marks := make([]control.Mark, 12)
	for i := range marks {
		marks[i] = control.Mark{Profile: i + 1, Checked: i < 6, Violated: i == 3}
	}
	for i := 0; f.n < 100_000-1; i++ {
		p := benchPurchase(i, lots)
		f.put(api.ObjectKindPurchase, p.ID, p)
		iin, _ := auditorOf(i)
		for n, lot := range p.Lots {
			f.put(api.ObjectKindAssignment, lot.ID, api.Assignment{Purchase: p.ID, Lot: lot.ID, Assignee: iin, Organization: benchDepartment, At: p.PublishedAt})
			f.put(api.ObjectKindMarks, api.MarksID(lot.ID, control.D1), api.Marks{Purchase: p.ID, Lot: lot.ID, Direction: control.D1, Marks: marks, By: iin})
			if n == 0 {
				f.put(api.ObjectKindNotification, fmt.Sprintf("019a-%08d", i), benchNotification(i, &p, n))
			}
		}
		if i%5 == 0 {
			f.put(api.ObjectKindCertificate, fmt.Sprint("c", i), api.Certificate{ID: fmt.Sprint("c", i), Purchase: p.ID, Direction: control.D1, Assignee: iin})
			f.put(api.ObjectKindMessage, fmt.Sprint("m", i), api.Message{ID: fmt.Sprint("m", i), Person: benchMe, Notification: fmt.Sprintf("019a-%08d", i), At: p.PublishedAt})
		}
	}
}

// BenchmarkFirstScreen100k opens a store of 100 000 objects until the cabinet has its lines, and until the whole index
// is in memory. Promised are 300 ms and 1 s.
func BenchmarkFirstScreen100k(b *testing.B) {
	path := filled(b, department)
	var screens, all []time.Duration
	tasks := 0
	for b.Loop() {
		began := time.Now()
		store, err := localstore.Open(path, localstore.Key{1})
		if err != nil {
			b.Fatal(err)
		}
		d, err := Resume(store, "http://127.0.0.1:1", slog.New(slog.DiscardHandler))
		if err != nil {
			b.Fatal(err)
		}
		list, err := d.Tasks()
		if err != nil {
			b.Fatal(err)
		}
		screens = append(screens, time.Since(began))
		if err := d.store.Ready(b.Context()); err != nil {
			b.Fatal(err)
		}
		d.index.Load().newest()
		all = append(all, time.Since(began))
		if tasks = len(list); tasks == 0 {
			b.Fatal("nothing waits")
		}
		if err := d.store.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(milliseconds(screens, 50), "screen-ms")
	b.ReportMetric(milliseconds(all, 50), "index-ms")
	b.ReportMetric(float64(tasks), "tasks")
}

// milliseconds is a percentile.
func milliseconds(of []time.Duration, percent int) float64 {
	slices.Sort(of)
	return of[(len(of)-1)*percent/100].Seconds() * 1000
}

// BenchmarkSearch100k asks a journal of 100 000 notifications by each filter, and counts the 95th percentile of all
// answers. Promised are 30 ms.
func BenchmarkSearch100k(b *testing.B) {
	path := filled(b, func(f *filling) {
		for i := range 100_000 {
			p := benchPurchase(i/4, 4)
			if i%4 == 0 {
				f.put(api.ObjectKindPurchase, p.ID, p)
			}
			f.put(api.ObjectKindNotification, fmt.Sprintf("019a-%08d", i), benchNotification(i, &p, i%4))
		}
	})
	var d *Desk
	var indexed []time.Duration
	for range 7 {
		if d != nil {
			if err := d.store.Close(); err != nil {
				b.Fatal(err)
			}
		}
		began := time.Now()
		d = benchDesk(b, path)
		if err := d.store.Ready(b.Context()); err != nil {
			b.Fatal(err)
		}
		d.index.Load().newest()
		indexed = append(indexed, time.Since(began))
	}
	defer func() {
		if err := d.store.Close(); err != nil {
			b.Error(err)
		}
	}()
	if err := d.rememberBook(); err != nil {
		b.Fatal(err)
	}
	now := time.Now()
	questions := map[string]Journal{
		"everything":           {},
		"a part of a name":     {Text: "мебели 2"},
		"a name of a person":   {Text: "қызметкер аты 7"},
		"a BIN":                {Text: "000000000123"},
		"what nothing has":     {Text: "нет такого"},
		"a number":             {Number: "00777"},
		"an announcement":      {Announcement: "18000123"},
		"a lot":                {Lot: "84000077"},
		"an organiser":         {Organizer: "школа № 33"},
		"an author":            {Author: benchMe},
		"an agreer":            {Agreer: benchMe},
		"a status":             {Status: control.NotificationDelivered},
		"a direction":          {Direction: control.D2},
		"dates":                {From: now.AddDate(0, -3, 0), Until: now.AddDate(0, -2, 0)},
		"what is late":         {Due: DuePassed},
		"what ends soon":       {Due: DueSoon},
		"several, with a text": {Text: "мектеп", Status: control.NotificationExecuted, Direction: control.D4},
	}
	ask := func(j Journal) int {
		found, err := d.FindNotifications(context.Background(), j)
		if err != nil {
			b.Fatal(err)
		}
		return found.Len()
	}
	for _, j := range questions { // windows are computed once
		ask(j)
	}
	var took []time.Duration
	for b.Loop() {
		for _, j := range questions {
			began := time.Now()
			ask(j)
			took = append(took, time.Since(began))
		}
	}
	b.ReportMetric(milliseconds(indexed, 50), "index-ms")
	b.ReportMetric(milliseconds(took, 95), "p95-ms")
	b.ReportMetric(milliseconds(took, 50), "p50-ms")
}

// BenchmarkShowFound makes the cards of a screenful.
func BenchmarkShowFound(b *testing.B) {
	d := benchDesk(b, filled(b, department))
	defer func() {
		if err := d.store.Close(); err != nil {
			b.Error(err)
		}
	}()
	if err := d.rememberBook(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		found, err := d.FindNotifications(context.Background(), Journal{})
		if err != nil {
			b.Fatal(err)
		}
		for i := range 30 {
			if _, err := found.Card(1000 + i); err != nil {
				b.Fatal(err)
			}
		}
	}
}

package portal

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"baqylau/assets"
	"baqylau/control"
	"baqylau/control/calendar"
)

func workCalendar(t testing.TB) *calendar.Calendar {
	t.Helper()
	cal, err := calendar.Read(assets.WorkCalendar)
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

// demo gives the demo's purchases on a day.
func demo(t testing.TB, now time.Time, cal *calendar.Calendar) []control.Purchase {
	t.Helper()
	sources, err := DemoFiles(now, cal)
	if err != nil {
		t.Fatalf("%s: %v", now, err)
	}
	b, err := Read(context.Background(), sources, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := Apply(context.Background(), &Memory{}, b)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range out.Report.Files {
		if file.RefusedCount+len(file.Notes)+file.Superseded+file.Uncontrolled != 0 {
			t.Fatalf("%s: %+v", now, file)
		}
	}
	if len(out.Waiting) != 0 {
		t.Fatalf("%s: waiting %+v", now, out.Waiting)
	}
	return out.Purchases
}

// TestTheDemoPlaysOnAnyDay: whatever the day and the hour, the same lots are subject to control in
// the same directions.
func TestTheDemoPlaysOnAnyDay(t *testing.T) {
	type place struct {
		number    string
		direction control.Direction
	}
	want := []place{
		{"90010001-ОК1", control.D1},
		{"90010002-ОК1", control.D1},
		{"90010003-ОК1", control.D1}, // the hero
		{"90010004-КРБС1", control.D1},
		{"90010005-КРБС1", control.D1}, // mixed
		{"90010006-ОК2", control.D1},
		{"90010007-ОК2", control.D1}, // repeat
		{"90010008-ОК1", control.D2},
		{"90010009-ОК1", control.D2},
		{"90010010-ОК1", control.D3},
		{"90010012-ОК1", control.D4},   // one supplier admitted
		{"90010014-КРБС1", control.D4}, // under complaint
		{"90010017-АУК1", control.D1},
		{"90010018-АУК1", control.D1},
		{"90010019-КПКО1", control.D1},
		{"90010020-ЗЦП1", control.Undirected},
		{"90010023-АУК1", control.D4},    // though a contract closes its marks
		{"90020011", control.Undirected}, // large
		{"90020027", control.Undirected}, // twins
		{"90020034", control.Undirected}, //
		{"90020055", control.Undirected}, // exchange
		{"90020062", control.Undirected},
	}
	cal := workCalendar(t)
	terms, err := control.ReadTerms(assets.Terms)
	if err != nil {
		t.Fatal(err)
	}
	rules := &control.Rules{Calendar: cal, Terms: terms}
	first := time.Date(2026, 1, 1, 0, 0, 1, 0, cal.Zone())
	for day := range 359 { // to 25 December: the calendar ends with the year
		now := first.AddDate(0, 0, day).Add(time.Duration(day%24) * time.Hour)
		var got []place
		for _, p := range demo(t, now, cal) {
			c, err := rules.Case(&p, nil, now)
			if err != nil {
				t.Fatalf("%s: %s: %v", now, p.Number, err)
			}
			for i, l := range p.Lots {
				for _, d := range p.Method.Directions() {
					if c.Subject(i, d).Allowed {
						got = append(got, place{l.Number, d})
					}
				}
			}
		}
		slices.SortFunc(got, func(a, b place) int { return strings.Compare(a.number, b.number) })
		if !slices.Equal(got, want) {
			t.Fatalf("%s: subject to control are %v, want %v", now, got, want)
		}
	}
}

// TestTheHero: an open tender of three lots, discussed, published on the last working day before at
// 09:00, with time left.
func TestTheHero(t *testing.T) {
	cal := workCalendar(t)
	cast, err := DemoPeople()
	if err != nil {
		t.Fatal(err)
	}
	for _, day := range []string{"2026-01-01", "2026-03-22", "2026-03-25", "2026-03-26", "2026-05-10", "2026-11-21", "2026-11-23", "2026-12-25"} {
		now, err := time.ParseInLocation(time.DateOnly, day, cal.Zone())
		if err != nil {
			t.Fatal(err)
		}
		purchases := demo(t, now, cal)
		i := slices.IndexFunc(purchases, func(p control.Purchase) bool { return p.ID == "trd-buy/18400101" })
		if i < 0 {
			t.Fatal("the hero is missing")
		}
		hero := purchases[i]
		if hero.Method != control.OpenTender || hero.Status != control.Published || len(hero.Lots) != 3 ||
			hero.Amount != 2_891_896_552 || !hero.Discussed(&hero.Lots[0]) {
			t.Errorf("%s: %+v", day, hero)
		}
		if l := hero.Lots[0]; l.ID != "18400101-90010001-1" || l.Amount != 926_896_552 || l.PlanPointStatus != control.Published {
			t.Errorf("%s: first lot %+v", day, l)
		}
		if at := hero.PublishedAt.In(cal.Zone()); at.Hour() != 9 || !at.Before(now) {
			t.Errorf("%s: published %s", day, at)
		}
		if left, err := cal.WorkingDaysLeft(now, hero.DiscussionEndsAt); err != nil || left < 2 {
			t.Errorf("%s: %d working days left (%v)", day, left, err)
		}
		if !slices.ContainsFunc(cast.People, func(p DemoPerson) bool {
			return p.Organisation == hero.Organizer.BIN && slices.Contains(p.Roles, control.AuditObject)
		}) {
			t.Errorf("nobody of the organiser %s plays", hero.Organizer.BIN)
		}
	}
}

// TestTheStorysFilesAreTakenWhole: on any day on which a chapter may begin; a later state changes what
// the former brought, and brings nothing new.
func TestTheStorysFilesAreTakenWhole(t *testing.T) {
	cal := workCalendar(t)
	first := time.Date(2026, 1, 5, 10, 0, 0, 0, cal.Zone())
	for day := range 330 {
		now, known := first.AddDate(0, 0, day), &Memory{}
		purchases := map[string]bool{}
		for _, name := range []string{
			"repeat", "repeat-cancelled", "accepting", "supplementing", "results", "complaints", "complaints-decided", "quotations", "plan-points",
		} {
			data, err := DemoStory(name, now, cal)
			if err != nil {
				t.Fatalf("%s: %v", now, err)
			}
			b, err := Read(t.Context(), []Source{FromBytes(name, data)}, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			out, err := Apply(t.Context(), known, b)
			if err != nil {
				t.Fatal(err)
			}
			f := out.Report.Files[0]
			if f.RefusedCount+len(f.Notes)+f.Superseded+f.Uncontrolled+len(out.Waiting) != 0 {
				t.Fatalf("%s: %s: %+v, waiting %+v", now, name, f, out.Waiting)
			}
			for _, p := range out.Purchases {
				if strings.Contains(name, "-cancelled") || strings.Contains(name, "-decided") {
					if !purchases[p.ID] {
						t.Errorf("%s: %s brings %s", now, name, p.ID)
					}
				}
				purchases[p.ID] = true
			}
		}
	}
	if _, err := DemoStory("none", first, cal); err == nil {
		t.Error("a file that is not there is given")
	}
}

func TestTheDemoIsWhole(t *testing.T) {
	cal := workCalendar(t)
	purchases := demo(t, time.Date(2026, 11, 21, 14, 0, 0, 0, cal.Zone()), cal)
	methods := map[control.Method]int{}
	for _, p := range purchases {
		methods[p.Method]++
		if p.Region == "" || p.Year != 2026 || p.Amount == 0 {
			t.Errorf("%s: region %q, year %d, amount %d", p.ID, p.Region, p.Year, p.Amount)
		}
		for _, party := range []control.Party{p.Organizer, p.Customer} {
			if !control.ValidBIN(party.BIN) || party.NameKK == "" || party.NameRU == "" {
				t.Errorf("%s: organisation %+v", p.ID, party)
			}
		}
		for _, l := range p.Lots {
			if l.NameKK == "" || l.NameRU == "" || l.EnsTru == "" {
				t.Errorf("%s: lot %+v", p.ID, l)
			}
		}
	}
	for _, m := range control.Methods() {
		if methods[m] == 0 {
			t.Errorf("no purchase by %s", m)
		}
	}
	if len(purchases) < 14 {
		t.Errorf("%d purchases", len(purchases))
	}
}

func TestTheCast(t *testing.T) {
	cast, err := DemoPeople()
	if err != nil {
		t.Fatal(err)
	}
	bins, iins, roles := map[string]bool{}, map[string]bool{}, map[control.Role]int{}
	for _, o := range cast.Organisations {
		if !control.ValidBIN(o.BIN) || bins[o.BIN] {
			t.Errorf("BIN %s of %s", o.BIN, o.ShortRU)
		}
		bins[o.BIN] = true
		for _, name := range []string{o.Kind, o.NameKK, o.NameRU, o.ShortKK, o.ShortRU} {
			if name == "" {
				t.Errorf("%s lacks a name", o.BIN)
			}
		}
		if key := "organisation." + o.Kind; assets.KK.T(key) == "⟦"+key+"⟧" {
			t.Errorf("%s: kind %q", o.BIN, o.Kind)
		}
	}
	for _, p := range cast.People {
		if !control.ValidIIN(p.IIN) || iins[p.IIN] || iins[p.Key] || !bins[p.Organisation] {
			t.Errorf("%s: IIN %s, organisation %s", p.Key, p.IIN, p.Organisation)
		}
		iins[p.IIN], iins[p.Key] = true, true
		for _, name := range []string{p.Surname, p.Given, p.Patronymic, p.PositionKK, p.PositionRU} {
			if name == "" {
				t.Errorf("%s lacks a name", p.Key)
			}
		}
		for _, r := range p.Roles {
			if !slices.Contains(control.Roles(), r) {
				t.Errorf("%s: role %q", p.Key, r)
			}
			roles[r]++
		}
	}
	for role, count := range map[control.Role]int{
		control.LotManager: 1, control.ControlReports: 1, control.Auditor: 2, control.AuditorApprover: 1,
		control.AuditObject: 5, control.Administrator: 1, control.ObjectionManager: 1, control.Controller: 1,
		control.ControllerApprover: 1, control.OrderManager: 1,
	} {
		if roles[role] != count {
			t.Errorf("%d people are %s, want %d", roles[role], role, count)
		}
	}
}

// TestADemoWithoutACalendarSaysSo: only where a day can't be told.
func TestADemoWithoutACalendarSaysSo(t *testing.T) {
	cal := workCalendar(t)
	for day, year := range map[string]int{"2026-12-26": 2027, "2026-12-31": 2027, "2025-01-05": 2024, "2031-05-05": 2031} {
		now, err := time.ParseInLocation(time.DateOnly, day, cal.Zone())
		if err != nil {
			t.Fatal(err)
		}
		_, err = DemoFiles(now, cal)
		var unknown calendar.UnknownYear
		if !errors.As(err, &unknown) || unknown.Year != year {
			t.Errorf("%s: %v, want the year %d", day, err, year)
		}
	}
}

func TestDemoDates(t *testing.T) {
	cal := workCalendar(t)
	for _, c := range []struct{ name, today, text, want string }{
		{"the day itself", "2026-11-21", "+0d 08:30:00", "2026-11-21 08:30:00"},
		{"the working day before a Saturday", "2026-11-21", "-1wd 09:00:00", "2026-11-20 09:00:00"},
		{"the working day before a Monday", "2026-11-23", "-1wd 09:00:00", "2026-11-20 09:00:00"},
		{"five working days after that, to the end", "2026-11-21", "-1wd+5wd 24:00:00", "2026-11-28 00:00:00"},
		{"before Nauryz", "2026-03-25", "-1wd 09:00:00", "2026-03-20 09:00:00"},
		{"over Nauryz", "2026-03-20", "+1wd 09:00:00", "2026-03-26 09:00:00"},
		{"calendar days over the year's end", "2026-12-31", "+3d 18:00:00", "2027-01-03 18:00:00"},
		{"the hour that was repeated in 2024", "2024-03-01", "-1d 23:30:00", "2024-02-29 23:30:00"},
	} {
		today, err := time.ParseInLocation(time.DateOnly, c.today, cal.Zone())
		if err != nil {
			t.Fatal(err)
		}
		got, err := renderDates([]byte(`{"a":"@`+c.text+`"}`), today, cal)
		if err != nil || string(got) != `{"a":"`+c.want+`"}` {
			t.Errorf("%s: %s, %v, want %s", c.name, got, err, c.want)
		}
	}
	for _, text := range []string{"", "-1wd", "1 09:00:00", "wd 09:00:00", "-1d 9", "-xd 09:00:00", " 09:00:00"} {
		if got, err := renderDates([]byte(`"@`+text+`"`), time.Now(), cal); err == nil {
			t.Errorf("%q is rendered as %s", text, got)
		}
	}
}

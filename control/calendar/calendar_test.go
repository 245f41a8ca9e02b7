package calendar_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baqylau/control/calendar"
	"baqylau/control/lines"
)

// The years of terms.md that the built-in calendar doesn't have, each with as much as its check values need.
const olderYears = `{
	"2018": {"off": ["2018-01-01", "2018-01-05"]},
	"2022": {"off": ["2022-10-24"], "working_weekend": ["2022-10-22"]},
	"2024": {"off": ["2024-01-01", "2024-01-02", "2024-03-08"]},
	"note": "a member that is no year is a note"
}`

func read(t testing.TB, data string) *calendar.Calendar {
	t.Helper()
	c, err := calendar.Read([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func builtIn(t testing.TB) *calendar.Calendar {
	t.Helper()
	data, err := os.ReadFile("../../assets/calendar/work-calendar.json")
	if err != nil {
		t.Fatal(err)
	}
	return read(t, string(data))
}

func local(t testing.TB, c *calendar.Calendar, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, c.Zone())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// lastDay is the day that an exclusive end closes.
func lastDay(c *calendar.Calendar, end time.Time) string {
	return end.Add(-1).In(c.Zone()).Format(time.DateOnly)
}

func TestNWorkingDaysAreCountedFromTheDayAfter(t *testing.T) {
	older, current := read(t, olderYears), builtIn(t)
	for _, r := range []struct {
		name  string
		c     *calendar.Calendar
		event string
		n     int
		last  string
	}{
		// terms.md, check values.
		{"the next day", older, "2018-01-02 12:00", 1, "2018-01-03"},
		{"two days on", older, "2018-01-02 12:00", 2, "2018-01-04"},
		{"over a holiday and a weekend", older, "2018-01-02 12:00", 3, "2018-01-08"},
		{"and one more", older, "2018-01-02 12:00", 4, "2018-01-09"},
		{"from a holiday", older, "2018-01-01 12:00", 1, "2018-01-02"},
		// R-3.14's example.
		{"R-3.14 ten days from a delivery", current, "2026-03-02 16:00", 10, "2026-03-17"},
		{"R-3.14 seven days from a conclusion", current, "2026-04-13 10:00", 7, "2026-04-22"},
		// Edge days.
		{"5 January 2025 is a working Sunday", current, "2025-01-03 12:00", 1, "2025-01-05"},
		{"and Monday follows it", current, "2025-01-05 12:00", 1, "2025-01-06"},
		{"Christmas is off", current, "2025-01-06 12:00", 1, "2025-01-08"},
		{"22 October 2022 is a working Saturday", older, "2022-10-21 12:00", 1, "2022-10-22"},
		{"24 October 2022 is off for it", older, "2022-10-22 12:00", 1, "2022-10-25"},
		{"Nauryz 2026 is five days off", current, "2026-03-20 12:00", 1, "2026-03-26"},
		{"a term across Nauryz 2026", current, "2026-03-18 12:00", 4, "2026-03-27"},
		{"8 March 2026 moves to Monday", current, "2026-03-06 12:00", 1, "2026-03-10"},
		{"a term over the turn of the year", current, "2025-12-31 12:00", 1, "2026-01-05"},
		{"the first instant of the day counts as the day", current, "2026-03-10 00:00", 5, "2026-03-17"},
		{"and so does its last minute", current, "2026-03-10 23:59", 5, "2026-03-17"},
		{"no days end with the day itself", current, "2026-03-10 12:00", 0, "2026-03-10"},
	} {
		t.Run(r.name, func(t *testing.T) {
			end, err := r.c.WorkingDays(local(t, r.c, r.event), r.n)
			if err != nil {
				t.Fatal(err)
			}
			if got := lastDay(r.c, end); got != r.last {
				t.Errorf("%s + %d goes through %s, want %s", r.event, r.n, got, r.last)
			}
			if h, m, s := end.In(r.c.Zone()).Clock(); h+m+s != 0 {
				t.Errorf("it ends at %v, want midnight", end)
			}
		})
	}
}

func TestCalendarDaysAreNotProlongedByDaysOff(t *testing.T) {
	c := builtIn(t)
	for event, last := range map[string]string{
		"2026-03-10 09:00": "2026-03-20",
		"2026-03-12 00:00": "2026-03-22", // a Sunday within Nauryz
		"2026-12-25 23:59": "2027-01-04", // a year that the calendar lacks: days are only counted
	} {
		if got := lastDay(c, c.CalendarDays(local(t, c, event), 10)); got != last {
			t.Errorf("%s + 10 goes through %s, want %s", event, got, last)
		}
	}
}

// The zone moved from UTC+6 to UTC+5 at 2024-03-01 00:00, so that 29 February had 25 hours.
func TestTheZoneChangedOn1March2024(t *testing.T) {
	c := read(t, olderYears)
	utc := func(text string) time.Time {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	t.Run("29 February ends 25 hours after it began", func(t *testing.T) {
		begin := utc("2024-02-28T18:00:00Z") // 00:00 by UTC+6
		end := utc("2024-02-29T19:00:00Z")   // 24:00 by UTC+5
		for _, at := range []string{"2024-02-28T18:00:00Z", "2024-02-29T17:59:59Z", "2024-02-29T18:00:00Z", "2024-02-29T18:59:59Z"} {
			if got := c.EndOfDay(utc(at)); !got.Equal(end) {
				t.Errorf("the day of %s ends %v, want %v", at, got.UTC(), end)
			}
		}
		if got := c.EndOfDay(begin.Add(-1)); !got.Equal(begin) {
			t.Errorf("28 February ends %v, want %v", got.UTC(), begin)
		}
	})
	t.Run("a term across the change ends at the new midnight", func(t *testing.T) {
		event := utc("2024-02-28T06:00:00Z") // Wednesday noon
		end, err := c.WorkingDays(event, 3)  // 29 February, 1 and 4 March
		if want := utc("2024-03-04T19:00:00Z"); err != nil || !end.Equal(want) {
			t.Errorf("three working days end %v, %v; want %v", end.UTC(), err, want)
		}
		if got, want := c.CalendarDays(event, 10), utc("2024-03-09T19:00:00Z"); !got.Equal(want) {
			t.Errorf("ten calendar days end %v, want %v", got.UTC(), want)
		}
	})
	t.Run("an instant belongs to the day that it was in Almaty", func(t *testing.T) {
		// 18:30 UTC: before the change already the next day (Friday 12 January), since it still the same (Friday 8 March).
		for at, want := range map[string]bool{"2024-01-12T18:30:00Z": false, "2024-03-07T18:30:00Z": true, "2024-03-07T19:30:00Z": false} {
			if got, err := c.Working(utc(at)); err != nil || got != want {
				t.Errorf("%s is a working day: %v, %v; want %v", at, got, err, want)
			}
		}
	})
}

// the binary carries its own zone data. An old machine's copy still has UTC+6.
func TestTheMachinesOldZoneIsNotBelieved(t *testing.T) {
	if os.Getenv("BAQYLAU_TEST_OLD_ZONE") == "" {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, "Asia"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "Asia", "Almaty"), zoneAlwaysUTC6(), 0o600); err != nil {
			t.Fatal(err)
		}
		again := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
		again.Env = append(os.Environ(), "BAQYLAU_TEST_OLD_ZONE=1", "ZONEINFO="+dir)
		if out, err := again.CombinedOutput(); err != nil || !strings.Contains(string(out), "the machine says +06") {
			t.Fatalf("with an old zone on the machine: %v\n%s", err, out)
		}
		return
	}
	machine, err := time.LoadLocation("Asia/Almaty")
	if err != nil {
		t.Fatal(err)
	}
	instant := time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)
	t.Logf("the machine says %s", instant.In(machine).Format("-07"))
	if got := instant.In(builtIn(t).Zone()).Format("-07"); got != "+05" {
		t.Errorf("the calendar says UTC%s in 2026, want +05", got)
	}
}

func TestTheZoneIsTheOneThatTheScreensShow(t *testing.T) {
	shown, err := os.ReadFile("../../assets/calendar/Asia-Almaty.tzif")
	if err != nil {
		t.Fatal(err)
	}
	counted, err := os.ReadFile("Asia-Almaty.tzif")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(shown, counted) {
		t.Error("the zone that times are shown in differs from the one that terms are counted in")
	}
}

// zoneAlwaysUTC6 is a zone file (RFC 8536, version 1) with one local time type, UTC+6.
func zoneAlwaysUTC6() []byte {
	var b bytes.Buffer
	b.WriteString("TZif")
	b.Write(make([]byte, 16)) // version 1, reserved
	for _, count := range []uint32{0, 0, 0, 0, 1, 4} {
		b.Write(binary.BigEndian.AppendUint32(nil, count))
	}
	b.Write(binary.BigEndian.AppendUint32(nil, 6*60*60))
	b.Write([]byte{0, 0})
	b.WriteString("+06\x00")
	return b.Bytes()
}

func TestAYearThatTheCalendarLacksIsAnErrorThatSaysSo(t *testing.T) {
	c := builtIn(t)
	for name, ask := range map[string]func() error{
		"a working day":  func() error { _, err := c.Working(local(t, c, "2027-01-01 00:00")); return err },
		"a term into it": func() error { _, err := c.WorkingDays(local(t, c, "2026-12-30 12:00"), 3); return err },
		"the days that are": func() error {
			_, err := c.WorkingDaysLeft(local(t, c, "2026-12-30 12:00"), local(t, c, "2027-01-09 00:00"))
			return err
		},
	} {
		err := ask()
		var unknown calendar.UnknownYear
		if !errors.As(err, &unknown) || unknown.Year != 2027 || !strings.Contains(err.Error(), "2027") {
			t.Errorf("%s: the error is %v, want the unknown year 2027", name, err)
		}
	}
	if _, err := c.WorkingDays(local(t, c, "2026-12-30 12:00"), 1); err != nil {
		t.Errorf("a term that ends on 31 December needs no other year: %v", err)
	}
}

func TestDaysLeftAreCountedAsPeopleCount(t *testing.T) {
	c := builtIn(t)
	closes := local(t, c, "2026-03-18 00:00") // through Tuesday the 17th
	for now, want := range map[string]int{
		"2026-03-10 09:00": 5,
		"2026-03-12 10:00": 3,
		"2026-03-13 23:59": 2,
		"2026-03-14 12:00": 2, // Saturday
		"2026-03-16 00:00": 1,
		"2026-03-17 00:00": 0,
		"2026-03-17 23:59": 0,
		"2026-03-18 00:00": -1,
		"2026-06-01 00:00": -1,
	} {
		if got, err := c.WorkingDaysLeft(local(t, c, now), closes); err != nil || got != want {
			t.Errorf("on %s %d are left, %v; want %d", now, got, err, want)
		}
	}
	sixPM := local(t, c, "2026-03-17 18:00") // an end that the portal gave
	if got, err := c.WorkingDaysLeft(local(t, c, "2026-03-16 12:00"), sixPM); err != nil || got != 1 {
		t.Errorf("before an end in mid-day %d are left, %v; want 1", got, err)
	}
}

func TestTheBuiltInYearsCountToTheOfficialWorkingDays(t *testing.T) {
	c := builtIn(t)
	for _, year := range []string{"2025", "2026"} {
		count := 0
		for at := local(t, c, year+"-01-01 12:00"); at.Format("2006") == year; at = at.AddDate(0, 0, 1) {
			works, err := c.Working(at)
			if err != nil {
				t.Fatal(err)
			}
			if works {
				count++
			}
		}
		if count != 246 {
			t.Errorf("%s has %d working days, the official calendar 246", year, count)
		}
	}
}

func TestAFileThatIsWrongIsRefusedAndSaysWhere(t *testing.T) {
	for name, r := range map[string]struct {
		data string
		want lines.Fault // the code, the place and what it speaks of
	}{
		"no JSON":                      {`{`, lines.Fault{Line: 1, Code: "short"}},
		"a list":                       {`[]`, lines.Fault{Line: 1, Code: "kind"}},
		"no year at all":               {`{"note": "nothing", "": 1, "-2026": {}}`, lines.Fault{Line: 1, Code: "no_year"}},
		"a year that is no object":     {"{\n\"2025\": 5}", lines.Fault{Field: "2025", Line: 2, Code: "kind", Value: "5"}},
		"a year of five digits":        {`{"02025": {}}`, lines.Fault{Field: "02025", Line: 1, Code: "unknown", Value: "02025"}},
		"a year with a letter O":       {`{"2O25": {}}`, lines.Fault{Field: "2O25", Line: 1, Code: "unknown", Value: "2O25"}},
		"a year before independence":   {`{"1990": {}}`, lines.Fault{Field: "1990", Line: 1, Code: "far_year", Value: "1990"}},
		"a year of another century":    {`{"2101": {}}`, lines.Fault{Field: "2101", Line: 1, Code: "far_year", Value: "2101"}},
		"a year that stands twice":     {"{\"2025\": {},\n\"2025\": {}}", lines.Fault{Field: "2025", Line: 2, Code: "twice", Value: "2025"}},
		"a field that nobody knows":    {`{"2025": {"of": []}}`, lines.Fault{Field: "2025.of", Line: 1, Code: "unknown", Value: "of"}},
		"days that are no list":        {`{"2025": {"off": "2025-01-01"}}`, lines.Fault{Field: "2025.off", Line: 1, Code: "kind", Value: "2025-01-01"}},
		"a day that is no date":        {`{"2025": {"off": ["2025-02-30"]}}`, lines.Fault{Field: "2025.off[0]", Line: 1, Code: "no_date", Value: "2025-02-30"}},
		"a day that is a number":       {`{"2025": {"off": [5]}}`, lines.Fault{Field: "2025.off[0]", Line: 1, Code: "no_date", Value: "5"}},
		"a day of another year":        {`{"2025": {"off": ["2026-01-01"]}}`, lines.Fault{Field: "2025.off[0]", Line: 1, Code: "other_year", Value: "2026-01-01"}},
		"a day that stands twice":      {`{"2025": {"off": ["2025-01-01", "2025-01-01"]}}`, lines.Fault{Field: "2025.off[1]", Line: 1, Code: "twice", Value: "2025-01-01"}},
		"a day both off and worked":    {`{"2025": {"off": ["2025-01-05"], "working_weekend": ["2025-01-05"]}}`, lines.Fault{Field: "2025.working_weekend[0]", Line: 1, Code: "twice", Value: "2025-01-05"}},
		"a working weekend on Monday":  {`{"2025": {"working_weekend": ["2025-01-06"]}}`, lines.Fault{Field: "2025.working_weekend[0]", Line: 1, Code: "no_weekend", Value: "2025-01-06"}},
		"a count that is not the days": {`{"2025": {"off": ["2025-01-01"], "work_days_5day_week": 246}}`, lines.Fault{Field: "2025", Line: 1, Code: "miscount", Value: "260"}},
		"a count that is no number":    {`{"2025": {"work_days_5day_week": "246"}}`, lines.Fault{Field: "2025.work_days_5day_week", Line: 1, Code: "kind", Value: "246"}},
		"notes without end":            {`{"note": [` + strings.Repeat("1,", 366) + `1]}`, lines.Fault{Field: "note", Line: 1, Code: "many", Value: "366"}},
		"notes without bottom":         {`{"note": [[[[[]]]]]}`, lines.Fault{Field: "note[0][0][0][0]", Line: 1, Code: "deep"}},
		"too large":                    {`{"2025": {}}` + strings.Repeat(" ", 256<<10), lines.Fault{Line: 1, Code: "large", Value: "262144"}},
	} {
		c, err := calendar.Read([]byte(r.data))
		var got *lines.Fault
		if c != nil || !errors.As(err, &got) || !strings.HasPrefix(err.Error(), "read working calendar: line ") {
			t.Errorf("%s: %v, %v", name, c, err)
			continue
		}
		place := *got
		if place.Why = ""; place != r.want || got.Why == "" {
			t.Errorf("%s: it is wrong by %+v, want %+v", name, *got, r.want)
		}
	}
	for _, good := range []string{`{"1991": {}}`, `{"2100": {"off": null}}`, `{"2025": {"source": "x"}, "rule": "y"}`} {
		if _, err := calendar.Read([]byte(good)); err != nil {
			t.Error(err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(olderYears))
	f.Add([]byte(`{"2025": {"off": ["2025-01-01"]}}`))
	f.Add([]byte(`{"9223372036854775807": {}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := calendar.Read(data); (c == nil) == (err == nil) {
			t.Errorf("Read gives %v, %v", c, err)
		}
	})
}

func BenchmarkWorkingDays(b *testing.B) {
	c := builtIn(b)
	event := local(b, c, "2026-03-02 16:00")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.WorkingDays(event, 10); err != nil {
			b.Fatal(err)
		}
	}
}

func TestWorkingDaysBeforeAnEndLeaveSoMany(t *testing.T) {
	c := builtIn(t)
	for _, r := range []struct {
		closes string
		n      int
		want   string
	}{
		{"2026-03-18 00:00", 1, "2026-03-17 00:00"},
		{"2026-03-18 00:00", 2, "2026-03-16 00:00"},
		{"2026-03-18 00:00", 3, "2026-03-13 00:00"}, // over a weekend
		{"2026-03-27 00:00", 2, "2026-03-20 00:00"}, // over Nauryz
		{"2026-03-17 18:00", 1, "2026-03-17 00:00"}, // an end within a day
		{"2026-03-22 00:00", 1, "2026-03-20 00:00"}, // an end on a day off
		{"2025-01-06 00:00", 1, "2025-01-05 00:00"}, // a working Sunday
	} {
		got, err := c.WorkingDaysBefore(local(t, c, r.closes), r.n)
		if want := local(t, c, r.want); err != nil || !got.Equal(want) {
			t.Errorf("%d before %s: %v, %v; want %v", r.n, r.closes, got, err, want)
		}
	}
	var unknown calendar.UnknownYear
	if _, err := c.WorkingDaysBefore(local(t, c, "2025-01-01 00:00"), 1); !errors.As(err, &unknown) || unknown.Year != 2024 {
		t.Errorf("the error is %v, want the unknown year 2024", err)
	}
}

package centre

import (
	"testing"
	"time"

	"baqylau/assets"
	"baqylau/control/calendar"
)

func TestTheDemoPlaysOnDaysThatTheCalendarKnows(t *testing.T) {
	cal, err := calendar.Read(assets.WorkCalendar)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, now, want string
	}{
		{"an ordinary day stays", "2026-11-21T10:00:00+05:00", "2026-11-21T10:00:00+05:00"},
		{"in spring nothing is put back", "2026-05-13T09:00:00+05:00", "2026-05-13T09:00:00+05:00"},
		{"a year that the calendar lacks", "2027-03-03T12:00:00+05:00", "2026-11-25T12:00:00+05:00"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		got := NewClock(cal, func() time.Time { return now }, 0).Now()
		if want, _ := time.Parse(time.RFC3339, c.want); !got.Equal(want) {
			t.Errorf("%s: the demo's clock says %v, want %v", c.name, got, want)
		}
		if got.Weekday() != now.Weekday() {
			t.Errorf("%s: the day of the week changed", c.name)
		}
	}
}

func TestAClockGoesForwardAlone(t *testing.T) {
	cal, err := calendar.Read(assets.WorkCalendar)
	if err != nil {
		t.Fatal(err)
	}
	machine := time.Date(2026, 11, 21, 10, 0, 0, 0, cal.Zone())
	c := NewClock(cal, func() time.Time { return machine }, 90*24*time.Hour)
	start := c.Now()
	if !cal.Covers(start, start.AddDate(0, 0, 90)) || start.Weekday() != machine.Weekday() || start.After(machine) {
		t.Errorf("it starts at %v", start)
	}
	later := start.Add(48 * time.Hour)
	c.Forward(later)
	c.Forward(start)
	machine = machine.Add(time.Minute)
	if got := c.Now(); !got.Equal(later.Add(time.Minute)) {
		t.Errorf("a minute after it was moved to %v it says %v", later, got)
	}
}

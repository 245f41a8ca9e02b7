package calendar_test

import (
	"fmt"
	"slices"
	"testing"

	"baqylau/control/calendar"
)

func TestAnotherCalendarSaysWhatItSaysDifferently(t *testing.T) {
	was, err := calendar.Read([]byte(`{
		"2024": {"off": ["2024-01-01"]},
		"2025": {"off": ["2025-01-01", "2025-12-16"], "working_weekend": ["2025-01-05"]},
		"2026": {"off": ["2026-01-01", "2026-12-31"]}}`))
	if err != nil {
		t.Fatal(err)
	}
	next, err := calendar.Read([]byte(`{
		"2023": {"off": []},
		"2025": {"off": ["2025-01-02", "2025-12-16", "2025-03-08"], "working_weekend": ["2025-01-04"]},
		"2026": {"off": ["2026-01-01"], "work_days_5day_week": 260},
		"2027": {"off": ["2027-01-01"], "work_days_5day_week": 260}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"2023 added: true, counted: false",
		"2024 added: false, counted: false",
		"2025-01-01T00:00:00+05:00 works: true, counted: false",
		"2025-01-02T00:00:00+05:00 works: false, counted: false",
		"2025-01-04T00:00:00+05:00 works: true, counted: false",
		"2025-01-05T00:00:00+05:00 works: false, counted: false", // a weekend again; 8 March is a Saturday either way
		"2026-12-31T00:00:00+05:00 works: true, counted: true",
		"2027 added: true, counted: true",
	}
	var got []string
	for _, c := range was.Changes(next) {
		if c.Day.IsZero() {
			got = append(got, fmt.Sprintf("%d added: %t, counted: %t", c.Year, c.Added, c.Counted))
			continue
		}
		if c.Day.Year() != c.Year || c.Added {
			t.Errorf("%v is of %d, added %t", c.Day, c.Year, c.Added)
		}
		got = append(got, fmt.Sprintf("%s works: %t, counted: %t", c.Day.Format("2006-01-02T15:04:05-07:00"), c.Works, c.Counted))
	}
	if !slices.Equal(got, want) {
		t.Errorf("it says\n%q\nwant\n%q", got, want)
	}
	if same := next.Changes(next); len(same) != 0 {
		t.Errorf("of itself it says %v", same)
	}
}

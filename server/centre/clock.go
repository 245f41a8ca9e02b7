package centre

import (
	"time"

	"baqylau/control/calendar"
)

const (
	week = 7 * 24 * time.Hour
	// The demo's purchases reach this far back and its deadlines this far ahead.
	demoPast, demoFuture = 60 * 24 * time.Hour, 30 * 24 * time.Hour
	// weeksBack bounds how far the demo's clock may be put back.
	weeksBack = 520
)

// demoClock is the machine's clock, put back by whole weeks as far as the working calendar demands:
// a demo must play on days that the calendar knows, also when nobody has entered the next year yet.
// Where no such day is found it is the machine's, and the first rule that needs the year says so.
func demoClock(cal *calendar.Calendar, now func() time.Time) func() time.Time {
	start := now()
	for n := range weeksBack {
		behind := time.Duration(n) * week
		day := start.Add(-behind)
		if cal.Covers(day.Add(-demoPast), day.Add(demoFuture)) {
			return func() time.Time { return now().Add(-behind) }
		}
	}
	return now
}

package centre

import (
	"sync"
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

// Clock is a demo's clock: it runs with the machine's, put back by whole weeks as far as the working
// calendar demands, and can be moved forward. It is safe for use by many goroutines. A centre with real
// data refuses it.
type Clock struct {
	machine func() time.Time
	mu      sync.Mutex
	ahead   time.Duration
}

// NewClock makes the clock of a demo that will go on for a while. A demo must play on days that the
// calendar knows, also when nobody has entered the next year yet. Where no such day is found the clock
// is the machine's, and the first rule that needs the year says so.
func NewClock(cal *calendar.Calendar, machine func() time.Time, goesOn time.Duration) *Clock {
	start := machine()
	for n := range weeksBack {
		behind := time.Duration(n) * week
		day := start.Add(-behind)
		if cal.Covers(day.Add(-demoPast), day.Add(goesOn+demoFuture)) {
			return &Clock{machine: machine, ahead: -behind}
		}
	}
	return &Clock{machine: machine}
}

// Now is the demo's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.machine().Add(c.ahead)
}

// Forward moves the clock to a later instant; to an earlier one it never goes.
func (c *Clock) Forward(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += max(0, to.Sub(c.machine().Add(c.ahead)))
}

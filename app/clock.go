package app

import (
	"sync"
	"time"
)

const (
	// jumpLeast is how far a clock must go wrong for the person to be told.
	jumpLeast = 5 * time.Minute
	// askLongest is how long an answer may take whose time still says what time it is.
	askLongest = time.Minute
)

// machine reads this computer's clock, which people set, and how long the program has been running, which
// nobody sets, but which stands still on some systems while the computer sleeps.
type machine func() (wall time.Time, running time.Duration)

func thisMachine() machine {
	started := time.Now()
	return func() (time.Time, time.Duration) {
		now := time.Now()
		return now.Round(0), now.Sub(started) // by the monotonic clock
	}
}

// clock tells the centre's time, by what the centre said last and by what has passed here since. It never
// goes behind what the centre said: a clock that was set back changes nothing while the program runs, and
// after a start time goes on from there. One that was set forward is believed (the computer may have
// slept), until the centre says otherwise. It is safe for use by many goroutines.
type clock struct {
	machine machine

	mu      sync.Mutex
	said    time.Time     // by the centre
	wall    time.Time     // here, at that moment
	running time.Duration // here, at that moment
	astray  time.Duration // how far this computer's clock went wrong, and nobody was told; 0 for nothing
	told    time.Duration // likewise, and they were
}

func newClock(m machine) *clock { return &clock{machine: m} }

// keptTime is what a clock keeps for the next start of the program.
type keptTime struct {
	Said time.Time `json:"said"`
	Wall time.Time `json:"wall"`
}

// keep gives what is to be kept.
func (c *clock) keep() keptTime {
	c.mu.Lock()
	defer c.mu.Unlock()
	return keptTime{c.said, c.wall}
}

// recall goes on from what was kept, unless the centre was heard since.
func (c *clock) recall(k keptTime) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.said.After(k.Said) {
		return
	}
	wall, running := c.machine()
	c.said, c.wall, c.running = k.Said, k.Wall, running
	if back := wall.Sub(k.Wall); back < -jumpLeast {
		c.astray = back
	}
}

// now is the centre's time.
func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	wall, running := c.machine()
	return c.at(wall, running)
}

// at is the centre's time at a reading; this computer's, before the centre said any. The caller holds mu.
func (c *clock) at(wall time.Time, running time.Duration) time.Time {
	if c.said.IsZero() {
		return wall
	}
	return c.said.Add(max(wall.Sub(c.wall), running-c.running))
}

// ask is when the centre is asked the time, for hear.
func (c *clock) ask() time.Duration {
	_, running := c.machine()
	return running
}

// hear takes the centre's time from an answer to what was asked; none, and an answer that took too long,
// says nothing.
func (c *clock) hear(said time.Time, asked time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	wall, running := c.machine()
	took := running - asked
	if said.IsZero() || took > askLongest {
		return
	}
	said = said.Add(took / 2)
	if !c.said.IsZero() {
		c.notice(wall, running)
		if off := c.at(wall, running).Sub(said); off.Abs() >= jumpLeast {
			c.astray = off
		}
	}
	c.said, c.wall, c.running, c.told = said, wall, running, 0
}

// notice remembers that this computer's clock was set back while the program ran. The caller holds mu.
func (c *clock) notice(wall time.Time, running time.Duration) {
	back := wall.Sub(c.wall) - (running - c.running)
	if back < -jumpLeast && (back-c.told).Abs() >= jumpLeast {
		c.astray = back
	}
}

// takeAstray is how far this computer's clock went wrong, before (negative) or ahead: each time once, else 0.
func (c *clock) takeAstray() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.said.IsZero() {
		c.notice(c.machine())
	}
	astray := c.astray
	if astray != 0 {
		c.told, c.astray = astray, 0
	}
	return astray
}

package app

import (
	"testing"
	"time"
)

// computer is a computer whose clock people set.
type computer struct {
	wall    time.Time
	running time.Duration
}

func (c *computer) read() (time.Time, time.Duration) { return c.wall, c.running }

// runs lets time pass; sleeps lets it pass without the program's running time.
func (c *computer) runs(d time.Duration)   { c.wall, c.running = c.wall.Add(d), c.running+d }
func (c *computer) sleeps(d time.Duration) { c.wall = c.wall.Add(d) }
func (c *computer) set(by time.Duration)   { c.wall = c.wall.Add(by) }

const day = 24 * time.Hour

// TestTheCentresTimeIsKeptWhateverBecomesOfTheClockHere; what binds is the centre's clock.
func TestTheCentresTimeIsKeptWhateverBecomesOfTheClockHere(t *testing.T) {
	said := time.Date(2026, 4, 15, 11, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		happens func(*computer, *clock)
		want    time.Duration // after what the centre said
		astray  time.Duration
	}{
		"an hour passes":  {func(m *computer, _ *clock) { m.runs(time.Hour) }, time.Hour, 0},
		"the lid is shut": {func(m *computer, _ *clock) { m.sleeps(10 * time.Hour) }, 10 * time.Hour, 0},
		"set back by a day": {
			func(m *computer, _ *clock) { m.runs(time.Hour); m.set(-day); m.runs(time.Hour) }, 2 * time.Hour, -day,
		},
		"set back by a minute": {func(m *computer, _ *clock) { m.runs(time.Hour); m.set(-time.Minute) }, time.Hour, 0},
		"set forth by a day, as far as is known here": {
			func(m *computer, _ *clock) { m.set(day); m.runs(time.Hour) }, day + time.Hour, 0,
		},
		"set forth by a day, and the centre is heard": {
			func(m *computer, c *clock) { m.set(day); m.runs(time.Hour); c.hear(said.Add(time.Hour), c.ask()) }, time.Hour, day,
		},
		"set back by a day, and the centre is heard": {
			func(m *computer, c *clock) { m.set(-day); m.runs(time.Hour); c.hear(said.Add(time.Hour), c.ask()) }, time.Hour, -day,
		},
		"an answer that took a second": {
			func(m *computer, c *clock) { asked := c.ask(); m.runs(time.Second); c.hear(said, asked) }, time.Second / 2, 0,
		},
		"an answer that slept on its way says nothing": {
			func(m *computer, c *clock) { asked := c.ask(); m.runs(time.Hour); c.hear(said, asked) }, time.Hour, 0,
		},
		"an older centre, which tells no time": {
			func(m *computer, c *clock) { m.runs(time.Hour); c.hear(time.Time{}, c.ask()) }, time.Hour, 0,
		},
		"the program is started again": {
			func(m *computer, c *clock) { kept := c.keep(); m.sleeps(day); c.recall(kept) }, day, 0,
		},
		"started again on a clock that was set back": {
			func(m *computer, c *clock) { kept := c.keep(); m.set(-2 * day); c.recall(kept); m.runs(time.Hour) }, time.Hour, -2 * day,
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := &computer{wall: time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)}
			c := newClock(m.read)
			if got := c.now(); !got.Equal(m.wall) {
				t.Errorf("before the centre said any time it is %v", got)
			}
			c.hear(said, c.ask())
			test.happens(m, c)
			if got := c.now().Sub(said); got != test.want {
				t.Errorf("it is %v after what the centre said, want %v", got, test.want)
			}
			if got := c.takeAstray(); got != test.astray {
				t.Errorf("the clock is told to be %v astray, want %v", got, test.astray)
			}
			if again := c.takeAstray(); again != 0 {
				t.Errorf("it is told twice: %v", again)
			}
		})
	}
}

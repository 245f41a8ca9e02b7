// Package calendar is the working calendar of Kazakhstan.
//
// Its promise: terms counted in days end where the law ends them, in the zone Asia/Almaty, with
// its history (UTC+6 before 1 March 2024, UTC+5 since). A year of which the calendar knows nothing
// is an error that says so, never a guess.
//
// Its limit: it holds days, not hours; a working day is whole.
package calendar

import (
	_ "embed"
	"strconv"
	"time"
)

// almatyZone is the zone of Asia/Almaty in TZif format (RFC 8536; tz database, public domain). It is
// carried along, because time.LoadLocation prefers the machine's copy, and an old one still says UTC+6.
//
//go:embed Asia-Almaty.tzif
var almatyZone []byte

// Almaty is the zone Asia/Almaty as this package carries it.
func Almaty() (*time.Location, error) {
	return time.LoadLocationFromTZData("Asia/Almaty", almatyZone)
}

// UnknownYear is the error for a year that the calendar lacks.
type UnknownYear struct{ Year int }

func (e UnknownYear) Error() string {
	return "the working calendar has no year " + strconv.Itoa(e.Year)
}

// Calendar knows the days off and the working weekends of the years that it was given.
type Calendar struct {
	zone  *time.Location
	years map[int]*year
}

type year struct {
	// exceptional holds the days that differ from "Monday to Friday are worked": true means off.
	exceptional map[day]bool
	// counted says that the file names the number of working days, and so vouches for its days.
	counted bool
}

type day struct {
	month time.Month
	day   int
}

func (y *year) works(m time.Month, d int, w time.Weekday) bool {
	if off, known := y.exceptional[day{m, d}]; known {
		return !off
	}
	return !weekend(w)
}

func weekend(w time.Weekday) bool { return w == time.Saturday || w == time.Sunday }

// Zone is Asia/Almaty.
func (c *Calendar) Zone() *time.Location { return c.zone }

// Working says whether the day of t (in Asia/Almaty) is a working day.
func (c *Calendar) Working(t time.Time) (bool, error) {
	t = t.In(c.zone)
	y, known := c.years[t.Year()]
	if !known {
		return false, UnknownYear{t.Year()}
	}
	return y.works(t.Month(), t.Day(), t.Weekday()), nil
}

// EndOfDay is 24:00 of the day of t: the first instant of the next day.
func (c *Calendar) EndOfDay(t time.Time) time.Time {
	t = t.In(c.zone)
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, c.zone)
}

// CalendarDays is the end (24:00) of the nth day after the day of t. Days off do not prolong it.
func (c *Calendar) CalendarDays(t time.Time, n int) time.Time {
	t = t.In(c.zone)
	return time.Date(t.Year(), t.Month(), t.Day()+n+1, 0, 0, 0, 0, c.zone)
}

// WorkingDays is the end (24:00) of the nth working day after the day of t.
func (c *Calendar) WorkingDays(t time.Time, n int) (time.Time, error) {
	t = t.In(c.zone)
	noon := time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, c.zone)
	for n > 0 {
		noon = noon.AddDate(0, 0, 1)
		works, err := c.Working(noon)
		if err != nil {
			return time.Time{}, err
		}
		if works {
			n--
		}
	}
	return c.EndOfDay(noon), nil
}

// WorkingDaysLeft counts the working days after the day of now up to and including the last day
// before the exclusive end closes; 0 when it ends today, -1 when it is over.
func (c *Calendar) WorkingDaysLeft(now, closes time.Time) (int, error) {
	if !now.Before(closes) {
		return -1, nil
	}
	left := 0
	for t := c.EndOfDay(now); t.Before(closes); t = c.EndOfDay(t) {
		works, err := c.Working(t)
		if err != nil {
			return 0, err
		}
		if works {
			left++
		}
	}
	return left, nil
}

// WorkingDaysBefore is the start of the day from which on n working days are left, that day included,
// to the exclusive end closes: the time for a reminder. n must be positive.
func (c *Calendar) WorkingDaysBefore(closes time.Time, n int) (time.Time, error) {
	last := closes.Add(-time.Nanosecond).In(c.zone)
	noon := time.Date(last.Year(), last.Month(), last.Day(), 12, 0, 0, 0, c.zone)
	for {
		works, err := c.Working(noon)
		if err != nil {
			return time.Time{}, err
		}
		if works {
			n--
		}
		if n <= 0 {
			return time.Date(noon.Year(), noon.Month(), noon.Day(), 0, 0, 0, 0, c.zone), nil
		}
		noon = noon.AddDate(0, 0, -1)
	}
}

// Covers says whether the calendar has every year that the time from one instant to another touches.
func (c *Calendar) Covers(from, to time.Time) bool {
	for y := from.In(c.zone).Year(); y <= to.In(c.zone).Year(); y++ {
		if _, known := c.years[y]; !known {
			return false
		}
	}
	return true
}

package calendar

import (
	"slices"
	"time"
)

// Change is what another calendar says differently: of a year as a whole, when Day is zero, or of a day
// of a year that both have.
type Change struct {
	Year    int
	Added   bool      // of a year: the other one has it, and this one lacks it; else the other way round
	Counted bool      // of a year that the other has: it names its number of working days
	Day     time.Time // 00:00 of Asia/Almaty
	Works   bool      // of a day: the other one works it
}

// Changes lists what another calendar says differently, by time.
func (c *Calendar) Changes(other *Calendar) []Change {
	var list []Change
	for number, y := range c.years {
		next, kept := other.years[number]
		if !kept {
			list = append(list, Change{Year: number})
			continue
		}
		for t := time.Date(number, 1, 1, 0, 0, 0, 0, c.zone); t.Year() == number; t = t.AddDate(0, 0, 1) {
			works := next.works(t.Month(), t.Day(), t.Weekday())
			if works != y.works(t.Month(), t.Day(), t.Weekday()) {
				list = append(list, Change{Year: number, Day: t, Works: works, Counted: next.counted})
			}
		}
	}
	for number, y := range other.years {
		if _, known := c.years[number]; !known {
			list = append(list, Change{Year: number, Added: true, Counted: y.counted})
		}
	}
	slices.SortFunc(list, func(a, b Change) int {
		if a.Year != b.Year {
			return a.Year - b.Year
		}
		return a.Day.Compare(b.Day)
	})
	return list
}

package calendar

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"baqylau/control/lines"
)

// What may be wrong in a calendar file beside what may be wrong in any.
const (
	NoDate    lines.Code = "no_date"
	OtherYear lines.Code = "other_year" // a day that belongs to another year
	NoWeekend lines.Code = "no_weekend" // a day that is worked anyway
	Miscount  lines.Code = "miscount"   // Value: what the days count to
	NoYear    lines.Code = "no_year"    // there is none
	FarYear   lines.Code = "far_year"   // before FirstYear or after LastYear
)

// FirstYear and LastYear bound the years that a calendar may have.
const (
	FirstYear = 1991
	LastYear  = 2100
)

// limits of a calendar file: it comes from outside.
var limits = lines.Limits{Size: 256 << 10, Depth: 4, List: 366}

// Read reads a calendar file: a JSON object in which every member named by a year holds the days
// off, the working weekends and the number of working days that the official calendar counts;
// other members are notes, whose names don't begin with a digit. A year whose days do not count to that
// number is refused. It takes the whole calendar or nothing: what is wrong is a *lines.Fault.
func Read(data []byte) (*Calendar, error) {
	c, err := read(data)
	if err != nil {
		return nil, fmt.Errorf("read working calendar: %w", err)
	}
	return c, nil
}

func read(data []byte) (*Calendar, error) {
	zone, err := Almaty()
	if err != nil {
		return nil, err
	}
	root, err := lines.Parse(bytes.TrimPrefix(data, []byte("\ufeff")), limits)
	if err != nil {
		return nil, err
	}
	if root.Token != json.Delim('{') {
		return nil, root.Wrong(lines.Kind, "no object")
	}
	c := &Calendar{zone: zone, years: map[int]*year{}}
	for _, m := range root.Members {
		if m.Name == "" || m.Name[0] < '0' || m.Name[0] > '9' {
			continue // a note
		}
		number, err := strconv.Atoi(m.Name)
		if err != nil || len(m.Name) != len("2026") {
			return nil, m.Unknown()
		}
		if number < FirstYear || number > LastYear {
			return nil, &lines.Fault{
				Field: m.Path, Line: m.Line, Code: FarYear, Value: m.Name,
				Why: fmt.Sprintf("is before %d or after %d", FirstYear, LastYear),
			}
		}
		if c.years[number], err = readYear(number, m.Value); err != nil {
			return nil, err
		}
	}
	if len(c.years) == 0 {
		return nil, &lines.Fault{Line: 1, Why: "it has no year", Code: NoYear}
	}
	return c, nil
}

func readYear(number int, v *lines.Value) (*year, error) {
	y := &year{exceptional: map[day]bool{}}
	var source string
	var official json.Number
	err := v.Object(map[string]lines.Reader{
		"source":              lines.Text(&source),
		"off":                 lines.List(func(v *lines.Value) error { return y.except(number, v, true) }),
		"working_weekend":     lines.List(func(v *lines.Value) error { return y.except(number, v, false) }),
		"work_days_5day_week": lines.Number(&official),
	})
	if err != nil {
		return nil, err
	}
	working := y.count(number)
	if y.counted = official != ""; y.counted && official.String() != strconv.Itoa(working) {
		return nil, &lines.Fault{
			Field: v.Path, Line: v.Line, Code: Miscount, Value: strconv.Itoa(working),
			Why: fmt.Sprintf("its days count to %d working days, the official calendar to %s", working, official),
		}
	}
	return y, nil
}

// except reads a day that is off, or one of a weekend that is worked.
func (y *year) except(number int, v *lines.Value, off bool) error {
	text, _ := v.Token.(string)
	t, err := time.Parse(time.DateOnly, text)
	switch {
	case err != nil:
		return v.Wrong(NoDate, "no date")
	case t.Year() != number:
		return v.Wrong(OtherYear, "of another year")
	case !off && !weekend(t.Weekday()):
		return v.Wrong(NoWeekend, "no weekend")
	}
	key := day{t.Month(), t.Day()}
	if _, twice := y.exceptional[key]; twice {
		return v.Wrong(lines.Twice, "there already: it stands twice")
	}
	y.exceptional[key] = off
	return nil
}

// count counts the working days.
func (y *year) count(number int) int {
	working := 0
	for t := time.Date(number, 1, 1, 0, 0, 0, 0, time.UTC); t.Year() == number; t = t.AddDate(0, 0, 1) {
		if y.works(t.Month(), t.Day(), t.Weekday()) {
			working++
		}
	}
	return working
}

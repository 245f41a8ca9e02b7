package portal

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"baqylau/assets"
	"baqylau/control"
	"baqylau/control/calendar"
)

// DemoFiles gives the demo's portal files as they would look on the day of now: in assets/demo their
// dates are written relative to it. It fails with calendar.UnknownYear where a date can't be told.
//
// A date is written "@" offset … " " clock: "@-1wd+5wd 24:00:00" is the end of the fifth working day
// after the last working day before the day; "@-40d 09:00:00" counts calendar days; "@year" is the
// year of the day, as a number. The day itself is "@+0d".
func DemoFiles(now time.Time, cal *calendar.Calendar) ([]Source, error) {
	var sources []Source
	for _, name := range []string{"trd-buy.json", "lots.json", "plans.json"} {
		data, err := demoFile(name, now, cal)
		if err != nil {
			return nil, err
		}
		sources = append(sources, FromBytes(name, data))
	}
	return sources, nil
}

// DemoStory gives a file of the story that the demo tells without a window, by its name in
// assets/demo/story, as the portal would give it: with dates relative to the day that its chapter
// begins on, as [DemoFiles] says.
func DemoStory(name string, day time.Time, cal *calendar.Calendar) ([]byte, error) {
	return demoFile("story/"+name+".json", day, cal)
}

func demoFile(name string, day time.Time, cal *calendar.Calendar) ([]byte, error) {
	template, err := assets.DemoFS.ReadFile("demo/" + name)
	if err != nil {
		return nil, fmt.Errorf("prepare demo: %w", err)
	}
	data, err := renderDates(template, day, cal)
	if err != nil {
		return nil, fmt.Errorf("prepare demo: %s: %w", name, err)
	}
	return data, nil
}

// renderDates replaces the relative dates of a template.
func renderDates(template []byte, now time.Time, cal *calendar.Calendar) ([]byte, error) {
	now = now.In(cal.Zone())
	today := time.Date(now.Year(), now.Month(), now.Day(), 12, 0, 0, 0, cal.Zone())
	var failed error
	data := regexp.MustCompile(`"@[^"]*"`).ReplaceAllFunc(template, func(quoted []byte) []byte {
		if failed != nil {
			return nil
		}
		text := string(quoted[2 : len(quoted)-1])
		if text == "year" {
			return strconv.AppendInt(nil, int64(today.Year()), 10)
		}
		at, err := demoDate(text, today, cal)
		if err != nil {
			failed = fmt.Errorf("%s: %w", quoted, err)
		}
		return []byte(strconv.Quote(at.Format(time.DateTime)))
	})
	return data, failed
}

// demoDate tells a date by its offsets from a day, given by its noon.
func demoDate(text string, noon time.Time, cal *calendar.Calendar) (time.Time, error) {
	offsets, clock, found := strings.Cut(text, " ")
	if !found || offsets == "" {
		return time.Time{}, fmt.Errorf("want offsets, a space and a clock")
	}
	for offsets != "" {
		end := strings.IndexByte(offsets, 'd')
		if end < 2 {
			return time.Time{}, fmt.Errorf("%q is no offset of days", offsets)
		}
		count, working := strings.CutSuffix(offsets[:end], "w")
		offsets = offsets[end+1:]
		n, err := strconv.Atoi(count)
		if err != nil {
			return time.Time{}, fmt.Errorf("%q is no number of days", count)
		}
		if !working {
			noon = noon.AddDate(0, 0, n)
			continue
		}
		if noon, err = workingDay(noon, n, cal); err != nil {
			return time.Time{}, err
		}
	}
	if clock == "24:00:00" {
		return cal.EndOfDay(noon), nil
	}
	at, err := time.Parse(time.TimeOnly, clock)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no clock", clock)
	}
	return time.Date(noon.Year(), noon.Month(), noon.Day(), at.Hour(), at.Minute(), at.Second(), 0, cal.Zone()), nil
}

// workingDay is the noon of the nth working day after a day, or before it where n is negative.
func workingDay(noon time.Time, n int, cal *calendar.Calendar) (time.Time, error) {
	step := 1
	if n < 0 {
		step = -1
	}
	for n != 0 {
		noon = noon.AddDate(0, 0, step)
		works, err := cal.Working(noon)
		if err != nil {
			return time.Time{}, err
		}
		if works {
			n -= step
		}
	}
	return noon, nil
}

// DemoCast is who plays in the demo. All of them are invented.
type DemoCast struct {
	Organisations []DemoOrganisation `json:"organisations"`
	People        []DemoPerson       `json:"people"`
}

// DemoOrganisation is an organisation of the demo.
type DemoOrganisation struct {
	BIN     string `json:"bin"`
	Kind    string `json:"kind"` // department, committee, organizer, single_organizer, customer
	NameKK  string `json:"name_kk"`
	NameRU  string `json:"name_ru"`
	ShortKK string `json:"short_kk"`
	ShortRU string `json:"short_ru"`
}

// DemoPerson is an employee of one of the demo's organisations.
type DemoPerson struct {
	Key          string         `json:"key"` // names the person in commands and files: lot-manager
	IIN          string         `json:"iin"`
	Surname      string         `json:"surname"`
	Given        string         `json:"given"`
	Patronymic   string         `json:"patronymic"`
	PositionKK   string         `json:"position_kk"`
	PositionRU   string         `json:"position_ru"`
	Organisation string         `json:"organisation"` // its BIN
	Roles        []control.Role `json:"roles"`
}

// DemoPeople gives the demo's organisations and people.
func DemoPeople() (DemoCast, error) {
	data, err := assets.DemoFS.ReadFile("demo/people.json")
	if err != nil {
		return DemoCast{}, fmt.Errorf("read the demo's people: %w", err)
	}
	var cast DemoCast
	if err := json.Unmarshal(data, &cast); err != nil {
		return DemoCast{}, fmt.Errorf("read the demo's people: %w", err)
	}
	return cast, nil
}

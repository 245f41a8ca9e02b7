package control

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"baqylau/control/calendar"
)

// RiskProfile is a sign of a violation that an auditor checks (тәуекел бейіні).
type RiskProfile struct {
	Number    int
	Direction Direction
	Methods   []Method
	Remedies  []Remedy
	NameKK    string
	NameRU    string
	// ValidFrom and ValidTo bound the time in which the profile is checked; ValidTo is exclusive. Zero
	// is always. A retired profile stays, so that old notifications go on explaining themselves.
	ValidFrom, ValidTo time.Time
	// Note says where the profile comes from. The official table is not at hand, so every row says
	// which of its parts are samples.
	Note string
}

// ValidAt says whether the profile is checked at t.
func (p RiskProfile) ValidAt(t time.Time) bool {
	return !t.Before(p.ValidFrom) && (p.ValidTo.IsZero() || t.Before(p.ValidTo))
}

// Sample says whether any part of the profile is to be replaced by the official table.
func (p RiskProfile) Sample() bool { return strings.Contains(p.Note, "sample") }

// Catalogue is the table of risk profiles, in the order of the file it came from.
type Catalogue struct {
	// Version names the table: decisions record it.
	Version  string
	profiles []RiskProfile
	sets     map[setKey][]set
}

type setKey struct {
	method    Method
	direction Direction
}

// set are the profiles to be checked from an instant on, until the next set of the same key.
type set struct {
	from     time.Time
	profiles []RiskProfile
}

// ForAt lists the profiles to be checked for a method and direction at t. The slice is shared: not to
// be changed.
func (c *Catalogue) ForAt(m Method, d Direction, t time.Time) []RiskProfile {
	sets := c.sets[setKey{m, d}]
	for i := len(sets) - 1; i >= 0; i-- {
		if !t.Before(sets[i].from) {
			return sets[i].profiles
		}
	}
	return nil
}

// For lists the profiles to be checked for a method and direction by the newest rows. The slice is
// shared: not to be changed.
func (c *Catalogue) For(m Method, d Direction) []RiskProfile {
	sets := c.sets[setKey{m, d}]
	if len(sets) == 0 {
		return nil
	}
	return sets[len(sets)-1].profiles
}

// Profile finds a profile by its number; the newest, where it was worded anew.
func (c *Catalogue) Profile(number int) (RiskProfile, bool) {
	found, any := RiskProfile{}, false
	for _, p := range c.profiles {
		if p.Number == number && (!any || p.ValidFrom.After(found.ValidFrom)) {
			found, any = p, true
		}
	}
	return found, any
}

// ProfileAt finds a profile by its number as it stood at t.
func (c *Catalogue) ProfileAt(number int, t time.Time) (RiskProfile, bool) {
	for _, p := range c.profiles {
		if p.Number == number && p.ValidAt(t) {
			return p, true
		}
	}
	return RiskProfile{}, false
}

// All lists every profile.
func (c *Catalogue) All() []RiskProfile { return slices.Clone(c.profiles) }

var catalogueHeader = []string{"number", "direction", "methods", "remedies", "name_kk", "name_ru", "status"}

// validityHeader are the columns that may follow: dates of Asia/Almaty, the first day and the last.
var validityHeader = []string{"valid_from", "valid_to"}

// ReadCatalogue reads the table of risk profiles: CSV with the columns number, direction (D1 … D4
// or empty), methods and remedies (separated by |), name_kk, name_ru, status (a note on the source),
// and if it has them valid_from and valid_to (dates, both included; empty: always). A number may stand
// again for other days. It takes the whole table or nothing; an error names the line and the column.
func ReadCatalogue(r io.Reader, version string) (*Catalogue, error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read risk profiles: %w", err)
	}
	dated := append(slices.Clone(catalogueHeader), validityHeader...)
	if len(rows) == 0 || !slices.Equal(rows[0], catalogueHeader) && !slices.Equal(rows[0], dated) {
		return nil, fmt.Errorf("read risk profiles: line 1: want the columns %s", strings.Join(catalogueHeader, ","))
	}
	zone, err := calendar.Almaty()
	if err != nil {
		return nil, fmt.Errorf("read risk profiles: %w", err)
	}
	c := &Catalogue{Version: version, sets: map[setKey][]set{}}
	for i, row := range rows[1:] {
		p, err := readProfile(row)
		if err == nil && len(row) > len(catalogueHeader) {
			err = readValidity(&p, row[len(catalogueHeader):], zone)
		}
		if err != nil {
			return nil, fmt.Errorf("read risk profiles: line %d: %w", i+2, err)
		}
		if slices.ContainsFunc(c.profiles, p.clashes) {
			return nil, fmt.Errorf("read risk profiles: line %d: number %d stands twice", i+2, p.Number)
		}
		c.profiles = append(c.profiles, p)
	}
	for _, m := range Methods() {
		for _, d := range m.Directions() {
			c.arrange(m, d)
		}
	}
	return c, nil
}

// clashes says whether two profiles have one number on the same day.
func (p RiskProfile) clashes(o RiskProfile) bool {
	apart := !p.ValidTo.IsZero() && !o.ValidFrom.Before(p.ValidTo) || !o.ValidTo.IsZero() && !p.ValidFrom.Before(o.ValidTo)
	return p.Number == o.Number && !apart
}

// arrange makes the sets of a method and direction: a new one at every instant at which one of its
// profiles begins or ends.
func (c *Catalogue) arrange(m Method, d Direction) {
	mine := slices.DeleteFunc(slices.Clone(c.profiles), func(p RiskProfile) bool {
		return p.Direction != d || !slices.Contains(p.Methods, m)
	})
	slices.SortStableFunc(mine, func(a, b RiskProfile) int { return a.Number - b.Number })
	starts := []time.Time{{}}
	for _, p := range mine {
		starts = append(starts, p.ValidFrom, p.ValidTo)
	}
	slices.SortFunc(starts, time.Time.Compare)
	for _, from := range slices.CompactFunc(starts, time.Time.Equal) {
		valid := slices.DeleteFunc(slices.Clone(mine), func(p RiskProfile) bool { return !p.ValidAt(from) })
		c.sets[setKey{m, d}] = append(c.sets[setKey{m, d}], set{from, valid})
	}
}

// readValidity reads the first and the last day.
func readValidity(p *RiskProfile, columns []string, zone *time.Location) error {
	for i, to := range []*time.Time{&p.ValidFrom, &p.ValidTo} {
		if columns[i] == "" {
			continue
		}
		day, err := time.ParseInLocation(time.DateOnly, columns[i], zone)
		if err != nil {
			return fmt.Errorf("%s: %q is no date", validityHeader[i], columns[i])
		}
		*to = day.AddDate(0, 0, i) // the last day is included
	}
	if !p.ValidTo.IsZero() && !p.ValidFrom.Before(p.ValidTo) {
		return fmt.Errorf("valid_to: %s is before valid_from", columns[1])
	}
	return nil
}

func readProfile(row []string) (RiskProfile, error) {
	number, err := strconv.Atoi(row[0])
	if err != nil || number < 1 {
		return RiskProfile{}, fmt.Errorf("number: %q is no positive whole number", row[0])
	}
	p := RiskProfile{Number: number, Direction: Direction(row[1]), NameKK: row[4], NameRU: row[5], Note: row[6]}
	if p.Direction != Undirected && p.Direction.index() == 0 {
		return RiskProfile{}, fmt.Errorf("direction: %q is unknown", row[1])
	}
	if p.NameKK == "" || p.NameRU == "" {
		return RiskProfile{}, fmt.Errorf("name: both languages are needed")
	}
	for _, name := range strings.Split(row[2], "|") {
		m := Method(name)
		if !slices.Contains(Methods(), m) {
			return RiskProfile{}, fmt.Errorf("methods: %q is unknown", name)
		}
		if m.HasDirections() == (p.Direction == Undirected) {
			return RiskProfile{}, fmt.Errorf("direction: %q does not go with %s", row[1], name)
		}
		p.Methods = append(p.Methods, m)
	}
	for _, name := range strings.Split(row[3], "|") {
		r := Remedy(name)
		if !slices.Contains([]Remedy{CancelPurchase, AmendDocumentation, ReviewAdmission, ReviewResults}, r) {
			return RiskProfile{}, fmt.Errorf("remedies: %q is unknown", name)
		}
		p.Remedies = append(p.Remedies, r)
	}
	return p, nil
}

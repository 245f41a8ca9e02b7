package control

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// RiskProfile is a sign of a violation that an auditor checks (тәуекел бейіні).
type RiskProfile struct {
	Number    int
	Direction Direction
	Methods   []Method
	Remedies  []Remedy
	NameKK    string
	NameRU    string
	// Note says where the profile comes from. The official table is not at hand, so every row says
	// which of its parts are samples.
	Note string
}

// Sample says whether any part of the profile is to be replaced by the official table.
func (p RiskProfile) Sample() bool { return strings.Contains(p.Note, "sample") }

// Catalogue is the table of risk profiles in force, in the order of the file it came from.
type Catalogue struct {
	// Version names the table: decisions record it.
	Version  string
	profiles []RiskProfile
	sets     map[setKey][]RiskProfile
}

type setKey struct {
	method    Method
	direction Direction
}

// For lists the profiles to be checked for a method and direction. The slice is shared: not to be changed.
func (c *Catalogue) For(m Method, d Direction) []RiskProfile { return c.sets[setKey{m, d}] }

// Profile finds a profile by its number.
func (c *Catalogue) Profile(number int) (RiskProfile, bool) {
	for _, p := range c.profiles {
		if p.Number == number {
			return p, true
		}
	}
	return RiskProfile{}, false
}

// All lists every profile.
func (c *Catalogue) All() []RiskProfile { return slices.Clone(c.profiles) }

var catalogueHeader = []string{"number", "direction", "methods", "remedies", "name_kk", "name_ru", "status"}

// ReadCatalogue reads the table of risk profiles: CSV with the columns number, direction (D1 … D4
// or empty), methods and remedies (separated by |), name_kk, name_ru, status (a note on the source).
// It takes the whole table or nothing; an error names the line and the column.
func ReadCatalogue(r io.Reader, version string) (*Catalogue, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord = len(catalogueHeader)
	rows, err := in.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read risk profiles: %w", err)
	}
	if len(rows) == 0 || !slices.Equal(rows[0], catalogueHeader) {
		return nil, fmt.Errorf("read risk profiles: line 1: want the columns %s", strings.Join(catalogueHeader, ","))
	}
	c := &Catalogue{Version: version, sets: map[setKey][]RiskProfile{}}
	for i, row := range rows[1:] {
		p, err := readProfile(row)
		if err != nil {
			return nil, fmt.Errorf("read risk profiles: line %d: %w", i+2, err)
		}
		if _, twice := c.Profile(p.Number); twice {
			return nil, fmt.Errorf("read risk profiles: line %d: number %d stands twice", i+2, p.Number)
		}
		c.profiles = append(c.profiles, p)
	}
	for _, p := range c.profiles {
		for _, m := range p.Methods {
			key := setKey{m, p.Direction}
			c.sets[key] = append(c.sets[key], p)
		}
	}
	for _, set := range c.sets {
		slices.SortFunc(set, func(a, b RiskProfile) int { return a.Number - b.Number })
	}
	return c, nil
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

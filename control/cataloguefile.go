package control

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"baqylau/control/calendar"
	"baqylau/control/lines"
)

// What may be wrong in a table of risk profiles beside what may be wrong in any file.
const (
	Columns     lines.Code = "columns"     // Value: the columns that are wanted
	NoNumber    lines.Code = "no_number"   // no whole number from 1 to maxNumber
	Misdirected lines.Code = "misdirected" // the direction doesn't go with the method Value
	Reversed    lines.Code = "reversed"    // the last day is before the first
)

const (
	maxProfiles = 400
	maxNumber   = 999
	// maxAtOnce bounds the profiles of one method and direction that are checked on the same day: a lot's
	// marks in a direction are one request.
	maxAtOnce = 100
)

var catalogueHeader = []string{"number", "direction", "methods", "remedies", "name_kk", "name_ru", "status"}

// validityHeader are the columns that may follow: dates of Asia/Almaty, the first day and the last.
var validityHeader = []string{"valid_from", "valid_to"}

// ReadCatalogue reads the table of risk profiles: CSV with the columns number, direction (D1 … D4
// or empty), methods and remedies (separated by |), name_kk, name_ru, status (a note on the source),
// and if it has them valid_from and valid_to (dates, both included; empty: always). A number may stand
// again for other days. It takes the whole table or nothing; what is wrong is a *lines.Fault.
func ReadCatalogue(r io.Reader, version string) (*Catalogue, error) {
	c, err := readCatalogue(r)
	if err != nil {
		return nil, fmt.Errorf("read risk profiles: %w", err)
	}
	c.Version = version
	return c, nil
}

func readCatalogue(r io.Reader) (*Catalogue, error) {
	zone, err := calendar.Almaty()
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, int64(maxBookFile)+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxBookFile {
		return nil, &lines.Fault{Line: 1, Why: fmt.Sprintf("it is larger than %d bytes", maxBookFile), Code: lines.Large, Value: strconv.Itoa(maxBookFile)}
	}
	rows := &table{csv: csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))}
	if err := rows.head(); err != nil {
		return nil, err
	}
	c := &Catalogue{sets: map[setKey][]set{}}
	for {
		if err := rows.next(); errors.Is(err, io.EOF) {
			return c, c.arrange()
		} else if err != nil {
			return nil, err
		}
		p, err := rows.profile(zone)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(c.profiles, p.clashes) {
			return nil, rows.fault("number", SameDay, fmt.Sprintf("%d stands twice", p.Number))
		}
		if len(c.profiles) == maxProfiles {
			fault := rows.fault("", lines.Many, fmt.Sprintf("more than %d profiles", maxProfiles))
			fault.Value = strconv.Itoa(maxProfiles)
			return nil, fault
		}
		p.line = rows.line("number")
		c.profiles = append(c.profiles, p)
	}
}

// clashes says whether two profiles have one number on the same day.
func (p RiskProfile) clashes(o RiskProfile) bool {
	apart := !p.ValidTo.IsZero() && !o.ValidFrom.Before(p.ValidTo) || !o.ValidTo.IsZero() && !p.ValidFrom.Before(o.ValidTo)
	return p.Number == o.Number && !apart
}

// arrange makes the sets of every method and direction.
func (c *Catalogue) arrange() error {
	for _, m := range Methods() {
		for _, d := range m.Directions() {
			if err := c.arrangeFor(setKey{m, d}); err != nil {
				return err
			}
		}
	}
	return nil
}

// arrangeFor makes the sets of a method and direction: a new one at every instant at which one of its
// profiles begins or ends.
func (c *Catalogue) arrangeFor(k setKey) error {
	mine := slices.DeleteFunc(slices.Clone(c.profiles), func(p RiskProfile) bool {
		return p.Direction != k.direction || !slices.Contains(p.Methods, k.method)
	})
	slices.SortStableFunc(mine, func(a, b RiskProfile) int { return a.Number - b.Number })
	starts := []time.Time{{}}
	for _, p := range mine {
		starts = append(starts, p.ValidFrom, p.ValidTo)
	}
	slices.SortFunc(starts, time.Time.Compare)
	for _, from := range slices.CompactFunc(starts, time.Time.Equal) {
		var valid []RiskProfile
		for _, p := range mine {
			if !p.ValidAt(from) {
				continue
			}
			if valid = append(valid, p); len(valid) > maxAtOnce {
				return &lines.Fault{
					Field: "number", Line: p.line, Code: lines.Many, Value: strconv.Itoa(maxAtOnce),
					Why: fmt.Sprintf("more than %d profiles of %s and %q at the same time", maxAtOnce, k.method, k.direction),
				}
			}
		}
		c.sets[k] = append(c.sets[k], set{from, valid})
	}
	return nil
}

// table reads the rows and knows the place of every field.
type table struct {
	csv     *csv.Reader
	columns []string
	row     []string
}

// head reads the first row, which names the columns.
func (t *table) head() error {
	row, err := t.csv.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		return brokenRow(err)
	}
	dated := append(slices.Clone(catalogueHeader), validityHeader...)
	if !slices.Equal(row, catalogueHeader) && !slices.Equal(row, dated) {
		wanted := strings.Join(catalogueHeader, ",")
		return &lines.Fault{Line: 1, Why: "want the columns " + wanted, Code: Columns, Value: wanted}
	}
	t.columns = row
	return nil
}

func (t *table) next() (err error) {
	if t.row, err = t.csv.Read(); err != nil && !errors.Is(err, io.EOF) {
		return brokenRow(err)
	}
	return err
}

func brokenRow(err error) error {
	broken := &csv.ParseError{Err: err}
	errors.As(err, &broken)
	return &lines.Fault{Line: broken.Line, Why: "this is no row of the table: " + broken.Err.Error(), Code: lines.Broken}
}

func (t *table) field(name string) string {
	if i := slices.Index(t.columns, name); i >= 0 {
		return t.row[i]
	}
	return ""
}

func (t *table) line(name string) int {
	line, _ := t.csv.FieldPos(max(0, slices.Index(t.columns, name)))
	return line
}

// fault is one of a field of the row; of the row as a whole, when it is empty.
func (t *table) fault(name string, code lines.Code, why string) *lines.Fault {
	return &lines.Fault{Field: name, Line: t.line(name), Why: why, Code: code, Value: t.field(name)}
}

// profile reads the row.
func (t *table) profile(zone *time.Location) (RiskProfile, error) {
	number, err := strconv.Atoi(t.field("number"))
	if err != nil || number < 1 || number > maxNumber {
		return RiskProfile{}, t.fault("number", NoNumber, fmt.Sprintf("%q is no whole number from 1 to %d", t.field("number"), maxNumber))
	}
	p := RiskProfile{
		Number: number, Direction: Direction(t.field("direction")),
		NameKK: t.field("name_kk"), NameRU: t.field("name_ru"), Note: t.field("status"),
	}
	if p.Direction != Undirected && p.Direction.index() == 0 {
		return p, t.fault("direction", lines.Unknown, fmt.Sprintf("%q is unknown", p.Direction))
	}
	if err := t.texts(); err != nil {
		return p, err
	}
	if p.Methods, err = wordsOf(t, "methods", Methods()); err != nil {
		return p, err
	}
	for _, m := range p.Methods {
		if m.HasDirections() == (p.Direction == Undirected) {
			fault := t.fault("direction", Misdirected, fmt.Sprintf("%q does not go with %s", p.Direction, m))
			fault.Value = string(m)
			return p, fault
		}
	}
	p.Remedies, err = wordsOf(t, "remedies", []Remedy{CancelPurchase, AmendDocumentation, ReviewAdmission, ReviewResults})
	if err != nil {
		return p, err
	}
	return p, t.validity(&p, zone)
}

// texts checks what people will read.
func (t *table) texts() error {
	for _, name := range []string{"name_kk", "name_ru", "status"} {
		text := t.field(name)
		if name != "status" && strings.TrimSpace(text) == "" {
			return t.fault(name, lines.Missing, "both languages are needed")
		}
		if !fitsLine(text, maxName) {
			fault := t.fault(name, TooLong, fmt.Sprintf("has more than %d characters, or one of no line", maxName))
			fault.Value = strconv.Itoa(maxName)
			return fault
		}
	}
	return nil
}

// wordsOf reads the words of a column, each known and there once.
func wordsOf[T ~string](t *table, column string, known []T) ([]T, error) {
	var list []T
	for _, word := range strings.Split(t.field(column), "|") {
		fault := t.fault(column, lines.Unknown, fmt.Sprintf("%q is unknown", word))
		fault.Value = word
		switch {
		case !slices.Contains(known, T(word)):
			return nil, fault
		case slices.Contains(list, T(word)):
			fault.Code, fault.Why = lines.Twice, fmt.Sprintf("%q stands twice", word)
			return nil, fault
		}
		list = append(list, T(word))
	}
	return list, nil
}

// validity reads the first and the last day.
func (t *table) validity(p *RiskProfile, zone *time.Location) error {
	for i, to := range []*time.Time{&p.ValidFrom, &p.ValidTo} {
		text := t.field(validityHeader[i])
		if text == "" {
			continue
		}
		day, err := time.ParseInLocation(time.DateOnly, text, zone)
		if err != nil {
			return t.fault(validityHeader[i], calendar.NoDate, fmt.Sprintf("%q is no date", text))
		}
		*to = day.AddDate(0, 0, i) // the last day is included
	}
	if !p.ValidTo.IsZero() && !p.ValidFrom.Before(p.ValidTo) {
		return t.fault("valid_to", Reversed, t.field("valid_to")+" is before valid_from")
	}
	return nil
}

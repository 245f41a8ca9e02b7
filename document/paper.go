package document

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"baqylau/assets"
)

// content is the data of one document: what bounds it, what identifies it, and what it puts on its pages.
type content interface {
	check() error
	Digest() (string, error)
	paper() paper
}

// paper is a document in the terms that all kinds share.
type paper struct {
	kind       string // certificate …: in the keys of the words, the digest and the QR code
	id, number string
	subject    string // for the metadata
	from       Party
	at         time.Time
	demo       bool
	draft      bool
	landscape  bool
	facts      []fact
	sections   []func(*sheet)
}

func render(c content) ([]byte, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	digest, err := c.Digest()
	if err != nil {
		return nil, err
	}
	p := c.paper()
	s, err := newSheet(p.running(digest))
	if err != nil {
		return nil, err
	}
	s.title(p.from, p.title(assets.KK), p.title(assets.RU), dated(p.number, p.at))
	s.facts(p.facts)
	for _, section := range p.sections {
		section(s)
	}
	return s.finish()
}

func (p paper) name(l assets.Lang) string  { return l.T("document." + p.kind + ".name") }
func (p paper) title(l assets.Lang) string { return l.T("document." + p.kind + ".title") }

func (p paper) running(digest string) running {
	number := cleanLine(p.number)
	r := running{
		kind: strings.ToUpper(p.kind), id: p.id, number: number, digest: digest, at: p.at,
		titleKK: numbered(p.name(assets.KK), number), titleRU: numbered(p.name(assets.RU), number),
		longKK: numbered(p.title(assets.KK), number), longRU: numbered(p.title(assets.RU), number),
		subject:   cleanLine(p.subject),
		author:    cleanLine(or(p.from.NameKK, p.from.NameRU)),
		landscape: p.landscape,
	}
	if p.demo {
		r.marks = []string{assets.KK.T("demo.no_force"), assets.RU.T("demo.no_force")}
	}
	if p.draft {
		r.marks = append(r.marks, pair("document.draft", " / "))
	}
	return r
}

// numbered is a document's name with its number, or with the words for none yet.
func numbered(name, number string) string {
	if number == "" {
		if name == "" {
			return pair("number.none", " / ")
		}
		return name
	}
	return strings.TrimSpace(name + " № " + number)
}

// dated is a document's number and, where it has one, its day.
func dated(number string, at time.Time) string {
	text := numbered("", cleanLine(number))
	if at.IsZero() {
		return text
	}
	return text + " · " + assets.Date(at)
}

// instant is At as it enters the digest; years that JSON can't carry are refused by the caller's bounds check.
func instant(at time.Time) time.Time { return at.UTC().Truncate(time.Microsecond) }

// checkTime bounds the date: four digits of the year, and not the zero time.
func checkTime(at time.Time) error {
	if at.IsZero() {
		return ErrNoTime
	}
	return checkYear(at)
}

// checkYear bounds a date that may be missing.
func checkYear(at time.Time) error {
	if year := at.UTC().Year(); !at.IsZero() && (year < 1000 || year > 9998) {
		return fmt.Errorf("year %d: %w", year, ErrTooLarge)
	}
	return nil
}

func checkProfile(number int) error {
	if number < 0 || number > maxProfile {
		return fmt.Errorf("risk profile %d: %w", number, ErrTooLarge)
	}
	return nil
}

// bounded checks what every document has: its time, its people, and the sum of all its texts.
func bounded(at time.Time, people []*Person, texts ...[]string) error {
	if err := checkTime(at); err != nil {
		return err
	}
	for _, p := range people {
		// The page names two, and who acts for another is named by his order, not by a chain of them.
		if p != nil && p.Substituted != nil && p.Substituted.Substituted != nil {
			return errors.New("a person is substituted by a substitute")
		}
		texts = append(texts, p.texts())
	}
	total := 0
	for _, list := range texts {
		for _, text := range list {
			total += len(text)
		}
	}
	if total > maxText {
		return fmt.Errorf("%d bytes of text, at most %d: %w", total, maxText, ErrTooLarge)
	}
	return nil
}

func tooMany(what string, n, most int) error {
	return fmt.Errorf("%d %s, at most %d: %w", n, what, most, ErrTooLarge)
}

// or gives the first text that is not empty.
func or(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

func (p Party) texts() []string       { return []string{p.BIN, p.NameKK, p.NameRU} }
func (l NotifiedLot) texts() []string { return []string{l.Number, l.NameKK, l.NameRU} }

func (p *Person) texts() []string {
	if p == nil {
		return nil
	}
	return append(p.Substituted.texts(), p.Name, p.PositionKK, p.PositionRU)
}

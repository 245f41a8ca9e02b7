// Package document renders what leaves the system on paper or as a file: the certificate on the results of desk
// control, the notification on the elimination of violations and tabular reports.
//
// PDFs are A4 with embedded Noto Sans, bilingual, with real text, metadata, page numbers, the document's number and
// a QR code on every page. They are deterministic: equal input gives equal bytes, in any process and on any system
// that the same build runs on. Nothing is read from the clock, the environment or a map's order.
//
// The QR code names the document and the SHA-256 of the data that it was rendered from (Digest). The PDF's own
// digest can't stand inside the PDF; it stands in the signature over it.
//
// Text comes from people and may be hostile. It is shown as text: control characters become spaces, invisible and
// direction-changing characters are removed, characters that the font lacks become U+FFFD. Missing names print as
// nothing. Input beyond the limits below is refused with ErrTooLarge, a document without its time with ErrNoTime.
//
// The limits: one font, so scripts beyond Latin, Greek and Cyrillic are not shown; no PDF/A, no tagged structure.
package document

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"baqylau/assets"
)

// TemplateVersion names the layout and wording of the PDFs. It is printed on every page, enters the Digest, and
// changes with every change of the bytes that equal data gives.
const TemplateVersion = "2026.1"

var (
	// ErrNoTime is the answer to a document whose At is zero: a document without a date binds nobody.
	ErrNoTime = errors.New("document has no time")
	// ErrTooLarge is the answer to data beyond the limits of this package.
	ErrTooLarge = errors.New("document is too large")
)

// The limits of one document. A real notification has a few pages; a certificate, some hundred lots.
const (
	maxText       = 1 << 20 // bytes of all texts together
	maxRows       = 5_000
	maxProfiles   = 100
	maxCells      = 100_000 // rows × profiles
	maxViolations = 500
	maxRemedies   = 20
	maxProfile    = 99_999 // number of a risk profile
)

// Party is an organisation. A name that is missing in one language is shown in the other.
type Party struct {
	BIN            string
	NameKK, NameRU string
}

// Person is an employee with the position that the document names; positions may be missing.
type Person struct {
	Name                   string
	PositionKK, PositionRU string
}

// canonical is the data that a QR code's digest covers: kind, template and data as JSON with the fields in the
// order of the type. Times are UTC, so that the same instant gives the same digest in every zone.
func canonical(kind string, data any) ([]byte, error) {
	text, err := json.Marshal(struct {
		Kind     string
		Template string
		Data     any
	}{kind, TemplateVersion, data})
	if err != nil {
		return nil, fmt.Errorf("canonical %s: %w", kind, err)
	}
	return text, nil
}

func digestOf(kind string, data any) (string, error) {
	text, err := canonical(kind, data)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// instant is At as it enters the digest; years that JSON can't carry are refused by the caller's bounds check.
func instant(at time.Time) time.Time { return at.UTC().Truncate(time.Microsecond) }

// checkTime bounds the date: four digits of the year, and not the zero time.
func checkTime(at time.Time) error {
	if at.IsZero() {
		return ErrNoTime
	}
	if year := at.UTC().Year(); year < 1000 || year > 9998 {
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

// checkText bounds the sum of all texts.
func checkText(texts ...string) error {
	total := 0
	for _, text := range texts {
		total += len(text)
	}
	if total > maxText {
		return fmt.Errorf("%d bytes of text, at most %d: %w", total, maxText, ErrTooLarge)
	}
	return nil
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

func (p Party) texts() []string  { return []string{p.BIN, p.NameKK, p.NameRU} }
func (p Person) texts() []string { return []string{p.Name, p.PositionKK, p.PositionRU} }

func tooMany(what string, n, most int) error {
	return fmt.Errorf("%d %s, at most %d: %w", n, what, most, ErrTooLarge)
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

func demoMarks() []string {
	return []string{assets.KK.T("demo.no_force"), assets.RU.T("demo.no_force")}
}

// methodFacts names the method and, where it has one, the direction.
func methodFacts(method, direction string) []fact {
	var facts []fact
	if method != "" {
		facts = append(facts, worded("document.method", "method."+method))
	}
	if direction != "" {
		facts = append(facts, worded("document.direction", "direction."+direction))
	}
	return facts
}

// Package document renders what leaves the system on paper or as a file: the certificate on the results of desk
// control, the notification on the elimination of violations, the conclusion on an objection
// and tabular reports.
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
//
// Substituted is the person in whose place this one acts, where that is so: the document names both. It
// must not be substituting somebody itself. Without it, digest and bytes are those of a person who has no such field.
type Person struct {
	Name                   string
	PositionKK, PositionRU string
	Substituted            *Person `json:",omitempty"`
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

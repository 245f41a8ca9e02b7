package portal

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"baqylau/assets"
)

// Reason is the stable code of why a file or a record was refused. Its sentence stands under
// "portal.refused.<code>" in the translations.
type Reason string

// What refuses a whole file.
const (
	Unreadable     Reason = "unreadable"       // it can't be opened or read
	Empty          Reason = "empty"            // there is nothing in it
	Truncated      Reason = "truncated"        // it ends in the middle
	Broken         Reason = "broken"           // it is no JSON
	NotUTF8        Reason = "not_utf8"         // its bytes are no UTF-8
	TooDeep        Reason = "too_deep"         // it nests more than 32 levels
	FileTooLarge   Reason = "file_too_large"   // more bytes than Limits.FileBytes
	TooManyRecords Reason = "too_many_records" // more records than Limits.Records
	UnknownService Reason = "unknown_service"  // its "service" is none of trd-buy, lots, plans
)

// What refuses a record.
const (
	NotAnObject      Reason = "not_an_object"
	UnknownKind      Reason = "unknown_kind" // neither an announcement nor a lot nor a plan point
	RecordTooLarge   Reason = "record_too_large"
	FieldTwice       Reason = "field_twice"
	FieldMissing     Reason = "field_missing"
	BadNumber        Reason = "bad_number"
	BadAmount        Reason = "bad_amount" // negative, absurd, or finer than a tiyn
	BadDate          Reason = "bad_date"
	BadPeriod        Reason = "bad_period" // it ends before it begins
	BadBIN           Reason = "bad_bin"
	BadCode          Reason = "bad_code" // of the ENS TRU, KATO, or a lot's number
	BadText          Reason = "bad_text"
	BadFlag          Reason = "bad_flag"
	TooLong          Reason = "too_long"
	UnknownMethod    Reason = "unknown_method"
	UnknownDecision  Reason = "unknown_decision"
	BelongsToRefused Reason = "belongs_to_refused" // a record of the same announcement was refused
)

// UnknownStatus is a note, no refusal: the record was taken, and no rule applies in its status.
const UnknownStatus Reason = "unknown_status"

// reasons lists every reason, for the test that each has its sentence.
func reasons() []Reason {
	return []Reason{
		Unreadable, Empty, Truncated, Broken, NotUTF8, TooDeep, FileTooLarge, TooManyRecords, UnknownService,
		NotAnObject, UnknownKind, RecordTooLarge, FieldTwice, FieldMissing, BadNumber, BadAmount, BadDate,
		BadPeriod, BadBIN, BadCode, BadText, BadFlag, TooLong, UnknownMethod, UnknownDecision,
		BelongsToRefused, UnknownStatus,
	}
}

// Report says what an import took and what it refused, file by file in the order given.
type Report struct {
	Files []FileReport `json:"files"`
}

// FileReport is the report of one file.
type FileReport struct {
	Name string `json:"name"`
	// Taken counts the records taken, Unchanged those of them that said nothing new (filled by Apply).
	Taken     int `json:"taken"`
	Unchanged int `json:"unchanged"`
	// Superseded counts sound records of which the call held a newer version.
	Superseded int `json:"superseded"`
	// Uncontrolled counts the taken announcements and plan points by methods that desk control
	// leaves out; they are kept because others may refer to them, and no purchase is made of them.
	Uncontrolled int `json:"uncontrolled"`
	// Refused lists the first thousand refusals, RefusedCount counts all of them.
	Refused      []Refusal `json:"refused"`
	RefusedCount int       `json:"refused_count"`
	// Notes lists the first thousand doubts about records that were taken.
	Notes []Refusal `json:"notes"`
}

const maxListed = 1000

func (r *FileReport) refuse(refusal Refusal) {
	r.RefusedCount++
	if len(r.Refused) < maxListed {
		refusal.File = r.Name
		r.Refused = append(r.Refused, refusal)
	}
}

func (r *FileReport) note(n Refusal) {
	if len(r.Notes) < maxListed {
		n.File = r.Name
		r.Notes = append(r.Notes, n)
	}
}

// Refusal says why a record, or a whole file, was not taken. All its texts are fit to be shown.
type Refusal struct {
	File string `json:"file"`
	// Line counts from 1; 0 where the file could not be read at all.
	Line int `json:"line"`
	// Record is how people cite the record: an announcement's, a lot's or a plan point's number.
	// Empty for a whole file, and where the record has none that can be read.
	Record string `json:"record,omitempty"`
	// Field is the service's name of the field: ref_buy_status_id. Empty where none is at fault.
	Field  string `json:"field,omitempty"`
	Reason Reason `json:"reason"`
	// Value is what stood there, shortened; for BelongsToRefused the record that was refused.
	Value string `json:"value,omitempty"`
}

// Text says the refusal in words.
func (r Refusal) Text(lang assets.Lang) string {
	where := lang.T("portal.where.file", "file", r.File)
	switch {
	case r.Line > 0 && r.Record != "":
		where = lang.T("portal.where.record", "file", r.File, "line", strconv.Itoa(r.Line), "record", r.Record)
	case r.Line > 0:
		where = lang.T("portal.where.line", "file", r.File, "line", strconv.Itoa(r.Line))
	}
	return where + " " + lang.T("portal.refused."+string(r.Reason), "field", r.Field, "value", r.Value)
}

// cleanText makes one line of a text: control characters and marks that reorder or hide text go,
// white space becomes single spaces, none at the ends.
func cleanText(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			gap = true
		case invisible(r):
		default:
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(r)
		}
	}
	return b.String()
}

// plain says, quickly, that there is nothing to clean.
func plain(s string) bool {
	last := rune(' ')
	for _, r := range s {
		switch {
		case r == ' ':
			if last == ' ' {
				return false
			}
		case r < ' ' || r == utf8.RuneError || r >= 0x7f && r < 0x400 || r > 0x52f && r != '№' && r != '–' && r != '—':
			if r != '«' && r != '»' {
				return false
			}
		}
		last = r
	}
	return s == "" || last != ' '
}

// invisible tells the marks that reorder text (bidi controls), hide in it or mean nothing in it.
func invisible(r rune) bool {
	switch {
	case r == 0x00ad, r == 0x061c, r == 0x180e, r == 0xfeff,
		r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f,
		r >= 0xfff9 && r <= 0xfffb, r >= 0xe0000 && r <= 0xe007f:
		return true
	}
	return false
}

// cleanValue makes a short line of what stood in a file, for a report.
func cleanValue(s string) string {
	const limit = 80
	if len(s) > 8*limit {
		s = s[:8*limit]
	}
	s = cleanText(strings.ToValidUTF8(s, "\uFFFD"))
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit]) + "…"
}

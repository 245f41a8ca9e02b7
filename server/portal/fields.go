package portal

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"baqylau/assets"
	"baqylau/control"
)

// fields reads typed facts out of a record. The first one that is wrong is kept as the record's
// flaw; after it, what is read means nothing. Null and the empty text count as absent.
type fields struct {
	*record
	zone *time.Location
}

func fieldsOf(r *record) fields { return fields{r, assets.Almaty()} }

// value gives a field's value, or absent.
func (f fields) value(s slot) value {
	v := f.values[s]
	if v.kind == null || v.kind == text && v.text == "" && v.flaw == "" {
		return value{}
	}
	return v
}

func (f fields) has(s slot) bool { return f.value(s).kind != absent }

func (f fields) bad(reason Reason, s slot) {
	line := f.values[s].line
	if line == 0 {
		line = f.line
	}
	f.fail(reason, s, line)
}

// need refuses a record without the field.
func (f fields) need(s slot) {
	if !f.has(s) {
		f.bad(FieldMissing, s)
	}
}

// whole reads a whole number that isn't negative, written as a number or as a text of digits.
func (f fields) whole(s slot) int64 {
	v := f.value(s)
	if v.kind == absent {
		return 0
	}
	n, ok := wholeOf(v)
	if !ok {
		f.bad(BadNumber, s)
	}
	return n
}

func wholeOf(v value) (int64, bool) {
	const longest = 18 // digits that an int64 always holds
	if v.kind != number && v.kind != text || len(v.text) > longest || digits([]byte(v.text)) != len(v.text) {
		return 0, false
	}
	n, err := strconv.ParseInt(v.text, 10, 64)
	return n, err == nil
}

// count reads a number of things.
func (f fields) count(s slot) int {
	n := f.whole(s)
	if n > 1_000_000 {
		f.bad(BadNumber, s)
		return 0
	}
	return int(n)
}

// amount reads an amount of tenge, exactly.
func (f fields) amount(s slot) control.Tiyn {
	v := f.value(s)
	if v.kind == absent {
		return 0
	}
	if v.kind != number && (v.kind != text || !isNumber([]byte(v.text))) {
		f.bad(BadAmount, s)
		return 0
	}
	n, ok := tiyn(v.text)
	if !ok {
		f.bad(BadAmount, s)
	}
	return n
}

// maxAmount is 90 trillion tenge, more than the state spends in three years.
const maxAmount control.Tiyn = 1<<53 - 1

// tiyn turns a JSON number of tenge into tiyn, by its digits: 9268965.52, 1.0E7, 100.50. It refuses
// what is negative, finer than a tiyn, or more than maxAmount.
func tiyn(literal string) (control.Tiyn, bool) {
	mantissa, exponent, scientific := strings.Cut(strings.ToLower(literal), "e")
	shift := 2
	if scientific {
		n, err := strconv.Atoi(exponent)
		if err != nil || n < -100 || n > 100 {
			return 0, false
		}
		shift += n
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	figures := strings.TrimLeft(whole+fraction, "0")
	shift -= len(fraction)
	if figures == "" {
		return 0, true
	}
	for shift < 0 && strings.HasSuffix(figures, "0") {
		figures, shift = figures[:len(figures)-1], shift+1
	}
	if shift < 0 || len(figures)+shift > 16 {
		return 0, false
	}
	n, err := strconv.ParseInt(figures+strings.Repeat("0", shift), 10, 64)
	return control.Tiyn(n), err == nil && n >= 0 && control.Tiyn(n) <= maxAmount
}

// text reads a text as one clean line of at most limit characters.
func (f fields) text(s slot, limit int) string {
	v := f.value(s)
	switch {
	case v.kind == absent:
		return ""
	case v.kind != text && v.kind != number:
		f.bad(BadText, s)
		return ""
	case v.flaw != "":
		f.bad(v.flaw, s)
		return ""
	}
	clean := cleanText(v.text)
	if len(clean) > limit && utf8.RuneCountInString(clean) > limit {
		f.bad(TooLong, s)
		return ""
	}
	return clean
}

// names reads a name in both languages, of which one may be missing.
func (f fields) names(kk, ru slot) (string, string) {
	return f.text(kk, maxText), f.text(ru, maxText)
}

// date reads a local time of Asia/Almaty: 2026-11-21 14:05:00. Fractions of a second are accepted.
func (f fields) date(s slot) time.Time {
	v := f.value(s)
	if v.kind == absent {
		return time.Time{}
	}
	if v.kind != text || len(v.text) < len(time.DateTime) || len(v.text) > len(time.DateTime)+10 {
		f.bad(BadDate, s)
		return time.Time{}
	}
	t, err := time.ParseInLocation(time.DateTime, v.text, f.zone)
	if err != nil || t.Year() < 2000 || t.Year() > 2100 {
		f.bad(BadDate, s)
		return time.Time{}
	}
	return t.UTC()
}

// period refuses an end before its beginning.
func (f fields) period(from, to time.Time, s slot) {
	if !from.IsZero() && !to.IsZero() && to.Before(from) {
		f.bad(BadPeriod, s)
	}
}

// party reads an organisation. A customer may be a person with an IIN.
func (f fields) party(number, kk, ru slot) control.Party {
	p := control.Party{BIN: f.text(number, maxText)}
	if p.BIN != "" && !control.ValidBIN(p.BIN) && !control.ValidIIN(p.BIN) {
		f.bad(BadBIN, number)
	}
	p.NameKK, p.NameRU = f.names(kk, ru)
	return p
}

// flag reads yes or no, written as true and false or 1 and 0.
func (f fields) flag(s slot) bool {
	v := f.value(s)
	switch {
	case v.kind == absent:
		return false
	case v.text == "1" || v.kind == flag && v.text == "true":
		return true
	case v.text == "0" || v.kind == flag && v.text == "false":
		return false
	}
	f.bad(BadFlag, s)
	return false
}

// method reads the id of a method that the portal knows.
func (f fields) method(s slot) int64 {
	id := f.whole(s)
	if _, known := methodOf(id); !known && f.has(s) {
		f.bad(UnknownMethod, s)
	}
	return id
}

// code reads a text that must have a shape, when there is one.
func (f fields) code(s slot, shaped func(string) bool) string {
	code := f.text(s, maxText)
	if code != "" && !shaped(code) {
		f.bad(BadCode, s)
	}
	return code
}

// ensTruShape: 279020.100.000000.
func ensTruShape(s string) bool {
	if len(s) != 17 || s[6] != '.' || s[10] != '.' {
		return false
	}
	p := []byte(s)
	return digits(p) == 6 && digits(p[7:]) == 3 && digits(p[11:]) == 6
}

// katoShape: 434030100.
func katoShape(s string) bool { return len(s) == 9 && digits([]byte(s)) == 9 }

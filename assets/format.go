package assets

import (
	"fmt"
	"strconv"
	"sync"
	"time"
)

// nbsp keeps a number and its unit on one line (ui.md, tokens).
const nbsp = "\u00a0"

// Money writes an amount of tiyn in tenge: 1 234 567,89 ₸, with no-break spaces.
func Money(tiyn int64) string {
	b := make([]byte, 0, 40)
	b, magnitude := appendSign(b, tiyn)
	b = appendGrouped(b, magnitude/100)
	fraction := magnitude % 100
	b = append(b, ',', byte('0'+fraction/10), byte('0'+fraction%10))
	return string(append(b, nbsp+"₸"...))
}

// Number writes a whole number with its digits grouped by no-break spaces: 1 234 567.
func Number(n int64) string {
	b := make([]byte, 0, 32)
	b, magnitude := appendSign(b, n)
	return string(appendGrouped(b, magnitude))
}

// appendSign writes the sign of a negative number (a hyphen: the font has no U+2212) and gives its magnitude, which an int64 can't hold
// for the smallest one.
func appendSign(b []byte, n int64) ([]byte, uint64) {
	if n >= 0 {
		return b, uint64(n)
	}
	return append(b, '-'), -uint64(n)
}

func appendGrouped(b []byte, n uint64) []byte {
	var digits [20]byte
	text := strconv.AppendUint(digits[:0], n, 10)
	for i, digit := range text {
		if i > 0 && (len(text)-i)%3 == 0 {
			b = append(b, nbsp...)
		}
		b = append(b, digit)
	}
	return b
}

// Date writes the day that it is in Asia/Almaty: 21.11.2026. The zero time is a dash.
func Date(t time.Time) string { return in(t, "02.01.2006") }

// Clock writes the time of day in Asia/Almaty: 14:05. The zero time is a dash.
func Clock(t time.Time) string { return in(t, "15:04") }

// DateTime writes day and time in Asia/Almaty: 21.11.2026 14:05. The zero time is a dash.
func DateTime(t time.Time) string { return in(t, "02.01.2006 15:04") }

func in(t time.Time, layout string) string {
	if t.IsZero() {
		return "—"
	}
	return t.In(Almaty()).Format(layout)
}

// Almaty is the zone of Asia/Almaty from the data that the program carries: UTC+5 since 1 March 2024, UTC+6
// before it, whatever the machine's own copy says.
func Almaty() *time.Location { return almaty() }

var almaty = sync.OnceValue(func() *time.Location {
	zone, err := time.LoadLocationFromTZData("Asia/Almaty", almatyZone)
	if err != nil {
		panic(fmt.Sprintf("assets: embedded zone: %v", err))
	}
	return zone
})

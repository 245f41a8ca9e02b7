package assets

import (
	"math"
	"strings"
	"testing"
	"time"
)

func spaces(s string) string { return strings.ReplaceAll(s, "_", "\u00a0") }

func TestMoney(t *testing.T) {
	for tiyn, want := range map[int64]string{
		0:             "0,00_₸",
		5:             "0,05_₸",
		99:            "0,99_₸",
		100:           "1,00_₸",
		123456789:     "1_234_567,89_₸",
		99999:         "999,99_₸",
		100000:        "1_000,00_₸",
		-123456:       "-1_234,56_₸",
		math.MaxInt64: "92_233_720_368_547_758,07_₸",
		math.MinInt64: "-92_233_720_368_547_758,08_₸",
	} {
		if got := Money(tiyn); got != spaces(want) {
			t.Errorf("Money(%d) = %q, want %q", tiyn, got, spaces(want))
		}
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 7: "7", 999: "999", 1000: "1_000", 1234567: "1_234_567", -1000: "-1_000",
		math.MinInt64: "-9_223_372_036_854_775_808",
	} {
		if got := Number(n); got != spaces(want) {
			t.Errorf("Number(%d) = %q, want %q", n, got, spaces(want))
		}
	}
}

// UTC+5 since 1 March 2024, UTC+6 before it.
func TestTimesAreThoseOfAlmaty(t *testing.T) {
	for _, c := range []struct {
		name string
		at   time.Time
		want string
	}{
		{"after the change of 2024", time.Date(2026, 11, 21, 9, 5, 0, 0, time.UTC), "21.11.2026 14:05"},
		{"before it", time.Date(2024, 2, 28, 9, 5, 0, 0, time.UTC), "28.02.2024 15:05"},
		{"the day begins in Almaty", time.Date(2026, 3, 17, 19, 0, 0, 0, time.UTC), "18.03.2026 00:00"},
		{"the zero time is a dash", time.Time{}, "—"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := DateTime(c.at); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	at := time.Date(2026, 3, 17, 19, 0, 0, 0, time.UTC)
	if Date(at) != "18.03.2026" || Clock(at) != "00:00" {
		t.Errorf("got %q and %q", Date(at), Clock(at))
	}
}

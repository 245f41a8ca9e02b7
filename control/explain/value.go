package explain

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"baqylau/control"
	"baqylau/control/lines"
)

// limits of a case: it comes from outside.
var limits = lines.Limits{Size: 8 << 20, Depth: 12, List: 10_000}

// Error says what in a case could not be read, and where.
type Error = lines.Fault

// value is a piece of a case, and reader reads one into its place.
type (
	value  = lines.Value
	reader = lines.Reader
)

func boolean(to *bool) reader {
	return func(v *value) error {
		b, ok := v.Token.(bool)
		if !ok {
			return v.Wrong("", "neither true nor false")
		}
		*to = b
		return nil
	}
}

func instant(to *time.Time) reader {
	return func(v *value) error {
		s, _ := v.Token.(string)
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return v.Wrong("", "no time of RFC 3339")
		}
		*to = t
		return nil
	}
}

// count reads a whole number that is not negative.
func count(to *int) reader {
	return func(v *value) error {
		n, ok := v.Token.(json.Number)
		if !ok {
			return v.Wrong("", "no number")
		}
		i, err := strconv.Atoi(n.String())
		if err != nil || i < 0 {
			return v.Wrong("", "no count: a whole number from 0")
		}
		*to = i
		return nil
	}
}

// amount reads tenge from the literal, with at most two decimals, and never through a float.
func amount(to *control.Tiyn) reader {
	return func(v *value) error {
		n, ok := v.Token.(json.Number)
		if !ok {
			return v.Wrong("", "no amount: a number of tenge")
		}
		whole, decimals, _ := strings.Cut(n.String(), ".")
		if strings.ContainsAny(n.String(), "eE-") {
			return v.Wrong("", "no amount: write digits, with no sign and no exponent")
		}
		if len(decimals) > 2 {
			return v.Wrong("", "no amount: it has more than two decimals")
		}
		tiyn, err := strconv.ParseInt(whole+decimals+strings.Repeat("0", 2-len(decimals)), 10, 64)
		if err != nil {
			return v.Wrong("", "no amount: it is too large")
		}
		*to = control.Tiyn(tiyn)
		return nil
	}
}

// oneOf reads a word of a list.
func oneOf[T ~string](to *T, known ...T) reader {
	return func(v *value) error {
		s, _ := v.Token.(string)
		for _, k := range known {
			if s == string(k) {
				*to = k
				return nil
			}
		}
		return v.Wrong("", "unknown here")
	}
}

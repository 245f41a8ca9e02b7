package control

import "testing"

func TestValidBIN(t *testing.T) {
	for _, c := range []struct {
		name, number string
		want         bool
	}{
		{"an organisation of the portal's samples", "050140002945", true},
		{"another of them", "050140006873", true},
		{"one registered in the last century", "940640001272", true},
		{"check digit by the second weights", "990140000806", true},
		{"check digit zero by the second weights", "990140000880", true},
		{"second weights give ten too: never issued", "990140000820", false},
		{"one digit altered", "050140002946", false},
		{"two digits swapped", "051040002945", false},
		{"no month of registration", "051340002948", false},
		{"kind of a person", "050130002940", false},
		{"eleven digits", "05014000294", false},
		{"thirteen digits", "0501400029450", false},
		{"a letter", "05014000294O", false},
		{"digits of another script", "٠٥٠١٤٠", false},
		{"empty", "", false},
	} {
		if got := ValidBIN(c.number); got != c.want {
			t.Errorf("%s: ValidBIN(%q) = %v, want %v", c.name, c.number, got, c.want)
		}
	}
}

func TestValidIIN(t *testing.T) {
	for _, c := range []struct {
		name, number string
		want         bool
	}{
		{"a man of the 20th century", withCheckDigit("85031530012"), true},
		{"a woman of the 21st century", withCheckDigit("01022860013"), true},
		{"leap day of 2000", withCheckDigit("00022950017"), true},
		{"leap day of 1900, which had none", withCheckDigit("00022930012"), false},
		{"30 February", withCheckDigit("85023030012"), false},
		{"century zero", withCheckDigit("85031500013"), false},
		{"century seven", withCheckDigit("85031570012"), false},
		{"an organisation", "050140002945", false},
		{"the test certificates' number", "123456789011", false},
		{"eleven digits", "85031530012", false},
	} {
		if got := ValidIIN(c.number); got != c.want {
			t.Errorf("%s: ValidIIN(%q) = %v, want %v", c.name, c.number, got, c.want)
		}
	}
}

// withCheckDigit completes eleven digits; it goes the long way, by trial.
func withCheckDigit(eleven string) string {
	for digit := byte('0'); digit <= '9'; digit++ {
		if number := eleven + string(digit); validCheckDigit(number) {
			return number
		}
	}
	return eleven + "?"
}

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
		{"month 00", withCheckDigit("05004000294"), false},
		{"January", withCheckDigit("05014000294"), true},
		{"December", withCheckDigit("05124000294"), true},
		{"month 13", withCheckDigit("05134000294"), false},
		{"kind 3", withCheckDigit("05013000294"), false},
		{"kind 5, a non-resident", withCheckDigit("05015000294"), true},
		{"kind 6, joint", withCheckDigit("05016000294"), true},
		{"kind 7", withCheckDigit("05017000294"), false},
		{"a branch", withCheckDigit("05014100294"), true},
		{"a farm", withCheckDigit("05014300294"), true},
		{"rank 4", withCheckDigit("05014400294"), false},
		{"never issued, with what follows nine for ten", "99014000082:", false},
		{"a colon, which follows nine", "05014000:945", false},
		{"a stroke, which precedes nought", "05014000/945", false},
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
		{"century one", withCheckDigit("85031510013"), true},
		{"century six", withCheckDigit("05031560013"), true},
		{"leap day of 1804", withCheckDigit("04022910012"), true},
		{"leap day of 1800, which had none", withCheckDigit("00022910012"), false},
		{"leap day of 1904", withCheckDigit("04022930012"), true},
		{"leap day of 1904, a woman", withCheckDigit("04022940012"), true},
		{"leap day of 1900, a woman", withCheckDigit("00022940012"), false},
		{"leap day of 2000, a woman", withCheckDigit("00022960013"), true},
		{"leap day of 1900, which was none in 1800 either", withCheckDigit("00022920013"), false},
		{"day nought", withCheckDigit("85030030012"), false},
		{"month nought", withCheckDigit("85001530012"), false},
		{"month 13", withCheckDigit("85131530012"), false},
		{"31 April", withCheckDigit("85043130012"), false},
		{"31 December", withCheckDigit("85123130012"), true},
	} {
		if got := ValidIIN(c.number); got != c.want {
			t.Errorf("%s: ValidIIN(%q) = %v, want %v", c.name, c.number, got, c.want)
		}
	}
}

// withCheckDigit completes eleven digits, by the rule as it is published.
func withCheckDigit(eleven string) string {
	for _, weights := range [][11]int{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, {3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2}} {
		sum := 0
		for i, w := range weights {
			sum += w * int(eleven[i]-'0')
		}
		if sum%11 != 10 {
			return eleven + string(rune('0'+sum%11))
		}
	}
	panic(eleven + " is never issued")
}

package control

import "time"

// ValidBIN says whether a text is a business identification number: 12 digits, namely the year and
// month of registration, the kind (4 resident, 5 non-resident, 6 joint entrepreneurship), the rank
// (0 head, 1 branch, 2 representation, 3 farm), five digits of a serial number and the check digit.
func ValidBIN(s string) bool {
	if !validCheckDigit(s) {
		return false
	}
	month := twoDigits(s[2:4])
	return month >= 1 && month <= 12 && s[4] >= '4' && s[4] <= '6' && s[5] <= '3'
}

// ValidIIN says whether a text is an individual identification number: 12 digits, namely the date of
// birth, the century and sex (1 and 2 of the 19th century, 3 and 4 of the 20th, 5 and 6 of the 21st),
// four digits of a serial number and the check digit.
func ValidIIN(s string) bool {
	if !validCheckDigit(s) || s[6] < '1' || s[6] > '6' {
		return false
	}
	century := 1800 + 100*(int(s[6]-'1')/2)
	year := century + twoDigits(s[:2])
	month, day := twoDigits(s[2:4]), twoDigits(s[4:6])
	birth := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return birth.Month() == time.Month(month) && birth.Day() == day
}

func twoDigits(s string) int { return int(s[0]-'0')*10 + int(s[1]-'0') }

// validCheckDigit weighs the first eleven digits by 1 … 11, modulo 11; where that gives 10, anew by
// 3 … 11, 1, 2. A number that gives 10 again is never issued. (The first weights overlook the
// eleventh digit: a wrong one there passes.)
func validCheckDigit(s string) bool {
	if len(s) != 12 {
		return false
	}
	first, second := 0, 0
	for i := range 11 {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		digit := int(s[i] - '0')
		first += digit * (i + 1)
		second += digit * ((i+2)%11 + 1)
	}
	check := first % 11
	if check == 10 {
		check = second % 11
	}
	return check != 10 && s[11] == byte('0'+check)
}

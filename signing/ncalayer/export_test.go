package ncalayer

import "slices"

// Codes are the keys of the texts of all faults.
func Codes() []string {
	var codes []string
	for _, f := range faults() {
		codes = append(codes, "ncalayer.fault."+f.code)
	}
	slices.Sort(codes)
	return codes
}

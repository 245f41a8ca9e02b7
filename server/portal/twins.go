package portal

import "baqylau/control"

func twinOf(p *point) control.Twin { return control.TwinOf(p.NameKK, p.NameRU, p.EnsTru) }

// twins counts, over the points of one plan, those of the same name and code (R-1.4.b).
func twins(plan []*point) map[control.Twin]int {
	count := make(map[control.Twin]int, len(plan))
	for _, p := range plan {
		status, _ := pointStatus(p.Status)
		if t := twinOf(p); t.Counts(status) {
			count[t]++
		}
	}
	return count
}

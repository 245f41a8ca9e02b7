package api

import (
	"iter"
	"slices"
	"strings"

	"baqylau/control"
)

// MarksID is the id of the marks of a lot in a direction.
func MarksID(lot string, d control.Direction) string { return lot + ":" + string(d) }

// Work is what has been done on a purchase, lot by lot, in the form in which the rules ask for it. The
// client and the centre ask about the same work. A lookup that finds nothing gives the zero value.
func Work(p *control.Purchase, assignment func(lot string) Assignment, marks func(id string) Marks, notifications iter.Seq[Notification]) []control.LotWork {
	work := make([]control.LotWork, len(p.Lots))
	at := make(map[string]int, len(p.Lots))
	for i := range p.Lots {
		lot := p.Lots[i].ID
		at[lot] = i
		if a := assignment(lot); a.Assignee != "" {
			work[i].Assignee, work[i].Organization = a.Assignee, a.Organization
		}
		for _, direction := range p.Method.Directions() {
			m := marks(MarksID(lot, direction))
			in := work[i].In(direction)
			in.Marks, in.MarkedBy = m.Marks, m.By
		}
	}
	for n := range notifications {
		if i, found := at[n.Lot]; found && n.Purchase == p.ID {
			in := work[i].In(n.State.Direction)
			in.Notification, in.NotificationAuthor = n.State.Status, n.State.Author
		}
	}
	return work
}

// FullName is surname, given name and patronymic.
func (p Person) FullName() string {
	return strings.Join(slices.DeleteFunc([]string{p.Surname, p.Given, p.Patronymic}, func(s string) bool { return s == "" }), " ")
}

// ShortName is the surname with an initial: Сейтқали А.
func (p Person) ShortName() string {
	for _, initial := range p.Given {
		return p.Surname + " " + string(initial) + "."
	}
	return p.Surname
}

// Actor is the person as the rules know people.
func (p Person) Actor() control.Actor {
	return control.Actor{Person: p.IIN, Organization: p.Organization, Roles: p.Roles}
}

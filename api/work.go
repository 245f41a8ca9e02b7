package api

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

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

// Effective is a purchase as it stands by the portal's facts and by what was sent on it (R-3.11.a): what
// the rules are to be asked of, at the client as at the centre.
func Effective(p *control.Purchase, notifications iter.Seq[Notification], now time.Time) control.Effective {
	var sent []control.SentNotification
	for n := range notifications {
		if n.Purchase == p.ID && n.State.Status.Sent() {
			sent = append(sent, control.SentNotification{Effect: n.Effect, State: &n.State})
		}
	}
	slices.SortFunc(sent, func(a, b control.SentNotification) int {
		return strings.Compare(a.Effect.Notification, b.Effect.Notification)
	})
	return p.Effective(sent, now)
}

// Rules is the certificate as the rules know it.
func (c Certificate) Rules() control.Certificate {
	return control.Certificate{
		Number: c.Number, Status: c.State, Direction: c.Direction, Assignee: c.Assignee, File: c.File, Basis: c.Basis,
	}
}

// CertificateBasis names the versions of the marks that a certificate on lots is made from: with others it
// would say something else.
func CertificateBasis(lots []string, direction control.Direction, version func(marks string) int64) string {
	parts := make([]string, len(lots))
	for i, lot := range lots {
		id := MarksID(lot, direction)
		parts[i] = fmt.Sprintf("%s@%d", id, version(id))
	}
	return strings.Join(parts, " ")
}

// Papers are the notification's file and signature as the rules know them.
func (n Notification) Papers() control.Papers {
	return control.Papers{Number: n.Number, File: n.File, Prepared: n.PreparedBy, Signature: n.Signature}
}

// Papers are the conclusion's file and signature as the rules know them.
func (c Conclusion) Papers() control.Papers {
	return control.Papers{Number: c.Number, File: c.File, Prepared: c.PreparedBy, Signature: c.Signature}
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

// Actor is the person as the rules know people: whoever was dismissed belongs nowhere and has no role.
func (p Person) Actor() control.Actor {
	if !p.DismissedAt.IsZero() {
		return control.Actor{Person: p.IIN}
	}
	return control.Actor{Person: p.IIN, Organization: p.Organization, Roles: p.Roles}
}

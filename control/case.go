package control

import (
	"slices"
	"time"

	"baqylau/control/calendar"
)

// Rules are the parameters that every question needs: the calendar, the terms and the catalogue in force.
type Rules struct {
	Calendar  *calendar.Calendar
	Terms     *TermBook
	Catalogue *Catalogue
}

// RulesVersion names the rule book itself; decisions record it with the versions of terms and
// catalogue.
const RulesVersion = "2026.11-1"

// Case is a purchase with the work done on it, at one instant: what every question is asked of.
// Build it by [Rules.Case], which computes the windows once.
type Case struct {
	Rules    *Rules
	Purchase *Purchase
	Work     []LotWork // one for each lot of the purchase, in its order
	Windows  Windows
	Now      time.Time

	// What every lot's verdict would look up in all lots, so that a table costs its cells alone.
	discussed        bool
	complaints, open int     // filed within the days for complaints, and those of them not decided
	sent             [5]bool // by Direction.index: a notification was sent
}

// Case puts a purchase and the work on it together. work may be shorter than the lots: what is
// missing has not been touched. It fails when the calendar lacks a year that a window needs.
func (r *Rules) Case(p *Purchase, work []LotWork, now time.Time) (*Case, error) {
	windows, err := windowsOf(p, r.Calendar, r.Terms)
	if err != nil {
		return nil, err
	}
	if missing := len(p.Lots) - len(work); missing > 0 {
		work = append(slices.Clip(work), make([]LotWork, missing)...)
	}
	c := &Case{Rules: r, Purchase: p, Work: work, Windows: windows, Now: now, discussed: p.AnyDiscussed()}
	c.complaints, c.open = c.filed()
	for i := range work {
		for d := range work[i].Directions {
			c.sent[d] = c.sent[d] || work[i].Directions[d].Notification.Sent()
		}
	}
	return c, nil
}

// LotWork is what people have done on one lot.
type LotWork struct {
	Assignee     string           // the person it is assigned to; empty when unassigned
	Organization string           // the department that assigned it, the assignee's; empty when unknown
	Directions   [5]DirectionWork // by Direction.index
	// Unknown says that what was done on the lot is not known here: another department may be at it. Then
	// it holds back nothing here, and the centre, which knows of it, decides.
	Unknown bool
}

// In gives the work in a direction, to be read or changed.
func (w *LotWork) In(d Direction) *DirectionWork { return &w.Directions[d.index()] }

// DirectionWork is what people have done on one lot in one direction.
type DirectionWork struct {
	Marks              []Mark             // saved marks
	MarkedBy           string             // who saved them
	Notification       NotificationStatus // empty when there is none
	NotificationAuthor string
}

// Actor is who asks: an employee of one organisation with any number of roles.
type Actor struct {
	Person       string // the centre's id of the person
	Organization string // the centre's id of the organisation
	Roles        []Role
	// Deputy is the person who in fact acts, in the place of Person; empty when it is Person.
	Deputy string

	centre bool
}

// Centre is the actor of what happens by itself: lapses, and what a conclusion brings about. No
// person can be it.
func Centre() Actor { return Actor{centre: true} }

// By is the person who in fact acts: whose key signs and whose name stands first in the trail.
func (a Actor) By() string {
	if a.Deputy != "" {
		return a.Deputy
	}
	return a.Person
}

// Has says whether the actor has the role.
func (a Actor) Has(role Role) bool {
	if role == System {
		return a.centre
	}
	for _, r := range a.Roles {
		if r == role {
			return true
		}
	}
	return false
}

// HasAny says whether the actor has one of the roles.
func (a Actor) HasAny(roles ...Role) bool {
	for _, r := range roles {
		if a.Has(r) {
			return true
		}
	}
	return false
}

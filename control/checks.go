package control

import (
	"slices"
	"time"
)

// Mark is one cell: lot × risk profile. Both are No by default.
type Mark struct {
	Profile  int  `json:"profile"`
	Checked  bool `json:"checked"`
	Violated bool `json:"violated"`
}

// Set changes a mark as has it: violated can't be Yes until checked is Yes; taking checked
// back takes violated back.
func (m Mark) Set(checked, violated bool) Mark {
	return Mark{Profile: m.Profile, Checked: checked, Violated: checked && violated}
}

// SetMany changes a mark as one of many at once: bulk violated skips what is unchecked.
func (m Mark) SetMany(checked, violated bool) Mark {
	if violated && !m.Checked {
		return m
	}
	return m.Set(checked, violated)
}

func anyMark(marks []Mark) bool {
	return slices.ContainsFunc(marks, func(m Mark) bool { return m.Checked || m.Violated })
}

// anyViolated says whether a profile of the list is violated.
func anyViolated(profiles []RiskProfile, marks []Mark) bool {
	for i := range profiles {
		if m := findMark(marks, profiles[i].Number); m.Checked && m.Violated {
			return true
		}
	}
	return false
}

func findMark(marks []Mark, profile int) Mark {
	for _, m := range marks {
		if m.Profile == profile {
			return m
		}
	}
	return Mark{Profile: profile}
}

// allChecked says whether every profile of the list is checked.
func allChecked(profiles []RiskProfile, marks []Mark) bool {
	for i := range profiles {
		if !findMark(marks, profiles[i].Number).Checked {
			return false
		}
	}
	return len(profiles) > 0
}

// Violated lists the numbers of the violated profiles, ascending.
func Violated(marks []Mark) []int {
	var numbers []int
	for _, m := range marks {
		if m.Checked && m.Violated {
			numbers = append(numbers, m.Profile)
		}
	}
	slices.Sort(numbers)
	return numbers
}

// Profiles lists the risk profiles that the purchase is checked for in a direction: those in force on
// the day of its event, for plan points now.
func (c *Case) Profiles(d Direction) []RiskProfile {
	return c.Rules.Catalogue.ForAt(c.Purchase.Method, d, c.event(d, c.Now))
}

// event is the day that decides on the profiles of a direction; where it has none, the other one.
func (c *Case) event(d Direction, other time.Time) time.Time {
	if at := c.Window(d).Opens; !at.IsZero() {
		return at
	}
	return other
}

// Worded finds a profile by its number as a notification in the direction words it: in the words of the
// day of its event, for plan points of the day on which it was created.
func (c *Case) Worded(number int, d Direction, created time.Time) (RiskProfile, bool) {
	return c.Rules.Catalogue.Worded(number, c.event(d, created))
}

// Violated lists the profiles of a lot in a direction that are violated, ascending: of those that it is
// checked for, whatever was marked while another was.
func (c *Case) Violated(lot int, d Direction) []int {
	profiles := c.Profiles(d)
	return slices.DeleteFunc(Violated(c.Work[lot].In(d).Marks), func(number int) bool {
		return !slices.ContainsFunc(profiles, func(p RiskProfile) bool { return p.Number == number })
	})
}

// Mark answers whether the actor may mark the lot in the direction: the assignee alone,
// and as orders it.
func (c *Case) Mark(a Actor, lot int, d Direction) Verdict {
	if !a.Has(Auditor) {
		return refuse("R-2.2", MissingRole, string(Auditor))
	}
	if a.Person == "" || c.Work[lot].Assignee != a.Person {
		return refuse("R-2.2", MissingRelation, "assignee")
	}
	return c.markable(lot, d)
}

// markable is: the first that applies decides.
func (c *Case) markable(lot int, d Direction) Verdict {
	l := &c.Purchase.Lots[lot]
	if c.Purchase.Method.HasDirections() == (d == Undirected) {
		return refuse("R-1.4", WrongDirection, string(d))
	}
	if c.Work[lot].In(d).Notification != "" {
		return refuse("R-2.8", Frozen, l.Number)
	}
	if d == D4 {
		switch {
		case c.Sent(D4):
			return refuse("R-3.11", ShutOut, l.Number)
		case c.contractMade(lot):
			return refuse("R-2.6.c", ContractExists, l.Number)
		case c.decided(ComplaintAuditCancel, ComplaintAuditReview):
			return refuse("R-2.6.b", ComplaintDecided, l.Number)
		}
	}
	if l.Status == UnderComplaint && c.Purchase.Method.HasDirections() {
		return allow("R-2.7", Window{})
	}
	if d == D4 && c.Purchase.Status == Completed && (l.Status == Held || l.Status == NotHeld) {
		switch {
		case c.complaints == 0 || c.open > 0:
		case c.decided(ComplaintDeskControl):
			return allow("R-2.9", Window{}) // this decision leaves the marks open
		default:
			return allow("R-2.6.a", Window{})
		}
	}
	return c.Subject(lot, d)
}

// contractMade is .c: after the days for complaints, a contract exists (held) or a
// single-source purchase or a repeat tender does (not held).
func (c *Case) contractMade(lot int) bool {
	l := &c.Purchase.Lots[lot]
	after := c.Windows.Complaints.Closes
	return !after.IsZero() && !c.Now.Before(after) &&
		(l.Status == Held && l.Contract || l.Status == NotHeld && l.FollowUpPurchase)
}

// filed counts the complaints filed within the days for complaints and those of them still open.
func (c *Case) filed() (complaints, open int) {
	for i := range c.Purchase.Lots {
		complaint := c.Purchase.Lots[i].Complaint
		if complaint == nil || !c.inTime(complaint) {
			continue
		}
		complaints++
		if complaint.Decision == "" {
			open++
		}
	}
	return complaints, open
}

// inTime says whether the complaint was filed within the days for complaints. Where the portal gives
// no date of filing or of the results, it counts as such.
func (c *Case) inTime(complaint *Complaint) bool {
	w := c.Windows.Complaints
	return complaint.FiledAt.IsZero() || w.Opens.IsZero() || w.Contains(complaint.FiledAt)
}

// decided says whether a complaint on any lot of the announcement was decided so.
func (c *Case) decided(decisions ...ComplaintDecision) bool {
	for i := range c.Purchase.Lots {
		if complaint := c.Purchase.Lots[i].Complaint; complaint != nil && slices.Contains(decisions, complaint.Decision) {
			return true
		}
	}
	return false
}

// CheckMarks answers whether the cells may stand together: every profile belongs to the purchase's
// direction, none twice, and none is violated without being checked.
func (c *Case) CheckMarks(d Direction, marks []Mark) Verdict {
	const rule = "R-2.3"
	profiles := c.Profiles(d)
	for i, m := range marks {
		known := slices.ContainsFunc(profiles, func(p RiskProfile) bool { return p.Number == m.Profile })
		twice := slices.ContainsFunc(marks[:i], func(o Mark) bool { return o.Profile == m.Profile })
		if !known || twice {
			return refuse(rule, UnknownProfile, itoa(m.Profile))
		}
		if m.Violated && !m.Checked {
			return refuse(rule, ViolatedUnchecked, itoa(m.Profile))
		}
	}
	return allow(rule, Window{})
}

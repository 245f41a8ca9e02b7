package control

import (
	"slices"
	"strings"
	"time"
)

// Sent says whether a notification of the direction has been sent: then the direction is shut out.
func (c *Case) Sent(d Direction) bool { return c.sent[d.index()] }

// Create answers whether the actor may create a notification on the lot in the direction.
func (c *Case) Create(a Actor, lot int, d Direction) Verdict {
	const rule = "R-3.1"
	w := c.Work[lot].In(d)
	number := c.Purchase.Lots[lot].Number
	switch {
	case !a.Has(Auditor):
		return refuse(rule, MissingRole, string(Auditor))
	case a.Deputy != "":
		return a.myself(rule)
	case a.Person == "" || c.Work[lot].Assignee != a.Person:
		return refuse(rule, MissingRelation, Assignee.String())
	case w.MarkedBy != "" && w.MarkedBy != a.Person:
		return refuse(rule, MissingRelation, Author.String())
	}
	when := c.creation(lot, d)
	switch {
	case !when.Allowed:
		return when
	case w.Notification != "":
		return refuse(rule, ExistsAlready, number).within(Window{when.Opens, when.Closes})
	case c.Sent(d):
		return refuse("R-3.10", ShutOut, number).within(Window{when.Opens, when.Closes})
	case !allChecked(c.Profiles(d), w.Marks):
		return refuse(rule, NotChecked, number).within(Window{when.Opens, when.Closes})
	case !anyViolated(c.Profiles(d), w.Marks):
		return refuse(rule, NoViolation, number).within(Window{when.Opens, when.Closes})
	default:
		return when
	}
}

// CreateUnclaimed answers as [Case.Create], where somebody else may have created one at the same
// moment: claimed says that the lot's place in the direction is taken.
func (c *Case) CreateUnclaimed(a Actor, lot int, d Direction, claimed bool) Verdict {
	v := c.Create(a, lot, d)
	if v.Allowed && claimed {
		return refuse("R-3.1", ExistsAlready, c.Purchase.Lots[lot].Number).within(Window{v.Opens, v.Closes})
	}
	return v
}

// creation is the part of that depends on statuses and dates: ….
func (c *Case) creation(lot int, d Direction) Verdict {
	p, l := c.Purchase, &c.Purchase.Lots[lot]
	if p.Method.HasDirections() == (d == Undirected) {
		return refuse("R-3.1", WrongDirection, string(d))
	}
	switch {
	case p.Method.ByPlanPoint():
		return withRule("R-3.1.6", c.Subject(lot, d))
	case p.Method == PriceQuotations:
		return withRule("R-3.1.5", c.Subject(lot, d))
	case d == D1:
		if c.discussed && l.Status != Published && p.Status == Published {
			return refuse("R-3.1.1", WrongStatus, string(l.Status)).within(c.Windows.Discussion)
		}
		return withRule("R-3.1.1", c.subjectD1(lot))
	case d == D2:
		return withRule("R-3.1.2", c.subjectD2(lot))
	case d == D3:
		return withRule("R-3.1.3", c.subjectD3(lot))
	default:
		return c.creationD4(lot)
	}
}

func withRule(rule Rule, v Verdict) Verdict {
	v.Rule = rule
	return v
}

//
func (c *Case) creationD4(lot int) Verdict {
	p, l := c.Purchase, &c.Purchase.Lots[lot]
	complaints, open := c.complaints, c.open
	rule := Rule("R-3.1.4.a")
	announcements := []Status{Completed, UnderComplaint}
	lots := []Status{Held, NotHeld, UnderComplaint}
	switch {
	case open > 0:
		rule, announcements, lots = "R-3.1.4.b", announcements[1:], lots[:2]
		if l.Complaint != nil {
			lots = []Status{UnderComplaint}
		}
	case complaints > 0:
		rule, announcements, lots = "R-3.1.4.c", announcements[:1], lots[:2]
	}
	switch {
	case !slices.Contains(announcements, p.Status):
		return refuse(rule, WrongStatus, string(p.Status)).within(c.Windows.Results)
	case !slices.Contains(lots, l.Status):
		return refuse(rule, WrongStatus, string(l.Status)).within(c.Windows.Results)
	}
	v := inWindow(rule, c.Windows.Results, c.Now)
	switch {
	case !v.Allowed:
		return v
	case c.decided(ComplaintAuditCancel, ComplaintAuditReview, ComplaintDeskControl):
		return refuse("R-3.1.4.d", ComplaintDecided, p.Number).within(c.Windows.Results)
	case c.contractMade(lot):
		return refuse("R-3.1.4.e", ContractExists, l.Number).within(c.Windows.Results)
	default:
		return v
	}
}

// SendAll answers whether the actor may send every approved notification of the direction.
func (c *Case) SendAll(a Actor, d Direction) Verdict {
	const rule = "R-3.10"
	if !a.Has(Auditor) {
		return refuse(rule, MissingRole, string(Auditor))
	}
	if v := a.myself(rule); !v.Allowed {
		return v
	}
	if !c.wroteAny(a.Person) {
		return refuse(rule, MissingRelation, PurchaseAuthor.String())
	}
	approved := c.approvedLots(d)
	when := c.sending(d, approved)
	if !when.Allowed {
		return when
	}
	w := Window{when.Opens, when.Closes}
	if c.Sent(d) {
		return refuse(rule, ShutOut, "").within(w)
	}
	profiles, unknown := c.Profiles(d), false
	for i := range c.Work {
		if c.Work[i].Unknown {
			unknown = true
			continue
		}
		marks := c.Work[i].In(d).Marks
		if (anyMark(marks) || c.Subject(i, d).Allowed) && !allChecked(profiles, marks) {
			return refuse(rule, NotChecked, c.Purchase.Lots[i].Number).within(w)
		}
	}
	if len(approved) == 0 && !unknown {
		return refuse(rule, NothingApproved, "").within(w)
	}
	return when
}

// Seen is a notification as somebody saw it before sending: what is sent is what was seen.
type Seen struct {
	ID      string
	Version int64
	Digest  string // SHA-256 of its file
}

// SendSeen answers whether the actor may send all, having seen these: exactly the approved ones as they
// are now, whoever wrote them. claimed says that somebody has sent at the same moment.
func (c *Case) SendSeen(a Actor, d Direction, approved, seen []Seen, claimed bool) Verdict {
	v := c.SendAll(a, d)
	switch {
	case !v.Allowed:
		return v
	case claimed:
		return refuse("R-3.10", ShutOut, "").within(Window{v.Opens, v.Closes})
	case !sameSeen(approved, seen):
		return refuse("R-3.10", VersionChanged, c.Purchase.Number).within(Window{v.Opens, v.Closes})
	default:
		return v
	}
}

// sameSeen says whether both lists hold the same, in whatever order.
func sameSeen(a, b []Seen) bool {
	byID := func(x, y Seen) int { return strings.Compare(x.ID, y.ID) }
	return slices.Equal(slices.SortedFunc(slices.Values(a), byID), slices.SortedFunc(slices.Values(b), byID))
}

func (c *Case) wroteAny(person string) bool {
	for i := range c.Work {
		for _, w := range c.Work[i].Directions {
			if person != "" && w.Notification != "" && w.NotificationAuthor == person {
				return true
			}
		}
	}
	return false
}

func (c *Case) approvedLots(d Direction) []int {
	var lots []int
	for i := range c.Work {
		if c.Work[i].In(d).Notification == NotificationApproved {
			lots = append(lots, i)
		}
	}
	return lots
}

// sending is the part of that depends on statuses and dates. Statuses are asked of the lots
// that would be sent.
func (c *Case) sending(d Direction, lots []int) Verdict {
	const rule = "R-3.10"
	p := c.Purchase
	if p.Method.HasDirections() == (d == Undirected) {
		return refuse(rule, WrongDirection, string(d))
	}
	switch d {
	case D1:
		if c.discussed {
			return c.sendingIn(lots, c.Windows.Discussion, Published, Published)
		}
		return c.sendingIn(lots, c.Windows.NotDiscussed, Published, Published, AcceptingApplications)
	case D2:
		v := c.sendingIn(lots, c.Windows.Acceptance, Published, AcceptingApplications)
		for _, i := range lots {
			if v.Allowed && !p.Discussed(&p.Lots[i]) {
				return refuse(rule, NotDiscussed, p.Lots[i].Number).within(c.Windows.Acceptance)
			}
		}
		return v
	case D3:
		return c.sendingIn(lots, c.Windows.Sending, Published, SupplementingApps)
	case D4:
		return c.sendingD4(lots)
	default:
		return c.sendingUndirected(lots)
	}
}

// decision: price quotations and plan points are sent as their creation is gated.
func (c *Case) sendingUndirected(lots []int) Verdict {
	const rule = "R-3.10"
	v := allow(rule, Window{})
	if c.Purchase.Method == PriceQuotations {
		v = c.quotationsOpen(rule)
	} else if len(lots) == 0 {
		lots = []int{0} // the plan point itself
	}
	for _, i := range lots {
		if v.Allowed {
			v = withRule(rule, c.creation(i, Undirected))
		}
	}
	return v
}

// sendingIn asks for the statuses of announcement and lots, of their plan points, and for the window.
func (c *Case) sendingIn(lots []int, w Window, point Status, statuses ...Status) Verdict {
	const rule = "R-3.10"
	p := c.Purchase
	if !slices.Contains(statuses, p.Status) {
		return refuse(rule, WrongStatus, string(p.Status)).within(w)
	}
	for _, i := range lots {
		if !slices.Contains(statuses, p.Lots[i].Status) {
			return refuse(rule, WrongStatus, string(p.Lots[i].Status)).within(w)
		}
		if p.Lots[i].PlanPointStatus != point {
			return refuse(rule, WrongStatus, string(p.Lots[i].PlanPointStatus)).within(w)
		}
	}
	return inWindow(rule, w, c.Now)
}

// D4
func (c *Case) sendingD4(lots []int) Verdict {
	const rule = "R-3.10"
	p, w := c.Purchase, c.Windows.Results
	if p.Status != Completed {
		return refuse(rule, WrongStatus, string(p.Status)).within(w)
	}
	for _, i := range lots {
		for _, s := range [...]Status{p.Lots[i].Status, p.Lots[i].PlanPointStatus} {
			if s != Held && s != NotHeld {
				return refuse(rule, WrongStatus, string(s)).within(w)
			}
		}
	}
	v := inWindow(rule, w, c.Now)
	if !v.Allowed {
		return v
	}
	if c.decided(ComplaintAuditCancel, ComplaintAuditReview, ComplaintDeskControl) {
		return refuse("R-3.1.4.d", ComplaintDecided, p.Number).within(w)
	}
	if c.open > 0 {
		return refuse(rule, ComplaintFiled, p.Number).within(w)
	}
	for i := range c.Work {
		switch s := c.Work[i].In(D4).Notification; {
		case s != "" && !s.Sent() && s != NotificationApproved:
			return refuse(rule, NotApproved, p.Lots[i].Number).within(w)
		case s == NotificationApproved && c.contractMade(i):
			return refuse("R-3.1.4.e", ContractExists, p.Lots[i].Number).within(w)
		}
	}
	return v
}

// Dispatch says what send-all would do in a direction: the lots whose notifications go, and those
// that will be shut out by it. Both are indexes into the purchase's lots.
func (c *Case) Dispatch(d Direction) (sent, shutOut []int) {
	sent = c.approvedLots(d)
	for i := range c.Work {
		if !slices.Contains(sent, i) && !c.Work[i].In(d).Notification.Sent() {
			shutOut = append(shutOut, i)
		}
	}
	return sent, shutOut
}

// OpenRemedy is a way of executing that sending opens to the organiser, from an instant on.
type OpenRemedy struct {
	Remedy Remedy    `json:"remedy"`
	From   time.Time `json:"from"`
}

// Remedies are the ways of executing that sending a notification at an instant opens.
func (c *Case) Remedies(lot int, d Direction, profiles []int, at time.Time) []OpenRemedy {
	cancel := []OpenRemedy{{CancelPurchase, at}}
	only := func(allowed ...int) bool {
		return len(profiles) > 0 && !slices.ContainsFunc(profiles, func(n int) bool { return !slices.Contains(allowed, n) })
	}
	switch d {
	case D1:
		if only(1) && c.Purchase.Discussed(&c.Purchase.Lots[lot]) {
			return []OpenRemedy{{AmendDocumentation, later(at, c.Windows.Discussion.Closes)}}
		}
		return cancel
	case D3:
		ends := later(at, c.Windows.Sending.Closes)
		return []OpenRemedy{{ReviewAdmission, ends}, {ContinueWithoutReview, ends}}
	case D4:
		if only(5, 6, 7) {
			return []OpenRemedy{{ReviewResults, at}, {ContinueWithoutExecution, at}}
		}
		return append(cancel, OpenRemedy{ContinueWithoutExecution, at})
	default:
		return cancel
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Deadline is the end of the term to execute a notification delivered at an instant.
func (r *Rules) Deadline(delivered time.Time) (time.Time, error) {
	return r.Calendar.WorkingDays(delivered, int(r.Terms.At(ExecutionTerm, delivered)))
}

// ObjectionDeadline is the end of the term to object to it.
func (r *Rules) ObjectionDeadline(delivered time.Time) (time.Time, error) {
	return r.Calendar.WorkingDays(delivered, int(r.Terms.At(ObjectionTerm, delivered)))
}

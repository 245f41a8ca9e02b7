package control

import (
	"strings"
	"time"
)

// Object answers whether the actor may object to the notification now: once, from the instant of
// delivery until the objection term ends.
func (n *Notification) Object(a Actor, now time.Time) Verdict {
	v := n.May(a, ActionObject)
	if !v.Allowed {
		return v
	}
	v = inWindow("R-3.12", Window{n.DeliveredAt, n.ObjectionUntil}, now)
	if v.Allowed && !n.ObjectedAt.IsZero() {
		return refuse("R-3.12", ObjectedAlready, "").within(Window{v.Opens, v.Closes})
	}
	return v
}

// Acknowledge answers whether the actor may acknowledge the notification by opening it: until its deadline,
// at which what nobody has opened lapses as such.
func (n *Notification) Acknowledge(a Actor, now time.Time) Verdict {
	v := n.May(a, ActionAcknowledge)
	if v.Allowed && !n.Deadline.IsZero() && !now.Before(n.Deadline) {
		return refuse("R-3.12", WindowClosed, "").within(Window{n.DeliveredAt, n.Deadline})
	}
	return v
}

// Begin answers whether the actor may say that the execution has begun.
func (n *Notification) Begin(a Actor, now time.Time) Verdict {
	v := n.May(a, ActionBegin)
	if !v.Allowed {
		return v
	}
	return n.executable("R-3.12", n.DeliveredAt, now)
}

// Execute answers whether the actor may do the remedy now: one that sending opened, from its instant
// until the deadline, not while an objection is open, and after a refused confirmation again (R-3.11
// … ). The two ways of continuing without execution are asked in the same way.
func (n *Notification) Execute(a Actor, r Remedy, now time.Time) Verdict {
	v := n.May(a, r.Action())
	if !v.Allowed {
		return v
	}
	rule, from, opened := v.Rule, n.DeliveredAt, false
	if rule == "R-3.12" {
		rule = "R-3.11" // what opened the remedy; from not_confirmed it is what opens it again
	}
	for _, open := range n.Remedies {
		if open.Remedy == r {
			from, opened = open.From, true
		}
	}
	v = n.executable(rule, from, now)
	if v.Allowed && !opened {
		return refuse("R-3.11", NotARemedy, string(r)).within(Window{v.Opens, v.Closes})
	}
	return v
}

// executable asks for the time from an instant to the deadline, and that the organiser has not chosen
// to continue without executing.
func (n *Notification) executable(rule Rule, from, now time.Time) Verdict {
	v := inWindow(rule, Window{from, n.Deadline}, now)
	switch {
	case v.Reason == WindowClosed:
		return withRule("R-3.12", v)
	case v.Allowed && n.Remedy.Continues():
		return refuse("R-3.12", RemedyClosed, string(n.Remedy)).within(Window{v.Opens, v.Closes})
	default:
		return v
	}
}

// Confirm answers whether the author may confirm the execution.
func (n *Notification) Confirm(a Actor) Verdict { return n.May(a, ActionConfirm) }

// RefuseConfirmation answers whether the author may say that it was not executed; a description is
// required.
func (n *Notification) RefuseConfirmation(a Actor, description string) Verdict {
	v := n.May(a, ActionRefuseConfirmation)
	if v.Allowed && strings.TrimSpace(description) == "" {
		return refuse("R-3.13", NoReason, "")
	}
	return v
}

// Lapse answers whether the notification lapses now: at its deadline, by the centre itself.
// One with no deadline known never does.
func (n *Notification) Lapse(now time.Time) Verdict {
	v := n.May(Centre(), ActionLapse)
	if !v.Allowed {
		return v
	}
	return inWindow("R-3.12", Window{Opens: n.Deadline}, now)
}

// After is the notification after an action that was allowed, at an instant: the status where the
// table leads, and what the action alone fixes. Deadlines and remedies are the matter of
// [Case.Deliver] and [Rules.Conclude]. It says false where the table has no such step.
func (n Notification) After(action Action, at time.Time) (Notification, bool) {
	to, found := NotificationLife.next(n.Status, action)
	if !found {
		return n, false
	}
	n.Status = to
	switch action {
	case ActionObject:
		n.ObjectedAt = at
	case ActionAnnul: // every way of executing is closed
		n.Remedies = nil
	case ActionSend:
		n.DeliveredAt = at
	default:
		for _, r := range Remedies() {
			if r.Action() == action {
				n.Remedy, n.ReportedAt = r, at
			}
		}
	}
	return n, true
}

// Deliver is the notification of a lot as sending leaves it, with the effect on statuses: the time to the
// millisecond, both terms, and the ways of executing. portal is the purchase as the
// portal has it: an effect remembers what that said. It fails when the calendar lacks a year of the terms.
func (c *Case) Deliver(n Notification, id string, lot int, portal *Purchase, at time.Time) (Notification, Effect, error) {
	at = at.Truncate(time.Millisecond)
	deadline, err := c.Rules.Deadline(at)
	if err != nil {
		return n, Effect{}, err
	}
	until, err := c.Rules.ObjectionDeadline(at)
	if err != nil {
		return n, Effect{}, err
	}
	n.Status, n.DeliveredAt, n.Deadline, n.ObjectionUntil = NotificationDelivered, at, deadline, until
	n.Remedies = c.Remedies(lot, n.Direction, n.Profiles, at)
	effect := c.EffectOf(id, lot, n.Direction, at)
	effect.Portal = Standing{portal.Status, portal.Lots[lot].Status, portal.Lots[lot].PlanPointStatus}
	return n, effect, nil
}

// ConfirmationDue is the end of the term in which the author is to answer the organiser's report.
func (r *Rules) ConfirmationDue(reported time.Time) (time.Time, error) {
	return r.Calendar.WorkingDays(reported, int(r.Terms.At(ConfirmationTerm, reported)))
}

// AnswerDue is the end of the term in which the author is to answer; zero where no report waits for an
// answer.
func (r *Rules) AnswerDue(n *Notification) (time.Time, error) {
	if n.Status != NotificationAwaiting {
		return time.Time{}, nil
	}
	return r.ConfirmationDue(n.ReportedAt)
}

// Resume is the deadline of a notification whose objection was refused or partly satisfied:
// the working days that were left on the day of the objection, those after it up to and including
// the day of the old deadline, at least one, counted from the day after the conclusion's delivery.
// An objection never shortens a deadline.
func (r *Rules) Resume(deadline, objected, concluded time.Time) (time.Time, error) {
	left, err := r.Calendar.WorkingDaysLeft(objected, deadline)
	if err != nil {
		return time.Time{}, err
	}
	resumed, err := r.Calendar.WorkingDays(concluded, max(left, 1))
	if err != nil {
		return time.Time{}, err
	}
	return later(deadline, resumed), nil
}

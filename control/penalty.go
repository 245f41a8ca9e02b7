package control

import (
	"slices"
	"time"
)

// PenaltyStatus is the state of the information on imposed administrative penalties. Empty
// while there is none.
type PenaltyStatus string

const (
	PenaltySavedOnce PenaltyStatus = "saved"     // may be edited
	PenaltyCompleted PenaltyStatus = "completed" // locked
)

const (
	ActionSavePenalty     Action = "save_penalty"
	ActionCompletePenalty Action = "complete_penalty"
	ActionViewPenalty     Action = "view_penalty"
)

// PenaltyInfo is the information on imposed administrative penalties. What is nil or zero is not given.
type PenaltyInfo struct {
	Officials *int      `json:"officials,omitempty"` // how many were punished
	Imposed   *Tiyn     `json:"imposed,omitempty"`
	Recovered *Tiyn     `json:"recovered,omitempty"`
	LetterOn  time.Time `json:"letter_on,omitzero"`   // the letter to the Committee to suspend expenditure
	SentOn    time.Time `json:"sent_on,omitzero"`     // the materials to the competent bodies
	RecheckKK string    `json:"recheck_kk,omitempty"` // results of the re-check by the Committee's expert
	RecheckRU string    `json:"recheck_ru,omitempty"`
}

// PenaltyLife is the life cycle of the information: saving may be repeated until it is completed.
var PenaltyLife = Life[PenaltyStatus]{
	{Action: ActionSavePenalty, From: "", To: PenaltySavedOnce, Role: Auditor, Relation: Author, Rule: "R-10.1"},
	{Action: ActionSavePenalty, From: PenaltySavedOnce, To: PenaltySavedOnce, Role: Auditor, Relation: Author, Rule: "R-10.1"},
	{Action: ActionCompletePenalty, From: PenaltySavedOnce, To: PenaltyCompleted, Role: Auditor, Relation: Author, Rule: "R-10.1"},
}

// Punishable says whether a notification in this status may carry penalty information and a
// suspension order.
func (s NotificationStatus) Punishable() bool {
	return slices.Contains([]NotificationStatus{
		NotificationExecuted, NotificationAwaiting, NotificationNotConfirmed, NotificationLapsedKnown,
		NotificationLapsedUnknown, NotificationObjectionLost, NotificationAnnulled,
	}, s)
}

// penalty answers whether the actor, the notification's author, may save or complete the penalty
// information at all.
func (n *Notification) penalty(a Actor, action Action) Verdict {
	_, v := PenaltyLife.Step(n.Penalty, action, a, n.relations(a))
	if v.Allowed && !n.Status.Punishable() {
		return refuse("R-10.1", WrongStatus, string(n.Status))
	}
	return v
}

// SavePenalty answers whether the actor may save this information. The dates are days of
// Asia/Almaty, not later than today there.
func (r *Rules) SavePenalty(n *Notification, a Actor, info *PenaltyInfo, now time.Time) Verdict {
	v := n.MaySavePenalty(a)
	if !v.Allowed {
		return v
	}
	if fault, where := info.fault(r.Calendar.EndOfDay(now)); fault != "" {
		return refuse("R-10.1", fault, where)
	}
	return v
}

// MaySavePenalty is the right of [Rules.SavePenalty], whatever the information says.
func (n *Notification) MaySavePenalty(a Actor) Verdict { return n.penalty(a, ActionSavePenalty) }

// CompletePenalty answers whether the actor may lock the information.
func (n *Notification) CompletePenalty(a Actor) Verdict { return n.penalty(a, ActionCompletePenalty) }

// fault finds the first field that does not stand, and names it.
func (p *PenaltyInfo) fault(tomorrow time.Time) (Reason, string) {
	switch {
	case p == nil || p.empty():
		return NoData, ""
	case p.Officials != nil && *p.Officials < 1:
		return NotPositive, "officials"
	case p.Imposed != nil && *p.Imposed < 1:
		return NotPositive, "imposed"
	case p.Recovered != nil && *p.Recovered < 1:
		return NotPositive, "recovered"
	case p.Imposed != nil && p.Officials == nil:
		return NoOfficials, "officials"
	case p.Officials != nil && p.Imposed == nil:
		return NoImposed, "imposed"
	case p.Recovered != nil && p.Imposed == nil:
		return NoImposed, "imposed"
	case !p.LetterOn.Before(tomorrow):
		return DateInFuture, "letter_on"
	case !p.SentOn.Before(tomorrow):
		return DateInFuture, "sent_on"
	default:
		return "", ""
	}
}

func (p *PenaltyInfo) empty() bool {
	return p.Officials == nil && p.Imposed == nil && p.Recovered == nil &&
		p.LetterOn.IsZero() && p.SentOn.IsZero() && !hasText(p.RecheckKK, p.RecheckRU)
}

// ViewPenalty answers whether the actor may read the penalty information and the orders: the
// department whose notification it is, the order managers and the controllers, once it is saved.
func (n *Notification) ViewPenalty(a Actor) Verdict {
	const rule = "R-10.1"
	r := n.relations(a)
	switch {
	case r&Colleague != 0 && a.HasAny(Auditor, AuditorApprover):
		return allow(rule, Window{})
	case r&PenaltySaved != 0 && a.HasAny(OrderManager, Controller, ControllerApprover):
		return allow("R-10.2", Window{})
	case !a.HasAny(Auditor, AuditorApprover, OrderManager, Controller, ControllerApprover):
		return refuse(rule, MissingRole, string(Auditor))
	default:
		return refuse(rule, MissingRelation, Colleague.String())
	}
}

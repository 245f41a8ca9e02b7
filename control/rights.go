package control

import (
	"slices"
	"time"
)

// Actions that belong to no life cycle.
const (
	ActionReport           Action = "report"
	ActionAssign           Action = "assign"
	ActionUnassign         Action = "unassign"
	ActionMark             Action = "mark"
	ActionCertify          Action = "certify"
	ActionViewNotification Action = "view_notification"
	ActionViewObjection    Action = "view_objection"
	ActionViewConclusion   Action = "view_conclusion"
	ActionAdminister       Action = "administer"

	// Which parts of the program a person uses: a screen offers no others.
	ActionMyLots  Action = "my_lots"
	ActionJournal Action = "journal"
	ActionInbox   Action = "inbox"
)

// Facts are what an action is asked about. Fill what the action speaks of; an action that lacks its
// facts is refused.
type Facts struct {
	Rules        *Rules // where there is no Case: for calendar and terms
	Case         *Case
	Lot          int
	Direction    Direction
	Notification *Notification
	Objection    *Objection
	Conclusion   *Conclusion
	Penalty      *PenaltyInfo
	Order        *Order // the suspension order, or for revoke_suspension the one to be revoked
	Revocation   *Order
	// Other is the person chosen: the assignee, the agreer, the controller.
	Other Actor
	// Text is what must be said: the reason, the description.
	Text string
	Now  time.Time
}

// May answers whether the actor may do the action on the facts: the one entry through which client,
// centre and explain decide rights, roles and relations before everything else.
func May(a Actor, action Action, f Facts) Verdict {
	if f.Rules == nil && f.Case != nil {
		f.Rules = f.Case.Rules
	}
	switch action {
	case ActionReport:
		return Report(a)
	case ActionAdminister:
		return administer(a)
	case ActionMyLots, ActionJournal, ActionInbox:
		return uses(a, action)
	case ActionAssign, ActionUnassign, ActionMark, ActionCreate, ActionCertify, ActionSend:
		return mayOnPurchase(a, action, f)
	case ActionAssignObjection, ActionProlongObjection, ActionViewObjection, ActionCreateConclusion:
		return mayOnObjection(a, action, f)
	case ActionEditConclusion, ActionDeleteConclusion, ActionSendConclusion, ActionAgreeConclusion,
		ActionRejectConclusion, ActionApproveConclusion, ActionViewConclusion:
		return mayOnConclusion(a, action, f)
	case ActionSavePenalty, ActionCompletePenalty, ActionViewPenalty, ActionSuspend, ActionRevokeSuspension:
		return mayOnPenalty(a, action, f)
	default:
		return mayOnNotification(a, action, f)
	}
}

// unasked refuses an action that nobody knows, or that lacks its facts.
func unasked(action Action) Verdict { return refuse("R-11.3", UnknownAction, string(action)) }

// administer is the right of requirements.md §0 to organisations, employees, roles, the calendar and
// the catalogues.
func administer(a Actor) Verdict {
	const rule = "§0"
	if !a.Has(Administrator) {
		return refuse(rule, MissingRole, string(Administrator))
	}
	return a.myself(rule)
}

// uses answers whether a part of the program is the actor's to use: what is assigned, the journal
// of notifications, what was received or is told by messages.
func uses(a Actor, action Action) Verdict {
	rule, roles := Rule("R-3.15"), []Role{Auditor, AuditorApprover, Controller, ControllerApprover}
	switch action {
	case ActionMyLots:
		rule, roles = "R-2.1", roles[:1]
	case ActionInbox:
		rule, roles = "R-3.12", []Role{AuditObject, Auditor, Controller, ObjectionManager}
	}
	if !a.HasAny(roles...) {
		return refuse(rule, MissingRole, string(roles[0]))
	}
	return allow(rule, Window{})
}

func mayOnPurchase(a Actor, action Action, f Facts) Verdict {
	if f.Case == nil || f.Lot < 0 || f.Lot >= len(f.Case.Work) {
		return unasked(action)
	}
	switch action {
	case ActionAssign:
		return f.Case.Assign(a, f.Lot, f.Other)
	case ActionUnassign:
		return f.Case.Unassign(a, f.Lot)
	case ActionMark:
		return f.Case.Mark(a, f.Lot, f.Direction)
	case ActionCreate:
		return f.Case.Create(a, f.Lot, f.Direction)
	case ActionCertify:
		return f.Case.Certify(a, f.Direction)
	default:
		return f.Case.SendAll(a, f.Direction)
	}
}

func mayOnNotification(a Actor, action Action, f Facts) Verdict {
	n := f.Notification
	if n == nil {
		return unasked(action)
	}
	switch action {
	case ActionViewNotification:
		return n.View(a)
	case ActionSendToAgreement:
		return n.SendToAgreement(a, f.Other)
	case ActionAgree, ActionApprove:
		if f.Case == nil || f.Lot < 0 || f.Lot >= len(f.Case.Work) {
			return unasked(action)
		}
		if action == ActionApprove {
			return f.Case.Approve(a, n, f.Lot)
		}
		return f.Case.Agree(a, n, f.Lot, f.Other)
	case ActionReject:
		return n.Reject(a, f.Text)
	case ActionAcknowledge:
		return n.Acknowledge(a, f.Now)
	case ActionObject:
		return n.Object(a, f.Now)
	case ActionBegin:
		return n.Begin(a, f.Now)
	case ActionRefuseConfirmation:
		return n.RefuseConfirmation(a, f.Text)
	case ActionLapse:
		if v := n.May(a, action); !v.Allowed {
			return v
		}
		return n.Lapse(f.Now)
	}
	if slices.Contains(Remedies(), Remedy(action)) {
		return n.Execute(a, Remedy(action), f.Now)
	}
	if !NotificationLife.knows(action) {
		return unasked(action)
	}
	return n.May(a, action)
}

// knows says whether the life cycle has the action.
func (l Life[S]) knows(action Action) bool {
	for i := range l {
		if l[i].Action == action {
			return true
		}
	}
	return false
}

func mayOnObjection(a Actor, action Action, f Facts) Verdict {
	o := f.Objection
	if o == nil {
		return unasked(action)
	}
	switch action {
	case ActionViewObjection:
		return o.View(a)
	case ActionAssignObjection:
		return o.Assign(a, f.Other)
	case ActionProlongObjection:
		return o.Prolong(a, f.Text, f.Now)
	default:
		return o.Conclude(a)
	}
}

func mayOnConclusion(a Actor, action Action, f Facts) Verdict {
	c := f.Conclusion
	if c == nil {
		return unasked(action)
	}
	switch action {
	case ActionViewConclusion:
		return c.View(a)
	case ActionSendConclusion:
		return c.SendToAgreement(a, f.Other)
	case ActionAgreeConclusion:
		return c.Agree(a, f.Other)
	case ActionRejectConclusion:
		return c.Reject(a, f.Text)
	case ActionApproveConclusion:
		return c.Approve(a)
	default:
		return c.May(a, action)
	}
}

func mayOnPenalty(a Actor, action Action, f Facts) Verdict {
	if f.Notification == nil || f.Rules == nil {
		return unasked(action)
	}
	switch action {
	case ActionViewPenalty:
		return f.Notification.ViewPenalty(a)
	case ActionSavePenalty:
		return f.Rules.SavePenalty(f.Notification, a, f.Penalty, f.Now)
	case ActionCompletePenalty:
		return f.Notification.CompletePenalty(a)
	case ActionSuspend:
		return f.Rules.Suspend(f.Notification, a, f.Order, f.Now)
	default:
		return f.Rules.Revoke(f.Notification, a, f.Order, f.Revocation, f.Now)
	}
}

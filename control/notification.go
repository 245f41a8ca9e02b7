package control

import (
	"strings"
	"time"
)

// NotificationStatus is the status of a notification. The values are the glossary's.
type NotificationStatus string

const (
	NotificationDraft           NotificationStatus = "draft"
	NotificationInAgreement     NotificationStatus = "in_agreement"
	NotificationRejected        NotificationStatus = "rejected"
	NotificationApproved        NotificationStatus = "approved"
	NotificationDelivered       NotificationStatus = "delivered"
	NotificationAcknowledged    NotificationStatus = "acknowledged"
	NotificationObjectionSent   NotificationStatus = "objection_sent"
	NotificationInExecution     NotificationStatus = "in_execution"
	NotificationLapsedKnown     NotificationStatus = "not_executed_acknowledged"
	NotificationLapsedUnknown   NotificationStatus = "not_executed_unacknowledged"
	NotificationExecuted        NotificationStatus = "executed"
	NotificationAwaiting        NotificationStatus = "awaiting_confirmation"
	NotificationNotConfirmed    NotificationStatus = "not_confirmed"
	NotificationAnnulled        NotificationStatus = "annulled"
	NotificationObjectionLost   NotificationStatus = "objection_refused"
	NotificationObjectionPartly NotificationStatus = "objection_partly_satisfied"
)

// NotificationStatuses lists all sixteen, in the order of the manual.
func NotificationStatuses() []NotificationStatus {
	return []NotificationStatus{
		NotificationDraft, NotificationInAgreement, NotificationRejected, NotificationApproved,
		NotificationDelivered, NotificationAcknowledged, NotificationObjectionSent, NotificationInExecution,
		NotificationLapsedKnown, NotificationLapsedUnknown, NotificationExecuted, NotificationAwaiting,
		NotificationNotConfirmed, NotificationAnnulled, NotificationObjectionLost, NotificationObjectionPartly,
	}
}

// Sent says whether a notification in this status has left for the audit object.
func (s NotificationStatus) Sent() bool {
	switch s {
	case "", NotificationDraft, NotificationInAgreement, NotificationRejected, NotificationApproved:
		return false
	default:
		return true
	}
}

// Settled says whether the audit object has nothing more to do about it: the violation is eliminated, as
// far as it says, or the notification is annulled.
func (s NotificationStatus) Settled() bool {
	return s == NotificationExecuted || s == NotificationAwaiting || s == NotificationAnnulled
}

// Notification is what the rules need to know of one: who wrote it, whose turn it is, where it stands.
type Notification struct {
	Status       NotificationStatus `json:"status"`
	Direction    Direction          `json:"direction"`
	Author       string             `json:"author"`              // person
	Organization string             `json:"organization"`        // the author's
	Agreer       string             `json:"agreer,omitempty"`    // whose turn it is, or who is chosen next
	Recipient    string             `json:"recipient,omitempty"` // the audit object's organisation
	Profiles     []int              `json:"profiles"`            // the violated ones
	TextKK       string             `json:"text_kk,omitempty"`
	TextRU       string             `json:"text_ru,omitempty"`
	DeliveredAt  time.Time          `json:"delivered_at,omitzero"`
	Deadline     time.Time          `json:"deadline,omitzero"` // exclusive; zero: none is known

	// What sending opened and what the organiser did since (R-3.11 … ); see execution.go.
	ObjectionUntil time.Time     `json:"objection_until,omitzero"` // exclusive
	ObjectedAt     time.Time     `json:"objected_at,omitzero"`
	Remedies       []OpenRemedy  `json:"remedies,omitempty"`
	Remedy         Remedy        `json:"remedy,omitempty"`     // the last that the organiser did
	ReportedAt     time.Time     `json:"reported_at,omitzero"` // when that was
	Penalty        PenaltyStatus `json:"penalty,omitempty"`    // of its penalty information
	Suspension     OrdersStatus  `json:"suspension,omitempty"` // of its suspension order
}

// HasText says whether the violation is described in at least one language.
func (n *Notification) HasText() bool { return hasText(n.TextKK, n.TextRU) }

// hasText says whether a bilingual text is there in at least one language; spaces are none.
func hasText(kk, ru string) bool {
	return strings.TrimSpace(kk) != "" || strings.TrimSpace(ru) != ""
}

// NotificationLife is the life cycle of a notification: the one table that screens, diagrams, the
// centre and the tests read.
var NotificationLife = Life[NotificationStatus]{
	{Action: ActionCreate, From: "", To: NotificationDraft, Role: Auditor, Relation: Assignee, Rule: "R-3.1"},
	{Action: ActionEdit, From: NotificationDraft, To: NotificationDraft, Role: Auditor, Relation: Author, Rule: "R-3.4"},
	{Action: ActionEdit, From: NotificationRejected, To: NotificationRejected, Role: Auditor, Relation: Author, Rule: "R-3.4"},
	{Action: ActionDelete, From: NotificationDraft, To: "", Role: Auditor, Relation: Author, Rule: "R-3.4"},
	{Action: ActionDelete, From: NotificationDraft, To: "", Role: Auditor, Relation: Colleague, Rule: "R-3.4"},
	{Action: ActionDelete, From: NotificationDraft, To: "", Role: AuditorApprover, Relation: Colleague, Rule: "R-3.4"},
	{Action: ActionDelete, From: NotificationRejected, To: "", Role: Auditor, Relation: Author, Rule: "R-3.4"},
	{Action: ActionSendToAgreement, From: NotificationDraft, To: NotificationInAgreement, Role: Auditor, Relation: Author, Rule: "R-3.5"},
	{Action: ActionSendToAgreement, From: NotificationRejected, To: NotificationInAgreement, Role: Auditor, Relation: Author, Rule: "R-3.5"},
	{Action: ActionAgree, From: NotificationInAgreement, To: NotificationInAgreement, Role: Auditor, Relation: Agreer, Rule: "R-3.6", Deputy: true},
	{Action: ActionAgree, From: NotificationInAgreement, To: NotificationInAgreement, Role: AuditorApprover, Relation: Agreer, Rule: "R-3.6", Deputy: true},
	{Action: ActionReject, From: NotificationInAgreement, To: NotificationRejected, Role: Auditor, Relation: Agreer, Rule: "R-3.6", Deputy: true},
	{Action: ActionReject, From: NotificationInAgreement, To: NotificationRejected, Role: AuditorApprover, Relation: Agreer, Rule: "R-3.6", Deputy: true},
	{Action: ActionApprove, From: NotificationInAgreement, To: NotificationApproved, Role: AuditorApprover, Relation: Agreer, Rule: "R-3.7", Deputy: true},
	{Action: ActionRecall, From: NotificationInAgreement, To: NotificationDraft, Role: Auditor, Relation: Author, Rule: "R-3.9"},
	{Action: ActionRecall, From: NotificationApproved, To: NotificationDraft, Role: Auditor, Relation: Author, Rule: "R-3.9"},
	{Action: ActionSend, From: NotificationApproved, To: NotificationDelivered, Role: Auditor, Relation: PurchaseAuthor, Rule: "R-3.10"},
	{Action: ActionAcknowledge, From: NotificationDelivered, To: NotificationAcknowledged, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},

	// the audit object objects, begins and executes.
	{Action: ActionObject, From: NotificationDelivered, To: NotificationObjectionSent, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: ActionObject, From: NotificationAcknowledged, To: NotificationObjectionSent, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: ActionObject, From: NotificationInExecution, To: NotificationObjectionSent, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: ActionBegin, From: NotificationDelivered, To: NotificationInExecution, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: ActionBegin, From: NotificationAcknowledged, To: NotificationInExecution, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: ActionBegin, From: NotificationInExecution, To: NotificationInExecution, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: ActionBegin, From: NotificationObjectionLost, To: NotificationInExecution, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: ActionBegin, From: NotificationObjectionPartly, To: NotificationInExecution, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},

	{Action: Action(CancelPurchase), From: NotificationDelivered, To: NotificationExecuted, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(CancelPurchase), From: NotificationAcknowledged, To: NotificationExecuted, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(CancelPurchase), From: NotificationInExecution, To: NotificationExecuted, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(CancelPurchase), From: NotificationObjectionLost, To: NotificationExecuted, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(CancelPurchase), From: NotificationObjectionPartly, To: NotificationExecuted, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(CancelPurchase), From: NotificationNotConfirmed, To: NotificationExecuted, Role: AuditObject, Relation: Organizer, Rule: "R-3.13"},

	{Action: Action(AmendDocumentation), From: NotificationDelivered, To: NotificationAwaiting, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(AmendDocumentation), From: NotificationAcknowledged, To: NotificationAwaiting, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(AmendDocumentation), From: NotificationInExecution, To: NotificationAwaiting, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(AmendDocumentation), From: NotificationObjectionLost, To: NotificationAwaiting, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(AmendDocumentation), From: NotificationObjectionPartly, To: NotificationAwaiting, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(AmendDocumentation), From: NotificationNotConfirmed, To: NotificationAwaiting, Role: AuditObject, Relation: Organizer, Rule: "R-3.13"},

	{Action: Action(ReviewAdmission), From: NotificationDelivered, To: NotificationAwaiting, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(ReviewAdmission), From: NotificationAcknowledged, To: NotificationAwaiting, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(ReviewAdmission), From: NotificationInExecution, To: NotificationAwaiting, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(ReviewAdmission), From: NotificationObjectionLost, To: NotificationAwaiting, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(ReviewAdmission), From: NotificationObjectionPartly, To: NotificationAwaiting, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(ReviewAdmission), From: NotificationNotConfirmed, To: NotificationAwaiting, Role: AuditObject, Relation: Organizer, Rule: "R-3.13"},

	{Action: Action(ReviewResults), From: NotificationDelivered, To: NotificationAwaiting, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(ReviewResults), From: NotificationAcknowledged, To: NotificationAwaiting, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(ReviewResults), From: NotificationInExecution, To: NotificationAwaiting, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(ReviewResults), From: NotificationObjectionLost, To: NotificationAwaiting, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(ReviewResults), From: NotificationObjectionPartly, To: NotificationAwaiting, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(ReviewResults), From: NotificationNotConfirmed, To: NotificationAwaiting, Role: AuditObject, Relation: Organizer, Rule: "R-3.13"},

	// It is recorded, closes the other remedies and leaves the notification to lapse.
	{Action: Action(ContinueWithoutReview), From: NotificationDelivered, To: NotificationDelivered, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(ContinueWithoutReview), From: NotificationAcknowledged, To: NotificationAcknowledged, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(ContinueWithoutReview), From: NotificationInExecution, To: NotificationInExecution, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(ContinueWithoutReview), From: NotificationObjectionLost, To: NotificationObjectionLost, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(ContinueWithoutReview), From: NotificationObjectionPartly, To: NotificationObjectionPartly, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(ContinueWithoutExecution), From: NotificationDelivered, To: NotificationDelivered, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(ContinueWithoutExecution), From: NotificationAcknowledged, To: NotificationAcknowledged, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(ContinueWithoutExecution), From: NotificationInExecution, To: NotificationInExecution, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(ContinueWithoutExecution), From: NotificationObjectionLost, To: NotificationObjectionLost, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},
	{Action: Action(ContinueWithoutExecution), From: NotificationObjectionPartly, To: NotificationObjectionPartly, Role: AuditObject, Relation: Organizer, Rule: "R-3.12"},

	// Whoever acted on it has read it, so that only one that is still delivered lapses unread.
	{Action: ActionLapse, From: NotificationDelivered, To: NotificationLapsedUnknown, Role: System, Relation: Itself, Rule: "R-3.12"},
	{Action: ActionLapse, From: NotificationAcknowledged, To: NotificationLapsedKnown, Role: System, Relation: Itself, Rule: "R-3.12"},
	{Action: ActionLapse, From: NotificationInExecution, To: NotificationLapsedKnown, Role: System, Relation: Itself, Rule: "R-3.12"},
	{Action: ActionLapse, From: NotificationObjectionLost, To: NotificationLapsedKnown, Role: System, Relation: Itself, Rule: "R-3.12"},
	{Action: ActionLapse, From: NotificationObjectionPartly, To: NotificationLapsedKnown, Role: System, Relation: Itself, Rule: "R-3.12"},

	// the author answers the report.
	{Action: ActionConfirm, From: NotificationAwaiting, To: NotificationExecuted, Role: Auditor, Relation: Author, Rule: "R-3.13"},
	{Action: ActionRefuseConfirmation, From: NotificationAwaiting, To: NotificationNotConfirmed, Role: Auditor, Relation: Author, Rule: "R-3.13"},

	// what the conclusion on the objection brings about.
	{Action: ActionAnnul, From: NotificationObjectionSent, To: NotificationAnnulled, Role: System, Relation: Itself, Rule: "R-5.3"},
	{Action: ActionResumePartly, From: NotificationObjectionSent, To: NotificationObjectionPartly, Role: System, Relation: Itself, Rule: "R-5.3"},
	{Action: ActionResumeRefused, From: NotificationObjectionSent, To: NotificationObjectionLost, Role: System, Relation: Itself, Rule: "R-5.3"},
}

// relations are those of an actor to a notification. The assignee of its lot and the author of
// another notification of the purchase are known to the case, not to the notification.
func (n *Notification) relations(a Actor) Relation {
	var r Relation
	if a.Person != "" && a.Person == n.Author {
		r |= Author | PurchaseAuthor
	}
	if a.Person != "" && a.Person == n.Agreer && n.Status == NotificationInAgreement {
		r |= Agreer
	}
	if a.Organization != "" && a.Organization == n.Organization {
		r |= Colleague
	}
	if a.Organization != "" && a.Organization == n.Recipient && n.Status.Sent() {
		r |= Organizer
	}
	if n.Penalty != "" {
		r |= PenaltySaved
	}
	if a.centre {
		r |= Itself
	}
	return r
}

// May answers whether the actor may do the action to the notification, by its life cycle alone;
// Edit, Delete and Recall have no other conditions.
func (n *Notification) May(a Actor, action Action) Verdict {
	_, v := NotificationLife.Step(n.Status, action, a, n.relations(a))
	return v
}

// View answers whether the actor may read the notification: the department that wrote it, and, once
// it is sent, the audit object and the controllers, and once its penalty information is saved
// the order managers. The administrator reads none.
func (n *Notification) View(a Actor) Verdict {
	const rule = "R-6"
	readers := n.Readers()
	switch v := readers.open(a); {
	case v.Allowed:
		return v
	case !a.HasAny(Auditor, AuditorApprover, AuditObject, Controller, ControllerApprover, OrderManager):
		return refuse(rule, MissingRole, string(Auditor))
	default:
		return refuse(rule, MissingRelation, Colleague.String())
	}
}

// FitAgreer answers whether a person may be chosen as agreer of a notification: any employee
// of the department with the right role; oneself and the author are allowed.
func (n *Notification) FitAgreer(candidate Actor) Verdict {
	const rule = "R-3.3"
	if candidate.Person == "" {
		return refuse(rule, NoAgreer, "")
	}
	if candidate.Organization != n.Organization || !candidate.HasAny(Auditor, AuditorApprover) {
		return refuse(rule, UnfitAgreer, candidate.Person)
	}
	return allow(rule, Window{})
}

// SendToAgreement answers whether the author may send it to the agreer.
func (n *Notification) SendToAgreement(a, agreer Actor) Verdict {
	v := n.May(a, ActionSendToAgreement)
	if !v.Allowed {
		return v
	}
	if !n.HasText() {
		return refuse("R-3.2", NoText, "")
	}
	if fit := n.FitAgreer(agreer); !fit.Allowed {
		return fit
	}
	return v
}

// Agree answers whether the current agreer may agree and pass it on to the next.
func (c *Case) Agree(a Actor, n *Notification, lot int, next Actor) Verdict {
	v := n.May(a, ActionAgree)
	if !v.Allowed {
		return v
	}
	if free := c.notContracted(lot, n.Direction); !free.Allowed {
		return free
	}
	if fit := n.FitAgreer(next); !fit.Allowed {
		return fit
	}
	return v
}

// Reject answers whether the current agreer may reject it; a reason is required.
func (n *Notification) Reject(a Actor, reason string) Verdict {
	if v := n.May(a, ActionReject); !v.Allowed {
		return v
	}
	if strings.TrimSpace(reason) == "" {
		return refuse("R-3.6", NoReason, "")
	}
	return allow("R-3.6", Window{})
}

// Approve answers whether the current agreer may approve and sign it.
func (c *Case) Approve(a Actor, n *Notification, lot int) Verdict {
	if v := n.May(a, ActionApprove); !v.Allowed {
		return v
	}
	if v := c.notContracted(lot, n.Direction); !v.Allowed {
		return v
	}
	return allow("R-3.7", Window{})
}

// notContracted is: .c forbids agreeing and approving too.
func (c *Case) notContracted(lot int, d Direction) Verdict {
	if d == D4 && c.contractMade(lot) {
		return refuse("R-3.8", ContractExists, c.Purchase.Lots[lot].Number)
	}
	return allow("R-3.8", Window{})
}

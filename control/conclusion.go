package control

import (
	"fmt"
	"strings"
	"time"
)

// ConclusionStatus is the status of a conclusion on an objection. The values are the glossary's.
type ConclusionStatus string

const (
	ConclusionDraft       ConclusionStatus = "draft"
	ConclusionInAgreement ConclusionStatus = "in_agreement"
	ConclusionRejected    ConclusionStatus = "rejected"
	ConclusionDelivered   ConclusionStatus = "delivered"
)

// ConclusionStatuses lists all four, in the order of the manual.
func ConclusionStatuses() []ConclusionStatus {
	return []ConclusionStatus{ConclusionDraft, ConclusionInAgreement, ConclusionRejected, ConclusionDelivered}
}

// Outcome is how a conclusion decides on the objection: the manual's positive is satisfied,
// its negative is refused.
type Outcome string

const (
	OutcomeSatisfied Outcome = "satisfied"
	OutcomePartly    Outcome = "partly_satisfied"
	OutcomeRefused   Outcome = "refused"
)

// Outcomes lists the three.
func Outcomes() []Outcome { return []Outcome{OutcomeSatisfied, OutcomePartly, OutcomeRefused} }

// effects are what the outcome does to the objection and to the notification.
func (o Outcome) effects() (objection, notification Action, known bool) {
	switch o {
	case OutcomeSatisfied:
		return ActionSatisfyObjection, ActionAnnul, true
	case OutcomePartly:
		return ActionPartlySatisfy, ActionResumePartly, true
	case OutcomeRefused:
		return ActionRefuseObjection, ActionResumeRefused, true
	default:
		return "", "", false
	}
}

// Conclusion is what the rules need to know of one.
type Conclusion struct {
	Status       ConclusionStatus `json:"status"`
	Outcome      Outcome          `json:"outcome,omitempty"`
	Author       string           `json:"author"`           // person
	Organization string           `json:"organization"`     // the author's: the committee
	Department   string           `json:"department"`       // that wrote the notification
	Recipient    string           `json:"recipient"`        // the audit object
	Agreer       string           `json:"agreer,omitempty"` // whose turn it is, or who is chosen next
	TextKK       string           `json:"text_kk,omitempty"`
	TextRU       string           `json:"text_ru,omitempty"`
	DeliveredAt  time.Time        `json:"delivered_at,omitzero"`
}

// HasText says whether the conclusion is described in at least one language.
func (c *Conclusion) HasText() bool { return hasText(c.TextKK, c.TextRU) }

// ConclusionLife is the life cycle of a conclusion, as [NotificationLife] is of a notification.
var ConclusionLife = Life[ConclusionStatus]{
	{Action: ActionCreateConclusion, From: "", To: ConclusionDraft, Role: Controller, Relation: Assignee, Rule: "R-5.1", Deputy: true},
	{Action: ActionEditConclusion, From: ConclusionDraft, To: ConclusionDraft, Role: Controller, Relation: Author, Rule: "R-5.2", Deputy: true},
	{Action: ActionEditConclusion, From: ConclusionRejected, To: ConclusionRejected, Role: Controller, Relation: Author, Rule: "R-5.2", Deputy: true},
	{Action: ActionDeleteConclusion, From: ConclusionDraft, To: "", Role: Controller, Relation: Author, Rule: "R-5.2", Deputy: true},
	{Action: ActionDeleteConclusion, From: ConclusionDraft, To: "", Role: Controller, Relation: Colleague, Rule: "R-5.2", Deputy: true},
	{Action: ActionDeleteConclusion, From: ConclusionDraft, To: "", Role: ControllerApprover, Relation: Colleague, Rule: "R-5.2", Deputy: true},
	{Action: ActionDeleteConclusion, From: ConclusionRejected, To: "", Role: Controller, Relation: Author, Rule: "R-5.2", Deputy: true},
	{Action: ActionSendConclusion, From: ConclusionDraft, To: ConclusionInAgreement, Role: Controller, Relation: Author, Rule: "R-5.2", Deputy: true},
	{Action: ActionSendConclusion, From: ConclusionRejected, To: ConclusionInAgreement, Role: Controller, Relation: Author, Rule: "R-5.2", Deputy: true},
	{Action: ActionAgreeConclusion, From: ConclusionInAgreement, To: ConclusionInAgreement, Role: Controller, Relation: Agreer, Rule: "R-5.2", Deputy: true},
	{Action: ActionAgreeConclusion, From: ConclusionInAgreement, To: ConclusionInAgreement, Role: ControllerApprover, Relation: Agreer, Rule: "R-5.2", Deputy: true},
	{Action: ActionRejectConclusion, From: ConclusionInAgreement, To: ConclusionRejected, Role: Controller, Relation: Agreer, Rule: "R-5.2", Deputy: true},
	{Action: ActionRejectConclusion, From: ConclusionInAgreement, To: ConclusionRejected, Role: ControllerApprover, Relation: Agreer, Rule: "R-5.2", Deputy: true},
	{Action: ActionApproveConclusion, From: ConclusionInAgreement, To: ConclusionDelivered, Role: ControllerApprover, Relation: Agreer, Rule: "R-5.3", Deputy: true},
}

func (c *Conclusion) relations(a Actor) Relation {
	var r Relation
	if a.Person != "" && a.Person == c.Author {
		r |= Author
	}
	if a.Person != "" && a.Person == c.Agreer && c.Status == ConclusionInAgreement {
		r |= Agreer
	}
	if a.Organization != "" && a.Organization == c.Organization {
		r |= Colleague
	}
	return r
}

// May answers whether the actor may do the action to the conclusion, by its life cycle alone; edit
// and delete have no other conditions.
func (c *Conclusion) May(a Actor, action Action) Verdict {
	_, v := ConclusionLife.Step(c.Status, action, a, c.relations(a))
	return v
}

// After is the conclusion after an action that was allowed: in the status where the table leads. Its
// delivery is the matter of [Rules.Conclude]. It says false where the table has no such step.
func (c Conclusion) After(action Action) (Conclusion, bool) {
	to, found := ConclusionLife.next(c.Status, action)
	if found {
		c.Status = to
	}
	return c, found
}

// View answers whether the actor may read the conclusion: the committee's controllers, and once it is
// delivered the department whose notification it is on and the audit object.
func (c *Conclusion) View(a Actor) Verdict {
	readers := c.Readers()
	switch v := readers.open(a); {
	case v.Allowed:
		return v
	case !a.HasAny(Auditor, AuditorApprover, AuditObject, ObjectionManager, Controller, ControllerApprover):
		return refuse("R-7", MissingRole, string(Controller))
	default:
		return refuse("R-7", MissingRelation, Colleague.String())
	}
}

// Conclude answers whether the actor may begin a conclusion on the objection: the controller to whom
// it is assigned, while it is open and has none.
func (o *Objection) Conclude(a Actor) Verdict {
	_, v := ConclusionLife.Step("", ActionCreateConclusion, a, o.relations(a))
	switch {
	case !v.Allowed:
		return v
	case o.Status != ObjectionAssigned:
		return refuse("R-5.1", WrongStatus, string(o.Status))
	case o.Conclusion != "":
		return refuse("R-5.1", HasConclusion, "")
	default:
		return v
	}
}

// FitAgreer answers whether a person may be chosen as agreer of a conclusion: any employee of
// the committee with the right role; oneself and the author are allowed.
func (c *Conclusion) FitAgreer(candidate Actor) Verdict {
	if candidate.Person == "" {
		return refuse("R-5.1", NoAgreer, "")
	}
	if candidate.Organization != c.Organization || !candidate.HasAny(Controller, ControllerApprover) {
		return refuse("R-5.1", UnfitAgreer, candidate.Person)
	}
	return allow("R-5.1", Window{})
}

// complete asks for what a conclusion must say: a text and an outcome.
func (c *Conclusion) complete() Verdict {
	if !c.HasText() {
		return refuse("R-5.1", NoText, "")
	}
	if _, _, known := c.Outcome.effects(); !known {
		return refuse("R-5.1", NoOutcome, "")
	}
	return allow("R-5.1", Window{})
}

// SendToAgreement answers whether the author may send it to the agreer.
func (c *Conclusion) SendToAgreement(a, agreer Actor) Verdict {
	v := c.May(a, ActionSendConclusion)
	if !v.Allowed {
		return v
	}
	if ready := c.complete(); !ready.Allowed {
		return ready
	}
	if fit := c.FitAgreer(agreer); !fit.Allowed {
		return fit
	}
	return v
}

// Agree answers whether the current agreer may agree and pass it on to the next.
func (c *Conclusion) Agree(a, next Actor) Verdict {
	v := c.May(a, ActionAgreeConclusion)
	if !v.Allowed {
		return v
	}
	if fit := c.FitAgreer(next); !fit.Allowed {
		return fit
	}
	return v
}

// Reject answers whether the current agreer may reject it; a reason is required.
func (c *Conclusion) Reject(a Actor, reason string) Verdict {
	v := c.May(a, ActionRejectConclusion)
	if v.Allowed && strings.TrimSpace(reason) == "" {
		return refuse("R-5.2", NoReason, "")
	}
	return v
}

// Approve answers whether the current agreer may approve, sign and so deliver it.
func (c *Conclusion) Approve(a Actor) Verdict {
	v := c.May(a, ActionApproveConclusion)
	if !v.Allowed {
		return v
	}
	if ready := c.complete(); !ready.Allowed {
		return ready
	}
	return v
}

// Concluded is what the delivery of a conclusion leaves behind.
type Concluded struct {
	Conclusion   Conclusion
	Objection    Objection
	Notification Notification
}

// Conclude delivers a conclusion that may be approved, at an instant, with all that it brings about
// the objection's status; satisfied annuls the notification and closes every way of
// executing; partly satisfied and refused set it going again with the deadline of.
func (r *Rules) Conclude(c Conclusion, o Objection, n Notification, at time.Time) (Concluded, error) {
	at = at.Truncate(time.Millisecond)
	onObjection, onNotification, known := c.Outcome.effects()
	status, open := ObjectionLife.next(o.Status, onObjection)
	after, waiting := n.After(onNotification, at)
	if !known || !open || !waiting {
		return Concluded{}, fmt.Errorf("conclude %q on an objection %q to a notification %q", c.Outcome, o.Status, n.Status)
	}
	if c.Outcome != OutcomeSatisfied {
		deadline, err := r.Resume(n.Deadline, n.ObjectedAt, at)
		if err != nil {
			return Concluded{}, err
		}
		after.Deadline = deadline
	}
	c.Status, c.DeliveredAt = ConclusionDelivered, at
	o.Status, o.Conclusion = status, ConclusionDelivered
	return Concluded{Conclusion: c, Objection: o, Notification: after}, nil
}

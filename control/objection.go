package control

import (
	"strings"
	"time"
)

// ObjectionStatus is the status of an objection. The values are the glossary's.
type ObjectionStatus string

const (
	ObjectionNew      ObjectionStatus = "new"
	ObjectionAssigned ObjectionStatus = "assigned"
	ObjectionPositive ObjectionStatus = "positive"
	ObjectionPartly   ObjectionStatus = "partly_satisfied"
	ObjectionRefused  ObjectionStatus = "refused"
)

// ObjectionStatuses lists all five, in the glossary's order.
func ObjectionStatuses() []ObjectionStatus {
	return []ObjectionStatus{ObjectionNew, ObjectionAssigned, ObjectionPositive, ObjectionPartly, ObjectionRefused}
}

// Open says whether no conclusion on the objection has been delivered.
func (s ObjectionStatus) Open() bool { return s == ObjectionNew || s == ObjectionAssigned }

const (
	ActionAssignObjection   Action = "assign_objection"
	ActionProlongObjection  Action = "prolong_objection"
	ActionSatisfyObjection  Action = "satisfy_objection"
	ActionPartlySatisfy     Action = "partly_satisfy_objection"
	ActionRefuseObjection   Action = "refuse_objection"
	ActionCreateConclusion  Action = "create_conclusion"
	ActionEditConclusion    Action = "edit_conclusion"
	ActionDeleteConclusion  Action = "delete_conclusion"
	ActionSendConclusion    Action = "send_conclusion_to_agreement"
	ActionAgreeConclusion   Action = "agree_conclusion"
	ActionRejectConclusion  Action = "reject_conclusion"
	ActionApproveConclusion Action = "approve_conclusion"
)

// Objection is what the rules need to know of one.
type Objection struct {
	Status       ObjectionStatus `json:"status"`
	Author       string          `json:"author"`               // the person of the audit object who filed it
	Organization string          `json:"organization"`         // the audit object
	Department   string          `json:"department"`           // that wrote the notification
	Committee    string          `json:"committee"`            // that reviews the objection
	Controller   string          `json:"controller,omitempty"` // the person it is assigned to
	TextKK       string          `json:"text_kk,omitempty"`
	TextRU       string          `json:"text_ru,omitempty"`
	FiledAt      time.Time       `json:"filed_at,omitzero"`
	Due          time.Time       `json:"due,omitzero"`          // exclusive end of the review term
	ProlongedAt  time.Time       `json:"prolonged_at,omitzero"` // zero: not prolonged
	// Conclusion is the status of the conclusion on it; empty while there is none.
	Conclusion ConclusionStatus `json:"conclusion,omitempty"`
}

// HasText says whether the objection says something in at least one language.
func (o *Objection) HasText() bool { return hasText(o.TextKK, o.TextRU) }

// ObjectionLife is the life cycle of an objection, as [NotificationLife] is of a notification.
var ObjectionLife = Life[ObjectionStatus]{
	{Action: ActionObject, From: "", To: ObjectionNew, Role: AuditObject, Relation: Organizer, Rule: "R-4.1"},
	{Action: ActionAssignObjection, From: ObjectionNew, To: ObjectionAssigned, Role: ObjectionManager, Relation: Reviewer, Rule: "R-4.2", Deputy: true},
	{Action: ActionAssignObjection, From: ObjectionAssigned, To: ObjectionAssigned, Role: ObjectionManager, Relation: Reviewer, Rule: "R-4.2", Deputy: true},
	{Action: ActionProlongObjection, From: ObjectionNew, To: ObjectionNew, Role: ObjectionManager, Relation: Reviewer, Rule: "R-4.3", Deputy: true},
	{Action: ActionProlongObjection, From: ObjectionAssigned, To: ObjectionAssigned, Role: ObjectionManager, Relation: Reviewer, Rule: "R-4.3", Deputy: true},
	{Action: ActionProlongObjection, From: ObjectionAssigned, To: ObjectionAssigned, Role: Controller, Relation: Assignee, Rule: "R-4.3", Deputy: true},
	{Action: ActionSatisfyObjection, From: ObjectionAssigned, To: ObjectionPositive, Role: System, Relation: Itself, Rule: "R-5.3"},
	{Action: ActionPartlySatisfy, From: ObjectionAssigned, To: ObjectionPartly, Role: System, Relation: Itself, Rule: "R-5.3"},
	{Action: ActionRefuseObjection, From: ObjectionAssigned, To: ObjectionRefused, Role: System, Relation: Itself, Rule: "R-5.3"},
}

func (o *Objection) relations(a Actor) Relation {
	var r Relation
	if a.Person != "" && a.Person == o.Controller {
		r |= Assignee
	}
	if a.Organization != "" {
		if a.Organization == o.Organization {
			r |= Organizer
		}
		if a.Organization == o.Committee {
			r |= Reviewer
		}
	}
	if a.centre {
		r |= Itself
	}
	return r
}

// May answers whether the actor may do the action to the objection, by its life cycle alone.
func (o *Objection) May(a Actor, action Action) Verdict {
	_, v := ObjectionLife.Step(o.Status, action, a, o.relations(a))
	return v
}

// View answers whether the actor may read the objection. New ones are seen by the objection managers
// alone in the committee, later ones by its controllers too; the department's auditors see
// theirs from filing, and the audit object its own.
func (o *Objection) View(a Actor) Verdict {
	readers := o.Readers()
	switch v := readers.open(a); {
	case v.Allowed:
		return v
	case o.Status == ObjectionNew && o.relations(a)&Reviewer != 0 && a.HasAny(Controller, ControllerApprover):
		return refuse("R-4.1", MissingRole, string(ObjectionManager))
	case !a.HasAny(Auditor, AuditorApprover, AuditObject, ObjectionManager, Controller, ControllerApprover):
		return refuse("R-4.1", MissingRole, string(ObjectionManager))
	default:
		return refuse("R-4.1", MissingRelation, Reviewer.String())
	}
}

// FileObjection answers whether the actor may send this objection to the notification now: as
// [Notification.Object], with a text in at least one language.
func (n *Notification) FileObjection(a Actor, o *Objection, now time.Time) Verdict {
	v := n.Object(a, now)
	if v.Allowed && !o.HasText() {
		return refuse("R-3.12", NoText, "")
	}
	return v
}

// File is the objection as filing leaves it: new, to be reviewed within its term. It
// fails when the calendar lacks a year of the term.
func (r *Rules) File(o Objection, at time.Time) (Objection, error) {
	due, err := r.Calendar.WorkingDays(at, int(r.Terms.At(ReviewTerm, at)))
	if err != nil {
		return o, err
	}
	o.Status, o.FiledAt, o.Due = ObjectionNew, at, due
	return o, nil
}

// FitController answers whether a person may be given the objection: an employee of the committee
// who is a controller.
func (o *Objection) FitController(candidate Actor) Verdict {
	if candidate.Person == "" || candidate.Organization != o.Committee || !candidate.Has(Controller) {
		return refuse("R-4.2", UnfitController, candidate.Person)
	}
	return allow("R-4.2", Window{})
}

// Assign answers whether the actor may give the objection to a controller, or, while no
// conclusion on it exists, to another one.
func (o *Objection) Assign(a, controller Actor) Verdict {
	v := o.May(a, ActionAssignObjection)
	if !v.Allowed {
		return v
	}
	if o.Conclusion != "" {
		return refuse("R-4.2", HasConclusion, "")
	}
	if fit := o.FitController(controller); !fit.Allowed {
		return fit
	}
	return v
}

// AssignAll answers for one or many objections at once, in their order.
func AssignAll(objections []*Objection, a, controller Actor) []Verdict {
	verdicts := make([]Verdict, len(objections))
	for i, o := range objections {
		verdicts[i] = o.Assign(a, controller)
	}
	return verdicts
}

// Assigned is the objection as giving it to a controller leaves it.
func (o Objection) Assigned(controller string) Objection {
	o.Status, o.Controller = ObjectionAssigned, controller
	return o
}

// Prolong answers whether the actor may prolong the review: once, with a reason, while its term runs.
func (o *Objection) Prolong(a Actor, reason string, now time.Time) Verdict {
	v := o.May(a, ActionProlongObjection)
	if !v.Allowed {
		return v
	}
	v = inWindow("R-4.3", Window{o.FiledAt, o.Due}, now)
	switch {
	case !v.Allowed:
		return v
	case !o.ProlongedAt.IsZero():
		return refuse("R-4.3", ProlongedAlready, "").within(Window{v.Opens, v.Closes})
	case strings.TrimSpace(reason) == "":
		return refuse("R-4.3", NoReason, "").within(Window{v.Opens, v.Closes})
	default:
		return v
	}
}

// Prolonged is the objection with its term prolonged: as many working days as the term of the day
// says, counted from the day after the old end. It fails when the calendar lacks a year.
func (r *Rules) Prolonged(o Objection, at time.Time) (Objection, error) {
	lastDay := o.Due.Add(-time.Nanosecond)
	due, err := r.Calendar.WorkingDays(lastDay, int(r.Terms.At(ProlongationTerm, at)))
	if err != nil {
		return o, err
	}
	o.Due, o.ProlongedAt = due, at
	return o, nil
}

// Overdue says whether the review term has passed with no conclusion delivered.
func (o *Objection) Overdue(now time.Time) bool {
	return o.Status.Open() && !o.Due.IsZero() && !now.Before(o.Due)
}

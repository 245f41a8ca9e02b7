package control

import (
	"slices"
	"time"
)

// DutyKind is what time brings about.
type DutyKind string

const (
	RemindExecution     DutyKind = "remind_execution"     // the deadline comes near
	RemedyOpens         DutyKind = "remedy_opens"         // a way of executing opens, in D3 with the statuses of
	LapseDue            DutyKind = "lapse"                // the centre does ActionLapse
	RemindConfirmation  DutyKind = "remind_confirmation"  // the report waits for an answer
	ConfirmationOverdue DutyKind = "confirmation_overdue" // the answer is overdue
	RemindReview        DutyKind = "remind_review"        // the review's term comes near
	ReviewOverdue       DutyKind = "review_overdue"       // the review is overdue
)

// DutyKinds lists all seven.
func DutyKinds() []DutyKind {
	return []DutyKind{
		RemindExecution, RemedyOpens, LapseDue, RemindConfirmation, ConfirmationOverdue, RemindReview, ReviewOverdue,
	}
}

// Duty is something to be done once, at an instant or as soon after it as can be.
type Duty struct {
	Kind DutyKind
	At   time.Time
	// Term is the exclusive end of the term that the duty is about; for its lapse and its overdue mark
	// that is At.
	Term time.Time
	// Tells are those who learn of it, each by a message, by how they stand to the matter; Hears says who
	// they are.
	Tells Relation
}

// Key tells what this duty says of its aggregate from everything else, so that it is said once. A term
// that moved makes new duties; a reminder that another calendar moved is the same one.
func (d Duty) Key() string {
	at := d.At
	if d.Kind == RemindExecution || d.Kind == RemindConfirmation || d.Kind == RemindReview {
		at = d.Term
	}
	return string(d.Kind) + "@" + at.UTC().Format(time.RFC3339Nano)
}

// Due picks the duties whose time has come, the earliest first. What was already done the caller
// knows by the keys.
//
// Decision: what foretells the end of a term is not told once the term has
// ended, as it may have while the centre did not run. The lapse or the overdue mark says all that is
// still of use.
func Due(duties []Duty, now time.Time) []Duty {
	due := slices.DeleteFunc(slices.Clone(duties), func(d Duty) bool {
		foretells := d.At.Before(d.Term)
		return now.Before(d.At) || foretells && !now.Before(d.Term)
	})
	slices.SortStableFunc(due, func(a, b Duty) int { return a.At.Compare(b.At) })
	return due
}

// NotificationDuties lists what time brings to a notification as it stands now: the opening of its
// remedies, the reminder and the lapse, or the reminder and the overdue mark of the
// confirmation. When the calendar lacks a year, it fails and lists what is known without it.
//
// answer is by when the author is to answer the report, as it was fixed when that came: a later book doesn't
// move it. Zero: as this book says.
func (r *Rules) NotificationDuties(n *Notification, answer time.Time) ([]Duty, error) {
	if n.Status == NotificationAwaiting && !n.ReportedAt.IsZero() {
		return r.confirmationDuties(n.ReportedAt, answer)
	}
	if n.Deadline.IsZero() || !n.waitsForOrganizer() {
		return nil, nil
	}
	var duties []Duty
	var unknown error
	if !n.Remedy.Continues() {
		duties = n.openings()
		remind, err := r.reminder(n.DeliveredAt, n.Deadline, ExecutionReminder)
		if err == nil {
			duties = append(duties, Duty{RemindExecution, remind, n.Deadline, Organizer})
		}
		unknown = err
	}
	if _, lapses := NotificationLife.next(n.Status, ActionLapse); lapses {
		duties = append(duties, Duty{LapseDue, n.Deadline, n.Deadline, Organizer | Author})
	}
	return duties, unknown
}

// openings are the instants after delivery at which remedies open. In D3 the purchase's statuses change
// then, too, which the author wants to know.
func (n *Notification) openings() []Duty {
	tells := Organizer
	if n.Direction == D3 {
		tells |= Author
	}
	var duties []Duty
	for _, open := range n.Remedies {
		opens := Duty{RemedyOpens, open.From, n.Deadline, tells}
		if open.From.After(n.DeliveredAt) && !slices.Contains(duties, opens) {
			duties = append(duties, opens)
		}
	}
	return duties
}

// Hears says whether a person learns of what is for those who stand so to the notification: Organizer are
// all employees of the audit object, whatever their roles, Author is who wrote it.
func (n *Notification) Hears(a Actor, tells Relation) bool { return n.relations(a)&tells != 0 }

// Hears says whether a person learns of what is for those who stand so to the objection: Assignee is the
// controller, Reviewer are the committee's objection managers.
func (o *Objection) Hears(a Actor, tells Relation) bool {
	r := o.relations(a) & tells
	return r&Assignee != 0 || r&Reviewer != 0 && a.Has(ObjectionManager)
}

// waitsForOrganizer says whether the audit object may still execute.
func (n *Notification) waitsForOrganizer() bool {
	_, may := NotificationLife.next(n.Status, CancelPurchase.Action())
	return may
}

func (r *Rules) confirmationDuties(reported, due time.Time) ([]Duty, error) {
	if due.IsZero() {
		var err error
		if due, err = r.ConfirmationDue(reported); err != nil {
			return nil, err
		}
	}
	return r.termDuties(reported, due, ConfirmationReminder, RemindConfirmation, ConfirmationOverdue, Author)
}

// ObjectionDuties lists what time brings to an objection: the reminder and the overdue mark of its
// review, for the controller or while there is none for the managers. It fails as
// NotificationDuties does.
func (r *Rules) ObjectionDuties(o *Objection) ([]Duty, error) {
	if !o.Status.Open() || o.Due.IsZero() {
		return nil, nil
	}
	tells := Assignee
	if o.Controller == "" {
		tells = Reviewer
	}
	return r.termDuties(o.FiledAt, o.Due, ReviewReminder, RemindReview, ReviewOverdue, tells)
}

// termDuties are the reminder of a term and its overdue mark.
func (r *Rules) termDuties(began, ends time.Time, lead TermName, remind, overdue DutyKind, tells Relation) ([]Duty, error) {
	mark := Duty{overdue, ends, ends, tells}
	at, err := r.reminder(began, ends, lead)
	if err != nil {
		return []Duty{mark}, err
	}
	return []Duty{{remind, at, ends, tells}, mark}, nil
}

// reminder is the start of the day from which on as many working days are left as the term says, but
// not before the matter began.
func (r *Rules) reminder(began, closes time.Time, lead TermName) (time.Time, error) {
	at, err := r.Calendar.WorkingDaysBefore(closes, int(r.Terms.At(lead, began)))
	return later(began, at), err
}

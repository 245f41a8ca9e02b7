package control

import (
	"slices"
	"time"
)

// DutyKind is what time brings about.
type DutyKind string

const (
	RemindExecution     DutyKind = "remind_execution"     // to the audit object: the deadline comes near
	RemedyOpens         DutyKind = "remedy_opens"         // a way of executing opens, in D3 with the statuses of
	LapseDue            DutyKind = "lapse"                // the centre does ActionLapse
	RemindConfirmation  DutyKind = "remind_confirmation"  // to the author: the report waits for an answer
	ConfirmationOverdue DutyKind = "confirmation_overdue" // the answer is overdue
	RemindReview        DutyKind = "remind_review"        // to the controller, or while there is none to the managers
	ReviewOverdue       DutyKind = "review_overdue"       // the review is overdue
)

// Duty is something to be done once, at an instant or as soon after it as can be.
type Duty struct {
	Kind DutyKind
	At   time.Time
}

// Key tells this duty of its aggregate from every other, so that a job can see that it was done. A
// term that moved makes new duties.
func (d Duty) Key() string { return string(d.Kind) + "@" + d.At.UTC().Format(time.RFC3339Nano) }

// Due picks the duties whose time has come, the earliest first. What was already done the caller
// knows by the keys.
func Due(duties []Duty, now time.Time) []Duty {
	due := slices.DeleteFunc(slices.Clone(duties), func(d Duty) bool { return now.Before(d.At) })
	slices.SortStableFunc(due, func(a, b Duty) int { return a.At.Compare(b.At) })
	return due
}

// NotificationDuties lists what time brings to a notification as it stands now: the opening of its
// remedies, the reminder and the lapse, or the reminder and the overdue mark of the
// confirmation. It fails when the calendar lacks a year.
func (r *Rules) NotificationDuties(n *Notification) ([]Duty, error) {
	if n.Status == NotificationAwaiting && !n.ReportedAt.IsZero() {
		return r.confirmationDuties(n.ReportedAt)
	}
	if n.Deadline.IsZero() || !n.waitsForOrganizer() {
		return nil, nil
	}
	var duties []Duty
	if !n.Remedy.Continues() {
		for _, open := range n.Remedies {
			opens := Duty{RemedyOpens, open.From}
			if open.From.After(n.DeliveredAt) && !slices.Contains(duties, opens) {
				duties = append(duties, opens)
			}
		}
		remind, err := r.reminder(n.DeliveredAt, n.Deadline, ExecutionReminder)
		if err != nil {
			return nil, err
		}
		duties = append(duties, Duty{RemindExecution, remind})
	}
	if _, lapses := NotificationLife.next(n.Status, ActionLapse); lapses {
		duties = append(duties, Duty{LapseDue, n.Deadline})
	}
	return duties, nil
}

// waitsForOrganizer says whether the audit object may still execute.
func (n *Notification) waitsForOrganizer() bool {
	_, may := NotificationLife.next(n.Status, CancelPurchase.Action())
	return may
}

func (r *Rules) confirmationDuties(reported time.Time) ([]Duty, error) {
	due, err := r.ConfirmationDue(reported)
	if err != nil {
		return nil, err
	}
	remind, err := r.reminder(reported, due, ConfirmationReminder)
	if err != nil {
		return nil, err
	}
	return []Duty{{RemindConfirmation, remind}, {ConfirmationOverdue, due}}, nil
}

// ObjectionDuties lists what time brings to an objection: the reminder and the overdue mark of its
// review.
func (r *Rules) ObjectionDuties(o *Objection) ([]Duty, error) {
	if !o.Status.Open() || o.Due.IsZero() {
		return nil, nil
	}
	remind, err := r.reminder(o.FiledAt, o.Due, ReviewReminder)
	if err != nil {
		return nil, err
	}
	return []Duty{{RemindReview, remind}, {ReviewOverdue, o.Due}}, nil
}

// reminder is the start of the day from which on as many working days are left as the term says, but
// not before the matter began.
func (r *Rules) reminder(began, closes time.Time, lead TermName) (time.Time, error) {
	at, err := r.Calendar.WorkingDaysBefore(closes, int(r.Terms.At(lead, began)))
	return later(began, at), err
}

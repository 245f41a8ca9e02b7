package control

import (
	"slices"
	"time"
)

// Standing is what the portal says of an announcement, of one of its lots and of the lot's plan point.
type Standing struct {
	Announcement Status `json:"announcement"`
	Lot          Status `json:"lot"`
	PlanPoint    Status `json:"plan_point,omitempty"`
}

// of gives the part that a target is about.
func (s Standing) of(t Target) Status {
	switch t {
	case TargetAnnouncement:
		return s.Announcement
	case TargetLot:
		return s.Lot
	default:
		return s.PlanPoint
	}
}

// Target is the kind of thing whose status an effect sets.
type Target string

const (
	TargetAnnouncement Target = "announcement"
	TargetLot          Target = "lot"
	TargetPlanPoint    Target = "plan_point"
)

// Effect is our own record of what sending a notification did to statuses (R-3.11, R-3.11.a). It is
// kept beside the imported facts, which are never edited, and is itself never changed: whether it
// still holds is what [Purchase.Effective] says.
type Effect struct {
	Notification string    `json:"notification"` // id
	Lot          string    `json:"lot"`          // id of the notified lot
	Direction    Direction `json:"direction"`
	Status       Status    `json:"status,omitempty"` // that it sets; empty: none, in D1, D2 and without direction
	From         time.Time `json:"from"`             // when it begins
	Portal       Standing  `json:"portal"`           // what the portal said when it was sent
}

// EffectOf is the effect of sending a notification on the lot at an instant: in D3 the decision on the
// review of the admission, from the end of the supplement period; in D4 the decision on executing, at
// once.
func (c *Case) EffectOf(notification string, lot int, d Direction, at time.Time) Effect {
	p, l := c.Purchase, &c.Purchase.Lots[lot]
	e := Effect{
		Notification: notification, Lot: l.ID, Direction: d, From: at,
		Portal: Standing{Announcement: p.Status, Lot: l.Status, PlanPoint: l.PlanPointStatus},
	}
	switch d {
	case D3:
		e.Status, e.From = AdmissionReviewDecision, later(at, c.Windows.Sending.Closes)
	case D4:
		e.Status = ExecutionDecision
	}
	return e
}

// covers says whether the effect sets the status of a lot's target: in D3 the announcement and all
// its lots, in D4 the announcement, the notified lots and their plan points.
func (e *Effect) covers(t Target, lot string) bool {
	switch {
	case e.Status == "":
		return false
	case t == TargetAnnouncement:
		return true
	case e.Direction == D3:
		return t == TargetLot
	default:
		return e.Lot == lot
	}
}

// SentNotification is a notification that was sent, with the effect that sending it had.
type SentNotification struct {
	Effect Effect
	State  *Notification
}

// settled says whether the effect of sending it has ended by what people did: the remedy is done, or
// continuing without it was chosen, or the notification is annulled.
func (s *SentNotification) settled() bool {
	return s.State.Remedy.Continues() || s.State.Status.Settled()
}

// lapsed says whether its deadline passed with nothing done.
func (s *SentNotification) lapsed() bool {
	return s.State.Status == NotificationLapsedKnown || s.State.Status == NotificationLapsedUnknown
}

// ContradictionKind says how our effects and the portal's facts disagree.
type ContradictionKind string

const (
	// PortalMovedOn: the portal reports a later status, though the notification still waits for the organiser.
	PortalMovedOn ContradictionKind = "portal_moved_on"
	// PortalMovedBack: the portal reports an earlier status than when the notification was sent.
	PortalMovedBack ContradictionKind = "portal_moved_back"
	// CancelledUnreported: the portal reports the purchase as cancelled, the organiser has not reported it.
	CancelledUnreported ContradictionKind = "cancelled_unreported"
)

// Contradiction is to be shown to a person, who alone can resolve it (R-3.11.a).
type Contradiction struct {
	Kind         ContradictionKind `json:"kind"`
	Notification string            `json:"notification"`
	Target       Target            `json:"target"`
	Lot          string            `json:"lot"` // id
	Portal       Status            `json:"portal"`
	Ours         Status            `json:"ours,omitempty"`
}

// OwedEffect is a status that the portal must be told of and does not show yet (R-3.11.a).
type OwedEffect struct {
	Notification string    `json:"notification"`
	Target       Target    `json:"target"`
	Lot          string    `json:"lot"` // id; empty for the announcement
	Portal       Status    `json:"portal"`
	Status       Status    `json:"status"`
	Since        time.Time `json:"since"`
}

// Effective is a purchase as it stands by the portal's facts and our effects together.
type Effective struct {
	Purchase       Purchase // a copy with the effective statuses: what [Rules.Case] is to be asked of
	InForce        []Effect
	Contradictions []Contradiction
	Owed           []OwedEffect
}

// Effective works out the statuses at an instant (R-3.11.a): a pure function of the portal's facts and
// of what was sent. An effect ends when the remedy is done, the notification is annulled, or the
// portal reports a later status.
func (p *Purchase) Effective(sent []SentNotification, now time.Time) Effective {
	out := Effective{Purchase: *p}
	out.Purchase.Lots = slices.Clone(p.Lots)
	if len(sent) == 0 {
		return out
	}
	w := weighing{portal: p, sent: sent, now: now, out: &out}
	out.Purchase.Status = w.weigh(TargetAnnouncement, "", Standing{Announcement: p.Status})
	for i := range p.Lots {
		l := &p.Lots[i]
		portal := Standing{Announcement: p.Status, Lot: l.Status, PlanPoint: l.PlanPointStatus}
		out.Purchase.Lots[i].Status = w.weigh(TargetLot, l.ID, portal)
		out.Purchase.Lots[i].PlanPointStatus = w.weigh(TargetPlanPoint, l.ID, portal)
		w.cancellation(l)
	}
	return out
}

// weighing holds what Effective is about while it goes from target to target.
type weighing struct {
	portal *Purchase
	sent   []SentNotification
	now    time.Time
	out    *Effective
}

// weigh gives the effective status of one target and notes what is owed and what contradicts.
func (w *weighing) weigh(t Target, lot string, portal Standing) Status {
	reported := portal.of(t)
	if reported == "" {
		return reported // the portal doesn't say: there is nothing to set
	}
	status, by := reported, (*SentNotification)(nil)
	for i := range w.sent {
		s := &w.sent[i]
		if !s.Effect.covers(t, lot) || w.now.Before(s.Effect.From) || w.yields(s, t, lot) {
			continue
		}
		if !w.holds(s, t, lot, reported) {
			continue
		}
		if !slices.ContainsFunc(w.out.InForce, func(e Effect) bool { return e.Notification == s.Effect.Notification }) {
			w.out.InForce = append(w.out.InForce, s.Effect)
		}
		if rank(s.Effect.Status) > rank(status) {
			status, by = s.Effect.Status, s
		}
	}
	if by != nil {
		w.out.Owed = append(w.out.Owed, OwedEffect{by.Effect.Notification, t, lot, reported, status, by.Effect.From})
	}
	return status
}

// yields says whether another's effect on a lot gives way to the lot's own one: in D3 each lot that
// was notified goes by its own notification.
func (w *weighing) yields(s *SentNotification, t Target, lot string) bool {
	return t == TargetLot && s.Effect.Lot != lot && slices.ContainsFunc(w.sent, func(own SentNotification) bool {
		return own.Effect.Lot == lot && own.Effect.Direction == s.Effect.Direction
	})
}

// holds says whether an effect that has begun is still in force on a target, and notes a contradiction.
func (w *weighing) holds(s *SentNotification, t Target, lot string, reported Status) bool {
	if s.settled() {
		return false
	}
	then := s.Effect.Portal.of(t)
	if reported == then || reported == s.Effect.Status {
		return true
	}
	if t == TargetLot && s.Effect.Lot != lot {
		return false // a lot that was not notified and stands elsewhere goes its own way
	}
	kind, ended := PortalMovedBack, false
	if rank(reported) > rank(then) {
		kind, ended = PortalMovedOn, true
	}
	// A lapsed notification waits for nobody; and a cancellation is told of by cancellation itself.
	if reported != Cancelled && (kind == PortalMovedBack || !s.lapsed()) {
		w.out.Contradictions = append(w.out.Contradictions, Contradiction{
			kind, s.Effect.Notification, t, lot, reported, s.Effect.Status,
		})
	}
	return !ended
}

// cancellation compares the portal with what the organisers reported of a lot: a cancelled purchase.
func (w *weighing) cancellation(l *Lot) {
	cancelled := l.Status == Cancelled || w.portal.Status == Cancelled
	for i := range w.sent {
		s := &w.sent[i]
		if s.Effect.Lot != l.ID {
			continue
		}
		switch executed := s.State.Status == NotificationExecuted && s.State.Remedy == CancelPurchase; {
		case executed && !cancelled:
			w.out.Owed = append(w.out.Owed, OwedEffect{s.Effect.Notification, TargetLot, l.ID, l.Status, Cancelled, s.State.ReportedAt})
		case cancelled && !s.settled() && !s.lapsed():
			w.out.Contradictions = append(w.out.Contradictions, Contradiction{
				CancelledUnreported, s.Effect.Notification, TargetLot, l.ID, Cancelled, s.Effect.Status,
			})
		}
	}
}

// rank orders statuses as a purchase goes through them. A status in which no rule of desk control
// applies counts as later than all in which one does: the purchase has gone on elsewhere.
func rank(s Status) int {
	return slices.IndexFunc([]([]Status){
		{Approved, Published},
		{AcceptingApplications},
		{SupplementingApps},
		{AdmissionReviewDecision},
		{Completed, Held, NotHeld},
		{UnderComplaint},
		{ExecutionDecision},
		{ContractDraft},
		{OtherStatus},
		{Cancelled},
	}, func(step []Status) bool { return slices.Contains(step, s) })
}

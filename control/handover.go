package control

import (
	"maps"
	"slices"
)

const (
	ActionDismiss  Action = "dismiss"
	ActionHandOver Action = "hand_over" // one piece of work, to an heir
	ActionEnrol    Action = "enrol"
)

// WorkKind is a kind of work that a person may leave behind.
type WorkKind string

const (
	WorkLot                WorkKind = "lot"                 // an assigned lot or plan point, with its marks
	WorkNotification       WorkKind = "notification"        // as its author
	WorkNotificationAgreer WorkKind = "notification_agreer" // as its current agreer
	WorkObjection          WorkKind = "objection"           // as the controller
	WorkConclusion         WorkKind = "conclusion"          // as its author
	WorkConclusionAgreer   WorkKind = "conclusion_agreer"   // as its current agreer
)

// Desk is what there is of a person's work, by id; a superset may be given, since every item is asked.
type Desk struct {
	Cases         map[string]*Case         // by purchase
	Notifications map[string]*Notification // by id
	Objections    map[string]*Objection
	Conclusions   map[string]*Conclusion
}

// OpenWork is one piece of work that must be handed over before its person can be dismissed.
type OpenWork struct {
	Kind WorkKind
	ID   string // of the purchase, notification, objection or conclusion
	Lot  int    // of the purchase; with WorkLot alone

	organization string
	roles        []Role
}

// Heir answers whether a person may receive the work: another employee of the same organisation with
// the role that the work needs.
func (w OpenWork) Heir(leaving string, heir Actor) Verdict {
	if heir.Person == "" || heir.Person == leaving || heir.Organization != w.organization || !heir.HasAny(w.roles...) {
		return refuse("R-11.6", UnfitHeir, heir.Person)
	}
	return allow("R-11.6", Window{})
}

// Roles are those of which the person who does the work must have one.
func (w OpenWork) Roles() []Role { return slices.Clone(w.roles) }

// HandOver answers whether the person may leave: every piece of open work has a fit heir. heir names
// the one who receives a piece; the zero actor where nobody was named.
func HandOver(leaving Actor, open []OpenWork, heir func(OpenWork) Actor) Verdict {
	const rule = "R-11.6"
	left := 0
	for _, w := range open {
		chosen := heir(w)
		if chosen.Person == "" {
			left++
			continue
		}
		if v := w.Heir(leaving.Person, chosen); !v.Allowed {
			return v
		}
	}
	if left > 0 {
		return refuse(rule, WorkLeft, itoa(left))
	}
	return allow(rule, Window{})
}

// Keep answers whether a person with open work may become another by organisation or roles: not
// without the place and the role that the work needs. left is the work that would have nobody.
func Keep(open []OpenWork, after Actor) (left []OpenWork, v Verdict) {
	const rule = "R-11.6"
	for _, w := range open {
		if after.Organization != w.organization || !after.HasAny(w.roles...) {
			left = append(left, w)
		}
	}
	if len(left) > 0 {
		return left, refuse(rule, WorkLeft, itoa(len(left)))
	}
	return nil, allow(rule, Window{})
}

// KeepAdministrator answers whether a person may become another by roles, when so many others are
// administrators: the last one remains one, else nobody could enrol anybody.
func KeepAdministrator(before, after Actor, others int) Verdict {
	const rule = "§0"
	if before.Has(Administrator) && !after.Has(Administrator) && others == 0 {
		return refuse(rule, LastAdministrator, before.Person)
	}
	return allow(rule, Window{})
}

// OpenWork lists what the person leaves open: assigned lots that control may still come back to,
// notifications not at their end, objections without a conclusion, conclusions not delivered, and
// what waits for the person's agreement. The order is that of the kinds, then of the ids.
func (d *Desk) OpenWork(leaving Actor) []OpenWork {
	if leaving.Person == "" {
		return nil
	}
	var open []OpenWork
	add := func(kind WorkKind, id string, lot int, organization string, roles ...Role) {
		open = append(open, OpenWork{kind, id, lot, organization, roles})
	}
	for _, id := range slices.Sorted(maps.Keys(d.Cases)) {
		c := d.Cases[id]
		for i := range c.Work {
			if c.Work[i].Assignee == leaving.Person && c.lotOpen(i) {
				add(WorkLot, id, i, leaving.Organization, Auditor)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(d.Notifications)) {
		n := d.Notifications[id]
		if n.Author == leaving.Person && n.open() {
			add(WorkNotification, id, 0, n.Organization, Auditor)
		}
		if n.relations(leaving)&Agreer != 0 {
			add(WorkNotificationAgreer, id, 0, n.Organization, Auditor, AuditorApprover)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(d.Objections)) {
		if o := d.Objections[id]; o.Controller == leaving.Person && o.Status.Open() {
			add(WorkObjection, id, 0, o.Committee, Controller)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(d.Conclusions)) {
		c := d.Conclusions[id]
		if c.Author == leaving.Person && c.Status != ConclusionDelivered {
			add(WorkConclusion, id, 0, c.Organization, Controller)
		}
		if c.relations(leaving)&Agreer != 0 {
			add(WorkConclusionAgreer, id, 0, c.Organization, Controller, ControllerApprover)
		}
	}
	return open
}

// lotOpen says whether control may still come back to the lot: it is not cancelled, and no contract
// or following purchase has ended it.
func (c *Case) lotOpen(lot int) bool {
	l := &c.Purchase.Lots[lot]
	return c.Purchase.Status != Cancelled && l.Status != Cancelled && !l.Contract && !l.FollowUpPurchase
}

// open says whether the author still has something to do, or something may still happen, with the
// notification: the table leads on from its status, or its penalty information waits to be completed.
func (n *Notification) open() bool {
	for i := range NotificationLife {
		if NotificationLife[i].From == n.Status {
			return true
		}
	}
	return n.Penalty == PenaltySavedOnce
}

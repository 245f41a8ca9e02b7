package server

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server/store"
)

// watch schedules what time brings to a notification as it now stands (R-3.11 … ). What was
// scheduled before and is no longer true will do nothing.
func (u *unit) watch(n *api.Notification) error {
	duties, err := u.rules.NotificationDuties(&n.State, n.ConfirmUntil)
	return u.schedule(n.ID, duties, err)
}

// watchObjection does the same for an objection.
func (u *unit) watchObjection(o *api.Objection) error {
	duties, err := u.rules.ObjectionDuties(&o.State)
	return u.schedule(o.ID, duties, err)
}

// schedule sets a job for each duty. What can't be known, since the calendar lacks a year, does not
// hinder the person who acts: it is logged, and scheduled once a book is in force that has the year.
func (u *unit) schedule(object string, duties []control.Duty, unknown error) error {
	if unknown != nil {
		u.s.log.Error("what time brings is not known", "object", object, "cause", unknown)
	}
	for _, d := range duties {
		if err := u.Schedule(store.Job{Kind: string(d.Kind), Object: object, Due: d.At}); err != nil {
			return err
		}
	}
	return nil
}

// dutiesOf lists what time brings to a stored notification or objection. unknown is the rules' failure
// to know all of it.
func dutiesOf(r store.Record, rules *control.Rules) (duties []control.Duty, unknown, err error) {
	switch r.Kind {
	case kindNotification:
		var n api.Notification
		if err := decode(r, &n); err != nil {
			return nil, nil, err
		}
		duties, unknown = rules.NotificationDuties(&n.State, n.ConfirmUntil)
	case kindObjection:
		var o api.Objection
		if err := decode(r, &o); err != nil {
			return nil, nil, err
		}
		duties, unknown = rules.ObjectionDuties(&o.State)
	}
	return duties, unknown, nil
}

// rewatch schedules what time brings to the next page of what is stored, and says whether there is
// more. What is scheduled already, or done, stays as it is, so that any server may do it at any time.
func (s *Server) rewatch(ctx context.Context) (more bool, err error) {
	var page []store.Record
	var book *inForce
	err = s.store.View(ctx, func(tx *store.Tx) error {
		if book, err = s.bookIn(tx); err != nil {
			return err
		}
		if book.number != s.watchedBy {
			s.watchedBy, s.unwatched, s.watchedTo = book.number, []string{kindNotification, kindObjection}, ""
		}
		if len(s.unwatched) > 0 {
			page, err = tx.Every(s.unwatched[0], s.watchedTo, maxPage)
		}
		return err
	})
	if err != nil || len(s.unwatched) == 0 {
		return false, err
	}
	if len(page) == 0 {
		s.unwatched, s.watchedTo = s.unwatched[1:], ""
		return true, nil
	}
	if err := s.watchPage(ctx, page, book.rules); err != nil {
		return false, err // and the next call begins with this page
	}
	s.watchedTo = page[len(page)-1].ID
	return true, nil
}

// watchPage writes nothing where nothing is to be expected: most of what is stored is over.
func (s *Server) watchPage(ctx context.Context, page []store.Record, rules *control.Rules) error {
	type watching struct {
		object  string
		duties  []control.Duty
		unknown error
	}
	var open []watching
	for _, record := range page {
		duties, unknown, err := dutiesOf(record, rules)
		if err != nil { // one that can't be read must not keep the others from being watched
			s.log.Error("what time brings is not known", "object", record.ID, "cause", err)
			continue
		}
		if len(duties) > 0 || unknown != nil {
			open = append(open, watching{record.ID, duties, unknown})
		}
	}
	if len(open) == 0 {
		return nil
	}
	return s.store.Update(ctx, func(tx *store.Tx) error {
		u := &unit{Tx: tx, s: s}
		for _, w := range open {
			if err := u.schedule(w.object, w.duties, w.unknown); err != nil {
				return err
			}
		}
		return nil
	})
}

// duty finds what a job was set for among what the rules list now. needed is false when it is not to
// be done: then it is forgotten, for the same may become true again, or noted as done where it has
// come too late.
func (u *unit) duty(j store.Job, duties []control.Duty, unknown error) (d control.Duty, needed bool, err error) {
	same := func(d control.Duty) bool { return string(d.Kind) == j.Kind && d.At.UnixMicro() == j.Due.UnixMicro() }
	due := control.Due(duties, u.now)
	if i := slices.IndexFunc(due, same); i >= 0 {
		return due[i], true, nil
	}
	if i := slices.IndexFunc(duties, same); i >= 0 {
		if u.now.Before(duties[i].At) { // the clock was put back since the job was taken: it stays set
			return d, false, fmt.Errorf("it is not due before %s", duties[i].At)
		}
		return d, false, nil
	}
	if unknown != nil {
		return d, false, unknown
	}
	return d, false, u.Drop(j)
}

// notificationDuty does what time brings to a notification: it lapses, or people are told.
func (u *unit) notificationDuty(j store.Job) error {
	record, err := u.Get(kindNotification, j.Object)
	if errors.Is(err, store.ErrNotFound) {
		return u.Drop(j)
	}
	if err != nil {
		return err
	}
	n := &notification{record: record}
	if err := decode(record, &n.body); err != nil {
		return err
	}
	if control.DutyKind(j.Kind) == control.RemedyOpens {
		if err := u.tellEffect(j, n); err != nil {
			return err
		}
	}
	duties, unknown := u.rules.NotificationDuties(&n.body.State, n.body.ConfirmUntil)
	d, needed, err := u.duty(j, duties, unknown)
	if err != nil || !needed {
		return err
	}
	if d.Kind == control.LapseDue {
		if err := u.lapse(n); err != nil {
			return err
		}
	}
	people, err := u.notificationAudience(d.Tells, &n.body.State)
	if err != nil {
		return err
	}
	return u.inform(people, n.body.ID+":"+d.Key(), aboutNotification(&n.body, d))
}

// lapse lets a notification lapse whose deadline has passed. The trail says when that was,
// however late the centre came to it.
func (u *unit) lapse(n *notification) error {
	if err := demand(n.body.State.Lapse(u.now), control.ActionLapse); err != nil {
		return err
	}
	if err := u.step(n, control.ActionLapse, api.TrailEntry{At: n.body.State.Deadline}); err != nil {
		return err
	}
	return u.store(n, control.ActionLapse)
}

// tellEffect shows notification and purchase anew to all who see them when an effect begins: in D3 time
// alone changes the statuses (R-3.11, R-3.11.a).
func (u *unit) tellEffect(j store.Job, n *notification) error {
	e := &n.body.Effect
	if e.Status == "" || e.From.UnixMicro() != j.Due.UnixMicro() {
		return nil
	}
	const action = "effect"
	if err := u.tell(n.record, action, notificationScopes(n.body)); err != nil {
		return err
	}
	purchase, err := u.Get(kindPurchase, n.body.Purchase)
	if err != nil {
		return err
	}
	scopes, err := u.purchaseScopes(purchase.ID)
	if err != nil {
		return err
	}
	return u.tell(purchase, action, scopes)
}

// objectionDuty tells people what time brings to an objection.
func (u *unit) objectionDuty(j store.Job) error {
	o, err := read[api.Objection](u.Tx, kindObjection, j.Object)
	if errors.Is(err, store.ErrNotFound) {
		return u.Drop(j)
	}
	if err != nil {
		return err
	}
	duties, unknown := u.rules.ObjectionDuties(&o.State)
	d, needed, err := u.duty(j, duties, unknown)
	if err != nil || !needed {
		return err
	}
	people, err := u.objectionAudience(d.Tells, &o.State)
	if err != nil {
		return err
	}
	return u.inform(people, o.ID+":"+d.Key(), aboutObjection(&o, d))
}

package server

import (
	"context"
	"errors"
	"maps"
	"slices"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server/store"
)

// workLeft refuses with the work that would be left with nobody.
type workLeft struct {
	refusal
	work []api.OpenWork
}

// legacy is what there is of a person's work, and what of it is open.
type legacy struct {
	dossiers      map[string]*dossier
	notifications map[string]*notification
	objections    map[string]*versioned[api.Objection]
	conclusions   map[string]*conclusion
	open          []control.OpenWork
}

// legacy gathers what there is of a person's work in their organisation: nobody works for another one.
func (u *unit) legacy(p api.Person) (*legacy, error) {
	l := &legacy{
		dossiers: map[string]*dossier{}, notifications: map[string]*notification{},
		objections: map[string]*versioned[api.Objection]{}, conclusions: map[string]*conclusion{},
	}
	desk := control.Desk{
		Cases: map[string]*control.Case{}, Notifications: map[string]*control.Notification{},
		Objections: map[string]*control.Objection{}, Conclusions: map[string]*control.Conclusion{},
	}
	err := errors.Join(
		everyOwned(u, kindAssignment, p, func(_ store.Record, a api.Assignment) error { return u.inherit(l, desk.Cases, p, a) }),
		everyOwned(u, kindNotification, p, func(r store.Record, n api.Notification) error {
			if n.State.Author == p.IIN || n.State.Agreer == p.IIN {
				l.notifications[n.ID] = &notification{record: r, body: n}
				desk.Notifications[n.ID] = &l.notifications[n.ID].body.State
			}
			return nil
		}),
		everyOwned(u, kindObjection, p, func(r store.Record, o api.Objection) error {
			if o.State.Controller == p.IIN {
				l.objections[o.ID] = &versioned[api.Objection]{record: r, body: o}
				desk.Objections[o.ID] = &l.objections[o.ID].body.State
			}
			return nil
		}),
		everyOwned(u, kindConclusion, p, func(r store.Record, c api.Conclusion) error {
			if c.State.Author == p.IIN || c.State.Agreer == p.IIN {
				l.conclusions[c.ID] = &conclusion{record: r, body: c}
				desk.Conclusions[c.ID] = &l.conclusions[c.ID].body.State
			}
			return nil
		}),
	)
	l.open = desk.OpenWork(p.Actor())
	return l, err
}

// inherit takes the purchase of an assignment to the person into the legacy. Whether a lot is open does
// not depend on dates, so that no year can be missing in the calendar.
func (u *unit) inherit(l *legacy, cases map[string]*control.Case, p api.Person, a api.Assignment) error {
	if a.Assignee != p.IIN || l.dossiers[a.Purchase] != nil {
		return nil
	}
	d, err := loadDossier(u.Tx, a.Purchase)
	if err != nil {
		return err
	}
	stands := api.Effective(&d.purchase, d.all, u.now)
	l.dossiers[a.Purchase] = d
	cases[a.Purchase] = &control.Case{Purchase: &stands.Purchase, Work: d.work()}
	return nil
}

// everyOwned reads all aggregates of a kind that belong to a person's organisation.
func everyOwned[T any](u *unit, kind string, p api.Person, f func(store.Record, T) error) error {
	for after := ""; ; {
		records, err := u.Owned(kind, p.Organization, after, maxPage)
		if err != nil || len(records) == 0 {
			return err
		}
		for _, r := range records {
			after = r.ID
			var body T
			if err := errors.Join(decode(r, &body), f(r, body)); err != nil {
				return err
			}
		}
	}
}

// piece is one piece of open work as the administrator sees it: nothing of what it says.
func (l *legacy) piece(w control.OpenWork) api.OpenWork {
	piece := api.OpenWork{Kind: w.Kind, ID: w.ID, Roles: w.Roles()}
	switch w.Kind {
	case control.WorkLot:
		lot := l.dossiers[w.ID].purchase.Lots[w.Lot]
		piece.ID, piece.Number = lot.ID, lot.Number
	case control.WorkNotification, control.WorkNotificationAgreer:
		piece.Number = l.notifications[w.ID].body.Number
	case control.WorkObjection:
		piece.Number = l.objections[w.ID].body.Number
	case control.WorkConclusion, control.WorkConclusionAgreer:
		piece.Number = l.conclusions[w.ID].body.Number
	}
	return piece
}

func (l *legacy) pieces(open []control.OpenWork) []api.OpenWork {
	list := make([]api.OpenWork, len(open))
	for i, w := range open {
		list[i] = l.piece(w)
	}
	return list
}

// GetOpenWork lists what a person leaves open, for the administrator.
func (s *Server) GetOpenWork(ctx context.Context, r api.GetOpenWorkRequestObject) (api.GetOpenWorkResponseObject, error) {
	c := callerOf(ctx)
	if err := c.administer(); err != nil {
		return nil, err
	}
	var list []api.OpenWork
	err := s.store.View(ctx, func(tx *store.Tx) error {
		p, err := read[api.Person](tx, kindPerson, r.ID)
		if err != nil {
			return err
		}
		u, err := s.unit(tx, c)
		if err != nil {
			return err
		}
		l, err := u.legacy(p)
		if err != nil {
			return err
		}
		list = l.pieces(l.open)
		return nil
	})
	return api.GetOpenWork200JSONResponse{Work: list}, err
}

// PostPersonDismiss dismisses a person or moves them to another organisation: their open work goes to
// its heirs, roles and sessions end, all in one transaction.
func (s *Server) PostPersonDismiss(ctx context.Context, r api.PostPersonDismissRequestObject) (api.PostPersonDismissResponseObject, error) {
	d, err := s.command(ctx, r.Params.IdempotencyKey, r, func(u *unit) error {
		if err := u.caller.administer(); err != nil {
			return err
		}
		leaving, err := enrolled(u.Tx, r.ID)
		if err != nil {
			return err
		}
		if err := u.bequeath(leaving.me.Person, r.Body.Heirs); err != nil {
			return err
		}
		if err := u.endSubstitutionsOf(r.ID); err != nil {
			return err
		}
		return u.leave(leaving.me.Person, r.Body.Organization)
	})
	return api.PostPersonDismiss200JSONResponse{DoneJSONResponse: d}, err
}

// bequest names one piece of work, as a command does.
type bequest struct {
	kind control.WorkKind
	id   string
}

// bequeath gives every piece of a person's open work to its heir, or refuses with all of it. An heir of
// what is not open any more receives nothing.
func (u *unit) bequeath(leaving api.Person, named []api.Heir) error {
	l, err := u.legacy(leaving)
	if err != nil {
		return err
	}
	heirs := map[bequest]api.Person{}
	for _, h := range named {
		piece := bequest{h.Kind, h.ID}
		if _, twice := heirs[piece]; twice {
			return badInput("heirs")
		}
		if heirs[piece], err = u.person(h.Heir, "heir"); err != nil {
			return err
		}
	}
	heir := func(w control.OpenWork) api.Person {
		piece := l.piece(w)
		return heirs[bequest{piece.Kind, piece.ID}]
	}
	verdict := control.HandOver(leaving.Actor(), l.open, func(w control.OpenWork) control.Actor { return heir(w).Actor() })
	if !verdict.Allowed {
		return workLeft{refusal{verdict, control.ActionDismiss}, l.pieces(l.open)}
	}
	for _, w := range l.open {
		if err := u.handOver(l, w, leaving, heir(w)); err != nil {
			return err
		}
	}
	return u.storeLegacy(l)
}

// handOver gives one piece of work to its heir; what has a trail is stored by storeLegacy, once.
func (u *unit) handOver(l *legacy, w control.OpenWork, leaving, heir api.Person) error {
	entry := u.turn(control.ActionHandOver, api.TrailEntry{To: heir.IIN, ToName: heir.FullName()})
	switch w.Kind {
	case control.WorkLot:
		return u.handOverLot(l.dossiers[w.ID], l.dossiers[w.ID].purchase.Lots[w.Lot].ID, leaving, heir)
	case control.WorkObjection:
		o := &l.objections[w.ID].body
		o.State.Controller, o.ControllerName = heir.IIN, heir.FullName()
		o.Trail = append(o.Trail, entry)
	case control.WorkNotification, control.WorkNotificationAgreer:
		n := l.notifications[w.ID]
		if w.Kind == control.WorkNotification {
			n.body.State.Author, n.body.AuthorName = heir.IIN, heir.FullName()
		} else {
			n.body.State.Agreer, n.body.AgreerName = heir.IIN, heir.FullName()
			n.keepPapers(control.ActionAgree) // the turn is passed on
		}
		n.body.Trail = append(n.body.Trail, entry)
	case control.WorkConclusion, control.WorkConclusionAgreer:
		c := l.conclusions[w.ID]
		if w.Kind == control.WorkConclusion {
			c.body.State.Author, c.body.AuthorName = heir.IIN, heir.FullName()
		} else {
			c.body.State.Agreer, c.body.AgreerName = heir.IIN, heir.FullName()
			c.keepPapers(control.ActionAgreeConclusion)
		}
		c.body.Trail = append(c.body.Trail, entry)
	}
	return nil
}

// handOverLot gives an assignment to the heir, with the marks: who set them creates.
func (u *unit) handOverLot(d *dossier, lot string, leaving, heir api.Person) error {
	const action = string(control.ActionHandOver)
	a := d.assignments[lot]
	scopes := controlScopes(a.record.Owner)
	a.body.Assignee, a.body.By, a.body.At = heir.IIN, u.caller.actor.By(), u.now
	if err := u.put(a.record, a.record.Version, a.body, action, scopes); err != nil {
		return err
	}
	for _, direction := range d.purchase.Method.Directions() {
		m, found := d.marks[api.MarksID(lot, direction)]
		if !found || m.body.By != leaving.IIN {
			continue
		}
		m.body.By, m.body.Deputy = heir.IIN, ""
		if err := u.put(m.record, m.record.Version, m.body, action, scopes); err != nil {
			return err
		}
	}
	return nil
}

// storeLegacy stores what was handed over of notifications, objections and conclusions.
func (u *unit) storeLegacy(l *legacy) error {
	const action = control.ActionHandOver
	handed := map[bequest]bool{}
	for _, w := range l.open {
		piece := bequest{w.Kind, w.ID}
		switch w.Kind { // one aggregate, whichever of its pieces
		case control.WorkNotificationAgreer:
			piece.kind = control.WorkNotification
		case control.WorkConclusionAgreer:
			piece.kind = control.WorkConclusion
		}
		handed[piece] = true
	}
	for _, id := range slices.Sorted(maps.Keys(l.notifications)) {
		if handed[bequest{control.WorkNotification, id}] {
			if err := u.store(l.notifications[id], action); err != nil {
				return err
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.objections)) {
		if handed[bequest{control.WorkObjection, id}] {
			if err := u.storeObjection(l.objections[id], action); err != nil {
				return err
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.conclusions)) {
		c := l.conclusions[id]
		if !handed[bequest{control.WorkConclusion, id}] {
			continue
		}
		var err error
		if c.objection, err = u.objectionOf(c.body.Objection); err != nil {
			return err
		}
		if err := u.storeConclusion(c, action); err != nil {
			return err
		}
	}
	return nil
}

// endSubstitutionsOf ends every substitution of a person who leaves, whichever part they have in it.
func (u *unit) endSubstitutionsOf(person string) error {
	for after := ""; ; {
		records, err := u.Every(kindSubstitution, after, maxPage)
		if err != nil || len(records) == 0 {
			return err
		}
		for _, r := range records {
			after = r.ID
			var s api.Substitution
			if err := decode(r, &s); err != nil {
				return err
			}
			if s.State.Absent != person && s.State.Deputy != person || !u.now.Before(s.State.Until) {
				continue
			}
			if err := u.endSubstitution(r); err != nil {
				return err
			}
		}
	}
}

// leave takes a person's roles and sessions; they belong to the organisation that they move to, or to
// none. Names stay where they stand.
func (u *unit) leave(p api.Person, to string) error {
	before := p
	p.Roles = []control.Role{}
	others, err := u.administrators(p.IIN)
	if err != nil {
		return err
	}
	if err := demand(control.KeepAdministrator(before.Actor(), p.Actor(), others), control.ActionDismiss); err != nil {
		return err
	}
	scopes := []string{organizationScope(before.Organization)}
	if to == "" {
		p.DismissedAt = u.now
	} else {
		if to == before.Organization {
			return badInput("organization")
		}
		if _, err := u.Get(kindOrganization, to); errors.Is(err, store.ErrNotFound) {
			return badInput("organization")
		} else if err != nil {
			return err
		}
		p.Organization, scopes = to, append(scopes, organizationScope(to))
	}
	if err := u.EndSessions(p.IIN); err != nil {
		return err
	}
	return u.enrol(store.Record{Kind: kindPerson, ID: p.IIN, Owner: to}, p, string(control.ActionDismiss), scopes)
}

// keepWork demands that a change of organisation or roles leaves no open work with nobody.
func (u *unit) keepWork(before, after api.Person) error {
	lost := func(role control.Role) bool { return !slices.Contains(after.Roles, role) }
	if before.Organization == after.Organization && !slices.ContainsFunc(before.Roles, lost) {
		return nil
	}
	l, err := u.legacy(before)
	if err != nil {
		return err
	}
	left, verdict := control.Keep(l.open, after.Actor())
	if !verdict.Allowed {
		return workLeft{refusal{verdict, control.ActionEnrol}, l.pieces(left)}
	}
	return nil
}

package app_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"baqylau/api"
	"baqylau/app"
	"baqylau/control"
	"baqylau/localstore"
	"baqylau/server/store"
)

// everything is what the centre keeps.
func (h *house) everything() map[localstore.Ref]store.Record {
	h.t.Helper()
	all := map[localstore.Ref]store.Record{}
	ok(h.t, h.store.View(ctx, func(tx *store.Tx) error {
		for _, kind := range kinds() {
			for after := ""; ; {
				page, err := tx.Every(string(kind), after, 500)
				if err != nil {
					return err
				}
				if len(page) == 0 {
					break
				}
				for _, r := range page {
					all[localstore.Ref{Kind: r.Kind, ID: r.ID}] = r
					after = r.ID
				}
			}
		}
		return nil
	}))
	return all
}

func kinds() []api.ObjectKind {
	return []api.ObjectKind{
		api.ObjectKindPurchase, api.ObjectKindAssignment, api.ObjectKindMarks, api.ObjectKindCertificate, api.ObjectKindNotification,
		api.ObjectKindObjection, api.ObjectKindConclusion, api.ObjectKindMessage, api.ObjectKindPerson, api.ObjectKindOrganization,
		api.ObjectKindRulebook, api.ObjectKindSubstitution,
	}
}

// sight says whether somebody may see an object, and whether they are likely to need it too. Of purchases those are
// needed that their department works on (reports, which list all, are asked of the centre), of people and
// organisations one's own.
func sight(t testing.TB, all map[localstore.Ref]store.Record, a control.Actor, r store.Record) (seen, needed bool) {
	t.Helper()
	both := func(seen bool) (bool, bool) { return seen, seen }
	body := func(into any) { ok(t, json.Unmarshal(r.Body, into)) }
	switch api.ObjectKind(r.Kind) {
	case api.ObjectKindNotification:
		var n api.Notification
		body(&n)
		return both(n.State.View(a).Allowed)
	case api.ObjectKindObjection:
		var o api.Objection
		body(&o)
		return both(o.State.View(a).Allowed)
	case api.ObjectKindConclusion:
		var c api.Conclusion
		body(&c)
		return both(c.State.View(a).Allowed)
	case api.ObjectKindAssignment, api.ObjectKindMarks, api.ObjectKindCertificate:
		return both(control.ViewDesk(a, r.Owner).Allowed)
	case api.ObjectKindPurchase:
		var departments []string
		for _, other := range all {
			if other.Kind == string(api.ObjectKindAssignment) && other.Parent == r.ID {
				departments = append(departments, other.Owner)
			}
		}
		return control.ViewPurchase(a, departments...).Allowed, control.ViewDesk(a, departments...).Allowed
	case api.ObjectKindMessage:
		return both(r.Owner == a.Person)
	case api.ObjectKindPerson:
		return control.ViewPerson(a, r.Owner).Allowed, a.Organization == r.Owner
	case api.ObjectKindSubstitution:
		var s api.Substitution
		body(&s)
		return both(s.State.View(a).Allowed)
	case api.ObjectKindOrganization:
		return true, r.ID == a.Organization
	default: // the rule book
		return true, true
	}
}

// mirrorsWhatIsNeeded demands that a seat, brought up to date, has all that its person needs as the centre has it, and
// nothing that they may not see.
func (s *seat) mirrorsWhatIsNeeded(when string) {
	s.h.t.Helper()
	ok(s.h.t, s.Sync(ctx))
	objects, err := s.Store().Objects("")
	ok(s.h.t, err)
	got := map[localstore.Ref]int64{}
	for _, o := range objects {
		got[localstore.Ref{Kind: o.Kind, ID: o.ID}] = o.Version
	}
	all := s.h.everything()
	for ref, r := range all {
		seen, needed := sight(s.h.t, all, s.Actor(), r)
		version, mirrored := got[ref]
		delete(got, ref)
		switch {
		case needed && !mirrored:
			s.h.t.Errorf("%s, %s lacks the %s %s", when, s.login, ref.Kind, ref.ID)
		case mirrored && !seen:
			s.h.t.Errorf("%s, %s still has the %s %s", when, s.login, ref.Kind, ref.ID)
		case mirrored && version != r.Version:
			s.h.t.Errorf("%s, %s has version %d of the %s %s, and the centre %d", when, s.login, version, ref.Kind, ref.ID, r.Version)
		}
	}
	for ref := range got {
		s.h.t.Errorf("%s, %s has the %s %s, which is gone", when, s.login, ref.Kind, ref.ID)
	}
}

// TestWhatIsNeededIsMirrored; for everybody at each step of a story: what they may see and are likely to
// need, what has gone, and what they have lost sight of.
func TestWhatIsNeededIsMirrored(t *testing.T) {
	h := given(t)
	logins := []string{"lot-manager", "auditor", "second-auditor", "approver", "organizer", "objection-manager", "controller", "order-manager", "all-alone", "administrator"}
	seats := map[string]*seat{}
	for _, login := range logins {
		seats[login] = h.enter(login)
	}
	check := func(when string) {
		t.Helper()
		for _, login := range logins {
			seats[login].mirrorsWhatIsNeeded(when)
		}
	}
	check("at first")
	manager, auditor := seats["lot-manager"], seats["auditor"]
	ok(t, manager.Assign(ctx, manager.heroRows(), h.made.people["auditor"].IIN))
	check("when lots are assigned")
	ok(t, auditor.Sync(ctx))
	ok(t, auditor.mark())
	ok(t, auditor.sign(auditor.PrepareCertificate(ctx, auditor.hero().Purchase.ID, control.D1)))
	check("when they are marked and certified")
	form, other := auditor.form(0), auditor.form(1)
	ok(t, auditor.SaveForm(ctx, form))
	ok(t, auditor.SaveForm(ctx, other))
	check("when notifications are drafted")
	ok(t, auditor.Delete(ctx, other.ID))
	check("when a draft is deleted")
	saved, err := auditor.Form(form.ID)
	ok(t, err)
	ok(t, auditor.SendToAgreement(ctx, saved))
	ok(t, seats["approver"].Sync(ctx))
	ok(t, seats["approver"].approve(form.ID))
	check("when one is approved")
	ok(t, auditor.Sync(ctx))
	plan, err := auditor.PrepareDispatch(ctx, form.Purchase, control.D1)
	ok(t, err)
	ok(t, auditor.Send(ctx, plan))
	check("when it is sent")
	ok(t, seats["organizer"].Object(ctx, form.ID, "Келіспейміз", ""))
	check("when it is objected to")
	ok(t, seats["objection-manager"].Sync(ctx))
	ok(t, seats["objection-manager"].AssignObjections(ctx, []string{seats["objection-manager"].objection().Objection.ID}, h.made.people["controller"].IIN))
	check("when the objection is assigned")
}

// TestWhoLosesSightOfSomethingMirrorsItNoMore: lots that go to another department, a role, an organisation.
func TestWhoLosesSightOfSomethingMirrorsItNoMore(t *testing.T) {
	h := given(t)
	manager, auditor, alone := h.enter("lot-manager"), h.enter("auditor"), h.enter("all-alone")
	rows := manager.heroRows()
	ok(t, manager.Assign(ctx, rows, h.made.people["auditor"].IIN))
	purchase := localstore.Ref{Kind: string(api.ObjectKindPurchase), ID: rows[0].Purchase}
	has := func(s *seat) bool {
		t.Helper()
		ok(t, s.Sync(ctx))
		_, found, err := s.Store().Object(purchase.Kind, purchase.ID)
		ok(t, err)
		return found
	}
	if !has(auditor) || has(alone) {
		t.Error("not those have the purchase to whom it is assigned")
	}
	ok(t, manager.Assign(ctx, manager.heroRows(), ""))
	ok(t, alone.Assign(ctx, alone.heroRows(), h.made.people["all-alone"].IIN))
	if has(auditor) || !has(alone) {
		t.Error("after the lots went to another department, not that one has the purchase")
	}
	if lots, err := auditor.MyLots(); err != nil || len(lots) != 0 {
		t.Errorf("%d lots are still listed, %v", len(lots), err)
	}
	for _, s := range []*seat{manager, auditor, alone} {
		s.mirrorsWhatIsNeeded("after the lots went to another department")
	}
	manager.leave()
	p := h.made.people["lot-manager"]
	h.enrol(p.IIN, p.Surname, control.OrderManager)
	h.enter("lot-manager").mirrorsWhatIsNeeded("in another role")
}

// feed counts what a line carries of the feed, and breaks after so many pages, until it is mended.
type feed struct {
	every   int
	cursors []string // of the pages that were carried
	broken  bool
}

func (f *feed) answer(_ http.ResponseWriter, r *http.Request) bool {
	if strings.HasSuffix(r.URL.Path, "/changes") {
		f.broken = f.broken || len(f.cursors)%f.every == f.every-1
		if !f.broken {
			f.cursors = append(f.cursors, r.URL.Query().Get("after"))
		}
	}
	if f.broken {
		panic(http.ErrAbortHandler) // not a byte is answered
	}
	return false
}

// mend lets the page through at which the line broke.
func (f *feed) mend(cursor string) {
	if f.broken {
		f.broken, f.cursors = false, append(f.cursors, cursor)
	}
}

// TestTheFirstMirrorGoesOnWhereItWasBroken: 50 000 objects over a line that breaks, by a person who gives up and
// comes back; nothing is fetched twice.
func TestTheFirstMirrorGoesOnWhereItWasBroken(t *testing.T) {
	n := 50_000
	if testing.Short() {
		n = 5_000
	}
	h := given(t)
	h.fill(n)
	began := time.Now()
	f := &feed{every: 17}
	h.answering(f.answer)
	var s *seat
	for s == nil {
		var err error
		s, err = h.tryEnter("auditor", "auditor")
		if err != nil && !errors.Is(err, api.ErrOffline) {
			t.Fatal(err)
		}
		f.mend("broken")
		if len(f.cursors) > n {
			t.Fatal("it never comes to an end")
		}
	}
	h.answering(nil)
	seen := map[string]int{}
	for _, cursor := range f.cursors {
		seen[cursor]++
	}
	if seen["broken"] < n/500/17 {
		t.Errorf("it was broken %d times only", seen["broken"])
	}
	t.Logf("%d objects in %d pages, broken %d times: %v", n, len(f.cursors)-seen["broken"], seen["broken"], time.Since(began))
	delete(seen, "broken")
	for cursor, times := range seen {
		if times > 1 {
			t.Errorf("what is behind %q was fetched %d times", cursor, times)
		}
	}
	s.mirrorsWhatIsNeeded("after the first mirror")
	found, err := s.FindNotifications(ctx, app.Journal{Number: "-049"})
	ok(t, err)
	if found.Total != n || found.Len() == 0 && n > 49_000 {
		t.Errorf("%d of %d are found", found.Len(), found.Total)
	}
}

// TestAFirstMirrorGoesOnThoughTheRuleBookIsStillToCome: at a centre that is older than its book, that is told late.
func TestAFirstMirrorGoesOnThoughTheRuleBookIsStillToCome(t *testing.T) {
	h := given(t)
	h.fill(3_000)
	h.retell(api.ObjectKindRulebook, api.RulebookID)
	f := &feed{every: 3}
	h.answering(f.answer)
	if _, err := h.tryEnter("auditor", "auditor"); !errors.Is(err, api.ErrOffline) {
		t.Fatalf("the line did not break: %v", err)
	}
	store, err := localstore.Open(filepath.Join(h.seats, "auditor.db"), localstore.Key{1})
	ok(t, err)
	broken := store.Cursor()
	ok(t, store.ApplyChanges(ctx, broken, nil, []localstore.Ref{{Kind: string(api.ObjectKindRulebook), ID: api.RulebookID}}))
	ok(t, store.Close())
	f = &feed{every: 1_000}
	h.answering(f.answer)
	s := h.enter("auditor")
	if broken == "" || f.cursors[0] != broken {
		t.Errorf("it went on at %q, and was broken at %q", f.cursors[0], broken)
	}
	s.mirrorsWhatIsNeeded("after the first mirror")
}

// retell has the centre tell of an object once more.
func (h *house) retell(kind api.ObjectKind, id string) {
	h.t.Helper()
	ok(h.t, h.store.Update(ctx, func(tx *store.Tx) error {
		r, err := tx.Get(string(kind), id)
		if err != nil {
			return err
		}
		return tx.Record(store.Event{Kind: r.Kind, Object: r.ID, Version: r.Version, At: noon(), Body: r.Body, Scopes: []string{"all"}})
	}))
}

// fill puts so many notifications of the department into the centre.
func (h *house) fill(n int) {
	h.t.Helper()
	scopes := []string{"r/" + departmentBIN + "/auditor", "r/" + departmentBIN + "/auditor_approver"}
	for at := 0; at < n; at += 5000 {
		ok(h.t, h.store.Update(ctx, func(tx *store.Tx) error {
			for i := at; i < min(at+5000, n); i++ {
				note := api.Notification{ID: fmt.Sprintf("n%06d", i), Number: "2026-" + strconv.Itoa(1_000_000 + i)[1:], Purchase: "p" + strconv.Itoa(i/40), CreatedAt: noon()}
				note.State = control.Notification{Status: control.NotificationDraft, Organization: departmentBIN, Author: h.made.people["second-auditor"].IIN}
				body, err := json.Marshal(note)
				if err != nil {
					return err
				}
				r := store.Record{Kind: string(api.ObjectKindNotification), ID: note.ID, Owner: departmentBIN, Body: body}
				if r.Version, err = tx.Put(r, 0); err != nil {
					return err
				}
				if err := tx.Record(store.Event{Kind: r.Kind, Object: r.ID, Version: r.Version, At: noon(), Body: body, Scopes: scopes}); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

package server_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server/store"
	"baqylau/signing/demo"
)

// work is what somebody leaves open, as the administrator sees it.
func (w *world) work(of who) []api.OpenWork {
	w.t.Helper()
	a := w.get(person("administrator"), "/v1/admin/people/"+of.iin+"/open-work").ok(w.t)
	return as[api.OpenWorkList](w.t, a).Work
}

// dismiss has the administrator dismiss somebody; heirs names who receives each kind of work.
func (w *world) dismiss(p who, to string, heirs map[control.WorkKind]who) answer {
	w.t.Helper()
	c := api.DismissCommand{Organization: to, Heirs: []api.Heir{}}
	for _, piece := range w.work(p) {
		if heir, named := heirs[piece.Kind]; named {
			c.Heirs = append(c.Heirs, api.Heir{Kind: piece.Kind, ID: piece.ID, Heir: heir.iin})
		}
	}
	return w.post(person("administrator"), "/v1/admin/people/"+p.iin+"/dismiss", c)
}

// enrolled is somebody as the store has them.
func (w *world) enrolled(p who) api.Person {
	w.t.Helper()
	return stored[api.Person](w, "person", p.iin)
}

func stored[T any](w *world, kind, id string) (value T) {
	w.t.Helper()
	err := w.store.View(w.t.Context(), func(tx *store.Tx) error {
		r, err := tx.Get(kind, id)
		value = as[T](w.t, answer{body: r.Body})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return value
}

func kinds(work []api.OpenWork) []string {
	var list []string
	for _, piece := range work {
		list = append(list, string(piece.Kind))
	}
	return list
}

// turned plays the story until the auditor is both author and agreer of the notification.
func (w *world) turned() {
	w.t.Helper()
	w.play(marked)
	w.draft(person("auditor"), notificationID, 0, person("auditor"))
	w.act(person("auditor"), notificationID, "send-to-agreement", nil).ok(w.t)
}

// TestADismissalHandsOverEverything, all or none.
func TestADismissalHandsOverEverything(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.turned()
		auditor, second, approver := person("auditor"), person("second-auditor"), person("approver")
		n, _ := w.notification(notificationID)
		left := w.work(auditor)
		want := []string{"lot", "lot", "lot", "notification", "notification_agreer"}
		if !slices.Equal(kinds(left), want) || left[3].Number != n.Number || left[0].Number != w.hero().Lots[0].Number {
			t.Fatalf("open are %+v", left)
		}
		lots, written, turn := control.WorkLot, control.WorkNotification, control.WorkNotificationAgreer
		for reason, heirs := range map[string]map[control.WorkKind]who{
			"work_left":  {lots: second, written: second},
			"unfit_heir": {lots: second, written: approver, turn: approver},
		} {
			w.unchanged(func() {
				p := w.dismiss(auditor, "", heirs).refusedAs(t, http.StatusConflict, reason)
				if !slices.Equal(kinds(p.OpenWork), want) || p.Rule != "R-11.6" {
					t.Errorf("refused by %s, it lists %v", p.Rule, kinds(p.OpenWork))
				}
			})
		}
		w.dismiss(auditor, "", map[control.WorkKind]who{lots: second, written: second, turn: approver}).ok(t)

		p := w.enrolled(auditor)
		if len(p.Roles) != 0 || !p.DismissedAt.Equal(noon()) {
			t.Errorf("dismissed, the auditor is %+v", p)
		}
		w.get(auditor, "/v1/me").refusedAs(t, http.StatusUnauthorized, "unauthenticated")
		if left := w.work(auditor); len(left) != 0 {
			t.Errorf("still open are %v", left)
		}
		n = body[api.Notification](t, as[api.Object](t, w.get(second, "/v1/notifications/"+notificationID).ok(t)))
		if n.State.Author != second.iin || n.AuthorName != "Тегі second-auditor Аты" || n.State.Agreer != approver.iin || n.AgreerName != "Тегі approver Аты" {
			t.Errorf("it is %s's, and waits for %s", n.AuthorName, n.AgreerName)
		}
		for i, to := range []who{second, approver} {
			e := n.Trail[len(n.Trail)-2+i]
			if e.Action != control.ActionHandOver || e.Person != person("administrator").iin || e.To != to.iin {
				t.Errorf("the trail says %+v", e)
			}
		}
		// The heirs go on with it: the agreer rejects, the author recalls nothing but sends again, and what
		// was marked is enough to create.
		reject := request{method: http.MethodPost, path: "/v1/notifications/" + notificationID + "/reject", body: api.RejectCommand{Reason: "Уточните"}, ifMatch: etag(3)}
		w.send(approver, reject).ok(t)
		hero := w.hero()
		w.post(second, "/v1/notifications", api.CreateCommand{ID: secondID, Purchase: hero.ID, Lot: hero.Lots[1].ID, Direction: control.D1, TextRU: "Нарушение"}).ok(t)
	})
}

// TestWhatIsHandedOverInTheCommittee: §4–5.
func TestWhatIsHandedOverInTheCommittee(t *testing.T) {
	w := at(t, conclusionReady)
	controller, approver, heir := person("controller"), person("controller-approver"), person("C/controller")
	if got := kinds(w.work(controller)); !slices.Equal(got, []string{"objection", "conclusion"}) {
		t.Errorf("the controller leaves %v", got)
	}
	prepared, _ := w.conclusion(controller)
	w.dismiss(approver, "", nil).refusedAs(t, http.StatusConflict, "work_left")
	w.dismiss(approver, "", map[control.WorkKind]who{control.WorkConclusionAgreer: heir}).ok(t)
	c, _ := w.conclusion(controller)
	if c.PreparedBy != "" || c.File == prepared.File || c.State.Agreer != heir.iin || c.AgreerName != "Тегі C/controller Аты" {
		t.Errorf("it waits for %s, with the file of %q", c.AgreerName, c.PreparedBy)
	}
	w.dismiss(controller, "", map[control.WorkKind]who{control.WorkObjection: heir, control.WorkConclusion: heir}).ok(t)
	o, _ := w.objection(heir)
	object := as[api.Object](t, w.get(heir, "/v1/conclusions/"+conclusionID).ok(t))
	c = body[api.Conclusion](t, object)
	if o.State.Controller != heir.iin || o.ControllerName != c.AuthorName || c.State.Author != heir.iin || c.AuthorName != "Тегі C/controller Аты" {
		t.Errorf("the objection is %s's, the conclusion %s's", o.ControllerName, c.AuthorName)
	}
	if last := o.Trail[len(o.Trail)-1]; last.Action != control.ActionHandOver || last.To != heir.iin {
		t.Errorf("the trail of the objection says %+v", last)
	}
	w.postAt(heir, "/v1/conclusions/"+conclusionID+"/reject", object.Version, api.RejectCommand{Reason: "Уточню"}).ok(t)
	w.postAt(heir, "/v1/conclusions/"+conclusionID+"/edit", object.Version+1, api.EditConclusionCommand{TextRU: "Иначе"}).ok(t)
}

// TestAChangeOfAPersonLeavesNoWorkWithNobody: another organisation, or the loss of a role that the
// work needs, is refused with the work; anything else is not.
func TestAChangeOfAPersonLeavesNoWorkWithNobody(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*api.Person)
		left   int
	}{
		"another organisation": {func(p *api.Person) { p.Organization = otherDepartmentBIN }, 4},
		"no role at all":       {func(p *api.Person) { p.Roles = []control.Role{} }, 4},
		"another role":         {func(p *api.Person) { p.Roles = []control.Role{control.AuditorApprover} }, 4},
		"another position":     {func(p *api.Person) { p.PositionRU = "Главный специалист" }, 0},
		"one role more":        {func(p *api.Person) { p.Roles = append(p.Roles, control.LotManager) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := at(t, drafted)
			p := w.enrolled(person("auditor"))
			c.change(&p)
			a := w.post(person("administrator"), "/v1/admin/people", p)
			if c.left == 0 {
				a.ok(t)
				return
			}
			refused := a.refusedAs(t, http.StatusConflict, "work_left")
			if len(refused.OpenWork) != c.left || refused.Subject != fmt.Sprint(c.left) {
				t.Errorf("it lists %v", refused.OpenWork)
			}
			w.get(person("auditor"), "/v1/me").ok(t) // a refusal ends no session
		})
	}
}

// TestWhoMovesBeginsAnewElsewhere: without roles, out of sight of the old colleagues; substitutions end.
func TestWhoMovesBeginsAnewElsewhere(t *testing.T) {
	w := at(t, substituted)
	second := person("second-auditor")
	w.dismiss(second, departmentBIN, nil).refusedAs(t, http.StatusUnprocessableEntity, "bad_input")
	w.dismiss(second, strangerIIN, nil).refusedAs(t, http.StatusUnprocessableEntity, "bad_input")
	w.dismiss(second, otherDepartmentBIN, nil).ok(t)
	p := w.enrolled(second)
	if p.Organization != otherDepartmentBIN || len(p.Roles) != 0 || !p.DismissedAt.IsZero() {
		t.Errorf("moved, it is %+v", p)
	}
	if s := stored[api.Substitution](w, "substitution", substitutionID); s.State.Until.After(noon()) || s.EndedByName == "" {
		t.Errorf("the substitution lasts until %s", s.State.Until)
	}
	if listed := as[api.People](t, w.get(person("auditor"), "/v1/people").ok(t)).People; slices.ContainsFunc(listed, func(p api.Person) bool { return p.IIN == second.iin }) {
		t.Error("the old colleagues still have it in their list")
	}
	w.dismiss(person("B/auditor"), "", nil).ok(t)
}

// TestWhoWasDismissedIsNobodyUntilEnrolledAgain.
func TestWhoWasDismissedIsNobodyUntilEnrolledAgain(t *testing.T) {
	w := at(t, approved)
	head := person("organizer-head")
	w.dismiss(head, "", nil).ok(t)
	w.dismiss(head, "", nil).refusedAs(t, http.StatusNotFound, "not_found")
	for _, o := range as[api.Done](t, w.post(person("auditor"), "/v1/dispatches", w.seen(notificationID)).ok(t)).Objects {
		if o.Kind == api.ObjectKindMessage && strings.HasSuffix(o.ID, head.iin) {
			t.Error("a message was written to who was dismissed")
		}
	}
	second := person("second-auditor")
	w.dismiss(second, "", nil).ok(t)
	text := w.challenge()
	w.login(text.Nonce, loginCMS(t, key(t, "second-auditor", demo.Signing), text, noon())).refusedAs(t, http.StatusForbidden, "unknown_certificate")
	p := w.enrolled(second)
	p.Roles = []control.Role{control.Auditor} // what the request says of the dismissal counts for nothing
	w.post(person("administrator"), "/v1/admin/people", p).ok(t)
	if p = w.enrolled(second); !p.DismissedAt.IsZero() {
		t.Errorf("enrolled again, it is %+v", p)
	}
}

// TestOneAdministratorStays: neither a dismissal nor a change of roles takes the last one (§0).
func TestOneAdministratorStays(t *testing.T) {
	w := given(t)
	last := person("administrator")
	for _, p := range everybody() {
		if names([]string{"administrator@*"}, p) && p.name != last.name {
			w.dismiss(p, "", nil).ok(t)
		}
	}
	p := w.dismiss(last, "", nil).refusedAs(t, http.StatusConflict, "last_administrator")
	if p.Rule != "§0" {
		t.Errorf("refused by %q", p.Rule)
	}
	changed := w.enrolled(last)
	changed.Roles = []control.Role{control.Auditor}
	w.post(last, "/v1/admin/people", changed).refusedAs(t, http.StatusConflict, "last_administrator")
}

// TestADismissalRacesWithNewWork: whoever comes first, no lot is left with somebody who was dismissed.
func TestADismissalRacesWithNewWork(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		hero := w.hero()
		versions := map[string]int64{}
		for round := range 6 {
			p := who{iin: numbered(fmt.Sprintf("8601013%04d", 100+round*7)), org: departmentBIN}
			w.post(person("administrator"), "/v1/admin/people", api.Person{
				IIN: p.iin, Surname: "Жаңа", Organization: departmentBIN, Roles: []control.Role{control.Auditor},
			}).ok(t)
			var group sync.WaitGroup
			dismissed := false
			race := func(f func()) { group.Go(f) }
			race(func() {
				a, err := w.try(person("administrator"), request{
					method: http.MethodPost, path: "/v1/admin/people/" + p.iin + "/dismiss", body: api.DismissCommand{Heirs: []api.Heir{}},
				})
				if dismissed = a.status == http.StatusOK; err != nil || !dismissed && a.status != http.StatusConflict {
					t.Errorf("dismissing: %d %s %v", a.status, a.body, err)
				}
			})
			for _, lot := range hero.Lots[:3] {
				race(func() {
					a, err := w.try(person("lot-manager"), request{method: http.MethodPost, path: "/v1/assignments", body: api.AssignCommand{
						Assignee: p.iin, Lots: []api.LotRef{{Purchase: hero.ID, Lot: lot.ID, Version: versions[lot.ID]}},
					}})
					if err != nil || a.status != http.StatusOK {
						t.Errorf("assigning: %d %s %v", a.status, a.body, err)
					}
				})
			}
			group.Wait()
			assigned := 0
			for _, o := range w.changes(person("lot-manager")).Objects {
				if o.Kind != api.ObjectKindAssignment {
					continue
				}
				versions[o.ID] = o.Version
				if body[api.Assignment](t, o).Assignee != p.iin {
					continue
				}
				assigned++
				w.post(person("lot-manager"), "/v1/assignments", api.AssignCommand{Lots: []api.LotRef{{Purchase: hero.ID, Lot: o.ID, Version: o.Version}}}).each(t)
				versions[o.ID]++
			}
			if dismissed && assigned > 0 || !dismissed && assigned == 0 {
				t.Errorf("round %d: dismissed %v, with %d lots", round, dismissed, assigned)
			}
		}
	})
}

// TestWhoLeftSubstitutesNobody: nor is anybody seated in their place.
func TestWhoLeftSubstitutesNobody(t *testing.T) {
	w := at(t, begun)
	gone := person("second-auditor")
	w.dismiss(gone, "", nil).ok(t)
	for _, c := range []api.SubstituteCommand{
		{ID: substitutionID, Absent: gone.iin, Deputy: person("auditor").iin, From: noon(), Until: noon().AddDate(0, 0, 1)},
		{ID: substitutionID + "2", Absent: person("auditor").iin, Deputy: gone.iin, From: noon(), Until: noon().AddDate(0, 0, 1)},
	} {
		w.unchanged(func() {
			w.post(person("administrator"), "/v1/admin/substitutions", c).refusedAs(t, http.StatusConflict, "unfit_deputy")
		})
	}
}

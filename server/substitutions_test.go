package server_test

import (
	"bytes"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"baqylau/api"
	"baqylau/control"
	"baqylau/internal/need"
	"baqylau/signing/demo"
)

// substituting is the story's substitution: from noon for a week.
func substituting(absent, deputy string) api.SubstituteCommand {
	return api.SubstituteCommand{
		ID: substitutionID, Absent: person(absent).iin, Deputy: person(deputy).iin, From: noon(), Until: noon().AddDate(0, 0, 7),
	}
}

// substitute has the administrator enter it.
func (w *world) substitute(absent, deputy string) {
	w.t.Helper()
	w.post(person("administrator"), "/v1/admin/substitutions", substituting(absent, deputy)).ok(w.t)
}

// endSubstitution has the administrator end it now.
func (w *world) endSubstitution() {
	w.t.Helper()
	w.postAt(person("administrator"), "/v1/admin/substitutions/"+substitutionID+"/end", 1, nil).ok(w.t)
}

// deputy is the second auditor in the approver's place.
func deputy() who { return person("second-auditor").inPlaceOf(person("approver")) }

// printed is the text of a PDF.
func printed(t *testing.T, pdf []byte) string {
	t.Helper()
	need.Program(t, "pdftotext")
	c := exec.CommandContext(t.Context(), "pdftotext", "-raw", "-enc", "UTF-8", "-", "-")
	c.Stdin = bytes.NewReader(pdf)
	text, err := c.Output()
	if err != nil {
		t.Fatalf("reading the PDF: %v", err)
	}
	return string(text)
}

// TestADeputyApproves. The key that signs is the deputy's own; both names stand on the
// paper and in the trail.
func TestADeputyApproves(t *testing.T) {
	w := at(t, substituted)
	n := body[api.Notification](t, w.act(deputy(), notificationID, "prepare", nil).changed(t, "notification", notificationID))
	pdf := w.get(deputy(), "/v1/files/"+n.File).ok(t).body
	text := strings.Join(strings.Fields(printed(t, pdf)), " ")
	for _, name := range []string{"Тегі second-auditor", "Тегі approver"} {
		if !strings.Contains(text, name) {
			t.Errorf("the paper doesn't name %s: %s", name, text)
		}
	}
	foreign := signed(t, key(t, "approver", demo.Signing), pdf)
	p := w.act(deputy(), notificationID, "approve", api.SignCommand{Digest: n.File, CMS: foreign}).refusedAs(t, 422, "wrong_signer")
	if p.Rule != "R-3.7" {
		t.Errorf("refused by %s", p.Rule)
	}
	// The absent person signs no paper that names another.
	w.act(person("approver"), notificationID, "approve", api.SignCommand{Digest: n.File, CMS: foreign}).refusedAs(t, 409, "digest_changed")
	own := signed(t, key(t, "second-auditor", demo.Signing), pdf)
	w.act(deputy(), notificationID, "approve", api.SignCommand{Digest: n.File, CMS: own}).ok(t)

	n, _ = w.notification(notificationID)
	if n.State.Status != control.NotificationApproved || n.Signer != person("second-auditor").iin ||
		n.SignerName != "Тегі second-auditor Аты" || n.SignerForName != "Тегі approver Аты" {
		t.Errorf("signed, it is %s by %s (%s) for %q", n.State.Status, n.SignerName, n.Signer, n.SignerForName)
	}
	last := n.Trail[len(n.Trail)-1]
	if last.Person != person("second-auditor").iin || last.For != person("approver").iin || last.ForName != "Тегі approver Аты" {
		t.Errorf("the trail says %+v", last)
	}
	if first := n.Trail[0]; first.For != "" || first.ForName != "" {
		t.Errorf("who acts for themselves is said to act for %q", first.ForName)
	}
	recalled := body[api.Notification](t, w.act(person("auditor"), notificationID, "recall", nil).changed(t, "notification", notificationID))
	if recalled.SignerForName != "" {
		t.Errorf("recalled, it is signed for %q", recalled.SignerForName)
	}
}

// TestAnAbsentAgreerIsAgreedFor.
func TestAnAbsentAgreerIsAgreedFor(t *testing.T) {
	for action, command := range map[string]any{
		"agree":  api.AgreeCommand{Next: person("auditor").iin},
		"reject": api.RejectCommand{Reason: "Уточните"},
	} {
		onBoth(t, func(t *testing.T, w *world) {
			w.play(inAgreement)
			w.substitute("approver", "second-auditor")
			w.act(person("second-auditor"), notificationID, action, command).refusedAs(t, 403, "missing_relation")
			n := body[api.Notification](t, w.act(deputy(), notificationID, action, command).changed(t, "notification", notificationID))
			if last := n.Trail[len(n.Trail)-1]; last.Person != person("second-auditor").iin || last.For != person("approver").iin {
				t.Errorf("the trail says %+v", last)
			}
		})
	}
}

// TestADeputyMarks; the marks are the assignee's, who creates by them.
func TestADeputyMarks(t *testing.T) {
	w := at(t, assigned)
	w.substitute("auditor", "second-auditor")
	acting := person("second-auditor").inPlaceOf(person("auditor"))
	w.mark(acting, 0, 1, 2)
	for _, o := range w.changes(acting).Objects {
		if o.Kind != api.ObjectKindMarks {
			continue
		}
		if m := body[api.Marks](t, o); m.By != person("auditor").iin || m.Deputy != person("second-auditor").iin {
			t.Errorf("the marks are %s's, set by %s", m.By, m.Deputy)
		}
	}
	p := w.hero()
	draft := api.CreateCommand{ID: notificationID, Purchase: p.ID, Lot: p.Lots[0].ID, Direction: control.D1}
	w.post(acting, "/v1/notifications", draft).refusedAs(t, 409, "not_by_deputy")
	w.post(acting, "/v1/certificates", api.CertificateCommand{ID: certificateID, Purchase: p.ID, Direction: control.D1}).refusedAs(t, 409, "not_by_deputy")
	w.post(acting, "/v1/dispatches", api.DispatchCommand{
		Purchase: p.ID, Direction: control.D1, Notifications: []api.Seen{{ID: notificationID, Digest: digest(nil)}},
	}).refusedAs(t, 409, "not_by_deputy")
	w.post(person("auditor"), "/v1/notifications", draft).ok(t)
}

// TestADeputyConcludes: §4–5.
func TestADeputyConcludes(t *testing.T) {
	w := at(t, objected)
	w.substitute("controller", "C/controller")
	acting := person("C/controller").inPlaceOf(person("controller"))
	w.post(person("objection-manager"), "/v1/objections/assign", w.assignment(person("controller"))).each(t)
	w.post(person("C/controller"), "/v1/conclusions", refusing).refusedAs(t, 403, "missing_relation")
	c := body[api.Conclusion](t, w.post(acting, "/v1/conclusions", refusing).changed(t, "conclusion", conclusionID))
	if c.State.Author != person("controller").iin || c.AuthorName != "Тегі controller Аты" || c.Trail[0].For != c.State.Author {
		t.Errorf("the author is %s (%s): %+v", c.AuthorName, c.State.Author, c.Trail)
	}
	c = body[api.Conclusion](t, w.conclude(acting, "send-to-agreement", nil).changed(t, "conclusion", conclusionID))
	text := strings.Join(strings.Fields(printed(t, w.get(acting, "/v1/files/"+c.File).ok(t).body)), " ")
	if !strings.Contains(text, "Тегі C/controller") || !strings.Contains(text, "Тегі controller") {
		t.Errorf("the paper names the author so: %s", text)
	}
}

// TestADeputyOfTheApproverDeliversAConclusion.
func TestADeputyOfTheApproverDeliversAConclusion(t *testing.T) {
	w := at(t, conclusionInAgreement)
	w.substitute("C/controller_approver", "controller-approver")
	w.conclude(person("controller-approver").inPlaceOf(person("C/controller_approver")), "prepare", nil).refusedAs(t, 403, "missing_relation")
	w.conclude(person("controller-approver"), "agree", api.AgreeCommand{Next: person("C/controller_approver").iin}).ok(t)
	w.conclude(person("controller-approver"), "prepare", nil).refusedAs(t, 403, "missing_relation")
	acting := person("controller-approver").inPlaceOf(person("C/controller_approver"))
	c := body[api.Conclusion](t, w.conclude(acting, "prepare", nil).changed(t, "conclusion", conclusionID))
	pdf := w.get(acting, "/v1/files/"+c.File).ok(t).body
	cms := signed(t, key(t, "controller-approver", demo.Signing), pdf)
	a := w.conclude(acting, "approve", api.SignCommand{Digest: c.File, CMS: cms})
	c = body[api.Conclusion](t, a.changed(t, "conclusion", conclusionID))
	if c.SignerName != "Тегі controller-approver Аты" || c.SignerForName != "Тегі C/controller_approver Аты" {
		t.Errorf("signed by %q for %q", c.SignerName, c.SignerForName)
	}
	o, _ := w.objection(person("objection-manager"))
	for name, last := range map[string]api.TrailEntry{"conclusion": c.Trail[len(c.Trail)-1], "objection": o.Trail[len(o.Trail)-1]} {
		if last.For != person("C/controller_approver").iin {
			t.Errorf("the trail of the %s says %+v", name, last)
		}
	}
}

// TestNobodyActsForAnotherWithoutASubstitution: every way round is refused, reading and
// writing alike, and says the same of who is enrolled and who is not.
func TestNobodyActsForAnotherWithoutASubstitution(t *testing.T) {
	week := func(absent, deputy string, number byte) api.SubstituteCommand {
		c := substituting(absent, deputy)
		c.ID = strings.TrimSuffix(substitutionID, "1") + string(number)
		return c
	}
	for name, c := range map[string]struct {
		entered []api.SubstituteCommand
		as      who
		at      time.Time
		status  int
		reason  string
	}{
		"without any":             {nil, deputy(), noon(), 409, "not_substituting"},
		"the other way round":     {[]api.SubstituteCommand{substituting("second-auditor", "approver")}, deputy(), noon(), 409, "not_substituting"},
		"as a third":              {[]api.SubstituteCommand{substituting("approver", "auditor")}, deputy(), noon(), 409, "not_substituting"},
		"for themselves":          {nil, person("approver").inPlaceOf(person("approver")), noon(), 409, "not_substituting"},
		"for one never enrolled":  {nil, person("approver").inPlaceOf(who{iin: strangerIIN}), noon(), 409, "not_substituting"},
		"for another department":  {nil, deputyOf("B/auditor"), noon(), 409, "not_substituting"},
		"an instant too early":    {[]api.SubstituteCommand{substituting("approver", "second-auditor")}, deputy(), noon().Add(-time.Microsecond), 409, "window_not_open"},
		"an instant too late":     {[]api.SubstituteCommand{substituting("approver", "second-auditor")}, deputy(), noon().AddDate(0, 0, 7), 409, "window_closed"},
		"through another deputy":  {[]api.SubstituteCommand{week("approver", "auditor", '1'), week("auditor", "second-auditor", '2')}, deputy(), noon(), 409, "not_substituting"},
		"for a text of no person": {nil, naming("' OR 1=1 --"), noon(), 422, "bad_input"},
		"for nobody":              {nil, naming(""), noon(), 422, "bad_input"},
		"for two at once": {
			[]api.SubstituteCommand{substituting("approver", "second-auditor")},
			naming(person("approver").iin, person("auditor").iin), noon(), 422, "bad_input",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := at(t, inAgreement)
			for _, s := range c.entered {
				w.post(person("administrator"), "/v1/admin/substitutions", s).ok(t)
			}
			w.clock.set(c.at)
			w.unchanged(func() {
				p := w.act(c.as, notificationID, "reject", api.RejectCommand{Reason: "Нет"}).refusedAs(t, c.status, c.reason)
				if c.status == 409 && p.Rule != "R-11.6" {
					t.Errorf("refused by %s", p.Rule)
				}
				for _, path := range []string{"/v1/changes", "/v1/me", "/v1/notifications/" + notificationID} {
					w.get(c.as, path).refusedAs(t, c.status, c.reason)
				}
			})
		})
	}
}

func deputyOf(absent string) who { return person("second-auditor").inPlaceOf(person(absent)) }

func naming(texts ...string) who {
	w := person("second-auditor")
	w.acting = texts
	return w
}

// TestTheSubstitutionHoldsToItsLastInstant, and no session outlives it.
func TestTheSubstitutionHoldsToItsLastInstant(t *testing.T) {
	w := at(t, substituted)
	w.clock.set(noon().AddDate(0, 0, 7).Add(-time.Microsecond))
	me := as[api.Me](t, w.get(deputy(), "/v1/me").ok(t))
	if me.Person.IIN != person("second-auditor").iin || me.Acting.Absent.IIN != person("approver").iin ||
		!me.Acting.Substitution.From.Equal(noon()) || !me.Acting.Substitution.Until.Equal(noon().AddDate(0, 0, 7)) {
		t.Errorf("I am %+v", me)
	}
	if me := as[api.Me](t, w.get(person("second-auditor"), "/v1/me").ok(t)); me.Acting.Absent.IIN != "" {
		t.Errorf("for myself I act for %+v", me.Acting.Absent)
	}
}

// TestASessionDoesNotOutliveTheSubstitution: ended early, it is over for requests of the same session,
// whether or not they were let in before.
func TestASessionDoesNotOutliveTheSubstitution(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.play(inAgreement)
		w.substitute("approver", "second-auditor")
		w.get(deputy(), "/v1/changes").ok(t)
		reject := request{
			method: http.MethodPost, path: "/v1/notifications/" + notificationID + "/reject", body: api.RejectCommand{Reason: "Уточните"},
			ifMatch: etag(2), key: "the same",
		}
		w.clock.set(noon().Add(time.Minute))
		w.endSubstitution()
		w.get(deputy(), "/v1/changes").refusedAs(t, 409, "window_closed")
		w.send(deputy(), reject).refusedAs(t, 409, "window_closed")
		w.get(person("second-auditor"), "/v1/changes").ok(t)
	})
}

// TestTheSameKeyInAnothersPlaceIsAnotherRequest: an answer to a deputy is not one to the person.
func TestTheSameKeyInAnothersPlaceIsAnotherRequest(t *testing.T) {
	w := at(t, substituted)
	reject := request{
		method: http.MethodPost, path: "/v1/notifications/" + notificationID + "/reject", body: api.RejectCommand{Reason: "Уточните"},
		ifMatch: etag(2), key: "the same",
	}
	first := w.send(deputy(), reject).ok(t)
	if again := w.send(deputy(), reject).ok(t); !bytes.Equal(again.body, first.body) {
		t.Errorf("repeated, it is answered %s", again.body)
	}
	w.send(person("second-auditor"), reject).refusedAs(t, 422, "idempotency_mismatch")
}

// TestADeputySeesWhatTheSubstitutedRolesSee, and no more: not the reports, not the administrator's.
func TestADeputySeesWhatTheSubstitutedRolesSee(t *testing.T) {
	w := at(t, inAgreement)
	seen := func(p who) []string {
		var list []string
		for _, o := range w.changes(p).Objects {
			if o.Kind != api.ObjectKindSubstitution {
				list = append(list, string(o.Kind)+" "+o.ID)
			}
		}
		slices.Sort(list)
		return list
	}
	for _, c := range []struct{ absent, deputy, like string }{
		{"A/auditor", "A/administrator", "A/auditor"},
		{"A/auditor_approver", "A/control_reports", "A/auditor_approver"},
		{"A/administrator", "A/roadmap_executor", "A/roadmap_executor"},
		{"lot-manager", "A/roadmap_executor", "A/roadmap_executor"},
		{"R/audit_object", "R/order_manager", "R/roadmap_executor"},
	} {
		s := substituting(c.absent, c.deputy)
		w.post(person("administrator"), "/v1/admin/substitutions", s).ok(t)
		acting := person(c.deputy).inPlaceOf(person(c.absent))
		if got, want := seen(acting), seen(person(c.like)); !slices.Equal(got, want) {
			t.Errorf("in the place of %s one sees %v, want %v", c.absent, got, want)
		}
		for _, o := range w.changes(acting).Objects {
			if o.Kind == api.ObjectKindSubstitution {
				t.Errorf("in the place of %s one is told of substitutions", c.absent)
			}
		}
		w.get(acting, "/v1/reports/lots?method=open_tender").refusedAs(t, 403, "missing_role")
		w.get(acting, "/v1/admin/substitutions").refusedAs(t, 403, "missing_role")
		w.post(acting, "/v1/admin/people", api.Person{IIN: strangerIIN, Surname: "Ж", Organization: departmentBIN, Roles: []control.Role{}}).refusedAs(t, 403, "missing_role")
		w.endSubstitution()
		w.dropSubstitution(substitutionID)
	}
}

// TestADeputyHearsOnlyOfWhatTheyMayRead: a message to the absent person speaks of something.
func TestADeputyHearsOnlyOfWhatTheyMayRead(t *testing.T) {
	w := at(t, delivered)
	w.substitute("organizer", "R/order_manager")
	for _, o := range w.changes(person("R/order_manager").inPlaceOf(person("organizer"))).Objects {
		if o.Kind == api.ObjectKindMessage {
			t.Errorf("the deputy of an audit object, whose role is not substituted, reads %s", o.Body)
		}
	}
}

// TestASubstitutionIsEnteredAndEnded: who may be in it, and who is told.
func TestASubstitutionIsEnteredAndEnded(t *testing.T) {
	admin := person("administrator")
	for name, c := range map[string]struct {
		change func(*api.SubstituteCommand)
		status int
		reason string
	}{
		"a colleague":          {func(*api.SubstituteCommand) {}, 200, ""},
		"another organisation": {func(s *api.SubstituteCommand) { s.Deputy = person("B/auditor").iin }, 409, "unfit_deputy"},
		"oneself":              {func(s *api.SubstituteCommand) { s.Deputy = s.Absent }, 409, "unfit_deputy"},
		"no time":              {func(s *api.SubstituteCommand) { s.Until = s.From }, 409, "unfit_deputy"},
		"over already":         {func(s *api.SubstituteCommand) { s.From, s.Until = s.From.AddDate(0, 0, -2), s.From }, 409, "window_closed"},
		"nobody absent":        {func(s *api.SubstituteCommand) { s.Absent = "" }, 409, "unfit_deputy"},
		"one who is not here":  {func(s *api.SubstituteCommand) { s.Deputy = strangerIIN }, 422, "bad_input"},
		"an id that is none":   {func(s *api.SubstituteCommand) { s.ID = "x" }, 422, "bad_input"},
		"an absent stranger":   {func(s *api.SubstituteCommand) { s.Absent = strangerIIN }, 422, "bad_input"},
	} {
		t.Run(name, func(t *testing.T) {
			w := given(t)
			s := substituting("approver", "second-auditor")
			c.change(&s)
			a := w.post(admin, "/v1/admin/substitutions", s)
			if c.reason != "" {
				a.refusedAs(t, c.status, c.reason)
				return
			}
			a.ok(t)
			w.post(admin, "/v1/admin/substitutions", s).refusedAs(t, 422, "bad_input") // the id is taken
			for _, p := range everybody() {
				if p.iin == "" {
					continue
				}
				told := slices.ContainsFunc(w.changes(p).Objects, func(o api.Object) bool { return o.Kind == api.ObjectKindSubstitution })
				if want := p.name == "approver" || p.name == "second-auditor" || names([]string{"administrator@*"}, p); told != want {
					t.Errorf("%s is told: %v", p.name, told)
				}
			}
			page := as[api.Page](t, w.get(admin, "/v1/admin/substitutions").ok(t))
			if len(page.Objects) != 1 || body[api.Substitution](t, page.Objects[0]).DeputyName != "Тегі second-auditor Аты" {
				t.Errorf("the list is %+v", page)
			}
			w.postAt(admin, "/v1/admin/substitutions/"+substitutionID+"/end", 7, nil).refusedAs(t, 412, "stale")
			w.endSubstitution()
			w.postAt(admin, "/v1/admin/substitutions/"+substitutionID+"/end", 2, nil).refusedAs(t, 409, "window_closed")
		})
	}
}

// TestNoOperationIsDoneForAnotherByAForgedHeader walks every operation of the contract: naming somebody
// whom one does not substitute opens nothing, not even what one may do for oneself.
func TestNoOperationIsDoneForAnotherByAForgedHeader(t *testing.T) {
	rights := matrix()
	for _, op := range operations(t) {
		if slices.Contains([]string{"getCentre", "postChallenge", "postLogin"}, op.id) {
			continue // open to all: nobody asks there in anybody's place
		}
		t.Run(op.id, func(t *testing.T) {
			r := rights[op.id]
			w := at(t, r.stage)
			call := r.call(w)
			w.unchanged(func() {
				for _, name := range []string{"A/auditor", "A/administrator", "lot-manager", "R/audit_object"} {
					for _, absent := range []who{person("auditor"), person("administrator"), {iin: strangerIIN}} {
						w.send(person(name).inPlaceOf(absent), call).refusedAs(t, http.StatusConflict, "not_substituting")
					}
				}
			})
		})
	}
}

// TestASubstitutionEndsAmongRequests: whoever comes first, an answer is the work done or R-11.6's No.
func TestASubstitutionEndsAmongRequests(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.play(assigned)
		w.substitute("auditor", "second-auditor")
		w.clock.set(noon().Add(time.Minute))
		acting, hero := person("second-auditor").inPlaceOf(person("auditor")), w.hero()
		var group sync.WaitGroup
		for _, lot := range hero.Lots {
			c := api.MarksCommand{Purchase: hero.ID, Direction: control.D1, Lots: []api.LotMarks{checkedAll(t, lot.ID, 0)}}
			group.Go(func() {
				a, err := w.try(acting, request{method: http.MethodPost, path: "/v1/marks", body: c})
				if err != nil || a.status != http.StatusOK && !strings.Contains(string(a.body), `"rule":"R-11.6"`) {
					t.Errorf("marking: %d %s %v", a.status, a.body, err)
				}
			})
		}
		group.Go(func() {
			a, err := w.try(person("administrator"), request{
				method: http.MethodPost, path: "/v1/admin/substitutions/" + substitutionID + "/end", ifMatch: etag(1),
			})
			if err != nil || a.status != http.StatusOK {
				t.Errorf("ending: %d %s %v", a.status, a.body, err)
			}
		})
		group.Wait()
		w.unchanged(func() { w.get(acting, "/v1/changes").refusedAs(t, http.StatusConflict, "window_closed") })
	})
}

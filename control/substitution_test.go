package control_test

import (
	"slices"
	"strings"
	"testing"

	"baqylau/control"
)

// inPlaceOf lets Berik act for someone of his department from 2026-03-10 to 2026-03-20.
func inPlaceOf(t testing.TB, absent control.Actor, now string) (control.Actor, control.Verdict) {
	s := control.Substitution{
		Absent: absent.Person, Deputy: berik.Person, From: almaty(t, "2026-03-10 00:00"), Until: almaty(t, "2026-03-21 00:00"),
	}
	return s.Act(berik, absent, almaty(t, now))
}

func TestR116ADeputyActsForItsTimeAndBothNamesStand(t *testing.T) {
	for at, want := range map[string]string{
		"2026-03-09 23:59:59.999": "R-11.6 window_not_open",
		"2026-03-10 00:00":        "R-11.6",
		"2026-03-20 23:59:59.999": "R-11.6",
		"2026-03-21 00:00":        "R-11.6 window_closed",
	} {
		a, v := inPlaceOf(t, saule, at)
		expect(t, v, want)
		if !v.Allowed {
			if a.Person != "" || a.By() != "" || len(a.Roles) != 0 {
				t.Errorf("refused, it is still %+v", a)
			}
			continue
		}
		if a.Person != saule.Person || a.By() != berik.Person || a.Organization != "almaty" || !slices.Equal(a.Roles, saule.Roles) {
			t.Errorf("the deputy acts as %+v", a)
		}
	}
	if aigul.By() != aigul.Person {
		t.Errorf("without a substitution %q acts", aigul.By())
	}
}

func TestR116WhoMayBeADeputy(t *testing.T) {
	good := control.Substitution{Absent: "saule", Deputy: "berik", From: almaty(t, "2026-03-10 00:00"), Until: almaty(t, "2026-03-21 00:00")}
	acting := saule
	acting.Deputy = "x"
	deputed := berik
	deputed.Deputy = "x"
	homeless := control.Actor{Person: "saule"}
	for _, r := range []struct {
		name           string
		but            func(*control.Substitution)
		absent, deputy control.Actor
		want           string
	}{
		{"a colleague", nil, saule, berik, "R-11.6"},
		{"oneself", func(s *control.Substitution) { s.Deputy = "saule" }, saule, saule, "R-11.6 unfit_deputy"},
		{"another organisation", func(s *control.Substitution) { s.Deputy = "yerlan" }, saule, yerlan, "R-11.6 unfit_deputy"},
		{"no organisation", nil, homeless, control.Actor{Person: "berik"}, "R-11.6 unfit_deputy"},
		{"somebody else's deputy", nil, saule, aigul, "R-11.6 unfit_deputy"},
		{"of somebody else", nil, aigul, berik, "R-11.6 unfit_deputy"},
		{"nobody absent", func(s *control.Substitution) { s.Absent = "" }, control.Actor{Organization: "almaty"}, berik, "R-11.6 unfit_deputy"},
		{"nobody there", func(s *control.Substitution) { s.Deputy = "" }, saule, control.Actor{Organization: "almaty"}, "R-11.6 unfit_deputy"},
		{"a deputy of a deputy", nil, acting, berik, "R-11.6 unfit_deputy"},
		{"by a deputy", nil, saule, deputed, "R-11.6 unfit_deputy"},
		{"no time at all", func(s *control.Substitution) { s.Until = s.From }, saule, berik, "R-11.6 unfit_deputy"},
	} {
		t.Run(r.name, func(t *testing.T) {
			s := good
			if r.but != nil {
				r.but(&s)
			}
			expect(t, s.Check(r.absent, r.deputy), r.want)
			if a, v := s.Act(r.deputy, r.absent, almaty(t, "2026-03-12 10:00")); v.Allowed != (r.want == "R-11.6") || !v.Allowed && a.Person != "" {
				t.Errorf("it acts as %+v: %s", a, said(v))
			}
		})
	}
}

// and §4–5 honour a substitution; nothing else does.
func TestR116WhichRulesHonourASubstitution(t *testing.T) {
	now := "2026-03-12 10:00"
	as := func(absent control.Actor) control.Actor {
		a, v := inPlaceOf(t, absent, now)
		expect(t, v, "R-11.6")
		return a
	}
	auditor, approver, manager := as(aigul), as(saule), as(marat)
	if len(manager.Roles) != 0 {
		t.Errorf("a deputy of a lot manager has the roles %v", manager.Roles)
	}
	manager.Roles = marat.Roles // even so
	g := ready(inD1, control.D1)(t)
	c := g.build()
	turn := aNotification(control.NotificationInAgreement)
	mine := aNotification(control.NotificationInAgreement)
	mine.Agreer = aigul.Person
	for _, r := range []struct {
		name string
		got  control.Verdict
		want string
	}{
		{"mark", c.Mark(auditor, 0, control.D1), "R-1.4.d"},
		{"create", c.Create(auditor, 0, control.D1), "R-3.1 not_by_deputy"},
		{"certify", c.Certify(auditor, control.D1), "R-2.5 not_by_deputy"},
		{"send", c.SendAll(auditor, control.D1), "R-3.10 not_by_deputy"},
		{"report", control.Report(manager), "R-1.1 not_by_deputy"},
		{"assign", c.Assign(manager, 0, aigul), "R-1.3 not_by_deputy"},
		{"unassign", c.Unassign(manager, 0), "R-1.3 not_by_deputy"},
		{"agree", c.Agree(auditor, mine, 0, saule), "R-3.6"},
		{"agree as approver", c.Agree(approver, turn, 0, aigul), "R-3.6"},
		{"reject as auditor", mine.Reject(auditor, "Нақтылаңыз"), "R-3.6"},
		{"reject", turn.Reject(approver, "Нақтылаңыз"), "R-3.6"},
		{"approve", c.Approve(approver, turn, 0), "R-3.7"},
		{"edit", aNotification(control.NotificationDraft).May(auditor, control.ActionEdit), "R-3.4 not_by_deputy"},
		{"recall", turn.May(auditor, control.ActionRecall), "R-3.9 not_by_deputy"},
		{"confirm", aNotification(control.NotificationAwaiting).Confirm(auditor), "R-3.13 not_by_deputy"},
	} {
		t.Run(r.name, func(t *testing.T) { expect(t, r.got, r.want) })
	}
	for _, life := range [][]bool{deputies(control.ObjectionLife), deputies(control.ConclusionLife)} {
		if slices.Contains(life, false) {
			t.Error("a row of §4–5 that people do has no deputy")
		}
	}
}

// deputies says of every row of committee people whether a deputy may.
func deputies[S ~string](life control.Life[S]) []bool {
	var may []bool
	for _, row := range life {
		if row.Role != control.System && row.Role != control.AuditObject {
			may = append(may, row.Deputy)
		}
	}
	return may
}

func TestR116WhatADismissalLeavesOpen(t *testing.T) {
	g := ready(inD1, control.D1)(t)
	g.another()
	g.checked(1, control.D1)
	g.purchase.Lots[1].Contract = true
	follow := *g.another()
	follow.FollowUpPurchase = true
	g.purchase.Lots[2] = follow
	g.checked(2, control.D1)
	g.another().Status = control.Cancelled
	g.checked(3, control.D1)
	foreign := ready(inD1, control.D1)(t)
	foreign.done(0).Assignee = berik.Person
	cancelled := ready(inD1, control.D1)(t)
	cancelled.purchase.Status = control.Cancelled
	for i := range g.purchase.Lots {
		g.purchase.Lots[i].FollowUpPurchase = i == 2
	}
	g.purchase.Lots[3].Contract = false

	both := aNotification(control.NotificationInAgreement)
	both.Agreer = aigul.Person
	done, reckoning, closed := aNotification(control.NotificationExecuted), aNotification(control.NotificationExecuted), aNotification(control.NotificationExecuted)
	reckoning.Penalty, closed.Penalty = control.PenaltySavedOnce, control.PenaltyCompleted
	others := aNotification(control.NotificationDraft)
	others.Author = berik.Person

	mine := anObjection(t, control.ObjectionAssigned)
	mine.Controller = aigul.Person
	concluded := anObjection(t, control.ObjectionRefused)
	concluded.Controller = aigul.Person
	drafted, inTurn, gone := aConclusion(control.ConclusionDraft), aConclusion(control.ConclusionInAgreement), aConclusion(control.ConclusionDelivered)
	drafted.Author, gone.Author, inTurn.Agreer = aigul.Person, aigul.Person, aigul.Person

	desk := control.Desk{
		Cases: map[string]*control.Case{"b": g.build(), "a": foreign.build(), "c": cancelled.build()},
		Notifications: map[string]*control.Notification{
			"1": both, "2": done, "3": reckoning, "4": closed, "5": others, "6": delivered(t, control.NotificationAwaiting),
		},
		Objections:  map[string]*control.Objection{"1": mine, "2": concluded, "3": anObjection(t, control.ObjectionAssigned)},
		Conclusions: map[string]*control.Conclusion{"1": drafted, "2": inTurn, "3": gone},
	}
	type work struct {
		kind control.WorkKind
		id   string
		lot  int
	}
	want := []work{
		{control.WorkLot, "b", 0},
		{control.WorkNotification, "1", 0},
		{control.WorkNotificationAgreer, "1", 0},
		{control.WorkNotification, "3", 0},
		{control.WorkNotification, "6", 0},
		{control.WorkObjection, "1", 0},
		{control.WorkConclusion, "1", 0},
		{control.WorkConclusionAgreer, "2", 0},
	}
	var got []work
	heirs := map[control.WorkKind][]string{}
	for _, w := range desk.OpenWork(aigul) {
		got = append(got, work{w.Kind, w.ID, w.Lot})
		heirs[w.Kind] = nil
		for _, heir := range []control.Actor{aigul, berik, saule, marat, yerlan, gulnar, timur, daniya, outsider, nobody} {
			if v := w.Heir(aigul.Person, heir); v.Allowed {
				expect(t, v, "R-11.6")
				heirs[w.Kind] = append(heirs[w.Kind], heir.Person)
			}
		}
		expect(t, w.Heir(aigul.Person, control.Actor{Organization: "almaty", Roles: control.Roles()}), "R-11.6 unfit_heir")
	}
	if !slices.Equal(got, want) {
		t.Errorf("open are %v, want %v", got, want)
	}
	for kind, want := range map[control.WorkKind][]string{
		control.WorkLot: {"berik"}, control.WorkNotification: {"berik"}, control.WorkNotificationAgreer: {"berik", "saule"},
		control.WorkObjection: {"timur"}, control.WorkConclusion: {"timur"}, control.WorkConclusionAgreer: {"timur", "daniya"},
	} {
		if !slices.Equal(heirs[kind], want) {
			t.Errorf("%s may go to %v, want %v", kind, heirs[kind], want)
		}
	}
	if left := desk.OpenWork(nobody); left != nil {
		t.Errorf("nobody leaves %v", left)
	}
}

// More substitutions of the same two people: one in force is enough; else the refusal names the window
// that the person would ask for.
func TestR116WhichSubstitutionIsInForce(t *testing.T) {
	days := func(absent, deputy, from, until string) control.Substitution {
		return control.Substitution{Absent: absent, Deputy: deputy, From: almaty(t, from), Until: almaty(t, until)}
	}
	first, second := days("saule", "berik", "2026-03-10 00:00", "2026-03-13 00:00"), days("saule", "berik", "2026-03-20 00:00", "2026-03-23 00:00")
	third := days("saule", "berik", "2026-04-20 00:00", "2026-04-23 00:00")
	all := []control.Substitution{third, second, first}
	for _, r := range []struct {
		name   string
		all    []control.Substitution
		now    string
		want   string
		window string
	}{
		{"none at all", nil, "2026-03-12 10:00", "R-11.6 not_substituting", ""},
		{"before all", all, "2026-03-09 23:59:59.999", "R-11.6 window_not_open", "2026-03-10 00:00"},
		{"the first", all, "2026-03-10 00:00", "R-11.6", "2026-03-10 00:00"},
		{"between", all, "2026-03-13 00:00", "R-11.6 window_not_open", "2026-03-20 00:00"},
		{"the second", all, "2026-03-22 23:59:59.999", "R-11.6", "2026-03-20 00:00"},
		{"between the later ones", all, "2026-03-23 00:00", "R-11.6 window_not_open", "2026-04-20 00:00"},
		{"after all", all, "2026-04-23 00:00", "R-11.6 window_closed", "2026-04-20 00:00"},
		{"of somebody else", []control.Substitution{days("aigul", "berik", "2026-03-10 00:00", "2026-03-13 00:00")}, "2026-03-12 10:00", "R-11.6 not_substituting", ""},
		{"by somebody else", []control.Substitution{days("saule", "aigul", "2026-03-10 00:00", "2026-03-13 00:00")}, "2026-03-12 10:00", "R-11.6 not_substituting", ""},
		{"the other way round", []control.Substitution{days("berik", "saule", "2026-03-10 00:00", "2026-03-13 00:00")}, "2026-03-12 10:00", "R-11.6 not_substituting", ""},
		{"one that never began", []control.Substitution{days("saule", "berik", "2026-03-10 00:00", "2026-03-10 00:00")}, "2026-03-10 00:00", "R-11.6 not_substituting", ""},
	} {
		t.Run(r.name, func(t *testing.T) {
			a, v := control.InPlaceOf(r.all, berik, saule, almaty(t, r.now))
			expect(t, v, r.want)
			if r.window != "" && !v.Opens.Equal(almaty(t, r.window)) {
				t.Errorf("it speaks of the window that opens %s, want %s", v.Opens, r.window)
			}
			if v.Allowed != (a.Person == saule.Person && a.By() == berik.Person) || !v.Allowed && a.Person != "" {
				t.Errorf("it acts as %+v", a)
			}
		})
	}
	if !all[0].From.Equal(third.From) {
		t.Error("the list was put into another order")
	}
}

// A deputy of a deputy is nobody's deputy: whom Berik substitutes, Aigul does not reach through Berik.
func TestR116ADeputyHasNoDeputy(t *testing.T) {
	now := almaty(t, "2026-03-12 10:00")
	all := []control.Substitution{
		{Absent: "saule", Deputy: "berik", From: now, Until: now.AddDate(0, 0, 1)},
		{Absent: "berik", Deputy: "aigul", From: now, Until: now.AddDate(0, 0, 1)},
	}
	_, v := control.InPlaceOf(all, aigul, saule, now)
	expect(t, v, "R-11.6 not_substituting")
	berikActing, v := control.InPlaceOf(all, berik, saule, now)
	expect(t, v, "R-11.6")
	_, v = control.InPlaceOf([]control.Substitution{{Absent: "saule", Deputy: "aigul", From: now, Until: now.AddDate(0, 0, 1)}}, aigul, berikActing, now)
	expect(t, v, "R-11.6 unfit_deputy")
}

func TestR116TheAdministratorEntersAndEndsASubstitution(t *testing.T) {
	ruler := control.Actor{Person: "ruler", Organization: "ministry", Roles: []control.Role{control.Administrator}}
	s := control.Substitution{Absent: "saule", Deputy: "berik", From: almaty(t, "2026-03-10 00:00"), Until: almaty(t, "2026-03-21 00:00")}
	for _, r := range []struct {
		name   string
		by     control.Actor
		deputy control.Actor
		now    string
		enter  string
		end    string
		until  string
	}{
		{"ahead", ruler, berik, "2026-03-01 10:00", "R-11.6", "R-11.6", "2026-03-10 00:00"},
		{"as it begins", ruler, berik, "2026-03-10 00:00", "R-11.6", "R-11.6", "2026-03-10 00:00"},
		{"in the midst of it", ruler, berik, "2026-03-12 10:00", "R-11.6", "R-11.6", "2026-03-12 10:00"},
		{"at its last instant", ruler, berik, "2026-03-20 23:59:59.999", "R-11.6", "R-11.6", "2026-03-20 23:59:59.999"},
		{"as it is over", ruler, berik, "2026-03-21 00:00", "R-11.6 window_closed", "R-11.6 window_closed", "2026-03-21 00:00"},
		{"for one who is not there", ruler, yerlan, "2026-03-12 10:00", "R-11.6 unfit_deputy", "R-11.6", "2026-03-12 10:00"},
		{"by a colleague", aigul, berik, "2026-03-12 10:00", "§0 missing_role", "§0 missing_role", "2026-03-21 00:00"},
		{"by the administrator's deputy", control.Actor{Person: "ruler", Roles: ruler.Roles, Deputy: "x"}, berik, "2026-03-12 10:00", "§0 not_by_deputy", "§0 not_by_deputy", "2026-03-21 00:00"},
	} {
		t.Run(r.name, func(t *testing.T) {
			now := almaty(t, r.now)
			expect(t, s.Enter(r.by, saule, r.deputy, now), r.enter)
			ended, v := s.End(r.by, now)
			expect(t, v, r.end)
			if !ended.Until.Equal(almaty(t, r.until)) || !ended.From.Equal(s.From) {
				t.Errorf("ended, it lasts from %s until %s", ended.From, ended.Until)
			}
			if _, in := control.InPlaceOf([]control.Substitution{ended}, berik, saule, now); v.Allowed && in.Allowed {
				t.Error("ended, it is still in force")
			}
		})
	}
}

func TestR116NobodyLeavesWhileWorkHasNoHeir(t *testing.T) {
	n := aNotification(control.NotificationInAgreement)
	n.Agreer = aigul.Person
	desk := control.Desk{Notifications: map[string]*control.Notification{"1": n}}
	open := desk.OpenWork(aigul)
	if len(open) != 2 || !slices.Equal(open[0].Roles(), []control.Role{control.Auditor}) {
		t.Fatalf("open are %v", open)
	}
	for _, r := range []struct {
		name          string
		author, agree control.Actor
		want          string
	}{
		{"all is handed over", berik, saule, "R-11.6"},
		{"one piece is left", berik, control.Actor{}, "R-11.6 work_left 1"},
		{"all is left", control.Actor{}, control.Actor{}, "R-11.6 work_left 2"},
		{"to one without the role", saule, saule, "R-11.6 unfit_heir saule"},
		{"to oneself", aigul, saule, "R-11.6 unfit_heir aigul"},
		{"to a stranger, and one is left", control.Actor{}, yerlan, "R-11.6 unfit_heir yerlan"},
	} {
		t.Run(r.name, func(t *testing.T) {
			v := control.HandOver(aigul, open, func(w control.OpenWork) control.Actor {
				if w.Kind == control.WorkNotification {
					return r.author
				}
				return r.agree
			})
			if got := strings.TrimSpace(said(v) + " " + v.Subject); got != r.want {
				t.Errorf("it says %q, want %q", got, r.want)
			}
		})
	}
	expect(t, control.HandOver(aigul, nil, nil), "R-11.6")

	for _, r := range []struct {
		name  string
		after control.Actor
		left  int
	}{
		{"as before", aigul, 0},
		{"with other roles that serve", control.Actor{Person: "aigul", Organization: "almaty", Roles: []control.Role{control.LotManager, control.Auditor}}, 0},
		{"approver alone", control.Actor{Person: "aigul", Organization: "almaty", Roles: []control.Role{control.AuditorApprover}}, 1},
		{"without roles", control.Actor{Person: "aigul", Organization: "almaty"}, 2},
		{"elsewhere", control.Actor{Person: "aigul", Organization: "astana", Roles: aigul.Roles}, 2},
	} {
		left, v := control.Keep(open, r.after)
		want := "R-11.6"
		if r.left > 0 {
			want = "R-11.6 work_left"
		}
		expect(t, v, want)
		if len(left) != r.left {
			t.Errorf("%s: %v would have nobody", r.name, left)
		}
	}
}

func TestTheLastAdministratorRemainsOne(t *testing.T) {
	ruler := control.Actor{Person: "ruler", Roles: []control.Role{control.Administrator}}
	for _, r := range []struct {
		name          string
		before, after control.Actor
		others        int
		want          string
	}{
		{"the last one", ruler, aigul, 0, "§0 last_administrator"},
		{"one of two", ruler, aigul, 1, "§0"},
		{"one who stays", ruler, ruler, 0, "§0"},
		{"one who never was", aigul, aigul, 0, "§0"},
		{"the first one", aigul, ruler, 0, "§0"},
	} {
		t.Run(r.name, func(t *testing.T) { expect(t, control.KeepAdministrator(r.before, r.after, r.others), r.want) })
	}
}

func TestR116WhoIsToldOfASubstitution(t *testing.T) {
	s := control.Substitution{Absent: saule.Person, Deputy: berik.Person, From: almaty(t, "2026-03-10 00:00"), Until: almaty(t, "2026-03-21 00:00")}
	acting, _ := s.Act(berik, saule, s.From)
	for _, r := range []struct {
		name string
		a    control.Actor
		want string
	}{
		{"the absent person", saule, "R-11.6"},
		{"the deputy", berik, "R-11.6"},
		{"the administrator", ruler, "R-11.6"},
		{"a colleague", aigul, "R-11.6 missing_role"},
		{"nobody", control.Actor{}, "R-11.6 missing_role"},
		{"the deputy in the absent place", acting, "R-11.6 not_by_deputy"},
	} {
		t.Run(r.name, func(t *testing.T) {
			v := s.View(r.a)
			expect(t, v, r.want)
			if v.Allowed && (!v.Opens.Equal(s.From) || !v.Closes.Equal(s.Until)) {
				t.Errorf("it speaks of %s until %s", v.Opens, v.Closes)
			}
		})
	}
	nobodys := control.Substitution{Deputy: berik.Person}
	expect(t, nobodys.View(control.Actor{}), "R-11.6 missing_role")
	odd := control.Substitution{Absent: "?", Deputy: berik.Person}
	expect(t, odd.View(control.Actor{Person: "?"}), "R-11.6")
}

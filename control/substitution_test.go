package control_test

import (
	"slices"
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

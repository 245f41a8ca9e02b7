package control_test

import (
	"testing"

	"baqylau/control"
)

func TestR11ReportsAreForTheRoleOfReports(t *testing.T) {
	for _, role := range control.Roles() {
		want := "R-1.1 missing_role"
		if role == control.ControlReports {
			want = "R-1.1"
		}
		expect(t, control.Report(control.Actor{Person: "x", Organization: "almaty", Roles: []control.Role{role}}), want)
	}
}

func TestR11TheReportTypesAreTheSixMethods(t *testing.T) {
	directed, byPoint := 0, 0
	for _, m := range control.Methods() {
		directions := m.Directions()
		if m.HasDirections() {
			directed++
		} else if len(directions) != 1 || directions[0] != control.Undirected {
			t.Errorf("%s has the directions %v", m, directions)
		}
		if m.ByPlanPoint() {
			byPoint++
		}
	}
	if len(control.Methods()) != 6 || directed != 3 || byPoint != 2 {
		t.Errorf("%d methods, %d of them by direction, %d by plan point; want 6, 3, 2", len(control.Methods()), directed, byPoint)
	}
}

func TestR13AssigningNeedsBothRolesAndAFitAuditor(t *testing.T) {
	with := func(roles ...control.Role) control.Actor {
		return control.Actor{Person: "m", Organization: "almaty", Roles: roles}
	}
	for _, r := range []struct {
		name     string
		by, whom control.Actor
		want     string
	}{
		{"a lot manager with reports assigns to an auditor of the department", marat, aigul, "R-1.4.d"},
		{"to himself, when he is an auditor too", with(control.LotManager, control.ControlReports, control.Auditor), with(control.LotManager, control.Auditor), "R-1.4.d"},
		{"not without the reports", with(control.LotManager), aigul, "R-1.3 missing_role"},
		{"not with the reports alone", with(control.ControlReports), aigul, "R-1.3 missing_role"},
		{"an auditor assigns nothing", aigul, aigul, "R-1.3 missing_role"},
		{"not to an auditor of another organisation", marat, yerlan, "R-1.3 unfit_assignee"},
		{"not to a colleague who is no auditor", marat, saule, "R-1.3 unfit_assignee"},
		{"not to nobody", marat, nobody, "R-1.3 unfit_assignee"},
	} {
		t.Run(r.name, func(t *testing.T) { expect(t, inD1(t).build().Assign(r.by, 0, r.whom), r.want) })
	}
	expect(t, control.FitAssignee(marat, berik), "R-1.3")
	expect(t, control.FitAssignee(marat, yerlan), "R-1.3 unfit_assignee")
	expect(t, control.MayAssign(marat), "R-1.3")
	expect(t, control.MayAssign(aigul), "R-1.3 missing_role")
}

func TestR14OnlyWhatIsSubjectToControlIsAssigned(t *testing.T) {
	tell(t, []row{
		{"a lot in D1", inD1, nil, "R-1.4.d"},
		{"a lot in D4", inD4, nil, "R-1.4.d"},
		{"a plan point", inExchange, nil, "R-1.4.a"},
		{"a quotation", inQuotations, nil, "R-1.4.c"},
		{"not after the window", inD1, func(g *given) { g.at("2026-03-18 00:00") }, "R-1.4.d window_closed"},
		{"not a small purchase", inSingleSource, func(g *given) { g.lot().Amount = 1 }, "R-1.4.b amount_too_small"},
	}, func(c *control.Case) control.Verdict { return c.Assign(marat, 0, aigul) })
}

func TestR15AnAssignmentIsLetGoWhileNothingWasDone(t *testing.T) {
	assigned := func(t testing.TB) *given {
		g := inD1(t)
		g.done(0).Assignee = aigul.Person
		return g
	}
	rows := []struct {
		row
		unassign string
	}{
		{row{"untouched", assigned, nil, "R-1.4.d"}, "R-1.5"},
		{row{"with a mark set back to No", assigned, func(g *given) {
			g.done(0).In(control.D1).Marks = []control.Mark{{Profile: 1}}
		}, "R-1.4.d"}, "R-1.5"},
		{row{"with a check mark", assigned, func(g *given) {
			g.done(0).In(control.D1).Marks = []control.Mark{{Profile: 1}, {Profile: 3, Checked: true}}
		}, "R-1.5 has_marks"}, "R-1.5 has_marks"},
		{row{"with a check mark in another direction", assigned, func(g *given) {
			g.done(0).In(control.D4).Marks = []control.Mark{{Profile: 5, Checked: true}}
		}, "R-1.5 has_marks"}, "R-1.5 has_marks"},
		{row{"with a notification", assigned, func(g *given) {
			g.notified(0, control.D1, control.NotificationDraft)
		}, "R-1.5 has_notification"}, "R-1.5 has_notification"},
		{row{"after the window", assigned, func(g *given) { g.at("2026-03-18 00:00") }, "R-1.4.d window_closed"}, "R-1.5"},
		{row{"with a mark on another lot", assigned, func(g *given) {
			g.another()
			g.checked(1, control.D1)
		}, "R-1.4.d"}, "R-1.5"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			g := r.stage(t)
			if r.but != nil {
				r.but(g)
			}
			c := g.build()
			expect(t, c.Assign(marat, 0, berik), r.want)
			expect(t, c.Unassign(marat, 0), r.unassign)
		})
	}
}

func TestR15ReassigningNamesTheWindowOfTheLot(t *testing.T) {
	g := inD1(t)
	g.done(0).Assignee = aigul.Person
	v := g.build().Assign(marat, 0, berik)
	if !v.Closes.Equal(almaty(t, "2026-03-18 00:00")) {
		t.Errorf("it closes %v, want the end of the discussion", v.Closes)
	}
}

func TestR15UnassigningNeedsTheRightAndAnAssignment(t *testing.T) {
	g := inD1(t)
	expect(t, g.build().Unassign(marat, 0), "R-1.5 not_assigned")
	g.done(0).Assignee = aigul.Person
	expect(t, g.build().Unassign(aigul, 0), "R-1.3 missing_role")
}

// Another department's assignment is not ours to take: the lot is theirs as long as they keep it.
func TestAnAssignmentIsLetGoByItsOwnDepartmentAlone(t *testing.T) {
	rules := builtInRules(t)
	p := &control.Purchase{
		Method: control.CommodityExchange, Status: control.Approved,
		Lots: []control.Lot{{ID: "1", Number: "1", Status: control.Approved}},
	}
	manager := control.Actor{Person: "manager", Organization: "ours", Roles: []control.Role{control.LotManager, control.ControlReports}}
	colleague := control.Actor{Person: "auditor", Organization: "ours", Roles: []control.Role{control.Auditor}}
	for _, c := range []struct {
		name, by string
		allowed  bool
	}{{"ours", "ours", true}, {"theirs", "theirs", false}} {
		work := []control.LotWork{{Assignee: "somebody", Organization: c.by}}
		given, err := rules.Case(p, work, almaty(t, "2026-03-12 10:00"))
		if err != nil {
			t.Fatal(err)
		}
		for action, v := range map[string]control.Verdict{"assign": given.Assign(manager, 0, colleague), "unassign": given.Unassign(manager, 0)} {
			if v.Allowed != c.allowed || !c.allowed && (v.Reason != control.MissingRelation || v.Rule != "R-1.5") {
				t.Errorf("%s of what is %s: %v", action, c.name, v)
			}
		}
	}
}

package control_test

import (
	"testing"

	"baqylau/control"
)

// explain.md: the first failing check decides, in the order role, relation, status, window, facts.
// Each staircase starts with everything wrong, mends one thing a step and names what is wrong then.
func TestTheFirstFailingCheckDecidesInOrder(t *testing.T) {
	type step struct {
		mend func(*staircase)
		want string
	}
	role := func(s *staircase) { s.actor.Roles = aigul.Roles }
	person := func(s *staircase) { s.actor.Person, s.actor.Organization = aigul.Person, aigul.Organization }
	for _, stairs := range []struct {
		name  string
		stage func(testing.TB) *given
		ask   func(*staircase) control.Verdict
		wrong func(*given)
		steps []step
	}{
		{
			"assign", inD3,
			func(s *staircase) control.Verdict { return s.build().Assign(s.actor, 0, s.other) },
			func(g *given) {
				g.lot().Status, g.lot().Amount = control.Cancelled, 1
				g.at("2026-04-08 00:00")
			},
			[]step{
				{nil, "R-1.3 missing_role"},
				{func(s *staircase) { s.actor = marat }, "R-1.3 unfit_assignee"},
				{func(s *staircase) { s.other = aigul }, "R-1.4.d wrong_status"},
				{func(s *staircase) { s.lot().Status = control.SupplementingApps }, "R-1.4.d window_closed"},
				{func(s *staircase) { s.at("2026-04-07 23:59") }, "R-1.4.d amount_too_small"},
				{func(s *staircase) { s.lot().Amount = 6_000_000 * tenge }, "R-1.4.d"},
			},
		},
		{
			"mark", inD2,
			func(s *staircase) control.Verdict { return s.build().Mark(s.actor, 0, control.D2) },
			func(g *given) {
				g.done(0).Assignee = aigul.Person
				g.lot().Status, g.lot().Discussed = control.Cancelled, false
				g.at("2026-03-29 00:00")
			},
			[]step{
				{nil, "R-2.2 missing_role"},
				{role, "R-2.2 missing_relation"},
				{person, "R-1.4.d wrong_status"},
				{func(s *staircase) { s.lot().Status = control.AcceptingApplications }, "R-1.4.d window_closed"},
				{func(s *staircase) { s.at("2026-03-28 23:59") }, "R-1.4.d not_discussed"},
				{func(s *staircase) { s.lot().Discussed = true }, "R-1.4.d"},
			},
		},
		{
			"create, D1", inD1,
			func(s *staircase) control.Verdict { return s.build().Create(s.actor, 0, control.D1) },
			func(g *given) {
				g.done(0).Assignee = aigul.Person
				g.lot().Status = control.Cancelled
				g.at("2026-03-18 00:00")
			},
			[]step{
				{nil, "R-3.1 missing_role"},
				{role, "R-3.1 missing_relation"},
				{person, "R-3.1.1 wrong_status"},
				{func(s *staircase) { s.lot().Status = control.Published }, "R-3.1.1 window_closed"},
				{func(s *staircase) { s.at("2026-03-17 23:59") }, "R-3.1 not_checked"},
				{func(s *staircase) { s.checked(0, control.D1) }, "R-3.1 no_violation"},
				{func(s *staircase) { s.checked(0, control.D1, 3) }, "R-3.1.1"},
			},
		},
		{
			"create, D4", inD4,
			func(s *staircase) control.Verdict { return s.build().Create(s.actor, 0, control.D4) },
			func(g *given) {
				g.done(0).Assignee = aigul.Person
				g.lot().Status, g.lot().Contract = control.Cancelled, true
				g.at("2026-04-20 23:59")
			},
			[]step{
				{nil, "R-3.1 missing_role"},
				{role, "R-3.1 missing_relation"},
				{person, "R-3.1.4.a wrong_status"},
				{func(s *staircase) { s.lot().Status = control.Held }, "R-3.1.4.a window_not_open"},
				{func(s *staircase) { s.at("2026-04-21 00:00") }, "R-3.1.4.e contract_exists"},
				{func(s *staircase) { s.lot().Contract = false }, "R-3.1 not_checked"},
			},
		},
		{
			"send, D1", inD1,
			func(s *staircase) control.Verdict { return s.build().SendAll(s.actor, control.D1) },
			func(g *given) {
				g.notified(0, control.D1, control.NotificationDraft)
				g.done(0).In(control.D1).Marks = nil
				g.purchase.Status = control.AcceptingApplications
				g.at("2026-03-18 00:00")
			},
			[]step{
				{nil, "R-3.10 missing_role"},
				{role, "R-3.10 missing_relation"},
				{person, "R-3.10 wrong_status"},
				{func(s *staircase) { s.purchase.Status = control.Published }, "R-3.10 window_closed"},
				{func(s *staircase) { s.at("2026-03-17 23:59") }, "R-3.10 not_checked"},
				{func(s *staircase) { s.checked(0, control.D1, 3) }, "R-3.10 nothing_approved"},
				{func(s *staircase) { s.notified(0, control.D1, control.NotificationApproved) }, "R-3.10"},
			},
		},
		{
			"send, D2: that a lot is not discussed is a fact, and comes last", approved(inD2, control.D2),
			func(s *staircase) control.Verdict { return s.build().SendAll(s.actor, control.D2) },
			func(g *given) {
				g.lot().Discussed, g.purchase.Status = false, control.Published
				g.at("2026-03-29 00:00")
			},
			[]step{
				{func(s *staircase) { s.actor = aigul }, "R-3.10 wrong_status"},
				{func(s *staircase) { s.purchase.Status = control.AcceptingApplications }, "R-3.10 window_closed"},
				{func(s *staircase) { s.at("2026-03-28 23:59") }, "R-3.10 not_discussed"},
				{func(s *staircase) { s.lot().Discussed = true }, "R-3.10"},
			},
		},
		{
			"send, D4", inD4,
			func(s *staircase) control.Verdict { return s.build().SendAll(s.actor, control.D4) },
			func(g *given) {
				g.notified(0, control.D4, control.NotificationDraft)
				g.complained(0, control.ComplaintAuditCancel)
				g.purchase.Status, g.lot().PlanPointStatus = control.ExecutionDecision, control.Cancelled
				g.at("2026-04-20 23:59")
			},
			[]step{
				{func(s *staircase) { s.actor = aigul }, "R-3.10 wrong_status"},
				{func(s *staircase) { s.purchase.Status = control.Completed }, "R-3.10 window_not_open"},
				{func(s *staircase) { s.at("2026-04-21 00:00") }, "R-3.1.4.d complaint_decision"},
				{func(s *staircase) { s.lot().Complaint = nil }, "R-3.10 not_approved"},
				{func(s *staircase) { s.notified(0, control.D4, control.NotificationApproved) }, "R-3.10 wrong_status"},
				{func(s *staircase) { s.lot().PlanPointStatus = control.Held }, "R-3.10"},
			},
		},
		{
			"send, price quotations without one approved", inQuotations,
			func(s *staircase) control.Verdict { return s.build().SendAll(s.actor, control.Undirected) },
			func(g *given) {
				g.notified(0, control.Undirected, control.NotificationDraft)
				g.purchase.Status = control.Completed
				g.at("2026-03-18 00:00")
			},
			[]step{
				{func(s *staircase) { s.actor = aigul }, "R-3.10 wrong_status"},
				{func(s *staircase) { s.purchase.Status = control.Published }, "R-3.10 window_closed"},
				{func(s *staircase) { s.at("2026-03-17 23:59") }, "R-3.10 nothing_approved"},
			},
		},
		{
			"send, a plan point without one approved", inExchange,
			func(s *staircase) control.Verdict { return s.build().SendAll(s.actor, control.Undirected) },
			func(g *given) {
				g.notified(0, control.Undirected, control.NotificationDraft)
				g.lot().Status = control.Cancelled
			},
			[]step{
				{func(s *staircase) { s.actor = aigul }, "R-3.10 wrong_status"},
				{func(s *staircase) { s.lot().Status = control.Approved }, "R-3.10 nothing_approved"},
			},
		},
		{
			"approve", inD4,
			func(s *staircase) control.Verdict { return s.build().Approve(s.actor, s.notification, 0) },
			func(g *given) { g.lot().Contract = true },
			[]step{
				{nil, "R-3.7 missing_role"},
				{func(s *staircase) { s.actor.Roles = saule.Roles }, "R-3.7 missing_relation"},
				{func(s *staircase) { s.actor = saule }, "R-3.8 contract_exists"},
				{func(s *staircase) { s.lot().Contract = false }, "R-3.7"},
			},
		},
	} {
		t.Run(stairs.name, func(t *testing.T) {
			s := &staircase{given: stairs.stage(t), actor: control.Actor{Person: "stranger", Organization: "astana"}}
			s.notification = aNotification(control.NotificationInAgreement)
			s.notification.Direction = control.D4
			stairs.wrong(s.given)
			for _, step := range stairs.steps {
				if step.mend != nil {
					step.mend(s)
				}
				expect(t, stairs.ask(s), step.want)
			}
		})
	}
}

// staircase is a case with who asks and of whom.
type staircase struct {
	*given
	actor, other control.Actor
	notification *control.Notification
}

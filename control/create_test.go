package control_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"baqylau/control"
)

// ready checks every profile of the stage's first lot, with the first one violated.
func ready(stage func(testing.TB) *given, d control.Direction) func(testing.TB) *given {
	return func(t testing.TB) *given {
		g := stage(t)
		g.checked(0, d, g.rules.Catalogue.For(g.purchase.Method, d)[0].Number)
		return g
	}
}

func createIn(d control.Direction) func(*control.Case) control.Verdict {
	return func(c *control.Case) control.Verdict { return c.Create(aigul, 0, d) }
}

func TestR31ANotificationIsCreated(t *testing.T) {
	g := ready(inD1, control.D1)
	tell(t, []row{
		{"when all is checked and one violated", g, nil, "R-3.1.1"},
		{"when all are violated", g, func(g *given) { g.checked(0, control.D1, 1, 3, 4, 12) }, "R-3.1.1"},
		{"not before anything is checked", g, func(g *given) { g.done(0).In(control.D1).Marks = nil }, "R-3.1 not_checked"},
		{"not while one profile is unchecked", g, func(g *given) { g.done(0).In(control.D1).Marks[3].Checked = false }, "R-3.1 not_checked"},
		{"not while one profile has no cell at all", g, func(g *given) { g.done(0).In(control.D1).Marks = g.done(0).In(control.D1).Marks[:3] }, "R-3.1 not_checked"},
		{"not when nothing is violated", g, func(g *given) { g.checked(0, control.D1) }, "R-3.1 no_violation"},
		{"only one on a lot and direction", g, func(g *given) { g.notified(0, control.D1, control.NotificationDraft) }, "R-3.1 exists_already"},
		{"an annulled one too counts as one", g, func(g *given) { g.notified(0, control.D1, control.NotificationAnnulled) }, "R-3.1 exists_already"},
		{"whatever there is in another direction", g, func(g *given) { g.notified(0, control.D2, control.NotificationDraft) }, "R-3.1.1"},
		{"whatever draft there is on another lot", g, func(g *given) { g.another(); g.notified(1, control.D1, control.NotificationApproved) }, "R-3.1.1"},
		{"R-3.10 not after another lot's was sent", g, func(g *given) { g.another(); g.notified(1, control.D1, control.NotificationDelivered) }, "R-3.10 shut_out"},
		{"whatever was sent in another direction", g, func(g *given) { g.another(); g.notified(1, control.D2, control.NotificationDelivered) }, "R-3.1.1"},
		{"a direction that the method lacks has none", ready(inQuotations, control.Undirected), nil, "R-3.1 wrong_direction"},
	}, createIn(control.D1))
}

func TestR31ADirectionWithoutProfilesIsNeverChecked(t *testing.T) {
	g := ready(inD1, control.D1)(t)
	empty, err := control.ReadCatalogue(strings.NewReader(header), "empty")
	if err != nil {
		t.Fatal(err)
	}
	g.rules = &control.Rules{Calendar: g.rules.Calendar, Terms: g.rules.Terms, Catalogue: empty}
	g.done(0).In(control.D1).Marks = nil
	expect(t, g.build().Create(aigul, 0, control.D1), "R-3.1 not_checked")
}

// A plan point is checked for the profiles of today: what was marked while another was doesn't count.
func TestR31AProfileThatIsCheckedNoMoreIsNoViolation(t *testing.T) {
	g := ready(inExchange, control.Undirected)(t)
	const retired, kept = 101, 102
	catalogue, err := control.ReadCatalogue(strings.NewReader(strings.TrimSuffix(header, "\n")+",valid_from,valid_to\n"+
		"101,,commodity_exchange,cancel_purchase,қ,р,,,2026-03-01\n"+
		"102,,commodity_exchange,cancel_purchase,қ,р,,,\n"), "later")
	if err != nil {
		t.Fatal(err)
	}
	g.rules = &control.Rules{Calendar: g.rules.Calendar, Terms: g.rules.Terms, Catalogue: catalogue}
	marks := g.done(0).In(control.Undirected)
	marks.Marks = []control.Mark{{Profile: retired, Checked: true, Violated: true}, {Profile: kept, Checked: true}}
	create := func(at string) (control.Verdict, []int) {
		g.at(at)
		c := g.build()
		return c.Create(aigul, 0, control.Undirected), c.Violated(0, control.Undirected)
	}
	v, violated := create("2026-03-01 23:59:59")
	expect(t, v, "R-3.1.6")
	if !slices.Equal(violated, []int{retired}) {
		t.Errorf("on its last day violated are %v", violated)
	}
	v, violated = create("2026-03-02 00:00")
	expect(t, v, "R-3.1 no_violation")
	if len(violated) > 0 {
		t.Errorf("after it violated are %v", violated)
	}
	marks.Marks[1].Violated = true
	v, violated = create("2026-03-02 00:00")
	expect(t, v, "R-3.1.6")
	if !slices.Equal(violated, []int{kept}) {
		t.Errorf("with another one violated are %v", violated)
	}
}

func TestR31ByTheAssigneeWhoSetTheMarks(t *testing.T) {
	g := ready(inD1, control.D1)(t)
	expect(t, g.build().Create(berik, 0, control.D1), "R-3.1 missing_relation")
	expect(t, g.build().Create(saule, 0, control.D1), "R-3.1 missing_role")
	expect(t, g.build().Create(control.Actor{Roles: aigul.Roles}, 0, control.D1), "R-3.1 missing_relation")
	g.done(0).In(control.D1).MarkedBy = berik.Person
	v := g.build().Create(aigul, 0, control.D1)
	expect(t, v, "R-3.1 missing_relation")
	if v.Subject != "author" {
		t.Errorf("the refusal names the relation %q, want author (of the marks)", v.Subject)
	}
}

func TestR311To313TheWindowAndTheStatusesOfTheDirection(t *testing.T) {
	tell(t, []row{
		{"D1 discussed, the last instant", ready(inD1, control.D1), func(g *given) { g.at("2026-03-17 23:59:59") }, "R-3.1.1"},
		{"D1 discussed, over", ready(inD1, control.D1), func(g *given) { g.at("2026-03-18 00:00") }, "R-3.1.1 window_closed"},
		{"D1 discussed, the announcement has moved on", ready(inD1, control.D1), func(g *given) { g.purchase.Status = control.AcceptingApplications }, "R-3.1.1 wrong_status"},
		{"D1 discussed, the lot has moved on", ready(inD1, control.D1), func(g *given) { g.lot().Status = control.AcceptingApplications }, "R-3.1.1 wrong_status"},
		{"D1 mixed: a lot that is not discussed must be published too", ready(undiscussedInD1, control.D1), func(g *given) {
			g.another().Discussed = true
			g.lot().Status = control.AcceptingApplications
		}, "R-3.1.1 wrong_status"},
		{"D1 not discussed, the last instant", ready(undiscussedInD1, control.D1), func(g *given) { g.at("2026-03-20 23:59:59") }, "R-3.1.1"},
		{"D1 not discussed, over", ready(undiscussedInD1, control.D1), func(g *given) { g.at("2026-03-21 00:00") }, "R-3.1.1 window_closed"},
		{"D1 repeat: ten days", ready(inD1, control.D1), func(g *given) { g.purchase.Repeat = true; g.at("2026-03-20 12:00") }, "R-3.1.1"},
	}, createIn(control.D1))
	tell(t, []row{
		{"D2", ready(inD2, control.D2), nil, "R-3.1.2"},
		{"D2, over", ready(inD2, control.D2), func(g *given) { g.at("2026-03-29 00:00") }, "R-3.1.2 window_closed"},
		{"D2, not discussed", ready(inD2, control.D2), func(g *given) { g.lot().Discussed = false }, "R-3.1.2 not_discussed"},
	}, createIn(control.D2))
	tell(t, []row{
		{"D3", ready(inD3, control.D3), nil, "R-3.1.3"},
		{"D3, over", ready(inD3, control.D3), func(g *given) { g.at("2026-04-08 00:00") }, "R-3.1.3 window_closed"},
		{"D3, over even where the portal supplements longer", ready(inD3, control.D3), func(g *given) {
			g.purchase.SupplementEndsAt = almaty(g, "2026-04-20 00:00")
			g.at("2026-04-08 00:00")
		}, "R-3.1.3 window_closed"},
		{"D3, in another status", ready(inD3, control.D3), func(g *given) { g.lot().Status = control.Held }, "R-3.1.3 wrong_status"},
	}, createIn(control.D3))
}

func TestR314InTheFourthDirection(t *testing.T) {
	g := ready(inD4, control.D4)
	two := func(t testing.TB) *given {
		g := g(t)
		g.another()
		return g
	}
	under := func(g *given) { g.purchase.Status = control.UnderComplaint }
	tell(t, []row{
		{"a: without complaints, as the five working days have passed", g, func(g *given) { g.at("2026-04-21 00:00") }, "R-3.1.4.a"},
		{"a: not a second before", g, func(g *given) { g.at("2026-04-20 23:59:59") }, "R-3.1.4.a window_not_open"},
		{"a: any time later", g, func(g *given) { g.at("2026-12-01 00:00") }, "R-3.1.4.a"},
		{"a: not without a results protocol", g, func(g *given) { g.purchase.ResultsProtocolAt = time.Time{} }, "R-3.1.4.a window_not_open"},
		{"a: an announcement under complaint", g, under, "R-3.1.4.a"},
		{"a: a lot under complaint", g, func(g *given) { g.lot().Status = control.UnderComplaint }, "R-3.1.4.a"},
		{"a: a lot not held", g, func(g *given) { g.lot().Status = control.NotHeld }, "R-3.1.4.a"},
		{"a: a cancelled lot is not", g, func(g *given) { g.lot().Status = control.Cancelled }, "R-3.1.4.a wrong_status"},
		{"a: another status of the announcement is not", g, func(g *given) { g.purchase.Status = control.ExecutionDecision }, "R-3.1.4.a wrong_status"},
		{"a: a complaint filed after the five days was not filed in them", g, func(g *given) {
			g.complained(0, "").FiledAt = almaty(g, "2026-04-21 00:00")
		}, "R-3.1.4.a"},
		{"a: nor was one filed before the results", g, func(g *given) {
			g.complained(0, "").FiledAt = almaty(g, "2026-04-13 10:59")
		}, "R-3.1.4.a"},
		{"b: an open complaint on another lot", two, func(g *given) { under(g); g.complained(1, "") }, "R-3.1.4.b"},
		{"b: an open complaint of which the portal gives no date", two, func(g *given) {
			under(g)
			g.complained(1, "").FiledAt = time.Time{}
		}, "R-3.1.4.b"},
		{"b: on this lot, which is under complaint", g, func(g *given) {
			under(g)
			g.complained(0, "")
			g.lot().Status = control.UnderComplaint
		}, "R-3.1.4.b"},
		{"b: this lot has a complaint and is held", g, func(g *given) { under(g); g.complained(0, "") }, "R-3.1.4.b wrong_status"},
		{"b: this lot has none and is under complaint", two, func(g *given) {
			under(g)
			g.complained(1, "")
			g.lot().Status = control.UnderComplaint
		}, "R-3.1.4.b wrong_status"},
		{"b: the announcement must be under complaint", two, func(g *given) { g.complained(1, "") }, "R-3.1.4.b wrong_status"},
		{"b: one refused, one open", two, func(g *given) {
			under(g)
			g.complained(0, "")
			g.lot().Status = control.UnderComplaint
			g.complained(1, control.ComplaintRefused)
		}, "R-3.1.4.b"},
		{"c: all refused", g, func(g *given) { g.complained(0, control.ComplaintRefused) }, "R-3.1.4.c"},
		{"c: the announcement must be completed", g, func(g *given) { under(g); g.complained(0, control.ComplaintRefused) }, "R-3.1.4.c wrong_status"},
		{"c: the lot held or not held", g, func(g *given) {
			g.complained(0, control.ComplaintRefused)
			g.lot().Status = control.UnderComplaint
		}, "R-3.1.4.c wrong_status"},
		{"c: not in the five days", g, func(g *given) {
			g.complained(0, control.ComplaintRefused)
			g.at("2026-04-20 12:00")
		}, "R-3.1.4.c window_not_open"},
		{"d: a decision to cancel on any lot", two, func(g *given) { g.complained(1, control.ComplaintAuditCancel) }, "R-3.1.4.d complaint_decision"},
		{"d: a decision to review", two, func(g *given) { g.complained(1, control.ComplaintAuditReview) }, "R-3.1.4.d complaint_decision"},
		{"d: a decision of desk control", two, func(g *given) { g.complained(1, control.ComplaintDeskControl) }, "R-3.1.4.d complaint_decision"},
		{"d: on a complaint that came late", two, func(g *given) {
			g.complained(1, control.ComplaintAuditCancel).FiledAt = almaty(g, "2026-04-22 09:00")
		}, "R-3.1.4.d complaint_decision"},
		{"e: a contract on the held lot", g, func(g *given) { g.lot().Contract = true }, "R-3.1.4.e contract_exists"},
		{"e: a follow-up purchase of the lot not held", g, func(g *given) {
			g.lot().Status, g.lot().FollowUpPurchase = control.NotHeld, true
		}, "R-3.1.4.e contract_exists"},
		{"e: a contract on another lot says nothing", two, func(g *given) { g.purchase.Lots[1].Contract = true }, "R-3.1.4.a"},
	}, createIn(control.D4))
}

func TestR315And316WithoutDirections(t *testing.T) {
	tell(t, []row{
		{"quotations accepting applications", ready(inQuotations, control.Undirected), nil, "R-3.1.5"},
		{"published quotations", ready(inQuotations, control.Undirected), func(g *given) { g.purchase.Status = control.Published }, "R-3.1.5"},
		{"quotations, over", ready(inQuotations, control.Undirected), func(g *given) { g.at("2026-03-18 00:00") }, "R-3.1.5 window_closed"},
		{"quotations, completed", ready(inQuotations, control.Undirected), func(g *given) { g.purchase.Status = control.Completed }, "R-3.1.5 wrong_status"},
		{"an approved point of the exchange", ready(inExchange, control.Undirected), nil, "R-3.1.6"},
		{"a point of the exchange in another status", ready(inExchange, control.Undirected), func(g *given) { g.lot().Status = control.Cancelled }, "R-3.1.6 wrong_status"},
		{"a contract draft of a single source", ready(inSingleSource, control.Undirected), nil, "R-3.1.6"},
		{"a single source that is only approved", ready(inSingleSource, control.Undirected), func(g *given) { g.lot().Status = control.Approved }, "R-3.1.6 wrong_status"},
		{"a tender has no notification without direction", ready(inD1, control.D1), nil, "R-3.1 wrong_direction"},
	}, createIn(control.Undirected))
}

// one notification per lot and direction, even where two are created at one moment.
func TestR31ThePlaceThatIsTakenMeanwhileIsTaken(t *testing.T) {
	c := ready(inD1, control.D1)(t).build()
	expect(t, c.CreateUnclaimed(aigul, 0, control.D1, false), "R-3.1.1")
	v := c.CreateUnclaimed(aigul, 0, control.D1, true)
	expect(t, v, "R-3.1 exists_already")
	if v.Subject != "84492164-ОК1" || v.Opens.IsZero() || v.Closes.IsZero() {
		t.Errorf("it says %+v", v)
	}
	expect(t, c.CreateUnclaimed(berik, 0, control.D1, true), "R-3.1 missing_relation")
}

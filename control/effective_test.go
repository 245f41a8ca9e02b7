package control_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"baqylau/control"
)

// sentIn is a purchase of two lots with a notification sent on the first, in a stage, with what the
// sending did.
func sentIn(t testing.TB, stage func(testing.TB) *given, d control.Direction, s control.NotificationStatus) (*given, []control.SentNotification) {
	g := stage(t)
	g.another()
	e := g.build().EffectOf("n-1", 0, d, g.now)
	n := aNotification(s)
	n.Direction = d
	return g, []control.SentNotification{{Effect: e, State: n}}
}

func TestR311WhatSendingDoesToStatuses(t *testing.T) {
	for _, r := range []struct {
		stage  func(testing.TB) *given
		d      control.Direction
		status control.Status
		from   string
	}{
		{inD1, control.D1, "", "2026-03-12 10:00"},
		{inD2, control.D2, "", "2026-03-20 10:00"},
		{inD3, control.D3, control.AdmissionReviewDecision, "2026-04-08 00:00"},
		{inD4, control.D4, control.ExecutionDecision, "2026-04-21 10:00"},
		{inQuotations, control.Undirected, "", "2026-03-12 10:00"},
	} {
		g, sent := sentIn(t, r.stage, r.d, control.NotificationDelivered)
		e := sent[0].Effect
		want := control.Effect{
			Notification: "n-1", Lot: g.purchase.Lots[0].ID, Direction: r.d, Status: r.status, From: almaty(t, r.from),
			Portal: control.Standing{Announcement: g.purchase.Status, Lot: g.lot().Status, PlanPoint: g.lot().PlanPointStatus},
		}
		if !e.From.Equal(want.From) {
			t.Errorf("%s begins %v, want %v", r.d, e.From, want.From)
		}
		e.From = want.From
		if e != want {
			t.Errorf("%s: %+v, want %+v", r.d, e, want)
		}
	}
	g := inD3(t)
	g.purchase.SupplementEndsAt = almaty(t, "2026-04-06 18:00")
	if e := g.build().EffectOf("n-1", 0, control.D3, g.now); !e.From.Equal(g.purchase.SupplementEndsAt) {
		t.Errorf("the portal's date of the end is %v, the effect begins %v", g.purchase.SupplementEndsAt, e.From)
	}
}

// statusesOf writes the statuses as "announcement lot/point lot/point".
func statusesOf(p control.Purchase) string {
	text := string(p.Status)
	for _, l := range p.Lots {
		text += fmt.Sprintf(" %s/%s", l.Status, l.PlanPointStatus)
	}
	return text
}

func TestR311aTheEffectiveStatuses(t *testing.T) {
	const (
		d3      = "admission_review_decision admission_review_decision/published admission_review_decision/published"
		portal3 = "supplementing_applications supplementing_applications/published supplementing_applications/published"
		d4      = "execution_decision execution_decision/execution_decision held/held"
		portal4 = "completed held/held held/held"
	)
	after := func(at string) func(*given, []control.SentNotification) {
		return func(g *given, _ []control.SentNotification) { g.at(at) }
	}
	portal := func(announcement, lot, point control.Status) func(*given, []control.SentNotification) {
		return func(g *given, _ []control.SentNotification) { g.statuses(announcement, lot, point) }
	}
	late := func(f func(*given, []control.SentNotification)) func(*given, []control.SentNotification) {
		return func(g *given, s []control.SentNotification) { g.at("2026-04-08 00:00"); f(g, s) }
	}
	remedy := func(r control.Remedy) func(*given, []control.SentNotification) {
		return func(_ *given, s []control.SentNotification) { s[0].State.Remedy = r }
	}
	for _, r := range []struct {
		name           string
		d              control.Direction
		status         control.NotificationStatus
		but            func(*given, []control.SentNotification)
		want           string
		contradictions []control.ContradictionKind
		owed           int
	}{
		{"D3, before the supplement period ends", control.D3, "delivered", after("2026-04-07 23:59:59.999"), portal3, nil, 0},
		{"D3, as it ends: announcement and lots", control.D3, "delivered", after("2026-04-08 00:00"), d3, nil, 3},
		{"D3, the review is done", control.D3, "awaiting_confirmation", after("2026-04-08 00:00"), portal3, nil, 0},
		{"D3, the review is not confirmed", control.D3, "not_confirmed", after("2026-04-08 00:00"), d3, nil, 3},
		{"D3, annulled", control.D3, "annulled", after("2026-04-08 00:00"), portal3, nil, 0},
		{"D3, continuing without review", control.D3, "in_execution", late(remedy(control.ContinueWithoutReview)), portal3, nil, 0},
		{"D3, lapsed", control.D3, "not_executed_acknowledged", after("2026-04-08 00:00"), d3, nil, 3},
		{"D3, the portal says the same", control.D3, "delivered", late(portal("admission_review_decision", "admission_review_decision", "published")), d3, nil, 0},
		{"D3, the portal went on", control.D3, "delivered", late(portal("completed", "held", "published")), "completed held/published held/published", []control.ContradictionKind{"portal_moved_on", "portal_moved_on"}, 0},
		{"D3, the portal went on elsewhere", control.D3, "acknowledged", late(portal("other", "other", "other")), "other other/other other/other", []control.ContradictionKind{"portal_moved_on", "portal_moved_on"}, 0},
		{"D3, the portal went on after the lapse", control.D3, "not_executed_unacknowledged", late(portal("completed", "held", "published")), "completed held/published held/published", nil, 0},
		{"D3, the portal went back", control.D3, "delivered", late(portal("accepting_applications", "accepting_applications", "published")), "admission_review_decision admission_review_decision/published accepting_applications/published", []control.ContradictionKind{"portal_moved_back", "portal_moved_back"}, 2},
		{"D3, the portal went back after the lapse", control.D3, "not_executed_acknowledged", late(portal("accepting_applications", "accepting_applications", "published")), "admission_review_decision admission_review_decision/published accepting_applications/published", []control.ContradictionKind{"portal_moved_back", "portal_moved_back"}, 2},
		{"D4, at once: what was notified", control.D4, "delivered", nil, d4, nil, 3},
		{"D4, before it was sent", control.D4, "delivered", after("2026-04-21 09:59"), portal4, nil, 0},
		{"D4, the portal says otherwise of the lot, neither earlier nor later", control.D4, "delivered", func(g *given, _ []control.SentNotification) { g.lot().Status = control.NotHeld }, d4, []control.ContradictionKind{"portal_moved_back"}, 3},
		{"D4, an objection is open", control.D4, "objection_sent", nil, d4, nil, 3},
		{"D4, executed by review", control.D4, "executed", remedy(control.ReviewResults), portal4, nil, 0},
		{"D4, continuing without execution", control.D4, "delivered", remedy(control.ContinueWithoutExecution), portal4, nil, 0},
		{"D4, the portal says the same", control.D4, "delivered", portal("execution_decision", "execution_decision", "execution_decision"), "execution_decision execution_decision/execution_decision execution_decision/execution_decision", nil, 0},
		{"D4, a complaint came", control.D4, "delivered", portal("under_complaint", "under_complaint", "under_complaint"), "under_complaint under_complaint/under_complaint under_complaint/under_complaint", []control.ContradictionKind{"portal_moved_on", "portal_moved_on", "portal_moved_on"}, 0},
		{"D4, cancelled and not reported", control.D4, "delivered", portal("cancelled", "cancelled", "cancelled"), "cancelled cancelled/cancelled cancelled/cancelled", []control.ContradictionKind{"cancelled_unreported"}, 0},
		{"D4, the lot is cancelled and not reported", control.D4, "delivered", func(g *given, _ []control.SentNotification) { g.lot().Status = control.Cancelled }, "execution_decision cancelled/execution_decision held/held", []control.ContradictionKind{"cancelled_unreported"}, 2},
		{"D4, cancelled after the lapse", control.D4, "not_executed_acknowledged", portal("cancelled", "cancelled", "cancelled"), "cancelled cancelled/cancelled cancelled/cancelled", nil, 0},
		{"D4, the portal gives no plan point", control.D4, "delivered", func(g *given, _ []control.SentNotification) { g.statuses("completed", "held", "") }, "execution_decision execution_decision/ held/", nil, 2},
		{"D4, executed by cancelling, not told", control.D4, "executed", remedy(control.CancelPurchase), portal4, nil, 1},
		{"D4, executed by cancelling, told", control.D4, "executed", func(g *given, s []control.SentNotification) {
			g.statuses("cancelled", "cancelled", "cancelled")
			s[0].State.Remedy = control.CancelPurchase
		}, "cancelled cancelled/cancelled cancelled/cancelled", nil, 0},
		{"D4, cancelling is not confirmed by anyone", control.D4, "delivered", remedy(control.CancelPurchase), d4, nil, 3},
		{"D1, the portal goes on as it does", control.D1, "delivered", portal("accepting_applications", "accepting_applications", "published"), "accepting_applications accepting_applications/published accepting_applications/published", nil, 0},
		{"D1 sets no status", control.D1, "delivered", nil, "published published/published published/published", nil, 0},
	} {
		t.Run(r.name, func(t *testing.T) {
			stage := map[control.Direction]func(testing.TB) *given{control.D1: inD1, control.D3: inD3, control.D4: inD4}[r.d]
			g, sent := sentIn(t, stage, r.d, r.status)
			if r.but != nil {
				r.but(g, sent)
			}
			before := statusesOf(g.purchase)
			got := g.purchase.Effective(sent, g.now)
			if statusesOf(got.Purchase) != r.want {
				t.Errorf("the statuses are %s\nwant             %s", statusesOf(got.Purchase), r.want)
			}
			var kinds []control.ContradictionKind
			for _, c := range got.Contradictions {
				kinds = append(kinds, c.Kind)
				if c.Notification != "n-1" || c.Portal == "" {
					t.Errorf("the contradiction is %+v", c)
				}
			}
			if !slices.Equal(kinds, r.contradictions) || len(got.Owed) != r.owed {
				t.Errorf("contradictions %v, owed %+v; want %v and %d", kinds, got.Owed, r.contradictions, r.owed)
			}
			changed := statusesOf(got.Purchase) != before
			if changed && len(got.InForce) != 1 || r.d == control.D1 && got.InForce != nil {
				t.Errorf("in force are %+v", got.InForce)
			}
			if statusesOf(g.purchase) != before {
				t.Error("an imported fact was edited")
			}
		})
	}
}

// In D3 every notified lot goes by its own notification; in both the announcement waits for the last.
func TestR311aEffectsOfSeveralNotifications(t *testing.T) {
	for d, want := range map[control.Direction]string{
		control.D3: "admission_review_decision supplementing_applications/published admission_review_decision/published",
		control.D4: "execution_decision held/held execution_decision/execution_decision",
	} {
		stage := map[control.Direction]func(testing.TB) *given{control.D3: inD3, control.D4: inD4}[d]
		g, sent := sentIn(t, stage, d, control.NotificationAwaiting)
		second := aNotification(control.NotificationDelivered)
		sent = append(sent, control.SentNotification{Effect: g.build().EffectOf("n-2", 1, d, g.now), State: second})
		g.now = g.now.AddDate(0, 0, 10)
		got := g.purchase.Effective(sent, g.now)
		if statusesOf(got.Purchase) != want {
			t.Errorf("%s: the statuses are %s, want %s", d, statusesOf(got.Purchase), want)
		}
		for _, o := range got.Owed {
			if o.Notification != "n-2" || !o.Since.Equal(sent[1].Effect.From) || o.Status != sent[1].Effect.Status {
				t.Errorf("%s owes %+v", d, o)
			}
		}
		sent[0].State.Status = control.NotificationDelivered
		if owed := g.purchase.Effective(sent, g.now).Owed; len(owed) == 0 || owed[0].Target != control.TargetAnnouncement || owed[0].Notification != "n-1" {
			t.Errorf("%s: of two, the first is told of: %+v", d, owed)
		}
		sent[0].State.Status = control.NotificationAwaiting
		second.Status = control.NotificationAnnulled
		if got := g.purchase.Effective(sent, g.now); statusesOf(got.Purchase) != statusesOf(g.purchase) || len(got.InForce) != 0 {
			t.Errorf("%s: with all settled it stands %s, in force %v", d, statusesOf(got.Purchase), got.InForce)
		}
	}
}

// An effect of D3 that has not ended yields to one of D4 on what both set.
func TestR311aTheLaterStageWins(t *testing.T) {
	g, sent := sentIn(t, inD4, control.D4, control.NotificationDelivered)
	third := sent[0].Effect
	third.Notification, third.Direction, third.Status = "n-0", control.D3, control.AdmissionReviewDecision
	for _, order := range [][]int{{0, 1}, {1, 0}} {
		both := []control.SentNotification{sent[0], {Effect: third, State: aNotification(control.NotificationDelivered)}}
		got := g.purchase.Effective([]control.SentNotification{both[order[0]], both[order[1]]}, g.now)
		if got.Purchase.Status != control.ExecutionDecision || got.Purchase.Lots[0].Status != control.ExecutionDecision {
			t.Errorf("it stands %s", statusesOf(got.Purchase))
		}
	}
}

func TestR311aTheCaseWorksOnEffectiveStatuses(t *testing.T) {
	g, sent := sentIn(t, inD3, control.D3, control.NotificationDelivered)
	g.done(1).Assignee = aigul.Person
	at := almaty(t, "2026-04-08 00:00").Add(-time.Nanosecond)
	for _, r := range []struct {
		at   time.Time
		want string
	}{{at, "R-1.4.d"}, {at.Add(1), "R-1.4.d wrong_status"}} {
		effective := g.purchase.Effective(sent, r.at)
		c, err := g.rules.Case(&effective.Purchase, g.work, r.at)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, c.Mark(aigul, 1, control.D3), r.want)
	}
	if same := g.purchase.Effective(nil, g.now); statusesOf(same.Purchase) != statusesOf(g.purchase) || same.Owed != nil {
		t.Errorf("with nothing sent it is %+v", same)
	}
}

// The owed effects say of what, from what to what, and since when: enough to tell the portal.
func TestR311aWhatIsOwedCanBeTold(t *testing.T) {
	g, sent := sentIn(t, inD4, control.D4, control.NotificationDelivered)
	want := []control.OwedEffect{
		{"n-1", control.TargetAnnouncement, "", control.Completed, control.ExecutionDecision, g.now},
		{"n-1", control.TargetLot, "lot-1", control.Held, control.ExecutionDecision, g.now},
		{"n-1", control.TargetPlanPoint, "lot-1", control.Held, control.ExecutionDecision, g.now},
	}
	if got := g.purchase.Effective(sent, g.now).Owed; !slices.Equal(got, want) {
		t.Errorf("owed are %+v, want %+v", got, want)
	}
	sent[0].State.Status, sent[0].State.Remedy, sent[0].State.ReportedAt = control.NotificationExecuted, control.CancelPurchase, g.now.Add(time.Hour)
	want = []control.OwedEffect{{"n-1", control.TargetLot, "lot-1", control.Held, control.Cancelled, g.now.Add(time.Hour)}}
	if got := g.purchase.Effective(sent, g.now).Owed; !slices.Equal(got, want) {
		t.Errorf("owed is %+v, want %+v", got, want)
	}
	g.purchase.Status = control.Cancelled // the whole announcement is: so is the lot
	if got := g.purchase.Effective(sent, g.now); got.Owed != nil {
		t.Errorf("owed is still %+v", got.Owed)
	}
	g.purchase.Status = control.Completed
	sent[0].State.Status = control.NotificationDelivered
	g.lot().Status = control.Cancelled
	for _, c := range g.purchase.Effective(sent, g.now).Contradictions {
		if want := (control.Contradiction{control.CancelledUnreported, "n-1", control.TargetLot, "lot-1", control.Cancelled, control.ExecutionDecision}); c != want {
			t.Errorf("it contradicts by %+v, want %+v", c, want)
		}
	}
}

func TestR311WhatIsSettledWaitsForNobody(t *testing.T) {
	settled := []control.NotificationStatus{"executed", "awaiting_confirmation", "annulled"}
	for _, s := range control.NotificationStatuses() {
		if s.Settled() != slices.Contains(settled, s) {
			t.Errorf("one that is %s is settled: %v", s, s.Settled())
		}
	}
}

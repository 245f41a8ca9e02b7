package control_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"baqylau/control"
)

// delivered is Aigul's notification delivered to the school on 2026-03-02: to be executed through 17.03,
// to be objected to through 10.03 (8 and 9 March are off).
func delivered(t testing.TB, s control.NotificationStatus, remedies ...control.Remedy) *control.Notification {
	n := aNotification(s)
	n.DeliveredAt = almaty(t, "2026-03-02 15:30")
	n.Deadline, n.ObjectionUntil = almaty(t, "2026-03-18 00:00"), almaty(t, "2026-03-11 00:00")
	for _, r := range remedies {
		n.Remedies = append(n.Remedies, control.OpenRemedy{Remedy: r, From: n.DeliveredAt})
	}
	return n
}

// side are the actions after sending: by the audit object, by the author, by the centre.
var side = []control.Action{
	control.ActionObject, control.ActionBegin, control.ActionConfirm, control.ActionRefuseConfirmation,
	control.ActionLapse, control.ActionAnnul, control.ActionResumeRefused, control.ActionResumePartly,
	"cancel_purchase", "amend_documentation", "review_admission", "review_results",
	"continue_without_review", "continue_without_execution",
}

// afterSending is the second half of the life as tell it: where the action leads
// from a status, and who does it.
func afterSending(from control.NotificationStatus, action control.Action) (to control.NotificationStatus, role control.Role, relation control.Relation, may bool) {
	running := from == "delivered" || from == "acknowledged" || from == "in_execution" || from == "objection_refused" || from == "objection_partly_satisfied"
	switch action {
	case "object": // once, from delivered, acknowledged, in execution
		return "objection_sent", control.AuditObject, control.Organizer, from == "delivered" || from == "acknowledged" || from == "in_execution"
	case "begin":
		return "in_execution", control.AuditObject, control.Organizer, running
	case "cancel_purchase": // no confirmation
		return "executed", control.AuditObject, control.Organizer, running || from == "not_confirmed"
	case "amend_documentation", "review_admission", "review_results":
		return "awaiting_confirmation", control.AuditObject, control.Organizer, running || from == "not_confirmed"
	case "continue_without_review", "continue_without_execution": // recorded; leaves it to lapse
		return from, control.AuditObject, control.Organizer, running
	case "lapse":
		if from == "delivered" {
			return "not_executed_unacknowledged", control.System, control.Itself, true
		}
		return "not_executed_acknowledged", control.System, control.Itself, running
	case "confirm":
		return "executed", control.Auditor, control.Author, from == "awaiting_confirmation"
	case "refuse_confirmation":
		return "not_confirmed", control.Auditor, control.Author, from == "awaiting_confirmation"
	case "annul":
		return "annulled", control.System, control.Itself, from == "objection_sent"
	case "resume_partly":
		return "objection_partly_satisfied", control.System, control.Itself, from == "objection_sent"
	case "resume_refused":
		return "objection_refused", control.System, control.Itself, from == "objection_sent"
	}
	panic("the action " + action + " is not in the requirements")
}

func TestEveryCellOfTheLifeAfterSending(t *testing.T) {
	all := append(slices.Clone(relations), control.Reviewer, control.PenaltySaved, control.Itself)
	rows := 0
	for _, from := range append(control.NotificationStatuses(), "") {
		for _, action := range side {
			to, role, relation, may := afterSending(from, action)
			for _, r := range append(control.Roles(), control.System) {
				for _, rel := range all {
					a := control.Actor{Roles: []control.Role{r}}
					if r == control.System {
						a = control.Centre()
					}
					got, v := control.NotificationLife.Step(from, action, a, rel)
					want := may && r == role && rel == relation
					if v.Allowed != want || v.Allowed && got != to || !v.Allowed && (got != from || v.Reason == "") {
						t.Errorf("%q × %s × %s × %s: %s, to %q; want allowed %v, to %q", from, action, r, rel, said(v), got, want, to)
					}
					if !v.Allowed && (v.Reason == control.MissingRole) != (r != role) {
						t.Errorf("%q × %s × %s × %s: %s", from, action, r, rel, said(v))
					}
					if want {
						rows++
					}
					if known := v.Reason != "" || v.Rule == ruleAfterSending(from, action); !known || !v.Allowed && !slices.Contains(rulesAfterSending(action), v.Rule) {
						t.Errorf("%q × %s × %s × %s: it cites %s", from, action, r, rel, v.Rule)
					}
				}
			}
		}
	}
	// object 3, begin 5, four remedies × 6, two ways of continuing × 5, lapse 5, confirmation 2, conclusion 3
	if want := 3 + 5 + 4*6 + 2*5 + 5 + 2 + 3; rows != want || len(control.NotificationLife) != want+18 {
		t.Errorf("%d cells are allowed of %d rows, want %d", rows, len(control.NotificationLife), want)
	}
}

// ruleAfterSending is the rule by which an action is done from a status.
func ruleAfterSending(from control.NotificationStatus, action control.Action) control.Rule {
	rules := rulesAfterSending(action)
	if from == "not_confirmed" {
		return rules[len(rules)-1]
	}
	return rules[0]
}

// rulesAfterSending are the rules of an action: the last is that of executing again.
func rulesAfterSending(action control.Action) []control.Rule {
	switch action {
	case "confirm", "refuse_confirmation":
		return []control.Rule{"R-3.13"}
	case "annul", "resume_partly", "resume_refused":
		return []control.Rule{"R-5.3"}
	case "cancel_purchase", "amend_documentation", "review_admission", "review_results":
		return []control.Rule{"R-3.12", "R-3.13"}
	default:
		return []control.Rule{"R-3.12"}
	}
}

func TestTheSixteenStatusesAreAllReached(t *testing.T) {
	reached := reachable()
	for _, s := range control.NotificationStatuses() {
		if !reached[s] {
			t.Errorf("%s is never reached", s)
		}
	}
	if len(control.NotificationStatuses()) != 16 {
		t.Errorf("there are %d statuses", len(control.NotificationStatuses()))
	}
}

// A table with two answers for one step could not be drawn nor replayed.
func TestAStepLeadsToOneStatus(t *testing.T) {
	type step struct {
		from   control.NotificationStatus
		action control.Action
	}
	to := map[step]control.NotificationStatus{}
	for _, row := range control.NotificationLife {
		if known, twice := to[step{row.From, row.Action}]; twice && known != row.To {
			t.Errorf("%s from %s leads to %s and to %s", row.Action, row.From, known, row.To)
		}
		to[step{row.From, row.Action}] = row.To
	}
}

func TestNobodyIsTheCentre(t *testing.T) {
	forged := control.Actor{Person: "x", Organization: "school", Roles: []control.Role{control.System}}
	if forged.Has(control.System) {
		t.Error("an employee has the role of the centre")
	}
	n := delivered(t, control.NotificationDelivered)
	expect(t, n.May(forged, control.ActionLapse), "R-3.12 missing_role")
	expect(t, n.May(dana, control.ActionLapse), "R-3.12 missing_role")
	expect(t, n.May(control.Centre(), control.ActionLapse), "R-3.12")
	if control.Centre().By() != "" || slices.Contains(control.Roles(), control.System) {
		t.Error("the centre is among the people or their roles")
	}
}

func TestR312ObjectingOnceWithinItsTerm(t *testing.T) {
	objected := func(n *control.Notification) { n.ObjectedAt = n.DeliveredAt.Add(time.Hour) }
	for _, r := range []struct {
		name   string
		status control.NotificationStatus
		by     control.Actor
		at     string
		but    func(*control.Notification)
		want   string
	}{
		{"the instant before delivery", control.NotificationDelivered, dana, "2026-03-02 15:29:59.999", nil, "R-3.12 window_not_open"},
		{"at delivery", control.NotificationDelivered, dana, "2026-03-02 15:30", nil, "R-3.12"},
		{"read", control.NotificationAcknowledged, dana, "2026-03-05 10:00", nil, "R-3.12"},
		{"begun", control.NotificationInExecution, dana, "2026-03-05 10:00", nil, "R-3.12"},
		{"the last instant of the fifth working day", control.NotificationAcknowledged, dana, "2026-03-10 23:59:59.999", nil, "R-3.12"},
		{"as the term ends", control.NotificationAcknowledged, dana, "2026-03-11 00:00", nil, "R-3.12 window_closed"},
		{"a second time", control.NotificationInExecution, dana, "2026-03-06 10:00", objected, "R-3.12 objected_already"},
		{"a second time and too late", control.NotificationInExecution, dana, "2026-03-12 10:00", objected, "R-3.12 window_closed"},
		{"while one is open", control.NotificationObjectionSent, dana, "2026-03-06 10:00", nil, "R-3.12 wrong_status"},
		{"after a refusal", control.NotificationObjectionLost, dana, "2026-03-06 10:00", nil, "R-3.12 wrong_status"},
		{"after a partial satisfaction", control.NotificationObjectionPartly, dana, "2026-03-06 10:00", nil, "R-3.12 wrong_status"},
		{"the author", control.NotificationDelivered, aigul, "2026-03-05 10:00", nil, "R-3.12 missing_role"},
		{"another audit object", control.NotificationDelivered, stranger, "2026-03-05 10:00", nil, "R-3.12 missing_relation"},
	} {
		t.Run(r.name, func(t *testing.T) {
			n := delivered(t, r.status)
			if r.but != nil {
				r.but(n)
			}
			expect(t, n.Object(r.by, almaty(t, r.at)), r.want)
		})
	}
}

func TestR312OpeningCountsUntilTheDeadline(t *testing.T) {
	n := delivered(t, control.NotificationDelivered)
	last := n.Deadline.Add(-time.Millisecond)
	expect(t, n.Acknowledge(dana, last), "R-3.12")
	v := n.Acknowledge(dana, n.Deadline)
	expect(t, v, "R-3.12 window_closed")
	if !v.Opens.Equal(n.DeliveredAt) || !v.Closes.Equal(n.Deadline) {
		t.Errorf("it says from %s until %s", v.Opens, v.Closes)
	}
	expect(t, control.May(dana, control.ActionAcknowledge, control.Facts{Notification: n, Now: n.Deadline}), "R-3.12 window_closed")
	expect(t, n.Acknowledge(stranger, n.Deadline), "R-3.12 missing_relation")
	n.Deadline = time.Time{}
	expect(t, n.Acknowledge(dana, last), "R-3.12")
}

// stranger works in another audit object.
var stranger = control.Actor{Person: "stranger", Organization: "hospital", Roles: []control.Role{control.AuditObject}}

func TestR312ExecutingByAnOpenRemedyBeforeTheDeadline(t *testing.T) {
	amend, cancel := control.AmendDocumentation, control.CancelPurchase
	for _, r := range []struct {
		name   string
		status control.NotificationStatus
		remedy control.Remedy
		at     string
		but    func(*control.Notification)
		want   string
	}{
		{"as it opens", control.NotificationAcknowledged, amend, "2026-03-02 15:30", nil, "R-3.11"},
		{"before the discussion ends", control.NotificationAcknowledged, amend, "2026-03-05 23:59:59", func(n *control.Notification) { n.Remedies[0].From = almaty(t, "2026-03-06 00:00") }, "R-3.11 window_not_open"},
		{"as the discussion ends", control.NotificationAcknowledged, amend, "2026-03-06 00:00", func(n *control.Notification) { n.Remedies[0].From = almaty(t, "2026-03-06 00:00") }, "R-3.11"},
		{"at the last instant", control.NotificationInExecution, amend, "2026-03-17 23:59:59.999", nil, "R-3.11"},
		{"as the deadline passes", control.NotificationInExecution, amend, "2026-03-18 00:00", nil, "R-3.12 window_closed"},
		{"by a way that was not opened", control.NotificationInExecution, cancel, "2026-03-05 10:00", nil, "R-3.11 not_a_remedy"},
		{"by a way that was not opened, too late", control.NotificationInExecution, cancel, "2026-03-18 00:00", nil, "R-3.12 window_closed"},
		{"after a refused confirmation, by another way", control.NotificationNotConfirmed, cancel, "2026-03-05 10:00", nil, "R-3.11 not_a_remedy"},
		{"while an objection is open", control.NotificationObjectionSent, amend, "2026-03-05 10:00", nil, "R-3.12 wrong_status"},
		{"after a refused objection", control.NotificationObjectionLost, amend, "2026-03-05 10:00", nil, "R-3.11"},
		{"after a partial satisfaction", control.NotificationObjectionPartly, amend, "2026-03-05 10:00", nil, "R-3.11"},
		{"after a refused confirmation", control.NotificationNotConfirmed, amend, "2026-03-17 10:00", nil, "R-3.13"},
		{"after a refused confirmation, too late", control.NotificationNotConfirmed, amend, "2026-03-18 00:00", nil, "R-3.12 window_closed"},
		{"while the report is answered", control.NotificationAwaiting, amend, "2026-03-05 10:00", nil, "R-3.12 wrong_status"},
		{"lapsed", control.NotificationLapsedKnown, amend, "2026-03-05 10:00", nil, "R-3.12 wrong_status"},
		{"having chosen to continue", control.NotificationInExecution, amend, "2026-03-05 10:00", func(n *control.Notification) { n.Remedy = control.ContinueWithoutReview }, "R-3.12 remedy_closed"},
		{"no deadline known", control.NotificationInExecution, amend, "2026-12-05 10:00", func(n *control.Notification) { n.Deadline = time.Time{} }, "R-3.11"},
	} {
		t.Run(r.name, func(t *testing.T) {
			n := delivered(t, r.status, amend)
			if r.but != nil {
				r.but(n)
			}
			expect(t, n.Execute(dana, r.remedy, almaty(t, r.at)), r.want)
		})
	}
	expect(t, delivered(t, control.NotificationDelivered, amend).Execute(stranger, amend, almaty(t, "2026-03-05 10:00")), "R-3.12 missing_relation")
	expect(t, delivered(t, control.NotificationDelivered, amend).Execute(aigul, amend, almaty(t, "2026-03-05 10:00")), "R-3.12 missing_role")
}

func TestR312BeginningUntilTheDeadline(t *testing.T) {
	n := delivered(t, control.NotificationDelivered)
	expect(t, n.Begin(dana, almaty(t, "2026-03-02 15:29")), "R-3.12 window_not_open")
	expect(t, n.Begin(dana, almaty(t, "2026-03-02 15:30")), "R-3.12")
	expect(t, n.Begin(dana, almaty(t, "2026-03-18 00:00")), "R-3.12 window_closed")
	expect(t, n.Begin(stranger, almaty(t, "2026-03-03 00:00")), "R-3.12 missing_relation")
	n.Remedy = control.ContinueWithoutExecution
	expect(t, n.Begin(dana, almaty(t, "2026-03-03 00:00")), "R-3.12 remedy_closed")
}

func TestR312LapsingAtTheDeadline(t *testing.T) {
	for _, r := range []struct {
		status control.NotificationStatus
		at     string
		want   string
		to     control.NotificationStatus
	}{
		{control.NotificationDelivered, "2026-03-17 23:59:59.999", "R-3.12 window_not_open", ""},
		{control.NotificationDelivered, "2026-03-18 00:00", "R-3.12", control.NotificationLapsedUnknown},
		{control.NotificationAcknowledged, "2026-03-18 00:00", "R-3.12", control.NotificationLapsedKnown},
		{control.NotificationInExecution, "2027-03-18 00:00", "R-3.12", control.NotificationLapsedKnown},
		{control.NotificationObjectionLost, "2026-03-18 00:00", "R-3.12", control.NotificationLapsedKnown},
		{control.NotificationObjectionPartly, "2026-03-18 00:00", "R-3.12", control.NotificationLapsedKnown},
		{control.NotificationObjectionSent, "2026-03-18 00:00", "R-3.12 wrong_status", ""},
		{control.NotificationAwaiting, "2026-03-18 00:00", "R-3.12 wrong_status", ""},
		{control.NotificationNotConfirmed, "2026-03-18 00:00", "R-3.12 wrong_status", ""},
		{control.NotificationExecuted, "2026-03-18 00:00", "R-3.12 wrong_status", ""},
	} {
		n := delivered(t, r.status)
		v := n.Lapse(almaty(t, r.at))
		expect(t, v, r.want)
		if after, _ := n.After(control.ActionLapse, almaty(t, r.at)); v.Allowed && after.Status != r.to {
			t.Errorf("%s lapses to %s, want %s", r.status, after.Status, r.to)
		}
	}
	n := delivered(t, control.NotificationDelivered)
	n.Deadline = time.Time{}
	expect(t, n.Lapse(almaty(t, "2030-01-01 00:00")), "R-3.12 window_not_open")
}

func TestR313TheAuthorAnswersTheReport(t *testing.T) {
	n := delivered(t, control.NotificationAwaiting)
	expect(t, n.Confirm(aigul), "R-3.13")
	expect(t, n.Confirm(berik), "R-3.13 missing_relation")
	expect(t, n.Confirm(saule), "R-3.13 missing_role")
	expect(t, n.RefuseConfirmation(aigul, "Конкурстық құжаттама өзгермеген"), "R-3.13")
	expect(t, n.RefuseConfirmation(aigul, " \n"), "R-3.13 no_reason")
	expect(t, n.RefuseConfirmation(berik, ""), "R-3.13 missing_relation")
	expect(t, delivered(t, control.NotificationExecuted).Confirm(aigul), "R-3.13 wrong_status")
	due, err := builtInRules(t).ConfirmationDue(almaty(t, "2026-03-20 10:00")) // Friday before Nauryz: 26, 27, 30 March
	if want := almaty(t, "2026-03-31 00:00"); err != nil || !due.Equal(want) {
		t.Errorf("the answer is due %v, %v; want %v", due, err, want)
	}
}

func TestAfterFixesWhatTheActionFixes(t *testing.T) {
	at := almaty(t, "2026-03-05 10:00")
	n := *delivered(t, control.NotificationAcknowledged, control.ReviewAdmission, control.ContinueWithoutReview)
	if after, ok := n.After(control.ActionObject, at); !ok || after.Status != "objection_sent" || !after.ObjectedAt.Equal(at) {
		t.Errorf("objecting leaves %+v, %v", after, ok)
	}
	if after, ok := n.After("review_admission", at); !ok || after.Status != "awaiting_confirmation" || after.Remedy != control.ReviewAdmission || !after.ReportedAt.Equal(at) {
		t.Errorf("reviewing leaves %+v, %v", after, ok)
	}
	after, ok := n.After("continue_without_review", at)
	if !ok || after.Status != "acknowledged" || after.Remedy != control.ContinueWithoutReview {
		t.Errorf("continuing leaves %+v, %v", after, ok)
	}
	expect(t, after.Execute(dana, control.ReviewAdmission, at), "R-3.12 remedy_closed")
	expect(t, after.Execute(dana, control.ContinueWithoutReview, at), "R-3.12 remedy_closed")
	if left, ok := after.After(control.ActionLapse, n.Deadline); !ok || left.Status != control.NotificationLapsedKnown {
		t.Errorf("it lapses to %+v, %v", left, ok)
	}
	if same, ok := n.After(control.ActionConfirm, at); ok || same.Status != n.Status {
		t.Errorf("what the table lacks leaves %+v, %v", same, ok)
	}
	if sent, ok := aNotification(control.NotificationApproved).After(control.ActionSend, at); !ok || !sent.DeliveredAt.Equal(at) || sent.Remedy != "" {
		t.Errorf("sending leaves %+v, %v", sent, ok)
	}
	n.Status = control.NotificationObjectionSent
	if gone, ok := n.After(control.ActionAnnul, at); !ok || gone.Remedies != nil {
		t.Errorf("annulling leaves %+v, %v", gone, ok)
	}
}

func TestR311DeliveryFixesTimeTermsAndRemedies(t *testing.T) {
	g := inD1(t)
	c := g.build()
	portal := g.purchase
	portal.Lots = slices.Clone(portal.Lots)
	portal.Status, portal.Lots[0].Status, portal.Lots[0].PlanPointStatus = control.AcceptingApplications, control.Held, control.NotHeld
	n, effect, err := c.Deliver(*aNotification(control.NotificationApproved), "n-1", 0, &portal, almaty(t, "2026-03-12 10:00").Add(123_456_789))
	if err != nil {
		t.Fatal(err)
	}
	if want := almaty(t, "2026-03-12 10:00").Add(123_000_000); !n.DeliveredAt.Equal(want) {
		t.Errorf("delivered at %v, want %v", n.DeliveredAt, want)
	}
	if until := almaty(t, "2026-03-20 00:00"); !n.ObjectionUntil.Equal(until) {
		t.Errorf("objecting until %v, want %v", n.ObjectionUntil, until)
	}
	if deadline := almaty(t, "2026-04-01 00:00"); !n.Deadline.Equal(deadline) { // 13, 16–20, 26, 27, 30, 31 March
		t.Errorf("the deadline is %v, want %v", n.Deadline, deadline)
	}
	if n.Status != "delivered" || len(n.Remedies) != 1 || n.Remedies[0].Remedy != control.AmendDocumentation {
		t.Errorf("delivered is %+v", n)
	}
	says := control.Standing{Announcement: control.AcceptingApplications, Lot: control.Held, PlanPoint: control.NotHeld}
	if want := (control.Effect{Notification: "n-1", Lot: "lot-1", Direction: control.D1, From: n.DeliveredAt, Portal: says}); effect != want {
		t.Errorf("the effect is %+v, want %+v: it remembers what the portal said", effect, want)
	}
	if _, _, err := c.Deliver(n, "n-1", 0, &portal, almaty(t, "2030-01-01 00:00")); err == nil {
		t.Error("a deadline was found in a year that the calendar lacks")
	}
	if _, _, err := c.Deliver(n, "n-1", 0, &portal, almaty(t, "2026-12-20 00:00")); err == nil {
		t.Error("a deadline was found in a year that the calendar lacks")
	}
}

func TestR314AnObjectionStopsTheClock(t *testing.T) {
	rules := builtInRules(t)
	for _, r := range []struct{ name, deadline, objected, concluded, want string }{
		{"the example of the requirements", "2026-03-18 00:00", "2026-03-05 11:00", "2026-04-13 16:00", "2026-04-23 00:00"},
		{"objected at the first instant of the day", "2026-03-18 00:00", "2026-03-05 00:00", "2026-04-13 00:00", "2026-04-23 00:00"},
		{"objected at its last instant", "2026-03-18 00:00", "2026-03-05 23:59:59.999", "2026-04-13 23:59:59.999", "2026-04-23 00:00"},
		{"objected on the last day: at least one", "2026-03-18 00:00", "2026-03-17 10:00", "2026-04-13 10:00", "2026-04-15 00:00"},
		{"objected after the deadline: one", "2026-03-18 00:00", "2026-03-20 10:00", "2026-04-13 10:00", "2026-04-15 00:00"},
		{"objected the day before the last: one", "2026-03-18 00:00", "2026-03-16 10:00", "2026-04-13 10:00", "2026-04-15 00:00"},
		{"concluded on the same day: nothing changes", "2026-03-18 00:00", "2026-03-05 11:00", "2026-03-05 12:00", "2026-03-18 00:00"},
		{"over Nauryz", "2026-03-21 00:00", "2026-03-18 10:00", "2026-03-20 10:00", "2026-03-28 00:00"},
		{"a deadline on a day off is not brought forward", "2026-03-22 00:00", "2026-03-19 10:00", "2026-03-19 12:00", "2026-03-22 00:00"},
	} {
		got, err := rules.Resume(almaty(t, r.deadline), almaty(t, r.objected), almaty(t, r.concluded))
		if want := almaty(t, r.want); err != nil || !got.Equal(want) {
			t.Errorf("%s: %v, %v; want %v", r.name, got, err, want)
		}
	}
	for _, r := range [][3]string{
		{"2027-01-12 00:00", "2026-12-30 10:00", "2026-12-31 10:00"},
		{"2026-12-31 00:00", "2026-12-25 10:00", "2026-12-31 10:00"},
	} {
		_, err := rules.Resume(almaty(t, r[0]), almaty(t, r[1]), almaty(t, r[2]))
		expectUnknownYear(t, err, 2027)
	}
}

func TestADeadlineNeverShortensThroughAnObjection(t *testing.T) {
	rules := builtInRules(t)
	start := almaty(t, "2025-01-06 00:00")
	rapid.Check(t, func(t *rapid.T) {
		after := func(at time.Time, name string) time.Time {
			return at.Add(time.Duration(rapid.IntRange(0, 60*24).Draw(t, name)) * time.Hour)
		}
		deadline := rules.Calendar.EndOfDay(after(start, "deadline"))
		objected := after(start, "objected")
		concluded := after(objected, "concluded")
		got, err := rules.Resume(deadline, objected, concluded)
		if err != nil {
			t.Fatal(err)
		}
		if got.Before(deadline) {
			t.Fatalf("%v became %v", deadline, got)
		}
		if left, err := rules.Calendar.WorkingDaysLeft(concluded, got); err != nil || left < 1 && got.After(deadline) {
			t.Fatalf("%d working days are left after the conclusion (%v)", left, err)
		}
	})
}

func TestR313OnlyAReportWaitsForAnAnswer(t *testing.T) {
	rules := builtInRules(t)
	for _, s := range control.NotificationStatuses() {
		n := delivered(t, s)
		n.ReportedAt = almaty(t, "2026-03-05 11:00")
		want := time.Time{}
		if s == control.NotificationAwaiting {
			want = almaty(t, "2026-03-12 00:00") // 6, 10 and 11 March
		}
		if got, err := rules.AnswerDue(n); err != nil || !got.Equal(want) {
			t.Errorf("one that is %s: %v, %v, want %v", s, got, err, want)
		}
	}
}

package control_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"baqylau/control"
)

// The people of the committee, and the one who gives orders.
var (
	gulnar = control.Actor{Person: "gulnar", Organization: "kvga", Roles: []control.Role{control.ObjectionManager}}
	timur  = control.Actor{Person: "timur", Organization: "kvga", Roles: []control.Role{control.Controller}}
	asel   = control.Actor{Person: "asel", Organization: "kvga", Roles: []control.Role{control.Controller}}
	daniya = control.Actor{Person: "daniya", Organization: "kvga", Roles: []control.Role{control.ControllerApprover}}
	orazbk = control.Actor{Person: "orazbek", Organization: "kvga", Roles: []control.Role{control.OrderManager}}
	ruler  = control.Actor{Person: "ruler", Organization: "kvga", Roles: []control.Role{control.Administrator}}
	// outsider has every role of the committee, elsewhere.
	outsider = control.Actor{Person: "outsider", Organization: "other", Roles: []control.Role{
		control.ObjectionManager, control.Controller, control.ControllerApprover, control.Auditor, control.AuditorApprover,
	}}
)

// anObjection is the school's to Aigul's notification, Timur's once it is assigned: filed on Thursday
// 2026-03-05, to be reviewed through 01.04.
func anObjection(t testing.TB, s control.ObjectionStatus) *control.Objection {
	o := &control.Objection{
		Status: s, Author: dana.Person, Organization: "school", Department: "almaty", Committee: "kvga", TextKK: "Келіспейміз",
		FiledAt: almaty(t, "2026-03-05 11:00"), Due: almaty(t, "2026-04-02 00:00"),
	}
	if s != control.ObjectionNew {
		o.Controller = timur.Person
	}
	return o
}

func TestR41NewObjectionsAreSeenByTheManagersAlone(t *testing.T) {
	for _, r := range []struct {
		name             string
		by               control.Actor
		whenNew, whenOld string
	}{
		{"the objection manager", gulnar, "R-4.1", "R-4.1"},
		{"a controller of the committee", timur, "R-4.1 missing_role", "R-5.1"},
		{"an approver of the committee", daniya, "R-4.1 missing_role", "R-5.1"},
		{"an auditor of the department", berik, "R-6", "R-6"},
		{"an approver of the department", saule, "R-6", "R-6"},
		{"whoever filed it", dana, "R-3.12", "R-3.12"},
		{"another audit object", stranger, "R-4.1 missing_relation", "R-4.1 missing_relation"},
		{"another department", yerlan, "R-4.1 missing_relation", "R-4.1 missing_relation"},
		{"all roles elsewhere", outsider, "R-4.1 missing_relation", "R-4.1 missing_relation"},
		{"the administrator", ruler, "R-4.1 missing_role", "R-4.1 missing_role"},
		{"nobody", nobody, "R-4.1 missing_role", "R-4.1 missing_role"},
	} {
		t.Run(r.name, func(t *testing.T) {
			expect(t, anObjection(t, control.ObjectionNew).View(r.by), r.whenNew)
			for _, s := range control.ObjectionStatuses()[1:] {
				expect(t, anObjection(t, s).View(r.by), r.whenOld)
			}
		})
	}
	expect(t, (&control.Objection{}).View(control.Actor{Roles: control.Roles()}), "R-4.1 missing_relation")
}

func TestR42AManagerAssignsToAControllerOfTheCommittee(t *testing.T) {
	for _, r := range []struct {
		name   string
		status control.ObjectionStatus
		by     control.Actor
		to     control.Actor
		but    func(*control.Objection)
		want   string
	}{
		{"a new one", control.ObjectionNew, gulnar, timur, nil, "R-4.2"},
		{"to another one", control.ObjectionAssigned, gulnar, asel, nil, "R-4.2"},
		{"with a conclusion begun", control.ObjectionAssigned, gulnar, asel, func(o *control.Objection) { o.Conclusion = control.ConclusionDraft }, "R-4.2 has_conclusion"},
		{"to an approver who is no controller", control.ObjectionNew, gulnar, daniya, nil, "R-4.2 unfit_controller"},
		{"to a controller elsewhere", control.ObjectionNew, gulnar, outsider, nil, "R-4.2 unfit_controller"},
		{"to nobody", control.ObjectionNew, gulnar, nobody, nil, "R-4.2 unfit_controller"},
		{"to one without a name", control.ObjectionNew, gulnar, control.Actor{Organization: "kvga", Roles: timur.Roles}, nil, "R-4.2 unfit_controller"},
		{"by a controller", control.ObjectionNew, timur, timur, nil, "R-4.2 missing_role"},
		{"by a manager elsewhere", control.ObjectionNew, outsider, timur, nil, "R-4.2 missing_relation"},
		{"decided", control.ObjectionPositive, gulnar, timur, nil, "R-4.2 wrong_status"},
	} {
		t.Run(r.name, func(t *testing.T) {
			o := anObjection(t, r.status)
			if r.but != nil {
				r.but(o)
			}
			expect(t, o.Assign(r.by, r.to), r.want)
		})
	}
	many := control.AssignAll([]*control.Objection{anObjection(t, control.ObjectionNew), anObjection(t, control.ObjectionRefused)}, gulnar, timur)
	if len(many) != 2 || !many[0].Allowed || many[1].Allowed {
		t.Errorf("many at once: %v", many)
	}
}

func TestR43TheReviewIsProlongedOnce(t *testing.T) {
	rules := builtInRules(t)
	filed, err := rules.File(control.Objection{Committee: "kvga"}, almaty(t, "2026-03-05 11:00"))
	if err != nil || filed.Status != control.ObjectionNew || !filed.Due.Equal(almaty(t, "2026-04-02 00:00")) || !filed.FiledAt.Equal(almaty(t, "2026-03-05 11:00")) {
		t.Fatalf("filed is %+v, %v", filed, err)
	}
	prolonged, err := rules.Prolonged(filed, almaty(t, "2026-03-30 10:00"))
	if want := almaty(t, "2026-04-23 00:00"); err != nil || !prolonged.Due.Equal(want) || prolonged.ProlongedAt.IsZero() {
		t.Fatalf("prolonged is %+v, %v, want %v", prolonged, err, want)
	}
	_, err = rules.File(filed, almaty(t, "2026-12-30 10:00"))
	expectUnknownYear(t, err, 2027)
	filed.Due = almaty(t, "2026-12-30 00:00")
	_, err = rules.Prolonged(filed, almaty(t, "2026-12-25 10:00"))
	expectUnknownYear(t, err, 2027)

	for _, r := range []struct {
		name, at, reason string
		status           control.ObjectionStatus
		by               control.Actor
		but              func(*control.Objection)
		want             string
	}{
		{"by the manager", "2026-03-30 10:00", "Сұрау жіберілді", control.ObjectionNew, gulnar, nil, "R-4.3"},
		{"by the manager, assigned", "2026-03-30 10:00", "Сұрау жіберілді", control.ObjectionAssigned, gulnar, nil, "R-4.3"},
		{"by its controller", "2026-04-01 23:59:59.999", "Сұрау жіберілді", control.ObjectionAssigned, timur, nil, "R-4.3"},
		{"as the term ends", "2026-04-02 00:00", "Сұрау жіберілді", control.ObjectionAssigned, timur, nil, "R-4.3 window_closed"},
		{"by another controller", "2026-03-30 10:00", "Сұрау жіберілді", control.ObjectionAssigned, asel, nil, "R-4.3 missing_relation"},
		{"with no reason", "2026-03-30 10:00", " ", control.ObjectionAssigned, timur, nil, "R-4.3 no_reason"},
		{"twice", "2026-03-30 10:00", "Сұрау жіберілді", control.ObjectionAssigned, timur, func(o *control.Objection) { o.ProlongedAt = o.FiledAt }, "R-4.3 prolonged_already"},
		{"decided", "2026-03-30 10:00", "Сұрау жіберілді", control.ObjectionRefused, gulnar, nil, "R-4.3 wrong_status"},
	} {
		t.Run(r.name, func(t *testing.T) {
			o := anObjection(t, r.status)
			if r.but != nil {
				r.but(o)
			}
			expect(t, o.Prolong(r.by, r.reason, almaty(t, r.at)), r.want)
		})
	}
}

func TestR43AnObjectionIsOverdueAfterItsTerm(t *testing.T) {
	end := almaty(t, "2026-04-02 00:00")
	for _, s := range control.ObjectionStatuses() {
		o := anObjection(t, s)
		open := s == control.ObjectionNew || s == control.ObjectionAssigned
		if o.Overdue(end.Add(-1)) || o.Overdue(end) != open || s.Open() != open {
			t.Errorf("%s: overdue before %v, after %v", s, o.Overdue(end.Add(-1)), o.Overdue(end))
		}
	}
	if (&control.Objection{Status: control.ObjectionNew}).Overdue(end) {
		t.Error("one with no term is overdue")
	}
}

func TestAnObjectionIsFiledWithAText(t *testing.T) {
	n := delivered(t, control.NotificationAcknowledged)
	o := anObjection(t, "")
	expect(t, n.FileObjection(dana, o, almaty(t, "2026-03-05 11:00")), "R-3.12")
	o.TextKK = ""
	expect(t, n.FileObjection(dana, o, almaty(t, "2026-03-05 11:00")), "R-3.12 no_text")
	expect(t, n.FileObjection(dana, o, almaty(t, "2026-03-11 00:00")), "R-3.12 window_closed")
	o.TextRU = "Не согласны"
	expect(t, n.FileObjection(dana, o, almaty(t, "2026-03-05 11:00")), "R-3.12")
	expect(t, o.May(dana, control.ActionObject), "R-4.1")
	expect(t, o.May(stranger, control.ActionObject), "R-4.1 missing_relation")
}

func TestEveryCellOfTheLifeOfAnObjection(t *testing.T) {
	sentence := func(from control.ObjectionStatus, action control.Action, role control.Role, relation control.Relation) (control.ObjectionStatus, bool) {
		manager := role == control.ObjectionManager && relation == control.Reviewer
		system := role == control.System && relation == control.Itself
		switch action {
		case "object":
			return "new", from == "" && role == control.AuditObject && relation == control.Organizer
		case "assign_objection":
			return "assigned", manager && from.Open()
		case "prolong_objection":
			own := role == control.Controller && relation == control.Assignee && from == "assigned"
			return from, manager && from.Open() || own
		case "satisfy_objection":
			return "positive", system && from == "assigned"
		case "partly_satisfy_objection":
			return "partly_satisfied", system && from == "assigned"
		default:
			return "refused", action == "refuse_objection" && system && from == "assigned"
		}
	}
	everyCell(t, control.ObjectionLife, append(control.ObjectionStatuses(), ""), sentence)
}

func TestEveryCellOfTheLifeOfAConclusion(t *testing.T) {
	sentence := func(from control.ConclusionStatus, action control.Action, role control.Role, relation control.Relation) (control.ConclusionStatus, bool) {
		author := role == control.Controller && relation == control.Author
		agreer := (role == control.Controller || role == control.ControllerApprover) && relation == control.Agreer && from == "in_agreement"
		open := from == "draft" || from == "rejected"
		switch action {
		case "create_conclusion":
			return "draft", from == "" && role == control.Controller && relation == control.Assignee
		case "edit_conclusion":
			return from, author && open
		case "delete_conclusion":
			colleague := (role == control.Controller || role == control.ControllerApprover) && relation == control.Colleague
			return "", author && open || colleague && from == "draft"
		case "send_conclusion_to_agreement":
			return "in_agreement", author && open
		case "agree_conclusion":
			return "in_agreement", agreer
		case "reject_conclusion":
			return "rejected", agreer
		default:
			return "delivered", action == "approve_conclusion" && agreer && role == control.ControllerApprover
		}
	}
	everyCell(t, control.ConclusionLife, append(control.ConclusionStatuses(), ""), sentence)
}

// everyCell compares a table with its sentences in every cell (status × action × role × relation).
func everyCell[S ~string](t *testing.T, life control.Life[S], statuses []S, sentence func(S, control.Action, control.Role, control.Relation) (S, bool)) {
	t.Helper()
	all := append(slices.Clone(relations), control.Reviewer, control.PenaltySaved, control.Itself)
	allowed := 0
	seen := map[control.Action]bool{}
	for _, row := range life {
		if seen[row.Action] {
			continue
		}
		seen[row.Action] = true
		for _, from := range statuses {
			for _, role := range append(control.Roles(), control.System) {
				for _, relation := range all {
					a := control.Actor{Roles: []control.Role{role}}
					if role == control.System {
						a = control.Centre()
					}
					to, may := sentence(from, row.Action, role, relation)
					got, v := life.Step(from, row.Action, a, relation)
					if v.Allowed != may || may && got != to || !may && got != from {
						t.Errorf("%q × %s × %s × %s: %s, to %q; want %v, to %q", from, row.Action, role, relation, said(v), got, may, to)
					}
					if may {
						allowed++
					}
					if v.Rule != rulesOfRows[row.Action] {
						t.Errorf("%q × %s × %s × %s: it cites %s", from, row.Action, role, relation, v.Rule)
					}
				}
			}
		}
	}
	if allowed != len(life) {
		t.Errorf("%d cells are allowed of %d rows", allowed, len(life))
	}
}

// rulesOfRows are the rules of the actions of §4, §5 and §10.
var rulesOfRows = map[control.Action]control.Rule{
	"object": "R-4.1", "assign_objection": "R-4.2", "prolong_objection": "R-4.3",
	"satisfy_objection": "R-5.3", "partly_satisfy_objection": "R-5.3", "refuse_objection": "R-5.3",
	"create_conclusion": "R-5.1", "edit_conclusion": "R-5.2", "delete_conclusion": "R-5.2", "send_conclusion_to_agreement": "R-5.2",
	"agree_conclusion": "R-5.2", "reject_conclusion": "R-5.2", "approve_conclusion": "R-5.3",
	"save_penalty": "R-10.1", "complete_penalty": "R-10.1", "suspend": "R-10.2", "revoke_suspension": "R-10.2",
}

// aConclusion is Timur's on the school's objection, that refuses it, in Daniya's turn once in agreement.
func aConclusion(s control.ConclusionStatus) *control.Conclusion {
	return &control.Conclusion{
		Status: s, Outcome: control.OutcomeRefused, Author: timur.Person, Organization: "kvga", Department: "almaty",
		Recipient: "school", Agreer: daniya.Person, TextKK: "Негізсіз",
	}
}

func TestR51TheControllerConcludesOnWhatIsAssigned(t *testing.T) {
	expect(t, anObjection(t, control.ObjectionAssigned).Conclude(timur), "R-5.1")
	expect(t, anObjection(t, control.ObjectionAssigned).Conclude(asel), "R-5.1 missing_relation")
	expect(t, anObjection(t, control.ObjectionAssigned).Conclude(gulnar), "R-5.1 missing_role")
	expect(t, anObjection(t, control.ObjectionPositive).Conclude(timur), "R-5.1 wrong_status")
	expect(t, anObjection(t, control.ObjectionNew).Conclude(timur), "R-5.1 missing_relation")
	begun := anObjection(t, control.ObjectionAssigned)
	begun.Conclusion = control.ConclusionRejected
	expect(t, begun.Conclude(timur), "R-5.1 has_conclusion")
}

func TestR52AConclusionIsAgreedAsANotificationIs(t *testing.T) {
	draft, turn := control.ConclusionDraft, control.ConclusionInAgreement
	noText := func(c *control.Conclusion) { c.TextKK = " " }
	noOutcome := func(c *control.Conclusion) { c.Outcome = "" }
	strange := func(c *control.Conclusion) { c.Outcome = "perhaps" }
	mine := func(c *control.Conclusion) { c.Agreer = timur.Person }
	for _, r := range []struct {
		name   string
		status control.ConclusionStatus
		but    func(*control.Conclusion)
		ask    func(*control.Conclusion) control.Verdict
		want   string
	}{
		{"sent by its author", draft, nil, func(c *control.Conclusion) control.Verdict { return c.SendToAgreement(timur, daniya) }, "R-5.2"},
		{"sent again after a rejection", control.ConclusionRejected, nil, func(c *control.Conclusion) control.Verdict { return c.SendToAgreement(timur, asel) }, "R-5.2"},
		{"sent to oneself", draft, nil, func(c *control.Conclusion) control.Verdict { return c.SendToAgreement(timur, timur) }, "R-5.2"},
		{"sent in Russian alone", draft, func(c *control.Conclusion) { c.TextKK, c.TextRU = "", "Необоснованно" }, func(c *control.Conclusion) control.Verdict { return c.SendToAgreement(timur, daniya) }, "R-5.2"},
		{"sent with no text", draft, noText, func(c *control.Conclusion) control.Verdict { return c.SendToAgreement(timur, daniya) }, "R-5.1 no_text"},
		{"sent with no outcome", draft, noOutcome, func(c *control.Conclusion) control.Verdict { return c.SendToAgreement(timur, daniya) }, "R-5.1 no_outcome"},
		{"sent with an unknown outcome", draft, strange, func(c *control.Conclusion) control.Verdict { return c.SendToAgreement(timur, daniya) }, "R-5.1 no_outcome"},
		{"sent to nobody", draft, nil, func(c *control.Conclusion) control.Verdict { return c.SendToAgreement(timur, nobody) }, "R-5.1 no_agreer"},
		{"sent to a manager", draft, nil, func(c *control.Conclusion) control.Verdict { return c.SendToAgreement(timur, gulnar) }, "R-5.1 unfit_agreer"},
		{"sent elsewhere", draft, nil, func(c *control.Conclusion) control.Verdict { return c.SendToAgreement(timur, outsider) }, "R-5.1 unfit_agreer"},
		{"sent by a colleague", draft, nil, func(c *control.Conclusion) control.Verdict { return c.SendToAgreement(asel, daniya) }, "R-5.2 missing_relation"},
		{"agreed by who has the turn", turn, nil, func(c *control.Conclusion) control.Verdict { return c.Agree(daniya, timur) }, "R-5.2"},
		{"agreed with no next", turn, nil, func(c *control.Conclusion) control.Verdict { return c.Agree(daniya, nobody) }, "R-5.1 no_agreer"},
		{"agreed out of turn", turn, nil, func(c *control.Conclusion) control.Verdict { return c.Agree(asel, timur) }, "R-5.2 missing_relation"},
		{"agreed as a draft", draft, nil, func(c *control.Conclusion) control.Verdict { return c.Agree(daniya, timur) }, "R-5.2 missing_relation"},
		{"rejected", turn, nil, func(c *control.Conclusion) control.Verdict { return c.Reject(daniya, "Нақтылаңыз") }, "R-5.2"},
		{"rejected with no reason", turn, nil, func(c *control.Conclusion) control.Verdict { return c.Reject(daniya, "\t") }, "R-5.2 no_reason"},
		{"rejected out of turn", turn, nil, func(c *control.Conclusion) control.Verdict { return c.Reject(asel, "") }, "R-5.2 missing_relation"},
		{"approved", turn, nil, func(c *control.Conclusion) control.Verdict { return c.Approve(daniya) }, "R-5.3"},
		{"approved by a controller in turn", turn, mine, func(c *control.Conclusion) control.Verdict { return c.Approve(timur) }, "R-5.3 missing_role"},
		{"approved with no text", turn, noText, func(c *control.Conclusion) control.Verdict { return c.Approve(daniya) }, "R-5.1 no_text"},
		{"edited by its author", draft, nil, func(c *control.Conclusion) control.Verdict { return c.May(timur, control.ActionEditConclusion) }, "R-5.2"},
		{"edited once delivered", control.ConclusionDelivered, nil, func(c *control.Conclusion) control.Verdict { return c.May(timur, control.ActionEditConclusion) }, "R-5.2 wrong_status"},
		{"deleted by a colleague", draft, nil, func(c *control.Conclusion) control.Verdict { return c.May(asel, control.ActionDeleteConclusion) }, "R-5.2"},
	} {
		t.Run(r.name, func(t *testing.T) {
			c := aConclusion(r.status)
			if r.but != nil {
				r.but(c)
			}
			expect(t, r.ask(c), r.want)
		})
	}
}

func TestR7DeliveredConclusionsAreSeenByThoseConcerned(t *testing.T) {
	for _, r := range []struct {
		name             string
		by               control.Actor
		draft, delivered string
	}{
		{"the committee's controllers", asel, "R-5.1", "R-5.1"},
		{"the committee's approvers", daniya, "R-5.1", "R-5.1"},
		{"the committee's managers", gulnar, "R-5.1", "R-5.1"},
		{"the department's auditors", berik, "R-7 missing_relation", "R-7"},
		{"the department's approvers", saule, "R-7 missing_relation", "R-7"},
		{"the audit object", dana, "R-7 missing_relation", "R-5.3"},
		{"another department", yerlan, "R-7 missing_relation", "R-7 missing_relation"},
		{"another audit object", stranger, "R-7 missing_relation", "R-7 missing_relation"},
		{"all roles elsewhere", outsider, "R-7 missing_relation", "R-7 missing_relation"},
		{"the administrator", ruler, "R-7 missing_role", "R-7 missing_role"},
	} {
		t.Run(r.name, func(t *testing.T) {
			expect(t, aConclusion(control.ConclusionDraft).View(r.by), r.draft)
			expect(t, aConclusion(control.ConclusionInAgreement).View(r.by), r.draft)
			expect(t, aConclusion(control.ConclusionDelivered).View(r.by), r.delivered)
		})
	}
	expect(t, (&control.Conclusion{Status: control.ConclusionDelivered}).View(control.Actor{Roles: control.Roles()}), "R-7 missing_relation")
}

func TestR53WhatAConclusionBringsAbout(t *testing.T) {
	rules := builtInRules(t)
	at := almaty(t, "2026-04-13 16:00").Add(123_456)
	for _, r := range []struct {
		outcome      control.Outcome
		objection    control.ObjectionStatus
		notification control.NotificationStatus
		deadline     string
		remedies     int
	}{
		{control.OutcomeSatisfied, control.ObjectionPositive, control.NotificationAnnulled, "2026-03-18 00:00", 0},
		{control.OutcomePartly, control.ObjectionPartly, control.NotificationObjectionPartly, "2026-04-23 00:00", 1},
		{control.OutcomeRefused, control.ObjectionRefused, control.NotificationObjectionLost, "2026-04-23 00:00", 1},
	} {
		t.Run(string(r.outcome), func(t *testing.T) {
			n := delivered(t, control.NotificationObjectionSent, control.CancelPurchase)
			n.ObjectedAt = almaty(t, "2026-03-05 11:00")
			c := aConclusion(control.ConclusionInAgreement)
			c.Outcome = r.outcome
			got, err := rules.Conclude(*c, *anObjection(t, control.ObjectionAssigned), *n, at)
			if err != nil {
				t.Fatal(err)
			}
			if got.Conclusion.Status != control.ConclusionDelivered || !got.Conclusion.DeliveredAt.Equal(almaty(t, "2026-04-13 16:00")) {
				t.Errorf("the conclusion is %+v", got.Conclusion)
			}
			if got.Objection.Status != r.objection || got.Objection.Conclusion != control.ConclusionDelivered {
				t.Errorf("the objection is %+v", got.Objection)
			}
			if got.Notification.Status != r.notification || !got.Notification.Deadline.Equal(almaty(t, r.deadline)) || len(got.Notification.Remedies) != r.remedies {
				t.Errorf("the notification is %+v", got.Notification)
			}
		})
	}
	n := delivered(t, control.NotificationObjectionSent)
	n.ObjectedAt = almaty(t, "2026-03-05 11:00")
	for name, broken := range map[string]func() (control.Conclusion, control.Objection, control.Notification){
		"no outcome": func() (control.Conclusion, control.Objection, control.Notification) {
			return control.Conclusion{}, *anObjection(t, control.ObjectionAssigned), *n
		},
		"an objection not assigned": func() (control.Conclusion, control.Objection, control.Notification) {
			return *aConclusion(control.ConclusionInAgreement), *anObjection(t, control.ObjectionNew), *n
		},
		"a notification that waits for none": func() (control.Conclusion, control.Objection, control.Notification) {
			return *aConclusion(control.ConclusionInAgreement), *anObjection(t, control.ObjectionAssigned), *delivered(t, control.NotificationExecuted)
		},
	} {
		c, o, n, at := first(broken())
		want := fmt.Sprintf("conclude %q on an objection %q to a notification %q", c.Outcome, o.Status, n.Status)
		if _, err := rules.Conclude(c, o, n, at); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	_, err := rules.Conclude(*aConclusion(control.ConclusionInAgreement), *anObjection(t, control.ObjectionAssigned), *n, almaty(t, "2026-12-31 10:00"))
	expectUnknownYear(t, err, 2027)
}

// first completes the arguments of Conclude with an instant.
func first(c control.Conclusion, o control.Objection, n control.Notification) (control.Conclusion, control.Objection, control.Notification, time.Time) {
	return c, o, n, n.DeliveredAt
}

func TestTheGlossarysOutcomesAndStatuses(t *testing.T) {
	if got := control.Outcomes(); !slices.Equal(got, []control.Outcome{"satisfied", "partly_satisfied", "refused"}) {
		t.Errorf("outcomes %v", got)
	}
	if got := control.ConclusionStatuses(); !slices.Equal(got, []control.ConclusionStatus{"draft", "in_agreement", "rejected", "delivered"}) {
		t.Errorf("statuses of conclusions %v", got)
	}
	if got := control.ObjectionStatuses(); !slices.Equal(got, []control.ObjectionStatus{"new", "assigned", "positive", "partly_satisfied", "refused"}) {
		t.Errorf("statuses of objections %v", got)
	}
}

package control_test

import (
	"testing"

	"baqylau/control"
)

// May is one door to every question: it gives the same answer as the function behind it, and refuses
// what it is not told enough about.
func TestMayAsksTheRuleOfEveryAction(t *testing.T) {
	g := ready(inD1, control.D1)(t)
	c := g.build()
	now := almaty(t, "2026-03-05 11:00")
	turn, concluding := aNotification(control.NotificationInAgreement), aConclusion(control.ConclusionInAgreement)
	running := delivered(t, control.NotificationAcknowledged, control.CancelPurchase)
	fined := aNotification(control.NotificationExecuted)
	fined.Penalty = control.PenaltySavedOnce
	suspended := *fined
	suspended.Suspension = control.Suspended
	draft := aNotification(control.NotificationDraft)
	reported := delivered(t, control.NotificationAwaiting)
	objection, fresh := anObjection(t, control.ObjectionAssigned), anObjection(t, control.ObjectionNew)
	sent := aConclusion(control.ConclusionDraft)
	info := &control.PenaltyInfo{RecheckKK: "Расталды"}
	later := almaty(t, "2026-03-20 10:00")
	rules := g.rules
	for _, r := range []struct {
		action control.Action
		by     control.Actor
		facts  control.Facts
		want   string
	}{
		{control.ActionReport, marat, control.Facts{}, "R-1.1"},
		{control.ActionReport, aigul, control.Facts{}, "R-1.1 missing_role"},
		{control.ActionAdminister, ruler, control.Facts{}, "§0"},
		{control.ActionAdminister, aigul, control.Facts{}, "§0 missing_role"},
		{control.ActionAdminister, control.Actor{Roles: ruler.Roles, Deputy: "x"}, control.Facts{}, "§0 not_by_deputy"},
		{control.ActionMyLots, aigul, control.Facts{}, "R-2.1"},
		{control.ActionMyLots, saule, control.Facts{}, "R-2.1 missing_role"},
		{control.ActionJournal, aigul, control.Facts{}, "R-3.15"},
		{control.ActionJournal, saule, control.Facts{}, "R-3.15"},
		{control.ActionJournal, timur, control.Facts{}, "R-3.15"},
		{control.ActionJournal, daniya, control.Facts{}, "R-3.15"},
		{control.ActionJournal, dana, control.Facts{}, "R-3.15 missing_role"},
		{control.ActionInbox, dana, control.Facts{}, "R-3.12"},
		{control.ActionInbox, aigul, control.Facts{}, "R-3.12"},
		{control.ActionInbox, timur, control.Facts{}, "R-3.12"},
		{control.ActionInbox, gulnar, control.Facts{}, "R-3.12"},
		{control.ActionInbox, ruler, control.Facts{}, "R-3.12 missing_role"},
		{control.ActionAssign, marat, control.Facts{Case: assignable(t), Other: aigul}, "R-1.4.d"},
		{control.ActionUnassign, marat, control.Facts{Case: assignable(t)}, "R-1.5 not_assigned"},
		{control.ActionMark, aigul, control.Facts{Case: c, Direction: control.D1}, "R-1.4.d"},
		{control.ActionMark, aigul, control.Facts{Case: c, Direction: control.D2}, "R-1.4.d wrong_status"},
		{control.ActionMark, aigul, control.Facts{Case: c, Lot: 1}, "R-11.3 unknown_action"},
		{control.ActionMark, aigul, control.Facts{Case: c, Lot: -1}, "R-11.3 unknown_action"},
		{control.ActionMark, aigul, control.Facts{}, "R-11.3 unknown_action"},
		{control.ActionCreate, aigul, control.Facts{Case: c, Direction: control.D1}, "R-3.1.1"},
		{control.ActionCertify, aigul, control.Facts{Case: c, Direction: control.D1}, "R-2.5"},
		{control.ActionSend, aigul, control.Facts{Case: c, Direction: control.D1}, "R-3.10 missing_relation"},
		{control.ActionViewNotification, berik, control.Facts{Notification: draft}, "R-6"},
		{control.ActionEdit, aigul, control.Facts{Notification: draft}, "R-3.4"},
		{control.ActionEdit, aigul, control.Facts{}, "R-11.3 unknown_action"},
		{control.ActionDelete, berik, control.Facts{Notification: draft}, "R-3.4"},
		{control.ActionSendToAgreement, aigul, control.Facts{Notification: draft, Other: saule}, "R-3.5"},
		{control.ActionSendToAgreement, aigul, control.Facts{Notification: draft}, "R-3.3 no_agreer"},
		{control.ActionAgree, saule, control.Facts{Notification: turn, Case: c, Other: aigul}, "R-3.6"},
		{control.ActionAgree, saule, control.Facts{Notification: turn, Other: aigul}, "R-11.3 unknown_action"},
		{control.ActionApprove, saule, control.Facts{Notification: turn, Case: c}, "R-3.7"},
		{control.ActionApprove, saule, control.Facts{Notification: turn, Case: c, Lot: 1}, "R-11.3 unknown_action"},
		{control.ActionApprove, saule, control.Facts{Notification: turn, Case: c, Lot: -1}, "R-11.3 unknown_action"},
		{control.ActionReject, saule, control.Facts{Notification: turn, Text: "Нақтылаңыз"}, "R-3.6"},
		{control.ActionReject, saule, control.Facts{Notification: turn}, "R-3.6 no_reason"},
		{control.ActionRecall, aigul, control.Facts{Notification: turn}, "R-3.9"},
		{control.ActionAcknowledge, dana, control.Facts{Notification: delivered(t, control.NotificationDelivered)}, "R-3.12"},
		{control.ActionObject, dana, control.Facts{Notification: running, Now: now}, "R-3.12"},
		{control.ActionObject, dana, control.Facts{Notification: running, Now: later}, "R-3.12 window_closed"},
		{control.ActionBegin, dana, control.Facts{Notification: running, Now: now}, "R-3.12"},
		{control.ActionBegin, dana, control.Facts{Notification: running, Now: later}, "R-3.12 window_closed"},
		{"cancel_purchase", dana, control.Facts{Notification: running, Now: now}, "R-3.11"},
		{"cancel_purchase", dana, control.Facts{Notification: running, Now: later}, "R-3.12 window_closed"},
		{"review_results", dana, control.Facts{Notification: running, Now: now}, "R-3.11 not_a_remedy"},
		{control.ActionConfirm, aigul, control.Facts{Notification: reported}, "R-3.13"},
		{control.ActionRefuseConfirmation, aigul, control.Facts{Notification: reported, Text: "Жоқ"}, "R-3.13"},
		{control.ActionRefuseConfirmation, aigul, control.Facts{Notification: reported}, "R-3.13 no_reason"},
		{control.ActionLapse, dana, control.Facts{Notification: running, Now: later}, "R-3.12 missing_role"},
		{control.ActionLapse, control.Centre(), control.Facts{Notification: running, Now: later}, "R-3.12"},
		{control.ActionLapse, control.Centre(), control.Facts{Notification: running, Now: now}, "R-3.12 window_not_open"},
		{"burn", aigul, control.Facts{Notification: running}, "R-11.3 unknown_action"},
		{control.ActionViewObjection, gulnar, control.Facts{Objection: fresh}, "R-4.1"},
		{control.ActionViewObjection, gulnar, control.Facts{}, "R-11.3 unknown_action"},
		{control.ActionAssignObjection, gulnar, control.Facts{Objection: fresh, Other: timur}, "R-4.2"},
		{control.ActionProlongObjection, gulnar, control.Facts{Objection: fresh, Text: "Сұрау", Now: later}, "R-4.3"},
		{control.ActionProlongObjection, gulnar, control.Facts{Objection: fresh, Now: later}, "R-4.3 no_reason"},
		{control.ActionCreateConclusion, timur, control.Facts{Objection: objection}, "R-5.1"},
		{control.ActionViewConclusion, asel, control.Facts{Conclusion: sent}, "R-5.1"},
		{control.ActionViewConclusion, asel, control.Facts{}, "R-11.3 unknown_action"},
		{control.ActionEditConclusion, timur, control.Facts{Conclusion: sent}, "R-5.2"},
		{control.ActionDeleteConclusion, asel, control.Facts{Conclusion: sent}, "R-5.2"},
		{control.ActionSendConclusion, timur, control.Facts{Conclusion: sent, Other: daniya}, "R-5.2"},
		{control.ActionSendConclusion, timur, control.Facts{Conclusion: sent}, "R-5.1 no_agreer"},
		{control.ActionAgreeConclusion, daniya, control.Facts{Conclusion: concluding, Other: asel}, "R-5.2"},
		{control.ActionAgreeConclusion, daniya, control.Facts{Conclusion: concluding}, "R-5.1 no_agreer"},
		{control.ActionRejectConclusion, daniya, control.Facts{Conclusion: concluding, Text: "Жоқ"}, "R-5.2"},
		{control.ActionRejectConclusion, daniya, control.Facts{Conclusion: concluding}, "R-5.2 no_reason"},
		{control.ActionApproveConclusion, daniya, control.Facts{Conclusion: concluding}, "R-5.3"},
		{control.ActionSavePenalty, aigul, control.Facts{Rules: rules, Notification: fined, Penalty: info, Now: later}, "R-10.1"},
		{control.ActionSavePenalty, aigul, control.Facts{Case: c, Notification: fined, Penalty: info, Now: later}, "R-10.1"},
		{control.ActionSavePenalty, aigul, control.Facts{Notification: fined, Penalty: info, Now: later}, "R-11.3 unknown_action"},
		{control.ActionSavePenalty, aigul, control.Facts{Rules: rules, Penalty: info, Now: later}, "R-11.3 unknown_action"},
		{control.ActionCompletePenalty, aigul, control.Facts{Rules: rules, Notification: fined}, "R-10.1"},
		{control.ActionViewPenalty, orazbk, control.Facts{Rules: rules, Notification: fined}, "R-10.2"},
		{control.ActionSuspend, orazbk, control.Facts{Rules: rules, Notification: fined, Order: anOrder(t), Now: later}, "R-10.2"},
		{control.ActionSuspend, orazbk, control.Facts{Rules: rules, Notification: fined, Now: later}, "R-10.2 no_data"},
		{control.ActionRevokeSuspension, orazbk, control.Facts{Rules: rules, Notification: &suspended, Order: anOrder(t), Revocation: anOrder(t), Now: later}, "R-10.2"},
		{control.ActionRevokeSuspension, orazbk, control.Facts{Rules: rules, Notification: &suspended, Order: anOrder(t), Now: later}, "R-10.2 no_data"},
	} {
		t.Run(string(r.action)+" "+r.want, func(t *testing.T) { expect(t, control.May(r.by, r.action, r.facts), r.want) })
	}
}

// assignable is a case in D1 that nobody has touched.
func assignable(t testing.TB) *control.Case { return inD1(t).build() }

// The administrator sees no document that is none of theirs, and does nothing to it.
func TestTheAdministratorDoesNothingToDocuments(t *testing.T) {
	g := ready(inD1, control.D1)(t)
	facts := control.Facts{
		Case: g.build(), Direction: control.D1, Rules: g.rules, Notification: aNotification(control.NotificationExecuted),
		Objection: anObjection(t, control.ObjectionAssigned), Conclusion: aConclusion(control.ConclusionDelivered),
		Penalty: &control.PenaltyInfo{RecheckKK: "x"}, Order: anOrder(t), Revocation: anOrder(t), Other: aigul, Text: "x",
		Now: almaty(t, "2026-03-12 10:00"),
	}
	for _, action := range []control.Action{
		"report", "assign", "unassign", "mark", "certify", "create_notification", "send_all", "view_notification", "edit",
		"delete", "send_to_agreement", "agree", "reject", "approve", "recall", "acknowledge", "object", "begin", "confirm",
		"refuse_confirmation", "lapse", "annul", "resume_refused", "resume_partly", "cancel_purchase", "view_objection",
		"assign_objection", "prolong_objection", "create_conclusion", "view_conclusion", "edit_conclusion",
		"delete_conclusion", "send_conclusion_to_agreement", "agree_conclusion", "reject_conclusion", "approve_conclusion",
		"save_penalty", "complete_penalty", "view_penalty", "suspend", "revoke_suspension", "my_lots", "journal", "inbox",
	} {
		if v := control.May(ruler, action, facts); v.Allowed || v.Reason != control.MissingRole {
			t.Errorf("%s: %s", action, said(v))
		}
	}
}

package control_test

import (
	"testing"

	"baqylau/control"
)

// TestAConclusionGoesWhereItsTableLeads: and nowhere else.
func TestAConclusionGoesWhereItsTableLeads(t *testing.T) {
	for _, c := range []struct {
		from   control.ConclusionStatus
		action control.Action
		to     control.ConclusionStatus
		leads  bool
	}{
		{"", control.ActionCreateConclusion, control.ConclusionDraft, true},
		{control.ConclusionDraft, control.ActionSendConclusion, control.ConclusionInAgreement, true},
		{control.ConclusionInAgreement, control.ActionRejectConclusion, control.ConclusionRejected, true},
		{control.ConclusionDelivered, control.ActionEditConclusion, control.ConclusionDelivered, false},
	} {
		if after, leads := (control.Conclusion{Status: c.from}).After(c.action); after.Status != c.to || leads != c.leads {
			t.Errorf("%s from %q leads to %q: %v", c.action, c.from, after.Status, leads)
		}
	}
}

// TestPenaltyAndSuspensionGoWhereTheirTablesLead.
func TestPenaltyAndSuspensionGoWhereTheirTablesLead(t *testing.T) {
	var n control.Notification
	for _, c := range []struct {
		action     control.Action
		penalty    control.PenaltyStatus
		suspension control.OrdersStatus
		leads      bool
	}{
		{control.ActionRevokeSuspension, "", "", false},
		{control.ActionCompletePenalty, "", "", false},
		{control.ActionSavePenalty, control.PenaltySavedOnce, "", true},
		{control.ActionSuspend, control.PenaltySavedOnce, control.Suspended, true},
		{control.ActionCompletePenalty, control.PenaltyCompleted, control.Suspended, true},
		{control.ActionSavePenalty, control.PenaltyCompleted, control.Suspended, false},
		{control.ActionRevokeSuspension, control.PenaltyCompleted, control.Revoked, true},
		{control.ActionSuspend, control.PenaltyCompleted, control.Revoked, false},
	} {
		after, leads := n.Punished(c.action)
		if after.Penalty != c.penalty || after.Suspension != c.suspension || leads != c.leads {
			t.Errorf("%s leads to %q and %q: %v", c.action, after.Penalty, after.Suspension, leads)
		}
		n = after
	}
}

// TestAnAssignedObjectionHasItsController.
func TestAnAssignedObjectionHasItsController(t *testing.T) {
	o := control.Objection{Status: control.ObjectionNew, Author: "organizer"}.Assigned("controller")
	if o.Status != control.ObjectionAssigned || o.Controller != "controller" || o.Author != "organizer" {
		t.Errorf("%+v", o)
	}
}

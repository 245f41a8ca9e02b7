package control_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"baqylau/control"
)

// The codes of the glossary, on the wire and in files: whoever renames a constant keeps them.
func TestTheCodesAreTheGlossarys(t *testing.T) {
	sets := map[string][2][]string{
		"methods": {texts(control.Methods()), {"open_tender", "prequalified_tender", "auction", "price_quotations", "single_source", "commodity_exchange"}},
		"statuses": {texts([]control.Status{
			control.Published, control.AcceptingApplications, control.SupplementingApps, control.AdmissionReviewDecision,
			control.Completed, control.UnderComplaint, control.Held, control.NotHeld, control.ExecutionDecision, control.Cancelled,
			control.Approved, control.ContractDraft,
		}), {
			"published", "accepting_applications", "supplementing_applications", "admission_review_decision", "completed",
			"under_complaint", "held", "not_held", "execution_decision", "cancelled", "approved", "contract_draft",
		}},
		"decisions": {texts([]control.ComplaintDecision{
			control.ComplaintRefused, control.ComplaintAuditCancel, control.ComplaintAuditReview, control.ComplaintDeskControl,
		}), {"refused", "audit_cancel", "audit_review", "desk_control"}},
		"notifications": {texts(control.NotificationStatuses()), {
			"draft", "in_agreement", "rejected", "approved", "delivered", "acknowledged", "objection_sent", "in_execution",
			"not_executed_acknowledged", "not_executed_unacknowledged", "executed", "awaiting_confirmation", "not_confirmed",
			"annulled", "objection_refused", "objection_partly_satisfied",
		}},
		"remedies": {texts(control.Remedies()), {
			"cancel_purchase", "amend_documentation", "review_admission", "review_results", "continue_without_review",
			"continue_without_execution",
		}},
		"roles": {texts(control.Roles()), {
			"control_reports", "lot_manager", "auditor", "auditor_approver", "objection_manager", "controller",
			"controller_approver", "order_manager", "audit_object", "roadmap_executor", "roadmap_coordinator", "administrator",
		}},
	}
	glossary, err := os.ReadFile("../../shared/glossary.md")
	for name, set := range sets {
		if !slices.Equal(set[0], set[1]) {
			t.Errorf("%s are %v, want %v", name, set[0], set[1])
		}
		for _, code := range set[1] {
			if name != "roles" && err == nil && !strings.Contains(string(glossary), "`"+code+"`") {
				t.Errorf("%s: the glossary has no %s", name, code)
			}
		}
	}
	for _, c := range []struct{ got, want string }{
		{string(control.OtherStatus), "other"},
		{string(control.System), "system"},
		{string(control.TargetAnnouncement), "announcement"},
		{string(control.TargetLot), "lot"},
		{string(control.TargetPlanPoint), "plan_point"},
		{string(control.WorkLot), "lot"},
		{string(control.WorkNotification), "notification"},
		{string(control.WorkNotificationAgreer), "notification_agreer"},
		{string(control.WorkObjection), "objection"},
		{string(control.WorkConclusion), "conclusion"},
		{string(control.WorkConclusionAgreer), "conclusion_agreer"},
		{string(control.ActionAdminister), "administer"},
		{string(control.ActionSubstitute), "substitute"},
		{string(control.ActionEndSubstitution), "end_substitution"},
		{string(control.ActionActFor), "act_for"},
		{string(control.ActionDismiss), "dismiss"},
		{string(control.ActionHandOver), "hand_over"},
		{string(control.ActionEnrol), "enrol"},
		{string(control.Prepared), "prepared"},
		{string(control.Signed), "signed"},
		{string(control.Superseded), "superseded"},
		{string(control.CertificateSigned), "certificate_signed"},
		{string(control.NoCalendar), "no_calendar"},
		{string(control.DigestChanged), "digest_changed"},
		{string(control.VersionChanged), "version_changed"},
		{string(control.PreparedRecalled), "prepared_recalled"},
		{string(control.PreparedRejected), "prepared_rejected"},
		{string(control.PreparedPassedOn), "prepared_passed_on"},
		{string(control.PreparedSigned), "prepared_signed"},
		{string(control.PreparedChanged), "prepared_changed"},
	} {
		if c.got != c.want {
			t.Errorf("a code reads %q, want %q", c.got, c.want)
		}
	}
	for i, want := range relationNames() {
		if got := control.Relation(1 << i).String(); got != want {
			t.Errorf("relation %d reads %q, want %q", i, got, want)
		}
	}
	if !regexp.MustCompile(`^20[0-9]{2}\.[0-9]{2}-[0-9]+$`).MatchString(control.RulesVersion) {
		t.Errorf("the version of the rules reads %q", control.RulesVersion)
	}
}

func texts[T ~string](codes []T) []string {
	all := make([]string, len(codes))
	for i, c := range codes {
		all[i] = string(c)
	}
	return all
}

// Whoever is nobody, and works nowhere, stands in no relation to what belongs to nobody: two unknowns are
// not the same person.
func TestNobodyIsRelatedToNothing(t *testing.T) {
	everyRole := control.Actor{Roles: control.Roles()}
	now := almaty(t, "2026-03-12 10:00")
	for _, s := range control.NotificationStatuses() {
		n := &control.Notification{Status: s, TextKK: "x", Remedies: []control.OpenRemedy{{Remedy: control.CancelPurchase}}}
		for _, row := range control.NotificationLife {
			if v := n.May(everyRole, row.Action); v.Allowed || v.Reason == control.WrongStatus {
				t.Errorf("%s of one that is %s: %s", row.Action, s, said(v))
			}
		}
		if v := n.View(everyRole); v.Allowed != s.Sent() { // as a controller, R-8
			t.Errorf("seeing one that is %s: %s", s, said(v))
		}
		expect(t, n.ViewPenalty(everyRole), "R-10.1 missing_relation")
	}
	for _, s := range append(control.ObjectionStatuses(), "") {
		o := &control.Objection{Status: s, Due: now.AddDate(0, 1, 0), FiledAt: now}
		for _, row := range control.ObjectionLife {
			if v := o.May(everyRole, row.Action); v.Allowed || v.Reason == control.WrongStatus {
				t.Errorf("%s of an objection that is %q: %s", row.Action, s, said(v))
			}
		}
	}
	for _, s := range append(control.ConclusionStatuses(), "") {
		c := &control.Conclusion{Status: s}
		for _, row := range control.ConclusionLife {
			if v := c.May(everyRole, row.Action); v.Allowed || v.Reason == control.WrongStatus {
				t.Errorf("%s of a conclusion that is %q: %s", row.Action, s, said(v))
			}
		}
	}
	g := ready(inD1, control.D1)(t)
	g.notified(0, control.D1, control.NotificationApproved)
	g.done(0).Assignee, g.done(0).In(control.D1).NotificationAuthor = "", ""
	expect(t, g.build().SendAll(everyRole, control.D1), "R-3.10 missing_relation")
	expect(t, g.build().Mark(everyRole, 0, control.D1), "R-2.2 missing_relation")
	expect(t, g.build().Create(everyRole, 0, control.D1), "R-3.1 missing_relation")
	expect(t, g.build().Certify(everyRole, control.D1), "R-2.5 missing_relation")
	expect(t, control.ViewDesk(everyRole, ""), "R-2.1 missing_relation")
	expect(t, control.ViewMessage(everyRole, "", true), "R-3.11 missing_relation")
	expect(t, control.ViewPerson(control.Actor{}, ""), "§0 missing_role")
	expect(t, (&control.Notification{}).ViewAgreement(everyRole), "R-3.6 missing_relation")
	expect(t, (&control.Objection{}).ViewReview(everyRole), "R-4.1 missing_relation")
	if (control.Papers{File: "ab12"}).PreparedFor(everyRole) {
		t.Error("a file that names nobody names nobody")
	}
}

// The same, said of a person with an odd name: a name alone is enough to be somebody.
func TestAnyNameIsSomebody(t *testing.T) {
	odd := control.Actor{Person: "?", Organization: "?", Roles: control.Roles()}
	n := &control.Notification{Status: control.NotificationInAgreement, Author: "?", Agreer: "?", Organization: "?", Recipient: "?"}
	expect(t, n.May(odd, control.ActionRecall), "R-3.9")
	expect(t, n.May(odd, control.ActionReject), "R-3.6")
	n.Status = control.NotificationDelivered
	expect(t, n.May(odd, control.ActionAcknowledge), "R-3.12")
	n.Status, n.Author = control.NotificationDraft, "x"
	expect(t, n.May(odd, control.ActionDelete), "R-3.4")
	expect(t, n.FitAgreer(odd), "R-3.3")
	o := &control.Objection{Status: control.ObjectionAssigned, Controller: "?", Organization: "?", Due: almaty(t, "2026-04-01 00:00"), FiledAt: almaty(t, "2026-03-01 00:00")}
	expect(t, o.Prolong(odd, "x", almaty(t, "2026-03-12 10:00")), "R-4.3")
	expect(t, o.View(odd), "R-3.12")
	o.Committee = "?"
	expect(t, o.FitController(odd), "R-4.2")
	c := &control.Conclusion{Status: control.ConclusionInAgreement, Author: "x", Agreer: "?", Organization: "?", Outcome: control.OutcomeRefused, TextKK: "x"}
	expect(t, c.Approve(odd), "R-5.3")
	expect(t, c.FitAgreer(odd), "R-5.1")
	c.Author, c.Status = "?", control.ConclusionRejected
	expect(t, c.May(odd, control.ActionEditConclusion), "R-5.2")
	c.Author, c.Status = "x", control.ConclusionDraft
	expect(t, c.May(odd, control.ActionDeleteConclusion), "R-5.2")
	c.Status, c.Organization, c.Department = control.ConclusionDelivered, "x", "?"
	expect(t, c.View(odd), "R-7")
	g := ready(inD1, control.D1)(t)
	g.notified(0, control.D1, control.NotificationApproved)
	g.done(0).Assignee, g.done(0).In(control.D1).NotificationAuthor = "?", "?"
	g.done(0).In(control.D1).MarkedBy = "?"
	expect(t, g.build().SendAll(odd, control.D1), "R-3.10")
	expect(t, g.build().Certify(odd, control.D1), "R-2.5")
	expect(t, g.build().Mark(odd, 0, control.D1), "R-2.8 frozen")
	expect(t, g.build().Create(odd, 0, control.D1), "R-3.1 exists_already")
	desk := control.Desk{Notifications: map[string]*control.Notification{"1": n}}
	n.Author = "?"
	if open := desk.OpenWork(odd); len(open) != 1 {
		t.Errorf("it leaves %v", open)
	}
}

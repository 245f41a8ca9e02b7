package control_test

import (
	"testing"

	"baqylau/control"
)

// aNotification is Aigul's on a lot in D1, described in Russian alone, whose turn is Saule's once it is in agreement.
func aNotification(s control.NotificationStatus) *control.Notification {
	return &control.Notification{
		Status: s, Direction: control.D1, Author: aigul.Person, Organization: "almaty", Agreer: saule.Person,
		Recipient: "school", Profiles: []int{1}, TextRU: "Нарушение",
	}
}

func TestR32TheViolationIsDescribedInAtLeastOneLanguage(t *testing.T) {
	for _, r := range []struct {
		name, kk, ru, want string
	}{
		{"in Russian", "", "Нарушение", "R-3.5"},
		{"in Kazakh", "Бұзушылық", "", "R-3.5"},
		{"in both", "Бұзушылық", "Нарушение", "R-3.5"},
		{"in none", "", "", "R-3.2 no_text"},
		{"by spaces", " \t\n", "\u00a0", "R-3.2 no_text"},
	} {
		t.Run(r.name, func(t *testing.T) {
			n := aNotification(control.NotificationDraft)
			n.TextKK, n.TextRU = r.kk, r.ru
			expect(t, n.SendToAgreement(aigul, saule), r.want)
		})
	}
}

func TestR33TheAgreerIsAnEmployeeOfTheDepartment(t *testing.T) {
	n := aNotification(control.NotificationDraft)
	for _, r := range []struct {
		name   string
		agreer control.Actor
		want   string
	}{
		{"an approver", saule, "R-3.5"},
		{"an auditor", berik, "R-3.5"},
		{"oneself", aigul, "R-3.5"},
		{"nobody", nobody, "R-3.3 no_agreer"},
		{"a colleague of another role", marat, "R-3.3 unfit_agreer"},
		{"an approver of another department", yerlan, "R-3.3 unfit_agreer"},
		{"an employee of the audit object", dana, "R-3.3 unfit_agreer"},
	} {
		t.Run(r.name, func(t *testing.T) { expect(t, n.SendToAgreement(aigul, r.agreer), r.want) })
	}
}

func TestR34ADraftIsEditedByItsAuthorAndDeletedByColleagues(t *testing.T) {
	draft, rejected := aNotification(control.NotificationDraft), aNotification(control.NotificationRejected)
	for _, r := range []struct {
		name         string
		by           control.Actor
		notification *control.Notification
		edit, remove string
	}{
		{"the author, a draft", aigul, draft, "R-3.4", "R-3.4"},
		{"a colleague, a draft", berik, draft, "R-3.4 missing_relation", "R-3.4"},
		{"an approver of the department, a draft", saule, draft, "R-3.4 missing_role", "R-3.4"},
		{"another department, a draft", yerlan, draft, "R-3.4 missing_relation", "R-3.4 missing_relation"},
		{"the author, a rejected one", aigul, rejected, "R-3.4", "R-3.4"},
		{"a colleague, a rejected one", berik, rejected, "R-3.4 missing_relation", "R-3.4 wrong_status"},
		{"an approver of the department, a rejected one", saule, rejected, "R-3.4 missing_role", "R-3.4 wrong_status"},
		{"the author, one in agreement", aigul, aNotification(control.NotificationInAgreement), "R-3.4 wrong_status", "R-3.4 wrong_status"},
		{"the author, a delivered one", aigul, aNotification(control.NotificationDelivered), "R-3.4 wrong_status", "R-3.4 wrong_status"},
	} {
		t.Run(r.name, func(t *testing.T) {
			expect(t, r.notification.May(r.by, control.ActionEdit), r.edit)
			expect(t, r.notification.May(r.by, control.ActionDelete), r.remove)
		})
	}
}

func TestR35TheAuthorSendsADraftOrARejectedOneToAgreement(t *testing.T) {
	for _, s := range control.NotificationStatuses() {
		want := "R-3.5 wrong_status"
		if s == control.NotificationDraft || s == control.NotificationRejected {
			want = "R-3.5"
		}
		expect(t, aNotification(s).SendToAgreement(aigul, saule), want)
	}
	expect(t, aNotification(control.NotificationDraft).SendToAgreement(berik, saule), "R-3.5 missing_relation")
}

func TestR36TheCurrentAgreerAgreesAndPassesOn(t *testing.T) {
	c := inD1(t).build()
	for _, r := range []struct {
		name   string
		by     control.Actor
		status control.NotificationStatus
		next   control.Actor
		want   string
	}{
		{"to the next", saule, control.NotificationInAgreement, berik, "R-3.6"},
		{"back to the author", saule, control.NotificationInAgreement, aigul, "R-3.6"},
		{"to himself", saule, control.NotificationInAgreement, saule, "R-3.6"},
		{"but must choose the next", saule, control.NotificationInAgreement, nobody, "R-3.3 no_agreer"},
		{"who fits", saule, control.NotificationInAgreement, marat, "R-3.3 unfit_agreer"},
		{"not a colleague whose turn it isn't", berik, control.NotificationInAgreement, saule, "R-3.6 missing_relation"},
		{"not a draft", saule, control.NotificationDraft, berik, "R-3.6 missing_relation"},
	} {
		t.Run(r.name, func(t *testing.T) { expect(t, c.Agree(r.by, aNotification(r.status), 0, r.next), r.want) })
	}
	t.Run("an auditor agrees too", func(t *testing.T) {
		n := aNotification(control.NotificationInAgreement)
		n.Agreer = berik.Person
		expect(t, c.Agree(berik, n, 0, saule), "R-3.6")
	})
}

func TestR36TheCurrentAgreerRejectsWithAReason(t *testing.T) {
	n := aNotification(control.NotificationInAgreement)
	expect(t, n.Reject(saule, "Мәтінді нақтылаңыз"), "R-3.6")
	expect(t, n.Reject(saule, ""), "R-3.6 no_reason")
	expect(t, n.Reject(saule, " \n "), "R-3.6 no_reason")
	expect(t, n.Reject(berik, "Причина"), "R-3.6 missing_relation")
	expect(t, aNotification(control.NotificationApproved).Reject(saule, "Причина"), "R-3.6 missing_relation")
}

func TestR37AnApproverWhoseTurnItIsApproves(t *testing.T) {
	c := inD1(t).build()
	n := aNotification(control.NotificationInAgreement)
	expect(t, c.Approve(saule, n, 0), "R-3.7")
	expect(t, c.Approve(berik, n, 0), "R-3.7 missing_role")
	n.Agreer = berik.Person
	expect(t, c.Approve(saule, n, 0), "R-3.7 missing_relation")
	expect(t, c.Approve(berik, n, 0), "R-3.7 missing_role")
}

func TestR38AContractForbidsAgreeingAndApprovingInD4(t *testing.T) {
	g := inD4(t)
	g.lot().Contract = true
	n := aNotification(control.NotificationInAgreement)
	expect(t, g.build().Approve(saule, n, 0), "R-3.7") // of D1
	n.Direction = control.D4
	expect(t, g.build().Approve(saule, n, 0), "R-3.8 contract_exists")
	expect(t, g.build().Agree(saule, n, 0, berik), "R-3.8 contract_exists")
	expect(t, n.Reject(saule, "Договор заключён"), "R-3.6")
	g.at("2026-04-20 12:00")
	expect(t, g.build().Approve(saule, n, 0), "R-3.7")
}

func TestR39TheAuthorRecalls(t *testing.T) {
	for _, s := range control.NotificationStatuses() {
		want := "R-3.9 wrong_status"
		if s == control.NotificationInAgreement || s == control.NotificationApproved {
			want = "R-3.9"
		}
		expect(t, aNotification(s).May(aigul, control.ActionRecall), want)
	}
	expect(t, aNotification(control.NotificationApproved).May(berik, control.ActionRecall), "R-3.9 missing_relation")
	expect(t, aNotification(control.NotificationApproved).May(saule, control.ActionRecall), "R-3.9 missing_role")
}

func TestR312OpeningADeliveredNotificationAcknowledgesIt(t *testing.T) {
	expect(t, aNotification(control.NotificationDelivered).May(dana, control.ActionAcknowledge), "R-3.12")
	expect(t, aNotification(control.NotificationAcknowledged).May(dana, control.ActionAcknowledge), "R-3.12 wrong_status")
	expect(t, aNotification(control.NotificationApproved).May(dana, control.ActionAcknowledge), "R-3.12 missing_relation")
	expect(t, aNotification(control.NotificationDelivered).May(aigul, control.ActionAcknowledge), "R-3.12 missing_role")
	other := dana
	other.Organization = "hospital"
	expect(t, aNotification(control.NotificationDelivered).May(other, control.ActionAcknowledge), "R-3.12 missing_relation")
}

// who reads a notification before it is sent, and after.
func TestWhoReadsANotification(t *testing.T) {
	controller := control.Actor{Person: "c", Organization: "committee", Roles: []control.Role{control.Controller}}
	approver := control.Actor{Person: "d", Organization: "committee", Roles: []control.Role{control.ControllerApprover}}
	admin := control.Actor{Person: "root", Organization: "almaty", Roles: []control.Role{control.Administrator}}
	for _, r := range []struct {
		name         string
		by           control.Actor
		before, sent string
	}{
		{"the author", aigul, "R-6", "R-6"},
		{"an auditor of the department", berik, "R-6", "R-6"},
		{"an approver of the department", saule, "R-6", "R-6"},
		{"another department", yerlan, "R-6 missing_relation", "R-6 missing_relation"},
		{"the audit object", dana, "R-6 missing_relation", "R-3.12"},
		{"a controller", controller, "R-6 missing_relation", "R-8"},
		{"an approving controller", approver, "R-6 missing_relation", "R-8"},
		{"the administrator", admin, "R-6 missing_role", "R-6 missing_role"},
		{"the lot manager", marat, "R-6 missing_role", "R-6 missing_role"},
	} {
		t.Run(r.name, func(t *testing.T) {
			expect(t, aNotification(control.NotificationApproved).View(r.by), r.before)
			expect(t, aNotification(control.NotificationDelivered).View(r.by), r.sent)
		})
	}
}

func TestANotificationIsSentFromItsDeliveryOn(t *testing.T) {
	before := map[control.NotificationStatus]bool{
		"": true, control.NotificationDraft: true, control.NotificationInAgreement: true,
		control.NotificationRejected: true, control.NotificationApproved: true,
	}
	for _, s := range append(control.NotificationStatuses(), "") {
		if s.Sent() == before[s] {
			t.Errorf("%q sent is %v", s, s.Sent())
		}
	}
	if n := len(control.NotificationStatuses()); n != 16 {
		t.Errorf("there are %d statuses, the manual has 16", n)
	}
}

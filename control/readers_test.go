package control_test

import (
	"testing"

	"baqylau/control"
)

func TestR21ADepartmentsDeskControlIsOpenToItsOwn(t *testing.T) {
	manager := control.Actor{Person: "m", Organization: "almaty", Roles: []control.Role{control.LotManager}}
	elsewhere := control.Actor{Person: "m", Organization: "astana", Roles: manager.Roles}
	reporter := control.Actor{Person: "r", Organization: "astana", Roles: []control.Role{control.ControlReports}}
	for _, r := range []struct {
		name           string
		by             control.Actor
		desk, purchase string
	}{
		{"an auditor", berik, "R-2.1", "R-2.1"},
		{"an approver", saule, "R-2.1", "R-2.1"},
		{"a manager of lots", manager, "R-2.1", "R-2.1"},
		{"an auditor of another department", yerlan, "R-2.1 missing_relation", "R-2.1 missing_relation"},
		{"a manager of another department", elsewhere, "R-2.1 missing_relation", "R-2.1 missing_relation"},
		{"whoever forms reports", reporter, "R-2.1 missing_role", "R-1.2"},
		{"the audit object", dana, "R-2.1 missing_role", "R-2.1 missing_role"},
		{"the administrator", ruler, "R-2.1 missing_role", "R-2.1 missing_role"},
		{"a controller", timur, "R-2.1 missing_role", "R-2.1 missing_role"},
		{"nobody", nobody, "R-2.1 missing_role", "R-2.1 missing_role"},
	} {
		t.Run(r.name, func(t *testing.T) {
			expect(t, control.ViewDesk(r.by, "almaty"), r.desk)
			expect(t, control.ViewPurchase(r.by, "almaty"), r.purchase)
		})
	}
	expect(t, control.ViewPurchase(yerlan, "almaty", "astana"), "R-2.1")
	expect(t, control.ViewPurchase(berik), "R-2.1 missing_relation")
}

func TestR311AMessageIsReadByItsReceiver(t *testing.T) {
	expect(t, control.ViewMessage(dana, dana.Person, false), "R-3.11")
	expect(t, control.ViewMessage(stranger, dana.Person, true), "R-3.11 missing_relation")
	expect(t, control.ViewMessage(ruler, dana.Person, true), "R-3.11 missing_relation")
	deputy := aigul
	deputy.Deputy = berik.Person
	expect(t, control.ViewMessage(deputy, aigul.Person, true), "R-3.11")
	expect(t, control.ViewMessage(deputy, aigul.Person, false), "R-11.6 not_by_deputy")
}

func TestR13WhoWorksWhereIsKnownToColleaguesAndTheAdministrator(t *testing.T) {
	expect(t, control.ViewPerson(dana, "school"), "R-1.3")
	expect(t, control.ViewPerson(dana, "almaty"), "§0 missing_role")
	expect(t, control.ViewPerson(ruler, "almaty"), "§0")
}

func TestR36HowItCameAboutIsSeenByThoseWhoAgreed(t *testing.T) {
	for _, r := range []struct {
		name            string
		by              control.Actor
		agreement       string
		agreer, penalty bool
	}{
		{"an auditor of the department", berik, "R-3.6", true, true},
		{"an approver of the department", saule, "R-3.6", true, true},
		{"another department", yerlan, "R-3.6 missing_relation", false, false},
		{"the audit object", dana, "R-3.6 missing_role", false, false},
		{"a controller", timur, "R-3.6 missing_role", false, true},
		{"an order manager", orazbk, "R-3.6 missing_role", false, true},
	} {
		t.Run(r.name, func(t *testing.T) {
			n := aNotification(control.NotificationExecuted)
			n.Penalty, n.Suspension = control.PenaltySavedOnce, control.Suspended
			expect(t, n.ViewAgreement(r.by), r.agreement)
			shown := n.For(r.by)
			if (shown.Agreer != "") != r.agreer || (shown.Penalty != "") != r.penalty || (shown.Suspension != "") != r.penalty {
				t.Errorf("shown %+v", shown)
			}
			if shown.TextRU != n.TextRU || shown.Status != n.Status || n.Agreer == "" {
				t.Errorf("shown %+v of %+v", shown, n)
			}
		})
	}
}

func TestR41HowItIsReviewedIsSeenByTheCommittee(t *testing.T) {
	for _, r := range []struct {
		name   string
		by     control.Actor
		want   string
		inside bool
	}{
		{"an objection manager", gulnar, "", true},
		{"a controller", asel, "", true},
		{"an approver of the committee", daniya, "", true},
		{"all of their roles elsewhere", outsider, " missing_relation", false},
		{"the audit object", dana, " missing_role", false},
		{"the department", aigul, " missing_role", false},
	} {
		t.Run(r.name, func(t *testing.T) {
			o, c := anObjection(t, control.ObjectionAssigned), aConclusion(control.ConclusionDelivered)
			c.Agreer = daniya.Person
			expect(t, o.ViewReview(r.by), "R-4.1"+r.want)
			expect(t, c.ViewReview(r.by), "R-5.2"+r.want)
			if shown := o.For(r.by); (shown.Controller != "") != r.inside || shown.TextKK != o.TextKK {
				t.Errorf("shown %+v", shown)
			}
			if shown := c.For(r.by); (shown.Agreer != "") != r.inside || shown.TextRU != c.TextRU {
				t.Errorf("shown %+v", shown)
			}
			for _, s := range control.ConclusionStatuses() {
				o.Conclusion = s
				if shown := o.For(r.by); (shown.Conclusion != "") != (r.inside || s == control.ConclusionDelivered) {
					t.Errorf("a conclusion that is %s is shown as %q", s, shown.Conclusion)
				}
			}
		})
	}
}

func listed(r control.Readers) []control.Reader { return r.All() }

// Whom a change is told to, and who may read, is one list: nobody is told of what reading refuses.
func TestWhoIsToldMayRead(t *testing.T) {
	people := func(readers []control.Reader) []control.Actor {
		var all []control.Actor
		for _, r := range readers {
			if r.Rule == "" || r.Everywhere == (r.Organization != "") {
				t.Errorf("the group %+v", r)
			}
			all = append(all, control.Actor{Person: "x", Organization: r.Organization, Roles: []control.Role{r.Role}})
		}
		return all
	}
	for _, s := range control.NotificationStatuses() {
		n := aNotification(s)
		n.Penalty = control.PenaltySavedOnce
		for _, a := range people(listed(n.Readers())) {
			if v := n.View(a); !v.Allowed {
				t.Errorf("%s: %+v is told and gets %s", s, a, said(v))
			}
		}
	}
	for _, s := range control.ObjectionStatuses() {
		o := anObjection(t, s)
		for _, a := range people(listed(o.Readers())) {
			if v := o.View(a); !v.Allowed {
				t.Errorf("%s: %+v is told and gets %s", s, a, said(v))
			}
		}
	}
	for _, s := range control.ConclusionStatuses() {
		c := aConclusion(s)
		for _, a := range people(listed(c.Readers())) {
			if v := c.View(a); !v.Allowed {
				t.Errorf("%s: %+v is told and gets %s", s, a, said(v))
			}
		}
	}
	for _, a := range people(listed(control.DeskReaders("almaty"))) {
		expect(t, control.ViewDesk(a, "almaty"), "R-2.1")
	}
}

func TestR311WhatWasSentToTheOrganisationWasReceived(t *testing.T) {
	for _, s := range control.NotificationStatuses() {
		n := aNotification(s)
		if n.Received(dana) != s.Sent() || n.Received(stranger) || n.Received(aigul) {
			t.Errorf("one that is %s was received by the wrong people", s)
		}
	}
}

func TestR36WhichFilesAreReadByWhom(t *testing.T) {
	const agreement, file, signature, scan = "aa", "bb", "cc", "dd"
	p := control.Papers{File: file, Signature: signature}
	n, c := aNotification(control.NotificationExecuted), aConclusion(control.ConclusionDelivered)
	n.Penalty = control.PenaltySavedOnce
	for _, r := range []struct {
		name                   string
		by                     control.Actor
		file                   string
		notification, conclude string
	}{
		{"the agreement's, the department", berik, agreement, "R-3.6", "R-5.2 missing_role"},
		{"the one in force, the department", berik, file, "R-3.6", "R-7"},
		{"the agreement's, the audit object", dana, agreement, "R-3.6 missing_role", "R-5.2 missing_role"},
		{"the one in force, the audit object", dana, file, "R-3.12", "R-5.3"},
		{"its signature, the audit object", dana, signature, "R-3.12", "R-5.3"},
		{"no file, the audit object", dana, "", "R-3.6 missing_role", "R-5.2 missing_role"},
		{"an order's scan, the audit object", dana, scan, "R-10.1 missing_role", "R-5.2 missing_role"},
		{"an order's scan, an order manager", orazbk, scan, "R-10.2", "R-5.2 missing_role"},
		{"the agreement's, an order manager", orazbk, agreement, "R-3.6 missing_role", "R-5.2 missing_role"},
		{"the agreement's, a controller", timur, agreement, "R-3.6 missing_role", "R-5.2"},
		{"the one in force, another audit object", stranger, file, "R-6 missing_relation", "R-7 missing_relation"},
	} {
		t.Run(r.name, func(t *testing.T) {
			expect(t, n.ViewFile(r.by, p, r.file, "", scan), r.notification)
			expect(t, c.ViewFile(r.by, p, r.file), r.conclude)
		})
	}
	expect(t, n.ViewFile(dana, control.Papers{}, ""), "R-3.6 missing_role") // what is not there is no file
}

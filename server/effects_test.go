package server_test

import (
	"net/url"
	"testing"

	"baqylau/api"
	"baqylau/control"
)

// effects are those that somebody sees.
func (w *world) effects(as_ who) []api.PurchaseEffects {
	w.t.Helper()
	return as[api.Effects](w.t, w.get(as_, "/v1/effects").ok(w.t)).Purchases
}

// notify brings a notification on the first lot of a purchase in a direction, with one profile violated,
// all the way to the audit object.
func (w *world) notify(number string, direction control.Direction, profile int) control.Purchase {
	w.t.Helper()
	auditor, manager := person("auditor"), person("lot-manager")
	row := as[api.ReportPage](w.t, w.get(manager, "/v1/reports/lots?method=open_tender&number="+number+"&direction="+string(direction)).ok(w.t)).Rows[0]
	p := body[control.Purchase](w.t, as[api.Object](w.t, w.get(manager, "/v1/purchases/"+url.PathEscape(row.Purchase)).ok(w.t)))
	assign, mark := api.AssignCommand{Assignee: auditor.iin}, api.MarksCommand{Purchase: p.ID, Direction: direction}
	for _, lot := range p.Lots {
		assign.Lots = append(assign.Lots, api.LotRef{Purchase: p.ID, Lot: lot.ID})
		marks := api.LotMarks{Lot: lot.ID}
		for _, known := range rules(w.t).Catalogue.For(p.Method, direction) {
			marks.Marks = append(marks.Marks, control.Mark{Profile: known.Number, Checked: true, Violated: known.Number == profile || profile == 0})
		}
		mark.Lots = append(mark.Lots, marks)
	}
	w.post(manager, "/v1/assignments", assign).ok(w.t)
	w.post(auditor, "/v1/marks", mark).ok(w.t)
	w.post(auditor, "/v1/notifications", api.CreateCommand{
		ID: notificationID, Purchase: p.ID, Lot: row.Lot, Direction: direction, TextRU: "Нарушение", Agreer: person("approver").iin,
	}).ok(w.t)
	w.act(auditor, notificationID, "send-to-agreement", nil).ok(w.t)
	w.approve(notificationID)
	n, version := w.notification(notificationID)
	w.post(auditor, "/v1/dispatches", api.DispatchCommand{
		Purchase: p.ID, Direction: direction, Notifications: []api.Seen{{ID: notificationID, Version: version, Digest: n.File}},
	}).ok(w.t)
	return p
}

// TestACancelledPurchaseIsOwedToThePortal: .a; shown to those who may read the notification alone.
func TestACancelledPurchaseIsOwedToThePortal(t *testing.T) {
	w := given(t)
	p := w.notify(heroNumber, control.D1, 3)
	if got := w.effects(person("auditor")); len(got) != 0 {
		t.Errorf("before it is executed: %+v", got)
	}
	w.act(person("organizer"), notificationID, "execute", api.ExecuteCommand{Remedy: api.CancelPurchase}).ok(t)
	for _, who := range everybody() {
		if who.iin == "" {
			continue
		}
		got, reads := w.effects(who), names(readers, who)
		if (len(got) == 1) != reads {
			t.Errorf("%s sees %+v", who.name, got)
		}
		if reads && (got[0].Purchase != p.ID || len(got[0].Owed) != 1 || got[0].Owed[0].Status != control.Cancelled) {
			t.Errorf("%s sees %+v", who.name, got)
		}
	}
}

// TestADecisionOnTheAdmissionComesInTime: D3, when the supplement period ends; it is a record of
// ours, and the purchase stays as the portal has it.
func TestADecisionOnTheAdmissionComesInTime(t *testing.T) {
	w := given(t)
	auditor := person("auditor")
	p := w.notify("18391866-1", control.D3, 0)
	effect := w.seenBy(auditor).Effect
	if effect.Status != control.AdmissionReviewDecision || effect.Portal.Announcement != control.SupplementingApps || !effect.From.After(noon()) {
		t.Fatalf("the effect is %+v", effect)
	}
	if got := w.effects(auditor); len(got) != 0 {
		t.Errorf("before the period ends: %+v", got)
	}
	w.clock.set(effect.From)
	got := w.effects(auditor)
	if len(got) != 1 || len(got[0].Owed) < 2 || got[0].Owed[0].Target != control.TargetAnnouncement || got[0].Owed[0].Status != control.AdmissionReviewDecision {
		t.Fatalf("after it: %+v", got)
	}
	facts := body[control.Purchase](t, as[api.Object](t, w.get(auditor, "/v1/purchases/"+url.PathEscape(p.ID)).ok(t)))
	if facts.Status != control.SupplementingApps {
		t.Errorf("the portal's fact became %s", facts.Status)
	}
}

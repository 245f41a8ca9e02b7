package server_test

import (
	"bytes"
	"net/http"
	"testing"

	"baqylau/api"
	"baqylau/control"
)

// TestAConclusionDecides, all three at once, the deadline that is left.
func TestAConclusionDecides(t *testing.T) {
	for outcome, want := range map[api.ChosenOutcome]struct {
		objection    control.ObjectionStatus
		notification control.NotificationStatus
	}{
		api.ChosenOutcomeSatisfied:       {control.ObjectionPositive, control.NotificationAnnulled},
		api.ChosenOutcomePartlySatisfied: {control.ObjectionPartly, control.NotificationObjectionPartly},
		api.ChosenOutcomeRefused:         {control.ObjectionRefused, control.NotificationObjectionLost},
	} {
		t.Run(string(outcome), func(t *testing.T) {
			w := at(t, concluding)
			before := w.seenBy(person("organizer"))
			w.clock.set(noon().AddDate(0, 0, 26))
			w.conclude(person("controller"), "edit", api.EditConclusionCommand{
				Outcome: outcome, TextRU: "Решено", Agreer: person("controller-approver").iin,
			}).ok(t)
			w.conclude(person("controller"), "send-to-agreement", nil).ok(t)
			w.conclude(person("controller-approver"), "prepare", nil).ok(t)
			a := w.deliverConclusion()
			c := body[api.Conclusion](t, a.changed(t, "conclusion", conclusionID))
			o := body[api.Objection](t, a.changed(t, "objection", objectionID))
			n := w.seenBy(person("organizer"))
			if c.State.Status != control.ConclusionDelivered || !c.State.DeliveredAt.Equal(w.clock.now()) || c.Signature == "" {
				t.Errorf("the conclusion is %s, delivered at %s", c.State.Status, c.State.DeliveredAt)
			}
			if o.State.Status != want.objection || n.State.Status != want.notification || n.Conclusion != conclusionID || o.Conclusion != conclusionID {
				t.Errorf("the objection is %s, the notification %s", o.State.Status, n.State.Status)
			}
			deadline, err := rules(t).Resume(before.State.Deadline, before.State.ObjectedAt, w.clock.now())
			if err != nil {
				t.Fatal(err)
			}
			if outcome == api.ChosenOutcomeSatisfied {
				deadline = before.State.Deadline
			}
			if !n.State.Deadline.Equal(deadline) || (len(n.State.Remedies) == 0) != (outcome == api.ChosenOutcomeSatisfied) {
				t.Errorf("the deadline is %s, not %s, with %d remedies", n.State.Deadline, deadline, len(n.State.Remedies))
			}
			begun := w.act(person("organizer"), notificationID, "begin", nil)
			if outcome == api.ChosenOutcomeSatisfied {
				begun.refusedAs(t, http.StatusConflict, "wrong_status")
			} else {
				begun.ok(t)
			}
		})
	}
}

// TestConclusionsOnBothEngines: from filing to delivery, with every text cleaned.
func TestConclusionsOnBothEngines(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.play(objectionAssigned)
		controller, approver := person("controller"), person("controller-approver")
		wickedly := refusing
		wickedly.TextKK, wickedly.TextRU, wickedly.Outcome = wicked, wicked, ""
		w.post(controller, "/v1/conclusions", wickedly).ok(t)
		c, _ := w.conclusion(controller)
		if c.State.TextKK != survived || c.State.TextRU != survived || c.Number == "" || c.AgreerName == "" {
			t.Errorf("begun: %+v", c)
		}
		w.unchanged(func() {
			w.conclude(controller, "send-to-agreement", nil).refusedAs(t, http.StatusConflict, "no_outcome")
			w.post(controller, "/v1/conclusions", api.ConcludeCommand{ID: secondID, Objection: objectionID}).refusedAs(t, http.StatusConflict, "has_conclusion")
			w.conclude(controller, "edit", api.EditConclusionCommand{Agreer: person("auditor").iin}).refusedAs(t, http.StatusConflict, "unfit_agreer")
		})
		w.conclude(controller, "delete", nil).ok(t)
		if o, _ := w.objection(controller); o.State.Conclusion != "" || o.Conclusion != "" {
			t.Errorf("the objection still has the conclusion %s", o.Conclusion)
		}
		w.post(controller, "/v1/conclusions", refusing).ok(t)
		w.conclude(controller, "send-to-agreement", nil).ok(t)
		if o, _ := w.objection(controller); o.State.Conclusion != control.ConclusionInAgreement {
			t.Errorf("the objection's conclusion is %q", o.State.Conclusion)
		}
		w.conclude(approver, "reject", api.RejectCommand{Reason: wicked}).ok(t)
		w.conclude(controller, "send-to-agreement", nil).ok(t)
		w.conclude(approver, "agree", api.AgreeCommand{Next: approver.iin, Comment: wicked}).ok(t)
		c, _ = w.conclusion(controller)
		if last := c.Trail[len(c.Trail)-1]; last.Text != survived || last.ToName == "" {
			t.Errorf("agreed with %q", last.Text)
		}
		draft := c.File
		w.conclude(approver, "prepare", nil).ok(t)
		if c, _ = w.conclusion(controller); c.File == draft {
			t.Error("the final file is the agreement's")
		}
		w.deliverConclusion().ok(t)
		c, _ = w.conclusion(person("auditor"))
		if pdf := w.get(person("auditor"), "/v1/files/"+c.File).ok(t); !bytes.HasPrefix(pdf.body, []byte("%PDF")) {
			t.Errorf("the file is %.40q", pdf.body)
		}
		w.get(person("organizer"), "/v1/files/"+draft).refusedAs(t, http.StatusNotFound, "not_found")
	})
}

// TestOnlyTheSignatureOverTheSeenFileDelivers.
func TestOnlyTheSignatureOverTheSeenFileDelivers(t *testing.T) {
	w := at(t, conclusionReady)
	approver := person("controller-approver")
	c, _ := w.conclusion(approver)
	w.unchanged(func() {
		w.conclude(approver, "approve", api.SignCommand{Digest: digest([]byte("other")), CMS: []byte(bad)}).refusedAs(t, http.StatusConflict, "digest_changed")
		w.conclude(approver, "approve", api.SignCommand{Digest: c.File, CMS: []byte(bad)}).refusedAs(t, http.StatusUnprocessableEntity, "signature_invalid")
	})
	w.deliverConclusion().ok(t)
}

// TestConclusionsAreReadByRight; before it is delivered nobody outside the committee knows of
// it, and nobody outside ever sees how it came about.
func TestConclusionsAreReadByRight(t *testing.T) {
	outside := append([]string{"audit_object@R", "auditor@A", "auditor_approver@A"}, reviewing...)
	for s, may := range map[stage][]string{concluding: reviewing, conclusionReady: reviewing, concluded: outside} {
		w := at(t, s)
		for _, p := range everybody() {
			if p.iin == "" {
				continue
			}
			want := names(may, p)
			one := w.get(p, "/v1/conclusions/"+conclusionID)
			if got := one.status == http.StatusOK; got != want {
				t.Errorf("stage %d: %s reads it: %v", s, p.name, got)
			}
			if got := len(as[api.Page](t, w.get(p, "/v1/conclusions").ok(t)).Objects) == 1; got != want {
				t.Errorf("stage %d: %s has it in the list: %v", s, p.name, got)
			}
			fed := false
			for _, o := range w.changes(p).Objects {
				fed = fed || o.Kind == api.ObjectKindConclusion
				if o.Kind == api.ObjectKindObjection {
					if b := body[api.Objection](t, o); (b.Conclusion != "") != want {
						t.Errorf("stage %d: %s sees in the objection that there is a conclusion: %q", s, p.name, b.Conclusion)
					}
				}
			}
			if fed != want {
				t.Errorf("stage %d: %s is fed it: %v", s, p.name, fed)
			}
			if !want {
				continue
			}
			c := body[api.Conclusion](t, as[api.Object](t, one))
			if inside := names(reviewing, p); (len(c.Trail) > 0) != inside || (c.Versions != "") != inside {
				t.Errorf("stage %d: %s sees a trail of %d", s, p.name, len(c.Trail))
			}
		}
	}
}

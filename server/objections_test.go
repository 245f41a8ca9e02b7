package server_test

import (
	"net/http"
	"testing"
	"time"

	"baqylau/api"
	"baqylau/control"
)

// TestAnObjectionStopsTheNotification; both change together.
func TestAnObjectionStopsTheNotification(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.play(acknowledged)
		organizer := person("organizer")
		_, version := w.notification(notificationID)
		file := func(c api.ObjectionCommand) answer { return w.postAt(organizer, "/v1/objections", version, c) }
		w.unchanged(func() {
			file(api.ObjectionCommand{ID: objectionID, Notification: notificationID, TextKK: " ", TextRU: "\x00"}).refusedAs(t, http.StatusConflict, "no_text")
			file(api.ObjectionCommand{ID: objectionID, Notification: secondID, TextRU: "Нет"}).refusedAs(t, http.StatusNotFound, "not_found")
			file(api.ObjectionCommand{ID: "no id!", Notification: notificationID, TextRU: "Нет"}).refusedAs(t, http.StatusUnprocessableEntity, "bad_input")
		})
		a := file(api.ObjectionCommand{ID: objectionID, Notification: notificationID, TextRU: wicked})
		o := body[api.Objection](t, a.changed(t, "objection", objectionID))
		n := body[api.Notification](t, a.changed(t, "notification", notificationID))
		if got, err := rules(t).Calendar.WorkingDays(noon(), 15); err != nil || !got.Equal(o.State.Due) {
			t.Errorf("to be reviewed until %s, not %s", o.State.Due, got)
		}
		if o.State.Status != control.ObjectionNew || o.Number == "" || o.State.TextRU != survived || o.State.Committee != committeeBIN {
			t.Errorf("filed: %+v", o)
		}
		if n.State.Status != control.NotificationObjectionSent || n.Objection != objectionID || !n.State.ObjectedAt.Equal(noon()) {
			t.Errorf("the notification: %s, objection %q at %s", n.State.Status, n.Objection, n.State.ObjectedAt)
		}
		w.unchanged(func() {
			_, version = w.notification(notificationID)
			file(api.ObjectionCommand{ID: secondID, Notification: notificationID, TextRU: "Ещё"}).refusedAs(t, http.StatusConflict, "wrong_status")
			w.act(organizer, notificationID, "begin", nil).refusedAs(t, http.StatusConflict, "wrong_status")
		})
	})
}

// TestObjectingHasItsTerm, five working days from the day after delivery.
func TestObjectingHasItsTerm(t *testing.T) {
	w := at(t, acknowledged)
	until := w.seenBy(person("organizer")).State.ObjectionUntil
	w.clock.set(until)
	w.unchanged(func() { w.object(person("organizer")).refusedAs(t, http.StatusConflict, "window_closed") })
	w.clock.set(until.Add(-time.Millisecond))
	w.object(person("organizer")).ok(t)
}

// TestObjectionsAreReadByRight, new ones by the managers alone in the committee; R-6. Outside
// the committee nobody learns who reviews it.
func TestObjectionsAreReadByRight(t *testing.T) {
	fresh := []string{"audit_object@R", "auditor@A", "auditor_approver@A", "objection_manager@C"}
	for s, may := range map[stage][]string{objected: fresh, objectionAssigned: objectionReaders} {
		w := at(t, s)
		for _, p := range everybody() {
			if p.iin == "" {
				continue
			}
			want := names(may, p)
			one := w.get(p, "/v1/objections/"+objectionID)
			if got := one.status == http.StatusOK; got != want {
				t.Errorf("stage %d: %s reads it: %v", s, p.name, got)
			}
			if got := len(as[api.Page](t, w.get(p, "/v1/objections").ok(t)).Objects) == 1; got != want {
				t.Errorf("stage %d: %s has it in the list: %v", s, p.name, got)
			}
			fed := false
			for _, o := range w.changes(p).Objects {
				fed = fed || o.Kind == api.ObjectKindObjection
			}
			if fed != want {
				t.Errorf("stage %d: %s is fed it: %v", s, p.name, fed)
			}
			if !want {
				continue
			}
			o := body[api.Objection](t, as[api.Object](t, one))
			if inside := p.org == committeeBIN; (len(o.Trail) > 0) != inside || (o.ControllerName != "") != (inside && s == objectionAssigned) {
				t.Errorf("stage %d: %s sees the controller %q and a trail of %d", s, p.name, o.ControllerName, len(o.Trail))
			}
			// A filter must tell no more than the object does.
			filtered := as[api.Page](t, w.get(p, "/v1/objections?controller="+person("controller").iin).ok(t))
			if got := len(filtered.Objects) == 1; got != (o.State.Controller != "") {
				t.Errorf("stage %d: %s finds it by its controller: %v", s, p.name, got)
			}
		}
	}
}

// TestObjectionsAreAssignedOneByOne; a refused one leaves the others as they are.
func TestObjectionsAreAssignedOneByOne(t *testing.T) {
	w := at(t, objected)
	c := w.assignment(person("controller"))
	c.Objections = append(c.Objections, api.ObjectionRef{ID: secondID, Version: 1}, api.ObjectionRef{ID: objectionID, Version: 1})
	items := as[api.BatchDone](t, w.post(person("objection-manager"), "/v1/objections/assign", c).ok(t)).Items
	for i, want := range []string{"", "not_found", "stale"} {
		if items[i].Problem.Reason != want || items[i].Done != (want == "") {
			t.Errorf("item %d: %+v; want %q", i, items[i], want)
		}
	}
	for name, reason := range map[string]string{"controller-approver": "unfit_controller", "auditor": "unfit_controller"} {
		a := w.post(person("objection-manager"), "/v1/objections/assign", w.assignment(person(name)))
		if got := as[api.BatchDone](t, a.ok(t)).Items[0].Problem; got.Reason != reason {
			t.Errorf("assigned to %s: %+v", name, got)
		}
	}
	w.post(person("objection-manager"), "/v1/objections/assign", w.assignment(person("C/controller"))).each(t) // to another
}

// TestAReviewIsProlongedOnce.
func TestAReviewIsProlongedOnce(t *testing.T) {
	w := at(t, objectionAssigned)
	o, version := w.objection(person("controller"))
	prolong := func(reason string) answer {
		return w.postAt(person("controller"), "/v1/objections/"+objectionID+"/prolong", version, api.RejectCommand{Reason: reason})
	}
	w.unchanged(func() { prolong("\t").refusedAs(t, http.StatusConflict, "no_reason") })
	prolong(wicked).ok(t)
	longer, v := w.objection(person("controller"))
	if !longer.State.Due.After(o.State.Due) || longer.ProlongedFor != survived {
		t.Errorf("prolonged from %s to %s for %q", o.State.Due, longer.State.Due, longer.ProlongedFor)
	}
	version = v
	w.unchanged(func() { prolong("Ещё").refusedAs(t, http.StatusConflict, "prolonged_already") })
}

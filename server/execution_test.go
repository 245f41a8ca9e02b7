package server_test

import (
	"net/http"
	"testing"
	"time"

	"baqylau/api"
	"baqylau/control"
)

// seenBy is the story's notification, as somebody sees it.
func (w *world) seenBy(p who) api.Notification {
	w.t.Helper()
	return body[api.Notification](w.t, as[api.Object](w.t, w.get(p, "/v1/notifications/"+notificationID).ok(w.t)))
}

// TestTheAuditObjectExecutesAndTheAuthorAnswers, to the end.
func TestTheAuditObjectExecutesAndTheAuthorAnswers(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.play(acknowledged)
		organizer, auditor := person("organizer"), person("auditor")
		w.act(organizer, notificationID, "begin", nil).ok(t)
		if n := w.seenBy(organizer); n.State.Status != control.NotificationInExecution {
			t.Fatalf("begun: %s", n.State.Status)
		}
		w.unchanged(func() { // D1: once the discussion is over
			w.act(organizer, notificationID, "execute", amended).refusedAs(t, http.StatusConflict, "window_not_open")
			w.act(organizer, notificationID, "execute", api.ExecuteCommand{Remedy: api.CancelPurchase}).refusedAs(t, http.StatusConflict, "not_a_remedy")
			w.act(auditor, notificationID, "confirm", nil).refusedAs(t, http.StatusConflict, "wrong_status")
		})
		w.clock.set(later())
		w.act(organizer, notificationID, "execute", api.ExecuteCommand{Remedy: api.AmendDocumentation, Text: wicked}).ok(t)
		n := w.seenBy(organizer)
		due := time.Date(2026, 4, 30, 0, 0, 0, 0, noon().Location()) // 3 working days after Friday the 24th
		if n.State.Status != control.NotificationAwaiting || n.Report != survived || n.ReporterName == "" || !n.ConfirmUntil.Equal(due) {
			t.Fatalf("reported: %s %q by %q, to be answered until %s", n.State.Status, n.Report, n.ReporterName, n.ConfirmUntil)
		}
		w.unchanged(func() {
			w.act(auditor, notificationID, "refuse-confirmation", api.RejectCommand{Reason: " \x00"}).refusedAs(t, http.StatusConflict, "no_reason")
		})
		w.act(auditor, notificationID, "refuse-confirmation", api.RejectCommand{Reason: wicked}).ok(t)
		if n = w.seenBy(organizer); n.State.Status != control.NotificationNotConfirmed || n.NotConfirmedFor != survived {
			t.Fatalf("refused: %s for %q", n.State.Status, n.NotConfirmedFor)
		}
		w.act(organizer, notificationID, "execute", amended).ok(t) // again while the deadline has not passed
		if n = w.seenBy(organizer); n.NotConfirmedFor != "" || n.Report != amended.Text {
			t.Errorf("executed again: %q, still refused for %q", n.Report, n.NotConfirmedFor)
		}
		w.act(auditor, notificationID, "confirm", nil).ok(t)
		if n = w.seenBy(organizer); n.State.Status != control.NotificationExecuted {
			t.Fatalf("confirmed: %s", n.State.Status)
		}
		if len(n.Trail) != 0 {
			t.Errorf("the audit object sees a trail of %d", len(n.Trail))
		}
		last := w.seenBy(auditor).Trail
		if e := last[len(last)-1]; e.Action != control.ActionConfirm || e.Person != auditor.iin {
			t.Errorf("the trail ends with %+v", e)
		}
	})
}

// TestNoRemedyAfterTheDeadline; the instant itself is too late.
func TestNoRemedyAfterTheDeadline(t *testing.T) {
	w := at(t, acknowledged)
	deadline := w.seenBy(person("organizer")).State.Deadline
	w.clock.set(deadline)
	w.unchanged(func() {
		w.act(person("organizer"), notificationID, "begin", nil).refusedAs(t, http.StatusConflict, "window_closed")
		w.act(person("organizer"), notificationID, "execute", amended).refusedAs(t, http.StatusConflict, "window_closed")
	})
	w.clock.set(deadline.Add(-time.Millisecond))
	w.act(person("organizer"), notificationID, "execute", amended).ok(t)
}

// TestNobodyOpensANotificationAfterItsDeadline, while the centre has not come to its lapse.
func TestNobodyOpensANotificationAfterItsDeadline(t *testing.T) {
	w := at(t, delivered)
	d := w.fallsDue(control.LapseDue)
	w.clock.set(d.At)
	w.act(person("organizer"), notificationID, "acknowledge", nil).refusedAs(t, http.StatusConflict, "window_closed")
	w.catchUp()
	if n := w.seenBy(person("auditor")); n.State.Status != control.NotificationLapsedUnknown {
		t.Errorf("it is %s", n.State.Status)
	}
}

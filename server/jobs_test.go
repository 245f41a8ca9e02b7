package server_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server"
	"baqylau/server/store"
)

// catchUp has the centre do what is due.
func (w *world) catchUp() {
	w.t.Helper()
	if err := w.centre.CatchUp(w.t.Context()); err != nil {
		w.t.Errorf("catching up: %v", err)
	}
}

// TestANotificationLapsesAtItsDeadline, the instant itself and not before; known or unknown.
func TestANotificationLapsesAtItsDeadline(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.play(delivered)
		deadline := w.seenBy(person("auditor")).State.Deadline
		w.clock.set(deadline.Add(-time.Millisecond))
		w.catchUp() // what falls due before
		w.unchanged(w.catchUp)
		if n := w.seenBy(person("auditor")); n.State.Status != control.NotificationDelivered {
			t.Fatalf("it is %s before its deadline", n.State.Status)
		}
		w.clock.set(deadline)
		w.catchUp()
		n := w.seenBy(person("auditor"))
		last := n.Trail[len(n.Trail)-1]
		if n.State.Status != control.NotificationLapsedUnknown || last.Action != control.ActionLapse || last.Person != "system" || !last.At.Equal(deadline) {
			t.Errorf("it is %s by %q at %s", n.State.Status, last.Person, last.At)
		}
		w.unchanged(w.catchUp)
		w.unchanged(func() {
			w.act(person("organizer"), notificationID, "execute", amended).refusedAs(t, http.StatusConflict, "wrong_status")
		})
	})
}

// TestAnOutageOfAnyLengthLosesNoDeadline: the trail says when it lapsed, not when the centre came back.
func TestAnOutageOfAnyLengthLosesNoDeadline(t *testing.T) {
	w := at(t, acknowledged)
	deadline := w.seenBy(person("auditor")).State.Deadline
	w.clock.set(deadline.AddDate(0, 5, 0))
	w.catchUp()
	n := w.seenBy(person("auditor"))
	if last := n.Trail[len(n.Trail)-1]; n.State.Status != control.NotificationLapsedKnown || !last.At.Equal(deadline) {
		t.Errorf("it is %s since %s", n.State.Status, last.At)
	}
}

// TestAnObjectionStopsTheClock; the deadline that the conclusion leaves is the one that counts.
func TestAnObjectionStopsTheClock(t *testing.T) {
	w := at(t, concluding)
	old := w.seenBy(person("auditor")).State.Deadline
	w.clock.set(old.AddDate(0, 0, 10))
	w.catchUp()
	if n := w.seenBy(person("auditor")); n.State.Status != control.NotificationObjectionSent {
		t.Fatalf("it is %s while the objection is open", n.State.Status)
	}
	w.conclude(person("controller"), "send-to-agreement", nil).ok(t)
	w.conclude(person("controller-approver"), "prepare", nil).ok(t)
	w.deliverConclusion().ok(t)
	w.catchUp()
	if n := w.seenBy(person("auditor")); n.State.Status != control.NotificationObjectionLost {
		t.Fatalf("it is %s after the conclusion", n.State.Status)
	}
	w.clock.set(w.seenBy(person("auditor")).State.Deadline)
	w.catchUp()
	if n := w.seenBy(person("auditor")); n.State.Status != control.NotificationLapsedKnown || !n.State.Deadline.After(old) {
		t.Errorf("it is %s at its deadline %s", n.State.Status, n.State.Deadline)
	}
}

// TestWhatIsReportedDoesNotLapse; the author's answer may come later.
func TestWhatIsReportedDoesNotLapse(t *testing.T) {
	w := at(t, reported)
	w.clock.set(w.seenBy(person("auditor")).State.Deadline.AddDate(0, 0, 1))
	w.catchUp()
	w.act(person("auditor"), notificationID, "confirm", nil).ok(t)
}

// TestAJobThatADeadServerTookIsDone: once its lease is over.
func TestAJobThatADeadServerTookIsDone(t *testing.T) {
	w := at(t, delivered)
	deadline := w.seenBy(person("auditor")).State.Deadline
	w.clock.set(deadline)
	taken, err := w.store.Take(t.Context(), deadline, deadline.Add(time.Minute), 10)
	if err != nil || len(taken) != 3 { // and what was to be told before
		t.Fatalf("took %v: %v", taken, err)
	}
	w.unchanged(w.catchUp)
	w.clock.set(deadline.Add(time.Minute))
	w.catchUp()
	if n := w.seenBy(person("auditor")); n.State.Status != control.NotificationLapsedUnknown {
		t.Errorf("it is %s", n.State.Status)
	}
	w.unchanged(w.catchUp)
}

// TestAJobOfADeletedOrUnknownThingHindersNoOther.
func TestAJobOfADeletedOrUnknownThingHindersNoOther(t *testing.T) {
	w := at(t, delivered)
	deadline := w.seenBy(person("auditor")).State.Deadline
	err := w.store.Update(t.Context(), func(tx *store.Tx) error {
		return errors.Join(
			tx.Schedule(store.Job{Kind: "a kind of tomorrow", Object: notificationID, Due: noon()}),
			tx.Schedule(store.Job{Kind: "lapse", Object: secondID, Due: noon()}),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	w.clock.set(deadline)
	if err := w.centre.CatchUp(t.Context()); err == nil {
		t.Error("nothing is said of the job that nobody knows")
	}
	if n := w.seenBy(person("auditor")); n.State.Status != control.NotificationLapsedUnknown {
		t.Errorf("it is %s", n.State.Status)
	}
}

// TestRunEndsWithItsContext: and begins with what is due.
func TestRunEndsWithItsContext(t *testing.T) {
	w := at(t, delivered)
	w.clock.set(w.seenBy(person("auditor")).State.Deadline)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { w.centre.Run(ctx); close(ended) }()
	lapsed := func() bool {
		return body[api.Notification](t, as[api.Object](t, w.get(person("auditor"), "/v1/notifications/"+notificationID).ok(t))).State.Status == control.NotificationLapsedUnknown
	}
	for !lapsed() && t.Context().Err() == nil {
	}
	stop()
	<-ended
}

// TestAClockThatIsPutBackLosesNothing: between the taking of a job and its doing, too.
func TestAClockThatIsPutBackLosesNothing(t *testing.T) {
	w := at(t, delivered)
	d := w.fallsDue(control.LapseDue)
	w.until(d.At.Add(-time.Hour))
	var looks int
	back := served(t, w.store, func(c *server.Config) {
		c.Clock = func() time.Time {
			if looks++; looks > 1 {
				return d.At.Add(-time.Minute)
			}
			return d.At
		}
	})
	looks = 0
	if err := back.centre.CatchUp(t.Context()); err == nil {
		t.Error("nothing is said")
	}
	w.until(d.At.Add(time.Hour))
	if n := w.seenBy(person("auditor")); n.State.Status != control.NotificationLapsedUnknown {
		t.Errorf("it is %s", n.State.Status)
	}
}

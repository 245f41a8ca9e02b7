package server_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"baqylau/api"
	"baqylau/control"
	"baqylau/signing/demo"
)

// twoDepartments have the story's department at work on the first two lots of the hero, with an approved
// notification on the first, and another department on the third, where somebody alone is everything.
func (w *world) twoDepartments() (alone who) {
	w.t.Helper()
	alone = person("all-alone")
	p := w.hero()
	w.assign(person("auditor"), 0, 1)
	w.post(alone, "/v1/assignments", api.AssignCommand{
		Assignee: alone.iin, Lots: []api.LotRef{{Purchase: p.ID, Lot: p.Lots[2].ID}},
	}).each(w.t)
	w.mark(person("auditor"), 0, 1)
	w.mark(alone, 2)
	w.draft(person("auditor"), notificationID, 0, person("approver"))
	w.act(person("auditor"), notificationID, "send-to-agreement", nil).ok(w.t)
	w.approve(notificationID)
	w.draft(alone, secondID, 2, alone)
	return alone
}

// approveAlone leads the other department's notification to its approval.
func (w *world) approveAlone(alone who) {
	w.t.Helper()
	do := func(action string, with any) api.Notification {
		object := as[api.Object](w.t, w.get(alone, "/v1/notifications/"+secondID).ok(w.t))
		done := w.postAt(alone, "/v1/notifications/"+secondID+"/"+action, object.Version, with)
		return body[api.Notification](w.t, done.changed(w.t, "notification", secondID))
	}
	do("send-to-agreement", nil)
	n := do("prepare", nil)
	pdf := w.get(alone, "/v1/files/"+n.File).ok(w.t).body
	do("approve", api.SignCommand{Digest: n.File, CMS: signed(w.t, key(w.t, alone.name, demo.Signing), pdf)})
}

// plan asks what sending all would send.
func (w *world) plan(as_ who) answer {
	w.t.Helper()
	return w.get(as_, "/v1/dispatches?direction=D1&purchase="+url.QueryEscape(w.hero().ID))
}

// asSeen is the command that sends what a plan told.
func (w *world) asSeen(plan api.Dispatch) api.DispatchCommand {
	w.t.Helper()
	c := api.DispatchCommand{Purchase: w.hero().ID, Direction: control.D1}
	for _, n := range plan.Notifications {
		c.Notifications = append(c.Notifications, api.Seen{ID: n.ID, Version: n.Version, Digest: n.Digest})
	}
	return c
}

// TestSendingAllSendsWhatEveryDepartmentApproved, whoever wrote it. An author may not read the
// other department's notification, and is told what sending has to name of it.
func TestSendingAllSendsWhatEveryDepartmentApproved(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		alone, auditor := w.twoDepartments(), person("auditor")
		lots := w.hero().Lots

		before := as[api.Dispatch](t, w.plan(auditor).ok(t))
		if len(before.Notifications) != 1 || before.Notifications[0].ID != notificationID || !slices.Equal(before.ShutOut, []string{lots[1].ID, lots[2].ID}) {
			t.Errorf("while the other's is a draft: %+v", before)
		}
		w.approveAlone(alone)
		w.unchanged(func() { // what was seen is not all any more
			w.post(auditor, "/v1/dispatches", w.asSeen(before)).refusedAs(t, http.StatusConflict, "version_changed")
		})

		told := w.plan(auditor).ok(t)
		plan := as[api.Dispatch](t, told)
		if len(plan.Notifications) != 2 || !slices.Equal(plan.ShutOut, []string{lots[1].ID}) {
			t.Fatalf("told %s", told.body)
		}
		foreign := plan.Notifications[slices.IndexFunc(plan.Notifications, func(n api.DispatchItem) bool { return n.ID == secondID })]
		if foreign.Number == "" || foreign.Lot != lots[2].ID || foreign.Department != otherDepartmentBIN || foreign.DepartmentKK != "Басқа департамент" || foreign.DepartmentRU != "Другой департамент" {
			t.Errorf("of the other department's: %+v", foreign)
		}
		if got := w.get(auditor, "/v1/notifications/"+secondID); got.status != http.StatusNotFound {
			t.Errorf("the author reads the other department's: %d", got.status)
		}
		if got := w.get(auditor, "/v1/files/"+foreign.Digest); got.status != http.StatusNotFound {
			t.Errorf("the author reads its file: %d", got.status)
		}
		if other := as[api.Dispatch](t, w.plan(alone).ok(t)); !slices.Equal(other.Notifications, plan.Notifications) {
			t.Errorf("the other author is told %+v", other)
		}

		w.post(auditor, "/v1/dispatches", w.asSeen(plan)).ok(t)
		for id, reader := range map[string]who{notificationID: auditor, secondID: alone} {
			n := body[api.Notification](t, as[api.Object](t, w.get(reader, "/v1/notifications/"+id).ok(t)))
			if n.State.Status != control.NotificationDelivered || n.State.DeliveredAt.IsZero() {
				t.Errorf("%s is %s", id, n.State.Status)
			}
		}
		w.unchanged(func() {
			w.plan(alone).refusedAs(t, http.StatusConflict, "shut_out")
			w.post(alone, "/v1/dispatches", w.asSeen(plan)).refusedAs(t, http.StatusConflict, "shut_out")
		})
	})
}

// TestAPlanIsToldToWhoeverMaySend; and a direction that is none is bad input.
func TestAPlanIsToldToWhoeverMaySend(t *testing.T) {
	w := at(t, inAgreement)
	p := url.QueryEscape(w.hero().ID)
	for path, want := range map[string]struct {
		status int
		reason string
	}{
		"/v1/dispatches?direction=D1&purchase=" + p: {http.StatusConflict, "nothing_approved"},
		"/v1/dispatches?direction=D2&purchase=" + p: {http.StatusConflict, "wrong_status"},
		"/v1/dispatches?purchase=" + p:              {http.StatusConflict, "wrong_direction"},
		"/v1/dispatches?direction=D9&purchase=" + p: {http.StatusUnprocessableEntity, "bad_input"},
		"/v1/dispatches?direction=D1":               {http.StatusUnprocessableEntity, "bad_input"},
		"/v1/dispatches?direction=D1&purchase=none": {http.StatusNotFound, "not_found"},
	} {
		w.get(person("auditor"), path).refusedAs(t, want.status, want.reason)
	}
}

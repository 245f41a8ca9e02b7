package server_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server/store"
)

// TestACommandNamesItsKeyAndItsVersion: RFC 6585 428 and RFC 9110 412.
func TestACommandNamesItsKeyAndItsVersion(t *testing.T) {
	for id, r := range matrix() {
		t.Run(id, func(t *testing.T) {
			w := at(t, r.stage)
			call := r.call(w)
			if call.method != http.MethodPost || call.path == "/v1/logout" || strings.HasPrefix(call.path, "/v1/login") {
				return // no command
			}
			mighty := w.mighty(t, r)
			w.unchanged(func() {
				keyless := call
				keyless.keyless = true
				w.send(mighty, keyless).refusedAs(t, http.StatusPreconditionRequired, "precondition_required")
				if call.ifMatch == "" {
					return
				}
				call.ifMatch = ""
				w.send(mighty, call).refusedAs(t, http.StatusPreconditionRequired, "precondition_required")
				for _, old := range []string{etag(99), "*", "1", `W/"1"`, `"x"`} {
					call.ifMatch = old
					p := w.send(mighty, call).refusedAs(t, http.StatusPreconditionFailed, "stale")
					if p.Current.ID == "" || p.Current.Version == 0 || len(p.Current.Body) == 0 {
						t.Errorf("If-Match %s: the present body is missing: %+v", old, p)
					}
				}
			})
		})
	}
}

// mighty is somebody who may.
func (w *world) mighty(t *testing.T, r right) who {
	t.Helper()
	for _, p := range everybody() {
		if s := r.wanted(p); s == http.StatusOK || s == http.StatusUnprocessableEntity {
			return p
		}
	}
	t.Fatal("nobody may")
	return who{}
}

// TestACommandIsDoneOnceUnderItsKey: the same key gives the same answer and one effect.
func TestACommandIsDoneOnceUnderItsKey(t *testing.T) {
	for id, r := range matrix() {
		t.Run(id, func(t *testing.T) {
			w := at(t, r.stage)
			call := r.call(w)
			if call.method != http.MethodPost || call.path == "/v1/logout" || strings.HasPrefix(call.path, "/v1/login") {
				return // no command
			}
			mighty := w.mighty(t, r)
			if r.wanted(mighty) != http.StatusOK {
				return // needs a signature: see signatures_test.go
			}
			call.key = uuid.NewString()
			first := w.send(mighty, call).ok(t)
			w.unchanged(func() {
				again := w.send(mighty, call)
				if again.status != first.status || string(again.body) != string(first.body) {
					t.Errorf("the same command again: %d %s\nfirst: %s", again.status, again.body, first.body)
				}
				other := call
				other.ifMatch = etag(77)
				if call.ifMatch == "" {
					other.path, other.body = "/v1/admin/organizations", api.Organization{BIN: committeeBIN, Kind: api.Committee, NameKK: "Комитет"}
				}
				w.send(mighty, other).refusedAs(t, http.StatusUnprocessableEntity, "idempotency_mismatch")
			})
		})
	}
}

func TestARefusedCommandMayBeSentAgainUnderItsKey(t *testing.T) {
	w := at(t, assigned)
	p := w.hero()
	key := uuid.NewString()
	wrong := api.MarksCommand{Purchase: p.ID, Direction: control.D1, Lots: []api.LotMarks{checkedAll(t, p.Lots[0].ID, 0)}}
	w.unchanged(func() {
		w.send(person("second-auditor"), request{method: http.MethodPost, path: "/v1/certificates", key: key, body: api.CertificateCommand{
			ID: certificateID, Purchase: p.ID, Direction: control.D1,
		}}).refusedAs(t, http.StatusForbidden, "missing_relation")
	})
	w.send(person("auditor"), request{method: http.MethodPost, path: "/v1/marks", key: key, body: wrong}).each(t)
}

func TestAKeyIsItsSendersOwn(t *testing.T) {
	w := at(t, drafted)
	key := uuid.NewString()
	organization := func(name string) request {
		return request{method: http.MethodPost, path: "/v1/admin/organizations", key: key, body: api.Organization{
			BIN: otherDepartmentBIN, Kind: api.Department, NameKK: name, NameRU: name,
		}}
	}
	w.send(person("A/administrator"), organization("Бір")).ok(t)
	w.send(person("B/administrator"), organization("Екі")).ok(t)
}

// atOnce runs n functions at a time and gives what they gave.
func atOnce[T any](n int, f func(i int) (T, error)) ([]T, error) {
	results, errs := make([]T, n), make([]error, n)
	var ready, done sync.WaitGroup
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			results[i], errs[i] = f(i)
		})
	}
	done.Wait()
	return results, errors.Join(errs...)
}

func TestTheSameCommandFiftyTimesAtOnceIsDoneOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.play(marked)
		p := w.hero()
		call := request{method: http.MethodPost, path: "/v1/notifications", key: uuid.NewString(), body: api.CreateCommand{
			ID: notificationID, Purchase: p.ID, Lot: p.Lots[0].ID, Direction: control.D1, TextRU: "Нарушение", Agreer: person("approver").iin,
		}}
		before := w.events()
		answers, err := atOnce(50, func(int) (answer, error) { return w.try(person("auditor"), call) })
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range answers {
			if a.status != http.StatusOK || string(a.body) != string(answers[0].body) {
				t.Fatalf("got %d %s\nand %s", a.status, a.body, answers[0].body)
			}
		}
		if n := w.events() - before; n != 1 {
			t.Errorf("%d effects", n)
		}
	})
}

// TestOneOfManyCreatesTheNotificationOfALot, one a lot and direction.
func TestOneOfManyCreatesTheNotificationOfALot(t *testing.T) {
	const rounds, tries = 5, 6
	onBoth(t, func(t *testing.T, w *world) {
		w.play(marked)
		p := w.hero()
		for range rounds {
			answers, err := atOnce(tries, func(i int) (answer, error) {
				return w.try(person("auditor"), request{method: http.MethodPost, path: "/v1/notifications", key: uuid.NewString(), body: api.CreateCommand{
					ID: uuid.NewString(), Purchase: p.ID, Lot: p.Lots[0].ID, Direction: control.D1, TextRU: fmt.Sprint("Нарушение ", i),
				}})
			})
			if err != nil {
				t.Fatal(err)
			}
			won := slices.IndexFunc(answers, func(a answer) bool { return a.status == http.StatusOK })
			for i, a := range answers {
				if i != won {
					a.refusedAs(t, http.StatusConflict, "exists_already")
				}
			}
			if won < 0 {
				t.Fatal("nobody won")
			}
			id := answers[won].changed(t, "notification", "").ID
			w.act(person("auditor"), id, "delete", nil).ok(t)
		}
	})
}

// TestAnAuditorAndAReassignmentAtOnceAgree; a lot is marked, or it is assigned to another, not both.
func TestAnAuditorAndAReassignmentAtOnceAgree(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.play(assigned)
		p := w.hero()
		lot := p.Lots[0].ID
		version := int64(1)
		for round := range 6 {
			to := []string{"second-auditor", "auditor"}[round%2]
			from := []string{"auditor", "second-auditor"}[round%2]
			answers, err := atOnce(2, func(i int) (answer, error) {
				if i == 0 {
					return w.try(person("lot-manager"), request{method: http.MethodPost, path: "/v1/assignments", key: uuid.NewString(), body: api.AssignCommand{
						Assignee: person(to).iin, Lots: []api.LotRef{{Purchase: p.ID, Lot: lot, Version: version}},
					}})
				}
				return w.try(person(from), request{method: http.MethodPost, path: "/v1/marks", key: uuid.NewString(), body: api.MarksCommand{
					Purchase: p.ID, Direction: control.D1, Lots: []api.LotMarks{checkedAll(t, lot, 0, 1)},
				}})
			})
			if err != nil {
				t.Fatal(err)
			}
			reassigned, markedBy := outcome(answers[0]) == http.StatusOK, outcome(answers[1]) == http.StatusOK
			if reassigned == markedBy {
				t.Fatalf("reassigned %v, marked %v: %s\n%s", reassigned, markedBy, answers[0].body, answers[1].body)
			}
			if markedBy { // a lot with marks stays
				return
			}
			version++
		}
	})
}

// TestWhatIsSentWasApprovedAndSeen, all or none. While one person sends, another recalls one
// of the two notifications, and again approves it.
func TestWhatIsSentWasApprovedAndSeen(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.play(marked)
		w.draft(person("auditor"), notificationID, 0, person("approver"))
		w.draft(person("auditor"), secondID, 1, person("approver"))
		for _, id := range []string{notificationID, secondID} {
			w.act(person("auditor"), id, "send-to-agreement", nil).ok(t)
			w.approve(id)
		}
		for round := 0; ; round++ {
			seen := w.seen(notificationID, secondID)
			_, version := w.notification(secondID)
			answers, err := atOnce(3, func(i int) (answer, error) {
				if i == 0 {
					return w.try(person("auditor"), request{
						method: http.MethodPost, path: "/v1/notifications/" + secondID + "/recall", ifMatch: etag(version), key: uuid.NewString(),
					})
				}
				return w.try(person("auditor"), request{method: http.MethodPost, path: "/v1/dispatches", body: seen, key: uuid.NewString()})
			})
			if err != nil {
				t.Fatal(err)
			}
			if w.eitherSentOrRecalled(t, answers, seen) {
				return
			}
			if round == 8 { // recalling won every time: send in peace
				w.again(secondID)
				w.post(person("auditor"), "/v1/dispatches", w.seen(notificationID, secondID)).ok(t)
				return
			}
			w.again(secondID)
		}
	})
}

// again brings a recalled notification back to approved.
func (w *world) again(id string) {
	w.t.Helper()
	w.act(person("auditor"), id, "send-to-agreement", nil).ok(w.t)
	w.approve(id)
}

// eitherSentOrRecalled demands that exactly one of the commands won, and that the notifications say
// so. It tells whether sending won.
func (w *world) eitherSentOrRecalled(t *testing.T, answers []answer, seen api.DispatchCommand) (sent bool) {
	t.Helper()
	recalled := answers[0].status == http.StatusOK
	wins := 0
	for _, a := range answers {
		if a.status == http.StatusOK {
			wins++
		}
	}
	if wins != 1 {
		t.Fatalf("%d of the commands won: %s\n%s\n%s", wins, answers[0].body, answers[1].body, answers[2].body)
	}
	for i, s := range seen.Notifications {
		n, _ := w.notification(s.ID)
		switch {
		case recalled && n.State.Status.Sent():
			t.Fatalf("%s was sent although its fellow was recalled", n.Number)
		case recalled && i == 1 && (n.State.Status != control.NotificationDraft || n.File != "" || n.Signature != ""):
			t.Fatalf("%s is %s with the file %q after its recall", n.Number, n.State.Status, n.File)
		case !recalled && (n.State.Status != control.NotificationDelivered || n.File != s.Digest || n.Signature == ""):
			t.Fatalf("%s is %s with another file or no signature", n.Number, n.State.Status)
		}
	}
	return !recalled
}

// TestSendingNamesExactlyWhatIsApproved; a notification that was approved since, or another
// version or file of one, is not what the person saw.
func TestSendingNamesExactlyWhatIsApproved(t *testing.T) {
	for name, spoil := range map[string]func(*api.DispatchCommand){
		"one was not seen":    func(c *api.DispatchCommand) { c.Notifications = c.Notifications[:1] },
		"another version":     func(c *api.DispatchCommand) { c.Notifications[1].Version-- },
		"another file":        func(c *api.DispatchCommand) { c.Notifications[0].Digest = digest([]byte("other")) },
		"one named twice":     func(c *api.DispatchCommand) { c.Notifications[1] = c.Notifications[0] },
		"one that is unknown": func(c *api.DispatchCommand) { c.Notifications[1].ID = certificateID },
		"one too many": func(c *api.DispatchCommand) {
			c.Notifications = append(c.Notifications, api.Seen{ID: certificateID, Digest: digest(nil)})
		},
		"the other's own file": func(c *api.DispatchCommand) { c.Notifications[0].Digest = c.Notifications[1].Digest },
	} {
		t.Run(name, func(t *testing.T) {
			w := at(t, approved)
			w.draft(person("auditor"), secondID, 1, person("approver"))
			w.again(secondID)
			c := w.seen(notificationID, secondID)
			spoil(&c)
			w.unchanged(func() {
				w.post(person("auditor"), "/v1/dispatches", c).refusedAs(t, http.StatusConflict, "version_changed")
			})
		})
	}
}

// TestSendingTwiceIsShutOut, once one is sent, none can be sent for another lot.
func TestSendingTwiceIsShutOut(t *testing.T) {
	w := at(t, approved)
	w.draft(person("auditor"), secondID, 1, person("approver"))
	w.act(person("auditor"), secondID, "send-to-agreement", nil).ok(t)
	w.post(person("auditor"), "/v1/dispatches", w.seen(notificationID)).ok(t)
	w.approve(secondID) // the other goes on to exist
	w.unchanged(func() {
		w.post(person("auditor"), "/v1/dispatches", w.seen(secondID)).refusedAs(t, http.StatusConflict, "shut_out")
	})
}

// TestDeliveryIsToTheMillisecond.
func TestDeliveryIsToTheMillisecond(t *testing.T) {
	w := at(t, approved)
	w.clock.set(noon().Add(1234567 * 1000))
	w.post(person("auditor"), "/v1/dispatches", w.seen(notificationID)).ok(t)
	n, _ := w.notification(notificationID)
	if got := n.State.DeliveredAt; !got.Equal(noon().Add(1234 * 1000 * 1000)) {
		t.Errorf("delivered at %s", got)
	}
	if n.State.Deadline.IsZero() || len(n.State.Remedies) == 0 || n.State.ObjectionUntil.IsZero() {
		t.Errorf("no term or no remedy: %+v", n)
	}
}

// TestEveryEffectIsAnEvent: nothing changes an aggregate without the log knowing.
func TestEveryEffectIsAnEvent(t *testing.T) {
	w := at(t, acknowledged)
	actions := map[string]bool{}
	err := w.store.View(t.Context(), func(tx *store.Tx) error {
		changes, err := tx.Changes([]string{"r/" + departmentBIN + "/auditor"}, 0, 1000)
		for _, c := range changes {
			actions[c.Kind] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"purchase", "assignment", "marks", "certificate", "notification"} {
		if !actions[kind] {
			t.Errorf("the log knows of no %s", kind)
		}
	}
}

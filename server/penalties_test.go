package server_test

import (
	"bytes"
	"net/http"
	"testing"

	"baqylau/api"
	"baqylau/control"
)

// TestPenaltiesAreSavedUntilTheyAreComplete.
func TestPenaltiesAreSavedUntilTheyAreComplete(t *testing.T) {
	w := at(t, reported)
	auditor := person("auditor")
	save := func(change func(*api.PenaltyCommand)) answer {
		c := fined()
		change(&c)
		return w.act(auditor, notificationID, "penalty", c)
	}
	none := int64(0)
	w.unchanged(func() {
		for reason, change := range map[string]func(*api.PenaltyCommand){
			"no_officials":   func(c *api.PenaltyCommand) { c.Officials = nil },
			"no_imposed":     func(c *api.PenaltyCommand) { c.Imposed = nil },
			"not_positive":   func(c *api.PenaltyCommand) { c.Imposed = &none },
			"date_in_future": func(c *api.PenaltyCommand) { c.LetterOn = later().AddDate(0, 0, 1) },
			"no_data":        func(c *api.PenaltyCommand) { *c = api.PenaltyCommand{RecheckKK: "\x00 "} },
		} {
			save(change).refusedAs(t, http.StatusConflict, reason)
		}
		w.act(auditor, notificationID, "complete-penalty", nil).refusedAs(t, http.StatusConflict, "wrong_status")
	})
	save(func(c *api.PenaltyCommand) { c.RecheckKK = wicked }).ok(t)
	n := w.seenBy(auditor)
	if n.State.Penalty != control.PenaltySavedOnce || n.Penalty.Info.RecheckKK != survived || *n.Penalty.Info.Officials != 2 {
		t.Errorf("saved: %s %+v", n.State.Penalty, n.Penalty)
	}
	save(func(c *api.PenaltyCommand) { c.Officials, c.Imposed = nil, nil }).ok(t)
	if n = w.seenBy(auditor); n.Penalty.Info.Officials != nil {
		t.Errorf("saved again: %+v", n.Penalty)
	}
	w.act(auditor, notificationID, "complete-penalty", nil).ok(t)
	w.unchanged(func() { save(func(*api.PenaltyCommand) {}).refusedAs(t, http.StatusConflict, "wrong_status") })
}

// TestNoPenaltyBeforeItsTime, the statuses.
func TestNoPenaltyBeforeItsTime(t *testing.T) {
	w := at(t, acknowledged)
	w.unchanged(func() {
		w.act(person("auditor"), notificationID, "penalty", fined()).refusedAs(t, http.StatusConflict, "wrong_status")
	})
}

// TestAScanIsToldByItsContent; and it is what its digest says.
func TestAScanIsToldByItsContent(t *testing.T) {
	w := at(t, penalised)
	manager := person("A/order_manager")
	w.unchanged(func() {
		w.bring(manager, []byte("MZ a program")).refusedAs(t, http.StatusConflict, "scan_unknown")
		w.bring(manager, nil).refusedAs(t, http.StatusConflict, "no_scan")
		w.bring(manager, append([]byte("%PDF-"), make([]byte, control.MaxScan)...)).refusedAs(t, http.StatusRequestEntityTooLarge, "too_large")
		other := brought(scan)
		other.body = []byte("%PDF-1.4 another order")
		if p := w.send(manager, other).refusedAs(t, http.StatusUnprocessableEntity, "bad_input"); p.Field != "Content-Digest" {
			t.Errorf("the field named is %q", p.Field)
		}
		other.digest = ""
		w.send(manager, other).refusedAs(t, http.StatusUnprocessableEntity, "bad_input")
	})
	largest := append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, control.MaxScan-8)...)
	got := as[api.Upload](t, w.bring(manager, largest).ok(t))
	if got.Type != string(control.ScanPNG) || got.Size != control.MaxScan || got.Digest != digest(largest) {
		t.Errorf("brought: %+v", got)
	}
	w.get(manager, "/v1/files/"+got.Digest).refusedAs(t, http.StatusNotFound, "not_found") // no order names it
}

// TestASuspensionIsOrderedAndRevokedOnce, on both engines.
func TestASuspensionIsOrderedAndRevokedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.play(acknowledged)
		w.clock.set(later())
		scenes[reported](w)
		manager := person("A/order_manager")
		w.get(manager, "/v1/notifications/"+notificationID).refusedAs(t, http.StatusNotFound, "not_found")
		scenes[penalised](w)
		n := w.seenBy(manager)
		w.unchanged(func() {
			w.act(manager, notificationID, "revoke-suspension", order()).refusedAs(t, http.StatusConflict, "wrong_status")
			w.act(manager, notificationID, "suspend", order()).refusedAs(t, http.StatusConflict, "no_scan") // not brought
			stolen := order()
			stolen.Scan = n.File // a file of the centre, but no scan of an order
			w.act(manager, notificationID, "suspend", stolen).refusedAs(t, http.StatusConflict, "no_scan")
		})
		w.bring(manager, scan).ok(t)
		wickedly := order()
		wickedly.NoteRU = wicked
		w.act(manager, notificationID, "suspend", wickedly).ok(t)
		if n = w.seenBy(manager); n.State.Suspension != control.Suspended || n.Suspension.Order.NoteRU != survived || n.Suspension.ScanType != string(control.ScanPDF) {
			t.Errorf("suspended: %s %+v", n.State.Suspension, n.Suspension)
		}
		w.unchanged(func() {
			w.act(manager, notificationID, "suspend", order()).refusedAs(t, http.StatusConflict, "wrong_status")
			early := order()
			early.On = noon().AddDate(0, 0, -1)
			w.act(manager, notificationID, "revoke-suspension", early).refusedAs(t, http.StatusConflict, "revoked_before")
		})
		w.act(manager, notificationID, "revoke-suspension", order()).ok(t)
		w.unchanged(func() {
			w.act(manager, notificationID, "revoke-suspension", order()).refusedAs(t, http.StatusConflict, "wrong_status")
		})
		for _, p := range []who{manager, person("auditor"), person("controller")} {
			if got := w.get(p, "/v1/files/"+digest(scan)).ok(t); !bytes.Equal(got.body, scan) {
				t.Errorf("%s reads other bytes", p.name)
			}
		}
		// the audit object learns of none of it.
		w.get(person("organizer"), "/v1/files/"+digest(scan)).refusedAs(t, http.StatusNotFound, "not_found")
		if n = w.seenBy(person("organizer")); n.State.Penalty != "" || n.State.Suspension != "" || !n.Penalty.At.IsZero() || n.Suspension.Order.Number != "" {
			t.Errorf("the audit object sees %+v", n)
		}
	})
}

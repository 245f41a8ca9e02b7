package server_test

import (
	"crypto/x509"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server"
	"baqylau/server/store"
	"baqylau/signing"
	"baqylau/signing/demo"
	"baqylau/signing/testpki"
)

// reservation is a final file that was made for somebody, and what they have made of it since, on a train.
type reservation struct {
	w       *world
	by      who
	path    string // of the command that hands the signature in
	version int64
	file    string
	cms     []byte
}

// reserve has somebody prepare the notification and sign it without handing it in.
func (w *world) reserve(by who, key_ string) reservation {
	w.t.Helper()
	o := w.act(by, notificationID, "prepare", nil).changed(w.t, "notification", notificationID)
	n := body[api.Notification](w.t, o)
	if !n.PreparedAt.Equal(w.clock.now()) || n.PreparedBy != by.iin {
		w.t.Errorf("it was prepared by %s at %v", n.PreparedBy, n.PreparedAt)
	}
	return w.reserved(by, key_, "/v1/notifications/"+notificationID+"/approve", o.Version, n.File)
}

func (w *world) reserved(by who, key_, path string, version int64, file string) reservation {
	w.t.Helper()
	pdf := w.get(by, "/v1/files/"+file).ok(w.t).body
	return reservation{w, by, path, version, file, signed(w.t, key(w.t, key_, demo.Signing), pdf)}
}

func (r reservation) arrives() answer {
	r.w.t.Helper()
	return r.w.postAt(r.by, r.path, r.version, api.SignCommand{Digest: r.file, CMS: r.cms})
}

// TestAFileThatWasPreparedIsSignedLater; by whoever it was prepared for, for nothing has changed.
func TestAFileThatWasPreparedIsSignedLater(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		approver, auditor := person("approver"), person("auditor")
		w.play(prepared)
		certificate := w.reserved(auditor, "auditor", "/v1/certificates/"+certificateID+"/sign", 1, w.certificate().File)
		certificate.arrives().ok(t)
		w.draft(auditor, notificationID, 0, approver)
		w.act(auditor, notificationID, "send-to-agreement", nil).ok(t)
		paper := w.reserve(approver, "approver")
		w.clock.set(noon().Add(5 * time.Hour))
		paper.arrives().ok(t)
		n, _ := w.notification(notificationID)
		if n.State.Status != control.NotificationApproved || !n.SignedAt.Equal(w.clock.now()) || n.File != paper.file {
			t.Errorf("it is %s, signed at %v", n.State.Status, n.SignedAt)
		}
		w.unchanged(func() {
			p := paper.arrives().refusedAs(t, http.StatusConflict, "prepared_signed") // under a key of its own
			if p.Rule != "R-3.7" || p.Subject != n.Number {
				t.Errorf("refused by %s of %s", p.Rule, p.Subject)
			}
		})
	})
}

// TestAnyChangeVoidsWhatWasPrepared: and says how.
func TestAnyChangeVoidsWhatWasPrepared(t *testing.T) {
	approver, author := person("approver"), person("auditor")
	onBoth(t, func(t *testing.T, w *world) {
		w.play(inAgreement)
		again := func() {
			w.act(author, notificationID, "send-to-agreement", nil).ok(t)
		}
		for _, c := range []struct {
			name   string
			change func()
			status int
			reason string
			then   func()
		}{
			{"its author took it back", func() { w.act(author, notificationID, "recall", nil).ok(t) }, 409, "prepared_recalled", again},
			{"took it back, and sent it again", func() { w.act(author, notificationID, "recall", nil).ok(t); again() }, 409, "digest_changed", nil},
			{"it was turned down", func() {
				w.act(approver, notificationID, "reject", api.RejectCommand{Reason: "Неверно"}).ok(t)
			}, 409, "prepared_rejected", again},
			{"it was passed on", func() {
				w.act(approver, notificationID, "agree", api.AgreeCommand{Next: person("A/auditor_approver").iin}).ok(t)
			}, 409, "prepared_passed_on", func() {
				w.act(person("A/auditor_approver"), notificationID, "agree", api.AgreeCommand{Next: approver.iin}).ok(t)
			}},
			{"it was prepared anew", func() {
				w.clock.set(w.clock.now().Add(time.Hour))
				w.act(approver, notificationID, "prepare", nil).ok(t)
			}, 409, "digest_changed", nil},
			{"its author was dismissed, and it is another's", func() {
				second := person("second-auditor")
				w.dismiss(author, "", map[control.WorkKind]who{control.WorkLot: second, control.WorkNotification: second}).ok(t)
			}, 412, "stale", nil},
		} {
			t.Log(c.name)
			paper := w.reserve(approver, "approver")
			c.change()
			w.unchanged(func() {
				p := paper.arrives().refusedAs(t, c.status, c.reason)
				if p.Rule != "R-3.7" {
					t.Errorf("%s: refused by %q", c.name, p.Rule)
				}
				if c.status == http.StatusPreconditionFailed && p.Current.ID != notificationID {
					t.Errorf("%s: the present form is missing", c.name)
				}
			})
			if c.then != nil {
				c.then()
			}
		}
	})
}

// TestALostRightVoidsWhatWasPrepared: of the person, or of the deputy whose substitution has ended.
func TestALostRightVoidsWhatWasPrepared(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.play(inAgreement)
		w.substitute("approver", "second-auditor")
		paper := w.reserve(deputy(), "second-auditor")
		w.endSubstitution()
		w.unchanged(func() {
			if p := paper.arrives(); p.status < 400 || p.problem(t).Rule != "R-11.6" {
				t.Errorf("after the substitution: %d %s", p.status, p.body)
			} else {
				inWords(t, p.problem(t))
			}
			own := paper
			own.by = person("second-auditor") // for themselves, it was never their turn
			own.arrives().refusedAs(t, http.StatusForbidden, "missing_role")
		})
		hers := w.reserve(person("approver"), "approver")
		w.unchanged(func() {
			paper.by = person("approver")
			paper.arrives().refusedAs(t, http.StatusConflict, "digest_changed")
		})
		hers.arrives().ok(t)
	})
	t.Run("a role", func(t *testing.T) {
		w := at(t, inAgreement)
		approver := person("approver")
		paper := w.reserve(approver, "approver")
		err := w.store.Update(t.Context(), func(tx *store.Tx) error { // with a handover it would be the turn of somebody else
			r, err := tx.Get("person", approver.iin)
			if err != nil {
				return err
			}
			var p api.Person
			if err := json.Unmarshal(r.Body, &p); err != nil {
				return err
			}
			p.Roles = []control.Role{control.Auditor}
			r.Body = mustJSON(t, p)
			_, err = tx.Put(r, r.Version)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		w.unchanged(func() { paper.arrives().refusedAs(t, http.StatusForbidden, "missing_role") })
	})
}

// stampers are authorities of timestamps: whom to trust, and who makes them.
func stampers() (root, stamper *testpki.Party) {
	root = testpki.NewRoot(testpki.ECDSA, "TSA", noon())
	return root, root.Issue(testpki.Order{
		Name: "TSA", From: noon().AddDate(-1, 0, 0), To: noon().AddDate(4, 0, 0),
		Usage: x509.KeyUsageDigitalSignature, Extended: []string{testpki.KeyTimeStamping}, Critical: true,
	})
}

// witnessed is a signature with a timestamp of a time.
func witnessed(t *testing.T, stamper *testpki.Party, cms []byte, at time.Time) []byte {
	t.Helper()
	a := &authorities{stamper: stamper}
	stamp, err := a.Stamp(t.Context(), cms, 0, signing.Trust{}, at)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := signing.Enrich(cms, 0, signing.Evidence{Stamps: []*signing.Stamp{stamp}})
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

// contracted makes the notification one in D4 on a lot that a contract exists for; the days for complaints
// end at the next midnight but one.
func (w *world) contracted() (closes time.Time) {
	w.t.Helper()
	rewrite := func(tx *store.Tx, kind, id string, into any, change func()) error {
		r, err := tx.Get(kind, id)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(r.Body, into); err != nil {
			return err
		}
		change()
		r.Body = mustJSON(w.t, into)
		_, err = tx.Put(r, r.Version)
		return err
	}
	hero := w.hero()
	err := w.store.Update(w.t.Context(), func(tx *store.Tx) error {
		var n api.Notification
		var p control.Purchase
		if err := rewrite(tx, "notification", notificationID, &n, func() { n.State.Direction = control.D4 }); err != nil {
			return err
		}
		return rewrite(tx, "purchase", hero.ID, &p, func() {
			p.Status, p.ResultsProtocolAt = control.Completed, noon().AddDate(0, 0, -6)
			for i := range p.Lots {
				p.Lots[i].Status, p.Lots[i].Contract = control.Held, true
			}
			c, err := rules(w.t).Case(&p, nil, noon())
			if err != nil {
				w.t.Fatal(err)
			}
			closes = c.Windows.Complaints.Closes
		})
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return closes
}

// TestRightsAndWindowsAreOfTheReferenceTime: a trusted timestamp in the signature, else the arrival. comes
// into force with the end of the days for complaints.
func TestRightsAndWindowsAreOfTheReferenceTime(t *testing.T) {
	root, trusted := stampers()
	_, foreign := stampers()
	onBoth(t, func(t *testing.T, w *world) {
		a := &authorities{stamper: trusted}
		w = served(t, w.store, func(c *server.Config) {
			c.Trust, c.Authorities = signing.DemoTrust(keys(t).Certificate, root.Certificate), a
		})
		w.play(inAgreement)
		w.catchUp() // what is owed to the certificate
		a.asked, a.given = 0, nil
		closes := w.contracted()
		if !closes.After(noon()) {
			t.Fatalf("the days for complaints end at %v", closes)
		}
		paper := w.reserve(person("approver"), "approver")
		plain := paper.cms
		w.clock.set(closes.Add(time.Minute))
		w.prolong(person("approver"))
		for name, cms := range map[string][]byte{
			"nobody witnessed it":                plain,
			"somebody did whom nobody trusts":    witnessed(t, foreign, plain, noon().Add(time.Hour)),
			"witnessed when it was too late":     witnessed(t, trusted, plain, closes),
			"witnessed by a clock that is ahead": witnessed(t, trusted, plain, closes.Add(time.Hour)),
		} {
			paper.cms = cms
			w.unchanged(func() {
				if p := paper.arrives().refusedAs(t, http.StatusConflict, "contract_exists"); p.Rule != "R-3.8" {
					t.Errorf("%s: refused by %s", name, p.Rule)
				}
			})
		}
		at := closes.Add(-time.Second)
		paper.cms = witnessed(t, trusted, plain, at)
		paper.arrives().ok(t)
		n, _ := w.notification(notificationID)
		if last := n.Trail[len(n.Trail)-1]; !n.SignedAt.Equal(at) || !last.At.Equal(w.clock.now()) {
			t.Errorf("signed at %v, arrived at %v", n.SignedAt, last.At)
		}
		w.catchUp()
		if a.asked != 1 || len(a.given[0].Stamps) != 0 {
			t.Errorf("asked %d times for %+v: it has a witness", a.asked, a.given)
		}
	})
}

// TestACertificateOfAKeyIsJudgedWhenItWasWitnessed: the signer's is good for two years.
func TestACertificateOfAKeyIsJudgedWhenItWasWitnessed(t *testing.T) {
	root, trusted := stampers()
	onBoth(t, func(t *testing.T, w *world) {
		w = served(t, w.store, func(c *server.Config) {
			c.Trust = signing.DemoTrust(keys(t).Certificate, root.Certificate)
		})
		w.play(prepared)
		paper := w.reserved(person("auditor"), "auditor", "/v1/certificates/"+certificateID+"/sign", 1, w.certificate().File)
		w.clock.set(noon().AddDate(2, 0, 1))
		w.prolong(person("auditor"))
		w.unchanged(func() { paper.arrives().refusedAs(t, http.StatusUnprocessableEntity, "signature_invalid") })
		paper.cms = witnessed(t, trusted, paper.cms, noon().Add(-time.Hour)) // by a clock that is before its file
		paper.arrives().ok(t)
		if c := w.certificate(); c.State != control.Signed || !c.SignedAt.Equal(noon()) {
			t.Errorf("it is %s, signed at %v", c.State, c.SignedAt)
		}
	})
}

package server_test

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server/store"
	"baqylau/signing"
	"baqylau/signing/demo"
)

// bomb is nested indefinite lengths: n bytes of 30 80.
func bomb(n int) []byte { return bytes.Repeat([]byte{0x30, 0x80}, n/2) }

// signatures are everything that may be offered in the place of a person's signature over a file.
func signatures(t *testing.T, w *world, person string, file []byte) map[string]struct {
	cms    []byte
	reason string
} {
	t.Helper()
	good := signed(t, key(t, person, demo.Signing), file)
	bent := bytes.Clone(good)
	bent[len(bent)-9]++ // in the signature itself
	a, err := forged()
	if err != nil {
		t.Fatal(err)
	}
	text := w.challenge()
	other := bytes.Clone(file)
	other[len(other)/2]++
	return map[string]struct {
		cms    []byte
		reason string
	}{
		"over other bytes":             {signed(t, key(t, person, demo.Signing), other), "wrong_document"},
		"by another person":            {signed(t, key(t, "second-auditor", demo.Signing), file), "wrong_signer"},
		"by nobody enrolled":           {signed(t, key(t, "stranger", demo.Signing), file), "wrong_signer"},
		"with one byte changed":        {bent, "signature_invalid"},
		"by another authority's key":   {signed(t, opened(t, a, "auditor", demo.Signing), file), "signature_invalid"},
		"a login's":                    {loginCMS(t, key(t, person, demo.Signing), text, noon()), "wrong_document"},
		"a login's by the AUTH key":    {loginCMS(t, key(t, person, demo.Auth), text, noon()), "wrong_document"},
		"cut short":                    {good[:len(good)/2], "signature_invalid"},
		"with something behind":        {append(bytes.Clone(good), 0), "signature_invalid"},
		"empty":                        {[]byte{}, "signature_invalid"},
		"much junk":                    {bytes.Repeat([]byte("junk"), 190_000), "signature_invalid"},
		"a megabyte of junk":           {bytes.Repeat([]byte("junk"), 1<<18), "bad_input"},
		"many nested lengths":          {bomb(760_000), "signature_invalid"},
		"a megabyte of nested lengths": {bomb(1 << 20), "bad_input"},
	}
}

// TestOnlyTheApproversSignatureOverExactlyTheFileApproves.
func TestOnlyTheApproversSignatureOverExactlyTheFileApproves(t *testing.T) {
	w := at(t, ready)
	n, version := w.notification(notificationID)
	file := w.get(person("approver"), "/v1/files/"+n.File).ok(t).body
	for name, c := range signatures(t, w, "approver", file) {
		t.Run(name, func(t *testing.T) {
			if name == "by another authority's key" {
				c.reason = "wrong_signer" // it names the auditor
			}
			w.nothingStored(t, digest(c.cms), func() {
				w.postAt(person("approver"), "/v1/notifications/"+notificationID+"/approve", version,
					api.SignCommand{Digest: n.File, CMS: c.cms}).refusedAs(t, http.StatusUnprocessableEntity, c.reason)
			})
		})
	}
	good := signed(t, key(t, "approver", demo.Signing), file)
	w.postAt(person("approver"), "/v1/notifications/"+notificationID+"/approve", version, api.SignCommand{Digest: n.File, CMS: good}).ok(t)
}

// TestOnlyTheAssigneesSignatureOverExactlyTheFileCertifies.
func TestOnlyTheAssigneesSignatureOverExactlyTheFileCertifies(t *testing.T) {
	w := at(t, prepared)
	c := w.certificate()
	file := w.get(person("auditor"), "/v1/files/"+c.File).ok(t).body
	sign := func(cms []byte) answer {
		return w.postAt(person("auditor"), "/v1/certificates/"+certificateID+"/sign", 1, api.SignCommand{Digest: c.File, CMS: cms})
	}
	for name, s := range signatures(t, w, "auditor", file) {
		if name == "a login's by the AUTH key" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			w.nothingStored(t, digest(s.cms), func() { sign(s.cms).refusedAs(t, http.StatusUnprocessableEntity, s.reason) })
		})
	}
	sign(signed(t, key(t, "auditor", demo.Signing), file)).ok(t)
}

// nothingStored demands that f leaves no event and no file behind.
func (w *world) nothingStored(t *testing.T, file string, f func()) {
	t.Helper()
	w.unchanged(f)
	err := w.store.View(t.Context(), func(tx *store.Tx) error {
		if _, _, err := tx.File(file); err == nil {
			t.Error("the refused signature was stored")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestTheReferenceTimeIsTheCentres: a certificate that was good when the client signed, by its own
// clock, is not good at the centre once it has expired there.
func TestTheReferenceTimeIsTheCentres(t *testing.T) {
	w := at(t, ready)
	n, version := w.notification(notificationID)
	file := w.get(person("approver"), "/v1/files/"+n.File).ok(t).body
	cms := signed(t, key(t, "approver", demo.Signing), file)
	approve := func() answer {
		return w.postAt(person("approver"), "/v1/notifications/"+notificationID+"/approve", version, api.SignCommand{Digest: n.File, CMS: cms})
	}
	w.prolong(person("approver"))
	w.clock.set(noon().AddDate(2, 0, 1))
	approve().refusedAs(t, http.StatusUnprocessableEntity, "signature_invalid")
	w.clock.set(noon())
	approve().ok(t)
}

// prolong makes somebody's session last for ten years.
func (w *world) prolong(p who) {
	w.t.Helper()
	err := w.store.Update(w.t.Context(), func(tx *store.Tx) error {
		if err := tx.EndSessions(p.iin); err != nil {
			return err
		}
		return tx.PutSession(digest([]byte(p.token())), p.iin, noon().AddDate(10, 0, 0))
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestASignatureIsForTheFileThatWasSeen: what was prepared anew, or changed since, must be seen anew.
func TestASignatureIsForTheFileThatWasSeen(t *testing.T) {
	t.Run("a notification prepared anew", func(t *testing.T) {
		w := at(t, ready)
		old, _ := w.notification(notificationID)
		file := w.get(person("approver"), "/v1/files/"+old.File).ok(t).body
		w.clock.set(noon().Add(time.Minute))
		w.act(person("approver"), notificationID, "prepare", nil).ok(t)
		fresh, _ := w.notification(notificationID)
		if fresh.File == old.File {
			t.Skip("the same minute gives the same file")
		}
		w.unchanged(func() {
			w.act(person("approver"), notificationID, "approve", api.SignCommand{
				Digest: old.File, CMS: signed(t, key(t, "approver", demo.Signing), file),
			}).refusedAs(t, http.StatusConflict, "digest_changed")
		})
	})
	t.Run("a file that another approver prepared", func(t *testing.T) {
		w := at(t, ready)
		old, _ := w.notification(notificationID)
		w.act(person("approver"), notificationID, "agree", api.AgreeCommand{Next: person("A/auditor_approver").iin}).ok(t)
		w.unchanged(func() {
			w.act(person("A/auditor_approver"), notificationID, "approve", api.SignCommand{Digest: old.File, CMS: []byte(bad)}).
				refusedAs(t, http.StatusConflict, "digest_changed")
		})
		n, _ := w.notification(notificationID)
		agreement, _ := at(t, inAgreement).notification(notificationID)
		if n.File != agreement.File {
			t.Errorf("the file in agreement is still the one that names %s", n.Trail[len(n.Trail)-1].Name)
		}
	})
	t.Run("a certificate prepared anew", func(t *testing.T) {
		w := at(t, prepared)
		old := w.certificate()
		w.post(person("auditor"), "/v1/certificates", api.CertificateCommand{ID: secondID, Purchase: w.hero().ID, Direction: control.D1}).ok(t)
		file := w.get(person("auditor"), "/v1/files/"+old.File).ok(t).body
		w.unchanged(func() {
			p := w.postAt(person("auditor"), "/v1/certificates/"+certificateID+"/sign", 2, api.SignCommand{
				Digest: old.File, CMS: signed(t, key(t, "auditor", demo.Signing), file),
			}).refusedAs(t, http.StatusConflict, "digest_changed") // not "signed already": it never was
			inWords(t, p)
		})
	})
	t.Run("a certificate whose marks have changed", func(t *testing.T) {
		w := at(t, prepared)
		c, p := w.certificate(), w.hero()
		w.post(person("auditor"), "/v1/marks", api.MarksCommand{
			Purchase: p.ID, Direction: control.D1, Lots: []api.LotMarks{checkedAll(t, p.Lots[2].ID, 1, 3)},
		}).each(t)
		file := w.get(person("auditor"), "/v1/files/"+c.File).ok(t).body
		w.unchanged(func() {
			w.postAt(person("auditor"), "/v1/certificates/"+certificateID+"/sign", 1, api.SignCommand{
				Digest: c.File, CMS: signed(t, key(t, "auditor", demo.Signing), file),
			}).refusedAs(t, http.StatusConflict, "digest_changed")
		})
	})
	t.Run("a certificate that is signed", func(t *testing.T) {
		w := at(t, certified)
		c := w.certificate()
		w.unchanged(func() {
			w.postAt(person("auditor"), "/v1/certificates/"+certificateID+"/sign", 2, api.SignCommand{Digest: c.File, CMS: []byte(bad)}).
				refusedAs(t, http.StatusConflict, "certificate_signed")
		})
	})
}

// TestANewCertificateSupersedesTheOldOne, both are kept.
func TestANewCertificateSupersedesTheOldOne(t *testing.T) {
	w := at(t, certified)
	c := body[api.Certificate](t, w.post(person("auditor"), "/v1/certificates", api.CertificateCommand{
		ID: secondID, Purchase: w.hero().ID, Direction: control.D1,
	}).changed(t, "certificate", secondID))
	if old := w.certificate(); old.State != control.Signed {
		t.Errorf("the old one is %s before the new one is signed", old.State)
	}
	file := w.get(person("auditor"), "/v1/files/"+c.File).ok(t).body
	w.postAt(person("auditor"), "/v1/certificates/"+secondID+"/sign", 1, api.SignCommand{
		Digest: c.File, CMS: signed(t, key(t, "auditor", demo.Signing), file),
	}).ok(t)
	old := w.certificate()
	if old.State != control.Superseded {
		t.Errorf("the old one is %s", old.State)
	}
	w.get(person("auditor"), "/v1/files/"+old.File).ok(t)
	w.get(person("auditor"), "/v1/files/"+old.Signature).ok(t)
}

// TestTheStoredSignatureVerifies: what the centre hands out is what OpenSSL and our own report accept.
func TestTheStoredSignatureVerifies(t *testing.T) {
	w := at(t, delivered)
	n, _ := w.notification(notificationID)
	file := w.get(person("organizer"), "/v1/files/"+n.File).ok(t).body
	cms := w.get(person("organizer"), "/v1/files/"+n.Signature).ok(t).body
	report := signing.Verify(file, cms, noon(), signing.Policy{
		Trust: signing.DemoTrust(keys(t).Certificate), ExpectIIN: person("approver").iin, ExpectBIN: departmentBIN,
		RequireNonRepudiation: true, RequireSigningCertificate: true,
	})
	if !report.Valid() {
		t.Errorf("%+v", report.Steps)
	}
}

package signing_test

import (
	"bytes"
	"crypto/x509"
	"testing"
	"time"

	"baqylau/signing"
	"baqylau/signing/testpki"
)

// years is when everything that signed and answered has long ended.
func years() time.Time { return today().AddDate(20, 0, 0) }

// kept is the signature with all that it takes to verify it years later.
func (w *world) kept(t testing.TB) []byte {
	t.Helper()
	at := today().Add(time.Minute)
	evidence := both(stamps(t, w.stamper.Stamp(w.token(t, at))), answers(t, w.responder.OCSP(w.good(at))))
	evidence.Certificates = []*x509.Certificate{w.signer.Certificate, w.root.Certificate}
	cms, err := signing.Enrich(w.cms, 0, evidence)
	if err != nil {
		t.Fatal(err)
	}
	return cms
}

func TestASignatureWithItsEvidenceVerifiesYearsLaterWithNothingElse(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		report := signing.Verify(w.document, w.kept(t), years(), w.policy())
		for _, name := range []signing.StepName{
			signing.StepIntegrity, signing.StepSignature, signing.StepChain, signing.StepValidity,
			signing.StepKeyUsage, signing.StepRevocation, signing.StepTimestamp,
		} {
			finds(t, report, name, signing.Passed, "")
		}
		if !report.Valid() || !report.Witnessed.Equal(today().Add(time.Minute)) {
			t.Errorf("valid %v, witnessed %v", report.Valid(), report.Witnessed)
		}
		bare := signing.Verify(w.document, w.cms, years(), w.policy())
		finds(t, bare, signing.StepValidity, signing.Failed, "expired")
	})
}

func TestARevocationAfterTheStampLeavesTheSignatureStanding(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		stamped := today().Add(time.Second)
		evidence := stamps(t, w.stamper.Stamp(w.token(t, stamped)))
		list := func(at time.Time) signing.Evidence {
			return crls(t, w.root.CRL(w.list(5, now(), w.entry(at, 1))))
		}
		later, before := list(stamped.Add(time.Second)), list(stamped.Add(-time.Second))
		finds(t, w.verify(now(), both(evidence, later)), signing.StepRevocation, signing.Passed, "")
		finds(t, w.verify(now(), both(evidence, before)), signing.StepRevocation, signing.Failed, "revoked")
		finds(t, w.verify(now(), later), signing.StepRevocation, signing.Failed, "revoked")
	})
}

func TestKeepingEvidenceTouchesNothingThatIsSigned(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		once := w.kept(t)
		before, err := signing.SignatureOf(w.cms)
		if err != nil {
			t.Fatal(err)
		}
		after, err := signing.SignatureOf(once)
		if err != nil || !bytes.Equal(before, after) {
			t.Errorf("the signature changed: %v", err)
		}
		more := crls(t, w.root.CRL(w.list(5, today())))
		twice, err := signing.Enrich(once, 0, more)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := signing.Enrich(twice, 0, more); err != nil || !bytes.Equal(again, twice) {
			t.Errorf("the same evidence is put in twice: %v", err)
		}
		if same, err := signing.Enrich(w.cms, 0, signing.Evidence{}); err != nil || !bytes.Equal(same, w.cms) {
			t.Errorf("no evidence changes the signature: %v", err)
		}
		valid(t, signing.Verify(w.document, twice, years(), w.policy()))
		_, err = signing.Enrich(w.cms, 1, more)
		refused(t, err, "no_signer")
	})
}

func TestEvidenceThatCantBeReadIsSaid(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		kept := w.kept(t)
		for _, c := range []struct {
			name   string
			oid    []byte
			step   signing.StepName
			reason string
		}{
			{"stamp", []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 14}, signing.StepTimestamp, "stamp_malformed"},
			{"answers", []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 24}, signing.StepRevocation, "evidence_malformed"},
		} {
			broken := bytes.Clone(kept)
			at := bytes.Index(broken, c.oid) + len(c.oid)
			for broken[at] != 0x30 {
				at++
			}
			broken[at] = 0x31 // the value is no SEQUENCE
			report := signing.Verify(w.document, broken, now(), w.policy())
			if step := report.Step(c.step); step.Outcome == signing.Passed || step.Reason != c.reason {
				t.Errorf("%s: %s %q; want %q", c.name, step.Outcome, step.Reason, c.reason)
			}
		}
	})
}

func TestTheAuthoritiesInBetweenAreJudgedToo(t *testing.T) {
	for _, kind := range []testpki.Kind{testpki.ECDSA, testpki.GOST} {
		w := newWorld(t, kind)
		middle := w.root.Issue(testpki.Order{Name: "MIDDLE", Authority: true})
		signer := middle.Issue(testpki.Order{Name: "SIGNER", IIN: auditorIIN})
		list := w.list(5, today(), others(3)...)
		policy := w.policy()
		policy.Evidence = crls(t, middle.CRL(list))
		policy.Evidence.Certificates = []*x509.Certificate{middle.Certificate}
		cms := signer.CMS(w.document, today())
		verify := func(more ...[]byte) signing.Report {
			p := policy
			p.Evidence.CRLs = append(crls(t, more...).CRLs, policy.Evidence.CRLs...)
			return signing.Verify(w.document, cms, now(), p)
		}
		finds(t, verify(), signing.StepRevocation, signing.NotChecked, "issuer_unknown")
		finds(t, verify(w.root.CRL(list)), signing.StepRevocation, signing.Passed, "")
		list.Revoked = []testpki.Entry{{Serial: middle.Certificate.SerialNumber, At: today()}}
		finds(t, verify(w.root.CRL(list)), signing.StepRevocation, signing.Failed, "issuer_revoked")
	}
}

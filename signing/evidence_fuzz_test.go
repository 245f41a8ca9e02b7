package signing_test

import (
	"crypto/x509"
	"testing"

	"baqylau/signing"
	"baqylau/signing/testpki"
)

// The fuzzers look for a panic, and for evidence of a fresh authority's that says something else than
// the authority has said: only a mutation of a seed made in the run can hold.

func FuzzStamp(f *testing.F) {
	w := newWorld(f, testpki.ECDSA)
	honest := w.stamper.Stamp(w.token(f, today()))
	foreign := w.token(f, today())
	foreign.Over = []byte("x")
	f.Add(honest)
	f.Add(indefinite(f, honest))
	f.Add(w.stamper.Stamp(foreign))
	f.Add(testpki.Reply(honest))
	question, err := signing.NewStampRequest(w.cms, 0, "", []byte("0123456789abcdef"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		if _, err := question.Read(der, w.policy().Trust, today()); err == nil {
			t.Fatal("nobody has answered this nonce")
		}
		stamp, err := signing.ParseStamp(der)
		if err != nil {
			return
		}
		report := w.verify(now(), signing.Evidence{Stamps: []*signing.Stamp{stamp}})
		if report.Step(signing.StepTimestamp).Outcome == signing.Passed && !report.Witnessed.Equal(today()) {
			t.Fatalf("witnessed %v", report.Witnessed)
		}
	})
}

func FuzzOCSP(f *testing.F) {
	w := newWorld(f, testpki.ECDSA)
	word := w.good(now())
	word.Status, word.RevokedAt, word.Reason = testpki.Revoked, today(), 1
	f.Add(w.responder.OCSP(word))
	word.ByKey, word.SHA1, word.Nonce = true, true, []byte("0123456789abcdef")
	f.Add(w.responder.OCSP(word))
	word.Bundle = []*x509.Certificate{w.signer.Certificate}
	word.Status = testpki.Good
	f.Add(w.signer.OCSP(word))
	f.Add(testpki.Trouble(3))
	f.Fuzz(func(t *testing.T, der []byte) {
		answer, err := signing.ParseOCSPAnswer(der)
		if err != nil {
			return
		}
		step := w.verify(now(), signing.Evidence{OCSP: []*signing.OCSPAnswer{answer}}).Step(signing.StepRevocation)
		if step.Outcome == signing.Passed {
			t.Fatal("the authority has only ever said that it is revoked")
		}
	})
}

func FuzzCRL(f *testing.F) {
	w := newWorld(f, testpki.ECDSA)
	list := w.list(5, today(), append(others(2), w.entry(today(), 1))...)
	f.Add(w.root.CRL(list))
	list.Point, list.Base = place("http://crl.test/full"), base(3)
	f.Add(w.root.CRL(list))
	list.Point = point(4)
	f.Add(w.root.CRL(list))
	f.Fuzz(func(t *testing.T, der []byte) {
		read, err := signing.ParseCRL(der)
		if err != nil {
			return
		}
		step := w.verify(now(), signing.Evidence{CRLs: []*signing.CRL{read}}).Step(signing.StepRevocation)
		if step.Outcome == signing.Passed {
			t.Fatal("the authority has only ever said that it is revoked")
		}
	})
}

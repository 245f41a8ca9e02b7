package signing_test

import (
	"crypto/x509"
	encoding "encoding/asn1"
	"math/big"
	"testing"
	"time"

	"baqylau/signing"
	"baqylau/signing/testpki"
)

func TestATimestampWitnessesTheTimeOfASignature(t *testing.T) {
	const passed, failed, open = signing.Passed, signing.Failed, signing.NotChecked
	stampers := func(change func(*testpki.Order)) func(w *world) *testpki.Party {
		return func(w *world) *testpki.Party {
			order := testpki.Order{Name: "TSA 2", Extended: []string{testpki.KeyTimeStamping}, Critical: true}
			change(&order)
			return w.root.Issue(order)
		}
	}
	honest := func(*world, *testpki.Token) {}
	for _, c := range []struct {
		name    string
		by      func(w *world) *testpki.Party // nil for the authority for timestamps
		change  func(w *world, s *testpki.Token)
		outcome signing.Outcome
		reason  string
	}{
		{"honest", nil, honest, passed, ""},
		{"with an imprint by SHA-256", nil, func(_ *world, s *testpki.Token) { s.Hash = testpki.OIDSHA256 }, passed, ""},
		{"with an imprint by Streebog", nil, func(_ *world, s *testpki.Token) { s.Hash = testpki.OIDStreebog512 }, passed, ""},
		{"with an imprint by SHA-1", nil, func(_ *world, s *testpki.Token) { s.Hash = testpki.OIDSHA1 }, failed, "stamp_weak"},
		{"over other bytes", nil, func(_ *world, s *testpki.Token) { s.Over = []byte("other bytes") }, failed, "stamp_other_bytes"},
		{"over another signature of the same document", nil, func(w *world, s *testpki.Token) {
			s.Over = (&world{cms: w.signer.CMS(w.document, today().Add(time.Minute))}).signature(t)
		}, failed, "stamp_other_bytes"},
		{"of a time to come", nil, func(_ *world, s *testpki.Token) { s.At = now().AddDate(0, 0, 1) }, open, "stamp_future"},
		{"by another authority", func(w *world) *testpki.Party {
			return testpki.NewRoot(w.root.Kind(), "FOREIGN", today()).
				Issue(testpki.Order{Name: "TSA", Extended: []string{testpki.KeyTimeStamping}, Critical: true})
		}, honest, failed, "stamp_untrusted"},
		{"in the authority's name, by another key", func(w *world) *testpki.Party {
			return &testpki.Party{Certificate: w.stamper.Certificate, Key: w.responder.Key}
		}, honest, failed, "stamp_signature"},
		{"by an ordinary certificate", func(w *world) *testpki.Party { return w.signer }, honest, failed, "stamp_not_entitled"},
		{"by one that may do other things too", stampers(func(o *testpki.Order) { o.Extended = append(o.Extended, testpki.KeyOCSPSigning) }), honest, failed, "stamp_not_entitled"},
		{"by one that may do something unknown too", stampers(func(o *testpki.Order) { o.Extended = append(o.Extended, "1.2.398.3.3.4.1.1") }), honest, failed, "stamp_not_entitled"},
		{"by one whose purpose isn't critical", stampers(func(o *testpki.Order) { o.Critical = false }), honest, failed, "stamp_not_entitled"},
		{"by one that may not sign", stampers(func(o *testpki.Order) { o.Usage = x509.KeyUsageKeyEncipherment }), honest, failed, "stamp_not_entitled"},
		{"by one that has ended", stampers(func(o *testpki.Order) { o.From, o.To = today().AddDate(-2, 0, 0), today().AddDate(-1, 0, 0) }), honest, failed, "stamp_authority_expired"},
		{"by one that began later", stampers(func(o *testpki.Order) { o.From, o.To = now(), now().AddDate(1, 0, 0) }), honest, failed, "stamp_authority_expired"},
		{"without the authority's certificate", nil, func(w *world, s *testpki.Token) { s.Bundle = []*x509.Certificate{w.root.Certificate} }, failed, "stamp_no_certificate"},
		{"that names another certificate under it", nil, func(w *world, s *testpki.Token) { s.Named = w.signer.Certificate }, failed, "stamp_other_certificate"},
		{"that names no certificate under it", nil, func(_ *world, s *testpki.Token) { s.Unnamed = true }, failed, "stamp_other_certificate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				token, by := w.token(t, today().Add(time.Second)), w.stamper
				c.change(w, &token)
				if c.by != nil {
					by = c.by(w).As(w.root)
				}
				report := w.verify(now(), stamps(t, by.Stamp(token)))
				finds(t, report, signing.StepTimestamp, c.outcome, c.reason)
				want := now()
				if c.outcome == passed {
					want = token.At
				}
				if !report.At.Equal(want) {
					t.Errorf("judged at %v; want %v", report.At, want)
				}
			})
		})
	}
}

func TestTheTimeThatCountsIsTheEarliestWitnessed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first, later := w.token(t, today().Add(time.Second)), w.token(t, today().Add(time.Hour))
		foreign := w.token(t, today())
		foreign.Over = []byte("x")
		report := w.verify(now(), stamps(t, w.stamper.Stamp(foreign), w.stamper.Stamp(later), w.stamper.Stamp(first)))
		finds(t, report, signing.StepTimestamp, signing.Passed, "")
		if !report.Witnessed.Equal(first.At) || !report.At.Equal(first.At) {
			t.Errorf("witnessed %v, judged at %v; want %v", report.Witnessed, report.At, first.At)
		}
	})
}

func TestATimestampOfARevokedAuthorityWitnessesNothingMore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		stamped := today().Add(time.Second)
		evidence := stamps(t, w.stamper.Stamp(w.token(t, stamped)))
		revoked := func(at time.Time, reason int64) signing.Evidence {
			entry := testpki.Entry{Serial: w.stamper.Certificate.SerialNumber, At: at, Reason: reason}
			return both(evidence, crls(t, w.root.CRL(w.list(5, now(), entry))))
		}
		const superseded, stolen = 4, 1
		before, after := stamped.Add(-time.Second), stamped.Add(time.Second)
		finds(t, w.verify(now(), revoked(before, superseded)), signing.StepTimestamp, signing.Failed, "stamp_revoked")
		finds(t, w.verify(now(), revoked(after, superseded)), signing.StepTimestamp, signing.Passed, "")
		// whoever has the key stamps with any time
		report := w.verify(now(), revoked(after, stolen))
		finds(t, report, signing.StepTimestamp, signing.Failed, "stamp_revoked")
		if !report.Witnessed.IsZero() {
			t.Errorf("witnessed %v by a stolen key", report.Witnessed)
		}
	})
}

func TestAStampJustMadeMustBeWhatWasAskedFor(t *testing.T) {
	for _, c := range []struct {
		name   string
		policy string
		change func(w *world, s *testpki.Token)
		code   string
	}{
		{"honest", "", func(*world, *testpki.Token) {}, ""},
		{"honest, under the policy for RSA", signing.StampPolicyRSA, func(*world, *testpki.Token) {}, ""},
		{"honest, under the policy for GOST", signing.StampPolicyGOST, func(*world, *testpki.Token) {}, ""},
		{"another nonce", "", func(_ *world, s *testpki.Token) { s.Nonce = big.NewInt(7) }, "stamp_nonce"},
		{"no nonce", "", func(_ *world, s *testpki.Token) { s.Nonce = nil }, "stamp_nonce"},
		{"another policy", signing.StampPolicyRSA, func(_ *world, s *testpki.Token) { s.Policy = nil }, "stamp_policy"},
		{"other bytes", "", func(_ *world, s *testpki.Token) { s.Sum, s.Over = nil, []byte("x") }, "stamp_other_bytes"},
		{"another hash of the bytes", "", func(w *world, s *testpki.Token) {
			s.Sum, s.Hash, s.Over = nil, testpki.OIDStreebog512, w.signature(t)
		}, "stamp_other_bytes"},
		{"an hour late", "", func(_ *world, s *testpki.Token) { s.At = s.At.Add(time.Hour) }, "stamp_clock"},
		{"an hour early", "", func(_ *world, s *testpki.Token) { s.At = s.At.Add(-time.Hour) }, "stamp_clock"},
		{"something else than a timestamp", "", func(_ *world, s *testpki.Token) {
			s.Other = encoding.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
		}, "stamp_content"},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				question, err := signing.NewStampRequest(w.cms, 0, c.policy, []byte("0123456789abcdef"))
				if err != nil {
					t.Fatal(err)
				}
				der, err := question.Bytes()
				if err != nil {
					t.Fatal(err)
				}
				query, err := testpki.ReadQuery(der)
				if err != nil || !query.Bundle {
					t.Fatalf("the query can't be read: %v", err)
				}
				token := query.Token(now())
				c.change(w, &token)
				_, err = question.Read(testpki.Reply(w.stamper.Stamp(token)), w.policy().Trust, now())
				refused(t, err, c.code)
			})
		})
	}
}

func TestAnAuthorityThatStampsNothingSaysSo(t *testing.T) {
	w := newWorld(t, testpki.ECDSA)
	question, err := signing.NewStampRequest(w.cms, 0, "", []byte("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	for answer, code := range map[string]string{
		string(testpki.Rejection()): "stamp_denied", "": "stamp_malformed", "<html>": "stamp_malformed", "\x30\x00": "stamp_malformed",
		string(testpki.Reply([]byte{0x30, 0})): "stamp_malformed",
	} {
		_, err := question.Read([]byte(answer), w.policy().Trust, now())
		refused(t, err, code)
	}
	_, err = signing.NewStampRequest([]byte("no CMS"), 0, "", nil)
	refused(t, err, "malformed")
	_, err = signing.NewStampRequest(w.cms, 0, "no policy", nil)
	refused(t, err, "stamp_policy")
	_, err = signing.NewStampRequest(w.cms, 1, "", nil)
	refused(t, err, "no_signer")
}

package signing_test

import (
	"crypto/x509"
	"testing"
	"time"

	"baqylau/signing"
	"baqylau/signing/testpki"
)

func TestAnAnswerOfTheAuthorityOrItsDelegateTellsWhetherACertificateIsRevoked(t *testing.T) {
	const passed, failed, open = signing.Passed, signing.Failed, signing.NotChecked
	for _, c := range []struct {
		name    string
		by      func(w *world) *testpki.Party // nil for the delegate
		change  func(w *world, a *testpki.Word)
		outcome signing.Outcome
		reason  string
	}{
		{"good, by the delegate", nil, func(*world, *testpki.Word) {}, passed, ""},
		{"good, by the delegate's key", nil, func(_ *world, a *testpki.Word) { a.ByKey = true }, passed, ""},
		{"good, by the authority itself", func(w *world) *testpki.Party { return w.root }, func(_ *world, a *testpki.Word) { a.Bundle = nil }, passed, ""},
		{"good, naming the certificate by SHA-1", nil, func(_ *world, a *testpki.Word) { a.SHA1 = true }, passed, ""},
		{"good, said later", nil, func(_ *world, a *testpki.Word) { a.This, a.Next = now().AddDate(0, 0, 3), now().AddDate(0, 0, 4) }, passed, ""},
		{"good, with no end and fresh", nil, func(_ *world, a *testpki.Word) { a.This, a.Next = now().Add(-23*time.Hour), time.Time{} }, passed, ""},
		{"good, with no end and old", nil, func(_ *world, a *testpki.Word) { a.This, a.Next = now().Add(-25*time.Hour), time.Time{} }, open, "revocation_stale"},
		{"good, but of yesterday", nil, func(_ *world, a *testpki.Word) { a.This, a.Next = now().Add(-time.Hour), now().Add(-time.Second) }, open, "revocation_stale"},
		{"good, when the certificate had long ended", nil, func(w *world, a *testpki.Word) {
			a.This = w.signer.Certificate.NotAfter.AddDate(0, 0, 1)
			a.Next = a.This.Add(time.Hour)
		}, open, "revocation_too_late"},
		{"revoked before", nil, func(_ *world, a *testpki.Word) { a.Status, a.RevokedAt, a.Reason = testpki.Revoked, today(), 1 }, failed, "revoked"},
		{"revoked at the very time", nil, func(_ *world, a *testpki.Word) { a.Status, a.RevokedAt = testpki.Revoked, now() }, failed, "revoked"},
		{"revoked later", nil, func(_ *world, a *testpki.Word) {
			a.Status, a.RevokedAt = testpki.Revoked, now().Add(time.Second)
			a.This, a.Next = now().Add(time.Hour), now().Add(2*time.Hour)
		}, passed, ""},
		{"revoked, in an old answer", nil, func(_ *world, a *testpki.Word) {
			a.Status, a.RevokedAt, a.This, a.Next = testpki.Revoked, today().Add(-time.Hour), today(), today().Add(time.Hour)
		}, failed, "revoked"},
		{"suspended", nil, func(_ *world, a *testpki.Word) { a.Status, a.RevokedAt, a.Reason = testpki.Revoked, today(), 6 }, failed, "suspended"},
		{"unknown to the authority", nil, func(_ *world, a *testpki.Word) { a.Status = testpki.Unknown }, open, "revocation_unknown"},
		{"about another certificate", nil, func(w *world, a *testpki.Word) { a.Certificate = w.stamper.Certificate }, open, "no_revocation"},
		{"about another authority's certificate", nil, func(w *world, a *testpki.Word) { a.Authority = w.stamper.Certificate }, open, "no_revocation"},
		{
			"by an ordinary certificate of the authority",
			func(w *world) *testpki.Party { return w.signer },
			func(w *world, a *testpki.Word) { a.Bundle = []*x509.Certificate{w.signer.Certificate} },
			open, "ocsp_not_entitled",
		},
		{
			"by another authority's delegate",
			func(w *world) *testpki.Party { return w.foreign },
			func(w *world, a *testpki.Word) { a.Bundle = []*x509.Certificate{w.foreign.Certificate} },
			open, "ocsp_other_issuer",
		},
		{"by a delegate whose certificate isn't there", nil, func(_ *world, a *testpki.Word) { a.Bundle = nil }, open, "ocsp_other_issuer"},
		{"in the delegate's name, by another key", func(w *world) *testpki.Party {
			return &testpki.Party{Certificate: w.responder.Certificate, Key: w.stamper.Key}
		}, func(*world, *testpki.Word) {}, open, "ocsp_signature"},
		{"by a delegate whose certificate has ended", func(w *world) *testpki.Party { return w.ended }, func(w *world, a *testpki.Word) {
			a.Bundle = []*x509.Certificate{w.ended.Certificate}
		}, open, "ocsp_responder_expired"},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				word, by := w.good(now().Add(-time.Minute)), w.responder
				c.change(w, &word)
				if c.by != nil {
					by = c.by(w).As(w.root)
				}
				finds(t, w.verify(now(), answers(t, by.OCSP(word))), signing.StepRevocation, c.outcome, c.reason)
			})
		})
	}
}

func TestAnAnswerCountsForNothingOnceItsDelegateIsRevoked(t *testing.T) {
	const superseded, stolen, hold = 4, 1, 6
	const delegates = "http://crl.test/delegates" // where a list lies that says nothing of signers
	each(t, func(t *testing.T, w *world) {
		at := now().Add(-time.Minute)
		responder := w.root.Issue(testpki.Order{Name: "OCSP 4", Extended: []string{testpki.KeyOCSPSigning}, CRL: []string{delegates}})
		word := w.good(at)
		word.Bundle = []*x509.Certificate{responder.Certificate}
		answered := answers(t, responder.OCSP(word))
		for _, c := range []struct {
			name    string
			revoked *testpki.Party
			at      time.Time
			reason  int64
			by      *testpki.Party
			want    string
		}{
			{"another delegate was", w.stamper, at, superseded, w.root, ""},
			{"it was when it answered", responder, at, superseded, w.root, "ocsp_responder_revoked"},
			{"it was suspended when it answered", responder, at, hold, w.root, "ocsp_responder_revoked"},
			{"later", responder, at.Add(time.Second), superseded, w.root, ""},
			{"later, for a stolen key", responder, at.Add(time.Second), stolen, w.root, "ocsp_responder_revoked"},
			{"by an authority of the same name", responder, at, stolen, testpki.NewRoot(w.root.Kind(), "ROOT", today()), ""},
		} {
			list := w.list(5, now(), testpki.Entry{Serial: c.revoked.Certificate.SerialNumber, At: c.at, Reason: c.reason})
			list.Point = place(delegates)
			outcome := signing.Passed
			if c.want != "" {
				outcome = signing.NotChecked
			}
			step := w.verify(now(), both(answered, crls(t, c.by.CRL(list)))).Step(signing.StepRevocation)
			if step.Outcome != outcome || step.Reason != c.want {
				t.Errorf("%s: %s %q; want %s %q", c.name, step.Outcome, step.Reason, outcome, c.want)
			}
		}
	})
}

func TestAnAnswerJustFetchedMustBeToWhatWasAsked(t *testing.T) {
	nonce := []byte("0123456789abcdef")
	for _, c := range []struct {
		name   string
		change func(w *world, a *testpki.Word)
		code   string
	}{
		{"honest", func(*world, *testpki.Word) {}, ""},
		{"another nonce", func(_ *world, a *testpki.Word) { a.Nonce = []byte("fedcba9876543210") }, "ocsp_nonce"},
		{"no nonce", func(_ *world, a *testpki.Word) { a.Nonce = nil }, "ocsp_nonce"},
		{"another certificate", func(w *world, a *testpki.Word) { a.Certificate = w.stamper.Certificate }, "ocsp_other_certificate"},
		{"stale", func(_ *world, a *testpki.Word) { a.This, a.Next = now().AddDate(0, 0, -2), now().AddDate(0, 0, -1) }, "ocsp_stale"},
		{"from the future", func(_ *world, a *testpki.Word) { a.This, a.Next = now().AddDate(0, 0, 1), now().AddDate(0, 0, 2) }, "ocsp_future"},
		{"produced in the future", func(_ *world, a *testpki.Word) { a.Produced = now().AddDate(0, 0, 1) }, "ocsp_future"},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				question := signing.NewOCSPRequest(w.signer.Certificate, w.root.Certificate, nonce)
				der, err := question.Bytes()
				if err != nil {
					t.Fatal(err)
				}
				asked, ok := testpki.ReadQuestion(der)
				if !ok || asked.Serial.Cmp(w.signer.Certificate.SerialNumber) != 0 {
					t.Fatalf("the question can't be read: %x", der)
				}
				word := w.good(now())
				word.Nonce = asked.Nonce
				c.change(w, &word)
				_, err = question.Read(w.responder.OCSP(word), now())
				refused(t, err, c.code)
			})
		})
	}
}

func TestAServiceThatHasNoAnswerSaysWhy(t *testing.T) {
	for status, code := range map[int64]string{1: "ocsp_no_answer", 2: "ocsp_no_answer", 3: "ocsp_try_later", 5: "ocsp_denied", 6: "ocsp_denied"} {
		_, err := signing.ParseOCSPAnswer(testpki.Trouble(status))
		refused(t, err, code)
	}
	for _, junk := range []string{"", "0", "<html>403</html>", "\x30\x00", "\x30\x80\x00\x00"} {
		_, err := signing.ParseOCSPAnswer([]byte(junk))
		refused(t, err, "ocsp_malformed")
	}
}

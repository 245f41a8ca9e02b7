package signing_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"math/big"
	"path/filepath"
	"testing"
	"time"

	"baqylau/internal/need"
	"baqylau/signing"
	"baqylau/signing/testpki"
)

func base(n int64) *int64 { return &n }

// point is issuingDistributionPoint in DER with the one flag set.
func point(flag byte) []byte { return []byte{0x30, 3, 0x80 | flag, 1, 0xff} }

// place is issuingDistributionPoint with one address.
func place(uri string) []byte {
	in := append([]byte{0x86, byte(len(uri))}, uri...)
	for _, tag := range []byte{0xa0, 0xa0, 0x30} {
		in = append([]byte{tag, byte(len(in))}, in...)
	}
	return in
}

func TestAListTellsWhetherACertificateIsRevoked(t *testing.T) {
	const passed, failed, open = signing.Passed, signing.Failed, signing.NotChecked
	before, after := today().Add(-time.Hour), now().Add(time.Hour)
	for _, c := range []struct {
		name    string
		lists   func(w *world) []testpki.List
		outcome signing.Outcome
		reason  string
	}{
		{"not in it", func(w *world) []testpki.List { return []testpki.List{w.list(5, before, others(20)...)} }, passed, ""},
		{"not in an empty one", func(w *world) []testpki.List { return []testpki.List{w.list(5, before)} }, passed, ""},
		{"in it", func(w *world) []testpki.List {
			return []testpki.List{w.list(5, before, append(others(20), w.entry(before, 1))...)}
		}, failed, "revoked"},
		{"in an old one", func(w *world) []testpki.List {
			return []testpki.List{w.list(5, today().AddDate(-1, 0, 0), w.entry(today().AddDate(-1, 0, -1), 0))}
		}, failed, "revoked"},
		{"not in an old one", func(w *world) []testpki.List { return []testpki.List{w.list(5, today().AddDate(0, 0, -8))} }, open, "revocation_stale"},
		{"revoked later than looked", func(w *world) []testpki.List { return []testpki.List{w.list(5, after, w.entry(after, 1))} }, passed, ""},
		{"revoked later, but bad before", func(w *world) []testpki.List {
			entry := w.entry(after, 1)
			entry.Invalid = before
			return []testpki.List{w.list(5, after, entry)}
		}, failed, "revoked"},
		{"suspended", func(w *world) []testpki.List { return []testpki.List{w.list(5, before, w.entry(before, 6))} }, failed, "suspended"},
		{"suspended, and then let go", func(w *world) []testpki.List {
			return []testpki.List{w.list(5, before, w.entry(before, 6)), w.list(6, before.Add(time.Minute))}
		}, passed, ""},
		{"revoked in the delta", func(w *world) []testpki.List {
			delta := w.list(7, before.Add(time.Hour), w.entry(before, 1))
			delta.Base = base(5)
			return []testpki.List{w.list(5, before), delta}
		}, failed, "revoked"},
		{"let go in the delta", func(w *world) []testpki.List {
			delta := w.list(7, before.Add(time.Hour), w.entry(before, 8))
			delta.Base = base(5)
			return []testpki.List{w.list(5, before, w.entry(before, 6)), delta}
		}, passed, ""},
		{"let go in the delta of another list", func(w *world) []testpki.List {
			delta := w.list(7, before.Add(time.Hour), w.entry(before, 8))
			delta.Base = base(6)
			return []testpki.List{w.list(5, before, w.entry(before, 6)), delta}
		}, failed, "suspended"},
		{"an old list and a fresh delta", func(w *world) []testpki.List {
			delta := w.list(7, before)
			delta.Base = base(5)
			return []testpki.List{w.list(5, today().AddDate(0, 0, -8)), delta}
		}, passed, ""},
		{"a delta alone", func(w *world) []testpki.List {
			delta := w.list(7, before)
			delta.Base = base(5)
			return []testpki.List{delta}
		}, open, "no_revocation"},
		{"revoked in a delta alone", func(w *world) []testpki.List {
			delta := w.list(7, before, w.entry(before, 1))
			delta.Base = base(5)
			return []testpki.List{delta}
		}, failed, "revoked"},
		{"of users alone", func(w *world) []testpki.List {
			list := w.list(5, before, w.entry(before, 1))
			list.Point = point(1)
			return []testpki.List{list}
		}, failed, "revoked"},
		{"of authorities alone", func(w *world) []testpki.List {
			list := w.list(5, before, w.entry(before, 1))
			list.Point = point(2)
			return []testpki.List{list}
		}, open, "no_revocation"},
		{"of the place that the certificate names", func(w *world) []testpki.List {
			list := w.list(5, before)
			list.Point = place("http://crl.test/full")
			return []testpki.List{list}
		}, passed, ""},
		{"of another place", func(w *world) []testpki.List {
			list := w.list(5, before)
			list.Point = place("http://crl.test/other")
			return []testpki.List{list}
		}, open, "no_revocation"},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				var ders [][]byte
				for _, list := range c.lists(w) {
					ders = append(ders, w.root.CRL(list))
				}
				finds(t, w.verify(now(), crls(t, ders...)), signing.StepRevocation, c.outcome, c.reason)
			})
		})
	}
}

func TestOnlyTheAuthoritysListCounts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		list := w.list(5, today(), w.entry(today(), 1))
		genuine := w.root.CRL(list)
		changed := bytes.Replace(genuine, w.signer.Certificate.SerialNumber.Bytes(), big.NewInt(0).Sub(w.signer.Certificate.SerialNumber, big.NewInt(1)).Bytes(), 1)
		finds(t, w.verify(now(), crls(t, changed)), signing.StepRevocation, signing.NotChecked, "crl_signature")

		namesake := testpki.NewRoot(w.root.Kind(), "ROOT", today())
		finds(t, w.verify(now(), crls(t, namesake.CRL(list))), signing.StepRevocation, signing.NotChecked, "no_revocation")
		stranger := testpki.NewRoot(w.root.Kind(), "STRANGER", today())
		finds(t, w.verify(now(), crls(t, stranger.CRL(list))), signing.StepRevocation, signing.NotChecked, "no_revocation")

		weak := w.root.Issue(testpki.Order{Name: "SUB", Authority: true, Usage: x509.KeyUsageCertSign})
		_, err := signing.ReadCRL(weak.CRL(list), weak.Certificate, now())
		refused(t, err, "crl_not_entitled")
	})
}

func TestListsThatAreRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(w *world, l *testpki.List)
		code   string
	}{
		{"indirect by its extension", func(_ *world, l *testpki.List) { l.Point = point(4) }, "crl_indirect"},
		{"indirect by an entry", func(w *world, l *testpki.List) {
			l.Revoked = []testpki.Entry{{Serial: big.NewInt(1), At: today(), Issuer: true}}
		}, "crl_indirect"},
		{"of attribute certificates", func(_ *world, l *testpki.List) { l.Point = point(5) }, "crl_scope"},
		{"with an unknown critical extension", func(_ *world, l *testpki.List) { l.Strange = true }, "crl_critical"},
		{"without a number", func(_ *world, l *testpki.List) { l.NoNumber = true }, "crl_no_number"},
		{"without a next one", func(_ *world, l *testpki.List) { l.NoNext = true }, "crl_no_next"},
		{"a delta on a later list than itself", func(_ *world, l *testpki.List) { l.Base = base(6) }, "crl_malformed"},
		{"of last month", func(_ *world, l *testpki.List) { l.At, l.Next = now().AddDate(0, -1, 0), now().AddDate(0, 0, -1) }, "crl_stale"},
		{"of tomorrow", func(_ *world, l *testpki.List) { l.At, l.Next = now().AddDate(0, 0, 1), now().AddDate(0, 0, 2) }, "crl_future"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, testpki.ECDSA)
			list := w.list(5, today())
			c.change(w, &list)
			_, err := signing.ReadCRL(w.root.CRL(list), w.root.Certificate, now())
			refused(t, err, c.code)
		})
	}
	for _, junk := range []string{"", "<html>", "\x30\x80\x00\x00", "\x30\x00"} {
		_, err := signing.ParseCRL([]byte(junk))
		refused(t, err, "crl_malformed")
	}
}

// A list of 100 MB is read, and looked through, in time that grows with it and no faster.
func TestAHugeListTakesLinearTime(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	w := newWorld(t, testpki.ECDSA)
	one := testpki.Entry{Serial: big.NewInt(1 << 40), At: today(), Reason: 1}.DER()
	list := w.list(5, today(), w.entry(today(), 1))
	list.More = bytes.Repeat(one, 100<<20/len(one))
	der := w.root.CRL(list)
	list.More = list.More[:len(list.More)/10/len(one)*len(one)]
	small := w.root.CRL(list)
	took := func(der []byte) time.Duration {
		least := time.Hour
		for range 5 { // others may be at work on this machine
			spent := processor(t)
			finds(t, w.verify(now(), crls(t, der)), signing.StepRevocation, signing.Failed, "revoked")
			least = min(least, spent())
		}
		return least
	}
	whole, tenth := took(der), took(small)
	t.Logf("%d MB: %v; a tenth of it: %v", len(der)>>20, whole, tenth)
	if whole > 30*tenth {
		t.Errorf("%v is more than 30 times %v", whole, tenth)
	}
}

// The list beside the national test keys has the parameters of its algorithm absent inside and NULL
// outside. It suspends the keys that are kept under "revoked"; two of those that were valid when they
// were published have been superseded since.
func TestTheNationalTestListRevokesTheRevokedTestKeys(t *testing.T) {
	folder := filepath.Join(need.Shared(t), "eds", "test-keys")
	at := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 12, 0, 0, 0, time.UTC) }
	authority, err := signing.ParseCertificate(get(t, folder, "certs__nca_gost2022_test.cer"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := signing.ReadCRL(get(t, folder, "certs__nca_gost2022_test.crl"), authority, at(time.September, 1))
	if err != nil {
		t.Fatal(err)
	}
	policy := signing.Policy{Trust: signing.DemoTrust(authority), Evidence: signing.Evidence{CRLs: []*signing.CRL{list}}}
	const passed, failed = signing.Passed, signing.Failed
	for _, c := range []struct {
		key             string
		before, after   signing.Outcome // May 20, July 1
		reason, reason2 string
	}{
		{"individual__valid__individual_valid", passed, passed, "", ""},
		{"individual__revoked__individual_revoked", failed, failed, "suspended", "suspended"},
		{"legal__valid__employee", passed, failed, "", "revoked"},
		{"legal__valid__employee_signright", passed, passed, "", ""},
		{"legal__valid__head", passed, passed, "", ""},
		{"legal__valid__infosystem", passed, failed, "", "revoked"},
		{"legal__valid__treasury_client", passed, passed, "", ""},
		{"legal__revoked__employee", failed, failed, "suspended", "suspended"},
		{"legal__revoked__employee_signright", failed, failed, "suspended", "suspended"},
		{"legal__revoked__head", failed, failed, "suspended", "suspended"},
		{"legal__revoked__infosystem", failed, failed, "suspended", "suspended"},
		{"legal__revoked__treasury_client", failed, failed, "suspended", "suspended"},
	} {
		t.Run(c.key, func(t *testing.T) {
			key, err := signing.OpenPKCS12(c.key, get(t, folder, "certs__"+c.key+".p12"), []byte("Qwerty12"))
			if err != nil {
				t.Fatal(err)
			}
			cms, err := key.SignDocument(context.Background(), signing.Bytes(pdf()), at(time.July, 1), signing.Options{})
			if err != nil {
				t.Fatal(err)
			}
			finds(t, signing.Verify(pdf(), cms, at(time.May, 20), policy), signing.StepRevocation, c.before, c.reason)
			finds(t, signing.Verify(pdf(), cms, at(time.July, 1), policy), signing.StepRevocation, c.after, c.reason2)
		})
	}
}

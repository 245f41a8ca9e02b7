package signing_test

import (
	"crypto/x509"
	"math/big"
	"testing"
	"time"

	"baqylau/signing"
	"baqylau/signing/testpki"
)

// world is an authority with a signer, an OCSP responder and a timestamp authority.
type world struct {
	root, signer, responder, stamper *testpki.Party

	foreign *testpki.Party // entitled to answer by an authority of the same name and another key
	ended   *testpki.Party // entitled until the signature was made

	document, cms []byte
}

// now is when the verifier looks, a day after the document was signed.
func now() time.Time { return today().Add(24 * time.Hour) }

func newWorld(t testing.TB, kind testpki.Kind) *world {
	t.Helper()
	w := &world{root: testpki.NewRoot(kind, "ROOT", today()), document: []byte("%PDF-1.7 of the world")}
	w.signer = w.root.Issue(testpki.Order{
		Name: "SIGNER", IIN: auditorIIN, From: today().AddDate(0, -1, 0), To: today().AddDate(0, 1, 0),
		CRL: []string{"http://crl.test/full"},
	})
	w.responder = w.root.Issue(testpki.Order{Name: "OCSP", Extended: []string{testpki.KeyOCSPSigning}})
	w.stamper = w.root.Issue(testpki.Order{Name: "TSA", Extended: []string{testpki.KeyTimeStamping}, Critical: true})
	w.foreign = testpki.NewRoot(kind, "ROOT", today()).Issue(testpki.Order{Name: "OCSP 2", Extended: []string{testpki.KeyOCSPSigning}})
	w.ended = w.root.Issue(testpki.Order{
		Name: "OCSP 3", Extended: []string{testpki.KeyOCSPSigning}, From: today().AddDate(-1, 0, 0), To: today(),
	})
	w.cms = w.signer.CMS(w.document, today())
	return w
}

// each runs the test in a world of each kind that the services really have.
func each(t *testing.T, test func(t *testing.T, w *world)) {
	for _, kind := range []testpki.Kind{testpki.ECDSA, testpki.GOST} {
		t.Run(string(kind), func(t *testing.T) { test(t, newWorld(t, kind)) })
	}
}

func (w *world) policy() signing.Policy {
	return signing.Policy{Trust: signing.DemoTrust(w.root.Certificate), RequireNonRepudiation: true, RequireSigningCertificate: true}
}

func (w *world) verify(at time.Time, e signing.Evidence) signing.Report {
	policy := w.policy()
	policy.Evidence = e
	return signing.Verify(w.document, w.cms, at, policy)
}

// good is the responder's answer that the signer's certificate is good at the time.
func (w *world) good(at time.Time) testpki.Word {
	return testpki.Word{
		Certificate: w.signer.Certificate, Authority: w.root.Certificate, This: at, Next: at.Add(time.Hour),
		Bundle: []*x509.Certificate{w.responder.Certificate},
	}
}

// signature is what a stamp is over: our reading of the CMS's first signer.
func (w *world) signature(t testing.TB) []byte {
	t.Helper()
	signature, err := signing.SignatureOf(w.cms)
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

func (w *world) token(t testing.TB, at time.Time) testpki.Token {
	return testpki.Token{Over: w.signature(t), At: at}
}

func (w *world) list(number int64, at time.Time, entries ...testpki.Entry) testpki.List {
	return testpki.List{Number: number, At: at, Next: at.AddDate(0, 0, 7), Revoked: entries}
}

func (w *world) entry(at time.Time, reason int64) testpki.Entry {
	return testpki.Entry{Serial: w.signer.Certificate.SerialNumber, At: at, Reason: reason}
}

// others are entries of certificates that nobody asks about.
func others(n int) []testpki.Entry {
	list := make([]testpki.Entry, n)
	for i := range list {
		list[i] = testpki.Entry{Serial: big.NewInt(int64(1_000_000 + i)), At: today(), Reason: int64(i % 6)}
	}
	return list
}

func answers(t testing.TB, ders ...[]byte) signing.Evidence {
	t.Helper()
	var e signing.Evidence
	for _, der := range ders {
		answer, err := signing.ParseOCSPAnswer(der)
		if err != nil {
			t.Fatal(err)
		}
		e.OCSP = append(e.OCSP, answer)
	}
	return e
}

func crls(t testing.TB, ders ...[]byte) signing.Evidence {
	t.Helper()
	var e signing.Evidence
	for _, der := range ders {
		list, err := signing.ParseCRL(der)
		if err != nil {
			t.Fatal(err)
		}
		e.CRLs = append(e.CRLs, list)
	}
	return e
}

func stamps(t testing.TB, ders ...[]byte) signing.Evidence {
	t.Helper()
	var e signing.Evidence
	for _, der := range ders {
		stamp, err := signing.ParseStamp(der)
		if err != nil {
			t.Fatal(err)
		}
		e.Stamps = append(e.Stamps, stamp)
	}
	return e
}

// both joins two bodies of evidence.
func both(a, b signing.Evidence) signing.Evidence {
	a.CRLs, a.OCSP, a.Stamps = append(a.CRLs, b.CRLs...), append(a.OCSP, b.OCSP...), append(a.Stamps, b.Stamps...)
	return a
}

// finds asserts a step of a report, "" as the reason of one that passed.
func finds(t testing.TB, report signing.Report, name signing.StepName, outcome signing.Outcome, reason string) {
	t.Helper()
	if step := report.Step(name); step.Outcome != outcome || step.Reason != reason {
		t.Errorf("%s is %s %q; want %s %q", name, step.Outcome, step.Reason, outcome, reason)
	}
}

// refused asserts the code of a refusal.
func refused(t testing.TB, err error, code string) {
	t.Helper()
	if signing.Refused(err) != code {
		t.Errorf("error is %v; want %q", err, code)
	}
}

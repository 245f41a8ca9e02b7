package signing_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"slices"
	"testing"

	"baqylau/signing"
	"baqylau/signing/demo"
)

func beside(t testing.TB, key signing.Signatory, content, cms []byte) []byte {
	t.Helper()
	joined, err := key.SignDocument(context.Background(), signing.Bytes(content), today(), signing.Options{Beside: cms})
	if err != nil {
		t.Fatal(err)
	}
	return joined
}

func TestSignersStandSideBySide(t *testing.T) {
	first, second := open(t, "auditor", demo.Signing), national(t, nil)
	third := open(t, "stranger", demo.Signing)
	policy := signing.Policy{
		Trust: signing.DemoTrust(authority(t).Certificate, second.certificate), RequireNonRepudiation: true, RequireSigningCertificate: true,
	}
	alone := signed(t, first, pdf())
	stamped, err := signing.AddUnsigned(alone, 0, "1.2.3.4.5", der("a stamp"))
	if err != nil {
		t.Fatal(err)
	}
	both := beside(t, signatory(t, second), pdf(), stamped)
	all := beside(t, third, pdf(), both)

	for name, cms := range map[string][]byte{"DER": all, "BER": indefinite(t, all)} {
		reports, err := signing.VerifyDetached(bytes.NewReader(pdf()), cms, today(), policy)
		if err != nil || len(reports) != 3 {
			t.Fatalf("%s: %d reports, %v", name, len(reports), err)
		}
		for i, owner := range []signing.Identity{first.Identity(), signatory(t, second).Identity(), third.Identity()} {
			valid(t, reports[i])
			if reports[i].Signer.Serial != owner.Serial {
				t.Errorf("%s: signer %d is %s", name, i, reports[i].Signer.Owner)
			}
		}
	}
	for i, before := range [][]byte{stamped, both} {
		old, now := signing.Signers(t, before), signing.Signers(t, all)
		for n := range old {
			if !bytes.Equal(old[n], now[n]) {
				t.Errorf("step %d: the bytes of signer %d have changed", i, n)
			}
		}
	}
	fails(t, signing.Verify(pdf(), all, today(), policy), signing.StepIntegrity, "many_signers")
	reports, _ := signing.VerifyDetached(bytes.NewReader([]byte("%PDF of somebody else")), all, today(), policy)
	for _, report := range reports {
		fails(t, report, signing.StepIntegrity, "digest_mismatch")
	}
}

func TestASignerJoinsAnAttachedSignature(t *testing.T) {
	own := national(t, nil)
	cms := attached(t, open(t, "auditor", demo.Signing), signing.Bytes(pdf()))
	reports, content := verifyAttached(t, beside(t, signatory(t, own), pdf(), cms), signing.Policy{
		Trust: signing.DemoTrust(authority(t).Certificate, own.certificate),
	})
	if len(reports) != 2 || !bytes.Equal(content, pdf()) {
		t.Fatalf("%d reports over %d bytes", len(reports), len(content))
	}
	valid(t, reports[0])
	valid(t, reports[1])
}

func TestNobodySignsBesideAnotherContent(t *testing.T) {
	key := open(t, "stranger", demo.Signing)
	auditor := open(t, "auditor", demo.Signing)
	for name, cms := range map[string][]byte{
		"another document's":          signed(t, auditor, []byte("%PDF other")),
		"another document's attached": attached(t, auditor, signing.Bytes([]byte("%PDF other"))),
		"a stripped one":              forge(t, forgery{signer: stolen(t, "auditor", demo.Signing), content: pdf(), stripped: true}),
		"no signature":                pdf(),
		"nothing":                     {},
	} {
		_, err := key.SignDocument(context.Background(), signing.Bytes(pdf()), today(), signing.Options{Beside: cms})
		if signing.Fault(err) != "other_content" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whoever signs first could see to it that nobody can verify those who join.
func TestASignatureIsJoinedOnlyWhereTheJoinerCanBeVerified(t *testing.T) {
	first, key := stolen(t, "auditor", demo.Signing), open(t, "stranger", demo.Signing)
	joiner := key.Identity().Certificate
	// it has the joiner's certificate among its bytes, but is another one
	wrapping := selfIssued(t, first.key, func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{Id: idTimeStamp, Value: joiner.Raw}}
	}).certificate
	issuer := authority(t).Certificate
	double := selfIssued(t, first.key, func(c *x509.Certificate) {
		c.SerialNumber, c.RawSubject = joiner.SerialNumber, issuer.RawSubject
	}).certificate
	given := func(others ...*x509.Certificate) []byte {
		return forge(t, forgery{signer: first, content: pdf(), certificates: append([]*x509.Certificate{first.certificate}, others...)})
	}
	reports, err := signing.VerifyDetached(bytes.NewReader(pdf()), beside(t, key, pdf(), given(wrapping)), today(), document(t))
	if err != nil || len(reports) != 2 {
		t.Fatalf("%d reports, %v", len(reports), err)
	}
	valid(t, reports[1])
	for name, cms := range map[string][]byte{
		"a certificate of the joiner's name and number": given(double),
		"no room for the joiner's certificate":          given(slices.Repeat([]*x509.Certificate{wrapping}, 63)...),
	} {
		_, err := key.SignDocument(context.Background(), signing.Bytes(pdf()), today(), signing.Options{Beside: cms})
		if signing.Fault(err) != "other_content" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsAddedUnsignedChangesNothingElse(t *testing.T) {
	const kind = "1.2.3.4.5"
	cms := beside(t, open(t, "stranger", demo.Signing), pdf(), signed(t, open(t, "auditor", demo.Signing), pdf()))
	once, err := signing.AddUnsigned(cms, 1, kind, der("first"))
	if err != nil {
		t.Fatal(err)
	}
	twice, err := signing.AddUnsigned(indefinite(t, once), 1, kind, der("second"))
	if err != nil {
		t.Fatal(err)
	}
	before, after := signing.Signers(t, cms), signing.Signers(t, twice)
	if !bytes.Equal(before[0], after[0]) {
		t.Error("the other signer's bytes have changed")
	}
	first, second := bytes.Index(after[1], der("first")), bytes.Index(after[1], der("second"))
	if first < 0 || second < first || len(after[1]) <= len(before[1]) {
		t.Errorf("attributes at %d and %d", first, second)
	}
	reports, err := signing.VerifyDetached(bytes.NewReader(pdf()), twice, today(), document(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, report := range reports {
		valid(t, report)
	}
	for _, signer := range []int{-1, 2} {
		if _, err := signing.AddUnsigned(cms, signer, kind, der("x")); err == nil {
			t.Errorf("added to signer %d", signer)
		}
	}
}

package signing_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	encoding "encoding/asn1"
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"baqylau/signing"
	"baqylau/signing/testpki"
)

// line is certificates that issue one another: an authority "0", then "1" … and last the signer.
type line struct {
	certificates []*x509.Certificate
	keys         []crypto.Signer
}

// issueLine makes n certificates; change bends the template of the one at that place.
func issueLine(t testing.TB, n int, change func(place int, c *x509.Certificate)) line {
	t.Helper()
	var l line
	for i := range n {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{
			SerialNumber: big.NewInt(int64(i + 1)), Subject: pkix.Name{CommonName: fmt.Sprint(i)},
			NotBefore: today().AddDate(-1, 0, 0), NotAfter: today().AddDate(1, 0, 0),
			IsCA: i < n-1, BasicConstraintsValid: true, MaxPathLen: -1, SubjectKeyId: []byte{9, byte(i)},
			KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		}
		if i == n-1 {
			template.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
		}
		if change != nil {
			change(i, template)
		}
		parent, by := template, crypto.Signer(key)
		if i > 0 {
			parent, by = l.certificates[i-1], l.keys[i-1]
		}
		l.add(t, template, parent, key, by)
	}
	return l
}

func (l *line) add(t testing.TB, template, parent *x509.Certificate, key, by crypto.Signer) {
	t.Helper()
	raw, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), by)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	l.certificates, l.keys = append(l.certificates, certificate), append(l.keys, key)
}

// verify signs as the last of the line, sends the others along, and trusts the first.
func (l line) verify(t testing.TB, at time.Time) signing.Report {
	t.Helper()
	last := len(l.certificates) - 1
	signer := stolenKey{l.certificates[last], l.keys[last]}
	along := slices.Clone(l.certificates[1:])
	slices.Reverse(along)
	cms := forge(t, forgery{signer: signer, content: pdf(), algorithm: idECDSASHA256, certificates: along})
	return signing.Verify(pdf(), cms, at, signing.Policy{Trust: signing.DemoTrust(l.certificates[0]), RequireNonRepudiation: true})
}

func TestChains(t *testing.T) {
	at := func(place int, change func(*x509.Certificate)) func(int, *x509.Certificate) {
		return func(i int, c *x509.Certificate) {
			if i == place {
				change(c)
			}
		}
	}
	critical := func(id ...int) func(*x509.Certificate) {
		return func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: encoding.ObjectIdentifier(id), Critical: true, Value: []byte{0x30, 0}}}
		}
	}
	for _, c := range []struct {
		name   string
		length int
		change func(int, *x509.Certificate)
		reason string // "" when it holds
	}{
		{"the signer under an anchor", 2, nil, ""},
		{"over an authority", 3, nil, ""},
		{"six long", 6, nil, ""},
		{"seven long", 7, nil, "untrusted"},
		{"an issuer that is no authority", 3, at(1, func(c *x509.Certificate) { c.IsCA = false }), "not_authority"},
		{"an authority that may not sign certificates", 3, at(1, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCRLSign }), "not_authority"},
		{"an anchor that may not sign certificates", 3, at(0, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature }), "not_authority"},
		{"a path as long as the anchor allows", 3, at(0, func(c *x509.Certificate) { c.MaxPathLen = 1 }), ""},
		{"a longer one", 4, at(0, func(c *x509.Certificate) { c.MaxPathLen = 1 }), "chain_broken"},
		{"an authority under one that allows none", 3, at(0, func(c *x509.Certificate) { c.MaxPathLen, c.MaxPathLenZero = 0, true }), "chain_broken"},
		{"an authority that has expired", 3, at(1, func(c *x509.Certificate) { c.NotAfter = today().AddDate(0, -1, 0) }), "chain_expired"},
		{"an authority of the future", 3, at(1, func(c *x509.Certificate) { c.NotBefore = today().AddDate(0, 1, 0) }), "chain_expired"},
		{"an anchor that has expired", 2, at(0, func(c *x509.Certificate) { c.NotAfter = today().AddDate(0, -1, 0) }), "chain_expired"},
		{"a critical extension of an authority that nobody knows", 3, at(1, critical(1, 2, 3)), "critical_extension"},
		{"critical constraints on policies, which aren't weighed", 3, at(1, critical(2, 5, 29, 36)), "critical_extension"},
		{"critical constraints on names", 3, at(1, func(c *x509.Certificate) {
			c.PermittedDNSDomainsCritical, c.PermittedDNSDomains = true, []string{"example.kz"}
		}), "critical_extension"},
		{"constraints on names that say they may be ignored", 3, at(1, func(c *x509.Certificate) {
			c.PermittedDNSDomains = []string{"example.kz"}
		}), "critical_extension"},
		{"a key id that isn't the issuer's", 3, at(2, func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: encoding.ObjectIdentifier{2, 5, 29, 35}, Value: []byte{0x30, 0x03, 0x80, 0x01, 0x07}}}
		}), "untrusted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			report := issueLine(t, c.length, c.change).verify(t, today())
			if c.reason != "" {
				fails(t, report, signing.StepChain, c.reason)
				return
			}
			valid(t, report)
			if len(report.Chain) != c.length || report.Anchor != signing.DemoAnchor {
				t.Errorf("chain of %d to a %q anchor", len(report.Chain), report.Anchor)
			}
		})
	}
}

func TestTheNationsCertificatesAreIssuedByItsOwnRules(t *testing.T) {
	for _, c := range []struct {
		name     string
		policies []string
		outcome  signing.Outcome
		reason   string
	}{
		{"the national policy", []string{"1.2.398.3.3.2"}, signing.Passed, ""},
		{"an older one", []string{"1.2.398.3.3.2.4"}, signing.Passed, ""},
		{"among others", []string{"1.2.3.4", "1.2.398.3.3.2"}, signing.Passed, ""},
		{"none", nil, signing.Failed, "policy_missing"},
		{"any policy", []string{"2.5.29.32.0"}, signing.Failed, "policy_unknown"},
		{"another arc that begins alike", []string{"1.2.398.3.3.20"}, signing.Failed, "policy_unknown"},
		{"a role", []string{"1.2.398.3.3.4.1.1"}, signing.Failed, "policy_unknown"},
	} {
		var certificate x509.Certificate
		for _, policy := range c.policies {
			oid, err := x509.ParseOID(policy)
			if err != nil {
				t.Fatal(err)
			}
			certificate.Policies = append(certificate.Policies, oid)
		}
		if step := signing.NationalPolicy(&certificate); step.Outcome != c.outcome || step.Reason != c.reason {
			t.Errorf("%s: %s %q; want %s %q", c.name, step.Outcome, step.Reason, c.outcome, c.reason)
		}
	}
	// what another authority's certificates say of its rules is its own affair
	report := issueLine(t, 2, nil).verify(t, today())
	finds(t, report, signing.StepPolicy, signing.NotChecked, "policy_other_authority")
	report = issueLine(t, 3, func(place int, c *x509.Certificate) { c.IsCA = place == 0 }).verify(t, today())
	finds(t, report, signing.StepPolicy, signing.NotChecked, "not_reached")
}

// Certificates of one name that all could have issued one another cost no more than the bound.
func TestATangleOfAuthoritiesIsGivenUpSoon(t *testing.T) {
	l := issueLine(t, 2, func(_ int, c *x509.Certificate) { c.Subject, c.SubjectKeyId = pkix.Name{CommonName: "X"}, nil })
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	tangle := line{}
	for i := range 60 {
		template := &x509.Certificate{
			SerialNumber: big.NewInt(int64(100 + i)), Subject: pkix.Name{CommonName: "X"}, IsCA: true, BasicConstraintsValid: true,
			NotBefore: today().AddDate(-1, 0, 0), NotAfter: today().AddDate(1, 0, 0), KeyUsage: x509.KeyUsageCertSign, MaxPathLen: -1,
		}
		tangle.add(t, template, template, key, key)
	}
	signer := stolenKey{l.certificates[1], l.keys[1]}
	cms := forge(t, forgery{
		signer: signer, content: pdf(), algorithm: idECDSASHA256, certificates: append([]*x509.Certificate{signer.certificate}, tangle.certificates...),
	})
	spent := processor(t)
	report := signing.Verify(pdf(), cms, today(), signing.Policy{Trust: signing.DemoTrust(authority(t).Certificate)})
	if step := report.Step(signing.StepChain); step.Outcome != signing.Failed {
		t.Errorf("chain %s", step.Outcome)
	}
	if took := spent(); took > time.Second {
		t.Errorf("took %v", took)
	}
}

// Nor do they for every signer and stamp anew.
func TestATangleCostsOnceForAllSignersAndStamps(t *testing.T) {
	w := newWorld(t, testpki.ECDSA)
	cms := w.cms
	for range 8 {
		var err error
		if cms, err = signing.AddUnsigned(cms, 0, idTimeStamp.String(), w.stamper.Stamp(w.token(t, today()))); err != nil {
			t.Fatal(err)
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for range 40 {
		cms = signing.WithCertificate(t, cms, selfIssued(t, key, func(c *x509.Certificate) {
			c.RawSubject, c.SubjectKeyId = w.root.Certificate.RawSubject, w.root.Certificate.SubjectKeyId
			c.IsCA, c.BasicConstraintsValid, c.KeyUsage, c.MaxPathLen = true, true, x509.KeyUsageCertSign, -1
			c.SerialNumber = new(big.Int).Add(c.SerialNumber, big.NewInt(int64(len(cms))))
		}).certificate)
	}
	spent := processor(t)
	reports, err := signing.VerifyDetached(bytes.NewReader(w.document), signing.WithSignerTimes(t, cms, 32), now(),
		signing.Policy{Trust: signing.DemoTrust(authority(t).Certificate)})
	took := spent()
	if err != nil || len(reports) != 32 {
		t.Fatalf("%d reports, %v", len(reports), err)
	}
	finds(t, reports[31], signing.StepChain, signing.Failed, "chain_broken")
	finds(t, reports[31], signing.StepTimestamp, signing.Failed, "stamp_untrusted")
	if took > 5*time.Second { // a twentieth of what every search anew takes
		t.Errorf("took %v", took)
	}
}

func TestAnchorsThatSomebodyHasChosenAreMarkedSo(t *testing.T) {
	l := issueLine(t, 2, nil)
	trust, err := signing.NewTrust(nil, l.certificates[:1])
	if err != nil || trust.Demo || trust.Empty() {
		t.Fatalf("demo %v, empty %v, %v", trust.Demo, trust.Empty(), err)
	}
	cms := forge(t, forgery{signer: stolenKey{l.certificates[1], l.keys[1]}, content: pdf(), algorithm: idECDSASHA256})
	report := signing.Verify(pdf(), cms, today(), signing.Policy{Trust: trust})
	valid(t, report)
	if step := report.Step(signing.StepChain); report.Anchor != signing.ExtraAnchor || step.Reason != "extra_anchor" {
		t.Errorf("anchor %q, chain says %q", report.Anchor, step.Reason)
	}
	if _, err := signing.NewTrust(nil, []*x509.Certificate{authority(t).Certificate}); signing.Fault(err) != "demo_anchor" {
		t.Errorf("a demo authority as an administrator's choice: %v", err)
	}
}

// SHA-1 is no more taken from an authority than from a signer.
func TestAnAuthorityThatSignsWithSHA1IsNotBelieved(t *testing.T) {
	l := issueLine(t, 2, nil)
	weak := signing.WithAlgorithm(l.certificates[1], encoding.ObjectIdentifier{1, 2, 840, 10045, 4, 1})
	if why := signing.SignedBy(weak, l.certificates[0]); why != "weak_digest" {
		t.Errorf("refused for %q", why)
	}
}

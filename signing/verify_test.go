package signing_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	encoding "encoding/asn1"
	"errors"
	"math/big"
	"testing"
	"time"

	"baqylau/signing"
	"baqylau/signing/demo"
)

func TestAGenuineSignatureHasAReportOfNamedSteps(t *testing.T) {
	policy := document(t)
	policy.ExpectIIN, policy.ExpectBIN, policy.RequireSigningCertificate = auditorIIN, officeBIN, true
	report := signing.Verify(pdf(), signed(t, open(t, "auditor", demo.Signing), pdf()), today(), policy)

	valid(t, report)
	for _, want := range []signing.Step{
		{Name: signing.StepIntegrity, Outcome: signing.Passed},
		{Name: signing.StepSignature, Outcome: signing.Passed},
		{Name: signing.StepChain, Outcome: signing.Passed},
		{Name: signing.StepValidity, Outcome: signing.Passed},
		{Name: signing.StepKeyUsage, Outcome: signing.Passed},
		{Name: signing.StepRevocation, Outcome: signing.NotChecked, Reason: "no_revocation"},
		{Name: signing.StepTimestamp, Outcome: signing.NotChecked, Reason: "no_timestamp"},
		{Name: signing.StepSigner, Outcome: signing.Passed},
	} {
		got := report.Step(want.Name)
		if got.Outcome != want.Outcome || got.Reason != want.Reason {
			t.Errorf("%s is %s %q, want %s %q", want.Name, got.Outcome, got.Reason, want.Outcome, want.Reason)
		}
	}
	if len(report.Steps) != 9 || !report.Demo || !report.SigningTime.Equal(today()) || len(report.Chain) != 2 {
		t.Errorf("%d steps, demo %v, claimed %v, chain of %d", len(report.Steps), report.Demo, report.SigningTime, len(report.Chain))
	}
	if got := report.Signer; got.Owner != "ӘБІЛОВА АЙГҮЛ СЕРІКҚЫЗЫ" || got.IIN != auditorIIN || got.BIN != officeBIN {
		t.Errorf("signer is %q, IIN %s, BIN %s", got.Owner, got.IIN, got.BIN)
	}
}

func TestVerifyJudgesByThePolicyAndTheReferenceTime(t *testing.T) {
	cms := signed(t, open(t, "auditor", demo.Signing), pdf())
	for _, c := range []struct {
		name   string
		at     time.Time
		policy func(*signing.Policy)
		step   signing.StepName
		reason string
	}{
		{"after the certificate's end, though the signer claims a time before", today().AddDate(3, 0, 0), nil, signing.StepValidity, "expired"},
		{"before its beginning", today().AddDate(0, -1, 0), nil, signing.StepValidity, "not_yet_valid"},
		{"at no time", time.Time{}, nil, signing.StepValidity, "not_yet_valid"},
		{"somebody else expected", today(), func(p *signing.Policy) { p.ExpectIIN = "790101300456" }, signing.StepSigner, "other_person"},
		{"another organisation expected", today(), func(p *signing.Policy) { p.ExpectBIN = "000000000000" }, signing.StepSigner, "other_organization"},
		{"nobody trusted", today(), func(p *signing.Policy) { p.Trust = signing.Trust{} }, signing.StepChain, "untrusted"},
		{"a longer signature than the policy takes", today(), func(p *signing.Policy) { p.MaxBytes = 100 }, signing.StepIntegrity, "too_large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			policy := document(t)
			if c.policy != nil {
				c.policy(&policy)
			}
			fails(t, signing.Verify(pdf(), cms, c.at, policy), c.step, c.reason)
		})
	}
}

func TestAnotherAuthorityIsNotTrusted(t *testing.T) {
	// the same name, another key: the one thing that an impostor can't have
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	genuine := authority(t).Certificate
	impostor := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{}, RawSubject: genuine.RawSubject,
		NotBefore: genuine.NotBefore, NotAfter: genuine.NotAfter,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, impostor, impostor, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	if impostor, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	policy := signing.Policy{Trust: signing.DemoTrust(impostor), RequireNonRepudiation: true}
	cms := signed(t, open(t, "auditor", demo.Signing), pdf())
	fails(t, signing.Verify(pdf(), cms, today(), policy), signing.StepChain, "untrusted")
}

func TestNationalTrustTakesPinnedAnchorsAlone(t *testing.T) {
	if _, err := signing.NewTrust([]*x509.Certificate{authority(t).Certificate}, nil); !errors.Is(err, signing.ErrNotPinned) {
		t.Errorf("the demo authority as a national anchor: %v", err)
	}
	empty, err := signing.NewTrust(nil, nil)
	if err != nil || empty.Demo {
		t.Fatalf("no anchors: %v, demo %v", err, empty.Demo)
	}
	cms := signed(t, open(t, "auditor", demo.Signing), pdf())
	fails(t, signing.Verify(pdf(), cms, today(), signing.Policy{Trust: empty}), signing.StepChain, "untrusted")
}

func TestSignRefusesUnfitKeys(t *testing.T) {
	for _, c := range []struct {
		name    string
		login   string
		kind    demo.Kind
		at      time.Time
		content string
		want    error
		fault   string
	}{
		{"an authentication certificate", "auditor", demo.Auth, today(), "%PDF", signing.ErrAuthKey, "auth_key"},
		{"an expired certificate", "auditor", demo.Expired, today(), "%PDF", signing.ErrExpired, "expired"},
		{"a certificate of the future", "auditor", demo.Signing, today().AddDate(0, -1, 0), "%PDF", signing.ErrNotYetValid, "not_yet_valid"},
		{"a login text as a document", "auditor", demo.Signing, today(), "BAQYLAU-LOGIN-v1\nhttps://x", signing.ErrLoginText, "login_text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cms, err := open(t, c.login, c.kind).SignDocument(context.Background(), signing.Bytes([]byte(c.content)), c.at, signing.Options{})
			if cms != nil || !errors.Is(err, c.want) || signing.Fault(err) != c.fault {
				t.Errorf("%d bytes, %v, fault %q; want %v, %q", len(cms), err, signing.Fault(err), c.want, c.fault)
			}
		})
	}
}

func TestSignStopsWhenCancelledOrClosed(t *testing.T) {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := open(t, "auditor", demo.Signing).SignDocument(cancelled, signing.Bytes(pdf()), today(), signing.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	key := open(t, "stranger", demo.Signing)
	if err := key.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := key.SignDocument(context.Background(), signing.Bytes(pdf()), today(), signing.Options{}); signing.Fault(err) != "closed" {
		t.Errorf("closed: %v", err)
	}
}

func TestIdentitiesAreFitOrSayWhyNot(t *testing.T) {
	for _, c := range []struct {
		name    string
		kind    demo.Kind
		purpose signing.Purpose
		iin     string
		at      time.Time
		want    signing.Unfit
	}{
		{"a signing certificate signs documents", demo.Signing, signing.ForDocument, auditorIIN, today(), signing.Fit},
		{"and logs in", demo.Signing, signing.ForLogin, auditorIIN, today(), signing.Fit},
		{"an authentication certificate logs in", demo.Auth, signing.ForLogin, auditorIIN, today(), signing.Fit},
		{"but signs nothing", demo.Auth, signing.ForDocument, auditorIIN, today(), signing.UnfitAuthOnly},
		{"nor for a purpose that nobody has named", demo.Auth, "", "", today(), signing.UnfitAuthOnly},
		{"another person's", demo.Signing, signing.ForDocument, "790101300456", today(), signing.UnfitOtherPerson},
		{"an expired one", demo.Expired, signing.ForLogin, auditorIIN, today(), signing.UnfitExpired},
		{"one of the future", demo.Signing, signing.ForLogin, auditorIIN, today().AddDate(-1, 0, 0), signing.UnfitNotYetValid},
	} {
		t.Run(c.name, func(t *testing.T) {
			identity := signing.IdentityOf(keyFile(t, "auditor", c.kind).Certificate)
			if got := identity.FitFor(c.purpose, c.iin, c.at); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	if got := signing.IdentityOf(authority(t).Certificate).FitFor(signing.ForDocument, "", today()); got != signing.UnfitKind {
		t.Errorf("an authority's certificate: %q", got)
	}
}

// the centre must refuse what a tampered client signs all the same
func TestVerifyRefusesWhatSignWouldNotHaveMade(t *testing.T) {
	for _, c := range []struct {
		name   string
		kind   demo.Kind
		step   signing.StepName
		reason string
	}{
		{"an authentication certificate", demo.Auth, signing.StepKeyUsage, "auth_only"},
		{"an expired certificate", demo.Expired, signing.StepValidity, "expired"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cms := forge(t, forgery{signer: stolen(t, "auditor", c.kind), content: pdf()})
			fails(t, signing.Verify(pdf(), cms, today(), document(t)), c.step, c.reason)
		})
	}
}

func TestLoginIsASignedTextOfItsOwnKind(t *testing.T) {
	text := signing.LoginText{Origin: "https://centre.example", Nonce: "c2FsdA", Expires: today().Add(2 * time.Minute)}
	if want := "BAQYLAU-LOGIN-v1\nhttps://centre.example\nc2FsdA\n2026-03-10T09:32:00Z"; string(text.Bytes()) != want {
		t.Fatalf("text is %q", text.Bytes())
	}
	for _, kind := range []demo.Kind{demo.Auth, demo.Signing} {
		cms, err := open(t, "auditor", kind).SignLogin(context.Background(), text, today())
		if err != nil {
			t.Fatal(err)
		}
		who, err := signing.VerifyLogin(text, cms, trust(t), today())
		if err != nil || who.IIN != auditorIIN {
			t.Errorf("%s: %v, IIN %q", kind, err, who.IIN)
		}
		fails(t, signing.Verify(text.Bytes(), cms, today(), document(t)), signing.StepIntegrity, "login_text")
	}
}

func TestLoginRefuses(t *testing.T) {
	text := signing.LoginText{Origin: "https://centre.example", Nonce: "c2FsdA", Expires: today().Add(2 * time.Minute)}
	key := open(t, "auditor", demo.Signing)
	cms, err := key.SignLogin(context.Background(), text, today())
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(*signing.LoginText)) signing.LoginText {
		changed := text
		change(&changed)
		return changed
	}
	for _, c := range []struct {
		name  string
		text  signing.LoginText
		cms   []byte
		trust signing.Trust
		now   time.Time
		fault string
	}{
		{"a signature for another centre", with(func(t *signing.LoginText) { t.Origin = "https://evil.example" }), cms, trust(t), today(), "invalid"},
		{"another nonce", with(func(t *signing.LoginText) { t.Nonce = "other" }), cms, trust(t), today(), "invalid"},
		{"a later expiry", with(func(t *signing.LoginText) { t.Expires = today().Add(time.Hour) }), cms, trust(t), today(), "invalid"},
		{"a nonce with a line break", with(func(t *signing.LoginText) { t.Nonce = "a\nb" }), cms, trust(t), today(), "bad_login_text"},
		{"an empty origin", with(func(t *signing.LoginText) { t.Origin = "" }), cms, trust(t), today(), "bad_login_text"},
		{"a text that has expired", text, cms, trust(t), today().Add(time.Hour), "login_expired"},
		{"no trust", text, cms, signing.Trust{}, today(), "invalid"},
		{"a document's signature", text, signed(t, key, pdf()), trust(t), today(), "invalid"},
		{"nothing", text, nil, trust(t), today(), "invalid"},
		{"an expired certificate", text, forge(t, forgery{signer: stolen(t, "auditor", demo.Expired), content: text.Bytes()}), trust(t), today(), "invalid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			who, err := signing.VerifyLogin(c.text, c.cms, c.trust, c.now)
			if signing.Fault(err) != c.fault || who.Certificate != nil {
				t.Errorf("%v, fault %q; want %q", err, signing.Fault(err), c.fault)
			}
		})
	}
	if _, err := key.SignLogin(context.Background(), with(func(t *signing.LoginText) { t.Origin = "a\nb" }), today()); signing.Fault(err) != "bad_login_text" {
		t.Errorf("signing a text with a line break: %v", err)
	}
	if _, err := open(t, "auditor", demo.Expired).SignLogin(context.Background(), text, today()); signing.Fault(err) != "expired" {
		t.Errorf("signing with an expired certificate: %v", err)
	}
}

func TestTheClaimedTimeIsTheGivenOne(t *testing.T) {
	key := open(t, "auditor", demo.Signing)
	at := today().Add(1234567 * time.Microsecond)
	cms, err := key.SignDocument(context.Background(), signing.Bytes(pdf()), at, signing.Options{})
	if err != nil {
		t.Fatal(err)
	}
	report := signing.Verify(pdf(), cms, today(), document(t))
	if want := at.Truncate(time.Second); !report.SigningTime.Equal(want) {
		t.Errorf("claims %v, want %v", report.SigningTime, want)
	}
}

func TestParseCertificateTakesDERAndPEMAndNothingElse(t *testing.T) {
	der := authority(t).Certificate.Raw
	for _, data := range [][]byte{nil, []byte("%PDF"), der[:100], bytes.Repeat([]byte{0x30}, 1<<20), []byte("-----BEGIN X-----\n-----END X-----\n")} {
		if _, err := signing.ParseCertificate(data); signing.Fault(err) != "not_certificate" {
			t.Errorf("%.20q: %v", data, err)
		}
	}
	if _, err := signing.ParseCertificate(der); err != nil {
		t.Errorf("DER: %v", err)
	}
}

// RFC 5652, section 10.2.1: what other programs put beside the certificates may be of a kind that only RFC 5940 knows.
func TestARevocationAnswerBesideTheCertificatesDoesNotHinderReading(t *testing.T) {
	cms := signed(t, open(t, "auditor", demo.Signing), pdf())
	answer := append([]byte{0xa1, 0x0c}, append(der(encoding.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 16, 2}), 5, 0)...)
	valid(t, signing.Verify(pdf(), signing.WithRevocations(t, cms, answer), today(), document(t)))
}

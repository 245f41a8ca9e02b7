package signing_test

import (
	"crypto/x509"
	"testing"

	"baqylau/signing"
	"baqylau/signing/testpki"
)

func TestWhatACertificateMayBeUsedFor(t *testing.T) {
	const (
		enter     = x509.KeyUsageDigitalSignature
		documents = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
		email     = "1.3.6.1.5.5.7.3.4"
		client    = "1.3.6.1.5.5.7.3.2"
		server    = "1.3.6.1.5.5.7.3.1"
		anything  = "2.5.29.37.0"
		person    = "1.2.398.3.3.4.1.1"
	)
	w := newWorld(t, testpki.ECDSA)
	for _, c := range []struct {
		name     string
		usage    x509.KeyUsage
		extended []string
		use      signing.Use
		reason   string // why a document signed with it is refused
	}{
		{"a person's, as the NCA issues it", documents, []string{email, person}, signing.UseSign, ""},
		{"a role alone", documents, []string{person}, signing.UseSign, ""},
		{"without any purpose named", documents, nil, signing.UseSign, ""},
		{"for anything", documents, []string{anything}, signing.UseSign, ""},
		{"for entering, without nonRepudiation", enter, []string{client}, signing.UseAuth, "auth_only"},
		{"for entering, by its purpose alone", documents, []string{client}, signing.UseAuth, "auth_only"},
		{"for documents, by its purpose alone", enter, []string{email}, signing.UseAuth, "auth_only"},
		{"a timestamp authority's", documents, []string{testpki.KeyTimeStamping}, signing.UseNone, "no_signature_use"},
		{"a responder's", documents, []string{testpki.KeyOCSPSigning}, signing.UseNone, "no_signature_use"},
		{"a web server's", enter, []string{server}, signing.UseNone, "no_signature_use"},
		{"for encrypting", x509.KeyUsageKeyEncipherment, nil, signing.UseNone, "no_signature_use"},
		{"nonRepudiation alone", x509.KeyUsageContentCommitment, nil, signing.UseNone, "no_signature_use"},
	} {
		t.Run(c.name, func(t *testing.T) {
			signer := w.root.Issue(testpki.Order{Name: "X", Usage: c.usage, Extended: c.extended})
			if use := signing.IdentityOf(signer.Certificate).Use; use != c.use {
				t.Errorf("use is %q; want %q", use, c.use)
			}
			report := signing.Verify(w.document, signer.CMS(w.document, today()), now(), w.policy())
			outcome := signing.Passed
			if c.reason != "" {
				outcome = signing.Failed
			}
			finds(t, report, signing.StepKeyUsage, outcome, c.reason)
			if report.Valid() != (c.reason == "") {
				t.Errorf("valid %v", report.Valid())
			}
		})
	}
}

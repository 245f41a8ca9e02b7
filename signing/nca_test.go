package signing_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baqylau/internal/need"
	"baqylau/signing"
)

// The keys of the national test contour, as the national authority issues them. They lie beside the
// checkout and are never part of it.
const ncaPassword = "Qwerty12"

// summer is a day on which the test contour's valid certificates were valid.
func summer() time.Time { return time.Date(2026, 8, 20, 6, 0, 0, 0, time.UTC) }

func ncaFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(need.Shared(t, "eds", "test-keys"), "*.p12"))
	if err != nil || len(files) != 12 {
		t.Fatalf("%d key files: %v", len(files), err)
	}
	return files
}

func ncaKey(t testing.TB, file string) *signing.Key {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	key, err := signing.OpenPKCS12(filepath.Base(file), data, []byte(ncaPassword))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = key.Close() })
	return key
}

// ncaAuthority is a certificate of the test contour: "nca_gost2022_test" or "root_test_gost_2022".
func ncaAuthority(t testing.TB, name string) *x509.Certificate {
	t.Helper()
	data, err := os.ReadFile(need.Shared(t, "eds", "test-keys", "certs__"+name+".cer"))
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := signing.ParseCertificate(data)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

func TestAllKeysOfTheNationalTestContourOpenAndSign(t *testing.T) {
	policy := signing.Policy{
		Trust:                     signing.ChosenTrust([]*x509.Certificate{ncaAuthority(t, "nca_gost2022_test")}),
		RequireNonRepudiation:     true,
		RequireSigningCertificate: true,
	}
	for _, file := range ncaFiles(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			key := ncaKey(t, file)
			id := key.Identity()
			person := !strings.Contains(file, "treasury_client") // the one that is a system's
			if person != (len(id.IIN) == 12) || id.Owner == "" || id.Use != signing.UseSign {
				t.Errorf("%q, IIN %q, use %q", id.Owner, id.IIN, id.Use)
			}
			if organization := strings.Contains(file, "__legal__"); organization != (len(id.BIN) == 12) {
				t.Errorf("BIN %q", id.BIN)
			}
			at := id.NotBefore.Add(time.Hour)
			cms, err := key.SignDocument(context.Background(), signing.Bytes(pdf()), at, signing.Options{})
			if err != nil {
				t.Fatal(err)
			}
			report := signing.Verify(pdf(), cms, at, policy)
			valid(t, report)
			finds(t, report, signing.StepPolicy, signing.Passed, "")
			if !report.Demo || report.Anchor != signing.DemoAnchor || report.Signer.Serial != id.Serial {
				t.Errorf("demo %v, anchor %q, signer %s", report.Demo, report.Anchor, report.Signer.Serial)
			}
			changed := pdf()
			changed[77] ^= 1
			fails(t, signing.Verify(changed, cms, at, policy), signing.StepIntegrity, "digest_mismatch")
			cms[len(cms)-1] ^= 1
			fails(t, signing.Verify(pdf(), cms, at, policy), signing.StepSignature, "signature_mismatch")
		})
	}
}

func TestAKeyFileOfTheNCAToldApartFromAWrongPasswordAndDamage(t *testing.T) {
	data, err := os.ReadFile(ncaFiles(t)[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err = signing.OpenPKCS12("x", data, []byte("qwerty12")); signing.Fault(err) != "wrong_password" {
		t.Errorf("under a wrong password: %v", err)
	}
	if _, err = signing.OpenPKCS12("x", data[:len(data)-9], []byte(ncaPassword)); signing.Fault(err) != "damaged" {
		t.Errorf("cut short: %v", err)
	}
	if _, err = signing.OpenPKCS12("x", data[9:], []byte(ncaPassword)); signing.Fault(err) != "not_key_file" {
		t.Errorf("something else: %v", err)
	}
}

func TestTheNationalTestContourIsTrustedInADemoAlone(t *testing.T) {
	nca, root := ncaAuthority(t, "nca_gost2022_test"), ncaAuthority(t, "root_test_gost_2022")
	for _, anchor := range []*x509.Certificate{nca, root} {
		if _, err := signing.NewTrust([]*x509.Certificate{anchor}, nil); signing.Fault(err) != "not_pinned" {
			t.Errorf("as a national anchor: %v", err)
		}
		if _, err := signing.NewTrust(nil, []*x509.Certificate{anchor}); signing.Fault(err) != "demo_anchor" {
			t.Errorf("as an administrator's choice: %v", err)
		}
		if !signing.ChosenTrust([]*x509.Certificate{anchor}).Demo {
			t.Error("chosen for one verification, it isn't called a demo")
		}
	}
	if got := signing.IdentityOf(nca).FitFor(signing.ForDocument, "", summer()); got != signing.UnfitKind {
		t.Errorf("an authority's certificate is fit: %q", got)
	}
}

func TestAChainLeadsFromTheSignerOverTheAuthorityToTheRoot(t *testing.T) {
	nca, root := ncaAuthority(t, "nca_gost2022_test"), ncaAuthority(t, "root_test_gost_2022")
	key := ncaKey(t, ncaFiles(t)[1])
	signed, err := key.SignDocument(context.Background(), signing.Bytes(pdf()), summer(), signing.Options{})
	if err != nil {
		t.Fatal(err)
	}
	policy := signing.Policy{Trust: signing.DemoTrust(root), RequireNonRepudiation: true}
	fails(t, signing.Verify(pdf(), signed, summer(), policy), signing.StepChain, "untrusted")

	policy.Trust = signing.DemoTrust(root)
	withIssuer := signing.WithCertificate(t, signed, nca)
	report := signing.Verify(pdf(), withIssuer, summer(), policy)
	valid(t, report)
	if len(report.Chain) != 3 || !bytes.Equal(report.Chain[2].Raw, root.Raw) {
		t.Errorf("chain of %d", len(report.Chain))
	}
}

package signing_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/pem"
	"slices"
	"strconv"
	"strings"
	"testing"

	"baqylau/signing"
	"baqylau/signing/demo"
)

// opensslFolder lays out the files that OpenSSL works with: the authority, a document, the signer's
// certificate and key.
func opensslFolder(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	put(t, folder, "ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority(t).Certificate.Raw}))
	put(t, folder, "doc.pdf", pdf())
	put(t, folder, "key.p12", keyFile(t, "auditor", demo.Signing).PKCS12)
	mustOpenssl(t, folder, "pkcs12", "-in", "key.p12", "-passin", "pass:"+demo.Password, "-nodes", "-out", "key.pem")
	return folder
}

// opensslVerify is the command that `make demo` prints for people to check with.
func opensslVerify(t *testing.T, folder string) (string, error) {
	return openssl(t, folder, "cms", "-verify", "-binary", "-inform", "DER", "-content", "doc.pdf", "-in", "doc.p7s",
		"-CAfile", "ca.pem", "-purpose", "any", "-attime", strconv.FormatInt(today().Unix(), 10), "-out", "seen.pdf")
}

func TestOpenSSLAcceptsOurSignatureAndRefusesItWithOneByteChanged(t *testing.T) {
	folder := opensslFolder(t)
	cms := signed(t, open(t, "auditor", demo.Signing), pdf())
	put(t, folder, "doc.p7s", cms)
	if out, err := opensslVerify(t, folder); err != nil {
		t.Fatalf("OpenSSL refuses a genuine signature: %v\n%s", err, out)
	}

	changed := pdf()
	changed[len(changed)/2] ^= 1
	put(t, folder, "doc.pdf", changed)
	if out, err := opensslVerify(t, folder); err == nil {
		t.Errorf("OpenSSL accepts a changed document\n%s", out)
	}
	fails(t, signing.Verify(changed, cms, today(), document(t)), signing.StepIntegrity, "digest_mismatch")

	put(t, folder, "doc.pdf", pdf())
	broken := slices.Clone(cms)
	broken[len(broken)-1] ^= 1 // the last byte of the signature
	put(t, folder, "doc.p7s", broken)
	if out, err := opensslVerify(t, folder); err == nil {
		t.Errorf("OpenSSL accepts a changed signature\n%s", out)
	}
	fails(t, signing.Verify(pdf(), broken, today(), document(t)), signing.StepSignature, "signature_mismatch")
}

func TestOpenSSLReadsOurSignatureAsCAdESBES(t *testing.T) {
	folder := opensslFolder(t)
	put(t, folder, "doc.p7s", signed(t, open(t, "auditor", demo.Signing), pdf()))
	out, err := openssl(t, folder, "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-content", "doc.pdf",
		"-in", "doc.p7s", "-CAfile", "ca.pem", "-purpose", "any", "-attime", strconv.FormatInt(today().Unix(), 10), "-out", "seen.pdf")
	if err != nil {
		t.Errorf("OpenSSL refuses it as CAdES: %v\n%s", err, out)
	}
}

// ECDSA and RSA, apart and side by side, with the content inside, whole or in pieces: OpenSSL takes each as CAdES.
func TestOpenSSLAcceptsEveryShapeOfOurs(t *testing.T) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	own := selfIssued(t, private, nil)
	first, second := open(t, "auditor", demo.Signing), signatory(t, own)
	for name, cms := range map[string][]byte{
		"ECDSA":                      signed(t, second, pdf()),
		"ECDSA beside RSA":           beside(t, second, pdf(), signed(t, first, pdf())),
		"ECDSA attached":             attached(t, second, signing.Bytes(pdf())),
		"RSA attached, as a stream":  attached(t, first, signing.Stream(bytes.NewReader(pdf()), -1)),
		"RSA beside ECDSA, attached": beside(t, first, pdf(), attached(t, second, signing.Bytes(pdf()))),
	} {
		t.Run(name, func(t *testing.T) {
			folder := opensslFolder(t)
			put(t, folder, "ca.pem", slices.Concat(get(t, folder, "ca.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: own.certificate.Raw})))
			put(t, folder, "doc.p7s", cms)
			arguments := []string{
				"cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "doc.p7s", "-CAfile", "ca.pem", "-purpose", "any",
				"-partial_chain", "-attime", strconv.FormatInt(today().Unix(), 10), "-out", "seen.pdf",
			}
			if !strings.Contains(name, "attached") {
				arguments = append(arguments, "-content", "doc.pdf")
			}
			if out, err := openssl(t, folder, arguments...); err != nil {
				t.Fatalf("OpenSSL refuses it: %v\n%s", err, out)
			}
			if !bytes.Equal(get(t, folder, "seen.pdf"), pdf()) {
				t.Error("OpenSSL saw another document")
			}
			cms[len(cms)-9] ^= 1
			put(t, folder, "doc.p7s", cms)
			if out, err := openssl(t, folder, arguments...); err == nil {
				t.Errorf("OpenSSL accepts a changed signature\n%s", out)
			}
		})
	}
}

func TestSignaturesMadeByOpenSSL(t *testing.T) {
	made := []string{"cms", "-sign", "-binary", "-in", "doc.pdf", "-signer", "key.pem", "-outform", "DER", "-out", "doc.p7s"}
	for _, c := range []struct {
		name      string
		arguments []string
		step      signing.StepName // "" when it is valid
		reason    string
	}{
		{"detached CAdES", []string{"-cades", "-md", "sha256"}, "", ""},
		{"detached CAdES with SHA-512", []string{"-cades", "-md", "sha512"}, "", ""},
		{"detached CAdES with SHA-384", []string{"-cades", "-md", "sha384"}, "", ""},
		{"without signingCertificateV2", []string{"-md", "sha256"}, "", ""},
		{"streamed, which puts the content in", []string{"-cades", "-md", "sha256", "-stream"}, signing.StepIntegrity, "attached"},
		{"attached", []string{"-cades", "-md", "sha256", "-nodetach"}, signing.StepIntegrity, "attached"},
		{"attached in chunks of indefinite length", []string{"-cades", "-md", "sha256", "-nodetach", "-stream"}, signing.StepIntegrity, "attached"},
		{"without signed attributes", []string{"-md", "sha256", "-noattr"}, signing.StepIntegrity, "no_attributes"},
		{"with SHA-1", []string{"-md", "sha1"}, signing.StepIntegrity, "weak_digest"},
		{"with MD5", []string{"-md", "md5"}, signing.StepIntegrity, "weak_digest"},
		{"without the certificate", []string{"-md", "sha256", "-nocerts"}, signing.StepIntegrity, "no_certificate"},
		{"signer named by key id", []string{"-md", "sha256", "-keyid"}, "", ""},
		{"RSA-PSS", []string{"-md", "sha256", "-keyopt", "rsa_padding_mode:pss"}, signing.StepSignature, "unsupported_algorithm"},
		{"another content type", []string{"-md", "sha256", "-econtent_type", "1.2.840.113549.1.9.16.1.4"}, signing.StepIntegrity, "content_type"},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := opensslFolder(t)
			mustOpenssl(t, folder, append(slices.Clone(made), c.arguments...)...)
			made := get(t, folder, "doc.p7s")
			report := signing.Verify(pdf(), made, today(), document(t))
			if c.step != "" {
				fails(t, report, c.step, c.reason)
				return
			}
			valid(t, report)
			valid(t, signing.Verify(pdf(), indefinite(t, made), today(), document(t)))
		})
	}
}

func TestKeyFilesMadeByOpenSSL(t *testing.T) {
	for _, c := range []struct {
		name      string
		arguments []string
	}{
		{"default protection", nil},
		{"legacy protection, RC2-40 and 3DES", []string{"-legacy"}},
		{"RC2-128", []string{"-legacy", "-certpbe", "PBE-SHA1-RC2-128", "-keypbe", "PBE-SHA1-RC2-128"}},
		{"AES-128 and SHA-512", []string{"-certpbe", "AES-128-CBC", "-keypbe", "AES-192-CBC", "-macalg", "SHA512"}},
		{"certificates and key in the clear", []string{"-certpbe", "NONE", "-keypbe", "NONE"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := opensslFolder(t)
			password := "Құпия сөз ✓ 🔑"
			mustOpenssl(t, folder, append([]string{
				"pkcs12", "-export", "-in", "key.pem", "-out", "made.p12", "-passout", "pass:" + password,
			}, c.arguments...)...)
			key, err := signing.OpenPKCS12("made.p12", get(t, folder, "made.p12"), []byte(password))
			if err != nil {
				t.Fatal(err)
			}
			valid(t, signing.Verify(pdf(), signed(t, key, pdf()), today(), document(t)))
		})
	}
}

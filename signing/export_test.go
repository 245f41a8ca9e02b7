package signing

import (
	"bytes"
	"crypto/x509"
	encoding "encoding/asn1"
	"slices"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Normalise is the normaliser under the bounds of a signature.
func Normalise(in []byte) ([]byte, error) {
	return normalise(in, limits{maxCMSBytes, maxCMSDepth, maxCMSElements})
}

// RC2 deciphers one block.
func RC2(key, block []byte) []byte {
	out := make([]byte, 8)
	newRC2(key).Decrypt(out, block)
	return out
}

// Mismatched is a key that claims another one's certificate, as a broken token might.
func Mismatched(key, claimed *Key) *Key {
	return &Key{identity: claimed.identity, public: claimed.public, head: claimed.head, private: key.private}
}

// WithCertificate is the signature with one more certificate along.
func WithCertificate(t testing.TB, cms []byte, certificate *x509.Certificate) []byte {
	t.Helper()
	l, refused := takeApart(cms)
	if refused != nil {
		t.Fatal(refused.code)
	}
	l.certificates = append(bytes.Clone(l.certificates), certificate.Raw...)
	out, err := l.together()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// AddUnsigned adds an attribute of one value to the signer of the number.
func AddUnsigned(cms []byte, signer int, kind string, value []byte) ([]byte, error) {
	l, o, refused := openCMS(cms, signer)
	if refused != nil {
		return nil, refused.err("adding to a signature")
	}
	l.signers[signer] = o.close(append(o.unsigned, attribute(kind, value)))
	return l.together()
}

// SignatureOf is the first signer's signature.
func SignatureOf(cms []byte) ([]byte, error) {
	signature, refused := signatureOf(cms, 0)
	return signature, refused.err("reading a signature")
}

// SignedBy says why the issuer's key didn't sign the certificate, "" when it did.
func SignedBy(certificate, issuer *x509.Certificate) string {
	a, _ := signatureAlgorithmOf(certificate)
	if refused := verifyRaw(issuer, a, certificate.RawTBSCertificate, certificate.Signature); refused != nil {
		return refused.code
	}
	return ""
}

// NationalPolicy judges a certificate as one that a national authority has issued.
func NationalPolicy(certificate *x509.Certificate) Step {
	return nationalPolicy(certificate).step(StepPolicy)
}

// Signers are the SignerInfos of a signature, each as it stands there.
func Signers(t testing.TB, cms []byte) [][]byte {
	t.Helper()
	l, refused := takeApart(cms)
	if refused != nil {
		t.Fatal(refused.code)
	}
	var list [][]byte
	for _, s := range l.signers {
		list = append(list, s)
	}
	return list
}

// WithAlgorithm is the certificate with another name for how it was signed, and the signature that it had.
func WithAlgorithm(c *x509.Certificate, oid encoding.ObjectIdentifier) *x509.Certificate {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(c.RawTBSCertificate)
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oid) })
	})
	changed := *c
	changed.Raw = b.BytesOrPanic()
	return &changed
}

// WithRevocations is the signature with something beside the certificates that says what was revoked.
func WithRevocations(t testing.TB, cms, choice []byte) []byte {
	t.Helper()
	l, refused := takeApart(cms)
	if refused != nil {
		t.Fatal(refused.code)
	}
	l.revocations = choice
	out, err := l.together()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Pair opens what a key file holds: a private key in the clear and a certificate.
func Pair(pkcs8 []byte, certificate *x509.Certificate) error {
	b := bags{keys: [][]byte{pkcs8}, certificates: []*x509.Certificate{certificate}}
	_, err := b.key()
	return err
}

// ParsePrivate reads the private key of a key file.
func ParsePrivate(pkcs8 []byte) error {
	_, err := parsePrivate(pkcs8)
	return err
}

// WithSignerTimes is the signature with its first signer so many times.
func WithSignerTimes(t testing.TB, cms []byte, n int) []byte {
	t.Helper()
	l, refused := takeApart(cms)
	if refused != nil {
		t.Fatal(refused.code)
	}
	l.signers = slices.Repeat(l.signers[:1], n)
	out, err := l.together()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// ReadOID reads an object identifier and gives what comes after it.
func ReadOID(der []byte) (oid string, rest []byte, ok bool) {
	in := cryptobyte.String(der)
	oid, ok = readOID(&in)
	return oid, in, ok
}

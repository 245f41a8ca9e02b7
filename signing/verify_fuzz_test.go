package signing_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"

	"baqylau/signing"
)

// FuzzVerify looks for a panic, and for a signature over another content. The trust is a fresh
// authority's, so nothing committed can be valid: only a mutation of a seed made in the run can.
func FuzzVerify(f *testing.F) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	own := selfIssued(f, private, func(c *x509.Certificate) {
		c.SerialNumber = big.NewInt(11)
		c.Subject = pkix.Name{SerialNumber: "IIN" + auditorIIN}
	})
	content := []byte("%PDF of the fuzzer")
	honest := forge(f, forgery{signer: own, content: content, algorithm: idECDSASHA256})
	f.Add(honest)
	f.Add(indefinite(f, honest))
	f.Add(forge(f, forgery{signer: own, content: content, algorithm: idECDSASHA256, stripped: true}))
	f.Add([]byte{0x30, 0x80, 0x30, 0x80, 0x00, 0x00, 0x00, 0x00})
	policy := signing.Policy{Trust: signing.DemoTrust(own.certificate), RequireNonRepudiation: true}
	if !signing.Verify(content, honest, today(), policy).Valid() {
		f.Fatal("the seed isn't valid")
	}
	f.Fuzz(func(t *testing.T, cms []byte) {
		signing.Verify(content, cms, today(), policy)
		if signing.Verify([]byte("%PDF of somebody else"), cms, today(), policy).Valid() {
			t.Fatal("valid over another content")
		}
	})
}

package signing_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"

	"baqylau/signing"
)

// fuzzed is signatures of all shapes over one content, by two signers whom the policy trusts. Both are
// fresh, so nothing committed can be valid: only a mutation of a seed made in the run can.
type fuzzed struct {
	content []byte
	seeds   [][]byte
	inside  [][]byte // seeds with the content inside
	policy  signing.Policy
}

func newFuzzed(f *testing.F) fuzzed {
	f.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	foreign := selfIssued(f, private, func(c *x509.Certificate) {
		c.SerialNumber = big.NewInt(11)
		c.Subject = pkix.Name{SerialNumber: "IIN" + auditorIIN}
	})
	own := national(f, nil)
	z := fuzzed{content: []byte("%PDF of the fuzzer"), policy: trusting(foreign.certificate, own.certificate)}
	z.policy.RequireSigningCertificate = false
	one := signed(f, signatory(f, own), z.content)
	other := forge(f, forgery{signer: foreign, content: z.content, algorithm: idECDSASHA256})
	both := beside(f, signatory(f, own), z.content, other)
	stamped, err := signing.AddUnsigned(both, 1, "1.2.840.113549.1.9.16.2.14", der("no stamp"))
	if err != nil {
		f.Fatal(err)
	}
	z.seeds = [][]byte{one, other, both, stamped}
	var streamed bytes.Buffer
	if _, err = signatory(f, own).SignDocument(context.Background(), signing.Stream(bytes.NewReader(z.content), -1), today(),
		signing.Options{Attached: true, Out: &streamed}); err != nil {
		f.Fatal(err)
	}
	z.inside = [][]byte{attached(f, signatory(f, own), signing.Bytes(z.content)), streamed.Bytes()}
	for _, seed := range z.seeds {
		f.Add(seed)
		f.Add(indefinite(f, seed))
	}
	for _, seed := range z.inside {
		f.Add(seed)
	}
	f.Add(forge(f, forgery{signer: own, content: z.content, stripped: true}))
	f.Add([]byte{0x30, 0x80, 0x30, 0x80, 0x00, 0x00, 0x00, 0x00})
	return z
}

// FuzzVerify looks for a panic, and for a signature over another content than was signed.
func FuzzVerify(f *testing.F) {
	z := newFuzzed(f)
	for _, seed := range z.seeds {
		reports, err := signing.VerifyDetached(bytes.NewReader(z.content), seed, today(), z.policy)
		if err != nil || !reports[0].Valid() {
			f.Fatalf("a seed isn't valid: %v, %+v", err, reports[0].Steps)
		}
	}
	f.Fuzz(func(t *testing.T, cms []byte) {
		signing.Verify(z.content, cms, today(), z.policy)
		for _, content := range []string{"%PDF of somebody else", ""} {
			reports, err := signing.VerifyDetached(bytes.NewReader([]byte(content)), cms, today(), z.policy)
			if err != nil || len(reports) == 0 {
				t.Fatalf("%d reports, %v", len(reports), err)
			}
			for _, report := range reports {
				if report.Valid() {
					t.Fatal("valid over another content")
				}
			}
		}
	})
}

// FuzzVerifyAttached is the same for signatures with their content inside.
func FuzzVerifyAttached(f *testing.F) {
	z := newFuzzed(f)
	for _, seed := range z.inside {
		if reports, content := verifyAttached(f, seed, z.policy); !reports[0].Valid() || !bytes.Equal(content, z.content) {
			f.Fatalf("a seed isn't valid: %+v", reports[0].Steps)
		}
	}
	f.Fuzz(func(t *testing.T, cms []byte) {
		var content bytes.Buffer
		reports, err := signing.VerifyAttached(bytes.NewReader(cms), &content, today(), z.policy)
		if err != nil || len(reports) == 0 {
			t.Fatalf("%d reports, %v", len(reports), err)
		}
		if content.Len() > len(cms) {
			t.Fatalf("%d bytes out of %d", content.Len(), len(cms))
		}
		for _, report := range reports {
			if report.Valid() && !bytes.Equal(content.Bytes(), z.content) {
				t.Fatal("valid over another content")
			}
		}
	})
}

package signing_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"baqylau/signing"
	"baqylau/signing/demo"
)

// The promise: a whole signature of one 100 KB PDF costs at most 1.2 times the bare operation of the
// key plus hashing, the check of the fresh signature included.

// bare signs the digest of the content and nothing else.
func bare(b testing.TB, f forgery) {
	b.Helper()
	if _, err := f.signer.key.Sign(rand.Reader, f.sum(f.content), crypto.SHA256); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkSign100KB takes the two in turns and compares the medians, so that what else the machine
// does weighs little, and on both alike.
func BenchmarkSign100KB(b *testing.B) {
	content := pdf()
	for name, signer := range map[string]stolenKey{"GOST": national(b, nil), "RSA": stolen(b, "auditor", demo.Signing)} {
		b.Run(name, func(b *testing.B) {
			key := signatory(b, signer)
			var ours, theirs []time.Duration
			for b.Loop() {
				start := time.Now()
				bare(b, forgery{signer: signer, content: content})
				middle := time.Now()
				signed(b, key, content)
				ours = append(ours, time.Since(middle))
				theirs = append(theirs, middle.Sub(start))
			}
			b.ReportMetric(float64(median(ours))/float64(median(theirs)), "ratio")
			b.ReportMetric(float64(median(ours).Microseconds()), "µs/signature")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

func BenchmarkVerify100KB(b *testing.B) {
	content, own := pdf(), national(b, nil)
	for name, c := range map[string]struct {
		cms    []byte
		policy signing.Policy
	}{
		"GOST": {signed(b, signatory(b, own), content), trusting(own.certificate)},
		"RSA":  {signed(b, open(b, "auditor", demo.Signing), content), document(b)},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if !signing.Verify(content, c.cms, today(), c.policy).Valid() {
					b.Fatal("not valid")
				}
			}
		})
	}
}

func BenchmarkOpenKeyFile(b *testing.B) {
	file := keyFile(b, "auditor", demo.Signing)
	for b.Loop() {
		key, err := signing.OpenPKCS12(file.Name, file.PKCS12, []byte(demo.Password))
		if err != nil {
			b.Fatal(err)
		}
		_ = key.Close()
	}
}

func BenchmarkBomb5MB(b *testing.B) {
	bomb := make([]byte, 5<<20)
	for i := range bomb {
		bomb[i] = [2]byte{0x30, 0x80}[i%2]
	}
	policy := document(b)
	for b.Loop() {
		if signing.Verify(nil, bomb, today(), policy).Valid() {
			b.Fatal("valid")
		}
	}
}

func TestSigningManyAtOnceIsSafe(t *testing.T) {
	key, content, policy := open(t, "auditor", demo.Signing), pdf(), document(t)
	done := make(chan error, 8)
	for range cap(done) {
		go func() {
			cms, err := key.SignDocument(context.Background(), signing.Bytes(content), today(), signing.Options{})
			if err == nil && !signing.Verify(content, cms, today(), policy).Valid() {
				err = signing.ErrInvalid
			}
			done <- err
		}()
	}
	for range cap(done) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

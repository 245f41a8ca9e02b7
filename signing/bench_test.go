package signing_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"slices"
	"testing"
	"time"

	"baqylau/signing"
	"baqylau/signing/demo"
)

// The promise: signing one 100 KB PDF costs at most 1.15 times the bare RSA operation plus hashing.

func bareRSA(b testing.TB, key *rsa.PrivateKey, content []byte) {
	digest := sha256.Sum256(content)
	if _, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:]); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkSign100KB(b *testing.B) {
	key, content := open(b, "auditor", demo.Signing), pdf()
	for b.Loop() {
		signed(b, key, content)
	}
}

func BenchmarkBareRSA(b *testing.B) {
	key, content := stolen(b, "auditor", demo.Signing).key.(*rsa.PrivateKey), pdf()
	for b.Loop() {
		bareRSA(b, key, content)
	}
}

// BenchmarkSign100KBRatio takes the two in turns and compares the medians, so that what else the
// machine does weighs little, and on both alike.
func BenchmarkSign100KBRatio(b *testing.B) {
	key, content := open(b, "auditor", demo.Signing), pdf()
	bare := stolen(b, "auditor", demo.Signing).key.(*rsa.PrivateKey)
	var ours, theirs []time.Duration
	for b.Loop() {
		start := time.Now()
		bareRSA(b, bare, content)
		middle := time.Now()
		signed(b, key, content)
		ours = append(ours, time.Since(middle))
		theirs = append(theirs, middle.Sub(start))
	}
	b.ReportMetric(float64(median(ours))/float64(median(theirs)), "ratio")
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

func BenchmarkVerify100KB(b *testing.B) {
	content := pdf()
	cms := signed(b, open(b, "auditor", demo.Signing), content)
	policy := document(b)
	for b.Loop() {
		if !signing.Verify(content, cms, today(), policy).Valid() {
			b.Fatal("not valid")
		}
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

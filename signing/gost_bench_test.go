package signing_test

import (
	"crypto/rand"
	"testing"
	"time"

	"baqylau/signing"
	"baqylau/signing/demo"
	"baqylau/signing/gost"
)

// openGOST opens the key of a demo authority's own.
func openGOST(t testing.TB) *signing.Key {
	t.Helper()
	a, err := demo.New(t.Context(), today(), []demo.Person{{Login: "me", Surname: "А", Name: "Б", IIN: auditorIIN, Position: demo.Individual}}, nil, demo.GOST)
	if err != nil {
		t.Fatal(err)
	}
	key, err := signing.OpenPKCS12("me.p12", a.Keys[0].PKCS12, []byte(demo.Password))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = key.Close() })
	return key
}

// BenchmarkGOSTSign100KBRatio takes a whole signature of 100 KB and the bare hash and signature in turns, and compares
// the medians of at least twenty rounds. The promise is 1.2.
func BenchmarkGOSTSign100KBRatio(b *testing.B) {
	const times = 20
	key, content := openGOST(b), pdf()
	var ours, bare []time.Duration
	for round := 0; round < 20 || b.Loop(); round++ {
		start := time.Now()
		for range times {
			digest := gost.Sum512(content)
			if _, err := key.Sign(rand.Reader, digest[:], nil); err != nil {
				b.Fatal(err)
			}
		}
		middle := time.Now()
		for range times {
			signed(b, key, content)
		}
		ours = append(ours, time.Since(middle)/times)
		bare = append(bare, middle.Sub(start)/times)
	}
	our, theirs := median(ours), median(bare)
	b.ReportMetric(float64(our.Microseconds()), "µs")
	b.ReportMetric(float64(theirs.Microseconds()), "bare-µs")
	b.ReportMetric(float64(our)/float64(theirs), "ratio")
	b.ReportMetric(0, "ns/op")
}

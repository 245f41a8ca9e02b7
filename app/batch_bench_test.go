package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"baqylau/signing"
	"baqylau/signing/demo"
	"baqylau/signing/gost"
)

// BenchmarkBatch1000x100KB signs a thousand documents of 100 KB as a batch, on all processors, and takes in turns with
// it the bare hashes and signatures of as many on one. The promise, on two processors, is 0.65 of the time.
func BenchmarkBatch1000x100KB(b *testing.B) {
	noon := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	a, err := demo.New(b.Context(), noon, []demo.Person{{Login: "me", Surname: "А", Name: "Б", IIN: "860819397013", Position: demo.Individual}}, nil, demo.GOST)
	if err != nil {
		b.Fatal(err)
	}
	key, err := signing.OpenPKCS12("me.p12", a.Keys[0].PKCS12, []byte(demo.Password))
	if err != nil {
		b.Fatal(err)
	}
	defer key.Close()
	content := bytes.Repeat([]byte("хабарлама\n"), 100<<10/19)
	papers := slices.Repeat([]Paper{{Bytes: content}}, 1000)
	batch := func() {
		signatures, ended := signAhead(context.Background(), papers, func(p Paper) ([]byte, error) {
			return key.SignDocument(context.Background(), signing.Bytes(p.Bytes), noon, signing.Options{})
		})
		defer ended()
		for _, s := range signatures {
			if made := <-s; made.err != nil {
				b.Fatal(made.err)
			}
		}
	}
	bare := func() {
		for range papers {
			digest := gost.Sum512(content)
			if _, err := key.Sign(rand.Reader, digest[:], nil); err != nil {
				b.Fatal(err)
			}
		}
	}
	var ours, theirs []time.Duration
	for round := 0; round < 20 || b.Loop(); round++ {
		start := time.Now()
		batch()
		middle := time.Now()
		bare()
		ours, theirs = append(ours, middle.Sub(start)), append(theirs, time.Since(middle))
	}
	slices.Sort(ours)
	slices.Sort(theirs)
	our, their := ours[len(ours)/2], theirs[len(theirs)/2]
	b.ReportMetric(our.Seconds(), "s")
	b.ReportMetric(their.Seconds(), "bare-s")
	b.ReportMetric(our.Seconds()/their.Seconds(), "ratio")
	b.ReportMetric(0, "ns/op")
}

package gost_test

import (
	"bufio"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"baqylau/signing/gost"
)

// BenchmarkStreebog512BesideOpenSSL takes OpenSSL's gost engine and ours in turns, 1 MiB each, so that what else the
// machine does weighs on both alike, and compares the medians: the promise is a ratio of at least 1.
func BenchmarkStreebog512BesideOpenSSL(b *testing.B) {
	theirs := startPeer(b)
	data := make([]byte, 1<<20)
	var our, their []float64
	for round := 0; round < 20 || b.Loop(); round++ {
		start := time.Now()
		gost.Sum512(data)
		our = append(our, float64(len(data))/1e6/time.Since(start).Seconds())
		their = append(their, theirs())
	}
	slices.Sort(our)
	slices.Sort(their)
	b.ReportMetric(our[len(our)/2], "MB/s")
	b.ReportMetric(their[len(their)/2], "theirs-MB/s")
	b.ReportMetric(our[len(our)/2]/their[len(their)/2], "ratio")
	b.ReportMetric(0, "ns/op")
}

// startPeer starts OpenSSL's hash and gives a function that hashes 1 MiB there and says how fast that was.
func startPeer(b *testing.B) func() (mbps float64) {
	b.Helper()
	program := filepath.Join(b.TempDir(), "streebog")
	compile := exec.Command("cc", "-O2", "-o", program, "../../build/peer/streebog.c", "-lcrypto")
	if said, err := compile.CombinedOutput(); err != nil {
		b.Skipf("missing component: a C compiler and the headers of OpenSSL: %v\n%s", err, said)
	}
	peer := exec.Command(program)
	in, err := peer.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := peer.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := peer.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close()
		_ = peer.Wait()
	})
	answers := bufio.NewReader(out)
	return func() (mbps float64) {
		if _, err := io.WriteString(in, "1\n"); err != nil {
			b.Skip("missing component: OpenSSL's gost engine:", err)
		}
		if _, err := fmt.Fscanln(answers, &mbps); err != nil {
			b.Skip("missing component: OpenSSL's gost engine:", err)
		}
		return mbps
	}
}

//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// BenchmarkGigabyte signs and verifies a document of 1 GB, detached and attached, as the commands do, and tells the
// greatest memory that any of them took. The promise is 64 MB.
func BenchmarkGigabyte(b *testing.B) {
	work := givenBench(b)
	if err := os.WriteFile(work.path("big"), nil, 0o600); err != nil {
		b.Fatal(err)
	}
	if err := os.Truncate(work.path("big"), 1<<30); err != nil {
		b.Fatal(err)
	}
	sign := []string{"sign", "big", "--key", "me-gost.p12", "--password-file", "password"}
	for b.Loop() {
		most := 0.0
		for _, step := range []struct {
			name      string
			arguments []string
		}{
			{"sign", sign},
			{"verify", []string{"verify", "big", "--anchors", "trusted"}},
			{"sign-attached", append(sign, "--attached", "--out", "attached")},
			{"verify-attached", []string{"verify", "attached/big.p7s", "--anchors", "trusted"}},
			{"verify-both", []string{"verify", "big", "attached/big.p7s", "--anchors", "trusted"}},
		} {
			c := command(b.Context(), "ru", step.arguments...)
			c.Dir = work.folder
			start := time.Now()
			if told, err := c.CombinedOutput(); err != nil {
				b.Fatalf("%v: %s", step.arguments, told)
			}
			b.ReportMetric(time.Since(start).Seconds(), step.name+"-s")
			used := megabytes(c.ProcessState.SysUsage().(*syscall.Rusage))
			b.ReportMetric(used, step.name+"-MB")
			most = max(most, used)
		}
		b.ReportMetric(most, "MB")
		for _, made := range []string{"big.p7s", "attached/big.p7s"} {
			if err := os.Remove(work.path(made)); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(0, "ns/op")
}

// megabytes is the greatest memory of an ended process; systems count it in different units.
func megabytes(used *syscall.Rusage) float64 {
	if runtime.GOOS == "linux" {
		return float64(used.Maxrss) / 1024
	}
	return float64(used.Maxrss) / (1 << 20)
}

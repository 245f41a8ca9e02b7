//go:build unix

package signing_test

import (
	"syscall"
	"testing"
	"time"
)

// processor begins to measure the processor time that this process uses, which the other work of the machine
// doesn't change as it changes the time on the wall. What it returns tells how much it was since.
func processor(t *testing.T) func() time.Duration {
	t.Helper()
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	began := used()
	return func() time.Duration { return used() - began }
}

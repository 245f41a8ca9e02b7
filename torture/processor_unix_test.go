//go:build unix

package torture

import (
	"syscall"
	"time"
)

// processorTime is what the process has used so far, on all processors: on a busy machine it says more than the clock.
func processorTime() time.Duration {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

package localstore

import "time"

const (
	backoffBase = 500 * time.Millisecond
	backoffCap  = 60 * time.Second
)

// Backoff is how long to wait before a command is tried again after attempt tries that brought no answer:
// full jitter, a share rnd() in [0, 1) of 500 ms · 2^attempt, of 60 s at most. It is 0 before the first try.
func Backoff(attempt int, rnd func() float64) time.Duration {
	if attempt <= 0 {
		return 0
	}
	limit := backoffCap
	if attempt < 7 { // 500 ms · 2^7 is beyond the cap
		limit = min(backoffBase<<attempt, backoffCap)
	}
	return time.Duration(rnd() * float64(limit))
}

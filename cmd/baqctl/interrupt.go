package main

import "context"

// statusStopped is the exit status of a program that was interrupted, as shells have it.
const statusStopped = 130

// Is makes an interrupted command a cancelled one.
func (e ended) Is(target error) bool { return e == statusStopped && target == context.Canceled }

// unlessStopped does what may wait for a pipe, or read for long, and heeds no context itself. When the
// context ends it is left behind, for the program ends too.
func unlessStopped[T any](ctx context.Context, do func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := do()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, ended(statusStopped)
	}
}

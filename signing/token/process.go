package token

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// worker is a driver's process, seen from outside.
type worker struct {
	process *exec.Cmd
	in      io.WriteCloser
	out     io.ReadCloser
}

// call sends a request to the driver's process, which it starts when there is none, and gives the
// first field of the answer. of is the generation that the request needs, 0 for any: a key belongs
// to the process that opened it. When the driver is late or the context ends, the process is ended:
// nothing else stops a call into C.
func (s *Store) call(ctx context.Context, of uint64, request frame) (answer []byte, generation uint64, err error) {
	if !available {
		return nil, 0, ErrUnavailable
	}
	ctx, cancel := context.WithTimeoutCause(ctx, s.patience, ErrHung)
	defer cancel()
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, 0, context.Cause(ctx)
	}
	if of != 0 && (s.worker == nil || s.generation != of) {
		return nil, 0, ErrRemoved
	}
	if s.worker == nil {
		if s.worker, err = start(s.command); err != nil {
			return nil, 0, err
		}
		s.generation++
	}
	response, err := s.worker.exchange(ctx, request)
	if err != nil {
		s.worker.end()
		s.worker = nil
		return nil, 0, err
	}
	if response.kind == kindRefuse {
		return nil, 0, refusal(response)
	}
	if len(response.fields) > 0 {
		answer = response.fields[0]
	}
	return answer, s.generation, nil
}

func start(command []string) (*worker, error) {
	process := exec.Command(command[0], command[1:]...)
	in, err := process.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("starting the driver's process: %w", err)
	}
	out, err := process.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting the driver's process: %w", err)
	}
	if err := process.Start(); err != nil {
		return nil, fmt.Errorf("starting the driver's process: %w", errors.Join(ErrCrashed, err))
	}
	return &worker{process, in, out}, nil
}

// exchange is one request and its answer. Whatever fails leaves the worker of no more use.
func (w *worker) exchange(ctx context.Context, request frame) (frame, error) {
	type result struct {
		response frame
		err      error
	}
	done := make(chan result, 1)
	go func() {
		if err := request.write(w.in); err != nil {
			done <- result{err: err}
			return
		}
		response, err := readFrame(w.out)
		done <- result{response, err}
	}()
	select {
	case r := <-done:
		switch {
		case r.err != nil:
			return frame{}, errors.Join(ErrCrashed, r.err)
		case r.response.kind != request.kind && r.response.kind != kindRefuse:
			return frame{}, errors.Join(ErrCrashed, errFrame)
		}
		return r.response, nil
	case <-ctx.Done():
		w.kill()
		<-done // the request holds a PIN: nobody reads it any more once this returns
		return frame{}, context.Cause(ctx)
	}
}

// grace is how long a driver may take to put its tokens in order.
const grace = time.Second

// end has the process finish, or ends it.
func (w *worker) end() {
	ended := make(chan struct{})
	hurry := time.AfterFunc(grace, w.kill)
	go func() {
		defer close(ended)
		_ = w.in.Close()
		_, _ = io.Copy(io.Discard, w.out) // until the process is gone, or kill closes it
		_ = w.process.Wait()              // how it ended is known, or of no interest
	}()
	<-ended
	hurry.Stop()
}

// kill ends the process and the pipes to it, which a child of the driver's own might hold open.
func (w *worker) kill() {
	_ = w.process.Process.Kill()
	_ = w.in.Close()
	_ = w.out.Close()
}

// refusal is the error that crossed the pipe.
func refusal(f frame) error {
	if len(f.fields) != 2 {
		return errors.Join(ErrCrashed, errFrame)
	}
	const most = 200 // bytes of the driver's words, for the log
	words := f.fields[1]
	return fmt.Errorf("%w: %q", faultOf(string(f.fields[0])), words[:min(most, len(words))])
}

package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"baqylau/control"
	"baqylau/control/calendar"
	"baqylau/server/store"
)

const (
	// system is who does by itself what time brings.
	system = "system"

	// A server that takes jobs must finish them within jobLease; it looks for them every jobPause.
	jobLease = time.Minute
	jobPause = time.Second
	jobsOnce = 100
	// calendarPause is how long a job waits that needs a year which the calendar lacks: somebody has to
	// enter it.
	calendarPause = 10 * time.Minute
)

// Run does what falls due until ctx ends, beginning with all that fell due while no server ran. Any
// number of servers may run over one store: each job has one effect.
func (s *Server) Run(ctx context.Context) {
	tick := time.NewTicker(jobPause)
	defer tick.Stop()
	for {
		if err := s.CatchUp(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("jobs wait", "cause", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// CatchUp does all that is due now. A job that fails is left for another try, after its lease. At first,
// and whenever another rule book is in force, it looks through all that is open, page by page, for what
// nobody scheduled: it was stored by a centre that knew less.
func (s *Server) CatchUp(ctx context.Context) error {
	s.watching.Lock()
	defer s.watching.Unlock()
	var failed error
	for {
		more, err := s.rewatch(ctx)
		failed = errors.Join(failed, err, s.doDue(ctx))
		if !more || ctx.Err() != nil {
			return failed
		}
	}
}

func (s *Server) doDue(ctx context.Context) error {
	var failed error
	for {
		now := s.now()
		jobs, err := s.store.Take(ctx, now, now.Add(jobLease), jobsOnce)
		if err != nil || len(jobs) == 0 {
			return errors.Join(failed, err)
		}
		for _, j := range jobs {
			if err := s.doOne(ctx, j); err != nil {
				failed = errors.Join(failed, fmt.Errorf("job %s of %s: %w", j.Kind, j.Object, err))
			}
		}
	}
}

func (s *Server) doOne(ctx context.Context, j store.Job) error {
	if owed(j) {
		return s.collect(ctx, j)
	}
	return s.do(ctx, j)
}

// do carries a job out. One that needs a year which the calendar lacks is put off.
func (s *Server) do(ctx context.Context, j store.Job) error {
	err := s.store.Update(ctx, func(tx *store.Tx) error {
		mine, err := tx.Finish(j)
		if err != nil || !mine {
			return err
		}
		actor := control.Centre()
		actor.Person = system
		u, err := s.unit(tx, caller{actor: actor})
		if err != nil {
			return err
		}
		return u.carryOut(j)
	})
	var lacks calendar.UnknownYear
	if !errors.As(err, &lacks) {
		return err
	}
	put := s.store.Update(ctx, func(tx *store.Tx) error { return tx.PutOff(j, s.now().Add(calendarPause)) })
	return errors.Join(err, put)
}

// carryOut does a job, in the transaction that notes it as done. The rule is asked again: what has
// happened since the job was set may have made it needless.
func (u *unit) carryOut(j store.Job) error {
	switch control.DutyKind(j.Kind) {
	case control.RemindExecution, control.RemedyOpens, control.LapseDue, control.RemindConfirmation, control.ConfirmationOverdue:
		return u.notificationDuty(j)
	case control.RemindReview, control.ReviewOverdue:
		return u.objectionDuty(j)
	default:
		return fmt.Errorf("nobody knows how to %s", j.Kind)
	}
}

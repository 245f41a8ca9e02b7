package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server/store"
)

const (
	// jobLapse lapses a notification at its deadline.
	jobLapse = "lapse"

	// system is who does by itself what time brings.
	system = "system"

	// A server that takes jobs must finish them within jobLease; it looks for them every jobPause.
	jobLease = time.Minute
	jobPause = time.Second
	jobsOnce = 100
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

// CatchUp does all that is due now. A job that fails is left for another try, after its lease.
func (s *Server) CatchUp(ctx context.Context) error {
	var failed error
	for {
		now := s.now()
		jobs, err := s.store.Take(ctx, now, now.Add(jobLease), jobsOnce)
		if err != nil || len(jobs) == 0 {
			return errors.Join(failed, err)
		}
		for _, j := range jobs {
			if err := s.carryOut(ctx, j); err != nil {
				failed = errors.Join(failed, fmt.Errorf("job %s of %s: %w", j.Kind, j.Object, err))
			}
		}
	}
}

// carryOut does a job and removes it, in one transaction. The rule is asked again: what has happened
// since the job was set may have made it needless.
func (s *Server) carryOut(ctx context.Context, j store.Job) error {
	return s.store.Update(ctx, func(tx *store.Tx) error {
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
		switch j.Kind {
		case jobLapse:
			return u.lapse(j)
		default:
			return fmt.Errorf("nobody knows how to %s", j.Kind)
		}
	})
}

// lapse lets a notification lapse whose deadline has passed. The trail says when that was,
// however late the centre came to it.
func (u *unit) lapse(j store.Job) error {
	record, err := u.Get(kindNotification, j.Object)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	n := &notification{record: record}
	if err := decode(record, &n.body); err != nil {
		return err
	}
	if !n.body.State.Lapse(u.now).Allowed {
		return nil // executed, objected to, or with another deadline, which has a job of its own
	}
	if err := u.step(n, control.ActionLapse, api.TrailEntry{At: n.body.State.Deadline}); err != nil {
		return err
	}
	return u.store(n, control.ActionLapse)
}

// watch sets when a notification lapses, unless something happens before.
func (u *unit) watch(n *notification) error {
	return u.Schedule(store.Job{Kind: jobLapse, Object: n.body.ID, Due: n.body.State.Deadline})
}

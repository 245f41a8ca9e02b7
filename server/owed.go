package server

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"baqylau/api"
	"baqylau/server/store"
	"baqylau/signing"
	"baqylau/signing/service"
)

// Authorities make accepted signatures last: they witness the time, and say whether the certificates
// are revoked. [service.Client] is one.
type Authorities interface {
	// Stamps tells whether there is anybody to witness the time.
	Stamps() bool
	Stamp(ctx context.Context, cms []byte, signer int, trust signing.Trust, now time.Time) (*signing.Stamp, error)
	Collect(ctx context.Context, chain []*x509.Certificate, now time.Time) (signing.Evidence, error)
}

// Jobs of a signature, by the digest of its file. Revocation is asked for after the stamp, for what
// was said before it may be too old for it.
const (
	jobStamp      = "stamp"
	jobRevocation = "revocation"
)

// The services may be away for long: a job that has waited is tried again after as long as it has
// waited, within these bounds, and given up after owedFor.
const (
	owedTime  = 20 * time.Second // for one conversation, well within jobLease
	owedLeast = time.Minute
	owedMost  = 6 * time.Hour
	owedFor   = 60 * 24 * time.Hour
)

// owe has the evidence of an accepted signature collected later; nobody waits for it. One that was witnessed
// needs no other witness.
func (u *unit) owe(signature string, report signing.Report) error {
	if u.s.authorities == nil {
		return nil
	}
	kind := jobRevocation
	if u.s.authorities.Stamps() && report.Witnessed.IsZero() {
		kind = jobStamp
	}
	return u.Schedule(store.Job{Kind: kind, Object: signature, Due: u.now})
}

func owed(j store.Job) bool { return j.Kind == jobStamp || j.Kind == jobRevocation }

// collect does what is owed to a signature. The services are asked outside of any transaction; while
// they don't answer the others wait too, so that deadlines don't.
func (s *Server) collect(ctx context.Context, j store.Job) error {
	now := s.now()
	if s.authorities == nil || now.Before(s.servicesAway) {
		return s.store.Update(ctx, func(tx *store.Tx) error { return tx.PutOff(j, now.Add(owedLeast)) })
	}
	if now.Sub(j.Due) > owedFor {
		s.log.Error("evidence of a signature is given up", "job", j.Kind, "signature", j.Object)
		return s.store.Update(ctx, func(tx *store.Tx) error { _, err := tx.Finish(j); return err })
	}
	var cms []byte
	err := s.store.View(ctx, func(tx *store.Tx) (err error) {
		_, cms, err = tx.File(j.Object)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return s.store.Update(ctx, func(tx *store.Tx) error { return tx.Drop(j) })
	}
	if err != nil {
		return err
	}
	kept, err := s.enrich(ctx, j.Kind, cms, now)
	if err != nil {
		if service.Again(err) {
			s.servicesAway = now.Add(owedLeast)
		}
		wait := min(max(now.Sub(j.Due), owedLeast), owedMost)
		put := s.store.Update(ctx, func(tx *store.Tx) error { return tx.PutOff(j, now.Add(wait)) })
		return errors.Join(err, put)
	}
	return s.keep(ctx, j, kept)
}

// enrich asks the services, and puts into the signature what they answer.
func (s *Server) enrich(ctx context.Context, kind string, cms []byte, now time.Time) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, owedTime)
	defer cancel()
	var evidence signing.Evidence
	if kind == jobStamp {
		stamp, err := s.authorities.Stamp(ctx, cms, 0, s.trust, now)
		if err != nil {
			return nil, err
		}
		evidence.Stamps = []*signing.Stamp{stamp}
	} else {
		// the signature was verified when it was accepted: here its chain alone is wanted
		chain := signing.Verify(nil, cms, now, signing.Policy{Trust: s.trust}).Chain
		var err error
		if evidence, err = s.authorities.Collect(ctx, chain, now); err != nil {
			return nil, err
		}
	}
	return signing.Enrich(cms, 0, evidence)
}

// keep stores the signature with its evidence beside the one that was accepted, which stays, and tells
// whoever sees what was signed.
func (s *Server) keep(ctx context.Context, j store.Job, kept []byte) error {
	return s.store.Update(ctx, func(tx *store.Tx) error {
		mine, err := tx.Finish(j)
		if err != nil || !mine {
			return err
		}
		digest := digestOf(kept)
		if j.Kind == jobStamp {
			if err := tx.Schedule(store.Job{Kind: jobRevocation, Object: digest, Due: s.now()}); err != nil {
				return err
			}
		}
		accepted, err := tx.Accepted(j.Object)
		if err != nil {
			return err
		}
		if err := tx.PutLasting(accepted, digest); err != nil {
			return err
		}
		uses, err := tx.FileUses(j.Object)
		if err != nil {
			return err
		}
		for _, record := range uses {
			if err := s.keepWith(tx, record, digest, kept, j.Kind); err != nil {
				return fmt.Errorf("keep the evidence with %s: %w", record.ID, err)
			}
		}
		return nil
	})
}

func (s *Server) keepWith(tx *store.Tx, record store.Record, digest string, kept []byte, action string) error {
	if err := tx.PutFile(digest, typeCMS, kept, record.Kind, record.ID); err != nil {
		return err
	}
	scopes, err := signedScopes(record)
	if err != nil {
		return err
	}
	return tx.Record(store.Event{
		Kind: record.Kind, Object: record.ID, Version: record.Version, Actor: system, Action: action,
		At: s.now(), Body: record.Body, Scopes: scopes,
	})
}

// signedScopes are who sees a signed object.
func signedScopes(record store.Record) ([]string, error) {
	switch record.Kind {
	case kindCertificate:
		var c api.Certificate
		err := decode(record, &c)
		return controlScopes(c.Organization), err
	case kindNotification:
		var n api.Notification
		err := decode(record, &n)
		return notificationScopes(n), err
	case kindConclusion:
		var c api.Conclusion
		err := decode(record, &c)
		return conclusionScopes(c), err
	}
	return nil, fmt.Errorf("nobody signs a %s", record.Kind)
}

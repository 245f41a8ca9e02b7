package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server/store"
	"baqylau/signing"
)

const (
	challengeLife = 2 * time.Minute
	sessionLife   = 12 * time.Hour
)

// caller is who sent a request, as enrolled: me is who in fact acts, actor is in whose place as well.
type caller struct {
	me    api.Me
	actor control.Actor
	token string // digest of the session's token
}

type callerKey struct{}

func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

// open lists the operations that need no session.
var open = map[string]bool{"GetCentre": true, "PostChallenge": true, "PostLogin": true}

// identify finds the caller by the session; without one, only the open operations go through.
func (s *Server) identify(next api.StrictHandlerFunc, operation string) api.StrictHandlerFunc {
	return func(ctx context.Context, w http.ResponseWriter, r *http.Request, request any) (any, error) {
		if open[operation] {
			return next(ctx, w, r, request)
		}
		token, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !found || token == "" {
			return nil, errUnauthenticated
		}
		absent, err := actingFor(r.Header)
		if err != nil {
			return nil, err
		}
		c, err := s.session(ctx, tokenDigest(token), absent)
		if err != nil {
			return nil, err
		}
		return next(context.WithValue(ctx, callerKey{}, c), w, r, request)
	}
}

func tokenDigest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func (s *Server) session(ctx context.Context, digest, absent string) (c caller, err error) {
	err = s.store.View(ctx, func(tx *store.Tx) error {
		person, expires, err := tx.Session(digest)
		if errors.Is(err, store.ErrNotFound) {
			return errUnauthenticated
		}
		if err != nil {
			return err
		}
		if !s.now().Before(expires) {
			return errSessionExpired
		}
		c, err = s.present(tx, person, absent)
		c.token = digest
		return err
	})
	return c, err
}

// present is the caller as things are now: their roles, and the substitution by which they act in the
// place of an absent person, if they say so.
func (s *Server) present(tx *store.Tx, person, absent string) (caller, error) {
	c, err := enrolled(tx, person)
	if errors.Is(err, store.ErrNotFound) {
		return caller{}, errUnauthenticated
	}
	if err != nil || absent == "" {
		return c, err
	}
	return inPlaceOf(tx, c, absent, s.now())
}

// enrolled is a person who works here: for whoever was dismissed, [store.ErrNotFound].
func enrolled(tx *store.Tx, person string) (caller, error) {
	c, err := callerFor(tx, person)
	if err == nil && !c.me.Person.DismissedAt.IsZero() {
		return caller{}, store.ErrNotFound
	}
	return c, err
}

func callerFor(tx *store.Tx, person string) (caller, error) {
	p, err := read[api.Person](tx, kindPerson, person)
	if err != nil {
		return caller{}, err
	}
	o, err := read[api.Organization](tx, kindOrganization, p.Organization)
	if err != nil {
		return caller{}, err
	}
	return caller{me: api.Me{Person: p, Organization: o}, actor: p.Actor()}, nil
}

// GetCentre says who this centre is.
func (s *Server) GetCentre(context.Context, api.GetCentreRequestObject) (api.GetCentreResponseObject, error) {
	return api.GetCentre200JSONResponse{
		NameKK: s.names[0], NameRU: s.names[1], Demo: s.store.Demo(), Origin: s.origin,
		Epoch: s.store.Epoch(), Time: s.now(), OldestClient: OldestClient,
	}, nil
}

// PostChallenge gives a nonce to sign, good for one login.
func (s *Server) PostChallenge(ctx context.Context, _ api.PostChallengeRequestObject) (api.PostChallengeResponseObject, error) {
	nonce, expires := randomHex(16), s.now().Add(challengeLife).Truncate(time.Second)
	err := s.store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.Forget(s.now()); err != nil {
			return err
		}
		return tx.Challenge(nonce, expires)
	})
	if err != nil {
		return nil, err
	}
	return api.PostChallenge200JSONResponse{Nonce: nonce, Origin: s.origin, ExpiresAt: expires}, nil
}

// PostLogin opens a session for the enrolled person whose certificate signed the challenge. The
// challenge is used up whether or not the signature holds.
func (s *Server) PostLogin(ctx context.Context, r api.PostLoginRequestObject) (api.PostLoginResponseObject, error) {
	var expires time.Time
	err := s.store.Update(ctx, func(tx *store.Tx) (err error) {
		expires, err = tx.TakeChallenge(r.Body.Nonce)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, errSessionExpired
	}
	if err != nil {
		return nil, err
	}
	now := s.now()
	text := signing.LoginText{Origin: s.origin, Nonce: r.Body.Nonce, Expires: expires}
	identity, err := signing.VerifyLogin(text, r.Body.CMS, s.trust, now)
	if err != nil {
		s.log.Info("login refused", "cause", err)
		if errors.Is(err, signing.ErrLoginExpired) {
			return nil, errSessionExpired
		}
		return nil, api.Fault(http.StatusForbidden, "signature_invalid")
	}
	token, c, until := randomHex(32), caller{}, now.Add(sessionLife)
	err = s.store.Update(ctx, func(tx *store.Tx) (err error) {
		c, err = enrolled(tx, identity.IIN)
		if errors.Is(err, store.ErrNotFound) || err == nil && c.me.Organization.BIN != identity.BIN {
			return errUnknownPerson // no such person, or not of the organisation that the certificate names
		}
		if err != nil {
			return err
		}
		return tx.PutSession(tokenDigest(token), identity.IIN, until)
	})
	if err != nil {
		return nil, err
	}
	return api.PostLogin200JSONResponse{Token: token, ExpiresAt: until, Me: c.me}, nil
}

// PostLogout ends the session.
func (s *Server) PostLogout(ctx context.Context, _ api.PostLogoutRequestObject) (api.PostLogoutResponseObject, error) {
	err := s.store.Update(ctx, func(tx *store.Tx) error { return tx.EndSession(callerOf(ctx).token) })
	return api.PostLogout204Response{}, err
}

// GetMe says who the caller is.
func (s *Server) GetMe(ctx context.Context, _ api.GetMeRequestObject) (api.GetMeResponseObject, error) {
	return api.GetMe200JSONResponse(callerOf(ctx).me), nil
}

// Package server is the central service: the API over the store, the rules and the signatures.
//
// Its promise: every command asks the same rule of package control that the client asked, with the
// server's clock and the caller's identity; what it allows is stored whole, with its event and its
// answer, in one transaction; what it refuses changes nothing. Rights are refused by default.
//
// What time brings, it does by itself (Run), once, however many servers share the store and however
// long none of them ran: notifications lapse, and people are reminded in their cabinets.
//
// Its limit: it has no other way to people than the program that they open.
package server

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server/store"
	"baqylau/signing"
)

// Version is the version of the program; clients older than OldestClient are not served.
const (
	Version      = "0.1.0"
	OldestClient = "0.1.0"
)

// Config is what a centre is made of.
type Config struct {
	Store *store.Store
	// Book is the built-in rule book: for a store that has none, or one of an older program.
	Book control.Book
	// Trust says whose signatures count. A demo trust needs a demo store, and the other way round.
	Trust signing.Trust
	// Origin is the address that clients dial; a login text names it.
	Origin         string
	NameKK, NameRU string
	// Clock is the clock that binds in law. nil is the machine's. Only a demo may have another.
	Clock func() time.Time
	// Authorities make accepted signatures last. nil: their evidence is not collected.
	Authorities Authorities
	Log         *slog.Logger
}

// Server is a centre.
type Server struct {
	store  *store.Store
	trust  signing.Trust
	origin string
	names  [2]string
	now    func() time.Time
	log    *slog.Logger
	// authorities are asked no sooner than servicesAway, which is written while watching is held.
	authorities  Authorities
	servicesAway time.Time
	// uploads bounds the files in memory.
	uploads chan struct{}
	// book is the rule book that was read last.
	book atomic.Pointer[inForce]
	// watching is held while what is due is done. unwatched are the kinds of what was not looked through
	// yet by the book watchedBy, the first of them as far as watchedTo.
	watching  sync.Mutex
	watchedBy int64
	unwatched []string
	watchedTo string
}

var (
	// ErrClock is the refusal to run real data by an injected clock.
	ErrClock = errors.New("a centre with real data runs by the machine's clock alone")
	// ErrTrust is the refusal to trust demo keys over real data, or real ones over the demo's.
	ErrTrust = errors.New("demo keys are for demo data, and only for it")
)

// New makes a centre.
func New(ctx context.Context, c Config) (*Server, error) {
	if c.Trust.Demo != c.Store.Demo() {
		return nil, ErrTrust
	}
	if c.Clock != nil && !c.Store.Demo() {
		return nil, ErrClock
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		store: c.Store, trust: c.Trust, origin: c.Origin,
		names: [2]string{c.NameKK, c.NameRU}, now: c.Clock, log: c.Log,
		authorities: c.Authorities,
		uploads:     make(chan struct{}, maxUploads),
	}
	if err := s.openBook(ctx, c.Book); err != nil {
		return nil, fmt.Errorf("make the centre: %w", err)
	}
	return s, nil
}

// Handler serves the API.
func (s *Server) Handler() http.Handler {
	strict := api.NewStrictHandlerWithOptions(s, []api.StrictMiddlewareFunc{s.check, s.identify}, api.StrictHTTPServerOptions{
		RequestErrorHandlerFunc: func(w http.ResponseWriter, r *http.Request, err error) {
			s.refuse(w, r, badRequest(err))
		},
		ResponseErrorHandlerFunc: s.refuse,
	})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /readyz", s.ready)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.refuse(w, r, errNotFound) })
	api.HandlerWithOptions(strict, api.StdHTTPServerOptions{
		BaseRouter: mux,
		ErrorHandlerFunc: func(w http.ResponseWriter, r *http.Request, err error) {
			s.refuse(w, r, badRequest(err))
		},
	})
	return s.limit(s.observe(s.receive(mux)))
}

func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	if err := s.store.Ping(r.Context()); err != nil {
		s.log.Error("store does not answer", "cause", err)
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// maxConcurrent bounds the requests in the making; more wait for their turn or their time-out.
const maxConcurrent = 256

func (s *Server) limit(next http.Handler) http.Handler {
	slots := make(chan struct{}, maxConcurrent)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
		case <-r.Context().Done():
			return
		}
		next.ServeHTTP(w, r)
	})
}

type requestIDKey struct{}

// observe gives every request an id and logs what became of it; never a body or a token.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		id := randomHex(8)
		w.Header().Set("X-Request-Id", id)
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(seen, r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id)))
		s.log.Info("request", "id", id, "method", r.Method, "path", r.URL.Path, "status", seen.status,
			"took", time.Since(started).Round(time.Microsecond))
	})
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController through.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// refuse writes an error as a problem (RFC 9457). What no rule and no fault of the caller explains
// is logged with its cause and told without it.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := s.problem(r.Context(), err)
	body, err := json.Marshal(p)
	if err != nil {
		s.log.Error("write a problem", "cause", err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	if _, err := w.Write(body); err != nil {
		s.log.Info("the caller left", "cause", err)
	}
}

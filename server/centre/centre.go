// Package centre runs a central service: on loopback inside the desktop program, or on its own.
//
// Its promise: one folder holds one centre, and a folder is the demo's or real for ever. The demo's
// keys, people and purchases are made on the first start; nothing of it can be mistaken for real.
package centre

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"baqylau/assets"
	"baqylau/control/calendar"
	"baqylau/server"
	"baqylau/server/store"
	"baqylau/signing"
	"baqylau/signing/demo"
	"baqylau/signing/service"
)

const (
	storeFile  = "centre.db"
	keysFolder = "keys"
)

// Options say how a centre runs.
type Options struct {
	Folder string
	Demo   bool
	// Listen is the address to serve at; by default a free port of loopback.
	Listen string
	// Origin is the address that clients dial; by default http:// and the address served at.
	Origin string
	// Clock is for the demo and tests alone; the demo's own is the machine's, unless the calendar
	// lacks a year that the demo needs.
	Clock func() time.Time
	// Services make accepted signatures last. Zero: nobody is asked.
	Services service.Settings
	Log      *slog.Logger
	// Progress is told what the first start of a demo is doing; may be nil.
	Progress func(done, total int)
}

// Centre is a running central service.
type Centre struct {
	folder string
	store  *store.Store
	server *server.Server
	http   *http.Server
	origin string
	failed chan error
	stop   context.CancelFunc // of the jobs
	jobs   sync.WaitGroup
}

// Start opens the folder's store, makes the demo when it is one's first start, and serves.
func Start(ctx context.Context, o Options) (_ *Centre, err error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Demo && o.Clock == nil {
		cal, err := calendar.Read(assets.WorkCalendar)
		if err != nil {
			return nil, err
		}
		o.Clock = NewClock(cal, time.Now, 0).Now
	}
	// The store knows what the folder is for: it is asked before anything is made in it.
	st, err := store.OpenSQLite(ctx, filepath.Join(o.Folder, storeFile), store.Options{Demo: o.Demo})
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, st.Close())
		}
	}()
	trust, authority, err := trust(ctx, o)
	if err != nil {
		return nil, err
	}
	if authority != nil {
		if err := seed(ctx, st, o.now()); err != nil {
			return nil, fmt.Errorf("make the demo: %w", err)
		}
	}
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	if o.Origin == "" {
		o.Origin = "http://" + listener.Addr().String()
	}
	config := server.Config{
		Store: st, Book: server.BuiltInBook(), Trust: trust, Origin: o.Origin,
		NameKK: assets.KK.T("centre.name"), NameRU: assets.RU.T("centre.name"), Clock: o.Clock, Log: o.Log,
	}
	if o.Services != (service.Settings{}) {
		config.Authorities = service.New(o.Services, nil)
	}
	s, err := server.New(ctx, config)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	c := &Centre{folder: o.Folder, store: st, server: s, origin: o.Origin, failed: make(chan error, 1), http: &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(o.Log.Handler(), slog.LevelWarn),
	}}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	c.stop = stop
	c.jobs.Go(func() { s.Run(running) })
	go func() {
		if err := c.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			c.failed <- err
		}
	}()
	return c, nil
}

func (o Options) now() func() time.Time {
	if o.Clock != nil {
		return o.Clock
	}
	return time.Now
}

// Origin is the address that clients dial.
func (c *Centre) Origin() string { return c.origin }

// Store is the centre's store, for the office.
func (c *Centre) Store() *store.Store { return c.store }

// CatchUp does what is due now, without waiting for the centre to come to it: for a demo whose clock
// was moved.
func (c *Centre) CatchUp(ctx context.Context) error { return c.server.CatchUp(ctx) }

// KeysFolder holds the demo's key files.
func (c *Centre) KeysFolder() string { return filepath.Join(c.folder, keysFolder) }

// Failed tells when serving ended by a failure.
func (c *Centre) Failed() <-chan error { return c.failed }

// Close lets the requests and the job in the making end, then closes the store.
func (c *Centre) Close(ctx context.Context) error {
	err := c.http.Shutdown(ctx)
	c.stop()
	c.jobs.Wait()
	return errors.Join(err, c.store.Close())
}

// trust loads the anchors: the demo's own authority, made on the first start, or those of the folder.
func trust(ctx context.Context, o Options) (signing.Trust, *demo.Authority, error) {
	if !o.Demo {
		t, err := loadAnchors(o)
		return t, nil, err
	}
	folder := filepath.Join(o.Folder, keysFolder)
	authority, err := demo.Load(folder)
	if errors.Is(err, fs.ErrNotExist) {
		authority, err = makeKeys(ctx, folder, o)
	}
	if err != nil {
		return signing.Trust{}, nil, fmt.Errorf("demo keys: %w", err)
	}
	return signing.DemoTrust(authority.Certificates...), authority, nil
}

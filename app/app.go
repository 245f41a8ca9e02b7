// Package app is the client's use cases: entering, the cabinet, assigning, checking, drafting,
// agreeing, signing, sending. No widget is in it and no HTTP.
//
// Its promise: what a person may do is asked of package control over the mirrored facts, so a
// button knew before the centre is asked; every command goes through the outbox, so that it reaches
// the centre once or says why not; what was typed is kept until it has arrived.
//
// Its limit: facts are as of the last change that was mirrored ([Desk.State] says when). The
// centre's verdict on arrival wins.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"baqylau/api"
	"baqylau/control"
	"baqylau/localstore"
	"baqylau/signing"
)

// Door is a centre that one may enter.
type Door struct {
	Centre api.Centre
	client *api.Client
	ahead  time.Duration // the centre's clock before ours
	log    *slog.Logger
}

// Knock finds the centre at an address. [api.ErrOffline] when nobody answers.
func Knock(ctx context.Context, address string, log *slog.Logger) (*Door, error) {
	client, err := api.NewClient(address)
	if err != nil {
		return nil, err
	}
	asked := time.Now()
	centre, err := client.Centre(ctx)
	if err != nil {
		client.Close()
		return nil, err
	}
	half := time.Since(asked) / 2
	return &Door{Centre: centre, client: client, ahead: centre.Time.Sub(asked.Add(half)), log: log}, nil
}

// Enter logs in with a key: the centre's challenge is signed with it. secret is what the key was
// opened with; it is overwritten. The key may be closed afterwards.
func (d *Door) Enter(ctx context.Context, key signing.Signatory, secret []byte, open StoreOpener) (*Desk, error) {
	defer clear(secret)
	challenge, err := d.client.Challenge(ctx)
	if err != nil {
		return nil, err
	}
	text := signing.LoginText{Origin: d.client.Origin(), Nonce: challenge.Nonce, Expires: challenge.ExpiresAt}
	cms, err := key.SignLogin(ctx, text, time.Now().Add(d.ahead))
	if err != nil {
		return nil, err
	}
	session, err := d.client.Login(ctx, api.Login{Nonce: challenge.Nonce, CMS: cms})
	if err != nil {
		return nil, err
	}
	desk, err := d.sit(ctx, session, secret, open)
	if err != nil {
		d.turnBack(ctx, err)
		return nil, err
	}
	return desk, nil
}

// sit opens the local store for a session that has begun, and brings it up to date.
func (d *Door) sit(ctx context.Context, session api.Session, secret []byte, open StoreOpener) (*Desk, error) {
	store, err := open(ownerOf(session.Me, d.Centre, d.client.Origin()), secret)
	if err != nil {
		return nil, err
	}
	return seat(ctx, &Desk{Me: session.Me, Centre: d.Centre, client: d.client, store: store, ahead: d.ahead, log: d.log})
}

// seat makes a desk ready and brings it up to date; the store of one that it can't is closed.
func seat(ctx context.Context, desk *Desk) (*Desk, error) {
	desk.waiting, desk.own = map[string]chan error{}, map[string][]ownStep{}
	desk.kick, desk.online = make(chan struct{}, 1), true
	if err := desk.recallRestored(); err != nil {
		desk.log.Error("whether the centre was restored is not known any more", "cause", err)
	}
	held, err := desk.begin(ctx)
	if err != nil {
		return nil, errors.Join(err, desk.store.Close())
	}
	if held != nil {
		desk.log.Info("a command waits for the centre to mend", "cause", held)
	}
	return desk, nil
}

// turnBack ends a session that nobody will sit in, whether or not whoever entered still waits.
func (d *Door) turnBack(ctx context.Context, cause error) {
	defer d.client.Close()
	if errors.Is(cause, api.ErrOffline) { // nobody would hear of it
		return
	}
	if err := d.client.Logout(context.WithoutCancel(ctx)); err != nil {
		d.log.Info("a session is left to end by itself", "cause", err)
	}
}

// Desk is a person's place at a centre. It is safe for use by many goroutines.
type Desk struct {
	Me     api.Me
	Centre api.Centre

	client *api.Client
	store  *localstore.Store
	book   atomic.Pointer[book]
	ahead  time.Duration
	log    *slog.Logger

	syncing sync.Mutex // one round at a time
	typing  sync.Mutex // of who writes a draft, or drops one for having arrived
	kick    chan struct{}

	told atomic.Bool // what befell the store when it was opened

	mu       sync.Mutex
	waiting  map[string]chan error // commands that somebody waits for, by id
	own      map[string][]ownStep  // what this desk's commands made of notifications, by id
	online   bool
	expired  bool
	over     bool
	mirrored time.Time
	restored Restored
}

// Actor is who asks the rules: I, or I in the place of another while I substitute for them; then nobody.
func (d *Desk) Actor() control.Actor {
	if !d.Acting() {
		return d.Me.Person.Actor()
	}
	a, _ := d.Me.Acting.Substitution.Act(d.Me.Person.Actor(), d.Me.Acting.Absent.Actor(), d.Now())
	return a // refused, it is nobody, whom every rule refuses
}

// Now is the centre's time, as far as we know.
func (d *Desk) Now() time.Time { return time.Now().Add(d.ahead) }

// Store is the local store: for the screens that keep preferences and watch changes.
func (d *Desk) Store() *localstore.Store { return d.store }

// State says how the desk stands with its centre.
type State struct {
	Online   bool
	Expired  bool      // the session has ended: enter again; nothing is lost
	Over     bool      // the substitution has ended; nothing is lost
	Mirrored time.Time // as of when the facts are
	Restored Restored  // the centre was; see RestoredSentence and ForgetRestored
	Outbox   localstore.Counts
}

// State tells it.
func (d *Desk) State() State {
	d.mu.Lock()
	defer d.mu.Unlock()
	return State{Online: d.online, Expired: d.expired, Over: d.over, Mirrored: d.mirrored, Restored: d.restored, Outbox: d.store.Counts()}
}

// Leave ends the session and closes the local store. What waits in the outbox stays there. A desk in
// another's place leaves the session, which is my own desk's, as it is.
func (d *Desk) Leave(ctx context.Context) error {
	if d.Acting() {
		return d.closeStore(nil)
	}
	err := d.client.Logout(ctx)
	if errors.Is(err, api.ErrOffline) {
		err = nil // the session ends by itself
	}
	d.client.Close()
	return d.closeStore(err)
}

func (d *Desk) closeStore(err error) error {
	if closed := d.store.Close(); closed != nil {
		err = errors.Join(err, fmt.Errorf("close the local store: %w", closed))
	}
	return err
}

// Waiting is how many commands have not reached the centre.
func (s State) Waiting() int { return s.Outbox.All() }

// Watch has f called after each change of what the desk knows, on some goroutine. The returned
// function ends it.
func (d *Desk) Watch(f func()) (cancel func()) {
	return d.store.Subscribe(func(t localstore.Topic) {
		if t != localstore.Preferences && t != localstore.Drafts {
			f()
		}
	})
}

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
	clock  *clock
	log    *slog.Logger
}

// Knock finds the centre at an address. [api.ErrOffline] when nobody answers.
func Knock(ctx context.Context, address string, log *slog.Logger) (*Door, error) {
	client, err := api.NewClient(address)
	if err != nil {
		return nil, err
	}
	clock := newClock(thisMachine())
	asked := clock.ask()
	centre, err := client.Centre(ctx)
	if err != nil {
		client.Close()
		return nil, err
	}
	clock.hear(centre.Time, asked)
	return &Door{Centre: centre, client: client, clock: clock, log: log}, nil
}

// Away says whether nobody answers at the address of a centre.
func Away(ctx context.Context, address string) bool {
	client, err := api.NewClient(address)
	if err != nil {
		return false
	}
	defer client.Close()
	_, err = client.Centre(ctx)
	return errors.Is(err, api.ErrOffline)
}

// Enter logs in with a key: the centre's challenge is signed with it. secret is what the key was
// opened with; it is overwritten. The key may be closed afterwards.
func (d *Door) Enter(ctx context.Context, key signing.Signatory, secret []byte, open StoreOpener) (*Desk, error) {
	defer clear(secret)
	session, err := logIn(ctx, d.client, key, d.clock.now)
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

// logIn begins a session: the centre's challenge is signed with the key.
func logIn(ctx context.Context, client *api.Client, key signing.Signatory, now func() time.Time) (api.Session, error) {
	challenge, err := client.Challenge(ctx)
	if err != nil {
		return api.Session{}, err
	}
	text := signing.LoginText{Origin: client.Origin(), Nonce: challenge.Nonce, Expires: challenge.ExpiresAt}
	cms, err := key.SignLogin(ctx, text, now())
	if err != nil {
		return api.Session{}, err
	}
	return client.Login(ctx, api.Login{Nonce: challenge.Nonce, CMS: cms})
}

// sit opens the local store for a session that has begun, and brings it up to date.
func (d *Door) sit(ctx context.Context, session api.Session, secret []byte, open StoreOpener) (*Desk, error) {
	store, err := open(ownerOf(session.Me, d.Centre, d.client.Origin()), secret)
	if err != nil {
		return nil, err
	}
	desk := newDesk(d.client, store, d.clock, d.log)
	return desk.seat(ctx, session.Me, d.Centre)
}

// newDesk is a desk that nothing is loaded at yet.
func newDesk(client *api.Client, store *localstore.Store, clock *clock, log *slog.Logger) *Desk {
	return &Desk{
		client: client, store: store, clock: clock, log: log,
		waiting: map[string]chan error{}, own: map[string][]ownStep{}, kick: make(chan struct{}, 1), online: true,
	}
}

// seat sits a person down who was let in, and brings the desk up to date; the store of one that can't be
// is closed. A centre that goes away after all was mirrored once leaves a desk to work at.
func (d *Desk) seat(ctx context.Context, me api.Me, centre api.Centre) (*Desk, error) {
	d.me.Store(&me)
	d.Centre = centre
	if err := d.useIndex(); err != nil {
		return nil, errors.Join(err, d.store.Close())
	}
	held, err := d.begin(ctx)
	if errors.Is(err, api.ErrOffline) && ctx.Err() == nil && d.book.Load() != nil && !d.State().Mirrored.IsZero() {
		held, err = err, nil
	}
	if err == nil {
		err = d.keepSeat()
	}
	if err != nil {
		return nil, errors.Join(err, d.store.Close())
	}
	d.tidyPrepared("sweep the files that nothing names", d.sweepFiles)
	if held != nil {
		d.log.Info("something waits for the centre to mend", "cause", held)
	}
	return d, nil
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
	Centre api.Centre

	client *api.Client
	store  *localstore.Store
	me     atomic.Pointer[api.Me]
	index  atomic.Pointer[index]
	book   atomic.Pointer[book]
	clock  *clock
	log    *slog.Logger

	syncing sync.Mutex // one round at a time
	typing  sync.Mutex // of who writes a draft, or drops one for having arrived
	kick    chan struct{}

	told atomic.Bool // what befell the store when it was opened

	mu       sync.Mutex
	waiting  map[string]chan error // commands that somebody waits for, by id
	own      map[string][]ownStep  // what this desk's commands made of notifications, by id
	online   bool
	other    bool
	over     bool
	mirrored time.Time
	heard    bool // the last round came through to the centre's log
	restored Restored
	kept     time.Time // when the seat was kept last
}

// Me is who sits here, as the centre last said.
func (d *Desk) Me() api.Me { return *d.me.Load() }

// Actor is who asks the rules: I, or I in the place of another while I substitute for them; then nobody.
func (d *Desk) Actor() control.Actor {
	if !d.Acting() {
		return d.Me().Person.Actor()
	}
	me := d.Me()
	a, _ := me.Acting.Substitution.Act(me.Person.Actor(), me.Acting.Absent.Actor(), d.Now())
	return a // refused, it is nobody, whom every rule refuses
}

// Now is the centre's time, as far as we know; never before what the centre said last.
func (d *Desk) Now() time.Time { return d.clock.now() }

// Store is the local store: for the screens that keep preferences and watch changes.
func (d *Desk) Store() *localstore.Store { return d.store }

// State says how the desk stands with its centre.
type State struct {
	Online   bool
	Expired  bool      // there is no session, or no longer: what waits is sent after entering again ([Desk.Renew])
	Other    bool      // another centre answers at the address: nothing is sent to it
	Over     bool      // the substitution has ended; nothing is lost
	Mirrored time.Time // as of when the facts are, by the centre's clock
	Restored Restored  // the centre was; see RestoredSentence and ForgetRestored
	Outbox   localstore.Counts
}

// Away says that the facts are not of now: what may be done is as of [State.Mirrored].
func (s State) Away() bool { return !s.Online || s.Expired || s.Other }

// State tells it.
func (d *Desk) State() State {
	d.mu.Lock()
	defer d.mu.Unlock()
	return State{
		Online: d.online, Expired: !d.client.InSession(), Other: d.other, Over: d.over,
		Mirrored: d.mirrored, Restored: d.restored, Outbox: d.store.Counts(),
	}
}

// Leave ends the session and closes the local store. What waits in the outbox stays there. A desk in
// another's place leaves the session, which is my own desk's, as it is.
func (d *Desk) Leave(ctx context.Context) error {
	kept := d.keepSeat()
	if d.Acting() {
		return d.closeStore(kept)
	}
	err := d.client.Logout(ctx)
	if errors.Is(err, api.ErrOffline) {
		err = nil // the session ends by itself
	}
	d.client.Close()
	return d.closeStore(errors.Join(err, kept))
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

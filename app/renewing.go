package app

import (
	"context"
	"errors"

	"baqylau/api"
	"baqylau/signing"
)

// Renew enters again at a desk whose session has ended, or that never had one: what waits is sent from
// then on, and nothing that is typed is touched. [ErrOtherPerson] for another person's key,
// [ErrOtherCentre] where another centre answers by now. A desk in another's place is served by the session
// of one's own desk, which is the one to renew. The key may be closed afterwards.
func (d *Desk) Renew(ctx context.Context, key signing.Signatory) error {
	me := d.Me().Person.IIN
	if identity := key.Identity(); identity.Certificate != nil && identity.IIN != me {
		return ErrOtherPerson
	}
	fresh, err := d.newSession(ctx, key, me)
	if err != nil {
		return err
	}
	d.me.Store(&fresh.Me)
	if err := d.useIndex(); err != nil { // who they are may have changed
		return err
	}
	d.client.Use(fresh.Token)
	d.Kick()
	return d.keepSeat()
}

// newSession enters beside the desk's own client, which goes on without a session until the person is
// known to be the same.
func (d *Desk) newSession(ctx context.Context, key signing.Signatory, me string) (api.Session, error) {
	client, err := api.NewClient(d.client.Origin())
	if err != nil {
		return api.Session{}, err
	}
	defer client.Close()
	asked := d.clock.ask()
	centre, err := client.Centre(ctx)
	if err != nil {
		return api.Session{}, err
	}
	if centre.Epoch != d.Centre.Epoch {
		return api.Session{}, ErrOtherCentre
	}
	d.clock.hear(centre.Time, asked)
	session, err := logIn(ctx, client, key, d.clock.now)
	if err == nil && session.Me.Person.IIN != me {
		err = errors.Join(ErrOtherPerson, client.Logout(context.WithoutCancel(ctx)))
	}
	return session, err
}

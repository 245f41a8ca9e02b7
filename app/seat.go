package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"baqylau/api"
	"baqylau/localstore"
)

// preferenceSeat is the name under which a store keeps who sits at it.
const preferenceSeat = "seat"

// keepSeatEvery is how old what is kept of the seat may grow while the centre is there.
const keepSeatEvery = time.Minute

// seatRecord is what a store keeps for its person to sit down without the centre.
type seatRecord struct {
	Me       api.Me     `json:"me"`
	Centre   api.Centre `json:"centre"`
	Time     keptTime   `json:"time"`
	Mirrored time.Time  `json:"mirrored"` // zero while not everything was mirrored once
}

var (
	// ErrNoSeat means that nobody has entered the centre from this store yet, or that not all was mirrored.
	ErrNoSeat = errors.New("nothing is kept here to work with without the centre")
	// ErrOtherCentre means that another centre answers at the address than the one that is worked with.
	ErrOtherCentre = errors.New("another centre answers at this address")
	// ErrOtherPerson means that the key is not of the person who sits here.
	ErrOtherPerson = errors.New("the key is another person's")
)

// ByItself tells whether a person's records are opened by this computer's keyring, with nothing to be typed.
func ByItself(k Known) bool {
	return slices.ContainsFunc(k.Locks, func(l localstore.Lock) bool { return l.Kind == localstore.LockKeyring })
}

// Shut says that records were not opened because nothing at hand fits: a secret may.
func Shut(err error) bool { return errors.Is(err, localstore.ErrWrongKey) }

// Resume seats a person without the centre, at what was mirrored when they sat here last: they are
// whoever can open the store. There is no session: what is done is kept, and is sent when the centre is
// back and the person has entered again ([Desk.Renew]). [ErrNoSeat] where nothing is kept to work with.
// The store of a desk that can't be made is closed.
func Resume(store *localstore.Store, address string, log *slog.Logger) (*Desk, error) {
	client, err := api.NewClient(address)
	if err == nil {
		d := newDesk(client, store, newClock(thisMachine()), log)
		if err = d.recall(); err == nil {
			return d, nil
		}
	}
	return nil, errors.Join(err, store.Close())
}

// recall sits whoever sat here last down, at what was mirrored then.
func (d *Desk) recall() error {
	d.online = false
	if err := errors.Join(d.recallSeat(), d.rememberBook(), d.recallRestored()); err != nil {
		return err
	}
	if d.me.Load() == nil || d.mirrored.IsZero() || d.book.Load() == nil {
		return ErrNoSeat
	}
	d.tidyPrepared("sweep the files that nothing names", d.sweepFiles)
	return d.useIndex()
}

// keepSeat keeps who sits here, and as of when the facts are.
func (d *Desk) keepSeat() error {
	d.mu.Lock()
	mirrored := d.mirrored
	d.kept = d.clock.now()
	d.mu.Unlock()
	body, err := json.Marshal(seatRecord{Me: d.Me(), Centre: d.Centre, Time: d.clock.keep(), Mirrored: mirrored})
	if err != nil {
		return err
	}
	return d.store.SetPreference(preferenceSeat, body)
}

// keepSeatNowAndThen keeps it when what is kept has grown old. That it can't is told where somebody waits.
func (d *Desk) keepSeatNowAndThen() {
	d.mu.Lock()
	age := d.clock.now().Sub(d.kept)
	d.mu.Unlock()
	if age.Abs() < keepSeatEvery {
		return
	}
	if err := d.keepSeat(); err != nil {
		d.log.Error("keep the seat", "cause", err)
	}
}

// recallSeat takes up what is kept of the seat: all of it where the desk has nobody yet, else as of when
// the facts are.
func (d *Desk) recallSeat() error {
	body, found, err := d.store.Preference(preferenceSeat)
	if err != nil || !found {
		return err
	}
	var kept seatRecord
	if err := json.Unmarshal(body, &kept); err != nil {
		return fmt.Errorf("read the seat: %w", err)
	}
	if d.me.Load() == nil {
		d.Centre = kept.Centre
		d.me.Store(&kept.Me)
		d.clock.recall(kept.Time)
	}
	d.mirrored = kept.Mirrored
	return nil
}

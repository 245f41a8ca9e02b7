package app

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"baqylau/api"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/localstore"
)

// ParcelState is how a command of the outbox stands, as people see it.
type ParcelState string

// The states.
const (
	ParcelQueued   ParcelState = "queued"   // goes by itself
	ParcelBehind   ParcelState = "behind"   // waits for what is before it on the same object, or that it stands on
	ParcelPaused   ParcelState = "paused"   // waits until the person has entered again
	ParcelSent     ParcelState = "sent"     // sent, and the centre has not said what became of it
	ParcelConflict ParcelState = "conflict" // written over a version that is no longer the centre's
	ParcelRefused  ParcelState = "refused"  // refused by the centre
)

// ParcelStates are all of them.
func ParcelStates() []ParcelState {
	return []ParcelState{ParcelQueued, ParcelBehind, ParcelPaused, ParcelSent, ParcelConflict, ParcelRefused}
}

// Parcel is a command that has not reached the centre, or not been taken there.
type Parcel struct {
	ID       string
	Label    string // key of the text that names it
	State    ParcelState
	Place    int // of it among what waits for the same object, from 1
	Of       int
	Object   string // that it changes
	Number   string // by which people cite the object; empty for one of a kind that has none
	Card     string // notification to open; empty for anything else
	Clash    bool   // a text stands against another: see [Desk.Clash]
	Since    time.Time
	Attempts int
	Answer   api.Problem // what the centre said; zero when it said nothing
	command  localstore.Command
}

// Outbox lists the commands that wait to reach the centre, in the order in which they were given.
func (d *Desk) Outbox() ([]localstore.Command, error) { return d.store.Outbox() }

// Parcels lists what waits to reach the centre, in the order in which it was given, as people see it.
func (d *Desk) Parcels() ([]Parcel, error) {
	commands, err := d.store.Outbox()
	if err != nil {
		return nil, err
	}
	state := d.State()
	paused := state.Expired || state.Over
	of, all := map[string]int{}, map[string]bool{}
	for _, c := range commands {
		all[c.Aggregate] = true
	}
	type citation struct{ number, card string }
	known := map[string]citation{}
	list := make([]Parcel, len(commands))
	for i, c := range commands {
		of[c.Aggregate]++
		behind := of[c.Aggregate] > 1 || all[c.After]
		list[i] = Parcel{
			ID: c.ID, Label: c.Label, State: parcelState(c.State, behind, paused), Place: of[c.Aggregate], Object: c.Aggregate,
			Clash: c.State == localstore.Conflict && writes(c), Since: c.Queued, Attempts: c.Attempts, command: c,
		}
		if len(c.Answer) > 0 {
			if err := json.Unmarshal(c.Answer, &list[i].Answer); err != nil {
				return nil, err
			}
		}
		cited, is := known[c.Aggregate]
		if !is {
			if cited.number, cited.card, err = d.cited(c.Aggregate); err != nil {
				return nil, err
			}
			known[c.Aggregate] = cited
		}
		list[i].Number, list[i].Card = cited.number, cited.card
	}
	for i := range list {
		list[i].Of = of[list[i].Object]
	}
	return list, nil
}

func parcelState(state localstore.State, behind, paused bool) ParcelState {
	switch {
	case state == localstore.Conflict:
		return ParcelConflict
	case state == localstore.Refused:
		return ParcelRefused
	case behind:
		return ParcelBehind
	case paused:
		return ParcelPaused
	case state == localstore.Sent:
		return ParcelSent
	default:
		return ParcelQueued
	}
}

// cited is how people cite what a command changes, and the notification to open.
func (d *Desk) cited(aggregate string) (number, card string, err error) {
	if page, is := strings.CutPrefix(aggregate, pageAggregate); is {
		purchase, _, _ := strings.Cut(page, ":")
		p, _, err := mirroredOne[control.Purchase](d, api.ObjectKindPurchase, purchase)
		return p.Body.Number, "", err
	}
	if number, found, err := d.citedNotification(aggregate); err != nil || found {
		return number, aggregate, err
	}
	c, found, err := mirroredOne[api.Conclusion](d, api.ObjectKindConclusion, aggregate)
	if err != nil || found {
		return c.Body.ObjectionNumber, "", err
	}
	cert, found, err := mirroredOne[api.Certificate](d, api.ObjectKindCertificate, aggregate)
	if err != nil || found {
		return cert.Body.Number, "", err
	}
	f, typed, err := d.typed(api.ObjectKindConclusion, aggregate)
	if err != nil {
		return "", "", err
	}
	if typed {
		aggregate = f.Objection
	}
	o, _, err := mirroredOne[api.Objection](d, api.ObjectKindObjection, aggregate)
	return o.Body.Number, "", err
}

// citedNotification is the number of a notification; of one that has none yet, that of its lot.
func (d *Desk) citedNotification(id string) (number string, found bool, err error) {
	n, found, err := mirroredOne[api.Notification](d, api.ObjectKindNotification, id)
	if err != nil || found {
		return cmp.Or(n.Body.Number, n.Body.LotNumber), found, err
	}
	f, typed, err := d.typed(api.ObjectKindNotification, id)
	if err != nil || !typed {
		return "", false, err
	}
	p, _, err := mirroredOne[control.Purchase](d, api.ObjectKindPurchase, f.Purchase)
	lot, _ := p.Body.Lot(f.Lot)
	return lot.Number, true, err
}

// Why is what the centre said of it; empty when it said nothing.
func (p Parcel) Why(lang assets.Lang) string { return p.Answer.Detail(lang) }

// Retry sends commands again: one that was refused as it is; one in conflict merged with what others
// wrote, or over the version that is mirrored now, which the person has seen. What waits for the centre
// goes at once. [ErrClash] when a person has to decide about one of them first; the others go all the same.
func (d *Desk) Retry(ids ...string) error {
	defer d.Kick()
	outbox, err := d.store.Outbox()
	if err != nil {
		return err
	}
	for _, c := range outbox {
		if !slices.Contains(ids, c.ID) {
			continue
		}
		if again := d.again(c); !errors.Is(again, localstore.ErrNotQueued) { // else it has arrived meanwhile
			err = errors.Join(err, again)
		}
	}
	return err
}

func (d *Desk) again(c localstore.Command) error {
	switch {
	case c.State != localstore.Conflict:
		return d.store.Retry(c.ID)
	case writes(c):
		return d.remerge(c)
	default:
		return d.repeat(c)
	}
}

// repeat puts a command over the version that is mirrored now in the place of one in conflict.
func (d *Desk) repeat(c localstore.Command) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	by := c
	by.ID = id.String()
	for _, s := range steps {
		if s.path(c.Aggregate) != c.Path {
			continue
		}
		o, found, err := d.store.Object(string(s.kind), c.Aggregate)
		if err != nil {
			return err
		}
		if found {
			by.Base = o.Version
		}
	}
	return d.store.Replace(c.ID, by)
}

// Along are commands with what waits behind them for the same objects: it was made on top of them, and
// goes where they go.
func Along(parcels []Parcel, ids []string) (along []Parcel) {
	first := map[string]int{} // by object: from which place on
	for _, p := range parcels {
		if slices.Contains(ids, p.ID) {
			if _, known := first[p.Object]; !known {
				first[p.Object] = p.Place
			}
		}
	}
	for _, p := range parcels {
		if from, is := first[p.Object]; is && p.Place >= from {
			along = append(along, p)
		}
	}
	return along
}

// Discard takes commands out of the outbox, with what waits behind them: see [Along]. What was typed
// stays a draft.
func (d *Desk) Discard(ids ...string) error {
	d.syncing.Lock() // nothing is on its way meanwhile
	defer d.syncing.Unlock()
	parcels, err := d.Parcels()
	if err != nil {
		return err
	}
	along := Along(parcels, ids)
	gone := make([]string, len(along))
	for i, p := range along {
		gone[i] = p.ID
	}
	return d.store.Remove(gone...)
}

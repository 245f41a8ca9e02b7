package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"baqylau/api"
	"baqylau/control"
)

// book is the rule book that the desk asks: the one in force at the centre, as of the last change that
// was mirrored.
type book struct {
	version int64
	rules   *control.Rules
}

// errNoBook means that the centre's feed has not told the rule book.
var errNoBook = errors.New("the centre has told no rule book")

func (d *Desk) rules() *control.Rules { return d.book.Load().rules }

// begin brings the desk into step for the first time: with the mirrored rule book, or with the centre's.
func (d *Desk) begin(ctx context.Context) (held, err error) {
	if err := d.recallRestored(); err != nil {
		d.log.Error("whether the centre was restored is not known any more", "cause", err)
	}
	if err := errors.Join(d.recallSeat(), d.rememberBook()); err != nil {
		d.log.Info("everything is mirrored anew, for what is kept can't be read", "cause", err)
		if err := d.mirrorAnew(); err != nil {
			return nil, err
		}
	}
	held, err = d.round(ctx)
	if err == nil && d.book.Load() == nil { // the mirror lost it on its way
		if err = d.mirrorAnew(); err == nil {
			held, err = d.round(ctx)
		}
	}
	if err == nil && d.book.Load() == nil {
		err = errNoBook
	}
	return held, err
}

// rememberBook reads the mirrored rule book. That there is none yet is no failure while the first mirror
// has not come to its end.
func (d *Desk) rememberBook() error {
	mirrored, found, err := d.store.Object(string(api.ObjectKindRulebook), api.RulebookID)
	if err != nil {
		return err
	}
	if !found {
		if d.store.Cursor() == "" || d.State().Mirrored.IsZero() {
			return nil
		}
		return errNoBook
	}
	return d.readBook(mirrored.Version, mirrored.Body)
}

// takeBook asks a newer rule book from now on, if one is among what changed. It must be done before the
// change is told: who then looks again shall see what the new book says. One that this program can't
// read leaves the former in force here; the centre's verdict on arrival wins.
func (d *Desk) takeBook(changed []api.Object) error {
	for _, o := range changed {
		if o.Kind != api.ObjectKindRulebook {
			continue
		}
		known := d.book.Load()
		if known != nil && known.version == o.Version {
			continue
		}
		switch err := d.readBook(o.Version, o.Body); {
		case err == nil:
			d.log.Info("the centre has a new rule book", "version", o.Version)
		case known == nil:
			return err
		default:
			d.log.Error("the centre's new rule book can't be read", "version", o.Version, "cause", err)
		}
	}
	return nil
}

func (d *Desk) readBook(version int64, body []byte) error {
	var told api.Rulebook
	if err := json.Unmarshal(body, &told); err != nil {
		return fmt.Errorf("read the rule book %d: %w", version, err)
	}
	rules, err := told.Files().Rules()
	if err != nil {
		return fmt.Errorf("read the rule book %d: %w", version, err)
	}
	d.book.Store(&book{version, rules})
	return nil
}

package app

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"baqylau/api"
	"baqylau/control"
)

// Letter is a line of my inbox: what I was told, and what it is about as far as I may read it.
type Letter struct {
	ID             string
	About          api.About // its code is never empty
	Came           time.Time
	PurchaseNumber string
	KK, RU         string // of the lot, where known
	// Card is the notification that it is about, or that the objection is to; Known says whether I may
	// read it.
	Card  Card
	Known bool
	// Unread is a notification that my organisation has not opened yet.
	Unread bool
	// Term is the exclusive end of a term other than the notification's own deadline, while what it is
	// for is still to be done.
	Term time.Time
}

// Inbox is what of my inbox is asked for. What is empty asks for nothing.
type Inbox struct {
	Text  string // part of a number, a name or a BIN
	About api.AboutCode
}

// Letters are what was found of my inbox, in order. A letter is read when it is asked for. It isn't safe for use
// by many goroutines.
type Letters struct {
	Total int // of all that came

	desk *Desk
	rows []letterRow
	read map[int]Letter // lately
}

// letterRow is a message with the note that it is about, or a note without a message; nil where there is none.
type letterRow struct {
	message *message
	note    *note
	came    time.Time
	unread  bool
}

func (r letterRow) id() string {
	if r.message != nil {
		return r.message.id
	}
	return r.note.id
}

// Len is how many were found.
func (l *Letters) Len() int { return len(l.rows) }

// ID names the i-th.
func (l *Letters) ID(i int) string { return l.rows[i].id() }

// Letter reads the i-th as it is now. [ErrGone] when it is no longer there.
func (l *Letters) Letter(i int) (Letter, error) {
	if letter, read := l.read[i]; read {
		return letter, nil
	}
	letter, err := l.desk.readLetter(l.rows[i])
	if err != nil {
		return Letter{}, err
	}
	if len(l.read) >= cardsKept {
		clear(l.read)
	}
	l.read[i] = letter
	return letter, nil
}

// FindLetters searches what came to me, what was not read first, then newest first: the messages, and the
// notifications to my organisation that were sent before I belonged to it. It waits until the mirror's
// index is in memory.
func (d *Desk) FindLetters(ctx context.Context, asked Inbox) (*Letters, error) {
	if err := d.store.Ready(ctx); err != nil {
		return nil, err
	}
	rows, err := d.letterRows()
	if err != nil {
		return nil, err
	}
	l := &Letters{Total: len(rows), desk: d, read: map[int]Letter{}}
	_, words := d.index.Load().newest()
	s := d.search(Journal{Text: asked.Text}, words)
	for _, row := range rows {
		fits, err := d.letterFits(row, asked.About, s)
		if err != nil {
			return nil, err
		}
		if fits {
			l.rows = append(l.rows, row)
		}
	}
	slices.SortStableFunc(l.rows, func(a, b letterRow) int {
		if a.unread != b.unread {
			return map[bool]int{true: -1, false: 1}[a.unread]
		}
		return cmp.Or(b.came.Compare(a.came), strings.Compare(a.id(), b.id()))
	})
	return l, nil
}

// letterRows are all that came, in no order.
func (d *Desk) letterRows() ([]letterRow, error) {
	delivered := map[string]bool{}
	var rows []letterRow
	for _, m := range d.index.Load().inbox() {
		row := letterRow{message: m, note: d.index.Load().note(m.notification), came: m.at}
		if m.about() == api.Delivered {
			delivered[m.notification] = true
			unread, err := d.unread(row.note)
			if err != nil {
				return nil, err
			}
			row.unread = unread
		}
		rows = append(rows, row)
	}
	if d.Actor().Organization != d.index.Load().actor.Organization { // no longer in another's place
		return rows, nil
	}
	notes, _ := d.index.Load().newest()
	for _, n := range notes {
		if !n.received || delivered[n.id] {
			continue
		}
		unread, err := d.unread(n)
		if err != nil {
			return nil, err
		}
		rows = append(rows, letterRow{note: n, came: n.delivered, unread: unread})
	}
	return rows, nil
}

// about is what a message says; older centres told of deliveries alone.
func (m *message) about() api.AboutCode { return cmp.Or(m.code, api.Delivered) }

// unread says whether my organisation has not opened a notification yet: only of one that waits for me may it be so.
func (d *Desk) unread(n *note) (bool, error) {
	if n == nil || !n.waits {
		return false, nil
	}
	v, found, err := mirroredOne[api.Notification](d, api.ObjectKindNotification, n.id)
	return found && v.Body.State.Acknowledge(d.Actor(), d.Now()).Allowed, err
}

// letterFits says whether a row is about what is asked for and has the text: in the message, in its notification, or
// in the names of the objection that it is about.
func (d *Desk) letterFits(row letterRow, about api.AboutCode, s *search) (bool, error) {
	code := api.Delivered
	if row.message != nil {
		code = row.message.about()
	}
	switch {
	case about != "" && code != about:
		return false, nil
	case row.note != nil && s.matches(row.note), row.message != nil && strings.Contains(row.message.text, s.Text):
		return true, nil
	case row.message == nil || row.message.objection == "":
		return false, nil
	}
	o, found, err := mirroredOne[api.Objection](d, api.ObjectKindObjection, row.message.objection)
	return found && strings.Contains(strings.ToLower(o.Body.NameKK+"\x00"+o.Body.NameRU), s.Text), err
}

// readLetter makes a letter of a row.
func (d *Desk) readLetter(row letterRow) (Letter, error) {
	if row.message == nil {
		c, err := d.Card(row.note.id)
		n := &c.Notification
		return Letter{ID: n.ID, Came: n.State.DeliveredAt, About: api.About{Code: api.Delivered, Number: n.Number}}.with(c), err
	}
	m, found, err := mirroredOne[api.Message](d, api.ObjectKindMessage, row.message.id)
	if err == nil {
		err = missing(found)
	}
	if err != nil {
		return Letter{}, err
	}
	return d.letter(m.Body)
}

// letter is a message with what it is about.
func (d *Desk) letter(m api.Message) (Letter, error) {
	l := Letter{ID: m.ID, About: m.About, Came: m.At, PurchaseNumber: m.PurchaseNumber}
	if l.About.Code == "" { // older centres told of deliveries alone
		l.About = api.About{Code: api.Delivered, Number: m.NotificationNumber}
	}
	var duties []control.Duty
	switch c, err := d.Card(m.Notification); {
	case errors.Is(err, ErrGone), m.Notification == "": // not mine to read, or about none
	case err != nil:
		return l, err
	default:
		l = l.with(c)
		duties, _ = d.rules().NotificationDuties(&c.Notification.State, c.Notification.ConfirmUntil) // a year that lacks leaves out reminders alone
	}
	if m.Objection != "" {
		o, found, err := mirroredOne[api.Objection](d, api.ObjectKindObjection, m.Objection)
		if err != nil {
			return l, err
		}
		duties = nil
		if found {
			l.KK, l.RU = o.Body.NameKK, o.Body.NameRU
			duties, _ = d.rules().ObjectionDuties(&o.Body.State)
		}
	}
	for _, open := range duties {
		marks := open.Kind == control.ConfirmationOverdue || open.Kind == control.ReviewOverdue
		if marks && open.Term.Equal(l.About.Deadline) {
			l.Term = open.Term
		}
	}
	return l, nil
}

// with fills in the notification that it is about.
func (l Letter) with(c Card) Letter {
	n := &c.Notification
	l.Card, l.Known, l.PurchaseNumber, l.KK, l.RU = c, true, n.PurchaseNumber, n.NameKK, n.NameRU
	l.Unread = l.About.Code == api.Delivered && c.Acknowledge.Allowed
	return l
}

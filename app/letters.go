package app

import (
	"slices"
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

// Letters lists what came to me, what was not read first, then newest first: the messages, and the
// notifications to my organisation that were sent before I belonged to it.
func (d *Desk) Letters() ([]Letter, error) {
	cards, err := d.Notifications()
	if err != nil {
		return nil, err
	}
	messages, err := d.Messages()
	if err != nil {
		return nil, err
	}
	byID := map[string]Card{}
	for _, c := range cards {
		byID[c.Notification.ID] = c
	}
	delivered := map[string]bool{}
	list := make([]Letter, 0, len(messages))
	for _, m := range messages {
		l, err := d.letter(m, byID)
		if err != nil {
			return nil, err
		}
		delivered[m.Notification] = delivered[m.Notification] || l.About.Code == api.Delivered
		list = append(list, l)
	}
	for _, c := range cards {
		if n := &c.Notification; n.State.Received(d.Actor()) && !delivered[n.ID] {
			l := Letter{ID: n.ID, Came: n.State.DeliveredAt, About: api.About{Code: api.Delivered, Number: n.Number}}
			list = append(list, l.with(c))
		}
	}
	slices.SortStableFunc(list, func(a, b Letter) int {
		if a.Unread != b.Unread {
			return map[bool]int{true: -1, false: 1}[a.Unread]
		}
		return b.Came.Compare(a.Came)
	})
	return list, nil
}

// letter is a message with what it is about.
func (d *Desk) letter(m api.Message, cards map[string]Card) (Letter, error) {
	l := Letter{ID: m.ID, About: m.About, Came: m.At, PurchaseNumber: m.PurchaseNumber}
	if l.About.Code == "" { // older centres told of deliveries alone
		l.About = api.About{Code: api.Delivered, Number: m.NotificationNumber}
	}
	var duties []control.Duty
	if c, known := cards[m.Notification]; known {
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

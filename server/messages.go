package server

import (
	"errors"
	"slices"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server/store"
)

// maxAudience bounds the people of an organisation that are written to.
const maxAudience = 10_000

// inform puts a word into the cabinets of people. name tells this message from every other one that a
// person gets: who has it is not told again.
func (u *unit) inform(people []string, name string, m api.Message) error {
	for _, person := range people {
		m.ID, m.Person, m.At = name+":"+person, person, u.now
		if _, err := u.Version(kindMessage, m.ID); err == nil {
			continue
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		err := u.put(store.Record{Kind: kindMessage, ID: m.ID, Owner: person}, 0, m, "message", []string{personScope(person)})
		if err != nil {
			return err
		}
	}
	return nil
}

// delivery is the message that a notification has come.
func delivery(n *api.Notification) api.Message {
	return api.Message{
		Notification: n.ID, NotificationNumber: n.Number, PurchaseNumber: n.PurchaseNumber,
		About: api.About{Code: api.Delivered, Number: n.Number, Deadline: n.State.Deadline},
	}
}

// aboutNotification is the message of what time brings to a notification.
func aboutNotification(n *api.Notification, d control.Duty) api.Message {
	m := delivery(n)
	m.About.Code, m.About.Deadline = api.AboutCode(d.Kind), d.Term
	return m
}

// aboutObjection is the message of what time brings to an objection.
func aboutObjection(o *api.Objection, d control.Duty) api.Message {
	return api.Message{
		Notification: o.Notification, NotificationNumber: o.NotificationNumber, PurchaseNumber: o.PurchaseNumber, Objection: o.ID,
		About: api.About{Code: api.AboutCode(d.Kind), Number: o.Number, Deadline: d.Term},
	}
}

// notificationAudience are the people who hear of what is for those who stand so to a notification.
func (u *unit) notificationAudience(tells control.Relation, n *control.Notification) ([]string, error) {
	staff, err := u.staff(n.Recipient)
	if err != nil {
		return nil, err
	}
	author, err := read[api.Person](u.Tx, kindPerson, n.Author)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	return audience(append(staff, author), func(a control.Actor) bool { return n.Hears(a, tells) }), nil
}

// objectionAudience are the same for an objection.
func (u *unit) objectionAudience(tells control.Relation, o *control.Objection) ([]string, error) {
	staff, err := u.staff(o.Committee)
	return audience(staff, func(a control.Actor) bool { return o.Hears(a, tells) }), err
}

// audience are those of some people who hear, each once.
func audience(people []api.Person, hears func(control.Actor) bool) []string {
	var list []string
	for _, p := range people {
		if hears(p.Actor()) && !slices.Contains(list, p.IIN) {
			list = append(list, p.IIN)
		}
	}
	return list
}

// staff are the people of an organisation.
func (u *unit) staff(organization string) ([]api.Person, error) {
	records, err := u.Owned(kindPerson, organization, "", maxAudience)
	if err != nil {
		return nil, err
	}
	people := make([]api.Person, len(records))
	for i, record := range records {
		if err := decode(record, &people[i]); err != nil {
			return nil, err
		}
	}
	return people, nil
}

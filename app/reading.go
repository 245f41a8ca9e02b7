package app

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"baqylau/api"
	"baqylau/control"
)

// Card is a notification with what may be done to it: its journal row and its card.
type Card struct {
	Notification api.Notification
	Version      int64
	Profiles     []control.RiskProfile // the violated ones
	Edit, Delete, SendToAgreement, Agree, Reject,
	Approve, Recall, Send, Acknowledge control.Verdict
	Answers  Answers
	Window   control.Window // of the direction in which it may be sent; zero when the purchase is not mirrored
	DaysLeft int            // to execute it; -1 when over or not delivered
	Unsent   bool           // something typed on this machine has not reached the centre
	Prepared time.Time      // when its final file was prepared here, to be signed without the centre; zero when it wasn't
}

// unsent are the forms of a kind that were typed here and have not been taken by the centre, by id.
func (d *Desk) unsent(kind api.ObjectKind) (map[string]Form, error) {
	drafts, err := d.store.Drafts(string(kind))
	if err != nil {
		return nil, err
	}
	forms := map[string]Form{}
	for _, draft := range drafts {
		var f Form
		if err := json.Unmarshal(draft.Body, &f); err != nil {
			return nil, err
		}
		forms[f.ID] = f
	}
	return forms, nil
}

// unsentCard shows a form that the centre has not got: without a number.
func (d *Desk) unsentCard(f Form) (Card, bool, error) {
	p, found, err := mirroredOne[control.Purchase](d, api.ObjectKindPurchase, f.Purchase)
	if err != nil || !found {
		return Card{}, false, err
	}
	lot, found := p.Body.Lot(f.Lot)
	if !found {
		return Card{}, false, nil
	}
	draft, _, err := d.store.Draft(draftNotification, f.ID)
	if err != nil {
		return Card{}, false, err
	}
	me := d.Principal()
	n := api.Notification{
		ID: f.ID, Purchase: p.Body.ID, PurchaseNumber: p.Body.Number, Lot: lot.ID, LotNumber: lot.Number,
		NameKK: lot.NameKK, NameRU: lot.NameRU, Amount: lot.Amount, Organizer: p.Body.AuditObject(),
		AuthorName: me.FullName(), CreatedAt: draft.Saved,
		State: control.Notification{
			Status: control.NotificationDraft, Direction: f.Direction, Author: me.IIN, Organization: me.Organization,
			Agreer: f.Text.Agreer, TextKK: f.Text.KK, TextRU: f.Text.RU,
		},
	}
	n.State.Profiles, err = d.violated(f)
	card := d.card(Versioned[api.Notification]{Body: n})
	card.Unsent = true
	return card, true, err
}

// Card shows one notification. [ErrGone] when neither the mirror nor a draft has it.
func (d *Desk) Card(id string) (Card, error) {
	unsent, err := d.unsent(api.ObjectKindNotification)
	if err != nil {
		return Card{}, err
	}
	card, err := d.cardOf(id, unsent)
	if err == nil {
		card.Prepared, err = d.preparedHere(id)
	}
	return card, err
}

// cardOf shows one, which may be among the forms that the centre has not got.
func (d *Desk) cardOf(id string, unsent map[string]Form) (Card, error) {
	n, found, err := mirroredOne[api.Notification](d, api.ObjectKindNotification, id)
	if err != nil {
		return Card{}, err
	}
	form, typed := unsent[id]
	if !found {
		if !typed {
			return Card{}, ErrGone
		}
		card, known, err := d.unsentCard(form)
		if err == nil && !known {
			err = ErrGone
		}
		return card, err
	}
	card := d.card(n)
	card.Unsent = typed
	return card, nil
}

func (d *Desk) card(n Versioned[api.Notification]) Card {
	a, s := d.Actor(), &n.Body.State
	c := Card{
		Notification: n.Body, Version: n.Version, DaysLeft: -1,
		Edit: s.May(a, control.ActionEdit), Delete: s.May(a, control.ActionDelete),
		SendToAgreement: s.May(a, control.ActionSendToAgreement), Agree: s.May(a, control.ActionAgree),
		Reject: s.May(a, control.ActionReject), Approve: s.May(a, control.ActionApprove),
		Recall: s.May(a, control.ActionRecall), Send: s.May(a, control.ActionSend), Acknowledge: s.Acknowledge(a, d.Now()),
		Answers: answersOf(s, a, d.Now()),
	}
	remedies, day := s.Remedies, n.Body.CreatedAt
	rules, lot, known := d.caseOf(n.Body)
	if known {
		c.Window = rules.Window(s.Direction)
		c.Approve = rules.Approve(a, s, lot)
		if len(remedies) == 0 {              // not sent yet: what sending will open
			remedies = rules.Remedies(lot, s.Direction, s.Profiles, d.Now())
		}
	}
	for _, number := range s.Profiles {
		p, found := d.rules().Catalogue.Worded(number, day)
		if known {
			p, found = rules.Worded(number, s.Direction, day)
		}
		if found {
			p.Remedies = nil // the catalogue has more than this notification opens
			for _, open := range remedies {
				p.Remedies = append(p.Remedies, open.Remedy)
			}
			c.Profiles = append(c.Profiles, p)
		}
	}
	if !s.Deadline.IsZero() {
		c.DaysLeft = d.DaysLeft(s.Deadline)
	}
	return c
}

// caseOf asks the rules about the purchase of a notification, where it is mirrored, and finds its lot.
func (d *Desk) caseOf(n api.Notification) (rules *control.Case, lot int, known bool) {
	p, found, err := mirroredOne[control.Purchase](d, api.ObjectKindPurchase, n.Purchase)
	if err != nil || !found {
		return nil, 0, false
	}
	lot = slices.IndexFunc(p.Body.Lots, func(l control.Lot) bool { return l.ID == n.Lot })
	if lot < 0 {
		return nil, 0, false
	}
	rules, err = d.rules().Case(&p.Body, nil, d.Now())
	return rules, lot, err == nil
}

// Messages lists what the centre told me, newest first.
func (d *Desk) Messages() ([]api.Message, error) {
	all, err := mirroredAll[api.Message](d, api.ObjectKindMessage)
	if err != nil {
		return nil, err
	}
	list := make([]api.Message, len(all))
	for i, m := range all {
		list[i] = m.Body
	}
	slices.SortFunc(list, func(a, b api.Message) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.ID, b.ID)) })
	return list, nil
}

// Task is something that waits for me: a line of the cabinet.
type Task struct {
	Kind         TaskKind
	Purchase     string // to open
	Direction    control.Direction
	Notification string // to open; empty for checks
	Number       string // how people cite it
	KK, RU       string // what it is about
	WhoseKK      string // the person or organisation that it comes from
	WhoseRU      string
	Due          time.Time // exclusive; zero when there is no term
	Prepared     time.Time // of what waits for my signature: as [Card.Prepared]
	DaysLeft     int
}

// TaskKind is what is to be done; people read it as a verb, under "task.<kind>".
type TaskKind string

const (
	TaskCheck       TaskKind = "check"
	TaskCreate      TaskKind = "create"
	TaskAgree       TaskKind = "agree"
	TaskSign        TaskKind = "sign"
	TaskSend        TaskKind = "send"
	TaskRework      TaskKind = "rework"
	TaskFinish      TaskKind = "finish"
	TaskAcknowledge TaskKind = "acknowledge"
)

// Tasks lists everything that waits for me, what ends first first.
func (d *Desk) Tasks() ([]Task, error) {
	lots, err := d.MyLots()
	if err != nil {
		return nil, err
	}
	var tasks []Task
	for _, lot := range lots {
		if task, waits := d.lotTask(lot); waits {
			tasks = append(tasks, task)
		}
	}
	cards, err := d.waitingCards()
	if err != nil {
		return nil, err
	}
	for _, card := range cards {
		task, waits := d.cardTask(card)
		if waits && task.Kind == TaskSign {
			if waits, err = d.toSign(&task); err != nil {
				return nil, err
			}
		}
		if waits {
			tasks = append(tasks, task)
		}
	}
	slices.SortStableFunc(tasks, func(a, b Task) int { return compareDeadlines(a.Due, b.Due) })
	return tasks, nil
}

// waitingCards are the notifications of which something may wait for me, and those that only this machine has, the
// newest first.
func (d *Desk) waitingCards() ([]Card, error) {
	if err := d.store.AtHand(); err != nil {
		return nil, err
	}
	unsent, err := d.unsent(api.ObjectKindNotification)
	if err != nil {
		return nil, err
	}
	ids := d.index.Load().tasks()
	for id := range unsent {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	var cards []Card
	for _, id := range ids {
		switch card, err := d.cardOf(id, unsent); {
		case errors.Is(err, ErrGone): // since, or what it was typed on is not mirrored
		case err != nil:
			return nil, err
		default:
			cards = append(cards, card)
		}
	}
	slices.SortFunc(cards, func(a, b Card) int {
		return cmp.Or(b.Notification.CreatedAt.Compare(a.Notification.CreatedAt), cmp.Compare(b.Notification.ID, a.Notification.ID))
	})
	return cards, nil
}

func (d *Desk) lotTask(lot MyLot) (Task, bool) {
	t := Task{
		Purchase: lot.Purchase.ID, Direction: lot.Direction, Number: lot.Lot.Number, KK: lot.Lot.NameKK, RU: lot.Lot.NameRU,
		WhoseKK: lot.Purchase.AuditObject().NameKK, WhoseRU: lot.Purchase.AuditObject().NameRU,
		Due: lot.Open.Closes, DaysLeft: lot.DaysLeft,
	}
	switch {
	case !lot.Open.Allowed:
		return t, false
	case lot.Checked < lot.Profiles:
		t.Kind = TaskCheck
		return t, true
	case lot.Violated > 0 && lot.Standing == nil && !d.Acting():
		t.Kind = TaskCreate
		return t, true
	default:
		return t, false
	}
}

// writing is what its author has to do about a notification that may go to agreement.
var writing = map[control.NotificationStatus]TaskKind{
	control.NotificationDraft: TaskFinish, control.NotificationRejected: TaskRework,
}

func (d *Desk) cardTask(c Card) (Task, bool) {
	n := c.Notification
	t := Task{
		Purchase: n.Purchase, Direction: n.State.Direction, Notification: n.ID, Number: n.Number,
		KK: n.NameKK, RU: n.NameRU, WhoseKK: n.AuthorName, WhoseRU: n.AuthorName, Due: c.Window.Closes, DaysLeft: -1,
	}
	switch {
	case c.Acknowledge.Allowed:
		t.Kind, t.Due = TaskAcknowledge, n.State.Deadline
	case c.Approve.Allowed:
		t.Kind = TaskSign
	case c.Agree.Allowed:
		t.Kind = TaskAgree
	case c.SendToAgreement.Allowed:
		t.Kind = writing[n.State.Status]
	case c.Send.Allowed:
		t.Kind = TaskSend
	default:
		return t, false
	}
	if !t.Due.IsZero() {
		t.DaysLeft = d.DaysLeft(t.Due)
	}
	return t, true
}

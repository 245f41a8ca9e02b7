// Package explain answers `baqctl explain`: at this moment, for this person, what is allowed on this
// purchase, and why not.
//
// Its promise: it asks the same functions as the screens and the centre, of a case written by hand, and
// says nothing that they don't. A case is read strictly: a field that it doesn't know, a word that is
// not the glossary's, an amount that is no amount are errors that name the field and the line. It is
// pure: calendar, terms and catalogue are given, or overridden by the case.
//
// Its limit: a case knows one actor and somebody else; what the case leaves out has not happened.
package explain

import (
	"slices"
	"time"

	"baqylau/control"
)

// Row is the answer for one lot (or plan point), direction and action.
type Row struct {
	Lot       string            `json:"lot"`       // number
	Direction control.Direction `json:"direction"` // empty for price quotations and plan points
	Action    control.Action    `json:"action"`
	Allowed   bool              `json:"allowed"`
	Rule      control.Rule      `json:"rule"`   // that decided
	Reason    control.Reason    `json:"reason"` // the fact that failed; empty when allowed
	Opens     *time.Time        `json:"opens"`  // in Asia/Almaty; null where no window applies
	Closes    *time.Time        `json:"closes"` // exclusive

	// Verdict is the whole answer, for whoever puts it into words.
	Verdict control.Verdict `json:"-"`
}

// Actions lists the actions of a row, in the order of the answer.
func Actions() []control.Action {
	actions := []control.Action{
		control.ActionAssign, control.ActionMark, control.ActionCreate, control.ActionAgree, control.ActionApprove,
		control.ActionSend, control.ActionRecall,
	}
	for _, r := range control.Remedies() {
		actions = append(actions, r.Action())
	}
	return actions
}

// Explain reads a case and answers for each lot × direction × action: lots in the order of the case,
// D1 to D4, actions in the order of [Actions]. What can't be read is an [*Error]; a year that the
// calendar lacks is a calendar.UnknownYear.
func Explain(data []byte, defaults control.Rules) ([]Row, error) {
	s, err := read(data, defaults)
	if err != nil {
		return nil, err
	}
	q, err := s.question()
	if err != nil {
		return nil, err
	}
	rows := []Row{}
	zone := s.rules.Calendar.Zone()
	for _, d := range s.purchase.Method.Directions() {
		q.sendings = append(q.sendings, q.rules.SendAll(q.actor, d))
	}
	for i := range s.lots {
		for at, d := range s.purchase.Method.Directions() {
			n, err := q.notification(i, d)
			if err != nil {
				return nil, err
			}
			for _, action := range Actions() {
				v := q.sendings[at]
				if action != control.ActionSend {
					v = q.ask(i, d, n, action)
				}
				rows = append(rows, Row{
					Lot: s.lots[i].facts.Number, Direction: d, Action: action, Allowed: v.Allowed, Rule: v.Rule,
					Reason: v.Reason, Opens: local(v.Opens, zone), Closes: local(v.Closes, zone), Verdict: v,
				})
			}
		}
	}
	return rows, nil
}

func local(t time.Time, zone *time.Location) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.In(zone)
	return &t
}

// question is a situation in the form in which the rules are asked.
type question struct {
	*situation
	actor    control.Actor
	rules    *control.Case
	sendings []control.Verdict // by place of the direction: the same for every lot
}

func (s *situation) question() (*question, error) {
	q := &question{situation: s, actor: control.Actor{Person: actor, Organization: home, Roles: s.roles}}
	rules, err := s.rules.Case(&s.purchase, nil, s.now)
	if err != nil {
		return nil, err
	}
	work := make([]control.LotWork, len(s.lots))
	for i := range s.lots {
		if err := s.work(&s.lots[i], rules, &work[i]); err != nil {
			return nil, err
		}
	}
	q.rules, err = s.rules.Case(&s.purchase, work, s.now)
	return q, err
}

// work is what the case says has been done on a lot. Whoever is not the actor is somebody else; a lot
// with marks or a notification is assigned to someone.
func (s *situation) work(l *lot, rules *control.Case, w *control.LotWork) error {
	touched := len(l.notifications) > 0 || s.relations&control.Assignee != 0
	for i, d := range s.purchase.Method.Directions() {
		c := &l.checks[i]
		if c.checked != "some" && c.checked != "all" {
			continue
		}
		touched = true
		in := w.In(d)
		in.MarkedBy = s.by(control.Author)
		var err error
		if in.Marks, err = c.marks(rules.Profiles(d)); err != nil {
			return err
		}
	}
	for _, n := range l.notifications {
		in := w.In(n.direction)
		in.Notification, in.NotificationAuthor = n.status, another
		if n.author {
			in.NotificationAuthor = actor
		}
	}
	if touched {
		w.Assignee = s.by(control.Assignee)
	}
	return nil
}

// marks are the cells: all profiles, or those that are violated and one more that the case doesn't name.
func (c *checks) marks(profiles []control.RiskProfile) ([]control.Mark, error) {
	var marks []control.Mark
	if c.checked == "all" {
		for _, p := range profiles {
			violated := slices.Contains(c.violated, p.Number)
			marks = append(marks, control.Mark{Profile: p.Number, Checked: true, Violated: violated})
		}
		return marks, nil
	}
	if len(c.violated) > 0 && len(c.violated) == len(profiles) {
		return nil, c.at.Fault("every profile is violated, so all are checked and not some")
	}
	for _, number := range c.violated {
		marks = append(marks, control.Mark{Profile: number, Checked: true, Violated: true})
	}
	return append(marks, control.Mark{Checked: true}), nil
}

// by is who stands in a relation: the actor, or somebody else.
func (s *situation) by(r control.Relation) string {
	if s.relations&r != 0 {
		return actor
	}
	return another
}

// at is the organisation that stands in a relation: the actor's, or another.
func (s *situation) at(r control.Relation) string {
	if s.relations&r != 0 {
		return home
	}
	return elsewhere
}

// notification is the one of a lot and direction, with the terms and remedies of its delivery; the
// zero one when there is none.
func (q *question) notification(i int, d control.Direction) (*control.Notification, error) {
	at := slices.IndexFunc(q.lots[i].notifications, func(n notification) bool { return n.direction == d })
	if at < 0 {
		return &control.Notification{Direction: d, Recipient: q.at(control.Organizer)}, nil
	}
	said := &q.lots[i].notifications[at]
	n := &control.Notification{
		Status: said.status, Direction: d, Author: another, Organization: q.at(control.Colleague),
		Agreer: q.by(control.Agreer), Recipient: q.at(control.Organizer), Profiles: said.profiles,
		TextKK: "-", DeliveredAt: said.deliveredAt, Deadline: said.deadline,
	}
	if said.author {
		n.Author, n.Organization = actor, home
	}
	if n.Profiles == nil {
		n.Profiles = q.rules.Violated(i, d)
	}
	if !said.status.Sent() || said.deliveredAt.IsZero() {
		return n, nil
	}
	n.Remedies = q.rules.Remedies(i, d, n.Profiles, said.deliveredAt)
	if !n.Deadline.IsZero() {
		return n, nil
	}
	var err error
	n.Deadline, err = q.situation.rules.Deadline(said.deliveredAt)
	return n, err
}

// ask asks the rule of an action. Where the case says whose turn it is and who works in the audit
// object, the relation holds whatever the status, so that the status decides.
func (q *question) ask(i int, d control.Direction, n *control.Notification, action control.Action) control.Verdict {
	facts := control.Facts{Case: q.rules, Lot: i, Direction: d, Notification: n, Now: q.now}
	switch action {
	case control.ActionAssign:
		return q.assign(facts)
	case control.ActionRecall, control.ActionMark, control.ActionCreate:
		return control.May(q.actor, action, facts)
	}
	if _, v := control.NotificationLife.Step(n.Status, action, q.actor, q.relations); !v.Allowed {
		return v
	}
	facts.Other = anAuditor(n.Organization)
	return control.May(q.actor, action, facts)
}

// anAuditor is somebody fit to be assigned to or to agree next.
func anAuditor(organization string) control.Actor {
	return control.Actor{Person: another, Organization: organization, Roles: []control.Role{control.Auditor}}
}

// assign asks for the right, then whether the lot is subject to control in this very direction (an
// assignment covers all of them), then for.
func (q *question) assign(facts control.Facts) control.Verdict {
	facts.Other = anAuditor(home)
	v := control.May(q.actor, control.ActionAssign, facts)
	if v.Reason == control.MissingRole {
		return v
	}
	subject := q.rules.Subject(facts.Lot, facts.Direction)
	if !subject.Allowed || v.Allowed {
		return subject
	}
	return v
}

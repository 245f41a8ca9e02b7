package control

import "strconv"

// Action is something a person does to an aggregate.
type Action string

const (
	ActionCreate          Action = "create_notification"
	ActionEdit            Action = "edit"
	ActionDelete          Action = "delete"
	ActionSendToAgreement Action = "send_to_agreement"
	ActionAgree           Action = "agree"
	ActionReject          Action = "reject"
	ActionApprove         Action = "approve"
	ActionRecall          Action = "recall"
	ActionSend            Action = "send_all"
	ActionAcknowledge     Action = "acknowledge"
)

// Relation is how an actor stands to an aggregate. A set: values are bits.
type Relation uint8

const (
	Assignee       Relation = 1 << iota // the lot is assigned to the actor
	Author                              // wrote it
	Agreer                              // its current agreer
	Colleague                           // works in the author's organisation
	Organizer                           // works in the audit object
	PurchaseAuthor                      // wrote a notification of the same purchase
)

// String names the first relation of the set, by the code that verdicts cite.
func (r Relation) String() string {
	for i, name := range [...]string{"assignee", "author", "agreer", "colleague", "organizer", "purchase_author"} {
		if r&(1<<i) != 0 {
			return name
		}
	}
	return ""
}

// Transition is one row of a life cycle: in status From, whoever has Role and Relation may do
// Action, which leads to To. The empty status is "does not exist".
type Transition[S ~string] struct {
	Action   Action
	From, To S
	Role     Role
	Relation Relation
	Rule     Rule
}

// Life is a life cycle: a table of transitions.
type Life[S ~string] []Transition[S]

// Step finds where the action leads from a status. When it is refused, the first failing check
// decides, in the order role, relation, status.
func (l Life[S]) Step(from S, action Action, a Actor, relations Relation) (S, Verdict) {
	v := refuse("", WrongStatus, string(from))
	rank := 0 // how far the best row came: 1 known, 2 role, 3 relation
	for _, t := range l {
		if t.Action != action {
			continue
		}
		switch {
		case !a.Has(t.Role):
			if rank < 1 {
				rank, v = 1, refuse(t.Rule, MissingRole, string(t.Role))
			}
		case relations&t.Relation == 0:
			if rank < 2 {
				rank, v = 2, refuse(t.Rule, MissingRelation, t.Relation.String())
			}
		case from != t.From:
			if rank < 3 {
				rank, v = 3, refuse(t.Rule, WrongStatus, string(from))
			}
		default:
			return t.To, allow(t.Rule, Window{})
		}
	}
	return from, v
}

func itoa(n int) string { return strconv.Itoa(n) }

package control_test

import (
	"testing"

	"pgregory.net/rapid"

	"baqylau/control"
)

var relations = []control.Relation{
	control.Assignee, control.Author, control.Agreer, control.Colleague, control.Organizer, control.PurchaseAuthor,
}

var actions = []control.Action{
	control.ActionCreate, control.ActionEdit, control.ActionDelete, control.ActionSendToAgreement, control.ActionAgree,
	control.ActionReject, control.ActionApprove, control.ActionRecall, control.ActionSend, control.ActionAcknowledge,
}

// required is the life of a notification as the requirements tell it, one sentence a case, for one role
// and one relation: where the action leads, and whether it may be done.
func required(from control.NotificationStatus, action control.Action, role control.Role, relation control.Relation) (control.NotificationStatus, bool) {
	auditor, approver := role == control.Auditor, role == control.AuditorApprover
	author := auditor && relation == control.Author
	agreer := (auditor || approver) && relation == control.Agreer && from == control.NotificationInAgreement
	open := from == control.NotificationDraft || from == control.NotificationRejected
	switch action {
	case control.ActionCreate: // by the assignee: status draft.
		return control.NotificationDraft, from == "" && auditor && relation == control.Assignee
	case control.ActionEdit: // draft by the author, rejected by the author.
		return from, open && author
	case control.ActionDelete: // draft by the author and employees of the author's organisation; rejected by the author alone.
		colleague := (auditor || approver) && relation == control.Colleague
		return "", open && author || from == control.NotificationDraft && colleague
	case control.ActionSendToAgreement: // both may be sent: in agreement.
		return control.NotificationInAgreement, open && author
	case control.ActionAgree: // the current agreer: either role.
		return control.NotificationInAgreement, agreer
	case control.ActionReject:
		return control.NotificationRejected, agreer
	case control.ActionApprove: // auditor_approver as current agreer.
		return control.NotificationApproved, agreer && approver
	case control.ActionRecall: // the author, from in agreement or approved.
		return control.NotificationDraft, author && (from == control.NotificationInAgreement || from == control.NotificationApproved)
	case control.ActionSend: // any author of a notification of this purchase, every approved one.
		return control.NotificationDelivered, from == control.NotificationApproved && auditor && relation == control.PurchaseAuthor
	case control.ActionAcknowledge: // the organiser's employee opens a delivered one.
		return control.NotificationAcknowledged, from == control.NotificationDelivered && role == control.AuditObject && relation == control.Organizer
	default:
		return from, false
	}
}

// rulesBeforeSending are the rules of the actions.
var rulesBeforeSending = map[control.Action]control.Rule{
	"create_notification": "R-3.1", "edit": "R-3.4", "delete": "R-3.4", "send_to_agreement": "R-3.5", "agree": "R-3.6",
	"reject": "R-3.6", "approve": "R-3.7", "recall": "R-3.9", "send_all": "R-3.10", "acknowledge": "R-3.12",
}

// requiredReason is the first failing check, in the order role, relation, status.
func requiredReason(action control.Action, role control.Role, relation control.Relation) control.Reason {
	reason := control.MissingRole
	for _, s := range append(control.NotificationStatuses(), "") {
		for _, other := range relations {
			if _, may := required(s, action, role, other); !may {
				continue
			}
			if other == relation {
				return control.WrongStatus
			}
			reason = control.MissingRelation
		}
	}
	return reason
}

func TestEveryCellOfTheLifeOfANotification(t *testing.T) {
	cells, leave := 0, 0
	for _, from := range append(control.NotificationStatuses(), "") {
		for _, action := range actions {
			for _, role := range control.Roles() {
				for _, relation := range relations {
					cells++
					to, may := required(from, action, role, relation)
					got, v := control.NotificationLife.Step(from, action, control.Actor{Roles: []control.Role{role}}, relation)
					cell := string(from) + " × " + string(action) + " × " + string(role) + " × " + relation.String()
					if v.Allowed != may {
						t.Errorf("%s: %s, want allowed %v", cell, said(v), may)
						continue
					}
					if v.Rule != rulesBeforeSending[action] {
						t.Errorf("%s: the verdict cites %q", cell, v.Rule)
					}
					if may {
						leave++
						if got != to || v.Reason != "" {
							t.Errorf("%s leads to %q (%s), want %q", cell, got, v.Reason, to)
						}
						continue
					}
					if want := requiredReason(action, role, relation); v.Reason != want || got != from {
						t.Errorf("%s: %s, staying %q; want the reason %s", cell, said(v), got, want)
					}
				}
			}
		}
	}
	if cells != 17*10*12*6 || leave != 18 {
		t.Errorf("%d cells, %d of them allowed; want %d and 18", cells, leave, 17*10*12*6)
	}
}

// More roles and relations than one add up: an actor may what any pair of them may.
func TestRolesAndRelationsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.SampledFrom(append(control.NotificationStatuses(), "")).Draw(t, "from")
		action := rapid.SampledFrom(actions).Draw(t, "action")
		roles := rapid.SliceOfDistinct(rapid.SampledFrom(control.Roles()), rapid.ID[control.Role]).Draw(t, "roles")
		set := control.Relation(rapid.Uint8Range(0, 63).Draw(t, "relations"))
		want := false
		for _, role := range roles {
			for _, relation := range relations {
				if _, may := required(from, action, role, relation); may && set&relation != 0 {
					want = true
				}
			}
		}
		_, v := control.NotificationLife.Step(from, action, control.Actor{Roles: roles}, set)
		if v.Allowed != want {
			t.Fatalf("%s, want allowed %v", said(v), want)
		}
	})
}

func TestAnActionThatNobodyKnowsIsRefused(t *testing.T) {
	all := control.Actor{Roles: control.Roles()}
	if to, v := control.NotificationLife.Step(control.NotificationDraft, "burn", all, 63); v.Allowed || to != control.NotificationDraft || v.Rule != "" || v.Reason != control.WrongStatus {
		t.Errorf("%s, to %q", said(v), to)
	}
}

func TestEveryStatusOfThisLifeIsReachedFromNothing(t *testing.T) {
	reached := reachable()
	for _, s := range []control.NotificationStatus{
		control.NotificationDraft, control.NotificationInAgreement, control.NotificationRejected, control.NotificationApproved,
		control.NotificationDelivered, control.NotificationAcknowledged,
	} {
		if !reached[s] {
			t.Errorf("%s is never reached", s)
		}
	}
	for _, row := range control.NotificationLife {
		if !reached[row.From] {
			t.Errorf("%s from %q can never happen", row.Action, row.From)
		}
	}
}

// reachable are the statuses to which the table leads from "does not exist".
func reachable() map[control.NotificationStatus]bool {
	reached := map[control.NotificationStatus]bool{"": true}
	for grown := true; grown; {
		grown = false
		for _, row := range control.NotificationLife {
			if reached[row.From] && !reached[row.To] {
				reached[row.To], grown = true, true
			}
		}
	}
	return reached
}

func TestARelationIsNamedByItsFirst(t *testing.T) {
	if got := (control.Author | control.Colleague).String(); got != "author" {
		t.Errorf("author and colleague read %q", got)
	}
	if got := control.Relation(0).String(); got != "" {
		t.Errorf("no relation reads %q", got)
	}
}

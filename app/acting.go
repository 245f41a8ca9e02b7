package app

import (
	"context"
	"errors"
	"net/url"

	"baqylau/api"
	"baqylau/control"
)

const (
	stepEdit    = "edit"
	stepDelete  = "delete"
	stepPrepare = "prepare"
	stepApprove = "approve"
)

// step is where the command of an action goes: /v1/notifications/{id}/agree.
type step struct {
	kind api.ObjectKind
	last string
}

func (s step) path(id string) string { return commandPath(collection(s.kind), id, s.last) }

// steps of the actions on one aggregate that carry no more than a body over its version.
var steps = map[control.Action]step{
	control.ActionDelete:             {api.ObjectKindNotification, stepDelete},
	control.ActionSendToAgreement:    {api.ObjectKindNotification, "send-to-agreement"},
	control.ActionAgree:              {api.ObjectKindNotification, "agree"},
	control.ActionReject:             {api.ObjectKindNotification, "reject"},
	control.ActionRecall:             {api.ObjectKindNotification, "recall"},
	control.ActionAcknowledge:        {api.ObjectKindNotification, "acknowledge"},
	control.ActionBegin:              {api.ObjectKindNotification, "begin"},
	control.ActionConfirm:            {api.ObjectKindNotification, "confirm"},
	control.ActionRefuseConfirmation: {api.ObjectKindNotification, "refuse-confirmation"},
	control.ActionSavePenalty:        {api.ObjectKindNotification, "penalty"},
	control.ActionCompletePenalty:    {api.ObjectKindNotification, "complete-penalty"},
	control.ActionSuspend:            {api.ObjectKindNotification, "suspend"},
	control.ActionRevokeSuspension:   {api.ObjectKindNotification, "revoke-suspension"},
	control.ActionProlongObjection:   {api.ObjectKindObjection, "prolong"},
	control.ActionDeleteConclusion:   {api.ObjectKindConclusion, stepDelete},
	control.ActionSendConclusion:     {api.ObjectKindConclusion, "send-to-agreement"},
	control.ActionAgreeConclusion:    {api.ObjectKindConclusion, "agree"},
	control.ActionRejectConclusion:   {api.ObjectKindConclusion, "reject"},
}

// act does an action to an aggregate as it is mirrored.
func (d *Desk) act(ctx context.Context, id string, action control.Action, body any) error {
	s := steps[action]
	return d.live(ctx, s.kind, id, s.path(id), "command."+string(action), body)
}

// live sends a command over the version of an aggregate that is mirrored.
func (d *Desk) live(ctx context.Context, kind api.ObjectKind, id, path, label string, body any) error {
	o, found, err := d.store.Object(string(kind), id)
	if err != nil || !found {
		return errors.Join(err, missing(found))
	}
	return d.do(ctx, command{aggregate: id, base: o.Version, path: path, body: body, label: label})
}

// collection is where the aggregates of a kind are.
func collection(kind api.ObjectKind) string { return string(kind) + "s" }

func commandPath(collection, id, step string) string {
	return "/v1/" + collection + "/" + url.PathEscape(id) + "/" + step
}

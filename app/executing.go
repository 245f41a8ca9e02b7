package app

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"baqylau/api"
	"baqylau/control"
)

// Begin says for the audit object that the execution has begun.
func (d *Desk) Begin(ctx context.Context, id string) error {
	return d.notify(ctx, id, control.ActionBegin, nil)
}

// Execute reports a remedy, or that the purchase goes on without one. The report may be empty.
func (d *Desk) Execute(ctx context.Context, id string, remedy control.Remedy, report string) error {
	return d.live(ctx, id, commandPath("notifications", id, "execute"), "command.execute", api.ExecuteCommand{
		Remedy: api.ExecuteCommandRemedy(remedy), Text: report,
	})
}

// Confirm says for the author that it was executed.
func (d *Desk) Confirm(ctx context.Context, id string) error {
	return d.notify(ctx, id, control.ActionConfirm, nil)
}

// RefuseConfirmation says for the author why it was not.
func (d *Desk) RefuseConfirmation(ctx context.Context, id, reason string) error {
	return d.notify(ctx, id, control.ActionRefuseConfirmation, api.RejectCommand{Reason: reason})
}

// Object sends the audit object's objection to a notification, in at least one language.
func (d *Desk) Object(ctx context.Context, id, kk, ru string) error {
	objection, err := uuid.NewV7()
	if err != nil {
		return err
	}
	return d.live(ctx, id, "/v1/objections", "command.object", api.ObjectionCommand{
		ID: objection.String(), Notification: id, TextKK: kk, TextRU: ru,
	})
}

// live sends a command over the version of a notification that is mirrored.
func (d *Desk) live(ctx context.Context, id, path, label string, body any) error {
	n, found, err := mirroredOne[api.Notification](d, api.ObjectKindNotification, id)
	if err != nil || !found {
		return errors.Join(err, missing(found))
	}
	return d.do(ctx, command{aggregate: id, base: n.Version, path: path, body: body, label: label})
}

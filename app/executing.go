package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"baqylau/api"
	"baqylau/control"
)

// Answers is what may be done to a notification that was sent: by the audit object, then by the author,
// then by the order manager.
type Answers struct {
	Object, Begin control.Verdict
	// Execute has the ways of executing that sending opened, with continuing without one, in their order.
	Execute                      []Way
	Confirm, RefuseConfirmation  control.Verdict
	SavePenalty, CompletePenalty control.Verdict
	Suspend, Revoke              control.Verdict
}

// Way is a way of executing.
type Way struct {
	Remedy control.Remedy
	May    control.Verdict
}

func answersOf(n *control.Notification, a control.Actor, now time.Time) Answers {
	answers := Answers{
		Object: n.Object(a, now), Begin: n.Begin(a, now), Confirm: n.Confirm(a), RefuseConfirmation: n.RefuseConfirmation(a, anyText),
		SavePenalty: n.MaySavePenalty(a), CompletePenalty: n.CompletePenalty(a), Suspend: n.MaySuspend(a), Revoke: n.MayRevoke(a),
	}
	for _, open := range n.Remedies {
		answers.Execute = append(answers.Execute, Way{Remedy: open.Remedy, May: n.Execute(a, open.Remedy, now)})
	}
	return answers
}

// Begin says for the audit object that the execution has begun.
func (d *Desk) Begin(ctx context.Context, id string) error {
	return d.act(ctx, id, control.ActionBegin, nil)
}

// Execute reports a remedy, or that the purchase goes on without one. The report may be empty.
func (d *Desk) Execute(ctx context.Context, id string, remedy control.Remedy, report string) error {
	return d.live(ctx, api.ObjectKindNotification, id, commandPath("notifications", id, "execute"), "command.execute", api.ExecuteCommand{
		Remedy: api.ExecuteCommandRemedy(remedy), Text: report,
	})
}

// Confirm says for the author that it was executed.
func (d *Desk) Confirm(ctx context.Context, id string) error {
	return d.act(ctx, id, control.ActionConfirm, nil)
}

// RefuseConfirmation says for the author why it was not.
func (d *Desk) RefuseConfirmation(ctx context.Context, id, reason string) error {
	return d.act(ctx, id, control.ActionRefuseConfirmation, api.RejectCommand{Reason: reason})
}

// Object sends the audit object's objection to a notification, in at least one language.
func (d *Desk) Object(ctx context.Context, id, kk, ru string) error {
	objection, err := uuid.NewV7()
	if err != nil {
		return err
	}
	return d.live(ctx, api.ObjectKindNotification, id, "/v1/objections", "command.object", api.ObjectionCommand{
		ID: objection.String(), Notification: id, TextKK: kk, TextRU: ru,
	})
}

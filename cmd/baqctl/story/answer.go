package story

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"
	"time"

	"baqylau/api"
	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
)

// receive opens the delivered notification at the audit object's.
func (a *actor) receive() error {
	if err := a.informed(api.Delivered); err != nil {
		return err
	}
	if err := a.Acknowledge(a.ctx, a.notifications[0]); err != nil {
		return err
	}
	card, err := a.Card(a.notifications[0])
	if err != nil {
		return err
	}
	s := card.Notification.State
	return a.stands(control.NotificationAcknowledged, "story.received", "deadline", lastDay(s.Deadline), "objection", lastDay(s.ObjectionUntil))
}

// informed demands that the centre has told this person of the notification.
func (a *actor) informed(of api.AboutCode) error {
	messages, err := a.Messages()
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(messages, func(m api.Message) bool { return m.Notification == a.notifications[0] && m.About.Code == of }) {
		return fmt.Errorf("no message tells of it: %s", of)
	}
	return nil
}

// reminded demands the reminder of the deadline.
func (a *actor) reminded() error { return a.informed(api.RemindExecution) }

// lastDay is the last day of a term, which ends with it.
func lastDay(end time.Time) string { return assets.Date(end.Add(-time.Nanosecond)) }

// begin says that the execution has begun.
func (a *actor) begin() error {
	if err := a.Begin(a.ctx, a.notifications[0]); err != nil {
		return err
	}
	return a.stands(control.NotificationInExecution, "story.begun")
}

// execute reports a remedy.
func execute(remedy control.Remedy, leads control.NotificationStatus) func(*actor) error {
	return func(a *actor) error {
		if err := a.Execute(a.ctx, a.notifications[0], remedy, a.Lang.T("story.report_text")); err != nil {
			return err
		}
		return a.stands(leads, "story.executed", "remedy", a.Lang.T("remedy."+string(remedy)))
	}
}

// tooEarly tries a remedy before it opens.
func tooEarly(remedy control.Remedy) func(*actor) error {
	return func(a *actor) error {
		return a.denied("story.what.execute", control.WindowNotOpen, a.Execute(a.ctx, a.notifications[0], remedy, ""))
	}
}

// closed tries a remedy that the notification's status has closed.
func closed(remedy control.Remedy) func(*actor) error {
	return func(a *actor) error {
		return a.denied("story.what.execute", control.WrongStatus, a.Execute(a.ctx, a.notifications[0], remedy, ""))
	}
}

// refuseConfirmation says for the author that it was not executed, and why.
func (a *actor) refuseConfirmation() error {
	why := a.Lang.T("story.not_confirmed_for")
	if err := a.RefuseConfirmation(a.ctx, a.notifications[0], why); err != nil {
		return err
	}
	return a.stands(control.NotificationNotConfirmed, "story.not_confirmed", "reason", why)
}

// confirm says that it was.
func (a *actor) confirm() error {
	if err := a.Confirm(a.ctx, a.notifications[0]); err != nil {
		return err
	}
	return a.stands(control.NotificationExecuted, "story.confirmed")
}

// lapsed finds it lapsed: the centre did so by itself.
func lapsed(as control.NotificationStatus) func(*actor) error {
	return func(a *actor) error { return a.stands(as, "story.lapsed") }
}

// object sends an objection.
func (a *actor) object() error {
	if err := a.Object(a.ctx, a.notifications[0], assets.KK.T("story.objection_text"), assets.RU.T("story.objection_text")); err != nil {
		return err
	}
	return a.stands(control.NotificationObjectionSent, "story.objected")
}

// objection is the one to the chapter's notification.
func (a *actor) objection() (app.ObjectionCard, error) {
	all, err := a.Objections()
	if err != nil {
		return app.ObjectionCard{}, err
	}
	at := slices.IndexFunc(all, func(o app.ObjectionCard) bool { return o.Objection.Notification == a.notifications[0] })
	if at < 0 {
		return app.ObjectionCard{}, fmt.Errorf("%w: the objection is not seen", errMissing)
	}
	return all[at], nil
}

// assignObjection gives the objection to a controller.
func (a *actor) assignObjection() error {
	o, err := a.objection()
	if err != nil {
		return err
	}
	controller, err := a.colleague(control.Controller, "controller")
	if err != nil {
		return err
	}
	if err := a.AssignObjections(a.ctx, []string{o.Objection.ID}, controller.IIN); err != nil {
		return err
	}
	a.step("story.objection_assigned", "number", o.Objection.Number, "name", controller.ShortName(), "due", lastDay(o.Objection.State.Due))
	return nil
}

// prolong prolongs the review once.
func (a *actor) prolong() error {
	o, err := a.objection()
	if err != nil {
		return err
	}
	reason := a.Lang.T("story.prolonged_for")
	if err := a.ProlongObjection(a.ctx, o.Objection.ID, reason); err != nil {
		return err
	}
	if o, err = a.objection(); err != nil {
		return err
	}
	a.step("story.prolonged", "number", o.Objection.Number, "due", lastDay(o.Objection.State.Due), "reason", reason)
	return nil
}

// conclude writes a conclusion and sends it to agreement.
func conclude(outcome control.Outcome) func(*actor) error {
	return func(a *actor) error {
		o, err := a.objection()
		if err != nil {
			return err
		}
		approver, err := a.colleague(control.ControllerApprover, "controller-approver")
		if err != nil {
			return err
		}
		form, err := a.NewConclusion(o.Objection.ID)
		if err != nil {
			return err
		}
		form.Text = text("story.conclusion."+string(outcome), approver.IIN)
		form.Text.Outcome = outcome
		if err := a.SendToAgreement(a.ctx, form); err != nil {
			return err
		}
		c, err := a.Conclusion(form.ID)
		if err != nil {
			return err
		}
		a.step("story.concluded", "number", c.Conclusion.Number, "outcome", a.Lang.T("outcome."+string(outcome)), "name", approver.ShortName())
		return nil
	}
}

// conclusion is the one on the objection.
func (a *actor) conclusion() (app.ConclusionCard, error) {
	all, err := a.Conclusions()
	if err != nil {
		return app.ConclusionCard{}, err
	}
	at := slices.IndexFunc(all, func(c app.ConclusionCard) bool { return c.Conclusion.Notification == a.notifications[0] })
	if at < 0 {
		return app.ConclusionCard{}, fmt.Errorf("%w: the conclusion is not seen", errMissing)
	}
	return all[at], nil
}

// rejectConclusion sends the conclusion back with a reason.
func (a *actor) rejectConclusion() error {
	c, err := a.conclusion()
	if err != nil {
		return err
	}
	reason := a.Lang.T("story.reason")
	if err := a.RejectConclusion(a.ctx, c.Conclusion.ID, reason); err != nil {
		return err
	}
	a.step("story.conclusion_rejected", "number", c.Conclusion.Number, "reason", reason)
	return nil
}

// reworkConclusion changes the rejected conclusion and sends it to agreement again.
func (a *actor) reworkConclusion() error {
	c, err := a.conclusion()
	if err != nil {
		return err
	}
	form, err := a.ConclusionForm(c.Conclusion.ID)
	if err != nil {
		return err
	}
	again := text("story.conclusion_again", form.Text.Agreer)
	again.Outcome = form.Text.Outcome
	form.Text = again
	if err := a.SendToAgreement(a.ctx, form); err != nil {
		return err
	}
	a.step("story.conclusion_reworked", "number", c.Conclusion.Number)
	return nil
}

// deliver signs the conclusion, which decides on the notification.
func deliver(leads control.NotificationStatus) func(*actor) error {
	return func(a *actor) error {
		c, err := a.conclusion()
		if err != nil {
			return err
		}
		paper, err := a.PrepareConclusion(a.ctx, c.Conclusion.ID)
		if err != nil {
			return err
		}
		if err := a.sign(paper); err != nil {
			return err
		}
		if c, err = a.conclusion(); err != nil {
			return err
		}
		if err := a.keep("conclusion", c.Conclusion.Number, c.Conclusion.File, c.Conclusion.Signature); err != nil {
			return err
		}
		before := a.card.Notification.State.Deadline
		if err := a.stands(leads, "story.delivered", "conclusion", c.Conclusion.Number); err != nil {
			return err
		}
		after := a.card.Notification.State.Deadline
		switch {
		case len(a.card.Notification.State.Remedies) == 0: // nothing is left to execute
			return nil
		case !after.After(before):
			return fmt.Errorf("the deadline does not move: %s", after)
		}
		a.step("story.resumed", "before", lastDay(before), "after", lastDay(after))
		return nil
	}
}

// penalise tells of imposed penalties: refused, saved, and locked.
func (a *actor) penalise() error {
	id, officials, imposed, recovered := a.notifications[0], 2, 55_000*control.Tenge, 30_000*control.Tenge
	lacking := control.PenaltyInfo{Imposed: &imposed}
	if err := a.denied("story.what.penalty", control.NoOfficials, a.SavePenalty(a.ctx, id, lacking)); err != nil {
		return err
	}
	whole := control.PenaltyInfo{
		Officials: &officials, Imposed: &imposed, Recovered: &recovered, LetterOn: a.Now(), SentOn: a.Now(),
		RecheckKK: assets.KK.T("story.recheck"), RecheckRU: assets.RU.T("story.recheck"),
	}
	if err := a.SavePenalty(a.ctx, id, whole); err != nil {
		return err
	}
	if err := a.CompletePenalty(a.ctx, id); err != nil {
		return err
	}
	card, err := a.Card(id)
	if err != nil {
		return err
	}
	if err := demand("the penalty information", card.Notification.State.Penalty, control.PenaltyCompleted); err != nil {
		return err
	}
	a.step("story.penalty", "officials", officials, "imposed", assets.Money(int64(imposed)), "recovered", assets.Money(int64(recovered)))
	return nil
}

// suspend saves the suspension order, and revoke its revocation, each with a scan and for good.
func (a *actor) suspend() error {
	err := a.denied("story.what.order", control.ScanUnknown, a.Suspend(a.ctx, a.notifications[0], control.Order{}, []byte("MZ")))
	if err != nil {
		return err
	}
	return a.order("14", "story.suspended", control.Suspended, a.Suspend)
}

func (a *actor) revoke() error {
	return a.order("21", "story.revoked", control.Revoked, a.RevokeSuspension)
}

// order saves an order with its scan, and finds that it is final: it can't be saved again.
func (a *actor) order(
	number, key string, leads control.OrdersStatus, save func(context.Context, string, control.Order, []byte) error,
) error {
	scanned, err := scan(number)
	if err != nil {
		return err
	}
	order := control.Order{
		Number: number, On: a.Now(), BodyKK: assets.KK.T("story.issuing_body"), BodyRU: assets.RU.T("story.issuing_body"),
		Amount: 312_700_000 * control.Tenge,
	}
	id := a.notifications[0]
	if err := save(a.ctx, id, order, scanned); err != nil {
		return err
	}
	card, err := a.Card(id)
	if err != nil {
		return err
	}
	if err := demand("the suspension", card.Notification.State.Suspension, leads); err != nil {
		return err
	}
	a.card = card
	a.step(key, "order", number, "amount", assets.Money(int64(order.Amount)))
	return a.denied("story.what.order_again", control.WrongStatus, save(a.ctx, id, order, scanned))
}

// scan is a page as a scanner gives it, of its own for each number.
func scan(number string) ([]byte, error) {
	page := image.NewGray(image.Rect(0, 0, 210, 297))
	for i := range page.Pix {
		page.Pix[i] = 0xf4
	}
	for i := range []byte(number) {
		for x := range 8 {
			page.SetGray(20+10*i+x, 30+int(number[i])%12, color.Gray{Y: 0x20})
		}
	}
	var out bytes.Buffer
	err := png.Encode(&out, page)
	return out.Bytes(), err
}

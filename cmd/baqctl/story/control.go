package story

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"baqylau/api"
	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
)

// errMissing is for what the story needs and the demo's data have not.
var errMissing = errors.New("the demo has not got what the story needs")

// text is a document's text in both languages.
func text(key, agreer string) app.Text {
	return app.Text{KK: assets.KK.T(key), RU: assets.RU.T(key), Agreer: agreer}
}

// colleague finds a person of the demo among those of my organisation who have the role.
func (a *actor) colleague(role control.Role, login string) (api.Person, error) {
	people, err := a.Colleagues(role)
	if err != nil {
		return api.Person{}, err
	}
	at := slices.IndexFunc(people, func(p api.Person) bool { return p.IIN == a.cast[login] })
	if at < 0 {
		return api.Person{}, fmt.Errorf("%w: %s is not to be chosen as %s", errMissing, login, role)
	}
	return people[at], nil
}

// assign forms the report and assigns what is under control of the chapter's purchases (R-1.1 … ).
func (a *actor) assign() error {
	auditor, err := a.colleague(control.Auditor, "auditor")
	if err != nil {
		return err
	}
	page, err := a.Report(a.ctx, api.GetReportParams{Method: string(a.method), Direction: string(a.direction), Limit: 500})
	if err != nil {
		return err
	}
	a.step("story.report", "method", a.Lang.T("method."+string(a.method)), "rows", len(page.Rows))
	for _, number := range append([]string{a.tale.number}, a.also...) {
		rows := slices.DeleteFunc(slices.Clone(page.Rows), func(r api.ReportRow) bool { return r.Number != number })
		if len(rows) == 0 {
			return fmt.Errorf("%w: %s is not in the report", errMissing, number)
		}
		if err := a.Assign(a.ctx, rows, auditor.IIN); err != nil {
			return err
		}
		a.purchases = append(a.purchases, rows[0].Purchase)
		a.step("story.assigned", "number", number, "lots", len(rows), "name", auditor.ShortName())
	}
	return nil
}

// check marks every profile of the lots that are the actor's as checked, and of each lot those given as
// violated, then signs the certificate (R-2.1 … ).
func check(violated ...[]int) func(*actor) error {
	return func(a *actor) error {
		page, err := a.page()
		if err != nil {
			return err
		}
		marks, found := map[string][]control.Mark{}, []string{}
		for i, lot := range page.Lots {
			if !lot.Mine {
				continue
			}
			row := make([]control.Mark, len(lot.Marks))
			for n, m := range lot.Marks {
				bad := i < len(violated) && slices.Contains(violated[i], m.Profile)
				row[n] = m.Set(true, bad)
				if bad {
					found = append(found, strconv.Itoa(m.Profile))
				}
			}
			marks[lot.Lot.ID] = row
		}
		if err := a.mark(marks); err != nil {
			return err
		}
		a.step("story.marked", "lots", len(marks), "profiles", len(page.Profiles), "violated", strings.Join(found, ", "))
		return a.certify()
	}
}

// page is the chapter's desk-control page.
func (a *actor) page() (app.DeskPage, error) {
	page, found, err := a.Page(a.purchases[0], a.direction)
	if err == nil && !found {
		err = errMissing
	}
	return page, err
}

func (a *actor) mark(marks map[string][]control.Mark) error {
	if err := a.KeepMarks(a.purchases[0], a.direction, marks); err != nil {
		return err
	}
	_, err := a.SaveMarks(a.ctx, a.purchases[0], a.direction)
	return err
}

func (a *actor) certify() error {
	paper, err := a.PrepareCertificate(a.ctx, a.purchases[0], a.direction)
	if err != nil {
		return err
	}
	if err := a.sign(paper); err != nil {
		return err
	}
	page, err := a.page()
	if err != nil {
		return err
	}
	c := page.Certified
	if c == nil {
		return fmt.Errorf("the certificate is not signed")
	}
	a.step("story.certified", "number", c.Number)
	return a.keep("certificate", c.Number, c.File, c.Signature)
}

// draft writes the notification on a lot and sends it to agreement (R-3.1 … ).
func draft(lot int) func(*actor) error {
	return func(a *actor) error {
		approver, err := a.colleague(control.AuditorApprover, "approver")
		if err != nil {
			return err
		}
		page, err := a.page()
		if err != nil {
			return err
		}
		form, err := a.NewForm(a.purchases[0], page.Lots[lot].Lot.ID, a.direction)
		if err != nil {
			return err
		}
		form.Text = text("story.text", approver.IIN)
		if err := a.SendToAgreement(a.ctx, form); err != nil {
			return err
		}
		card, err := a.Card(form.ID)
		if err != nil {
			return err
		}
		a.notifications = append(a.notifications, form.ID)
		a.step("story.drafted", "number", card.Notification.Number, "lot", card.Notification.LotNumber, "name", approver.ShortName())
		return nil
	}
}

// reject sends it back with a reason.
func (a *actor) reject() error {
	if err := a.denied("story.what.reject", control.NoReason, a.Reject(a.ctx, a.notifications[0], " ")); err != nil {
		return err
	}
	reason := a.Lang.T("story.reason")
	if err := a.Reject(a.ctx, a.notifications[0], reason); err != nil {
		return err
	}
	return a.stands(control.NotificationRejected, "story.rejected", "reason", reason)
}

// rework changes it and sends it to agreement again.
func (a *actor) rework() error {
	form, err := a.Form(a.notifications[0])
	if err != nil {
		return err
	}
	form.Text = text("story.text_again", form.Text.Agreer)
	if err := a.SendToAgreement(a.ctx, form); err != nil {
		return err
	}
	return a.stands(control.NotificationInAgreement, "story.reworked")
}

// approve signs the final file of one of the chapter's notifications.
func approve(which int) func(*actor) error {
	return func(a *actor) error {
		id := a.notifications[which]
		paper, err := a.PrepareApproval(a.ctx, id)
		if err != nil {
			return err
		}
		if err := a.sign(paper); err != nil {
			return err
		}
		card, err := a.Card(id)
		if err != nil {
			return err
		}
		n := card.Notification
		if err := demand("notification "+n.Number, n.State.Status, control.NotificationApproved); err != nil {
			return err
		}
		a.step("story.approved", "number", n.Number, "digest", paper.Digest[:16])
		return a.keep("notification", n.Number, n.File, n.Signature)
	}
}

// recall takes it back to a draft; what was signed is withdrawn.
func (a *actor) recall() error {
	if err := a.Recall(a.ctx, a.notifications[0]); err != nil {
		return err
	}
	return a.stands(control.NotificationDraft, "story.recalled")
}

// send sends all that is approved in the direction.
func (a *actor) send() error {
	plan, err := a.sendAll()
	if err != nil {
		return err
	}
	var out []string
	for _, lot := range plan.ShutOut {
		out = append(out, lot.Number)
	}
	if len(out) > 0 {
		return a.stands(control.NotificationDelivered, "story.sent_shut", "lots", strings.Join(out, ", "))
	}
	return a.stands(control.NotificationDelivered, "story.sent")
}

// sendAll looks at what goes, and sends it.
func (a *actor) sendAll() (app.Dispatch, error) {
	plan, err := a.PrepareDispatch(a.ctx, a.purchases[0], a.direction)
	if err != nil {
		return plan, err
	}
	return plan, a.Send(a.ctx, plan)
}

// shutOut tries to send a second notification of the direction, then recalls and deletes it.
func (a *actor) shutOut() error {
	_, err := a.sendAll()
	if err := a.denied("story.what.send", control.ShutOut, err); err != nil {
		return err
	}
	id := a.notifications[1]
	card, err := a.Card(id)
	if err != nil {
		return err
	}
	if err := errors.Join(a.Recall(a.ctx, id), a.Delete(a.ctx, id)); err != nil {
		return err
	}
	a.step("story.deleted", "number", card.Notification.Number)
	return nil
}

// sendUnderComplaint tries to send while a complaint is under review (R-3.10 D4).
func (a *actor) sendUnderComplaint() error {
	_, err := a.sendAll()
	return a.denied("story.what.send", control.WrongStatus, err)
}

// markDecided tries to mark a purchase whose complaint was decided by state audit (R-2.6.b).
func (a *actor) markDecided() error {
	page, found, err := a.Page(a.purchases[1], a.direction)
	if err != nil || !found {
		return errors.Join(err, errMissing)
	}
	lot := page.Lots[0]
	row := slices.Clone(lot.Marks)
	row[0] = row[0].Set(true, false)
	if err := a.KeepMarks(page.Purchase.ID, a.direction, map[string][]control.Mark{lot.Lot.ID: row}); err != nil {
		return err
	}
	_, err = a.SaveMarks(a.ctx, page.Purchase.ID, a.direction)
	return a.denied("story.what.mark", control.ComplaintDecided, err)
}

// owed tells what the portal must be told of the chapter's purchase (R-3.11.a).
func (a *actor) owed() error {
	effects, err := a.Effects(a.ctx)
	if err != nil {
		return err
	}
	told := 0
	for _, p := range effects.Purchases {
		for _, e := range p.Owed {
			if p.Purchase == a.purchases[0] {
				a.step("story.owed", "what", a.Lang.T("story.target."+string(e.Target)), "number", p.Number,
					"portal", a.Lang.T("status."+string(e.Portal)), "status", a.Lang.T("status."+string(e.Status)))
				told++
			}
		}
	}
	if told == 0 {
		return fmt.Errorf("nothing is owed to the portal")
	}
	return nil
}

// settled demands that nothing more is owed to the portal on the chapter's purchase.
func (a *actor) settled() error {
	effects, err := a.Effects(a.ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(effects.Purchases, func(p api.PurchaseEffects) bool { return p.Purchase == a.purchases[0] }) {
		return fmt.Errorf("something is still owed to the portal")
	}
	a.step("story.settled")
	return nil
}

package main

import (
	"errors"
	"fmt"
	"slices"

	"baqylau/api"
	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/signing"
)

// actor is a person of the demo at their desk.
type actor struct {
	*teller
	*app.Desk
	key *signing.Key
}

// Who and what the story is about: the demo's data has them.
const (
	heroNumber = "18400101-1"
	auditorIIN = "910622497010"
)

var errStory = errors.New("the demo's purchase is not as the story needs it")

// story is the whole slice: from the portal's data to a delivered, signed notification (R-1 … ).
func (t *teller) story() error {
	var purchase, notification string
	for _, scene := range []struct {
		login string
		act   func(*actor) error
	}{
		{"lot-manager", func(a *actor) (err error) { purchase, err = a.assign(); return err }},
		{"auditor", func(a *actor) (err error) { notification, err = a.check(purchase); return err }},
		{"approver", func(a *actor) error { return a.approve(notification) }},
		{"auditor", func(a *actor) error { return a.send(purchase) }},
		{"organizer", func(a *actor) error { return a.receive(notification) }},
	} {
		if err := t.as(scene.login, scene.act); err != nil {
			return fmt.Errorf("%s: %w", scene.login, err)
		}
	}
	return nil
}

// assign forms the report and assigns all lots of the story's purchase (R-1.1 … ).
func (a *actor) assign() (purchase string, err error) {
	page, err := a.Report(a.ctx, api.GetReportParams{Method: string(control.OpenTender), Direction: string(control.D1)})
	if err != nil {
		return "", err
	}
	a.step("cmd.demo.report", "rows", len(page.Rows))
	var rows []api.ReportRow
	for _, row := range page.Rows {
		if row.Number == heroNumber {
			rows = append(rows, row)
		}
	}
	people, err := a.Colleagues(control.Auditor)
	if err != nil {
		return "", err
	}
	auditor := slices.IndexFunc(people, func(p api.Person) bool { return p.IIN == auditorIIN })
	if len(rows) == 0 || auditor < 0 {
		return "", errStory
	}
	if err := a.Assign(a.ctx, rows, auditorIIN); err != nil {
		return "", err
	}
	a.step("cmd.demo.assigned", "lots", len(rows), "number", heroNumber, "name", people[auditor].FullName())
	return rows[0].Purchase, nil
}

// check marks every profile of every lot, signs the certificate, and writes a notification on the lot
// that breaks the rules (R-2.1 … ).
func (a *actor) check(purchase string) (notification string, err error) {
	page, found, err := a.Page(purchase, control.D1)
	if err != nil || !found {
		return "", errors.Join(err, errStory)
	}
	marks := map[string][]control.Mark{}
	for i, lot := range page.Lots {
		row := make([]control.Mark, len(lot.Marks))
		for n, m := range lot.Marks {
			row[n] = m.Set(true, i == 0 && m.Profile == 1)
		}
		marks[lot.Lot.ID] = row
	}
	if err := a.KeepMarks(purchase, control.D1, marks); err != nil {
		return "", err
	}
	if _, err := a.SaveMarks(a.ctx, purchase, control.D1); err != nil {
		return "", err
	}
	a.step("cmd.demo.marked", "lots", len(page.Lots), "profiles", len(page.Profiles))
	if err := a.certify(purchase); err != nil {
		return "", err
	}
	people, err := a.Colleagues(control.AuditorApprover)
	if err != nil || len(people) == 0 {
		return "", errors.Join(err, errStory)
	}
	form, err := a.NewForm(purchase, page.Lots[0].Lot.ID, control.D1)
	if err != nil {
		return "", err
	}
	form.Text = app.Text{KK: assets.KK.T("cmd.demo.text"), RU: assets.RU.T("cmd.demo.text"), Agreer: people[0].IIN}
	if err := a.SendToAgreement(a.ctx, form); err != nil {
		return "", err
	}
	card, err := a.Card(form.ID)
	if err != nil {
		return "", err
	}
	a.step("cmd.demo.drafted", "number", card.Notification.Number, "lot", card.Notification.LotNumber, "name", people[0].FullName())
	return form.ID, nil
}

func (a *actor) certify(purchase string) error {
	paper, err := a.PrepareCertificate(a.ctx, purchase, control.D1)
	if err != nil {
		return err
	}
	if err := a.sign(paper); err != nil {
		return err
	}
	page, _, err := a.Page(purchase, control.D1)
	if err != nil {
		return err
	}
	if page.Certified == nil {
		return errStory
	}
	a.step("cmd.demo.certified", "number", page.Certified.Number)
	return a.keep(a, "certificate-"+page.Certified.ID[:8], page.Certified.File, page.Certified.Signature)
}

func (a *actor) sign(papers ...app.Paper) error {
	var err error
	for _, signed := range a.SignPapers(a.ctx, a.key, papers, func(int, app.Signed) {}) {
		err = errors.Join(err, signed.Err)
	}
	return err
}

// approve signs the final file.
func (a *actor) approve(notification string) error {
	paper, err := a.PrepareApproval(a.ctx, notification)
	if err != nil {
		return err
	}
	a.step("cmd.demo.prepared", "number", paper.Number, "digest", paper.Digest[:16])
	if err := a.sign(paper); err != nil {
		return err
	}
	card, err := a.Card(notification)
	if err != nil {
		return err
	}
	a.step("cmd.demo.approved", "number", paper.Number, "status", a.lang.T("notification."+string(card.Notification.State.Status)))
	return a.keep(a, "notification-"+card.Notification.Number, card.Notification.File, card.Notification.Signature)
}

// send sends all that is approved in the direction.
func (a *actor) send(purchase string) error {
	plan, err := a.PrepareDispatch(a.ctx, purchase, control.D1)
	if err != nil {
		return err
	}
	if err := a.Send(a.ctx, plan); err != nil {
		return err
	}
	a.step("cmd.demo.sent", "sent", len(plan.Sent), "shut", len(plan.ShutOut))
	return nil
}

// receive opens the delivered notification at the organiser's.
func (a *actor) receive(notification string) error {
	messages, err := a.Messages()
	if err != nil {
		return err
	}
	a.step("cmd.demo.messages", "n", len(messages))
	if err := a.Acknowledge(a.ctx, notification); err != nil {
		return err
	}
	card, err := a.Card(notification)
	if err != nil {
		return err
	}
	n := card.Notification
	a.step("cmd.demo.received", "number", n.Number, "status", a.lang.T("notification."+string(n.State.Status)),
		"deadline", assets.Date(n.State.Deadline.Add(-1)))
	return nil
}

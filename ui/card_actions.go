package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"baqylau/app"
	"baqylau/control"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// deed is an action on a notification with the rule's word on it.
type deed struct {
	action  control.Action
	verdict control.Verdict
	icon    look.Icon
	do      func()
}

// deeds are what the life of a notification offers, the one that leads on first.
func (c *cardPage) deeds() []deed {
	edit := func() { c.p.navigate(route{name: pageForm, id: c.id}) }
	return []deed{
		{control.ActionApprove, c.card.Approve, look.IconSign, c.approve},
		{control.ActionAgree, c.card.Agree, look.IconAssign, func() { c.p.askAgree(c.card) }},
		{control.ActionSendToAgreement, c.card.SendToAgreement, look.IconSend, edit},
		{control.ActionReject, c.card.Reject, look.IconCross, func() { c.p.askReject(c.card) }},
		{control.ActionEdit, c.card.Edit, look.IconPencil, edit},
		{control.ActionRecall, c.card.Recall, look.IconUndo, func() { c.p.askRecall(c.card) }},
		{control.ActionDelete, c.card.Delete, look.IconTrash, func() { c.p.askDelete(c.card, c.leave) }},
	}
}

// actionRow is the foot of the card: what is possible now at the lower right, the rest under «Ещё» with
// its reasons.
func (c *cardPage) actionRow() fyne.CanvasObject {
	var more []kit.Choice
	var others []*kit.Button
	if c.outside() {
		c.primary = c.readButton()
		return newFoot(c.p, nil, nil, c.primary)
	}
	for _, d := range c.deeds() {
		text := c.p.lang.T("card.action." + string(d.action))
		switch {
		case c.waits != "":
			more = append(more, kit.Choice{Text: text, Icon: d.icon, Reason: c.p.lang.T("card.waits", "command", c.p.lang.T(c.waits))})
		case d.action == control.ActionApprove && d.verdict.Allowed && c.apart && c.card.Prepared.IsZero():
			more = append(more, kit.Choice{Text: text, Icon: d.icon, Reason: c.p.lang.T("prepared.none")})
		case !d.verdict.Allowed:
			more = append(more, kit.Choice{Text: text, Icon: d.icon, Reason: c.p.desk.Why(c.p.lang, d.verdict, d.action)})
		case c.primary == nil && leadsOn(d.action):
			c.primary = kit.NewButton(text, d.icon, kit.Primary, d.do)
		case d.action == control.ActionDelete:
			others = append([]*kit.Button{kit.NewButton(text, d.icon, kit.Destructive, d.do)}, others...)
		default:
			others = append([]*kit.Button{kit.NewButton(text, d.icon, kit.Secondary, d.do)}, others...)
		}
	}
	if c.waits == "" && c.card.Approve.Allowed && c.card.Prepared.IsZero() {
		more = append(more, c.preparing())
	}
	switch {
	case c.toBeSent():
		c.primary = kit.NewButton(c.p.lang.T("card.action.send"), look.IconSend, kit.Primary, c.toDesk)
	case c.p.desk.Uses(control.ActionMyLots):
		more = append(more, kit.Choice{Text: c.p.lang.T("card.action.desk"), Icon: look.IconList, OnTapped: c.toDesk})
	}
	return newFoot(c.p, more, others, c.primary)
}

// preparing offers to have the final file here, to be signed without the centre.
func (c *cardPage) preparing() kit.Choice {
	choice := kit.Choice{
		Text: c.p.lang.T("prepared.do"), Icon: look.IconSeal, OnTapped: func() { c.p.prepareForSigning([]string{c.id}, nil) },
	}
	if c.apart {
		choice.Reason = c.p.lang.T("prepared.need_centre")
	}
	return choice
}

// leadsOn says that an action brings the notification closer to being sent.
func leadsOn(a control.Action) bool {
	return a == control.ActionApprove || a == control.ActionAgree || a == control.ActionSendToAgreement
}

// toBeSent says that its author is to send it: that is done from the desk-control page.
func (c *cardPage) toBeSent() bool {
	return c.primary == nil && c.card.Send.Allowed
}

func (c *cardPage) toDesk() {
	n := &c.card.Notification
	c.p.navigate(route{name: pageDesk, id: n.Purchase, direction: n.State.Direction})
}

// readButton is what there is to do from outside the department: to read the file. nil without one.
func (c *cardPage) readButton() *kit.Button {
	n := c.card.Notification
	if n.File == "" {
		return nil
	}
	return kit.NewButton(c.p.lang.T("card.action.open"), look.IconEye, kit.Primary, func() { c.p.openFile(fileTitle(n)+".pdf", n.File) })
}

func (c *cardPage) approve() { c.p.signPapers(c.p.approvals([]string{c.id}), nil) }

// leave goes to the journal when the notification is gone.
func (c *cardPage) leave() {
	if c.p.current == page(c) {
		c.p.replace(route{name: pageNotifications})
	}
}

// waitsFor names the action on a notification that is in the outbox: a key of words, or nothing. What
// is written may be changed while it waits, so that does not count.
func (p *Program) waitsFor(id string) string {
	outbox, err := p.desk.Outbox()
	if err != nil {
		p.options.Log.Error("read the outbox", "cause", err)
		return ""
	}
	for _, command := range outbox {
		if command.Aggregate == id && command.Label != "command.create" && command.Label != "command.edit" {
			return command.Label
		}
	}
	return ""
}

// askRecall takes it back to a draft once that is confirmed.
func (p *Program) askRecall(c app.Card) {
	t, desk, id := p.lang.T, p.desk, c.Notification.ID
	p.controller.Confirm(kit.ConfirmSpec{
		Title: t("card.recall.title", "number", number(p.lang, c)), Text: t("card.recall.text"), Action: t("card.recall.do"), Icon: look.IconUndo,
		OnConfirm: func() {
			p.act(control.ActionRecall, t("card.recall.done"), func(ctx context.Context) error { return desk.Recall(ctx, id) }, nil)
		},
	})
}

// askDelete deletes it once that is confirmed, here and at the centre.
func (p *Program) askDelete(c app.Card, then func()) {
	t, desk := p.lang.T, p.desk
	p.controller.Confirm(kit.ConfirmSpec{
		Title: t("card.delete.title", "number", number(p.lang, c)), Text: t("card.delete.text", "lot", c.Notification.LotNumber),
		Action: t("card.delete.do"), Icon: look.IconTrash, Destructive: true,
		OnConfirm: func() {
			p.act(control.ActionDelete, t("card.delete.done"), func(ctx context.Context) error {
				return desk.Delete(ctx, c.Notification.ID)
			}, then)
		},
	})
}

package ui

import (
	"cmp"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"baqylau/api"
	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/ui/kit"
	"baqylau/ui/look"
	"baqylau/ui/preview"
)

// steps are the life of the notification with the branch that it took. From outside the department it
// begins with the delivery.
func (c *cardPage) steps() []kit.Step {
	path := []control.NotificationStatus{
		control.NotificationDraft, control.NotificationInAgreement, control.NotificationApproved,
		control.NotificationDelivered, control.NotificationAcknowledged,
	}
	if c.outside() {
		path = path[3:]
	}
	status := c.card.Notification.State.Status
	at := -1
	for i, s := range path {
		if s == status {
			at = i
		}
	}
	switch {
	case at >= 0:
	case status == control.NotificationRejected:
		at = 1
		path[1] = control.NotificationRejected
	default: // a branch beyond: everything before it is behind
		path = append(path, status)
		at = len(path) - 1
	}
	steps := make([]kit.Step, len(path))
	for i, s := range path {
		word := "notification." + string(s)
		steps[i] = kit.Step{Text: c.p.lang.T(word), Status: look.StatusOf(word), State: kit.Ahead}
		if i <= at {
			steps[i].State, steps[i].Note = kit.Done, c.stepNote(s)
		}
		if i == at {
			steps[i].State = kit.Present
		}
	}
	return steps
}

// stepActions are what leads into a status: the trail tells when, and who did it.
var stepActions = map[control.NotificationStatus]control.Action{
	control.NotificationDraft: control.ActionCreate, control.NotificationInAgreement: control.ActionSendToAgreement,
	control.NotificationRejected: control.ActionReject,
}

// stepNote says when a step was reached, and by whom.
func (c *cardPage) stepNote(s control.NotificationStatus) string {
	n := &c.card.Notification
	note := func(at time.Time, who, absent string) string {
		switch {
		case at.IsZero():
			return ""
		case who == "":
			return assets.DateTime(at)
		default:
			return assets.DateTime(at) + "\n" + actedFor(c.p.lang, shortName(who), shortName(absent))
		}
	}
	switch s {
	case control.NotificationApproved:
		return note(n.SignedAt, n.SignerName, n.SignerForName)
	case control.NotificationDelivered:
		return note(n.State.DeliveredAt, "", "")
	case control.NotificationAcknowledged:
		return note(n.OpenedAt, "", "")
	}
	for i := len(n.Trail) - 1; i >= 0; i-- {
		if e := n.Trail[i]; e.Action == stepActions[s] {
			return note(e.At, e.Name, e.ForName)
		}
	}
	if s == control.NotificationDraft {
		return note(n.CreatedAt, n.AuthorName, "")
	}
	return ""
}

// middle is what the notification says: violations, the text, the file.
func (c *cardPage) middle() fyne.CanvasObject {
	l, n := c.p.lang, &c.card.Notification
	parts := kit.Stack(12, kit.NewPanel(violations(l, c.card.Profiles)))
	if len(n.State.Remedies) > 0 {
		parts.Add(kit.NewPanel(remedies(l, n.State.Remedies)))
	}
	parts.Add(kit.NewPanel(kit.Stack(-4, kit.NewSubheading(l.T("card.text")), texts(l, n.State.TextKK, n.State.TextRU))))
	parts.Add(kit.NewPanel(kit.Stack(-4, kit.NewSubheading(l.T("card.file")), c.file())))
	return parts
}

// labelPad is the room that a label keeps around its text; tight brings labels below each other as near
// as lines of one paragraph.
const (
	labelPad float32 = 8
	tight    float32 = -labelPad
)

// flush takes away a label's own room, so that it stands flush with what has none.
func flush(label fyne.CanvasObject) fyne.CanvasObject {
	return kit.Inset(-labelPad, -labelPad/2, label)
}

// chips stand flush with the text of labels.
func chips(of ...fyne.CanvasObject) fyne.CanvasObject {
	return kit.Inset(labelPad, 4, kit.Flow(8, of...))
}

// violations lists what is violated, and how each is to be eliminated.
func violations(l assets.Lang, profiles []control.RiskProfile) fyne.CanvasObject {
	rows := kit.Stack(tight, kit.NewSubheading(l.T("card.violations")))
	for _, p := range profiles {
		words := make([]string, len(p.Remedies))
		for i, r := range p.Remedies {
			words[i] = l.T("remedy." + string(r))
		}
		lines := kit.Stack(tight, kit.NewParagraph(l.T("card.violation", "number", p.Number, "name", inLang(l, p.NameKK, p.NameRU))))
		if len(words) > 0 {
			lines.Add(kit.NewMuted(l.T("card.remedies", "remedies", strings.Join(words, "; "))))
		}
		rows.Add(container.NewBorder(nil, nil, container.NewVBox(kit.Inset(0, 8, kit.NewIcon(look.IconFlag))), nil, lines))
	}
	if len(profiles) == 0 {
		rows.Add(kit.NewMuted(l.T("card.no_violations")))
	}
	return rows
}

// remedies are the ways of executing that are open to the audit object, each from its day on.
func remedies(l assets.Lang, open []control.OpenRemedy) fyne.CanvasObject {
	rows := kit.Stack(tight, kit.NewSubheading(l.T("card.ways")))
	for _, r := range open {
		rows.Add(kit.NewParagraph(l.T("card.way", "remedy", l.T("remedy."+string(r.Remedy)), "from", assets.DateTime(r.From))))
	}
	return rows
}

// texts shows both languages beside each other; what is missing is marked, calmly.
func texts(l assets.Lang, kk, ru string) fyne.CanvasObject {
	side := func(of assets.Lang, text string) fyne.CanvasObject {
		name := kit.NewMuted(l.T("language." + string(of)))
		if strings.TrimSpace(text) == "" {
			return kit.Stack(tight, name, kit.NewMuted(l.T("card.text.missing")))
		}
		return kit.Stack(tight, name, kit.NewParagraph(text))
	}
	return container.New(&columns{widths: []float32{0, 0}, least: 360, gap: 8}, side(assets.KK, kk), side(assets.RU, ru))
}

// file is the notification's file: the very bytes that were or will be signed.
func (c *cardPage) file() fyne.CanvasObject {
	n := &c.card.Notification
	if n.File == "" {
		return kit.NewMuted(c.p.lang.T("card.no_file"))
	}
	return c.p.fileRow(fileTitle(*n)+".pdf", n.File)
}

// fileTitle names the files of a notification.
func fileTitle(n api.Notification) string { return "notification-" + n.Number }

// fileRow shows a stored file by its digest, with what can be done with it.
func (p *Program) fileRow(name, digest string) fyne.CanvasObject {
	l := p.lang
	return kit.Stack(4,
		kit.Stack(tight, kit.NewParagraph(name), kit.NewMuted(l.T("card.digest", "digest", preview.Digest(digest)))),
		kit.Inset(labelPad, 4, kit.Flow(8,
			kit.NewButton(l.T("ui.file.open"), look.IconEye, kit.Secondary, func() { p.openFile(name, digest) }),
			kit.NewButton(l.T("ui.file.save"), look.IconExport, kit.Quiet, func() { p.saveFile(name, digest) }),
		)),
	)
}

// right is the deadline, the signature and how it was agreed.
func (c *cardPage) right() fyne.CanvasObject {
	l, n := c.p.lang, &c.card.Notification
	parts := kit.Stack(12, kit.NewPanel(c.terms()))
	if n.Signature != "" {
		checked := "card.signature.checked"
		if n.SignatureWithEvidence != "" {
			checked = "card.signature.lasting"
		}
		parts.Add(kit.NewPanel(kit.Stack(tight,
			kit.NewSubheading(l.T("card.signature")),
			kit.NewParagraph(l.T("card.signed", "name", actedFor(l, n.SignerName, n.SignerForName), "at", assets.DateTime(n.SignedAt))),
			kit.NewMuted(l.T(checked)),
			c.p.signatureRow(fileTitle(*n)+".pdf.p7s", cmp.Or(n.SignatureWithEvidence, n.Signature)),
		)))
	}
	if !c.outside() {
		trail := kit.NewTrail(remarks(l, n.Trail))
		if len(n.Trail) == 0 {
			trail = kit.NewMuted(l.T("card.trail.none"))
		}
		parts.Add(kit.NewPanel(kit.Stack(0, kit.NewSubheading(l.T("card.trail")), trail)))
	}
	return parts
}

func (p *Program) signatureRow(name, digest string) fyne.CanvasObject {
	return kit.Inset(labelPad, labelPad, kit.Flow(8, kit.NewButton(p.lang.T("card.signature.save"), look.IconExport, kit.Secondary, func() { p.saveFile(name, digest) })))
}

// terms are the days by which something is due.
func (c *cardPage) terms() fyne.CanvasObject {
	l, n := c.p.lang, &c.card.Notification
	rows := kit.Stack(tight, kit.NewSubheading(l.T("card.terms")))
	line := func(key string, end time.Time) {
		if !end.IsZero() {
			rows.Add(kit.NewParagraph(l.T(key, "day", lastDay(end))))
		}
	}
	if n.State.Status.Sent() {
		line("card.term.execute", n.State.Deadline)
		line("card.term.object", n.State.ObjectionUntil)
	} else {
		line("card.term.send", c.card.Window.Closes)
	}
	if len(rows.Objects) == 1 {
		rows.Add(kit.NewMuted(l.T("card.term.none")))
	}
	return rows
}

// trailStatus is what a turn of the agreement looks like.
var trailStatus = map[control.Action]control.NotificationStatus{
	control.ActionCreate: control.NotificationDraft, control.ActionEdit: control.NotificationDraft,
	control.ActionSendToAgreement: control.NotificationInAgreement, control.ActionAgree: control.NotificationInAgreement,
	control.ActionReject: control.NotificationRejected, control.ActionApprove: control.NotificationApproved,
	control.ActionRecall: control.NotificationDraft, control.ActionSend: control.NotificationDelivered,
	control.ActionAcknowledge: control.NotificationAcknowledged,

	control.ActionObject: control.NotificationObjectionSent, control.ActionBegin: control.NotificationInExecution,
	control.CancelPurchase.Action(): control.NotificationExecuted, control.AmendDocumentation.Action(): control.NotificationAwaiting,
	control.ReviewAdmission.Action(): control.NotificationAwaiting, control.ReviewResults.Action(): control.NotificationAwaiting,
	control.ContinueWithoutReview.Action():    control.NotificationInExecution,
	control.ContinueWithoutExecution.Action(): control.NotificationInExecution,
	control.ActionConfirm:                     control.NotificationExecuted, control.ActionRefuseConfirmation: control.NotificationNotConfirmed,
	control.ActionLapse: control.NotificationLapsedUnknown, control.ActionApproveConclusion: "",
	control.ActionSavePenalty: "", control.ActionCompletePenalty: "", control.ActionSuspend: "", control.ActionRevokeSuspension: "",
	control.ActionHandOver: "",
}

// actedFor names who acted, and in whose place, as the papers do.
func actedFor(l assets.Lang, name, absent string) string {
	if absent == "" {
		return name
	}
	return l.T("document.instead", "person", name, "substituted", absent)
}

// remarks tell the agreement as a conversation.
func remarks(l assets.Lang, trail []api.TrailEntry) []kit.Remark {
	list := make([]kit.Remark, len(trail))
	for i, e := range trail {
		text := e.Text
		if e.ForName != "" {
			text = strings.TrimSpace(l.T("card.trail.for", "name", shortName(e.ForName)) + "\n" + text)
		}
		if e.ToName != "" {
			text = strings.TrimSpace(l.T("card.trail.to", "name", shortName(e.ToName)) + "\n" + text)
		}
		list[i] = kit.Remark{
			Who: shortName(e.Name), What: l.T("card.trail." + string(e.Action)), When: assets.DateTime(e.At), Text: text,
			Status: look.StatusOf("notification." + string(trailStatus[e.Action])),
		}
	}
	return list
}

// summary is a notification in few words, for the details beside a list.
func (p *Program) summary(c app.Card) fyne.CanvasObject {
	l, n := p.lang, &c.Notification
	rows := kit.Stack(0,
		kit.NewSubheading(p.notificationTitle(c)),
		chips(kit.NewStatusChip(l, "notification."+string(n.State.Status))),
		kit.NewParagraph(inLang(l, n.NameKK, n.NameRU)),
		kit.NewMuted(n.LotNumber+" · "+assets.Money(int64(n.Amount))+"\n"+inLang(l, n.Organizer.NameKK, n.Organizer.NameRU)),
	)
	if days, open := p.desk.TermOf(c); open {
		rows.Add(chips(kit.NewDeadline(app.DaysLeft(l, days), days)))
	}
	rows.Add(violations(l, c.Profiles))
	if text := inLang(l, n.State.TextKK, n.State.TextRU); text != "" {
		rows.Add(kit.Stack(tight, kit.NewSubheading(l.T("card.text")), kit.NewParagraph(text)))
	}
	if len(n.Trail) > 0 {
		rows.Add(kit.NewTrail(remarks(l, n.Trail[len(n.Trail)-1:])))
	}
	return rows
}

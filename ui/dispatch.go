package ui

import (
	"context"

	"baqylau/app"
	"baqylau/control"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// sendAll asks, in the manual's words, whether every approved notification of a direction is to be
// sent, naming what goes and which lots will be shut out; confirmed, it sends them. Enter
// alone doesn't confirm: it can't be taken back. then runs when it was done or is kept to be sent.
func (p *Program) sendAll(purchase string, direction control.Direction, then func()) {
	l := p.lang
	plan, err := p.desk.PrepareDispatch(purchase, direction)
	if err != nil {
		p.controller.Tell(l.T("shell.not_done"), app.Sentence(l, err, control.ActionSend))
		return
	}
	goes := make([]string, len(plan.Sent))
	for i := range plan.Sent {
		n := &plan.Sent[i]
		goes[i] = numberOf(l, n) + " · " + n.LotNumber + " · " + inLang(l, n.NameKK, n.NameRU)
	}
	shut := make([]string, len(plan.ShutOut))
	for i := range plan.ShutOut {
		lot := &plan.ShutOut[i]
		shut[i] = lot.Number + " · " + inLang(l, lot.NameKK, lot.NameRU)
	}
	body := kit.Stack(0,
		kit.NewParagraph(l.T("dispatch.ask")), kit.NewParagraph(l.T("dispatch.warning")),
		kit.Stack(closeUp, kit.NewSubheading(l.N("dispatch.goes", len(goes))), lines(goes)),
	)
	if len(shut) > 0 {
		body.Add(kit.Stack(closeUp, kit.NewSubheading(l.N("dispatch.shut", len(shut))), lines(shut)))
	}
	var dialog *kit.Dialog
	confirm := &kit.Action{Text: l.T("dispatch.confirm"), Icon: look.IconSend, OnTapped: func() {
		dialog.Close()
		desk := p.desk
		p.act(control.ActionSend, l.N("dispatch.sent", len(goes)), func(ctx context.Context) error {
			return desk.Send(ctx, plan)
		}, then)
	}}
	dialog = p.controller.Show(kit.DialogSpec{Title: l.T("dispatch.title"), Body: body, Primary: confirm, Width: 640})
}

package ui

import (
	"context"

	"baqylau/app"
	"baqylau/control"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// sendAll asks, in the manual's words, whether every approved notification of a direction is to be
// sent, naming what goes and which lots will be shut out; confirmed, it sends them.
func (p *Program) sendAll(purchase string, direction control.Direction) {
	l := p.lang
	plan, err := p.desk.PrepareDispatch(purchase, direction)
	if err != nil {
		p.controller.Tell(l.T("shell.not_done"), app.Sentence(l, err, control.ActionSend))
		return
	}
	goes := kit.Stack(0)
	for i := range plan.Sent {
		n := &plan.Sent[i]
		goes.Add(kit.NewParagraph(numberOf(l, n) + " · " + n.LotNumber + " · " + inLang(l, n.NameKK, n.NameRU)))
	}
	body := kit.Stack(8,
		kit.NewParagraph(l.T("dispatch.ask")), kit.NewParagraph(l.T("dispatch.warning")),
		kit.NewSubheading(l.N("dispatch.goes", len(plan.Sent))), scrolledBeyond(4, goes),
	)
	if len(plan.ShutOut) > 0 {
		shut := kit.Stack(0)
		for i := range plan.ShutOut {
			lot := &plan.ShutOut[i]
			shut.Add(kit.NewParagraph(lot.Number + " · " + inLang(l, lot.NameKK, lot.NameRU)))
		}
		body.Add(kit.NewSubheading(l.N("dispatch.shut", len(plan.ShutOut))))
		body.Add(scrolledBeyond(4, shut))
	}
	var dialog *kit.Dialog
	confirm := &kit.Action{Text: l.T("dispatch.confirm"), Icon: look.IconSend, OnTapped: func() {
		dialog.Close()
		desk := p.desk
		p.act(control.ActionSend, l.N("dispatch.sent", len(plan.Sent)), func(ctx context.Context) error {
			return desk.Send(ctx, plan)
		}, nil)
	}}
	dialog = p.controller.Show(kit.DialogSpec{Title: l.T("dispatch.title"), Body: body, Primary: confirm, Width: 640})
}

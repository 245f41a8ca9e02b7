package ui

import (
	"context"

	"baqylau/app"
	"baqylau/control"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// sendAll asks, in the manual's words, whether every approved notification of a direction is to be
// sent, naming what goes and which lots will be shut out; confirmed, it sends them. What goes is
// the centre's to say: another department may have approved ones too. Enter alone doesn't confirm: it
// can't be taken back. then runs when it was done or is kept to be sent.
func (p *Program) sendAll(purchase string, direction control.Direction, then func()) {
	desk := p.desk
	load(p, func(ctx context.Context) (app.Dispatch, error) {
		return desk.PrepareDispatch(ctx, purchase, direction)
	}, func(plan app.Dispatch, err error) {
		if err != nil {
			p.controller.Tell(p.lang.T("shell.not_done"), app.Sentence(p.lang, err, control.ActionSend))
			return
		}
		p.askToSendAll(plan, then)
	})
}

func (p *Program) askToSendAll(plan app.Dispatch, then func()) {
	l, desk := p.lang, p.desk
	goes := make([]string, len(plan.Sent))
	for i, n := range plan.Sent {
		lot := plan.Lot(n)
		goes[i] = "№ " + n.Number + " · " + lot.Number + " · " + inLang(l, lot.NameKK, lot.NameRU)
		if n.Department != desk.Me().Organization.BIN {
			goes[i] += " · " + l.T("dispatch.foreign", "department", inLang(l, n.DepartmentKK, n.DepartmentRU))
		}
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
	if plan.Mirrored {
		body.Add(kit.NewMuted(l.T("dispatch.mirrored")))
	}
	var dialog *kit.Dialog
	confirm := &kit.Action{Text: l.T("dispatch.confirm"), Icon: look.IconSend, OnTapped: func() {
		dialog.Close()
		p.act(control.ActionSend, l.N("dispatch.sent", len(goes)), func(ctx context.Context) error {
			return desk.Send(ctx, plan)
		}, then)
	}}
	dialog = p.controller.Show(kit.DialogSpec{Title: l.T("dispatch.title"), Body: body, Primary: confirm, Width: 640})
}

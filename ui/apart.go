package ui

import (
	"baqylau/app"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// notice is what stands above every page while the facts are not of now.
type notice struct {
	text  string
	again bool // one may enter again
}

// showNotice says above the page what holds for all that is shown and done on it: as of when the facts are,
// and what becomes of what is done.
func (p *Program) showNotice(state app.State) {
	next, tone, icon := notice{}, look.Warning, look.IconOffline
	time := app.Moment(state.Mirrored, p.desk.Now())
	switch {
	case state.Over:
	case state.Other:
		next.text, tone, icon = p.lang.T("offline.notice.other"), look.Danger, look.IconWarning
	case !state.Online && state.Expired:
		next.text = p.lang.T("offline.notice.alone", "time", time)
	case !state.Online:
		next.text = p.lang.T("offline.notice.away", "time", time)
	case state.Expired:
		next, icon = notice{p.lang.T("offline.notice.enter", "time", time), true}, look.IconKey
	}
	if next == p.notice {
		return
	}
	p.notice = next
	var action *kit.Action
	if next.again {
		action = &kit.Action{Text: p.lang.T("offline.enter_again"), Icon: look.IconKey, OnTapped: func() { p.askToEnter() }}
	}
	p.frame.SetNotice(tone, icon, next.text, action)
}

// tellRestored says once that the centre was put back from a backup, and remembers it until that was read.
func (p *Program) tellRestored(r app.Restored) {
	if r == p.restored {
		return
	}
	p.restored = r
	text := app.RestoredSentence(p.lang, r)
	if text == "" {
		return
	}
	desk := p.desk
	p.controller.Show(kit.DialogSpec{
		Title: p.lang.T("offline.restored"), Body: kit.NewParagraph(text), Cancel: p.lang.T("ui.understood"), Width: 520,
		OnCancel: func() {
			p.start(func() {
				if err := desk.ForgetRestored(); err != nil {
					p.options.Log.Error("forget that the centre was restored", "cause", err)
				}
			})
		},
	})
}

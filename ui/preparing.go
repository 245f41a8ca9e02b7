package ui

import (
	"context"
	"time"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// prepareForSigning has the centre make the final files of notifications that wait for my signature and keeps
// them on this machine, to be signed without the centre. What fails is told; then runs when something is kept.
func (p *Program) prepareForSigning(ids []string, then func()) {
	ctx, cancel := context.WithCancel(p.session)
	progress := p.controller.Progress(p.lang.T("sign.preparing"), cancel)
	desk, session := p.desk, p.session
	p.start(func() {
		results := desk.PrepareForSigning(ctx, ids, func(done int, last app.Preparation) {
			progress.Report(done, len(ids), last.Number)
		})
		cancel()
		p.post(func() {
			progress.Finish()
			if session.Err() == nil {
				p.tellPrepared(len(ids), results, then)
			}
		})
	})
}

func (p *Program) tellPrepared(asked int, results []app.Preparation, then func()) {
	done, text := 0, ""
	for _, r := range results {
		if r.Err == nil {
			done++
			continue
		}
		text += "\n" + p.lang.T("prepared.failed", "number", r.Number, "why", p.desk.Sentence(p.lang, r.Err, "approve"))
	}
	p.factsChanged()
	if done == asked {
		p.tell(look.Success, p.lang.N("prepared.done", done))
	} else {
		p.controller.Tell(p.lang.T("prepared.title"), p.lang.T("prepared.partly", "done", done, "left", asked-done)+text)
	}
	if done > 0 && then != nil {
		then()
	}
}

// preparedChip says since when a paper lies here to be signed.
func (p *Program) preparedChip(at time.Time) *kit.Chip {
	return kit.NewChip(p.lang.T("prepared.chip", "time", assets.DateTime(at)), look.Status{Tone: look.Info, Icon: look.IconSeal})
}

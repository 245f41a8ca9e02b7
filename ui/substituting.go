package ui

import (
	"baqylau/api"
	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// placeChoices are the places where one may sit: those of the people whom one substitutes now, or,
// in such a place, one's own.
func (p *Program) placeChoices() []kit.Choice {
	t := p.lang.T
	if p.desk.Acting() {
		me := p.desk.Me()
		return []kit.Choice{
			{Separator: true, Fact: true, Text: short(t("shell.act_for", "absent", me.Acting.Absent.FullName()), menuRunes)},
			{Fact: true, Text: t("shell.acting_until", "until", assets.DateTime(me.Acting.Substitution.Until))},
			{Text: t("shell.act_for_self"), Icon: look.IconBack, OnTapped: p.comeBack},
		}
	}
	all, err := p.desk.Substitutions()
	if err != nil {
		p.options.Log.Error("list the substitutions", "cause", err)
	}
	choices := make([]kit.Choice, len(all))
	for i, s := range all {
		choices[i] = kit.Choice{
			Separator: i == 0, Icon: look.IconUsers, OnTapped: func() { p.actFor(s) },
			Text: short(t("shell.act_for", "absent", s.AbsentName), menuRunes),
		}
	}
	return choices
}

// actFor sits down in an absent person's place. One's own desk waits meanwhile.
func (p *Program) actFor(s api.Substitution) {
	p.away(func() {
		own, ctx, viewed := p.desk, p.session, p.viewed
		p.start(func() {
			acting, err := own.ActFor(ctx, s.State.Absent)
			if err == nil {
				p.forget(viewed)
			}
			p.post(func() {
				switch {
				case err != nil && ctx.Err() == nil:
					p.controller.Tell(p.lang.T("shell.not_done"), app.Sentence(p.lang, err, control.ActionActFor))
				case err != nil:
				case ctx.Err() != nil: // left meanwhile
					p.putAway(viewed, acting)
				default:
					p.standUp()
					p.own = own
					p.enter(acting)
				}
			})
		})
	})
}

// comeBack sits down in one's own place again.
func (p *Program) comeBack() {
	p.away(func() {
		acting, own := p.desk, p.own
		p.putAway(p.standUp(), acting)
		p.own = nil
		p.enter(own)
	})
}

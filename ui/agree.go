package ui

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2/widget"

	"baqylau/api"
	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// askAgree asks for the next agreer and a comment, then agrees and passes on.
func (p *Program) askAgree(c app.Card) {
	t, desk, id := p.lang.T, p.desk, c.Notification.ID
	next := newAgreerChoice(p, "")
	comment := kit.NewTextArea(t("agree.comment.hint"), 4)
	agree := &kit.Action{Text: t("agree.do"), Icon: look.IconAssign}
	body := kit.Stack(4,
		kit.NewMuted(t("agree.about", "lot", c.Notification.LotNumber)),
		kit.NewSubheading(t("agree.next")), next.content,
		kit.NewSubheading(t("agree.comment")), comment,
	)
	dialog := p.controller.Show(kit.DialogSpec{
		Title: t("agree.title", "number", number(p.lang, c)), Body: body, Primary: agree, Width: 720, Focus: next.content,
	})
	update := func() {
		agree.Reason = p.desk.Why(p.lang, c.Notification.State.FitAgreer(next.actor()), control.ActionAgree)
		dialog.SetActions(agree)
	}
	next.onChanged = update
	agree.OnTapped = func() {
		person, text := next.chosen(), strings.TrimSpace(comment.Text)
		dialog.Close()
		p.act(control.ActionAgree, t("agree.done"), func(ctx context.Context) error { return desk.Agree(ctx, id, person, text) }, nil)
	}
	update()
}

// askReject asks why, then rejects; a reason is required.
func (p *Program) askReject(c app.Card) {
	t, desk, id := p.lang.T, p.desk, c.Notification.ID
	reason := kit.NewTextArea(t("agree.reason.hint"), 5)
	reject := &kit.Action{Text: t("agree.reject"), Icon: look.IconCross}
	body := kit.Stack(4,
		kit.NewMuted(t("agree.reject.about", "lot", c.Notification.LotNumber, "name", shortName(c.Notification.AuthorName))),
		kit.NewSubheading(t("agree.reason")), reason,
	)
	dialog := p.controller.Show(kit.DialogSpec{
		Title: t("agree.reject.title", "number", number(p.lang, c)), Body: body, Primary: reject, Width: 640, Focus: reason,
	})
	update := func(text string) {
		why := p.desk.Why(p.lang, c.Notification.State.Reject(desk.Actor(), text), control.ActionReject)
		if reject.Reason != why || reject.OnTapped == nil {
			reject.Reason = why
			reject.OnTapped = func() {
				text := strings.TrimSpace(reason.Text)
				dialog.Close()
				p.act(control.ActionReject, t("agree.rejected"), func(ctx context.Context) error { return desk.Reject(ctx, id, text) }, nil)
			}
			dialog.SetActions(reject)
		}
	}
	reason.OnChanged = update
	update("")
}

// agreerChoice chooses among the colleagues who may agree, oneself included. Space opens the
// list, ← and → go through it.
type agreerChoice struct {
	content   *widget.Select
	people    []api.Person
	onChanged func()
}

func newAgreerChoice(p *Program, chosen string) *agreerChoice {
	c := &agreerChoice{}
	people, err := p.desk.Agreers()
	if err != nil {
		p.options.Log.Error("read the colleagues", "cause", err)
	}
	c.people = people
	c.content = widget.NewSelect(agreerNames(p.lang, people), func(string) {
		if c.onChanged != nil {
			c.onChanged()
		}
	})
	c.content.PlaceHolder = p.lang.T("agree.choose")
	if i := slices.IndexFunc(people, func(p api.Person) bool { return p.IIN == chosen }); i >= 0 {
		c.content.SetSelectedIndex(i)
	}
	return c
}

// agreerNames tell people apart: who has the same name and position is named with the IIN.
func agreerNames(l assets.Lang, people []api.Person) []string {
	names := make([]string, len(people))
	count := map[string]int{}
	for i, p := range people {
		role := control.Auditor
		if slices.Contains(p.Roles, control.AuditorApprover) {
			role = control.AuditorApprover
		}
		names[i] = l.T("agree.person", "name", p.FullName(), "role", l.T("role."+string(role)))
		count[names[i]]++
	}
	for i, p := range people {
		if count[names[i]] > 1 {
			names[i] += " · " + p.IIN
		}
	}
	return names
}

// show shows a person as chosen, without a word to onChanged.
func (c *agreerChoice) show(chosen string) {
	changed := c.onChanged
	c.onChanged = nil
	if i := slices.IndexFunc(c.people, func(p api.Person) bool { return p.IIN == chosen }); i >= 0 {
		c.content.SetSelectedIndex(i)
	} else {
		c.content.ClearSelected()
	}
	c.onChanged = changed
}

// chosen is the person chosen; empty while none is.
func (c *agreerChoice) chosen() string {
	if i := c.content.SelectedIndex(); i >= 0 {
		return c.people[i].IIN
	}
	return ""
}

// actor is the person chosen as the rules know them.
func (c *agreerChoice) actor() control.Actor {
	i := c.content.SelectedIndex()
	if i < 0 {
		return control.Actor{}
	}
	p := c.people[i]
	return control.Actor{Person: p.IIN, Organization: p.Organization, Roles: p.Roles}
}

// name is the full name of the person chosen.
func (c *agreerChoice) name() string {
	if i := c.content.SelectedIndex(); i >= 0 {
		return c.people[i].FullName()
	}
	return ""
}

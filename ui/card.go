package ui

import (
	"context"
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// cardPage is a notification with everything about it: its life, what is violated, its text and file,
// how it was agreed, and what may be done now (ui.md).
type cardPage struct {
	p       *Program
	id      string
	box     *fyne.Container
	card    app.Card
	found   bool
	waits   string // the action on it that waits in the outbox
	apart   bool   // the centre can't be asked for anything now
	reader  *reader
	primary *kit.Button // the main action; nil when nothing may be done
	opened  bool        // the centre has been told that it was opened
}

func newCardPage(p *Program, r route) page {
	c := &cardPage{p: p, id: r.id, box: container.NewStack()}
	c.read()
	if old, ok := p.current.(*cardPage); ok && old.id == r.id {
		c.opened = old.opened
	}
	return c
}

func (c *cardPage) rail() string {
	if c.p.desk.Uses(control.ActionJournal) {
		return pageNotifications
	}
	return pageInbox
}

func (c *cardPage) crumbs() []kit.Crumb {
	list := c.rail()
	name := c.p.lang.T("journal.gone")
	if c.found {
		name = c.p.notificationTitle(c.card)
	}
	return []kit.Crumb{
		c.p.home(),
		{Text: c.p.lang.T("rail." + list), OnTapped: func() { c.p.navigate(route{name: list}) }},
		{Text: name},
	}
}

// notificationTitle is "№ 2026-0117", or that there is no number yet.
func (p *Program) notificationTitle(c app.Card) string {
	if c.Notification.Number == "" {
		return p.lang.T("card.unnumbered")
	}
	return "№ " + c.Notification.Number
}

// outside says that the person is not of those who agree on it: nothing of how it came about is theirs
// to know.
func (c *cardPage) outside() bool {
	return !c.card.Notification.State.ViewAgreement(c.p.desk.Actor()).Allowed
}

// focus gives the keyboard to the main action; without one to what is to be read.
func (c *cardPage) focus() {
	switch {
	case c.primary != nil:
		c.p.window.Canvas().Focus(c.primary)
	case c.reader != nil:
		c.p.window.Canvas().Focus(c.reader)
	}
}

func (c *cardPage) content() fyne.CanvasObject {
	c.build()
	return c.box
}

// read takes the card from the mirror: one object, so it costs less than a frame.
func (c *cardPage) read() bool {
	card, err := c.p.desk.Card(c.id)
	if err != nil {
		c.p.options.Log.Info("read a card", "id", c.id, "cause", err)
	}
	waits := c.p.waitsFor(c.id)
	apart := c.p.desk.State().Away()
	changed := c.found != (err == nil) || c.waits != waits || c.apart != apart || !reflect.DeepEqual(c.card, card)
	c.card, c.found, c.waits, c.apart = card, err == nil, waits, apart
	return changed
}

func (c *cardPage) refresh() {
	if c.read() {
		at := float32(0)
		if c.reader != nil {
			at = c.reader.scroll.Offset.Y
		}
		c.build()
		if c.reader != nil {
			c.reader.moveTo(at)
		}
		if !c.p.controller.Busy() {
			c.focus()
		}
	}
	c.acknowledge()
}

// acknowledge tells the centre once that the audit object has opened it.
func (c *cardPage) acknowledge() {
	if c.opened || !c.found || !c.card.Acknowledge.Allowed {
		return
	}
	c.opened = true
	if c.waits != "" {
		return
	}
	id, desk := c.id, c.p.desk
	c.p.act(control.ActionAcknowledge, c.p.lang.T("card.acknowledged"), func(ctx context.Context) error {
		return desk.Acknowledge(ctx, id)
	}, nil)
}

func (c *cardPage) build() {
	c.primary, c.reader = nil, nil
	c.box.RemoveAll()
	if !c.found {
		list := c.rail()
		c.box.Add(kit.NewNotice(look.IconInbox, c.p.lang.T("card.gone"), &kit.Action{
			Text: c.p.lang.T("rail." + list), Icon: look.IconList, OnTapped: func() { c.p.replace(route{name: list}) },
		}))
		c.box.Refresh()
		return
	}
	body := container.New(
		&columns{widths: []float32{190, 0, 270}, least: 740, gap: 12, stacked: []int{1, 2, 0}},
		kit.NewPanel(kit.Stack(0, kit.NewSubheading(c.p.lang.T("card.life")), kit.NewStepper(c.steps()))),
		c.middle(), c.right(),
	)
	c.reader = newReader(body)
	head := c.head()
	actions := c.actionRow()
	c.box.Add(kit.Filled(12, c.reader, head, c.reader, actions))
	c.box.Refresh()
}

// head is the number with the status, and what it is about.
func (c *cardPage) head() fyne.CanvasObject {
	l, n := c.p.lang, &c.card.Notification
	chips := container.NewHBox(kit.NewStatusChip(l, "notification."+string(n.State.Status)))
	if at := c.card.Prepared; !at.IsZero() {
		chips.Add(c.p.preparedChip(at))
	}
	if days, open := c.p.desk.TermOf(c.card); open {
		chips.Add(kit.NewDeadline(app.DaysLeft(l, days), days))
	}
	head := kit.Stack(4,
		container.NewBorder(nil, nil, nil, container.NewCenter(chips), kit.NewHeading(c.p.notificationTitle(c.card))),
		flush(kit.NewMuted(l.T("card.about", "purchase", n.PurchaseNumber, "lot", n.LotNumber,
			"name", inLang(l, n.NameKK, n.NameRU), "amount", assets.Money(int64(n.Amount)), "direction", l.T("direction."+string(n.State.Direction)))+
			"\n"+inLang(l, n.Organizer.NameKK, n.Organizer.NameRU)+", "+l.T("term.bin")+" "+n.Organizer.BIN)),
	)
	switch {
	case c.waits != "":
		head.Add(kit.NewBanner(look.Warning, look.IconCloud, l.T("card.waits", "command", l.T(c.waits)), &kit.Action{
			Text: l.T("card.outbox"), OnTapped: func() { c.p.navigate(route{name: pageOutbox}) },
		}))
	case c.card.Unsent:
		head.Add(kit.NewBanner(look.Warning, look.IconCloud, l.T("card.unsent"), nil))
	}
	return head
}

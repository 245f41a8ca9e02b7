package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/ui/ink"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// cabinet is the first page: what waits for me (ui.md).
type cabinet struct {
	p       *Program
	body    *fyne.Container
	cards   *fyne.Container
	list    *kit.Journal
	tasks   []app.Task
	actions *kit.ActionBar
}

func newCabinetPage(p *Program) page { return &cabinet{p: p} }

func (c *cabinet) rail() string { return pageCabinet }
func (c *cabinet) crumbs() []kit.Crumb {
	return []kit.Crumb{{Text: c.p.lang.T("rail.cabinet")}}
}
func (c *cabinet) focus() { c.list.Focus() }

func (c *cabinet) content() fyne.CanvasObject {
	t := c.p.lang.T
	c.cards = container.NewGridWithColumns(4)
	c.list = kit.NewJournal(kit.JournalSpec{
		Lang: c.p.lang, Title: t("cabinet.tasks"),
		Columns: []kit.Column{
			{Key: "what", Title: t("cabinet.column.what"), Width: 220},
			{Key: "number", Title: t("cabinet.column.number"), Width: 120},
			{Key: "about", Title: t("cabinet.column.about"), Width: 220, Grow: true},
			{Key: "whose", Title: t("cabinet.column.whose"), Width: 230},
			{Key: "due", Title: t("cabinet.column.due"), Width: 128, Align: ink.Leading},
		},
		OnOpen: c.open,
	})
	c.actions = kit.NewActionBar(kit.ActionBarSpec{Lang: c.p.lang})
	c.body = kit.Filled(12, c.list, c.cards, c.list, c.actions)
	return c.body
}

// cabinetTasks is what the cabinet shows.
type cabinetTasks struct {
	tasks []app.Task
	sign  []string // notifications that wait for my signature
}

// refresh reads what waits, off Fyne's goroutine.
func (c *cabinet) refresh() {
	desk := c.p.desk
	load(c.p, func(context.Context) (w cabinetTasks, err error) {
		if w.tasks, err = desk.Tasks(); err != nil {
			return w, err
		}
		sign, err := desk.WaitingForSignature()
		for _, n := range sign {
			w.sign = append(w.sign, n.ID)
		}
		return w, err
	}, c.show)
}

func (c *cabinet) show(w cabinetTasks, err error) {
	if err != nil {
		c.p.options.Log.Error("read the tasks", "cause", err)
		c.list.SetState(kit.Failed, app.Sentence(c.p.lang, err, ""), nil)
		return
	}
	tasks := w.tasks
	c.tasks = tasks
	c.showCards()
	if len(tasks) == 0 {
		c.list.SetState(kit.Empty, c.p.lang.T("cabinet.empty"), c.nextPlace())
	} else {
		c.list.SetList(kit.List{Len: len(tasks), Total: len(tasks), ID: func(i int) string { return taskID(tasks[i]) }, At: c.row})
	}
	c.actions.Set(c.toSign(w.sign))
	c.body.Refresh() // the cards are higher now
}

// nextPlace is where to go when nothing waits.
func (c *cabinet) nextPlace() *kit.Action {
	if c.p.desk.MayReport().Allowed {
		return &kit.Action{Text: c.p.lang.T("rail.report"), Icon: look.IconChart, OnTapped: func() { c.p.navigate(route{name: pageReport}) }}
	}
	if c.p.desk.Uses(control.ActionInbox) {
		return &kit.Action{Text: c.p.lang.T("rail.inbox"), Icon: look.IconInbox, OnTapped: func() { c.p.navigate(route{name: pageInbox}) }}
	}
	return nil
}

func taskID(t app.Task) string {
	return string(t.Kind) + " " + t.Purchase + " " + string(t.Direction) + " " + t.Number + " " + t.Notification
}

func (c *cabinet) row(i int) []kit.Cell {
	task := c.tasks[i]
	due := kit.Cell{}
	if !task.Due.IsZero() {
		due = kit.Cell{Text: app.DaysLeftShort(c.p.lang, task.DaysLeft), Status: look.Deadline(task.DaysLeft)}
	}
	what := c.p.lang.T("task." + string(task.Kind))
	if !task.Prepared.IsZero() {
		what = c.p.lang.T("prepared.task", "task", what)
	}
	return []kit.Cell{
		{Text: what, Strong: true},
		{Text: task.Number},
		{Text: inLang(c.p.lang, task.KK, task.RU)},
		{Text: inLang(c.p.lang, task.WhoseKK, task.WhoseRU)},
		due,
	}
}

func (c *cabinet) open(id string) {
	for _, task := range c.tasks {
		if taskID(task) != id {
			continue
		}
		switch task.Kind {
		case app.TaskCheck, app.TaskCreate, app.TaskSend:
			c.p.navigate(route{name: pageDesk, id: task.Purchase, direction: task.Direction})
		case app.TaskFinish, app.TaskRework:
			c.p.navigate(route{name: pageForm, id: task.Notification})
		default:
			c.p.navigate(route{name: pageCard, id: task.Notification})
		}
		return
	}
}

// showCards counts what burns, what waits for my signature, for my word, and what came back.
func (c *cabinet) showCards() {
	var today, sign, word, came int
	for _, t := range c.tasks {
		if !t.Due.IsZero() && t.DaysLeft <= 0 {
			today++
		}
		switch t.Kind {
		case app.TaskSign:
			sign++
		case app.TaskAgree:
			word++
		case app.TaskRework:
			came++
		}
	}
	c.cards.RemoveAll()
	for _, card := range []struct {
		key  string
		n    int
		icon look.Icon
	}{
		{"cabinet.card.today", today, look.IconClock},
		{"cabinet.card.sign", sign, look.IconSign},
		{"cabinet.card.word", word, look.IconSpeech},
		{"cabinet.card.back", came, look.IconUndo},
	} {
		number := kit.Wide(44, 0, kit.NewHeading(assets.Number(int64(card.n))))
		c.cards.Add(kit.NewPanel(kit.Inset(16, 12, container.NewBorder(nil, nil, kit.NewIcon(card.icon), number, kit.NewMuted(c.p.lang.T(card.key))))))
	}
	c.cards.Refresh()
}

// toSign offers to sign everything that waits for my signature at once.
func (c *cabinet) toSign(ids []string) kit.ActionBarSpec {
	spec := kit.ActionBarSpec{Lang: c.p.lang}
	if len(ids) == 0 {
		return spec
	}
	ready, rest := c.ready(ids)
	switch {
	case !c.p.desk.State().Away():
		spec.Primary = &kit.Action{
			Text: c.p.lang.N("cabinet.sign_all", len(ids)), Icon: look.IconSign,
			OnTapped: func() { c.p.signPapers(c.p.approvals(ids), nil) },
		}
		if len(rest) > 0 {
			spec.Secondary = []kit.Action{{
				Text: c.p.lang.T("prepared.do_all", "n", len(rest)), Icon: look.IconSeal,
				OnTapped: func() { c.p.prepareForSigning(rest, nil) },
			}}
		}
	case len(ready) > 0:
		spec.Primary = &kit.Action{
			Text: c.p.lang.T("prepared.sign_all", "n", len(ready)), Icon: look.IconSign,
			OnTapped: func() { c.p.signPapers(c.p.approvals(ready), nil) },
		}
	default:
		spec.Primary = &kit.Action{Text: c.p.lang.N("cabinet.sign_all", len(ids)), Icon: look.IconSign, Reason: c.p.lang.T("prepared.none_here")}
	}
	return spec
}

// ready tells what was prepared here, to be signed without the centre, from the rest.
func (c *cabinet) ready(ids []string) (ready, rest []string) {
	for _, id := range ids {
		if slices.ContainsFunc(c.tasks, func(t app.Task) bool { return t.Notification == id && !t.Prepared.IsZero() }) {
			ready = append(ready, id)
		} else {
			rest = append(rest, id)
		}
	}
	return ready, rest
}

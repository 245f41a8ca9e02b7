package ui

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"baqylau/api"
	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// actions are what can be done on the page. The main one is what the work needs next: to save, to send
// what is approved, to write a notification, to finish with a certificate.
func (d *deskPage) actions() kit.ActionBarSpec {
	t, noCreation := d.p.lang.T, d.noCreation()
	save := kit.Action{Text: t("desk.save"), Icon: look.IconCheck, OnTapped: d.save}
	finish := kit.Action{Text: t("desk.finish"), Icon: look.IconSign, Reason: d.p.desk.Why(d.p.lang, d.page.Certify, actionCertify), OnTapped: d.finish}
	create := kit.Action{Text: t("desk.create"), Icon: look.IconPencil, Reason: d.p.desk.Why(d.p.lang, noCreation, control.ActionCreate), OnTapped: d.create}
	if d.p.desk.State().Away() && finish.Reason == "" && d.page.Prepared.ID == "" {
		finish.Reason = t("prepared.none")
	}
	send := kit.Action{
		Text: t("desk.send_all"), Icon: look.IconSend, Reason: d.p.desk.Why(d.p.lang, d.page.SendAll, control.ActionSend),
		OnTapped: func() { d.p.sendAll(d.id, d.direction, d.goOn) },
	}
	spec := kit.ActionBarSpec{Lang: d.p.lang, More: []kit.Action{
		{Text: t("desk.profiles"), Icon: look.IconInfo, OnTapped: func() { d.help(d.page.Profiles...) }},
		d.preparing(),
	}}
	secondary := []*kit.Action{&finish, &create, &send}
	switch {
	case d.marked() > 0:
		for _, action := range secondary {
			action.Reason = t("desk.save_first")
		}
		spec.Primary = &save
	case send.Reason == "" && d.page.Approved:
		spec.Primary = &send
	case create.Reason == "":
		spec.Primary = &create
	case finish.Reason == "" && d.page.Certified == nil:
		spec.Primary = &finish
	}
	for _, action := range secondary {
		switch {
		case action == spec.Primary:
		case action == &send && !d.wrote(): // shown to those who wrote a notification
			spec.More = append(spec.More, send)
		case action == &create && (noCreation.Reason == control.ExistsAlready || noCreation.Reason == control.NoViolation):
			spec.More = append(spec.More, create) // there is nothing left to write
		default:
			spec.Secondary = append(spec.Secondary, *action)
		}
	}
	return spec
}

// wrote tells whether a notification of this direction is mine.
func (d *deskPage) wrote() bool {
	return slices.ContainsFunc(d.page.Lots, func(lot app.DeskLot) bool {
		return lot.Notification != nil && lot.Notification.State.Author == d.p.desk.Principal().IIN
	})
}

// finish shows the certificate and signs it.
func (d *deskPage) finish() {
	desk := d.p.desk
	d.p.signPapers(func(ctx context.Context) ([]app.Paper, error) {
		paper, err := desk.CertificateToSign(ctx, d.id, d.direction)
		if err != nil {
			return nil, err
		}
		return []app.Paper{paper}, nil
	}, d.goOn)
}

// preparing offers to have the certificate here, to be signed without the centre.
func (d *deskPage) preparing() kit.Action {
	action := kit.Action{Text: d.p.lang.T("prepared.certificate"), Icon: look.IconSeal, OnTapped: d.prepare}
	switch {
	case d.marked() > 0:
		action.Reason = d.p.lang.T("desk.save_first")
	case d.p.desk.State().Away():
		action.Reason = d.p.lang.T("prepared.need_centre")
	default:
		action.Reason = d.p.desk.Why(d.p.lang, d.page.Certify, actionCertify)
	}
	return action
}

func (d *deskPage) prepare() {
	desk, id, direction := d.p.desk, d.id, d.direction
	d.p.act(actionCertify, d.p.lang.N("prepared.done", 1), func(ctx context.Context) error {
		return desk.PrepareCertificateForSigning(ctx, id, direction)
	}, d.goOn)
}

// creatable are my lots on which a notification may be written now.
func (d *deskPage) creatable() []app.DeskLot {
	var lots []app.DeskLot
	for _, at := range d.lots {
		if d.page.Lots[at].Create.Allowed {
			lots = append(lots, d.page.Lots[at])
		}
	}
	return lots
}

// noCreation answers for the page whether a notification may be written: for the first of my lots that
// waits for one, else for the first lot.
func (d *deskPage) noCreation() control.Verdict {
	var first, waiting *app.DeskLot
	for _, at := range d.lots {
		lot := &d.page.Lots[at]
		if lot.Create.Allowed {
			return lot.Create
		}
		if first == nil {
			first = lot
		}
		if waiting == nil && lot.Mine && lot.Notification == nil && lot.Create.Reason != control.NoViolation {
			waiting = lot
		}
	}
	switch {
	case waiting != nil:
		return waiting.Create
	case first != nil:
		return first.Create
	default:
		return control.Verdict{}
	}
}

// create goes to the form of a notification; where several lots have violations it asks for which.
func (d *deskPage) create() {
	lots := d.creatable()
	if len(lots) == 1 {
		d.write(lots[0].Lot.ID)
		return
	}
	l := d.p.lang
	var dialog *kit.Dialog
	var list *kit.Journal
	open := func() {
		if lot := list.Cursor(); lot != "" {
			dialog.Close()
			d.write(lot)
		}
	}
	list = kit.NewJournal(kit.JournalSpec{
		Lang: l, Title: l.N("desk.create.lots", len(lots)), OnOpen: func(string) { open() },
		Columns: []kit.Column{
			{Key: "lot", Title: l.T("lots.column.lot"), Width: 130},
			{Key: "name", Title: l.T("lots.column.name"), Width: 300, Grow: true},
			{Key: "violations", Title: l.T("desk.create.violations"), Width: 160},
		},
	})
	list.SetList(kit.List{
		Len: len(lots), Total: len(lots), ID: func(i int) string { return lots[i].Lot.ID },
		At: func(i int) []kit.Cell {
			return []kit.Cell{
				{Text: lots[i].Lot.Number, Strong: true},
				{Text: inLang(l, lots[i].Lot.NameKK, lots[i].Lot.NameRU)},
				{Text: l.N("lots.violations", len(control.Violated(lots[i].Saved)))},
			}
		},
	})
	dialog = d.p.controller.Show(kit.DialogSpec{
		Title: l.T("desk.create"), Body: list, Width: 680, Height: 420,
		Primary: &kit.Action{Text: l.T("desk.create"), Icon: look.IconPencil, OnTapped: open},
	})
	d.p.whenShown(list.Focus)
}

func (d *deskPage) write(lot string) {
	d.p.navigate(route{name: pageForm, id: d.id, lot: lot, direction: d.direction})
}

// papersMost is how many papers stand on the page; the others are in the journal.
const papersMost = 6

// showNotes shows the window, the papers that there are, and why what can't be marked can't.
func (d *deskPage) showNotes() {
	d.notes.Objects = []fyne.CanvasObject{d.window()}
	if papers := d.papers(); len(papers) > 0 {
		d.notes.Add(kit.Flow(4, papers...))
	}
	if why := d.whyFrozen(); why != "" {
		d.notes.Add(kit.NewBanner(look.Info, look.IconLock, why, nil))
	}
	d.notes.Refresh()
}

// papers are the signed certificate and the notifications: a click opens them.
func (d *deskPage) papers() []fyne.CanvasObject {
	var papers []fyne.CanvasObject
	if c := d.page.Certified; c != nil {
		papers = append(papers, kit.NewButton(d.p.lang.T("lots.certificate", "number", c.Number), look.IconFile, kit.Quiet,
			func() { d.p.openFile(c.Number+".pdf", c.File) }))
	}
	if at := d.page.Prepared.At; !at.IsZero() {
		papers = append(papers, kit.Inset(0, 4, kit.NewChip(d.p.lang.T("prepared.chip_certificate", "number", d.page.Prepared.Number, "time", assets.DateTime(at)),
			look.Status{Tone: look.Info, Icon: look.IconSeal})))
	}
	for _, at := range d.lots {
		if lot := &d.page.Lots[at]; lot.Notification != nil && len(papers) < papersMost {
			id := lot.Notification.ID
			papers = append(papers, kit.NewButton(d.paperName(lot), look.IconEnvelope, kit.Quiet,
				func() { d.p.navigate(route{name: pageCard, id: id}) }))
		}
	}
	return papers
}

func (d *deskPage) paperName(lot *app.DeskLot) string {
	l, n := d.p.lang, lot.Notification
	return strings.Join([]string{numberOf(l, n), lot.Lot.Number, l.T("notification." + string(n.State.Status))}, " · ")
}

func numberOf(l assets.Lang, n *api.Notification) string {
	if n.Number == "" {
		return l.T("number.none")
	}
	return "№ " + n.Number
}

// whyFrozen says once each why marks can't be changed, mine first.
func (d *deskPage) whyFrozen() string {
	var reasons []string
	for _, at := range d.lots {
		lot := &d.page.Lots[at]
		if lot.Mark.Allowed {
			continue
		}
		why := d.p.desk.Why(d.p.lang, lot.Mark, actionMark)
		if !lot.Mine {
			why = d.p.lang.T("desk.others")
		}
		if !slices.Contains(reasons, why) {
			reasons = append(reasons, why)
		}
	}
	if len(reasons) > 3 {
		reasons = append(reasons[:3], "…")
	}
	return strings.Join(reasons, "\n")
}

// lines writes a list one below the other; one that is long scrolls.
func lines(texts []string) fyne.CanvasObject {
	list := kit.NewParagraph(strings.Join(texts, "\n"))
	if len(texts) <= linesMost {
		return list
	}
	return kit.Wide(0, 150, container.NewVScroll(list))
}

// linesMost is how many lines of a list stand in a dialog without scrolling.
const linesMost = 6

// saveThen saves the marks and goes on when they count, or are kept to be sent.
func (d *deskPage) saveThen(then func()) {
	saved, desk := 0, d.p.desk
	d.p.act(actionMark, "", func(ctx context.Context) (err error) {
		if err := d.keeping.write(); err != nil {
			return err
		}
		saved, err = desk.SaveMarks(ctx, d.id, d.direction)
		return err
	}, func() {
		if saved > 0 { // else they wait in the outbox, which has been told
			d.p.tell(look.Success, d.p.lang.N("desk.saved", saved))
		}
		then()
	})
}

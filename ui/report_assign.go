package ui

import (
	"context"
	"slices"
	"strings"

	"baqylau/api"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// bulk is what can be done to the chosen rows.
func (r *reportPage) bulk() []kit.BulkAction {
	t := r.p.lang.T
	return []kit.BulkAction{
		{
			Text: t("report.assign"), Icon: look.IconAssign, OnTapped: r.askAssignee,
			Reason: func([]string) string { return r.p.desk.Why(r.p.lang, r.p.desk.MayAssign(), actionAssign) },
		},
		{
			Text: t("report.unassign"), Icon: look.IconUndo, OnTapped: r.askUnassign,
			Reason: func(ids []string) string {
				if why := r.p.desk.Why(r.p.lang, r.p.desk.MayAssign(), actionAssign); why != "" {
					return why
				}
				if len(assigned(r.chosen(ids))) == 0 {
					return t("report.none_assigned")
				}
				return ""
			},
		},
	}
}

// actionAssign names assigning in refusals.
const actionAssign control.Action = "assign"

// chosen are the rows of a selection.
func (r *reportPage) chosen(ids []string) []api.ReportRow {
	var rows []api.ReportRow
	for _, row := range r.rows {
		if slices.Contains(ids, rowID(row)) {
			rows = append(rows, row)
		}
	}
	return rows
}

func assigned(rows []api.ReportRow) []api.ReportRow {
	return slices.DeleteFunc(slices.Clone(rows), func(row api.ReportRow) bool { return row.Assignee == "" })
}

// lotsOf counts the lots of rows: a lot stands in the report once for each direction.
func lotsOf(rows []api.ReportRow) int {
	lots := map[string]bool{}
	for _, row := range rows {
		lots[row.Lot] = true
	}
	return len(lots)
}

// askAssignee lists the auditors of one's own organisation: ↑ ↓ choose, Enter or «Сохранить» assigns.
func (r *reportPage) askAssignee(ids []string) {
	l, rows := r.p.lang, r.chosen(ids)
	people, err := r.p.desk.Assignees()
	if err != nil || len(people) == 0 {
		r.p.options.Log.Info("nobody to assign to", "cause", err)
		r.p.controller.Tell(l.T("report.assign"), l.T("report.nobody"))
		return
	}
	var dialog *kit.Dialog
	var list *kit.Journal
	save := func() {
		at := slices.IndexFunc(people, func(p api.Person) bool { return p.IIN == list.Cursor() })
		if at < 0 {
			return
		}
		dialog.Close()
		r.assign(rows, people[at].IIN, l.N("report.assigned", lotsOf(rows), "name", people[at].FullName()))
	}
	shown := people
	list = kit.NewJournal(kit.JournalSpec{
		Lang: l, Title: l.N("report.chosen", lotsOf(rows)),
		Columns: []kit.Column{
			{Key: "name", Title: l.T("report.person"), Width: 260, Grow: true},
			{Key: "position", Title: l.T("report.position"), Width: 280, Grow: true},
		},
		OnOpen: func(string) { save() },
		OnSearch: func(text string) {
			shown = slices.DeleteFunc(slices.Clone(people), func(p api.Person) bool { return !holds(p.FullName(), text) })
			list.SetList(peopleList(l, shown, len(people)))
		},
	})
	list.SetList(peopleList(l, shown, len(people)))
	dialog = r.p.controller.Show(kit.DialogSpec{
		Title: l.T("report.assign"), Body: list, Width: 760, Height: 460,
		Primary: &kit.Action{Text: l.T("report.save"), Icon: look.IconAssign, OnTapped: save},
	})
	r.p.whenShown(list.Focus)
}

func peopleList(l assets.Lang, people []api.Person, total int) kit.List {
	return kit.List{
		Len: len(people), Total: total, ID: func(i int) string { return people[i].IIN },
		At: func(i int) []kit.Cell {
			return []kit.Cell{
				{Text: people[i].FullName(), Strong: true},
				{Text: inLang(l, people[i].PositionKK, people[i].PositionRU)},
			}
		},
	}
}

// holds tells whether a name has a text in it, whatever the case.
func holds(name, text string) bool {
	return strings.Contains(strings.ToLower(name), strings.ToLower(strings.TrimSpace(text)))
}

func (r *reportPage) askUnassign(ids []string) {
	l, rows := r.p.lang, assigned(r.chosen(ids))
	r.p.controller.Confirm(kit.ConfirmSpec{
		Title: l.T("report.unassign"), Text: l.N("report.unassign.ask", lotsOf(rows)), Action: l.T("report.unassign"),
		Icon: look.IconUndo, OnConfirm: func() { r.assign(rows, "", l.N("report.unassigned", lotsOf(rows))) },
	})
}

// assign gives the lots of rows to a person, or takes them back. The rows are read anew whatever came
// of it: of a batch some may be done and some refused.
func (r *reportPage) assign(rows []api.ReportRow, person, done string) {
	p, desk := r.p, r.p.desk
	p.act(actionAssign, done, func(ctx context.Context) error {
		err := desk.Assign(ctx, rows, person)
		p.post(r.reread)
		return err
	}, func() {
		r.list.ClearSelection()
		r.list.Focus() // the buttons for what was selected are gone
	})
}

// reread reads the rows that are shown anew, in their order. A filter by assignment doesn't take away
// what has just been assigned (R-1.3: the row shows the assignee).
func (r *reportPage) reread() {
	p := r.p
	if p.current != page(r) || !r.formed || r.forming {
		return
	}
	filter := r.filter
	filter.Assigned, filter.Assignee = nil, ""
	desk := p.desk
	load(p, func(ctx context.Context) (reportRead, error) {
		return readReport(ctx, desk, filter, func(int) {})
	}, func(read reportRead, err error) {
		if err != nil {
			r.notFormed(err)
			return
		}
		now := make(map[string]api.ReportRow, len(read.rows))
		for _, row := range read.rows {
			now[rowID(row)] = row
		}
		for i, row := range r.rows {
			if fresh, found := now[rowID(row)]; found {
				r.rows[i] = fresh
			}
		}
		r.show()
	})
}

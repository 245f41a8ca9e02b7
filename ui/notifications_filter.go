package ui

import (
	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/ui/kit"
)

// Filters of the journal, and their values.
const (
	filterStatus    = "status"
	filterMine      = "mine"
	filterDirection = "direction"
	filterDue       = "due"

	mineAuthor = "author"
	mineAgreer = "agreer"
	dueSoon    = string(app.DueSoon)
	duePassed  = string(app.DuePassed)
)

func (n *notificationsPage) filters() []kit.Filter {
	l := n.p.lang
	filter := func(key string, values ...string) kit.Filter {
		f := kit.Filter{Key: key, Title: l.T("journal.filter." + key)}
		for _, value := range values {
			f.Options = append(f.Options, kit.Option{Value: value, Text: filterValue(l, key, value)})
		}
		return f
	}
	var statuses []string
	for _, s := range control.NotificationStatuses() {
		statuses = append(statuses, string(s))
	}
	return []kit.Filter{
		filter(filterStatus, statuses...),
		filter(filterMine, mineAuthor, mineAgreer),
		filter(filterDirection, string(control.D1), string(control.D2), string(control.D3), string(control.D4)),
		filter(filterDue, dueSoon, duePassed),
	}
}

func filterValue(l assets.Lang, key, value string) string {
	switch key {
	case filterStatus:
		return l.T("notification." + value)
	case filterDirection:
		return l.T("direction." + value)
	default:
		return l.T("journal.filter." + key + "." + value)
	}
}

// active are the filters in force, in a steady order.
func (n *notificationsPage) active() []kit.ActiveFilter {
	var list []kit.ActiveFilter
	for _, f := range n.filters() {
		if value := n.view.Filters[f.Key]; value != "" {
			list = append(list, kit.ActiveFilter{Key: f.Key, Text: n.p.lang.T("journal.filter.chip", "filter", f.Title, "value", filterValue(n.p.lang, f.Key, value))})
		}
	}
	return list
}

func (n *notificationsPage) filter(key, value string) {
	n.view.Filters[key] = value
	n.refresh()
}

// presets are the questions that are asked most.
func (n *notificationsPage) presets() []kit.Choice {
	choice := func(name string, filters map[string]string) kit.Choice {
		return kit.Choice{Text: n.p.lang.T("journal.preset." + name), OnTapped: func() {
			clear(n.view.Filters)
			for key, value := range filters {
				n.view.Filters[key] = value
			}
			n.refresh()
		}}
	}
	return []kit.Choice{
		choice("waiting", map[string]string{filterMine: mineAgreer, filterStatus: string(control.NotificationInAgreement)}),
		choice("written", map[string]string{filterMine: mineAuthor}),
		choice("late", map[string]string{filterDue: duePassed}),
		choice("all", nil),
	}
}

// asked is what search, filters and sorting ask for.
func (n *notificationsPage) asked() app.Journal {
	f, me := n.view.Filters, n.p.desk.Principal().IIN
	j := app.Journal{
		Text: n.view.Place.Search, Status: control.NotificationStatus(f[filterStatus]), Direction: control.Direction(f[filterDirection]),
		Due: app.Due(f[filterDue]), Sort: app.JournalColumn(n.view.Sort), Descending: n.view.Descending, Lang: n.p.lang,
	}
	switch f[filterMine] {
	case mineAuthor:
		j.Author = me
	case mineAgreer:
		j.Agreer = me
	}
	return j
}

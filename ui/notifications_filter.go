package ui

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

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
	dueSoon    = "soon"
	duePassed  = "passed"
)

// soon is how many working days before its end a term is near (ui.md, status families).
const soon = 3

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
	n.show()
}

// presets are the questions that are asked most.
func (n *notificationsPage) presets() []kit.Choice {
	choice := func(name string, filters map[string]string) kit.Choice {
		return kit.Choice{Text: n.p.lang.T("journal.preset." + name), OnTapped: func() {
			clear(n.view.Filters)
			for key, value := range filters {
				n.view.Filters[key] = value
			}
			n.show()
		}}
	}
	return []kit.Choice{
		choice("waiting", map[string]string{filterMine: mineAgreer, filterStatus: string(control.NotificationInAgreement)}),
		choice("written", map[string]string{filterMine: mineAuthor}),
		choice("late", map[string]string{filterDue: duePassed}),
		choice("all", nil),
	}
}

// fits says whether a notification passes every filter in force.
func (n *notificationsPage) fits(c app.Card) bool {
	s, me := &c.Notification.State, n.p.desk.Principal().IIN
	for key, value := range n.view.Filters {
		days, open := n.p.daysLeft(c)
		var fits bool
		switch key {
		case filterStatus:
			fits = string(s.Status) == value
		case filterMine:
			fits = value == mineAuthor && s.Author == me || value == mineAgreer && s.Agreer == me
		case filterDirection:
			fits = string(s.Direction) == value
		case filterDue:
			fits = open && (value == duePassed && days < 0 || value == dueSoon && days >= 0 && days <= soon)
		}
		if !fits {
			return false
		}
	}
	return true
}

// matches says whether a text is part of a number, a name or a BIN of the notification.
func matches(c app.Card, text string) bool {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return true
	}
	n := &c.Notification
	for _, field := range []string{
		n.Number, n.PurchaseNumber, n.LotNumber, n.NameKK, n.NameRU,
		n.Organizer.BIN, n.Organizer.NameKK, n.Organizer.NameRU, n.AuthorName, n.AgreerName,
	} {
		if strings.Contains(strings.ToLower(field), text) {
			return true
		}
	}
	return false
}

// sort orders the rows by the chosen column; without one they stay newest first.
func (n *notificationsPage) sort() {
	compare := n.comparison()
	if compare == nil {
		return
	}
	slices.SortStableFunc(n.rows, func(a, b app.Card) int {
		if n.view.Descending {
			a, b = b, a
		}
		return compare(a, b)
	})
}

func (n *notificationsPage) comparison() func(a, b app.Card) int {
	switch n.view.Sort {
	case "status": // in the order of the manual
		all := control.NotificationStatuses()
		return func(a, b app.Card) int {
			return cmp.Compare(slices.Index(all, a.Notification.State.Status), slices.Index(all, b.Notification.State.Status))
		}
	case "due":
		return n.compareDue
	}
	text := n.sortText()
	if text == nil {
		return nil
	}
	alphabet := collate.New(language.Make(string(n.p.lang))) // «Ә» stands after «А», not after «Я»
	return func(a, b app.Card) int { return alphabet.CompareString(text(a), text(b)) }
}

// sortText is what a column sorts by as words; nil for a column that isn't words.
func (n *notificationsPage) sortText() func(app.Card) string {
	l := n.p.lang
	switch n.view.Sort {
	case "number":
		return func(c app.Card) string { return c.Notification.Number }
	case "purchase":
		return func(c app.Card) string { return c.Notification.PurchaseNumber }
	case "lot":
		return func(c app.Card) string { return c.Notification.LotNumber }
	case "direction":
		return func(c app.Card) string { return string(c.Notification.State.Direction) }
	case "agreer":
		return func(c app.Card) string { return c.Notification.AgreerName }
	case "author":
		return func(c app.Card) string { return c.Notification.AuthorName }
	case "organizer":
		return func(c app.Card) string {
			return inLang(l, c.Notification.Organizer.NameKK, c.Notification.Organizer.NameRU)
		}
	case "name":
		return func(c app.Card) string { return inLang(l, c.Notification.NameKK, c.Notification.NameRU) }
	default:
		return nil
	}
}

// compareDue puts what ends first first; what has no term comes last.
func (n *notificationsPage) compareDue(a, b app.Card) int {
	left, open := n.p.daysLeft(a)
	right, other := n.p.daysLeft(b)
	switch {
	case open && other:
		return cmp.Compare(left, right)
	case open:
		return -1
	case other:
		return 1
	default:
		return 0
	}
}

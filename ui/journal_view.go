package ui

import (
	"encoding/json"

	"baqylau/ui/kit"
)

// journalView is what a person had in view in a journal: going back finds it again.
type journalView struct {
	Search     string // that the page was opened with
	Filters    map[string]string
	Sort       string
	Descending bool
	Place      kit.JournalPlace
	Known      bool // Place was taken from a list; else only its search counts
}

// restore brings the view into a list that has its rows.
func (v *journalView) restore(list *kit.Journal) {
	if v.Known {
		list.Restore(v.Place)
		return
	}
	list.SetSearch(v.Place.Search)
}

// keepView puts a view away on this machine, sealed with everything else of the person.
func (p *Program) keepView(page string, v journalView) {
	store := p.desk.Store()
	p.start(func() {
		data, err := json.Marshal(v)
		if err == nil {
			err = store.SetPreference(viewName(page), data)
		}
		if err != nil {
			p.options.Log.Error("keep a view", "page", page, "cause", err)
		}
	})
}

// keptView brings back the view that was put away of a page opened with the same search. Without one
// the view is fresh.
func (p *Program) keptView(page, search string) journalView {
	fresh := journalView{Search: search, Filters: map[string]string{}, Place: kit.JournalPlace{Search: search}}
	data, found, err := p.desk.Store().Preference(viewName(page))
	if err != nil || !found {
		return fresh
	}
	var v journalView
	if err := json.Unmarshal(data, &v); err != nil || v.Search != search {
		return fresh
	}
	if v.Filters == nil {
		v.Filters = map[string]string{}
	}
	return v
}

func viewName(page string) string { return "view " + page }

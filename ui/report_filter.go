package ui

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"baqylau/assets"
	"baqylau/control"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// reportFilter is one of the optional filters of.
type reportFilter struct {
	key     string
	options []kit.Option       // from which one is chosen; without them ask opens a dialog
	shown   func() string      // the value in words; empty while the filter is not in force
	choose  func(value string) // one of the options
	ask     func()
	clear   func()
}

func (r *reportPage) allFilters() []reportFilter {
	f := &r.filter
	return []reportFilter{
		r.byText("number", &f.Number),
		r.byText("lot_number", &f.LotNumber),
		r.byText("text", &f.Text),
		r.byOption("direction", &f.Direction, optionsOf(r.p.lang, "direction.", control.D1, control.D2, control.D3, control.D4)),
		r.byAnswer("assigned", &f.Assigned),
		r.byOption("assignee", &f.Assignee, r.auditors()),
		r.byText("organizer", &f.Organizer),
		r.byText("customer", &f.Customer),
		r.byText("region", &f.Region),
		r.byText("ens_tru", &f.EnsTRU),
		r.byAmount(),
		r.byPublished(),
		r.byOption("status", &f.Status, optionsOf(r.p.lang, "status.", control.Published, control.AcceptingApplications,
			control.SupplementingApps, control.Completed, control.UnderComplaint, control.Approved, control.ContractDraft)),
		r.byOption("lot_status", &f.LotStatus, optionsOf(r.p.lang, "status.", control.Published, control.AcceptingApplications,
			control.SupplementingApps, control.Held, control.NotHeld, control.UnderComplaint, control.Approved, control.ContractDraft)),
		r.byAnswer("repeat", &f.Repeat),
		r.byAnswer("centralised", &f.Centralised),
	}
}

// optionsOf makes options of codes whose words stand under a prefix.
func optionsOf[T ~string](l assets.Lang, prefix string, codes ...T) []kit.Option {
	options := make([]kit.Option, len(codes))
	for i, code := range codes {
		options[i] = kit.Option{Value: string(code), Text: l.T(prefix + string(code))}
	}
	return options
}

func (r *reportPage) auditors() []kit.Option {
	people, err := r.p.desk.Assignees()
	if err != nil {
		r.p.options.Log.Error("read the colleagues", "cause", err)
	}
	options := make([]kit.Option, len(people))
	for i, person := range people {
		options[i] = kit.Option{Value: person.IIN, Text: person.FullName()}
	}
	return options
}

func (r *reportPage) byOption(key string, value *string, options []kit.Option) reportFilter {
	return reportFilter{
		key: key, options: options,
		shown: func() string {
			for _, option := range options {
				if option.Value == *value {
					return option.Text
				}
			}
			return *value
		},
		choose: func(chosen string) { *value = chosen },
		clear:  func() { *value = "" },
	}
}

// byAnswer is a filter of yes or no.
func (r *reportPage) byAnswer(key string, value **bool) reportFilter {
	yes, no := r.p.lang.T("report.answer."+key+".yes"), r.p.lang.T("report.answer."+key+".no")
	return reportFilter{
		key: key, options: []kit.Option{{Value: "yes", Text: yes}, {Value: "no", Text: no}},
		shown: func() string {
			switch {
			case *value == nil:
				return ""
			case **value:
				return yes
			default:
				return no
			}
		},
		choose: func(chosen string) {
			is := chosen == "yes"
			*value = &is
		},
		clear: func() { *value = nil },
	}
}

func (r *reportPage) byText(key string, value *string) reportFilter {
	return reportFilter{
		key: key, shown: func() string { return *value }, clear: func() { *value = "" },
		ask: func() {
			field := kit.NewField(r.p.lang.T("report.hint." + key))
			field.SetText(*value)
			r.ask(key, field, field, func() string { return "" }, func() { *value = strings.TrimSpace(field.Text) })
		},
	}
}

func (r *reportPage) byAmount() reportFilter {
	f := &r.filter
	return reportFilter{
		key: "amount", clear: func() { f.AmountFrom, f.AmountTo = 0, 0 },
		shown: func() string { return between(money(f.AmountFrom), money(f.AmountTo)) },
		ask: func() {
			from, to := kit.NewField(r.p.lang.T("report.hint.amount")), kit.NewField(r.p.lang.T("report.hint.amount"))
			from.SetText(plain(f.AmountFrom))
			to.SetText(plain(f.AmountTo))
			r.askRange("amount", from, to, from, func() string {
				least, ok1 := tenge(from.Text)
				most, ok2 := tenge(to.Text)
				switch {
				case !ok1 || !ok2:
					return r.p.lang.T("report.wrong.amount")
				case most > 0 && least > most:
					return r.p.lang.T("report.wrong.range")
				default:
					return ""
				}
			}, func() {
				f.AmountFrom, _ = tenge(from.Text)
				f.AmountTo, _ = tenge(to.Text)
			})
		},
	}
}

func (r *reportPage) byPublished() reportFilter {
	f := &r.filter
	return reportFilter{
		key: "published", clear: func() { f.PublishedFrom, f.PublishedTo = time.Time{}, time.Time{} },
		shown: func() string { return between(day(f.PublishedFrom), lastDay(f.PublishedTo)) },
		ask: func() {
			today := func() kit.Day { return kit.DayOf(r.p.desk.Now()) }
			var first, last kit.Day
			if !f.PublishedFrom.IsZero() {
				first = kit.DayOf(f.PublishedFrom)
			}
			if !f.PublishedTo.IsZero() {
				last = kit.DayOf(f.PublishedTo).Plus(-1)
			}
			from, to := kit.NewDateField(r.p.lang, first, today), kit.NewDateField(r.p.lang, last, today)
			r.askRange("published", from, to, nil, func() string {
				first, ok1 := from.Day()
				last, ok2 := to.Day()
				switch {
				case !ok1 || !ok2:
					return r.p.lang.T("ui.date.none")
				case !first.IsZero() && !last.IsZero() && last.Start().Before(first.Start()):
					return r.p.lang.T("report.wrong.range")
				default:
					return ""
				}
			}, func() {
				f.PublishedFrom, f.PublishedTo = time.Time{}, time.Time{}
				if first, _ := from.Day(); !first.IsZero() {
					f.PublishedFrom = first.Start()
				}
				if last, _ := to.Day(); !last.IsZero() {
					f.PublishedTo = last.Plus(1).Start()
				}
			})
		},
	}
}

// askRange asks for both ends of a range; either may stay empty.
func (r *reportPage) askRange(key string, from, to fyne.CanvasObject, focus fyne.Focusable, wrong func() string, apply func()) {
	t := r.p.lang.T
	r.ask(key, kit.Stack(4, kit.NewMuted(t("report.from")), from, kit.NewMuted(t("report.to")), to), focus, wrong, apply)
}

// ask opens the dialog of a filter. What was typed wrongly is said when it is to be applied.
func (r *reportPage) ask(key string, body fyne.CanvasObject, focus fyne.Focusable, wrong func() string, apply func()) {
	var dialog *kit.Dialog
	said := kit.Stack(0)
	primary := &kit.Action{Text: r.p.lang.T("report.apply"), Icon: look.IconFilter, OnTapped: func() {
		if reason := wrong(); reason != "" {
			said.RemoveAll()
			said.Add(kit.NewBanner(look.Warning, look.IconWarning, reason, nil))
			return
		}
		dialog.Close()
		apply()
		r.filterChanged()
	}}
	dialog = r.p.controller.Show(kit.DialogSpec{
		Title: capital(r.p.lang.T("report.filter." + key)), Body: kit.Stack(8, body, kit.Wide(0, 56, said)), Primary: primary,
		EnterConfirms: true, Focus: focus, Width: 420,
	})
}

// choices are the filters for the journal's menu.
func (r *reportPage) choices() []kit.Filter {
	filters := make([]kit.Filter, len(r.filters))
	for i, f := range r.filters {
		filters[i] = kit.Filter{Key: f.key, Title: capital(r.p.lang.T("report.filter." + f.key)), Options: f.options}
	}
	return filters
}

// choose puts a filter into force, or asks for its value.
func (r *reportPage) choose(key, value string) {
	for _, f := range r.filters {
		switch {
		case f.key != key:
		case f.ask != nil:
			f.ask()
		default:
			f.choose(value)
			r.filterChanged()
		}
	}
}

func (r *reportPage) clear(key string) {
	for _, f := range r.filters {
		if f.key == key {
			f.clear()
		}
	}
	r.filterChanged()
}

// filterChanged shows the filters in force. A report that was formed is formed anew by them.
func (r *reportPage) filterChanged() {
	r.showFilters()
	if r.formed || r.forming {
		r.form()
	}
	r.p.whenShown(r.list.Focus) // the chips are new, and what had the keyboard among them is gone
}

func (r *reportPage) showFilters() {
	l := r.p.lang
	kind := l.T("report.kind", "method", l.T("method."+r.filter.Method))
	r.kind.Objects = []fyne.CanvasObject{kit.NewMenuButton(kind, look.IconChart, kit.Secondary, r.kinds)}
	r.list.SetFilters(r.active())
	r.whole.Refresh()
}

// active are the filters in force, in words.
func (r *reportPage) active() []kit.ActiveFilter {
	var active []kit.ActiveFilter
	for _, f := range r.filters {
		if value := f.shown(); value != "" {
			text := r.p.lang.T("report.filter."+f.key) + ": " + value
			active = append(active, kit.ActiveFilter{Key: f.key, Text: text})
		}
	}
	return active
}

// capital begins a text with a capital letter.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// between writes a range; an end that is empty stays open.
func between(from, to string) string {
	if from == "" && to == "" {
		return ""
	}
	return strings.TrimSpace(from + " … " + to)
}

func money(tiyn int64) string {
	if tiyn == 0 {
		return ""
	}
	return assets.Money(tiyn)
}

// plain writes an amount as it is typed.
func plain(tiyn int64) string {
	if tiyn == 0 {
		return ""
	}
	text := strconv.FormatInt(tiyn/100, 10)
	if rest := tiyn % 100; rest != 0 {
		text += "," + strconv.Itoa(int(rest/10)) + strconv.Itoa(int(rest%10))
	}
	return text
}

// tenge reads an amount as people type it, "5 000 000,50", into tiyn. The empty text is 0.
func tenge(text string) (tiyn int64, ok bool) {
	text = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\u00a0', '\u202f', '₸':
			return -1
		case '.':
			return ','
		default:
			return r
		}
	}, text)
	if text == "" {
		return 0, true
	}
	whole, part, _ := strings.Cut(text, ",")
	if len(part) > 2 {
		return 0, false
	}
	tenges, err := strconv.ParseUint(whole, 10, 63)
	if err != nil || tenges > math.MaxInt64/100-1 {
		return 0, false
	}
	tiyn = int64(tenges) * 100
	if part != "" {
		rest, err := strconv.ParseUint((part + "0")[:2], 10, 8)
		if err != nil {
			return 0, false
		}
		tiyn += int64(rest)
	}
	return tiyn, true
}

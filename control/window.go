package control

import (
	"time"

	"baqylau/control/calendar"
)

// Window is the time from Opens to Closes, which is exclusive. Opens is zero while the event that
// opens the window has not happened; Closes is zero where nothing closes it.
type Window struct {
	Opens, Closes time.Time
}

// Contains says whether the window is open at t.
func (w Window) Contains(t time.Time) bool {
	return !w.Opens.IsZero() && !t.Before(w.Opens) && (w.Closes.IsZero() || t.Before(w.Closes))
}

// Windows are all windows of one purchase, computed once: each opens at the instant of its
// event and closes at 24:00 of its last day.
type Windows struct {
	Discussion   Window // D1, discussed and mixed; zero when no lot is discussed
	NotDiscussed Window // D1, not discussed
	Acceptance   Window // D2
	Supplement   Window // D3
	Sending      Window // D3, sending: until the supplement period ends
	Complaints   Window // D4: in which complaints are filed
	Results      Window // D4: from 00:00 of the day after it, never closes
	Quotations   Window // price quotations
}

// windowsOf computes the windows of a purchase. It fails with calendar.UnknownYear.
func windowsOf(p *Purchase, cal *calendar.Calendar, terms *TermBook) (Windows, error) {
	var w Windows
	var failed error
	working := func(event time.Time, name TermName) Window {
		if event.IsZero() {
			return Window{}
		}
		closes, err := cal.WorkingDays(event, int(terms.At(name, event)))
		if err != nil && failed == nil {
			failed = err
		}
		return Window{event, closes}
	}
	calendarDays := func(event time.Time, name TermName) Window {
		if event.IsZero() {
			return Window{}
		}
		return Window{event, cal.CalendarDays(event, int(terms.At(name, event)))}
	}
	switch {
	case p.Method.HasDirections():
		switch {
		case !p.AnyDiscussed():
			// No lot has this window, so a year that the calendar lacks is no obstacle.
		case !p.PublishedAt.IsZero() && !p.DiscussionEndsAt.IsZero():
			w.Discussion = Window{p.PublishedAt, p.DiscussionEndsAt}
		default:
			w.Discussion = working(p.PublishedAt, DiscussionTerm)
		}
		w.NotDiscussed = calendarDays(p.PublishedAt, UndiscussedTerm)
		w.Acceptance = calendarDays(p.AcceptanceStartedAt, AcceptanceTerm)
		w.Supplement = working(p.AdmissionProtocolAt, SupplementTerm)
		w.Sending = w.Supplement
		if !p.AdmissionProtocolAt.IsZero() && !p.SupplementEndsAt.IsZero() {
			w.Sending.Closes = p.SupplementEndsAt
		}
		w.Complaints = working(p.ResultsProtocolAt, ComplaintsTerm)
		w.Results = Window{Opens: w.Complaints.Closes}
	case p.Method == PriceQuotations:
		w.Quotations = working(p.PublishedAt, QuotationsTerm)
	}
	return w, failed
}

// Window gives the window that a direction of the purchase is controlled in, for a screen to
// draw. The zero window means that no window applies or that its event has not happened.
func (c *Case) Window(d Direction) Window {
	switch d {
	case D1:
		if c.discussed {
			return c.Windows.Discussion
		}
		return c.Windows.NotDiscussed
	case D2:
		return c.Windows.Acceptance
	case D3:
		return c.Windows.Supplement
	case D4:
		return Window{Opens: c.Purchase.ResultsProtocolAt}
	default:
		return c.Windows.Quotations
	}
}

package control_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"baqylau/control"
	"baqylau/control/calendar"
)

// The people of the tests. Aigul audits in the Almaty department and is whom lots are assigned to.
var (
	aigul  = control.Actor{Person: "aigul", Organization: "almaty", Roles: []control.Role{control.Auditor}}
	berik  = control.Actor{Person: "berik", Organization: "almaty", Roles: []control.Role{control.Auditor}}
	saule  = control.Actor{Person: "saule", Organization: "almaty", Roles: []control.Role{control.AuditorApprover}}
	marat  = control.Actor{Person: "marat", Organization: "almaty", Roles: []control.Role{control.LotManager, control.ControlReports}}
	dana   = control.Actor{Person: "dana", Organization: "school", Roles: []control.Role{control.AuditObject}}
	yerlan = control.Actor{Person: "yerlan", Organization: "astana", Roles: []control.Role{control.Auditor, control.AuditorApprover}}
	nobody = control.Actor{}
)

const tenge = control.Tenge

// builtInBook is the book that the programs carry.
func builtInBook() (book control.Book, err error) {
	for part, path := range map[control.Part]string{
		control.PartCalendar: "calendar/work-calendar.json", control.PartCatalogue: "catalogue/risk-profiles.csv",
		control.PartTerms: "catalogue/terms.json",
	} {
		if *book.File(part), err = os.ReadFile("../assets/" + path); err != nil {
			return book, err
		}
	}
	return book, nil
}

// rulesOf are the built-in rules: the calendar and the catalogue that the programs carry.
var rulesOf = sync.OnceValues(func() (*control.Rules, error) {
	book, err := builtInBook()
	if err != nil {
		return nil, err
	}
	return book.Rules()
})

func builtInRules(t testing.TB) *control.Rules {
	t.Helper()
	rules, err := rulesOf()
	if err != nil {
		t.Fatalf("read the built-in rules: %v", err)
	}
	return rules
}

// given builds a case: a purchase, the work on it and the clock. Each stage below is a purchase that
// its rule of holds for; a test then changes the one fact that it is about.
type given struct {
	testing.TB
	rules    *control.Rules
	purchase control.Purchase
	work     []control.LotWork
	now      time.Time
}

func newGiven(t testing.TB, m control.Method, now string) *given {
	t.Helper()
	return &given{TB: t, rules: builtInRules(t), purchase: control.Purchase{Number: "17379677-1", Method: m}, now: almaty(t, now)}
}

// almaty reads "2026-03-10 09:00" as local time of Asia/Almaty; seconds and fractions may follow.
func almaty(t testing.TB, text string) time.Time {
	t.Helper()
	zone := builtInRules(t).Calendar.Zone()
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05"} {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return at
		}
	}
	t.Fatalf("%q is no local time", text)
	return time.Time{}
}

// inD1 is a discussed tender on its third day: published on Tuesday 10.03.2026, discussed through 17.03.
func inD1(t testing.TB) *given {
	g := newGiven(t, control.OpenTender, "2026-03-12 10:00")
	g.purchase.Status = control.Published
	g.purchase.PublishedAt = almaty(t, "2026-03-10 09:00")
	g.purchase.Lots = []control.Lot{{
		ID: "lot-1", Number: "84492164-ОК1", Status: control.Published, PlanPointStatus: control.Published,
		Amount: 9_268_965*tenge + 52, Discussed: true,
	}}
	return g
}

// undiscussedInD1 is a tender whose lot is not discussed: ten calendar days, through 20.03.
func undiscussedInD1(t testing.TB) *given {
	g := inD1(t)
	g.purchase.Lots[0].Discussed = false
	return g
}

// inD2 accepts applications since 18.03.2026, ten calendar days, through 28.03.
func inD2(t testing.TB) *given {
	g := inD1(t)
	g.purchase.AcceptanceStartedAt = almaty(t, "2026-03-18 09:00")
	g.now = almaty(t, "2026-03-20 10:00")
	g.statuses(control.AcceptingApplications, control.AcceptingApplications, control.Published)
	return g
}

// inD3 has its preliminary admission protocol posted on Thursday 02.04.2026: three working days, through 07.04.
func inD3(t testing.TB) *given {
	g := inD2(t)
	g.purchase.AdmissionProtocolAt = almaty(t, "2026-04-02 15:30")
	g.now = almaty(t, "2026-04-03 10:00")
	g.statuses(control.SupplementingApps, control.SupplementingApps, control.Published)
	return g
}

// inD4 has its results of Monday 13.04.2026: complaints through 20.04; the clock stands on 21.04.
func inD4(t testing.TB) *given {
	g := inD3(t)
	g.purchase.ResultsProtocolAt = almaty(t, "2026-04-13 11:00")
	g.now = almaty(t, "2026-04-21 10:00")
	g.statuses(control.Completed, control.Held, control.Held)
	l := &g.purchase.Lots[0]
	l.Amount, l.Applications, l.Admitted = 60_000_000*tenge, 3, 1
	return g
}

func inQuotations(t testing.TB) *given {
	g := newGiven(t, control.PriceQuotations, "2026-03-12 10:00")
	g.purchase.Status = control.AcceptingApplications
	g.purchase.PublishedAt = almaty(t, "2026-03-10 09:00")
	g.purchase.Lots = []control.Lot{{ID: "lot-1", Number: "84492170-ЗЦП1", Status: control.AcceptingApplications, Amount: 3_000_000 * tenge}}
	return g
}

func inSingleSource(t testing.TB) *given {
	g := newGiven(t, control.SingleSource, "2026-03-12 10:00")
	g.purchase.Status = control.ContractDraft
	g.purchase.Lots = []control.Lot{{ID: "point-1", Number: "84492180-ОИ1", Status: control.ContractDraft, Amount: 6_000_000 * tenge, SameNameAndCode: 1}}
	return g
}

func inExchange(t testing.TB) *given {
	g := newGiven(t, control.CommodityExchange, "2026-03-12 10:00")
	g.purchase.Status = control.Approved
	g.purchase.Lots = []control.Lot{{ID: "point-1", Number: "84492190-ТБ1", Status: control.Approved, Amount: 1_000_000 * tenge}}
	return g
}

// statuses sets those of the announcement, of every lot and of every plan point.
func (g *given) statuses(announcement, lot, point control.Status) {
	g.purchase.Status = announcement
	for i := range g.purchase.Lots {
		g.purchase.Lots[i].Status, g.purchase.Lots[i].PlanPointStatus = lot, point
	}
}

func (g *given) at(now string) { g.now = almaty(g, now) }

func (g *given) lot() *control.Lot { return &g.purchase.Lots[0] }

// another adds a lot that differs from the first in its number only, and gives it.
func (g *given) another() *control.Lot {
	l := g.purchase.Lots[0]
	l.ID, l.Number, l.Complaint = "lot-2", "84492165-ОК1", nil
	g.purchase.Lots = append(g.purchase.Lots, l)
	return &g.purchase.Lots[len(g.purchase.Lots)-1]
}

// done gives the work on a lot, to be changed.
func (g *given) done(lot int) *control.LotWork {
	for len(g.work) <= lot {
		g.work = append(g.work, control.LotWork{})
	}
	return &g.work[lot]
}

// checked assigns the lot to Aigul and lets her check every profile of the direction, with these violated.
func (g *given) checked(lot int, d control.Direction, violated ...int) {
	w := g.done(lot)
	w.Assignee = aigul.Person
	in := w.In(d)
	in.MarkedBy, in.Marks = aigul.Person, nil
	for _, p := range g.rules.Catalogue.For(g.purchase.Method, d) {
		mark := control.Mark{Profile: p.Number, Checked: true}
		for _, v := range violated {
			mark.Violated = mark.Violated || v == p.Number
		}
		in.Marks = append(in.Marks, mark)
	}
}

// notified checks the lot and lets Aigul have a notification on it in a status.
func (g *given) notified(lot int, d control.Direction, s control.NotificationStatus) {
	g.checked(lot, d, g.rules.Catalogue.For(g.purchase.Method, d)[0].Number)
	in := g.done(lot).In(d)
	in.Notification, in.NotificationAuthor = s, aigul.Person
}

// complained lets a complaint be filed on the lot in time, with what was decided on it.
func (g *given) complained(lot int, decision control.ComplaintDecision) *control.Complaint {
	c := &control.Complaint{FiledAt: almaty(g, "2026-04-15 12:00"), Decision: decision}
	if decision != "" {
		c.DecidedAt = almaty(g, "2026-04-21 09:00")
	}
	g.purchase.Lots[lot].Complaint = c
	return c
}

func (g *given) build() *control.Case {
	g.Helper()
	c, err := g.rules.Case(&g.purchase, g.work, g.now)
	if err != nil {
		g.Fatalf("build the case: %v", err)
	}
	return c
}

// said writes a verdict as the tables do: "R-3.1" when it allows, "R-3.1 not_checked" when it refuses.
func said(v control.Verdict) string {
	if v.Allowed {
		return string(v.Rule)
	}
	return strings.TrimSpace(string(v.Rule) + " " + string(v.Reason))
}

// expect compares a verdict with the way that the tables write it.
func expect(t testing.TB, got control.Verdict, want string) {
	t.Helper()
	if said(got) != want || got.Allowed != (got.Reason == "") {
		t.Errorf("the verdict is %q (allowed %v, of %q), want %q", said(got), got.Allowed, got.Subject, want)
	}
	if fits, known := subjects[got.Reason]; known && !fits(got.Subject) || !known && !inNature(got.Subject) {
		t.Errorf("the verdict %q speaks of %q", said(got), got.Subject)
	}
}

// subjects says what a verdict may speak of, by its reason: people read it in the reason's sentence.
var subjects = map[control.Reason]func(string) bool{
	"":                       func(s string) bool { return s == "" },
	control.MissingRole:      func(s string) bool { return slices.Contains(append(control.Roles(), control.System), control.Role(s)) },
	control.MissingRelation:  func(s string) bool { return slices.Contains(relationNames(), s) },
	control.NotPositive:      oneOf("officials", "imposed", "recovered"),
	control.NoOfficials:      oneOf("officials"),
	control.NoImposed:        oneOf("imposed"),
	control.NotARemedy:       oneOf("cancel_purchase", "amend_documentation", "review_admission", "review_results", "continue_without_review", "continue_without_execution"),
	control.RemedyClosed:     oneOf("continue_without_review", "continue_without_execution"),
	control.DateInFuture:     oneOf("letter_on", "sent_on", ""),
	control.WindowClosed:     oneOf(""),
	control.WindowNotOpen:    oneOf(""),
	control.NotByDeputy:      oneOf(""),
	control.NoText:           oneOf(""),
	control.NoAgreer:         oneOf(""),
	control.NoReason:         oneOf(""),
	control.NoOutcome:        oneOf(""),
	control.NoData:           oneOf(""),
	control.NothingApproved:  oneOf(""),
	control.ObjectedAlready:  oneOf(""),
	control.ProlongedAlready: oneOf(""),
	control.HasConclusion:    oneOf(""),
	control.NoOrderNumber:    oneOf(""),
	control.NoOrderDate:      oneOf(""),
	control.NoIssuingBody:    oneOf(""),
	control.NoAmount:         oneOf(""),
	control.NoScan:           oneOf(""),
	control.ScanTooLarge:     oneOf(""),
	control.ScanUnknown:      oneOf(""),
}

func oneOf(known ...string) func(string) bool {
	return func(s string) bool { return slices.Contains(known, s) }
}

// inNature says whether a subject can be a number, a status, a person or nothing.
func inNature(s string) bool { return !strings.ContainsAny(s, "? ") }

func relationNames() []string {
	return []string{"assignee", "author", "agreer", "colleague", "organizer", "purchase_author", "reviewer", "penalty_saved", "centre"}
}

// row is a line of a table: a stage, what is changed in it, and the verdict.
type row struct {
	name  string
	stage func(testing.TB) *given
	but   func(*given)
	want  string
}

// tell asks a question of every row.
func tell(t *testing.T, rows []row, ask func(*control.Case) control.Verdict) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			g := r.stage(t)
			if r.but != nil {
				r.but(g)
			}
			expect(t, ask(g.build()), r.want)
		})
	}
}

func expectUnknownYear(t testing.TB, err error, year int) {
	t.Helper()
	var unknown calendar.UnknownYear
	if !errors.As(err, &unknown) || unknown.Year != year {
		t.Errorf("the error is %v, want the unknown year %d", err, year)
	}
}

package control_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"baqylau/control"
)

// told writes duties as "kind 2026-03-13 00:00 · …".
func told(duties []control.Duty) string {
	var parts []string
	for _, d := range duties {
		parts = append(parts, string(d.Kind)+" "+d.At.In(time.FixedZone("", 5*3600)).Format("01-02 15:04"))
	}
	return strings.Join(parts, " · ")
}

func TestWhatTimeBringsToANotification(t *testing.T) {
	const running = "remind_execution 03-13 00:00 · lapse 03-18 00:00" // 13, 16 and 17 March are left
	for _, r := range []struct {
		name   string
		status control.NotificationStatus
		but    func(*control.Notification)
		want   string
	}{
		{"delivered", control.NotificationDelivered, nil, running},
		{"acknowledged", control.NotificationAcknowledged, nil, running},
		{"begun", control.NotificationInExecution, nil, running},
		{"objection refused", control.NotificationObjectionLost, nil, running},
		{"objection partly satisfied", control.NotificationObjectionPartly, nil, running},
		{"not confirmed: no lapse", control.NotificationNotConfirmed, nil, "remind_execution 03-13 00:00"},
		{"an objection is open", control.NotificationObjectionSent, nil, ""},
		{"a draft", control.NotificationDraft, nil, ""},
		{"executed", control.NotificationExecuted, nil, ""},
		{"no deadline known", control.NotificationDelivered, func(n *control.Notification) { n.Deadline = time.Time{} }, ""},
		{"continued without executing", control.NotificationAcknowledged, func(n *control.Notification) { n.Remedy = control.ContinueWithoutReview }, "lapse 03-18 00:00"},
		{"remedies that open at delivery", control.NotificationDelivered, func(n *control.Notification) {
			n.Remedies = []control.OpenRemedy{{Remedy: control.CancelPurchase, From: n.DeliveredAt}}
		}, running},
		{"remedies that open later, once", control.NotificationDelivered, func(n *control.Notification) {
			at := almaty(t, "2026-03-05 00:00")
			n.Remedies = []control.OpenRemedy{{Remedy: control.ReviewAdmission, From: at}, {Remedy: control.ContinueWithoutReview, From: at}}
		}, "remedy_opens 03-05 00:00 · " + running},
		{"a deadline so near that the reminder comes at once", control.NotificationObjectionLost, func(n *control.Notification) {
			n.DeliveredAt = almaty(t, "2026-03-17 10:00")
		}, "remind_execution 03-17 10:00 · lapse 03-18 00:00"},
		{"the report waits", control.NotificationAwaiting, func(n *control.Notification) { n.ReportedAt = almaty(t, "2026-03-12 10:00") }, "remind_confirmation 03-17 00:00 · confirmation_overdue 03-18 00:00"},
		{"the report waits since nobody knows when", control.NotificationAwaiting, nil, ""},
	} {
		t.Run(r.name, func(t *testing.T) {
			n := delivered(t, r.status)
			if r.but != nil {
				r.but(n)
			}
			duties, err := builtInRules(t).NotificationDuties(n, time.Time{})
			if err != nil || told(duties) != r.want {
				t.Errorf("%s (%v), want %s", told(duties), err, r.want)
			}
		})
	}
}

// A year that the calendar lacks hides the reminder alone: the deadline is known, and so is what opens.
func TestWithoutACalendarNoDeadlineIsLost(t *testing.T) {
	n := delivered(t, control.NotificationDelivered)
	n.Deadline = almaty(t, "2028-01-12 00:00")
	n.Remedies = []control.OpenRemedy{{Remedy: control.CancelPurchase, From: almaty(t, "2026-03-05 00:00")}}
	duties, err := builtInRules(t).NotificationDuties(n, time.Time{})
	expectUnknownYear(t, err, 2028)
	if got := told(duties); got != "remedy_opens 03-05 00:00 · lapse 01-12 00:00" {
		t.Errorf("known are %s", got)
	}
	n = delivered(t, control.NotificationAwaiting)
	n.ReportedAt = almaty(t, "2026-12-31 10:00")
	_, err = builtInRules(t).NotificationDuties(n, time.Time{})
	expectUnknownYear(t, err, 2027)
	lead := []control.Term{{Name: control.ConfirmationTerm, Value: 1}, {Name: control.ConfirmationReminder, Value: 300}}
	n.ReportedAt = almaty(t, "2025-03-12 10:00")
	rules := &control.Rules{Calendar: builtInRules(t).Calendar, Terms: control.NewTermBook("x", lead)}
	duties, err = rules.NotificationDuties(n, time.Time{})
	expectUnknownYear(t, err, 2024)
	if got := told(duties); got != "confirmation_overdue 03-14 00:00" {
		t.Errorf("known are %s", got)
	}
	o := anObjection(t, control.ObjectionNew)
	o.Due = almaty(t, "2030-01-10 00:00")
	duties, err = builtInRules(t).ObjectionDuties(o)
	expectUnknownYear(t, err, 2030)
	if got := told(duties); got != "review_overdue 01-10 00:00" {
		t.Errorf("known are %s", got)
	}
}

func TestWhatTimeBringsToAnObjection(t *testing.T) {
	for _, s := range control.ObjectionStatuses() {
		want := ""
		if s.Open() {
			want = "remind_review 03-30 00:00 · review_overdue 04-02 00:00"
		}
		duties, err := builtInRules(t).ObjectionDuties(anObjection(t, s))
		if err != nil || told(duties) != want {
			t.Errorf("%s: %s (%v), want %s", s, told(duties), err, want)
		}
	}
	o := anObjection(t, control.ObjectionNew)
	o.Due = time.Time{}
	if duties, err := builtInRules(t).ObjectionDuties(o); err != nil || duties != nil {
		t.Errorf("with no term: %v, %v", duties, err)
	}
}

// Whom speak of; and which term it is about, so that a message can name it.
func TestWhoLearnsOfWhatTimeBrings(t *testing.T) {
	executes, review := almaty(t, "2026-03-18 00:00"), almaty(t, "2026-04-02 00:00")
	in := func(d control.Direction) *control.Notification {
		n := delivered(t, control.NotificationDelivered)
		n.Direction = d
		n.Remedies = []control.OpenRemedy{{Remedy: control.CancelPurchase, From: almaty(t, "2026-03-05 00:00")}}
		return n
	}
	reported := delivered(t, control.NotificationAwaiting)
	reported.ReportedAt = almaty(t, "2026-03-12 10:00")
	assigned := anObjection(t, control.ObjectionAssigned)
	assigned.Controller = timur.Person
	fresh := anObjection(t, control.ObjectionNew)
	fresh.Controller = ""
	type told struct {
		Tells control.Relation
		Term  time.Time
	}
	for _, r := range []struct {
		name         string
		notification *control.Notification
		objection    *control.Objection
		want         map[control.DutyKind]told
	}{
		{"D1", in(control.D1), nil, map[control.DutyKind]told{
			control.RemedyOpens: {control.Organizer, executes}, control.RemindExecution: {control.Organizer, executes},
			control.LapseDue: {control.Organizer | control.Author, executes},
		}},
		{"D3, where statuses change", in(control.D3), nil, map[control.DutyKind]told{
			control.RemedyOpens: {control.Organizer | control.Author, executes}, control.RemindExecution: {control.Organizer, executes},
			control.LapseDue: {control.Organizer | control.Author, executes},
		}},
		{"the report", reported, nil, map[control.DutyKind]told{
			control.RemindConfirmation: {control.Author, executes}, control.ConfirmationOverdue: {control.Author, executes},
		}},
		{"an objection that nobody reviews yet", nil, fresh, map[control.DutyKind]told{
			control.RemindReview: {control.Reviewer, review}, control.ReviewOverdue: {control.Reviewer, review},
		}},
		{"an objection with a controller", nil, assigned, map[control.DutyKind]told{
			control.RemindReview: {control.Assignee, review}, control.ReviewOverdue: {control.Assignee, review},
		}},
	} {
		t.Run(r.name, func(t *testing.T) {
			var duties []control.Duty
			var err error
			if r.objection != nil {
				duties, err = builtInRules(t).ObjectionDuties(r.objection)
			} else {
				duties, err = builtInRules(t).NotificationDuties(r.notification, time.Time{})
			}
			got := map[control.DutyKind]told{}
			for _, d := range duties {
				got[d.Kind] = told{d.Tells, d.Term}
				if !slices.Contains(control.DutyKinds(), d.Kind) {
					t.Errorf("%s is not listed", d.Kind)
				}
			}
			if diff := cmp.Diff(r.want, got); err != nil || diff != "" {
				t.Errorf("%v; -want +got\n%s", err, diff)
			}
		})
	}
}

// all employees of the audit object hear, not those alone who may act: of a review its
// controller, or the managers.
func TestWhoHears(t *testing.T) {
	clerk := control.Actor{Person: "clerk", Organization: dana.Organization}
	elsewhere := control.Actor{Person: "elsewhere", Organization: "almaty", Roles: []control.Role{control.ObjectionManager}}
	people := []control.Actor{dana, clerk, aigul, berik, gulnar, timur, daniya, stranger, outsider, elsewhere, nobody}
	hear := func(hears func(control.Actor) bool) string {
		var list []string
		for _, a := range people {
			if hears(a) {
				list = append(list, a.Person)
			}
		}
		return strings.Join(list, " ")
	}
	n, draft, o := delivered(t, control.NotificationDelivered), delivered(t, control.NotificationDraft), anObjection(t, control.ObjectionAssigned)
	of := func(n *control.Notification, tells control.Relation) func(control.Actor) bool {
		return func(a control.Actor) bool { return n.Hears(a, tells) }
	}
	on := func(tells control.Relation) func(control.Actor) bool {
		return func(a control.Actor) bool { return o.Hears(a, tells) }
	}
	for name, r := range map[string]struct {
		hears func(control.Actor) bool
		want  string
	}{
		"the audit object":                {of(n, control.Organizer), "dana clerk"},
		"nobody before it is sent":        {of(draft, control.Organizer), ""},
		"the author":                      {of(n, control.Author), "aigul"},
		"the audit object and the author": {of(n, control.Organizer|control.Author), "dana clerk aigul"},
		"the controller":                  {on(control.Assignee), "timur"},
		"the managers":                    {on(control.Reviewer), "gulnar"},
		"the controller and the managers": {on(control.Reviewer | control.Assignee), "gulnar timur"},
		"nobody else of the objection":    {on(control.Organizer | control.Colleague), ""},
	} {
		if got := hear(r.hears); got != r.want {
			t.Errorf("%s: %q hear, want %q", name, got, r.want)
		}
	}
}

// Right after an outage of any length, each once: what is due comes in order, a key tells it again, and
// nobody is reminded of what has lapsed.
func TestWhatIsDueComesInOrderAndIsToldByItsKey(t *testing.T) {
	first, second := almaty(t, "2026-03-13 00:00"), almaty(t, "2026-03-18 00:00")
	duties := []control.Duty{
		{Kind: control.LapseDue, At: second, Term: second},
		{Kind: control.RemindExecution, At: first, Term: second},
		{Kind: control.RemedyOpens, At: first.AddDate(0, 0, -1), Term: second},
	}
	const opens, reminds, lapses = "remedy_opens 03-12 00:00", "remind_execution 03-13 00:00", "lapse 03-18 00:00"
	for at, want := range map[time.Time]string{
		first.AddDate(0, 0, -2):  "",
		first.Add(-1):            opens,
		first:                    opens + " · " + reminds,
		second.Add(-1):           opens + " · " + reminds,
		second:                   lapses,
		second.AddDate(10, 0, 0): lapses,
	} {
		if got := told(control.Due(duties, at)); got != want {
			t.Errorf("at %v due are %s, want %s", at, got, want)
		}
	}
	if duties[0].Kind != control.LapseDue {
		t.Error("the caller's list was put in order")
	}
	if key := duties[0].Key(); key != "lapse@2026-03-17T19:00:00Z" || key == duties[1].Key() {
		t.Errorf("the keys are %q and %q", key, duties[1].Key())
	}
	for _, kind := range control.DutyKinds() {
		reminds := strings.HasPrefix(string(kind), "remind_")
		moved := control.Duty{Kind: kind, At: first.AddDate(0, 0, -1), Term: second}
		other := control.Duty{Kind: kind, At: first, Term: second.AddDate(0, 0, 1)}
		d := control.Duty{Kind: kind, At: first, Term: second}
		if (d.Key() == moved.Key()) != reminds || (d.Key() == other.Key()) == reminds {
			t.Errorf("the keys of %s are %q, moved %q, of another term %q", kind, d.Key(), moved.Key(), other.Key())
		}
	}
}

func TestR313TheTermOfAnAnswerStaysAsItWasFixed(t *testing.T) {
	n := &control.Notification{Status: control.NotificationAwaiting, ReportedAt: almaty(t, "2026-03-20 10:00")}
	until := almaty(t, "2026-04-02 00:00")
	duties, err := builtInRules(t).NotificationDuties(n, until)
	if want := "remind_confirmation 04-01 00:00 · confirmation_overdue 04-02 00:00"; err != nil || told(duties) != want {
		t.Errorf("time brings %s, want %s: %v", told(duties), want, err)
	}
}

package control_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"baqylau/control"
)

// TestNobodyBringsADeliveredNotificationIntoAForbiddenState lets random people give random commands at
// random times on one notification, from its delivery to its end: the organiser's side, the objection and
// its conclusion, the confirmation, penalties and orders, and the centre at its deadlines.
func TestNobodyBringsADeliveredNotificationIntoAForbiddenState(t *testing.T) {
	rules := builtInRules(t)
	start := almaty(t, "2026-03-02 15:30")
	come := map[control.NotificationStatus]int{}
	live := func(t *rapid.T) {
		w := newAfterlife(t, rules, start)
		t.Repeat(map[string]func(*rapid.T){
			"":            w.check,
			"wait":        w.wait,
			"clock":       w.clock,
			"acknowledge": w.acknowledge,
			"begin":       w.begin,
			"execute":     w.execute,
			"object":      w.object,
			"assign":      w.assign,
			"prolong":     w.prolong,
			"conclusion":  w.conclude,
			"agreement":   w.agreement,
			"approve":     w.approve,
			"confirm":     w.confirm,
			"refuse":      w.refuse,
			"penalty":     w.penalty,
			"suspend":     w.suspend,
			"outage":      w.outage,
			"review":      w.review,
			"review too":  w.review,
			"report":      w.report,
		})
		for s := range w.been {
			come[s]++
		}
	}
	for range rounds() {
		rapid.Check(t, live)
	}
	if testing.Short() {
		return
	}
	// The rarest comes in one life of fifty: a thousand lives without it would be a wonder.
	for _, s := range control.NotificationStatuses()[5:] {
		if come[s] == 0 {
			t.Errorf("no life came to %s: %v", s, come)
		}
	}
}

// rounds are a thousand lives, because late stages are rare in one; in short a hundred.
func rounds() int {
	if testing.Short() {
		return 1
	}
	return 10
}

var reached = reachable()

// happened is an entry of the event log.
type happened struct {
	action     control.Action
	at         time.Time
	conclusion *control.Conclusion // of its delivery
}

type afterlife struct {
	rules      *control.Rules
	born       control.Notification
	n          control.Notification
	objection  *control.Objection
	conclusion *control.Conclusion
	now        time.Time
	log        []happened
	deadline   time.Time
	delivered  int // conclusions
	been       map[control.NotificationStatus]bool
	people     []control.Actor
}

func newAfterlife(t *rapid.T, rules *control.Rules, start time.Time) *afterlife {
	w := &afterlife{rules: rules, now: start, been: map[control.NotificationStatus]bool{}}
	w.people = everybody
	lot := control.Lot{Number: "1", Status: control.Published, PlanPointStatus: control.Published, Discussed: rapid.Bool().Draw(t, "discussed")}
	p := &control.Purchase{Number: "17379677-1", Method: control.OpenTender, Status: control.Published, PublishedAt: start.AddDate(0, 0, -1), Lots: []control.Lot{lot}}
	c, err := rules.Case(p, nil, start)
	if err != nil {
		t.Fatal(err)
	}
	n := *aNotification(control.NotificationApproved)
	n.Direction = rapid.SampledFrom([]control.Direction{control.D1, control.D3, control.D4}).Draw(t, "direction")
	n.Profiles = []int{rapid.SampledFrom([]int{1, 3, 5}).Draw(t, "profile")}
	if w.n, _, err = c.Deliver(n, "n-1", 0, p, start); err != nil {
		t.Fatal(err)
	}
	w.born, w.deadline = w.n, w.n.Deadline
	return w
}

// everybody is who commands: whoever has the most to do comes most often.
var everybody = []control.Actor{
	dana, dana, dana, aigul, aigul, berik, saule, gulnar, gulnar, timur, timur, daniya, daniya, asel, orazbk, stranger,
	outsider, ruler, nobody,
}

func (w *afterlife) someone(t *rapid.T) control.Actor {
	return rapid.SampledFrom(w.people).Draw(t, "who")
}

// step does what was allowed, as the centre does.
func (w *afterlife) step(t *rapid.T, action control.Action) {
	after, ok := w.n.After(action, w.now)
	if !ok {
		t.Fatalf("%s was allowed from %s and leads nowhere", action, w.n.Status)
	}
	w.n = after
	w.log = append(w.log, happened{action: action, at: w.now})
}

func (w *afterlife) wait(t *rapid.T) {
	w.now = w.now.Add(time.Duration(rapid.IntRange(1, 60).Draw(t, "hours")) * time.Hour)
	if w.now.Year() > 2026 || w.now.Month() > time.October {
		t.Skip("the calendar ends")
	}
}

// clock is the job of the centre: it does what is due.
func (w *afterlife) clock(t *rapid.T) {
	duties, err := w.rules.NotificationDuties(&w.n, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	lapsing := slices.ContainsFunc(control.Due(duties, w.now), func(d control.Duty) bool { return d.Kind == control.LapseDue })
	if v := w.n.Lapse(w.now); v.Allowed != lapsing {
		t.Fatalf("the duties say lapse %v, the rule says %s", lapsing, said(v))
	}
	if lapsing {
		if w.now.Before(w.n.Deadline) || w.open() {
			t.Fatalf("it lapsed on %v, before %v, objection open %v", w.now, w.n.Deadline, w.open())
		}
		w.step(t, control.ActionLapse)
	}
}

// outage lets the deadline pass, and the centre come back.
func (w *afterlife) outage(t *rapid.T) {
	if rapid.IntRange(0, 3).Draw(t, "really") > 0 || w.n.Deadline.Before(w.now) {
		t.Skip("no outage")
	}
	w.now = w.n.Deadline.Add(time.Duration(rapid.IntRange(0, 48).Draw(t, "hours")) * time.Hour)
	w.clock(t)
}

// review brings an objection as far as it goes by those who may, so that random lives meet late stages.
func (w *afterlife) review(t *rapid.T) {
	w.people = []control.Actor{dana}
	if w.objection == nil && rapid.Bool().Draw(t, "objected") {
		w.object(t)
	}
	w.people = everybody
	if !w.open() {
		t.Skip("there is no objection")
	}
	if w.objection.Assign(gulnar, timur).Allowed {
		w.objection.Status, w.objection.Controller = control.ObjectionAssigned, timur.Person
	}
	w.people = []control.Actor{timur}
	w.conclude(t)
	w.people = []control.Actor{timur, daniya}
	if w.conclusion != nil && w.conclusion.SendToAgreement(timur, daniya).Allowed {
		w.conclusion.Status, w.conclusion.Agreer = control.ConclusionInAgreement, daniya.Person
		w.objection.Conclusion = control.ConclusionInAgreement
	}
	w.people = everybody
	w.approve(t)
}

// report executes what is open and, as often as not, is not believed.
func (w *afterlife) report(t *rapid.T) {
	if len(w.n.Remedies) == 0 || rapid.IntRange(0, 3).Draw(t, "really") > 0 {
		t.Skip("nothing to report")
	}
	w.people = []control.Actor{dana}
	w.execute(t)
	w.people = []control.Actor{aigul}
	if rapid.Bool().Draw(t, "believed") {
		w.confirm(t)
	} else {
		w.refuse(t)
	}
	w.people = everybody
}

func (w *afterlife) open() bool { return w.objection != nil && w.objection.Status.Open() }

func (w *afterlife) acknowledge(t *rapid.T) {
	if who := w.someone(t); w.n.May(who, control.ActionAcknowledge).Allowed {
		w.theirs(t, who)
		w.step(t, control.ActionAcknowledge)
	}
}

// theirs asks that the audit object acts, and no objection is open.
func (w *afterlife) theirs(t *rapid.T, who control.Actor) {
	if who.Organization != "school" || w.open() {
		t.Fatalf("%q of %q acted; objection open %v", who.Person, who.Organization, w.open())
	}
}

func (w *afterlife) begin(t *rapid.T) {
	if who := w.someone(t); w.n.Begin(who, w.now).Allowed {
		w.theirs(t, who)
		w.step(t, control.ActionBegin)
	}
}

func (w *afterlife) execute(t *rapid.T) {
	r := rapid.SampledFrom(control.Remedies()).Draw(t, "remedy")
	if len(w.n.Remedies) > 0 && rapid.Bool().Draw(t, "opened") {
		r = w.n.Remedies[0].Remedy
	}
	who := w.someone(t)
	if !w.n.Execute(who, r, w.now).Allowed {
		return
	}
	w.theirs(t, who)
	at := slices.IndexFunc(w.n.Remedies, func(o control.OpenRemedy) bool { return o.Remedy == r })
	if at < 0 || w.now.Before(w.n.Remedies[at].From) || !w.now.Before(w.n.Deadline) || w.n.Remedy.Continues() {
		t.Fatalf("%s was done on %v with %+v until %v", r, w.now, w.n.Remedies, w.n.Deadline)
	}
	w.step(t, r.Action())
}

func (w *afterlife) object(t *rapid.T) {
	who := w.someone(t)
	o := &control.Objection{Author: who.Person, Organization: who.Organization, Department: "almaty", Committee: "kvga", TextKK: "Келіспейміз"}
	if !w.n.FileObjection(who, o, w.now).Allowed {
		return
	}
	w.theirs(t, who)
	if w.objection != nil {
		t.Fatal("it was objected to twice")
	}
	filed, err := w.rules.File(*o, w.now)
	if err != nil {
		t.Fatal(err)
	}
	w.objection = &filed
	w.step(t, control.ActionObject)
}

func (w *afterlife) assign(t *rapid.T) {
	if w.objection == nil {
		t.Skip("there is no objection")
	}
	who, to := w.someone(t), w.someone(t)
	if w.objection.Assign(who, to).Allowed {
		if who.Person != gulnar.Person || !slices.Contains(to.Roles, control.Controller) || to.Organization != "kvga" || w.objection.Conclusion != "" {
			t.Fatalf("%q assigned to %q with a conclusion %q", who.Person, to.Person, w.objection.Conclusion)
		}
		w.objection.Status, w.objection.Controller = control.ObjectionAssigned, to.Person
	}
}

func (w *afterlife) prolong(t *rapid.T) {
	if w.objection == nil || !w.objection.Prolong(w.someone(t), "Сұрау", w.now).Allowed {
		t.Skip("nothing to prolong")
	}
	before := *w.objection
	after, err := w.rules.Prolonged(before, w.now)
	if err != nil {
		t.Skip("the calendar ends")
	}
	if !before.ProlongedAt.IsZero() || !after.Due.After(before.Due) || before.Overdue(w.now) {
		t.Fatalf("prolonged from %+v to %+v", before, after)
	}
	*w.objection = after
}

func (w *afterlife) conclude(t *rapid.T) {
	if w.objection == nil {
		t.Skip("there is no objection")
	}
	who := w.someone(t)
	if w.objection.Conclude(who).Allowed {
		if who.Person != w.objection.Controller || w.conclusion != nil {
			t.Fatalf("%q concludes on an objection of %q", who.Person, w.objection.Controller)
		}
		w.conclusion = &control.Conclusion{
			Status: control.ConclusionDraft, Author: who.Person, Organization: who.Organization, Department: "almaty", Recipient: "school",
			TextRU: "Заключение", Outcome: rapid.SampledFrom(control.Outcomes()).Draw(t, "outcome"),
		}
		w.objection.Conclusion = control.ConclusionDraft
	}
}

// agreement moves a conclusion on its way, or takes it back.
func (w *afterlife) agreement(t *rapid.T) {
	if w.conclusion == nil {
		t.Skip("there is no conclusion")
	}
	c, who, next := w.conclusion, w.someone(t), w.someone(t)
	switch rapid.SampledFrom([]string{"send", "send", "agree", "reject", "delete"}).Draw(t, "how") {
	case "send":
		if c.SendToAgreement(who, next).Allowed {
			c.Status, c.Agreer = control.ConclusionInAgreement, next.Person
		}
	case "agree":
		if c.Agree(who, next).Allowed {
			w.turn(t, who)
			c.Agreer = next.Person
		}
	case "reject":
		if c.Reject(who, "Нақтылаңыз").Allowed {
			w.turn(t, who)
			c.Status = control.ConclusionRejected
		}
	case "delete":
		if c.May(who, control.ActionDeleteConclusion).Allowed && rapid.IntRange(0, 9).Draw(t, "really") == 0 {
			w.conclusion, w.objection.Conclusion = nil, ""
			return
		}
	}
	w.objection.Conclusion = c.Status
}

func (w *afterlife) turn(t *rapid.T, who control.Actor) {
	if who.Person != w.conclusion.Agreer || who.Organization != "kvga" || w.conclusion.Status != control.ConclusionInAgreement {
		t.Fatalf("%q acted in the turn of %q on one that is %s", who.Person, w.conclusion.Agreer, w.conclusion.Status)
	}
}

func (w *afterlife) approve(t *rapid.T) {
	if w.conclusion == nil {
		t.Skip("there is no conclusion")
	}
	who := w.someone(t)
	if !w.conclusion.Approve(who).Allowed {
		return
	}
	w.turn(t, who)
	if !slices.Contains(who.Roles, control.ControllerApprover) {
		t.Fatalf("%q approved with %v", who.Person, who.Roles)
	}
	given := *w.conclusion
	done, err := w.rules.Conclude(given, *w.objection, w.n, w.now)
	if err != nil {
		t.Fatal(err)
	}
	if done.Notification.Deadline.Before(w.n.Deadline) {
		t.Fatalf("the deadline %v became %v", w.n.Deadline, done.Notification.Deadline)
	}
	*w.conclusion, *w.objection, w.n = done.Conclusion, done.Objection, done.Notification
	w.delivered++
	w.log = append(w.log, happened{at: w.now, conclusion: &given})
}

func (w *afterlife) confirm(t *rapid.T) {
	if who := w.someone(t); w.n.Confirm(who).Allowed {
		if who.Person != w.n.Author {
			t.Fatalf("%q confirmed", who.Person)
		}
		w.step(t, control.ActionConfirm)
	}
}

func (w *afterlife) refuse(t *rapid.T) {
	if who := w.someone(t); w.n.RefuseConfirmation(who, "Орындалмаған").Allowed {
		if who.Person != w.n.Author {
			t.Fatalf("%q refused to confirm", who.Person)
		}
		w.step(t, control.ActionRefuseConfirmation)
	}
}

func (w *afterlife) penalty(t *rapid.T) {
	who := w.someone(t)
	before := w.n.Penalty
	switch {
	case w.rules.SavePenalty(&w.n, who, &control.PenaltyInfo{RecheckKK: "Расталды"}, w.now).Allowed:
		w.n.Penalty = control.PenaltySavedOnce
	case w.n.CompletePenalty(who).Allowed:
		w.n.Penalty = control.PenaltyCompleted
	default:
		return
	}
	if before == control.PenaltyCompleted || who.Person != w.n.Author || !slices.Contains(punishable, w.n.Status) {
		t.Fatalf("%q wrote penalties that are %q to one that is %s", who.Person, before, w.n.Status)
	}
}

func (w *afterlife) suspend(t *rapid.T) {
	who := w.someone(t)
	order := &control.Order{Number: "1", On: w.now, BodyKK: "ІМАК", Amount: 1, Scan: "ab"}
	switch {
	case w.rules.Suspend(&w.n, who, order, w.now).Allowed:
		if w.n.Suspension != "" || w.n.Penalty == "" || !slices.Contains(punishable, w.n.Status) {
			t.Fatalf("suspended with %q, %q, %s", w.n.Suspension, w.n.Penalty, w.n.Status)
		}
		w.n.Suspension = control.Suspended
	case w.rules.Revoke(&w.n, who, order, order, w.now).Allowed:
		if w.n.Suspension != control.Suspended {
			t.Fatalf("revoked what is %q", w.n.Suspension)
		}
		w.n.Suspension = control.Revoked
	default:
		return
	}
	if who.Person != orazbk.Person {
		t.Fatalf("%q gave an order", who.Person)
	}
}

// check asks what must hold whatever was done.
func (w *afterlife) check(t *rapid.T) {
	w.been[w.n.Status] = true
	if !reached[w.n.Status] {
		t.Fatalf("the status %q is not in the table", w.n.Status)
	}
	if w.n.Deadline.Before(w.deadline) {
		t.Fatalf("the deadline went from %v to %v", w.deadline, w.n.Deadline)
	}
	w.deadline = w.n.Deadline
	if (w.n.Status == control.NotificationObjectionSent) != w.open() {
		t.Fatalf("it is %s while an objection is open: %v", w.n.Status, w.open())
	}
	if w.delivered > 1 || w.delivered == 1 && w.open() {
		t.Fatalf("%d conclusions were delivered, objection open %v", w.delivered, w.open())
	}
	if w.n.Status == control.NotificationAnnulled && len(w.n.Remedies) != 0 {
		t.Fatal("an annulled notification can be executed")
	}
	if diff := cmp.Diff(w.replayed(t), w.n); diff != "" {
		t.Fatalf("the log replayed gives another state (-replayed +state):\n%s", diff)
	}
}

// replayed is the state that the event log tells.
func (w *afterlife) replayed(t *rapid.T) control.Notification {
	n := w.born
	for _, e := range w.log {
		if e.conclusion == nil {
			var ok bool
			if n, ok = n.After(e.action, e.at); !ok {
				t.Fatalf("the log has %s from %s", e.action, n.Status)
			}
			continue
		}
		done, err := w.rules.Conclude(*e.conclusion, control.Objection{Status: control.ObjectionAssigned}, n, e.at)
		if err != nil {
			t.Fatal(err)
		}
		n = done.Notification
	}
	n.Penalty, n.Suspension = w.n.Penalty, w.n.Suspension // kept by aggregates of their own
	return n
}

package control_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"baqylau/control"
)

// TestNobodyBringsAnAnnouncementIntoAForbiddenState lets random people give random commands at random
// times on one announcement in D1. Whatever the verdicts allow is done, as the centre does it; what must
// never be is asked in the requirements' words, not by the functions under test.
func TestNobodyBringsAnAnnouncementIntoAForbiddenState(t *testing.T) {
	rules := builtInRules(t)
	start := almaty(t, "2026-03-10 09:00")
	live := func(t *rapid.T) {
		w := newWorld(t, rules, start)
		t.Repeat(map[string]func(*rapid.T){
			"":              w.check,
			"wait":          w.wait,
			"portal":        w.portal,
			"assign":        w.assign,
			"unassign":      w.unassign,
			"mark":          w.mark,
			"mark all":      w.markAll,
			"create":        w.create,
			"edit":          w.edit,
			"delete":        w.remove,
			"to agreement":  w.toAgreement,
			"agree":         w.agree,
			"reject":        w.reject,
			"approve":       w.approve,
			"recall":        w.recall,
			"send all":      w.send,
			"acknowledge":   w.acknowledge,
			"whole passage": w.passage,
		})
	}
	for range rounds() {
		rapid.Check(t, live)
	}
}

// world is what the centre keeps of one announcement.
type world struct {
	rules     *control.Rules
	purchase  control.Purchase
	work      []control.LotWork
	now       time.Time
	people    []control.Actor
	all       []*paper
	reached   map[control.NotificationStatus]bool
	sendings  int
	discussed bool
}

// paper is a notification with what must not change while it exists.
type paper struct {
	control.Notification
	lot    int
	frozen []control.Mark
	gone   bool
}

func newWorld(t *rapid.T, rules *control.Rules, start time.Time) *world {
	w := &world{rules: rules, now: start, reached: reachable()}
	// Whoever has the most to do comes most often, so that random lives get far.
	w.people = []control.Actor{aigul, aigul, aigul, berik, saule, saule, marat, dana, yerlan, nobody}
	w.purchase = control.Purchase{Number: "17379677-1", Method: control.OpenTender, Status: control.Published, PublishedAt: start}
	for i := range rapid.IntRange(1, 3).Draw(t, "lots") {
		lot := control.Lot{Number: string(rune('1' + i)), Status: control.Published, PlanPointStatus: control.Published}
		lot.Discussed = rapid.Bool().Draw(t, "discussed")
		w.discussed = w.discussed || lot.Discussed
		w.purchase.Lots = append(w.purchase.Lots, lot)
	}
	w.work = make([]control.LotWork, len(w.purchase.Lots))
	return w
}

func (w *world) rulesNow(t *rapid.T) *control.Case {
	c, err := w.rules.Case(&w.purchase, w.work, w.now)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (w *world) someone(t *rapid.T) control.Actor { return rapid.SampledFrom(w.people).Draw(t, "who") }

func (w *world) lot(t *rapid.T) int {
	return rapid.IntRange(0, len(w.work)-1).Draw(t, "lot")
}

// paper draws one that exists, or skips the command.
func (w *world) paper(t *rapid.T) *paper {
	var there []*paper
	for _, p := range w.all {
		if !p.gone {
			there = append(there, p)
		}
	}
	if len(there) == 0 {
		t.Skip("there is no notification")
	}
	return rapid.SampledFrom(there).Draw(t, "notification")
}

// set moves a notification and what the case knows of it.
func (w *world) set(p *paper, s control.NotificationStatus) {
	p.Status = s
	w.work[p.lot].In(control.D1).Notification = s
}

func (w *world) wait(t *rapid.T) {
	w.now = w.now.Add(time.Duration(rapid.IntRange(1, 18).Draw(t, "hours")) * time.Hour)
}

func (w *world) portal(t *rapid.T) {
	s := rapid.SampledFrom([]control.Status{
		control.Published, control.Published, control.Published, control.Published, control.Published,
		control.Published, control.Published, control.AcceptingApplications, control.AcceptingApplications, control.Cancelled,
	})
	w.purchase.Status = s.Draw(t, "announcement")
	w.purchase.Lots[w.lot(t)].Status = s.Draw(t, "status")
}

func (w *world) assign(t *rapid.T) {
	lot, whom := w.lot(t), w.someone(t)
	if w.rulesNow(t).Assign(w.someone(t), lot, whom).Allowed {
		w.mayChangeHands(t, lot)
		if !whom.Has(control.Auditor) || whom.Organization != marat.Organization {
			t.Fatalf("a lot was assigned to %+v", whom)
		}
		w.work[lot].Assignee = whom.Person
	}
}

func (w *world) unassign(t *rapid.T) {
	lot := w.lot(t)
	if w.rulesNow(t).Unassign(w.someone(t), lot).Allowed {
		w.mayChangeHands(t, lot)
		w.work[lot].Assignee = ""
	}
}

//
func (w *world) mayChangeHands(t *rapid.T, lot int) {
	in := w.work[lot].In(control.D1)
	if in.Notification != "" || slices.ContainsFunc(in.Marks, func(m control.Mark) bool { return m.Checked }) {
		t.Fatalf("lot %d changed hands with work on it: %+v", lot, in)
	}
}

func (w *world) mark(t *rapid.T) {
	lot, who := w.lot(t), w.someone(t)
	marks := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) control.Mark {
		return control.Mark{
			Profile:  rapid.SampledFrom([]int{1, 3, 4, 12, 5}).Draw(t, "profile"),
			Checked:  rapid.Bool().Draw(t, "checked"),
			Violated: rapid.Bool().Draw(t, "violated"),
		}
	}), 0, 4).Draw(t, "marks")
	w.save(t, who, lot, marks)
}

// markAll checks everything, as people mostly do.
func (w *world) markAll(t *rapid.T) {
	lot, who := w.lot(t), w.someone(t)
	violated := rapid.SampledFrom([]int{0, 1, 12}).Draw(t, "violated")
	var marks []control.Mark
	for _, n := range []int{1, 3, 4, 12} {
		marks = append(marks, control.Mark{Profile: n}.Set(true, n == violated))
	}
	w.save(t, who, lot, marks)
}

func (w *world) save(t *rapid.T, who control.Actor, lot int, marks []control.Mark) {
	c := w.rulesNow(t)
	if !c.Mark(who, lot, control.D1).Allowed || !c.CheckMarks(control.D1, marks).Allowed {
		return
	}
	if who.Person != w.work[lot].Assignee {
		t.Fatalf("%q marked a lot of %q", who.Person, w.work[lot].Assignee)
	}
	in := w.work[lot].In(control.D1)
	in.Marks, in.MarkedBy = marks, who.Person
}

func (w *world) create(t *rapid.T) {
	lot, who := w.lot(t), w.someone(t)
	if !w.rulesNow(t).Create(who, lot, control.D1).Allowed {
		return
	}
	in := w.work[lot].In(control.D1)
	switch {
	case w.sendings > 0:
		t.Fatal("a notification was created after the shut-out")
	case who.Person != w.work[lot].Assignee || who.Person != in.MarkedBy:
		t.Fatalf("%q created on a lot of %q that %q marked", who.Person, w.work[lot].Assignee, in.MarkedBy)
	}
	p := &paper{lot: lot, frozen: slices.Clone(in.Marks)}
	p.Notification = control.Notification{
		Direction: control.D1, Author: who.Person, Organization: who.Organization, Recipient: dana.Organization,
		Profiles: control.Violated(in.Marks),
	}
	in.NotificationAuthor = who.Person
	w.all = append(w.all, p)
	w.set(p, control.NotificationDraft)
}

func (w *world) edit(t *rapid.T) {
	p, who := w.paper(t), w.someone(t)
	if p.May(who, control.ActionEdit).Allowed {
		if who.Person != p.Author {
			t.Fatalf("%q edited what %q wrote", who.Person, p.Author)
		}
		p.TextKK = rapid.SampledFrom([]string{"", "Бұзушылық"}).Draw(t, "text")
	}
}

func (w *world) remove(t *rapid.T) {
	p, who := w.paper(t), w.someone(t)
	if p.May(who, control.ActionDelete).Allowed {
		if p.Status != control.NotificationDraft && p.Status != control.NotificationRejected {
			t.Fatalf("one that is %s was deleted", p.Status)
		}
		w.set(p, "")
		w.work[p.lot].In(control.D1).NotificationAuthor = ""
		p.gone = true
	}
}

func (w *world) toAgreement(t *rapid.T) {
	p, agreer := w.paper(t), w.someone(t)
	if p.SendToAgreement(w.someone(t), agreer).Allowed {
		if p.TextKK == "" {
			t.Fatal("one without a text went to agreement")
		}
		p.Agreer = agreer.Person
		w.set(p, control.NotificationInAgreement)
	}
}

func (w *world) agree(t *rapid.T) {
	p, who, next := w.paper(t), w.someone(t), w.someone(t)
	if w.rulesNow(t).Agree(who, &p.Notification, p.lot, next).Allowed {
		w.isTheTurnOf(t, p, who)
		p.Agreer = next.Person
	}
}

func (w *world) reject(t *rapid.T) {
	p, who := w.paper(t), w.someone(t)
	if p.Reject(who, "Мәтінді нақтылаңыз").Allowed {
		w.isTheTurnOf(t, p, who)
		w.set(p, control.NotificationRejected)
	}
}

func (w *world) approve(t *rapid.T) {
	p, who := w.paper(t), w.someone(t)
	if w.rulesNow(t).Approve(who, &p.Notification, p.lot).Allowed {
		w.isTheTurnOf(t, p, who)
		if !slices.Contains(who.Roles, control.AuditorApprover) {
			t.Fatalf("%q approved with the roles %v", who.Person, who.Roles)
		}
		w.set(p, control.NotificationApproved)
	}
}

// isTheTurnOf is: nobody but the current agreer.
func (w *world) isTheTurnOf(t *rapid.T, p *paper, who control.Actor) {
	if p.Status != control.NotificationInAgreement || who.Person != p.Agreer || who.Organization != p.Organization {
		t.Fatalf("%q acted on one that is %s, in the turn of %q", who.Person, p.Status, p.Agreer)
	}
}

func (w *world) recall(t *rapid.T) {
	p, who := w.paper(t), w.someone(t)
	if p.May(who, control.ActionRecall).Allowed {
		if who.Person != p.Author || p.Status != control.NotificationInAgreement && p.Status != control.NotificationApproved {
			t.Fatalf("%q recalled what %q wrote, which is %s", who.Person, p.Author, p.Status)
		}
		w.set(p, control.NotificationDraft)
	}
}

func (w *world) send(t *rapid.T) {
	c := w.rulesNow(t)
	if !c.SendAll(w.someone(t), control.D1).Allowed {
		return
	}
	days := 11 // 00:00 after the tenth calendar day
	if w.discussed {
		days = 8 // 18.03: five working days
	}
	closes := w.purchase.PublishedAt.AddDate(0, 0, days).Add(-9 * time.Hour)
	if !w.now.Before(closes) {
		t.Fatalf("sent on %v, after %v", w.now, closes)
	}
	sent, _ := c.Dispatch(control.D1)
	for _, p := range w.all {
		if !p.gone && slices.Contains(sent, p.lot) {
			w.set(p, control.NotificationDelivered)
			p.DeliveredAt = w.now
		}
	}
	if w.sendings++; w.sendings > 1 || len(sent) == 0 {
		t.Fatalf("the sending no. %d sent %d", w.sendings, len(sent))
	}
}

func (w *world) acknowledge(t *rapid.T) {
	p, who := w.paper(t), w.someone(t)
	if p.May(who, control.ActionAcknowledge).Allowed {
		if who.Organization != p.Recipient || p.DeliveredAt.IsZero() {
			t.Fatalf("%q acknowledged one delivered at %v to %q", who.Person, p.DeliveredAt, p.Recipient)
		}
		w.set(p, control.NotificationAcknowledged)
	}
}

// passage brings one lot as far as it goes by those who may, so that random commands also meet late stages.
func (w *world) passage(t *rapid.T) {
	lot := w.lot(t)
	if w.rulesNow(t).Assign(marat, lot, aigul).Allowed {
		w.work[lot].Assignee = aigul.Person
	}
	w.save(t, aigul, lot, []control.Mark{{Profile: 1, Checked: true, Violated: true}, {Profile: 3, Checked: true}, {Profile: 4, Checked: true}, {Profile: 12, Checked: true}})
	if w.rulesNow(t).Create(aigul, lot, control.D1).Allowed {
		in := w.work[lot].In(control.D1)
		p := &paper{lot: lot, frozen: slices.Clone(in.Marks)}
		p.Notification = control.Notification{
			Direction: control.D1, Author: aigul.Person, Organization: aigul.Organization, Recipient: dana.Organization,
			Profiles: []int{1}, TextKK: "Бұзушылық", Agreer: saule.Person,
		}
		in.NotificationAuthor = aigul.Person
		w.all = append(w.all, p)
		w.set(p, control.NotificationInAgreement)
		if w.rulesNow(t).Approve(saule, &p.Notification, lot).Allowed && rapid.Bool().Draw(t, "approved") {
			w.set(p, control.NotificationApproved)
		}
	}
}

// check asks what must hold whatever was done.
func (w *world) check(t *rapid.T) {
	perLot := map[int]int{}
	for _, p := range w.all {
		if !w.reached[p.Status] {
			t.Fatalf("the status %q is not in the table", p.Status)
		}
		if p.gone {
			continue
		}
		if perLot[p.lot]++; perLot[p.lot] > 1 {
			t.Fatalf("lot %d has %d notifications in D1", p.lot, perLot[p.lot])
		}
		if !slices.Equal(p.frozen, w.work[p.lot].In(control.D1).Marks) {
			t.Fatalf("the marks of lot %d changed under its notification", p.lot)
		}
		if len(p.Profiles) == 0 {
			t.Fatalf("lot %d was notified of nothing", p.lot)
		}
	}
	for lot := range w.work {
		for _, m := range w.work[lot].In(control.D1).Marks {
			if m.Violated && !m.Checked {
				t.Fatalf("lot %d has profile %d violated and not checked", lot, m.Profile)
			}
			if m.Profile == 5 {
				t.Fatalf("lot %d is marked in D1 for a profile of D4", lot)
			}
		}
	}
}

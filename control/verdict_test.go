package control_test

import (
	"fmt"
	"testing"
	"time"

	"baqylau/control"
)

// a refusal is an error that names its rule and its fact; leave is none.
func TestAVerdictIsAnErrorWhenItRefuses(t *testing.T) {
	g := assigned(inD1)(t)
	leave := g.build().Mark(aigul, 0, control.D1)
	if err := leave.Refusal(); err != nil || leave.Error() != "allowed by R-1.4.d" {
		t.Errorf("leave gives the error %v and reads %q", err, leave.Error())
	}
	for _, r := range []struct {
		verdict control.Verdict
		want    string
	}{
		{g.build().Mark(berik, 0, control.D1), "refused by R-2.2: missing_relation (assignee)"},
		{control.Report(nobody), "refused by R-1.1: missing_role (control_reports)"},
		{aNotification(control.NotificationInAgreement).Reject(saule, ""), "refused by R-3.6: no_reason"},
	} {
		if err := r.verdict.Refusal(); err == nil || err.Error() != r.want {
			t.Errorf("the error is %v, want %s", err, r.want)
		}
	}
}

// Design: verdicts are asked for every cell of a table, so that they must cost no memory there.
func TestVerdictsDoNotAllocate(t *testing.T) {
	cases := map[string]*control.Case{}
	for name, stage := range map[string]func(testing.TB) *given{
		"D1": inD1, "D2": inD2, "D3": inD3, "D4": inD4, "": inQuotations, "point": inExchange,
	} {
		d := control.Direction(name)
		if name == "point" {
			d = control.Undirected
		}
		cases[name+" allowed"] = ready(stage, d)(t).build()
		late := ready(stage, d)(t)
		late.at("2026-12-01 00:00")
		late.statuses(control.OtherStatus, control.OtherStatus, control.OtherStatus)
		cases[name+" refused"] = late.build()
		unchecked := assigned(stage)(t)
		cases[name+" unchecked"] = unchecked.build()
		decided := ready(stage, d)(t)
		decided.another()
		decided.purchase.Lots[1].Complaint = &control.Complaint{Decision: control.ComplaintDeskControl}
		cases[name+" decided"] = decided.build()
	}
	n := aNotification(control.NotificationInAgreement)
	sent := delivered(t, control.NotificationDelivered, control.CancelPurchase)
	objection, conclusion := anObjection(t, control.ObjectionNew), aConclusion(control.ConclusionInAgreement)
	unapproved := ready(inD1, control.D1)(t)
	unapproved.notified(0, control.D1, control.NotificationDraft)
	sending := unapproved.build()
	for name, c := range cases {
		for _, d := range []control.Direction{control.Undirected, control.D1, control.D2, control.D3, control.D4} {
			for action, ask := range map[string]func() control.Verdict{
				"subject":  func() control.Verdict { return c.Subject(0, d) },
				"anywhere": func() control.Verdict { _, v := c.SubjectAnywhere(0); return v },
				"mark":     func() control.Verdict { return c.Mark(aigul, 0, d) },
				"create":   func() control.Verdict { return c.Create(aigul, 0, d) },
				"assign":   func() control.Verdict { return c.Assign(marat, 0, aigul) },
				"unassign": func() control.Verdict { return c.Unassign(marat, 0) },
				"approve":  func() control.Verdict { return c.Approve(saule, n, 0) },
				"agree":    func() control.Verdict { return c.Agree(saule, n, 0, aigul) },
				"send":     func() control.Verdict { return sending.SendAll(aigul, control.D1) },
				"execute":  func() control.Verdict { return sent.Execute(dana, control.CancelPurchase, c.Now) },
				"object":   func() control.Verdict { return sent.Object(dana, c.Now) },
				"assigned": func() control.Verdict { return objection.Assign(gulnar, timur) },
				"conclude": func() control.Verdict { return conclusion.Approve(daniya) },
				"may": func() control.Verdict {
					return control.May(aigul, control.ActionMark, control.Facts{Case: c, Direction: d})
				},
			} {
				if allocs := testing.AllocsPerRun(20, func() { sink = ask() }); allocs != 0 {
					t.Errorf("%s, %s of %q: %v allocations", name, action, d, allocs)
				}
			}
		}
	}
}

// sink keeps the compiler from leaving a measured call out.
var sink control.Verdict

// TestCaseLeavesTheCallersWorkAlone: the rules are pure, so that what is missing is added to a copy.
func TestCaseLeavesTheCallersWorkAlone(t *testing.T) {
	g := inD1(t)
	g.another()
	all := []control.LotWork{{Assignee: aigul.Person}, {Assignee: berik.Person}}
	g.work = all[:1]
	c := g.build()
	if len(c.Work) != 2 || c.Work[1].Assignee != "" {
		t.Errorf("the case knows the work %v, want the second lot untouched", c.Work)
	}
	if all[1].Assignee != berik.Person {
		t.Error("the case wrote into the caller's array")
	}
}

func TestAWindowIsOpenFromItsEventToItsEnd(t *testing.T) {
	noon := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	hour := control.Window{Opens: noon, Closes: noon.Add(time.Hour)}
	for _, r := range []struct {
		name   string
		window control.Window
		at     time.Time
		want   bool
	}{
		{"before", hour, noon.Add(-1), false},
		{"as it opens", hour, noon, true},
		{"at the last instant", hour, noon.Add(time.Hour - 1), true},
		{"as it closes", hour, noon.Add(time.Hour), false},
		{"nothing closes it", control.Window{Opens: noon}, noon.AddDate(50, 0, 0), true},
		{"it has not opened", control.Window{Closes: noon}, noon.Add(-1), false},
		{"the zero window", control.Window{}, noon, false},
	} {
		if got := r.window.Contains(r.at); got != r.want {
			t.Errorf("%s: %v, want %v", r.name, got, r.want)
		}
	}
}

func BenchmarkVerdict(b *testing.B) {
	d1, d4 := ready(inD1, control.D1)(b).build(), ready(inD4, control.D4)(b).build()
	sent := delivered(b, control.NotificationDelivered, control.CancelPurchase)
	for name, ask := range map[string]func() control.Verdict{
		"subject":   func() control.Verdict { return d1.Subject(0, control.D1) },
		"mark":      func() control.Verdict { return d1.Mark(aigul, 0, control.D1) },
		"mark D4":   func() control.Verdict { return d4.Mark(aigul, 0, control.D4) },
		"create":    func() control.Verdict { return d1.Create(aigul, 0, control.D1) },
		"create D4": func() control.Verdict { return d4.Create(aigul, 0, control.D4) },
		"send":      func() control.Verdict { return d1.SendAll(aigul, control.D1) },
		"execute":   func() control.Verdict { return sent.Execute(dana, control.CancelPurchase, d1.Now) },
		"view":      func() control.Verdict { return sent.View(timur) },
		"lapse":     func() control.Verdict { return sent.Lapse(d1.Now) },
		"may": func() control.Verdict {
			return control.May(dana, "cancel_purchase", control.Facts{Notification: sent, Now: d1.Now})
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sink = ask()
			}
		})
	}
}

// BenchmarkTable500Lots is the whole table of a large announcement: 500 lots × 4 directions × 11 actions, as
// a desk-control page or explain asks them. Sending is of a direction, so that its answer serves all lots.
func BenchmarkTable500Lots(b *testing.B) {
	for name, stage := range map[string]func(testing.TB) *given{"D1": inD1, "D4": inD4} {
		b.Run(name, func(b *testing.B) {
			g := stage(b)
			d := control.Direction(name)
			for i := range 500 {
				if i > 0 {
					g.another().Number = fmt.Sprintf("84492164-ОК%d", i+1)
				}
				g.checked(i, d, g.rules.Catalogue.For(control.OpenTender, d)[0].Number)
			}
			n := aNotification(control.NotificationInAgreement)
			n.Direction = d
			sent := delivered(b, control.NotificationDelivered, control.CancelPurchase, control.AmendDocumentation)
			b.ReportAllocs()
			for b.Loop() {
				c := g.build()
				for _, d := range [...]control.Direction{control.D1, control.D2, control.D3, control.D4} {
					sink = c.SendAll(aigul, d)
				}
				for i := range g.purchase.Lots {
					for _, d := range [...]control.Direction{control.D1, control.D2, control.D3, control.D4} {
						sink = c.Assign(marat, i, aigul)
						sink = c.Mark(aigul, i, d)
						sink = c.Create(aigul, i, d)
						sink = c.Agree(saule, n, i, aigul)
						sink = c.Approve(saule, n, i)
						sink = n.May(aigul, control.ActionRecall)
						for _, r := range [...]control.Remedy{control.CancelPurchase, control.AmendDocumentation, control.ReviewAdmission, control.ReviewResults} {
							sink = sent.Execute(dana, r, g.now)
						}
					}
				}
			}
		})
	}
}

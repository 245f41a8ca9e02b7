package control_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"baqylau/control"
)

// assignedTo lets a stage be assigned to Aigul.
func assigned(stage func(testing.TB) *given) func(testing.TB) *given {
	return func(t testing.TB) *given {
		g := stage(t)
		for i := range g.purchase.Lots {
			g.done(i).Assignee = aigul.Person
		}
		return g
	}
}

func TestR22OnlyTheAssigneeMarks(t *testing.T) {
	c := assigned(inD1)(t).build()
	for _, r := range []struct {
		name string
		by   control.Actor
		want string
	}{
		{"the assignee does", aigul, "R-1.4.d"},
		{"another auditor of the department doesn't", berik, "R-2.2 missing_relation"},
		{"an approver doesn't", saule, "R-2.2 missing_role"},
		{"the lot manager doesn't", marat, "R-2.2 missing_role"},
		{"the assignee who is no auditor any more doesn't", control.Actor{Person: aigul.Person, Organization: "almaty"}, "R-2.2 missing_role"},
		{"nobody doesn't", nobody, "R-2.2 missing_role"},
	} {
		t.Run(r.name, func(t *testing.T) { expect(t, c.Mark(r.by, 0, control.D1), r.want) })
	}
	t.Run("an auditor without a name doesn't mark what is assigned to nobody", func(t *testing.T) {
		expect(t, inD1(t).build().Mark(control.Actor{Roles: aigul.Roles}, 0, control.D1), "R-2.2 missing_relation")
	})
}

func TestR22MarksAreOpenWhileTheLotIsSubjectToControl(t *testing.T) {
	mark := func(d control.Direction) func(*control.Case) control.Verdict {
		return func(c *control.Case) control.Verdict { return c.Mark(aigul, 0, d) }
	}
	tell(t, []row{
		{"in the window", assigned(inD1), nil, "R-1.4.d"},
		{"not after it", assigned(inD1), func(g *given) { g.at("2026-03-18 00:00") }, "R-1.4.d window_closed"},
		{"a direction that the method lacks is closed", assigned(inQuotations), nil, "R-1.4 wrong_direction"},
	}, mark(control.D1))
	tell(t, []row{
		{"a direction that has not begun is closed", assigned(inD1), nil, "R-1.4.d wrong_status"},
	}, mark(control.D4))
	tell(t, []row{
		{"a plan point is open", assigned(inExchange), nil, "R-1.4.a"},
		{"a quotation too", assigned(inQuotations), nil, "R-1.4.c"},
		{"a tender has no marks without direction", assigned(inD1), nil, "R-1.4 wrong_direction"},
	}, mark(control.Undirected))
}

func TestR23ViolatedFollowsChecked(t *testing.T) {
	for _, r := range []struct{ checked, violated, want bool }{
		{false, false, false}, {false, true, false}, {true, false, false}, {true, true, true},
	} {
		got := control.Mark{Profile: 3, Checked: true, Violated: true}.Set(r.checked, r.violated)
		if want := (control.Mark{Profile: 3, Checked: r.checked, Violated: r.want}); got != want {
			t.Errorf("Set(%v, %v) gives %+v, want %+v", r.checked, r.violated, got, want)
		}
	}
}

func TestR23CellsStandTogether(t *testing.T) {
	c := inD1(t).build()
	for _, r := range []struct {
		name  string
		marks []control.Mark
		want  string
	}{
		{"none", nil, "R-2.3"},
		{"checked and violated", []control.Mark{{1, true, true}, {3, true, false}, {4, false, false}}, "R-2.3"},
		{"violated without checked", []control.Mark{{1, true, false}, {3, false, true}}, "R-2.3 violated_unchecked"},
		{"a profile of another direction", []control.Mark{{5, true, false}}, "R-2.3 unknown_profile"},
		{"a profile that is in no catalogue", []control.Mark{{99, true, false}}, "R-2.3 unknown_profile"},
		{"one profile twice", []control.Mark{{1, true, false}, {1, true, true}}, "R-2.3 unknown_profile"},
	} {
		t.Run(r.name, func(t *testing.T) { expect(t, c.CheckMarks(control.D1, r.marks), r.want) })
	}
	if v := c.CheckMarks(control.D1, []control.Mark{{1, false, true}}); v.Subject != "1" {
		t.Errorf("the refusal speaks of %q, want the number of the profile", v.Subject)
	}
}

func TestR23ViolatedProfilesAreThoseCheckedAndViolated(t *testing.T) {
	got := control.Violated([]control.Mark{{12, true, true}, {4, false, true}, {1, true, true}, {3, true, false}})
	if diff := cmp.Diff([]int{1, 12}, got); diff != "" {
		t.Errorf("violated (-want +got):\n%s", diff)
	}
}

func TestR25TheCertificateNeedsMarksOnLotsOfOnesOwn(t *testing.T) {
	g := inD1(t)
	g.another()
	expect(t, g.build().Certify(aigul, control.D1), "R-2.5 missing_relation")
	g.done(1).Assignee = aigul.Person
	expect(t, g.build().Certify(aigul, control.D1), "R-2.5 no_marks")
	g.done(0).Assignee = berik.Person
	g.done(0).In(control.D1).Marks = []control.Mark{{1, true, false}}
	expect(t, g.build().Certify(aigul, control.D1), "R-2.5 no_marks")
	g.done(1).In(control.D1).Marks = []control.Mark{{1, true, false}}
	expect(t, g.build().Certify(aigul, control.D1), "R-2.5")
	expect(t, g.build().Certify(aigul, control.D2), "R-2.5 no_marks")
	expect(t, g.build().Certify(saule, control.D1), "R-2.5 missing_role")
	expect(t, g.build().Certify(control.Actor{Roles: aigul.Roles}, control.D1), "R-2.5 missing_relation")
}

func TestR25TheCertificateDoesNotWaitForAnythingElse(t *testing.T) {
	g := inD1(t)
	g.notified(0, control.D1, control.NotificationDelivered)
	g.at("2026-04-30 10:00")
	expect(t, g.build().Certify(aigul, control.D1), "R-2.5")
}

func TestR26ToR29WhetherACellMayBeMarked(t *testing.T) {
	two := func(t testing.TB) *given {
		g := inD4(t)
		g.another()
		return assigned(func(testing.TB) *given { return g })(t)
	}
	sentElsewhere := func(g *given) { g.notified(1, control.D4, control.NotificationDelivered) }
	refused := func(g *given) { g.complained(1, control.ComplaintRefused) }
	contract := func(g *given) { g.lot().Contract = true }

	t.Run("D4", func(t *testing.T) {
		tell(t, []row{
			{"R-2.8 a notification freezes", two, func(g *given) { g.notified(0, control.D4, control.NotificationDraft) }, "R-2.8 frozen"},
			{"R-2.8 before anything else", two, func(g *given) {
				g.notified(0, control.D4, control.NotificationDelivered)
				contract(g)
			}, "R-2.8 frozen"},
			{"R-2.8 another direction's notification doesn't", two, func(g *given) { g.notified(0, control.D3, control.NotificationDelivered) }, "R-1.4.d"},
			{"R-3.11 a sent one closes the other lots", two, sentElsewhere, "R-3.11 shut_out"},
			{"R-3.11 before the contract", two, func(g *given) { sentElsewhere(g); contract(g) }, "R-3.11 shut_out"},
			{"R-3.11 one that is only approved doesn't", two, func(g *given) { g.notified(1, control.D4, control.NotificationApproved) }, "R-1.4.d"},
			{"R-2.6.c a contract closes a held lot", two, contract, "R-2.6.c contract_exists"},
			{"R-2.6.c not in the days for complaints", two, func(g *given) { contract(g); g.at("2026-04-20 23:59") }, "R-1.4.d"},
			{"R-2.6.c but from 00:00 of the next day", two, func(g *given) { contract(g); g.at("2026-04-21 00:00") }, "R-2.6.c contract_exists"},
			{"R-2.6.c a follow-up purchase closes a lot not held", two, func(g *given) {
				g.lot().Status, g.lot().FollowUpPurchase = control.NotHeld, true
			}, "R-2.6.c contract_exists"},
			{"R-2.6.c a follow-up purchase says nothing of a held lot", two, func(g *given) { g.lot().FollowUpPurchase = true }, "R-1.4.d"},
			{"R-2.6.c a contract on another lot closes that lot alone", two, func(g *given) { g.purchase.Lots[1].Contract = true }, "R-1.4.d"},
			{"R-2.6.c before the decision", two, func(g *given) {
				contract(g)
				g.complained(1, control.ComplaintAuditCancel)
			}, "R-2.6.c contract_exists"},
			{"R-2.6.b a decision to cancel closes all lots", two, func(g *given) { g.complained(1, control.ComplaintAuditCancel) }, "R-2.6.b complaint_decision"},
			{"R-2.6.b a decision to review too", two, func(g *given) { g.complained(1, control.ComplaintAuditReview) }, "R-2.6.b complaint_decision"},
			{"R-2.6.b before the lot under complaint", two, func(g *given) {
				g.complained(1, control.ComplaintAuditCancel)
				g.complained(0, "")
				g.lot().Status = control.UnderComplaint
			}, "R-2.6.b complaint_decision"},
			{"R-2.7 a lot under complaint is open", two, func(g *given) {
				g.complained(0, "")
				g.lot().Status, g.lot().Amount = control.UnderComplaint, 1
			}, "R-2.7"},
			{"R-2.6.a all refused opens all lots", two, func(g *given) { refused(g); g.lot().Amount = 1 }, "R-2.6.a"},
			{"R-2.6.a a lot not held too", two, func(g *given) { refused(g); g.lot().Status = control.NotHeld }, "R-2.6.a"},
			{"R-2.6.a not while one is undecided", two, func(g *given) {
				refused(g)
				g.complained(0, "")
			}, "R-1.4.d complaint_filed"},
			{"R-2.6.a only when the announcement is completed", two, func(g *given) {
				refused(g)
				g.purchase.Status, g.lot().Amount = control.UnderComplaint, 1
			}, "R-1.4.d amount_too_small"},
			{"R-2.6.a only for lots held or not held", two, func(g *given) { refused(g); g.lot().Status = control.Cancelled }, "R-1.4.d wrong_status"},
			{"R-2.9 a decision of desk control leaves the marks open", two, func(g *given) { g.complained(0, control.ComplaintDeskControl) }, "R-2.9"},
			{"R-2.9 else R-1.4 decides", two, func(g *given) { g.lot().Amount = 1 }, "R-1.4.d amount_too_small"},
		}, func(c *control.Case) control.Verdict { return c.Mark(aigul, 0, control.D4) })
	})

	t.Run("a lot under complaint has the marks of all directions open", func(t *testing.T) {
		g := two(t)
		g.lot().Status = control.UnderComplaint
		contract(g)
		c := g.build()
		for _, d := range control.OpenTender.Directions() {
			expect(t, c.Mark(aigul, 0, d), "R-2.7")
		}
		expect(t, c.Mark(aigul, 1, control.D1), "R-1.4.d wrong_status")
	})
	t.Run("a D4 notification, a contract and a decision close D4 alone", func(t *testing.T) {
		g := assigned(inD1)(t)
		g.another()
		g.lot().Contract = true
		g.complained(1, control.ComplaintAuditCancel)
		g.done(1).In(control.D4).Notification = control.NotificationDelivered
		expect(t, g.build().Mark(aigul, 0, control.D1), "R-1.4.d")
	})
	t.Run("deleting the draft thaws the marks", func(t *testing.T) {
		g := inD1(t)
		g.notified(0, control.D1, control.NotificationDraft)
		expect(t, g.build().Mark(aigul, 0, control.D1), "R-2.8 frozen")
		g.done(0).In(control.D1).Notification = ""
		expect(t, g.build().Mark(aigul, 0, control.D1), "R-1.4.d")
	})
}

func TestR22EachDirectionShowsItsOwnProfilesWithTheirRemedies(t *testing.T) {
	c := inD1(t).build()
	seen := map[int]control.Direction{}
	for _, d := range control.OpenTender.Directions() {
		if len(c.Profiles(d)) == 0 {
			t.Errorf("%s has no profile", d)
		}
		for _, p := range c.Profiles(d) {
			if other, twice := seen[p.Number]; twice {
				t.Errorf("profile %d is in %s and %s", p.Number, other, d)
			}
			seen[p.Number] = d
			if p.Direction != d || len(p.Remedies) == 0 {
				t.Errorf("profile %d of %s stands in %q with the remedies %v", p.Number, d, p.Direction, p.Remedies)
			}
		}
		if !slices.IsSortedFunc(c.Profiles(d), func(a, b control.RiskProfile) int { return a.Number - b.Number }) {
			t.Errorf("the profiles of %s are not in the order of their numbers", d)
		}
	}
}

func TestR24BulkViolatedSkipsWhatIsUnchecked(t *testing.T) {
	unchecked, clear := control.Mark{Profile: 3}, control.Mark{Profile: 3, Checked: true}
	violated := control.Mark{Profile: 3, Checked: true, Violated: true}
	for _, r := range []struct {
		name              string
		from              control.Mark
		checked, violated bool
		want              control.Mark
	}{
		{"violated, unchecked", unchecked, true, true, unchecked},
		{"violated, clear", clear, true, true, violated},
		{"violated, violated", violated, true, true, violated},
		{"checked, unchecked", unchecked, true, false, clear},
		{"checked, violated", violated, true, false, clear},
		{"taken back, violated", violated, false, false, unchecked},
		{"violated without being checked, clear", clear, false, true, unchecked},
	} {
		if got := r.from.SetMany(r.checked, r.violated); got != r.want {
			t.Errorf("%s: %+v, want %+v", r.name, got, r.want)
		}
	}
}

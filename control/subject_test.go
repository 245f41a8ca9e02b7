package control_test

import (
	"testing"
	"time"

	"baqylau/control"
)

func TestR14ALotOrPlanPointIsSubjectToControl(t *testing.T) {
	subject := func(d control.Direction) func(*control.Case) control.Verdict {
		return func(c *control.Case) control.Verdict { return c.Subject(0, d) }
	}

	t.Run("a: commodity exchange", func(t *testing.T) {
		tell(t, []row{
			{"an approved plan point is", inExchange, nil, "R-1.4.a"},
			{"whatever it costs", inExchange, func(g *given) { g.lot().Amount = 1 }, "R-1.4.a"},
			{"a contract draft is not", inExchange, func(g *given) { g.lot().Status = control.ContractDraft }, "R-1.4.a wrong_status"},
			{"a cancelled one is not", inExchange, func(g *given) { g.lot().Status = control.Cancelled }, "R-1.4.a wrong_status"},
		}, subject(control.Undirected))
	})

	t.Run("b: single source", func(t *testing.T) {
		tell(t, []row{
			{"a large contract draft is", inSingleSource, nil, "R-1.4.b"},
			{"one of exactly 5 000 000 ₸ is not", inSingleSource, func(g *given) { g.lot().Amount = 5_000_000 * tenge }, "R-1.4.b amount_too_small"},
			{"one tiyn more is", inSingleSource, func(g *given) { g.lot().Amount = 5_000_000*tenge + 1 }, "R-1.4.b"},
			{"a small one with a twin in the plan is", inSingleSource, func(g *given) { g.lot().Amount, g.lot().SameNameAndCode = 1, 2 }, "R-1.4.b"},
			{"a small one alone is not", inSingleSource, func(g *given) { g.lot().Amount, g.lot().SameNameAndCode = 1, 1 }, "R-1.4.b amount_too_small"},
			{"a small one of unknown twins is not", inSingleSource, func(g *given) { g.lot().Amount, g.lot().SameNameAndCode = 1, 0 }, "R-1.4.b amount_too_small"},
			{"an approved one is not: §1 overrules §2", inSingleSource, func(g *given) { g.lot().Status = control.Approved }, "R-1.4.b wrong_status"},
		}, subject(control.Undirected))
	})

	t.Run("c: price quotations", func(t *testing.T) {
		tell(t, []row{
			{"a lot accepting applications is", inQuotations, nil, "R-1.4.c"},
			{"a published one is", inQuotations, func(g *given) { g.statuses(control.Published, control.Published, "") }, "R-1.4.c"},
			{"a completed one is not", inQuotations, func(g *given) { g.purchase.Status = control.Completed }, "R-1.4.c wrong_status"},
			{"one of exactly 2 000 000 ₸ is not", inQuotations, func(g *given) { g.lot().Amount = 2_000_000 * tenge }, "R-1.4.c amount_too_small"},
			{"one tiyn more is", inQuotations, func(g *given) { g.lot().Amount = 2_000_000*tenge + 1 }, "R-1.4.c"},
			{"without a date of publication it has not begun", inQuotations, func(g *given) { g.purchase.PublishedAt = time.Time{} }, "R-1.4.c window_not_open"},
		}, subject(control.Undirected))
	})

	t.Run("d: D1", func(t *testing.T) {
		amended := func(g *given) { g.purchase.Repeat, g.purchase.DocumentationAmended = true, true }
		tell(t, []row{
			{"a discussed lot is while the announcement is published", inD1, nil, "R-1.4.d"},
			{"whatever the lot's own status", inD1, func(g *given) { g.lot().Status = control.OtherStatus }, "R-1.4.d"},
			{"not when applications are accepted", inD1, func(g *given) { g.purchase.Status = control.AcceptingApplications }, "R-1.4.d wrong_status"},
			{"not after the discussion", inD1, func(g *given) { g.at("2026-03-18 00:00") }, "R-1.4.d window_closed"},
			{"a lot that is not discussed has ten days", undiscussedInD1, func(g *given) { g.at("2026-03-20 23:59") }, "R-1.4.d"},
			{"and may accept applications", undiscussedInD1, func(g *given) {
				g.statuses(control.AcceptingApplications, control.AcceptingApplications, control.Published)
			}, "R-1.4.d"},
			{"but its lot too must be published or accepting", undiscussedInD1, func(g *given) { g.lot().Status = control.Cancelled }, "R-1.4.d wrong_status"},
			{"and its announcement", undiscussedInD1, func(g *given) { g.purchase.Status = control.Completed }, "R-1.4.d wrong_status"},
			{"in a mixed announcement the discussion holds for all lots", undiscussedInD1, func(g *given) {
				g.another().Discussed = true
				g.at("2026-03-18 00:00")
			}, "R-1.4.d window_closed"},
			{"a repeat purchase counts as not discussed", inD1, func(g *given) {
				g.purchase.Repeat = true
				g.at("2026-03-20 10:00")
			}, "R-1.4.d"},
			{"a repeat with amended documentation follows the discussed", inD1, func(g *given) {
				amended(g)
				g.at("2026-03-18 00:00")
			}, "R-1.4.d window_closed"},
			{"a repeat with amended documentation and lots that are not discussed has ten days", undiscussedInD1, func(g *given) {
				amended(g)
				g.at("2026-03-20 10:00")
			}, "R-1.4.d"},
			{"the portal's end of the discussion overrides ours", inD1, func(g *given) {
				g.purchase.DiscussionEndsAt = almaty(g, "2026-03-12 09:59")
			}, "R-1.4.d window_closed"},
			{"also when it is later", inD1, func(g *given) {
				g.purchase.DiscussionEndsAt = almaty(g, "2026-03-25 18:00")
				g.at("2026-03-25 17:59")
			}, "R-1.4.d"},
			{"a prequalified tender too", inD1, func(g *given) { g.purchase.Method = control.PrequalifiedTender }, "R-1.4.d"},
			{"an auction too", inD1, func(g *given) { g.purchase.Method = control.Auction }, "R-1.4.d"},
			{"the amount doesn't matter", inD1, func(g *given) { g.lot().Amount = 1 }, "R-1.4.d"},
		}, subject(control.D1))
	})

	t.Run("d: D2", func(t *testing.T) {
		tell(t, []row{
			{"a discussed lot is while applications are accepted", inD2, nil, "R-1.4.d"},
			{"a lot that is not discussed is not", inD2, func(g *given) { g.lot().Discussed = false }, "R-1.4.d not_discussed"},
			{"nor one of a repeat that was not amended", inD2, func(g *given) { g.purchase.Repeat = true }, "R-1.4.d not_discussed"},
			{"one of an amended repeat is", inD2, func(g *given) { g.purchase.Repeat, g.purchase.DocumentationAmended = true, true }, "R-1.4.d"},
			{"not while the announcement is published", inD2, func(g *given) { g.purchase.Status = control.Published }, "R-1.4.d wrong_status"},
			{"nor while the lot is", inD2, func(g *given) { g.lot().Status = control.Published }, "R-1.4.d wrong_status"},
			{"not before acceptance began", inD2, func(g *given) { g.purchase.AcceptanceStartedAt = time.Time{} }, "R-1.4.d window_not_open"},
		}, subject(control.D2))
	})

	t.Run("d: D3", func(t *testing.T) {
		tell(t, []row{
			{"a lot whose applications are supplemented is", inD3, nil, "R-1.4.d"},
			{"one of exactly 5 000 000 ₸ is not", inD3, func(g *given) { g.lot().Amount = 5_000_000 * tenge }, "R-1.4.d amount_too_small"},
			{"one tiyn more is", inD3, func(g *given) { g.lot().Amount = 5_000_000*tenge + 1 }, "R-1.4.d"},
			{"the announcement must be in that status", inD3, func(g *given) { g.purchase.Status = control.AcceptingApplications }, "R-1.4.d wrong_status"},
			{"the lot too", inD3, func(g *given) { g.lot().Status = control.AcceptingApplications }, "R-1.4.d wrong_status"},
			{"not before the protocol is posted", inD3, func(g *given) { g.purchase.AdmissionProtocolAt = time.Time{} }, "R-1.4.d window_not_open"},
		}, subject(control.D3))
	})

	t.Run("d: D4", func(t *testing.T) {
		tell(t, []row{
			{"a large lot with one admitted of several is", inD4, nil, "R-1.4.d"},
			{"while the announcement is under complaint too", inD4, func(g *given) { g.purchase.Status = control.UnderComplaint }, "R-1.4.d"},
			{"not held is as good as held", inD4, func(g *given) { g.statuses(control.Completed, control.NotHeld, control.NotHeld) }, "R-1.4.d"},
			{"one of exactly 50 000 000 ₸ is not", inD4, func(g *given) { g.lot().Amount = 50_000_000 * tenge }, "R-1.4.d amount_too_small"},
			{"one tiyn more is", inD4, func(g *given) { g.lot().Amount = 50_000_000*tenge + 1 }, "R-1.4.d"},
			{"one application is too few", inD4, func(g *given) { g.lot().Applications = 1 }, "R-1.4.d few_applications"},
			{"two are enough", inD4, func(g *given) { g.lot().Applications = 2 }, "R-1.4.d"},
			{"none admitted is not one", inD4, func(g *given) { g.lot().Admitted = 0 }, "R-1.4.d not_one_admitted"},
			{"two admitted are not one", inD4, func(g *given) { g.lot().Admitted = 2 }, "R-1.4.d not_one_admitted"},
			{"a complaint on the lot takes it out", inD4, func(g *given) { g.complained(0, control.ComplaintRefused) }, "R-1.4.d complaint_filed"},
			{"a lot under complaint is, whatever the former", inD4, func(g *given) {
				g.complained(0, "")
				g.lot().Status, g.lot().Amount, g.lot().Applications, g.lot().Admitted = control.UnderComplaint, 1, 0, 0
			}, "R-1.4.d"},
			{"a complaint on another lot leaves this one in", inD4, func(g *given) {
				g.another()
				g.complained(1, control.ComplaintRefused)
			}, "R-1.4.d"},
			{"the announcement must be completed or under complaint", inD4, func(g *given) { g.purchase.Status = control.ExecutionDecision }, "R-1.4.d wrong_status"},
			{"the lot held, not held or under complaint", inD4, func(g *given) { g.lot().Status = control.Cancelled }, "R-1.4.d wrong_status"},
			{"the plan point too", inD4, func(g *given) { g.lot().PlanPointStatus = control.Published }, "R-1.4.d wrong_status"},
		}, subject(control.D4))
	})

	t.Run("a direction that the method lacks is no question", func(t *testing.T) {
		expect(t, inD1(t).build().Subject(0, control.Undirected), "R-1.4 wrong_direction")
		expect(t, inQuotations(t).build().Subject(0, control.D1), "R-1.4 wrong_direction")
		expect(t, inExchange(t).build().Subject(0, control.D4), "R-1.4 wrong_direction")
	})
}

// a window opens at the instant of its event and closes at 24:00 of its last day. A nanosecond
// on either side of both decides.
func TestR16EveryWindowOpensAtItsEventAndClosesAtMidnight(t *testing.T) {
	for _, w := range []struct {
		name          string
		stage         func(testing.TB) *given
		direction     control.Direction
		opens, closes string
	}{
		{"D1, discussed: five working days", inD1, control.D1, "2026-03-10 09:00", "2026-03-18 00:00"},
		{"D1, not discussed: ten calendar days", undiscussedInD1, control.D1, "2026-03-10 09:00", "2026-03-21 00:00"},
		{"D2: ten calendar days, not prolonged by days off", inD2, control.D2, "2026-03-18 09:00", "2026-03-29 00:00"},
		{"D3: three working days", inD3, control.D3, "2026-04-02 15:30", "2026-04-08 00:00"},
		{"price quotations: five working days", inQuotations, control.Undirected, "2026-03-10 09:00", "2026-03-18 00:00"},
	} {
		t.Run(w.name, func(t *testing.T) {
			opens, closes := almaty(t, w.opens), almaty(t, w.closes)
			for _, moment := range []struct {
				name   string
				at     time.Time
				reason control.Reason
			}{
				{"just before it opens", opens.Add(-1), control.WindowNotOpen},
				{"as it opens", opens, ""},
				{"just before it closes", closes.Add(-1), ""},
				{"as it closes", closes, control.WindowClosed},
			} {
				g := w.stage(t)
				g.now = moment.at
				v := g.build().Subject(0, w.direction)
				if v.Reason != moment.reason || v.Allowed != (moment.reason == "") {
					t.Errorf("%s: %s", moment.name, said(v))
				}
				if !v.Opens.Equal(opens) || !v.Closes.Equal(closes) {
					t.Errorf("%s: the verdict names %v … %v", moment.name, v.Opens, v.Closes)
				}
			}
			shown := w.stage(t).build().Window(w.direction)
			if !shown.Opens.Equal(opens) || !shown.Closes.Equal(closes) {
				t.Errorf("the screen is given %v … %v", shown.Opens, shown.Closes)
			}
		})
	}
}

func TestR16AnEventOfTheDayIsNotCounted(t *testing.T) {
	for published, closes := range map[string]string{
		"2026-03-10 00:00": "2026-03-18 00:00", // the first instant of a working day
		"2026-03-10 23:59": "2026-03-18 00:00", // and its last minute
		"2026-03-14 12:00": "2026-03-21 00:00", // a Saturday
		"2026-03-19 12:00": "2026-04-01 00:00", // over Nauryz: 21 … 25 March are off
		"2026-05-06 12:00": "2026-05-16 00:00", // over 7, 9 and 11 May
	} {
		g := inD1(t)
		g.purchase.PublishedAt = almaty(t, published)
		if got := g.build().Window(control.D1).Closes; !got.Equal(almaty(t, closes)) {
			t.Errorf("published %s, the discussion closes %v, want %s", published, got, closes)
		}
	}
}

func TestR14D4HasNoEndOfItsOwn(t *testing.T) {
	g := inD4(t)
	w := g.build().Window(control.D4)
	if !w.Opens.Equal(g.purchase.ResultsProtocolAt) || !w.Closes.IsZero() {
		t.Errorf("the window is %v … %v, want it open since the results", w.Opens, w.Closes)
	}
	if !w.Contains(g.now.AddDate(1, 0, 0)) || w.Contains(w.Opens.Add(-1)) {
		t.Error("it should be open for ever after the results, and not before")
	}
}

// a refusal names when its window opened and closes, also when the status failed first.
func TestR113ARefusalByStatusNamesTheWindow(t *testing.T) {
	for name, at := range map[string]struct {
		stage     func(testing.TB) *given
		direction control.Direction
	}{
		"D1":               {inD1, control.D1},
		"D1 not discussed": {undiscussedInD1, control.D1},
		"D2":               {inD2, control.D2},
		"D3":               {inD3, control.D3},
		"price quotations": {inQuotations, control.Undirected},
	} {
		g := at.stage(t)
		g.purchase.Status = control.OtherStatus
		c := g.build()
		want := c.Window(at.direction)
		for action, v := range map[string]control.Verdict{
			"subject": c.Subject(0, at.direction), "create": create(c, at.direction),
		} {
			if v.Reason != control.WrongStatus || v.Subject != string(control.OtherStatus) {
				t.Errorf("%s, %s: %s of %q", name, action, said(v), v.Subject)
			}
			if v.Opens.IsZero() || !v.Opens.Equal(want.Opens) || !v.Closes.Equal(want.Closes) {
				t.Errorf("%s, %s: names %v … %v, want %v … %v", name, action, v.Opens, v.Closes, want.Opens, want.Closes)
			}
		}
	}
}

// create asks as the assignee, before anything is marked.
func create(c *control.Case, d control.Direction) control.Verdict {
	c.Work[0].Assignee = aigul.Person
	return c.Create(aigul, 0, d)
}

// terms.md: the value in force at the event's date counts.
func TestATermIsTheOneInForceOnTheDayOfItsEvent(t *testing.T) {
	change := almaty(t, "2026-04-01 00:00")
	terms := control.NewTermBook("test", append(builtInRules(t).Terms.All(),
		control.Term{Name: control.SupplementTerm, Value: 1, From: change},
		control.Term{Name: control.SupplementAmount, Value: int64(20_000_000 * tenge), From: change},
		control.Term{Name: control.ResultsAmount, Value: int64(90_000_000 * tenge), From: change},
		control.Term{Name: control.DiscussionTerm, Value: 1, From: change},
	))
	with := func(g *given) *control.Case {
		g.rules = &control.Rules{Calendar: g.rules.Calendar, Catalogue: g.rules.Catalogue, Terms: terms}
		return g.build()
	}
	if got := with(inD1(t)).Window(control.D1).Closes; !got.Equal(almaty(t, "2026-03-18 00:00")) {
		t.Errorf("the discussion of March closes %v, by the term of April", got)
	}
	d3 := inD3(t) // protocol of 2 April, published in March
	if got := with(d3).Window(control.D3).Closes; !got.Equal(almaty(t, "2026-04-04 00:00")) {
		t.Errorf("the admission of April closes %v, by the term of March", got)
	}
	expect(t, with(d3).Subject(0, control.D3), "R-1.4.d amount_too_small")
	expect(t, with(inD4(t)).Subject(0, control.D4), "R-1.4.d amount_too_small")
}

func TestAWindowThatNeedsAnUnknownYearIsAnError(t *testing.T) {
	g := inD1(t)
	g.purchase.PublishedAt = almaty(t, "2026-12-29 09:00")
	_, err := g.rules.Case(&g.purchase, nil, g.now)
	expectUnknownYear(t, err, 2027)

	g = inQuotations(t)
	g.purchase.PublishedAt = almaty(t, "2019-05-05 09:00")
	_, err = g.rules.Case(&g.purchase, nil, g.now)
	expectUnknownYear(t, err, 2019)
}

func TestAWindowThatNeedsNoWorkingDaysNeedsNoCalendar(t *testing.T) {
	g := undiscussedInD1(t)
	g.purchase.PublishedAt = almaty(t, "2026-12-29 09:00")
	g.at("2027-01-08 23:59")
	expect(t, g.build().Subject(0, control.D1), "R-1.4.d")

	g = inD1(t)
	g.purchase.PublishedAt = almaty(t, "2026-12-29 09:00")
	g.purchase.DiscussionEndsAt = almaty(t, "2027-01-06 00:00")
	g.at("2027-01-05 12:00")
	expect(t, g.build().Subject(0, control.D1), "R-1.4.d")
}

func TestALotIsSubjectAnywhereWhenItIsInOneDirection(t *testing.T) {
	for name, at := range map[string]struct {
		stage     func(testing.TB) *given
		direction control.Direction
	}{
		"D1": {inD1, control.D1}, "D2": {inD2, control.D2}, "D3": {inD3, control.D3}, "D4": {inD4, control.D4},
		"quotations": {inQuotations, control.Undirected}, "exchange": {inExchange, control.Undirected},
	} {
		if d, v := at.stage(t).build().SubjectAnywhere(0); d != at.direction || !v.Allowed {
			t.Errorf("%s: %s in %q", name, said(v), d)
		}
	}
	g := inD1(t)
	g.at("2026-03-18 00:00")
	if d, v := g.build().SubjectAnywhere(0); d != control.D1 || v.Reason != control.WindowClosed {
		t.Errorf("after the discussion: %s in %q, want the window that closed", said(v), d)
	}
	g.purchase.Status = control.Cancelled
	if d, v := g.build().SubjectAnywhere(0); d != control.D1 || v.Reason != control.WrongStatus {
		t.Errorf("when it is cancelled: %s in %q, want the status of the first", said(v), d)
	}
	g = inD2(t)
	g.at("2026-03-29 00:00")
	if d, v := g.build().SubjectAnywhere(0); d != control.D2 || v.Reason != control.WindowClosed {
		t.Errorf("after D2: %s in %q, want the window that closed", said(v), d)
	}
}

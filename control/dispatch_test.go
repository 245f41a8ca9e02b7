package control_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"baqylau/control"
)

// approved lets Aigul's notification on the stage's first lot be approved.
func approved(stage func(testing.TB) *given, d control.Direction) func(testing.TB) *given {
	return func(t testing.TB) *given {
		g := stage(t)
		g.notified(0, d, control.NotificationApproved)
		return g
	}
}

func sendAll(d control.Direction) func(*control.Case) control.Verdict {
	return func(c *control.Case) control.Verdict { return c.SendAll(aigul, d) }
}

func TestR310SendAllIsOfferedToAnyAuthorOfThePurchase(t *testing.T) {
	g := approved(inD1, control.D1)(t)
	g.another()
	g.notified(1, control.D1, control.NotificationDraft)
	g.done(1).In(control.D1).NotificationAuthor = berik.Person
	c := g.build()
	for _, r := range []struct {
		name string
		by   control.Actor
		want string
	}{
		{"the author of the approved one", aigul, "R-3.10"},
		{"the author of a draft", berik, "R-3.10"},
		{"an auditor who wrote none", control.Actor{Person: "x", Organization: "almaty", Roles: aigul.Roles}, "R-3.10 missing_relation"},
		{"the approver", saule, "R-3.10 missing_role"},
		{"an auditor without a name", control.Actor{Roles: aigul.Roles}, "R-3.10 missing_relation"},
	} {
		t.Run(r.name, func(t *testing.T) { expect(t, c.SendAll(r.by, control.D1), r.want) })
	}
	t.Run("the author of one in another direction", func(t *testing.T) {
		g := approved(inD1, control.D1)(t)
		g.done(0).In(control.D3).Notification, g.done(0).In(control.D3).NotificationAuthor = control.NotificationDraft, berik.Person
		expect(t, g.build().SendAll(berik, control.D1), "R-3.10")
	})
}

func TestR310EveryLotIsCheckedAndOneNotificationApproved(t *testing.T) {
	one := approved(inD1, control.D1)
	two := func(t testing.TB) *given {
		g := one(t)
		g.another()
		return g
	}
	tell(t, []row{
		{"one lot, approved", one, nil, "R-3.10"},
		{"none approved", one, func(g *given) { g.notified(0, control.D1, control.NotificationInAgreement) }, "R-3.10 nothing_approved"},
		{"a lot under control that is unchecked holds it back", two, nil, "R-3.10 not_checked"},
		{"one partly checked too", two, func(g *given) {
			g.checked(1, control.D1)
			g.done(1).In(control.D1).Marks[0].Checked = false
		}, "R-3.10 not_checked"},
		{"one checked without violation doesn't", two, func(g *given) { g.checked(1, control.D1) }, "R-3.10"},
		{"another lot's draft stays behind", two, func(g *given) { g.notified(1, control.D1, control.NotificationDraft) }, "R-3.10"},
		{"once one was sent, none is", two, func(g *given) { g.notified(1, control.D1, control.NotificationDelivered) }, "R-3.10 shut_out"},
		{"not even when it was annulled", two, func(g *given) { g.notified(1, control.D1, control.NotificationAnnulled) }, "R-3.10 shut_out"},
		{"whatever was sent in another direction", one, func(g *given) {
			g.done(0).In(control.D2).Notification = control.NotificationDelivered
		}, "R-3.10"},
	}, sendAll(control.D1))

	t.Run("a lot that is not subject to control holds nothing back", func(t *testing.T) {
		g := approved(inD3, control.D3)(t)
		g.another().Amount = 1
		expect(t, g.build().SendAll(aigul, control.D3), "R-3.10")
		g.done(1).In(control.D3).Marks = []control.Mark{{Profile: 9, Checked: true}}
		v := g.build().SendAll(aigul, control.D3)
		expect(t, v, "R-3.10 not_checked") // it has a mark
		if v.Subject != "84492165-ОК1" {
			t.Errorf("the refusal speaks of %q, want the unchecked lot", v.Subject)
		}
	})
}

// what another department did on a lot is not known to a client, so it can't be what refuses there.
func TestR310ALotOfWhichNothingIsKnownHoldsNothingBack(t *testing.T) {
	unknown := func(g *given) *control.LotWork {
		g.another()
		g.done(1).Unknown = true
		return g.done(1)
	}
	tell(t, []row{
		{"beside an approved one", approved(inD1, control.D1), func(g *given) { unknown(g) }, "R-3.10"},
		{"it may have the approved one", inD1, func(g *given) {
			g.notified(0, control.D1, control.NotificationDraft)
			unknown(g)
		}, "R-3.10"},
		{"a lot of one's own that is unchecked holds back all the same", approved(inD1, control.D1), func(g *given) {
			unknown(g)
			g.another()
		}, "R-3.10 not_checked"},
		{"once one was sent, none is", approved(inD1, control.D1), func(g *given) {
			unknown(g).In(control.D1).Notification = control.NotificationDelivered
		}, "R-3.10 shut_out"},
	}, sendAll(control.D1))
}

// exactly the approved ones as they are now are sent, whoever wrote them.
func TestR310WhatIsSentIsWhatWasSeen(t *testing.T) {
	c := approved(inD1, control.D1)(t).build()
	one, two := control.Seen{ID: "n-1", Version: 6, Digest: "ab12"}, control.Seen{ID: "n-2", Version: 4, Digest: "cd34"}
	newer, other := two, two
	newer.Version, other.Digest = 5, "ef56"
	for _, r := range []struct {
		name     string
		by       control.Actor
		approved []control.Seen
		seen     []control.Seen
		claimed  bool
		want     string
	}{
		{"all of them", aigul, []control.Seen{one, two}, []control.Seen{one, two}, false, "R-3.10"},
		{"in any order", aigul, []control.Seen{one, two}, []control.Seen{two, one}, false, "R-3.10"},
		{"one was not seen", aigul, []control.Seen{one, two}, []control.Seen{one}, false, "R-3.10 version_changed"},
		{"one is no longer approved", aigul, []control.Seen{one}, []control.Seen{one, two}, false, "R-3.10 version_changed"},
		{"one was seen twice", aigul, []control.Seen{one, two}, []control.Seen{one, one}, false, "R-3.10 version_changed"},
		{"one is newer", aigul, []control.Seen{one, newer}, []control.Seen{one, two}, false, "R-3.10 version_changed"},
		{"one has another file", aigul, []control.Seen{one, other}, []control.Seen{one, two}, false, "R-3.10 version_changed"},
		{"somebody has sent at the same moment", aigul, []control.Seen{one}, []control.Seen{one}, true, "R-3.10 shut_out"},
		{"somebody who may not send", saule, []control.Seen{one}, []control.Seen{one}, true, "R-3.10 missing_role"},
	} {
		t.Run(r.name, func(t *testing.T) {
			v := c.SendSeen(r.by, control.D1, r.approved, r.seen, r.claimed)
			expect(t, v, r.want)
			if v.Reason != control.MissingRole && (v.Opens.IsZero() || v.Closes.IsZero()) {
				t.Errorf("it says no window: %+v", v)
			}
			if v.Reason == control.VersionChanged && v.Subject != "17379677-1" {
				t.Errorf("it speaks of %q", v.Subject)
			}
		})
	}
}

func TestR310StatusesAndWindowsOfSending(t *testing.T) {
	t.Run("D1 discussed", func(t *testing.T) {
		g := approved(inD1, control.D1)
		tell(t, []row{
			{"the last instant", g, func(g *given) { g.at("2026-03-17 23:59:59") }, "R-3.10"},
			{"over", g, func(g *given) { g.at("2026-03-18 00:00") }, "R-3.10 window_closed"},
			{"by the portal's date", g, func(g *given) { g.purchase.DiscussionEndsAt = almaty(g, "2026-03-11 00:00") }, "R-3.10 window_closed"},
			{"the announcement", g, func(g *given) { g.purchase.Status = control.AcceptingApplications }, "R-3.10 wrong_status"},
			{"the lot", g, func(g *given) { g.lot().Status = control.AcceptingApplications }, "R-3.10 wrong_status"},
			{"the plan point", g, func(g *given) { g.lot().PlanPointStatus = control.Cancelled }, "R-3.10 wrong_status"},
		}, sendAll(control.D1))
	})
	t.Run("D1 not discussed", func(t *testing.T) {
		g := approved(undiscussedInD1, control.D1)
		tell(t, []row{
			{"the day of publication", g, func(g *given) { g.at("2026-03-10 09:00") }, "R-3.10"},
			{"the last instant", g, func(g *given) { g.at("2026-03-20 23:59:59") }, "R-3.10"},
			{"over", g, func(g *given) { g.at("2026-03-21 00:00") }, "R-3.10 window_closed"},
			{"accepting applications", g, func(g *given) {
				g.statuses(control.AcceptingApplications, control.AcceptingApplications, control.Published)
			}, "R-3.10"},
			{"the plan point", g, func(g *given) { g.lot().PlanPointStatus = control.AcceptingApplications }, "R-3.10 wrong_status"},
		}, sendAll(control.D1))
	})
	t.Run("D2", func(t *testing.T) {
		g := approved(inD2, control.D2)
		tell(t, []row{
			{"the day of the notice", g, func(g *given) { g.at("2026-03-18 09:00") }, "R-3.10"},
			{"the last instant", g, func(g *given) { g.at("2026-03-28 23:59:59") }, "R-3.10"},
			{"over", g, func(g *given) { g.at("2026-03-29 00:00") }, "R-3.10 window_closed"},
			{"documentation amended or not", g, func(g *given) { g.purchase.DocumentationAmended = true }, "R-3.10"},
			{"discussed lots only", g, func(g *given) { g.lot().Discussed = false }, "R-3.10 not_discussed"},
			{"the announcement", g, func(g *given) { g.purchase.Status = control.Published }, "R-3.10 wrong_status"},
			{"the lot", g, func(g *given) { g.lot().Status = control.Published }, "R-3.10 wrong_status"},
		}, sendAll(control.D2))
	})
	t.Run("D3", func(t *testing.T) {
		g := approved(inD3, control.D3)
		tell(t, []row{
			{"the last instant", g, func(g *given) { g.at("2026-04-07 23:59:59") }, "R-3.10"},
			{"over", g, func(g *given) { g.at("2026-04-08 00:00") }, "R-3.10 window_closed"},
			{"until the portal's end of supplementing", g, func(g *given) {
				g.purchase.SupplementEndsAt = almaty(g, "2026-04-10 18:00")
				g.at("2026-04-10 17:59")
			}, "R-3.10"},
			{"not after it", g, func(g *given) {
				g.purchase.SupplementEndsAt = almaty(g, "2026-04-03 09:00")
			}, "R-3.10 window_closed"},
			{"the plan point", g, func(g *given) { g.lot().PlanPointStatus = control.SupplementingApps }, "R-3.10 wrong_status"},
		}, sendAll(control.D3))
	})
	t.Run("quotations and plan points as their creation", func(t *testing.T) {
		tell(t, []row{
			{"quotations", approved(inQuotations, control.Undirected), nil, "R-3.10"},
			{"quotations, over", approved(inQuotations, control.Undirected), func(g *given) { g.at("2026-03-18 00:00") }, "R-3.10 window_closed"},
			{"quotations, completed", approved(inQuotations, control.Undirected), func(g *given) { g.purchase.Status = control.Completed }, "R-3.10 wrong_status"},
			{"a point of the exchange", approved(inExchange, control.Undirected), nil, "R-3.10"},
			{"a point of the exchange, cancelled", approved(inExchange, control.Undirected), func(g *given) { g.lot().Status = control.Cancelled }, "R-3.10 wrong_status"},
			{"a single source", approved(inSingleSource, control.Undirected), nil, "R-3.10"},
			{"a tender has none", approved(inD1, control.D1), nil, "R-3.10 wrong_direction"},
		}, sendAll(control.Undirected))
	})
}

func TestR310SendingInTheFourthDirection(t *testing.T) {
	one := approved(inD4, control.D4)
	two := func(t testing.TB) *given {
		g := one(t)
		g.another()
		g.checked(1, control.D4)
		return g
	}
	tell(t, []row{
		{"as the five working days have passed", one, func(g *given) { g.at("2026-04-21 00:00") }, "R-3.10"},
		{"not a second before", one, func(g *given) { g.at("2026-04-20 23:59:59") }, "R-3.10 window_not_open"},
		{"on a day off too", one, func(g *given) {
			g.purchase.ResultsProtocolAt = almaty(g, "2026-04-17 11:00") // 20 … 24 April; the 25th is a Saturday
			g.at("2026-04-25 00:00")
		}, "R-3.10"},
		{"the announcement completed", one, func(g *given) { g.purchase.Status = control.UnderComplaint }, "R-3.10 wrong_status"},
		{"the lot held or not", one, func(g *given) { g.lot().Status = control.UnderComplaint }, "R-3.10 wrong_status"},
		{"the plan point held or not", one, func(g *given) { g.lot().PlanPointStatus = control.Published }, "R-3.10 wrong_status"},
		{"not held", one, func(g *given) { g.statuses(control.Completed, control.NotHeld, control.NotHeld) }, "R-3.10"},
		{"not while a notification is unapproved", two, func(g *given) { g.notified(1, control.D4, control.NotificationDraft) }, "R-3.10 not_approved"},
		{"whatever is unapproved in another direction", two, func(g *given) { g.done(1).In(control.D3).Notification = control.NotificationDraft }, "R-3.10"},
		{"all complaints refused", two, func(g *given) { g.complained(1, control.ComplaintRefused) }, "R-3.10"},
		{"one complaint open", two, func(g *given) { g.complained(1, "") }, "R-3.10 complaint_filed"},
		{"R-3.1.4.d a decision to cancel", two, func(g *given) { g.complained(1, control.ComplaintAuditCancel) }, "R-3.1.4.d complaint_decision"},
		{"R-3.1.4.d a decision to review", two, func(g *given) { g.complained(1, control.ComplaintAuditReview) }, "R-3.1.4.d complaint_decision"},
		{"R-3.1.4.d a decision of desk control", two, func(g *given) { g.complained(1, control.ComplaintDeskControl) }, "R-3.1.4.d complaint_decision"},
		{"R-3.1.4.d on a complaint that came late", two, func(g *given) {
			g.complained(1, control.ComplaintAuditCancel).FiledAt = almaty(g, "2026-04-22 09:00")
		}, "R-3.1.4.d complaint_decision"},
		{"R-3.1.4.e a contract", one, func(g *given) { g.lot().Contract = true }, "R-3.1.4.e contract_exists"},
		{"R-3.1.4.e a contract on a lot that is not sent says nothing", two, func(g *given) { g.purchase.Lots[1].Contract = true }, "R-3.10"},
	}, sendAll(control.D4))
}

func TestR310TheModalNamesWhatIsSentAndWhatIsShutOut(t *testing.T) {
	g := approved(inD1, control.D1)(t)
	g.another()
	g.another()
	g.notified(2, control.D1, control.NotificationDraft)
	sent, shutOut := g.build().Dispatch(control.D1)
	if diff := cmp.Diff([][]int{{0}, {1, 2}}, [][]int{sent, shutOut}); diff != "" {
		t.Errorf("sent and shut out (-want +got):\n%s", diff)
	}
}

func TestR310AfterSendingDraftsAreRecalledOrDeletedAndNotSent(t *testing.T) {
	g := inD1(t)
	g.another()
	g.notified(0, control.D1, control.NotificationDelivered)
	g.notified(1, control.D1, control.NotificationApproved)
	expect(t, g.build().SendAll(aigul, control.D1), "R-3.10 shut_out")
	if !g.build().Sent(control.D1) || g.build().Sent(control.D2) {
		t.Error("D1 is shut out, D2 is not")
	}
	expect(t, aNotification(control.NotificationApproved).May(aigul, control.ActionRecall), "R-3.9")
	expect(t, aNotification(control.NotificationDraft).May(aigul, control.ActionDelete), "R-3.4")
}

func TestR311WhatSendingOpensToTheOrganiser(t *testing.T) {
	sentAt := "2026-03-12 10:00"
	type remedies map[control.Remedy]string
	for _, r := range []struct {
		name      string
		stage     func(testing.TB) *given
		but       func(*given)
		direction control.Direction
		profiles  []int
		want      remedies
	}{
		{"D1, profile 1 alone, discussed", inD1, nil, control.D1, []int{1}, remedies{control.AmendDocumentation: "2026-03-18 00:00"}},
		{"D1, profile 1 alone, not discussed", undiscussedInD1, nil, control.D1, []int{1}, remedies{control.CancelPurchase: sentAt}},
		{"D1, profile 1 alone, repeat", inD1, func(g *given) { g.purchase.Repeat = true }, control.D1, []int{1}, remedies{control.CancelPurchase: sentAt}},
		{"D1, profile 1 alone, repeat amended", inD1, func(g *given) { g.purchase.Repeat, g.purchase.DocumentationAmended = true, true }, control.D1, []int{1}, remedies{control.AmendDocumentation: "2026-03-18 00:00"}},
		{"D1, profile 1 alone, the undiscussed lot of a mixed one", undiscussedInD1, func(g *given) { g.another().Discussed = true }, control.D1, []int{1}, remedies{control.CancelPurchase: sentAt}},
		{"D1, another profile", inD1, nil, control.D1, []int{12}, remedies{control.CancelPurchase: sentAt}},
		{"D1, profile 1 among others", inD1, nil, control.D1, []int{1, 3}, remedies{control.CancelPurchase: sentAt}},
		{"D1, no profile named", inD1, nil, control.D1, nil, remedies{control.CancelPurchase: sentAt}},
		{"D2", inD2, nil, control.D2, []int{8}, remedies{control.CancelPurchase: sentAt}},
		{"D3, by the window", inD3, nil, control.D3, []int{9}, remedies{control.ReviewAdmission: "2026-04-08 00:00", control.ContinueWithoutReview: "2026-04-08 00:00"}},
		{"D3, by the portal's date", inD3, func(g *given) { g.purchase.SupplementEndsAt = almaty(g, "2026-04-10 18:00") }, control.D3, []int{9}, remedies{control.ReviewAdmission: "2026-04-10 18:00", control.ContinueWithoutReview: "2026-04-10 18:00"}},
		{"D4, profiles 5 to 7", inD4, nil, control.D4, []int{5, 7}, remedies{control.ReviewResults: sentAt, control.ContinueWithoutExecution: sentAt}},
		{"D4, one profile outside 5 to 7", inD4, nil, control.D4, []int{5, 14}, remedies{control.CancelPurchase: sentAt, control.ContinueWithoutExecution: sentAt}},
		{"quotations", inQuotations, nil, control.Undirected, []int{15}, remedies{control.CancelPurchase: sentAt}},
		{"a plan point", inSingleSource, nil, control.Undirected, []int{2}, remedies{control.CancelPurchase: sentAt}},
	} {
		t.Run(r.name, func(t *testing.T) {
			g := r.stage(t)
			if r.but != nil {
				r.but(g)
			}
			got := remedies{}
			for _, o := range g.build().Remedies(0, r.direction, r.profiles, almaty(t, sentAt)) {
				got[o.Remedy] = o.From.In(g.rules.Calendar.Zone()).Format("2006-01-02 15:04")
			}
			if diff := cmp.Diff(r.want, got); diff != "" {
				t.Errorf("remedies and since when (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("amending opens at once when the discussion is over", func(t *testing.T) {
		late := almaty(t, "2026-03-20 10:00")
		if got := inD1(t).build().Remedies(0, control.D1, []int{1}, late)[0].From; !got.Equal(late) {
			t.Errorf("it opens %v, want %v", got, late)
		}
	})
}

func TestR311TheNotificationGoesToTheOrganiserAndForPlanPointsToTheCustomer(t *testing.T) {
	for _, m := range control.Methods() {
		p := control.Purchase{Method: m, Organizer: control.Party{BIN: "organiser"}, Customer: control.Party{BIN: "customer"}}
		want := "organiser"
		if m == control.SingleSource || m == control.CommodityExchange {
			want = "customer"
		}
		if got := p.AuditObject().BIN; got != want {
			t.Errorf("%s goes to the %s, want the %s", m, got, want)
		}
	}
}

// and its example; the objection by terms.md.
func TestR314TermsOfExecutingAndObjecting(t *testing.T) {
	rules := builtInRules(t)
	for _, r := range []struct {
		name string
		of   func(time.Time) (time.Time, error)
		want string
	}{
		{"to execute: ten working days", rules.Deadline, "2026-03-18 00:00"},
		{"to object: five working days", rules.ObjectionDeadline, "2026-03-11 00:00"},
	} {
		got, err := r.of(almaty(t, "2026-03-02 16:00"))
		if err != nil || !got.Equal(almaty(t, r.want)) {
			t.Errorf("%s: %v, %v; want %s", r.name, got, err, r.want)
		}
		_, err = r.of(almaty(t, "2026-12-30 16:00"))
		expectUnknownYear(t, err, 2027)
	}
}

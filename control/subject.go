package control

import "time"

// Subject answers whether a lot or plan point is subject to control now, in a direction:
// only then may it be assigned and marked.
func (c *Case) Subject(lot int, d Direction) Verdict {
	p := c.Purchase
	if p.Method.HasDirections() == (d == Undirected) {
		return refuse("R-1.4", WrongDirection, string(d))
	}
	switch p.Method {
	case CommodityExchange:
		return c.subjectExchange(lot)
	case SingleSource:
		return c.subjectSingleSource(lot)
	case PriceQuotations:
		return c.subjectQuotations(lot)
	}
	switch d {
	case D1:
		return c.subjectD1(lot)
	case D2:
		return c.subjectD2(lot)
	case D3:
		return c.subjectD3(lot)
	default:
		return c.subjectD4(lot)
	}
}

// .a
func (c *Case) subjectExchange(lot int) Verdict {
	const rule = "R-1.4.a"
	if s := c.Purchase.Lots[lot].Status; s != Approved {
		return refuse(rule, WrongStatus, string(s))
	}
	return allow(rule, Window{})
}

// .b: a large purchase or a split one, each a sign of its own.
func (c *Case) subjectSingleSource(lot int) Verdict {
	const rule = "R-1.4.b"
	point := &c.Purchase.Lots[lot]
	if point.Status != ContractDraft {
		return refuse(rule, WrongStatus, string(point.Status))
	}
	if !c.above(point, SingleAmount, time.Time{}) && point.SameNameAndCode <= 1 {
		return refuse(rule, AmountTooSmall, point.Number)
	}
	return allow(rule, Window{})
}

// .c
func (c *Case) subjectQuotations(lot int) Verdict {
	const rule = "R-1.4.c"
	v := c.quotationsOpen(rule)
	if v.Allowed && !c.above(&c.Purchase.Lots[lot], QuotationsAmount, c.Purchase.PublishedAt) {
		return refuse(rule, AmountTooSmall, c.Purchase.Lots[lot].Number).within(c.Windows.Quotations)
	}
	return v
}

// quotationsOpen asks for what all lots of a request for price quotations share: its status and its window.
func (c *Case) quotationsOpen(rule Rule) Verdict {
	if s := c.Purchase.Status; s != Published && s != AcceptingApplications {
		return refuse(rule, WrongStatus, string(s)).within(c.Windows.Quotations)
	}
	return inWindow(rule, c.Windows.Quotations, c.Now)
}

// .d D1. In a mixed announcement the discussion period holds for all its lots.
func (c *Case) subjectD1(lot int) Verdict {
	const rule = "R-1.4.d"
	announcement, window := c.Purchase.Status, c.Window(D1)
	if c.discussed {
		if announcement != Published {
			return refuse(rule, WrongStatus, string(announcement)).within(window)
		}
		return inWindow(rule, window, c.Now)
	}
	for _, s := range [...]Status{announcement, c.Purchase.Lots[lot].Status} {
		if s != Published && s != AcceptingApplications {
			return refuse(rule, WrongStatus, string(s)).within(window)
		}
	}
	return inWindow(rule, window, c.Now)
}

// .d D2: discussed lots only.
func (c *Case) subjectD2(lot int) Verdict {
	const rule = "R-1.4.d"
	if v := c.bothIn(rule, lot, AcceptingApplications); !v.Allowed {
		return v.within(c.Windows.Acceptance)
	}
	v := inWindow(rule, c.Windows.Acceptance, c.Now)
	if v.Allowed && !c.Purchase.Discussed(&c.Purchase.Lots[lot]) {
		return refuse(rule, NotDiscussed, c.Purchase.Lots[lot].Number).within(c.Windows.Acceptance)
	}
	return v
}

// .d D3
func (c *Case) subjectD3(lot int) Verdict {
	const rule = "R-1.4.d"
	if v := c.bothIn(rule, lot, SupplementingApps); !v.Allowed {
		return v.within(c.Windows.Supplement)
	}
	v := inWindow(rule, c.Windows.Supplement, c.Now)
	if v.Allowed && !c.above(&c.Purchase.Lots[lot], SupplementAmount, c.Purchase.AdmissionProtocolAt) {
		return refuse(rule, AmountTooSmall, c.Purchase.Lots[lot].Number).within(c.Windows.Supplement)
	}
	return v
}

// .d D4: one admitted supplier of several at a large amount, or a complaint that suspended
// the contract.
func (c *Case) subjectD4(lot int) Verdict {
	const rule = "R-1.4.d"
	p, l, window := c.Purchase, &c.Purchase.Lots[lot], c.Window(D4)
	if p.Status != Completed && p.Status != UnderComplaint {
		return refuse(rule, WrongStatus, string(p.Status)).within(window)
	}
	for _, s := range [...]Status{l.Status, l.PlanPointStatus} {
		if s != Held && s != NotHeld && s != UnderComplaint {
			return refuse(rule, WrongStatus, string(s)).within(window)
		}
	}
	switch {
	case l.Status == UnderComplaint:
		return allow(rule, window)
	case l.Complaint != nil:
		return refuse(rule, ComplaintFiled, l.Number).within(window)
	case l.Applications <= 1:
		return refuse(rule, FewApplications, l.Number).within(window)
	case l.Admitted != 1:
		return refuse(rule, NotOneAdmitted, l.Number).within(window)
	case !c.above(l, ResultsAmount, p.ResultsProtocolAt):
		return refuse(rule, AmountTooSmall, l.Number).within(window)
	default:
		return allow(rule, window)
	}
}

// bothIn refuses unless announcement and lot have the status.
func (c *Case) bothIn(rule Rule, lot int, want Status) Verdict {
	for _, s := range [...]Status{c.Purchase.Status, c.Purchase.Lots[lot].Status} {
		if s != want {
			return refuse(rule, WrongStatus, string(s))
		}
	}
	return allow(rule, Window{})
}

// above says whether the lot costs more than the threshold in force on the day of the event that the
// direction is controlled after; an equal amount is not more.
func (c *Case) above(lot *Lot, threshold TermName, event time.Time) bool {
	if event.IsZero() {
		event = c.Now // a plan point has no event
	}
	return int64(lot.Amount) > c.Rules.Terms.At(threshold, event)
}

// SubjectAnywhere answers whether the lot is subject to control in any direction now; when it is not,
// with the refusal of the last direction whose window or amount failed, or else of the first one.
func (c *Case) SubjectAnywhere(lot int) (Direction, Verdict) {
	var best Verdict
	var where Direction
	for _, d := range c.Purchase.Method.Directions() {
		v := c.Subject(lot, d)
		if v.Allowed {
			return d, v
		}
		if best.Rule == "" || v.Reason == WindowClosed || v.Reason == WindowNotOpen || v.Reason == AmountTooSmall {
			best, where = v, d
		}
	}
	return where, best
}

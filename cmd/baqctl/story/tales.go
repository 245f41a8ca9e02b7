package story

import "baqylau/control"

// tales are the chapters, in their order.
func tales() []tale {
	return []tale{
		discussed(), repeated(), accepting(), supplementing(), results(), complaints(), quotations(), singleSource(), exchange(),
	}
}

// discussed is D1 on documentation under discussion: a rejection, a recall, the shut-out, and a
// confirmation that is refused before it is given.
func discussed() tale {
	return tale{
		title: "story.title.discussed", number: "18400101-1", method: control.OpenTender, direction: control.D1,
		ends: control.NotificationExecuted,
		scenes: []scene{
			by("lot-manager", (*actor).assign),
			by("auditor", check([]int{1}, []int{3}), draft(0)),
			by("approver", (*actor).reject),
			by("auditor", (*actor).rework),
			by("approver", approve(0)),
			by("auditor", (*actor).recall, (*actor).rework, draft(1)),
			by("approver", approve(0)),
			by("auditor", (*actor).send),
			by("approver", approve(1)),
			by("auditor", (*actor).shutOut),
			by("organizer", (*actor).receive, tooEarly(control.AmendDocumentation)),
			past(remedyOpens),
			by("organizer", (*actor).begin, execute(control.AmendDocumentation, control.NotificationAwaiting)),
			days(1),
			by("auditor", (*actor).refuseConfirmation),
			by("organizer", execute(control.AmendDocumentation, control.NotificationAwaiting)),
			by("auditor", (*actor).confirm),
		},
	}
}

// repeated is D1 on a repeat purchase, which nobody discusses: it is cancelled, and the portal told so.
func repeated() tale {
	return tale{
		title: "story.title.repeated", number: "18401207-1", method: control.OpenTender, direction: control.D1,
		ends: control.NotificationExecuted,
		scenes: []scene{
			reported("repeat", "story.reported"),
			by("lot-manager", (*actor).assign),
			by("auditor", check([]int{4, 12}), draft(0)),
			by("approver", approve(0)),
			by("auditor", (*actor).send),
			by("culture", (*actor).receive, execute(control.CancelPurchase, control.NotificationExecuted)),
			by("auditor", (*actor).owed),
			days(1),
			reported("repeat-cancelled", "story.reported_cancelled"),
			by("auditor", (*actor).settled),
		},
	}
}

// accepting is D2 with an objection that is satisfied.
func accepting() tale {
	return tale{
		title: "story.title.accepting", number: "18401315-1", method: control.OpenTender, direction: control.D2,
		ends: control.NotificationAnnulled,
		scenes: []scene{
			reported("accepting", "story.reported"),
			by("lot-manager", (*actor).assign),
			by("auditor", check([]int{13}), draft(0)),
			by("approver", approve(0)),
			by("auditor", (*actor).send),
			by("hospital", (*actor).receive),
			days(1),
			by("hospital", (*actor).object),
			by("objection-manager", (*actor).assignObjection),
			days(2),
			by("controller", conclude(control.OutcomeSatisfied)),
			by("controller-approver", deliver(control.NotificationAnnulled)),
			by("hospital", closed(control.CancelPurchase)),
		},
	}
}

// supplementing is D3 with an objection that is partly satisfied, after its review was prolonged.
func supplementing() tale {
	return tale{
		title: "story.title.supplementing", number: "18401422-1", method: control.OpenTender, direction: control.D3,
		ends: control.NotificationExecuted,
		scenes: []scene{
			reported("supplementing", "story.reported"),
			by("lot-manager", (*actor).assign),
			by("auditor", check([]int{9, 10}), draft(0)),
			by("approver", approve(0)),
			by("auditor", (*actor).send),
			by("utilities", (*actor).receive, tooEarly(control.ReviewAdmission), (*actor).object),
			by("objection-manager", (*actor).assignObjection),
			past(remedyOpens),
			by("auditor", (*actor).owed),
			by("controller", (*actor).prolong, conclude(control.OutcomePartly)),
			by("controller-approver", deliver(control.NotificationObjectionPartly)),
			by("utilities", execute(control.ReviewAdmission, control.NotificationAwaiting)),
			by("auditor", (*actor).confirm),
		},
	}
}

// results is D4 without complaints, with an objection that is refused. Nobody executes, so it lapses; then
// come the penalties, the suspension of expenditure and its revocation.
func results() tale {
	return tale{
		title: "story.title.results", number: "18401530-1", method: control.OpenTender, direction: control.D4,
		ends: control.NotificationLapsedKnown,
		scenes: []scene{
			reported("results", "story.reported"),
			by("lot-manager", (*actor).assign),
			by("auditor", check([]int{5}), draft(0)),
			by("approver", approve(0)),
			by("auditor", (*actor).send, (*actor).owed),
			by("organizer", (*actor).receive),
			days(2),
			by("organizer", (*actor).object),
			by("objection-manager", (*actor).assignObjection),
			by("controller", conclude(control.OutcomeRefused)),
			by("controller-approver", (*actor).rejectConclusion),
			days(1),
			by("controller", (*actor).reworkConclusion),
			by("controller-approver", deliver(control.NotificationObjectionLost)),
			nearly(2),
			by("organizer", (*actor).reminded),
			past(deadline),
			by("auditor", lapsed(control.NotificationLapsedKnown), (*actor).penalise),
			days(1),
			by("order-manager", (*actor).suspend),
			days(5),
			by("order-manager", (*actor).revoke),
		},
	}
}

// complaints is D4 with complaints of suppliers: one is refused, and the notification may go; another is
// decided by state audit, and the marks are closed.
func complaints() tale {
	return tale{
		title: "story.title.complaints", number: "18401648-1", also: []string{"18401655-1"},
		method: control.OpenTender, direction: control.D4, ends: control.NotificationExecuted,
		scenes: []scene{
			reported("complaints", "story.reported_complaints"),
			by("lot-manager", (*actor).assign),
			by("auditor", check([]int{7}), draft(0)),
			by("approver", approve(0)),
			by("auditor", (*actor).sendUnderComplaint),
			days(1),
			reported("complaints-decided", "story.reported_decisions"),
			by("auditor", (*actor).send, (*actor).markDecided),
			by("hospital", (*actor).receive, execute(control.ReviewResults, control.NotificationAwaiting)),
			by("auditor", (*actor).confirm),
		},
	}
}

// quotations is a request for price quotations, which has no direction.
func quotations() tale {
	return tale{
		title: "method.price_quotations", number: "18401733-1", method: control.PriceQuotations, ends: control.NotificationExecuted,
		scenes: []scene{
			reported("quotations", "story.reported"),
			by("lot-manager", (*actor).assign),
			by("auditor", check([]int{15}), draft(0)),
			by("approver", approve(0)),
			by("auditor", (*actor).send),
			by("hospital", (*actor).receive, (*actor).begin, execute(control.CancelPurchase, control.NotificationExecuted)),
		},
	}
}

// singleSource is a plan point of a single source: the customer is notified.
func singleSource() tale {
	return tale{
		title: "method.single_source", number: "90030073", method: control.SingleSource, ends: control.NotificationExecuted,
		scenes: []scene{
			reported("plan-points", "story.reported"),
			by("lot-manager", (*actor).assign),
			by("auditor", check([]int{2}), draft(0)),
			by("approver", approve(0)),
			by("auditor", (*actor).send),
			by("hospital", (*actor).receive, execute(control.CancelPurchase, control.NotificationExecuted)),
		},
	}
}

// exchange is a plan point of the commodity exchange, whose notification nobody opens.
func exchange() tale {
	return tale{
		title: "method.commodity_exchange", number: "90030084", method: control.CommodityExchange, ends: control.NotificationLapsedUnknown,
		scenes: []scene{
			by("lot-manager", (*actor).assign),
			by("auditor", check([]int{18}), draft(0)),
			by("approver", approve(0)),
			by("auditor", (*actor).send),
			past(deadline),
			by("auditor", lapsed(control.NotificationLapsedUnknown)),
			by("utilities", closed(control.CancelPurchase)),
		},
	}
}

package portal

import "baqylau/control"

// The portal's reference lists, told by id: some of its codes hold Cyrillic letters or are spelt
// differently in two lists, and names are missing.

// afterFailure is the method "single source after a failed purchase". It is not under desk control
// (the manual's single source is the direct contract, 23); it is the follow-up purchase of .c.
const afterFailure = 6

// methodOf tells the method of an id, and whether the portal knows the id at all. The method is
// empty for those that desk control leaves out.
func methodOf(id int64) (control.Method, bool) {
	switch id {
	case 2, 22, 128, 188, 201: // and the tenders in two stages, by a special order, by points, turnkey
		return control.OpenTender, true
	case 32:
		return control.PrequalifiedTender, true
	case 7, 77, 78:
		return control.Auction, true
	case 3:
		return control.PriceQuotations, true
	case 23:
		return control.SingleSource, true
	case 8:
		return control.CommodityExchange, true
	case afterFailure, 50, 52, 55, 60, 105, 120, 121, 122, 123, 124, 125, 126, 130, 131, 132, 133,
		160, 177, 178, 190, 200, 202:
		return "", true
	}
	return "", false
}

const docsChanged = 190

// buyStatus tells the status of an announcement's id, and whether the portal knows the id.
//
// 444 (awaiting desk control), 420 (suspended), 510, 520 and 550 (reviews) are other statuses: no
// rule of names them. 410 (the organiser gave the purchase up) is cancelled.
func buyStatus(id int64) (control.Status, bool) {
	if id == 350 {
		return control.Completed, true
	}
	return commonStatus(id)
}

// lotStatus is buyStatus for a lot: it is held or not where the announcement is completed.
func lotStatus(id int64) (control.Status, bool) {
	switch id {
	case 360:
		return control.Held, true
	case 370:
		return control.NotHeld, true
	case 285:
		return control.OtherStatus, true
	}
	return commonStatus(id)
}

func commonStatus(id int64) (control.Status, bool) {
	switch id {
	case 210:
		return control.Published, true
	case 220:
		return control.AcceptingApplications, true
	case 230:
		return control.SupplementingApps, true
	case 410, 430:
		return control.Cancelled, true
	case 440:
		return control.UnderComplaint, true
	case 530:
		return control.AdmissionReviewDecision, true
	case 540:
		return control.ExecutionDecision, true
	case 110, 120, 130, 160, docsChanged, 240, 245, 250, 260, 270, 280, 290, 295, 300, 310, 320, 325, 330,
		420, 444, 445, 450, 460, 510, 520, 550:
		return control.OtherStatus, true
	}
	return control.OtherStatus, false
}

// pointStatus tells the status of a plan point's id, and whether the portal knows the id. 444 (under
// desk control) is an other status as well: asks for approved or contract draft.
func pointStatus(id int64) (control.Status, bool) {
	switch id {
	case 2:
		return control.Approved, true
	case 5:
		return control.Published, true
	case 7, 20, 21: // cancelled, given up, cancelled and edited
		return control.Cancelled, true
	case 9:
		return control.Held, true
	case 10:
		return control.NotHeld, true
	case 22:
		return control.UnderComplaint, true
	case 310:
		return control.ContractDraft, true
	case 540:
		return control.ExecutionDecision, true
	case 3, 4, 6, 11, 12, 13, 16, 18, 19, 23, 24, 25, 26, 27, 320, 340, 350, 400, 410, 444, 550:
		return control.OtherStatus, true
	}
	return control.OtherStatus, false
}

// pointHasContract says whether a plan point's status means that a contract was made: in force,
// executed, changed, not executed, executed in part.
func pointHasContract(id int64) bool {
	switch id {
	case 16, 19, 320, 340, 410:
		return true
	}
	return false
}

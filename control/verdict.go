package control

import "time"

// Rule is the id of a rule in requirements.md: "R-3.1.4".
type Rule string

// Reason is the stable code of the fact that made a rule refuse. People read its sentence in their
// language, under the key "reason.<code>".
type Reason string

const (
	WindowClosed      Reason = "window_closed"
	WindowNotOpen     Reason = "window_not_open"
	WrongStatus       Reason = "wrong_status"
	AmountTooSmall    Reason = "amount_too_small"
	NotChecked        Reason = "not_checked"
	NoViolation       Reason = "no_violation"
	NoMarks           Reason = "no_marks"
	ExistsAlready     Reason = "exists_already"
	ContractExists    Reason = "contract_exists"
	ComplaintDecided  Reason = "complaint_decision"
	ComplaintFiled    Reason = "complaint_filed"
	NotDiscussed      Reason = "not_discussed"
	FewApplications   Reason = "few_applications"
	NotOneAdmitted    Reason = "not_one_admitted"
	MissingRole       Reason = "missing_role"
	MissingRelation   Reason = "missing_relation"
	Frozen            Reason = "frozen"
	ShutOut           Reason = "shut_out"
	HasMarks          Reason = "has_marks"
	HasNotification   Reason = "has_notification"
	NotAssigned       Reason = "not_assigned"
	WrongDirection    Reason = "wrong_direction"
	NothingApproved   Reason = "nothing_approved"
	NotApproved       Reason = "not_approved"
	NoText            Reason = "no_text"
	NoAgreer          Reason = "no_agreer"
	UnfitAgreer       Reason = "unfit_agreer"
	NoReason          Reason = "no_reason"
	UnknownProfile    Reason = "unknown_profile"
	ViolatedUnchecked Reason = "violated_unchecked"
	CertificateSigned Reason = "certificate_signed"
	NoCalendar        Reason = "no_calendar"
	DigestChanged     Reason = "digest_changed"
	VersionChanged    Reason = "version_changed"
	PreparedRecalled  Reason = "prepared_recalled"
	PreparedRejected  Reason = "prepared_rejected"
	PreparedPassedOn  Reason = "prepared_passed_on"
	PreparedSigned    Reason = "prepared_signed"
	PreparedChanged   Reason = "prepared_changed"
	UnfitAssignee     Reason = "unfit_assignee"
	UnknownAction     Reason = "unknown_action"
	NotByDeputy       Reason = "not_by_deputy"
	UnfitDeputy       Reason = "unfit_deputy"
	UnfitHeir         Reason = "unfit_heir"
	NotSubstituting   Reason = "not_substituting"
	WorkLeft          Reason = "work_left"
	LastAdministrator Reason = "last_administrator"
	ObjectedAlready   Reason = "objected_already"
	NotARemedy        Reason = "not_a_remedy"
	RemedyClosed      Reason = "remedy_closed"
	UnfitController   Reason = "unfit_controller"
	HasConclusion     Reason = "has_conclusion"
	ProlongedAlready  Reason = "prolonged_already"
	NoOutcome         Reason = "no_outcome"
	NoData            Reason = "no_data"
	NoOfficials       Reason = "no_officials"
	NoImposed         Reason = "no_imposed"
	NotPositive       Reason = "not_positive"
	DateInFuture      Reason = "date_in_future"
	NoOrderNumber     Reason = "no_order_number"
	NoOrderDate       Reason = "no_order_date"
	NoIssuingBody     Reason = "no_issuing_body"
	NoAmount          Reason = "no_amount"
	NoScan            Reason = "no_scan"
	ScanTooLarge      Reason = "scan_too_large"
	ScanUnknown       Reason = "scan_unknown"
	RevokedBefore     Reason = "revoked_before"
	NothingChanged    Reason = "nothing_changed"
	PastUnexplained   Reason = "past_unexplained"
	LacksYear         Reason = "lacks_year"
	LacksCount        Reason = "lacks_count"
	LacksProfile      Reason = "lacks_profile"
	SameVersion       Reason = "same_version"
)

// Verdict answers a question about a right. The zero value refuses without a reason and is
// never returned.
type Verdict struct {
	Allowed bool
	// Rule decided.
	Rule Rule
	// Reason is the fact that failed; empty when allowed.
	Reason Reason
	// Subject is what the reason speaks of: the number of a lot, a status, a role. May be empty.
	Subject string
	// Opens and Closes bound the time in which the action is allowed; Closes is exclusive. Zero
	// where no window applies.
	Opens, Closes time.Time
}

// Error makes a refusal an error. The text is for logs; people read the reason's sentence.
func (v Verdict) Error() string {
	if v.Allowed {
		return "allowed by " + string(v.Rule)
	}
	text := "refused by " + string(v.Rule) + ": " + string(v.Reason)
	if v.Subject != "" {
		text += " (" + v.Subject + ")"
	}
	return text
}

// Refusal returns the verdict as an error when it refuses, else nil.
func (v Verdict) Refusal() error {
	if v.Allowed {
		return nil
	}
	return v
}

func allow(rule Rule, w Window) Verdict {
	return Verdict{Allowed: true, Rule: rule, Opens: w.Opens, Closes: w.Closes}
}

func refuse(rule Rule, reason Reason, subject string) Verdict {
	return Verdict{Rule: rule, Reason: reason, Subject: subject}
}

func (v Verdict) within(w Window) Verdict {
	v.Opens, v.Closes = w.Opens, w.Closes
	return v
}

// inWindow refuses outside the window; the zero window has not opened.
func inWindow(rule Rule, w Window, now time.Time) Verdict {
	switch {
	case w.Opens.IsZero() || now.Before(w.Opens):
		return refuse(rule, WindowNotOpen, "").within(w)
	case !w.Closes.IsZero() && !now.Before(w.Closes):
		return refuse(rule, WindowClosed, "").within(w)
	default:
		return allow(rule, w)
	}
}

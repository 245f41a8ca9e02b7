// Package control holds the rules of desk control (камералдық бақылау) as pure values.
//
// Its promise: every question of what may be done to a purchase, by whom and when, is answered
// here and nowhere else, from its arguments alone: no clock, no I/O, no globals. The client and
// the centre ask the same functions, so a button that is lit is a command that will be taken.
//
// Every rule cites its id in requirements.md; every answer is a [Verdict] that names the
// rule that decided and, when it refuses, the fact that failed and the window in which it holds.
//
// Its limit: it knows what it is told. Facts of the portal arrive as a [Purchase], the work of
// people as a [Work]; whether they are true is for the importer and the centre to say.
package control

// Method is a way of procurement. The values are the glossary's.
type Method string

const (
	OpenTender         Method = "open_tender"
	PrequalifiedTender Method = "prequalified_tender"
	Auction            Method = "auction"
	PriceQuotations    Method = "price_quotations"
	SingleSource       Method = "single_source"
	CommodityExchange  Method = "commodity_exchange"
)

// Methods lists the six methods, in the glossary's order: the report types of.
func Methods() []Method {
	return []Method{OpenTender, PrequalifiedTender, Auction, PriceQuotations, SingleSource, CommodityExchange}
}

// HasDirections says whether the method is controlled by directions D1 … D4 (R-1.4.d); the others
// have one undirected control (R-1.4.a … .c).
func (m Method) HasDirections() bool {
	return m == OpenTender || m == PrequalifiedTender || m == Auction
}

// ByPlanPoint says whether a purchase by this method is a point of the annual plan and no announcement.
func (m Method) ByPlanPoint() bool { return m == SingleSource || m == CommodityExchange }

// Directions lists the directions in which purchases by this method are controlled.
// Methods without directions have the one direction [Undirected].
func (m Method) Directions() []Direction {
	if m.HasDirections() {
		return []Direction{D1, D2, D3, D4}
	}
	return []Direction{Undirected}
}

// Direction is a stage at which a purchase is controlled (R-1.4.d).
type Direction string

const (
	// Undirected is the direction of price quotations and plan points.
	Undirected Direction = ""
	D1         Direction = "D1" // the documentation as published
	D2         Direction = "D2" // the documentation as discussed, while applications are accepted
	D3         Direction = "D3" // the preliminary admission
	D4         Direction = "D4" // the results
)

// index numbers directions for arrays: Undirected 0, D1 … D4 1 … 4.
func (d Direction) index() int {
	switch d {
	case D1:
		return 1
	case D2:
		return 2
	case D3:
		return 3
	case D4:
		return 4
	default:
		return 0
	}
}

// Status is the status of an announcement, a lot or a plan point. The values are the glossary's.
type Status string

const (
	Published               Status = "published"
	AcceptingApplications   Status = "accepting_applications"
	SupplementingApps       Status = "supplementing_applications"
	AdmissionReviewDecision Status = "admission_review_decision"
	Completed               Status = "completed"
	UnderComplaint          Status = "under_complaint"
	Held                    Status = "held"
	NotHeld                 Status = "not_held"
	ExecutionDecision       Status = "execution_decision"
	Cancelled               Status = "cancelled"
	Approved                Status = "approved"
	ContractDraft           Status = "contract_draft"
	// OtherStatus stands for every status of the portal in which no rule of desk control applies.
	OtherStatus Status = "other"
)

// ComplaintDecision is what was decided on a supplier's complaint. Empty while it is open.
type ComplaintDecision string

const (
	ComplaintRefused     ComplaintDecision = "refused"
	ComplaintAuditCancel ComplaintDecision = "audit_cancel"
	ComplaintAuditReview ComplaintDecision = "audit_review"
	ComplaintDeskControl ComplaintDecision = "desk_control"
)

// Remedy is a way in which the organiser eliminates a violation (жою тәсілі).
type Remedy string

const (
	CancelPurchase           Remedy = "cancel_purchase"
	AmendDocumentation       Remedy = "amend_documentation"
	ReviewAdmission          Remedy = "review_admission"
	ReviewResults            Remedy = "review_results"
	ContinueWithoutReview    Remedy = "continue_without_review"
	ContinueWithoutExecution Remedy = "continue_without_execution"
)

// Action is the action by which the remedy is done: it has the same code.
func (r Remedy) Action() Action { return Action(r) }

// Continues says whether the organiser goes on with the purchase and eliminates nothing.
func (r Remedy) Continues() bool { return r == ContinueWithoutReview || r == ContinueWithoutExecution }

// Remedies lists every remedy, in the order of the glossary.
func Remedies() []Remedy {
	return []Remedy{
		CancelPurchase, AmendDocumentation, ReviewAdmission, ReviewResults, ContinueWithoutReview, ContinueWithoutExecution,
	}
}

// Role is what an employee may be. A right is always a role and a relation, never a role alone.
type Role string

const (
	ControlReports     Role = "control_reports"
	LotManager         Role = "lot_manager"
	Auditor            Role = "auditor"
	AuditorApprover    Role = "auditor_approver"
	ObjectionManager   Role = "objection_manager"
	Controller         Role = "controller"
	ControllerApprover Role = "controller_approver"
	OrderManager       Role = "order_manager"
	AuditObject        Role = "audit_object"
	RoadmapExecutor    Role = "roadmap_executor"
	RoadmapCoordinator Role = "roadmap_coordinator"
	Administrator      Role = "administrator"
	// System is the role of [Centre] alone; no employee is given it.
	System Role = "system"
)

// Roles lists every role, in the order of requirements.md §0.
func Roles() []Role {
	return []Role{
		ControlReports, LotManager, Auditor, AuditorApprover, ObjectionManager, Controller,
		ControllerApprover, OrderManager, AuditObject, RoadmapExecutor, RoadmapCoordinator, Administrator,
	}
}

// Tiyn is an amount of money, in hundredths of a tenge.
type Tiyn int64

// Tenge is one tenge.
const Tenge Tiyn = 100

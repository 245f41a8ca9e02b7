package control

import "time"

// Purchase is what the portal says of an announcement with its lots, or of a plan point.
// It holds imported facts only: nobody edits it (R-3.11.a).
//
// A plan point is a purchase whose one lot stands for the point itself.
// A zero time means that the event has not happened or that the portal gave no date.
type Purchase struct {
	ID     string `json:"id"`     // the centre's key: "trd-buy/<id>" or "plan/<root record id>"
	Number string `json:"number"` // as people cite it: 17379677-1
	Method Method `json:"method"`
	Status Status `json:"status"` // of the announcement; of a plan point, the point's own

	NameKK    string `json:"name_kk"`
	NameRU    string `json:"name_ru"`
	Organizer Party  `json:"organizer"`
	Customer  Party  `json:"customer"`
	Region    string `json:"region"` // KATO code, empty when unknown
	Amount    Tiyn   `json:"amount"`
	Year      int    `json:"year"` // of the annual plan

	PublishedAt         time.Time `json:"published_at,omitzero"`
	DiscussionEndsAt    time.Time `json:"discussion_ends_at,omitzero"`
	AcceptanceStartedAt time.Time `json:"acceptance_started_at,omitzero"`
	AdmissionProtocolAt time.Time `json:"admission_protocol_at,omitzero"`
	SupplementEndsAt    time.Time `json:"supplement_ends_at,omitzero"`
	ResultsProtocolAt   time.Time `json:"results_protocol_at,omitzero"`

	Repeat               bool `json:"repeat,omitempty"`
	DocumentationAmended bool `json:"documentation_amended,omitempty"`
	Centralised          bool `json:"centralised,omitempty"` // run by the single organiser

	Lots []Lot `json:"lots"`
}

// Party is an organisation as a purchase names it.
type Party struct {
	BIN    string `json:"bin"`
	NameKK string `json:"name_kk"`
	NameRU string `json:"name_ru"`
}

// Lot is what the portal says of one lot.
type Lot struct {
	ID              string `json:"id"`     // stable: hangs on the plan point's root record
	Number          string `json:"number"` // 84492164-ОК1
	Status          Status `json:"status"`
	PlanPointStatus Status `json:"plan_point_status,omitempty"`
	NameKK          string `json:"name_kk"`
	NameRU          string `json:"name_ru"`
	EnsTru          string `json:"ens_tru,omitempty"` // the national goods, works and services code
	Amount          Tiyn   `json:"amount"`
	Discussed       bool   `json:"discussed,omitempty"`    // its documentation is open to discussion
	Applications    int    `json:"applications,omitempty"` // filed
	Admitted        int    `json:"admitted,omitempty"`     // suppliers admitted
	// SameNameAndCode counts the points of the same customer's plan of the same year with this
	// name and code, this one included and cancelled ones not (R-1.4.b): 1 means no twin.
	SameNameAndCode int `json:"same_name_and_code,omitempty"`

	Complaint        *Complaint `json:"complaint,omitempty"`
	Contract         bool       `json:"contract,omitempty"`           // a contract was made after the results
	FollowUpPurchase bool       `json:"follow_up_purchase,omitempty"` // a single-source purchase or repeat tender was made
}

// Complaint is a supplier's complaint on a lot.
type Complaint struct {
	FiledAt   time.Time         `json:"filed_at,omitzero"`
	Decision  ComplaintDecision `json:"decision,omitempty"`
	DecidedAt time.Time         `json:"decided_at,omitzero"`
}

// Lot finds a lot by its id.
func (p *Purchase) Lot(id string) (*Lot, bool) {
	for i := range p.Lots {
		if p.Lots[i].ID == id {
			return &p.Lots[i], true
		}
	}
	return nil, false
}

// Discussed says whether the lot's documentation is under discussion. .d, decision: a lot is
// not discussed when it is so marked, or the purchase is a repeat whose documentation was not amended.
func (p *Purchase) Discussed(lot *Lot) bool {
	return lot.Discussed && (!p.Repeat || p.DocumentationAmended)
}

// AnyDiscussed says whether the announcement is discussed or mixed: then the discussion period
// holds for all its lots (R-1.4.d D1).
func (p *Purchase) AnyDiscussed() bool {
	for i := range p.Lots {
		if p.Discussed(&p.Lots[i]) {
			return true
		}
	}
	return false
}

// AuditObject is the organisation that a notification on this purchase goes to: the organiser, for
// plan points the customer.
func (p *Purchase) AuditObject() Party {
	if p.Method.ByPlanPoint() {
		return p.Customer
	}
	return p.Organizer
}

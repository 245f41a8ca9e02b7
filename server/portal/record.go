package portal

// The services, by the service's own names.
const (
	announcements = "trd-buy"
	lots          = "lots"
	plans         = "plans"
)

// kind is the kind of a JSON value.
type kind uint8

const (
	absent kind = iota
	null
	flag
	number
	text
	list
	object
)

// value is a JSON value that was kept.
type value struct {
	kind    kind
	flaw    Reason // of a text: too long, or no Unicode
	line    int
	text    string // of a text, a number's literal, true and false
	list    []value
	members []member
}

type member struct {
	slot  slot
	value value
}

// slot is the place of a wanted field in a record.
type slot int

const (
	unwanted slot = iota
	slotService
	slotID
	slotNumber
	slotNameRU
	slotNameKK
	slotTotal
	slotCountLots
	slotMethod
	slotCustomerBIN
	slotCustomerRU
	slotCustomerKK
	slotOrganizerBIN
	slotOrganizerRU
	slotOrganizerKK
	slotBuyStatus
	slotPublished
	slotDiscussionStart
	slotDiscussionEnd
	slotStart
	slotRepeatStart
	slotRepeatEnd
	slotResults
	slotAdmission
	slotParent
	slotSingleOrganizer
	slotAmended
	slotIndexed
	slotLots
	slotLotNumber
	slotLotStatus
	slotAmount
	slotBuy
	slotBuyNumber
	slotPoints
	slotDiscussed
	slotApplications
	slotAdmitted
	slotComplaint
	slotFiled
	slotDecision
	slotDecided
	slotContract
	slotFollowUp
	slotRoot
	slotPointStatus
	slotSubjectBIN
	slotSubjectRU
	slotSubjectKK
	slotEnsTru
	slotYear
	slotKato
	slotCount
)

// fieldNames are the service's names of the fields, and ours of the ones that it has elsewhere
// (FORMAT.md).
var fieldNames = [slotCount]string{
	slotService:         "service",
	slotID:              "id",
	slotNumber:          "number_anno",
	slotNameRU:          "name_ru",
	slotNameKK:          "name_kz",
	slotTotal:           "total_sum",
	slotCountLots:       "count_lots",
	slotMethod:          "ref_trade_methods_id",
	slotCustomerBIN:     "customer_bin",
	slotCustomerRU:      "customer_name_ru",
	slotCustomerKK:      "customer_name_kz",
	slotOrganizerBIN:    "org_bin",
	slotOrganizerRU:     "org_name_ru",
	slotOrganizerKK:     "org_name_kz",
	slotBuyStatus:       "ref_buy_status_id",
	slotPublished:       "publish_date",
	slotDiscussionStart: "discus_start_date",
	slotDiscussionEnd:   "discus_end_date",
	slotStart:           "start_date",
	slotRepeatStart:     "repeat_start_date",
	slotRepeatEnd:       "repeat_end_date",
	slotResults:         "itogi_date_public",
	slotAdmission:       "admission_protocol_date",
	slotParent:          "parent_id",
	slotSingleOrganizer: "singl_org_sign",
	slotAmended:         "documentation_amended",
	slotIndexed:         "index_date",
	slotLots:            "lots",
	slotLotNumber:       "lot_number",
	slotLotStatus:       "ref_lot_status_id",
	slotAmount:          "amount",
	slotBuy:             "trd_buy_id",
	slotBuyNumber:       "trd_buy_number_anno",
	slotPoints:          "point_list",
	slotDiscussed:       "discussed",
	slotApplications:    "applications",
	slotAdmitted:        "admitted",
	slotComplaint:       "complaint",
	slotFiled:           "date_filed",
	slotDecision:        "decision",
	slotDecided:         "date_decision",
	slotContract:        "contract_id",
	slotFollowUp:        "follow_up_purchase",
	slotRoot:            "rootrecord_id",
	slotPointStatus:     "ref_pln_point_status_id",
	slotSubjectBIN:      "subject_biin",
	slotSubjectRU:       "subject_name_ru",
	slotSubjectKK:       "subject_name_kz",
	slotEnsTru:          "ref_enstru_code",
	slotYear:            "pln_point_year",
	slotKato:            "kato",
}

var slotsByName = func() map[string]slot {
	slots := make(map[string]slot, slotCount)
	for i, name := range fieldNames {
		if name != "" {
			slots[name] = slot(i)
		}
	}
	return slots
}()

// slotOf finds the slot of a name; unwanted where there is none.
func slotOf(name []byte) slot { return slotsByName[string(name)] }

// record is a JSON object that may be a portal's record: its wanted fields by slot.
type record struct {
	line    int
	start   int64 // offset in the file
	nodes   int   // values kept
	service string
	flaw    Reason // the first thing that is wrong with it
	at      slot
	atLine  int
	values  [slotCount]value
}

// begin makes the record ready for an object that begins here.
func (r *record) begin(s *scanner) {
	*r = record{line: s.line, start: s.offset()}
}

// fail names the record's first flaw. Its being too large overrides: then nothing else is known.
func (r *record) fail(reason Reason, at slot, line int) {
	if r.flaw == "" || reason == RecordTooLarge {
		r.flaw, r.at, r.atLine = reason, at, line
	}
}

// service tells what kind of record it is: what the file declares, else by its fields.
func (r *record) tellKind() string {
	has := func(s slot) bool { return r.values[s].kind != absent }
	switch {
	case r.service != "":
		return r.service
	case has(slotNumber) || has(slotBuyStatus):
		return announcements
	case has(slotLotNumber) || has(slotLotStatus):
		return lots
	case has(slotRoot) || has(slotPointStatus):
		return plans
	}
	return ""
}

// nested makes a record of a nested object.
func nested(v value, service string) *record {
	r := &record{line: v.line, service: service}
	for _, m := range v.members {
		if r.values[m.slot].kind != absent {
			r.fail(FieldTwice, m.slot, m.value.line)
		}
		r.values[m.slot] = m.value
	}
	return r
}

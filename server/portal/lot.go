package portal

import (
	"fmt"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"

	"baqylau/control"
)

// lot is a lots record.
type lot struct {
	Announcement int64 `json:"announcement"`
	Root         int64 `json:"root"`    // of its plan point
	Ordinal      int64 `json:"ordinal"` // how often the plan point was put into a lot
	// Number is 84492164-ОК1: root, the method's symbol, ordinal.
	Number   string        `json:"number"`
	Status   int64         `json:"status"`
	Method   int64         `json:"method,omitempty"`
	Points   []int64       `json:"points,omitempty"` // ids of plan points, as edited last
	NameKK   string        `json:"name_kk,omitempty"`
	NameRU   string        `json:"name_ru,omitempty"`
	EnsTru   string        `json:"ens_tru,omitempty"`
	Amount   control.Tiyn  `json:"amount"`
	Customer control.Party `json:"customer,omitzero"`

	// Discussed is what the file says of this lot; nil: as the announcement.
	Discussed    *bool              `json:"discussed,omitempty"`
	Applications int                `json:"applications,omitempty"`
	Admitted     int                `json:"admitted,omitempty"`
	Complaint    *control.Complaint `json:"complaint,omitempty"`
	Contract     bool               `json:"contract,omitempty"`
	FollowUp     bool               `json:"follow_up,omitempty"`
	Indexed      time.Time          `json:"indexed,omitzero"`
}

// id is the lot's id: announcement, plan point's root and ordinal. It outlives an edited plan point,
// and a repeat purchase of the same point has another.
func (l *lot) id() string { return fmt.Sprintf("%d-%d-%d", l.Announcement, l.Root, l.Ordinal) }

func (l *lot) key() string         { return lots + "/" + l.id() }
func (l *lot) name() string        { return l.Number }
func (l *lot) announcement() int64 { return l.Announcement }

func (l *lot) olderThan(other item) bool { return before(l.Indexed, other.(*lot).Indexed) }

func (l *lot) links() []string {
	links := []string{announcementKey(l.Announcement), rootLink(l.Root)}
	for _, id := range l.Points {
		links = append(links, pointLink(id))
	}
	return links
}

func rootLink(root int64) string { return "root/" + strconv.FormatInt(root, 10) }
func pointLink(id int64) string  { return "point/" + strconv.FormatInt(id, 10) }

// lotNumber takes 84492164-ОК1 apart. The symbol is never looked at: some hold letters of two scripts.
func lotNumber(s string) (root, ordinal int64, ok bool) {
	head := digits([]byte(s))
	if head == len(s) || s[head] != '-' {
		return 0, 0, false
	}
	rest := s[head+1:]
	symbol := 0
	for symbol < len(rest) {
		r, size := utf8.DecodeRuneInString(rest[symbol:])
		if !unicode.IsLetter(r) {
			break
		}
		symbol += size
	}
	root, rootOK := wholeOf(value{kind: text, text: s[:head]})
	ordinal, ordinalOK := wholeOf(value{kind: text, text: rest[symbol:]})
	return root, ordinal, symbol > 0 && rootOK && ordinalOK && root > 0 && rest[symbol:] != ""
}

func readLot(f fields) *lot {
	for _, s := range []slot{slotLotNumber, slotLotStatus, slotAmount} {
		f.need(s)
	}
	if !f.has(slotBuy) && !f.has(slotBuyNumber) {
		f.bad(FieldMissing, slotBuy)
	}
	l := &lot{
		Announcement: announcementID(f, slotBuy, slotBuyNumber),
		Number:       f.text(slotLotNumber, 64),
		Status:       f.whole(slotLotStatus),
		Method:       f.method(slotMethod),
		EnsTru:       f.code(slotEnsTru, ensTruShape),
		Amount:       f.amount(slotAmount),
		Customer:     f.party(slotCustomerBIN, slotCustomerKK, slotCustomerRU),
		Applications: f.count(slotApplications),
		Admitted:     f.count(slotAdmitted),
		Contract:     f.has(slotContract),
		FollowUp:     f.flag(slotFollowUp),
		Indexed:      f.date(slotIndexed),
	}
	l.NameKK, l.NameRU = f.names(slotNameKK, slotNameRU)
	if l.NameKK == "" && l.NameRU == "" {
		f.bad(FieldMissing, slotNameRU)
	}
	var ok bool
	if l.Root, l.Ordinal, ok = lotNumber(l.Number); !ok && l.Number != "" {
		f.bad(BadCode, slotLotNumber)
	}
	if f.has(slotContract) {
		l.Contract = f.whole(slotContract) > 0
	}
	if f.has(slotDiscussed) {
		discussed := f.flag(slotDiscussed)
		l.Discussed = &discussed
	}
	l.Points = readPoints(f)
	l.Complaint = readComplaint(f)
	return l
}

func readPoints(f fields) []int64 {
	v := f.value(slotPoints)
	if v.kind == absent {
		return nil
	}
	var ids []int64
	for _, p := range v.list {
		id, ok := wholeOf(p)
		if !ok || len(ids) == 100 {
			f.bad(BadNumber, slotPoints)
			return nil
		}
		ids = append(ids, id)
	}
	if v.kind != list {
		f.bad(BadNumber, slotPoints)
	}
	return ids
}

func readComplaint(f fields) *control.Complaint {
	v := f.value(slotComplaint)
	if v.kind == absent {
		return nil
	}
	if v.kind != object {
		f.bad(BadText, slotComplaint)
		return nil
	}
	inner := fieldsOf(nested(v, ""))
	inner.need(slotFiled)
	c := &control.Complaint{
		FiledAt:   inner.date(slotFiled),
		Decision:  control.ComplaintDecision(inner.text(slotDecision, 64)),
		DecidedAt: inner.date(slotDecided),
	}
	switch c.Decision {
	case "", control.ComplaintRefused, control.ComplaintAuditCancel, control.ComplaintAuditReview,
		control.ComplaintDeskControl:
	default:
		inner.bad(UnknownDecision, slotDecision)
	}
	if c.Decision != "" {
		inner.need(slotDecided)
	}
	inner.period(c.FiledAt, c.DecidedAt, slotDecided)
	if inner.flaw != "" {
		f.values[inner.at] = inner.values[inner.at] // for the report
		f.fail(inner.flaw, inner.at, inner.atLine)
	}
	return c
}

package portal

import (
	"strconv"
	"time"

	"baqylau/control"
)

// point is a plans record: a point of an annual plan.
type point struct {
	ID       int64         `json:"id"`
	Root     int64         `json:"root"` // outlives editing, which gives a new id
	Method   int64         `json:"method"`
	Status   int64         `json:"status"`
	Year     int           `json:"year"`
	Customer control.Party `json:"customer"`
	NameKK   string        `json:"name_kk,omitempty"`
	NameRU   string        `json:"name_ru,omitempty"`
	EnsTru   string        `json:"ens_tru,omitempty"`
	Amount   control.Tiyn  `json:"amount"`
	Kato     string        `json:"kato,omitempty"`
	Indexed  time.Time     `json:"indexed,omitzero"`
}

func pointKey(root int64) string { return plans + "/" + strconv.FormatInt(root, 10) }

func (p *point) key() string         { return pointKey(p.Root) }
func (p *point) name() string        { return strconv.FormatInt(p.Root, 10) }
func (p *point) announcement() int64 { return 0 }
func (p *point) links() []string     { return []string{pointLink(p.ID), p.planLink()} }

// planLink names the annual plan: a customer's, of a year.
func (p *point) planLink() string { return "plan/" + p.Customer.BIN + "/" + strconv.Itoa(p.Year) }

// olderThan goes by the id first: an edited point has a greater one.
func (p *point) olderThan(other item) bool {
	o := other.(*point)
	if p.ID != o.ID {
		return p.ID < o.ID
	}
	return before(p.Indexed, o.Indexed)
}

func readPoint(f fields) *point {
	for _, s := range []slot{slotID, slotMethod, slotPointStatus, slotSubjectBIN, slotYear, slotAmount} {
		f.need(s)
	}
	p := &point{
		ID:       f.whole(slotID),
		Root:     f.whole(slotRoot),
		Method:   f.method(slotMethod),
		Status:   f.whole(slotPointStatus),
		Year:     int(f.whole(slotYear)),
		Customer: f.party(slotSubjectBIN, slotSubjectKK, slotSubjectRU),
		EnsTru:   f.code(slotEnsTru, ensTruShape),
		Amount:   f.amount(slotAmount),
		Kato:     readKato(f),
		Indexed:  f.date(slotIndexed),
	}
	if p.Root == 0 {
		p.Root = p.ID // never edited
	}
	if p.Year < 2000 || p.Year > 2100 {
		f.bad(BadNumber, slotYear)
	}
	p.NameKK, p.NameRU = f.names(slotNameKK, slotNameRU)
	if p.NameKK == "" && p.NameRU == "" {
		f.bad(FieldMissing, slotNameRU)
	}
	return p
}

// readKato takes the first place of delivery.
func readKato(f fields) string {
	v := f.value(slotKato)
	switch {
	case v.kind == absent || v.kind == list && len(v.list) == 0:
		return ""
	case v.kind == list && (v.list[0].kind == text || v.list[0].kind == number) && katoShape(v.list[0].text):
		return v.list[0].text
	}
	f.bad(BadCode, slotKato)
	return ""
}

package portal

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"baqylau/assets"
	"baqylau/control"
)

// part is a lot with what it is joined with.
type part struct {
	lot      *lot
	point    *point // nil when unknown
	followUp bool
}

// buyPurchase makes the purchase of an announcement with its lots.
func buyPurchase(a *announcement, method control.Method, parts []part) control.Purchase {
	status, _ := buyStatus(a.Status)
	p := control.Purchase{
		ID:     a.key(),
		Number: a.Number,
		Method: method,
		Status: status,
		NameKK: a.NameKK, NameRU: a.NameRU,
		Organizer: a.Organizer,
		Customer:  a.Customer,
		Amount:    a.Total,

		PublishedAt:         a.Published,
		DiscussionEndsAt:    a.DiscussionEnd,
		AcceptanceStartedAt: a.Start,
		AdmissionProtocolAt: a.admissionProtocol(),
		SupplementEndsAt:    a.SupplementEnd,
		ResultsProtocolAt:   a.Results,

		Repeat:               a.Parent != 0,
		DocumentationAmended: a.Amended || a.Status == docsChanged,
		Centralised:          a.SingleOrganizer,
	}
	slices.SortFunc(parts, func(x, y part) int {
		return cmp.Or(cmp.Compare(x.lot.Root, y.lot.Root), cmp.Compare(x.lot.Ordinal, y.lot.Ordinal))
	})
	var sum control.Tiyn
	for _, part := range parts {
		p.Lots = append(p.Lots, part.controlLot(a))
		sum = min(sum+part.lot.Amount, maxAmount)
		if p.Customer.BIN == "" {
			p.Customer = part.lot.Customer
		}
		if point := part.point; point != nil {
			p.Region = cmp.Or(p.Region, point.Kato)
			p.Year = cmp.Or(p.Year, point.Year)
		}
	}
	p.Amount = cmp.Or(p.Amount, sum)
	if p.Year == 0 && !a.Published.IsZero() {
		p.Year = a.Published.In(assets.Almaty()).Year()
	}
	return p
}

// controlLot makes the lot of an announcement.
func (p part) controlLot(a *announcement) control.Lot {
	status, _ := lotStatus(p.lot.Status)
	l := control.Lot{
		ID:     p.lot.id(),
		Number: p.lot.Number,
		Status: status,
		NameKK: p.lot.NameKK, NameRU: p.lot.NameRU,
		EnsTru:           p.lot.EnsTru,
		Amount:           p.lot.Amount,
		Discussed:        a.discussed(),
		Applications:     p.lot.Applications,
		Admitted:         p.lot.Admitted,
		Complaint:        p.lot.Complaint,
		Contract:         p.lot.Contract,
		FollowUpPurchase: p.followUp,
	}
	if p.lot.Discussed != nil {
		l.Discussed = *p.lot.Discussed
	}
	if p.point != nil {
		l.PlanPointStatus, _ = pointStatus(p.point.Status)
		l.EnsTru = cmp.Or(l.EnsTru, p.point.EnsTru)
		l.Contract = l.Contract || pointHasContract(p.point.Status)
	}
	return l
}

// appendPoint makes the purchase of a plan point, where its method is controlled by plan point.
func appendPoint(to []control.Purchase, p *point, twins int) []control.Purchase {
	method, _ := methodOf(p.Method)
	if !method.ByPlanPoint() {
		return to
	}
	return append(to, pointPurchase(p, method, twins))
}

// pointPurchase makes the purchase of a plan point: its one lot stands for the point itself.
func pointPurchase(p *point, method control.Method, twins int) control.Purchase {
	status, _ := pointStatus(p.Status)
	return control.Purchase{
		ID:     "plan/" + p.name(),
		Number: p.name(),
		Method: method,
		Status: status,
		NameKK: p.NameKK, NameRU: p.NameRU,
		Organizer: p.Customer,
		Customer:  p.Customer,
		Region:    p.Kato,
		Amount:    p.Amount,
		Year:      p.Year,
		Lots: []control.Lot{{
			ID:              p.name(),
			Number:          p.name(),
			Status:          status,
			PlanPointStatus: status,
			NameKK:          p.NameKK, NameRU: p.NameRU,
			EnsTru:          p.EnsTru,
			Amount:          p.Amount,
			SameNameAndCode: max(twins, 1),
		}},
	}
}

// Digest is the SHA-256 of a purchase's JSON with its times in UTC: equal purchases have equal
// digests, whatever zone their times are kept in.
func Digest(p control.Purchase) [sha256.Size]byte {
	for _, t := range []*time.Time{
		&p.PublishedAt, &p.DiscussionEndsAt, &p.AcceptanceStartedAt,
		&p.AdmissionProtocolAt, &p.SupplementEndsAt, &p.ResultsProtocolAt,
	} {
		*t = t.UTC()
	}
	p.Lots = slices.Clone(p.Lots)
	for i, l := range p.Lots {
		if l.Complaint != nil {
			c := *l.Complaint
			c.FiledAt, c.DecidedAt = c.FiledAt.UTC(), c.DecidedAt.UTC()
			p.Lots[i].Complaint = &c
		}
	}
	data, err := json.Marshal(p)
	if err != nil { // no value of these types fails to marshal, but years beyond 9999
		panic(fmt.Sprintf("portal: digest of %s: %v", p.ID, err))
	}
	return sha256.Sum256(data)
}

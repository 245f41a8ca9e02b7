package portal

import (
	"strconv"
	"strings"
	"time"

	"baqylau/control"
)

// item is a record as it is kept: an announcement, a lot or a plan point. It holds the portal's
// facts with the portal's ids, so that another reading of the ids needs no other import.
type item interface {
	// key is the record's own: "trd-buy/17379677", "lots/17379677-84492164-1", "plans/84492164".
	key() string
	// name is how people cite it.
	name() string
	// announcement is the id of the announcement that it is or belongs to; 0 for a plan point.
	announcement() int64
	// links are the names by which other records find it.
	links() []string
	// olderThan says whether the other, a version of the same record, is newer.
	olderThan(other item) bool
}

// announcement is a trd-buy record.
type announcement struct {
	ID        int64         `json:"id"`
	Number    string        `json:"number"`
	Method    int64         `json:"method"`
	Status    int64         `json:"status"`
	NameKK    string        `json:"name_kk,omitempty"`
	NameRU    string        `json:"name_ru,omitempty"`
	Organizer control.Party `json:"organizer"`
	Customer  control.Party `json:"customer,omitzero"`
	Total     control.Tiyn  `json:"total,omitempty"`
	LotCount  int           `json:"lot_count,omitempty"`

	Published       time.Time `json:"published,omitzero"`
	DiscussionStart time.Time `json:"discussion_start,omitzero"`
	DiscussionEnd   time.Time `json:"discussion_end,omitzero"`
	Start           time.Time `json:"start,omitzero"`
	Admission       time.Time `json:"admission,omitzero"`
	SupplementStart time.Time `json:"supplement_start,omitzero"`
	SupplementEnd   time.Time `json:"supplement_end,omitzero"`
	Results         time.Time `json:"results,omitzero"`

	Parent          int64     `json:"parent,omitempty"`
	SingleOrganizer bool      `json:"single_organizer,omitempty"`
	Amended         bool      `json:"amended,omitempty"`
	Indexed         time.Time `json:"indexed,omitzero"`
}

func announcementKey(id int64) string { return announcements + "/" + strconv.FormatInt(id, 10) }

func (a *announcement) key() string         { return announcementKey(a.ID) }
func (a *announcement) name() string        { return a.Number }
func (a *announcement) announcement() int64 { return a.ID }
func (a *announcement) links() []string     { return nil }

func (a *announcement) olderThan(other item) bool {
	return before(a.Indexed, other.(*announcement).Indexed)
}

// before compares versions by their dates; one without a date is as good as any.
func before(a, b time.Time) bool { return !a.IsZero() && !b.IsZero() && a.Before(b) }

// announcementID is the id that a record gives itself, or else the first part of its number:
// 17379677-1 belongs to 17379677.
func announcementID(f fields, id, number slot) int64 {
	if f.has(id) {
		return f.whole(id)
	}
	head, _, _ := strings.Cut(f.value(number).text, "-")
	n, ok := wholeOf(value{kind: text, text: head})
	if f.has(number) && (!ok || n == 0) {
		f.bad(BadNumber, number)
	}
	return n
}

func readAnnouncement(f fields) *announcement {
	for _, s := range []slot{slotNumber, slotMethod, slotBuyStatus, slotOrganizerBIN} {
		f.need(s)
	}
	a := &announcement{
		ID:              announcementID(f, slotID, slotNumber),
		Number:          f.text(slotNumber, 64),
		Method:          f.method(slotMethod),
		Status:          f.whole(slotBuyStatus),
		Organizer:       f.party(slotOrganizerBIN, slotOrganizerKK, slotOrganizerRU),
		Customer:        f.party(slotCustomerBIN, slotCustomerKK, slotCustomerRU),
		Total:           f.amount(slotTotal),
		LotCount:        f.count(slotCountLots),
		Published:       f.date(slotPublished),
		DiscussionStart: f.date(slotDiscussionStart),
		DiscussionEnd:   f.date(slotDiscussionEnd),
		Start:           f.date(slotStart),
		Admission:       f.date(slotAdmission),
		SupplementStart: f.date(slotRepeatStart),
		SupplementEnd:   f.date(slotRepeatEnd),
		Results:         f.date(slotResults),
		Parent:          f.whole(slotParent),
		SingleOrganizer: f.flag(slotSingleOrganizer),
		Amended:         f.flag(slotAmended),
		Indexed:         f.date(slotIndexed),
	}
	a.NameKK, a.NameRU = f.names(slotNameKK, slotNameRU)
	if a.NameKK == "" && a.NameRU == "" {
		f.bad(FieldMissing, slotNameRU)
	}
	switch status, _ := buyStatus(a.Status); status {
	case control.Published, control.AcceptingApplications, control.SupplementingApps:
		f.need(slotPublished) // every window begins with it
	}
	f.period(a.DiscussionStart, a.DiscussionEnd, slotDiscussionEnd)
	f.period(a.SupplementStart, a.SupplementEnd, slotRepeatEnd)
	f.period(a.Published, a.Results, slotResults)
	return a
}

// admissionProtocol is when the preliminary admission protocol was posted. Where the file doesn't
// say, the beginning of the supplement period stands for it: the posting opens that period.
func (a *announcement) admissionProtocol() time.Time {
	if a.Admission.IsZero() {
		return a.SupplementStart
	}
	return a.Admission
}

// discussed says whether the announcement's documentation is discussed at all.
func (a *announcement) discussed() bool {
	return !a.DiscussionStart.IsZero() || !a.DiscussionEnd.IsZero()
}

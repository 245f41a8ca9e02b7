package control

import (
	"bytes"
	"strings"
	"time"
)

// OrdersStatus is the state of the suspension of expenditure operations. Empty while there is
// no order.
type OrdersStatus string

const (
	Suspended OrdersStatus = "suspended"
	Revoked   OrdersStatus = "revoked"
)

const (
	ActionSuspend          Action = "suspend"
	ActionRevokeSuspension Action = "revoke_suspension"
)

// Order is a suspension order or its revocation. Both are final once saved.
type Order struct {
	Number string    `json:"number"`
	On     time.Time `json:"on"` // the order's date, a day of Asia/Almaty
	BodyKK string    `json:"body_kk,omitempty"`
	BodyRU string    `json:"body_ru,omitempty"` // the issuing body
	Amount Tiyn      `json:"amount"`
	NoteKK string    `json:"note_kk,omitempty"`
	NoteRU string    `json:"note_ru,omitempty"`
	Scan   string    `json:"scan"` // SHA-256 of the scan, checked by [ScanOf] and brought for this very order before
}

// SuspensionLife is the life cycle of the suspension: an order, then its revocation, each once and final.
var SuspensionLife = Life[OrdersStatus]{
	{Action: ActionSuspend, From: "", To: Suspended, Role: OrderManager, Relation: PenaltySaved, Rule: "R-10.2"},
	{Action: ActionRevokeSuspension, From: Suspended, To: Revoked, Role: OrderManager, Relation: PenaltySaved, Rule: "R-10.2"},
}

// Suspend answers whether the actor may save this suspension order: on a notification whose
// penalty information is saved, in the statuses of.
func (r *Rules) Suspend(n *Notification, a Actor, order *Order, now time.Time) Verdict {
	v := n.MaySuspend(a)
	if !v.Allowed {
		return v
	}
	if fault := order.fault(r.Calendar.EndOfDay(now)); fault != "" {
		return refuse("R-10.2", fault, "")
	}
	return v
}

// MaySuspend is the right of [Rules.Suspend], whatever the order says.
func (n *Notification) MaySuspend(a Actor) Verdict {
	_, v := SuspensionLife.Step(n.Suspension, ActionSuspend, a, n.relations(a))
	if v.Allowed && !n.Status.Punishable() {
		return refuse("R-10.2", WrongStatus, string(n.Status))
	}
	return v
}

// Revoke answers whether the actor may save this revocation of an order. Only the order is
// asked for: a status that went on must not hold a suspension in place.
func (r *Rules) Revoke(n *Notification, a Actor, order, revocation *Order, now time.Time) Verdict {
	v := n.MayRevoke(a)
	if !v.Allowed {
		return v
	}
	if fault := revocation.fault(r.Calendar.EndOfDay(now)); fault != "" {
		return refuse("R-10.2", fault, "")
	}
	if order != nil && r.Calendar.EndOfDay(revocation.On).Before(r.Calendar.EndOfDay(order.On)) {
		return refuse("R-10.2", RevokedBefore, order.Number)
	}
	return v
}

// MayRevoke is the right of [Rules.Revoke], whatever the revocation says.
func (n *Notification) MayRevoke(a Actor) Verdict {
	_, v := SuspensionLife.Step(n.Suspension, ActionRevokeSuspension, a, n.relations(a))
	return v
}

// BringScan answers whether the actor may bring the scan of an order, or of its revocation.
func (n *Notification) BringScan(a Actor) Verdict {
	if v := n.MayRevoke(a); v.Allowed {
		return v
	}
	return n.MaySuspend(a)
}

// fault finds what the order lacks. The note alone is optional.
func (o *Order) fault(tomorrow time.Time) Reason {
	switch {
	case o == nil:
		return NoData
	case strings.TrimSpace(o.Number) == "":
		return NoOrderNumber
	case o.On.IsZero():
		return NoOrderDate
	case !o.On.Before(tomorrow):
		return DateInFuture
	case !hasText(o.BodyKK, o.BodyRU):
		return NoIssuingBody
	case o.Amount < 1:
		return NoAmount
	case strings.TrimSpace(o.Scan) == "":
		return NoScan
	default:
		return ""
	}
}

// Punished is the notification after an action on its penalty information or its suspension that was
// allowed. It says false where neither table has such a step.
func (n Notification) Punished(action Action) (Notification, bool) {
	if to, found := PenaltyLife.next(n.Penalty, action); found {
		n.Penalty = to
		return n, true
	}
	to, found := SuspensionLife.next(n.Suspension, action)
	if found {
		n.Suspension = to
	}
	return n, found
}

// Scan is the kind of a scanned document, as its media type.
type Scan string

const (
	ScanPDF  Scan = "application/pdf"
	ScanJPEG Scan = "image/jpeg"
	ScanPNG  Scan = "image/png"
)

// MaxScan is the most that a scan may measure, in bytes.
const MaxScan = 20 << 20

// ScanOf tells the kind of a scan by its content, whatever its name says; it refuses every other kind,
// an empty file and one that is too large.
func ScanOf(content []byte) (Scan, Verdict) {
	const rule = "R-10.2"
	if len(content) == 0 {
		return "", refuse(rule, NoScan, "")
	}
	if len(content) > MaxScan {
		return "", refuse(rule, ScanTooLarge, "")
	}
	for _, known := range [...]struct {
		begin string
		kind  Scan
	}{
		{"%PDF-", ScanPDF},
		{"\xff\xd8\xff", ScanJPEG},
		{"\x89PNG\r\n\x1a\n", ScanPNG},
	} {
		if bytes.HasPrefix(content, []byte(known.begin)) {
			return known.kind, allow(rule, Window{})
		}
	}
	return "", refuse(rule, ScanUnknown, "")
}

package control

import (
	"slices"
	"time"
)

// Papers are the file of a notification or of a conclusion on its way: made for the agreement, made anew
// with the approver's name, signed. What is signed is what was seen, so a file is law once it is made.
type Papers struct {
	Number string // how people cite the document
	File   string // SHA-256; empty while there is none
	// Prepared is the person whom the final file names as the approver; empty while the file is the
	// agreement's own, which names nobody.
	Prepared  string
	Signature string // SHA-256; empty while it is not signed
}

// PreparedFor says whether the file is the final one and names the actor: then it need not be made anew.
func (p Papers) PreparedFor(a Actor) bool {
	return p.File != "" && p.Prepared != "" && p.Prepared == a.By()
}

// counts says whether a file is the one in force, or its signature.
func (p Papers) counts(file string) bool {
	return file != "" && (file == p.File || file == p.Signature)
}

// SeenFile is the file that a person saw and signed. The signature may arrive long after the file was made: it
// was reserved for them, and any change since voids that.
type SeenFile struct {
	File string // SHA-256
	// Reserved says that the centre once made this file of this document.
	Reserved bool
}

// signable refuses a signature over anything but the final file that names the actor and that was seen.
func (p Papers) signable(rule Rule, a Actor, seen SeenFile) Verdict {
	if !p.PreparedFor(a) || p.File != seen.File {
		return refuse(rule, DigestChanged, p.Number)
	}
	return allow(rule, Window{})
}

// where is where a document that somebody is to sign stands.
type where int

const (
	inAgreement where = iota
	takenBack         // by its author
	turnedDown        // by an agreer
	finished          // somebody has signed it
)

// void says what has become of a document since the file that was signed was made of it: nothing that
// matters when it gives false.
func (p Papers) void(rule Rule, a Actor, agreer string, stands where, seen SeenFile) (Verdict, bool) {
	reasons := map[where]Reason{takenBack: PreparedRecalled, turnedDown: PreparedRejected, finished: PreparedSigned}
	reason, over := reasons[stands]
	if stands == inAgreement && a.Person != agreer && p.File != seen.File {
		reason, over = PreparedPassedOn, true
	}
	return refuse(rule, reason, p.Number), seen.Reserved && over
}

// Overtaken refuses a signature over a version that is no longer the present one: rule is that of the signing.
func Overtaken(rule Rule) Verdict { return refuse(rule, PreparedChanged, "") }

// rightless says whether a refusal is of the person, whatever has become of the document.
func (v Verdict) rightless() bool { return v.Reason == MissingRole || v.Reason == NotByDeputy }

// ReferenceTime is when a signature counts as made, and at which rights and windows are judged: when a
// trusted timestamp witnessed it, else when it arrived. Before its file was made nobody could sign that,
// whatever clock says so.
func ReferenceTime(made, witnessed, arrived time.Time) time.Time {
	switch {
	case witnessed.IsZero() || witnessed.After(arrived):
		return arrived
	case witnessed.Before(made):
		return made
	default:
		return witnessed
	}
}

// After are the papers after an action that was allowed. agreement is the file that went to agreement:
// whoever passes a final file on unsigned leaves that one behind. What was rejected or recalled has no
// file and no signature any more; both stay in the trail.
func (p Papers) After(action Action, agreement string) Papers {
	switch {
	case slices.Contains([]Action{ActionReject, ActionRecall, ActionRejectConclusion}, action):
		p.File, p.Prepared, p.Signature = "", "", ""
	case slices.Contains([]Action{ActionAgree, ActionAgreeConclusion}, action) && p.Prepared != "":
		p.File, p.Prepared = agreement, ""
	}
	return p
}

// ApproveFile answers whether the actor may approve the notification with a signature over the file that
// they saw. The case is as of the signature's [ReferenceTime].
func (c *Case) ApproveFile(a Actor, n *Notification, lot int, p Papers, seen SeenFile) Verdict {
	const rule = "R-3.7"
	v := c.Approve(a, n, lot)
	if v.rightless() {
		return v
	}
	stands := finished
	switch n.Status {
	case NotificationDraft:
		stands = takenBack
	case NotificationRejected:
		stands = turnedDown
	case NotificationInAgreement:
		stands = inAgreement
	}
	if void, since := p.void(rule, a, n.Agreer, stands, seen); since {
		return void
	}
	if !v.Allowed {
		return v
	}
	return p.signable(rule, a, seen)
}

// ApproveFile answers whether the actor may deliver the conclusion with a signature over the file that
// they saw.
func (c *Conclusion) ApproveFile(a Actor, p Papers, seen SeenFile) Verdict {
	const rule = "R-5.3"
	v := c.Approve(a)
	if v.rightless() {
		return v
	}
	stands := inAgreement
	switch c.Status {
	case ConclusionRejected:
		stands = turnedDown
	case ConclusionDelivered:
		stands = finished
	}
	if void, since := p.void(rule, a, c.Agreer, stands, seen); since {
		return void
	}
	if !v.Allowed {
		return v
	}
	return p.signable(rule, a, seen)
}

package control

import "slices"

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

// signable refuses a signature over anything but the final file that names the actor and that was seen.
func (p Papers) signable(rule Rule, a Actor, seen string) Verdict {
	if !p.PreparedFor(a) || p.File != seen {
		return refuse(rule, DigestChanged, p.Number)
	}
	return allow(rule, Window{})
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
// they saw.
func (c *Case) ApproveFile(a Actor, n *Notification, lot int, p Papers, seen string) Verdict {
	if v := c.Approve(a, n, lot); !v.Allowed {
		return v
	}
	return p.signable("R-3.7", a, seen)
}

// ApproveFile answers whether the actor may deliver the conclusion with a signature over the file that
// they saw.
func (c *Conclusion) ApproveFile(a Actor, p Papers, seen string) Verdict {
	if v := c.Approve(a); !v.Allowed {
		return v
	}
	return p.signable("R-5.3", a, seen)
}

package server

import (
	"fmt"
	"net/http"
	"time"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server/store"
	"baqylau/signing"
)

// A file that is made for somebody to sign is reserved for them: they may sign it at once, or later and without
// the centre. What they sign counts when it arrives if nothing has changed meanwhile, and if they had the right
// and the window was open at the reference time: when a trusted timestamp witnessed the signature, else when it
// arrived. Who they are, with their roles and in whose place they act, is as of the arrival: a right that was
// taken away is a change, too.

// handed is a signature as it was handed in. Whether it holds is known before the rules are asked, for they
// are asked as of its time, and is said after them.
type handed struct {
	cms    []byte
	seen   control.SeenFile
	report signing.Report
	at     time.Time // the reference time
}

// handed takes a signature over a file of an aggregate. file is the one to be signed now, made at a time.
func (u *unit) handed(r store.Record, c api.SignCommand, file string, made time.Time) (handed, error) {
	h := handed{cms: c.CMS, seen: control.SeenFile{File: c.Digest}, at: u.now}
	uses, err := u.FileUses(c.Digest)
	if err != nil {
		return h, err
	}
	for _, use := range uses {
		h.seen.Reserved = h.seen.Reserved || use.Kind == r.Kind && use.ID == r.ID
	}
	if file == "" || file != c.Digest {
		return h, nil // which no rule allows
	}
	_, content, err := u.File(file)
	if err != nil {
		return h, fmt.Errorf("load the file to be signed: %w", err)
	}
	h.report = signing.Verify(content, c.CMS, u.now, signing.Policy{
		Trust: u.s.trust, ExpectIIN: u.caller.me.Person.IIN, ExpectBIN: u.caller.me.Organization.BIN,
		RequireNonRepudiation: true, RequireSigningCertificate: true,
	})
	if h.report.Valid() {
		h.at = control.ReferenceTime(made, h.report.Witnessed, u.now)
	}
	return h, nil
}

// accept stores a signature that the rules allow, and that holds. It returns the signature's digest.
func (u *unit) accept(h handed, kind, id string, rule control.Rule) (string, error) {
	if !h.report.Valid() {
		return "", invalidSignature(h.report, rule)
	}
	digest := digestOf(h.cms)
	if err := u.PutFile(digest, typeCMS, h.cms, kind, id); err != nil {
		return "", err
	}
	return digest, u.owe(digest, h.report)
}

// invalidSignature tells a foreign signer and another document from a signature that doesn't hold, or
// is none.
func invalidSignature(report signing.Report, rule control.Rule) error {
	code := "signature_invalid"
	switch {
	case report.Step(signing.StepIntegrity).Reason == "digest_mismatch":
		code = "wrong_document"
	case report.Step(signing.StepSigner).Outcome == signing.Failed:
		code = "wrong_signer"
	}
	p := api.Fault(http.StatusUnprocessableEntity, code, "field", "cms")
	p.Rule = string(rule)
	return p
}

// matchSigned demands that what was signed was made over the present version: with another, even one that
// leaves the file as it is, the document says it of other facts. The rules are asked before: they know better
// what has changed.
func (u *unit) matchSigned(r store.Record, ifMatch string, rule control.Rule) error {
	err := u.match(r, ifMatch)
	if old, is := err.(stale); is {
		old.signed = rule
		return old
	}
	return err
}

package signing

import (
	"crypto/x509"
	"errors"
	"math/big"
	"slices"
	"time"
)

// Evidence is what authorities have said that a signature is judged by. None of it needs to be
// trusted beforehand: every piece is checked by its own signature, and counts for nothing when it
// doesn't hold. What the signature carries itself (CAdES-LT) is added to it by [Verify].
type Evidence struct {
	Certificates []*x509.Certificate
	CRLs         []*CRL
	OCSP         []*OCSPAnswer
	Stamps       []*Stamp // over the signature of the one signer
}

// RefusedError is why a piece of evidence, or the answer of a service, isn't taken. Code is the
// <code> of the text key "signing.reason.<code>".
type RefusedError struct {
	Code  string
	Args  []string // of the text's placeholders: name, value, name, value
	doing string
}

func (e *RefusedError) Error() string { return e.doing + ": " + e.Code }

// Refused gives the code of the [RefusedError] in err, "" when there is none.
func Refused(err error) string {
	var refused *RefusedError
	if errors.As(err, &refused) {
		return refused.Code
	}
	return ""
}

// err is the refusal as an error, nil for none.
func (r *refusal) err(doing string) error {
	if r == nil {
		return nil
	}
	return &RefusedError{Code: r.code, Args: r.args, doing: doing}
}

// and joins two bodies of evidence.
func (e Evidence) and(more Evidence) Evidence {
	return Evidence{
		Certificates: slices.Concat(e.Certificates, more.Certificates),
		CRLs:         slices.Concat(e.CRLs, more.CRLs),
		OCSP:         slices.Concat(e.OCSP, more.OCSP),
		Stamps:       slices.Concat(e.Stamps, more.Stamps),
	}
}

// finding is what one piece of evidence says of a certificate.
type finding struct {
	revoked  bool
	entry    revoked
	from, to time.Time // when it was said, and until when it counts
	unknown  bool      // the authority doesn't know the certificate
}

// covers tells whether the finding counts at the time. What was said later counts too: an
// authority that finds nothing against a certificate today found nothing yesterday.
func (f finding) covers(at time.Time) bool { return !at.After(f.to) }

// hold tells whether the certificate is only suspended.
func (f finding) hold() bool { return f.revoked && f.entry.reason == reasonHold }

// revocation judges whether the first certificate of the chain was revoked at the time, and then
// whether those between it and the anchor were.
func (c carried) revocation(chain []*x509.Certificate, at time.Time) Step {
	step := Step{Name: StepRevocation, Outcome: NotChecked}
	switch len(chain) {
	case 0:
		step.Reason = "not_reached"
		return step
	case 1:
		step.Reason = "revocation_anchor"
		return step
	}
	for i, certificate := range chain[:len(chain)-1] {
		one := c.status(certificate, chain[i+1], at)
		if one.Outcome == Failed && i > 0 {
			return Step{Name: StepRevocation, Outcome: Failed, Reason: "issuer_revoked", Args: one.Args}
		}
		if one.Outcome == NotChecked && i > 0 && step.Outcome == Passed {
			step = Step{Name: StepRevocation, Outcome: NotChecked, Reason: "issuer_unknown"}
		}
		if i == 0 {
			step = one
		}
		if step.Outcome == Failed {
			return step
		}
	}
	return step
}

// status judges one certificate by all that is said of it: what is revoked for good stays so; else
// the newest word counts, and must be fresh enough for the time. Without a word that holds, the
// step says why the last one doesn't.
func (c carried) status(certificate, authority *x509.Certificate, at time.Time) Step {
	step := Step{Name: StepRevocation, Outcome: NotChecked, Reason: "no_revocation"}
	findings, why := c.findings(certificate, authority)
	if why != nil {
		step.Reason, step.Args = why.code, why.args
	}
	var newest *finding
	for i := range findings {
		f := &findings[i]
		if f.revoked && !f.hold() && !at.Before(f.entry.since()) {
			return Step{Name: StepRevocation, Outcome: Failed, Reason: "revoked", Args: []string{"date", day(f.entry.since())}}
		}
		if newest == nil || f.from.After(newest.from) {
			newest = f
		}
	}
	switch {
	case newest == nil:
	case newest.unknown:
		step.Reason, step.Args = "revocation_unknown", nil
	case newest.hold() && !at.Before(newest.entry.since()):
		return Step{Name: StepRevocation, Outcome: Failed, Reason: "suspended", Args: []string{"date", day(newest.entry.since())}}
	case !newest.covers(at):
		step.Reason, step.Args = "revocation_stale", []string{"date", day(newest.from)}
	case newest.from.After(certificate.NotAfter):
		// authorities forget what has expired
		step.Reason, step.Args = "revocation_too_late", []string{"date", day(certificate.NotAfter)}
	default:
		return Step{Name: StepRevocation, Outcome: Passed}
	}
	return step
}

// heard is what all the evidence says of one certificate.
type heard struct {
	findings []finding
	why      *refusal
}

// about names a certificate and the authority that issued it.
type about struct{ certificate, authority string }

// findings is what is said of the certificate. It is asked for by every stamp of one authority, and
// looked up once.
func (c carried) findings(certificate, authority *x509.Certificate) ([]finding, *refusal) {
	key := about{string(certificate.Raw), string(authority.Raw)}
	said, known := c.heard[key]
	if !known {
		said.findings, said.why = c.Evidence.findings(certificate, authority)
		c.heard[key] = said
	}
	return said.findings, said.why
}

// findings collects what holds, and the first reason why something doesn't.
func (e Evidence) findings(c, authority *x509.Certificate) (found []finding, why *refusal) {
	note := func(refused *refusal) {
		if why == nil {
			why = refused
		}
	}
	genuine, refused := e.lists(c, authority)
	known := delegates{}
	for _, answer := range e.OCSP {
		single, refused := answer.about(c, authority)
		if refused != nil {
			continue // about another certificate
		}
		refused = answer.checkResponder(authority)
		if delegate := answer.delegate(authority); refused == nil && delegate != nil && known.spoilt(delegate, genuine, answer.Produced) {
			refused = refuse("ocsp_responder_revoked")
		}
		if refused != nil {
			note(refused)
			continue
		}
		found = append(found, finding{
			revoked: single.status == statusRevoked, unknown: single.status == statusUnknown,
			entry: single.revoked, from: single.this, to: single.end(),
		})
	}
	note(refused)
	lists := slices.DeleteFunc(slices.Clone(genuine), func(list *CRL) bool { return !list.covers(c) })
	for _, list := range lists {
		f, refused := list.finding(c.SerialNumber)
		if refused != nil {
			note(refused)
			continue
		}
		if list.Base == nil {
			found = append(found, f)
		}
		found = append(found, list.continued(lists, f, c.SerialNumber)...)
	}
	return found, why
}

// lists gives those of the authority's lists that hold, and why one doesn't that speaks of such
// certificates.
func (e Evidence) lists(c, authority *x509.Certificate) (held []*CRL, why *refusal) {
	for _, list := range e.CRLs {
		if !list.isOf(authority) {
			continue
		}
		refused := list.checkIssuer(authority)
		switch {
		case refused == nil:
			held = append(held, list)
		case list.covers(c):
			why = refused
		}
	}
	return held, why
}

// delegates are what lists, which hold, have against those who answer for an authority; each is looked
// up once.
type delegates map[string][]revoked

// spoilt tells whether the delegate was revoked or suspended when it answered, or ever for a stolen key,
// with which an answer of any time can be made.
func (d delegates) spoilt(delegate *x509.Certificate, lists []*CRL, at time.Time) bool {
	key := string(delegate.Raw)
	if _, known := d[key]; !known {
		d[key] = against(delegate, lists)
	}
	return slices.ContainsFunc(d[key], func(r revoked) bool { return r.compromised() || !at.Before(r.since()) })
}

func against(c *x509.Certificate, lists []*CRL) (entries []revoked) {
	for _, list := range lists {
		if !list.covers(c) {
			continue
		}
		entry, there, refused := list.find(c.SerialNumber)
		if there && refused == nil && entry.reason != reasonRemove {
			entries = append(entries, entry)
		}
	}
	return entries
}

// finding is what the list alone says.
func (c *CRL) finding(serial *big.Int) (finding, *refusal) {
	entry, there, refused := c.find(serial)
	return finding{revoked: there, entry: entry, from: c.Issued, to: c.Next}, refused
}

// continued is what a complete list says together with the deltas that build on it; a delta that
// revokes says so by itself.
func (c *CRL) continued(lists []*CRL, before finding, serial *big.Int) []finding {
	if c.Base != nil {
		if before.revoked && before.entry.reason != reasonRemove {
			return []finding{before}
		}
		return nil
	}
	var found []finding
	for _, delta := range lists {
		if !delta.continues(c) {
			continue
		}
		f, refused := delta.finding(serial)
		switch {
		case refused != nil:
			continue
		case f.revoked && f.entry.reason == reasonRemove:
			f.revoked, f.entry = false, revoked{}
		case !f.revoked:
			f.revoked, f.entry = before.revoked, before.entry
		}
		found = append(found, f)
	}
	return found
}

// evidenceOf is what the signature carries for the signer, and what the policy adds. A stamp of the
// policy's that is over another signer's signature is left out where there are several.
func (d *signedData) evidenceOf(s *signerInfo, policy Policy) carried {
	c := d.beside.with(s.unsigned)
	given := policy.Evidence
	if len(d.signers) > 1 {
		given.Stamps = slices.DeleteFunc(slices.Clone(given.Stamps), func(stamp *Stamp) bool {
			return stamp.checkImprint(s.signature) != nil
		})
	}
	c.Evidence = c.Evidence.and(given)
	c.Certificates = slices.Concat(d.certificates, c.Certificates)
	c.heard = map[about]heard{}
	return c
}

// stamped judges the timestamps over a signature, at the verifier's time. It gives the earliest
// time that an authority has witnessed, zero when none; without one that holds, the step says why
// the first doesn't.
func (c carried) stamped(signature []byte, trust Trust, at time.Time) (time.Time, Step) {
	var earliest time.Time
	step := Step{Name: StepTimestamp, Outcome: NotChecked, Reason: "no_timestamp"}
	if c.stampFault != nil {
		step = c.stampFault.step(StepTimestamp)
	}
	for _, stamp := range c.Stamps {
		refused := c.checkStamp(stamp, signature, trust)
		switch {
		case refused != nil && step.Outcome == NotChecked:
			step = refused.step(StepTimestamp)
		case refused != nil:
		case stamp.At.After(at.Add(clockSkew)):
			// seen from then, nobody has witnessed anything yet
			if step.Outcome == NotChecked {
				step.Reason, step.Args = "stamp_future", []string{"date", day(stamp.At)}
			}
		case earliest.IsZero() || stamp.At.Before(earliest):
			earliest = stamp.At
		}
	}
	if !earliest.IsZero() {
		step = Step{Name: StepTimestamp, Outcome: Passed}
	}
	return earliest, step
}

// revoked is revocation, where what couldn't be read is told of when nothing else is there.
func (c carried) revoked(chain []*x509.Certificate, at time.Time) Step {
	step := c.revocation(chain, at)
	if step.Reason == "no_revocation" && c.fault != nil {
		step.Reason, step.Args = c.fault.code, c.fault.args
	}
	return step
}

// checkStamp checks a stamp, and that its authority wasn't revoked when it made it, nor ever for a
// stolen key, with which a stamp of any time can be made (RFC 3161, section 4); what nobody says of
// the authority is no fault.
func (c carried) checkStamp(stamp *Stamp, signature []byte, trust Trust) *refusal {
	chain, refused := stamp.check(signature, trust, c.Certificates)
	if refused != nil {
		return refused
	}
	for i, of := range chain[:len(chain)-1] {
		if c.status(of, chain[i+1], stamp.At).Outcome == Failed || c.stolen(of, chain[i+1]) {
			return refuse("stamp_revoked")
		}
	}
	return nil
}

// stolen tells whether an authority has revoked the certificate, whenever, because its key is in
// other hands.
func (c carried) stolen(certificate, authority *x509.Certificate) bool {
	findings, _ := c.findings(certificate, authority)
	return slices.ContainsFunc(findings, func(f finding) bool { return f.revoked && f.entry.compromised() })
}

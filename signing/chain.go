package signing

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"slices"
	"time"
)

// Bounds of looking for a chain. The nation's is three long.
const (
	maxChain      = 6
	maxChainTries = 24 // signatures that are checked in one search, and on an average for a signer with its stamps
)

// path is a search for a chain, deepest first, among the anchors and what came along.
type path struct {
	trust  Trust
	others []*x509.Certificate
	at     time.Time
	tries  int
	why    *refusal // the most telling of the failures
}

// chain builds the way from the certificate to an anchor at the time, or, when the certificate
// itself isn't valid then, at the nearest time when it is: that fault has a step of its own.
//
// It is RFC 5280, section 6, as far as signatures go: names and key ids chain, every issuer is a
// valid authority that may sign certificates, to this depth, and no certificate has a critical
// extension that isn't weighed here. The anchor itself is trusted for what it is, so its own
// signature says nothing. Roles of the NCA are extended key usages, which a chain doesn't narrow.
func (t Trust) chain(leaf *x509.Certificate, others []*x509.Certificate, at time.Time) ([]*x509.Certificate, *refusal) {
	if at.Before(leaf.NotBefore) {
		at = leaf.NotBefore
	}
	if at.After(leaf.NotAfter) {
		at = leaf.NotAfter
	}
	if strange(leaf) {
		return nil, refuse("critical_extension")
	}
	p := &path{trust: t, others: others, at: at}
	if chain := p.extend([]*x509.Certificate{leaf}); chain != nil {
		return chain, nil
	}
	if p.why == nil {
		return nil, refuse("untrusted")
	}
	return nil, p.why
}

// extend goes on from the last certificate of the way, anchors first.
func (p *path) extend(way []*x509.Certificate) []*x509.Certificate {
	last := way[len(way)-1]
	if p.trust.has(last) {
		return way
	}
	if len(way) == maxChain {
		return nil
	}
	for _, list := range [][]*x509.Certificate{p.trust.certificates(), p.others} {
		for _, issuer := range list {
			if !named(issuer, last) || slices.ContainsFunc(way, issuer.Equal) {
				continue
			}
			if refused := p.issued(issuer, way); refused != nil {
				p.blame(refused)
				continue
			}
			if chain := p.extend(append(slices.Clone(way), issuer)); chain != nil {
				return chain
			}
		}
	}
	return nil
}

// blame keeps the first failure that says more than that the keys don't fit: a certificate of
// another authority's of that name is nobody's fault.
func (p *path) blame(why *refusal) {
	if p.why == nil && why.code != "signature_mismatch" {
		p.why = why
	}
}

// named tells whether the issuer bears the name, and the key id where both give one, that the
// certificate names.
func named(issuer, certificate *x509.Certificate) bool {
	if !bytes.Equal(issuer.RawSubject, certificate.RawIssuer) {
		return false
	}
	return len(issuer.SubjectKeyId) == 0 || len(certificate.AuthorityKeyId) == 0 ||
		bytes.Equal(issuer.SubjectKeyId, certificate.AuthorityKeyId)
}

// issued tells why the issuer can't have issued the last certificate of the way.
func (p *path) issued(issuer *x509.Certificate, way []*x509.Certificate) *refusal {
	switch {
	case !issuer.BasicConstraintsValid || !issuer.IsCA:
		return refuse("not_authority")
	case issuer.KeyUsage != 0 && issuer.KeyUsage&x509.KeyUsageCertSign == 0:
		return refuse("not_authority")
	case tooDeep(issuer, way):
		return refuse("chain_broken")
	case strange(issuer):
		return refuse("critical_extension")
	case p.at.Before(issuer.NotBefore) || p.at.After(issuer.NotAfter):
		return refuse("chain_expired")
	case p.tries == maxChainTries:
		return refuse("chain_broken")
	}
	p.tries++
	last := way[len(way)-1]
	return p.trust.proofs.check(issuer, last, func() *refusal { return p.trust.signed(issuer, last) })
}

// signed checks that the issuer's key signed the certificate.
func (t Trust) signed(issuer, certificate *x509.Certificate) *refusal {
	key, refused := t.keyOf(issuer)
	if refused != nil {
		return refused
	}
	a, ok := signatureAlgorithmOf(certificate)
	if !ok {
		return refuse("chain_broken")
	}
	return verifyWith(key, a, certificate.RawTBSCertificate, certificate.Signature)
}

// proofs are the signatures under certificates that one verification has checked, for the searches of
// all its signers and stamps; nil remembers nothing.
type proofs struct {
	known map[pair]*refusal
	left  int // how many more are checked
}

// pair is an issuer and what it may have issued, in DER.
type pair struct{ issuer, issued string }

func (p *proofs) check(issuer, issued *x509.Certificate, check func() *refusal) *refusal {
	if p == nil {
		return check()
	}
	key := pair{string(issuer.Raw), string(issued.Raw)}
	refused, known := p.known[key]
	switch {
	case known:
	case p.left == 0:
		return refuse("chain_broken")
	default:
		refused = check()
		p.known[key] = refused
		p.left--
	}
	return refused
}

// forSigners is the trust with proofs for the verification of so many signers.
func (t Trust) forSigners(n int) Trust {
	t.proofs = &proofs{known: map[pair]*refusal{}, left: maxChainTries * (1 + n)}
	return t
}

// tooDeep tells whether more authorities, those that issued to themselves left out, stand below
// the issuer than its path length allows.
func tooDeep(issuer *x509.Certificate, way []*x509.Certificate) bool {
	if issuer.MaxPathLen < 0 || issuer.MaxPathLen == 0 && !issuer.MaxPathLenZero {
		return false
	}
	below := 0
	for _, c := range way[1:] {
		if !bytes.Equal(c.RawSubject, c.RawIssuer) {
			below++
		}
	}
	return below > issuer.MaxPathLen
}

// strange tells whether the certificate has a critical extension that isn't weighed here; x509
// takes in more of them than it leaves unhandled. Constraints on names bind however they are marked: RFC 5280,
// section 4.2.1.10, has them critical, and an authority is not to be believed beyond them.
func strange(certificate *x509.Certificate) bool {
	nameConstraints := asn1.ObjectIdentifier{2, 5, 29, 30}
	for _, extension := range certificate.Extensions {
		binding := extension.Critical || extension.Id.Equal(nameConstraints)
		if binding && !weighed(extension.Id) {
			return true
		}
	}
	return false
}

// weighed lists keyUsage, subjectAltName, basicConstraints, certificatePolicies (any will do) and
// extKeyUsage.
func weighed(id asn1.ObjectIdentifier) bool {
	ce := len(id) == 4 && id[0] == 2 && id[1] == 5 && id[2] == 29
	return ce && slices.Contains([]int{15, 17, 19, 32, 37}, id[3])
}

// Vouch tells whether a chain leads from the certificate to an anchor, at a time when the certificate is valid:
// [ErrInvalid] when none does.
func (t Trust) Vouch(certificate *x509.Certificate) error {
	if _, refused := t.chain(certificate, nil, certificate.NotBefore); refused != nil {
		return fmt.Errorf("%w: certificate of %s: %s", ErrInvalid, certificate.Subject, refused.code)
	}
	return nil
}

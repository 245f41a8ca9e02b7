package signing

import (
	"bytes"
	"crypto/x509"
	"math/big"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// maxCRLBytes bounds a revocation list. The NCA's full ones are some tens of megabytes.
const maxCRLBytes = 128 << 20

// Extensions of lists and their entries, RFC 5280 section 5.
const (
	oidCRLNumber      = "2.5.29.20"
	oidReasonCode     = "2.5.29.21"
	oidInvalidityDate = "2.5.29.24"
	oidDeltaCRL       = "2.5.29.27"
	oidIssuingPoint   = "2.5.29.28"
	oidAuthorityKeyID = "2.5.29.35"
)

// Reasons of a revocation that are judged apart, RFC 5280 section 5.3.1.
const (
	reasonKeyCompromise = 1
	reasonCACompromise  = 2
	reasonHold          = 6
	reasonRemove        = 8
	reasonAACompromise  = 10
)

// CRL is a list of revoked certificates (RFC 5280), complete or delta. It has been read, and
// nothing in it is believed before it has been checked against its issuer.
//
// Reading takes time linear in its size and memory for one copy of it, which the caller gives up.
type CRL struct {
	// Issued and Next are thisUpdate and nextUpdate.
	Issued, Next time.Time
	// Number counts the lists of the issuer. Base is the number of the complete list that a delta
	// builds on, nil for a complete one.
	Number, Base *big.Int

	raw       []byte
	tbs       []byte
	issuer    []byte // DER of the name
	keyID     []byte // of the issuer's key, nil when not told
	algorithm algorithm
	signature []byte
	entries   cryptobyte.String
	scope     crlScope
	seal      seal
}

// crlScope is what issuingDistributionPoint narrows a list to.
type crlScope struct {
	onlyUsers, onlyAuthorities bool
	places                     []string // URIs of the distribution point; nil means everywhere
}

// revoked is the entry of a certificate.
type revoked struct {
	at      time.Time
	reason  int
	invalid time.Time // invalidityDate, zero when not told
}

// since is the time from which the certificate doesn't count: when the authority knows that it went
// bad before it was revoked, that earlier time.
func (r revoked) since() time.Time {
	if !r.invalid.IsZero() && r.invalid.Before(r.at) {
		return r.invalid
	}
	return r.at
}

// compromised tells whether the reason is that the key is in other hands.
func (r revoked) compromised() bool {
	return r.reason == reasonKeyCompromise || r.reason == reasonCACompromise || r.reason == reasonAACompromise
}

// ParseCRL reads a list in DER, of at most 128 MiB. Indirect lists, lists of some reasons only and
// unknown critical extensions are refused. The error is a [RefusedError].
func ParseCRL(der []byte) (*CRL, error) {
	c, refused := readCRL(der)
	if refused != nil {
		return nil, refused.err("reading a revocation list")
	}
	return c, nil
}

// ReadCRL is [ParseCRL] of a list that has just been fetched: it must be the authority's, and in
// force at the time now.
func ReadCRL(der []byte, authority *x509.Certificate, now time.Time) (*CRL, error) {
	c, refused := readCRL(der)
	if refused == nil {
		refused = c.checkIssuer(authority)
	}
	switch {
	case refused != nil:
	case c.Issued.After(now.Add(clockSkew)):
		refused = refuse("crl_future")
	case now.After(c.Next):
		refused = refuse("crl_stale")
	}
	if refused != nil {
		return nil, refused.err("reading a revocation list")
	}
	return c, nil
}

// Raw is the list as it was read.
func (c *CRL) Raw() []byte { return c.raw }

func readCRL(der cryptobyte.String) (*CRL, *refusal) {
	malformed := refuse("crl_malformed")
	if len(der) > maxCRLBytes {
		return nil, refuse("crl_too_large")
	}
	c := &CRL{raw: der}
	var list, tbs cryptobyte.String
	if !der.ReadASN1(&list, asn1.SEQUENCE) || !der.Empty() || !list.ReadASN1Element(&tbs, asn1.SEQUENCE) {
		return nil, malformed
	}
	c.tbs = tbs
	outside, ok := readAlgorithm(&list)
	if !ok {
		return nil, malformed
	}
	if c.signature, ok = readBits(&list); !ok || !list.Empty() {
		return nil, malformed
	}
	// parameters aren't compared: the NCA leaves them out inside and writes NULL outside
	c.algorithm = outside
	return c, c.readBody(tbs)
}

// readBody reads TBSCertList.
func (c *CRL) readBody(element cryptobyte.String) *refusal {
	malformed := refuse("crl_malformed")
	var tbs, issuer cryptobyte.String
	var version int
	if !element.ReadASN1(&tbs, asn1.SEQUENCE) || !tbs.ReadASN1Integer(&version) || version != 1 {
		return malformed
	}
	inside, ok := readAlgorithm(&tbs)
	if !ok || inside.oid != c.algorithm.oid || !tbs.ReadASN1Element(&issuer, asn1.SEQUENCE) {
		return malformed
	}
	c.issuer = issuer
	if c.Issued, ok = readTime(&tbs); !ok {
		return malformed
	}
	if !tbs.PeekASN1Tag(asn1.UTCTime) && !tbs.PeekASN1Tag(asn1.GeneralizedTime) {
		return refuse("crl_no_next")
	}
	if c.Next, ok = readTime(&tbs); !ok || c.Next.Before(c.Issued) {
		return malformed
	}
	if tbs.PeekASN1Tag(asn1.SEQUENCE) && !tbs.ReadASN1(&c.entries, asn1.SEQUENCE) {
		return malformed
	}
	var wrapped cryptobyte.String
	if !tbs.ReadASN1(&wrapped, contextTag(0)) || !tbs.Empty() {
		return malformed
	}
	extensions, ok := readExtensions(&wrapped)
	if !ok || !wrapped.Empty() {
		return malformed
	}
	if refused := c.takeExtensions(extensions); refused != nil {
		return refused
	}
	return c.scan()
}

func (c *CRL) takeExtensions(list []extension) *refusal {
	for _, e := range list {
		value := e.value
		ok := true
		switch e.oid {
		case oidCRLNumber:
			c.Number = new(big.Int)
			ok = value.ReadASN1Integer(c.Number) && value.Empty()
		case oidDeltaCRL:
			c.Base = new(big.Int)
			ok = value.ReadASN1Integer(c.Base) && value.Empty()
		case oidAuthorityKeyID:
			c.keyID, ok = readKeyID(value)
		case oidIssuingPoint:
			if refused := c.scope.read(value); refused != nil {
				return refused
			}
		default:
			if e.critical {
				return refuse("crl_critical")
			}
		}
		if !ok {
			return refuse("crl_malformed")
		}
	}
	if c.Number == nil || c.Number.Sign() < 0 {
		return refuse("crl_no_number")
	}
	if c.Base != nil && (c.Base.Sign() < 0 || c.Base.Cmp(c.Number) > 0) {
		return refuse("crl_malformed")
	}
	return nil
}

// readKeyID reads keyIdentifier of AuthorityKeyIdentifier, nil when there is none.
func readKeyID(value cryptobyte.String) ([]byte, bool) {
	var body, id cryptobyte.String
	var present bool
	if !value.ReadASN1(&body, asn1.SEQUENCE) || !value.Empty() ||
		!body.ReadOptionalASN1(&id, &present, asn1.Tag(0).ContextSpecific()) {
		return nil, false
	}
	if !present {
		return nil, true
	}
	return id, true
}

// read reads IssuingDistributionPoint, RFC 5280 section 5.2.5.
func (s *crlScope) read(value cryptobyte.String) *refusal {
	malformed := refuse("crl_malformed")
	var body, point cryptobyte.String
	var named bool
	if !value.ReadASN1(&body, asn1.SEQUENCE) || !value.Empty() || !body.ReadOptionalASN1(&point, &named, contextTag(0)) {
		return malformed
	}
	if named {
		var ok bool
		if s.places, ok = readPlaces(point); !ok {
			return malformed
		}
		if len(s.places) == 0 {
			return refuse("crl_scope") // named in a way that no certificate of the NCA does
		}
	}
	for !body.Empty() {
		var flag cryptobyte.String
		var tag asn1.Tag
		if !body.ReadAnyASN1(&flag, &tag) {
			return malformed
		}
		set := len(flag) == 1 && flag[0] != 0
		switch tag {
		case asn1.Tag(1).ContextSpecific():
			s.onlyUsers = set
		case asn1.Tag(2).ContextSpecific():
			s.onlyAuthorities = set
		case asn1.Tag(4).ContextSpecific():
			if set {
				return refuse("crl_indirect")
			}
		default: // some reasons only, attribute certificates
			return refuse("crl_scope")
		}
	}
	return nil
}

// readPlaces gives the URIs of fullName in DistributionPointName.
func readPlaces(point cryptobyte.String) ([]string, bool) {
	const most = 16
	var names cryptobyte.String
	if !point.PeekASN1Tag(contextTag(0)) {
		return nil, true // nameRelativeToCRLIssuer
	}
	if !point.ReadASN1(&names, contextTag(0)) || !point.Empty() {
		return nil, false
	}
	var places []string
	for n := 0; !names.Empty(); n++ {
		var name cryptobyte.String
		var tag asn1.Tag
		if n == most || !names.ReadAnyASN1(&name, &tag) {
			return nil, false
		}
		if tag == asn1.Tag(6).ContextSpecific() {
			places = append(places, string(name))
		}
	}
	return places, true
}

// scan walks through all entries once, so that a later search finds nothing that it can't read.
func (c *CRL) scan() *refusal {
	for rest := c.entries; !rest.Empty(); {
		var entry, serial, at cryptobyte.String
		var tag asn1.Tag
		if !rest.ReadASN1(&entry, asn1.SEQUENCE) || !entry.ReadASN1(&serial, asn1.INTEGER) || !entry.ReadAnyASN1(&at, &tag) {
			return refuse("crl_malformed")
		}
		if entry.Empty() {
			continue
		}
		if refused := scanEntry(entry); refused != nil {
			return refused
		}
	}
	return nil
}

// scanEntry looks through the extensions of an entry. There may be millions of them, so nothing is
// kept.
func scanEntry(rest cryptobyte.String) *refusal {
	var list cryptobyte.String
	if !rest.ReadASN1(&list, asn1.SEQUENCE) || !rest.Empty() {
		return refuse("crl_malformed")
	}
	for !list.Empty() {
		var one, kind, value cryptobyte.String
		var critical bool
		if !list.ReadASN1(&one, asn1.SEQUENCE) || !one.ReadASN1(&kind, asn1.OBJECT_IDENTIFIER) ||
			one.PeekASN1Tag(asn1.BOOLEAN) && !one.ReadASN1Boolean(&critical) ||
			!one.ReadASN1(&value, asn1.OCTET_STRING) || !one.Empty() {
			return refuse("crl_malformed")
		}
		switch string(kind) {
		case "\x55\x1d\x15", "\x55\x1d\x18": // reasonCode, invalidityDate
		case "\x55\x1d\x1d": // certificateIssuer
			return refuse("crl_indirect")
		default:
			if critical {
				return refuse("crl_critical")
			}
		}
	}
	return nil
}

// find looks the serial number up. It takes time linear in the list.
func (c *CRL) find(serial *big.Int) (revoked, bool, *refusal) {
	wanted := serial.Bytes()
	for rest := c.entries; !rest.Empty(); {
		var entry, number cryptobyte.String
		if !rest.ReadASN1(&entry, asn1.SEQUENCE) || !entry.ReadASN1(&number, asn1.INTEGER) {
			return revoked{}, false, refuse("crl_malformed")
		}
		if len(number) == 0 || number[0]&0x80 != 0 || !bytes.Equal(bytes.TrimLeft(number, "\x00"), wanted) {
			continue
		}
		r, ok := readRevoked(entry)
		if !ok {
			return revoked{}, false, refuse("crl_malformed")
		}
		return r, true, nil
	}
	return revoked{}, false, nil
}

// readRevoked reads what follows the serial number in an entry.
func readRevoked(entry cryptobyte.String) (r revoked, ok bool) {
	if r.at, ok = readTime(&entry); !ok {
		return r, false
	}
	if entry.Empty() {
		return r, true
	}
	extensions, ok := readExtensions(&entry)
	if !ok {
		return r, false
	}
	for _, e := range extensions {
		value := e.value
		switch e.oid {
		case oidReasonCode:
			ok = value.ReadASN1Enum(&r.reason) && value.Empty()
		case oidInvalidityDate:
			r.invalid, ok = readGeneralizedTime(&value)
		}
		if !ok {
			return r, false
		}
	}
	return r, true
}

// checkIssuer checks that the authority may issue lists and has signed this one. Signatures are
// checked over the bytes as they came.
func (c *CRL) checkIssuer(authority *x509.Certificate) *refusal {
	switch {
	case !c.isOf(authority):
		return refuse("crl_other_issuer")
	case authority.KeyUsage != 0 && authority.KeyUsage&x509.KeyUsageCRLSign == 0:
		return refuse("crl_not_entitled")
	}
	return c.seal.check(authority, func() *refusal {
		if verifyRaw(authority, c.algorithm, c.tbs, c.signature) != nil {
			return refuse("crl_signature")
		}
		return nil
	})
}

// isOf tells whether the list says that it is the authority's.
func (c *CRL) isOf(authority *x509.Certificate) bool {
	return bytes.Equal(c.issuer, authority.RawSubject) &&
		(len(c.keyID) == 0 || len(authority.SubjectKeyId) == 0 || bytes.Equal(c.keyID, authority.SubjectKeyId))
}

// covers tells whether the list speaks of certificates like this one.
func (c *CRL) covers(certificate *x509.Certificate) bool {
	switch {
	case c.scope.onlyUsers && certificate.IsCA, c.scope.onlyAuthorities && !certificate.IsCA:
		return false
	case c.scope.places == nil:
		return true
	}
	return slices.ContainsFunc(certificate.CRLDistributionPoints, func(place string) bool {
		return slices.Contains(c.scope.places, place)
	})
}

// continues tells whether the delta can be applied to the complete list, RFC 5280 section 5.2.4.
func (c *CRL) continues(complete *CRL) bool {
	return c.Base != nil && complete.Base == nil && bytes.Equal(c.issuer, complete.issuer) &&
		complete.Number.Cmp(c.Base) >= 0 && complete.Number.Cmp(c.Number) <= 0 &&
		slices.Equal(c.scope.places, complete.scope.places) &&
		c.scope.onlyUsers == complete.scope.onlyUsers && c.scope.onlyAuthorities == complete.scope.onlyAuthorities
}

package signing

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"hash"
	"math/big"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Bounds of an answer.
const (
	maxOCSPBytes   = 1 << 20
	maxOCSPSingles = 64
)

// Clocks that disagree, and answers that name no end of their force.
const (
	// clockSkew is how far the clock of an authority may be ahead of ours.
	clockSkew = 5 * time.Minute
	// freshFor is how long an answer counts that says nothing of a next one, like the NCA's.
	freshFor = 24 * time.Hour
)

// Identifiers of RFC 6960.
const (
	oidOCSPBasic = "1.3.6.1.5.5.7.48.1.1"
	oidOCSPNonce = "1.3.6.1.5.5.7.48.1.2"
)

// OCSPAnswer is an authority's word on whether certificates are revoked (RFC 6960). It has been
// read, and nothing in it is believed before it has been checked against the authority.
type OCSPAnswer struct {
	// Produced is when the answer was signed.
	Produced time.Time

	raw          []byte // DER of BasicOCSPResponse
	tbs          []byte
	algorithm    algorithm
	signature    []byte
	certificates []*x509.Certificate
	name         []byte // the responder's name, or
	keyHash      []byte // SHA-1 of its key
	singles      []ocspSingle
	nonce        []byte
	seal         seal
}

// ocspStatus is the CHOICE of CertStatus.
type ocspStatus uint8

const (
	statusGood ocspStatus = iota
	statusRevoked
	statusUnknown
)

// ocspSingle is the answer on one certificate.
type ocspSingle struct {
	id      certID
	status  ocspStatus
	revoked revoked
	this    time.Time
	next    time.Time // zero when not told
}

// certID names a certificate by its issuer and serial number.
type certID struct {
	hash      algorithm
	name, key []byte // the hashes of the issuer's name and key
	serial    *big.Int
}

// ParseOCSPAnswer reads an OCSPResponse, or the BasicOCSPResponse that CAdES keeps of it, in DER
// and of at most 1 MiB. The error is a [RefusedError]: the service may say in it why it has no
// answer.
func ParseOCSPAnswer(der []byte) (*OCSPAnswer, error) {
	a, refused := readOCSP(der)
	if refused != nil {
		return nil, refused.err("reading a revocation answer")
	}
	return a, nil
}

// Raw is the BasicOCSPResponse.
func (a *OCSPAnswer) Raw() []byte { return a.raw }

func readOCSP(in cryptobyte.String) (*OCSPAnswer, *refusal) {
	malformed := refuse("ocsp_malformed")
	if len(in) > maxOCSPBytes {
		return nil, refuse("ocsp_too_large")
	}
	whole := in
	var response, explicit, body, basic cryptobyte.String
	if !in.ReadASN1(&response, asn1.SEQUENCE) || !in.Empty() {
		return nil, malformed
	}
	if !response.PeekASN1Tag(asn1.ENUM) {
		return readBasic(whole)
	}
	var status int
	if !response.ReadASN1Enum(&status) {
		return nil, malformed
	}
	switch status {
	case 0:
	case 3:
		return nil, refuse("ocsp_try_later")
	case 5, 6:
		return nil, refuse("ocsp_denied")
	default:
		return nil, refuse("ocsp_no_answer")
	}
	if !response.ReadASN1(&explicit, contextTag(0)) || !response.Empty() || !explicit.ReadASN1(&body, asn1.SEQUENCE) || !explicit.Empty() {
		return nil, malformed
	}
	if kind, ok := readOID(&body); !ok || kind != oidOCSPBasic || !body.ReadASN1(&basic, asn1.OCTET_STRING) || !body.Empty() {
		return nil, malformed
	}
	return readBasic(basic)
}

// readBasic reads BasicOCSPResponse.
func readBasic(in cryptobyte.String) (*OCSPAnswer, *refusal) {
	malformed := refuse("ocsp_malformed")
	a := &OCSPAnswer{raw: in}
	var basic, tbs cryptobyte.String
	if !in.ReadASN1(&basic, asn1.SEQUENCE) || !in.Empty() || !basic.ReadASN1Element(&tbs, asn1.SEQUENCE) {
		return nil, malformed
	}
	a.tbs = tbs
	algorithm, ok := readAlgorithm(&basic)
	if !ok {
		return nil, malformed
	}
	a.algorithm = algorithm
	if a.signature, ok = readBits(&basic); !ok {
		return nil, malformed
	}
	if !basic.Empty() {
		var explicit, list cryptobyte.String
		if !basic.ReadASN1(&explicit, contextTag(0)) || !basic.Empty() || !explicit.ReadASN1(&list, asn1.SEQUENCE) || !explicit.Empty() {
			return nil, malformed
		}
		if a.certificates, ok = readCertificates(list); !ok {
			return nil, malformed
		}
	}
	return a, a.readBody(tbs)
}

// readCertificates reads certificates one after the other.
func readCertificates(list cryptobyte.String) ([]*x509.Certificate, bool) {
	var found []*x509.Certificate
	for !list.Empty() {
		var one cryptobyte.String
		if len(found) == maxCertificates || !list.ReadASN1Element(&one, asn1.SEQUENCE) {
			return nil, false
		}
		certificate, err := x509.ParseCertificate(one)
		if err != nil {
			return nil, false
		}
		found = append(found, certificate)
	}
	return found, true
}

// readBody reads ResponseData.
func (a *OCSPAnswer) readBody(element cryptobyte.String) *refusal {
	malformed := refuse("ocsp_malformed")
	var data, singles cryptobyte.String
	if !element.ReadASN1(&data, asn1.SEQUENCE) || !data.SkipOptionalASN1(contextTag(0)) || !a.readResponder(&data) {
		return malformed
	}
	var ok bool
	if a.Produced, ok = readGeneralizedTime(&data); !ok || !data.ReadASN1(&singles, asn1.SEQUENCE) {
		return malformed
	}
	for !singles.Empty() {
		if len(a.singles) == maxOCSPSingles {
			return refuse("ocsp_too_large")
		}
		single, refused := readSingle(&singles)
		if refused != nil {
			return refused
		}
		a.singles = append(a.singles, single)
	}
	if data.Empty() {
		return nil
	}
	var explicit cryptobyte.String
	if !data.ReadASN1(&explicit, contextTag(1)) || !data.Empty() {
		return malformed
	}
	extensions, ok := readExtensions(&explicit)
	if !ok || !explicit.Empty() {
		return malformed
	}
	for _, e := range extensions {
		switch {
		case e.oid == oidOCSPNonce:
			a.nonce = e.value
		case e.critical:
			return refuse("ocsp_critical")
		}
	}
	return nil
}

// readResponder reads ResponderID.
func (a *OCSPAnswer) readResponder(data *cryptobyte.String) bool {
	var explicit, value cryptobyte.String
	if data.PeekASN1Tag(contextTag(1)) {
		ok := data.ReadASN1(&explicit, contextTag(1)) && explicit.ReadASN1Element(&value, asn1.SEQUENCE) && explicit.Empty()
		a.name = value
		return ok
	}
	ok := data.ReadASN1(&explicit, contextTag(2)) && explicit.ReadASN1(&value, asn1.OCTET_STRING) && explicit.Empty()
	a.keyHash = value
	return ok
}

func readSingle(in *cryptobyte.String) (s ocspSingle, refused *refusal) {
	malformed := refuse("ocsp_malformed")
	var single cryptobyte.String
	if !in.ReadASN1(&single, asn1.SEQUENCE) || !s.id.read(&single) || !s.readStatus(&single) {
		return s, malformed
	}
	var ok bool
	if s.this, ok = readGeneralizedTime(&single); !ok {
		return s, malformed
	}
	if single.PeekASN1Tag(contextTag(0)) {
		var explicit cryptobyte.String
		if !single.ReadASN1(&explicit, contextTag(0)) {
			return s, malformed
		}
		if s.next, ok = readGeneralizedTime(&explicit); !ok || !explicit.Empty() || s.next.Before(s.this) {
			return s, malformed
		}
	}
	if single.Empty() {
		return s, nil
	}
	var explicit cryptobyte.String
	if !single.ReadASN1(&explicit, contextTag(1)) || !single.Empty() {
		return s, malformed
	}
	extensions, ok := readExtensions(&explicit)
	if !ok || !explicit.Empty() {
		return s, malformed
	}
	if slices.ContainsFunc(extensions, func(e extension) bool { return e.critical }) {
		return s, refuse("ocsp_critical")
	}
	return s, nil
}

func (s *ocspSingle) readStatus(in *cryptobyte.String) bool {
	var value cryptobyte.String
	var tag asn1.Tag
	if !in.ReadAnyASN1(&value, &tag) {
		return false
	}
	switch tag {
	case asn1.Tag(0).ContextSpecific():
		s.status = statusGood
		return value.Empty()
	case asn1.Tag(2).ContextSpecific():
		s.status = statusUnknown
		return value.Empty()
	case contextTag(1):
		s.status = statusRevoked
		var ok bool
		if s.revoked.at, ok = readGeneralizedTime(&value); !ok {
			return false
		}
		if value.Empty() {
			return true
		}
		var explicit cryptobyte.String
		return value.ReadASN1(&explicit, contextTag(0)) && value.Empty() && explicit.ReadASN1Enum(&s.revoked.reason) && explicit.Empty()
	}
	return false
}

func (id *certID) read(in *cryptobyte.String) bool {
	var body, name, key cryptobyte.String
	if !in.ReadASN1(&body, asn1.SEQUENCE) {
		return false
	}
	hash, ok := readAlgorithm(&body)
	id.serial = new(big.Int)
	if !ok || !body.ReadASN1(&name, asn1.OCTET_STRING) || !body.ReadASN1(&key, asn1.OCTET_STRING) ||
		!body.ReadASN1Integer(id.serial) || !body.Empty() {
		return false
	}
	id.hash, id.name, id.key = hash, name, key
	return true
}

// names tells whether it is the certificate that the authority has issued. Any hash that this
// package knows will do, SHA-1 too: it tells authorities apart and proves nothing.
func (id *certID) names(certificate, authority *x509.Certificate) bool {
	newHash := hashOfID(id.hash)
	key, ok := publicKeyBits(authority)
	if newHash == nil || !ok || id.serial.Cmp(certificate.SerialNumber) != 0 {
		return false
	}
	h := newHash()
	h.Write(authority.RawSubject)
	if !bytes.Equal(h.Sum(nil), id.name) {
		return false
	}
	h.Reset()
	h.Write(key)
	return bytes.Equal(h.Sum(nil), id.key)
}

// hashOfID is a hash that certificates are named by, nil for others.
func hashOfID(a algorithm) func() hash.Hash {
	if a.oid == oidSHA1 {
		return sha1.New
	}
	found, refused := newHash(a)
	if refused != nil {
		return nil
	}
	return found
}

// publicKeyBits is what the BIT STRING of SubjectPublicKeyInfo holds.
func publicKeyBits(certificate *x509.Certificate) ([]byte, bool) {
	info := cryptobyte.String(certificate.RawSubjectPublicKeyInfo)
	var body cryptobyte.String
	if !info.ReadASN1(&body, asn1.SEQUENCE) {
		return nil, false
	}
	if _, ok := readAlgorithm(&body); !ok {
		return nil, false
	}
	return readBits(&body)
}

// checkResponder checks that the authority itself, or one whom it has entitled to, signed the
// answer (RFC 6960, section 4.2.2.2).
//
// Whether the delegate's own certificate is revoked is left to us by RFC 6960, section 4.2.2.2.1, where
// it lacks id-pkix-ocsp-nocheck, and told not to be asked where it has it. Nobody is asked here in
// either case: who could answer is the delegate itself. But a list at hand that revokes it counts in
// either case too, see [Evidence].
func (a *OCSPAnswer) checkResponder(authority *x509.Certificate) *refusal {
	return a.seal.check(authority, func() *refusal {
		responder, refused := a.responder(authority)
		if refused != nil {
			return refused
		}
		if verifyRaw(responder, a.algorithm, a.tbs, a.signature) != nil {
			return refuse("ocsp_signature")
		}
		return nil
	})
}

// signedBy checks that the authority's key signed the certificate.
func signedBy(certificate, authority *x509.Certificate) *refusal {
	algorithm, ok := signatureAlgorithmOf(certificate)
	if !ok {
		return refuse("chain_broken")
	}
	return verifyRaw(authority, algorithm, certificate.RawTBSCertificate, certificate.Signature)
}

func (a *OCSPAnswer) responder(authority *x509.Certificate) (*x509.Certificate, *refusal) {
	if a.isBy(authority) {
		return authority, nil
	}
	c := a.delegate(authority)
	switch {
	case c == nil, !bytes.Equal(c.RawIssuer, authority.RawSubject), signedBy(c, authority) != nil:
		return nil, refuse("ocsp_other_issuer")
	case !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning),
		c.KeyUsage != 0 && c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0:
		return nil, refuse("ocsp_not_entitled")
	case strange(c):
		return nil, refuse("ocsp_critical")
	case a.Produced.Before(c.NotBefore), a.Produced.After(c.NotAfter):
		return nil, refuse("ocsp_responder_expired")
	}
	return c, nil
}

// delegate is the certificate of whom the answer says that it is, nil for the authority itself and
// where there is none.
func (a *OCSPAnswer) delegate(authority *x509.Certificate) *x509.Certificate {
	if a.isBy(authority) {
		return nil
	}
	for _, c := range a.certificates {
		if a.isBy(c) {
			return c
		}
	}
	return nil
}

// isBy tells whether the answer says that it is the certificate's owner's.
func (a *OCSPAnswer) isBy(c *x509.Certificate) bool {
	if a.name != nil {
		return bytes.Equal(a.name, c.RawSubject)
	}
	key, ok := publicKeyBits(c)
	sum := sha1.Sum(key)
	return ok && bytes.Equal(a.keyHash, sum[:])
}

// about gives the answer on the certificate.
func (a *OCSPAnswer) about(certificate, authority *x509.Certificate) (ocspSingle, *refusal) {
	for _, s := range a.singles {
		if s.id.names(certificate, authority) {
			return s, nil
		}
	}
	return ocspSingle{}, refuse("ocsp_other_certificate")
}

// end is the time up to which the answer counts.
func (s ocspSingle) end() time.Time {
	if s.next.IsZero() {
		return s.this.Add(freshFor)
	}
	return s.next
}

// OCSPRequest asks whether a certificate is revoked.
type OCSPRequest struct {
	certificate, authority *x509.Certificate
	nonce                  []byte
}

// NewOCSPRequest asks about the certificate that the authority has issued. The nonce, 16 to 32
// random bytes, makes an old answer worthless; nil for services that keep ready-made answers.
func NewOCSPRequest(certificate, authority *x509.Certificate, nonce []byte) *OCSPRequest {
	return &OCSPRequest{certificate, authority, nonce}
}

// Bytes is the request in DER, with a CertID by SHA-256.
func (r *OCSPRequest) Bytes() ([]byte, error) {
	key, ok := publicKeyBits(r.authority)
	if !ok {
		return nil, refuse("ocsp_malformed").err("asking whether a certificate is revoked")
	}
	name, keySum := sha256.Sum256(r.authority.RawSubject), sha256.Sum256(key)
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { // TBSRequest
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { // requestList
				b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { // CertID
						b.AddBytes(identifier(oidSHA256, false))
						b.AddASN1OctetString(name[:])
						b.AddASN1OctetString(keySum[:])
						b.AddASN1BigInt(r.certificate.SerialNumber)
					})
				})
			})
			r.addNonce(b)
		})
	})
	return b.Bytes()
}

func (r *OCSPRequest) addNonce(b *cryptobyte.Builder) {
	if r.nonce == nil {
		return
	}
	b.AddASN1(contextTag(2), func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(numbers(oidOCSPNonce))
				b.AddASN1(asn1.OCTET_STRING, func(b *cryptobyte.Builder) { b.AddASN1OctetString(r.nonce) })
			})
		})
	})
}

// Read takes in the answer at the time now: it must be by the authority or its delegate, about the
// certificate, of now, and carry the nonce. What it says is for [Verify] to judge. The error is a
// [RefusedError].
func (r *OCSPRequest) Read(der []byte, now time.Time) (*OCSPAnswer, error) {
	a, refused := readOCSP(der)
	if refused == nil {
		refused = r.check(a, now)
	}
	if refused != nil {
		return nil, refused.err("asking whether a certificate is revoked")
	}
	return a, nil
}

func (r *OCSPRequest) check(a *OCSPAnswer, now time.Time) *refusal {
	if refused := a.checkResponder(r.authority); refused != nil {
		return refused
	}
	single, refused := a.about(r.certificate, r.authority)
	if refused != nil {
		return refused
	}
	latest := now.Add(clockSkew)
	switch {
	case r.nonce != nil && !a.carries(r.nonce):
		return refuse("ocsp_nonce")
	case single.this.After(latest), a.Produced.After(latest):
		return refuse("ocsp_future")
	case now.After(single.end().Add(clockSkew)):
		return refuse("ocsp_stale")
	}
	return nil
}

// carries tells whether the answer has the nonce, in the OCTET STRING that RFC 8954 wants or bare,
// as older responders have it.
func (a *OCSPAnswer) carries(nonce []byte) bool {
	value := cryptobyte.String(a.nonce)
	var inner cryptobyte.String
	if value.ReadASN1(&inner, asn1.OCTET_STRING) && value.Empty() && bytes.Equal(inner, nonce) {
		return true
	}
	return bytes.Equal(a.nonce, nonce)
}

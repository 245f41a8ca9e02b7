package signing

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Bounds of a timestamp: real ones hold a few certificates.
const (
	maxStampBytes    = 1 << 20
	maxStampElements = 1 << 14
)

// Identifiers of RFC 3161 and RFC 5280.
const (
	oidTSTInfo         = "1.2.840.113549.1.9.16.1.4"
	oidExtKeyUsage     = "2.5.29.37"
	oidKeyTimeStamping = "1.3.6.1.5.5.7.3.8"
)

// Stamp is a timestamp token (RFC 3161): an authority's word that some bytes were there at a time.
// It has been read, and nothing in it is believed before it has been checked.
type Stamp struct {
	// At is the time that the authority has witnessed, genTime.
	At time.Time

	raw          []byte
	certificates []*x509.Certificate
	signer       stampSigner
	info         []byte // TSTInfo, what the authority signed
	policy       string
	hash         algorithm
	imprint      []byte
	nonce        *big.Int // nil when there is none
}

// stampSigner is the one SignerInfo of a token.
type stampSigner struct {
	issuer     []byte // DER of the name, with serial; or
	serial     *big.Int
	keyID      []byte
	digest     algorithm
	algorithm  algorithm
	attributes []byte // as SET OF
	signature  []byte
	values     map[string]cryptobyte.String
}

// ParseStamp reads a token, in BER or DER and of at most 1 MiB. The error is a [RefusedError].
func ParseStamp(ber []byte) (*Stamp, error) {
	s, refused := readStamp(ber)
	if refused != nil {
		return nil, refused.err("reading a timestamp")
	}
	return s, nil
}

// Raw is the token in DER.
func (s *Stamp) Raw() []byte { return s.raw }

func readStamp(ber []byte) (*Stamp, *refusal) {
	der, err := normalise(ber, limits{maxStampBytes, maxCMSDepth, maxStampElements})
	if err != nil {
		return nil, refuse("stamp_malformed")
	}
	s := &Stamp{raw: der}
	if refused := s.readToken(der); refused != nil {
		return nil, refused
	}
	return s, s.readInfo(s.info)
}

// readToken reads ContentInfo with SignedData around TSTInfo.
func (s *Stamp) readToken(in cryptobyte.String) *refusal {
	malformed := refuse("stamp_malformed")
	var info, explicit, data, content, octets, bundle, signers, signer cryptobyte.String
	if !in.ReadASN1(&info, asn1.SEQUENCE) || !in.Empty() {
		return malformed
	}
	if kind, ok := readOID(&info); !ok || kind != oidSignedData {
		return malformed
	}
	if !info.ReadASN1(&explicit, contextTag(0)) || !info.Empty() ||
		!explicit.ReadASN1(&data, asn1.SEQUENCE) || !explicit.Empty() ||
		!data.SkipASN1(asn1.INTEGER) || !data.SkipASN1(asn1.SET) || !data.ReadASN1(&content, asn1.SEQUENCE) {
		return malformed
	}
	if kind, ok := readOID(&content); !ok || kind != oidTSTInfo {
		return refuse("stamp_content")
	}
	if !content.ReadASN1(&octets, contextTag(0)) || !content.Empty() ||
		!octets.ReadASN1((*cryptobyte.String)(&s.info), asn1.OCTET_STRING) || !octets.Empty() ||
		!data.ReadOptionalASN1(&bundle, nil, contextTag(0)) || !data.SkipOptionalASN1(contextTag(1)) ||
		!data.ReadASN1(&signers, asn1.SET) || !data.Empty() || !signers.ReadASN1(&signer, asn1.SEQUENCE) {
		return malformed
	}
	if !signers.Empty() {
		return refuse("stamp_signers")
	}
	var ok bool
	if s.certificates, ok = readCertificates(bundle); !ok {
		return malformed
	}
	return s.signer.read(signer)
}

// read reads SignerInfo; signed attributes must be there.
func (s *stampSigner) read(in cryptobyte.String) *refusal {
	malformed := refuse("stamp_malformed")
	if !in.SkipASN1(asn1.INTEGER) || !s.readID(&in) {
		return malformed
	}
	digest, ok := readAlgorithm(&in)
	var attributes, signature cryptobyte.String
	if !ok || !in.ReadASN1Element(&attributes, contextTag(0)) {
		return malformed
	}
	algorithm, ok := readAlgorithm(&in)
	if !ok || !in.ReadASN1(&signature, asn1.OCTET_STRING) || !in.SkipOptionalASN1(contextTag(1)) || !in.Empty() {
		return malformed
	}
	s.digest, s.algorithm, s.signature = digest, algorithm, signature
	s.attributes = bytes.Clone(attributes)
	s.attributes[0] = byte(asn1.SET)
	return s.readAttributes(s.attributes)
}

// readID reads SignerIdentifier in both its forms.
func (s *stampSigner) readID(in *cryptobyte.String) bool {
	if in.PeekASN1Tag(asn1.Tag(0).ContextSpecific()) {
		return in.ReadASN1((*cryptobyte.String)(&s.keyID), asn1.Tag(0).ContextSpecific())
	}
	var id cryptobyte.String
	s.serial = new(big.Int)
	return in.ReadASN1(&id, asn1.SEQUENCE) && id.ReadASN1Element((*cryptobyte.String)(&s.issuer), asn1.SEQUENCE) &&
		id.ReadASN1Integer(s.serial) && id.Empty()
}

func (s *stampSigner) readAttributes(set cryptobyte.String) *refusal {
	malformed := refuse("stamp_malformed")
	var list cryptobyte.String
	if !set.ReadASN1(&list, asn1.SET) {
		return malformed
	}
	s.values = map[string]cryptobyte.String{}
	for !list.Empty() {
		var attribute, values, value cryptobyte.String
		var tag asn1.Tag
		if len(s.values) == maxAttributes || !list.ReadASN1(&attribute, asn1.SEQUENCE) {
			return malformed
		}
		kind, ok := readOID(&attribute)
		if !ok || !attribute.ReadASN1(&values, asn1.SET) || !attribute.Empty() ||
			!values.ReadAnyASN1Element(&value, &tag) || !values.Empty() {
			return malformed
		}
		if _, twice := s.values[kind]; twice {
			return malformed
		}
		s.values[kind] = value
	}
	return nil
}

// readInfo reads TSTInfo, RFC 3161 section 2.4.2.
func (s *Stamp) readInfo(in cryptobyte.String) *refusal {
	malformed := refuse("stamp_malformed")
	var info, imprint, sum cryptobyte.String
	var version int
	if !in.ReadASN1(&info, asn1.SEQUENCE) || !in.Empty() || !info.ReadASN1Integer(&version) || version != 1 {
		return malformed
	}
	var ok bool
	if s.policy, ok = readOID(&info); !ok || !info.ReadASN1(&imprint, asn1.SEQUENCE) {
		return malformed
	}
	hash, ok := readAlgorithm(&imprint)
	if !ok || !imprint.ReadASN1(&sum, asn1.OCTET_STRING) || !imprint.Empty() || !info.SkipASN1(asn1.INTEGER) {
		return malformed
	}
	s.hash, s.imprint = hash, sum
	if s.At, ok = readGeneralizedTime(&info); !ok {
		return malformed
	}
	// accuracy and ordering
	if !info.SkipOptionalASN1(asn1.SEQUENCE) || !info.SkipOptionalASN1(asn1.BOOLEAN) {
		return malformed
	}
	if info.PeekASN1Tag(asn1.INTEGER) {
		s.nonce = new(big.Int)
		if !info.ReadASN1Integer(s.nonce) {
			return malformed
		}
	}
	var wrapped cryptobyte.String
	var present bool
	if !info.SkipOptionalASN1(contextTag(0)) || !info.ReadOptionalASN1(&wrapped, &present, contextTag(1)) || !info.Empty() {
		return malformed
	}
	return refuseCritical(wrapped)
}

// refuseCritical refuses critical extensions, given without the SEQUENCE around them.
func refuseCritical(list cryptobyte.String) *refusal {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(list) })
	whole := cryptobyte.String(b.BytesOrPanic())
	extensions, ok := readExtensions(&whole)
	if !ok {
		return refuse("stamp_malformed")
	}
	if slices.ContainsFunc(extensions, func(e extension) bool { return e.critical }) {
		return refuse("stamp_critical")
	}
	return nil
}

// checkImprint checks that the stamp is over the bytes.
func (s *Stamp) checkImprint(over []byte) *refusal {
	newImprint, refused := newHash(s.hash)
	if refused != nil {
		return refuse("stamp_weak")
	}
	h := newImprint()
	h.Write(over)
	if !bytes.Equal(h.Sum(nil), s.imprint) {
		return refuse("stamp_other_bytes")
	}
	return nil
}

// authority is the certificate that the token names as its signer's.
func (s *Stamp) authority(others []*x509.Certificate) (*x509.Certificate, *refusal) {
	for _, c := range slices.Concat(s.certificates, others) {
		if s.signer.serial != nil && s.signer.serial.Cmp(c.SerialNumber) == 0 && bytes.Equal(s.signer.issuer, c.RawIssuer) ||
			s.signer.keyID != nil && bytes.Equal(s.signer.keyID, c.SubjectKeyId) {
			return c, nil
		}
	}
	return nil, refuse("stamp_no_certificate")
}

// checkSigned checks that the certificate's key signed the token, and that it is named under the
// signature (RFC 3161 section 2.4.2, RFC 5816).
func (s *Stamp) checkSigned(by *x509.Certificate) *refusal {
	values := s.signer.values
	kindValue, digestValue := values[oidContentType], values[oidMessageDigest]
	var digest cryptobyte.String
	if kind, ok := readOID(&kindValue); !ok || kind != oidTSTInfo {
		return refuse("stamp_content")
	}
	if !digestValue.ReadASN1(&digest, asn1.OCTET_STRING) {
		return refuse("stamp_malformed")
	}
	public, refused := publicKeyOf(by)
	if refused != nil {
		return refuse("stamp_weak")
	}
	suite, refused := suiteOf(public, s.signer.algorithm, s.signer.digest.oid)
	if refused != nil {
		return refuse("stamp_weak")
	}
	if !bytes.Equal(suite.sum(s.info), digest) || !suite.verify(public, suite.sum(s.signer.attributes), s.signer.signature) {
		return refuse("stamp_signature")
	}
	v1, v2 := values[oidSigningCertificate], values[oidSigningCertificateV2]
	if v1 == nil && v2 == nil || v1 != nil && !essNames(v1, by, false) || v2 != nil && !essNames(v2, by, true) {
		return refuse("stamp_other_certificate")
	}
	return nil
}

// checkAuthority checks that the certificate is for timestamps alone (RFC 3161, section 2.3) and
// was valid when it made this one.
func (s *Stamp) checkAuthority(c *x509.Certificate) *refusal {
	switch {
	case !onlyStamps(c):
		return refuse("stamp_not_entitled")
	case c.KeyUsage != 0 && c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0:
		return refuse("stamp_not_entitled")
	case s.At.Before(c.NotBefore), s.At.After(c.NotAfter):
		return refuse("stamp_authority_expired")
	}
	return nil
}

// onlyStamps tells whether the extended key usage is critical and timeStamping alone.
func onlyStamps(c *x509.Certificate) bool {
	alone := len(c.ExtKeyUsage) == 1 && c.ExtKeyUsage[0] == x509.ExtKeyUsageTimeStamping && len(c.UnknownExtKeyUsage) == 0
	return alone && slices.ContainsFunc(c.Extensions, func(e pkix.Extension) bool {
		return e.Critical && e.Id.String() == oidExtKeyUsage
	})
}

// check checks all of a stamp but its authority's revocation: that it is over the bytes, and that
// an authority made it whose certificate comes from an anchor. It gives the authority's chain.
func (s *Stamp) check(over []byte, trust Trust, others []*x509.Certificate) ([]*x509.Certificate, *refusal) {
	if refused := s.checkImprint(over); refused != nil {
		return nil, refused
	}
	authority, refused := s.authority(others)
	if refused != nil {
		return nil, refused
	}
	if refused := s.checkSigned(authority); refused != nil {
		return nil, refused
	}
	if refused := s.checkAuthority(authority); refused != nil {
		return nil, refused
	}
	chain, refused := trust.chain(authority, slices.Concat(s.certificates, others), s.At)
	if refused != nil {
		return nil, refuse("stamp_untrusted")
	}
	return chain, nil
}

// Algorithms of the national timestamp service, by the policy that asks for them.
const (
	StampPolicyRSA  = "1.2.398.3.3.2.6.2" // RSA, imprint by SHA-256
	StampPolicyGOST = "1.2.398.3.3.2.6.4" // GOST 34.10-2015, imprint by Streebog-512
)

// StampRequest asks an authority to witness a signature's time.
type StampRequest struct {
	hash   string // OID
	sum    []byte
	policy string
	nonce  *big.Int
	over   []byte
}

// NewStampRequest asks for a stamp over the signature of the CMS's signer of the number, counted
// from 0. policy is the service's policy to ask for, "" for its default; nonce is 8 to 32 random
// bytes. The imprint is made with Streebog-512 for [StampPolicyGOST] and with SHA-256 else. The
// error is a [RefusedError].
func NewStampRequest(cms []byte, signer int, policy string, nonce []byte) (*StampRequest, error) {
	over, refused := signatureOf(cms, signer)
	if refused != nil {
		return nil, refused.err("asking for a timestamp")
	}
	if _, err := x509.ParseOID(policy); policy != "" && err != nil {
		return nil, refuse("stamp_policy").err("asking for a timestamp")
	}
	digest := oidSHA256
	if policy == StampPolicyGOST {
		digest = oidStreebog512
	}
	newImprint, refused := newHash(algorithm{oid: digest})
	if refused != nil {
		return nil, refused.err("asking for a timestamp")
	}
	h := newImprint()
	h.Write(over)
	r := &StampRequest{hash: digest, sum: h.Sum(nil), policy: policy, nonce: new(big.Int).SetBytes(nonce), over: over}
	return r, nil
}

// Bytes is the TimeStampReq in DER; it asks for the authority's certificate.
func (r *StampRequest) Bytes() ([]byte, error) {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(identifier(r.hash, false))
			b.AddASN1OctetString(r.sum)
		})
		if r.policy != "" {
			b.AddASN1ObjectIdentifier(numbers(r.policy))
		}
		b.AddASN1BigInt(r.nonce)
		b.AddASN1Boolean(true)
	})
	return b.Bytes()
}

// Read takes in the authority's answer at the time now: a token over the signature, with the nonce
// and the policy asked for, of now, by an authority that trust leads to. The error is a
// [RefusedError]; a refusal of the service itself is one too.
func (r *StampRequest) Read(answer []byte, trust Trust, now time.Time) (*Stamp, error) {
	token, refused := readStampAnswer(answer)
	var s *Stamp
	if refused == nil {
		s, refused = readStamp(token)
	}
	if refused == nil {
		refused = r.check(s, trust, now)
	}
	if refused != nil {
		return nil, refused.err("asking for a timestamp")
	}
	return s, nil
}

func (r *StampRequest) check(s *Stamp, trust Trust, now time.Time) *refusal {
	switch {
	case s.hash.oid != r.hash || !bytes.Equal(s.imprint, r.sum):
		return refuse("stamp_other_bytes")
	case s.nonce == nil || s.nonce.Cmp(r.nonce) != 0:
		return refuse("stamp_nonce")
	case r.policy != "" && s.policy != r.policy:
		return refuse("stamp_policy")
	case s.At.After(now.Add(clockSkew)), s.At.Before(now.Add(-clockSkew)):
		return refuse("stamp_clock")
	}
	_, refused := s.check(r.over, trust, nil)
	return refused
}

// readStampAnswer gives the token of a TimeStampResp, in BER or DER.
func readStampAnswer(ber []byte) ([]byte, *refusal) {
	malformed := refuse("stamp_malformed")
	der, err := normalise(ber, limits{maxStampBytes, maxCMSDepth, maxStampElements})
	if err != nil {
		return nil, malformed
	}
	in := cryptobyte.String(der)
	var response, info cryptobyte.String
	var status int
	if !in.ReadASN1(&response, asn1.SEQUENCE) || !in.Empty() || !response.ReadASN1(&info, asn1.SEQUENCE) ||
		!info.ReadASN1Integer(&status) {
		return nil, malformed
	}
	const granted, grantedWithMods = 0, 1
	if status != granted && status != grantedWithMods {
		return nil, refuse("stamp_denied")
	}
	if response.Empty() {
		return nil, malformed
	}
	return response, nil
}

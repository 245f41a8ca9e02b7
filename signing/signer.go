package signing

import (
	"bytes"
	"crypto"
	"crypto/sha1"
	"crypto/x509"
	encoding "encoding/asn1"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// signerInfo is one signer's part of a signature (RFC 5652, section 5.3), named by issuer and
// serial number, as ours always are, or by key id.
type signerInfo struct {
	issuer     []byte // DER of the issuer's name
	serial     *big.Int
	keyID      []byte // nil when named by issuer and serial number
	digest     algorithm
	algorithm  algorithm
	attributes []byte // DER of the signed attributes as SET OF: what the signature covers
	signature  []byte
	unsigned   []unsignedAttribute

	values signedValues
	unread *refusal // why it couldn't be read as far as this
}

// signedValues is what the signed attributes say.
type signedValues struct {
	messageDigest []byte
	signingTime   time.Time // zero when there is none
	ess           []byte    // value of signingCertificateV2, nil when there is none
	essV1         []byte    // value of signingCertificate, nil when there is none
}

// unsignedAttribute is one attribute that no signature of the signer's covers: nothing in it is
// believed for itself.
type unsignedAttribute struct {
	kind   string
	values cryptobyte.String // inside the SET
}

// readSigner reads the element as far as it can; what stops it is in unread.
func readSigner(element cryptobyte.String) *signerInfo {
	s := &signerInfo{serial: new(big.Int)}
	if s.unread = s.read(element); s.unread == nil {
		s.unread = s.readSigned()
	}
	return s
}

func (s *signerInfo) read(in cryptobyte.String) *refusal {
	var body, signed, signature cryptobyte.String
	var ok bool
	if !in.ReadASN1(&body, asn1.SEQUENCE) || !in.Empty() || !body.SkipASN1(asn1.INTEGER) || !s.readName(&body) {
		return refuse("malformed")
	}
	if s.digest, ok = readAlgorithm(&body); !ok {
		return refuse("malformed")
	}
	if !body.PeekASN1Tag(contextTag(0)) {
		// without them the signature covers the content itself, and the attributes of another
		// signature can be passed off as a document
		return refuse("no_attributes")
	}
	if !body.ReadASN1Element(&signed, contextTag(0)) {
		return refuse("malformed")
	}
	s.attributes = bytes.Clone(signed)
	s.attributes[0] = byte(asn1.SET) // RFC 5652, section 5.4
	if s.algorithm, ok = readAlgorithm(&body); !ok || !body.ReadASN1(&signature, asn1.OCTET_STRING) {
		return refuse("malformed")
	}
	s.signature = signature
	return s.readUnsigned(body)
}

// readName reads SignerIdentifier.
func (s *signerInfo) readName(in *cryptobyte.String) bool {
	var id, issuer cryptobyte.String
	if byKey := asn1.Tag(0).ContextSpecific(); in.PeekASN1Tag(byKey) {
		ok := in.ReadASN1(&id, byKey) && len(id) > 0
		s.keyID = id
		return ok
	}
	if !in.ReadASN1(&id, asn1.SEQUENCE) || !id.ReadASN1Element(&issuer, asn1.SEQUENCE) {
		return false
	}
	s.issuer = issuer
	return id.ReadASN1Integer(s.serial) && id.Empty()
}

func (s *signerInfo) readUnsigned(in cryptobyte.String) *refusal {
	if in.Empty() {
		return nil
	}
	var set cryptobyte.String
	if !in.ReadASN1(&set, contextTag(1)) || !in.Empty() {
		return refuse("malformed")
	}
	for !set.Empty() {
		var body, values cryptobyte.String
		if len(s.unsigned) == maxAttributes || !set.ReadASN1(&body, asn1.SEQUENCE) {
			return refuse("malformed")
		}
		kind, ok := readOID(&body)
		if !ok || !body.ReadASN1(&values, asn1.SET) || !body.Empty() {
			return refuse("malformed")
		}
		s.unsigned = append(s.unsigned, unsignedAttribute{kind, values})
	}
	return nil
}

// readSigned reads the signed attributes: none twice, each with one value, content type and
// message digest among them (RFC 5652, section 11).
func (s *signerInfo) readSigned() *refusal {
	set := cryptobyte.String(s.attributes)
	var list cryptobyte.String
	if !set.ReadASN1(&list, asn1.SET) {
		return refuse("malformed")
	}
	seen := map[string]cryptobyte.String{}
	for n := 0; !list.Empty(); n++ {
		var attribute, values, value cryptobyte.String
		var tag asn1.Tag
		if n == maxAttributes || !list.ReadASN1(&attribute, asn1.SEQUENCE) {
			return refuse("malformed")
		}
		kind, ok := readOID(&attribute)
		if !ok || !attribute.ReadASN1(&values, asn1.SET) || !attribute.Empty() {
			return refuse("malformed")
		}
		if _, twice := seen[kind]; twice || !values.ReadAnyASN1Element(&value, &tag) || !values.Empty() {
			return refuse("duplicate_attribute")
		}
		seen[kind] = value
	}
	return s.takeValues(seen)
}

func (s *signerInfo) takeValues(seen map[string]cryptobyte.String) *refusal {
	kindValue, digestValue := seen[oidContentType], seen[oidMessageDigest]
	if kindValue == nil || digestValue == nil {
		return refuse("missing_attribute")
	}
	if kind, ok := readOID(&kindValue); !ok || kind != oidData {
		return refuse("content_type")
	}
	var digest cryptobyte.String
	if !digestValue.ReadASN1(&digest, asn1.OCTET_STRING) {
		return refuse("malformed")
	}
	s.values = signedValues{
		messageDigest: digest,
		ess:           seen[oidSigningCertificateV2],
		essV1:         seen[oidSigningCertificate],
	}
	if value, ok := seen[oidSigningTime]; ok {
		if _, err := encoding.Unmarshal(value, &s.values.signingTime); err != nil {
			return refuse("malformed")
		}
	}
	return nil
}

// names tells whether it is the certificate of this issuer and serial number, or key id.
func (s *signerInfo) names(certificate *x509.Certificate) bool {
	if s.keyID != nil {
		return bytes.Equal(certificate.SubjectKeyId, s.keyID)
	}
	return certificate.SerialNumber.Cmp(s.serial) == 0 && bytes.Equal(certificate.RawIssuer, s.issuer)
}

// checkSignature checks that the certificate's key signed the attributes, and that they name no
// other certificate.
func (s *signerInfo) checkSignature(certificate *x509.Certificate) *refusal {
	public, refused := publicKeyOf(certificate)
	if refused != nil {
		return refused
	}
	return s.checkSignatureOf(public, certificate)
}

func (s *signerInfo) checkSignatureOf(public crypto.PublicKey, certificate *x509.Certificate) *refusal {
	if _, refused := newHash(s.digest); refused != nil {
		return refused
	}
	suite, refused := suiteOf(public, s.algorithm, s.digest.oid)
	if refused != nil {
		return refused
	}
	if !suite.verify(public, suite.sum(s.attributes), s.signature) {
		return refuse("signature_mismatch")
	}
	return s.checkSigningCertificate(certificate)
}

// checkSigningCertificate checks the first certificate that signingCertificateV2 (RFC 5035) names,
// and the older signingCertificate (RFC 2634), when they are there.
func (s *signerInfo) checkSigningCertificate(certificate *x509.Certificate) *refusal {
	if s.values.ess != nil && !essNames(s.values.ess, certificate, true) {
		return refuse("other_certificate")
	}
	if s.values.essV1 != nil && !essNames(s.values.essV1, certificate, false) {
		return refuse("other_certificate")
	}
	return nil
}

// essNames reads SigningCertificate(V2) as far as its first ESSCertID.
func essNames(value cryptobyte.String, certificate *x509.Certificate, v2 bool) bool {
	var ess, list, id, sum cryptobyte.String
	if !value.ReadASN1(&ess, asn1.SEQUENCE) || !ess.ReadASN1(&list, asn1.SEQUENCE) || !list.ReadASN1(&id, asn1.SEQUENCE) {
		return false
	}
	hash := sha1.New
	if v2 {
		a := algorithm{oid: oidSHA256} // the default
		ok := true
		if id.PeekASN1Tag(asn1.SEQUENCE) {
			a, ok = readAlgorithm(&id)
		}
		named, refused := newHash(a)
		if !ok || refused != nil {
			return false
		}
		hash = named
	}
	if !id.ReadASN1(&sum, asn1.OCTET_STRING) {
		return false
	}
	h := hash()
	h.Write(certificate.Raw)
	return bytes.Equal(h.Sum(nil), sum)
}

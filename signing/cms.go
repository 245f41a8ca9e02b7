package signing

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	encoding "encoding/asn1"
	"errors"
	"math/big"
	"strings"
	"time"

	"github.com/digitorus/pkcs7"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Bounds of a signature that is looked at.
const (
	maxCertificates = 16
	maxAttributes   = 32
)

// detached is a SignedData with one signer and no content, taken apart. Whatever binds comes from
// our own strict reading of the normalised bytes; the certificates come from pkcs7.Parse, and the
// two readings must agree on the signature.
type detached struct {
	certificates []*x509.Certificate
	bundle       []byte // the same, as they are in the signature
	issuer       []byte // DER of the signer's issuer name
	serial       *big.Int
	digest       string // OID of the hash
	algorithm    string // OID of the signature
	attributes   []byte // DER of the signed attributes as SET OF: what the signature covers
	signature    []byte
	timestamped  bool // there is a timestamp among the unsigned attributes

	values signedValues
}

// signedValues is what the signed attributes say.
type signedValues struct {
	messageDigest []byte
	signingTime   time.Time // zero when there is none
	ess           []byte    // value of signingCertificateV2, nil when there is none
	essV1         []byte    // value of signingCertificate, nil when there is none
}

// readDetached takes in a signature in BER or DER.
func readDetached(ber []byte, max limits) (*detached, *refusal) {
	der, err := normalise(ber, max)
	var shape *shapeError
	if errors.As(err, &shape) {
		return nil, refuse(shape.code)
	}
	d, refused := readContentInfo(der)
	if refused != nil {
		return nil, refused
	}
	parsed, err := pkcs7.Parse(der)
	if err != nil || len(parsed.Signers) != 1 || !bytes.Equal(parsed.Signers[0].EncryptedDigest, d.signature) {
		return nil, refuse("malformed")
	}
	if len(parsed.Certificates) > maxCertificates {
		return nil, refuse("too_large")
	}
	d.certificates = parsed.Certificates
	return d, nil
}

// readContentInfo reads ContentInfo with SignedData in DER, RFC 5652 sections 3 and 5.1, all but
// the certificates.
func readContentInfo(in cryptobyte.String) (*detached, *refusal) {
	var info, explicit, data, content cryptobyte.String
	if !in.ReadASN1(&info, asn1.SEQUENCE) || !in.Empty() {
		return nil, refuse("malformed")
	}
	if kind, ok := readOID(&info); !ok || kind != oidSignedData {
		return nil, refuse("not_signed_data")
	}
	if !info.ReadASN1(&explicit, asn1.Tag(0).ContextSpecific().Constructed()) || !info.Empty() ||
		!explicit.ReadASN1(&data, asn1.SEQUENCE) || !explicit.Empty() ||
		!data.SkipASN1(asn1.INTEGER) || !data.SkipASN1(asn1.SET) || !data.ReadASN1(&content, asn1.SEQUENCE) {
		return nil, refuse("malformed")
	}
	if kind, ok := readOID(&content); !ok || kind != oidData {
		return nil, refuse("content_type")
	}
	if !content.Empty() {
		return nil, refuse("attached")
	}
	var bundle, signers, signer cryptobyte.String
	if !data.ReadOptionalASN1(&bundle, nil, asn1.Tag(0).ContextSpecific().Constructed()) ||
		!data.SkipOptionalASN1(asn1.Tag(1).ContextSpecific().Constructed()) ||
		!data.ReadASN1(&signers, asn1.SET) || !data.Empty() {
		return nil, refuse("malformed")
	}
	if signers.Empty() {
		return nil, refuse("no_signer")
	}
	if !signers.ReadASN1(&signer, asn1.SEQUENCE) {
		return nil, refuse("malformed")
	}
	if !signers.Empty() {
		return nil, refuse("many_signers")
	}
	d, refused := readSigner(signer)
	if refused != nil {
		return nil, refused
	}
	d.bundle = bundle
	return d, d.readSigned()
}

// readSigner reads SignerInfo, RFC 5652 section 5.3, named by issuer and serial number.
func readSigner(in cryptobyte.String) (*detached, *refusal) {
	var id, issuer, signature cryptobyte.String
	d := &detached{serial: new(big.Int)}
	if !in.SkipASN1(asn1.INTEGER) || !in.ReadASN1(&id, asn1.SEQUENCE) ||
		!id.ReadASN1Element(&issuer, asn1.SEQUENCE) || !id.ReadASN1Integer(d.serial) || !id.Empty() {
		return nil, refuse("malformed")
	}
	d.issuer = issuer
	digest, ok := readAlgorithm(&in)
	if !ok {
		return nil, refuse("malformed")
	}
	d.digest = digest.oid
	if !in.PeekASN1Tag(asn1.Tag(0).ContextSpecific().Constructed()) {
		// without them the signature covers the content itself, and the attributes of another
		// signature can be passed off as a document
		return nil, refuse("no_attributes")
	}
	var element cryptobyte.String
	if !in.ReadASN1Element(&element, asn1.Tag(0).ContextSpecific().Constructed()) {
		return nil, refuse("malformed")
	}
	d.attributes = bytes.Clone(element)
	d.attributes[0] = byte(asn1.SET) // RFC 5652, section 5.4
	algorithm, ok := readAlgorithm(&in)
	if !ok || !in.ReadASN1(&signature, asn1.OCTET_STRING) {
		return nil, refuse("malformed")
	}
	d.algorithm, d.signature = algorithm.oid, signature
	return d, d.readUnsigned(in)
}

// readUnsigned looks for a timestamp; nothing in unsigned attributes is believed.
func (d *detached) readUnsigned(in cryptobyte.String) *refusal {
	if in.Empty() {
		return nil
	}
	var set cryptobyte.String
	if !in.ReadASN1(&set, asn1.Tag(1).ContextSpecific().Constructed()) || !in.Empty() {
		return refuse("malformed")
	}
	for n := 0; !set.Empty(); n++ {
		var attribute cryptobyte.String
		if n == maxAttributes || !set.ReadASN1(&attribute, asn1.SEQUENCE) {
			return refuse("malformed")
		}
		kind, ok := readOID(&attribute)
		if !ok {
			return refuse("malformed")
		}
		d.timestamped = d.timestamped || kind == oidTimeStampToken
	}
	return nil
}

// readSigned reads the signed attributes: none twice, each with one value, content type and
// message digest among them (RFC 5652, section 11).
func (d *detached) readSigned() *refusal {
	set := cryptobyte.String(d.attributes)
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
	return d.takeValues(seen)
}

func (d *detached) takeValues(seen map[string]cryptobyte.String) *refusal {
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
	d.values = signedValues{
		messageDigest: digest,
		ess:           seen[oidSigningCertificateV2],
		essV1:         seen[oidSigningCertificate],
	}
	if value, ok := seen[oidSigningTime]; ok {
		if _, err := encoding.Unmarshal(value, &d.values.signingTime); err != nil {
			return refuse("malformed")
		}
	}
	return nil
}

// hash is the hash of the content, of SHA-2 alone.
func (d *detached) hash() (crypto.Hash, *refusal) {
	switch d.digest {
	case oidSHA256:
		return crypto.SHA256, nil
	case oidSHA384:
		return crypto.SHA384, nil
	case oidSHA512:
		return crypto.SHA512, nil
	case oidSHA1, oidMD5:
		return 0, refuse("weak_digest")
	}
	if strings.HasPrefix(d.digest, oidPrefixGOST) {
		return 0, refuse("gost")
	}
	return 0, refuse("unsupported_algorithm", "algorithm", d.digest)
}

// signer is the one certificate that the signature names.
func (d *detached) signer() (*x509.Certificate, *refusal) {
	var found *x509.Certificate
	for _, certificate := range d.certificates {
		if certificate.SerialNumber.Cmp(d.serial) != 0 || !bytes.Equal(certificate.RawIssuer, d.issuer) {
			continue
		}
		if found != nil && !found.Equal(certificate) {
			return nil, refuse("ambiguous_signer")
		}
		found = certificate
	}
	if found == nil {
		return nil, refuse("no_certificate")
	}
	return found, nil
}

// checkSignature checks that the certificate's key signed the attributes, and that they name no
// other certificate.
func (d *detached) checkSignature(certificate *x509.Certificate) *refusal {
	hash, refused := d.hash()
	if refused != nil {
		return refused
	}
	algorithm, refused := d.signatureAlgorithm(certificate, hash)
	if refused != nil {
		return refused
	}
	if certificate.CheckSignature(algorithm, d.attributes, d.signature) != nil {
		return refuse("signature_mismatch")
	}
	return d.checkSigningCertificate(certificate)
}

// signatureAlgorithm joins the signature's OID, the hash and the certificate's key, and refuses
// what doesn't belong together.
func (d *detached) signatureAlgorithm(certificate *x509.Certificate, hash crypto.Hash) (x509.SignatureAlgorithm, *refusal) {
	type pair struct {
		oid  string
		hash crypto.Hash
	}
	unsupported := refuse("unsupported_algorithm", "algorithm", d.algorithm)
	switch key := certificate.PublicKey.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() < minRSABits {
			return 0, refuse("weak_key")
		}
		oid := d.algorithm
		if oid == oidRSA {
			oid = map[crypto.Hash]string{crypto.SHA256: oidRSASHA256, crypto.SHA384: oidRSASHA384, crypto.SHA512: oidRSASHA512}[hash]
		}
		switch (pair{oid, hash}) {
		case pair{oidRSASHA256, crypto.SHA256}:
			return x509.SHA256WithRSA, nil
		case pair{oidRSASHA384, crypto.SHA384}:
			return x509.SHA384WithRSA, nil
		case pair{oidRSASHA512, crypto.SHA512}:
			return x509.SHA512WithRSA, nil
		}
	case *ecdsa.PublicKey:
		switch (pair{d.algorithm, hash}) {
		case pair{oidECDSASHA256, crypto.SHA256}:
			return x509.ECDSAWithSHA256, nil
		case pair{oidECDSASHA384, crypto.SHA384}:
			return x509.ECDSAWithSHA384, nil
		case pair{oidECDSASHA512, crypto.SHA512}:
			return x509.ECDSAWithSHA512, nil
		}
	default:
		if strings.HasPrefix(d.algorithm, oidPrefixGOST) {
			return 0, refuse("gost")
		}
	}
	return 0, unsupported
}

// checkSigningCertificate checks the first certificate that signingCertificateV2 (RFC 5035) names,
// and the older signingCertificate (RFC 2634), when they are there.
func (d *detached) checkSigningCertificate(certificate *x509.Certificate) *refusal {
	if d.values.ess != nil && !essNames(d.values.ess, certificate, true) {
		return refuse("other_certificate")
	}
	if d.values.essV1 != nil && !essNames(d.values.essV1, certificate, false) {
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
	newHash := sha1.New
	if v2 {
		newHash = hashOf(oidSHA256) // the default
		if id.PeekASN1Tag(asn1.SEQUENCE) {
			a, ok := readAlgorithm(&id)
			if newHash = hashOf(a.oid); !ok || newHash == nil || a.oid == oidSHA1 {
				return false
			}
		}
	}
	if !id.ReadASN1(&sum, asn1.OCTET_STRING) {
		return false
	}
	h := newHash()
	h.Write(certificate.Raw)
	return bytes.Equal(h.Sum(nil), sum)
}

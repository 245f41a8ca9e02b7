package signing

import (
	"bytes"
	"crypto/x509"
	"errors"

	"github.com/digitorus/pkcs7"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Bounds of a signature that is looked at.
const (
	maxCertificates = 64
	maxSigners      = 32
	maxAttributes   = 32
	maxDigests      = 8
)

// layout is a SignedData (RFC 5652, section 5.1) in DER, in pieces that keep their bytes: it is
// read from them, and added to without touching what others have signed.
type layout struct {
	version      cryptobyte.String // the element
	digests      cryptobyte.String // inside the SET
	content      cryptobyte.String // the element EncapsulatedContentInfo
	certificates cryptobyte.String // inside [0]
	revocations  cryptobyte.String // inside [1]
	signers      []cryptobyte.String
}

func contextTag(n uint8) asn1.Tag { return asn1.Tag(n).ContextSpecific().Constructed() }

// takeApart reads ContentInfo with SignedData.
func takeApart(in cryptobyte.String) (layout, *refusal) {
	var l layout
	var info, explicit, data, signers cryptobyte.String
	malformed := refuse("malformed")
	if !in.ReadASN1(&info, asn1.SEQUENCE) || !in.Empty() {
		return l, malformed
	}
	if kind, ok := readOID(&info); !ok || kind != oidSignedData {
		return l, refuse("not_signed_data")
	}
	if !info.ReadASN1(&explicit, contextTag(0)) || !info.Empty() ||
		!explicit.ReadASN1(&data, asn1.SEQUENCE) || !explicit.Empty() ||
		!data.ReadASN1Element(&l.version, asn1.INTEGER) || !data.ReadASN1(&l.digests, asn1.SET) ||
		!data.ReadASN1Element(&l.content, asn1.SEQUENCE) ||
		!data.ReadOptionalASN1(&l.certificates, nil, contextTag(0)) ||
		!data.ReadOptionalASN1(&l.revocations, nil, contextTag(1)) ||
		!data.ReadASN1(&signers, asn1.SET) || !data.Empty() {
		return l, malformed
	}
	for !signers.Empty() {
		var signer cryptobyte.String
		if len(l.signers) == maxSigners {
			return l, refuse("too_large")
		}
		if !signers.ReadASN1Element(&signer, asn1.SEQUENCE) {
			return l, malformed
		}
		l.signers = append(l.signers, signer)
	}
	if len(l.signers) == 0 {
		return l, refuse("no_signer")
	}
	return l, nil
}

// together is the inverse of takeApart.
func (l layout) together() ([]byte, error) {
	const lengths = 128 // at the most
	size := lengths + len(l.digests) + len(l.content) + len(l.certificates) + len(l.revocations)
	for _, s := range l.signers {
		size += len(s)
	}
	out := cryptobyte.NewBuilder(make([]byte, 0, size))
	out.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(numbers(oidSignedData))
		b.AddASN1(contextTag(0), func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddBytes(l.version)
				b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(l.digests) })
				b.AddBytes(l.content)
				l.addTail(b)
			})
		})
	})
	return out.Bytes()
}

// addTail writes what follows the content.
func (l layout) addTail(b *cryptobyte.Builder) {
	if len(l.certificates) > 0 {
		b.AddASN1(contextTag(0), func(b *cryptobyte.Builder) { b.AddBytes(l.certificates) })
	}
	if len(l.revocations) > 0 {
		b.AddASN1(contextTag(1), func(b *cryptobyte.Builder) { b.AddBytes(l.revocations) })
	}
	b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) {
		for _, s := range l.signers {
			b.AddBytes(s)
		}
	})
}

// has tells whether the certificate is among those that came along.
func (l layout) has(certificate *x509.Certificate) bool {
	for list := l.certificates; !list.Empty(); {
		var one cryptobyte.String
		var tag asn1.Tag
		if !list.ReadAnyASN1Element(&one, &tag) {
			return false
		}
		if bytes.Equal(one, certificate.Raw) {
			return true
		}
	}
	return false
}

// addCertificates adds the signer's certificate and its issuers' as far as they aren't there.
func (l *layout) addCertificates(signer *x509.Certificate, issuers []*x509.Certificate) {
	for _, certificate := range append([]*x509.Certificate{signer}, issuers...) {
		if !l.has(certificate) {
			l.certificates = append(bytes.Clone(l.certificates), certificate.Raw...)
		}
	}
}

// inside is the content that the signature carries; attached is false when it carries none.
func (l layout) inside() (content []byte, attached bool, refused *refusal) {
	var body, explicit, octets cryptobyte.String
	in := l.content
	if !in.ReadASN1(&body, asn1.SEQUENCE) {
		return nil, false, refuse("malformed")
	}
	if kind, ok := readOID(&body); !ok || kind != oidData {
		return nil, false, refuse("content_type")
	}
	if body.Empty() {
		return nil, false, nil
	}
	if !body.ReadASN1(&explicit, contextTag(0)) || !body.Empty() ||
		!explicit.ReadASN1(&octets, asn1.OCTET_STRING) || !explicit.Empty() {
		return nil, false, refuse("malformed")
	}
	return octets, true, nil
}

// signedData is a signature without its content, taken apart. Whatever binds comes from our own
// strict reading of the normalised bytes; the certificates come from pkcs7.Parse, and the two
// readings must agree on the signatures.
type signedData struct {
	layout       layout
	certificates []*x509.Certificate
	signers      []*signerInfo
	beside       carried // the lists beside the signers, for all of them
}

// readSignedData takes in a detached signature in BER or DER.
func readSignedData(ber []byte, max limits) (*signedData, *refusal) {
	der, err := normalise(ber, max)
	var shape *shapeError
	if errors.As(err, &shape) {
		return nil, refuse(shape.code)
	}
	l, refused := takeApart(der)
	if refused != nil {
		return nil, refused
	}
	if _, attached, refused := l.inside(); refused != nil {
		return nil, refused
	} else if attached {
		return nil, refuse("attached")
	}
	d := &signedData{layout: l}
	for _, element := range l.signers {
		d.signers = append(d.signers, readSigner(element))
	}
	d.beside.readLists(l.revocations)
	return d, d.readCertificates()
}

// readCertificates lets pkcs7 read the whole once more, but for what it has no type for: revocation
// answers beside CRLs, signers who are named by key id, and what we couldn't read ourselves.
func (d *signedData) readCertificates() *refusal {
	if len(d.signers) == 1 && d.signers[0].unread != nil {
		return d.signers[0].unread // what pkcs7 would call malformed has a name
	}
	readable := d.layout
	readable.revocations, readable.signers = nil, nil
	var known []*signerInfo
	for i, s := range d.signers {
		if s.unread == nil && s.keyID == nil {
			known = append(known, s)
			readable.signers = append(readable.signers, d.layout.signers[i])
		}
	}
	der, err := readable.together()
	if err != nil {
		return refuse("malformed")
	}
	parsed, err := pkcs7.Parse(der)
	if err != nil || len(parsed.Signers) != len(known) {
		return refuse("malformed")
	}
	for i, s := range known {
		if !bytes.Equal(parsed.Signers[i].EncryptedDigest, s.signature) {
			return refuse("malformed")
		}
	}
	if len(parsed.Certificates) > maxCertificates {
		return refuse("too_large")
	}
	d.certificates = parsed.Certificates
	return nil
}

// certificateOf is the one certificate that the signer names.
func (d *signedData) certificateOf(s *signerInfo) (*x509.Certificate, *refusal) {
	var found *x509.Certificate
	for _, certificate := range d.certificates {
		if !s.names(certificate) {
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

package signing

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	encoding "encoding/asn1"
	"io"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// The pieces of a signature are laid out as KalkanCrypt and NCALayer lay them out, for every kind
// of key alike.

// letterhead is what is the same in all signatures of a key, in DER: encoded once, for encoding it anew
// would take a good part of the time of a signature.
type letterhead struct {
	suite              // that the key signs with
	digestAlgorithm    []byte
	signatureAlgorithm []byte
	signer             []byte // IssuerAndSerialNumber
	contentType        []byte // the attribute
	signingCertificate []byte // the attribute, version 2
	certificates       []byte // that come along
}

func newLetterhead(s suite, certificate *x509.Certificate, issuers []*x509.Certificate) (letterhead, error) {
	h := letterhead{
		suite: s,
		// parameters NULL for Streebog as KalkanCrypt writes it, absent for SHA-2 (RFC 5754, section 2)
		digestAlgorithm: identifier(s.digest, s.hash == 0),
		// NULL for RSA (RFC 8017, appendix A.2.4) and GOST, absent for ECDSA (RFC 5758, section 3.2)
		signatureAlgorithm: identifier(s.signature, s.key != oidEC),
		contentType:        attribute(oidContentType, encodedOID(oidData)),
	}
	ess, err := signingCertificateV2(certificate)
	if err != nil {
		return h, err
	}
	h.signingCertificate = attribute(oidSigningCertificateV2, ess)
	var name cryptobyte.Builder
	name.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(certificate.RawIssuer)
		b.AddASN1BigInt(certificate.SerialNumber)
	})
	h.signer, err = name.Bytes()
	var l layout
	l.addCertificates(certificate, issuers)
	h.certificates = l.certificates
	return h, err
}

// identifier is an AlgorithmIdentifier with parameters NULL or absent.
func identifier(oid string, null bool) []byte {
	if null {
		return enclose(asn1.SEQUENCE, encodedOID(oid), []byte{byte(asn1.NULL), 0})
	}
	return enclose(asn1.SEQUENCE, encodedOID(oid))
}

// encapsulated is EncapsulatedContentInfo, with no content when it is nil.
func encapsulated(content []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(numbers(oidData))
		if content != nil {
			b.AddASN1(contextTag(0), func(b *cryptobyte.Builder) { b.AddASN1OctetString(content) })
		}
	})
	return b.BytesOrPanic()
}

// signedAttributes is the SET OF signed attributes in DER, which sorts them.
func (h *letterhead) signedAttributes(digest []byte, at time.Time) ([]byte, error) {
	moment, err := encoding.Marshal(at.UTC().Truncate(time.Second))
	if err != nil {
		return nil, err
	}
	list := [][]byte{
		h.contentType,
		attribute(oidSigningTime, moment),
		attribute(oidMessageDigest, enclose(asn1.OCTET_STRING, digest)),
		h.signingCertificate,
	}
	slices.SortFunc(list, bytes.Compare)
	return enclose(asn1.SET, list...), nil
}

// attribute is an attribute of one value, each in DER.
func attribute(kind string, value []byte) []byte {
	return enclose(asn1.SEQUENCE, encodedOID(kind), enclose(asn1.SET, value))
}

// signingCertificateV2 names the certificate under the signature (RFC 5035, section 3), by SHA-256,
// the default that is left out, and by issuer and serial number.
func signingCertificateV2(certificate *x509.Certificate) ([]byte, error) {
	const directoryName = 4
	sum := sha256.Sum256(certificate.Raw)
	sequence := func(f cryptobyte.BuilderContinuation) cryptobyte.BuilderContinuation {
		return func(b *cryptobyte.Builder) { b.AddASN1(asn1.SEQUENCE, f) }
	}
	var b cryptobyte.Builder
	sequence(sequence(sequence(func(b *cryptobyte.Builder) {
		b.AddASN1OctetString(sum[:])
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(contextTag(directoryName), func(b *cryptobyte.Builder) { b.AddBytes(certificate.RawIssuer) })
			})
			b.AddASN1BigInt(certificate.SerialNumber)
		})
	})))(&b)
	return b.Bytes()
}

// signerInfo is a SignerInfo without unsigned attributes; attributes is the SET OF.
func (h *letterhead) signerInfo(attributes, signature []byte) []byte {
	signed := bytes.Clone(attributes)
	signed[0] = byte(contextTag(0)) // RFC 5652, section 5.4
	return enclose(asn1.SEQUENCE,
		[]byte{byte(asn1.INTEGER), 1, 1}, h.signer, h.digestAlgorithm, signed, h.signatureAlgorithm, enclose(asn1.OCTET_STRING, signature))
}

// stream writes an attached signature in BER while it reads the content: indefinite lengths, the
// content in pieces, so that nothing needs to be known before it has gone by.
func (j *job) stream(content Content) error {
	out := j.options.Out
	if out == nil {
		return ErrTooLarge
	}
	head := slices.Concat(
		[]byte{0x30, 0x80}, encodedOID(oidSignedData), []byte{0xa0, 0x80, 0x30, 0x80, 2, 1, 1},
		enclose(asn1.SET, j.key.head.digestAlgorithm),
		[]byte{0x30, 0x80}, encodedOID(oidData), []byte{0xa0, 0x80, 0x24, 0x80},
	)
	if _, err := out.Write(head); err != nil {
		return err
	}
	if err := j.read(content, pieces{out}); err != nil {
		return err
	}
	signer, err := j.signer()
	if err != nil {
		return err
	}
	var tail cryptobyte.Builder
	tail.AddBytes(make([]byte, 3*2)) // the ends of the string, of [0] and of EncapsulatedContentInfo
	j.join(layout{}, signer).addTail(&tail)
	tail.AddBytes(make([]byte, 3*2)) // and of SignedData, [0] and ContentInfo
	end, err := tail.Bytes()
	if err != nil {
		return err
	}
	_, err = out.Write(end)
	return err
}

// pieces writes its input as OCTET STRINGs of at most so many bytes.
type pieces struct{ out io.Writer }

const pieceBytes = 64 << 10

func (p pieces) Write(all []byte) (int, error) {
	for piece := range slices.Chunk(all, pieceBytes) {
		if _, err := p.out.Write(appendLength([]byte{tagOctetString}, int32(len(piece)))); err != nil {
			return 0, err
		}
		if _, err := p.out.Write(piece); err != nil {
			return 0, err
		}
	}
	return len(all), nil
}

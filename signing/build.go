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

// digestAlgorithm is the hash's AlgorithmIdentifier: parameters NULL for Streebog as KalkanCrypt
// writes it, absent for SHA-2 (RFC 5754, section 2).
func (s suite) digestAlgorithm() []byte { return identifier(s.digest, s.hash == 0) }

// signatureAlgorithm is the signature's: NULL for RSA (RFC 8017, appendix A.2.4) and GOST, absent for
// ECDSA (RFC 5758, section 3.2).
func (s suite) signatureAlgorithm() []byte { return identifier(s.signature, s.key != oidEC) }

// identifier is an AlgorithmIdentifier with parameters NULL or absent.
func identifier(oid string, null bool) []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(numbers(oid))
		if null {
			b.AddASN1NULL()
		}
	})
	return b.BytesOrPanic()
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
func signedAttributes(certificate *x509.Certificate, digest []byte, at time.Time) ([]byte, error) {
	moment, err := encoding.Marshal(at.UTC().Truncate(time.Second))
	if err != nil {
		return nil, err
	}
	ess, err := signingCertificateV2(certificate)
	if err != nil {
		return nil, err
	}
	var octets cryptobyte.Builder
	octets.AddASN1OctetString(digest)
	list := [][]byte{
		attribute(oidContentType, encodedOID(oidData)),
		attribute(oidSigningTime, moment),
		attribute(oidMessageDigest, octets.BytesOrPanic()),
		attribute(oidSigningCertificateV2, ess),
	}
	slices.SortFunc(list, bytes.Compare)
	var set cryptobyte.Builder
	set.AddASN1(asn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(bytes.Join(list, nil)) })
	return set.Bytes()
}

// attribute is an attribute of one value, each in DER.
func attribute(kind string, value []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(numbers(kind))
		b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(value) })
	})
	return b.BytesOrPanic()
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
func (s suite) signerInfo(certificate *x509.Certificate, attributes, signature []byte) ([]byte, error) {
	signed := bytes.Clone(attributes)
	signed[0] = byte(contextTag(0)) // RFC 5652, section 5.4
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(certificate.RawIssuer)
			b.AddASN1BigInt(certificate.SerialNumber)
		})
		b.AddBytes(s.digestAlgorithm())
		b.AddBytes(signed)
		b.AddBytes(s.signatureAlgorithm())
		b.AddASN1OctetString(signature)
	})
	return b.Bytes()
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
		[]byte{byte(asn1.SET), byte(len(j.suite.digestAlgorithm()))}, j.suite.digestAlgorithm(),
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

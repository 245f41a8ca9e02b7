package signing

import (
	encoding "encoding/asn1"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// ErrNotConvertible means a signature that [ToRussian] and [FromRussian] can't rewrite.
var ErrNotConvertible = errors.New("not a GOST signature that can be converted")

// dialect is one way to say GOST 34.10-2015 with 512 bits: the identifiers that it writes in the place of others.
type dialect map[string]encoding.ObjectIdentifier

// kazakhOf and russianOf are the identifiers of one algorithm in the two countries: key, parameter set A, hash, and
// signature with hash.
func kazakhOf() []encoding.ObjectIdentifier {
	return []encoding.ObjectIdentifier{
		{1, 2, 398, 3, 10, 1, 1, 2, 2},
		{1, 2, 398, 3, 10, 1, 1, 2, 2, 1},
		{1, 2, 398, 3, 10, 1, 3, 3},
		{1, 2, 398, 3, 10, 1, 1, 2, 3, 2},
	}
}

// russianOf lists them as TC26 and RFC 9215 do.
func russianOf() []encoding.ObjectIdentifier {
	return []encoding.ObjectIdentifier{
		{1, 2, 643, 7, 1, 1, 1, 2},
		{1, 2, 643, 7, 1, 2, 1, 2, 1},
		{1, 2, 643, 7, 1, 1, 2, 3},
		{1, 2, 643, 7, 1, 1, 3, 3},
	}
}

func dialectOf(from, to []encoding.ObjectIdentifier) dialect {
	d := dialect{}
	for i := range from {
		d[from[i].String()] = to[i]
	}
	return d
}

// ToRussian rewrites a signature with the identifiers that OpenSSL's gost engine knows, and its GOST signatures in the
// engine's order of bytes. Signed attributes, and so what was signed, stay as they are. The certificates in it are
// readable afterwards, but no longer bear their issuer's signature: it is for checking the signature alone
// (openssl cms -verify -engine gost -noverify).
func ToRussian(cms []byte) ([]byte, error) {
	return dialectOf(kazakhOf(), russianOf()).rewrite(cms)
}

// FromRussian is the way back, for what OpenSSL's gost engine signed.
func FromRussian(cms []byte) ([]byte, error) {
	return dialectOf(russianOf(), kazakhOf()).rewrite(cms)
}

// rewrite goes through ContentInfo and SignedData (RFC 5652, sections 3 and 5.1).
func (d dialect) rewrite(cms []byte) ([]byte, error) {
	der, err := normalise(cms, limits{maxCMSBytes, maxCMSDepth, maxCMSElements})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotConvertible, err)
	}
	in := cryptobyte.String(der)
	var info, content, data cryptobyte.String
	if !in.ReadASN1(&info, asn1.SEQUENCE) {
		return nil, ErrNotConvertible
	}
	kind, ok := readOID(&info)
	if !ok || kind != oidSignedData || !info.ReadASN1(&content, explicit) || !content.ReadASN1(&data, asn1.SEQUENCE) {
		return nil, ErrNotConvertible
	}
	out := cryptobyte.NewBuilder(nil)
	converted := 0
	out.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(encoding.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2})
		b.AddASN1(explicit, func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { converted = d.signedData(b, data) })
		})
	})
	written, err := out.Bytes()
	if err != nil || converted == 0 {
		return nil, errors.Join(ErrNotConvertible, err)
	}
	return written, nil
}

// explicit is the tag [0] of the content and of the certificates.
const explicit = asn1.Tag(0xa0)

// signedData writes version, digestAlgorithms, the content as it is, certificates, and the signers; it counts the
// signatures that it turned round.
func (d dialect) signedData(b *cryptobyte.Builder, data cryptobyte.String) (converted int) {
	position := 0
	each(b, data, func(tag asn1.Tag, element, body cryptobyte.String) {
		switch {
		case position == 1, tag == explicit && position > 2:
			d.copy(b, element)
		case tag == asn1.SET:
			b.AddASN1(tag, func(b *cryptobyte.Builder) {
				each(b, body, func(tag asn1.Tag, _, body cryptobyte.String) {
					b.AddASN1(tag, func(b *cryptobyte.Builder) { converted += d.signer(b, body) })
				})
			})
		default:
			b.AddBytes(element)
		}
		position++
	})
	return converted
}

// signer writes SignerInfo: the algorithms in the other dialect, attributes as they are, the signature reversed where
// its algorithm was one of the dialect's.
func (d dialect) signer(b *cryptobyte.Builder, info cryptobyte.String) (converted int) {
	ours := false
	each(b, info, func(tag asn1.Tag, element, body cryptobyte.String) {
		switch tag {
		case asn1.SEQUENCE: // the signer's name has no identifier of the dialect's in it
			a := body
			oid, ok := readOID(&a)
			_, ours = d[oid]
			ours = ours && ok
			d.copy(b, element)
		case asn1.OCTET_STRING:
			signature := slices.Clone([]byte(body))
			if ours {
				slices.Reverse(signature)
				converted++
			}
			b.AddASN1OctetString(signature)
		default:
			b.AddBytes(element)
		}
	})
	return converted
}

// copy writes an element with the identifiers in it translated; what lies inside strings stays. The normaliser has
// bounded the depth.
func (d dialect) copy(b *cryptobyte.Builder, element cryptobyte.String) {
	each(b, element, func(tag asn1.Tag, element, body cryptobyte.String) {
		if tag&bitConstructed != 0 {
			b.AddASN1(tag, func(b *cryptobyte.Builder) { d.copy(b, body) })
			return
		}
		whole := element
		if oid, ok := readOID(&whole); ok && tag == asn1.OBJECT_IDENTIFIER {
			if other, known := d[oid]; known {
				b.AddASN1ObjectIdentifier(other)
				return
			}
		}
		b.AddBytes(element)
	})
}

// each reads the elements that follow one another; one that can't be read fails the builder.
func each(b *cryptobyte.Builder, in cryptobyte.String, do func(tag asn1.Tag, element, body cryptobyte.String)) {
	for !in.Empty() {
		var element, body cryptobyte.String
		var tag asn1.Tag
		rest := in
		if !in.ReadAnyASN1Element(&element, &tag) || !rest.ReadAnyASN1(&body, &tag) {
			b.SetError(ErrNotConvertible)
			return
		}
		do(tag, element, body)
	}
}

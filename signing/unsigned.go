package signing

import (
	"errors"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// addUnsigned adds an unsigned attribute (type and SET of values, in DER) to the signer of the
// number. No other byte of any signer's changes: neither what others have signed nor what has been
// stamped. A signature in BER becomes DER in its lengths.
func addUnsigned(cms []byte, signer int, attribute []byte) ([]byte, error) {
	der, err := normalise(cms, limits{maxCMSBytes, maxCMSDepth, maxCMSElements})
	if err != nil {
		return nil, err
	}
	l, refused := takeApart(der)
	if refused != nil {
		return nil, errors.New("adding to a signature: " + refused.code)
	}
	if signer < 0 || signer >= len(l.signers) {
		return nil, errors.New("adding to a signature: no such signer")
	}
	l.signers = slices.Clone(l.signers)
	if l.signers[signer], err = withUnsigned(l.signers[signer], attribute); err != nil {
		return nil, err
	}
	return l.together()
}

// withUnsigned is the SignerInfo with one more unsigned attribute, after those that it has.
func withUnsigned(signer cryptobyte.String, attribute []byte) (cryptobyte.String, error) {
	var body, before, unsigned cryptobyte.String
	if !signer.ReadASN1(&body, asn1.SEQUENCE) {
		return nil, errors.New("adding to a signature: malformed")
	}
	for rest := body; !rest.Empty() && !rest.PeekASN1Tag(contextTag(1)); {
		var element cryptobyte.String
		var tag asn1.Tag
		if !rest.ReadAnyASN1Element(&element, &tag) {
			return nil, errors.New("adding to a signature: malformed")
		}
		before = body[:len(body)-len(rest)]
	}
	after := body[len(before):]
	if !after.ReadOptionalASN1(&unsigned, nil, contextTag(1)) || !after.Empty() {
		return nil, errors.New("adding to a signature: malformed")
	}
	var out cryptobyte.Builder
	out.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(before)
		b.AddASN1(contextTag(1), func(b *cryptobyte.Builder) {
			b.AddBytes(unsigned)
			b.AddBytes(attribute)
		})
	})
	return out.Bytes()
}

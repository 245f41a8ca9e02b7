package signing

import (
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// IsCMS tells whether the data begins as a SignedData does, in BER or DER: it is meant as a signature, whether it is
// sound or not.
func IsCMS(data []byte) bool {
	const oid = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" // 1.2.840.113549.1.7.2
	if len(data) < 2 || data[0] != byte(asn1.SEQUENCE) {
		return false
	}
	_, body, err := readLength(data, 1)
	return err == nil && len(data) >= body+len(oid) && string(data[body:body+len(oid)]) == oid
}

// IsCRL tells whether the data is laid out as a list of revoked certificates (RFC 5280, section 5.1), in DER: a
// SEQUENCE of SEQUENCE, AlgorithmIdentifier and BIT STRING, whose first holds a time where a certificate has none.
func IsCRL(data []byte) bool {
	in := cryptobyte.String(data)
	var list, tbs, issuer cryptobyte.String
	if !in.ReadASN1(&list, asn1.SEQUENCE) || !in.Empty() || !list.ReadASN1(&tbs, asn1.SEQUENCE) {
		return false
	}
	return tbs.SkipOptionalASN1(asn1.INTEGER) && tbs.SkipASN1(asn1.SEQUENCE) && tbs.ReadASN1(&issuer, asn1.SEQUENCE) &&
		(tbs.PeekASN1Tag(asn1.UTCTime) || tbs.PeekASN1Tag(asn1.GeneralizedTime)) &&
		list.SkipASN1(asn1.SEQUENCE) && list.SkipASN1(asn1.BIT_STRING) && list.Empty()
}

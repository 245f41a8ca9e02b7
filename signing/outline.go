package signing

import "golang.org/x/crypto/cryptobyte/asn1"

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

package signing

import (
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// enclose is an element of the parts, less than 2 GiB together.
func enclose(tag asn1.Tag, parts ...[]byte) []byte {
	const header = 6
	size := 0
	for _, part := range parts {
		size += len(part)
	}
	out := appendLength(append(make([]byte, 0, header+size), byte(tag)), int32(size))
	for _, part := range parts {
		out = append(out, part...)
	}
	return out
}

// maxExtensions bounds the extensions of a list, an entry or an answer.
const maxExtensions = 32

// extension of RFC 5280, section 4.1.
type extension struct {
	oid      string
	critical bool
	value    cryptobyte.String // what the OCTET STRING holds
}

// readExtensions reads Extensions; none may stand there twice.
func readExtensions(in *cryptobyte.String) ([]extension, bool) {
	var list cryptobyte.String
	if !in.ReadASN1(&list, asn1.SEQUENCE) {
		return nil, false
	}
	var found []extension
	for !list.Empty() {
		var one cryptobyte.String
		var e extension
		if len(found) == maxExtensions || !list.ReadASN1(&one, asn1.SEQUENCE) {
			return nil, false
		}
		var ok bool
		if e.oid, ok = readOID(&one); !ok {
			return nil, false
		}
		if one.PeekASN1Tag(asn1.BOOLEAN) && !one.ReadASN1Boolean(&e.critical) {
			return nil, false
		}
		if !one.ReadASN1(&e.value, asn1.OCTET_STRING) || !one.Empty() {
			return nil, false
		}
		for _, other := range found {
			if other.oid == e.oid {
				return nil, false
			}
		}
		found = append(found, e)
	}
	return found, true
}

// readBits reads a BIT STRING of whole octets.
func readBits(in *cryptobyte.String) ([]byte, bool) {
	var bits []byte
	ok := in.ReadASN1BitStringAsBytes(&bits)
	return bits, ok
}

// readGeneralizedTime reads a GeneralizedTime in UTC, with a fraction of a second or without.
func readGeneralizedTime(in *cryptobyte.String) (time.Time, bool) {
	const most = len("20060102150405.999999999Z")
	var text cryptobyte.String
	if !in.ReadASN1(&text, asn1.GeneralizedTime) || len(text) > most || !strings.HasSuffix(string(text), "Z") {
		return time.Time{}, false
	}
	// the layout without a fraction takes one all the same
	at, err := time.Parse("20060102150405Z", string(text))
	return at, err == nil
}

// readTime reads Time of RFC 5280: UTCTime up to 2049, GeneralizedTime from then on.
func readTime(in *cryptobyte.String) (at time.Time, ok bool) {
	if in.PeekASN1Tag(asn1.UTCTime) {
		ok = in.ReadASN1UTCTime(&at)
		return at, ok
	}
	return readGeneralizedTime(in)
}

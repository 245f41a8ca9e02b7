package signing

import (
	"bytes"
	encoding "encoding/asn1"
	"strconv"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Object identifiers, in the dotted form that they are compared in.
const (
	// RFC 5652, RFC 5035, RFC 5126.
	oidData                 = "1.2.840.113549.1.7.1"
	oidSignedData           = "1.2.840.113549.1.7.2"
	oidEncryptedData        = "1.2.840.113549.1.7.6"
	oidContentType          = "1.2.840.113549.1.9.3"
	oidMessageDigest        = "1.2.840.113549.1.9.4"
	oidSigningTime          = "1.2.840.113549.1.9.5"
	oidSigningCertificate   = "1.2.840.113549.1.9.16.2.12"
	oidSigningCertificateV2 = "1.2.840.113549.1.9.16.2.47"
	oidTimeStampToken       = "1.2.840.113549.1.9.16.2.14"

	// Hashes: RFC 8017, RFC 5754; the HMACs of RFC 8018.
	oidMD5        = "1.2.840.113549.2.5"
	oidSHA1       = "1.3.14.3.2.26"
	oidSHA256     = "2.16.840.1.101.3.4.2.1"
	oidSHA384     = "2.16.840.1.101.3.4.2.2"
	oidSHA512     = "2.16.840.1.101.3.4.2.3"
	oidHMACSHA1   = "1.2.840.113549.2.7"
	oidHMACSHA256 = "1.2.840.113549.2.9"
	oidHMACSHA384 = "1.2.840.113549.2.10"
	oidHMACSHA512 = "1.2.840.113549.2.11"

	// Signatures and keys: RFC 8017, RFC 5480, RFC 5758.
	oidRSA         = "1.2.840.113549.1.1.1"
	oidRSASHA256   = "1.2.840.113549.1.1.11"
	oidRSASHA384   = "1.2.840.113549.1.1.12"
	oidRSASHA512   = "1.2.840.113549.1.1.13"
	oidEC          = "1.2.840.10045.2.1"
	oidECDSASHA256 = "1.2.840.10045.4.3.2"
	oidECDSASHA384 = "1.2.840.10045.4.3.3"
	oidECDSASHA512 = "1.2.840.10045.4.3.4"

	oidRSAPSS    = "1.2.840.113549.1.1.10"
	oidRSAMD5    = "1.2.840.113549.1.1.4"
	oidRSASHA1   = "1.2.840.113549.1.1.5"
	oidECDSASHA1 = "1.2.840.10045.4.1"

	// Kazakhstan's GOST 34.10-2015 and GOST 34.11-2015: those of RFC 7091 and RFC 6986 under other
	// names; and the algorithms of 2004 that went before them.
	oidGOST512         = "1.2.398.3.10.1.1.2.2"
	oidGOST512Streebog = "1.2.398.3.10.1.1.2.3.2"
	oidStreebog512     = "1.2.398.3.10.1.3.3"
	oidGOST256         = "1.2.398.3.10.1.1.2.1"
	oidGOST256Streebog = "1.2.398.3.10.1.1.2.3.1"
	oidStreebog256     = "1.2.398.3.10.1.3.2"
	oidPrefixLegacy    = "1.2.398.3.10.1.1.1."
	oidLegacyHash      = "1.2.398.3.10.1.3.1"

	// The certificate policies of the national authority; older ones are numbered below it.
	oidNationalPolicies = "1.2.398.3.3.2"

	// RFC 7292 and the encryptions of RFC 8018.
	oidKeyBag         = "1.2.840.113549.1.12.10.1.1"
	oidShroudedKeyBag = "1.2.840.113549.1.12.10.1.2"
	oidCertBag        = "1.2.840.113549.1.12.10.1.3"
	oidX509           = "1.2.840.113549.1.9.22.1"
	oidPBE3DES        = "1.2.840.113549.1.12.1.3"
	oidPBERC2128      = "1.2.840.113549.1.12.1.5"
	oidPBERC240       = "1.2.840.113549.1.12.1.6"
	oidPBES2          = "1.2.840.113549.1.5.13"
	oidPBKDF2         = "1.2.840.113549.1.5.12"
	oidAES128CBC      = "2.16.840.1.101.3.4.1.2"
	oidAES192CBC      = "2.16.840.1.101.3.4.1.22"
	oidAES256CBC      = "2.16.840.1.101.3.4.1.42"
)

// algorithm is an AlgorithmIdentifier; parameters is empty when they are absent.
type algorithm struct {
	oid        string
	parameters cryptobyte.String
}

// plain tells whether the parameters are absent or NULL: the algorithms of signatures and hashes
// have none, and writers disagree on how to say so.
func (a algorithm) plain() bool {
	return len(a.parameters) == 0 || bytes.Equal(a.parameters, []byte{byte(asn1.NULL), 0})
}

func readAlgorithm(in *cryptobyte.String) (a algorithm, ok bool) {
	var body cryptobyte.String
	if !in.ReadASN1(&body, asn1.SEQUENCE) {
		return a, false
	}
	a.oid, ok = readOID(&body)
	a.parameters = body
	return a, ok
}

func readOID(in *cryptobyte.String) (string, bool) {
	var body cryptobyte.String
	if !in.ReadASN1(&body, asn1.OBJECT_IDENTIFIER) || len(body) == 0 {
		return "", false
	}
	dotted := make([]byte, 0, 48)
	for first := true; len(body) > 0; first = false {
		n, ok := readBase128(&body)
		if !ok {
			return "", false
		}
		if first { // two in one: X.690, 8.19.4
			root := min(n/40, 2)
			dotted = append(dotted, '0'+byte(root))
			n -= 40 * root
		}
		dotted = strconv.AppendUint(append(dotted, '.'), n, 10)
	}
	return string(dotted), true
}

// readBase128 reads a number of an OID, below 2^31 as the standard library has it, in its shortest form.
func readBase128(in *cryptobyte.String) (n uint64, ok bool) {
	for i, b := range *in {
		if i == 0 && b == 0x80 || n >= 1<<24 {
			return 0, false
		}
		n = n<<7 | uint64(b&0x7f)
		if b < 0x80 {
			*in = (*in)[i+1:]
			return n, true
		}
	}
	return 0, false
}

// numbers is the OID as the encoders of the standard library want it.
func numbers(oid string) encoding.ObjectIdentifier {
	var id encoding.ObjectIdentifier
	for part := range strings.SplitSeq(oid, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			panic("not an object identifier: " + oid) // a constant of this package
		}
		id = append(id, n)
	}
	return id
}

// encodedOID is the element in DER.
func encodedOID(oid string) []byte {
	var b cryptobyte.Builder
	b.AddASN1ObjectIdentifier(numbers(oid))
	return b.BytesOrPanic()
}

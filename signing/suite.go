package signing

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"hash"
	"strconv"
	"strings"

	"baqylau/signing/gost"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// suite is a kind of key with the hash and the signature algorithm that belong to it. Everything
// that is signed (a CMS, a certificate, a CRL, an OCSP answer, a timestamp) is checked by a row of
// the one table, and by nothing else.
type suite struct {
	key       string // OID of the key
	signature string // OID of the signature, hash included
	digest    string // OID of the hash
	newHash   func() hash.Hash
	hash      crypto.Hash // 0 for Streebog, which Go doesn't number
}

// suites is the table: RFC 8017 and RFC 5754, RFC 5758, and the GOST 34.10-2015 of Kazakhstan. A
// key signs with the first row of its kind.
func suites() [8]suite {
	return [...]suite{
		{oidGOST512, oidGOST512Streebog, oidStreebog512, gost.New512, 0},
		{oidGOST256, oidGOST256Streebog, oidStreebog256, gost.New256, 0},
		{oidRSA, oidRSASHA256, oidSHA256, sha256.New, crypto.SHA256},
		{oidRSA, oidRSASHA384, oidSHA384, sha512.New384, crypto.SHA384},
		{oidRSA, oidRSASHA512, oidSHA512, sha512.New, crypto.SHA512},
		{oidEC, oidECDSASHA256, oidSHA256, sha256.New, crypto.SHA256},
		{oidEC, oidECDSASHA384, oidSHA384, sha512.New384, crypto.SHA384},
		{oidEC, oidECDSASHA512, oidSHA512, sha512.New, crypto.SHA512},
	}
}

// Bounds in bits of an RSA modulus: the NCA has issued no smaller one since 2015, and a longer one is
// only there to be slow; of its exponent, which is 65537 everywhere, for the same reason; and of an elliptic
// curve of the same strength at the least.
const (
	minRSABits     = 2048
	maxRSABits     = 8192
	maxRSAExponent = 1 << 20
	minECBits      = 256
)

// newHash gives the hash of the algorithm identifier, SHA-2 or Streebog.
func newHash(a algorithm) (func() hash.Hash, *refusal) {
	if !a.plain() {
		return nil, refuse("algorithm_parameters")
	}
	for _, s := range suites() {
		if s.digest == a.oid {
			return s.newHash, nil
		}
	}
	return nil, unknown(a.oid)
}

// unknown is the refusal of an algorithm that isn't in the table.
func unknown(oid string) *refusal {
	switch {
	case oid == oidSHA1, oid == oidMD5, oid == oidRSASHA1, oid == oidRSAMD5, oid == oidECDSASHA1:
		return refuse("weak_digest")
	case oid == oidLegacyHash, strings.HasPrefix(oid, oidPrefixLegacy):
		return refuse("legacy_gost")
	}
	return refuse("unsupported_algorithm", "algorithm", oid)
}

// publicKeyOf is the certificate's key, of a kind and a strength that signatures are taken from.
func publicKeyOf(certificate *x509.Certificate) (crypto.PublicKey, *refusal) {
	switch key := certificate.PublicKey.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() < minRSABits || key.N.BitLen() > maxRSABits {
			return nil, refuse("weak_key")
		}
		if key.E > maxRSAExponent {
			return nil, refuse("unsupported_algorithm", "algorithm", "RSA, e = "+strconv.Itoa(key.E))
		}
		return key, nil
	case *ecdsa.PublicKey:
		if key.Curve.Params().BitSize < minECBits {
			return nil, refuse("weak_key")
		}
		return key, nil
	}
	return gostKeyOf(certificate.RawSubjectPublicKeyInfo)
}

// gostKeyOf reads SubjectPublicKeyInfo as the NCA writes it: the point is x‖y, little-endian, in an
// OCTET STRING inside the BIT STRING.
func gostKeyOf(info cryptobyte.String) (crypto.PublicKey, *refusal) {
	var body, bits, point cryptobyte.String
	if !info.ReadASN1(&body, asn1.SEQUENCE) {
		return nil, refuse("bad_public_key")
	}
	a, ok := readAlgorithm(&body)
	if !ok {
		return nil, refuse("bad_public_key")
	}
	curve, refused := curveOf(a)
	if refused != nil {
		return nil, refused
	}
	if !body.ReadASN1(&bits, asn1.BIT_STRING) || !body.Empty() || len(bits) == 0 || bits[0] != 0 {
		return nil, refuse("bad_public_key")
	}
	bits = bits[1:]
	if !bits.ReadASN1(&point, asn1.OCTET_STRING) || !bits.Empty() {
		return nil, refuse("bad_public_key")
	}
	key, err := gost.NewPublicKey(curve, point)
	if err != nil {
		return nil, refuse("bad_public_key")
	}
	return key, nil
}

// curveOf reads SEQUENCE { parameter set, hash OPTIONAL } of a GOST key; the hash must be the one
// that belongs to the key.
func curveOf(a algorithm) (*gost.Curve, *refusal) {
	var parameters cryptobyte.String
	var digest string
	switch a.oid {
	case oidGOST512:
		digest = oidStreebog512
	case oidGOST256:
		digest = oidStreebog256
	default:
		return nil, unknown(a.oid)
	}
	rest := a.parameters
	if !rest.ReadASN1(&parameters, asn1.SEQUENCE) || !rest.Empty() {
		return nil, refuse("algorithm_parameters")
	}
	set, ok := readOID(&parameters)
	if !ok {
		return nil, refuse("algorithm_parameters")
	}
	if !parameters.Empty() {
		if named, ok := readOID(&parameters); !ok || named != digest || !parameters.Empty() {
			return nil, refuse("algorithm_parameters")
		}
	}
	curve, known := gost.CurveByOID(set)
	if !known || curve.Size() != gostSize(a.oid) {
		return nil, unknown(set)
	}
	return curve, nil
}

// gostSize is the length in bytes of a number of the kind of key.
func gostSize(oid string) int {
	if oid == oidGOST256 {
		return 32
	}
	return 64
}

// keyKind is the OID of the key in the table.
func keyKind(public crypto.PublicKey) string {
	switch key := public.(type) {
	case *rsa.PublicKey:
		return oidRSA
	case *ecdsa.PublicKey:
		return oidEC
	case *gost.PublicKey:
		if key.Curve().Size() == gostSize(oidGOST256) {
			return oidGOST256
		}
		return oidGOST512
	}
	return ""
}

// suiteOf finds the row that the signature algorithm names, and refuses one that doesn't belong to
// the key. digest is the OID of the hash where it is named apart, else "": many a CMS names the kind
// of key alone as its signature algorithm.
func suiteOf(public crypto.PublicKey, a algorithm, digest string) (suite, *refusal) {
	if !a.plain() {
		if a.oid == oidRSAPSS {
			return suite{}, unknown(a.oid)
		}
		return suite{}, refuse("algorithm_parameters")
	}
	kind := keyKind(public)
	known := false
	for _, s := range suites() {
		named := s.signature == a.oid || digest != "" && a.oid == s.key && s.key != oidEC
		known = known || named
		if named && s.key == kind && (digest == "" || digest == s.digest) {
			return s, nil
		}
	}
	if known {
		return suite{}, refuse("algorithms_disagree")
	}
	return suite{}, unknown(a.oid)
}

// suiteToSign is what a key signs with.
func suiteToSign(public crypto.PublicKey) (suite, bool) {
	kind := keyKind(public)
	for _, s := range suites() {
		if s.key == kind {
			return s, true
		}
	}
	return suite{}, false
}

// verify checks a signature over a digest; the key must be of the row's kind.
func (s suite) verify(public crypto.PublicKey, digest, signature []byte) bool {
	switch key := public.(type) {
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(key, s.hash, digest, signature) == nil
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(key, digest, signature)
	case *gost.PublicKey:
		return gost.Verify(key, digest, signature)
	}
	return false
}

func (s suite) sum(message []byte) []byte {
	h := s.newHash()
	h.Write(message)
	return h.Sum(nil)
}

// verifyRaw checks that the certificate's key signed the message, byte for byte as it stands in
// what was signed. It asks nothing of the certificate itself.
func verifyRaw(certificate *x509.Certificate, a algorithm, message, signature []byte) *refusal {
	public, refused := publicKeyOf(certificate)
	if refused != nil {
		return refused
	}
	return verifyWith(public, a, message, signature)
}

func verifyWith(public crypto.PublicKey, a algorithm, message, signature []byte) *refusal {
	s, refused := suiteOf(public, a, "")
	if refused != nil {
		return refused
	}
	if !s.verify(public, s.sum(message), signature) {
		return refuse("signature_mismatch")
	}
	return nil
}

// signatureAlgorithmOf reads the algorithm out of the certificate; x509 has made sure that it is
// the same inside and outside of what is signed, and names only those that it knows.
func signatureAlgorithmOf(certificate *x509.Certificate) (algorithm, bool) {
	var body cryptobyte.String
	in := cryptobyte.String(certificate.Raw)
	if !in.ReadASN1(&body, asn1.SEQUENCE) || !body.SkipASN1(asn1.SEQUENCE) {
		return algorithm{}, false
	}
	return readAlgorithm(&body)
}

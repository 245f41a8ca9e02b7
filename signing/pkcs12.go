package signing

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"

	"baqylau/signing/gost"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Bounds of a key file; the NCA's files are 2 KB, with a chain 8 KB.
const (
	maxKeyFile     = 1 << 20
	maxKeyElements = 1 << 14
	maxKeyDepth    = 32
	maxPassword    = 1 << 10
	maxPrivate     = 8 << 10 // an RSA key of 8192 bits takes 5 KB; checking one of a megabyte takes minutes
	maxSafes       = 8
	maxBags        = 64
)

// OpenPKCS12 opens a key file (RFC 7292) with its password; name is the file's, for the identity's
// Storage. Of several keys it takes the first that has its certificate. The file may be DER or, as
// the NCA writes it, BER.
//
// The MAC is checked over the octets as they are in the file before anything inside is read.
// Errors: [ErrNotPKCS12], [ErrDamaged], [ErrWrongPassword], [ErrNoKey], [ErrUnsupportedKey] (and
// [ErrLegacyKey]), [ErrCostly]. The caller overwrites data and password; no reference is kept.
func OpenPKCS12(name string, data, password []byte) (*Key, error) {
	if len(data) > maxKeyFile || !looksLikePFX(data) {
		return nil, fmt.Errorf("opening %s: %w", name, ErrNotPKCS12)
	}
	if len(password) > maxPassword {
		return nil, fmt.Errorf("opening %s: %w", name, ErrWrongPassword)
	}
	s := newSecret(password)
	defer s.wipe()
	key, err := openPFX(data, s)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", name, err)
	}
	key.identity.Storage = "PKCS#12 " + name
	return key, nil
}

// looksLikePFX tells a key file that is cut short from something else: a PFX begins with a
// SEQUENCE and the INTEGER 3.
func looksLikePFX(data []byte) bool {
	if len(data) < 2 || data[0] != 0x30 {
		return false
	}
	_, body, err := readLength(data, 1)
	return err == nil && bytes.HasPrefix(data[body:], []byte{0x02, 0x01, 0x03})
}

// macData is what RFC 7292 calls so.
type macData struct {
	algorithm  string
	digest     []byte
	salt       []byte
	iterations int
}

func openPFX(data []byte, s *secret) (*Key, error) {
	der, err := normaliseKeyFile(data)
	if err != nil {
		return nil, err
	}
	safe, mac, err := readPFX(der)
	if err != nil {
		return nil, err
	}
	if err := checkMAC(s, mac, safe); err != nil {
		return nil, err
	}
	var found bags
	defer found.wipe()
	if err := found.readSafe(safe, s); err != nil {
		return nil, err
	}
	return found.key()
}

func checkMAC(s *secret, mac macData, message []byte) error {
	ok, err := s.matches(mac, message)
	if !ok && err == nil && len(s.utf8) == 0 {
		s.bmp = nil // some programs write the empty password as no octets at all
		ok, err = s.matches(mac, message)
	}
	if err == nil && !ok {
		err = ErrWrongPassword
	}
	return err
}

func normaliseKeyFile(ber []byte) (cryptobyte.String, error) {
	der, err := normalise(ber, limits{maxKeyFile, maxKeyDepth, maxKeyElements})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return der, nil
}

// readPFX gives the octets of the authenticated safe and their MAC.
func readPFX(in cryptobyte.String) (safe cryptobyte.String, mac macData, err error) {
	var pfx, info, explicit cryptobyte.String
	var version int
	if !in.ReadASN1(&pfx, asn1.SEQUENCE) || !pfx.ReadASN1Integer(&version) || !pfx.ReadASN1(&info, asn1.SEQUENCE) {
		return nil, mac, ErrDamaged
	}
	kind, ok := readOID(&info)
	if ok && kind == oidSignedData {
		return nil, mac, fmt.Errorf("%w: file sealed with a public key", ErrUnsupportedKey)
	}
	if !ok || kind != oidData || !info.ReadASN1(&explicit, asn1.Tag(0).ContextSpecific().Constructed()) ||
		!explicit.ReadASN1(&safe, asn1.OCTET_STRING) {
		return nil, mac, ErrDamaged
	}
	if pfx.Empty() {
		return nil, mac, fmt.Errorf("%w: file without a MAC", ErrUnsupportedKey)
	}
	mac, ok = readMAC(&pfx)
	if !ok || !pfx.Empty() {
		return nil, mac, ErrDamaged
	}
	return safe, mac, nil
}

func readMAC(in *cryptobyte.String) (mac macData, ok bool) {
	var body, info, digest, salt cryptobyte.String
	if !in.ReadASN1(&body, asn1.SEQUENCE) || !body.ReadASN1(&info, asn1.SEQUENCE) {
		return mac, false
	}
	a, ok := readAlgorithm(&info)
	if !ok || !info.ReadASN1(&digest, asn1.OCTET_STRING) || !body.ReadASN1(&salt, asn1.OCTET_STRING) {
		return mac, false
	}
	mac = macData{algorithm: a.oid, digest: digest, salt: salt, iterations: 1}
	if !body.Empty() && !body.ReadASN1Integer(&mac.iterations) {
		return mac, false
	}
	return mac, body.Empty()
}

// bags collects what the safes of a file hold.
type bags struct {
	keys         [][]byte // PKCS#8, in the clear
	certificates []*x509.Certificate
	foreign      error // the first certificate that couldn't be read
	count        int
}

func (b *bags) wipe() {
	for _, key := range b.keys {
		clear(key)
	}
}

// readSafe reads AuthenticatedSafe, a SEQUENCE OF ContentInfo.
func (b *bags) readSafe(ber []byte, s *secret) error {
	in, err := normaliseKeyFile(ber)
	if err != nil {
		return err
	}
	var safes cryptobyte.String
	if !in.ReadASN1(&safes, asn1.SEQUENCE) {
		return ErrDamaged
	}
	for n := 0; !safes.Empty(); n++ {
		var info, content cryptobyte.String
		if n == maxSafes || !safes.ReadASN1(&info, asn1.SEQUENCE) {
			return fmt.Errorf("%w: list of safes", ErrDamaged)
		}
		kind, ok := readOID(&info)
		if !ok || !info.ReadASN1(&content, asn1.Tag(0).ContextSpecific().Constructed()) {
			return fmt.Errorf("%w: safe", ErrDamaged)
		}
		if err := b.readContents(kind, content, s); err != nil {
			return err
		}
	}
	return nil
}

// readContents reads one safe, in the clear or enciphered.
func (b *bags) readContents(kind string, content cryptobyte.String, s *secret) error {
	var octets cryptobyte.String
	switch kind {
	case oidData:
		if !content.ReadASN1(&octets, asn1.OCTET_STRING) {
			return fmt.Errorf("%w: safe in the clear", ErrDamaged)
		}
		return b.readBags(octets, s)
	case oidEncryptedData:
		a, data, ok := readEncrypted(content)
		if !ok {
			return fmt.Errorf("%w: enciphered safe", ErrDamaged)
		}
		plain, err := s.decrypt(a, data)
		if err != nil {
			return err
		}
		defer clear(plain)
		return b.readBags(plain, s)
	}
	return fmt.Errorf("%w: safe of type %s", ErrUnsupportedKey, kind)
}

// readEncrypted reads EncryptedData (RFC 5652, section 8). Its content is [0] IMPLICIT OCTET
// STRING, which BER may give in pieces; only who knows the type can join them.
func readEncrypted(in cryptobyte.String) (a algorithm, data []byte, ok bool) {
	var body, info, octets cryptobyte.String
	if !in.ReadASN1(&body, asn1.SEQUENCE) || !body.SkipASN1(asn1.INTEGER) || !body.ReadASN1(&info, asn1.SEQUENCE) {
		return a, nil, false
	}
	if _, ok = readOID(&info); !ok {
		return a, nil, false
	}
	if a, ok = readAlgorithm(&info); !ok {
		return a, nil, false
	}
	if whole := asn1.Tag(0).ContextSpecific(); info.PeekASN1Tag(whole) {
		ok = info.ReadASN1(&octets, whole)
		return a, octets, ok && info.Empty()
	}
	var pieces cryptobyte.String
	if !info.ReadASN1(&pieces, asn1.Tag(0).ContextSpecific().Constructed()) {
		return a, nil, false
	}
	for !pieces.Empty() {
		if !pieces.ReadASN1(&octets, asn1.OCTET_STRING) {
			return a, nil, false
		}
		data = append(data, octets...)
	}
	return a, data, info.Empty()
}

// readBags reads SafeContents, a SEQUENCE OF SafeBag; bags of other kinds are passed over.
func (b *bags) readBags(ber []byte, s *secret) error {
	in, err := normaliseKeyFile(ber)
	if err != nil {
		return err
	}
	defer clear(in)
	var list cryptobyte.String
	if !in.ReadASN1(&list, asn1.SEQUENCE) {
		return fmt.Errorf("%w: contents of a safe", ErrDamaged)
	}
	for ; !list.Empty(); b.count++ {
		var bag, value cryptobyte.String
		if b.count == maxBags || !list.ReadASN1(&bag, asn1.SEQUENCE) {
			return fmt.Errorf("%w: list of bags", ErrDamaged)
		}
		kind, ok := readOID(&bag)
		if !ok || !bag.ReadASN1(&value, asn1.Tag(0).ContextSpecific().Constructed()) {
			return fmt.Errorf("%w: bag", ErrDamaged)
		}
		if err := b.readBag(kind, value, s); err != nil {
			return err
		}
	}
	return nil
}

func (b *bags) readBag(kind string, value cryptobyte.String, s *secret) error {
	switch kind {
	case oidKeyBag:
		b.keys = append(b.keys, bytes.Clone(value))
	case oidShroudedKeyBag:
		var info, data cryptobyte.String
		if !value.ReadASN1(&info, asn1.SEQUENCE) {
			return fmt.Errorf("%w: key bag", ErrDamaged)
		}
		a, ok := readAlgorithm(&info)
		if !ok || !info.ReadASN1(&data, asn1.OCTET_STRING) {
			return fmt.Errorf("%w: key bag", ErrDamaged)
		}
		plain, err := s.decrypt(a, data)
		if err != nil {
			return err
		}
		b.keys = append(b.keys, plain)
	case oidCertBag:
		return b.readCertificate(value)
	}
	return nil
}

func (b *bags) readCertificate(in cryptobyte.String) error {
	var bag, explicit, der cryptobyte.String
	if !in.ReadASN1(&bag, asn1.SEQUENCE) {
		return fmt.Errorf("%w: certificate bag", ErrDamaged)
	}
	kind, ok := readOID(&bag)
	if ok && kind != oidX509 {
		return nil
	}
	if !ok || !bag.ReadASN1(&explicit, asn1.Tag(0).ContextSpecific().Constructed()) ||
		!explicit.ReadASN1(&der, asn1.OCTET_STRING) {
		return fmt.Errorf("%w: certificate bag", ErrDamaged)
	}
	// the buffer is overwritten afterwards, and x509 keeps what it parses
	certificate, err := x509.ParseCertificate(bytes.Clone(der))
	if err != nil && b.foreign == nil {
		b.foreign = fmt.Errorf("%w: certificate: %w", ErrDamaged, err)
	}
	if err == nil {
		b.certificates = append(b.certificates, certificate)
	}
	return nil
}

// key gives the first private key that has its certificate.
func (b *bags) key() (*Key, error) {
	var unusable error
	for _, pkcs8 := range b.keys {
		candidates, err := parsePrivate(pkcs8)
		if err != nil {
			unusable = errors.Join(unusable, err)
			continue
		}
		key, err := b.choose(candidates)
		if key != nil {
			return key, nil
		}
		unusable = errors.Join(unusable, err)
	}
	switch {
	case unusable != nil:
		return nil, unusable
	case b.foreign != nil && len(b.keys) > 0:
		return nil, b.foreign
	}
	return nil, ErrNoKey
}

// parsePrivate reads a PKCS#8 key. A GOST key may be meant in two ways, of which its certificate
// tells the right one.
func parsePrivate(pkcs8 []byte) ([]crypto.Signer, error) {
	in, err := normaliseKeyFile(pkcs8)
	if err != nil {
		return nil, err
	}
	defer clear(in)
	var body cryptobyte.String
	rest := in
	if !rest.ReadASN1(&body, asn1.SEQUENCE) || !body.SkipASN1(asn1.INTEGER) {
		return nil, fmt.Errorf("%w: private key", ErrDamaged)
	}
	a, ok := readAlgorithm(&body)
	switch {
	case !ok:
		return nil, fmt.Errorf("%w: private key", ErrDamaged)
	case a.oid == oidGOST512, a.oid == oidGOST256:
		return parseGOST(a, body)
	case strings.HasPrefix(a.oid, oidPrefixLegacy):
		return nil, ErrLegacyKey
	case a.oid != oidRSA && a.oid != oidEC:
		return nil, fmt.Errorf("%w: algorithm %s", ErrUnsupportedKey, a.oid)
	}
	if len(in) > maxPrivate {
		return nil, fmt.Errorf("%w: private key of %d bytes", ErrUnsupportedKey, len(in))
	}
	private, err := x509.ParsePKCS8PrivateKey(in)
	if err != nil {
		return nil, fmt.Errorf("%w: private key: %w", ErrDamaged, err)
	}
	signer, ok := private.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("%w: algorithm %s", ErrUnsupportedKey, a.oid)
	}
	return []crypto.Signer{signer}, nil
}

// parseGOST reads the number of a GOST key: the NCA writes an OCTET STRING with the number
// little-endian, other programs an INTEGER, or the bare octets, in which order nobody says.
func parseGOST(a algorithm, body cryptobyte.String) ([]crypto.Signer, error) {
	curve, refused := curveOf(a)
	if refused != nil {
		return nil, fmt.Errorf("%w: %s", ErrUnsupportedKey, refused.code)
	}
	var octets, number cryptobyte.String
	if !body.ReadASN1(&octets, asn1.OCTET_STRING) {
		return nil, fmt.Errorf("%w: private key", ErrDamaged)
	}
	size := gostSize(a.oid)
	inner := octets
	switch {
	case len(octets) == size:
		number = octets
	case octets.PeekASN1Tag(asn1.OCTET_STRING) && inner.ReadASN1(&number, asn1.OCTET_STRING) && inner.Empty():
	case octets.PeekASN1Tag(asn1.INTEGER) && inner.ReadASN1(&number, asn1.INTEGER) && inner.Empty():
		number = bytes.TrimLeft(number, "\x00")
	}
	if len(number) == 0 || len(number) > size {
		return nil, fmt.Errorf("%w: private key", ErrDamaged)
	}
	little, big := make([]byte, size), make([]byte, size)
	defer clear(little)
	defer clear(big)
	copy(little, number)
	copy(big[size-len(number):], number)
	slices.Reverse(big)
	var list []crypto.Signer
	for _, d := range [][]byte{little, big} {
		if private, err := gost.NewPrivateKey(curve, d); err == nil {
			list = append(list, private)
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%w: private key", ErrDamaged)
	}
	return list, nil
}

// choose pairs the one of the candidates that has its certificate, and overwrites the others.
func (b *bags) choose(candidates []crypto.Signer) (found *Key, err error) {
	for _, private := range candidates {
		var key *Key
		if found == nil {
			var unusable error
			key, unusable = b.pair(private)
			err = errors.Join(err, unusable)
		}
		if key != nil {
			found = key
			continue
		}
		if other, ok := private.(*gost.PrivateKey); ok {
			other.Wipe()
		}
	}
	return found, err
}

// pair finds the certificate of the key; the other certificates are its chain. nil without an error
// when there is none.
func (b *bags) pair(private crypto.Signer) (*Key, error) {
	var unusable error
	for i, certificate := range b.certificates {
		others := slices.Concat(b.certificates[:i], b.certificates[i+1:])
		key, err := NewKey(private, certificate, others, "")
		if err == nil {
			return key, nil
		}
		if !errors.Is(err, ErrNoKey) {
			unusable = errors.Join(unusable, err)
		}
	}
	return nil, unusable
}

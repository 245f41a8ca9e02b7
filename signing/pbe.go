package signing

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"fmt"
	"hash"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/pbkdf2"
)

// stretching is how many iterations opening one file may cost in all, some two seconds' worth:
// the NCA writes 1024 each, OpenSSL 2048, the most careful programs 600 000.
const stretching = 2_000_000

// maxSalt bounds the salts, which the PKCS#12 derivation hashes over and over.
const maxSalt = 1 << 10

// secret is a password on its way through one file: both forms that the derivations want, and
// the iterations that are left to spend.
type secret struct {
	utf8 []byte
	bmp  []byte
	left int
}

// newSecret copies the password into the forms of PBES2 (UTF-8, RFC 8018) and of the PKCS#12
// derivation (big-endian UTF-16 with a final zero, RFC 7292 appendix B.1).
func newSecret(password []byte) *secret {
	s := &secret{utf8: bytes.Clone(password), bmp: make([]byte, 0, 2*len(password)+2), left: stretching}
	for rest := password; len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		rest = rest[n:]
		if high, low := utf16.EncodeRune(r); r > 0xffff {
			s.bmp = append(s.bmp, byte(high>>8), byte(high), byte(low>>8), byte(low))
			continue
		}
		s.bmp = append(s.bmp, byte(r>>8), byte(r))
	}
	s.bmp = append(s.bmp, 0, 0)
	return s
}

func (s *secret) wipe() {
	clear(s.utf8)
	clear(s.bmp)
}

// spend weighs a derivation before it is made.
func (s *secret) spend(salt []byte, iterations, blocks int) error {
	if iterations < 1 || len(salt) > maxSalt {
		return fmt.Errorf("%w: key derivation of %d iterations, salt of %d bytes", ErrDamaged, iterations, len(salt))
	}
	if iterations > s.left/blocks {
		return fmt.Errorf("%w: %d", ErrCostly, iterations)
	}
	s.left -= iterations * blocks
	return nil
}

// Purposes of the PKCS#12 derivation, RFC 7292 appendix B.3.
const (
	deriveKey = 1
	deriveIV  = 2
	deriveMAC = 3
)

// derive is the key derivation of RFC 7292, appendix B.2.
func (s *secret) derive(newHash func() hash.Hash, salt []byte, iterations int, purpose byte, size int) ([]byte, error) {
	h := newHash()
	u, v := h.Size(), h.BlockSize()
	blocks := (size + u - 1) / u
	if err := s.spend(salt, iterations, blocks); err != nil {
		return nil, err
	}
	input := append(repeated(salt, v), repeated(s.bmp, v)...)
	defer clear(input)
	out := make([]byte, 0, blocks*u)
	for {
		h.Reset()
		h.Write(bytes.Repeat([]byte{purpose}, v))
		h.Write(input)
		a := h.Sum(nil)
		for i := 1; i < iterations; i++ {
			h.Reset()
			h.Write(a)
			a = h.Sum(a[:0])
		}
		out = append(out, a...)
		if len(out) >= size {
			return out[:size], nil
		}
		addToBlocks(input, a, v)
	}
}

// repeated is x over and over, up to a multiple of v bytes; nothing stays nothing.
func repeated(x []byte, v int) []byte {
	if len(x) == 0 {
		return nil
	}
	n := (len(x) + v - 1) / v * v
	out := make([]byte, 0, n+len(x))
	for len(out) < n {
		out = append(out, x...)
	}
	return out[:n]
}

// addToBlocks adds a (repeated to v bytes) and one to each block of v bytes, modulo 2^(8v).
func addToBlocks(blocks, a []byte, v int) {
	for ; len(blocks) >= v; blocks = blocks[v:] {
		carry := uint(1)
		for i := v - 1; i >= 0; i-- {
			carry += uint(blocks[i]) + uint(a[i%len(a)])
			blocks[i] = byte(carry)
			carry >>= 8
		}
	}
}

// matches checks a MAC of RFC 7292, section 4, over the message.
func (s *secret) matches(m macData, message []byte) (bool, error) {
	newHash := hashOf(m.algorithm)
	if newHash == nil {
		return false, fmt.Errorf("%w: MAC of algorithm %s", ErrUnsupportedKey, m.algorithm)
	}
	key, err := s.derive(newHash, m.salt, m.iterations, deriveMAC, newHash().Size())
	if err != nil {
		return false, err
	}
	defer clear(key)
	mac := hmac.New(newHash, key)
	mac.Write(message)
	return hmac.Equal(mac.Sum(nil), m.digest), nil
}

func hashOf(oid string) func() hash.Hash {
	switch oid {
	case oidSHA1, oidHMACSHA1:
		return sha1.New
	case oidSHA256, oidHMACSHA256:
		return sha256.New
	case oidSHA384, oidHMACSHA384:
		return sha512.New384
	case oidSHA512, oidHMACSHA512:
		return sha512.New
	}
	return nil
}

// decrypt opens what was enciphered under the password by an algorithm of RFC 7292 appendix C or
// by PBES2 (RFC 8018). The MAC has been checked, so whatever doesn't fit is damage.
func (s *secret) decrypt(a algorithm, data []byte) ([]byte, error) {
	block, iv, err := s.cipher(a)
	if err != nil {
		return nil, err
	}
	size := block.BlockSize()
	if len(iv) != size || len(data) == 0 || len(data)%size != 0 {
		return nil, fmt.Errorf("%w: enciphered part of %d bytes", ErrDamaged, len(data))
	}
	plain := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, data)
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > size || subtle.ConstantTimeCompare(plain[len(plain)-pad:], bytes.Repeat([]byte{byte(pad)}, pad)) != 1 {
		clear(plain)
		return nil, fmt.Errorf("%w: padding of an enciphered part", ErrDamaged)
	}
	return plain[:len(plain)-pad], nil
}

func (s *secret) cipher(a algorithm) (block cipher.Block, iv []byte, err error) {
	switch a.oid {
	case oidPBES2:
		return s.pbes2(a.parameters)
	case oidPBE3DES:
		return s.pbe(a.parameters, 24, des.NewTripleDESCipher)
	case oidPBERC2128:
		return s.pbe(a.parameters, 16, rc2Cipher)
	case oidPBERC240:
		return s.pbe(a.parameters, 5, rc2Cipher)
	}
	return nil, nil, fmt.Errorf("%w: enciphered with %s", ErrUnsupportedKey, a.oid)
}

func rc2Cipher(key []byte) (cipher.Block, error) { return newRC2(key), nil }

// pbe reads SEQUENCE { salt OCTET STRING, iterations INTEGER } and derives by PKCS#12 with SHA-1.
func (s *secret) pbe(parameters cryptobyte.String, size int, newCipher func([]byte) (cipher.Block, error)) (cipher.Block, []byte, error) {
	var in, salt cryptobyte.String
	var iterations int
	if !parameters.ReadASN1(&in, asn1.SEQUENCE) || !in.ReadASN1(&salt, asn1.OCTET_STRING) ||
		!in.ReadASN1Integer(&iterations) || !in.Empty() {
		return nil, nil, fmt.Errorf("%w: parameters of the encryption", ErrDamaged)
	}
	key, err := s.derive(sha1.New, salt, iterations, deriveKey, size)
	if err != nil {
		return nil, nil, err
	}
	defer clear(key)
	iv, err := s.derive(sha1.New, salt, iterations, deriveIV, 8)
	if err != nil {
		return nil, nil, err
	}
	block, err := newCipher(key)
	return block, iv, err
}

// pbes2 reads PBES2-params with PBKDF2 and AES-CBC (RFC 8018, appendix A).
func (s *secret) pbes2(parameters cryptobyte.String) (cipher.Block, []byte, error) {
	var in, kdf, salt, iv cryptobyte.String
	if !parameters.ReadASN1(&in, asn1.SEQUENCE) {
		return nil, nil, fmt.Errorf("%w: parameters of the encryption", ErrDamaged)
	}
	derivation, ok1 := readAlgorithm(&in)
	encryption, ok2 := readAlgorithm(&in)
	if !ok1 || !ok2 || !in.Empty() {
		return nil, nil, fmt.Errorf("%w: parameters of the encryption", ErrDamaged)
	}
	size := map[string]int{oidAES128CBC: 16, oidAES192CBC: 24, oidAES256CBC: 32}[encryption.oid]
	if derivation.oid != oidPBKDF2 || size == 0 {
		return nil, nil, fmt.Errorf("%w: enciphered with %s, %s", ErrUnsupportedKey, derivation.oid, encryption.oid)
	}
	prf := algorithm{oid: oidHMACSHA1} // the default of the standard
	var iterations int
	if !derivation.parameters.ReadASN1(&kdf, asn1.SEQUENCE) || !kdf.ReadASN1(&salt, asn1.OCTET_STRING) ||
		!kdf.ReadASN1Integer(&iterations) || !kdf.SkipOptionalASN1(asn1.INTEGER) ||
		!encryption.parameters.ReadASN1(&iv, asn1.OCTET_STRING) {
		return nil, nil, fmt.Errorf("%w: parameters of the key derivation", ErrDamaged)
	}
	if !kdf.Empty() {
		if prf, ok1 = readAlgorithm(&kdf); !ok1 {
			return nil, nil, fmt.Errorf("%w: parameters of the key derivation", ErrDamaged)
		}
	}
	newHash := hashOf(prf.oid)
	if newHash == nil {
		return nil, nil, fmt.Errorf("%w: key derivation with %s", ErrUnsupportedKey, prf.oid)
	}
	if err := s.spend(salt, iterations, (size+newHash().Size()-1)/newHash().Size()); err != nil {
		return nil, nil, err
	}
	key := pbkdf2.Key(s.utf8, salt, iterations, size, newHash)
	defer clear(key)
	block, err := aes.NewCipher(key)
	return block, iv, err
}

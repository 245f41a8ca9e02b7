package demo

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"unicode/utf16"

	"golang.org/x/crypto/cryptobyte"
	tags "golang.org/x/crypto/cryptobyte/asn1"

	"baqylau/signing/gost"
)

// Identifiers of RFC 7292 and of the encryption PBES2 (RFC 8018).
var (
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidEncryptedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 6}
	oidKeyBag        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 2}
	oidCertBag       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 3}
	oidX509          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 22, 1}
	oidPBES2         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	oidHMACSHA256    = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}
	oidAES256CBC     = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}
	oidSHA256        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
)

// iterations of both derivations, as go-pkcs12 makes them: the password is no secret.
const iterations = 2000

const explicit = tags.Tag(0xa0) // [0], constructed

// gostKeyFile is a PKCS#12 file with a GOST key and its certificate, which no library writes: enciphered with PBES2
// (PBKDF2 by HMAC-SHA-256, AES-256-CBC), with a MAC by SHA-256.
func gostKeyFile(key crypto.Signer, certificate *x509.Certificate) ([]byte, error) {
	private, ok := key.(*gost.PrivateKey)
	if !ok {
		return nil, errNotGOST
	}
	pkcs8, err := gostPKCS8(private)
	if err != nil {
		return nil, err
	}
	defer clear(pkcs8)
	safe := cryptobyte.NewBuilder(nil)
	safe.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
		encrypted(b, bags(oidCertBag, func(b *cryptobyte.Builder) {
			b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(oidX509)
				b.AddASN1(explicit, func(b *cryptobyte.Builder) { b.AddASN1OctetString(certificate.Raw) })
			})
		}))
		data(b, bags(oidKeyBag, func(b *cryptobyte.Builder) {
			b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1OctetString(encipher(b, pkcs8))
			})
		}))
	})
	content, err := safe.Bytes()
	if err != nil {
		return nil, err
	}
	out := cryptobyte.NewBuilder(nil)
	out.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(3)
		data(b, content)
		b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) { addMAC(b, content) })
	})
	return out.Bytes()
}

// bags is SafeContents with one bag.
func bags(kind asn1.ObjectIdentifier, value func(*cryptobyte.Builder)) []byte {
	out := cryptobyte.NewBuilder(nil)
	out.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(kind)
			b.AddASN1(explicit, value)
		})
	})
	return out.BytesOrPanic()
}

// data is ContentInfo with octets in the clear.
func data(b *cryptobyte.Builder, content []byte) {
	b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidData)
		b.AddASN1(explicit, func(b *cryptobyte.Builder) { b.AddASN1OctetString(content) })
	})
}

// encrypted is ContentInfo with enciphered octets.
func encrypted(b *cryptobyte.Builder, content []byte) {
	b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidEncryptedData)
		b.AddASN1(explicit, func(b *cryptobyte.Builder) {
			b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(0)
				b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1ObjectIdentifier(oidData)
					sealed := encipher(b, content)
					b.AddASN1(tags.Tag(0).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes(sealed) })
				})
			})
		})
	})
}

// encipher writes the AlgorithmIdentifier of PBES2 and gives the enciphered octets.
func encipher(b *cryptobyte.Builder, plain []byte) []byte {
	salt, iv := random(16), random(aes.BlockSize)
	key, err := pbkdf2.Key(sha256.New, Password, salt, iterations, 32)
	if err != nil {
		b.SetError(err)
		return nil
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		b.SetError(err)
		return nil
	}
	b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidPBES2)
		b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(oidPBKDF2)
				b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1OctetString(salt)
					b.AddASN1Int64(iterations)
					algorithm(b, oidHMACSHA256)
				})
			})
			b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(oidAES256CBC)
				b.AddASN1OctetString(iv)
			})
		})
	})
	padding := aes.BlockSize - len(plain)%aes.BlockSize
	sealed := make([]byte, len(plain)+padding)
	for i := copy(sealed, plain); i < len(sealed); i++ {
		sealed[i] = byte(padding)
	}
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(sealed, sealed)
	return sealed
}

func algorithm(b *cryptobyte.Builder, oid asn1.ObjectIdentifier) {
	b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oid)
		b.AddASN1NULL()
	})
}

// addMAC writes the contents of MacData.
func addMAC(b *cryptobyte.Builder, content []byte) {
	salt := random(16)
	mac := hmac.New(sha256.New, macKey(salt))
	mac.Write(content)
	b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
		algorithm(b, oidSHA256)
		b.AddASN1OctetString(mac.Sum(nil))
	})
	b.AddASN1OctetString(salt)
	b.AddASN1Int64(iterations)
}

// macKey derives the key of the MAC from the password (RFC 7292, appendix B.2); with SHA-256, one round gives all of
// its 32 bytes.
func macKey(salt []byte) []byte {
	var password []byte
	for _, unit := range utf16.Encode([]rune(Password + "\x00")) {
		password = append(password, byte(unit>>8), byte(unit))
	}
	const purpose = 3 // a MAC
	var in []byte
	for range sha256.BlockSize {
		in = append(in, purpose)
	}
	in = append(in, repeated(salt)...)
	in = append(in, repeated(password)...)
	for range iterations {
		sum := sha256.Sum256(in)
		in = sum[:]
	}
	return in
}

// repeated fills blocks of the hash with repetitions of the data.
func repeated(data []byte) []byte {
	full := (len(data) + sha256.BlockSize - 1) / sha256.BlockSize * sha256.BlockSize
	var out []byte
	for len(out) < full {
		out = append(out, data...)
	}
	return out[:full]
}

func random(n int) []byte {
	out := make([]byte, n)
	_, _ = rand.Read(out) // never fails, as its documentation says
	return out
}

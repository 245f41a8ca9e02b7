// Package testpki is a certification authority for tests, with all that stands around one: an OCSP
// responder, revocation lists, and a timestamp authority, with RSA, ECDSA or GOST keys. It also makes
// what an honest authority never would, and says the same in the words of OpenSSL's gost engine.
//
// It is imported by tests only, so it panics where it can't go on, and its certificates are worth
// nothing.
package testpki

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	encoding "encoding/asn1"
	"hash"
	"math/big"
	"slices"
	"time"

	"baqylau/signing/gost"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Kind of a key.
type Kind string

// The kinds; GOST is the 512-bit one of Kazakhstan, and TC26 the same keys under the identifiers, and
// with the order of a signature's bytes, that Russia and OpenSSL's gost engine have for them.
const (
	RSA   Kind = "RSA"
	ECDSA Kind = "ECDSA"
	GOST  Kind = "GOST"
	TC26  Kind = "TC26"
)

// Party holds a key and its certificate.
type Party struct {
	Certificate *x509.Certificate
	Key         crypto.Signer
	kind        Kind
	order       Order
}

// Order is a certificate to issue. The zero value of a field is what a person's certificate has.
type Order struct {
	Name          string
	IIN           string // 12 digits, "" for none
	Serial        int64  // 0 for a random one
	From, To      time.Time
	Authority     bool
	Usage         x509.KeyUsage
	Extended      []string // OIDs of the extended key usage
	Critical      bool     // of the extended key usage
	OCSP, CRL     []string
	Delta         []string
	SameKeyAs     *Party // nil for a new key
	Kind          Kind   // "" for the authority's
	StrangeMarked bool   // with a critical extension that nobody knows

	serial *big.Int
}

// Object identifiers.
var (
	oidGOSTKey      = oid(1, 2, 398, 3, 10, 1, 1, 2, 2)
	oidGOSTParams   = oid(1, 2, 398, 3, 10, 1, 1, 2, 2, 1)
	oidGOSTSigned   = oid(1, 2, 398, 3, 10, 1, 1, 2, 3, 2)
	oidTC26Key      = oid(1, 2, 643, 7, 1, 1, 1, 2)
	oidTC26Params   = oid(1, 2, 643, 7, 1, 2, 1, 2, 1)
	oidTC26Signed   = oid(1, 2, 643, 7, 1, 1, 3, 3)
	oidTC26Hash     = oid(1, 2, 643, 7, 1, 1, 2, 3)
	OIDStreebog512  = oid(1, 2, 398, 3, 10, 1, 3, 3)
	oidRSASHA256    = oid(1, 2, 840, 113549, 1, 1, 11)
	oidECDSASHA256  = oid(1, 2, 840, 10045, 4, 3, 2)
	OIDSHA256       = oid(2, 16, 840, 1, 101, 3, 4, 2, 1)
	OIDSHA1         = oid(1, 3, 14, 3, 2, 26)
	KeyOCSPSigning  = "1.3.6.1.5.5.7.3.9"
	KeyTimeStamping = "1.3.6.1.5.5.7.3.8"
)

func oid(numbers ...int) encoding.ObjectIdentifier { return numbers }

// NewRoot makes an authority that issued to itself, valid ten years about the time.
func NewRoot(kind Kind, name string, at time.Time) *Party {
	p := &Party{kind: kind, Key: newKey(kind)}
	p.Certificate = p.certify(Order{
		Name: name, Authority: true, From: at.AddDate(-5, 0, 0), To: at.AddDate(5, 0, 0), Kind: kind,
	}, p)
	return p
}

// Issue makes a certificate, and its key.
func (p *Party) Issue(o Order) *Party {
	if o.Kind == "" {
		o.Kind = p.kind
	}
	child := &Party{kind: o.Kind}
	if o.SameKeyAs != nil {
		child.Key = o.SameKeyAs.Key
	} else {
		child.Key = newKey(o.Kind)
	}
	child.Certificate = p.certify(o, child)
	return child
}

// Twin is the party of the GOST kind in the words of TC26: the same key, name, serial number and dates,
// certified anew by the issuer's twin; nil stands for the party itself.
func (p *Party) Twin(issuer *Party) *Party {
	twin := &Party{kind: TC26, Key: p.Key}
	if issuer == nil {
		issuer = twin
	}
	order := p.order
	order.Kind, order.serial = TC26, p.Certificate.SerialNumber
	twin.Certificate = issuer.certify(order, twin)
	return twin
}

func newKey(kind Kind) crypto.Signer {
	switch kind {
	case RSA:
		return must(rsa.GenerateKey(rand.Reader, 2048))
	case ECDSA:
		return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	}
	return must(gost.GenerateKey(gost.ParamSet512A(), rand.Reader))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// spki is SubjectPublicKeyInfo.
func (p *Party) spki() []byte {
	public, ok := p.Key.Public().(*gost.PublicKey)
	if !ok {
		return must(x509.MarshalPKIXPublicKey(p.Key.Public()))
	}
	return build(func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			p.keyAlgorithm(b)
			b.AddASN1BitString(build(func(b *cryptobyte.Builder) { b.AddASN1OctetString(public.Bytes()) }))
		})
	})
}

// keyAlgorithm writes the AlgorithmIdentifier of a GOST key.
func (p *Party) keyAlgorithm(b *cryptobyte.Builder) {
	key, params, digest := oidGOSTKey, oidGOSTParams, OIDStreebog512
	if p.kind == TC26 {
		key, params, digest = oidTC26Key, oidTC26Params, oidTC26Hash
	}
	sequence(b, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(key)
		sequence(b, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(params)
			b.AddASN1ObjectIdentifier(digest)
		})
	})
}

// PKCS8 is the key as OpenSSL reads it, a GOST one with its engine.
func (p *Party) PKCS8() []byte {
	private, ok := p.Key.(*gost.PrivateKey)
	if !ok {
		return must(x509.MarshalPKCS8PrivateKey(p.Key))
	}
	return build(func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(0)
			p.keyAlgorithm(b)
			b.AddASN1OctetString(build(func(b *cryptobyte.Builder) { b.AddASN1OctetString(private.Bytes()) }))
		})
	})
}

// keyBits is the BIT STRING of the certificate's key.
func keyBits(c *x509.Certificate) []byte {
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       encoding.BitString
	}
	must(encoding.Unmarshal(c.RawSubjectPublicKeyInfo, &info))
	return info.Key.RightAlign()
}

func keyID(spki []byte) []byte { sum := sha1.Sum(spki); return sum[:] }

func (p *Party) certify(o Order, subject *Party) *x509.Certificate {
	issuer := name(Order{Name: o.Name})
	issuerKey := keyID(subject.spki())
	if p.Certificate != nil {
		issuer, issuerKey = p.Certificate.RawSubject, p.Certificate.SubjectKeyId
	}
	serial := big.NewInt(o.Serial)
	if o.Serial == 0 {
		serial = must(rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 100)))
		serial.Add(serial, big.NewInt(1))
	}
	if o.To.IsZero() {
		o.From, o.To = p.Certificate.NotBefore, p.Certificate.NotAfter
	}
	if o.Usage == 0 {
		o.Usage = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
		if o.Authority {
			o.Usage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
		}
	}
	if o.serial != nil {
		serial = o.serial
	}
	subject.order = o
	tbs := build(func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			b.AddASN1(tag(0), func(b *cryptobyte.Builder) { b.AddASN1Int64(2) })
			b.AddASN1BigInt(serial)
			p.algorithm(b)
			b.AddBytes(issuer)
			sequence(b, func(b *cryptobyte.Builder) { utc(b, o.From); utc(b, o.To) })
			b.AddBytes(name(o))
			b.AddBytes(subject.spki())
			b.AddASN1(tag(3), func(b *cryptobyte.Builder) {
				sequence(b, func(b *cryptobyte.Builder) { o.extensions(b, keyID(subject.spki()), issuerKey) })
			})
		})
	})
	return must(x509.ParseCertificate(p.seal(tbs)))
}

func (o Order) extensions(b *cryptobyte.Builder, key, issuerKey []byte) {
	if o.Authority {
		extension(b, oid(2, 5, 29, 19), true, func(b *cryptobyte.Builder) {
			sequence(b, func(b *cryptobyte.Builder) { b.AddASN1Boolean(true) })
		})
	}
	extension(b, oid(2, 5, 29, 15), true, func(b *cryptobyte.Builder) { b.AddBytes(usage(o.Usage)) })
	extension(b, oid(2, 5, 29, 14), false, func(b *cryptobyte.Builder) { b.AddASN1OctetString(key) })
	extension(b, oid(2, 5, 29, 35), false, func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.Tag(0).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes(issuerKey) })
		})
	})
	if o.Extended != nil {
		extension(b, oid(2, 5, 29, 37), o.Critical, func(b *cryptobyte.Builder) {
			sequence(b, func(b *cryptobyte.Builder) {
				for _, dotted := range o.Extended {
					b.AddBytes(dotted2der(dotted))
				}
			})
		})
	}
	points(b, oid(2, 5, 29, 31), o.CRL)
	points(b, oid(2, 5, 29, 46), o.Delta)
	if o.OCSP != nil {
		extension(b, oid(1, 3, 6, 1, 5, 5, 7, 1, 1), false, func(b *cryptobyte.Builder) {
			sequence(b, func(b *cryptobyte.Builder) {
				for _, uri := range o.OCSP {
					sequence(b, func(b *cryptobyte.Builder) {
						b.AddASN1ObjectIdentifier(oid(1, 3, 6, 1, 5, 5, 7, 48, 1))
						address(b, uri)
					})
				}
			})
		})
	}
	if o.StrangeMarked {
		extension(b, oid(1, 2, 3, 4, 5), true, func(b *cryptobyte.Builder) { b.AddASN1NULL() })
	}
}

func usage(u x509.KeyUsage) []byte {
	var bits [2]byte
	for i := range 9 {
		if u&(1<<i) != 0 {
			bits[i/8] |= 0x80 >> (i % 8)
		}
	}
	return must(encoding.Marshal(encoding.BitString{Bytes: bits[:], BitLength: 9}))
}

func points(b *cryptobyte.Builder, kind encoding.ObjectIdentifier, places []string) {
	if places == nil {
		return
	}
	extension(b, kind, false, func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			for _, uri := range places {
				sequence(b, func(b *cryptobyte.Builder) {
					b.AddASN1(tag(0), func(b *cryptobyte.Builder) {
						b.AddASN1(tag(0), func(b *cryptobyte.Builder) { address(b, uri) })
					})
				})
			}
		})
	})
}

func address(b *cryptobyte.Builder, uri string) {
	b.AddASN1(asn1.Tag(6).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes([]byte(uri)) })
}

func dotted2der(dotted string) []byte {
	return build(func(b *cryptobyte.Builder) {
		id := must(x509.ParseOID(dotted))
		b.AddASN1(asn1.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) { b.AddBytes(must(id.MarshalBinary())) })
	})
}

func name(o Order) []byte {
	var n pkix.Name
	n.CommonName = o.Name
	n.Country = []string{"KZ"}
	if o.IIN != "" {
		n.SerialNumber = "IIN" + o.IIN
	}
	return must(encoding.Marshal(n.ToRDNSequence()))
}

func extension(b *cryptobyte.Builder, kind encoding.ObjectIdentifier, critical bool, value cryptobyte.BuilderContinuation) {
	sequence(b, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(kind)
		if critical {
			b.AddASN1Boolean(true)
		}
		b.AddASN1OctetString(build(func(b *cryptobyte.Builder) { value(b) }))
	})
}

// algorithm writes the signature's AlgorithmIdentifier.
func (p *Party) algorithm(b *cryptobyte.Builder) {
	sequence(b, func(b *cryptobyte.Builder) {
		switch p.kind {
		case RSA:
			b.AddASN1ObjectIdentifier(oidRSASHA256)
			b.AddASN1NULL()
		case ECDSA:
			b.AddASN1ObjectIdentifier(oidECDSASHA256)
		case TC26:
			b.AddASN1ObjectIdentifier(oidTC26Signed)
		default:
			b.AddASN1ObjectIdentifier(oidGOSTSigned)
		}
	})
}

// digest gives the hash that the key signs with.
func (p *Party) digest() (encoding.ObjectIdentifier, func() hash.Hash) {
	switch p.kind {
	case GOST:
		return OIDStreebog512, gost.New512
	case TC26:
		return oidTC26Hash, gost.New512
	}
	return OIDSHA256, sha256.New
}

// Sign signs a message.
func (p *Party) Sign(message []byte) []byte {
	_, newHash := p.digest()
	h := newHash()
	h.Write(message)
	signature := must(p.Key.Sign(rand.Reader, h.Sum(nil), crypto.SHA256))
	if p.kind == TC26 {
		slices.Reverse(signature)
	}
	return signature
}

// seal makes SEQUENCE { tbs, algorithm, BIT STRING }.
func (p *Party) seal(tbs []byte) []byte {
	return build(func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			b.AddBytes(tbs)
			p.algorithm(b)
			b.AddASN1BitString(p.Sign(tbs))
		})
	})
}

func build(f cryptobyte.BuilderContinuation) []byte {
	var b cryptobyte.Builder
	f(&b)
	return b.BytesOrPanic()
}

func sequence(b *cryptobyte.Builder, f cryptobyte.BuilderContinuation) { b.AddASN1(asn1.SEQUENCE, f) }

func tag(n uint8) asn1.Tag { return asn1.Tag(n).ContextSpecific().Constructed() }

func utc(b *cryptobyte.Builder, at time.Time) { b.AddASN1UTCTime(at.UTC()) }

func general(b *cryptobyte.Builder, at time.Time) { b.AddASN1GeneralizedTime(at.UTC()) }

// CMS is a detached CAdES-BES over the content by the party.
func (p *Party) CMS(content []byte, at time.Time) []byte {
	return p.signed(oid(1, 2, 840, 113549, 1, 7, 1), nil, content, at, []*x509.Certificate{p.Certificate}, p.Certificate)
}

// signed is a SignedData; inside is the content that it carries, nil for none, and named the
// certificate that signingCertificateV2 names.
func (p *Party) signed(kind encoding.ObjectIdentifier, inside, content []byte, at time.Time, bundle []*x509.Certificate, named *x509.Certificate) []byte {
	digest, newHash := p.digest()
	sum := func(newHash func() hash.Hash, data []byte) []byte { h := newHash(); h.Write(data); return h.Sum(nil) }
	attribute := func(kind encoding.ObjectIdentifier, value []byte) []byte {
		return build(func(b *cryptobyte.Builder) {
			sequence(b, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(kind)
				b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(value) })
			})
		})
	}
	list := [][]byte{
		attribute(oid(1, 2, 840, 113549, 1, 9, 3), must(encoding.Marshal(kind))),
		attribute(oid(1, 2, 840, 113549, 1, 9, 4), must(encoding.Marshal(sum(newHash, content)))),
		attribute(oid(1, 2, 840, 113549, 1, 9, 5), must(encoding.Marshal(at.UTC()))),
	}
	if named != nil {
		list = append(list, attribute(oid(1, 2, 840, 113549, 1, 9, 16, 2, 47), build(func(b *cryptobyte.Builder) {
			sequence(b, func(b *cryptobyte.Builder) {
				sequence(b, func(b *cryptobyte.Builder) {
					sequence(b, func(b *cryptobyte.Builder) { b.AddASN1OctetString(sum(sha256.New, named.Raw)) })
				})
			})
		})))
	}
	attributes := bytes.Join(list, nil)
	signature := p.Sign(build(func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(attributes) })
	}))
	hashID := func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(digest) })
	}
	return build(func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oid(1, 2, 840, 113549, 1, 7, 2))
			b.AddASN1(tag(0), func(b *cryptobyte.Builder) {
				sequence(b, func(b *cryptobyte.Builder) {
					b.AddASN1Int64(3)
					b.AddASN1(asn1.SET, hashID)
					sequence(b, func(b *cryptobyte.Builder) {
						b.AddASN1ObjectIdentifier(kind)
						if inside != nil {
							b.AddASN1(tag(0), func(b *cryptobyte.Builder) { b.AddASN1OctetString(inside) })
						}
					})
					b.AddASN1(tag(0), func(b *cryptobyte.Builder) {
						for _, c := range bundle {
							b.AddBytes(c.Raw)
						}
					})
					b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) {
						sequence(b, func(b *cryptobyte.Builder) {
							b.AddASN1Int64(1)
							sequence(b, func(b *cryptobyte.Builder) {
								b.AddBytes(p.Certificate.RawIssuer)
								b.AddASN1BigInt(p.Certificate.SerialNumber)
							})
							hashID(b)
							b.AddASN1(tag(0), func(b *cryptobyte.Builder) { b.AddBytes(attributes) })
							p.algorithm(b)
							b.AddASN1OctetString(signature)
						})
					})
				})
			})
		})
	})
}

// Kind of the party's key.
func (p *Party) Kind() Kind { return p.kind }

// As is the party, of the other's kind where it was put together by hand.
func (p *Party) As(other *Party) *Party {
	if p.kind == "" {
		p.kind = other.kind
	}
	return p
}

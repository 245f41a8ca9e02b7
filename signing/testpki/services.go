package testpki

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	encoding "encoding/asn1"
	"math/big"
	"time"

	"baqylau/signing/gost"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// List is a revocation list to issue.
type List struct {
	Number   int64
	Base     *int64 // of a delta
	At, Next time.Time
	Revoked  []Entry
	More     []byte // further entries in DER
	Point    []byte // issuingDistributionPoint in DER, nil for none
	Strange  bool   // with a critical extension that nobody knows
	NoNumber bool
	NoNext   bool
}

// Entry is a revoked certificate.
type Entry struct {
	Serial  *big.Int
	At      time.Time
	Reason  int64     // 0 for none
	Invalid time.Time // zero for none
	Issuer  bool      // with the extension certificateIssuer, of indirect lists
}

// DER is the entry as it stands in a list.
func (e Entry) DER() []byte { return build(e.write) }

// CRL issues a revocation list.
func (p *Party) CRL(l List) []byte {
	return p.seal(build(func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(1)
			p.algorithm(b)
			b.AddBytes(p.Certificate.RawSubject)
			utc(b, l.At)
			if !l.NoNext {
				utc(b, l.Next)
			}
			if len(l.Revoked)+len(l.More) > 0 {
				sequence(b, func(b *cryptobyte.Builder) {
					for _, e := range l.Revoked {
						e.write(b)
					}
					b.AddBytes(l.More)
				})
			}
			b.AddASN1(tag(0), func(b *cryptobyte.Builder) { sequence(b, func(b *cryptobyte.Builder) { p.listExtensions(b, l) }) })
		})
	}))
}

func (p *Party) listExtensions(b *cryptobyte.Builder, l List) {
	extension(b, oid(2, 5, 29, 35), false, func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.Tag(0).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes(p.Certificate.SubjectKeyId) })
		})
	})
	if !l.NoNumber {
		extension(b, oid(2, 5, 29, 20), false, func(b *cryptobyte.Builder) { b.AddASN1Int64(l.Number) })
	}
	if l.Base != nil {
		extension(b, oid(2, 5, 29, 27), true, func(b *cryptobyte.Builder) { b.AddASN1Int64(*l.Base) })
	}
	if l.Point != nil {
		extension(b, oid(2, 5, 29, 28), true, func(b *cryptobyte.Builder) { b.AddBytes(l.Point) })
	}
	if l.Strange {
		extension(b, oid(1, 2, 3, 4, 5), true, func(b *cryptobyte.Builder) { b.AddASN1NULL() })
	}
}

func (e Entry) write(b *cryptobyte.Builder) {
	sequence(b, func(b *cryptobyte.Builder) {
		b.AddASN1BigInt(e.Serial)
		utc(b, e.At)
		if e.Reason == 0 && e.Invalid.IsZero() && !e.Issuer {
			return
		}
		sequence(b, func(b *cryptobyte.Builder) {
			if e.Reason != 0 {
				extension(b, oid(2, 5, 29, 21), false, func(b *cryptobyte.Builder) { b.AddASN1Enum(e.Reason) })
			}
			if !e.Invalid.IsZero() {
				extension(b, oid(2, 5, 29, 24), false, func(b *cryptobyte.Builder) { general(b, e.Invalid) })
			}
			if e.Issuer {
				extension(b, oid(2, 5, 29, 29), true, func(b *cryptobyte.Builder) { sequence(b, func(*cryptobyte.Builder) {}) })
			}
		})
	})
}

// Status is what a responder says of a certificate.
type Status string

// The statuses.
const (
	Good    Status = "good"
	Revoked Status = "revoked"
	Unknown Status = "unknown"
)

// Word is an OCSP answer to give.
type Word struct {
	Certificate *x509.Certificate // that it is about
	Authority   *x509.Certificate // that issued it
	Status      Status            // "" for good
	RevokedAt   time.Time
	Reason      int64
	Produced    time.Time // zero for This
	This, Next  time.Time // Next zero for none
	Nonce       []byte
	Bundle      []*x509.Certificate
	ByKey       bool // names itself by its key, not by its name
	SHA1        bool // names the certificate by SHA-1
}

// OCSP gives an OCSPResponse.
func (p *Party) OCSP(w Word) []byte {
	if w.Produced.IsZero() {
		w.Produced = w.This
	}
	data := build(func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			if w.ByKey {
				sum := sha1.Sum(keyBits(p.Certificate))
				b.AddASN1(tag(2), func(b *cryptobyte.Builder) { b.AddASN1OctetString(sum[:]) })
			} else {
				b.AddASN1(tag(1), func(b *cryptobyte.Builder) { b.AddBytes(p.Certificate.RawSubject) })
			}
			general(b, w.Produced)
			sequence(b, w.single)
			if w.Nonce != nil {
				b.AddASN1(tag(1), func(b *cryptobyte.Builder) {
					sequence(b, func(b *cryptobyte.Builder) {
						extension(b, oid(1, 3, 6, 1, 5, 5, 7, 48, 1, 2), false, func(b *cryptobyte.Builder) { b.AddASN1OctetString(w.Nonce) })
					})
				})
			}
		})
	})
	basic := build(func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			b.AddBytes(data)
			p.algorithm(b)
			b.AddASN1BitString(p.Sign(data))
			if w.Bundle != nil {
				b.AddASN1(tag(0), func(b *cryptobyte.Builder) {
					sequence(b, func(b *cryptobyte.Builder) {
						for _, c := range w.Bundle {
							b.AddBytes(c.Raw)
						}
					})
				})
			}
		})
	})
	return build(func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			b.AddASN1Enum(0)
			b.AddASN1(tag(0), func(b *cryptobyte.Builder) {
				sequence(b, func(b *cryptobyte.Builder) {
					b.AddASN1ObjectIdentifier(oid(1, 3, 6, 1, 5, 5, 7, 48, 1, 1))
					b.AddASN1OctetString(basic)
				})
			})
		})
	})
}

// Trouble is an OCSPResponse without an answer: 3 is "try later", 6 "unauthorized".
func Trouble(status int64) []byte {
	return build(func(b *cryptobyte.Builder) { sequence(b, func(b *cryptobyte.Builder) { b.AddASN1Enum(status) }) })
}

func (w Word) single(b *cryptobyte.Builder) {
	hashOf, id := sha256.New(), OIDSHA256
	if w.SHA1 {
		hashOf, id = sha1.New(), OIDSHA1
	}
	sum := func(data []byte) []byte { hashOf.Reset(); hashOf.Write(data); return hashOf.Sum(nil) }
	sequence(b, func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			sequence(b, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(id) })
			b.AddASN1OctetString(sum(w.Authority.RawSubject))
			b.AddASN1OctetString(sum(keyBits(w.Authority)))
			b.AddASN1BigInt(w.Certificate.SerialNumber)
		})
		switch w.Status {
		case Revoked:
			b.AddASN1(tag(1), func(b *cryptobyte.Builder) {
				general(b, w.RevokedAt)
				if w.Reason != 0 {
					b.AddASN1(tag(0), func(b *cryptobyte.Builder) { b.AddASN1Enum(w.Reason) })
				}
			})
		case Unknown:
			b.AddASN1(asn1.Tag(2).ContextSpecific(), func(*cryptobyte.Builder) {})
		default:
			b.AddASN1(asn1.Tag(0).ContextSpecific(), func(*cryptobyte.Builder) {})
		}
		general(b, w.This)
		if !w.Next.IsZero() {
			b.AddASN1(tag(0), func(b *cryptobyte.Builder) { general(b, w.Next) })
		}
	})
}

// Token is a timestamp to make.
type Token struct {
	Over   []byte
	At     time.Time
	Policy encoding.ObjectIdentifier // nil for 1.2.3.4.1
	Nonce  *big.Int
	Hash   encoding.ObjectIdentifier // nil for the imprint that the key's kind has
	Sum    []byte                    // the imprint, nil for the one of Over
	Bundle []*x509.Certificate       // nil for the authority's own certificate
	Named  *x509.Certificate         // under the signature, nil for its own
	// Unnamed leaves signingCertificateV2 out; Other is another content type than TSTInfo.
	Unnamed bool
	Other   encoding.ObjectIdentifier
}

// Stamp makes a timestamp token.
func (p *Party) Stamp(t Token) []byte {
	id, newHash := p.digest()
	switch {
	case t.Hash.Equal(OIDSHA256):
		id, newHash = OIDSHA256, sha256.New
	case t.Hash.Equal(OIDSHA1):
		id, newHash = OIDSHA1, sha1.New
	case t.Hash.Equal(OIDStreebog512):
		id, newHash = OIDStreebog512, gost.New512
	}
	if t.Sum == nil {
		h := newHash()
		h.Write(t.Over)
		t.Sum = h.Sum(nil)
	}
	if t.Policy == nil {
		t.Policy = oid(1, 2, 3, 4, 1)
	}
	info := build(func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(1)
			b.AddASN1ObjectIdentifier(t.Policy)
			sequence(b, func(b *cryptobyte.Builder) {
				sequence(b, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(id) })
				b.AddASN1OctetString(t.Sum)
			})
			b.AddASN1Int64(4711)
			general(b, t.At)
			if t.Nonce != nil {
				b.AddASN1BigInt(t.Nonce)
			}
		})
	})
	if t.Bundle == nil {
		t.Bundle = []*x509.Certificate{p.Certificate}
	}
	if t.Named == nil {
		t.Named = p.Certificate
	}
	if t.Unnamed {
		t.Named = nil
	}
	kind := oid(1, 2, 840, 113549, 1, 9, 16, 1, 4)
	if t.Other != nil {
		kind = t.Other
	}
	return p.signed(kind, info, info, t.At, t.Bundle, t.Named)
}

// Reply is a TimeStampResp with the token.
func Reply(token []byte) []byte {
	return build(func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			sequence(b, func(b *cryptobyte.Builder) { b.AddASN1Int64(0) })
			b.AddBytes(token)
		})
	})
}

// Rejection is a TimeStampResp that grants nothing.
func Rejection() []byte {
	return build(func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) { sequence(b, func(b *cryptobyte.Builder) { b.AddASN1Int64(2) }) })
	})
}

// Query is a TimeStampReq.
type Query struct {
	Version int
	Imprint struct {
		Hash struct {
			Algorithm  encoding.ObjectIdentifier
			Parameters encoding.RawValue `asn1:"optional"`
		}
		Sum []byte
	}
	Policy encoding.ObjectIdentifier `asn1:"optional"`
	Nonce  *big.Int                  `asn1:"optional"`
	Bundle bool                      `asn1:"optional"`
}

// ReadQuery reads a TimeStampReq.
func ReadQuery(der []byte) (Query, error) {
	var q Query
	_, err := encoding.Unmarshal(der, &q)
	return q, err
}

// Token is the honest token for the query at the time.
func (q Query) Token(at time.Time) Token {
	return Token{At: at, Policy: q.Policy, Nonce: q.Nonce, Hash: q.Imprint.Hash.Algorithm, Sum: q.Imprint.Sum}
}

// Question is what matters of an OCSPRequest for one certificate.
type Question struct {
	Serial *big.Int
	Nonce  []byte
}

// ReadQuestion reads an OCSPRequest.
func ReadQuestion(der []byte) (q Question, ok bool) {
	in := cryptobyte.String(der)
	var request, tbs, list, one, id, extensions, ext, value cryptobyte.String
	q.Serial = new(big.Int)
	if !in.ReadASN1(&request, asn1.SEQUENCE) || !request.ReadASN1(&tbs, asn1.SEQUENCE) || !tbs.ReadASN1(&list, asn1.SEQUENCE) ||
		!list.ReadASN1(&one, asn1.SEQUENCE) || !one.ReadASN1(&id, asn1.SEQUENCE) || !id.SkipASN1(asn1.SEQUENCE) ||
		!id.SkipASN1(asn1.OCTET_STRING) || !id.SkipASN1(asn1.OCTET_STRING) || !id.ReadASN1Integer(q.Serial) {
		return q, false
	}
	if tbs.Empty() {
		return q, true
	}
	if !tbs.ReadASN1(&extensions, tag(2)) || !extensions.ReadASN1(&extensions, asn1.SEQUENCE) || !extensions.ReadASN1(&ext, asn1.SEQUENCE) ||
		!ext.SkipASN1(asn1.OBJECT_IDENTIFIER) || !ext.ReadASN1(&value, asn1.OCTET_STRING) {
		return q, false
	}
	return q, value.ReadASN1((*cryptobyte.String)(&q.Nonce), asn1.OCTET_STRING)
}

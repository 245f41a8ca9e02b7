package demo

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"errors"

	"golang.org/x/crypto/cryptobyte"
	tags "golang.org/x/crypto/cryptobyte/asn1"

	"baqylau/signing/gost"
)

// Identifiers of GOST 34.10-2015 with 512 bits, as Kazakhstan writes them.
var (
	oidGOSTKey       = asn1.ObjectIdentifier{1, 2, 398, 3, 10, 1, 1, 2, 2}
	oidGOSTParameter = asn1.ObjectIdentifier{1, 2, 398, 3, 10, 1, 1, 2, 2, 1}
	oidGOSTHash      = asn1.ObjectIdentifier{1, 2, 398, 3, 10, 1, 3, 3}
	oidGOSTSignature = asn1.ObjectIdentifier{1, 2, 398, 3, 10, 1, 1, 2, 3, 2}
)

// errNotGOST means that crypto/x509 laid a certificate out in a way that isn't known here.
var errNotGOST = errors.New("certificate of an unknown layout")

func gostScheme() scheme {
	return scheme{
		generate: func() (crypto.Signer, error) { return gost.GenerateKey(gost.ParamSet512A(), rand.Reader) },
		info:     gostInfo,
		create:   createGOST,
		pkcs12:   gostKeyFile,
	}
}

// gostAlgorithm is the AlgorithmIdentifier of a key.
func gostAlgorithm(b *cryptobyte.Builder) {
	b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidGOSTKey)
		b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oidGOSTParameter)
			b.AddASN1ObjectIdentifier(oidGOSTHash)
		})
	})
}

// gostInfo is SubjectPublicKeyInfo: the point is x‖y, little-endian, in an OCTET STRING of its own.
func gostInfo(public crypto.PublicKey) ([]byte, error) {
	key, ok := public.(*gost.PublicKey)
	if !ok {
		return nil, errNotGOST
	}
	point := cryptobyte.NewBuilder(nil)
	point.AddASN1OctetString(key.Bytes())
	out := cryptobyte.NewBuilder(nil)
	out.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
		gostAlgorithm(b)
		b.AddASN1BitString(point.BytesOrPanic())
	})
	return out.Bytes()
}

// createGOST lets crypto/x509, which knows no GOST, lay a certificate out with a key of no account, and puts the real
// key, algorithm and signature in its place.
func createGOST(template, parent *x509.Certificate, public crypto.PublicKey, issuer crypto.Signer) (*x509.Certificate, error) {
	_, nobody, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	laidOut, err := x509.CreateCertificate(rand.Reader, template, parent, nobody.Public(), nobody)
	if err != nil {
		return nil, err
	}
	info, err := gostInfo(public)
	if err != nil {
		return nil, err
	}
	tbs, err := rewriteTBS(laidOut, info)
	if err != nil {
		return nil, err
	}
	digest := gost.Sum512(tbs)
	signature, err := issuer.Sign(rand.Reader, digest[:], nil)
	if err != nil {
		return nil, err
	}
	out := cryptobyte.NewBuilder(nil)
	out.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(tbs)
		gostSignature(b)
		b.AddASN1BitString(signature)
	})
	der, err := out.Bytes()
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

func gostSignature(b *cryptobyte.Builder) {
	b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidGOSTSignature)
		b.AddASN1NULL()
	})
}

// rewriteTBS copies the TBSCertificate (RFC 5280, section 4.1) of a certificate, but for the algorithm of the
// signature, its third field, and the key, its seventh.
func rewriteTBS(certificate, info []byte) ([]byte, error) {
	in := cryptobyte.String(certificate)
	var whole, tbs cryptobyte.String
	if !in.ReadASN1(&whole, tags.SEQUENCE) || !whole.ReadASN1(&tbs, tags.SEQUENCE) {
		return nil, errNotGOST
	}
	out := cryptobyte.NewBuilder(nil)
	out.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
		for field := 1; !tbs.Empty(); field++ {
			var element cryptobyte.String
			var tag tags.Tag
			if !tbs.ReadAnyASN1Element(&element, &tag) {
				b.SetError(errNotGOST)
				return
			}
			switch field {
			case 3:
				gostSignature(b)
			case 7:
				b.AddBytes(info)
			default:
				b.AddBytes(element)
			}
		}
	})
	return out.Bytes()
}

// gostPKCS8 is the key as the NCA writes it: little-endian, in an OCTET STRING inside the OCTET STRING.
func gostPKCS8(key *gost.PrivateKey) ([]byte, error) {
	number := key.Bytes()
	defer clear(number)
	inner := cryptobyte.NewBuilder(nil)
	inner.AddASN1OctetString(number)
	out := cryptobyte.NewBuilder(nil)
	out.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(0)
		gostAlgorithm(b)
		b.AddASN1OctetString(inner.BytesOrPanic())
	})
	return out.Bytes()
}

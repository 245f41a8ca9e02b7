package signing

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"io"
	"math/big"
	"time"

	"github.com/digitorus/pkcs7"
)

// Sign makes a detached CAdES-BES signature over the content: DER, SHA-256, signed attributes
// contentType, messageDigest, signingTime (at) and signingCertificateV2, with the certificate and
// the chain that came with the key. It is verified before it is returned.
//
// at judges the key's fitness: [ErrAuthKey], [ErrExpired], [ErrNotYetValid], [ErrNotForSigning],
// [ErrUnsupportedKey]. A content that begins as a login text does is refused: [ErrLoginText].
func Sign(ctx context.Context, key *Key, content []byte, at time.Time) ([]byte, error) {
	if bytes.HasPrefix(content, []byte(loginPrefix)) {
		return nil, fmt.Errorf("signing a document: %w", ErrLoginText)
	}
	cms, err := sign(ctx, key, content, at, ForDocument)
	if err != nil {
		return nil, fmt.Errorf("signing a document: %w", err)
	}
	return cms, nil
}

func sign(ctx context.Context, key *Key, content []byte, at time.Time, purpose Purpose) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := key.identity.FitFor(purpose, "", at).Err(); err != nil {
		return nil, err
	}
	digest := sha256.Sum256(content)
	cms, err := build(key, digest, at)
	if err != nil {
		return nil, err
	}
	if err := selfCheck(key.identity.Certificate, cms, digest); err != nil {
		return nil, err
	}
	return cms, ctx.Err()
}

// build lets pkcs7 lay the structure out over an empty content, and then puts in the digest of the
// real one (pkcs7 would copy it twice and hash it again), the signing time (it would take the
// computer's) and the signature, which must cover both.
func build(key *Key, content [sha256.Size]byte, at time.Time) ([]byte, error) {
	certificate := key.identity.Certificate
	ess, err := signingCertificateV2(certificate)
	if err != nil {
		return nil, err
	}
	signed, err := pkcs7.NewSignedData(nil)
	if err != nil {
		return nil, err
	}
	signed.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	err = signed.AddSigner(certificate, unsigned{key.Public()}, pkcs7.SignerInfoConfig{
		ExtraSignedAttributes: []pkcs7.Attribute{ess},
	})
	if err != nil {
		return nil, err
	}
	for _, issuer := range key.chain {
		signed.AddCertificate(issuer)
	}
	info := &signed.GetSignedData().SignerInfos[0]
	for i := range info.AuthenticatedAttributes {
		var value any
		attribute := &info.AuthenticatedAttributes[i]
		switch {
		case attribute.Type.Equal(pkcs7.OIDAttributeMessageDigest):
			value = content[:]
		case attribute.Type.Equal(pkcs7.OIDAttributeSigningTime):
			value = at.UTC().Truncate(time.Second)
		default:
			continue
		}
		if attribute.Value.Bytes, err = asn1.Marshal(value); err != nil {
			return nil, err
		}
	}
	attributes, err := asn1.MarshalWithParams(info.AuthenticatedAttributes, "set")
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(attributes)
	if info.EncryptedDigest, err = key.Sign(rand.Reader, digest[:], crypto.SHA256); err != nil {
		return nil, err
	}
	signed.Detach()
	return signed.Finish()
}

// unsigned stands in for the key while pkcs7 lays out what will be signed.
type unsigned struct{ public crypto.PublicKey }

func (u unsigned) Public() crypto.PublicKey { return u.public }

func (u unsigned) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, nil }

// selfCheck reads a fresh signature by the rules that strangers' are read by, without mending its
// encoding, and checks it against the certificate and the digest of the content.
func selfCheck(certificate *x509.Certificate, cms []byte, content [sha256.Size]byte) error {
	d, refused := readContentInfo(cms)
	if refused == nil {
		refused = d.checkSignature(certificate)
	}
	switch {
	case refused != nil:
		return fmt.Errorf("%w: %s", ErrSelfCheck, refused.code)
	case d.digest != oidSHA256, d.values.ess == nil, !bytes.Equal(d.values.messageDigest, content[:]),
		!bytes.Equal(d.issuer, certificate.RawIssuer), d.serial.Cmp(certificate.SerialNumber) != 0,
		!bytes.HasPrefix(d.bundle, certificate.Raw):
		return ErrSelfCheck
	}
	return nil
}

// signingCertificateV2 names the certificate under the signature (RFC 5035, section 3), by
// SHA-256, the default that is left out, and by issuer and serial number.
func signingCertificateV2(certificate *x509.Certificate) (pkcs7.Attribute, error) {
	type issuerSerial struct {
		Issuer []asn1.RawValue // GeneralNames
		Serial *big.Int
	}
	type certID struct {
		Hash   []byte
		Issuer issuerSerial
	}
	type signingCertificate struct{ Certificates []certID }

	sum := sha256.Sum256(certificate.Raw)
	const directoryName = 4
	issuer := asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: directoryName, IsCompound: true, Bytes: certificate.RawIssuer}
	value, err := asn1.Marshal(signingCertificate{[]certID{{
		Hash:   sum[:],
		Issuer: issuerSerial{Issuer: []asn1.RawValue{issuer}, Serial: certificate.SerialNumber},
	}}})
	return pkcs7.Attribute{
		Type:  asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47},
		Value: asn1.RawValue{FullBytes: value},
	}, err
}

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
	cms, err := build(key, content, at)
	if err != nil {
		return nil, err
	}
	if err := selfCheck(key, cms, sha256.Sum256(content)); err != nil {
		return nil, err
	}
	return cms, ctx.Err()
}

// build lets pkcs7 lay the structure out, with two values put in afterwards: the signing time,
// which pkcs7 would take from the computer's clock, and the signature, which must cover it.
func build(key *Key, content []byte, at time.Time) ([]byte, error) {
	certificate := key.identity.Certificate
	ess, err := signingCertificateV2(certificate)
	if err != nil {
		return nil, err
	}
	signed, err := pkcs7.NewSignedData(content)
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
		if attribute := &info.AuthenticatedAttributes[i]; attribute.Type.Equal(pkcs7.OIDAttributeSigningTime) {
			if attribute.Value.Bytes, err = asn1.Marshal(at.UTC().Truncate(time.Second)); err != nil {
				return nil, err
			}
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

// selfCheck reads a fresh signature as a stranger would and checks it against the certificate and
// a digest of the content that was computed apart from the one inside.
func selfCheck(key *Key, cms []byte, content [sha256.Size]byte) error {
	d, refused := readDetached(cms, limits{maxCMSBytes, maxCMSDepth, maxCMSElements})
	if refused != nil {
		return fmt.Errorf("%w: %s", ErrSelfCheck, refused.code)
	}
	certificate, refused := d.signer()
	if refused == nil {
		refused = d.checkSignature(certificate)
	}
	switch {
	case refused != nil:
		return fmt.Errorf("%w: %s", ErrSelfCheck, refused.code)
	case !certificate.Equal(key.identity.Certificate), d.digest != oidSHA256, d.values.ess == nil,
		!bytes.Equal(d.values.messageDigest, content[:]):
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

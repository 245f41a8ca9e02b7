package signing

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Use is what a certificate's key usage allows it to do.
type Use string

// A signing key has digitalSignature and nonRepudiation (contentCommitment of RFC 5280), an
// authentication key has the first alone.
const (
	UseNone Use = ""
	UseSign Use = "sign"
	UseAuth Use = "auth"
)

// Purpose is what a signature is for.
type Purpose string

// A document needs [UseSign]; a login takes [UseAuth] as well.
const (
	ForDocument Purpose = "document"
	ForLogin    Purpose = "login"
)

// Unfit is why an identity can't serve a purpose, the <code> of the text key
// "signing.unfit.<code>"; "" when it can.
type Unfit string

// The reasons, in the order in which they are looked for: what can't be helped comes first.
const (
	Fit              Unfit = ""
	UnfitKind        Unfit = "kind"          // key usage allows no signatures at all
	UnfitAlgorithm   Unfit = "algorithm"     // neither GOST, RSA nor ECDSA, or too weak
	UnfitAuthOnly    Unfit = "auth_only"     // an authentication certificate, for a document
	UnfitOtherPerson Unfit = "other_person"  // another IIN than expected
	UnfitExpired     Unfit = "expired"       //
	UnfitNotYetValid Unfit = "not_yet_valid" //
)

// Identity is who a certificate says its owner is.
type Identity struct {
	Certificate *x509.Certificate
	Owner       string // full name: CN (surname and given name) and GN (patronymic)
	IIN         string // 12 digits, "" when there is none
	Organization,
	BIN string // 12 digits; both "" for a private person
	Serial    string // of the certificate, lower-case hexadecimal
	NotBefore time.Time
	NotAfter  time.Time
	Use       Use
	Storage   string // where the key is kept: "PKCS#12 name.p12"; "" for a mere certificate
}

// IdentityOf reads the subject of a certificate as the NCA writes it: serialNumber "IIN" and 12
// digits, OU "BIN" and 12 digits. A subject with two of a kind has none.
func IdentityOf(certificate *x509.Certificate) Identity {
	id := Identity{
		Certificate:  certificate,
		Organization: only(certificate.Subject, asn1.ObjectIdentifier{2, 5, 4, 10}),
		Serial:       hex.EncodeToString(certificate.SerialNumber.Bytes()),
		NotBefore:    certificate.NotBefore,
		NotAfter:     certificate.NotAfter,
		Use:          useOf(certificate),
	}
	id.IIN = numbered(certificate.Subject, asn1.ObjectIdentifier{2, 5, 4, 5}, "IIN")
	id.BIN = numbered(certificate.Subject, asn1.ObjectIdentifier{2, 5, 4, 11}, "BIN")
	id.Owner = certificate.Subject.CommonName
	if patronymic := only(certificate.Subject, asn1.ObjectIdentifier{2, 5, 4, 42}); patronymic != "" {
		id.Owner += " " + patronymic
	}
	return id
}

// FitFor tells whether the identity can serve the purpose at the time; iin is whose it must be,
// "" when anybody's will do.
func (id Identity) FitFor(purpose Purpose, iin string, at time.Time) Unfit {
	switch {
	case id.Certificate == nil || id.Use == UseNone:
		return UnfitKind
	case !supported(id.Certificate):
		return UnfitAlgorithm
	case purpose != ForLogin && id.Use != UseSign:
		return UnfitAuthOnly
	case iin != "" && id.IIN != iin:
		return UnfitOtherPerson
	case at.After(id.NotAfter):
		return UnfitExpired
	case at.Before(id.NotBefore):
		return UnfitNotYetValid
	}
	return Fit
}

// Err is the typed error of the reason, nil for [Fit].
func (u Unfit) Err() error {
	switch u {
	case Fit:
		return nil
	case UnfitAlgorithm:
		return ErrUnsupportedKey
	case UnfitAuthOnly:
		return ErrAuthKey
	case UnfitOtherPerson:
		return ErrOtherPerson
	case UnfitExpired:
		return ErrExpired
	case UnfitNotYetValid:
		return ErrNotYetValid
	}
	return ErrNotForSigning
}

// ParseCertificate reads one certificate in DER or PEM, of at most 64 KiB.
func ParseCertificate(data []byte) (*x509.Certificate, error) {
	const most = 64 << 10
	if len(data) > most {
		return nil, fmt.Errorf("%w: %d bytes", ErrNotCertificate, len(data))
	}
	if bytes.Contains(data, []byte("-----BEGIN")) {
		block, _ := pem.Decode(data)
		if block == nil || block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("%w: no certificate in the PEM", ErrNotCertificate)
		}
		data = block.Bytes
	}
	certificate, err := x509.ParseCertificate(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotCertificate, err)
	}
	return certificate, nil
}

// useOf weighs keyUsage and extKeyUsage, the latter where there is one: the roles of the NCA and
// emailProtection go with documents, clientAuth with entering, and what certifies a service (a
// timestamp authority, a responder, a web server) with neither.
func useOf(certificate *x509.Certificate) Use {
	const both = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	extended := certificate.ExtKeyUsage
	documents := len(extended) == 0 || len(certificate.UnknownExtKeyUsage) > 0 ||
		slices.Contains(extended, x509.ExtKeyUsageEmailProtection) || slices.Contains(extended, x509.ExtKeyUsageAny)
	switch {
	case certificate.IsCA, certificate.KeyUsage&x509.KeyUsageDigitalSignature == 0:
		return UseNone
	case documents && certificate.KeyUsage&both == both:
		return UseSign
	case documents, slices.Contains(extended, x509.ExtKeyUsageClientAuth):
		return UseAuth
	}
	return UseNone
}

func supported(certificate *x509.Certificate) bool {
	_, refused := publicKeyOf(certificate)
	return refused == nil
}

// only is the value of the attribute, "" unless there is exactly one, and it is text.
func only(name pkix.Name, kind asn1.ObjectIdentifier) string {
	found, n := "", 0
	for _, attribute := range name.Names {
		if attribute.Type.Equal(kind) {
			found, _ = attribute.Value.(string)
			n++
		}
	}
	if n != 1 {
		return ""
	}
	return found
}

// numbered is the 12 digits after the prefix in the one attribute that carries it.
func numbered(name pkix.Name, kind asn1.ObjectIdentifier, prefix string) string {
	found, n := "", 0
	for _, attribute := range name.Names {
		value, _ := attribute.Value.(string)
		digits, ok := strings.CutPrefix(value, prefix)
		if ok && attribute.Type.Equal(kind) && isNumber(digits) {
			found = digits
			n++
		}
	}
	if n != 1 {
		return ""
	}
	return found
}

func isNumber(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

package signing

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// Trust is the anchors that a chain must end in. The zero value trusts nobody.
type Trust struct {
	// Demo marks the trust of a demo authority: what it finds valid has no force in law.
	Demo bool

	roots *x509.CertPool
}

// NewTrust trusts national anchors: each must be one of [PinnedAnchors], else [ErrNotPinned]. An
// issuing authority among them is an anchor in its own right.
func NewTrust(anchors []*x509.Certificate) (Trust, error) {
	pinned := PinnedAnchors()
	t := Trust{roots: x509.NewCertPool()}
	for _, anchor := range anchors {
		sum := sha256.Sum256(anchor.Raw)
		if _, ok := pinned[hex.EncodeToString(sum[:])]; !ok {
			return Trust{}, fmt.Errorf("%w: %s", ErrNotPinned, anchor.Subject)
		}
		t.roots.AddCert(anchor)
	}
	return t, nil
}

// DemoTrust trusts a demo authority, and nothing else.
func DemoTrust(authority *x509.Certificate) Trust {
	t := Trust{Demo: true, roots: x509.NewCertPool()}
	t.roots.AddCert(authority)
	return t
}

// PinnedAnchors are the national anchors by the SHA-256 of the DER certificate, in lower-case
// hexadecimal, as the root centre (root.gov.kz) and the NCA (pki.gov.kz) publish them.
func PinnedAnchors() map[string]string {
	return map[string]string{
		"af77725f8328bb24f89d81da3acdf7cee4324248538b7ba2cd2a860517fb9dca": "root (GOST) 2022",
		"32c7d233a42703a327f3025543a05b930e3f39a786c68dfa196baa86d5618524": "NCA (GOST) 2022",
		"9ba06354b626641715182e4d07c9dbaa1777720fa795d03174ffc68876535dcd": "root (RSA) 2020",
		"84fb799a66140950818c056a5d9730acc2a7622cdd4ef0d47113b132fb892905": "NCA (RSA) 2022",
	}
}

// chain builds the way from the certificate to an anchor at the time, or, when the certificate
// itself isn't valid then, at the nearest time when it is: that fault has a step of its own.
// Roles of the NCA are extended key usages that no library knows, so any usage will do here.
func (t Trust) chain(leaf *x509.Certificate, others []*x509.Certificate, at time.Time) ([]*x509.Certificate, *refusal) {
	if t.roots == nil {
		return nil, refuse("untrusted")
	}
	if at.Before(leaf.NotBefore) {
		at = leaf.NotBefore
	}
	if at.After(leaf.NotAfter) {
		at = leaf.NotAfter
	}
	between := x509.NewCertPool()
	for _, certificate := range others {
		between.AddCert(certificate)
	}
	chains, err := leaf.Verify(x509.VerifyOptions{
		Roots:         t.roots,
		Intermediates: between,
		CurrentTime:   at,
		KeyUsages:     []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var critical x509.UnhandledCriticalExtension
	switch {
	case err == nil:
		return chains[0], nil
	case errors.As(err, &unknown):
		return nil, refuse("untrusted")
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return nil, refuse("chain_expired")
	case errors.As(err, &critical):
		return nil, refuse("critical_extension")
	}
	return nil, refuse("chain_broken")
}

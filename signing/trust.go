package signing

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"slices"

	"baqylau/signing/gost"
)

// AnchorKind is why an anchor is trusted.
type AnchorKind string

// The kinds: a national anchor by its fingerprint; one that an administrator, or whoever verifies,
// has chosen explicitly; and a demo's or a test contour's authority, worth nothing in law.
const (
	PinnedAnchor AnchorKind = "pinned"
	ExtraAnchor  AnchorKind = "extra"
	DemoAnchor   AnchorKind = "demo"
)

// DemoOrganization stands in the name of every demo authority.
const DemoOrganization = "BAQYLAU DEMO"

// Trust is the anchors that a chain must end in. The zero value trusts nobody.
type Trust struct {
	// Demo marks the trust of a demo authority: what it finds valid has no force in law.
	Demo bool

	anchors []anchor
	proofs  *proofs
}

// anchor is a trusted certificate with its key, made ready to check many signatures.
type anchor struct {
	*x509.Certificate
	key crypto.PublicKey // nil when it is of no known kind
}

func anchored(certificates []*x509.Certificate) []anchor {
	list := make([]anchor, 0, len(certificates))
	for _, certificate := range certificates {
		key, refused := publicKeyOf(certificate)
		if refused != nil {
			key = nil
		}
		if slow, ok := key.(*gost.PublicKey); ok {
			slow.Precompute()
		}
		list = append(list, anchor{certificate, key})
	}
	return list
}

// NewTrust trusts national anchors, and extra ones that an administrator has chosen explicitly.
// Each of the former must be one of [PinnedAnchors], else [ErrNotPinned]; none of the latter may be
// a demo's or the national test contour's, else [ErrDemoAnchor]. An issuing authority among them
// is an anchor in its own right.
func NewTrust(national, extra []*x509.Certificate) (Trust, error) {
	for _, anchor := range national {
		if KindOfAnchor(anchor) != PinnedAnchor {
			return Trust{}, fmt.Errorf("%w: %s", ErrNotPinned, anchor.Subject)
		}
	}
	for _, anchor := range extra {
		if KindOfAnchor(anchor) == DemoAnchor {
			return Trust{}, fmt.Errorf("%w: %s", ErrDemoAnchor, anchor.Subject)
		}
	}
	return Trust{anchors: anchored(slices.Concat(national, extra))}, nil
}

// DemoTrust trusts demo authorities, and nothing else.
func DemoTrust(authorities ...*x509.Certificate) Trust {
	return Trust{Demo: true, anchors: anchored(authorities)}
}

// ChosenTrust trusts what somebody names for one verification. A demo's or the test contour's
// authority among them makes all of it a demo.
func ChosenTrust(anchors []*x509.Certificate) Trust {
	t := Trust{anchors: anchored(anchors)}
	t.Demo = slices.ContainsFunc(anchors, func(c *x509.Certificate) bool { return KindOfAnchor(c) == DemoAnchor })
	return t
}

// KindOfAnchor is what a certificate would be as an anchor: pinned and demo ones are known, any
// other is somebody's choice.
func KindOfAnchor(certificate *x509.Certificate) AnchorKind {
	fingerprint := fingerprintOf(certificate)
	if _, ok := PinnedAnchors()[fingerprint]; ok {
		return PinnedAnchor
	}
	if slices.Contains(testAnchors(), fingerprint) || slices.Contains(certificate.Subject.Organization, DemoOrganization) {
		return DemoAnchor
	}
	return ExtraAnchor
}

// national tells whether the anchor is one of the nation's, or of its test contour, which issues by
// the same rules.
func national(anchor *x509.Certificate) bool {
	fingerprint := fingerprintOf(anchor)
	_, pinned := PinnedAnchors()[fingerprint]
	return pinned || slices.Contains(testAnchors(), fingerprint)
}

func fingerprintOf(certificate *x509.Certificate) string {
	sum := sha256.Sum256(certificate.Raw)
	return hex.EncodeToString(sum[:])
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

// testAnchors are the root and the NCA (GOST) of the national test contour of 2022.
func testAnchors() []string {
	return []string{
		"b995e79e7c07429f8f79e185451e5599ce342ac720000f01b3854fdfa03031a6",
		"beeffc0bdb77cd798c35983eb0715f6ef0051cccb71d7cd05505e8a4fb2c6f4d",
	}
}

// Empty tells whether nobody is trusted.
func (t Trust) Empty() bool { return len(t.anchors) == 0 }

// kindOf is why the anchor is trusted here.
func (t Trust) kindOf(anchor *x509.Certificate) AnchorKind {
	if t.Demo {
		return DemoAnchor
	}
	return KindOfAnchor(anchor)
}

func (t Trust) certificates() []*x509.Certificate {
	list := make([]*x509.Certificate, 0, len(t.anchors))
	for _, a := range t.anchors {
		list = append(list, a.Certificate)
	}
	return list
}

func (t Trust) has(certificate *x509.Certificate) bool {
	return slices.ContainsFunc(t.anchors, func(a anchor) bool { return a.Equal(certificate) })
}

// keyOf is the certificate's key, the anchors' ready-made.
func (t Trust) keyOf(certificate *x509.Certificate) (crypto.PublicKey, *refusal) {
	for _, a := range t.anchors {
		if a.key != nil && a.Equal(certificate) {
			return a.key, nil
		}
	}
	return publicKeyOf(certificate)
}

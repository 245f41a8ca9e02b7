package signing

import "crypto/x509"

// ChosenTrust trusts the certificates that somebody has chosen to trust, whoever they are: an
// administrator's explicit choice, or a folder named for one verification.
func ChosenTrust(anchors []*x509.Certificate) Trust {
	t := Trust{roots: x509.NewCertPool()}
	for _, anchor := range anchors {
		t.roots.AddCert(anchor)
	}
	return t
}

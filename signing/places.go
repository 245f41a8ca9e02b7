package signing

import (
	"crypto/x509"
	"encoding/asn1"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Places are where a certificate says that its issuer tells what has been revoked, http and https
// addresses alone. They are the issuer's word, so nothing is to be asked there before the
// certificate's chain has been checked.
type Places struct {
	OCSP  []string // authority information access
	CRL   []string // distribution points
	Delta []string // freshest lists
}

// PlacesOf reads the addresses off a certificate.
func PlacesOf(certificate *x509.Certificate) Places {
	p := Places{OCSP: web(certificate.OCSPServer), CRL: web(certificate.CRLDistributionPoints)}
	freshest := asn1.ObjectIdentifier{2, 5, 29, 46}
	for _, e := range certificate.Extensions {
		if e.Id.Equal(freshest) {
			p.Delta = web(readPoints(e.Value))
		}
	}
	return p
}

// readPoints reads CRLDistributionPoints, nil when they can't be read.
func readPoints(value cryptobyte.String) []string {
	var list cryptobyte.String
	if !value.ReadASN1(&list, casn1.SEQUENCE) {
		return nil
	}
	var found []string
	for !list.Empty() {
		var point, name cryptobyte.String
		if !list.ReadASN1(&point, casn1.SEQUENCE) || !point.ReadOptionalASN1(&name, nil, contextTag(0)) {
			return nil
		}
		places, ok := readPlaces(name)
		if !ok {
			return nil
		}
		found = append(found, places...)
	}
	return found
}

// web leaves the first few addresses that can be asked by HTTP.
func web(addresses []string) []string {
	const most = 4
	var list []string
	for _, a := range addresses {
		if len(list) < most && (strings.HasPrefix(a, "http://") || strings.HasPrefix(a, "https://")) {
			list = append(list, a)
		}
	}
	return list
}

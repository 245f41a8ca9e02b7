package signing_test

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"math/big"
	"testing"

	"baqylau/signing"
	"baqylau/signing/demo"
)

func TestSignaturesAndRevocationListsAreToldByTheirOutline(t *testing.T) {
	cms := signed(t, open(t, "auditor", demo.Signing), pdf())
	certificate := authority(t).Certificate.Raw
	issuer := stolen(t, "auditor", demo.Signing)
	ca := *issuer.certificate
	ca.KeyUsage, ca.SubjectKeyId = x509.KeyUsageCRLSign, []byte{1}
	list, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: today(), NextUpdate: today()}, &ca, issuer.key)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		data     []byte
		cms, crl bool
	}{
		{"a signature", cms, true, false},
		{"a signature in BER", indefinite(t, cms), true, false},
		{"a signature that is cut short", cms[:len(cms)/2], true, false},
		{"a revocation list", list, false, true},
		{"a revocation list that is cut short", list[:len(list)-1], false, false},
		{"a revocation list with something behind it", append(bytes.Clone(list), 0), false, false},
		{"a certificate", certificate, false, false},
		{"nothing", nil, false, false},
		{"one byte", []byte{0x30}, false, false},
		{"a bomb", bytes.Repeat([]byte{0x30, 0x80}, 1<<20), false, false},
	} {
		if got := signing.IsCMS(c.data); got != c.cms {
			t.Errorf("%s is a CMS: %v", c.name, got)
		}
		if got := signing.IsCRL(c.data); got != c.crl {
			t.Errorf("%s is a CRL: %v", c.name, got)
		}
	}
}

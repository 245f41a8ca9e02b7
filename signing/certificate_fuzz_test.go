package signing_test

import (
	"crypto/x509"
	"strings"
	"testing"
	"unicode/utf8"

	"baqylau/signing"
)

// FuzzCertificate looks for a panic in what reads the fields of a certificate, and for numbers that are none. The
// committed corpus holds a demo authority's certificates, of both algorithms.
func FuzzCertificate(f *testing.F) {
	f.Add([]byte{0x30, 0x80, 0x00, 0x00})
	f.Fuzz(func(t *testing.T, der []byte) {
		certificate, err := signing.ParseCertificate(der)
		if err != nil {
			return
		}
		id := signing.IdentityOf(certificate)
		for _, number := range []string{id.IIN, id.BIN} {
			if number != "" && (len(number) != 12 || strings.Trim(number, "0123456789") != "") {
				t.Errorf("a number of %q", number)
			}
		}
		if !utf8.ValidString(id.IIN + id.BIN + id.Serial) {
			t.Error("not text")
		}
		if id.FitFor(signing.ForDocument, "", today()) == signing.Fit && id.FitFor(signing.ForLogin, "", today()) != signing.Fit {
			t.Error("it signs documents and logs nobody in")
		}
		trust := signing.ChosenTrust(nil)
		if trust.Vouch(certificate) == nil {
			t.Error("nobody vouches for it, and it is believed")
		}
		_ = signing.KindOfAnchor(certificate)
		_ = signing.ChosenTrust([]*x509.Certificate{certificate}).Vouch(certificate)
	})
}

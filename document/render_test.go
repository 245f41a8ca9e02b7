package document

import (
	"bytes"
	"maps"
	"slices"
	"testing"
)

// rendered is every case of both documents by name.
func rendered(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for name, n := range notificationCases() {
		pdf, err := RenderNotification(n)
		if err != nil {
			t.Fatalf("notification, %s: %v", name, err)
		}
		out["notification, "+name] = pdf
	}
	for name, c := range certificateCases() {
		pdf, err := RenderCertificate(c)
		if err != nil {
			t.Fatalf("certificate, %s: %v", name, err)
		}
		out["certificate, "+name] = pdf
	}
	return out
}

func TestPagesAreMade(t *testing.T) {
	pdfs := rendered(t)
	for _, name := range slices.Sorted(maps.Keys(pdfs)) {
		pdf := pdfs[name]
		if !bytes.HasPrefix(pdf, []byte("%PDF-")) {
			t.Errorf("%s: no PDF", name)
		}
		keep(t, name, pdf)
	}
}

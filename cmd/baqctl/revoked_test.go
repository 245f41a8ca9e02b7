package main

import (
	"testing"
	"time"

	"baqylau/signing/testpki"
)

// A list among the anchors counts: one that was passed over would make a revoked certificate look good.
func TestAListAmongTheAnchorsRevokes(t *testing.T) {
	now := time.Now()
	root := testpki.NewRoot(testpki.GOST, "ROOT", now)
	signer := root.Issue(testpki.Order{Name: "SIGNER", IIN: "860819397013", From: now.AddDate(0, -1, 0), To: now.AddDate(0, 1, 0)})
	list := testpki.List{Number: 5, At: now.Add(-time.Hour), Next: now.AddDate(0, 0, 7)}
	b := bench{t, t.TempDir()}
	b.put("a.pdf", []byte("%PDF-1.7 a"))
	b.put("a.pdf.p7s", signer.CMS(b.get("a.pdf"), now.Add(-time.Minute)))
	for _, folder := range []string{"silent", "clear", "revoked", "broken"} {
		b.put(folder+"/ca.cer", root.Certificate.Raw)
	}
	b.put("clear/ca.crl", root.CRL(list))
	list.Strange = true
	b.put("broken/ca.crl", root.CRL(list))
	list.Strange = false
	list.Revoked = []testpki.Entry{{Serial: signer.Certificate.SerialNumber, At: now.Add(-2 * time.Hour), Reason: 1}}
	b.put("revoked/ca.crl", root.CRL(list))
	for folder, code := range map[string]int{"silent": statusValid, "clear": statusValid, "revoked": statusInvalid, "broken": statusBad} {
		if got := b.run("ru", "verify", "a.pdf", "--anchors", folder); got.code != code {
			t.Errorf("%s: %+v; want %d", folder, got, code)
		}
	}
}

package main

import (
	"strings"
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
	for _, folder := range []string{"silent", "clear", "stale", "foreign", "revoked", "broken"} {
		b.put(folder+"/ca.cer", root.Certificate.Raw)
	}
	b.put("clear/ca.crl", root.CRL(list))
	b.put("foreign/ca.crl", testpki.NewRoot(testpki.GOST, "STRANGER", now).CRL(list))
	old := list
	old.At, old.Next = now.AddDate(0, 0, -2), now.AddDate(0, 0, -1)
	b.put("stale/ca.crl", root.CRL(old))
	list.Strange = true
	b.put("broken/ca.crl", root.CRL(list))
	list.Strange = false
	list.Revoked = []testpki.Entry{{Serial: signer.Certificate.SerialNumber, At: now.Add(-2 * time.Hour), Reason: 1}}
	b.put("revoked/ca.crl", root.CRL(list))
	const valid, unasked = "Подпись действительна.", "Подпись действительна, но не проверено, отозван ли сертификат"
	for _, c := range []struct {
		folder string
		code   int
		says   string
	}{
		{"silent", statusValid, unasked},
		{"clear", statusValid, valid},
		{"stale", statusUnknown, "проверено не всё"},
		{"foreign", statusValid, unasked},
		{"revoked", statusInvalid, "Подпись недействительна."},
		{"broken", statusBad, ""},
	} {
		if got := b.run("ru", "verify", "a.pdf", "--anchors", c.folder); got.code != c.code || !strings.Contains(firstLine(got.out), c.says) {
			t.Errorf("%s: %+v; want %d", c.folder, got, c.code)
		}
	}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

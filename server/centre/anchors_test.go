package centre_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"log/slog"
	"math/big"
	"strings"
	"testing"

	"baqylau/server/centre"
	"baqylau/signing"
)

func TestACentreTrustsWhatItsAdministratorHasExplicitlyChosenAndSaysSo(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "A chosen authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: noon(), NotAfter: noon().AddDate(1, 0, 0), KeyUsage: x509.KeyUsageCertSign,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	anchor, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if _, err := centre.ImportAnchor(folder, anchor, false); !errors.Is(err, signing.ErrNotPinned) {
		t.Errorf("imported without an explicit choice: %v", err)
	}
	if kind, err := centre.ImportAnchor(folder, anchor, true); err != nil || kind != signing.ExtraAnchor {
		t.Fatalf("kind %q, %v", kind, err)
	}
	var said bytes.Buffer
	c, err := centre.Start(context.Background(), centre.Options{Folder: folder, Log: slog.New(slog.NewTextHandler(&said, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said.String(), "A chosen authority") {
		t.Errorf("the start doesn't tell whom it trusts:\n%s", said.String())
	}
}

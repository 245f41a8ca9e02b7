package main

import (
	"crypto/x509"
	"path/filepath"
	"strings"
	"testing"
)

// An administrator brings anchors: pinned ones freely, others by an explicit choice, a demo's never.
func TestAnAnchorIsImportedByFingerprintOrByExplicitChoice(t *testing.T) {
	own := put(t, filepath.Join(t.TempDir(), "own.cer"), selfIssued(t, demoCertificate(t, "other")).Raw)
	for _, lang := range []string{"kk", "ru"} {
		folder := t.TempDir()
		for name, arguments := range map[string][]string{
			"one that nobody knows":      {"--cert", own},
			"no certificate":             {"--cert", put(t, filepath.Join(t.TempDir(), "x.cer"), []byte("hello")), "--extra"},
			"a demo's, though by choice": {"--cert", put(t, filepath.Join(t.TempDir(), "ca.cer"), demoAuthority(t).Raw), "--extra"},
		} {
			got := run(t, lang, append([]string{"admin", "anchor", "--folder", folder}, arguments...)...)
			if got.code != 1 || got.out != "" {
				t.Errorf("%s: %+v", name, got)
			}
			inWords(t, got.err)
			inLang(t, lang, got.err)
		}
		for range 2 { // twice is once
			got := run(t, lang, "admin", "anchor", "--folder", folder, "--cert", own, "--extra")
			if got.code != 0 || got.err != "" || !strings.Contains(got.out, "SHA-256") {
				t.Errorf("got %+v", got)
			}
			inWords(t, got.out)
		}
		if files, err := filepath.Glob(filepath.Join(folder, "anchors-extra", "*.pem")); err != nil || len(files) != 1 {
			t.Errorf("%d anchors, %v", len(files), err)
		}
		if found, err := readAnchors(filepath.Join(folder, "anchors-extra")); err != nil || len(found.certificates) != 1 {
			t.Errorf("verify reads %d of them: %v", len(found.certificates), err)
		}
		if files, err := filepath.Glob(filepath.Join(folder, "anchors", "*")); err != nil || len(files) != 0 {
			t.Errorf("%d national anchors, %v", len(files), err)
		}
	}
}

func demoAuthority(t *testing.T) *x509.Certificate {
	t.Helper()
	a, err := issued()
	if err != nil {
		t.Fatal(err)
	}
	return a.Certificates[0]
}

package centre

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"baqylau/signing"
)

// A centre's folder holds its anchors: the pinned national ones, and apart from them those that the
// administrator has chosen explicitly.
const (
	anchorsDir = "anchors"
	extraDir   = "anchors-extra"
)

// loadAnchors trusts what lies in the folders; a file that doesn't belong there stops the start.
func loadAnchors(o Options) (signing.Trust, error) {
	national, err := anchors(filepath.Join(o.Folder, anchorsDir))
	if err != nil {
		return signing.Trust{}, err
	}
	extra, err := anchors(filepath.Join(o.Folder, extraDir))
	if err != nil {
		return signing.Trust{}, err
	}
	for _, anchor := range extra {
		o.Log.Warn("an anchor is trusted by the administrator's choice", "subject", anchor.Subject.String(), "sha256", fingerprint(anchor))
	}
	return signing.NewTrust(national, extra)
}

func anchors(folder string) ([]*x509.Certificate, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // trusts nobody until the administrator brings the anchors
	}
	if err != nil {
		return nil, fmt.Errorf("read the anchors: %w", err)
	}
	var list []*x509.Certificate
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read the anchor %s: %w", e.Name(), err)
		}
		certificate, err := signing.ParseCertificate(data)
		if err != nil {
			return nil, fmt.Errorf("read the anchor %s: %w", e.Name(), err)
		}
		list = append(list, certificate)
	}
	return list, nil
}

// ImportAnchor puts a certificate among the anchors of the centre in the folder, which trusts it from
// its next start on. A national one must be pinned, else [signing.ErrNotPinned]; explicit says that the
// administrator wants to trust another one: [signing.ErrDemoAnchor] for a demo's or a test authority.
func ImportAnchor(folder string, anchor *x509.Certificate, explicit bool) (kind signing.AnchorKind, err error) {
	kind = signing.KindOfAnchor(anchor)
	national, extra := []*x509.Certificate{anchor}, []*x509.Certificate(nil)
	in := filepath.Join(folder, anchorsDir)
	if explicit && kind != signing.PinnedAnchor {
		national, extra = nil, national
		in = filepath.Join(folder, extraDir)
	}
	if _, err := signing.NewTrust(national, extra); err != nil {
		return kind, err
	}
	if err := os.MkdirAll(in, 0o700); err != nil {
		return kind, fmt.Errorf("import an anchor: %w", err)
	}
	file := filepath.Join(in, fingerprint(anchor)+".pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: anchor.Raw})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return kind, fmt.Errorf("import an anchor: %w", err)
	}
	return kind, nil
}

func fingerprint(certificate *x509.Certificate) string {
	sum := sha256.Sum256(certificate.Raw)
	return hex.EncodeToString(sum[:])
}

package main

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"baqylau/signing"
)

// Bounds of a folder of anchors; the national lists of revoked certificates are some megabytes.
const (
	maxAnchorFile  = 64 << 20
	maxAnchorFiles = 256
)

// errNoAnchors is a folder without one certificate, or with something else than certificates and lists.
var errNoAnchors = errors.New("not a folder of certificates")

// anchors is what a folder names for one run.
type anchors struct {
	certificates []*x509.Certificate
	lists        []*signing.CRL
}

// readAnchors reads the certificates and revocation lists of a folder, DER or PEM. What is neither is refused: a
// list that is passed over would make a revoked certificate look good.
func readAnchors(folder string) (anchors, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return anchors{}, err
	}
	var found anchors
	for i, e := range entries {
		if e.IsDir() {
			continue
		}
		data, err := readBounded(filepath.Join(folder, e.Name()), maxAnchorFile)
		if err == nil && i >= maxAnchorFiles {
			err = errTooLarge
		}
		if err == nil {
			err = found.take(data)
		}
		if err != nil {
			return anchors{}, fmt.Errorf("%s: %w", filepath.Join(folder, e.Name()), err)
		}
	}
	if len(found.certificates) == 0 {
		return anchors{}, fmt.Errorf("%s: %w", folder, errNoAnchors)
	}
	return found, nil
}

// take takes what one file holds: DER of one, or PEM of several.
func (a *anchors) take(data []byte) error {
	if !bytes.Contains(data, []byte("-----BEGIN ")) {
		return a.takeDER(data)
	}
	taken := 0
	for {
		block, rest := pem.Decode(data)
		if block == nil {
			break
		}
		if err := a.takeDER(block.Bytes); err != nil {
			return err
		}
		data = rest
		taken++
	}
	if taken == 0 {
		return errNoAnchors
	}
	return nil
}

func (a *anchors) takeDER(der []byte) error {
	certificate, err := signing.ParseCertificate(der)
	if err == nil {
		a.certificates = append(a.certificates, certificate)
		return nil
	}
	list, err := signing.ParseCRL(der)
	if err != nil {
		return errors.Join(errNoAnchors, err)
	}
	a.lists = append(a.lists, list)
	return nil
}

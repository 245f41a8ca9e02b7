package demo

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"baqylau/signing"
)

// AuthorityFile is the name of the file with the authority's certificates in its folder, in PEM.
const AuthorityFile = "demo-ca.pem"

const maxFile = 1 << 20

// Save writes the authority's certificates and the key files to a folder that must not be there
// yet. It appears whole or not at all. The authority's key isn't among the files: it no longer
// exists.
func (a *Authority) Save(folder string) error {
	if _, err := os.Lstat(folder); err == nil {
		return fmt.Errorf("saving the demo authority to %s: %w", folder, fs.ErrExist)
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o700); err != nil {
		return fmt.Errorf("saving the demo authority: %w", err)
	}
	making := folder + ".new-" + rand.Text()
	err := errors.Join(os.Mkdir(making, 0o700), a.write(making))
	if err == nil {
		err = os.Rename(making, folder)
	}
	if err != nil {
		return fmt.Errorf("saving the demo authority: %w", errors.Join(err, os.RemoveAll(making)))
	}
	return nil
}

func (a *Authority) write(folder string) error {
	var certificates []byte
	for _, certificate := range a.Certificates {
		certificates = append(certificates, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw})...)
	}
	if err := os.WriteFile(filepath.Join(folder, AuthorityFile), certificates, 0o600); err != nil {
		return err
	}
	for _, key := range a.Keys {
		file := filepath.Join(folder, filepath.FromSlash(key.Name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(file, key.PKCS12, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// Load reads the folder that Save wrote; fs.ErrNotExist when there is none. Every key file is
// opened and must come from the authority. The keys are in the order of their file names.
func Load(folder string) (*Authority, error) {
	a, err := load(folder)
	if err != nil {
		return nil, fmt.Errorf("loading the demo authority from %s: %w", folder, err)
	}
	return a, nil
}

func load(folder string) (*Authority, error) {
	data, err := read(filepath.Join(folder, AuthorityFile))
	if err != nil {
		return nil, err
	}
	a := new(Authority)
	for rest := data; len(bytes.TrimSpace(rest)) > 0; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return nil, signing.ErrNotCertificate
		}
		certificate, err := signing.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		a.Certificates = append(a.Certificates, certificate)
	}
	if len(a.Certificates) == 0 {
		return nil, signing.ErrNotCertificate
	}
	a.Certificate = a.Certificates[0]
	files, err := fs.Glob(os.DirFS(folder), "*.p12")
	if err != nil {
		return nil, err
	}
	second, err := fs.Glob(os.DirFS(folder), "*/*.p12")
	if err != nil {
		return nil, err
	}
	for _, name := range append(files, second...) {
		key, err := a.loadKey(folder, name)
		if err != nil {
			return nil, err
		}
		a.Keys = append(a.Keys, key)
	}
	return a, nil
}

func (a *Authority) loadKey(folder, name string) (KeyFile, error) {
	data, err := read(filepath.Join(folder, filepath.FromSlash(name)))
	if err != nil {
		return KeyFile{}, err
	}
	key, err := signing.OpenPKCS12(name, data, []byte(Password))
	if err != nil {
		return KeyFile{}, err
	}
	certificate := key.Identity().Certificate
	if err := errors.Join(key.Close(), signing.DemoTrust(a.Certificates...).Vouch(certificate)); err != nil {
		return KeyFile{}, fmt.Errorf("%s: %w", name, err)
	}
	kept := KeyFile{
		Name: name, Login: strings.TrimSuffix(path.Base(name), ".p12"), Kind: Signing, Algorithm: algorithmOf(certificate),
		Certificate: certificate, PKCS12: data,
	}
	for _, kind := range []Kind{Auth, Expired} {
		if login, ok := strings.CutSuffix(kept.Login, "-"+string(kind)); ok {
			kept.Login, kept.Kind = login, kind
		}
	}
	return kept, nil
}

// algorithmOf tells the sets of keys apart: crypto/x509 doesn't know GOST.
func algorithmOf(certificate *x509.Certificate) Algorithm {
	if certificate.PublicKeyAlgorithm == x509.RSA {
		return RSA
	}
	return GOST
}

// read refuses what can't be a file of ours before it is in memory.
func read(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s is longer than %d bytes", filepath.Base(file), maxFile)
	}
	return data, err
}

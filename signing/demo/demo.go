// Package demo is a certification authority for demonstrations and tests: it issues certificates
// shaped like the national authority's (NCA) to people who don't exist, with their key files.
//
// What it promises: every key is made anew on the machine that asks, nothing is carried along
// ready-made; the authority and every certificate say DEMO in their names; the authority's own
// key is dropped as soon as the certificates are issued, so that nobody can issue another one
// under an authority that a demo centre already trusts.
//
// Its certificates are worth nothing outside a demo: they name no revocation service, and their
// password is public.
package demo

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"software.sslmate.com/src/go-pkcs12"

	"baqylau/signing"
)

// Password opens every key file of the demo. It is no secret, and is shown to whoever tries it.
const Password = "Demo-2026"

// Kind is which certificate a person gets.
type Kind string

// The kinds: one to sign with, one to log in with alone, and one to sign with that ended yesterday.
const (
	Signing Kind = "signing"
	Auth    Kind = "auth"
	Expired Kind = "expired"
)

// Algorithm is what a set of keys signs with.
type Algorithm string

// The algorithms: what the national authority issues since 2024, and what it issued before.
const (
	GOST Algorithm = "gost" // GOST 34.10-2015, 512 bits
	RSA  Algorithm = "rsa"  // 2048 bits
)

// Position is the person's place in the organisation, for the roles in the certificate.
type Position string

// Positions that the NCA tells apart (arc 1.2.398.3.3.4.1).
const (
	Individual Position = "individual"
	Head       Position = "head"
	Signatory  Position = "signatory" // an employee with the right to sign
	Employee   Position = "employee"
)

// Person is somebody who gets certificates.
type Person struct {
	Login        string // stem of the file names: "auditor" gives auditor.p12, auditor-auth.p12 …
	Surname      string
	Name         string
	Patronymic   string // may be ""
	IIN          string // 12 digits
	Organization string // with BIN "" for an individual
	BIN          string // 12 digits
	Position     Position
	Kinds        []Kind // nil means Signing alone
}

// KeyFile is one certificate with its key, as a file.
type KeyFile struct {
	Name        string // of the file: "auditor.p12", and "rsa/auditor.p12" where that is the second set
	Login       string
	Kind        Kind
	Algorithm   Algorithm
	Certificate *x509.Certificate
	PKCS12      []byte // under [Password]
}

// Authority is a demo authority with what it has issued. Its keys are gone.
type Authority struct {
	Certificate  *x509.Certificate   // of the first of its algorithms
	Certificates []*x509.Certificate // one for each algorithm
	Keys         []KeyFile           // in the order of the algorithms, the people and their kinds
}

// Validity of the certificates about the day that the demo begins on.
const (
	keySize      = 2048
	before       = 24 * time.Hour
	years        = 2
	serialBits   = 159
	authorityAge = 3 // years that the authority is older than the demo: the expired need an issuer
)

// New makes an authority and issues everybody's certificates, valid from a day before now to two
// years after it, with a set of keys for each algorithm, RSA alone when none is named. Making RSA keys takes a few
// seconds of all processors; progress, if not nil, is called with the number of keys that are ready, from several
// goroutines.
func New(ctx context.Context, now time.Time, people []Person, progress func(done, total int), algorithms ...Algorithm) (*Authority, error) {
	if len(algorithms) == 0 {
		algorithms = []Algorithm{RSA}
	}
	orders, err := orders(people)
	if err != nil {
		return nil, err
	}
	if progress == nil {
		progress = func(int, int) {}
	}
	authority := new(Authority)
	for i, algorithm := range algorithms {
		before, total := i*(len(orders)+1), len(algorithms)*(len(orders)+1)
		set := set{algorithm: algorithm, now: now}
		if i > 0 {
			set.folder = string(algorithm)
		}
		if err := set.issue(ctx, authority, orders, func(done int) { progress(before+done, total) }); err != nil {
			return nil, err
		}
	}
	authority.Certificate = authority.Certificates[0]
	return authority, nil
}

// set is the keys of one algorithm in the making; the files of all but the first lie in a folder of
// their own, so that a list of keys shows each person once.
type set struct {
	algorithm Algorithm
	folder    string
	now       time.Time
}

func (s set) issue(ctx context.Context, authority *Authority, orders []order, progress func(done int)) error {
	scheme, err := schemeOf(s.algorithm)
	if err != nil {
		return err
	}
	keys, err := makeKeys(ctx, scheme, len(orders)+1, progress)
	if err != nil {
		return fmt.Errorf("making demo keys: %w", err)
	}
	root, err := newRoot(scheme, keys[len(orders)], s.now)
	if err != nil {
		return fmt.Errorf("making the demo authority: %w", err)
	}
	authority.Certificates = append(authority.Certificates, root.certificate)
	for i, order := range orders {
		file, err := root.issue(order, keys[i], s.now)
		if err != nil {
			return fmt.Errorf("issuing the demo certificate of %s: %w", order.person.Login, err)
		}
		file.Name, file.Algorithm = path.Join(s.folder, fileName(order)), s.algorithm
		authority.Keys = append(authority.Keys, file)
	}
	return nil
}

// scheme is how an authority of one algorithm makes keys, certificates and key files.
type scheme struct {
	generate func() (crypto.Signer, error)
	info     func(crypto.PublicKey) ([]byte, error) // SubjectPublicKeyInfo
	create   func(template, parent *x509.Certificate, public crypto.PublicKey, issuer crypto.Signer) (*x509.Certificate, error)
	pkcs12   func(key crypto.Signer, certificate *x509.Certificate) ([]byte, error)
}

func schemeOf(algorithm Algorithm) (scheme, error) {
	switch algorithm {
	case GOST:
		return gostScheme(), nil
	case RSA:
		return rsaScheme(), nil
	}
	return scheme{}, errors.New("unknown algorithm: " + string(algorithm))
}

// rsaScheme leaves everything to libraries; the file is enciphered with PBES2.
func rsaScheme() scheme {
	return scheme{
		generate: func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, keySize) },
		info:     func(public crypto.PublicKey) ([]byte, error) { return x509.MarshalPKIXPublicKey(public) },
		create: func(template, parent *x509.Certificate, public crypto.PublicKey, issuer crypto.Signer) (*x509.Certificate, error) {
			der, err := x509.CreateCertificate(rand.Reader, template, parent, public, issuer)
			if err != nil {
				return nil, err
			}
			return x509.ParseCertificate(der)
		},
		pkcs12: func(key crypto.Signer, certificate *x509.Certificate) ([]byte, error) {
			return pkcs12.Modern2023.Encode(key, certificate, nil, Password)
		},
	}
}

// Find gives the key file of the person and kind, of the first algorithm that has it.
func (a *Authority) Find(login string, kind Kind) (KeyFile, bool) {
	for _, key := range a.Keys {
		if key.Login == login && key.Kind == kind {
			return key, true
		}
	}
	return KeyFile{}, false
}

// FindOf gives the key file of the person, kind and algorithm.
func (a *Authority) FindOf(algorithm Algorithm, login string, kind Kind) (KeyFile, bool) {
	for _, key := range a.Keys {
		if key.Login == login && key.Kind == kind && key.Algorithm == algorithm {
			return key, true
		}
	}
	return KeyFile{}, false
}

// order is one certificate to issue.
type order struct {
	person Person
	kind   Kind
}

// orders lists the certificates to issue; a login becomes a file's name, so it must be a plain one.
func orders(people []Person) ([]order, error) {
	var list []order
	for _, person := range people {
		if person.Login == "" || person.Login != filepath.Base(person.Login) {
			return nil, fmt.Errorf("login %q can't name a file", person.Login)
		}
		kinds := person.Kinds
		if kinds == nil {
			kinds = []Kind{Signing}
		}
		for _, kind := range kinds {
			list = append(list, order{person, kind})
		}
	}
	return list, nil
}

func makeKeys(ctx context.Context, scheme scheme, n int, progress func(done int)) ([]crypto.Signer, error) {
	keys := make([]crypto.Signer, n)
	var done atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range keys {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			key, err := scheme.generate()
			keys[i] = key
			progress(int(done.Add(1)))
			return err
		})
	}
	return keys, group.Wait()
}

// root is the authority while it still has its key.
type root struct {
	scheme      scheme
	certificate *x509.Certificate
	key         crypto.Signer
}

func newRoot(scheme scheme, key crypto.Signer, now time.Time) (root, error) {
	serial, err := newSerial()
	if err != nil {
		return root{}, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject: pkix.Name{
			Country: []string{"KZ"}, Organization: []string{signing.DemoOrganization},
			CommonName: "BAQYLAU DEMO CA (not a real authority)",
		},
		NotBefore:             now.AddDate(-authorityAge, 0, 0),
		NotAfter:              now.AddDate(years, 0, 1),
		IsCA:                  true,
		MaxPathLenZero:        true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	if template.SubjectKeyId, err = scheme.keyID(key.Public()); err != nil {
		return root{}, err
	}
	certificate, err := scheme.create(template, template, key.Public(), key)
	return root{scheme, certificate, key}, err
}

// issue makes the certificate and the key file. Like the NCA's, the file holds the leaf certificate alone.
func (r root) issue(o order, key crypto.Signer, now time.Time) (KeyFile, error) {
	template, err := template(o, now)
	if err != nil {
		return KeyFile{}, err
	}
	if template.SubjectKeyId, err = r.scheme.keyID(key.Public()); err != nil {
		return KeyFile{}, err
	}
	certificate, err := r.scheme.create(template, r.certificate, key.Public(), r.key)
	if err != nil {
		return KeyFile{}, err
	}
	file, err := r.scheme.pkcs12(key, certificate)
	return KeyFile{Login: o.person.Login, Kind: o.kind, Certificate: certificate, PKCS12: file}, err
}

// keyID is the key identifier of RFC 7093, section 2, method 4.
func (s scheme) keyID(public crypto.PublicKey) ([]byte, error) {
	info, err := s.info(public)
	sum := sha256.Sum256(info)
	return sum[:20], err
}

func fileName(o order) string {
	if o.kind == Signing {
		return o.person.Login + ".p12"
	}
	return o.person.Login + "-" + string(o.kind) + ".p12"
}

// Issued tells whether a demo's authority has issued the certificate: what no real centre takes.
func Issued(c *x509.Certificate) bool {
	return slices.Contains(c.Issuer.Organization, signing.DemoOrganization)
}

// template is a certificate like those of the NCA: subject, key usage and roles.
func template(o order, now time.Time) (*x509.Certificate, error) {
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	roles, err := roles(o.person.Position)
	if err != nil {
		return nil, err
	}
	t := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               subject(o.person),
		NotBefore:             now.Add(-before),
		NotAfter:              now.AddDate(years, 0, 0),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection},
		UnknownExtKeyUsage:    roles,
	}
	switch o.kind {
	case Signing:
	case Auth:
		t.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment
		t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	case Expired:
		t.NotBefore, t.NotAfter = now.AddDate(-years, 0, 0), now.Add(-before)
	default:
		return nil, errors.New("unknown kind of certificate: " + string(o.kind))
	}
	return t, nil
}

// subject writes the name in the order of the NCA: CN, SN, serialNumber, C, O, OU, GN.
func subject(p Person) pkix.Name {
	var name pkix.Name
	add := func(last int, value string) {
		if value != "" {
			kind := asn1.ObjectIdentifier{2, 5, 4, last}
			name.ExtraNames = append(name.ExtraNames, pkix.AttributeTypeAndValue{Type: kind, Value: value})
		}
	}
	add(3, p.Surname+" "+p.Name)
	add(4, p.Surname)
	add(5, "IIN"+p.IIN)
	add(6, "KZ")
	if p.BIN != "" {
		add(10, p.Organization)
		add(11, "BIN"+p.BIN)
	}
	add(42, p.Patronymic)
	return name
}

func roles(position Position) ([]asn1.ObjectIdentifier, error) {
	entity := asn1.ObjectIdentifier{1, 2, 398, 3, 3, 4, 1, 2}
	role := func(n int) []asn1.ObjectIdentifier {
		return []asn1.ObjectIdentifier{entity, append(entity[:len(entity):len(entity)], n)}
	}
	switch position {
	case Individual:
		return []asn1.ObjectIdentifier{{1, 2, 398, 3, 3, 4, 1, 1}}, nil
	case Head:
		return role(1), nil
	case Signatory:
		return role(2), nil
	case Employee:
		return role(5), nil
	}
	return nil, errors.New("unknown position: " + string(position))
}

func newSerial() (*big.Int, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), serialBits))
	if err != nil {
		return nil, err
	}
	return serial.Add(serial, big.NewInt(1)), nil // never zero
}

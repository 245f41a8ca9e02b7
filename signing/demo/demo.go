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
	"path/filepath"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"software.sslmate.com/src/go-pkcs12"
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
	Name        string // of the file
	Login       string
	Kind        Kind
	Certificate *x509.Certificate
	PKCS12      []byte // under [Password]
}

// Authority is a demo authority with what it has issued. Its key is gone.
type Authority struct {
	Certificate *x509.Certificate
	Keys        []KeyFile // in the order of the people and their kinds
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
// years after it. Making the keys takes a few seconds of all processors; progress, if not nil, is
// called with the number of keys that are ready, from several goroutines.
func New(ctx context.Context, now time.Time, people []Person, progress func(done, total int)) (*Authority, error) {
	orders, err := orders(people)
	if err != nil {
		return nil, err
	}
	if progress == nil {
		progress = func(int, int) {}
	}
	keys, err := makeKeys(ctx, len(orders)+1, progress)
	if err != nil {
		return nil, fmt.Errorf("making demo keys: %w", err)
	}
	root, err := newRoot(keys[len(orders)], now)
	if err != nil {
		return nil, fmt.Errorf("making the demo authority: %w", err)
	}
	authority := &Authority{Certificate: root.certificate, Keys: make([]KeyFile, len(orders))}
	for i, order := range orders {
		if authority.Keys[i], err = root.issue(order, keys[i], now); err != nil {
			return nil, fmt.Errorf("issuing the demo certificate of %s: %w", order.person.Login, err)
		}
	}
	return authority, nil
}

// Find gives the key file of the person and kind.
func (a *Authority) Find(login string, kind Kind) (KeyFile, bool) {
	for _, key := range a.Keys {
		if key.Login == login && key.Kind == kind {
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

func makeKeys(ctx context.Context, n int, progress func(done, total int)) ([]*rsa.PrivateKey, error) {
	keys := make([]*rsa.PrivateKey, n)
	var done atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range keys {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			key, err := rsa.GenerateKey(rand.Reader, keySize)
			keys[i] = key
			progress(int(done.Add(1)), n)
			return err
		})
	}
	return keys, group.Wait()
}

// root is the authority while it still has its key.
type root struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

func newRoot(key *rsa.PrivateKey, now time.Time) (root, error) {
	serial, err := newSerial()
	if err != nil {
		return root{}, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject: pkix.Name{
			Country: []string{"KZ"}, Organization: []string{authorityName},
			CommonName: "BAQYLAU DEMO CA (not a real authority)",
		},
		NotBefore:             now.AddDate(-authorityAge, 0, 0),
		NotAfter:              now.AddDate(years, 0, 1),
		IsCA:                  true,
		MaxPathLenZero:        true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	certificate, err := create(template, template, key.Public(), key)
	return root{certificate, key}, err
}

// issue makes the certificate and the key file, enciphered with PBES2. Like the NCA's, the file
// holds the leaf certificate alone.
func (r root) issue(o order, key *rsa.PrivateKey, now time.Time) (KeyFile, error) {
	template, err := template(o, now)
	if err != nil {
		return KeyFile{}, err
	}
	if template.SubjectKeyId, err = keyID(key); err != nil {
		return KeyFile{}, err
	}
	certificate, err := create(template, r.certificate, key.Public(), r.key)
	if err != nil {
		return KeyFile{}, err
	}
	file, err := pkcs12.Modern2023.Encode(key, certificate, nil, Password)
	return KeyFile{Name: fileName(o), Login: o.person.Login, Kind: o.kind, Certificate: certificate, PKCS12: file}, err
}

// keyID is the key identifier of RFC 7093, section 2, method 4.
func keyID(key *rsa.PrivateKey) ([]byte, error) {
	info, err := x509.MarshalPKIXPublicKey(key.Public())
	sum := sha256.Sum256(info)
	return sum[:20], err
}

func fileName(o order) string {
	if o.kind == Signing {
		return o.person.Login + ".p12"
	}
	return o.person.Login + "-" + string(o.kind) + ".p12"
}

// authorityName stands in the issuer of every certificate of a demo.
const authorityName = "BAQYLAU DEMO"

// Issued tells whether a demo's authority has issued the certificate: what no real centre takes.
func Issued(c *x509.Certificate) bool { return slices.Contains(c.Issuer.Organization, authorityName) }

func create(template, parent *x509.Certificate, public crypto.PublicKey, key crypto.Signer) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
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

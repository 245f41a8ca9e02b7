package demo_test

import (
	"context"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"baqylau/signing"
	"baqylau/signing/demo"

	"github.com/google/go-cmp/cmp"
)

func today() time.Time { return time.Date(2026, 3, 10, 9, 30, 0, 0, time.UTC) }

func people() []demo.Person {
	return []demo.Person{
		{
			Login: "approver", Surname: "СӘРСЕНОВ", Name: "ЕРЛАН", Patronymic: "БОЛАТҰЛЫ", IIN: "760101300123",
			Organization: "ІМАД", BIN: "150340021456", Position: demo.Head,
			Kinds: []demo.Kind{demo.Signing, demo.Auth, demo.Expired},
		},
		{Login: "organizer", Surname: "КИМ", Name: "ОЛЬГА", IIN: "900202400789", Position: demo.Individual},
	}
}

// TestBothSetsOfKeysSignAndAreVouchedFor: the first set has the plain names.
func TestBothSetsOfKeysSignAndAreVouchedFor(t *testing.T) {
	a, err := demo.New(context.Background(), today(), people(), nil, demo.GOST, demo.RSA)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "demo")
	if err := a.Save(folder); err != nil {
		t.Fatal(err)
	}
	loaded, err := demo.Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, key := range a.Keys {
		names = append(names, key.Name)
		again, found := loaded.FindOf(key.Algorithm, key.Login, key.Kind)
		if !found || again.Name != key.Name {
			t.Errorf("%s became %q", key.Name, again.Name)
		}
	}
	if diff := cmp.Diff([]string{
		"approver.p12", "approver-auth.p12", "approver-expired.p12", "organizer.p12",
		"rsa/approver.p12", "rsa/approver-auth.p12", "rsa/approver-expired.p12", "rsa/organizer.p12",
	}, names); diff != "" {
		t.Error(diff)
	}
	document := []byte("%PDF-1.7")
	for _, algorithm := range []demo.Algorithm{demo.GOST, demo.RSA} {
		file, _ := loaded.FindOf(algorithm, "organizer", demo.Signing)
		key, err := signing.OpenPKCS12(file.Name, file.PKCS12, []byte(demo.Password))
		if err != nil {
			t.Fatal(err)
		}
		cms, err := key.SignDocument(t.Context(), signing.Bytes(document), today(), signing.Options{})
		if err != nil {
			t.Fatal(err)
		}
		policy := signing.Policy{Trust: signing.DemoTrust(loaded.Certificates...), ExpectIIN: "900202400789", RequireNonRepudiation: true}
		report := signing.Verify(document, cms, today(), policy)
		if !report.Valid() || !report.Demo || len(report.Chain) != 2 {
			t.Errorf("%s: %+v", algorithm, report)
		}
		if _, wrong := signing.OpenPKCS12(file.Name, file.PKCS12, []byte("another")); !errors.Is(wrong, signing.ErrWrongPassword) {
			t.Errorf("%s: %v", algorithm, wrong)
		}
	}
}

var made = sync.OnceValues(func() (*demo.Authority, error) {
	return demo.New(context.Background(), today(), people(), nil)
})

func authority(t *testing.T) *demo.Authority {
	t.Helper()
	a, err := made()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestEverybodyGetsTheirCertificates(t *testing.T) {
	var names []string
	for _, key := range authority(t).Keys {
		names = append(names, key.Name)
		opened, err := signing.OpenPKCS12(key.Name, key.PKCS12, []byte(demo.Password))
		if err != nil || !opened.Identity().Certificate.Equal(key.Certificate) {
			t.Errorf("%s: %v", key.Name, err)
		}
	}
	want := []string{"approver.p12", "approver-auth.p12", "approver-expired.p12", "organizer.p12"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}

func TestACertificateLooksLikeTheNCAs(t *testing.T) {
	key, _ := authority(t).Find("approver", demo.Signing)
	var subject []string
	for _, name := range key.Certificate.Subject.Names {
		subject = append(subject, name.Type.String()+"="+name.Value.(string))
	}
	if diff := cmp.Diff([]string{
		"2.5.4.3=СӘРСЕНОВ ЕРЛАН", "2.5.4.4=СӘРСЕНОВ", "2.5.4.5=IIN760101300123", "2.5.4.6=KZ",
		"2.5.4.10=ІМАД", "2.5.4.11=BIN150340021456", "2.5.4.42=БОЛАТҰЛЫ",
	}, subject); diff != "" {
		t.Error(diff)
	}
	var roles []string
	for _, role := range key.Certificate.UnknownExtKeyUsage {
		roles = append(roles, role.String())
	}
	if diff := cmp.Diff([]string{"1.2.398.3.3.4.1.2", "1.2.398.3.3.4.1.2.1"}, roles); diff != "" {
		t.Error(diff)
	}
	if key.Certificate.KeyUsage != x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment {
		t.Errorf("key usage %b", key.Certificate.KeyUsage)
	}
}

func TestTheAuthoritySaysDemoInItsName(t *testing.T) {
	for _, key := range authority(t).Keys {
		if !strings.Contains(key.Certificate.Issuer.CommonName, "DEMO") {
			t.Errorf("%s comes from %s", key.Name, key.Certificate.Issuer)
		}
	}
}

func TestCertificatesAreValidAboutTheDemosDay(t *testing.T) {
	for _, c := range []struct {
		login string
		kind  demo.Kind
		at    time.Time
		want  signing.Unfit
	}{
		{"approver", demo.Signing, today(), signing.Fit},
		{"approver", demo.Signing, today().Add(-23 * time.Hour), signing.Fit},
		{"approver", demo.Signing, today().Add(-25 * time.Hour), signing.UnfitNotYetValid},
		{"approver", demo.Signing, today().AddDate(2, 0, -1), signing.Fit},
		{"approver", demo.Signing, today().AddDate(2, 0, 1), signing.UnfitExpired},
		{"approver", demo.Expired, today(), signing.UnfitExpired},
		{"approver", demo.Auth, today(), signing.UnfitAuthOnly},
		{"organizer", demo.Signing, today(), signing.Fit},
	} {
		key, _ := authority(t).Find(c.login, c.kind)
		if got := signing.IdentityOf(key.Certificate).FitFor(signing.ForDocument, "", c.at); got != c.want {
			t.Errorf("%s %s at %v: %q, want %q", c.login, c.kind, c.at, got, c.want)
		}
	}
}

func TestAnAuthorityIsSavedAndLoadedWhole(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data", "demo")
	if _, err := demo.Load(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("loading from nowhere: %v", err)
	}
	if err := authority(t).Save(folder); err != nil {
		t.Fatal(err)
	}
	loaded, err := demo.Load(folder)
	if err != nil || !loaded.Certificate.Equal(authority(t).Certificate) || len(loaded.Keys) != 4 {
		t.Fatalf("%d keys, %v", len(loaded.Keys), err)
	}
	for _, want := range authority(t).Keys {
		got, ok := loaded.Find(want.Login, want.Kind)
		if !ok || got.Name != want.Name || !got.Certificate.Equal(want.Certificate) {
			t.Errorf("%s became %q", want.Name, got.Name)
		}
	}
	if err := authority(t).Save(folder); !errors.Is(err, fs.ErrExist) {
		t.Errorf("saving over it: %v", err)
	}
	if beside, _ := filepath.Glob(filepath.Join(filepath.Dir(folder), "*.new-*")); len(beside) > 0 {
		t.Errorf("left behind: %v", beside)
	}
}

func TestNobodyReadsAnothersDemoKeysAndNoAuthorityKeyIsKept(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "demo")
	if err := authority(t).Save(folder); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
		info, err := entry.Info()
		if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", entry.Name(), info.Mode(), err)
		}
	}
	want := []string{"approver-auth.p12", "approver-expired.p12", "approver.p12", demo.AuthorityFile, "organizer.p12"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}

func TestLoadRefusesADamagedFolder(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(folder string) error
	}{
		{"a key file cut short", func(folder string) error { return os.Truncate(filepath.Join(folder, "organizer.p12"), 900) }},
		{"an authority that is none", func(folder string) error {
			return os.WriteFile(filepath.Join(folder, demo.AuthorityFile), []byte("?"), 0o600)
		}},
		{"a key file as long as a film", func(folder string) error { return os.Truncate(filepath.Join(folder, "organizer.p12"), 2<<20) }},
		{"another authority's key", func(folder string) error {
			other, err := demo.New(context.Background(), today(), people()[1:], nil)
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(folder, "organizer.p12"), other.Keys[0].PKCS12, 0o600)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "demo")
			if err := errors.Join(authority(t).Save(folder), c.spoil(folder)); err != nil {
				t.Fatal(err)
			}
			if _, err := demo.Load(folder); err == nil {
				t.Error("loaded")
			}
		})
	}
}

func TestMakingKeysTellsItsProgressAndStops(t *testing.T) {
	var seen atomic.Int64
	if _, err := demo.New(context.Background(), today(), people()[1:], func(done, total int) {
		if total == 2 {
			seen.Add(1)
		}
	}); err != nil || seen.Load() != 2 {
		t.Errorf("%d steps, %v", seen.Load(), err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := demo.New(ctx, today(), people(), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestUnknownKindsAndPositionsAreRefused(t *testing.T) {
	for _, spoil := range []func(*demo.Person){
		func(p *demo.Person) { p.Position = "king" },
		func(p *demo.Person) { p.Kinds = []demo.Kind{"golden"} },
		func(p *demo.Person) { p.Login = "../up" },
		func(p *demo.Person) { p.Login = "" },
	} {
		list := slices.Clone(people()[1:])
		spoil(&list[0])
		if _, err := demo.New(context.Background(), today(), list, nil); err == nil {
			t.Errorf("%+v was issued", list[0])
		}
	}
}

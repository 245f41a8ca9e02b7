package server_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"baqylau/signing"
	"baqylau/signing/demo"
)

// issued is one authority for all tests: its keys take some seconds to make.
var issued = sync.OnceValues(func() (*demo.Authority, error) {
	return demo.New(context.Background(), noon(), []demo.Person{
		holder("auditor", departmentBIN, demo.Signing, demo.Auth, demo.Expired),
		holder("second-auditor", departmentBIN),
		holder("approver", departmentBIN, demo.Signing, demo.Auth),
		holder("controller-approver", committeeBIN, demo.Signing),
		holder("all-alone", otherDepartmentBIN, demo.Signing),
		{Login: "moved", Surname: "Т", Name: "А", IIN: person("auditor").iin, BIN: otherDepartmentBIN, Organization: "Басқа", Position: demo.Employee},
		{Login: "stranger", Surname: "Б", Name: "Б", IIN: strangerIIN, BIN: departmentBIN, Organization: "Д", Position: demo.Employee},
		{Login: "private", Surname: "Ж", Name: "Ж", IIN: person("auditor").iin, Position: demo.Individual},
	}, nil)
})

// forged is another authority, which nobody trusts, with an auditor of its own.
var forged = sync.OnceValues(func() (*demo.Authority, error) {
	return demo.New(context.Background(), noon(), []demo.Person{holder("auditor", departmentBIN)}, nil)
})

func holder(name, bin string, kinds ...demo.Kind) demo.Person {
	return demo.Person{
		Login: name, Surname: "Тегі", Name: "Аты", IIN: person(name).iin, Organization: "Департамент", BIN: bin,
		Position: demo.Employee, Kinds: kinds,
	}
}

func keys(t testing.TB) *demo.Authority {
	t.Helper()
	a, err := issued()
	if err != nil {
		t.Fatalf("making keys: %v", err)
	}
	return a
}

func key(t testing.TB, login string, kind demo.Kind) *signing.Key {
	t.Helper()
	return opened(t, keys(t), login, kind)
}

func opened(t testing.TB, a *demo.Authority, login string, kind demo.Kind) *signing.Key {
	t.Helper()
	file, found := a.Find(login, kind)
	if !found {
		t.Fatalf("%s has no %s key", login, kind)
	}
	k, err := signing.OpenPKCS12(file.Name, file.PKCS12, []byte(demo.Password))
	if err != nil {
		t.Fatalf("opening the key of %s: %v", login, err)
	}
	t.Cleanup(func() { _ = k.Close() })
	return k
}

// signed signs a document at noon.
func signed(t testing.TB, k *signing.Key, content []byte) []byte {
	t.Helper()
	return signedAt(t, k, content, noon())
}

func signedAt(t testing.TB, k *signing.Key, content []byte, at time.Time) []byte {
	t.Helper()
	cms, err := k.SignDocument(context.Background(), signing.Bytes(content), at, signing.Options{})
	if err != nil {
		t.Fatalf("signing: %v", err)
	}
	return cms
}

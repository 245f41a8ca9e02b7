package server_test

import (
	"crypto/x509"
	"errors"
	"path/filepath"
	"testing"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server"
	"baqylau/server/store"
	"baqylau/signing"
	"baqylau/signing/demo"
)

// realStore is a store for real data, with an administrator in it.
func realStore(t *testing.T) *store.Store {
	t.Helper()
	st, err := store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "centre.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	err = server.Office{Store: st, Clock: noon, Name: "test"}.Enrol(t.Context(),
		api.Organization{BIN: departmentBIN, Kind: api.Department, NameKK: "Департамент"},
		api.Person{IIN: person("auditor").iin, Surname: "Тегі", Organization: departmentBIN, Roles: []control.Role{control.Administrator}})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// TestDemoAndRealNeverMix: neither keys nor clocks of the one serve the other.
func TestDemoAndRealNeverMix(t *testing.T) {
	real, err := signing.NewTrust(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	demoTrust := signing.DemoTrust(keys(t).Certificate)
	for name, c := range map[string]struct {
		config server.Config
		want   error
	}{
		"demo keys over real data":         {server.Config{Store: realStore(t), Trust: demoTrust}, server.ErrTrust},
		"real keys over the demo's data":   {server.Config{Store: given(t).store, Trust: real}, server.ErrTrust},
		"another clock over real data":     {server.Config{Store: realStore(t), Trust: real, Clock: noon}, server.ErrClock},
		"the machine's clock and anchors":  {server.Config{Store: realStore(t), Trust: real}, nil},
		"another clock over the demo data": {server.Config{Store: given(t).store, Trust: demoTrust, Clock: noon}, nil},
	} {
		c.config.Book = server.BuiltInBook()
		if _, err := server.New(t.Context(), c.config); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = signing.NewTrust([]*x509.Certificate{keys(t).Certificate}, nil)
	if !errors.Is(err, signing.ErrNotPinned) {
		t.Errorf("the demo's authority is an anchor: %v", err)
	}
}

// TestADemoKeyOpensNoRealCentre: not even of the person who is enrolled there.
func TestADemoKeyOpensNoRealCentre(t *testing.T) {
	real, err := signing.NewTrust(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := served(t, realStore(t), func(c *server.Config) { c.Trust, c.Clock = real, nil })
	text := w.challenge()
	w.login(text.Nonce, loginCMS(t, key(t, "auditor", demo.Signing), text, noon())).refusedAs(t, 403, "signature_invalid")
	if centre := as[api.Centre](t, w.get(who{}, "/v1/centre").ok(t)); centre.Demo {
		t.Error("the centre calls itself the demo")
	}
}

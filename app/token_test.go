//go:build cgo

package app_test

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/miekg/pkcs11"
	"software.sslmate.com/src/go-pkcs12"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/internal/need"
	"baqylau/signing"
	"baqylau/signing/demo"
	"baqylau/signing/token"
)

// TestATokenEntersAndSigns: the approver's key on a token, by a driver in a process of its own.
func TestATokenEntersAndSigns(t *testing.T) {
	const pin = "4321"
	h := given(t)
	auditor := h.marked()
	form := auditor.form(0)
	ok(t, auditor.SendToAgreement(ctx, form))
	module := need.SoftHSM(t, "approver", pin)
	file, _ := h.made.authority.Find("approver", demo.Signing)
	put(t, module, pin, file)
	program, err := os.Executable()
	ok(t, err)
	keys := app.NewKeys(app.KeySources{Module: module, Program: program})
	t.Cleanup(func() { ok(t, keys.Close()) })
	listed := entry(t, keys, signing.StoreToken)
	iin := h.made.people["approver"].IIN
	if got := listed.Identity(); got.IIN != iin || got.Role() != signing.RoleEmployee || got.Storage != "approver" {
		t.Errorf("the owner is %+v", got)
	}
	if got := listed.Unusable(assets.RU, signing.ForDocument, h.made.people["auditor"].IIN, noon()); got != "сертификат другого человека" {
		t.Errorf("for the auditor it is off because %q", got)
	}
	_, err = keys.Open(ctx, listed, []byte("1234"), "", assets.RU)
	if !errors.Is(err, token.ErrWrongPIN) {
		t.Errorf("a wrong PIN: %v", err)
	}
	inWords(t, err)
	key, err := keys.Open(ctx, listed, []byte(pin), "", assets.RU)
	ok(t, err)
	desk := h.entersWith(key)
	paper, err := desk.PrepareApproval(ctx, form.ID)
	ok(t, err)
	for _, result := range desk.SignPapers(ctx, key, []app.Paper{paper}, func(int, app.Signed) {}) {
		ok(t, result.Err)
	}
	ok(t, key.Close())
}

// put puts a key with its certificate onto SoftHSM's token.
func put(t *testing.T, module, pin string, file demo.KeyFile) {
	t.Helper()
	private, _, _, err := pkcs12.DecodeChain(file.PKCS12, demo.Password)
	ok(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(private)
	ok(t, err)
	path := filepath.Join(t.TempDir(), "key.pem")
	ok(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
	out, err := exec.Command("softhsm2-util", "--import", path, "--token", "approver", "--pin", pin, "--label", "key", "--id", "01").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	driver := pkcs11.New(module)
	if driver == nil {
		t.Fatal("SoftHSM doesn't load")
	}
	defer driver.Destroy()
	ok(t, driver.Initialize())
	defer func() { ok(t, driver.Finalize()) }()
	slots, err := driver.GetSlotList(true)
	ok(t, err)
	session, err := driver.OpenSession(slots[0], pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION)
	ok(t, err)
	ok(t, driver.Login(session, pkcs11.CKU_USER, pin))
	_, err = driver.CreateObject(session, []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_CERTIFICATE),
		pkcs11.NewAttribute(pkcs11.CKA_CERTIFICATE_TYPE, pkcs11.CKC_X_509),
		pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true),
		pkcs11.NewAttribute(pkcs11.CKA_PRIVATE, false),
		pkcs11.NewAttribute(pkcs11.CKA_SUBJECT, file.Certificate.RawSubject),
		pkcs11.NewAttribute(pkcs11.CKA_ID, []byte{1}),
		pkcs11.NewAttribute(pkcs11.CKA_VALUE, file.Certificate.Raw),
	})
	ok(t, err)
}

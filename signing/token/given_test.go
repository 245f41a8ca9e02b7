//go:build cgo

package token_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/pkcs11"

	"baqylau/internal/need"
	"baqylau/signing/token"
)

// The test program serves as a driver's process, as the shipped programs do.
func TestMain(m *testing.M) {
	if token.Work(os.Args[1:]) {
		return
	}
	os.Exit(m.Run())
}

const pin = "4321"

func store(t *testing.T, module string) *token.Store {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := token.New(module, program)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// put puts objects onto the one token of SoftHSM.
func put(t *testing.T, module string, objects ...[]*pkcs11.Attribute) {
	t.Helper()
	ctx := pkcs11.New(module)
	if ctx == nil {
		t.Fatal("SoftHSM doesn't load")
	}
	defer ctx.Destroy()
	must(t, ctx.Initialize())
	defer func() { must(t, ctx.Finalize()) }()
	slots, err := ctx.GetSlotList(true)
	must(t, err)
	session, err := ctx.OpenSession(slots[0], pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION)
	must(t, err)
	must(t, ctx.Login(session, pkcs11.CKU_USER, pin))
	for _, object := range objects {
		_, err := ctx.CreateObject(session, object)
		must(t, err)
	}
}

func certificateObject(id string, der []byte) []*pkcs11.Attribute {
	return []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_CERTIFICATE),
		pkcs11.NewAttribute(pkcs11.CKA_CERTIFICATE_TYPE, pkcs11.CKC_X_509),
		pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true),
		pkcs11.NewAttribute(pkcs11.CKA_PRIVATE, false),
		pkcs11.NewAttribute(pkcs11.CKA_SUBJECT, []byte("subject")),
		pkcs11.NewAttribute(pkcs11.CKA_ID, []byte(id)),
		pkcs11.NewAttribute(pkcs11.CKA_VALUE, der),
	}
}

func keyObject(t *testing.T, id string, key crypto.Signer) []*pkcs11.Attribute {
	t.Helper()
	object := []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_PRIVATE_KEY),
		pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true),
		pkcs11.NewAttribute(pkcs11.CKA_PRIVATE, true),
		pkcs11.NewAttribute(pkcs11.CKA_SENSITIVE, true),
		pkcs11.NewAttribute(pkcs11.CKA_SIGN, true),
		pkcs11.NewAttribute(pkcs11.CKA_ID, []byte(id)),
	}
	switch key := key.(type) {
	case *rsa.PrivateKey:
		return append(object,
			pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, pkcs11.CKK_RSA),
			pkcs11.NewAttribute(pkcs11.CKA_MODULUS, key.N.Bytes()),
			pkcs11.NewAttribute(pkcs11.CKA_PUBLIC_EXPONENT, big.NewInt(int64(key.E)).Bytes()),
			pkcs11.NewAttribute(pkcs11.CKA_PRIVATE_EXPONENT, key.D.Bytes()),
			pkcs11.NewAttribute(pkcs11.CKA_PRIME_1, key.Primes[0].Bytes()),
			pkcs11.NewAttribute(pkcs11.CKA_PRIME_2, key.Primes[1].Bytes()),
			pkcs11.NewAttribute(pkcs11.CKA_EXPONENT_1, key.Precomputed.Dp.Bytes()),
			pkcs11.NewAttribute(pkcs11.CKA_EXPONENT_2, key.Precomputed.Dq.Bytes()),
			pkcs11.NewAttribute(pkcs11.CKA_COEFFICIENT, key.Precomputed.Qinv.Bytes()))
	case *ecdsa.PrivateKey:
		value, err := key.Bytes()
		must(t, err)
		prime256v1 := []byte{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07}
		return append(object,
			pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, pkcs11.CKK_EC),
			pkcs11.NewAttribute(pkcs11.CKA_EC_PARAMS, prime256v1),
			pkcs11.NewAttribute(pkcs11.CKA_VALUE, value))
	}
	t.Fatalf("no object for a %T", key)
	return nil
}

func rsaKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	return key
}

func ecKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	return key
}

// certified is a certificate that a key gives itself; authority makes it no person's.
func certified(t *testing.T, key crypto.Signer, authority bool) []byte {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "СӘРСЕНБАЕВА АЙГҮЛ", SerialNumber: "IIN850101400123"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(time.Hour),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		IsCA:                  authority,
		BasicConstraintsValid: true,
	}, &x509.Certificate{Subject: pkix.Name{CommonName: "Authority"}}, key.Public(), key)
	must(t, err)
	return der
}

// imitation is the module of testdata, told how to misbehave, and the file that counts its logins.
func imitation(t *testing.T, how string) (module, logins string) {
	t.Helper()
	need.Program(t, "gcc")
	headers := strings.TrimSpace(run(t, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/miekg/pkcs11"))
	folder := t.TempDir()
	module, logins = filepath.Join(folder, "imitation.so"), filepath.Join(folder, "logins")
	run(t, "gcc", "-shared", "-fPIC", "-o", module, "-I", headers, filepath.Join("testdata", "imitation.c"))
	t.Setenv("IMITATION", how)
	t.Setenv("IMITATION_LOGINS", logins)
	return module, logins
}

func run(t *testing.T, program string, arguments ...string) string {
	t.Helper()
	out, err := exec.Command(program, arguments...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", program, arguments, err, out)
	}
	return string(out)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

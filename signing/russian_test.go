package signing_test

import (
	"bytes"
	"errors"
	"os/exec"
	"testing"
	"time"

	"baqylau/internal/need"
	"baqylau/signing"
	"baqylau/signing/demo"
)

// engineFolder holds a document signed by OpenSSL's gost engine, by a key that it made.
func engineFolder(t *testing.T, options ...string) string {
	t.Helper()
	need.Engine(t)
	folder := t.TempDir()
	put(t, folder, "doc.pdf", pdf())
	for _, command := range [][]string{
		{"genpkey", "-engine", "gost", "-algorithm", "gost2012_512", "-pkeyopt", "paramset:A", "-out", "key.pem"},
		{"req", "-engine", "gost", "-x509", "-new", "-key", "key.pem", "-md_gost12_512", "-subj", "/CN=X", "-days", "2", "-out", "cert.pem"},
		append([]string{
			"cms", "-sign", "-engine", "gost", "-binary", "-in", "doc.pdf", "-signer", "cert.pem", "-inkey", "key.pem",
			"-md", "md_gost12_512", "-outform", "DER", "-out", "russian.p7s",
		}, options...),
	} {
		mustOpenssl(t, folder, command...)
	}
	return folder
}

// engineVerify is the command that `make demo` prints for GOST signatures.
func engineVerify(folder, signature string) *exec.Cmd {
	c := exec.Command("openssl", "cms", "-verify", "-engine", "gost", "-noverify", "-binary", "-inform", "DER", "-content", "doc.pdf",
		"-in", signature, "-out", "seen.pdf")
	c.Dir = folder
	return c
}

func TestTheIdentifiersOfASignatureGoBothWays(t *testing.T) {
	for name, options := range map[string][]string{
		"detached": nil,
		"attached": {"-nodetach"},
		"by key":   {"-keyid"},
		"CAdES":    {"-cades"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := engineFolder(t, options...)
			russian := get(t, folder, "russian.p7s")
			ours, err := signing.FromRussian(russian)
			if err != nil {
				t.Fatal(err)
			}
			for _, oid := range []string{"\x2a\x83\x0e\x03\x0a\x01\x01\x02\x02", "\x2a\x83\x0e\x03\x0a\x01\x03\x03"} {
				if !bytes.Contains(ours, []byte(oid)) {
					t.Errorf("%x isn't there", oid)
				}
			}
			again, err := signing.ToRussian(ours)
			if err != nil || !bytes.Equal(again, russian) {
				t.Fatalf("there and back is another signature: %v", err)
			}
			put(t, folder, "again.p7s", again)
			if told, err := engineVerify(folder, "again.p7s").CombinedOutput(); err != nil {
				t.Errorf("the engine refuses it: %s", told)
			}
			put(t, folder, "ours.p7s", ours)
			if engineVerify(folder, "ours.p7s").Run() == nil {
				t.Error("the engine needs no conversion")
			}
		})
	}
}

// TestWeAndTheEngineAcceptEachOthersSignatures: and neither when a byte changes.
func TestWeAndTheEngineAcceptEachOthersSignatures(t *testing.T) {
	folder := engineFolder(t)
	theirs, err := signing.FromRussian(get(t, folder, "russian.p7s"))
	if err != nil {
		t.Fatal(err)
	}
	changed := pdf()
	changed[len(changed)/2] ^= 1
	report := signing.Verify(pdf(), theirs, time.Now(), signing.Policy{})
	for _, step := range []signing.StepName{signing.StepIntegrity, signing.StepSignature} {
		if report.Step(step).Outcome != signing.Passed {
			t.Errorf("the engine's: %+v", report.Step(step))
		}
	}
	fails(t, signing.Verify(changed, theirs, time.Now(), signing.Policy{}), signing.StepIntegrity, "digest_mismatch")

	a, err := demo.New(t.Context(), today(), []demo.Person{{Login: "me", Surname: "А", Name: "Б", IIN: auditorIIN, Position: demo.Individual}}, nil, demo.GOST)
	if err != nil {
		t.Fatal(err)
	}
	key, err := signing.OpenPKCS12("me.p12", a.Keys[0].PKCS12, []byte(demo.Password))
	if err != nil {
		t.Fatal(err)
	}
	ours := signed(t, key, pdf())
	valid(t, signing.Verify(pdf(), ours, today(), signing.Policy{Trust: signing.DemoTrust(a.Certificate), RequireNonRepudiation: true}))
	russian, err := signing.ToRussian(ours)
	if err != nil {
		t.Fatal(err)
	}
	put(t, folder, "ours.p7s", russian)
	if told, err := engineVerify(folder, "ours.p7s").CombinedOutput(); err != nil {
		t.Fatalf("the engine refuses ours: %s", told)
	}
	put(t, folder, "doc.pdf", changed)
	if engineVerify(folder, "ours.p7s").Run() == nil {
		t.Error("the engine accepts ours over another document")
	}
	put(t, folder, "doc.pdf", pdf())
	russian[len(russian)-1] ^= 1
	put(t, folder, "ours.p7s", russian)
	if engineVerify(folder, "ours.p7s").Run() == nil {
		t.Error("the engine accepts a changed signature")
	}
}

func TestWhatIsNoGOSTSignatureIsNotConverted(t *testing.T) {
	cms := signed(t, open(t, "auditor", demo.Signing), pdf())
	for name, data := range map[string][]byte{
		"an RSA signature":        cms,
		"a truncated signature":   cms[:len(cms)-1],
		"a bomb":                  bytes.Repeat([]byte{0x30, 0x80}, 1<<20),
		"a certificate":           authority(t).Certificate.Raw,
		"nothing":                 nil,
		"a signature of no shape": {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02, 0xa0, 0x00},
	} {
		for _, convert := range []func([]byte) ([]byte, error){signing.ToRussian, signing.FromRussian} {
			if out, err := convert(data); !errors.Is(err, signing.ErrNotConvertible) || out != nil {
				t.Errorf("%s: %d bytes, %v", name, len(out), err)
			}
		}
	}
}

// FuzzConversion: whatever comes in, it neither panics nor grows beyond a longer identifier for each there is.
func FuzzConversion(f *testing.F) {
	f.Add(get(f, ".", "testdata/engine.p7s"))
	f.Fuzz(func(t *testing.T, cms []byte) {
		ours, err := signing.FromRussian(cms)
		if err != nil {
			return
		}
		if len(ours) > 2*len(cms)+64 {
			t.Errorf("%d bytes became %d", len(cms), len(ours))
		}
		if _, err := signing.ToRussian(ours); err != nil {
			t.Errorf("there and not back: %v", err)
		}
	})
}

package signing_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"baqylau/internal/need"
	"baqylau/signing"
	"baqylau/signing/demo"
)

const (
	auditorIIN = "850412300123"
	officeBIN  = "150340021456"
)

// today is the clock of these tests; OpenSSL is told the same.
func today() time.Time { return time.Date(2026, 3, 10, 9, 30, 0, 0, time.UTC) }

// issued is one authority for all tests: its keys take a second or two to make.
var issued = sync.OnceValues(func() (*demo.Authority, error) {
	return demo.New(context.Background(), today(), []demo.Person{
		{
			Login: "auditor", Surname: "ӘБІЛОВА", Name: "АЙГҮЛ", Patronymic: "СЕРІКҚЫЗЫ", IIN: auditorIIN,
			Organization: `"ІШКІ МЕМЛЕКЕТТІК АУДИТ ДЕПАРТАМЕНТІ" РММ`, BIN: officeBIN, Position: demo.Signatory,
			Kinds: []demo.Kind{demo.Signing, demo.Auth, demo.Expired},
		},
		{Login: "stranger", Surname: "ПЕТРОВ", Name: "ИВАН", IIN: "790101300456", Position: demo.Individual},
	}, nil)
})

func authority(t testing.TB) *demo.Authority {
	t.Helper()
	a, err := issued()
	if err != nil {
		t.Fatalf("making the test authority: %v", err)
	}
	return a
}

func trust(t testing.TB) signing.Trust { return signing.DemoTrust(authority(t).Certificate) }

// document is the policy of a signed document, by anybody.
func document(t testing.TB) signing.Policy {
	return signing.Policy{Trust: trust(t), RequireNonRepudiation: true}
}

func keyFile(t testing.TB, login string, kind demo.Kind) demo.KeyFile {
	t.Helper()
	file, ok := authority(t).Find(login, kind)
	if !ok {
		t.Fatalf("no %s key of %s", kind, login)
	}
	return file
}

func open(t testing.TB, login string, kind demo.Kind) *signing.Key {
	t.Helper()
	file := keyFile(t, login, kind)
	key, err := signing.OpenPKCS12(file.Name, file.PKCS12, []byte(demo.Password))
	if err != nil {
		t.Fatalf("opening %s: %v", file.Name, err)
	}
	t.Cleanup(func() { _ = key.Close() })
	return key
}

// pdf is 100 KB that begin as a PDF does.
func pdf() []byte {
	return append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("хабарлама\n"), 100<<10/19)...)
}

func signed(t testing.TB, key *signing.Key, content []byte) []byte {
	t.Helper()
	cms, err := key.SignDocument(context.Background(), signing.Bytes(content), today(), signing.Options{})
	if err != nil {
		t.Fatalf("signing: %v", err)
	}
	return cms
}

// fails asserts that the step failed for the reason, and that the whole isn't valid.
func fails(t testing.TB, report signing.Report, name signing.StepName, reason string) {
	t.Helper()
	step := report.Step(name)
	if report.Valid() || step.Outcome != signing.Failed || step.Reason != reason {
		t.Errorf("valid %v, %s is %s %q; want failed %q", report.Valid(), name, step.Outcome, step.Reason, reason)
	}
}

func valid(t testing.TB, report signing.Report) {
	t.Helper()
	if !report.Valid() {
		t.Errorf("not valid: %+v", report.Steps)
	}
}

// openssl runs the program in a folder of its own and gives what it said.
func openssl(t testing.TB, folder string, arguments ...string) (string, error) {
	t.Helper()
	need.Program(t, "openssl")
	command := exec.Command("openssl", arguments...)
	command.Dir = folder
	out, err := command.CombinedOutput()
	return string(out), err
}

func mustOpenssl(t testing.TB, folder string, arguments ...string) {
	t.Helper()
	if out, err := openssl(t, folder, arguments...); err != nil {
		t.Fatalf("openssl %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
}

func put(t testing.TB, folder, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func get(t testing.TB, folder, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func fromHex(t testing.TB, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

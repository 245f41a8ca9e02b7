package main

import (
	"bytes"
	"context"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"baqylau/internal/need"
	"baqylau/signing"
	"baqylau/signing/demo"
)

// bench is a folder with what the commands of signing work with.
type bench struct {
	t      testing.TB
	folder string
}

// mine is the authority of one person with keys of both algorithms, once for all tests.
var mine = sync.OnceValues(func() (*demo.Authority, error) {
	return demo.New(context.Background(), time.Now(), []demo.Person{{
		Login: "me", Surname: "Кенжетай", Name: "Олжас", Patronymic: "Маратович", IIN: "860819397013", BIN: "080340990017", Organization: "Комитет",
		Position: demo.Signatory, Kinds: []demo.Kind{demo.Signing, demo.Auth, demo.Expired},
	}}, nil, demo.RSA, demo.GOST)
})

// givenBench lays out the key files of a person, the password, the authority to trust and documents.
func givenBench(t testing.TB) bench {
	t.Helper()
	a, err := mine()
	if err != nil {
		t.Fatal(err)
	}
	b := bench{t, t.TempDir()}
	for _, key := range a.Keys {
		name := filepath.Base(key.Name)
		if key.Algorithm == demo.GOST {
			name = strings.TrimSuffix(name, ".p12") + "-gost.p12"
		}
		b.put(name, key.PKCS12)
	}
	b.put("password", []byte(demo.Password+"\r\nnot this line\n"))
	b.put("trusted/ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Certificate.Raw}))
	b.put("trusted/gost.cer", a.Certificates[1].Raw)
	b.put("a.pdf", []byte("%PDF-1.7 a"))
	b.put("b.pdf", []byte("%PDF-1.7 b"))
	b.put("c.pdf", []byte("%PDF-1.7 c"))
	return b
}

func (b bench) path(name string) string { return filepath.Join(b.folder, name) }

func (b bench) put(name string, data []byte) {
	b.t.Helper()
	if err := os.MkdirAll(filepath.Dir(b.path(name)), 0o700); err != nil {
		b.t.Fatal(err)
	}
	put(b.t, b.path(name), data)
}

func (b bench) get(name string) []byte {
	b.t.Helper()
	data, err := os.ReadFile(b.path(name))
	if err != nil {
		b.t.Fatal(err)
	}
	return data
}

// run runs the program; arguments that name a file of the bench become its path.
func (b bench) run(lang string, arguments ...string) said {
	b.t.Helper()
	c := command(b.t.Context(), lang, arguments...)
	c.Dir = b.folder
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); c.ProcessState == nil {
		b.t.Fatal(err)
	}
	return said{c.ProcessState.ExitCode(), out.String(), errs.String()}
}

// sign signs documents with the person's signing key.
func (b bench) sign(lang string, arguments ...string) said {
	b.t.Helper()
	return b.run(lang, append([]string{"sign", "--key", "me.p12", "--password-file", "password"}, arguments...)...)
}

// clean demands that a run leaves no half-written file.
func (b bench) clean() {
	b.t.Helper()
	if half, _ := filepath.Glob(b.path(".baqctl-*")); len(half) > 0 {
		b.t.Errorf("left behind: %v", half)
	}
}

func TestKeysSaysWhoseAKeyIsAndWhetherItSigns(t *testing.T) {
	b := givenBench(t)
	for file, want := range map[string]struct{ algorithm, usage, reason string }{
		"me.p12":              {"RSA-2048", "sign", ""},
		"me-auth.p12":         {"RSA-2048", "auth", "auth_only"},
		"me-expired.p12":      {"RSA-2048", "sign", "expired"},
		"me-gost.p12":         {"GOST 34.10-2015, 512", "sign", ""},
		"me-auth-gost.p12":    {"GOST 34.10-2015, 512", "auth", "auth_only"},
		"me-expired-gost.p12": {"GOST 34.10-2015, 512", "sign", "expired"},
	} {
		for _, lang := range []string{"kk", "ru"} {
			got := b.run(lang, "keys", file, "--password-file", "password")
			if got.code != 0 || got.err != "" || !strings.Contains(got.out, "860819397013") || !strings.Contains(got.out, want.algorithm) {
				t.Errorf("%s: %+v", file, got)
			}
			inWords(t, got.out)
			inLang(t, lang, got.out)
		}
		got := b.run("ru", "keys", file, "--password-file", "password", "--json")
		var answer struct{ Keys []keyFacts }
		if err := json.Unmarshal([]byte(got.out), &answer); err != nil || len(answer.Keys) != 1 {
			t.Fatalf("%+v: %v", got, err)
		}
		k := answer.Keys[0]
		if k.Owner != "Кенжетай Олжас Маратович" || k.IIN != "860819397013" || k.BIN != "080340990017" || k.Algorithm != want.algorithm ||
			k.Usage != want.usage || k.Reason != want.reason || k.Fit != (want.reason == "") || len(k.Roles) != 2 || k.Roles[1] != "signatory" {
			t.Errorf("%s: %+v", file, k)
		}
	}
}

func TestKeysRefusesInWords(t *testing.T) {
	b := givenBench(t)
	whole := b.get("me.p12")
	b.put("cut.p12", whole[:len(whole)/2])
	b.put("text.p12", []byte("hello"))
	b.put("empty.p12", nil)
	b.put("wrong", []byte("Demo-2025\n"))
	b.put("no-password", []byte("\nDemo-2026\n"))
	b.put("endless", bytes.Repeat([]byte("x"), 1<<20))
	for _, c := range []struct {
		name, file, password string
		code                 int
	}{
		{"a wrong password", "me.p12", "wrong", 1},
		{"no password", "me.p12", "no-password", 3},
		{"an endless password", "me.p12", "endless", 3},
		{"no password file", "me.p12", "nowhere", 3},
		{"a truncated key file", "cut.p12", "password", 3},
		{"another kind of file", "text.p12", "password", 3},
		{"an empty file", "empty.p12", "password", 3},
		{"no file", "nowhere.p12", "password", 3},
		{"a folder", "trusted", "password", 3},
		{"a device without an end", "/dev/zero", "password", 3},
		{"a password without an end", "me.p12", "/dev/zero", 3},
	} {
		for _, lang := range []string{"kk", "ru"} {
			got := b.run(lang, "keys", c.file, "--password-file", c.password)
			if got.code != c.code || got.out != "" {
				t.Errorf("%s: %+v", c.name, got)
			}
			sentence, _, _ := strings.Cut(got.err, "\n")
			inWords(t, sentence)
			inLang(t, lang, sentence)
			if strings.Contains(got.out+got.err, "Demo-202") {
				t.Errorf("%s: it tells the password: %s", c.name, got.err)
			}
		}
	}
}

func TestWhatIsSignedVerifies(t *testing.T) {
	b := givenBench(t)
	if got := b.sign("ru", "a.pdf", "b.pdf"); got.code != 0 || got.err != "" || strings.Count(got.out, "→") != 2 {
		t.Fatalf("got %+v", got)
	}
	b.clean()
	for _, lang := range []string{"kk", "ru"} {
		got := b.run(lang, "verify", "a.pdf", "--anchors", "trusted")
		if got.code != 0 || got.err != "" || !strings.Contains(got.out, "Кенжетай Олжас Маратович") {
			t.Errorf("got %+v", got)
		}
		inWords(t, got.out)
		inLang(t, lang, got.out)
	}
	need.Program(t, "openssl")
	check := exec.Command("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-content", "a.pdf", "-in", "a.pdf.p7s",
		"-CAfile", "trusted/ca.pem", "-out", os.DevNull)
	check.Dir = b.folder
	if told, err := check.CombinedOutput(); err != nil {
		t.Errorf("OpenSSL refuses it: %s", told)
	}
}

// TestAFailureInTheMiddleLeavesTheOthersSigned: and the command, called again, signs what was left alone.
func TestAFailureInTheMiddleLeavesTheOthersSigned(t *testing.T) {
	b := givenBench(t)
	b.put("b.pdf.p7s", []byte("somebody's"))
	for _, lang := range []string{"kk", "ru"} {
		got := b.sign(lang, "a.pdf", "b.pdf", "missing.pdf", "c.pdf")
		if got.code != 1 || !strings.Contains(got.err, "\n  "+b.path("b.pdf")+"\n  "+b.path("missing.pdf")+"\n") {
			t.Errorf("got %+v", got)
		}
		inWords(t, got.err)
	}
	if string(b.get("b.pdf.p7s")) != "somebody's" {
		t.Error("another's file was overwritten")
	}
	first := b.get("a.pdf.p7s")
	b.get("c.pdf.p7s")
	if err := os.Remove(b.path("b.pdf.p7s")); err != nil {
		t.Fatal(err)
	}
	b.put("missing.pdf", []byte("%PDF found"))
	if got := b.sign("ru", "a.pdf", "b.pdf", "missing.pdf", "c.pdf"); got.code != 0 || strings.Count(got.out, "→") != 2 {
		t.Errorf("got %+v", got)
	}
	if !bytes.Equal(first, b.get("a.pdf.p7s")) {
		t.Error("what was signed is signed again")
	}
	b.clean()
}

func TestSignRefusesBeforeItBegins(t *testing.T) {
	b := givenBench(t)
	b.put("other/a.pdf", []byte("%PDF another a"))
	b.put("wrong", []byte("Demo-2025"))
	for _, c := range []struct {
		name      string
		code      int
		arguments []string
	}{
		{"an authentication key", 1, []string{"a.pdf", "--key", "me-auth.p12", "--password-file", "password"}},
		{"an expired key", 1, []string{"a.pdf", "--key", "me-expired.p12", "--password-file", "password"}},
		{"a wrong password", 1, []string{"a.pdf", "--key", "me.p12", "--password-file", "wrong"}},
		{"no key", 3, []string{"a.pdf", "--key", "nowhere.p12", "--password-file", "password"}},
		{"two signatures of one name", 3, []string{"a.pdf", "other/a.pdf", "--out", "out", "--key", "me.p12", "--password-file", "password"}},
		{"a folder that is a file", 3, []string{"a.pdf", "--out", "b.pdf", "--key", "me.p12", "--password-file", "password"}},
	} {
		got := b.run("ru", append([]string{"sign"}, c.arguments...)...)
		if got.code != c.code || got.out != "" {
			t.Errorf("%s: %+v", c.name, got)
		}
		sentence, _, _ := strings.Cut(got.err, "\n")
		inWords(t, sentence)
	}
	if made, _ := filepath.Glob(b.path("*.p7s")); len(made) > 0 {
		t.Errorf("something was signed: %v", made)
	}
	b.clean()
}

func TestVerifyEndsWithItsVerdict(t *testing.T) {
	b := givenBench(t)
	if got := b.sign("ru", "a.pdf", "--out", "out"); got.code != 0 {
		t.Fatalf("got %+v", got)
	}
	if got := b.sign("ru", "a.pdf"); got.code != 0 {
		t.Fatalf("got %+v", got)
	}
	good := b.get("a.pdf.p7s")
	bent := bytes.Clone(good)
	bent[len(bent)-1] ^= 1
	b.put("bent.p7s", bent)
	b.put("cut.p7s", good[:len(good)-200])
	b.put("noise.p7s", bytes.Repeat([]byte("noise"), 1000))
	b.put("bomb.p7s", bytes.Repeat([]byte{0x30, 0x80}, 1<<20))
	b.put("empty.p7s", nil)
	stranger, err := issued()
	if err != nil {
		t.Fatal(err)
	}
	b.put("strange/ca.pem", stranger.Certificate.Raw)
	b.put("junk/ca.pem", []byte("hello"))
	if err := os.Mkdir(b.path("nobody"), 0o700); err != nil {
		t.Fatal(err)
	}
	yesterday := time.Now().AddDate(0, 0, -3).Format(time.DateOnly)
	for _, c := range []struct {
		name      string
		code      int
		arguments []string
	}{
		{"a genuine signature", 0, []string{"a.pdf", "--anchors", "trusted"}},
		{"the same, elsewhere", 0, []string{"a.pdf", "out/a.pdf.p7s", "--anchors", "trusted"}},
		{"another document", 1, []string{"b.pdf", "a.pdf.p7s", "--anchors", "trusted"}},
		{"a changed signature", 1, []string{"a.pdf", "bent.p7s", "--anchors", "trusted"}},
		{"a truncated signature", 1, []string{"a.pdf", "cut.p7s", "--anchors", "trusted"}},
		{"nobody to trust", 2, []string{"a.pdf"}},
		{"nobody to trust, another document", 1, []string{"b.pdf", "a.pdf.p7s"}},
		{"another authority's", 1, []string{"a.pdf", "--anchors", "strange"}},
		{"before the certificate began", 1, []string{"a.pdf", "--anchors", "trusted", "--at", yesterday}},
		{"after it ended", 1, []string{"a.pdf", "--anchors", "trusted", "--at", "2040-01-01T00:00:00Z"}},
		{"noise as a signature", 3, []string{"a.pdf", "noise.p7s", "--anchors", "trusted"}},
		{"a bomb", 3, []string{"a.pdf", "bomb.p7s", "--anchors", "trusted"}},
		{"a signature without its document", 3, []string{"a.pdf.p7s", "--anchors", "trusted"}},
		{"the document as its own signature", 3, []string{"a.pdf", "a.pdf", "--anchors", "trusted"}},
		{"an empty signature", 3, []string{"a.pdf", "empty.p7s", "--anchors", "trusted"}},
		{"no document", 3, []string{"nowhere.pdf", "--anchors", "trusted"}},
		{"no signature", 3, []string{"c.pdf", "--anchors", "trusted"}},
		{"no time", 3, []string{"a.pdf", "--anchors", "trusted", "--at", "tomorrow"}},
		{"no anchors there", 3, []string{"a.pdf", "--anchors", "nobody"}},
		{"junk among the anchors", 3, []string{"a.pdf", "--anchors", "junk"}},
		{"a folder that isn't there", 3, []string{"a.pdf", "--anchors", "nowhere"}},
	} {
		got := b.run("ru", append([]string{"verify"}, c.arguments...)...)
		if got.code != c.code || (got.out == "") == (got.err == "") {
			t.Errorf("%s: %+v", c.name, got)
		}
		sentence, _, _ := strings.Cut(got.out+got.err, "\n")
		inWords(t, sentence)
		inLang(t, "ru", sentence)
	}
	got := b.run("kk", "verify", "a.pdf", "--anchors", "trusted", "--json")
	var told answer
	if err := json.Unmarshal([]byte(got.out), &told); err != nil {
		t.Fatal(err)
	}
	if told.Verdict != "valid" || len(told.Signatures) != 1 || told.Signatures[0].Signer.IIN != "860819397013" ||
		len(told.Signatures[0].Chain) != 2 || told.Signatures[0].Steps[0].Name != signing.StepIntegrity {
		t.Errorf("got %+v", told)
	}
	inWords(t, told.Text)
}

// TestADocumentMayHaveAnyName: one that is not UTF-8 too, as old archives bring along.
func TestADocumentMayHaveAnyName(t *testing.T) {
	b := givenBench(t)
	for _, name := range []string{"-a.pdf", "a,b.pdf", "Құжат №1 «тест».pdf", "a\nb.pdf", "\xce\xf2\xf7\xb8\xf2.pdf"} {
		if err := os.WriteFile(b.path(name), []byte("%PDF"), 0o600); err != nil {
			t.Logf("%q can't be a name here: %v", name, err)
			continue
		}
		if got := b.sign("ru", "--", name, "a.pdf"); got.code != 0 {
			t.Errorf("%q: %+v", name, got)
		}
		if got := b.run("ru", "verify", "--anchors", "trusted", "--", name); got.code != 0 {
			t.Errorf("%q: %+v", name, got)
		}
	}
}

// TestAMonstrousNameIsNotWritten: package pkix takes a minute for one that fills a signature.
func TestAMonstrousNameIsNotWritten(t *testing.T) {
	sane := pkix.Name{CommonName: "ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ", Country: []string{"KZ"}}
	if got := nameOf(make([]byte, 100), sane); got != sane.String() {
		t.Errorf("got %q", got)
	}
	long := pkix.Name{Organization: slices.Repeat([]string{strings.Repeat("a", 200)}, 60_000)}
	if got := nameOf(make([]byte, 12<<20), long); got != "?" {
		t.Errorf("got %d bytes", len(got))
	}
}

// TestALanguageThatIsNoneIsNoVerdict: verify's statuses mean something.
func TestALanguageThatIsNoneIsNoVerdict(t *testing.T) {
	b := givenBench(t)
	if got := b.run("xx", "verify", "a.pdf"); got.code != statusUsage || got.out != "" || got.err == "" {
		t.Errorf("got %+v", got)
	}
}

// TestADocumentMayLieInItsSignature: then it needs no file beside it, but must equal the one that is there.
func TestADocumentMayLieInItsSignature(t *testing.T) {
	for _, key := range []string{"me.p12", "me-gost.p12"} {
		b := givenBench(t)
		b.put("big.bin", bytes.Repeat([]byte("0123456789abcdef"), 40<<20/16))
		if got := b.run("ru", "sign", "--key", key, "--password-file", "password", "--attached", "a.pdf", "big.bin"); got.code != 0 {
			t.Fatalf("got %+v", got)
		}
		b.clean()
		for _, arguments := range [][]string{{"a.pdf.p7s"}, {"a.pdf"}, {"a.pdf", "a.pdf.p7s"}, {"big.bin"}, {"big.bin.p7s"}} {
			if got := b.run("ru", append([]string{"verify", "--anchors", "trusted"}, arguments...)...); got.code != 0 {
				t.Errorf("%v: %+v", arguments, got)
			}
		}
		for _, document := range []string{"b.pdf", "big.bin", "shorter.pdf", "longer.pdf"} {
			b.put("shorter.pdf", []byte("%PDF-1.7 "))
			b.put("longer.pdf", []byte("%PDF-1.7 a and more"))
			if got := b.run("ru", "verify", "--anchors", "trusted", document, "a.pdf.p7s"); got.code != 1 {
				t.Errorf("%s: %+v", document, got)
			}
		}
		if got := b.run("ru", "sign", "--key", key, "--password-file", "password", "--attached", "a.pdf"); got.code != 0 || strings.Contains(got.out, "→") {
			t.Errorf("it is signed again: %+v", got)
		}
	}
}

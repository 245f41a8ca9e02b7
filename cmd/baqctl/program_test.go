package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"baqylau/assets"
	"baqylau/control/calendar"
	"baqylau/internal/need"
	"baqylau/server/portal"
	"baqylau/signing/demo"
)

// asProgram makes the test binary the program itself, so that its commands can be run as children.
const asProgram = "BAQCTL_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// command is the program with arguments, in a language.
func command(ctx context.Context, lang string, arguments ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, os.Args[0], arguments...)
	c.Env = append(os.Environ(), asProgram+"=1", "BAQYLAU_LANG="+lang)
	return c
}

// said is what the program said and how it ended.
type said struct {
	code     int
	out, err string
}

func run(t *testing.T, lang string, arguments ...string) said {
	t.Helper()
	c := command(t.Context(), lang, arguments...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	var ended *exec.ExitError
	if err := c.Run(); err != nil && !errors.As(err, &ended) {
		t.Fatalf("running %v: %v", arguments, err)
	}
	return said{c.ProcessState.ExitCode(), out.String(), errs.String()}
}

// inWords demands sentences: no untranslated key, nothing of what logs are for.
func inWords(t *testing.T, text string) {
	t.Helper()
	if strings.TrimSpace(text) == "" {
		t.Error("nothing is said")
	}
	for _, bad := range []string{"⟦", "{", "!", "error", "Error", "panic", "sql:", "no such file"} {
		if strings.Contains(text, bad) {
			t.Errorf("it says %q: %s", bad, text)
		}
	}
}

var (
	kazakh   = regexp.MustCompile(`[ӘәҒғҚқҢңӨөҰұҮүІі]`) // letters that Russian has not
	cyrillic = regexp.MustCompile(`[а-я]`)
)

// inLang demands that a text is in the language.
func inLang(t *testing.T, lang, text string) {
	t.Helper()
	if kazakh.MatchString(text) != (lang == "kk") || !cyrillic.MatchString(text) {
		t.Errorf("not in %s: %s", lang, text)
	}
}

// noon is the day that the portal's files are of.
func noon() time.Time { return time.Date(2026, 4, 15, 11, 0, 0, 0, time.FixedZone("Almaty", 5*60*60)) }

// portalFiles writes the demo's purchases as the portal's service gives them.
func portalFiles(t *testing.T) (paths []string) {
	t.Helper()
	cal, err := calendar.Read(assets.WorkCalendar)
	if err != nil {
		t.Fatal(err)
	}
	files, err := portal.DemoFiles(noon(), cal)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, f := range files {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, put(t, filepath.Join(folder, f.Name), data))
	}
	return paths
}

func put(t testing.TB, path string, data []byte) string {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestImportTakesTheSameFilesOnce(t *testing.T) {
	files := portalFiles(t)
	for _, lang := range []string{"kk", "ru"} {
		t.Run(lang, func(t *testing.T) {
			arguments := append([]string{"import", "--folder", t.TempDir()}, files...)
			first := run(t, lang, arguments...)
			again := run(t, lang, arguments...)
			for i, got := range []said{first, again} {
				if got.code != 0 || got.err != "" {
					t.Fatalf("run %d: %+v", i, got)
				}
				inWords(t, got.out)
			}
			purchases := func(s said) string {
				lines := strings.Split(strings.TrimSpace(s.out), "\n")
				return lines[len(lines)-1]
			}
			if p := purchases(again); !strings.Contains(p, " 0") || p == purchases(first) {
				t.Errorf("first %q, again %q", purchases(first), p)
			}
		})
	}
}

// TestImportRefusesInWords: and ends with a failure, so that who runs it by a timer notices.
func TestImportRefusesInWords(t *testing.T) {
	files := portalFiles(t)
	whole, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for name, path := range map[string]string{
		"a truncated file":         put(t, filepath.Join(folder, "cut.json"), whole[:len(whole)/2]),
		"30 MB of nested brackets": put(t, filepath.Join(folder, "deep.json"), bytes.Repeat([]byte("["), 30<<20)),
		"another kind of file":     put(t, filepath.Join(folder, "x.json"), []byte("%PDF-1.7")),
		"an empty file":            put(t, filepath.Join(folder, "empty.json"), nil),
		"a bad BIN":                put(t, filepath.Join(folder, "bin.json"), bytes.Replace(whole, []byte("050240990018"), []byte("050240990019"), 1)),
	} {
		for _, lang := range []string{"kk", "ru"} {
			t.Run(name+", "+lang, func(t *testing.T) {
				got := run(t, lang, "import", "--folder", t.TempDir(), path)
				if got.code != 1 {
					t.Errorf("it ends with %d: %+v", got.code, got)
				}
				inWords(t, got.out)
				inWords(t, got.err)
				inLang(t, lang, got.err)
				if !strings.Contains(got.out, filepath.Base(path)) {
					t.Errorf("the file is not named: %s", got.out)
				}
			})
		}
	}
}

// issued is an authority with an administrator and a private person, once for all tests.
var issued = sync.OnceValues(func() (*demo.Authority, error) {
	return demo.New(context.Background(), time.Now(), []demo.Person{
		{Login: "admin", Surname: "Кенжетай", Name: "Олжас", Patronymic: "Мұратұлы", IIN: "860819397013", BIN: "080340990017", Organization: "Комитет", Position: demo.Head},
		{Login: "other", Surname: "Тұрсынбек", Name: "Нұрлан", IIN: "750214397011", BIN: "080340990017", Organization: "Комитет", Position: demo.Head},
		{Login: "private", Surname: "Б", Name: "Б", IIN: "860819397013", Position: demo.Individual},
	}, nil)
})

// certificate writes a certificate with the subject of a demo person that no demo has issued.
func certificate(t *testing.T, login string) string {
	t.Helper()
	return put(t, filepath.Join(t.TempDir(), login+".cer"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: selfIssued(t, demoCertificate(t, login)).Raw}))
}

func demoCertificate(t *testing.T, login string) *x509.Certificate {
	t.Helper()
	a, err := issued()
	if err != nil {
		t.Fatal(err)
	}
	key, _ := a.Find(login, demo.Signing)
	return key.Certificate
}

func selfIssued(t *testing.T, like *x509.Certificate) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: like.SerialNumber, Subject: like.Subject, NotBefore: like.NotBefore, NotAfter: like.NotAfter, KeyUsage: like.KeyUsage,
	}
	template.Subject.ExtraNames = like.Subject.Names
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheFirstAdministratorIsEnrolledByCertificate(t *testing.T) {
	for _, lang := range []string{"kk", "ru"} {
		folder := t.TempDir()
		for range 2 { // twice is once
			got := run(t, lang, "admin", "create", "--folder", folder, "--cert", certificate(t, "admin"))
			if got.code != 0 || got.err != "" || !strings.Contains(got.out, "Кенжетай Олжас Мұратұлы") {
				t.Errorf("got %+v", got)
			}
			inWords(t, got.out)
		}
		for name, path := range map[string]string{
			"a private certificate":  certificate(t, "private"),
			"no certificate":         put(t, filepath.Join(t.TempDir(), "x.cer"), []byte("hello")),
			"an empty file":          put(t, filepath.Join(t.TempDir(), "x.cer"), nil),
			"a demo's certificate":   put(t, filepath.Join(t.TempDir(), "x.cer"), demoCertificate(t, "admin").Raw),
			"a second administrator": put(t, filepath.Join(t.TempDir(), "x.cer"), selfIssued(t, demoCertificate(t, "other")).Raw),
		} {
			got := run(t, lang, "admin", "create", "--folder", folder, "--cert", path)
			if got.code != 1 || got.out != "" {
				t.Errorf("%s: %+v", name, got)
			}
			inWords(t, got.err)
			inLang(t, lang, got.err)
		}
	}
}

// TestAFolderIsForOnePurpose: whichever command makes it.
func TestAFolderIsForOnePurpose(t *testing.T) {
	files := portalFiles(t)
	for _, lang := range []string{"kk", "ru"} {
		folder := t.TempDir()
		if got := run(t, lang, append([]string{"import", "--demo", "--folder", folder}, files...)...); got.code != 0 {
			t.Fatalf("got %+v", got)
		}
		for _, arguments := range [][]string{
			append([]string{"import", "--folder", folder}, files...),
			{"admin", "create", "--folder", folder, "--cert", certificate(t, "admin")},
			{"serve", "--folder", folder, "--listen", "127.0.0.1:0"},
		} {
			got := run(t, lang, arguments...)
			if got.code != 1 || got.out != "" {
				t.Errorf("%s: %+v", arguments[0], got)
			}
			inWords(t, got.err)
			inLang(t, lang, got.err)
		}
	}
}

func TestServeServesUntilItIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	c := command(ctx, "ru", "serve", "--folder", t.TempDir(), "--listen", "127.0.0.1:0")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address := regexp.MustCompile(`http://\S+?(\s|\.?\s|\. )`).FindString(line)
	resp, err := http.Get(strings.TrimRight(strings.TrimSpace(address), ".") + "/readyz")
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	resp.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if resp.StatusCode != http.StatusNoContent {
		t.Errorf("it answers %d", resp.StatusCode)
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("it ends with %v", err)
	}
}

// TestServeSaysWhyItCantServe: an address that is taken, a folder that can't be written.
func TestServeSaysWhyItCantServe(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := put(t, filepath.Join(t.TempDir(), "file"), nil)
	damaged := t.TempDir()
	put(t, filepath.Join(damaged, "centre.db"), bytes.Repeat([]byte("no database "), 1000))
	for name, arguments := range map[string][]string{
		"a taken address":         {"--folder", t.TempDir(), "--listen", taken.Addr().String()},
		"no address":              {"--folder", t.TempDir(), "--listen", "nowhere:x"},
		"a folder that is a file": {"--folder", file, "--listen", "127.0.0.1:0"},
		"a damaged database":      {"--folder", damaged, "--listen", "127.0.0.1:0"},
	} {
		for _, lang := range []string{"kk", "ru"} {
			t.Run(name+", "+lang, func(t *testing.T) {
				got := run(t, lang, append([]string{"serve"}, arguments...)...)
				if got.code != 1 || got.out != "" {
					t.Errorf("got %+v", got)
				}
				sentence, _, _ := strings.Cut(got.err, "\n")
				inWords(t, sentence)
				inLang(t, lang, sentence)
			})
		}
	}
}

// TestTheStoryIsToldToItsEnd: and OpenSSL accepts what it leaves, but not with one byte changed.
func TestTheStoryIsToldToItsEnd(t *testing.T) {
	need.Program(t, "openssl")
	out := filepath.Join(t.TempDir(), "out")
	got := run(t, "kk", "demo", "--out", out, "--keys", "rsa")
	if got.code != 0 || got.err != "" {
		t.Fatalf("got %+v", got)
	}
	inWords(t, got.out)
	pdfs, err := filepath.Glob(filepath.Join(out, "*.pdf"))
	if err != nil || len(pdfs) != 22 { // nine certificates, ten notifications and three conclusions
		t.Fatalf("it leaves %v, %v", pdfs, err)
	}
	for _, pdf := range pdfs {
		verify := func(content string) error {
			return exec.Command("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-content", content,
				"-in", strings.TrimSuffix(pdf, ".pdf")+".p7s", "-CAfile", filepath.Join(out, demo.AuthorityFile), "-no_check_time", "-out", os.DevNull).Run()
		}
		if err := verify(pdf); err != nil {
			t.Errorf("%s is refused: %v", pdf, err)
		}
		data, err := os.ReadFile(pdf)
		if err != nil {
			t.Fatal(err)
		}
		data[len(data)/2] ^= 1
		if verify(put(t, pdf+".bent", data)) == nil {
			t.Errorf("%s is accepted with one byte changed", pdf)
		}
	}
}

// TestTheStoryIsToldWithGOSTKeys: and the commands that it prints hold.
func TestTheStoryIsToldWithGOSTKeys(t *testing.T) {
	need.Engine(t)
	for keys, want := range map[string]struct{ plain, converted int }{"gost": {0, 3}, "both": {1, 2}} {
		folder := t.TempDir()
		got := run(t, "ru", "demo", "--out", filepath.Join(folder, "out"), "--keys", keys)
		if got.code != 0 || got.err != "" {
			t.Fatalf("got %+v", got)
		}
		inWords(t, got.out)
		var commands []string
		plain, converted := 0, 0
		for _, line := range strings.Split(got.out, "\n") {
			switch {
			case strings.HasPrefix(line, os.Args[0]+" convert "):
				converted++
				commands = append(commands, asProgram+"=1 "+line)
			case strings.HasPrefix(line, "openssl "):
				plain++
				commands = append(commands, line)
			}
		}
		if plain-converted != want.plain || converted != want.converted {
			t.Errorf("%s: %d commands are plain, %d convert: %s", keys, plain-converted, converted, got.out)
		}
		for _, line := range commands {
			if told, err := exec.CommandContext(t.Context(), "sh", "-c", line).CombinedOutput(); err != nil {
				t.Errorf("%s: %s", line, told)
			}
		}
	}
}

func TestTheVersionIsPrinted(t *testing.T) {
	if got := run(t, "ru", "version"); got.code != 0 || !strings.HasPrefix(got.out, "baqctl ") {
		t.Errorf("got %+v", got)
	}
	if got := run(t, "ru", "no-such-command"); got.code == 0 {
		t.Error("an unknown command is a success")
	}
	if got := run(t, "de", "version"); got.code == 0 {
		t.Error(fmt.Sprint("an unknown language is a success: ", got))
	}
}

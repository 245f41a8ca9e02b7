package service_test

import (
	"bufio"
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baqylau/internal/need"
	"baqylau/signing"
	"baqylau/signing/testpki"
)

// OpenSSL answers by the machine's clock, so these tests go by it too.
func now() time.Time { return time.Now().UTC().Truncate(time.Second) }

// place is an authority whose services answer at the address.
type place struct {
	root, signer, responder, stamper *testpki.Party

	address  string
	folder   string // where OpenSSL finds its files
	answers  map[string]http.HandlerFunc
	document []byte
	cms      []byte
}

// newPlace makes an authority of which every certificate names the address.
func newPlace(t *testing.T, kind testpki.Kind) *place {
	t.Helper()
	p := &place{root: testpki.NewRoot(kind, "ROOT", now()), folder: t.TempDir(), document: []byte("%PDF"), answers: map[string]http.HandlerFunc{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if answer := p.answers[r.URL.Path]; answer != nil {
			answer(w, r)
			return
		}
		http.Error(w, "try again", http.StatusForbidden) // as the national ones do
	}))
	t.Cleanup(server.Close)
	p.address = server.URL
	p.signer = p.root.Issue(testpki.Order{
		Name: "SIGNER", IIN: "850412300123", OCSP: []string{p.address + "/ocsp"},
		CRL: []string{p.address + "/crl"}, Delta: []string{p.address + "/delta"},
	})
	p.responder = p.root.Issue(testpki.Order{Name: "OCSP", Extended: []string{testpki.KeyOCSPSigning}})
	p.stamper = p.root.Issue(testpki.Order{Name: "TSA", Extended: []string{testpki.KeyTimeStamping}, Critical: true})
	p.cms = p.signer.CMS(p.document, now())
	return p
}

func (p *place) trust() signing.Trust { return signing.DemoTrust(p.root.Certificate) }

func (p *place) policy() signing.Policy {
	return signing.Policy{Trust: p.trust(), RequireNonRepudiation: true, RequireSigningCertificate: true}
}

func (p *place) chain() []*x509.Certificate {
	return []*x509.Certificate{p.signer.Certificate, p.root.Certificate}
}

// serve answers at the path with what the function makes of the request's body, nil for a failure.
func (p *place) serve(path string, answer func(body []byte) []byte) {
	p.answers[path] = func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if out := answer(body); out != nil {
			_, _ = w.Write(out)
			return
		}
		http.Error(w, "no answer", http.StatusInternalServerError)
	}
}

// serveStamps is an honest timestamp authority of our own.
func (p *place) serveStamps() {
	p.serve("/tsp", func(body []byte) []byte {
		query, err := testpki.ReadQuery(body)
		if err != nil {
			return nil
		}
		return testpki.Reply(p.stamper.Stamp(query.Token(now())))
	})
}

// serveAnswers is an honest responder of our own.
func (p *place) serveAnswers(status testpki.Status) {
	p.serve("/ocsp", func(body []byte) []byte {
		question, ok := testpki.ReadQuestion(body)
		if !ok || question.Serial.Cmp(p.signer.Certificate.SerialNumber) != 0 {
			return nil
		}
		return p.responder.OCSP(testpki.Word{
			Certificate: p.signer.Certificate, Authority: p.root.Certificate, Status: status, RevokedAt: now().Add(-time.Hour),
			This: now(), Nonce: question.Nonce, Bundle: []*x509.Certificate{p.responder.Certificate},
		})
	})
}

// openssl runs the program in the folder.
func (p *place) openssl(t *testing.T, arguments ...string) ([]byte, error) {
	t.Helper()
	command := exec.Command("openssl", arguments...)
	command.Dir = p.folder
	out, err := command.CombinedOutput()
	if err != nil {
		return out, fmt.Errorf("openssl %s: %w\n%s", strings.Join(arguments, " "), err, out)
	}
	return out, nil
}

func (p *place) put(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.folder, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func (p *place) putParty(t *testing.T, name string, party *testpki.Party) {
	t.Helper()
	p.put(t, name+".key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: party.PKCS8()}))
	p.put(t, name+".pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: party.Certificate.Raw}))
}

// withOpenSSL has OpenSSL answer at the path: it reads the question from a file and writes its answer to
// another.
func (p *place) withOpenSSL(t *testing.T, path string, arguments ...string) {
	t.Helper()
	need.Program(t, "openssl")
	p.serve(path, func(body []byte) []byte {
		p.put(t, "question", body)
		if _, err := p.openssl(t, arguments...); err != nil {
			t.Error(err)
			return nil
		}
		answer, err := os.ReadFile(filepath.Join(p.folder, "answer"))
		if err != nil {
			t.Error(err)
		}
		return answer
	})
}

// listeningOpenSSL starts OpenSSL as a responder that listens on a free port, until the test ends, and gives its
// address on loopback. It tells the port once it listens, so nobody has to try.
func (p *place) listeningOpenSSL(t *testing.T, arguments ...string) string {
	t.Helper()
	need.Program(t, "openssl")
	command := exec.Command("openssl", append(arguments, "-port", "0")...)
	command.Dir = p.folder
	var faults bytes.Buffer
	command.Stderr = &faults
	told, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait() // which tells of the killing
	})
	var port string
	for lines := bufio.NewScanner(told); port == "" && lines.Scan(); { // "ACCEPT [::]:40731 PID=4490"
		if address, ok := strings.CutPrefix(lines.Text(), "ACCEPT "); ok {
			address, _, _ = strings.Cut(address, " ")
			port = address[strings.LastIndex(address, ":")+1:]
		}
	}
	if port == "" {
		_ = command.Wait()
		t.Fatalf("OpenSSL doesn't listen: %s", faults.String())
	}
	return "http://127.0.0.1:" + port
}

package service_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"baqylau/signing"
	"baqylau/signing/service"
	"baqylau/signing/testpki"
)

func TestASignatureIsStampedByOpenSSL(t *testing.T) {
	for _, c := range []struct{ name, policy, ess string }{
		{"naming its certificate by SHA-256", "", "sha256"},
		{"naming its certificate by SHA-1, as older ones do", "", "sha1"},
		{"under the policy asked for", signing.StampPolicyRSA, "sha256"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlace(t, testpki.RSA)
			p.putParty(t, "tsa", p.stamper)
			p.put(t, "serial", []byte("01\n"))
			p.put(t, "tsa.cnf", []byte(`[tsa]
default_tsa = here
[here]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
other_policies = 1.2.398.3.3.2.6.2
digests = sha256, sha384, sha512
accuracy = secs:1, millisecs:500
ordering = yes
tsa_name = yes
clock_precision_digits = 3
ess_cert_id_alg = `+c.ess+"\n"))
			p.withOpenSSL(t, "/tsp", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "question", "-out", "answer")

			client := service.New(service.Settings{TSP: p.address + "/tsp", TSPPolicy: c.policy}, nil)
			stamp, err := client.Stamp(context.Background(), p.cms, 0, p.trust(), now())
			if err != nil {
				t.Fatal(err)
			}
			p.valid(t, signing.Evidence{Stamps: []*signing.Stamp{stamp}}, signing.StepTimestamp)
		})
	}
}

// valid checks that the signature, with the evidence put into it, passes the step.
func (p *place) valid(t *testing.T, e signing.Evidence, name signing.StepName) {
	t.Helper()
	cms, err := signing.Enrich(p.cms, 0, e)
	if err != nil {
		t.Fatal(err)
	}
	report := signing.Verify(p.document, cms, now().Add(time.Hour), p.policy())
	if step := report.Step(name); !report.Valid() || step.Outcome != signing.Passed {
		t.Errorf("valid %v, %s is %s %q", report.Valid(), name, step.Outcome, step.Reason)
	}
}

func TestOpenSSLAnswersWhetherACertificateIsRevoked(t *testing.T) {
	responder := []string{"ocsp", "-index", "index.txt", "-CA", "root.pem", "-rsigner", "ocsp.pem", "-rkey", "ocsp.key", "-nmin", "120"}
	for _, c := range []struct {
		name, status, revoked string // a line of OpenSSL's list of what was issued; no status for none
		outcome               signing.Outcome
		reason                string
	}{
		{"good", "V", "", signing.Passed, ""},
		{"revoked", "R", "240101000000Z,keyCompromise", signing.Failed, "revoked"},
		{"suspended", "R", "240101000000Z,certificateHold", signing.Failed, "suspended"},
		{"unknown", "", "", signing.NotChecked, "revocation_unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlace(t, testpki.RSA)
			p.putParty(t, "ocsp", p.responder)
			p.putParty(t, "root", p.root)
			p.put(t, "index.txt", nil)
			if c.status != "" {
				serial := fmt.Sprintf("%X", p.signer.Certificate.SerialNumber.Bytes())
				p.put(t, "index.txt", []byte(c.status+"\t491231235959Z\t"+c.revoked+"\t"+serial+"\tunknown\t/CN=SIGNER\n"))
			}
			p.withOpenSSL(t, "/ocsp", append(slices.Clone(responder), "-reqin", "question", "-respout", "answer")...)
			for way, settings := range map[string]service.Settings{
				"through our server":    {},
				"listening on its port": {OCSP: p.listeningOpenSSL(t, responder...)},
			} {
				answer, err := service.New(settings, nil).Status(context.Background(), p.signer.Certificate, p.root.Certificate, now())
				if err != nil {
					t.Fatalf("%s: %v", way, err)
				}
				evidence := signing.Evidence{OCSP: []*signing.OCSPAnswer{answer}}
				if c.outcome == signing.Passed {
					p.valid(t, evidence, signing.StepRevocation)
					continue
				}
				policy := p.policy()
				policy.Evidence = evidence
				step := signing.Verify(p.document, p.cms, now(), policy).Step(signing.StepRevocation)
				if step.Outcome != c.outcome || step.Reason != c.reason {
					t.Errorf("%s: %s %q", way, step.Outcome, step.Reason)
				}
			}
		})
	}
}

func TestEvidenceIsCollectedFromWhereTheCertificateSays(t *testing.T) {
	for _, kind := range []testpki.Kind{testpki.ECDSA, testpki.GOST} {
		t.Run(string(kind), func(t *testing.T) {
			p := newPlace(t, kind)
			client := service.New(service.Settings{TSP: p.address + "/tsp"}, nil)
			p.serveStamps()
			p.serveAnswers(testpki.Good)
			stamp, err := client.Stamp(context.Background(), p.cms, 0, p.trust(), now())
			if err != nil {
				t.Fatal(err)
			}
			answered, err := client.Collect(context.Background(), p.chain(), now())
			if err != nil || len(answered.OCSP) != 1 || len(answered.CRLs) != 0 {
				t.Fatalf("%d answers, %d lists, %v", len(answered.OCSP), len(answered.CRLs), err)
			}
			answered.Stamps = []*signing.Stamp{stamp}
			p.valid(t, answered, signing.StepRevocation)
			p.valid(t, answered, signing.StepTimestamp)

			delete(p.answers, "/ocsp") // the responder is down, so the lists are asked for
			number := int64(3)
			p.serve("/crl", func([]byte) []byte {
				return p.root.CRL(testpki.List{Number: 3, At: now(), Next: now().AddDate(0, 0, 7)})
			})
			p.serve("/delta", func([]byte) []byte {
				return p.root.CRL(testpki.List{Number: 4, Base: &number, At: now(), Next: now().AddDate(0, 0, 1)})
			})
			listed, err := client.Collect(context.Background(), p.chain(), now())
			if err != nil || len(listed.OCSP) != 0 || len(listed.CRLs) != 2 {
				t.Fatalf("%d answers, %d lists, %v", len(listed.OCSP), len(listed.CRLs), err)
			}
			p.valid(t, listed, signing.StepRevocation)
		})
	}
}

func TestAServiceThatMisbehaves(t *testing.T) {
	p := newPlace(t, testpki.ECDSA)
	elsewhere := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(elsewhere.Close)
	forever := make([]byte, 64<<10)
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		code   string // of the refusal, "" for another error
		again  bool
	}{
		{"answers 403", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "", http.StatusForbidden) }, "", true},
		{"answers 503", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "", http.StatusServiceUnavailable) }, "", true},
		{"answers with a page", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>log in</html>") }, "ocsp_malformed", false},
		{"says to come later", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(testpki.Trouble(3)) }, "ocsp_try_later", true},
		{"says that it may not", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(testpki.Trouble(6)) }, "ocsp_denied", false},
		{"never stops", func(w http.ResponseWriter, _ *http.Request) {
			for range 64 {
				if _, err := w.Write(forever); err != nil {
					return
				}
			}
		}, "", false},
		{"hangs up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "", true},
		{"sends on to another scheme", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		}, "", true},
		{"sends on for ever", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/ocsp", http.StatusTemporaryRedirect)
		}, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p.answers["/ocsp"] = c.answer
			_, err := service.New(service.Settings{}, nil).Status(context.Background(), p.signer.Certificate, p.root.Certificate, now())
			if err == nil || signing.Refused(err) != c.code || service.Again(err) != c.again {
				t.Errorf("%v, again %v", err, service.Again(err))
			}
		})
	}
}

func TestAnOldAnswerPlayedAgainIsRefused(t *testing.T) {
	p := newPlace(t, testpki.ECDSA)
	var first []byte
	p.serveAnswers(testpki.Good)
	honest := p.answers["/ocsp"]
	p.answers["/ocsp"] = func(w http.ResponseWriter, r *http.Request) {
		if first == nil {
			recorder := httptest.NewRecorder()
			honest(recorder, r)
			first = recorder.Body.Bytes()
		}
		_, _ = w.Write(first)
	}
	client := service.New(service.Settings{}, nil)
	if _, err := client.Status(context.Background(), p.signer.Certificate, p.root.Certificate, now()); err != nil {
		t.Fatal(err)
	}
	_, err := client.Status(context.Background(), p.signer.Certificate, p.root.Certificate, now())
	if signing.Refused(err) != "ocsp_nonce" || service.Again(err) {
		t.Errorf("%v", err)
	}
}

func TestAServiceThatIsSlowIsGivenUp(t *testing.T) {
	p := newPlace(t, testpki.ECDSA)
	ctx, cancel := context.WithCancel(context.Background())
	p.answers["/tsp"] = func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // until then nobody looks whether the caller is gone
		cancel()                           // who has had enough while the service thinks
		<-r.Context().Done()
	}
	_, err := service.New(service.Settings{TSP: p.address + "/tsp"}, nil).Stamp(ctx, p.cms, 0, p.trust(), now())
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestNobodyIsAskedWhereNobodySaysWhere(t *testing.T) {
	p := newPlace(t, testpki.ECDSA)
	client := service.New(service.Settings{}, nil)
	if _, err := client.Stamp(context.Background(), p.cms, 0, p.trust(), now()); !errors.Is(err, service.ErrNoPlace) || client.Stamps() {
		t.Errorf("%v", err)
	}
	// the root's own certificate names nothing
	if _, err := client.Status(context.Background(), p.root.Certificate, p.root.Certificate, now()); !errors.Is(err, service.ErrNoPlace) {
		t.Errorf("%v", err)
	}
	for _, address := range []string{"file:///etc/passwd", "ftp://a/b", "http://", "::", ""} {
		_, err := service.New(service.Settings{CRL: address}, nil).Lists(context.Background(), p.signer.Certificate, p.root.Certificate, now())
		if err == nil || service.Again(err) && address != "" {
			t.Errorf("%q: %v", address, err)
		}
	}
}

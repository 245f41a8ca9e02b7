package signing_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	encoding "encoding/asn1"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"baqylau/internal/need"
	"baqylau/signing"
	"baqylau/signing/gost"
	"baqylau/signing/testpki"
)

// OpenSSL's gost engine judges our answers, stamps and lists, and we its own.
//
// How far that goes. What an answer of a responder is signed over names no algorithm of the two countries, so the very
// same signature holds for both sides once the identifier beside it is exchanged and its bytes are reversed. The same
// goes for a timestamp with an imprint by SHA-256, but for the authority's certificate, which is named under the
// signature by its hash, and whose bytes differ: a stamp of the engine's can't pass here further than its signature.
// A list and a certificate name the algorithm under the signature: there each side's arithmetic is held against the
// other's signature, and the list's shape against a list of the same key that is signed anew.

// pair is a party and its twin in the engine's words.
type pair struct{ ours, theirs *testpki.Party }

// engine is an authority whose parties are known to OpenSSL, in a folder.
type engine struct {
	folder                           string
	root, signer, responder, stamper pair
	world                            *world
}

func newEngine(t *testing.T) *engine {
	t.Helper()
	need.Engine(t)
	at := time.Now().UTC().Truncate(time.Second) // OpenSSL answers by the machine's clock
	e := &engine{folder: t.TempDir()}
	e.root.ours = testpki.NewRoot(testpki.GOST, "ROOT", at)
	e.root.theirs = e.root.ours.Twin(nil)
	for name, p := range map[string]struct {
		*pair
		order testpki.Order
	}{
		"signer": {&e.signer, testpki.Order{Name: "SIGNER", IIN: auditorIIN}},
		"ocsp":   {&e.responder, testpki.Order{Name: "OCSP", Extended: []string{testpki.KeyOCSPSigning}}},
		"tsa":    {&e.stamper, testpki.Order{Name: "TSA", Extended: []string{testpki.KeyTimeStamping}, Critical: true}},
	} {
		p.ours = e.root.ours.Issue(p.order)
		p.theirs = p.ours.Twin(e.root.theirs)
		e.putParty(t, name, p.theirs)
	}
	e.putParty(t, "root", e.root.theirs)
	put(t, e.folder, "openssl.cnf", []byte("openssl_conf = all\n[all]\nengines = engines\n[engines]\ngost = gost\n"+
		"[gost]\nengine_id = gost\ndefault_algorithms = ALL\n"))
	e.world = &world{root: e.root.ours, signer: e.signer.ours, document: pdf()}
	e.world.cms = e.signer.ours.CMS(e.world.document, at)
	return e
}

func (e *engine) putParty(t *testing.T, name string, party *testpki.Party) {
	t.Helper()
	put(t, e.folder, name+".key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: party.PKCS8()}))
	put(t, e.folder, name+".pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: party.Certificate.Raw}))
}

// run runs OpenSSL with its engine: not all of its commands have an option for one.
func (e *engine) run(arguments ...string) (string, error) {
	c := exec.Command("openssl", arguments...)
	c.Dir = e.folder
	c.Env = append(os.Environ(), "OPENSSL_CONF="+filepath.Join(e.folder, "openssl.cnf"))
	out, err := c.CombinedOutput()
	return string(out), err
}

func (e *engine) must(t *testing.T, arguments ...string) string {
	t.Helper()
	out, err := e.run(arguments...)
	if err != nil {
		t.Fatalf("openssl %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
	return out
}

// issued writes OpenSSL's list of what the authority has issued: the signer's certificate, revoked or not.
func (e *engine) issued(t *testing.T, revoked bool) {
	t.Helper()
	line := "V\t491231235959Z\t"
	if revoked {
		line = "R\t491231235959Z\t240101000000Z,keyCompromise"
	}
	put(t, e.folder, "index.txt", fmt.Appendf(nil, "%s\t%X\tunknown\t/CN=SIGNER\n", line, e.signer.ours.Certificate.SerialNumber.Bytes()))
}

// Identifiers of a signature by GOST, as Kazakhstan and as TC26 name it.
func kazakh() encoding.ObjectIdentifier {
	return encoding.ObjectIdentifier{1, 2, 398, 3, 10, 1, 1, 2, 3, 2}
}

func russian() encoding.ObjectIdentifier { return encoding.ObjectIdentifier{1, 2, 643, 7, 1, 1, 3, 3} }

// basicAnswer is BasicOCSPResponse.
type basicAnswer struct {
	Data         encoding.RawValue
	Algorithm    pkix.AlgorithmIdentifier
	Signature    encoding.BitString
	Certificates []encoding.RawValue `asn1:"explicit,tag:0,optional"`
}

// convertAnswer names the algorithm of an OCSPResponse anew, turns its signature round, and brings along another
// certificate.
func convertAnswer(t *testing.T, der []byte, algorithm encoding.ObjectIdentifier, certificate *x509.Certificate) []byte {
	t.Helper()
	var answer struct {
		Status encoding.Enumerated
		Body   struct {
			Kind  encoding.ObjectIdentifier
			Basic []byte
		} `asn1:"explicit,tag:0"`
	}
	var basic basicAnswer
	unmarshal(t, der, &answer)
	unmarshal(t, answer.Body.Basic, &basic)
	basic.Algorithm = pkix.AlgorithmIdentifier{Algorithm: algorithm}
	slices.Reverse(basic.Signature.Bytes)
	basic.Certificates = []encoding.RawValue{{FullBytes: certificate.Raw}}
	answer.Body.Basic = marshal(t, basic)
	return marshal(t, answer)
}

func unmarshal(t *testing.T, der []byte, into any) {
	t.Helper()
	if rest, err := encoding.Unmarshal(der, into); err != nil || len(rest) > 0 {
		t.Fatalf("%d bytes are left of %T: %v", len(rest), into, err)
	}
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	der, err := encoding.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// spoil changes the last byte of the part within the whole.
func spoil(t *testing.T, whole, part []byte) []byte {
	t.Helper()
	at := bytes.Index(whole, part)
	if at < 0 {
		t.Fatal("the part isn't there")
	}
	changed := bytes.Clone(whole)
	changed[at+len(part)-1] ^= 1
	return changed
}

func TestTheEnginesAnswerOnACertificateIsTaken(t *testing.T) {
	for _, c := range []struct {
		name    string
		revoked bool
		outcome signing.Outcome
		reason  string
	}{
		{"good", false, signing.Passed, ""},
		{"revoked", true, signing.Failed, "revoked"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := newEngine(t)
			e.issued(t, c.revoked)
			question := signing.NewOCSPRequest(e.signer.ours.Certificate, e.root.ours.Certificate, []byte("0123456789abcdef"))
			der, err := question.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			put(t, e.folder, "question", der)
			e.must(t, "ocsp", "-index", "index.txt", "-CA", "root.pem", "-rsigner", "ocsp.pem", "-rkey", "ocsp.key",
				"-rmd", "md_gost12_512", "-reqin", "question", "-respout", "answer", "-nmin", "120")
			russian := get(t, e.folder, "answer")
			if _, err := question.Read(russian, time.Now()); err == nil {
				t.Error("the answer needs no conversion")
			}
			answer, err := question.Read(convertAnswer(t, russian, kazakh(), e.responder.ours.Certificate), time.Now())
			if err != nil {
				t.Fatal(err)
			}
			report := e.world.verify(time.Now(), signing.Evidence{OCSP: []*signing.OCSPAnswer{answer}})
			finds(t, report, signing.StepRevocation, c.outcome, c.reason)

			changed := spoil(t, russian, []byte("0123456789abcdef"))
			_, err = question.Read(convertAnswer(t, changed, kazakh(), e.responder.ours.Certificate), time.Now())
			refused(t, err, "ocsp_signature")
		})
	}
}

func TestTheEngineTakesOurAnswerOnACertificate(t *testing.T) {
	e := newEngine(t)
	for _, status := range []testpki.Status{testpki.Good, testpki.Revoked, testpki.Unknown} {
		at := time.Now().UTC().Truncate(time.Second)
		word := testpki.Word{
			Certificate: e.signer.ours.Certificate, Authority: e.root.ours.Certificate, Status: status, RevokedAt: at.Add(-time.Hour),
			This: at, Next: at.Add(time.Hour), Bundle: []*x509.Certificate{e.responder.ours.Certificate},
			SHA1: true, // as openssl asks by itself
		}
		ours := e.responder.ours.OCSP(word)
		want := map[testpki.Status]string{testpki.Good: "", testpki.Revoked: "revoked", testpki.Unknown: "revocation_unknown"}[status]
		if step := e.world.verify(time.Now(), answers(t, ours)).Step(signing.StepRevocation); step.Reason != want {
			t.Errorf("%s: we find %s %q", status, step.Outcome, step.Reason)
		}
		check := func(answer []byte) (string, error) {
			put(t, e.folder, "ours", answer)
			return e.run("ocsp", "-respin", "ours", "-issuer", "root.pem", "-cert", "signer.pem", "-CAfile", "root.pem", "-no_nonce")
		}
		converted := convertAnswer(t, ours, russian(), e.responder.theirs.Certificate)
		if told, err := check(converted); err != nil || !strings.Contains(told, "Response verify OK") || !strings.Contains(told, "signer.pem: "+string(status)) {
			t.Errorf("%s: the engine says %v\n%s", status, err, told)
		}
		if told, _ := check(spoil(t, converted, []byte(at.Format("20060102150405")))); strings.Contains(told, "Response verify OK") {
			t.Errorf("%s: the engine takes a changed answer\n%s", status, told)
		}
	}
}

func TestTheEnginesStampHoldsAsFarAsItsCertificate(t *testing.T) {
	e := newEngine(t)
	put(t, e.folder, "serial", []byte("01\n"))
	put(t, e.folder, "tsa.cnf", []byte("[tsa]\ndefault_tsa = here\n[here]\nserial = serial\nsigner_cert = tsa.pem\nsigner_key = tsa.key\n"+
		"signer_digest = md_gost12_512\ndefault_policy = 1.2.3.4.1\ndigests = sha256\ness_cert_id_alg = sha256\n"))
	question, err := signing.NewStampRequest(e.world.cms, 0, "", []byte("01234567"))
	if err != nil {
		t.Fatal(err)
	}
	der, err := question.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	put(t, e.folder, "question", der)
	e.must(t, "ts", "-reply", "-config", "tsa.cnf", "-section", "here", "-queryfile", "question", "-token_out", "-out", "token")
	token := get(t, e.folder, "token")
	read := func(token []byte) error {
		ours, err := signing.FromRussian(token)
		if err != nil {
			t.Fatal(err)
		}
		ours = signing.WithCertificate(t, ours, e.stamper.ours.Certificate)
		_, err = question.Read(testpki.Reply(ours), signing.DemoTrust(e.root.ours.Certificate), time.Now())
		return err
	}
	// the signature holds; what it names is the certificate's bytes in the engine's words
	refused(t, read(token), "stamp_other_certificate")
	sum := sha256.Sum256(e.stamper.theirs.Certificate.Raw)
	refused(t, read(spoil(t, token, sum[:])), "stamp_signature")
}

func TestTheEngineTakesOurStamp(t *testing.T) {
	e := newEngine(t)
	over, err := signing.SignatureOf(e.world.cms)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now().UTC().Truncate(time.Second)
	ours := e.stamper.ours.Stamp(testpki.Token{Over: over, At: at})
	finds(t, e.world.verify(time.Now(), stamps(t, ours)), signing.StepTimestamp, signing.Passed, "")
	converted, err := signing.ToRussian(ours)
	if err != nil {
		t.Fatal(err)
	}
	signed := func(token []byte) error {
		put(t, e.folder, "token", token)
		_, err := e.run("cms", "-verify", "-noverify", "-inform", "DER", "-in", "token", "-out", "info")
		return err
	}
	if err := signed(converted); err != nil {
		t.Errorf("the engine refuses the signature: %v", err)
	}
	if signed(spoil(t, converted, []byte(at.Format("20060102150405")))) == nil {
		t.Error("the engine takes a changed stamp")
	}

	// the whole, the chain and the certificate's name included, in the engine's words from the start
	put(t, e.folder, "signature", over)
	whole := func(token []byte) (string, error) {
		put(t, e.folder, "token", token)
		return e.run("ts", "-verify", "-data", "signature", "-in", "token", "-token_in", "-CAfile", "root.pem")
	}
	for name, token := range map[string]testpki.Token{
		"imprint by Streebog": {Over: over, At: at},
		"imprint by SHA-256":  {Over: over, At: at, Hash: testpki.OIDSHA256},
	} {
		if told, err := whole(e.stamper.theirs.Stamp(token)); err != nil {
			t.Errorf("%s: %s", name, told)
		}
	}
	for name, token := range map[string]testpki.Token{
		"over other bytes":           {Over: []byte("x"), At: at},
		"naming another certificate": {Over: over, At: at, Named: e.root.theirs.Certificate},
	} {
		if told, err := whole(e.stamper.theirs.Stamp(token)); err == nil {
			t.Errorf("%s: %s", name, told)
		}
	}
}

// signedList is CertificateList.
type signedList struct {
	List      encoding.RawValue
	Algorithm pkix.AlgorithmIdentifier
	Signature encoding.BitString
}

// listBody is TBSCertList.
type listBody struct {
	Version    int
	Algorithm  pkix.AlgorithmIdentifier
	Issuer     encoding.RawValue
	This, Next time.Time
	Revoked    encoding.RawValue
	Extensions encoding.RawValue
}

func TestTheEnginesListHoldsByOurArithmeticAndOursByItsOwn(t *testing.T) {
	e := newEngine(t)
	e.issued(t, true)
	put(t, e.folder, "number", []byte("05\n"))
	put(t, e.folder, "ca.cnf", []byte("[ca]\ndefault_ca = here\n[here]\ndatabase = index.txt\ncrlnumber = number\ndefault_crl_days = 2\n"+
		"crl_extensions = list\n[list]\nauthorityKeyIdentifier = keyid\n"))
	e.must(t, "ca", "-gencrl", "-config", "ca.cnf", "-cert", "root.pem", "-keyfile", "root.key", "-md", "md_gost12_512", "-out", "list.pem")
	block, _ := pem.Decode(get(t, e.folder, "list.pem"))
	var list signedList
	unmarshal(t, block.Bytes, &list)

	hash := gost.New512()
	hash.Write(list.List.FullBytes)
	slices.Reverse(list.Signature.Bytes)
	key, ok := e.root.ours.Key.Public().(*gost.PublicKey)
	if !ok || !gost.Verify(key, hash.Sum(nil), list.Signature.Bytes) {
		t.Error("we refuse the engine's signature over its list")
	}
	// what the list says, with the algorithm and the issuer's key id as ours, under our signature
	var body listBody
	unmarshal(t, list.List.FullBytes, &body)
	body.Algorithm = pkix.AlgorithmIdentifier{Algorithm: kazakh()}
	body.Extensions.FullBytes = bytes.Replace(body.Extensions.FullBytes,
		e.root.theirs.Certificate.SubjectKeyId, e.root.ours.Certificate.SubjectKeyId, 1)
	tbs := marshal(t, body)
	signature := e.root.ours.Sign(tbs)
	anew := marshal(t, signedList{
		encoding.RawValue{FullBytes: tbs}, body.Algorithm, encoding.BitString{Bytes: signature, BitLength: 8 * len(signature)},
	})
	if _, err := signing.ReadCRL(anew, e.root.ours.Certificate, time.Now()); err != nil {
		t.Error(err)
	}
	finds(t, e.world.verify(time.Now(), crls(t, anew)), signing.StepRevocation, signing.Failed, "revoked")

	at := time.Now().UTC().Truncate(time.Second)
	for want, entries := range map[string][]testpki.Entry{
		"signer.pem: OK":      others(3),
		"certificate revoked": {{Serial: e.signer.ours.Certificate.SerialNumber, At: at, Reason: 1}},
	} {
		order := testpki.List{Number: 6, At: at.Add(-time.Minute), Next: at.Add(time.Hour), Revoked: entries}
		theirs := e.root.theirs.CRL(order)
		put(t, e.folder, "ours.crl", theirs)
		if told := e.must(t, "crl", "-inform", "DER", "-in", "ours.crl", "-CAfile", "root.pem", "-noout", "-verify"); !strings.Contains(told, "verify OK") {
			t.Errorf("the engine refuses our list: %s", told)
		}
		e.must(t, "crl", "-inform", "DER", "-in", "ours.crl", "-out", "ours.pem")
		if told, _ := e.run("verify", "-crl_check", "-CAfile", "root.pem", "-CRLfile", "ours.pem", "signer.pem"); !strings.Contains(told, want) {
			t.Errorf("the engine says %s; want %q", told, want)
		}
		put(t, e.folder, "ours.crl", spoil(t, theirs, []byte(at.Add(-time.Minute).Format("060102150405"))))
		if told, _ := e.run("crl", "-inform", "DER", "-in", "ours.crl", "-CAfile", "root.pem", "-noout", "-verify"); strings.Contains(told, "verify OK") {
			t.Errorf("the engine takes a changed list: %s", told)
		}
	}
}

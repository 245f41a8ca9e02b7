package signing_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	encoding "encoding/asn1"
	"math/big"
	"slices"
	"testing"
	"time"

	"baqylau/signing"
	"baqylau/signing/demo"
	"baqylau/signing/gost"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
	"software.sslmate.com/src/go-pkcs12"
)

// stolenKey is a private key in the hands of somebody who doesn't go through Sign.
type stolenKey struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

func stolen(t testing.TB, login string, kind demo.Kind) stolenKey {
	t.Helper()
	key, certificate, err := pkcs12.Decode(keyFile(t, login, kind).PKCS12, demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	return stolenKey{certificate, key.(*rsa.PrivateKey)}
}

// selfIssued is a certificate of the key's own making, with the subject given.
func selfIssued(t testing.TB, key crypto.Signer, change func(*x509.Certificate)) stolenKey {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "X"},
		NotBefore: today().AddDate(-1, 0, 0), NotAfter: today().AddDate(1, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}
	if change != nil {
		change(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return stolenKey{certificate, key}
}

var (
	idData            = encoding.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	idSignedData      = encoding.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	idContentType     = encoding.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	idMessageDigest   = encoding.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	idSigningTime     = encoding.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}
	idESSv2           = encoding.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	idTimeStamp       = encoding.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
	idSHA256          = encoding.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	idSHA1            = encoding.ObjectIdentifier{1, 3, 14, 3, 2, 26}
	idRSA             = encoding.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	idRSASHA512       = encoding.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 13}
	idGOST512Streebog = encoding.ObjectIdentifier{1, 2, 398, 3, 10, 1, 1, 2, 3, 2}
	idECDSASHA256     = encoding.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
	idStreebog512     = encoding.ObjectIdentifier{1, 2, 398, 3, 10, 1, 3, 3}
	idStreebog256     = encoding.ObjectIdentifier{1, 2, 398, 3, 10, 1, 3, 2}
	idGOST512         = encoding.ObjectIdentifier{1, 2, 398, 3, 10, 1, 1, 2, 2}
	idParamSet512A    = encoding.ObjectIdentifier{1, 2, 398, 3, 10, 1, 1, 2, 2, 1}
	idGOST256         = encoding.ObjectIdentifier{1, 2, 398, 3, 10, 1, 1, 2, 1}
	idParamSet256A    = encoding.ObjectIdentifier{1, 2, 398, 3, 10, 1, 1, 2, 1, 1}
	idLegacyHash      = encoding.ObjectIdentifier{1, 2, 398, 3, 10, 1, 3, 1}
)

// attribute is one signed attribute; each value is DER.
type attribute struct {
	kind   encoding.ObjectIdentifier
	values [][]byte
}

// forgery says how a signature differs from an honest one; the zero value of a field is honest.
type forgery struct {
	signer       stolenKey
	content      []byte
	contentType  encoding.ObjectIdentifier
	digest       encoding.ObjectIdentifier // as named; SHA-256 is what is computed
	algorithm    encoding.ObjectIdentifier
	certificates []*x509.Certificate
	attributes   func([]attribute) []attribute
	stripped     bool // no signed attributes
	unsigned     []attribute
	signers      int // how many times the signer stands there, 0 means once
	none         bool
	attached     bool
	spoil        func(signature []byte) []byte
}

// sum is the digest that the signer's kind of key takes.
func (f forgery) sum(message []byte) []byte {
	if _, ok := f.signer.key.(*gost.PrivateKey); ok {
		sum := gost.Sum512(message)
		return sum[:]
	}
	sum := sha256.Sum256(message)
	return sum[:]
}

func honest(f forgery) []attribute {
	content := f.sum(f.content)
	certificate := sha256.Sum256(f.signer.certificate.Raw)
	return []attribute{
		{idContentType, [][]byte{der(idData)}},
		{idSigningTime, [][]byte{der(today())}},
		{idMessageDigest, [][]byte{der(content)}},
		{idESSv2, [][]byte{ess(certificate[:])}},
	}
}

func der(value any) []byte {
	data, err := encoding.Marshal(value)
	if err != nil {
		panic(err)
	}
	return data
}

// ess is SigningCertificateV2 that names a certificate by its SHA-256.
func ess(sum []byte) []byte {
	type certID struct{ Hash []byte }
	return der(struct{ Certificates []certID }{[]certID{{sum}}})
}

func tagged(n uint8) asn1.Tag { return asn1.Tag(n).ContextSpecific().Constructed() }

func addAttributes(b *cryptobyte.Builder, list []attribute) {
	for _, a := range list {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(a.kind)
			b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(bytes.Join(a.values, nil)) })
		})
	}
}

func addAlgorithm(b *cryptobyte.Builder, oid encoding.ObjectIdentifier) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oid); b.AddASN1NULL() })
}

// forge builds a detached SignedData by hand.
func forge(t testing.TB, f forgery) []byte {
	t.Helper()
	if f.contentType == nil {
		f.contentType = idData
	}
	_, national := f.signer.key.(*gost.PrivateKey)
	if f.digest == nil {
		if f.digest = idSHA256; national {
			f.digest = idStreebog512
		}
	}
	if f.algorithm == nil {
		if f.algorithm = idRSA; national {
			f.algorithm = idGOST512Streebog
		}
	}
	if f.certificates == nil {
		f.certificates = []*x509.Certificate{f.signer.certificate}
	}
	if f.signers == 0 && !f.none {
		f.signers = 1
	}
	list := honest(f)
	if f.attributes != nil {
		list = f.attributes(list)
	}
	var covered cryptobyte.Builder
	covered.AddASN1(asn1.SET, func(b *cryptobyte.Builder) { addAttributes(b, list) })
	message := covered.BytesOrPanic()
	if f.stripped {
		message = f.content
	}
	signature, err := f.signer.key.Sign(rand.Reader, f.sum(message), crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	if f.spoil != nil {
		signature = f.spoil(signature)
	}
	var out cryptobyte.Builder
	out.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(idSignedData)
		b.AddASN1(tagged(0), func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { f.addSignedData(b, list, signature) })
		})
	})
	return out.BytesOrPanic()
}

func (f forgery) addSignedData(b *cryptobyte.Builder, list []attribute, signature []byte) {
	b.AddASN1Int64(1)
	b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) { addAlgorithm(b, f.digest) })
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(f.contentType)
		if f.attached {
			b.AddASN1(tagged(0), func(b *cryptobyte.Builder) { b.AddASN1OctetString(f.content) })
		}
	})
	b.AddASN1(tagged(0), func(b *cryptobyte.Builder) {
		for _, certificate := range f.certificates {
			b.AddBytes(certificate.Raw)
		}
	})
	b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) {
		for range f.signers {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { f.addSignerInfo(b, list, signature) })
		}
	})
}

func (f forgery) addSignerInfo(b *cryptobyte.Builder, list []attribute, signature []byte) {
	b.AddASN1Int64(1)
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(f.signer.certificate.RawIssuer)
		b.AddASN1BigInt(f.signer.certificate.SerialNumber)
	})
	addAlgorithm(b, f.digest)
	if !f.stripped {
		b.AddASN1(tagged(0), func(b *cryptobyte.Builder) { addAttributes(b, list) })
	}
	addAlgorithm(b, f.algorithm)
	b.AddASN1OctetString(signature)
	if f.unsigned != nil {
		b.AddASN1(tagged(1), func(b *cryptobyte.Builder) { addAttributes(b, f.unsigned) })
	}
}

// slow is an RSA key whose signatures take long to check.
func slow(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	for {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		one := big.NewInt(1)
		order := new(big.Int).Mul(new(big.Int).Sub(key.Primes[0], one), new(big.Int).Sub(key.Primes[1], one))
		key.E = 1<<31 - 1
		if key.D = new(big.Int).ModInverse(big.NewInt(int64(key.E)), order); key.D == nil {
			continue
		}
		key.Precomputed = rsa.PrecomputedValues{}
		key.Precompute()
		return key
	}
}

func TestForgeries(t *testing.T) {
	auditor := stolen(t, "auditor", demo.Signing)
	stranger := stolen(t, "stranger", demo.Signing)
	drop := func(kind encoding.ObjectIdentifier) func([]attribute) []attribute {
		return func(list []attribute) []attribute {
			return slices.DeleteFunc(list, func(a attribute) bool { return a.kind.Equal(kind) })
		}
	}
	set := func(kind encoding.ObjectIdentifier, values ...[]byte) func([]attribute) []attribute {
		return func(list []attribute) []attribute {
			for i := range list {
				if list[i].kind.Equal(kind) {
					list[i].values = values
				}
			}
			return list
		}
	}
	other := sha256.Sum256(stranger.certificate.Raw)
	twin := selfIssued(t, auditor.key, func(c *x509.Certificate) { c.SerialNumber = auditor.certificate.SerialNumber })
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	small, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		make   forgery
		step   signing.StepName
		reason string
	}{
		{"signed attributes stripped off", forgery{stripped: true}, signing.StepIntegrity, "no_attributes"},
		{"an attribute twice", forgery{attributes: func(l []attribute) []attribute { return append(l, l[2]) }}, signing.StepIntegrity, "duplicate_attribute"},
		{"an attribute with two values", forgery{attributes: set(idMessageDigest, der([]byte{1}), der([]byte{2}))}, signing.StepIntegrity, "duplicate_attribute"},
		{"an attribute with no value", forgery{attributes: set(idMessageDigest)}, signing.StepIntegrity, "duplicate_attribute"},
		{"no message digest", forgery{attributes: drop(idMessageDigest)}, signing.StepIntegrity, "missing_attribute"},
		{"no content type", forgery{attributes: drop(idContentType)}, signing.StepIntegrity, "missing_attribute"},
		{"another content type under the signature", forgery{attributes: set(idContentType, der(idSignedData))}, signing.StepIntegrity, "content_type"},
		{"another content type outside it", forgery{contentType: idSignedData}, signing.StepIntegrity, "content_type"},
		{"the digest of something else", forgery{attributes: set(idMessageDigest, der(make([]byte, 32)))}, signing.StepIntegrity, "digest_mismatch"},
		{"an empty digest", forgery{attributes: set(idMessageDigest, der([]byte{}))}, signing.StepIntegrity, "digest_mismatch"},
		{"a digest of another type", forgery{attributes: set(idMessageDigest, der(5))}, signing.StepIntegrity, "malformed"},
		{"a signing time that is none", forgery{attributes: set(idSigningTime, der(5))}, signing.StepIntegrity, "malformed"},
		{"SHA-1", forgery{digest: idSHA1}, signing.StepIntegrity, "weak_digest"},
		{"a signature algorithm as the digest", forgery{digest: idRSA}, signing.StepIntegrity, "unsupported_algorithm"},
		{"another hash in the signature than in the digest", forgery{algorithm: idRSASHA512}, signing.StepSignature, "algorithms_disagree"},
		{"an algorithm of another kind of key", forgery{algorithm: idECDSASHA256}, signing.StepSignature, "algorithms_disagree"},
		{"somebody else named in signingCertificateV2", forgery{attributes: set(idESSv2, ess(other[:]))}, signing.StepSignature, "other_certificate"},
		{"nobody named in signingCertificateV2", forgery{attributes: set(idESSv2, der(struct{ C []int }{}))}, signing.StepSignature, "other_certificate"},
		{"no signer", forgery{none: true}, signing.StepIntegrity, "no_signer"},
		{"two signers", forgery{signers: 2}, signing.StepIntegrity, "many_signers"},
		{"somebody else's certificate alone", forgery{certificates: []*x509.Certificate{stranger.certificate}}, signing.StepIntegrity, "no_certificate"},
		{"no certificates", forgery{certificates: []*x509.Certificate{}}, signing.StepIntegrity, "no_certificate"},
		{"two certificates of one name and number", forgery{signer: twin, certificates: []*x509.Certificate{
			twin.certificate, selfIssued(t, stranger.key, func(c *x509.Certificate) { c.SerialNumber = twin.certificate.SerialNumber }).certificate,
		}}, signing.StepIntegrity, "ambiguous_signer"},
		{"65 certificates", forgery{certificates: slices.Repeat([]*x509.Certificate{auditor.certificate}, 65)}, signing.StepIntegrity, "too_large"},
		{"a certificate of one's own making", forgery{signer: twin}, signing.StepChain, "untrusted"},
		{"a key of 1024 bits", forgery{signer: selfIssued(t, weak, nil)}, signing.StepSignature, "weak_key"},
		{"an exponent that is there to be slow", forgery{signer: selfIssued(t, slow(t), nil)}, signing.StepSignature, "unsupported_algorithm"},
		{"a curve of 224 bits", forgery{signer: selfIssued(t, small, nil), algorithm: idECDSASHA256}, signing.StepSignature, "weak_key"},
		{"a critical extension that nobody knows", forgery{signer: selfIssued(t, stranger.key, func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: idTimeStamp, Critical: true, Value: []byte{5, 0}}}
		})}, signing.StepChain, "critical_extension"},
		{"a certificate of an authority", forgery{signer: selfIssued(t, stranger.key, func(c *x509.Certificate) {
			c.IsCA, c.BasicConstraintsValid = true, true
		})}, signing.StepKeyUsage, "no_signature_use"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.make.content = pdf()
			if c.make.signer.key == nil {
				c.make.signer = auditor
			}
			fails(t, signing.Verify(pdf(), forge(t, c.make), today(), document(t)), c.step, c.reason)
		})
	}
	// and the same hand builds what is accepted, so that the refusals above mean something
	valid(t, signing.Verify(pdf(), forge(t, forgery{signer: auditor, content: pdf()}), today(), document(t)))
}

// The attributes of an honest signature, presented as a document under its signature value: the
// attack that strips the signed attributes off.
func TestTheAttributesOfASignatureAreNoDocument(t *testing.T) {
	auditor := stolen(t, "auditor", demo.Signing)
	var covered cryptobyte.Builder
	covered.AddASN1(asn1.SET, func(b *cryptobyte.Builder) { addAttributes(b, honest(forgery{signer: auditor, content: pdf()})) })
	attributes := covered.BytesOrPanic()
	cms := forge(t, forgery{signer: auditor, content: attributes, stripped: true})
	fails(t, signing.Verify(attributes, cms, today(), document(t)), signing.StepIntegrity, "no_attributes")
}

func TestAnAlgorithmOf2004IsNotCheckedAndNotValid(t *testing.T) {
	cms := forge(t, forgery{signer: stolen(t, "auditor", demo.Signing), content: pdf(), digest: idLegacyHash})
	report := signing.Verify(pdf(), cms, today(), document(t))
	step := report.Step(signing.StepIntegrity)
	if report.Outcome() != signing.NotChecked || step.Outcome != signing.NotChecked || step.Reason != "legacy_gost" {
		t.Errorf("%s, integrity %s %q", report.Outcome(), step.Outcome, step.Reason)
	}
}

func TestUnsignedAttributesAreNotBelieved(t *testing.T) {
	cms := forge(t, forgery{
		signer: stolen(t, "auditor", demo.Signing), content: pdf(),
		unsigned: []attribute{{idTimeStamp, [][]byte{der([]byte("no token"))}}, {idMessageDigest, [][]byte{der(1)}}},
	})
	report := signing.Verify(pdf(), cms, today(), document(t))
	fails(t, report, signing.StepTimestamp, "stamp_malformed")
	if step := report.Step(signing.StepIntegrity); step.Outcome != signing.Passed {
		t.Errorf("integrity is %s %q", step.Outcome, step.Reason)
	}
}

func TestASignatureWithoutItsCertificateNamedIsRefusedWhereThatIsRequired(t *testing.T) {
	cms := forge(t, forgery{signer: stolen(t, "auditor", demo.Signing), content: pdf(), attributes: func(l []attribute) []attribute { return l[:3] }})
	policy := document(t)
	valid(t, signing.Verify(pdf(), cms, today(), policy))
	policy.RequireSigningCertificate = true
	fails(t, signing.Verify(pdf(), cms, today(), policy), signing.StepSignature, "unnamed_certificate")
}

func TestECDSAKeysSignAndVerify(t *testing.T) {
	private, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	own := selfIssued(t, private, nil)
	file, err := pkcs12.LegacyRC2.Encode(private, own.certificate, nil, "p")
	if err != nil {
		t.Fatal(err)
	}
	key, err := signing.OpenPKCS12("ec.p12", file, []byte("p"))
	if err != nil {
		t.Fatal(err)
	}
	cms := signed(t, key, pdf())
	policy := signing.Policy{Trust: signing.DemoTrust(own.certificate), RequireNonRepudiation: true}
	valid(t, signing.Verify(pdf(), cms, today(), policy))
	cms[len(cms)-1] ^= 1
	fails(t, signing.Verify(pdf(), cms, today(), policy), signing.StepSignature, "signature_mismatch")
}

func TestAKeyThatIsNotTheCertificatesIsFoundOutBeforeTheSignatureLeaves(t *testing.T) {
	key := signing.Mismatched(open(t, "stranger", demo.Signing), open(t, "auditor", demo.Signing))
	if cms, err := key.SignDocument(context.Background(), signing.Bytes(pdf()), today(), signing.Options{}); cms != nil || signing.Fault(err) != "self_check" {
		t.Errorf("%d bytes, %v", len(cms), err)
	}
}

func TestAWeakKeySignsNothing(t *testing.T) {
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	file, err := pkcs12.Modern2023.Encode(weak, selfIssued(t, weak, nil).certificate, nil, "p")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := signing.OpenPKCS12("weak.p12", file, []byte("p")); signing.Fault(err) != "unsupported_key" {
		t.Errorf("%v", err)
	}
}

func TestATruncatedSignatureIsNeverValid(t *testing.T) {
	cms := signed(t, open(t, "auditor", demo.Signing), pdf())
	policy := document(t)
	for n := range cms {
		if report := signing.Verify(pdf(), cms[:n], today(), policy); report.Valid() {
			t.Fatalf("valid when cut to %d of %d bytes", n, len(cms))
		}
	}
}

func TestAnyChangedByteUnderTheSignatureIsNoticed(t *testing.T) {
	content := []byte("%PDF small")
	cms := signed(t, open(t, "auditor", demo.Signing), content)
	policy := document(t)
	policy.ExpectIIN = auditorIIN
	genuine := signing.Verify(content, cms, today(), policy)
	for n := range cms {
		changed := slices.Clone(cms)
		changed[n] ^= 0x40
		report := signing.Verify(content, changed, today(), policy)
		// what isn't signed (the list of digest algorithms, versions) may change; nothing else may
		if report.Valid() && (report.Signer.Serial != genuine.Signer.Serial || !report.SigningTime.Equal(genuine.SigningTime)) {
			t.Errorf("byte %d: valid, signer %s at %v", n, report.Signer.Serial, report.SigningTime)
		}
	}
}

// Nested indefinite lengths overflow the stack of the CMS library at 4 MB.
func TestHostileNestingIsRefusedAtOnce(t *testing.T) {
	cms := signed(t, open(t, "auditor", demo.Signing), pdf())
	wide := append([]byte{0x30, 0x80}, bytes.Repeat([]byte{0x05, 0x00}, 2<<20)...)
	for _, c := range []struct {
		name   string
		cms    []byte
		reason string
	}{
		{"5 MB of 30 80", bytes.Repeat([]byte{0x30, 0x80}, 5<<19), "too_deep"},
		{"5 MB of 24 80", bytes.Repeat([]byte{0x24, 0x80}, 5<<19), "too_deep"},
		{"the bomb behind a genuine beginning", append(slices.Clone(cms[:20]), bytes.Repeat([]byte{0x30, 0x80}, 5<<19)...), "malformed"},
		{"two million elements side by side", append(wide, 0, 0), "too_large"},
		{"17 MiB of one string", append([]byte{0x04, 0x84, 0x01, 0x10, 0, 0}, make([]byte, 17<<20)...), "too_large"},
		{"nothing", nil, "malformed"},
		{"a PDF", pdf(), "malformed"},
		{"a genuine one and a byte more", append(slices.Clone(cms), 0), "malformed"},
		{"a structure that is no signature", []byte{0x30, 0x03, 0x02, 0x01, 0x01}, "not_signed_data"},
	} {
		t.Run(c.name, func(t *testing.T) {
			spent := processor(t)
			fails(t, signing.Verify(pdf(), c.cms, today(), document(t)), signing.StepIntegrity, c.reason)
			if took := spent(); took > time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

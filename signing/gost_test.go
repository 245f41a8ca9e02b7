package signing_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	encoding "encoding/asn1"
	numbers "math/big"
	"slices"
	"strings"
	"testing"

	"baqylau/internal/need"
	"baqylau/signing"
	"baqylau/signing/gost"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// national is a GOST key with a certificate of its own making: x509 lays it out around another
// key, and what says whose it is is put in its place.
func national(t testing.TB, change func(*x509.Certificate)) stolenKey {
	t.Helper()
	key, err := gost.GenerateKey(gost.ParamSet512A(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return stolenKey{nationalCertificate(t, key, change, spki(key.PublicKey().Bytes(), idParamSet512A, idStreebog512)), key}
}

// spki is SubjectPublicKeyInfo as the NCA writes it.
func spki(point []byte, parameters ...encoding.ObjectIdentifier) []byte {
	return spkiOf(idGOST512, point, parameters...)
}

func spkiOf(kind encoding.ObjectIdentifier, point []byte, parameters ...encoding.ObjectIdentifier) []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		addKeyAlgorithm(b, kind, parameters...)
		b.AddASN1BitString(der(point))
	})
	return b.BytesOrPanic()
}

func addKeyAlgorithm(b *cryptobyte.Builder, kind encoding.ObjectIdentifier, parameters ...encoding.ObjectIdentifier) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(kind)
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, p := range parameters {
				b.AddASN1ObjectIdentifier(p)
			}
		})
	})
}

func nationalCertificate(t testing.TB, key *gost.PrivateKey, change func(*x509.Certificate), info []byte) *x509.Certificate {
	t.Helper()
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	layout := cryptobyte.String(selfIssued(t, other, change).certificate.RawTBSCertificate)
	var tbs, body, element cryptobyte.String
	if !layout.ReadASN1(&body, asn1.SEQUENCE) {
		t.Fatal("no certificate")
	}
	var parts cryptobyte.Builder
	for n := 0; !body.Empty(); n++ {
		var tag asn1.Tag
		if !body.ReadAnyASN1Element(&element, &tag) {
			t.Fatal("no certificate")
		}
		switch n { // version, serial number, algorithm, issuer, validity, subject, key, extensions
		case 2:
			addAlgorithm(&parts, idGOST512Streebog)
		case 6:
			parts.AddBytes(info)
		default:
			parts.AddBytes(element)
		}
	}
	var whole cryptobyte.Builder
	whole.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(parts.BytesOrPanic()) })
	tbs = whole.BytesOrPanic()
	digest := gost.Sum512(tbs)
	signature, err := key.Sign(rand.Reader, digest[:], nil)
	if err != nil {
		t.Fatal(err)
	}
	var out cryptobyte.Builder
	out.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(tbs)
		addAlgorithm(b, idGOST512Streebog)
		b.AddASN1BitString(signature)
	})
	certificate, err := x509.ParseCertificate(out.BytesOrPanic())
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

func signatory(t testing.TB, own stolenKey) *signing.Key {
	t.Helper()
	key, err := signing.NewKey(own.key, own.certificate, nil, "test")
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func trusting(certificates ...*x509.Certificate) signing.Policy {
	return signing.Policy{Trust: signing.DemoTrust(certificates...), RequireNonRepudiation: true, RequireSigningCertificate: true}
}

func TestForgeriesOfGOSTSignatures(t *testing.T) {
	own := national(t, nil)
	policy := signing.Policy{Trust: signing.DemoTrust(own.certificate), RequireNonRepudiation: true}
	q := order512A(t)
	half := func(at int, with []byte) func([]byte) []byte {
		return func(s []byte) []byte { copy(s[at:], with); return s }
	}
	for _, c := range []struct {
		name   string
		make   forgery
		step   signing.StepName
		reason string
	}{
		{"r is 0", forgery{spoil: half(0, make([]byte, 64))}, signing.StepSignature, "signature_mismatch"},
		{"s is 0", forgery{spoil: half(64, make([]byte, 64))}, signing.StepSignature, "signature_mismatch"},
		{"r is the order", forgery{spoil: half(0, q)}, signing.StepSignature, "signature_mismatch"},
		{"s is the order", forgery{spoil: half(64, q)}, signing.StepSignature, "signature_mismatch"},
		{"the greatest numbers there are", forgery{spoil: func([]byte) []byte { return bytes.Repeat([]byte{0xff}, 128) }}, signing.StepSignature, "signature_mismatch"},
		{"halves in the other order", forgery{spoil: func(s []byte) []byte { return slices.Concat(s[64:], s[:64]) }}, signing.StepSignature, "signature_mismatch"},
		{"big-endian, as in Russia", forgery{spoil: func(s []byte) []byte { slices.Reverse(s); return s }}, signing.StepSignature, "signature_mismatch"},
		{"a byte more", forgery{spoil: func(s []byte) []byte { return append(s, 0) }}, signing.StepSignature, "signature_mismatch"},
		{"a byte less", forgery{spoil: func(s []byte) []byte { return s[:127] }}, signing.StepSignature, "signature_mismatch"},
		{"no signature at all", forgery{spoil: func([]byte) []byte { return nil }}, signing.StepSignature, "signature_mismatch"},
		{"SHA-256 under a GOST key", forgery{digest: idSHA256}, signing.StepSignature, "algorithms_disagree"},
		{"Streebog-256 under a key of 512 bits", forgery{digest: idStreebog256}, signing.StepSignature, "algorithms_disagree"},
		{"RSA under a GOST key", forgery{algorithm: idRSA}, signing.StepSignature, "algorithms_disagree"},
		{"signed attributes stripped off", forgery{stripped: true}, signing.StepIntegrity, "no_attributes"},
		{"the digest of something else", forgery{attributes: func(l []attribute) []attribute {
			l[2].values = [][]byte{der(make([]byte, 64))}
			return l
		}}, signing.StepIntegrity, "digest_mismatch"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.make.signer, c.make.content = own, pdf()
			fails(t, signing.Verify(pdf(), forge(t, c.make), today(), policy), c.step, c.reason)
		})
	}
	for name, honest := range map[string]forgery{
		"as it should be":                  {},
		"the kind of key as the algorithm": {algorithm: idGOST512},
	} {
		honest.signer, honest.content = own, pdf()
		t.Run(name, func(t *testing.T) { valid(t, signing.Verify(pdf(), forge(t, honest), today(), policy)) })
	}
}

// order512A is the group's order, little-endian (RFC 7836, appendix A.2).
func order512A(t testing.TB) []byte {
	t.Helper()
	q := fromHex(t, strings.Repeat("FF", 32)+"27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275")
	slices.Reverse(q)
	return q
}

func TestGOSTKeysThatAreNone(t *testing.T) {
	own := national(t, nil)
	key := own.key.(*gost.PrivateKey)
	point := key.PublicKey().Bytes()
	off := slices.Clone(point)
	off[0] ^= 1
	for _, c := range []struct {
		name string
		info []byte
		why  string
	}{
		{"a point off the curve", spki(off, idParamSet512A, idStreebog512), "bad_public_key"},
		{"the point at zero", spki(make([]byte, 128), idParamSet512A, idStreebog512), "bad_public_key"},
		{"coordinates beyond the field", spki(bytes.Repeat([]byte{0xff}, 128), idParamSet512A, idStreebog512), "bad_public_key"},
		{"half a point", spki(point[:64], idParamSet512A, idStreebog512), "bad_public_key"},
		{"a curve that nobody knows", spki(point, idSHA256, idStreebog512), "unsupported_algorithm"},
		{"no curve", spki(point), "algorithm_parameters"},
		{"another hash", spki(point, idParamSet512A, idStreebog256), "algorithm_parameters"},
		{"three parameters", spki(point, idParamSet512A, idStreebog512, idStreebog512), "algorithm_parameters"},
	} {
		t.Run(c.name, func(t *testing.T) {
			signer := stolenKey{nationalCertificate(t, key, nil, c.info), key}
			cms := forge(t, forgery{signer: signer, content: pdf()})
			policy := signing.Policy{Trust: signing.DemoTrust(signer.certificate)}
			fails(t, signing.Verify(pdf(), cms, today(), policy), signing.StepSignature, c.why)
			if _, err := signing.NewKey(key, signer.certificate, nil, ""); signing.Fault(err) != "unsupported_key" {
				t.Errorf("as a key to sign with: %v", err)
			}
		})
	}
}

// OpenSSL's gost engine takes ours in its own identifiers, and ours takes its.
func TestOpenSSLsEngineAndOursTakeEachOthersSignatures(t *testing.T) {
	need.Engine(t)
	own := national(t, nil)
	for name, options := range map[string]signing.Options{"detached": {}, "attached": {Attached: true}} {
		t.Run("ours, "+name, func(t *testing.T) {
			cms, err := signatory(t, own).SignDocument(context.Background(), signing.Bytes(pdf()), today(), options)
			if err != nil {
				t.Fatal(err)
			}
			russian, err := signing.ToRussian(cms)
			if err != nil {
				t.Fatal(err)
			}
			folder := t.TempDir()
			put(t, folder, "doc.pdf", pdf())
			put(t, folder, "doc.p7s", russian)
			if said, err := engineVerify(folder, "doc.p7s").CombinedOutput(); err != nil {
				t.Fatalf("the engine refuses it: %v\n%s", err, said)
			}
			broken := slices.Clone(russian)
			broken[len(broken)-1] ^= 1
			put(t, folder, "doc.p7s", broken)
			if engineVerify(folder, "doc.p7s").Run() == nil {
				t.Error("the engine accepts a changed signature")
			}
			changed := pdf()
			changed[1000] ^= 1
			put(t, folder, "doc.pdf", changed)
			put(t, folder, "doc.p7s", russian)
			if !options.Attached && engineVerify(folder, "doc.p7s").Run() == nil {
				t.Error("the engine accepts a changed document")
			}
		})
	}
	t.Run("theirs", func(t *testing.T) {
		ours, err := signing.FromRussian(get(t, engineFolder(t), "russian.p7s"))
		if err != nil {
			t.Fatal(err)
		}
		report := signing.Verify(pdf(), ours, today(), signing.Policy{})
		for _, name := range []signing.StepName{signing.StepIntegrity, signing.StepSignature} {
			if step := report.Step(name); step.Outcome != signing.Passed {
				t.Errorf("%s: %s %s", name, step.Outcome, step.Reason)
			}
		}
		changed := pdf()
		changed[5] ^= 1
		fails(t, signing.Verify(changed, ours, today(), signing.Policy{}), signing.StepIntegrity, "digest_mismatch")
	})
}

// The certificate that KalkanCrypt made and signed itself.
func TestACertificateMadeByKalkanCryptChainsToItself(t *testing.T) {
	vector := string(get(t, need.Shared(t, "eds"), "kalkan-vector.txt"))
	field := func(name string) []byte {
		_, rest, _ := strings.Cut(vector, "\n"+name+"=")
		value, _, _ := strings.Cut(rest, "\n")
		return fromHex(t, value)
	}
	var out cryptobyte.Builder
	out.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(field("cert_tbs"))
		addAlgorithm(b, idGOST512Streebog)
		b.AddASN1BitString(field("cert_sig"))
	})
	certificate, err := x509.ParseCertificate(out.BytesOrPanic())
	if err != nil {
		t.Fatal(err)
	}
	if why := signing.SignedBy(certificate, certificate); why != "" {
		t.Errorf("refused: %s", why)
	}
	d := field("d")
	slices.Reverse(d)
	key, err := gost.NewPrivateKey(gost.ParamSet512A(), d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := signing.NewKey(key, certificate, nil, ""); err != nil {
		t.Errorf("the key isn't the certificate's: %v", err)
	}
}

func TestGOSTKeysOf256BitsSignToo(t *testing.T) {
	key, err := gost.GenerateKey(gost.ParamSet256A(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	info := spkiOf(idGOST256, key.PublicKey().Bytes(), idParamSet256A, idStreebog256)
	certificate := nationalCertificate(t, national(t, nil).key.(*gost.PrivateKey), nil, info)
	cms := signed(t, signatory(t, stolenKey{certificate, key}), pdf())
	valid(t, signing.Verify(pdf(), cms, today(), trusting(certificate)))
	cms[len(cms)-1] ^= 1
	fails(t, signing.Verify(pdf(), cms, today(), trusting(certificate)), signing.StepSignature, "signature_mismatch")
}

// The NCA writes the number little-endian in an OCTET STRING of its own; others write it otherwise.
func TestAGOSTKeyIsReadHoweverItsNumberIsWritten(t *testing.T) {
	own := national(t, nil)
	little := own.key.(*gost.PrivateKey).Bytes()
	big := slices.Clone(little)
	slices.Reverse(big)
	pkcs8 := func(kind encoding.ObjectIdentifier, octets []byte) []byte {
		var b cryptobyte.Builder
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(0)
			addKeyAlgorithm(b, kind, idParamSet512A, idStreebog512)
			b.AddASN1OctetString(octets)
		})
		return b.BytesOrPanic()
	}
	other := slices.Clone(little)
	other[3] ^= 1
	for _, c := range []struct {
		name  string
		pkcs8 []byte
		fault string
	}{
		{"as the NCA writes it", pkcs8(idGOST512, der(little)), ""},
		{"as an INTEGER", pkcs8(idGOST512, der(new(numbers.Int).SetBytes(big))), ""},
		{"bare, little-endian", pkcs8(idGOST512, little), ""},
		{"bare, big-endian", pkcs8(idGOST512, big), ""},
		{"a number that isn't the certificate's", pkcs8(idGOST512, der(other)), "no_key"},
		{"zero", pkcs8(idGOST512, make([]byte, 64)), "damaged"},
		{"as great as can be", pkcs8(idGOST512, bytes.Repeat([]byte{0xff}, 64)), "damaged"},
		{"too long", pkcs8(idGOST512, der(make([]byte, 65))), "damaged"},
		{"nothing", pkcs8(idGOST512, nil), "damaged"},
		{"a key of 2004", pkcs8(encoding.ObjectIdentifier{1, 2, 398, 3, 10, 1, 1, 1, 1}, der(little)), "legacy_key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := signing.Pair(c.pkcs8, own.certificate); signing.Fault(err) != c.fault {
				t.Errorf("%v", err)
			}
		})
	}
}

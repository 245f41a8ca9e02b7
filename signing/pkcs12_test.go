package signing_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"baqylau/signing"
	"baqylau/signing/demo"

	"software.sslmate.com/src/go-pkcs12"
)

// pfx is a PKCS#12 file as far as its outermost layer, for taking it apart and putting it together.
type pfx struct {
	Version int
	Safe    struct {
		Type   asn1.ObjectIdentifier
		Octets []byte `asn1:"explicit,tag:0"`
	}
	MAC struct {
		Digest struct {
			Algorithm struct {
				OID  asn1.ObjectIdentifier
				Null asn1.RawValue `asn1:"optional"`
			}
			Sum []byte
		}
		Salt       []byte
		Iterations int `asn1:"optional,default:1"`
	}
}

func taken(t testing.TB, file []byte) pfx {
	t.Helper()
	var p pfx
	if _, err := asn1.Unmarshal(file, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAKeyFileOpensToItsOwnersIdentity(t *testing.T) {
	file := keyFile(t, "auditor", demo.Signing)
	got := open(t, "auditor", demo.Signing).Identity()
	if !got.Certificate.Equal(file.Certificate) || got.Storage != "PKCS#12 auditor.p12" || got.Use != signing.UseSign {
		t.Errorf("storage %q, use %q", got.Storage, got.Use)
	}
	if got.Owner != "ӘБІЛОВА АЙГҮЛ СЕРІКҚЫЗЫ" || got.IIN != auditorIIN || got.BIN != officeBIN || !strings.Contains(got.Organization, "РММ") {
		t.Errorf("%q, IIN %s, %q, BIN %s", got.Owner, got.IIN, got.Organization, got.BIN)
	}
	if person := open(t, "stranger", demo.Signing).Identity(); person.BIN != "" || person.Organization != "" || person.Owner != "ПЕТРОВ ИВАН" {
		t.Errorf("a private person: %q of %q, BIN %q", person.Owner, person.Organization, person.BIN)
	}
}

func TestKeyFilesThatDoNotOpenSayWhy(t *testing.T) {
	good := keyFile(t, "auditor", demo.Signing).PKCS12
	private := stolen(t, "auditor", demo.Signing)
	other := stolen(t, "stranger", demo.Signing)
	encode := func(data []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	costly := taken(t, good)
	costly.MAC.Iterations = 1 << 30
	none := taken(t, good)
	none.MAC.Iterations = 0
	sealed := slices.Clone(good)
	for _, c := range []struct {
		name, password string
		file           []byte
		fault          string
	}{
		{"a wrong password", "Qwerty12", good, "wrong_password"},
		{"an empty password", "", good, "wrong_password"},
		{"a password as long as a book", strings.Repeat("я", 1<<20), good, "wrong_password"},
		{"a byte changed inside", demo.Password, flip(good, len(good)/2), "wrong_password"},
		{"half a file", demo.Password, good[:len(good)/2], "damaged"},
		{"all but its last byte", demo.Password, good[:len(good)-1], "damaged"},
		{"a byte too many", demo.Password, append(sealed, 0), "damaged"},
		{"nothing", demo.Password, nil, "not_key_file"},
		{"a PDF", demo.Password, pdf(), "not_key_file"},
		{"a certificate", demo.Password, private.certificate.Raw, "not_key_file"},
		{"a signature", demo.Password, signed(t, open(t, "auditor", demo.Signing), pdf()), "not_key_file"},
		{"two megabytes that begin like one", demo.Password, append(slices.Clone(good), make([]byte, 2<<20)...), "not_key_file"},
		{"nested brackets that begin like one", demo.Password, append([]byte{0x30, 0x80, 2, 1, 3}, bytes.Repeat([]byte{0x30, 0x80}, 1<<18)...), "damaged"},
		{"a thousand million iterations", demo.Password, der(costly), "costly"},
		{"no iterations", demo.Password, der(none), "damaged"},
		{"no MAC", "", encode(pkcs12.Passwordless.Encode(private.key, private.certificate, nil, "")), "unsupported_key"},
		{"certificates alone", "p", encode(pkcs12.Modern2023.EncodeTrustStore([]*x509.Certificate{authority(t).Certificate}, "p")), "no_key"},
		{"a key with somebody else's certificate", "p", encode(pkcs12.Modern2023.Encode(private.key, other.certificate, nil, "p")), "no_key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			spent := processor(t)
			key, err := signing.OpenPKCS12("k.p12", c.file, []byte(c.password))
			if key != nil || signing.Fault(err) != c.fault {
				t.Errorf("%v, fault %q; want %q", err, signing.Fault(err), c.fault)
			}
			if took := spent(); took > 3*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

// A MAC that fits proves nothing about what is inside: somebody with the password may have made it.
func TestDamageUnderAFittingMACIsDamageAndNoPanic(t *testing.T) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	own := selfIssued(t, private, nil)
	for _, encoder := range []*pkcs12.Encoder{pkcs12.Modern2023, pkcs12.LegacyRC2} {
		file, err := encoder.WithIterations(1).Encode(own.key, own.certificate, nil, "p")
		if err != nil {
			t.Fatal(err)
		}
		whole := taken(t, file)
		for n := range whole.Safe.Octets {
			for _, octets := range [][]byte{flip(whole.Safe.Octets, n), whole.Safe.Octets[:n]} {
				p := whole
				p.Safe.Octets = octets
				key, err := signing.OpenPKCS12("k.p12", resealed(t, der(p)), []byte("p"))
				fault := signing.Fault(err)
				if (err == nil) != (key != nil) || !slices.Contains([]string{"", "damaged", "no_key", "unsupported_key", "costly"}, fault) {
					t.Fatalf("byte %d: %v, fault %q", n, err, fault)
				}
			}
		}
	}
}

func TestAnEdwardsKeyIsUnsupported(t *testing.T) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	file, err := pkcs12.Modern2023.Encode(private, selfIssued(t, private, nil).certificate, nil, "p")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := signing.OpenPKCS12("k.p12", file, []byte("p")); signing.Fault(err) != "unsupported_key" {
		t.Errorf("%v", err)
	}
}

// The standard library takes minutes to check the numbers of an RSA key of a megabyte.
func TestAnEndlessRSAKeyIsRefusedUnchecked(t *testing.T) {
	number := new(big.Int).Lsh(big.NewInt(1), 24_000)
	pkcs1 := der(struct {
		Version                int
		N, E, D, P, Q, A, B, C *big.Int
	}{0, number, big.NewInt(65537), number, number, number, number, number, number})
	pkcs8 := der(struct {
		Version   int
		Algorithm pkix.AlgorithmIdentifier
		Key       []byte
	}{0, pkix.AlgorithmIdentifier{Algorithm: idRSA, Parameters: asn1.NullRawValue}, pkcs1})
	if err := signing.ParsePrivate(pkcs8); signing.Fault(err) != "unsupported_key" {
		t.Errorf("%v", err)
	}
}

func flip(data []byte, n int) []byte {
	changed := slices.Clone(data)
	changed[n] ^= 1
	return changed
}

func TestIterationsInsideAreWeighedToo(t *testing.T) {
	private := stolen(t, "auditor", demo.Signing)
	file, err := pkcs12.Modern2023.WithIterations(700_000).Encode(private.key, private.certificate, nil, "p")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := signing.OpenPKCS12("k.p12", file, []byte("p")); signing.Fault(err) != "costly" {
		t.Errorf("three derivations of 700 000 iterations: %v", err)
	}
}

func TestTheNCAsBERFilesOpen(t *testing.T) {
	// as the NCA writes them: RC2-40 and 3DES, HMAC-SHA-1, indefinite lengths inside, the MAC over
	// the octets as they are
	private := stolen(t, "auditor", demo.Signing)
	file, err := pkcs12.LegacyRC2.Encode(private.key, private.certificate, nil, demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	p := taken(t, file)
	p.MAC.Iterations = 1024
	p.Safe.Octets = berSafe(t, p.Safe.Octets)
	mac := hmac.New(sha1.New, macKey(t, demo.Password, p.MAC.Salt, p.MAC.Iterations))
	mac.Write(p.Safe.Octets)
	p.MAC.Digest.Sum = mac.Sum(nil)
	if _, _, err := pkcs12.Decode(der(p), demo.Password); err == nil {
		t.Fatal("an ordinary reader opens it, so it is no BER")
	}
	for name, file := range map[string][]byte{"inside": der(p), "outside too": indefinite(t, der(p))} {
		key, err := signing.OpenPKCS12("RSA256.p12", file, []byte(demo.Password))
		if err != nil {
			t.Fatalf("BER %s: %v", name, err)
		}
		valid(t, signing.Verify(pdf(), signed(t, key, pdf()), today(), document(t)))
	}
}

// berSafe rewrites an AuthenticatedSafe in indefinite lengths, and what is under [0] IMPLICIT
// OCTET STRING in pieces, which the general rewriter can't know.
func berSafe(t testing.TB, safe []byte) []byte {
	t.Helper()
	type encrypted struct {
		Version int
		Info    struct {
			Type      asn1.ObjectIdentifier
			Algorithm asn1.RawValue
			Content   asn1.RawValue
		}
	}
	type info struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue
	}
	var list []info
	if _, err := asn1.Unmarshal(safe, &list); err != nil {
		t.Fatal(err)
	}
	for i := range list {
		var e encrypted
		if _, err := asn1.Unmarshal(list[i].Content.Bytes, &e); err != nil {
			continue // the safe in the clear
		}
		e.Info.Content = asn1.RawValue{Class: 2, Tag: 0, IsCompound: true, Bytes: pieces(e.Info.Content.Bytes)}
		list[i].Content = asn1.RawValue{Class: 2, Tag: 0, IsCompound: true, Bytes: der(e)}
	}
	return indefinite(t, der(list))
}

// macKey is the key derivation of RFC 7292, appendix B, for SHA-1 and 20 bytes.
func macKey(t testing.TB, password string, salt []byte, iterations int) []byte {
	t.Helper()
	var bmp []byte
	for _, r := range password {
		bmp = append(bmp, byte(r>>8), byte(r))
	}
	bmp = append(bmp, 0, 0)
	fill := func(b []byte) []byte { return bytes.Repeat(b, 64)[:(len(b)+63)/64*64] }
	sum := sha1.Sum(slices.Concat(bytes.Repeat([]byte{3}, 64), fill(salt), fill(bmp)))
	for range iterations - 1 {
		sum = sha1.Sum(sum[:])
	}
	return sum[:]
}

func TestAKeySignsNoMoreOnceClosed(t *testing.T) {
	key := open(t, "auditor", demo.Signing)
	if err := errors.Join(key.Close(), key.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := key.Sign(nil, make([]byte, 32), nil); !errors.Is(err, signing.ErrClosed) {
		t.Errorf("signing with a closed key: %v", err)
	}
}

func FuzzOpenPKCS12(f *testing.F) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	own := selfIssued(f, private, nil)
	for _, encoder := range []*pkcs12.Encoder{pkcs12.Modern2023, pkcs12.LegacyRC2, pkcs12.LegacyDES} {
		file, err := encoder.WithIterations(1).Encode(own.key, own.certificate, nil, "p")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		// as it is, and with a MAC that fits, so that what is inside is read as well
		for _, data := range [][]byte{file, resealed(t, file)} {
			key, err := signing.OpenPKCS12("f.p12", data, []byte("p"))
			if (err == nil) != (key != nil) || signing.Fault(err) == "unknown" {
				t.Fatalf("key %v, %v", key != nil, err)
			}
			if key != nil && key.Identity().Certificate == nil {
				t.Fatal("a key without a certificate")
			}
		}
	})
}

// resealed gives the file a MAC of SHA-1 and one iteration over whatever is inside; nil when it
// has no inside.
func resealed(t testing.TB, file []byte) []byte {
	t.Helper()
	var p pfx
	if _, err := asn1.Unmarshal(file, &p); err != nil {
		return nil
	}
	p.MAC.Digest.Algorithm.OID = idSHA1
	p.MAC.Digest.Algorithm.Null = asn1.RawValue{}
	p.MAC.Salt, p.MAC.Iterations = []byte{1}, 1
	mac := hmac.New(sha1.New, macKey(t, "p", p.MAC.Salt, 1))
	mac.Write(p.Safe.Octets)
	p.MAC.Digest.Sum = mac.Sum(nil)
	data, err := asn1.Marshal(p)
	if err != nil {
		return nil
	}
	return data
}

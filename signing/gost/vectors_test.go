package gost

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// RFC 7091, section 7: the two examples of the standard.
func TestTheStandardsExamplesComeOut(t *testing.T) {
	for _, example := range []struct {
		curve                    *Curve
		d, x, y, digest, k, r, s string
	}{
		{
			curve:  examples256(),
			d:      "7A929ADE789BB9BE10ED359DD39A72C11B60961F49397EEE1D19CE9891EC3B28",
			x:      "7F2B49E270DB6D90D8595BEC458B50C58585BA1D4E9B788F6689DBD8E56FD80B",
			y:      "26F1B489D6701DD185C8413A977B3CBBAF64D1C593D26627DFFB101A87FF77DA",
			digest: "2DFBC1B372D89A1188C09C52E0EEC61FCE52032AB1022E8E67ECE6672B043EE5",
			k:      "77105C9B20BCD3122823C8CF6FCC7B956DE33814E95B7FE64FED924594DCEAB3",
			r:      "41AA28D2F1AB148280CD9ED56FEDA41974053554A42767B83AD043FD39DC0493",
			s:      "01456C64BA4642A1653C235A98A60249BCD6D3F746B631DF928014F6C5BF9C40",
		},
		{
			curve: examples512(),
			d: "0BA6048AADAE241BA40936D47756D7C93091A0E8514669700EE7508E508B1020" +
				"72E8123B2200A0563322DAD2827E2714A2636B7BFD18AADFC62967821FA18DD4",
			x: "115DC5BC96760C7B48598D8AB9E740D4C4A85A65BE33C1815B5C320C854621DD" +
				"5A515856D13314AF69BC5B924C8B4DDFF75C45415C1D9DD9DD33612CD530EFE1",
			y: "37C7C90CD40B0F5621DC3AC1B751CFA0E2634FA0503B3D52639F5D7FB72AFD61" +
				"EA199441D943FFE7F0C70A2759A3CDB84C114E1F9339FDF27F35ECA93677BEEC",
			digest: "3754F3CFACC9E0615C4F4A7C4D8DAB531B09B6F9C170C533A71D147035B0C591" +
				"7184EE536593F4414339976C647C5D5A407ADEDB1D560C4FC6777D2972075B8C",
			k: "0359E7F4B1410FEACC570456C6801496946312120B39D019D455986E364F3658" +
				"86748ED7A44B3E794434006011842286212273A6D14CF70EA3AF71BB1AE679F1",
			r: "2F86FA60A081091A23DD795E1E3C689EE512A3C82EE0DCC2643C78EEA8FCACD3" +
				"5492558486B20F1C9EC197C90699850260C93BCBCD9C5C3317E19344E173AE36",
			s: "1081B394696FFE8E6585E7A9362D26B6325F56778AADBC081C0BFBE933D52FF5" +
				"823CE288E8C4F362526080DF7F70CE406A6EEB1F56919CB92A9853BDE73E5B4A",
		},
	} {
		t.Run(example.curve.Name(), func(t *testing.T) {
			key, err := NewPrivateKey(example.curve, le(t, example.d))
			if err != nil {
				t.Fatal(err)
			}
			public := append(le(t, example.x), le(t, example.y)...)
			if got := key.PublicKey().Bytes(); !bytes.Equal(got, public) {
				t.Errorf("the public key is %x, want %x", got, public)
			}
			nonce := load(le(t, example.k))
			digest := le(t, example.digest)
			sig, ok := key.signWith(&nonce, digest)
			if want := append(le(t, example.r), le(t, example.s)...); !ok || !bytes.Equal(sig, want) {
				t.Errorf("the signature is %x, want %x", sig, want)
			}
			if !Verify(key.PublicKey(), digest, sig) {
				t.Error("it doesn't verify")
			}
		})
	}
}

// kalkan reads the vector that KalkanCrypt made.
func kalkan(t testing.TB) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "eds", "kalkan-vector.txt"))
	if err != nil {
		t.Skip("KalkanCrypt's vector is not beside the project")
	}
	fields := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if name, value, is := strings.Cut(strings.TrimSpace(line), "="); is && !strings.HasPrefix(line, "#") {
			fields[name] = value
		}
	}
	return fields
}

func TestTheDigestOfKalkanCrypt(t *testing.T) {
	v := kalkan(t)
	sum := Sum512([]byte(v["msg"]))
	if said := hex.EncodeToString(sum[:]); said != v["digest"] {
		t.Errorf("Streebog-512 is %s, and KalkanCrypt says %s", said, v["digest"])
	}
}

func TestKalkanCryptsSignatureVerifies(t *testing.T) {
	v := kalkan(t)
	key, err := NewPrivateKey(ParamSet512A(), le(t, v["d"]))
	if err != nil {
		t.Fatal(err)
	}
	public, err := NewPublicKey(ParamSet512A(), append(le(t, v["qx"]), le(t, v["qy"])...))
	if err != nil {
		t.Fatal(err)
	}
	if !key.PublicKey().Equal(public) {
		t.Error("its private key is not that of its public key")
	}
	digest, sig := fromHex(t, v["digest"]), fromHex(t, v["sig"])
	if !Verify(public, digest, sig) {
		t.Error("its signature doesn't verify")
	}
	sig[0] ^= 1
	if Verify(public, digest, sig) {
		t.Error("another signature verifies")
	}
}

func TestKalkanCryptsCertificateVerifies(t *testing.T) {
	v := kalkan(t)
	public, err := NewPublicKey(ParamSet512A(), append(le(t, v["qx"]), le(t, v["qy"])...))
	if err != nil {
		t.Fatal(err)
	}
	digest := Sum512(fromHex(t, v["cert_tbs"]))
	if !Verify(public, digest[:], fromHex(t, v["cert_sig"])) {
		t.Error("its certificate isn't signed by its own key")
	}
}

// The authorities of the test contour, and its list of revocations: the keys, the curve's identifier and the
// signatures as the national software writes them.
func TestTheTestAuthoritiesSignaturesVerify(t *testing.T) {
	root := authority(t, "certs__root_test_gost_2022.cer")
	nca := authority(t, "certs__nca_gost2022_test.cer")
	for name, signed := range map[string]struct {
		by  authorized
		raw []byte
	}{
		"the root by itself":            {root, root.raw},
		"the authority by the root":     {root, nca.raw},
		"revocations, by the authority": {nca, testFile(t, "certs__nca_gost2022_test.crl")},
	} {
		tbs, sig := signedParts(t, signed.raw)
		digest := Sum512(tbs)
		if !Verify(signed.by.key, digest[:], sig) {
			t.Errorf("%s: the signature doesn't verify", name)
		}
		if digest[9] ^= 1; Verify(signed.by.key, digest[:], sig) {
			t.Errorf("%s: it verifies over another digest", name)
		}
	}
}

type authorized struct {
	key *PublicKey
	raw []byte
}

// signedParts are the signed bytes and the signature of anything that X.509 has signed.
func signedParts(t *testing.T, der []byte) (tbs, sig []byte) {
	t.Helper()
	var signed struct {
		TBS       asn1.RawValue
		Algorithm asn1.RawValue
		Signature asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &signed); err != nil {
		t.Fatal(err)
	}
	return signed.TBS.FullBytes, signed.Signature.Bytes
}

func authority(t *testing.T, name string) authorized {
	t.Helper()
	raw := testFile(t, name)
	certificate, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	var info struct {
		Algorithm struct {
			Key        asn1.ObjectIdentifier
			Parameters struct{ Curve, Hash asn1.ObjectIdentifier }
		}
		Key asn1.BitString
	}
	if _, err := asn1.Unmarshal(certificate.RawSubjectPublicKeyInfo, &info); err != nil {
		t.Fatal(err)
	}
	curve, known := CurveByOID(info.Algorithm.Parameters.Curve.String())
	if !known {
		t.Fatalf("%s: the curve %v is unknown", name, info.Algorithm.Parameters.Curve)
	}
	var xy []byte
	if _, err := asn1.Unmarshal(info.Key.Bytes, &xy); err != nil {
		t.Fatal(err)
	}
	key, err := NewPublicKey(curve, xy)
	if err != nil {
		t.Fatal(err)
	}
	return authorized{key, raw}
}

func testFile(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "eds", "test-keys", name))
	if err != nil {
		t.Skip("the keys of the test contour are not beside the project")
	}
	if block, _ := pem.Decode(raw); block != nil {
		return block.Bytes
	}
	return raw
}

package signing_test

import (
	"bytes"
	"encoding/asn1"
	"encoding/hex"
	"testing"

	"baqylau/signing"
	"baqylau/signing/demo"
)

// indefinite rewrites DER as BER that is as unlike it as may be: every structure of indefinite
// length, every OCTET STRING in pieces of 7 bytes.
func indefinite(t testing.TB, der []byte) []byte {
	t.Helper()
	var out []byte
	for len(der) > 0 {
		var value asn1.RawValue
		rest, err := asn1.Unmarshal(der, &value)
		if err != nil {
			t.Fatalf("%x: %v", der, err)
		}
		tag := value.FullBytes[0]
		der = rest
		switch {
		case value.IsCompound:
			out = append(append(append(out, tag, 0x80), indefinite(t, value.Bytes)...), 0, 0)
		case tag == asn1.TagOctetString:
			out = append(append(append(out, 0x24, 0x80), pieces(value.Bytes)...), 0, 0)
		default:
			out = append(out, value.FullBytes...)
		}
	}
	return out
}

func pieces(octets []byte) []byte {
	var out []byte
	for len(octets) > 0 {
		n := min(7, len(octets))
		out = append(append(out, asn1.TagOctetString, byte(n)), octets[:n]...)
		octets = octets[n:]
	}
	return out
}

func TestNormaliseMakesDERAndLeavesItAsItIs(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"DER", "3003020105", "3003020105"},
		{"an empty structure", "30800000", "3000"},
		{"indefinite length", "3080 020105 0000", "3003020105"},
		{"indefinite within definite", "3009 a080 020105 0000 0500", "3007a0030201050500"},
		{"lengths longer than needed", "30820007 028400000001 05", "3003020105"},
		{"a string in pieces", "2480 0401aa 0402bbcc 0000", "0403aabbcc"},
		{"a string in definite pieces", "2407 0401aa 0402bbcc", "0403aabbcc"},
		{"pieces in pieces", "2480 2480 0401aa 0000 0402bbcc 0000", "0403aabbcc"},
		{"an empty string in no pieces", "24800000", "0400"},
		{"a high tag number", "bf818101 03 020105", "bf81810103020105"},
		{"a context tag of indefinite length", "a080 0401aa 0000", "a0030401aa"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := signing.Normalise(unhex(t, c.in))
			if err != nil || hex.EncodeToString(got) != c.want {
				t.Errorf("%x, %v; want %s", got, err, c.want)
			}
		})
	}
}

func TestNormaliseRefuses(t *testing.T) {
	for _, c := range []struct{ name, in string }{
		{"nothing", ""},
		{"a tag alone", "30"},
		{"a length cut short", "3082ff"},
		{"a length of a hundred octets", "30e4" + "00"},
		{"a length beyond 64 bits", "308affffffffffffffffffff"},
		{"content cut short", "30030201"},
		{"a child longer than its parent", "3003 0402aabb"},
		{"an indefinite child longer than its parent", "3004 3080 0500 0000"},
		{"no end of contents", "3080 020105"},
		{"half an end of contents", "3080 020105 00"},
		{"an end of contents without a beginning", "0000"},
		{"an end of contents in a definite structure", "3002 0000"},
		{"a primitive of indefinite length", "0480 0000"},
		{"a primitive SEQUENCE", "1003020105"},
		{"a constructed INTEGER", "2203020105"},
		{"a piece of another type", "2480 020105 0000"},
		{"a piece of a context type", "2480 800105 0000"},
		{"a tag number of five octets", "bf8181818100 00"},
		{"a low tag number in the long form", "ff0200"},
		{"a tag number that begins with nothing", "ff8020 00"},
		{"a tag number cut short", "ff81"},
		{"bytes after the end", "0500 00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := signing.Normalise(unhex(t, c.in)); err == nil {
				t.Errorf("taken as %x", got)
			}
		})
	}
}

func TestNormaliseUndoesABERWriter(t *testing.T) {
	der := signed(t, open(t, "auditor", demo.Signing), pdf())
	got, err := signing.Normalise(indefinite(t, der))
	if err != nil || !bytes.Equal(got, der) {
		t.Errorf("not what it was: %v", err)
	}
}

// RFC 2268, section 5: the vectors whose effective bits are those of the key.
func TestRC2ByTheVectorsOfItsRFC(t *testing.T) {
	for _, c := range []struct{ key, plain, cipher string }{
		{"ffffffffffffffff", "ffffffffffffffff", "278b27e42e2f0d49"},
		{"3000000000000000", "1000000000000001", "30649edf9be7d2c2"},
		{"88bca90e90875a7f0f79c384627bafb2", "0000000000000000", "2269552ab0f85ca6"},
	} {
		if got := signing.RC2(unhex(t, c.key), unhex(t, c.cipher)); hex.EncodeToString(got) != c.plain {
			t.Errorf("key %s: %x, want %s", c.key, got, c.plain)
		}
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	data, err := hex.DecodeString(string(bytes.ReplaceAll([]byte(s), []byte(" "), nil)))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func FuzzNormalise(f *testing.F) {
	for _, s := range []string{"3003020105", "30800000", "2480 0401aa 0402bbcc 0000", "3080308030800000", "3009 a080 020105 0000 0500"} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		once, err := signing.Normalise(in)
		if err != nil {
			return
		}
		var value asn1.RawValue
		if rest, err := asn1.Unmarshal(once, &value); err != nil || len(rest) > 0 {
			t.Fatalf("%x became %x, no DER: %v", in, once, err)
		}
		twice, err := signing.Normalise(once)
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%x, normalised again, %x: %v", once, twice, err)
		}
	})
}

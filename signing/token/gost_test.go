package token

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"errors"
	"slices"
	"testing"

	"baqylau/signing/gost"
)

// TestEveryMakersOrderIsPutRight: the imitation of a key accepts r‖s little-endian over the digest as
// it stands, which is Kazakhstan's order.
func TestEveryMakersOrderIsPutRight(t *testing.T) {
	digest := bytes.Repeat([]byte{1, 2, 3, 4}, 16)
	r, s := make([]byte, 64), make([]byte, 64)
	for i := range r {
		r[i], s[i] = byte(i), byte(100+i)
	}
	right := slices.Concat(r, s) // little-endian
	fits := func(signature []byte) bool { return bytes.Equal(signature, right) }
	tc26 := slices.Concat(turned(r), turned(s))
	for name, c := range map[string]struct {
		returned []byte
		from     []byte // the digest that the token takes
		asked    int
	}{
		"r‖s big-endian":            {tc26, digest, 1},
		"s‖r big-endian":            {turned(right), digest, 1},
		"r‖s little-endian":         {right, digest, 1},
		"s‖r little-endian":         {slices.Concat(s, r), digest, 1},
		"the digest from its end":   {tc26, turned(digest), 2},
		"the digest and all turned": {turned(right), turned(digest), 2},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			raw := func(over []byte) ([]byte, error) {
				asked++
				if !bytes.Equal(over, c.from) {
					return make([]byte, 128), nil // a signature over something else
				}
				return c.returned, nil
			}
			got, err := signGOST(digest, raw, fits)
			if err != nil || !bytes.Equal(got, right) || asked != c.asked {
				t.Errorf("got %x, %v, after %d questions", got, err, asked)
			}
		})
	}
	for name, returned := range map[string][]byte{
		"nonsense": bytes.Repeat([]byte{9}, 128), "too short": right[:127], "too long": append(right, 0), "nothing": nil,
	} {
		_, err := signGOST(digest, func([]byte) ([]byte, error) { return returned, nil }, fits)
		if !errors.Is(err, ErrSelfCheck) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := signGOST(digest, func([]byte) ([]byte, error) { return nil, ErrRemoved }, fits); !errors.Is(err, ErrRemoved) {
		t.Errorf("a token that went: %v", err)
	}
}

// TestAGOSTSignatureInTC26sOrderVerifies: by a real key, of either size.
func TestAGOSTSignatureInTC26sOrderVerifies(t *testing.T) {
	for _, curve := range []*gost.Curve{gost.ParamSet512A(), gost.ParamSet256A()} {
		key, err := gost.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		digest := make([]byte, curve.Size())
		digest[0] = 7
		raw := func(digest []byte) ([]byte, error) {
			ours, err := key.Sign(rand.Reader, digest, nil)
			half := len(ours) / 2
			return slices.Concat(turned(ours[:half]), turned(ours[half:])), err
		}
		signature, err := signGOST(digest, raw, func(s []byte) bool { return gost.Verify(key.PublicKey(), digest, s) })
		if err != nil || !gost.Verify(key.PublicKey(), digest, signature) {
			t.Errorf("%s: %v", curve.Name(), err)
		}
		public := crypto.PublicKey(key.PublicKey())
		if got := mechanismOf(public); got != mechanismGOST512 && curve.Size() == 64 || got != mechanismGOST && curve.Size() == 32 {
			t.Errorf("%s is signed by mechanism %#x", curve.Name(), uint64(got))
		}
	}
}

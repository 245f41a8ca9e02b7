package signing_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"io"
	"testing"

	"baqylau/signing"
	"baqylau/signing/gost"
)

// faultyKey computes its signatures with a fault.
type faultyKey struct {
	*gost.PrivateKey
	sign func(right *gost.PrivateKey, digest []byte) ([]byte, error)
}

func (k faultyKey) Sign(_ io.Reader, digest []byte, _ crypto.SignerOpts) ([]byte, error) {
	return k.sign(k.PrivateKey, digest)
}

// A fault in the signing computation gives a private key away to whoever sees the signature: none such may leave.
func TestASignatureThatWasComputedWithAFaultNeverLeaves(t *testing.T) {
	own := national(t, nil)
	right, is := own.key.(*gost.PrivateKey)
	if !is {
		t.Fatalf("the key is a %T", own.key)
	}
	another, err := gost.GenerateKey(gost.ParamSet512A(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	flipped := func(bit int) func(*gost.PrivateKey, []byte) ([]byte, error) {
		return func(right *gost.PrivateKey, digest []byte) ([]byte, error) {
			signature, err := right.Sign(rand.Reader, digest, nil)
			signature[bit/8] ^= 1 << (bit % 8)
			return signature, err
		}
	}
	for name, sign := range map[string]func(right *gost.PrivateKey, digest []byte) ([]byte, error){
		"the first bit of r": flipped(0),
		"a bit of r":         flipped(300),
		"the last bit of r":  flipped(511),
		"the first bit of s": flipped(512),
		"a bit of s":         flipped(700),
		"the last bit of s":  flipped(1023),
		"the digest": func(right *gost.PrivateKey, digest []byte) ([]byte, error) {
			digest = bytes.Clone(digest)
			digest[17] ^= 4
			return right.Sign(rand.Reader, digest, nil)
		},
		"the private number": func(_ *gost.PrivateKey, digest []byte) ([]byte, error) {
			return another.Sign(rand.Reader, digest, nil)
		},
		"everything": func(*gost.PrivateKey, []byte) ([]byte, error) { return make([]byte, 128), nil },
		"the length": func(right *gost.PrivateKey, digest []byte) ([]byte, error) {
			signature, err := right.Sign(rand.Reader, digest, nil)
			return signature[:64], err
		},
	} {
		key := signatory(t, stolenKey{own.certificate, faultyKey{right, sign}})
		for how, options := range map[string]signing.Options{"detached": {}, "attached": {Attached: true}} {
			var out bytes.Buffer
			options.Out = &out
			cms, err := key.SignDocument(context.Background(), signing.Bytes(pdf()), today(), options)
			if cms != nil || out.Len() > 0 || signing.Fault(err) != "self_check" {
				t.Errorf("with a fault in %s, %s: %d bytes, %v", name, how, len(cms)+out.Len(), err)
			}
		}
	}
}

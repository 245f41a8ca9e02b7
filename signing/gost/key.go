package gost

import (
	"crypto"
	cryptorand "crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
)

// Why bytes are no key. They are told apart by errors.Is.
var (
	ErrLength     = errors.New("gost: wrong length")
	ErrOffCurve   = errors.New("gost: not a point of the curve")
	ErrSmallOrder = errors.New("gost: not a point of the subgroup of order q")
	ErrScalar     = errors.New("gost: a private key is a number from 1 to q−1")
	ErrWiped      = errors.New("gost: the private key is wiped")
)

// PublicKey is a point of a curve: known to lie on it, in the subgroup of order q, and not at infinity. It is safe for
// use by many goroutines.
type PublicKey struct {
	curve *Curve
	point affine
	table atomic.Pointer[comb]
}

// NewPublicKey reads x‖y, each of the curve's size and little-endian.
func NewPublicKey(curve *Curve, xy []byte) (*PublicKey, error) {
	if len(xy) != 2*curve.size {
		return nil, fmt.Errorf("reading a public key of %d bytes: %w", len(xy), ErrLength)
	}
	x, y := load(xy[:curve.size]), load(xy[curve.size:])
	if less(&x, &curve.p.m)&less(&y, &curve.p.m) == 0 {
		return nil, fmt.Errorf("reading a public key with a coordinate beyond p: %w", ErrOffCurve)
	}
	pub := &PublicKey{curve: curve}
	curve.p.enter(&pub.point.x, &x)
	curve.p.enter(&pub.point.y, &y)
	if !curve.isOnCurve(&pub.point) {
		return nil, fmt.Errorf("reading a public key: %w", ErrOffCurve)
	}
	if curve.cofactor != 1 {
		if product := curve.multiply(&curve.q.m, &pub.point); !curve.isInfinity(&product) {
			return nil, fmt.Errorf("reading a public key: %w", ErrSmallOrder)
		}
	}
	return pub, nil
}

// Curve is the set of parameters of the key.
func (k *PublicKey) Curve() *Curve { return k.curve }

// Bytes is x‖y, little-endian.
func (k *PublicKey) Bytes() []byte {
	var x, y element
	k.curve.p.leave(&x, &k.point.x)
	k.curve.p.leave(&y, &k.point.y)
	out := make([]byte, 0, 2*k.curve.size)
	return store(store(out, &x, k.curve.size), &y, k.curve.size)
}

// Equal tells whether the other key is the same point of the same curve.
func (k *PublicKey) Equal(other crypto.PublicKey) bool {
	o, is := other.(*PublicKey)
	return is && o.curve == k.curve &&
		k.curve.p.isEqual(&o.point.x, &k.point.x)&k.curve.p.isEqual(&o.point.y, &k.point.y) == 1
}

// Precompute makes the later verifications with this key several times faster. It costs about as much as ten of them,
// and 352 KB for a key of 512 bits, so it is for keys that sign a lot: an authority's, a responder's, one's own.
func (k *PublicKey) Precompute() {
	if k.table.Load() == nil {
		k.table.Store(k.curve.newComb(&k.point))
	}
}

// PrivateKey signs. It is safe for use by many goroutines, but for Wipe.
type PrivateKey struct {
	d      element // an integer from 1 to q−1; 0 when wiped
	public *PublicKey
}

var _ crypto.Signer = (*PrivateKey)(nil)

// NewPrivateKey reads a number of the curve's size, little-endian. Zero, and q or more, are ErrScalar.
func NewPrivateKey(curve *Curve, d []byte) (*PrivateKey, error) {
	if len(d) != curve.size {
		return nil, fmt.Errorf("reading a private key: %w", ErrLength)
	}
	k := &PrivateKey{d: load(d)}
	if less(&k.d, &curve.q.m)&(1^zero(&k.d)) == 0 {
		k.Wipe()
		return nil, fmt.Errorf("reading a private key: %w", ErrScalar)
	}
	product := curve.multiplySecret(&k.d, curve.base())
	k.public = &PublicKey{curve: curve, point: curve.toAffine(&product)}
	return k, nil
}

// toAffine is for a point that isn't infinity; it is as careful with it as with a secret.
func (c *Curve) toAffine(p *projective) affine {
	var q affine
	var inverse element
	c.p.invert(&inverse, &p.z)
	c.p.mul(&q.x, &p.x, &inverse)
	c.p.mul(&q.y, &p.y, &inverse)
	return q
}

// GenerateKey makes a key from the random source; nil stands for the system's.
func GenerateKey(curve *Curve, random io.Reader) (*PrivateKey, error) {
	if random == nil {
		random = cryptorand.Reader
	}
	buf := make([]byte, curve.size)
	defer clear(buf)
	for {
		if _, err := io.ReadFull(random, buf); err != nil {
			return nil, fmt.Errorf("making a private key: %w", err)
		}
		trim(buf, &curve.q)
		k, err := NewPrivateKey(curve, buf)
		if !errors.Is(err, ErrScalar) {
			return k, err
		}
	}
}

// trim clears the bits above the highest of the modulus, so that a random number is below it at least every other time.
func trim(le []byte, f *field) {
	if spare := 8*len(le) - f.top; spare > 0 {
		le[len(le)-1] &= 0xff >> spare
	}
}

// Public is the *PublicKey.
func (k *PrivateKey) Public() crypto.PublicKey { return k.public }

// PublicKey is the point d·G.
func (k *PrivateKey) PublicKey() *PublicKey { return k.public }

// Bytes is the number, little-endian, for a key file. The caller wipes it.
func (k *PrivateKey) Bytes() []byte {
	return store(make([]byte, 0, k.public.curve.size), &k.d, k.public.curve.size)
}

// Equal compares in constant time.
func (k *PrivateKey) Equal(other crypto.PrivateKey) bool {
	o, is := other.(*PrivateKey)
	if !is || o.public.curve != k.public.curve {
		return false
	}
	a, b := k.Bytes(), o.Bytes()
	defer clear(a)
	defer clear(b)
	return subtle.ConstantTimeCompare(a, b) == 1
}

// Wipe zeroes the number. The key signs no more, and answers with ErrWiped.
func (k *PrivateKey) Wipe() { clear(k.d[:]) }

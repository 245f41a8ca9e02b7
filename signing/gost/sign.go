package gost

import (
	"crypto"
	"crypto/hmac"
	cryptorand "crypto/rand"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"io"
	"math/big"
)

// Sign makes r‖s, little-endian, over a digest of the curve's size (RFC 7091, section 6.1). The options aren't looked
// at: crypto.Hash has no number for Streebog. The nonce is derived from the key, the digest and fresh randomness
// (random, or the system's where it is nil), so that neither a poor source nor a repeated one gives the key away.
func (k *PrivateKey) Sign(random io.Reader, digest []byte, _ crypto.SignerOpts) ([]byte, error) {
	if random == nil {
		random = cryptorand.Reader
	}
	var fresh [64]byte
	if _, err := io.ReadFull(random, fresh[:]); err != nil {
		return nil, fmt.Errorf("drawing randomness for a signature: %w", err)
	}
	if zero(&k.d) == 1 {
		return nil, ErrWiped
	}
	if len(digest) != k.public.curve.size {
		return nil, fmt.Errorf("signing a digest of %d bytes: %w", len(digest), ErrLength)
	}
	source := newNonces(k, digest, fresh[:])
	defer clear(source.seed[:])
	for {
		nonce := source.next()
		sig, ok := k.signWith(&nonce, digest)
		clear(nonce[:])
		if ok {
			return sig, nil
		}
	}
}

// signWith is the standard's algorithm with a given nonce from 1 to q−1. It fails where r or s is zero, which asks for
// another nonce.
func (k *PrivateKey) signWith(nonce *element, digest []byte) ([]byte, bool) {
	c := k.public.curve
	product := c.multiplySecret(nonce, c.base())
	point := c.toAffine(&product)

	var r, s, t, d element
	c.p.leave(&r, &point.x)
	c.q.enter(&r, &r) // the form mod q from here on
	c.q.enter(&d, &k.d)
	c.q.mul(&s, &r, &d)
	e := c.number(digest)
	c.q.enter(&t, nonce)
	c.q.mul(&t, &t, &e)
	c.q.add(&s, &s, &t)
	clear(d[:])
	clear(t[:])
	if c.q.isZero(&r)|c.q.isZero(&s) == 1 {
		return nil, false
	}
	c.q.leave(&r, &r)
	c.q.leave(&s, &s)
	out := make([]byte, 0, 2*c.size)
	return store(store(out, &r, c.size), &s, c.size), true
}

// number is the digest mod q, and 1 where that is zero, in the form of q.
func (c *Curve) number(digest []byte) element {
	e := load(digest)
	c.q.enter(&e, &e)
	e.choose(&c.q.one, c.q.isZero(&e))
	return e
}

// Verify tells whether sig, which is r‖s in little-endian, is the key's signature over the digest (RFC 7091, section
// 6.2). Any wrong length, and r or s outside of 1…q−1, is false.
func Verify(pub *PublicKey, digest, sig []byte) bool {
	c := pub.curve
	if len(digest) != c.size || len(sig) != 2*c.size {
		return false
	}
	r, s := load(sig[:c.size]), load(sig[c.size:])
	if zero(&r)|zero(&s) == 1 || less(&r, &c.q.m)&less(&s, &c.q.m) == 0 {
		return false
	}
	e := c.number(digest)
	inverse := c.invertPublic(&e)
	var ofG, ofQ, t element
	c.q.enter(&t, &s)
	c.q.mul(&ofG, &t, &inverse)
	c.q.enter(&t, &r)
	c.q.mul(&ofQ, &t, &inverse)
	c.q.neg(&ofQ, &ofQ)
	c.q.leave(&ofG, &ofG)
	c.q.leave(&ofQ, &ofQ)

	sum := jacobian{x: c.p.one, y: c.p.one}
	terms := make([]term, 0, 2*maxWindows)
	if table := pub.table.Load(); table != nil {
		terms = c.terms(terms, &ofQ, table)
	} else {
		sum = c.multiply(&ofQ, &pub.point)
	}
	c.addTerms(&sum, c.terms(terms, &ofG, c.base()))
	return !c.isInfinity(&sum) && c.hasX(&sum, &r)
}

// invertPublic is e⁻¹ mod q, in the form, for an e in the form that is no secret.
func (c *Curve) invertPublic(e *element) element {
	var t element
	c.q.leave(&t, e)
	inverse := new(big.Int).ModInverse(t.big(), c.q.m.big())
	return c.q.fromBig(inverse)
}

// big is a public integer.
func (x *element) big() *big.Int {
	le := store(make([]byte, 0, 8*limbs), x, 8*limbs)
	for i, j := 0, len(le)-1; i < j; i, j = i+1, j-1 {
		le[i], le[j] = le[j], le[i]
	}
	return new(big.Int).SetBytes(le)
}

// hasX tells whether the point's x is r mod q. It spares the inversion: x/z² is one of r, r+q, r+2q … below p.
func (c *Curve) hasX(p *jacobian, r *element) bool {
	f := &c.p
	var zz, t element
	f.sqr(&zz, &p.z)
	for candidate, below := *r, true; below && less(&candidate, &f.m) == 1; below = candidate.advance(&c.q.m) {
		f.enter(&t, &candidate)
		f.mul(&t, &t, &zz)
		if f.isEqual(&t, &p.x) == 1 {
			return true
		}
	}
	return false
}

// nonces derives numbers as RFC 6979 does, with fewer steps: the seed is HMAC-SHA-512 under the private key over what
// is fresh and the digest, and the tries are HMAC-SHA-512 under the seed over their number.
type nonces struct {
	curve *Curve
	seed  [sha512.Size]byte
	tries uint64
}

func newNonces(k *PrivateKey, digest, fresh []byte) *nonces {
	n := &nonces{curve: k.public.curve}
	d := k.Bytes()
	defer clear(d)
	mac := hmac.New(sha512.New, d)
	mac.Write(fresh)
	mac.Write(digest)
	mac.Sum(n.seed[:0])
	return n
}

// next is the next number from 1 to q−1.
func (n *nonces) next() element {
	var candidate [sha512.Size]byte
	defer clear(candidate[:])
	for {
		mac := hmac.New(sha512.New, n.seed[:])
		mac.Write(binary.BigEndian.AppendUint64(nil, n.tries))
		mac.Sum(candidate[:0])
		n.tries++
		le := candidate[:n.curve.size]
		trim(le, &n.curve.q)
		if k := load(le); less(&k, &n.curve.q.m)&(1^zero(&k)) == 1 {
			return k
		}
	}
}

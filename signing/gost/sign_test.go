package gost

import (
	"bytes"
	"crypto/rand"
	"errors"
	"math/big"
	"slices"
	"testing"
)

func draw(t testing.TB, size int) []byte {
	t.Helper()
	b := make([]byte, size)
	if _, err := rand.Read(b); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWhatIsSignedVerifiesAndNothingElseDoes(t *testing.T) {
	for _, c := range everyCurve() {
		t.Run(c.Name(), func(t *testing.T) {
			key := newKey(t, c)
			combed, err := NewPublicKey(c, key.PublicKey().Bytes())
			if err != nil {
				t.Fatal(err)
			}
			combed.Precompute()
			book := textbook(c)
			public := c.ofAffine(&combed.point)
			for range 4 {
				digest := draw(t, c.Size())
				sig, err := key.Sign(nil, digest, nil)
				if err != nil {
					t.Fatal(err)
				}
				if !Verify(key.PublicKey(), digest, sig) || !Verify(combed, digest, sig) {
					t.Error("the signature doesn't verify")
				}
				if !book.verify(public, digest, sig) {
					t.Error("the textbook doesn't accept the signature")
				}
				other := slices.Clone(digest)
				other[0] ^= 1
				if Verify(key.PublicKey(), other, sig) || Verify(combed, other, sig) {
					t.Error("it verifies over another digest")
				}
				if Verify(newKey(t, c).PublicKey(), digest, sig) {
					t.Error("it verifies with another key")
				}
			}
		})
	}
}

// With the same key, digest and randomness the nonce is the same; with other randomness, or another digest, another.
func TestTheNonceHangsOnTheKeyTheDigestAndTheRandomness(t *testing.T) {
	key, err := NewPrivateKey(ParamSet512A(), toLE(big.NewInt(5), 64))
	if err != nil {
		t.Fatal(err)
	}
	sign := func(digest, fresh byte) []byte {
		sig, err := key.Sign(bytes.NewReader(bytes.Repeat([]byte{fresh}, 64)), bytes.Repeat([]byte{digest}, 64), nil)
		if err != nil {
			t.Fatal(err)
		}
		return sig
	}
	if !bytes.Equal(sign(1, 1), sign(1, 1)) {
		t.Error("nothing changed but the signature")
	}
	if bytes.Equal(sign(1, 1)[:64], sign(1, 2)[:64]) {
		t.Error("other randomness, the same nonce")
	}
	if bytes.Equal(sign(1, 0)[:64], sign(2, 0)[:64]) {
		t.Error("another digest without randomness, the same nonce")
	}
}

func TestADigestOfAnotherSizeIsRefused(t *testing.T) {
	key := newKey(t, ParamSet512A())
	for _, size := range []int{0, 32, 63, 65, 128} {
		if _, err := key.Sign(nil, make([]byte, size), nil); !errors.Is(err, ErrLength) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

// A digest that is 0 mod q counts as 1 (RFC 7091, section 6.1, step 2).
func TestADigestOfZeroCountsAsOne(t *testing.T) {
	for _, c := range everyCurve() {
		key := newKey(t, c)
		one := toLE(big.NewInt(1), c.Size())
		sig, err := key.Sign(nil, one, nil)
		if err != nil {
			t.Fatal(err)
		}
		for name, digest := range map[string][]byte{"0": make([]byte, c.Size()), "q": toLE(c.q.m.big(), c.Size())} {
			if !Verify(key.PublicKey(), digest, sig) {
				t.Errorf("%s: %s is not taken for 1", c.Name(), name)
			}
		}
	}
}

func TestASignatureOutOfRangeIsRefused(t *testing.T) {
	for _, c := range everyCurve() {
		key := newKey(t, c)
		size := c.Size()
		digest := draw(t, size)
		sig, err := key.Sign(nil, digest, nil)
		if err != nil {
			t.Fatal(err)
		}
		r, s, q := sig[:size], sig[size:], toLE(c.q.m.big(), size)
		zero, one := make([]byte, size), toLE(big.NewInt(1), size)
		full := bytes.Repeat([]byte{0xff}, size)
		reversed := slices.Clone(sig)
		slices.Reverse(reversed)
		bad := map[string][]byte{
			"r = 0": join(zero, s), "s = 0": join(r, zero), "both 0": join(zero, zero),
			"r = q": join(q, s), "s = q": join(r, q), "all ones": join(full, full),
			"r = 1": join(one, s), "s = 1": join(r, one), "both 1": join(one, one),
			"s exchanged with r": join(s, r), "reversed, as in Russia": reversed,
			"−s":     join(r, toLE(new(big.Int).Sub(c.q.m.big(), fromLE(s)), size)),
			"short":  sig[:2*size-1],
			"long":   join(sig, []byte{0}),
			"half":   r,
			"none":   nil,
			"digest": digest,
		}
		for _, n := range [][]byte{r, s} { // the same residue once more
			if more := new(big.Int).Add(fromLE(n), c.q.m.big()); more.BitLen() <= 8*size {
				other := slices.Clone(sig)
				copy(other[bytes.Index(sig, n):], toLE(more, size))
				bad["a half plus q"] = other
			}
		}
		for name, given := range bad {
			if Verify(key.PublicKey(), digest, given) {
				t.Errorf("%s: %s verifies", c.Name(), name)
			}
		}
		if Verify(key.PublicKey(), digest[1:], sig) || Verify(key.PublicKey(), nil, sig) {
			t.Errorf("%s: it verifies over a digest of another size", c.Name())
		}
	}
}

func join(a, b []byte) []byte { return append(slices.Clone(a), b...) }

// The sum of the two multiples is infinity when s/e = r·d/e, which an attacker who owns the key can make.
func TestASignatureThatLeadsToInfinityIsRefused(t *testing.T) {
	for _, c := range everyCurve() {
		key := newKey(t, c)
		q := c.q.m.big()
		d := fromLE(key.Bytes())
		r := randomBelow(t, q)
		s := new(big.Int).Mul(r, d)
		sig := join(toLE(r, c.Size()), toLE(s.Mod(s, q), c.Size()))
		if Verify(key.PublicKey(), draw(t, c.Size()), sig) {
			t.Errorf("%s: it verifies", c.Name())
		}
	}
}

// With e = −r·d/k the second half is zero, which is no signature: another nonce is asked for.
func TestANonceThatLeadsToZeroIsGivenUp(t *testing.T) {
	for _, c := range everyCurve() {
		key := newKey(t, c)
		q := c.q.m.big()
		k := randomBelow(t, q)
		r := new(big.Int).Mod(textbook(c).multiply(k, textbook(c).g).x, q)
		e := new(big.Int).Mul(r, fromLE(key.Bytes()))
		e.Mul(e, new(big.Int).ModInverse(k, q)).Neg(e).Mod(e, q)
		nonce := plain(k)
		if sig, ok := key.signWith(&nonce, toLE(e, c.Size())); ok {
			t.Errorf("%s: the signature is %x", c.Name(), sig)
		}
	}
}

// A fault in the computation, even one that the check meets too, makes a signature that doesn't verify: the check goes
// another way, by the public key's table.
func TestAFaultInSigningIsSeenByTheCheck(t *testing.T) {
	for _, c := range everyCurve() {
		for name, harm := range map[string]func(k *PrivateKey, window int){
			"a bit of the private key": func(k *PrivateKey, window int) { k.d[window%(c.size/8)] ^= 1 << (window % 50) },
			"a window of the base's table": func(k *PrivateKey, window int) {
				faulty, curve := *c.base(), *c
				faulty.windows = slices.Clone(faulty.windows)
				for place := range combHalf {
					faulty.windows[window][place].x[1] ^= 1 << window
				}
				curve.base = func() *comb { return &faulty }
				k.public.curve = &curve
			},
		} {
			for window := range 8 {
				key := newKey(t, c)
				key.public.Precompute()
				digest := draw(t, c.size)
				harm(key, window)
				sig, err := key.Sign(nil, digest, nil)
				if err != nil {
					t.Fatal(err)
				}
				if Verify(key.public, digest, sig) {
					t.Errorf("%s: with a fault in %s (%d) the signature verifies", c.name, name, window)
				}
			}
		}
	}
}

// FuzzVerify holds Verify, with and without a table, against the textbook. The inputs change a good signature, so that
// good ones are met too.
func FuzzVerify(f *testing.F) {
	f.Add(uint8(0), []byte{2}, []byte{}, uint16(0))
	f.Add(uint8(0), []byte{2}, []byte{}, uint16(1))
	f.Add(uint8(2), []byte{}, []byte{0, 0, 1}, uint16(70))
	f.Add(uint8(3), bytes.Repeat([]byte{255}, 64), bytes.Repeat([]byte{255}, 128), uint16(9))
	var plain, combed []*PrivateKey
	for _, c := range everyCurve() {
		key := newKey(f, c)
		again, err := NewPrivateKey(c, key.Bytes())
		if err != nil {
			f.Fatal(err)
		}
		again.PublicKey().Precompute()
		plain, combed = append(plain, key), append(combed, again)
	}
	f.Fuzz(func(t *testing.T, which uint8, message, mask []byte, cut uint16) {
		key := plain[int(which)%len(plain)]
		c := key.public.curve
		digest := fitted(message, c.Size())
		sig, err := key.Sign(bytes.NewReader(make([]byte, 64)), digest, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, b := range fitted(mask, len(sig)) {
			sig[i] ^= b
		}
		sig = sig[:len(sig)-int(cut)%2]
		want := textbook(c).verify(c.ofAffine(&key.public.point), digest, sig)
		if got := Verify(key.public, digest, sig); got != want {
			t.Errorf("Verify says %v, the textbook %v", got, want)
		}
		if got := Verify(combed[int(which)%len(plain)].public, digest, sig); got != want {
			t.Errorf("Verify with a table says %v, the textbook %v", got, want)
		}
	})
}

func fitted(b []byte, size int) []byte {
	out := make([]byte, size)
	copy(out, b)
	return out
}

func BenchmarkSign(b *testing.B) {
	key := newKey(b, ParamSet512A())
	digest := draw(b, 64)
	for b.Loop() {
		if _, err := key.Sign(nil, digest, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, precomputed := range []bool{false, true} {
		name := "as it comes"
		if precomputed {
			name = "with a table"
		}
		b.Run(name, func(b *testing.B) {
			key := newKey(b, ParamSet512A())
			digest := draw(b, 64)
			sig, err := key.Sign(nil, digest, nil)
			if err != nil {
				b.Fatal(err)
			}
			if precomputed {
				key.PublicKey().Precompute()
			}
			for b.Loop() {
				if !Verify(key.PublicKey(), digest, sig) {
					b.Fatal("it doesn't verify")
				}
			}
		})
	}
}

func BenchmarkPrecompute(b *testing.B) {
	key := newKey(b, ParamSet512A()).PublicKey()
	for b.Loop() {
		key.curve.newComb(&key.point)
	}
}

package gost

import (
	"encoding/binary"
	"math/big"
	"math/bits"
)

// limbs is the number of 64-bit words of an element, the least significant first.
const limbs = 8

// element is a number modulo the p or q of a curve, in the form of its field, or a plain integer. Numbers of 256 bits
// leave the upper half zero.
type element [limbs]uint64

// field is the arithmetic modulo an odd prime of 256 or 512 bits. An element is held in Montgomery's form, x·2^(64n)
// mod m, always less than m; but modulo p = 2^512 − 569 as it is, and not always reduced: any number below 2^512
// stands for its residue, and reduce finds the least.
//
// Whatever takes elements runs in a time that depends on the modulus alone.
type field struct {
	n       int     // words of the modulus: 4 or 8
	fold    bool    // m = 2^512 − 569
	m       element // the modulus
	inverse uint64  // −m⁻¹ mod 2^64
	one     element // 1 in the form
	square  element // what brings an integer into the form: 2^(128n) mod m
	top     int     // bits of the modulus
}

func newField(m *big.Int, size int) field {
	f := field{n: size / 64, m: plain(m), top: m.BitLen()}
	f.fold = f.m == foldModulus
	if f.fold {
		f.one = element{1}
		return f
	}
	word := new(big.Int).Lsh(big.NewInt(1), 64)
	inverse := new(big.Int).ModInverse(m, word)
	f.inverse = -inverse.Uint64()
	radix := new(big.Int).Lsh(big.NewInt(1), uint(64*f.n))
	f.one = plain(new(big.Int).Mod(radix, m))
	f.square = plain(new(big.Int).Mod(new(big.Int).Mul(radix, radix), m))
	return f
}

// plain is a public number below 2^512 as an integer in words.
func plain(n *big.Int) element {
	var buf [8 * limbs]byte
	n.FillBytes(buf[:])
	var x element
	for i := range x {
		x[i] = binary.BigEndian.Uint64(buf[8*(limbs-1-i):])
	}
	return x
}

// fromBig brings a public number into the form of the field.
func (f *field) fromBig(n *big.Int) element {
	x := plain(n)
	f.enter(&x, &x)
	return x
}

// load reads little-endian bytes, at most 64, as an integer.
func load(b []byte) element {
	var buf [8 * limbs]byte
	copy(buf[:], b)
	var x element
	for i := range x {
		x[i] = binary.LittleEndian.Uint64(buf[8*i:])
	}
	clear(buf[:])
	return x
}

// store appends the lowest size bytes of an integer, little-endian.
func store(to []byte, x *element, size int) []byte {
	for i := range size / 8 {
		to = binary.LittleEndian.AppendUint64(to, x[i])
	}
	return to
}

// enter brings any integer below 2^(64n) into the form, reducing it.
func (f *field) enter(z, x *element) {
	if f.fold {
		foldReduce(z, x)
		return
	}
	f.montgomery(z, x, &f.square)
}

// leave gives back the integer, which is less than the modulus.
func (f *field) leave(z, x *element) {
	if f.fold {
		foldReduce(z, x)
		return
	}
	f.montgomery(z, x, &element{1})
}

func (f *field) mul(z, x, y *element) {
	if f.fold {
		foldMul(z, x, y)
		return
	}
	f.montgomery(z, x, y)
}

func (f *field) sqr(z, x *element) {
	if f.fold {
		foldSquare(z, x)
		return
	}
	f.montgomery(z, x, x)
}

func (f *field) add(z, x, y *element) {
	if f.fold {
		foldAdd(z, x, y)
		return
	}
	var t element
	var carry uint64
	for i := range t {
		t[i], carry = bits.Add64(x[i], y[i], carry)
	}
	if f.n < limbs {
		carry, t[f.n] = t[f.n], 0
	}
	f.subtractOnce(z, &t, carry)
}

func (f *field) sub(z, x, y *element) {
	if f.fold {
		foldSub(z, x, y)
		return
	}
	var t element
	var borrow, carry uint64
	for i := range f.n {
		t[i], borrow = bits.Sub64(x[i], y[i], borrow)
	}
	for i := range f.n {
		t[i], carry = bits.Add64(t[i], f.m[i]&-borrow, carry)
	}
	*z = t
}

func (f *field) neg(z, x *element) { f.sub(z, &element{}, x) }

// double adds x to itself so many times over: z = 2^times·x.
func (f *field) double(z, x *element, times int) {
	f.add(z, x, x)
	for range times - 1 {
		f.add(z, z, z)
	}
}

// isZero is 1 when the residue is zero and else 0.
func (f *field) isZero(x *element) uint64 {
	t := *x
	if f.fold {
		foldReduce(&t, x)
	}
	return zero(&t)
}

// isEqual is 1 when the residues are equal and else 0.
func (f *field) isEqual(x, y *element) uint64 {
	var t element
	f.sub(&t, x, y)
	return f.isZero(&t)
}

// zero is 1 when every word is zero and else 0.
func zero(x *element) uint64 {
	var all uint64
	for _, word := range x {
		all |= word
	}
	return 1 ^ (all|-all)>>63
}

// less is 1 when the integer x is less than y and else 0.
func less(x, y *element) uint64 {
	var borrow uint64
	for i := range x {
		_, borrow = bits.Sub64(x[i], y[i], borrow)
	}
	return borrow
}

// choose sets z to x where yes is 1 and leaves it where yes is 0.
func (z *element) choose(x *element, yes uint64) {
	mask := -yes
	for i := range z {
		z[i] ^= (z[i] ^ x[i]) & mask
	}
}

// subtractOnce is t − m where carry·2^(64n) + t is not less than m, and else t.
func (f *field) subtractOnce(z, t *element, carry uint64) {
	var u element
	var borrow uint64
	for i := range f.n {
		u[i], borrow = bits.Sub64(t[i], f.m[i], borrow)
	}
	*z = *t
	z.choose(&u, carry|(1^borrow))
}

// montgomery is x·y/2^(64n) mod m, for one of the factors less than m and the other less than 2^(64n).
func (f *field) montgomery(z, x, y *element) {
	var t [limbs + 2]uint64
	for i := range f.n {
		var carry uint64
		for j := range f.n {
			t[j], carry = multiplyAdd(x[j], y[i], t[j], carry)
		}
		t[f.n], carry = bits.Add64(t[f.n], carry, 0)
		t[f.n+1] = carry

		factor := t[0] * f.inverse
		_, carry = multiplyAdd(factor, f.m[0], t[0], 0)
		for j := 1; j < f.n; j++ {
			t[j-1], carry = multiplyAdd(factor, f.m[j], t[j], carry)
		}
		t[f.n-1], carry = bits.Add64(t[f.n], carry, 0)
		t[f.n] = t[f.n+1] + carry
	}
	var low element
	copy(low[:f.n], t[:f.n])
	f.subtractOnce(z, &low, t[f.n])
}

// multiplyAdd is x·y + a + b in two words, the lower one first.
func multiplyAdd(x, y, a, b uint64) (low, high uint64) {
	high, low = bits.Mul64(x, y)
	var carry uint64
	low, carry = bits.Add64(low, a, 0)
	high += carry
	low, carry = bits.Add64(low, b, 0)
	return low, high + carry
}

// invert is x⁻¹ by Fermat's little theorem, x^(m−2), and zero for zero. The exponent is public: only it steers.
func (f *field) invert(z, x *element) {
	if f.fold {
		foldInvert(z, x)
		return
	}
	exponent := f.m
	exponent[0] -= 2 // an odd prime of this size ends in more than 1
	var powers [16]element
	powers[0], powers[1] = f.one, *x
	for i := 2; i < len(powers); i++ {
		f.mul(&powers[i], &powers[i-1], x)
	}
	result := f.one
	for i := f.n*16 - 1; i >= 0; i-- {
		for range 4 {
			f.sqr(&result, &result)
		}
		if digit := exponent[i/16] >> (4 * (i % 16)) & 15; digit != 0 {
			f.mul(&result, &result, &powers[digit])
		}
	}
	*z = result
}

// advance adds an integer to x. It is false when the sum doesn't fit.
func (x *element) advance(by *element) bool {
	var carry uint64
	for i := range x {
		x[i], carry = bits.Add64(x[i], by[i], carry)
	}
	return carry == 0
}

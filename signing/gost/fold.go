package gost

import "math/bits"

// The arithmetic modulo p = 2^512 − 569 (RFC 7836, the p of the sets 512 A and C). What overflows 2^512 comes back
// multiplied by 569.
const foldFactor = 569

var foldModulus = element{
	1<<64 - foldFactor, 1<<64 - 1, 1<<64 - 1, 1<<64 - 1, 1<<64 - 1, 1<<64 - 1, 1<<64 - 1, 1<<64 - 1,
}

// foldReduce is the least residue of a number below 2^512.
func foldReduce(z, x *element) {
	var t element
	var carry uint64
	t[0], carry = bits.Add64(x[0], foldFactor, 0)
	for i := 1; i < limbs; i++ {
		t[i], carry = bits.Add64(x[i], 0, carry)
	}
	*z = *x
	z.choose(&t, carry)
}

func foldAddGeneric(z, x, y *element) {
	var t element
	var carry uint64
	for i := range t {
		t[i], carry = bits.Add64(x[i], y[i], carry)
	}
	foldCarry(z, &t, carry*foldFactor)
}

// foldCarry is t + more, where more is less than 2^64. When that overflows, what is left is small, so that the last
// addition can't.
func foldCarry(z, t *element, more uint64) {
	var carry uint64
	z[0], carry = bits.Add64(t[0], more, 0)
	for i := 1; i < limbs; i++ {
		z[i], carry = bits.Add64(t[i], 0, carry)
	}
	z[0] += carry * foldFactor
}

func foldSubGeneric(z, x, y *element) {
	var t element
	var borrow uint64
	for i := range t {
		t[i], borrow = bits.Sub64(x[i], y[i], borrow)
	}
	z[0], borrow = bits.Sub64(t[0], borrow*foldFactor, 0)
	for i := 1; i < limbs; i++ {
		z[i], borrow = bits.Sub64(t[i], 0, borrow)
	}
	z[0] -= borrow * foldFactor
}

func foldMulGeneric(z, x, y *element) {
	var t [2 * limbs]uint64
	for i := range limbs {
		var carry uint64
		for j := range limbs {
			t[i+j], carry = multiplyAdd(x[j], y[i], t[i+j], carry)
		}
		t[i+limbs] = carry
	}
	foldWide(z, &t)
}

func foldSquareGeneric(z, x *element) {
	var t [2 * limbs]uint64
	for i := range limbs - 1 { // every product of two different words, once
		var carry uint64
		for j := i + 1; j < limbs; j++ {
			t[i+j], carry = multiplyAdd(x[j], x[i], t[i+j], carry)
		}
		t[i+limbs] = carry
	}
	var carry, top uint64
	for i := range limbs { // doubled, and the squares
		high, low := bits.Mul64(x[i], x[i])
		even, odd := t[2*i]<<1|top, t[2*i+1]<<1|t[2*i]>>63
		top = t[2*i+1] >> 63
		t[2*i], carry = bits.Add64(even, low, carry)
		t[2*i+1], carry = bits.Add64(odd, high, carry)
	}
	foldWide(z, &t)
}

// foldWide brings a product back below 2^512.
func foldWide(z *element, t *[2 * limbs]uint64) {
	var low element
	var carry uint64
	for i := range low {
		low[i], carry = multiplyAdd(t[limbs+i], foldFactor, t[i], carry)
	}
	foldCarry(z, &low, carry*foldFactor)
}

// foldInvert is x^(p−2). The exponent 2^512 − 571 is 502 ones and then 0111000101.
func foldInvert(z, x *element) {
	squares := func(z *element, times int) {
		for range times {
			foldSquare(z, z)
		}
	}
	ones := func(z, x, y *element, times int) { // z = x^(2^times)·y
		t := *x
		squares(&t, times)
		foldMul(z, &t, y)
	}
	var x2, x3, x6, x7, x14, x15, x30, x31, x62, x124, x125, x250, x251, t element // x_k = x^(2^k − 1)
	ones(&x2, x, x, 1)
	ones(&x3, &x2, x, 1)
	ones(&x6, &x3, &x3, 3)
	ones(&x7, &x6, x, 1)
	ones(&x14, &x7, &x7, 7)
	ones(&x15, &x14, x, 1)
	ones(&x30, &x15, &x15, 15)
	ones(&x31, &x30, x, 1)
	ones(&x62, &x31, &x31, 31)
	ones(&x124, &x62, &x62, 62)
	ones(&x125, &x124, x, 1)
	ones(&x250, &x125, &x125, 125)
	ones(&x251, &x250, x, 1)
	ones(&t, &x251, &x251, 251) // 502 ones
	ones(&t, &t, &x3, 4)        // 0111
	ones(&t, &t, x, 4)          // 0001
	ones(z, &t, x, 2)           // 01
}

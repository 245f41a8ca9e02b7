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
		addRow((*[limbs + 1]uint64)(t[i:]), x, y[i])
	}
	// The highest words times 569 go to the lowest; what overflows takes the place of the first of the highest.
	addRow((*[limbs + 1]uint64)(t[:]), (*element)(t[limbs:]), foldFactor)
	foldCarry(z, (*element)(t[:]), t[limbs]*foldFactor)
}

func foldSquareGeneric(z, x *element) { foldMulGeneric(z, x, x) }

// addRow adds x·y to the lower words of t and makes the highest one what overflows. Unrolled, it keeps its carries in
// the processor's flag, which halves the time of a product.
func addRow(t *[limbs + 1]uint64, x *element, y uint64) {
	var c uint64
	h0, l0 := bits.Mul64(x[0], y)
	h1, l1 := bits.Mul64(x[1], y)
	h2, l2 := bits.Mul64(x[2], y)
	h3, l3 := bits.Mul64(x[3], y)
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h4, l4 := bits.Mul64(x[4], y)
	l4, c = bits.Add64(l4, h3, c)
	h5, l5 := bits.Mul64(x[5], y)
	l5, c = bits.Add64(l5, h4, c)
	h6, l6 := bits.Mul64(x[6], y)
	l6, c = bits.Add64(l6, h5, c)
	h7, l7 := bits.Mul64(x[7], y)
	l7, c = bits.Add64(l7, h6, c)
	h7 += c
	t[0], c = bits.Add64(t[0], l0, 0)
	t[1], c = bits.Add64(t[1], l1, c)
	t[2], c = bits.Add64(t[2], l2, c)
	t[3], c = bits.Add64(t[3], l3, c)
	t[4], c = bits.Add64(t[4], l4, c)
	t[5], c = bits.Add64(t[5], l5, c)
	t[6], c = bits.Add64(t[6], l6, c)
	t[7], c = bits.Add64(t[7], l7, c)
	t[8] = h7 + c
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

package gost

import "math/bits"

// A comb holds the odd multiples 1, 3 … 63 of 2^(6i)·B for every digit i of a scalar in base 64, so that a multiple of
// B takes one addition a digit and no doubling. It is the same for a fixed base of secrets (G) and for a public key.
const (
	combWidth = 6
	combHalf  = 1 << (combWidth - 1)
)

type comb struct{ windows [][combHalf]affine }

// newComb takes some milliseconds and, for 512 bits, 352 KB. The base is of order q.
func (c *Curve) newComb(base *affine) *comb {
	all := make([]jacobian, 0, c.windows*combHalf)
	next := jacobian{base.x, base.y, c.p.one}
	for range c.windows {
		multiple, twice := next, next
		c.double(&twice)
		all = append(all, multiple)
		for range combHalf - 1 {
			c.add(&multiple, &twice, false)
			all = append(all, multiple)
		}
		next = twice
		for range combWidth - 1 {
			c.double(&next)
		}
	}
	points := c.normalise(all)
	table := &comb{windows: make([][combHalf]affine, c.windows)}
	for i := range table.windows {
		copy(table.windows[i][:], points[i*combHalf:])
	}
	return table
}

// normalise brings points to z = 1 with one inversion for all (Montgomery's trick). None of them is infinity.
func (c *Curve) normalise(points []jacobian) []affine {
	f := &c.p
	before := make([]element, len(points)) // the product of all z before a point
	product := f.one
	for i := range points {
		before[i] = product
		f.mul(&product, &product, &points[i].z)
	}
	var inverse element
	f.invert(&inverse, &product)
	out := make([]affine, len(points))
	for i := len(points) - 1; i >= 0; i-- {
		var own, square element
		f.mul(&own, &inverse, &before[i])
		f.mul(&inverse, &inverse, &points[i].z)
		f.sqr(&square, &own)
		f.mul(&out[i].x, &points[i].x, &square)
		f.mul(&square, &square, &own)
		f.mul(&out[i].y, &points[i].y, &square)
		if f.fold {
			foldReduce(&out[i].x, &out[i].x)
			foldReduce(&out[i].y, &out[i].y)
		}
	}
	return out
}

// odd gives the one of k and q − k that is odd, and 1 where that is q − k. For k = 0 it is q.
func (c *Curve) odd(k *element) (odd element, negative uint64) {
	var borrow uint64
	for i := range odd {
		odd[i], borrow = bits.Sub64(c.q.m[i], k[i], borrow)
	}
	negative = 1 ^ k[0]&1
	odd.choose(k, 1^negative)
	return odd, negative
}

// digit is the i-th digit of an odd integer in base 64, where the digits are the odd numbers from −63 to 63: the place
// of its absolute value in a window, and 1 where it is negative. Every number below 64ⁿ is 2K + 1 − 64ⁿ for a K of n
// digits v in the usual base 64, and so the sum of the (2v − 63)·64ⁱ; K is half the number and, in its highest digit, 32.
func (c *Curve) digit(k *element, i int) (place, negative uint64) {
	at := i*combWidth + 1
	var v uint64
	if at/64 == limbs-1 {
		v = k[limbs-1] >> (at % 64)
	} else {
		v = k[at/64]>>(at%64) | k[at/64+1]<<1<<(63-at%64)
	}
	if i == c.windows-1 {
		v |= combHalf
	}
	negative = 1 ^ v>>(combWidth-1)&1
	return (v ^ -negative) & (combHalf - 1), negative
}

// multiplySecret is k·B for a secret k < q.
//
// The digits below the i-th sum up to less than 64ⁱ, and the i-th digit isn't zero: so long as 64ⁱ⁺¹ < q, the point to
// add is neither the sum so far nor its opposite, and the quick formulas meet no exception. The last one or two
// additions, where that is not so, take the formulas that have none.
func (c *Curve) multiplySecret(k *element, table *comb) projective {
	scalar, opposite := c.odd(k)
	entry := c.entry(&scalar, 0, table)
	sum := jacobian{entry.x, entry.y, c.p.one}
	last := (c.q.top - 1) / combWidth // the first digit for which it is not so
	for i := 1; i < last; i++ {
		entry = c.entry(&scalar, i, table)
		c.addDistinct(&sum, &entry)
	}
	result := c.toProjective(&sum)
	for i := last; i < c.windows; i++ {
		entry = c.entry(&scalar, i, table)
		before := result
		c.addSecret(&result, &before, &entry)
	}
	var minus element
	c.p.neg(&minus, &result.y)
	result.y.choose(&minus, opposite)
	clear(scalar[:])
	return result
}

// entry is the point that the i-th digit stands for.
func (c *Curve) entry(k *element, i int, table *comb) affine {
	var entry affine
	var minus element
	place, negative := c.digit(k, i)
	lookUp(&entry, &table.windows[i], place)
	c.p.neg(&minus, &entry.y)
	entry.y.choose(&minus, negative)
	return entry
}

// lookUpGeneric reads every entry and keeps the one that is asked for.
func lookUpGeneric(entry *affine, window *[combHalf]affine, place uint64) {
	*entry = affine{}
	for i := range window {
		difference := uint64(i) ^ place
		mask := -((difference - 1) &^ difference >> 63) // all ones where they are equal
		for j := range limbs {
			entry.x[j] |= window[i].x[j] & mask
			entry.y[j] |= window[i].y[j] & mask
		}
	}
}

// term is a point of a sum, to be taken away where minus is 1.
type term struct {
	point *affine
	minus uint64
}

// The most digits that a scalar has in a comb.
const maxWindows = 64*limbs/combWidth + 1

// terms appends those whose sum is k·B, k being public.
func (c *Curve) terms(to []term, k *element, table *comb) []term {
	scalar, opposite := c.odd(k)
	for i := range table.windows {
		place, negative := c.digit(&scalar, i)
		to = append(to, term{&table.windows[i][place], negative ^ opposite})
	}
	return to
}

// addTerms adds public terms, eight at a time where the machine has the instructions.
func (c *Curve) addTerms(sum *jacobian, terms []term) {
	for _, t := range c.addByLanes(sum, terms) {
		c.addAffine(sum, t.point, t.minus == 1)
	}
}

// The odd multiples of a point that multiply keeps: 1, 3 … 15.
const (
	oddWidth = 5
	odds     = 1 << (oddWidth - 2)
)

// multiply is k·B for a public k and a point without a comb.
func (c *Curve) multiply(k *element, base *affine) jacobian {
	var table [odds]jacobian
	table[0] = jacobian{base.x, base.y, c.p.one}
	twice := table[0]
	c.double(&twice)
	for i := 1; i < odds; i++ {
		table[i] = table[i-1]
		if c.isInfinity(&twice) {
			continue
		}
		c.add(&table[i], &twice, false)
	}
	sum := jacobian{x: c.p.one, y: c.p.one}
	digits := oddDigits(k)
	for i := len(digits) - 1; i >= 0; i-- {
		if !c.isInfinity(&sum) {
			c.double(&sum)
		}
		switch d := digits[i]; {
		case d > 0:
			c.addAny(&sum, &table[d/2], false)
		case d < 0:
			c.addAny(&sum, &table[-d/2], true)
		}
	}
	return sum
}

// addAny is add, for a q that may be infinity too: a point of small order has such multiples.
func (c *Curve) addAny(p, q *jacobian, minus bool) {
	if !c.isInfinity(q) {
		c.add(p, q, minus)
	}
}

// oddDigits is the non-adjacent form of width 5: digits are zero or odd, from −15 to 15, and of five neighbours at most
// one isn't zero.
func oddDigits(k *element) [64*limbs + 1]int8 {
	var digits [64*limbs + 1]int8
	var carry uint64
	for i := 0; i < len(digits); {
		if bit(k, i) == carry {
			i++
			continue
		}
		value := carry
		for j := range oddWidth {
			value += bit(k, i+j) << j
		}
		carry = value >> (oddWidth - 1)
		digits[i] = int8(value) - int8(carry<<oddWidth)
		for range oddWidth {
			i++
			if i == len(digits) {
				break
			}
		}
	}
	return digits
}

func bit(x *element, i int) uint64 {
	if i >= 64*limbs {
		return 0
	}
	return x[i/64] >> (i % 64) & 1
}

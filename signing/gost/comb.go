package gost

// A comb holds the multiples 1…32 of 2^(6i)·B for every digit i of a scalar in base 64, so that a multiple of B takes
// one addition a digit and no doubling. It is the same for a fixed base of secrets (G) and for a public key.
const (
	combWidth = 6
	combHalf  = 1 << (combWidth - 1)
)

type comb struct{ windows [][combHalf]affine }

// newComb takes some milliseconds and, for 512 bits, 352 KB.
func (c *Curve) newComb(base *affine) *comb {
	all := make([]jacobian, 0, c.windows*combHalf)
	next := jacobian{base.x, base.y, c.p.one}
	for range c.windows {
		multiple := next
		all = append(all, multiple)
		for range combHalf - 1 {
			c.add(&multiple, &next, false)
			all = append(all, multiple)
		}
		next = multiple
		c.double(&next)
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

// digit is the i-th digit of an integer in base 64 with digits from −32 to 32 (Booth's recoding): its absolute value,
// and 1 where it is negative.
func digit(x *element, i int) (absolute, negative uint64) {
	at := i*combWidth - 1
	var bits uint64 // the digit's own bits, and below them the highest bit of the digit before
	switch {
	case at < 0:
		bits = x[0] << 1
	case at/64 == limbs-1:
		bits = x[limbs-1] >> (at % 64)
	case at/64 < limbs-1:
		bits = x[at/64]>>(at%64) | x[at/64+1]<<1<<(63-at%64)
	}
	bits &= 1<<(combWidth+1) - 1
	negative = bits >> combWidth
	mask := -negative
	bits = (bits &^ mask) | (1<<(combWidth+1)-1-bits)&mask
	return bits>>1 + bits&1, negative
}

// multiplySecret is k·B for a secret k < q.
func (c *Curve) multiplySecret(k *element, table *comb) projective {
	sum := projective{y: c.p.one}
	var next projective
	var entry affine
	var minus element
	for i := range table.windows {
		absolute, negative := digit(k, i)
		lookUp(&entry, &table.windows[i], absolute)
		c.p.neg(&minus, &entry.y)
		entry.y.choose(&minus, negative)
		c.addSecret(&next, &sum, &entry)
		sum.choose(&next, 1^zero(&element{absolute}))
	}
	return sum
}

// lookUp reads every entry and keeps the one that is asked for, counted from 1; zeros for 0.
func lookUp(entry *affine, window *[combHalf]affine, number uint64) {
	*entry = affine{}
	for i := range window {
		difference := uint64(i+1) ^ number
		mask := -((difference - 1) &^ difference >> 63) // all ones where they are equal
		for j := range limbs {
			entry.x[j] |= window[i].x[j] & mask
			entry.y[j] |= window[i].y[j] & mask
		}
	}
}

// addMultiple adds k·B to p, k being public.
func (c *Curve) addMultiple(p *jacobian, k *element, table *comb) {
	for i := range table.windows {
		if absolute, negative := digit(k, i); absolute != 0 {
			c.addAffine(p, &table.windows[i][absolute-1], negative == 1)
		}
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

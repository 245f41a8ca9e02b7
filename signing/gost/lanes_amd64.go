package gost

import "golang.org/x/sys/cpu"

// hasLanes tells whether the machine has the products of AVX-512 IFMA, as those of Intel have since 2019 and of AMD
// since 2022.
func hasLanes() bool { return cpu.X86.HasAVX512IFMA && cpu.X86.HasAVX512VBMI2 }

// lanes are eight numbers modulo p = 2^512 − 569 side by side, each of ten words of 52 bits: word i of number n is
// lanes[i][n]. Words are less than 2^52 and numbers at most 2^512 + 2^26; a number stands for its residue.
type lanes [10][8]uint64

// at is one of the eight.
func (z *lanes) at(n int) element {
	var x element
	for i := range z {
		word, shift := i*52/64, i*52%64
		x[word] |= z[i][n] << shift
		if shift > 12 && word+1 < limbs {
			x[word+1] |= z[i][n] >> (64 - shift)
		}
	}
	foldCarry(&x, &x, z[9][n]>>44*foldFactor)
	return x
}

// eightPoints are points (x/zz, y/zzz) with zz³ = zzz², infinity having zz = 0, and the room to calculate with them.
type eightPoints struct {
	x, y, zz, zzz   lanes
	h, r, hh, hhh   lanes
	v, nextX, nextY lanes
}

// addNext adds to each point its next one (madd-2008-s). Where both have the same x, it leaves infinity, whatever the
// sum; and from infinity no addition leads away.
func (p *eightPoints) addNext() {
	lanesMul(&p.h, &p.nextX, &p.zz)
	lanesMul(&p.r, &p.nextY, &p.zzz)
	lanesSub(&p.h, &p.h, &p.x)
	lanesSub(&p.r, &p.r, &p.y)
	lanesSquare(&p.hh, &p.h)
	lanesMul(&p.v, &p.x, &p.hh)
	lanesMul(&p.hhh, &p.hh, &p.h)
	lanesSquare(&p.x, &p.r)
	lanesMul(&p.zz, &p.zz, &p.hh)
	lanesSubTwice(&p.x, &p.x, &p.hhh, &p.v)
	lanesMul(&p.y, &p.y, &p.hhh)
	lanesSub(&p.v, &p.v, &p.x)
	lanesMul(&p.zzz, &p.zzz, &p.hhh)
	lanesMul(&p.v, &p.v, &p.r)
	lanesSub(&p.y, &p.v, &p.y)
}

// addByLanes adds as many of the terms as it can, eight sums side by side, and returns those that are left: fewer than
// eight, or all of them where the machine can't, or where the quick formulas met an exception, which they do by
// somebody's intent alone.
func (c *Curve) addByLanes(sum *jacobian, terms []term) []term {
	if !c.p.fold || !hasLanes() || len(terms) < 8 {
		return terms
	}
	var p eightPoints
	x, y, rest := &p.x, &p.y, terms
	for len(rest) >= 8 {
		eight := (*[8]term)(rest)
		rest = rest[8:]
		next := eight
		if len(rest) >= 8 {
			next = (*[8]term)(rest)
		}
		lanesTake(x, y, eight, next, minuses(eight))
		if x == &p.x {
			p.zz[0] = [8]uint64{1, 1, 1, 1, 1, 1, 1, 1}
			p.zzz[0] = p.zz[0]
			x, y = &p.nextX, &p.nextY
			continue
		}
		p.addNext()
	}
	lanesMul(&p.x, &p.x, &p.zz) // to z = zz: x/zz = x·zz/z² and y/zzz = y·zzz/z³
	lanesMul(&p.y, &p.y, &p.zzz)
	all := *sum
	for n := range 8 {
		one := jacobian{p.x.at(n), p.y.at(n), p.zz.at(n)}
		if c.isInfinity(&one) {
			return terms
		}
		c.add(&all, &one, false)
	}
	*sum = all
	return rest
}

// minuses has a bit for every term that is to be taken away.
func minuses(terms *[8]term) (bits uint64) {
	for n := range terms {
		bits |= terms[n].minus << n
	}
	return bits
}

//go:noescape
func lanesMul(z, x, y *lanes)

//go:noescape
func lanesSquare(z, x *lanes)

// lanesSub is x − y.
//
//go:noescape
func lanesSub(z, x, y *lanes)

// lanesSubTwice is x − y − 2v.
//
//go:noescape
func lanesSubTwice(z, x, y, v *lanes)

// lanesTake is the x and y of the terms' points, which are fully reduced, and −y where minus has a bit. It has the
// points of the next terms fetched from memory.
//
//go:noescape
func lanesTake(x, y *lanes, terms, next *[8]term, minus uint64)

package gost

import (
	"fmt"
	"math/big"
	"testing"
)

func TestACurveIsFoundByTheIdentifierThatAKeyNames(t *testing.T) {
	for oid, want := range map[string]*Curve{
		"1.2.398.3.10.1.1.2.2.1": ParamSet512A(),
		"1.2.398.3.10.1.1.2.1.1": ParamSet256A(),
		"1.2.643.7.1.2.1.2.1":    ParamSet512A(),
		"1.2.643.7.1.2.1.2.2":    ParamSet512B(),
		"1.2.643.7.1.2.1.2.3":    ParamSet512C(),
		"1.2.643.7.1.2.1.1.1":    ParamSet256A(),
		"1.2.643.2.2.35.1":       ParamSet256B(),
		"1.2.643.2.2.35.2":       ParamSet256C(),
		"1.2.643.2.2.36.1":       ParamSet256D(),
		"1.2.398.3.10.1.1.1.1":   nil,
	} {
		if got, found := CurveByOID(oid); got != want || found != (want != nil) {
			t.Errorf("%s is %v", oid, got)
		}
	}
	for _, c := range everyCurve() {
		if got, _ := CurveByOID(c.OID()); got != c {
			t.Errorf("%s isn't found by its own identifier", c.Name())
		}
	}
}

func TestTheBaseLiesOnItsCurveAndHasTheOrderQ(t *testing.T) {
	for _, c := range append(everyCurve(), examples256(), examples512()) {
		if !c.isOnCurve(&c.g) {
			t.Errorf("%s: it doesn't lie on the curve", c.Name())
		}
		if product := c.multiply(&c.q.m, &c.g); !c.isInfinity(&product) {
			t.Errorf("%s: q·G is not infinity", c.Name())
		}
		for _, prime := range []element{c.p.m, c.q.m} {
			if !prime.big().ProbablyPrime(20) {
				t.Errorf("%s: %x is no prime", c.Name(), prime.big())
			}
		}
	}
}

// edgeScalars are where recodings and formulas tend to break, and some in between.
func edgeScalars(t testing.TB, c *Curve) []*big.Int {
	t.Helper()
	q := c.q.m.big()
	scalars := []*big.Int{
		new(big.Int), big.NewInt(1), big.NewInt(2), big.NewInt(31), big.NewInt(32), big.NewInt(33), big.NewInt(63),
		big.NewInt(64), big.NewInt(65), new(big.Int).Sub(q, big.NewInt(1)), new(big.Int).Sub(q, big.NewInt(2)),
		new(big.Int).Rsh(q, 1), new(big.Int).Lsh(big.NewInt(1), uint(q.BitLen()-1)),
	}
	// where the last addition of a comb meets twice the same point
	for digit := int64(1); digit < 64; digit += 2 {
		k := new(big.Int).Lsh(big.NewInt(2*digit), uint(combWidth*(c.windows-1)))
		if k.Sub(k, q).Sign() > 0 && k.Cmp(q) < 0 {
			scalars = append(scalars, k, new(big.Int).Sub(q, k))
		}
	}
	for range 6 {
		scalars = append(scalars, randomBelow(t, q))
	}
	return scalars
}

func TestEveryWayToMultiplyIsThatOfTheTextbook(t *testing.T) {
	for _, c := range append(everyCurve(), examples256(), examples512()) {
		t.Run(c.Name(), func(t *testing.T) {
			book := textbook(c)
			for _, k := range edgeScalars(t, c) {
				want := book.multiply(k, book.g)
				scalar := plain(k)

				secret := c.multiplySecret(&scalar, c.base())
				if got := c.ofProjective(&secret); !same(got, want) {
					t.Errorf("%x·G with the secret's care is %v, want %v", k, got, want)
				}
				public := c.multiply(&scalar, &c.g)
				if got := c.ofJacobian(&public); !same(got, want) {
					t.Errorf("%x·G with doublings is %v, want %v", k, got, want)
				}
				combed := jacobian{x: c.p.one, y: c.p.one}
				c.addTerms(&combed, c.terms(nil, &scalar, c.base()))
				if got := c.ofJacobian(&combed); !same(got, want) {
					t.Errorf("%x·G with the table is %v, want %v", k, got, want)
				}
			}
		})
	}
}

// Sums of a few small multiples of G, infinity among them, meet every special case of the formulas.
func TestTheLawsOfTheGroupHold(t *testing.T) {
	for _, c := range append(everyCurve(), examples256(), examples512()) {
		t.Run(c.Name(), func(t *testing.T) {
			book := textbook(c)
			var points []*bigPoint
			for k := range int64(4) {
				p := book.multiply(big.NewInt(k), book.g)
				points = append(points, p, book.negative(p))
			}
			points = append(points, book.multiply(randomBelow(t, book.q), book.g))
			for i, p := range points {
				twice := c.toJacobian(t, p)
				c.double(&twice)
				if got := c.ofJacobian(&twice); !same(got, book.add(p, p)) {
					t.Errorf("twice point %d is %v", i, got)
				}
				for j, q := range points {
					c.checkSums(t, fmt.Sprintf("%d + %d", i, j), p, q)
				}
			}
		})
	}
}

func (c *Curve) checkSums(t *testing.T, name string, p, q *bigPoint) {
	t.Helper()
	if q == nil {
		return // as the second summand infinity has no form
	}
	book := textbook(c)
	second := affine{c.p.fromBig(q.x), c.p.fromBig(q.y)}
	for _, minus := range []bool{false, true} {
		want := book.add(p, q)
		if minus {
			want = book.add(p, book.negative(q))
		}
		sum := c.toJacobian(t, p)
		c.addAffine(&sum, &second, minus)
		if got := c.ofJacobian(&sum); !same(got, want) {
			t.Errorf("%s (mixed, %v) is %v, want %v", name, minus, got, want)
		}
		sum = c.toJacobian(t, p)
		other := c.toJacobian(t, q)
		c.add(&sum, &other, minus)
		if got := c.ofJacobian(&sum); !same(got, want) {
			t.Errorf("%s (%v) is %v, want %v", name, minus, got, want)
		}
	}
	first := projective{y: c.p.one}
	if p != nil {
		first = projective{c.p.fromBig(p.x), c.p.fromBig(p.y), c.p.one}
		scale := c.p.fromBig(randomBelow(t, book.p))
		c.p.mul(&first.x, &first.x, &scale)
		c.p.mul(&first.y, &first.y, &scale)
		first.z = scale
	}
	var sum projective
	c.addSecret(&sum, &first, &second)
	if got := c.ofProjective(&sum); !same(got, book.add(p, q)) {
		t.Errorf("%s (complete) is %v, want %v", name, got, book.add(p, q))
	}
}

// toJacobian gives the point a random denominator.
func (c *Curve) toJacobian(t *testing.T, p *bigPoint) jacobian {
	t.Helper()
	if p == nil {
		return jacobian{x: c.p.one, y: c.p.one}
	}
	z := randomBelow(t, c.p.m.big())
	z.Add(z, big.NewInt(1))
	scale := c.p.fromBig(z)
	j := jacobian{c.p.fromBig(p.x), c.p.fromBig(p.y), scale}
	var power element
	c.p.sqr(&power, &scale)
	c.p.mul(&j.x, &j.x, &power)
	c.p.mul(&power, &power, &scale)
	c.p.mul(&j.y, &j.y, &power)
	return j
}

func (c *Curve) ofJacobian(p *jacobian) *bigPoint {
	if c.isInfinity(p) {
		return nil
	}
	one := c.normalise([]jacobian{*p})[0]
	return c.ofAffine(&one)
}

func (c *Curve) ofProjective(p *projective) *bigPoint {
	if c.p.isZero(&p.z) == 1 {
		return nil
	}
	one := c.toAffine(p)
	return c.ofAffine(&one)
}

func (c *Curve) ofAffine(p *affine) *bigPoint {
	var x, y element
	c.p.leave(&x, &p.x)
	c.p.leave(&y, &p.y)
	return &bigPoint{x.big(), y.big()}
}

func same(p, q *bigPoint) bool {
	if p == nil || q == nil {
		return p == q
	}
	return p.x.Cmp(q.x) == 0 && p.y.Cmp(q.y) == 0
}

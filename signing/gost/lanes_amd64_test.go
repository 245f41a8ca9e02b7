package gost

import (
	"bytes"
	"math/big"
	"slices"
	"testing"
)

func needLanes(t testing.TB) {
	t.Helper()
	if !hasLanes() {
		t.Skip("this processor has no AVX-512 IFMA and VBMI2")
	}
}

// set puts a number, not necessarily reduced, in the place of the n-th.
func (z *lanes) set(n int, x *element) {
	rest := x.big()
	for i := range z {
		word := new(big.Int).And(rest, big.NewInt(1<<52-1))
		z[i][n] = word.Uint64()
		rest.Rsh(rest, 52)
	}
}

// checkLanes holds everything that is done to eight numbers against math/big.
func checkLanes(t *testing.T, a, b, d *[8]element) {
	t.Helper()
	p := foldModulus.big()
	var x, y, v lanes
	var terms [8]term
	for n := range 8 {
		x.set(n, &a[n])
		y.set(n, &b[n])
		v.set(n, &d[n])
		terms[n] = term{&affine{a[n], b[n]}, d[n][0] & 1}
		foldReduce(&terms[n].point.x, &a[n])
		foldReduce(&terms[n].point.y, &b[n])
	}
	check := func(name string, z *lanes, want func(a, b, d *big.Int) *big.Int) {
		t.Helper()
		for n := range 8 {
			for i, word := range z {
				if word[n]>>52 != 0 || i == 9 && word[n] > 1<<44 {
					t.Errorf("%s: word %d of number %d is %x", name, i, n, word[n])
				}
			}
			number := z.at(n)
			got, want := new(big.Int).Mod(number.big(), p), want(a[n].big(), b[n].big(), d[n].big())
			if got.Cmp(want.Mod(want, p)) != 0 {
				t.Errorf("%s: a = %x, b = %x, d = %x: %x, want %x", name, a[n].big(), b[n].big(), d[n].big(), got, want)
			}
		}
	}
	product := func(a, b, _ *big.Int) *big.Int { return new(big.Int).Mul(a, b) }
	square := func(a, _, _ *big.Int) *big.Int { return new(big.Int).Mul(a, a) }
	difference := func(a, b, _ *big.Int) *big.Int { return new(big.Int).Sub(a, b) }
	var z, z2 lanes
	lanesMul(&z, &x, &y)
	check("a·b", &z, product)
	lanesMul(&z, &x, &x)
	check("a·a", &z, square)
	lanesSquare(&z, &x)
	check("a²", &z, square)
	lanesSub(&z, &x, &y)
	check("a − b", &z, difference)
	lanesSubTwice(&z, &x, &y, &v)
	check("a − b − 2d", &z, func(a, b, d *big.Int) *big.Int {
		return difference(difference(a, b, nil), new(big.Int).Lsh(d, 1), nil)
	})
	lanesTake(&z, &z2, &terms, &terms, minuses(&terms))
	check("x", &z, func(a, _, _ *big.Int) *big.Int { return a })
	check("±y", &z2, func(_, b, d *big.Int) *big.Int {
		if d.Bit(0) == 1 {
			return b.Neg(b)
		}
		return b
	})
	z = x // the result may take the place of an operand
	lanesMul(&z, &z, &y)
	check("a·b in place", &z, product)
	z = y
	lanesSub(&z, &x, &z)
	check("a − b in place", &z, difference)
}

func TestEightNumbersAtOnceAreThatOfTheTextbook(t *testing.T) {
	needLanes(t)
	edges := edgeElements(t)
	edges = append(edges, element{1<<52 - 1}, element{1 << 52}, element{0xfff << 52, 1<<40 - 1})
	for shift := range edges {
		for from := range slices.Chunk(edges, 8) {
			var a, b, d [8]element
			for n := range 8 {
				a[n], b[n], d[n] = from[n%len(from)], edges[(shift+n)%len(edges)], edges[(shift*shift+3*n)%len(edges)]
			}
			checkLanes(t, &a, &b, &d)
		}
	}
}

// What comes out of an operation may be a little more than 2^512: as an operand it counts all the same.
func TestEightNumbersBeyondTheRangeAreReduced(t *testing.T) {
	needLanes(t)
	var most, one, z lanes
	most[9] = [8]uint64{1 << 44, 1 << 44, 1 << 44, 1 << 44, 1 << 44, 1 << 44, 1 << 44, 1 << 44}
	most[0] = [8]uint64{0, 1, 568, 569, 1 << 20, 1<<26 - 1, 1 << 26, 7}
	one[0] = [8]uint64{1, 1, 1, 1, 1, 1, 1, 1}
	full := new(big.Int).Lsh(big.NewInt(1), 512)
	check := func(name string, want func(value *big.Int) *big.Int) {
		for n := range 8 {
			value := want(new(big.Int).Add(full, new(big.Int).SetUint64(most[0][n])))
			got := z.at(n)
			if foldReduce(&got, &got); got.big().Cmp(value.Mod(value, foldModulus.big())) != 0 {
				t.Errorf("%s of number %d is %x, want %x", name, n, got.big(), value)
			}
		}
	}
	lanesMul(&z, &most, &most)
	check("the square by a product", func(v *big.Int) *big.Int { return v.Mul(v, v) })
	lanesSquare(&z, &most)
	check("the square", func(v *big.Int) *big.Int { return v.Mul(v, v) })
	lanesSub(&z, &one, &most)
	check("what is taken from 1", func(v *big.Int) *big.Int { return v.Sub(big.NewInt(1), v) })
	lanesSubTwice(&z, &one, &most, &most)
	check("what is taken from 1 three times", func(v *big.Int) *big.Int { return v.Sub(big.NewInt(1), v.Mul(v, big.NewInt(3))) })
}

// FuzzLanes holds the assembly of eight numbers at once against math/big.
func FuzzLanes(f *testing.F) {
	needLanes(f)
	f.Add([]byte{})
	f.Add(bytes.Repeat([]byte{255}, 24*64))
	f.Add(bytes.Repeat([]byte{255, 255, 255, 255, 255, 255, 15, 0, 0, 0, 0, 0, 0}, 118))
	f.Fuzz(func(t *testing.T, from []byte) {
		var all [3][8]element
		for i, given := 0, fitted(from, 24*64); i < 24; i++ {
			all[i/8][i%8] = load(given[64*i : 64*i+64])
		}
		checkLanes(t, &all[0], &all[1], &all[2])
	})
}

// Sums whose lanes meet the same point, or opposite ones, are what the textbook says: the quick formulas know no such
// case, and leave it to those that do.
func TestASumOfManyPointsIsThatOfTheTextbook(t *testing.T) {
	for _, c := range everyCurve() {
		t.Run(c.Name(), func(t *testing.T) {
			book, table := textbook(c), c.base()
			for name, n := range map[string]func(i int) (window, place int, minus uint64){
				"none the same":      func(i int) (int, int, uint64) { return i % c.windows, i % combHalf, uint64(i) & 1 },
				"all the same":       func(int) (int, int, uint64) { return 0, 5, 0 },
				"opposite in a lane": func(i int) (int, int, uint64) { return i % 8, 1, uint64(i) / 8 & 1 },
				"opposite at last":   func(i int) (int, int, uint64) { return i % 20, 2, uint64(i) / 20 },
				"the same in a lane": func(i int) (int, int, uint64) { return i % 9 / 8, i % combHalf, 0 },
			} {
				for _, count := range []int{0, 1, 7, 8, 9, 16, 21, 40} {
					var terms []term
					var want *bigPoint
					for i := range count {
						window, place, minus := n(i)
						terms = append(terms, term{&table.windows[window][place], minus})
						p := c.ofAffine(terms[i].point)
						if minus == 1 {
							p = book.negative(p)
						}
						want = book.add(want, p)
					}
					sum := jacobian{x: c.p.one, y: c.p.one}
					c.addTerms(&sum, terms)
					if got := c.ofJacobian(&sum); !same(got, want) {
						t.Errorf("%s, %d of them: %v, want %v", name, count, got, want)
					}
				}
			}
		})
	}
}

func TestAnExceptionIsLeftToTheFormulasWithoutOne(t *testing.T) {
	needLanes(t)
	c := ParamSet512A()
	terms := make([]term, 16)
	for i := range terms {
		terms[i] = term{&c.base().windows[i][0], 0}
	}
	sum := jacobian{x: c.p.one, y: c.p.one}
	if rest := c.addByLanes(&sum, terms); len(rest) != 0 {
		t.Errorf("of 16 different points %d are left", len(rest))
	}
	terms[11] = terms[3]
	before := sum
	if rest := c.addByLanes(&sum, terms); len(rest) != 16 || sum != before {
		t.Errorf("with a point twice in a lane %d of 16 are left", len(rest))
	}
}

func BenchmarkLanes(b *testing.B) {
	needLanes(b)
	var x, y lanes
	b.Run("mul", func(b *testing.B) {
		for b.Loop() {
			lanesMul(&x, &x, &y)
		}
	})
	b.Run("square", func(b *testing.B) {
		for b.Loop() {
			lanesSquare(&x, &x)
		}
	})
	b.Run("sub", func(b *testing.B) {
		for b.Loop() {
			lanesSub(&x, &x, &y)
		}
	})
}

package gost

import (
	"bytes"
	"math/big"
	"testing"
)

// foldings are the ways that this machine has to calculate modulo 2^512 − 569.
func foldings() map[string]struct {
	mul, add, sub func(z, x, y *element)
	square        func(z, x *element)
} {
	type ways = struct {
		mul, add, sub func(z, x, y *element)
		square        func(z, x *element)
	}
	return map[string]ways{
		"in Go":           {foldMulGeneric, foldAddGeneric, foldSubGeneric, foldSquareGeneric},
		"as it is chosen": {foldMul, foldAdd, foldSub, foldSquare},
	}
}

func checkFolding(t *testing.T, x, y element) {
	t.Helper()
	p := foldModulus.big()
	check := func(name string, got element, want *big.Int) {
		t.Helper()
		want.Mod(want, p)
		if new(big.Int).Mod(got.big(), p).Cmp(want) != 0 {
			t.Errorf("%x %s %x is %x, want %x", x.big(), name, y.big(), got.big(), want)
		}
		if foldReduce(&got, &got); got.big().Cmp(want) != 0 {
			t.Errorf("%x %s %x is reduced to %x, want %x", x.big(), name, y.big(), got.big(), want)
		}
	}
	for way, f := range foldings() {
		var z element
		f.mul(&z, &x, &y)
		check("times, "+way+",", z, new(big.Int).Mul(x.big(), y.big()))
		f.add(&z, &x, &y)
		check("plus, "+way+",", z, new(big.Int).Add(x.big(), y.big()))
		f.sub(&z, &x, &y)
		check("minus, "+way+",", z, new(big.Int).Sub(x.big(), y.big()))
		f.square(&z, &x)
		check("squared, "+way+", beside", z, new(big.Int).Mul(x.big(), x.big()))

		z = x // the result may take the place of an operand
		f.mul(&z, &z, &z)
		check("times itself in place, "+way+", beside", z, new(big.Int).Mul(x.big(), x.big()))
		z = y
		f.sub(&z, &x, &z)
		check("minus in place, "+way+",", z, new(big.Int).Sub(x.big(), y.big()))
	}
}

// edgeElements are where carries run far: near 0, near p, near 2^512, and words of ones in every place.
func edgeElements(t testing.TB) []element {
	t.Helper()
	full := element{1<<64 - 1, 1<<64 - 1, 1<<64 - 1, 1<<64 - 1, 1<<64 - 1, 1<<64 - 1, 1<<64 - 1, 1<<64 - 1}
	all := []element{{}, {1}, {568}, {569}, {570}, foldModulus, full, {0, 0, 0, 0, 0, 0, 0, 1 << 63}}
	for _, offset := range []uint64{1, 2, 568, 569} {
		below, above := foldModulus, full
		below[0] -= offset
		above[0] -= offset
		all = append(all, below, above)
	}
	for i := range limbs {
		var one element
		hole := full
		one[i], hole[i] = 1<<64-1, 0
		all = append(all, one, hole)
	}
	for range 20 {
		all = append(all, load(draw(t, 64)))
	}
	return all
}

func TestTheFoldedArithmeticIsThatOfTheTextbook(t *testing.T) {
	edges := edgeElements(t)
	for _, x := range edges {
		for _, y := range edges {
			checkFolding(t, x, y)
		}
	}
}

// FuzzFold holds the assembly and the Go of the folded arithmetic against math/big.
func FuzzFold(f *testing.F) {
	f.Add([]byte{}, bytes.Repeat([]byte{255}, 64))
	f.Add(bytes.Repeat([]byte{255}, 64), bytes.Repeat([]byte{255}, 64))
	f.Fuzz(func(t *testing.T, x, y []byte) {
		checkFolding(t, load(fitted(x, 64)), load(fitted(y, 64)))
	})
}

func TestEveryFieldInverts(t *testing.T) {
	for _, c := range append(everyCurve(), examples256(), examples512()) {
		for _, f := range []*field{&c.p, &c.q} {
			m := f.m.big()
			for _, n := range []*big.Int{big.NewInt(1), big.NewInt(2), new(big.Int).Sub(m, big.NewInt(1)), randomBelow(t, m)} {
				x := f.fromBig(n)
				var inverse, product element
				f.invert(&inverse, &x)
				f.mul(&product, &inverse, &x)
				if f.isEqual(&product, &f.one) != 1 {
					t.Errorf("%s: the inverse of %x mod %x is none", c.Name(), n, m)
				}
			}
			var inverse element
			f.invert(&inverse, &element{})
			if f.isZero(&inverse) != 1 {
				t.Errorf("%s: the inverse of zero isn't zero", c.Name())
			}
		}
	}
}

func TestTheLookUpTakesTheEntryThatIsAskedFor(t *testing.T) {
	window := &ParamSet512A().base().windows[3]
	for place := range window {
		for name, lookUp := range map[string]func(*affine, *[combHalf]affine, uint64){
			"in Go": lookUpGeneric, "as it is chosen": lookUp,
		} {
			entry := window[(place+1)%combHalf]
			lookUp(&entry, window, uint64(place))
			if entry != window[place] {
				t.Errorf("%s: place %d", name, place)
			}
		}
	}
}

func BenchmarkFold(b *testing.B) {
	x, y := load(draw(b, 64)), load(draw(b, 64))
	b.Run("mul", func(b *testing.B) {
		for b.Loop() {
			foldMul(&x, &x, &y)
		}
	})
	b.Run("mul in Go", func(b *testing.B) {
		for b.Loop() {
			foldMulGeneric(&x, &x, &y)
		}
	})
	b.Run("square", func(b *testing.B) {
		for b.Loop() {
			foldSquare(&x, &x)
		}
	})
	b.Run("add", func(b *testing.B) {
		for b.Loop() {
			foldAdd(&x, &x, &y)
		}
	})
	b.Run("invert", func(b *testing.B) {
		for b.Loop() {
			foldInvert(&x, &x)
		}
	})
}

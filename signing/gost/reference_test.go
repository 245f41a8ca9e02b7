package gost

import (
	"crypto/rand"
	"encoding/hex"
	"math/big"
	"slices"
	"testing"
)

// The textbook, in math/big, to hold the arithmetic in words against. Infinity is nil.
type bigPoint struct{ x, y *big.Int }

type bigCurve struct {
	p, a, b, q *big.Int
	g          *bigPoint
}

// textbook is what the curve's own constants say, read back out of their form.
func textbook(c *Curve) bigCurve {
	value := func(x element) *big.Int {
		c.p.leave(&x, &x)
		return x.big()
	}
	return bigCurve{
		p: c.p.m.big(), q: c.q.m.big(), a: value(c.a), b: value(c.b),
		g: &bigPoint{value(c.g.x), value(c.g.y)},
	}
}

func (c bigCurve) add(p, q *bigPoint) *bigPoint {
	if p == nil {
		return q
	}
	if q == nil {
		return p
	}
	slope := new(big.Int)
	if p.x.Cmp(q.x) == 0 {
		if sum := new(big.Int).Add(p.y, q.y); sum.Mod(sum, c.p).Sign() == 0 {
			return nil
		}
		slope.Mul(p.x, p.x)
		slope.Mul(slope, big.NewInt(3)).Add(slope, c.a)
		slope.Mul(slope, new(big.Int).ModInverse(new(big.Int).Lsh(p.y, 1), c.p))
	} else {
		run := new(big.Int).Sub(q.x, p.x)
		slope.Sub(q.y, p.y)
		slope.Mul(slope, run.ModInverse(run.Mod(run, c.p), c.p))
	}
	slope.Mod(slope, c.p)
	x := new(big.Int).Mul(slope, slope)
	x.Sub(x, p.x).Sub(x, q.x).Mod(x, c.p)
	y := new(big.Int).Sub(p.x, x)
	y.Mul(y, slope).Sub(y, p.y).Mod(y, c.p)
	return &bigPoint{x, y}
}

func (c bigCurve) multiply(k *big.Int, p *bigPoint) *bigPoint {
	var sum *bigPoint
	for i := k.BitLen() - 1; i >= 0; i-- {
		sum = c.add(sum, sum)
		if k.Bit(i) == 1 {
			sum = c.add(sum, p)
		}
	}
	return sum
}

func (c bigCurve) negative(p *bigPoint) *bigPoint {
	if p == nil {
		return nil
	}
	y := new(big.Int).Neg(p.y)
	return &bigPoint{p.x, y.Mod(y, c.p)}
}

// verify is RFC 7091, section 6.2, word by word.
func (c bigCurve) verify(q *bigPoint, digest, sig []byte) bool {
	size := len(digest)
	if len(sig) != 2*size {
		return false
	}
	r, s := fromLE(sig[:size]), fromLE(sig[size:])
	if r.Sign() == 0 || s.Sign() == 0 || r.Cmp(c.q) >= 0 || s.Cmp(c.q) >= 0 {
		return false
	}
	e := fromLE(digest)
	if e.Mod(e, c.q).Sign() == 0 {
		e.SetInt64(1)
	}
	v := new(big.Int).ModInverse(e, c.q)
	z1 := new(big.Int).Mul(s, v)
	z2 := new(big.Int).Mul(r, v)
	z2.Neg(z2)
	sum := c.add(c.multiply(z1.Mod(z1, c.q), c.g), c.multiply(z2.Mod(z2, c.q), q))
	return sum != nil && new(big.Int).Mod(sum.x, c.q).Cmp(r) == 0
}

func fromLE(le []byte) *big.Int {
	be := slices.Clone(le)
	slices.Reverse(be)
	return new(big.Int).SetBytes(be)
}

func toLE(n *big.Int, size int) []byte {
	le := n.FillBytes(make([]byte, size))
	slices.Reverse(le)
	return le
}

// le turns the big-endian hexadecimal of a standard into little-endian bytes.
func le(t testing.TB, text string) []byte {
	t.Helper()
	b := fromHex(t, text)
	slices.Reverse(b)
	return b
}

func fromHex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func randomBelow(t testing.TB, n *big.Int) *big.Int {
	t.Helper()
	k, err := rand.Int(rand.Reader, n)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// examples256 and examples512 are the curves of the examples of RFC 7091, section 7, which nobody's keys are on.
func examples256() *Curve {
	return newCurve(parameters{
		name: "example 1", oids: []string{"1.2.643.2.2.35.0"}, cofactor: 1, bitsOfAScalar: 256,
		p: "8000000000000000000000000000000000000000000000000000000000000431",
		a: "7",
		b: "5FBFF498AA938CE739B8E022FBAFEF40563F6E6A3472FC2A514C0CE9DAE23B7E",
		q: "8000000000000000000000000000000150FE8A1892976154C59CFC193ACCF5B3",
		x: "2",
		y: "08E2A8A0E65147D4BD6316030E16D19C85C97F0A9CA267122B96ABBCEA7E8FC8",
	})
}

func examples512() *Curve {
	return newCurve(parameters{
		name: "example 2", oids: []string{"1.2.643.7.1.2.1.2.0"}, cofactor: 1, bitsOfAScalar: 512,
		p: "4531ACD1FE0023C7550D267B6B2FEE80922B14B2FFB90F04D4EB7C09B5D2D15D" +
			"F1D852741AF4704A0458047E80E4546D35B8336FAC224DD81664BBF528BE6373",
		a: "7",
		b: "1CFF0806A31116DA29D8CFA54E57EB748BC5F377E49400FDD788B649ECA1AC43" +
			"61834013B2AD7322480A89CA58E0CF74BC9E540C2ADD6897FAD0A3084F302ADC",
		q: "4531ACD1FE0023C7550D267B6B2FEE80922B14B2FFB90F04D4EB7C09B5D2D15D" +
			"A82F2D7ECB1DBAC719905C5EECC423F1D86E25EDBE23C595D644AAF187E6E6DF",
		x: "24D19CC64572EE30F396BF6EBBFD7A6C5213B3B3D7057CC825F91093A68CD762" +
			"FD60611262CD838DC6B60AA7EEE804E28BC849977FAC33B4B530F1B120248A9A",
		y: "2BB312A43BD2CE6E0D020613C857ACDDCFBF061E91E5F2C3F32447C259F39B2C" +
			"83AB156D77F1496BF7EB3351E1EE4E43DC1A18B91B24640B6DBB92CB1ADD371E",
	})
}

// everyCurve is the sets of parameters that there are.
func everyCurve() []*Curve {
	return []*Curve{
		ParamSet512A(), ParamSet512B(), ParamSet512C(),
		ParamSet256A(), ParamSet256B(), ParamSet256C(), ParamSet256D(),
	}
}

package gost

import (
	"math/big"
	"slices"
	"sync"
)

// Curve is a set of parameters of GOST R 34.10-2012 (RFC 7091, section 5.2): an elliptic curve
// y² = x³ + ax + b over the integers mod p and a point G of prime order q on it. Sets are compared by their pointers.
type Curve struct {
	name     string
	oids     []string
	cofactor int

	p, q    field
	a, b    element // in the form of p
	b3      element // 3b
	minus3  bool    // a = −3, where multiplying by a is cheap
	g       affine
	size    int // bytes of a coordinate, of a scalar and of a digest
	windows int // digits of a scalar in a comb
	base    func() *comb
}

// ParamSet512A is id-tc26-gost-3410-12-512-paramSetA of RFC 7836, the curve of Kazakhstan's GOST keys.
func ParamSet512A() *Curve { return paramSet512A() }

// ParamSet512B is id-tc26-gost-3410-12-512-paramSetB of RFC 7836.
func ParamSet512B() *Curve { return paramSet512B() }

// ParamSet512C is id-tc26-gost-3410-2012-512-paramSetC of RFC 7836: a twisted Edwards curve, here in its Weierstrass
// form. Its group has 4q points.
func ParamSet512C() *Curve { return paramSet512C() }

// ParamSet256A is id-tc26-gost-3410-2012-256-paramSetA of RFC 7836: a twisted Edwards curve, here in its Weierstrass
// form. Its group has 4q points. Kazakhstan's identifier of a 256-bit set is taken for this one by its name: no key that
// bears it was at hand.
func ParamSet256A() *Curve { return paramSet256A() }

// ParamSet256B is id-tc26-gost-3410-2012-256-paramSetB of RFC 9215, which is CryptoPro's set A of RFC 4357.
func ParamSet256B() *Curve { return paramSet256B() }

// ParamSet256C is id-tc26-gost-3410-2012-256-paramSetC of RFC 9215, which is CryptoPro's set B of RFC 4357.
func ParamSet256C() *Curve { return paramSet256C() }

// ParamSet256D is id-tc26-gost-3410-2012-256-paramSetD of RFC 9215, which is CryptoPro's set C of RFC 4357.
func ParamSet256D() *Curve { return paramSet256D() }

// CurveByOID finds the parameters by the dotted object identifier that a key names: Kazakhstan's, TC26's or
// CryptoPro's.
func CurveByOID(oid string) (*Curve, bool) {
	for _, set := range []func() *Curve{
		paramSet512A, paramSet512B, paramSet512C, paramSet256A, paramSet256B, paramSet256C, paramSet256D,
	} {
		if c := set(); slices.Contains(c.oids, oid) {
			return c, true
		}
	}
	return nil, false
}

// Name is the short name in the registry of TC26, such as "512-paramSetA".
func (c *Curve) Name() string { return c.name }

// OID is the dotted object identifier that TC26 gave the set.
func (c *Curve) OID() string { return c.oids[0] }

// Size is the number of bytes of a digest, of a private key and of each half of a signature or public key: 32 or 64.
func (c *Curve) Size() int { return c.size }

// parameters are the numbers of a set, in hexadecimal.
type parameters struct {
	name          string
	oids          []string
	cofactor      int
	p, a, b, q    string
	x, y          string
	bitsOfAScalar int // 256 or 512
}

var paramSet512A = sync.OnceValue(func() *Curve {
	return newCurve(parameters{
		name:          "512-paramSetA",
		oids:          []string{"1.2.643.7.1.2.1.2.1", "1.2.398.3.10.1.1.2.2.1"},
		cofactor:      1,
		bitsOfAScalar: 512,
		p: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF" +
			"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFDC7",
		a: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF" +
			"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFDC4",
		b: "E8C2505DEDFC86DDC1BD0B2B6667F1DA34B82574761CB0E879BD081CFD0B6265" +
			"EE3CB090F30D27614CB4574010DA90DD862EF9D4EBEE4761503190785A71C760",
		q: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF" +
			"27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275",
		x: "3",
		y: "7503CFE87A836AE3A61B8816E25450E6CE5E1C93ACF1ABC1778064FDCBEFA921" +
			"DF1626BE4FD036E93D75E6A50E3A41E98028FE5FC235F5B889A589CB5215F2A4",
	})
})

var paramSet512B = sync.OnceValue(func() *Curve {
	return newCurve(parameters{
		name:          "512-paramSetB",
		oids:          []string{"1.2.643.7.1.2.1.2.2"},
		cofactor:      1,
		bitsOfAScalar: 512,
		p: "8000000000000000000000000000000000000000000000000000000000000000" +
			"000000000000000000000000000000000000000000000000000000000000006F",
		a: "8000000000000000000000000000000000000000000000000000000000000000" +
			"000000000000000000000000000000000000000000000000000000000000006C",
		b: "687D1B459DC841457E3E06CF6F5E2517B97C7D614AF138BCBF85DC806C4B289F" +
			"3E965D2DB1416D217F8B276FAD1AB69C50F78BEE1FA3106EFB8CCBC7C5140116",
		q: "8000000000000000000000000000000000000000000000000000000000000001" +
			"49A1EC142565A545ACFDB77BD9D40CFA8B996712101BEA0EC6346C54374F25BD",
		x: "2",
		y: "1A8F7EDA389B094C2C071E3647A8940F3C123B697578C213BE6DD9E6C8EC7335" +
			"DCB228FD1EDF4A39152CBCAAF8C0398828041055F94CEEEC7E21340780FE41BD",
	})
})

var paramSet512C = sync.OnceValue(func() *Curve {
	return newCurve(parameters{
		name:          "512-paramSetC",
		oids:          []string{"1.2.643.7.1.2.1.2.3"},
		cofactor:      4,
		bitsOfAScalar: 512,
		p: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF" +
			"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFDC7",
		a: "DC9203E514A721875485A529D2C722FB187BC8980EB866644DE41C68E1430645" +
			"46E861C0E2C9EDD92ADE71F46FCF50FF2AD97F951FDA9F2A2EB6546F39689BD3",
		b: "B4C4EE28CEBC6C2C8AC12952CF37F16AC7EFB6A9F69F4B57FFDA2E4F0DE5ADE0" +
			"38CBC2FFF719D2C18DE0284B8BFEF3B52B8CC7A5F5BF0A3C8D2319A5312557E1",
		q: "3FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF" +
			"C98CDBA46506AB004C33A9FF5147502CC8EDA9E7A769A12694623CEF47F023ED",
		x: "E2E31EDFC23DE7BDEBE241CE593EF5DE2295B7A9CBAEF021D385F7074CEA043A" +
			"A27272A7AE602BF2A7B9033DB9ED3610C6FB85487EAE97AAC5BC7928C1950148",
		y: "F5CE40D95B5EB899ABBCCFF5911CB8577939804D6527378B8C108C3D2090FF9B" +
			"E18E2D33E3021ED2EF32D85822423B6304F726AA854BAE07D0396E9A9ADDC40F",
	})
})

var paramSet256A = sync.OnceValue(func() *Curve {
	return newCurve(parameters{
		name:          "256-paramSetA",
		oids:          []string{"1.2.643.7.1.2.1.1.1", "1.2.398.3.10.1.1.2.1.1"},
		cofactor:      4,
		bitsOfAScalar: 256,
		p:             "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD97",
		a:             "C2173F1513981673AF4892C23035A27CE25E2013BF95AA33B22C656F277E7335",
		b:             "295F9BAE7428ED9CCC20E7C359A9D41A22FCCD9108E17BF7BA9337A6F8AE9513",
		q:             "400000000000000000000000000000000FD8CDDFC87B6635C115AF556C360C67",
		x:             "91E38443A5E82C0D880923425712B2BB658B9196932E02C78B2582FE742DAA28",
		y:             "32879423AB1A0375895786C4BB46E9565FDE0B5344766740AF268ADB32322E5C",
	})
})

var paramSet256B = sync.OnceValue(func() *Curve {
	return newCurve(parameters{
		name:          "256-paramSetB",
		oids:          []string{"1.2.643.7.1.2.1.1.2", "1.2.643.2.2.35.1", "1.2.643.2.2.36.0"},
		cofactor:      1,
		bitsOfAScalar: 256,
		p:             "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD97",
		a:             "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD94",
		b:             "A6",
		q:             "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893",
		x:             "1",
		y:             "8D91E471E0989CDA27DF505A453F2B7635294F2DDF23E3B122ACC99C9E9F1E14",
	})
})

var paramSet256C = sync.OnceValue(func() *Curve {
	return newCurve(parameters{
		name:          "256-paramSetC",
		oids:          []string{"1.2.643.7.1.2.1.1.3", "1.2.643.2.2.35.2"},
		cofactor:      1,
		bitsOfAScalar: 256,
		p:             "8000000000000000000000000000000000000000000000000000000000000C99",
		a:             "8000000000000000000000000000000000000000000000000000000000000C96",
		b:             "3E1AF419A269A5F866A7D3C25C3DF80AE979259373FF2B182F49D4CE7E1BBC8B",
		q:             "800000000000000000000000000000015F700CFFF1A624E5E497161BCC8A198F",
		x:             "1",
		y:             "3FA8124359F96680B83D1C3EB2C070E5C545C9858D03ECFB744BF8D717717EFC",
	})
})

var paramSet256D = sync.OnceValue(func() *Curve {
	return newCurve(parameters{
		name:          "256-paramSetD",
		oids:          []string{"1.2.643.7.1.2.1.1.4", "1.2.643.2.2.35.3", "1.2.643.2.2.36.1"},
		cofactor:      1,
		bitsOfAScalar: 256,
		p:             "9B9F605F5A858107AB1EC85E6B41C8AACF846E86789051D37998F7B9022D759B",
		a:             "9B9F605F5A858107AB1EC85E6B41C8AACF846E86789051D37998F7B9022D7598",
		b:             "805A",
		q:             "9B9F605F5A858107AB1EC85E6B41C8AA582CA3511EDDFB74F02F3A6598980BB9",
		x:             "0",
		y:             "41ECE55743711A8C3CBF3783CD08C0EE4D4DC440D4641A8F366E550DFDB3BB67",
	})
})

func newCurve(n parameters) *Curve {
	c := &Curve{
		name:     n.name,
		oids:     n.oids,
		cofactor: n.cofactor,
		p:        newField(number(n.p), n.bitsOfAScalar),
		q:        newField(number(n.q), n.bitsOfAScalar),
		size:     n.bitsOfAScalar / 8,
		windows:  n.bitsOfAScalar/combWidth + 1,
	}
	c.a = c.p.fromBig(number(n.a))
	c.b = c.p.fromBig(number(n.b))
	c.p.add(&c.b3, &c.b, &c.b)
	c.p.add(&c.b3, &c.b3, &c.b)
	c.g = affine{x: c.p.fromBig(number(n.x)), y: c.p.fromBig(number(n.y))}
	difference := new(big.Int).Sub(number(n.p), number(n.a))
	c.minus3 = difference.Cmp(big.NewInt(3)) == 0
	c.base = sync.OnceValue(func() *comb { return c.newComb(&c.g) })
	return c
}

// number reads one of the constants of this package.
func number(hex string) *big.Int {
	n, ok := new(big.Int).SetString(hex, 16)
	if !ok {
		panic("gost: a constant of a curve is no number: " + hex)
	}
	return n
}

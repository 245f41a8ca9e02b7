package gost

import (
	"bytes"
	"errors"
	"io"
	"math/big"
	"slices"
	"testing"
	"testing/iotest"
)

func newKey(t testing.TB, c *Curve) *PrivateKey {
	t.Helper()
	key, err := GenerateKey(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestAKeyComesBackFromItsBytes(t *testing.T) {
	for _, c := range everyCurve() {
		key := newKey(t, c)
		again, err := NewPrivateKey(c, key.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		public, err := NewPublicKey(c, key.PublicKey().Bytes())
		if err != nil {
			t.Fatal(err)
		}
		other := newKey(t, c)
		if !key.Equal(again) || key.Equal(other) || key.Equal("text") {
			t.Errorf("%s: a private key isn't told from another one", c.Name())
		}
		if !public.Equal(key.Public()) || public.Equal(other.Public()) || public.Equal(key) {
			t.Errorf("%s: a public key isn't told from another one", c.Name())
		}
		if public.Curve() != c || len(key.Bytes()) != c.Size() || len(public.Bytes()) != 2*c.Size() {
			t.Errorf("%s: the key has another shape", c.Name())
		}
	}
	if newKey(t, ParamSet512A()).Equal(newKey(t, ParamSet512B())) {
		t.Error("keys of two curves are equal")
	}
}

func TestANumberThatIsNoPrivateKeyIsRefused(t *testing.T) {
	for _, c := range everyCurve() {
		q := c.q.m.big()
		all := bytes.Repeat([]byte{0xff}, c.Size())
		for name, given := range map[string]struct {
			d    []byte
			want error
		}{
			"zero":     {make([]byte, c.Size()), ErrScalar},
			"q":        {toLE(q, c.Size()), ErrScalar},
			"all ones": {all, ErrScalar},
			"short":    {make([]byte, c.Size()-1), ErrLength},
			"long":     {make([]byte, c.Size()+1), ErrLength},
			"none":     {nil, ErrLength},
			"one":      {toLE(big.NewInt(1), c.Size()), nil},
			"q − 1":    {toLE(new(big.Int).Sub(q, big.NewInt(1)), c.Size()), nil},
		} {
			if _, err := NewPrivateKey(c, given.d); !errors.Is(err, given.want) {
				t.Errorf("%s, %s: %v, want %v", c.Name(), name, err, given.want)
			}
		}
	}
}

func TestAPointThatIsNoPublicKeyIsRefused(t *testing.T) {
	for _, c := range everyCurve() {
		good := newKey(t, c).PublicKey().Bytes()
		size := c.Size()
		p := c.p.m.big()
		moved := slices.Clone(good)
		moved[size] ^= 1
		beyond := bytes.Repeat([]byte{0xff}, 2*size)
		// The same residues, but written as x + p where that fits: only one form of a key is taken.
		x := fromLE(good[:size])
		for name, given := range map[string]struct {
			xy   []byte
			want error
		}{
			"off the curve":      {moved, ErrOffCurve},
			"(0, 0)":             {make([]byte, 2*size), ErrOffCurve},
			"beyond p":           {beyond, ErrOffCurve},
			"x = p":              {append(toLE(p, size), good[size:]...), ErrOffCurve},
			"x and y exchanged":  {append(slices.Clone(good[size:]), good[:size]...), ErrOffCurve},
			"short":              {good[1:], ErrLength},
			"with a byte before": {append([]byte{4}, good...), ErrLength},
			"none":               {nil, ErrLength},
			"as it is":           {append(toLE(x, size), good[size:]...), nil},
		} {
			if _, err := NewPublicKey(c, given.xy); !errors.Is(err, given.want) {
				t.Errorf("%s, %s: %v, want %v", c.Name(), name, err, given.want)
			}
		}
	}
}

// On a curve with 4q points a point outside of the subgroup is a point of it plus one of order two or four.
func TestAPublicKeyOfSmallOrderIsRefused(t *testing.T) {
	for _, c := range []*Curve{ParamSet256A(), ParamSet512C()} {
		book := textbook(c)
		small := pointOfOrderTwo(t, book)
		key := newKey(t, c).PublicKey().Bytes()
		own := &bigPoint{fromLE(key[:c.Size()]), fromLE(key[c.Size():])}
		for name, p := range map[string]*bigPoint{
			"of order two":             small,
			"a key plus that of order": book.add(own, small),
		} {
			xy := append(toLE(p.x, c.Size()), toLE(p.y, c.Size())...)
			if _, err := NewPublicKey(c, xy); !errors.Is(err, ErrSmallOrder) {
				t.Errorf("%s, %s: %v", c.Name(), name, err)
			}
		}
	}
}

// pointOfOrderTwo multiplies points that happen to be on the curve by q until one keeps something.
func pointOfOrderTwo(t *testing.T, c bigCurve) *bigPoint {
	t.Helper()
	for x := int64(1); x < 500; x++ {
		square := big.NewInt(x)
		square.Mul(square, square).Add(square, c.a).Mul(square, big.NewInt(x)).Add(square, c.b).Mod(square, c.p)
		y := new(big.Int).ModSqrt(square, c.p)
		if y == nil {
			continue
		}
		p := c.multiply(c.q, &bigPoint{big.NewInt(x), y})
		if p == nil {
			continue
		}
		if twice := c.add(p, p); twice != nil {
			p = twice
		}
		return p
	}
	t.Fatal("no point outside of the subgroup is found")
	return nil
}

func TestAWipedKeySignsNoMore(t *testing.T) {
	key := newKey(t, ParamSet512A())
	key.Wipe()
	if !bytes.Equal(key.Bytes(), make([]byte, 64)) {
		t.Error("the number is still there")
	}
	if _, err := key.Sign(nil, make([]byte, 64), nil); !errors.Is(err, ErrWiped) {
		t.Errorf("it signs: %v", err)
	}
}

func TestASourceThatFailsIsToldOf(t *testing.T) {
	dry := errors.New("dry")
	if _, err := GenerateKey(ParamSet512A(), iotest.ErrReader(dry)); !errors.Is(err, dry) {
		t.Errorf("making a key: %v", err)
	}
	if _, err := newKey(t, ParamSet512A()).Sign(iotest.ErrReader(dry), make([]byte, 64), nil); !errors.Is(err, dry) {
		t.Errorf("signing: %v", err)
	}
}

func TestAKeyIsDrawnAgainWhileTheNumberIsTooLarge(t *testing.T) {
	c := ParamSet512B() // q is a little above 2^511, so that half of all numbers are too large
	one := toLE(big.NewInt(1), c.Size())
	source := io.MultiReader(bytes.NewReader(bytes.Repeat([]byte{0xff}, c.Size())), bytes.NewReader(one))
	key, err := GenerateKey(c, source)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(key.Bytes(), one) {
		t.Errorf("the key is %x", key.Bytes())
	}
}

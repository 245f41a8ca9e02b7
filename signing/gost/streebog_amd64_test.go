package gost

import (
	"encoding/binary"
	"testing"
)

// FuzzBothWaysAgree compares the assembly with the plain Go on any state, count and block.
func FuzzBothWaysAgree(f *testing.F) {
	k := vectorised()
	if k == nil {
		f.Skip("this processor has no AVX-512, VBMI and GFNI")
	}
	every := make([]byte, 3*BlockSize)
	for i := range every {
		every[i] = byte(11 * i)
	}
	f.Add([]byte{})
	f.Add(every)
	for bit := range 8 * len(every) { // the linear part, bit by bit
		one := make([]byte, len(every))
		one[bit/8] = 1 << (bit % 8)
		f.Add(one)
	}
	f.Fuzz(func(t *testing.T, from []byte) {
		var given [3 * BlockSize]byte
		copy(given[:], from)
		var all [3]vector
		for i := range 3 * len(vector{}) {
			all[i/8][i%8] = binary.LittleEndian.Uint64(given[8*i:])
		}
		h, n, m := all[0], all[1], all[2]
		got, want := h, h
		compressByVectors(&got, &n, &m, k)
		compressByTables(&want, &n, &m)
		if got != want {
			t.Errorf("h %x, n %x, m %x: by vectors %x, by tables %x", h, n, m, got, want)
		}
		if n != all[1] || m != all[2] {
			t.Error("what is hashed was written to")
		}
	})
}

func BenchmarkBlock(b *testing.B) {
	var h, n, m vector
	b.Run("tables", func(b *testing.B) {
		b.SetBytes(BlockSize)
		for b.Loop() {
			compressByTables(&h, &n, &m)
		}
	})
	b.Run("vectors", func(b *testing.B) {
		k := vectorised()
		if k == nil {
			b.Skip("this processor has no AVX-512, VBMI and GFNI")
		}
		b.SetBytes(BlockSize)
		for b.Loop() {
			compressByVectors(&h, &n, &m, k)
		}
	})
}

package gost

import (
	"sync"

	"golang.org/x/sys/cpu"
)

// compress makes h the state after the block m, before which n bits were hashed.
func compress(h, n, m *vector) {
	if k := vectorised(); k != nil {
		compressByVectors(h, n, m, k)
		return
	}
	compressByTables(h, n, m)
}

// compressByVectors is compressByTables by the instructions AVX-512 with VBMI and GFNI: a vector is a register, π a
// permutation of bytes, and the linear part eight products by matrices of 8 × 8 bits. Its time depends on nothing.
//
//go:noescape
func compressByVectors(h, n, m *vector, k *instructed)

// instructed are the constants of RFC 6986 as the instructions take them; streebog_amd64.s knows the places.
type instructed struct {
	matrices      [8]vector
	substitution  [256]byte
	transposition [64]byte
	rounds        [13]vector
}

// vectorised gives the constants, or nil where the machine lacks the instructions.
var vectorised = sync.OnceValue(func() *instructed {
	if !cpu.X86.HasAVX512BW || !cpu.X86.HasAVX512VBMI || !cpu.X86.HasAVX512GFNI {
		return nil
	}
	k := &instructed{substitution: substitution, rounds: roundConstants}
	for turn := range k.matrices {
		for to := range 8 {
			k.matrices[turn][to] = matrix((to+turn)%8, to)
		}
	}
	for i := range k.transposition {
		k.transposition[i] = byte(i%8*8 + i/8)
	}
	return k
})

// matrix says what a byte of a word contributes to another byte of L(word), in the order of GF2P8AFFINEQB: the row
// of bit 7 is the lowest byte, and in a row the coefficient of bit 0 is the lowest bit.
func matrix(from, to int) (m uint64) {
	for row := range 8 {
		for column := range 8 {
			coefficient := linear[63-8*from-column] >> (8*to + row) & 1
			m |= coefficient << (8*(7-row) + column)
		}
	}
	return m
}

package gost

import (
	"encoding/binary"
	"sync"
)

// compressByTables is the function g of RFC 6986 in plain Go: it makes h the state after the block m, before which n
// bits were hashed. Look-ups in tables take a time that depends a little on what is hashed: these are documents, which
// the signer shows around, no keys.
func compressByTables(h, n, m *vector) {
	t := tables()
	var a, b keyed
	for i := range h {
		binary.LittleEndian.PutUint64(a.key[8*i:], h[i]^n[i])
	}
	for i := range h {
		b.put(i, four(t, &a.key, 0, i)^four(t, &a.key, 4, i), m[i], &roundConstants[0])
	}
	for round := 1; round < len(roundConstants); round += 2 {
		a.follow(&b, t, &roundConstants[round])
		b.follow(&a, t, &roundConstants[round+1])
	}
	for i := range h {
		h[i] ^= binary.LittleEndian.Uint64(b.state[8*i:]) ^ m[i]
	}
}

// keyed is what stands before a round of the encryption E, byte by byte: the last key with the constant that makes
// the next one of it, and the state with the last key.
type keyed struct{ key, state [BlockSize]byte }

// follow does a round; c makes the key after the next. Key and state go side by side, which a processor does in
// less time than one after the other, and without a loop.
func (next *keyed) follow(now *keyed, t *[8][256]uint64, c *vector) {
	next.put(0, four(t, &now.key, 0, 0)^four(t, &now.key, 4, 0), four(t, &now.state, 0, 0)^four(t, &now.state, 4, 0), c)
	next.put(1, four(t, &now.key, 0, 1)^four(t, &now.key, 4, 1), four(t, &now.state, 0, 1)^four(t, &now.state, 4, 1), c)
	next.put(2, four(t, &now.key, 0, 2)^four(t, &now.key, 4, 2), four(t, &now.state, 0, 2)^four(t, &now.state, 4, 2), c)
	next.put(3, four(t, &now.key, 0, 3)^four(t, &now.key, 4, 3), four(t, &now.state, 0, 3)^four(t, &now.state, 4, 3), c)
	next.put(4, four(t, &now.key, 0, 4)^four(t, &now.key, 4, 4), four(t, &now.state, 0, 4)^four(t, &now.state, 4, 4), c)
	next.put(5, four(t, &now.key, 0, 5)^four(t, &now.key, 4, 5), four(t, &now.state, 0, 5)^four(t, &now.state, 4, 5), c)
	next.put(6, four(t, &now.key, 0, 6)^four(t, &now.key, 4, 6), four(t, &now.state, 0, 6)^four(t, &now.state, 4, 6), c)
	next.put(7, four(t, &now.key, 0, 7)^four(t, &now.key, 4, 7), four(t, &now.state, 0, 7)^four(t, &now.state, 4, 7), c)
}

// put sets a word, given the key's and the state's.
func (next *keyed) put(i int, key, state uint64, c *vector) {
	binary.LittleEndian.PutUint64(next.key[8*i:], key^c[i])
	binary.LittleEndian.PutUint64(next.state[8*i:], key^state)
}

// four is half of a word of LPS(v): the substitution S, the transposition P of the 8 × 8 bytes and the linear L in
// one. A word takes a byte of every word. By halves it is small enough to be inlined.
func four(t *[8][256]uint64, v *[BlockSize]byte, from, i int) uint64 {
	return t[from][v[8*from+i]] ^ t[from+1][v[8*from+8+i]] ^ t[from+2][v[8*from+16+i]] ^ t[from+3][v[8*from+24+i]]
}

// tables gives, for every place in a word and every value there, what the byte contributes to a word of LPS.
// They are computed once, in some 30 microseconds.
var tables = sync.OnceValue(func() *[8][256]uint64 {
	var t [8][256]uint64
	for place := range t {
		for value := range t[place] {
			for bit := range 8 {
				if substitution[value]>>bit&1 == 1 {
					t[place][value] ^= linear[63-8*place-bit]
				}
			}
		}
	}
	return &t
})

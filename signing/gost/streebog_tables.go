package gost

import "sync"

// compress is the function g of RFC 6986, section 7: it makes h the state after the block m, before which n bits were
// hashed. Look-ups in tables take a time that depends on what is hashed, as in every program without the
// instructions for it: what is hashed here are documents, which the signer shows around, no keys.
func compress(h, n, m *vector) {
	t := tables()
	var key, state vector
	for i := range key {
		key[i] = h[i] ^ n[i]
		state[i] = m[i]
	}
	key.lps(t)
	for round := range roundConstants {
		for i := range state {
			state[i] ^= key[i]
		}
		state.lps(t)
		for i := range key {
			key[i] ^= roundConstants[round][i]
		}
		key.lps(t)
	}
	for i := range h {
		h[i] ^= state[i] ^ key[i] ^ m[i]
	}
}

// lps is the substitution S, the transposition P of the 8 × 8 bytes and the linear L in one: every byte of the
// vector contributes to one word of the result.
func (v *vector) lps(t *[8][256]uint64) {
	v0, v1, v2, v3, v4, v5, v6, v7 := v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]
	for i := range v {
		v[i] = t[0][byte(v0)] ^ t[1][byte(v1)] ^ t[2][byte(v2)] ^ t[3][byte(v3)] ^
			t[4][byte(v4)] ^ t[5][byte(v5)] ^ t[6][byte(v6)] ^ t[7][byte(v7)]
		v0, v1, v2, v3, v4, v5, v6, v7 = v0>>8, v1>>8, v2>>8, v3>>8, v4>>8, v5>>8, v6>>8, v7>>8
	}
}

// tables gives, for every place in a word and every value there, what the byte contributes to the result of lps.
// They are computed once, in some 20 microseconds.
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

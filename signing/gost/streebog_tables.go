package gost

import "sync"

// compressByTables is the function g of RFC 6986, section 7, in plain Go: it makes h the state after the block m,
// before which n bits were hashed. Look-ups in tables take a time that depends a little on what is hashed: these
// are documents, which the signer shows around, no keys.
func compressByTables(h, n, m *vector) {
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
	v[0] = t[0][byte(v0)] ^ t[1][byte(v1)] ^ t[2][byte(v2)] ^ t[3][byte(v3)] ^ t[4][byte(v4)] ^ t[5][byte(v5)] ^ t[6][byte(v6)] ^ t[7][byte(v7)]
	v[1] = t[0][byte(v0>>8)] ^ t[1][byte(v1>>8)] ^ t[2][byte(v2>>8)] ^ t[3][byte(v3>>8)] ^ t[4][byte(v4>>8)] ^ t[5][byte(v5>>8)] ^ t[6][byte(v6>>8)] ^ t[7][byte(v7>>8)]
	v[2] = t[0][byte(v0>>16)] ^ t[1][byte(v1>>16)] ^ t[2][byte(v2>>16)] ^ t[3][byte(v3>>16)] ^ t[4][byte(v4>>16)] ^ t[5][byte(v5>>16)] ^ t[6][byte(v6>>16)] ^ t[7][byte(v7>>16)]
	v[3] = t[0][byte(v0>>24)] ^ t[1][byte(v1>>24)] ^ t[2][byte(v2>>24)] ^ t[3][byte(v3>>24)] ^ t[4][byte(v4>>24)] ^ t[5][byte(v5>>24)] ^ t[6][byte(v6>>24)] ^ t[7][byte(v7>>24)]
	v[4] = t[0][byte(v0>>32)] ^ t[1][byte(v1>>32)] ^ t[2][byte(v2>>32)] ^ t[3][byte(v3>>32)] ^ t[4][byte(v4>>32)] ^ t[5][byte(v5>>32)] ^ t[6][byte(v6>>32)] ^ t[7][byte(v7>>32)]
	v[5] = t[0][byte(v0>>40)] ^ t[1][byte(v1>>40)] ^ t[2][byte(v2>>40)] ^ t[3][byte(v3>>40)] ^ t[4][byte(v4>>40)] ^ t[5][byte(v5>>40)] ^ t[6][byte(v6>>40)] ^ t[7][byte(v7>>40)]
	v[6] = t[0][byte(v0>>48)] ^ t[1][byte(v1>>48)] ^ t[2][byte(v2>>48)] ^ t[3][byte(v3>>48)] ^ t[4][byte(v4>>48)] ^ t[5][byte(v5>>48)] ^ t[6][byte(v6>>48)] ^ t[7][byte(v7>>48)]
	v[7] = t[0][byte(v0>>56)] ^ t[1][byte(v1>>56)] ^ t[2][byte(v2>>56)] ^ t[3][byte(v3>>56)] ^ t[4][byte(v4>>56)] ^ t[5][byte(v5>>56)] ^ t[6][byte(v6>>56)] ^ t[7][byte(v7>>56)]
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

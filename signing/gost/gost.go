// Package gost holds the algorithms of the national keys, GOST R 34.10-2012 and GOST R 34.11-2012, which Kazakhstan
// numbers by object identifiers of its own and writes with the least significant byte first: the hash Streebog
// (RFC 6986) and the signature (RFC 7091) over the curves of RFC 7836. It imports nothing of ours and knows no
// certificate and no file. All of it is written from the RFCs; the program is not certified for anything.
//
// Numbers are little-endian throughout, as Kazakhstan's keys, certificates and messages have them: a public key is
// x‖y, a signature r‖s, and a digest is read as a little-endian integer. (Russia's X.509 writes the signature in the
// opposite order: the whole string reversed.)
//
// What touches a private key or a nonce takes a time, and reads memory, independent of their values: the arithmetic
// in words of fixed number, the addition of points by formulas without exceptions, the look-up that reads the whole
// table, the recoding, the inversion. What isn't covered: public values (verification, the parsing and precomputing of
// public keys); the tries of a nonce, whose number tells nothing of the one that is kept; power and faults (a caller
// verifies each signature before it gives it away); and the memory that Go copies: Wipe zeroes the key that it holds
// and can't vouch for what stacks and registers keep.
package gost

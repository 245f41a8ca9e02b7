// Package gost holds the algorithms of the national keys, GOST R 34.10-2012 and GOST R 34.11-2012, which Kazakhstan
// numbers by object identifiers of its own and writes with the least significant byte first: the hash Streebog
// (RFC 6986) and the signature (RFC 7091) over the curves of RFC 7836. It imports nothing of ours and knows no
// certificate and no file. All of it is written from the RFCs; the program is not certified for anything.
package gost

package gost

import (
	"encoding/binary"
	"hash"
	"math/bits"
)

// The sizes of Streebog, in bytes.
const (
	Size512   = 64 // a digest of Streebog-512
	Size256   = 32 // a digest of Streebog-256
	BlockSize = 64 // a block of both
)

// New512 gives Streebog-512 (GOST R 34.11-2012, RFC 6986). The bytes of a digest stand as in memory, the least
// significant first, as every protocol has them; the RFC prints its vectors the other way round.
func New512() hash.Hash { return begun(Size512) }

// New256 gives Streebog-256: another beginning, and the more significant half of the result.
func New256() hash.Hash { return begun(Size256) }

// Sum512 is the Streebog-512 digest of data.
func Sum512(data []byte) (sum [Size512]byte) {
	d := begun(Size512)
	defer d.Reset()
	_, _ = d.Write(data)
	d.finish(sum[:])
	return sum
}

// Sum256 is the Streebog-256 digest of data.
func Sum256(data []byte) (sum [Size256]byte) {
	d := begun(Size256)
	defer d.Reset()
	_, _ = d.Write(data)
	d.finish(sum[:])
	return sum
}

// vector is a block: RFC 6986 numbers its bytes from the least significant one, so that the first byte in memory
// is the low byte of the first word.
type vector [8]uint64

// digest is a hash under way (RFC 6986).
type digest struct {
	h      vector // the state
	sum    vector // Σ: the sum of the blocks so far, mod 2^512
	length uint64 // what is hashed of whole blocks, in bytes
	rest   [BlockSize]byte
	filled int // how much of rest is waiting
	size   int // of the result, in bytes
}

func begun(size int) *digest {
	d := &digest{size: size}
	d.Reset()
	return d
}

func (d *digest) Size() int      { return d.size }
func (d *digest) BlockSize() int { return BlockSize }

// Reset forgets all that was written, in memory too.
func (d *digest) Reset() {
	*d = digest{size: d.size}
	if d.size == Size256 {
		for i := range d.h {
			d.h[i] = 0x0101010101010101
		}
	}
}

// Write takes more of the message; it never fails.
func (d *digest) Write(data []byte) (int, error) {
	written := len(data)
	if d.filled > 0 {
		n := copy(d.rest[d.filled:], data)
		d.filled += n
		data = data[n:]
		if d.filled < BlockSize {
			return written, nil
		}
		d.block(&d.rest, BlockSize)
		d.filled = 0
	}
	for len(data) >= BlockSize {
		d.block((*[BlockSize]byte)(data), BlockSize)
		data = data[BlockSize:]
	}
	d.filled = copy(d.rest[:], data)
	return written, nil
}

// Sum appends the digest of what was written so far, after which more may be written.
func (d *digest) Sum(to []byte) []byte {
	end := *d
	defer end.Reset()
	var sum [Size512]byte
	end.finish(sum[:d.size])
	return append(to, sum[:d.size]...)
}

// block takes one block, of which n bytes are the message.
func (d *digest) block(bytes *[BlockSize]byte, n int) {
	var m vector
	for i := range m {
		m[i] = binary.LittleEndian.Uint64(bytes[8*i:])
	}
	counted := d.counted()
	compress(&d.h, &counted, &m)
	d.length += uint64(n)
	var carry uint64
	for i := range m {
		d.sum[i], carry = bits.Add64(d.sum[i], m[i], carry)
	}
}

// counted is N, the number of bits hashed so far.
func (d *digest) counted() vector { return vector{d.length << 3, d.length >> 61} }

// finish pads what is left, writes the digest and leaves a digest fit for nothing but Reset.
func (d *digest) finish(sum []byte) {
	clear(d.rest[d.filled:])
	d.rest[d.filled] = 1
	d.block(&d.rest, d.filled)
	counted := d.counted()
	compress(&d.h, &vector{}, &counted)
	compress(&d.h, &vector{}, &d.sum)
	skipped := len(d.h) - len(sum)/8
	for i, word := range d.h[skipped:] {
		binary.LittleEndian.PutUint64(sum[8*i:], word)
	}
}

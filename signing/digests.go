package signing

import (
	"bytes"
	"hash"
	"io"
)

// digests hashes a content once, by every algorithm that its signers name, and looks whether it
// begins as a login text does.
type digests struct {
	hashes map[string]hash.Hash
	first  []byte // as many as loginPrefix has
	size   int64
}

func newDigests(algorithms []algorithm) *digests {
	d := &digests{hashes: map[string]hash.Hash{}}
	for _, a := range algorithms {
		if new, refused := newHash(a); refused == nil && d.hashes[a.oid] == nil {
			d.hashes[a.oid] = new()
		}
	}
	return d
}

// Write never fails.
func (d *digests) Write(p []byte) (int, error) {
	if missing := len(loginPrefix) - len(d.first); missing > 0 {
		d.first = append(d.first, p[:min(missing, len(p))]...)
	}
	for _, h := range d.hashes {
		h.Write(p)
	}
	d.size += int64(len(p))
	return len(p), nil
}

func (d *digests) login() bool { return bytes.Equal(d.first, []byte(loginPrefix)) }

// sum is the digest by the algorithm, nil when it wasn't computed.
func (d *digests) sum(oid string) []byte {
	if h := d.hashes[oid]; h != nil {
		return h.Sum(nil)
	}
	return nil
}

// read takes in a whole content.
func (d *digests) read(content io.Reader) error {
	_, err := io.CopyBuffer(d, struct{ io.Reader }{content}, make([]byte, 64<<10))
	return err
}

// check tells whether the digest that the signer has signed is the content's.
func (d *digests) check(s *signerInfo) *refusal {
	if _, refused := newHash(s.digest); refused != nil {
		return refused
	}
	sum := d.sum(s.digest.oid)
	switch {
	case sum == nil:
		return refuse("unannounced_digest")
	case !bytes.Equal(sum, s.values.messageDigest):
		return refuse("digest_mismatch")
	}
	return nil
}

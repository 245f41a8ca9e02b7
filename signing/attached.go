package signing

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Bounds of what is held in memory of an attached signature: everything but its content.
const (
	maxHead   = 16 << 10
	maxPieces = 16 // depth of strings in pieces
)

// errShape is a reader's way to say that the encoding is broken; errors of the reader below it
// come through as they are.
var errShape = errors.New("malformed encoding")

// peel reads an attached signature in BER or DER as it comes, hands its content on, hashed by the
// algorithms that the signature announces, and gives the same signature without the content. What
// it holds in memory doesn't grow with the content.
func peel(in io.Reader, content io.Writer) (detached []byte, d *digests, refused *refusal, err error) {
	p := &peeler{in: bufio.NewReaderSize(in, 64<<10)}
	refused, err = p.head()
	if refused == nil && err == nil {
		d = newDigests(p.algorithms)
		if err = p.octets(io.MultiWriter(d, content)); err == nil {
			err = p.closeContent()
		}
	}
	if refused == nil && err == nil {
		detached, refused, err = p.tail()
	}
	if errors.Is(err, errShape) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, nil, refuse("malformed"), nil
	}
	return detached, d, refused, err
}

// peeler is a place in an attached signature.
type peeler struct {
	in         *bufio.Reader
	buffer     []byte
	at         int64
	wrappers   [3]opening // ContentInfo, [0], SignedData
	kind       []byte     // the element that says SignedData
	start      []byte     // version and digestAlgorithms
	content    [2]opening // EncapsulatedContentInfo, [0]
	algorithms []algorithm
}

// opening is the beginning of a constructed element.
type opening struct {
	tag byte
	end int64 // -1 when the length is indefinite
}

func (p *peeler) head() (*refusal, error) {
	var err error
	if p.wrappers[0], err = p.open(0x30); err != nil {
		return nil, err
	}
	if p.kind, err = p.element(0x06); err != nil {
		return nil, err
	}
	if !is(p.kind, oidSignedData) {
		return refuse("not_signed_data"), nil
	}
	for i, tag := range []byte{0xa0, 0x30} {
		if p.wrappers[i+1], err = p.open(tag); err != nil {
			return nil, err
		}
	}
	for _, tag := range []byte{0x02, 0x31} {
		element, err := p.element(tag)
		if err != nil {
			return nil, err
		}
		p.start = append(p.start, element...)
		if tag == 0x31 && !p.announced(element) {
			return nil, errShape
		}
	}
	return p.openContent()
}

// is tells whether the element is the OID.
func is(element []byte, oid string) bool {
	in := cryptobyte.String(element)
	found, ok := readOID(&in)
	return ok && found == oid
}

// announced reads the SET of digestAlgorithms.
func (p *peeler) announced(ber []byte) bool {
	der, err := normalise(ber, limits{maxHead, maxPieces, maxHead})
	var set cryptobyte.String
	in := cryptobyte.String(der)
	if err != nil || !in.ReadASN1(&set, asn1.SET) {
		return false
	}
	for !set.Empty() && len(p.algorithms) < maxDigests {
		a, ok := readAlgorithm(&set)
		if !ok {
			return false
		}
		p.algorithms = append(p.algorithms, a)
	}
	return set.Empty()
}

func (p *peeler) openContent() (*refusal, error) {
	var err error
	if p.content[0], err = p.open(0x30); err != nil {
		return nil, err
	}
	kind, err := p.element(0x06)
	if err != nil {
		return nil, err
	}
	if !is(kind, oidData) {
		return refuse("content_type"), nil
	}
	if p.ended(p.content[0]) {
		return refuse("detached"), nil
	}
	p.content[1], err = p.open(0xa0)
	return nil, err
}

// closeContent steps over the ends of what openContent opened.
func (p *peeler) closeContent() error {
	for _, o := range []opening{p.content[1], p.content[0]} {
		if err := p.close(o); err != nil {
			return err
		}
	}
	return nil
}

// tail puts the signature together again, without the content: the lengths of what went around it
// are smaller now, and what came after it stays as it was.
func (p *peeler) tail() ([]byte, *refusal, error) {
	from := p.at
	rest, err := io.ReadAll(io.LimitReader(p.in, maxCMSBytes+1))
	if err != nil {
		return nil, nil, err
	}
	if len(rest) > maxCMSBytes {
		return nil, refuse("too_large"), nil
	}
	bare := append([]byte{0x30, 0x0b}, encodedOID(oidData)...)
	inner := append(append([]byte{}, p.start...), bare...)
	for i := len(p.wrappers) - 1; i >= 0; i-- {
		w := p.wrappers[i]
		if i == 0 {
			inner = append(append([]byte{}, p.kind...), inner...)
		}
		header := []byte{w.tag, 0x80}
		if w.end >= 0 {
			length := int64(len(inner)) + w.end - from
			if w.end < from || length > 2*maxCMSBytes {
				return nil, nil, errShape
			}
			header = binary.BigEndian.AppendUint32([]byte{w.tag, 0x84}, uint32(length))
		}
		inner = append(header, inner...)
	}
	return append(inner, rest...), nil, nil
}

// octets reads an OCTET STRING, whole or in pieces.
func (p *peeler) octets(out io.Writer) error {
	var open []opening
	for {
		tag, length, err := p.header(nil)
		switch {
		case err != nil:
			return err
		case tag == tagOctetString && length >= 0:
			if err := p.copy(out, length); err != nil {
				return err
			}
		case tag == tagOctetString|bitConstructed && len(open) < maxPieces:
			open = append(open, p.opened(tag, length))
		default:
			return errShape
		}
		for len(open) > 0 && p.ended(open[len(open)-1]) {
			if err := p.close(open[len(open)-1]); err != nil {
				return err
			}
			open = open[:len(open)-1]
		}
		if len(open) == 0 {
			return nil
		}
	}
}

// ended tells whether the opened element has no more content.
func (p *peeler) ended(o opening) bool {
	if o.end >= 0 {
		return p.at >= o.end
	}
	next, err := p.in.Peek(2)
	return err == nil && next[0] == 0 && next[1] == 0
}

// close steps over the end of the opened element, which must be here.
func (p *peeler) close(o opening) error {
	if o.end >= 0 {
		if p.at != o.end {
			return errShape
		}
		return nil
	}
	if !p.ended(o) {
		return errShape
	}
	n, err := p.in.Discard(2)
	p.at += int64(n)
	return err
}

func (p *peeler) opened(tag byte, length int64) opening {
	if length < 0 {
		return opening{tag, -1}
	}
	return opening{tag, p.at + length}
}

func (p *peeler) open(want byte) (opening, error) {
	tag, length, err := p.header(nil)
	if err == nil && tag != want {
		err = errShape
	}
	return p.opened(tag, length), err
}

// element reads a small element whole, of definite or indefinite length.
func (p *peeler) element(want byte) ([]byte, error) {
	var raw []byte
	for depth := 0; ; {
		tag, length, err := p.header(&raw)
		if err != nil {
			return nil, err
		}
		if want != 0 && tag != want || length > maxHead || len(raw) > maxHead {
			return nil, errShape
		}
		want = 0
		if length < 0 {
			depth++
		} else {
			at := len(raw)
			raw = append(raw, make([]byte, length)...)
			n, err := io.ReadFull(p.in, raw[at:])
			p.at += int64(n)
			if err != nil {
				return nil, err
			}
		}
		for ; depth > 0 && p.ended(opening{end: -1}); depth-- {
			if err := p.close(opening{end: -1}); err != nil {
				return nil, err
			}
			raw = append(raw, 0, 0)
		}
		if depth == 0 {
			return raw, nil
		}
	}
}

// header reads the identifier and the length, -1 when indefinite; raw, if not nil, gets the octets.
func (p *peeler) header(raw *[]byte) (tag byte, length int64, err error) {
	var octets [2 + 8]byte
	if _, err = io.ReadFull(p.in, octets[:2]); err != nil {
		return 0, 0, err
	}
	n := 2
	tag, length = octets[0], int64(octets[1])
	switch {
	case tag&maskNumber == maskNumber:
		return 0, 0, errShape
	case octets[1] == 0x80:
		length = -1
	case octets[1] > 0x88 || octets[1] > 0x80 && tag == 0:
		return 0, 0, errShape
	case octets[1] > 0x80:
		n += int(octets[1] & 0x7f)
		if _, err = io.ReadFull(p.in, octets[2:n]); err != nil {
			return 0, 0, err
		}
		length = 0
		for _, b := range octets[2:n] {
			if length >= 1<<48 {
				return 0, 0, errShape
			}
			length = length<<8 | int64(b)
		}
	}
	p.at += int64(n)
	if raw != nil {
		*raw = append(*raw, octets[:n]...)
	}
	if length < 0 && tag&bitConstructed == 0 {
		return 0, 0, errShape
	}
	return tag, length, nil
}

func (p *peeler) copy(out io.Writer, length int64) error {
	if p.buffer == nil {
		p.buffer = make([]byte, 64<<10)
	}
	for length > 0 {
		n, err := io.ReadFull(p.in, p.buffer[:min(length, int64(len(p.buffer)))])
		if err != nil {
			return err
		}
		p.at, length = p.at+int64(n), length-int64(n)
		if _, err := out.Write(p.buffer[:n]); err != nil {
			return err
		}
	}
	return nil
}

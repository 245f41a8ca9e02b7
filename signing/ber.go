package signing

import "fmt"

// limits bound what the normaliser takes in: the size of the input in bytes, the depth of nesting,
// and the number of elements. They are checked while reading, before anything is built.
type limits struct{ bytes, depth, elements int }

// Real signatures nest about 20 deep and hold some hundred elements; one with a long chain of
// validation data (CRLs inside) may hold a hundred thousand.
const (
	maxCMSBytes    = 16 << 20
	maxCMSDepth    = 64
	maxCMSElements = 1 << 18
)

// shapeError says why an encoding was not taken; code is a reason of the verification report.
type shapeError struct {
	code   string // malformed, too_deep, too_large
	offset int
	detail string
}

func (e *shapeError) Error() string {
	return fmt.Sprintf("encoding %s at byte %d: %s", e.code, e.offset, e.detail)
}

// Tags of X.690 that the normaliser tells apart.
const (
	tagOctetString = 0x04
	tagSequence    = 0x10
	tagSet         = 0x11
	tagExternal    = 0x08
	tagEmbedded    = 0x0b
	bitConstructed = 0x20
	maskClass      = 0xc0
	maskNumber     = 0x1f
)

// element is one TLV in the order of its first byte; parents come before their children.
type element struct {
	tagStart, tagEnd int32 // the identifier octets
	body, bodyEnd    int32 // the content of a primitive element
	size             int32 // the length of the content in DER
	parent           int32 // -1 at the top
	constructed      bool
	joined           bool // a constructed OCTET STRING, written as one primitive
	chunk            bool // a part of a joined one, written without a header
}

// frame is a constructed element whose content is being read.
type frame struct {
	element    int32
	limit      int // where its content ends at the latest
	indefinite bool
}

// normalise rewrites one BER element as DER in its lengths and string forms: indefinite and long
// lengths become minimal, an OCTET STRING in pieces becomes one. Values and the order of SETs are
// left as they are, so DER comes out as it went in. Other constructed string types are refused:
// no signature needs them.
//
// It doesn't recurse, and its time and memory are linear in the input, which max bounds.
func normalise(in []byte, max limits) ([]byte, error) {
	if len(in) > max.bytes {
		return nil, &shapeError{"too_large", max.bytes, "input is too long"}
	}
	elements, err := scan(in, max)
	if err != nil {
		return nil, err
	}
	return write(in, elements, measure(elements)), nil
}

// scan lists the elements of the one TLV that in must be.
func scan(in []byte, max limits) ([]element, error) {
	elements := make([]element, 0, min(len(in)/8+1, 512)) // what most signatures need
	var open []frame
	pos := 0
	for {
		for len(open) > 0 && !open[len(open)-1].indefinite && pos == open[len(open)-1].limit {
			open = open[:len(open)-1]
		}
		if len(open) == 0 && len(elements) > 0 {
			break
		}
		limit, parent := len(in), int32(-1)
		if len(open) > 0 {
			top := open[len(open)-1]
			limit, parent = top.limit, top.element
			if top.indefinite && limit-pos >= 2 && in[pos] == 0 && in[pos+1] == 0 {
				pos += 2
				open = open[:len(open)-1]
				continue
			}
		}
		e, length, err := readHeader(in[:limit], pos)
		if err != nil {
			return nil, err
		}
		e.parent = parent
		if err := e.checkForm(in, elements); err != nil {
			return nil, err
		}
		if len(elements) == max.elements {
			return nil, &shapeError{"too_large", pos, "too many elements"}
		}
		elements = append(elements, e)
		pos = int(e.body)
		if !e.constructed {
			pos = int(e.bodyEnd)
			continue
		}
		if len(open) == max.depth {
			return nil, &shapeError{"too_deep", pos, "nesting is too deep"}
		}
		if length >= 0 {
			limit = pos + length
		}
		open = append(open, frame{element: int32(len(elements) - 1), limit: limit, indefinite: length < 0})
	}
	if pos != len(in) {
		return nil, &shapeError{"malformed", pos, "bytes after the end"}
	}
	return elements, nil
}

// readHeader reads the identifier and the length at pos; length is -1 when indefinite.
func readHeader(in []byte, pos int) (e element, length int, err error) {
	e.tagStart = int32(pos)
	if pos >= len(in) {
		return e, 0, &shapeError{"malformed", pos, "element is missing"}
	}
	e.constructed = in[pos]&bitConstructed != 0
	if pos, err = skipTag(in, pos); err != nil {
		return e, 0, err
	}
	e.tagEnd = int32(pos)
	length, pos, err = readLength(in, pos)
	if err != nil {
		return e, 0, err
	}
	e.body = int32(pos)
	if length < 0 {
		if !e.constructed {
			return e, 0, &shapeError{"malformed", pos, "primitive of indefinite length"}
		}
		return e, length, nil
	}
	if length > len(in)-pos {
		return e, 0, &shapeError{"malformed", pos, "content is cut short"}
	}
	if !e.constructed {
		e.bodyEnd = int32(pos + length)
		e.size = int32(length)
	}
	return e, length, nil
}

// skipTag steps over the identifier octets; a number of several octets must need them.
func skipTag(in []byte, pos int) (next int, err error) {
	const octets = 4
	start := pos
	if in[pos]&maskNumber != maskNumber {
		return pos + 1, nil
	}
	number := 0
	for pos++; pos < len(in) && pos-start <= octets; pos++ {
		number = number<<7 | int(in[pos]&0x7f)
		last := in[pos]&0x80 == 0
		if last && number >= maskNumber {
			return pos + 1, nil
		}
		if last || number == 0 {
			break
		}
	}
	return pos, &shapeError{"malformed", start, "bad tag number"}
}

func readLength(in []byte, pos int) (length, next int, err error) {
	if pos >= len(in) {
		return 0, pos, &shapeError{"malformed", pos, "length is missing"}
	}
	first := int(in[pos])
	pos++
	switch {
	case first < 0x80:
		return first, pos, nil
	case first == 0x80:
		return -1, pos, nil
	}
	n := first & 0x7f
	if n > len(in)-pos {
		return 0, pos, &shapeError{"malformed", pos, "length is cut short"}
	}
	for ; n > 0; n-- {
		if length > maxCMSBytes {
			return 0, pos, &shapeError{"malformed", pos, "length is beyond the input"}
		}
		length = length<<8 | int(in[pos])
		pos++
	}
	return length, pos, nil
}

// checkForm refuses what no DER can be made of, and marks the pieces of an OCTET STRING.
func (e *element) checkForm(in []byte, before []element) error {
	tag := in[e.tagStart]
	number := tag & maskNumber
	if e.parent >= 0 && before[e.parent].joined {
		if tag&^bitConstructed != tagOctetString {
			return &shapeError{"malformed", int(e.tagStart), "a piece of a string has another type"}
		}
		e.chunk = true
	}
	if tag&maskClass != 0 {
		return nil
	}
	switch {
	case number == 0:
		return &shapeError{"malformed", int(e.tagStart), "end of contents out of place"}
	case number == tagSequence, number == tagSet, number == tagExternal, number == tagEmbedded:
		if !e.constructed {
			return &shapeError{"malformed", int(e.tagStart), "structure in primitive form"}
		}
	case e.constructed && number == tagOctetString:
		e.joined = true
	case e.constructed:
		return &shapeError{"malformed", int(e.tagStart), "constructed form of a simple type"}
	}
	return nil
}

// measure fills in the DER sizes from the leaves up and returns the size of the whole.
func measure(elements []element) int {
	for i := len(elements) - 1; i > 0; i-- {
		e := &elements[i]
		whole := e.size
		if !e.chunk {
			whole += e.tagEnd - e.tagStart + lengthOctets(e.size)
		}
		elements[e.parent].size += whole
	}
	top := &elements[0]
	return int(top.tagEnd - top.tagStart + lengthOctets(top.size) + top.size)
}

func lengthOctets(size int32) int32 {
	n := int32(1)
	if size >= 0x80 {
		for ; size > 0; size >>= 8 {
			n++
		}
	}
	return n
}

func write(in []byte, elements []element, total int) []byte {
	out := make([]byte, 0, total)
	for i := range elements {
		e := &elements[i]
		if !e.chunk {
			if e.joined {
				out = append(out, tagOctetString)
			} else {
				out = append(out, in[e.tagStart:e.tagEnd]...)
			}
			out = appendLength(out, e.size)
		}
		if !e.constructed {
			out = append(out, in[e.body:e.bodyEnd]...)
		}
	}
	return out
}

func appendLength(out []byte, size int32) []byte {
	n := lengthOctets(size) - 1
	if n == 0 {
		return append(out, byte(size))
	}
	out = append(out, 0x80|byte(n))
	for n--; n >= 0; n-- {
		out = append(out, byte(size>>(8*n)))
	}
	return out
}

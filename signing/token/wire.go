package token

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Kinds of frames. A request is answered by exactly one frame, of its own kind or a refusal.
const (
	kindList   = 'L' // → a field: entries in JSON
	kindOpen   = 'O' // entry in JSON, mechanism, PIN → a field: handle
	kindSign   = 'S' // handle, mechanism, data → a field: signature
	kindClose  = 'C' // handle → nothing
	kindRefuse = 'E' // code of the fault, the driver's own words for the log
)

// Bounds of a frame, either way: what is larger is no driver's honest answer.
const (
	maxFrame  = 4 << 20 // bytes
	maxFields = 4
)

var errFrame = errors.New("malformed frame")

// frame is what goes over the pipe: a length (4 bytes, big-endian), a kind and fields, each with its
// length before it.
type frame struct {
	kind   byte
	fields [][]byte
}

// write sends the frame in one piece and overwrites the piece: a PIN may be in it.
func (f frame) write(out io.Writer) error {
	size := 1
	for _, field := range f.fields {
		size += 4 + len(field)
	}
	if size > maxFrame || len(f.fields) > maxFields {
		return errFrame
	}
	piece := make([]byte, 0, 4+size)
	defer func() { clear(piece[:cap(piece)]) }()
	piece = binary.BigEndian.AppendUint32(piece, uint32(size))
	piece = append(piece, f.kind)
	for _, field := range f.fields {
		piece = binary.BigEndian.AppendUint32(piece, uint32(len(field)))
		piece = append(piece, field...)
	}
	_, err := out.Write(piece)
	return err
}

// readFrame reads one frame; io.EOF when the other side has ended between two. The fields share one
// buffer, which wipe overwrites.
func readFrame(in io.Reader) (frame, error) {
	var head [4]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return frame{}, err
	}
	size := binary.BigEndian.Uint32(head[:])
	if size == 0 || size > maxFrame {
		return frame{}, fmt.Errorf("%w: %d bytes", errFrame, size)
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(in, body); err != nil {
		return frame{}, fmt.Errorf("%w: %w", errFrame, err)
	}
	f := frame{kind: body[0]}
	for rest := body[1:]; len(rest) > 0; {
		if len(rest) < 4 || len(f.fields) == maxFields {
			return frame{}, errFrame
		}
		length := binary.BigEndian.Uint32(rest)
		if rest = rest[4:]; uint64(length) > uint64(len(rest)) {
			return frame{}, errFrame
		}
		f.fields = append(f.fields, rest[:length:length])
		rest = rest[length:]
	}
	return f, nil
}

// wipe overwrites what the fields hold.
func (f frame) wipe() {
	for _, field := range f.fields {
		clear(field)
	}
}

func number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func readNumber(field []byte) (uint64, error) {
	if len(field) != 8 {
		return 0, errFrame
	}
	return binary.BigEndian.Uint64(field), nil
}

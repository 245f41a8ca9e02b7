package signing

import (
	"bytes"
	"context"
	"io"
	"time"
)

// Signatory signs in somebody's name: what every store of keys opens to. A [Key] is one, whether
// its private part lies in a file or on a token; a program that keeps the keys to itself and
// answers with signatures is another.
//
// Every signature is verified before it is returned. Errors beyond the store's own: [ErrAuthKey],
// [ErrExpired], [ErrNotYetValid], [ErrNotForSigning] and [ErrUnsupportedKey] by the identity's
// fitness at the time; [ErrClosed] after Close.
type Signatory interface {
	// Identity is whose key it is.
	Identity() Identity
	// SignDocument makes a CAdES-BES signature over the content, claiming the time. A content
	// that begins as a login text does is refused: [ErrLoginText].
	SignDocument(ctx context.Context, content Content, at time.Time, options Options) ([]byte, error)
	// SignLogin signs a login text, with a signing or an authentication key: [ErrBadLoginText].
	SignLogin(ctx context.Context, text LoginText, at time.Time) ([]byte, error)
	// Close gives the key up.
	Close() error
}

// Options say how a document is signed; the zero value makes a detached signature.
type Options struct {
	// Attached puts the content into the signature.
	Attached bool
	// Out, if not nil, takes the signature, and nothing is returned. An attached one over more than
	// [InMemory] bytes has no other way: else [ErrTooLarge].
	Out io.Writer
	// Beside is a signature over the same content that this one is added to; its signers' bytes
	// stay as they are. [ErrOtherContent] when it is over another. It decides whether the outcome
	// is attached.
	Beside []byte
}

// InMemory is the size in bytes up to which a content may be held in memory.
const InMemory = 32 << 20

// Content is what is signed: bytes, or a stream that is read once.
type Content struct {
	bytes  []byte // nil when it is a stream
	reader io.Reader
	size   int64 // -1 when not known
}

// Bytes is a content in memory, which is not changed.
func Bytes(content []byte) Content {
	return Content{content, bytes.NewReader(content), int64(len(content))}
}

// Stream is a content that is read when it is signed; size in bytes, negative when not known.
func Stream(content io.Reader, size int64) Content { return Content{nil, content, size} }

// Reader gives what is to be read.
func (c Content) Reader() io.Reader { return c.reader }

// Size in bytes; negative when not known.
func (c Content) Size() int64 { return c.size }

package portal

import (
	"context"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// fault is what stops the reading of a whole file.
type fault struct {
	line   int
	reason Reason
	value  string
}

func (f *fault) Error() string { return string(f.reason) }

// scanner reads JSON (RFC 8259) token by token from a stream. It keeps a window of the stream and
// what it is asked to keep, nothing else; it knows its line; its input may be anything.
type scanner struct {
	ctx    context.Context
	in     io.Reader
	window []byte
	at     int // the next byte of the window
	end    int // behind the last sound byte of the window
	tail   int // bytes behind end: the beginning of a rune, of which the rest is not read yet
	before int64
	limit  int64
	line   int
	depth  int
	failed error // of the stream, once the window is used up
	text   []byte
}

func newScanner(ctx context.Context, in io.Reader, limit int64) *scanner {
	return &scanner{ctx: ctx, in: in, window: make([]byte, 64<<10), limit: limit, line: 1}
}

// offset counts the bytes read so far.
func (s *scanner) offset() int64 { return s.before + int64(s.at) }

func (s *scanner) fault(reason Reason) error { return &fault{line: s.line, reason: reason} }

// fill gets more bytes, or fails. It lets sound UTF-8 through and nothing else.
func (s *scanner) fill() error {
	if s.failed != nil {
		return s.failed
	}
	if s.failed = s.ctx.Err(); s.failed != nil {
		return s.failed
	}
	s.before += int64(s.end)
	copy(s.window, s.window[s.end:s.end+s.tail])
	kept := s.tail
	s.at, s.end, s.tail = 0, 0, 0
	n, err := s.readSome(s.window[kept:])
	fresh := s.window[:kept+n]
	s.end = soundPrefix(fresh)
	rest := fresh[s.end:]
	switch {
	case s.before+int64(len(fresh)) > s.limit:
		s.end, s.failed = 0, &fault{reason: FileTooLarge}
	case len(rest) > 0 && utf8.FullRune(rest):
		s.failed = &fault{reason: NotUTF8}
	case len(rest) > 0 && errors.Is(err, io.EOF):
		s.failed = &fault{reason: Truncated}
	case err != nil:
		s.failed = err
	default:
		s.tail = len(rest)
	}
	if s.end > 0 {
		return nil // a failure is told when the window is used up: then its line is known
	}
	return s.fill()
}

// readSome reads at least one byte or fails; a reader that keeps giving nothing fails too.
func (s *scanner) readSome(p []byte) (int, error) {
	for range 100 {
		n, err := s.in.Read(p)
		if n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

// soundPrefix is the length of the longest prefix that is UTF-8.
func soundPrefix(p []byte) int {
	if utf8.Valid(p) {
		return len(p)
	}
	i := 0
	for i < len(p) {
		if p[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(p[i:])
		if r == utf8.RuneError && size <= 1 {
			break
		}
		i += size
	}
	return i
}

// peek gives the next byte without taking it.
func (s *scanner) peek() (byte, error) {
	if s.at == s.end {
		if err := s.fill(); err != nil {
			return 0, s.explain(err)
		}
	}
	return s.window[s.at], nil
}

// explain gives a fault of the stream its line.
func (s *scanner) explain(err error) error {
	var f *fault
	if errors.As(err, &f) && f.line == 0 {
		f.line = s.line
	}
	return err
}

// next gives the next byte that is no white space, without taking it; io.EOF at the end.
func (s *scanner) next() (byte, error) {
	for {
		for s.at < s.end {
			switch c := s.window[s.at]; c {
			case '\n':
				s.line++
				s.at++
			case ' ', '\t', '\r':
				s.at++
			default:
				return c, nil
			}
		}
		if _, err := s.peek(); err != nil {
			return 0, err
		}
	}
}

// must is next inside a value, where the file may not end.
func (s *scanner) must() (byte, error) {
	c, err := s.next()
	return c, s.inside(err)
}

func (s *scanner) inside(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return s.fault(Truncated)
	}
	return err
}

// enter takes an opening bracket.
func (s *scanner) enter() error {
	s.at++
	s.depth++
	if s.depth > maxDepth {
		return s.fault(TooDeep)
	}
	return nil
}

// leave takes a closing bracket.
func (s *scanner) leave() {
	s.at++
	s.depth--
}

// more is asked before every element of an array or object (first: before the first one): it takes
// the comma, and at the closing bracket takes that and says no.
func (s *scanner) more(closing byte, first bool) (bool, error) {
	c, err := s.must()
	if err != nil {
		return false, err
	}
	if c == closing {
		s.leave()
		return false, nil
	}
	if first {
		return true, nil
	}
	if c != ',' {
		return false, s.fault(Broken)
	}
	s.at++
	if c, err = s.must(); err != nil {
		return false, err
	}
	if c == closing { // a comma with nothing behind it
		return false, s.fault(Broken)
	}
	return true, nil
}

// name takes a member's name and its colon. The bytes are good until the next token.
func (s *scanner) name() ([]byte, error) {
	c, err := s.must()
	if err != nil {
		return nil, err
	}
	if c != '"' {
		return nil, s.fault(Broken)
	}
	text, _, err := s.string()
	if err != nil {
		return nil, err
	}
	if c, err = s.must(); err != nil {
		return nil, err
	}
	if c != ':' {
		return nil, s.fault(Broken)
	}
	s.at++
	return text, nil
}

// string takes a string. The bytes are good until the next token. A string that is too long to be
// kept, or has half a surrogate pair in it, is named by a reason; what was kept of it is returned.
func (s *scanner) string() ([]byte, Reason, error) {
	s.at++ // the quote
	s.text = s.text[:0]
	var flaw Reason
	for {
		from := s.at
		for s.at < s.end {
			if c := s.window[s.at]; c == '"' || c == '\\' || c < ' ' {
				break
			}
			s.at++
		}
		if room := maxRaw - len(s.text); room < s.at-from {
			flaw = TooLong
			s.text = append(s.text, s.window[from:from+max(room, 0)]...)
		} else {
			s.text = append(s.text, s.window[from:s.at]...)
		}
		c, err := s.peek()
		if err != nil {
			return nil, "", s.inside(err)
		}
		switch {
		case c == '"':
			s.at++
			return s.text, flaw, nil
		case c == '\\':
			s.at++
			sound, err := s.escape()
			if err != nil {
				return nil, "", err
			}
			if !sound && flaw == "" {
				flaw = BadText
			}
		case c < ' ':
			return nil, "", s.fault(Broken)
		}
	}
}

// escape takes what follows a backslash; it says whether that is a whole character.
func (s *scanner) escape() (bool, error) {
	c, err := s.peek()
	if err != nil {
		return false, s.inside(err)
	}
	s.at++
	switch c {
	case '"', '\\', '/':
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'u':
		return s.unicodeEscape()
	default:
		return false, s.fault(Broken)
	}
	s.keep(rune(c))
	return true, nil
}

func (s *scanner) unicodeEscape() (bool, error) {
	r, err := s.hex()
	if err != nil {
		return false, err
	}
	if !utf16.IsSurrogate(r) {
		s.keep(r)
		return true, nil
	}
	for _, want := range [...]byte{'\\', 'u'} {
		c, err := s.peek()
		if err != nil {
			return false, s.inside(err)
		}
		if c != want {
			if want == 'u' {
				// The backslash was taken: finish its escape on its own.
				_, err := s.escape()
				return false, err
			}
			return false, nil
		}
		s.at++
	}
	low, err := s.hex()
	if err != nil {
		return false, err
	}
	r = utf16.DecodeRune(r, low)
	s.keep(r)
	return r != utf8.RuneError, nil
}

func (s *scanner) keep(r rune) {
	if len(s.text) < maxRaw {
		s.text = utf8.AppendRune(s.text, r)
	}
}

func (s *scanner) hex() (rune, error) {
	var r rune
	for range 4 {
		c, err := s.peek()
		if err != nil {
			return 0, s.inside(err)
		}
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, s.fault(Broken)
		}
		r = r<<4 | rune(c)
		s.at++
	}
	return r, nil
}

// literal takes a number, true, false or null. The bytes are good until the next token.
func (s *scanner) literal() ([]byte, error) {
	s.text = s.text[:0]
	for {
		c, err := s.peek()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if !literalByte(c) {
			break
		}
		if len(s.text) == maxRaw {
			return nil, s.fault(Broken)
		}
		s.text = append(s.text, c)
		s.at++
	}
	switch string(s.text) {
	case "true", "false", "null":
		return s.text, nil
	}
	if !isNumber(s.text) {
		if _, err := s.peek(); errors.Is(err, io.EOF) && len(s.text) > 0 {
			return nil, s.fault(Truncated)
		}
		return nil, s.fault(Broken)
	}
	return s.text, nil
}

func literalByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '-' || c == '+' || c == '.'
}

// isNumber checks the grammar of RFC 8259 §6.
func isNumber(p []byte) bool {
	if len(p) > 0 && p[0] == '-' {
		p = p[1:]
	}
	whole := digits(p)
	if whole == 0 || whole > 1 && p[0] == '0' {
		return false
	}
	p = p[whole:]
	if len(p) > 0 && p[0] == '.' {
		fraction := digits(p[1:])
		if fraction == 0 {
			return false
		}
		p = p[1+fraction:]
	}
	if len(p) > 0 && (p[0] == 'e' || p[0] == 'E') {
		p = p[1:]
		if len(p) > 0 && (p[0] == '+' || p[0] == '-') {
			p = p[1:]
		}
		exponent := digits(p)
		return exponent > 0 && exponent == len(p)
	}
	return len(p) == 0
}

func digits(p []byte) int {
	n := 0
	for n < len(p) && '0' <= p[n] && p[n] <= '9' {
		n++
	}
	return n
}

// skip takes a value of any kind and keeps nothing of it.
func (s *scanner) skip() error {
	c, err := s.must()
	if err != nil {
		return err
	}
	switch c {
	case '"':
		_, _, err := s.string()
		return err
	case '[', '{':
		if err := s.enter(); err != nil {
			return err
		}
		closing := c + 2 // in ASCII
		for first := true; ; first = false {
			more, err := s.more(closing, first)
			if err != nil || !more {
				return err
			}
			if closing == '}' {
				if _, err := s.name(); err != nil {
					return err
				}
			}
			if err := s.skip(); err != nil {
				return err
			}
		}
	default:
		_, err := s.literal()
		return err
	}
}

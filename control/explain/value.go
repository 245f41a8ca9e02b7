package explain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"baqylau/control"
)

// Limits of a case: it comes from outside.
const (
	maxSize  = 8 << 20 // bytes
	maxDepth = 12
	maxLots  = 10_000
)

// Error says what in a case could not be read, and where.
type Error struct {
	Field string // "lots[0].amount"; empty for the case as a whole
	Line  int    // from 1
	Why   string
}

func (e *Error) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("line %d: %s", e.Line, e.Why)
	}
	return fmt.Sprintf("line %d: %s: %s", e.Line, e.Field, e.Why)
}

// value is a piece of JSON that knows its place. A number keeps its literal.
type value struct {
	path    string
	line    int
	token   json.Token // string, json.Number, bool, nil; json.Delim '{' or '['
	members []member
	items   []*value
	raw     []byte // as it stands in the case
}

type member struct {
	name string
	line int
	*value
}

// parse reads one JSON value and nothing after it. A member that stands twice is refused: which of
// the two was meant nobody can say.
func parse(data []byte) (*value, error) {
	if len(data) > maxSize {
		return nil, &Error{Line: 1, Why: fmt.Sprintf("the case is larger than %d bytes", maxSize)}
	}
	p := &parser{data: data, line: 1, dec: json.NewDecoder(bytes.NewReader(data))}
	p.dec.UseNumber()
	root, err := p.value("", 0)
	if err != nil {
		return nil, err
	}
	if _, err := p.dec.Token(); !errors.Is(err, io.EOF) {
		return nil, p.fault("", "something follows the case")
	}
	return root, nil
}

type parser struct {
	data    []byte
	dec     *json.Decoder
	line    int
	counted int // bytes whose line breaks are in line
}

// here is the line of the end of what was read last.
func (p *parser) here() int {
	offset := int(p.dec.InputOffset())
	p.line += bytes.Count(p.data[p.counted:offset], []byte{'\n'})
	p.counted = offset
	return p.line
}

func (p *parser) fault(path, why string) error { return &Error{Field: path, Line: p.here(), Why: why} }

// broken puts a fault of the JSON itself into words.
func (p *parser) broken(path string, err error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return p.fault(path, "the case ends too early")
	case errors.As(err, &syntax):
		line := 1 + bytes.Count(p.data[:min(int(syntax.Offset), len(p.data))], []byte{'\n'})
		return &Error{Field: path, Line: line, Why: "this is no JSON: " + syntax.Error()}
	default:
		return p.fault(path, "this is no JSON: "+err.Error())
	}
}

func (p *parser) value(path string, depth int) (*value, error) {
	if depth > maxDepth {
		return nil, p.fault(path, "too deep")
	}
	token, err := p.dec.Token()
	if err != nil {
		return nil, p.broken(path, err)
	}
	end := int(p.dec.InputOffset())
	v := &value{path: path, line: p.here(), token: token}
	switch token {
	case json.Delim('{'):
		err = p.object(v, depth)
	case json.Delim('['):
		err = p.array(v, depth)
	default:
		return v, nil
	}
	v.raw = p.data[end-1 : p.dec.InputOffset()]
	return v, err
}

func (p *parser) object(v *value, depth int) error {
	seen := map[string]bool{}
	for p.dec.More() {
		token, err := p.dec.Token()
		if err != nil {
			return p.broken(v.path, err)
		}
		name, line := token.(string), p.here()
		path := strings.TrimPrefix(v.path+"."+name, ".")
		if seen[name] {
			return &Error{Field: path, Line: line, Why: "stands twice"}
		}
		seen[name] = true
		inner, err := p.value(path, depth+1)
		if err != nil {
			return err
		}
		v.members = append(v.members, member{name, line, inner})
	}
	return p.close(v)
}

func (p *parser) array(v *value, depth int) error {
	for p.dec.More() {
		if len(v.items) == maxLots {
			return p.fault(v.path, fmt.Sprintf("has more than %d entries", maxLots))
		}
		inner, err := p.value(v.path+"["+strconv.Itoa(len(v.items))+"]", depth+1)
		if err != nil {
			return err
		}
		v.items = append(v.items, inner)
	}
	return p.close(v)
}

func (p *parser) close(v *value) error {
	if _, err := p.dec.Token(); err != nil {
		return p.broken(v.path, err)
	}
	return nil
}

func (v *value) fault(why string) error { return &Error{Field: v.path, Line: v.line, Why: why} }

// wrong says that the value is of another kind than wanted; numbers and words are quoted.
func (v *value) wrong(want string) error {
	switch t := v.token.(type) {
	case string:
		return v.fault(fmt.Sprintf("%q is %s", t, want))
	case json.Number:
		return v.fault(t.String() + " is " + want)
	default:
		return v.fault("is " + want)
	}
}

// reader reads a value into its place. A null is never given to one: it means what absence means.
type reader func(*value) error

// object reads the members by their readers; a name without one is an error.
func (v *value) object(readers map[string]reader) error {
	if v.token != json.Delim('{') {
		return v.wrong("no object")
	}
	for _, m := range v.members {
		read, known := readers[m.name]
		if !known {
			return &Error{Field: m.path, Line: m.line, Why: "the field is unknown"}
		}
		if m.token == nil {
			continue
		}
		if err := read(m.value); err != nil {
			return err
		}
	}
	return nil
}

// list reads every entry of an array; nulls in it are an error of their reader.
func list(read reader) reader {
	return func(v *value) error {
		if v.token != json.Delim('[') {
			return v.wrong("no list")
		}
		for _, item := range v.items {
			if err := read(item); err != nil {
				return err
			}
		}
		return nil
	}
}

func text(to *string) reader {
	return func(v *value) error {
		s, ok := v.token.(string)
		if !ok {
			return v.wrong("no text")
		}
		*to = s
		return nil
	}
}

func boolean(to *bool) reader {
	return func(v *value) error {
		b, ok := v.token.(bool)
		if !ok {
			return v.wrong("neither true nor false")
		}
		*to = b
		return nil
	}
}

func instant(to *time.Time) reader {
	return func(v *value) error {
		s, _ := v.token.(string)
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return v.wrong("no time of RFC 3339")
		}
		*to = t
		return nil
	}
}

// count reads a whole number that is not negative.
func count(to *int) reader {
	return func(v *value) error {
		n, ok := v.token.(json.Number)
		if !ok {
			return v.wrong("no number")
		}
		i, err := strconv.Atoi(n.String())
		if err != nil || i < 0 {
			return v.wrong("no count: a whole number from 0")
		}
		*to = i
		return nil
	}
}

// amount reads tenge from the literal, with at most two decimals, and never through a float.
func amount(to *control.Tiyn) reader {
	return func(v *value) error {
		n, ok := v.token.(json.Number)
		if !ok {
			return v.wrong("no amount: a number of tenge")
		}
		whole, decimals, _ := strings.Cut(n.String(), ".")
		if strings.ContainsAny(n.String(), "eE-") {
			return v.wrong("no amount: write digits, with no sign and no exponent")
		}
		if len(decimals) > 2 {
			return v.wrong("no amount: it has more than two decimals")
		}
		tiyn, err := strconv.ParseInt(whole+decimals+strings.Repeat("0", 2-len(decimals)), 10, 64)
		if err != nil {
			return v.wrong("no amount: it is too large")
		}
		*to = control.Tiyn(tiyn)
		return nil
	}
}

// oneOf reads a word of a list.
func oneOf[T ~string](to *T, known ...T) reader {
	return func(v *value) error {
		s, _ := v.token.(string)
		for _, k := range known {
			if s == string(k) {
				*to = k
				return nil
			}
		}
		return v.wrong("unknown here")
	}
}

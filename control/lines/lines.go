// Package lines reads JSON that comes from outside so that every piece knows its place.
//
// Its promise: what is wrong is named by line and field; a member that stands twice is refused, since
// nobody can say which of the two was meant; a number keeps its literal, so that money never goes
// through a float; size, depth and the length of lists are bounded.
//
// Its limit: it holds the whole text.
package lines

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Code is the stable name of what is wrong. People read its sentence in their language, under the key
// "fault.<code>".
type Code string

const (
	Broken  Code = "broken"  // this is no such file at all: JSON, CSV
	Short   Code = "short"   // it ends too early
	Large   Code = "large"   // larger than Value bytes
	Deep    Code = "deep"    // nested too deep
	More    Code = "more"    // something follows
	Twice   Code = "twice"   // stands twice
	Unknown Code = "unknown" // a field, or a word, that nobody knows
	Missing Code = "missing" // is needed
	Kind    Code = "kind"    // of another kind than wanted: a text for a list
	Many    Code = "many"    // more than Value entries
)

// Fault says what in a text is wrong, and where.
type Fault struct {
	Field string // "lots[0].amount"; empty for the text as a whole
	Line  int    // from 1
	Why   string // in English, for logs and programmers
	Code  Code   // for people; empty where they are told Why
	Value string // what the code speaks of; may be empty
}

func (f *Fault) Error() string {
	if f.Field == "" {
		return fmt.Sprintf("line %d: %s", f.Line, f.Why)
	}
	return fmt.Sprintf("line %d: %s: %s", f.Line, f.Field, f.Why)
}

// Limits bound a text.
type Limits struct {
	Size  int // bytes
	Depth int // of the innermost value; the whole is 0 deep
	List  int // entries of one array
}

// Value is a piece of JSON that knows its place.
type Value struct {
	Path    string
	Line    int
	Token   json.Token // string, json.Number, bool, nil; json.Delim '{' or '['
	Members []Member
	Items   []*Value
	Raw     []byte // as it stands in the text, where it is an object or an array
}

// Member is a name with its value. Line is the name's.
type Member struct {
	Name string
	Line int
	*Value
}

// Parse reads one JSON value and nothing after it. Its errors are *Fault.
func Parse(data []byte, limits Limits) (*Value, error) {
	if len(data) > limits.Size {
		return nil, &Fault{Line: 1, Why: fmt.Sprintf("it is larger than %d bytes", limits.Size), Code: Large, Value: strconv.Itoa(limits.Size)}
	}
	p := &parser{data: data, line: 1, limits: limits, dec: json.NewDecoder(bytes.NewReader(data))}
	p.dec.UseNumber()
	root, err := p.value("", 0)
	if err != nil {
		return nil, err
	}
	if _, err := p.dec.Token(); !errors.Is(err, io.EOF) {
		return nil, p.fault("", More, "something follows it")
	}
	return root, nil
}

type parser struct {
	data    []byte
	dec     *json.Decoder
	limits  Limits
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

func (p *parser) fault(path string, code Code, why string) error {
	return &Fault{Field: path, Line: p.here(), Why: why, Code: code}
}

// broken puts a fault of the JSON itself into words.
func (p *parser) broken(path string, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return p.fault(path, Short, "it ends too early")
	}
	line := p.here()
	// The decoder's own offset is not always that of the text.
	var syntax *json.SyntaxError
	if errors.As(json.Unmarshal(p.data, new(json.RawMessage)), &syntax) && syntax.Offset > 0 {
		line = 1 + bytes.Count(p.data[:syntax.Offset-1], []byte{'\n'})
	}
	return &Fault{Field: path, Line: line, Why: "this is no JSON: " + err.Error(), Code: Broken}
}

func (p *parser) value(path string, depth int) (*Value, error) {
	if depth > p.limits.Depth {
		return nil, p.fault(path, Deep, "too deep")
	}
	token, err := p.dec.Token()
	if err != nil {
		return nil, p.broken(path, err)
	}
	end := int(p.dec.InputOffset())
	v := &Value{Path: path, Line: p.here(), Token: token}
	switch token {
	case json.Delim('{'):
		err = p.object(v, depth)
	case json.Delim('['):
		err = p.array(v, depth)
	default:
		return v, nil
	}
	v.Raw = p.data[end-1 : p.dec.InputOffset()]
	return v, err
}

func (p *parser) object(v *Value, depth int) error {
	seen := map[string]bool{}
	for p.dec.More() {
		token, err := p.dec.Token()
		if err != nil {
			return p.broken(v.Path, err)
		}
		name, line := token.(string), p.here()
		path := strings.TrimPrefix(v.Path+"."+name, ".")
		if seen[name] {
			return &Fault{Field: path, Line: line, Why: "stands twice", Code: Twice, Value: name}
		}
		seen[name] = true
		inner, err := p.value(path, depth+1)
		if err != nil {
			return err
		}
		v.Members = append(v.Members, Member{name, line, inner})
	}
	return p.close(v)
}

func (p *parser) array(v *Value, depth int) error {
	for p.dec.More() {
		if len(v.Items) == p.limits.List {
			return &Fault{
				Field: v.Path, Line: p.here(), Why: fmt.Sprintf("has more than %d entries", p.limits.List),
				Code: Many, Value: strconv.Itoa(p.limits.List),
			}
		}
		inner, err := p.value(v.Path+"["+strconv.Itoa(len(v.Items))+"]", depth+1)
		if err != nil {
			return err
		}
		v.Items = append(v.Items, inner)
	}
	return p.close(v)
}

func (p *parser) close(v *Value) error {
	if _, err := p.dec.Token(); err != nil {
		return p.broken(v.Path, err)
	}
	return nil
}

// Fault says what is wrong with the value, in words alone.
func (v *Value) Fault(why string) error { return &Fault{Field: v.Path, Line: v.Line, Why: why} }

// Wrong says that the value is of another kind than wanted; numbers and words are quoted.
func (v *Value) Wrong(code Code, want string) error {
	quoted := v.text()
	why := "is " + want
	if quoted != "" {
		why = quoted + " is " + want
	}
	value, _ := v.Token.(string)
	if n, ok := v.Token.(json.Number); ok {
		value = n.String()
	}
	return &Fault{Field: v.Path, Line: v.Line, Why: why, Code: code, Value: value}
}

func (v *Value) text() string {
	switch t := v.Token.(type) {
	case string:
		return strconv.Quote(t)
	case json.Number:
		return t.String()
	default:
		return ""
	}
}

// Reader reads a value into its place. A null is never given to one: it means what absence means.
type Reader func(*Value) error

// Object reads the members by their readers; a name without one is a fault.
func (v *Value) Object(readers map[string]Reader) error {
	if v.Token != json.Delim('{') {
		return v.Wrong(Kind, "no object")
	}
	for _, m := range v.Members {
		read, known := readers[m.Name]
		if !known {
			return m.Unknown()
		}
		if m.Token == nil {
			continue
		}
		if err := read(m.Value); err != nil {
			return err
		}
	}
	return nil
}

// Unknown says that nobody knows the member.
func (m Member) Unknown() error {
	return &Fault{Field: m.Path, Line: m.Line, Why: "the field is unknown", Code: Unknown, Value: m.Name}
}

// Needs says that a field of the object is missing.
func (v *Value) Needs(field string) error {
	path := strings.TrimPrefix(v.Path+"."+field, ".")
	return &Fault{Field: path, Line: v.Line, Why: "is needed", Code: Missing, Value: field}
}

// List reads every entry of an array; nulls in it are a fault of their reader.
func List(read Reader) Reader {
	return func(v *Value) error {
		if v.Token != json.Delim('[') {
			return v.Wrong(Kind, "no list")
		}
		for _, item := range v.Items {
			if err := read(item); err != nil {
				return err
			}
		}
		return nil
	}
}

// Text reads a text.
func Text(to *string) Reader {
	return func(v *Value) error {
		s, ok := v.Token.(string)
		if !ok {
			return v.Wrong(Kind, "no text")
		}
		*to = s
		return nil
	}
}

// Number reads a number as it is written.
func Number(to *json.Number) Reader {
	return func(v *Value) error {
		n, ok := v.Token.(json.Number)
		if !ok {
			return v.Wrong(Kind, "no number")
		}
		*to = n
		return nil
	}
}

package portal

import (
	"context"
	"errors"
	"io"
)

// file is the reading of one file. The file is a sequence of values, each an array of records, an
// envelope {"service": …, "items": [records]}, or a record.
type file struct {
	report  *FileReport
	index   int
	limits  Limits
	s       *scanner
	entries []entry
	count   int // of records met
	wrecked map[int64]string
	// outer holds the object that may prove to be an envelope, inner the record in a list.
	outer, inner record
}

// read reads the whole file; its error refuses the whole file.
func (f *file) read(ctx context.Context, source Source) error {
	in, err := source.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	f.s = newScanner(ctx, in, f.limits.FileBytes)
	if err := f.skipMark(); err != nil {
		return err
	}
	for n := 0; ; n++ {
		c, err := f.s.next()
		switch {
		case errors.Is(err, io.EOF) && n == 0:
			return f.s.fault(Empty)
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case c == '[':
			err = f.list("")
		case c == '{':
			err = f.object()
		default:
			err = f.element("")
		}
		if err != nil {
			return err
		}
	}
}

// skipMark takes the byte order mark that some editors put before UTF-8.
func (f *file) skipMark() error {
	c, err := f.s.peek()
	if errors.Is(err, io.EOF) {
		return f.s.fault(Empty)
	}
	if err != nil {
		return err
	}
	const mark = "\ufeff" // whole in the window, or its first byte would not be
	if c == mark[0] && string(f.s.window[f.s.at:f.s.at+len(mark)]) == mark {
		f.s.at += len(mark)
	}
	return nil
}

// list reads an array of records.
func (f *file) list(service string) error {
	if err := f.s.enter(); err != nil {
		return err
	}
	for first := true; ; first = false {
		more, err := f.s.more(']', first)
		if err != nil || !more {
			return err
		}
		if err := f.element(service); err != nil {
			return err
		}
	}
}

// element reads a record of a list.
func (f *file) element(service string) error {
	c, err := f.s.must()
	if err != nil {
		return err
	}
	if c != '{' {
		line := f.s.line
		if err := f.s.skip(); err != nil {
			return err
		}
		f.report.refuse(Refusal{Line: line, Reason: NotAnObject})
		return f.counted()
	}
	rec := &f.inner
	rec.begin(f.s)
	rec.service = service
	if err := f.s.enter(); err != nil {
		return err
	}
	for first := true; ; first = false {
		more, err := f.s.more('}', first)
		if err != nil {
			return err
		}
		if !more {
			f.take(rec)
			return f.counted()
		}
		name, err := f.s.name()
		if err != nil {
			return err
		}
		if err := f.member(rec, slotOf(name)); err != nil {
			return err
		}
	}
}

// object reads an object that stands by itself: an envelope or a record.
func (f *file) object() error {
	rec := &f.outer
	rec.begin(f.s)
	if err := f.s.enter(); err != nil {
		return err
	}
	envelope := false
	for first := true; ; first = false {
		more, err := f.s.more('}', first)
		if err != nil {
			return err
		}
		if !more {
			break
		}
		name, err := f.s.name()
		if err != nil {
			return err
		}
		items := string(name) == "items"
		slot := slotOf(name)
		c, err := f.s.must()
		if err != nil {
			return err
		}
		if items && c == '[' {
			envelope = true
			service, err := f.declared(rec)
			if err != nil {
				return err
			}
			if err := f.list(service); err != nil {
				return err
			}
			rec.start = f.s.offset() // the items are no part of the envelope's own size
			continue
		}
		if err := f.member(rec, slot); err != nil {
			return err
		}
	}
	if envelope {
		return nil
	}
	service, err := f.declared(rec)
	if err != nil {
		return err
	}
	rec.service = service
	f.take(rec)
	return f.counted()
}

// declared is the kind of record that a file says it holds; empty where it says none.
func (f *file) declared(rec *record) (string, error) {
	v := rec.values[slotService]
	switch {
	case v.kind == absent || v.kind == null:
		return "", nil
	case v.kind == text && (v.text == announcements || v.text == lots || v.text == plans):
		return v.text, nil
	}
	return "", &fault{line: v.line, reason: UnknownService, value: v.text}
}

func (f *file) counted() error {
	f.count++
	if f.count > f.limits.Records {
		return f.s.fault(TooManyRecords)
	}
	return nil
}

// member reads the value of a record's field, or skips what isn't wanted.
func (f *file) member(rec *record, slot slot) error {
	if slot == unwanted || rec.flaw == RecordTooLarge {
		if err := f.s.skip(); err != nil {
			return err
		}
	} else {
		line := f.s.line
		v, err := f.value(rec)
		if err != nil {
			return err
		}
		if rec.values[slot].kind != absent {
			rec.fail(FieldTwice, slot, line)
		}
		rec.values[slot] = v
	}
	if f.s.offset()-rec.start > f.limits.RecordBytes {
		rec.fail(RecordTooLarge, unwanted, rec.line)
	}
	return nil
}

// value reads a value and keeps it, as long as the record may grow.
func (f *file) value(rec *record) (value, error) {
	rec.nodes++
	if rec.nodes > maxNodes || f.s.offset()-rec.start > f.limits.RecordBytes {
		rec.fail(RecordTooLarge, unwanted, rec.line)
		return value{}, f.s.skip()
	}
	c, err := f.s.must()
	if err != nil {
		return value{}, err
	}
	v := value{line: f.s.line}
	switch c {
	case '"':
		p, flaw, err := f.s.string()
		if err != nil {
			return value{}, err
		}
		v.kind, v.text, v.flaw = text, string(p), flaw
	case '[':
		v.kind = list
		v.list, err = f.values(rec)
	case '{':
		v.kind = object
		v.members, err = f.members(rec)
	default:
		p, err := f.s.literal()
		if err != nil {
			return value{}, err
		}
		v.kind, v.text = literalKind(p), string(p)
	}
	return v, err
}

func literalKind(p []byte) kind {
	switch p[0] {
	case 'n':
		return null
	case 't', 'f':
		return flag
	default:
		return number
	}
}

func (f *file) values(rec *record) ([]value, error) {
	if err := f.s.enter(); err != nil {
		return nil, err
	}
	var all []value
	for first := true; ; first = false {
		more, err := f.s.more(']', first)
		if err != nil || !more {
			return all, err
		}
		v, err := f.value(rec)
		if err != nil {
			return nil, err
		}
		if v.kind != absent {
			all = append(all, v)
		}
	}
}

// members reads a nested object: its wanted fields.
func (f *file) members(rec *record) ([]member, error) {
	if err := f.s.enter(); err != nil {
		return nil, err
	}
	var all []member
	for first := true; ; first = false {
		more, err := f.s.more('}', first)
		if err != nil || !more {
			return all, err
		}
		name, err := f.s.name()
		if err != nil {
			return nil, err
		}
		slot := slotOf(name)
		if slot == unwanted {
			if err := f.s.skip(); err != nil {
				return nil, err
			}
			continue
		}
		v, err := f.value(rec)
		if err != nil {
			return nil, err
		}
		all = append(all, member{slot, v})
	}
}

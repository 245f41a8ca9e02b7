// Package portal takes purchases over from the procurement portal's open-data service.
//
// Its promise: files in the shape of the service (FORMAT.md) become [control.Purchase] values, the
// same ones however often, in whatever order and in however many files they come. Statuses and
// methods are told by their ids, never by codes or names. Nothing is taken by halves: a file that
// is no sound JSON is refused whole; a bad record is refused by itself, and with it the announcement
// that it belongs to; every refusal names file, line, field and reason in both languages.
//
// Every byte may be hostile: a file is read as a stream in memory bounded by [Limits], whatever its
// size or depth.
//
// [Read] turns files into a [Batch] of records; [Apply] joins the batch with the records that a
// [Store] has from earlier imports and returns the purchases that may have changed.
//
// Its limit: it believes the portal. What is well-formed and false stays false.
package portal

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// Source is a file to import.
type Source struct {
	// Name is what the report calls it.
	Name string
	// Open gives its bytes. It is called once; who calls it closes what it returns.
	Open func() (io.ReadCloser, error)
}

// FromFile is a source on disk, named by the last part of its path.
func FromFile(path string) Source {
	return Source{
		Name: filepath.Base(path),
		Open: func() (io.ReadCloser, error) { return os.Open(path) },
	}
}

// FromBytes is a source in memory.
func FromBytes(name string, data []byte) Source {
	return Source{
		Name: name,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
	}
}

// Limits bound what a call of [Read] takes in. A zero member means its default.
type Limits struct {
	FileBytes   int64 // a file; default 1 GiB
	RecordBytes int64 // a record; default 1 MiB
	Records     int   // records of one file; default 500 000
}

const (
	maxDepth = 32       // of nested arrays and objects, the file's own envelope included
	maxText  = 4000     // runes of a text
	maxRaw   = 64 << 10 // bytes of a string or number that are kept to be looked at
	maxNodes = 20_000   // values of a record that are kept
)

func (l Limits) orDefault() Limits {
	if l.FileBytes <= 0 {
		l.FileBytes = 1 << 30
	}
	if l.RecordBytes <= 0 {
		l.RecordBytes = 1 << 20
	}
	if l.Records <= 0 {
		l.Records = 500_000
	}
	return l
}

// Batch is what was taken from the files of one call, ready for [Apply].
type Batch struct {
	Report  Report
	records []entry
}

// entry is a record with the place it came from.
type entry struct {
	item item
	file int // index in Report.Files
	line int
}

// Read reads files as one call: records may refer to each other across them, in any order. What is
// wrong with a file or a record stands in the batch's report. The error is of the context alone.
func Read(ctx context.Context, sources []Source, limits Limits) (*Batch, error) {
	limits = limits.orDefault()
	b := &Batch{Report: Report{Files: make([]FileReport, len(sources))}}
	wrecked := map[int64]string{} // announcements that lost a record, and which one
	for i, source := range sources {
		report := &b.Report.Files[i]
		*report = FileReport{Name: cleanText(source.Name), Refused: []Refusal{}, Notes: []Refusal{}}
		f := file{report: report, index: i, limits: limits, wrecked: map[int64]string{}}
		if err := f.read(ctx, source); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			f.refuseWhole(err)
			continue
		}
		b.records = append(b.records, f.entries...)
		for id, record := range f.wrecked {
			wrecked[id] = record
		}
	}
	b.refuseHalves(wrecked)
	b.keepNewest()
	b.count()
	return b, nil
}

func (b *Batch) count() {
	for _, e := range b.records {
		report := &b.Report.Files[e.file]
		report.Taken++
		method := int64(-1)
		switch i := e.item.(type) {
		case *announcement:
			method = i.Method
		case *point:
			method = i.Method
		}
		if m, known := methodOf(method); known && m == "" {
			report.Uncontrolled++
		}
	}
}

// refuseWhole refuses the file for what stopped its reading.
func (f *file) refuseWhole(err error) {
	*f.report = FileReport{Name: f.report.Name, Refused: []Refusal{}, Notes: []Refusal{}}
	refusal := Refusal{Reason: Unreadable, Value: cleanValue(err.Error())}
	var broken *fault
	if errors.As(err, &broken) {
		refusal = Refusal{Line: broken.line, Reason: broken.reason, Value: cleanValue(broken.value)}
	}
	f.report.refuse(refusal)
}

// refuseHalves refuses what belongs to an announcement of which a record was refused: nothing is
// taken by halves.
func (b *Batch) refuseHalves(wrecked map[int64]string) {
	if len(wrecked) == 0 {
		return
	}
	kept := b.records[:0]
	for _, e := range b.records {
		culprit, lost := wrecked[e.item.announcement()]
		if !lost {
			kept = append(kept, e)
			continue
		}
		b.Report.Files[e.file].refuse(Refusal{
			Line: e.line, Record: e.item.name(), Reason: BelongsToRefused, Value: culprit,
		})
	}
	clear(b.records[len(kept):])
	b.records = kept
}

// keepNewest leaves one version of each record: the newest; of equals, the last read.
func (b *Batch) keepNewest() {
	at := make(map[string]int, len(b.records))
	kept := b.records[:0]
	for _, e := range b.records {
		key := e.item.key()
		i, twice := at[key]
		if !twice {
			at[key] = len(kept)
			kept = append(kept, e)
			continue
		}
		older := e
		if !e.item.olderThan(kept[i].item) {
			older, kept[i] = kept[i], e
		}
		b.Report.Files[older.file].Superseded++
	}
	clear(b.records[len(kept):])
	b.records = kept
}

package localstore

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"filippo.io/age"
)

// An export is one age file under a passphrase (age-encryption.org/v1, scrypt), in which stand exportMagic and then
// frames, each of
//
//	kind (1 byte) · length (4 bytes, big-endian) · content
//
//	'm'  first: exportManifest as JSON
//	'v'  a value: bucket, NUL · length of the key (2 bytes) · key · version (8 bytes) · value, not sealed
//	'f'  a file: its digest; its content follows in 'c' frames, of which the last is empty
//	'e'  last: exportEnd as JSON
//
// age seals it in chunks of 64 KiB, so that no part of it can be changed and its end not be cut off.
const (
	exportMagic = "baqylau records 1\n"

	frameManifest = 'm'
	frameValue    = 'v'
	frameFile     = 'f'
	frameContent  = 'c'
	frameEnd      = 'e'

	frameLimit   = MaxValue*2 + 64<<10 // a command with its answer
	contentFrame = 64 << 10
)

type exportManifest struct {
	Owner Owner     `json:"owner"`
	Made  time.Time `json:"made"`
}

type exportEnd struct {
	Values int `json:"values"`
	Files  int `json:"files"`
}

// exported are the buckets that are carried, in the order in which they can be taken in. The index is made anew;
// what was set aside opens nowhere.
var exported = []string{bucketPreferences, bucketHistory, bucketDrafts, bucketOutbox, bucketMirror}

// scryptWork is the cost of guessing an export's passphrase, about a second a guess; scryptMost the most that an
// import does for a stranger's file.
const (
	scryptWork = 18
	scryptMost = 20
)

// Exported is what an export carries.
type Exported struct {
	Drafts, Commands, Objects, Files int
	Unreadable                       int // kept files that are damaged, and aren't in it
}

// Export writes the records, and the kept files, into one file for another computer, sealed by a passphrase
// alone: whoever has both has everything. It is the state of one moment; nothing goes away here. The file is
// there whole or not at all. ErrWeakPhrase for a short passphrase.
func (s *Store) Export(ctx context.Context, name string, phrase []byte) (Exported, error) {
	if err := checkPhrase(phrase); err != nil {
		return Exported{}, err
	}
	var done Exported
	err := s.disk.replace(name, func(w io.Writer) (err error) {
		done, err = s.export(ctx, w, phrase)
		return err
	})
	if err != nil {
		return Exported{}, fmt.Errorf("exporting the records: %w", err)
	}
	return done, nil
}

func (s *Store) export(ctx context.Context, w io.Writer, phrase []byte) (Exported, error) {
	owner, there := s.Owner()
	if !there {
		return Exported{}, errNoOwner
	}
	recipient, err := age.NewScryptRecipient(string(phrase))
	if err != nil {
		return Exported{}, err
	}
	recipient.SetWorkFactor(s.scryptWork)
	buffered := bufio.NewWriterSize(w, 1<<20)
	sealed, err := age.Encrypt(buffered, recipient)
	if err != nil {
		return Exported{}, err
	}
	e := &exporter{ctx: ctx, w: sealed}
	err = e.all(s, exportManifest{Owner: owner, Made: s.clock().UTC()})
	if err == nil {
		err = sealed.Close()
	}
	if err == nil {
		err = buffered.Flush()
	}
	return e.done, err
}

type exporter struct {
	ctx  context.Context
	w    io.Writer
	end  exportEnd
	done Exported
}

func (e *exporter) all(s *Store, manifest exportManifest) error {
	if _, err := io.WriteString(e.w, exportMagic); err != nil {
		return err
	}
	if err := e.json(frameManifest, manifest); err != nil {
		return err
	}
	if err := s.view(e.values); err != nil {
		return err
	}
	if err := e.files(s); err != nil {
		return err
	}
	return e.json(frameEnd, e.end)
}

func (e *exporter) frame(kind byte, parts ...[]byte) error {
	if err := e.ctx.Err(); err != nil {
		return err
	}
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	if _, err := e.w.Write(binary.BigEndian.AppendUint32([]byte{kind}, uint32(size))); err != nil {
		return err
	}
	for _, p := range parts {
		if _, err := e.w.Write(p); err != nil {
			return err
		}
	}
	return nil
}

func (e *exporter) json(kind byte, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return e.frame(kind, text)
}

// values writes what one moment of the store holds, the cursor last: with it the mirror is whole. A mirrored
// object that doesn't open stays behind, for the centre to send it.
func (e *exporter) values(t *txn) error {
	whole := true
	for _, bucket := range exported {
		err := t.bucket(bucket).ForEach(func(k, v []byte) error {
			plain, version, err := t.open(bucket, k, v)
			if err != nil && bucket == bucketMirror {
				whole = false
				return nil
			}
			if err != nil {
				return err
			}
			e.count(bucket)
			return e.value(bucket, k, version, plain)
		})
		if err != nil {
			return err
		}
	}
	cursor, _, found, err := t.get(bucketMeta, cursorKey)
	if err != nil || !found || !whole {
		return err
	}
	return e.value(bucketMeta, cursorKey, 0, cursor)
}

func (e *exporter) count(bucket string) {
	switch bucket {
	case bucketDrafts:
		e.done.Drafts++
	case bucketOutbox:
		e.done.Commands++
	case bucketMirror:
		e.done.Objects++
	}
}

func (e *exporter) value(bucket string, key []byte, version uint64, plain []byte) error {
	head := append([]byte(bucket), 0)
	head = binary.BigEndian.AppendUint16(head, uint16(len(key)))
	head = append(head, key...)
	head = binary.BigEndian.AppendUint64(head, version)
	e.end.Values++
	return e.frame(frameValue, head, plain)
}

func (e *exporter) files(s *Store) error {
	digests, unreadable, err := s.digests()
	if err != nil {
		return err
	}
	e.done.Unreadable = unreadable
	for _, digest := range digests {
		if !s.readable(digest) { // known before the first of it is written
			e.done.Unreadable++
			continue
		}
		if err := e.file(s, digest); err != nil {
			return fmt.Errorf("the kept file %s: %w", digest, err)
		}
		e.end.Files++
		e.done.Files++
	}
	return nil
}

func (e *exporter) file(s *Store, digest string) (err error) {
	content, _, err := s.OpenFile(digest)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	raw, err := hex.DecodeString(digest)
	if err != nil {
		return err
	}
	if err := e.frame(frameFile, raw); err != nil {
		return err
	}
	chunk := make([]byte, contentFrame)
	for {
		n, err := readChunk(content, chunk)
		if err != nil {
			return err
		}
		if err := e.frame(frameContent, chunk[:n]); err != nil || n == 0 {
			return err
		}
	}
}
